"""How a command answers: the format asked for, to the stream or the file asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.pages import people
from sixping.pages.formats import FORMATS, choose_format, emit, save, writing_text
from sixping.pages.table import Column, Page, Row
from sixping.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sixping.commands._frame import Desk
    from sixping.pages.table import Tone


class Wish(NamedTuple):
    """What the user asked of the output: the common options of a reading command."""

    fmt: str | None = None
    as_json: bool = False
    output: str | None = None
    headers: bool = True
    reveal: bool = False

    def choose(self, desk: Desk, possible: Sequence[str] = tuple(FORMATS)) -> str:
        """Return the format; raises ``UsageFault`` naming the possible ones."""
        return choose_format(
            self.fmt,
            json=self.as_json,
            path=self.output,
            isatty=desk.terminal.isatty,
            possible=possible,
        )

    @property
    def path(self) -> Path | None:
        """The file to write, or None for standard output."""
        return Path(self.output) if self.output and self.output != "-" else None


def publish(
    desk: Desk,
    wish: Wish,
    rows: Sequence[Row],
    columns: Sequence[Column],
    document: Any = None,  # noqa: ANN401 - whatever JSON holds
    tone: Callable[[Row], Tone | None] | None = None,
) -> None:
    """Write a result: ``document`` as JSON (its items as JSON lines), else the rows."""
    fmt = wish.choose(desk)
    if fmt in {"json", "jsonl"} and document is not None:
        write_text(wish, _json(document, fmt))
        return
    terminal = desk.terminal
    page = Page(
        headers=wish.headers,
        width=terminal.width if fmt == "table" else None,
        color=terminal.color,
        reveal=wish.reveal,
        this_year=desk.now.year,
        tone=tone,
    )
    if wish.path:
        save(rows, columns, fmt=fmt, path=wish.path, page=page)
    else:
        emit(rows, columns, fmt=fmt, out=sys.stdout, page=page)


def _json(document: Any, fmt: str) -> str:  # noqa: ANN401
    if fmt == "jsonl":
        lines = document if isinstance(document, list) else [document]
        return "".join(f"{dump_json(line)}\n" for line in lines)
    return f"{dump_json(document, indent=2)}\n"


def write_text(wish: Wish, text: str) -> None:
    """Write finished text to the file or the stream asked for."""
    if wish.path:
        with writing_text(wish.path) as out:
            out.write(text)
    else:
        sys.stdout.write(text)


#: the line that follows every change of a case
RECEIPT = (
    Column("number", "编号"),
    Column("status", "状态"),
    Column("severity", "等级"),
    Column("platform", "平台"),
    Column("category", "类别"),
    Column("lead", "牵头单位"),
    Column("clock", "时限"),
    Column("due", "到期", "time"),
    Column("provisional", "暂定", "bool"),
    Column("anchor", "链尾"),
)

_NEXT = {
    "待受理": "下一步: sixping accept {0}, 或 sixping decline {0} --reason 理由",
    "待分派": "下一步: sixping assign {0} --lead {1}",
    "办理中": "下一步: sixping sign {0}; 办完后 sixping resolve {0} --outcome 结果",
    "待会商": "下一步: 会商后 sixping decide {0} --lead {1} --due 日期 --decided-by 会议",
    "待上报": "下一步: sixping refer {0} --to 部门 --content 内容",
    "区级办理中": "下一步: 区级答复后 sixping refer-reply {0} --outcome 结果",
    "已办结": "下一步: sixping feedback {0} 内容, 然后 sixping close {0}",
}


def answer(desk: Desk, number: str, *, as_json: bool, said: str = "") -> None:
    """Show a case after a change: ``show``'s JSON, or one line and the next step."""
    from sixping import views
    from sixping.figures.overdue import CLOCKS

    document, suggested = read_case(desk, number)
    if as_json:
        sys.stdout.write(f"{dump_json(document, indent=2)}\n")
        return
    with views.reading(desk.ledger) as con:
        head = views.head(con)[1]
    running = [c for c in document["clocks"] if c["running"]]
    nearest = min(running, key=lambda c: c["due"], default=None)
    row = document | {
        "clock": CLOCKS[nearest["kind"]] if nearest else None,
        "due": nearest["due"] if nearest else None,
        "provisional": nearest["provisional"] if nearest else None,
        "anchor": head[-8:],
    }
    publish(desk, Wish(), [row], RECEIPT)
    dues = "; ".join(
        f"{CLOCKS[c['kind']]}期限 {people.moment(_moment(c['due']), desk.now.year)}"
        + ("(暂定)" if c["provisional"] else "")
        for c in running
    )
    verb = said or f"{number} 现为“{document['status']}”"
    desk.say(f"{verb}。{dues + '。' if dues else ''}")
    following = _NEXT.get(document["status"], "")
    if following:
        desk.say(following.format(number, suggested or "单位"))


def _moment(text: str) -> Any:  # noqa: ANN401
    from sixping.clock import from_text

    return from_text(text)


def read_case(
    desk: Desk, number: str, *, reveal: bool = False, as_of: int | None = None
) -> tuple[dict[str, Any], str | None]:
    """Return what ``show`` answers, and the unit suggested at intake."""
    import json

    from sixping import views
    from sixping.pages.case import case_json, event_json, rounds_json

    with views.reading(desk.ledger) as con:
        row = views.case(con, number, as_of)
        clocks = views.clocks(con, number, as_of)
        events = views.events(con, number, as_of)
    document = case_json(row, clocks, desk.now, reveal=reveal)
    document["suggested_lead"] = suggested = json.loads(events[0]["facts"]).get("lead")
    document["events"] = [event_json(e, reveal=reveal) for e in events]
    document["rounds"] = rounds_json(clocks, desk.now)
    return document, suggested


def list_json(rows: Sequence[Any], desk: Desk, con: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return cases as ``list`` and ``search`` answer in JSON: the fields of ``intake``."""
    from sixping import views
    from sixping.pages.case import case_json

    return [case_json(row, views.clocks(con, row["number"]), desk.now) for row in rows]

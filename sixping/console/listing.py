"""Cases in a list, and entries of the log: what list, search and log show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.cases.lateness import is_late
from sixping.console.answers import fitted, fitting, publish
from sixping.documents.amendwords import before
from sixping.documents.cases import case_json, event_json, summary_of
from sixping.documents.eventwords import kind_name
from sixping.documents.phrases import grade_mark, grade_word, source_mark
from sixping.queries import cases, limits
from sixping.render.casesheet import step_words
from sixping.render.formats import SHEETS
from sixping.render.table import Column
from sixping.services.personal.named import Named
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.render.table import Row, Tone
    from sixping.store.rows import CaseRow, EventRow
    from sixping.store.sqlite import Connection

CASES = (
    Column("number", "编号"),
    Column("status", "状态"),
    Column("next_due", "最近到期", "time"),
    Column("severity", "等级"),
    Column("platform", "平台", "platform"),
    Column("category", "类别"),
    Column("lead", "单位"),
    Column("community", "社区"),
    Column("received_at", "收到", "time"),
    Column("summary", "事项", elastic=True, one_line=True),
    Column("source_due", "来源期限", "time"),  # scripts cut by position: what is new stands last
)
#: on a terminal narrower than this the column is left to wider ones and to other formats
CASES_FROM = {
    "severity": 90,
    "community": 105,
    "category": 120,
    "received_at": 145,
    "platform": 155,
}
#: where no case has one, no terminal is wide enough for a column of them
_NO_SOURCE_DUE = CASES_FROM | {"source_due": 1 << 20}
#: what leaves where the rows are still too wide, in this order
CASES_LEAVING = (
    "platform", "received_at", "category", "community", "severity", "source_due", "status",
)  # fmt: skip
ENTRIES = (
    Column("seq", "序号", "int"),
    Column("at", "时间", "time"),
    Column("subject", "编号"),
    Column("step", "事项"),
    Column("by", "经办"),
    Column("words", "内容", elastic=True),
)


def cases_json(
    context: Context, wish: Wish, con: Connection, rows: Sequence[CaseRow]
) -> list[dict[str, Any]] | None:
    """Return the cases as ``intake`` answers them, or None where another format is asked for."""
    if wish.choose(context, SHEETS) not in {"json", "jsonl"}:
        return None
    from sixping.services.casefile import grade_in

    return [
        case_json(row, limits.clocks(con, row.number), context.now, reveal=wish.reveal)
        | {"grade": grade_in(con, row.number)}
        for row in rows
    ]


def show_cases(
    context: Context,
    wish: Wish,
    listed: tuple[Sequence[CaseRow], int],
    document: list[dict[str, Any]] | None,
) -> None:
    """Write cases as JSON does, or one line each; say how many a limit left out."""
    rows, left = listed
    now = to_text(context.now)
    own = [column.key for column in CASES if column.key != "summary"]
    lines = [
        {key: getattr(row, key) for key in own}
        | {"summary": summary_of(row.private, reveal=wish.reveal)}
        | {"severity": grade_word(row.severity, confirmed=bool(row.confirmed))}
        for row in rows
    ]

    def tone(row: Row) -> Tone | None:
        return "late" if row["next_due"] and is_late(row["next_due"], now) else None

    shown_from = CASES_FROM if any(row.source_due for row in rows) else _NO_SOURCE_DUE
    heads = _text_last(CASES) if wish.choose(context, SHEETS) == "table" else CASES
    columns = fitting(context, wish, heads, shown_from)
    columns = fitted(context, wish, columns, lines, CASES_LEAVING)
    publish(context, wish, _marked(lines, columns), columns, document, tone)
    say_left(context, left, "件")


def _text_last(columns: Sequence[Column]) -> list[Column]:
    """Return the columns in the order of a terminal, where free text may stand last only."""
    return sorted(columns, key=lambda column: column.key == "summary")


def _marked(lines: Sequence[dict[str, Any]], columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Put before the text what presses and has no column: the grade, an earlier source limit."""
    shown = {column.key for column in columns}
    grade, source = "severity" not in shown, "source_due" not in shown
    return [
        line | {
            "summary": (grade_mark(line["severity"]) if grade else "")
            + (source_mark(line["source_due"], line["next_due"]) if source else "")
            + line["summary"]
        }
        for line in lines
    ]  # fmt: skip


def say_left(context: Context, left: int, unit: str) -> None:
    """Never a silent limit."""
    if left:
        context.say(f"另有 {left} {unit}没有列出 (--limit)。")


def entries_json(
    con: Connection, rows: Sequence[EventRow], *, reveal: bool
) -> list[dict[str, Any]]:
    """Return entries of the log; a reporter's name is hidden wherever it occurs."""
    named = Named(con)
    was: dict[int, dict[str, Any]] = {}
    document = []
    for row in rows:
        hidden = named.of(row.stream, row.subject, json.loads(row.facts), row.private)
        entry = event_json(row, reveal=reveal, people=hidden)
        if row.kind == "amended":
            if row.seq not in was:
                was |= before(cases.events(con, row.subject), reveal=reveal, people=hidden)
            entry["before"] = was[row.seq]
        document.append(entry | {"stream": row.stream, "subject": row.subject})
    return document


def show_entries(context: Context, wish: Wish, document: list[dict[str, Any]]) -> None:
    """Write entries of the log, oldest first."""
    rows = [
        {
            "seq": entry["seq"],
            "at": entry["at"],
            "subject": entry["subject"],
            "step": kind_name(entry["kind"])
            + ("(已撤销)" if entry["voided_by"] else "")
            + ("(文字已删除)" if entry["erased_by"] else ""),
            "by": entry["by"],
            "words": step_words(entry),
        }
        for entry in document
    ]
    publish(context, wish, rows, ENTRIES, document)

"""What a frozen paper says besides its figures: its issue, and what was changed since.

Pure. The figures of the paper stay as they were put on the table; what late entries changed of
them stands apart, behind the text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sixping.errors import UsageFault
from sixping.policy.registers import REGISTERS
from sixping.render.paper.blocks import (
    Block,
    Figure,
    Head,
    Heading,
    Note,
    Paper,
    Runs,
    Signature,
    Table,
    count,
    days,
    moved,
    percent,
    points,
)
from sixping.render.paper.period.draft import SHOWN
from sixping.render.paper.wording import day_words, full_day
from sixping.reports.drill import SPANS, key_named
from sixping.reports.period import DIMENSIONS
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from sixping.documents.frozen import Change, Later, Reprint

CHANGED, LATER = "定稿后变动", "定稿后的记录"
_CHANGED_ROWS = f"{CHANGED} 分类"
CHANGES = (CHANGED, LATER)
"""The tables of what was changed since that a terminal shows, too."""
_NAMED = 3
_MOST = 3 * SHOWN
_OF_A_ROW = re.compile(rf"(?:(?:{'|'.join(SPANS)})\.)?by_(?:{'|'.join(DIMENSIONS)})\.")


def said_beside(paper: Paper, reprint: Reprint) -> Paper:
    """Return a paper with its issue, and behind the text what was changed since."""
    note = Note((_issue_words(reprint),))
    place = next(i for i, b in enumerate(paper.blocks) if isinstance(b, Signature))
    blocks = (*paper.blocks[:place], note, *paper.blocks[place:])
    return paper._replace(blocks=blocks, annex=(*paper.annex, *_changes(reprint)))


def _issue_words(reprint: Reprint) -> str:
    issue = reprint.issue
    number, at = issue.words, full_day(issue.at.date())
    if reprint.restated:
        return (
            f"{number}已于{at}定稿；以上是按现在的记录重新统计的数，不是定稿，对照见“{CHANGED}”。"
        )
    if not reprint.own:
        return f"以上按{number}定稿时（{at}）的记录统计。"
    said = f"{number}于{at}定稿，以上是定稿时的数。"
    if issue.reason:
        said += f"更正的缘由：{mask_text(issue.reason)}。"
    if reprint.differs:
        said += differs_words(reprint.differs)
    return said


def differs_words(keys: Sequence[str]) -> str:
    """Say that the ledger of then gives other figures today, and which."""
    named = "、".join(map(title, keys[:_NAMED]))
    more = "等" if len(keys) > _NAMED else ""
    return (
        f"按定稿时的记录重算，有{len(keys)}个数（{named}{more}）与定稿不同：定稿后删除了个人信息，"
        "或程序、规则有变。印的是定稿的数。"
    )


def _changes(reprint: Reprint) -> Iterator[Block]:
    """Yield the tables of what was changed; nothing where nothing was."""
    if not reprint.changed:
        return
    whole = [each for each in reprint.changed if not _in_a_row(each)]
    parts = [each for each in reprint.changed if _in_a_row(each)]
    yield Heading(CHANGED)
    yield _table(CHANGED, f"{CHANGED}（至{_instant(reprint.until)}）", whole, _notes(reprint))
    if parts:
        yield _table(_CHANGED_ROWS, "其中按单位、社区等分类的数", parts, ())
    if reprint.later:
        yield _later(reprint)


def _in_a_row(change: Change) -> bool:
    return _OF_A_ROW.match(change.figure) is not None


def _notes(reprint: Reprint) -> tuple[Runs, ...]:
    late = sum(each.within for each in reprint.later)
    n = len(reprint.later)
    said = f"定稿后与这些数有关的记录有{n}条，其中补录期内的{late}条，其余是此后的办理。"
    return ((said,), ("率的差以百分点计。",))


def _table(name: str, caption: str, changed: Iterable[Change], notes: tuple[Runs, ...]) -> Table:
    rows = tuple(row for change in changed for row in _rows(change))
    left = len(rows) - _MOST
    heads = (
        Head("项目"), Head("定稿", "figure"), Head("现在", "figure"), Head("差", "figure"),
        Head("涉及的件"),
    )  # fmt: skip
    rest = (f"其他{left}项", None, None, None, None) if left > 0 else None
    return Table(name, caption, heads, rows, shown=_MOST, rest=rest, notes=notes)


def _rows(change: Change) -> Iterator[tuple[str | Figure, ...]]:
    """Yield the rows of a change: of what is read together one for each number that differs."""
    cases = _cases(change.numbers)
    for words, was, now in _parts(change):
        yield f"{title(change.figure)}{words}", *_compared(change.figure, words, was, now), cases


#: what stands beside ``n`` of a figure → what it is called
_PARTS = {
    "n": "", "mean": "（平均）", "median": "（中位数）", "open_mean": "（在办平均）",
    "open_n": "（在办件数）", "longest": "（最长）", "share": "（占比）", "changed": "（改变判定）",
}  # fmt: skip
_LENGTHS = frozenset({"（平均）", "（中位数）", "（在办平均）", "（最长）"})


def _parts(change: Change) -> Iterator[tuple[str, Any, Any]]:
    was, now = (value if isinstance(value, dict) else None for value in (change.frozen, change.now))
    if was is None and now is None:
        yield "", change.frozen, change.now
        return
    was, now = was or {}, now or {}
    if "rate" in was or "rate" in now:
        yield _of_what(was, now), was.get("rate"), now.get("rate")
        return
    for part in dict.fromkeys([*was, *now]):
        if was.get(part) != now.get(part):
            yield _PARTS.get(part, part), was.get(part), now.get(part)


def _of_what(was: dict[str, Any], now: dict[str, Any]) -> str:
    """Say how many of how many a rate was of, and is."""
    then, today = (f"{rate['n']}/{rate['d']}" if rate.get("d") else "" for rate in (was, now))
    return f"（{then or '无'}→{today or '无'}）"


def _compared(figure: str, words: str, was: Any, now: Any) -> tuple[Figure, Figure, Figure]:  # noqa: ANN401 - as in JSON
    if "→" in words or words == _PARTS["share"] or figure.endswith(".share"):
        return percent(was), percent(now), points(now, was)
    if words in _LENGTHS or figure.endswith(".overdue_longest"):
        mean = words != _PARTS["longest"] and not figure.endswith(".overdue_longest")
        return days(was, mean=mean), days(now, mean=mean), _apart(was, now)
    if isinstance(was, float) or isinstance(now, float):  # a daily mean
        return days(was, mean=True), days(now, mean=True), _apart(was, now)
    return count(was), count(now), moved(now, was)


def _apart(was: float | None, now: float | None) -> Figure:
    if was is None or now is None:
        return moved(None, None)
    apart = round(now - was, 1)
    return Figure(f"{apart:+.1f}", apart, "signed") if apart else moved(0, 0)


def _cases(numbers: Sequence[str]) -> str:
    more = f"等{len(numbers)}件" if len(numbers) > _NAMED else ""
    return "、".join(numbers[:_NAMED]) + more or "—"


#: the figures that open to nothing → what they are called
_TITLES = {"share": "占比", "days": "办理天数", "overdue_longest": "最长超期"}


def title(figure: str) -> str:
    """Return what a figure is called, by its key."""
    head, _, register = figure.partition(".")
    if head == "registers":
        return f"{REGISTERS[register].title}，已答复"
    if figure.startswith("daily."):
        return f"日均{title(figure.removeprefix('daily.'))}"
    head, _, last = figure.rpartition(".")
    if last in _TITLES:
        return f"{key_named(f'{head}.received').title.rpartition(', ')[0]}, {_TITLES[last]}"
    try:
        return key_named(figure).title
    except UsageFault:  # what only a later program counts
        return figure


def _later(reprint: Reprint) -> Table:
    than = reprint.until.date()
    rows = tuple(_step(each, than) for each in reprint.later)
    left = len(rows) - _MOST
    heads = (Head("编号"), Head("步骤"), Head("发生"), Head("记录"), Head("说明"))
    rest = (f"其他{left}条", None, None, None, None) if left > 0 else None
    return Table(LATER, f"{LATER}（与上面的数有关的）", heads, rows, shown=_MOST, rest=rest)


def _step(step: Later, than: date) -> tuple[str, ...]:
    within = "补录期内的" if step.within else ""
    return step.number, step.kind, _minute(step.at, than), _minute(step.recorded_at, than), within


def _minute(at: datetime, than: date) -> str:
    return f"{day_words(at.date(), than=than)} {at:%H:%M}"


def _instant(at: datetime) -> str:
    return f"{full_day(at.date())}{at:%H:%M}"

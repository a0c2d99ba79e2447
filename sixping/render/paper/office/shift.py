"""The log of the room's day (附3.5): who was on duty, what was noted, handed over, promised."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sixping.documents.eventwords import HANDED_OVER
from sixping.documents.phrases import GONE, NO_RATE
from sixping.render.paper.blocks import (
    Block,
    Head,
    Heading,
    Note,
    Paper,
    Sentence,
    SignOff,
    Table,
    count,
)
from sixping.render.paper.wording import Numbers, day_words, full_day, section
from sixping.util.daytext import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sixping.render.paper.wording import Origin

Row = dict[str, Any]
#: numbers of cases in a cell of the table of a handover; the rest stand in the ledger
_SHOWN: Final = 8


def shift_paper(
    day: date,
    issued: Origin,
    *,
    rest: bool,
    begun: date | None,
    units: Sequence[Row],
    notes: Sequence[Row],
    handovers: Sequence[Row],
    promises: Sequence[Row],
) -> Paper:
    """Return the log of a day as a paper; whatever was said is masked already.

    ``begun``: since when the log is kept, None: it is not. ``rest``: nobody works that day.
    """
    numbers = Numbers()
    week = f"周{WEEKDAYS[day.weekday()]}{'，休息日' if rest else ''}"
    return Paper(
        title=f"值班日志（{full_day(day)} {week}）",
        office=issued.office,
        period="",
        as_of=issued.as_of,
        blocks=(
            Heading(section(1, "值守")),
            *_duty(units, numbers),
            Heading(section(2, "记事")),
            *_notes(day, notes, begun, numbers),
            Heading(section(3, "交接")),
            *_handovers(day, handovers, numbers),
            Heading(section(4, "答应未办的事")),
            *_promises(issued, promises, numbers),
            SignOff(("值班人", "接班人", "审核")),
            Note(("按日历日记：0时以后的记在当天，写明记在前一天的注“次日”。",)),
        ),
        seal=issued.seal,
    )


def _duty(units: Sequence[Row], numbers: Numbers) -> Iterator[Block]:
    if not any(unit["planned"] or unit["present"] for unit in units):
        yield Sentence(("没有排班，也没有签到记录。",))
        return
    heads = tuple(map(Head, ("单位", "排班", "有签到")))
    rows = tuple(
        (unit["agency"], _named(unit["planned"]), _named(unit["present"])) for unit in units
    )
    yield Table("值守", numbers.caption("表", "值守人员"), heads, rows)


def _named(people: Sequence[str]) -> str:
    return "、".join(people) or NO_RATE


def _notes(
    day: date, notes: Sequence[Row], begun: date | None, numbers: Numbers
) -> Iterator[Block]:
    if not notes:
        known = begun is not None and day >= begun
        yield Sentence(("没有记事。" if known else "这一天没有登记值班日志。",))
        return
    heads = (Head("序号", "figure"), *map(Head, ("时间", "记事", "记录人")))
    rows = tuple(
        (
            count(note["note"]),
            _hour(note["at"], day),
            f"{note['text'] or GONE}{_promise(note)}",
            note["by"] or NO_RATE,
        )
        for note in notes
    )
    yield Table("记事", numbers.caption("表", f"记事（{len(rows)}条）"), heads, rows)


def _hour(at: datetime, day: date) -> str:
    """Return the clock of what happened, and the day where that is the next one."""
    if at.date() == day:
        return f"{at:%H:%M}"
    return f"{'次日' if at.date() == day + timedelta(days=1) else day_words(at.date())} {at:%H:%M}"


def _promise(note: Row) -> str:
    if note["promised"] is None:
        return ""
    to = f"答应{note['to']}，" if note["to"] else "答应"
    kept = "，已办" if note["done"] else ""
    return f"（{to}{day_words(note['promised'])}前{kept}）"


def _handovers(day: date, handovers: Sequence[Row], numbers: Numbers) -> Iterator[Block]:
    if not handovers:
        yield Sentence(("没有交接记录。",))
    for number, one in enumerate(handovers, 1):
        said = f"{_hour(one['at'], day)}，{one['from'] or NO_RATE}交班给{one['to']}。"
        yield Sentence((f"{said}{one['text'] or ''}",))
        if not one["counts"]:
            yield Sentence(("当时台账还没有记录，未办的件数不详。",))
            continue
        rows = tuple(
            (word, count(one["counts"].get(kind, 0)), _numbers(kind, one))
            for kind, word in HANDED_OVER.items()
        )
        heads = (Head("未办"), Head("件数", "figure"), Head("编号"))
        caption = numbers.caption("表", f"交接时未办（台账第{one['ledger_seq']}条）")
        yield Table(f"交接{number}", caption, heads, rows)


def _numbers(kind: str, one: Row) -> str:
    """Return the numbers of a kind, the first ones of many, and how many more there are."""
    listed = one["numbers"].get(kind, [])
    shown = [f"第{n}条" if kind == "promised" else n for n in listed[:_SHOWN]]
    left = one["counts"].get(kind, 0) - len(shown)
    return "、".join(shown) + (f" 等，另{left}件" if left > 0 else "")


def _promises(issued: Origin, promises: Sequence[Row], numbers: Numbers) -> Iterator[Block]:
    if not promises:
        yield Sentence(("没有。",))
        return
    heads = (Head("序号", "figure"), *map(Head, ("答应的日期", "对谁", "内容", "记录人")))
    rows = tuple(
        (
            count(one["note"]),
            f"{day_words(one['promised'])}{'，已超期' if one['late'] else ''}",
            one["to"] or NO_RATE,
            one["text"] or GONE,
            one["by"] or NO_RATE,
        )
        for one in promises
    )
    caption = numbers.caption("表", f"截至{issued.date}答应未办（{len(rows)}项）")
    yield Table("答应未办", caption, heads, rows)

"""Counting a due date day by day, for a case or for any date."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sixping.clock import from_text, to_text
from sixping.commands._answers import publish, write_text
from sixping.figures.overdue import CLOCKS
from sixping.pages import people
from sixping.pages.casepage import kind_name
from sixping.pages.formats import emit
from sixping.pages.table import Column, Page
from sixping.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.commands._answers import Wish
    from sixping.commands._frame import Desk
    from sixping.deadlines import Rules

KINDS = {
    "workday": "工作日",
    "weekend": "休息日",
    "holiday": "节假日",
    "make_up": "补班",
    "local": "本地安排",
    "provisional": "暂定",
}
PROFILES = {
    "civil-code": "收到当日不计, 自下一个工作日起算, 止于最后一日下班时 (民法典第201、203条)",
    "next-opening": "下班后收到的视为下一次上班时收到, 该日不计, 止于最后一日下班时",
}
COLUMNS = (
    Column("date", "日期", "day"),
    Column("label", "日子"),
    Column("name", "名称"),
    Column("count", "第几个工作日", "int"),
    Column("source", "依据", elastic=True),
)

#: what the ledger says of the clock itself, over what a recount gives
_OF_CLOCK = (
    "kind", "round", "started", "due", "stopped", "late", "running", "provisional", "profile",
    "clause",
)  # fmt: skip


def counted(received: datetime, workdays: int, rules: Rules) -> dict[str, Any]:
    """Return the promised document: the due date, its rule and every day up to it."""
    from sixping.workdays import counted_from, explain_days

    profile = rules.edition.counting.profile
    deemed = counted_from(received, rules.calendar, profile, rules.hours)
    days = explain_days(received.date(), workdays, rules.calendar, deemed=deemed)
    due = rules.due(received, workdays)
    return {
        "from": to_text(received),
        "workdays": workdays,
        "due": to_text(due),
        "profile": profile,
        "provisional": rules.calendar.provisional(received.date(), due.date()),
        "days": [day._asdict() | {"date": day.date.isoformat()} for day in days],
    }


def explain_period(desk: Desk, wish: Wish, start: str, workdays: int) -> None:
    """Explain any date; needs no ledger."""
    from sixping.commands._books import books_here
    from sixping.moments import parse_moment, understood

    received = parse_moment(start, desk.now)
    desk.say(f"收到: {understood(received)}")
    document = counted(received, workdays, books_here(desk).rules(received.date()))
    _show(desk, wish, document)


def explain_case(desk: Desk, wish: Wish, number: str) -> None:
    """Explain every clock of a case: the promise on record, then its days.

    As JSON the nearest running due date stands on top, all of them under ``clocks``.
    """
    from sixping import views
    from sixping.calendarviews import promises
    from sixping.commands._books import books_on
    from sixping.pages.case import clock_json

    path = desk.existing_ledger()
    number = views.full_number(number, desk.now.year)
    with views.reading(path) as con:
        row = views.case(con, number)
        clocks = [clock_json(c, desk.now) for c in views.clocks(con, number)]
        rules = books_on(con).rules(from_text(row["received_at"]).date())
        made = [dict(each) for each in promises(con, number)]
    found = [
        _of_clock(clock, rules) | {"promises": _promises(made, clock)}
        for clock in clocks
        if clock["due"]
    ]
    running = [each for each in found if each["running"]]
    first = min(running, key=lambda each: each["due"]) if running else found[-1]
    _show(desk, wish, {"number": number} | first | {"clocks": found}, found)


def _of_clock(clock: dict[str, Any], rules: Rules) -> dict[str, Any]:
    """Explain the promise on record; ``recount`` is what today's calendar would give."""
    own = {name: clock[name] for name in _OF_CLOCK}
    if clock["workdays"] is None or clock["started"] is None:
        blank = {"from": clock["started"], "workdays": None, "recount": None, "days": []}
        return blank | own
    counting = rules.edition.counting._replace(profile=clock["profile"])
    as_then = rules._replace(edition=rules.edition._replace(counting=counting))
    document = counted(from_text(clock["started"]), clock["workdays"], as_then)
    return document | {"recount": document["due"]} | own


def _promises(made: list[dict[str, Any]], clock: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was promised for one clock, first to last, and the step that promised it."""
    found: list[dict[str, Any]] = []
    for each in made:
        same = (each["kind"], each["round"]) == (clock["kind"], clock["round"])
        promise = {"due": each["due"], "provisional": bool(each["provisional"])}
        if same and (not found or promise.items() - found[-1].items()):
            found.append({name: each[name] for name in ("seq", "at", "step", "why")} | promise)
    return found


def _show(
    desk: Desk, wish: Wish, document: dict[str, Any], clocks: list[dict[str, Any]] | None = None
) -> None:
    """Write the days of one or more due dates; on a terminal each with its outcome."""
    each = clocks or [document]
    columns = (Column("clock", "时限"), *COLUMNS) if clocks else COLUMNS
    if wish.choose(desk) != "table":
        rows = [row for one in each for row in _days(one)]
        publish(desk, wish, rows, columns, document)
        if wish.choose(desk) not in {"json", "jsonl"}:
            desk.say(*(line for one in each for line in _history(one, desk.now.year)))
            desk.say(*(line for one in each for line in _differs(one)))
        return
    page = Page(width=desk.terminal.width, color=desk.terminal.color, this_year=desk.now.year)
    out = io.StringIO()
    for place, one in enumerate(each):
        out.write("\n" if place else "")
        emit(list(_days(one)), COLUMNS, fmt="table", out=out, page=page)
        out.writelines(f"{clean(line)}\n" for line in _outcome(one, desk.now.year))
    write_text(wish, out.getvalue())


def _days(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    count = 0
    for day in document["days"]:
        count += day["counted"]
        yield day | {
            "clock": _name(document),
            "label": KINDS[day["kind"]],
            "count": count if day["counted"] else None,
        }


def _name(document: dict[str, Any]) -> str:
    """Return which limit it is, with the round where there was more than one."""
    if "kind" not in document:
        return ""
    again = f"(第{document['round']}轮)" if document["round"] > 1 else ""
    return f"{CLOCKS[document['kind']]}{again}"


def _history(document: dict[str, Any], year: int) -> Iterator[str]:
    """Say every promise of a clock whose promise changed, and why it did."""
    made = document.get("promises", ())
    if len(made) < 2:  # noqa: PLR2004 - one promise has no history
        return
    for place, each in enumerate(made, 1):
        was = "现定" if place == len(made) else "曾定"
        due = people.moment(from_text(each["due"]), year) + " (暂定)" * each["provisional"]
        when = people.moment(from_text(each["at"]), year)
        why = f": {each['why']}" if each["why"] else ""
        yield f"{_name(document)}{was} {due}, {when} {kind_name(each['step'])}{why}"


def _outcome(document: dict[str, Any], year: int) -> Iterator[str]:
    due = people.moment(from_text(document["due"]), year)
    mark = " (暂定: 有的日子所在年份的放假安排尚未公布)" if document["provisional"] else ""
    name = f"{_name(document)}: " if "kind" in document else ""
    basis = f" ({document['clause']})" if document.get("clause") else ""
    if document["workdays"] is None:
        yield f"{name}{due}{mark}{basis}, 由会商决定的日期, 不按工作日计算。"
        return
    yield f"{name}{document['workdays']}个工作日{basis}, 到期 {due}{mark}"
    yield PROFILES[document["profile"]]
    yield from _history(document, year)
    yield from _differs(document)


def _differs(document: dict[str, Any]) -> Iterator[str]:
    """Say that the days no longer lead to the promise: a stopped clock keeps its own."""
    if document.get("recount") not in (None, document.get("due")):
        yield f"{_name(document)}: 台账记录的期限与现行日历的算法不同; 以台账记录为准。"

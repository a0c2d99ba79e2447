"""Counting a due date day by day, for a case or for any date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.clock import from_text, to_text
from sixping.pages.table import Column

if TYPE_CHECKING:
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
    from sixping.commands._books import books_of
    from sixping.moments import parse_moment, understood

    received = parse_moment(start, desk.now)
    desk.say(f"收到: {understood(received)}")
    document = counted(received, workdays, books_of(None).rules(received.date()))
    _show(desk, wish, document)


def explain_case(desk: Desk, wish: Wish, number: str) -> None:
    """Explain every clock of a case: the promise on record, then its days."""
    from sixping import views
    from sixping.commands._answers import publish
    from sixping.commands._books import books_of
    from sixping.figures.overdue import CLOCKS
    from sixping.pages import people
    from sixping.pages.case import clock_json

    path = desk.existing_ledger()
    number = views.full_number(number, desk.now.year)
    with views.reading(path) as con:
        row = views.case(con, number)
        clocks = [clock_json(c, desk.now) for c in views.clocks(con, number)]
    rules = books_of(path).rules(from_text(row["received_at"]).date())
    documents = []
    for clock in clocks:
        head = {"number": number} | {
            k: clock[k] for k in ("kind", "round", "started", "clause", "stopped", "late")
        }
        if clock["workdays"] is None:
            documents.append(head | {"due": clock["due"], "decided": True, "days": []})
            continue
        found = counted(from_text(clock["started"]), clock["workdays"], rules)
        documents.append(
            found
            | head
            | {"due": clock["due"], "provisional": clock["provisional"], "recount": found["due"]}
        )
    if wish.choose(desk) in {"json", "jsonl"}:
        publish(desk, wish, [], (), documents)
        return
    for document in documents:
        due = people.moment(from_text(document["due"]), desk.now.year)
        basis = document["clause"] or ""
        desk.say(f"{number} {CLOCKS[document['kind']]} ({basis}): {due}")
        if document.get("decided"):
            desk.say("  由会商决定的日期, 不按工作日计算。")
        else:
            _show(desk, wish, document)


def _show(desk: Desk, wish: Wish, document: dict[str, Any]) -> None:
    from sixping.commands._answers import publish
    from sixping.pages import people

    count = 0
    rows = []
    for day in document["days"]:
        count += day["counted"]
        rows.append(
            day | {"label": KINDS[day["kind"]], "count": count if day["counted"] else None}
        )
    publish(desk, wish, rows, COLUMNS, document)
    if document.get("recount", document["due"]) != document["due"]:
        desk.say("  台账记录的期限与现行日历的算法不同; 以台账记录为准。")
    mark = " (暂定: 有的日子所在年份的放假安排尚未公布)" if document["provisional"] else ""
    due = people.moment(from_text(document["due"]), desk.now.year)
    desk.say(f"{document['workdays']}个工作日, 到期 {due}{mark}", PROFILES[document["profile"]])

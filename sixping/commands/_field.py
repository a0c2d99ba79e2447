"""What meetings, patrols and operations share: hours, people, who is where, ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.errors import NotAllowed, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.ledger import Transaction
    from sixping.meetings import Meeting
    from sixping.operations import Operation
    from sixping.organisation import Organisation, Person
    from sixping.patrols import Patrolled
    from sixping.presence import Engagement

_HOUR = re.compile(r"(\d{1,2})[:\uff1a](\d{2})")
_HOURS, _MINUTES = 24, 60

Start = Annotated[str | None, typer.Option("--from", metavar="时刻", help="自几点, 如 14:00")]
End = Annotated[str | None, typer.Option("--to", metavar="时刻", help="至几点, 如 16:00")]
OnDate = Annotated[str, typer.Option("--date", metavar="日期", help="如 2026-12-01、明天")]
Id = Annotated[str, typer.Argument(metavar="编号", help="如 m3, 见 meeting list")]


def hours(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Return both hours as ``08:05``, or neither. Raises ``UsageFault``."""
    if start is None and end is None:
        return None, None
    if start is None or end is None:
        raise UsageFault("--from 与 --to 须同时写明。", "例如: --from 14:00 --to 16:00")
    first, last = _hour(start), _hour(end)
    if last <= first:
        raise UsageFault(f"结束 {last} 不晚于开始 {first}。", "请核对 --from 和 --to。")
    return first, last


def _hour(value: str) -> str:
    found = _HOUR.fullmatch(value.strip())
    if not found or int(found[1]) >= _HOURS or int(found[2]) >= _MINUTES:
        raise UsageFault(f"看不懂的时刻: {value}", "请写成 8:05、14:00。")
    return f"{int(found[1]):02}:{found[2]}"


def next_id(tx: Transaction, kind: str, letter: str) -> str:
    """Return the next id of meetings (``m3``) or operations; a voided one keeps its own."""
    (before,) = tx.con.execute("SELECT count(*) FROM events WHERE kind = ?", (kind,)).fetchone()
    return f"{letter}{before + 1}"


def meetings_on(con: Any) -> dict[str, Meeting]:  # noqa: ANN401 - a connection
    """Return all meetings of a ledger by id."""
    from sixping import streams
    from sixping.meetings import STREAM, fold

    return fold(streams.entries(con, STREAM))


def operations_on(con: Any) -> dict[str, Operation]:  # noqa: ANN401
    """Return all operations of a ledger by id."""
    from sixping import streams
    from sixping.operations import STREAM, fold

    return fold(streams.entries(con, STREAM))


def patrols_on(con: Any, first: date | None = None, last: date | None = None) -> list[Patrolled]:  # noqa: ANN401
    """Return the patrols of a ledger, of all time or from one day to another."""
    from sixping import streams
    from sixping.duty import months
    from sixping.patrols import STREAM

    if first is None or last is None:
        return [entry.event for entry in streams.entries(con, STREAM)]
    return [
        entry.event
        for month in months(first, last)  # a month is one subject: the index finds it
        for entry in streams.entries(con, STREAM, month)
        if first <= entry.event.day <= last
    ]


def people_of(organisation: Organisation, given: Sequence[str] | None) -> list[Person]:
    """Return people by id or name, each once. Raises ``NotFound`` or ``NotAllowed``."""
    found = {person.id: person for person in map(organisation.find, given or ())}
    return list(found.values())


def refuse_elsewhere(
    con: Any,  # noqa: ANN401
    day: date,
    people: Iterable[str],
    start: str | None,
    end: str | None,
    *,
    but: str | None = None,
    duty: bool = True,
) -> None:
    """Raise ``NotAllowed`` when one of them is on leave or somewhere else at that time.

    ``duty`` False: attendance itself is being recorded and was judged already.
    """
    from sixping.duty import Book
    from sixping.presence import DUTY, engagements, refuse_clash

    wanted = list(people)
    book = Book(con, day, day)
    for who in wanted:
        if book.away(who, day):
            raise NotAllowed(
                f"{who} 在 {day} 请假。",
                "请换别人; 请假记错了: sixping duty void 序号 --reason 理由。",
            )
    if start is None or end is None:
        return
    known = engagements(
        day,
        book.at(day),
        patrols_on(con, day, day),
        operations_on(con).values(),
        meetings_on(con).values(),
    )
    refuse_clash((one for one in known if duty or one.what != DUTY), wanted, start, end, but)


def away_on_business(con: Any) -> dict[date, list[Engagement]]:  # noqa: ANN401
    """Return by day who was on patrol, at a meeting or on a joint operation, and when."""
    from sixping.duty import DayBook
    from sixping.presence import engagements

    patrols, operations = patrols_on(con), list(operations_on(con).values())
    meetings = list(meetings_on(con).values())
    days = {
        *(one.day for one in patrols),
        *(one.plan.day for one in operations),
        *(one.day for one in meetings),
    }
    return {
        day: list(engagements(day, DayBook(), patrols, operations, meetings)) for day in days
    }


def named(people: Any, who: str, *, reveal: bool = False) -> str:  # noqa: ANN401 - by id
    """Return id, name (masked unless revealed) and unit of a person."""
    from sixping.commands._office import masked

    person = people.get(who)
    if person is None:
        return who
    name = person.name if reveal and person.name else masked(person.name)
    return f"{who} {name} ({person.unit})"

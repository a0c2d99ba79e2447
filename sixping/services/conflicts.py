"""Who is where: people of meetings, patrols and operations, and when they cannot come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.office.conflicts import Engagement
    from sixping.office.meetings import Meeting
    from sixping.office.operations import Operation
    from sixping.office.organisation import Organisation, Person
    from sixping.office.patrols import Patrolled
    from sixping.store.transaction import Transaction


def next_id(tx: Transaction, kind: str, letter: str) -> str:
    """Return the next id of meetings (``m3``) or operations; a voided one keeps its own."""
    (before,) = tx.con.execute("SELECT count(*) FROM events WHERE kind = ?", (kind,)).fetchone()
    return f"{letter}{before + 1}"


def meetings_on(con: Any) -> dict[str, Meeting]:  # noqa: ANN401 - a connection
    """Return all meetings of a ledger by id."""
    from sixping.office import streams
    from sixping.office.meetings import STREAM, fold

    return fold(streams.entries(con, STREAM))


def operations_on(con: Any) -> dict[str, Operation]:  # noqa: ANN401
    """Return all operations of a ledger by id."""
    from sixping.office import streams
    from sixping.office.operations import STREAM, fold

    return fold(streams.entries(con, STREAM))


def patrols_on(con: Any, first: date | None = None, last: date | None = None) -> list[Patrolled]:  # noqa: ANN401
    """Return the patrols of a ledger, of all time or from one day to another."""
    from sixping.office import streams
    from sixping.office.duty import months
    from sixping.office.patrols import STREAM

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
    from sixping.office.conflicts import DUTY, engagements, refuse_clash
    from sixping.office.duty import DutyRecord

    wanted = list(people)
    book = DutyRecord(con, day, day)
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
    from sixping.office.conflicts import engagements
    from sixping.office.duty import DayBook

    patrols, operations = patrols_on(con), list(operations_on(con).values())
    meetings = list(meetings_on(con).values())
    days = {
        *(one.day for one in patrols),
        *(one.plan.day for one in operations),
        *(one.day for one in meetings),
    }
    return {day: list(engagements(day, DayBook(), patrols, operations, meetings)) for day in days}


def named(people: Any, who: str, *, reveal: bool = False) -> str:  # noqa: ANN401 - by id
    """Return id, name (masked unless revealed) and unit of a person."""
    from sixping.documents.phrases import masked

    person = people.get(who)
    if person is None:
        return who
    name = person.name if reveal and person.name else masked(person.name)
    return f"{who} {name} ({person.unit})"

"""Who of a unit answers for a case by name (经办人, 附2.1 责任到人): who may, who is, who has left.

Ids (``p12``) are what is recorded; a name is looked up when it is shown, also of who has left.
"""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.cases import NOBODY, People
from sixping.errors import NotAllowed, NotFound
from sixping.office import registers, streams
from sixping.office.organisation import (
    PEOPLE,
    STREAM,
    PersonJoined,
    PersonLeft,
    organisation_at,
)
from sixping.policy.units import UnitKind
from sixping.queries import cases
from sixping.render.stepwords import ANSWERED
from sixping.reports.overdue import Waiting
from sixping.services.approval.avoidance import to_reassign
from sixping.services.office.waiting import waiting_case
from sixping.util.clock import SHANGHAI
from sixping.util.daytext import understood_day
from sixping.util.masking import hide_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from sixping.office.organisation import History, Organisation, Person
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.taking import Situation
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

KEY = "persons"
"""The register of who answers for a case."""
GONE = "person_left"
"""What is listed of an open case whose 经办人 is no more of the unit that leads it."""


class Known(NamedTuple):
    """Somebody who is or was of the register; ``since``: from when he is where he is.

    ``unit`` None: he has left; ``name`` None: erased.
    """

    id: str
    unit: str | None
    name: str | None
    since: date


def everybody(con: Connection, as_of: int | None = None) -> dict[str, Known]:
    """Return all who are or ever were of the register, as the last change of each leaves them."""
    found: dict[str, Known] = {}
    entries = streams.entries(con, STREAM, PEOPLE, as_of)
    for entry in sorted(entries, key=lambda entry: (entry.event.day, entry.seq)):
        event = entry.event
        if isinstance(event, PersonJoined):
            found[event.person] = Known(event.person, event.unit, event.name, event.day)
        elif event.person in found:
            found[event.person] = _changed(found[event.person], event)
    return found


def _changed(known: Known, event: object) -> Known:
    """Return somebody after a change; a move and a leaving begin on its day."""
    day: date = getattr(event, "day", known.since)
    if isinstance(event, PersonLeft):
        return known._replace(unit=None, since=day)
    name = getattr(event, "name", None) or known.name
    unit = getattr(event, "unit", None) or known.unit
    return Known(known.id, unit, name, known.since if unit == known.unit else day)


def meant(con: Connection, who: str) -> str:
    """Return the id of who is meant by an id or a name, also of who has left.

    Raises ``NotFound`` for nobody, ``NotAllowed`` for a name of several and while the register
    sleeps.
    """
    registers.require(con, KEY)
    known, who = everybody(con), who.strip()
    if who in known:
        return who
    named = [each for each in known.values() if each.name == who]
    if not named:
        raise NotFound(
            f"没有登记过这个人 (--person): {who}",
            "写编号 (如 p12) 或姓名, 离开的人也可以; 在册人员见 sixping units people。",
        )
    if len(named) > 1:
        which = "、".join(f"{each.id} ({each.unit or '已离开'})" for each in named)
        raise NotAllowed(f"有 {len(named)} 个人叫 {who}: {which}。", "请写编号, 如 p12。")
    return named[0].id


def answered_by(
    con: Connection, row: CaseRow, people: People, *, kept: bool
) -> dict[str, str | None]:
    """Return who answers for a case, as JSON has it: ``{person person_id}``.

    ``people`` are those of whom the case tells: their names are hidden in it (回避). The id is
    there while the register is ``kept``.
    """
    if not kept:
        return {"person": None}
    return {"person": Names(con).of(row.person, people), "person_id": row.person}


class Names:
    """The names of who answers for cases, in lists and logs; read when the first is asked for."""

    def __init__(self, con: Connection, as_of: int | None = None) -> None:
        """Read nothing yet; ``as_of``: the register as known at that seq."""
        self._con, self._as_of = con, as_of

    @cached_property
    def _known(self) -> Mapping[str, Known]:
        return everybody(self._con, self._as_of)

    def of(self, who: str | None, people: People = NOBODY) -> str | None:
        """Return the name of somebody by id; None for nobody, and where it was erased.

        ``people`` are those of whom a case tells: their names are hidden in it (回避).
        """
        known = self._known.get(who) if who else None
        return hide_names(known.name, people.names) if known and known.name else None

    def put_on(
        self, events: Sequence[dict[str, Any]], people: People = NOBODY
    ) -> list[dict[str, Any]]:
        """Return entries of a log with the name beside the id of who was to answer for a case."""
        return [
            event | {"person_name": name}
            if event["kind"] in ANSWERED and (name := self.of(event.get("person"), people))
            else event
            for event in events
        ]


# --- who may be named ---------------------------------------------------------------------


def person_of(
    situation: Situation, lead: str | None, who: str | None, *, option: str, word: bool = False
) -> str | None:
    """Return the id of who is to answer for a case in the unit that leads it; None: nobody named.

    ``word``: a leader said that whom the case is about keeps it (回避). Raises ``NotAllowed`` for
    somebody of another unit, for who has to stay out, for a day before the register began, and
    while it sleeps; ``NotFound`` for nobody of the day.
    """
    if who is None:
        return None
    con, day = situation.work.con, situation.at.date()
    begun = registers.require(con, KEY)
    if day < begun:
        raise NotAllowed(
            f"经办人登记自{understood_day(begun)}起, 不能记在{understood_day(day)} ({option})。",
            "请去掉 --at, 或不写经办人。",
        )
    organisation = organisation_at(con, day)
    person = organisation.find(who)
    _refuse_stranger(organisation, person, lead, option)
    _refuse_reported(situation, person, option, word=word)
    situation.hint(f"经办人: {person.name or ''}({person.id})")
    return person.id


def _refuse_stranger(
    organisation: Organisation, person: Person, lead: str | None, option: str
) -> None:
    """Refuse somebody who is of another unit than leads; a community has its grids too."""
    if lead is None or of_unit(organisation, person.unit, lead):
        return
    own = [p for p in organisation.people.values() if of_unit(organisation, p.unit, lead)]
    known = "、".join(f"{p.name or ''}({p.id})" for p in own[:_LISTED])
    more = f"等 {len(own)} 人" if len(own) > _LISTED else ""
    way = f"{lead}的人员: {known}{more}。" if own else f"{lead}还没有登记人员。"
    add = f"登记: sixping units person add 姓名 --unit {lead}。" if not own else ""
    raise NotAllowed(
        f"{person.name or person.id}({person.id}) 是{person.unit}的人, 不能作{lead}的经办人"
        f" ({option})。",
        f"{way}{add}",
    )


#: people that a refusal names; the others are in the list of people
_LISTED = 5


def of_unit(organisation: Organisation, own: str, lead: str) -> bool:
    """Tell whether somebody of a unit is of the one that leads: a community has its grids too."""
    unit = organisation.units.get(own)
    beneath = unit is not None and unit.kind is UnitKind.GRID and unit.parent == lead
    return own == lead or beneath


def _refuse_reported(situation: Situation, person: Person, option: str, *, word: bool) -> None:
    """Refuse whom the case, or a report merged into it, is about, without a leader's word."""
    reported = {report.about_person for report in situation.case.reports}
    if person.id in reported and not word:
        raise NotAllowed(
            f"{person.name or person.id}({person.id}) 是被反映的人, 应当回避, 不能作经办人"
            f" ({option})。",
            "请由别人办理; 确须由他办理的, 由领导决定: 用 assign 或 decide, 加 --leader 姓名。",
        )


def refuse_kept_out(situation: Situation) -> None:
    """Refuse a hand-over within a unit that stays out of the case and has to be replaced (回避)."""
    case = situation.case
    found = to_reassign(situation.work.con, case, situation.log, situation.at.date())
    if case.lead in found:
        raise NotAllowed(
            f"{case.lead}是{found[case.lead].what}, 应当回避, 不能在它内部换经办人。",
            f"请先改派: sixping assign {case.number} --lead 单位。",
        )


def presence(people: History) -> Callable[[str, str, date], bool]:
    """Return what tells whether somebody was of a unit on a day."""

    def there(who: str, unit: str, day: date) -> bool:
        organisation = people.at(day)
        person = organisation.people.get(who)
        return person is not None and of_unit(organisation, person.unit, unit)

    return there


# --- who has left --------------------------------------------------------------------------


def waiting(
    con: Connection,
    now: datetime,
    keep: Callable[[CaseRow], bool],
    _: Rulebooks,
    begun: date,
) -> Iterator[Waiting]:
    """Yield the open cases whose 经办人 has left, or is of another unit now.

    Who left before the register began is waited for since its day: the case was not judged before.
    """
    rows = [row for row in cases.held_by_name(con) if keep(row)]
    if not rows or begun > now.date():
        return
    start = datetime.combine(begun, time(), SHANGHAI)
    organisation, known = organisation_at(con, now.date()), everybody(con)
    for row in rows:
        person = organisation.people.get(row.person or "")
        if row.lead is None or (person and of_unit(organisation, person.unit, row.lead)):
            continue
        gone = _gone(row, known)
        yield gone._replace(since=max(gone.since, start))


def _gone(row: CaseRow, known: Mapping[str, Known]) -> Waiting:
    """Return the case as it waits for another name, since the day he left."""
    who = known.get(row.person or "")
    name = f"{who.name}({row.person})" if who and who.name else row.person
    waits = waiting_case(row, GONE, row.round_at)
    return waits._replace(
        text=f"[{name} 已离开] {waits.text}",
        since=datetime.combine(who.since, time(), SHANGHAI) if who else waits.since,
    )

"""The papers of a meeting from one state of the ledger: its agenda, its minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from sixping.documents.phrases import GONE
from sixping.office.organisation import organisation_at
from sixping.policy.meetings import MEETINGS, load_rules, seat_words, seats
from sixping.queries.cases import case
from sixping.queries.office import decisions
from sixping.render.meeting import shown_guest, shown_text
from sixping.render.paper.blocks import figures
from sixping.render.paper.office.agenda import agenda_paper
from sixping.render.paper.office.minutes import Minutes, Resolved, minutes_paper
from sixping.services.agenda import gathered
from sixping.services.meetings import closes_at
from sixping.services.office.attendance import present_words, roll_of
from sixping.services.papers import origin_of
from sixping.services.papers.period import details_of
from sixping.services.personal.atmeetings import Veil
from sixping.services.rulebooks import naming_on
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.office.meetings import Meeting
    from sixping.office.organisation import Organisation
    from sixping.policy.units import Naming
    from sixping.render.paper.blocks import Paper
    from sixping.render.paper.wording import Origin
    from sixping.reports.agenda import Agenda
    from sixping.services.report import Source
    from sixping.store.sqlite import Connection


class Made(NamedTuple):
    """An agenda, and what makes its paper from the same state of the ledger."""

    agenda: Agenda
    source: Source
    issued: Origin
    naming: Naming

    @classmethod
    def of(cls, con: Connection, name: str, now: datetime, *, reveal: bool = False) -> Self:
        """Build the agenda of a meeting; what is said in it masked unless revealed."""
        built, material = gathered(con, name, now, reveal=reveal)
        return cls(built, material.source, origin_of(con, now), naming_on(con, now.date()))

    def paper(self, *, details: bool, reveal: bool = False) -> Paper:
        """Return the paper; with ``details`` what every figure of the period opens to."""
        made = agenda_paper(self.agenda, self.issued, self.naming, reveal=reveal)
        opens = details and any(figure.key for figure in figures(made))
        return made._replace(details=details_of(self.source, made)) if opens else made


def minutes(con: Connection, meeting: Meeting, now: datetime, *, reveal: bool = False) -> Paper:
    """Return the minutes of a meeting as a paper; what was said in it masked unless revealed."""
    return minutes_paper(minutes_of(con, meeting, now, reveal=reveal), origin_of(con, now))


def minutes_of(con: Connection, meeting: Meeting, now: datetime, *, reveal: bool) -> Minutes:
    """Return what the minutes of a meeting tell, and how what it decided stands now."""
    meeting = meeting if reveal else Veil(con).meeting(meeting)
    rules = rule_on(con, MEETINGS, load_rules)
    organisation = organisation_at(con, meeting.day)
    own = rules.kind(meeting.sort)
    columns = dict.fromkeys((*rules.slots, *meeting.slots))
    written = {column: text or GONE for column, text in meeting.slots.items()}
    return Minutes(
        kind=meeting.sort,
        name=meeting.id,
        day=meeting.day,
        start=meeting.start,
        end=meeting.end,
        platform=naming_on(con, meeting.day).platform(meeting.platform),
        convener=meeting.convener,
        reason=shown_text(meeting.reason, reveal=reveal),
        members=seat_words(seats(own, organisation.units, meeting.platform)),
        present=_present(organisation, meeting.people),
        guests=tuple(
            guest if reveal else shown_guest(guest, organisation) for guest in meeting.guests
        ),
        roll=present_words(roll_of(con, meeting)),
        said=tuple((each, shown_text(written.get(each), reveal=reveal)) for each in columns),
        resolved=(
            *_on_cases(con, meeting, reveal=reveal),
            *_tasks(con, meeting, now, reveal=reveal),
        ),
    )


def _present(
    organisation: Organisation, people: Iterable[str]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return who came by unit; two of a name are told apart by their ids."""
    units: dict[str, list[str]] = {}
    for who in people:
        person = organisation.people.get(who)
        unit = person.unit if person else ""
        units.setdefault(unit, []).append(organisation.called(who))
    return tuple((unit, tuple(names)) for unit, names in units.items())


def _on_cases(con: Connection, meeting: Meeting, *, reveal: bool) -> Iterator[Resolved]:
    """Yield what was decided on cases, also where the decision was recorded on the case alone."""
    said = {number: text for number, _, _, text in meeting.decided}
    for number, (unit, due) in decisions(con, meeting.id).items():
        text = shown_text(said[number] or GONE, reveal=reveal) if number in said else None
        yield Resolved(number, text, unit, due, case(con, number).status)


def _tasks(con: Connection, meeting: Meeting, now: datetime, *, reveal: bool) -> Iterator[Resolved]:
    closes = closes_at(con, now)
    for task in meeting.tasks.values():
        late = "，已超期" if task.late(now, closes) else ""
        text = shown_text(task.text or GONE, reveal=reveal)
        yield Resolved(task.id, text, task.unit, task.due, f"{task.state}{late}")

"""What the ledger says under the headings of an agenda: one reader for each source."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sixping.cases.contactkeys import place_form
from sixping.documents import agenda as words
from sixping.documents.cases import summary_of
from sixping.office.duty import DutyRecord
from sixping.office.meetings import TaskState, find, meetings_on
from sixping.office.operations import operations_on
from sixping.office.organisation import organisation_at
from sixping.office.patrols import patrols_on
from sixping.policy.meetings import MEETINGS, Every, Source, What, load_rules
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import Status
from sixping.queries.cases import head, list_cases, private_of, running, waiting
from sixping.queries.periods import AsOf
from sixping.reports.agenda import (
    Agenda,
    AgendaCase,
    AgendaItem,
    by_agency,
    headings,
    lapses_by_unit,
    repeated,
    rising,
)
from sixping.reports.period import DIMENSIONS, Span, Tally, breakdown, figures
from sixping.reports.spans import LAST, before, bounds, chosen_period, same_days
from sixping.services.dutycover import judged
from sixping.services.lapses import failures
from sixping.services.meetings import closes_at
from sixping.services.report import photographed, tallied
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sixping.office.meetings import Meeting
    from sixping.queries.photographs import Photograph
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

Line = tuple[str | None, "Sequence[str]"]
"""What is said, None after a lawful erasure, and the cases it is said of."""


def is_about(row: CaseRow) -> bool:
    """Return whether a report names whom it is about."""
    return bool(row.about_unit or row.about_person or private_of(row).get("about"))


def agenda(con: Connection, name: str, now: datetime, *, reveal: bool = False) -> Agenda:
    """Build the agenda of a meeting from one state of the ledger; what is said in it masked."""
    meetings = meetings_on(con)
    meeting = find(meetings, name)
    kind = rule_on(con, MEETINGS, load_rules).kind(meeting.sort)
    material = Material(con, now, meeting, meetings, reveal=reveal)
    sources = {s.name: s for heading in kind.headings for s in heading.sources}
    seq, link = head(con)
    parts = headings(
        [(h.title, h.clause, [s.name for s in h.sources]) for h in kind.headings],
        lambda source: material.read(sources[source]),
        meeting.items,
    )
    return Agenda(
        meeting.id, meeting.sort, meeting.platform, meeting.day, *material.span, seq, link, parts
    )


class Material:
    """What an agenda is built from: the period before the meeting, as the ledger stands."""

    def __init__(
        self,
        con: Connection,
        now: datetime,
        meeting: Meeting,
        meetings: Mapping[str, Meeting],
        *,
        reveal: bool = False,
    ) -> None:
        """Take the last full month before the meeting; for a weekly one the last week."""
        self.con, self.now, self.meeting, self.meetings = con, now, meeting, meetings
        self.reveal = reveal
        self.rulebooks = rulebooks_on(con)
        kind = rule_on(con, MEETINGS, load_rules).kind(meeting.sort)
        weekly = kind.every is Every.WEEK
        self.kind = "week" if weekly else "month"
        day = datetime.combine(meeting.day, time(12), SHANGHAI)
        self.span: Span = chosen_period(day, {self.kind: LAST})[1]

    def read(self, source: Source) -> list[AgendaItem]:
        """Return the items of a source."""
        readers: dict[What, Callable[[Source], Iterable[Line]]] = {
            What.TOTALS: self._totals,
            What.OVERDUE: self._overdue,
            What.OPEN_CASES: self._open_cases,
            What.WAITING_DECISION: self._waiting,
            What.REPEATED_PLACES: self._repeated,
            What.RISING: self._rising,
            What.OPERATIONS: self._operations,
            What.PATROLS: self._patrols,
            What.UNDONE_TASKS: self._tasks,
            What.DUTY_BREACHES: self._duty,
            What.LAPSES: self._lapses,
            What.URGES: self._urges,
        }
        lines = readers[source.what](source)
        return [AgendaItem(source.name, source.label, text, tuple(nos)) for text, nos in lines]

    def _tallies(self, span: Span, photo: Photograph) -> list[Tally]:
        satisfied = self.rulebooks.policy.edition_at(span.last).readings.satisfied_from
        rows = tallied(self.con, self._state(), span, photo, satisfied)
        platform = tuple(DIMENSIONS).index("platform")
        mine = self.meeting.platform
        return [row for row in rows if mine in (None, row.keys[platform])]

    def _state(self) -> AsOf:
        return AsOf.present(self.con, to_text(self.now))

    def _totals(self, _: Source) -> list[Line]:
        (photo,) = photographed(self.con, self._state(), [self.span])
        total = figures(self._tallies(self.span, photo), photo.stock)
        text = words.totals_words(total)
        return [(text, ())] if text else []

    def _cases(self, rows: Iterable[CaseRow]) -> list[Line]:
        """Return a line for each case of the meeting's platform."""
        mine = self.meeting.platform
        own = {row.number: row for row in rows if mine in (None, row.platform)}
        return [
            (words.case_words(row, self._summary(row), about=is_about(row)), (number,))
            for number, row in own.items()
        ]

    def _summary(self, row: CaseRow) -> str:
        return summary_of(row.private, reveal=self.reveal)

    def _overdue(self, _: Source) -> list[Line]:
        return self._cases(clock.case for clock in running(self.con, to_text(self.now)))

    def _waiting(self, _: Source) -> list[Line]:
        return self._cases(waiting(self.con, "decision"))

    def _urges(self, _: Source) -> list[Line]:
        return self._cases(waiting(self.con, "urge"))

    def _lapses(self, _: Source) -> list[Line]:
        """Count failures by unit and kind; ``sixping lapses`` has the evidence for each."""
        last = min(self.span.last, self.now.date())
        lapses = failures(self.con, self.rulebooks, self.span.first, last, self.now)
        return [
            (words.lapse_words(unit, kind, count), numbers)
            for unit, kind, count, numbers in lapses_by_unit(lapses)
        ]

    def _open_cases(self, source: Source) -> list[Line]:
        heads = {entry.name: entry.head for entry in rule_on(self.con, TAXONOMY, load_taxonomy)}
        rows, _ = list_cases(self.con)
        return self._cases(row for row in rows if heads.get(row.category or "") in source.heads)

    def _repeated(self, source: Source) -> list[Line]:
        first, last = bounds(self.span)
        rows, _ = list_cases(self.con, every=True, start=first)
        cases = []
        for row in rows:
            place = private_of(row).get("place")
            counts = row.status not in (Status.MERGED, Status.WITHDRAWN)
            if place and row.received_at <= last and counts:
                where = f"{row.community or ''}{place}"
                cases.append(AgendaCase(row.number, place_form(place), where))
        places = repeated(sorted(cases), source.least)
        return [(f"{where}: {len(numbers)} 件", numbers) for where, numbers in places]

    def _rising(self, source: Source) -> list[Line]:
        def counts(span: Span) -> dict[str | None, int]:
            (photo,) = photographed(self.con, self._state(), [span])
            rows = breakdown(self._tallies(span, photo), "category", photo.stock)
            return {row["name"]: row["received"] for row in rows}

        earlier = same_days(self.span, before(self.kind, self.span), self.now.date())
        more = rising(counts(self.span), counts(earlier), source.least)
        return [(f"{name}: 本期 {now} 件, 上期 {then} 件", ()) for name, now, then in more]

    def _operations(self, _: Source) -> list[Line]:
        return [
            (words.operation_words(operation), operation.cases)
            for operation in operations_on(self.con).values()
            if self.span.first <= operation.plan.day <= self.meeting.day
        ]

    def _patrols(self, _: Source) -> list[Line]:
        first, last = self.span
        patrols = patrols_on(self.con, first, last)
        if not patrols:
            return []
        units = organisation_at(self.con, last).units
        grids = {unit.name for unit in units if unit.kind is UnitKind.GRID}
        seen = {grid for patrol in patrols for grid in patrol.grids} & grids
        cases = [number for patrol in patrols for number in patrol.cases]
        text = f"巡查 {len(patrols)} 次, 到过 {len(seen)}/{len(grids)} 个网格, 发现 {len(cases)} 件"
        return [(text, cases)]

    def _tasks(self, _: Source) -> list[Line]:
        closes = closes_at(self.con, self.now)
        return [
            (words.task_words(task, late=task.late(self.now, closes)), ())
            for meeting in self.meetings.values()
            for task in meeting.tasks.values()
            if task.state is TaskState.OPEN
            and meeting.id != self.meeting.id
            and meeting.platform == self.meeting.platform
        ]

    def _duty(self, _: Source) -> list[Line]:
        record = DutyRecord(self.con, *self.span)
        cover = judged(self.rulebooks, record, *self.span, self.now)
        agencies = by_agency(cover.breaches)
        return [(words.gap_words(agency, gaps), ()) for agency, gaps in agencies.items()]

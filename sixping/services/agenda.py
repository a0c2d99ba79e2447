"""What the ledger says under the headings of an agenda: one reader for each source."""

from __future__ import annotations

from datetime import datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.contactkeys import place_form
from sixping.documents import agenda as words
from sixping.documents.cases import summary_of
from sixping.office import registers
from sixping.office.duty import DutyRecord
from sixping.office.issues import standing
from sixping.office.meetings import TaskState, find, meetings_on
from sixping.office.operations import operations_on
from sixping.office.organisation import organisation_at
from sixping.office.patrols import patrols_on
from sixping.policy.meetings import MEETINGS, Every, What, load_rules, seat_words, seats
from sixping.policy.meetings import Source as Said
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import LAPSES, Status
from sixping.queries.cases import head, list_cases, private_of, running, waiting
from sixping.queries.office import registers_begun
from sixping.render.overdue import rows as by_case
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
from sixping.reports.period import Narrow, Span, breakdown, figures
from sixping.reports.spans import (
    LAST,
    ReportRequest,
    before,
    bounds,
    chosen_period,
    same_days,
)
from sixping.services.dutycover import judged
from sixping.services.fieldwork import covering
from sixping.services.filters import Places
from sixping.services.lapses import failures
from sixping.services.meetings import closes_at
from sixping.services.office import attendance, disputes, groups
from sixping.services.office.accountability import counted
from sixping.services.office.market import inspections_of
from sixping.services.office.rectification import kept
from sixping.services.overdue import found
from sixping.services.personal.atmeetings import Veil
from sixping.services.personal.atoperations import veiled
from sixping.services.personal.named import Named
from sixping.services.report import Source
from sixping.store.documents import rule_on
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.clock import SHANGHAI, to_text
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sixping.office.meetings import Meeting
    from sixping.policy.meetings import Heading, Kind
    from sixping.reports.agenda import Fact
    from sixping.reports.period import Figures
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection


class Line(NamedTuple):
    """What is said, None after a lawful erasure, and of which cases; see ``AgendaItem``."""

    text: str | None
    numbers: Sequence[str] = ()
    facts: tuple[Fact, ...] = ()
    figures: Figures | None = None


def is_about(row: CaseRow) -> bool:
    """Return whether a report names whom it is about."""
    return bool(row.about_unit or row.about_person or private_of(row).get("about"))


def agenda(con: Connection, name: str, now: datetime, *, reveal: bool = False) -> Agenda:
    """Build the agenda of a meeting from one state of the ledger; what is said in it masked."""
    return gathered(con, name, now, reveal=reveal)[0]


def gathered(
    con: Connection, name: str, now: datetime, *, reveal: bool = False
) -> tuple[Agenda, Material]:
    """Return the same with what it was built from."""
    meetings = meetings_on(con)
    meetings = meetings if reveal else Veil(con).meetings(meetings)
    meeting = find(meetings, name)
    kind = rule_on(con, MEETINGS, load_rules).kind(meeting.sort)
    material = Material(con, now, meeting, meetings, reveal=reveal)
    under = _with_registers(con, kind)
    sources = {s.name: s for each in under for s in each.sources}
    seq, link = head(con)
    parts = headings(
        [(h.title, h.clause, [s.name for s in h.sources]) for h in under],
        lambda source: material.read(sources[source]),
        meeting.items,
    )
    people = seats(kind, organisation_at(con, meeting.day).units, meeting.platform)
    built = Agenda(
        meeting.id, meeting.sort, meeting.platform, meeting.day, *material.span, seq, link, parts,
        meeting.convener, seat_words(people), meeting.start, meeting.end,
    )  # fmt: skip
    return built, material


def _with_registers(con: Connection, kind: Kind) -> tuple[Heading, ...]:
    """Return the headings of a kind of meeting, with what registers of the street count.

    Where lapses stand, what became of them; beside the totals, inspections. As they are while
    these sleep, or where the rules name such a source themselves.
    """
    named, begun = {s.what for each in kind.headings for s in each.sources}, registers_begun(con)
    found = kind.headings
    for register, (beside, source) in _COUNTED.items():
        if register in begun and source.what not in named:
            found = tuple(
                each._replace(sources=(*each.sources, source))
                if any(s.what is beside for s in each.sources)
                else each
                for each in found
            )
    return found


#: register → beside which source what it counts stands
_COUNTED = {
    "accountability": (What.LAPSES, Said(
        "accountability", What.ACCOUNTABILITY, "问责和建议 (只列数, 见 sixping accountability)"
    )),
    "inspections": (What.TOTALS, Said(
        "inspections", What.INSPECTIONS, "检查抽检 (附2.2, 见 sixping inspection list)"
    )),
}  # fmt: skip


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
        self.of_kind = kind = rule_on(con, MEETINGS, load_rules).kind(meeting.sort)
        weekly = kind.every is Every.WEEK
        self.kind = "week" if weekly else "month"
        day = datetime.combine(meeting.day, time(12), SHANGHAI)
        self.span: Span = chosen_period(day, {self.kind: LAST})[1]
        narrow = Narrow(platform=meeting.platform)
        self.source = Source.of(
            con, ReportRequest(self.kind, self.span, now, past=False, narrow=narrow)
        )

    @property
    def rulebooks(self) -> Rulebooks:
        """The rules of the ledger."""
        return self.source.rulebooks

    @cached_property
    def standing(self) -> Mapping[str, str]:
        """How the cases stand that are late or wait: number → its limits, in working days."""
        items = found(self.con, self.now, 1, Places()).items
        found_rows = reversed(by_case(items))  # of a case the gravest: others may owe, too
        return {row["number"]: "、".join(row["parts"]) for row in found_rows if row["number"]}

    def read(self, source: Said) -> list[AgendaItem]:
        """Return the items of a source."""
        readers: dict[What, Callable[[Said], Iterable[Line]]] = {
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
            What.ACCOUNTABILITY: self._accounts,
            What.PLANS: self._plans,
            What.DISPUTES: self._disputes,
            What.GROUPS: self._groups,
            What.MISSED: self._missed,
            What.INSPECTIONS: self._inspections,
        }
        return [
            AgendaItem(
                source.name, source.label, line.text, tuple(line.numbers), source.what,
                line.facts, line.figures,
            )
            for line in readers[source.what](source)
        ]  # fmt: skip

    def _totals(self, _: Said) -> list[Line]:
        photo = self.source.photograph()
        total = figures(self.source.tallied(self.span, photo), photo.stock)
        text = words.totals_words(total)
        if text is None:
            return []
        frozen = standing(self.con, self.kind, self.span)
        if frozen is None:
            return [Line(text, figures=total)]
        said = words.frozen_words(frozen.words)
        return [Line(f"{text}; {said}", facts=(said,), figures=total)]

    def _cases(self, rows: Iterable[CaseRow]) -> list[Line]:
        """Return a line for each case of the meeting's platform."""
        mine = self.meeting.platform
        own = {row.number: row for row in rows if mine in (None, row.platform)}
        return [
            Line(words.case_words(row, said, about=about), (number,), self._facts(row, about=about))
            for number, row in own.items()
            for said, about in [(summary_of(row.private, reveal=self.reveal), is_about(row))]
        ]

    def _facts(self, row: CaseRow, *, about: bool) -> tuple[Fact, ...]:
        """Return a case without a word of its reporter, unless all are to be shown.

        Category, who has it, community, how it stands, what was said; of one that is about
        somebody, who may sit in the meeting, the category only (回避).
        """
        category, stands = row.category or words.UNSORTED, self.standing.get(row.number, row.status)
        if about:
            return category, words.ABOUT, None, stands, None
        said = summary_of(row.private, reveal=True) if self.reveal else None
        return category, words.held_by(row), row.community, stands, said

    def _overdue(self, _: Said) -> list[Line]:
        return self._cases(clock.case for clock in running(self.con, to_text(self.now)))

    def _waiting(self, _: Said) -> list[Line]:
        return self._cases(waiting(self.con, "decision"))

    def _urges(self, _: Said) -> list[Line]:
        return self._cases(waiting(self.con, "urge"))

    def _lapses(self, _: Said) -> list[Line]:
        """Count failures by unit and kind; ``sixping lapses`` has the evidence for each."""
        last = min(self.span.last, self.now.date())
        lapses = failures(self.con, self.rulebooks, self.span.first, last, self.now)
        return [
            Line(words.lapse_words(unit, kind, count), numbers, (unit, LAPSES[kind], count))
            for unit, kind, count, numbers in lapses_by_unit(lapses)
        ]

    def _accounts(self, _: Said) -> list[Line]:
        """Count what was decided and proposed, and what waits: nobody is named."""
        begun, lines = counted(self.con, self.span)
        if begun is None:
            return []
        since = f"自{understood_day(begun)}起登记"
        return [
            Line(f"{each.basis} {each.what}: {each.n} 项 ({since})",
                 facts=(each.basis, each.what, each.n, since))
            for each in lines
        ]  # fmt: skip

    def _open_cases(self, source: Said) -> list[Line]:
        heads = {entry.name: entry.head for entry in rule_on(self.con, TAXONOMY, load_taxonomy)}
        rows, _ = list_cases(self.con)
        return self._cases(row for row in rows if heads.get(row.category or "") in source.heads)

    def _repeated(self, source: Said) -> list[Line]:
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
        return [
            Line(f"{where}: {len(numbers)} 件", numbers, (where, len(numbers)))
            for where, numbers in places
        ]

    def _rising(self, source: Said) -> list[Line]:
        def counts(span: Span) -> dict[str | None, int]:
            (photo,) = self.source.photographs(span)
            rows = breakdown(self.source.tallied(span, photo), "category", photo.stock)
            return {row["name"]: row["received"] for row in rows}

        earlier = same_days(self.span, before(self.kind, self.span), self.now.date())
        more = rising(counts(self.span), counts(earlier), source.least)
        return [
            Line(f"{name}: 本期 {now} 件, 上期 {then} 件", facts=(name, now, then))
            for name, now, then in more
        ]

    def _operations(self, _: Said) -> list[Line]:
        named = Named(self.con)
        return [
            Line(
                words.operation_words(operation),
                operation.cases,
                words.operation_facts(operation),
            )
            for every in operations_on(self.con).values()
            if self.span.first <= every.last and every.plan.day <= self.meeting.day
            for operation in (kept(self.con, veiled(self.con, every, named)),)
        ]

    def _patrols(self, _: Said) -> list[Line]:
        first, last = self.span
        patrols = covering(self.con, patrols_on(self.con, first, last))[0]
        if not patrols:
            return []
        units = organisation_at(self.con, last).units
        grids = {unit.name for unit in units if unit.kind is UnitKind.GRID}
        seen = {grid for patrol in patrols for grid in patrol.grids} & grids
        cases = [number for patrol in patrols for number in patrol.cases]
        text = f"巡查 {len(patrols)} 次, 到过 {len(seen)}/{len(grids)} 个网格, 发现 {len(cases)} 件"
        facts = (len(patrols), len(seen), len(grids), len(cases))
        return [Line(text, cases, facts)]

    def _tasks(self, _: Said) -> list[Line]:
        closes = closes_at(self.con, self.now)
        return [
            Line(words.task_words(task, late=late), facts=words.task_facts(task, late=late))
            for meeting in self.meetings.values()
            for task in meeting.tasks.values()
            if task.state is TaskState.OPEN
            and not (task.sort and self._lists_plans)
            and meeting.id != self.meeting.id
            and meeting.platform == self.meeting.platform
            for late in [task.late(self.now, closes)]
        ]

    def _duty(self, _: Said) -> list[Line]:
        record = DutyRecord(self.con, *self.span)
        cover = judged(self.rulebooks, record, *self.span, self.now)
        agencies = by_agency(cover.breaches)
        return [
            Line(words.gap_words(agency, gaps), facts=words.gap_facts(agency, gaps))
            for agency, gaps in agencies.items()
        ]

    @property
    def _lists_plans(self) -> bool:
        """Whether plans and measures stand under a heading of their own."""
        listed = {source.what for each in self.of_kind.headings for source in each.sources}
        return What.PLANS in listed and registers.begun(self.con, attendance.KEY) is not None

    def _plans(self, _: Said) -> list[Line]:
        """Return work plans and measures that are open, or ended since the period began."""
        if not self._lists_plans:
            return []
        closes = closes_at(self.con, self.now)
        tasks = Veil(self.con).tasks(reveal=self.reveal)
        return [
            Line(words.plan_words(task, late=late), facts=words.plan_facts(task, late=late))
            for task in sorted(tasks, key=lambda task: (task.due, task.id))
            if task.sort
            and (task.ended is None or self.span.first <= task.ended.date())
            and task.since <= self.meeting.day
            for late in [task.late(self.now, closes)]
        ]

    def _disputes(self, _: Said) -> list[Line]:
        found = disputes.disputes(self.con, *self.span)
        if not found:
            return []
        begun = registers.begun(self.con, disputes.KEY)
        since = f" (自{understood_day(begun)}起登记)" if begun and begun > self.span.first else ""
        whole = disputes.counted(f"合计{since}", found)._replace(numbers=())
        return [
            Line(words.dispute_words(one), one.numbers, one[:5])
            for one in (whole, *disputes.by_kind(found))
        ]

    def _groups(self, _: Said) -> list[Line]:
        return [
            Line(words.group_words(*facts), facts=facts)
            for one in groups.sums(self.con, f"{self.span.first:%Y-%m}")
            for facts in [
                (one.measure.topic, one.measure.name, one.total, one.measure.unit, one.units)
            ]
        ]

    def _missed(self, _: Said) -> list[Line]:
        """Return the regular meetings that were not held in the period, by kind and platform."""
        found: dict[tuple[str, str | None], list[str]] = {}
        for one in attendance.missed(
            self.con, *self.span, self.now.date(), self.rulebooks.calendar
        ):
            days = f"{one.first:%m-%d} 至 {one.last:%m-%d}"
            if self.meeting.platform in (None, one.platform):
                found.setdefault((one.sort, one.platform), []).append(days)
        return [
            Line(
                words.missed_words(sort, platform, days),
                facts=(sort, platform, len(days), "、".join(days)),
            )
            for (sort, platform), days in found.items()
        ]

    def _inspections(self, _: Said) -> list[Line]:
        """Return the inspections of the month, measure by measure, and since when they count."""
        found = inspections_of(self.source)
        if found is None:
            return []
        since = f"自{understood_day(found.since)}起登记"
        if all(row.n is None for row in found.rows):
            return [Line(f"没有检查抽检的记录 ({since}), 不是 0")]
        lines = []
        for row in found.rows:
            how = f"{since}{', 当月未完时所记' if row.partial else ''}"
            n = "没有记录" if row.n is None else row.n
            text = f"{row.platform} {row.kind} {row.measure}: {n} ({how})"
            lines.append(Line(text, facts=(row.platform, row.kind, row.measure, row.n, how)))
        if found.without_case:
            left = found.without_case
            lines.append(
                Line(f"不合格的还没有登记为事项: {left} ({since})",
                     facts=(None, None, "不合格的还没有登记为事项", left, since))
            )  # fmt: skip
        return lines

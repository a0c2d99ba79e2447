"""What the ledger says under the headings of an agenda: one reader for each source."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from sixping.cases.model import Status
from sixping.documents.cases import summary_of
from sixping.policy.meetings import Every, Source, What, load_rules
from sixping.queries import cases as case_queries
from sixping.reports import agenda as figures
from sixping.reports.agenda import Agenda, AgendaItem, Case
from sixping.services import conflicts
from sixping.services.periods import LAST, before, bounds, chosen_period
from sixping.util.clock import SHANGHAI, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sixping.console.context import Context
    from sixping.office.meetings import Meeting
    from sixping.reports.period import Span, Tally
    from sixping.store.rows import CaseRow

#: days named in one line; more are counted
_NAMED = 5


def agenda(context: Context, name: str) -> Agenda:
    """Build the agenda of a meeting from one state of the ledger."""
    from sixping.office.meetings import find

    with case_queries.reading(context.existing_ledger()) as con:
        meetings = conflicts.meetings_on(con)
        meeting = find(meetings, name)
        kind = load_rules().kind(meeting.sort)
        material = Material(context, con, meeting, meetings.values())
        sources = {s.name: s for heading in kind.headings for s in heading.sources}
        seq, head = case_queries.head(con)
        made = figures.headings(
            [(h.title, h.clause, [s.name for s in h.sources]) for h in kind.headings],
            lambda source: material.read(sources[source]),
            meeting.items,
        )
    span = material.span
    return Agenda(
        meeting.id, meeting.sort, meeting.platform, meeting.day, span.first, span.last, seq, head,
        made,
    )  # fmt: skip


class Material:
    """What an agenda is built from: the period before the meeting, as the ledger stands."""

    def __init__(
        self,
        context: Context,
        con: Any,  # noqa: ANN401 - a connection
        meeting: Meeting,
        meetings: Iterable[Meeting],
    ) -> None:
        """Take the last full month before the meeting; for a weekly one the last week."""
        self.context, self.con, self.meeting, self.meetings = context, con, meeting, list(meetings)
        weekly = load_rules().kind(meeting.sort).every is Every.WEEK
        self.kind = "week" if weekly else "month"
        day = datetime.combine(meeting.day, time(12), SHANGHAI)
        self.span: Span = chosen_period(day, {self.kind: LAST})[1]

    def read(self, source: Source) -> list[AgendaItem]:
        """Return the items of a source."""
        readers: dict[What, Callable[[Source], Iterable[tuple[str | None, Iterable[str]]]]] = {
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
        found = readers[source.what](source)
        return [AgendaItem(source.name, source.label, text, tuple(nos)) for text, nos in found]

    def _mine(self, row: CaseRow) -> bool:
        return self.meeting.platform in (None, row.platform)

    def _tallies(self, span: Span) -> list[Tally]:
        from sixping.queries import periods
        from sixping.reports.period import DIMENSIONS
        from sixping.services.rulebooks import rulebooks_on

        readings = rulebooks_on(self.con).policy.edition_at(span.last).readings
        state = periods.AsOf.present(self.con, to_text(self.context.now))
        rows = periods.tallies(self.con, state, bounds(span), satisfied=readings.satisfied_from)
        platform = tuple(DIMENSIONS).index("platform")
        mine = self.meeting.platform
        return [row for row in rows if mine in (None, row.keys[platform])]

    def _totals(self, _: Source) -> list[tuple[str, tuple[str, ...]]]:
        from sixping.documents.phrases import rate
        from sixping.reports.period import RATES
        from sixping.reports.period import figures as add_up

        total = add_up(self._tallies(self.span))
        t = total.totals
        if not (t["received"] or t["resolved"] or t["open"]):
            return []
        text = (
            f"收到 {t['received']} 件, 办结 {t['resolved']} 件, 期末在办 {t['open']} 件,"
            f" 期末超期 {t['overdue']} 件"
        )
        shares = [
            f"{RATES[name].title} {rate(found['rate'])} ({found['n']}/{found['d']})"
            for name in ("accept_on_time", "finish_on_time")
            if (found := total.rates[name])["d"]
        ]
        return [("; ".join([text, *shares]), ())]

    def _listed(self, rows: Iterable[CaseRow]) -> list[tuple[str | None, tuple[str, ...]]]:
        once = {row.number: row for row in rows if self._mine(row)}
        return [
            (": ".join((_held(row), summary_of(row.private))), (number,))
            for number, row in once.items()
        ]

    def _overdue(self, _: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        return self._listed(
            clock.case for clock in case_queries.running(self.con, to_text(self.context.now))
        )

    def _waiting(self, _: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        return self._listed(case_queries.waiting(self.con, "decision"))

    def _urges(self, _: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        return self._listed(case_queries.waiting(self.con, "urge"))

    def _lapses(self, _: Source) -> list[tuple[str, list[str]]]:
        """Count failures by unit and kind; ``sixping lapses`` has the evidence for each."""
        from sixping.policy.vocabulary import LAPSES
        from sixping.reports.lapses import gravity
        from sixping.services.lapses import failures
        from sixping.services.rulebooks import rulebooks_on

        rulebooks = rulebooks_on(self.con)
        last = min(self.span.last, self.context.now.date())
        found = failures(self.con, rulebooks, self.span.first, last, self.context.now)
        grouped: dict[tuple[str, str], dict[str, str | None]] = {}
        for lapse in sorted(found, key=gravity):
            key = (lapse.unit or "未定单位", LAPSES[lapse.kind])
            # A task of a meeting has no number: each counts by the event that set it.
            grouped.setdefault(key, {})[lapse.number or str(lapse.evidence[0])] = lapse.number
        return [
            (f"{unit}: {kind} {len(ones)} 件", [number for number in ones.values() if number])
            for (unit, kind), ones in grouped.items()
        ]

    def _open_cases(self, source: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        from sixping.policy.units import load_units
        from sixping.triage.taxonomy import load_taxonomy

        heads = {each.name: each.head for each in load_taxonomy(load_units())}
        rows, _ = case_queries.list_cases(self.con)
        return self._listed(row for row in rows if heads.get(row.category or "") in source.heads)

    def _repeated(self, source: Source) -> list[tuple[str, list[str]]]:
        from sixping.cases.contactkeys import place_form

        first, last = bounds(self.span)
        rows, _ = case_queries.list_cases(self.con, every=True, start=first)
        cases = []
        for row in rows:
            place = case_queries.private_of(row).get("place")
            if place and row.received_at <= last and row.status != Status.MERGED:
                where = f"{row.community or ''}{place}"
                cases.append(Case(row.number, "", row.category, place_form(place), where))
        cases.sort()
        found = figures.repeated(cases, source.least)
        return [(f"{where}: {len(numbers)} 件", numbers) for where, numbers in found]

    def _rising(self, source: Source) -> list[tuple[str, tuple[str, ...]]]:
        from sixping.reports.period import breakdown

        def counts(span: Span) -> dict[str | None, int]:
            rows = breakdown(self._tallies(span), "category")
            return {row["name"]: row["received"] for row in rows}

        found = figures.rising(
            counts(self.span), counts(before(self.kind, self.span)), source.least
        )
        return [(f"{name}: 本期 {now} 件, 上期 {then} 件", ()) for name, now, then in found]

    def _operations(self, _: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        return [
            (operation_line(one), one.cases)
            for one in conflicts.operations_on(self.con).values()
            if self.span.first <= one.plan.day <= self.meeting.day
        ]

    def _patrols(self, _: Source) -> list[tuple[str, tuple[str, ...]]]:
        from sixping.office.organisation import organisation_at

        first, last = self.span
        made = conflicts.patrols_on(self.con, first, last)
        if not made:
            return []
        units = organisation_at(self.con, last).units
        grids = {unit.name for unit in units if unit.kind == "grid"}
        seen = {grid for patrol in made for grid in patrol.grids} & grids
        cases = tuple(number for patrol in made for number in patrol.cases)
        text = f"巡查 {len(made)} 次, 到过 {len(seen)}/{len(grids)} 个网格, 发现 {len(cases)} 件"
        return [(text, cases)]

    def _tasks(self, _: Source) -> list[tuple[str | None, tuple[str, ...]]]:
        from sixping.office.meetings import TaskState
        from sixping.services.meetings import closes_at

        now = self.context.now
        closes = closes_at(now)
        return [
            (
                (f"{task.id} {task.unit} {task.due} 前{_late(task.late(now, closes))}:"
                f" {task.text or ''}"),
                (),
            )
            for one in self.meetings
            for task in one.tasks.values()
            if task.state is TaskState.OPEN and one.id != self.meeting.id
            and one.platform == self.meeting.platform
        ]  # fmt: skip

    def _duty(self, _: Source) -> list[tuple[str, tuple[str, ...]]]:
        from sixping.office.duty import DutyRecord
        from sixping.services.duty import judged

        book = DutyRecord(self.con, self.span.first, self.span.last)
        if not any(day.spells() for day in book.days.values()):
            return []
        found: dict[str, list[Any]] = {}
        for one in judged(self.context, book, self.span.first, self.span.last).breaches:
            found.setdefault(one.agency, []).append(one)
        return [(f"{agency}: {_gaps(gaps)}", ()) for agency, gaps in found.items()]


def _held(row: CaseRow) -> str:
    stands = row.lead or ("已提交会商" if row.consulted_at else "未分派")
    return f"{row.category or '未定类'}, {stands}"


def _late(late: bool) -> str:
    return " (已超期)" if late else ""


def _gaps(gaps: list[Any]) -> str:
    days = list(dict.fromkeys(f"{one.day:%m-%d}" for one in gaps))
    more = f" 等 {len(days)} 天" if len(days) > _NAMED else ""
    minutes = sum(one.minutes for one in gaps)
    return f"{len(gaps)} 个时段共 {minutes} 分钟 ({'、'.join(days[:_NAMED])}{more})"


def operation_line(one: Any) -> str:  # noqa: ANN401 - an Operation
    """Return an operation on one line, for agendas and lists."""
    plan = one.plan
    outcome = one.outcome or ("(已清除)" if one.ended else "尚无结果")
    who = "、".join((*plan.platforms, *plan.units))
    title = plan.text or "(已清除)"
    return f"{one.id} {plan.day} {title} ({who}, 事项 {len(one.cases)} 件): {outcome}"

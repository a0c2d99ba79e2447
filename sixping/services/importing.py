"""A row of a file as a new case: live rows enter the flow, records of the past stay records."""

from __future__ import annotations

from dataclasses import replace
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases import deadlines
from sixping.cases.contactkeys import trace_of
from sixping.cases.model import ENDED
from sixping.cases.steps import Imported, Reported
from sixping.errors import SixpingError
from sixping.importing.convert import RowError
from sixping.importing.profiles import Mode
from sixping.importing.template import AT, SAID, Prepared, Template
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.services.judging import FieldFault
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sixping.cases.deadlines import Rules
    from sixping.cases.model import ClockStep
    from sixping.importing.convert import ImportedRow
    from sixping.importing.profiles import Profile
    from sixping.importing.reader import Reports
    from sixping.services.judging import Judged, RowResolver
    from sixping.store.provenance import Stamp

#: how many faults and remarks are kept: a file may have one in each of a million rows
MOST = 1000
_TOLD = "·"  # only that something was told shapes a record, never what
_FIRST = len("2026-11-24")
_LAST = len("2026-11-24T17:00:00")


class Day(NamedTuple):
    """What governs what is received on a day, and when its office closes."""

    rules: Rules
    closes: str


class Plan(NamedTuple):
    """Due dates by kind of clock, and the number of what they have in common otherwise."""

    dues: tuple[str | None, ...]
    shape: int


class RowClass(NamedTuple):
    """What rows of the same names have in common: what they are judged to be.

    ``words`` are the texts of the template's slots after ``source_no``, ``quotes`` the same
    in JSON; ``grade`` is the severity as a plain word, which is faster to look up.
    """

    judged: Judged
    words: tuple[str | None, ...]
    quotes: tuple[str | None, ...]
    said: str
    shape: int
    grade: str


class Rows:
    """The rows of a file, prepared; what is wrong with a row is collected, not raised."""

    def __init__(
        self,
        reports: Reports,
        profile: Profile,
        judge: RowResolver,
        rules: Callable[[date], Rules],
        stamp: Stamp,
    ) -> None:
        """Bind a file to what its rows are judged by and recorded under."""
        self.reports = reports
        self.errors: list[RowError] = []
        self.faulty = self.remarked = 0
        self.remarks: list[RowError] = []
        self._profile, self._judge, self.stamp = profile, judge, stamp
        self._live = profile.mode is Mode.LIVE
        self._now = stamp.now.isoformat()
        self._rules_of = rules
        self._days: dict[str, Day] = {}
        self._plans: dict[tuple[str, bool, str], Plan] = {}
        self._ways: dict[tuple[object, ...], RowClass] = {}
        self._shapes: dict[object, int] = {}
        self._moulds: dict[tuple[object, ...], Template] = {}

    def __iter__(self) -> Iterator[Prepared]:
        """Yield what can be recorded, in the order of the file."""
        for row in self.reports:
            if isinstance(row, RowError):
                self._refuse(row)
                continue
            try:
                prepared = self._cast(row)
            except SixpingError as fault:
                field = fault.field if isinstance(fault, FieldFault) else "received"
                column = self.reports.columns.get(field, "")
                self._refuse(RowError(row.row, column, fault.what, fault.hint))
                continue
            if row.remarks:
                self._remark(row)
            yield prepared

    def _refuse(self, error: RowError) -> None:
        self.faulty += 1
        if self.faulty <= MOST:
            self.errors.append(error)

    def _remark(self, row: ImportedRow) -> None:
        self.remarked += 1
        if self.remarked <= MOST:
            self.remarks.append(RowError(row.row, "", "; ".join(row.remarks), ""))

    def _cast(self, row: ImportedRow) -> Prepared:
        """Return a row prepared. Raises ``FieldFault``, or ``BadData`` about its time."""
        (
            number, source_no, channel, text, received, resolved, place, community, grid, reporter,
            phone, anonymous, outcome, feedback, satisfaction, severity, category, platform, unit,
            status, derived, _,
        ) = row  # fmt: skip
        at = received or self._now
        self._refuse_future(at, resolved)
        date = at[:_FIRST]
        day = self._days.get(date) or self._day(at)
        key = (
            channel, community, grid, unit, category, severity, platform, status, satisfaction,
            anonymous, day.rules.edition.start,
        )  # fmt: skip
        way = self._ways.get(key) or self._way(key, row, day.rules)
        slot = (date, at[_FIRST + 1 : _LAST] > day.closes, way.grade)
        plan = self._plans.get(slot) or self._plan(slot, at, way.judged.severity, day.rules)
        answered = feedback is not None
        if feedback == outcome:
            feedback = None  # one reply is both: it is kept once (``Imported``)
        make = (
            way.shape, plan.shape, place is None, reporter is None, phone is None,
            outcome is None, feedback is None, answered, resolved is None, derived,
        )  # fmt: skip
        private = (text, place, reporter, phone, way.judged.reasons, outcome, feedback)
        return Prepared(
            self._moulds.get(make) or self._mould(make, row, way, day.rules),
            at,
            (at, resolved, *plan.dues, source_no, *way.words),
            (at, resolved, *plan.dues, quoted(source_no), *way.quotes),
            tuple([quoted(word) for word in private if word is not None]),
            trace_of(phone, place) if phone or place else None,
            f"row:{source_no}" if derived else f"src:{way.judged.channel}\x1f{source_no}",
            # No cell that is let in has a NUL: nothing can be cut elsewhere and mean the same.
            f"{received}\0{resolved}\0{answered}\0{way.said}",
            number,
        )

    def _refuse_future(self, received: str, resolved: str | None) -> None:
        if received > self._now or (resolved and resolved > self._now):
            late = received > self._now
            field, text = ("received", received) if late else ("resolved", resolved or "")
            shown = text[:_LAST].replace("T", " ")
            raise FieldFault(field, f"时间 {shown} 晚于现在。", "请核对文件中的时间。")

    def _day(self, at: str) -> Day:
        rules = self._rules_of(from_text(at).date())
        day = self._days[at[:_FIRST]] = Day(rules, rules.edition.counting.closes.isoformat())
        return day

    def _way(self, key: tuple[object, ...], row: ImportedRow, rules: Rules) -> RowClass:
        judged = self._judge.judge(row, rules.edition)
        if not self._live:  # the file's facts only: what is suggested is no fact of the past
            judged = judged._replace(severity=row.severity or Severity.ORDINARY, lead=judged.unit)
        elif judged.unit:
            judged = judged._replace(lead=judged.unit)
        words = (judged.community, judged.grid, judged.category, judged.lead)
        shape = (
            judged.channel, judged.platform, judged.unsure, judged.suggestion is None,
            row.status, row.satisfaction, row.anonymous, *[word is None for word in words],
        )  # fmt: skip
        way = RowClass(
            judged,
            (*words, None),
            (*[quoted(word) if word else None for word in words], judged.suggestion),
            "\0".join(map(str, key[1:-1])),
            self._shapes.setdefault(shape, len(self._shapes)),
            judged.severity.value,
        )
        if not self._judge.triage:  # what is read into a text is its own
            if len(self._ways) >= MOST:
                self._ways.clear()
            self._ways[key] = way
        return way

    def _plan(self, slot: tuple[str, bool, str], at: str, severity: Severity, rules: Rules) -> Plan:
        """Return the due dates of a day: they differ only by office hours and severity."""
        steps = deadlines.reported(severity, from_text(at), rules)
        due = {step.kind: to_text(step.due) for step in steps if step.due}
        terms = tuple((s.kind, s.workdays, s.clause, s.provisional) for s in steps)
        shape = (severity, rules.terms, *terms)
        plan = Plan(
            tuple(due.get(kind) for kind in ClockKind),
            self._shapes.setdefault(shape, len(self._shapes)),
        )
        self._plans[slot] = plan
        return plan

    def _mould(
        self, make: tuple[object, ...], row: ImportedRow, way: RowClass, rules: Rules
    ) -> Template:
        """Make the template of all records like this one."""
        sample = self._report if self._live else self._record
        at = from_text(row.received) if row.received else self.stamp.now
        event = sample(row, way.judged, at, rules)
        template = self._moulds[make] = Template(event, self.stamp.now, self.stamp.by)
        return template

    def _report(self, row: ImportedRow, judged: Judged, at: datetime, rules: Rules) -> Reported:
        """Return a sample of the reports whose clocks run."""
        steps = deadlines.reported(judged.severity, at, rules)
        lead = SAID["lead"] if judged.lead else None
        return Reported(steps=_marked(steps), lead=lead, **_sample(row, judged, rules))

    def _record(self, row: ImportedRow, judged: Judged, at: datetime, rules: Rules) -> Imported:
        """Return a sample of the records of the past."""
        ended = row.status in ENDED
        resolved = from_text(row.resolved) if row.resolved else None
        steps = deadlines.imported(judged.severity, at, resolved, rules, ended=ended)
        return Imported(
            steps=_marked(steps),
            profile=self._profile.name,
            unit=SAID["lead"] if judged.lead else None,
            status=row.status,
            resolved_at=AT["resolved"] if row.resolved else None,
            answered=row.feedback is not None,
            satisfaction=row.satisfaction,
            outcome=row.outcome and _TOLD,
            feedback=_TOLD if row.feedback not in (None, row.outcome) else None,
            **_sample(row, judged, rules),
        )


def _sample(row: ImportedRow, judged: Judged, rules: Rules) -> dict[str, Any]:
    """Return what both kinds of samples say: marks where records differ."""
    said = {name: SAID[name] for name in ("community", "grid", "category", "suggestion")}
    private = ("text", "place", "reporter", "phone")
    return {
        "terms": rules.terms,
        "channel": judged.channel,
        "source_no": None if row.derived else SAID["source_no"],
        "platform": judged.platform,
        "severity": judged.severity,
        "unsure": judged.unsure,
        "anonymous": row.anonymous,
        "reasons": judged.reasons and _TOLD,
        **{name: getattr(judged, name) and mark for name, mark in said.items()},
        **{name: getattr(row, name) and _TOLD for name in private},
    }


def _marked(steps: tuple[ClockStep, ...]) -> tuple[ClockStep, ...]:
    return tuple(
        replace(
            step,
            started=AT["at"],
            due=AT[step.kind.value],
            stopped=AT["resolved"] if step.stopped else None,
        )
        for step in steps
    )

"""Rows of a file as new cases: live rows enter the flow, records of the past stay records."""

from __future__ import annotations

from functools import partial
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeAlias

from sixping.calendar.layers import FIRST_YEAR
from sixping.cases.book import wanted_at_receipt
from sixping.cases.contactkeys import contact_keys
from sixping.cases.dates import Ask, Question
from sixping.cases.deadlines import Counted
from sixping.cases.steps.intake import Imported, Reported
from sixping.errors import SixpingError
from sixping.importing.convert import RowError
from sixping.importing.profiles import LATER, Mode, Numbering
from sixping.importing.unknown import UnknownWords
from sixping.ledger import transaction
from sixping.policy.vocabulary import ENDED, STATE_OF_GRADE, ClockKind, Severity, Status
from sixping.services.resolver import FieldFault
from sixping.services.updating import Updater
from sixping.services.updating.advancing import WITHDRAWN, Ground
from sixping.store import prepared
from sixping.store.prepared import INSTANT_MARKS, TEXT_MARKS, Prepared, Template
from sixping.store.requests import FIRST, by_number, by_row
from sixping.store.sqlite import reading
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from sixping.cases.dates import Due
    from sixping.cases.rules import Rules
    from sixping.importing.convert import ImportedRow
    from sixping.importing.profiles import Profile
    from sixping.importing.sheets import Sheets
    from sixping.policy.vocabulary import OwnLimit
    from sixping.services.resolver import Applied, Evaluation, RowResolver
    from sixping.services.updating import Summary
    from sixping.store.recognition import ImportResult
    from sixping.store.writer import Stamp

#: how many faults and remarks are kept: a file may have one in each of a million rows
MOST = 1000
#: how much of an instant is the period in which a number names one report
_PERIODS = {Numbering.MONTHLY: len("2026-10"), Numbering.YEARLY: len("2026")}
#: ``Prepared`` of a tuple with all its values, without the count that ``_make`` takes
_PREPARED = partial(tuple.__new__, Prepared)
_PRESENT = "·"  # only that there is private text shapes a record, never what
_DONE = frozenset({Status.RESOLVED, Status.CLOSED})
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


#: a day, whether after its closing, grade, only suggested, the category if it has its own limit,
#: the own limit of the service item
Slot: TypeAlias = "tuple[str, bool, str, bool, str | None, OwnLimit | None]"


class SharedValues(NamedTuple):
    """What rows of the same names share: what the data of the office say of them, ready to use.

    ``words`` are the texts of the template's last slots, and the same in JSON; ``grade``
    is the severity as a plain word, which is faster to look up, and ``suggested`` that nobody
    found it yet (三); ``limited`` is the category where it has a limit of its own, ``own`` that of
    the service item.
    """

    evaluation: Evaluation
    words: tuple[str | None, ...]
    identity: str
    shape: int
    grade: str
    suggested: bool
    limited: str | None = None
    own: OwnLimit | None = None
    beside: Sequence[Any] = ()  # private, behind the first words: replies, reasons


class Rows:
    """The rows of a file, prepared; what is wrong with a row is collected, not raised."""

    def __init__(
        self,
        reports: Sheets,
        profile: Profile,
        resolver: RowResolver,
        rules: Callable[[date], Rules],
        stamp: Stamp,
    ) -> None:
        """Bind a file to what its rows are evaluated by and recorded under."""
        self.reports = reports
        self.errors: list[RowError] = []
        self.unknown_words = UnknownWords()
        self.faulty = self.remarked = 0
        self.remarks: list[RowError] = []
        self._profile, self._resolver, self.stamp = profile, resolver, stamp
        self._live = profile.mode is Mode.LIVE
        self._steps = any(name in profile.columns for name in LATER)
        self._numbering, self._period = profile.numbering, _PERIODS.get(profile.numbering, 0)
        self._unique = profile.numbering is Numbering.UNIQUE
        self._now = stamp.now.isoformat()
        self._rules_of = rules
        self._days: dict[str, Day] = {}
        self._plans: dict[Slot, Plan] = {}
        self._shared: dict[tuple[object, ...], SharedValues] = {}
        self._shapes: dict[object, int] = {}
        self._templates: dict[tuple[object, ...], Template] = {}
        self._unclear: dict[Template, tuple[bool, bool]] = {}
        self.progress: Summary | None = None  # once they were gone through

    @property
    def ground(self) -> Ground:
        """Return what is said of the progress of cases is judged by."""
        return Ground(self._profile.name, self.stamp, self._rules_of, self._resolver.units)

    @property
    def go_on(self) -> bool:
        """Tell whether a new report may go on by what its own row says."""
        return self._live or self._steps

    def unclear(self, result: ImportResult) -> tuple[int, int]:
        """Return of how many new records nobody says that and when they were settled.

        And of how many that were, whether anybody was told.
        """
        kinds = [(*self._unclear[of], count) for of, count in result.made.items()]
        return (
            sum(count for unknown, _, count in kinds if unknown),
            sum(count for _, unsaid, count in kinds if unsaid),
        )

    def __iter__(self) -> Iterator[Prepared]:
        """Yield what can be recorded, in the order of the file."""
        for row in self.reports:
            if isinstance(row, RowError):
                self._refuse(row._replace(partly=None))
                if row.partly:
                    self._refuse_names(row.partly)
                continue
            try:
                ready = self._prepare(row)
            except SixpingError as fault:
                self._refuse_row(row, fault)
                continue
            if self._resolver.otherwise:
                self._resolver.count(row)
            if row.remarks:
                self._remark(row)
            yield ready

    def _refuse(self, error: RowError) -> None:
        self.faulty += 1
        if error.word:
            self.unknown_words.add(error._replace(sheet=self.reports.sheet))
        elif len(self.errors) < MOST:
            self.errors.append(error._replace(sheet=self.reports.sheet))

    def _refuse_row(self, row: ImportedRow, fault: SixpingError) -> None:
        if isinstance(fault, FieldFault) and fault.word:
            self._refuse_names(row)  # that one and whatever else nobody knows
            return
        field = fault.field if isinstance(fault, FieldFault) else "received"
        column = self.reports.columns.get(field, "")
        error = RowError(row.row, column, fault.what, fault.hint, field)
        self._refuse(error.without(row.reporter))

    def _refuse_names(self, row: ImportedRow) -> None:
        edition = self._rules_of(from_text(row.received or self._now).date()).edition
        for fault in self._resolver.faults(row, edition):
            column = self.reports.columns.get(fault.field, "")
            said = (fault.what, fault.hint, fault.field, fault.word, fault.near)
            self._refuse(RowError(row.row, column, *said).without(row.reporter))

    def _remark(self, row: ImportedRow) -> None:
        self.remarked += 1
        if self.remarked <= MOST:
            said = RowError(row.row, "", "; ".join(row.remarks), "", sheet=self.reports.sheet)
            self.remarks.append(said)

    def _prepare(self, row: ImportedRow) -> Prepared:
        """Return a row prepared. Raises ``FieldFault``, or ``BadData`` about its time."""
        (
            number, source_no, channel, text, received, resolved, place, community, grid, reporter,
            phone, anonymous, outcome, feedback, satisfaction, severity, category, platform, unit,
            status, untold, apart, _, source_due, *_,
        ) = row  # fmt: skip
        now = self._now
        at = received or now
        if at > now or (resolved and resolved > now):
            self._refuse_future(at, resolved)
        if self._steps:
            self._refuse_future_steps(row)
        date = at[:_FIRST]
        day = self._days.get(date) or self._day(at)
        key = (
            channel, community, grid, unit, category, severity, platform, status, satisfaction,
            anonymous, row.nature, row.service and self._in_time(row.service, date), row.answers,
            day.rules.edition.start,
        )  # fmt: skip
        shared = self._shared.get(key) or self._share(key, row, day.rules)
        slot = (
            date, at[_FIRST + 1 : _LAST] > day.closes, shared.grade, shared.suggested,
            shared.limited, shared.own,
        )  # fmt: skip
        plan = self._plans.get(slot) or self._plan(slot, at, day.rules)
        told = feedback is not None
        if source_no is not None:
            apart = self._apart(at)
        if self._live:
            outcome = feedback = None  # a report has none yet: they are said by what follows it
        if feedback == outcome:
            feedback = None  # one reply is both: it is kept once (``Imported``)
        traits = (
            shared.shape, plan.shape, place is None, reporter is None, phone is None,
            outcome is None, feedback is None, told, untold, resolved is None, source_no is None,
            at == now, source_due is None, self._steps and _goes_later(row),
        )  # fmt: skip
        words = (text, place, reporter, phone, source_no, apart, outcome, feedback)
        private: list[Any] = [word for word in words if word is not None]
        behind = 4 - words[:4].count(None)
        private[behind:behind] = shared.beside
        return _PREPARED((
            self._templates.get(traits) or self._make_template(traits, row, shared, day.rules),
            at,
            (at, resolved, source_due) + plan.dues + shared.words,  # noqa: RUF005 - no list between
            tuple(private),
            contact_keys(phone, place) if phone or place else (),
            by_number(shared.evaluation.channel, source_no, apart)
            if source_no is not None
            else by_row([text, place, reporter, phone, apart]),
            # No cell that is let in has a NUL: nothing can be cut elsewhere and mean the same.
            f"{received}\0{shared.identity}",
            self.reports.base + number,
            row,
            shared.evaluation.unit,
            source_no is None or self._numbering is Numbering.SEVERAL,
            by_number(shared.evaluation.channel, source_no) if source_no and self._period else None,
            at[: self._period],
        ))  # fmt: skip

    def _apart(self, at: str) -> str | None:
        """Return what tells reports of one number apart, as the profile counts numbers."""
        if self._unique:
            return None
        return at[: self._period] if self._period else FIRST

    def _in_time(self, service: str, date: str) -> str:
        """Return the item. Raises ``FieldFault`` before the register of services began."""
        begun = self._resolver.services_from
        if begun is None or date < begun.isoformat():
            raise FieldFault(
                "service", f"服务事项登记自{begun or '启用之日'}起, 这一行收到在这以前",
                "请清空这一行的服务事项和事项答复, 或更正启用的日期: sixping register list",
            )  # fmt: skip
        return service

    def _refuse_future(self, received: str, resolved: str | None) -> NoReturn:
        late = received > self._now
        self._refuse_time(*(("received", received) if late else ("resolved", resolved or "")))

    def _refuse_future_steps(self, row: ImportedRow) -> None:
        """Refuse what a file says of later steps that are yet to come; a limit may be."""
        for field in LATER:
            at = getattr(row, field)
            if at and at > self._now and field != "source_due":
                self._refuse_time(field, at)

    def _refuse_time(self, field: str, at: str) -> NoReturn:
        shown = at[:_LAST].replace("T", " ")
        raise FieldFault(field, f"时间 {shown} 晚于现在", "请核对文件中的时间。")

    def _day(self, at: str) -> Day:
        received = from_text(at).date()
        if received.year < FIRST_YEAR:
            raise FieldFault(
                "received", f"收到时间 {received} 在工作日历开始的 {FIRST_YEAR} 年以前",
                "这样的记录不能导入: 请删去该行, 或加 --partial 跳过。",
            )  # fmt: skip
        rules = self._rules_of(received)
        day = self._days[at[:_FIRST]] = Day(rules, rules.edition.counting.closes.isoformat())
        return day

    def _share(self, key: tuple[object, ...], row: ImportedRow, rules: Rules) -> SharedValues:
        evaluation = self._resolver.evaluate(row, rules.edition)
        if not self._live:  # the file's facts only: what is suggested is no fact of the past
            evaluation = evaluation._replace(
                severity=row.severity or Severity.ORDINARY, lead=evaluation.unit,
                confidence=None, given=("severity",) if row.severity else None, emergency=None,
            )  # fmt: skip
            _check_state(row, evaluation.severity)
        elif evaluation.unit:
            evaluation = evaluation._replace(lead=evaluation.unit)
        suggested = (
            self._live and row.severity is None and evaluation.severity is not Severity.ORDINARY
        )
        words = (evaluation.community, evaluation.grid, evaluation.category, evaluation.lead)
        shape = (
            evaluation.channel, evaluation.platform, evaluation.unsure, suggested,
            evaluation.confidence, evaluation.given, evaluation.emergency,
            evaluation.suggestion is None, evaluation.located, evaluation.nature,
            row.status, row.satisfaction, row.anonymous, *[word is None for word in words],
            evaluation.applied and evaluation.applied.shape,
        )  # fmt: skip
        said = (
            row.community, row.grid, row.category, row.severity, row.platform, row.anonymous,
        )  # fmt: skip
        shared = SharedValues(
            evaluation,
            (
                *words,
                None,
                *[quoted(word) if word else None for word in words],
                evaluation.suggestion,
            ),
            "\0".join(map(str, said)) + (f"\0{row.service}\0{row.answers}" if row.service else ""),
            self._shapes.setdefault(shape, len(self._shapes)),
            evaluation.severity.value,
            suggested,
            evaluation.category if evaluation.category in rules.edition.by_category else None,
            evaluation.applied and evaluation.applied.own,
            [
                said
                for said in (evaluation.applied and evaluation.applied.replies, evaluation.reasons)
                if said
            ],
        )
        if not self._resolver.triage:  # what is read into a text is its own
            if len(self._shared) >= MOST:
                self._shared.clear()
            self._shared[key] = shared
        return shared

    def _plan(self, slot: Slot, at: str, rules: Rules) -> Plan:
        """Return the due dates of a day: they differ only by office hours and severity."""
        severity, suggested = Severity(slot[2]), slot[3]
        dues = dues_at(severity, from_text(at), rules, slot[4], suggested=suggested, own=slot[5])
        due = {due.kind: to_text(due.due) for due in dues}
        terms = tuple((d.kind, d.workdays, d.clause, d.provisional) for d in dues)
        shape = (severity, rules.terms, *terms)
        plan = Plan(
            tuple(due.get(kind) for kind in ClockKind),
            self._shapes.setdefault(shape, len(self._shapes)),
        )
        self._plans[slot] = plan
        return plan

    def _make_template(
        self, traits: tuple[object, ...], row: ImportedRow, shared: SharedValues, rules: Rules
    ) -> Template:
        """Make the template of all records like this one."""
        sample = self._report if self._live else self._record
        at = from_text(row.received) if row.received else self.stamp.now
        event = sample(row, shared, at, rules)
        now, by = self.stamp.now, self.stamp.by
        template = self._templates[traits] = Template(event, now, by, at_once=at == now)
        self._unclear[template] = (
            not self._live and row.resolved is None and row.status is None and not _goes_later(row),
            not self._live and _answered(row) is None and _settled(row),
        )
        return template

    def _report(
        self, row: ImportedRow, shared: SharedValues, at: datetime, rules: Rules
    ) -> Reported:
        """Return a sample of the reports whose clocks run."""
        evaluation, suggested = shared.evaluation, shared.suggested
        dues = dues_at(
            evaluation.severity, at, rules, shared.limited, suggested=suggested, own=shared.own
        )
        lead = TEXT_MARKS["lead"] if evaluation.lead else None
        return Reported(
            dues=_marked(dues), lead=lead, suggested=suggested, from_file=True,
            row=self._marks_row(row), **_sample(row, evaluation, rules),
        )  # fmt: skip

    def _record(
        self, row: ImportedRow, shared: SharedValues, at: datetime, rules: Rules
    ) -> Imported:
        """Return a sample of the records of the past."""
        evaluation = shared.evaluation
        return Imported(
            dues=_marked(dues_at(evaluation.severity, at, rules, shared.limited, own=shared.own)),
            profile=self._profile.name,
            unit=TEXT_MARKS["lead"] if evaluation.lead else None,
            status=None if _goes_later(row) else row.status,
            kept=row.status is not None and row.status.open and row.resolved is None,
            resolved_at=INSTANT_MARKS["resolved"] if row.resolved else None,
            answered=_answered(row),
            satisfaction=row.satisfaction,
            outcome=row.outcome and _PRESENT,
            feedback=_PRESENT if row.feedback not in (None, row.outcome) else None,
            row=self._marks_row(row),
            **_sample(row, evaluation, rules),
        )

    def _marks_row(self, row: ImportedRow) -> str | None:
        return (
            _PRESENT if row.source_no is None or self._numbering is not Numbering.UNIQUE else None
        )


def _check_state(row: ImportedRow, severity: Severity) -> None:
    """Refuse a state that only another grade goes through: it would stand on made-up facts."""
    grade = STATE_OF_GRADE.get(row.status) if row.status and row.resolved is None else None
    if grade and severity is not grade:
        raise FieldFault(
            "status",
            f"状态“{row.status}”只用于{grade}事件, 这一行的等级是“{severity}”",
            f"请核对等级列; 不是{grade}的, 请在方案的 [values.status] 中对应到别的状态。",
        )


def _goes_later(row: ImportedRow) -> bool:
    """Return whether a row dates its withdrawal: it is a step of its own, after what was before."""
    return row.withdrawn is not None and (row.status is None or row.status in WITHDRAWN)


def _answered(row: ImportedRow) -> bool | None:
    """Return whether a record's reporter was told; None: the file does not say."""
    return True if row.feedback is not None else False if row.untold else None


def _settled(row: ImportedRow) -> bool:
    """Return whether a file says that a matter was settled, and somebody is to be told (三.1)."""
    done = row.status in _DONE or (row.resolved is not None and row.status not in ENDED)
    return done and not row.anonymous


def _sample(row: ImportedRow, evaluation: Evaluation, rules: Rules) -> dict[str, Any]:
    """Return what both kinds of samples say: marks where records differ."""
    marks = {name: TEXT_MARKS[name] for name in ("community", "grid", "category", "suggestion")}
    private = ("text", "place", "reporter", "phone", "source_no")
    return {
        "terms": rules.terms,
        "channel": evaluation.channel,
        "platform": evaluation.platform,
        "severity": evaluation.severity,
        "confidence": evaluation.confidence,
        "given": evaluation.given,
        "emergency": evaluation.emergency,
        "unsure": evaluation.unsure,
        "located": evaluation.located,
        "nature": evaluation.nature,
        **(_applied(evaluation.applied) if evaluation.applied else {}),
        "anonymous": row.anonymous,
        "reasons": evaluation.reasons and _PRESENT,
        "source_due": INSTANT_MARKS["source_due"] if row.source_due else None,
        **{name: getattr(evaluation, name) and mark for name, mark in marks.items()},
        **{name: getattr(row, name) and _PRESENT for name in private},
    }


def _applied(applied: Applied) -> dict[str, Any]:
    return {
        "service": applied.service, "own": applied.own, "catalogue": applied.catalogue,
        "chosen": dict(applied.chosen) or None,
        "replies": None if applied.replies is None else _PRESENT,
    }  # fmt: skip


def dues_at(
    severity: Severity, at: datetime, rules: Rules, category: str | None = None, *,
    suggested: bool = False, own: OwnLimit | None = None,
) -> tuple[Due, ...]:  # fmt: skip
    """Return the dates of a report received at an instant, as the fold asks for them."""
    counted = Counted(lambda: rules)
    for kind in wanted_at_receipt(severity, suggested=suggested):
        counted(Question(Ask.FRESH, kind, at, at, severity, category=category, own=own))
    return tuple(counted.dues)


def _marked(dues: tuple[Due, ...]) -> tuple[Due, ...]:
    return tuple(due._replace(due=INSTANT_MARKS[due.kind.value]) for due in dues)


def survey(path: str | os.PathLike[str], rows: Rows, *, update: bool = False) -> ImportResult:
    """Tell what importing the rows into a ledger would do."""
    with reading(path) as con:
        updater = Updater(con, rows.ground, None, update=update)
        result = prepared.survey(con, rows, updater.known, updater.fresh)
    rows.progress = updater.summary
    return result


class _RefusedError(Exception):
    """Some rows cannot be taken and all or none are to be: the transaction is rolled back."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


def record(
    path: str | os.PathLike[str], rows: Rows, *, partial: bool, update: bool = False
) -> tuple[ImportResult, bool]:
    """Import the rows into a ledger in one transaction; ``update`` moves known cases on.

    Returns what became of them and whether that was kept: nothing was imported where some rows
    are faulty, or say other things under a known number, and ``partial`` is False.
    Raises what ``ledger.transaction`` raises.
    """
    try:
        with transaction(path, rows.stamp) as work:
            updater = Updater(work.con, rows.ground, work.writer, update=update)
            fresh = updater.fresh if rows.go_on else None
            result = prepared.record(work, rows, updater.known, fresh)
            rows.progress = updater.summary
            if not partial:
                _refuse_all(rows, result)
    except _RefusedError as fault:
        return fault.result, False
    return result, True


def _refuse_all(rows: Rows, result: ImportResult) -> None:
    if refused(rows, result):
        raise _RefusedError(result)


def refused(rows: Rows, result: ImportResult) -> bool:
    """Return whether there is anything in a file that cannot be taken."""
    return bool(rows.faulty or result.clashed)

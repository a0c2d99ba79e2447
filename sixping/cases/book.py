"""Which clocks run is a function of the state of a case; the book brings them to it (五.1).

After every step the fold settles: a running clock the state does not want leaves, met where the
step meets it; a wanted one that does not run begins. What a clock missed is never written over:
it runs on, or the next clock of its kind takes the next free round.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.dates import Ask, Question
from sixping.cases.lateness import is_late
from sixping.cases.model import Case, Clock, Promise, Shared
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import LIMITS, ClockKind, Severity, Status
from sixping.util.daytext import understood, understood_day
from sixping.util.records import made, revised

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from typing import Any

    from sixping.cases.dates import Answer, Answers
    from sixping.cases.model import Report

ACCEPT, REFER, FINISH, CEILING = ClockKind

_NONE: frozenset[ClockKind] = frozenset()
_ROUTE = {
    Severity.ORDINARY: frozenset({FINISH, CEILING}),
    Severity.SERIOUS: frozenset({FINISH}),
    Severity.MAJOR: frozenset({REFER}),
}
#: the grade whose limit a kind of clock is, where it is not that of every grade
_GRADE = {FINISH: Severity.ORDINARY, CEILING: Severity.ORDINARY, REFER: Severity.MAJOR}
_ORDER = {kind: place for place, kind in enumerate(ClockKind)}

Key = tuple[int, ClockKind]


def wanted(case: Case) -> frozenset[ClockKind]:
    """Return which clocks a case in this state runs against (三, 五.1).

    Ended, or with the district: none. 一般: finish and ceiling; 较大: finish once decided;
    重大: refer; not yet accepted: accept besides. What a program suggested and nobody found is
    no ground for more than accept.
    """
    if not case.open or case.status is Status.DISTRICT:
        return _NONE
    route = _route(case.severity, confirmed=case.confirmed, decided=case.decided_at is not None)
    return route | {ACCEPT} if case.status is Status.REPORTED else route


def wanted_at_receipt(severity: Severity, *, suggested: bool) -> list[ClockKind]:
    """Return which clocks a report runs against when it comes in, in their order."""
    route = _route(severity, confirmed=not suggested, decided=False)
    return sorted(route | {ACCEPT}, key=_ORDER.__getitem__)


def _route(severity: Severity, *, confirmed: bool, decided: bool) -> frozenset[ClockKind]:
    if not confirmed or (severity is Severity.SERIOUS and not decided):
        return _NONE
    return _ROUTE[severity]


def unlike_state(case: Case) -> str:
    """Return how the clocks of a replayed case contradict its state; empty: they agree.

    A limit without a number never begins, and one whose end nobody recorded does not run.
    """
    want = wanted(case)
    for clock in case.clocks:
        if clock.running and clock.kind not in want:
            return f"{LIMITS[clock.kind]}不该在计"
    for kind in want:
        rows = [c for c in case.clocks if c.kind is kind and c.round >= case.round]
        if rows and not any(c.running or c.unknown for c in rows):
            return f"{LIMITS[kind]}没有在计"
    return ""


def next_round(case: Case) -> int:
    """Return the number of the next round: behind all numbers that clocks have used."""
    return max([case.round, *(clock.round for clock in case.clocks)]) + 1


class Book:
    """The clocks of a case while a step changes them; dates are asked for, never computed."""

    def __init__(self, before: Case | None, case: Case, at: datetime, answers: Answers) -> None:
        """``case`` is the case as the step made it, its clocks still those of ``before``."""
        self.before = before
        self.case = case
        self.at = at
        self._answers = answers
        self.regraded = False  # a limit that begins late is the room's (定级更正)
        self._rows: dict[Key, Clock] = {(c.round, c.kind): c for c in case.clocks}

    @property
    def clocks(self) -> tuple[Clock, ...]:
        """Return the clocks as they are now: rounds oldest first, in each by kind."""
        return tuple(self._rows[k] for k in sorted(self._rows, key=lambda k: (k[0], _ORDER[k[1]])))

    # --- what a step says -------------------------------------------------------------------

    def settle(self, *, meets: Collection[ClockKind] = (), found: datetime | None = None) -> None:
        """Bring the clocks to the state; ``found``: when the case was found to be 重大.

        What is found at or before acceptance counts from receipt (五.1a, b).
        """
        want = wanted(self.case)
        for clock in [c for c in self._rows.values() if c.running]:
            if clock.kind in meets:
                self.meet(clock.kind)
            elif clock.kind is ACCEPT and ACCEPT not in want:
                self.forget(ACCEPT)  # a file says that it went on, and not when it was accepted
            elif clock.kind not in want:
                self.leave(clock.kind)
        for kind in sorted(want, key=_ORDER.__getitem__):
            if self.running(kind) is None:
                self.begin(kind, found if found and kind is REFER else self.case.counts_from)

    def running(self, kind: ClockKind) -> Clock | None:
        """Return the running clock of a kind, if one runs."""
        return next((c for c in self._rows.values() if c.kind is kind and c.running), None)

    def reported_already(self) -> bool:
        """Return whether the limit to report to the district was met or missed in this round."""
        return any(c.stopped and not c.dropped for c in self._of_round(REFER))

    def meet(self, kind: ClockKind) -> None:
        """Stop the running clock of a kind: what it demands was done."""
        if self.running(kind):
            self.release(kind)
            self._set(self.running(kind), stopped=self.at)

    def learn(self, *kinds: ClockKind) -> None:
        """End limits of this round at this moment whose end nobody had written down."""
        for kind in kinds:
            for clock in self._of_round(kind):
                if clock.unknown:
                    self._set(clock, unknown=False, stopped=self.at)

    def forget(self, *kinds: ClockKind) -> None:
        """Leave running limits without an end: nobody wrote down when what they demand was done."""
        for clock in [c for c in self._rows.values() if c.running and c.kind in kinds]:
            self._set(clock, unknown=True, held_at=None)

    def recall(self, *kinds: ClockKind) -> None:
        """Let limits of this round run of which it is known now that they have not ended."""
        for kind in kinds:
            for clock in self._of_round(kind):
                if clock.unknown:
                    self._set(clock, unknown=False)

    def leave(self, kind: ClockKind) -> None:
        """Drop the running clock of a kind: a breach stays, a promise in time gives no verdict."""
        if self.running(kind):
            self.release(kind)
            self._set(self.running(kind), stopped=self.at, dropped=True)

    def set_aside(self) -> None:
        """Drop every running clock as it is, a suspension included: it may be taken up again."""
        for clock in [c for c in self._rows.values() if c.running]:
            self._set(clock, stopped=self.at, dropped=True)

    def take_up(self, since: datetime) -> None:
        """Let what was set aside at an instant run again, recounted by the calendar of today."""
        for clock in [c for c in self._rows.values() if c.dropped and c.stopped == since]:
            again = revised(clock, {"stopped": None, "dropped": False})
            counted = again.workdays is not None
            answer = self._ask_anew(Ask.AGAIN, again, days=again.workdays) if counted else None
            self._set(again, answer)

    def take_back(self, *kinds: ClockKind) -> None:
        """Take limits of this round back: they leave no entry."""
        for kind in kinds:
            for clock in self._of_round(kind):
                if not clock.unknown:
                    del self._rows[clock.round, kind]

    def take_back_decision(self) -> None:
        """Take the dates back that decisions named, a missed one aside: 较大 was lowered."""
        for clock in self._of_round(FINISH):
            if clock.workdays is None and not clock.missed_by(self.at):
                del self._rows[clock.round, FINISH]

    def begin(self, kind: ClockKind, start: datetime) -> None:
        """Start the limit of a kind; one that was missed, or left, runs on where it stood."""
        for clock in self._of_round(kind):
            if clock.unknown:
                return
            if clock.dropped and clock.missed:
                self._revive(clock, start)
                return
        for clock in self._of_round(kind) if kind is not REFER else ():
            if clock.dropped:
                self._come_back(clock, start)
                return
        self._begin(self._ask(Ask.FRESH, kind, start), start)

    def fix(self, day: date) -> None:
        """Make the day a decision named the finish limit (三.2).

        A date decided before is replaced; one that was missed keeps its breach, and the new one
        counts from the decision. Raises ``NotAllowed`` for a day before the decision.
        """
        clock = self.running(FINISH)
        if clock and clock.late(self.at):
            self.leave(FINISH)
            clock = None
        missed = any(c.missed for c in self._of_round(FINISH))
        start = _known(clock) if clock else self.at if missed else self.case.counts_from
        answer = self._ask(Ask.FIXED, FINISH, start, clock, day=day)
        if _passed(answer, self.at):
            raise NotAllowed(
                f"会商决定的期限 {understood_day(day)}早于作出决定的时间。",
                "请核对 --due; 期限应在决定之后。",
            )
        if clock:
            del self._rows[clock.round, FINISH]
        self._begin(answer, start)

    def hold(self) -> None:
        """Let the target stand still; the ceiling runs on (五.1c)."""
        self._set(self.running(FINISH), held_at=self.at)

    def release(self, kind: ClockKind = FINISH) -> None:
        """Let a clock that stands still run again, later by the days that stood still."""
        clock = self.running(kind)
        if clock is None or clock.held_at is None:
            return
        answer = self._ask_anew(Ask.FREED, clock)
        self._later(clock, answer, held_at=None, holds=(*clock.holds, (clock.held_at, self.at)))

    def extend(self, workdays: int, *, beyond: bool) -> None:
        """Move the target; the ceiling up to it only by an exception (五.1c).

        Raises ``NotAllowed`` past the ceiling without ``beyond``.
        """
        target, ceiling = self.running(FINISH), self.running(CEILING)
        if target is None:
            return
        answer = self._ask_anew(Ask.LATER, target, days=workdays)
        self._later(target, answer, extended=True)
        due = answer.due.due if answer else None
        if ceiling is None or due is None or ceiling.due is None or due <= ceiling.due:
            return
        if not beyond:
            raise NotAllowed(
                f"{self.case.number} 不能延期到 {understood_day(due.date())}: 超过"
                f" {ceiling.workdays or ''} 个工作日的最长时限 {understood(ceiling.due)} (五.1c)。",
                "请减少 --workdays; 领导特批的, 另加 --beyond-ceiling。",
            )
        days = answer.due.workdays if answer and target.started == ceiling.started else None
        level = self._ask_anew(Ask.LEVEL, ceiling, upto=due, days=days)
        self._later(ceiling, level, extended=True)

    def join(self, report: Report) -> None:
        """Take the limits of a report that came in, where they are the earlier ones.

        A limit that the report does not run against counts from its receipt. Whether to accept
        it is decided for itself; a day that a decision named stands, and so does a missed date.
        """
        limits = {limit.kind: limit for limit in report.limits}
        for clock in self._counted():
            if clock.kind is ACCEPT or clock.missed_by(self.at):
                continue
            given = limits.get(clock.kind) or self._from_receipt(clock, report)
            if given is None:
                continue
            mine = clock.shared or (Shared(None, _promise(clock)),)
            shared = (*mine, Shared(report.number, given))
            if clock.running and given.due < _known_due(clock):
                self._share(clock, shared[-1], shared)
            else:
                self._set(clock, shared=shared)

    def part(self, report: Report) -> None:
        """Go by the limits of who is left, its own among them; what was met keeps its verdict."""
        for clock in self._counted():
            gone = next((s for s in clock.shared if s.number == report.number), None)
            if gone:
                rest = tuple(s for s in clock.shared if s is not gone)
                shared = rest if len(rest) > 1 else ()
                if gone.promise.started == clock.started:
                    self._share(clock, min(rest, key=_due), shared)
                else:
                    self._set(clock, shared=shared)
            elif report.since == clock.started != self.case.counts_from:
                start = self.case.counts_from
                answer = self._again(clock, start, clock.workdays)
                late = clock.born_late and _passed(answer, self.at)
                self._set(clock, answer, started=start, born_late=late)
        decided = self.running(FINISH)
        if decided and decided.workdays is None and decided.started == report.since:
            self._set(decided, started=self.case.counts_from)

    def _counted(self) -> list[Clock]:
        """Return the clocks of this round that count days and run, or may come back."""
        rows = [c for c in self._rows.values() if c.running or c.dropped]
        return [c for c in rows if c.workdays is not None and c.round >= self.case.round]

    def recount(self) -> None:
        """Count every running promise by the calendar of today; a decided day stands."""
        for clock in [c for c in self._rows.values() if c.running and c.workdays is not None]:
            answer = self._ask_anew(Ask.RECOUNT, clock, days=clock.workdays)
            if answer:
                self._set(clock, answer)

    def recategorise(self) -> None:
        """Move the limits to settle by what the category found has of its own (附2.4).

        Those that began before, run or stand still, and have no other promise beside their own;
        what began with the step was asked for by its category.
        """
        before = self.before
        if before is None or before.category == self.case.category:
            return
        for kind in (FINISH, ClockKind.CEILING):
            clock = self.running(kind)
            if clock and clock == before.running(kind) and not clock.shared:
                answer = self._ask_anew(Ask.CATEGORY, clock, former=before.category)
                if answer and clock.workdays is not None:
                    self._set(clock, answer, clause=answer.due.clause)

    def receive(self, was: datetime) -> None:
        """Count anew what counted from a receipt that was another: met limits are judged by it.

        A decided day stands, and so does a later date that somebody signed for; what stood still
        stays free. A limit that is late by the receipt alone is the room's.
        """
        for clock in [c for c in self._rows.values() if c.started == was]:
            self._set(clock, started=self.case.received_at)
            if clock.workdays is not None:
                self._count_anew(clock)

    def _count_anew(self, was: Clock) -> None:
        clock = self._rows[was.round, was.kind]
        grade = _GRADE.get(was.kind, self.case.severity)
        start = self.case.received_at
        case = self.case
        answer = self._answers(Question(
            Ask.FRESH, was.kind, self.at, start, grade, clock, category=case.category, own=case.own
        ))  # fmt: skip
        if answer is None:
            return
        self._set(clock, answer)
        clock = self._rows[was.round, was.kind]
        if was.extended and _known_due(clock) < _known_due(was):
            self._set(clock, self._ask_anew(Ask.UPTO, clock, upto=was.due))
            clock = self._rows[was.round, was.kind]
        ended = clock.stopped or self.at
        late = clock.missed_by(ended) and (was.born_late or not was.missed_by(ended))
        self._set(clock, born_late=late)

    def take_over(self, answer: Answer, **values: Any) -> None:  # noqa: ANN401 - of a clock
        """Begin a clock as a file tells of it: ended, or of unknown end."""
        kind = answer.due.kind
        self._rows[self.case.round, kind] = self._made(answer, self.case.round, self.at, **values)

    # --- rows --------------------------------------------------------------------------------

    def _of_round(self, kind: ClockKind) -> list[Clock]:
        """Return the clocks of a kind in the present round, newest first."""
        rows = [c for c in self._rows.values() if c.kind is kind and c.round >= self.case.round]
        return sorted(rows, key=lambda c: -c.round)

    def _begin(self, answer: Answer | None, start: datetime) -> None:
        """Begin a clock under the next free number of its kind."""
        if answer is None:
            return
        kind = answer.due.kind
        rows = self._of_round(kind)
        number = rows[0].round + 1 if rows else self.case.round
        self._rows[number, kind] = self._made(answer, number, start)

    def _made(self, answer: Answer, number: int, start: datetime, **values: Any) -> Clock:  # noqa: ANN401
        due = answer.due
        return made(
            Clock,
            {
                "kind": due.kind, "round": number, "started": start, "due": due.due,
                "workdays": due.workdays, "clause": due.clause, "provisional": due.provisional,
                "born_late": self._is_born_late(answer), **_terms(answer), **values,
            },
        )  # fmt: skip

    def _is_born_late(self, answer: Answer) -> bool:
        return self.regraded and _passed(answer, self.at)

    def _come_back(self, clock: Clock, start: datetime) -> None:
        """Let a clock run again that was left in time: to the earliest of its promises."""
        first = min(clock.shared, key=_due, default=None)
        if first is None or first.promise.started == clock.started:
            self._revive(clock, _known(clock) if first else start)
        else:
            again = revised(clock, {"stopped": None, "dropped": False})
            self._share(again, first, clock.shared)

    def _revive(self, clock: Clock, start: datetime) -> None:
        """Let a clock run again with its own promise, recounted; what it missed stays."""
        back: dict[str, Any] = {"stopped": None, "dropped": False}
        answer = None
        if not clock.missed and clock.workdays is not None:
            answer = self._ask_anew(Ask.AGAIN, clock, start, days=clock.workdays)
            back["started"] = start
        if answer:
            back["born_late"] = clock.born_late or self._is_born_late(answer)
        self._set(clock, answer, **back)

    def _share(self, clock: Clock, first: Shared, shared: tuple[Shared, ...]) -> None:
        """Let a clock run to another promise, recounted by the calendar of today."""
        start, own = first.promise.started, first.number is None
        answer = self._again(clock, start, first.promise.workdays, None if own else first.due)
        late = (self.regraded or not own) and _passed(answer, self.at)
        self._set(clock, answer, started=start, shared=shared, born_late=late)
        clock = self._rows[clock.round, clock.kind]
        if first.upto and clock.due and clock.due < first.upto:
            self._set(clock, self._ask_anew(Ask.UPTO, clock, upto=first.upto))

    def _again(
        self, clock: Clock, start: datetime, days: int | None, due: datetime | None = None
    ) -> Answer | None:
        """Ask for a promise in place of the one that ran; ``due`` is what it came to before."""
        return self._ask_anew(Ask.AGAIN, revised(clock, {"due": due}), start, days=days)

    def _from_receipt(self, clock: Clock, report: Report) -> Promise | None:
        """Return the limit of a clock from the receipt of a report, where both count from it."""
        since = report.since
        receipts = {self.case.since, *(r.since for r in self.case.others)}
        if since is None or clock.started not in receipts or since >= _known(clock):
            return None
        if clock.dropped:
            return None  # it comes back from the earliest receipt of all
        answer = self._again(clock, since, clock.workdays)
        return answer and Promise(clock.kind, since, answer.due.due, clock.workdays)

    def _later(self, clock: Clock, answer: Answer | None, **values: Any) -> None:  # noqa: ANN401
        """Move a clock, and the promises that rest, by the days it was given.

        The date it follows still rests on the calendar it was counted by.
        """
        shared = _moved(clock, answer) if answer else clock.shared
        self._set(clock, answer, shared=shared, calendar=clock.calendar, **values)

    def _set(self, clock: Clock | None, answer: Answer | None = None, **values: Any) -> None:  # noqa: ANN401
        if clock is None:
            return
        if answer:
            due = answer.due
            told = {"due": due.due, "workdays": due.workdays, "provisional": due.provisional}
            values = told | _terms(answer) | values
        self._rows[clock.round, clock.kind] = revised(clock, values)

    # --- questions ---------------------------------------------------------------------------

    def _ask(
        self,
        ask: Ask,
        kind: ClockKind,
        start: datetime,
        clock: Clock | None = None,
        **more: Any,  # noqa: ANN401 - of a question
    ) -> Answer | None:
        """Ask for the date of a clock that counts from ``start``."""
        case = self.case
        return self._answers(Question(
            ask, kind, self.at, start, case.severity, clock, category=case.category, own=case.own,
            **more,
        ))  # fmt: skip

    def _ask_anew(
        self,
        ask: Ask,
        clock: Clock,
        start: datetime | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Answer | None:
        """Ask for the date that follows that of a clock, from its own start if not said."""
        return self._ask(ask, clock.kind, start or _known(clock), clock, **more)


def _known(clock: Clock) -> datetime:
    assert clock.started is not None  # noqa: S101 - only a clock of unknown end lacks it
    return clock.started


def _passed(answer: Answer | None, at: datetime) -> bool:
    return answer is not None and is_late(answer.due.due, at)


def _promise(clock: Clock) -> Promise:
    return Promise(clock.kind, _known(clock), _known_due(clock), clock.workdays, clock.provisional)


def promises(case: Case) -> tuple[Promise, ...]:
    """Return what a case is promised now, counted in working days; acceptance is its own."""
    running = (c for c in case.clocks if c.running and c.workdays is not None)
    return tuple(_promise(clock) for clock in running if clock.kind is not ACCEPT)


def _due(shared: Shared) -> datetime:
    return shared.due


def _known_due(clock: Clock) -> datetime:
    assert clock.due is not None  # noqa: S101 - it runs
    return clock.due


def _moved(clock: Clock, answer: Answer) -> tuple[Shared, ...]:
    """Return the promises of a clock after the one that runs was moved.

    What stood still is freed for all of them; a date that was signed for holds for all.
    """
    due, days = answer.due.due, (answer.due.workdays or 0) - (clock.workdays or 0)
    if clock.held_at is None:
        return tuple(s._replace(upto=max(due, s.upto or due)) for s in clock.shared)
    return tuple(_freed(s, days, due if s.upto else None) for s in clock.shared)


def _freed(shared: Shared, days: int, upto: datetime | None) -> Shared:
    promise = shared.promise
    longer = promise._replace(workdays=(promise.workdays or 0) + days)
    return shared._replace(promise=longer, upto=upto)


def _terms(answer: Answer) -> dict[str, Any]:
    terms = answer.terms
    if terms is None:
        return {}
    return {"profile": terms.profile, "edition": terms.edition, "calendar": terms.calendar}

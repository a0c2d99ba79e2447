"""The result of a case and what follows it: feedback, check, file, or taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.book import next_round
from sixping.cases.codec import fact, private
from sixping.cases.step import OPEN, RESULT, S, Step
from sixping.cases.steps.handling import done_or_of
from sixping.cases.steps.intake import ROUTE
from sixping.policy.vocabulary import NOT_TAKEN_ON, ClockKind, Severity, Status
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from sixping.cases.book import Book
    from sixping.cases.model import Case, Report
    from sixping.cases.step import Refusal


def result(case: Case, at: datetime, kind: str | None) -> dict[str, Any]:
    """Return what a result changes in a case; ``kind``: what it came to, None where not said.

    Of a record of the past that ended before it came in, nobody knows whether anybody was told.
    """
    past = case.imported and at < case.recorded_at
    return {
        "status": S.RESOLVED, "resolved_at": at, "ended_at": at, "satisfaction": None,
        "outcome_kind": kind, "fed_back": None if past else case.fed_back,
    }  # fmt: skip


def begun_anew(case: Case) -> tuple[Report, ...]:
    """Return the repeat reports as a new round finds them: unanswered, under its limits."""
    return tuple(r._replace(answered=False, since=None, limits=()) for r in case.others)


def _answered_all(case: Case) -> tuple[Report, ...]:
    """Return the repeat reports as all answered: who can be reached, and who was before."""
    return tuple(r._replace(answered=r.answered or r.reachable) for r in case.others)


@dataclass(frozen=True, kw_only=True)
class Resolved(Step):
    """The unit settled the matter (办结)."""

    kind: ClassVar[str] = "resolved"
    command: ClassVar[str] = "resolve"
    label: ClassVar[str] = "办结"
    after: ClassVar[frozenset[Status]] = frozenset({S.HANDLING, S.UNKNOWN})
    after_by_file: ClassVar[frozenset[Status]] = OPEN | {S.RESOLVED, S.CLOSED}
    meets: ClassVar = (ClockKind.FINISH, ClockKind.CEILING)

    outcome_kind: str | None = None  # of the policy's list; None: nobody said
    unit: str | None = None  # that a file names and nobody assigned; None: who has it
    answered: bool | None = None  # as a file has it; None: it does not say
    satisfaction: int | None = None  # of a file
    feedback: str | None = private()  # of a file that does not say when
    outcome: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse while a unit has not done its part (四.1), and a second end."""
        if self.by_file is not None and case.resolved_at is not None:
            return "它已经办结。", f"用 sixping show {case.number} 查看。"
        if self.by_file is not None and case.referred_at and case.status is S.DISTRICT:
            way = f"请用 sixping refer-reply {case.number} --outcome 结果 记录区级的答复。"
            return "它已上报区级, 还没有答复。", way
        waiting = [part.unit for part in case.parts if part.done_at is None]
        if not waiting:
            return None
        return (
            f"{'、'.join(waiting)}的分工还没有完成。",
            f"完成后用 sixping part-done {case.number} --unit {waiting[0]} --outcome 结果 记录。",
        )

    def unstated(self, case: Case) -> Refusal:
        """Refuse to take the moment of recording for the end of a record of the past."""
        if case.status is not S.UNKNOWN or self.by_file is not None:
            return None
        anew = f"还没有办的用 sixping reopen {case.number} --reason 理由 重新办理, 期限从那时起算。"
        return (
            "它是历史记录, 没有写明是否办结、何时办结。",
            f"已办结的用 --at 时间 --reason 理由 补记办结的时间; {anew}",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case; by a file, whether anybody was told is what the file says of it."""
        ended = result(case, at, self.outcome_kind)
        if self.by_file is None:
            return ended
        return ended | {
            "status": S.CLOSED if case.status is S.CLOSED else S.RESOLVED,
            "lead": self.unit or case.lead,
            "fed_back": case.fed_back or self.answered,
            "satisfaction": self.satisfaction or case.satisfaction,
        }

    def clocks(self, book: Book) -> None:
        """Meet target and ceiling; an end that nobody had written down is known from now on."""
        book.learn(*self.meets)
        book.settle(meets=self.meets)


@dataclass(frozen=True, kw_only=True)
class FedBack(Step):
    """A reporter was told the result (三.1)."""

    kind: ClassVar[str] = "fed_back"
    command: ClassVar[str] = "feedback"
    label: ClassVar[str] = "反馈"
    after: ClassVar[frozenset[Status]] = frozenset({S.RESOLVED, S.CLOSED})
    answers: ClassVar = RESULT

    to: str | None = None  # the repeat report that was answered; None: this case's own
    everyone: bool = False  # all who can be reached
    satisfaction: int | None = None
    text: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse feedback on a report that was not merged in."""
        if self.to is None or self.to in {r.number for r in case.others}:
            return None
        return f"{self.to} 没有并入这一件。", f"用 sixping show {case.number} 查看并入的反映。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Mark who was told."""
        score = self.satisfaction if self.satisfaction is not None else case.satisfaction
        changes: dict[str, Any] = {"satisfaction": score}
        if self.everyone:
            own = case.fed_back if case.anonymous else True
            return changes | {"fed_back": own, "others": _answered_all(case)}
        if self.to is None:
            return changes | {"fed_back": True}
        answered = (r._replace(answered=r.answered or r.number == self.to) for r in case.others)
        return changes | {"others": tuple(answered)}


@dataclass(frozen=True, kw_only=True)
class Verified(Step):
    """The room checked the result on the spot (核查)."""

    kind: ClassVar[str] = "verified"
    command: ClassVar[str] = "verify-result"
    label: ClassVar[str] = "核查"
    after: ClassVar[frozenset[Status]] = frozenset({S.RESOLVED})
    answers: ClassVar = RESULT

    passed: bool
    reason: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Keep what was found."""
        return {"verified": self.passed}


@dataclass(frozen=True, kw_only=True)
class Closed(Step):
    """Filed (归档)."""

    kind: ClassVar[str] = "closed"
    command: ClassVar[str] = "close"
    label: ClassVar[str] = "归档"
    after: ClassVar[frozenset[Status]] = frozenset({S.RESOLVED})
    after_by_file: ClassVar[frozenset[Status]] = frozenset({S.CLOSED})
    answers: ClassVar = RESULT

    unreachable: bool = False  # anonymous, so nobody could be told the result

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse while the check failed, the route lacks its evidence, or a reporter waits."""
        if case.verified is False:
            return "核查没有通过。", f"请先用 sixping reopen {case.number} --reason 理由 重新办理。"
        lacking = None if self.by_file is not None else _evidence(case)
        if lacking:
            return lacking
        told = () if self.by_file is None else (case.number,)  # the source answers its reporter
        reports = [report for report in case.reports if report.waits]
        waiting = [report.number for report in reports if report.number not in told]
        if not waiting:
            return None
        who = "" if waiting == [case.number] else f" ({'、'.join(waiting)} 的反映人)"
        one, every = (case.number, " --all") if len(waiting) > 1 else (waiting[0], "")
        hint = f"请先用 sixping feedback {one} 内容{every} 记录反馈内容。"
        return f"办结以后还没有向反映人反馈{who}。", hint

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether no check failed."""
        return case.verified is not False

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """File the case."""
        return {"status": S.CLOSED}


def _evidence(case: Case) -> Refusal:
    """Name what the route of the case demands besides feedback (三.2, 三.3)."""
    if case.imported:
        return None  # the file tells of the past as far as it does
    again = f"请先用 sixping reopen {case.number} --reason 理由 重新办理。"
    if case.severity is Severity.SERIOUS and case.decided_at is None:
        return "较大事件没有会商决定 (三.2)。", again
    if case.severity is Severity.MAJOR and not case.received:
        return "重大事件没有区级的回执或答复 (三.3)。", again
    return None


@dataclass(frozen=True, kw_only=True)
class Reopened(Step):
    """Taken up again: a new round with limits of its own; a breach stays.

    ``since``: from when they count where that is not this moment (``restart_on_reopen``).
    """

    kind: ClassVar[str] = "reopened"
    command: ClassVar[str] = "reopen"
    label: ClassVar[str] = "重新办理"
    after: ClassVar[frozenset[Status]] = NOT_TAKEN_ON | {S.RESOLVED, S.CLOSED, S.UNKNOWN}

    since: datetime | None = fact(from_text)
    reason: str | None = private()

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when the case ended: by its result, or not taken on."""
        if case.status in NOT_TAKEN_ON:
            return case.ended_at, case.status.removeprefix("已")
        return case.ended_at, "办结"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Begin the next round; what was declined is to be decided on again."""
        route = S.REPORTED if case.status in NOT_TAKEN_ON else ROUTE[case.severity]
        if route is S.ACCEPTED and case.lead is not None:
            route = S.HANDLING
        return {
            "status": route, "round": next_round(case), "round_at": at,
            "since": self.since or at, "resolved_at": None,
            "ended_at": None, "fed_back": False, "verified": None, "satisfaction": None,
            "signed_at": None, "decided_at": None, "consulted_at": None, "referred_at": None,
            "outcome_kind": None, "to_platform": False,
            "assigned_at": at if route is S.HANDLING else None, "received": False,
            "others": begun_anew(case), "parts": done_or_of(case.parts),
        }  # fmt: skip

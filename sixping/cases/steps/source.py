"""What a source says of a case in a newer export, where the steps of the office do not fit (二.1).

What its file dates is recorded as the steps of the office are (``accepted assigned resolved
fed_back closed``, each with ``by_file``). Here is what it states without a time: nobody makes one
up, so it counts on no day, and a limit that it ends has no verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.step import OPEN, S, Step
from sixping.policy.vocabulary import NOT_TAKEN_ON, STATE_OF_GRADE, ClockKind, Status, read_status
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case
    from sixping.cases.step import Refusal

#: how far a case has come: a file moves it on and never back
PLACES = {
    S.UNKNOWN: -1, S.REPORTED: 0, S.ACCEPTED: 1, S.DECISION: 1, S.REFERRAL: 1, S.HANDLING: 2,
    S.DISTRICT: 3, S.RESOLVED: 4, S.CLOSED: 5,
}  # fmt: skip
_ENDED = frozenset({S.RESOLVED, S.CLOSED})
_KNOWN = OPEN | _ENDED | {S.UNKNOWN}
_LIMITS = (ClockKind.REFER, ClockKind.FINISH, ClockKind.CEILING)


@dataclass(frozen=True, kw_only=True)
class SourceStated(Step):
    """The file says where a case stands, who has it or what came of it, and not since when.

    ``at`` is when the file was taken in, which says nothing of when it happened. None: unchanged.
    """

    kind: ClassVar[str] = "source_stated"
    label: ClassVar[str] = "来源状态"
    after: ClassVar[frozenset[Status]] = _KNOWN

    status: Status | None = fact(read_status)
    unit: str | None = None
    answered: bool | None = None  # the reporter was told the result
    satisfaction: int | None = None
    source_due: datetime | None = fact(from_text)  # by when its source wants the result
    outcome: str | None = private()
    feedback: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what leads back, and a state that the grade of the case does not have."""
        if self.status is None:
            return None
        ends = self.status in NOT_TAKEN_ON or self.status is S.RECALLED
        if PLACES.get(self.status, 0) <= PLACES[case.status] and not ends:
            return f"它已经是“{case.status}”。", f"用 sixping show {case.number} 查看。"
        grade = STATE_OF_GRADE.get(self.status)
        if grade and (case.severity is not grade or not case.confirmed):
            return (
                f"“{self.status}”只用于{grade}事件, 它的等级是“{case.severity}”。",
                f"等级不对的请用 sixping regrade {case.number} --severity {grade} --reason 理由。",
            )
        return None

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Take over what the file says."""
        changes: dict[str, Any] = {}
        if self.status is not None:
            changes["status"] = self.status
            if self.status in _ENDED and case.status not in _ENDED:
                changes["fed_back"] = case.fed_back or None
        if self.unit and self.unit != case.lead:
            changes |= {"lead": self.unit, "assist": (), "coordinator": None, "signed_at": None}
        if self.answered is not None:
            changes["fed_back"] = case.fed_back or self.answered
        if self.satisfaction is not None:
            changes["satisfaction"] = self.satisfaction
        if self.source_due is not None:
            changes["source_due"] = self.source_due
        return changes

    def clocks(self, book: Book) -> None:
        """Leave what ended without a verdict: nobody wrote down when; what has not ended runs."""
        before, case = book.before, book.case
        if case.status in NOT_TAKEN_ON:
            book.take_back(*_LIMITS)
        elif not case.open:
            book.forget(*ClockKind)
        elif case.status is S.DISTRICT:
            book.forget(ClockKind.REFER)
        elif before and before.status is S.UNKNOWN:
            waits = case.status is S.REPORTED
            book.recall(*(ClockKind if waits else (ClockKind.FINISH, ClockKind.CEILING)))
        book.settle()


@dataclass(frozen=True, kw_only=True)
class SourceWithdrawn(Step):
    """The report was withdrawn at its source before anybody settled it: it came in and went."""

    kind: ClassVar[str] = "source_withdrawn"
    label: ClassVar[str] = Status.RECALLED.value
    after: ClassVar[frozenset[Status]] = OPEN | {S.UNKNOWN}

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse while other reporters wait for this case."""
        if not case.others:
            return None
        repeat = case.others[0].number
        return (
            f"{'、'.join(r.number for r in case.others)} 已并入这一件, 反映人还等着答复。",
            f"请先用 sixping unmerge {repeat} --reason 理由 拆出。",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case: neither accepted by it nor refused."""
        return {"status": S.RECALLED, "ended_at": at}

    def clocks(self, book: Book) -> None:
        """Leave every limit: in time there is no verdict, a breach stays.

        Of a record whose end nobody knew it is known now: its limits ran until then.
        """
        if book.before and book.before.status is S.UNKNOWN:
            book.recall(ClockKind.FINISH, ClockKind.CEILING)
        for kind in ClockKind:
            book.leave(kind)
        book.settle()

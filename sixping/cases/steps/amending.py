"""What was said at intake was wrong: corrected as a step, or the registration taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private, words
from sixping.cases.step import ANY, S, Step
from sixping.policy.vocabulary import ClockKind, Status
from sixping.util.clock import from_text
from sixping.util.daytext import understood

if TYPE_CHECKING:
    from sixping.cases.book import Book
    from sixping.cases.model import Case
    from sixping.cases.step import Refusal

#: facts of a case that an amendment says anew
_FACTS = ("channel", "community", "grid", "anonymous", "source_due", "nature")


@dataclass(frozen=True, kw_only=True)
class Amended(Step):
    """What was said at intake is said anew; None: unchanged, ``cleared``: nothing was said.

    The original stays in the log. ``received_at`` is when the report really came in.
    """

    kind: ClassVar[str] = "amended"
    command: ClassVar[str] = "amend"
    label: ClassVar[str] = "更正"
    after: ClassVar[frozenset[Status]] = ANY - {S.WITHDRAWN}
    weighed: ClassVar[bool] = True
    rewords: ClassVar[bool] = True

    channel: str | None = None
    community: str | None = None
    grid: str | None = None
    anonymous: bool | None = None
    received_at: datetime | None = fact(from_text)
    about_unit: str | None = None
    about_person: str | None = None
    source_due: datetime | None = fact(from_text)  # by when its source wants the result
    nature: str | None = None  # what it wants (性质)
    about_said: bool = False  # whom it is about is said anew, unit and person with it
    emergency: str | None = None  # what of the new words may be a 突发事件
    cleared: tuple[str, ...] = fact(words, ())
    text: str | None = private()
    place: str | None = private()
    reporter: str | None = private()
    phone: str | None = private()
    about: str | None = private()
    source_no: str | None = private()
    digest: str | None = private()  # salted, of the report as amended: by it a retry is known
    reason: str | None = private()

    @property
    def signed(self) -> str:
        """Return why another receipt is never taken alone: limits and verdicts change by it."""
        return "更正收到的时间须经批准, 期限随之改变 (五.1)" if self.received_at else ""

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what reaches into another case, and a receipt that cannot have been."""
        if self.received_at is not None:
            return self._joined(case, "收到的时间") or self._refuse_receipt(case, at)
        if self.anonymous is not None and case.merged_into:
            return self._joined(case, "是否匿名")
        known = case.about_unit, case.about_person
        if self.about_said and case.merged_into and (self.about_unit, self.about_person) != known:
            return self._joined(case, "被反映对象")
        return None

    @staticmethod
    def _joined(case: Case, what: str) -> Refusal:
        """Refuse while another case goes by what is amended, or this one by others."""
        if not (case.merged_into or case.others):
            return None
        repeat = case.number if case.merged_into else case.others[0].number
        into = case.merged_into or case.number
        return (
            f"{repeat} 已并入 {into}, 两件共用期限和答复, {what}牵连另一件。",
            f"请先用 sixping unmerge {repeat} --reason 理由 拆出, 更正后再并入。",
        )

    def _refuse_receipt(self, case: Case, at: datetime) -> Refusal:
        received, answered = self.received_at, case.first_answer
        check = "请核对 --received。"
        if received is None:
            return None
        if received > min(at, case.recorded_at):
            known = min(at, case.recorded_at)
            return f"收到的时间晚于登记的时间 {understood(known)}。", check
        if answered and received > answered:
            return f"收到的时间晚于最早一次办理的时间 {understood(answered)}。", check
        return None

    def came_in(self, was: datetime) -> datetime:
        """Return the receipt as amended."""
        return self.received_at or was

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Say anew what was named."""
        changes = {name: value for name in _FACTS if (value := getattr(self, name)) is not None}
        changes |= {name: None for name in _FACTS if name in self.cleared}
        if self.about_said:
            changes |= {"about_unit": self.about_unit, "about_person": self.about_person}
        if self.emergency:
            changes["emergency"] = True
        if self.received_at:
            changes |= _received(case, self.received_at)
        return changes

    def clocks(self, book: Book) -> None:
        """Let what counted from receipt count from the receipt as amended."""
        if self.received_at and book.before:
            book.receive(book.before.received_at)


def _received(case: Case, at: datetime) -> dict[str, Any]:
    changes = {"received_at": at}
    if case.round_at == case.received_at:
        changes["round_at"] = at
    if case.since == case.received_at:
        changes["since"] = at
    return changes


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Step):
    """The registration itself was a mistake and nothing followed: it stays numbered and listed."""

    kind: ClassVar[str] = "withdrawn"
    label: ClassVar[str] = "撤回登记"
    after: ClassVar[frozenset[Status]] = frozenset({S.REPORTED})
    final: ClassVar[bool] = True

    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what others wait for, and what has missed a limit: that is not undone."""
        if case.others:
            repeat = case.others[0].number
            return (
                f"{'、'.join(r.number for r in case.others)} 已并入这一件。",
                f"请先用 sixping unmerge {repeat} --reason 理由 拆出。",
            )
        if case.round > 1 or any(clock.missed_by(at) for clock in case.clocks):
            way = f"请用 sixping decline {case.number} --reason 理由。"
            return "已有期限超过, 或已经办理过。", way
        return None

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case."""
        return {"status": S.WITHDRAWN, "ended_at": at}

    def clocks(self, book: Book) -> None:
        """Take every limit back: what was no report was promised nothing."""
        book.take_back(*ClockKind)

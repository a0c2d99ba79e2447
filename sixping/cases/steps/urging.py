"""Demands of the supervisors (五.3): of rising grade, each to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.model import Urge
from sixping.cases.step import ANY, OPEN, S, Step

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Urged(Step):
    """The supervisors demanded action and an answer (五.3)."""

    kind: ClassVar[str] = "urged"
    command: ClassVar[str] = "urge"
    label: ClassVar[str] = "督办"
    after: ClassVar[frozenset[Status]] = OPEN | {S.RESOLVED}

    level: str
    follows: str | None = None  # the grade before, None for the first: none is skipped
    answer_by: date | None = fact(date.fromisoformat)
    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a grade out of its turn."""
        last = case.urges[-1].level if case.urges else None
        if self.follows == last:
            return None
        now = f"最近一次督办是“{last}”" if last else "还没有督办过"
        return f"{now}, 督办须逐级进行, 不跳级、不重复 (五.3)。", "请核对 --level。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let the demand wait for its answer."""
        return {"urges": (*case.urges, Urge(self.level, at, self.answer_by))}


@dataclass(frozen=True, kw_only=True)
class UrgeAnswered(Step):
    """The unit answered the demand of this level."""

    kind: ClassVar[str] = "urge_answered"
    command: ClassVar[str] = "answer-urge"
    label: ClassVar[str] = "答复督办"
    after: ClassVar[frozenset[Status]] = ANY

    level: str
    text: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse an answer to what nobody demanded."""
        if self.level in {urge.level for urge in case.unanswered}:
            return None
        return f"没有未答复的“{self.level}”督办。", f"用 sixping show {case.number} 查看督办。"

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether a demand waits."""
        return bool(case.unanswered)

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when this was demanded."""
        return next((u.at for u in case.urges if u.level == self.level), None), "督办"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Keep when it was answered."""
        urges = (u._replace(answered_at=at) if u.level == self.level else u for u in case.urges)
        return {"urges": tuple(urges)}

"""Category and grade of a case (三): who can settle it, found by a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.step import OPEN, S, Step
from sixping.cases.steps.intake import ROUTE
from sixping.policy.vocabulary import Platform, Severity, Status

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case
    from sixping.cases.step import Refusal


@dataclass(frozen=True, kw_only=True)
class Regraded(Step):
    """Category or severity found anew; None: unchanged. The start of the clocks is not (三)."""

    kind: ClassVar[str] = "regraded"
    command: ClassVar[str] = "regrade"
    label: ClassVar[str] = "改级改类"
    after: ClassVar[frozenset[Status]] = OPEN
    weighed: ClassVar[bool] = True

    severity: Severity | None = fact(Severity)
    category: str | None = None
    platform: Platform | None = fact(Platform)
    meeting: str | None = None  # the joint meeting that set its decision aside (三.2)
    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what changes nothing and confirms nothing."""
        grade = self.severity is not None and (
            self.severity is not case.severity or not case.confirmed
        )
        category = self.category is not None and (self.category != case.category or case.unsure)
        if grade or category:
            return None
        return "等级和类别都没有变化。", "请给出新的 --severity 或 --category。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Change what was named, and the way the case goes."""
        changes: dict[str, Any] = {}
        if self.category is not None:
            changes |= {"category": self.category, "platform": self.platform, "unsure": False}
        if self.severity is None:
            return changes
        changes |= {"severity": self.severity, "confirmed": True}
        if self.severity is not case.severity and case.status is not S.REPORTED:
            route = ROUTE[self.severity]
            with_lead = route is S.ACCEPTED and case.lead is not None
            changes |= {"status": S.HANDLING if with_lead else route, "decided_at": None}
            if with_lead and case.assigned_at is None:  # it comes back to the unit it had
                changes["assigned_at"] = at
        return changes

    def clocks(self, book: Book) -> None:
        """Go the way of the grade; lowered, the decision's date goes, a missed one stays.

        A case found to be 重大 after acceptance is reported from that finding (五.1b).
        """
        before, case = book.before, book.case
        if case.severity is Severity.ORDINARY:
            book.take_back_decision()
        book.regraded = self.severity is not None
        found = None if before is None or before.status is S.REPORTED else book.at
        book.settle(found=found)
        if self.category is not None:
            book.recategorise()

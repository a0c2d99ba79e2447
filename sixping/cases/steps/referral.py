"""The steps above the unit: joint meeting or leader (三.2), the district (三.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.book import next_round
from sixping.cases.codec import fact, private, words
from sixping.cases.step import TAKEN, S, Step
from sixping.cases.steps.ending import begun_anew, result
from sixping.cases.steps.handling import twice_named, units_changed
from sixping.policy.vocabulary import ClockKind, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Consulted(Step):
    """Put before the joint meeting or a named leader (三.2)."""

    kind: ClassVar[str] = "consulted"
    command: ClassVar[str] = "consult"
    label: ClassVar[str] = "提交会商"
    after: ClassVar[frozenset[Status]] = TAKEN

    leader_person: str | None = None  # of the register; None beside a role: nobody has it
    leader_role: str | None = None
    leader: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let a serious case wait for its decision."""
        waiting = case.severity is Severity.SERIOUS and case.decided_at is None
        return {"consulted_at": at, "status": S.DECISION if waiting else case.status}


@dataclass(frozen=True, kw_only=True)
class Decided(Step):
    """The meeting or leader fixed units and a date; that date is the finish limit (三.2)."""

    kind: ClassVar[str] = "decided"
    command: ClassVar[str] = "decide"
    label: ClassVar[str] = "记录会商决定"
    after: ClassVar[frozenset[Status]] = frozenset({S.DECISION, S.ACCEPTED, S.HANDLING})

    lead: str
    due: date = fact(date.fromisoformat)
    assist: tuple[str, ...] = fact(words, ())
    coordinator: str | None = None
    person: str | None = None  # who answers for it in the lead (附2.1), of the register
    meeting: str | None = None  # the joint meeting
    leader: str | None = None  # of the register; None beside a role: nobody has it (未登记)
    leader_role: str | None = None
    decided_by: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a decision on what the unit alone, or only the district, can settle."""
        if case.severity is not Severity.SERIOUS:
            return (
                f"它的等级是“{case.severity}”, 会商决定只用于较大事件 (三.2)。",
                f"请先用 sixping regrade {case.number} --severity 较大 --reason 理由 改级。",
            )
        return twice_named(self.lead, self.assist)

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether the case is one for the meeting."""
        return case.severity is Severity.SERIOUS

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Give the case to the units the decision names."""
        units = units_changed(case, at, self.lead, self.assist, self.coordinator, self.person)
        return units | {"decided_at": at}

    def clocks(self, book: Book) -> None:
        """Let the target run to the day that was decided."""
        book.fix(self.due)
        book.settle()


@dataclass(frozen=True, kw_only=True)
class Referred(Step):
    """Reported to the district: addressee, content, receipt (三.3, 五.1b).

    A case graded lower is found to be 重大 at this moment.
    """

    kind: ClassVar[str] = "referred"
    command: ClassVar[str] = "refer"
    label: ClassVar[str] = "上报区级"
    after: ClassVar[frozenset[Status]] = TAKEN
    weighed: ClassVar[bool] = True

    to_platform: bool = False  # the district's platform is among the addressees (五.1b)
    received: bool = False  # a receipt was given: its text may be erased, the fact stays
    to: str | None = private()
    content: str | None = private()
    receipt: str | None = private()
    standard: bool = False
    told: bool | None = None
    channel: str | None = None
    feedback: str | None = private()  # standard words too: they repeat the addressee

    @property
    def addressees(self) -> tuple[str, ...]:
        """Return to whom it went; one text in the record."""
        return tuple(self.to.split("、")) if self.to else ()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Leave the case with the district; what is added to a referral does not date it anew."""
        added = case.status is S.DISTRICT
        return {
            "status": S.DISTRICT, "referred_at": case.referred_at if added else at,
            "severity": Severity.MAJOR, "received": case.received or self.received,
            "to_platform": self.to_platform or (added and case.to_platform),
        }  # fmt: skip

    def clocks(self, book: Book) -> None:
        """Meet the limit to report; the first report of a round is what counts."""
        if book.running(ClockKind.REFER) is None and not book.reported_already():
            book.begin(ClockKind.REFER, book.at)
        book.meet(ClockKind.REFER)
        book.settle()


@dataclass(frozen=True, kw_only=True)
class ReferReplied(Step):
    """The district settled it, or sent it back to the street: a new round."""

    kind: ClassVar[str] = "refer_replied"
    command: ClassVar[str] = "refer-reply"
    label: ClassVar[str] = "记录区级答复"
    after: ClassVar[frozenset[Status]] = frozenset({S.DISTRICT})
    answers: ClassVar = ("referred_at", "上报")

    returned: bool = False
    outcome_kind: str | None = None
    outcome: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case, or begin its next round."""
        if self.returned:
            return {
                "status": S.REFERRAL, "round": next_round(case), "round_at": at, "since": at,
                "received": False, "others": begun_anew(case), "assigned_at": None,
                "to_platform": False,
            }  # fmt: skip
        return result(case, at, self.outcome_kind) | {"received": True}

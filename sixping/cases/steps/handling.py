"""Who handles a case: sent to units, signed for, returned; and what was noted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private, words
from sixping.cases.step import ANY, TAKEN, S, Step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sixping.cases.model import Case, Part
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status

ASSIGNMENT = ("assigned_at", "分派")


def done_or_of(parts: Iterable[Part], *units: str) -> tuple[Part, ...]:
    """Return the parts that still count: done, or of a unit that still takes part."""
    return tuple(part for part in parts if part.done_at or part.unit in units)


def units_changed(
    case: Case,
    at: datetime,
    lead: str,
    assist: tuple[str, ...],
    coordinator: str | None,
    person: str | None,
) -> dict[str, Any]:
    """Return what new units change in a case; who answers for it stays where the lead does."""
    return {
        "person": person or (case.person if lead == case.lead else None),
        "parts": done_or_of(case.parts, lead, *assist),
        "status": S.HANDLING,
        "lead": lead,
        "assist": assist,
        "coordinator": coordinator,
        "assigned_at": at,
        "signed_at": None,
        "returned_at": None,
    }


def twice_named(lead: str, assist: tuple[str, ...]) -> Refusal:
    """Refuse a unit that leads and assists."""
    if lead in assist:
        return f"{lead}既是牵头单位又是协办单位。", "请从 --assist 中去掉它。"
    return None


@dataclass(frozen=True, kw_only=True)
class Assigned(Step):
    """Sent to the unit that leads and those that assist (二.2, 四.1, 四.2)."""

    kind: ClassVar[str] = "assigned"
    command: ClassVar[str] = "assign"
    label: ClassVar[str] = "分派"
    after: ClassVar[frozenset[Status]] = frozenset({S.ACCEPTED, S.HANDLING})
    after_by_file: ClassVar[frozenset[Status]] = frozenset(
        {S.REPORTED, S.DECISION, S.REFERRAL, S.RESOLVED, S.CLOSED, S.UNKNOWN}
    )

    lead: str
    assist: tuple[str, ...] = fact(words, ())
    coordinator: str | None = None  # of the units of that day
    person: str | None = None  # who answers for it in the lead (附2.1), of the register
    decided_by: str | None = private()  # who settled it, after too many returns

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what changes nothing, but for a leader's word that reported units keep it.

        What a file says waits to be assigned may name its unit; when it got it may be told later.
        """
        word = self.approver_role and case.names_somebody
        told_when = self.by_file is not None and case.assigned_at is None
        same = (self.lead, self.assist) == (case.lead, case.assist)
        if same and case.status is not S.ACCEPTED and not (word or told_when):
            if self.person not in {None, case.person}:
                way = f"sixping handover {case.number} --to {self.person} --reason 理由"
                return "牵头单位和协办单位都没有变化。", f"只换经办人的用 {way}。"
            return "牵头单位和协办单位都没有变化。", f"现在就由{case.lead}牵头。"
        return twice_named(self.lead, self.assist)

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Give the case to its units; of what went on since, only when they got it is new."""
        if self.by_file is not None and (
            not case.open or (case.status is S.HANDLING and self.lead == case.lead)
        ):
            return {"lead": self.lead, "assigned_at": at}
        return units_changed(case, at, self.lead, self.assist, self.coordinator, self.person)


@dataclass(frozen=True, kw_only=True)
class HandedOver(Step):
    """Somebody else of the lead answers for the case from now on (附2.1); its limits run on."""

    kind: ClassVar[str] = "handed_over"
    command: ClassVar[str] = "handover"
    label: ClassVar[str] = "换经办人"
    after: ClassVar[frozenset[Status]] = TAKEN
    answers: ClassVar = ASSIGNMENT

    person: str  # of the register
    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse where no unit has the case, and what changes nothing."""
        if case.lead is None:
            way = f"sixping assign {case.number} --lead 单位 --person {self.person}"
            return "它还没有分派给单位。", f"请先用 {way}。"
        if self.person == case.person:
            return f"经办人现在就是 {self.person}。", "请写接手的另一人 (--to)。"
        return None

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether somebody answers for the case who may hand it over."""
        return case.person is not None

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Keep who answers for it now."""
        return {"person": self.person}


@dataclass(frozen=True, kw_only=True)
class Signed(Step):
    """The unit acknowledged it holds the case (签收)."""

    kind: ClassVar[str] = "signed"
    command: ClassVar[str] = "sign"
    label: ClassVar[str] = "签收"
    after: ClassVar[frozenset[Status]] = frozenset({S.HANDLING})
    answers: ClassVar = ASSIGNMENT

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a second signature."""
        return (f"{case.lead}已经签收。", "不需要重复签收。") if case.signed_at else None

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether nobody signed yet."""
        return case.signed_at is None

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Keep when."""
        return {"signed_at": at}


@dataclass(frozen=True, kw_only=True)
class Returned(Step):
    """The unit sent the case back to the room (退回)."""

    kind: ClassVar[str] = "returned"
    command: ClassVar[str] = "return"
    label: ClassVar[str] = "退回"
    after: ClassVar[frozenset[Status]] = frozenset({S.HANDLING})
    answers: ClassVar = ASSIGNMENT

    unit: str | None = None  # evidence of who returned it
    reason: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Take the case from its units."""
        return {
            "lead": None, "assist": (), "coordinator": None, "assigned_at": None,
            "signed_at": None, "status": S.ACCEPTED, "returned_at": at,
            "returns": case.returns + 1, "parts": done_or_of(case.parts),
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Noted(Step):
    """Somebody wrote down what happened, or one unit told another (附3.3)."""

    kind: ClassVar[str] = "noted"
    command: ClassVar[str] = "note"
    label: ClassVar[str] = "记事"
    after: ClassVar[frozenset[Status]] = ANY

    to: str | None = None
    text: str | None = private()


@dataclass(frozen=True, kw_only=True)
class EmergencyReported(Step):
    """A 突发事件 was reported by the emergency rules, before and beside the case's own limits.

    No limit counts it and nothing is late by it. ``dismissed``: somebody found that it is none.
    """

    kind: ClassVar[str] = "emergency_reported"
    command: ClassVar[str] = "emergency"
    label: ClassVar[str] = "应急报告"
    after: ClassVar[frozenset[Status]] = ANY

    dismissed: bool = False
    to: str | None = private()
    how: str | None = private()
    content: str | None = private()
    reason: str | None = private()

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether the case may be one that nobody reported."""
        return case.emergency

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Take it off what is still to be reported."""
        return {"emergency": False}

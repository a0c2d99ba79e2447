"""A report reaches the room and is taken on or not (二.1, 二.2, 五.1a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private, words
from sixping.cases.dates import Answer
from sixping.cases.model import Case
from sixping.cases.step import TAKEN, S, Step, Voided
from sixping.policy.vocabulary import (
    ENDED,
    ClockKind,
    Confidence,
    Outcome,
    OwnLimit,
    Platform,
    Severity,
    Status,
    read_status,
)
from sixping.util.clock import from_text
from sixping.util.records import made

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.cases.book import Book
    from sixping.cases.step import CaseEntry, Refusal

#: where a case of each severity goes once it is accepted (三.1-3)
ROUTE = {
    Severity.ORDINARY: S.ACCEPTED,
    Severity.SERIOUS: S.DECISION,
    Severity.MAJOR: S.REFERRAL,
}
_DATED = frozenset({ClockKind.FINISH, ClockKind.CEILING})


def _read_own(value: list[Any]) -> OwnLimit:
    return OwnLimit(*value)


@dataclass(frozen=True, kw_only=True)
class Reported(Step):
    """A report reached the room (二.1); the suggestion is kept beside the choice (二.2).

    ``suggested``: the grade is the program's and nobody has found it yet (三); ``confidence``
    is that of the program's own grade, whoever found which. ``given``: what somebody said
    besides the words (``channel category severity lead``), None where nobody wrote that down;
    ``from_file``: a line of a file said it. ``located``: where community or grid were read,
    ``text`` or ``place``, None: stated or not known.
    """

    kind: ClassVar[str] = "reported"
    label: ClassVar[str] = "登记"
    after: ClassVar[frozenset[Status]] = frozenset()

    channel: str
    community: str | None = None
    grid: str | None = None
    located: str | None = None
    category: str | None = None
    platform: Platform | None = fact(Platform)
    severity: Severity = fact(Severity, Severity.ORDINARY)
    suggested: bool = False
    confidence: Confidence | None = fact(Confidence)
    given: tuple[str, ...] | None = fact(words)
    from_file: bool = False
    emergency: str | None = None  # what of it may be a 突发事件, in the words of the rules
    lead: str | None = None
    unsure: bool = False
    anonymous: bool = False
    suggestion: dict[str, Any] | None = None
    pins: dict[str, str] | None = None
    about_unit: str | None = None  # the report is about this unit of the organisation
    about_person: str | None = None  # or about this person of the register
    source_due: datetime | None = fact(from_text)  # by when its source wants the result
    nature: str | None = None  # what it wants (性质), as somebody stated it
    service: str | None = None  # the item of the catalogue it applies for (附2.4)
    own: OwnLimit | None = fact(_read_own)  # and the limit that item had then
    catalogue: str | None = None  # which edition of it that was, where it says
    chosen: dict[str, str] | None = None  # answers to its questions with choices: facts
    text: str | None = private()
    place: str | None = private()
    reporter: str | None = private()
    phone: str | None = private()
    about: str | None = private()  # the person, firm or unit it is about (被反映对象)
    replies: str | None = private()  # to its other questions, a line each: personal
    reasons: list[Any] | None = private()  # ``triage.reasons.Grounds``, with the words of the text
    source_no: str | None = private()
    request_id: str | None = private()
    row: str | None = private()  # what tells a row of a file without numbers apart, beside the rest
    digest: str | None = private()  # salted, of what was given: by it a retry is known

    def opened(self, entry: CaseEntry, number: str) -> Case:
        """Return the case as this event makes it, without a clock yet."""
        values: dict[str, Any] = {
            "number": number,
            "version": 1,
            "status": S.REPORTED,
            "channel": self.channel,
            "received_at": entry.at,
            "recorded_at": entry.recorded_at,
            "round_at": entry.at,
            "since": entry.at,
            "severity": self.severity,
            "platform": self.platform,
            "category": self.category,
            "unsure": self.unsure,
            "community": self.community,
            "grid": self.grid,
            "anonymous": self.anonymous,
            "confirmed": not self.suggested,
            "emergency": self.emergency is not None,
            "about_unit": self.about_unit,
            "about_person": self.about_person,
            "source_due": self.source_due,
            "nature": self.nature,
            "service": self.service,
            "own": self.own,
        }
        return made(Case, values | self._past())

    def _past(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Imported(Reported):
    """A record of the past taken from a file: its facts only, nothing made up.

    ``answered`` without words of its own: the reporter was told the outcome; None: the file does
    not say whether anybody told him, so nobody knows. ``kept``: an open ``status`` is where the
    case stands; without it (an older version) it waits to be accepted.
    """

    kind: ClassVar[str] = "imported"
    label: ClassVar[str] = "导入"

    profile: str
    unit: str | None = None
    status: Status | None = fact(read_status)
    kept: bool = False
    resolved_at: datetime | None = fact(from_text)
    answered: bool | None = None
    satisfaction: int | None = None
    outcome: str | None = private()
    feedback: str | None = private()

    @property
    def _end_unknown(self) -> bool:
        """Return whether the file says neither that the matter was settled nor that it was not."""
        return self.resolved_at is None and self.status in {None, S.UNKNOWN}

    def _past(self) -> dict[str, Any]:
        """Return what a file says of a record's later life; the rest stays unknown."""
        known: dict[str, Any] = {
            "imported": True, "satisfaction": self.satisfaction, "lead": self.unit
        }  # fmt: skip
        if self._end_unknown:
            known["status"] = S.UNKNOWN
        elif self.resolved_at or self.status in ENDED:
            known |= {
                "status": self.status if self.status in ENDED else S.RESOLVED,
                "resolved_at": self.resolved_at,
                "ended_at": self.resolved_at,
                "fed_back": self.answered,
            }
        elif self.kept and self.status:
            known["status"] = self.status
        return known

    def clocks(self, book: Book) -> None:
        """Give a record of the past its clocks: known ends only, acceptance unknown.

        Nobody recorded an acceptance or a referral, so these have no verdict and enter no
        cohort; target and ceiling ended when the file says the matter was settled, run where it
        says that it was not, and are unknown where it says neither, or not when. What the file
        says waits to be accepted runs against all its limits.
        """
        dated = self.resolved_at is not None or not (self._end_unknown or self.status in ENDED)
        waits = self.kept and book.case.status is S.REPORTED
        for due in self.dues:
            known = waits or (dated and due.kind in _DATED)
            ended = {"stopped": self.resolved_at} if known and self.resolved_at else {}
            book.take_over(Answer(due, self.terms), unknown=not known, **ended)


@dataclass(frozen=True, kw_only=True)
class Accepted(Step):
    """The room took the report on and said so (五.1a); ``severity``: what it found (三)."""

    kind: ClassVar[str] = "accepted"
    command: ClassVar[str] = "accept"
    label: ClassVar[str] = "受理"
    after: ClassVar[frozenset[Status]] = frozenset({S.REPORTED})
    after_by_file: ClassVar[frozenset[Status]] = TAKEN | {
        S.RESOLVED, S.CLOSED, S.UNKNOWN, S.RECALLED, S.WITHDRAWN,
    }  # fmt: skip
    meets: ClassVar = (ClockKind.ACCEPT,)

    severity: Severity | None = fact(Severity)
    standard: bool = False
    told: bool | None = None  # it reached the reporter (``cases.telling``)
    channel: str | None = None  # through which it was said
    feedback: str | None = private(unless="standard")  # the policy's words name nobody

    @property
    def to_weigh(self) -> bool:
        """Return whether a grade was found: it may raise the case (三)."""
        return self.severity is not None

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse while the grade is only suggested: a program finds nothing (三).

        A file that says when a report was accepted finds no grade: it stays to be confirmed.
        """
        if self.by_file is not None:
            return _accepted_before(case)
        if case.confirmed or self.severity:
            return None
        ways = (f"sixping accept {case.number} --severity {grade}" for grade in
                (case.severity, Severity.ORDINARY))  # fmt: skip
        return (
            f"等级“{case.severity}”只是程序的建议, 还没有人确认。",
            f"请确认: {', 或 '.join(ways)}",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Send the case its way, by the grade that was found.

        Of what went on before a file told when, only that is new.
        """
        if case.status is not S.REPORTED:
            return {"accepted_at": at}
        if self.by_file is not None and not case.confirmed:
            return {"status": S.ACCEPTED, "accepted_at": at}
        grade = self.severity or case.severity
        return {"status": ROUTE[grade], "accepted_at": at, "severity": grade, "confirmed": True}

    def clocks(self, book: Book) -> None:
        """Meet the accept limit; go the way of the grade that was found."""
        book.regraded = self.severity is not None
        if self.by_file is not None:
            book.learn(*self.meets)
        book.settle(meets=self.meets)


def _accepted_before(case: Case) -> Refusal:
    if case.accepted_at is None:
        return None
    return "它已经受理。", f"用 sixping show {case.number} 查看。"


@dataclass(frozen=True, kw_only=True)
class Declined(Step):
    """The room did not take the report on, said so and why (五.1a)."""

    kind: ClassVar[str] = "declined"
    command: ClassVar[str] = "decline"
    label: ClassVar[str] = Outcome.DECLINED.value
    after: ClassVar[frozenset[Status]] = frozenset({S.REPORTED})
    weighed: ClassVar[bool] = True
    ends: ClassVar[Status] = S.DECLINED

    category: str | None = None  # the listed reason; None: it is not on the list
    standard: bool = False
    told: bool | None = None
    channel: str | None = None
    feedback: str | None = private()  # standard words too: they repeat the reason
    reason: str | None = private()
    to: str | None = private()  # to whom it went, or where the reporter may turn

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse while other reporters wait for this case."""
        if not case.others:
            return None
        into = "、".join(report.number for report in case.others)
        return (
            f"{into} 已并入这一件, 反映人还等着答复。",
            f"请先用 sixping unmerge {case.others[0].number} --reason 理由 拆出, 各自决定。",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case."""
        return {"status": self.ends, "ended_at": at}

    def clocks(self, book: Book) -> None:
        """Meet the accept limit; what was never accepted was never to be finished."""
        book.meet(ClockKind.ACCEPT)
        book.take_back(ClockKind.REFER, ClockKind.FINISH, ClockKind.CEILING)
        book.settle()


class _Elsewhere(Declined):
    """What is no refusal: named under ``decline``, offered there."""

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: the command is offered once."""
        return False


@dataclass(frozen=True, kw_only=True)
class Transferred(_Elsewhere):
    """It belongs to others, who have it now: 110, another street (五.1a)."""

    kind: ClassVar[str] = "transferred"
    label: ClassVar[str] = Outcome.TRANSFERRED.value
    ends: ClassVar[Status] = S.TRANSFERRED


@dataclass(frozen=True, kw_only=True)
class Guided(_Elsewhere):
    """The reporter was told where to turn: 信访, a court (五.1a)."""

    kind: ClassVar[str] = "guided"
    label: ClassVar[str] = Outcome.GUIDED.value
    ends: ClassVar[Status] = S.GUIDED


@dataclass(frozen=True, kw_only=True)
class SentBack(_Elsewhere):
    """A grid worker's report was sent back to be completed (五.1a): nobody was refused."""

    kind: ClassVar[str] = "sent_back"
    label: ClassVar[str] = Outcome.SENT_BACK.value
    ends: ClassVar[Status] = S.SENT_BACK


#: what becomes of a report that is not taken on → its step
NOT_TAKEN_ON: Mapping[Outcome, type[Declined]] = {
    Outcome.DECLINED: Declined,
    Outcome.TRANSFERRED: Transferred,
    Outcome.GUIDED: Guided,
    Outcome.SENT_BACK: SentBack,
}


def suggested_lead(log: Sequence[CaseEntry], category: str | None) -> str | None:
    """Return the unit suggested at receipt, unless it returned it or the category changed."""
    first = log[0].event
    if not isinstance(first, Reported) or first.category != category:
        return None
    gone = {entry.event.seq for entry in log if isinstance(entry.event, Voided)}
    returned = {
        getattr(entry.event, "unit", None)
        for entry in log
        if entry.event.kind == "returned" and entry.seq not in gone
    }
    return None if first.lead in returned else first.lead

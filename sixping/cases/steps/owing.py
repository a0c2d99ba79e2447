"""What is owed on a case beside its limits, until somebody answers it.

A leader's word (三.2), what one unit asks of another (附3.3), what went to police or procuratorate
(附2.3). Each has a number of its own among those of its kind, and none moves a limit of the case:
the notice gives them none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sixping.cases.codec import fact, private
from sixping.cases.model import Owed
from sixping.cases.step import ANY, OPEN, S, Step
from sixping.policy.vocabulary import NOT_TAKEN_ON
from sixping.util.clock import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.model import Case
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status

INSTRUCTION: Final = "instruction"
DEMAND: Final = "demand"
TRANSFER: Final = "transfer"
RECEIPT: Final = "receipt"

#: what is owed → what people call it
OWED: Final = {
    INSTRUCTION: "领导批示",
    DEMAND: "协办要求",
    TRANSFER: "行刑衔接移送",
    RECEIPT: "移送回执",
}

_GONE = frozenset({S.MERGED, S.WITHDRAWN})


def owed_of(case: Case, *kinds: str) -> Iterator[Owed]:
    """Yield what of these kinds is owed on a case, oldest first."""
    return (owed for owed in case.owed if owed.kind in kinds)


def still_owed(case: Case, *kinds: str) -> str:
    """Say what of these kinds is owed on a case, as in ``领导批示 1 项``; empty: nothing."""
    counts = {kind: sum(1 for _ in owed_of(case, kind)) for kind in kinds}
    return "、".join(f"{OWED[kind]} {n} 项" for kind, n in counts.items() if n)


@dataclass(frozen=True, kw_only=True)
class _Opening(Step):
    """Something is owed from now on: the ``n``-th of its kind on the case."""

    n: int

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: no case waits for it, it is there when somebody asks for something."""
        return False

    def _opened(self, case: Case, *owed: Owed) -> dict[str, Any]:
        return {"owed": (*case.owed, *owed)}


@dataclass(frozen=True, kw_only=True)
class _Answering(Step):
    """Something owed is answered: the ``n``-th of its kind."""

    of: ClassVar[str]

    n: int

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse an answer to what is not owed."""
        open_ = [owed.n for owed in owed_of(case, self.of)]
        if self.n in open_:
            return None
        left = f"未答复的是第 {'、'.join(map(str, open_))} 项。" if open_ else ""
        return (
            f"没有未答复的第 {self.n} 项{OWED[self.of]}。",
            f"{left}用 sixping show {case.number} 查看。",
        )

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether something of the kind is owed."""
        return any(owed_of(case, cls.of))

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return since when this was owed."""
        since = (owed.since for owed in owed_of(case, self.of) if owed.n == self.n)
        return next(since, None), OWED[self.of]

    def _answered(self, case: Case, *kinds: str) -> dict[str, Any]:
        gone = {(kind, self.n) for kind in kinds}
        return {"owed": tuple(o for o in case.owed if (o.kind, o.n) not in gone)}


@dataclass(frozen=True, kw_only=True)
class Instructed(_Opening):
    """A leader wrote on the case what is to be done (领导批示, 三.2)."""

    kind: ClassVar[str] = "instructed"
    command: ClassVar[str] = "instruct"
    label: ClassVar[str] = "领导批示"
    doing: ClassVar[str] = "记录领导批示"
    after: ClassVar[frozenset[Status]] = ANY - _GONE

    leader_person: str | None = None  # of the register; None beside a role: nobody has it
    leader_role: str | None = None
    day: date | None = fact(date.fromisoformat)  # of the leader's word; None: that of the step
    due: date | None = fact(date.fromisoformat)
    leader: str | None = private()
    text: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let it wait for its answer, from the day of the leader's word on."""
        since = at if self.day is None else datetime.combine(self.day, time(), SHANGHAI)
        return self._opened(case, Owed(INSTRUCTION, self.n, since, None, self.due))


@dataclass(frozen=True, kw_only=True)
class InstructionAnswered(_Answering):
    """The leader was told what came of it."""

    kind: ClassVar[str] = "instruction_answered"
    command: ClassVar[str] = "answer-instruct"
    label: ClassVar[str] = "答复批示"
    after: ClassVar[frozenset[Status]] = ANY
    of: ClassVar[str] = INSTRUCTION

    text: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Owe it no longer."""
        return self._answered(case, INSTRUCTION)


@dataclass(frozen=True, kw_only=True)
class Demanded(_Opening):
    """A unit is asked for something and has to answer (附3.3); a note to it is no demand."""

    kind: ClassVar[str] = "demanded"
    command: ClassVar[str] = "demand"
    label: ClassVar[str] = "协办要求"
    doing: ClassVar[str] = "提出协办要求"
    after: ClassVar[frozenset[Status]] = OPEN | {S.RESOLVED}

    to: str
    answer_by: date | None = fact(date.fromisoformat)
    text: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let it wait for the unit's answer."""
        return self._opened(case, Owed(DEMAND, self.n, at, self.to, self.answer_by))


@dataclass(frozen=True, kw_only=True)
class DemandAnswered(_Answering):
    """The unit answered what it was asked for."""

    kind: ClassVar[str] = "demand_answered"
    command: ClassVar[str] = "answer-demand"
    label: ClassVar[str] = "答复协办要求"
    after: ClassVar[frozenset[Status]] = ANY
    of: ClassVar[str] = DEMAND

    text: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Owe it no longer."""
        return self._answered(case, DEMAND)


@dataclass(frozen=True, kw_only=True)
class JusticeTransferred(_Opening):
    """What may be a crime went to police or procuratorate (行刑衔接, 附2.3).

    The case goes on as it was; the notice gives what is handed over no limit.
    """

    kind: ClassVar[str] = "justice_transferred"
    command: ClassVar[str] = "transfer"
    label: ClassVar[str] = "行刑衔接移送"
    doing: ClassVar[str] = "作行刑衔接移送"
    after: ClassVar[frozenset[Status]] = OPEN | {S.RESOLVED, S.CLOSED}

    to: str
    received: bool = False  # with the receipt of whom it went to
    content: str | None = private()
    receipt: str | None = private()

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let it wait for its result, and for its receipt where there is none yet."""
        kinds = (TRANSFER,) if self.received else (TRANSFER, RECEIPT)
        return self._opened(case, *(Owed(kind, self.n, at, self.to) for kind in kinds))


@dataclass(frozen=True, kw_only=True)
class TransferReplied(_Answering):
    """Police or procuratorate gave a receipt, or said what came of it: whoever does received it."""

    kind: ClassVar[str] = "transfer_replied"
    command: ClassVar[str] = "transfer-reply"
    label: ClassVar[str] = "行刑衔接回复"
    doing: ClassVar[str] = "记录行刑衔接回复"
    after: ClassVar[frozenset[Status]] = ANY
    of: ClassVar[str] = TRANSFER

    received: bool = False  # a receipt came
    ended: bool = False  # the result came
    receipt: str | None = private()
    outcome: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what is not owed, and a second receipt."""
        unreceived = {owed.n for owed in owed_of(case, RECEIPT)}
        if self.ended or self.n in unreceived or not any(owed_of(case, TRANSFER)):
            return super().refuse(case, at)
        if refusal := super().refuse(case, at):
            return refusal
        return (
            f"第 {self.n} 项移送已经取得回执。",
            f"有了结果用 sixping transfer-reply {case.number} {self.n} --outcome 结果。",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Owe the receipt no longer, nor the result once it is there."""
        return self._answered(case, *((TRANSFER, RECEIPT) if self.ended else (RECEIPT,)))


@dataclass(frozen=True, kw_only=True)
class SourceAnswered(Step):
    """The source of a report was told its result (三.1 登记、反馈), by hand or by a file given out.

    ``to``: the report merged in whose source it was; None: this case's own. ``everyone``: the
    sources of all its reports. ``exported``: by ``export --answers``.
    """

    kind: ClassVar[str] = "source_answered"
    command: ClassVar[str] = "feedback"
    label: ClassVar[str] = "反馈来源"
    after: ClassVar[frozenset[Status]] = NOT_TAKEN_ON | {S.RESOLVED, S.CLOSED}

    to: str | None = None
    everyone: bool = False
    exported: bool = False
    text: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a report that was not merged in."""
        if self.to is None or self.to in {r.number for r in case.others}:
            return None
        return f"{self.to} 没有并入这一件。", f"用 sixping show {case.number} 查看并入的反映。"

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: whether its source is answered is in the rules."""
        return False

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when the result came, or the report was not taken on."""
        return case.ended_at, "办结"


@dataclass(frozen=True, kw_only=True)
class Enclosed(Step):
    """A file belongs to the case (处置前后照片): its digest and where it is kept, not itself."""

    kind: ClassVar[str] = "enclosed"
    command: ClassVar[str] = "enclose"
    label: ClassVar[str] = "附件"
    doing: ClassVar[str] = "登记附件"
    after: ClassVar[frozenset[Status]] = ANY - {S.WITHDRAWN}

    n: int
    sort: str
    size: int
    sha256: str
    file: str | None = private()  # its name
    kept: str | None = private()  # where it is said to be

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: no case waits for it."""
        return False

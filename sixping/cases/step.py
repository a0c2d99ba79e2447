"""What every step of a case is: its words, when it may happen, what it changes, what it meets.

A step class says in one place what it is called (``kind command label``), after which states it
may happen, what stands in its way (``refuse``), what it changes (``change``) and what it does to
the clocks (``clocks``, ``meets``). Words of the class are no fields: facts and hashes do not
know them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import Recorded, fact, private, read_terms
from sixping.cases.dates import Due, read_dues, read_passed_on
from sixping.policy.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case, PassedOn
    from sixping.cases.rules import Terms
    from sixping.policy.vocabulary import ClockKind

    Refusal = tuple[str, str] | None

S = Status
ANY = frozenset(Status)
OPEN = frozenset(s for s in Status if s.open)
TAKEN = OPEN - {S.REPORTED}
RESULT = ("resolved_at", "办结")  # what follows a result answers it


@dataclass(frozen=True, kw_only=True)
class Step(Recorded):
    """A step of a case: an event with the dates it was answered, and their terms."""

    command: ClassVar[str] = ""  # by which people take it; empty: the program does
    label: ClassVar[str]
    doing: ClassVar[str] = ""  # what cannot be done, where the label is no verb
    after: ClassVar[frozenset[Status]]
    after_by_file: ClassVar[frozenset[Status]] = frozenset()  # and these, where a file states it
    answers: ClassVar[tuple[str, str] | None] = None  # the instant of a case, and its name
    meets: ClassVar[Collection[ClockKind]] = ()
    weighed: ClassVar[bool] = False  # it may need an approval also where nobody states the past
    paired: ClassVar[bool] = False  # stands in two cases: taking it back would leave half a pair
    final: ClassVar[bool] = False  # not to be taken back: what it gave up may be taken by now
    rewords: ClassVar[bool] = False  # says anew what was said at intake

    dues: tuple[Due, ...] = fact(read_dues, ())
    terms: Terms | None = fact(read_terms)
    approver: str | None = None  # of the register; None beside a role: nobody has it (未登记)
    approver_role: str | None = None  # None: nobody approved
    stated_why: str | None = private()  # why the step is stated after the fact (``--at``)
    approved_by: str | None = private()  # the approver as given
    by_file: str | None = None  # the profile of the file that states it; None: a person took it

    def may_follow(self, status: Status) -> bool:
        """Return whether it may happen in a state: a file may leave out what came before."""
        return status in self.after or (self.by_file is not None and status in self.after_by_file)

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Return what stands in the way beside the state, and what to do; None: nothing."""
        return None

    @property
    def to_weigh(self) -> bool:
        """Return whether it may need an approval as it is, also when nobody states the past."""
        return self.weighed

    @property
    def signed(self) -> str:
        """Return in words that it is never taken without an approval; empty: it may be."""
        return ""

    def unstated(self, case: Case) -> Refusal:
        """Return why somebody has to state when it happened (``--at``); None: it may be now."""
        return None

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether the step makes sense for the case, whatever is asked of it."""
        return True

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when what this step answers happened, and its name; None: it answers nothing."""
        if self.answers is None:
            return None, ""
        name, words = self.answers
        return getattr(case, name), words

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Return what the step changes in the case, clocks aside."""
        return {}

    def came_in(self, was: datetime) -> datetime:
        """Return when the report was received, as the step leaves it; ``was``: as it found it."""
        return was

    def clocks(self, book: Book) -> None:
        """Bring the clocks to what the step made of the case."""
        book.settle(meets=self.meets)


@dataclass(frozen=True, kw_only=True)
class Voided(Step):
    """An earlier entry is left out because it was a mistake; both stay on record.

    ``dues`` are the dates that later steps (``of``) got because their former ground is gone.
    """

    kind: ClassVar[str] = "voided"
    command: ClassVar[str] = "void"
    label: ClassVar[str] = "撤销一步"
    after: ClassVar[frozenset[Status]] = ANY
    weighed: ClassVar[bool] = True

    seq: int
    undone: bool = False  # by ``undo``: whoever recorded it took it back at once
    reason: str | None = private()

    @property
    def ground(self) -> str:
        """Return on what ground later steps are judged anew."""
        return f"撤销第 {self.seq} 号后"


@dataclass(frozen=True, kw_only=True)
class Relimited(Step):
    """What a repeat gave this case when it came in is another thing: a step of it was voided.

    ``taken`` stands in place of what ``Absorbed`` recorded; ``dues`` as of a void.
    """

    kind: ClassVar[str] = "relimited"
    label: ClassVar[str] = "更正并入的期限"
    after: ClassVar[frozenset[Status]] = ANY
    weighed: ClassVar[bool] = True
    paired: ClassVar[bool] = True

    number: str
    taken: tuple[PassedOn, ...] = fact(read_passed_on, ())
    reason: str | None = private()

    @property
    def ground(self) -> str:
        """Return on what ground later steps are judged anew."""
        return f"{self.number} 并入的期限因撤销而不同, 照此"


@dataclass(frozen=True, kw_only=True)
class CaseEntry:
    """One line of the log of a case; ``at`` is when it happened, ``seq`` is its order."""

    seq: int
    at: datetime
    recorded_at: datetime
    event: Step
    by: str | None = None

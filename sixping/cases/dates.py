"""The dates clocks run to: a question the fold asks, and the answer an event records.

A new step is answered by the rules (``deadlines.Counted``), and what they answer is recorded in
the event. A replay is answered by that record, so it recounts nothing (decision 2).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple, Protocol

from sixping.cases.model import Held, PassedOn, Promise
from sixping.policy.vocabulary import ClockKind
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from typing import Any

    from sixping.cases.model import Clock
    from sixping.cases.rules import Terms
    from sixping.policy.vocabulary import OwnLimit, Severity


class Ask(Enum):
    """What date is asked for."""

    FRESH = auto()  # the days of the policy from a start
    AGAIN = auto()  # the same promise, by the calendar of today
    FIXED = auto()  # the close of a day that was decided (三.2)
    FREED = auto()  # later by the working days that stood still
    LATER = auto()  # later by the working days of an extension
    LEVEL = auto()  # the ceiling up to the target that was moved beyond it
    UPTO = auto()  # a promise taken up, but not before a date signed for while another ran
    CATEGORY = auto()  # longer or shorter by what the category found has of its own (附2.4)
    RECOUNT = auto()  # the same promise, where the calendar of today changes it


class Question(NamedTuple):
    """A date asked for at ``at``, for a clock that counts from ``start``.

    ``clock`` is the clock it follows; ``days`` those of an extension, or of a promise made
    again; ``day`` is what was decided, ``upto`` the target a ceiling is levelled to, and
    ``days`` its days where both count from one start. ``own`` is the limit of the service item,
    ``category`` that of the case, ``former`` the one it had before the step.
    """

    ask: Ask
    kind: ClockKind
    at: datetime
    start: datetime
    severity: Severity
    clock: Clock | None = None
    days: int | None = None
    day: date | None = None
    upto: datetime | None = None
    category: str | None = None
    own: OwnLimit | None = None
    former: str | None = None

    @property
    def was(self) -> datetime | None:
        """Return the due date this one follows."""
        return self.clock.due if self.clock else None


class Due(NamedTuple):
    """An answer: the due date of a clock as it was promised, with what it followed.

    ``started`` None: counted from the step itself. ``of``: the seq of the step it is an answer
    to, where a void asked in that step's place. What an answer seldom says stands last: it is
    recorded as a list that ends with the last thing said.
    """

    kind: ClockKind
    due: datetime
    workdays: int | None = None
    clause: str | None = None
    provisional: bool = False
    started: datetime | None = None
    was: datetime | None = None
    of: int | None = None

    def answers(self, question: Question) -> bool:
        """Return whether this was asked: same clock, same start, following the same date."""
        if self.kind is not question.kind:
            return False
        if question.ask is Ask.AGAIN and self.workdays != question.days:
            return False  # the same promise is one of as many days
        if question.ask is Ask.UPTO and self.due != question.upto:
            return False  # another day was signed for
        if question.ask is Ask.FIXED:
            return True  # the day was decided, wherever it is counted from
        start = self.started or question.at
        return start == question.start and self.was == question.was

    def follows(self, other: Due) -> bool:
        """Return whether this moves the date that an answer before it gave."""
        same = (self.kind, self.started) == (other.kind, other.started)
        return same and self.was == other.due != other.was


class Answer(NamedTuple):
    """A due date and the terms under which it was counted."""

    due: Due
    terms: Terms | None


class Answers(Protocol):
    """Who answers the questions of a fold."""

    def __call__(self, question: Question) -> Answer | None:
        """Return the answer; None: there is no such limit, or nothing changes."""


def matching(known: Sequence[Answer], question: Question) -> Answer | None:
    """Return the first recorded answer to a question, None where nobody recorded one.

    What is counted afresh follows no answer before it: that is the day somebody signed for.
    """
    found = (i for i, answer in enumerate(known) if answer.due.answers(question))
    if question.ask is Ask.FRESH and question.clock is not None:
        found = (i for i in found if not any(known[i].due.follows(b.due) for b in known[:i]))
    return next((known[i] for i in found), None)


def recorded(answers: Iterable[Answer]) -> Answers:
    """Return what answers from a record, in its order."""
    known = tuple(answers)

    def answer(question: Question) -> Answer | None:
        found = matching(known, question)
        if found is None and question.ask in _PROMISED:
            raise ValueError(f"{question.kind}: {question.ask.name}")
        return found

    return answer


#: what a step cannot do without: the record of a sound ledger has it
_PROMISED = frozenset({Ask.FIXED, Ask.FREED, Ask.LATER, Ask.LEVEL})

_KINDS = {str(kind): kind for kind in ClockKind}


def read_dues(value: list[list[Any]]) -> tuple[Due, ...]:
    """Read recorded answers back from JSON."""
    return tuple([_read(*due) for due in value])


def read_promises(value: list[list[Any]]) -> tuple[Promise, ...]:
    """Read promises back from JSON."""
    return tuple(
        Promise(_KINDS[kind], from_text(started), from_text(due), workdays, provisional)
        for kind, started, due, workdays, provisional in value
    )


def read_held(value: list[list[Any]]) -> tuple[Held, ...]:
    """Read who held a report back from JSON."""
    return tuple(Held(unit, from_text(since)) for unit, since in value)


def read_passed_on(value: list[list[Any]]) -> tuple[PassedOn, ...]:
    """Read what reports gave their main case back from JSON."""
    return tuple(
        PassedOn(seq, from_text(since), read_promises(limits)) for seq, since, limits in value
    )


def _read(
    kind: str,
    due: str,
    workdays: int | None = None,
    clause: str | None = None,
    provisional: bool = False,  # noqa: FBT001, FBT002 - as it stands in the record
    started: str | None = None,
    was: str | None = None,
    of: int | None = None,
) -> Due:
    return Due(
        _KINDS[kind], from_text(due), workdays, clause, provisional,
        from_text(started) if started else None, from_text(was) if was else None, of,
    )  # fmt: skip

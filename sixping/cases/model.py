"""The case and its clocks; words of states, grades and platforms stand in ``policy.vocabulary``.

Pure: no clock, file, database or terminal. Values of the Chinese enums are what
people read and what JSON carries; names are what code says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.errors import UsageFault
from sixping.policy.vocabulary import ClockKind, Platform, Severity, Status

if TYPE_CHECKING:
    from datetime import date, datetime


class Promise(NamedTuple):
    """One limit as somebody may rely on it: ``due`` is ``workdays`` after ``started``.

    ``workdays`` None: a decision named the day (三.2).
    """

    kind: ClockKind
    started: datetime
    due: datetime
    workdays: int | None = None
    provisional: bool = False


class Held(NamedTuple):
    """Who held a report from an instant on, before it was merged; None: nobody by name."""

    unit: str | None
    since: datetime


class PassedOn(NamedTuple):
    """What a report gave the case it was merged into.

    ``seq`` is the entry by which the main case took it in; ``since``: from when the report
    counted; ``limits``: what it was promised.
    """

    seq: int
    since: datetime
    limits: tuple[Promise, ...] = ()


class Shared(NamedTuple):
    """One of the promises of which a clock runs to the earliest.

    ``number``: the report merged in that it is of, None for the case's own. ``upto``: somebody
    signed for this date while another promise ran, so it is not before that.
    """

    number: str | None
    promise: Promise
    upto: datetime | None = None

    @property
    def due(self) -> datetime:
        """Return the date it comes to."""
        return max(self.promise.due, self.upto or self.promise.due)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One limit a case runs against in one round; instants are Shanghai time.

    ``held_at``: it stands still since then; ``holds`` are the times it stood still before.
    ``dropped``: the case left this limit without meeting it; in time it gives no verdict.
    ``unknown``: nobody wrote down how it ended. ``shared`` are its own promise and those of the
    reports merged in, the earliest of which runs; empty: its own alone. ``born_late``: it was
    past due when it began (定级更正), when it was taken from one of them, or by a receipt that
    was amended. ``extended``: somebody signed for its date.
    """

    kind: ClockKind
    round: int
    started: datetime | None
    due: datetime | None
    stopped: datetime | None = None
    held_at: datetime | None = None
    holds: tuple[tuple[datetime, datetime], ...] = ()
    dropped: bool = False
    unknown: bool = False
    born_late: bool = False
    extended: bool = False
    workdays: int | None = None
    clause: str | None = None
    provisional: bool = False
    profile: str | None = None
    edition: str | None = None
    calendar: str | None = None
    shared: tuple[Shared, ...] = ()

    @property
    def running(self) -> bool:
        """Return whether the clock has not stopped; one whose end is not known does not run."""
        return self.stopped is None and not self.unknown and self.due is not None

    @property
    def counting(self) -> bool:
        """Return whether the clock runs and is not suspended."""
        return self.running and self.held_at is None

    def late(self, now: datetime) -> bool | None:
        """Return the verdict at ``now``; None where the end is not known, or while suspended."""
        if self.unknown or self.due is None or self.held_at is not None:
            return None
        return is_late(self.due, now, self.stopped)

    @property
    def missed(self) -> bool:
        """Return whether it ended after its due date: a breach that stays."""
        return self.stopped is not None and self.missed_by(self.stopped)

    def missed_by(self, instant: datetime) -> bool:
        """Return whether it ended late, or is late by an instant."""
        return bool(self.late(instant))

    def due_before(self, instant: datetime) -> bool:
        """Return whether the clock counts and falls due before an instant.

        Before now it is late; before the end of the days that supervisors look ahead (and not
        late yet) it is due soon.
        """
        return self.counting and self.due is not None and self.due < instant


class Report(NamedTuple):
    """One reporter's claim to an answer: the case's own, or that of a repeat merged in.

    ``answered`` None: a record of the past, of which nobody wrote down whether he was told.
    ``since`` and ``limits``: from when a repeat counted, and what it was promised;
    ``about_unit`` or ``about_person``: whom it is about, so who stays out of the case (回避).
    """

    number: str
    reachable: bool
    answered: bool | None = False
    since: datetime | None = None
    limits: tuple[Promise, ...] = ()
    about_unit: str | None = None
    about_person: str | None = None

    @property
    def waits(self) -> bool:
        """Return whether this reporter can be told the result and is known not to have been."""
        return self.reachable and self.answered is False


class Urge(NamedTuple):
    """A demand of the supervisors (五.3); ``answer_by`` None: no date was set."""

    level: str
    at: datetime
    answer_by: date | None = None
    answered_at: datetime | None = None


class Part(NamedTuple):
    """What one unit has to do in a case (四.1), by the close of ``due`` if a day was set."""

    unit: str
    set_at: datetime
    due: date | None = None
    done_at: datetime | None = None


class Owed(NamedTuple):
    """Something owed on a case beside its limits, until a step answers it.

    ``n``: its place among those of its ``kind`` on the case, from 1; ``unit``: who owes it, None:
    the room; ``due``: by the close of which day, None: nobody set one.
    """

    kind: str
    n: int
    since: datetime
    unit: str | None = None
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case as the fold of its events: no free text, which lies beside the chain."""

    number: str
    version: int
    status: Status
    channel: str
    received_at: datetime
    recorded_at: datetime
    severity: Severity
    platform: Platform | None
    category: str | None
    unsure: bool
    community: str | None = None
    grid: str | None = None
    anonymous: bool = False
    imported: bool = False
    lead: str | None = None
    assist: tuple[str, ...] = ()
    coordinator: str | None = None
    confirmed: bool = True  # somebody of the office found the grade; else it is suggested
    emergency: bool = False  # it may be a 突发事件, and nobody has reported it as one yet
    words_seq: int | None = None  # the entry that last amended words; None: those of the intake
    about_unit: str | None = None  # the unit it is about (被反映对象)
    about_person: str | None = None
    source_due: datetime | None = None  # by when its source wants the result: no limit of ours
    nature: str | None = None  # what it wants (性质), where somebody stated it
    service: str | None = None  # the item of the service windows it asks for (附2.4)
    round: int = 1
    round_at: datetime
    since: datetime  # from when the limits of its round count, repeats aside
    clocks: tuple[Clock, ...] = ()
    accepted_at: datetime | None = None
    assigned_at: datetime | None = None
    signed_at: datetime | None = None
    returned_at: datetime | None = None
    returns: int = 0
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    fed_back: bool | None = False  # None: nobody wrote down whether its reporter was told
    satisfaction: int | None = None
    verified: bool | None = None
    consulted_at: datetime | None = None
    decided_at: datetime | None = None
    referred_at: datetime | None = None
    outcome_kind: str | None = None  # what the result came to; None: nobody said
    to_platform: bool = False  # the district's platform was among the addressees (五.1b)
    received: bool = False  # the district gave a receipt or an answer in this round
    merged_into: str | None = None
    merged_from: Status | None = None  # where it stood before, to be given back
    others: tuple[Report, ...] = ()  # repeat reports merged in
    urges: tuple[Urge, ...] = ()
    parts: tuple[Part, ...] = ()
    person: str | None = None  # the id of who answers for it (经办人, 附2.1)
    owed: tuple[Owed, ...] = ()

    @property
    def open(self) -> bool:
        """Return whether somebody still has to handle the case."""
        return self.status.open

    @property
    def counts_from(self) -> datetime:
        """Return from when its limits count: the earliest of all that were merged into it."""
        return min([self.since, *(r.since for r in self.others if r.since)])

    @property
    def check_failed(self) -> bool:
        """Return whether the last check withdrew the result, and nobody took the case up again."""
        return self.verified is False

    @property
    def owes_feedback(self) -> bool:
        """Return whether a reporter still waits for the result, or for one that holds (三.1).

        After closing, one who was anonymous then, or of whom a file says that he was not told.
        """
        waits = any(report.waits for report in self.reports)
        if self.status is Status.RESOLVED:
            return waits or self.check_failed
        return waits and self.status is Status.CLOSED

    @property
    def reports(self) -> tuple[Report, ...]:
        """Return every report this case answers for, its own first."""
        own = Report(
            self.number, not self.anonymous, self.fed_back,
            about_unit=self.about_unit, about_person=self.about_person,
        )  # fmt: skip
        return (own, *self.others)

    @property
    def names_somebody(self) -> bool:
        """Return whether a report is about a unit or person of the street, who stays out (回避)."""
        return any(report.about_unit or report.about_person for report in self.reports)

    @property
    def unanswered(self) -> tuple[Urge, ...]:
        """Return the demands nobody answered yet, oldest first."""
        return tuple(urge for urge in self.urges if urge.answered_at is None)

    @property
    def suspended(self) -> Clock | None:
        """Return the clock that stands still, if one does."""
        return next((c for c in self.clocks if c.held_at and c.running), None)

    @property
    def first_answer(self) -> datetime | None:
        """Return the earliest instant known at which somebody did something about it."""
        instants = (
            self.accepted_at, self.assigned_at, self.signed_at, self.returned_at, self.consulted_at,
            self.decided_at, self.referred_at, self.resolved_at, self.ended_at,
            self.round_at if self.round > 1 else None,
            *(clock.stopped for clock in self.clocks), *(urge.at for urge in self.urges),
        )  # fmt: skip
        return min(filter(None, instants), default=None)

    def running(self, kind: ClockKind) -> Clock | None:
        """Return the running clock of a kind, if one runs."""
        return next((c for c in self.clocks if c.kind is kind and c.running), None)


_NUMBER = re.compile(r"\d{4}-\d{6,9}")


def full_number(text: str, year: int) -> str:
    """Complete ``123`` to this year's number; anything else that is none is a usage fault."""
    of_year, dash, serial = text.strip().rpartition("-")
    full = f"{of_year if dash else year}-{serial:0>6}"
    if not (full.isascii() and serial and _NUMBER.fullmatch(full)):
        raise UsageFault(f"这不是编号: {text}", "编号形如 2026-000123, 本年的可只写 123。")
    return full

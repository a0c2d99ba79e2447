"""Every way out of a running limit (三.2, 五.1): found by the clocks before and after each entry.

Pure, over the entries of one case in the order of ``seq``. A way out is a promise that ran and
is gone without having been met or missed; which entry did it is not asked, only what to call it.
Instants are Shanghai time. The same promise by another calendar is the same promise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import LOOKING_BACK, evolve, fold
from sixping.cases.steps.repeats import Released
from sixping.cases.steps.timing import Extended
from sixping.policy.vocabulary import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.step import CaseEntry

OTHER, REDECIDED, UNDONE = "other", "redecided", "overdue_undone"
#: kind of a way out → what people read; the order is that of the clause
WAYS: Mapping[str, str] = {
    "regraded": "调级",
    "merged": "并件",
    "declined": "不予受理等",
    "suspended": "中止",
    "referred": "上报",
    "voided": "撤销",
    "amended": "改收件时间",
    REDECIDED: "改定期限",
    OTHER: "其他",
}
#: no way out: the due date had passed already, and the breach was taken back
UNDONE_WORD = "超期记录取消"
#: kind of an entry → kind of a way out; what a newer step does has its own label
_BY_ENTRY = {
    "regraded": "regraded", "accepted": "regraded", "decided": "regraded",
    "merged": "merged", "suspended": "suspended",
    "declined": "declined", "transferred": "declined", "guided": "declined",
    "sent_back": "declined",
    "referred": "referred", "voided": "voided", "withdrawn": "voided",
    "amended": "amended", "unmerged": "amended", "released": "amended", "relimited": "amended",
}  # fmt: skip


class Turn(NamedTuple):
    """One entry, and the case as it stood before and after it was recorded."""

    entry: CaseEntry
    before: Case
    after: Case

    @property
    def at(self) -> datetime:
        """Return when it took effect: a void, or a correction, when it was recorded."""
        entry = self.entry
        return entry.recorded_at if isinstance(entry.event, LOOKING_BACK) else entry.at


class WayOut(NamedTuple):
    """A promise that was left: by what, and the clock as it ran.

    ``late``: its due date had passed, and the breach went with it. ``back``: the entry by
    which it runs again, under its former date or an earlier one; its verdict is then its own.
    """

    kind: str
    clock: Clock
    turn: Turn
    late: bool = False
    back: int | None = None

    @property
    def seq(self) -> int:
        """Return the entry that did it."""
        return self.turn.entry.seq

    @property
    def word(self) -> str:
        """Return what people call it; what was not taken on by its own label."""
        own = self.turn.entry.event.label  # of a family of steps, and of a newer one
        words = {**WAYS, UNDONE: UNDONE_WORD, OTHER: own, "declined": own}
        return words[self.kind]

    @property
    def ended(self) -> bool:
        """Return whether the case itself ended by it: it was never to be handled."""
        status = self.turn.after.status
        return not status.open and status is not Status.MERGED


def turns(number: str, entries: Sequence[CaseEntry]) -> Iterator[Turn]:
    """Yield every entry of a log but the first, with the case as it stood then.

    What looks back (a void, a correction) changes how the entries before it are read.
    """
    case: Case | None = None
    for place, entry in enumerate(entries):
        before = case
        if before and isinstance(entry.event, LOOKING_BACK):
            case = fold(number, entries[: place + 1])
        else:
            case = evolve(before, entry, number)
        if before:
            yield Turn(entry, before, case)


def ways_out(path: Sequence[Turn]) -> list[WayOut]:
    """Return every way out of a limit in a case, oldest first; late ones included."""
    found = [way for turn in path for way in _left(turn)]
    return [way._replace(back=_back(way, path)) for way in found]


def _left(turn: Turn) -> Iterator[WayOut]:
    if turn.before.clocks == turn.after.clocks:
        return
    for clock in turn.before.clocks:
        if clock.missed or (clock.running and clock.late(turn.at)):
            if not _still_missed(clock, turn):
                yield WayOut(UNDONE, clock, turn, late=True)
        elif clock.running and not (_runs_on(clock, turn.after) or _ended(clock, turn)):
            yield WayOut(_kind(clock, turn), clock, turn)


def _still_missed(clock: Clock, turn: Turn) -> bool:
    """Return whether a breach stays, under whatever round; what stands still has no verdict."""
    return any(
        is_same(clock, c) and (c.missed or (c.running and c.late(turn.at)))
        for c in turn.after.clocks
    )


def is_same(clock: Clock, other: Clock) -> bool:
    """Return whether two clocks are of one promise: to one date, or of as many days from one start.

    The date of the latter differs by the calendar only.
    """
    if clock.kind is not other.kind:
        return False
    counted = clock.workdays is not None and clock.started is not None
    alike = (clock.started, clock.workdays) == (other.started, other.workdays)
    return clock.due == other.due or (counted and alike)


def _runs_on(clock: Clock, case: Case) -> bool:
    """Return whether a promise runs on: to the same date, an earlier one, or again after a hold."""
    now = case.running(clock.kind)
    if now is None:
        return False
    if clock.held_at is not None:
        return now.held_at is None or is_as_strict(clock, now)
    return now.held_at is None and is_as_strict(clock, now)


def is_as_strict(clock: Clock, other: Clock) -> bool:
    """Return whether another clock of the kind keeps the promise of this one."""
    if clock.due is None or other.due is None:
        return False
    return is_same(clock, other) or other.due <= clock.due


def _ended(clock: Clock, turn: Turn) -> bool:
    """Return whether a promise was met, or moved by an extension: a family of its own."""
    now = _row(clock, turn.after)
    if now is None:
        return False
    if now.unknown:
        return True  # a file says that it was done, and not when: that is counted as left out
    return _has_verdict(now) or (now.running and isinstance(turn.entry.event, Extended))


def _row(clock: Clock, case: Case) -> Clock | None:
    key = (clock.kind, clock.round)
    return next((c for c in case.clocks if (c.kind, c.round) == key), None)


def _has_verdict(clock: Clock) -> bool:
    return clock.missed or (clock.stopped is not None and not clock.dropped)


def _kind(clock: Clock, turn: Turn) -> str:
    """Return what to call a way out, by the kind of its entry."""
    kind = turn.entry.event.kind
    if kind == "decided" and turn.after.running(clock.kind):
        return REDECIDED
    return _BY_ENTRY.get(kind, OTHER)


def _back(way: WayOut, path: Sequence[Turn]) -> int | None:
    """Return the first later entry after which the promise has a verdict of its own again.

    It runs as strictly as before, or what stood still was met or missed by its former date.
    """
    if _given_back(way):
        return way.seq
    later = (turn for turn in path if turn.entry.seq > way.seq)
    return next((turn.entry.seq for turn in later if _is_back(way, turn)), None)


def _given_back(way: WayOut) -> bool:
    """Return whether the promise is that of a report that left: it runs on in the report's case."""
    event = way.turn.entry.event
    if not isinstance(event, Released):
        return False
    gone = next((r for r in way.turn.before.others if r.number == event.number), None)
    return gone is not None and gone.since is not None and gone.since == way.clock.started


def _is_back(way: WayOut, turn: Turn) -> bool:
    clock = way.clock
    if way.late and _still_missed(clock, turn):
        return True
    own = _row(clock, turn.after)
    return any(
        is_as_strict(clock, now) and (now.counting or (now is own and _has_verdict(now)))
        for now in turn.after.clocks
        if now.kind is clock.kind
    )

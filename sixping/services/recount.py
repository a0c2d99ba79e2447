"""Recounting promises by the calendar in force: what moves, what is kept, and why.

A promise is recounted from its own start with its own number of working days, by the
edition in force at receipt; a date set by a decision has no number and is never touched,
nor is a clock that has stopped. Nothing is written here: ``services/reschedule`` does.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import not_into_the_past
from sixping.queries.clocks import counted_clocks
from sixping.util.clock import from_text, to_text
from sixping.workdays import CIVIL_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.cases.rules import Rules
    from sixping.queries.clocks import CountedClock
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: where no document of the ledger touches the days counted: the program's own data changed
DATA = "日历数据更新"
#: rules were adopted by which periods end at another hour, or count from another day
HOURS = "办公时间或计期方式改变"


class Move(NamedTuple):
    """One promise under the calendar in force; instants are Shanghai time.

    ``due`` is what holds from now on; ``kept`` tells that the recount lay in the past and
    the earlier promise was kept. ``received`` is the ledger's text of the case's receipt.
    """

    number: str
    kind: str
    round: int
    old: datetime
    due: datetime
    was_provisional: bool
    provisional: bool
    kept: bool
    why: str
    received: str

    @property
    def changes(self) -> bool:
        """Tell whether there is anything to record."""
        return self.old != self.due or self.was_provisional != self.provisional


class _Recount:
    """Recounts promises; the same few starts and numbers fill a ledger."""

    def __init__(self, rulebooks: Rulebooks, now: datetime) -> None:
        """Count with these rulebooks; nothing is moved before ``now``."""
        self.rulebooks, self.now = rulebooks, now
        self._rules: dict[str, Rules] = {}
        self._dues: dict[tuple[str, int, str], tuple[datetime, bool]] = {}

    def move(self, row: CountedClock) -> Move:
        """Return what becomes of one promise."""
        number, kind, round_, started, due, workdays, was, from_seq, received = row
        dated = fresh, _ = self._due(started, workdays, received[:10])
        old, calendar = from_text(due), self._rules[received[:10]].calendar
        holds, provisional = not_into_the_past(
            old,
            dated,
            self.now,
            lambda kept: calendar.provisional(from_text(started).date(), kept.date()),
        )
        kept = holds != fresh
        why = ""
        if fresh != old or bool(was) != provisional:
            why = self._why(from_text(started).date(), max(fresh, old).date(), from_seq)
        if kept:
            why = f"重算为 {fresh.date()}, 已经过去, 原期限不变 ({why})"
        return Move(
            number, kind, round_, old, holds, bool(was), provisional, kept, why,
            received,
        )  # fmt: skip

    def _due(self, started: str, workdays: int, received: str) -> tuple[datetime, bool]:
        rules = self._rules.get(received)
        if rules is None:
            rules = self._rules[received] = self.rulebooks.rules(date.fromisoformat(received))
        # By the civil code the hour of the start says nothing.
        hourly = rules.edition.counting.profile != CIVIL_CODE
        key = (started if hourly else started[:10], workdays, received)
        known = self._dues.get(key)
        if known is None:
            since = from_text(started)
            due = rules.due(since, workdays)
            known = self._dues[key] = due, rules.calendar.provisional(since.date(), due.date())
        return known

    def _why(self, since: date, until: date, from_seq: int) -> str:
        """Name the documents that came after the promise and speak of its days."""
        touching = {
            seq: getattr(layer, "document", "") or layer.source
            for seq, layer in self.rulebooks.known.layers
            if any(since < day.date <= until for day in layer.days)
            or since.year <= getattr(layer, "year", 0) <= until.year
        }
        before = max(from_seq, self.rulebooks.known.applied_seq)
        if self.rulebooks.counting_seq > before:
            return f"{HOURS} (台账第 {self.rulebooks.counting_seq} 号)"
        later = [name for seq, name in touching.items() if seq > before]
        return "、".join(dict.fromkeys(later or touching.values())) or DATA


def moves(rows: Iterable[CountedClock], rulebooks: Rulebooks, now: datetime) -> Iterator[Move]:
    """Yield the promises that move, lose their mark, or are kept against a recount."""
    recount = _Recount(rulebooks, now)
    for row in rows:
        move = recount.move(row)
        if move.changes or move.kept:
            yield move


def outdated_promises(con: Connection, rulebooks: Rulebooks) -> list[CountedClock]:
    """Return the promises that were counted with another calendar."""
    calendar, counted = rulebooks.calendar, rulebooks.counting_seq
    if counted <= rulebooks.known.applied_seq:
        counted = 0  # `calendar apply` came after
    settled = rulebooks.known.settled(calendar)
    return counted_clocks(con, calendar.fingerprint[:16], settled, counted)


def promises_to_recount(con: Connection, rulebooks: Rulebooks, now: datetime) -> int:
    """Return how many open cases have a promise that ``calendar apply`` would change.

    Cheap while all were counted with the calendar in force: one query finds none.
    """
    rows = outdated_promises(con, rulebooks)
    return len({move.number for move in moves(rows, rulebooks, now)})


def move_json(move: Move) -> dict[str, object]:
    """Return one line of ``calendar apply --json``."""
    return {
        "number": move.number,
        "clock": move.kind,
        "round": move.round,
        "old": to_text(move.old),
        "new": to_text(move.due),
        "old_provisional": move.was_provisional,
        "provisional": move.provisional,
        "stands": move.kept,
        "why": move.why,
    }

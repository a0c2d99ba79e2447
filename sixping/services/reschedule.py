"""Bringing running clocks in line with the calendar: what moves, what stands, and why.

Pure but for the connection the rows come from. A promise is recounted from its own start
with its own number of working days, by the edition in force at receipt; a date set by a
decision has no number and is never touched, nor is a clock that has stopped.
"""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.model import ClockStep, Op
from sixping.policy.vocabulary import ClockKind
from sixping.util.clock import from_text, to_text
from sixping.workdays import CIVIL_CODE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.cases.rules import Rules
    from sixping.console.context import Context
    from sixping.queries.calendar import CountedClock
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.bulk import BulkStep
    from sixping.store.sqlite import Connection

#: where no document of the ledger touches the days counted: the program's own data changed
DATA = "日历数据更新"


class Move(NamedTuple):
    """One promise under the new calendar; instants are Shanghai time.

    ``due`` is what holds from now on; ``stands`` tells that the recount lay in the past
    and the earlier promise was kept.
    """

    number: str
    kind: str
    round: int
    old: datetime
    due: datetime
    was_provisional: bool
    provisional: bool
    stands: bool
    why: str
    received: str

    @property
    def changes(self) -> bool:
        """Tell whether there is anything to record."""
        return self.old != self.due or self.was_provisional != self.provisional


class _Recount:
    """Recounts promises; the same few starts and numbers fill a ledger."""

    def __init__(self, rulebooks: Rulebooks, now: datetime) -> None:
        """Count with these books; nothing is moved before ``now``."""
        self.rulebooks, self.now = rulebooks, now
        self._rules: dict[str, Rules] = {}
        self._found: dict[tuple[str, int, str], tuple[datetime, bool]] = {}

    def move(self, row: CountedClock) -> Move:
        """Return what becomes of one promise."""
        number, kind, round_, started, due, workdays, was, from_seq, received = row
        fresh, provisional = self._due(started, workdays, received[:10])
        old = from_text(due)
        stands = fresh != old and fresh < self.now
        why = ""
        if fresh != old or bool(was) != provisional:
            why = self._why(from_text(started).date(), max(fresh, old).date(), from_seq)
        return Move(
            number, kind, round_, old, old if stands else fresh, bool(was), provisional,
            stands, _stood(fresh, why) if stands else why, received,
        )  # fmt: skip

    def _due(self, started: str, workdays: int, received: str) -> tuple[datetime, bool]:
        rules = self._rules.get(received)
        if rules is None:
            rules = self._rules[received] = self.rulebooks.rules(date.fromisoformat(received))
        # By the civil code the hour of the start says nothing.
        hourly = rules.edition.counting.profile != CIVIL_CODE
        key = (started if hourly else started[:10], workdays, received)
        found = self._found.get(key)
        if found is None:
            since = from_text(started)
            due = rules.due(since, workdays)
            found = due, rules.calendar.provisional(since.date(), due.date())
            self._found[key] = found
        return found

    def _why(self, since: date, until: date, from_seq: int) -> str:
        """Name the documents that came after the promise and speak of its days."""
        touching = {
            seq: name
            for seq, layer in self.rulebooks.known.layers
            if any(since < day.date <= until for day in layer.days)
            or since.year <= getattr(layer, "year", 0) <= until.year
            for name in (getattr(layer, "document", "") or layer.source,)
        }
        before = max(from_seq, self.rulebooks.known.applied_seq)
        later = [name for seq, name in touching.items() if seq > before]
        names = dict.fromkeys(later or touching.values())
        return "、".join(names) or DATA


def _stood(fresh: datetime, why: str) -> str:
    return f"重算为 {fresh.date()}, 已经过去, 原期限不变 ({why})"


def moves(rows: Iterable[CountedClock], rulebooks: Rulebooks, now: datetime) -> Iterator[Move]:
    """Yield the promises that move, lose their mark, or stand against a recount."""
    recount = _Recount(rulebooks, now)
    for row in rows:
        move = recount.move(row)
        if move.changes or move.stands:
            yield move


def outdated_promises(con: Connection, rulebooks: Rulebooks) -> list[CountedClock]:
    """Return the promises that were counted with another calendar."""
    from sixping.queries.calendar import counted_clocks

    calendar = rulebooks.calendar
    return counted_clocks(con, calendar.fingerprint[:16], rulebooks.known.settled(calendar))


def count_to_recount(context: Context, rulebooks: Rulebooks) -> int:
    """Return how many cases have a promise that the calendar in force would change."""
    from sixping.queries import cases

    if not context.ledger.exists():
        return 0
    with cases.reading(context.ledger) as con:
        return promises_to_recount(con, rulebooks, context.now)


def steps(found: Iterable[Move], rulebooks: Rulebooks, now: datetime) -> Iterator[BulkStep]:
    """Yield one event a case for those promises that change."""
    from sixping.cases.steps import Rescheduled
    from sixping.store.bulk import BulkStep

    for number, group in groupby(found, lambda move: move.number):
        changing = [move for move in group if move.changes]
        if not changing:
            continue
        received = from_text(changing[0].received)
        event = Rescheduled(
            why="; ".join(dict.fromkeys(move.why for move in changing)),
            steps=tuple(
                ClockStep(
                    op=Op.MOVE,
                    kind=ClockKind(m.kind),
                    due=m.due,
                    was=m.old,
                    provisional=m.provisional,
                )
                for m in changing
            ),
            terms=rulebooks.rules(received.date()).terms,
        )
        yield BulkStep(event, max(now, received), number)


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
        "stands": move.stands,
        "why": move.why,
    }


def promises_to_recount(con: Connection, rulebooks: Rulebooks, now: datetime) -> int:
    """Return how many open cases have a promise that ``calendar apply`` would change.

    Cheap while all were counted with the calendar in force: one query finds none.
    """
    rows = outdated_promises(con, rulebooks)
    return len({move.number for move in moves(rows, rulebooks, now)})

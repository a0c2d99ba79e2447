"""A fair roster for a month (一.2): equal turns, nobody twice in a row where it can be avoided.

Pure. A beam search over the days: what counts is, in this order, days on which the rule
cannot be met, turns in a row, evenness of the turns, licences not spent two on a day.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

_WIDTH = 24
_POOL = 8

Cost = tuple[int, int, int, int]


class Open(NamedTuple):
    """A day to fill: who may come (id → licence valid that day), or who is set already."""

    day: date
    people: Mapping[str, bool]
    fixed: tuple[str, ...] | None = None


class Turn(NamedTuple):
    """A day of the draft: who comes, and how many staff and licences are missing."""

    day: date
    people: tuple[str, ...]
    short: int
    unlicensed: int
    fixed: bool = False


class _State(NamedTuple):
    cost: Cost
    last: frozenset[str]
    counts: Mapping[str, int]
    turns: tuple[Turn, ...]


def draft(
    days: Sequence[Open], staff: int, licensed: int, before: frozenset[str] = frozenset()
) -> list[Turn]:
    """Return a turn for each day; ``before``: who was on duty on the working day before.

    A day on which the rule cannot be met gets who there is and says what is missing.
    """
    states = [_State((0, 0, 0, 0), before, {}, ())]
    for day in days:
        following: dict[tuple[frozenset[str], tuple[tuple[str, int], ...]], _State] = {}
        for state in states:
            for after in _next(state, day, staff, licensed):
                key = (after.last, tuple(sorted(after.counts.items())))
                if key not in following or after.cost < following[key].cost:
                    following[key] = after
        states = sorted(following.values(), key=lambda after: (after.cost, after.turns))[:_WIDTH]
    return list(states[0].turns)


def _next(state: _State, day: Open, staff: int, licensed: int) -> Iterator[_State]:
    for people in _choices(state, day, staff):
        holders = sum(day.people.get(who, False) for who in people)
        short, unlicensed = max(staff - len(people), 0), max(licensed - holders, 0)
        counts = dict(state.counts)
        uneven = 0
        for who in people:
            done = counts.get(who, 0)
            uneven += 2 * done + 1  # the sum of the squares grows by this
            counts[who] = done + 1
        own = (
            short + unlicensed,
            sum(who in state.last for who in people),
            uneven,
            max(holders - licensed, 0),
        )
        cost: Cost = tuple(map(sum, zip(state.cost, own, strict=True)))  # type: ignore[assignment]
        turn = Turn(day.day, people, short, unlicensed, day.fixed is not None)
        yield _State(cost, frozenset(people), counts, (*state.turns, turn))


def _choices(state: _State, day: Open, staff: int) -> Iterator[tuple[str, ...]]:
    """Yield who might come: of those whose turn it is, licensed ones always among them."""
    if day.fixed is not None:
        yield day.fixed
        return

    def turn(who: str) -> tuple[bool, int, int, str]:
        return who in state.last, state.counts.get(who, 0), len(who), who

    order = sorted(day.people, key=turn)
    pool = dict.fromkeys([*order[:_POOL], *[who for who in order if day.people[who]][:_POOL]])
    yield from combinations(pool, min(staff, len(pool)))

"""Random voids against the remaining steps taken anew: ``python -m tests.kit.voids 2000``."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.book import promises
from sixping.cases.lifecycle import effective, fold
from sixping.errors import NotAllowed, SixpingError
from sixping.services.correcting.voiding import steps_of_void
from tests.kit import events as ev
from tests.kit.lives import NUMBERS, Invented, Street, Turn
from tests.kit.storykit import shipped, taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.model import Case

#: an extension whose base is gone refuses the void: somebody signed for that date
SIGNED = "它是从被撤销的期限起算的"
#: what was said anew of a merged report concerns its main case: unmerged first
SHARED = "牵连那一件"
#: what is no matter of the rules: what a program writes beside
_ASIDE = ("version", "clocks", "words_seq")


class Tried(NamedTuple):
    """What became of one void: as taken anew, refused as taking anew is, refused as signed for."""

    outcome: str
    where: str


def lived(seed: int) -> Street:
    """Return a street of three cases after a random life."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    street = Street()
    for _ in range(rng.randrange(10, 60)):
        turn = Turn(
            case=rng.randrange(3) if rng.random() < 0.4 else 0,
            step=rng.randrange(200),
            minutes=rng.choice((0, 1, 60, 400, 1440, 1440, 4000, 9000)),
            option=rng.randrange(41),
        )
        with suppress(SixpingError):
            street.turn(turn)
    return street


def voids(seed: int) -> Iterator[Tried]:
    """Try to void every step of a random life; what differs from taking anew raises."""
    street = lived(seed)
    for number in NUMBERS:
        log = street.logs[number]
        for entry in effective(log)[1:]:
            if not (entry.event.paired or entry.event.final):
                where = f"seed {seed}, {number}, step {entry.seq} ({entry.event.kind})"
                yield Tried(_tried(street, number, entry.seq, where), where)


def _tried(street: Street, number: str, seq: int, where: str) -> str:
    try:
        expected = _anew(street, seq)
    except NotAllowed:
        expected = None
    lived_on: Street | None = deepcopy(street)
    assert lived_on
    void, case = ev.Voided(seq=seq), street.cases[number]
    logs, other = street.logs.__getitem__, street.cases.__getitem__
    try:
        lived_on.take(steps_of_void(Invented(case, street.now, other, logs), void))
    except NotAllowed as refusal:
        why = refusal.what
        lived_on = None
    if lived_on is None:
        assert expected is None or SIGNED in why or SHARED in why, f"{where}: {why}"
        return "signed" if expected is not None and SIGNED in why else "refused"
    assert expected is not None, f"{where}: voided, though the rest could not be taken"
    for name, after in lived_on.cases.items():
        assert _plain(after) == _plain(expected[name]), f"{where}, {name}"
        assert fold(name, lived_on.logs[name]) == after, where
    return "same"


def _anew(street: Street, without: int) -> dict[str, Case]:
    """Take the steps that remain, of all cases, as if they were taken for the first time."""
    cases: dict[str, Case] = {}
    again: dict[str, list[ev.CaseEntry]] = {number: [] for number in NUMBERS}
    gave: dict[str, dict[str, Any]] = {}
    rest = [(entry, number) for number in NUMBERS for entry in effective(street.logs[number])]
    for entry, number in sorted(rest, key=lambda each: each[0].seq):
        event, case = entry.event, cases.get(number)
        if entry.seq == without:
            continue
        if isinstance(event, ev.Merged) and case:
            gave[number] = {"since": case.counts_from, "limits": promises(case)}
        if isinstance(event, ev.Absorbed):
            event = replace(event, **gave[event.number])
        bare = replace(entry, event=replace(event, dues=(), terms=None))
        cases[number], bare = taken(case, again[number], bare, number, shipped())
        again[number].append(bare)
    return cases


def _plain(case: Case) -> tuple[dict[str, Any], list[Any]]:
    values = {name: value for name, value in vars(case).items() if name not in _ASIDE}
    bare = [replace(c, profile=None, edition=None, calendar=None) for c in case.clocks]
    return values, bare


def main(count: int, seed: int = 0) -> None:
    """Try so many voids and print what became of them."""
    outcomes: dict[str, int] = {}
    while sum(outcomes.values()) < count:
        for tried in voids(seed):
            outcomes[tried.outcome] = outcomes.get(tried.outcome, 0) + 1
        seed += 1
    print(sum(outcomes.values()), "voids, 0 differences:", outcomes)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""Random voids against the remaining steps taken anew: ``python -m tests.kit.voids 2000``."""

from __future__ import annotations

import random
import sys
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lifecycle import effective, fold
from sixping.errors import NotAllowed, SixpingError
from tests.kit import events as ev
from tests.kit.lives import NUMBERS, Street, Turn
from tests.kit.storykit import shipped, taken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.model import Case

#: an extension whose base is gone refuses the void: somebody signed for that date
SIGNED = "它是从被撤销的期限起算的"
#: what is no matter of the rules: what a program writes beside
_ASIDE = ("version", "clocks")


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
            if not entry.event.paired:
                where = f"seed {seed}, {number}, step {entry.seq} ({entry.event.kind})"
                yield Tried(_tried(street, number, entry.seq, where), where)


def _tried(street: Street, number: str, seq: int, where: str) -> str:
    log = street.logs[number]
    try:
        expected = _anew(number, log, seq)
    except NotAllowed:
        expected = None
    void = ev.CaseEntry(seq=10**6, at=street.now, recorded_at=street.now, event=ev.Voided(seq=seq))
    after: Case | None
    try:
        after, void = taken(street.cases[number], log, void, number, shipped())
    except NotAllowed as refusal:
        why = refusal.what
        after = None
    if after is None:
        assert expected is None or SIGNED in why, f"{where}: {why}"
        return "refused" if expected is None else "signed"
    assert expected is not None, f"{where}: voided, though the rest could not be taken"
    assert _plain(after) == _plain(expected), where
    assert fold(number, [*log, void]) == after, where
    return "same"


def _anew(number: str, log: list[ev.CaseEntry], without: int) -> Case:
    """Take the steps that remain as if they were taken for the first time."""
    case: Case | None = None
    again: list[ev.CaseEntry] = []
    for entry in effective(log):
        if entry.seq != without:
            bare = replace(entry, event=replace(entry.event, dues=(), terms=None))
            case, bare = taken(case, again, bare, number, shipped())
            again.append(bare)
    assert case
    return case


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

"""Play one history on both, find the first difference, and shorten the history that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.oracle.assessment import assess
from tests.oracle.compare import assessed, differences, figures, items, lapse_items
from tests.oracle.desk import Desk
from tests.oracle.figures import month, overdue, report
from tests.oracle.lapses import lapses
from tests.oracle.model import Refused
from tests.oracle.play import Playwright
from tests.oracle.street import Move, Street


@dataclass
class Difference:
    """The first thing the two disagree about, with the command lines that lead there."""

    seed: int
    moves: list[Move]
    lines: list[str]
    what: list[str]

    def __str__(self) -> str:
        return "\n".join(
            [f"seed {self.seed}", *self.lines, *("  != " + line for line in self.what)]
        )


def trial(moves: list[Move]) -> Difference | None:
    with TemporaryDirectory() as folder:
        desk, street = Desk(Path(folder)), Street()
        desk.begin(moves[0].now)
        for done, move in enumerate(moves, 1):
            what = step(move, desk, street)
            if what:
                return Difference(0, moves[:done], desk.lines, what)
    return None


def step(move: Move, desk: Desk, street: Street) -> list[str]:
    if move.kind == "look":
        return look(move, desk, street)
    if missing(move, street):
        return []
    try:
        street.do(move)
        refused = ""
    except Refused as why:
        refused = str(why) or "refused"
    desk.numbers = street.numbers
    code, shown, said = desk.do(move)
    if code not in {0, 1, 2} or (code == 0) == bool(refused):
        heard = said.strip().splitlines()[:1]
        return [f"{move.kind}: model {refused or 'allows'}, program exits {code} {heard}"]
    if shown is None or code:
        return []
    key = move.id if move.kind == "intake" else move.case
    assert key is not None
    return differences(street.cases[key], shown, move.now)


def missing(move: Move, street: Street) -> bool:
    """Is a case or a step it speaks of gone from a shortened history?"""
    if move.kind == "intake" or move.case is None:
        return False
    if move.case not in street.cases or move.args.get("into", move.case) not in street.cases:
        return True
    steps = {step.id for step in street.logs[move.case]}
    return move.kind == "void" and move.args["step"] not in steps


def look(move: Move, desk: Desk, street: Street) -> list[str]:
    """Hold every case, the list of what is late, and one month's papers against the model."""
    now = move.now
    found: list[str] = []
    shown = {case["number"]: case for case in desk.see(now, "list", "--all")}
    found += sets("numbers", street.numbers.values(), list(shown))
    for case in street.cases.values():
        if case.number in shown:
            told = differences(case, shown[case.number], now)
            found += [f"{case.number}: {line}" for line in told]
    found += sets("overdue", overdue(street, now), items(desk.see(now, "overdue")))
    first, last = month(now, move.args.get("back", 0))
    return found + papers(first, last, now, desk, street)


def papers(first: date, last: date, now: datetime, desk: Desk, street: Street) -> list[str]:
    name = f"{first:%Y-%m}"
    shown = desk.see(now, "report", "--month", name)
    found = figures(f"report {name}", report(street, first, last, now), shown)
    span = ("--from", str(first), "--to", str(min(last, now.date())))
    listed = lapse_items(desk.see(now, "lapses", *span))
    found += sets(f"lapses {name}", lapses(street, first, last, now), listed)
    judged = assessed(desk.see(now, "assess", "--month", name))
    ours = assess(street, first, last, now)
    return found + sets(f"assess {name}", ours.items(), judged.items())


def sets(name: str, ours: Iterable[object], theirs: Iterable[object]) -> list[str]:
    """What one list has more often than the other."""
    a, b = Counter(ours), Counter(theirs)
    found = [f"{name} only in the model: {item}" for item in (a - b).elements()]
    return found + [f"{name} only in the program: {item}" for item in (b - a).elements()]


def shorten(found: Difference) -> Difference:
    """Leave out what the difference does not need."""
    size = max(1, len(found.moves) // 2)
    while size:
        start = 0
        while start < len(found.moves) - 1:
            rest = found.moves[:start] + found.moves[start + size :]
            less = trial(rest) if rest else None
            if less is not None:
                found = less
            else:
                start += size
        size //= 2
    return found


def hunt(seed: int, length: int = 40) -> Difference | None:
    """Play the history of a seed; give the shortest found that shows its first difference."""
    found = trial(Playwright(seed).write(length))
    if found is not None:
        found = shorten(found)
        found.seed = seed
    return found

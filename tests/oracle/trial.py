"""Play one history on both, find the first difference, and shorten the history that shows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.oracle import ways
from tests.oracle.assessment import assess
from tests.oracle.compare import (
    assessed,
    beside,
    differences,
    figures,
    items,
    lapse_items,
    seen_rows,
    unknown,
)
from tests.oracle.desk import Desk
from tests.oracle.figures import before_first_day, month, overdue, report
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
        told = ("  != " + line for line in self.what)
        return "\n".join([f"seed {self.seed}", *self.lines, *told])


@dataclass
class Trial:
    """The program and the model side by side, with the papers printed on the way."""

    desk: Desk
    street: Street = field(default_factory=Street)
    printed: list[tuple[datetime, str, Any]] = field(default_factory=list)

    def play(self, moves: list[Move]) -> Difference | None:
        self.street.opened = moves[0].now
        self.desk.begin(moves[0].now)
        for done, move in enumerate(moves, 1):
            what = self.look(move) if move.kind == "look" else self.step(move)
            if what:
                return Difference(0, moves[:done], self.desk.lines, what)
        return None

    def step(self, move: Move) -> list[str]:
        if self.missing(move):
            return []
        self.printed = [paper for paper in self.printed if paper[0] < move.now]
        try:
            self.street.do(move)
            refused = ""
        except Refused as why:
            refused = str(why) or "refused"
        self.desk.numbers = self.street.numbers
        code, shown, said = self.desk.do(move)
        if code not in {0, 1, 2} or (code == 0) == bool(refused):
            heard = said.strip().splitlines()[:1]
            return [f"{move.kind}: model {refused or 'allows'}, program exits {code} {heard}"]
        key = move.id if move.kind == "intake" else move.case
        if shown is None or key is None:
            return []
        return differences(self.street.cases[key], shown, move.now)

    def missing(self, move: Move) -> bool:
        """Is a case or a step it speaks of gone from a shortened history?"""
        cases = self.street.cases
        if move.case is None:
            return False
        if move.case not in cases or move.args.get("into", move.case) not in cases:
            return True
        steps = {step.id for step in self.street.logs[move.case]}
        return move.kind == "void" and move.args["step"] not in steps

    def look(self, move: Move) -> list[str]:
        """Hold every case, the list of what is late, and one month's papers against the model."""
        now = move.now
        shown = {case["number"]: case for case in self.desk.see(now, "list", "--all")}
        found = sets("numbers", self.street.numbers.values(), list(shown))
        for case in self.street.cases.values():
            if case.number in shown:
                told = differences(case, shown[case.number], now)
                found += [f"{case.number}: {line}" for line in told]
        listed = items(self.desk.see(now, "overdue"))
        found += sets("overdue", overdue(self.street, now), listed)
        first, last = month(now, move.args["back"])
        found += self.papers(first, last, now)
        return found or (self.end(now) if move.args.get("last") else [])

    def papers(self, first: date, last: date, now: datetime) -> list[str]:
        name = f"{first:%Y-%m}"
        shown = self.desk.see(now, "report", "--month", name)
        self.printed.append((now, name, shown))
        found = figures(f"report {name}", report(self.street, first, last, now), shown)
        found += beside(f"report {name}", ways.beside(self.street, first, last, now), shown)
        span = ("--from", str(first), "--to", str(min(last, now.date())))
        shown = self.desk.see(now, "lapses", *span)
        failed = lapses(self.street, first, last, now)
        found += sets(f"lapses {name}", failed, lapse_items(shown))
        rows = ways.seen(self.street, first, min(last, now.date()), now)
        beside_ = [(*row[:3], str(row.due), row.unit, row.good) for row in rows]
        found += sets(f"beside {name}", beside_, seen_rows(shown))
        shown = self.desk.see(now, "assess", "--month", name)
        if before_first_day(self.street, last):
            found += unknown(shown)
        judged = assessed(shown)
        ours = assess(self.street, first, last, now)
        return found + sets(f"assess {name}", ours.items(), judged.items())

    def end(self, now: datetime) -> list[str]:
        """The ledger is consistent, and a paper of then comes out the same today."""
        verified = self.desk.see(now, "verify")
        found = [f"verify: {finding}" for finding in verified["findings"]]
        for then, name, paper in self.printed[:2]:
            again = self.desk.see(
                now, "report", "--month", name, "--as-of", then.isoformat(timespec="seconds")
            )
            changed = [key for key in paper if paper[key] != again.get(key)]
            found += [f"report {name} as of {then}: another {key} today" for key in changed]
        return found


def sets(name: str, ours: Iterable[object], theirs: Iterable[object]) -> list[str]:
    """What one list has more often than the other."""
    a, b = Counter(ours), Counter(theirs)
    found = [f"{name} only in the model: {item}" for item in (a - b).elements()]
    return found + [f"{name} only in the program: {item}" for item in (b - a).elements()]


def trial(moves: list[Move]) -> Difference | None:
    with TemporaryDirectory() as folder:
        return Trial(Desk(Path(folder))).play(moves)


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

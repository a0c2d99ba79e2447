"""Faults: a disk that fails, a disk that is full, no descriptor left, at every call in turn.

A command runs once to count its calls on the files of the ledger. Then it runs again and again on
a fresh copy, and each time one call fails, once or from there on. Other eyes judge what is left
against what was said: nothing acknowledged is absent, nothing called unsaved is there, a good file
is never called damaged, and the same line given again comes to exactly one case.
"""

from __future__ import annotations

import errno
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.anomaly import shim
from tests.anomaly.kills import judge
from tests.anomaly.sight import Sight
from tests.anomaly.world import Ended, World
from tests.anomaly.writing import WRITES
from tests.anomaly.writing.jobs import Job, Write, some
from tests.anomaly.writing.states import Pool, Prepared, prepare

READS: tuple[Write, ...] = tuple(
    Write(" ".join(argv), argv, state="new")
    for argv in (
        ("list", "--all"), ("show", "1"), ("search", "占道"), ("overdue",), ("log",),
        ("report", "--month", "2026-11"), ("explain", "1"), ("lapses",),
        ("units", "list"), ("policy", "show"), ("export", "--format", "jsonl"),
    )
)  # fmt: skip
CODES = frozenset({0, 1, 2, 3, 65, 74, 75, 77, 78, 130})
"""What a command may answer at all (interface)."""
_UNSAVED = ("没有保存", "没有写入任何内容", "没有建成", "没有做成备份", "没有升级", "没有恢复")
_SAVED = ("已经保存", "已经换上")
_DAMAGE = ("损坏", "备份恢复", "换用最近的备份", "从备份")
_COMMAND = re.compile(r"sixping(?: [-a-z]+)+")
_ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ][A-Za-z/]{2,}){2,}")


class Fault(NamedTuple):
    """Which call fails, how, and whether all later ones do too."""

    kind: str
    error: int
    nth: int
    lasting: bool

    def __str__(self) -> str:
        ever = "+" if self.lasting else ""
        return f"{self.kind} {errno.errorcode[self.error]} {self.nth}{ever}"


class Bench:
    """One command, on fresh copies of one world."""

    def __init__(self, prepared: Prepared, write: Write) -> None:
        self.write, self._counts = write, shim.Counts()
        self._base = prepared.world.twin("faulty-base")
        job = Pool(prepared, self._base).job(write, "faultuniquex")
        assert job is not None
        for line in write.first:
            self._base.ok([job.under("before").filled(word) for word in line])
        self._job = job

    def calls(self) -> dict[str, int]:
        """Return how many calls of each kind the command makes."""
        world, job = self._fresh()
        end = self._run(world, job, Fault("open", errno.EIO, 0, lasting=False))
        assert end.code in {0, 3}, (self.write.name, end)
        return self._counts.calls()

    def faults(self) -> Iterator[Fault]:
        """Yield every fault there is for the command."""
        for kind, count in self.calls().items():
            for error in shim.ERRORS[kind]:
                for nth in range(1, count + 1):
                    for lasting in (False, True):
                        yield Fault(kind, error, nth, lasting)

    def suffer(self, fault: Fault) -> tuple[bool, list[str], str]:
        """Run with a fault; return whether it struck, what was wrong, and the class of the end."""
        world, job = self._fresh()
        end = self._run(world, job, fault)
        struck = self._counts.failed() > 0
        sight = Sight(world.ledger)
        found = [f"corrupt: {what}" for what in sight.findings]
        wrong = judge(world, sight, self.write, job, end)
        found += [wrong] if wrong else []
        there = self._is_there(world, sight, job)
        found += spoken(end, there=there)
        if end.code and not found:
            found += self._again(world, job, there=there)
        return struck, found, _class(end, there=there)

    def _fresh(self) -> tuple[World, Job]:
        world = self._base.twin("faulty")
        return world, self._job._replace(files=world.said / "files", desk=world.desk)

    def _run(self, world: World, job: Job, fault: Fault) -> Ended:
        self._counts.clear()

        def fail() -> None:
            self.write.becomes()
            self._counts.fail(world.root, *fault[:3], lasting=fault.lasting)

        return world.run(self.write.line(job), self.write.stdin(job).encode(), fail)

    def _is_there(self, world: World, sight: Sight, job: Job) -> bool | None:
        """Return whether what the command was to do is done; None where one cannot see it."""
        if self.write.there:
            return self.write.there(job)
        if self.write.makes:
            return (world.desk / job.filled(self.write.makes)).exists()
        seen = self.write.seen(sight, job)
        if seen < 0 or (self.write.by_line and 0 < seen < self.write.whole):
            return None
        return seen > 0

    def _again(self, world: World, job: Job, *, there: bool | None) -> list[str]:
        """Give the line again, on a disk that works: what was not done can be done now."""
        if there and not self.write.again:
            return []
        end = world.run(self.write.line(job), self.write.stdin(job).encode(), self.write.becomes)
        if end.code not in {0, 3}:
            return [f"again: {end.code} {end.err.strip()[:160]}"]
        sight = Sight(world.ledger)
        if wrong := self.write.check(job, done=True):
            return [f"again: {wrong}"]
        seen = self.write.seen(sight, job)
        if seen not in {-1, self.write.whole}:
            return [f"again: {seen} of {self.write.whole}"]
        return [f"again: {what}" for what in sight.findings]


def spoken(end: Ended, *, there: bool | None) -> list[str]:
    """Return what is wrong with what was said. ``there``: whether the step is in the ledger."""
    words, found = end.err + end.out, []
    if end.code not in CODES:
        found.append(f"exit {end.code}: {end.err.strip()[-200:]}")
    if "内部出错" in words or "Traceback" in words:
        found.append(f"internal: {end.err.strip()[:200]}")
    if end.code:
        if there and any(word in words for word in _UNSAVED):
            found.append(f"called unsaved, and there: {end.err.strip()[:160]}")
        if there is False and any(word in words for word in _SAVED):
            found.append(f"called saved, and absent: {end.err.strip()[:160]}")
        if any(word in words for word in _DAMAGE):
            found.append(f"a good file called damaged: {words.strip()[:160]}")
        if _ENGLISH.search(_COMMAND.sub("", words)):
            found.append(f"English: {end.err.strip()[:160]}")
    return found


def _class(end: Ended, *, there: bool | None) -> str:
    if end.code == 0:
        return "done in spite of it"
    said = "saved" if there else "nothing to save" if there is None else "not saved"
    return f"{end.code} {said}"


def chosen(bench: Bench, share: int, chance: random.Random) -> list[Fault]:
    """Return so many faults of a command, of each kind of call some (all where they are few)."""
    every = list(bench.faults())
    chance.shuffle(every)
    by_kind: dict[str, list[Fault]] = {}
    for fault in every:
        by_kind.setdefault(fault.kind, []).append(fault)
    picked: list[Fault] = []
    while len(picked) < min(share, len(every)):
        for waiting in by_kind.values():
            if waiting and len(picked) < share:
                picked.append(waiting.pop())
    return picked


def run(
    folder: Path,
    wanted: int,
    seed: int,
    until: Callable[[], bool] = lambda: False,
    most: int = 0,
    only: Sequence[str] = (),
) -> dict[str, object]:
    """Let so many calls fail over all commands; return counts and findings."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    writes = some((*WRITES, *READS), most, chance, only)
    prepared = prepare(folder, 1, writes)
    tally: Counter[str] = Counter()
    found: list[str] = []
    for left, write in zip(range(len(writes), 0, -1), writes, strict=True):
        if until():
            break
        bench = Bench(prepared, write)
        for fault in chosen(bench, -(-(wanted - tally["faults"]) // left), chance):
            if until():
                break
            struck, wrong, became = bench.suffer(fault)
            tally["faults"] += struck
            tally["not reached"] += not struck
            tally[f"became {became}"] += 1
            tally[f"kind {fault.kind}"] += struck
            tally[f"command {write.name}"] += struck
            found += [f"{write.name}: {fault}: {what}" for what in wrong]
    return {"what": "faults", "seed": seed, "counts": dict(tally), "found": found}

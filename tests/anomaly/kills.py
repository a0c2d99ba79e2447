"""Kills: eight desks write at once, and most of them die when nobody chose.

A third of the dead die at a moment of their whole life, the others at a moment of a stage: before
the lock, in the transaction, within COMMIT, between COMMIT and the answer. After each round other
eyes look (``sight``): what was acknowledged is there exactly once, nothing is doubled or half
there, the numbers have no gap; then the program verifies, and what was killed is asked again.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import select
import signal
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sixping.store import sqlite
from tests.anomaly.sight import Sight
from tests.anomaly.world import DEADLINE, Ended, World
from tests.anomaly.writing import WRITES
from tests.anomaly.writing.jobs import Job, Write, some
from tests.anomaly.writing.states import Pool, prepare
from tests.kit.answers import answers

DESKS = 8
STAGES = ("start", "waiting", "writing", "committing", "committed", "answered")
_GUESS = 0.02  # seconds, until a stage was seen often enough
_SMALL, _ROUND = 50, 2  # every command twice in a round; once where few are to die


class Kill(NamedTuple):
    """When a child is to die: in which stage (None: whenever), and after which part of it."""

    stage: int | None
    part: float


class Child(NamedTuple):
    """A command under way."""

    write: Write
    job: Job
    pid: int
    begun: float
    kill: Kill | None


class Stages:
    """What the children tell of their progress: a byte each that outlives them, and a pipe."""

    def __init__(self) -> None:
        self._bytes = mmap.mmap(-1, DESKS)
        self.read, self._write = os.pipe()
        os.set_blocking(self.read, False)

    def told(self, desk: int, stage: int) -> None:
        self._bytes[desk] = stage
        os.write(self._write, bytes([desk, stage]))

    def forget(self, desk: int) -> None:
        """Let the next child of a desk begin at the start."""
        self._bytes[desk] = 0

    def of(self, desk: int) -> int:
        """Return the stage in which the last child of a desk is, or died."""
        return self._bytes[desk]

    def watch(self, desk: int) -> None:
        """Let this process, a child, tell when it waits, writes, commits and has committed."""
        begin, commit = sqlite.begin, sqlite.commit

        def begin_told(con: sqlite.Connection) -> None:
            self.told(desk, 1)
            begin(con)
            self.told(desk, 2)

        def commit_told(con: sqlite.Connection) -> None:
            self.told(desk, 3)
            commit(con)
            self.told(desk, 4)

        sqlite.begin, sqlite.commit = begin_told, commit_told


class Times:
    """How long lives and stages take here, as seen so far."""

    def __init__(self) -> None:
        self._seen: defaultdict[object, deque[float]] = defaultdict(lambda: deque(maxlen=50))

    def saw(self, what: object, seconds: float) -> None:
        self._seen[what].append(seconds)

    def usual(self, what: object) -> float:
        return median(self._seen[what]) if what in self._seen else _GUESS


class Round:
    """One ledger, a queue of jobs, eight desks."""

    def __init__(self, world: World, stages: Stages, times: Times, chance: random.Random) -> None:
        self.world, self.stages, self.times, self.chance = world, stages, times, chance
        self.desks: dict[int, Child] = {}
        self.entered: dict[int, tuple[int, float]] = {}
        self.done: list[tuple[Write, Job, Ended, int]] = []

    def play(self, jobs: deque[tuple[Write, Job, Kill | None]]) -> None:
        """Do the jobs, eight at a time, killing those who are to die."""
        while jobs or self.desks:
            for desk in set(range(DESKS)) - set(self.desks):
                if jobs:
                    self._begin(desk, *jobs.popleft())
            select.select([self.stages.read], [], [], 0.001)
            self._listen()
            now = time.monotonic()
            for desk, child in list(self.desks.items()):
                self._attend(desk, child, now)

    def _begin(self, desk: int, write: Write, job: Job, kill: Kill | None) -> None:
        line, stdin = write.line(job), write.stdin(job).encode()
        self.stages.forget(desk)
        pid = self.world.start(line, job.token, stdin, lambda: self._become(desk, write))
        now = time.monotonic()
        self.desks[desk] = Child(write, job, pid, now, kill)
        self.entered[desk] = (0, now)

    def _become(self, desk: int, write: Write) -> None:
        write.becomes()
        self.stages.watch(desk)

    def _listen(self) -> None:
        try:
            heard = os.read(self.stages.read, 4096)
        except BlockingIOError:
            return
        now = time.monotonic()
        for desk, stage in zip(heard[::2], heard[1::2], strict=False):
            if desk in self.desks and stage == self.stages.of(desk):
                before, since = self.entered[desk]
                self.times.saw((self.desks[desk].write.name, before), now - since)
                self.entered[desk] = (stage, now)

    def _attend(self, desk: int, child: Child, now: float) -> None:
        gone, status = os.waitpid(child.pid, os.WNOHANG)
        endless = now - child.begun > DEADLINE
        if not gone and (endless or self._is_due(desk, child, now)):
            os.kill(child.pid, signal.SIGKILL)
            gone, status = os.waitpid(child.pid, 0)
            assert not endless, f"{child.write.name} does not end"
        if gone:
            del self.desks[desk]
            ended = self.world.ended(child.job.token, status)
            if ended.code is not None:
                self.times.saw(child.write.name, now - child.begun)
            self.done.append((child.write, child.job, ended, self.stages.of(desk)))

    def _is_due(self, desk: int, child: Child, now: float) -> bool:
        if child.kill is None:
            return False
        stage, since = self.entered[desk]
        if child.kill.stage is None:
            return now - child.begun >= 1.1 * child.kill.part * self.times.usual(child.write.name)
        usual = self.times.usual((child.write.name, child.kill.stage))
        return stage >= child.kill.stage and now - since >= child.kill.part * usual


def _queue(
    pool: Pool, chance: random.Random, number: int, writes: Sequence[Write]
) -> deque[tuple[Write, Job, Kill | None]]:
    """Return the jobs of a round in a random order, nine of ten of them to die."""
    jobs: list[tuple[Write, Job, Kill | None]] = []
    for write in writes:
        job = pool.job(write, f"r{number}j{len(jobs)}x")
        if job is None:
            continue
        kill = None
        if chance.random() < 0.9:
            stage = chance.choice((None, None, 1, 2, 3, 3, 4))
            kill = Kill(stage, chance.random())
        jobs.append((write, job, kill))
    chance.shuffle(jobs)
    return deque(jobs)


def judge(world: World, sight: Sight, write: Write, job: Job, ended: Ended) -> str:
    """Return what is wrong with what became of a command; nothing when nothing is."""
    acknowledged = write.acknowledged(ended, job)
    if wrong := write.check(job, done=acknowledged > 0):
        return wrong
    if write.makes:
        return _judge_file(world.desk / job.filled(write.makes), write, acknowledged)
    found = write.seen(sight, job)
    if found < 0:
        return ""
    if found < acknowledged:
        return f"lost: {acknowledged} acknowledged, {found} there"
    if found > write.whole:
        return f"doubled: {found} of {write.whole}"
    if not write.by_line and found not in {0, write.whole}:
        return f"half: {found} of {write.whole}"
    return ""


def opened(world: World, write: Write, job: Job) -> list[str]:
    """Open with the program the ledger that a command has of its own, and return what it misses.

    It is sound, or a restore stopped halfway and the program names both files.
    """
    name = write.own or write.makes
    path = world.desk / job.filled(name)
    if path.suffix != ".sqlite3" or not path.exists():
        return []
    done = world.run(["--ledger", str(path), "verify", "--json"], prepare=write.becomes)
    halfway = done.code == 78 and f"{path}.replaced-" in done.err and write.name == "restore"
    if halfway and path.stat().st_nlink > 1:
        done = world.run(write.line(job), prepare=write.becomes)
        return [] if done.code == 0 else [f"not healed: {done.err.strip()[:200]}"]
    if done.code == 0 and json.loads(done.out)["ok"]:
        return []
    return [f"the program: {done.code} {done.out[:200]} {done.err.strip()[:200]}"]


def _judge_file(path: Path, write: Write, acknowledged: int) -> str:
    if not path.exists():
        return "lost: no file" if acknowledged else ""
    if path.suffix == ".sqlite3":
        wrong = Sight(path).findings
        return f"torn: {wrong[0]}" if wrong else ""
    return "" if path.read_bytes().endswith(b"\n") else f"torn: {write.name}"


def _retried(world: World, write: Write, job: Job) -> str:
    """Ask again what was killed, and see that it is there once, under the number it had."""
    before = Sight(world.ledger, sound=False).number(job.token)
    again = world.run(write.line(job), write.stdin(job).encode(), write.becomes)
    if again.code:
        return f"refused again: {again.code} {again.err.strip()[:200]}"
    sight = Sight(world.ledger, sound=False)
    said = answers(again.out)
    if write.name == "intake" and isinstance(said[0], dict):
        first = before or sight.number(job.token)
        if said[0]["number"] != first:
            return f"another number: {said[0]['number']}, first {first}"
    if wrong := write.check(job, done=True):
        return wrong
    found = write.seen(sight, job)
    return "" if found in {-1, write.whole} else f"asked twice: {found} of {write.whole}"


def run(
    folder: Path,
    kills: int,
    seed: int,
    until: Callable[[], bool] = lambda: False,
    most: int = 0,
    only: Sequence[str] = (),
) -> dict[str, object]:
    """Kill so often, or until the time is up; return the counts and what was found."""
    chance, stages, times = random.Random(seed), Stages(), Times()  # noqa: S311
    each = _ROUND if kills > _SMALL else 1
    writes = some(WRITES, most, chance, only)
    prepared = prepare(folder, each, writes)
    tally: Counter[str] = Counter()
    found: list[str] = []
    number = 0
    while tally["kills"] < kills and not until():
        number += 1
        played = Round(prepared.world.twin("round"), stages, times, chance)
        played.play(_queue(Pool(prepared, played.world), chance, number, writes * each))
        _count(played, tally)
        found += _look(played, tally)
    tally["rounds"] = number
    return {
        "what": "kills",
        "seed": seed,
        "counts": dict(sorted(tally.items())),
        "found": found,
    }


def _count(played: Round, tally: Counter[str]) -> None:
    for write, job, ended, stage in played.done:
        if ended.code is None:
            tally["kills"] += 1
            tally[f"stage {STAGES[stage]}"] += 1
            tally[f"command {write.name}"] += 1
        tally["acknowledged"] += write.acknowledged(ended, job) > 0


def _asked_again(played: Round, tally: Counter[str]) -> list[str]:
    found = []
    for write, job, ended, _ in played.done:
        if write.again and ended.code is None:
            tally["retries"] += 1
            wrong = _retried(played.world, write, job)
            found += [f"{write.name} again: {wrong}"] if wrong else []
    return found


def _look(played: Round, tally: Counter[str]) -> list[str]:
    world = played.world
    sight = Sight(world.ledger)
    found = [f"ledger: {what}" for what in sight.findings]
    for write, job, ended, stage in played.done:
        if ended.code not in {None, 0, *write.may_answer}:
            found.append(f"{write.name}: {ended.code} {ended.err.strip()[-300:]}")
        wrong = judge(world, sight, write, job, ended)
        if wrong:
            found.append(f"{write.name} killed in {STAGES[stage]}: {wrong}")
        if ended.code is None and write.acknowledged(ended, job) == 0:
            tally["recorded, not acknowledged"] += write.seen(sight, job) > 0
    for write, job, *_ in played.done:
        found += [f"{write.name}: {wrong}" for wrong in opened(world, write, job)]
    verified = world.run(["verify", "--json"])
    if verified.code != 0 or not json.loads(verified.out)["ok"]:
        found.append(f"verify: {verified.code} {verified.out[:300]} {verified.err[:300]}")
    found += _asked_again(played, tally)
    found += [f"after retries: {what}" for what in Sight(world.ledger).findings]
    tally["leftovers"] += sum(1 for p in world.desk.iterdir() if p.name.startswith("."))
    if not found:
        world.clear()
    return found

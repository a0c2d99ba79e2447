"""Power cuts: what a command asked of the disk, and every state in which it may have left it.

A command runs once while its calls are noted down. Then, between any two calls, the current goes:
what was synced stays, of the rest a random part does, in any order, a write perhaps only in part;
names appear and vanish in the order in which they were made, and syncing a new file keeps its name
(ext4). Each different image is looked at by other eyes, and some by the program.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from tests.anomaly import shim
from tests.anomaly.kills import judge, opened
from tests.anomaly.sight import Sight
from tests.anomaly.world import Ended, World
from tests.anomaly.writing import WRITES
from tests.anomaly.writing.jobs import Job, Write, some
from tests.anomaly.writing.states import Pool, Prepared, prepare

_SECTOR = 512
_TORN = 0.1
_VERIFIED = 25  # every so-many-th image is opened by the program
_TRIES = 4  # draws for each image that is wanted, before a command counts as exhausted


class File:
    """The bytes of a file as they were at the start, and what was done to them since."""

    def __init__(self, before: bytes, born: int) -> None:
        self.before, self.born = before, born
        self.done: list[tuple[int, shim.Op]] = []
        self.synced: list[int] = []

    def after_cut(self, moment: int, chance: random.Random) -> bytes:
        """Return what may be left of it when the current goes before the call ``moment``."""
        kept = max((s for s in self.synced if s < moment), default=-1)
        share = chance.choice((0.0, 0.5, 0.5, 0.9, 1.0))
        data = bytearray(self.before)
        for at, op in self.done:
            if at < kept or (at < moment and chance.random() < share):
                _apply(data, op, _part(op, chance) if at > kept else len(op.data))
        return bytes(data)


def _part(op: shim.Op, chance: random.Random) -> int:
    if op.what != "w" or chance.random() > _TORN:
        return len(op.data)
    return chance.randrange(0, len(op.data) + 1, _SECTOR)


def _apply(data: bytearray, op: shim.Op, length: int) -> None:
    if op.what == "t":
        data[op.number :] = b""
        data.extend(bytes(op.number - len(data)))
    else:
        data.extend(bytes(max(0, op.number - len(data))))
        data[op.number : op.number + length] = op.data[:length]


class Disk:
    """Files and names under a run of calls."""

    def __init__(self, before: dict[str, bytes], ops: list[shim.Op]) -> None:
        self._start = {name: File(data, -1) for name, data in before.items()}
        self._changes: list[tuple[int, shim.Op, File | None]] = []
        self._folders: list[int] = []
        self._files = list(self._start.values())
        self.ops = ops
        names = dict(self._start)
        for at, op in enumerate(ops):
            self._take(at, op, names)

    def _take(self, at: int, op: shim.Op, names: dict[str, File]) -> None:
        if op.what == "c":
            made = File(b"", at)
            self._files.append(made)
            self._changes.append((at, op, made))
            names[op.path] = made
        elif op.what in {"r", "l", "u"}:
            self._changes.append((at, op, None))
            _rename(names, op, None)
        elif op.what == "s":
            if op.path in names:
                names[op.path].synced.append(at)
            else:
                self._folders.append(at)
        elif op.what in {"w", "t"} and op.path in names:
            names[op.path].done.append((at, op))

    def image(self, moment: int, chance: random.Random) -> dict[str, tuple[int, bytes]]:
        """Return a state after a cut before the call ``moment``: name → (file, its bytes)."""
        lasting = max(
            (at for at in self._folders if at < moment),
            default=-1,
        )
        born = (f.born for f in self._files if any(s < moment for s in f.synced))
        lasting = max(lasting, *born, -1)
        changes = [c for c in self._changes if c[0] < moment]
        sure = sum(at <= lasting for at, *_ in changes)
        names = dict(self._start)
        for _, op, made in changes[: chance.randint(sure, len(changes))]:
            _rename(names, op, made)
        kept = {id(f): f.after_cut(moment, chance) for f in dict.fromkeys(names.values())}
        return {name: (id(f), kept[id(f)]) for name, f in names.items()}

    def end(self) -> dict[str, bytes]:
        """Return the state without a cut: what the run really left, if every call was seen."""
        names = dict(self._start)
        for _, op, made in self._changes:
            _rename(names, op, made)
        left: dict[str, bytes] = {}
        for name, file in names.items():
            data = bytearray(file.before)
            for _, op in file.done:
                _apply(data, op, len(op.data))
            left[name] = bytes(data)
        return left


def _rename(names: dict[str, File], op: shim.Op, made: File | None) -> None:
    if op.what == "c" and made is not None:
        names[op.path] = made
    elif op.what == "r" and op.path in names:
        names[op.other] = names.pop(op.path)
    elif op.what == "l" and op.path in names:
        names[op.other] = names[op.path]
    elif op.what == "u":
        names.pop(op.path, None)


def files_of(root: Path) -> dict[str, bytes]:
    """Return the files below a folder."""
    return {str(p): p.read_bytes() for p in root.rglob("*") if p.is_file() and not p.is_symlink()}


class Trial(NamedTuple):
    """A command that ran once, with all it asked of the disk."""

    write: Write
    job: Job
    world: World
    disk: Disk
    end: Ended


def observed(prepared: Prepared, write: Write, number: int) -> Trial:
    """Run a command once and note down what it does. Raises where the notes do not add up."""
    world = prepared.world.twin(f"power{number}")
    job = Pool(prepared, world).job(write, "poweruniquex")
    assert job is not None
    for earlier in write.first:
        world.ok([job.under("powerbefore").filled(word) for word in earlier])
    line, stdin = write.line(job), write.stdin(job).encode()
    before, notes = files_of(world.root), world.said / "notes"
    end = world.run(line, stdin, lambda: _recorded(write, world, notes))
    assert end.code == 0, (write.name, end)
    disk = Disk(before, shim.recorded(notes))
    assert disk.end() == files_of(world.root), (
        f"{write.name}: calls were missed: {_unlike(disk.end(), files_of(world.root))}"
    )
    return Trial(write, job, world, disk, end)


def _unlike(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return [name for name in {**one, **other} if one.get(name) != other.get(name)]


def _recorded(write: Write, world: World, notes: Path) -> None:
    write.becomes()
    shim.record(world.root, notes)


class Looker:
    """Looks at images, and at equal ledgers once."""

    def __init__(self, trial: Trial, place: World) -> None:
        self._trial, self._place = trial, place
        self._seen: dict[bytes, Sight] = {}
        self._whole = files_of(trial.world.root)
        self._looked = 0

    def findings(self, image: dict[str, tuple[int, bytes]], moment: int) -> list[str]:
        """Return what is wrong with an image."""
        trial, ledger = self._trial, str(self._trial.world.ledger)
        doubled = self._lay(image)
        parts = [image[n][1] for n in (ledger, f"{ledger}-journal") if n in image]
        key = blake2b(b"|".join(parts), digest_size=16).digest()
        if key not in self._seen:
            self._seen[key] = Sight(self._place.ledger)
        sight = self._seen[key]
        job = trial.job._replace(desk=self._place.desk)
        said = self._said(moment)
        found = list(sight.findings)
        wrong = judge(self._place, sight, trial.write, job, said)
        if wrong:
            found.append(wrong)
        found += self._file(image)
        self._looked += 1
        if doubled or self._looked % _VERIFIED == 0:
            found += self._opened()
        return found

    def _said(self, moment: int) -> Ended:
        ops = self._trial.disk.ops[:moment]
        out, err = (
            b"".join(op.data for op in ops if op.what == what).decode(errors="replace")
            for what in "oe"
        )
        return Ended(0 if moment > len(self._trial.disk.ops) else None, out, err)

    def _lay(self, image: dict[str, tuple[int, bytes]]) -> bool:
        self._place.clear()
        self._place.desk.mkdir(parents=True)
        (self._place.root / "home").mkdir()
        self._place.said.mkdir()
        first: dict[int, Path] = {}
        for name, (file, data) in image.items():
            path = self._place.root / Path(name).relative_to(self._trial.world.root)
            path.parent.mkdir(parents=True, exist_ok=True)
            if file in first:
                os.link(first[file], path)
            else:
                path.write_bytes(data)
                first[file] = path
        return len(first) < len(image)

    def _file(self, image: dict[str, tuple[int, bytes]]) -> list[str]:
        """A file that is no ledger stands there whole or not at all."""
        write, job = self._trial.write, self._trial.job
        name = str(self._trial.world.desk / job.filled(write.makes))
        if not write.makes or name.endswith(".sqlite3") or name not in image:
            return []
        return [] if image[name][1] == self._whole[name] else [f"torn: {write.makes}"]

    def _opened(self) -> list[str]:
        """Open with the program what is there: the ledger, and one of the command's own."""
        job = self._trial.job._replace(desk=self._place.desk)
        found: list[str] = []
        if self._place.ledger.exists():
            done = self._place.call(["verify", "--json"])
            if done.code != 0 or not json.loads(done.out)["ok"]:
                said = f"{done.code} {done.out[:200]} {done.err.strip()[:200]}"
                found.append(f"the program: {said}")
        return found + opened(self._place, self._trial.write, job)


class Cutter:
    """Cuts the current in one trial, ever in other states, until there are no more."""

    def __init__(self, trial: Trial, place: World, chance: random.Random) -> None:
        self.trial, self._chance = trial, chance
        self._looker = Looker(trial, place)
        self._seen: set[int] = set()
        self.found: list[str] = []
        self.drawn = 0
        self.exhausted = False

    def more(self, wanted: int) -> int:
        """Look at so many images that were not seen yet; return how many there were."""
        before, drawn = len(self._seen), self.drawn
        moments = list(range(len(self.trial.disk.ops) + 2))
        while len(self._seen) - before < wanted:
            if self.drawn - drawn > _TRIES * wanted + len(moments):
                self.exhausted = True
                break
            self._chance.shuffle(moments)
            for moment in moments[: wanted - (len(self._seen) - before)]:
                self._cut(moment)
        return len(self._seen) - before

    def _cut(self, moment: int) -> None:
        ops = self.trial.disk.ops
        image = self.trial.disk.image(moment, self._chance)
        self.drawn += 1
        told = b"".join(op.data for op in ops[:moment] if op.what in "oe")
        shape = sorted((n, blake2b(d, digest_size=16).digest()) for n, (_, d) in image.items())
        key = hash((told, moment > len(ops), tuple(shape)))
        if key in self._seen:
            return
        self._seen.add(key)
        what = ops[moment - 1].what if 0 < moment <= len(ops) else "-"
        for wrong in self._looker.findings(image, moment):
            self.found.append(f"{self.trial.write.name} cut after call {moment} ({what}): {wrong}")


def run(
    folder: Path,
    wanted: int,
    seed: int,
    until: Callable[[], bool] = lambda: False,
    most: int = 0,
    only: Sequence[str] = (),
) -> dict[str, object]:
    """Make so many different images over all writing commands; return counts and findings."""
    chance = random.Random(seed)  # noqa: S311 - a test's own chance
    writes = some(WRITES, most, chance, only)
    prepared, place = prepare(folder, 1, writes), World(folder / "image")
    trials = [observed(prepared, write, n) for n, write in enumerate(writes)]
    cutters = [Cutter(trial, place, chance) for trial in trials]
    tally: Counter[str] = Counter()
    while tally["images"] < wanted and not until():
        waiting = [cutter for cutter in cutters if not cutter.exhausted]
        if not waiting:
            break
        share = max(1, (wanted - tally["images"]) // len(waiting))
        for cutter in waiting:
            got = 0 if until() else cutter.more(share)
            tally["images"] += got
            tally[f"command {cutter.trial.write.name}"] += got
    tally["drawn"] = sum(cutter.drawn for cutter in cutters)
    found = [wrong for cutter in cutters for wrong in cutter.found]
    return {"what": "power", "seed": seed, "counts": dict(tally), "found": found}

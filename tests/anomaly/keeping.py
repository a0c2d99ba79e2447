"""Commands that keep files: backups rotated, a ledger restored, salvaged or upgraded, anchors.

What is prepared for them lies in one folder, ``old``; what they may leave is judged by other eyes.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Protocol

from tests.anomaly.sight import Sight
from tests.anomaly.world import World
from tests.conftest import ROOT

FORMAT1 = ROOT / "tests" / "ledgers" / "format1.sqlite3"
DAYS = ("20261120-090000", "20261121-090000", "20261121-180000", "20261122-090000",
        "20261122-180000")  # fmt: skip
"""When the backups were made that a rotation finds; with one of 23 November two days stay."""
_STAY = DAYS[-1]
_NEW = "20261123-090000"


class Job(Protocol):
    """What is asked of a job here."""

    @property
    def token(self) -> str: ...

    @property
    def desk(self) -> Path: ...

    @property
    def old(self) -> Path: ...


def begin(world: World, old: Path) -> None:
    """Make a backup of a young ledger, and an anchor of it."""
    old.mkdir()
    world.ok(["backup", str(old / "early.sqlite3")])
    world.ok(["backup", "--to", str(old)])
    world.ok(["anchor", "--append", str(old / "anchors.jsonl")])


def finish(world: World, old: Path) -> None:
    """Keep the ledger as it is later, and a copy of that whose chain is broken halfway."""
    shutil.copyfile(world.ledger, old / "later.sqlite3")
    data = bytearray((old / "later.sqlite3").read_bytes())
    with closing(sqlite3.connect(world.ledger)) as con:
        links = con.execute("SELECT hash FROM events ORDER BY seq").fetchall()
    ((link,),) = links[len(links) // 2 :][:1]
    data[data.index(link)] ^= 1
    (old / "damaged").write_bytes(data)


# --- backups rotated -----------------------------------------------------------------------


def dated(old: Path, folder: Path) -> Mapping[str, str | Path]:
    """Return the backups and manifests that a rotation finds in a folder, by path."""
    (made,) = old.glob("sixping-*.sqlite3")
    said = json.loads(made.with_suffix(".json").read_text(encoding="utf-8"))
    stem = made.stem[: len("sixping-12345678")]
    found: dict[str, str | Path] = {}
    for day in DAYS:
        name = f"{stem}-{day}"
        found[str(folder / f"{name}.sqlite3")] = made
        found[str(folder / f"{name}.json")] = json.dumps(said | {"file": f"{name}.sqlite3"}) + "\n"
    return found


def _by_day(job: Job) -> dict[str, Path]:
    folder = job.desk / job.token
    return {p.stem[len("sixping-12345678-") :]: p for p in folder.glob("sixping-*.sqlite3")}


def is_rotated(job: Job) -> bool:
    """Return whether the new backup is there."""
    return _NEW in _by_day(job)


def rotated(job: Job, *, done: bool) -> str:
    """Old ones go only when the new one is there, and the newest of a kept day never."""
    there = _by_day(job)
    (made,) = job.old.glob("sixping-*.sqlite3")
    missing = set(DAYS) - there.keys()
    if done and _NEW not in there:
        return "lost: no new backup"
    if missing and _NEW not in there:
        return f"lost: {sorted(missing)} without a new one"
    if _STAY in missing:
        return "lost: the newest of a kept day"
    if done and there.keys() != {_STAY, _NEW}:
        return f"not rotated: {sorted(there)}"
    wrong = [_torn(path, made if day in DAYS else None) for day, path in there.items()]
    wrong += map(_no_json, (job.desk / job.token).glob("sixping-*.json"))
    if done and not there[_NEW].with_suffix(".json").exists():
        wrong.append("lost: no manifest")
    return next(filter(None, wrong), "")


def _torn(path: Path, made: Path | None) -> str:
    """Say what is wrong with a backup: an old one is as it was ``made``, a new one sound."""
    if made is not None:
        return "" if path.read_bytes() == made.read_bytes() else f"torn: {path.name}"
    return "".join(f"torn: {path.name}: {what}" for what in Sight(path).findings[:1])


def _no_json(path: Path) -> str:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return f"torn: {path.name}"
    return ""


# --- a ledger replaced, made anew, of another format ---------------------------------------


def _own(job: Job) -> Path:
    return job.desk / f"{job.token}.sqlite3"


def _aside(job: Job) -> list[Path]:
    return sorted(
        p for p in job.desk.glob(f"{job.token}.sqlite3.replaced-*") if "journal" not in p.name
    )


def is_restored(job: Job) -> bool:
    """Return whether the backup is in place."""
    return _own(job).exists() and _own(job).read_bytes() != _later(job)


def _later(job: Job) -> bytes:
    return (job.old / "later.sqlite3").read_bytes()


def restored(job: Job, *, done: bool) -> str:
    """Old or new in place; the old one is whole, in place or aside."""
    if not _own(job).exists():
        return "lost: no ledger in place"
    if _own(job).read_bytes() == _later(job):
        return "lost: not restored" if done else ""
    if wrong := Sight(_own(job)).findings:
        return f"torn: {wrong[0]}"
    if not any(path.read_bytes() == _later(job) for path in _aside(job)):
        return "lost: the old ledger is not aside"
    return "" if Sight(_own(job)).of("restored", "ledger") else "not recorded"


def salvaged(job: Job, *, done: bool) -> str:  # noqa: ARG001 - ``makes`` looks at the new one
    """What was damaged is as it was; what is written beside has whole lines."""
    bad = job.desk / f"{job.token}.bad"
    if bad.read_bytes() != (job.old / "damaged").read_bytes():
        return "the damaged file was changed"
    rest = job.desk / f"{job.token}.rest.jsonl"
    return _not_whole(rest) if rest.exists() else ""


def _not_whole(path: Path) -> str:
    text = path.read_text(encoding="utf-8", errors="replace")
    if not text.endswith("\n"):
        return f"torn: {path.name}"
    try:
        for row in text.splitlines():
            json.loads(row)
    except ValueError:
        return f"torn: {path.name}"
    return ""


def of_the_next_format() -> None:
    """Become the program of a later day, with an invented next format."""
    from sixping.store import ddl
    from tests.kit.nextformat import NEXT

    ddl.MIGRATIONS = NEXT


def _version(path: Path) -> int:
    with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as con:
        return int(con.execute("PRAGMA user_version").fetchone()[0])


def is_upgraded(job: Job) -> bool:
    """Return whether the step is in the upgraded ledger."""
    return Sight(_own(job), sound=False).told("reported", job.token) > 0


def upgraded(job: Job, *, done: bool) -> str:
    """The old format as it was, or the new one with a copy of the old beside it."""
    sight, version = Sight(_own(job)), _version(_own(job))
    before = Sight(FORMAT1, sound=False)
    if sight.findings:
        return f"torn: {sight.findings[0]}"
    times = sight.told("reported", job.token)
    if done and times != 1:
        return f"lost or doubled: {times}"
    if version == 1:
        return "" if len(sight.events) == len(before.events) else "between old and new"
    if sight.of("migrated", "ledger") != 1 or times > 1:
        return "between old and new"
    copies = list(job.desk.glob(f"{job.token}.sqlite3.*.bak"))
    if len(copies) != 1:
        return f"{len(copies)} copies of the old one"
    copy = Sight(copies[0])
    same = copy.events == before.events and _version(copies[0]) == 1
    return "" if same and not copy.findings else "torn: the copy of the old one"


# --- registers: each is switched in a ledger of its own, as others are wanted by the jobs ----


def young(job: Job) -> Mapping[str, str | Path]:
    """Bring a young ledger, in which every register is kept but that of persons."""
    return {str(_own(job)): job.old / "early.sqlite3"}


def has_switched(kind: str) -> Callable[[Job], bool]:
    """Return what tells whether the last event of a job's ledger is of a kind, and its own."""

    def there(job: Job) -> bool:
        last = Sight(_own(job), sound=False).events[-1]
        return last.kind == kind and (kind != "register_opened" or last.subject == "persons")

    return there


def switched(job: Job, *, done: bool) -> str:
    """Return what is wrong with the job's ledger after it."""
    wrong = Sight(_own(job)).findings
    return f"{done}: {wrong[0]}" if wrong else ""


# --- what has become due in a ledger: demands, terms of keeping -----------------------------

_RULES = {
    "[edition.readings.urge_auto_workdays]\n": "value = [1, 3, 5]\n",
    'track = "record"\n': 'keep = "90天"\n',
}
_SPRING = "2026-03-02T09:00:00+08:00"
_LATE = 2


def aged(job: Job) -> Mapping[str, str | Path]:
    """Return the ledger of an office with late cases, and one whose time of keeping is over."""
    path = job.old / "aged.sqlite3"
    if not path.exists():
        _grow(World(job.old / "spring"), path)
    return {str(_own(job)): path}


def _grow(world: World, path: Path) -> None:
    world.desk.mkdir(parents=True)
    (world.root / "home").mkdir()
    text = (ROOT / "data" / "policy.toml").read_text(encoding="utf-8")
    for before, more in _RULES.items():
        assert before in text
        text = text.replace(before, before + more)
    (world.desk / "policy.toml").write_text(text, encoding="utf-8")
    steps = ["init", f"policy adopt {world.desk}"]
    for number in range(1, 2 + _LATE):
        steps += ["intake 演示占道", f"accept {number}", f"assign {number} --lead 城管执法中队"]
    steps += ["resolve 1 --outcome 演示 --kind 已解决", "feedback 1 演示", "close 1"]
    for step in steps:
        world.ok(step.split(), now=_SPRING)
    shutil.move(world.ledger, path)


def is_urged(job: Job) -> bool:
    """Return whether the demands are there."""
    return Sight(_own(job), sound=False).kinds("urged") > 0


def urged(job: Job, *, done: bool) -> str:
    """All demands at once or none, each once."""
    return _due(job, "urged", _LATE, done=done)


def is_expired(job: Job) -> bool:
    """Return whether the erasure is there."""
    return Sight(_own(job), sound=False).kinds("erased") > 0


def expired(job: Job, *, done: bool) -> str:
    """What was to go is gone when the erasure is there, and only then."""
    if wrong := _due(job, "erased", 1, done=done):
        return wrong
    told = any(e.subject == "2026-000001" and e.private for e in Sight(_own(job)).events)
    return "" if told != is_expired(job) else "half: the words and their erasure"


def _due(job: Job, kind: str, whole: int, *, done: bool) -> str:
    sight = Sight(_own(job))
    if sight.findings:
        return f"torn: {sight.findings[0]}"
    times = sight.kinds(kind)
    return "" if times == whole or (times == 0 and not done) else f"{times} of {whole} {kind}"


def drilled(job: Job, *, done: bool) -> str:
    """A drill leaves the backup as it was; what is kept of it is whole JSON."""
    (made,) = job.old.glob("sixping-*.sqlite3")
    if made.read_bytes() != (job.old / "early.sqlite3").read_bytes():
        return "the backup was changed"
    return remembered(job, done=done)


# --- what is kept outside the ledger -------------------------------------------------------


def is_appended(job: Job) -> bool:
    """Return whether an anchor was added."""
    path = job.desk / f"{job.token}.jsonl"
    return len(path.read_text(encoding="utf-8").splitlines()) > 1


def appended(job: Job, *, done: bool) -> str:
    """The earlier line, and the new one whole or not at all."""
    path = job.desk / f"{job.token}.jsonl"
    text, before = path.read_text(encoding="utf-8"), job.old / "anchors.jsonl"
    if not text.startswith(before.read_text(encoding="utf-8")):
        return "lost: the earlier anchor"
    if done and len(text.splitlines()) != 2:
        return f"lost or doubled: {len(text.splitlines())} lines"
    return _not_whole(path)


def remembered(job: Job, *, done: bool) -> str:  # noqa: ARG001 - of the form of a check
    """What is kept of checks is whole JSON; that it could not be kept fails no command."""
    records = (job.desk.parent / "home").rglob("custody/*.json")
    return next(filter(None, map(_no_json, records)), "")

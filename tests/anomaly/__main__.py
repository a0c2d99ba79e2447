"""Run the anomaly suite: ``python -m tests.anomaly --full`` writes docs/reliability.md.

``python -m tests.anomaly kills --count 500 --seed 7`` runs one part and prints what it found as
JSON. The same seed asks the same again. The table is written after every part of a full run, and
what each came to is kept: ``--resume`` does only the others. ``--jobs 2`` does two at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

from tests.anomaly import shim, suite, table
from tests.anomaly.world import worlds
from tests.conftest import ROOT

SEED = 2020
FULL = {"kills": 10_000, "power": 20_000, "faults": 2_000}
PARTS = (*FULL, *suite.PARTS, "guards")
KEPT = ROOT / "build" / "anomaly.json"
_MINUTES = 180.0
DAY = 24 * 3600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.anomaly", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--full", action="store_true", help="all parts; docs/reliability.md")
    parser.add_argument("--count", type=int, help="of a part: kills, images, faults")
    parser.add_argument("--commands", type=int, default=0, help="so many by chance (0: all)")
    parser.add_argument("--only", action="append", default=[], help="a command")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--minutes", type=float, default=_MINUTES, help="at most, of each part")
    parser.add_argument("--share", type=float, default=1.0, help="of the full numbers")
    parser.add_argument("--skip", action="append", default=[], help="a part of --full")
    parser.add_argument("--jobs", type=int, default=1, help="parts of --full at a time")
    parser.add_argument("--resume", action="store_true", help="only what was not done yet")
    given = parser.parse_args()
    if given.full:
        return full(given)
    if given.part is None:
        parser.error("a part, or --full")
    answer = part(given)
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return int(bool(answer["found"]))


def part(given: argparse.Namespace) -> dict[str, Any]:
    """Run one part in this process, which becomes one with the shim where that is needed."""
    if given.part in suite.PARTS or given.part == "guards":
        return _of_tests(given)
    needs_shim = given.part != "kills"
    if needs_shim and "LD_PRELOAD" not in os.environ:
        return _with_shim()
    until, begun = _until(given.minutes), time.monotonic()
    with worlds(memory=needs_shim) as folder:
        count = given.count or int(FULL[given.part] * given.share)
        if given.part == "kills":
            from tests.anomaly import kills

            answer = kills.run(folder, count, given.seed, until, given.commands, given.only)
        elif given.part == "power":
            from tests.anomaly import power

            answer = power.run(folder, count, given.seed, until, given.commands, given.only)
        else:
            from tests.anomaly import faults

            answer = faults.run(folder, count, given.seed, until, given.commands, given.only)
    found = answer["found"]
    assert isinstance(found, list)
    return answer | {"found": found[:200], "seconds": round(time.monotonic() - begun)}


def _of_tests(given: argparse.Namespace) -> dict[str, Any]:
    begun = time.monotonic()
    if given.part == "guards":
        from tests.anomaly import guards

        answer = guards.answer()
    else:
        answer = suite.answer(given.part, given.seed, given.count)
    return answer | {"seconds": round(time.monotonic() - begun)}


def _until(minutes: float) -> Callable[[], bool]:
    end = time.monotonic() + 60 * minutes
    return lambda: time.monotonic() > end


def _with_shim() -> dict[str, Any]:
    why = shim.missing()
    if why:
        return {"what": sys.argv[1], "skipped": why, "counts": {}, "found": []}
    with tempfile.TemporaryDirectory(prefix="sixping-shim-") as name:
        done = subprocess.run(
            [sys.executable, "-m", "tests.anomaly", *sys.argv[1:]],
            env=shim.loaded_into(Path(name)),
            stdout=subprocess.PIPE,
            check=False,
            timeout=DAY,
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def full(given: argparse.Namespace) -> int:
    """Run every part, and write the table after each."""
    answers = _kept(given.seed) if given.resume else {}
    wanted = [p for p in PARTS if p not in given.skip and p not in answers]
    with ThreadPoolExecutor(given.jobs) as jobs:
        for done in as_completed([jobs.submit(_one, name, given) for name in wanted]):
            answer = done.result(timeout=0)
            answers[answer["what"]] = answer
            print(json.dumps(answer, ensure_ascii=False), flush=True)
            KEPT.parent.mkdir(exist_ok=True)
            KEPT.write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")
            table.write(answers[part] for part in PARTS if part in answers)
    return int(any(answer["found"] for answer in answers.values()))


def _kept(seed: int) -> dict[str, Any]:
    """Return what an earlier run with this seed came to, by part."""
    if not KEPT.exists():
        return {}
    kept: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return {part: answer for part, answer in kept.items() if answer["seed"] in {seed, None}}


def _one(name: str, given: argparse.Namespace) -> dict[str, Any]:
    """Run a part in a process of its own; one that breaks down is a finding."""
    line = [name, "--seed", str(given.seed), "--minutes", str(given.minutes)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.anomaly", *line, "--share", str(given.share)],
        stdout=subprocess.PIPE,
        check=False,
        timeout=DAY,
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        broken = f"the part broke down: exit {done.returncode}"
        return {"what": name, "seed": given.seed, "counts": {}, "found": [broken]}
    return answer


if __name__ == "__main__":
    sys.exit(main())

"""Run the anomaly suite: ``python -m tests.anomaly --full`` writes docs/reliability.md.

``python -m tests.anomaly kills --count 500 --seed 7`` runs one part and prints what it found as
JSON; the parts are kills, power, faults, guards. The same seed asks the same again.
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
from pathlib import Path
from typing import Any

from tests.anomaly import shim, table
from tests.anomaly.world import worlds

SEED = 2020
FULL = {"kills": 10_000, "power": 20_000, "faults": 2_000}
_MINUTES = 60.0
DAY = 24 * 3600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.anomaly", description=__doc__)
    parser.add_argument("part", nargs="?", choices=[*FULL, "guards"])
    parser.add_argument("--full", action="store_true", help="all parts; docs/reliability.md")
    parser.add_argument("--count", type=int, help="of a part: kills, images, faults")
    parser.add_argument("--commands", type=int, default=0, help="so many by chance (0: all)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--minutes", type=float, default=_MINUTES, help="at most, of each part")
    parser.add_argument("--share", type=float, default=1.0, help="of the full numbers")
    parser.add_argument("--skip", action="append", default=[], help="a part of --full")
    given = parser.parse_args()
    if given.full:
        return full(given)
    if given.part is None:
        parser.error("a part, or --full")
    if given.part == "guards":
        from tests.anomaly import guards

        return guards.run()
    answer = part(given)
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    return int(bool(answer["found"]))


def part(given: argparse.Namespace) -> dict[str, Any]:
    """Run one part in this process, which becomes one with the shim where that is needed."""
    needs_shim = given.part != "kills"
    if needs_shim and "LD_PRELOAD" not in os.environ:
        return _with_shim()
    until, begun = _until(given.minutes), time.monotonic()
    with worlds(memory=needs_shim) as folder:
        count = given.count or int(FULL[given.part] * given.share)
        if given.part == "kills":
            from tests.anomaly import kills

            answer = kills.run(folder, count, given.seed, until)
        elif given.part == "power":
            from tests.anomaly import power

            answer = power.run(folder, count, given.seed, until, given.commands)
        else:
            from tests.anomaly import faults

            answer = faults.run(folder, count, given.seed, until, given.commands)
    found = answer["found"]
    assert isinstance(found, list)
    return answer | {"found": found[:200], "seconds": round(time.monotonic() - begun)}


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
    """Run every part, the suite's full tests with it, and write the table."""
    answers: list[dict[str, Any]] = []
    for name in (part for part in FULL if part not in given.skip):
        print(f"{name}: seed {given.seed}", flush=True)
        line = [name, "--seed", str(given.seed), "--minutes", str(given.minutes)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.anomaly", *line, "--share", str(given.share)],
            stdout=subprocess.PIPE,
            check=False,
            timeout=DAY,
        )
        answers.append(json.loads(done.stdout))
        print(json.dumps(answers[-1], ensure_ascii=False), flush=True)
    if "suite" not in given.skip:
        answers += table.of_pytest(given.seed)
    if "guards" not in given.skip:
        from tests.anomaly import guards

        answers.append(guards.answer())
    table.write(answers)
    return int(any(answer["found"] for answer in answers))


if __name__ == "__main__":
    sys.exit(main())

"""The parts of a full run that are tests: each in a process of its own, its lines collected."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.anomaly.table import NOTES
from tests.conftest import ROOT

PARTS: dict[str, tuple[str, str, str]] = {
    # name → the file, which tests of it (-k), the variable that sets how many
    "flips": ("test_flips.py", "", ""),
    "edits": ("test_edits.py", "", ""),
    "rollback": ("test_rollback.py", "", ""),
    "retries": ("test_retries.py", "", ""),
    "honest": ("test_honest.py", "", "SIXPING_LIVES"),
    "corrupt": ("test_corrupt.py", "not every_reading", "SIXPING_ANOMALY_TO"),
    "corrupt-all": ("test_corrupt.py", "every_reading", "SIXPING_ANOMALY_TO"),
    "output": ("test_output.py", "", ""),
    "upgrade": ("test_upgrade.py", "not large", ""),
    "upgrade-large": ("test_upgrade.py", "large", "SIXPING_ANOMALY_KILLS"),
}
_DEADLINE = 12 * 3600


def answer(part: str, seed: int, count: int | None = None) -> dict[str, Any]:
    """Run a part; return what it noted, how many tests passed and which did not."""
    file, which, many = PARTS[part]
    with tempfile.TemporaryDirectory(prefix="sixping-notes-") as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        asked = {"SIXPING_ANOMALY": "full", "SIXPING_ANOMALY_SEED": str(seed), NOTES: str(notes)}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0",
             f"tests/anomaly/{file}", *(["-k", which] if which else [])],
            cwd=ROOT,
            env=os.environ | asked | ({many: str(count)} if many and count else {}),
            capture_output=True,
            check=False,
            timeout=_DEADLINE,
        )  # fmt: skip
        lines = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    said = done.stdout.decode(errors="replace")
    failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if done.returncode and not failed:
        failed = [said[-300:]]
    words = said.splitlines()[-1].split() if said.strip() else []
    passed = next((int(n) for n, what in pairwise(words) if what.startswith("passed")), 0)
    return {
        "what": part, "seed": seed, "counts": {"passed": passed}, "found": failed,
        "lines": _summed(lines),
    }  # fmt: skip


def _summed(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add up the lines that are of one kind."""
    by_kind: dict[tuple[str, str], dict[str, Any]] = {}
    for line in lines:
        same = by_kind.setdefault((line["what"], line["unit"]), line | {"count": 0, "found": 0})
        same["count"] += line["count"]
        same["found"] += line["found"]
    return list(by_kind.values())

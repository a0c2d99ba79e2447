"""Runs a part of the suite in a process of its own, as the ordinary tests ask for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.anomaly import shim
from tests.conftest import ROOT

FULL = os.environ.get("SIXPING_ANOMALY") == "full"
_DEADLINE = 300


def answer_of(part: str, count: int, *more: str) -> dict[str, Any]:
    """Run a part with its fixed seed; skip visibly where the machine cannot."""
    if not hasattr(os, "fork"):
        pytest.skip("needs fork")
    if part != "kills" and shim.missing():
        pytest.skip(shim.missing())
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SIXPING_", "LD_"))}
    done = subprocess.run(
        [sys.executable, "-m", "tests.anomaly", part, "--count", str(count), *more],
        env=environment | {"PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"},
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=_DEADLINE,
    )
    assert done.stdout, done.stderr.decode()
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer

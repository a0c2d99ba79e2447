"""One system call on one file made to fail, in a process of its own: what the command says then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT, Result

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(
    STRACE is None or sys.platform != "linux", reason="needs strace to make system calls fail"
)
_DEADLINE = 120
"""Seconds; under strace on a busy machine a command takes one or two."""


def faulted(
    argv: Sequence[str],
    ledger: Path,
    fault: str,
    env: Mapping[str, str] | None = None,
    also: Sequence[Path] = (),
) -> Result:
    """Run a command while system calls on the ledger or its journal fail.

    ``fault`` as strace has it: ``pread64:error=EIO:when=3`` the third read, ``when=3+`` from the
    third on; ``also``: other files whose calls count and fail.
    """
    files = [str(path) for path in (ledger, Path(f"{ledger}-journal"), *also)]
    call = fault.partition(":")[0]
    return _traced(argv, ledger, files, [f"trace={call}", f"inject={fault}"], env, "/dev/null")


def count(
    argv: Sequence[str], ledger: Path, call: str, log: Path, env: Mapping[str, str] | None = None
) -> int:
    """Return how many of these system calls a command makes on the ledger and its journal.

    ``log`` is a file to count them in; the command changes the ledger as it does.
    """
    files = [str(ledger), f"{ledger}-journal"]
    done = _traced(argv, ledger, files, [f"trace={call}"], env, str(log))
    assert done.code in {0, 3}, done.err
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum(f"{call}(" in line for line in lines)


def _traced(
    argv: Sequence[str],
    ledger: Path,
    files: Sequence[str],
    what: Sequence[str],
    env: Mapping[str, str] | None,
    log: str,
) -> Result:
    assert STRACE is not None
    clean = {
        "HOME": str(ledger.parent), "PATH": os.defpath, "LANG": "C.UTF-8", "COLUMNS": "200",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "SIXPING_LEDGER": str(ledger),
    }  # fmt: skip
    watched = [word for name in files for word in ("-P", name)]
    told = [word for each in what for word in ("-e", each)]
    done = subprocess.run(
        [STRACE, "-f", "-qq", "-o", log, *watched, *told, sys.executable, "-m", "sixping", *argv],
        env=clean | dict(env or {}),
        cwd=ledger.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_DEADLINE,
    )
    return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

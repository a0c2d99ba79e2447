"""How far one command runs through the house: whoever reads it reads these files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT, Runner

NOW = "2026-11-24T09:00:00+08:00"
#: files whose functions an ``accept`` enters; the aim of the house is 40
MOST = 48

# Functions only: the body of a class (no CO_OPTIMIZED) runs once at import, as the module's own
# lines and their comprehensions do.
PROBE = """
import sys
entered = set()

def enter(frame, event, _):
    code = frame.f_code
    function = code.co_flags & 1 and (code.co_name[0] != "<" or code.co_name == "<lambda>")
    if event == "call" and function and "/sixping/" in code.co_filename:
        entered.add(code.co_filename.rpartition("/sixping/")[2])

sys.setprofile(enter)
from sixping.cli import main
code = main(sys.argv[1:])
sys.setprofile(None)
print(code, *sorted(entered), file=sys.stderr)
"""


def entered(*argv: str, home: Path, ledger: Path) -> list[str]:
    """Run a command in a process of its own; return the files whose functions it entered."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, "--ledger", str(ledger), *argv],
        env={
            "HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT), "SIXPING_NOW": NOW,
        },
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=60,
    )  # fmt: skip
    code, *files = done.stderr.splitlines()[-1].split(" ")
    assert code == "0", done.stderr
    return files


def test_an_accept_enters_few_files(call: Runner, ledger: Path, tmp_path: Path) -> None:
    made = call("intake", "江南大道占道经营", now=NOW)
    assert made.code == 0, made.err
    files = entered("accept", "1", home=tmp_path, ledger=ledger)
    assert {"cli.py", "store/transaction.py", "cases/lifecycle.py"} <= set(files)
    assert "triage/suggest.py" not in files, "a step suggests nothing"
    assert len(files) <= MOST, "\n".join(files)

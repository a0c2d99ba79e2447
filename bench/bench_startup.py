"""What a whole `sixping overdue` costs, against a bare sqlite3 script with the same query.

    python bench/bench_startup.py LEDGER --sql "SELECT … FROM … WHERE …"

Every contender runs as a process of its own, piped, in turns; the figure is CPU time
(user + system) from the operating system. Milliseconds drift with the machine, the
ratios of one run do not: they are the result. Must hold: sixping at most 5 times the
bare script, and less than sqlite-utils.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPT = """\
import sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
for row in connection.execute(sys.argv[2]):
    print(*row, sep="\\t")
"""
FLOOR = "bare sqlite3 script"


def contenders(ledger: Path, sql: str, command: list[str]) -> dict[str, list[str]]:
    """Return command lines by name; sqlite-utils only where it is installed."""
    python = sys.executable
    found = {
        "python -c pass": [python, "-c", "pass"],
        FLOOR: [python, "-c", SCRIPT, str(ledger), sql],
        f"sixping {' '.join(command)}": [
            python, "-m", "sixping", *command, "--ledger", str(ledger),
        ],
    }  # fmt: skip
    peer = shutil.which("sqlite-utils", path=f"{Path(python).parent}{os.pathsep}{os.defpath}")
    if peer:
        found["sqlite-utils query"] = [peer, "query", str(ledger), sql, "--tsv"]
    return found


def cpu_ms(argv: list[str]) -> float:
    """Run once; return user and system time of the process in milliseconds."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(argv, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 3}:
        raise SystemExit(f"{' '.join(argv)[:100]}: exit {process.returncode}")
    return (used.ru_utime + used.ru_stime) * 1000


def measure(found: dict[str, list[str]], rounds: int) -> dict[str, list[float]]:
    """Run all in turns, so that a busy neighbour meets each of them alike."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
    times: dict[str, list[float]] = {name: [] for name in found}
    for turn in range(rounds + 1):
        for name, argv in found.items():
            spent = cpu_ms(argv)
            if turn:  # the first turn compiles and fills the page cache
                times[name].append(spent)
    return times


def main() -> None:
    """Measure and print one line a contender."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--sql", required=True, help="the query of overdue")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--command", default="overdue", help="what sixping runs")
    given = parser.parse_args()
    times = measure(contenders(given.ledger, given.sql, given.command.split()), given.rounds)
    print(f"{'median':>8} {'min':>8} {'x floor':>8}   CPU ms of {given.rounds} runs in turns")
    for name, spent in times.items():
        ratio = statistics.median(a / b for a, b in zip(spent, times[FLOOR], strict=True))
        print(f"{statistics.median(spent):8.1f} {min(spent):8.1f} {ratio:8.2f}   {name}")


if __name__ == "__main__":
    main()

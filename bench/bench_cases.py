"""What each command of one case costs: ``python bench/bench_cases.py [--most 1000000]``.

Two ledgers with as many reports a day, one of 1,000 cases and one of ``--most``; a case is
taken through its whole life in both, command by command, in turns. Processor time of whole
processes; the target is that no command costs more than 1.2 times as much on the large one.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.bench_similar import made
from bench.make_ledger import NOW
from sixping.util.clock import to_text

TARGET = 1.2
INTAKE = ("intake", "演示路口占道经营, 影响通行", "--severity", "一般")
WHO = ("--approved-by", "分管领导", "--reason", "演示")
#: the life of a case {0}, into which the case {1} is merged for a while
LIFE: tuple[tuple[str, ...], ...] = (
    ("accept", "{0}"),
    ("assign", "{0}", "--lead", "城管执法中队", "--assist", "市场监管所"),
    ("sign", "{0}"),
    ("note", "{0}", "演示", "--to", "市场监管所"),
    ("part", "{0}", "--unit", "市场监管所"),
    ("part-done", "{0}", "--unit", "市场监管所", "--outcome", "演示"),
    ("extend", "{0}", "--workdays", "2", *WHO),
    ("suspend", "{0}", *WHO),
    ("resume", "{0}"),
    ("urge", "{0}", "--level", "普通", "--reason", "演示"),
    ("answer-urge", "{0}", "演示"),
    ("merge", "{1}", "--into", "{0}"),
    ("unmerge", "{1}", "--reason", "演示"),
    ("regrade", "{0}", "--category", "道路照明", "--reason", "演示"),
    ("return", "{0}", "--reason", "演示"),
    ("consult", "{0}"),
    ("refer", "{0}", "--to", "区级平台", "--content", "演示"),
    ("refer-reply", "{0}", "--outcome", "演示"),
    ("feedback", "{0}", "演示", "--satisfaction", "5"),
    ("verify-result", "{0}", "--pass"),
    ("close", "{0}"),
    ("reopen", "{0}", "--reason", "演示"),
    ("show", "{0}"),
    ("log", "{0}"),
    ("explain", "{0}"),
)


class Ledger:
    """One ledger and what was spent on it, by command."""

    def __init__(self, path: Path) -> None:
        """Take the ledger at a path."""
        self.env = os.environ | {
            "SIXPING_NOW": to_text(NOW),
            "SIXPING_LEDGER": str(path),
            "PYTHONPATH": str(Path(__file__).parents[1]),
        }
        self.spent: dict[str, list[float]] = {}

    def run(self, *argv: str) -> str:
        """Run one command; keep its processor time in milliseconds."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-m", "sixping", *argv],
            env=self.env, check=True, capture_output=True, text=True,
        )  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.spent.setdefault(argv[0], []).append(used * 1e3)
        return done.stdout

    def take_in(self) -> str:
        """Register a report and return its number."""
        number: str = json.loads(self.run(*INTAKE, "--json"))["number"]
        return number


def main() -> None:
    """Print a line for each command; exit 1 when one misses the target."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        sizes = {"small.db": 1_000, "large.db": given.most}
        ledgers = [Ledger(made(Path(name) / file, count)) for file, count in sizes.items()]
        for _ in range(given.rounds):
            numbers = [(ledger.take_in(), ledger.take_in()) for ledger in ledgers]
            for argv in LIFE:
                for ledger, pair in zip(ledgers, numbers, strict=True):
                    ledger.run(*(word.format(*pair) for word in argv))
    small, large = (ledger.spent for ledger in ledgers)
    ratios = []
    for command, times in small.items():
        pairs = zip(large[command], times, strict=True)
        ratio = statistics.median(a / b for a, b in pairs)
        ratios.append(ratio)
        print(f"{command:14} {statistics.median(large[command]):7.1f} ms at {given.most},"
              f" {statistics.median(times):6.1f} at 1000, ratio {ratio:.2f}")  # fmt: skip
    print(f"most {max(ratios):.2f} (target {TARGET})")
    sys.exit(max(ratios) > TARGET)


if __name__ == "__main__":
    main()

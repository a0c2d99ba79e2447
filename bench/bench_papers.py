"""What the papers of a month cost beside its figures: ``python -m bench.bench_papers [CASES]``.

A ledger of invented cases (100,000 unless said otherwise); of each form of paper the processor
seconds and the peak memory of a process of its own, and how often the figures alone
(``report --month --json``) fit into that. Held: peak memory.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from bench.bench_import import cost
from bench.bench_overdue import ledger
from bench.make_ledger import NOW

MOST_MEMORY = 200
"""Must hold: MB at most, of each form."""
MONTH = ("report", "--month", "2026-10")
PAPERS = {
    "figures": (*MONTH, "--json"),
    "terminal": (*MONTH, "--format", "table"),
    "md": (*MONTH, "-o", "a.md"),
    "html": (*MONTH, "-o", "a.html"),
    "docx": (*MONTH, "-o", "a.docx"),
    "xlsx": (*MONTH, "-o", "a.xlsx"),
    "board": ("report", "--board", "-o", "b.html"),
}


def main() -> int:
    """Print the figures; 1 past a bound."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    os.environ["SIXPING_NOW"] = NOW.isoformat()
    path = ledger(Path(tempfile.gettempdir()), cases, 300, min(5000, cases // 20))
    wrong, figures = False, 0.0
    print(f"{'CPU s':>7} {'x figures':>9} {'MB':>6} {'kB':>7}   {cases:,} cases")
    with tempfile.TemporaryDirectory() as made:
        for name, words in PAPERS.items():
            argv = [str(Path(made) / word) if "." in word else word for word in words]
            program = [sys.executable, "-m", "sixping", "--ledger", str(path)]
            seconds, memory = cost([*program, *argv])
            figures = figures or seconds
            size = Path(argv[-1]).stat().st_size // 1000 if "-o" in argv else 0
            print(f"{seconds:7.2f} {seconds / figures:9.2f} {memory:6.0f} {size:7}   {name}")
            wrong |= memory > MOST_MEMORY
    return int(wrong)


if __name__ == "__main__":
    raise SystemExit(main())

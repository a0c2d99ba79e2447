"""What `export` costs a case beside `csv.writer` of its rows: ``python -m bench.bench_export``.

One ledger of records of the past with named reporters and telephones, as an import makes them;
the baseline writes ``SELECT *`` of the bare tables of it (cases, words, clocks) in the same run.
Processor seconds of processes of their own, in turns; medians. Held: that ten times the cases
cost at most so many times as much a case (``LINEAR``), and memory. The ratios are printed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from bench.bench_import import PROFILES, cost, write_rows

LINEAR = 1.5
"""Must hold: a case of all costs at most so many times what one of a tenth of them does."""
MOST_MEMORY = 64
"""Must hold: MB at most."""
BARE = """\
import csv, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
    rows = csv.writer(out)
    for table in ("cases", "told", "clocks"):
        rows.writerows(con.execute(f"SELECT * FROM {table}"))
"""
WAYS = {
    "csv": ("export", "-o", "a.csv"),
    "jsonl": ("export", "-o", "a.jsonl"),
    "xlsx": ("export", "-o", "a.xlsx"),
    "open311": ("export", "--open311", "-o", "a.json"),
    "people": ("export", "--for-people", "-o", "b.csv"),
    "events": ("export", "events", "-o", "e.jsonl"),
}


def sixping(folder: Path, *argv: str) -> tuple[float, float]:
    """Run a command on the ledger of a folder: processor seconds and peak MB."""
    ledger = ("--ledger", str(folder / "l.db"))
    argv = tuple(str(folder / word) if "." in word else word for word in argv)
    return cost([sys.executable, "-m", "sixping", *ledger, *argv])


def ledger(folder: Path, rows: int) -> Path:
    """Make a ledger of so many cases."""
    folder.mkdir()
    (folder / "thin.toml").write_text(PROFILES["thin"], encoding="utf-8")
    write_rows(folder / "thin.csv", "thin", rows, shuffled=False)
    sixping(folder, "init")
    sixping(folder, "import", "thin.csv", "--profile", "thin.toml", "--no-triage")
    return folder


def main() -> int:
    """Print the figures; 1 past a bound."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    wrong = False
    with tempfile.TemporaryDirectory() as name:
        many, few = ledger(Path(name) / "many", most), ledger(Path(name) / "few", most // 10)
        bare = statistics.median(
            cost([sys.executable, "-c", BARE, str(many / "l.db"), str(many / "bare.csv")]).cpu
            for _ in range(3)
        )
        nothing = ("export", "--from", "2000-01-01", "--to", "2000-01-02", "--format", "csv")
        idle = statistics.median(sixping(few, *nothing)[0] for _ in range(5))
        print(f"bare rows {bare:.2f} s, {most} cases")
        for way, argv in WAYS.items():
            runs = [(sixping(many, *argv, "--force"), sixping(few, *argv, "--force"))
                    for _ in range(3)]  # fmt: skip
            large = statistics.median(run[0][0] for run in runs) - idle
            small = statistics.median(run[1][0] for run in runs) - idle
            memory = max(run[0][1] for run in runs)
            growth = large / most / max(small / (most // 10), 1e-9)
            over = growth > LINEAR or memory > MOST_MEMORY
            wrong |= over
            print(
                f"{'OVER' if over else 'ok':5}{way:8}{large / most * 1e6:7.0f} us a case,"
                f" {large / bare:5.1f} x bare, {growth:.2f} x of a tenth (at most {LINEAR}),"
                f" {memory:.0f} MB (at most {MOST_MEMORY})",
                flush=True,
            )
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())

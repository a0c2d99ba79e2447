"""What `sixping overdue` costs, as cron runs it: whole processes, piped, in turns.

    python bench/bench_overdue.py                      # 2,000 cases, 40 of them open
    python bench/bench_overdue.py --flat               # and 300 open among 10,000 / 1,000,000
    python bench/bench_overdue.py --pages              # and report, list, search on 100,000

The ledgers are invented, made on the first run and kept in ``--folder``; the million takes
three minutes. Milliseconds drift with the machine, the ratios of one run do not.
Must hold: at most 5 times a bare sqlite3 script with the same query and formatting, less
than sqlite-utils with that query, and at a million cases at most 1.3 times what it costs
at ten thousand.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from bench.bench_startup import FLOOR, contenders, measure
from bench.make_ledger import NOW, make
from sixping.store.ddl import MIGRATIONS

#: what overdue asks, as one statement: running clocks that are due, and states that wait
SQL = """\
WITH waits (number, what, since) AS (
  SELECT number, 'decision', accepted_at FROM case_states
    WHERE to_seq IS NULL AND open = 1 AND status = '待联席会议研究'
  UNION ALL SELECT number, 'unsigned', assigned_at FROM case_states
    WHERE to_seq IS NULL AND open = 1 AND status = '办理中' AND signed_at IS NULL
  UNION ALL SELECT number, 'returned', returned_at FROM case_states
    WHERE to_seq IS NULL AND open = 1 AND status = '待分派' AND returned_at IS NOT NULL
  UNION ALL SELECT number, 'feedback', resolved_at FROM case_states
    WHERE to_seq IS NULL AND owes_feedback = 1
  UNION ALL SELECT number, kind, due FROM clock_states
    WHERE to_seq IS NULL AND stopped IS NULL AND unknown = 0 AND due IS NOT NULL
    AND due < '2026-11-25T00:00:00+08:00')
SELECT c.number, w.what, w.since, c.severity, c.platform, c.lead, c.community,
  substr(json_extract(t.fields, '$.text'), 1, 30)
FROM waits w JOIN case_states c ON c.number = w.number AND c.to_seq IS NULL
LEFT JOIN told t ON t.seq = c.intake_seq ORDER BY w.what, w.since, c.number"""


def ledger(folder: Path, cases: int, still_open: int, lived: int = 0) -> Path:
    """Return the ledger of this size, made when there is none of today's schema yet."""
    schema = sha256(repr(MIGRATIONS).encode()).hexdigest()[:8]
    path = folder / f"bench-{schema}-{cases}-{still_open}-{lived}.sqlite3"
    if not path.exists():
        print(f"making {path.name} ...", file=sys.stderr)
        make(path, cases, still_open, lived)
    return path


def table(times: dict[str, list[float]], against: str) -> None:
    """Print the medians and how they compare with one of them, pair by pair."""
    print(f"{'median':>8} {'min':>8} {'ratio':>7}   CPU ms, {len(times[against])} runs in turns")
    for name, spent in times.items():
        ratio = statistics.median(a / b for a, b in zip(spent, times[against], strict=True))
        print(f"{statistics.median(spent):8.1f} {min(spent):8.1f} {ratio:7.2f}   {name}")


def sixping(path: Path, *command: str) -> list[str]:
    """Return the command line of one run."""
    return [sys.executable, "-m", "sixping", *command, "--ledger", str(path)]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--flat", action="store_true", help="10,000 against 1,000,000 cases")
    parser.add_argument("--pages", action="store_true", help="report and list on 100,000 cases")
    given = parser.parse_args()
    os.environ["SIXPING_NOW"] = NOW.isoformat()
    small = ledger(given.folder, 2000, 40, 200)
    table(measure(contenders(small, SQL, ["overdue"]), given.rounds), FLOOR)
    if given.flat:
        sizes = {f"{n:,} cases": ledger(given.folder, n, 300) for n in (10_000, 1_000_000)}
        found = {name: sixping(path, "overdue") for name, path in sizes.items()}
        table(measure(found, given.rounds), next(iter(found)))
    if given.pages:
        path = ledger(given.folder, 100_000, 300, 5000)
        asked = ("overdue", "list", "report --month --json", "report --year 2025 --json",
                 "search 演示路口 999")  # fmt: skip
        found = {name: sixping(path, *name.split()) for name in asked}
        table(measure(found, 5), "overdue")


if __name__ == "__main__":
    main()

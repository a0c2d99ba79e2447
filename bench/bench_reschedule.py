"""Rescheduling against the bulk append, in one run: ``python bench/bench_reschedule.py [cases]``.

A ledger of open cases whose promises all reach into an unpublished year is brought in line
with an invented notice for it (an event a case), and as many reports are appended in bulk.
The limit is the project's own: at most twice the append; exit code 1 when it is missed.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from sixping.calendar.layers import NamedDay, PublishedYear
from sixping.cases.steps.intake import Reported
from sixping.ledger import transaction
from sixping.services import reschedule
from sixping.services.rulebooks import rulebooks_of
from sixping.store.bulk import BulkStep, append_many
from sixping.store.files import create
from sixping.store.writer import Stamp
from sixping.util.clock import SHANGHAI

NOW = datetime(2026, 12, 28, 9, 0, tzinfo=SHANGHAI)
STAMP = Stamp(NOW, "bench", "bench", "bench", "bench")
MOST = 2.0


def reports(count: int) -> list[BulkStep]:
    """Return ordinary reports of December 2026, three clocks each."""
    steps = []
    for n in range(count):
        at = datetime(2026, 12, 14, 8, tzinfo=SHANGHAI) + timedelta(seconds=97 * (n % 9000))
        event = Reported(channel="投诉举报电话", text="演示")
        steps.append(BulkStep(event, at))
    return steps


def append(path: Path, items: list[BulkStep]) -> float:
    """Time the bulk append into a new ledger."""
    create(path, STAMP, {})
    began = process_time()
    with transaction(path, STAMP) as work:
        append_many(work, items, rulebooks_of(None).rules)
    return process_time() - began


def apply(path: Path) -> tuple[float, int]:
    """Time rescheduling, planning included; return also how many events that made."""
    days = [NamedDay(date(2027, 1, n), n == 9, "演示") for n in (1, 4, 5, 9)]
    layer = PublishedYear(2027, "演示通知 (虚构)", tuple(days))
    with transaction(path, STAMP) as work:
        work.note("calendar", "calendar", "year_imported", {"layer": layer.as_data()})
    began = process_time()
    with transaction(path, STAMP) as work:
        moves = reschedule.apply(work, NOW)
    return process_time() - began, len({move.number for move in moves if move.changes})


def main() -> int:
    """Print the ratio; return 1 when it is over its limit."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    items = reports(count)
    appended, applied, events = [], [], 0
    with tempfile.TemporaryDirectory() as name:
        for n in range(3):
            path = Path(name) / f"ledger{n}.db"
            appended.append(append(path, items))
            spent, events = apply(path)
            applied.append(spent)
    if events != count:
        print(f"rescheduled {events} of {count}: the ratio says nothing")
        return 1
    ratio = min(applied) / min(appended)
    print(f"append of {count} reports   {min(appended) / count * 1e6:7.1f} us each")
    print(f"rescheduling {count} cases  {min(applied) / count * 1e6:7.1f} us each")
    over = ", MISSED" if ratio > MOST else ""
    print(f"rescheduling / append {ratio:8.2f} x (at most {MOST:g}{over})")
    return int(ratio > MOST)


if __name__ == "__main__":
    raise SystemExit(main())

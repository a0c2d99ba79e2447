"""The ledger against the floor, in one run: ``python bench/bench_ledger.py [rows] [FILE.csv]``.

Prints import against plain ``csv`` + ``executemany`` of the same rows in one durable
transaction (target: at most 5 times), verification per event, one durable intake, and
``running`` (the query of ``overdue``) with 300 open cases among ten times as many.
"""

from __future__ import annotations

import csv
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sixping.cases.dates import Due
from sixping.cases.rules import Terms
from sixping.cases.steps.intake import Imported, Reported
from sixping.ledger import transaction
from sixping.policy.vocabulary import ClockKind
from sixping.queries import cases
from sixping.services.rulebooks import rulebooks_of
from sixping.store import verify
from sixping.store.bulk import BulkStep, append_many
from sixping.store.files import create
from sixping.store.sqlite import reading
from sixping.store.writer import Stamp
from sixping.util.clock import SHANGHAI, from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
START = datetime(2019, 1, 1, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
RULES = rulebooks_of(None).rules
STAMP = Stamp(NOW, None, "bench", "bench", "bench")
TERMS = Terms(profile="civil-code", edition="2020-03-16", calendar="c0ffee")
TEXT = "我家住在演示小区三幢, 楼下的店铺长期把货物堆到人行道上, 行人只能走到机动车道, 请尽快处理。"


def write_rows(path: Path, count: int) -> None:
    """Write rows like those of a message board: number, name, title, times, long texts."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        for i in range(count):
            at = START + timedelta(seconds=97 * i)
            out.writerow(
                (
                    f"M{i}",
                    "演示甲",
                    "占道经营",
                    to_text(at),
                    TEXT * 10,
                    TEXT * 8,
                    to_text(at + 3 * DAY),
                )
            )


def items(path: Path) -> Iterator[BulkStep]:
    """Read the rows as an import does, with three clocks each."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, name, title, at_text, text, answer, done_text in csv.reader(file):
            at, done = from_text(at_text), from_text(done_text)
            dues = (
                Due(ClockKind.FINISH, at + 7 * DAY, workdays=5, clause="五.1c"),
                Due(ClockKind.CEILING, at + 21 * DAY, workdays=15, clause="五.1c"),
            )
            event = Imported(
                channel="浙江政务服务网", source_no=number, profile="messages", resolved_at=done,
                answered=True, text=f"{title} {text}", feedback=answer, reporter=name,
                dues=dues, terms=TERMS,
            )  # fmt: skip
            yield BulkStep(event, at, None, text.encode())


def bare(rows: Path, target: Path) -> float:
    """Time plain csv and executemany in one durable transaction."""
    con = sqlite3.connect(target, isolation_level=None)
    con.execute("PRAGMA synchronous=EXTRA")
    began = time.process_time()
    con.execute("BEGIN IMMEDIATE")
    con.execute("CREATE TABLE rows (a, b, c, d, e, f, g)")
    with rows.open(encoding="utf-8", newline="") as file:
        con.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", csv.reader(file))
    con.execute("COMMIT")
    con.close()
    return time.process_time() - began


def ours(rows: Path, target: Path) -> float:
    """Time the same rows into a new ledger."""
    create(target, STAMP, {})
    began = time.process_time()
    with transaction(target, STAMP) as work:
        append_many(work, items(rows), RULES)
    return time.process_time() - began


def intake(path: Path) -> float:
    """Return the seconds of one durable intake, opening included; median of 31."""
    times = []
    for _ in range(31):
        began = time.perf_counter()
        with transaction(path, STAMP) as work:
            event = Reported(channel="投诉举报电话", text=TEXT)
            work.append(work.next_number(2026), event, NOW, before=None, rules=RULES)
        times.append(time.perf_counter() - began)
    return sorted(times)[15]


def overdue(path: Path) -> float:
    """Return the seconds of the query behind ``overdue``, opening included; median of 31."""
    times = []
    for _ in range(31):
        began = time.perf_counter()
        with reading(path) as con:
            found = cases.running(con, "2099")
        times.append(time.perf_counter() - began)
        assert len(found) == 300  # noqa: S101
    return sorted(times)[15]


def with_open(path: Path) -> None:
    """Add 300 open cases."""
    event = Reported(channel="投诉举报电话", text=TEXT)
    with transaction(path, STAMP) as work:
        append_many(work, (BulkStep(event, NOW) for _ in range(300)), RULES)


def verified(path: Path) -> str:
    """Time a verification: on the clock and, helpers included, on the processors."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    before = sum(sum(resource.getrusage(who)[:2]) for who in whose)
    began = time.perf_counter()
    result = verify.verify(path)
    wall = time.perf_counter() - began
    spent = sum(sum(resource.getrusage(who)[:2]) for who in whose) - before
    each = 1e6 / result["events"]
    return (
        f"verify   {wall * each:7.1f} us/event, {spent * each:.1f} of processors, ok {result['ok']}"
    )


def main() -> None:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows, few = folder / "rows.csv", folder / "few.csv"
        write_rows(rows, count)
        write_rows(few, count // 10)
        floor = min(bare(rows, folder / f"bare{i}.db") for i in range(3))
        spent = min(ours(rows, folder / f"ours{i}.db") for i in range(2))
        print(f"import   {spent / count * 1e6:7.1f} us/row, bare {floor / count * 1e6:.1f},"
              f" ratio {spent / floor:.2f} (target 5)")  # fmt: skip
        print(verified(folder / "ours0.db"))
        print(f"intake   {intake(folder / 'ours1.db') * 1e3:7.2f} ms")
        ours(few, folder / "few.db")
        for ledger in ("ours0.db", "few.db"):
            with_open(folder / ledger)
        large, small = overdue(folder / "ours0.db"), overdue(folder / "few.db")
        print(f"overdue  {large * 1e3:7.2f} ms at {count + 300}, {small * 1e3:.2f} at"
              f" {count // 10 + 300}, ratio {large / small:.2f} (target 1.3)")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"memory   {peak:7d} MB at most")


if __name__ == "__main__":
    main()

"""A year of duty for 200 people against a bare pass over its rows: ``python bench/bench_duty.py``.

The same rows of one ledger are read and parsed (the floor), then judged as ``duty check``
does it; once taken from files, once signed in and out one by one. Best of several rounds
taken in turn; exit code 1 when judging costs more than five times the floor.
"""

from __future__ import annotations

import gc
import json
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).parents[1]))

from sixping.ledger import transaction
from sixping.office import duty, streams
from sixping.office.organisation import PEOPLE, PersonJoined
from sixping.reports.dutycover import Compliance, Rule, compliance
from sixping.services.dutycover import duties
from sixping.store.files import create
from sixping.store.sqlite import reading
from sixping.store.transaction import Transaction
from sixping.store.writer import Stamp
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar

YEAR, PERSONS, ROUNDS, LIMIT = 2026, 200, 5, 5.0
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
STAMP = Stamp(datetime(YEAR + 1, 1, 4, 9, tzinfo=SHANGHAI), None, "bench", "bench", "bench")
RULE = Rule(8 * 60, 17 * 60)
CALENDAR = load_calendar()
DAYS = [
    day
    for n in range((LAST - FIRST).days + 1)
    if CALENDAR.is_workday(day := FIRST + timedelta(days=n))
]


def main() -> int:
    """Print the ratios; return 1 when one is over the limit."""
    gc.freeze()  # as the command line does: what was loaded is not walked again
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (("from files", by_file), ("one by one", by_hand)):
            path = Path(folder) / f"{write.__name__}.db"
            make(path, write)
            floor, whole, rows = measure(path)
            ratio = whole / floor
            missed |= ratio > LIMIT
            print(
                f"{name}: {rows} rows, bare pass {floor * 1e3:.0f} ms, "
                f"judged {whole * 1e3:.0f} ms: {ratio:.2f} x (at most {LIMIT:g})"
            )
    return int(missed)


def make(path: Path, write: Callable[[Transaction, date], None]) -> None:
    """Make a ledger of a year: everybody twice a day, some late, some off at noon."""
    create(path, STAMP, {})
    with transaction(path, STAMP) as work:
        for n in range(1, PERSONS + 1):
            unit = ("城管执法中队", "市场监管所")[n % 2]
            person = PersonJoined(
                person=f"p{n}", day=FIRST, unit=unit, stationed=True, name=f"演示{n}",
                licence_until=LAST if n % 3 else None,
            )  # fmt: skip
            streams.record(work, "organisation", PEOPLE, person, STAMP.now)
        for day in DAYS:
            write(work, day)


def lines(day: date) -> list[tuple[str, int, int]]:
    """Return the attendance of a day."""
    shift = day.toordinal()
    return [
        (f"p{n}", *spell)
        for n in range(1, PERSONS + 1)
        for spell in ((475 + (n + shift) % 12, 720), (720 + (n * shift) % 3, 1025 - n % 9))
    ]


def by_file(work: Transaction, day: date) -> None:
    """Record a day as an import does."""
    rows = tuple((who, duty.clock(start), duty.clock(end)) for who, start, end in lines(day))
    event = duty.Attended(day=day, rows=rows)
    streams.record(work, duty.STREAM, duty.month_of(day), event, STAMP.now)


def by_hand(work: Transaction, day: date) -> None:
    """Record a day as sign-ins and sign-outs do, for a tenth of the people."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
    for who, start, end in lines(day)[: PERSONS // 5]:
        for event, minute in (
            (duty.SignedIn(person=who), start),
            (duty.SignedOut(person=who), end),
        ):
            at = midnight + timedelta(minutes=minute)
            streams.record(work, duty.STREAM, duty.month_of(day), event, at)


def measure(path: Path) -> tuple[float, float, int]:
    """Return the best processor time of the floor and of the judgement, and the rows read."""
    floor = whole = float("inf")
    rows = 0
    for _ in range(ROUNDS):
        began = process_time()
        rows = bare(path)
        floor = min(floor, process_time() - began)
        began = process_time()
        judge(path)
        whole = min(whole, process_time() - began)
    return floor, whole, rows


def bare(path: Path) -> int:
    """Read the rows and parse what they say, nothing else; return how many there are."""
    parse, clock, seen = datetime.fromisoformat, duty._minutes(), 0  # noqa: SLF001
    con = sqlite3.connect(path)
    for at, kind, facts in con.execute(
        "SELECT at, kind, facts FROM events WHERE stream = 'duty' ORDER BY seq"
    ):
        said = json.loads(facts)
        moment = parse(at)
        if kind == "attended":
            parse(said["day"])
            for who, start, end in said["rows"]:
                (who, clock[start], clock[end])
                seen += 1
        else:
            (said["person"], moment.hour * 60 + moment.minute)
            seen += 1
    con.close()
    return seen


def judge(path: Path) -> Compliance:
    """Judge the year as ``duty check`` judges a period."""
    with reading(path) as con:
        book = duty.DutyRecord(con, FIRST, LAST)
    return compliance((duties(book, day, RULE.closes) for day in DAYS), RULE)


if __name__ == "__main__":
    raise SystemExit(main())

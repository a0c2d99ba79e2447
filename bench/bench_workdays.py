"""Working-day arithmetic as ratios in one run: ``python bench/bench_workdays.py``.

Each figure is the best of several rounds, taken in turn so that a busy machine slows all
alike. Limits are those the project set itself; exit code 1 when one is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import chinese_calendar

from sixping.calendarfiles import library_years
from sixping.clock import SHANGHAI
from sixping.workdays import Hours, add_workdays, due_at, load_calendar

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
SOME = DAYS[5000:7000]
ROUNDS = 7


def main() -> int:
    """Print the ratios; return 1 when one is over its limit."""
    calendar = load_calendar()
    hours = Hours(time(8), time(17))
    table = list(range(LAST.toordinal() + 1))
    moments = [datetime(d.year, d.month, d.day, 9, tzinfo=SHANGHAI) for d in SOME]

    def add(count: int) -> Callable[[], object]:
        def run() -> None:
            for day in SOME:
                add_workdays(day, count, calendar)

        return run

    def look_up() -> None:
        for day in SOME:
            table[day.toordinal()]

    def due() -> None:
        for moment in moments:
            due_at(moment, 15, calendar, "civil-code", hours)

    def find() -> None:
        for day in SOME[:40]:
            chinese_calendar.find_workday(15, day)

    def ask() -> None:
        for day in DAYS[::40]:
            chinese_calendar.is_workday(day)

    def build() -> None:
        library_years.cache_clear()
        load_calendar()

    jobs = {
        "look": look_up, "add1": add(1), "add15": add(15), "due": due,
        "find": find, "ask": ask, "build": build,
    }  # fmt: skip
    best = dict.fromkeys(jobs, float("inf"))
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            start = perf_counter()
            job()
            best[name] = min(best[name], perf_counter() - start)
    each = {name: best[name] / len(SOME) for name in ("look", "add1", "add15", "due")}
    find_each, ask_all = best["find"] / 40, best["ask"] / len(DAYS[::40]) * len(DAYS)
    print(f"list look-up with toordinal() {each['look'] * 1e9:8.0f} ns")
    print(f"due_at                        {each['due'] * 1e9:8.0f} ns")
    print(f"building the calendar         {best['build'] * 1e3:8.2f} ms, files included")
    return report(
        ("add_workdays(15) / list look-up", each["add15"] / each["look"], 5.0),
        ("due_at / list look-up", each["due"] / each["look"], None),
        ("add_workdays(15) / add_workdays(1)", each["add15"] / each["add1"], 1.1),
        ("1000 * add_workdays(15) / find_workday(15)", 1000 * each["add15"] / find_each, 1.0),
        ("100 * building / is_workday for every day", 100 * best["build"] / ask_all, 1.0),
    )


def report(*lines: tuple[str, float, float | None]) -> int:
    """Print each ratio against its limit; return 1 when one is over."""
    missed = False
    for name, ratio, limit in lines:
        over = limit is not None and ratio > limit
        missed |= over
        aim = "" if limit is None else f" (at most {limit:g}{', MISSED' if over else ''})"
        print(f"{name:45} {ratio:8.2f} x{aim}")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())

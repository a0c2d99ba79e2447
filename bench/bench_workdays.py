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

from sixping.calendar.files import load_layers
from sixping.calendar.table import Calendar
from sixping.util.clock import SHANGHAI
from sixping.workdays import Hours, add_workdays, due_at, load_calendar

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
SOME = DAYS[5000:7000]
ROUNDS = 7


def main() -> int:
    """Print the ratios; return 1 when one is over its limit."""
    best = measure(jobs())
    each = {name: best[name] / len(SOME) for name in ("look", "add1", "add15", "due")}
    find_each, ask_all = best["find"] / 40, best["ask"] / len(DAYS[::40]) * len(DAYS)
    print(f"list look-up with toordinal() {each['look'] * 1e9:8.0f} ns")
    print(f"due_at                        {each['due'] * 1e9:8.0f} ns")
    print(f"building, files read          {best['build'] * 1e3:8.2f} ms")
    print(f"building, all 2004-2100       {best['whole'] * 1e3:8.2f} ms")
    return report(
        ("add_workdays(15) / list look-up", each["add15"] / each["look"], 5.0),
        ("due_at / list look-up", each["due"] / each["look"], None),
        ("add_workdays(15) / add_workdays(1)", each["add15"] / each["add1"], 1.1),
        ("1000 * add_workdays(15) / find_workday(15)", 1000 * each["add15"] / find_each, 1.0),
        ("100 * laying and indexing / is_workday", 100 * best["lay"] / ask_all, 1.0),
        ("100 * the same with files read / is_workday", 100 * best["build"] / ask_all, 1.0),
        ("100 * the same for 2004-2100 / is_workday", 100 * best["whole"] / ask_all, None),
    )


def jobs() -> dict[str, Callable[[], object]]:
    """Return what is timed, by name."""
    calendar, layers = load_calendar(), load_layers(None)
    calendar.day(date(2099, 1, 1))
    hours = Hours(time(8), time(17))
    table = list(range(LAST.toordinal() + 1))
    moments = [datetime(d.year, d.month, d.day, 9, tzinfo=SHANGHAI) for d in SOME]
    years = layers.years.values()

    def each(days: list[date], step: Callable[[date], object]) -> Callable[[], object]:
        return lambda: [step(day) for day in days]

    def look() -> None:
        for day in SOME:
            table[day.toordinal()]

    def add(count: int) -> Callable[[], object]:
        def run() -> None:
            for day in SOME:
                add_workdays(day, count, calendar)

        return run

    def due() -> None:
        for moment in moments:
            due_at(moment, 15, calendar, "civil-code", hours)

    return {
        "look": look,
        "add1": add(1),
        "add15": add(15),
        "due": due,
        "find": each(SOME[:40], lambda day: chinese_calendar.find_workday(15, day)),
        "ask": each(DAYS[::40], chinese_calendar.is_workday),
        "lay": lambda: Calendar(years, layers.orders, layers.statute),
        "build": load_calendar,
        "whole": lambda: load_calendar().is_workday(date(2099, 1, 1)),
    }


def measure(timed: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the best time of each in seconds."""
    best = dict.fromkeys(timed, float("inf"))
    for _ in range(ROUNDS):
        for name, job in timed.items():
            start = perf_counter()
            job()
            best[name] = min(best[name], perf_counter() - start)
    return best


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

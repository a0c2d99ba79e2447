"""What looking for repeats costs an intake: ``python bench/bench_similar.py [cases]``.

Two ledgers with 800 reports a day (a busy street's week), one of 1,000 cases and one of
1,000,000 unless told otherwise; texts are those of ``make_ledger`` with their own numbers,
every third report has a phone and a place. Prints the whole command and its parts; the
target is that the large ledger costs at most 1.2 times the small one.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bench.make_ledger import NOW, report
from sixping.cases.similarity import Side, offers
from sixping.ledger import transaction
from sixping.queries import similar
from sixping.services.rulebooks import rulebooks_of
from sixping.store.bulk import BulkStep, append_many
from sixping.store.files import create
from sixping.store.sqlite import reading
from sixping.store.writer import Stamp
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

A_DAY = 800
LONG = "演示路口的窨井盖没了, 夜里看不清。" * 5_500
STAMP = Stamp(NOW, "演示甲", "demo(1000)", "desk", "sixping bench")


def items(rng: random.Random, count: int, text: str | None = None) -> Iterator[BulkStep]:
    """Yield reports received evenly until now, newest last."""
    for n in range(count):
        at = (NOW - timedelta(days=(count - n) / A_DAY)).replace(microsecond=0)
        private: dict[str, object] = {"resolved_at": at + timedelta(hours=9), "answered": True}
        if n % 3 == 0:
            private |= {"phone": f"138{rng.randrange(10**8):08d}"}
            private |= {"place": f"演示大道{rng.randrange(3000)}号"}
        event = report(rng, at, **private)
        if text is not None:
            event = replace(event, text=text)
        yield BulkStep(event, at)


def made(path: Path, count: int, text: str | None = None) -> Path:
    """Make a ledger of so many cases."""
    create(path, STAMP, {})
    with transaction(path, STAMP) as work:
        append_many(work, items(random.Random(7), count, text), rulebooks_of(None).rules)  # noqa: S311 - invented reports
    return path


def parts(path: Path) -> tuple[float, float, int]:
    """Return milliseconds to find and to score the candidates of the newest case; medians."""
    found, scored, rows = [], [], []
    for _ in range(15):
        began = time.perf_counter()
        with reading(path) as con:
            newest = con.execute("SELECT max(number) FROM cases").fetchone()[0]
            side = similar.report(con, newest)
            assert side is not None  # noqa: S101
            since, until = to_text(NOW - timedelta(days=30)), to_text(NOW + timedelta(days=30))
            rows = similar.candidates(con, side, since=since, until=until, cap=200)
        found.append(time.perf_counter() - began)
        began = time.perf_counter()
        offers(Side(*side), [Side(*row) for row in rows], 60)
        scored.append(time.perf_counter() - began)
    return statistics.median(found) * 1e3, statistics.median(scored) * 1e3, len(rows)


def intake(path: Path, *more: str) -> float:
    """Return milliseconds of processor time of one whole command."""
    env = os.environ | {
        "SIXPING_NOW": to_text(NOW),
        "SIXPING_LEDGER": str(path),
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "sixping", "intake", "演示路口的窨井盖没了, 有人摔倒", *more],
        env=env, check=True, capture_output=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def main() -> None:
    """Print the figures."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ledgers = [made(folder / "small.db", 1_000), made(folder / "large.db", most)]
        for more in ((), ("--phone", "13800000000", "--place", "演示大道68号")):
            spent: list[list[float]] = [[], []]
            for _ in range(21):  # in turn: the machine may be busy
                for path, times in zip(ledgers, spent, strict=True):
                    times.append(intake(path, *more))
            small, large = map(statistics.median, spent)
            print(f"intake {' '.join(more):40} {large:6.1f} ms at {most}, {small:.1f} at 1000,"
                  f" ratio {large / small:.2f} (target 1.2)")  # fmt: skip
        for path in ledgers:
            found, scored, count = parts(path)
            print(f"{path.name:9} find {found:5.1f} ms, score {scored:5.1f} ms, {count} candidates")
        found, scored, count = parts(made(folder / "long.db", 300, LONG))
        print(f"{len(LONG)} characters each: find {found:.1f} ms, score {scored:.1f} ms, {count}")


if __name__ == "__main__":
    main()

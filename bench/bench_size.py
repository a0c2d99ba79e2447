"""Bytes a case costs on disk: ``python bench/bench_size.py [--cases 20000] [--most 4000]``.

Invented cases of 120 Chinese characters, five steps each (taken in, accepted, assigned, resolved,
fed back), as the program writes them. Prints bytes a case by table and index after VACUUM, all
pages of each counted; exit 1 when the whole file costs more than ``--most``.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.make_ledger import NOW, report
from sixping.cases.steps.ending import FedBack, Resolved
from sixping.cases.steps.handling import Assigned
from sixping.cases.steps.intake import Accepted
from sixping.ledger import transaction
from sixping.services.rulebooks import rulebooks_of
from sixping.store.files import create
from sixping.store.writer import Stamp

UNITS = ("城管执法中队", "市场监管所", "江一社区", "平安建设办")
STAMP = Stamp(NOW, "演示甲", "demo(1000)", "desk", "sixping bench")
MOST = 4000
"""Must hold: bytes a case, the whole file over the cases in it."""


def make(path: Path, cases: int, seed: int = 7) -> None:
    """Make the ledger: each case through five steps."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    create(path, STAMP, {})
    rules = rulebooks_of(None).rules
    for first in range(0, cases, 1000):
        with transaction(path, STAMP) as work:
            for n in range(first, min(first + 1000, cases)):
                at = NOW - timedelta(days=400) * (1 - n / cases) - timedelta(days=30)
                case, _ = work.append(
                    work.next_number(at.year), report(rng, at), at,
                    before=None, rules=rules, content=b"c",
                )  # fmt: skip
                for hours, event in (
                    (1, Accepted(standard=True, channel=case.channel)),
                    (2, Assigned(lead=rng.choice(UNITS))),
                    (rng.randrange(3, 100), Resolved(outcome="已到现场处理, 占道物品已清理")),
                    (101, FedBack(text="已电话告知反映人处理结果", satisfaction=5)),
                ):
                    when = at + timedelta(hours=hours)
                    case, _ = work.append(case.number, event, when, before=case, rules=rules)


def sizes(path: Path) -> list[tuple[str, int]]:
    """Return the bytes of each table and index, largest first."""
    with closing(sqlite3.connect(path)) as con:
        con.execute("VACUUM")
        return con.execute(
            "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC"
        ).fetchall()


def main() -> None:
    """Print bytes a case; exit 1 beyond the bound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--most", type=int, default=MOST)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "ledger.sqlite3"
        make(path, given.cases)
        for what, size in sizes(path):
            print(f"{what:24} {size / given.cases:8.1f}")
        whole = path.stat().st_size / given.cases
    print(f"{'the whole file':24} {whole:8.1f} bytes a case (at most {given.most})")
    sys.exit(whole > given.most)


if __name__ == "__main__":
    main()

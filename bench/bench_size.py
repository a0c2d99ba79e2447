"""Bytes a case costs on disk: ``python bench/bench_size.py [--cases 20000] [--most 4000]``.

Invented cases of 120 Chinese characters, five steps each (taken in with the program's own
suggestion and its reasons, accepted with the policy's words, assigned, resolved, fed back), each
recorded when it happens, under the rules a ledger adopts: as the desk writes them. Prints bytes a
case by table and index after VACUUM, all pages of each counted; exit 1 beyond ``--most``. The
adopted rules are not counted: they do not grow.
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
from typing import TYPE_CHECKING

from bench.make_ledger import NOW
from sixping.cases.intake import ReportInput, named, register
from sixping.cases.steps.ending import FedBack, Resolved
from sixping.cases.steps.handling import Assigned
from sixping.cases.steps.intake import Accepted
from sixping.ledger import transaction
from sixping.services.intake import intake_data
from sixping.services.rulebooks import rules_in
from sixping.services.upkeep.books import make_ledger
from sixping.store.writer import Stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.step import Step
    from sixping.policy.editions import Edition

UNITS = ("城管执法中队", "市场监管所", "江一社区", "平安建设办")
COMMUNITIES = ("江一社区", "滨兴社区")
WORDS = (
    "江南大道", "占道经营", "夜间施工", "噪音扰民", "烧烤油烟", "垃圾", "无人清理", "小区",
    "尽快处理", "门口", "车辆乱停", "路灯", "不亮", "下水道", "堵塞", "污水外溢", "电梯", "故障",
    "物业", "推诿", "居民", "多次反映", "一直", "没有解决",
)  # fmt: skip
CHARACTERS = 120
AT_ONCE = 20
"""Cases whose steps are recorded in one transaction."""
MOST = 4000
"""Must hold: bytes a case, but for the adopted rules."""
RULES = ("documents", "parsed")


def stamp(now: datetime) -> Stamp:
    """Return the stamp of a desk at an instant."""
    return Stamp(now, "演示甲", "demo(1000)", "desk", "sixping bench")


def report(rng: random.Random) -> ReportInput:
    """Return what somebody says at the desk."""
    text = ""
    while len(text) < CHARACTERS:
        text += rng.choice(WORDS)
    return ReportInput(
        text=text[:CHARACTERS],
        community=rng.choice(COMMUNITIES),
        place=f"江南大道{rng.randrange(999)}号",
        reporter="演示甲",
        phone=f"138{rng.randrange(10**8):08d}",
        severity="一般",
    )


def accepted(case: Case, edition: Edition) -> Step:
    """Return what ``accept`` records without words of its own."""
    told = edition.standard_feedback("accept", number=case.number)
    return Accepted(standard=True, channel=case.channel, feedback=told)


def steps(rng: random.Random) -> list[tuple[float, Callable[[Case, Edition], Step]]]:
    """Return what follows a report: after how many hours, and the step."""
    lead = rng.choice(UNITS)
    return [
        (0.5, accepted),
        (1, lambda *_: Assigned(lead=lead)),
        (3, lambda *_: Resolved(outcome="已到现场处理, 占道物品已清理")),
        (4, lambda *_: FedBack(text="已电话告知反映人处理结果", satisfaction=5)),
    ]


def make(path: Path, count: int, seed: int = 7) -> None:
    """Make the ledger, some cases at once, each through five steps."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    began = NOW - timedelta(days=400)
    make_ledger(path, stamp(began))
    for first in range(0, count, AT_ONCE):
        at = began + timedelta(days=365) * first / count + timedelta(hours=1)
        at = at.replace(microsecond=0)
        cases = []
        with transaction(path, stamp(at)) as work:
            data, rules = intake_data(work.con, at.date()), rules_in(work.con)
            for _ in range(min(AT_ONCE, count - first)):
                said = named(report(rng), data, rules(at.date()))
                event, number = register(said, data, rules(at.date())), work.next_number(at.year)
                case, _ = work.append(
                    number, event, at, before=None, rules=rules, content=said.content()
                )
                cases.append(case)
        lives = [steps(rng) for _ in cases]
        for following in zip(*lives, strict=True):
            now = at + timedelta(minutes=following[0][0])
            with transaction(path, stamp(now)) as work:
                rules = rules_in(work.con)
                for place, (_, step) in enumerate(following):
                    before = cases[place]
                    event = step(before, rules(at.date()).edition)
                    cases[place], _ = work.append(
                        before.number, event, now, before=before, rules=rules
                    )


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
        found = sizes(path)
    for what, size in found:
        print(f"{what:24} {size / given.cases:8.1f}{' (not counted)' if what in RULES else ''}")
    whole = sum(size for what, size in found if what not in RULES) / given.cases
    print(f"{'the whole file':24} {whole:8.1f} bytes a case (at most {given.most})")
    sys.exit(whole > given.most)


if __name__ == "__main__":
    main()

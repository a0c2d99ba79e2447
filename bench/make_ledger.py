"""Make a ledger of invented cases to measure on: many settled ones, a few open.

    python bench/make_ledger.py LEDGER --cases 100000 --open 300 --lived 2000

All but the last few are records of the past as an import writes them; ``--lived`` of them
went through every step of the program instead, ``--open`` are still being handled.
"""

from __future__ import annotations

import argparse
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sixping.cases.steps.ending import Closed, FedBack, Resolved
from sixping.cases.steps.handling import Assigned, Signed
from sixping.cases.steps.intake import Accepted, Imported, Reported
from sixping.ledger import transaction
from sixping.policy.vocabulary import Platform, Severity
from sixping.services.importing import dues_at
from sixping.services.rulebooks import rulebooks_of
from sixping.store.bulk import BulkStep, append_many
from sixping.store.files import create
from sixping.store.writer import Stamp
from sixping.util.clock import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.store.transaction import Transaction

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
PAST = timedelta(days=1200)
UNITS = tuple(f"演示{n}中队" for n in "甲乙丙丁戊己庚辛")
COMMUNITIES = tuple(f"演示{n}社区" for n in "一二三四五六七八九十")
CHANNELS = ("投诉举报电话", "网格员", "微信公众号", "掌上基层APP")
CATEGORIES = tuple(f"演示类别{n}" for n in range(60))
SENTENCE = "演示路口早晚高峰占道经营, 油烟和噪声影响周围居民休息, 请到现场查看并答复。"


def report(rng: random.Random, at: datetime, **past: object) -> Reported:
    """Return an invented report received at an instant; ``past`` makes it a record."""
    rules = rulebooks_of(None).rules(at.date())
    fields: dict[str, object] = {
        "channel": rng.choice(CHANNELS),
        "community": rng.choice(COMMUNITIES),
        "category": rng.choice(CATEGORIES),
        "platform": rng.choice(list(Platform)),
        "severity": Severity.ORDINARY,
        "text": f"{SENTENCE}{rng.randrange(10**6)}号。{SENTENCE}{SENTENCE}",
    }
    if not past:
        return Reported(**fields)  # type: ignore[arg-type]
    dues = dues_at(Severity.ORDINARY, at, rules)
    return Imported(**fields, **past, profile="bench", dues=dues, terms=rules.terms)  # type: ignore[arg-type]


def settled(rng: random.Random, count: int) -> Iterator[BulkStep]:
    """Yield records of the past, evenly over ``PAST``, oldest first."""
    for n in range(count):
        at = NOW - PAST * (1 - n / count) * 0.97 - timedelta(days=30)
        done = at + timedelta(hours=rng.randrange(2, 300))
        yield BulkStep(report(rng, at, resolved_at=done, answered=True, unit=rng.choice(UNITS)), at)


def live(work: Transaction, rng: random.Random, at: datetime, *, ends: bool) -> None:
    """Take one case through the steps of the program, to its end or not."""
    number = work.next_number(at.year)
    rules = rulebooks_of(None).rules
    case, _ = work.append(number, report(rng, at), at, before=None, rules=rules)
    lead = rng.choice(UNITS)
    after = timedelta(hours=1)
    if not ends and rng.random() < 0.3:
        return
    for event in (
        Accepted(standard=True),
        Assigned(lead=lead),
        Signed(),
    ):
        case, _ = work.append(number, event, at + after, before=case, rules=rules)
        after += timedelta(hours=rng.randrange(1, 12))
    if not ends:
        return
    after += timedelta(hours=rng.randrange(1, 200))
    for last in (
        Resolved(outcome="已到现场处理"),
        FedBack(text="已告知", satisfaction=rng.randrange(1, 6)),
        Closed(),
    ):
        case, _ = work.append(number, last, at + after, before=case, rules=rules)


def make(path: Path, cases: int, still_open: int, lived: int = 0, seed: int = 7) -> None:
    """Make the ledger; nothing of it depends on the machine but its salts."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    stamp = Stamp(NOW, "演示甲", "demo(1000)", "desk", "sixping bench")
    create(path, stamp, {})
    with transaction(path, stamp) as work:
        append_many(work, settled(rng, cases - still_open - lived), rulebooks_of(None).rules)
    with transaction(path, stamp) as work:
        for _ in range(lived):
            live(work, rng, NOW - timedelta(days=rng.uniform(20, 400)), ends=True)
        for _ in range(still_open):
            live(work, rng, NOW - timedelta(days=rng.uniform(0, 12)), ends=False)


def main() -> None:
    """Make one ledger from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--open", type=int, default=40)
    parser.add_argument("--lived", type=int, default=200)
    given = parser.parse_args()
    make(given.ledger, given.cases, given.open, given.lived)


if __name__ == "__main__":
    main()

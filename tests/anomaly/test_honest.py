"""Honest lives raise no alarm: whatever the program offers, a check and a rebuild find nothing."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from sixping.ledger import transaction
from sixping.services.upkeep import books
from sixping.store.verify import verify
from tests.anomaly import table
from tests.kit.damage import FULL
from tests.kit.histories import Life
from tests.kit.ledgerkit import rows, stamp

LIVES = int(os.environ.get("SIXPING_LIVES", "10000")) if FULL else 12
TURNS = 8
FIRST = 12_000


def erase_some(life: Life) -> None:
    """Erase the words of an event or two, lawfully."""
    told = [seq for (seq,) in rows(life.path, "SELECT seq FROM told ORDER BY seq")]
    if told:
        with transaction(life.path, stamp(life.now)) as work:
            work.erase(life.rng.sample(told, min(2, len(told))), "本人申请")  # type: ignore[arg-type]


@pytest.mark.parametrize("lives", [LIVES])
def test_honest_lives_raise_no_alarm(lives: int, tmp_path: Path) -> None:
    alarms = []
    for seed in range(FIRST, FIRST + lives):
        path = tmp_path / f"{seed}.sqlite3"
        life = Life(path, seed)
        life.live(TURNS)
        chance = random.Random(seed)  # noqa: S311 - seeded on purpose
        if chance.random() < 0.3:
            erase_some(life)
            life.live(2)
        found = verify(path)["findings"]
        if chance.random() < 0.1:
            found = found or books.rebuild(path, stamp(life.now))
        alarms += [(seed, found[0])] if found else []
        path.unlink()
    table.note("正常使用的历史不报警", lives, "段", len(alarms), FIRST)
    assert not alarms, f"{len(alarms)} of {lives}: {alarms[:5]}"

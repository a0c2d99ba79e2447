"""Every flipped bit that changes what a ledger holds is noticed, wherever it lies in the file.

Whether a flip changes content is decided by plain SQLite, apart from the program: all tables and
the schema are dumped before and after; what cannot be read any more has changed.
"""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from sixping.errors import LedgerUnusable
from sixping.store.verify import verify
from tests.anomaly import table as results
from tests.kit.damage import FULL, SEED, content, parsed_once, tiny, used_bytes

QUICK = 160  # flips, spread over the file
BITS = 2  # of each byte


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("tiny"))


def flips(good: bytes) -> list[tuple[int, int]]:
    """Return (place, bit): all of the full part, a strided sweep of it otherwise."""
    chance = random.Random(SEED)  # noqa: S311 - seeded on purpose
    every = [(place, bit) for place in used_bytes(good) for bit in chance.sample(range(8), k=BITS)]
    stride = 1 if FULL else max(1, len(every) // QUICK)
    return every[chance.randrange(stride) :: stride]


def noticed(path: Path) -> str:
    """Return how a check answers: refused at the opening, by which layers, or not at all."""
    try:
        result = verify(path)
    except LedgerUnusable:
        return "refused"
    return "+".join(dict.fromkeys(f["layer"] for f in result["findings"]))


def test_the_tiny_ledger_is_sound_and_uses_its_tables(ledger: Path) -> None:
    assert verify(ledger)["ok"]
    held = content(ledger)
    assert held is not None
    assert not [table for table, rows in held.items() if not rows]


@pytest.mark.parametrize("part", ["full" if FULL else "quick"])
def test_every_flip_that_changes_content_is_noticed(
    ledger: Path, tmp_path: Path, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good, path = ledger.read_bytes(), tmp_path / "flipped.sqlite3"
    before = content(ledger)
    path.write_bytes(good)
    table: Counter[tuple[str, str]] = Counter()
    missed = []
    with parsed_once, path.open("r+b", buffering=0) as file:
        for place, bit in flips(good):
            file.seek(place)
            file.write(bytes([good[place] ^ 1 << bit]))
            changed = content(path) != before
            how = noticed(path)
            table["changed" if changed else "same", how or "not noticed"] += 1
            if changed and not how:
                missed.append((place, bit))
            file.seek(place)
            file.write(good[place : place + 1])
            for beside in ("-wal", "-shm", "-journal"):
                with suppress(FileNotFoundError):
                    Path(f"{path}{beside}").unlink()
            if path.stat().st_size != len(good):
                path.write_bytes(good)
    with capsys.disabled():
        if FULL:
            print(f"\n{part}: {sum(table.values())} flips of {len(good)} bytes")
            for (what, how), count in sorted(table.items(), key=str):
                print(f"  {what:8} {how:40} {count:7}")
    flipped = sum(table.values())
    results.note("翻转台账里用到的每一个字节", flipped, "次 (每字节 2 位)", len(missed), SEED)
    assert content(path) == before
    assert not missed, f"{len(missed)} of {sum(table.values())}: {missed[:20]}"
    assert sum(n for (what, _), n in table.items() if what == "changed") > len(flips(good)) // 4

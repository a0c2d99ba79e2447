"""Power cuts between any two calls of a writing command: old or new, never between."""

from __future__ import annotations

import random

import pytest

from tests.anomaly import shim
from tests.anomaly.power import Disk
from tests.anomaly.quick import answer_of

pytestmark = pytest.mark.xdist_group("anomaly")
QUICK = ("reopen", "meeting minutes --case", "backup --to --keep", "restore")
"""A step, one in two logs at once, two that keep files; the full run does them all."""


def test_no_cut_of_the_current_loses_what_was_acknowledged_or_leaves_a_broken_file() -> None:
    answer = answer_of("power", 60, *(f"--only={name}" for name in QUICK))
    assert answer["found"] == []
    assert answer["counts"]["images"] >= 45


def _disk(*ops: tuple[str, str, str, int, bytes]) -> Disk:
    return Disk({"/a": b"old."}, [shim.Op(*op) for op in ops])


def _states(disk: Disk, moment: int) -> set[tuple[tuple[str, bytes], ...]]:
    chance = random.Random(1)  # noqa: S311 - a test's own chance
    drawn = (disk.image(moment, chance) for _ in range(300))
    return {tuple(sorted((name, data) for name, (_, data) in image.items())) for image in drawn}


def test_what_is_not_synced_may_stay_in_any_part() -> None:
    disk = _disk(("w", "/a", "", 0, b"AB"), ("w", "/a", "", 2, b"CD"))
    kept = {data for ((_, data),) in _states(disk, 2)}
    assert {b"old.", b"ABd.", b"olCD", b"ABCD"} <= kept


def test_what_is_synced_stays() -> None:
    disk = _disk(("w", "/a", "", 0, b"AB"), ("s", "/a", "", 0, b""), ("w", "/a", "", 2, b"CD"))
    assert {data for ((_, data),) in _states(disk, 3)} == {b"ABd.", b"ABCD"}


def test_a_name_is_sure_only_when_its_folder_or_the_new_file_is_synced() -> None:
    rename = ("r", "/n", "/a", 0, b"")
    made = (("c", "/n", "", 0, b""), ("w", "/n", "", 0, b"new"), ("s", "/n", "", 0, b""), rename)
    loose, sure = _disk(*made), _disk(*made, ("s", "/", "", 0, b""))
    assert _states(loose, 4) == {(("/a", b"new"),), (("/a", b"old."), ("/n", b"new"))}
    assert _states(sure, 5) == {(("/a", b"new"),)}

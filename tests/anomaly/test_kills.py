"""Desks that die at any moment of any writing command: nothing they answered for is lost."""

from __future__ import annotations

import pytest

from tests.anomaly.quick import answer_of

pytestmark = pytest.mark.xdist_group("anomaly")


def test_eight_desks_that_are_killed_lose_nothing_and_double_nothing() -> None:
    answer = answer_of("kills", 20, "--commands", "30")
    assert answer["found"] == []
    counts = answer["counts"]
    assert counts["kills"] >= 20
    assert counts["acknowledged"] > 0, "a round in which nothing is acknowledged shows nothing"
    stages = {name for name in counts if name.startswith("stage ")}
    assert len(stages) >= 3, f"the dead died in {sorted(stages)} only"

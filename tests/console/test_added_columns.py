"""What a register brings to a list stands last where scripts cut by position, and not asleep."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import NOW, Street, a_street

HEADS = {
    ("meeting", "list"): (
        "id\tdate\tkind\tplatform\tconvener\textraordinary\tpresent\tminuted\tdecisions\ttasks"
        "\topen_tasks"
    ),
    ("meeting", "task", "list"): "task\tunit\tdue\tstate\tlate\ttext\toutcome",
    ("operation", "list"): (
        "id\tdate\tfrom\tto\ttitle\tplatforms\tunits\tpeople\tcoordinator\tcases\toutcome"
    ),
}


@pytest.fixture
def street(call: Runner, tmp_path: Path) -> Street:
    assert tmp_path.is_dir()
    return a_street(call)


@pytest.mark.parametrize("command", list(HEADS), ids=" ".join)
def test_the_heading_is_the_same_asleep_and_begins_the_same_awake(
    street: Street, command: tuple[str, ...]
) -> None:
    def head() -> str:
        return street.call(*command, now=NOW).out.partition("\n")[0]

    meeting = street.plan()
    street.do("meeting", "minutes", meeting, "--decision", "演示", "--unit", "平安建设办", "--due",
              "2026-12-20", now="2026-11-24T15:00:00+08:00")  # fmt: skip
    street.do("operation", "plan", "演示", "--date", "2026-11-24", "--unit", "城管执法中队",
              "--person", "p1")  # fmt: skip
    assert head() == HEADS[command]
    street.do("register", "on", "会议到会和例会", "专项整治")
    assert head().startswith(f"{HEADS[command]}\t")

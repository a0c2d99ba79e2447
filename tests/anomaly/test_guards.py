"""The list of guards holds: what it names is there, and its runner sees what it should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.anomaly import guards
from tests.anomaly.guards import Guard
from tests.kit.forks import forked

DEADLINE = 120  # seconds
FORKING = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")

PROBE = """
from sixping.answer import answer


def test_it_answers() -> None:
    assert answer() == 42


def test_it_is_true() -> None:
    assert True
"""


def test_every_guard_of_the_list_stands_where_it_says_and_names_tests_that_are_there() -> None:
    assert guards.wrong_in_list() == []
    assert len(guards.guards()) >= 350


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "sixping").mkdir()
    (tmp_path / "sixping" / "__init__.py").write_text("")
    (tmp_path / "sixping" / "answer.py").write_text("def answer():\n    return 42\n")
    (tmp_path / "test_probe.py").write_text(PROBE)
    return tmp_path


def _guard(test: str) -> Guard:
    return Guard("probe", "sixping/answer.py", "return 42", "return 0", (test,), "a probe")


@FORKING
def test_the_runner_names_the_test_that_turns_red_and_puts_the_guard_back(tree: Path) -> None:
    with forked(tree, DEADLINE) as run:
        red = guards.red_without(tree, _guard("test_probe.py"), run)
    assert red == "test_probe.py::test_it_answers"
    assert "return 42" in (tree / "sixping" / "answer.py").read_text()


@FORKING
def test_the_runner_sees_a_guard_that_no_test_misses(tree: Path) -> None:
    with forked(tree, DEADLINE) as run:
        assert guards.red_without(tree, _guard("test_probe.py::test_it_is_true"), run) == ""


@pytest.mark.skipif(os.environ.get("SIXPING_ANOMALY") != "full", reason="SIXPING_ANOMALY=full")
def test_every_guard_that_is_removed_turns_a_test_red() -> None:
    assert guards.answer()["found"] == []

"""An account without a home (a bare container, a service): whatever is stated works."""

from __future__ import annotations

import platformdirs
import pytest

from sixping.console.context import Context
from sixping.console.draft import Draft, drafts_left
from sixping.console.faults import explain
from tests.conftest import Runner


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise RuntimeError("could not determine the home directory")

    for name in ("user_data_path", "user_state_path"):
        monkeypatch.setattr(platformdirs, name, unknown)


@pytest.mark.parametrize("words", [["init"], ["list"], ["doctor"], ["intake", "占道"]])
def test_no_ledger_is_guessed_and_it_is_said_what_to_state(call: Runner, words: list[str]) -> None:
    done = call(*words)
    assert (done.code, done.out) == (78, ""), done
    assert "没有主目录" in done.err
    assert "--ledger" in done.err


def test_a_stated_ledger_does(call: Runner) -> None:
    for words in (
        ["init"],
        ["intake", "占道"],
        ["list"],
        ["doctor"],
        ["backup", "b.db"],
        ["verify"],
    ):
        done = call("--ledger", "a.db", *words)
        assert done.code == 0, done.err


def test_a_fault_is_explained_where_no_ledger_is_known() -> None:
    assert "程序内部出错" in explain(ValueError("演示"), Context()).what


def test_no_draft_is_found_and_none_hinders() -> None:
    context = Context()
    context.stated_ledger = "a.db"
    assert Draft(context).offered() is None
    assert drafts_left() == []


def test_a_draft_in_a_home_that_may_not_be_entered_hinders_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    context = Context()
    context.stated_ledger = "a.db"
    draft = Draft(context)

    def closed(_: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(draft.path), "exists", closed)
    assert draft.offered() is None

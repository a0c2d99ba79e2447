"""An empty list is no all-clear: it names the filter and how many there are in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sixping.render.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW, LATE = "2026-11-23T09:00:00+08:00", "2026-12-20T09:00:00+08:00"


@pytest.fixture
def screen(call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:  # noqa: ARG001
    """Lend a desk with one case, before a terminal."""
    assert call("intake", "演示: 占道经营", now=NOW).code == 0
    monkeypatch.setattr(Terminal, "detect", lambda: Terminal(isatty=True, width=80, color=False))
    return call


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("overdue --unit 司法所", "没有符合条件的 (司法所)。全部在办 1 件, 其中超期 1 件。"),
        ("overdue --kind unsigned", "没有符合条件的 (未签收)。"),
        ("list --unit 司法所", "没有符合条件的 (司法所)。全部 1 件, 其中在办 1 件。"),
        ("search 没有这个词", "全部 1 件"),
        ("lapses --unit 司法所", "没有符合条件的 (司法所)。这段时间全部 "),
        ("log --stream 查看", "没有符合条件的 (查看个人信息)。"),
        ("report --month 2020-01", "台账自2026年11月23日(周一)起, 2020年1月1日(周三) 至 "),
    ],
)
def test_what_no_filter_matches_is_told_with_the_whole(
    screen: Runner, argv: str, said: str
) -> None:
    done = screen(*argv.split(), now=LATE)
    assert (done.code, said in done.err) == (0, True), done.err


def test_nothing_at_all_is_told_with_what_comes_next(screen: Runner) -> None:
    done = screen("overdue", "--within", "0", now=NOW)
    assert "没有超期、到期或等候的事项。在办 1 件; 最近的期限: 11月24日(周二) 17:00。" in done.err


def test_a_reader_that_is_no_terminal_hears_nothing(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    done = call("overdue", "--unit", "司法所", now=NOW)
    assert done == (0, "", "")

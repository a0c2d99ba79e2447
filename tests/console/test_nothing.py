"""An empty list is no all-clear: it names the filter and how many there are in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sixping import cli
from sixping.commands import TABLE
from sixping.console.frame import Group
from sixping.render.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sixping.console.frame import Table
    from tests.conftest import Runner

NOW, LATE = "2026-11-23T09:00:00+08:00", "2026-12-20T09:00:00+08:00"


@pytest.fixture
def screen(call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:  # noqa: ARG001
    """Lend a desk with one case, before a terminal."""
    assert call("intake", "演示: 占道经营", now=NOW).code == 0
    monkeypatch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=80, color=False))
    return call


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ("overdue --unit 司法所", "没有符合条件的 (司法所)。全部在办 1 件, 其中超期 1 件。"),
        ("overdue --kind unsigned", "没有符合条件的 (未签收)。"),
        ("list --unit 司法所", "没有符合条件的 (司法所)。全部 1 件, 其中在办 1 件。"),
        ("search 没有这个词", "全部 1 件"),
        ("lapses --unit 司法所", "没有符合条件的 (司法所)。这段时间全部 "),
        ("log --stream 查看", "没有符合条件的 (查看与导出)。"),
        ("report --month 2020-01", "台账自2026年11月23日(周一)起, 2020年1月1日(周三) 至 "),
    ],
)
def test_what_no_filter_matches_is_told_with_the_whole(
    screen: Runner, argv: str, said: str
) -> None:
    done = screen(*argv.split(), now=LATE)
    assert (done.code, said in done.err) == (0, True), done.err


def _lists(table: Table = TABLE, before: str = "") -> Iterator[str]:
    """Yield every command that answers with rows and needs no argument."""
    for name, entry in table.items():
        words = f"{before} {name}".strip()
        if isinstance(entry, Group):
            yield from _lists(entry.entries, words)
            continue
        params = cli.build(name, entry).params
        needed = [p.name for p in params if p.required]
        if any(p.name == "no_headers" for p in params) and not needed:
            yield words


#: what makes each list longer than nothing, but for the filters below
DEEDS = (
    "intake 占道经营",
    "units person add 演示甲 --unit 城管执法中队 --stationed",
    "meeting plan 联席会议 --date 2026-11-24 --convener 街道领导",
)
#: print what was drafted before, and say how that is done
REFUSED = {"assess sheet"}
FILTERS = {
    "lapses": ["--drill 事后补录", "--drill 未反馈", "--community 闻涛社区 --from 2026-11-01"],
    "list": ["--all", "--status 已归档", "--from 2026-12-01"],
    "meeting list": ["--kind 领导小组会议"],
    "meeting task list": ["--unit 司法所", "--all"],
    "patrol list": ["--month 2026-09", "--grid 江一社区第一网格"],
    "patrol gaps": ["--days 250"],
    "operation list": ["--month 2026-09"],
    "duty attendance": ["--month", "--unit 司法所", "--date 2026-11-02"],
    "duty roster": ["--month", "--unit 司法所"],
    "units people": ["--unit 交警中队"],
    "units list": ["--kind office --platform 市场监管", "--kind grid --platform 综合执法"],
    "report": ["--month --drill 限内转出"],
    "assess show": ["--month --drill 限内转出"],
}


@pytest.mark.parametrize("filled", [False, True])
def test_no_list_stays_silent_on_a_terminal(
    call: Runner,
    ledger: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
    *,
    filled: bool,
) -> None:
    for words in DEEDS if filled else ():
        assert call(*words.split(), now=NOW).code == 0
    monkeypatch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=80, color=False))
    for argv in [*_lists(), *(f"{name} {more}" for name in FILTERS for more in FILTERS[name])]:
        done = call(*argv.split(), now=LATE)
        assert done.code in {0, 2} or argv in REFUSED, (argv, done.err)
        if done.code == 0 and not done.out:
            assert any(word in done.err for word in ("没有", "共 0 件", "可以采用")), argv


def test_an_empty_list_of_failures_keeps_its_period_and_tells_what_still_runs(
    screen: Runner,
) -> None:
    period = ("lapses", "--from", "2026-11-23", "--to", "2026-11-23")
    done = screen(*period, "--unit", "司法所", now=LATE)
    assert "下一步: sixping lapses --from 2026-11-23 --to 2026-11-23" in done.err
    done = screen(*period, now=LATE)
    assert "这一时段没有超期及不规范办理的。" in done.err
    assert "到期不在这一时段、现在仍超期的另有 1 件: sixping overdue" in done.err


def test_people_of_another_unit_are_counted(screen: Runner) -> None:
    assert screen("units", "person", "add", "演示甲", "--unit", "城管执法中队", now=NOW).code == 0
    said = screen("units", "people", "--unit", "交警中队", now=NOW).err
    assert "没有符合条件的 (交警中队)。全部 1 条。" in said
    assert "下一步: sixping units people" in said


def test_a_case_is_shown_with_the_next_step_and_its_grade(
    screen: Runner,
) -> None:
    assert "下一步: sixping accept 2026-000001" in screen("show", "1", now=NOW).err
    assert screen("intake", "演示: 围墙要倒", "--severity", "较大", now=NOW).code == 0
    _, _, second = screen("list", now=NOW).out.splitlines()
    assert second.split()[:4] == ["2", "明天", "较大", "待受理"]
    assert screen("decline", "1", "--reason", "不属实", now=NOW).code == 0
    assert "下一步" not in screen("show", "1", now=NOW).err


def test_an_empty_ledger_is_not_sent_to_itself(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=80, color=False))
        said = call("list", "--all", now=NOW).err
    assert said == "台账里还没有事项。\n下一步: sixping intake 内容\n"


def test_nothing_at_all_is_told_with_what_comes_next(screen: Runner) -> None:
    done = screen("overdue", "--within", "0", now=NOW)
    assert "没有超期、到期或等候的事项。在办 1 件; 最近的期限: 11月24日(周二) 17:00。" in done.err


def test_a_reader_that_is_no_terminal_hears_nothing(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    done = call("overdue", "--unit", "司法所", now=NOW)
    assert done == (0, "", "")

"""``audit``: who revealed, looked up, exported, erased and held what, when and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sixping.ledger import transaction
from tests.kit.ledgerkit import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

OCTOBER, NOVEMBER = "2026-10-20T09:00:00+08:00", "2026-11-20T09:00:00+08:00"
NOW = "2026-11-27T09:00:00+08:00"


@pytest.fixture
def seeded(call: Runner, ledger: Path) -> None:
    """A month of looking at personal data, by two people."""
    for phone in ("13812345678", "13700000000"):
        call("intake", "井盖缺失", "--reporter", "张三丰", "--phone", phone, now=OCTOBER)
    call("decline", "2", "--reason", "重复", "--told", now=OCTOBER)
    call("--by", "演示乙", "show", "1", "--reveal", "--reason", "回访", now=OCTOBER)
    for who, argv in (
        ("演示甲", ("show", "1", "--reveal", "--reason", "回访 13812345678")),
        ("演示甲", ("lookup", "--name", "张三丰", "--reason", "核对")),
        ("演示乙", ("retention", "hold", "1", "--reason", "复议")),
        ("演示乙", ("erase", "2", "--basis", "本人申请", "--yes")),
    ):
        done = call("--by", who, *argv, now=NOVEMBER)
        assert done.code == 0, done.err
    with transaction(ledger, stamp()) as work:
        facts = {"what": "cases", "format": "xlsx", "count": 12, "filters": "自 2026-10-01",
                 "revealed": True}  # fmt: skip
        work.note("job", "export", "exported", facts, {"reason": "交区级"})


def items(call: Runner, *argv: str) -> list[tuple[str, str, str, int, str | None]]:
    found: list[dict[str, Any]] = call("audit", *argv, "--json", now=NOW).json()["items"]
    return [(e["by"], e["kind"], e["what"], e["n"], e["reason"]) for e in found]


@pytest.mark.usefixtures("seeded")
def test_every_look_and_every_gift_is_listed_with_its_reason(call: Runner) -> None:
    assert items(call, "--since", "2026-11-01") == [
        ("演示甲", "revealed", "2026-000001", 1, "回访 138****5678"),
        ("演示甲", "looked_up", "按姓名, 找到 2 件", 2, "(已删除)"),
        ("演示乙", "hold_set", "2026-000001", 1, "复议"),
        ("演示乙", "erased", "2026-000002", 1, "本人申请"),
        ("演示甲", "exported", "事项; xlsx; 自 2026-10-01; 12 行; 含个人信息", 12, "交区级"),
    ]
    assert len(items(call)) == 6
    assert items(call, "--since", "2026-10-01", "--until", "2026-10-31") == [
        ("演示乙", "revealed", "2026-000001", 1, "回访")
    ]
    assert items(call, "--since", "2026-10-21", "--until", "2026-11-19") == []


@pytest.mark.usefixtures("seeded")
def test_sums_per_person_and_other_formats(call: Runner) -> None:
    people = call("audit", "--json", now=NOW).json()["people"]
    assert [(p["by"], p["counts"]) for p in people] == [
        ("演示乙", {"revealed": 1, "erased": 1, "hold_set": 1}),
        ("演示甲", {"revealed": 1, "looked_up": 1}),
        ("演示甲", {"exported": 1}),
    ]
    lines = call("audit", "--format", "csv", now=NOW).out.splitlines()
    assert len(lines) == 7
    assert all("13812345678" not in line and "张三丰" not in line for line in lines)
    assert json.loads(call("audit", "--format", "jsonl", now=NOW).out.splitlines()[0])


@pytest.mark.usefixtures("seeded")
def test_an_end_before_the_beginning_is_refused(call: Runner) -> None:
    done = call("audit", "--since", "2026-11-02", "--until", "2026-11-01", now=NOW)
    assert (done.code, "--since 晚于 --until" in done.err) == (2, True), done.err


def test_what_was_exported_is_said_as_people_write_it(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    answers = ("--answers", "--channel", "微信公众号", "--since", "2026-11-20")
    for argv in (("--from", "2026-11-01", "--to", "2026-11-30"), answers):
        assert call("export", *argv, "--json", now=NOW).code == 0
    said = [item["what"] for item in call("audit", "--json", now=NOW).json()["items"]]
    assert "自 2026年11月1日(周日); 至 2026年11月30日(周一)" in said[0]
    assert "自 2026年11月20日(周五) 00:00" in said[1]
    assert all("T00:00" not in each for each in said)
    log = call("log", "--stream", "查看", now=NOW).out
    assert "事项; json" in log
    assert "cases" not in log


def test_nobody_of_a_case_is_named_in_why_somebody_looked_or_held_it(
    call: Runner, ledger: Path
) -> None:
    assert ledger.exists()
    for name in ("张三丰", "李小龙"):
        call("intake", "井盖缺失", "--reporter", name, now=OCTOBER)
    for argv in (
        ("show", "1", "--reveal", "--reason", "回访张三丰, 王某在场"),
        ("list", "--reveal", "--reason", "张三丰与李小龙核对"),
        ("retention", "hold", "2", "--reason", "李小龙复议"),
        ("retention", "release", "2", "--reason", "李小龙撤回"),
        ("export", "--json"),
    ):
        assert call(*argv, now=NOVEMBER).code == 0, argv
    found = call("audit", "--json", now=NOW).json()["items"]
    assert [item["reason"] for item in found] == [
        "回访张*, 王某在场", "张*与李*核对", "李*复议", "李*撤回", None,
    ]  # fmt: skip
    both = ["2026-000001", "2026-000002"]
    assert [sorted(item["numbers"]) for item in found] == [both[:1], both, both[1:], both[1:], []]
    assert found[-1]["what"].endswith("已遮盖")
    assert call("retention", "list", "--json", now=NOW).json() == []


def test_of_many_cases_five_are_named_and_the_rest_counted(call: Runner, ledger: Path) -> None:
    assert ledger.exists()
    for count in range(6):
        call("intake", f"路灯不亮{count}", "--reporter", "张三丰", now=OCTOBER)
    for argv in (
        ("--by", "演示甲", "log", "--reveal"),
        ("lookup", "--name", "张三丰", "--reveal"), ("list", "--limit", "5", "--reveal"),
        ("lookup", "--name", "李四光", "--reveal"),
    ):  # fmt: skip
        done = call(*argv, "--reason", "核对", "--json", now=NOVEMBER)
        assert done.code == 0, done.err
    audit = call("audit", "--json", now=NOW).json()
    assert [sum(person["counts"].values()) for person in audit["people"]] == [4, 1]
    assert audit["items"][0]["what"] == "整个台账"
    found = audit["items"][1:]
    # nothing was found of the last, so nothing was shown
    kinds = [item["kind"] for item in found]
    assert kinds == ["looked_up", "revealed", "revealed", "looked_up"]
    assert found[1]["numbers"] == [f"2026-00000{count}" for count in (6, 5, 4, 3, 2, 1)]
    named = "、".join(found[1]["numbers"][:5])
    assert found[1]["what"] == f"{named} 等 6 件"
    assert "等" not in found[2]["what"]

"""The registers of a street sleep until it switches them on, each from a day (``register``)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sixping.errors import NotAllowed
from sixping.office import registers
from sixping.policy.registers import REGISTERS
from sixping.queries.cases import head
from sixping.queries.office import registers_begun
from sixping.store.sqlite import reading
from tests.conftest import Runner
from tests.kit.fieldkit import Street
from tests.kit.street import adopt
from tests.kit.street import street as another_street


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    return Street(call)


def test_a_register_sleeps_until_it_is_switched_on_and_again_afterwards(
    street: Street, ledger: Path
) -> None:
    street.do("register", "on", "领导批示", "persons", "--from", "2026-12-01")
    with reading(ledger) as con:
        opened, _ = head(con)
        assert registers.begun(con, "persons") == date(2026, 12, 1)
        assert registers.begun(con, "demands") is None
        with pytest.raises(NotAllowed, match="协办要求登记还没有启用"):
            registers.require(con, "demands")
    (line,) = [
        x for x in street.do("log", "--stream", "register").out.splitlines() if "经办人" in x
    ]
    assert line.count("2026-12-01") == 1, "the day is said once"
    street.do("register", "off", "经办人")
    with reading(ledger) as con:
        assert registers.begun(con, "persons") is None
        assert registers_begun(con) == {"instructions": date(2026, 12, 1)}
        assert registers.begun(con, "persons", opened), "as it stood then"
    rows = street.do("register", "list", "--json").json()
    assert {row["key"]: row["since"] for row in rows if row["since"]} == {
        "instructions": "2026-12-01"
    }
    assert [row["key"] for row in rows] == list(REGISTERS)


def test_all_registers_named_are_switched_or_none(street: Street) -> None:
    seq = street.do("register", "on", "经办人").err.partition("第 ")[2].partition(" 号")[0]
    said = street.no("register", "on", "领导批示", "经办人")
    assert "已自" in said
    assert f"sixping register void {seq}" in said
    assert "register list" in street.no("register", "off", "领导批示")
    assert "经办人" in street.no("register", "on", "经半人")
    assert "是否指: 协办要求?" in street.no("register", "on", "单位协办要求")
    street.do("register", "void", seq, "--reason", "演示")
    street.do("register", "on", "领导批示", "经办人")


def test_a_register_without_its_rules_says_that_it_lists_nothing(
    street: Street, call: Runner, tmp_path: Path
) -> None:
    assert "edition.source" not in street.do("register", "on", "来源反馈").err
    street.do("register", "off", "来源反馈")
    adopt(call, another_street(tmp_path / "another"))
    assert "edition.source" in street.do("register", "on", "来源反馈").err
    assert "edition.source" not in street.do("register", "on", "领导批示").err

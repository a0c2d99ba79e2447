"""``units`` from the command line: what is promised, what is refused, what files may say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Result, Runner

NOW = "2026-11-24T10:00:00+08:00"
LATER = "2027-03-01T10:00:00+08:00"
PHONE = "13800000000"


@pytest.fixture
def units(call: Runner, ledger: Path) -> Runner:
    """Return ``units`` on an empty ledger."""
    assert ledger.exists()

    def run(*argv: str, now: str = NOW, **more: Any) -> Result:
        return call("units", *argv, now=now, **more)

    return run


def people(units: Runner, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = units("people", "--json", *argv).json()
    return found


def add(units: Runner, name: str = "演示甲", unit: str = "城管", *more: str) -> Result:
    done = units("person", "add", name, "--unit", unit, "--from", "2026-11-01", *more)
    assert done.code == 0, done.err
    return done


def events(call: Runner) -> int:
    return len(call("log", "--json").json())


def test_without_a_ledger_the_list_is_the_shipped_one(call: Runner) -> None:
    found = call("units", "list", "--kind", "platform", "--json").json()
    assert [set(one) >= {"name", "kind", "platform"} for one in found] == [True] * 4
    assert call("units", "list", "--kind", "平台", "--json").json() == found
    done = call("units", "list", "--kind", "大队")
    assert (done.code, "可用: 平台 (platform)、派驻机构 (agency)" in done.err) == (2, True)
    assert call("units", "show", "江一社区", "--json").json()["grids"][0] == "江一社区第一网格"
    assert call("units", "people").code == 78


def test_a_unit_is_there_from_its_day_until_its_end(units: Runner) -> None:
    assert units("add", "江四社区", "--kind", "community", "--from", "2026-12-01").code == 0
    made = units("add", "江四社区第一网格", "--kind", "grid", "--parent", "江四社区",
                 "--from", "2026-12-01", "--json").json()  # fmt: skip
    assert (made["kind"], made["parent"]) == ("grid", "江四社区")
    assert units("end", "江四社区第一网格", "--from", "2027-01-01").code == 0

    def names(day: str) -> set[str]:
        return {one["name"] for one in units("list", "--as-of", day, "--json", now=LATER).json()}

    assert "江四社区" not in names("2026-11-30")
    assert names("2026-12-01") >= {"江四社区", "江四社区第一网格"}
    assert "江四社区第一网格" not in names("2027-01-01")


def test_a_changed_unit_stands_so_from_its_day(units: Runner, call: Runner) -> None:
    """Who coordinates follows the platform that it has on the day of the assignment (四.2)."""
    words = ("--platform", "市场监管", "--alias", "河道所", "--from", "2026-11-25")
    assert units("change", "城市管理办", *words).code == 0

    def stands(day: str) -> str:
        rows = units("list", "--as-of", day, "--json", now=LATER).json()
        return next(str(row["platform"]) for row in rows if row["name"] == "城市管理办")

    assert (stands("2026-11-24"), stands("2026-11-25")) == ("综合执法", "市场监管")
    assert call("intake", "河道漂浮垃圾", "--severity", "一般", now=NOW).code == 0
    assert call("accept", "1", now=NOW).code == 0
    lead = ("assign", "1", "--lead", "城管", "--assist")
    before = call(*lead, "城市管理办", "--json", now=NOW).json()
    day = "2026-11-25T09:00:00+08:00"
    after = call(*lead, "河道所", "--assist", "交警", "--json", now=day).json()
    assert (before["coordinator"], after["coordinator"]) == ("城管执法中队", "平安建设办")


def test_the_steps_of_a_case_know_the_units_of_the_ledger(units: Runner, call: Runner) -> None:
    """A unit added yesterday takes a case; one that ended takes none; lists know both."""
    units("add", "河长办", "--kind", "office", "--platform", "综合执法", "--from", "2026-11-23")
    units("end", "经济发展办", "--from", "2026-11-23")
    units("add", "江四社区", "--kind", "community", "--from", "2026-11-23")
    made = call("intake", "河道漂浮垃圾", "--community", "江四社区", "--json", now=NOW).json()
    number = made["number"]
    assert made["community"] == "江四社区"
    assert call("accept", number, now=NOW).code == 0
    gone = call("assign", number, "--lead", "经济发展办", now=NOW)
    assert (gone.code, "没有这个单位" in gone.err) == (2, True)
    done = call("assign", number, "--lead", "河长办", "--assist", "城管", "--json", now=NOW).json()
    assert (done["lead"], done["coordinator"]) == ("河长办", "城管执法中队")
    assert len(call("list", "--unit", "河长办", "--json", now=NOW).json()) == 1


def test_a_person_gets_a_number_and_telephone_and_licence_stay_masked(
    units: Runner, call: Runner
) -> None:
    add(units, "演示甲", "城管", "--phone", PHONE, "--licence", "演示执法0001",
        "--licence-until", "2027-12-31", "--stationed")  # fmt: skip
    (person,) = people(units)
    assert (person["person"], person["unit"]) == ("p1", "城管执法中队")
    assert (person["licensed"], person["stationed"]) == (True, True)
    seen = [
        units("people"), units("people", "--format", "csv"), units("show", "城管", "--json"),
        call("log", "--json", now=NOW), call("log", now=NOW),
        units("person", "add", "演示甲", "--unit", "城管"),
    ]  # fmt: skip
    for result in seen:
        for secret in (PHONE, "演示执法0001"):
            assert secret not in result.out + result.err
    for result in seen[:3]:
        assert "演示甲" in result.out  # staff are shown where they serve


def test_looking_at_names_is_itself_recorded(units: Runner, call: Runner) -> None:
    add(units)
    before = events(call)
    assert units("people", "--reveal").code == 2
    assert units("people", "--reason", "演示").code == 2
    assert events(call) == before
    assert people(units, "--reveal", "--reason", "排班联系")[0]["name"] == "演示甲"
    last = call("log", "--json").json()[-1]
    assert (last["kind"], last["list"], last["reason"]) == ("revealed", "people", "排班联系")


def test_a_change_holds_from_its_day_and_an_old_list_stays_what_it_was(units: Runner) -> None:
    add(units)
    change = ("person", "change", "p1", "--unit", "市监所", "--role", "队长")
    assert units(*change, "--from", "2026-12-01").code == 0
    assert units("person", "leave", "演示甲", "--from", "2027-02-01", now=LATER).code == 0
    assert people(units, "--as-of", "2026-11-24")[0]["unit"] == "城管执法中队"
    assert people(units, "--as-of", "2026-12-24")[0]["role"] == "队长"
    assert people(units, "--as-of", "2027-02-01") == []


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (["add", "第五平台", "--kind", "platform"], 1, "不能增加"),
        (["add", "城管", "--kind", "office"], 1, "已有单位"),
        (["add", "甲", "--kind", "网点"], 2, "没有这个种类"),
        (["add", "  ", "--kind", "office"], 2, "空"),
        (["change", "城管"], 2, "没有写明要改什么"),
        (["end", "城管"], 1, "牵头"),
        (["end", "无此单位"], 2, "没有这个单位"),
        (["person", "add", "演示乙"], 2, "--unit"),
        (["person", "add", "演示乙", "--unit", "无此单位"], 2, "没有这个单位"),
        (["person", "add", "演示甲", "--unit", "城管"], 1, "同名"),
        (["person", "add", "演示乙", "--unit", "城管", "--licence", "X1"], 2, "--licence-until"),
        (["person", "add", "演示乙", "--unit", "城管", "--licence-from", "2026-05-01",
          "--licence-until", "2026-04-01"], 2, "晚于"),
        (["person", "change", "p9", "--role", "x"], 1, "没有这个人"),
        (["person", "change", "p1"], 2, "没有写明要改什么"),
        (["person", "leave", "p1", "--from", "2026-10-01"], 1, "没有这个人"),
        (["void", "1", "--reason", "x"], 1, "不是可以撤销"),
        (["list", "--kind", "village"], 2, "village"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_nothing(
    units: Runner, call: Runner, argv: list[str], code: int, said: str
) -> None:
    add(units)
    before = events(call)
    done = units(*argv)
    assert (done.code, said in done.err) == (code, True), done.err
    assert events(call) == before


def test_a_namesake_needs_a_phone_and_is_then_named_by_number(units: Runner) -> None:
    add(units)
    add(units, "演示甲", "城管", "--phone", PHONE)
    shared = units("person", "change", "演示甲", "--role", "x")
    assert (shared.code, "p1" in shared.err, "p2" in shared.err) == (1, True, True)


def last_seqs(call: Runner, count: int) -> list[str]:
    """Return the seqs of the last events."""
    return [line.split("\t")[0] for line in call("log").out.splitlines()][-count:]


def test_a_mistake_is_voided_unless_something_rests_on_it(units: Runner, call: Runner) -> None:
    add(units)
    assert call("duty", "in", "p1", "--at", "9:00", now=NOW).code == 0
    joined, signed = last_seqs(call, 2)
    refused = units("void", joined, "--reason", "写错")
    assert (refused.code, "leave" in refused.err) == (1, True)
    assert call("duty", "void", signed, "--reason", "写错", now=NOW).code == 0
    assert units("void", joined, "--reason", "写错").code == 0
    assert people(units) == []
    add(units, "演示乙")
    assert people(units)[0]["person"] == "p2"  # a number is never given twice
    assert call("verify").code == 0


# --- files -------------------------------------------------------------------------------

PEOPLE = (
    "姓名,单位,职务,驻点,在线,电话,执法证号,有效期至\n"
    f"演示甲,城管,队员,是,,{PHONE},演示0001,2027-12-31\n"
    "演示乙,市监所,,是,否,,,\n"
)


def test_people_come_from_a_file_once_and_a_changed_row_changes_them(
    units: Runner, call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "人员.csv"
    file.write_text(PEOPLE, encoding="gb18030")
    first = units("import", str(file), "--from", "2026-11-01")
    assert (first.code, "导入 2 行" in first.err) == (0, True), first.err
    assert [(p["person"], p["unit"], p["licensed"]) for p in people(units)] == [
        ("p1", "城管执法中队", True), ("p2", "市场监管所", False),
    ]  # fmt: skip
    before = events(call)
    again = units("import", str(file), "--from", "2026-11-01")
    assert ("已有 2 行" in again.err, events(call)) == (True, before)
    file.write_text(PEOPLE.replace("队员", "队长"), encoding="utf-8")
    assert units("import", str(file), "--from", "2026-11-20").code == 0
    assert [p["role"] for p in people(units)] == ["队长", ""]
    assert people(units, "--as-of", "2026-11-19")[0]["role"] == "队员"


def test_a_faulty_file_names_row_and_column_and_leaves_nothing(
    units: Runner, call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "人员.csv"
    file.write_text(
        PEOPLE + "演示丙,无此单位,,,,,,\n演示丁,城管,,也许,,,,\n,城管,,,,,,\n"
        "演示戊,城管,,,,,演示0009,\n演示己,城管,,,,,,12/31\n",
        encoding="utf-8",
    )
    before = events(call)
    done = units("import", str(file))
    assert done.code == 65
    for said in (
        "第 4 行 B 单位",
        "第 5 行 D 驻点",
        "第 6 行 A 姓名",
        "第 7 行",
        "第 8 行 H 有效期至",
    ):
        assert said in done.err, done.err
    assert events(call) == before


def test_units_come_from_a_workbook_with_their_grids(units: Runner, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (
        ("名称", "种类", "平台", "所属社区"), ("江四社区", "社区", None, None),
        ("江四社区第一网格", "网格", None, "江四社区"), ("河长办", "科室", "综合执法", None),
    ):  # fmt: skip
        book.active.append(row)
    book.save(tmp_path / "单位.xlsx")
    done = units("import", str(tmp_path / "单位.xlsx"))
    assert done.code == 0, done.err
    assert units("show", "江四社区", "--json").json()["grids"] == ["江四社区第一网格"]
    again = units("import", str(tmp_path / "单位.xlsx"))
    assert "导入 0 行, 以前已有 3 行" in again.err


def test_a_grid_without_its_community_and_a_strange_table_are_refused(
    units: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "单位.csv"
    file.write_text("名称,种类,平台\n甲网格,网格,\n乙办,科室,第五平台\n", encoding="utf-8")
    done = units("import", str(file))
    assert (done.code, "第 2 行" in done.err, "第 3 行 C 平台" in done.err) == (65, True, True)
    file.write_text("甲,乙\n1,2\n", encoding="utf-8")
    strange = units("import", str(file))
    assert (strange.code, "姓名、单位" in strange.err) == (65, True)

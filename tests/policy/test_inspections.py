"""``inspection`` from the command line (附2.2): monthly totals, corrections, what failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sixping.errors import BadData
from sixping.policy.inspections import read_inspections
from sixping.util import datafiles, toml
from tests.conftest import Runner
from tests.kit.fieldkit import Street

NOW = "2026-11-24T15:00:00+08:00"
ENTER = ("inspection", "enter", "--month", "2026-10", "--kind", "抽检")
SOUND = ("--value", "批次=120", "--value", "合格=118", "--value", "不合格=2")


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    kept = Street(call)
    kept.do("register", "on", "检查抽检", "--from", "2026-09-15")
    return kept


def listed(street: Street, *options: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = street.do("inspection", "list", "--json", *options).json()
    return rows


def test_asleep_nothing_is_recorded_and_the_report_says_nothing(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert ledger.exists()
    asleep = Street(call)
    assert "register on 检查抽检" in asleep.no(*ENTER, *SOUND)
    (tmp_path / "抽检.csv").write_text(f"{HEAD}2026-10,抽检,,5,5,0,,\n", "utf-8")
    assert "register on 检查抽检" in asleep.no("inspection", "import", str(tmp_path / "抽检.csv"))
    report = asleep.do("report", "--month", "2026-10", "--json").json()
    assert not {"inspections", "services"} & report.keys()
    assert "检查抽检" not in asleep.do("report", "--month", "2026-10", "--format", "md").out


def test_a_month_is_recorded_once_and_corrected_with_a_reason(street: Street) -> None:
    first = street.do(*ENTER, *SOUND, "--json").json()
    before = street.log()
    assert "没有重复记录" in street.do(*ENTER, *SOUND).err
    assert street.log() == before
    other = ("--value", "批次=121", "--value", "合格=118", "--value", "不合格=3")
    assert "批次 120, 合格 118, 不合格 2" in street.no(*ENTER, *other)
    street.do(*ENTER, *other, "--reason", "补报一批")
    (row,) = listed(street)
    assert (row["values"]["批次"], row["corrected"]) == (121, 1)
    assert row["earlier"] == [{"批次": 120, "合格": 118, "不合格": 2}]
    street.do("inspection", "void", str(row["seq"]), "--reason", "演示", now="2026-11-25T10:00")
    street.now = "2026-11-25T11:00"
    (then,) = listed(street, "--as-of", "2026-11-25T09:59")
    assert (then["seq"], then["values"]["批次"]) == (row["seq"], 121)
    assert "2026-10" not in street.do("inspection", "list", "--as-of", "2026-11-20").out
    (row,) = listed(street)
    assert (row["seq"], row["values"]["批次"]) == (first["seq"], 120)
    log = street.do("log", "--stream", "检查抽检").out
    assert "批次 121, 合格 118, 不合格 3; 补报一批" in log


def test_the_same_figures_again_correct_nothing_and_confirm_a_month_that_is_over(
    street: Street, tmp_path: Path
) -> None:
    words = ("inspection", "enter", "--month", "2026-11", "--kind", "抽检",
             "--value", "批次=9", "--value", "不合格=1")  # fmt: skip
    street.do(*words, "--note", "三家超市")
    number = street.do(*words, "--found", "豆芽抽检不合格", "--json").json()["cases"][0]
    (row,) = listed(street)
    assert (row["corrected"], row["earlier"], row["partial"]) == (0, [], True)
    assert (row["note"], row["without_case"]) == ("三家超市", 0)
    twice = street.do(*words, "--found", "豆芽抽检不合格", "--json")
    assert "比不合格数 1 多 1 件" in twice.err
    street.do("undo", twice.json()["cases"][-1])
    assert (listed(street)[0]["without_case"], listed(street)[0]["surplus"]) == (0, 0)
    street.do("undo", number)
    assert listed(street)[0]["without_case"] == 1  # a case taken back is none
    given = tmp_path / "totals.csv"
    given.write_text("月份,种类,批次,不合格\n2026-11,抽检,9,1\n", encoding="utf-8")
    street.now = "2026-12-02T09:00"
    assert "导入 1 条" in street.do("inspection", "import", str(given)).err
    assert "导入 0 条" in street.do("inspection", "import", str(given)).err
    assert "没有重复记录" in street.do(*words).err
    (row,) = listed(street)
    assert (row["corrected"], row["partial"]) == (0, False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--value", "批次=10", "--value", "合格=9", "--value", "不合格=2"), "合格 9 + 不合格 2"),
        (("--value", "批次=-1"), "应为 0 至 100 万的整数"),
        (("--value", "批次=1", "--value", "批=2"), "写了两次"),
        (("--value", "批次=1", "--value", "批次=2"), "写了两次"),
        (("--value", "次数=1"), "可用: 批次、合格、不合格"),
        (("--value", "批次"), "键=值"),
        ((), "没有写明抽检的数"),
        (("--value", "批次=1", "--platform", "综合执法"), "可用: 市场监管"),
        (("--value", "批次=1", "--value", "不合格=0", "--found", "演示"), "记为 0"),
        (("--value", "批次=1", "--case", "999"), "999"),
    ],
)
def test_what_does_not_agree_is_refused(
    street: Street, options: tuple[str, ...], said: str
) -> None:
    assert said in street.no(*ENTER, *options)


def test_no_month_before_the_beginning_or_after_today(street: Street) -> None:
    words = ("inspection", "enter", "--kind", "培训", "--value", "人次=5", "--month")
    assert "2026-08 在这以前" in street.no(*words, "2026-08")
    assert "还没有开始" in street.no(*words, "2026-12")
    street.do(*words, "2026-09")


def test_what_failed_becomes_a_case_and_the_list_says_how_much_has_none(street: Street) -> None:
    total = street.do(*ENTER, *SOUND, "--found", "农贸市场豆芽抽检不合格", "--json").json()
    (number,) = total["cases"]
    case = street.do("show", number, "--json").json()
    assert (case["channel"], case["text"]) == ("监督检查", "农贸市场豆芽抽检不合格")
    assert listed(street)[0]["without_case"] == 1
    other = street.case("豆制品抽检不合格")
    link = ("inspection", "link", "--month", "2026-10", "--kind", "抽检")
    street.do(*link, "--case", other)
    assert (listed(street)[0]["cases"], listed(street)[0]["without_case"]) == ([number, other], 0)
    assert "已经连着" in street.no(*link, "--case", other)
    assert "哪一件" in street.no(*link)
    assert "还没有" in street.no(
        "inspection", "link", "--month", "2026-11", "--kind", "抽检", "--found", "演示"
    )
    assert "没有不合格的" in street.no(
        "inspection",
        "enter",
        "--month",
        "2026-10",
        "--kind",
        "培训",
        "--value",
        "人次=5",
        "--found",
        "演示",
    )
    seq = json.loads(street.log())[-1]["seq"]
    total_seq = str(total["seq"])
    assert "后面的记录以它为据" in street.no("inspection", "void", total_seq, "--reason", "演示")
    assert seq


def test_words_are_masked_and_a_look_is_recorded(street: Street) -> None:
    street.do(*ENTER, *SOUND, "--note", "联系13800000000")
    assert "13800000000" not in json.dumps(listed(street))
    assert "13800000000" not in street.do("inspection", "list").out
    shown = listed(street, "--reveal", "--reason", "核对")
    assert shown[0]["note"] == "联系13800000000"
    assert json.loads(street.log())[-1]["kind"] == "revealed"


def test_a_street_counts_what_it_says_but_drops_nothing_on_record(
    street: Street, tmp_path: Path
) -> None:
    street.do(*ENTER, *SOUND)
    shipped, _ = datafiles.read("inspections.toml", datafiles.shipped())
    own = shipped.replace('"合格", "不合格"]\nfailed', '"合格", "不合格", "复检"]\nfailed')
    assert own != shipped
    (tmp_path / "inspections.toml").write_text(own, "utf-8")
    street.do("policy", "adopt", str(tmp_path))
    street.do(*ENTER, *SOUND, "--value", "复检=1", "--reason", "演示")
    (tmp_path / "inspections.toml").write_text(shipped, "utf-8")
    assert "少了 抽检的复检" in street.no("policy", "adopt", str(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('["人次"]', "[]", "measures 至少要有一项"),
        ('whole = "批次"', 'whole = "次数"', "不是 measures 里的指标: 次数"),
        ('failed = "不合格"', 'failed = "次品"', "failed 不是 measures 里的指标: 次品"),
        ('platforms = ["市场监管"]', 'platforms = ["食药监管"]', "没有这个平台: 食药监管"),
        ('aliases = ["快检"', 'aliases = ["抽检"', "kind 重复: 抽检"),
    ],
)
def test_rules_that_count_nothing_or_what_they_do_not_name_are_refused(
    old: str, new: str, said: str
) -> None:
    shipped, _ = datafiles.read("inspections.toml", datafiles.shipped())
    assert old in shipped
    with pytest.raises(BadData, match=said):
        read_inspections(toml.parse(shipped.replace(old, new, 1), "inspections.toml"))


# --- import --------------------------------------------------------------------------------

HEAD = "月份,种类,平台,批次,合格,不合格,次数,人次\n"


def test_a_file_is_taken_in_once(street: Street, tmp_path: Path) -> None:
    file = tmp_path / "抽检.csv"
    head = HEAD.replace("\n", ",不合格率\n")
    file.write_text(f"{head}2026-10,抽检,,120,118,2,,\n2026/11/1,巡查,市场,,,,33,\n", "utf-8")
    done = street.do("inspection", "import", str(file)).err
    assert "导入 2 条, 以前已有 0 条" in done
    assert "没有用到的列: 不合格率" in done
    before = street.log()
    assert "导入 0 条, 以前已有 2 条" in street.do("inspection", "import", str(file)).err
    assert street.log() == before
    values = [(row["kind"], row["values"]) for row in listed(street)]
    assert values == [
        ("抽检", {"批次": 120, "合格": 118, "不合格": 2}), ("市场巡查", {"次数": 33}),
    ]  # fmt: skip


def test_a_measure_may_be_called_after_its_kind(street: Street, tmp_path: Path) -> None:
    street.do(*ENTER, "--value", "抽检批次=120", "--value", "抽检不合格=2")
    file = tmp_path / "抽检.csv"
    head = "月份,种类,抽检批次,合格,巡查次数,培训人次\n"
    file.write_text(f"{head}2026-09,抽检,9,8,,\n2026-10,巡查,,,33,\n2026-10,培训,,,,46\n", "utf-8")
    assert "没有用到" not in street.do("inspection", "import", str(file)).err
    assert {(row["month"], row["kind"]): row["values"] for row in listed(street)} == {
        ("2026-10", "培训"): {"人次": 46}, ("2026-10", "市场巡查"): {"次数": 33},
        ("2026-09", "抽检"): {"批次": 9, "合格": 8},
        ("2026-10", "抽检"): {"批次": 120, "不合格": 2},
    }  # fmt: skip
    for line, said in (("快检,,9,,,", "不是快速检测的指标"), ("抽检,1,9,,,", "写了两次")):
        file.write_text(f"月份,种类,批次,抽检批次,合格,巡查次数\n2026-09,{line}\n", "utf-8")
        assert said in street.call("inspection", "import", str(file), now=NOW).err


def test_all_of_a_file_or_nothing_with_row_and_column(street: Street, tmp_path: Path) -> None:
    street.do(*ENTER, *SOUND)
    file = tmp_path / "抽检.csv"
    rows = (
        "2026-09,抽检,,5,5,0,,", "2026-09,抽检,,5,5,0,,", "2026-10,抽检,,121,118,3,,",
        "2026-13,抽检,,1,,,,", "2026-10,抽什么,,1,,,,", "2026-10,培训,,,,,,x",
        "2026-10,市场巡查,,3,,,,", "2026-10,快检,综合执法,3,,,,", "2026-08,抽检,,3,,,,",
        "2026-12,抽检,,3,,,,",
    )  # fmt: skip
    file.write_text(HEAD + "\n".join(rows), "utf-8")
    done = street.call("inspection", "import", str(file), now=NOW)
    assert done.code == 65
    for said in (
        "第 3 行 B 种类", "在文件里有两行", "第 4 行 B 种类", "第 5 行 A 月份", "第 6 行 B 种类",
        "第 7 行 H 人次", "第 8 行 D 批次", "第 9 行 C 平台", "第 10 行 A 月份",
        "第 11 行 A 月份",
    ):  # fmt: skip
        assert said in done.err, said
    assert len(listed(street)) == 1


# --- the report ----------------------------------------------------------------------------


def test_the_report_adds_up_what_is_known_and_says_over_how_many_months(street: Street) -> None:
    street.do(*ENTER, *SOUND)
    street.do("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value", "批次=30")
    report = street.do("report", "--quarter", "2026Q4", "--json").json()
    told = report["inspections"]
    assert (told["since"], told["months"]) == ("2026-09-15", ["2026-10", "2026-11"])
    assert told["without_case"] == 2
    rows = {(row["kind"], row["measure"]): row for row in told["rows"]}
    assert rows["抽检", "批次"]["n"] == 150
    assert rows["抽检", "批次"]["partial"] == ["2026-11"]
    assert (rows["抽检", "不合格"]["n"], rows["抽检", "不合格"]["months"]) == (2, ["2026-10"])
    assert rows["培训", "人次"]["n"] is None
    assert (
        "| 抽检 | 批次 | 120 |" in street.do("report", "--month", "2026-10", "--format", "md").out
    )
    page = street.do("report", "--quarter", "2026Q4", "--format", "md").out
    assert "| 培训 | 人次 | — | — |" in page
    assert "inspections" not in street.do("report", "--week", "--json").json()
    narrow = ("report", "--month", "2026-10", "--json", "--platform")
    assert "inspections" not in street.do(*narrow, "综合执法").json()
    assert "inspections" in street.do(*narrow, "市场监管").json()
    street.do("intake", "占道经营", "--received", "2026-10-09T09:00")
    street.do("report", "--month", "2026-10", "--freeze", "--format", "md")
    again = ("--value", "批次=9", "--reason", "演示")
    street.do(*ENTER, *again)
    frozen = street.do("report", "--month", "2026-10", "--json").json()
    assert frozen["inspections"]["rows"][0]["n"] == 120, "as it was frozen"

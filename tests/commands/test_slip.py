"""Slips: numbered without a gap, recorded as printed, and silent about who reported."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sixping.policy.slips import KINDS
from sixping.render.paper import word
from tests.conftest import Result, Runner
from tests.kit import wordkit
from tests.kit.fieldkit import NOW, Street, a_street
from tests.kit.ledgerkit import rows

TEXT = "门口的夜宵摊每天晚上都吵到凌晨两点, 我家在3幢2单元501室"
NAME, PHONE, SOURCE = "演示戊", "13912348765", "演示来源9"
POINTS = "到现场核查油烟和噪声, 责令整改"
LEAD = "城管执法中队"
LATE = "2026-12-03T09:00:00+08:00"

Printing = Callable[..., Any]


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


@pytest.fixture
def number(street: Street) -> str:
    """Return a case that a unit handles, of a reporter with name, phone, place and number."""
    made = street.case(
        TEXT, "--reporter", NAME, "--phone", PHONE, "--place", "江一社区3幢2单元501室",
        "--community", "江一社区", "--source-no", SOURCE, "--channel", "微信公众号",
    )  # fmt: skip
    street.do("assign", made, "--lead", LEAD, "--assist", "市场监管所")
    return made


@pytest.fixture
def about_nothing_secret(street: Street, number: str) -> None:
    """Let the case be of a 性质 that somebody stated: 投诉."""
    street.do("amend", number, "--nature", "投诉", "--reason", "查明")


def printed(street: Street, *argv: str, now: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = street.do("slip", *argv, "--json", now=now).json()
    return found


def prints(street: Street) -> list[dict[str, Any]]:
    """Return the events of prints, of cases and meetings, oldest first."""
    return [e for e in json.loads(street.log()) if e["kind"].endswith("slip_printed")]


def said(street: Street, *argv: str, now: str | None = None) -> str:
    return street.do("slip", *argv, "--preview", now=now).out


# --- numbers and records --------------------------------------------------------------------


def test_a_slip_is_numbered_recorded_and_moves_nothing(street: Street, number: str) -> None:
    before = street.do("show", number, "--json").json()
    made = printed(street, number, "交办单", "--points", POINTS)
    after = street.do("show", number, "--json").json()
    assert made["number"].endswith("交办〔2026〕1号")
    assert (made["case"], made["kind"], made["to"]) == (number, "交办单", LEAD)
    assert (made["printed_at"], made["reprint"]) == (NOW, False)
    event = after["events"][-1]
    assert (event["kind"], event["slip"], event["no"], event["year"]) == (
        "slip_printed", "交办单", 1, 2026,
    )  # fmt: skip
    assert (event["doc_no"], event["to"], event["points"]) == (made["number"], LEAD, POINTS)
    assert made["seq"] == event["seq"]
    assert after["version"] == before["version"] + 1
    same = ("status", "clocks", "lead", "assist", "urges", "parts", "rounds")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert "出单" in street.do("show", number).out
    assert made["number"] in street.do("log", number).out
    assert "digest" not in street.do("log", number, "--json").out


def test_numbers_go_on_by_kind_and_year_and_none_is_left_out(street: Street, number: str) -> None:
    other = street.case("路灯不亮")
    street.do("assign", other, "--lead", LEAD)
    numbers = [
        printed(street, number, "交办单", "--points", POINTS)["number"],
        printed(street, other, "交办单", "--points", "更换路灯")["number"],
        printed(street, other, "答复单")["number"],
        printed(street, other, "交办单", "--points", "更换路灯和电缆")["number"],
        printed(street, other, "交办单", "--points", "再查", now="2027-01-04T09:00:00+08:00")[
            "number"
        ],
    ]
    orders = ["交办〔2026〕1号", "交办〔2026〕2号", "交办〔2026〕3号", "交办〔2027〕1号"]
    orders.insert(2, "答复〔2026〕1号")
    assert [one.partition("街道 ")[2] for one in numbers] == orders


def test_a_refused_slip_takes_no_number(street: Street, number: str) -> None:
    street.no("slip", number, "交办单", "--points", f"请联系{NAME}")
    street.no("slip", number, "催办单")
    assert printed(street, number, "交办单", "--points", POINTS)["number"].endswith("1号")


def test_the_same_slip_again_is_a_reprint_under_its_number(street: Street, number: str) -> None:
    first = printed(street, number, "交办单", "--points", POINTS)
    again = printed(street, number, "交办单", now=LATE)  # the points it had
    assert (again["number"], again["reprint"]) == (first["number"], True)
    assert [e.get("again", False) for e in prints(street)] == [False, True]
    shown = street.do("slip", number, "交办单", "--points", POINTS, now=LATE).out
    assert "重印 2026年12月3日" in shown
    assert "2026年11月24日" in shown, "the day of the number is that of the first print"
    assert POINTS in shown


def test_other_facts_make_another_slip(street: Street, number: str) -> None:
    printed(street, number, "交办单", "--points", POINTS)
    street.do(
        "extend", number, "--workdays", "2", "--reason", "等配件", "--approved-by", "分管领导"
    )
    second = printed(street, number, "交办单")
    assert (second["number"][-2:], second["reprint"]) == ("2号", False)
    street.do("assign", number, "--lead", "市场监管所")
    assert printed(street, number, "交办单")["number"].endswith("3号")


def test_a_voided_print_keeps_its_number_and_is_not_printed_again(
    street: Street, number: str
) -> None:
    first = printed(street, number, "交办单", "--points", POINTS)
    street.do("void", number, str(first["seq"]), "--reason", "写错了")
    second = printed(street, number, "交办单", "--points", POINTS)
    assert (second["number"][-2:], second["reprint"]) == ("2号", False)
    assert street.do("verify").code == 0
    assert street.do("rebuild", "--check").code == 0


def test_a_print_is_undone_like_any_step_of_ones_own(street: Street, number: str) -> None:
    printed(street, number, "交办单", "--points", POINTS)
    street.do("undo", number)
    assert printed(street, number, "交办单", "--points", POINTS)["number"].endswith("2号")


def test_two_desks_never_get_one_number(street: Street, number: str, tmp_path: Path) -> None:
    """The number is taken in the transaction that records it: what another took counts."""
    from concurrent.futures import ThreadPoolExecutor
    from subprocess import run

    path = next(tmp_path.rglob("ledger.sqlite3"))
    others = [street.case(f"路灯不亮{n}") for n in range(4)]
    begin = [sys.executable, "-m", "sixping", "--ledger", str(path), "slip"]
    env = {**os.environ, "SIXPING_NOW": NOW}

    def go(one: str) -> str:
        line = [*begin, one, "答复单", "--json"]
        done = run(line, capture_output=True, text=True, check=True, timeout=120, env=env)
        return str(json.loads(done.stdout)["number"])

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(go, [number, *others]))
    assert sorted(one.partition("答复")[2] for one in numbers) == [
        f"〔2026〕{n}号" for n in range(1, 6)
    ]


def test_a_preview_takes_no_number_and_records_nothing(street: Street, number: str) -> None:
    before = street.log()
    shown = said(street, number, "交办单", "--points", POINTS)
    assert "未编号" in shown
    assert "〔2026〕   号" in shown
    assert POINTS in shown
    assert street.do("slip", number, "交办单", "--points", POINTS, "--dry-run", "--json").json()[
        "number"
    ] is None  # fmt: skip
    assert street.log() == before


# --- files ------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_refused_before_a_number_is_taken(
    street: Street, number: str, tmp_path: Path
) -> None:
    there = tmp_path / "交办单.docx"
    there.write_text("旧", encoding="utf-8")
    refused = street.no("slip", number, "交办单", "--points", POINTS, "-o", str(there))
    assert "--force" in refused
    assert there.read_text(encoding="utf-8") == "旧"
    street.do("slip", number, "交办单", "--points", POINTS, "-o", str(there), "--force")
    assert "交办〔2026〕1号" in wordkit.text(wordkit.body(there.read_bytes()))


@pytest.mark.parametrize("ending", ["docx", "html", "md"])
def test_a_slip_is_a_file_in_each_form(
    street: Street, number: str, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"交办单.{ending}"
    done = street.do("slip", number, "交办单", "--points", POINTS, "-o", str(file))
    assert "已编号" in done.err
    content = file.read_bytes()
    text = wordkit.text(wordkit.body(content)) if ending == "docx" else content.decode()
    assert POINTS in text
    assert "交办〔2026〕1号" in text
    assert done.out == ""


def test_without_its_library_a_form_is_refused_before_a_number_is_taken(
    street: Street, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    before = street.log()
    made = street.call(
        "slip", number, "交办单", "--points", POINTS, "-o", str(tmp_path / "a.docx"), now=NOW
    )
    assert (made.code, "sixping[office]" in made.err) == (1, True)
    assert street.log() == before


def test_a_folder_that_is_not_there_is_refused_before_a_number_is_taken(
    street: Street, number: str, tmp_path: Path
) -> None:
    before, beside = street.log(), tmp_path / "文件"
    beside.write_text("不是文件夹")
    for file in (tmp_path / "没有" / "交办单.docx", beside / "交办单.docx"):
        made = street.call("slip", number, "交办单", "--points", POINTS, "-o", str(file), now=NOW)
        assert made.code == 74, made.err
        assert "已编号" not in made.err
    assert street.log() == before


def test_what_cannot_be_written_says_the_number_and_how_it_is_printed_again(
    street: Street, number: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    file = tmp_path / "交办单.docx"
    argv = ("slip", number, "交办单", "--points", POINTS, "-o", str(file))
    with monkeypatch.context() as patch:
        patch.setattr(word, "write", full)
        done = street.call(*argv, now=NOW)
    assert done.code == 74, done.err
    assert "交办〔2026〕1号 已编号并记入台账" in done.err
    assert f"sixping slip {number} 交办单" in done.err
    assert "重印" in done.err
    assert not file.exists()
    again = street.do(*argv)
    assert "重印: 交办单" in again.err
    assert "交办〔2026〕1号" in wordkit.text(wordkit.body(file.read_bytes()))


def test_a_docx_wants_a_file_and_a_workbook_is_no_slip(street: Street, number: str) -> None:
    before = street.log()
    for form in ("docx", "xlsx", "tsv"):
        made = street.call("slip", number, "答复单", "--format", form, now=NOW)
        assert made.code == 2, made.out
    assert street.log() == before


# --- what a unit reads ------------------------------------------------------------------------


def test_a_slip_to_a_unit_says_nothing_of_the_reporter(
    street: Street, number: str, tmp_path: Path
) -> None:
    street.do("urge", number, "--level", "普通", "--reason", "请抓紧", now=LATE)
    street.do("note", number, f"{NAME}又来电")
    file = tmp_path / "a.docx"
    shown = [
        street.do("slip", number, "交办单", "--points", POINTS).out,
        street.do("slip", number, "催办单", now=LATE).out,
        street.do("slip", number, "延期审批表").out,
    ]
    street.do("slip", number, "交办单", "-o", str(file))
    shown += [part.decode("utf-8", "replace") for part in wordkit.parts(file.read_bytes()).values()]
    for text in shown:
        for secret in (NAME, PHONE, "8765", SOURCE, "501", "3幢", "夜宵", "微信", "15:00"):
            assert secret not in text, secret
    assert "请注意保密" in shown[0]
    assert "收到日期" in shown[0]
    assert "江一社区" in shown[0]


@pytest.mark.parametrize(
    "points",
    [
        f"请联系{PHONE}", "请联系１３９ １２３４ ８７６５", f"{NAME}反映", "演 示 戊反映",
        "到501室", f"来源{SOURCE}", "门口的夜宵摊，每天晚上都吵", "身份证330106199001012379",
    ],
)  # fmt: skip
def test_points_that_tell_the_reporter_are_refused(
    street: Street, number: str, points: str
) -> None:
    refused = street.no("slip", number, "交办单", "--points", points)
    assert "会认出反映人" in refused
    assert PHONE not in refused
    assert street.no("slip", number, "交办单", "--points", points, "--preview")


def test_what_reporters_of_merged_reports_said_is_guarded_too(street: Street, number: str) -> None:
    other = street.case(
        "楼下烧烤店的油烟机整夜轰鸣不停", "--reporter", "演示己", "--phone", "13700000009"
    )
    street.do("merge", other, "--into", number)
    for points in ("找演示己核实", "联系137 0000 0009", "楼下烧烤店的油烟机整夜轰鸣"):
        assert "会认出反映人" in street.no("slip", number, "交办单", "--points", points)


def test_what_was_said_before_an_amendment_is_guarded_too(street: Street, number: str) -> None:
    street.do("amend", number, "--phone", "13700000008", "--reporter", "演示庚", "--reason", "更正")
    for points in (f"联系{PHONE}", f"找{NAME}", "联系13700000008", "找演示庚"):
        assert "会认出反映人" in street.no("slip", number, "交办单", "--points", points)


def test_one_or_two_reports_are_not_counted_three_are(street: Street, number: str) -> None:
    for n in range(2):
        assert "合并反映" not in said(street, number, "交办单", "--points", POINTS)
        other = street.case(f"同样的油烟{n}")
        street.do("merge", other, "--into", number)
    assert "| 合并反映 | 3件 |" in said(street, number, "交办单", "--points", POINTS)


@pytest.mark.usefixtures("about_nothing_secret")
def test_a_stated_nature_stands_on_the_slip_and_lifts_the_line(street: Street, number: str) -> None:
    shown = said(street, number, "交办单", "--points", POINTS)
    assert "| 性质 | 投诉 |" in shown
    assert "保密" not in shown


def test_recorded_words_that_tell_the_reporter_are_replaced_not_masked(
    street: Street, number: str
) -> None:
    street.do("urge", number, "--level", "普通", "--reason", f"{NAME}多次来电, {PHONE}", now=LATE)
    assert "督办理由里有" in street.no("slip", number, "催办单", now=LATE)
    assert "请抓紧办理" in said(street, number, "催办单", "--points", "请抓紧办理", now=LATE)


# --- points -----------------------------------------------------------------------------------


def test_points_come_from_stdin_too(street: Street, number: str) -> None:
    made = street.call(
        "slip", number, "交办单", "--points", "-", now=NOW, stdin="第一条: 核查\n第二条: 复查\n"
    )
    assert made.code == 0, made.err
    assert prints(street)[0]["points"] == "第一条: 核查\n第二条: 复查"


def test_a_pipe_without_points_is_told_what_to_write(street: Street, number: str) -> None:
    refused = street.no("slip", number, "交办单")
    assert "--points" in refused


def test_a_terminal_asks_for_the_points(street: Street, number: str, tmp_path: Path) -> None:
    pytest.importorskip("pty")
    from tests.kit.ptykit import Terminal

    path = next(tmp_path.rglob("ledger.sqlite3"))
    desk = Terminal(path, NOW, "slip", number, "交办单")
    desk.answer("办理要点", POINTS)
    desk.answer("", "")
    assert desk.end() == 0
    assert prints(street)[0]["points"] == POINTS


def test_ten_thousand_characters_are_kept_and_printed(
    street: Street, number: str, tmp_path: Path
) -> None:
    points = "核查净化装置是否开启。\n" * 900
    file = tmp_path / "长.docx"
    done = street.call(
        "slip", number, "交办单", "--points", "-", "-o", str(file), now=NOW, stdin=points
    )
    assert done.code == 0, done.err
    assert wordkit.text(wordkit.body(file.read_bytes())).count("核查净化装置是否开启") == 900


# --- contact data -----------------------------------------------------------------------------


@pytest.mark.usefixtures("about_nothing_secret")
def test_contact_data_go_to_the_lead_with_a_reason_and_are_recorded_first(
    street: Street, number: str
) -> None:
    assert "--reason" in street.no("slip", number, "联系单")
    for words in ("门口的夜宵摊每天晚上都吵到凌晨", f"来源编号{SOURCE}"):
        refused = street.no("slip", number, "联系单", "--reason", words)
        assert "会认出反映人" in refused
        assert "--points" not in refused
    made = street.do("slip", number, "联系单", "--reason", "约定上门的时间")
    assert NAME in made.out
    assert PHONE in made.out
    looked, print_ = json.loads(street.log())[-2:]
    assert (looked["kind"], print_["kind"]) == ("revealed", "slip_printed")
    assert (looked["list"], looked["numbers"]) == ("联系单", [number])
    assert print_["to"] == LEAD
    assert PHONE not in street.log()
    again = street.do("slip", number, "联系单", "--reason", "约定上门的时间")
    assert "重印" in again.err
    assert [e["kind"] for e in json.loads(street.log())].count("revealed") == 2


@pytest.mark.usefixtures("about_nothing_secret")
def test_a_preview_of_contact_data_shows_none(street: Street, number: str) -> None:
    shown = said(street, number, "联系单", "--reason", "约定时间")
    assert NAME not in shown
    assert PHONE not in shown


@pytest.mark.usefixtures("about_nothing_secret")
def test_contact_data_are_refused_where_nobody_may_have_them(street: Street, number: str) -> None:
    why = ("--reason", "约定时间")
    unassigned = street.case("路灯不亮", "--phone", "13700000001")
    assert "还没有牵头单位" in street.no("slip", unassigned, "联系单", *why)
    nameless = street.case("路灯不亮", "--anonymous")
    street.do("assign", nameless, "--lead", LEAD)
    assert "匿名" in street.no("slip", nameless, "联系单", *why)
    without = street.case("路灯不亮", "--reporter", "演示己")
    street.do("assign", without, "--lead", LEAD)
    assert "没有登记电话" in street.no("slip", without, "联系单", *why)
    street.do("resolve", number, "--outcome", "已整改")
    assert "已办结" in street.no("slip", number, "联系单", *why)
    assert [e["kind"] for e in json.loads(street.log())].count("revealed") == 0


@pytest.mark.usefixtures("about_nothing_secret")
def test_a_report_about_a_unit_gives_it_no_contact_data(street: Street) -> None:
    about = street.case("执法粗暴", "--phone", "13700000001", "--about", "市场监管所")
    street.do("assign", about, "--lead", LEAD)
    assert "回避" in street.no("slip", about, "联系单", "--reason", "核实")


@pytest.mark.parametrize("nature", [None, "举报"])
def test_of_an_informer_or_where_nobody_said_otherwise_no_contact_data_are_given(
    street: Street, number: str, nature: str | None
) -> None:
    if nature:
        street.do("amend", number, "--nature", nature, "--reason", "查明")
    refused = street.no("slip", number, "联系单", "--reason", "核实")
    assert "举报" in refused
    assert (f"sixping amend {number} --nature 投诉" in refused) is (nature is None)
    assert "请注意保密" in said(street, number, "交办单", "--points", POINTS)


# --- demands, extensions, the district, answers ------------------------------------------------


def test_a_demand_says_how_late_things_were_when_it_was_made(street: Street, number: str) -> None:
    for kind in ("催办单", "黄牌督办单", "红牌督办单"):
        level = {"催办单": "普通", "黄牌督办单": "黄牌", "红牌督办单": "红牌"}[kind]
        refused = street.no("slip", number, kind, now=LATE)
        assert f"sixping urge {number} --level {level}" in refused
        street.do(
            "urge", number, "--level", level, "--reason", f"{level}: 请说明",
            "--answer-by", "2026-12-07", now=LATE,
        )  # fmt: skip
        made = street.do("slip", number, kind, now=LATE).out
        assert f"{level}: 请说明" in made
        assert "2026年12月7日" in made
        assert "办结：12月1日17:00到期，超2个工作日" in made, made
    street.do("resolve", number, "--outcome", "已整改", now="2026-12-10T09:00:00+08:00")
    again = printed(street, number, "催办单", now="2026-12-11T09:00:00+08:00")
    assert again["reprint"], "days that pass change nothing, nor does the end of the case"


def test_a_demand_before_anything_is_late_says_so(street: Street, number: str) -> None:
    street.do("urge", number, "--level", "普通", "--reason", "请抓紧")
    assert "督办时没有超期的时限" in said(street, number, "催办单")


def test_the_form_of_an_extension_is_blank_until_somebody_approved(
    street: Street, number: str
) -> None:
    blank = said(street, number, "延期审批表")
    assert "未批准" in blank
    assert "| 批准 |  |" in blank
    asked = said(street, number, "延期审批表", "--points", "等配件到货")
    assert "| 延期理由 | 等配件到货 |" in asked
    street.do(
        "extend", number, "--workdays", "2", "--reason", "等配件", "--approved-by", "分管领导"
    )
    made = said(street, number, "延期审批表")
    assert "未批准" not in made
    for words in (
        "2个工作日",
        "| 原办结期限 | 12月1日17:00 |",
        "| 延至 | 12月3日17:00 |",
        "分管领导",
        "等配件",
    ):
        assert words in made, words
    assert "未批准" in said(street, number, "延期审批表", "--points", "再延两日")


def test_an_approved_extension_is_printed_also_where_its_reason_may_not_be(
    street: Street, number: str
) -> None:
    """Other words would ask for it anew: 未批准."""
    reason = f"等{NAME}回来"
    street.do("extend", number, "--workdays", "2", "--reason", reason, "--approved-by", "分管领导")
    made = said(street, number, "延期审批表")
    assert NAME not in made
    assert "未批准" not in made
    assert "请另写" in made
    assert "2个工作日" in made


def test_a_letter_to_the_district_needs_a_referral(street: Street) -> None:
    number = street.case("厂房排烟", severity="重大")
    assert f"sixping refer {number}" in street.no("slip", number, "上报函")
    assert "上报" in street.no("slip", number, "交办单", "--points", POINTS)
    street.do(
        "refer", number, "--to", "区住建局", "--content", "请派员检测", "--receipt", "收文3号"
    )
    made = street.do("slip", number, "上报函").out
    for words in ("区住建局：", "请派员检测", "收文3号", "附件清单"):
        assert words in made, words
    assert "区住建局" not in json.dumps([e.get("to") for e in prints(street)], ensure_ascii=False)


def test_an_answer_leaves_the_name_to_be_written_unless_revealed(
    street: Street, number: str
) -> None:
    street.do("resolve", number, "--outcome", "已整改")
    street.do("feedback", number, f"{NAME}您好, 已责令整改, 联系{PHONE}")
    made = street.do("slip", number, "答复单").out
    assert "已责令整改" in made
    assert NAME not in made
    assert PHONE not in made
    assert "＿＿" in made
    assert street.call("slip", number, "答复单", "--reveal", now=NOW).code == 2
    shown = street.do("slip", number, "答复单", "--reveal", "--reason", "邮寄答复")
    assert f"{NAME}：" in shown.out
    assert "重印" in shown.err
    assert json.loads(street.log())[-2]["kind"] == "revealed"


def test_an_answer_needs_something_that_was_said(street: Street) -> None:
    taken = street.do("intake", "路灯不亮", "--severity", "一般", "--json").json()["number"]
    assert "sixping accept" in street.no("slip", taken, "答复单")
    street.do("decline", taken, "--reason", "不属于本街道")
    assert "办理意见" in street.do("slip", taken, "答复单").out


# --- states -----------------------------------------------------------------------------------


def test_a_case_without_a_unit_says_how_it_gets_one(street: Street) -> None:
    number = street.case("路灯不亮")
    refused = street.no("slip", number, "交办单", "--points", POINTS)
    assert f"sixping assign {number} --lead 单位" in refused


def test_what_has_ended_gets_no_new_order_but_the_old_one_again(
    street: Street, number: str
) -> None:
    printed(street, number, "交办单", "--points", POINTS)
    street.do("resolve", number, "--outcome", "已整改")
    assert "已办结" in street.no("slip", number, "交办单", "--points", "再查")
    assert printed(street, number, "交办单")["reprint"]
    repeat = street.case("同样的油烟")
    street.do("reopen", number, "--reason", "又出现")
    street.do("merge", repeat, "--into", number)
    refused = street.no("slip", repeat, "交办单", "--points", POINTS)
    assert f"sixping slip {number} 交办单" in refused
    assert f"sixping slip {number} 答复单" in street.no("slip", repeat, "答复单")


def test_an_erased_case_prints_nothing_and_its_words_are_gone(
    street: Street, number: str, tmp_path: Path
) -> None:
    printed(street, number, "交办单", "--points", POINTS)
    street.do("resolve", number, "--outcome", "已整改")
    street.do("feedback", number, "已整改")
    street.do("close", number)
    street.do("erase", number, "--basis", "本人书面申请", "--yes")
    for kind in ("交办单", "答复单", "延期审批表"):
        assert "已依法删除" in street.no("slip", number, kind)
    path = next(tmp_path.rglob("ledger.sqlite3"))
    assert POINTS.encode() not in path.read_bytes()
    event = prints(street)[0]
    assert (event["slip"], event["no"]) == ("交办单", 1)
    assert "points" not in event
    assert street.do("verify").code == 0
    other = street.case("路灯不亮")
    street.do("assign", other, "--lead", LEAD)
    assert printed(street, other, "交办单", "--points", "更换")["number"].endswith("2号")


def test_no_digest_is_made_of_contact_data(street: Street, number: str, tmp_path: Path) -> None:
    """Contact data go before the rest: nothing of them may stay in what is kept."""
    street.do("amend", number, "--nature", "投诉", "--reason", "查明")
    path = next(tmp_path.rglob("ledger.sqlite3"))
    printed(street, number, "联系单", "--reason", "约时间")
    with closing(sqlite3.connect(path)) as con:
        (kept,) = con.execute("SELECT fields FROM told ORDER BY seq DESC LIMIT 1").fetchone()
    other = street.case(TEXT, "--reporter", "演示己", "--phone", "13700000001")
    assert other
    assert set(json.loads(kept)) == {"digest"}
    street.do("amend", number, "--phone", "13700000002", "--reason", "更正")
    assert not printed(street, number, "联系单", "--reason", "约时间")["reprint"]


# --- wrong ways -------------------------------------------------------------------------------


def test_an_unknown_kind_names_the_nearest(street: Street, number: str) -> None:
    refused = street.no("slip", number, "交办")  # a short one is taken
    assert "--points" in refused
    assert "交办单" in street.no("slip", number, "交辨单")
    for kind in KINDS:
        assert kind in street.no("slip", number, "甲")


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("m1", "交办单"), "事项的单据"),
        (("1", "会议纪要"), "会议编号"),
        (("1", "交办单", "--unit", LEAD), "--unit"),
        (("1", "答复单", "--points", "甲"), "sixping feedback"),
        (("1", "联系单", "--points", "甲"), "--points"),
        (("1", "交办单", "--reason", "甲"), "--reason"),
        (("1", "交办单", "--reveal", "--reason", "甲"), "--reveal"),
        (("1", "答复单", "--reveal", "--reason", "甲", "--preview"), "--preview"),
        (("1", "交办单", "--points", " "), "要点"),
        (("99", "交办单", "--points", "甲"), "没有编号"),
        (("甲", "交办单"), "编号"),
        (("m9", "会议纪要"), "没有这个会议"),
    ],
)
def test_a_wrong_way_says_the_right_one(
    street: Street, number: str, argv: tuple[str, ...], says: str
) -> None:
    assert number.endswith("1")
    assert says in street.no("slip", *argv)


# --- meetings ---------------------------------------------------------------------------------


@pytest.fixture
def meeting(street: Street) -> str:
    name = street.plan()
    for text, unit in (("夜间整治", LEAD), ("核查油烟", "市场监管所"), ("每周夜巡", LEAD)):
        street.do(
            "meeting", "minutes", name, "--decision", text, "--unit", unit, "--due", "2026-12-20"
        )
    return name


NOTICE = "联席会议议定事项通知单"


def test_each_unit_gets_a_notice_of_its_own(street: Street, meeting: str) -> None:
    made = printed(street, meeting, NOTICE)
    assert [(each["to"], each["number"][-2:]) for each in made["slips"]] == [
        (LEAD, "1号"), ("市场监管所", "2号"),
    ]  # fmt: skip
    assert made["meeting"] == meeting
    own = street.do("slip", meeting, NOTICE, "--unit", LEAD)
    assert "重印" in own.err
    assert "夜间整治" in own.out
    assert "每周夜巡" in own.out
    assert "核查油烟" not in own.out
    assert [(e["slip"], e["to"], e["no"]) for e in prints(street)] == [
        (NOTICE, LEAD, 1), (NOTICE, "市场监管所", 2), (NOTICE, LEAD, 1),
    ]  # fmt: skip
    assert "出会议单据" in street.do("log").out
    assert street.do("verify").code == 0


def test_no_paper_of_a_meeting_names_a_reporter(street: Street) -> None:
    """What is decided is written by hand: the names and doors of the reporters come with it."""
    about = street.case(
        "住3幢2单元501室, 演示公司拖欠我和十余名工人两个月工资", "--reporter", "演示己",
        "--phone", "13700000001", severity="较大",
    )  # fmt: skip
    street.do("consult", about)
    name = street.plan()
    minuted = ("meeting", "minutes", name)
    told = ("--unit", LEAD, "--due", "2026-12-20")
    street.do(*minuted, "--decision", "为演示己追讨工资", *told)
    street.do(*minuted, "--decision", "到3幢501室找演 示 己核实", *told, "--case", about)
    street.do(*minuted, "--slot", "存在的问题", "演示己到会说明")
    shown = [
        street.do("slip", name, "会议纪要").out,
        street.do(*minuted, "--format", "html").out,
        street.do("meeting", "show", name, "--json").out,
        street.do("meeting", "task", "list").out,
        street.do("meeting", "agenda", name, "--format", "md").out,
        street.do("overdue", "--within", "30", "--kind", "task", "--json").out,
        street.do("report", "--board", "--format", "html", now="2026-12-18T09:00:00+08:00").out,
    ]
    digests = re.compile(r"\b[0-9a-f]{16,64}\b")  # in which any digits may stand
    for text in (digests.sub("", each) for each in shown):
        for secret in ("演示己", "演 示 己", "501"):
            assert secret not in text, secret
    assert "演示己" in street.do("meeting", "show", name, "--reveal", "--reason", "核对").out
    before = street.log()
    refused = street.no("slip", name, NOTICE)
    assert "会认出反映人" in refused
    assert "meeting void" in refused
    assert street.no("slip", name, NOTICE, "--preview")
    assert street.log() == before
    for event in json.loads(before):
        if event["kind"] in {"task_set", "case_decided"}:
            street.do("meeting", "void", str(event["seq"]), "--reason", "改写")
    street.do(*minuted, "--decision", "约谈公司, 追讨工资", *told)
    assert "约谈公司" in street.do("slip", name, NOTICE).out


def test_all_notices_are_one_file_with_a_page_a_unit(
    street: Street, meeting: str, tmp_path: Path
) -> None:
    file = tmp_path / "通知单.docx"
    street.do("slip", meeting, NOTICE, "-o", str(file))
    content = wordkit.parts(file.read_bytes())["word/document.xml"].decode()
    assert content.count("w:pageBreakBefore") == 1
    text = wordkit.text(wordkit.body(file.read_bytes()))
    assert "通知〔2026〕1号" in text
    assert "通知〔2026〕2号" in text


def test_a_notice_with_another_task_has_another_number(street: Street, meeting: str) -> None:
    first = printed(street, meeting, NOTICE, "--unit", LEAD)
    street.do("meeting", "task", "drop", f"{meeting}.3", "--reason", "不需要")
    second = printed(street, meeting, NOTICE, "--unit", LEAD)
    assert (first["number"][-2:], second["number"][-2:]) == ("1号", "2号")
    street.do("meeting", "void", str(second["seq"]), "--reason", "写错")
    assert printed(street, meeting, NOTICE, "--unit", LEAD)["number"].endswith("3号")


def test_a_meeting_that_gave_nobody_anything_has_no_notice(street: Street) -> None:
    name = street.plan()
    assert f"sixping meeting minutes {name} --decision" in street.no("slip", name, NOTICE)
    assert "还没有记纪要" in street.no("slip", name, "会议纪要")
    ahead = street.plan(day="2026-12-24")
    assert "还没有开" in street.no("slip", ahead, NOTICE)


def test_a_unit_without_a_task_is_told_which_have_one(street: Street, meeting: str) -> None:
    assert "市场监管所" in street.no("slip", meeting, NOTICE, "--unit", "司法所")


def test_the_minutes_are_numbered_too(street: Street, meeting: str) -> None:
    street.do("meeting", "minutes", meeting, "--slot", "存在的问题", "夜间巡查力量不足")
    made = street.do("slip", meeting, "会议纪要").out
    for words in ("纪要〔2026〕1号", "夜间巡查力量不足", "夜间整治", LEAD):
        assert words in made, words
    assert printed(street, meeting, "会议纪要")["reprint"]
    before = street.log()
    assert "未编号" in said(street, meeting, "会议纪要")
    assert street.log() == before


# --- books ------------------------------------------------------------------------------------


def test_prints_go_with_an_export_and_come_back(
    street: Street, number: str, meeting: str, tmp_path: Path
) -> None:
    printed(street, number, "交办单", "--points", POINTS)
    printed(street, meeting, NOTICE)
    file, path = tmp_path / "流水.jsonl", str(tmp_path / "新.sqlite3")
    street.do("export", "events", "-o", str(file))
    assert POINTS in file.read_text(encoding="utf-8")
    street.do("--ledger", path, "init")
    done: Result = street.call("--ledger", path, "import", str(file), now=NOW)
    assert done.code == 0, done.err
    assert street.do("--ledger", path, "verify").code == 0
    kinds = [kind for (kind,) in rows(Path(path), "SELECT kind FROM events")]
    assert kinds.count("slip_printed") == 1
    assert kinds.count("meeting_slip_printed") == 2


def test_every_kind_is_tried_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in text] == []

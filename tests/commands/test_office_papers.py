"""Agenda, minutes and roster as papers: from the ledger into every form."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sixping.render.terminal import Terminal
from sixping.util.text import columns
from tests.kit.fieldkit import Street, a_street

if TYPE_CHECKING:
    from tests.conftest import Runner

LATER = "2026-12-01T09:00:00+08:00"
FORMS = ("docx", "xlsx", "html", "md")
WORDS = ("--decision", "清理占道 13800000000", "--unit", "城管执法中队", "--due", "2026-11-30")


@pytest.fixture
def street(call: Runner) -> Street:
    return a_street(call)


def words_of(path: Path) -> str:
    """Return what a file says, a package unzipped and its marks taken out."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as package:
        names = [name for name in package.namelist() if name.endswith(".xml")]
        return "\n".join(re.sub("<[^>]*>", "", package.read(name).decode()) for name in names)


def written(street: Street, folder: Path, *argv: str) -> list[str]:
    """Return what each form of a paper says."""
    said = []
    for form in FORMS:
        file = folder / f"{argv[1]}.{form}"
        assert "已写入" in street.do(*argv, "-o", str(file), now=LATER).err
        assert street.call(*argv, "-o", str(file), now=LATER).code == 1, "there is one already"
        said.append(words_of(file))
    return said


def terminal(patch: pytest.MonkeyPatch, width: int = 80) -> None:
    patch.setattr(Terminal, "detect", lambda *_: Terminal(isatty=True, width=width, color=False))


# --- agenda ----------------------------------------------------------------------------


def test_the_figures_of_an_agenda_are_those_of_the_report_and_open_to_their_cases(
    street: Street, tmp_path: Path
) -> None:
    numbers = [street.case(f"夜里很吵{n}", "--received", "2026-11-10") for n in range(3)]
    street.do("assign", numbers[0], "--lead", "城管执法中队")
    street.do("resolve", numbers[0], "--outcome", "已劝离")
    name = street.plan(kind="集体会商", day="2026-12-01")
    page = tmp_path / "议程.html"
    street.do("meeting", "agenda", name, "-o", str(page), now=LATER)
    text = page.read_text(encoding="utf-8")
    totals = street.do("report", "--month", "2026-11", "--json", now=LATER).json()["totals"]
    said = re.sub("<[^>]*>", "", text)
    assert (totals["received"], totals["resolved"], totals["overdue"]) == (3, 1, 2)
    for word, key in (("接收", "received"), ("办结", "resolved"), ("期末在办", "open")):
        assert f"{word}{totals[key]}件" in said
    assert "其中超期2件" in said
    assert re.search('接收<span class="u"><a class="n" href="#f[0-9]+">3</a>件', text)
    for number in numbers:
        assert f">{number}<" in text
    for key in ("接收", "期末超期", "按时办结率"):
        rows = street.do("report", "--month", "2026-11", "--drill", key, "--json", now=LATER)
        assert len(rows.json()) == {"接收": 3, "期末超期": 2, "按时办结率": 3}[key]


def test_an_agenda_of_a_frozen_month_says_that_its_figures_are_those_of_now(
    street: Street, tmp_path: Path
) -> None:
    street.case("夜里很吵", "--received", "2026-11-10")
    name = street.plan(kind="集体会商", day="2026-12-01")
    said = "会商材料已定稿(第1期（总第1期）), 此处的数是此刻的记录"
    before = street.do("meeting", "agenda", name, now=LATER)
    assert "已定稿" not in before.out
    street.do("report", "--month", "2026-11", "--freeze", now=LATER)
    assert said in street.do("meeting", "agenda", name, now=LATER).out
    for words in written(street, tmp_path, "meeting", "agenda", name):
        assert said in words.replace("\\", "")


def test_no_form_of_an_agenda_has_a_reporters_words_until_a_reason_is_recorded(
    street: Street, tmp_path: Path
) -> None:
    street.case("跨社区排水, 电话13800000000", severity="较大")
    street.case("收钱不办事", "--about", "市场监管所", severity="较大")
    name = street.plan(kind="集体会商", day="2026-12-01")
    argv = ("meeting", "agenda", name)
    for said in written(street, tmp_path, *argv):
        assert ("跨社区排水" in said, "收钱" in said, "已提交会商" in said or "未分派" in said) == (
            False, False, True,
        )  # fmt: skip
        assert "有被反映对象, 内容不列" in said
        assert "None" not in said
    assert street.call(*argv, "--reveal", now=LATER).code == 2
    shown = street.do(*argv, "--reveal", "--reason", "会前准备", "--format", "md", now=LATER).out
    assert ("13800000000" in shown, "收钱" in shown) == (True, False)
    seen = street.do("log", "--json").json()[-1]
    assert (seen["kind"], seen["list"]) == ("revealed", name)


def test_an_agenda_says_on_a_terminal_what_to_type_next(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    street.case()
    name = street.plan(kind="集体会商", day="2026-12-01")
    terminal(monkeypatch)
    done = street.do("meeting", "agenda", name, now=LATER)
    assert max(map(columns, done.out.splitlines())) <= 80
    commands = re.findall(r": sixping (.*)", done.err)
    assert commands == [
        "report --month 2026-11 --drill 期末超期", f"meeting agenda {name} -o 议程.docx",
    ]  # fmt: skip
    assert street.call(*commands[0].split(), now=LATER).code == 0


def test_a_file_is_named_for_what_is_no_text(street: Street) -> None:
    name = street.plan()
    for argv, file in (
        (("meeting", "agenda", name), "议程.docx"),
        (("meeting", "minutes", name), "会议纪要.docx"),
        (("duty", "roster"), "值班表.docx"),
    ):
        assert f"-o {file}" in street.no(*argv, "--format", "docx")


# --- minutes ---------------------------------------------------------------------------


def test_minutes_in_every_form_tell_who_came_and_how_what_was_decided_stands(
    street: Street, tmp_path: Path
) -> None:
    street.do("units", "person", "add", "演示甲", "--unit", "市场监管所", "--from", "2026-01-01")
    serious = street.case("跨社区排水", severity="较大")
    name = street.plan()
    street.do("meeting", "attend", name, "p1", "p5", "p2", "--invite", "区住建局",
              "--invite", "演示戊")  # fmt: skip
    street.do("meeting", "minutes", name, *WORDS)
    street.do("decide", serious, "--lead", "城市建设办", "--due", "2026-12-10", "--meeting", name)
    street.do("meeting", "minutes", name, "--slot", "存在的问题", "找 13800000000")
    for said in written(street, tmp_path, "meeting", "minutes", name):
        for word in ("联席会议纪要", "实到3人", "城管执法中队：演示甲(p1)",
                     "市场监管所：演示甲(p5)",
                     "平安建设办：演示乙", "区住建局、演", "138", "办理中，已超期", "城市建设办",
                     "12月10日", "11月30日", serious, f"{name}.1"):  # fmt: skip
            assert word in said, word
        assert [w for w in ("13800000000", "演示戊", "None", "应到") if w in said] == []
    assert (
        street.do("meeting", "show", name, "--format", "md", now=LATER).out
        == street.do("meeting", "minutes", name, "--format", "md", now=LATER).out
    )


def test_minutes_on_a_terminal_say_what_is_not_written_yet(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = street.plan()
    terminal(monkeypatch)
    done = street.do("meeting", "minutes", name, "--slot", "存在的问题", "夜间巡查不足")
    assert "[二、存在的问题]\n夜间巡查不足" in done.out
    assert "还没有写: 情况分析、下步工作打算。" in done.err
    assert done.err.endswith(f"出文件: sixping meeting minutes {name} -o 会议纪要.docx\n")


# --- roster ----------------------------------------------------------------------------


@pytest.fixture
def planned(street: Street) -> Street:
    """A month with a short day, a leave, a swap, and two people of one name."""
    for name, *options in (("演示戊",), ("演示甲", "--licence", "演3", "--licence-until", "2027")):
        more = [option.replace("2027", "2027-12-31") for option in options]
        street.do("units", "person", "add", name, "--unit", "城管执法中队", "--stationed",
                  "--phone", "13800000000", "--from", "2026-01-01", *more)  # fmt: skip
    for day, *people in (
        ("2026-12-01", "p1", "p5"),
        ("2026-12-02", "p5"),
        ("2026-12-03", "p1", "p5"),
        ("2026-12-04", "p1", "p5"),
        ("2026-12-05", "p5"),
    ):
        street.do("duty", "plan", day, *people)
    street.do("duty", "leave", "p5", "--from", "2026-12-03", "--reason", "年休假")
    street.do("duty", "swap", "2026-12-04", "p1", "p6")
    return street


def test_a_roster_shows_who_is_there_what_lacks_and_who_is_away(
    planned: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ("duty", "roster", "--month", "2026-12")
    rows = {
        "12月 1日 二": "演示甲(p1)* 演示戊",
        "12月 2日 三": "演示戊 缺1人",
        "12月 3日 四": "演示甲(p1)* 演示戊(请假) 缺1人",
        "12月 4日 五": "演示甲(p6)* 演示戊",
        "12月 5日 六": "演示戊",  # of its own will on a day of rest: nothing is lacking
        "12月 7日 一": "缺2人",
    }
    said = written(planned, tmp_path, *argv)[-1]
    for day, people in rows.items():
        assert f"| {day} | {people} |".replace("*", "\\*") in said
    assert "| 12月12-13日 | 休 |" in said
    terminal(monkeypatch)
    done = planned.do(*argv, now=LATER)
    lines = done.out.splitlines()
    for day, people in rows.items():
        assert [line for line in lines if line.split("  ", 1)[0] == day] == [f"{day}  {people}"]
    assert "没有排班：市场监管所、派出所、司法所。" in done.out.replace("\n", "")
    assert done.err.endswith("出文件: sixping duty roster --month 2026-12 -o 值班表.docx\n")


def test_what_programs_read_of_a_roster_is_a_row_a_person(planned: Street) -> None:
    argv = ("duty", "roster", "--month", "2026-12")
    rows = planned.do(*argv, "--json").json()
    assert rows[0] == {
        "date": "2026-12-01", "agency": "城管执法中队", "person": "p1", "name": "演示甲",
        "licensed": True, "leave": False,
    }  # fmt: skip
    lines = planned.do(*argv).out.splitlines()
    assert lines[0].split("\t") == list(rows[0])
    assert len(lines) == len(rows) + 1 == 9


def test_telephones_stand_on_a_roster_for_a_reason_that_is_recorded(planned: Street) -> None:
    argv = ("duty", "roster", "--month", "2026-12", "--format", "md")
    assert "13800000000" not in planned.do(*argv).out
    shown = planned.do(*argv, "--reveal", "--reason", "排班联系").out
    assert "| 演示戊 | 城管执法中队 | 13800000000 |" in shown
    assert planned.do("log", "--json").json()[-1]["kind"] == "revealed"


def test_a_roster_of_one_unit_or_of_none_is_written_too(planned: Street, tmp_path: Path) -> None:
    for said in written(planned, tmp_path, "duty", "roster", "--month", "2027-01"):
        assert "2027年1月还没有排班。" in said
        assert "放假安排未公布" in said
        assert "缺2人" not in said, "nobody planned anything yet"
    one = planned.do("duty", "roster", "--month", "2026-12", "--unit", "派出", "--format", "md").out
    assert "值班表（派出所）" in one
    assert "派出所原则上驻点" in one
    assert "城管执法中队" not in one
    assert planned.call("duty", "roster", "--unit", "无此", "--format", "md").code == 2


def test_agencies_that_are_on_duty_together_are_short_together(
    planned: Street, tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir()
    text = (Path(__file__).parents[2] / "data/policy.toml").read_text(encoding="utf-8")
    rule = "[edition.readings.duty_per_agency]\nvalue = "
    assert f"{rule}true" in text
    changed = text.replace(f"{rule}true", f"{rule}false")
    (tmp_path / "rules/policy.toml").write_text(changed, encoding="utf-8")
    planned.do("policy", "adopt", str(tmp_path / "rules"))
    said = planned.do("duty", "roster", "--month", "2026-12", "--format", "md").out
    assert "合计至少2人" in said
    assert "排不足的日子：2026年12月2日(周三) 缺1人；2026年12月3日(周四) 缺1人" in said
    assert "| 12月 2日 三 | 演示戊 |" in said

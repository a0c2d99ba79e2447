"""``assess`` as a procedure (五.2, 附3.5): drafted, checked by the units, approved."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sixping.cases.codec import Recorded
from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.reports.period import Span
from sixping.reports.spans import ReportRequest
from sixping.services.office import procedure
from sixping.store.sqlite import reading
from sixping.util.clock import from_text
from tests.conftest import Runner
from tests.kit.fieldkit import Street
from tests.kit.ledgerkit import stamp

AFTER, LATER = "2026-12-03T09:00:00+08:00", "2026-12-10T09:00:00+08:00"
MONTH = ("--month", "2026-11")
CITY, MARKET = "城管执法中队", "市场监管所"
BODY = ("--body", "街道党工委会议")
DRAFT = "草稿"


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    """A street with two matters of November, one late; the register not yet switched on."""
    assert ledger.exists()
    made = Street(call)
    for number, unit in (("1", CITY), ("2", MARKET)):
        step = f"2026-11-02T09:0{number}:00+08:00"
        made.do("intake", f"演示: 占道经营{number}", "--severity", "一般", now=step)
        made.do("accept", number, now=step)
        made.do("assign", number, "--lead", unit, now=step)
    made.do("resolve", "1", "--outcome", "已清理", now="2026-11-04T09:00:00+08:00")
    made.do("resolve", "2", "--outcome", "已清理", now="2026-11-20T09:00:00+08:00")
    made.now = AFTER
    return made


@pytest.fixture
def awake(street: Street) -> Street:
    street.do("register", "on", "procedure", "--from", "2026-11-01")
    return street


def checked(street: Street, tmp_path: Path, *period: str) -> None:
    street.do("assess", "draft", *period)
    street.do("assess", "sheet", *period, "-o", str(tmp_path / "sheets.html"), "--force")


def state(street: Street) -> dict[str, object]:
    (row,) = street.do("assess", "procedure", "--json").json()
    found: dict[str, object] = row
    return found


def says_draft(path: Path) -> int:
    """Return in how many parts of a file it stands that it is a draft."""
    if path.suffix in {".html", ".md"}:
        return path.read_text(encoding="utf-8").count(DRAFT)
    with zipfile.ZipFile(path) as package:
        return sum(DRAFT in package.read(name).decode() for name in package.namelist()
                   if name.endswith(".xml"))  # fmt: skip


def test_asleep_nothing_of_a_procedure_is_said_or_recorded(street: Street) -> None:
    page = street.do("assess", *MONTH, "--format", "md").out
    assert DRAFT not in page
    assert "procedure" not in street.do("assess", *MONTH, "--json").json()
    for line in (("draft",), ("sheet",), ("approve", *BODY)):
        assert "register on 考核程序" in street.no("assess", line[0], *MONTH, *line[1:])
    assert "register on" in street.no("assess", "object", *MONTH, "--unit", CITY, "--text", "不符")
    assert "register on" in street.no("assess", "draft", "--month", "2026-12")  # not that it runs
    assert "register on" in street.no("assess", "answer", "y1", "--refused", "--text", "不属实")


def test_a_period_over_before_the_register_began_is_printed_as_ever(street: Street) -> None:
    at = ("--as-of", "2026-12-02T09:00")
    before = street.do("assess", *MONTH, *at, "--format", "md").out
    street.do("register", "on", "procedure", "--from", "2026-12-01")
    assert street.do("assess", *MONTH, *at, "--format", "md").out == before
    assert DRAFT not in street.do("assess", *MONTH, "--format", "md").out
    assert DRAFT in street.do("assess", "--month", "2026-12", "--format", "md").out


def test_every_form_says_draft_until_it_is_approved(awake: Street, tmp_path: Path) -> None:
    checked(awake, tmp_path, *MONTH)
    forms = ("docx", "html", "xlsx", "md")
    files = [tmp_path / f"paper.{form}" for form in forms]
    for path in files:
        awake.do("assess", *MONTH, "-o", str(path))
    assert all(says_draft(path) for path in files)
    with zipfile.ZipFile(files[0]) as package:  # in the head of every page
        heads = [name for name in package.namelist() if "header" in name]
        assert heads
        assert all(DRAFT in package.read(name).decode() for name in heads)
    with zipfile.ZipFile(files[2]) as package:  # of every sheet of the workbook
        sheets = [package.read(name).decode() for name in package.namelist()
                  if "/worksheets/sheet" in name]  # fmt: skip
        assert all(DRAFT in sheet.partition("<headerFooter")[2] for sheet in sheets)
    assert says_draft(tmp_path / "sheets.html")
    awake.do("assess", "approve", *MONTH, *BODY, "--counts")
    for path in files:
        awake.do("assess", *MONTH, "-o", str(path), "--force")
    assert not any(says_draft(path) for path in files)
    words = "街道党工委会议于2026年12月3日审定，计入2026年度目标责任制考核成绩"
    assert words in files[3].read_text(encoding="utf-8")


def test_nothing_is_approved_before_all_units_were_heard(awake: Street, tmp_path: Path) -> None:
    assert "assess draft" in awake.no("assess", "approve", *MONTH, *BODY)
    awake.do("assess", "draft", *MONTH)
    assert state(awake)["without_sheet"] == list(sheets(awake))
    assert f"assess sheet {' '.join(MONTH)} -o" in awake.no("assess", "approve", *MONTH, *BODY)
    assert "还没有拿到" in awake.no("assess", "object", *MONTH, "--unit", CITY, "--text", "不符")
    assert "-o 核对单.docx" in awake.no("assess", "sheet", *MONTH, "--format", "docx")
    awake.do("assess", "sheet", *MONTH, "--unit", CITY, "-o", str(tmp_path / "city.html"))
    assert "没有拿到核对单" in awake.no("assess", "approve", *MONTH, *BODY)
    awake.do("assess", "sheet", *MONTH, "-o", str(tmp_path / "all.html"))
    nobody = awake.no("assess", "object", *MONTH, "--unit", "演示所", "--text", "不符")
    assert "考核对象里没有" in nobody
    awake.do("assess", "object", *MONTH, "--unit", "城管", "--text", "2 不是本队承办")
    again = awake.no("assess", "object", *MONTH, "--unit", CITY, "--text", "2 不是本队承办")
    assert "已经记为 y1" in again
    assert "y1" in awake.no("assess", "approve", *MONTH, *BODY)
    assert state(awake)["state"] == "异议待答复"
    answer = ("assess", "answer", "y1")
    assert "--changed" in awake.no(*answer, "--allowed", "--text", "属实")
    assert "--allowed" in awake.no(*answer, "--text", "属实")
    unchanged = awake.no(*answer, "--refused", "--text", "不属实", "--changed", "2 已更正")
    assert "不采纳的没有改动" in unchanged
    early = awake.no(*answer, "--refused", "--text", "不属实", "--date", "2026-12-02")
    assert "早于异议" in early
    allowed = awake.do(*answer, "--allowed", "--text", "属实", "--changed", "2 已更正")
    assert f"assess draft {' '.join(MONTH)}" in allowed.err
    assert "已经答复" in awake.no(*answer, "--refused", "--text", "不属实")
    assert f"assess draft {' '.join(MONTH)}" in awake.no("assess", "approve", *MONTH, *BODY)
    assert state(awake)["state"] == "待重出草稿"
    awake.do("assess", "draft", *MONTH)
    assert "--meeting" in awake.no("assess", "approve", *MONTH)
    assert "没有这个会议" in awake.no("assess", "approve", *MONTH, "--meeting", "m9")
    meeting = awake.plan("--reason", "演示", kind="集体会商", day="2026-12-07")
    assert "还没有开" in awake.no("assess", "approve", *MONTH, "--meeting", meeting)
    awake.now = LATER
    done = awake.do("assess", "approve", *MONTH, "--meeting", meeting, "--json").json()
    assert (done["state"], done["approved"], done["meeting"]) == ("审定", "2026-12-07", meeting)
    assert (done["objections"], done["allowed"], done["counts_in"]) == (1, 1, None)
    assert "已经审定" in awake.no("assess", "draft", *MONTH)
    assert "已经审定" in awake.no("assess", "object", *MONTH, "--unit", CITY, "--text", "不符")
    seq = awake.do("log", "--stream", "会议", "--json").json()[-1]["seq"]
    assert "审定" in awake.no("meeting", "void", str(seq), "--reason", "演示")


def test_what_follows_is_never_dated_before_what_it_follows(awake: Street, tmp_path: Path) -> None:
    awake.do("assess", "draft", *MONTH)
    handed = ("assess", "sheet", *MONTH, "-o", str(tmp_path / "all.html"))
    assert "早于草稿" in awake.no(*handed, "--date", "2026-12-02")
    awake.now = "2026-12-05T09:00:00+08:00"
    awake.do(*handed)
    objects = ("assess", "object", *MONTH, "--unit", CITY, "--text", "不符")
    assert "早于核对单" in awake.no(*objects, "--date", "2026-12-04")
    assert "早于核对单" in awake.no("assess", "approve", *MONTH, *BODY, "--date", "2026-12-04")
    awake.do(*objects)
    awake.now = LATER
    awake.do("assess", "answer", "y1", "--refused", "--text", "不属实", "--date", "2026-12-08")
    refused = awake.no("assess", "approve", *MONTH, *BODY, "--date", "2026-12-07")
    assert "早于对异议的答复" in refused
    awake.do("assess", "approve", *MONTH, *BODY, "--date", "2026-12-08")

    def then(moment: str) -> list[str]:
        listed = awake.do("assess", "procedure", "--as-of", moment, "--json").json()
        return [row["state"] for row in listed]

    assert then("2026-12-02 09:00") == []
    assert then("2026-12-04 09:00") == ["草稿"]
    assert then("2026-12-06 09:00") == ["异议待答复"]
    assert then("2026-12-10 09:00") == ["审定"]


def test_a_draft_records_who_answered_by_id_and_never_by_name(awake: Street) -> None:
    at = "2026-11-25T10:00:00+08:00"
    awake.do("units", "person", "add", "演示甲", "--unit", CITY, "--from", "2026-11-01", now=at)
    awake.do("register", "on", "persons", "--from", "2026-11-01", now=at)
    awake.do("reopen", "1", "--reason", "演示", now=at)
    awake.do("handover", "1", "--to", "p1", "--reason", "演示", now=at)
    awake.do("assess", "draft", *MONTH)
    (city,) = (each for each in awake.do("assess", "sheet", *MONTH, "--json").json()["sheets"]
               if each["name"] == CITY)  # fmt: skip
    assert [(each["id"], each["name"]) for each in city["persons"]] == [("p1", "演示甲")]
    (event,) = (each for each in awake.do("log", "--stream", "procedure", "--json").json()
                if each["kind"] == "assessment_drafted")  # fmt: skip
    assert '"p1"' in json.dumps(event)
    assert "演示甲" not in json.dumps(event, ensure_ascii=False)


def sheets(street: Street) -> dict[str, object]:
    drafted = street.do("assess", "sheet", *MONTH, "--json").json()
    return {each["name"]: each for each in drafted["sheets"]}


def test_the_approved_figures_are_printed_the_same_from_then_on(
    awake: Street, tmp_path: Path
) -> None:
    checked(awake, tmp_path, *MONTH)
    awake.do("assess", "approve", *MONTH, *BODY)
    forms = ("md", "csv", "json")
    first = [awake.do("assess", *MONTH, "--format", form).out for form in forms]
    late = ("--at", "2026-11-05T09:00", "--reason", "补记")
    awake.do("feedback", "1", "已告知", "--satisfaction", "5", *late, now=LATER)
    awake.now = LATER
    assert [awake.do("assess", *MONTH, "--format", form).out for form in forms] == first
    said = awake.do("assess", *MONTH, "--format", "md").err
    assert "此后的补录和办理没有改变它; 按现在的记录, 综合信息指挥室、城管执法中队的数" in said
    assert "此后的补录" not in awake.do("assess", *MONTH, "--unit", MARKET, "--json").err
    drill = ("assess", *MONTH, "--drill", "反馈率", "--unit", CITY, "--json")
    assert sum(row["counted"] for row in awake.do(*drill).json()) == 0
    seq = awake.do("log", "--stream", "考核程序", "--json").json()[-1]["seq"]
    awake.do("assess", "void", str(seq), "--reason", "会议没有开")
    page = awake.do("assess", *MONTH, "--format", "md")
    assert DRAFT in page.out
    assert "的数与记录的草稿不同" in page.err
    assert sum(row["counted"] for row in awake.do(*drill).json()) == 1
    assert state(awake)["state"] == "待审定"
    assert "审定的是第 1 稿的数" in awake.do("assess", "approve", *MONTH, *BODY).err
    before = awake.do("assess", *MONTH, "--as-of", "2026-12-03T10:00", "--format", "md").out
    assert DRAFT not in before  # as it then stood


def test_another_draft_goes_only_to_the_units_whose_figures_changed(
    awake: Street, tmp_path: Path
) -> None:
    checked(awake, tmp_path, *MONTH)
    assert "数没有变" in awake.no("assess", "draft", *MONTH)
    before = sheets(awake)
    awake.do("feedback", "1", "已告知", now="2026-12-03T10:00:00+08:00")
    awake.now = "2026-12-03T11:00:00+08:00"
    awake.do("assess", "draft", *MONTH)
    after = sheets(awake)
    changed = [name for name, figures in after.items() if figures != before[name]]
    assert CITY in changed
    assert MARKET not in changed
    assert state(awake)["without_sheet"] == changed
    awake.do("assess", "sheet", *MONTH, "--format", "md")
    told = awake.do("log", "--stream", "考核程序", "--json").json()
    handed = [row["unit"] for row in told if row["kind"] == "sheet_handed"]
    row = state(awake)
    # recounted from the log: every unit once for the first draft, these again for the second
    assert sorted(handed) == sorted([*after, *changed])
    assert row["sheets"] == row["units"] == len(after)


def test_of_two_desks_at_once_one_records_the_draft_and_each_sheet_is_handed_out_once(
    awake: Street, ledger: Path
) -> None:
    span = Span(date(2026, 11, 1), date(2026, 11, 30))
    request = ReportRequest("month", span, from_text(AFTER), past=False)

    def refused(events: Sequence[Recorded], said: str) -> None:
        at = stamp(request.moment)
        with pytest.raises(NotAllowed, match=said), transaction(ledger, at) as tx:
            procedure.record(tx, request, events)

    with reading(ledger) as con:
        mine = procedure.made(con, request)
    awake.do("assess", "draft", *MONTH)
    refused([mine], "刚刚已由他人")
    assert state(awake)["draft"] == 1
    with reading(ledger) as con:
        printed = procedure.drafted(con, request)
    awake.do("assess", "sheet", *MONTH, "--unit", CITY, "--format", "md")
    with reading(ledger) as con:
        handed = procedure.sheets(con, request, printed, [CITY, MARKET], date(2026, 12, 3))
    assert [each.unit for each in handed] == [MARKET]
    awake.do("feedback", "1", "已告知", now=AFTER)
    awake.do("assess", "draft", *MONTH)
    refused(handed, "刚刚已由他人")
    awake.do("register", "off", "考核程序")
    refused([replace(mine, draft=3)], "还没有启用")


def test_the_sheet_of_an_agency_goes_out_with_approved_figures_only(
    awake: Street, tmp_path: Path
) -> None:
    year = ("--year", "2026")
    awake.now = "2027-01-05T09:00:00+08:00"
    title = f"年度考核表：{MARKET}（附3.5）"
    page = awake.do("assess", *year, "--format", "md").out
    assert title not in page
    assert "审定后附后" in page
    assert "还没有过完" in awake.no("assess", "draft", "--month", "2027-01")
    assert "没有 2026年" in awake.no("assess", "draft", "--month", "2026-03")
    checked(awake, tmp_path, *year)
    awake.do("assess", "approve", *year, *BODY, "--counts")
    page = awake.do("assess", *year, "--format", "md").out
    assert title in page
    assert "| 审定 | 街道党工委会议于2027年1月5日审定" in page
    assert "单位核对意见" not in page


def test_no_answer_is_before_its_objection_and_no_approval_before_its_draft(
    awake: Street, tmp_path: Path
) -> None:
    checked(awake, tmp_path, *MONTH)
    early = ("--date", "2026-11-30")
    awake.do("assess", "object", *MONTH, "--unit", CITY, "--text", "演示")
    answer = ("assess", "answer", "y1", "--refused", "--text", "演示")
    assert "早于异议" in awake.no(*answer, *early)
    awake.do(*answer)
    logged = awake.do("log", "--stream", "考核程序", "--json").json()
    for kind in ("assessment_drafted", "assessment_objected"):
        (seq,) = [str(each["seq"]) for each in logged if each["kind"] == kind]
        assert "以它为据" in awake.no("assess", "void", seq, "--reason", "演示")
    dated = ("--meeting", "m1", "--date", "2026-12-03")
    assert "以登记的为准" in awake.no("assess", "approve", *MONTH, *dated)
    body = ("--body", "街道党工委会议")
    assert "早于草稿" in awake.no("assess", "approve", *MONTH, *body, *early)
    awake.do("assess", "approve", *MONTH, "--body", "张大明")
    assert "大明" not in awake.do("assess", "procedure", "--json").out  # a person is no body

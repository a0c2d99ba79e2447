"""Letters of the sending bureau, and what the street answered (附3.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sixping.errors import NotFound
from sixping.office.letters import About, Body, LetterAnswered, LetterAsked, fold
from sixping.office.streams import StreamEntry
from sixping.services.office.letters import rows
from sixping.services.rulebooks import rulebooks_on
from sixping.store.sqlite import reading
from sixping.util.clock import from_text
from tests.conftest import Runner
from tests.kit.fieldkit import PEOPLE, Street

MARKET, POLICE = "市场监管所", "派出所"
WORDS, SATURDAY = "履职情况良好", 5


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    """A street with its people; the register not yet switched on."""
    assert ledger.exists()
    made = Street(call)
    for name, unit, *more in PEOPLE:
        made.do("units", "person", "add", name, "--unit", unit, *more, "--from", "2026-11-01")
    return made


@pytest.fixture
def awake(street: Street) -> Street:
    street.do("register", "on", "opinions", "--from", "2026-11-01")
    return street


def listed(street: Street, *options: str) -> dict[str, dict[str, object]]:
    found = street.do("assess", "letters", *options, "--json").json()
    return {row["id"] or row["agency"]: row for row in found}


def asked(street: Street, *options: str, agency: str = MARKET) -> None:
    street.do("assess", "ask", agency, "--bureau", "区市场监管局", *options)


def test_asleep_no_letter_is_recorded_and_no_paper_has_a_field_of_it(street: Street) -> None:
    line = ("assess", "ask", MARKET, "--bureau", "区市场监管局", "--cadre", "p4")
    assert "register on" in street.no(*line)
    assert "register on" in street.no("assess", "reply", "l1", "--text", WORDS)
    assert "register on" in street.no("assess", "moved", "l1")
    assert listed(street) == {}
    page = street.do("assess", "--year", "2026", "--unit", MARKET, "--format", "md").out
    assert "来函" not in page
    (own,) = street.do("assess", "--year", "2026", "--unit", MARKET, "--json").json()["sheets"]
    assert "letters" not in own


def test_one_letter_names_several_and_an_answer_covers_some(awake: Street) -> None:
    asked(awake, "--cadre", "p4", "--cadre", "演示戊", "--cadre", "演示丁", "--date", "2026-11-02",
          "--answer-by", "2026-11-20")  # fmt: skip
    row = listed(awake)["l1"]
    assert (row["count"], row["state"]) == (2, "来函未复")  # p4 is 演示丁
    assert row["cadres"] == ["p4", "演*"]
    awake.do("assess", "reply", "l1", "--body", "党工委", "--cadre", "p4", "--text", WORDS,
             "--date", "2026-11-10")  # fmt: skip
    assert listed(awake)["l1"]["remark"] == "街道党工委欠 1 人, 街道办事处欠 2 人"
    again = ("assess", "reply", "l1", "--body", "党工委", "--cadre", "演示丁", "--text", WORDS)
    assert "已经答复过" in awake.no(*again)
    assert "没有问到" in awake.no(*again[:-4], "--cadre", "p1", "--text", WORDS)
    early = (*again[:-4], "--cadre", "演示戊", "--text", WORDS, "--date", "2026-11-01")
    assert "早于来函" in awake.no(*early)
    assert "由谁答复" in awake.no("assess", "reply", "l1", "--text", WORDS)
    assert "没有这份来函" in awake.no("assess", "reply", "l9", "--text", WORDS)
    awake.do("assess", "reply", "l1", "--body", "办事处", "--text", WORDS)
    awake.do("assess", "reply", "l1", "--body", "党工委", "--text", WORDS)
    everybody = ("assess", "reply", "l1", "--body", "党工委", "--text", WORDS)
    assert "已经答复过" in awake.no(*everybody)
    row = listed(awake)["l1"]
    assert (row["state"], row["age"]) == ("已复", None)
    assert (row["party"], row["office"]) == (["2026-11-10", "2026-11-24"], ["2026-11-24"])
    (undo,) = [e["seq"] for e in awake.do("log", "--stream", "来函", "--json").json()[-1:]]
    awake.do("assess", "void", str(undo), "--reason", "演示")
    assert listed(awake)["l1"]["state"] == "来函未复"
    log = awake.do("log", "--stream", "来函").out
    assert "l1; 市场监管所; 年度考核意见; 2 人; 2026-11-02" in log
    assert "演示戊" not in log


def test_a_letter_names_whom_it_is_about_and_dates_that_can_be(awake: Street) -> None:
    line = ("assess", "ask", MARKET, "--bureau", "区市场监管局")
    assert "还早" in awake.no(*line, "--cadre", "p4", "--year", "2028")
    assert "早于来函" in awake.no(*line, "--cadre", "p4", "--date", "2026-11-23",
                                  "--answer-by", "2026-11-20")  # fmt: skip
    assert "不是派驻机构" in awake.no(*line[:2], "平安建设办", *line[3:], "--cadre", "p4")


def test_who_has_not_asked_is_listed_and_ages_are_what_counting_days_gives(
    awake: Street, ledger: Path
) -> None:
    asked(awake, "--cadre", "p4", "--date", "2026-11-02", "--answer-by", "2026-11-20")
    asked(awake, "--cadre", "演示戊", "--date", "2026-11-05", agency=POLICE)
    rows_now = listed(awake)
    agencies = {u["name"] for u in awake.do("units", "list", "--kind", "agency", "--json").json()}
    missing = {name for name, row in rows_now.items() if row["state"] == "未来函"}
    assert missing == agencies - {MARKET, POLICE}
    awake.do("assess", "opinion", "司法所", "--text", WORDS)
    assert listed(awake, "--state", "未来函")["司法所"]["remark"] == "已有书面意见 (2026-11-24)"
    assert listed(awake, "--year", "2025") == {}  # over before the register began
    today = date(2026, 11, 24)

    def worked(since: date) -> int:
        days = (since + timedelta(days=n) for n in range(1, (today - since).days + 1))
        return sum(each.weekday() < SATURDAY for each in days)  # no holiday in that November

    assert rows_now["l1"]["age"] == worked(date(2026, 11, 2))
    assert rows_now["l1"]["late"] == worked(date(2026, 11, 20))
    assert (rows_now["l2"]["age"], rows_now["l2"]["late"]) == (worked(date(2026, 11, 5)), None)
    items = {i["summary"].split()[0]: i for i in awake.do("overdue", "--json").json()["items"]}
    assert (items["l1"]["kind"], items["l1"]["unit"]) == ("opinion", None)
    assert items["l1"]["workdays_late"] == rows_now["l1"]["late"]
    assert (items["l2"]["due"], items["l2"]["age"]) == (None, rows_now["l2"]["age"])
    awake.do("register", "off", "opinions")
    assert awake.do("overdue", "--json").json()["items"] == []
    awake.do("register", "on", "opinions", "--from", "2026-11-03")
    left = awake.do("overdue", "--json").json()["items"]
    assert sorted(item["summary"].split()[0] for item in left) == ["l1", "l2"]  # l1 from before
    awake.do("register", "off", "opinions")
    with reading(ledger) as con:
        assert rows(con, 2026, from_text(awake.now), rulebooks_on(con)) == []  # while it sleeps


def test_a_consent_after_the_appointment_is_recorded_and_said_to_be_after(awake: Street) -> None:
    asked(
        awake, "--about", "任职", "--cadre", "演示戊", "--cadre", "演示己", "--date", "2026-11-02"
    )
    assert "--agreed" in awake.no("assess", "reply", "l1", "--text", WORDS)
    awake.do("assess", "reply", "l1", "--agreed", "--cadre", "演示戊", "--text", WORDS,
             "--date", "2026-11-09")  # fmt: skip
    done = awake.do("assess", "moved", "l1", "--date", "2026-11-10")
    assert "注意: l1 任免 2026-11-10: 任免前没有同意" in done.err
    late = awake.do("assess", "reply", "l1", "--agreed", "--text", WORDS, "--date", "2026-11-11")
    assert "注意: l1 任免 2026-11-10: 同意晚于任免" in late.err
    assert "l1 任免 2026-11-10: 事先同意" in late.err
    assert listed(awake)["l1"]["prior"] == ["事先同意", "同意晚于任免"]
    assert "已经记录" in awake.no("assess", "moved", "l1")
    assert "已经记录" in awake.no("assess", "moved", "l1", "--cadre", "演示戊")
    asked(awake, "--cadre", "p4", "--date", "2026-11-03")
    assert "不是任免" in awake.no("assess", "moved", "l2")
    assert "由街道党工委答复" in awake.no(
        "assess", "reply", "l1", "--body", "办事处", "--agreed", "--cadre", "演示戊", "--text", "甲"
    )
    asked(awake, "--about", "免职", "--cadre", "p4", "--date", "2026-11-04")
    awake.do("assess", "reply", "l3", "--refused", "--text", WORDS, "--date", "2026-11-05")
    against = awake.do("assess", "moved", "l3", "--date", "2026-11-06")
    assert "注意: l3 任免 2026-11-06: 未同意" in against.err
    page = awake.do("assess", "--year", "2026", "--unit", MARKET, "--format", "md").out
    assert "| 征求意见来函 | 11月3日(周二) |" in page
    assert "同意晚于任免" in page
    assert WORDS not in page
    assert "演示戊" not in page


def test_a_move_before_the_letter_is_recorded_as_one_without_consent(awake: Street) -> None:
    asked(awake, "--about", "任职", "--cadre", "演示戊", "--date", "2026-11-10")
    done = awake.do("assess", "moved", "l1", "--date", "2026-11-02")
    assert "注意: l1 任免 2026-11-02: 任免前没有同意" in done.err
    awake.do("assess", "reply", "l1", "--agreed", "--text", WORDS, "--date", "2026-11-12")
    assert listed(awake)["l1"]["prior"] == ["同意晚于任免"]


def test_letters_are_listed_as_they_were_known_on_a_day(awake: Street) -> None:
    awake.now = "2026-11-10T09:00:00+08:00"
    asked(awake, "--cadre", "p4", "--date", "2026-11-02")
    seq = awake.do("log", "--stream", "来函", "--json").json()[-1]["seq"]
    then = ("--as-of", "2026-11-10 10:00")
    before = listed(awake)
    assert (before["l1"]["state"], before["l1"]["age"]) == ("来函未复", 6)
    awake.now = "2026-11-24T15:00:00+08:00"
    for body in ("党工委", "办事处"):
        awake.do("assess", "reply", "l1", "--body", body, "--text", WORDS, "--date", "2026-11-09")
    asked(awake, "--cadre", "演示戊", agency=POLICE)
    now = listed(awake)
    assert (now["l1"]["state"], now["l2"]["state"]) == ("已复", "来函未复")
    assert listed(awake, *then) == before
    assert awake.do("assess", "letters", "--letter", "l1", *then, "--json").json()["answers"] == []
    for void in awake.do("log", "--stream", "来函", "--json").json()[:0:-1]:
        awake.do("assess", "void", str(void["seq"]), "--reason", "演示")
    awake.do("assess", "void", str(seq), "--reason", "演示")
    assert "l1" not in listed(awake)
    assert listed(awake, *then) == before, "what was taken back later was known then"
    early = awake.no("assess", "letters", "--letter", "l1", "--as-of", "2026-11-09")
    assert "在那一刻征求意见和任免同意登记没有启用" in early


def test_an_answer_about_a_name_that_was_erased_from_its_letter_is_still_read() -> None:
    day = date(2026, 11, 2)
    asked_of = LetterAsked(letter="l1", agency=MARKET, about=About.YEAR, year=2026, day=day,
                           count=1, named="演示戊")  # fmt: skip
    answer = LetterAnswered(letter="l1", named="演示戊", body=Body.PARTY, day=day, text=WORDS)
    at = from_text("2026-11-24T09:00:00+08:00")

    def entries(first: LetterAsked) -> list[StreamEntry]:
        return [StreamEntry(n, "l1", at, at, e) for n, e in enumerate((first, answer), 1)]

    erased = fold(entries(replace(asked_of, named=None)))["l1"]
    assert (erased.cadres, len(erased.answers)) == ((), 1)
    with pytest.raises(NotFound, match="没有问到"):
        fold(entries(replace(asked_of, named="演示己")))


def test_an_answer_is_read_masked_and_revealing_it_is_recorded(awake: Street) -> None:
    asked(awake, "--cadre", "演示戊", "--answer-by", "2026-11-30")
    text = "联系 13800000000"
    awake.do("assess", "reply", "l1", "--body", "党工委", "--text", text)
    shown = awake.do("assess", "letters", "--letter", "l1", "--json").json()
    assert "13800000000" not in str(shown)
    assert shown["cadres"] == ["演*"]
    full = awake.do("assess", "letters", "--letter", "l1", "--reveal", "--reason", "核对", "--json")
    assert text in str(full.json())
    assert full.json()["cadres"] == ["演示戊"]
    (seen,) = awake.do("audit", "--json").json()["items"]
    assert seen["what"] == "assess letters l1"
    never = ("assess", "ask", POLICE, "--bureau", "区局", "--cadre", "p4")
    assert "没有在派出所任过职" in awake.no(*never)
    assert "没有在派出所任过职" in awake.no(*never, "--about", "免职")
    awake.do(*never, "--about", "任职")  # who is to be appointed comes from anywhere
    for line in (("--cadre", " "), ("--cadre", "p99"), ("--cadre", "甲、乙")):
        assert awake.no("assess", "ask", MARKET, "--bureau", "区局", *line)
    assert "派驻机构" in awake.no("assess", "ask", "江一社区", "--bureau", "区局", "--cadre", "p4")
    assert "可用" in awake.no("assess", "ask", MARKET, "--bureau", "甲", "--cadre", "p4",
                            "--about", "调动")  # fmt: skip

"""``accountability`` (五.3, 附1.3): heard before, decided by whom, reviewed after; proposals."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Street

CITY, MARKET = "城管执法中队", "市场监管所"
FACTS, LEADER = "多次催办未办, 联系 13800000000", "演示领导"
ORDER = ("accountability", "propose", "--kind", "一票否决", "--to", "区委政法委", "--text", "事实")


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    """A street with a late matter and a leader; the register not yet switched on."""
    assert ledger.exists()
    made = Street(call)
    at = "2026-11-02T09:00:00+08:00"
    made.do("intake", "演示: 占道经营", "--severity", "一般", now=at)
    made.do("accept", "1", now=at)
    made.do("assign", "1", "--lead", CITY, now=at)
    made.do("units", "person", "add", LEADER, "--unit", "党政综合办", "--role", "分管领导",
            now=at)  # fmt: skip
    made.do("units", "person", "add", "演示丁", "--unit", CITY, "--role", "分管领导", now=at)
    return made


@pytest.fixture
def awake(street: Street) -> Street:
    street.do("register", "on", "accountability", "--from", "2026-11-01")
    return street


def opened(street: Street, *lapses: str) -> None:
    keys = [word for key in lapses or ("1.finish",) for word in ("--lapse", key)]
    street.do("accountability", "open", *keys, "--unit", CITY, "--text", FACTS)


def listed(street: Street) -> list[dict[str, object]]:
    found: list[dict[str, object]] = street.do("accountability", "list", "--json").json()
    return found


def test_asleep_nothing_is_recorded_and_no_list_has_it(street: Street) -> None:
    line = ("accountability", "open", "--lapse", "1.finish", "--unit", CITY, "--text", FACTS)
    assert "register on 问责" in street.no(*line)
    other = ("accountability", "open", "--lapse", "7.finish", "--unit", CITY, "--text", FACTS)
    assert "register on 问责" in street.no(*other)  # whatever else there is to say
    assert "register on 问责" in street.no(*ORDER)
    decide = ("accountability", "decide", "q1", "--kind", "通报", "--decided-by", LEADER)
    assert "register on 问责" in street.no(*decide, "--text", FACTS)
    assert "register on 问责" in street.no("accountability", "statement", "q1", "--text", FACTS)
    assert "register on" in street.no(*ORDER, "--about", "演示公司")
    meeting = street.plan(kind="集体会商", day="2026-12-01")
    assert "问责" not in street.do("meeting", "agenda", meeting, "--format", "md").out


def test_it_rests_on_recorded_lapses_of_the_unit_it_is_about(awake: Street) -> None:
    line = ("accountability", "open", "--unit", CITY, "--text", FACTS, "--lapse")
    assert "没有“多次退回”" in awake.no(*line, "1.returned")
    assert "看不懂" in awake.no(*line, "1.迟到")
    assert "没有" in awake.no(*line, "7.finish")
    other = ("accountability", "open", "--unit", MARKET, "--text", FACTS, "--lapse", "1.finish")
    refused = awake.no(*other)
    assert f"的“办结超期”由{CITY}负责" in refused
    assert "finish" not in refused
    assert "不是" in awake.no(*line, "1.finish", "--person", "p1")
    nobody = ("accountability", "open", "--text", FACTS, "--lapse", "1.finish")
    assert "没有写明对谁" in awake.no(*nobody)
    opened(awake, "1.办结超期", "2026-000001.finish")
    shown = awake.do("accountability", "show", "q1", "--reason", "复核", "--json").json()
    assert shown["keys"] == ["2026-000001.finish"]
    (lapse,) = [
        item
        for item in awake.do("lapses", "--from", "2026-11-01", "--json").json()["items"]
        if item["kind"] == "finish"
    ]
    assert f"{lapse['number']}.{lapse['kind']}" == shown["keys"][0]
    assert lapse["unit"] == shown["unit"]


def test_the_unit_is_heard_before_and_may_ask_for_a_review_after(awake: Street) -> None:
    opened(awake)
    decide = ("accountability", "decide", "q1", "--text", "限期整改", "--kind", "整改")
    by = ("--decided-by", LEADER)
    assert "请单位说明" in awake.no(*decide, *by, "--due", "2026-12-04")
    early = awake.no("accountability", "ask", "q1", "--answer-by", "2026-11-22", "--date", "今天")
    assert "--answer-by" in early
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-27", "--date", "2026-11-23")
    assert "没有到期" in awake.no(*decide, *by, "--due", "2026-12-04")
    heard = awake.do("accountability", "statement", "q1", "--text", "人手不足")
    assert "accountability decide q1" in heard.err
    assert "--due" in awake.no(*decide, *by)
    assert "早于决定" in awake.no(*decide, *by, "--due", "2026-11-23")
    assert "早于" in awake.no(*decide, *by, "--due", "2026-12-04", "--date", "2026-11-23")
    assert "不能作决定" in awake.no(*decide, "--decided-by", "演示丁", "--due", "2026-12-04")
    mine = ("--by", LEADER, *decide, *by, "--due", "2026-12-04")
    assert "经办人自己" in awake.no(*mine)
    assert "可用" in awake.no(*decide[:-1], "警告", *by)
    done = awake.do(*decide, *by, "--due", "2026-12-04", "--json").json()
    assert (done["state"], done["role"], done["unheard"]) == ("待报结果", "分管领导", False)
    assert "已经记录" in awake.no(*decide, *by, "--due", "2026-12-04")
    assert "已经记录" in awake.no(*decide, *by)  # and not first that it lacks a day
    assert "已经记录" in awake.no("accountability", "ask", "q1", "--answer-by", "2026-12-01")
    (item,) = [i for i in awake.do("overdue", "--within", "9", "--json").json()["items"]
               if i["kind"] == "accountability"]  # fmt: skip
    assert (item["summary"], item["unit"]) == ("q1 整改: 待报结果", None)
    own = awake.do("overdue", "--within", "9", "--unit", CITY, "--json").json()["items"]
    assert not [i for i in own if i["kind"] == "accountability"]  # against whom is not told
    assert item["due"] == "2026-12-04T17:00:00+08:00"
    answered = ("accountability", "review", "q1", "--outcome", "维持", "--text", "事实清楚")
    assert "申请" in awake.no(*answered)
    awake.do("accountability", "review", "q1", "--text", "认定有误")
    assert listed(awake)[0]["state"] == "复核中"
    seq = awake.do("log", "--stream", "问责", "--json").json()
    assert "以它为据" in awake.no("accountability", "void", str(seq[0]["seq"]), "--reason", "演示")
    awake.do("accountability", "result", "q1", "--text", "已整改")
    awake.do(*answered)
    assert listed(awake)[0]["state"] == "复核维持"
    assert not [i for i in awake.do("overdue", "--within", "9", "--json").json()["items"]
                if i["kind"] == "accountability"]  # fmt: skip


def test_a_unit_that_does_not_answer_by_its_day_is_recorded_so(awake: Street) -> None:
    opened(awake)
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-23", "--date", "2026-11-20")
    (item,) = [i for i in awake.do("overdue", "--json").json()["items"]
               if i["kind"] == "accountability"]  # fmt: skip
    assert item["workdays_late"] == 1
    awake.do("register", "off", "accountability")
    awake.do("register", "on", "accountability", "--from", "2026-11-25")
    later = awake.do("overdue", "--json", now="2026-12-01T09:00:00+08:00").json()["items"]
    assert "accountability" in {i["kind"] for i in later}  # open since before the new beginning
    decide = ("accountability", "decide", "q1", "--kind", "移交线索", "--decided-by", "p1")
    assert "--to" in awake.no(*decide, "--text", "移交")
    done = awake.do(*decide, "--text", "移交", "--to", "区纪委监委")
    assert "到期没有说明" in done.err
    assert listed(awake)[0]["unheard"] is True
    assert "须在决定之前" in awake.no("accountability", "statement", "q1", "--text", "人手不足")


def test_the_street_proposes_and_never_decides(awake: Street) -> None:
    opened(awake)
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-24")
    awake.do("accountability", "statement", "q1", "--text", "情况属实")
    decide = ("accountability", "decide", "q1", "--decided-by", "p1", "--kind")
    assert "街道只提出建议" in awake.no(*decide, "一票否决", "--text", "甲")
    assert "街道只提出建议" in awake.no(*decide, "通报", "--text", "予以责任查究")
    assert "决定的写法" in awake.no(*ORDER[:-1], "决定一票否决", "--about", "演示公司")
    assert "写一种" in awake.no(*ORDER)
    assert "可用" in awake.no(*ORDER[:3], "约谈", *ORDER[4:], "--about", "演示公司")
    awake.do(*ORDER, "--about", "王大明", "--case", "1", "--date", "2026-11-20")
    assert "街道只提出" in awake.no("accountability", "decide", "q2", "--kind", "约谈",
                                "--decided-by", "p1", "--text", "甲")  # fmt: skip
    assert "早于" in awake.no("accountability", "reply", "q2", "--text", "甲",
                            "--date", "2026-11-19")  # fmt: skip
    assert "不是建议" in awake.no("accountability", "reply", "q1", "--text", "甲")
    awake.do("accountability", "reply", "q2", "--text", "已立案")
    assert [row["state"] for row in listed(awake)] == ["已说明, 待决定", "已答复"]
    shown = awake.do("accountability", "show", "q2", "--reason", "核对", "--json").json()
    assert (shown["about"], shown["answer"], shown["to"]) == ("王*", "已立案", "区委政法委")
    awake.do(*ORDER[:5], "张大明", "--text", "事实", "--about", "演示公司")
    assert "大明" not in awake.do("accountability", "show", "q3", "--reason", "核对", "--json").out


def test_nobody_is_named_but_to_who_reads_an_entry_which_is_recorded(awake: Street) -> None:
    opened(awake)
    awake.do(*ORDER, "--person", "演示丁")
    awake.do(*ORDER, "--about", "王大明")
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-25", "--text", "请说明")
    secret = ("王大明", "演示丁", "催办", "区委政法委", "事实")
    meeting = awake.plan(kind="集体会商", day="2026-12-01")
    for line in (
        ("accountability", "list"),
        ("accountability", "list", "--json"),
        ("overdue", "--within", "9", "--json"),
        ("log", "--stream", "问责"),
        ("log", "--stream", "问责", "--json"),
        ("meeting", "agenda", meeting, "--format", "md"),
    ):
        said = awake.do(*line).out
        if line[0] == "meeting":  # the officer of a unit is no part of it, the cases are
            said = said.partition("问责和建议")[2]
        assert not [word for word in secret if word in said], line
    told = awake.do("log", "--stream", "问责", "--json").json()
    assert not [e for e in told if {"person", "decider"} & set(e)], "an id names him too"
    assert awake.call("accountability", "show", "q1").code == 2
    plain = awake.do("accountability", "show", "q1", "--reason", "复核").out
    assert "13800000000" not in plain
    assert FACTS in awake.do("accountability", "show", "q1", "--reason", "复核", "--reveal").out
    assert "王大明" not in awake.do("accountability", "show", "q3", "--reason", "复核").out
    assert "演示丁" in awake.do("accountability", "show", "q2", "--reason", "核对").out
    seen = [(e["what"], e["n"]) for e in awake.do("audit", "--json").json()["items"]]
    assert seen == [("问责 q1", 1), ("问责 q1", 1), ("问责 q3", 1), ("问责 q2", 1)]


def test_the_agenda_counts_what_the_list_counts_from_the_day_the_register_began(
    awake: Street,
) -> None:
    for kind in ("提醒", "约谈", "提醒"):
        opened(awake)
        name = f"q{len(listed(awake))}"
        awake.do("accountability", "ask", name, "--answer-by", "2026-11-24")
        awake.do("accountability", "statement", name, "--text", "情况属实")
        awake.do("accountability", "decide", name, "--kind", kind, "--decided-by", "p1",
                 "--text", kind)  # fmt: skip
    awake.do(*ORDER, "--about", "演示公司", "--date", "2026-11-20")
    awake.do(*ORDER, "--about", "演示公司", "--date", "2026-10-20")  # before the register began
    opened(awake)
    meeting = awake.plan(kind="集体会商", day="2026-12-01")
    headings = awake.do("meeting", "agenda", meeting, "--json").json()["headings"]
    said = [i["text"] for i in headings[5]["items"] if i["source"] == "accountability"]
    # counted again by a loop over the list
    counts: Counter[str] = Counter()
    for row in listed(awake):
        day = str(row["decided"] or row["opened"])
        if row["kind"] and "2026-11-01" <= day <= "2026-11-30":
            counts[f"{row['basis']} {'决定' if row['decided'] else '建议'}{row['kind']}"] += 1
        if row["state"] == "未请单位说明":
            counts["五.3 待单位说明"] += 1
        if row["state"] == "已建议, 待答复":
            counts["附1.3 建议待答复"] += 1
    assert dict(counts) == {"五.3 决定提醒": 2, "五.3 决定约谈": 1, "五.3 待单位说明": 1,
                            "附1.3 建议一票否决": 1, "附1.3 建议待答复": 2}  # fmt: skip
    assert sorted(said) == sorted(
        f"{k}: {n} 项 (自2026年11月1日(周日)起登记)" for k, n in counts.items()
    )
    awake.do("register", "off", "accountability")
    awake.do("register", "on", "accountability", "--from", "2026-11-21")
    headings = awake.do("meeting", "agenda", meeting, "--json").json()["headings"]
    said = [i["text"] for i in headings[5]["items"] if i["source"] == "accountability"]
    assert any("决定提醒: 2 项" in text for text in said)
    assert not [text for text in said if "建议一票否决" in text]  # sent on the 20th


def test_a_decision_taken_back_is_counted_so_and_a_result_is_owed_through_a_review(
    awake: Street,
) -> None:
    for name in ("q1", "q2"):
        opened(awake)
        awake.do("accountability", "ask", name, "--answer-by", "2026-11-24")
        awake.do("accountability", "statement", name, "--text", "情况属实")
        awake.do("accountability", "decide", name, "--kind", "整改", "--decided-by", "p1",
                 "--due", "2026-11-30", "--text", "限期")  # fmt: skip
        awake.do("accountability", "review", name, "--text", "认定有误")
    meeting = awake.plan(kind="集体会商", day="2026-12-01")

    def counts() -> dict[str, int]:
        headings = awake.do("meeting", "agenda", meeting, "--json").json()["headings"]
        said = [i["text"] for i in headings[5]["items"] if i["source"] == "accountability"]
        return {one.partition(": ")[0]: int(one.partition(": ")[2].split()[0]) for one in said}

    waiting = {"五.3 待报结果": 2, "五.3 复核中": 2}
    assert counts() == {"五.3 决定整改": 2, **waiting}
    owing = ("accountability", "list", "--state", "待报结果", "--json")
    assert [row["id"] for row in awake.do(*owing).json()] == ["q1", "q2"]
    answer = ("--outcome", "维持", "--text", "事实清楚")
    awake.do("accountability", "review", "q1", *answer)
    awake.do("accountability", "review", "q2", "--outcome", "撤销", "--text", "不属实")
    assert counts() == {
        "五.3 决定整改": 1, "五.3 决定整改 (复核撤销)": 1, "五.3 待报结果": 1,
    }  # fmt: skip
    assert [row["id"] for row in awake.do(*owing).json()] == ["q1"]
    page = awake.do("meeting", "agenda", meeting, "--format", "md").out
    assert "问责和建议（" not in page, "how many rows there are is no number of entries"


def test_a_statement_that_a_decision_heard_is_not_voided_beneath_it(awake: Street) -> None:
    opened(awake)
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-24", "--text", FACTS)
    awake.do("accountability", "statement", "q1", "--text", FACTS)
    later = "2026-11-25T15:00:00+08:00"  # when it might be decided unheard
    awake.do("accountability", "decide", "q1", "--kind", "约谈", "--decided-by", LEADER, "--text",
             FACTS, now=later)  # fmt: skip
    entries = awake.do("log", "--stream", "accountability", "--json").json()
    (stated,) = (str(each["seq"]) for each in entries if each["kind"] == "statement_given")
    refused = awake.no("accountability", "void", stated, "--reason", "演示", now=later)
    assert "以单位说明为据" in refused
    (row,) = listed(awake)
    assert (row["unheard"], row["stated"]) == (False, "2026-11-24")


def test_the_same_lapse_or_proposal_is_no_second_entry_while_the_first_is_open(
    awake: Street,
) -> None:
    opened(awake)
    line = ("accountability", "open", "--lapse", "1.finish", "--unit", CITY, "--text", "另一句")
    assert "已有同样的一项 q1" in awake.no(*line)
    awake.do(*line, "--person", "演示丁")  # of a person of the unit it is another entry
    sent = (*ORDER, "--about", "演示公司", "--date", "2026-11-20")
    awake.do(*sent)
    assert "已有同样的一项 q3" in awake.no(*sent)
    awake.do(*ORDER, "--about", "演示乙公司", "--date", "2026-11-20")
    awake.do("accountability", "reply", "q3", "--text", "已收悉")
    awake.do(*sent)
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-24")
    awake.do("accountability", "statement", "q1", "--text", "情况属实")
    awake.do("accountability", "decide", "q1", "--kind", "提醒", "--decided-by", "p1",
             "--text", "提醒")  # fmt: skip
    awake.do(*line)  # reminded once, held to account again
    assert len(listed(awake)) == 6


def test_the_log_says_the_outcome_of_a_review_once(awake: Street) -> None:
    opened(awake)
    awake.do("accountability", "ask", "q1", "--answer-by", "2026-11-24")
    awake.do("accountability", "statement", "q1", "--text", "情况属实")
    awake.do("accountability", "decide", "q1", "--kind", "提醒", "--decided-by", "p1",
             "--text", "提醒")  # fmt: skip
    awake.do("accountability", "review", "q1", "--text", "认定有误")
    awake.do("accountability", "review", "q1", "--outcome", "维持", "--text", "清楚")
    (said,) = [row for row in awake.do("log", "--stream", "accountability").out.splitlines()
               if "复核答复" in row]  # fmt: skip
    assert said.count("维持") == 1

"""What is told twice is counted once; what is unusual is recorded and pointed out (issue 14)."""

from __future__ import annotations

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Street, a_street

KEYS = ("opinions", "services", "demands", "instructions", "transfers", "sources")


@pytest.fixture
def street(call: Runner) -> Street:
    made = a_street(call)
    made.do("register", "on", *KEYS, "--from", "2026-11-01")
    return made


def test_a_letter_is_recorded_once_and_a_cadre_waits_in_one_letter(street: Street) -> None:
    ask = ("assess", "ask", "市场监管所", "--bureau", "区市场监管局", "--date", "2026-11-10")
    assert "另有来函" not in street.do(*ask, "--cadre", "p4", "--cadre", "演示戊").err
    for again in (("--cadre", "演示戊", "--cadre", "演示丁"), ("--cadre", "p4"),
                  ("--cadre", "p4", "--date", "2026-11-12")):  # fmt: skip
        line = ask[:-2] if "--date" in again else ask
        assert "l1" in street.no(*line, *again)
    assert "l1" in street.do(*ask, "--cadre", "演示己").err  # of others: pointed out
    rows = street.do("assess", "letters", "--json").json()
    assert [row["count"] for row in rows if row["id"]] == [2, 1]
    for body in ("党工委", "办事处"):
        street.do("assess", "reply", "l1", "--body", body, "--text", "称职")
    assert "l1" in street.no(*ask, "--cadre", "p4", "--cadre", "演示戊")  # the very same letter
    assert "l1、l2" in street.do(*ask[:-2], "--cadre", "p4", "--date", "2026-11-20").err
    about = ("--about", "任职同意", "--cadre", "p4")
    assert "另有来函" not in street.do(*ask, *about).err  # of another matter


def test_what_a_letter_waits_for_is_its_answer_and_no_opinion_beside_it(street: Street) -> None:
    """Without a letter the street may write of its own accord, as ever."""
    ask = ("assess", "ask", "市场监管所", "--bureau", "区市场监管局", "--cadre", "p4")
    opinion = ("assess", "opinion", "市场监管所", "--text", "称职")
    consent = ("assess", "consent", "市场监管所", "--text", "同意")
    street.do(*ask)
    street.do(*ask, "--about", "任职同意")
    assert "assess reply l1 --body" in street.no(*opinion)
    assert "assess reply l2 --agreed" in street.no(*consent)
    street.do("assess", "reply", "l2", "--agreed", "--text", "同意")
    street.do(*consent)
    street.do("assess", "opinion", "派出所", "--text", "称职")
    street.do("register", "off", "opinions")
    street.do(*opinion)


def test_what_is_owed_is_not_asked_for_again_in_the_same_words(street: Street) -> None:
    street.case()
    asked = {
        "demand": (("demand", "1", "请核查", "--to", "市场监管所"),
                   ("answer-demand", "1", "齐全")),
        "instruct": (("instruct", "1", "请办", "--leader", "分管领导"),
                     ("answer-instruct", "1", "已办")),
        "transfer": (("transfer", "1", "--to", "区公安分局", "--content", "线索"),
                     ("transfer-reply", "1", "--outcome", "立案")),
        "need": (("service", "need", "1", "--material", "身份证明"), ("service", "got", "1")),
    }  # fmt: skip
    for first, answer in asked.values():
        street.do(*first)
        refused = street.no(*first)
        assert "不重复记" in refused
        assert "第 1 项" in refused
        street.do(*answer)
        street.do(*first)  # answered, it may be asked for again
    street.do("demand", "1", "请核查", "--to", "派出所")
    street.do("demand", "1", "请再核查", "--to", "市场监管所")
    street.do("service", "need", "1", "--material", "身份证明", "--unit", "市场监管所")
    owed = street.do("show", "1", "--json").json()["demands"]
    assert len(owed) == 4


def test_a_voided_demand_is_made_again(street: Street) -> None:
    number = street.case()
    line = ("demand", "1", "请核查", "--to", "市场监管所")
    street.do(*line, "--answer-by", "2026-11-30")
    street.do("undo", "1", "--reason", "日期写错")
    street.do(*line, "--answer-by", "2026-12-01")
    (owed,) = street.do("show", number, "--json").json()["demands"]
    assert owed["answer_by"] == "2026-12-01"


def test_a_source_is_told_the_same_once_a_round(street: Street) -> None:
    street.case("丙处堆料", "--channel", "110", "--source-no", "源1")
    street.do("assign", "1", "--lead", "城管执法中队")
    street.do("resolve", "1", "--outcome", "已清运")
    told = ("feedback", "1", "已回复", "--to-source")
    street.do(*told)
    assert "同样的话" in street.no(*told)
    more = street.do("feedback", "1", "补充照片", "--to-source").err
    assert "这是补充" in more
    street.do("reopen", "1", "--reason", "又出现")
    street.do("resolve", "1", "--outcome", "又清运", now="2026-11-24T16:00:00+08:00")
    again = street.do(*told, now="2026-11-24T16:10:00+08:00")
    assert "这是补充" not in again.err


def test_only_police_and_procuratorate_are_handed_what_may_be_a_crime(street: Street) -> None:
    street.case()
    line = ("transfer", "1", "--content", "线索", "--to")
    assert "sixping demand" in street.no(*line, "市场监管所")
    assert "sixping refer" in street.no(*line, "区住建局")
    for whom in ("派出所", "区公安分局", "区人民检察院"):
        assert "请核对" not in street.do(*line, whom).err
    assert "请核对" in street.do(*line, "海关缉私局").err


OPERATION = ("operation", "plan", "整治", "--unit", "城管执法中队", "--person", "p1")


def test_who_is_planned_twice_is_pointed_out(street: Street) -> None:
    before = street.do(*OPERATION, "--date", "2026-11-26").err
    twice = street.do(*OPERATION, "--date", "2026-11-26").err  # nothing is said of it yet
    assert "注意" not in before + twice
    assert "也在" not in before + twice
    street.do("register", "on", "专项整治", "--from", "2026-11-01")
    assert "p1 也在联合执法 o1" in street.do(*OPERATION, "--date", "2026-11-26").err
    street.do("duty", "plan", "2026-11-27", "p1")
    days = ("--date", "2026-11-26", "--until", "2026-11-28")
    long = street.do(*OPERATION, *days, "--objects", "5")
    assert "p1 也在联合执法 o1" in long.err
    assert "p1 在11月27日排了值守" in long.err
    assert "o3" in street.do("operation", "show", "o4").out
    night = street.do(*OPERATION, *days, "--from", "19:00", "--to", "21:00").err
    assert "排了值守" not in night
    assert "p1 在2026年11月28日(周六)安排了联合执法 o4" in street.do(
        "duty", "plan", "2026-11-28", "p1"
    ).err  # fmt: skip
    manned = street.do("operation", "people", "o4", "--date", "2026-11-28", "--person", "p1")
    assert "当天排了值守" in manned.err


def test_more_than_planned_is_recorded_and_said_wherever_it_is_shown(street: Street) -> None:
    street.do("register", "on", "专项整治", "--from", "2026-11-01")
    street.do(*OPERATION, "--date", "2026-11-20", "--until", "2026-11-28", "--objects", "5")
    day = ("operation", "day", "o1", "--date")
    assert "比计划" not in street.do(*day, "2026-11-23", "--checked", "5").err
    assert "没有写时段" not in street.do("operation", "show", "o1").out
    assert "比计划的 5 多 2" in street.do(*day, "2026-11-24", "--checked", "2").err
    assert "多于计划 2" in street.do("operation", "show", "o1").out
    assert "检查数比计划多2" in street.do("operation", "show", "o1", "--format", "md").out


def test_what_is_recorded_says_how_it_goes_on(street: Street) -> None:
    street.case()
    for line, following in (
        (("instruct", "1", "请办", "--leader", "分管领导"), "answer-instruct 2026-000001 1 "),
        (("demand", "1", "请核查", "--to", "市场监管所"), "answer-demand 2026-000001 1 "),
        (("transfer", "1", "--to", "派出所", "--content", "线索", "--receipt", "收1"),
         "transfer-reply 2026-000001 1 --outcome"),
        (("service", "need", "1", "--material", "证明"), "service got 2026-000001 --material 1"),
    ):  # fmt: skip
        assert following in street.do(*line).err
    ask = ("assess", "ask", "市场监管所", "--bureau", "区市场监管局", "--cadre", "p4")
    assert "assess reply l1 --agreed" in street.do(*ask, "--about", "任职同意").err
    assert "assess moved l1" in street.do("assess", "reply", "l1", "--agreed", "--text", "同意").err
    street.do(*ask)
    partly = street.do("assess", "reply", "l2", "--body", "党工委", "--text", "称职")
    assert "街道办事处还欠 1 人: sixping assess reply l2 --body 街道办事处" in partly.err


def test_an_agenda_counts_inspections_and_says_since_when(street: Street) -> None:
    name = street.plan("--reason", "演示", kind="集体会商", day="2026-12-24")
    later = "2026-12-24T10:00:00+08:00"

    def agenda(form: str = "tsv") -> str:
        return street.do("meeting", "agenda", name, "--format", form, now=later).out

    assert "检查抽检" not in agenda()
    street.do("register", "on", "检查抽检", "--from", "2026-11-01")
    assert "没有检查抽检的记录 (自2026年11月1日(周日)起登记), 不是 0" in agenda()
    assert "没有检查抽检的记录" in agenda("md")
    street.do("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value", "批次=12",
              "--value", "不合格=2", now="2026-12-02T09:00:00+08:00")  # fmt: skip
    said = agenda()
    assert "抽检 批次: 12 (自2026年11月1日(周日)起登记)" in said
    assert "不合格的还没有登记为事项: 2" in said
    paper = agenda("md").replace(" ", "")
    assert "|抽检|批次|12|自2026年11月1日（周日）起登记|" in paper

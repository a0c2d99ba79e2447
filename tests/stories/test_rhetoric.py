"""Five hundred sentences of rhetoric, quotation, old stories and hypotheses: nothing rests on them.

All are obviously invented: templates times words, registered through the real intake.
"""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

from sixping.policy.vocabulary import UNCONFIRMED

if TYPE_CHECKING:
    from tests.conftest import Runner

EVENTS = (
    "着火", "爆炸", "有人跳楼", "煤气泄漏", "房屋坍塌", "食物中毒", "有人砍人", "孩子落水",
    "电梯困人", "聚众斗殴", "化学品泄漏", "大坝渗水", "砸伤路人", "老人走失",
)  # fmt: skip
TALK = (
    "演示街的音响吵得像{}一样", "气得我心态要炸了, 跟{}似的", "楼上吵得简直要{}", "开玩笑说要{}",
    "条例规定发生{}要报告, 请问找谁", "宣传栏写着防止{}", "小说里写{}", "网上说某地{}",
    "昨晚看的电影讲{}",
    "去年演示楼{}过", "以前这里{}, 早就处理了", "前年发生过{}", "多年前听老人讲{}的故事",
    "万一{}怎么办", "如果{}谁负责", "会不会{}", "担心将来{}", "要是哪天{}",
    "每5000人里有几个遇到{}",
    "没有{}", "没有人受伤, 只是怕{}", "演练模拟{}", "讲座讲{}怎么预防", "保险赔不赔{}",
    "我脑袋要炸了, 烦死了, 好像{}", "想问{}属于哪一条", "迟早{}", "说不定{}",
    "一旦{}后果严重", "防止{}的标语掉了", "俗话说{}", "案例里的{}", "评书里讲{}", "假如{}该怎么赔",
    "剧本杀里{}", "直播里有人演{}",
)  # fmt: skip
SENTENCES = [f"{talk.format(event)}" for talk, event in product(TALK, EVENTS)]
GRAVE = {"较大", "重大"}
LATER = "2026-11-30T09:00:00+08:00"
NOW = "2026-11-23T09:00:00+08:00"


def test_no_clock_and_no_figure_rests_on_a_grade_nobody_confirmed(call: Runner) -> None:
    assert len(set(SENTENCES)) >= 500
    call("init", now=NOW)
    lines = "\n".join(json.dumps({"text": text}, ensure_ascii=False) for text in SENTENCES)
    taken = call("intake", "--jsonl", now=NOW, stdin=lines)
    cases = [json.loads(line) for line in taken.out.splitlines()]
    assert len(cases) == len(SENTENCES)
    suggested = {case["number"] for case in cases if case["severity"] in GRAVE}
    for case in cases:
        kinds = [clock["kind"] for clock in case["clocks"]]
        assert case["grade"]["confirmed_at"] is None
        assert case["confirmed"] is (case["number"] not in suggested)
        expected = ["accept"] if case["number"] in suggested else ["accept", "finish", "ceiling"]
        assert kinds == expected
    share = len(suggested) / len(cases)
    assert share < 0.2, f"{len(suggested)} of {len(cases)} still suggested"

    report = call("report", "--month", "2026-11", "--json", now=LATER).json()
    grades = {row["name"]: row["received"] for row in report["by_severity"]}
    assert not GRAVE & set(grades)
    assert grades.get(UNCONFIRMED, 0) == len(suggested)
    assert report["rates"]["refer_on_time"]["d"] == 0
    assert not [case for case in report["cases"] if case["severity"] in GRAVE]
    lapses = call(
        "lapses", "--from", "2026-11-01", "--to", "2026-11-30", "--json", now=LATER
    ).json()["items"]
    assert not [lapse for lapse in lapses if lapse["severity"] in GRAVE or lapse["kind"] == "refer"]
    items = call("overdue", "--json", now=LATER).json()["items"]
    assert {i["number"] for i in items if i["kind"] == "grade"} == suggested
    assert {i["number"] for i in items if i["severity"] in GRAVE} <= suggested
    assert not [i for i in items if i["kind"] in {"refer", "decision"}]
    for grade in GRAVE:
        assert call("list", "--severity", grade, "--json", now=LATER).json() == []
    named = call("list", "--severity", UNCONFIRMED, "--json", now=LATER).json()
    assert {case["number"] for case in named} == suggested

"""The forms of slips: what stands on them, one page each in LibreOffice's PDF."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sixping.policy.slips import KINDS, number_words
from sixping.render.paper import markdown, screen, web
from sixping.render.paper.blocks import Fields
from sixping.render.paper.office.minutes import Minutes
from sixping.render.paper.slips import paper
from sixping.render.paper.slips.facts import (
    Answer,
    Assignment,
    Contact,
    Demand,
    Extension,
    Head,
    Item,
    Minuted,
    Notice,
    OfCase,
    Referral,
    Slip,
)
from sixping.render.paper.wording import Origin
from sixping.render.terminal import Terminal
from sixping.util.clock import SHANGHAI
from tests.kit import wordkit
from tests.kit.papers import HOSTILE, LONG

CASE = OfCase(
    number="2026-000123", received="2026年11月23日", category="油烟污染", nature=None,
    platform="综合执法", grade="一般", community="江一社区", grid="江一社区第一网格",
    lead="城管执法中队", assist=("市场监管所",), coordinator="平安建设办",
    limits=(("办结期限", "11月30日17:00前", "五.1c"), ("最长时限", "12月14日17:00前", "五.1c")),
    reports=None, confidential=True,
)  # fmt: skip
POINTS = "到现场核查沿街餐饮的夜间油烟和噪声, 净化装置没有清洗的责令限期整改, 办结前复查两次。" * 3
HEAD = Head("交办单", "演示街道综合信息指挥室", "演示街道 交办〔2026〕12号", "2026年11月24日")
DEMAND = Demand(
    CASE, "黄牌", "2026年12月3日", "仍未办结", "2026年12月7日",
    (("办结", "11月30日17:00", 3), ("最长时限", "12月2日17:00", 1)),
)  # fmt: skip
ITEMS = (Item("m3.1", "开展夜间整治", "2026年12月20日"), Item("2026-000123", "修复", "12月20日"))
ALL: dict[str, Any] = {
    "交办单": Assignment(CASE, POINTS),
    "催办单": DEMAND._replace(level="普通", late=(), answer_by=None),
    "黄牌督办单": DEMAND,
    "红牌督办单": DEMAND._replace(level="红牌"),
    "延期审批表": Extension(CASE, None),
    "上报函": Referral(
        CASE, ("区住建局", "区级平台"), "2026年11月24日", "请派员检测处置", "收文3号"
    ),
    "答复单": Answer(
        "2026-000123", "2026年11月23日", None, (("受理情况", "2026年11月24日", "已受理"),)
    ),
    "联系单": Contact(CASE, "演示甲", "13800000000", "约定上门查看的时间"),
    "会议纪要": Minuted(
        Minutes("联席会议", date(2026, 11, 24), "街道领导", said=(("存在的问题", None),)),
        Origin("演示街道", "指挥室", datetime(2026, 11, 24, 15, tzinfo=SHANGHAI), 7, "c0" * 32),
    ),
    "联席会议议定事项通知单": Notice(
        "m3", "联席会议", "2026年11月24日", "街道领导", "城管执法中队", ITEMS
    ),
}  # fmt: skip


def slip(name: str, facts: Any = None, **head: Any) -> Slip[Any]:
    number = number_words("演示街道", KINDS[name], 2026, 12)
    return Slip(HEAD._replace(title=name, number=number, **head), facts or ALL[name])


def pairs(made: Slip[Any]) -> dict[str, str | None]:
    return dict(
        pair for block in paper([made]).blocks if isinstance(block, Fields) for pair in block.pairs
    )


def test_there_is_a_form_for_every_kind() -> None:
    assert set(ALL) == set(KINDS)
    assert len({kind.word for kind in KINDS.values()}) == len(KINDS), "a 代字 of its own each"


@pytest.mark.parametrize("name", list(KINDS))
def test_a_slip_reads_the_same_in_every_form(name: str) -> None:
    made = paper([slip(name)])
    out = StringIO()
    web.write(made, out)
    forms = {
        "md": markdown.text(made),
        "html": out.getvalue(),
        "screen": screen.text(made, Terminal(True, 80, False)),
        "docx": wordkit.text(wordkit.body(wordkit.written(made))),
    }
    for form, text in forms.items():
        assert made.title in text, form
        assert f"{KINDS[name].word}〔2026〕12号" in text, form
        for nothing in (
            "None",
            "统计期",
            "第＿",
            "**\n**",
            *([] if isinstance(ALL[name], Minuted) else ["截至", "校验码"]),
        ):
            assert nothing not in text, (form, nothing)
    assert wordkit.written(made) == wordkit.written(paper([slip(name)]))


def test_what_nobody_said_is_an_empty_field_or_said_to_be_open() -> None:
    bare = CASE._replace(
        category=None, community=None, grid=None, platform="", assist=(), coordinator=None,
        limits=(), confidential=False,
    )  # fmt: skip
    found = pairs(slip("交办单", Assignment(bare, "核查")))
    assert (found["类别"], found["社区"], found["网格"], found["协办单位"]) == (
        "未定", "未填", "未填", "无",
    )  # fmt: skip
    assert {"协调单位", "办结期限", "保密", "合并反映"}.isdisjoint(found)
    assert [found[label] for label in ("签发", "经办", "签收人", "签收时间")] == [None] * 4


def test_limits_stand_on_one_line_with_each_clause_once() -> None:
    one = pairs(slip("交办单"))["办结期限"]
    assert one == "11月30日17:00前；最长时限12月14日17:00前（五.1c）"
    decided = CASE._replace(limits=(("办结期限", "12月10日17:00前", "三.2"), *CASE.limits[1:]))
    two = pairs(slip("交办单", Assignment(decided, "核查")))["办结期限"]
    assert two == "12月10日17:00前（三.2）；最长时限12月14日17:00前（五.1c）"


def test_a_demand_lists_each_limit_that_was_late() -> None:
    assert pairs(slip("黄牌督办单"))["超期情况"] == (
        "办结：11月30日17:00到期，超3个工作日\n最长时限：12月2日17:00到期，超1个工作日"
    )
    assert pairs(slip("催办单"))["超期情况"] == "督办时没有超期的时限"


def test_marks_stand_on_every_page_and_a_form_that_nobody_approved_says_so() -> None:
    assert paper([slip("交办单")]).draft == ""
    assert paper([slip("交办单", marks=("重印 2026年12月3日",))]).draft == "重印 2026年12月3日"
    assert paper([slip("延期审批表", marks=("未编号",))]).draft == "未编号  未批准"
    approved = Extension(CASE, "等配件", 2, "11月30日17:00", "12月2日17:00", "分管领导")
    assert paper([slip("延期审批表", approved)]).draft == ""


def test_a_notice_is_called_after_the_meeting_it_comes_from() -> None:
    name = "联席会议议定事项通知单"
    of = ALL[name]._replace(sort="集体会商")
    assert paper([slip(name, of)]).title == "集体会商议定事项通知单"


def test_hostile_words_are_words_in_every_form() -> None:
    made = paper([slip("交办单", Assignment(CASE._replace(lead=LONG), f"{HOSTILE}\n| # 演示"))])
    out = StringIO()
    web.write(made, out)
    assert "A&amp;B&lt;c&gt;" in out.getvalue()
    assert "<c>" not in out.getvalue()
    assert HOSTILE in wordkit.text(wordkit.body(wordkit.written(made)))
    assert LONG in markdown.text(made)


@pytest.mark.skipif(
    not (shutil.which("soffice") and shutil.which("pdfinfo")), reason="LibreOffice, poppler"
)
def test_every_slip_of_ordinary_length_is_one_page(tmp_path: Path) -> None:
    files = []
    for name in KINDS:
        if name == "会议纪要":
            continue
        marked = slip(name, marks=("重印 2026年12月3日",))
        files.append(tmp_path / f"{name}.docx")
        files[-1].write_bytes(wordkit.written(paper([marked])))
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/lo", "--headless", "--convert-to",
         "pdf", "--outdir", str(tmp_path), *map(str, files)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = {}
    for file in files:
        pdf = file.with_suffix(".pdf")
        told = subprocess.run(
            ["pdfinfo", str(pdf)],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        pages[file.stem] = re.findall(r"Pages:\s+(\d+)", told.stdout)
    assert pages == {file.stem: ["1"] for file in files}

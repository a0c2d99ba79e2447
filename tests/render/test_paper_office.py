"""The papers of the office: what is recorded is said, what is not is left to be written."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from sixping.policy.meetings import What
from sixping.render.paper import book, markdown, screen, web, word, wordtable
from sixping.render.paper.blocks import Fields, Head, Heading, Slot, Table
from sixping.render.paper.office.agenda import agenda_paper
from sixping.render.paper.office.minutes import Minutes, Resolved, minutes_paper
from sixping.render.paper.office.roster import Roster, RosterDay, Served, Turn, roster_paper
from sixping.render.paper.wording import Origin, section
from sixping.render.paper.wordparts import PORTRAIT, SIZES
from sixping.render.terminal import Terminal
from sixping.reports.agenda import Agenda, AgendaItem
from sixping.reports.agenda import Heading as Topic
from sixping.util.clock import SHANGHAI
from sixping.util.text import columns
from tests.kit.papers import HOSTILE, LONG

if TYPE_CHECKING:
    from sixping.render.paper.blocks import Paper

ISSUED = Origin(
    "演示街道", "综合信息指挥室", datetime(2026, 11, 30, 9, 20, tzinfo=SHANGHAI), 425, "ab" * 32
)
DAY = date(2026, 11, 24)
SAID = (("情况分析", None), ("存在的问题", "夜间巡查不足"))
HELD = Minutes("联席会议", DAY, "街道领导", said=SAID)


def tables(paper: Paper) -> list[Table]:
    return [block for block in (*paper.blocks, *paper.annex) if isinstance(block, Table)]


def on_screen(paper: Paper, width: int | None = 80) -> str:
    return screen.text(paper, Terminal(isatty=True, width=width, color=False))


def said_by(paper: Paper) -> str:
    """Return what every form of text says, after each file of the paper was written."""
    page = io.StringIO()
    web.write(paper, page)
    for form in (word, book):
        form.write(paper, io.BytesIO())
    return markdown.text(paper) + page.getvalue() + on_screen(paper)


# --- minutes ---------------------------------------------------------------------------


def test_what_no_minutes_tell_is_left_to_be_written() -> None:
    paper = minutes_paper(HELD, ISSUED)
    (form,) = [block for block in paper.blocks if isinstance(block, Fields)]
    assert dict(form.pairs) == {
        "时间": "2026年11月24日(周二)", "地点": None, "召集人": "街道领导", "主持人": None,
        "出席": None,
    }  # fmt: skip
    assert sum(isinstance(block, Slot) for block in paper.blocks) == 2  # 情况分析, 议定事项
    assert "应到" not in said_by(paper), "nobody recorded how many should have come"


def test_who_came_stands_by_unit_and_what_was_decided_in_a_table() -> None:
    decided = (
        Resolved("m3.1", "清理占道", "城管执法中队", date(2026, 12, 20), "办理中，已超期"),
        Resolved("2026-000018", None, "城市建设办", date(2027, 1, 5), "待核查"),
    )
    came = (("城管执法中队", ("演示甲", "演示乙(p2)")), ("司法所", ("演示丙",)))
    held = HELD._replace(present=came, guests=("演*", None), resolved=decided, end="16:00")
    paper = minutes_paper(held, ISSUED)
    (form,) = [block for block in paper.blocks if isinstance(block, Fields)]
    assert dict(form.pairs)["出席"] == "实到3人。城管执法中队：演示甲、演示乙(p2)；司法所：演示丙"
    assert dict(form.pairs)["邀请"] == "演*、(已删除)"
    (table,) = tables(paper)
    rows = [[str(getattr(cell, "text", cell)) for cell in row] for row in table.rows]
    assert rows[0] == ["1", "清理占道", "城管执法中队", "12月20日", "办理中，已超期", "m3.1"]
    assert rows[1][1:4] == ["（对2026-000018作出决定，内容见该事项）", "城市建设办", "2027年1月5日"]


@pytest.mark.parametrize("many", [0, 1, 30])
def test_minutes_of_any_size_are_written_in_every_form(many: int) -> None:
    one = Resolved("m3.1", HOSTILE * 400, LONG, date(2026, 12, 20), "办理中")
    held = HELD._replace(
        platform="综合执法", present=((LONG, ("演示甲",) * many),) if many else (),
        said=((HOSTILE, HOSTILE * 400), ("空栏", None)), resolved=(one,) * many,
    )  # fmt: skip
    said = said_by(minutes_paper(held, ISSUED, None))
    assert "None" not in said
    assert "<c>" not in markdown.text(minutes_paper(held, ISSUED))


# --- agenda ----------------------------------------------------------------------------


def of_case(number: int, what: What = What.OVERDUE, said: str | None = None) -> AgendaItem:
    facts = ("占道经营", "城管执法中队", "江一社区", "办结超3", said)
    return AgendaItem("s", "已超期未办结", "占道, 原话", (f"2026-{number:06}",), what, facts)


def agenda_of(*topics: tuple[AgendaItem, ...], reveal: bool = False) -> Paper:
    headings = tuple(Topic(n, f"议题{n}", "附1.3", items) for n, items in enumerate(topics, 1))
    days = date(2026, 12, 1), date(2026, 11, 1), date(2026, 11, 30)
    agenda = Agenda("m1", "集体会商", None, *days, 425, "ab" * 32, headings, "领导小组办公室")
    return agenda_paper(agenda, ISSUED, reveal=reveal)


def test_a_heading_without_anything_is_a_slot_and_several_sources_are_parts() -> None:
    free = AgendaItem("free", "补充议题", f"春节值班 13800000000 {HOSTILE}")
    paper = agenda_of((), (of_case(1),), (of_case(1), free, free._replace(text=None)))
    headings = [block.text for block in paper.blocks if isinstance(block, Heading)]
    assert headings == [
        "一、议题1", "二、议题2", "三、议题3", "（一）已超期未办结", "（二）补充议题",
    ]  # fmt: skip
    assert sum(isinstance(block, Slot) for block in paper.blocks) == 1
    said = said_by(paper)
    assert ("13800000000" in said, "138****0000" in said, "None" in said) == (False, True, False)
    assert "2．(已删除)" in said


def test_no_word_of_a_reporter_stands_on_an_agenda_unless_it_is_revealed() -> None:
    assert "原话" not in said_by(agenda_of((of_case(1),)))
    assert "夜里很吵" in said_by(agenda_of((of_case(1, said="夜里很吵"),), reveal=True))


def test_what_the_meeting_decides_has_room_to_write() -> None:
    (waiting,) = tables(agenda_of((of_case(1, What.WAITING_DECISION),)))
    assert waiting.heads[-1] == Head("研究意见", "write")
    (late,) = tables(agenda_of((of_case(1),)))
    assert "write" not in {head.kind for head in late.heads}


def test_many_cases_stand_in_the_annex_in_full() -> None:
    paper = agenda_of(tuple(of_case(n) for n in range(300)))
    first, full = tables(paper)
    assert (len(first.read), len(full.read), len(full.rows)) == (21, 300, 300)
    assert "其余280项见附表" in on_screen(paper)
    assert "附表1 已超期未办结" in on_screen(paper)


def test_a_command_of_the_program_does_not_stand_on_a_paper_and_numbers_are_counted() -> None:
    numbers = tuple(f"2026-{n:06}" for n in range(12))
    label = "超期及不规范办理清单 (依据见 sixping lapses)"
    item = AgendaItem("l", label, "", numbers, What.LAPSES, (None, "办结超期", 12))
    said = said_by(agenda_of((item,)))
    assert "sixping" not in said
    assert "2026-000009等12件" in said
    assert "未定单位" in said


def test_numbers_of_headings_go_on_after_ten() -> None:
    assert [section(n, "") for n in (1, 10, 11, 20, 21)] == [
        "一、", "十、", "十一、", "二十、", "二十一、",
    ]  # fmt: skip


# --- roster ----------------------------------------------------------------------------


def a_roster(units: int, people: int = 2) -> Roster:
    names = tuple(f"单位{n}中队" for n in range(units))
    turn = Turn(tuple(Served(f"演示{n}", licensed=n == 0, away=n == 1) for n in range(people)))
    days = (
        RosterDay(date(2026, 12, 4), date(2026, 12, 4), turns=(turn,) * units),
        RosterDay(date(2026, 12, 5), date(2026, 12, 6), rest=True),
        RosterDay(date(2026, 12, 12), date(2026, 12, 12), made_up=True,
                  turns=(Turn(lacks="缺2人"),) * units),
    )  # fmt: skip
    return Roster(date(2026, 12, 1), date(2026, 12, 31), names, days, ("每个工作日应有：两人。",))


def test_a_roster_is_a_grid_of_days_and_units() -> None:
    (grid,) = tables(roster_paper(a_roster(2), ISSUED))
    assert [head.title for head in grid.heads] == ["日期", "单位0中队", "单位1中队"]
    assert grid.rows == (
        ("12月 4日 五", *["演示0* 演示1(请假)"] * 2),
        ("12月 5-6日", "休", "休"),
        ("12月12日 六 上班", "缺2人", "缺2人"),
    )


@pytest.mark.parametrize("units", [1, 5, 6, 8, 9, 30])
def test_no_unit_is_dropped_however_many_there_are(units: int) -> None:
    roster = a_roster(units)
    paper = roster_paper(roster, ISSUED)
    assert paper.landscape == (units > 5)
    shown = on_screen(paper)
    assert max(map(columns, shown.splitlines())) <= 80
    assert [unit for unit in roster.units if shown.count(unit) != 1] == []
    assert shown.count("演示1(请假)") == units
    assert max(len(grid.heads) for grid in tables(paper)) <= 9
    assert [head for grid in tables(paper) for head in grid.heads[1:]] == [
        Head(unit) for unit in roster.units
    ]
    assert "None" not in said_by(paper)


def test_nobody_on_a_roster_is_cut_off_at_the_end_of_a_narrow_line() -> None:
    shown = on_screen(roster_paper(a_roster(3, people=40), ISSUED), 60)
    names = re.findall(r"演示\d+", shown)
    assert sorted(names) == sorted([f"演示{n}" for n in range(40)] * 3), "whole, and all of them"
    assert max(map(columns, shown.splitlines())) <= 60


def test_a_month_without_any_roster_is_a_form_to_fill_in() -> None:
    empty = a_roster(3)._replace(
        days=(RosterDay(date(2026, 12, 1), date(2026, 12, 1), turns=(Turn(),) * 3),)
    )
    paper = roster_paper(empty, ISSUED)
    assert "2026年12月还没有排班。" in on_screen(paper)
    (grid,) = tables(paper)
    assert grid.rows == (("12月 1日 二", "", "", ""),)
    nobody = roster_paper(Roster(DAY, DAY, (), ()), ISSUED)
    assert tables(nobody) == []
    assert "2026年11月24日还没有排班。" in said_by(nobody)


def test_a_month_is_set_small_enough_for_a_page_of_word() -> None:
    days = tuple(
        RosterDay(date(2026, 12, n), date(2026, 12, n), turns=(Turn((Served("演示甲"),)),) * 2)
        for n in range(1, 28)
    )
    (grid,) = tables(roster_paper(a_roster(2)._replace(days=days), ISSUED))
    month = wordtable.table(grid, PORTRAIT.room)
    other = wordtable.table(grid._replace(whole=False), PORTRAIT.room)
    assert f'w:val="{SIZES[2].style}"' in month
    assert f'w:val="{SIZES[1].style}"' in other


@pytest.mark.parametrize(
    ("text", "whole"),
    [("2026-000014、2026-000015", "2026-000014"), ("12月10日 四", "12月10日 四")],
)
def test_a_number_of_a_case_and_a_day_are_never_broken_in_a_word_table(
    text: str, whole: str
) -> None:
    digits = sum(map(str.isascii, whole))
    wide = columns(whole) + 0.2 * digits  # where the digits are of a wide font
    assert wordtable._wanted(Head("编号"), [text, "短"]).least >= wide

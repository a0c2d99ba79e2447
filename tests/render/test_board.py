"""The wall: counts that everybody in the room can read, on one screen whatever they are."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from sixping.render.paper import board
from sixping.render.paper.board import Board, DueToday, LateUnit, Post, Task
from tests.kit.browserkit import Frame, heard, measured, needs_browser
from tests.kit.htmlkit import Node, contrast, parsed
from tests.kit.papers import HOSTILE, LONG

USUAL = Board(
    street="演示街道",
    office="演示街道综合信息指挥室",
    day="11月2日 星期一",
    as_of="14:20",
    stale_after="14:30",
    late=6,
    due_today=DueToday(5, 4, 0, 1),
    open=66,
    received_today=9,
    units=(LateUnit("城市管理办", 5, 14), LateUnit("城管执法中队", 1, 0)),
    duty=(Post("城管执法中队", 2, 2), Post("市场监管所", 1, 2), Post("派出所", None, 1)),
    tasks=(
        Task("城管执法中队", "江南大道夜间占道经营集中整治", "超期1日", late=True),
        Task("司法所", "物业矛盾联合接访安排", "11月6日"),
    ),
    deciding=7,
    to_accept=8,
)
CALM = USUAL._replace(
    late=0,
    due_today=DueToday(0, 0, 0, 0),
    open=0,
    received_today=0,
    units=(),
    duty="今日休息",
    tasks=(),
)
TWELVE = "综合行政执法管理服务中队"
FORTY = "全面排查辖区老旧小区电动自行车充电设施并于本月底前提出整改方案报联席会议集体研究"
CROWDED = USUAL._replace(
    late=12345,
    open=123456,
    received_today=1234,
    units=tuple(LateUnit(TWELVE, 30 - n, 40 - n) for n in range(22)),
    duty=tuple(Post(TWELVE, n % 3, 2, "在线") for n in range(9)),
    tasks=tuple(Task(TWELVE, FORTY, "超期12日", late=True) for _ in range(8)),
)
LONGEST = USUAL._replace(
    street=LONG, office=LONG, remark=LONG,
    units=tuple(LateUnit(name, 3, 4) for name in (LONG, HOSTILE, "司法所") * 3),
    duty=tuple(Post(name, 0, 12, LONG) for name in (LONG, HOSTILE) * 3),
    tasks=tuple(Task(LONG, text, LONG) for text in (LONG * 5, HOSTILE * 20, "短")),
)  # fmt: skip
MIXED = USUAL._replace(
    tasks=tuple(Task("司法所", FORTY[: 5 + 9 * n], "今日到期") for n in range(5))
)
BOARDS = {"usual": USUAL, "calm": CALM, "crowded": CROWDED, "longest": LONGEST, "mixed": MIXED}


def wall_of(what: Board) -> str:
    out = io.StringIO()
    board.write(what, out)
    return out.getvalue()


def text_of(what: Board) -> Node:
    return parsed(wall_of(what)).one("body")


@pytest.mark.parametrize("name", BOARDS)
def test_the_wall_loads_nothing_runs_nothing_and_reads_itself_anew(name: str) -> None:
    page = wall_of(BOARDS[name])
    tree = parsed(page)
    assert not list(tree.all("script", "a", "img", "iframe"))
    assert not re.search(r"url\(|@import|://", page)
    refresh = [n for n in tree.all("meta") if n.attrs.get("http-equiv") == "refresh"]
    assert [node.attrs["content"] for node in refresh] == ["60"]
    assert [n.attrs["href"] for n in tree.all("link")] == ["data:,"]
    assert "None" not in page
    levels = [node.tag for node in tree.all("h1", "h2", "h3")]
    assert levels == ["h1", "h2", "h2", "h2"]
    assert {node.attrs["scope"] for node in tree.all("th")} <= {"row"}


def test_it_says_counts_first_what_is_late() -> None:
    said = [re.sub(r"\s+", "", node.text) for node in text_of(USUAL).one("dl").children]
    assert said == [
        "超期6件最长14个工作日", "今日到期5件受理4，办结1", "在办66件待联席会议研究7",
        "今日收到9件待受理8",
    ]  # fmt: skip


def test_it_says_since_when_the_picture_would_be_stale() -> None:
    text = text_of(USUAL).text
    assert "数据截至14:20" in text
    assert "钟表已过14:30而此处仍为14:20，即已停更。" in text


def test_what_is_late_since_the_last_evening_is_less_than_a_day() -> None:
    rows = [[cell.text for cell in row.children] for row in text_of(USUAL).all("tr")]
    assert rows[:2] == [["城市管理办", "5", "14"], ["城管执法中队", "1", "不足1"]]
    alone = text_of(USUAL._replace(units=(LateUnit("司法所", 1, 0),)))
    assert "最长不足1个工作日" in alone.text


def test_who_is_missing_is_said_in_a_word() -> None:
    rows = [[cell.text for cell in row.children] for row in text_of(USUAL).all("tr")]
    assert rows[2:] == [
        ["城管执法中队", "", "2/2"],
        ["市场监管所", "缺1人", "1/2"],
        ["派出所", "", "—/1"],
    ]


def test_nothing_to_show_is_said_in_words() -> None:
    text = text_of(CALM).text
    for words in ("没有超期未办结的件", "今日休息", "没有未完成的任务"):
        assert words in text
    assert "没有排班" in text_of(USUAL._replace(duty=())).text


def test_what_finds_no_room_is_counted() -> None:
    tree = text_of(CROWDED)
    late = [[cell.text for cell in row.children] for row in next(tree.all("table")).all("tr")]
    shown = len(late) - 1
    assert 3 <= shown < 22
    rest = CROWDED.units[shown:]
    assert late[-1] == [
        f"另{len(rest)}个单位",
        str(sum(u.late for u in rest)),
        str(rest[0].longest),
    ]
    assert f"未完成8项，列{len(list(tree.all('li')))}项" in tree.text
    duty = [row.text for row in list(tree.all("table"))[1].all("tr")]
    assert duty[-1].startswith(f"另{9 - (len(duty) - 1)}个单位")


def test_the_late_colour_is_where_something_is_late_and_nowhere_else() -> None:
    assert [n.text for n in text_of(USUAL).all(name="late")] == ["6", "5", "1", "超期1日"]
    assert not list(text_of(CALM).all(name="late"))


def test_names_stand_literal_and_are_escaped_once() -> None:
    page = wall_of(LONGEST._replace(day="<b>\u202e", as_of=HOSTILE))
    assert HOSTILE in parsed(page).text
    assert "&amp;amp;" not in page
    assert "\u202e" not in page


def test_it_can_be_read_in_a_dark_room() -> None:
    for name in ("ink", "ink2", "late"):
        assert contrast(board.TOKENS[name], board.TOKENS["bg"]) >= 7, name
    sizes = re.findall(r"font(?:-size)?:[^;}]*?(\d+)px", wall_of(USUAL))
    assert min(map(int, sizes)) >= 32


FITS = (
    "const body=d.body,foot=d.querySelector('footer').getBoundingClientRect();"
    "const lists=[...d.querySelectorAll('section')];"
    "return [d.documentElement.scrollHeight,d.documentElement.scrollWidth,body.scrollHeight,"
    "body.scrollWidth,foot.bottom<=1048.5,"
    "lists.filter(e=>e.scrollHeight>e.clientHeight).length,"
    "[...d.querySelectorAll('li,tr')].filter(e=>e.getBoundingClientRect().bottom>foot.top).length,"
    "[...d.querySelectorAll('dl div')].filter(e=>e.scrollHeight>e.clientHeight"
    "||e.scrollWidth>e.clientWidth).length,"
    "[...d.querySelectorAll('td,h2')].filter(e=>e.scrollWidth>e.clientWidth"
    "&&!/滨江/.test(e.textContent)).length,"
    "[...d.querySelectorAll('.clamp')].filter(e=>e.getBoundingClientRect().height>106).length]"
)


@needs_browser
def test_the_wall_is_one_screen_whatever_it_shows(tmp_path: Path) -> None:
    frames = [Frame(wall_of(what), 1920, 1080, FITS) for what in BOARDS.values()]
    for name, told in zip(BOARDS, measured(tmp_path, *frames), strict=True):
        assert told == [1080, 1920, 1080, 1920, True, 0, 0, 0, 0, 0], name


@needs_browser
def test_the_wall_asks_for_nothing_and_its_console_stays_empty(tmp_path: Path) -> None:
    assert heard(tmp_path, wall_of(CROWDED)) == []

"""The checks of research/screens.md, over all screens a desk looks at, at every width."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections import Counter
from datetime import datetime, time
from itertools import product
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import pytest

from sixping.queries.cases import list_cases
from sixping.render import caselist
from sixping.render.formats import emit
from sixping.render.table import Page
from sixping.reports.overdue import KINDS
from sixping.services.rulebooks import rulebooks_on
from sixping.store.sqlite import reading
from tests.kit.screenkit import NOW, Desk, a_desk, plain, width

if TYPE_CHECKING:
    from pathlib import Path

WIDTHS = (60, 70, 80, 100, 120, 140, 160)
LISTS = ("list", "list --all --limit 30", "overdue", "overdue --by-unit", "search 污水")
SCREENS = (
    *LISTS,
    "show 1",
    "show 3",
    "show 7",
    "show 11",
    "log --limit 12",
    "overdue --drill 超期",
    "overdue --unit 司法所",
    "list --unit 司法所",
    "list --unit 江一",
    "search 没有这个词",
    "accept 1",
    "report --month 2026-10",
    "report --month 2020-01",
    "duty check --month 2026-11",
    "units grids --month 2026-11",
)
#: whole tables of a report are made for 80
BROAD = ("report", "units", "duty")
REFUSED = {"accept 1", "list --unit 江一"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return a_desk(tmp_path_factory.mktemp("desk") / "street.db")


@pytest.fixture(scope="module")
def screens(desk: Desk) -> dict[tuple[str, int], list[str]]:
    every = [*product(LISTS, WIDTHS), *product(SCREENS, (60, 80, 120))]
    return {
        key: desk.screen(*key)
        for key in dict.fromkeys(every)
        if key[1] >= (80 if key[0].startswith(BROAD) else 60)
    }


def items(desk: Desk, line: str = "overdue") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk.json(line)["items"]
    return found


def test_no_line_is_wider_than_the_screen_whatever_the_console(
    screens: dict[tuple[str, int], list[str]],
) -> None:
    for (screen, columns), lines in screens.items():
        for line in lines:
            assert width(line, 1) <= columns, (screen, columns, line)
            assert width(line, 2) <= columns, (screen, columns, line)


def test_left_of_a_gap_stands_nothing_that_shifts_a_column(
    screens: dict[tuple[str, int], list[str]],
) -> None:
    for (screen, columns), lines in screens.items():
        if screen.startswith("report"):
            continue  # its own tests
        for line in lines:
            before = re.split(r" {2,}", line.strip())[:-1]
            shifting = [c for c in "".join(before) if unicodedata.east_asian_width(c) == "A"]
            assert not shifting, (screen, columns, line)


def test_every_sign_is_one_of_gbk(screens: dict[tuple[str, int], list[str]]) -> None:
    for lines in screens.values():
        "\n".join(lines).encode("gbk")


def test_colour_carries_nothing(desk: Desk, screens: dict[tuple[str, int], list[str]]) -> None:
    for screen in SCREENS:
        coloured = desk.screen(screen, 80, color=True)
        assert [plain(line) for line in coloured] == screens[screen, 80], screen
    said = desk.run("list", columns=80, color=True)[1]
    assert "\x1b[1;31m超" in said
    assert "\x1b[1;35m重大\x1b[0m" in said
    assert "\x1b[1m今天\x1b[0m" in said


def test_a_row_says_number_unit_and_days_at_every_width(
    desk: Desk, screens: dict[tuple[str, int], list[str]]
) -> None:
    widest = screens["list", 160]
    heads = widest[1].split()
    assert heads[:2] == ["编号", "工作日"]
    rows = [line.split() for line in widest[2:] if re.match(r" *\d+ ", line)]
    assert len(rows) == len(desk.json("list"))
    unit = heads.index("单位")
    for columns in WIDTHS:
        for row, line in zip(rows, screens["list", columns][2:], strict=False):
            assert [row[0], row[1]] == line.split()[:2], columns
            assert row[unit] in line.split(), columns
    late = [item for item in items(desk) if item["workdays_late"] and item["kind"] != "urge"]
    for columns, item in product(WIDTHS, late):
        short = item["number"].partition("-")[2].lstrip("0")
        (line,) = [x for x in screens["overdue", columns] if x.split()[:1] == [short]]
        assert f"超{item['workdays_late']}" in line
        assert (item["unit"] or "指挥室") in line


#: the columns that stay at each width (research/screens.md, Rules)
KEPT = {
    "list": {
        70: "编号 工作日 等级 状态 单位 内容",
        80: "编号 工作日 等级 状态 单位 内容",
        100: "编号 工作日 等级 状态 单位 社区 内容",
        120: "编号 工作日 等级 状态 单位 到期 社区 内容",
        140: "编号 工作日 等级 状态 单位 到期 社区 类别 内容",
    },
    "overdue": {
        60: "编号 单位 超期或等候(工作日)",
        80: "编号 单位 超期或等候(工作日) 等级 内容",
        100: "编号 单位 超期或等候(工作日) 等级 社区 内容",
        120: "编号 单位 超期或等候(工作日) 等级 最早到期 社区 内容",
        140: "编号 单位 超期或等候(工作日) 等级 最早到期 社区 内容",
    },
}


def test_columns_fall_away_in_the_stated_order(
    screens: dict[tuple[str, int], list[str]],
) -> None:
    for screen, kept in KEPT.items():
        for columns, heads in kept.items():
            found = [line for line in screens[screen, columns] if line.startswith("编号")]
            assert [" ".join(line.split()) for line in found] == [heads], (screen, columns)


def test_a_cut_stands_at_the_end_and_parts_no_number(
    desk: Desk, screens: dict[tuple[str, int], list[str]]
) -> None:
    whole = [case["text"] for case in desk.json("list --all")]
    for (screen, columns), lines in screens.items():
        for line in lines if screen in LISTS else ():
            body, mark, rest = line.partition("..")
            assert not rest, (screen, columns, line)
            if mark:
                shown = re.split(r" {2,}|\] ?", body)[-1]
                texts = [text for text in whole if text.startswith(shown)]
                assert texts, (screen, columns, line)
                after = {text[len(shown) :][:1] for text in texts}
                assert not (shown[-1:].isdigit() and all(each.isdigit() for each in after)), line


def test_the_order_is_said_and_kept(screens: dict[tuple[str, int], list[str]]) -> None:
    first, _, *rest = screens["list", 80]
    rows = [row for row in rest if re.match(r" *\d+ ", row)]
    assert first.startswith("在办 12 件, 重大和待联席会议研究在前, 其余按到期先后")
    grades = [row.split()[2] for row in rows]
    days = [row.split()[1] for row in rows if re.match(r" *\d+  超", row)]
    assert grades[:4] == ["重大?", "重大", "较大", "较大"]
    late = [int(each.strip("超日!")) for each in days]
    assert late == sorted(late, reverse=True)
    order = "13 件, 等级待确认、应急待报最前, 超期的在前 (按等级、天数), 再是到期的、等候的"
    assert order in screens["overdue", 80]


def test_the_sums_are_those_of_the_items(
    desk: Desk, screens: dict[tuple[str, int], list[str]]
) -> None:
    found = items(desk)
    late: dict[str, str] = {}
    for item in found:
        if item["workdays_late"] is not None and item["kind"] != "source_due":
            late.setdefault(item["number"], item["unit"] or "指挥室")
    said = "\n".join(screens["overdue", 120])
    by_unit = "、".join(f"{name} {n}" for name, n in Counter(late.values()).most_common())
    assert f"超期 {len(late)} 件: {by_unit}。" in said
    today = {i["number"] for i in found if i["workdays_left"] == 0} - set(late)
    assert f"今天到期 {len(today)} 件" in said
    numbers = {item["number"] for item in found}
    assert f"合计: {len(numbers)} 件, {len(found)} 项" in said


def test_a_figure_on_the_screen_opens_to_as_many_rows(
    desk: Desk, screens: dict[tuple[str, int], list[str]], tmp_path: Path
) -> None:
    said = "\n".join(screens["overdue", 120])
    counts = desk.json("overdue")["counts"]
    for kind, count in counts.items():
        assert f"{KINDS[kind]} {count}" in said
        assert len(desk.json(f"overdue --drill {KINDS[kind]}")) == count
    (sums,) = re.findall("超期 ([0-9]+) 件: (.+)。", said)
    assert len(desk.json("overdue --drill 超期")) == int(sums[0])
    for each in sums[1].split("、"):
        unit, number = each.split()
        assert len(desk.json(f"overdue --drill 单位.{unit}.超期")) == int(number)
    lines = desk.json("units grids --month 2026-11")
    nowhere = sum(x["reports"] for x in lines if x["level"] == "community" and not x["community"])
    assert len(desk.json("units grids --month 2026-11 --drill 社区未填")) == nowhere
    file = tmp_path / "超期.csv"
    assert desk.run(f"overdue --drill 超期 -o {file}")[0] == 0
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == int(sums[0]) + 1
    assert desk.run(f"overdue --drill 超期 -o {file}")[0] != 0, "an existing file needs --force"
    code, wrong = desk.run("overdue --drill 未签")
    assert (code, "未签收" in wrong) == (2, True)


def test_an_empty_list_names_its_filter_and_the_whole(
    screens: dict[tuple[str, int], list[str]],
) -> None:
    assert screens["overdue --unit 司法所", 80] == [
        "没有符合条件的 (司法所)。全部在办 12 件, 其中超期 3 件。",
        "下一步: sixping overdue",
    ]
    assert screens["report --month 2020-01", 80][-1] == "下一步: sixping report --month 2026-09"


def test_a_sheet_says_first_how_a_case_stands_and_what_comes_next(
    screens: dict[tuple[str, int], list[str]],
) -> None:
    first, *rest = screens["show 1", 120]
    following = " ".join(line.strip() for line in rest[: rest.index("")])
    assert first.startswith("2026-000001  办理中  一般  办结超")
    assert "城管执法中队" in first
    assert following.startswith("下一步: 等督办答复 (到12月1日(周二))")
    assert "sixping urge 1 --level 黄牌" in following
    assert "等47日  指挥室" in screens["show 3", 120][0]
    assert (
        screens["show 11", 80][1] == "下一步: 退回的, 改派 sixping assign 2026-000011 --lead 单位"
    )
    (heads,) = [line for line in screens["show 1", 80] if line.startswith("流水号")]
    assert heads.split() == ["流水号", "时间", "步骤", "经办", "说明"]
    (place,) = [line for line in screens["show 1", 80] if line.startswith("社区")]
    assert place.split() == ["社区", "江二社区", "/", "江二社区第三网格"]


_COMMAND = re.compile(r"sixping (?:(?! 或)[^,;:()。、“”])*[^,;:()。、“” ]")
#: words that stand for what somebody has to say, and the steps of a state
_FOR = re.compile("单位|日期|结果|内容|部门|流水号|会议编号|人员|编号|等级")


def test_a_printed_command_runs_as_it_stands(
    desk: Desk, screens: dict[tuple[str, int], list[str]], tmp_path: Path
) -> None:
    printed = {
        command.strip()
        for (_, columns), lines in screens.items()
        if columns == 120
        for command in _COMMAND.findall("\n".join(lines).replace("   ", ", "))
    }
    assert len(printed) > 15
    copy = Desk(tmp_path / "copy.db")
    for command in sorted(printed):
        copyfile(desk.path, copy.path)
        line = command.removeprefix("sixping ").partition("\n")[0]
        line = line.replace("会商材料.docx", str(tmp_path / "会商材料.docx"))
        code, said = copy.run(line)
        assert code in ({0, 1, 2} if _FOR.search(line) else {0}), (command, said)
        assert "没有这个命令" not in said, command
        assert "没有这个选项" not in said, command


def test_the_last_line_says_how_to_go_on(screens: dict[tuple[str, int], list[str]]) -> None:
    for (screen, columns), lines in screens.items():
        if screen in REFUSED or screen.startswith(("search 没", "units", "overdue --drill")):
            continue
        tail = " ".join(lines[-3:])
        assert "下一步: " in tail or "sixping " in tail, (screen, columns, lines[-1])


def test_a_reveal_on_a_screen_is_recorded_first_and_shown(desk: Desk, tmp_path: Path) -> None:
    copy = Desk(tmp_path / "copy.db")
    copyfile(desk.path, copy.path)
    for line in ("list", "search 电梯", "overdue", "overdue --drill 件数"):
        shown = "\n".join(copy.screen(f"{line} --reveal --reason 回访", 120))
        assert "13800000000" in shown, shown
        assert copy.json("log --limit 1")[0]["kind"] == "revealed"


def test_a_refusal_says_what_is_possible(screens: dict[tuple[str, int], list[str]]) -> None:
    wrong, *possible, following = screens["accept 1", 120]
    assert wrong == "错误: 2026-000001 现在是“办理中”, 不能受理。"
    assert "现在可以: " in possible[0]
    assert "办结(resolve)" in "".join(possible)
    assert following == "下一步: sixping show 2026-000001"
    assert screens["list --unit 江一", 120][-1] == "请写全, 如: 江一社区。"


def test_a_screen_on_a_real_terminal_is_the_same(desk: Desk) -> None:
    pytest.importorskip("pty")
    from tests.kit.ptykit import Terminal

    shown = Terminal(desk.path, NOW, "list")
    assert shown.end() == 0
    assert shown.seen.replace("\r", "").splitlines() == desk.screen("list", 80)


# --- odd rows ---------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_odd_rows_keep_their_places(desk: Desk, columns: int) -> None:
    with reading(desk.path) as con:
        (row, *_), _ = list_cases(con)
        calendar = rulebooks_on(con).calendar
    private = json.dumps(
        {"text": "🚨紧急\x1b[2J\u202e" + "电话13800000000" * 9}, ensure_ascii=False
    )
    rows = [
        row._replace(number="2025-018198", next_due="2025-12-08T17:00:00+08:00"),
        row._replace(lead="演示街道综合行政执法队", community=None),
        row._replace(private=private),
        row._replace(private=None),
        *([row] * 236),
    ]
    at = caselist.Moment(datetime.fromisoformat(NOW), calendar, time(17), {"2025-018198"})
    lines, heads = caselist.on_screen(rows, at, columns)
    out = io.StringIO()
    emit(lines, heads, fmt="table", out=out, page=Page(width=columns, this_year=2026))
    shown = out.getvalue().splitlines()
    assert len(shown) == 241
    assert max(width(line, 2) for line in shown) <= columns
    assert shown[1].split()[0] == "2025-18198"
    assert re.fullmatch(r"超2\d\d日!", shown[1].split()[1])
    assert "演示街道综合行政执法队" in shown[2]
    assert "\x1b" not in out.getvalue()
    places = {width(line[: line.index("一般")], 1) for line in shown[1:] if "一般" in line}
    assert len(places) <= 1

"""A call at the desk on a terminal of 80 x 24: typed, edited, pasted, interrupted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pty", reason="a terminal of its own needs a Unix")

from sixping.util.text import columns
from tests.kit.ptykit import (
    BACKSPACE,
    CTRL_C,
    CTRL_D,
    END,
    ENTER,
    HOME,
    LEFT,
    RIGHT,
    UP,
    Terminal,
    pasted,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
LATER = "2026-11-23T10:30:00+08:00"
TERMS = pytest.mark.parametrize("term", ["xterm", "dumb"])
TEXT, CHECK = ">", "留草稿):"


def cases(call: Runner) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = call("list", "--all", "--json", now=NOW).json()
    return answer


def only(call: Runner) -> dict[str, Any]:
    """Return the one case of the ledger as it was said."""
    assert len(cases(call)) == 1
    shown: dict[str, Any] = call(
        "show", "1", "--json", "--reveal", "--reason", "核对", now=NOW
    ).json()
    return shown


def typed(case: dict[str, Any]) -> tuple[Any, ...]:
    names = ("text", "phone", "community", "grid", "place", "reporter", "channel", "category")
    return tuple(case[name] for name in names)


def test_typed_edited_and_pasted_at_every_question_the_ledger_holds_the_words_meant(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.until("空行结束")
    desk.answer(
        TEXT, pasted("江一社区楼下烧烤店\n\n油烟直往家里灌\x1b[31m\u202e\n夜里十一点还在烤")
    )
    desk.type("啦" + BACKSPACE + ENTER)
    desk.until("从内容看: 社区 江一社区")
    desk.answer("来电号码 [无]:", "13900001112" + BACKSPACE + "1" + "\x1b[99;5~")
    desk.answer("[江一社区, 内容中写明]:", "江三社区社" + BACKSPACE + LEFT * 2 + BACKSPACE + "二")
    desk.answer("[不清楚]:", "1" + BACKSPACE + "2")
    desk.answer("地点 [无]:", "栋楼下" + HOME + "3" + RIGHT + BACKSPACE + "幢" + "\x1b]0;x\x07")
    desk.answer("匿名]:", pasted("李\n先生") + "女" + BACKSPACE)
    desk.answer("渠道 [投诉举报电话]:", "微心" + BACKSPACE + "信")
    desk.answer("建议]:", pasted("占道\x07经营"))
    desk.answer("建议]:", "3" + BACKSPACE + "2")
    desk.until(CHECK)
    desk.answer(TEXT, pasted("地\n点") + BACKSPACE * 3 + "地点")
    desk.answer("地点 [无]:", UP)
    desk.until(CHECK)
    desk.answer(TEXT, "地点")
    desk.answer("地点 [无]:", "3幢楼下")
    desk.until(CHECK)
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = only(call)
    assert typed(case) == (
        "江一社区楼下烧烤店\n\n油烟直往家里灌\n夜里十一点还在烤", "13900001111", "江二社区",
        "江二社区第二网格", "3幢楼下", "李 先生", "微信公众号", "占道经营",
    )  # fmt: skip
    assert case["severity"] == "较大"
    assert "\u202e" not in desk.seen, "what is pasted reorders no line on the screen either"
    assert "请告诉反映人: 编号 1, 11月24日(周二) 17:00 前答复是否受理" in desk.seen


@pytest.mark.parametrize("moved", [HOME, LEFT * 3, UP, UP + END, LEFT * 12])
def test_enter_twice_ends_the_text_wherever_the_cursor_stands(
    call: Runner, ledger: Path, moved: str
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区")
    desk.answer(TEXT, pasted("楼下烧烤店\n油烟扰民") + moved + ENTER)
    desk.answer("来电号码 [无]:", "13900001111" + HOME)
    for question in ("[不清楚]:", "[无]:", "匿名]:", "电话]:", "建议]:", "建议]:", CHECK):
        desk.answer(question)
    assert desk.end() == 0, desk.seen
    assert typed(only(call))[:2] == ("楼下烧烤店\n油烟扰民", "13900001111")


def test_enter_inside_a_text_that_ends_with_an_empty_line_goes_to_its_end(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--anonymous")
    desk.answer(TEXT, "路灯不" + ENTER + UP + END + "亮" + ENTER)
    for question in ("[不清楚]:", "[无]:", "电话]:", "建议]:", "建议]:", CHECK):
        desk.answer(question)
    assert desk.end() == 0, desk.seen
    assert only(call)["text"] == "路灯不亮"


@pytest.mark.parametrize(
    ("asked_for", "nature"), [((), None), (("投诉类", "举"), "举报"), (("2",), "求助")]
)
def test_the_nature_is_asked_for_by_nobody_and_stated_on_the_check_page(
    call: Runner, ledger: Path, asked_for: tuple[str, ...], nature: str | None
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--anonymous")
    desk.answer(TEXT, "投诉路灯不亮" + ENTER)
    for question in ("[不清楚]:", "[无]:", "电话]:", "建议]:", "建议]:"):
        desk.answer(question)
    desk.until("性质  未定 (建议投诉)")
    if asked_for:
        desk.answer(TEXT, "性质")
        for word in asked_for:
            desk.answer("[未定]:", word)
        desk.until(f"性质  {nature}")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    assert only(call)["nature"] == nature


@pytest.mark.parametrize("none", ["0", "不清楚", "无"])
def test_what_is_no_phone_is_asked_for_again_and_a_word_for_none_is_none(
    call: Runner, ledger: Path, none: str
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区")
    desk.answer(TEXT, "路灯不亮" + ENTER)
    desk.answer("来电号码 [无]:", "李先生")
    desk.until("没有数字")
    desk.answer("来电号码 [无]:", "1234")
    desk.until("只有 4 位数字")
    desk.answer("来电号码 [无]:", none)
    for question in ("[不清楚]:", "[无]:", "匿名]:", "电话]:", "建议]:", "建议]:", CHECK):
        desk.answer(question)
    assert desk.end() == 0, desk.seen
    assert only(call)["phone"] is None


@TERMS
def test_enter_takes_what_is_proposed_and_leaves_it_a_suggestion(
    call: Runner, ledger: Path, term: str
) -> None:
    desk = Terminal(ledger, NOW, "intake", term=term)
    desk.until("空行结束")
    desk.answer(TEXT, "江一社区第二网格化工厂爆炸有人受伤" + ENTER)
    desk.until("从内容看: 网格 江一社区第二网格; 类别")
    for question in (
        "[无]:",
        "内容中写明]:",
        "内容中写明]:",
        "[无]:",
        "匿名]:",
        "电话]:",
        "建议]:",
    ):
        desk.answer(question)
    desk.answer("建议, 未确认]:")
    desk.until("(建议, 未确认)")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = only(call)
    assert (case["community"], case["grid"]) == ("江一社区", "江一社区第二网格")
    assert case["events"][0]["located"] == "text"
    assert case["severity"] == "重大"
    assert [clock["kind"] for clock in case["clocks"]] == ["accept"], "nobody found it yet"


def test_zero_says_that_it_is_not_known_whatever_the_text_names(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake", "--anonymous")
    desk.answer(TEXT, "江一社区路灯不亮" + ENTER)
    desk.answer("内容中写明]:", "0")
    for question in ("[无]:", "电话]:", "建议]:", "建议]:", TEXT):
        desk.answer(question)
    assert desk.end() == 0, desk.seen
    assert (only(call)["community"], only(call)["anonymous"]) == (None, True)
    assert "来电号码" not in desk.seen


QUESTIONS = [
    TEXT, "来电号码 [无]:", "内容中写明]:", "网格", "地点 [无]:", "匿名]:", "电话]:", "类别",
    "等级  1", "q 放弃, 留草稿):",
]  # fmt: skip


@pytest.mark.parametrize("at", range(len(QUESTIONS)))
def test_ctrl_c_at_any_question_registers_nothing_and_exits_130(
    call: Runner, ledger: Path, at: int
) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.until("空行结束")
    for number, question in enumerate(QUESTIONS[:at]):
        desk.answer(question, "江一社区路灯不亮\r" if number == 0 else "")
    desk.until(QUESTIONS[at])
    desk.type("写了一半" + CTRL_C)
    assert desk.end() == 130, desk.seen
    assert "已中断, 没有登记" in desk.seen
    assert cases(call) == []


@TERMS
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_ctrl_c_and_ctrl_d_are_a_clear_end(call: Runner, ledger: Path, term: str, key: str) -> None:
    desk = Terminal(ledger, NOW, "intake", "路灯不亮", term=term)
    desk.until("[不清楚]:")
    desk.type(key)
    assert desk.end() == 130, desk.seen
    assert "已中断, 没有登记" in desk.seen
    assert cases(call) == []


def test_q_on_the_check_page_gives_up_and_registers_nothing(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--channel", "微信")
    desk.answer(TEXT, "路灯不亮" + ENTER)
    for question in ("[无]:", "[不清楚]:", "[无]:", "匿名]:", "建议]:", "建议]:"):
        desk.answer(question)
    desk.until(CHECK)
    desk.answer(TEXT, "天气")
    desk.until("没有这一项: 天气")
    desk.answer(TEXT, "q")
    assert desk.end() == 130
    assert "已放弃, 没有登记" in desk.seen
    assert cases(call) == []


@TERMS
def test_a_text_on_the_command_line_is_asked_for_its_community_and_grid(
    call: Runner, ledger: Path, term: str
) -> None:
    desk = Terminal(ledger, NOW, "intake", "路灯不亮", term=term)
    desk.answer("[不清楚]:", "江")
    desk.until("“江”不是唯一的")
    desk.answer("[不清楚]:", "江一")
    desk.answer("[不清楚]:", "2")
    assert desk.end() == 0, desk.seen
    assert (only(call)["community"], only(call)["grid"]) == ("江一社区", "江一社区第二网格")
    desk = Terminal(ledger, NOW, "intake", "江二社区第一网格井盖没了", term=term)
    assert desk.end() == 0, desk.seen
    assert "[内容中写明]" in desk.seen


def test_a_text_on_the_command_line_shows_what_it_may_repeat_before_it_is_recorded(
    call: Runner, ledger: Path
) -> None:
    text = "江一社区第一网格楼下烧烤店油烟直往家里灌, 孩子咳嗽一周了"
    call("intake", text, now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake", text)
    desk.until("疑似重复 1 件")
    desk.until("s = 先看 1")
    desk.type(CTRL_C)
    assert desk.end() == 130
    assert len(cases(call)) == 1
    desk = Terminal(ledger, NOW, "intake", text)
    desk.answer("s = 先看 1")
    assert desk.end() == 0, desk.seen
    assert "可能与下列事项重复" not in desk.seen, "they were looked at"
    assert len(call("show", "2", "--json", now=NOW).json()["duplicates"]) == 1
    desk = Terminal(ledger, NOW, "intake", text)
    desk.answer("s = 先看 1", "m 2")
    assert desk.end() == 0, desk.seen
    assert call("show", "3", "--json", now=NOW).json()["merged_into"] == "2026-000002"


def test_zero_leaves_the_category_open_whatever_the_text_suggests(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--anonymous")
    desk.answer(TEXT, "楼下占道经营" + ENTER)
    desk.answer("[不清楚]:")
    desk.answer("[无]:")
    desk.answer("电话]:")
    desk.until("0 其他/先不定")
    desk.answer("建议]:", "0")
    desk.answer("建议]:")
    desk.until("类别  (未填)")
    desk.answer(TEXT, "被反映")
    desk.answer("被反映的人、企业或单位 [无]:", "红星餐饮")
    desk.until("被反映对象  红星餐饮")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = only(call)
    assert (case["category"], case["platform"], case["unsure"]) == (None, None, True)
    assert case["suggestion"]["category"] == "占道经营"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--channel", "微心"], "没有这个渠道"),
        (["--category", "占路经营"], "是否指: 占道经营"),
        (["--severity", "特大", "--category", "占路"], "没有这个类别: 占路; 没有这个等级: 特大"),
        (["--community", "江九社区"], "江九社区"),
        (["--grid", "第一网格"], "第一网格"),
        (["--received", "10.8"], "10.8"),
        (["--anonymous", "--phone", "1"], "匿名"),
    ],
)
def test_options_are_checked_before_the_first_question(
    ledger: Path, argv: list[str], said: str
) -> None:
    desk = Terminal(ledger, NOW, "intake", *argv)
    assert desk.end() == 2, desk.seen
    assert said in desk.seen
    assert "空行结束" not in desk.seen


def test_no_input_asks_nothing_and_names_what_is_missing(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake", "--no-input")
    assert desk.end() == 2
    assert "没有写明反映的内容" in desk.seen
    desk = Terminal(ledger, NOW, "--no-input", "intake", "路灯不亮")
    assert desk.end() == 0, desk.seen
    assert only(call)["community"] is None


def test_a_repeat_is_shown_before_the_dull_questions_and_merged_on_m(
    call: Runner, ledger: Path
) -> None:
    text, phone = "江一社区楼下烧烤店油烟直往家里灌, 孩子咳嗽一周了", "13900001111"
    call("intake", text, "--phone", phone, "--reporter", "李先生", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake", "--channel", "微信")
    desk.answer(TEXT, f"{text}还在烤" + ENTER)
    desk.until("疑似重复 1 件")
    desk.answer("s = 先看 1", "s")
    desk.until("2026-000001 待受理")
    desk.answer("s = 先看 1", "m")
    desk.answer("来电号码 [无]:", phone)
    desk.until("这个号码以前反映过 1 件")
    for question in ("写明]:", "[不清楚]:", "[无]:", "匿名]:", "建议]:", "建议]:"):
        desk.answer(question)
    desk.until("并入  2026-000001")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    merged = call("show", "2", "--json", now=NOW).json()
    assert (merged["merged_into"], merged["caller"]) == ("2026-000001", {"earlier": 1})


def test_a_withdrawn_report_is_not_named_among_those_of_the_number(
    call: Runner, ledger: Path
) -> None:
    for _ in range(2):
        call("intake", "路灯不亮", "--phone", "13900001111", now=NOW).code  # noqa: B018
    call("undo", "1", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区")
    desk.answer(TEXT, "井盖没了" + ENTER)
    desk.answer("来电号码 [无]:", "13900001111")
    desk.until("这个号码以前反映过 1 件")
    desk.until("2  待受理")
    desk.type(CTRL_C)
    assert desk.end() == 130


def test_no_line_of_a_call_is_wider_than_76_cells(ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake", term="dumb")
    desk.answer(TEXT, "路灯不亮" * 40 + ENTER)
    for question in ("[无]:", "[不清楚]:", "[无]:", "匿名]:", "电话]:", "]:", "建议]:"):
        desk.answer(question)
    desk.until(CHECK)
    desk.type(CTRL_C)
    desk.end()
    shown = desk.seen.partition("已留草稿")[0]  # then comes a path
    typed = shown.replace("^C", "").splitlines()  # the terminal shows the key where it fell
    own = [line for line in typed if "路灯不亮" * 10 not in line]
    assert max(map(columns, own)) <= 76


def test_nobody_is_asked_anything_for_a_ledger_that_cannot_be_used(ledger: Path) -> None:
    ledger.write_bytes(b"no ledger at all" * 100)
    desk = Terminal(ledger, NOW, "intake", "占道经营")
    assert desk.end() == 78
    assert "[不清楚]" not in desk.seen


ORDER = ("--off", "2026-11-26", "--document", "演字1号", "--scope", "滨江区")


@TERMS
@pytest.mark.parametrize(
    ("keys", "code", "orders"),
    [("是" + ENTER, 0, 1), ("y是" + BACKSPACE + ENTER, 0, 1), (ENTER, 1, 0), (CTRL_C, 130, 0)],
)
def test_an_order_is_entered_only_after_a_clear_yes(
    call: Runner, ledger: Path, term: str, keys: str, code: int, orders: int
) -> None:
    desk = Terminal(ledger, NOW, "calendar", "add-local", *ORDER, term=term)
    desk.until("记入台账? [y = 是, 回车 = 否]:")
    desk.type(keys)
    assert desk.end() == code, desk.seen
    log = call("log", "--json", now=NOW).json()
    assert sum(entry["kind"] == "order_added" for entry in log) == orders


def test_without_input_an_order_needs_its_yes_on_the_command_line(ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "calendar", "add-local", *ORDER, "--no-input")
    assert desk.end() == 2
    assert "--yes" in desk.seen


def test_triage_asks_for_a_text_alone(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "triage")
    desk.answer(TEXT, "江南大道占道经营" + ENTER)
    assert desk.end() == 0, desk.seen
    assert "占道经营" in desk.seen
    assert cases(call) == []


def test_no_command_in_a_hint_is_broken_by_the_edge_of_the_screen(
    call: Runner, ledger: Path
) -> None:
    call("intake", "化工厂爆炸有人受伤", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "amend", "1", "--place", "江一路1号", "--reason", "补记")
    assert desk.end() == 0, desk.seen
    lines = desk.seen.splitlines()
    assert max(map(columns, lines)) <= 80
    assert any("sixping decline 2026-000001 --reason 理由" in line for line in lines)
    assert any("sixping accept 2026-000001 --severity 重大" in line for line in lines)


def test_accept_shows_the_case_its_reasons_and_a_missing_emergency_report_before_it_asks(
    call: Runner, ledger: Path
) -> None:
    call("intake", "化工厂爆炸有人受伤 13811112222", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "accept", "1")
    desk.until("可能是突发事件")
    desk.until("sixping emergency 2026-000001")
    desk.until("化工厂爆炸有人受伤 138****2222")
    desk.until("等级: 爆炸  [信号")
    desk.answer("3 重大:", "重")
    assert desk.end() == 0, desk.seen
    assert "13811112222" not in desk.seen
    call("intake", "化工厂爆炸有人受伤", now=NOW).code  # noqa: B018
    call("emergency", "2", "--none", "--reason", "已核实", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "accept", "2")
    desk.answer("3 重大:", "3")
    assert desk.end() == 0, desk.seen
    assert "可能是突发事件" not in desk.seen


def drafts(ledger: Path) -> list[Path]:
    """Return the drafts of the user who sits at the terminals of this ledger."""
    return list(next(ledger.parent.rglob("drafts")).iterdir())


def asked(desk: Terminal, *answers: tuple[str, str]) -> None:
    """Answer these questions in turn."""
    for question, keys in answers:
        desk.answer(question, keys)


#: the questions of a call in which the text names a community with grids, and Enter to each
PLAIN = (
    ("来电号码 [无]:", ""), ("内容中写明]:", ""), ("[不清楚]:", ""), ("地点 [无]:", ""),
    ("匿名]:", ""), ("电话]:", ""), ("建议]:", ""), ("建议]:", ""),
)  # fmt: skip


def answered(**other: str) -> list[tuple[str, str]]:
    """Return the plain answers with others in the place of some, by question."""
    names = ("phone", "community", "grid", "place", "reporter", "channel", "category", "severity")
    return [
        (question, other.get(name, keys))
        for name, (question, keys) in zip(names, PLAIN, strict=True)
    ]


def test_anonymous_with_a_number_is_asked_about_and_taken_back_by_a_name(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.answer(TEXT, "江一社区路灯不亮" + ENTER)
    asked(desk, *answered(phone="13811112222", place="无", reporter="不愿留名")[:5])
    asked(desk, ("1 保留电话, 不匿名  [不记电话]:", ""), *answered()[5:])
    desk.until(CHECK)
    desk.until("电话  (未填)")
    desk.until("反映人  匿名")
    asked(desk, (TEXT, "电话"), ("来电号码 [无]:", "13811113333"), ("[不记电话]:", "1"))
    desk.until(CHECK)
    desk.until("反映人  (未填)")
    asked(desk, (TEXT, "反映人"), ("匿名]:", "匿名"), ("[不记电话]:", ""))
    desk.until(CHECK)
    asked(desk, (TEXT, "反映人"), ("匿名]:", "李四"))
    desk.until(CHECK)
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = only(call)
    assert (case["anonymous"], case["reporter"], case["phone"]) == (False, "李四", None)
    assert case["place"] is None, "[无] is not a word of the place"


def test_other_words_are_graded_and_compared_anew(call: Runner, ledger: Path) -> None:
    first = "江一社区楼下烧烤店油烟直往家里灌, 孩子咳嗽一周了"
    call("intake", first, now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake")
    desk.answer(TEXT, first + ENTER)
    asked(desk, ("s = 先看 1", "m"), *answered(category="1", severity="一"))
    desk.until(CHECK)
    desk.until("并入  2026-000001")
    asked(desk, (TEXT, "内容"), (TEXT, "厂房起火有人被困" + ENTER))
    desk.until("看不出是哪里了, 仍按所答的记为江一社区")
    desk.until("可能是突发事件")
    asked(desk, ("建议]:", ""), ("建议, 未确认]:", ""))
    desk.until(CHECK)
    desk.until("社区  江一社区")
    desk.until("(建议, 未确认)")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = call("show", "2", "--json", now=NOW).json()
    assert (case["confirmed"], case["merged_into"]) == (False, None)
    assert "并入  2026-000001" not in desk.seen.rpartition(CHECK)[2]


def test_a_merge_is_undone_on_the_page_and_after_one_the_main_case_is_told(
    call: Runner, ledger: Path
) -> None:
    text = "江一社区楼下烧烤店油烟直往家里灌, 孩子咳嗽一周了"
    call("intake", text, now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake")
    desk.answer(TEXT, text + ENTER)
    asked(desk, ("s = 先看 1", "m"), *answered())
    desk.until("并入  2026-000001")
    asked(desk, (TEXT, "并入"), ("s = 先看 1", ""))
    desk.until(CHECK)
    asked(desk, (TEXT, "并"), ("s = 先看 1", "m"))
    desk.until("并入  2026-000001")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    assert "请告诉反映人: 编号 1, 由那一件答复" in desk.seen
    assert "sixping accept" not in desk.seen
    assert call("show", "2", "--json", now=NOW).json()["merged_into"] == "2026-000001"


def test_the_community_answered_stays_and_a_grid_is_asked_with_a_new_one(
    call: Runner, ledger: Path
) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.answer(TEXT, "江一社区楼道堆物" + ENTER)
    asked(desk, *answered(place="江二社区3幢")[:4])
    desk.until("仍按所答的记为江一社区, 请核对")
    asked(desk, *answered()[4:])
    desk.until(CHECK)
    desk.until("社区  江一社区")
    asked(desk, (TEXT, "社区"), ("[不清楚]:", "江二社区第二网格"))
    desk.until("网格  江二社区第二网格")
    asked(desk, (TEXT, "社区"), ("[不清楚]:", "0"))
    desk.until(CHECK)
    desk.answer(TEXT, "网格")
    desk.until("请先输入 社区")
    asked(desk, (TEXT, "社区"), ("[不清楚]:", "江三社区"), ("[不清楚]:", "江二社区第一网格"))
    desk.until("江二社区第一网格")
    asked(desk, ("[不清楚]:", "第一"))
    desk.until("网格  江三社区第一网格")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    assert (only(call)["community"], only(call)["grid"]) == ("江三社区", "江三社区第一网格")


def test_a_number_known_at_its_source_is_refused_before_the_first_question(
    call: Runner, ledger: Path
) -> None:
    wechat = ("--channel", "微信公众号", "--source-no")
    call("intake", "路灯不亮", *wechat, "W1", now=NOW).code  # noqa: B018
    desk = Terminal(ledger, NOW, "intake", *wechat, "W1")
    assert desk.end() == 65, desk.seen
    assert "这个来源编号已经登记为 2026-000001" in desk.seen
    assert "空行结束" not in desk.seen
    desk = Terminal(ledger, NOW, "intake", "路灯不亮", *wechat, "W1")
    assert desk.end() == 0, "the same once more is the same"
    desk = Terminal(ledger, NOW, "intake", *wechat, "W2")
    desk.answer(TEXT, "江一社区井盖没了" + ENTER)
    asked(desk, *(pair for pair in answered() if pair[0] != "电话]:"))
    desk.until("来源编号  W2")
    asked(desk, (TEXT, "来源"), ("来源编号 [无]:", "W1"))
    desk.until("这个来源编号已经登记为 2026-000001")
    asked(desk, ("来源编号 [无]:", "W3"))
    desk.until("来源编号  W3")
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen


@pytest.mark.parametrize("end", [CTRL_C, CTRL_D, "q" + ENTER, f"网格{ENTER}", f"电话{ENTER}"])
def test_a_call_that_is_left_is_offered_once_more_with_all_that_was_answered(
    call: Runner, ledger: Path, end: str
) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.answer(TEXT, "江一社区路灯不亮 13811112222" + ENTER)
    asked(desk, *answered(phone="13900001111", grid="2", place="3幢"))
    desk.until(CHECK)
    desk.until(TEXT)
    desk.type(end)
    if end.startswith(("网格", "电话")):
        desk.until("[不清楚]:" if end.startswith("网格") else "来电号码 [无]:")
        desk.type("1" + CTRL_C)
    assert desk.end() == 130, desk.seen
    desk.until("已留草稿")
    (draft,) = drafts(ledger)
    assert (draft.stat().st_mode & 0o777, draft.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert str(draft) in desk.seen.replace("\r\n", "")
    assert cases(call) == []
    desk = Terminal(ledger, LATER, "intake")
    desk.until("上次没有登记完: 11月23日(周一) 09:00, 内容 江一社区路灯不亮 138****2222")
    desk.answer("0 = 丢弃:", "")
    desk.until(CHECK)
    desk.answer(TEXT)
    assert desk.end() == 0, desk.seen
    case = only(call)
    assert (case["phone"], case["grid"], case["place"]) == (
        "13900001111",
        "江一社区第二网格",
        "3幢",
    )
    assert case["received_at"].startswith("2026-11-23T09:00")
    assert not draft.exists()


def test_a_half_written_text_is_kept_and_thrown_away_on_zero(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake")
    desk.until(TEXT)
    desk.type("楼下路灯" + CTRL_C)
    assert desk.end() == 130, desk.seen
    assert call("intake", "--no-input", now=NOW).code == 2, "nobody else reads it"
    desk = Terminal(ledger, NOW, "retention", "--dry-run")
    desk.until("本账号未登记完的草稿 1 份, 没有定保管期限: 内含来电人的话。")
    assert desk.end() == 0
    desk = Terminal(ledger, NOW, "intake")
    desk.until("内容 楼下路灯")
    desk.answer("0 = 丢弃:", "0")
    desk.until("空行结束")
    desk.type(CTRL_C)
    assert desk.end() == 130
    assert not drafts(ledger)


@pytest.mark.parametrize("broken", ["{", "[]", '{"values": {"text": 1}}', None])
def test_a_draft_that_is_of_no_use_is_said_and_set_aside(ledger: Path, broken: str | None) -> None:
    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区")
    desk.until(TEXT)
    desk.type("楼下路灯" + CTRL_C)
    assert desk.end() == 130, desk.seen
    (draft,) = drafts(ledger)
    draft.write_text(broken or draft.read_text().replace("江一社区", "江九社区"))
    desk = Terminal(ledger, NOW, "intake")
    if broken is None:
        desk.answer("0 = 丢弃:", "")
    desk.until("上次的草稿用不上")
    desk.until("空行结束")
    desk.type(CTRL_C)
    assert desk.end() == 130
    assert [kept.suffix for kept in draft.parent.iterdir()] == [".bad"]


def test_a_report_that_cannot_be_registered_is_kept(call: Runner, ledger: Path) -> None:
    desk = Terminal(ledger, NOW, "intake", "--source-no", "W1")
    desk.answer(TEXT, "江一社区路灯不亮" + ENTER)
    asked(desk, *answered())
    desk.until(CHECK)
    call("intake", "井盖没了", "--source-no", "W1", now=NOW).code  # noqa: B018
    desk.answer(TEXT)
    assert desk.end() == 65, desk.seen
    desk.until("已留草稿")

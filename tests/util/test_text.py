"""Citizen text is stored verbatim, shown harmlessly and masked by default."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixping.errors import BadData
from sixping.util import text

HIDDEN_KINDS = {"Cc", "Cf", "Cs", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(codec=None)) | st.text(
    st.sampled_from("\x00\x07\x1b\r\n\t\x85\x9b\u200b\u202e\u2028\ud800\U000e0041=+-@|[/]<a'\"\\好")
)


def hidden_in(shown: str) -> set[str]:
    return {char for char in shown if unicodedata.category(char) in HIDDEN_KINDS}


def test_text_enters_verbatim_even_when_it_looks_dangerous() -> None:
    for said in ("[/]", "[b]", "\x1b[2J", "=1+1", "e\u0301", "\u202e", "好" * 100_000, ""):
        assert text.accept_text(said, field="内容") == said


@pytest.mark.parametrize(
    ("said", "why"), [("a\x00b", "NUL"), ("a\ud800", "有效的文字"), ("好" * 100_001, "太长")]
)
def test_what_cannot_be_stored_is_refused_naming_the_field(said: str, why: str) -> None:
    with pytest.raises(BadData, match=f"内容.*{why}") as refused:
        text.accept_text(said, field="内容")
    assert refused.value.exit_code == 65
    assert refused.value.hint


def test_every_hidden_character_becomes_a_visible_sign() -> None:
    for code in range(0x110000):
        char = chr(code)
        if unicodedata.category(char) in HIDDEN_KINDS and char not in "\n\t":
            assert text.clean(char) == f"<U+{code:04X}>"
            assert text.clean(char, multiline=True) == f"<U+{code:04X}>"


def test_ordinary_text_is_shown_as_it_is() -> None:
    for said in ("江南大道占道经营。", "3栋2单元[b]", "\u3000全角空格", "𠮷野家🚨", ""):
        assert text.clean(said) == said


def test_signs_can_be_written_in_gbk() -> None:
    assert text.clean("\x1b[2J\u202e\U000e0041").encode("gbk") == b"<U+001B>[2J<U+202E><U+E0041>"


def test_breaks_and_tabs_become_spaces_on_one_line_and_stay_breaks_in_paragraphs() -> None:
    assert text.clean("一\r\n二\n三\t四") == "一 二 三 四"
    assert text.clean("一\r\n二\n三\t四", multiline=True) == "一\n二\n三    四"
    assert text.clean("假\r真") == "假<U+000D>真"


@given(ANY_TEXT)
def test_nothing_hidden_leaves_for_a_screen(said: str) -> None:
    assert not hidden_in(text.clean(said))
    assert hidden_in(text.clean(said, multiline=True)) <= {"\n"}
    assert not hidden_in(text.tsv_cell(said))
    assert not hidden_in(text.md_cell(said))
    assert hidden_in(text.csv_cell(said)) <= {"\n"}


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)))
def test_json_hides_nothing_and_loses_nothing(value: object) -> None:
    for indent in (None, 2):
        dumped = text.dump_json(value, indent=indent)
        assert hidden_in(dumped) <= ({"\n"} if indent else set())
        assert json.loads(dumped) == json.loads(json.dumps(value))


def test_json_keeps_chinese_readable_and_knows_no_nan() -> None:
    assert text.dump_json({"text": "占道\u202e\U000e0041\x9b"}) == (
        '{"text": "占道\\u202e\\udb40\\udc41\\u009b"}'
    )
    with pytest.raises(ValueError, match="JSON"):
        text.dump_json(float("nan"))


@pytest.mark.parametrize(
    "said",
    [
        *("=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1", "\tx", "\x00=1"),
        *("＝1", "＋1", "－1", "＠1", "\u22121"),
        *("\u200b=1", "\ufeff=1", "\u3000=1", "\xa0=1", "\u034f=1"),
    ],
)
def test_a_formula_is_disarmed_in_every_sheet(said: str) -> None:
    assert text.csv_cell(said).startswith("'")
    assert text.tsv_cell(said).startswith("'")


def test_text_that_is_no_formula_keeps_its_beginning() -> None:
    for said in ("1=1", "江南=", "'=1", "", " 好"):
        assert text.csv_cell(said) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("a|b", r"a\|b"),
        ("[点我](javascript:x)", r"\[点我\](javascript:x)"),
        ("![x](http://e)", r"\!\[x\](http&#58;//e)"),
        ("<script>", "&lt;script&gt;"),
        ("&lt;", "&amp;lt;"),
        ("**粗** _斜_ `码` ~~删~~", r"\*\*粗\*\* \_斜\_ \`码\` \~\~删\~\~"),
        ("www.e.com a@e.com", "www&#46;e.com a&#64;e.com"),
        (":smile: 15:00", "&#58;smile: 15:00"),
        ("- 项", r"\- 项"),
        ("\\|", r"\\\|"),
        ("一\n| 二 |", r"一 \| 二 \|"),
    ],
)
def test_markdown_cells_are_literal(said: str, shown: str) -> None:
    assert text.md_cell(said) == shown


def test_a_summary_fits_its_columns_on_one_line() -> None:
    assert text.shorten("江南大道占道经营", 16) == "江南大道占道经营"
    assert text.shorten("江南大道占道经营多日", 16) == "江南大道占道经.."
    assert text.shorten("一\n二", 10) == "一 二"


HINT = "会商后 sixping decide 2026-000001 --lead 城管执法中队 --due 日期 (或 --leader 领导)"


@pytest.mark.parametrize("before", range(80))
def test_a_line_breaks_beside_words_numbers_and_commands_not_in_them(before: int) -> None:
    lines = text.wrap("中" * (before // 2) + "," * (before % 2) + HINT, 80)
    command = "sixping decide 2026-000001 --lead 城管执法中队 --due 日期"
    assert any(command in line for line in lines)
    assert any("--leader" in line for line in lines)
    assert max(map(text.columns, lines)) <= 80


def test_a_command_wider_than_the_screen_is_broken_at_its_spaces() -> None:
    lines = text.wrap(HINT, 30)
    assert {"sixping", "2026-000001", "--lead", "--due"} <= set(" ".join(lines).split())


@pytest.mark.parametrize("before", range(12))
def test_a_count_stays_with_its_label_and_a_command_whole(before: int) -> None:
    labels = [f"受理超期 {n}" for n in range(10, 22)]
    lines = text.wrap("中" * before + "合计: " + "、".join(labels), 80)
    assert [label for label in labels if not any(label in line for line in lines)] == []
    ways = [f"sixping accept 2026-000001 --severity {word}" for word in ("重大", "一般")]
    lines = text.wrap("中" * before + f"请确认: {' 或 '.join(ways)}", 80)
    assert [way for way in ways if not any(way in line for line in lines)] == []


@pytest.mark.parametrize("before", range(2, 90))
def test_no_line_of_a_list_is_wider_than_the_terminal(before: int) -> None:
    lines = text.wrap("." * (before % 2) + "中" * (before // 2) + ": " + "江一社区、" * 20, 80)
    assert max(map(text.columns, lines)) <= 80


@pytest.mark.parametrize("before", range(60))
def test_a_number_stays_with_its_measure_and_a_date_whole(before: int) -> None:
    said = (
        "收" * before
        + "期末12件逾期，比上月+3件（第10期，2026年10月9日起），共89.40％；待办“3件”。"
    )
    lines = text.wrap(said, 60)
    for whole in ("12件", "+3件", "第10期", "2026年10月9日", "89.40％", "“3件”"):
        assert any(whole in line for line in lines), whole
    assert not any(line[0] in "，。；）”％" or line[-1] in "（“" for line in lines)


@given(st.text("中，。、；“”（ a1-+.%|<🚨é", max_size=60), st.integers(2, 30))
def test_no_line_is_wider_than_there_is_room(said: str, width: int) -> None:
    assert max(map(text.columns, text.wrap(said, width))) <= width


@pytest.mark.parametrize("word", ["ABCD", "收收"])
def test_no_line_begins_with_a_stop(word: str) -> None:
    first, second = text.wrap("收" * 28 + word + "，收收", 60)
    assert first == "收" * (28 if word.isascii() else 29)
    assert second.endswith("，收收")


@given(ANY_TEXT, st.integers(2, 60))
def test_wrapping_loses_nothing_but_spaces_at_the_ends_of_lines(said: str, width: int) -> None:
    assert "".join(text.wrap(said, width)).replace(" ", "") == said.replace(" ", "")

"""A profile drafted from a file: what is understood, what is left to people, never a fault."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixping.errors import BadData, SixpingError
from sixping.importing.drafting.contents import content_of
from sixping.importing.drafting.guess import Draft, guess
from sixping.importing.drafting.headings import load_headings
from sixping.importing.drafting.profiletext import profile_text, quoted
from sixping.importing.profiles import FIELDS, Mode, Profile, list_profiles, parse_profile
from sixping.importing.reader import read_reports
from sixping.util.clock import SHANGHAI
from sixping.util.text import clean, columns

NOW = datetime(2026, 11, 28, 10, tzinfo=SHANGHAI)
CHANNELS = ("投诉举报电话", "微信公众号", "其他渠道")
Drawn = Callable[[str], tuple[Draft, str]]


def text_of(draft: Draft) -> str:
    return profile_text(
        draft, name="草拟", day=NOW.date(), channels=CHANNELS,
        known=lambda _, word: word == "江一社区", options={},
    )  # fmt: skip


@pytest.fixture
def drawn(tmp_path: Path) -> Drawn:
    """Draft from the text of a CSV file."""

    def draw(text: str) -> tuple[Draft, str]:
        file = tmp_path / "来件.csv"
        file.write_text(text, encoding="utf-8")
        draft = guess(file, NOW)
        return draft, text_of(draft)

    return draw


def understood(text: str) -> Profile:
    return parse_profile(text, "草拟")


# --- columns ------------------------------------------------------------------------------


def test_usual_headings_are_matched_and_the_rest_is_listed(drawn: Drawn) -> None:
    draft, text = drawn(
        "工单编号,诉求标题,诉求内容,来电时间,联系电话,所属社区,经办人\n"
        "A1,路灯,路灯不亮,2026-11-20 09:00,13800000000,江一社区,甲\n"
    )
    assert understood(text).columns == {
        "source_no": (("工单编号",),),
        "text": (("诉求标题",), ("诉求内容",)),
        "received": (("来电时间",),),
        "phone": (("联系电话",),),
        "community": (("所属社区",),),
    }
    assert draft.mode is Mode.LIVE
    assert re.search("^#   G 经办人: ", text, re.MULTILINE)


def test_the_draft_names_every_column_once(drawn: Drawn) -> None:
    heads = ["编号", "内容", "时间", "Lat", "备注", "承办单位", "处置截止时间", "状态"]
    _, text = drawn(",".join(heads) + "\n1,灯不亮,2026-11-20,30.1,无,城管,2026-11-25,在办\n")
    for head in heads:
        assert text.count(f'"{head}"') + text.count(f" {head}: ") >= 1, head


def test_english_and_nested_headings_are_known(drawn: Drawn) -> None:
    _, text = drawn(
        "fields.service_request_id,fields.description,fields.requested_datetime,fields.status,"
        "fields.address,fields.lat,fields.submitter_phone\n"
        "7,the lamp is dark,2026-11-20T09:00:00Z,open,1 Main St,30.1,13800000000\n"
    )
    found = understood(text).columns
    assert found["source_no"] == (("fields.service_request_id",),)
    assert found["text"] == (("fields.description",),)
    assert found["received"] == (("fields.requested_datetime",),)
    assert found["place"] == (("fields.address",),)
    assert found["phone"] == (("fields.submitter_phone",),)
    assert "fields.lat" not in {name for names in found.values() for name in names[0]}


def test_what_no_heading_names_is_found_by_what_is_in_it_and_marked(drawn: Drawn) -> None:
    _, text = drawn(
        "甲,乙,丙,丁\n1,13800000000,2026-11-20 09:00,演示路的路灯已经三天不亮了\n"
        "2,13900000000,2026-11-21 09:00,江南大道占道经营\n"
    )
    found = understood(text).columns
    assert (found["phone"], found["received"], found["text"]) == (
        (("乙",),), (("丙",),), (("丁",),),
    )  # fmt: skip
    assert len(re.findall("请核对$", text, re.MULTILINE)) == 3


def test_a_column_that_numbers_the_rows_is_no_source_number(drawn: Drawn) -> None:
    draft, text = drawn(
        "序号,内容,时间\n1,甲路灯,2026-11-20\n2,乙路灯,2026-11-20\n3,丙,2026-11-20\n"
    )
    assert "source_no" not in draft.places
    assert "每次导出都从头编的, 不能当作编号" in text
    _, text = drawn("编号,内容,时间\n1,甲路灯,2026-11-20\n2,乙路灯,2026-11-20\n3,丙,2026-11-20\n")
    assert "是顺序号: 每次导出都从头编的, 请删去这一行" in text


def test_the_header_may_stand_below_a_title(drawn: Drawn) -> None:
    draft, text = drawn(
        "某街道登记表\n填报,,2026年4月\n编号,内容,时间\nA,灯不亮,2026-11-20 09:00\n"
    )
    assert (draft.header_row, draft.rows) == (3, 1)
    assert understood(text).columns["text"] == (("内容",),)


def test_a_file_without_a_header_is_refused_in_words(drawn: Drawn) -> None:
    with pytest.raises(BadData, match="看不出哪一行是表头"):
        drawn("1,2026-11-20,2\n2,2026-11-21,3\n")


def test_an_answer_may_be_result_and_feedback_at_once(drawn: Drawn) -> None:
    _, text = drawn("编号,内容,时间,答复意见\nA,灯不亮,2026-11-20,已修复\n")
    assert set(understood(text).columns) == {"source_no", "text", "received", "outcome"}
    told = understood(text.replace("# feedback", "feedback"))
    assert told.columns["feedback"] == told.columns["outcome"]


def test_a_column_that_is_missing_is_a_marked_slot(drawn: Drawn) -> None:
    _, text = drawn("编号,时间,办结时间\nA,2026-11-20,2026-11-21\n")
    assert 'text = "待填"  # 待填: 内容所在列的列名' in text
    assert understood(text).mode is Mode.HISTORY


WHOLE = """
[columns]
source_no = "编号"  # B 列: 短词, 6 种; 6 个编号不止一行
text = { join = ["标题", "内容"] }  # C、D 列: 文字, 平均 15 字
phone = "来电号码"  # G 列: 电话号码
outcome = "答复意见"  # I 列: 文字, 平均 11 字
# feedback = "答复意见"  # 答复就是告知反映人的, 去掉 #
community = "社区"  # N 列: 短词, 2 种
status = "状态"  # H 列: 短词, 2 种
received = { date = "来电日期", clock = "几点" }  # E 列: 时间
resolved = "办结时间"  # J 列: 时间, 年月日的先后看不出
# 没有用到的列:
#   A 序号: 顺序号; 每次导出都从头编的, 不能当作编号
#   K 面积: 数字, 12 种
#   L 颜色: 短词, 3 种
#   M 空着: 空列
#   O 情况: 文字, 平均 13 字

# 以四位年份开头的时间 (2026-10-08 15:00、2026年10月8日 下午3点) 不必写明; 其余的写法:
[times]
# 待填: 办结时间的年月日哪个在前看不出, 请去掉对的那一行的 #
# resolved = ["%d/%m/%Y"]
# resolved = ["%m/%d/%Y"]

# N 社区: 以下的词在台账的名称中没有, 请写明是哪一个; 留空为没有说明
[values.community]
"东村" = ""  # 待填, 6 行
"""


def test_a_draft_says_of_each_column_what_it_holds_and_what_is_left_to_people(drawn: Drawn) -> None:
    names = (
        "序号,编号,标题,内容,来电日期,几点,来电号码,状态,答复意见,办结时间,面积,颜色,空着,社区,情况"
    )
    rows = [
        f"{n + 1},A{n // 2},路灯,演示路路灯不亮{n}号请来修理谢谢,2026-11-{n + 1:02},{n % 9 + 1}:05,"
        f"1380000000{n % 10},{'在办' if n % 3 else '办毕'},已派人修理第{n}处并告知,"
        f"{n % 9 + 1}/{n % 9 + 2}/2026,{n * 37},{'甲乙丙'[n % 3]},,"
        f"{'东村' if n % 2 else '江一社区'},备注文字很长很长很长很长{n}"
        for n in range(12)
    ]
    _, text = drawn("\n".join([names, *rows]) + "\n")
    assert WHOLE in text
    assert 'mode = "history"  # 按文件草拟: 12 行有办结时间' in text
    assert "# 表头在第 1 行, 数据 12 行。" in text
    assert "没有看出收到时间的列" not in text


def test_a_number_is_not_taken_for_what_was_reported(drawn: Drawn) -> None:
    row = "HX-2026-000000001,路灯不亮"
    for name in ("甲乙编号", "甲乙单号", "甲乙号码", "甲乙代码"):
        assert drawn(f"{name},何事\n{row}\n")[0].places["text"].column == 1
    assert drawn(f"甲乙,何事\n{row}\n")[0].places["text"].column == 0, "by the longest cells"


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("受话编号", "source_no"), ("受话内容", "text"), ("受话时间", "received"),
        ("诉求摘要", "text"), ("要求完成", "source_due"), ("进度", "status"), ("承办", "unit"),
    ],
)  # fmt: skip
def test_what_old_hotlines_and_work_lists_call_their_columns_is_known(
    drawn: Drawn, heading: str, field: str
) -> None:
    cell = "2026-11-20 9:00" if field in ("received", "source_due") else "路灯不亮"
    assert drawn(f"甲乙,{heading}\n1,{cell}\n")[0].places[field] == (1, True)


def test_what_is_only_guessed_or_not_found_is_said(drawn: Drawn) -> None:
    _, text = drawn("缘由,备考\n演示路路灯不亮,甲\n演示路井盖缺失,乙\n")
    assert 'text = "缘由"  # A 列: 短词, 2 种; 按内容或列名的一部分猜的, 请核对' in text
    assert "# 没有看出收到时间的列; 不写 received, 则以导入的时刻为收到时间" in text
    assert "numbering" not in text
    _, text = drawn("编号,内容,时间,内容\nA,灯不亮,2026-11-20,井盖\n")
    assert "有两列同名: 表头有两行的, 写成“上一行的名称 列名”" in text
    assert text.count("请在文件中改名") == 1
    _, text = drawn("序号,内容,时间\n" + "".join(f"{n},灯不亮,2026-11-20\n" for n in (1, 2, 3)))
    assert "source_no" not in text
    _, text = drawn("编号,内容,时间\n" + "".join(f"{n},灯不亮,2026-11-20\n" for n in (1, 2, 3)))
    assert "是顺序号: 每次导出都从头编的, 请删去这一行" in text


def test_how_much_was_looked_at_is_said_where_it_is_not_all(drawn: Drawn) -> None:
    for rows, said in ((1000, ""), (1001, " (列的内容看的是前 1000 行)")):
        lines = "".join(f"A{n},灯不亮,2026-11-20\n" for n in range(rows))
        _, text = drawn(f"编号,内容,时间\n{lines}")
        assert f"数据 {rows} 行{said}。" in text


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["甲"] * 10, (False, True)), ([f"词{n}" for n in range(10)], (False, True)),
        ([f"词{n}" for n in range(11)], (False, False)),
        ([f"词{n}" for n in range(11)] * 3, (False, True)), (["长" * 64] * 9, (False, False)),
        (["0", "1", "2"], (True, True)), (["1", "2", "3"], (True, True)),
        (["1", "2"], (False, True)), (["1", "3", "2"], (False, True)),
        (["2", "3", "4"], (False, True)),
    ],
)  # fmt: skip
def test_a_serial_counts_every_row_and_words_of_a_list_are_few_and_short(
    cells: list[str], said: tuple[bool, bool]
) -> None:
    content = content_of([c[:64] for c in cells], list(map(len, cells)), named_time=False)
    assert (content.serial, content.short) == said


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        (["9:05", "10:15"], {"clocks"}), (["905", "1015"], {"numbers"}),
        (["9点", "灯不亮", "井盖"], set()), (["灯:不亮", "井:盖"], set()), ([], set()),
        ([f"1380000000{n}" for n in range(4)] + ["不详"], {"phones", "numbers"}),
        (["13800000000", "138"], {"numbers"}), (["138-0000-0000"], {"phones"}),
    ],
)  # fmt: skip
def test_a_column_is_what_most_of_its_cells_are(cells: list[str], found: set[str]) -> None:
    content = content_of(cells, list(map(len, cells)), named_time=False)
    assert {n for n in ("clocks", "phones", "numbers") if getattr(content, n)} == found
    assert content.times.sure is False


# --- times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "formats"),
    [
        ("2026-11-20 09:00:00", ()),
        ("2026/11/20 9:05", ()),
        ("2026年11月20日 下午3时05分", ()),
        ("20261120", ("%Y%m%d",)),
        ("20/11/2026 09:00", ("%d/%m/%Y %H:%M",)),
        ("11/20/2026 9:05 PM", ("%m/%d/%Y %I:%M %p",)),
        ("31.12.2026 15:00", ("%d.%m.%Y %H:%M",)),
        ("1795000000", ("unix",)),
        ("1795000000000", ("unix-ms",)),
        ("46346.5", ("excel",)),
    ],
)
def test_the_form_of_times_is_found_out(drawn: Drawn, written: str, formats: tuple[str]) -> None:
    draft, text = drawn(f"编号,内容,来电时间\nA,路灯不亮,{written}\n")
    assert draft.contents[2].times.formats == formats
    profile = understood(text)
    assert profile.times.get("received", ()) == formats


def test_which_of_day_and_month_is_first_is_left_to_a_person(drawn: Drawn) -> None:
    _, text = drawn("编号,内容,来电时间\nA,路灯不亮,08/10/2026 09:00\nB,占道,09/10/2026 10:00\n")
    assert "times" in tomllib.loads(text)
    assert not understood(text).times
    assert '# received = ["%d/%m/%Y %H:%M"]\n# received = ["%m/%d/%Y %H:%M"]' in text
    _, text = drawn("编号,内容,来电时间\nA,路灯不亮,08/10/2026 09:00\nB,占道,19/10/2026 10:00\n")
    assert understood(text).times == {"received": ("%d/%m/%Y %H:%M",)}


def test_a_day_and_a_clock_in_two_columns_are_one_time(drawn: Drawn) -> None:
    _, text = drawn("编号,内容,来电日期,来电时间\nA,路灯不亮,2026-11-20,9:05\n")
    (split,) = understood(text).split["received"]
    assert split == (("来电日期",), ("来电时间",))


def test_an_unknown_form_of_time_is_named_and_left(drawn: Drawn) -> None:
    _, text = drawn("编号,内容,来电时间\nA,路灯不亮,Fri Nov 20\n")
    assert "待填: 收到时间的写法没有认出" in text
    assert understood(text).columns["received"] == (("来电时间",),)


def test_numbers_are_times_only_where_the_heading_says_so() -> None:
    cells = ["1795000000", "1795000001"]
    assert not content_of(cells, [10, 10], named_time=False).times.sure
    assert content_of(cells, [10, 10], named_time=True).times.formats == ("unix",)


# --- words --------------------------------------------------------------------------------


def test_words_of_states_and_levels_are_counted_and_never_given_a_meaning(drawn: Drawn) -> None:
    rows = "".join(
        f"{n},灯不亮,2026-11-20,{'办毕' if n % 3 else '在办'},{n % 2 + 1}\n" for n in range(9)
    )
    _, text = drawn(f"编号,内容,时间,状态,等级\n{rows}")
    profile = understood(text)
    assert profile.values["status"] == {"办毕": None, "在办": None}
    assert profile.values["severity"] == {"1": None, "2": None}
    assert '"办毕" = ""  # 待填, 6 行' in text
    assert '"1" = ""  # 待填, 5 行' in text


def test_words_are_counted_beyond_the_sample(drawn: Drawn) -> None:
    rows = "".join(f"{n},灯不亮,2026-11-20,在办\n" for n in range(1200))
    draft, text = drawn(f"编号,内容,时间,状态\n{rows}9999,灯不亮,2026-11-20,挂起\n")
    assert draft.rows == 1201
    assert '"挂起" = ""  # 待填, 1 行' in text
    assert '"在办" = ""  # 待填, 1200 行' in text


def test_only_names_that_are_not_ours_are_listed_and_none_with_a_telephone(drawn: Drawn) -> None:
    _, text = drawn(
        "编号,内容,时间,社区\nA,灯不亮,2026-11-20,江一社区\nB,灯不亮,2026-11-20,东村\n"
        "C,灯不亮,2026-11-20,甲 13800000000\n"
    )
    assert '"东村" = ""  # 待填, 1 行' in text
    assert '"江一社区"' not in text
    assert "13800000000" not in text


def test_the_mode_follows_from_results_and_from_how_long_ago_it_was(drawn: Drawn) -> None:
    live, _ = drawn("编号,内容,时间\nA,灯不亮,2026-11-20\n")
    told, text = drawn("编号,内容,时间,办结时间\nA,灯不亮,2026-11-20,2026-11-21\n")
    old, _ = drawn("编号,内容,时间\nA,灯不亮,2019-11-20\n")
    assert (live.mode, told.mode, old.mode) == (Mode.LIVE, Mode.HISTORY, Mode.HISTORY)
    assert 'mode = "history"  # 按文件草拟: 1 行有办结时间' in text
    pulled, text = drawn(
        "编号,内容,时间,办结时间\nA,灯不亮,2026-11-20,\nB,井盖,2026-11-20,\nC,噪音,2026-11-20,2026-11-21\n"
    )
    assert pulled.mode is Mode.LIVE
    assert 'mode = "live"  # 按文件草拟: 办结时间多半空着' in text


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("缘由,何时,备考\n占道,2026-04-01 09:00,电话\n", 1),  # a record has a usual word
        ("内容\n占道经营无人管理\n", 1), ("内容,,\n占道经营无人管理,,\n", 1),
        ("四月登记\n缘由,何时\n占道经营,2026-04-01\n", 2), ("缘由,缘由\n何事,何时\n", 2),
        ("2026年,四月\n何事,何时\n", 2), (f"{'长' * 31},何时\n何事,何时\n", 2),
        ("何事,何时,\n占道经营,2026-04-01,\n", 1), ("编号,内容\n编号,内容,时间\nA,灯,1\n", 2),
    ],
)  # fmt: skip
def test_the_header_is_the_row_of_headings_known_or_not(drawn: Drawn, text: str, row: int) -> None:
    assert drawn(text)[0].header_row == row


def test_what_is_in_a_column_tells_whether_its_heading_is_meant(drawn: Drawn) -> None:
    for cells in ("2026-11-20", "13800000000"):
        draft, _ = drawn(f"编号,内容,时间\nA,{cells},2026-11-20\n")
        assert (
            draft.names[draft.places["text"].column] != "内容" if "text" in draft.places else True
        )
    draft, _ = drawn("编号,标题,时间\nA,路灯不亮,2026-11-20\n")
    assert (draft.places["text"].column, draft.title) == (1, None), "a title is better than none"
    draft, _ = drawn("编号,标题,内容,时间\nA,路灯,路灯不亮,2026-11-20\n")
    assert (draft.places["text"].column, draft.title) == (2, 1)


def test_a_clock_belongs_to_a_day_that_has_none(drawn: Drawn) -> None:
    lines = "编号,内容,日期,几点\nA,路灯不亮,{},9:05\nB,路灯不亮,{},10:15\n"
    assert drawn(lines.format("2026-11-20", "2026-11-21"))[0].clock == 3
    assert drawn(lines.format("2026-11-20 09:00", "2026-11-21 10:00"))[0].clock is None


def test_reports_that_begin_as_totals_do_are_counted(drawn: Drawn) -> None:
    draft, _ = drawn("内容,时间\n合同纠纷无人管理,2026-11-20\n总说不办,2026-11-21\n")
    assert draft.rows == 2


@pytest.mark.parametrize(
    ("times", "results", "mode", "why"),
    [
        (["2026-11-20"] * 2, ["2026-11-21", ""], "history", "1 行有办结时间"),
        (["2026-08-30 10:00"], None, "live", "没有办结时间列"),
        (["2026-08-29 10:00"], None, "history", "最近的一件也在 2026-08-29, 已过 90 天"),
        (["2019-11-20", "2026-11-20", "2019-11-20"], None, "live", "没有办结时间列"),
        (["20/11/2019", "21/11/2019"], None, "history", "最近的一件也在 2019-11-21, 已过 90 天"),
        (["2019-11-20"] * 9 + ["不详"], None, "history", "最近的一件也在 2019-11-20, 已过 90 天"),
    ],
)
def test_the_mode_is_of_the_past_where_half_are_settled_or_all_are_long_ago(
    drawn: Drawn, times: list[str], results: list[str] | None, mode: str, why: str
) -> None:
    head = "编号,内容,时间" + (",办结时间" if results else "")
    rows = [f"A{n},灯不亮了,{time}" for n, time in enumerate(times)]
    if results:
        rows = [f"{row},{result}" for row, result in zip(rows, results, strict=True)]
    draft, _ = drawn("\n".join([head, *rows]) + "\n")
    assert (draft.mode, draft.why) == (mode, why)


def test_numbers_of_several_rows_are_told_and_rows_alike_are_one(drawn: Drawn) -> None:
    rows = [("A", "灯"), ("A", "井盖"), ("B", "噪音"), ("B", "噪音"), ("", "占道"), ("", "积水")]
    lines = "".join(f"{number},{text}不好了,2026-11-20\n" for number, text in rows)
    draft, text = drawn(f"编号,内容,时间\n{lines}")
    assert draft.repeated == 1
    assert "# 有 1 个编号不止一行" in text
    assert "1 个编号不止一行" in next(line for line in text.splitlines() if "source_no" in line)
    assert drawn("编号,内容,时间\nA,灯不亮了,2026-11-20\n")[0].repeated == 0
    assert drawn("内容,时间\n灯不亮了,2026-11-20\n灯不亮了,2026-11-21\n")[0].repeated == 0


@pytest.mark.parametrize(
    "rows",
    [
        ["目录,,", "备用,,", "样例,,", "废弃,,"],  # too many words
        ["目录,,", ",,,"],  # one has none
        ["登记,,"],  # another row has it
    ],
)
def test_rows_without_text_and_time_are_not_left_out_by_words_that_do_not_tell(
    drawn: Drawn, rows: list[str]
) -> None:
    reports = [f"登记,灯不亮了{n},2026-11-20" for n in range(5)]
    rows = [f"{row}x" if row == ",,," else row for row in rows]
    draft, text = drawn("\n".join(["种类,内容,时间,备注2", *reports, *rows]) + "\n")
    assert draft.left_out is None
    assert "leave_out" not in text


def test_nothing_is_left_out_where_no_row_has_text_or_time(drawn: Drawn) -> None:
    assert drawn("种类,内容,时间\n目录,,\n目录,,\n")[0].left_out is None


def test_totals_and_signatures_are_no_words_to_fill_in(drawn: Drawn) -> None:
    draft, text = drawn(
        "序号,内容,时间,社区\n1,灯不亮,2026-11-20,江一社区\n2,井盖,2026-11-21,江一社区\n"
        "3,噪音,2026-11-21,江一社区\n合计,3件,,\n制表人：甲,,2026-11-28,审核：乙\n"
    )
    assert draft.rows == 3
    assert draft.contents[0].serial
    assert "审核" not in text
    assert "[leave_out]" not in text


def test_lists_of_choices_are_no_wider_than_a_terminal(drawn: Drawn) -> None:
    _, text = drawn("编号,标题,内容,时间,状态\nA,灯,灯不亮,2026-11-20,处理中\n")
    assert max(columns(line) for line in text.splitlines()) <= 80
    assert "  # B、C 列: " in text


def test_rows_of_another_make_are_named_to_be_left_out_and_nothing_is_left_out(
    drawn: Drawn,
) -> None:
    draft, text = drawn(
        "类,编号,内容,时间\n街道,1,,\n事项,2,灯不亮,2026-11-20\n事项,3,占道,2026-11-20\n"
    )
    assert draft.left_out is not None
    assert (draft.left_out.words, draft.left_out.rows) == (("街道",), 1)
    assert not understood(text).leave_out
    edited = text.replace("# [leave_out]", "[leave_out]").replace('# "类" =', '"类" =')
    assert understood(edited).leave_out == {"类": ("街道",)}


# --- what must hold of any file -----------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["", 'a"b', "a\\b", "行\n列", "\x00\x07\x7f", "\u202e\u200b", "😀", "'''", "\U000e0041"],
)
def test_a_string_of_toml_is_read_back(value: str) -> None:
    assert tomllib.loads(f"a = {quoted(value)}") == {"a": value}


_HEADS = (
    "编号", "内容", "时间", "状态", "等级", "社区", "电话", "办结时间", "Status", "序号", "a.b",
    "渠道", "#", "]", "a\nb", '"', "=1+1", "x" * 300, "", "\u202e状态", "\ufeff编号", " 内容 ",
)  # fmt: skip
_CELLS = (
    "2026-11-20", "8/10/2026", "1795000000", "46000.5", "13800000000", "9999999999999", "办结",
    "1e400", "-5", "9:05", "²", "٣", "", "=cmd|' /C calc'!A0", "0001/01/01 0:00", "\x07",
    "\ud800", '"', "x" * 70_000, "下午3点",
)  # fmt: skip
HEADS = st.one_of(st.sampled_from(_HEADS), st.text(max_size=12))
CELLS = st.one_of(st.sampled_from(_CELLS), st.text(max_size=30))


@settings(max_examples=100)
@given(
    heads=st.lists(HEADS, min_size=1, max_size=12),
    rows=st.lists(st.lists(CELLS, max_size=13), max_size=6),
)
def test_any_file_gives_a_profile_that_parses_or_a_refusal_in_words(
    heads: list[str], rows: list[list[str]]
) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder) / "a.csv", [heads, *rows])
        try:
            text = text_of(guess(path, NOW))
        except SixpingError:
            return
        profile = understood(text)
        assert clean(text, multiline=True) == text
        with suppress(BadData):  # a column is still to be named, or two are of one name
            list(read_reports(path, profile))


def written(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


@pytest.mark.parametrize(
    "rows",
    [
        [["内容"], ["灯不亮"]],
        [[f"列{chr(0x4E00 + n)}" for n in range(500)], ["灯"] * 500],
        [["编号", "内容"], ["A", "亮" * 100_000]],
        [["编号", "内容", "状态"], *[[str(n), "灯", f"态{n}"] for n in range(3000)]],
    ],
    ids=["one column", "500 columns", "a cell of 100,000 signs", "3,000 states"],
)
def test_large_and_narrow_files_give_a_profile(tmp_path: Path, rows: list[list[str]]) -> None:
    text = text_of(guess(written(tmp_path / "a.csv", rows), NOW))
    assert understood(text).columns["text"]
    assert len(text) < 60_000


def test_a_column_of_times_may_say_that_there_is_none_yet(tmp_path: Path) -> None:
    rows = [["编号", "内容", "收到时间", "办结时间"],
            ["1", "路灯不亮", "2026-11-20 09:00", "--"], ["2", "井盖缺失", "2026-11-20 10:00", "-"],
            ["3", "占道经营", "2026-11-20 11:00", "20/11/2026 12:00"]]  # fmt: skip
    text = text_of(guess(written(tmp_path / "a.csv", rows), NOW))
    assert 'resolved = ["%d/%m/%Y %H:%M"]' in text
    none = [rows[0], *([*row[:3], "--"] for row in rows[1:])]
    text = text_of(guess(written(tmp_path / "b.csv", none), NOW))
    assert 'resolved = "办结时间"' in text
    assert 'mode = "live"' in text, "nothing is settled yet"


def test_the_usual_headings_are_of_fields_there_are_and_those_of_the_profiles_among_them() -> None:
    headings = load_headings()
    assert set(headings.fields) <= set(FIELDS)
    asleep = {"service", "answers"}  # of a register: guessed, they would refuse a file without it
    assert all(headings.fields[field] for field in set(FIELDS) - asleep)
    for profile in list_profiles():
        for named in profile.columns.values():
            assert all(headings.known(name) for name in named[-1]), profile.name

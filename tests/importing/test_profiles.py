"""Profiles are data that never guess; every complaint names the file and the key."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from pathlib import Path

import pytest

from sixping.errors import BadData, NotFound
from sixping.importing.profiles import (
    LATER,
    Mode,
    Numbering,
    Split,
    list_profiles,
    load_profile,
    mended,
    parse_profile,
)
from sixping.importing.times import compile_texts, compile_times
from sixping.policy.editions import load_policy
from sixping.policy.vocabulary import Severity
from sixping.util.clock import SHANGHAI, to_text

BASE = """
name = "demo"
title = "演示"
mode = "history"
[columns]
text = "内容"
received = ["收到时间", "时间"]
[defaults]
channel = "微信公众号"
"""


def with_lines(before: str = "", columns: str = "", after: str = "") -> str:
    return before + BASE.replace("[defaults]", f"{columns}\n[defaults]") + after


def test_a_small_profile_is_enough() -> None:
    profile = parse_profile(BASE, "demo.toml")
    assert (profile.name, profile.mode) == ("demo", Mode.HISTORY)
    assert profile.columns == {"text": (("内容",),), "received": (("收到时间", "时间"),)}
    assert profile.required == ("text", "received")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_lines('colour = "red"\n'), "colour"),
        (with_lines('format = "pdf"\n'), "format"),
        (with_lines('delimiter = "||"\n'), "delimiter"),
        (with_lines('optional = ["text"]\n'), "optional"),
        (BASE.replace("history", "past"), "mode"),
        (BASE.replace('name = "demo"', ""), "name"),
        (BASE.replace('text = "内容"', ""), "columns.text"),
        (BASE.replace("received", "recieved"), "columns.recieved"),
        (BASE.replace('"收到时间", ', '"", '), "columns.received"),
        (BASE.replace('"内容"', '{ join = "内容" }'), "columns.text"),
        (BASE.replace('"内容"', "{ join = [] }"), "columns.text"),
        (BASE.replace('"内容"', "7"), "columns.text"),
        (with_lines(columns='severity = "等级"'), "values.severity"),
        (with_lines(columns='status = "状态"'), "values.status"),
        (with_lines(after='severity = "严重"\n'), "defaults.severity"),
        (with_lines(after='phone = "13800000000"\n'), "defaults.phone"),
        (with_lines(after='community = ""\n'), "defaults.community"),
        (BASE.replace('channel = "微信公众号"', ""), "defaults.channel"),
        (with_lines(after='[times]\nreceived = ["%d.%b"]\n'), "times.received"),
        (with_lines(after='[times]\nreceived = ["dayfirst"]\n'), "times.received"),
        (with_lines(after='[times]\nresolved = ["iso"]\n'), "times.resolved"),
        (with_lines(after='[times]\noffset = "CST"\n'), "times.offset"),
        (with_lines(after='[values.text]\n"a" = "b"\n'), "values.text"),
        (with_lines(after='[values.severity]\n"1" = "一般"\n'), "values.severity"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(text: str, said: str) -> None:
    with pytest.raises(BadData) as caught:
        parse_profile(text, "mine.toml")
    assert caught.value.what.startswith("mine.toml")
    assert said in caught.value.what


@pytest.mark.parametrize(
    ("text", "usable"),
    [
        (with_lines(after='[times]\nrecieved = ["iso"]\n'), ("hour", "offset", "received")),
        (with_lines(after='[value.status]\n"a" = "b"\n'), ("values", "times", "leave_out")),
    ],
)
def test_a_wrong_key_is_told_with_every_key_there_might_be(
    text: str, usable: tuple[str, ...]
) -> None:
    with pytest.raises(BadData) as caught:
        parse_profile(text, "mine.toml")
    assert "不是可用的键" in caught.value.what
    listed = caught.value.what.partition("可用: ")[2].rstrip(")").split("、")
    assert {*usable} <= {*listed}
    assert "recieved" not in listed


def test_how_a_time_is_written_that_has_no_column_is_told_as_such() -> None:
    with pytest.raises(BadData, match=r"times\.resolved 没有对应的列: 请先在 columns"):
        parse_profile(with_lines(after='[times]\nresolved = ["iso"]\n'), "mine.toml")


def test_levels_mean_what_the_profile_says_and_nothing_else() -> None:
    text = with_lines(
        columns='severity = "等级"', after='[values.severity]\n1 = "重大"\n"无" = ""\n'
    )
    assert parse_profile(text, "x").values["severity"] == {"1": Severity.MAJOR, "无": None}
    with pytest.raises(BadData, match=r"values\.severity\.1"):
        parse_profile(text.replace("重大", "严重"), "x")


@pytest.mark.parametrize("column", ["resolved", "outcome", "unit", "satisfaction", *LATER])
def test_new_reports_may_bring_how_far_they_are_at_their_source(column: str) -> None:
    text = with_lines(columns=f'{column} = "x"').replace("history", "live")
    assert parse_profile(text, "x").columns[column] == (("x",),)


def test_new_reports_may_lack_a_time_and_records_of_the_past_may_not() -> None:
    text = BASE.replace('received = ["收到时间", "时间"]', "")
    assert "received" not in parse_profile(text.replace("history", "live"), "x").columns
    with pytest.raises(BadData, match=r"columns\.received"):
        parse_profile(text, "x")


def test_every_source_the_notice_names_has_a_profile_with_a_channel_of_the_policy() -> None:
    shipped = {profile.title: profile for profile in list_profiles()}
    channels = {channel.name for edition in load_policy().editions for channel in edition.channels}
    named = {
        "省平安信息系统", "掌上基层APP", "微信公众号", "投诉举报电话", "浙江政务服务网",
        "政务咨询投诉举报平台", "110联动平台", "基础网格",
    }  # fmt: skip
    assert named <= shipped.keys()
    assert all(shipped[name].mode is Mode.LIVE for name in named)
    assert {profile.defaults["channel"] for profile in shipped.values()} <= channels


def test_no_shipped_profile_guesses_levels_and_unproved_ones_say_so() -> None:
    for profile in list_profiles():
        assert "severity" not in {*profile.columns, *profile.defaults}
        if profile.name not in {"messages", "moban"}:  # proved by a real file, made by us
            assert "尚未与真实导出核对" in Path(profile.source).read_text(encoding="utf-8")


def test_a_profile_is_found_by_name_title_or_path(tmp_path: Path) -> None:
    assert load_profile("weixin") == load_profile("微信公众号")
    path = tmp_path / "mine.toml"
    path.write_text(BASE, encoding="utf-8")
    assert load_profile(str(path)).name == "demo"
    with pytest.raises(NotFound) as caught:
        load_profile("weixn")
    assert "weixin" in caught.value.hint


AT = datetime(2026, 10, 8, 9, 5, 4, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("text", "formats", "expected", "day_only"),
    [
        ("2026-10-08 09:05:04", (), AT, False),
        ("2026-10-08T09:05:04+08:00", (), AT, False),
        ("2026-10-08T01:05:04Z", (), AT, False),
        ("2026-10-08 09:05:04.987", (), AT, False),
        ("2026-10-08 09:05", (), AT.replace(second=0), False),
        ("2026-10-08", (), AT.replace(hour=0, minute=0, second=0), True),
        ("2026/10/8 9:05:04", ("%Y/%m/%d %H:%M:%S",), AT, False),
        ("2026/10/8  9:05:04", ("%Y/%m/%d %H:%M:%S",), AT, False),
        ("2026/10/8", ("%Y/%m/%d",), AT.replace(hour=0, minute=0, second=0), True),
        ("8.10.2026 9:05", ("%d.%m.%Y %H:%M",), AT.replace(second=0), False),
        ("2026年10月8日", ("%Y年%m月%d日",), AT.replace(hour=0, minute=0, second=0), True),
        ("46303.378518518519", ("excel",), AT, False),
        ("46303", ("excel",), AT.replace(hour=0, minute=0, second=0), True),
        (str(int(AT.timestamp())), ("unix",), AT, False),
        (str(int(AT.timestamp()) * 1000 + 7), ("unix-ms",), AT, False),
        ("2026-10-08 09:05:04", ("unix",), AT, False),
    ],
)
def test_times_are_read_in_the_formats_named_and_iso(
    text: str, formats: tuple[str, ...], expected: datetime, *, day_only: bool
) -> None:
    moment, only = compile_times(formats)(text)
    assert (moment, only) == (expected, day_only)
    assert moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    "text", ["10.8", "8/10/2026", "20261008", "1538492521", "昨天", "2026-13-01"]
)
def test_what_no_format_names_is_never_guessed(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the interpreter's
        compile_times(("%Y/%m/%d %H:%M",))(text)


def test_times_of_another_zone_become_shanghai_time() -> None:
    read = compile_times(("%Y/%m/%d %H:%M:%S",), timezone(timedelta(hours=-5)))
    for text in ("2026/10/07 20:05:04", "2026-10-07 20:05:04"):
        assert read(text)[0] == AT
        assert read(text)[0].isoformat() == "2026-10-08T09:05:04+08:00"


@pytest.mark.parametrize("zone", [SHANGHAI, timezone(timedelta(hours=-5))])
@pytest.mark.parametrize(
    "formats",
    [("%Y/%m/%d %H:%M:%S", "%Y/%m/%d"), ("%d.%m.%Y %H:%M:%S",), ("%Y/%m/%d %M:%H:%S",), ("unix",)],
)
def test_texts_are_those_of_the_moments_also_on_a_day_seen_before(
    formats: tuple[str, ...], zone: timezone
) -> None:
    days = ("2026/10/8", "2026-10-08", "8.10.2026", "2026/13/1", "")
    clocks = (
        "9:05:04", "09:05:04", "23:59:59", "24:00:00", "9:5:4", "9:05", "09:60:00", "99:99:99",
        "00:30:00+09:00", "", "x9:05:04", "-9:05:04", "٩:٠٥:٠٤",
    )  # fmt: skip
    moments, texts = compile_times(formats, zone), compile_texts(formats, zone)
    for day in days:
        for clock in (*clocks, *clocks):
            written = f"{day} {clock}".strip()
            try:
                moment, day_only = moments(written)
            except ValueError:
                with pytest.raises(ValueError):  # noqa: PT011
                    texts(written)
            else:
                assert texts(written) == (to_text(moment), day_only), written


def test_the_new_keys_are_read_by_name() -> None:
    profile = parse_profile(
        with_lines(
            'numbering = "按月"\nsheet = "全部"\noptional = ["source_no", "community"]\n',
            'source_no = "编号"\n'
            'closed = ["归档", { date = "归档日期", clock = ["钟点", "时刻"] }]\n',
            '[times]\nhour = "09:00"\nclosed = ["%y/%m/%d %p%I:%M"]\n'
            '[leave_out]\n"状态" = ["作废"]\n',
        ),
        "x",
    )
    assert (profile.numbering, profile.sheet) == (Numbering.MONTHLY, "全部")
    assert profile.columns["closed"] == (("归档",),)
    assert profile.split == {"closed": (Split(("归档日期",), ("钟点", "时刻")),)}
    assert (profile.hour, profile.leave_out) == (time(9), {"状态": ("作废",)})
    assert profile.required == ("text", "received"), "the number is optional here"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (with_lines('numbering = "按月"\n'), "numbering 没有对应的列"),
        (with_lines('numbering = "逐日"\n'), "numbering 应为以下之一: 唯一、按月、按年、多行"),
        (with_lines('optional = ["received"]\n'), "optional 不能列出 received"),
        (with_lines('optional = ["colour"]\n'), "optional 有不认识的字段 colour"),
        (with_lines(after='[times]\nhour = "9点多"\n'), "times.hour 应写成 09:00"),
        (with_lines(after='[leave_out]\n"状态" = "作废"\n'), "leave_out.状态"),
        (
            BASE.replace('["收到时间", "时间"]', '{ date = "日期" }'),
            "{ date = 列名, clock = 列名 }",
        ),
        (BASE.replace('"内容"', '{ date = "日期", clock = "时间" }'), "columns.text"),
    ],
)
def test_a_new_key_that_is_wrong_is_named_with_advice_for_profiles(text: str, said: str) -> None:
    with pytest.raises(BadData) as caught:
        parse_profile(text, "demo.toml")
    assert "demo.toml: " in caught.value.what
    assert said in caught.value.what
    assert caught.value.hint == "请改正这个方案文件后重试。"


def test_advice_to_copy_a_profile_names_a_file_that_can_be_copied(tmp_path: Path) -> None:
    path = mended(load_profile("dianhua")).split()[1]
    assert Path(path).is_absolute()
    copied = tmp_path / "own.toml"
    copied.write_bytes(Path(path).read_bytes())
    assert mended(load_profile(str(copied))) == f"改好 {copied.resolve()} 再试"

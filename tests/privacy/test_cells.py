"""What an error, a progress line or a draft repeats of a cell: its shape and place, no person."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from sixping.util.cellmask import number_shown, tells_person, time_shown, word_shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
#: one name, phone, landline, card, address each, which stand in columns of other things
PEOPLE = (
    "王大鹏", "欧阳小明", "13812345678", "0571-87654321", "330106199001011234", "a123@qq.com",
)  # fmt: skip
COLUMNS = {
    "source_no": "编号", "text": "内容", "received": "时间", "community": "社区",
    "unit": "办理单位", "status": "状态", "category": "类别", "channel": "渠道",
    "severity": "等级", "platform": "平台", "satisfaction": "满意度", "anonymous": "匿名",
    "outcome": "结果", "reporter": "姓名", "resolved": "办结", "feedback": "反馈",
}  # fmt: skip
PLAIN = {
    "source_no": "A1", "text": "路灯不亮", "received": "2026-03-02 09:00", "status": "办完",
    "severity": "普通", "channel": "投诉举报电话",
}  # fmt: skip


def _profile(tmp_path: Path) -> Path:
    lines = ['name = "p"', 'title = "p"', 'mode = "history"', "[columns]"]
    lines += [f'{field} = "{name}"' for field, name in COLUMNS.items()]
    lines += ["[values.status]", '"办完" = "已归档"', "[values.severity]", '"普通" = "一般"']
    file = tmp_path / "方案.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def _file(tmp_path: Path, rows: list[dict[str, str]]) -> Path:
    file = tmp_path / "来件.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            [COLUMNS.values(), *[[PLAIN.get(c, "") if c not in row else row[c] for c in COLUMNS]
                                 for row in rows]]
        )  # fmt: skip
    return file


@pytest.fixture
def take(call: Runner, tmp_path: Path) -> Any:
    assert call("init", now=NOW).code == 0

    def run(rows: list[dict[str, str]], *options: str) -> Any:
        argv = ("import", str(_file(tmp_path, rows)), "--profile", str(_profile(tmp_path)))
        return call(*argv, *options, now=NOW)

    return run


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    "field",
    ["received", "resolved", "community", "unit", "status", "category", "channel", "severity",
     "platform", "satisfaction", "anonymous"],
)  # fmt: skip
def test_who_stands_in_the_wrong_column_is_in_no_error(take: Any, field: str, many: bool) -> None:
    for person in PEOPLE:
        rows = [{"source_no": f"A{n}", field: person} for n in range(1 + many)]
        done = take(rows, "-n")
        assert done.code == 65
        assert person not in done.err + done.out, field
        assert "第 2 行" in done.err
        assert COLUMNS[field] in done.err


def test_a_column_of_names_where_times_should_be_is_said_to_be_mixed_up(take: Any) -> None:
    done = take([{"received": "王大鹏"}])
    assert "整列都这样的, 请核对方案的 [columns] 中 received 是哪一列" in done.err


def test_a_sentence_in_the_column_of_a_state_is_counted_and_the_caller_hidden(take: Any) -> None:
    said = "王大鹏反映路灯不亮, 已经等了三个月, 请尽快处理"
    done = take(
        [{"status": said}, {"source_no": "A2", "status": "回复阿依古丽", "reporter": "阿依古丽"}]
    )
    assert f"({len(said)} 个字)" in done.err
    assert "王大鹏" not in done.err
    assert "回复阿*" in done.err


def test_a_telephone_where_the_number_should_be_is_hidden_where_rows_differ(take: Any) -> None:
    for number in ("13812345678", "330106199001011234", "王大鹏"):
        done = take([{"source_no": number}, {"source_no": number, "text": "井盖"}], "-n")
        assert done.code == 65
        assert number not in done.err
        assert "第 2 行已有, 第 3 行的内容与之不同" in done.err


def test_what_differs_from_the_ledger_names_nobody(take: Any) -> None:
    ended = {"reporter": "王大鹏", "resolved": "2026-03-03 09:00", "received": "2026-03-02 09:00"}
    assert take([ended | {"outcome": "已告知王大鹏 13812345678"}]).code == 0
    done = take([ended | {"outcome": "王大鹏撤诉, 13912345678"}], "--update")
    assert "办理结果不一致" in done.err
    for secret in ("王大鹏", "13812345678", "13912345678"):
        assert secret not in done.err


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize("field", ["community", "channel", "severity", "category", "received"])
def test_a_line_that_cannot_be_taken_names_nobody(call: Runner, field: str) -> None:
    lines = [json.dumps({"text": "路灯不亮", field: person}) for person in PEOPLE]
    lines += [json.dumps({"text": "路灯不亮", person: "1"}) for person in PEOPLE]
    done = call("intake", "--jsonl", stdin="\n".join(lines), now=NOW)
    assert done.code == 65
    for person in PEOPLE:
        assert person not in done.out + done.err
    assert [json.loads(line)["line"] for line in done.out.splitlines()] == [*range(1, 13)]


def test_a_draft_holds_nobody_whatever_its_columns_are_taken_for(
    call: Runner, tmp_path: Path
) -> None:
    names = ["工单编号", "反映内容", "来电时间", "处理状态", "承办单位", "所属社区", "联系人"]
    states = ["已办结", "待处理", *PEOPLE, "回复赵敏敏", "钱三强来电"]
    rows = [
        [f"G{n}", f"路灯不亮第{n}盏", f"2026-03-{n:02} 09:00", states[n % len(states)],
         ("王大鹏", "另一中队")[n % 2], ("李四光", "江一社区")[n % 2], "赵敏敏"]
        for n in range(1, 29)
    ]  # fmt: skip
    file, draft = tmp_path / "导出.csv", tmp_path / "草案.toml"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([names, *rows])
    done = call("import", str(file), "--guess", "-o", str(draft), now=NOW)
    told = call("import", str(file), "--guess", "--json", now=NOW)
    assert (done.code, told.code) == (0, 0), done.err + told.err
    text = draft.read_text(encoding="utf-8")
    for secret in (*PEOPLE, "赵敏敏", "钱三强", "李四光"):
        assert secret not in text + done.out + done.err + told.out + told.err, secret
    assert '"待处理" = ""' in text
    assert '"另一中队" = ""' in text
    assert "另有 8 个词像人名、号码或整句话, 没有列出" in text
    assert json.loads(told.out)["hidden_words"]["status"] == 8


def test_a_file_without_a_header_leaves_nobody_in_its_draft(call: Runner, tmp_path: Path) -> None:
    file, draft = tmp_path / "无表头.csv", tmp_path / "草案.toml"
    file.write_text("王大鹏,王大鹏来电,已办结\n李四光,井盖缺失两天了,待处理\n", encoding="utf-8")
    done = call("import", str(file), "--guess", "-o", str(draft), now=NOW)
    text = draft.read_text(encoding="utf-8") if draft.exists() else ""
    for secret in ("王大鹏", "李四光"):
        assert secret not in text + done.out + done.err


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("2026-13-01 10:00", "2026-13-01 10:00"), ("10月8日约3点", "10月8日*3点"),
        ("昨天下午", "(4 个字, 没有数字)"), ("王大鹏", "(3 个字, 没有数字)"),
        ("2026年3月2日 下午3点", "2026年3月2日 下午3点"), ("Oct 8 2026", "Oct 8 2026"),
        ("13812345678", "138****5678"), ("王大鹏 1/2", "*** 1/2"), ("1" * 41, "(41 个字)"),
    ],
)  # fmt: skip
def test_of_a_time_the_digits_and_signs_are_shown(raw: str, shown: str) -> None:
    assert time_shown(raw) == shown


@pytest.mark.parametrize(
    "word",
    ["已办结", "关闭", "待处理", "路灯", "施工噪音", "城管", "江九社区", "高", "黄色预警", "平件",
     "In Progress", "市民", "王先生", "李主任", "应急", "项目", "占道经营", "某某公司", "G20"],
)  # fmt: skip
def test_ordinary_words_are_shown_as_they_are(word: str) -> None:
    assert word_shown(word) == word
    assert not tells_person(word)


@pytest.mark.parametrize(
    ("word", "shown"),
    [("王大鹏", "王*"), ("欧阳小明", "欧阳*"), ("阿不都·热合曼", "阿*"),
     ("王大鹏/李四光", "王*/李*"),
     ("Zhang San", "Zhang *"), ("王大鹏主任", "王*主任"), ("市民王大鹏投诉", "市民王*投诉"),
     ("反映人:王大鹏", "反映人:王*")],
)  # fmt: skip
def test_names_are_hidden_in_words(word: str, shown: str) -> None:
    assert word_shown(word) == shown
    assert word_shown(shown) == shown


def test_a_number_at_its_source_is_shown_as_it_is() -> None:
    for number in ("A1", "20260312000123", "12345678", "330108202603120001", "057187654321"):
        assert number_shown(number) == number

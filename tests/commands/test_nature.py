"""What a report wants of the office (性质): stated, suggested, put right, counted, handed out."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sixping.services.upkeep import books
from sixping.store.verify import verify
from sixping.util import datafiles
from tests.kit.ledgerkit import rows, stamp

if TYPE_CHECKING:
    from tests.conftest import Runner

NOW, LATER = "2026-11-23T09:00:00+08:00", "2026-11-23T10:00:00+08:00"
NATURES = ["咨询", "求助", "投诉", "建议", "举报", "感谢"]
PROFILE = """
name = "own"
title = "演示来源"
mode = "live"
[columns]
source_no = "编号"
text = "内容"
received = "时间"
nature = "诉求性质"
[values.nature]
"意见" = "建议"
"其他" = ""
[defaults]
channel = "投诉举报电话"
"""

pytestmark = pytest.mark.usefixtures("ledger")


def taken(call: Runner, text: str, *more: str, **how: Any) -> dict[str, Any]:
    case: dict[str, Any] = call("intake", text, "--json", *more, now=NOW, **how).json()
    return case


def show(call: Runner, number: str = "1") -> dict[str, Any]:
    case: dict[str, Any] = call("show", number, "--json", now=LATER).json()
    return case


def amend(call: Runner, value: str, **how: Any) -> Any:
    argv = ("amend", "1", "--nature", value, "--reason", "核实", "--json")
    return call(*argv, now=LATER, **how)


def by_nature(call: Runner, *more: str) -> dict[str | None, tuple[int, int]]:
    report = call("report", "--month", "2026-11", "--json", *more, now=LATER).json()
    return {row["name"]: (row["received"], row["open"]) for row in report["by_nature"]}


def sound(ledger: Path) -> None:
    assert verify(ledger)["findings"] == []
    assert books.rebuild(ledger, stamp(), check=True) == []


@pytest.mark.parametrize("nature", NATURES)
def test_each_nature_of_the_list_is_stated_at_intake_and_shown(
    call: Runner, ledger: Path, nature: str
) -> None:
    case = taken(call, "路灯不亮", "--nature", nature)
    assert case["nature"] == show(call)["nature"] == nature
    assert f"性质      {nature}\n" in call("show", "1", now=NOW).out
    sound(ledger)


def test_a_suggestion_counts_as_unset_wherever_the_nature_is_asked_for(
    call: Runner, ledger: Path
) -> None:
    case = taken(call, "投诉江南大道夜间施工")
    assert (case["nature"], case["suggestion"]["nature"]) == (None, "投诉")
    said = [reason for reason in case["reasons"] if reason["what"] == "性质"]
    assert [reason["matched"] for reason in said] == ["投诉"]
    assert "性质      未定, 建议 投诉\n" in call("show", "1", now=NOW).out
    assert call("list", "--nature", "投诉", "--json", now=NOW).json() == []
    assert by_nature(call) == {None: (1, 1)}
    assert rows(ledger, "SELECT nature FROM cases") == [(None,)]
    (facts,) = rows(ledger, "SELECT facts FROM events WHERE kind = 'reported'")[0]
    assert "nature" not in json.loads(str(facts))


def test_what_somebody_stated_stands_and_the_suggestion_beside_it(call: Runner) -> None:
    case = taken(call, "投诉江南大道夜间施工", "--nature", "举报")
    assert (case["nature"], case["suggestion"]["nature"]) == ("举报", "投诉")
    assert by_nature(call) == {"举报": (1, 1)}


def test_a_short_form_is_taken_and_another_name_is_refused_with_those_there_are(
    call: Runner, ledger: Path
) -> None:
    assert taken(call, "路灯不亮", "--nature", "咨")["nature"] == "咨询"
    for argv in (
        ("intake", "路灯不亮", "--nature", "投诉类"),
        ("amend", "1", "--nature", "投诉类", "--reason", "核实"),
        ("list", "--nature", "投诉类"),
        ("export", "--nature", "投诉类"),
    ):
        refused = call(*argv, now=NOW)
        assert refused.code == 2, argv
        assert "没有这个性质: 投诉类" in refused.err
        assert "是否指: 投诉?" in refused.err
    assert len(rows(ledger, "SELECT 1 FROM cases")) == 1


def test_lines_state_it_and_another_name_is_the_fault_of_its_line_alone(call: Runner) -> None:
    lines = [{"text": "路灯不亮", "nature": n} for n in ("建议", "抱怨")] + [{"text": "路灯不亮"}]
    sent = "\n".join(json.dumps(line) for line in lines).encode()
    done = call("intake", "--jsonl", now=NOW, stdin=sent)
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 65
    assert [answer.get("nature", answer.get("error")) for answer in answers] == [
        "建议", "没有这个性质: 抱怨", None,
    ]  # fmt: skip


def test_the_same_request_of_another_nature_is_another_content(call: Runner) -> None:
    said = ("路灯不亮", "--request-id", "一")
    number = taken(call, *said, "--nature", "咨询")["number"]
    assert taken(call, *said, "--nature", "咨询")["number"] == number
    assert call("intake", *said, "--nature", "投诉", now=NOW).code == 65


def test_it_is_amended_and_taken_away_and_the_log_keeps_what_was(
    call: Runner, ledger: Path
) -> None:
    taken(call, "路灯不亮", "--nature", "咨询")
    made = amend(call, "投诉")
    assert (made.json()["nature"], "性质: 咨询 → 投诉" in made.err) == ("投诉", True)
    assert amend(call, "投诉").code == 1, "nothing changes"
    assert amend(call, "").json()["nature"] is None
    steps = [event for event in show(call)["events"] if event["kind"] == "amended"]
    assert [(step.get("nature"), step["before"]) for step in steps] == [
        ("投诉", {"nature": "咨询"}), (None, {"nature": "投诉"}),
    ]  # fmt: skip
    sheet = call("show", "1", now=LATER).out
    assert "性质 咨询 → 投诉; 核实" in sheet
    assert "清除性质 (原 投诉); 核实" in sheet
    sound(ledger)


def test_a_void_or_an_undo_of_the_amendment_gives_back_what_stood_before(
    call: Runner, ledger: Path
) -> None:
    taken(call, "路灯不亮", "--nature", "咨询", env={"SIXPING_BY": "演示甲"})
    amend(call, "投诉", env={"SIXPING_BY": "演示甲"})
    assert call("undo", "1", "--by", "演示甲", now=LATER).code == 0
    assert show(call)["nature"] == "咨询"
    amend(call, "")
    last = str(show(call)["events"][-1]["seq"])
    assert show(call)["nature"] is None
    assert call("void", "1", last, "--reason", "看错了", now=LATER).code == 0
    assert show(call)["nature"] == "咨询"
    sound(ledger)


def test_a_report_of_an_earlier_state_counts_the_nature_known_then(call: Runner) -> None:
    taken(call, "路灯不亮", "--nature", "咨询")
    amend(call, "投诉")
    assert by_nature(call) == {"投诉": (1, 1)}
    assert by_nature(call, "--as-of", "2026-11-23T09:30:00+08:00") == {"咨询": (1, 1)}


def test_the_report_counts_by_nature_and_what_is_unset_under_no_name(call: Runner) -> None:
    for nature in ("咨询", "咨询", "感谢"):
        taken(call, "路灯不亮", "--nature", nature)
    taken(call, "建议加装路灯")
    assert by_nature(call) == {"咨询": (2, 2), "感谢": (1, 1), None: (1, 1)}
    listed = call("report", "--month", "2026-11", "--json", now=LATER).json()["cases"]
    assert sorted(str(case["nature"]) for case in listed) == ["None", "咨询", "咨询", "感谢"]


def test_each_count_by_nature_opens_to_its_cases_and_that_of_the_unset_too(call: Runner) -> None:
    for nature in ("咨询", "", "咨询"):
        taken(call, "路灯不亮", "--nature", nature)
    for name, numbers in (("咨询", ["2026-000001", "2026-000003"]), ("(未填)", ["2026-000002"])):
        for figure in ("接收", "期末在办"):
            drill = ("--drill", f"性质.{name}.{figure}", "--json")
            behind = call("report", "--month", "2026-11", *drill, now=LATER).json()
            assert [row["number"] for row in behind] == numbers, (name, figure)


def test_the_paper_has_a_table_of_natures_once_somebody_stated_one(call: Runner) -> None:
    taken(call, "建议加装路灯")  # a suggestion alone is nothing to count
    paper = ("report", "--month", "2026-11", "--format", "md")
    assert "性质" not in call(*paper, now=LATER).out
    for nature in ("咨询", "咨询", "感谢"):
        taken(call, "路灯不亮", "--nature", nature)
    made = call(*paper, now=LATER).out
    for row in ("咨询 | 2 | 50.00%", "感谢 | 1 | 25.00%", "(未填) | 1 | 25.00%", "合计 | 4"):
        assert f"\n| {row} |" in made[made.index("按性质") :], row


def test_what_came_in_counts_under_the_nature_of_today_and_a_past_stock_as_it_stood(
    call: Runner,
) -> None:
    said = ("路灯不亮", "--nature", "咨询", "--severity", "一般")
    assert call("intake", *said, now="2026-10-20T09:00:00+08:00").code == 0
    amend(call, "投诉")
    argv = ("report", "--month", "2026-10", "--json")
    report = call(*argv, now=LATER).json()
    counts = {row["name"]: row for row in report["by_nature"]}
    assert {name: (row["received"], row["open"]) for name, row in counts.items()} == {
        "投诉": (1, 0), "咨询": (0, 1),
    }  # fmt: skip
    (case,) = report["cases"]
    assert (case["nature"], case["at_end"]["nature"]) == ("投诉", "咨询")
    for name, figure in (("投诉", "接收"), ("咨询", "期末在办")):
        assert len(call(*argv, "--drill", f"性质.{name}.{figure}", now=LATER).json()) == 1
    assert call(*argv, "--drill", "性质.投诉.期末在办", now=LATER).json() == []


def test_lists_and_exports_keep_to_a_nature_and_give_its_column(call: Runner) -> None:
    taken(call, "路灯不亮", "--nature", "咨询")
    taken(call, "窨井盖缺失", "--nature", "举报")
    listed = call("list", "--nature", "举报", "--json", now=NOW).json()
    assert [(case["number"], case["nature"]) for case in listed] == [("2026-000002", "举报")]
    given = call("export", "--nature", "咨询", "--columns", "编号,性质", now=NOW).out
    assert given.splitlines() == ["number\tnature", "2026-000001\t咨询"]
    words = call("log", "--limit", "1", "--json", now=NOW).json()[0]
    assert "性质 咨询" in str(words)


def test_triage_tells_the_suggestion_and_its_reason(call: Runner) -> None:
    told = call("triage", "请问居住证怎么办", "--json").json()
    assert told["nature"] == "咨询"
    assert [r["matched"] for r in told["reasons"] if r["what"] == "性质"] == ["请问"]
    lines = call(
        "triage", "--jsonl", stdin='{"text": "建议加装路灯"}\n{"text": "路灯不亮"}'.encode()
    )
    assert [json.loads(line)["nature"] for line in lines.out.splitlines()] == ["建议", None]
    assert call("triage", "请问居住证怎么办").out.splitlines()[0].split("\t")[-1] == "nature"


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("请问居住证怎么办", "咨询"),
        ("孩子走失, 求助", "求助"),
        ("夜间施工噪音扰民", "投诉"),
        ("建议加装路灯", "建议"),
        ("举报无证推拿店", "举报"),
        ("给网格员送锦旗", "感谢"),
        ("路灯不亮", None),
        ("请教育局处理无证幼儿园", None),  # 请教 it is not
        ("打了投诉电话没有人管, 我要举报", "举报"),
        ("投诉过三次了", None),
        ("建议查处, 我要投诉", "建议"),  # the first word decides
        (f"{'路灯不亮' * 10}我要投诉", None),  # further down it mostly tells of something else
    ],
)
def test_words_at_the_beginning_suggest_it(call: Runner, text: str, nature: str | None) -> None:
    assert call("triage", text, "--json").json()["nature"] == nature


@pytest.mark.parametrize("suggested", ["投诉", None])
def test_a_column_of_a_file_states_it_and_other_words_are_explained_in_the_profile(
    call: Runner, ledger: Path, tmp_path: Path, suggested: str | None
) -> None:
    (tmp_path / "own.toml").write_text(PROFILE, encoding="utf-8")
    table = "编号,内容,时间,诉求性质\n"
    words = ("咨询", "意见", "其他", "")
    for at, word in enumerate(words):
        table += f"A{at},投诉路灯不亮,2026-11-20 08:0{at},{word}\n"
    own = [str(tmp_path / "own.csv"), "--profile", str(tmp_path / "own.toml")]
    own += [] if suggested else ["--no-triage"]
    (tmp_path / "own.csv").write_text(table, encoding="utf-8")
    assert call("import", *own, now=NOW).code == 0
    assert rows(ledger, "SELECT nature FROM cases ORDER BY number") == [
        ("咨询",), ("建议",), (None,), (None,),
    ]  # fmt: skip
    assert show(call, "4")["suggestion"]["nature"] == suggested
    sound(ledger)
    (tmp_path / "own.csv").write_text(f"{table}A9,路灯不亮,2026-11-20 09:00,吐槽\n", "utf-8")
    refused = call("import", *own, now=NOW)
    assert refused.code == 65
    assert "没有这个性质: 吐槽" in refused.err.replace("\n", "")
    (tmp_path / "own.csv").write_text(table.replace("咨询", "举报"), encoding="utf-8")
    again = call("import", *own, now=NOW)
    assert again.code == 0, "it is the same report"
    assert show(call, "1")["nature"] == "咨询", "amend puts it right"


def test_a_draft_of_a_profile_knows_the_column(call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "来信.csv"
    text = "编号,内容,时间,性质\n"
    text += "".join(
        f"A{n},路灯不亮{n},2026-11-20 08:0{n},{w}\n" for n, w in enumerate(("咨询", "投诉"))
    )
    file.write_text(text, encoding="utf-8")
    told = call("import", str(file), "--guess", now=NOW)
    assert told.code == 0, told.err
    assert 'nature = "性质"' in told.out


@pytest.fixture
def listless(call: Runner, ledger: Path, tmp_path: Path) -> None:
    """Rules of before, which list no natures."""
    old = tmp_path / "rules"
    shutil.copytree(datafiles.shipped(), old)
    rules = (old / "taxonomy.toml").read_text(encoding="utf-8")
    start, end = rules.index("[[nature]]"), rules.index("# ---- 综合治理")
    (old / "taxonomy.toml").write_text(rules[:start] + rules[end:], encoding="utf-8")
    own = {"SIXPING_LEDGER": str(ledger)}
    assert call("policy", "adopt", str(old), now=NOW, env=own).code == 0


@pytest.mark.usefixtures("listless")
def test_rules_without_the_list_name_the_way_to_have_one(call: Runner) -> None:
    case = taken(call, "投诉路灯不亮")
    assert (case["nature"], case["suggestion"]["nature"]) == (None, None)
    refused = call("intake", "路灯不亮", "--nature", "投诉", now=NOW)
    assert (refused.code, "sixping policy adopt" in refused.err) == (2, True)


@pytest.mark.usefixtures("listless")
def test_a_call_shows_no_nature_where_the_rules_list_none(call: Runner, ledger: Path) -> None:
    pytest.importorskip("pty")
    from tests.kit.ptykit import ENTER, Terminal

    desk = Terminal(ledger, NOW, "intake", "--community", "江一社区", "--anonymous")
    desk.answer(">", "投诉路灯不亮" + ENTER)
    for question in ("[不清楚]:", "[无]:", "电话]:", "建议]:", "建议]:"):
        desk.answer(question)
    desk.until("留草稿):")
    desk.answer(">", "性质")
    desk.until("没有这一项: 性质。")
    desk.answer(">")
    assert desk.end() == 0, desk.seen
    assert "  性质  " not in desk.seen
    assert show(call)["nature"] is None


def test_erasing_takes_the_word_that_suggested_it_and_leaves_what_was_stated(
    call: Runner, ledger: Path
) -> None:
    taken(call, "投诉路灯不亮", "--nature", "举报")
    assert call("decline", "1", "--reason", "不属于本街道", now=NOW).code == 0
    assert call("erase", "1", "--basis", "本人书面申请", "--yes", now=LATER).code == 0
    case = show(call)
    assert (case["nature"], case["suggestion"]["nature"], case["reasons"]) == ("举报", None, [])
    sound(ledger)


def test_a_ledger_of_the_first_format_is_brought_up_to_date_and_has_none(
    call: Runner, tmp_path: Path
) -> None:
    from tests.ledgers.test_ledgers import KEPT

    path = Path(shutil.copy(KEPT[0], tmp_path / "old.sqlite3"))
    own = {"SIXPING_LEDGER": str(path)}
    assert call("verify", now=LATER, env=own).code == 0
    argv = ("amend", "19", "--nature", "投诉", "--reason", "核实")
    refused = call(*argv, now=LATER, env=own)
    assert (refused.code, "policy adopt" in refused.err) == (2, True), "its rules have no list"
    assert call("policy", "adopt", now=LATER, env=own).code == 0
    assert call(*argv, now=LATER, env=own).code == 0
    assert rows(path, "SELECT nature FROM cases WHERE number = '2026-000019'") == [("投诉",)]
    assert rows(path, "SELECT count(nature) FROM cases") == [(1,)]
    assert call("verify", now=LATER, env=own).code == 0

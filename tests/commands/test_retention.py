"""``retention``: words are kept by the table of terms, from archiving; unset erases nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sixping.cases.intake import ReportInput
from sixping.errors import BadData
from sixping.policy.editions import load_policy, parse_policy
from sixping.services.upkeep import books
from sixping.store import sqlite
from sixping.store.requests import by_row
from sixping.store.verify import verify
from sixping.util import datafiles
from tests.conftest import ROOT
from tests.kit import canary
from tests.kit.canary import bytes_found
from tests.kit.ledgerkit import raw, rows, stamp

if TYPE_CHECKING:
    from tests.conftest import Runner

THEN, NOW = "2024-01-15T10:00:00+08:00", "2024-12-16T10:00:00+08:00"
NAME, PHONE = "欧阳丰", "13987650123"
SIGNED = ("--apply", "--approved-by", "分管领导")
PROFILE = """
name = "live"
title = "新报送"
mode = "live"
[columns]
text = "内容"
reporter = "姓名"
phone = "电话"
received = "时间"
[defaults]
channel = "微信公众号"
"""
TABLE = """
[[retention]]
track = "record"
keep = "90天"
categories = ["电梯安全"]
clause = "演示"
note = "读法: 演示"
[[retention]]
track = "record"
keep = "永久"
severities = ["较大"]
clause = "演示"
note = "读法: 演示"
[[retention]]
track = "record"
keep = "10年"
clause = "演示"
note = "读法: 演示"
[[retention]]
track = "contact"
keep = "6个月"
clause = "演示"
note = "读法: 演示"
"""


@pytest.fixture
def kept(call: Runner, tmp_path: Path) -> Path:
    """Make a ledger that has adopted a table of terms."""
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    text = (folder / "policy.toml").read_text(encoding="utf-8")
    (folder / "policy.toml").write_text(
        text.partition("[[retention]]")[0] + TABLE, encoding="utf-8"
    )
    path = tmp_path / ".local" / "share" / "sixping" / "ledger.sqlite3"
    done = call("init", now=THEN, env={"SIXPING_DATA": str(folder)})
    assert done.code == 0, done.err
    return path


def report(call: Runner, text: str, *more: str) -> str:
    given = ("--severity", "一般", "--reporter", NAME, "--phone", PHONE, "--json")
    number: str = call("intake", text, *given, *more, now=THEN).json()["number"]
    return number


def close(call: Runner, number: str, at: str = THEN) -> None:
    for argv in (
        ("accept", number), ("assign", number, "--lead", "城管执法中队"),
        ("resolve", number, "--outcome", f"已处理, {NAME}认可"),
        ("feedback", number, f"已告知{NAME}"), ("close", number),
    ):  # fmt: skip
        done = call(*argv, now=at)
        assert done.code == 0, done.err


def due(call: Runner, now: str = NOW) -> dict[str, str]:
    document = call("retention", "--dry-run", "--json", now=now).json()
    return {item["number"][-1]: item["track"] for item in document["items"]}


def test_the_shipped_table_sets_nothing_so_nothing_is_ever_erased(
    call: Runner, ledger: Path
) -> None:
    number = report(call, "井盖缺失")
    close(call, number)
    assert [(k.track, k.keep) for k in load_policy().retention] == [
        ("contact", None),
        ("record", None),
    ]
    assert due(call, "2099-01-01T09:00:00+08:00") == {}
    before = rows(ledger, "SELECT count(*) FROM events")
    done = call("retention", *SIGNED, now="2099-01-01T09:00:00+08:00")
    assert (done.code, "什么都没有删除" in done.err) == (0, True)
    assert "没有定保管期限 1 件" in done.err
    assert rows(ledger, "SELECT count(*) FROM events") == before


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-04-14", {}),
        ("2024-04-15", {"1": "record"}),
        ("2024-07-15", {"1": "record"}),
        ("2024-07-16", {"1": "record", "2": "contact"}),
        ("2034-01-15", {"1": "record", "2": "contact"}),
        ("2034-01-16", {"1": "record", "2": "record"}),
    ],
)
@pytest.mark.usefixtures("kept")
def test_a_term_runs_to_the_end_of_its_last_day_from_archiving(
    call: Runner, day: str, expected: dict[str, str]
) -> None:
    for text in ("电梯故障", "井盖缺失"):
        close(call, report(call, text))
    assert due(call, f"{day}T09:00:00+08:00") == expected


@pytest.mark.usefixtures("kept")
def test_only_what_was_archived_is_due_and_a_merged_report_goes_with_its_main_case(
    call: Runner,
) -> None:
    closed, open_, declined, repeat = (report(call, "电梯故障") for _ in range(4))
    assert call("decline", declined, "--reason", "重复", "--told", now=THEN).code == 0
    assert call("merge", repeat, "--into", closed, now=THEN).code == 0
    for argv in (
        ("accept", closed), ("assign", closed, "--lead", "市场监管所"),
        ("resolve", closed, "--outcome", "好"), ("feedback", closed, "好", "--all"),
    ):  # fmt: skip
        assert call(*argv, now=THEN).code == 0
    assert due(call) == {declined[-1]: "record"}, "resolved is not archived"
    assert call("close", closed, now="2024-12-10T09:00:00+08:00").code == 0
    assert due(call) == {declined[-1]: "record"}, "archived six days ago"
    later = due(call, "2025-06-01T09:00:00+08:00")
    assert later == dict.fromkeys((closed[-1], declined[-1], repeat[-1]), "record")
    assert open_[-1] not in later


def test_the_run_takes_what_the_dry_run_promised_lists_it_and_a_second_one_nothing(
    call: Runner, kept: Path, tmp_path: Path
) -> None:
    for text in (f"电梯故障, {NAME}说", f"井盖缺失, 请找{NAME} {PHONE}"):
        close(call, report(call, text, "--source-no", text[:2]))
    call("lookup", "--phone", PHONE, "--reason", f"{NAME}来电", now=THEN)
    promised = call("retention", "-n", "--json", now=NOW).json()["items"]
    assert call("retention", "--apply", now=NOW).code == 2
    assert call("retention", "--apply", "--approved-by", "某某", now=NOW).code == 1
    done = call("retention", *SIGNED, "-o", "清单.json", now=NOW)
    assert done.code == 0, done.err
    listed = json.loads((tmp_path / "清单.json").read_text(encoding="utf-8"))
    assert listed["items"] == promised
    assert due(call) == {}
    assert call("retention", *SIGNED, now=NOW).code == 0
    (facts,) = rows(kept, "SELECT facts FROM events WHERE kind = 'erased'")
    said = json.loads(str(facts[0]))
    assert (said["numbers"], said["contacts"]) == (["2024-000001"], ["2024-000002"])
    assert said["approver_role"] == "分管领导"
    assert bytes_found(kept, (NAME, PHONE)) == []
    assert verify(kept)["findings"] == []
    assert books.rebuild(kept, stamp(), check=True) == []


def test_without_its_contact_a_record_is_whole_otherwise(call: Runner, kept: Path) -> None:
    number = report(call, f"井盖缺失, 请找{NAME}", "--source-no", "N1", "--place", "江一路8号")
    close(call, number)
    call("amend", number, "--place", "江一路9号", "--reason", "记错", now=THEN)
    before = call("show", number, "--json", now=NOW).json()
    assert call("retention", *SIGNED, now=NOW).code == 0
    after: dict[str, Any] = call("show", number, "--json", now=NOW).json()
    differing = {key for key in before if before[key] != after[key]}
    assert differing == {"reporter", "phone", "erased", "caller", "events"}
    assert (after["reporter"], after["phone"]) == (None, None)
    assert after["text"] == "井盖缺失, 请找欧阳*"
    assert "依法删除联系信息" in call("show", number, now=NOW).out
    revealed = call("show", number, "--reveal", "--reason", "核对", now=NOW).out
    assert NAME not in revealed
    assert PHONE not in revealed
    again = call("intake", f"井盖缺失, 请找{NAME}", "--source-no", "N1", "--json", now=NOW)
    assert again.json()["number"] == number, "its source is still known"
    assert call("lookup", "--phone", PHONE, "--reason", "x", "--json", now=NOW).json() == []
    assert verify(kept)["findings"] == []
    assert books.rebuild(kept, stamp(), check=True) == []


def said_of(ledger: Path) -> int:
    """Return where the first case was said."""
    ((seq,),) = rows(ledger, "SELECT min(seq) FROM events WHERE stream = 'case'")
    return int(str(seq))


def test_the_contact_goes_from_the_rooms_log_too_and_the_ledgers_log_is_read_after_it(
    call: Runner, kept: Path
) -> None:
    assert call("register", "on", "shifts", now=THEN).code == 0
    number = report(call, "井盖缺失")
    said = ("shift", "note", f"约{NAME}在门口见", "--case", number)
    assert call(*said, now=THEN).code == 0
    close(call, number)
    assert call("retention", *SIGNED, now=NOW).code == 0
    log = call("log", now=NOW)
    assert (log.code, NAME in log.out) == (0, False)
    ((words,),) = rows(
        kept, "SELECT fields FROM told t JOIN events e USING (seq) WHERE e.kind = 'shift_noted'"
    )
    assert NAME not in str(words)
    assert "在门口见" in str(words)
    assert verify(kept)["findings"] == []


def test_a_row_without_a_number_is_not_known_by_its_phone_afterwards(
    call: Runner, kept: Path, tmp_path: Path
) -> None:
    (tmp_path / "p.toml").write_text(PROFILE, encoding="utf-8")
    line = f"井盖缺失,{NAME},{PHONE},2024-01-15 09:00"
    (tmp_path / "f.csv").write_text(f"内容,姓名,电话,时间\n{line}\n", encoding="utf-8")
    assert call("import", "f.csv", "--profile", "p.toml", now=THEN).code == 0
    close(call, "1")
    seq = said_of(kept)
    ((fields,),) = rows(kept, f"SELECT fields FROM told WHERE seq = {seq}")  # noqa: S608
    row = json.loads(str(fields))["row"]
    identity = by_row(["井盖缺失", None, NAME, PHONE, row]).encode()
    assert canary.guessed(kept, "微信公众号", identity)
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert canary.guessed(kept, "微信公众号", identity) == []
    assert verify(kept)["findings"] == []
    assert books.rebuild(kept, stamp(), check=True) == []


def test_what_stayed_is_sealed_anew_and_another_word_in_it_is_seen(
    call: Runner, kept: Path
) -> None:
    close(call, report(call, "井盖缺失"))
    assert call("retention", *SIGNED, now=NOW).code == 0
    seq = said_of(kept)
    change = f"UPDATE told SET fields = replace(fields, '井盖', '路灯') WHERE seq = {seq}"  # noqa: S608
    raw(kept, change)
    found = [finding["what"] for finding in verify(kept)["findings"]]
    assert f"第 {seq} 号记录旁的内容被改动过" in found


def test_without_its_contact_no_hash_confirms_a_phone(call: Runner, kept: Path) -> None:
    for who in (("--reporter", canary.NAME, "--phone", canary.PHONE), ()):
        case = call("intake", canary.TEXT, "--place", canary.PLACE, "--severity", "一般",
                    "--request-id", f"r{len(who)}", "--json", *who, now=THEN).json()  # fmt: skip
        close(call, case["number"])
    content = ReportInput(text=canary.TEXT, place=canary.PLACE, severity="一般",
                          reporter=canary.NAME, phone=canary.PHONE).content()  # fmt: skip
    assert canary.guessed(kept, "投诉举报电话", content), "the digest of what was given"
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert canary.guessed(kept, "投诉举报电话", content) == []
    private = rows(kept, "SELECT subject, fields FROM told JOIN events USING (seq)")
    left = [subject for subject, fields in private if canary.PHONE in str(fields)]
    assert left == ["2024-000002"], "nobody gave a phone there, so none is known in its text"


def test_the_contact_goes_however_it_is_written_and_ordinary_words_stay(
    call: Runner, kept: Path
) -> None:
    text = "江南大道占道, 江 南说, 回电139 8765 0123或一三九八七六五〇一二三, 店里8642-7531"
    given = ("--reporter", "江南", "--phone", "+86-13987650123", "--severity", "一般", "--json")
    case = call("intake", text, *given, "--place", "江南大道1号", now=THEN).json()
    close(call, case["number"])
    assert call("retention", *SIGNED, now=NOW).code == 0
    shown = call("show", case["number"], "--reveal", "--reason", "核对", "--json", now=NOW).json()
    assert shown["text"] == "江南大道占道, 江*说, 回电139****0123或139****0123, 店里8642-7531"
    assert shown["place"] == "江南大道1号"
    assert bytes_found(kept, ("江 南", "8765", "一三九", "13987650123")) == []


def test_what_a_report_is_known_by_stays_whole_or_goes_whole(call: Runner, kept: Path) -> None:
    for who, number in (("r1", "N1"), (f"r-{PHONE}", f"{PHONE}-7")):
        close(call, report(call, "井盖缺失", "--request-id", who, "--source-no", number))
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert verify(kept)["findings"] == []
    assert books.rebuild(kept, stamp(), check=True) == []
    assert bytes_found(kept, (PHONE,)) == []
    kept_numbers = [call("show", n, "--json", now=NOW).json()["source_no"] for n in ("1", "2")]
    assert kept_numbers == ["N1", None]


@pytest.mark.parametrize("numbering", ["按月", "多行"])
def test_rows_that_share_a_number_are_known_again_without_their_contact(
    call: Runner, kept: Path, tmp_path: Path, numbering: str
) -> None:
    profile = PROFILE.replace(
        "[columns]", f'numbering = "{numbering}"\n[columns]\nsource_no = "编号"'
    )
    (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
    day = "2024-01-15 09:00" if numbering == "多行" else "2024-02-15 09:00"
    lines = [f"1,井盖缺失,{NAME},{PHONE},2024-01-15 09:00", f"1,路灯不亮,{NAME},{PHONE},{day}"]
    (tmp_path / "f.csv").write_text(
        "\n".join(["编号,内容,姓名,电话,时间", *lines]), encoding="utf-8"
    )
    came = call("import", "f.csv", "--profile", "p.toml", now="2024-02-16T09:00:00+08:00")
    assert came.code == 0, came.err
    for number in ("1", "2"):
        close(call, number, "2024-02-16T10:00:00+08:00")
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert verify(kept)["findings"] == []
    again = call("import", "f.csv", "--profile", "p.toml", "-n", now=NOW)
    assert "台账中已有 2 件" in again.err


def test_who_was_named_before_an_amendment_and_after_goes_from_every_step(
    call: Runner, kept: Path
) -> None:
    number = report(call, "井盖缺失")
    given = ("--reporter", "柯南雀", "--phone", "13812340000", "--reason", f"{NAME}是邻居")
    assert call("amend", number, *given, now=THEN).code == 0
    assert call("note", number, f"柯南雀13812340000与{NAME}同来", now=THEN).code == 0
    close(call, number)
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert bytes_found(kept, (NAME, PHONE, "柯南雀", "13812340000")) == []
    assert call("lookup", "--name", "柯南雀", "--reason", "x", "--json", now=NOW).json() == []
    assert verify(kept)["findings"] == []
    assert books.rebuild(kept, stamp(), check=True) == []


@pytest.mark.parametrize("how", ["merged", "unmerged"])
def test_who_reported_what_was_merged_is_named_in_no_step_and_goes_with_it(
    call: Runner, kept: Path, how: str
) -> None:
    main = report(call, "井盖缺失", "--source-no", "N1", "--channel", "微信公众号")
    said = ("intake", "井盖没了", "--severity", "一般", "--reporter", "柯南雀女士", "--phone",
            "13812340000", "--source-no", "N2", "--channel", "微信公众号", "--json")  # fmt: skip
    repeat = call(*said, now=THEN).json()["number"]
    both = f"柯南雀与{NAME}, 13812340000"
    assert call("merge", repeat, "--into", main, "--reason", both, now=THEN).code == 0
    if how == "unmerged":
        assert call("unmerge", repeat, "--reason", both, now=THEN).code == 0
    for argv in (
        ("accept", main), ("assign", main, "--lead", "城管执法中队"), ("note", main, both),
        ("resolve", main, "--outcome", both), ("feedback", main, both, "--all"), ("close", main),
        *([("note", repeat, both)] if how == "unmerged" else []),
    ):  # fmt: skip
        done = call(*argv, now=THEN)
        assert done.code == 0, done.err
    answers = ("export", "--answers", "--channel", "微信公众号", "--since", "2024-01-01")
    for argv in (
        ("show", main), ("show", repeat), ("log",), ("export",), ("export", "events"), answers,
        ("export", "--open311"), ("search", "南雀"),
    ):  # fmt: skip
        shown = call(*argv, now=NOW)
        assert shown.code == 0, shown.err
        assert [word for word in ("柯南雀", NAME) if word in shown.out] == [], argv
    assert call("retention", *SIGNED, now=NOW).code == 0
    left = [w for w in ("柯南雀", NAME) if w in call("show", main, "--reveal", "--reason", "核对",
                                                     now=NOW).out]  # fmt: skip
    assert left == []
    if how == "merged":
        assert bytes_found(kept, (NAME, "柯南雀", "13812340000")) == []
    assert verify(kept)["findings"] == []


def test_an_imported_record_of_the_past_loses_its_contact_too(
    call: Runner, kept: Path, tmp_path: Path
) -> None:
    more = 'source_no = "编号"\nresolved = "办结"\nclosed = "归档"'
    profile = PROFILE.replace('"live"', '"history"').replace("[defaults]", f"{more}\n[defaults]")
    (tmp_path / "p.toml").write_text(profile, encoding="utf-8")
    days = "2024-01-15 09:00,2024-01-16 09:00,2024-01-17 09:00"
    lines = ["编号,内容,姓名,电话,时间,办结,归档", f"A1,井盖缺失找{NAME},{NAME},{PHONE},{days}"]
    (tmp_path / "f.csv").write_text("\n".join(lines), encoding="utf-8")
    came = call("import", "f.csv", "--profile", "p.toml", now="2024-02-16T09:00:00+08:00")
    assert came.code == 0, came.err
    assert due(call, "2024-07-17T09:00:00+08:00") == {}
    assert due(call, "2024-07-18T09:00:00+08:00") == {"1": "contact"}
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert bytes_found(kept, (NAME, PHONE)) == []
    assert verify(kept)["findings"] == []


@pytest.mark.parametrize("text", ["电梯故障", "井盖缺失"], ids=["record", "contact"])
def test_why_somebody_looked_at_the_caller_goes_too(call: Runner, kept: Path, text: str) -> None:
    close(call, report(call, text))
    call("show", "1", "--reveal", "--reason", f"回访{NAME[0]} {NAME[1:]}", now=THEN)
    call("show", "1", "--reveal", "--reason", "回访 139-8765-0123", now=THEN)
    call("show", "1", "--reveal", "--reason", "领导抽查", now=THEN)
    assert call("retention", *SIGNED, now=NOW).code == 0
    assert bytes_found(kept, (f"{NAME[0]} {NAME[1:]}", "8765-0123")) == []
    reasons = [each["reason"] for each in call("audit", "--json", now=NOW).json()["items"]]
    assert reasons[:3] == ["(已删除)", "(已删除)", "领导抽查"]


def test_killed_between_the_commit_and_the_new_file_the_next_run_finishes_and_names_copies(
    call: Runner, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close(call, report(call, "电梯故障"))
    close(call, report(call, "井盖缺失"))
    assert call("backup", "before.db", now=THEN).code == 0

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "compact", killed)
        assert call("retention", *SIGNED, now=NOW).code == 130
    kinds = "SELECT kind FROM events WHERE subject = 'erasure' ORDER BY seq"
    assert rows(kept, kinds) == [("erased",)]
    assert call("backup", "after.db", now=NOW).code == 0
    again = call("retention", *SIGNED, "--backups", ".", now=NOW)
    assert again.code == 0
    assert ("before.db" in again.err, "after.db" in again.err) == (True, False)
    assert rows(kept, kinds) == [("erased",), ("swept",)]
    assert bytes_found(kept, (NAME, PHONE)) == []


def test_a_list_that_cannot_be_written_leaves_nothing_undone(call: Runner, kept: Path) -> None:
    close(call, report(call, "电梯故障"))
    before = kept.read_bytes()
    assert call("retention", *SIGNED, "-o", "没有/清单.csv", now=NOW).code == 74
    assert kept.read_bytes() == before, "no folder: refused before anything goes"
    if not Path("/dev/full").exists():
        pytest.skip("needs a disk that is full")
    done = call("retention", *SIGNED, "--format", "csv", "-o", "/dev/full", now=NOW)
    assert (done.code, "sixping audit --json" in done.err) == (74, True)
    assert bytes_found(kept, (NAME, PHONE)) == []
    kinds = "SELECT kind FROM events WHERE subject = 'erasure' ORDER BY seq"
    assert rows(kept, kinds) == [("erased",), ("swept",)]


@pytest.mark.usefixtures("kept")
def test_a_hold_of_the_main_case_holds_what_was_merged_into_it(call: Runner) -> None:
    main, repeat = (report(call, "电梯故障") for _ in range(2))
    assert call("merge", repeat, "--into", main, now=THEN).code == 0
    for argv in (
        ("accept", main), ("assign", main, "--lead", "市场监管所"),
        ("resolve", main, "--outcome", "好"), ("feedback", main, "好", "--all"), ("close", main),
    ):  # fmt: skip
        assert call(*argv, now=THEN).code == 0
    assert call("retention", "hold", main, "--reason", "行政复议", now=THEN).code == 0
    assert due(call) == {}
    assert call("retention", "-n", "--json", now=NOW).json()["held"] == [main, repeat]
    done = call("erase", repeat, "--basis", "申请", "--yes", now=NOW)
    assert (done.code, f"release {main}" in done.err) == (1, True)


@pytest.mark.usefixtures("kept")
def test_a_hold_stops_every_erasure_until_it_is_lifted(call: Runner) -> None:
    number = report(call, "电梯故障")
    close(call, number)
    assert call("retention", "hold", number, "--reason", "行政复议", now=THEN).code == 0
    assert call("retention", "hold", number, "--reason", "再记", now=THEN).code == 1
    assert call("retention", "list", "--json", now=NOW).json()[0]["reason"] == "行政复议"
    assert due(call) == {}
    assert call("retention", "-n", "--json", now=NOW).json()["held"] == [number]
    assert call("erase", number, "--basis", "申请", "--yes", now=NOW).code == 1
    assert "暂缓删除" in call("show", number, now=NOW).out
    assert call("retention", "release", number, "--reason", "复议结束", now=NOW).code == 0
    assert call("retention", "release", number, "--reason", "再记", now=NOW).code == 1
    assert due(call) == {number[-1]: "record"}


def test_who_says_neither_or_both_is_told_to_choose(call: Runner, kept: Path) -> None:
    for argv in ((), ("--dry-run", "--apply")):
        done = call("retention", *argv, now=NOW)
        assert (done.code, "--dry-run 或 --apply" in done.err) == (2, True)
    assert kept.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('track = "record"', 'track = "all"', "track"),
        ('track = "record"', 'track = "record"\nkeep = "十年"', "keep 应为 永久"),
        ('track = "record"', 'track = "record"\nkeep = "0年"', "keep 应为 永久"),
        ('track = "record"', 'track = "record"\nseverities = ["大"]', "severities"),
        ('track = "record"', 'track = "record"\nyears = 3', "years"),
    ],
)
def test_a_faulty_table_is_refused_naming_the_key(old: str, new: str, said: str) -> None:
    text, _ = datafiles.read("policy.toml")
    with pytest.raises(BadData, match=said):
        parse_policy(text.replace(old, new), "policy.toml")


@pytest.mark.parametrize("revealed", [False, True], ids=["masked", "revealed"])
@pytest.mark.usefixtures("kept")
def test_a_ledger_that_lost_contacts_goes_into_a_new_one_and_holds_there(
    call: Runner, tmp_path: Path, *, revealed: bool
) -> None:
    close(call, report(call, f"井盖缺失, 请找{NAME}"))
    assert call("retention", *SIGNED, now=NOW).code == 0
    how = ("--reveal", "--reason", "移交") if revealed else ()
    done = call("export", "events", "-o", "all.jsonl", *how, now=NOW)
    assert done.code == 0, done.err
    new = tmp_path / "new.sqlite3"
    for argv in (("init",), ("import", "all.jsonl")):
        done = call("--ledger", str(new), *argv, now=NOW)
        assert done.code == 0, done.err
    assert verify(new)["findings"] == []
    shown = call("--ledger", str(new), "show", "1", "--json", now=NOW).json()
    assert shown["text"].startswith("井盖缺失, 请找欧")
    assert (NAME in shown["text"], shown["phone"]) == (False, None)
    assert [one["track"] for one in shown["erased"]] == ["contact"]
    assert books.rebuild(new, stamp(), check=True) == []


def _left(tmp_path: Path, ledger: str, day: str, name: str) -> Path:
    folder = tmp_path / ".local" / "state" / "sixping" / "drafts"
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}.json"
    state: dict[str, Any] = {
        "ledger": ledger, "received": f"{day}T09:00:00+08:00", "values": {"text": f"{NAME}来电"},
        "unknown": [], "answered": [], "into": None,
    }  # fmt: skip
    draft.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    return draft


@pytest.mark.parametrize("keep", [None, "30天", "永久"])
def test_a_draft_of_a_call_has_a_term_of_its_own(
    call: Runner, tmp_path: Path, keep: str | None
) -> None:
    folder = tmp_path / "规则"
    shutil.copytree(ROOT / "data", folder)
    text = (folder / "policy.toml").read_text(encoding="utf-8")
    said = f'keep = "{keep}"\n' if keep else ""
    entry = f'[[retention]]\ntrack = "draft"\n{said}clause = "演示"\nnote = "读法: 演示"\n'
    (folder / "policy.toml").write_text(text + entry, encoding="utf-8")
    path = tmp_path / ".local" / "share" / "sixping" / "ledger.sqlite3"
    assert call("init", now=THEN, env={"SIXPING_DATA": str(folder)}).code == 0
    old = _left(tmp_path, str(path.resolve()), "2024-11-15", "old")
    new = _left(tmp_path, str(path.resolve()), "2024-11-16", "new")
    other = _left(tmp_path, "/elsewhere.sqlite3", "2000-01-01", "other")
    broken = old.with_suffix(".bad")
    broken.write_text("{", encoding="utf-8")
    goes = keep == "30天"
    looked = call("retention", "--dry-run", "--json", now=NOW)
    assert [item["since"] for item in looked.json()["drafts"]["items"]] == ["2024-11-15"] * goes
    assert looked.json()["items"] == []
    assert old.exists()
    done = call("retention", *SIGNED, "-o", "清单.csv", now=NOW)
    assert done.code == 0
    assert (old.exists(), new.exists(), other.exists(), broken.exists()) == (not goes, *[True] * 3)
    assert f"读不出的草稿, 不知属于哪个台账, 没有动: {broken}" in done.err
    assert ("已删除: 未登记完的草稿 1 份。" in done.err) == goes
    assert ("没有定保管期限: 内含来电人的话" in done.err) == (keep is None)
    assert NAME not in done.err + done.out + looked.out + looked.err


def test_a_draft_of_a_call_has_no_category() -> None:
    text, _ = datafiles.read("policy.toml")
    entry = '[[retention]]\ntrack = "draft"\nkeep = "3天"\ncategories = ["电梯安全"]\n'
    with pytest.raises(BadData, match="草稿还没有类别和等级"):
        parse_policy(f'{text}{entry}clause = "演示"\nnote = "读法: 演示"\n', "policy.toml")

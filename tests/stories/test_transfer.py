"""A whole ledger as a file: what goes out comes in again, for every month, and nothing pretends."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from sixping.documents.eventlines import MARK
from sixping.errors import BadData, NotAllowed
from sixping.importing.eventsfile import is_events_file
from sixping.ledger import transaction
from sixping.services.exporting.transfer import take_over
from sixping.services.upkeep.books import make_ledger
from sixping.store.sqlite import reading
from sixping.store.takeover import shifted
from sixping.util.text import dump_json
from tests.kit.histories import lived
from tests.kit.ledgerkit import PHONE, stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
REPORTER = "欧阳演示"
KEPT = (
    "SELECT stream, subject, kind, at, recorded_at, by_name, os_user, host, program, remarks"
    " FROM log ORDER BY seq"
)
REVEALED = ("--reveal", "--reason", "移交")


def exported(call: Runner, ledger: Path, file: Path, now: str, *options: str) -> list[str]:
    done = call("--ledger", str(ledger), "export", "events", "-o", str(file), *options, now=now)
    assert done.code == 0, done.err
    return file.read_text(encoding="utf-8").splitlines()


def new_ledger(call: Runner, path: Path, now: str = NOW) -> Path:
    made = call("--ledger", str(path), "init", now=now)
    assert made.code == 0, made.err
    return path


def taken_in(call: Runner, file: Path, path: Path, now: str) -> Path:
    new_ledger(call, path, now)
    done = call("--ledger", str(path), "import", str(file), now=now)
    assert done.code == 0, done.err
    return path


def bare(document: Any) -> Any:
    """Return what a command answered without the name and head of its ledger."""
    if isinstance(document, dict):
        return {k: bare(v) for k, v in document.items() if k not in {"ledger", "hash"}}
    return [bare(one) for one in document] if isinstance(document, list) else document


def moved(document: Any, by: int, key: str = "") -> Any:
    """Return a document with the numbers of events moved: those of the new ledger."""
    if isinstance(document, dict):
        return {k: moved(v, by, k) for k, v in document.items()}
    if isinstance(document, list):
        return [moved(one, by, key) for one in document]
    if isinstance(document, str):
        return re.sub(r"第 (\d+) 号", lambda m: f"第 {int(m[1]) + by} 号", document)
    return document + by if key in {"seq", "seqs", "evidence"} and document else document


def months(first: datetime, last: datetime) -> list[str]:
    found = []
    while first <= last:
        found.append(f"{first:%Y-%m}")
        first = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return found


@pytest.mark.parametrize(("seed", "options"), [(1, ()), (7, REVEALED)], ids=["masked", "revealed"])
def test_a_life_taken_over_has_the_same_figures_in_every_month(
    seed: int, options: tuple[str, ...], tmp_path: Path, call: Runner
) -> None:
    life = lived(seed, tmp_path)
    with transaction(life.path, stamp(life.now)) as work:
        work.erase(range(5, 12), "演示: 依法删除")
    file, now = tmp_path / "all.jsonl", life.now.isoformat()
    lines = exported(call, life.path, file, now, *options)
    here = taken_in(call, file, tmp_path / "new.sqlite3", now)

    def both(*argv: str) -> tuple[Any, Any]:
        old, new = (
            json.loads(call("--ledger", str(p), *argv, "--json", now=now).out)
            for p in (life.path, here)
        )
        return bare(old), bare(new)

    by = json.loads(lines[-1])["events"]
    with reading(here) as con:
        offset = con.execute("SELECT max(seq) FROM events").fetchone()[0] - by - 1
    voids = erased = 0
    for text in lines:
        voids += '"kind": "voided"' in text
        erased += '"erased_by"' in text
    assert voids > 20
    assert erased > 0
    every = months(life.moments[0].at, life.now)
    assert len(every) > 6
    for month in every:
        old, new = both("report", "--month", month)
        assert old == new, month
        old, new = both("lapses", "--from", f"{month}-01", "--to", f"{month}-28")
        assert moved(old, offset) == new, month
    for argv in (("assess", "--month", every[3]), ("overdue",), ("list", "--all")):
        old, new = both(*argv)
        assert moved(old, offset) == new, argv
    assert call("--ledger", str(here), "rebuild", "--check", now=now).code == 0
    verified = call("--ledger", str(here), "verify", "--json", now=now).json()
    assert verified["ok"]
    assert any(remark["remark"] == "taken_over" for remark in verified["remarks"])


def small(call: Runner, tmp_path: Path) -> Path:
    """Return a ledger with a void, an amendment, a merge, an erasure and a reveal."""
    path = new_ledger(call, tmp_path / "old.sqlite3")
    for argv in (
        ("intake", "江南大道占道经营, 请回电 13800000000", "--reporter", REPORTER, "--phone", PHONE,
         "--source-no", "SRC-0007", "--severity", "一般"),
        ("intake", "演示: 同一件", "--severity", "一般"),
        ("intake", "演示: 将被清除", "--severity", "一般"),
        ("accept", "1"),
        ("assign", "1", "--lead", "城管执法中队"),
        ("note", "1", "记错了"),
        ("undo", "1"),
        ("amend", "1", "--place", "江南大道 1 号", "--reason", "补充"),
        ("merge", "2", "--into", "1"),
        ("show", "1", "--reveal", "--reason", "回访"),
        ("resolve", "1", "--outcome", "已清理"),
        ("feedback", "1", "已告知", "--all"),
    ):  # fmt: skip
        done = call("--ledger", str(path), *argv, now=NOW)
        assert done.code == 0, (argv, done.err)
    with transaction(path, stamp()) as work:
        (seq,) = work.con.execute(
            "SELECT max(seq) FROM events WHERE subject = '2026-000003'"
        ).fetchone()
        work.erase([seq], "演示: 依法删除")
    return path


def test_masked_words_stay_masked_and_source_numbers_stay(call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    text = "\n".join(exported(call, small(call, tmp_path), file, NOW))
    assert PHONE not in text
    assert REPORTER not in text
    assert "SRC-0007" in text
    here = taken_in(call, file, tmp_path / "new.sqlite3", NOW)
    shown = call("--ledger", str(here), "show", "1", "--json", now=NOW).json()
    assert shown["source_no"] == "SRC-0007"
    assert shown["place"] == "江南大道 1 号"
    assert (shown["phone"], shown["caller"]) == (None, None)


def test_revealed_words_come_whole_and_the_caller_is_known_again(
    call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl"
    exported(call, small(call, tmp_path), file, NOW, *REVEALED)
    here = ("--ledger", str(taken_in(call, file, tmp_path / "new.sqlite3", NOW)))
    again = call(
        *here, "intake", "江南大道占道经营, 请回电 13800000000", "--reporter", REPORTER,
        "--phone", PHONE, "--source-no", "SRC-0007", "--severity", "一般", "--json", now=NOW,
    )  # fmt: skip
    assert again.json()["number"] == "2026-000001"
    next_one = call(*here, "intake", "演示: 新的一件", "--phone", PHONE, "--json", now=NOW).json()
    assert next_one["number"] == "2026-000004"
    shown = call(*here, "show", "4", "--json", now=NOW).json()
    assert shown["caller"] == {"earlier": 1}


def test_what_was_recorded_keeps_its_hour_its_hand_and_its_host(
    call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl"
    old = small(call, tmp_path)
    exported(call, old, file, NOW)
    here = taken_in(call, file, tmp_path / "new.sqlite3", "2027-01-04T09:00:00+08:00")
    with reading(old) as con:
        before = con.execute(KEPT).fetchall()
    with reading(here) as con:
        after = con.execute(KEPT).fetchall()
        facts = con.execute("SELECT facts FROM events ORDER BY seq DESC LIMIT 1").fetchone()[0]
        links = {row[0] for row in con.execute("SELECT hash FROM events")}
    assert after[-len(before) : -1] == before[:-1]  # the last one is the export itself
    assert after[-1][2:5] == (
        "taken_over",
        "2027-01-04T09:00:00+08:00",
        "2027-01-04T09:00:00+08:00",
    )
    with reading(old) as con:
        assert not links & {row[0] for row in con.execute("SELECT hash FROM events")}
    said = json.loads(facts)
    assert said["head"] == json.loads(file.read_text(encoding="utf-8").splitlines()[0])["head"]
    log = call("--ledger", str(here), "log", "--stream", "单位人员", now=NOW).out
    assert "接收另一台账" in log


def test_a_ledger_with_a_life_of_its_own_takes_no_other_over(call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    old = small(call, tmp_path)
    exported(call, old, file, NOW)
    done = call("--ledger", str(old), "import", str(file), now=NOW)
    assert done.code == 1
    assert "已经有自己的记录" in done.err


def test_a_ledger_that_was_only_looked_after_may_take_another_over(
    call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl"
    exported(call, small(call, tmp_path), file, NOW)
    here = new_ledger(call, tmp_path / "new.sqlite3")
    for argv in (
        ("export", "-o", "none.csv"), ("export", "-o", "none.csv", "--force", *REVEALED),
        ("policy", "adopt"), ("rebuild",),
    ):  # fmt: skip
        done = call("--ledger", str(here), *argv, now=NOW)
        assert done.code == 0, done.err
    done = call("--ledger", str(here), "import", str(file), now=NOW)
    assert done.code == 0, done.err
    again = call("--ledger", str(here), "import", str(file), now=NOW)
    assert (again.code, "已经有自己的记录" in again.err) == (1, True)


def test_a_trial_changes_nothing(call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    exported(call, small(call, tmp_path), file, NOW)
    here = new_ledger(call, tmp_path / "new.sqlite3")
    before = here.read_bytes()
    done = call("--ledger", str(here), "import", str(file), "-n", now=NOW)
    assert done.code == 0
    assert "没有导入" in done.err
    assert here.read_bytes() == before


def damages(lines: list[str]) -> dict[str, tuple[list[str], int]]:
    """Return files that are wrong, each with the line that is to be named."""
    at = next(i for i, line in enumerate(lines) if "2026-000001" in line)
    edited = lines[at].replace("江南大道", "江北大道") if "江南大道" in lines[at] else lines[at]
    return {
        "cut": (lines[:-1], len(lines)),
        "cut in a line": ([*lines[:-2], lines[-2][:40]], len(lines) - 1),
        "a line gone": ([*lines[:at], *lines[at + 1 :]], at + 1),
        "two lines swapped": ([*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]], at + 1),
        "a word edited": ([*lines[:at], edited, *lines[at + 1 :]], at + 1),
        "more behind the end": ([*lines, lines[-2]], len(lines)),
    }


def test_a_damaged_file_is_refused_and_its_line_named(call: Runner, tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    lines = exported(call, small(call, tmp_path), file, NOW)
    here = new_ledger(call, tmp_path / "new.sqlite3")
    before = here.read_bytes()
    for name, (wrong, line) in damages(lines).items():
        assert wrong != lines, name
        file.write_text("\n".join(wrong) + "\n", encoding="utf-8")
        done = call("--ledger", str(here), "import", str(file), now=NOW)
        assert done.code == 65, name
        assert f"第 {line} 行" in done.err, (name, done.err)
        assert here.read_bytes() == before, name


def test_who_makes_every_check_anew_is_found_by_the_old_chain(call: Runner, tmp_path: Path) -> None:
    from sixping.documents.eventlines import Checks

    file = tmp_path / "all.jsonl"
    lines = exported(call, small(call, tmp_path), file, NOW, *REVEALED)
    for old, new in (("城管执法中队", "市场监管所"), ("江南大道占道", "江北大道占道")):
        said = [json.loads(line) for line in lines]
        at = next(i for i, each in enumerate(said) if old in lines[i] and "seq" in each)
        checks = Checks()
        forged = []
        for i, each in enumerate(said):
            del each["check"]
            text = json.dumps(each, ensure_ascii=False)
            forged.append(checks.sealed(json.loads(text.replace(old, new)) if i == at else each))
        file.write_text("\n".join(forged) + "\n", encoding="utf-8")
        path = tmp_path / f"{new}.sqlite3"
        make_ledger(path, stamp())
        with pytest.raises(BadData, match=f"第 {at + 1} 行"):
            take_over(path, file, stamp())


@pytest.fixture
def said(call: Runner, tmp_path: Path) -> list[dict[str, Any]]:
    """The lines of a whole ledger, without their checks."""
    lines = exported(call, small(call, tmp_path), tmp_path / "all.jsonl", NOW, *REVEALED)
    return [{k: v for k, v in json.loads(line).items() if k != "check"} for line in lines]


def refusal(said: list[dict[str, Any]], tmp_path: Path) -> str:
    """Return why a file of these lines is refused, every check of which was made anew."""
    from sixping.documents.eventlines import Checks

    file, path = tmp_path / "forged.jsonl", tmp_path / "new.sqlite3"
    file.write_text("\n".join(map(Checks().sealed, said)) + "\n", encoding="utf-8")
    make_ledger(path, stamp())
    with pytest.raises(BadData) as caught:
        take_over(path, file, stamp())
    return caught.value.what


@pytest.mark.parametrize(
    ("key", "changed", "words"),
    [
        ("text", lambda text: f"{text}\n", "规则的文字与校验码不符"),
        ("facts", lambda facts: facts | {"channel": "别处"}, "与原台账的链不符"),
        ("words", lambda words: words | {"text": "别的"}, "内容与封存的不符"),
        ("events", lambda count: count + 1, "行数与末行所写不符"),
        ("head", lambda head: "0" * len(head), "末尾与第一行所写的"),
    ],
    ids=["rules", "facts", "words", "count", "head"],
)
def test_each_line_of_a_file_is_held_against_the_old_ledger(
    said: list[dict[str, Any]],
    tmp_path: Path,
    key: str,
    changed: Callable[[Any], Any],
    words: str,
) -> None:
    line = next(line for line in said if key in line and line.get("kind") != "initialised")
    line[key] = changed(line[key])
    assert words in refusal(said, tmp_path)


def test_events_that_were_cut_off_with_their_count_are_missed(
    said: list[dict[str, Any]], tmp_path: Path
) -> None:
    del said[-2]
    said[-1]["events"] -= 1
    assert "末尾与第一行所写的" in refusal(said, tmp_path)


def test_erased_words_do_not_come_back_though_they_are_the_ones_that_were_sealed(
    said: list[dict[str, Any]], call: Runner, tmp_path: Path
) -> None:
    """From an old copy somebody has their salt too: no seal tells, the erasure does."""
    before = next(line for line in said if line.get("kind") == "reported" and "words" in line)
    with transaction(tmp_path / "old.sqlite3", stamp()) as work:
        work.erase([before["seq"]], "本人申请")
    file = tmp_path / "later.jsonl"
    lines = exported(call, tmp_path / "old.sqlite3", file, NOW, *REVEALED)
    later = [{k: v for k, v in json.loads(line).items() if k != "check"} for line in lines]
    (gone,) = (line for line in later if line.get("seq") == before["seq"])
    assert "words" not in gone
    gone |= {"words": before["words"], "salt": before["salt"]}
    assert f"删除的内容 (第 {before['seq']} 号记录) 又出现" in refusal(later, tmp_path)


def test_where_events_are_taken_over_it_is_looked_again_whether_there_are_others(
    call: Runner, tmp_path: Path
) -> None:
    file, old = tmp_path / "all.jsonl", small(call, tmp_path)
    exported(call, old, file, NOW)
    with pytest.raises(NotAllowed, match="已经有自己的记录"):
        take_over(old, file, stamp())


@pytest.mark.parametrize("name", ["by", "program", "facts", "words", "remarks"])
def test_a_broken_character_is_refused_with_its_line_wherever_it_stands(
    call: Runner, tmp_path: Path, name: str
) -> None:
    from sixping.documents.eventlines import Checks

    file = tmp_path / "all.jsonl"
    said = [
        json.loads(line) for line in exported(call, small(call, tmp_path), file, NOW, *REVEALED)
    ]
    at = next(i for i, line in enumerate(said) if name in line and line.get("kind") == "reported")
    said[at][name] = {
        "facts": said[at]["facts"] | {"channel": "\ud800"}, "remarks": ["\ud800"],
        "words": (said[at].get("words") or {}) | {"place": "\ud800"},
    }.get(name, "\ud800")  # fmt: skip
    checks = Checks()
    forged = [
        checks.sealed({key: value for key, value in line.items() if key != "check"})
        for line in said
    ]
    file.write_text("\n".join(forged) + "\n", encoding="utf-8")
    done = call("--ledger", str(new_ledger(call, tmp_path / "n.db")), "import", str(file), now=NOW)
    assert (done.code, f"第 {at + 1} 行" in done.err) == (65, True), done.err


def test_a_masked_file_names_nobody_in_a_step_nor_in_a_reason(call: Runner, tmp_path: Path) -> None:
    here = new_ledger(call, tmp_path / "old.sqlite3")
    for argv in (
        ("intake", "占道经营", "--reporter", REPORTER, "--phone", PHONE),
        ("note", "1", f"{REPORTER}再次来电"),
        ("show", "1", "--reveal", "--reason", f"答复{REPORTER}"),
    ):
        assert call("--ledger", str(here), *argv, now=NOW).code == 0, argv
    text = "\n".join(exported(call, here, tmp_path / "masked.jsonl", NOW))
    assert "再次来电" in text
    assert REPORTER not in text
    assert REPORTER in "\n".join(exported(call, here, tmp_path / "whole.jsonl", NOW, *REVEALED))


@pytest.mark.parametrize("options", [(), REVEALED], ids=["masked", "revealed"])
@pytest.mark.parametrize("numbering", ["按月", "按年", "多行"])
def test_reports_that_share_a_number_at_their_source_are_taken_over_each(
    call: Runner, tmp_path: Path, numbering: str, options: tuple[str, ...]
) -> None:
    scheme, rows = tmp_path / "方案.toml", tmp_path / "登记.csv"
    scheme.write_text(
        f'name = "own"\ntitle = "册"\nmode = "history"\nnumbering = "{numbering}"\n[columns]\n'
        'source_no = "编号"\ntext = "内容"\nreceived = "时间"\n[defaults]\nchannel = "其他渠道"\n',
        encoding="utf-8",
    )
    rows.write_text(
        "编号,内容,时间\n1,路灯不亮,2024-09-02 9:00\n1,井盖缺失,2025-10-02 9:00\n", encoding="utf-8"
    )
    ledger, file = new_ledger(call, tmp_path / "a.db"), tmp_path / "流水.jsonl"
    taking = ("import", str(rows), "--profile", str(scheme))
    assert call("--ledger", str(ledger), *taking, now=NOW).code == 0
    exported(call, ledger, file, NOW, *options)
    copy = taken_in(call, file, tmp_path / "b.db", NOW)
    listed = call("--ledger", str(copy), "list", "--all", "--json", now=NOW).json()
    assert [case["source_no"] for case in listed] == ["1", "1"]
    again = call("--ledger", str(copy), *taking, now=NOW)
    assert "导入 0 件, 台账中已有 2 件" in again.err, "each is found again by its number and period"


def test_what_was_taken_over_is_counted_and_found_under_its_numbers(
    call: Runner, tmp_path: Path
) -> None:
    file = tmp_path / "all.jsonl"
    lines = exported(call, small(call, tmp_path), file, NOW)
    here = new_ledger(call, tmp_path / "new.sqlite3")
    with reading(here) as con:
        (before,) = con.execute("SELECT max(seq) FROM events").fetchone()
    seen: list[int] = []
    told = take_over(here, file, stamp(), seen.append)
    assert told.events == len(seen) == sum('"seq"' in line for line in lines[1:])
    assert (told.first, told.last) == (before + 1, before + told.events)


def test_a_file_of_a_newer_program_or_not_of_text_is_refused(call: Runner, tmp_path: Path) -> None:
    from sixping.documents.eventlines import Checks

    file = tmp_path / "all.jsonl"
    lines = exported(call, small(call, tmp_path), file, NOW)
    here = new_ledger(call, tmp_path / "new.sqlite3")
    broken = lines[4].encode().replace(b'": "', b'": "\xff', 1)
    file.write_bytes("\n".join([*lines[:4], ""]).encode() + broken + b"\n")
    done = call("--ledger", str(here), "import", str(file), now=NOW)
    assert (done.code, "第 5 行不是 UTF-8 文字" in done.err) == (65, True), done.err
    head = {k: v for k, v in json.loads(lines[0]).items() if k != "check"}
    file.write_text(Checks().sealed(head | {"format": 2}) + "\n", encoding="utf-8")
    done = call("--ledger", str(here), "import", str(file), now=NOW)
    assert (done.code, "请升级" in done.err) == (65, True), done.err
    body = dump_json(head | {"seq": "x"}).replace('"x"', "1e999")
    check = sha256(body.encode()).hexdigest()[:16]
    file.write_text(f'{body[:-1]}, "check": "{check}"}}\n', encoding="utf-8")
    done = call("--ledger", str(here), "import", str(file), now=NOW)
    assert (done.code, "第 1 行" in done.err) == (65, True), done.err


def test_only_a_file_of_events_is_taken_for_one(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text(f'{{"what": "{MARK}", "format": 1}}\n', encoding="utf-8")
    assert is_events_file(file)
    file.write_text('{"text": "占道经营"}\n', encoding="utf-8")
    assert not is_events_file(file)
    assert not is_events_file(tmp_path / "gone.jsonl")


def test_what_names_an_event_moves_and_what_names_a_paper_stays() -> None:
    due = ["finish", "2026-11-24T09:00:00+08:00", 5, "五.1c", True, None, None, 7]
    assert shifted("voided", {"seq": 7, "dues": [due, due[:3]]}, 10) == {
        "seq": 17, "dues": [[*due[:7], 17], due[:3]]
    }  # fmt: skip
    assert shifted("erased", {"seqs": [1, 2]}, 10) == {"seqs": [11, 12]}
    assert shifted("relimited", {"taken": [[3, "x", []]]}, 10) == {"taken": [[13, "x", []]]}
    assert shifted("minuted", {"ledger_seq": 3}, 10) == {"ledger_seq": 3}

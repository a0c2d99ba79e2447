"""``report --freeze`` on the command line: numbers, refusals, forms, what is erased, taken over."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from sixping.documents.frozen import recorded
from sixping.reports.period import PeriodReport
from sixping.store.verify import verify
from tests.conftest import Result, Runner
from tests.kit.canary import NAME, PHONE, PLACE, TEXT
from tests.kit.ledgerkit import raw, rows
from tests.kit.wordkit import body, text

NOW, LATER = "2026-11-02T09:00:00+08:00", "2026-11-09T09:00:00+08:00"
WHY = ("--reason", "演示")
MONTH = ("report", "--month", "2026-10")
#: before an event is changed by hand
UNLOCKED = ("DROP TRIGGER events_no_update",)


@pytest.fixture
def street(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001 - there must be one
    """A ledger with an October: one case done, one open and late, the words of both known."""

    def step(at: str, *argv: str) -> None:
        made = call(*argv, now=f"2026-{at}:00+08:00")
        assert made.code == 0, made.err

    for number, day in (("1", "10-08"), ("2", "10-09")):
        step(
            f"{day}T09:00", "intake", TEXT, "--severity", "一般", "--channel", "网格员",
            "--reporter", NAME, "--phone", PHONE, "--place", PLACE,
        )  # fmt: skip
        step(f"{day}T10:00", "accept", number)
        step(f"{day}T10:00", "assign", number, "--lead", "城管执法中队")
    step("10-12T10:00", "resolve", "1", "--outcome", "已清理")
    return call


def freeze(call: Runner, *more: str, now: str = NOW) -> Result:
    made = call(*MONTH, "--freeze", *more, now=now)
    assert made.code == 0, made.err
    return made


def recorded_in(ledger: Path) -> list[str]:
    sql = "SELECT facts FROM events WHERE kind = 'report_frozen' ORDER BY seq"
    return [str(facts) for (facts,) in rows(ledger, sql)]


def late_entry(call: Runner, now: str = LATER) -> None:
    """Resolve the second case and write up that the first one was checked badly."""
    done = call("resolve", "2", "--outcome", "已清理", now=now)
    assert done.code == 0, done.err


def test_a_report_is_frozen_once_and_says_its_number(street: Runner, ledger: Path) -> None:
    made = freeze(street)
    assert "第1期（总第1期）" in made.err
    again = street(*MONTH, "--freeze", now=LATER)
    assert again.code == 1
    assert "第1期（总第1期）" in again.err
    assert "--freeze --restate --reason" in again.err
    kept = recorded_in(ledger)
    assert len(kept) == 1
    said = json.loads(kept[0])
    dumped = json.dumps(said["figures"], ensure_ascii=False, separators=(",", ":"))
    assert said["digest"] == sha256(dumped.encode()).hexdigest()
    assert said["figures"]["totals"]["received"] == 2
    assert len(kept[0]) < 20_000


def test_the_document_is_the_frozen_one_and_says_what_changed(street: Runner) -> None:
    freeze(street)
    before = street(*MONTH, "--json", now=NOW).json()
    late_entry(street)
    after = street(*MONTH, "--json", now=LATER).json()
    assert {k: v for k, v in after.items() if k not in {"changed", "late_entries"}} == {
        k: v for k, v in before.items() if k not in {"changed", "late_entries"}
    }
    assert after["frozen"]["issue"] == 1
    assert after["frozen"]["seq"] == after["ledger"]["seq"]
    assert before["changed"] == before["late_entries"] == []
    changed = {each["figure"]: each for each in after["changed"]}
    assert changed["finish_rate"] == {
        "figure": "finish_rate", "numbers": ["2026-000002"],
        "frozen": {"n": 1, "d": 2, "rate": 50.0}, "now": {"n": 2, "d": 2, "rate": 100.0},
    }  # fmt: skip
    assert changed["finish.late_open"]["now"] == 0
    assert [(e["number"], e["kind"], e["within"]) for e in after["late_entries"]] == [
        ("2026-000002", "办结", False)
    ]
    restated = street(*MONTH, "--restate", "--json", now=LATER).json()
    assert restated["rates"]["finish_rate"]["n"] == 2
    assert restated["changed"] == after["changed"]
    assert restated["frozen"] == after["frozen"]
    past = street(*MONTH, "--as-of", "2026-11-09", "--json", now=LATER).json()
    assert "frozen" not in past
    assert past["rates"]["finish_rate"]["n"] == 2


def test_each_form_prints_the_frozen_figures_and_the_changes_apart(
    street: Runner, tmp_path: Path
) -> None:
    first: dict[str, bytes] = {}
    for ending in ("md", "html", "docx", "xlsx"):
        file = tmp_path / f"材料.{ending}"
        street(*MONTH, *(() if first else ("--freeze",)), "-o", str(file), now=NOW)
        first[ending] = file.read_bytes()
    late_entry(street)
    for ending, was in first.items():
        file = tmp_path / f"再印.{ending}"
        assert street(*MONTH, "-o", str(file), now=LATER).code == 0
        if ending in {"md", "html"}:
            now, before = file.read_text(encoding="utf-8"), was.decode()
            assert "第1期（总第1期）" in before
            assert "定稿后变动" in now
            assert "定稿后变动" not in before
    printed = text(body((tmp_path / "再印.docx").read_bytes()))
    assert "第1期（总第1期）于2026年11月2日定稿" in printed
    assert "定稿后变动" in printed
    table = street(*MONTH, "--restate", "--format", "table", now=LATER)
    assert "不是定稿" in table.out
    assert "定稿后变动" in table.out
    assert re.search(r"办结率（1/2->2/2） +50\.00% +100\.00% +\+50\.00 +2026-000002", table.out)


def test_the_flat_table_says_the_issue_and_what_changed(street: Runner) -> None:
    freeze(street)
    late_entry(street)
    made = street(*MONTH, "--format", "csv", now=LATER)
    table = list(csv.DictReader(io.StringIO(made.out)))
    said = {row["measure"]: row["value"] for row in table if row["table"] == "frozen"}
    assert said["issue"] == "1"
    assert said["differs"] == ""
    changed = {
        row["measure"]: row["value"]
        for row in table
        if row["table"] == "changed" and row["name"] == "finish_rate"
    }
    assert changed == {
        "frozen.n": "1", "frozen.d": "2", "frozen.rate": "50.00",
        "now.n": "2", "now.d": "2", "now.rate": "100.00",
    }  # fmt: skip


def test_a_figure_opens_to_the_cases_of_then(street: Runner) -> None:
    freeze(street)
    late_entry(street)
    asked = (*MONTH, "--drill", "办结率", "--json")
    then, now = street(*asked, now=LATER), street(*asked, "--restate", now=LATER)
    assert [row["counted"] for row in then.json()] == [True, False]
    assert [row["counted"] for row in now.json()] == [True, True]
    assert "第1期" in then.err


def test_numbers_run_by_kind_and_year_and_over_all(street: Runner) -> None:
    freeze(street)
    for argv in (("--week", "2026-10-12"), ("--from", "10月8日", "--to", "10月9日")):
        assert street("report", *argv, "--freeze", now=NOW).code == 0
    assert street("report", "--week", "2026-10-19", "--freeze", now=NOW).code == 0
    listed = street("report", "--frozen", "--json", now=NOW).json()
    assert [(each["period"], each["issue"], each["total"]) for each in listed] == [
        ("月", 1, 1), ("周", 1, 2), ("时段", 1, 3), ("周", 2, 4),
    ]  # fmt: skip
    assert [each["from"] for each in listed][2] == "2026-10-08"


def test_a_correction_is_the_same_issue_and_says_why(street: Runner) -> None:
    freeze(street)
    late_entry(street)
    made = freeze(street, "--restate", *WHY, "--format", "md", now=LATER)
    assert "第1期（总第1期）（更正）" in made.out
    assert "更正的缘由：演示。" in made.out
    assert "定稿后变动" not in made.out
    assert [each["correction"] for each in street("report", "--frozen", "--json").json()] == [0, 1]


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        ((*MONTH, "--freeze", "--as-of", "2026-11-01"), 2, "--as-of"),
        ((*MONTH, "--freeze", "--drill", "办结"), 2, "--drill"),
        ((*MONTH, "--freeze", "--reveal", *WHY), 2, "--reveal"),
        ((*MONTH, "--freeze", "--unit", "城管执法中队"), 2, "--unit"),
        ((*MONTH, "--freeze", "--platform", "综合执法"), 2, "--platform"),
        ((*MONTH, "--freeze", "--restate"), 2, "--reason"),
        ((*MONTH, "--freeze", *WHY), 2, "--restate"),
        ((*MONTH, *WHY), 2, "--reveal"),
        ((*MONTH, "--freeze", "--restate", *WHY), 1, "没有可更正的"),
        ((*MONTH, "--freeze", "--format", "docx"), 2, "-o"),
        ((*MONTH, "--freeze", "--format", "ics"), 2, "ics"),
        ((*MONTH, "--restate", "--as-of", "2026-11-01"), 2, "--restate"),
        ((*MONTH, "--frozen"), 2, "--frozen"),
        (("report", "--frozen", "--freeze"), 2, "--frozen"),
        (("report", "--board", "--freeze"), 2, "--board"),
        (("report", "--board", "-o", "大屏.docx"), 2, "html"),
        (("report", "--month", "2026-11", "--freeze"), 1, "还没有过完"),
        (("report", "--day", "2026-11-02", "--freeze"), 1, "还没有过完"),
        (("report", "--month", "2020-01", "--freeze"), 1, "没有"),
        (
            ("report", "--from", "2026-10-01", "--to", "2026-10-31", "--freeze"),
            2,
            "--month 2026-10 --freeze",
        ),
    ],
)
def test_what_cannot_be_frozen_is_refused_with_what_to_do_and_nothing_is_recorded(
    street: Runner, ledger: Path, argv: tuple[str, ...], code: int, said: str
) -> None:
    made = street(*argv, now=NOW)
    assert made.code == code
    assert said in made.err
    assert not made.out
    assert not recorded_in(ledger)


def test_a_file_that_is_there_is_refused_before_anything_is_recorded(
    street: Runner, ledger: Path, tmp_path: Path
) -> None:
    file = tmp_path / "材料.docx"
    file.write_text("演示", encoding="utf-8")
    made = street(*MONTH, "--freeze", "-o", str(file), now=NOW)
    assert made.code != 0
    assert "--force" in made.err
    assert not recorded_in(ledger)


def test_without_the_library_of_a_form_nothing_is_recorded(
    street: Runner, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    made = street(*MONTH, "--freeze", "-o", str(tmp_path / "材料.docx"), now=NOW)
    assert made.code == 1
    assert "pip install" in made.err
    assert not recorded_in(ledger)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_ledger_that_may_only_be_read_freezes_nothing(street: Runner, ledger: Path) -> None:
    ledger.chmod(0o400)
    made = street(*MONTH, "--freeze", now=NOW)
    assert made.code == 77


def test_without_a_ledger_nothing_is_frozen(call: Runner, tmp_path: Path) -> None:
    made = call("--ledger", str(tmp_path / "none.sqlite3"), *MONTH, "--freeze", now=NOW)
    assert made.code == 78
    assert "sixping init" in made.err


def test_the_days_of_a_frozen_month_are_counted_in_its_state(street: Runner) -> None:
    freeze(street)
    late_entry(street)
    made = street("report", "--from", "2026-10-01", "--to", "2026-10-31", "--json", now=LATER)
    assert made.json()["rates"]["finish_rate"]["n"] == 1
    assert made.json()["frozen"]["issue"] == 1
    assert "第1期" in made.err


def test_what_is_erased_is_in_no_frozen_report(street: Runner, ledger: Path) -> None:
    third = street(
        "intake", TEXT, "--phone", PHONE, "--place", PLACE, "--severity", "一般",
        now="2026-10-20T09:00:00+08:00",
    )  # fmt: skip
    assert third.code == 0, third.err
    again = street(*MONTH, "--json", now=NOW).json()["repeated"]
    assert again["places"]
    freeze(street)
    (kept,) = recorded_in(ledger)
    figures = json.loads(kept)["figures"]
    assert figures["repeated"] == {sort: len(found) for sort, found in again.items()}
    for word in (NAME, PHONE, PLACE, TEXT, "已清理", "2026-000001"):
        assert word not in kept
    for argv in (
        ("feedback", "1", "已告知"),
        ("close", "1"),
        ("erase", "1", "--basis", "本人书面申请", "--yes"),
    ):
        done = street(*argv, now=LATER)
        assert done.code == 0, done.err
    made = street(*MONTH, "--format", "md", now=LATER)
    assert made.code == 0, made.err
    assert street(*MONTH, "--json", now=LATER).json()["totals"]["received"] == 3
    case = street(*MONTH, "--json", now=LATER).json()["cases"][0]
    assert case["number"] == "2026-000001"
    assert TEXT not in json.dumps(case, ensure_ascii=False)


def test_where_another_version_counts_otherwise_the_recorded_figure_stands_and_that_is_said(
    street: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(report: PeriodReport) -> dict[str, Any]:
        figures = recorded(report)
        return figures | {"totals": figures["totals"] | {"received": 7}}

    with monkeypatch.context() as patched:
        patched.setattr("sixping.services.papers.frozen.recorded", otherwise)
        freeze(street)
    made = street(*MONTH, "--json", now=LATER)
    assert made.json()["totals"]["received"] == 7
    assert made.json()["frozen"]["differs"] == ["received"]
    assert "接收" in made.err
    assert "与定稿不同" in made.err
    file = tmp_path / "材料.md"
    assert street(*MONTH, "-o", str(file), now=LATER).code == 0
    assert "与定稿不同" in file.read_text(encoding="utf-8")


def test_verify_holds_the_figures_against_their_digest(street: Runner, ledger: Path) -> None:
    freeze(street)
    assert verify(ledger)["ok"]
    raw(
        ledger,
        *UNLOCKED,
        "UPDATE events SET facts = json_set(facts, '$.figures.totals.received', 7)"
        " WHERE kind = 'report_frozen'",
    )
    found = [f["what"] for f in verify(ledger)["findings"]]
    assert any("定稿的数与它的校验码不符" in what for what in found)


def test_a_frozen_report_is_taken_over_with_its_ledger(street: Runner, tmp_path: Path) -> None:
    freeze(street)
    before = street(*MONTH, "--json", now=NOW).json()
    late_entry(street)
    lines, other = tmp_path / "流水.jsonl", str(tmp_path / "other.sqlite3")
    assert street("export", "events", "-o", str(lines), now=LATER).code == 0
    assert street("--ledger", other, "init", now=LATER).code == 0
    made = street("--ledger", other, "import", str(lines), now=LATER)
    assert made.code == 0, made.err
    after = street("--ledger", other, *MONTH, "--json", now=LATER).json()
    assert after["frozen"]["differs"] == []
    assert after["totals"] == before["totals"]
    assert after["rates"] == before["rates"]
    assert after["ledger"] == before["ledger"]
    assert [each["figure"] for each in after["changed"]]


def test_the_log_says_in_chinese_what_was_frozen(street: Runner) -> None:
    freeze(street)
    made = street("log", "--stream", "定稿", "--format", "md", now=NOW)
    assert "材料定稿" in made.out
    assert "2026-10-01 至 2026-10-31" in made.out
    assert "第1期 (总第1期)" in made.out

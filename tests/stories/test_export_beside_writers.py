"""While something is given out others record: nobody waits, and the rows stay as they were."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sixping.documents import handout
from sixping.errors import LedgerBusy
from sixping.ledger import transaction
from sixping.services import exporting
from sixping.services.exporting import answers, photograph, transfer
from sixping.store import sqlite
from tests.kit.ledgerkit import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
CHANNEL = ("--channel", "微信公众号")


@pytest.fixture
def desk(call: Runner, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:  # noqa: ARG001
    """Lend a desk with four open cases, read two at a time; nobody waits for the ledger."""
    monkeypatch.setattr(exporting, "BATCH", 2)
    monkeypatch.setattr(transfer, "BATCH", 2)
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.0)
    for number in "1234":
        done = call("intake", f"演示{number}", *CHANNEL, "--source-no", f"W{number}",
                    "--severity", "一般", now=NOW)  # fmt: skip
        assert done.code == 0, done.err
        assert call("accept", number, now=NOW).code == 0
    return call


def ok(call: Runner, *argv: str) -> None:
    done = call(*argv, now=NOW)
    assert done.code == 0, (argv, done.err)


def test_who_writes_waits_for_no_export_and_changes_no_row_of_it(
    desk: Runner, ledger: Path
) -> None:
    whole = json.loads(desk("export", "--json", now=NOW).out)
    with sqlite.opened(ledger) as con:
        count, rows = photograph(con, {}, stamp().now, every=True, reveal=False)
        first = next(rows)
        ok(desk, "assign", "4", "--lead", "城管执法中队")
        ok(desk, "note", "3", "演示")
        ok(desk, "intake", "演示5", "--severity", "一般")
        ok(desk, "merge", "2", "--into", "1")
        got = [first, *rows]
    assert count == 4
    assert [row["number"] for row in got] == [row["number"] for row in whole]
    for name in ("status", "lead", "version", "merged_into"):
        assert [row[name] for row in got] == [row[name] for row in whole], name


def test_answers_stay_what_they_were_when_they_were_asked_for(desk: Runner, ledger: Path) -> None:
    for number in "1234":
        ok(desk, "assign", number, "--lead", "城管执法中队")
        ok(desk, "resolve", number, "--outcome", f"已清理{number}")
    with sqlite.opened(ledger) as con:
        count, rows = answers(con, "微信公众号", "2026-11-20", reveal=False)
        first = next(rows)
        ok(desk, "reopen", "4", "--reason", "演示")
        got = [first, *rows]
    assert count == 4
    assert [row["outcome"] for row in got] == [f"已清理{number}" for number in "1234"]


def test_the_lines_of_all_events_end_where_they_began(desk: Runner, ledger: Path) -> None:
    with sqlite.opened(ledger) as con:
        count, lines = transfer.event_lines(con, stamp(), reveal=False)
        head = [next(lines)]
        ok(desk, "assign", "4", "--lead", "城管执法中队")
        said: list[dict[str, Any]] = [json.loads(line) for line in [*head, *lines]]
    assert [each["seq"] for each in said if "kind" in each] == list(range(1, count + 1))
    assert said[-1]["events"] == count == said[0]["seq"]


def test_what_is_erased_while_it_is_read_is_not_given_out(
    desk: Runner, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, erased = handout.case_row, list[int]()

    def erasing(*args: Any, **given: Any) -> dict[str, Any]:
        if not erased:
            with transaction(ledger, stamp()) as work:
                erased.append(work.erase(range(1, work.seq), "演示: 依法删除"))
        return made(*args, **given)

    monkeypatch.setattr(exporting, "case_row", erasing)
    file = tmp_path / "x.csv"
    done = desk("export", "-o", str(file), now=NOW)
    assert done.code == LedgerBusy.exit_code
    assert "再导出一次" in done.err
    assert not file.exists()

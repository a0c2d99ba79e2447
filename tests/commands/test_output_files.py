"""``-o``: a file that is there already stays as it is, and the ledger is never written over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sixping import cli
from sixping.commands import TABLE
from sixping.console.frame import Group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sixping.console.frame import Table
    from tests.conftest import Runner

NOW = "2026-11-23T09:00:00+08:00"
WRITING = (
    "list --all -o {}", "search 占道 -o {}", "overdue -o {}", "report --month -o {}",
    "lapses -o {}", "log -o {}", "show 1 -o {}", "explain 1 -o {}", "export -o {}",
    "policy show -o {}", "units list -o {}", "calendar show 2026 -o {}", "calendar ics -o {}",
    "import --list -o {}", "audit -o {}", "retention list -o {}",
)  # fmt: skip


def writers(table: Table = TABLE, before: str = "") -> Iterator[str]:
    for name, entry in table.items():
        words = f"{before} {name}".strip()
        if isinstance(entry, Group):
            yield from writers(entry.entries, words)
        elif {"output"} & {param.name for param in cli.build(name, entry).params}:
            assert "force" in {param.name for param in cli.build(name, entry).params}, words
            yield words


def test_every_command_that_writes_a_file_may_be_told_to_replace_one() -> None:
    assert len([*writers()]) > 30


@pytest.mark.parametrize("line", WRITING)
def test_a_file_is_replaced_only_when_that_is_asked_for(
    line: str, call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert call("intake", "演示: 占道经营", "--severity", "一般", now=NOW).code == 0
    file = tmp_path / ("x.txt" if line.startswith("show") else "x.csv")
    file.write_text("原来的", encoding="utf-8")
    argv = line.format(file).split()
    if "ics" in argv:
        file.rename(file.with_suffix(".ics"))
        file = file.with_suffix(".ics")
        argv[-1] = str(file)
    with ledger.open("rb") as kept:
        before = kept.read()
    done = call(*argv, now=NOW)
    assert (done.code, file.read_text(encoding="utf-8")) == (1, "原来的"), done.err
    assert "--force" in done.err
    assert ledger.read_bytes() == before, "nothing was recorded either"
    forced = call(*argv, "--force", now=NOW)
    assert forced.code == 0, forced.err
    assert file.read_text(encoding="utf-8") != "原来的"


@pytest.mark.parametrize("line", ["list --all", "export", "show 1", "calendar ics", "report"])
def test_the_ledger_is_written_over_by_no_answer(
    line: str, call: Runner, ledger: Path, tmp_path: Path
) -> None:
    assert call("intake", "演示: 占道经营", "--severity", "一般", now=NOW).code == 0
    link = tmp_path / "x.csv"
    link.symlink_to(ledger)
    before = ledger.read_bytes()
    for path in (ledger, link):
        done = call(*line.split(), "-o", str(path), "--force", now=NOW)
        assert done.code == 2, done.err
        assert ledger.read_bytes() == before


def test_a_device_is_written_to_and_so_is_standard_output(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    assert call("intake", "演示: 占道经营", "--severity", "一般", now=NOW).code == 0
    for target in ("/dev/null", "-"):
        assert call("list", "--format", "csv", "-o", target, now=NOW).code == 0

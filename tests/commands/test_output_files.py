"""``-o``: a file that is there already stays as it is, and what was written is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.outputs import LINES, NOW, lines, lived, state_of, writers

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

SAID = ("已写入: ", "已导出")


def test_every_command_that_writes_a_file_is_tried_here() -> None:
    assert sorted(writers()) == sorted(LINES)


def test_a_file_is_replaced_only_when_that_is_asked_for_and_it_is_said_once(
    call: Runner, ledger: Path, tmp_path: Path
) -> None:
    lived(call)
    file = tmp_path / "out" / "x.xlsx"
    file.parent.mkdir()
    for line in lines():
        file.write_text("原来的", encoding="utf-8")
        before = state_of(tmp_path)
        done = call(*line, "-o", str(file), now=NOW)
        assert (done.code, done.out) == (1, ""), (line, done)
        assert "--force" in done.err, line
        assert state_of(tmp_path) == before, (line, "nothing was recorded either")
        forced = call(*line, "-o", str(file), "--force", now=NOW)
        assert (forced.code, forced.out) == (0, ""), (line, forced)
        assert file.read_bytes() != "原来的".encode(), line
        said = [words for words in forced.err.splitlines() if str(file) in words]
        assert len(said) == 1, (line, forced.err)
        assert said[0].startswith(SAID), (line, forced.err)
        assert [path.name for path in file.parent.iterdir()] == [file.name], line
    assert ledger.exists()


def test_nothing_is_said_of_files_where_none_is_written(call: Runner, ledger: Path) -> None:  # noqa: ARG001
    lived(call)
    for line in lines():
        if "xlsx" not in line:
            assert "已写入" not in call(*line, now=NOW).err, line


@pytest.mark.parametrize(("name", "code"), [("", 2), (" ", 2), ("new.csv/", 74)])
def test_a_name_that_is_empty_or_that_of_a_folder_is_refused(
    call: Runner, ledger: Path, tmp_path: Path, name: str, code: int
) -> None:
    lived(call)
    before = state_of(tmp_path)
    for line in lines():
        done = call(*line, "-o", name, now=NOW)
        assert (done.code, done.out) == (code, ""), (line, done)
    assert state_of(tmp_path) == before
    assert ledger.exists()


@pytest.mark.usefixtures("ledger")
def test_a_device_is_written_to_and_so_is_standard_output(call: Runner) -> None:
    lived(call)
    for target in ("/dev/null", "-"):
        assert call("list", "--format", "csv", "-o", target, now=NOW).code == 0


def test_a_draft_and_a_form_say_once_where_they_are(call: Runner, tmp_path: Path) -> None:
    source = tmp_path / "来件.csv"
    source.write_text("编号,内容,时间\n1,占道,2026-11-20\n", encoding="utf-8")
    for line in (["import", str(source), "--guess"], ["import", "--template"]):
        target = str(tmp_path / ("x.toml" if "--guess" in line else "x.xlsx"))
        done = call(*line, "-o", target, now=NOW)
        assert done.code == 0, done.err
        assert "已写入" not in done.err
        assert f"写入 {target}, " in done.err
        again = call(*line, "-o", target, now=NOW)
        assert again.code == 1, again.err
    before = source.read_bytes()
    for force in ([], ["--force"]):
        done = call("import", str(source), "--guess", "-o", str(source), *force, now=NOW)
        assert done.code == 2, done.err
        assert "要读的文件本身" in done.err
        assert source.read_bytes() == before

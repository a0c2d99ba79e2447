"""Why the system refused, in words that a duty officer reads."""

from __future__ import annotations

import errno
import io
import os
from pathlib import Path

import pytest

from sixping.console.faults import explain
from sixping.errors import InputOutput, system_reason
from sixping.store.files import create
from tests.conftest import Runner
from tests.kit.ledgerkit import lived, stamp

WORDS = {
    "ENOSPC": "磁盘已满", "EDQUOT": "配额", "EFBIG": "允许的大小", "EROFS": "磁盘只读",
    "EXDEV": "同一个磁盘", "EEXIST": "同名", "ESTALE": "网络盘", "ENOTSUP": "不支持",
    "ENOTDIR": "不是文件夹", "ENAMETOOLONG": "太长", "ELOOP": "绕成了圈", "EMFILE": "太多",
    "ENOLCK": "锁不上",
}  # fmt: skip


@pytest.mark.parametrize("name", WORDS)
def test_what_the_system_refuses_has_a_reason_in_chinese(name: str) -> None:
    code = getattr(errno, name, None)
    if code is None:
        pytest.skip(f"no {name} on this system")
    assert WORDS[name] in system_reason(OSError(code, "in English"))
    assert system_reason(OSError(9999, "in English")) == "系统错误 9999"


def test_what_has_no_number_is_not_told_by_the_name_of_its_class() -> None:
    fault = explain(io.UnsupportedOperation("not readable"))
    assert fault.exit_code == 74
    assert "原因不明" in fault.what
    assert "Unsupported" not in fault.what


def _in_the_way(folder: Path) -> dict[str, tuple[Path, str]]:
    """Return places where no file can be made, and what is said of each."""
    (folder / "file").touch()
    (folder / "loop").symlink_to("loop")
    return {
        "a file": (folder / "file" / "new.db", "路径中有一段不是文件夹"),
        "a file above": (folder / "file" / "more" / "new.db", "路径中有一段不是文件夹"),
        "a loop": (folder / "loop" / "new.db", "链接绕成了圈"),
        "a long name": (folder / ("长" * 90) / "new.db", "名字太长"),
    }


@pytest.mark.parametrize("place", ["a file", "a file above", "a loop", "a long name"])
@pytest.mark.parametrize(
    "argv",
    [
        ("init",), ("backup",), ("backup", "--to"), ("salvage", "--to"), ("report", "-o"),
        ("anchor", "--append"), ("export", "events", "-o"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_whoever_writes_a_file_says_what_is_in_the_way(
    call: Runner, tmp_path: Path, place: str, argv: tuple[str, ...]
) -> None:
    target, why = _in_the_way(tmp_path)[place]
    ledger = lived(tmp_path)[0]
    if argv[0] == "salvage":
        ledger.write_bytes(ledger.read_bytes()[: ledger.stat().st_size // 2])
    if argv == ("init",):
        done = call("--ledger", str(target), *argv)
    else:
        done = call("--ledger", str(ledger), *argv, str(target))
    assert done.code == 74, done.err
    assert why in done.err
    assert "系统错误" not in done.err


def test_a_read_only_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path / "new"))

    monkeypatch.setattr(os, "makedirs", refused)
    with pytest.raises(InputOutput, match="磁盘只读"):
        create(tmp_path / "new" / "ledger.db", stamp(), {})

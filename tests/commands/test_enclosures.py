"""Files that belong to a case: recorded by name, digest and place, and checked again."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import NOW, Street


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    made = Street(call)
    made.case()
    return made


def photo(folder: Path, name: str = "现场1.jpg", content: bytes = b"before") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def files(street: Street, *argv: str, code: int = 0) -> Any:
    done = street.call("verify", "--files", *argv, "--json", now=NOW)
    assert done.code == code, done.err
    document = json.loads(done.out)
    assert document["ok"], "the ledger itself is sound"
    return document["files"]


def test_a_file_is_enclosed_only_while_its_register_is_kept(street: Street, tmp_path: Path) -> None:
    file = photo(tmp_path)
    assert "附件登记还没有启用" in street.no("enclose", "1", str(file))
    assert files(street)["enclosures"] == 0


def test_enclosures_are_found_moved_changed_or_gone(street: Street, tmp_path: Path) -> None:
    street.do("register", "on", "附件")
    before, after = photo(tmp_path), photo(tmp_path, "现场2.jpg", b"after")
    street.do("enclose", "1", str(before), "--kind", "处置前")
    street.do("enclose", "1", str(after), "--kind", "处置后", "--kept", str(tmp_path))
    other = photo(tmp_path, "清单.txt", b"list")
    street.do("enclose", "1", str(other), "--kept", "档案室3号柜")
    assert files(street) == {
        "enclosures": 3, "same": 2, "elsewhere": 1, "erased": 0, "findings": [],
    }  # fmt: skip
    after.write_bytes(b"After")  # as long as it was
    before.unlink()
    found = files(street, code=1)
    states = {each["what"].split()[3]: each["state"] for each in found["findings"]}
    assert states == {"现场1.jpg": "missing", "现场2.jpg": "changed"}
    assert {each["number"] for each in found["findings"]} == {"2026-000001"}
    moved = tmp_path / "备份"
    moved.mkdir()
    for name, content in (("现场1.jpg", b"before"), ("现场2.jpg", b"after"), ("清单.txt", b"list")):
        photo(moved, name, content)
    assert files(street, str(moved))["same"] == 3
    (moved / "清单.txt").unlink()
    (moved / "清单.txt").mkdir()
    (bad,) = files(street, str(moved), code=1)["findings"]
    assert bad["state"] == "unreadable"
    assert "没有这个文件夹" in street.no("verify", "--files", str(tmp_path / "无"))
    assert "内容已改动" in street.call("verify", "--files", now=NOW).out


def test_bad_files_are_refused_and_an_enclosure_is_taken_back(
    street: Street, tmp_path: Path
) -> None:
    street.do("register", "on", "附件")
    file = photo(tmp_path)
    assert "读不了" in refused(street, str(tmp_path / "无.jpg"))
    assert "不是普通文件" in refused(street, str(tmp_path))
    assert "是空的" in refused(street, str(photo(tmp_path, "空.jpg", b"")))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "管道")
        assert "不是普通文件" in refused(street, str(tmp_path / "管道"))
    assert "处置前" in street.no("enclose", "1", str(file), "--kind", "中间")
    street.do("enclose", "1", str(file))
    assert "内容相同的附件 1" in street.no("enclose", "1", str(photo(tmp_path, "同.jpg")))
    street.do("undo", "1")
    assert files(street)["enclosures"] == 0
    street.do("enclose", "1", str(file), "--kind", "前")
    (entry,) = street.do("show", "1", "--json").json()["enclosures"]
    assert (entry["n"], entry["sort"], entry["size"]) == (2, "处置前", 6)


def refused(street: Street, path: str) -> str:
    before = street.log()
    done = street.call("enclose", "1", path, now=NOW)
    assert done.code in {65, 74}, done.err
    assert street.log() == before
    return done.err


def test_the_name_of_a_file_is_masked_and_erased(street: Street, tmp_path: Path) -> None:
    street.do("register", "on", "附件")
    street.do("enclose", "1", str(photo(tmp_path, "来电13912348765.jpg")))
    for line in (("show", "1"), ("log", "1"), ("register", "show", "附件", "--json")):
        assert "13912348765" not in street.do(*line).out, line
    street.do("assign", "1", "--lead", "城管执法中队")
    street.do("resolve", "1", "--outcome", "已清")
    street.do("feedback", "1", "已告知")
    street.do("close", "1")
    street.do("erase", "1", "--basis", "本人书面申请", "--yes")
    assert files(street)["erased"] == 1

"""Ledgers spoilt in every way, read by every command: a Chinese sentence, the file as it was.

The full part: ``SIXPING_ANOMALY=full``; ``SIXPING_ANOMALY_FROM`` and ``_TO`` take a slice of it.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from tests.anomaly import table
from tests.conftest import Result, Runner
from tests.kit.corruption import spoil
from tests.privacy import canary

FULL = os.environ.get("SIXPING_ANOMALY") == "full"
FIRST = int(os.environ.get("SIXPING_ANOMALY_FROM", "0"))
MANY = int(os.environ.get("SIXPING_ANOMALY_TO", "3000" if FULL else "20"))
FEW = min(MANY, 100) if FULL else 1
SEED = "corrupt"
NOW = "2026-11-24T15:00:00+08:00"
SAMPLE = Path(__file__).parents[1] / "ledgers" / "format3.sqlite3"
READS = (
    ("list", "--all"), ("show", "1"), ("overdue", "--within", "20"),
    ("report", "--month", "2026-11"),
)  # fmt: skip
Reads = tuple[tuple[str, ...], ...]
_COMMAND = re.compile(r"sixping(?: [a-z-]+)*|--[a-z-]+|search|SIXPING_\w+|SQLite|UTF-8|JSON")
_PLACE = re.compile(r"第 -?\d+ 号|\d{4}-\d{6}")


def wrong(argv: tuple[str, ...], done: Result, path: Path, before: bytes) -> str:
    """Say what is not as it must be of an answer over a spoilt ledger; empty when all is."""
    said = done.err.replace(str(path), "")
    if done.code not in {0, 1, 3, 74, 78}:
        return f"exit {done.code}"
    if done.code == 1 and not _truly_absent(path, said):
        return "exit 1"
    if "程序内部出错" in said or "Traceback" in said:
        return "internal error"
    fault = said[said.index("错误: ") :] if "错误: " in said else ""
    if done.code not in {0, 3} and not re.search("[\u4e00-\u9fff]", fault) and argv[0] != "verify":
        return "no Chinese sentence"
    plain = _COMMAND.sub("", re.sub(r"结构被改动过: \S+|规则 \S+|\([a-z_]+\)", "", fault))
    if re.search("[A-Za-z]{3,}", plain):
        return "English"
    if "存的内容有问题" in fault and "读不下去" not in fault and not _PLACE.search(fault):
        return "no place"
    if argv not in canary.RECORDED and argv[0] != "verify" and path.read_bytes() != before:
        return "the file was changed"
    return ""


def _truly_absent(path: Path, said: str) -> bool:
    """Return whether a case that is said not to be there is not there."""
    named = re.search(r"没有编号为 (\d{4}-\d{6}) 的件", said)
    if named is None:
        return False
    with closing(sqlite3.connect(path)) as con:
        con.text_factory = bytes
        rows = con.execute("SELECT 1 FROM events WHERE subject = ?", (named[1],)).fetchall()
    return not rows


def tried(
    call: Runner, sound: dict[tuple[str, ...], Result], sample: Path, folder: Path, number: int
) -> list[str]:
    """Spoil one copy, read it with these commands, and return what went wrong.

    ``sound``: what they said of the sample.
    """
    dice = Random(f"{SEED} {number}")  # noqa: S311
    path = Path(shutil.copy(sample, folder / f"{number}.sqlite3"))
    way = spoil(path, dice)
    before, found = path.read_bytes(), []
    for argv, once in sound.items():
        done = call("--ledger", str(path), *argv, now=NOW)
        if done.code in {1, 2, 65} and (done.code, done.err) == (once.code, once.err):
            continue
        if what := wrong(argv, done, path, before):
            found.append(f"{number} {way}: {' '.join(argv)}: {what}: {done.err.strip()[-300:]}")
    path.unlink()
    return found


def all_tried(call: Runner, sample: Path, folder: Path, reads: Reads, until: int) -> str:
    """Return what went wrong over spoilt copies of a sample, a line each."""
    copy = Path(shutil.copy(sample, folder / "sound.sqlite3"))
    sound = {argv: call("--ledger", str(copy), *argv, now=NOW) for argv in reads}
    assert {done.code for done in sound.values()} <= {0, 1, 2, 3, 65}
    lines = [line for n in range(FIRST, until) for line in tried(call, sound, sample, folder, n)]
    table.note(f"损坏的台账, 各 {len(reads)} 个读的命令", until - FIRST, "个文件", len(lines))
    return "\n".join([f"{len(lines)} of seed {SEED!r}:", *lines]) if lines else ""


def test_a_spoilt_ledger_is_read_or_refused_in_chinese_and_left_alone(
    call: Runner, tmp_path: Path
) -> None:
    if found := all_tried(call, SAMPLE, tmp_path, READS, MANY):
        pytest.fail(found, pytrace=False)


def test_every_reading_command_over_spoilt_ledgers(call: Runner, tmp_path: Path) -> None:
    sample = SAMPLE
    if FULL:
        canary.haunted(call)
        sample = next(tmp_path.rglob("ledger.sqlite3"))
    if found := all_tried(call, sample, tmp_path, (*canary.READ, *canary.RECORDED), FEW):
        pytest.fail(found, pytrace=False)

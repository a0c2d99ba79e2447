"""The marked person in files: given out, taken in with faults, left behind, and erased."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import NOW, Street
from tests.privacy.canary import (
    IDENTITY,
    LANDLINE,
    MAIL,
    MOBILE,
    NAME,
    SOURCE,
    TOLD,
    WORDS,
    exposed,
    haunted,
)

PAPERS = ("csv", "docx", "html", "md", "xlsx")
#: every export that there is, each with what it may be written as
EXPORTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("export",), ("tsv", "csv", "json", "jsonl", "xlsx", "open311")),
    (("export", "--open"), ("csv", "xlsx")),
    (("export", "--for-people"), ("csv", "xlsx")),
    (
        ("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-01"),
        ("tsv", "csv", "json", "jsonl", "xlsx"),
    ),
    (("export", "events"), ("jsonl",)),
    (("list", "--all"), ("csv", "json", "xlsx", "md")),
    (("search", "演示"), ("csv", "xlsx")),
    (("overdue", "--within", "20"), ("csv", "xlsx", "docx", "html", "md")),
    (("report", "--month", "2026-11"), ("csv", "json", "md")),
    (("lapses", "--from", "2026-11-01", "--to", "2026-11-24"), PAPERS),
    (("assess", "--month", "2026-11"), PAPERS),
    (("lookup", "--name", NAME, "--reason", TOLD), ("csv", "json")),
    (("audit",), ("csv", "json", "md")),
    (("duty", "roster"), ("csv", "docx", "xlsx", "html", "md")),
    (("meeting", "agenda", "m1"), ("docx", "xlsx", "html", "md")),
    (("meeting", "minutes", "m1"), ("docx", "xlsx", "html", "md")),
    (("meeting", "decisions", "m1"), ("docx", "md")),
    (("meeting", "attendance", "--month", "2026-11"), ("html", "md")),
    (("operation", "show", "o2"), ("docx", "md")),
)
PROFILE = """
name = "canary"
title = "演示来源"
mode = "live"
[columns]
source_no = "编号"
text = "内容"
received = "时间"
place = "地点"
reporter = "姓名"
phone = "电话"
category = "类别"
status = "状态"
[values.status]
"在办" = "办理中"
[defaults]
channel = "微信公众号"
"""
HEAD = "编号,内容,时间,地点,姓名,电话,类别,状态,备注"


@pytest.fixture
def street(call: Runner) -> Street:
    """A street where the marked person was put into everything."""
    return haunted(call)[0]


def words_of(path: Path) -> str:
    """Return all that a file says, that of a workbook unzipped."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8-sig")
    with zipfile.ZipFile(path) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def test_no_file_that_is_given_out_has_the_person(
    street: Street, call: Runner, tmp_path: Path
) -> None:
    leaks, written = [], 0
    for argv, formats in EXPORTS:
        for form in formats:
            ending = "json" if form == "open311" else form
            file = tmp_path / f"{written}.{ending}"
            more = ("--open311",) if form == "open311" else ("--format", form)
            made = call(*argv, *more, "-o", str(file), now=NOW)
            assert made.code in {0, 3}, (argv, form, made.err)
            leaks += [(argv, form, w) for w in exposed(words_of(file) + made.out + made.err)]
            written += 1
    assert sorted({str(leak) for leak in leaks}) == []
    assert written > 30
    assert street.call("verify", now=NOW).code == 0


def rows_file(folder: Path, *rows: str) -> Path:
    file = folder / "来件.csv"
    file.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
    return file


@pytest.mark.parametrize("more", [(), ("-n",), ("--partial",), ("--update",), ("--update", "-n")])
def test_no_fault_of_a_file_repeats_the_person(
    street: Street, tmp_path: Path, more: tuple[str, ...]
) -> None:
    profile = tmp_path / "方案.toml"
    profile.write_text(PROFILE, encoding="utf-8")
    said = WORDS.replace(",", ";")
    file = rows_file(
        tmp_path,
        f"甲1,{NAME}说{said},2026-11-23 10:00,{NAME}家,{NAME},{MOBILE},,在办,{said}",
        f"甲2,{said},{MOBILE},{NAME}家,{NAME},{LANDLINE},,在办,",  # no time
        f"甲3,{said},2026-11-23 10:00,,{NAME},{MOBILE},{said},{said},",  # unknown words
        f"甲1,{NAME}另说{said},2026-11-23 11:00,{NAME}家,{NAME},{MOBILE},,在办,",  # a clash
        f"{SOURCE},{said},2026-11-23 10:00,{NAME}家,{NAME},{MAIL},,在办,",  # known otherwise
        f"{IDENTITY},,,,,,,,",
    )
    made = street.call("import", str(file), "--profile", str(profile), *more, now=NOW)
    assert made.code in {0, 65}, made.err
    assert exposed(made.out + made.err) == []
    guess = street.call("import", str(file), "--guess", now=NOW)
    assert exposed(guess.out + guess.err) == []
    draft = tmp_path / "拟.toml"
    street.call("import", str(file), "--guess", "-o", str(draft), now=NOW)
    if draft.exists():
        assert exposed(draft.read_text(encoding="utf-8")) == []
    listed = street.call("import", "--list", now=NOW)
    assert exposed(listed.out + listed.err) == []


def test_backups_are_named_after_nobody_and_the_chain_has_no_byte_of_the_person(
    street: Street, tmp_path: Path
) -> None:
    street.do("backup", str(tmp_path / "备份"))
    assert [p for p in tmp_path.rglob("*") if exposed(str(p.relative_to(tmp_path)))] == []
    path = next(tmp_path.rglob("ledger.sqlite3"))
    with closing(sqlite3.connect(path)) as con:
        for table in ("events", "sources", "requests", "meta"):
            dump = repr(con.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - its own
            assert exposed(dump) == [], table
            coded = [SOURCE, SOURCE.encode().hex(), NAME.encode().hex(), MOBILE.encode().hex()]
            assert [word for word in coded if word in dump] == [], table


def test_an_erased_case_leaves_no_word_in_any_answer(street: Street) -> None:
    street.do("lookup", "--name", NAME, "--reason", TOLD)
    street.do("show", "2", "--reveal", "--reason", TOLD)
    street.do("retention", "release", "2", "--reason", TOLD)
    made = street.do("erase", "2", "--basis", "本人申请", "--yes")
    assert exposed(made.out + made.err) == []
    shown = street.do("show", "2", "--json").json()
    assert (shown["text"], shown["about"]) == (None, None)
    for argv in (("audit",), ("log",), ("retention", "list"), ("log", "2"), ("export", "events")):
        assert exposed(street.do(*argv).out) == []
    assert re.search("已删除", street.do("show", "2").out)
    assert street.do("verify").code == 0

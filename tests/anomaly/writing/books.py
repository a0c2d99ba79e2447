"""The ledger and its files, rules and calendar, personal data, terms of keeping."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.anomaly import keeping
from tests.anomaly.sight import Sight
from tests.anomaly.writing.jobs import Job, Write, facts, line, naming, told
from tests.conftest import ROOT

_LOCAL = (
    "calendar", "add-local", "--off", "2026-11-27", "--document", "{token}", "--scope", "滨江区",
    "--yes",
)  # fmt: skip
_HOLIDAYS = ("01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02", "06-09",
             "09-15", "10-01", "10-02", "10-03")  # fmt: skip


def _document(sight: Sight, job: Job) -> int:
    return min(1, sum(job.token in text for text in sight.documents))


def _rules(job: Job) -> Mapping[str, str]:
    shipped = (ROOT / "data" / "signals.toml").read_text(encoding="utf-8")
    return {"signals.toml": f"{shipped}\n# {job.token}\n"}


def _year(_: Job) -> Mapping[str, str]:
    days = [{"name": "演示", "date": f"2027-{day}", "isOffDay": True} for day in _HOLIDAYS]
    return {"2027.json": json.dumps({"year": 2027, "papers": ["演示"], "days": days})}


def _dated(job: Job) -> Mapping[str, str | Path]:
    return keeping.dated(job.old, job.desk / job.token)


def _later(job: Job) -> Mapping[str, str | Path]:
    return {
        str(job.desk / f"{job.token}.sqlite3"): job.old / "later.sqlite3",
        str(job.desk / f"{job.token}.early"): job.old / "early.sqlite3",
    }


def _damaged(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.bad"): job.old / "damaged"}


def _anchors(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.jsonl"): job.old / "anchors.jsonl"}


def _format1(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.sqlite3"): keeping.FORMAT1}


def _erased(sight: Sight, job: Job) -> int:
    return int(not any(e.subject == job.number and e.private for e in sight.events))


_OWN = "{token}.sqlite3"
BOOKS: tuple[Write, ...] = (
    Write("init", ("--ledger", "{desk}/{token}.sqlite3", "init"), makes=_OWN, says="已新建"),
    Write("demo", ("--ledger", "{desk}/{token}.sqlite3", "demo"), makes=_OWN, says="已建成"),
    line("policy adopt", "{files}", _document, brings=_rules, says="已采用", again=True),
    line(
        "calendar import", "{files}/2027.json --yes", naming("year_imported", "演示"),
        brings=_year, says="已记入台账", again=True, may_answer=(75,),
    ),
    Write(
        "calendar add-local", _LOCAL, facts("order_added"), says="已记入台账", may_answer=(75,)
    ),
    line("calendar apply", "", state="accepted", again=True, says="已调整", first=(_LOCAL,)),
    line("erase", "{number} --basis 演示申请 --yes --json", _erased, "declined"),
    line("lookup", "--name 演示 --reason {token} --json", told("looked_up")),
    line("show --reveal", "{number} --reason {token} --json", told("revealed"), "new"),
    line("retention hold", "{number} --reason {token}", told("hold_set"), "new", says="已暂缓"),
    line(
        "retention release", "{number} --reason {token}", told("hold_lifted"), "held",
        says="已解除",
    ),
    line(
        "retention run --apply", "--approved-by 分管领导 --json", own=_OWN, again=True,
        brings=keeping.aged, check=keeping.expired, there=keeping.is_expired,
    ),
    line("rebuild", "", again=True, says="一致"),
    line("backup", "{desk}/{token}.sqlite3", makes=_OWN, says="已备份"),
    Write(
        "backup --to --keep",
        ("backup", "--to", "{desk}/{token}", "--keep", "days=2"),
        brings=_dated,
        says="已备份并核验",
        check=keeping.rotated,
        there=keeping.is_rotated,
    ),
    line("backup drill", "{old} --json", again=True, check=keeping.drilled),
    line(
        "restore", "{desk}/{token}.early --yes", brings=_later, says="已恢复", own=_OWN,
        check=keeping.restored, there=keeping.is_restored,
    ),
    line(
        "salvage", "{desk}/{token}.bad --to {desk}/{token}.sqlite3", brings=_damaged, makes=_OWN,
        says="核验通过", check=keeping.salvaged,
    ),
    line(
        "anchor --append", "{desk}/{token}.jsonl", brings=_anchors, says="已追加",
        check=keeping.appended, there=keeping.is_appended,
    ),
    line("verify", "", says="自洽", again=True, check=keeping.remembered),
    Write(
        "upgrade",
        ("--ledger", "{desk}/{token}.sqlite3", "intake", "演示占道{token}", "--severity", "一般",
         "--request-id", "{token}", "--json"),
        brings=_format1,
        own=_OWN,
        again=True,
        check=keeping.upgraded,
        there=keeping.is_upgraded,
        becomes=keeping.of_the_next_format,
    ),
    Write(
        "list -o",
        ("list", "--all", "--format", "csv", "-o", "{desk}/{token}.csv"),
        state="new",
        makes="{token}.csv",
        says="已写入",
    ),
    Write(
        "export",
        ("export", "--format", "jsonl", "-o", "{desk}/{token}.jsonl"),
        state="new",
        makes="{token}.jsonl",
        says="已导出",
        may_answer=(75,),  # words were erased meanwhile: it asks to be run again
    ),
    Write(
        "report -o",
        ("report", "--month", "2026-11", "-o", "{desk}/{token}.md"),
        makes="{token}.md",
        says="已写入",
    ),
)  # fmt: skip

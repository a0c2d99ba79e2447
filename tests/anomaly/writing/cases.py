"""The steps of a case."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tests.anomaly import keeping
from tests.anomaly.writing.jobs import Job, Write, line, of, told
from tests.anomaly.writing.states import LEAD, LEADER, OFFICE

HISTORY = """\
name = "old"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到"
resolved = "办结"
[defaults]
channel = "投诉举报电话"
"""
ROWS, LINES = 4, 3


def _reports(job: Job) -> str:
    return "".join(
        json.dumps(
            {"text": f"演示占道 {job.token}", "request_id": f"{job.token}-{n}"}, ensure_ascii=False
        )
        + "\n"
        for n in range(LINES)
    )


def _table(job: Job) -> Mapping[str, str]:
    rows = [
        f"{job.token}-{n},演示路灯 {job.token},2026-03-02 09:00,2026-03-05 09:00"
        for n in range(ROWS)
    ]
    return {"old.toml": HISTORY, "old.csv": "\n".join(["编号,内容,收到,办结", *rows]) + "\n"}


def _photo(job: Job) -> Mapping[str, str]:
    return {f"{job.token}.jpg": f"演示 {job.token}"}


_APPROVED = f"--reason {{token}} --approved-by {LEADER} --json"
CASES: tuple[Write, ...] = (
    line("intake", "演示占道{token} --request-id {token} --json", told("reported"), again=True),
    line(
        "intake --jsonl", "-", told("reported"), whole=LINES, stdin=_reports, again=True,
        by_line=True,
    ),
    line(
        "import", "{files}/old.csv --profile {files}/old.toml --no-triage", told("imported"),
        whole=ROWS, brings=_table, says="台账中已有", again=True,
    ),
    line(
        "emergency", "{number} --to 区应急管理局 --how {token} --json",
        told("emergency_reported"), "burning",
    ),
    line("accept", "{number} --feedback {token} --json", told("accepted"), "new"),
    line("decline", "{number} --reason {token} --json", told("declined"), "new"),
    line("told", "{number} --how {token} --json", told("told"), "accepted"),
    line("assign", f"{{number}} --lead {LEAD} --json", of("assigned"), "accepted"),
    line("sign", "{number} --json", of("signed"), "assigned"),
    line("return", "{number} --reason {token} --json", told("returned"), "assigned"),
    line("handover", "{number} --to p1 --reason {token} --json", told("handed_over"), "assigned"),
    line("note", "{number} {token} --json", told("noted"), "assigned"),
    line(
        "regrade", "{number} --category 环境卫生 --reason {token} --json", told("regraded"),
        "accepted",
    ),
    line("part", f"{{number}} --unit {LEAD} --task {{token}} --json", told("part_set"), "assigned"),
    line(
        "part-done", f"{{number}} --unit {LEAD} --outcome {{token}} --json", told("part_done"),
        "parted",
    ),
    line(
        "resolve", "{number} --outcome {token} --kind 已解决 --json", told("resolved"), "assigned"
    ),
    line("service need", "{number} --material {token} --json", told("material_owed"), "new"),
    line("service got", "{number} --json", of("material_received"), "lacking"),
    line("feedback", "{number} {token} --json", told("fed_back"), "resolved"),
    line("verify-result", "{number} --fail --reason {token} --json", told("verified"), "resolved"),
    line("close", "{number} --json", of("closed"), "told"),
    line("reopen", "{number} --reason {token} --json", told("reopened"), "closed"),
    line("merge", "{number} --into {other} --json", of("merged"), "new", pair=True),
    line("unmerge", "{number} --reason {token} --json", told("unmerged"), "merged"),
    line("amend", "{number} --place 演示路 --reason {token} --json", told("amended"), "new"),
    line("undo", "{number} --reason {token} --json", told("voided"), "noted"),
    line("void", "{number} {seq} --reason {token} --json", told("voided"), "noted"),
    line("consult", f"{{number}} --leader {LEADER} --json", of("consulted"), "grave"),
    line(
        "decide",
        f"{{number}} --lead {LEAD} --due 2026-12-10 --leader {LEADER} --decided-by {{token}}"
        " --json",
        told("decided"), "consulted",
    ),
    line(
        "refer", "{number} --to 区住建局 --content {token} --told --json", told("referred"),
        "accepted",
    ),
    line(
        "refer-reply", "{number} --outcome {token} --returned --json", told("refer_replied"),
        "referred",
    ),
    line("extend", f"{{number}} --workdays 2 {_APPROVED}", told("extended"), "assigned"),
    line("suspend", f"{{number}} {_APPROVED}", told("suspended"), "assigned"),
    line("resume", "{number} --json", of("resumed"), "suspended"),
    line("urge", "{number} --level 普通 --reason {token} --json", told("urged"), "assigned"),
    line(
        "urge --auto", "--json", brings=keeping.aged, own="{token}.sqlite3", again=True,
        check=keeping.urged, there=keeping.is_urged,
    ),
    line(
        "slip", "{number} 交办单 --points {token} --json", told("slip_printed"), "assigned"
    ),
    line("answer-urge", "{number} {token} --json", told("urge_answered"), "urged"),
    line(
        "instruct", f"{{number}} {{token}} --leader {LEADER} --json", told("instructed"),
        "assigned",
    ),
    line(
        "answer-instruct", "{number} {token} --json", told("instruction_answered"), "instructed"
    ),
    line("demand", f"{{number}} {{token}} --to {OFFICE} --json", told("demanded"), "assigned"),
    line("answer-demand", "{number} {token} --json", told("demand_answered"), "demanded"),
    line(
        "transfer", "{number} --to 区公安分局 --content {token} --json",
        told("justice_transferred"), "assigned",
    ),
    line(
        "transfer-reply", "{number} --outcome {token} --json", told("transfer_replied"), "handed"
    ),
    line(
        "enclose", "{number} {files}/{token}.jpg --kind 处置前 --json", told("enclosed"),
        "assigned", brings=_photo,
    ),
    line(
        "feedback --to-source", "{number} {token} --to-source --json", told("source_answered"),
        "settled",
    ),
)  # fmt: skip

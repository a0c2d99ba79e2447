"""A report registered once: the rules and data of its day, its keys, one transaction (二.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.intake import load_intake_data, named, register
from sixping.cases.steps.intake import suggested_lead
from sixping.errors import NotAllowed, UsageFault
from sixping.ledger import transaction
from sixping.office.organisation import organisation_at
from sixping.services.rulebooks import rulebooks_of, rules_in
from sixping.services.taking import Receipt
from sixping.util.text import SHORT, accept_text

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sixping.cases.intake import IntakeData, ReportInput
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp


def intake_data(con: Connection, day: date) -> IntakeData:
    """Return what a report is judged by; the units are the ledger's on that day."""
    return load_intake_data()._replace(units=organisation_at(con, day).units)


def register_once(
    ledger: Path,
    stamp: Stamp,
    report: ReportInput,
    received: datetime,
    request_id: str | None = None,
) -> tuple[Receipt, bool]:
    """Register a report; return what is in the ledger and whether it had been there before.

    A report is the same when its request id, or its number at its source, was given before
    with the same content; with other content that raises ``NotAllowed``.
    """
    load_intake_data()  # files are read and checked before others wait
    rulebooks_of(None)
    with transaction(ledger, stamp) as work:
        rules_of = rules_in(work.con)
        rules = rules_of(received.date())
        data = intake_data(work.con, received.date())
        report = named(report, data, rules)
        event = register(report, data, rules)
        keys, content = _keys(event.channel, report.source_no, request_id), report.content()
        if known := _known(work, keys, content):
            case, log = work.case_and_log(known)
            return Receipt(case, work.head(), suggested_lead(log, case.category)), True
        number = work.next_number(received.year)
        case, _ = work.append(
            number, event, received,
            before=None, rules=rules_of, request_keys=keys, content=content,
        )  # fmt: skip
    return Receipt(case, work.head(), event.lead), False


def _keys(channel: str, source_no: str | None, request_id: str | None) -> list[str]:
    """Return what a report is recognised by; raises ``UsageFault`` for an empty request id."""
    keys = [f"src:{channel}\x1f{source_no}"] if source_no else []
    if request_id is not None:
        if not request_id.strip():
            raise UsageFault("请求标识 (request_id) 是空的。", "请写出标识, 或不用它。")
        keys.insert(0, f"id:{accept_text(request_id, field='请求标识 (request_id)', limit=SHORT)}")
    return keys


def _known(work: Transaction, keys: list[str], content: bytes) -> str | None:
    """Return the number these keys were given before; other content raises ``NotAllowed``."""
    for key in keys:
        known = work.request(key)
        if not known:
            continue
        same = work.same_content(key, content)
        if not same:
            what = "请求标识" if key.startswith("id:") else "来源编号"
            but = "但内容不同" if same is False else "内容已依法删除, 无法核对是否相同"
            raise NotAllowed(
                f"这个{what}已经登记为 {known}, {but}。",
                f"请用 sixping show {known} 核对; 确是另一件的, 请换一个{what}。",
            )
        return known
    return None

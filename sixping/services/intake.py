"""A report registered once: the rules and data of its day, its keys, one transaction (二.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sixping.cases.codec import private_fields
from sixping.cases.intake import load_intake_data, named, register
from sixping.cases.steps.intake import suggested_lead
from sixping.errors import NotAllowed, UsageFault
from sixping.ledger import transaction
from sixping.office.organisation import organisation_at
from sixping.services.rulebooks import rulebooks_of, rules_in
from sixping.services.taking import Receipt
from sixping.store.requests import identities
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
        event = replace(register(report, data, rules), request_id=_id(request_id))
        content = report.content()
        if known := _known(work, identities(event.channel, private_fields(event)), content):
            case, log = work.case_and_log(known)
            return Receipt(case, work.head(), suggested_lead(log, case.category)), True
        number = work.next_number(received.year)
        case, _ = work.append(number, event, received, before=None, rules=rules_of, content=content)
    return Receipt(case, work.head(), event.lead), False


def _id(request_id: str | None) -> str | None:
    """Let a request id in; raises ``UsageFault`` for an empty one."""
    if request_id is None:
        return None
    if not request_id.strip():
        raise UsageFault("请求标识 (request_id) 是空的。", "请写出标识, 或不用它。")
    return accept_text(request_id, field="请求标识 (request_id)", limit=SHORT)


def _known(work: Transaction, known_by: list[str], content: bytes) -> str | None:
    """Return the number a report was given before; other content raises ``NotAllowed``."""
    for identity in known_by:
        if found := work.request(identity, content):
            number, same = found
            if same:
                return number
            what = "请求标识" if identity.startswith("id:") else "来源编号"
            raise NotAllowed(
                f"这个{what}已经登记为 {number}, 但内容不同。",
                f"请用 sixping show {number} 核对; 确是另一件的, 请换一个{what}。",
            )
    return None

"""A report registered once: the rules and data of its day, its keys, one transaction (二.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.intake import IntakeData, load_intake_data, named, register
from sixping.cases.steps import suggested_lead
from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission, NotAllowed, UsageFault
from sixping.ledger import transaction
from sixping.office.organisation import organisation_at
from sixping.services.rulebooks import rulebooks_on
from sixping.services.taking import Receipt
from sixping.store.documents import rule_on
from sixping.store.sqlite import reading
from sixping.triage.signals import SIGNALS, load_signals
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.text import SHORT, accept_text

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from sixping.cases.intake import ReportInput
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp


def intake_data(con: Connection, day: date) -> IntakeData:
    """Return what a report is judged by: the ledger's categories, signals, units of that day."""
    return IntakeData(
        rule_on(con, TAXONOMY, load_taxonomy),
        rule_on(con, SIGNALS, load_signals),
        organisation_at(con, day).units,
    )


def intake_data_of(ledger: Path, day: date) -> tuple[IntakeData, str]:
    """Return the same for a command that needs no ledger, the data's own where there is none.

    Beside it why the ledger could not be read (empty: it was, or there is none).
    """
    unread = ""
    if ledger.exists():
        try:
            with reading(ledger) as con:
                return intake_data(con, day), unread
        except (LedgerUnusable, LedgerBusy, NoPermission) as fault:
            unread = fault.what
    return load_intake_data(), unread


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

    def warm(con: Connection) -> None:
        rulebooks_on(con)
        intake_data(con, received.date())

    with transaction(ledger, stamp, warm) as work:
        rules = rulebooks_on(work.con).rules(received.date())
        data = intake_data(work.con, received.date())
        report = named(report, data, rules)
        event = register(report, data, rules, received)
        keys, content = _keys(event.channel, report.source_no, request_id), report.content()
        if known := _known(work, keys, content):
            case, log = work.case_and_log(known)
            return Receipt(case, work.head(), suggested_lead(log, case.category)), True
        number = work.next_number(received.year)
        case = work.append(number, event, received, before=None, request_keys=keys, content=content)
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

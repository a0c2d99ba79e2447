"""A report registered once: the rules and data of its day, its keys, one transaction (二.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.codec import private_fields
from sixping.cases.intake import IntakeData, load_intake_data, named, read_input, register
from sixping.cases.lifecycle import advance
from sixping.cases.similarity import Side
from sixping.cases.step import CaseEntry
from sixping.cases.steps.intake import suggested_lead
from sixping.documents.cases import first_words_of
from sixping.documents.phrases import moment
from sixping.errors import (
    BadData,
    LedgerBusy,
    LedgerUnusable,
    NoPermission,
    NotAllowed,
    NotFound,
    UsageFault,
)
from sixping.ledger import transaction
from sixping.office import registers
from sixping.office.organisation import organisation_at
from sixping.policy.services import SERVICES, Services
from sixping.policy.vocabulary import LIMITS, Status
from sixping.queries import cases, similar
from sixping.services.approval.avoidance import about_of, perhaps_meant
from sixping.services.casefile import likely_repeats
from sixping.services.rulebooks import rulebooks_on, rules_in
from sixping.services.taking import Receipt
from sixping.store.documents import rule_on
from sixping.store.requests import number_of, taken_in
from sixping.store.sqlite import reading
from sixping.triage.places import locate
from sixping.triage.signals import SIGNALS, load_signals
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.clock import end_of, to_text
from sixping.util.daytext import understood_day
from sixping.util.text import SHORT, accept_text

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from typing import Any

    from sixping.cases.intake import ReportInput
    from sixping.cases.model import Case
    from sixping.cases.rules import Rules
    from sixping.cases.steps.intake import Reported
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp


def _silent(_: str) -> None:
    """Say nothing: nobody is there to hear it."""


def intake_data(con: Connection, day: date) -> IntakeData:
    """Return what a report is judged by: the ledger's categories, signals, units of that day."""
    return IntakeData(
        rule_on(con, TAXONOMY, load_taxonomy),
        rule_on(con, SIGNALS, load_signals),
        organisation_at(con, day).units,
        rule_on(con, SERVICES, Services),
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
    warn: Callable[[str], None] = _silent,
    source_due: date | None = None,
) -> tuple[Receipt, bool]:
    """Register a report; return what is in the ledger and whether it had been there before.

    A report is the same when its request id, or its number at its source, was given before
    with the same content; with other content that raises ``BadData``. ``warn`` says before it
    is recorded which limits are past due already. ``source_due``: by when its source wants the
    result, an instant or the end of a day; it makes no request another one.
    """

    def warm(con: Connection) -> None:
        rulebooks_on(con)
        intake_data(con, received.date())

    with transaction(ledger, stamp, warm) as work:
        rules_of = rules_in(work.con)
        rules = rules_of(received.date())
        data = intake_data(work.con, received.date())
        if report.service:
            _require_begun(work.con, received)
        report = named(report, data, rules)
        about = about_of(organisation_at(work.con, received.date()), report.about)
        event = register(report, data, rules, about)
        wanted = instant_wanted(source_due)
        event = replace(event, request_id=_id(request_id), source_due=wanted)
        content = report.content()
        known_by = taken_in(event.channel, private_fields(event), to_text(received))
        if known := _known(work, known_by, content):
            case, log = work.case_and_log(known)
            return Receipt(case, work.head(), suggested_lead(log, case.category)), True
        number = work.next_number(received.year)
        for words in _late_at_once(number, event, received, stamp.now, rules):
            warn(words)
        case, _ = work.append(number, event, received, before=None, rules=rules_of, content=content)
    return Receipt(case, work.head(), event.lead), False


def _require_begun(con: Connection, received: datetime) -> None:
    """Raise ``NotAllowed`` for an application of before the register of services began."""
    begun = registers.require(con, "services")
    if received.date() < begun:
        raise NotAllowed(
            f"服务事项登记自{understood_day(begun)}起, 这一件收到在这以前。",
            "请不写 --service 登记, 或更正启用的日期: sixping register list",
        )


def instant_wanted(due: date | None) -> datetime | None:
    """Return by when a source wants the result: as it says, or all day, as in its files.

    The hours of the office close what the notice limits; what a source means by a day is its own.
    """
    return due if due is None or isinstance(due, datetime) else end_of(due)


def _late_at_once(
    number: str, event: Reported, received: datetime, now: datetime, rules: Rules
) -> Iterator[str]:
    """Yield which limits of a report that came in long ago are past due already."""
    if received.date() == now.date():
        return
    entry = CaseEntry(seq=1, at=received, recorded_at=now, event=event)
    case, _ = advance(None, entry, number, lambda: rules)
    for clock in case.clocks:
        if clock.due and clock.running and clock.late(now):
            due = moment(clock.due, now.year)
            yield f"{LIMITS[clock.kind]} {due} 已经过去, 登记后立即计为超期"


def _id(request_id: str | None) -> str | None:
    """Let a request id in; raises ``UsageFault`` for an empty one."""
    if request_id is None:
        return None
    if not request_id.strip():
        raise UsageFault("请求标识是空的。", "请写出标识, 或不用它。")
    return accept_text(request_id, field="请求标识", limit=SHORT)


def _known(work: Transaction, known_by: list[str], content: bytes) -> str | None:
    """Return the number a report was given before; other content raises ``BadData``."""
    for identity in known_by:
        if found := work.request(identity, content):
            number, same = found
            if same:
                return number
            raise _already(identity, number, ", 但内容不同")
    return None


def _already(identity: str, number: str, but: str = "") -> BadData:
    asked = identity.startswith("id:")
    what = "请求标识" if asked else "来源编号"
    another = f"请换一个{what}" + ("" if asked else ", 每月从头编的在前面加上年月")
    return BadData(
        f"这个{what}已经登记为 {number}{but}。",
        f"请用 sixping show {number} 核对。同一件有补充的: sixping note {number} 内容; "
        f"原来记错的: sixping amend {number} --text 内容 --reason 理由; 确是另一件的: {another}。",
    )


# --- while somebody is on the telephone: each answer reads the ledger by itself ---------------

#: cases named at once: more do not help somebody on the telephone
NAMED = 5


class KnownCase(NamedTuple):
    """A case as it is named to whoever takes a call; the summary is masked."""

    number: str
    status: str
    open: bool
    received_at: str
    where: str
    summary: str


class CallDesk:
    """The rules of a day and the ledger they are of, for one call."""

    def __init__(self, ledger: Path, received: datetime) -> None:
        """Read the rules; raises what ``store.sqlite.reading`` raises."""
        self.ledger, self.received = ledger, received
        with reading(ledger) as con:  # nobody answers questions for a ledger in ruins
            self.data: IntakeData = intake_data(con, received.date())
            self.rules: Rules = rulebooks_on(con).rules(received.date())
            self.organisation = organisation_at(con, received.date())

    def foresee(self, values: Mapping[str, Any], unknown: Container[str] = ()) -> Reported:
        """Return what would be recorded of these values; ``unknown`` as ``read_input`` has it.

        Raises ``UsageFault`` for a name the data do not have, what ``read_input`` raises, and
        ``NotAllowed`` for whom it is about, where several are called so.
        """
        report = read_input(dict(values), unknown=unknown)
        about = about_of(self.organisation, report.about)
        try:
            return register(named(report, self.data, self.rules), self.data, self.rules, about)
        except NotFound as fault:
            raise UsageFault(fault.what, fault.hint) from None

    def refuse_known(self, event: Reported) -> None:
        """Raise ``BadData`` where the request, or its number at its source, is known already."""
        received = to_text(self.received)
        if known_by := taken_in(event.channel, private_fields(event), received):
            with reading(self.ledger) as con:
                for identity in known_by:
                    if number := number_of(con, identity):
                        raise _already(identity, number)

    def repeats(self, event: Reported) -> list[KnownCase]:
        """Return what a report that is not yet recorded may repeat, best first."""
        own = Side(
            "", to_text(self.received), Status.REPORTED, event.text, event.place, event.phone,
            event.community, event.grid, event.category,
        )  # fmt: skip
        with reading(self.ledger) as con:
            best = likely_repeats(con, own, self.rules.edition.readings)
            return _cases_named(con, (offer.number for offer in best[:NAMED]))

    def earlier_of(self, phone: str) -> tuple[int, list[KnownCase]]:
        """Return how many cases this phone reported before, and the last of them."""
        at = to_text(self.received)
        with reading(self.ledger) as con:
            count = similar.earlier_count(con, phone, at) or 0
            return count, _cases_named(con, similar.earlier_numbers(con, phone, at, NAMED))


def _cases_named(con: Connection, numbers: Iterable[str]) -> list[KnownCase]:
    rows = [cases.case(con, number) for number in numbers]
    return [
        KnownCase(
            row.number,
            row.status,
            Status(row.status).open,
            row.received_at,
            row.lead or row.community or "",
            first_words_of(row.private),
        )
        for row in rows
    ]


def units_near(con: Connection, report: ReportInput, case: Case) -> str:
    """Say which units whom a report is about may be, where it is none by name; else nothing."""
    if report.about is None:
        return ""
    organisation = organisation_at(con, case.received_at.date())
    return perhaps_meant(organisation, about_of(organisation, report.about))


def places_besides(con: Connection, report: ReportInput, case: Case) -> tuple[str, ...]:
    """Return the communities a report names that were not taken for its case."""
    if report.unplaced:
        return ()
    units = organisation_at(con, case.received_at.date()).units
    stated = case.community if report.community or report.grid else None
    return locate(report.text, report.place or "", units, stated).others

"""Inspections of a month (附2.2) as they are recorded, with the cases of what failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.intake import named, read_input, register
from sixping.errors import NotAllowed, SixpingError, UsageFault
from sixping.importing.officefiles import Sheet
from sixping.office import inspections, registers, streams
from sixping.office.inspections import (
    Inspected,
    Inspection,
    InspectionLinked,
    Key,
    inspections_on,
    last_day,
)
from sixping.policy.inspections import INSPECTIONS, load_inspections, whole_number
from sixping.policy.vocabulary import Platform, Status
from sixping.queries.cases import case
from sixping.services.personal.atmeetings import hider
from sixping.services.personal.named import NUMBER, Named
from sixping.store.documents import rule_on
from sixping.util.dates import parse_month
from sixping.util.daytext import understood_day
from sixping.util.masking import mask_text
from sixping.util.names import one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sixping.cases.intake import IntakeData
    from sixping.cases.rules import RulesOf
    from sixping.importing.convert import RowError
    from sixping.importing.officefiles import Record
    from sixping.policy.inspections import InspectionKind, InspectionRules
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

REGISTER = "inspections"


class Said(NamedTuple):
    """What somebody says of a month, names as written.

    ``found``: what failed, each to be registered; ``linked``: the numbers of cases known already.
    """

    month: str
    sort: str
    platform: Platform | None
    values: Mapping[str, str]
    found: Sequence[str] = ()
    linked: Sequence[str] = ()
    reason: str | None = None
    note: str | None = None


def rules_on(con: Connection, as_of: int | None = None) -> InspectionRules:
    """Return the kinds a ledger has adopted, else those that come with the program."""
    return rule_on(con, INSPECTIONS, load_inspections, as_of)


def month_text(day: date) -> str:
    """Return ``2026-11``."""
    return f"{day:%Y-%m}"


def enter(
    tx: Transaction, said: Said, data: IntakeData, rules_of: RulesOf
) -> tuple[Inspection, tuple[str, ...], bool]:
    """Record the total of a month; return it, the cases registered, and whether it is new.

    What is on record already is not recorded twice; other figures need a ``reason``. Raises
    ``UsageFault`` for figures that do not agree, ``NotAllowed`` otherwise.
    """
    known = rules_on(tx.con)
    kind = known.find(said.sort)
    key = Key(said.month, kind.platform(said.platform), kind.name)
    _refuse_before(tx, said.month)
    values = read_values(kind, said.values)
    before = inspections_on(tx.con, said.month).get(key)
    moved = bool(said.found or said.linked)
    again = before is not None and dict(before.values) == values
    if before and again and not moved and _nothing_new(before, said, tx.stamp.now.date()):
        return before, (), False
    if before and not again and not said.reason:
        raise NotAllowed(
            f"{words_of(key)} 已经记为: {values_words(before.values)} (第 {before.seq} 号)。",
            "记得不同的是更正, 请加 --reason 理由; 原来的仍留在台账里。",
        )
    _refuse_none_failed(kind, values, moved=moved)
    cases = (*_known(tx, said.linked), *_registered(tx, said.found, known, kind, data, rules_of))
    kept = before.event if before and again else None  # its words stand where none are said
    event = Inspected(
        month=key.month, platform=key.platform, sort=key.sort, values=values, cases=cases,
        reason=said.reason or (kept.reason if kept else None),
        text=said.note or (kept.text if kept else None),
    )  # fmt: skip
    streams.record(tx, inspections.STREAM, key.month, event, tx.stamp.now)
    return inspections_on(tx.con, key.month)[key], cases[len(said.linked) :], True


def _nothing_new(before: Inspection, said: Said, today: date) -> bool:
    """Return whether the same figures say nothing new: no other note, nor that a month is over."""
    return before.final_on(today) and said.note in {None, before.event.text}


def link(
    tx: Transaction, said: Said, data: IntakeData, rules_of: RulesOf
) -> tuple[Inspection, tuple[str, ...], int]:
    """Say which cases are of what failed; return the total, what was registered, and the seq.

    Raises ``NotAllowed`` where nothing new is said, ``NotFound`` without a total.
    """
    known = rules_on(tx.con)
    kind = known.find(said.sort)
    key = Key(said.month, kind.platform(said.platform), kind.name)
    _refuse_before(tx, said.month)
    before = inspections_on(tx.con, said.month).get(key)
    if before is None:
        raise NotAllowed(
            f"还没有 {words_of(key)} 的记录。",
            f"先记: sixping inspection enter --month {key.month} --kind {key.sort} --value 指标=数",
        )
    _refuse_none_failed(kind, before.values, moved=True)
    linked = _known(tx, said.linked)
    if twice := [number for number in linked if number in before.cases]:
        raise NotAllowed(f"{'、'.join(twice)} 已经连着 {words_of(key)}。", "请去掉它。")
    cases = (*linked, *_registered(tx, said.found, known, kind, data, rules_of))
    event = InspectionLinked(month=key.month, platform=key.platform, sort=key.sort, cases=cases)
    seq = streams.record(tx, inspections.STREAM, key.month, event, tx.stamp.now)
    return inspections_on(tx.con, key.month)[key], cases[len(linked) :], seq


def read_values(kind: InspectionKind, given: Mapping[str, str]) -> dict[str, int]:
    """Return the figures in the order of the kind's measures.

    Raises ``UsageFault`` for none, one that is no number, or what does not agree.
    """
    known: dict[str, int] = {}
    for name, raw in given.items():
        measure = kind.measure(name)
        if measure in known:
            raise UsageFault(f"{measure}写了两次。", "请只写一次。")
        known[measure] = whole_number(raw, measure)
    if not known:
        example = f"--value {kind.measures[0]}=120"
        raise UsageFault(
            f"没有写明{kind.name}的数。", f"指标: {'、'.join(kind.measures)}; 例如: {example}"
        )
    if wrong := "; ".join(kind.disagreeing(known)):
        raise UsageFault(f"{kind.name}的数不合: {wrong}。", "请核对; 不知道的指标可以不写。")
    return {measure: known[measure] for measure in kind.measures if measure in known}


def _refuse_before(tx: Transaction, month: str) -> None:
    """Raise ``NotAllowed`` while the register sleeps, or for a month of before it began."""
    begun = registers.require(tx.con, REGISTER)
    if last_day(month) < begun:
        raise NotAllowed(
            f"检查抽检登记自{understood_day(begun)}起, {month} 在这以前。",
            "要从更早的月份记起: 先停用 (sixping register off 检查抽检), "
            "再 sixping register on 检查抽检 --from 日期",
        )


def _refuse_none_failed(kind: InspectionKind, values: Mapping[str, int], *, moved: bool) -> None:
    if moved and not kind.failed:
        raise UsageFault(f"{kind.name}没有不合格的, 不能连着事项。", "请去掉 --found、--case。")
    if moved and values.get(kind.failed) == 0:
        raise UsageFault(
            f"{kind.failed}记为 0, 却写了 --found 或 --case。", f"请核对{kind.failed}的数。"
        )


def _known(tx: Transaction, numbers: Sequence[str]) -> tuple[str, ...]:
    """Return the numbers of cases that are there. Raises ``NotFound``."""
    return tuple(tx.case(number).number for number in dict.fromkeys(numbers))


def _registered(
    tx: Transaction,
    found: Sequence[str],
    known: InspectionRules,
    kind: InspectionKind,
    data: IntakeData,
    rules_of: RulesOf,
) -> Iterator[str]:
    """Register what failed, each as a case of the inspections' channel, received now."""
    now = tx.stamp.now
    rules = rules_of(now.date()) if found else None
    for text in found:
        assert rules is not None  # noqa: S101 - something was found
        said = {"text": text, "channel": known.channel, "category": kind.category}
        report = named(read_input(said), data, rules)
        number = tx.next_number(now.year)
        event = register(report, data, rules)
        tx.append(number, event, now, before=None, rules=rules_of, content=report.content())
        yield number


# --- a file of totals ----------------------------------------------------------------------


def sheet_of(rules: InspectionRules) -> Sheet:
    """Return the columns of a file of totals: month, kind, platform, and one a measure."""
    measures = dict.fromkeys(name for kind in rules.kinds for name in kind.titles())
    return Sheet(
        "inspections",
        {
            "of_month": ("月份", "统计月份", "年月", "month"),
            "sort": ("种类", "检查种类", "项目", "kind"),
            "platform_name": ("平台", "所属平台", "platform"),
            **{f"{_MEASURE}{name}": (name,) for name in measures},
            "note": ("备注", "说明", "note"),
        },
        ("of_month", "sort"),
    )


_MEASURE = "="
_DAY_OR_MONTH = re.compile(r"^(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2}(?:[ T].*)?)?$", re.ASCII)


def take_in(tx: Transaction, rows: Sequence[Record], faults: list[RowError], now: datetime) -> int:
    """Record the totals of a file that are not on record yet; return how many that were.

    What cannot be goes to the row's faults; the caller refuses the file where there are any.
    """
    registers.require(tx.con, REGISTER)
    known = rules_on(tx.con)
    on_record = inspections_on(tx.con)
    fresh: dict[Key, Inspected] = {}
    for row in rows:
        event = _event_of(tx, row, known, faults, now)
        if event is None:
            continue
        key = Key(event.month, event.platform, event.sort)
        if key in fresh:
            faults.append(row.fault("sort", f"{words_of(key)} 在文件里有两行", "请并成一行。"))
        elif key not in on_record or _final_at_last(on_record[key], event, now.date()):
            fresh[key] = event
        elif dict(on_record[key].values) != event.values:
            before = on_record[key]
            what = f"{words_of(key)} 已经记为 {values_words(before.values)} (第 {before.seq} 号)"
            faults.append(row.fault("sort", what, "更正用 inspection enter 加 --reason。"))
    for key, event in fresh.items():
        streams.record(tx, inspections.STREAM, key.month, event, now)
    return len(fresh)


def _final_at_last(before: Inspection, event: Inspected, today: date) -> bool:
    """Return whether a file confirms, once the month is over, what was said before its end."""
    return dict(before.values) == event.values and not before.final_on(today)


def _event_of(
    tx: Transaction,
    row: Record,
    known: InspectionRules,
    faults: list[RowError],
    now: datetime,
) -> Inspected | None:
    """Return what a row says; None: it cannot be taken, and its faults say why."""
    field = "of_month"
    try:
        month = _month(row.values["of_month"], now)
        _refuse_before(tx, month)
        field = "sort"
        kind = known.find(row.values["sort"])
        field = "platform_name"
        named_so = row.values.get("platform_name")
        given = Platform(one_of(Platform, named_so, "平台")) if named_so else None
        platform = kind.platform(given)
        values: dict[str, str] = {}
        for field, raw in row.values.items():
            if field.startswith(_MEASURE):
                name = field.removeprefix(_MEASURE)
                if name not in kind.titles():
                    usable = "、".join(kind.measures)
                    raise UsageFault(f"不是{kind.name}的指标", f"可用: {usable}。")
                values[name] = str(whole_number(raw, name))
        field = "sort"
        read = read_values(kind, values)
    except SixpingError as fault:
        faults.append(row.fault(field, fault.what.rstrip("。"), fault.hint))
        return None
    return Inspected(
        month=month, platform=platform, sort=kind.name, values=read, text=row.values.get("note")
    )


def _month(raw: str, now: datetime) -> str:
    """Return the month a cell names, which a spreadsheet may have made a day of."""
    written = _DAY_OR_MONTH.sub(r"\1-\2", raw.strip())
    first, _ = parse_month(written, now, "past")
    if first > now.date():
        raise UsageFault(f"{raw[:20]}还没有开始", "请写已经开始的月份。")
    return month_text(first)


# --- said ----------------------------------------------------------------------------------


def words_of(key: Key) -> str:
    """Return what a total is of, in words."""
    return f"{key.month} {key.platform} {key.sort}"


def values_words(values: Mapping[str, int]) -> str:
    """Return ``批次 120, 合格 118, 不合格 2``."""
    return ", ".join(f"{name} {n}" for name, n in values.items())


def rows(
    con: Connection,
    totals: Iterable[Inspection],
    known: InspectionRules,
    *,
    reveal: bool = False,
    as_of: int | None = None,
) -> list[dict[str, Any]]:
    """Return totals as lists and JSON have them; who reported their cases is not named."""
    named, found = Named(con), []
    for each in totals:
        row = _row(con, each, known, as_of)
        said = [row[name] for name in ("reason", "note") if row[name]]
        numbers = (*each.cases, *NUMBER.findall("\n".join(said)))
        hide = hider(named, numbers) if said and not reveal else None
        for name in ("reason", "note"):
            text = hide(row[name]) if hide else row[name]
            row[name] = text if reveal or text is None else mask_text(text)
        found.append(row)
    return found


def without_case(
    con: Connection, each: Inspection, failed: str, as_of: int | None = None
) -> int | None:
    """Return how many failures have no case; None: none fail, or nobody said how many."""
    left = _left(con, each, failed, as_of)
    return None if left is None else max(left, 0)


def _left(con: Connection, each: Inspection, failed: str, as_of: int | None) -> int | None:
    """Return the same, below 0 where there are more cases; one taken back (``undo``) is none."""
    count = each.values.get(failed) if failed else None
    if count is None:
        return None
    return count - sum(case(con, n, as_of).status != Status.WITHDRAWN for n in each.cases)


def _row(
    con: Connection, each: Inspection, known: InspectionRules, as_of: int | None
) -> dict[str, Any]:
    """Return a total as it was said; ``without_case`` null: not known, or none fail.

    ``surplus``: how many cases there are more than failures.
    """
    kind = next((kind for kind in known.kinds if kind.name == each.key.sort), None)
    failed = kind.failed if kind else ""
    left = _left(con, each, failed, as_of)
    return {
        "seq": each.seq, "month": each.key.month, "platform": each.key.platform,
        "kind": each.key.sort, "values": dict(each.values),
        "failed": each.values.get(failed) if failed else None, "cases": list(each.cases),
        "without_case": None if left is None else max(left, 0),
        "surplus": None if left is None else max(-left, 0),
        "corrected": each.corrected, "earlier": [dict(values) for values in each.earlier],
        "partial": each.partial, "reason": each.event.reason, "note": each.event.text,
    }  # fmt: skip

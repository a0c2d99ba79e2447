"""``duty import`` and ``duty draft``: attendance from a file, a roster for a month."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands.office.duty import plan_day, writing
from sixping.commands.office.duty_read import read_book
from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.options import answering
from sixping.errors import NotAllowed, SixpingError
from sixping.services import conflicts, duty

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.importing.convert import RowError
    from sixping.importing.officefiles import Record
    from sixping.office.conflicts import Engagement
    from sixping.office.duty import DayBook, DutyRecord, Line
    from sixping.office.organisation import Person
    from sixping.office.roster import Open, Turn

#: how far back the last working day before a month may lie
BEFORE = timedelta(days=14)

Drafts = list[tuple[list[str], list["Turn"]]]
"""For each group of agencies that is on duty together, the turns of the month."""


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX")],
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="表名", help="工作表")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
) -> None:
    """从 CSV 或 XLSX 导入考勤; 重复导入不会重复登记, 有错则一行也不导入。

    须有的列: 姓名 日期 签到 签退; 同名的人另加 编号 (如 p12) 或 单位。

    示例:
      sixping duty import 11月考勤.xlsx
    """
    from sixping.importing import officefiles as files
    from sixping.office import streams
    from sixping.office.duty import STREAM, Attended, month_of

    context = Context.of(ctx)
    context.existing_ledger()
    _, records, faults = files.read_records(file, files.ATTENDANCE, sheet=sheet, encoding=encoding)
    dates = [record.values["day"] for record in records] or [context.now.date()]
    with writing(context, min(dates), max(dates)) as (tx, book):
        new = _lines(context, book, records, faults, conflicts.away_on_business(tx.con))
        officeoptions.refuse_faults(context, faults)
        for day, lines in sorted(new.items()):
            event = Attended(day=day, rows=lines)
            streams.record(tx, STREAM, month_of(day), event, tx.stamp.now)
    added = sum(map(len, new.values()))
    context.say(f"导入 {added} 条考勤, 以前已有 {len(records) - added} 条。")


def _lines(
    context: Context,
    book: DutyRecord,
    records: list[Record],
    faults: list[RowError],
    elsewhere: Mapping[date, list[Engagement]],
) -> dict[date, list[Line]]:
    """Return the new lines by day; what cannot be is added to the faults of its row."""
    from sixping.office.conflicts import refuse_clash
    from sixping.office.duty import clock

    new: dict[date, list[Line]] = {}
    now = context.now
    for record in records:
        day, start, end = (record.values[name] for name in ("day", "start", "end"))
        if (day, end) > (now.date(), now.hour * 60 + now.minute):
            faults.append(record.fault("end", "晚于现在", "考勤只能记已经发生的事。"))
            continue
        try:
            person = _person(book, record, day)
            duty.refuse_away(book, person, day)
        except SixpingError as fault:
            faults.append(record.fault("name", fault.what, fault.hint))
            continue
        one = book.days.setdefault(day, book.at(day))
        if (person.id, start, end) in one.lines:
            continue
        try:
            refuse_clash(elsewhere.get(day, ()), [person.id], clock(start), clock(end))
            _add(one, person.id, start, end)
        except NotAllowed as fault:
            faults.append(record.fault("start", fault.what, "请改正这一行, 或撤销已有的考勤。"))
        else:
            new.setdefault(day, []).append([person.id, clock(start), clock(end)])
    return new


def _add(one: DayBook, person: str, start: int, end: int) -> None:
    """Add a line to a day, or raise ``NotAllowed`` and leave the day as it was."""
    one.lines.append((person, start, end))
    try:
        one.of(person)
    except NotAllowed:
        one.lines.pop()
        raise


def _person(book: DutyRecord, record: Record, day: date) -> Person:
    """Return who is meant: by id, else by name, within the unit where one is stated."""
    organisation = book.people(day)
    named = record.values.get("person")
    if named and named in organisation.people:
        return organisation.people[named]
    name = record.values["name"]
    if "unit" in record.values:
        unit = organisation.units.find(record.values["unit"]).name
        within = [person for person in organisation.members(unit) if person.name == name]
        if len(within) == 1:
            return within[0]
    return organisation.find(name)


# --- the draft -----------------------------------------------------------------------------


@answering
def draft(
    ctx: typer.Context,
    month: Annotated[str, typer.Option("--month", metavar="月份", help="如 2026-12")],
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="单位", help="只排一个单位")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="记入台账; 不写则只看")] = False,
    *,
    wish: Wish,
) -> None:
    """拟一个月的排班: 轮次均等, 尽量不连班, 避开请假, 每日有执法资格 (一.2)。

    已有的排班不动; 排不出的日子逐日说明缺什么。

    示例:
      sixping duty draft --month 2026-12
      sixping duty draft --month 2026-12 --agency 城管执法中队 --write
    """
    from sixping.console.answers import publish
    from sixping.documents.eventwords import lacks
    from sixping.render.table import Column

    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    first, last = _month(context, month)
    if write:
        found = _written(context, first, last, agency)
    else:
        found = _drafted(context, read_book(context, first - BEFORE, last), first, last, agency)
    rows = [
        {
            "date": turn.day,
            "agency": "、".join(units),
            "people": list(turn.people),
            "fixed": turn.fixed,
            "lacks": lacks(turn.short, turn.unlicensed),
        }
        for units, turns in found
        for turn in turns
    ]
    columns = (
        Column("date", "日期", "day"),
        Column("agency", "单位"),
        Column("people", "值守", "list"),
        Column("fixed", "原有", "bool"),
        Column("lacks", "排不足", elastic=True),
    )
    publish(context, wish, rows, columns, rows)
    _tell(context, found, write=write)


def _written(context: Context, first: date, last: date, agency: str | None) -> Drafts:
    """Draft inside the transaction that records it: nobody plans in between."""
    with writing(context, first - BEFORE, last) as (tx, book):
        found = _drafted(context, book, first, last, agency)
        for units, turns in found:
            for turn in turns:
                if turn.people and not turn.fixed:
                    _write(tx, book, turn, units)
    return found


def _month(context: Context, value: str) -> tuple[date, date]:
    from sixping.util.dates import parse_month

    first, last = parse_month(value, context.now)
    today = context.now.date()
    if last < today and not re.search(r"\d{4}", value):  # 1月 in December is the next one
        first, last = parse_month(f"{first.year + 1}-{first.month}", context.now)
    if last < today:
        raise NotAllowed(f"{first:%Y-%m} 已经过去, 不再拟排班。", "请写以后的月份, 如 2026-12。")
    return first, last


def _drafted(
    context: Context, book: DutyRecord, first: date, last: date, agency: str | None
) -> Drafts:
    """Return for each group of agencies that is on duty together the turns of the month."""
    from sixping.office.roster import draft as fair

    rule = duty.rule_of(context, first)
    days = list(duty.workdays(context, first, last))
    found = []
    for units, on_site in _groups(book, first, agency, together=not rule.per_agency):
        staff, licensed = (rule.staff, rule.licensed) if on_site else (1, 0)
        opened = [_open(book, day, units) for day in days]
        found.append(
            (units, fair(opened, staff, licensed, _came_before(context, book, first, units)))
        )
    return found


def _came_before(
    context: Context, book: DutyRecord, first: date, units: list[str]
) -> frozenset[str]:
    """Return who was on the roster of the last working day before the month."""
    days = list(duty.workdays(context, first - BEFORE, first - timedelta(days=1)))
    rosters = book.at(days[-1]).rosters if days else {}
    return frozenset(who for unit in units for who in rosters.get(unit, ()))


def _groups(
    book: DutyRecord, day: date, agency: str | None, *, together: bool
) -> list[tuple[list[str], bool]]:
    from sixping.policy.units import DutyMode

    organisation = book.people(day)
    chosen = organisation.units.find(agency).name if agency else None
    on_site = organisation.on_duty(DutyMode.ON_SITE)
    groups = [on_site] if together and on_site else [[unit] for unit in on_site]
    others = [
        unit
        for mode in (DutyMode.IN_PRINCIPLE, DutyMode.ONLINE)
        for unit in organisation.on_duty(mode)
    ]
    found = [(group, True) for group in groups] + [([unit], False) for unit in others]
    found = [(units, flag) for units, flag in found if chosen is None or chosen in units]
    if not found:
        raise NotAllowed(
            f"{agency or '组织机构里'} 没有须在指挥室值守的。",
            "请写明值守方式: sixping units change 单位 --duty on-site。",
        )
    return found


def _open(book: DutyRecord, day: date, units: list[str]) -> Open:
    """Return a day to fill: those stationed or online and not on leave, or the roster it has."""
    from sixping.office.roster import Open

    rosters = book.at(day).rosters
    fixed = tuple(who for unit in units for who in rosters.get(unit, ()))
    people = {
        person.id: person.licensed(day)
        for unit in units
        for person in book.people(day).members(unit)
        if person.id in fixed
        or ((person.stationed or person.online) and not book.away(person.id, day))
    }
    return Open(day, people, fixed or None)


def _write(tx: Any, book: DutyRecord, turn: Turn, units: list[str]) -> None:  # noqa: ANN401
    for unit in units:
        members = [
            person for person in book.people(turn.day).members(unit) if person.id in turn.people
        ]
        if members:
            plan_day(tx, book, turn.day, unit, members)


def _tell(context: Context, found: Drafts, *, write: bool) -> None:
    from collections import Counter

    for units, turns in found:
        counts = Counter(who for turn in turns for who in turn.people)
        if not counts:
            context.say(f"{'、'.join(units)}: 没有可排的驻点或在线人员。")
            continue
        shares = sorted(counts.values())
        bad = [str(turn.day) for turn in turns if turn.short or turn.unlicensed]
        context.say(
            f"{'、'.join(units)}: {len(turns)} 个工作日, {len(counts)} 人, "
            f"每人 {shares[0]} 至 {shares[-1]} 次"
            + (f"; 排不足的日子: {'、'.join(bad)}。" if bad else "。")
        )
    context.say("已记入台账。" if write else "只是草案; 记入台账请加 --write。")

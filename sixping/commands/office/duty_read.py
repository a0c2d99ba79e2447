"""Reading duty: the roster, the attendance, today on the wall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import Reveal, answering
from sixping.services import duty

if TYPE_CHECKING:
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.office.duty import DutyRecord
    from sixping.render.table import Row, Tone

Date = Annotated[str | None, typer.Option("--date", metavar="日期", help="某一天, 默认今天")]
Month = Annotated[
    str | None, typer.Option("--month", metavar="[月份]", help="某一月; 只写 --month 是上月")
]
Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看一个单位")]
MODES = {"on-site": "在岗", "in-principle": "原则上驻点", "online": "在线"}


def read_book(context: Context, first: date, last: date) -> DutyRecord:
    """Read the duty of some days."""
    from sixping.office.duty import DutyRecord
    from sixping.queries import cases

    with cases.reading(context.existing_ledger()) as con:
        return DutyRecord(con, first, last)


@bare_values(month=officeoptions.LAST)
@answering
def roster(
    ctx: typer.Context,
    day: Date = None,
    month: Month = None,
    unit: Unit = None,
    reveal: Reveal = False,
    reason: officeoptions.Why = None,
    *,
    wish: Wish,
) -> None:
    """查看排班: 某日或某月由谁值守。

    示例:
      sixping duty roster
      sixping duty roster --month 2026-12 --unit 城管执法中队
    """
    from sixping.console.answers import publish
    from sixping.render.table import Column

    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    first, last = officeoptions.span_of(context, day, month)
    officeoptions.reveal_people(context, "roster", reason, asked=reveal)
    book = read_book(context, first, last)
    rows = [
        {
            "date": date,
            "agency": agency,
            "person": who,
            "name": person.name if person else None,
            "licensed": person.licensed(date) if person else None,
            "leave": book.away(who, date),
        }
        for date in sorted(d for d in book.days if first <= d <= last)
        for agency, people in book.at(date).rosters.items()
        if _chosen(book, unit, date) in (None, agency)
        for who in people
        for person in [book.people(date).people.get(who)]
    ]
    columns = (
        Column("date", "日期", "day"),
        Column("agency", "单位"),
        Column("person", "编号"),
        Column("name", "姓名", mask="name"),
        Column("licensed", "执法资格", "bool"),
        Column("leave", "请假", "bool"),
    )
    publish(context, wish, rows, columns)
    if not rows and context.terminal.isatty:
        context.say(
            "没有排班。排班: sixping duty plan 日期 人员…, 或 sixping duty draft --month 月份。"
        )


def _chosen(book: DutyRecord, unit: str | None, day: date) -> str | None:
    return book.people(day).units.find(unit).name if unit else None


@bare_values(month=officeoptions.LAST)
@answering
def attendance(
    ctx: typer.Context,
    day: Date = None,
    month: Month = None,
    unit: Unit = None,
    reveal: Reveal = False,
    reason: officeoptions.Why = None,
    *,
    wish: Wish,
) -> None:
    """列出考勤: 谁在某日或某月自何时至何时在岗。

    示例:
      sixping duty attendance
      sixping duty attendance --month 2026-11 -o 考勤.csv
    """
    from sixping.console.answers import publish
    from sixping.documents.eventwords import hour
    from sixping.office.duty import DAY_END
    from sixping.render.table import Column

    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    first, last = officeoptions.span_of(context, day, month)
    officeoptions.reveal_people(context, "attendance", reason, asked=reveal)
    book = read_book(context, first, last)
    rows = []
    for date in sorted(d for d in book.days if first <= d <= last):
        people = book.people(date).people
        unsigned = book.at(date).unsigned()
        for who, start, end in sorted(book.at(date).spells()):
            person = people.get(who)
            at = person.unit if person else None
            if _chosen(book, unit, date) in (None, at):
                missing = end == DAY_END and who in unsigned
                rows.append(
                    {
                        "date": date,
                        "person": who,
                        "name": person.name if person else None,
                        "unit": at,
                        "from": hour(start),
                        "to": None if missing else hour(end),
                        "open": missing,
                    }
                )
    columns = (
        Column("date", "日期", "day"),
        Column("person", "编号"),
        Column("name", "姓名", mask="name"),
        Column("unit", "单位"),
        Column("from", "签到"),
        Column("to", "签退"),
        Column("open", "未签退", "bool"),
    )
    publish(context, wish, rows, columns)


@answering
def today(
    ctx: typer.Context,
    reveal: Reveal = False,
    reason: officeoptions.Why = None,
    *,
    wish: Wish,
) -> None:
    """今日值守 (上墙): 各单位排了谁、谁在岗、现在缺什么。

    示例:
      sixping duty today
      sixping duty today --json
    """
    from sixping.console.answers import publish
    from sixping.render.table import Column

    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    day = context.now.date()
    officeoptions.reveal_people(context, "today", reason, asked=reveal)
    book = read_book(context, day, day)
    rows = [_wall(context, book, day, unit, reveal=reveal) for unit in _on_duty(book, day)]
    columns = (
        Column("agency", "单位"),
        Column("mode_name", "方式"),
        Column("planned", "排班", "list"),
        Column("present", "在岗", "list"),
        Column("leave", "请假", "list"),
        Column("lacks", "现在缺", elastic=True),
    )
    if not any(duty.workdays(context, day, day)):
        context.say(f"{day} 是休息日。")
    document = [{k: v for k, v in row.items() if k != "mode_name"} for row in rows]
    publish(context, wish, rows, columns, document, _tone)


def _tone(row: Row) -> Tone | None:
    return "late" if row["lacks"] else None


def _on_duty(book: DutyRecord, day: date) -> list[Any]:
    return [unit for unit in book.people(day).units if unit.duty is not None]


def _wall(
    context: Context,
    book: DutyRecord,
    day: date,
    unit: Any,  # noqa: ANN401 - a unit of that day
    *,
    reveal: bool,
) -> dict[str, Any]:
    minute = context.now.hour * 60 + context.now.minute
    people = book.people(day).people
    here = [
        who
        for who, start, end in book.at(day).spells()
        if start <= minute < end and who in people and people[who].unit == unit.name
    ]

    def names(found: Any) -> list[str]:  # noqa: ANN401
        return [duty.named(book, who, day, reveal=reveal) for who in found]

    return {
        "agency": unit.name,
        "mode": unit.duty,
        "mode_name": MODES[unit.duty],
        "planned": names(book.at(day).rosters.get(unit.name, ())),
        "present": names(here),
        "leave": names(p.id for p in book.people(day).members(unit.name) if book.away(p.id, day)),
        "lacks": _lacks(context, book, day, unit, here),
    }


def _lacks(context: Context, book: DutyRecord, day: date, unit: Any, here: list[str]) -> str:  # noqa: ANN401
    """Say what an agency lacks this minute; nothing on rest days and out of hours."""
    from sixping.documents.eventwords import lacks

    rule = duty.rule_of(context, day)
    minute = context.now.hour * 60 + context.now.minute
    if not any(duty.workdays(context, day, day)) or not rule.opens <= minute < rule.closes:
        return ""
    if unit.duty == "online":
        planned = [w for w in book.at(day).rosters.get(unit.name, ()) if not book.away(w, day)]
        return "" if here or planned else duty.NOBODY["unreachable"]
    if unit.duty == "in-principle":
        return "" if here else duty.NOBODY["absent"]
    holders = sum(book.people(day).people[who].licensed(day) for who in here)
    return lacks(max(rule.staff - len(here), 0), max(rule.licensed - holders, 0))

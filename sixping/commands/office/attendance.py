"""``duty in``, ``out``, ``attendance`` and ``import`` (一.2): who was there from when to when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands.office.duty import (
    Date,
    Month,
    UnitOnly,
    one_unit,
    person_on,
    read_duty,
    recording_duty,
    say_no_lines,
)
from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.days import day_of, hours, moment_of, span_of
from sixping.console.frame import bare_values
from sixping.console.options import Reveal, RevealReason, answering
from sixping.console.recording import refuse_faults, reveal_people, short_text
from sixping.errors import UsageFault
from sixping.importing.officefiles import ATTENDANCE, own_titles, read_records
from sixping.office.duty import DAY_END, Attended, SignedIn, SignedOut, WasOutside, clock
from sixping.render.table import Column
from sixping.reports.spans import LAST
from sixping.services import duty
from sixping.util.clock import SHANGHAI
from sixping.util.daytext import understood, understood_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.cases.codec import Recorded
    from sixping.console.answers import Wish

Who = Annotated[str, typer.Argument(metavar="人员", help="编号 (如 p12) 或姓名")]
At = Annotated[str | None, dated.SIGN_AT.option]
_ATTENDANCE = (
    Column("date", "日期", "day"),
    Column("person", "编号"),
    Column("name", "姓名"),
    Column("unit", "单位"),
    Column("from", "签到"),
    Column("to", "签退"),
    Column("open", "未签退", "bool"),
    Column("outside", "外出", "bool"),
)


def in_(
    ctx: typer.Context,
    who: Who,
    at: At = None,
    until: Annotated[str | None, dated.SIGN_UNTIL.option] = None,
) -> None:
    """签到: 自这一分钟起在岗, 到签退为止。

    示例:
      sixping duty in p1
      sixping duty in p1 --at 8:00
      sixping duty in p1 --at "昨天8:00" --until "昨天12:00"
    """
    context = Context.of(ctx)
    moment = moment_of(context, at, dated.SIGN_AT)
    if until is None:
        _sign(context, who, moment, lambda person: SignedIn(person=person), "签到")
        return
    ended = moment_of(context, until, dated.SIGN_UNTIL)
    if ended.date() != moment.date() or ended <= moment:
        raise UsageFault("签退须与签到在同一天, 并晚于签到。", "请核对 --at 和 --until。")
    start, end = (clock(t.hour * 60 + t.minute) for t in (moment, ended))

    def line(person: str) -> Attended:
        return Attended(day=moment.date(), rows=((person, start, end),))

    _sign(context, who, moment, line, f"在岗至 {end}")


def out(ctx: typer.Context, who: Who, at: At = None) -> None:
    """签退: 到这一分钟为止在岗。

    示例:
      sixping duty out p1
      sixping duty out p1 --at 17:00
    """
    context = Context.of(ctx)
    moment = moment_of(context, at, dated.SIGN_AT)
    _sign(context, who, moment, lambda person: SignedOut(person=person), "签退")


def outside(
    ctx: typer.Context,
    who: Who,
    start: Annotated[str, dated.OUTSIDE_FROM.option],
    end: Annotated[str, dated.OUTSIDE_TO.option],
    day: Date = None,
    case: Annotated[str | None, typer.Option("--case", metavar="编号", help="为哪一件外出")] = None,
    allowed_by: Annotated[
        str | None,
        typer.Option("--allowed-by", metavar="姓名", help="同意外出的: 指挥室的人或领导"),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="经同意外出的事由")
    ] = None,
) -> None:
    """外出在岗: 为某一件外出, 或经指挥室同意外出, 这段时间算在岗 (一.2)。

    示例:
      sixping duty outside p1 --from 10:00 --to 11:30 --case 123
      sixping duty outside p1 --from 14:00 --to 15:00 --allowed-by 演示甲 --reason 送达文书
    """
    from sixping.services.approval.outing import allowed, handled_by
    from sixping.services.taking import find_case

    context = Context.of(ctx)
    first, last = hours(start, end)
    _refuse_unfounded(case, allowed_by, reason)
    date = day_of(context, day, dated.ATTENDED_DATE)
    until = datetime.combine(date, time.fromisoformat(str(last)), SHANGHAI)
    if until > context.now:
        raise UsageFault(f"时间晚于现在: {understood(until)}。", "外出只能记已经发生的事。")
    with recording_duty(context, date, date) as (tx, record):
        person = record.people(date).find(who)
        who_allows = short_text(allowed_by, "--allowed-by")
        found, log = find_case(tx, case) if case else (None, [])
        number = found.number if found else None
        given = allowed(tx, record.people(date), date, person, who_allows) if who_allows else None
        event = WasOutside(
            day=date, person=person.id, start=first or "", end=last or "", case=number,
            reason=short_text(reason, "--reason"),
        )  # fmt: skip
        if given:
            event = replace(
                event, approver=given.approver, approver_role=given.approver_role,
                allowed_by=given.approved_by,
            )  # fmt: skip
        seq = duty.outside(tx, record, person, event, until)
        with_unit = number is None or handled_by(record.people(date), number, log, person.unit)
    if given and given.remark:
        context.say(given.remark)
    if not with_unit:
        context.say(f"注意: {number} 没有交{person.unit}办过, 请核对 --case。")
    context.say(
        f"{person_on(record, person.id, date)} ({person.unit})"
        f" {understood_day(date)} {first}-{last} 外出在岗 (第 {seq} 号)。",
        f"记错了: sixping duty void {seq} --reason 理由",
    )


def _refuse_unfounded(case: str | None, allowed_by: str | None, reason: str | None) -> None:
    """Refuse an outing of which nobody says what for, or why it was allowed."""
    if (case is None) == (allowed_by is None):
        raise UsageFault(
            "须写明为哪一件外出 (--case), 或谁同意外出 (--allowed-by), 二者取一。",
            "例如: --case 123",
        )
    if allowed_by is not None and reason is None:
        raise UsageFault("经同意外出须写明 --reason。", "例如: --reason 送达文书")


def _sign(
    context: Context, who: str, moment: datetime, build: Callable[[str], Recorded], done: str
) -> None:
    """Record the mark of attendance that ``build`` makes for a person, and say it."""
    day = moment.date()
    with recording_duty(context, day, day) as (tx, record):
        person = record.people(day).find(who)
        seq = duty.sign(tx, record, person, build(person.id), moment)
    name = person_on(record, person.id, day)
    context.say(
        f"{name} ({person.unit}) {moment:%H:%M} {done} (第 {seq} 号)。",
        f"记错了: sixping duty void {seq} --reason 理由",
    )


@bare_values(month=LAST)
@answering
def attendance(
    ctx: typer.Context,
    day: Date = None,
    month: Month = None,
    unit: UnitOnly = None,
    reveal: Reveal = False,
    reason: RevealReason = None,
    *,
    wish: Wish,
) -> None:
    """列出考勤: 谁在某日或某月自何时至何时在岗。

    示例:
      sixping duty attendance
      sixping duty attendance --month 2026-11 -o 考勤.csv
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    first, last = span_of(context, day, month, dated.ATTENDED_DATE, dated.ATTENDED_MONTH)
    reveal_people(context, "attendance", reason, asked=reveal)
    record = read_duty(context, first, last)[0]
    rows = []
    for date in sorted(d for d in record.days if first <= d <= last):
        people, book = record.people(date).people, record.at(date)
        unsigned = book.unsigned()
        spells = [(*spell, False) for spell in book.spells()]
        for who, start, end, out in sorted([*spells, *((*line, True) for line in book.outside)]):
            person = people.get(who)
            name, at = (person.name, person.unit) if person else (None, None)
            if one_unit(record, unit, date) in (None, at):
                missing = end == DAY_END and who in unsigned and not out
                until = None if missing else clock(end)
                rows.append(
                    {"date": date, "person": who, "name": name, "unit": at, "from": clock(start),
                     "to": until, "open": missing, "outside": out}
                )  # fmt: skip
    publish(context, wish, rows, _ATTENDANCE, leaving=("outside", "unit"))
    if not rows and context.terminal.isatty:
        kinds, begin = (SignedIn, Attended, WasOutside), "sixping duty in 人员 --at 时间"
        say_no_lines(context, (unit, day, month), kinds, "考勤记录", "attendance", begin)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX")],
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="表名", help="工作表")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="列=表头",
            help="这个文件里某一列的表头, 如 签到=首次打卡; 可多次给出",
        ),
    ] = None,
) -> None:
    """从 CSV 或 XLSX 导入考勤; 重复导入不会重复登记, 有错则一行也不导入。

    须有的列: 姓名 日期 签到 签退; 同名的人另加 编号 (如 p12) 或 单位。
    考勤机的表头不同的, 用 --column 写明。

    示例:
      sixping duty import 11月考勤.xlsx
      sixping duty import 打卡.xlsx --column 签到=首次打卡 --column 签退=末次打卡
    """
    context = Context.of(ctx)
    context.existing_ledger()
    own = own_titles(ATTENDANCE, column or ())
    _, rows, faults = read_records(
        file, ATTENDANCE, now=context.now, sheet=sheet, encoding=encoding, own=own
    )
    empty = sum("start" not in row.values for row in rows)
    rows = [row for row in rows if "start" in row.values]
    days = [row.values["day"] for row in rows] or [context.now.date()]
    with recording_duty(context, min(days), max(days)) as (tx, record):
        lines = duty.new_lines(tx, record, rows, faults)
        refuse_faults(context, faults)
        duty.attend(tx, lines)
    added = sum(map(len, lines.values()))
    context.say(f"导入 {added} 条考勤, 以前已有 {len(rows) - added} 条。")
    if empty:
        context.say(f"签到、签退都是空的 {empty} 行: 没有记录, 不作在岗。")

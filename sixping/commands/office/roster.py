"""``duty plan``, ``swap``, ``leave``, ``roster`` and ``draft`` (一.2): who is to be there."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands.office.duty import (
    UnitOnly,
    one_unit,
    person_on,
    read_duty,
    recording_duty,
    say_no_lines,
)
from sixping.console import dated
from sixping.console.answers import PAPER_FORMATS, PAPERS, Wish, publish, publish_paper
from sixping.console.context import Context
from sixping.console.days import day_of, month_of, span_of
from sixping.console.frame import bare_values
from sixping.console.options import Json, Reason, Reveal, RevealReason, answering
from sixping.console.recording import reading, reveal_people
from sixping.console.stepcommand import require_text
from sixping.documents.eventwords import lacks
from sixping.errors import UsageFault
from sixping.office.duty import DutyRecord, Planned
from sixping.render.table import Column
from sixping.reports.spans import LAST
from sixping.services import duty
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from datetime import date

    from sixping.store.transaction import Transaction

Day = Annotated[str, dated.DUTY_DAY.option]
_LONGEST_LEAVE = 366
_ROSTER = (
    Column("date", "日期", "day"),
    Column("agency", "单位"),
    Column("person", "编号"),
    Column("name", "姓名"),
    Column("licensed", "执法资格", "bool"),
    Column("leave", "请假", "bool"),
)
_STAND_INS = (
    Column("person", "编号"),
    Column("name", "姓名"),
    Column("licensed", "执法资格", "bool"),
    Column("keeps", "合一.2", "bool"),
    Column("turns", "本月次数", "int"),
)
_DRAFT = (
    Column("date", "日期", "day"),
    Column("agency", "单位"),
    Column("people", "值守", "list"),
    Column("fixed", "原有", "bool"),
    Column("lacks", "排不足", elastic=True),
)


def plan(
    ctx: typer.Context,
    day: Day,
    people: Annotated[
        list[str] | None, typer.Argument(metavar="[人员…]", help="编号或姓名, 按所在单位归入排班")
    ] = None,
    agency: Annotated[
        str | None,
        typer.Option("--agency", metavar="单位", help="这一单位的全部驻点 (在线) 人员"),
    ] = None,
) -> None:
    """排班: 某日由谁值守; 代替该单位当日原有的排班。

    示例:
      sixping duty plan 明天 p1 p2
      sixping duty plan 2026-11-24 --agency 市场监管所
    """
    context = Context.of(ctx)
    date = day_of(context, day, dated.DUTY_DAY)
    if bool(people) == bool(agency):
        raise UsageFault("请写明人员, 或用 --agency 指明单位 (二者取一)。", "见 duty plan --help。")
    with recording_duty(context, date, date) as (tx, record):
        if agency:
            roster = duty.roster_of_agency(record, agency, date)
        else:
            roster = duty.roster_of_people(record, people or [], date)
        duty.plan(tx, record, date, roster)
    _show_plan(context, record, date, roster)


def _show_plan(context: Context, record: DutyRecord, day: date, roster: duty.Roster) -> None:
    """Say who is on the roster, and what it lacks of what is asked that day."""
    from sixping.services.office.rectification import operation_words
    from sixping.services.rulebooks import rulebooks_of

    rulebooks = rulebooks_of(context.ledger)
    with reading(context) as con:
        people = [person.id for members in roster.values() for person in members]
        away = operation_words(con, day, people)
    lacking = duty.short_of(rulebooks, record, day, roster)
    for unit, members in roster.items():
        names = "、".join(person_on(record, person.id, day) for person in members)
        context.say(f"{understood_day(day)} {unit}: {names}")
        if unit in lacking:
            context.say(lacking[unit])
    if not rulebooks.calendar.is_workday(day):
        context.say(f"{understood_day(day)}是休息日: 排班照记, 不作考核。")
    context.say(*away)


def swap(
    ctx: typer.Context,
    day: Day,
    out: Annotated[str, typer.Argument(metavar="原值守人", help="编号或姓名")],
    into: Annotated[
        str | None, typer.Argument(metavar="[接班人]", help="编号或姓名; 用 --propose 时不写")
    ] = None,
    propose: Annotated[bool, typer.Option("--propose", help="只列出谁可以接班, 不换")] = False,
    as_json: Json = False,
) -> None:
    """换班: 某日由接班人代替原值守人。

    --propose 列出同一单位当日没有排班、请假和外出的人: 合一.2 的在前, 本月次数少的在前。

    示例:
      sixping duty swap 2026-11-24 p1 p2
      sixping duty swap 2026-11-24 p1 --propose
    """
    context = Context.of(ctx)
    if propose == (into is not None):
        raise UsageFault(
            "请写明接班人, 或用 --propose 列出谁可以接班 (二者取一)。", "见 duty swap --help。"
        )
    date = day_of(context, day, dated.DUTY_DAY)
    if into is None:
        _propose(context, date, out, as_json=as_json)
        return
    with recording_duty(context, date, date) as (tx, record):
        roster = duty.swap(tx, record, date, out, into)
    _show_plan(context, record, date, roster)
    if as_json:
        rows = [
            {"date": date, "agency": unit, "people": [person.id for person in members]}
            for unit, members in roster.items()
        ]
        publish(context, Wish(as_json=True), rows, _DRAFT, rows)


def _propose(context: Context, day: date, out: str, *, as_json: bool) -> None:
    """List who could take a place on a day; nothing is recorded."""
    from sixping.services.rulebooks import rulebooks_on

    with reading(context) as con:
        record = DutyRecord(con, day, day)
        found = duty.stand_ins(con, rulebooks_on(con), record, day, out)
    rows = [
        {
            "person": one.person.id, "name": one.person.name, "licensed": one.licensed,
            "keeps": one.keeps, "turns": one.turns,
        }
        for one in found
    ]  # fmt: skip
    publish(context, Wish(as_json=as_json), rows, _STAND_INS, rows)
    if found:
        context.say(f"换班: sixping duty swap {day} {out} {found[0].person.id}")
    else:
        context.say(f"{understood_day(day)}没有可以接班的人: 同一单位的都已排班、请假或外出。")


def leave(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="人员", help="编号 (如 p12) 或姓名")],
    start: Annotated[str, dated.LEAVE_FROM.option],
    reason: Reason,
    end: Annotated[str | None, dated.LEAVE_TO.option] = None,
) -> None:
    """请假: 自某日至某日; 已排的班会提示换人。

    示例:
      sixping duty leave p3 --from 2026-11-24 --to 2026-11-26 --reason 年休假
    """
    context = Context.of(ctx)
    first = day_of(context, start, dated.LEAVE_FROM)
    last = day_of(context, end, dated.LEAVE_TO) if end else first
    if not 0 <= (last - first).days <= _LONGEST_LEAVE:
        raise UsageFault(
            f"请假自{understood_day(first)}至{understood_day(last)}说不通。",
            "请核对 --from 和 --to (一年以内)。",
        )
    why = require_text(reason, "理由 (--reason)")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    with recording_duty(context, first, last) as (tx, record):
        seq, person, planned = duty.leave(tx, record, who, days, why)
        best = _stand_ins(tx, record, planned, person)
    context.say(f"{person} 自{understood_day(first)}至{understood_day(last)}请假 (第 {seq} 号)。")
    if planned:
        context.say(
            f"已排班、须换人的日子: {'、'.join(map(understood_day, planned))}。",
            f"换班: sixping duty swap 日期 {person} 接班人",
            *best,
        )


def _stand_ins(tx: Transaction, record: DutyRecord, days: list[date], person: str) -> list[str]:
    """Return a line a day: who could stand in, and the command."""
    if not days:
        return []
    from sixping.services.rulebooks import rulebooks_on

    lines = []
    best = duty.proposals(tx.con, rulebooks_on(tx.con), record, days, person)
    for day, one in best.items():
        if one is None:
            lines.append(f"{understood_day(day)}: 没有可以接班的人。")
            continue
        name = person_on(record, one.person.id, day)
        facts = [
            f"本月 {one.turns} 次",
            *(["有执法资格"] if one.licensed else []),
            *([] if one.keeps else ["仍不足一.2 的要求"]),
        ]
        lines.append(
            f"{understood_day(day)}: 可由 {name} 接班 ({', '.join(facts)}):"
            f" sixping duty swap {day} {person} {one.person.id}"
        )
    return lines


@bare_values(month=LAST)
@answering
def roster(
    ctx: typer.Context,
    day: Annotated[str | None, dated.ROSTER_DATE.option] = None,
    month: Annotated[str | None, dated.ROSTER_MONTH.option] = None,
    unit: UnitOnly = None,
    reveal: Reveal = False,
    reason: RevealReason = None,
    *,
    wish: Wish,
) -> None:
    """值班表: 某日或某月各单位由谁值守。

    一日一行, 一单位一列; 缺人和请假写在格内, * 表示有执法资格 (一.2)。

    示例:
      sixping duty roster
      sixping duty roster --month 2026-12 --unit 城管执法中队
      sixping duty roster --month 2026-12 -o 值班表.docx
    """
    from sixping.services.papers.roster import roster as made

    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    fmt = wish.choose(context, PAPER_FORMATS)
    span = span_of(context, day, month, dated.ROSTER_DATE, dated.ROSTER_MONTH)
    reveal_people(context, "roster", reason, asked=reveal)
    with reading(context) as con:
        rows = _rows(DutyRecord(con, *span), *span, unit)
        paper = None
        if fmt in PAPERS and (rows or fmt != "table"):
            paper = made(con, *span, context.now, unit=unit, reveal=reveal)
    if paper:
        publish_paper(context, wish, paper, name="值班表")
        _say_next(context, fmt, span, unit)
    else:
        publish(context, wish, rows, _ROSTER)
    if not rows and context.terminal.isatty:
        begin = "sixping duty plan 日期 人员…, 或 sixping duty draft --month 月份"
        say_no_lines(context, (unit, day, month), (Planned,), "排班", "roster", begin)


def _rows(record: DutyRecord, first: date, last: date, unit: str | None) -> list[dict[str, Any]]:
    """Return who is on the roster of which day, a row each."""
    return [
        {
            "date": date,
            "agency": agency,
            "person": who,
            "name": person.name if person else None,
            "licensed": person.licensed(date) if person else None,
            "leave": record.away(who, date),
        }
        for date in sorted(d for d in record.days if first <= d <= last)
        for agency, people in record.at(date).rosters.items()
        if one_unit(record, unit, date) in (None, agency)
        for who in people
        for person in [record.people(date).people.get(who)]
    ]


def _say_next(context: Context, fmt: str, span: tuple[date, date], unit: str | None) -> None:
    """Say on a terminal how the roster becomes a file to hang up."""
    if fmt != "table" or not context.terminal.isatty:
        return
    first, last = span
    when = f"--date {first}" if first == last else f"--month {first:%Y-%m}"
    of = f" --unit {unit}" if unit else ""
    context.say("换班: sixping duty swap 日期 原值守人 接班人")
    context.say(f"出文件: sixping duty roster {when}{of} -o 值班表.docx")


@answering
def draft(
    ctx: typer.Context,
    month: Annotated[str, dated.DRAFT_MONTH.option],
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
    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    first, last = month_of(context, month, dated.DRAFT_MONTH)
    drafts = _drafts(context, first, last, agency, write=write)
    rows = [
        {
            "date": turn.day,
            "agency": "、".join(units),
            "people": list(turn.people),
            "fixed": turn.fixed,
            "lacks": lacks(turn.short, turn.unlicensed),
        }
        for units, turns in drafts
        for turn in turns
    ]
    publish(context, wish, rows, _DRAFT, rows)
    _say_shares(context, drafts, write=write)


def _drafts(
    context: Context, first: date, last: date, agency: str | None, *, write: bool
) -> duty.Drafts:
    """Draft a month; inside the transaction that records it: nobody plans in between."""
    from sixping.services.rulebooks import rulebooks_on

    back = first - duty.BEFORE
    if not write:
        record, rulebooks = read_duty(context, back, last)
        return duty.drafted(rulebooks, record, first, last, agency)
    with recording_duty(context, back, last) as (tx, record):
        drafts = duty.drafted(rulebooks_on(tx.con), record, first, last, agency)
        duty.plan_drafts(tx, record, drafts)
    return drafts


def _say_shares(context: Context, drafts: duty.Drafts, *, write: bool) -> None:
    """Say how even the turns are and on which days the rule cannot be met."""
    for units, turns in drafts:
        counts = Counter(who for turn in turns for who in turn.people)
        if not counts:
            context.say(f"{'、'.join(units)}: 没有可排的驻点或在线人员。")
            continue
        shares = sorted(counts.values())
        bad = [understood_day(turn.day) for turn in turns if turn.short or turn.unlicensed]
        context.say(
            f"{'、'.join(units)}: {len(turns)} 个工作日, {len(counts)} 人, "
            f"每人 {shares[0]} 至 {shares[-1]} 次"
            + (f"; 排不足的日子: {'、'.join(bad)}。" if bad else "。")
        )
    context.say("已记入台账。" if write else "只是草案; 记入台账请加 --write。")

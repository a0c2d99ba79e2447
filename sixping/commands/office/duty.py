"""``duty`` (一): who is there now, was the room staffed, what was recorded by mistake."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.answers import FINDINGS, publish, publish_drilled
from sixping.console.context import Context
from sixping.console.days import day_of, span_of
from sixping.console.frame import bare_values
from sixping.console.nothing import of_list
from sixping.console.options import Reason, Reveal, RevealReason, answering
from sixping.console.recording import (
    SHOWN,
    Seq,
    reading,
    recording,
    reveal_people,
    void_event,
)
from sixping.documents.eventwords import person_words
from sixping.office.duty import STREAM, DutyRecord
from sixping.office.streams import iterate
from sixping.policy.units import DutyMode
from sixping.render.table import Column
from sixping.reports.opening import DUTY_FIGURES, DUTY_LEVELS, named, of_duty
from sixping.reports.spans import LAST
from sixping.services.duty import begin as declare
from sixping.services.dutycover import (
    cover_json,
    finding_json,
    judged,
    lacking,
    lacking_now,
    with_answers,
)
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.policy.units import Unit
    from sixping.render.table import Row, Tone
    from sixping.reports.dutycover import Compliance
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.transaction import Transaction

Date = Annotated[str | None, dated.ATTENDED_DATE.option]
Month = Annotated[str | None, dated.ATTENDED_MONTH.option]
UnitOnly = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看一个单位")]
BEGIN_IT = "自某日起检查: sixping duty begin 日期"
_MODES = {DutyMode.ON_SITE: "在岗", DutyMode.IN_PRINCIPLE: "原则上驻点", DutyMode.ONLINE: "在线"}
_TODAY = (
    Column("agency", "单位"),
    Column("mode_name", "方式"),
    Column("planned", "排班", "list"),
    Column("present", "在岗", "list"),
    Column("leave", "请假", "list"),
    Column("lacks", "现在缺", elastic=True),
)
_GAPS = (
    Column("date", "日期", "day"),
    Column("agency", "单位"),
    Column("from", "自"),
    Column("to", "至"),
    Column("minutes", "分钟", "int"),
    Column("lacks", "缺什么", elastic=True),
)


@contextmanager
def recording_duty(
    context: Context, first: date, last: date
) -> Iterator[tuple[Transaction, DutyRecord]]:
    """Open a transaction and the duty of some days in it."""
    with recording(context) as tx:
        yield tx, DutyRecord(tx.con, first, last)


def read_duty(context: Context, first: date, last: date) -> tuple[DutyRecord, Rulebooks]:
    """Read the duty of some days, and the rules it is held against, from one connection."""
    from sixping.services.rulebooks import rulebooks_on

    with reading(context) as con:
        return DutyRecord(con, first, last), rulebooks_on(con)


def say_no_lines(
    context: Context,
    filters: tuple[str | None, str | None, str | None],
    kinds: tuple[type, ...],
    what: str,
    command: str,
    begin: str,
) -> None:
    """Say why a list of duty is empty, ``filters`` being unit, day and month as written."""
    unit, day, month = filters
    days = "上月" if month == LAST else day or month or "今天"
    with reading(context) as con:
        whole = sum(isinstance(entry.event, kinds) for entry in iterate(con, STREAM))
    of_list(
        context, (unit, days), whole=whole, what=what, begin=begin,
        listing=f"sixping duty {command} --month 月份",
    )  # fmt: skip


def one_unit(record: DutyRecord, unit: str | None, day: date) -> str | None:
    """Return the name of the one unit that is asked for, if any."""
    return record.people(day).units.find(unit).name if unit else None


def person_on(record: DutyRecord, who: str, day: date, *, reveal: bool = False) -> str:
    """Return id and name of a person, and the telephone where it is to be revealed."""
    person = record.people(day).people.get(who)
    if person is None:
        return who
    return person_words(who, person.name, phone=person.phone if reveal else None)


@answering
def today(
    ctx: typer.Context,
    reveal: Reveal = False,
    reason: RevealReason = None,
    *,
    wish: Wish,
) -> None:
    """今日值守 (上墙): 各单位排了谁、谁在岗、现在缺什么。

    示例:
      sixping duty today
      sixping duty today --json
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    day = context.now.date()
    reveal_people(context, "today", reason, asked=reveal)
    record, rulebooks = read_duty(context, day, day)
    document = [
        _wall(context, rulebooks, record, unit, reveal=reveal)
        for unit in record.people(day).units
        if unit.duty is not None
    ]
    if not rulebooks.calendar.is_workday(day):
        context.say(f"{understood_day(day)}是休息日。")
    if record.begun is None or day < record.begun:
        context.say("值守检查还没有开始。", BEGIN_IT)
    rows = [row | {"mode_name": _MODES[row["mode"]]} for row in document]
    publish(context, wish, rows, _TODAY, document, _lacking)


def _lacking(row: Row) -> Mapping[str, Tone]:
    return {"lacks": "late"} if row["lacks"] else {}


def _wall(
    context: Context, rulebooks: Rulebooks, record: DutyRecord, unit: Unit, *, reveal: bool
) -> dict[str, Any]:
    """Return what the wall says of an agency this minute."""
    day, minute = context.now.date(), context.now.hour * 60 + context.now.minute
    organisation = record.people(day)
    members = [person.id for person in organisation.members(unit.name)]
    spells = record.at(day).spells()
    here = [who for who, start, end in spells if start <= minute < end and who in members]

    def names(people: Iterable[str]) -> list[str]:
        return [person_on(record, who, day, reveal=reveal) for who in people]

    return {
        "agency": unit.name,
        "mode": unit.duty,
        "planned": names(record.at(day).rosters.get(unit.name, ())),
        "present": names(here),
        "leave": names(who for who in members if record.away(who, day)),
        "lacks": lacking_now(rulebooks, record, unit, here, context.now),
    }


@bare_values(month=LAST)
@answering
def check(
    ctx: typer.Context,
    day: Date = None,
    month: Month = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有违反时退出码为 3, 供定时任务使用")
    ] = False,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill", metavar="项目", help="列出一个数背后的每一条, 如 达标、单位.司法所.按时应答"
        ),
    ] = None,
    *,
    wish: Wish,
) -> int:
    """检查值守: 办公时间内的缺岗时段, 人数不足或无人具有执法资格 (一.2, 一.3)。

    示例:
      sixping duty check
      sixping duty check --month 2026-11
      sixping duty check --month --json --exit-code
      sixping duty check --month --drill 单位.城管执法中队.违反
    """
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    opened = named(drill, DUTY_FIGURES, DUTY_LEVELS) if drill else None
    first, last = span_of(context, day, month, dated.ATTENDED_DATE, dated.ATTENDED_MONTH)
    with reading(context) as con:
        record, rulebooks = DutyRecord(con, first, last), rulebooks_on(con)
        cover = judged(rulebooks, record, first, last, context.now)
        cover = with_answers(con, rulebooks, record, cover, context.now)
    if opened:
        opened, behind = of_duty(cover, opened, lacking)
        publish_drilled(context, wish, behind, opened.title)
        return FINDINGS if exit_code and cover.breaches else 0
    rows = [finding_json(finding) | {"breach": finding.breach} for finding in cover.findings]
    rows = [row if row["breach"] else row | {"lacks": f"{row['lacks']} (备注)"} for row in rows]
    document = cover_json(cover, first, last, context.now, record.begun)
    publish(context, wish, rows, _GAPS, document, _breach)
    _say_results(context, cover, record.begun)
    _say_unsigned(context, record, first, last)
    if cover.agencies and context.terminal.isatty and wish.choose(context) == "table":
        when = f"--month {first:%Y-%m}" if month else f"--date {first}"
        figure = f"单位.{cover.agencies[0].agency}.应到"
        context.say(f"打开一个数: sixping duty check {when} --drill {figure}")
    return FINDINGS if exit_code and cover.breaches else 0


def _breach(row: Row) -> Mapping[str, Tone]:
    return {"lacks": "late"} if row["breach"] else {}


def _say_results(context: Context, cover: Compliance, begun: date | None) -> None:
    """Say how each agency stood in the period; that nothing is known is always said."""
    if begun is None:
        context.say("值守检查还没有开始, 此前的日子没有记录, 各数为 —。", BEGIN_IT)
    elif not cover.days:
        context.say(f"自{understood_day(begun)}起检查; 这段时间没有此后已开始的工作日, 各数为 —。")
    if not context.terminal.isatty:
        return
    for agency in cover.agencies:
        told = f"{agency.agency} ({_MODES[DutyMode(agency.mode)]}): 应到 {agency.workdays} 日, "
        told += f"有记录 {agency.recorded} 日, "
        if agency.compliant is None:
            told += f"分派给它 {agency.assigned} 件次, 按时应答 {agency.answered} 件次 (一.3)。"
        else:
            told += (
                f"达标 {agency.compliant} 日, 违反 {agency.breaches} 段, 共 {agency.minutes} 分钟。"
            )
        context.say(told)


def _say_unsigned(context: Context, record: DutyRecord, first: date, last: date) -> None:
    """Say which sign-outs are missing, today's left out."""
    missing = [
        f"{understood_day(day)} {who}"
        for day, book in sorted(record.days.items())
        if first <= day <= last and day < context.now.date()
        for who in book.unsigned()
    ]
    if missing:
        context.say(
            f"未签退 {len(missing)} 处 (按在岗至当日结束计): {'、'.join(missing[:SHOWN])}。",
            "补记: sixping duty out 人员 --at 时间",
        )


def begin(
    ctx: typer.Context,
    day: Annotated[str | None, dated.DUTY_BEGIN.option] = None,
) -> None:
    """声明自哪一天起检查值守; 此前的日子不作考核, 各数为 — (一.2, 一.3)。

    示例:
      sixping duty begin
      sixping duty begin 2026-12-01
    """
    context = Context.of(ctx)
    first = day_of(context, day, dated.DUTY_BEGIN)
    with recording(context) as tx:
        seq = declare(tx, first)
    context.say(
        f"自{understood_day(first)}起检查值守 (第 {seq} 号)。",
        f"记错了: sixping duty void {seq} --reason 理由",
    )


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的排班、请假、考勤、外出或检查的开始; 两条都保留在台账里。

    示例:
      sixping duty void 45 --reason 人员写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

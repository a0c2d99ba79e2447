"""``duty`` (一): rosters, leave and swaps, sign-in and sign-out, each one transaction."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import Seq
from sixping.console.options import Reason
from sixping.errors import NotAllowed, UsageFault
from sixping.services import duty

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.office.duty import DutyRecord, Spell
    from sixping.office.organisation import Person
    from sixping.store.transaction import Transaction

Day = Annotated[str, typer.Argument(metavar="日期", help="如 2026-11-24、11月24日、明天")]
Who = Annotated[str, typer.Argument(metavar="人员", help="编号 (如 p12) 或姓名")]
At = Annotated[
    str | None, typer.Option("--at", metavar="时间", help="实际的时间, 如 8:05; 默认现在")
]
LONGEST_LEAVE = 366


@contextmanager
def writing(context: Context, first: date, last: date) -> Iterator[tuple[Transaction, DutyRecord]]:
    """Open a transaction and the book of some days in it."""
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office.duty import DutyRecord

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        yield tx, DutyRecord(tx.con, first, last)


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
    date = officeoptions.day_of(context, day)
    if bool(people) == bool(agency):
        raise UsageFault("请写明人员, 或用 --agency 指明单位 (二者取一)。", "见 duty plan --help。")
    with writing(context, date, date) as (tx, book):
        chosen = _of_agency(book, agency, date) if agency else _given(book, people or [], date)
        for unit, members in chosen.items():
            plan_day(tx, book, date, unit, members)
    _tell_plan(context, book, date, chosen)


def _given(book: DutyRecord, people: list[str], day: date) -> dict[str, list[Person]]:
    chosen: dict[str, list[Person]] = {}
    for who in people:
        person = duty.find(book, who, day)
        members = chosen.setdefault(person.unit, [])
        if person in members:
            raise UsageFault(f"{who} 写了两次。", "每人只写一次。")
        members.append(person)
    return chosen


def _of_agency(book: DutyRecord, agency: str, day: date) -> dict[str, list[Person]]:
    unit = book.people(day).units.find(agency).name
    members = [
        person
        for person in book.people(day).members(unit)
        if (person.stationed or person.online) and not book.away(person.id, day)
    ]
    if not members:
        raise NotAllowed(
            f"{unit} 当日没有可排的驻点或在线人员。",
            "登记: sixping units person add 姓名 --unit 单位 --stationed。",
        )
    return {unit: members}


def plan_day(
    tx: Transaction, book: DutyRecord, day: date, unit: str, members: list[Person]
) -> None:
    """Record the roster of an agency for a day, unless it stands so already."""
    from sixping.office import streams
    from sixping.office.duty import STREAM, Planned, month_of

    if book.people(day).units.find(unit).duty is None:
        raise NotAllowed(
            f"{unit} 不是须在指挥室值守的单位。",
            "若应值守: sixping units change 单位 --duty on-site。",
        )
    for person in members:
        duty.refuse_away(book, person, day)
    people = tuple(person.id for person in members)
    if book.at(day).rosters.get(unit) != people:
        event = Planned(day=day, agency=unit, people=people)
        streams.record(tx, STREAM, month_of(day), event, tx.stamp.now)


def _tell_plan(
    context: Context, book: DutyRecord, day: date, chosen: dict[str, list[Person]]
) -> None:
    from sixping.policy.units import DutyMode
    from sixping.services.rulebooks import rulebooks_of

    rule = duty.rule_of(context, day)
    for unit, members in chosen.items():
        names = "、".join(duty.named(book, person.id, day) for person in members)
        context.say(f"{day} {unit}: {names}")
        on_site = book.people(day).units.find(unit).duty is DutyMode.ON_SITE
        if on_site and rule.per_agency:
            licensed = sum(person.licensed(day) for person in members)
            if len(members) < rule.staff or licensed < rule.licensed:
                context.say(
                    f"注意: 每工作日须 {rule.staff} 人以上, 其中 {rule.licensed} 名具有执法资格"
                    f" (一.2); 现排 {len(members)} 人, {licensed} 名有执法资格。"
                )
    if not rulebooks_of(context.ledger).calendar.is_workday(day):
        context.say(f"{day} 是休息日: 排班照记, 不作考核。")


def leave(
    ctx: typer.Context,
    who: Who,
    start: Annotated[str, typer.Option("--from", metavar="日期", help="自哪一天 (含)")],
    reason: Reason,
    end: Annotated[
        str | None, typer.Option("--to", metavar="日期", help="至哪一天 (含), 默认当天")
    ] = None,
) -> None:
    """请假: 自某日至某日; 已排的班会提示换人。

    示例:
      sixping duty leave p3 --from 2026-11-24 --to 2026-11-26 --reason 年休假
    """
    from sixping.console.stepcommand import require_text
    from sixping.office import streams
    from sixping.office.duty import LEAVE, STREAM, LeaveTaken

    context = Context.of(ctx)
    first = officeoptions.day_of(context, start)
    last = officeoptions.day_of(context, end) if end else first
    if not 0 <= (last - first).days <= LONGEST_LEAVE:
        raise UsageFault(f"请假自 {first} 至 {last} 说不通。", "请核对 --from 和 --to (一年以内)。")
    why = require_text(reason, "理由 (--reason)")
    with writing(context, first, last) as (tx, book):
        person = duty.find(book, who, first)
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        for day in days:
            duty.refuse_away(book, person, day)
            if book.at(day).of(person.id):
                raise NotAllowed(
                    f"{person.id} 在 {day} 有考勤记录, 不能又请假。",
                    "请核对日期; 考勤记错了: sixping duty void 序号 --reason 理由。",
                )
        event = LeaveTaken(person=person.id, first=first, last=last, reason=why)
        seq = streams.record(tx, STREAM, LEAVE, event, tx.stamp.now)
    context.say(f"{person.id} 自 {first} 至 {last} 请假 (第 {seq} 号)。")
    planned = [day for day in days if any(person.id in r for r in book.at(day).rosters.values())]
    if planned:
        context.say(
            f"已排班、须换人的日子: {'、'.join(map(str, planned))}。",
            f"换班: sixping duty swap 日期 {person.id} 接班人",
        )


def swap(
    ctx: typer.Context,
    day: Day,
    out: Annotated[str, typer.Argument(metavar="原值守人", help="编号或姓名")],
    into: Annotated[str, typer.Argument(metavar="接班人", help="编号或姓名")],
) -> None:
    """换班: 某日由接班人代替原值守人。

    示例:
      sixping duty swap 2026-11-24 p1 p2
    """
    from sixping.office import streams
    from sixping.office.duty import STREAM, Swapped, month_of, swapped

    context = Context.of(ctx)
    date = officeoptions.day_of(context, day)
    with writing(context, date, date) as (tx, book):
        gone, comes = duty.find(book, out, date), duty.find(book, into, date)
        if gone.unit != comes.unit:
            raise NotAllowed(
                f"{gone.id} 属于{gone.unit}, {comes.id} 属于{comes.unit}, 不能互换。",
                "请换同一单位的人。",
            )
        duty.refuse_away(book, comes, date)
        event = Swapped(day=date, agency=gone.unit, out=gone.id, into=comes.id)
        roster = swapped(book.at(date), event)
        streams.record(tx, STREAM, month_of(date), event, tx.stamp.now)
    _tell_plan(
        context, book, date, {gone.unit: [duty.find(book, person, date) for person in roster]}
    )


def in_(
    ctx: typer.Context,
    who: Who,
    at: At = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="时间", help="补记时同时写明签退时间")
    ] = None,
) -> None:
    """签到: 自这一分钟起在岗, 到签退为止。

    示例:
      sixping duty in p1
      sixping duty in p1 --at 8:00
      sixping duty in p1 --at "昨天8:00" --until "昨天12:00"
    """
    from sixping.office.duty import Attended, SignedIn, clock

    context = Context.of(ctx)
    moment = officeoptions.moment_of(context, at)
    if until is None:
        _sign(context, who, moment, lambda person: SignedIn(person=person), "签到")
        return
    ended = officeoptions.moment_of(context, until)
    if ended.date() != moment.date() or ended <= moment:
        raise UsageFault("签退须与签到在同一天, 并晚于签到。", "请核对 --at 和 --until。")
    times = (clock(t.hour * 60 + t.minute) for t in (moment, ended))
    start, end = times

    def line(person: str) -> Attended:
        return Attended(day=moment.date(), rows=((person, start, end),))

    _sign(context, who, moment, line, f"在岗至 {end}")


def out(ctx: typer.Context, who: Who, at: At = None) -> None:
    """签退: 到这一分钟为止在岗。

    示例:
      sixping duty out p1
      sixping duty out p1 --at 17:00
    """
    from sixping.office.duty import SignedOut

    context = Context.of(ctx)
    moment = officeoptions.moment_of(context, at)
    _sign(context, who, moment, lambda person: SignedOut(person=person), "签退")


def _sign(context: Context, who: str, moment: Any, make: Any, said: str) -> None:  # noqa: ANN401
    """Record a mark of attendance if the day still makes sense with it."""
    from sixping.office import streams
    from sixping.office.duty import STREAM, fold, month_of

    day = moment.date()
    with writing(context, day, day) as (tx, book):
        person = duty.find(book, who, day)
        duty.refuse_away(book, person, day)
        event = make(person.id)
        entry = streams.StreamEntry(tx.seq + 1, month_of(day), moment, context.now, event)
        before, new = book.at(day), fold([entry])[day]
        before.lines += new.lines
        before.marks += new.marks
        _refuse_elsewhere(tx, day, before.of(person.id), moment.hour * 60 + moment.minute)
        seq = streams.record(tx, STREAM, month_of(day), event, moment)
    name = duty.named(book, person.id, day)
    context.say(
        f"{name} ({person.unit}) {moment:%H:%M} {said} (第 {seq} 号)。",
        f"记错了: sixping duty void {seq} --reason 理由",
    )


def _refuse_elsewhere(tx: Transaction, day: date, spells: list[Spell], minute: int) -> None:
    """Refuse the stretch a mark makes when its person is on patrol or at a meeting then.

    A sign-in whose sign-out is not yet known is judged at its minute.
    """
    from sixping.office.duty import clock
    from sixping.services.conflicts import refuse_elsewhere

    for one in spells:
        if one.start <= minute <= one.end:
            end = clock(one.start + 1 if one.open else one.end)
            refuse_elsewhere(tx.con, day, [one.person], clock(one.start), end, duty=False)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的排班、请假或考勤; 两条都保留在台账里。

    示例:
      sixping duty void 45 --reason 人员写错
    """
    from sixping.office.duty import check

    officeoptions.void_entry(Context.of(ctx), "duty", seq, reason, lambda _: check)

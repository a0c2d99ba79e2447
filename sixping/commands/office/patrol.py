"""``patrol`` (附2.3): teams, grids covered, cases found; grids that wait for one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import Seq
from sixping.console.options import Json, Reason, answering
from sixping.errors import NotFound, UsageFault
from sixping.services import conflicts, office

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sixping.cases.intake import IntakeData as DeskData
    from sixping.console.answers import Wish
    from sixping.office.organisation import Organisation, Person
    from sixping.office.patrols import Patrolled
    from sixping.store.transaction import Transaction

FINDINGS = 3


class PatrolInput(NamedTuple):
    """A patrol as given at the desk, names resolved; ``found``: text and grid of each case."""

    day: date
    start: str
    end: str
    grids: tuple[str, ...]
    people: tuple[Person, ...]
    units: tuple[str, ...]
    found: tuple[tuple[str, str | None], ...]
    note: str | None


def record(
    ctx: typer.Context,
    grid: Annotated[list[str], typer.Option("--grid", metavar="网格", help="到过的网格")],
    member: Annotated[list[str], typer.Option("--member", metavar="人员", help="编号或姓名")],
    start: Annotated[str, typer.Option("--from", metavar="时刻", help="自几点, 如 9:00")],
    end: Annotated[str, typer.Option("--to", metavar="时刻", help="至几点, 如 11:00")],
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="哪一天, 默认今天")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="单位", help="参加的成员单位, 须各有人在队中"),
    ] = None,
    found: Annotated[
        list[str] | None,
        typer.Option("--found", metavar="内容", help="发现的问题, 各登记一件; 可写作 网格:内容"),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="巡查情况")] = None,
    as_json: Json = False,
) -> None:
    """记录一次巡查: 队伍组成按附2.3核对, 发现的问题同时登记 (渠道: 巡查发现)。

    示例:
      sixping patrol record --grid 江一社区第一网格 --member p1 --member p5 --member p9
        --from 9:00 --to 11:00 --found "人行道堆放建筑垃圾"
      sixping patrol record --grid 江一社区第一网格 --grid 江一社区第二网格
        --member p1 --member p5 --member p9 --from 14:00 --to 16:00
    """
    context = Context.of(ctx)
    context.existing_ledger()
    day = officeoptions.day_of(context, date, past=True)
    first, last = officeoptions.hours(start, end)
    moment = _moment(context, day, last or "")
    organisation = office.organisation_of(context, day)
    patrol = PatrolInput(
        day,
        first or "",
        last or "",
        tuple(dict.fromkeys(grid_of(organisation, name) for name in grid)),
        tuple(conflicts.people_of(organisation, member)),
        tuple(organisation.units.find(name).name for name in unit or ()),
        (),
        _told(note, "巡查情况 (--note)"),
    )
    patrol = patrol._replace(
        found=tuple(_found(patrol, text, organisation) for text in found or ())
    )
    seq, event = _record(context, patrol, moment, organisation)
    _tell(context, seq, event, as_json=as_json)


def _moment(context: Context, day: date, end: str) -> datetime:
    """Return when the patrol ended; what was found is received then."""
    from sixping.util.clock import SHANGHAI

    moment = datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=SHANGHAI)
    if moment > context.now:
        raise UsageFault(f"巡查至 {day} {end} 结束, 晚于现在。", "巡查结束后再记录。")
    return moment


def _told(value: str | None, field: str) -> str | None:
    from sixping.console.stepcommand import require_text

    return None if value is None else require_text(value, field)


def grid_of(organisation: Organisation, name: str) -> str:
    """Return the name of a grid of that day. Raises ``NotFound``."""
    unit = organisation.units.find(name)
    if unit.kind != "grid":
        grids = "、".join(each.name for each in organisation.units.grids(unit.name))
        raise NotFound(
            f"{unit.name}不是网格。",
            f"网格有: {grids}。" if grids else "见 sixping units list --kind grid。",
        )
    return unit.name


def _found(patrol: PatrolInput, text: str, organisation: Organisation) -> tuple[str, str | None]:
    """Return what was found, and in which of the grids; ``网格:`` before it names one."""
    head, colon, rest = text.replace("\uff1a", ":").partition(":")
    unit = organisation.units.get(head.strip()) if colon else None
    if unit is not None and unit.kind == "grid":
        if unit.name not in patrol.grids:
            raise UsageFault(f"{unit.name}不在这次巡查的网格里。", "请核对 --grid 和 --found。")
        return rest.strip(), unit.name
    return text, patrol.grids[0] if len(patrol.grids) == 1 else None


def _record(
    context: Context, patrol: PatrolInput, moment: datetime, organisation: Organisation
) -> tuple[int, Patrolled]:
    """Record the patrol and what it found; nothing is half recorded."""
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.office.duty import month_of
    from sixping.office.patrols import STREAM, Patrolled, check_team, check_units
    from sixping.policy.teams import load_field_rules
    from sixping.services.rulebooks import intake_data, rulebooks_of

    units = organisation.units
    check_team(patrol.people, load_field_rules().patrol, units, patrol.day)
    check_units(patrol.people, [units.find(name) for name in patrol.units])
    rules = rulebooks_of(context.ledger).rules(patrol.day)
    data = intake_data(context.ledger, patrol.day)
    people = tuple(person.id for person in patrol.people)
    with transaction(context.ledger, stamp_of(context)) as tx:
        conflicts.refuse_elsewhere(tx.con, patrol.day, people, patrol.start, patrol.end)
        cases = tuple(_register(tx, one, data, rules, moment) for one in patrol.found)
        event = Patrolled(
            day=patrol.day, start=patrol.start, end=patrol.end, grids=patrol.grids, people=people,
            units=patrol.units, cases=cases, text=patrol.note,
        )  # fmt: skip
        seq = streams.record(tx, STREAM, month_of(patrol.day), event, moment)
    return seq, event


def _register(
    tx: Transaction,
    found: tuple[str, str | None],
    data: DeskData,
    rules: Any,  # noqa: ANN401
    moment: datetime,
) -> str:
    """Register what was found as a case of the patrols' channel, received as it ended."""
    from sixping.cases.intake import named, read_input, register
    from sixping.policy.teams import load_field_rules

    text, grid = found
    said = {"text": text, "channel": load_field_rules().patrol_channel, "grid": grid}
    report = named(read_input({**said, "place": None}), data, rules)
    number = tx.next_number(moment.year)
    tx.append(
        number,
        register(report, data, rules, moment),
        moment,
        before=None,
        content=report.content(),
    )
    return number


def _tell(context: Context, seq: int, event: Patrolled, *, as_json: bool) -> None:
    from sixping.console.answers import Wish

    context.say(f"已记录巡查: {event.day} {event.start}-{event.end}, {'、'.join(event.grids)}。")
    context.say(
        f"记错了: sixping patrol void {seq} --reason 理由; 登记的件另用 decline、merge 处理。"
    )
    for number in event.cases:
        context.say(f"{number} 已登记; 下一步: sixping accept {number}")
    show(context, Wish(as_json=as_json), [(seq, event)])


def show(context: Context, wish: Any, made: Sequence[tuple[int, Patrolled]]) -> None:  # noqa: ANN401
    """Write patrols as a table."""
    from sixping.console.answers import publish
    from sixping.render.table import Column

    columns = (
        Column("seq", "序号", "int"),
        Column("date", "日期", "day"),
        Column("from", "自"),
        Column("to", "至"),
        Column("grids", "网格", "list"),
        Column("members", "队员", "list"),
        Column("units", "成员单位", "list"),
        Column("cases", "发现", "list"),
        Column("note", "情况", elastic=True, mask="text"),
    )
    rows = [
        {
            "seq": seq, "date": event.day, "from": event.start, "to": event.end,
            "grids": event.grids, "members": event.people, "units": event.units,
            "cases": event.cases, "note": event.text,
        }
        for seq, event in made
    ]  # fmt: skip
    publish(context, wish, rows, columns)


@answering
def list_(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="月", help="只看一个月, 如 2026-11")
    ] = None,
    grid: Annotated[str | None, typer.Option("--grid", metavar="网格")] = None,
    *,
    wish: Wish,
) -> None:
    """列出巡查, 旧的在前: 网格、队员 (姓名隐去)、发现的件。

    示例:
      sixping patrol list --month 2026-11
      sixping patrol list --grid 江一社区第一网格 --json
    """
    from sixping.office import streams
    from sixping.office.patrols import STREAM
    from sixping.queries import cases as case_queries
    from sixping.util.dates import parse_month

    context = Context.of(ctx)
    wish.choose(context)
    span = parse_month(month, context.now) if month else None
    with case_queries.reading(context.existing_ledger()) as con:
        made = [(entry.seq, entry.event) for entry in streams.entries(con, STREAM)]
    only = grid_of(office.organisation_of(context, context.now.date()), grid) if grid else None
    chosen = [
        (seq, event)
        for seq, event in made
        if (span is None or span[0] <= event.day <= span[1])
        and (only is None or only in event.grids)
    ]
    show(context, wish, sorted(chosen, key=lambda row: (row[1].day, row[1].start, row[0])))


@answering
def gaps(
    ctx: typer.Context,
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="到哪一天为止, 默认今天")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option("--days", min=0, max=250, metavar="N", help="间隔: 几个工作日内须巡查一次"),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有超过间隔的网格时退出码为 3")
    ] = False,
    *,
    wish: Wish,
) -> int:
    """列出超过间隔没有巡查的网格; 没有设定间隔时列出每个网格距上次的工作日数 (附2.3)。

    示例:
      sixping patrol gaps
      sixping patrol gaps --days 5 --exit-code
    """
    from sixping.console.answers import publish
    from sixping.office.organisation import organisation_at
    from sixping.office.patrols import coverage
    from sixping.queries import cases as case_queries
    from sixping.render.table import Column
    from sixping.services.rulebooks import rulebooks_of

    context = Context.of(ctx)
    wish.choose(context)
    day = officeoptions.day_of(context, date, past=True, echo=False)
    rulebooks = rulebooks_of(context.existing_ledger())
    interval = rulebooks.policy.edition_at(day).readings.patrol_workdays if days is None else days
    with case_queries.reading(context.ledger) as con:
        units = organisation_at(con, day).units
        found = coverage(units, conflicts.patrols_on(con), day, rulebooks.calendar, interval)
    if interval is None:
        context.say(
            "办法没有写明巡查间隔, 政策里也没有设定: 列出全部网格。可用 --days N (工作日)。"
        )
    shown = [one for one in found if one.beyond is not False]
    columns = (
        Column("community", "社区"),
        Column("grid", "网格"),
        Column("last", "上次巡查", "day"),
        Column("workdays", "距今工作日", "int"),
        Column("patrols", "巡查次数", "int"),
        Column("beyond", "超过间隔", "bool"),
    )
    publish(context, wish, [one._asdict() for one in shown], columns)
    return FINDINGS if exit_code and interval is not None and shown else 0


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的巡查; 两条都保留在台账里, 登记的件不受影响。

    示例:
      sixping patrol void 45 --reason 日期写错
    """
    from sixping.office.patrols import check

    officeoptions.void_entry(Context.of(ctx), "patrol", seq, reason, lambda _: check)

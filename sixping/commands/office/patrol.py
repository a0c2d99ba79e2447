"""``patrol`` (附2.3): teams, grids covered, cases found; grids that wait for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import FINDINGS, Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of, hours, month_of
from sixping.console.nothing import of_list
from sixping.console.options import Json, Reason, answering, revealing
from sixping.console.recording import (
    Seq,
    organisation_of,
    reading,
    record_seen,
    recording,
    void_event,
)
from sixping.console.stepcommand import require_text
from sixping.documents.phrases import other_ways, workdays
from sixping.errors import UsageFault
from sixping.office import streams
from sixping.office.organisation import organisation_at
from sixping.office.patrols import STREAM, coverage, patrols_on
from sixping.queries.office import keeps
from sixping.render.table import Column
from sixping.services.fieldwork import (
    Patrol,
    check_patrol,
    covering,
    grid_of,
    problem_in,
    record_patrol,
    way_of,
)
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.office.patrols import Patrolled
    from sixping.store.sqlite import Connection

_COLUMNS = (
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
_GAPS = (
    Column("community", "社区"),
    Column("grid", "网格"),
    Column("last", "上次巡查", "day"),
    Column("workdays", "距今工作日", "int"),
    Column("patrols", "巡查次数", "int"),
    Column("beyond", "超过间隔", "bool"),
)


def record(
    ctx: typer.Context,
    *,
    grid: Annotated[list[str], typer.Option("--grid", metavar="网格", help="到过的网格")],
    member: Annotated[list[str], typer.Option("--member", metavar="人员", help="编号或姓名")],
    start: Annotated[str, dated.PATROL_FROM.option],
    end: Annotated[str, dated.PATROL_TO.option],
    date: Annotated[str | None, dated.PATROL_DATE.option] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="单位", help="参加的成员单位, 须各有人在队中"),
    ] = None,
    found: Annotated[
        list[str] | None,
        typer.Option("--found", metavar="内容", help="发现的问题, 各登记一件; 可写作 网格:内容"),
    ] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字", help="巡查情况")] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="方式", help="巡查 检查 督查 (附3.2); 不写即巡查"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录一次巡查: 队伍组成按附2.3核对, 发现的问题同时登记 (渠道为规则所定)。

    示例:
      sixping patrol record --grid 江一社区第一网格 --member p1 --member p5 --member p9
        --from 9:00 --to 11:00 --found "人行道堆放建筑垃圾"
      sixping patrol record --grid 江一社区第一网格 --grid 江一社区第二网格
        --member p1 --member p5 --member p9 --from 14:00 --to 16:00
      sixping patrol record --kind 督查 --grid 江一社区第一网格 --member p1
        --from 9:00 --to 10:00
    """
    from sixping.services.intake import intake_data
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    context.existing_ledger()
    day = day_of(context, date, dated.PATROL_DATE)
    first, last = hours(start, end)
    patrol = Patrol(day, first or "", last or "", (), (), (), (), None)
    _refuse_unended(context, patrol)
    organisation = organisation_of(context, day)
    units = organisation.units
    patrol = patrol._replace(
        grids=tuple(dict.fromkeys(grid_of(units, name) for name in grid)),
        people=tuple(organisation.find_all(member)),
        units=tuple(units.find(name).name for name in unit or ()),
        note=None if note is None else require_text(note, "巡查情况 (--note)"),
    )
    problems = tuple(problem_in(units, patrol.grids, text) for text in found or ())
    patrol = patrol._replace(problems=problems)
    with recording(context) as tx:
        patrol = patrol._replace(way=way_of(tx.con, kind))
        check_patrol(tx.con, patrol, units)
        rules = rulebooks_on(tx.con).rules(day)
        seq, event = record_patrol(tx, patrol, intake_data(tx.con, day), rules)
    _tell(context, seq, event, as_json=as_json)


def _refuse_unended(context: Context, patrol: Patrol) -> None:
    """Refuse what has not ended yet."""
    if patrol.ended > context.now:
        said = f"巡查至{understood_day(patrol.day)} {patrol.end} 结束, 晚于现在。"
        raise UsageFault(said, "巡查结束后再记录。")


def _tell(context: Context, seq: int, event: Patrolled, *, as_json: bool) -> None:
    context.say(
        f"已记录{event.sort}: {understood_day(event.day)} {event.start}-{event.end},"
        f" {'、'.join(event.grids)}。"
    )
    context.say(
        f"记错了: sixping patrol void {seq} --reason 理由; 登记的件另用 decline、merge 处理。"
    )
    for number in event.cases:
        context.say(f"{number} 已登记; 下一步: sixping accept {number}")
    with reading(context) as con:
        ways = _keeps_ways(con)
    _show(context, Wish(as_json=as_json), [(seq, event)], ways=ways)


def _keeps_ways(con: Connection) -> bool:
    """Return whether the street tells 巡查, 检查 and 督查 apart (附3.2)."""
    return keeps(con, "persons")


def _show(
    context: Context, wish: Wish, patrols: Sequence[tuple[int, Patrolled]], *, ways: bool
) -> None:
    rows = [
        {
            "seq": seq, "date": event.day, "from": event.start, "to": event.end,
            "grids": event.grids, "members": event.people, "units": event.units,
            "cases": event.cases, "note": event.text, **({"kind": event.sort} if ways else {}),
        }
        for seq, event in patrols
    ]  # fmt: skip
    columns = (*_COLUMNS, Column("kind", "方式")) if ways else _COLUMNS
    publish(context, wish, rows, columns, leaving=("units", "members", "to", "from", "cases"))


@revealing
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.PATROL_MONTH.option] = None,
    grid: Annotated[str | None, typer.Option("--grid", metavar="网格")] = None,
    *,
    wish: Wish,
) -> None:
    """列出巡查, 旧的在前: 网格、队员、发现的件。

    示例:
      sixping patrol list --month 2026-11
      sixping patrol list --grid 江一社区第一网格 --json
    """
    context = Context.of(ctx)
    wish.choose(context)
    span = month_of(context, month, dated.PATROL_MONTH) if month else None
    with reading(context) as con:
        patrols = [(entry.seq, entry.event) for entry in streams.entries(con, STREAM)]
        ways = _keeps_ways(con)
    units = organisation_of(context, context.now.date()).units if grid else None
    only = grid_of(units, grid) if units and grid else None
    chosen = [
        (seq, event)
        for seq, event in patrols
        if (span is None or span[0] <= event.day <= span[1])
        and (only is None or only in event.grids)
    ]
    record_seen(context, wish, "patrol", chosen)
    chosen.sort(key=lambda row: (row[1].day, row[1].start, row[0]))
    _show(context, wish, chosen, ways=ways)
    if not chosen:
        of_list(
            context, (month, only), whole=len(patrols), what="巡查记录",
            listing="sixping patrol list",
            begin="sixping patrol record --grid 网格 --member 人员 --from 时刻 --to 时刻",
        )  # fmt: skip


@answering
def gaps(
    ctx: typer.Context,
    date: Annotated[str | None, dated.GAPS_DATE.option] = None,
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
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    day = day_of(context, date, dated.GAPS_DATE)
    with reading(context) as con:
        rulebooks = rulebooks_on(con)
        readings = rulebooks.policy.edition_at(day).readings
        interval = readings.patrol_workdays if days is None else days
        units = organisation_at(con, day).units
        counting, otherwise = covering(con, [p for p in patrols_on(con) if p.day <= day])
        grids = coverage(units, counting, day, rulebooks.calendar, interval)
    if interval is None:
        context.say(
            "办法没有写明巡查间隔, 政策里也没有设定: 列出全部网格。可用 --days N (工作日)。"
        )
    context.say(*filter(None, [other_ways(otherwise)]))
    shown = [grid for grid in grids if grid.beyond is not False]
    publish(context, wish, [grid._asdict() for grid in shown], _GAPS)
    if not shown and context.terminal.isatty:
        context.say(f"没有超过间隔 ({workdays(interval or 0)}) 的网格。全部 {len(grids)} 个。")
    return FINDINGS if exit_code and interval is not None and shown else 0


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的巡查; 两条都保留在台账里, 登记的件不受影响。

    示例:
      sixping patrol void 45 --reason 日期写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

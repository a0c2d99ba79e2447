"""``patrol list``, ``gaps``: what patrols covered, which grids wait for one (附2.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands import _field, _office
from sixping.commands._frame import Desk
from sixping.commands._office import Seq
from sixping.commands._options import Reason, answering
from sixping.commands.patrol import FINDINGS, grid_of, show

if TYPE_CHECKING:
    from sixping.commands._answers import Wish


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
    from sixping import streams, views
    from sixping.moments import parse_month
    from sixping.patrols import STREAM

    desk = Desk.of(ctx)
    wish.choose(desk)
    span = parse_month(month, desk.now) if month else None
    with views.reading(desk.existing_ledger()) as con:
        made = [(entry.seq, entry.event) for entry in streams.entries(con, STREAM)]
    only = grid_of(_office.organisation_of(desk, desk.now.date()), grid) if grid else None
    chosen = [
        (seq, event)
        for seq, event in made
        if (span is None or span[0] <= event.day <= span[1])
        and (only is None or only in event.grids)
    ]
    show(desk, wish, sorted(chosen, key=lambda row: (row[1].day, row[1].start, row[0])))


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
    from sixping import views
    from sixping.commands._answers import publish
    from sixping.commands._books import books_of
    from sixping.organisation import organisation_at
    from sixping.pages.table import Column
    from sixping.patrols import coverage

    desk = Desk.of(ctx)
    wish.choose(desk)
    day = _office.day_of(desk, date, past=True, echo=False)
    books = books_of(desk.existing_ledger())
    interval = books.policy.edition_at(day).readings.patrol_workdays if days is None else days
    with views.reading(desk.ledger) as con:
        units = organisation_at(con, day).units
        found = coverage(units, _field.patrols_on(con), day, books.calendar, interval)
    if interval is None:
        desk.say("办法没有写明巡查间隔, 政策里也没有设定: 列出全部网格。可用 --days N (工作日)。")
    shown = [one for one in found if one.beyond is not False]
    columns = (
        Column("community", "社区"),
        Column("grid", "网格"),
        Column("last", "上次巡查", "day"),
        Column("workdays", "距今工作日", "int"),
        Column("patrols", "巡查次数", "int"),
        Column("beyond", "超过间隔", "bool"),
    )
    publish(desk, wish, [one._asdict() for one in shown], columns)
    return FINDINGS if exit_code and interval is not None and shown else 0


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的巡查; 两条都保留在台账里, 登记的件不受影响。

    示例:
      sixping patrol void 45 --reason 日期写错
    """
    from sixping.patrols import check

    _office.void_entry(Desk.of(ctx), "patrol", seq, reason, lambda _: check)

"""The calendar and the cases: ``apply`` moves their promises, ``ics`` publishes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.answers import Wish, publish, write_bytes
from sixping.console.context import Context
from sixping.console.options import Force, Output, answering
from sixping.console.stepcommand import stamp_of
from sixping.policy.vocabulary import CLOCKS, LIMITS
from sixping.queries.clocks import open_clocks
from sixping.render.ics import Deadline, feed
from sixping.render.table import Column
from sixping.services.recount import move_json
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from sixping.queries.clocks import OpenClock
    from sixping.services.recount import Move

COLUMNS = (
    Column("number", "编号"),
    Column("label", "时限"),
    Column("old", "原期限", "time"),
    Column("new", "现期限", "time"),
    Column("mark", "标记"),
    Column("why", "原因", elastic=True),
)


@answering
def apply(
    ctx: typer.Context,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="只看会怎样, 不改动")] = False,
    *,
    wish: Wish,
) -> None:
    """按现行日历调整在办事项的期限, 每项记入台账; 不把日期改到过去, 会商决定的日期不动。

    示例:
      sixping calendar apply --dry-run
      sixping calendar apply
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    moves = _moves(context, dry_run=dry_run)
    lines = [move_json(move) for move in moves]
    rows = [
        line | {"label": CLOCKS[str(line["clock"])], "mark": _mark(move)}
        for line, move in zip(lines, moves, strict=True)
    ]
    publish(context, wish, rows, COLUMNS, lines)
    _sum_up(context, moves, dry_run=dry_run)


def _moves(context: Context, *, dry_run: bool) -> list[Move]:
    from sixping.ledger import transaction
    from sixping.services import reschedule
    from sixping.store.sqlite import reading

    if dry_run:
        with reading(context.ledger) as con:
            return reschedule.planned(con, context.now)
    with transaction(context.ledger, stamp_of(context)) as tx:
        return reschedule.apply(tx, context.now)


def _mark(move: Move) -> str:
    if move.was_provisional == move.provisional:
        return "暂定" if move.provisional else ""
    return "改为暂定" if move.provisional else "暂定已确定"


def _sum_up(context: Context, moves: list[Move], *, dry_run: bool) -> None:
    if not moves:
        context.say("没有需要调整的期限。")
        return
    cases = len({move.number for move in moves if move.changes})
    moved = sum(move.old != move.due for move in moves)
    marks = sum(move.old == move.due and move.changes for move in moves)
    kept = sum(move.kept for move in moves)
    head, foot = ("将调整", "没有改动台账。") if dry_run else ("已调整", "")
    counts = f"改日期 {moved} 个, 只改标记 {marks} 个, 维持原期限 {kept} 个"
    context.say(f"{head} {cases} 件: {counts}。{foot}")


def ics(
    ctx: typer.Context,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只要这个牵头单位的")
    ] = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """把在办事项的期限输出为日历文件 (iCalendar), 不含反映内容和个人信息。

    示例:
      sixping calendar ics -o 期限.ics
      sixping calendar ics --unit 城管执法中队 > 中队.ics
    """
    from sixping.store.log import ledger_id
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    wish = Wish(output=output, force=force)
    wish.refuse_taken(context)
    with reading(context.existing_ledger()) as con:
        name = ledger_id(con) or ""
        rows = open_clocks(con, unit)
    write_bytes(context, wish, feed([_deadline(row, name) for row in rows], context.now))


def _deadline(row: OpenClock, ledger: str) -> Deadline:
    words = (row.severity, row.platform, row.lead, row.community)
    mark = " (暂定)" if row.provisional else ""
    return Deadline(
        uid=f"{row.number}-{row.round}-{row.kind}@{ledger}.sixping",
        sequence=row.from_seq,
        due=from_text(row.due),
        summary=f"{row.number} {LIMITS[row.kind]}{mark}",
        description=" ".join(word for word in words if word),
        provisional=bool(row.provisional),
    )

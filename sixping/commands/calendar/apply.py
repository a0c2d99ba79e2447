"""The calendar and the cases: ``apply`` moves their promises, ``ics`` publishes them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Output, answering
from sixping.render.table import Column

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.queries.calendar import OpenClock
    from sixping.render.ics import Deadline
    from sixping.services.reschedule import Move
    from sixping.services.rulebooks import Rulebooks

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
    """按现行日历调整在办事项的期限, 每项记入台账; 已过去的日期不改, 会商决定的日期不动。

    示例:
      sixping calendar apply --dry-run
      sixping calendar apply
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    found = _planned(context) if dry_run else _applied(context)
    _show(context, wish, found)
    _sum_up(context, found, dry_run=dry_run)


def _planned(context: Context) -> list[Move]:
    from sixping.queries import cases as case_queries
    from sixping.services.reschedule import moves, outdated_promises
    from sixping.services.rulebooks import rulebooks_on

    with case_queries.reading(context.ledger) as con:
        rulebooks = rulebooks_on(con)
        rows = outdated_promises(con, rulebooks)
    return list(moves(rows, rulebooks, context.now))


def _applied(context: Context) -> list[Move]:
    """Do it in one transaction; the same calendar applied again writes nothing."""
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.services.reschedule import moves, outdated_promises, steps
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.bulk import append_many

    with transaction(context.ledger, stamp_of(context)) as tx:
        rulebooks = rulebooks_on(tx.con)
        found = list(moves(outdated_promises(tx.con, rulebooks), rulebooks, context.now))
        if found or not rulebooks.known.settled(rulebooks.calendar):
            append_many(tx, steps(found, rulebooks, context.now))
            _note(tx, rulebooks, found)
    return found


def _note(tx: Any, rulebooks: Rulebooks, found: list[Move]) -> None:  # noqa: ANN401 - a Transaction
    from sixping.queries.calendar import APPLIED, STREAM, SUBJECT

    facts = {
        "calendar": rulebooks.calendar.fingerprint[:16],
        "confirmed_until": rulebooks.calendar.confirmed_until.isoformat(),
        "moved": sum(move.old != move.due for move in found),
        "marks": sum(move.was_provisional != move.provisional for move in found),
        "stood": sum(move.stands for move in found),
    }
    tx.note(STREAM, SUBJECT, APPLIED, facts)


def _show(context: Context, wish: Wish, found: list[Move]) -> None:
    from sixping.console.answers import publish
    from sixping.policy.vocabulary import CLOCKS
    from sixping.services.reschedule import move_json

    lines = [move_json(move) for move in found]
    rows = [
        line | {"label": CLOCKS[str(line["clock"])], "mark": _mark(move)}
        for line, move in zip(lines, found, strict=True)
    ]
    publish(context, wish, rows, COLUMNS, lines)


def _mark(move: Move) -> str:
    if move.was_provisional == move.provisional:
        return "暂定" if move.provisional else ""
    return "改为暂定" if move.provisional else "暂定已确定"


def _sum_up(context: Context, found: list[Move], *, dry_run: bool) -> None:
    if not found:
        context.say("没有需要调整的期限。")
        return
    cases = len({move.number for move in found if move.changes})
    moved = sum(move.old != move.due for move in found)
    marks = sum(move.old == move.due and move.changes for move in found)
    stood = sum(move.stands for move in found)
    said = [f"改日期 {moved} 个", f"只改标记 {marks} 个", f"维持原期限 {stood} 个"]
    head = "将调整" if dry_run else "已调整"
    context.say(f"{head} {cases} 件: {', '.join(said)}。" + ("没有改动台账。" if dry_run else ""))


def ics(
    ctx: typer.Context,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只要这个牵头单位的")
    ] = None,
    output: Output = None,
) -> None:
    """把在办事项的期限输出为日历文件 (iCalendar), 不含反映内容和个人信息。

    示例:
      sixping calendar ics -o 期限.ics
      sixping calendar ics --unit 城管执法中队 > 中队.ics
    """
    from pathlib import Path

    from sixping.queries import cases as case_queries
    from sixping.queries.calendar import ledger_id, open_clocks
    from sixping.render.formats import writing
    from sixping.render.ics import feed

    context = Context.of(ctx)
    context.existing_ledger()
    with case_queries.reading(context.ledger) as con:
        name = ledger_id(con)
        rows = open_clocks(con, unit)
    content = feed([_deadline(row, name) for row in rows], context.now)
    if output and output != "-":
        with writing(Path(output)) as file:
            file.write(content)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _deadline(row: OpenClock, ledger: str) -> Deadline:
    from sixping.policy.vocabulary import LIMITS
    from sixping.render.ics import Deadline
    from sixping.util.clock import from_text

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

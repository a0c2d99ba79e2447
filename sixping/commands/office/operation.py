"""``operation`` (四.3): joint enforcement: who, where, on which cases, and one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of, hours, month_of
from sixping.console.nothing import of_list
from sixping.console.options import PLATFORM, Json, Reason, Reveal, RevealReason, revealing
from sixping.console.recording import Seq, reading, record_seen, recording, void_event
from sixping.console.stepcommand import require_text
from sixping.office.operations import STREAM, find, operations_on
from sixping.policy.vocabulary import Platform
from sixping.render.table import Column
from sixping.services.fieldwork import Plan, plan_operation, record_result
from sixping.util.daytext import understood_day
from sixping.util.masking import mask_text
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sixping.office.operations import Operation

Name = Annotated[str, typer.Argument(metavar="编号", help="如 o2, 见 operation list")]
_COLUMNS = (
    Column("id", "编号"),
    Column("date", "日期", "day"),
    Column("from", "自"),
    Column("to", "至"),
    Column("title", "名称", mask="text"),
    Column("platforms", "平台", "platform"),
    Column("units", "单位", "list"),
    Column("people", "人员", "list"),
    Column("coordinator", "协调"),
    Column("cases", "事项", "list"),
    Column("outcome", "结果", elastic=True, mask="text"),
)
#: on a terminal narrower than this the column is left to wider ones and to other formats
_WIDE = {"from": 100, "to": 100, "platforms": 130, "people": 120, "coordinator": 140}

#: what leaves where the rows are still too wide, in this order
_LEAVING = ("coordinator", "platforms", "people", "to", "from", "cases", "units")


def plan(
    ctx: typer.Context,
    title: Annotated[str, typer.Argument(metavar="名称", help="如 夜市油烟专项整治")],
    date: Annotated[str, dated.ON_DATE.option],
    unit: Annotated[list[str], typer.Option("--unit", metavar="单位", help="参加的单位")],
    person: Annotated[list[str], typer.Option("--person", metavar="人员", help="编号或姓名")],
    platform: Annotated[
        list[Platform] | None,
        typer.Option(
            "--platform",
            click_type=PLATFORM,
            metavar="平台",
            help="参加的平台; 单位所属的平台自动计入",
        ),
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="编号", help="涉及的事项")
    ] = None,
    start: Annotated[str | None, dated.START.option] = None,
    end: Annotated[str | None, dated.END.option] = None,
    as_json: Json = False,
) -> None:
    """安排联合执法或专项整治: 单位、人员 (核对执法资格)、涉及的事项 (四.3)。

    示例:
      sixping operation plan 夜市油烟专项整治 --date 2026-12-05 --from 19:00 --to 22:00
        --unit 城管执法中队 --unit 市场监管所 --person p1 --person p4 --case 123
    """
    context = Context.of(ctx)
    day = day_of(context, date, dated.ON_DATE)
    times = hours(start, end)
    name = require_text(title, "名称", SHORT)
    numbers = _numbers(context, case or ())
    asked = Plan(name, day, times, unit, person, platform or (), numbers)
    with recording(context) as tx:
        operation, seq = plan_operation(tx, asked)
    coordinator = operation.plan.coordinator
    by = f", 由{coordinator}协调 (四.2)" if coordinator else ""
    context.say(f"已安排 {operation.id}, {understood_day(day)}{by} (第 {seq} 号)。")
    context.say(f"下一步: sixping operation result {operation.id} 结果")
    _show(context, operation, as_json=as_json)


def _numbers(context: Context, cases: Iterable[str]) -> Iterator[str]:
    """Yield full numbers, each read when it is needed: what comes first is refused first."""
    for number in cases:
        yield full_number(number, context.now.year)


def result(
    ctx: typer.Context,
    name: Name,
    outcome: Annotated[str, typer.Argument(metavar="结果", help="记到每一件上")],
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="编号", help="现场另涉及的事项"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录联合执法的结果, 同时记到涉及的每一件上 (四.3)。

    示例:
      sixping operation result o2 "检查 8 家, 责令整改 3 家"
      sixping operation result o2 "检查 8 家" --case 130
    """
    from sixping.services.rulebooks import rules_in

    context = Context.of(ctx)
    words = require_text(outcome, "结果")
    numbers = list(_numbers(context, case or ()))
    with recording(context) as tx:
        operation, seq = record_result(tx, name, numbers, words, rules_in(tx.con))
    cases = operation.cases
    context.say(f"{operation.id} 的结果已记到 {len(cases)} 件上 (第 {seq} 号)。")
    for number in cases:
        context.say(f"{number}: 已办好的请办结, sixping resolve {number} --outcome 结果")
    _show(context, operation, as_json=as_json)


@revealing
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.OPERATION_MONTH.option] = None,
    *,
    wish: Wish,
) -> None:
    """列出联合执法: 平台、单位、人员、事项、结果; 供会商用 (四.3)。

    示例:
      sixping operation list
      sixping operation list --month 2026-11 --format md
    """
    context = Context.of(ctx)
    wish.choose(context)
    span = month_of(context, month, dated.OPERATION_MONTH) if month else None
    with reading(context) as con:
        operations = operations_on(con).values()
    chosen = [
        operation
        for operation in operations
        if span is None or span[0] <= operation.plan.day <= span[1]
    ]
    rows = [
        _row(operation, reveal=wish.reveal)
        for operation in sorted(chosen, key=lambda operation: (operation.plan.day, operation.id))
    ]
    record_seen(context, wish, "operation", rows)
    _publish(context, wish, rows, rows)
    if not rows:
        of_list(
            context, (month,), whole=len(operations), what="联合执法",
            listing="sixping operation list",
            begin="sixping operation plan 名称 --date 日期 --unit 单位 --person 人员",
        )  # fmt: skip


def show(
    ctx: typer.Context,
    name: Name,
    reveal: Reveal = False,
    reason: RevealReason = None,
    as_json: Json = False,
) -> None:
    """查看一次联合执法: 安排、人员、涉及的事项和结果。

    示例:
      sixping operation show o2
      sixping operation show o2 --reveal --reason 核对结果
    """
    context = Context.of(ctx)
    with reading(context) as con:
        operation = find(operations_on(con), name)
    wish = Wish(as_json=as_json).revealing(reveal, reason)
    record_seen(context, wish, operation.id, [operation])
    _answer(context, wish, operation)


def _show(context: Context, operation: Operation, *, as_json: bool) -> None:
    _answer(context, Wish(as_json=as_json), operation)


def _answer(context: Context, wish: Wish, operation: Operation) -> None:
    row = _row(operation, reveal=wish.reveal)
    _publish(context, wish, [row], row)


def _publish(context: Context, wish: Wish, rows: list[dict[str, Any]], document: object) -> None:
    from sixping.console.answers import fitting

    heads = fitting(context, wish, _COLUMNS, _WIDE)
    publish(context, wish, rows, heads, document, leaving=_LEAVING)


def _row(operation: Operation, *, reveal: bool) -> dict[str, Any]:
    plan, shown = operation.plan, str if reveal else mask_text
    return {
        "id": operation.id,
        "date": plan.day.isoformat(),
        "from": plan.start,
        "to": plan.end,
        "title": shown(plan.text) if plan.text else None,
        "platforms": list(plan.platforms),
        "units": list(plan.units),
        "people": list(plan.people),
        "coordinator": plan.coordinator,
        "cases": list(operation.cases),
        "outcome": shown(operation.outcome) if operation.outcome else None,
    }


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的联合执法记录; 两条都保留在台账里, 件上的记事不受影响。

    示例:
      sixping operation void 45 --reason 人员写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

"""``operation`` (四.3): joint enforcement: who, where, on which cases, and one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import (
    PAPER_FORMATS,
    PAPERS,
    Wish,
    fitting,
    kept_columns,
    publish,
    publish_paper,
)
from sixping.console.context import Context
from sixping.console.days import day_of, hours, month_of, then_of
from sixping.console.nothing import of_list
from sixping.console.options import (
    PLATFORM,
    AsJson,
    Force,
    Format,
    Json,
    Output,
    Reason,
    Reveal,
    RevealReason,
    revealing,
)
from sixping.console.recording import Seq, reading, record_seen, recording, void_event
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office.operations import STREAM, find, operations_on
from sixping.policy.vocabulary import Platform
from sixping.render.table import Column
from sixping.services.fieldwork import Plan, plan_operation, record_result
from sixping.util.daytext import understood_day
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date as date_

    from sixping.office.operations import Operation

Name = Annotated[str, typer.Argument(metavar="编号", help="如 o2, 见 operation list")]
_COLUMNS = (
    Column("id", "编号"),
    Column("date", "日期", "day"),
    Column("until", "止", "day"),
    Column("from", "自"),
    Column("to", "至"),
    Column("title", "名称", elastic=True, mask="text"),
    Column("platforms", "平台", "platform"),
    Column("units", "单位", "list"),
    Column("people", "人员", "list"),
    Column("coordinator", "协调"),
    Column("objects", "应查", "int"),
    Column("checked", "已查", "int"),
    Column("unrecorded", "未记录", "list"),
    Column("cases", "事项", "list"),
    Column("outcome", "结果", elastic=True, mask="text"),
)
#: what the register of rectification brings
_OF_DAYS = frozenset({"until", "objects", "checked", "unrecorded"})
#: the forms in which an operation is the paper of what came of it
_FILES = tuple(form for form in PAPERS if form != "table")
_LINES = (Column("label", "项目"), Column("text", "内容", elastic=True))
#: clashes that are named; more are counted
_CLASHES = 5
#: on a terminal narrower than this the column is left to wider ones and to other formats
_WIDE = {"from": 100, "to": 100, "platforms": 130, "people": 120, "coordinator": 140}

#: what leaves where the rows are still too wide, in this order
_LEAVING = (
    "coordinator", "platforms", "people", "to", "from", "unrecorded", "cases", "units", "objects",
)  # fmt: skip


def plan(
    ctx: typer.Context,
    *,
    title: Annotated[str, typer.Argument(metavar="名称", help="如 夜市油烟专项整治")],
    date: Annotated[str, dated.ON_DATE.option],
    unit: Annotated[list[str], typer.Option("--unit", metavar="单位", help="参加的单位")],
    person: Annotated[list[str], typer.Option("--person", metavar="人员", help="编号或姓名")],
    until: Annotated[str | None, dated.UNTIL.option] = None,
    objects: Annotated[
        int | None,
        typer.Option("--objects", metavar="N", min=1, help="多日的, 计划检查多少家 (处)"),
    ] = None,
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
      sixping operation plan 餐饮油烟专项整治 --date 2026-12-01 --until 2026-12-20
        --objects 120 --unit 城管执法中队 --person p1
    """
    from sixping.queries.office import registers_begun
    from sixping.services.office import rectification

    context = Context.of(ctx)
    day = day_of(context, date, dated.ON_DATE)
    last = None if until is None else day_of(context, until, dated.UNTIL)
    if objects is not None and last is None:
        raise UsageFault(
            "--objects 只用于多日的专项整治。", "请加 --until 日期, 或去掉 --objects。"
        )
    times = hours(start, end)
    name = require_text(title, "名称", SHORT)
    numbers = _numbers(context, case or ())
    asked = Plan(name, day, times, unit, person, platform or (), numbers, last, objects)
    with recording(context) as tx:
        operation, seq = rectification.plan(tx, asked, last) if last else plan_operation(tx, asked)
        kept = registers_begun(tx.con).get(rectification.KEY) is not None
        clashes = list(rectification.clashes(tx.con, operation)) if kept else []
        rostered = rectification.roster_words(tx.con, operation) if kept else []
    _say_planned(context, operation, seq, clashes)
    context.say(*rostered)
    show_operation(context, Wish(as_json=as_json), operation)


def _say_planned(
    context: Context, operation: Operation, seq: int, clashes: Sequence[tuple[date_, str]]
) -> None:
    plan = operation.plan
    by = f", 由{plan.coordinator}协调 (四.2)" if plan.coordinator else ""
    until = f" 至 {understood_day(operation.last)}" if operation.long else ""
    context.say(f"已安排 {operation.id}, {understood_day(plan.day)}{until}{by} (第 {seq} 号)。")
    say_clashes(context, operation, clashes)
    if operation.long:
        context.say(
            f"下一步: sixping operation stage {operation.id} 名称 --date 日期 --until 日期;"
            f" 每日: sixping operation day {operation.id} --checked N"
        )
    else:
        context.say(f"下一步: sixping operation result {operation.id} 结果")


def say_clashes(
    context: Context, operation: Operation, clashes: Sequence[tuple[date_, str]]
) -> None:
    """Say on which days other people are wanted; the plan itself stands."""
    from sixping.services.office import rectification

    if not clashes:
        return
    said = rectification.clash_words(clashes)
    more = [f"共 {len(said)} 处, 以上是前 {_CLASHES} 处。"] if len(said) > _CLASHES else []
    way = (
        f"那一天换人: sixping operation people {operation.id} --date 日期 --person 人员"
        if operation.long
        else "排错了: sixping operation void 序号 --reason 理由"
    )
    context.say(*said[:_CLASHES], *more, way)


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
    show_operation(context, Wish(as_json=as_json), operation)


@revealing
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.OPERATION_MONTH.option] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出联合执法: 平台、单位、人员、事项、结果; 供会商用 (四.3)。

    示例:
      sixping operation list
      sixping operation list --month 2026-11 --format md
    """
    from sixping.services.office import rectification
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    span = month_of(context, month, dated.OPERATION_MONTH) if month else None
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        operations = operations_on(con, seq).values()
        calendar = rulebooks_on(con, seq).calendar
        row_of = rectification.rows(con, now, calendar, reveal=wish.reveal, as_of=seq)
        rows = [
            row_of(operation)
            for operation in sorted(operations, key=lambda one: (one.plan.day, one.id))
            if span is None or (operation.plan.day <= span[1] and span[0] <= operation.last)
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
    fmt: Format = None,
    output: Output = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """查看一次联合执法: 安排、人员、涉及的事项和结果; 写文件则是总结。

    示例:
      sixping operation show o2
      sixping operation show o2 --reveal --reason 核对结果
      sixping operation show o2 -o 专项整治总结.docx
    """
    context = Context.of(ctx)
    wish = Wish(fmt, as_json, output, force=force).revealing(reveal, reason)
    wish.refuse_taken(context)
    wish.choose(context, PAPER_FORMATS)
    with reading(context) as con:
        operation = find(operations_on(con), name)
    record_seen(context, wish, operation.id, [operation])
    show_operation(context, wish, operation)


def show_operation(context: Context, wish: Wish, operation: Operation) -> None:
    """Show one operation: a row, of a rectification lines of label and text; or its document.

    As a file for people it is the paper of what came of it.
    """
    from sixping.services.office import rectification
    from sixping.services.rulebooks import rulebooks_on

    if wish.choose(context, PAPER_FORMATS) in _FILES:
        from sixping.services.papers.rectification import summary

        with reading(context) as con:
            paper = summary(con, operation, context.now, reveal=wish.reveal)
        publish_paper(context, wish, paper, name="总结")
        return
    with reading(context) as con:
        operation = rectification.kept(con, operation)
        calendar = rulebooks_on(con).calendar
        row = rectification.rows(con, context.now, calendar, reveal=wish.reveal)(operation)
        if operation.long:
            row |= rectification.whole(con, operation, reveal=wish.reveal)
    if operation.long:
        publish(context, wish, rectification.lines(row), _LINES, row)
    else:
        _publish(context, wish, [row], row)


def _publish(context: Context, wish: Wish, rows: list[dict[str, Any]], document: object) -> None:
    known = kept_columns(context, wish, _COLUMNS, rows, _OF_DAYS)
    heads = fitting(context, wish, known, _WIDE)
    publish(context, wish, rows, heads, document, leaving=_LEAVING)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的联合执法记录; 两条都保留在台账里, 件上的记事不受影响。

    示例:
      sixping operation void 45 --reason 人员写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

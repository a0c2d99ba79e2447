"""``operation stage people day`` (四.3): a rectification of days, as it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.model import full_number
from sixping.commands.office.operation import Name, show_operation
from sixping.console import dated
from sixping.console.answers import Wish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.options import Json
from sixping.console.recording import organisation_of, recording
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.util.daytext import understood_day
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from sixping.office.operations import Operation


def stage(
    ctx: typer.Context,
    name: Name,
    title: Annotated[str, typer.Argument(metavar="阶段", help="如 宣传发动、集中整治")],
    date: Annotated[str, dated.ON_DATE.option],
    until: Annotated[str | None, dated.UNTIL.option] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="内容", help="这一阶段做什么")
    ] = None,
    as_json: Json = False,
) -> None:
    """给专项整治加一个阶段: 名称、起止、做什么 (四.3)。

    示例:
      sixping operation stage o2 集中整治 --date 2026-12-05 --until 2026-12-15
        --text "逐家检查油烟净化设施"
    """
    from sixping.services.office import rectification

    context = Context.of(ctx)
    first = day_of(context, date, dated.ON_DATE)
    last = first if until is None else day_of(context, until, dated.UNTIL)
    words = require_text(title, "阶段", SHORT)
    what = None if text is None else require_text(text, "内容 (--text)")
    with recording(context) as tx:
        operation, seq = rectification.add_stage(tx, name, words, first, last, what)
    context.say(f"{operation.id} 已加阶段 (第 {seq} 号)。", _daily(operation))
    _answer(context, operation, as_json=as_json)


def people(
    ctx: typer.Context,
    name: Name,
    date: Annotated[str, dated.ON_DATE.option],
    person: Annotated[
        list[str] | None, typer.Option("--person", metavar="人员", help="编号或姓名, 可多次给出")
    ] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="这一天不开展")] = False,
    as_json: Json = False,
) -> None:
    """写明专项整治某一天的人员, 代替计划的人; 按当日核对执法资格和时间 (四.3)。

    示例:
      sixping operation people o2 --date 2026-12-08 --person p1 --person p4
      sixping operation people o2 --date 2026-12-13 --nobody
    """
    from sixping.services.office import rectification

    context = Context.of(ctx)
    if bool(person) == nobody:
        raise UsageFault(
            "人员 (--person) 和不开展 (--nobody) 须写一样。", "例如: --person p1, 或 --nobody"
        )
    day = day_of(context, date, dated.ON_DATE)
    with recording(context) as tx:
        operation, seq = rectification.man(tx, name, day, person or ())
        rostered = [who for _, who in rectification.on_roster(tx.con, operation, day, day)]
    context.say(
        f"{operation.id} {understood_day(day)}的人员已写明 (第 {seq} 号)。",
        *([] if nobody else [_daily(operation)]),
    )
    if rostered:
        context.say(
            f"注意: {'、'.join(rostered)} 当天排了值守, 行动期间不在指挥室;"
            f" 换班: sixping duty swap {day} {rostered[0]} --propose"
        )
    _answer(context, operation, as_json=as_json)


def day_(
    ctx: typer.Context,
    name: Name,
    checked: Annotated[
        int, typer.Option("--checked", metavar="N", min=0, help="当日检查了多少家 (处)")
    ],
    date: Annotated[str | None, dated.FIELD_DAY.option] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="当日情况")] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="编号", help="查到的、已经登记的事项")
    ] = None,
    found: Annotated[
        list[str] | None,
        typer.Option("--found", metavar="内容", help="发现的问题, 各登记一件; 可写作 网格:内容"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录专项整治一天的情况: 检查了多少, 发现的问题同时登记 (四.3)。

    示例:
      sixping operation day o2 --checked 12 --text "责令整改 3 家"
      sixping operation day o2 --date 昨天 --checked 8 --found "江一社区第一网格:油烟直排"
        --case 130
    """
    from sixping.services.fieldwork import problem_in
    from sixping.services.intake import intake_data
    from sixping.services.office import rectification
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    day = day_of(context, date, dated.FIELD_DAY)
    words = None if text is None else require_text(text, "当日情况 (--text)")
    numbers = [full_number(number, context.now.year) for number in case or ()]
    units = organisation_of(context, day).units
    problems = [problem_in(units, None, require_text(one, "发现 (--found)")) for one in found or ()]
    told = rectification.DayTold(day, checked, numbers, problems, words)
    with recording(context) as tx:
        rules = rulebooks_on(tx.con).rules(day)
        data = intake_data(tx.con, day)
        operation, event, seq = rectification.record_day(tx, name, told, data, rules)
    context.say(
        f"{operation.id} {understood_day(day)}的情况已记录 (第 {seq} 号);"
        f" 记错了: sixping operation void {seq} --reason 理由, 登记的件另用 decline、merge 处理。",
        f"全部结束后: sixping operation result {operation.id} 结果",
    )
    if more := rectification.surplus(operation):
        context.say(
            f"注意: 已查合计 {operation.checked}, 比计划的 {operation.plan.objects} 多 {more};"
            " 同一家查了几次的请核对, 总结里写明。"
        )
    for number in event.cases:
        if number not in numbers:
            context.say(f"{number} 已登记; 下一步: sixping accept {number}")
    _answer(context, operation, as_json=as_json)


def _daily(operation: Operation) -> str:
    return f"每日: sixping operation day {operation.id} --checked N"


def _answer(context: Context, operation: Operation, *, as_json: bool) -> None:
    show_operation(context, Wish(as_json=as_json), operation)

"""``meeting task`` (附1.3): what meetings gave units to do, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import Wish, kept_columns, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.nothing import of_list
from sixping.console.options import Json, Reason, revealing
from sixping.console.recording import reading, record_seen, recording
from sixping.console.stepcommand import require_text
from sixping.errors import NotAllowed
from sixping.office import registers
from sixping.office.meetings import TaskDone, TaskDropped, TaskMoved, TaskState
from sixping.office.organisation import organisation_at
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.render.meeting import task_json
from sixping.render.table import Column
from sixping.services.meetings import add_task, change_task, closes_at
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import time

    from sixping.office.meetings import OfTask, Task
    from sixping.render.table import Row, Tone

Name = Annotated[str, typer.Argument(metavar="任务", help="如 m3.1, 见 meeting task list")]
_COLUMNS = (
    Column("task", "任务"),
    Column("kind", "种类"),
    Column("unit", "单位", elastic=True),
    Column("due", "期限", "day"),
    Column("state", "状态"),
    Column("late", "超期", "bool"),
    Column("text", "内容", elastic=True),
    Column("outcome", "结果", elastic=True),
)


@revealing
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="已完成和已取消的也列出")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位")] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="种类", help="工作计划 阶段方案 措施")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """列出会议任务, 期限近的在前; 超期的也见 overdue (附1.3)。

    示例:
      sixping meeting task list
      sixping meeting task list --kind 工作计划
      sixping meeting task list --unit 城管执法中队 --all
    """
    context = Context.of(ctx)
    wish.choose(context)
    from sixping.services.personal.atmeetings import Veil

    with reading(context) as con:
        only = organisation_at(con, context.now.date()).units.find(unit).name if unit else None
        tasks, closes = Veil(con).tasks(reveal=wish.reveal), closes_at(con, context.now)
        sort = rule_on(con, MEETINGS, load_rules).task_kind(kind) if kind else None
        kinds = registers.begun(con, "meetings") is not None
    chosen = [
        task
        for task in tasks
        if only in (None, task.unit)
        and sort in (None, task.sort)
        and (every or task.state is TaskState.OPEN)
    ]
    record_seen(context, wish, "task", chosen)
    rows = sorted(chosen, key=lambda task: (task.due, task.id))
    _show(context, wish, rows, closes, kinds=kinds)
    if not chosen:
        of_list(
            context, (only, sort, None if every else "未完成"),
            whole=len(tasks), what="会议任务",
            listing="sixping meeting task list --all",
            begin="sixping meeting minutes 会议编号 --decision 内容 --unit 单位 --due 日期",
        )  # fmt: skip


def _show(
    context: Context, wish: Wish, tasks: Iterable[Task], closes: time, *, kinds: bool = False
) -> None:
    """Show tasks; ``kinds``: with what kind of plan or measure each is, if it is one."""
    rows = [
        task_json(task, context.now, closes, reveal=wish.reveal)
        | ({"kind": task.sort} if kinds else {})
        for task in tasks
    ]
    columns = kept_columns(context, wish, _COLUMNS, rows, frozenset({"kind"}))
    publish(context, wish, rows, columns, rows, _tone)


def add(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="内容", help="计划或措施的内容")],
    kind: Annotated[str, typer.Option("--kind", metavar="种类", help="工作计划 阶段方案 措施")],
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="由谁落实")],
    due: Annotated[str, dated.PLAN_DUE.option],
    meeting: Annotated[
        str | None,
        typer.Option("--meeting", metavar="编号", help="由哪次会议定的, 如 m3; 不写则不属于会议"),
    ] = None,
    as_json: Json = False,
) -> None:
    """登记工作计划、阶段方案或措施, 定单位和期限; 列在会商的第一项 (附1.3)。

    示例:
      sixping meeting task add "冬季平安建设工作计划" --kind 工作计划 --unit 平安建设办
        --due 2026-12-20
      sixping meeting task add "夜间巡逻加密" --kind 措施 --unit 派出所 --due 2026-12-31
        --meeting m3
    """
    from sixping.services.personal.atmeetings import Veil

    context = Context.of(ctx)
    words = require_text(text, "内容")
    day = day_of(context, due, dated.PLAN_DUE)
    with recording(context) as tx:
        task, seq = add_task(tx, kind, meeting, unit, day, words)
        task = Veil(tx.con).just_set(task)
        closes = closes_at(tx.con, context.now)
    context.say(
        f"{task.id} {task.sort}: {task.unit}, {understood_day(task.due)}前 (第 {seq} 号)。",
        f"完成后: sixping meeting task done {task.id} 结果",
    )
    _show(context, Wish(as_json=as_json), [task], closes, kinds=True)


def _tone(row: Row) -> Mapping[str, Tone]:
    return {"late": "late"} if row["late"] else {}


def done(
    ctx: typer.Context,
    name: Name,
    outcome: Annotated[str, typer.Argument(metavar="结果", help="怎样完成的")],
    as_json: Json = False,
) -> None:
    """记录会议任务已完成和结果。

    示例:
      sixping meeting task done m3.1 "夜间整治 3 次, 劝离 12 处"
    """
    words = require_text(outcome, "结果")

    def build(task: Task) -> TaskDone:
        return TaskDone(meeting=task.meeting, task=task.id, text=words)

    _change(Context.of(ctx), name, build, "已完成", as_json=as_json)


def postpone(
    ctx: typer.Context,
    name: Name,
    due: Annotated[str, dated.TASK_DUE.option],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """推迟会议任务的期限, 写明理由。

    示例:
      sixping meeting task postpone m3.1 --due 2026-12-31 --reason "设备未到"
    """
    context = Context.of(ctx)
    day = day_of(context, due, dated.TASK_DUE)
    why = require_text(reason, "理由 (--reason)")

    def build(task: Task) -> TaskMoved:
        if day <= task.due:
            raise NotAllowed(
                f"{task.id} 的期限已是{understood_day(task.due)}。", "推迟的期限应晚于现在的期限。"
            )
        return TaskMoved(meeting=task.meeting, task=task.id, due=day, reason=why)

    _change(context, name, build, f"推迟到{understood_day(day)}", as_json=as_json)


def drop(ctx: typer.Context, name: Name, reason: Reason, as_json: Json = False) -> None:
    """取消会议任务, 写明理由。

    示例:
      sixping meeting task drop m3.1 --reason "已由区里统一实施"
    """
    why = require_text(reason, "理由 (--reason)")

    def build(task: Task) -> TaskDropped:
        return TaskDropped(meeting=task.meeting, task=task.id, reason=why)

    _change(Context.of(ctx), name, build, "已取消", as_json=as_json)


def _change(
    context: Context, name: str, build: Callable[[Task], OfTask], done: str, *, as_json: bool
) -> None:
    from sixping.services.personal.atmeetings import Veil

    with recording(context) as tx:
        task, seq = change_task(tx, name, build)
        task = Veil(tx.con).just_set(task)
        closes = closes_at(tx.con, context.now)
    context.say(f"{task.id} {done} (第 {seq} 号)。")
    _show(context, Wish(as_json=as_json), [task], closes)

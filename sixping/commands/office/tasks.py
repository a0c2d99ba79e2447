"""``meeting task`` (附1.3): what meetings gave units to do, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.options import Json, Reason, answering
from sixping.errors import NotAllowed
from sixping.services import conflicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sixping.console.answers import Wish
    from sixping.office.meetings import OfTask, Task
    from sixping.render.table import Row, Tone

Name = Annotated[str, typer.Argument(metavar="任务", help="如 m3.1, 见 meeting task list")]


@answering
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="已完成和已取消的也列出")] = False,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位")] = None,
    *,
    wish: Wish,
) -> None:
    """列出会议任务, 期限近的在前; 超期的也见 overdue (附1.3)。

    示例:
      sixping meeting task list
      sixping meeting task list --unit 城管执法中队 --all
    """
    from sixping.office.meetings import TaskState
    from sixping.office.organisation import organisation_at
    from sixping.queries import cases

    context = Context.of(ctx)
    wish.choose(context)
    with cases.reading(context.existing_ledger()) as con:
        only = organisation_at(con, context.now.date()).units.find(unit).name if unit else None
        tasks = [task for one in conflicts.meetings_on(con).values() for task in one.tasks.values()]
    chosen = [
        task
        for task in tasks
        if only in (None, task.unit) and (every or task.state is TaskState.OPEN)
    ]
    _show(context, wish, sorted(chosen, key=lambda task: (task.due, task.id)))


def _show(context: Context, wish: Wish, tasks: Iterable[Task]) -> None:
    from sixping.console.answers import publish
    from sixping.render.table import Column
    from sixping.services.meetings import task_json

    columns = (
        Column("task", "任务"),
        Column("unit", "单位"),
        Column("due", "期限", "day"),
        Column("state", "状态"),
        Column("late", "超期", "bool"),
        Column("text", "内容", elastic=True),
        Column("outcome", "结果", elastic=True),
    )
    rows = [task_json(task, context.now) for task in tasks]
    publish(context, wish, rows, columns, rows, _tone)


def _tone(row: Row) -> Tone | None:
    return "late" if row["late"] else None


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
    from sixping.console.stepcommand import require_text
    from sixping.office.meetings import TaskDone

    words = require_text(outcome, "结果")
    _take(
        Context.of(ctx),
        name,
        lambda task: TaskDone(meeting=task.meeting, task=task.id, text=words),
        "已完成",
        as_json=as_json,
    )


def postpone(
    ctx: typer.Context,
    name: Name,
    due: Annotated[str, typer.Option("--due", metavar="日期", help="新的期限")],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """推迟会议任务的期限, 写明理由。

    示例:
      sixping meeting task postpone m3.1 --due 2026-12-31 --reason "设备未到"
    """
    from sixping.console.stepcommand import require_text
    from sixping.office.meetings import TaskMoved

    context = Context.of(ctx)
    day = officeoptions.day_of(context, due)
    if day < context.now.date():
        raise NotAllowed(f"新的期限 {day} 已经过去。", "请核对 --due。")
    why = require_text(reason, "理由 (--reason)")

    def build(task: Task) -> TaskMoved:
        if day <= task.due:
            raise NotAllowed(f"{task.id} 的期限已是 {task.due}。", "推迟的期限应晚于现在的期限。")
        return TaskMoved(meeting=task.meeting, task=task.id, due=day, reason=why)

    _take(context, name, build, f"推迟到 {day}", as_json=as_json)


def drop(ctx: typer.Context, name: Name, reason: Reason, as_json: Json = False) -> None:
    """取消会议任务, 写明理由。

    示例:
      sixping meeting task drop m3.1 --reason "已由区里统一实施"
    """
    from sixping.console.stepcommand import require_text
    from sixping.office.meetings import TaskDropped

    why = require_text(reason, "理由 (--reason)")
    _take(
        Context.of(ctx),
        name,
        lambda task: TaskDropped(meeting=task.meeting, task=task.id, reason=why),
        "已取消",
        as_json=as_json,
    )


def _take(
    context: Context, name: str, build: Callable[[Task], OfTask], said: str, *, as_json: bool
) -> None:
    from sixping.console.answers import Wish
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.office.meetings import STREAM, find_task, fold

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        task = find_task(conflicts.meetings_on(tx.con), name)
        event: Any = build(task)
        seq = streams.record(tx, STREAM, task.meeting, event, tx.stamp.now)
        meeting = fold(streams.entries(tx.con, STREAM, task.meeting))[task.meeting]
    context.say(f"{task.id} {said} (第 {seq} 号)。")
    _show(context, Wish(as_json=as_json), [meeting.task(task.id)])

"""``extend``, ``suspend``, ``resume``: the steps that move the finish limit (五.1c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases import steps as case_steps
from sixping.cases.deadlines import extended, freed, suspended
from sixping.cases.lateness import is_late
from sixping.console.stepcommand import require_text, step
from sixping.documents.phrases import moment
from sixping.policy.vocabulary import ClockKind
from sixping.util.text import SHORT
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from sixping.cases.codec import CaseEvent
    from sixping.cases.model import ClockStep
    from sixping.services.taking import Build, Situation

Approver = Annotated[str, typer.Option("--approved-by", metavar="姓名", help="批准人")]


@step(reason=True)
def extend(
    workdays: Annotated[
        int, typer.Option("--workdays", min=1, metavar="天数", help="在现有期限之后再加几个工作日")
    ],
    approved_by: Approver,
    beyond_ceiling: Annotated[
        bool, typer.Option("--beyond-ceiling", help="领导特批, 可以超过上限; 上限随之改动")
    ] = False,
) -> Build:
    """延长办结期限: 须在期限之前, 不超过上限 (五.1c)。

    示例:
      sixping extend 123 --workdays 3 --reason "等待鉴定结果" --approved-by 演示甲
      sixping extend 123 --workdays 12 --reason "涉诉" --approved-by 演示甲 --beyond-ceiling
    """
    who = require_text(approved_by, "批准人 (--approved-by)", SHORT)

    def build(situation: Situation) -> CaseEvent:
        case, at, rules = situation.case, situation.at, situation.rules
        steps = extended(case, workdays, at, rules, beyond=beyond_ceiling)
        beyond = any(moved.kind is ClockKind.CEILING for moved in steps)
        if beyond_ceiling and steps and not beyond:
            situation.hint("新的期限没有超过上限, 上限不变。")
        return case_steps.Extended(
            steps=steps,
            terms=rules.terms,
            workdays=workdays,
            beyond_ceiling=beyond,
            approved_by=who,
            reason=situation.why,
        )

    return build


@step(reason=True)
def suspend(approved_by: Approver) -> Build:
    """中止办结计时, 须经批准; 上限照常计算 (五.1c)。

    示例:
      sixping suspend 123 --reason "等待权属材料" --approved-by 演示甲
    """
    who = require_text(approved_by, "批准人 (--approved-by)", SHORT)
    return lambda situation: case_steps.Suspended(
        steps=suspended(), approved_by=who, reason=situation.why
    )


@step()
def resume() -> Build:
    """恢复办结计时: 期限按中止的整工作日顺延, 上限不变 (五.1c)。

    示例:
      sixping resume 123
    """

    def build(situation: Situation) -> CaseEvent:
        steps = freed(situation.case, situation.at, situation.rules)
        tell_released(situation, steps)
        return case_steps.Resumed(steps=steps, terms=situation.rules.terms)

    return build


def tell_released(situation: Situation, steps: tuple[ClockStep, ...]) -> None:
    """Say by how much the target moved, and what governs where that is not all."""
    if not steps or steps[0].due is None or steps[0].was is None:
        return
    due, was, year = steps[0].due, steps[0].was, situation.at.year
    days = workdays_between(was.date(), due.date(), situation.rules.calendar)
    situation.hint(f"中止满 {days} 个工作日, 办结期限由 {moment(was, year)} 到 {moment(due, year)}")
    ceiling = situation.case.running(ClockKind.CEILING)
    if ceiling and ceiling.due and due > ceiling.due:
        situation.hint(f"办结期限已在上限之后, 以上限 {moment(ceiling.due, year)} 为准")
    if is_late(due, situation.at):
        situation.hint("恢复之时办结期限已过")

"""``extend``, ``suspend``, ``resume``: the steps that move the finish limit (五.1c)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps import timing
from sixping.cases.telling import telling_besides
from sixping.commands.cases.handling import own_words
from sixping.console.options import Feedback, WasTold
from sixping.console.stepcommand import step
from sixping.documents.phrases import moment
from sixping.policy.vocabulary import ClockKind

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation


@step(reason=True, approval=True)
def extend(
    workdays: Annotated[
        int, typer.Option("--workdays", min=1, metavar="天数", help="在现有期限之后再加几个工作日")
    ],
    beyond_ceiling: Annotated[
        bool, typer.Option("--beyond-ceiling", help="领导特批, 可以超过最长时限; 最长时限随之改动")
    ] = False,
    feedback: Feedback = None,
    told: WasTold = False,
) -> Build:
    """延长办结期限: 须在期限之前, 不超过最长时限 (五.1c)。

    示例:
      sixping extend 123 --workdays 3 --reason "等待鉴定结果" --approved-by 演示甲
      sixping extend 123 --workdays 12 --reason "涉诉" --approved-by 演示甲 --beyond-ceiling
    """
    own = own_words(feedback)

    def build(situation: Situation) -> Step:
        event = timing.Extended(
            workdays=workdays, beyond_ceiling=beyond_ceiling, reason=situation.why
        )
        target = situation.foresee(event).running(ClockKind.FINISH)
        due = moment(target.due) if target and target.due else ""
        of, rules = situation.case, situation.edition
        return replace(event, **telling_besides(of, rules, "extend", own, told=told, due=due))

    return build


@step(reason=True, approval=True)
def suspend(feedback: Feedback = None, told: WasTold = False) -> Build:
    """中止办结计时, 须经批准; 最长时限照常计算 (五.1c)。

    示例:
      sixping suspend 123 --reason "等待权属材料" --approved-by 演示甲
    """
    own = own_words(feedback)

    def build(situation: Situation) -> Step:
        event = timing.Suspended(reason=situation.why)
        of, rules = situation.case, situation.edition
        return replace(event, **telling_besides(of, rules, "suspend", own, told=told))

    return build


@step()
def resume() -> Build:
    """恢复办结计时: 期限按中止的整工作日顺延, 最长时限不变 (五.1c)。

    示例:
      sixping resume 123
    """
    return lambda _: timing.Resumed()

"""Each unit's own part of a case (四.1): set with a date, done with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.parts import PartDone, PartSet
from sixping.console.options import Outcome
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import UsageFault
from sixping.util.dates import parse_day, understood_day

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation

Unit = Annotated[str, typer.Option("--unit", metavar="单位", help="牵头或协办单位")]


@step()
def part(
    unit: Unit,
    due: Annotated[
        str | None, typer.Option("--due", metavar="日期", help="这一部分的期限, 到当日下班")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="内容", help="这个单位做什么")
    ] = None,
) -> Build:
    """给牵头或协办单位分工, 可定期限; 全部完成后才能办结 (四.1)。

    示例:
      sixping part 123 --unit 市场监管所 --due 11月27日 --task "核查证照"
    """
    words = None if task is None else require_text(task, "分工 (--task)")

    def build(situation: Situation) -> Step:
        day = None if due is None else parse_day(due, situation.at, past=False)
        if day and day < situation.at.date():
            raise UsageFault(f"分工的期限 {day} 已经过去。", "请核对 --due。")
        if day:
            situation.hint(f"分工期限: {understood_day(day)}")
        return PartSet(unit=units_of(situation).find(unit).name, due=day, text=words)

    return build


@step()
def part_done(unit: Unit, outcome: Outcome) -> Build:
    """记录一个单位完成了自己的分工。

    示例:
      sixping part-done 123 --unit 市场监管所 --outcome "证照齐全"
    """
    words = require_text(outcome, "结果 (--outcome)")
    return lambda situation: PartDone(unit=units_of(situation).find(unit).name, outcome=words)

"""Each unit's own part of a case (四.1): set with a date, done with an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.parts import PartDone, PartSet
from sixping.console import dated
from sixping.console.days import read_day
from sixping.console.options import Outcome, Word
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import LIMITS, ClockKind
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.cases.model import Case
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation

Unit = Annotated[str, typer.Option("--unit", metavar="单位", help="牵头或协办单位")]


@step()
def part(
    unit: Unit,
    due: Annotated[str | None, dated.PART_DUE.option] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="内容", help="这个单位做什么")
    ] = None,
    leader: Word = None,
) -> Build:
    """给牵头或协办单位分工, 可定期限; 全部完成后才能办结 (四.1)。

    示例:
      sixping part 123 --unit 市场监管所 --due 11月27日 --task "核查证照"
    """
    words = None if task is None else require_text(task, "分工 (--task)")

    def build(situation: Situation) -> Step:
        from sixping.services.approval.avoidance import with_word

        day = None
        if due is not None:
            day = read_day(due, situation.at, dated.PART_DUE, situation.warn)
            _refuse_beyond(situation.case, day, situation.at)
        named = units_of(situation).find(unit).name
        return with_word(situation, PartSet(unit=named, due=day, text=words), (named,), leader)

    return build


def _refuse_beyond(case: Case, day: date, at: datetime) -> None:
    """Refuse a part's date after the limit of its case: the target, else the ceiling.

    A limit that has passed, or stands still, bounds nothing any more.
    """
    clocks = (case.running(kind) for kind in (ClockKind.FINISH, ClockKind.CEILING))
    limit = next((c for c in clocks if c and c.due and c.counting and not c.late(at)), None)
    if limit is None or limit.due is None or day <= limit.due.date():
        return
    options = "" if limit.kind is ClockKind.FINISH else " --beyond-ceiling"
    first = f"先延期: sixping extend {case.number} --workdays N --reason 理由 --approved-by 姓名"
    if limit.kind is ClockKind.FINISH and limit.workdays is None:
        decide = f"sixping decide {case.number} --lead {case.lead or '单位'} --due 日期"
        first, options = f"先由会商另定期限: {decide} --meeting 会议编号 (或 --leader 领导)", ""
    raise NotAllowed(
        f"分工期限 {understood_day(day)}晚于这一件的{LIMITS[limit.kind]} "
        f"{understood_day(limit.due.date())}。",
        f"请写{understood_day(limit.due.date())}或以前的日期, 或{first}{options}",
    )


@step()
def part_done(unit: Unit, outcome: Outcome) -> Build:
    """记录一个单位完成了自己的分工。

    示例:
      sixping part-done 123 --unit 市场监管所 --outcome "证照齐全"
    """
    words = require_text(outcome, "结果 (--outcome)")
    return lambda situation: PartDone(unit=units_of(situation).find(unit).name, outcome=words)

"""Repeat reports: handled once with another case, every reporter still owed the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases import deadlines, steps
from sixping.cases.lifecycle import effective
from sixping.cases.model import Op
from sixping.console.stepcommand import step

if TYPE_CHECKING:
    from sixping.cases.codec import CaseEvent
    from sixping.services.taking import Build, Situation, Steps


@step()
def merge(
    into: Annotated[str, typer.Option("--into", metavar="编号", help="并入哪一件")],
) -> Build:
    """把重复反映并入另一件: 合并办理, 每个反映人都要答复。

    示例:
      sixping merge 124 --into 123
    """

    def build(situation: Situation) -> Steps:
        case, rules = situation.case, situation.rules
        main = situation.other(into)
        merged = steps.Merged(
            steps=deadlines.merged(case, situation.at, rules),
            terms=rules.terms if case.suspended else None,
            into=main.number,
        )
        absorbed = steps.Absorbed(number=case.number, reachable=not case.anonymous)
        return [(case, merged), (main, absorbed)]

    return build


@step(reason=True)
def unmerge() -> Build:
    """把并错的反映拆出: 恢复原来的状态和期限。

    示例:
      sixping unmerge 124 --reason "不是同一处"
    """

    def build(situation: Situation) -> CaseEvent | Steps:
        case = situation.case
        dropped = [s.kind for s in _merging(situation).steps if s.op is Op.DROP]
        apart = steps.Unmerged(
            steps=deadlines.unmerged(case, dropped),
            terms=situation.rules.terms,
            reason=situation.why,
        )
        if case.merged_into is None:
            return apart
        released = steps.Released(number=case.number, reason=situation.why)
        return [(case, apart), (situation.other(case.merged_into), released)]

    return build


def _merging(situation: Situation) -> CaseEvent:
    """Return the step by which the case was merged last; an empty one where there is none."""
    taken = [entry.event for entry in effective(situation.log)]
    return next((e for e in reversed(taken) if e.kind == "merged"), steps.Unmerged())

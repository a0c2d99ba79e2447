"""Repeat reports: handled once with another case, every reporter still owed the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.book import promises
from sixping.cases.steps import materials, owing, repeats
from sixping.console.options import Word
from sixping.console.stepcommand import step, units_of
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import Status

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation, Steps


@step()
def merge(
    into: Annotated[str, typer.Option("--into", metavar="编号", help="并入哪一件")],
    leader: Word = None,
) -> Build:
    """把重复反映并入另一件: 合并办理, 每个反映人都要答复。

    示例:
      sixping merge 124 --into 123
    """

    def build(situation: Situation) -> Steps:
        from sixping.reports.responsibility import held

        case = situation.case
        main = situation.other(into)
        if left := owing.still_owed(case, *owing.OWED):
            situation.hint(f"{case.number} 名下还有 {left}, 并入以后仍列在它名下, 用它的编号答复")
        if lacking := materials.owed_of(case):
            again = f"sixping service need {main.number} --material 材料"
            situation.hint(
                f"{case.number} 还缺 {len(lacking)} 样材料, 并入以后不再列出; 仍需要的: {again}"
            )
        merged = repeats.Merged(into=main.number)
        absorbed = repeats.Absorbed(
            number=case.number,
            reachable=not case.anonymous,
            since=case.counts_from,
            limits=promises(case),
            held=held(case.number, situation.log, units_of(situation).roles),
            about_unit=case.about_unit,
            about_person=case.about_person,
        )
        return _with_word(situation, [(case, merged), (main, absorbed)], leader)

    return build


def _with_word(situation: Situation, steps: Steps, leader: str | None) -> Steps:
    """Return the steps of a merge with the leader's word where one is needed (回避)."""
    case = situation.case
    if not (leader or case.about_unit or case.about_person):
        return steps
    from sixping.services.approval.avoidance import refuse_merge

    for of, event in steps:
        situation.foresee(event, of)  # what is not possible at all is said first
    word = refuse_merge(situation, steps[1][0], leader)
    return [(of, word.put_on(event)) for of, event in steps] if word else steps


@step(reason=True)
def unmerge() -> Build:
    """把并错的反映拆出: 恢复原来的状态和期限。

    示例:
      sixping unmerge 124 --reason "不是同一处"
    """

    def build(situation: Situation) -> Step | Steps:
        case = situation.case
        apart = repeats.Unmerged(reason=situation.why)
        if case.merged_into is None:
            if case.others and case.status is not Status.MERGED:
                merged = "、".join(report.number for report in case.others)
                raise NotAllowed(
                    f"{case.number} 没有并入别的件; 并入它的有: {merged}。",
                    f"请写要拆出的那一件: sixping unmerge {case.others[-1].number} --reason 理由。",
                )
            return apart
        released = repeats.Released(number=case.number, reason=situation.why)
        return [(case, apart), (situation.other(case.merged_into), released)]

    return build

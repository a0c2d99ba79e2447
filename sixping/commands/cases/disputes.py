"""``dispute`` (附1.3): of which kind a 矛盾纠纷 is, and whether it was mediated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.disputes import Mediated
from sixping.console.stepcommand import step, units_of
from sixping.errors import UsageFault
from sixping.policy.vocabulary import MEDIATED

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation

#: how it may be said → what is recorded
_SAID = {
    **{key: key for key in MEDIATED},
    **{word: key for key, word in MEDIATED.items()},
    "是": "yes", "否": "no", "部分": "partly",
}  # fmt: skip


@step()
def dispute(
    kind: Annotated[
        str, typer.Option("--kind", metavar="种类", help="邻里 婚姻家庭 物业 劳动争议 …")
    ],
    mediated: Annotated[
        str, typer.Option("--mediated", metavar="是|否|部分", help="调处了没有 (yes no partly)")
    ],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="由哪个单位调处; 不写即牵头单位")
    ] = None,
) -> Build:
    """登记矛盾纠纷的种类和是否调处; 不改变状态, 以最后一次为准 (附1.3)。

    示例:
      sixping dispute 123 --kind 邻里 --mediated 是 --unit 司法所
      sixping dispute 123 --kind 物业 --mediated 部分
    """
    state = _SAID.get(mediated.strip())
    if state is None:
        raise UsageFault(
            f"看不懂的 --mediated: {mediated}", f"可用: 是、否、部分, 或 {' '.join(MEDIATED)}。"
        )

    def build(situation: Situation) -> Step:
        from sixping.services.office.disputes import kind_for

        case = situation.case
        sort = kind_for(situation.work.con, case.number, case.category, kind)
        by = units_of(situation).find(unit).name if unit else case.lead
        return Mediated(sort=sort, mediated=state, unit=by)

    return build

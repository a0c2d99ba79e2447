"""The steps above the unit: joint meeting or leader (三.2), the district (三.3)."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps import referral
from sixping.commands.cases.handling import units_involved
from sixping.console import dated
from sixping.console.days import read_day
from sixping.console.options import Assist, Lead, Outcome
from sixping.console.stepcommand import require_text, step, units_of
from sixping.util.dates import understood_day
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation


@step()
def consult(
    leader: Annotated[
        str | None, typer.Option("--leader", metavar="姓名", help="牵头的街道领导; 不写即联席会议")
    ] = None,
) -> Build:
    """提交联席会议或街道领导会商 (三.2)。

    示例:
      sixping consult 123
      sixping consult 123 --leader 演示甲
    """
    name = None if leader is None else require_text(leader, "领导 (--leader)", SHORT)

    def build(situation: Situation) -> Step:
        if name is None:
            return referral.Consulted()
        from sixping.services.approval import approval

        case = situation.case
        units = (case.lead, *case.assist) if case.lead else ()
        named = approval(situation, name, units, option="--leader")
        if named.remark:
            situation.hint(named.remark)
        return referral.Consulted(
            leader_person=named.approver, leader_role=named.approver_role, leader=named.approved_by
        )

    return build


@step()
def decide(
    lead: Lead,
    due: Annotated[str, dated.DECIDE_DUE.option],
    meeting: Annotated[
        str | None, typer.Option("--meeting", metavar="编号", help="作出决定的联席会议, 如 m3")
    ] = None,
    leader: Annotated[
        str | None,
        typer.Option("--leader", metavar="姓名", help="作出决定的街道领导; 已提交给他的可以不写"),
    ] = None,
    decided_by: Annotated[
        str | None, typer.Option("--decided-by", metavar="文字", help="另记由谁决定的文字")
    ] = None,
    assist: Assist = None,
) -> Build:
    """记录联席会议或街道领导的决定: 牵头、协办单位和办结期限 (三.2)。

    示例:
      sixping decide 123 --lead 平安建设办 --due 2026-12-10 --meeting m3
      sixping decide 123 --lead 平安建设办 --due 2026-12-10 --leader 演示甲
    """
    words = None if decided_by is None else require_text(decided_by, "决定者 (--decided-by)", SHORT)
    name = None if leader is None else require_text(leader, "领导 (--leader)", SHORT)

    def build(situation: Situation) -> Step:
        from sixping.services.approval.deciding import decider

        head, others, coordinator = units_involved(units_of(situation), lead, assist)
        who = decider(situation, meeting, name, (head, *others))
        who |= {} if words is None else {"decided_by": words}
        day = read_day(due, situation.at, dated.DECIDE_DUE, situation.warn)
        if not situation.rules.calendar.is_workday(day):
            situation.warn(f"{understood_day(day)}是休息日。")
        return referral.Decided(lead=head, due=day, assist=others, coordinator=coordinator, **who)

    return build


@step()
def refer(
    to: Annotated[str, typer.Option("--to", metavar="部门", help="区级部门或区级平台")],
    content: Annotated[str, typer.Option("--content", metavar="内容", help="上报的内容")],
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="回执", help="对方的收文编号或签收人")
    ] = None,
) -> Build:
    """上报区级部门或平台 (三.3, 五.1b); 未定为重大的同时升为重大。

    示例:
      sixping refer 123 --to 区级平台 --content "跨区排污, 请区里牵头" --receipt 收文88号
    """
    dept = require_text(to, "部门 (--to)", SHORT)
    words = require_text(content, "内容 (--content)")
    proof = None if receipt is None else require_text(receipt, "回执 (--receipt)", SHORT)

    def build(situation: Situation) -> Step:
        _hint_at_district(dept, situation)
        platform = units_of(situation).roles.district_platform
        return referral.Referred(
            to=dept,
            to_platform=bool(platform) and platform in dept,
            received=proof is not None,
            content=words,
            receipt=proof,
        )

    return build


def _hint_at_district(dept: str, situation: Situation) -> None:
    """Name the addressees like this one where the data do not have it; it is kept as given."""
    known = units_of(situation).district
    if known and dept not in known:
        near = get_close_matches(dept, known, 3, 0.5)
        guess = f", 是否指: {'、'.join(near)}?" if near else ""
        situation.hint(f"区级名单中没有“{dept}”{guess} 已照写记录。")


@step()
def refer_reply(
    outcome: Outcome,
    returned: Annotated[bool, typer.Option("--returned", help="区级退回街道, 另起一轮")] = False,
) -> Build:
    """记录区级的答复; 办好即办结, 退回则另起一轮。

    示例:
      sixping refer-reply 123 --outcome "区住建局已完成修复"
      sixping refer-reply 123 --outcome "请街道先行处置" --returned
    """
    words = require_text(outcome, "结果 (--outcome)")
    return lambda _: referral.ReferReplied(returned=returned, outcome=words)

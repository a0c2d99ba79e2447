"""The steps above the unit: joint meeting or leader (三.2), the district (三.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps import referral
from sixping.cases.telling import telling_besides
from sixping.commands.cases.handling import (
    answering_for,
    hint_unreached,
    kind_of,
    own_words,
    units_involved,
)
from sixping.console import dated
from sixping.console.days import read_day
from sixping.console.options import (
    Assist,
    Feedback,
    Lead,
    Outcome,
    Person,
    ResultKind,
    WasTold,
)
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import UsageFault
from sixping.util.daytext import understood_day
from sixping.util.names import near
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    person: Person = None,
) -> Build:
    """记录联席会议或街道领导的决定: 牵头、协办单位和办结期限 (三.2)。

    示例:
      sixping decide 123 --lead 平安建设办 --due 2026-12-10 --meeting m3
      sixping decide 123 --lead 平安建设办 --due 2026-12-10 --leader 演示甲
    """
    words = None if decided_by is None else require_text(decided_by, "决定者 (--decided-by)", SHORT)
    name = None if leader is None else require_text(leader, "领导 (--leader)", SHORT)

    def build(situation: Situation) -> Step:
        from sixping.services.approval.avoidance import refuse_reported
        from sixping.services.approval.deciding import decider

        units = units_of(situation)
        head, others, coordinator = units_involved(units, lead, assist)
        who = decider(situation, meeting, name, (head, *others))
        refuse_reported(situation, (head, *others), by_leader="leader_role" in who)
        who |= {} if words is None else {"decided_by": words}
        day = read_day(due, situation.at, dated.DECIDE_DUE, situation.warn)
        if not situation.rules.calendar.is_workday(day):
            situation.warn(f"{understood_day(day)}是休息日。")
        answering = answering_for(situation, head, person, word="leader_role" in who)
        hint_unreached(situation, units, (head, *others))
        return referral.Decided(
            lead=head, due=day, assist=others, coordinator=coordinator, person=answering, **who
        )

    return build


@step()
def refer(
    to: Annotated[
        list[str], typer.Option("--to", metavar="部门", help="区级部门或区级平台, 可多次给出")
    ],
    content: Annotated[str, typer.Option("--content", metavar="内容", help="上报的内容")],
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="回执", help="对方的收文编号或签收人")
    ] = None,
    feedback: Feedback = None,
    told: WasTold = False,
) -> Build:
    """上报区级部门或平台 (三.3, 五.1b); 未定为重大的同时升为重大。

    示例:
      sixping refer 123 --to 区级平台 --to 区住建局 --content "跨区排污, 请区里牵头"
      sixping refer 123 --to 区级平台 --content "补报平台" --receipt 收文88号
    """
    given = [name for text in to for name in text.split("、")]
    depts = dict.fromkeys(require_text(name, "部门 (--to)", SHORT) for name in given)
    words = require_text(content, "内容 (--content)")
    proof = None if receipt is None else require_text(receipt, "回执 (--receipt)", SHORT)
    own = own_words(feedback)

    def build(situation: Situation) -> Step:
        names = dict.fromkeys(_addressee(dept, situation) for dept in depts)
        case, whom = situation.case, "、".join(names)
        event = referral.Referred(
            to=whom,
            to_platform=_reaches_platform(situation, names),
            received=proof is not None,
            content=words,
            receipt=proof,
            **telling_besides(case, situation.edition, "refer", own, told=told, to=whom),
        )
        _hint_at_lacks(situation, event)
        return event

    return build


def _reaches_platform(situation: Situation, depts: Iterable[str]) -> bool:
    platform = units_of(situation).roles.district_platform
    return bool(platform) and any(platform in dept for dept in depts)


def _hint_at_lacks(situation: Situation, event: referral.Referred) -> None:
    """Say what a referral still lacks: the district's platform (五.1b), a receipt (三.3)."""
    case, platform = situation.foresee(event), units_of(situation).roles.district_platform
    again = f"sixping refer {case.number} --to {platform or '部门'} --content 内容"
    if platform and not case.to_platform:
        situation.hint(f"没有报{platform} (五.1b), 列为“未报区级平台”; 补报: {again}")
    if not case.received:
        situation.hint(f"没有回执, 列为“未取得回执”; 取得后: {again} --receipt 回执")


def _addressee(dept: str, situation: Situation) -> str:
    """Return the district's name of an addressee where only one begins so, else what was said."""
    begun = [name for name in units_of(situation).district if name.startswith(dept)]
    if len(begun) != 1:
        _hint_at_district(dept, situation)
        return dept
    return begun[0]


def _hint_at_district(dept: str, situation: Situation) -> None:
    """Name the addressees like this one where the data do not have it; it is kept as given."""
    known = units_of(situation).district
    if known and dept not in known:
        close = near(dept, {name: name for name in known}, most=3, cutoff=0.5)
        guess = f" 是否指: {'、'.join(close)}?" if close else ""
        situation.hint(f"区级名单中没有“{dept}”, 已照写记录。{guess}")


@step()
def refer_reply(
    outcome: Outcome,
    returned: Annotated[bool, typer.Option("--returned", help="区级退回街道, 另起一轮")] = False,
    kind: ResultKind = None,
) -> Build:
    """记录区级的答复; 办好即办结, 退回则另起一轮。

    示例:
      sixping refer-reply 123 --outcome "区住建局已完成修复" --kind 已解决
      sixping refer-reply 123 --outcome "请街道先行处置" --returned
    """
    words = require_text(outcome, "结果 (--outcome)")
    if returned and kind is not None:
        raise UsageFault("退回的没有办结, 不能写 --kind。", "请去掉 --kind 或 --returned。")

    def build(situation: Situation) -> Step:
        came_to = None if returned else kind_of(situation, kind)
        return referral.ReferReplied(returned=returned, outcome=words, outcome_kind=came_to)

    return build

"""``feedback``, ``verify-result``, ``close``, ``reopen``: what follows a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps import ending, owing
from sixping.console.stepcommand import require_text, step
from sixping.errors import UsageFault

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation, Steps

Doubt = Annotated[
    str | None,
    typer.Option("--reason", metavar="理由", help="不通过的理由, 或补记 (--at) 的理由"),
]


@step()
def feedback(
    text: Annotated[str, typer.Argument(metavar="内容", help="告知反映人的话")],
    satisfaction: Annotated[
        int | None,
        typer.Option("--satisfaction", min=1, max=5, metavar="1-5", help="反映人的满意度"),
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="并入的每一个反映人都已告知")] = False,
    to_source: Annotated[
        bool, typer.Option("--to-source", help="结果已回复来源平台 (登记、反馈), 不是告知反映人")
    ] = False,
) -> Build:
    """把办理结果反馈给反映人, 可同时记录满意度 (三.1); 或记录已回复来源平台。

    示例:
      sixping feedback 123 "已处理完毕, 感谢反映"
      sixping feedback 123 "电话回访" --satisfaction 5
      sixping feedback 123 "已统一答复" --all
      sixping feedback 123 "已在平台填写办理结果" --to-source
    """
    words = require_text(text, "内容")
    if to_source and satisfaction is not None:
        raise UsageFault("满意度是反映人的, 不与 --to-source 同用。", "请去掉其一。")

    def build(situation: Situation) -> Step | Steps:
        case = situation.case
        event: Step
        if to_source:
            from sixping.services.office.sources import answered_by

            event = answered_by(situation, words, everyone=everyone)
        else:
            to = case.number if case.merged_into and not everyone else None
            event = ending.FedBack(to=to, everyone=everyone, satisfaction=satisfaction, text=words)
        if case.merged_into is None:
            return event
        main = case.merged_into
        situation.hint(
            f"{case.number} 已并入 {main}, 由那一件合并办理: 反馈记在那一件, 以下是 {main} 的情况"
        )
        return [(situation.other(case.merged_into), event)]

    return build


@step(why=Doubt)
def verify_result(
    passed: Annotated[bool | None, typer.Option("--pass/--fail", help="核查通过, 或不通过")] = None,
) -> Build:
    """核查办理结果; 不通过的不能归档, 须重新办理。

    示例:
      sixping verify-result 123 --pass
      sixping verify-result 123 --fail --reason "现场仍有摊位"
    """
    if passed is None:
        raise UsageFault("没有写明核查结论。", "请给出 --pass 或 --fail。")

    def build(situation: Situation) -> Step:
        from sixping.services.approval.avoidance import refuse_reported_person

        refuse_reported_person(situation)
        if not passed and situation.why is None:
            raise UsageFault("核查不通过须写明 --reason。", "例如: --reason 现场仍有摊位")
        return ending.Verified(passed=passed, reason=situation.why)

    return build


@step()
def close() -> Build:
    """归档; 须先在办结后反馈 (匿名的除外)。

    示例:
      sixping close 123
    """

    def build(situation: Situation) -> Step:
        lost = [r.number for r in situation.case.reports if not (r.reachable or r.answered)]
        if lost:
            situation.hint(f"匿名, 无法反馈: {'、'.join(lost)}")
        if left := owing.still_owed(situation.case, owing.INSTRUCTION, owing.DEMAND):
            situation.hint(f"还没有答复: {left}; 归档以后仍列在 overdue, 直到答复")
        return ending.Closed(unreachable=bool(lost))

    return build


@step(reason=True)
def reopen() -> Build:
    """重新办理: 另起一轮期限, 以前的超期不消除。

    示例:
      sixping reopen 123 --reason "反映人称问题又出现"
    """

    def build(situation: Situation) -> Step:
        anew = situation.edition.readings.restart_on_reopen
        since = None if anew else situation.case.received_at
        return ending.Reopened(since=since, reason=situation.why)

    return build

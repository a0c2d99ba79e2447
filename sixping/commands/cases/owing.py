"""What is owed on a case beside its limits: a leader's word, demands to units, 行刑衔接."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps import owing
from sixping.console import dated
from sixping.console.days import read_day
from sixping.console.options import Word
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import NotAllowed, UsageFault
from sixping.util.masking import mask_addressee
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from datetime import date

    from sixping.cases.step import Step
    from sixping.console.dated import Dated
    from sixping.services.taking import Build, Situation

Said = Annotated[
    list[str], typer.Argument(metavar="[第几项] 内容", help="只有一项未答复时不必写第几项")
]
Which = Annotated[int | None, typer.Argument(metavar="[第几项]", min=1, help="只有一项时不必写")]


@step()
def instruct(
    text: Annotated[str, typer.Argument(metavar="内容", help="批示的内容")],
    leader: Annotated[str, typer.Option("--leader", metavar="姓名", help="批示的街道领导")],
    day: Annotated[str | None, dated.INSTRUCTED.option] = None,
    due: Annotated[str | None, dated.INSTRUCT_DUE.option] = None,
) -> Build:
    """记录领导批示 (三.2); 答复以前列在 overdue。

    示例:
      sixping instruct 123 "请平安办牵头, 一周内报结果" --leader 演示甲
      sixping instruct 123 "请核实后回复" --leader 演示甲 --date 11月20日 --due 11月30日
    """
    words = require_text(text, "内容")
    name = require_text(leader, "领导 (--leader)", SHORT)

    def build(situation: Situation) -> Step:
        from sixping.services.approval import approval

        on = _day(situation, day, dated.INSTRUCTED)
        by = _day(situation, due, dated.INSTRUCT_DUE)
        n = _next(situation, owing.INSTRUCTION, "instructions", owing.Instructed)
        named = approval(situation, name, option="--leader", oneself=True)
        if named.remark:
            situation.hint(named.remark)
        event = owing.Instructed(
            n=n, text=words, day=on, due=by, leader=named.approved_by,
            leader_person=named.approver, leader_role=named.approver_role,
        )  # fmt: skip
        return _opening(situation, owing.INSTRUCTION, event)

    return build


@step()
def answer_instruct(said: Said) -> Build:
    """记录批示的落实情况, 即答复批示。

    示例:
      sixping answer-instruct 123 "已报办理情况, 领导已阅"
      sixping answer-instruct 123 2 "已约谈经营户, 停业整改"
    """
    which, words = _numbered(said)
    return lambda situation: owing.InstructionAnswered(
        n=_which(situation, owing.INSTRUCTION, which), text=words
    )


@step()
def demand(
    text: Annotated[str, typer.Argument(metavar="内容", help="要求它做什么、答复什么")],
    to: Annotated[str, typer.Option("--to", metavar="单位", help="向哪个单位提出")],
    answer_by: Annotated[str | None, dated.DEMAND_BY.option] = None,
    leader: Word = None,
) -> Build:
    """向单位提出协办要求, 须它答复 (附3.3); 只告知、不要答复的用 note --to。

    示例:
      sixping demand 123 "请核查该店证照并答复" --to 市场监管所
      sixping demand 123 "请核查该店证照并答复" --to 市场监管所 --answer-by 11月27日
    """
    words = require_text(text, "内容")

    def build(situation: Situation) -> Step:
        from sixping.services.approval.avoidance import with_word

        by = _day(situation, answer_by, dated.DEMAND_BY)
        n = _next(situation, owing.DEMAND, "demands", owing.Demanded)
        unit = units_of(situation).find(to).name
        event = owing.Demanded(n=n, to=unit, answer_by=by, text=words)
        return with_word(situation, _opening(situation, owing.DEMAND, event), (unit,), leader)

    return build


@step()
def answer_demand(said: Said) -> Build:
    """记录单位对协办要求的答复。

    示例:
      sixping answer-demand 123 "证照齐全, 已责令清理占道物品"
      sixping answer-demand 123 2 "已派员到场"
    """
    which, words = _numbered(said)
    return lambda situation: owing.DemandAnswered(
        n=_which(situation, owing.DEMAND, which), text=words
    )


@step()
def transfer(
    to: Annotated[str, typer.Option("--to", metavar="机关", help="公安、检察机关的名称")],
    content: Annotated[str, typer.Option("--content", metavar="内容", help="移送什么")],
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="回执", help="对方的收文编号或签收人")
    ] = None,
) -> Build:
    """行刑衔接: 涉嫌犯罪的移送公安、检察机关 (附2.3); 本件照常办理, 时限不变。

    示例:
      sixping transfer 123 --to 区公安分局 --content "涉嫌非法处置危险废物, 移送案卷一册"
      sixping transfer 123 --to 区检察院 --content "移送线索" --receipt 收文12号
    """
    whom = require_text(to, "机关 (--to)", SHORT)
    if mask_addressee(whom) != whom:
        raise UsageFault(
            f"“{mask_addressee(whom)}”不是机关的名称 (--to)。", "例如: --to 区公安分局"
        )
    words = require_text(content, "内容 (--content)")
    proof = None if receipt is None else require_text(receipt, "回执 (--receipt)", SHORT)

    def build(situation: Situation) -> Step:
        n = _next(situation, owing.TRANSFER, "transfers", owing.JusticeTransferred)
        _receiver(situation, whom)
        number = situation.case.number
        if proof is None:
            later = f"sixping transfer-reply {number} {n} --receipt 回执"
            situation.hint(f"没有回执, 列为“未取得回执”; 取得后: {later}")
        event = owing.JusticeTransferred(
            n=n, to=whom, received=proof is not None, content=words, receipt=proof
        )
        return _opening(situation, owing.TRANSFER, event)

    return build


@step()
def transfer_reply(
    which: Which = None,
    receipt: Annotated[
        str | None, typer.Option("--receipt", metavar="回执", help="对方的收文编号或签收人")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="结果", help="立案、不立案、退回等结果")
    ] = None,
) -> Build:
    """记录公安、检察机关的回执或结果; 有了结果, 这一项移送就不再列出。

    示例:
      sixping transfer-reply 123 --receipt 收文12号
      sixping transfer-reply 123 1 --outcome "已立案侦查"
    """
    if receipt is None and outcome is None:
        raise UsageFault("没有写明回复什么。", "请给出 --receipt 回执 或 --outcome 结果。")
    proof = None if receipt is None else require_text(receipt, "回执 (--receipt)", SHORT)
    result = None if outcome is None else require_text(outcome, "结果 (--outcome)")
    return lambda situation: owing.TransferReplied(
        n=_which(situation, owing.TRANSFER, which), received=proof is not None,
        ended=result is not None, receipt=proof, outcome=result,
    )  # fmt: skip


def _next(situation: Situation, kind: str, register: str, opening: type[Step]) -> int:
    """Return the number of what is opened now: none is given twice, voided ones included.

    Raises ``NotAllowed`` while its register sleeps, and for a case that went into another.
    """
    from sixping.office.registers import require

    case = situation.case
    require(situation.work.con, register)
    if case.merged_into:
        raise NotAllowed(
            f"{case.number} 已并入 {case.merged_into}, {owing.OWED[kind]}记在那一件。",
            f"请写 {case.merged_into}。",
        )
    return 1 + sum(isinstance(entry.event, opening) for entry in situation.log)


#: what is owed → how its answer is recorded
_ANSWER = {
    owing.INSTRUCTION: "落实后: sixping answer-instruct {no} {n} 落实情况",
    owing.DEMAND: "单位答复后: sixping answer-demand {no} {n} 答复",
    owing.TRANSFER: "有了结果: sixping transfer-reply {no} {n} --outcome 结果",
}


def _opening(situation: Situation, kind: str, event: Step) -> Step:
    """Return what opens something owed, once, and say how it is answered."""
    from sixping.services.office.owing import refuse_twice

    refuse_twice(situation, event, kind=kind, answer=_ANSWER[kind])
    n = getattr(event, "n", 0)
    situation.hint(f"第 {n} 项; {_ANSWER[kind].format(no=situation.case.number, n=n)}")
    return event


def _receiver(situation: Situation, whom: str) -> None:
    """Refuse to hand over to a unit that is no police or procuratorate; point out others (附2.3).

    What is handed to the street's own units, or reported to the district, is another step.
    """
    from sixping.policy.teams import FIELD_RULES, load_field_rules
    from sixping.store.documents import rule_on

    words = rule_on(situation.work.con, FIELD_RULES, load_field_rules).transfer_to
    if any(word in whom for word in words):
        return
    units, number = units_of(situation), situation.case.number
    unit, named = units.get(whom), "、".join(words)
    if unit is not None:
        raise NotAllowed(
            f"{whom}不是接收行刑衔接移送的机关 ({named})。",
            f"请它办理的用 sixping demand {number} 内容 --to {unit.name}。",
        )
    if whom in units.district:
        raise NotAllowed(
            f"{whom}不是接收行刑衔接移送的机关 ({named})。",
            f"上报区里的用 sixping refer {number} --to {whom} --content 内容。",
        )
    situation.hint(
        f"注意: 名称里没有 {named}, 请核对“{whom}”是不是接收移送的机关 (附2.3);"
        " 记错了用 sixping undo 撤销"
    )


def _which(situation: Situation, kind: str, n: int | None) -> int:
    """Return which is answered: as said, else the only one that is owed. Raises ``NotAllowed``."""
    if n is not None:
        return n
    number, name = situation.case.number, owing.OWED[kind]
    waiting = list(owing.owed_of(situation.case, kind))
    if not waiting:
        raise NotAllowed(f"{number} 没有未答复的{name}。", f"用 sixping show {number} 查看。")
    if len(waiting) > 1:
        listed = "、".join(f"第 {o.n} 项{f' ({o.unit})' if o.unit else ''}" for o in waiting)
        raise NotAllowed(
            f"{number} 有 {len(waiting)} 项{name}未答复: {listed}。",
            f"请在编号后面写明第几项, 如 {number} {waiting[0].n}。",
        )
    return waiting[0].n


def _numbered(said: list[str]) -> tuple[int | None, str]:
    """Return which one is answered, if that was said, and the words."""
    first, *rest = said
    if not rest:
        return None, require_text(first, "内容")
    if len(rest) > 1 or not (first.isascii() and first.isdigit() and int(first)):
        raise UsageFault(
            "内容之前只能写一个数, 即第几项。", '内容里有空格的请加引号: answer-demand 123 2 "内容"'
        )
    return int(first), require_text(rest[0], "内容")


def _day(situation: Situation, value: str | None, of: Dated) -> date | None:
    return None if value is None else read_day(value, situation.at, of, situation.warn)

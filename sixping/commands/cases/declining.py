"""``decline`` with its four ways, and ``told``: what is not taken on, and who knows it (五.1a)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.lifecycle import effective
from sixping.cases.steps.intake import NOT_TAKEN_ON
from sixping.cases.steps.telling import Told
from sixping.cases.telling import telling, undelivered
from sixping.commands.cases.handling import own_words
from sixping.console.options import Feedback, WasTold
from sixping.console.stepcommand import require_text, step
from sixping.documents.phrases import moment
from sixping.errors import NotAllowed, UsageFault
from sixping.policy.vocabulary import ClockKind, Outcome
from sixping.util.names import one_of
from sixping.util.text import SHORT
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation


@step(reason=True)
def decline(
    feedback: Feedback = None,
    category: Annotated[
        str | None,
        typer.Option(
            "--category",
            metavar="情形",
            help="清单中的情形 (sixping policy show policy), 或 移送 引导 退回补充; 不写即不予受理",
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="去向", help="移送给谁, 或请反映人向哪里提出"),
    ] = None,
    told: WasTold = False,
) -> Build:
    """不予受理、移送、引导或退回补充, 并告知反映人 (五.1a)。

    示例:
      sixping decline 123 --reason "反映内容不清, 多次联系不上反映人" --category 内容不明
      sixping decline 123 --category 移送 --to 110 --reason "正在发生的斗殴"
      sixping decline 123 --category 信访 --to 区信访局 --reason "要求复核信访答复"
      sixping decline 123 --category 退回补充 --reason "没有写明地点"
    """
    own = own_words(feedback)
    whom = None if to is None else require_text(to, "去向 (--to)", SHORT)

    def build(situation: Situation) -> Step:
        return not_taken_on(situation, category, whom, own, told=told)

    return build


@step()
def told(
    how: Annotated[
        str | None, typer.Option("--how", metavar="内容", help="怎样告知的, 说了什么")
    ] = None,
) -> Build:
    """记录已把标准文字的内容告知反映人 (五.1a)。

    示例:
      sixping told 123
      sixping told 123 --how "已打电话告知受理"
    """
    words = None if how is None else require_text(how, "内容 (--how)")

    def build(situation: Situation) -> Step:
        waiting = undelivered(effective(situation.log))
        if not waiting:
            raise NotAllowed(
                f"{situation.case.number} 没有待告知的内容。",
                f"办理结果的反馈用 sixping feedback {situation.case.number} 内容;"
                f" 其他情况用 sixping note {situation.case.number} 内容 记一笔。",
            )
        steps = "、".join(dict.fromkeys(entry.event.label for entry in waiting))
        situation.hint(f"已告知: {steps}")
        return Told(how=words)

    return build


#: outcome → its standard text
_TEXTS = {
    Outcome.DECLINED: "decline",
    Outcome.TRANSFERRED: "transfer",
    Outcome.GUIDED: "guide",
    Outcome.SENT_BACK: "send_back",
}
#: outcome → what ``--to`` names; the others have no addressee
_WHOM = {Outcome.TRANSFERRED: "移送给谁", Outcome.GUIDED: "请反映人向哪里提出"}


def not_taken_on(
    situation: Situation, category: str | None, to: str | None, own: str | None, *, told: bool
) -> Step:
    """Return the step by which a report is not taken on.

    ``category`` is a listed reason or an outcome, as people write it. Raises ``UsageFault`` for
    an unknown one and for an addressee that lacks or is too many, ``NotAllowed`` where a report
    that no grid worker made would be sent back to be completed.
    """
    outcome, reason = _way(situation, category)
    _check_addressee(outcome, to)
    _check_channel(situation, outcome)
    if outcome is Outcome.DECLINED and reason is None:
        listed = _listed(situation, Outcome.DECLINED)
        situation.hint(f"理由未列入清单; 清单 (--category): {'、'.join(listed) or '没有设定'}")
    _tell_lateness(situation, outcome)
    why = situation.why or ""
    slots = {"reason": why} | ({"to": to} if to else {})
    text = _TEXTS[outcome]
    said = telling(situation.case, situation.edition, text, own, told=told, **slots)
    return NOT_TAKEN_ON[outcome](category=reason, to=to, reason=why, **said)


def _way(situation: Situation, category: str | None) -> tuple[Outcome, str | None]:
    """Return the outcome, and the listed reason if one was named."""
    if category is None:
        return Outcome.DECLINED, None
    listed = {entry.name: entry.outcome for entry in situation.edition.declining}
    name = one_of([*listed, *Outcome], category, "情形 (--category)")
    return (listed[name], name) if name in listed else (Outcome(name), None)


def _listed(situation: Situation, outcome: Outcome) -> list[str]:
    return [entry.name for entry in situation.edition.declining if entry.outcome is outcome]


def _check_addressee(outcome: Outcome, to: str | None) -> None:
    whom = _WHOM.get(outcome)
    if whom and to is None:
        raise UsageFault(f"{outcome}须写明{whom} (--to)。", "例如: --to 110 或 --to 区信访局")
    if to is not None and not whom:
        raise UsageFault(
            f"--to 只用于{'、'.join(_WHOM)}, 这里是{outcome}。",
            f"请去掉 --to, 或用 --category {'、'.join(_WHOM)} 写明去向。",
        )


def _check_channel(situation: Situation, outcome: Outcome) -> None:
    """Refuse to send a citizen's report back; remark where a grid worker's is refused."""
    case, grids = situation.case, situation.edition.grid_channels
    if outcome is Outcome.SENT_BACK and case.channel not in grids:
        raise NotAllowed(
            f"{case.number} 不能退回补充: 它来自{case.channel}, 不是网格员上报的。",
            f"网格上报的渠道: {'、'.join(grids)}; 群众反映的请联系反映人补充, 或写明理由不予受理。",
        )
    if outcome is Outcome.DECLINED and case.channel in grids:
        situation.hint("网格员上报的, 内容不全可以退回补充: --category 退回补充")


def _tell_lateness(situation: Situation, outcome: Outcome) -> None:
    """Say by how many working days the decision is late (五.1a)."""
    clock, at = situation.case.running(ClockKind.ACCEPT), situation.at
    if clock is None or clock.due is None or not clock.late(at):
        return
    days = workdays_between(clock.due.date(), at.date(), situation.rules.calendar)
    late = f"超 {days} 个工作日" if days else "当日超时"
    due = moment(clock.due, at.year)
    situation.hint(f"受理期限 {due} 已过, {late}; {outcome}按受理超期计 (五.1a)")

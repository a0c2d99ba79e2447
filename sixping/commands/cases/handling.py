"""The steps of a case after intake: one command each, one event each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.cases.step import Voided
from sixping.cases.steps import grading, handling, intake
from sixping.cases.steps.ending import Resolved
from sixping.cases.telling import telling
from sixping.console.options import (
    ApproverOrLeader,
    Assist,
    Feedback,
    Lead,
    Outcome,
    Person,
    ResultKind,
    WasTold,
    Word,
)
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import NotAllowed, UsageFault
from sixping.policy.units import DutyMode
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.util.masking import mask_text
from sixping.util.text import SHORT, shorten

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.console.context import Context
    from sixping.policy.units import Units
    from sixping.services.taking import Build, Situation, Steps


#: cells of a report's text before a question about it: two lines
_TEXT = 140


def own_words(feedback: str | None) -> str | None:
    """Return what the reporter was told in the officer's own words."""
    return None if feedback is None else require_text(feedback, "反馈内容 (--feedback)")


def _ask_unconfirmed(context: Context, number: str, given: dict[str, Any]) -> dict[str, Any]:
    """Ask on a terminal for a grade that is only suggested, before any transaction.

    The answer is to the case as it was read: if it has moved since, the step is refused.
    """
    if given["severity"] is not None or not context.interactive:
        return {}
    from sixping.console.prompts import choose_grade
    from sixping.console.receipt import tell_emergency
    from sixping.queries import cases
    from sixping.services.casefile import read_case
    from sixping.store.sqlite import reading

    full = full_number(number, context.now.year)
    with reading(context.existing_ledger()) as con:
        row = next((row for row in cases.waiting(con, "grade") if row.number == full), None)
        if row is None or row.status != Status.REPORTED:
            return {}
        case = read_case(con, full, context.now)
    tell_emergency(context, case)
    context.say(f"{full}  {shorten(case['text'], _TEXT)}")
    reasons = [reason for reason in case["reasons"] if reason["what"] == "等级"]
    context.say(*(f"  等级: {r['matched']}  [{r['rule']}]" for r in reasons))
    grade = choose_grade(context, full, row.severity)
    version = given["if_version"]
    return {"severity": grade, "if_version": row.version if version is None else version}


@step(before=_ask_unconfirmed)
def accept(
    feedback: Feedback = None,
    severity: Annotated[
        Severity | None,
        typer.Option(
            "--severity",
            metavar="等级",
            help="确认等级: 一般 较大 重大; 建议为较大、重大的须确认 (三)",
        ),
    ] = None,
    told: WasTold = False,
) -> Build:
    """受理一件, 并告知反映人 (五.1a)。

    示例:
      sixping accept 123
      sixping accept 123 --severity 重大
      sixping accept 123 --feedback "已受理, 今天派人查看"
      sixping accept 123 --told
    """
    own = own_words(feedback)

    def build(situation: Situation) -> Step:
        if severity is not None:
            _refuse_a_lower_grade(situation, severity)
        said = telling(situation.case, situation.edition, "accept", own, told=told)
        return intake.Accepted(severity=severity, **said)

    return build


def _refuse_a_lower_grade(situation: Situation, severity: Severity) -> None:
    """Refuse to lower in passing what a person found; to find it graver is free (三, 五.1b)."""
    from sixping.cases.grade import BY_FILE, grade_of

    case, grade = situation.case, grade_of(situation.log)
    if not grade.found or severity.rank >= case.severity.rank:
        return
    by = grade.confirmed_by or "经办人"
    found = (
        f"{by}为{case.severity}" if by == BY_FILE else f"已由{mask_text(by)}认定为{case.severity}"
    )
    raise NotAllowed(
        f"{case.number} 的等级{found}; 受理时不能改为{severity}。",
        f"受理用 sixping accept {case.number}; 改级用"
        f" sixping regrade {case.number} --severity {severity} --reason 理由。",
    )


@step()
def assign(
    lead: Lead,
    assist: Assist = None,
    person: Person = None,
    decided_by: Annotated[
        str | None,
        typer.Option("--decided-by", metavar="姓名", help="多次退回后, 由谁确定责任单位 (四.2)"),
    ] = None,
    leader: Word = None,
) -> Build:
    """分派给牵头单位和协办单位 (二.2, 四)。

    示例:
      sixping assign 123 --lead 城管执法中队
      sixping assign 123 --lead 城管执法中队 --assist 市场监管所
      sixping assign 123 --lead 城管执法中队 --person p12
    """
    who = None if decided_by is None else require_text(decided_by, "决定者 (--decided-by)", SHORT)

    def build(situation: Situation) -> Step:
        from sixping.services.approval.avoidance import hint_mentioned, with_word

        units = units_of(situation)
        head, others, coordinator = units_involved(units, lead, assist)
        if who is None and _too_often(situation, situation.case.returns):
            raise NotAllowed(
                f"{situation.case.number} 已退回 {situation.case.returns} 次, 由协调单位"
                f" {coordinator or units.coordinator} 确定责任单位 (四.2)。",
                "确定后请加 --decided-by 姓名 再分派。",
            )
        event = handling.Assigned(
            lead=head, assist=others, coordinator=coordinator, decided_by=who,
            person=answering_for(situation, head, person, word=leader is not None),
        )  # fmt: skip
        hint_mentioned(situation, (head, *others))
        hint_unreached(situation, units, (head, *others))
        return with_word(situation, event, (head, *others), leader)

    return build


def answering_for(situation: Situation, lead: str, who: str | None, *, word: bool) -> str | None:
    """Return the id of who is to answer for a case in its lead (附2.1); None: nobody was named."""
    if who is None:
        _hint_at_nobody(situation, lead)
        return None
    from sixping.services.office.persons import person_of

    return person_of(situation, lead, who, option="--person", word=word)


def hint_unreached(situation: Situation, units: Units, names: tuple[str, ...]) -> None:
    """Say which unit that is on duty online has nobody there to take it (一.3)."""
    online = [name for name in names if units.find(name).duty is DutyMode.ONLINE]
    if not online:
        return
    from sixping.services.office.online import unreached
    from sixping.services.rulebooks import rulebooks_on

    con = situation.work.con
    for words in unreached(con, rulebooks_on(con).calendar, online, situation.at):
        situation.hint(words)


def _hint_at_nobody(situation: Situation, lead: str) -> None:
    """Say that nobody answers for a case by name, where the street keeps who does (附2.1)."""
    from sixping.queries.office import keeps

    case = situation.case
    if case.person and case.lead == lead:
        return
    if keeps(situation.work.con, "persons"):
        way = f"sixping handover {case.number} --to 人员 --reason 理由"
        situation.hint(f"没有写经办人 (附2.1); 单位定了以后: {way}")


def _too_often(situation: Situation, returns: int) -> bool:
    return returns >= situation.edition.readings.returns_before_coordinator


def units_involved(
    units: Units, lead: str, assist: list[str] | None
) -> tuple[str, tuple[str, ...], str | None]:
    """Return lead, assisting units and coordinator by the names of that day (四.2)."""
    from sixping.policy.units import coordinator

    head = units.find(lead).name
    others = tuple(dict.fromkeys(units.find(name).name for name in assist or ()))
    return head, others, coordinator((head, *others), units)


@step()
def sign() -> Build:
    """牵头单位签收。

    示例:
      sixping sign 123
      sixping sign 123 --by 演示甲
    """
    return lambda _: handling.Signed()


@step(reason=True)
def return_() -> Build:
    """单位退回指挥室, 写明理由。

    示例:
      sixping return 123 --reason "不属于本单位职责, 建议转市场监管"
    """

    def build(situation: Situation) -> Step:
        count = situation.case.returns + 1
        if _too_often(situation, count):
            situation.hint(f"这是第 {count} 次退回, 再分派须由协调单位决定 (--decided-by, 四.2)")
        return handling.Returned(unit=situation.case.lead, reason=situation.why)

    return build


@step(reason=True)
def handover(
    to: Annotated[
        str, typer.Option("--to", metavar="人员", help="接手的人: 牵头单位的人, 编号或姓名")
    ],
) -> Build:
    """换经办人: 由牵头单位的另一人接手, 单位和期限不变 (附2.1)。

    示例:
      sixping handover 123 --to p12 --reason 演示甲轮休
      sixping handover 123 --to 演示乙 --reason 单位指定经办人
    """

    def build(situation: Situation) -> Step:
        from sixping.services.office.persons import person_of, refuse_kept_out

        refuse_kept_out(situation)
        lead = situation.case.lead
        who = person_of(situation, lead, to, option="--to")
        return handling.HandedOver(person=who or "", reason=situation.why)

    return build


@step()
def note(
    text: Annotated[str, typer.Argument(metavar="内容", help="要记下的话")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="单位", help="通报给哪个单位 (附3.3)")
    ] = None,
) -> Build:
    """记一笔进展, 不改变状态。

    示例:
      sixping note 123 "已联系反映人, 约明天上午查看"
      sixping note 123 "现场发现无照经营, 请核查" --to 市场监管所
    """
    words = require_text(text, "内容")
    return lambda situation: handling.Noted(
        text=words, to=None if to is None else units_of(situation).find(to).name
    )


@step(reason=True, approver=ApproverOrLeader)
def regrade(
    severity: Annotated[
        Severity | None, typer.Option("--severity", metavar="等级", help="一般 较大 重大")
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="类别", help="新的类别")
    ] = None,
    meeting: Annotated[
        str | None,
        typer.Option("--meeting", metavar="编号", help="会商决定之后降级: 决定的联席会议, 如 m3"),
    ] = None,
) -> Build:
    """改变等级或类别; 起算时间不变, 已有的超期不消除 (三)。

    示例:
      sixping regrade 123 --severity 重大 --reason "涉及跨区管网, 街道无法处置"
      sixping regrade 123 --category 占道经营 --reason "已与反映人核实"
    """
    if severity is None and category is None:
        raise UsageFault("没有写明改什么。", "请给出 --severity 或 --category。")

    def build(situation: Situation) -> Step:
        from sixping.services.approval.deciding import joint_meeting

        named = None if category is None else _category(situation, category)
        name, platform = named or (None, None)
        _tell_unanswered(situation, severity)
        return grading.Regraded(
            severity=severity, category=name, platform=platform, reason=situation.why,
            meeting=None if meeting is None else joint_meeting(situation, meeting).id,
        )  # fmt: skip

    return build


def _tell_unanswered(situation: Situation, severity: Severity | None) -> None:
    """Say that a case is taken back from the district, which has not answered (三.3)."""
    away = situation.case.status is Status.DISTRICT
    if away and severity not in {None, situation.case.severity}:
        situation.hint("区级未答复, 改由街道办理")


def _category(situation: Situation, name: str) -> tuple[str, Platform]:
    from sixping.store.documents import rule_on
    from sixping.triage.taxonomy import TAXONOMY, load_taxonomy

    category = rule_on(situation.work.con, TAXONOMY, load_taxonomy).find(name)
    return category.name, category.platform


@step()
def resolve(outcome: Outcome, kind: ResultKind = None) -> Build:
    """记录办结和办理结果。

    示例:
      sixping resolve 123 --outcome "摊位已劝离, 现场恢复通行" --kind 已解决
      sixping resolve 123 --outcome "现场没有发现占道"
    """
    words = require_text(outcome, "结果 (--outcome)")
    return lambda situation: Resolved(outcome=words, outcome_kind=kind_of(situation, kind))


def kind_of(situation: Situation, kind: str | None) -> str | None:
    """Return what a result came to by the policy's name; unsaid, it is remarked on."""
    from sixping.util.names import one_of

    names = [entry.name for entry in situation.edition.outcomes]
    if kind is not None:
        return one_of(names, kind, "结果类型 (--kind)")
    if names:
        situation.hint(f"没有写明结果类型 (--kind), 统计为“未注明”; 可用: {'、'.join(names)}")
    return None


@step()
def emergency(
    to: Annotated[str | None, typer.Option("--to", metavar="单位", help="向谁报告")] = None,
    how: Annotated[
        str | None, typer.Option("--how", metavar="方式", help="怎样报告, 如 电话")
    ] = None,
    content: Annotated[
        str | None, typer.Option("--content", metavar="内容", help="报告的内容")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="已核实不是突发事件, 须写 --reason")] = False,
) -> Build:
    """记录突发事件已按应急规则报告 (先于其他步骤, 不计时限)。

    示例:
      sixping emergency 123 --to 区应急管理局 --how 电话
      sixping emergency 123 --to 区消防救援大队 --how 电话 --content "厂房起火, 无人员被困"
      sixping emergency 123 --none --reason "现场核实是烧烤冒烟"
    """
    if none and (to or how or content):
        raise UsageFault("--none 不能与 --to、--how、--content 同用。", "请二者取一。")
    if not none and not (to and how):
        raise UsageFault(
            "没有写明向谁、怎样报告。",
            "例如: --to 区应急管理局 --how 电话; 不是突发事件的用 --none。",
        )
    whom = None if to is None else require_text(to, "单位 (--to)", SHORT)
    way = None if how is None else require_text(how, "方式 (--how)", SHORT)
    words = None if content is None else require_text(content, "内容 (--content)")

    def build(situation: Situation) -> Step:
        if none and not situation.why:
            raise UsageFault("--none 须写明 --reason。", "例如: --reason 现场核实是烧烤冒烟")
        return handling.EmergencyReported(
            dismissed=none, to=whom, how=way, content=words, reason=situation.why
        )

    return build


@step(reason=True)
def void(
    seq: Annotated[
        int, typer.Argument(metavar="序号", min=1, help="要撤销的一步, 见 sixping log 编号")
    ],
) -> Build:
    """撤销记错的一步; 两条记录都保留在台账里。

    示例:
      sixping void 123 4567 --reason "误记在这一件上"
    """

    def build(situation: Situation) -> Steps:
        from sixping.services.correcting.voiding import steps_of_void

        return steps_of_void(situation, Voided(seq=seq, reason=situation.why))

    return build

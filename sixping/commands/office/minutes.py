"""``meeting minutes`` (附1.3, 三.2): what was said and decided, on cases or as tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sixping.commands.cases.referral import decide
from sixping.commands.office.meeting import Id, show_meeting
from sixping.console import dated
from sixping.console.answers import PAPER_FORMATS, PAPERS, Wish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.options import AsJson, Assist, Force, Format, Output
from sixping.console.recording import reading, recording
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office.meetings import CaseDecided, Meeting, Minuted, TaskSet, find, meetings_on
from sixping.office.organisation import organisation_at
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.queries.office import recorded
from sixping.services.meetings import record, refuse_ahead, refuse_same
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from datetime import date

    from sixping.store.transaction import Transaction


class Decision(NamedTuple):
    """What the meeting decided: who does what by when, and on which cases."""

    text: str
    unit: str
    due: date
    assist: list[str]
    cases: list[str]


def minutes(
    ctx: typer.Context,
    *,
    name: Id,
    slot: Annotated[
        tuple[str, str] | None,
        typer.Option("--slot", metavar="栏目 文字", help="填写纪要的一栏, 如 存在的问题"),
    ] = None,
    decision: Annotated[
        str | None, typer.Option("--decision", metavar="内容", help="一项决定")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="由谁办 (事项的牵头单位)")
    ] = None,
    due: Annotated[str | None, dated.MINUTES_DUE.option] = None,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="编号", help="较大事项的编号; 不写即为会议任务"),
    ] = None,
    assist: Assist = None,
    fmt: Format = None,
    output: Output = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """记纪要和决定: 事项上的决定同时记为会商决定, 其他的成为会议任务 (附1.3, 三.2)。

    示例:
      sixping meeting minutes m3 --slot 存在的问题 "夜间巡查力量不足"
      sixping meeting minutes m3 --decision "开展夜间整治" --unit 城管执法中队 --due 2026-12-20
      sixping meeting minutes m3 --decision "由住房部门牵头修复" --unit 城市建设办
        --due 2026-12-20 --case 123
      sixping meeting minutes m3 -o 会议纪要.docx
    """
    context = Context.of(ctx)
    wish = Wish(fmt, as_json, output, force=force)
    wish.refuse_taken(context)
    wish.choose(context, PAPER_FORMATS)
    words = _slot(slot)
    decided = _decision(context, decision, unit, due, case or [], assist or [])
    if words is None and decided is None:
        with reading(context) as con:
            meeting = find(meetings_on(con), name)
    else:
        meeting = _write(context, name, words, decided)
    show_meeting(context, wish, meeting, PAPERS)
    _say_next(context, wish, meeting)


def _say_next(context: Context, wish: Wish, meeting: Meeting) -> None:
    """Say on a terminal what is not written yet, and how the minutes become a file."""
    if not context.terminal.isatty or wish.choose(context, PAPER_FORMATS) != "table":
        return
    with reading(context) as con:
        slots = rule_on(con, MEETINGS, load_rules).slots
    if left := [slot for slot in slots if slot not in meeting.slots]:
        context.say(f"还没有写: {'、'.join(left)}。")
    context.say(f"出文件: sixping meeting minutes {meeting.id} -o 会议纪要.docx")


def _slot(slot: tuple[str, str] | None) -> tuple[str, str] | None:
    if slot is None:
        return None
    return require_text(slot[0], "栏目 (--slot)", SHORT), require_text(slot[1], "纪要 (--slot)")


def _decision(
    context: Context,
    text: str | None,
    unit: str | None,
    due: str | None,
    cases: list[str],
    assist: list[str],
) -> Decision | None:
    values = {"--decision": text, "--unit": unit, "--due": due}
    missing = [option for option, value in values.items() if value is None]
    if len(missing) == len(values) and not cases and not assist:
        return None
    if text is None or unit is None or due is None:
        raise UsageFault(
            f"决定没有写全, 缺少: {', '.join(missing)}",
            "一项决定须写明内容、单位和期限: --decision 内容 --unit 单位 --due 日期",
        )
    if assist and not cases:
        raise UsageFault("--assist 只用于事项 (--case)。", "请加 --case 编号, 或去掉 --assist。")
    day = day_of(context, due, dated.MINUTES_DUE)
    return Decision(require_text(text, "决定 (--decision)"), unit, day, assist, cases)


def _write(
    context: Context, name: str, slot: tuple[str, str] | None, decision: Decision | None
) -> Meeting:
    """Record the minutes with the state of the ledger, and the decision; all or nothing."""
    title, text = slot or (None, None)
    with recording(context) as tx:
        meeting = find(meetings_on(tx.con), name)
        title = title and rule_on(tx.con, MEETINGS, load_rules).slot(title)
        refuse_ahead(meeting, context.now.date(), "纪要")
        seq, head = tx.head()
        record(
            tx,
            Minuted(meeting=meeting.id, ledger_seq=seq, ledger_head=head, slot=title, text=text),
        )
        lines = _decide(tx, meeting, decision) if decision else []
        after = meetings_on(tx.con)[meeting.id]
    context.say(f"{after.id} 纪要已记 (台账第 {seq} 号, {head[-16:]})。", *lines)
    return after


def _decide(tx: Transaction, meeting: Meeting, decision: Decision) -> list[str]:
    """Record a decision, on its cases as their own step, else as a task; return what to say."""
    units = organisation_at(tx.con, tx.stamp.now.date()).units
    unit = units.find(decision.unit).name
    if decision.cases:
        told = (_on_case(tx, meeting, decision, no) for no in decision.cases)
        return list(dict.fromkeys(words for said in told for words in said))
    task = f"{meeting.id}.{recorded(tx.con, TaskSet.kind, meeting.id) + 1}"
    event = TaskSet(meeting=meeting.id, task=task, unit=unit, due=decision.due, text=decision.text)
    refuse_same(tx, event)
    record(tx, event)
    return [
        f"会议任务 {task}: {unit}, {understood_day(decision.due)}前。",
        f"完成后: sixping meeting task done {task} 结果",
    ]


def _on_case(
    tx: Transaction,
    meeting: Meeting,
    decision: Decision,
    number: str,
) -> list[str]:
    """Take ``decide`` on a case in the meeting's own transaction (三.2).

    Return what to say: also what ``decide`` itself says, and the next step.
    """
    from sixping.console.receipt import next_step
    from sixping.services.rulebooks import rules_in
    from sixping.services.taking import Situation, find_case

    now = tx.stamp.now
    case = find_case(tx, number)[0]
    build = decide.build(
        lead=decision.unit,
        due=decision.due.isoformat(),
        meeting=meeting.id,
        assist=decision.assist,
    )
    warned: list[str] = []
    situation = Situation(tx, case, now, warn=warned.append)
    event = build(situation)
    after, _ = tx.append(case.number, event, now, before=case, rules=rules_in(tx.con))
    lead = after.lead or ""
    record(
        tx,
        CaseDecided(
            meeting=meeting.id, number=case.number, unit=lead, due=decision.due, text=decision.text
        ),
    )
    by = understood_day(decision.due)
    return [
        *warned,
        f"{case.number} 已记会商决定: {lead}, {by}前, 现为“{after.status}”。",
        *situation.hints,
        f"下一步: {next_step(after, None)}",
    ]

"""``meeting attend``, ``agenda`` and ``minutes``: who came, what was on, what was decided."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.console.context import Context
from sixping.console.officeoptions import Id
from sixping.console.options import AsJson, Assist, Format, Json, Output, answering
from sixping.errors import NotAllowed, UsageFault
from sixping.services import conflicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from sixping.cases.rules import Rules
    from sixping.console.answers import Wish
    from sixping.office.meetings import Meeting
    from sixping.policy.units import Units
    from sixping.reports.agenda import Agenda
    from sixping.store.transaction import Transaction


def attend(
    ctx: typer.Context,
    name: Id,
    people: Annotated[
        list[str] | None, typer.Argument(metavar="[人员…]", help="到会人员的编号或姓名")
    ] = None,
    invite: Annotated[
        list[str] | None,
        typer.Option("--invite", metavar="姓名", help="邀请的人员或单位 (附1.2)"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录到会和邀请; 同一时段在值守、巡查或另一会议的不能又到会 (附1.2)。

    示例:
      sixping meeting attend m3 p1 p2 演示丙
      sixping meeting attend m3 --invite 区住建局
    """
    from sixping.commands.office.meeting import show_meeting
    from sixping.console.answers import Wish
    from sixping.console.stepcommand import require_text
    from sixping.services.taking import SHORT

    context = Context.of(ctx)
    guests = [require_text(guest, "邀请 (--invite)", SHORT) for guest in invite or ()]
    if not people and not guests:
        raise UsageFault("没有写明到会人员, 也没有 --invite。", "例如: meeting attend m3 p1 p2")
    with on_meeting(context, name) as (tx, meeting):
        _attend(context, tx, meeting, people or [], guests)
        after = conflicts.meetings_on(tx.con)[meeting.id]
    context.say(f"{after.id} 到会 {len(after.people)} 人, 邀请 {len(after.guests)}。")
    show_meeting(context, Wish(as_json=as_json), after)


def _attend(
    context: Context, tx: Transaction, meeting: Meeting, people: list[str], guests: list[str]
) -> None:
    from sixping.office.meetings import GuestInvited, MeetingAttended
    from sixping.office.organisation import organisation_at

    if people:
        _refuse_ahead(context, meeting, "到会")
        organisation = organisation_at(tx.con, meeting.day)
        new = [
            person.id
            for person in conflicts.people_of(organisation, people)
            if person.id not in meeting.people
        ]
        conflicts.refuse_elsewhere(
            tx.con, meeting.day, new, meeting.start, meeting.end, but=meeting.id
        )
        if new:
            note(tx, MeetingAttended(meeting=meeting.id, people=tuple(new)))
    for guest in guests:
        note(tx, GuestInvited(meeting=meeting.id, guest=guest))


def _refuse_ahead(context: Context, meeting: Meeting, what: str) -> None:
    if meeting.day > context.now.date():
        raise NotAllowed(
            f"{meeting.id} 定在 {meeting.day}, 还没有开, 不能记录{what}。",
            f"提前开会的先改期: sixping meeting move {meeting.id} --date 日期 --reason 理由",
        )


def note(tx: Transaction, event: Any) -> int:  # noqa: ANN401 - one of office.meetings.TYPES
    """Record an event of a meeting and return its seq."""
    from sixping.office import streams
    from sixping.office.meetings import STREAM

    return streams.record(tx, STREAM, event.meeting, event, tx.stamp.now)


@contextmanager
def on_meeting(context: Context, name: str) -> Iterator[tuple[Transaction, Meeting]]:
    """Open a transaction and the meeting in it."""
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office.meetings import find

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        yield tx, find(conflicts.meetings_on(tx.con), name)


class Decision(NamedTuple):
    """What the meeting decided, as given: who does what by when, and on which cases."""

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
    due: Annotated[str | None, typer.Option("--due", metavar="日期", help="至哪一天办完")] = None,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="编号", help="较大事项的编号; 不写即为会议任务"),
    ] = None,
    assist: Assist = None,
    fmt: Format = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """记纪要和决定: 事项上的决定同时记为会商决定, 其他的成为会议任务 (附1.3, 三.2)。

    示例:
      sixping meeting minutes m3 --slot 存在的问题 "夜间巡查力量不足"
      sixping meeting minutes m3 --decision "开展夜间整治" --unit 城管执法中队 --due 2026-12-20
      sixping meeting minutes m3 --decision "由住房部门牵头修复" --unit 城市建设办
        --due 2026-12-20 --case 123
      sixping meeting minutes m3 -o 纪要.md
    """
    from sixping.commands.office.meeting import show_meeting
    from sixping.console.answers import Wish
    from sixping.office.meetings import find
    from sixping.queries import cases as case_queries

    context = Context.of(ctx)
    wish = Wish(fmt, as_json, output)
    wish.choose(context)
    words = _slot(slot)
    made = _decision(context, decision, unit, due, case or [], assist or [])
    if words is None and made is None:
        with case_queries.reading(context.existing_ledger()) as con:
            show_meeting(context, wish, find(conflicts.meetings_on(con), name))
        return
    show_meeting(context, wish, _write(context, name, words, made))


def _slot(given: tuple[str, str] | None) -> tuple[str, str] | None:
    from sixping.console.stepcommand import require_text
    from sixping.services.taking import SHORT

    if given is None:
        return None
    return require_text(given[0], "栏目 (--slot)", SHORT), require_text(given[1], "纪要 (--slot)")


def _decision(
    context: Context,
    text: str | None,
    unit: str | None,
    due: str | None,
    cases: list[str],
    assist: list[str],
) -> Decision | None:
    from sixping.console.stepcommand import require_text

    given = {"--decision": text, "--unit": unit, "--due": due}
    missing = [option for option, value in given.items() if value is None]
    if len(missing) == len(given) and not cases and not assist:
        return None
    if text is None or unit is None or due is None:
        raise UsageFault(
            f"决定没有写全, 缺少: {', '.join(missing)}",
            "一项决定须写明内容、单位和期限: --decision 内容 --unit 单位 --due 日期",
        )
    if assist and not cases:
        raise UsageFault("--assist 只用于事项 (--case)。", "请加 --case 编号, 或去掉 --assist。")
    from sixping.util.dates import parse_day, understood_day

    day = parse_day(due, context.now, past=False)
    context.say(f"期限: {understood_day(day)}")
    if day < context.now.date():
        raise NotAllowed(f"决定的期限 {day} 已经过去。", "请核对 --due。")
    return Decision(require_text(text, "决定 (--decision)"), unit, day, assist, cases)


def _write(
    context: Context, name: str, slot: tuple[str, str] | None, decision: Decision | None
) -> Meeting:
    """Record the minutes with the state of the ledger, and the decision; all or nothing."""
    from sixping.office.meetings import Minuted
    from sixping.services.rulebooks import rulebooks_of

    rules = rulebooks_of(context.existing_ledger()).rules
    with on_meeting(context, name) as (tx, meeting):
        _refuse_ahead(context, meeting, "纪要")
        seq, head = tx.head()
        title, text = slot or (None, None)
        note(
            tx,
            Minuted(meeting=meeting.id, ledger_seq=seq, ledger_head=head, slot=title, text=text),
        )
        said = _decide(context, tx, meeting, decision, rules) if decision else []
        after = conflicts.meetings_on(tx.con)[meeting.id]
    context.say(f"{after.id} 纪要已记 (台账第 {seq} 号, {head[-16:]})。", *said)
    return after


def _decide(
    context: Context,
    tx: Transaction,
    meeting: Meeting,
    decision: Decision,
    rules: Callable[[date], Rules],
) -> list[str]:
    """Record a decision: on its cases as their own step, else as a task."""
    from sixping.office.meetings import TaskSet
    from sixping.office.organisation import organisation_at

    units = organisation_at(tx.con, context.now.date()).units
    unit = units.find(decision.unit).name
    if decision.cases:
        return [_on_case(context, tx, meeting, decision, no, rules, units) for no in decision.cases]
    (before,) = tx.con.execute(
        "SELECT count(*) FROM events WHERE stream = 'meeting' AND subject = ?"
        " AND kind = 'task_set'",
        (meeting.id,),
    ).fetchone()
    task = f"{meeting.id}.{before + 1}"
    note(
        tx,
        TaskSet(meeting=meeting.id, task=task, unit=unit, due=decision.due, text=decision.text),
    )
    return [
        f"会议任务 {task}: {unit}, {decision.due} 前。",
        f"完成后: sixping meeting task done {task} 结果",
    ]


def _on_case(
    context: Context,
    tx: Transaction,
    meeting: Meeting,
    decision: Decision,
    number: str,
    rules: Callable[[date], Rules],
    units: Units,
) -> str:
    """Take ``decide`` on a case in the meeting's own transaction (三.2)."""
    from sixping.cases.model import full_number
    from sixping.commands.cases.referral import decide
    from sixping.office.meetings import CaseDecided
    from sixping.services.taking import Found

    full = full_number(number, context.now.year)
    case = tx.case(full)
    build = decide.build(
        lead=decision.unit,
        due=decision.due.isoformat(),
        decided_by=f"{meeting.sort} {meeting.id} ({meeting.day})",
        assist=decision.assist,
    )
    found = Found(case, rules(case.received_at.date()), context.now, None, units=lambda: units)
    after = tx.append(full, build(found), context.now, before=case)
    lead = after.lead or ""
    note(
        tx,
        CaseDecided(
            meeting=meeting.id, number=full, unit=lead, due=decision.due, text=decision.text
        ),
    )
    return f"{full} 已记会商决定: {lead}, {decision.due} 前, 现为“{after.status}”。"


@answering
def agenda(
    ctx: typer.Context,
    name: Id,
    add: Annotated[
        tuple[str, str] | None,
        typer.Option("--add", metavar="议题 内容", help="在某一议题 (序号或文字) 下补充一项"),
    ] = None,
    *,
    wish: Wish,
) -> None:
    """拟会议议题: 由台账按附1的八项内容生成, 可补充; 没有数据的留空待填 (附1.3)。

    示例:
      sixping meeting agenda m3
      sixping meeting agenda m3 --add 8 "春节值班安排"
      sixping meeting agenda m3 -o 议题.md
    """
    from sixping.services.agenda import agenda as build

    context = Context.of(ctx)
    wish.choose(context)
    if add is not None:
        _add(context, name, *add)
    _show(context, wish, build(context, name))


def _add(context: Context, name: str, heading: str, text: str) -> None:
    from sixping.console.stepcommand import require_text
    from sixping.office.meetings import AgendaAdded
    from sixping.policy.meetings import load_rules

    words = require_text(text, "议题内容 (--add)")
    with on_meeting(context, name) as (tx, meeting):
        no = load_rules().kind(meeting.sort).heading(heading)
        seq = note(tx, AgendaAdded(meeting=meeting.id, heading=no, text=words))
    context.say(f"已在议题 {no} 下补充 (第 {seq} 号)。")


def _show(context: Context, wish: Wish, made: Agenda) -> None:
    from sixping.console.answers import publish, write_text
    from sixping.render.meeting import agenda_json, agenda_md, agenda_rows, agenda_text
    from sixping.render.table import Column

    fmt = wish.choose(context)
    if fmt in {"md", "table"}:
        width = None if wish.path else context.terminal.width
        write_text(wish, agenda_md(made) if fmt == "md" else agenda_text(made, width))
        return
    columns = (
        Column("no", "序", "int"),
        Column("heading", "议题"),
        Column("label", "内容"),
        Column("text", "情况", elastic=True),
        Column("numbers", "事项", "list"),
    )
    publish(context, wish, agenda_rows(made), columns, agenda_json(made))

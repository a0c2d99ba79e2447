"""``meeting`` (三.2, 附1, 附3.1): who calls which meeting, on which day, and who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.officeoptions import End, Id, OnDate, Seq, Start
from sixping.console.options import AsJson, Format, Json, Output, Reason, Reveal, answering
from sixping.errors import UsageFault
from sixping.policy.vocabulary import Platform
from sixping.render.table import Column
from sixping.services import conflicts, office

if TYPE_CHECKING:
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.office.meetings import Meeting, MeetingPlanned, OfMeeting
    from sixping.store.transaction import Transaction

Sort = Annotated[
    str,
    typer.Argument(metavar="种类", help="集体会商 联席会议 领导小组会议 平台协调组例会"),
]
OnPlatform = Annotated[
    Platform | None, typer.Option("--platform", metavar="平台", help="平台协调组例会须写明")
]
Why = Annotated[str | None, typer.Option("--reason", metavar="理由", help="临时召集或改期的理由")]


def plan(
    ctx: typer.Context,
    *,
    sort: Sort,
    date: OnDate,
    start: Start = None,
    end: End = None,
    platform: OnPlatform = None,
    convener: Annotated[
        str | None, typer.Option("--convener", metavar="职务", help="由谁召集, 写职务")
    ] = None,
    extraordinary: Annotated[
        bool, typer.Option("--extraordinary", help="临时召集, 须写明 --reason")
    ] = False,
    grave: Annotated[
        bool, typer.Option("--grave", help="特别重大事项, 须写明 --reason (附1.1)")
    ] = False,
    reason: Why = None,
    as_json: Json = False,
) -> None:
    """召集一次会议: 种类、日期、召集人; 每月会商拟在首个工作日 (附1.1, 三.2, 附3.1)。

    示例:
      sixping meeting plan 集体会商 --date 2026-12-01 --convener 领导小组办公室
      sixping meeting plan 联席会议 --date 明天 --from 14:00 --to 16:00 --convener 街道领导
      sixping meeting plan 平台协调组例会 --date 2026-12-07 --platform 综合执法
        --convener 平台牵头单位
    """
    from sixping.policy.meetings import load_rules
    from sixping.services.meetings import platform_of
    from sixping.services.rulebooks import rulebooks_of

    context = Context.of(ctx)
    kind = load_rules().kind(sort)
    platform_of(kind, platform)
    day = officeoptions.day_of(context, date)
    why = _why(reason)
    if (extraordinary or grave) and why is None:
        raise UsageFault("临时召集须写明 --reason。", "例如: --reason 群体性事件研判")
    first, last = officeoptions.hours(start, end)
    rulebooks = rulebooks_of(context.existing_ledger())

    def build(tx: Transaction, meetings: dict[str, Meeting]) -> MeetingPlanned:
        from sixping.office.meetings import MeetingPlanned
        from sixping.office.organisation import organisation_at
        from sixping.services.meetings import proposed, refuse_unfit, regular

        lead = organisation_at(tx.con, day).units.lead(platform) if platform else None
        who = kind.convener(convener, grave=grave, lead=lead)
        if not (extraordinary or grave):
            before = regular(kind, day, platform, meetings.values())
            refuse_unfit(kind, day, proposed(kind, day, rulebooks), before, why)
        return MeetingPlanned(
            meeting=conflicts.next_id(tx, MeetingPlanned.kind, "m"), sort=kind.name, day=day,
            convener=who, start=first, end=last, platform=platform,
            extraordinary=extraordinary or grave, grave=grave, reason=why,
        )  # fmt: skip

    meeting, seq = _record(context, build)
    context.say(f"已登记{meeting.sort} {meeting.id}, {day}, {meeting.convener}召集 (第 {seq} 号)。")
    if not rulebooks.calendar.is_workday(day):
        context.say(f"{day} 是休息日。")
    context.say(
        f"下一步: sixping meeting agenda {meeting.id}; "
        f"到会: sixping meeting attend {meeting.id} 人员…"
    )
    _answer(context, meeting, as_json=as_json)


def _why(reason: str | None) -> str | None:
    from sixping.console.stepcommand import require_text

    return None if reason is None else require_text(reason, "理由 (--reason)")


def _record(context: Context, build: Any) -> tuple[Meeting, int]:  # noqa: ANN401
    """Record the event ``build(tx, meetings)`` makes, if the meeting still makes sense."""
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.office.meetings import STREAM, fold

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        event: OfMeeting = build(tx, conflicts.meetings_on(tx.con))
        seq = streams.record(tx, STREAM, event.meeting, event, tx.stamp.now)
        meeting = fold(streams.entries(tx.con, STREAM, event.meeting))[event.meeting]
    return meeting, seq


def _answer(context: Context, meeting: Meeting, *, as_json: bool) -> None:
    from sixping.console.answers import Wish

    show_meeting(context, Wish(as_json=as_json), meeting)


def show_meeting(context: Context, wish: Wish, meeting: Meeting) -> None:
    """Write a meeting: its document as JSON, lines of label and text, or Markdown."""
    from sixping.console.answers import publish, write_text
    from sixping.render.meeting import minutes_md
    from sixping.render.table import Column
    from sixping.services.meetings import meeting_json, told_rows

    organisation = office.organisation_of(context, meeting.day)
    document = meeting_json(meeting, organisation, context.now, reveal=wish.reveal)
    if wish.choose(context) == "md":
        write_text(wish, minutes_md(document))
        return
    columns = (Column("label", "项目"), Column("text", "内容", elastic=True))
    publish(context, wish, told_rows(document), columns, document)


def move(
    ctx: typer.Context,
    name: Id,
    date: OnDate,
    reason: Reason,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """会议改期, 写明理由; 已有到会或纪要的不能改。

    示例:
      sixping meeting move m3 --date 2026-12-03 --reason 防汛值守
    """
    from sixping.office.meetings import MeetingMoved, find

    context = Context.of(ctx)
    day = officeoptions.day_of(context, date)
    why = _why(reason)
    first, last = officeoptions.hours(start, end)

    def build(_: Transaction, meetings: dict[str, Meeting]) -> MeetingMoved:
        found = find(meetings, name)
        _refuse_taken(found, day, meetings)
        return MeetingMoved(meeting=found.id, day=day, start=first, end=last, reason=why)

    meeting, seq = _record(context, build)
    context.say(f"{meeting.id} 改在 {day} (第 {seq} 号)。")
    _answer(context, meeting, as_json=as_json)


def _refuse_taken(found: Meeting, day: date, meetings: dict[str, Meeting]) -> None:
    from sixping.policy.meetings import load_rules
    from sixping.services.meetings import refuse_unfit, regular

    if not found.extraordinary:
        kind = load_rules().kind(found.sort)
        others = [one for one in meetings.values() if one.id != found.id]
        refuse_unfit(kind, day, None, regular(kind, day, found.platform, others), None)


@bare_values(month="next")
@answering
def propose(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="[月]", help="如 2026-12; 不写即下个月")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """拟一个月的会议日期: 会商为首个工作日, 平台例会为每周首个工作日 (附1.1, 附3.1)。

    示例:
      sixping meeting propose --month 2026-12
    """
    from sixping.console.answers import fitting, publish
    from sixping.services.meetings import proposals

    context = Context.of(ctx)
    wish.choose(context)
    columns = fitting(context, wish, MONTH_COLUMNS, MONTH_FROM)
    publish(context, wish, proposals(context, month), columns)


@answering
def list_(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Option("--kind", metavar="种类", help="只看一种会议")] = None,
    *,
    wish: Wish,
) -> None:
    """列出会议, 旧的在前: 日期、召集人、到会、纪要、未完成的任务。

    示例:
      sixping meeting list
      sixping meeting list --kind 联席会议 --json
    """
    from sixping.console.answers import publish
    from sixping.policy.meetings import load_rules
    from sixping.queries import cases
    from sixping.services.meetings import listed

    context = Context.of(ctx)
    wish.choose(context)
    only = load_rules().kind(kind).name if kind else None
    with cases.reading(context.existing_ledger()) as con:
        found = conflicts.meetings_on(con)
    chosen = [meeting for meeting in found.values() if only in (None, meeting.sort)]
    publish(context, wish, listed(chosen), LIST_COLUMNS)


def show(
    ctx: typer.Context,
    name: Id,
    reveal: Reveal = False,
    reason: officeoptions.Why = None,
    fmt: Format = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """查看一次会议: 召集、参加对象、到会、议题、纪要、决定和任务 (姓名隐去)。

    示例:
      sixping meeting show m3
      sixping meeting show m3 -o 纪要.md --reveal --reason 印发纪要
    """
    from sixping.console.answers import Wish
    from sixping.office.meetings import find
    from sixping.queries import cases

    context = Context.of(ctx)
    wish = Wish(fmt, as_json, output, reveal=reveal)
    wish.choose(context)
    with cases.reading(context.existing_ledger()) as con:
        meeting = find(conflicts.meetings_on(con), name)
    officeoptions.reveal_people(context, meeting.id, reason, asked=reveal)
    show_meeting(context, wish, meeting)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的会议记录; 两条都保留在台账里。

    件上的会商决定是件自己的一步, 另用 sixping void 编号 序号 撤销。

    示例:
      sixping meeting void 45 --reason 日期写错
    """
    from sixping.office.meetings import check

    officeoptions.void_entry(Context.of(ctx), "meeting", seq, reason, lambda _: check)


MONTH_COLUMNS = (
    Column("kind", "会议"),
    Column("platform", "平台"),
    Column("date", "拟定", "day"),
    Column("meeting", "已召集"),
    Column("held", "日期", "day"),
    Column("conveners", "召集人", "list"),
    Column("clause", "条款"),
    Column("note", "说明", elastic=True),
)

#: on a terminal narrower than this the column is left to wider ones and to other formats
MONTH_FROM = {"conveners": 120, "note": 180}
LIST_COLUMNS = (
    Column("id", "编号"),
    Column("date", "日期", "day"),
    Column("kind", "会议"),
    Column("platform", "平台"),
    Column("convener", "召集人"),
    Column("extraordinary", "临时", "bool"),
    Column("present", "到会", "int"),
    Column("minuted", "纪要", "bool"),
    Column("decisions", "决定", "int"),
    Column("tasks", "任务", "int"),
    Column("open_tasks", "未完成", "int"),
)

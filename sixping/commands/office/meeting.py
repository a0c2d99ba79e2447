"""``meeting`` (三.2, 附1, 附3.1): who calls which meeting, on which day, and who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import (
    PAPER_FORMATS,
    PAPERS,
    Wish,
    kept_columns,
    publish,
    publish_paper,
)
from sixping.console.context import Context
from sixping.console.days import day_of, hours, month_of
from sixping.console.frame import bare_values
from sixping.console.nothing import of_list
from sixping.console.options import (
    PLATFORM,
    AsJson,
    Force,
    Format,
    Json,
    Output,
    Reason,
    Reveal,
    RevealReason,
    answering,
)
from sixping.console.recording import (
    Seq,
    reading,
    recording,
    reveal_people,
    void_event,
)
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office.meetings import STREAM, Meeting, find, meetings_on
from sixping.office.organisation import organisation_at
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.policy.vocabulary import Platform
from sixping.queries.office import decided_by
from sixping.render.meeting import meeting_json, meeting_lines
from sixping.render.table import Column
from sixping.services import meetings as meeting_services
from sixping.services.office import attendance as rolls
from sixping.util.dates import parse_month
from sixping.util.daytext import understood_day
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

Id = Annotated[str, typer.Argument(metavar="编号", help="如 m3, 见 meeting list")]
Sort = Annotated[
    str,
    typer.Argument(metavar="种类", help="集体会商 联席会议 领导小组会议 平台协调组例会"),
]
OnPlatform = Annotated[
    Platform | None,
    typer.Option("--platform", click_type=PLATFORM, metavar="平台", help="平台协调组例会须写明"),
]
Why = Annotated[str | None, typer.Option("--reason", metavar="理由", help="临时召集或改期的理由")]
#: what a bare --month stands for
NEXT = "next"
#: the forms in which a meeting is the paper of its minutes
_FILES = tuple(form for form in PAPERS if form != "table")
_LINES = (Column("label", "项目"), Column("text", "内容", elastic=True))
_PROPOSALS = (
    Column("kind", "会议"),
    Column("platform", "平台", "platform"),
    Column("date", "拟定", "day"),
    Column("meeting", "已召集"),
    Column("held", "日期", "day"),
    Column("conveners", "召集人", "list"),
    Column("clause", "条款"),
    Column("note", "说明", elastic=True),
)
#: on a terminal narrower than this the column is left to wider ones and to other formats
_WIDE = {"conveners": 120, "note": 180}
_MEETINGS = (
    Column("id", "编号"),
    Column("date", "日期", "day"),
    Column("kind", "会议"),
    Column("platform", "平台", "platform"),
    Column("convener", "召集人"),
    Column("extraordinary", "临时", "bool"),
    Column("due", "应到", "int"),
    Column("present", "到会", "int"),
    Column("excused", "请假", "int"),
    Column("absent", "缺席", "int"),
    Column("minuted", "纪要", "bool"),
    Column("decisions", "决定", "int"),
    Column("tasks", "任务", "int"),
    Column("open_tasks", "未完成", "int"),
)

#: what the register of attendance brings
_OF_ROLLS = frozenset({"due", "excused", "absent"})
#: what leaves where the rows are too wide, in this order
_LEAVING = (
    "extraordinary", "decisions", "tasks", "due", "excused", "present", "convener", "platform",
)  # fmt: skip


def plan(
    ctx: typer.Context,
    *,
    sort: Sort,
    date: Annotated[str, dated.ON_DATE.option],
    start: Annotated[str | None, dated.START.option] = None,
    end: Annotated[str | None, dated.END.option] = None,
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
    """召集一次会议: 种类、日期、召集人; 每月会商的日期按规则拟 (附1.1, 三.2, 附3.1)。

    示例:
      sixping meeting plan 集体会商 --date 2026-12-01 --convener 领导小组办公室
      sixping meeting plan 联席会议 --date 明天 --from 14:00 --to 16:00 --convener 街道领导
      sixping meeting plan 平台协调组例会 --date 2026-12-07 --platform 综合执法
        --convener 平台牵头单位
    """
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.documents import rule_on

    context = Context.of(ctx)
    day = day_of(context, date, dated.ON_DATE)
    why = None if reason is None else require_text(reason, "理由 (--reason)")
    if (extraordinary or grave) and why is None:
        raise UsageFault("临时召集须写明 --reason。", "例如: --reason 群体性事件研判")
    times = hours(start, end)
    with recording(context) as tx:
        rulebooks = rulebooks_on(tx.con)
        kind = rule_on(tx.con, MEETINGS, load_rules).kind(sort)
        kind.check_platform(platform)
        meeting, seq = meeting_services.call(
            tx, rulebooks, kind, day, times, platform=platform, convener=convener,
            extraordinary=extraordinary, grave=grave, reason=why,
        )  # fmt: skip
    context.say(
        f"已登记{meeting.sort} {meeting.id}, {understood_day(day)}, {meeting.convener}召集"
        f" (第 {seq} 号)。"
    )
    if not rulebooks.calendar.is_workday(day):
        context.say(f"{understood_day(day)}是休息日。")
    context.say(
        f"下一步: sixping meeting agenda {meeting.id}; "
        f"到会: sixping meeting attend {meeting.id} 人员…"
    )
    show_meeting(context, Wish(as_json=as_json), meeting)


def show_meeting(
    context: Context, wish: Wish, meeting: Meeting, papers: Sequence[str] = _FILES
) -> None:
    """Write a meeting: its document as JSON, lines of label and text, or its minutes as a paper.

    ``papers``: the forms in which it is the paper.
    """
    from sixping.services.papers.decisions import decided
    from sixping.services.papers.meetings import minutes
    from sixping.store.documents import rule_on

    fmt = wish.choose(context, PAPER_FORMATS)
    with reading(context) as con:
        if fmt in papers:
            now_held = find(meetings_on(con), meeting.id)
            paper = minutes(con, now_held, context.now, reveal=wish.reveal)
            publish_paper(context, wish, paper, name="会议纪要")
            return
        if not wish.reveal:
            from sixping.services.personal.atmeetings import Veil

            meeting = Veil(con).meeting(meeting)
        organisation = organisation_at(con, meeting.day)
        closes = meeting_services.closes_at(con, context.now)
        rules = rule_on(con, MEETINGS, load_rules)
        cases = decided_by(con, meeting.id)
        roll = rolls.roll_json(con, meeting, reveal=wish.reveal)
        document = meeting_json(
            meeting, rules, organisation, context.now, closes, cases=cases, reveal=wish.reveal
        )
        document |= decided(con, meeting, document, reveal=wish.reveal)
    lines = [*meeting_lines(document), *rolls.roll_lines(roll)]
    publish(context, wish, lines, _LINES, document | roll)


def move(
    ctx: typer.Context,
    name: Id,
    date: Annotated[str, dated.ON_DATE.option],
    reason: Reason,
    start: Annotated[str | None, dated.START.option] = None,
    end: Annotated[str | None, dated.END.option] = None,
    as_json: Json = False,
) -> None:
    """会议改期, 写明理由; 已有到会或纪要的不能改。

    示例:
      sixping meeting move m3 --date 2026-12-03 --reason 防汛值守
    """
    context = Context.of(ctx)
    day = day_of(context, date, dated.ON_DATE)
    why = require_text(reason, "理由 (--reason)")
    times = hours(start, end)
    with recording(context) as tx:
        meeting, seq = meeting_services.move(tx, name, day, times, why)
    context.say(f"{meeting.id} 改在{understood_day(day)} (第 {seq} 号)。")
    show_meeting(context, Wish(as_json=as_json), meeting)


@bare_values(month=NEXT)
@answering
def propose(
    ctx: typer.Context,
    month: Annotated[str | None, dated.PROPOSE_MONTH.option] = None,
    *,
    wish: Wish,
) -> None:
    """拟一个月的会议日期: 会商、平台例会各在规则所定的工作日 (附1.1, 附3.1)。

    示例:
      sixping meeting propose --month 2026-12
    """
    from sixping.console.answers import fitting
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.documents import rule_on

    context = Context.of(ctx)
    wish.choose(context)
    columns = fitting(context, wish, _PROPOSALS, _WIDE)
    first, last = _month(context, month)
    with reading(context) as con:
        rulebooks, meetings = rulebooks_on(con), meetings_on(con).values()
        kinds = rule_on(con, MEETINGS, load_rules).kinds
    rows = meeting_services.proposals(kinds, meetings, rulebooks, first, last)
    publish(context, wish, rows, columns, leaving=("conveners", "clause", "held"))


def _month(context: Context, month: str | None) -> tuple[date, date]:
    if month is None or month == NEXT:
        return parse_month("下月", context.now)
    return month_of(context, month, dated.PROPOSE_MONTH)


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
    context = Context.of(ctx)
    wish.choose(context)
    from sixping.store.documents import rule_on

    with reading(context) as con:
        only = rule_on(con, MEETINGS, load_rules).kind(kind).name if kind else None
        meetings = meetings_on(con).values()
        chosen = [meeting for meeting in meetings if only in (None, meeting.sort)]
        rows = rolls.counted(con, meeting_services.meeting_rows(chosen), chosen)
    columns = kept_columns(context, wish, _MEETINGS, rows, _OF_ROLLS)
    publish(context, wish, rows, columns, leaving=_LEAVING)
    if not chosen:
        of_list(
            context, (only,), whole=len(meetings), what="会议", listing="sixping meeting list",
            begin="sixping meeting propose",
        )  # fmt: skip


def show(
    ctx: typer.Context,
    name: Id,
    reveal: Reveal = False,
    reason: RevealReason = None,
    fmt: Format = None,
    output: Output = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """查看一次会议: 召集、参加对象、到会、议题、纪要、决定和任务; 写文件则是会议纪要。

    示例:
      sixping meeting show m3
      sixping meeting show m3 -o 会议纪要.docx --reveal --reason 印发纪要
    """
    context = Context.of(ctx)
    wish = Wish(fmt, as_json, output, reveal=reveal, force=force)
    wish.refuse_taken(context)
    wish.choose(context, PAPER_FORMATS)
    with reading(context) as con:
        meeting = find(meetings_on(con), name)
    reveal_people(context, meeting.id, reason, asked=reveal)
    show_meeting(context, wish, meeting)


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
    came: Annotated[
        list[str] | None,
        typer.Option("--came", metavar="姓名", help="到会的、邀请过的人员或单位 (附1.2)"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录到会和邀请; 同一时段在值守、巡查或另一会议的不能又到会 (附1.2)。

    示例:
      sixping meeting attend m3 p1 p2 演示丙
      sixping meeting attend m3 --invite 区住建局
      sixping meeting attend m3 --came 区住建局
    """
    context = Context.of(ctx)
    guests = [require_text(guest, "邀请 (--invite)", SHORT) for guest in invite or ()]
    if not people and not guests and not came:
        raise UsageFault("没有写明到会人员, 也没有 --invite。", "例如: meeting attend m3 p1 p2")
    with recording(context) as tx:
        meeting = meeting_services.attend(tx, name, people or (), guests)
        if came:
            meeting = rolls.guests_came(tx, name, came)
    context.say(f"{meeting.id} 到会 {len(meeting.people)} 人, 邀请 {len(meeting.guests)}。")
    show_meeting(context, Wish(as_json=as_json), meeting)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的会议记录; 两条都保留在台账里。

    件上的会商决定是件自己的一步, 另用 sixping void 编号 序号 撤销。

    示例:
      sixping meeting void 45 --reason 日期写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

"""``meeting leave attendance missing`` (附1.2, 附3.1): who came, who did not, what was not held."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands.office.meeting import Id, show_meeting
from sixping.console import dated
from sixping.console.answers import PAPER_FORMATS, PAPERS, Wish, publish, publish_paper
from sixping.console.context import Context
from sixping.console.days import period_of, then_of
from sixping.console.frame import bare_values
from sixping.console.nothing import of_sleeping
from sixping.console.options import Json, Reason, answering, revealing
from sixping.console.recording import reading, record_seen, recording
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office import registers
from sixping.office.attendance import ABSENT, WORDS
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.render.table import Column
from sixping.services.office import attendance as rolls
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day
from sixping.util.names import meant

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection

_UNITS = (
    Column("unit", "单位", elastic=True),
    *(Column(key, word, "int") for key, word in WORDS.items()),
)
_DRILLED = (
    Column("meeting", "会议"),
    Column("date", "日期", "day"),
    Column("kind", "种类"),
    Column("unit", "单位"),
    Column("who", "人员", elastic=True),
)
_MISSED = (
    Column("kind", "会议"),
    Column("platform", "平台", "platform"),
    Column("from", "自", "day"),
    Column("to", "至", "day"),
    Column("meeting", "已召集"),
    Column("extraordinary", "临时", "list"),
    Column("clause", "条款"),
)
OfKind = Annotated[str | None, typer.Option("--kind", metavar="种类", help="只看一种会议")]


def leave(
    ctx: typer.Context,
    name: Id,
    who: Annotated[str, typer.Argument(metavar="人员", help="编号、姓名, 或邀请的人员、单位")],
    reason: Reason,
    as_json: Json = False,
) -> None:
    """记录会议请假和理由; 应到而没有到会、也没有请假的列为缺席 (附1.2)。

    示例:
      sixping meeting leave m3 p2 --reason 外出培训
      sixping meeting leave m3 区住建局 --reason 另有会议
    """
    context = Context.of(ctx)
    why = require_text(reason, "理由 (--reason)")
    with recording(context) as tx:
        meeting, person, seq = rolls.excuse(tx, name, who, why)
        roll = rolls.roll_of(tx.con, meeting)
    later = " 会议已过, 记为会后补记。" if context.now.date() > meeting.day else ""
    context.say(
        f"{meeting.id} 请假已记 (第 {seq} 号)。{later}",
        f"到会的: sixping meeting attend {meeting.id} 人员…",
    )
    if roll and person and person not in roll.due:
        context.say(
            f"{person} 不在应到的人员里, 请假不计入; 参加对象按职务定:"
            f" sixping units person change {person} --role 职务"
        )
    show_meeting(context, Wish(as_json=as_json), meeting)


@bare_values(month="last", quarter="last", year="last")
@revealing
def attendance(
    ctx: typer.Context,
    month: Annotated[str | None, dated.ROLL_MONTH.option] = None,
    quarter: Annotated[str | None, dated.ROLL_QUARTER.option] = None,
    year: Annotated[str | None, dated.ROLL_YEAR.option] = None,
    kind: OfKind = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="与 --drill 同用, 只看一个单位")
    ] = None,
    drill: Annotated[
        str | None,
        typer.Option("--drill", metavar="项目", help="列出一个数背后的人次, 如 未请假缺席"),
    ] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """一段时间的会议到会: 各单位应到、实到、请假、未请假缺席的人次 (附1.2)。

    没有到会记录的会议不计: 那是不详, 不是缺席。写成文件的只有各单位的数, 没有姓名。

    示例:
      sixping meeting attendance --month
      sixping meeting attendance --year 2026 --kind 集体会商
      sixping meeting attendance --month 2026-11 --drill 未请假缺席 --unit 城管执法中队
      sixping meeting attendance --quarter 2026Q4 -o 会议情况.docx
    """
    context = Context.of(ctx)
    words = {word: key for key, word in WORDS.items()} | {key: key for key in WORDS}
    words["缺席"] = ABSENT
    opened = meant(drill, words, "项目 (--drill)", f"可用: {'、'.join(WORDS.values())}。") if (
        drill
    ) else None  # fmt: skip
    if unit and not opened:
        raise UsageFault("--unit 与 --drill 同用。", "例如: --drill 未请假缺席 --unit 城管执法中队")
    fmt = wish.choose(context) if opened else wish.choose(context, PAPER_FORMATS)
    period = period_of(context, None, {"month": month, "quarter": quarter, "year": year})
    first, last = period.span
    with reading(context) as con:
        (seq, now), sort = then_of(context, con, as_of), _sort(con, kind)
        called = rolls.called_in(con, first, last, sort, seq)
        document = rolls.attendance_json(con, called, first, last, seq)
        behind = rolls.drilled(con, called, opened or "", unit, reveal=wish.reveal, as_of=seq)
        rows = list(behind) if opened else []
        made = None
        if not opened and fmt in PAPERS and fmt != "table":
            from sixping.services.papers.attendance import paper

            made = paper(con, document, (first, last), now, seq)
    if opened:
        record_seen(context, wish, "meeting", rows)
        publish(context, wish, rows, _DRILLED, rows, leaving=("kind",))
    elif made:
        publish_paper(context, wish, made, name="会议情况")
    else:
        publish(context, wish, document["units"], _UNITS, document)
    if document["begun"] is None:
        of_sleeping(context, rolls.KEY)
    elif context.terminal.isatty and not opened:
        context.say(*_counted(document, period.option, sort))


def _counted(document: dict[str, object], of: str, sort: str | None) -> list[str]:
    """Say over what attendance counts, and how a figure of the same period is opened."""
    without = document["unrecorded"]
    said = [
        (
            f"会议 {document['meetings']} 次, 有到会记录的 {document['recorded']} 次"
            f" (自{understood_day(date.fromisoformat(str(document['begun'])))}起登记)。"
        )
    ]
    if isinstance(without, list) and without:
        said.append(f"没有到会记录, 不计: {'、'.join(without)}。")
    if document["excused_afterwards"]:
        said.append(f"请假中会后补记的 {document['excused_afterwards']} 人次。")
    if document["unfilled"]:
        said.append(
            f"参加对象中没有登记人员的 {document['unfilled']} 人次, 不计;"
            " 登记: sixping units person change 人员 --role 职务。"
        )
    kind = f" --kind {sort}" if sort else ""
    return [*said, f"打开一个数: sixping meeting attendance {of}{kind} --drill 未请假缺席"]


def _sort(con: Connection, kind: str | None) -> str | None:
    return rule_on(con, MEETINGS, load_rules).kind(kind).name if kind else None


@bare_values(month="last", quarter="last", year="last")
@answering
def missing(
    ctx: typer.Context,
    month: Annotated[str | None, dated.ROLL_MONTH.option] = None,
    quarter: Annotated[str | None, dated.ROLL_QUARTER.option] = None,
    year: Annotated[str | None, dated.ROLL_YEAR.option] = None,
    kind: OfKind = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出没有召开的定期会议: 每月的会商和领导小组会议、每周的平台例会 (附1.1, 附3.1)。

    有到会或纪要记录的才算召开。全是休息日的一周不计; 没有过完的不计; 登记启用之前的不计。
    办法写的是“原则上”“一般”: 这是清单, 不是违规。

    示例:
      sixping meeting missing
      sixping meeting missing --month 2026-11 --kind 平台协调组例会
    """
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    stated = {"month": month, "quarter": quarter, "year": year}
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        begun, sort = registers.begun(con, rolls.KEY, seq), _sort(con, kind)
        today = now.date()
        first, last = begun or today, today
        if any(stated.values()):
            first, last = period_of(context, None, stated).span
        missed = rolls.missed(con, first, last, today, rulebooks_on(con, seq).calendar, seq)
        found = [one for one in missed if sort in (None, one.sort)]
    rows = [
        {
            "kind": one.sort,
            "platform": one.platform,
            "from": one.first.isoformat(),
            "to": one.last.isoformat(),
            "meeting": one.called,
            "extraordinary": list(one.others),
            "clause": one.clause,
        }
        for one in found
    ]
    publish(context, wish, rows, _MISSED, rows, leaving=("clause", "extraordinary"))
    if begun is None:
        of_sleeping(context, rolls.KEY)
    elif context.terminal.isatty:
        since = understood_day(max(first, begun))
        said = f"没有召开的 {len(rows)} 次" if rows else "没有应开而没有召开记录的定期会议"
        context.say(f"自{since}起: {said}。")

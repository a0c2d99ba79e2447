"""``shift`` (附3.4, 附3.5): the room's day: what was noted, promised, handed over to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import PAPER_FORMATS, PAPERS, Wish, publish, publish_paper
from sixping.console.context import Context
from sixping.console.days import day_of, moment_of, month_of, then_of
from sixping.console.nothing import asleep, of_list, of_sleeping
from sixping.console.options import Json, Reason, answering, revealing
from sixping.console.recording import (
    Seq,
    reading,
    record_seen,
    recording,
    short_text,
    void_event,
)
from sixping.console.stepcommand import require_text
from sixping.documents.eventwords import HANDED_OVER, person_words
from sixping.errors import UsageFault
from sixping.office.organisation import organisation_at
from sixping.office.registers import begun as register_begun
from sixping.office.shifts import REGISTER, STREAM
from sixping.render.table import Column
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, time

    from sixping.console.days import Then
    from sixping.office.shifts import Handover, Note
    from sixping.render.table import Row, Tone
    from sixping.services.office.shifts import Day as DayOfRoom
    from sixping.services.office.shifts import Said
    from sixping.store.sqlite import Connection

Day = Annotated[str | None, dated.SHIFT_DATE.option]
At = Annotated[str | None, dated.SHIFT_AT.option]
About = Annotated[
    list[str] | None, typer.Option("--case", metavar="编号", help="说的是哪一件; 可多次给出")
]
_PROMISES = (
    Column("note", "序", "int"),
    Column("promised", "答应", "day"),
    Column("late", "超期", "bool"),
    Column("to", "对谁"),
    Column("text", "内容", elastic=True, mask="text"),
    Column("by", "记录人"),
    Column("done", "办了", "day"),
    Column("outcome", "结果", elastic=True, mask="text"),
)
_DAYS = (
    Column("date", "日期", "day"),
    Column("rest", "休息日", "bool"),
    Column("logged", "有日志", "bool"),
    Column("entries", "记事", "int"),
    Column("handovers", "交接", "int"),
    Column("promised", "答应", "int"),
    Column("open", "未办", "int"),
)
_ENTRIES = (
    Column("note", "序", "int"),
    Column("at", "时间", "time"),
    Column("by", "记录人"),
    Column("text", "内容", elastic=True, mask="text"),
    Column("promised", "答应", "day"),
    Column("to", "对谁"),
)


def note(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="记事", help="接了什么电话, 办了什么, 说好了什么")],
    *,
    at: At = None,
    day: Day = None,
    person: Annotated[
        str | None,
        typer.Option("--person", metavar="人员", help="谁值的班 (编号或姓名), 不写即 --by"),
    ] = None,
    case: About = None,
    promised: Annotated[str | None, dated.SHIFT_PROMISED.option] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="对方", help="答应了谁")] = None,
    as_json: Json = False,
) -> None:
    """记一条值班日志; 答应了别人的写明哪一天前, 办了以前一直列着 (附3.5)。

    按日历日记: 夜里 0 时以后的记在当天; 要记在开始值班的那一天, 写 --date
    (--at 只写时刻的即那一天的, 早于上班时刻的是当夜的)。夜间、休息日都可以记。

    示例:
      sixping shift note "区平台来电, 要 11 月数字"
      sixping shift note "答应回电说明进度" --promised 明天 --to 区平台 --case 123
      sixping shift note "巡查车停在南门" --at 2:10 --date 昨天
    """
    from sixping.services.office import shifts

    context = Context.of(ctx)
    words = require_text(text, "记事")
    if to is not None and promised is None:
        raise UsageFault("--to 只与 --promised 同用。", "请加 --promised 日期: 答应哪一天前办。")
    due = day_of(context, promised, dated.SHIFT_PROMISED) if promised else None
    said = _said(context, day, at, words, person, case)
    with recording(context) as tx:
        made, seq = shifts.note(tx, said, due, short_text(to, "--to"))
        context.say(
            f"已记入{understood_day(said.day)}的值班日志, 第 {made.said.note} 条 (第 {seq} 号)。"
        )
    if due:
        context.say(
            f"答应的事列到办了为止; 办了: sixping shift done {made.said.note} 结果",
        )
    _say_night(context, said, day)
    _answer(context, made, as_json=as_json)


def _said(
    context: Context,
    day: str | None,
    at: str | None,
    text: str | None,
    who: str | None,
    case: Sequence[str] | None,
) -> Said:
    """Return what is written, of the day named, else of the day it happened on."""
    from sixping.services.office.shifts import Said

    of = day_of(context, day, dated.SHIFT_DATE) if day else None
    shift = (of, _opens(context, of)) if of and at else None
    moment = moment_of(context, at, dated.SHIFT_AT, shift) if at else context.now
    of = of or moment.date()
    numbers = [full_number(number, context.now.year) for number in case or ()]
    return Said(of, moment, text, who, numbers)


def _opens(context: Context, day: date) -> time:
    """Return when the office opens on a day: hours before are of the night (一.2)."""
    from sixping.services.rulebooks import rulebooks_of

    return rulebooks_of(context.ledger).policy.edition_at(day).counting.opens


def _say_night(context: Context, said: Said, day: str | None) -> None:
    """Say of an hour before the office opens on which day it was put."""
    if day is None and said.at.time() < _opens(context, said.day):
        context.say("夜里 0 时以后的记在当天; 要算前一天的班, 请撤销后加 --date 昨天 重记。")


def _answer(context: Context, made: Note | Handover, *, as_json: bool) -> None:
    if not as_json:
        return
    from sixping.services.office import shifts

    with reading(context) as con:
        document = shifts.entry_json(con, made, context.now.date())
    publish(context, Wish(as_json=True), [document], _ENTRIES, document)


def _day(con: Connection, day: date, then: Then, *, reveal: bool) -> DayOfRoom:
    from sixping.services.office import shifts
    from sixping.services.rulebooks import rulebooks_on

    calendar = rulebooks_on(con, then.seq).calendar
    return shifts.day_of(con, calendar, day, then.now.date(), reveal=reveal, as_of=then.seq)


def handover(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="人员", help="谁接班 (编号或姓名)")],
    *,
    giver: Annotated[
        str | None,
        typer.Option("--from", metavar="人员", help="谁交班 (编号或姓名), 不写即 --by"),
    ] = None,
    text: Annotated[str | None, typer.Argument(metavar="[交代]", help="要交代的话")] = None,
    case: About = None,
    at: At = None,
    day: Day = None,
    as_json: Json = False,
) -> None:
    """交接班: 记下谁接班, 连同当时未办的件数和编号 (待受理、到期、超期、督办、答应的事)。

    件数和编号按交接时 (--at, 默认现在) 的台账定下, 以后不变; 夜间、休息日都可以交接。

    示例:
      sixping shift handover --to p2
      sixping shift handover "南门积水已报, 等抢修" --from p1 --to p2
      sixping shift handover --to p2 --at 17:30 --date 昨天
    """
    from sixping.services.office import shifts

    context = Context.of(ctx)
    words = require_text(text, "交代") if text is not None else None
    said = _said(context, day, at, words, giver, case)
    with recording(context) as tx:
        made, seq = shifts.hand_over(tx, said, to)
        taker = organisation_at(tx.con, said.day).people[made.said.taker]
    counts = made.said.counts
    open_then = "不详, 当时台账还没有记录"
    if counts:
        open_then = "、".join(f"{word} {counts.get(kind, 0)}" for kind, word in HANDED_OVER.items())
    name = person_words(taker.id, taker.name, taker.unit)
    context.say(
        f"已交班给 {name} (第 {seq} 号)。", f"未办: {open_then}。",
        "接班的人看: sixping overdue --within 1; 答应的事: sixping shift promised",
    )  # fmt: skip
    _say_night(context, said, day)
    _answer(context, made, as_json=as_json)


def done(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="序", min=1, help="见 shift promised")],
    outcome: Annotated[str | None, typer.Argument(metavar="[结果]", help="怎样办的")] = None,
    at: At = None,
    as_json: Json = False,
) -> None:
    """记下答应的事办了。

    示例:
      sixping shift done 12 "已回电说明"
    """
    from sixping.services.office import shifts

    context = Context.of(ctx)
    words = require_text(outcome, "结果") if outcome is not None else None
    moment = moment_of(context, at, dated.SHIFT_AT) if at else context.now
    with recording(context) as tx:
        made, seq = shifts.keep(tx, number, words, moment)
    context.say(
        f"第 {number} 条已办 (第 {seq} 号)。", f"记错了: sixping shift void {seq} --reason 理由"
    )
    _answer(context, made, as_json=as_json)


@revealing
def promised(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="办了的也列出")] = False,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出值班时答应了还没有办的事, 日子近的在前; 到期的也见 overdue。

    示例:
      sixping shift promised
      sixping shift promised --all --format md
    """
    from sixping.services.office import shifts

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        rows = shifts.promises(con, now, every=every, reveal=wish.reveal, as_of=seq)
        whole = len(rows) if every else len(shifts.promises(con, now, every=True, as_of=seq))
    record_seen(context, wish, "shift", rows)
    publish(context, wish, rows, _PROMISES, rows, _late, ("outcome", "by", "done", "to"))
    if not rows and not asleep(context, REGISTER):
        of_list(
            context, (None if every else "未办",), whole=whole, what="答应的事",
            listing="sixping shift promised --all",
            begin="sixping shift note 记事 --promised 日期 --to 对方",
        )  # fmt: skip


def _late(row: Row) -> Mapping[str, Tone]:
    return {"late": "late"} if row["late"] else {}


@revealing
def show(
    ctx: typer.Context,
    day: Day = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """查看一天的值班日志: 谁值守、记事、交接、答应未办的事; 可出文件。

    示例:
      sixping shift show
      sixping shift show --date 昨天 -o 值班日志.docx
      sixping shift show --reveal --reason 核对记事
    """
    from sixping.services.papers.shifts import day_paper

    context = Context.of(ctx)
    context.existing_ledger()
    fmt = wish.choose(context, PAPER_FORMATS)
    with reading(context) as con:
        then = then_of(context, con, as_of)
        date = day_of(context, day, dated.SHIFT_DATE) if day or not as_of else then.now.date()
        found = _day(con, date, then, reveal=wish.reveal)
        paper = day_paper(con, found, then.now) if fmt in PAPERS else None
    record_seen(context, wish, "shift", (*found.notes, *found.handovers, *found.promises))
    if paper is None:
        publish(context, wish, found.notes, _ENTRIES, found.json())
        return
    publish_paper(context, wish, paper, name="值班日志")
    if fmt == "table" and context.terminal.isatty:
        context.say(f"出文件: sixping shift show --date {date} -o 值班日志.docx")


@answering
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.SHIFT_MONTH.option] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出一个月里每天的值班日志; 没有日志的日子是不知道, 不是没有事。

    示例:
      sixping shift list
      sixping shift list --month 2026-11 -o 值班日志.csv
    """
    from sixping.services.office import shifts
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        today = now.date()
        first, last = (
            month_of(context, month, dated.SHIFT_MONTH) if month else (today.replace(day=1), today)
        )
        begun = register_begun(con, REGISTER, seq)
        rows = shifts.days(con, rulebooks_on(con, seq).calendar, first, last, today, seq)
    publish(context, wish, rows, _DAYS, {"since": begun, "days": rows}, _without)
    if begun is None:
        of_sleeping(context, REGISTER)
    elif not rows:
        context.say(f"自{understood_day(begun)}起登记, 这一月还没有记录。")
    elif empty := [row["date"] for row in rows if not row["logged"] and row["date"] < today]:
        since = (
            f"自{understood_day(begun)}起 {len(rows)} 天" if begun >= first else f"{len(rows)} 天"
        )
        context.say(f"{since}, 没有日志的 {len(empty)} 天 (不知道有没有事, 不作违反)。")


def _without(row: Row) -> Mapping[str, Tone]:
    return {} if row["logged"] else {"logged": "soon"}


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的值班记事、交接或办结; 两条都保留在台账里。

    示例:
      sixping shift void 45 --reason 人写错了
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

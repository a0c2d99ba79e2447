"""``accountability`` (五.3, 附1.3): whom, on which lapses, heard before, reviewed after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.answers import Wish, fitting, publish
from sixping.console.context import Context
from sixping.console.days import day_of, read_day
from sixping.console.nothing import asleep, of_list
from sixping.console.options import AsJson, Reason, answering
from sixping.console.recording import Seq, reading, recording, void_event
from sixping.console.stepcommand import require_text
from sixping.errors import UsageFault
from sixping.office.accountability import (
    STREAM,
    Outcome,
    ProposalAnswered,
    Resulted,
    ReviewAnswered,
    ReviewAsked,
    StatementAsked,
    StatementGiven,
    entries_on,
    find,
)
from sixping.policy.vocabulary import LAPSES
from sixping.render.table import Column
from sixping.util.names import meant
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from sixping.office.accountability import Entry, OfEntry

Name = Annotated[str, typer.Argument(metavar="编号", help="如 q3, 见 accountability list")]
Text = Annotated[str, typer.Option("--text", metavar="文字", help="内容; 流水里不印")]
Day = Annotated[str | None, dated.ACCOUNT_DATE.option]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="对哪个单位")]
OfPerson = Annotated[
    str | None, typer.Option("--person", metavar="人员", help="对哪个人 (登记的): 编号或姓名")
]
_COLUMNS = (
    Column("id", "编号"),
    Column("basis", "依据"),
    Column("state", "现状"),
    Column("kind", "方式"),
    Column("opened", "立项", "day"),
    Column("lapses", "情形", "int"),
    Column("asked", "请说明", "day"),
    Column("answer_by", "说明期限", "day"),
    Column("stated", "已说明", "day"),
    Column("decided", "决定", "day"),
    Column("role", "决定人职务"),
    Column("due", "报结果期限", "day"),
    Column("resulted", "已报结果", "day"),
    Column("review", "申请复核", "day"),
    Column("outcome", "复核结果"),
    Column("answered", "对方答复", "day"),
)
_COLUMNS_FROM = {"review": 120, "outcome": 110, "answered": 110, "asked": 140, "role": 140}
_LEAVING = ("role", "asked", "answer_by", "answered", "review", "resulted", "stated", "lapses")
_TOLD = (
    ("unit", "单位"), ("name", "人员"), ("about", "对象"), ("keys", "依据的情形"),
    ("numbers", "事项"), ("facts", "事实"), ("request", "请说明什么"), ("statement", "说明的内容"),
    ("decision", "决定的内容"), ("decided_by", "决定人"), ("to", "送交"), ("result", "结果"),
    ("review_text", "申请的内容"), ("review_answer", "复核的内容"), ("answer", "对方答复"),
)  # fmt: skip


def open_(
    ctx: typer.Context,
    *,
    lapse: Annotated[
        list[str],
        typer.Option("--lapse", metavar="情形", help="编号.情形, 如 123.办结超期; 须在 lapses 里"),
    ],
    text: Text,
    unit: OfUnit = None,
    person: OfPerson = None,
    as_json: AsJson = False,
) -> None:
    """立一项问责: 依据台账里的超期及不规范办理情形, 对单位或人 (五.3)。

    示例:
      sixping accountability open --lapse 123.办结超期 --unit 市场监管所 --text "多次催办未办"
    """
    from sixping.services.office.accountability import open_entry

    context = Context.of(ctx)
    matter = require_text(text, "事实 (--text)")
    with recording(context) as tx:
        entry, seq = open_entry(tx, lapse, unit, person, matter)
    context.say(
        f"已立项 {entry.id}, 依据 {len(entry.opened.lapses) if entry.opened else 0} 项"
        f" (第 {seq} 号)。",
        f"下一步请单位说明: sixping accountability ask {entry.id} --answer-by 日期",
    )
    _answer(context, entry, as_json=as_json)


def ask(
    ctx: typer.Context,
    name: Name,
    *,
    answer_by: Annotated[str, dated.STATEMENT_BY.option],
    day: Day = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="请说明什么")] = None,
    as_json: AsJson = False,
) -> None:
    """请单位在哪一天前说明; 说明之前 (或到期未说明之前) 不能决定 (五.3)。

    示例:
      sixping accountability ask q1 --answer-by 12月4日
    """
    context = Context.of(ctx)
    when = day_of(context, day, dated.ACCOUNT_DATE)
    by = read_day(answer_by, context.now, dated.STATEMENT_BY, context.say)
    if by < when:
        raise UsageFault(f"--answer-by {by} 早于 {when}。", "请核对日期。")
    words = require_text(text, "内容 (--text)") if text is not None else None
    event = StatementAsked(entry=_id(name), day=when, answer_by=by, matter=words)
    _record(context, event, "已请单位说明", as_json=as_json)


def statement(
    ctx: typer.Context, name: Name, *, text: Text, day: Day = None, as_json: AsJson = False
) -> None:
    """记录单位的说明 (五.3)。

    示例:
      sixping accountability statement q1 --text "因配合专项行动延误"
    """
    context = Context.of(ctx)
    when = day_of(context, day, dated.ACCOUNT_DATE)
    matter = require_text(text, "说明 (--text)")
    event = StatementGiven(entry=_id(name), day=when, matter=matter)
    _record(context, event, "已记录单位说明", as_json=as_json)


def decide(
    ctx: typer.Context,
    name: Name,
    *,
    kind: Annotated[
        str, typer.Option("--kind", metavar="方式", help="规则里的方式, 如 提醒、约谈、整改")
    ],
    decided_by: Annotated[
        str, typer.Option("--decided-by", metavar="姓名", help="决定人: 有批准职务的人")
    ],
    text: Text,
    day: Day = None,
    due: Annotated[str | None, dated.RESULT_DUE.option] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="机关", help="移交线索的: 移交给谁")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """记录决定: 由谁、哪天、什么方式; 整改的写明什么时候报结果 (五.3)。

    示例:
      sixping accountability decide q1 --kind 整改 --decided-by 演示乙 --due 12月20日
        --text "限期整改"
    """
    from sixping.services.office.accountability import decide as record_decision

    context = Context.of(ctx)
    matter = require_text(text, "决定 (--text)")
    sent_to = require_text(to, "机关 (--to)", SHORT) if to is not None else None
    when = day_of(context, day, dated.ACCOUNT_DATE)
    wanted = read_day(due, context.now, dated.RESULT_DUE, context.say) if due else None
    with recording(context) as tx:
        entry, seq, remark = record_decision(
            tx, _id(name), sort=kind, by=decided_by, day=when, due=wanted, to=sent_to, matter=matter
        )
    unheard = entry.decided is not None and entry.decided.unheard
    more = " 单位到期没有说明, 已照此记录。" if unheard else ""
    context.say(f"已记录 {entry.id} 的决定: {entry.sort} (第 {seq} 号)。{more}")
    if remark:
        context.say(remark)
    _say_next(context, entry)
    _answer(context, entry, as_json=as_json)


def result(
    ctx: typer.Context, name: Name, *, text: Text, day: Day = None, as_json: AsJson = False
) -> None:
    """记录整改等的结果 (五.3)。

    示例:
      sixping accountability result q1 --text "已建立签收登记"
    """
    context = Context.of(ctx)
    when = day_of(context, day, dated.ACCOUNT_DATE)
    matter = require_text(text, "结果 (--text)")
    _record(
        context, Resulted(entry=_id(name), day=when, matter=matter), "已记录结果", as_json=as_json
    )


def review(
    ctx: typer.Context,
    name: Name,
    *,
    text: Text,
    outcome: Annotated[
        str | None,
        typer.Option("--outcome", metavar="结果", help="答复复核: 维持 变更 撤销; 不写即申请"),
    ] = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """记录申请复核; 加 --outcome 记录复核的答复 (五.3)。

    示例:
      sixping accountability review q1 --text "认为情节认定有误"
      sixping accountability review q1 --outcome 维持 --text "经复核, 事实清楚"
    """
    context = Context.of(ctx)
    when = day_of(context, day, dated.ACCOUNT_DATE)
    matter = require_text(text, "内容 (--text)")
    event: OfEntry
    if outcome is None:
        event, said = ReviewAsked(entry=_id(name), day=when, matter=matter), "已记录复核申请"
    else:
        words = {each.value: each.value for each in Outcome}
        known = f"可用: {'、'.join(Outcome)}。"
        came_to = Outcome(meant(outcome, words, "复核结果 (--outcome)", known))
        event = ReviewAnswered(entry=_id(name), day=when, outcome=came_to, matter=matter)
        said = f"已记录复核结果: {came_to}"
    _record(context, event, said, as_json=as_json)


def propose(
    ctx: typer.Context,
    *,
    kind: Annotated[str, typer.Option("--kind", metavar="建议", help="责任查究 或 一票否决")],
    to: Annotated[str, typer.Option("--to", metavar="机关", help="送交有权决定的机关")],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="事实; 流水里不印")],
    unit: OfUnit = None,
    person: OfPerson = None,
    about: Annotated[
        str | None, typer.Option("--about", metavar="对象", help="没有登记的单位或个人")
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="编号", help="涉及的事项, 可多次")
    ] = None,
    day: Annotated[str | None, dated.PROPOSED_DATE.option] = None,
    as_json: AsJson = False,
) -> None:
    """记录街道的建议: 对严重危害社会治安的单位和个人, 建议责任查究或一票否决 (附1.3)。

    示例:
      sixping accountability propose --kind 一票否决 --about 演示物业公司 --to 区委政法委
        --case 123 --text "一年内两次发生重大治安问题"
    """
    from sixping.services.office.accountability import propose as record_proposal

    context = Context.of(ctx)
    matter = require_text(text, "事实 (--text)")
    sent_to = require_text(to, "机关 (--to)", SHORT)
    whom = require_text(about, "对象 (--about)", SHORT) if about is not None else None
    when = day_of(context, day, dated.PROPOSED_DATE)
    with recording(context) as tx:
        entry, seq = record_proposal(
            tx, sort=kind, unit=unit, person=person, about=whom, numbers=case or (), to=sent_to,
            day=when, matter=matter,
        )  # fmt: skip
    context.say(
        f"已记录建议 {entry.id}: {entry.sort} (第 {seq} 号); 由对方决定, 街道不作决定。",
        f"对方答复后: sixping accountability reply {entry.id} --text 内容",
    )
    _answer(context, entry, as_json=as_json)


def reply(
    ctx: typer.Context, name: Name, *, text: Text, day: Day = None, as_json: AsJson = False
) -> None:
    """记录对方机关对建议的答复 (附1.3)。

    示例:
      sixping accountability reply q2 --text "已立案核查"
    """
    context = Context.of(ctx)
    when = day_of(context, day, dated.ACCOUNT_DATE)
    matter = require_text(text, "答复 (--text)")
    event = ProposalAnswered(entry=_id(name), day=when, matter=matter)
    _record(context, event, "已记录对方的答复", as_json=as_json)


@answering
def list_(
    ctx: typer.Context,
    *,
    state: Annotated[
        str | None, typer.Option("--state", metavar="现状", help="如 复核中、待报结果")
    ] = None,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出问责和建议走到哪一步; 不列姓名、单位和内容 (五.3, 附1.3)。

    示例:
      sixping accountability list
    """
    from sixping.console.days import then_of
    from sixping.services.office.accountability import kept_on, row

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        then = then_of(context, con, as_of)
        every = kept_on(con, then.seq).values()
    rows = [row(each) for each in every if state is None or state.strip() in each.stands]
    heads = fitting(context, wish, _COLUMNS, _COLUMNS_FROM)
    publish(context, wish, rows, heads, rows, leaving=_LEAVING)
    if not rows and not asleep(context, "accountability"):
        of_list(
            context, (state,), whole=len(every), what="问责记录",
            listing="sixping accountability list",
            begin="sixping accountability open --lapse 编号.情形 --unit 单位 --text 事实",
        )  # fmt: skip


def show(
    ctx: typer.Context,
    name: Name,
    reason: Reason,
    reveal: Annotated[bool, typer.Option("--reveal", help="文字和对象不遮盖")] = False,
    as_json: AsJson = False,
) -> None:
    """查看一项问责: 对谁、依据、说明、决定、复核; 谁看过、为什么, 记入台账 (见 audit)。

    示例:
      sixping accountability show q1 --reason 复核
    """
    from sixping.office.registers import require
    from sixping.services.office.accountability import KEY, details

    context = Context.of(ctx)
    why = require_text(reason, "理由 (--reason)")
    with reading(context) as con:
        require(con, KEY)
        entry = find(entries_on(con), name)
    seen = {"list": f"问责 {entry.id}", "count": 1}
    with recording(context) as tx:
        tx.note("job", "reveal", "revealed", seen, {"reason": why})
    with reading(context) as con:
        document = details(con, entry, reveal=reveal)
    wish = Wish(as_json=as_json)
    if wish.choose(context) == "json":
        publish(context, wish, [document], _COLUMNS, document)
        return
    columns = (Column("label", "项目"), Column("value", "内容", elastic=True))
    lines: list[dict[str, Any]] = [
        {"label": column.title, "value": _said(document[column.key])}
        for column in _COLUMNS
        if document.get(column.key) not in {None, 0}
    ]
    lines += [
        {"label": title, "value": _said(document[key])} for key, title in _TOLD if document[key]
    ]
    publish(context, wish, lines, columns)


def _said(value: object) -> str:
    """Return a value as people read it; a lapse by the name of its kind."""
    if not isinstance(value, list):
        return str(value)
    named = (str(each).rpartition(".") for each in value)
    return "、".join(f"{number}{dot}{LAPSES.get(kind, kind)}" for number, dot, kind in named)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的问责记录; 两条都保留在台账里。

    示例:
      sixping accountability void 45 --reason 单位写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)


def _id(name: str) -> str:
    return name.strip().lower()


def _record(context: Context, event: OfEntry, said: str, *, as_json: bool) -> None:
    """Record what happened to an entry and say so."""
    from sixping.services.office.accountability import record

    with recording(context) as tx:
        entry, seq = record(tx, event)
    context.say(f"{entry.id} {said} (第 {seq} 号); 现在: {entry.state}。")
    _say_next(context, entry)
    _answer(context, entry, as_json=as_json)


#: where an entry stands → what comes next; what has ended has no next step
_NEXT = {
    "待单位说明": "单位说明后: sixping accountability statement {id} --text 说明",
    "已说明, 待决定": "决定后: sixping accountability decide {id} --kind 方式 --decided-by 决定人"
                      " --text 决定",
    "待报结果": "报结果: sixping accountability result {id} --text 结果",
    "已决定": "单位申请复核的: sixping accountability review {id} --text 内容",
    "复核中": "复核后: sixping accountability review {id} --outcome 维持 --text 内容",
}  # fmt: skip


def _say_next(context: Context, entry: Entry) -> None:
    """Say what comes next; while a result is owed also after a review."""
    way = _NEXT.get(entry.state) or (_NEXT["待报结果"] if entry.result_due else None)
    if way:
        context.say(way.format(id=entry.id))


def _answer(context: Context, entry: Entry, *, as_json: bool) -> None:
    from sixping.services.office.accountability import row

    if as_json:
        shown = row(entry)
        publish(context, Wish(as_json=True), [shown], _COLUMNS, shown)

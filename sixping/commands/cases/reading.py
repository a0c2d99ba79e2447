"""Commands that read: show, list, search, log, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import Wish, publish, write_text
from sixping.console.casefilters import (
    AnsweredBy,
    ByChannel,
    CaseFilters,
    InCommunity,
    InGrid,
    InStatus,
    OfCategory,
    OfNature,
    OfUnit,
    OnPlatform,
    ReceivedFrom,
    ReceivedTo,
)
from sixping.console.context import Context
from sixping.console.options import (
    AsJson,
    Force,
    Number,
    OfGrade,
    Output,
    Reveal,
    RevealReason,
    answering,
    revealing,
)
from sixping.console.recording import record_reveal, record_seen
from sixping.documents.eventwords import STREAMS, stream_named
from sixping.errors import UsageFault
from sixping.policy.vocabulary import UNCONFIRMED
from sixping.render.caselist import days_said
from sixping.render.casesheet import Sheet, sheet
from sixping.render.formats import SHEETS
from sixping.util.masking import mask_text
from sixping.util.text import spoken_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.cases.model import Case
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

Limit = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="最多列出几件, 并说明略去几件")
]


def show(
    ctx: typer.Context,
    number: Number,
    reveal: Reveal = False,
    reason: RevealReason = None,
    as_json: AsJson = False,
    output: Output = None,
    force: Force = False,
) -> None:
    """查看一件: 内容、理由、时限、经过。

    示例:
      sixping show 123
      sixping show 2026-000123 --json
      sixping show 123 --reveal --reason 回访
    """
    from sixping.cases.lifecycle import fold
    from sixping.console import listing
    from sixping.queries import cases
    from sixping.services.casefile import read_case
    from sixping.services.rulebooks import naming_on
    from sixping.store.log import read_entries
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    context.existing_ledger()
    number = full_number(number, context.now.year)
    wish = Wish(None, as_json, output, reveal=reveal, force=force)
    wish.refuse_taken(context)
    fmt = wish.choose(context, ("table", "tsv", "json"))
    record_reveal(context, {"numbers": [number]}, reason, asked=reveal)
    with reading(context.ledger) as con:
        document = read_case(con, number, context.now, reveal=reveal)
        naming = naming_on(con, context.now.date())
        how = Sheet(context.now, naming=naming)
        if context.terminal.isatty and fmt == "table":
            case = fold(number, read_entries(con, number))
            terminal, following = context.terminal, _following(con, context, case, document)
            how = how._replace(width=terminal.width, color=terminal.color, following=following)
        row = cases.case(con, number)
        how = how._replace(waits=days_said(row, listing.moment(con, context, [row])))
    if fmt == "json":
        publish(context, wish, [], (), document)
        return
    if wish.path:
        how = how._replace(width=None, color=False, following="")
    write_text(context, wish, sheet(document, how))
    if how.width:
        short = spoken_number(number, context.now.year)
        undo = f"   撤销一步: sixping void {short} 流水号 --reason 理由"
        context.say(f"逐日算期限: sixping explain {short}{undo}")
        if how.following:
            context.say(f"下一步: {how.following}")


def _following(con: Connection, context: Context, case: Case, document: dict[str, Any]) -> str:
    """Return what comes next for a case: the answer to a demand, else its next step."""
    from sixping.console.receipt import demanded, next_step
    from sixping.reports.urging import next_level
    from sixping.services.rulebooks import rulebooks_on

    step = next_step(case, document["suggested_lead"])
    if not case.status.open or not case.unanswered:
        return step
    level = next_level(case, rulebooks_on(con).rules(case.received_at.date()))
    return f"{demanded(case, level, context.now.year)}; {step}"


@revealing
def list_(
    ctx: typer.Context,
    *,
    unit: OfUnit = None,
    community: InCommunity = None,
    grid: InGrid = None,
    platform: OnPlatform = None,
    category: OfCategory = None,
    severity: OfGrade = None,
    status: InStatus = None,
    channel: ByChannel = None,
    nature: OfNature = None,
    person: AnsweredBy = None,
    start: ReceivedFrom = None,
    end: ReceivedTo = None,
    every: Annotated[bool, typer.Option("--all", help="也列出已经结束的")] = False,
    limit: Limit = None,
    wish: Wish,
) -> None:
    """列出在办的事项, 最近到期的在前。

    在屏幕上, 重大和待联席会议研究的排在最前; 输出到文件或管道时一律按到期先后。

    示例:
      sixping list
      sixping list --all --from 2026-10-01 --to 2026-10-31
      sixping list --unit 城管执法中队 --json
    """
    from sixping.console import listing
    from sixping.queries import cases
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    path = context.existing_ledger()
    screen = wish.choose(context, SHEETS) == "table" and context.terminal.isatty and not wish.path
    filters = CaseFilters(
        unit, community, grid, platform, category, severity, status, channel, nature, start, end,
        person,
    )  # fmt: skip
    days = filters.days(context)
    with reading(path) as con:
        asked = filters.asked(con, context, days)
        listed = cases.list_cases(
            con, **asked, every=every, limit=limit, as_of=None, pressing=screen
        )
        document = listing.cases_json(context, wish, con, listed[0])
        people = listing.names_of(con, listed[0])
        whole = cases.counts(con) if not listed[0] else (0, 0)
        waiting = cases.waiting(con, "grade") if severity else []
    record_seen(context, wish, "list", listed[0])
    wanted = [*(value for name, value in asked.items() if name not in _RECEIVED), start, end]
    if screen and listed[0]:
        _say_order(context, len(listed[0]) + listed[1], filtered=any(wanted), every=every)
    listing.show_cases(context, wish, listed, document, people)
    _say_suggested(context, sum(row.severity == severity for row in waiting), severity)
    if not listed[0] and context.terminal.isatty:
        _say_none(context, wanted, whole, every=every)
    elif screen:
        _say_next(context, listed[0], every=every or status is not None)


#: what a query is asked of the days of receipt
_RECEIVED = frozenset({"start", "end"})


def _say_order(context: Context, count: int, *, filtered: bool, every: bool) -> None:
    """Say before a list how many cases it has, and in what order."""
    which = "符合条件的" if filtered else "全部" if every else "在办"
    rest = "其余按到期先后" + (", 已结束的按编号" if every else "")
    context.say(f"{which} {count} 件, 重大和待联席会议研究在前, {rest}")


def _say_next(context: Context, rows: Sequence[CaseRow], *, every: bool) -> None:
    """Say behind a list how it goes on: all of them, and one of them."""
    whole = "" if every else "全部: sixping list --all   "
    context.say(f"{whole}一件: sixping show {spoken_number(rows[0].number, context.now.year)}")


def _say_none(
    context: Context, wanted: Sequence[object], whole: tuple[int, int], *, every: bool
) -> None:
    """Say that no case is listed: none fits, or none is open."""
    running, known = whole
    if not known:
        context.say("台账里还没有事项。", "下一步: sixping intake 内容")
    elif any(wanted):
        from sixping.console.nothing import by_filter

        said = f"全部 {known} 件, 其中在办 {running} 件。"
        by_filter(context, wanted, said, f"sixping list{'' if every else ' --all'}")
    else:
        context.say(f"目前没有在办的事项。全部 {known} 件: sixping list --all")


def _say_suggested(context: Context, count: int, severity: str | None) -> None:
    """Say how many more the program would give this grade, and nobody has found it yet."""
    if count:
        way = f"sixping list --severity {UNCONFIRMED}"
        context.say(f"另有 {count} 件只是建议为{severity}, 等级待确认: {way}")


@revealing
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="词…", help="各词都要出现")],
    limit: Limit = None,
    *,
    wish: Wish,
) -> None:
    """按词查找全部事项: 编号、各步文字和现在的内容、地点、来源编号。

    更正过的按更正后的文字查找; 原来的文字见 show、log。隐去的号码和姓名查不到。

    示例:
      sixping search 电梯
      sixping search 江南大道 占道
    """
    from sixping.console import listing
    from sixping.queries import cases
    from sixping.services.personal.searching import kinds_of, search
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    path = context.existing_ledger()
    terms = [word for part in words for word in part.split()]
    if not terms:
        raise UsageFault("没有写明要找的词。", "例如: sixping search 电梯")
    screen = wish.choose(context, SHEETS) == "table" and context.terminal.isatty and not wish.path
    with reading(path) as con:
        listed = search(con, terms, limit, whole=wish.reveal)
        document = listing.cases_json(context, wish, con, listed[0])
        people = listing.names_of(con, listed[0])
        known = cases.counts(con)[1] if not listed[0] else 0
    record_seen(context, wish, "search", listed[0], terms=kinds_of(terms))
    if screen and listed[0]:
        found = len(listed[0]) + listed[1]
        context.say(f"找到 {found} 件, 在办的按到期先后在前, 其余按编号")
    listing.show_cases(context, wish, listed, document, people)
    if screen and listed[0]:
        _say_next(context, listed[0], every=True)
    if not listed[0] and context.terminal.isatty:
        sought = "”和“".join(map(mask_text, terms))
        context.say(f"没有同时含有“{sought}”的事项。全部 {known} 件。")


@answering
def log(
    ctx: typer.Context,
    *,
    number: Annotated[
        str | None, typer.Argument(metavar="[编号]", help="一件的经过; 不写则是整个台账")
    ] = None,
    since: Annotated[int, typer.Option("--since", min=0, metavar="序号", help="这一序号之后")] = 0,
    stream: Annotated[
        str | None, typer.Option("--stream", metavar="种类", help=" ".join(STREAMS.values()))
    ] = None,
    limit: Limit = None,
    reveal: Reveal = False,
    reason: RevealReason = None,
    wish: Wish,
) -> None:
    """台账流水: 谁在何时记了什么, 旧的在前。

    示例:
      sixping log 123
      sixping log --limit 20
      sixping log --since 1000 --format jsonl
    """
    from sixping.console import listing
    from sixping.queries import cases
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    path = context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    subject = full_number(number, context.now.year) if number else None
    numbers = [subject] if subject else []
    kept = stream_named(stream) if stream else None
    record_reveal(context, {"numbers": numbers}, reason, asked=reveal)
    with reading(path) as con:
        if subject:
            cases.case(con, subject)
        rows, left = cases.log(con, since=since, stream=kept, subject=subject, limit=limit)
        document = listing.entries_json(con, rows, reveal=reveal)
        last = cases.head(con)[0]
    screen = wish.choose(context) == "table" and context.terminal.isatty and not wish.path
    if screen and rows:
        context.say(f"{len(rows)} 条, 旧的在前")
    listing.show_entries(context, wish, document, short=screen)
    if not rows and context.terminal.isatty:
        from sixping.console.nothing import by_filter

        wanted = (subject, kept and STREAMS[kept], f"序号 {since} 之后" if since else None)
        by_filter(context, wanted, f"台账现到第 {last} 号。", "sixping log --limit 20")
    listing.say_left(context, left, "条更早的记录")
    if screen and (last_case := next((r.subject for r in rows[::-1] if r.stream == "case"), None)):
        context.say(f"一件: sixping show {spoken_number(last_case, context.now.year)}")


@answering
def explain(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="[编号]", help="说明一件的各个期限")
    ] = None,
    start: Annotated[str | None, dated.COUNT_FROM.option] = None,
    workdays: Annotated[
        int | None, typer.Option("--workdays", min=1, max=1000, metavar="N", help="几个工作日")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """逐日说明期限怎样算出, 每个休息日和补班日都列明。

    示例:
      sixping explain 123
      sixping explain --from 2026-09-30 --workdays 5
    """
    from sixping.commands.cases.explain import explain_case, explain_period

    context = Context.of(ctx)
    wish.choose(context)
    if number is not None and (start or workdays):
        raise UsageFault("编号与 --from、--workdays 不能同用。", "请二者取一。")
    if number is not None:
        explain_case(context, wish, number)
    elif start and workdays:
        explain_period(context, wish, start, workdays)
    else:
        raise UsageFault("没有写明要说明什么。", "请写编号, 或同时写 --from 日期 --workdays 天数。")

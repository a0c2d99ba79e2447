"""``export``: cases, answers to a source, or every event, as a file others can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sixping.console import dated
from sixping.console.answers import Wish
from sixping.console.casefilters import (
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
    channel_named,
    filter_words,
)
from sixping.console.context import Context
from sixping.console.handing import OPEN311, Order, give_out, why_revealed
from sixping.console.options import (
    AsJson,
    Force,
    NoHeaders,
    OfGrade,
    Output,
    Reveal,
    RevealReason,
)
from sixping.console.recording import reading
from sixping.console.stepcommand import stamp_of
from sixping.errors import UsageFault
from sixping.render import handout
from sixping.render.formats import STREAMED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.render.table import Column
    from sixping.services.exporting import Photograph
    from sixping.store.sqlite import Connection

FORMATS = (*STREAMED, "xlsx", OPEN311)
What = Annotated[
    Literal["cases", "events"],
    typer.Argument(metavar="[cases|events]", help="事项 (默认), 或全部流水"),
]
Open = Annotated[bool, typer.Option("--open", help="只要在办的; 不写则已经结束的也在内")]
Answers = Annotated[bool, typer.Option("--answers", help="给来源的答复: 须写 --channel 和 --since")]
Mark = Annotated[
    bool,
    typer.Option("--mark", help="与 --answers 同用: 写出的办结结果记为已回复来源 (三.1)"),
]
Since = Annotated[str | None, dated.ANSWERS_SINCE.option]
ForPeople = Annotated[bool, typer.Option("--for-people", help="给人看: 单位要用的列, 中文表头")]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="列名,…", help=f"只要这些列, 按此顺序; {handout.EVERY}: 每一列"
    ),
]
Open311 = Annotated[
    bool, typer.Option("--open311", help="Open311 (GeoReport v2) 的 JSON, 同 --format open311")
]
Format = Annotated[str | None, typer.Option("--format", metavar="格式", help=" ".join(FORMATS))]


def export(
    ctx: typer.Context,
    *,
    what: What = "cases",
    unit: OfUnit = None,
    community: InCommunity = None,
    grid: InGrid = None,
    platform: OnPlatform = None,
    category: OfCategory = None,
    severity: OfGrade = None,
    status: InStatus = None,
    channel: ByChannel = None,
    nature: OfNature = None,
    start: ReceivedFrom = None,
    end: ReceivedTo = None,
    only_open: Open = False,
    answers: Answers = False,
    since: Since = None,
    mark: Mark = False,
    for_people: ForPeople = False,
    columns: Columns = None,
    open311: Open311 = False,
    fmt: Format = None,
    as_json: AsJson = False,
    output: Output = None,
    force: Force = False,
    no_headers: NoHeaders = False,
    reveal: Reveal = False,
    reason: RevealReason = None,
) -> None:
    """导出事项 (CSV、Excel、JSON、Open311)、给来源的答复, 或全部流水。

    不写条件即全部事项, 已结束的也在内。姓名、电话等遮盖; 每次导出记入台账。
    列: 编号 number、渠道 channel、来源编号 source_no … 见 docs/export.md。

    示例:
      sixping export -o 事项.csv
      sixping export --unit 城管执法中队 --open --for-people -o 交办.xlsx
      sixping export --for-people --columns 编号,内容,社区,办结期限 -o 清单.xlsx
      sixping export --answers --channel 省平安信息系统 --since 昨天 --mark -o 答复.csv
      sixping export events -o 流水.jsonl
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = Wish(OPEN311 if open311 else fmt, as_json, output, not no_headers, reveal, force=force)
    filters = CaseFilters(
        unit, community, grid, platform, category, severity, status, channel, nature, start, end
    )
    order = Order(context, wish, for_people, why_revealed(reason, asked=reveal))
    if what == "events":
        _refuse_beside("events", answers, since, mark, only_open, for_people, columns, *filters)
        from sixping.commands.cases.eventsout import export_events

        export_events(order)
    elif answers:
        _refuse_beside("--answers", only_open, *filters._replace(channel=None))
        _export_answers(order, channel, since, columns, marked=mark)
    else:
        _refuse_without_answers(since, mark=mark)
        _export_cases(order, filters, columns, every=not only_open)


def _refuse_beside(word: str, *given: object) -> None:
    if any(given):
        raise UsageFault(f"{word} 不能与这些条件同用。", "请去掉条件, 见 sixping export --help。")


def _refuse_without_answers(since: str | None, *, mark: bool) -> None:
    if mark:
        raise UsageFault("--mark 只与 --answers 同用。", "请加 --answers, 或去掉 --mark。")
    if since:
        raise UsageFault("--since 只与 --answers 同用。", "收到的日期请写 --from。")


def _export_cases(order: Order, filters: CaseFilters, columns: str | None, *, every: bool) -> None:
    from sixping.queries.office import registers_begun
    from sixping.services.exporting import photograph

    fmt = order.choose(FORMATS)
    if columns and fmt == OPEN311:
        raise UsageFault("Open311 的字段是固定的, 不能选列。", "请去掉 --columns, 或改用表格。")
    with reading(order.context) as con:
        known = handout.of_cases(registers_begun(con))
    heads = _heads(order, columns, known)
    days = filters.days(order.context)
    said = {"words": ""}

    def read(con: Connection) -> Photograph:
        asked = filters.asked(con, order.context, days)
        said["words"] = "; ".join(filter(None, [filter_words(asked, days), *_open(every)]))
        return photograph(
            con, asked, order.context.now, every=every, reveal=order.wish.reveal,
            open311=fmt == OPEN311,
        )  # fmt: skip

    count = give_out(order, "cases", fmt, heads, read, lambda: said["words"])
    order.context.say(f"已导出 {count} 件{order.target}。")
    if left := [column.title for column in known if column not in heads and not columns]:
        order.context.say(
            f"没有写出 {len(left)} 列: {'、'.join(left)}。"
            f"要每一列: --columns {handout.EVERY}; 要其中几列: --columns 列名,列名。"
        )


def _heads(order: Order, columns: str | None, known: Sequence[Column]) -> Sequence[Column]:
    """Return the columns that are named, else those for whom it is."""
    if columns is not None:
        return handout.chosen(known, columns)
    return handout.needed(known, reveal=order.wish.reveal) if order.for_people else known


def _open(every: bool) -> list[str]:
    return [] if every else ["在办"]


def _export_answers(
    order: Order, channel: str | None, since: str | None, columns: str | None, *, marked: bool
) -> None:
    from sixping.console.days import read_moment
    from sixping.documents.phrases import moment
    from sixping.services.exporting import answers
    from sixping.services.office.sources import mark, refuse_unowed
    from sixping.util.clock import from_text, to_text

    context = order.context
    if not channel or not since:
        raise UsageFault(
            "给来源的答复须写明渠道和时间。",
            "例如: sixping export --answers --channel 微信公众号 --since 昨天 -o 答复.csv",
        )
    fmt = order.choose((*STREAMED, "xlsx"))
    heads = handout.ANSWERS if columns is None else handout.chosen(handout.ANSWERS, columns)
    first = read_moment(context, since, dated.ANSWERS_SINCE)
    named = {"channel": channel, "last": ""}
    given: dict[str, str | None] = {}  # number → the result that was written

    def read(con: Connection) -> Photograph:
        named["channel"] = channel_named(con, context, channel) or channel
        if marked:
            refuse_unowed(con, named["channel"], context.now)
        found = answers(con, named["channel"], to_text(first), reveal=order.wish.reveal)
        named["last"] = found.last
        return found._replace(rows=_noted(found.rows, given)) if marked else found

    def words() -> str:
        return f"渠道 {named['channel']}; 自 {moment(first)}"

    def record() -> None:
        told = mark(context.ledger, stamp_of(context), given) if marked else 0
        if marked:
            context.say(f"已记为回复来源 {told} 件; 以前已回复的、没有办结结果的不记。")

    count = give_out(order, "answers", fmt, heads, read, words, record)
    last = from_text(named["last"])
    context.say(
        f"已导出 {count} 件的答复{order.target}。",
        f"下次请写 --since {last:%Y-%m-%dT%H:%M:%S} ({moment(last)}), 一件不漏。",
    )


def _noted(
    rows: Iterator[dict[str, Any]], given: dict[str, str | None]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        given[row["number"]] = row["resolved_at"]
        yield row

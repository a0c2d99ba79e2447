"""``export``: cases, answers to a source, or every event, as a file others can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

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
    OfUnit,
    OnPlatform,
    ReceivedFrom,
    ReceivedTo,
    channel_named,
    filter_words,
)
from sixping.console.context import Context
from sixping.console.options import AsJson, NoHeaders, OfGrade, Output, Reveal
from sixping.console.progress import progress
from sixping.console.recording import RevealReason
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import SixpingError, UsageFault
from sixping.render import handout, sheet
from sixping.render.formats import STREAMED, drafting, refuse_existing, text_on, write_array
from sixping.render.table import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from sixping.render.table import Column
    from sixping.services.exporting import Photograph
    from sixping.store.sqlite import Connection

What = Literal["cases", "events"]
OPEN311 = "open311"
FORMATS = (*STREAMED, "xlsx", OPEN311)
_FOR_PEOPLE = ("tsv", "csv", "xlsx")


def export(
    ctx: typer.Context,
    *,
    what: Annotated[
        What, typer.Argument(metavar="[cases|events]", help="事项 (默认), 或全部流水")
    ] = "cases",
    unit: OfUnit = None,
    community: InCommunity = None,
    grid: InGrid = None,
    platform: OnPlatform = None,
    category: OfCategory = None,
    severity: OfGrade = None,
    status: InStatus = None,
    channel: ByChannel = None,
    start: ReceivedFrom = None,
    end: ReceivedTo = None,
    only_open: Annotated[
        bool, typer.Option("--open", help="只要在办的; 不写则已经结束的也在内")
    ] = False,
    answers: Annotated[
        bool, typer.Option("--answers", help="给来源的答复: 须写 --channel 和 --since")
    ] = False,
    since: Annotated[str | None, dated.ANSWERS_SINCE.option] = None,
    for_people: Annotated[
        bool, typer.Option("--for-people", help="给人看: 中文表头, 日期照人的写法")
    ] = False,
    open311: Annotated[
        bool, typer.Option("--open311", help="Open311 (GeoReport v2) 的 JSON, 同 --format open311")
    ] = False,
    fmt: Annotated[
        str | None, typer.Option("--format", metavar="格式", help=" ".join(FORMATS))
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的文件")] = False,
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
      sixping export --answers --channel 省平安信息系统 --since 2026-11-20 -o 答复.csv
      sixping export events -o 流水.jsonl
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = Wish(OPEN311 if open311 else fmt, as_json, output, not no_headers, reveal)
    filters = CaseFilters(
        unit, community, grid, platform, category, severity, status, channel, start, end
    )
    order = Order(context, wish, for_people, force, _why(reason, asked=reveal))
    if what == "events":
        _refuse_beside("events", answers, since, only_open, for_people, *filters)
        from sixping.commands.cases.eventsout import export_events

        export_events(order)
    elif answers:
        _refuse_beside("--answers", only_open, *filters._replace(channel=None))
        _export_answers(order, channel, since)
    else:
        if since:
            raise UsageFault("--since 只与 --answers 同用。", "收到的日期请写 --from。")
        _export_cases(order, filters, every=not only_open)


class Order(NamedTuple):
    """How an export is wanted; ``reason``: why personal data are shown, None where masked."""

    context: Context
    wish: Wish
    for_people: bool = False
    force: bool = False
    reason: str | None = None

    def choose(self, possible: Sequence[str]) -> str:
        """Return the format; raises ``UsageFault``, or ``NotAllowed`` for an existing file."""
        wish = self.wish
        if wish.fmt is None and not wish.as_json and not wish.path:
            wish = wish._replace(fmt="tsv" if "tsv" in possible else possible[0])
        fmt = wish.choose(self.context, possible)
        if self.for_people and fmt not in _FOR_PEOPLE:
            raise UsageFault(
                "--for-people 用于 CSV、Excel 和 TSV。", "请改用 -o 文件.csv 或 .xlsx。"
            )
        if fmt == "xlsx" and not self.wish.path:
            raise UsageFault("Excel 工作簿不能写到屏幕或管道。", "请写 -o 文件.xlsx。")
        refuse_existing(self.wish.path, force=self.force)
        return fmt


def _why(reason: str | None, *, asked: bool) -> str | None:
    """Return why personal data are shown. Raises ``UsageFault``."""
    if asked and not reason:
        raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 移交区级")
    if reason and not asked:
        raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
    return require_text(reason, "理由 (--reason)") if reason else None


def _refuse_beside(word: str, *given: object) -> None:
    if any(given):
        raise UsageFault(f"{word} 不能与这些条件同用。", "请去掉条件, 见 sixping export --help。")


def _export_cases(order: Order, filters: CaseFilters, *, every: bool) -> None:
    from sixping.services.exporting import photograph

    fmt = order.choose(FORMATS)
    days = filters.days(order.context)
    said = {"words": ""}

    def read(con: Connection) -> Photograph:
        asked = filters.asked(con, order.context, days)
        said["words"] = "; ".join(filter(None, [filter_words(asked, days), *_open(every)]))
        return photograph(
            con, asked, order.context.now, every=every, reveal=order.wish.reveal,
            open311=fmt == OPEN311,
        )  # fmt: skip

    count = give_out(order, "cases", fmt, handout.CASES, read, lambda: said["words"])
    order.context.say(f"已导出 {count} 件{_target(order)}。")


def _open(every: bool) -> list[str]:
    return [] if every else ["在办"]


def _export_answers(order: Order, channel: str | None, since: str | None) -> None:
    from sixping.console.days import read_moment
    from sixping.documents.phrases import moment
    from sixping.services.exporting import answers
    from sixping.util.clock import to_text

    context = order.context
    if not channel or not since:
        raise UsageFault(
            "给来源的答复须写明渠道和时间。",
            "例如: sixping export --answers --channel 微信公众号 --since 2026-11-20 -o 答复.csv",
        )
    fmt = order.choose((*STREAMED, "xlsx"))
    first = read_moment(context, since, dated.ANSWERS_SINCE)
    named = {"channel": channel}

    def read(con: Connection) -> Photograph:
        named["channel"] = channel_named(con, context, channel) or channel
        return answers(con, named["channel"], to_text(first), reveal=order.wish.reveal)

    def words() -> str:
        return f"渠道 {named['channel']}; 自 {to_text(first)}"

    count = give_out(order, "answers", fmt, handout.ANSWERS, read, words)
    context.say(
        f"已导出 {count} 件的答复{_target(order)}。",
        f"下次请写 --since {context.now:%Y-%m-%dT%H:%M:%S} ({moment(context.now)}), 一件不漏。",
    )


def _target(order: Order) -> str:
    return f": {order.wish.path}" if order.wish.path else ""


def give_out(
    order: Order,
    what: str,
    fmt: str,
    columns: Sequence[Column],
    read: Callable[[Connection], Photograph],
    words: Callable[[], str],
) -> int:
    """Write what is read to the file or stream, whole or not at all, and record it before.

    ``words``: the filters, said once they are known. Returns how many rows there are.
    """
    from sixping.store.sqlite import reading

    context = order.context
    with drafting(order.wish.path) as out:
        with reading(context.ledger) as con:
            count, rows = read(con)
            with progress(context, count, "导出", unit="件") as advance:
                _write(order, fmt, columns, _counted(rows, advance), out)
        record_export(order, what, fmt, count, words())
    return count


def _counted(
    rows: Iterator[dict[str, Any]], advance: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        advance(1)


def _write(
    order: Order, fmt: str, columns: Sequence[Column], rows: Iterable[Any], out: BinaryIO
) -> None:
    wish, people = order.wish, order.for_people
    naming = order.context.naming if people else Page().naming
    page = Page(
        headers=wish.headers, reveal=True, people=people, kept=wish.path is not None, naming=naming
    )
    if fmt == "xlsx":
        sheet.write(rows, columns, out, page)
        return
    with text_on(out, sheet=fmt == "csv" and wish.path is not None) as text:
        if fmt == OPEN311:
            write_array(rows, text)
        else:
            STREAMED[fmt](rows, columns, text, page)


def record_export(order: Order, what: str, fmt: str, count: int, words: str) -> None:
    """Record who took out what; what is masked goes on where that cannot be recorded."""
    from sixping.services.exporting import record

    facts: dict[str, Any] = {"what": what, "format": fmt, "count": count}
    facts |= {"filters": words} if words else {}
    facts |= {"revealed": True} if order.reason else {}
    try:
        record(order.context.ledger, stamp_of(order.context), facts, order.reason)
    except SixpingError as fault:
        if order.reason:
            raise
        order.context.say(f"注意: 这次导出没有记入台账: {fault.what}")

"""The list of failures of a period with the evidence for each (五.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import answers, dated
from sixping.console.answers import FINDINGS, fitted, fitting, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.nothing import before_first_day, by_filter
from sixping.console.options import answering
from sixping.documents.lapses import lapses_json
from sixping.errors import UsageFault
from sixping.render.beside import TITLE
from sixping.render.drill import COLUMNS as OPENED
from sixping.render.drill import COLUMNS_FROM as OPENED_FROM
from sixping.render.drill import LEAVING as OPENED_LEAVING
from sixping.render.formats import SHEETS
from sixping.render.lapses import (
    COLUMNS,
    COLUMNS_FROM,
    LEAVING,
    rows,
    rows_beside,
    summary,
    summary_beside,
)
from sixping.reports.drill import NO_NAME, SEEN, of_seen, part_named
from sixping.reports.lapsedrill import FIGURES, of_unit, opened
from sixping.reports.period import Span
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from sixping.console.answers import Wish
    from sixping.render.paper.supervision.lapses import Listed
    from sixping.reports.drill import PartKey
    from sixping.reports.watched import Watched
    from sixping.store.sqlite import Connection


OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看它负责或协调的")]
OfCommunity = Annotated[
    str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
]
#: the forms of the paper: a table a unit; a terminal and a pipe have the list
_ON_PAPER = frozenset(answers.PAPERS) - {"table"}


@answering
def lapses(
    ctx: typer.Context,
    *,
    from_: Annotated[str | None, dated.LAPSES_FROM.option] = None,
    to: Annotated[str | None, dated.LAPSES_TO.option] = None,
    unit: OfUnit = None,
    community: OfCommunity = None,
    drill: Annotated[
        str | None,
        typer.Option("--drill", metavar="项目", help="只列一种情形, 或限内转出、事后补录、延期等"),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    wish: Wish,
) -> int:
    """超期及不规范办理清单: 一段时间的, 每项附依据、期限和责任单位 (五.2, 五.3)。

    示例:
      sixping lapses --from 10月1日 --unit 城管执法中队
      sixping lapses --json --exit-code
      sixping lapses --from 10月1日 --drill 单位.城管执法中队.办结超期
      sixping lapses --from 2026-10-01 --to 2026-10-31 -o 超期及不规范办理清单.docx
    """
    from sixping.render.paper.supervision.lapses import Listed
    from sixping.services.lapses import begins_after, beside, gather
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    form = wish.choose(context, SHEETS if drill else answers.PAPER_FORMATS)
    key = _key(drill) if drill else None
    span = _period(from_, to, context)
    with reading(context.existing_ledger()) as con:
        failures = gather(con, span, context.now, unit, community)
        seen = beside(con, span, context.now, unit, community)
        begins = begins_after(con, span, context.now)
        key = key and _in_full(con, key, {f.unit for f in failures} | {w.unit for w in seen})
        if form in _ON_PAPER and not key:
            of = Listed(span, failures, seen, {}, known=begins is None)
            _write_paper(context, wish, con, of, "，".join(filter(None, (unit, community))))
            return FINDINGS if exit_code and failures else 0
    wanted = (key and key.name, key and FIGURES[key.figure], unit, community)
    if key and key.figure in SEEN:
        _show_opened(context, wish, lines := _seen_of(seen, key))
        if not lines:
            _say_empty(context, span, begins, wanted)
        return FINDINGS if exit_code and lines else 0
    failures = opened(failures, key) if key else failures
    document = lapses_json(failures, span, context.now, () if key else seen, known=begins is None)
    shown = rows(failures)
    if form == "table" and not key:
        shown += rows_beside(seen)
    columns = fitted(context, wish, fitting(context, wish, COLUMNS, COLUMNS_FROM), shown, LEAVING)
    publish(context, wish, shown, columns, document["items"] if form == "jsonl" else document)
    if not shown and (begins or any(wanted)):
        _say_empty(context, span, begins, wanted)
    elif context.terminal.isatty:
        context.say(summary(failures) + ("" if key else summary_beside(seen)))
    _say_running(context, (unit, community), {lapse.number for lapse in failures})
    return FINDINGS if exit_code and failures else 0


def _write_paper(context: Context, wish: Wish, con: Connection, of: Listed, whose: str) -> None:
    """Write what the period has unit by unit; ``whose``: of whom it is asked."""
    from sixping.services.papers.lapses import paper_of

    opening = wish.choose(context, answers.PAPER_FORMATS) in answers.OPENING
    made = paper_of(con, of, context.now, whose, details=opening)
    answers.publish_paper(context, wish, made)


def _seen_of(seen: Sequence[Watched], key: PartKey) -> list[dict[str, Any]]:
    """Return the rows of what has to be seen, of all or of one unit."""
    return [row._asdict() for row in of_seen(seen, key.figure) if of_unit(row, key)]


def _in_full(con: Connection, key: PartKey, listed: Container[str | None]) -> PartKey:
    """Return a key with its unit in full. Raises ``UnknownName`` for one nobody knows."""
    from sixping.services.filters import Places

    if not key.dimension or key.name in listed or key.name in NO_NAME:
        return key
    return key._replace(name=Places(unit=key.name).resolved(con).unit or key.name)


def _key(drill: str) -> PartKey:
    """Return what is to be opened. Raises ``UsageFault``."""
    key = part_named(drill, FIGURES)
    if key.dimension == "kind" or key.part:
        raise UsageFault(f"没有这个数: {drill}", "写成 情形, 或 单位.名称.情形。")
    return key


def _show_opened(context: Context, wish: Wish, lines: list[dict[str, Any]]) -> None:
    heads = fitting(context, wish, OPENED, OPENED_FROM)
    publish(context, wish, lines, fitted(context, wish, heads, lines, OPENED_LEAVING), lines)


def _say_empty(
    context: Context, span: Span, begins: str | None, wanted: Sequence[str | None]
) -> None:
    """Say that nothing of the period fits, over how many, or that nothing is known of it.

    ``begins``: the first day of the ledger, where the period lies before it.
    """
    from sixping.services.lapses import beside, gather
    from sixping.store.sqlite import reading

    if not context.terminal.isatty:
        return
    if begins:
        before_first_day(context, begins, span)
        return
    with reading(context.existing_ledger()) as con:
        failures = len(gather(con, span, context.now, None, None))
        seen = len(beside(con, span, context.now, None, None))
    whole = f"这段时间全部 {failures} 项, {TITLE} {seen} 项。"
    by_filter(context, wanted, whole, f"sixping lapses --from {span.first} --to {span.last}")


def _say_running(
    context: Context, where: tuple[str | None, str | None], listed: Container[str | None]
) -> None:
    """Say what is late this minute and belongs to another period: it still runs."""
    from sixping.services.filters import Places
    from sixping.services.overdue import find

    if not context.terminal.isatty:
        return
    found = find(
        context.existing_ledger(), context.now, 0, Places(*where), platform=None, severity=None
    )
    late = {item.number for item in found.items if item.workdays_late is not None}
    if others := sum(number not in listed for number in late if number):
        unit, community = where
        options = (f" --unit {unit}" if unit else "") + (
            f" --community {community}" if community else ""
        )
        context.say(f"到期不在这一时段、现在仍超期的另有 {others} 件: sixping overdue{options}")


def _period(from_: str | None, to: str | None, context: Context) -> Span:
    """Return the days asked for; without any, this month up to today."""
    start = day_of(context, from_, dated.LAPSES_FROM) if from_ else None
    last = day_of(context, to, dated.LAPSES_TO)
    first = start or last.replace(day=1)
    if first > last:
        raise UsageFault(
            f"时段自{understood_day(first)}至{understood_day(last)}, 起在止之后。",
            "请核对 --from 和 --to。",
        )
    return Span(first, last)

"""Reading the calendar: show, check, due. None of them needs a ledger."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.calendar import check as attention
from sixping.console import dated
from sixping.console.answers import FINDINGS, Wish, publish, write_text
from sixping.console.context import Context
from sixping.console.days import month_of, read_moment
from sixping.console.notes import rulebooks_here
from sixping.console.options import AsJson, Format, NoHeaders, answering
from sixping.errors import (
    BadData,
    LedgerBusy,
    LedgerUnusable,
    NoPermission,
    SixpingError,
    UsageFault,
)
from sixping.render.calendar import calendar_page
from sixping.render.explain import KINDS
from sixping.render.table import Column
from sixping.services.recount import promises_to_recount
from sixping.util.clock import instant, to_text
from sixping.util.dates import parse_moment
from sixping.util.text import tsv_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.calendar.table import Calendar
    from sixping.services.rulebooks import Rulebooks

DAYS = (
    Column("date", "日期", "day"),
    Column("label", "日子"),
    Column("working", "上班", "bool"),
    Column("name", "名称"),
    Column("source", "依据", elastic=True),
)
CHECKS = (
    Column("kind", "种类"),
    Column("what", "发现", elastic=True),
    Column("hint", "怎么办", elastic=True),
)
DUE = (
    Column("from", "收到", "time"),
    Column("workdays", "工作日", "int"),
    Column("due", "到期", "time"),
    Column("provisional", "暂定", "bool"),
    Column("profile", "计期方式"),
)
_PERIOD = re.compile(r"(?:(\d{4})年?)?(?:[-/]?(\d{1,2})月?)?")
_WHEN = Annotated[str | None, dated.CALENDAR_SHOWN.option]


@answering
def show(
    ctx: typer.Context,
    period: _WHEN = None,
    *,
    wish: Wish,
) -> None:
    """查看一年或一月的日历: 工作日、放假、补班、本地安排、暂定。

    示例:
      sixping calendar show
      sixping calendar show 2026
      sixping calendar show 2026-10 --json
    """
    context = Context.of(ctx)
    months = _months(context, period)
    calendar = rulebooks_here(context).calendar
    if wish.choose(context) == "table":
        grids = [attention.month_grid(calendar, year, month) for year, month in months]
        color = context.terminal.color and wish.path is None
        write_text(context, wish, calendar_page(grids, context.terminal.width, color=color))
        return
    days = list(_days(calendar, months))
    document = {
        "from": days[0]["date"],
        "to": days[-1]["date"],
        "confirmed_until": calendar.confirmed_until.isoformat(),
        "workdays": sum(day["working"] for day in days),
        "days": days,
    }
    publish(context, wish, days, DAYS, days if wish.choose(context) == "jsonl" else document)


def _months(context: Context, period: str | None) -> list[tuple[int, int]]:
    today = context.now.date()
    if period is None:
        return [(today.year, today.month)]
    match = _PERIOD.fullmatch(period.strip())
    year, month = match.groups() if match else (None, None)
    if month is None and year is not None:
        return [(int(year), number) for number in range(1, 13)]
    if month is None or (year is None and not period.strip().endswith("月")):
        raise UsageFault(f"看不懂: {period}", "请写年份 (2026) 或月份 (2026-10、10月)。")
    if not 1 <= int(month) <= 12:  # noqa: PLR2004
        raise UsageFault(f"没有 {month} 月", "月份是 1 到 12。")
    if year is None:
        today = month_of(context, period, dated.CALENDAR_SHOWN)[0]
    return [(int(year or today.year), int(month))]


def _days(calendar: Calendar, months: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    day = date(*months[0], 1)
    while (day.year, day.month) in months:
        kind, name, source, working = calendar.day(day)
        yield {
            "date": day.isoformat(), "kind": kind, "label": KINDS[kind], "name": name,
            "source": source, "working": working,
        }  # fmt: skip
        day += timedelta(days=1)


@answering
def check(
    ctx: typer.Context,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有发现时退出码为 3, 供定时任务使用")
    ] = False,
    *,
    wish: Wish,
) -> int:
    """检查日历: 公布到哪一天、各层是否矛盾、何时开始影响期限。

    示例:
      sixping calendar check
      sixping calendar check --exit-code || echo 日历需要处理
    """
    context = Context.of(ctx)
    document = _findings(context)
    rows = document["findings"]
    publish(context, wish, rows, CHECKS, rows if wish.choose(context) == "jsonl" else document)
    if context.terminal.isatty:
        context.say(*_horizon_lines(document), "" if rows else "没有发现问题。")
    return FINDINGS if exit_code and rows else 0


def _findings(context: Context) -> dict[str, Any]:
    rulebooks = rulebooks_here(context)
    today, calendar = context.now.date(), rulebooks.calendar
    longest = rulebooks.policy.edition_at(today).longest_limit
    since = attention.matters_from(calendar, longest)
    findings = [
        *attention.check(calendar, today, longest),
        *attention.disagreements(calendar, rulebooks.base.years if rulebooks.base else {}),
    ]
    recounting = _recounting(context, rulebooks)
    if recounting:
        what = f"日历有变化, {recounting} 件的期限还没有相应调整"
        findings.append(attention.Finding("apply", what, "请运行 sixping calendar apply。"))
    return {
        "as_of": to_text(context.now),
        "fingerprint": calendar.fingerprint,
        "published": sorted(calendar.published),
        "confirmed_until": calendar.confirmed_until.isoformat(),
        "longest_limit": longest,
        "provisional_from": since.isoformat(),
        "workdays_until": max(calendar.between(today, since), 0) if since > today else 0,
        "findings": [finding._asdict() for finding in findings],
    }


def _recounting(context: Context, rulebooks: Rulebooks) -> int:
    from sixping.store.sqlite import reading

    if not context.ledger.exists():
        return 0
    unreadable = (LedgerUnusable, LedgerBusy, NoPermission)  # told of by rulebooks_here
    with suppress(*unreadable), reading(context.ledger) as con:
        return promises_to_recount(con, rulebooks, context.now)
    return 0


def _horizon_lines(document: dict[str, Any]) -> list[str]:
    left, longest = document["workdays_until"], document["longest_limit"]
    ahead = f" (还有 {left} 个工作日)" if left else ""
    since = f"自 {document['provisional_from']} 起收到的{ahead}为暂定。"
    return [
        f"已公布的放假安排到 {document['confirmed_until']} 为止。",
        f"{longest} 个工作日的期限, {since}",
    ]


def due(
    ctx: typer.Context,
    start: Annotated[str | None, dated.COUNT_FROM.option] = None,
    workdays: Annotated[
        int | None, typer.Option("--workdays", min=0, max=1000, metavar="N", help="几个工作日")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="逐行读入 日期 N, 逐行写出 日期 N 到期日 暂定")
    ] = False,
    fmt: Format = None,
    as_json: AsJson = False,
    no_headers: NoHeaders = False,
) -> int:
    """算到期日: 一个日期, 或从标准输入逐行计算。

    示例:
      sixping calendar due --from 2026-09-30 --workdays 5
      sixping calendar due --stdin < 日期.txt
    """
    context = Context.of(ctx)
    if stdin and any((start, workdays, fmt, as_json, no_headers)):
        raise UsageFault("--stdin 逐行作答, 不与其他选项同用。", "要 JSON 等格式, 请用 --from。")
    if not stdin and (start is None or workdays is None):
        raise UsageFault("请同时写 --from 日期 和 --workdays 天数, 或写 --stdin。")
    rulebooks = rulebooks_here(context)
    if stdin:
        return _each_line(context, rulebooks)
    _one_due(
        context, Wish(fmt, as_json, None, not no_headers), rulebooks, str(start), int(workdays or 0)
    )
    return 0


def _one_due(context: Context, wish: Wish, rulebooks: Rulebooks, start: str, workdays: int) -> None:
    received = read_moment(context, start, dated.COUNT_FROM)
    rules = rulebooks.rules(received.date())
    when = rules.due(received, workdays)
    row = {
        "from": to_text(received),
        "workdays": workdays,
        "due": to_text(when),
        "provisional": rules.calendar.provisional(received.date(), when.date()),
        "profile": rules.edition.counting.profile,
    }
    publish(context, wish, [row], DUE, row)


def _each_line(context: Context, rulebooks: Rulebooks) -> int:
    """Answer every line in order, a faulty one with ``-`` and a complaint on stderr."""
    faulty = 0
    for number, line in enumerate(sys.stdin, 1):
        words = line.removeprefix("\ufeff").split()
        if not words:
            sys.stdout.write("\n")
            continue
        try:
            answer = _line_due(words, rulebooks, context.now)
        except SixpingError as fault:
            faulty += 1
            answer = ("-", "-")
            context.say(f"第 {number} 行: {fault.what}")
        sep = "\t" if "\t" in line else " "
        sys.stdout.write(f"{sep.join((*map(tsv_cell, words), *answer))}\n")
    return BadData.exit_code if faulty else 0


def _line_due(words: list[str], rulebooks: Rulebooks, now: datetime) -> tuple[str, str]:
    if len(words) != 2 or not (words[1].isascii() and words[1].isdigit()):  # noqa: PLR2004
        raise BadData(f"应为“日期 天数”, 现为: {' '.join(words)}")
    text = words[0]
    try:
        received = instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        received = parse_moment(text, now)  # 2026年10月8日, as people write it
    if len(words[1]) > 4:  # noqa: PLR2004
        raise BadData(f"天数太大: {words[1]}")
    rules = rulebooks.rules(received.date())
    when = rules.due(received, int(words[1])).date()
    assumed = rules.calendar.provisional(received.date(), when)
    return when.isoformat(), "是" if assumed else "否"

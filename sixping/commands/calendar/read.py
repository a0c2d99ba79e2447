"""Reading the calendar: show, check, due. None of them needs a ledger."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import AsJson, Format, NoHeaders, answering
from sixping.errors import (
    BadData,
    LedgerBusy,
    LedgerUnusable,
    NoPermission,
    SixpingError,
    UsageFault,
)
from sixping.render.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.calendar.table import Calendar
    from sixping.console.answers import Wish
    from sixping.services.rulebooks import Rulebooks

FINDINGS = 3
_PERIOD = re.compile(r"(?:(\d{4})年?)?(?:[-/]?(\d{1,2})月?)?")
_WHEN = Annotated[str | None, typer.Argument(metavar="[年|月]", help="2026、2026-10 或 10月")]


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
    from sixping.calendar.check import month_grid
    from sixping.console.answers import publish, write_text
    from sixping.render.calendar import calendar_page
    from sixping.services.rulebooks import rulebooks_here

    context = Context.of(ctx)
    months = _months(period, context.now.date())
    calendar = rulebooks_here(context).calendar
    if wish.choose(context) == "table":
        grids = [month_grid(calendar, year, month) for year, month in months]
        color = context.terminal.color and wish.path is None
        write_text(wish, calendar_page(grids, context.terminal.width, color=color))
        return
    days = list(_days(calendar, months))
    document = {
        "from": days[0]["date"],
        "to": days[-1]["date"],
        "confirmed_until": calendar.confirmed_until.isoformat(),
        "workdays": sum(day["working"] for day in days),
        "days": days,
    }
    columns = (
        Column("date", "日期", "day"),
        Column("label", "日子"),
        Column("working", "上班", "bool"),
        Column("name", "名称"),
        Column("source", "依据", elastic=True),
    )
    publish(context, wish, days, columns, days if wish.choose(context) == "jsonl" else document)


def _months(period: str | None, today: date) -> list[tuple[int, int]]:
    if period is None:
        return [(today.year, today.month)]
    found = _PERIOD.fullmatch(period.strip())
    year, month = found.groups() if found else (None, None)
    if month is None and year is not None:
        return [(int(year), each) for each in range(1, 13)]
    if month is None or (year is None and not period.strip().endswith("月")):
        raise UsageFault(f"看不懂: {period}", "请写年份 (2026) 或月份 (2026-10、10月)。")
    if not 1 <= int(month) <= 12:  # noqa: PLR2004
        raise UsageFault(f"没有 {month} 月", "月份是 1 到 12。")
    return [(int(year or today.year), int(month))]


def _days(calendar: Calendar, months: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    from sixping.render.explain import KINDS

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
    from sixping.console.answers import publish
    from sixping.services.rulebooks import rulebooks_here

    context = Context.of(ctx)
    rulebooks = rulebooks_here(context)
    document = findings(context, rulebooks)
    columns = (
        Column("kind", "种类"),
        Column("what", "发现", elastic=True),
        Column("hint", "怎么办", elastic=True),
    )
    rows = document["findings"]
    publish(context, wish, rows, columns, rows if wish.choose(context) == "jsonl" else document)
    if context.terminal.isatty:
        context.say(*_horizon_lines(document), "" if rows else "没有发现问题。")
    return FINDINGS if exit_code and rows else 0


def findings(context: Context, rulebooks: Rulebooks) -> dict[str, Any]:
    """Return what ``check`` finds today; ``doctor`` shows the same."""
    from sixping.calendar.check import check as look
    from sixping.calendar.check import disagreements, matters_from
    from sixping.calendar.files import read_layers
    from sixping.services.reschedule import count_to_recount
    from sixping.util.clock import to_text

    today, calendar = context.now.date(), rulebooks.calendar
    longest = longest_limit(rulebooks, today)
    last, since = calendar.confirmed_until, matters_from(calendar, longest)
    found = [*look(calendar, today, longest), *disagreements(calendar, read_layers(None).years)]
    rows = [each._asdict() for each in found]
    moving = 0
    with suppress(LedgerUnusable, LedgerBusy, NoPermission):  # told of by rulebooks_here
        moving = count_to_recount(context, rulebooks)
    if moving:
        rows.append(
            {
                "kind": "apply",
                "what": f"日历有变化, {moving} 件的期限还没有相应调整",
                "hint": "请运行 sixping calendar apply。",
            }
        )
    return {
        "as_of": to_text(context.now),
        "fingerprint": calendar.fingerprint,
        "published": sorted(calendar.published),
        "confirmed_until": last.isoformat(),
        "longest_limit": longest,
        "provisional_from": since.isoformat(),
        "workdays_until": max(calendar.between(today, since), 0) if since > today else 0,
        "findings": rows,
    }


def _horizon_lines(document: dict[str, Any]) -> list[str]:
    left, longest = document["workdays_until"], document["longest_limit"]
    ahead = f" (还有 {left} 个工作日)" if left else ""
    since = f"自 {document['provisional_from']} 起收到的{ahead}为暂定。"
    return [
        f"已公布的放假安排到 {document['confirmed_until']} 为止。",
        f"{longest} 个工作日的期限, {since}",
    ]


def longest_limit(rulebooks: Rulebooks, day: date) -> int:
    """Return the longest limit in force on a day, in working days (五.1c)."""
    limits = rulebooks.policy.edition_at(day).limits
    return max((limit.workdays for limit in limits if limit.workdays), default=1)


def due(
    ctx: typer.Context,
    start: Annotated[
        str | None, typer.Option("--from", metavar="时间", help="收到的日期或时间")
    ] = None,
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
    from sixping.console.answers import Wish
    from sixping.services.rulebooks import rulebooks_here

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
    from sixping.console.answers import publish
    from sixping.util.clock import to_text
    from sixping.util.dates import parse_moment, understood

    received = parse_moment(start, context.now)
    context.say(f"收到: {understood(received)}")
    rules = rulebooks.rules(received.date())
    when = rules.due(received, workdays)
    row = {
        "from": to_text(received),
        "workdays": workdays,
        "due": to_text(when),
        "provisional": rules.calendar.provisional(received.date(), when.date()),
        "profile": rules.edition.counting.profile,
    }
    columns = (
        Column("from", "收到", "time"),
        Column("workdays", "工作日", "int"),
        Column("due", "到期", "time"),
        Column("provisional", "暂定", "bool"),
        Column("profile", "计期方式"),
    )
    publish(context, wish, [row], columns, row)


def _each_line(context: Context, rulebooks: Rulebooks) -> int:
    """Answer every line in order, a faulty one with ``-`` and a complaint on stderr."""
    faulty = 0
    for number, line in enumerate(sys.stdin, 1):
        words = line.removeprefix("\ufeff").split()
        if not words:
            sys.stdout.write("\n")
            continue
        try:
            found = _line_due(words, rulebooks, context.now)
        except SixpingError as fault:
            faulty += 1
            found = ("-", "-")
            context.say(f"第 {number} 行: {fault.what}")
        sep = "\t" if "\t" in line else " "
        sys.stdout.write(f"{sep.join((*map(_plain, words), *found))}\n")
    return BadData.exit_code if faulty else 0


def _plain(word: str) -> str:
    from sixping.util.text import tsv_cell

    return tsv_cell(word)


def _line_due(words: list[str], rulebooks: Rulebooks, now: datetime) -> tuple[str, str]:
    from sixping.util.clock import instant
    from sixping.util.dates import parse_moment

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

"""``duty check``: was the room staffed in office hours (一.2, 一.3), gap by gap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands.office.duty_read import MODES, Date, Month, read_book
from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import answering
from sixping.services import duty

if TYPE_CHECKING:
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.office.duty import DutyRecord
    from sixping.render.table import Row, Tone
    from sixping.reports.dutycover import Compliance


@bare_values(month=officeoptions.LAST)
@answering
def check(
    ctx: typer.Context,
    day: Date = None,
    month: Month = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有违反时退出码为 3, 供定时任务使用")
    ] = False,
    *,
    wish: Wish,
) -> int:
    """检查值守: 每个工作日办公时间内不足 2 人或无人具有执法资格的时段 (一.2, 一.3)。

    示例:
      sixping duty check
      sixping duty check --month 2026-11
      sixping duty check --month --json --exit-code
    """
    from sixping.console.answers import publish
    from sixping.render.table import Column

    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    first, last = officeoptions.span_of(context, day, month)
    book = read_book(context, first, last)
    found = duty.judged(context, book, first, last)
    rows = [duty.finding_json(one) | {"breach": one.breach} for one in found.findings]
    columns = (
        Column("date", "日期", "day"),
        Column("agency", "单位"),
        Column("from", "自"),
        Column("to", "至"),
        Column("minutes", "分钟", "int"),
        Column("lacks", "缺什么", elastic=True),
    )
    table = [row if row["breach"] else row | {"lacks": f"{row['lacks']} (备注)"} for row in rows]
    publish(context, wish, table, columns, _document(context, found, rows, first, last), _breach)
    _say_standing(context, book, found, first, last)
    return officeoptions.FINDINGS if exit_code and found.breaches else 0


def _breach(row: Row) -> Tone | None:
    return "late" if row["breach"] else "quiet"


def _document(
    context: Context, found: Compliance, rows: list[dict[str, Any]], first: date, last: date
) -> dict[str, Any]:
    from sixping.documents.eventwords import hour

    rule = found.rule

    def listed(*, breach: bool) -> list[dict[str, Any]]:
        return [
            {k: v for k, v in row.items() if k != "breach"}
            for row in rows
            if row["breach"] is breach
        ]

    return {
        "period": {"from": first, "to": last},
        "as_of": context.now,
        "hours": {"opens": hour(rule.opens), "closes": hour(rule.closes)},
        "rule": {
            "staff": rule.staff,
            "licensed": rule.licensed,
            "per_agency": rule.per_agency,
            "clause": "一.2",
        },
        "workdays": found.workdays,
        "agencies": [one._asdict() for one in found.standings],
        "breaches": listed(breach=True),
        "remarks": listed(breach=False),
    }


def _say_standing(
    context: Context, book: DutyRecord, found: Compliance, first: date, last: date
) -> None:
    """Say how each agency stood, and which sign-outs are missing."""
    if context.terminal.isatty:
        for one in found.standings:
            context.say(
                f"{one.agency} ({MODES[one.mode]}): {one.workdays} 个工作日, "
                f"符合 {one.compliant} 日, 违反 {one.breaches} 段, 共 {one.minutes} 分钟。"
            )
        if not found.workdays:
            context.say("这段时间没有已开始的工作日。")
    today = context.now.date()
    missing = [
        f"{day} {who}"
        for day, one in sorted(book.days.items())
        if first <= day <= last and day < today
        for who in one.unsigned()
    ]
    if missing:
        shown = "、".join(missing[: officeoptions.SHOWN])
        context.say(
            f"未签退 {len(missing)} 处 (按在岗至当日结束计): {shown}。",
            "补记: sixping duty out 人员 --at 时间",
        )

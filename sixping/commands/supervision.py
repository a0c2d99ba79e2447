"""What supervisors run: the overdue list and the period report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands._frame import Desk, bare_values
from sixping.commands._options import AsJson, Format, NoHeaders, Output
from sixping.errors import UsageFault
from sixping.model import Platform, Severity

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from sixping.commands._answers import Wish
    from sixping.figures.overdue import Overdue, Waiting
    from sixping.figures.period import Report
    from sixping.pages.table import Row, Tone

FINDINGS = 3


def overdue(  # noqa: PLR0913 - the promised options
    ctx: typer.Context,
    within: Annotated[
        int, typer.Option("--within", min=0, max=250, metavar="N", help="临期: 今后几个工作日内")
    ] = 1,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看牵头单位")] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option("--platform", metavar="平台", help="只看一个平台")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="类型", help="只看这几类, 如 finish、due_soon"),
    ] = None,
    severity: Annotated[
        Severity | None, typer.Option("--severity", metavar="等级", help="只看一个等级")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    fmt: Format = None,
    output: Output = None,
    as_json: AsJson = False,
    no_headers: NoHeaders = False,
) -> int:
    """列出超期、临期和等着办的事项, 最要紧的在前 (五.1, 五.3)。

    示例:
      sixping overdue
      sixping overdue --within 3 --unit 城管执法中队
      sixping overdue --exit-code || echo 有超期
    """
    from sixping.commands._answers import Wish

    desk = Desk.of(ctx)
    wish = Wish(fmt, as_json, output, not no_headers)
    found = _overdue(desk, within)
    wanted = {"unit": unit, "community": community, "platform": platform, "severity": severity}
    kinds = _kinds(kind)
    items = tuple(
        item
        for item in found.items
        if (not kinds or item.kind in kinds)
        and all(v is None or getattr(item, name) == v for name, v in wanted.items())
    )
    _show_overdue(desk, wish, found._replace(items=items))
    return FINDINGS if exit_code and items else 0


def _kinds(given: list[str] | None) -> set[str]:
    from sixping.figures.overdue import KINDS

    unknown = [kind for kind in given or () if kind not in KINDS]
    if unknown:
        raise UsageFault(f"没有这个类型: {'、'.join(unknown)}", f"可用: {'、'.join(KINDS)}。")
    return set(given or ())


def _overdue(desk: Desk, within: int) -> Overdue:
    from datetime import datetime, time, timedelta

    from sixping import views
    from sixping.clock import SHANGHAI, to_text
    from sixping.commands._books import books_of
    from sixping.figures.overdue import overdue as judge
    from sixping.workdays import add_workdays

    path = desk.existing_ledger()
    books = books_of(path)
    today = desk.now.date()
    horizon = add_workdays(today, within, books.calendar) if within else today
    before = datetime.combine(horizon + timedelta(days=1), time(), SHANGHAI)
    with views.reading(path) as con:
        rows = list(_waiting(con, to_text(before)))
    readings = books.policy.edition_at(today).readings
    return judge(
        rows,
        desk.now,
        books.calendar,
        within=within,
        unsigned_after=readings.unsigned_after_workdays,
    )


def _waiting(con: sqlite3.Connection, before: str) -> Iterator[Waiting]:
    from sixping import views

    for row in views.running(con, before):
        yield _wait(row, row["kind"], row["started"], row["due"], bool(row["provisional"]))
    since = {
        "decision": "accepted_at",
        "returned": "returned_at",
        "unsigned": "assigned_at",
        "feedback": "resolved_at",
    }
    for what, column in since.items():
        for row in views.waiting(con, what):
            yield _wait(row, what, row[column] or row["received_at"])


def _wait(
    row: sqlite3.Row,
    kind: str,
    since: str,
    due: str | None = None,
    provisional: bool = False,  # noqa: FBT001, FBT002
) -> Waiting:
    from sixping.clock import from_text
    from sixping.figures.overdue import Waiting
    from sixping.pages.case import summary_of

    return Waiting(
        kind=kind,
        number=row["number"],
        severity=row["severity"],
        platform=row["platform"],
        unit=row["lead"],
        community=row["community"],
        text=summary_of(row["told"]),
        since=from_text(since),
        due=from_text(due) if due else None,
        provisional=provisional,
    )


def _show_overdue(desk: Desk, wish: Wish, found: Overdue) -> None:
    from sixping.clock import to_text
    from sixping.commands._answers import publish
    from sixping.figures.overdue import CLOCKS, KINDS
    from sixping.pages.people import against_due
    from sixping.pages.table import Column

    columns = (
        Column("number", "编号"),
        Column("label", "类型"),
        Column("clock", "时限"),
        Column("due", "到期", "time"),
        Column("standing", "超/剩"),
        Column("age", "已过工作日", "int"),
        Column("severity", "等级"),
        Column("platform", "平台"),
        Column("unit", "单位"),
        Column("community", "社区"),
        Column("summary", "事项", elastic=True),
    )
    rows = [
        item._asdict()
        | {
            "label": KINDS[item.kind] + ("(暂定)" if item.provisional else ""),
            "clock": CLOCKS.get(item.clock) if item.clock else None,
            "standing": against_due(item.workdays_late, item.workdays_left),
        }
        for item in found.items
    ]
    document = {
        "as_of": to_text(found.as_of),
        "items": [item._asdict() for item in found.items],
        "counts": found.counts,
    }
    publish(desk, wish, rows, columns, document, _tone)
    if desk.terminal.isatty:
        desk.say(_summary(found))


def _tone(row: Row) -> Tone | None:
    if row["workdays_late"] is not None:
        return "late"
    return "soon" if row["kind"] == "due_soon" else None


def _summary(found: Overdue) -> str:
    from sixping.figures.overdue import KINDS

    if not found.items:
        return "目前没有超期、临期或等着办的事项。"
    return "合计: " + "、".join(f"{KINDS[kind]} {n}" for kind, n in found.counts.items()) + "。"


@bare_values(month="last", week="last", quarter="last", year="last")
def report(  # noqa: PLR0913 - the promised options
    ctx: typer.Context,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="[月]", help="月报, 如 2026-10; 不写月份即上月"),
    ] = None,
    week: Annotated[
        str | None, typer.Option("--week", metavar="[日期]", help="周报; 不写日期即上周")
    ] = None,
    quarter: Annotated[
        str | None, typer.Option("--quarter", metavar="[季度]", help="季报, 如 2026Q3")
    ] = None,
    year: Annotated[str | None, typer.Option("--year", metavar="[年]", help="年报")] = None,
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", metavar="时间", help="按台账在那一刻的记录出报告"),
    ] = None,
    fmt: Format = None,
    output: Output = None,
    as_json: AsJson = False,
    no_headers: NoHeaders = False,
) -> None:
    """出会商材料: 总体情况、办理质量、分类统计、趋势 (附1, 附3.1)。

    示例:
      sixping report --month
      sixping report --month 2026-10 -o 会商材料.md
      sixping report --week 2026-11-16 --json
    """
    from sixping.commands._answers import Wish
    from sixping.commands._period import chosen_period

    desk = Desk.of(ctx)
    kind, span = chosen_period(
        desk, {"month": month, "week": week, "quarter": quarter, "year": year}
    )
    wish = Wish(fmt, as_json, output, not no_headers)
    wish.choose(desk)
    _show_report(desk, wish, _report(desk, kind, span, as_of))


def _report(desk: Desk, kind: str, span: Any, as_of: str | None) -> Report:  # noqa: ANN401
    from sixping import views
    from sixping.clock import to_text
    from sixping.commands._books import books_of
    from sixping.commands._period import gather
    from sixping.moments import parse_moment, understood
    from sixping.periodviews import AsOf

    path = desk.existing_ledger()
    moment = desk.now
    if as_of is not None:
        moment = parse_moment(as_of, desk.now)
        desk.say(f"按 {understood(moment)} 时的记录。")
    satisfied = books_of(path).policy.edition_at(span.last).readings.satisfied_from
    take = AsOf.present if as_of is None else AsOf.recorded
    with views.reading(path) as con:
        return gather(con, kind, span, take(con, to_text(moment)), satisfied=satisfied)


def _show_report(desk: Desk, wish: Wish, report: Report) -> None:
    from sixping.commands._answers import publish, write_text
    from sixping.pages.report import report_json, report_rows
    from sixping.pages.reportpage import markdown, screen
    from sixping.pages.table import Column

    fmt = wish.choose(desk)
    if fmt == "md":
        write_text(wish, markdown(report))
    elif fmt == "table":
        write_text(wish, screen(report, desk.terminal))
    else:
        columns = (
            Column("table", "表"),
            Column("name", "名称"),
            Column("measure", "项目"),
            Column("value", "数值"),
        )
        rows = [r | {"value": _plain(r["value"])} for r in report_rows(report)]
        document = rows if fmt == "jsonl" else report_json(report)
        publish(desk, wish, rows, columns, document)


def _plain(value: object) -> str | None:
    return None if value is None else str(value)

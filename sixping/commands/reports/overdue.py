"""What supervisors run most: the overdue list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.answers import FINDINGS, fitting, publish
from sixping.console.calendarnote import remark
from sixping.console.context import Context
from sixping.console.options import PLATFORM, OfGrade, answering
from sixping.documents.phrases import against_due, grade_word, report_first
from sixping.errors import UsageFault
from sixping.policy.vocabulary import CLOCKS, Platform
from sixping.render.table import Column
from sixping.reports.overdue import KINDS
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.console.answers import Wish
    from sixping.render.table import Row, Tone
    from sixping.reports.overdue import Overdue


@answering
def overdue(
    ctx: typer.Context,
    *,
    within: Annotated[
        int, typer.Option("--within", min=0, max=250, metavar="N", help="临期: 今后几个工作日内")
    ] = 1,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看它牵头或协办的")
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    platform: Annotated[
        Platform | None,
        typer.Option("--platform", click_type=PLATFORM, metavar="平台", help="只看一个平台"),
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="类型", help="只看这几类, 如 等级待确认、办结超期、临期"),
    ] = None,
    severity: OfGrade = None,
    by_unit: Annotated[
        bool, typer.Option("--by-unit", help="按单位归拢, 有最要紧事项的单位在前")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    wish: Wish,
) -> int:
    """列出超期、临期和等着办的事项, 最要紧的在前 (五.1, 五.3)。

    示例:
      sixping overdue
      sixping overdue --within 3 --unit 城管执法中队
      sixping overdue --by-unit
      sixping overdue --kind 等级待确认
      sixping overdue --exit-code || echo 有超期
    """
    from sixping.services.filters import Places
    from sixping.services.overdue import find

    context = Context.of(ctx)
    wish.choose(context)
    kinds = _kinds(kind)
    listed = find(
        context.existing_ledger(),
        context.now,
        within,
        Places(unit, community),
        platform=platform,
        severity=severity,
    )
    _say_emergencies(context, listed)
    items = tuple(item for item in listed.items if not kinds or item.kind in kinds)
    show(context, wish, listed._replace(items=items), by_unit=by_unit)
    if not items and context.terminal.isatty:
        _say_none(context, within, (unit, community, platform, severity, *sorted(kinds)))
    return FINDINGS if exit_code and items else 0


def _say_emergencies(context: Context, listed: Overdue) -> None:
    """Say before everything else which reports of emergencies nobody has recorded."""
    for item in listed.items:
        if item.kind == "emergency" and item.number:
            context.say(report_first(item.number))


def _kinds(kinds: list[str] | None) -> set[str]:
    if not kinds:
        return set()
    words = {word: kind for kind, word in KINDS.items()}
    unknown = [kind for kind in kinds if kind not in KINDS and kind not in words]
    if unknown:
        known = "、".join(f"{word} ({kind})" for word, kind in words.items())
        raise UsageFault(f"没有这个类型: {'、'.join(unknown)}", f"可用: {known}。")
    return {words.get(kind, kind) for kind in kinds}


COLUMNS = (
    Column("number", "编号"),
    Column("label", "类型"),
    Column("due", "到期", "time"),
    Column("standing", "超/剩"),
    Column("severity", "等级"),
    Column("unit", "单位"),
    Column("community", "社区"),
    Column("summary", "事项", elastic=True, one_line=True),
)
COLUMNS_FROM = {"unit": 88, "severity": 94, "community": 106}


def show(context: Context, wish: Wish, listed: Overdue, *, by_unit: bool = False) -> None:
    """Write the list, grouped by unit if asked; without items nothing but JSON is written."""
    groups: list[dict[str, Any]] = []
    if by_unit:
        listed, groups = listed.by_unit()
    items = [item._asdict() for item in listed.items]
    document: dict[str, Any] = {
        "as_of": to_text(listed.as_of), "items": items, "counts": listed.counts,
    }  # fmt: skip
    if by_unit:
        document["by_unit"] = groups
    rows = [
        item
        | {"label": _label(item), "standing": _standing(item), "summary": _summed(item)}
        | {"severity": grade_word(item["severity"], confirmed=item["confirmed"])}
        for item in items
    ]
    columns: Sequence[Column] = COLUMNS
    if by_unit:
        columns = sorted(COLUMNS, key=lambda column: column.key != "unit")
    if context.terminal.isatty:
        columns = fitting(context, wish, columns, COLUMNS_FROM)
    lines = wish.choose(context) == "jsonl"
    publish(context, wish, rows, columns, items if lines else document, _tone)
    if context.terminal.isatty:
        context.say(*(f"{g['name'] or '未分派'}: {_counted(g['counts'])}" for g in groups))
        if listed.items:
            context.say(f"合计: {_counted(listed.counts)}")
    provisional = any(item["provisional"] for item in items)
    remark(context, provisional=provisional, recounting=listed.promises_to_recount if items else 0)


def _label(item: dict[str, Any]) -> str:
    label = KINDS[item["kind"]]
    if item["kind"] == "due_soon":
        label = f"{CLOCKS[item['clock']]}{label}"
    return f"{label}(暂定)" if item["provisional"] else label


def _summed(item: dict[str, Any]) -> str:
    """Return what it is about, behind what it lacks."""
    lacks = f"[{'、'.join(item['remarks'])}] " if item["remarks"] else ""
    return f"{lacks}{item['summary']}"


def _standing(item: dict[str, Any]) -> str:
    """Say how it stands in working days: past due, left, or waiting since."""
    if item["due"] is None:
        return f"已等{item['age']}日"
    return against_due(item["workdays_late"], item["workdays_left"])


def _tone(row: Row) -> Tone | None:
    if row["workdays_late"] is not None:
        return "late"
    return "soon" if row["kind"] == "due_soon" else None


def _say_none(context: Context, within: int, wanted: Sequence[object]) -> None:
    """Say that nothing fits, over how many; or that nothing waits at all, and what comes next."""
    from sixping.console.nothing import by_filter
    from sixping.documents.phrases import moment
    from sixping.queries import cases
    from sixping.services.filters import Places
    from sixping.services.overdue import find
    from sixping.store.sqlite import reading
    from sixping.util.clock import from_text

    path = context.existing_ledger()
    with reading(path) as con:
        running, due = cases.counts(con)[0], cases.next_due(con)
    if any(wanted):
        every = find(path, context.now, within, Places(), platform=None, severity=None)
        late = {item.number for item in every.items if item.workdays_late is not None}
        whole = f"全部在办 {running} 件, 其中超期 {len(late)} 件。"
        by_filter(context, wanted, whole, "sixping overdue")
        return
    first = f"; 最近的期限: {moment(from_text(due), context.now.year)}" if due else ""
    context.say(f"没有超期、到期或等候的事项。在办 {running} 件{first}。")


def _counted(counts: Mapping[str, int]) -> str:
    return "、".join(f"{KINDS[kind]} {n}" for kind, n in counts.items()) + "。"

"""Inspections (附2.2) and services (附2.4) in the paper of a period, where they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.phrases import NO_RATE
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Head,
    Note,
    Runs,
    Sentence,
    Table,
    count,
    percent,
)
from sixping.render.paper.wording import full_day
from sixping.reports.period import percent as share_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.render.paper.period.draft import Draft
    from sixping.reports.office.market import Inspected, Services

INSPECTIONS, SERVICES = "检查抽检", "服务事项"


def market(d: Draft) -> Iterator[Block]:
    """Yield a section each for what is kept."""
    if found := d.report.market.inspections:
        yield d.section(INSPECTIONS)
        yield _inspections(d, found)
    if served := d.report.market.services:
        yield d.section(SERVICES)
        yield from _services(d, served)


def _inspections(d: Draft, found: Inspected) -> Block:
    if all(row.n is None for row in found.rows):
        return Sentence((f"本期没有检查抽检的记录（自{full_day(found.since)}起登记），不是0。",))
    several = len(found.months) > 1
    rows: list[tuple[Cell, ...]] = []
    for row in found.rows:
        told = (_months(row.months) or NO_RATE,) if several else ()
        platform = d.naming.platform(row.platform)
        rows.append((platform, row.kind, row.measure, count(row.n), *told))
    heads = [Head("平台"), Head("种类"), Head("指标"), Head("数", "figure")]
    notes: list[Runs] = [(
        f"自{full_day(found.since)}起登记；"
        + (f"本期{len(found.months)}个月，数为有记录的月份之和；" if several else "")
        + f"{NO_RATE}：没有记录，不是0。",
    )]  # fmt: skip
    partial = tuple(dict.fromkeys(month for row in found.rows for month in row.partial))
    if partial:
        notes.append((f"{_months(partial)}的数是当月未完时所记。",))
    if found.without_case is not None:
        notes.append(("不合格的还没有登记为事项的：", count(found.without_case), "。"))
    if several:
        heads.append(Head("有记录的月份"))
    caption = d.caption("表", INSPECTIONS)
    return Table(INSPECTIONS, caption, tuple(heads), tuple(rows), notes=tuple(notes))


def _months(months: Sequence[str]) -> str:
    several = len({month[:4] for month in months}) > 1
    named = ((f"{month[:4]}年" if several else "") + f"{int(month[5:])}月" for month in months)
    return "、".join(named)


def _services(d: Draft, served: Services) -> Iterator[Block]:
    if not served.rows:
        yield Note((f"自{full_day(served.since)}起登记，本期没有服务事项的申请。",))
        return
    since = (
        f"自{full_day(served.since)}起登记；应办结：办结期限在本期届满的，"
        "按事项承诺的期限，没有的按办法（五.1c）；"
        f"不足{d.report.least}件的不列率。"
    )
    heads = ("收到", "办结", "应办结", "按时办结", "按时办结率")
    yield Table(
        SERVICES,
        d.caption("表", "服务事项办理情况"),
        (Head("事项"), *(Head(head, "figure") for head in heads)),
        tuple(
            (
                row.name,
                count(row.received),
                count(row.done),
                count(row.due),
                count(row.on_time),
                percent(share_of(row.on_time, row.due)) if row.due >= d.report.least else NO_RATE,
            )
            for row in served.rows
        ),
        notes=((since,),),
    )

"""How units handled what fell due: ranks, their table and chart, extensions and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.render.paper.blocks import (
    Bar,
    Block,
    Cell,
    Chart,
    Head,
    Runs,
    Sentence,
    Series,
    Table,
    count,
    percent,
)
from sixping.render.paper.period.draft import SHOWN
from sixping.render.paper.wording import listed, names_with, ranked
from sixping.reports.period import DIMENSIONS, FINISH
from sixping.reports.waysout import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.render.paper.period.draft import Draft
#: what stands in a table of units; the last one is what is late and open
_PARTS = ("due", "met", "late_resolved", "late_open")


def units(d: Draft) -> Iterator[Block]:
    """Yield who leads and trails, every unit with its results, and what stands beside."""
    rows = [row for row in d.report.by["unit"] if row["finish"]["due"] or row["received"]]
    rates = [
        (d.named("unit", row["name"]), row["finish_on_time"]["rate"])
        for row in rows
        if row["name"] and row["finish"]["due"] >= d.report.least
    ]
    order = ranked(rates)
    if order.first:
        yield Sentence((
            f"应办结{d.report.least}件以上的{order.n}个单位中，按时办结率居前的：",
            *names_with(order.first), "；居后的：", *names_with(order.last), "。",
        ))  # fmt: skip
    elif rates:
        yield Sentence((
            f"应办结{d.report.least}件以上的单位", count(len(rates)), "个，不排名次。",
        ))  # fmt: skip
    due = sorted(rows, key=lambda row: (-row["finish"]["due"], row["name"] or "\uffff"))
    yield unit_table(d, "各单位办理情况", due, "unit")
    if chart := _unit_chart(d, due):
        yield chart
    yield from _extended(d)


def unit_table(
    d: Draft, caption: str, rows: Sequence[dict[str, Any]], dimension: str, sort: str = "表"
) -> Table:
    """Return 应办结 | 按时办结 | 超期办结 | 超期未办结 | 按时办结率, with what was received."""
    most = max([row["finish"]["due"] for row in rows], default=0) or 1
    left = sum(row["finish"]["left_late"] for row in rows)
    notes: list[Runs] = [(
        f"应办结：办结期限在本期届满的，延期的按新期限；不足{d.report.least}件的不列率。",
    )]  # fmt: skip
    if left:
        notes.append((
            "应办结中另有超期后转出（上报、调级等）的", count(left, "finish.left_late"), "件。",
        ))  # fmt: skip
    notes += _left_out(d, rows, dimension)

    def cells(row: dict[str, Any]) -> tuple[Cell, ...]:
        finish = row["finish"]
        few = finish["due"] < d.report.least
        return (
            d.named(dimension, row["name"]),
            count(row["received"], d.key(dimension, row["name"], "received")),
            *(
                count(
                    finish[part],
                    d.key(dimension, row["name"], f"finish.{part}"),
                    late=part == "late_open",
                )
                for part in _PARTS
            ),
            percent(None if few else row["finish_on_time"]["rate"]),
            Bar(tuple(float(finish[part]) for part in _PARTS[1:]), float(most)),
        )

    total: tuple[Cell, ...] = (
        "合计",
        d.total("received"),
        *(
            count(d.report.finish[part], f"finish.{part}", late=part == "late_open")
            for part in _PARTS
        ),
        percent(d.report.rates["finish_on_time"]["rate"]),
        None,
    )
    return Table(
        DIMENSIONS[dimension],
        d.caption(sort, caption),
        (
            Head("承办单位" if dimension == "unit" else DIMENSIONS[dimension]),
            Head("接收", "figure"),
            *(Head(FINISH[part][0], "figure") for part in _PARTS),
            Head("按时办结率", "figure"),
            Head("", "bar"),
        ),
        tuple(map(cells, rows)),
        total=total,
        shown=SHOWN,
        rest=_rest_of_units(rows),
        notes=tuple(notes),
        legend=tuple(FINISH[part][0] for part in _PARTS[1:]),
    )


def _left_out(d: Draft, rows: Sequence[dict[str, Any]], dimension: str) -> Iterator[Runs]:
    """Say how many the rates of a row leave out, as nobody wrote down when they ended."""
    told = [
        f"{d.named(dimension, row['name'])}办结{left['finish']}件、受理{left['accept']}件"
        for row in rows
        for left in [row["left_out"]]
        if left["finish"] or left["accept"]
    ]
    if told:
        yield (f"两率未纳入的（时间不详）：{'；'.join(told)}。",)


def _rest_of_units(rows: Sequence[dict[str, Any]]) -> tuple[Cell, ...] | None:
    others = rows[SHOWN:]
    if not others:
        return None
    sums = [sum(row["finish"][part] for row in others) for part in _PARTS]
    return (
        f"其他{len(others)}个",
        count(sum(row["received"] or 0 for row in others)),
        *(count(n) for n in sums),
        percent(None),
        None,
    )


def _unit_chart(d: Draft, rows: Sequence[dict[str, Any]]) -> Chart | None:
    own = [row for row in rows if row["finish"]["due"]][:SHOWN]
    if len(own) <= 1:
        return None
    return Chart(
        "stacked",
        d.caption("图", "各单位应办结事项的办理结果"),
        "件",
        tuple(d.named("unit", row["name"]) for row in own),
        tuple(
            Series(
                FINISH[part][0],
                tuple(float(row["finish"][part]) for row in own),
                late=part == "late_open",
            )
            for part in _PARTS[1:]
        ),
        f"应办结最多的{len(own)}个单位，按时办结、超期办结、超期未办结的件数，同上表",
    )


def _extended(d: Draft) -> Iterator[Block]:
    """Say what stands beside the rate: extensions, and what left its limit."""
    beside = d.report.beside
    out = {kind: n for kind, n in beside.transferred_out.items() if n}
    said: list[Runs] = []
    if beside.extended:
        first = beside.by_first_limit["rate"]
        said.append((
            "延期", count(beside.extended, "extended"), "件，占应办结的",
            percent(beside.share), "，按原期限计算的办结率", percent(first), "。",
        ))  # fmt: skip
    if out:
        kinds = listed(
            (WAYS[kind], count(n, f"transferred_out.{kind}"), "件") for kind, n in out.items()
        )
        second = beside.with_transferred["finish_on_time"]["rate"]
        said.append((
            "期限未满而转出（限内转出）", count(sum(out.values()), "transferred_out"), "件：",
            *kinds, "；连同转出的计算，按时办结率", percent(second), "。",
        ))  # fmt: skip
    for runs in said or [("没有延期的，也没有期限未满而转出（限内转出）的。",)]:
        yield Sentence(runs)

"""What came in: the most frequent, the trend, shares by every dimension, what comes again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sixping.render.paper.blocks import (
    Bar,
    Block,
    Cell,
    Chart,
    Head,
    Pair,
    Sentence,
    Series,
    Table,
    count,
    moved,
    percent,
)
from sixping.render.paper.period.draft import SHOWN
from sixping.render.paper.wording import compared
from sixping.reports.period import DIMENSIONS
from sixping.reports.period import percent as share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.period.draft import Draft
#: the breakdowns of what came in, in the order in which the meeting reads them
_CAME_IN = ("category", "platform", "channel", "community", "severity", "nature")
#: categories that have a sentence of their own; numbers that are named of one place
_HOT, _NAMED = 5, 5


def received(d: Draft) -> Iterator[Block]:
    """Yield what is most frequent, the trend, the shares, and what comes again."""
    if not d.report.totals["received"]:
        yield Sentence((f"{d.words.this}没有收到反映。",))
        return
    yield from _hot(d)
    if chart := _trend(d):
        yield chart
    tables = [
        share_table(d, dimension)
        for dimension in _CAME_IN
        if dimension in d.report.by and d.says(dimension)
    ]
    for left, right in zip(tables[::2], tables[1::2], strict=False):
        yield Pair(left, right)
    if len(tables) % 2:
        yield tables[-1]
    yield from _again(d)


def _hot(d: Draft) -> Iterator[Block]:
    """Yield a sentence for each of the most frequent categories."""
    rows = [row for row in d.report.by["category"] if row["name"] and row["received"] > 1]
    for place, row in enumerate(rows[:_HOT], 1):
        key = d.key("category", row["name"], "received")
        yield Sentence((
            f"{place}．{row['name']}", count(row["received"], key), "件，占", percent(row["share"]),
            *compared(row["received"], d.received_before("category", row), d.words.before), "。",
        ))  # fmt: skip


def _trend(d: Draft) -> Chart | None:
    known = [month for month in d.report.trend if month.received is not None]
    if len(known) <= 1:
        return None
    values = tuple(
        None if month.received is None else float(month.received) for month in d.report.trend
    )
    done = tuple(
        None if month.resolved is None else float(month.resolved) for month in d.report.trend
    )
    names = tuple(_month_words(month.month) for month in d.report.trend)
    first = next(place for place, value in enumerate(values) if value is not None)
    return Chart(
        "lines",
        d.caption("图", f"近{len(values) - first}个月接收和办结件数"),
        "件",
        names[first:],
        (Series("接收", values[first:]), Series("办结", done[first:])),
        f"{names[first]}至{names[-1]}每月的接收和办结件数",
    )


def share_table(d: Draft, dimension: str, sort: str = "表") -> Table:
    """Return a breakdown of what came in: 件数 占比 增减, and a bar with a tick."""
    rows = [row for row in d.report.by[dimension] if row["received"]]
    total = d.report.totals["received"] or 0
    was = [d.received_before(dimension, row) for row in rows]
    most = float(max([row["received"] for row in rows] + [n or 0 for n in was]))
    cells = tuple(
        (
            d.named(dimension, row["name"]),
            count(row["received"], d.key(dimension, row["name"], "received")),
            percent(row["share"]),
            moved(row["received"], before),
            Bar((float(row["received"]),), most, None if before is None else float(before)),
        )
        for row, before in zip(rows, was, strict=True)
    )
    rest: tuple[Cell, ...] | None = None
    if len(rows) > SHOWN:
        others = sum(row["received"] for row in rows[SHOWN:])
        rest = (f"其他{len(rows) - SHOWN}个", count(others), percent(share_of(others, total)),
                None, None)  # fmt: skip
    word = DIMENSIONS[dimension]
    return Table(
        f"按{word}",
        d.caption(sort, f"接收，按{word}"),
        (Head(word), Head("件数", "figure"), Head("占比", "figure"),
         Head(f"比{d.words.before}", "figure"), Head("", "bar")),
        cells,
        total=("合计", d.total("received"), percent(100.0 if total else None),
               moved(total, d.was("received")), None),
        shown=SHOWN,
        rest=rest,
        notes=tuple(d.unfilled(dimension)) if dimension == "community" else (),
    )  # fmt: skip


def _again(d: Draft) -> Iterator[Block]:
    """Say which places and how many callers come again (附1)."""
    found = d.report.worked.repeated
    if not found:
        return
    places = [each for each in found if each.place is not None]
    callers = [each for each in found if each.place is None]
    if places:
        rows = tuple(
            (
                each.place or "",
                count(len(each.numbers), f"repeated.places.{place}"),
                "、".join(each.numbers[:_NAMED]) + ("等" if len(each.numbers) > _NAMED else ""),
            )
            for place, each in enumerate(places, 1)
        )
        yield Table(
            "重复地点", d.caption("表", "重复反映的地点"),
            (Head("地点"), Head("件数", "figure"), Head("编号")), rows, shown=SHOWN,
            rest=(f"其他{len(places) - SHOWN}处", None, None) if len(places) > SHOWN else None,
        )  # fmt: skip
    if callers:
        most = max(len(each.numbers) for each in callers)
        yield Sentence((
            "多次来电的反映人", count(len(callers)), "名，共",
            count(sum(len(each.numbers) for each in callers), "repeated.callers"),
            "件次，最多的一名", count(most), "件。",
        ))  # fmt: skip


def _month_words(month: str) -> str:
    day = date.fromisoformat(f"{month}-01")
    return f"{day.year}年{day.month}月"

"""What is late when a period ends: the sentence to read aloud, whose it is, the oldest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.blocks import (
    Bar,
    Block,
    Head,
    Note,
    Pair,
    Runs,
    Sentence,
    Table,
    count,
    days,
    percent,
)
from sixping.render.paper.period.draft import NOBODY, SHOWN, Draft
from sixping.render.paper.wording import listed, rate_compared
from sixping.reports.drill import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.period.draft import Draft

_STOCK_AND_COHORT = (
    "超期从期限届满之日的次一工作日起算，算到期末；期末在办的事项按期末时的单位计，"
    "与本期应办结的事项（期限在本期届满的）不是同一范围。"
)


def late_words(d: Draft) -> Runs:
    """Say how much was late and open at the end, whose it is and how long at most."""
    n = d.report.totals["overdue"]
    if n is None:
        return ("期末超期未办结的件数没有记录。",)
    if not n:
        return ("期末没有超期未办结的事项。",)
    units = late_units(d)
    longest = max((days_late for _, _, days_late in units), default=0)
    said: Runs = ("期末超期未办结", d.total("overdue", late=True), "件")
    if len(units) == 1:
        where = f"在{units[0][0]}" if units[0][0] else "没有分派"
        said = (*said, f"，{'' if n == 1 else '都'}{where}")
    else:
        parts: list[Runs] = [
            (name, count(late, d.key("unit", unit, "overdue"), late=True), "件")
            for unit, late, _ in units[:3]
            for name in [unit or NOBODY.strip("()")]
        ]
        rest = "等" if len(units) > len(parts) else ""
        said = (*said, "，其中", *listed(parts), rest)
    length: Runs = (days(longest),) if longest else ("不足1",)
    return (*said, f"，{'' if n == 1 else '最长'}超期", *length, "个工作日。")


def late_units(d: Draft) -> list[tuple[str, int, int]]:
    """Return ``(unit, late, longest)`` of the units with something late, most first."""
    longest = d.report.worked.longest
    rows = [
        (row["name"], row["overdue"], longest.get(row["name"], 0))
        for row in d.report.by["unit"]
        if row["overdue"]
    ]
    return sorted(
        [(unit or "", late, length) for unit, late, length in rows],
        key=lambda each: (-each[1], -each[2], each[0]),
    )


def rate_words(d: Draft) -> Runs:
    """Say what fell due and was done in time, and how the rate moved."""
    finish, now = d.report.finish, d.report.rates["finish_on_time"]
    if not finish["due"]:
        return (f"{d.words.this}没有到期应办结的事项。",)
    before, year = (
        pair.rates["finish_on_time"]["rate"] if pair else None for pair in (d.before, d.year)
    )
    return (
        f"{d.words.this}应办结", count(finish["due"], "finish.due"),
        "件，按时办结", count(finish["met"], "finish.met"),
        "件，按时办结率", percent(now["rate"]),
        *rate_compared(now["rate"], before, d.words.before),
        *rate_compared(now["rate"], year, d.words.year_before), "。",
    )  # fmt: skip


def late(d: Draft) -> Iterator[Block]:
    """Yield the units with something late and open, and the cases that are so longest."""
    n = d.report.totals["overdue"]
    if not n:
        yield Sentence(late_words(d))
        return
    units = late_units(d)
    most = max(late for _, late, _ in units)
    table = Table(
        "超期单位",
        d.caption("表", "期末超期未办结，按单位"),
        (
            Head("承办单位"),
            Head("件数", "figure"),
            Head("最长超期（工作日）", "figure"),
            Head("", "bar"),
        ),
        tuple(
            (
                d.named("unit", unit or None),
                count(late, d.key("unit", unit or None, "overdue"), late=True),
                days(length) if length else "不足1",
                Bar((float(late),), float(most), late=True),
            )
            for unit, late, length in units
        ),
        total=("合计", d.total("overdue", late=True), None, None),
    )
    cases = sorted(
        (case for case in d.report.cases if case["overdue"]),
        key=lambda case: (-(case["workdays_late"] or 0), case["number"]),
    )
    longest = Table(
        "超期事项",
        d.caption("表", f"超期最久的{min(len(cases), SHOWN)}件" if len(cases) > 1 else "超期的1件"),
        (Head("编号"), Head("类别"), Head("承办单位"), Head("超期（工作日）", "figure")),
        tuple(
            (
                case["number"],
                case["at_end"]["category"] or UNNAMED,
                case["at_end"]["unit"] or NOBODY,
                days(case["workdays_late"]) if case["workdays_late"] else "不足1",
            )
            for case in cases
        ),
        shown=SHOWN,
    )
    yield Pair(table, longest)
    yield Note((_STOCK_AND_COHORT,))

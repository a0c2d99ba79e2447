"""The few figures that stand first, and the totals of a period with what they compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.period import cohorts
from sixping.render.paper.blocks import (
    Block,
    Card,
    Cards,
    Head,
    Sentence,
    Table,
    count,
    days,
    moved,
    percent,
)
from sixping.render.paper.wording import day_words, punctuated
from sixping.reports.period import TOTALS, per_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.blocks import Figure, Runs
    from sixping.render.paper.period.draft import Draft


def cards(d: Draft) -> Cards:
    """Return the four figures that stand first, what is late before all others."""
    rate = d.report.rates["finish_on_time"]["rate"]
    rates = [pair.rates["finish_on_time"]["rate"] if pair else None for pair in (d.before, d.year)]
    return Cards((
        _card(d, "超期未办结", "overdue", late=True),
        Card("按时办结率", percent(rate), "", _beside(d, *map(percent, rates))),
        _card(d, "接收", "received"),
        _card(d, "期末在办", "open"),
    ))  # fmt: skip


def _card(d: Draft, title: str, measure: str, *, late: bool = False) -> Card:
    was = (count(d.was(measure)), count(d.year_was(measure)))
    return Card(title, d.total(measure, late=late), "件", _beside(d, *was))


def _beside(d: Draft, before: Figure, year: Figure) -> tuple[tuple[str, Figure], ...]:
    beside = ((d.words.before, before),)
    return (*beside, (d.words.year_before, year)) if d.words.year_before else beside


def overall(d: Draft) -> Iterator[Block]:
    """Yield what came in, was taken on and done, and the totals beside the earlier ones."""
    report, totals = d.report, d.report.totals
    yield Sentence((
        f"{d.words.this}共接收各类反映", d.total("received"), "件",
        *daily_words(totals["received"], report.days),
        *d.both("received"), *_known(d, "；受理", "accepted", "件"), *_not_taken(d),
        *_known(d, "；办结", "resolved", "件次"), *d.both("resolved", "件次"),
        *_known(d, "；期末在办", "open", "件"), "。",
    ))  # fmt: skip
    rows = tuple(
        (
            TOTALS[measure], d.total(measure), count(d.was(measure)),
            moved(value, d.was(measure)),
            *((count(d.year_was(measure)), moved(value, d.year_was(measure)))
              if d.words.year_before else ()),
        )
        for measure, value in totals.items()
        if value or d.was(measure) or d.year_was(measure)
    )  # fmt: skip
    year = (d.words.year_before, "增减") if d.words.year_before else ()
    heads = ("项目", d.words.this, d.words.before, "增减", *year)
    yield Table(
        "总体情况",
        d.caption("表", "总体情况"),
        (Head(heads[0]), *(Head(head, "figure") for head in heads[1:])),
        rows,
        notes=tuple(
            (punctuated(f"{words}。"),) for words in (*cohorts(report).values(), *_same_days(d))
        ),
    )


def daily_words(n: int | None, days_: int) -> Runs:
    """Return how many a day on average; so few that they round to nothing are not called 0.0."""
    mean = per_day(n, days_)
    if not n or days_ <= 1:
        return ()
    return ("，日均", days(mean, mean=True) if mean else "不足0.1", "件")


def _known(d: Draft, words: str, measure: str, unit: str) -> Iterator[str | Any]:
    """Yield a total in words; nothing where nobody knows it."""
    if d.report.totals[measure] is not None:
        yield from (words, d.total(measure), unit)


def _not_taken(d: Draft) -> Iterator[str | Any]:
    for measure in ("declined", "transferred", "guided", "sent_back"):
        if d.report.totals[measure]:
            yield f"，{TOTALS[measure]}"
            yield d.total(measure)
            yield "件"


def _same_days(d: Draft) -> Iterator[str]:
    """Say with which days a running period is compared."""
    report = d.report
    if report.period.last <= report.as_of.date():
        return
    for words, pair in ((d.words.before, report.previous), (d.words.year_before, report.last_year)):
        if pair and words:
            first, last = (day_words(day, than=report.period.first) for day in pair[0])
            yield f"本期尚未结束，只与相同的日子相比：{words}（{first}至{last}）"

"""What a report says of inspections (附2.2) and of services (附2.4), where these are kept. Pure.

Each says since when it counts, and over how many months; what nobody said is None, never 0.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sixping.policy.inspections import InspectionKind
    from sixping.policy.vocabulary import Platform
    from sixping.reports.period import Span


class Told(NamedTuple):
    """The total of a month by kind and platform; ``partial``: told before the month was over.

    ``without_case``: failures without a case, None: nobody said how many failed.
    """

    month: str
    platform: Platform
    kind: str
    values: Mapping[str, int]
    partial: bool
    without_case: int | None


class Measured(NamedTuple):
    """One measure of a kind over the months of a period; ``n`` None: no month says it.

    ``months``: those that do; ``partial``: of them those that were told before they were over.
    """

    platform: Platform
    kind: str
    measure: str
    n: int | None
    months: tuple[str, ...]
    partial: tuple[str, ...] = ()


class Inspected(NamedTuple):
    """The inspections of a period's months since the register was begun.

    ``without_case``: failures without a case in the months that say how many failed, None: none do.
    """

    since: date
    months: tuple[str, ...]
    rows: tuple[Measured, ...]
    without_case: int | None


class Served(NamedTuple):
    """How the applications for one item went: those received, done, and due in the period.

    ``on_time``: of the due ones, by the item's own limit where it has one.
    """

    name: str
    received: int
    done: int
    due: int
    on_time: int


class Services(NamedTuple):
    """The applications of a period, item by item, since the register was begun."""

    since: date
    rows: tuple[Served, ...]


class Market(NamedTuple):
    """Both; None: it is not kept, or says nothing of such a period."""

    inspections: Inspected | None = None
    services: Services | None = None


NOTHING = Market()


def months_of(span: Span, begun: date, today: date) -> tuple[str, ...]:
    """Return the whole months of a period that have begun, from that of ``begun`` on."""
    months = []
    first = span.first
    while first <= min(span.last, today):
        end = first.replace(day=monthrange(first.year, first.month)[1])
        if first.day == 1 and begun <= end <= span.last:
            months.append(f"{first:%Y-%m}")
        first = end + timedelta(days=1)
    return tuple(months)


def inspected(
    since: date,
    months: Sequence[str],
    kinds: Iterable[InspectionKind],
    totals: Sequence[Told],
    platform: str | None = None,
) -> Inspected:
    """Add the months up, measure by measure; of one platform where one is named."""
    rows, open_failures = [], []
    for kind in kinds:
        for of in kind.platforms:
            if platform not in {None, of}:
                continue
            own = (each for each in totals if (each.platform, each.kind) == (of, kind.name))
            told = sorted((each for each in own if each.month in months), key=_month)
            rows += [_measured(of, kind.name, measure, told) for measure in kind.measures]
            if kind.failed:
                open_failures += [each.without_case for each in told]
    known = [n for n in open_failures if n is not None]
    return Inspected(since, tuple(months), tuple(rows), sum(known) if known else None)


def _month(told: Told) -> str:
    return told.month


def _measured(of: Platform, kind: str, measure: str, told: Sequence[Told]) -> Measured:
    said = [each for each in told if measure in each.values]
    return Measured(
        of, kind, measure,
        sum(each.values[measure] for each in said) if said else None,
        tuple(each.month for each in said),
        tuple(each.month for each in said if each.partial),
    )  # fmt: skip


def served(since: date, counted: Iterable[tuple[str, Mapping[str, int]]]) -> Services:
    """Add up what things count for each item: ``received resolved finish_due finish_met``."""
    sums: dict[str, Counter[str]] = {}
    for name, counts in counted:
        sums.setdefault(name, Counter()).update(counts)
    rows = [
        Served(name, n["received"], n["resolved"], n["finish_due"], n["finish_met"])
        for name, n in sums.items()
        if any(n[measure] for measure in MEASURES)
    ]
    return Services(since, tuple(sorted(rows, key=lambda row: (-row.received, row.name))))


MEASURES = ("received", "resolved", "finish_due", "finish_met")


def market_json(market: Market) -> dict[str, Any]:
    """Return ``{inspections: …, services: …}``, only of what is kept."""
    document: dict[str, Any] = {}
    if market.inspections:
        document["inspections"] = market.inspections._asdict() | {
            "rows": [row._asdict() for row in market.inspections.rows]
        }
    if market.services:
        document["services"] = market.services._asdict() | {
            "rows": [row._asdict() for row in market.services.rows]
        }
    return document

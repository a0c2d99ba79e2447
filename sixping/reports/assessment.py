"""How offices, communities and agencies did in a period (五.2, 附3.5): counts, scores, ranks.

Pure. Every figure is a number of rows (``assessrows``). Scores need weights, which the
notice does not give; they are exact fractions, rounded half-up to two decimals once.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.assessment import COHORTS, KINDS, NO_CASES, exact
from sixping.reports.assessrows import ACT
from sixping.reports.period import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sixping.policy.assessment import Deduction, Indicator, Scheme
    from sixping.policy.units import UnitKind
    from sixping.reports.assessrows import Row
    from sixping.reports.period import Span

_CENT = Decimal("0.01")
#: what can be opened beside the indicators and deductions of the file
CASES, PEOPLE = "cases", "people"


class Rate(NamedTuple):
    """One indicator of one subject; ``rate`` in percent, None where nothing is in the cohort."""

    n: int
    d: int
    rate: float | None
    score: Decimal | None


class Count(NamedTuple):
    """One deduction of one subject; ``points`` None: the street has set none."""

    n: int
    points: Decimal | None


class ManualItem(NamedTuple):
    """Points given or taken by hand, with the reason and who entered it."""

    seq: int
    unit: str
    day: date
    points: Decimal
    reason: str | None
    by: str | None


class Acted(NamedTuple):
    """Somebody who took steps of cases."""

    by: str
    steps: int
    cases: int


class Subject(NamedTuple):
    """One office, community or agency; ``unranked`` says why it has no rank."""

    name: str
    kind: UnitKind
    cases: int
    rates: Mapping[str, Rate]
    counts: Mapping[str, Count]
    items: tuple[ManualItem, ...]
    people: tuple[Acted, ...]
    total: Decimal | None
    rank: int | None
    unranked: str | None


class Sheet(NamedTuple):
    """What the street recorded about an agency in a year (附3.5): (seq, day, text, author)."""

    agency: str
    opinions: tuple[tuple[int, date, str | None, str | None], ...]
    consents: tuple[tuple[int, date, str | None, str | None], ...]


class Assessment(NamedTuple):
    """A whole assessment; ``others``: names that rows bear and no subject has, with cases."""

    sort: str
    period: Span
    as_of: datetime
    seq: int
    head: str
    scheme: Scheme
    small_sample: int
    subjects: tuple[Subject, ...]
    others: tuple[tuple[str | None, int], ...]
    sheets: tuple[Sheet, ...]


def counted(rows: Iterable[Row], cohort: str, marks: Sequence[str] = ()) -> int:
    """Return how many rows of a cohort bear one of the marks; all of them without marks."""
    return sum(
        row.cohort == cohort and (not marks or not row.marks.isdisjoint(marks)) for row in rows
    )


def behind(found: Assessment, rows: Iterable[Row], measure: str) -> list[tuple[Row, bool]]:
    """Return the rows behind a figure, and whether each counts: all do but misses of a rate."""
    subjects = {one.name for one in found.subjects}
    own = [row for row in rows if row.unit in subjects]
    rate = next((i for i in found.scheme.indicators if i.id == measure), None)
    if rate:
        chosen = [(row, rate.n in row.marks) for row in own if row.cohort == rate.d]
    elif measure == CASES:
        once = {(row.unit, row.key): row for row in own if _is_case(row)}
        chosen = [(row._replace(what=""), True) for row in once.values()]
    elif measure == PEOPLE:
        chosen = [(row, True) for row in own if row.cohort == ACT]
    else:
        cost = next(d for d in found.scheme.deductions if d.id == measure)
        chosen = [
            (row, True)
            for row in own
            if row.cohort == cost.of and not row.marks.isdisjoint(cost.where)
        ]
    order = {one.name: place for place, one in enumerate(found.subjects)}
    return sorted(chosen, key=lambda pair: (order[pair[0].unit or ""], pair[0].key))


def assess(
    scheme: Scheme,
    units: Mapping[str, UnitKind],
    rows: Iterable[Row],
    items: Iterable[ManualItem],
    small_sample: int,
) -> list[Subject]:
    """Return the subjects in the order of their kinds, ranked ones first, then as the units are."""
    own: dict[str | None, list[Row]] = {}
    for row in rows:
        own.setdefault(row.unit, []).append(row)
    given: dict[str, list[ManualItem]] = {}
    for item in items:
        given.setdefault(item.unit, []).append(item)
    found: list[Subject] = []
    for kind in KINDS:
        some = [
            _subject(scheme, name, kind, own.get(name, []), given.get(name, []))
            for name, its in units.items()
            if its is kind
        ]
        found += _ranked(some, scheme, small_sample)
    return found


def others(units: Mapping[str, UnitKind], rows: Iterable[Row]) -> list[tuple[str | None, int]]:
    """Return the names that are no subject (None: nobody is named), with their cases."""
    found: dict[str | None, set[str]] = {}
    for row in rows:
        if row.unit not in units and row.cohort != ACT:
            found.setdefault(row.unit, set()).add(row.key)
    return sorted(((name, len(keys)) for name, keys in found.items()), key=lambda p: p[0] or "")


def _is_case(row: Row) -> bool:
    """Tell whether a row says something of a case: not of a day or a task, and no mere step."""
    return row.cohort in COHORTS and row.cohort not in NO_CASES


def _subject(
    scheme: Scheme, name: str, kind: UnitKind, rows: Sequence[Row], items: Sequence[ManualItem]
) -> Subject:
    indicators = [one for one in scheme.indicators if kind in one.kinds]
    deductions = [one for one in scheme.deductions if kind in one.kinds]
    rates = {one.id: _rate(one, rows) for one in indicators}
    counts = {one.id: _count(one, rows) for one in deductions}
    return Subject(
        name=name,
        kind=kind,
        cases=len({row.key for row in rows if _is_case(row)}),
        rates=rates,
        counts=counts,
        items=tuple(items),
        people=tuple(_people(rows)),
        total=_total(indicators, rates, counts, items),
        rank=None,
        unranked=None,
    )


def _rate(one: Indicator, rows: Sequence[Row]) -> Rate:
    n, d = counted(rows, one.d, [one.n]), counted(rows, one.d)
    score = None
    if d and one.weight is not None:
        score = _rounded(_weight(one) * _share(one, n, d))
    return Rate(n, d, percent(n, d), score)


def _weight(one: Indicator) -> Fraction:
    return Fraction(exact(one.weight)) if one.weight is not None else Fraction(0)


def _share(one: Indicator, n: int, d: int) -> Fraction:
    return Fraction(n if one.high else d - n, d)


def _count(one: Deduction, rows: Sequence[Row]) -> Count:
    n = counted(rows, one.of, one.where)
    return Count(n, None if one.points is None else n * exact(one.points))


def _people(rows: Iterable[Row]) -> Iterable[Acted]:
    acts: dict[str, list[str]] = {}
    for row in rows:
        if row.cohort == ACT and row.by:
            acts.setdefault(row.by, []).append(row.key)
    found = [Acted(by, len(keys), len(set(keys))) for by, keys in acts.items()]
    return sorted(found, key=lambda one: (-one.steps, one.by))


def _total(
    indicators: Sequence[Indicator],
    rates: Mapping[str, Rate],
    counts: Mapping[str, Count],
    items: Sequence[ManualItem],
) -> Decimal | None:
    """Return the weighted mean of what has a cohort, in hundredths, less and plus the points."""
    weights = sum((_weight(one) for one in indicators if rates[one.id].d), Fraction(0))
    if not weights:
        return None
    earned = sum(
        (_weight(i) * _share(i, rates[i.id].n, rates[i.id].d) for i in indicators if rates[i.id].d),
        Fraction(0),
    )
    lost = sum((count.points or Decimal(0) for count in counts.values()), Decimal(0))
    by_hand = sum((item.points for item in items), Decimal(0))
    return _rounded(earned * 100 / weights - Fraction(lost) + Fraction(by_hand))


def _rounded(value: Fraction) -> Decimal:
    """Return a fraction half-up (away from zero) to two decimals."""
    # Twenty digits more than are shown: no fraction of counts lies closer to a half.
    near = Decimal(value.numerator) / Decimal(value.denominator)
    return near.quantize(_CENT, ROUND_HALF_UP)


NO_WEIGHTS, NO_COHORT, FEW = "未设权重", "没有统计对象", "件数过少"


def _ranked(subjects: Sequence[Subject], scheme: Scheme, small_sample: int) -> list[Subject]:
    """Rank those with enough cases by their total; equal totals share a rank."""
    why: dict[str, str | None] = {}
    for one in subjects:
        if not scheme.weighted(one.kind):
            why[one.name] = NO_WEIGHTS
        elif one.cases < small_sample:
            why[one.name] = FEW
        else:
            why[one.name] = NO_COHORT if one.total is None else None
    totals = [one.total for one in subjects if why[one.name] is None and one.total is not None]
    placed = [
        one._replace(
            rank=None if why[one.name] or one.total is None
            else 1 + sum(total > one.total for total in totals),
            unranked=why[one.name],
        )
        for one in subjects
    ]  # fmt: skip
    return sorted(placed, key=lambda one: (one.rank is None, one.rank or 0))

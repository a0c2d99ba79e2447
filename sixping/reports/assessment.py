"""How offices, communities and agencies did in a period (五.2, 附3.5): counts, scores, ranks.

Pure. Every figure is a number of rows (``assessrows``). Scores need weights, which the
notice does not give; they are exact fractions, rounded half-up to two decimals once.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.assessment import COHORTS, KINDS, NO_CASES, exact
from sixping.policy.vocabulary import CLOCKS
from sixping.reports.assessrows import ACT, LEFT_OUT
from sixping.reports.drill import CHANGED, SEEN
from sixping.reports.office.persons import COHORTS as OF_PERSONS
from sixping.reports.period import OMITTED, percent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sixping.policy.assessment import Deduction, Indicator, Scheme
    from sixping.policy.units import UnitKind
    from sixping.reports.assessrows import AssessmentRow
    from sixping.reports.office.persons import Person
    from sixping.reports.period import Span, Waiting

_CENT = Decimal("0.01")
NOBODY = "无单位承担"
"""The name of what no subject answers for."""
#: cohort of an indicator → what of it is left out
OF_COHORT: Mapping[str, str] = {
    **{f"{clock}_due": clock for clock in CLOCKS},
    "resolved": "reopened_rate",
    "owing": "feedback_rate",
    "place_received": "finish_rate",
}
#: what can be opened beside the indicators and deductions of the file
CASES, PEOPLE, OTHERS = "cases", "people", "others"  # and LEFT_OUT


class Rate(NamedTuple):
    """One indicator of one subject; ``rate`` in percent, None where nothing is in the cohort.

    ``n``, ``d`` None: of a time before the ledger's first day nothing is known.
    """

    n: int | None
    d: int | None
    rate: float | None
    score: Decimal | None


class Count(NamedTuple):
    """One deduction of one subject; ``points`` None: the street has set none.

    ``n`` None: of a time before the ledger's first day nothing is known.
    """

    n: int | None
    points: Decimal | None


class ManualItem(NamedTuple):
    """Points given or taken by hand, with the reason and who entered it."""

    seq: int
    unit: str
    day: date
    points: Decimal
    reason: str | None
    by: str | None


class Contributor(NamedTuple):
    """Somebody who took steps of cases."""

    by: str
    steps: int
    cases: int


class Subject(NamedTuple):
    """One office, community or agency; ``unranked`` says why it has no rank.

    ``cases`` None: of a time before the ledger's first day nothing is known.
    """

    name: str
    kind: UnitKind
    cases: int | None
    rates: Mapping[str, Rate]
    counts: Mapping[str, Count]
    items: tuple[ManualItem, ...]
    people: tuple[Contributor, ...]
    total: Decimal | None
    rank: int | None
    unranked: str | None
    beside: Mapping[str, int | None] = MappingProxyType({})
    persons: tuple[Person, ...] = ()


class Nobody(NamedTuple):
    """What no subject answers for: its part of each rate and deduction.

    A name that is no subject, none at all, or a subject of a kind that is not assessed by it.
    With the subjects it adds up to the report of the period.
    """

    rates: Mapping[str, Rate]
    counts: Mapping[str, int | None]
    beside: Mapping[str, int | None] = MappingProxyType({})


class RecordedText(NamedTuple):
    """An opinion or a consent, as it was recorded; ``text`` None: erased."""

    seq: int
    day: date
    text: str | None
    by: str | None


class AgencySheet(NamedTuple):
    """What the street recorded about an agency in a year (附3.5).

    ``letters``: what came of the letters of its bureau, as a label and its days; no text of them.
    """

    agency: str
    opinions: tuple[RecordedText, ...]
    consents: tuple[RecordedText, ...]
    letters: tuple[tuple[str, str], ...] = ()


class Assessment(NamedTuple):
    """A whole assessment; ``others``: names that rows bear and no subject has, with cases.

    What is late is judged at ``as_of``, the end of the period or the moment before it; every
    step recorded until ``counts_until`` counts. ``known`` is False before the ledger's first
    day. ``left_out``: clock or rate → what is in no cohort; ``nobody`` None where subjects were
    chosen.
    """

    sort: str
    period: Span
    as_of: datetime
    made_at: datetime
    counts_until: datetime
    known: bool
    seq: int
    head: str
    scheme: Scheme
    small_sample: int
    units: Mapping[str, UnitKind]
    subjects: tuple[Subject, ...]
    nobody: Nobody | None
    left_out: Mapping[str, int | None]
    others: tuple[tuple[str | None, int], ...]
    sheets: tuple[AgencySheet, ...]
    waiting: Mapping[str, Waiting]  # what waits without a limit at the end of the period
    persons_since: date | None = None  # from when persons answer by name (附2.1); None: they do not


def counted(rows: Iterable[AssessmentRow], cohort: str, marks: Sequence[str] = ()) -> int:
    """Return how many rows of a cohort bear one of the marks; all of them without marks."""
    return sum(
        row.cohort == cohort and (not marks or not row.marks.isdisjoint(marks)) for row in rows
    )


def kinds_of(scheme: Scheme, measure: str) -> Collection[UnitKind | None]:
    """Return the kinds of subject that a figure is shown for."""
    kinds: dict[str, Collection[UnitKind | None]] = {i.id: i.kinds for i in scheme.indicators}
    kinds |= {deduction.id: deduction.kinds for deduction in scheme.deductions}
    return kinds.get(measure, tuple(KINDS))


def nobody(scheme: Scheme, units: Mapping[str, UnitKind], rows: Sequence[AssessmentRow]) -> Nobody:
    """Return what no subject answers for, figure by figure."""
    by_kind: dict[UnitKind | None, list[AssessmentRow]] = {}
    for row in rows:
        by_kind.setdefault(units.get(row.unit or ""), []).append(row)

    def rest(measure: str) -> list[AssessmentRow]:
        kinds = kinds_of(scheme, measure)
        return [row for kind, own in by_kind.items() if kind not in kinds for row in own]

    unweighted = (i._replace(weight=None) for i in scheme.indicators)
    return Nobody(
        {i.id: _rate(i, rest(i.id)) for i in unweighted},
        {d.id: counted(rest(d.id), d.of, d.where) for d in scheme.deductions},
        {key: sum(is_seen(row, key) for row in rest(key)) for key in SEEN},
    )


def left_out(rows: Sequence[AssessmentRow]) -> dict[str, int | None]:
    """Return how many are in no cohort, as nobody wrote down how they ended."""
    return {key: counted(rows, LEFT_OUT, [key]) for key in OMITTED}


def counts_for_others(row: AssessmentRow) -> bool:
    """Tell whether a row makes a name that is no subject one of the others."""
    return row.cohort not in {ACT, LEFT_OUT, *SEEN, *OF_PERSONS}


def is_seen(row: AssessmentRow, key: str) -> bool:
    """Tell whether a row stands under a figure of what has to be seen."""
    family, _, part = key.partition(".")
    mark = "counted" if key == CHANGED else part
    return row.cohort == family and (not part or mark in row.marks)


def assess(
    scheme: Scheme,
    units: Mapping[str, UnitKind],
    rows: Iterable[AssessmentRow],
    items: Iterable[ManualItem],
    small_sample: int,
) -> list[Subject]:
    """Return the subjects in the order of their kinds, ranked ones first, then as the units are."""
    own: dict[str | None, list[AssessmentRow]] = {}
    for row in rows:
        own.setdefault(row.unit, []).append(row)
    by_hand: dict[str, list[ManualItem]] = {}
    for item in items:
        by_hand.setdefault(item.unit, []).append(item)
    subjects: list[Subject] = []
    for kind in KINDS:
        alike = [
            _subject(scheme, name, kind, own.get(name, []), by_hand.get(name, []))
            for name, unit_kind in units.items()
            if unit_kind is kind
        ]
        subjects += _ranked(alike, scheme, small_sample)
    return subjects


def unknown(subject: Subject) -> Subject:
    """Return a subject as it stands in a period before the ledger's first day.

    What is recorded all the same stays: duty and meetings have days of their own.
    """
    return subject._replace(
        cases=subject.cases or None,
        rates=_unknown_rates(subject.rates),
        counts={name: c if c.n else Count(None, None) for name, c in subject.counts.items()},
        beside=unknown_counts(subject.beside),
    )


def unknown_nobody(nobody: Nobody) -> Nobody:
    """Return what no subject answers for, before the ledger's first day."""
    return Nobody(
        _unknown_rates(nobody.rates), unknown_counts(nobody.counts), unknown_counts(nobody.beside)
    )


def _unknown_rates(rates: Mapping[str, Rate]) -> dict[str, Rate]:
    return {name: r if r.d else Rate(None, None, None, None) for name, r in rates.items()}


def unknown_counts(counts: Mapping[str, int | None]) -> dict[str, int | None]:
    """Return counts before the ledger's first day: what was not recorded is not known to be 0."""
    return {key: n or None for key, n in counts.items()}


def others(
    units: Mapping[str, UnitKind], rows: Iterable[AssessmentRow]
) -> list[tuple[str | None, int]]:
    """Return the names of no subject, as a platform's (None: nobody is named), with their cases."""
    cases: dict[str | None, set[str]] = {}
    for row in rows:
        if units.get(row.unit or "") not in KINDS and counts_for_others(row):
            cases.setdefault(row.unit, set()).add(row.key)
    return sorted(((name, len(keys)) for name, keys in cases.items()), key=lambda p: p[0] or "")


def is_case(row: AssessmentRow) -> bool:
    """Tell whether a row says something of a case: not of a day or a task, and no mere step."""
    return row.cohort in COHORTS and row.cohort not in NO_CASES


def _subject(
    scheme: Scheme,
    name: str,
    kind: UnitKind,
    rows: Sequence[AssessmentRow],
    items: Sequence[ManualItem],
) -> Subject:
    indicators = [i for i in scheme.indicators if kind in i.kinds]
    rates = {i.id: _rate(i, rows) for i in indicators}
    counts = {d.id: _count(d, rows) for d in scheme.deductions if kind in d.kinds}
    return Subject(
        name=name,
        kind=kind,
        cases=len({row.key for row in rows if is_case(row)}),
        rates=rates,
        counts=counts,
        items=tuple(items),
        people=tuple(_people(rows)),
        total=_total(indicators, rates, counts, items),
        rank=None,
        unranked=None,
        beside={key: sum(is_seen(row, key) for row in rows) for key in SEEN},
    )


def _rate(indicator: Indicator, rows: Sequence[AssessmentRow]) -> Rate:
    n, d = counted(rows, indicator.d, [indicator.n]), counted(rows, indicator.d)
    rate = Rate(n, d, percent(n, d), None)
    if not d or indicator.weight is None:
        return rate
    return rate._replace(score=_rounded(_weight(indicator) * _share(indicator, rate)))


def _weight(indicator: Indicator) -> Fraction:
    return Fraction(0) if indicator.weight is None else Fraction(exact(indicator.weight))


def _share(indicator: Indicator, rate: Rate) -> Fraction:
    n, d = rate.n or 0, rate.d or 0
    return Fraction(n if indicator.high else d - n, d)


def _count(deduction: Deduction, rows: Sequence[AssessmentRow]) -> Count:
    n = counted(rows, deduction.of, deduction.where)
    return Count(n, None if deduction.points is None else n * exact(deduction.points))


def _people(rows: Iterable[AssessmentRow]) -> list[Contributor]:
    steps: dict[str, list[str]] = {}
    for row in rows:
        if row.cohort == ACT and row.by:
            steps.setdefault(row.by, []).append(row.key)
    people = [Contributor(by, len(keys), len(set(keys))) for by, keys in steps.items()]
    return sorted(people, key=lambda person: (-person.steps, person.by))


def _total(
    indicators: Sequence[Indicator],
    rates: Mapping[str, Rate],
    counts: Mapping[str, Count],
    items: Sequence[ManualItem],
) -> Decimal | None:
    """Return the weighted mean of what has a cohort, in hundredths, less and plus the points."""
    counting = [i for i in indicators if rates[i.id].d]
    weights = sum(map(_weight, counting), Fraction(0))
    if not weights:
        return None
    earned = sum((_weight(i) * _share(i, rates[i.id]) for i in counting), Fraction(0))
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
    placed = [s._replace(unranked=_unranked(s, scheme, small_sample)) for s in subjects]
    totals = [s.total for s in placed if s.total is not None and s.unranked is None]
    ranked = [
        s
        if s.total is None or s.unranked
        else s._replace(rank=1 + sum(total > s.total for total in totals))
        for s in placed
    ]
    return sorted(ranked, key=lambda s: (s.rank is None, s.rank or 0))


def _unranked(subject: Subject, scheme: Scheme, small_sample: int) -> str | None:
    """Return why a subject is not ranked; None: it is."""
    if not scheme.weighted(subject.kind):
        return NO_WEIGHTS
    if subject.cases is not None and subject.cases < small_sample:
        return FEW
    return NO_COHORT if subject.total is None else None

"""The rows behind the figures of an assessment: exactly as many as each counts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.reports.assessment import (
    CASES,
    NOBODY,
    OTHERS,
    PEOPLE,
    counts_for_others,
    is_case,
    is_seen,
    kinds_of,
)
from sixping.reports.assessrows import ACT, LEFT_OUT
from sixping.reports.drill import OF_PERSON, SEEN, UNNAMED, PartKey, part_named
from sixping.reports.office.persons import FIGURES, TITLES, is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sixping.policy.assessment import Scheme
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow


class Opened(NamedTuple):
    """A row behind a figure; ``counted``: in the figure, of a rate in its numerator."""

    row: AssessmentRow
    counted: bool


def key_of(assessment: Assessment, text: str) -> PartKey:
    """Return what a key, or the words of one, opens. Raises ``UsageFault``."""
    more = OF_PERSON if assessment.persons_since else {}
    return part_named(text, figures_of(assessment), more)


def figures_of(assessment: Assessment) -> dict[str, str]:
    """Return every figure that opens, and what people call it."""
    scheme = assessment.scheme
    return {
        **SEEN,
        **{indicator.id: indicator.title for indicator in scheme.indicators},
        **{deduction.id: deduction.title for deduction in scheme.deductions},
        CASES: "件数",
        PEOPLE: "经办人",
        OTHERS: "没有归入考核对象的",
        LEFT_OUT: "时间不详, 未纳入统计的",
        **(TITLES if assessment.persons_since else {}),
    }


class Behind:
    """The rows of an assessment, unit by unit, and which of them stand behind a figure."""

    def __init__(self, assessment: Assessment, rows: Iterable[AssessmentRow]) -> None:
        """Take the assessment, of all subjects or of those chosen, and all of its rows."""
        self._assessment = assessment
        self._order = {subject.name: at for at, subject in enumerate(assessment.subjects)}
        self._own: dict[str | None, list[tuple[int, AssessmentRow]]] = {}
        for place, row in enumerate(rows):
            self._own.setdefault(row.unit, []).append((place, row))

    def of(self, key: PartKey) -> list[Opened]:
        """Return the rows behind a figure: all do count but misses of a rate.

        The rows of nobody stand last, unless subjects were chosen. ``OTHERS``: what names no
        subject, and what nobody answers for.
        """
        if key.figure == OTHERS:
            return self._of_others(key)
        if key.figure in FIGURES:
            return self._of_persons(key)
        own = self._rows_of(self._units(key))
        found = _chosen(self._assessment.scheme, own, key.figure)
        last = len(self._order)
        kept = [each for each in found if each.counted or key.part != "n"]
        return sorted(
            kept, key=lambda one: (self._order.get(one.row.unit or "", last), one.row.key)
        )

    def _rows_of(self, names: Iterable[str | None]) -> list[AssessmentRow]:
        """Return the rows of some names, in the order in which they came."""
        return [
            row for _, row in sorted(each for name in names for each in self._own.get(name, ()))
        ]

    def _units(self, key: PartKey) -> list[str | None]:
        """Return the names under which the rows of a figure stand."""
        kinds, units = kinds_of(self._assessment.scheme, key.figure), self._assessment.units
        known = {name: units.get(name or "") for name in self._own}
        if key.dimension == "kind":
            return [name for name, kind in known.items() if kind == key.name and kind in kinds]
        if key.dimension == "unit" and key.name != NOBODY:
            return [key.name] if units.get(key.name) in kinds else []
        subjects = [] if key.dimension else list(self._order)
        nobodys = key.dimension or self._assessment.nobody is not None
        rest = [name for name, kind in known.items() if nobodys and kind not in kinds]
        return [name for name in subjects if known.get(name) in kinds] + (
            [] if key.figure in {CASES, PEOPLE} else rest
        )

    def _of_persons(self, key: PartKey) -> list[Opened]:
        """Return the rows of a figure of persons: of all that are listed, a unit's, or one."""
        unit, _, who = key.name.rpartition(".") if key.dimension == "person" else ("", "", "")
        unit = key.name if key.dimension == "unit" else unit
        rows = [row for row in self._rows_of(self._order) if is_of(row, key.figure)]
        kept = [row for row in rows if unit in {"", row.unit} and who in {"", row.by}]
        if key.dimension == "kind":
            kept = [row for row in kept if self._assessment.units.get(row.unit or "") == key.name]
        return [Opened(row, counted=True) for row in kept]

    def _of_others(self, key: PartKey) -> list[Opened]:
        """Return a row for each case, day or task that the names in ``others`` count."""
        names = {name for name, _ in self._assessment.others}
        if key.dimension:
            names &= {None if key.name == UNNAMED else key.name}
        own = [row for row in self._rows_of(names) if counts_for_others(row)]
        once = {(row.unit, row.key): row for row in own}
        found = sorted(once.values(), key=lambda row: (row.unit or "", row.key))
        return [Opened(row._replace(what=""), counted=True) for row in found]


def _chosen(scheme: Scheme, rows: Sequence[AssessmentRow], measure: str) -> list[Opened]:
    if measure == CASES:
        once = {(row.unit, row.key): row for row in rows if is_case(row)}
        return [Opened(row._replace(what=""), counted=True) for row in once.values()]
    return [Opened(row, counted) for row, counted in _counting(scheme, rows, measure)]


def _counting(
    scheme: Scheme, rows: Sequence[AssessmentRow], measure: str
) -> list[tuple[AssessmentRow, bool]]:
    """Return the rows of a figure that counts things one by one, those in its numerator marked."""
    if measure in SEEN:
        return [(row, True) for row in rows if is_seen(row, measure)]
    if measure in {PEOPLE, LEFT_OUT}:
        cohort = ACT if measure == PEOPLE else LEFT_OUT
        return [(row, True) for row in rows if row.cohort == cohort]
    rate = next((i for i in scheme.indicators if i.id == measure), None)
    if rate:
        return [(row, rate.n in row.marks) for row in rows if row.cohort == rate.d]
    cost = next(d for d in scheme.deductions if d.id == measure)
    return [
        (row, True)
        for row in rows
        if row.cohort == cost.of and not row.marks.isdisjoint(cost.where)
    ]

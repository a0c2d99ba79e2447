"""Persons beneath their unit in an assessment (五.2, 附2.1): counts, times, failures of their own.

Pure. Every figure is a number of rows, so it opens down to them. There is no score and no rank of
persons, and their order says nothing of results: by unit, then by id.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.steps.ending import Resolved
from sixping.policy.vocabulary import ClockKind
from sixping.reports.assessrows import AssessmentRow
from sixping.reports.lapses import lapses
from sixping.reports.responsibility import segments
from sixping.reports.worked import Average, average_of
from sixping.util.clock import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sixping.cases.step import Step
    from sixping.reports.assessrows import Scope
    from sixping.reports.responsibility import Segment, Snapshot

HELD, DONE, LAPSE = "person_held", "person_done", "person_lapse"
"""The cohorts of the rows: cases somebody answered for, results and failures in his hands."""
COHORTS = frozenset({HELD, DONE, LAPSE})
_STILL, _LATE = "still", "late"
#: figure → its cohort and, where not all of it counts, the mark of what does
FIGURES: Mapping[str, tuple[str, str]] = {
    "person_cases": (HELD, ""),
    "person_open": (HELD, _STILL),
    "person_resolved": (DONE, ""),
    "person_late": (LAPSE, _LATE),
    "person_lapses": (LAPSE, ""),
}
TITLES: Mapping[str, str] = {
    "person_cases": "经办件数",
    "person_open": "期末在手",
    "person_resolved": "经办办结",
    "person_late": "本人手中超期",
    "person_lapses": "本人手中超期及不规范",
}
TIMES = "经办时长"
"""What people call the working days somebody had what he settled."""
COUNTS = (
    "经办件数: 本期有一天由其经办的; 期末在手: 期末仍由其经办的; 经办办结: 在其手中办结的;"
    " 经办时长: 办结的件从接手到办结的工作日, 接手当日不计; 本人手中超期: 按移交划分, 由其负责的"
    "办结期限和最长时限, 离开单位以后才到期的不算"
)
_LIMITS = frozenset({ClockKind.FINISH.value, ClockKind.CEILING.value})
_MOVES = {"handed_over": "移交", "assigned": "改派", "decided": "改派"}


class Person(NamedTuple):
    """Somebody beneath a subject: his own cases in the period; ``name`` None: erased.

    ``unit``: where he is of, a grid of a community too. No figure here is a score.
    """

    id: str
    name: str | None
    unit: str
    figures: Mapping[str, int]
    workdays: Average


def person_rows(path: Sequence[Snapshot], scope: Scope, begun: date) -> Iterator[AssessmentRow]:
    """Yield what persons answered for in a case, in the period and since the register began."""
    if not any(point.case.person for point in path):
        return
    first = max(scope.first, datetime.combine(begun, time(), SHANGHAI))
    held = [s for s in segments(path, scope.ground) if s.person and s.start <= scope.last]
    steps = {point.entry.seq: point.entry.event for point in path}
    number = path[-1].case.number
    for (unit, person), own in _by_hands(held).items():
        now = [s for s in own if s.end is None or s.end >= first]
        if now:
            yield _held(number, unit, person, now, steps, scope.ground.now)
        yield from _done(number, own, steps, first, scope.last)
    for lapse in lapses(path, scope.ground):
        if lapse.person and scope.holds(lapse.since) and lapse.since >= first:
            marks = frozenset({lapse.kind, _LATE} if lapse.kind in _LIMITS else {lapse.kind})
            yield AssessmentRow(
                LAPSE, lapse.unit, number, marks, lapse.since, lapse.why, lapse.person
            )


def _by_hands(held: Iterable[Segment]) -> dict[tuple[str | None, str], list[Segment]]:
    found: dict[tuple[str | None, str], list[Segment]] = defaultdict(list)
    for segment in held:
        found[segment.unit, segment.person or ""].append(segment)
    return found


def _held(
    number: str, unit: str | None, person: str, own: Sequence[Segment],
    steps: Mapping[int, Step], now: datetime,
) -> AssessmentRow:  # fmt: skip
    """Return the one row of a case that somebody answered for, and what became of it."""
    last = own[-1]
    still = last.end is None or last.end > now
    left = None if still else steps.get(last.closed or 0)
    what = "期末在手" if left is None else _MOVES.get(left.kind, left.label)
    marks = frozenset({_STILL} if still else ())
    return AssessmentRow(HELD, unit, number, marks, own[0].start, what, person)


def _done(
    number: str, own: Sequence[Segment], steps: Mapping[int, Step], first: datetime, last: datetime
) -> Iterator[AssessmentRow]:
    """Yield each result that came about in somebody's hands, with the working days he had it."""
    days = 0
    for segment in own:
        days += segment.workdays
        if segment.end is None or not isinstance(steps.get(segment.closed or 0), Resolved):
            continue
        if first <= segment.end <= last:
            row = AssessmentRow(
                DONE, segment.unit, number, frozenset(), segment.end,
                f"办结, 在手 {days} 个工作日", segment.person,
            )  # fmt: skip
            yield row._replace(days=days)
        days = 0


def persons_of(
    rows: Iterable[AssessmentRow],
    name: Callable[[str], str | None],
    home: Callable[[str], str | None],
) -> dict[str | None, tuple[Person, ...]]:
    """Return the persons beneath each unit, by their own unit and id, never by result."""
    own: dict[tuple[str | None, str], list[AssessmentRow]] = defaultdict(list)
    for row in rows:
        if row.cohort in COHORTS and row.by:
            own[row.unit, row.by].append(row)
    found: dict[str | None, list[Person]] = defaultdict(list)
    for (unit, who), theirs in own.items():
        figures = {key: sum(is_of(row, key) for row in theirs) for key in FIGURES}
        days = average_of([row.days for row in theirs if row.days is not None])
        found[unit].append(Person(who, name(who), home(who) or unit or "", figures, days))
    return {unit: tuple(sorted(persons, key=_order)) for unit, persons in found.items()}


def _order(person: Person) -> tuple[str, int, str]:
    serial = person.id.removeprefix("p")
    return person.unit, int(serial) if serial.isdecimal() else 0, person.id


def is_of(row: AssessmentRow, figure: str) -> bool:
    """Tell whether a row counts in a figure of a person."""
    cohort, mark = FIGURES[figure]
    return row.cohort == cohort and (not mark or mark in row.marks)

"""What the assessment must count for each unit (五.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from tests.oracle.days import Calendar, end_of
from tests.oracle.figures import RATES, cohort, finishing
from tests.oracle.lapses import lapses
from tests.oracle.late import answers_for, holder_at
from tests.oracle.model import DISTRICT, ROOM, Case, Row
from tests.oracle.street import Street
from tests.oracle.ways import seen

# Lapses that the assessment deducts for.
DEDUCTED = {"ceiling", "refer", "accept", "finish", "part", "returned", "feedback", "unsigned"}
NOBODY = "无单位承担"
Deed = tuple[str | None, str, bool]


def assess(street: Street, first: date, last: date, now: datetime) -> dict[str, tuple[int, int]]:
    """Count what each unit did well, and what it had to do: ``unit indicator`` to (n, d)."""
    found: dict[str, list[bool]] = {}
    now = min(now, end_of(last))
    for case in street.cases.values():
        for unit, name, good in deeds(street, case, first, last, now):
            found.setdefault(f"{subject(unit)} {name}", []).append(good)
    for _number, kind, unit, *_rest in lapses(street, first, last, now):
        if kind in DEDUCTED:
            found.setdefault(f"{subject(unit)} lapses", []).append(True)
    for row in seen(street, first, last, now):
        keys = [row.family, row.kind and f"{row.family}.{row.kind}"]
        keys += ["stated.changed"] if row.family == "stated" and row.good else []
        for name in filter(None, keys):
            found.setdefault(f"{subject(row.unit)} {name}", []).append(True)
    return {key: (sum(goods), len(goods)) for key, goods in found.items()}


def subject(unit: str | None) -> str:
    """Nobody of the street answers for what the district did, or what nobody is known to have."""
    return NOBODY if unit in {None, DISTRICT} else str(unit)


def deeds(street: Street, case: Case, first: date, last: date, now: datetime) -> Iterator[Deed]:
    calendar = street.calendar
    for name, kind in RATES.items():
        for row in cohort(case, kind, first, last, now):
            yield clock_unit(case, row, calendar, now), name, not row.late(now)
    for moment, unit, name, good in dated(case, now):
        if first <= moment.date() <= last:
            yield unit, name, good
    if first <= case.received.date() <= last:
        if case.accepted or case.status == "不予受理":
            yield case.community, "place_accepted", case.stage != "declined"
        for done in finishing(street, case):
            yield case.community, "place_resolved", done


def clock_unit(case: Case, row: Row, calendar: Calendar, now: datetime) -> str | None:
    if row.kind in {"accept", "refer"}:
        return ROOM
    if row.late(now) or row.stopped is None:
        return answers_for(case, row, calendar)[0]
    results = {result.at: result.unit for result in case.results}
    return results.get(row.stopped) or holder_at(case, row.stopped)


def dated(case: Case, now: datetime) -> Iterator[tuple[datetime, str | None, str, bool]]:
    for signing in case.signings:
        if not signing.again:
            yield signing.since, signing.unit, "signed_rate", signing.signed
            yield signing.since, signing.unit, "returned_rate", signing.returned
    for result in case.results:
        if not result.filed:
            yield result.at, result.unit, "reopened_rate", result.reopened
        for told in result.owing(case):
            yield result.at, result.unit, "feedback_rate", told
        for at, passed in result.checks:
            yield at, result.unit, "passed_rate", passed
    for urge in case.urges:
        if urge.answered or urge.due is None or urge.due < now:
            in_time = urge.answered is not None and (not urge.due or urge.answered <= urge.due)
            yield urge.at, urge.unit, "urge_answered", in_time

"""The duties of a day and what was lacking, by the policy and the calendar in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sixping.reports.dutycover import Duty, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sixping.office.duty import DutyRecord
    from sixping.services.rulebooks import Rulebooks


def rule_of(rulebooks: Rulebooks, day: date) -> Rule:
    """Return what 一.2 and 一.3 ask on a day, by the policy in force."""
    edition = rulebooks.policy.edition_at(day)
    hours, readings = edition.counting, edition.readings
    return Rule(
        opens=hours.opens.hour * 60 + hours.opens.minute,
        closes=hours.closes.hour * 60 + hours.closes.minute,
        staff=readings.duty_staff,
        licensed=readings.duty_licensed,
        per_agency=readings.duty_per_agency,
        absence_is_breach=readings.police_absence_is_breach,
    )


def workdays(rulebooks: Rulebooks, first: date, last: date) -> Iterator[date]:
    """Yield the working days from one day to another, make-up days and local orders included."""
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if rulebooks.calendar.is_workday(day):
            yield day


def duties(record: DutyRecord, day: date, until: int) -> list[Duty]:
    """Return the agencies on duty on a day, with who was there and how many are rostered."""
    present = record.present(day)
    rosters = record.at(day).rosters
    agencies = []
    for unit in record.people(day).units:
        if unit.duty is None:
            continue
        licensed, others = present.get(unit.name, ([], []))
        roster = sum(not record.away(who, day) for who in rosters.get(unit.name, ()))
        agencies.append(Duty(day, unit.name, unit.duty.value, licensed, others, roster, until))
    return agencies


def started(
    rulebooks: Rulebooks, record: DutyRecord, first: date, last: date, now: datetime
) -> list[list[Duty]]:
    """Return the duties of each working day of a period that has begun by now."""
    today, minute = now.date(), now.hour * 60 + now.minute
    rule = rule_of(rulebooks, first)
    return [
        duties(record, day, minute if day == today else rule.closes)
        for day in workdays(rulebooks, first, min(last, today))
        if day < today or minute > rule.opens
    ]

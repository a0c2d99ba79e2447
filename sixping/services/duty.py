"""The duties of a day and what was lacking, by the policy in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.errors import BadData, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from sixping.console.context import Context
    from sixping.office.duty import DutyRecord
    from sixping.office.organisation import Person
    from sixping.reports.dutycover import Compliance, Duty, Rule

#: what it is called when nobody is there (一.3)
NOBODY = {"absent": "无人驻点", "unreachable": "在线值班无人"}


def rule_of(context: Context, day: date) -> Rule:
    """Return what 一.2 and 一.3 ask on a day, by the policy in force."""
    from sixping.reports.dutycover import Rule
    from sixping.services.rulebooks import rulebooks_of

    edition = rulebooks_of(context.ledger).policy.edition_at(day)
    hours, readings = edition.counting, edition.readings
    return Rule(
        opens=hours.opens.hour * 60 + hours.opens.minute,
        closes=hours.closes.hour * 60 + hours.closes.minute,
        staff=readings.duty_staff,
        licensed=readings.duty_licensed,
        per_agency=readings.duty_per_agency,
        absence_is_breach=readings.police_absence_is_breach,
    )


def workdays(context: Context, first: date, last: date) -> Iterator[date]:
    """Yield the working days from one day to another, make-up days and local orders included."""
    from sixping.services.rulebooks import rulebooks_of

    calendar = rulebooks_of(context.ledger).calendar
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        if calendar.is_workday(day):
            yield day


def duties(book: DutyRecord, day: date, until: int) -> list[Duty]:
    """Return the agencies on duty on a day, with who was there and how many are rostered."""
    from sixping.reports.dutycover import Duty

    present = book.present(day)
    rosters = book.at(day).rosters
    found = []
    for unit in book.people(day).units:
        if unit.duty is None:
            continue
        licensed, others = present.get(unit.name, ([], []))
        roster = sum(not book.away(who, day) for who in rosters.get(unit.name, ()))
        found.append(Duty(day, unit.name, unit.duty.value, licensed, others, roster, until))
    return found


def started(
    context: Context, book: DutyRecord, first: date, last: date, now: datetime
) -> list[list[Duty]]:
    """Return the duties of each working day of a period that has begun by now."""
    today, minute = now.date(), now.hour * 60 + now.minute
    rule = rule_of(context, first)
    return [
        duties(book, day, minute if day == today else rule.closes)
        for day in workdays(context, first, min(last, today))
        if day < today or minute > rule.opens
    ]


def judged(context: Context, book: DutyRecord, first: date, last: date) -> Compliance:
    """Judge the working days of a period, up to now."""
    from sixping.reports.dutycover import compliance

    days = started(context, book, first, last, context.now)
    if not any(days) and days:
        raise BadData(
            "组织机构里没有须在指挥室值守的单位。",
            "请写明值守方式: sixping units change 单位 --duty on-site。",
        )
    return compliance(days, rule_of(context, first))


def find(book: DutyRecord, who: str, day: date) -> Person:
    """Return a person in office on a day, or refuse."""
    return book.people(day).find(who)


def refuse_away(book: DutyRecord, person: Person, day: date) -> None:
    """Raise ``NotAllowed`` when a person is on leave on a day."""
    if book.away(person.id, day):
        raise NotAllowed(
            f"{person.id} 在 {day} 请假。",
            "请换别人; 请假记错了: sixping duty void 序号 --reason 理由。",
        )


def named(book: DutyRecord, who: str, day: date, *, reveal: bool = False) -> str:
    """Return id and name of a person as they may be shown."""
    from sixping.documents.phrases import masked

    person = book.people(day).people.get(who)
    if person is None:
        return who
    return f"{who} {person.name if reveal and person.name else masked(person.name)}"


def finding_json(one: Any) -> dict[str, Any]:  # noqa: ANN401 - a Finding
    """Return a finding as ``duty check --json`` answers it."""
    from sixping.documents.eventwords import hour, lacks

    return {
        "date": one.day.isoformat(),
        "agency": one.agency,
        "kind": one.kind,
        "from": hour(one.start),
        "to": hour(one.end),
        "minutes": one.minutes,
        "present": one.present,
        "licensed": one.licensed,
        "short": one.short,
        "unlicensed": one.unlicensed,
        "lacks": NOBODY.get(one.kind) or lacks(one.short, one.unlicensed),
        "clause": one.clause,
    }

"""The duties of a day and what was lacking, by the policy and the calendar in force."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.documents.eventwords import lacks
from sixping.errors import BadData
from sixping.office.duty import clock
from sixping.policy.editions import clock_time
from sixping.policy.units import DutyMode
from sixping.queries.office import assigned_to
from sixping.reports.dutycover import Duty, Rule, compliance
from sixping.reports.onlineduty import assignments
from sixping.reports.period import Span
from sixping.reports.responsibility import Ground, trail
from sixping.reports.spans import bounds
from sixping.store.log import read_many

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime, time

    from sixping.office.duty import DutyRecord
    from sixping.office.organisation import History
    from sixping.policy.units import Unit
    from sixping.reports.dutycover import Compliance, Finding
    from sixping.reports.onlineduty import OnlineAssignment
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: what it is called when nobody is there (一.3)
_NOBODY = {"absent": "无人驻点", "unreachable": "在线值班无人"}


def rule_of(rulebooks: Rulebooks, day: date) -> Rule:
    """Return what 一.2 and 一.3 ask on a day, by the policy in force."""
    edition = rulebooks.policy.edition_at(day)
    hours, readings = edition.counting, edition.readings
    rest = [_minute(moment) for moment in (hours.rest_from, hours.rest_until) if moment]
    lunch = [_minute(clock_time(moment)) for moment in readings.duty_lunch or ()]
    return Rule(
        opens=_minute(hours.opens),
        closes=_minute(hours.closes),
        rest=(rest[0], rest[1]) if rest else None,
        lunch=(lunch[0], lunch[1]) if lunch else None,
        lunch_staff=readings.duty_lunch_staff or readings.duty_staff,
        tolerance=readings.duty_tolerance_minutes or 0,
        staff=readings.duty_staff,
        licensed=readings.duty_licensed,
        per_agency=readings.duty_per_agency,
        absence_is_breach=readings.police_absence_is_breach,
    )


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


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
    """Return the duties of each working day of a period that has begun by now.

    None before the day the room declared as the beginning: nothing is known of it.
    """
    if record.begun is None:
        return []
    today, minute = now.date(), now.hour * 60 + now.minute
    rule = rule_of(rulebooks, first)
    return [
        duties(record, day, minute if day == today else rule.closes)
        for day in workdays(rulebooks, max(first, record.begun), min(last, today))
        if day < today or minute > rule.opens
    ]


def judged(
    rulebooks: Rulebooks, record: DutyRecord, first: date, last: date, now: datetime
) -> Compliance:
    """Judge the working days of a period, up to now. Raises ``BadData``: nobody is to be there."""
    days = started(rulebooks, record, first, last, now)
    if not any(days) and days:
        raise BadData(
            "组织机构里没有须在指挥室值守的单位。",
            "请写明值守方式: sixping units change 单位 --duty on-site。",
        )
    return compliance(days, rule_of(rulebooks, first))


def online_of(people: History) -> Callable[[str, date], bool]:
    """Return what tells whether a unit was on duty online on a day (一.3)."""

    def online(unit: str, day: date) -> bool:
        found = people.at(day).units.get(unit)
        return found is not None and found.duty is DutyMode.ONLINE

    return online


def with_answers(
    con: Connection, rulebooks: Rulebooks, record: DutyRecord, cover: Compliance, now: datetime
) -> Compliance:
    """Return the cover with what the agencies online answered of what was assigned to them.

    Only days that ``cover`` judged count.
    """
    names = {agency.agency for agency in cover.agencies if agency.mode == DutyMode.ONLINE}
    if not names or not cover.days:
        return cover
    first, last = cover.days[0], cover.days[-1]
    roles, online = record.people(last).units.roles, online_of(record.history)
    found: dict[str, list[OnlineAssignment]] = {name: [] for name in names}
    for number, entries in read_many(con, assigned_to(con, names, bounds(Span(first, last)))):
        path = trail(number, entries, roles)
        ground = Ground(rulebooks.rules(path[0].case.received_at.date()), roles, now)
        for one in assignments(path, ground):
            day = one.at.date()
            counts = one.in_time is not None and first <= day <= last and online(one.agency, day)
            if counts and one.agency in names:
                found[one.agency].append(one)
    agencies = (
        agency._replace(
            assigned=len(found[agency.agency]),
            answered=sum(bool(one.in_time) for one in found[agency.agency]),
        )
        if agency.agency in names
        else agency
        for agency in cover.agencies
    )
    counted = tuple(one for each in found.values() for one in each)
    return cover._replace(agencies=tuple(agencies), assignments=counted)


def lacking_now(
    rulebooks: Rulebooks, record: DutyRecord, unit: Unit, here: list[str], now: datetime
) -> str:
    """Say what an agency lacks this minute; nothing on rest days and out of hours.

    ``here``: who of it is in the room.
    """
    day, minute = now.date(), now.hour * 60 + now.minute
    rule = rule_of(rulebooks, day)
    within = any(start <= minute < end for start, end in rule.stretches(rule.closes))
    if not rulebooks.calendar.is_workday(day) or not within:
        return ""
    if unit.duty is DutyMode.ONLINE:
        roster = record.at(day).rosters.get(unit.name, ())
        reached = here or any(not record.away(who, day) for who in roster)
        return "" if reached else _NOBODY["unreachable"]
    if unit.duty is DutyMode.IN_PRINCIPLE:
        return "" if here else _NOBODY["absent"]
    people = record.people(day).people
    holders = sum(people[who].licensed(day) for who in here)
    return lacks(max(rule.staff - len(here), 0), max(rule.licensed - holders, 0))


def cover_json(
    cover: Compliance, first: date, last: date, now: datetime, begun: date | None
) -> dict[str, Any]:
    """Return the cover of a period as ``duty check --json`` answers it.

    ``begun``: the day from which duty is counted; None: nobody declared it, nothing is known.
    """
    rule = cover.rule
    return {
        "period": {"from": first, "to": last},
        "begun": begun,
        "as_of": now,
        "hours": {
            "opens": clock(rule.opens),
            "closes": clock(rule.closes),
            **({"rest": [clock(minute) for minute in rule.rest]} if rule.rest else {}),
        },
        "rule": {
            "staff": rule.staff,
            "licensed": rule.licensed,
            "per_agency": rule.per_agency,
            "clause": "一.2",
        },
        "workdays": cover.workdays,
        "agencies": [agency._asdict() for agency in cover.agencies],
        "breaches": [finding_json(finding) for finding in cover.breaches],
        "remarks": [finding_json(finding) for finding in cover.remarks],
    }


def lacking(finding: Finding) -> str:
    """Say what a stretch lacked."""
    return _NOBODY.get(finding.kind) or lacks(finding.short, finding.unlicensed)


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as ``duty check --json`` answers it."""
    return {
        "date": finding.day.isoformat(),
        "agency": finding.agency,
        "kind": finding.kind,
        "from": clock(finding.start),
        "to": clock(finding.end),
        "minutes": finding.minutes,
        "present": finding.present,
        "licensed": finding.licensed,
        "short": finding.short,
        "unlicensed": finding.unlicensed,
        "lacks": lacking(finding),
        "clause": finding.clause,
    }

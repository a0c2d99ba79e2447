"""The roster of some days from one state of the ledger, held against what 一.2 asks of each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sixping.office.duty import DutyRecord
from sixping.policy.units import DutyMode
from sixping.render.paper.office.roster import Roster, RosterDay, Served, Turn, roster_paper
from sixping.services.dutycover import rule_of
from sixping.services.papers import origin_of
from sixping.services.rulebooks import rulebooks_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sixping.render.paper.blocks import Paper
    from sixping.reports.dutycover import Rule
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

_SATURDAY = 5
#: nobody was put on the roster of a day on which others are
_NOBODY = "未排"


def roster(
    con: Connection,
    first: date,
    last: date,
    now: datetime,
    *,
    unit: str | None = None,
    reveal: bool = False,
) -> Paper:
    """Return the roster of some days as a paper; ``reveal``: with telephones.

    Raises ``UnknownName`` for a unit nobody knows.
    """
    record, rulebooks = DutyRecord(con, first, last), rulebooks_on(con)
    read = _Reader(record, rulebooks, first, last, unit)
    return roster_paper(read.roster(reveal=reveal), origin_of(con, now))


class _Reader:
    """Reads the roster of some days."""

    def __init__(
        self,
        record: DutyRecord,
        rulebooks: Rulebooks,
        first: date,
        last: date,
        unit: str | None,
    ) -> None:
        self._record, self._rulebooks = record, rulebooks
        self._first, self._last = first, last
        self._dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._rule: Rule = rule_of(rulebooks, first)
        self._whose = record.people(last).units.find(unit).name if unit else ""
        every = [self._whose] if unit else self._on_duty()
        planned = {
            unit for day in self._dates for unit, people in self._rosters(day).items() if people
        }
        self._units = [unit for unit in every if unit in planned] or every
        self._left = [unit for unit in every if unit not in self._units]
        self._planned = not planned.isdisjoint(every)

    def roster(self, *, reveal: bool) -> Roster:
        """Return it as data."""
        return Roster(
            self._first,
            self._last,
            tuple(self._units),
            tuple(self._days()),
            tuple(self._asked()),
            self._whose,
            tuple(self._phones()) if reveal else (),
        )

    def _on_duty(self) -> list[str]:
        """Return the units that have to be there some day, and whoever is on a roster besides."""
        units: dict[str, None] = {}
        for day in self._dates:
            for unit in self._record.people(day).units:
                if unit.duty is not None:
                    units[unit.name] = None
        for day in self._dates:
            units |= dict.fromkeys(self._rosters(day))
        return list(units)

    def _rosters(self, day: date) -> dict[str, tuple[str, ...]]:
        return self._record.at(day).rosters

    def _days(self) -> Iterator[RosterDay]:
        """Yield the days; those of rest one after another as one, where nobody is on a roster."""
        resting: RosterDay | None = None
        for day in self._dates:
            works = self._rulebooks.calendar.is_workday(day)
            if not works and not any(self._rosters(day).get(unit) for unit in self._units):
                resting = RosterDay(resting.first if resting else day, day, rest=True)
                continue
            if resting:
                yield resting
            resting = None
            turns = tuple(self._turn(day, unit, works=works) for unit in self._units)
            yield RosterDay(day, day, not works, works and day.weekday() >= _SATURDAY, turns)
        if resting:
            yield resting

    def _turn(self, day: date, unit: str, *, works: bool) -> Turn:
        people = self._rosters(day).get(unit, ())
        served = tuple(self._served(day, who) for who in people)
        return Turn(served, self._lacks(day, unit, served) if works else "")

    def _served(self, day: date, who: str) -> Served:
        organisation = self._record.people(day)
        person = organisation.people.get(who)
        licensed = person is not None and person.licensed(day)
        return Served(organisation.called(who), licensed, self._record.away(who, day))

    def _lacks(self, day: date, unit: str, served: Sequence[Served]) -> str:
        """Say what a unit lacks on a working day; nothing where nothing was planned for it."""
        known = self._record.people(day).units.get(unit)
        if known is None or known.duty is None or not self._planned:
            return ""
        if known.duty is not DutyMode.ON_SITE or not self._rule.per_agency:
            return "" if any(not one.away for one in served) else _NOBODY
        return _short(served, self._rule)

    def _asked(self) -> Iterator[str]:
        """Say who has to be there (一.2, 一.3), and what is not planned at all."""
        organisation, rule = self._record.people(self._last), self._rule
        shown = {
            mode: [unit for unit in organisation.on_duty(mode) if self._whose in ("", unit)]
            for mode in DutyMode
        }
        said = []
        if on_site := shown[DutyMode.ON_SITE]:
            each = "各" if rule.per_agency and len(on_site) > 1 else ""
            both = "" if rule.per_agency else "合计"
            people = f"{each}{both}至少{rule.staff}人，其中至少{rule.licensed}人有执法资格"
            said.append(f"{'、'.join(on_site)}{people}")
        if in_principle := shown[DutyMode.IN_PRINCIPLE]:
            said.append(f"{'、'.join(in_principle)}原则上驻点")
        if online := shown[DutyMode.ONLINE]:
            said.append(f"{'、'.join(online)}在线值班")
        if said:
            yield f"每个工作日应有：{'；'.join(said)}。"
        if not rule.per_agency and on_site:
            yield from self._short_together(on_site)
        if self._left:
            yield f"没有排班：{'、'.join(self._left)}。"
        if self._rulebooks.calendar.provisional(self._first - timedelta(days=1), self._last):
            yield "放假安排未公布，休息日是暂定的。"

    def _short_together(self, units: Sequence[str]) -> Iterator[str]:
        """Say on which working days agencies that are on duty together are too few (一.2)."""
        days = []
        for day in self._dates:
            people = [who for unit in units for who in self._rosters(day).get(unit, ())]
            served = [self._served(day, who) for who in people]
            lacks = _short(served, self._rule) if people else ""
            if lacks and self._rulebooks.calendar.is_workday(day):
                days.append(f"{understood_day(day)} {lacks}")
        if days:
            yield f"排不足的日子：{'；'.join(days)}。"

    def _phones(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, unit and telephone of everybody on the roster, unit by unit."""
        listed: dict[str, tuple[str, str, str]] = {}
        for unit in self._units:
            for day in self._dates:
                organisation = self._record.people(day)
                for who in self._rosters(day).get(unit, ()):
                    person = organisation.people.get(who)
                    phone = person.phone if person else None
                    listed[who] = (organisation.called(who), unit, phone or "(未登记)")
        yield from listed.values()


def _short(served: Sequence[Served], rule: Rule) -> str:
    """Return ``缺1人``, ``缺执法资格``; empty where enough are there."""
    there = [one for one in served if not one.away]
    people = max(rule.staff - len(there), 0)
    licensed = sum(one.licensed for one in there) < rule.licensed
    if people:
        return f"缺{people}人"
    return "缺执法资格" if licensed else ""

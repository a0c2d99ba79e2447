"""Cases told step by step in the pure rooms: each step is admitted, recorded and folded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from sixping.calendar.layers import LocalOrder, NamedDay
from sixping.cases.lifecycle import LOOKING_BACK, advance, refold
from sixping.cases.model import Case, Clock
from sixping.cases.rules import Rules
from sixping.policy.editions import load_policy
from sixping.policy.vocabulary import Severity, Status
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar
from tests.kit import events as ev

NUMBER = "2020-000001"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MOMENT = at("2020-03-20T10:00:00")


@cache
def shipped() -> Rules:
    """Return the shipped rules of 2020-03-16."""
    return Rules(load_policy().edition_at(date(2020, 3, 16)), load_calendar())


def with_day_off(day: date) -> Rules:
    """Return the same rules after a local order gave a day off."""
    return _ordered(NamedDay(day, working=False, name="演示"))


def _ordered(day: NamedDay) -> Rules:
    order = LocalOrder("演示调休", "演字1号", ("滨江区",), "演示甲", day.date, (day,))
    return shipped()._replace(calendar=load_calendar(extra=[order]))


def with_day_worked(day: date) -> Rules:
    """Return the same rules after a local order made a day off one that is worked."""
    return _ordered(NamedDay(day, working=True, name="演示"))


def taken(
    case: Case | None, entries: list[ev.CaseEntry], entry: ev.CaseEntry, number: str, rules: Rules
) -> tuple[Case, ev.CaseEntry]:
    """Take a step as the ledger does; return the case and the entry with its dates."""
    if isinstance(entry.event, LOOKING_BACK):
        after: Case
        event: ev.Step
        after, event = refold(number, entries, entry, lambda: rules)
    else:
        after, event = advance(case, entry, number, lambda: rules)
    return after, replace(entry, event=event)


class Story:
    """A case being told: each step is admitted, dated, recorded and folded."""

    def __init__(self, rules: Rules, received: str, severity: Severity = Severity.ORDINARY) -> None:
        self.rules = rules
        self.entries: list[ev.CaseEntry] = []
        self.private: Case | None = None
        self.step(ev.Reported(channel="投诉举报电话", severity=severity), at(received))

    @property
    def case(self) -> Case:
        assert self.private
        return self.private

    def step(self, event: ev.Step, moment: datetime, *, stated: bool = False) -> Case:
        recorded = moment + timedelta(days=40) if stated else moment
        entry = ev.CaseEntry(
            seq=len(self.entries) + 1, at=moment, recorded_at=recorded, event=event, by="演示甲"
        )
        self.private, entry = taken(self.private, self.entries, entry, NUMBER, self.rules)
        self.entries.append(entry)
        return self.private

    def void(self, seq: int, when: str) -> Case:
        return self.step(ev.Voided(seq=seq), at(when))

    def accept(self, when: str) -> Case:
        return self.step(ev.Accepted(), at(when))

    def assign(self, when: str, lead: str = "甲单位") -> Case:
        return self.step(ev.Assigned(lead=lead), at(when))

    def resolve(self, when: str) -> Case:
        return self.step(ev.Resolved(), at(when))

    def regrade(self, when: str, severity: Severity) -> Case:
        return self.step(ev.Regraded(severity=severity), at(when))

    def decide(self, when: str, day: date) -> Case:
        return self.step(ev.Decided(lead="甲单位", due=day), at(when))

    def refer(self, when: str) -> Case:
        return self.step(ev.Referred(to="区级平台", to_platform=True), at(when))

    def reopen(self, when: str) -> Case:
        return self.step(ev.Reopened(), at(when))

    def clock(self, kind: str, round_: int = 1) -> Clock:
        return next(c for c in self.case.clocks if c.kind == kind and c.round == round_)

    def extend(self, when: str, workdays: int, *, beyond: bool = False) -> Case:
        return self.step(ev.Extended(workdays=workdays, beyond_ceiling=beyond), at(when))

    def suspend(self, when: str) -> Case:
        return self.step(ev.Suspended(), at(when))

    def resume(self, when: str) -> Case:
        return self.step(ev.Resumed(), at(when))


def standing_case(status: Status) -> Case:
    return Case(
        number=NUMBER,
        version=1,
        status=status,
        channel="投诉举报电话",
        received_at=at("2020-03-16T15:00:00"),
        recorded_at=at("2020-03-16T15:00:00"),
        round_at=at("2020-03-16T15:00:00"),
        since=at("2020-03-16T15:00:00"),
        severity=Severity.SERIOUS,
        platform=None,
        category=None,
        unsure=False,
        lead="甲单位",
        fed_back=True,
        decided_at=at("2020-03-17T10:00:00"),
    )

"""Cases told step by step in the pure rooms: each step is admitted, recorded and folded."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache

from sixping.cases import codec, deadlines
from sixping.cases import steps as ev
from sixping.cases.deadlines import extended, freed, suspended
from sixping.cases.lifecycle import evolve
from sixping.cases.model import Case, Clock
from sixping.cases.rules import Rules
from sixping.cases.transitions import check_transition
from sixping.policy.editions import load_policy
from sixping.policy.vocabulary import Severity, Status
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar

NUMBER = "2020-000001"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


MOMENT = at("2020-03-20T10:00:00")


@cache
def shipped() -> Rules:
    """Return the shipped rules of 2020-03-16."""
    return Rules(load_policy().edition_at(date(2020, 3, 16)), load_calendar())


class Story:
    """A case being told: each step is admitted, recorded and folded."""

    def __init__(self, rules: Rules, received: str, severity: Severity = Severity.ORDINARY) -> None:
        self.rules = rules
        self.entries: list[ev.CaseEntry] = []
        self.private: Case | None = None
        moment = at(received)
        self.step(
            ev.Reported(
                channel="投诉举报电话",
                severity=severity,
                steps=deadlines.reported(severity, moment, rules),
                terms=rules.terms,
            ),
            moment,
        )

    @property
    def case(self) -> Case:
        assert self.private
        return self.private

    def step(self, event: codec.CaseEvent, moment: datetime) -> Case:
        check_transition(self.private, event, moment)
        entry = ev.CaseEntry(
            seq=len(self.entries) + 1, at=moment, recorded_at=moment, event=event, by="演示甲"
        )
        self.entries.append(entry)
        self.private = evolve(self.private, entry, NUMBER)
        return self.private

    def accept(self, when: str) -> Case:
        return self.step(ev.Accepted(steps=deadlines.accepted(self.case)), at(when))

    def assign(self, when: str, lead: str = "甲单位") -> Case:
        return self.step(ev.Assigned(lead=lead), at(when))

    def resolve(self, when: str) -> Case:
        steps = deadlines.resolved(self.case, at(when), self.rules)
        return self.step(ev.Resolved(steps=steps), at(when))

    def regrade(self, when: str, severity: Severity) -> Case:
        steps = deadlines.regraded(self.case, severity, at(when), self.rules)
        return self.step(
            ev.Regraded(severity=severity, steps=steps, terms=self.rules.terms), at(when)
        )

    def refer(self, when: str) -> Case:
        steps = deadlines.referred(self.case, at(when), self.rules)
        return self.step(
            ev.Referred(to="区级平台", to_platform=True, steps=steps, terms=self.rules.terms),
            at(when),
        )

    def reopen(self, when: str) -> Case:
        steps = deadlines.reopened(self.case, at(when), self.rules)
        return self.step(ev.Reopened(steps=steps, terms=self.rules.terms), at(when))

    def clock(self, kind: str, round_: int = 1) -> Clock:
        return next(c for c in self.case.clocks if c.kind == kind and c.round == round_)

    def extend(self, when: str, workdays: int, *, beyond: bool = False) -> Case:
        steps = extended(self.case, workdays, at(when), self.rules, beyond=beyond)
        event = ev.Extended(
            steps=steps, terms=self.rules.terms, workdays=workdays, beyond_ceiling=beyond
        )
        return self.step(event, at(when))

    def suspend(self, when: str) -> Case:
        return self.step(ev.Suspended(steps=suspended()), at(when))

    def resume(self, when: str) -> Case:
        steps = freed(self.case, at(when), self.rules)
        return self.step(ev.Resumed(steps=steps, terms=self.rules.terms), at(when))


def standing_case(status: Status) -> Case:
    return Case(
        number=NUMBER,
        version=1,
        status=status,
        channel="投诉举报电话",
        received_at=at("2020-03-16T15:00:00"),
        recorded_at=at("2020-03-16T15:00:00"),
        round_at=at("2020-03-16T15:00:00"),
        severity=Severity.SERIOUS,
        platform=None,
        category=None,
        unsure=False,
        lead="甲单位",
        fed_back=True,
        decided_at=at("2020-03-17T10:00:00"),
    )

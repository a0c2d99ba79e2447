"""Cases told step by step without a ledger, and random lives of them."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sixping.cases.model import Case
from sixping.cases.rules import Rules
from sixping.errors import SixpingError
from sixping.policy.editions import load_policy
from sixping.policy.units import Roles
from sixping.policy.vocabulary import Severity, Status
from sixping.reports.responsibility import Ground, Snapshot, trail
from sixping.util.clock import SHANGHAI
from sixping.workdays import load_calendar
from tests.kit import events as ev
from tests.kit.storykit import taken

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER, ROOM = "2026-000001", "综合信息指挥室"
FIRST, SECOND, THIRD = "演示甲队", "演示乙所", "演示丙办"
OFFICE = "平安建设办"
ROLES = Roles("演示街道", ROOM, OFFICE, district_platform="区级平台")


def at(text: str) -> datetime:
    """Read ``11-16 09:00`` of 2026."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


@cache
def rules(**readings: object) -> Rules:
    edition = load_policy().edition_at(date(2026, 1, 1))
    if readings:
        from dataclasses import replace

        edition = edition._replace(readings=replace(edition.readings, **readings))  # type: ignore[arg-type]
    return Rules(edition, load_calendar())


class Told:
    """A case being told: each step is admitted as the ledger does, and kept as an entry."""

    def __init__(
        self, received: datetime, severity: Severity = Severity.ORDINARY, **more: bool
    ) -> None:
        self.rules = rules()
        self.entries: list[ev.CaseEntry] = []
        self.now_case: Case | None = None
        anonymous = more.get("anonymous", False)
        event = ev.Reported(channel="投诉举报电话", severity=severity, anonymous=anonymous)
        self.add(event, received)

    @property
    def case(self) -> Case:
        assert self.now_case
        return self.now_case

    def add(self, event: ev.Step, moment: datetime) -> int:
        seq = len(self.entries) + 1
        entry = ev.CaseEntry(seq=seq, at=moment, recorded_at=moment, event=event)
        self.now_case, entry = taken(self.now_case, self.entries, entry, NUMBER, self.rules)
        self.entries.append(entry)
        return seq

    def path(self) -> list[Snapshot]:
        return trail(NUMBER, self.entries, ROLES)

    def ground(self, now: datetime, **readings: object) -> Ground:
        return Ground(rules(**readings) if readings else self.rules, ROLES, now)

    # --- the steps, as the commands build them -----------------------------------------

    def accept(self, when: datetime) -> int:
        return self.add(ev.Accepted(), when)

    def decline(self, when: datetime) -> int:
        return self.add(ev.Declined(), when)

    def assign(self, lead: str, when: datetime, *assist: str) -> int:
        coordinator = OFFICE if assist else None
        return self.add(ev.Assigned(lead=lead, assist=assist, coordinator=coordinator), when)

    def sign(self, when: datetime) -> int:
        return self.add(ev.Signed(), when)

    def give_back(self, when: datetime) -> int:
        return self.add(ev.Returned(unit=self.case.lead), when)

    def regrade(self, severity: Severity, when: datetime) -> int:
        return self.add(ev.Regraded(severity=severity), when)

    def decide(self, lead: str, due: date, when: datetime) -> int:
        return self.add(ev.Decided(lead=lead, due=due), when)

    def refer(self, when: datetime) -> int:
        return self.add(ev.Referred(to="区级平台", to_platform=True), when)

    def reply(self, when: datetime, *, returned: bool) -> int:
        return self.add(ev.ReferReplied(returned=returned), when)

    def suspend(self, when: datetime) -> int:
        return self.add(ev.Suspended(), when)

    def resume(self, when: datetime) -> int:
        return self.add(ev.Resumed(), when)

    def resolve(self, when: datetime) -> int:
        return self.add(ev.Resolved(), when)

    def feed_back(self, when: datetime) -> int:
        return self.add(ev.FedBack(everyone=bool(self.case.others)), when)

    def reopen(self, when: datetime) -> int:
        return self.add(ev.Reopened(), when)

    def urge(self, when: datetime, answer_by: date | None = None) -> int:
        ladder = self.rules.edition.readings.urge_ladder
        urges = self.case.urges
        level = ladder[min(len(urges), len(ladder) - 1)]
        after = urges[-1].level if urges else None
        return self.add(ev.Urged(level=level, follows=after, answer_by=answer_by), when)

    def answer(self, when: datetime) -> int:
        return self.add(ev.UrgeAnswered(level=self.case.unanswered[0].level), when)

    def part(self, unit: str, when: datetime, due: date | None = None) -> int:
        return self.add(ev.PartSet(unit=unit, due=due), when)

    def done(self, unit: str, when: datetime) -> int:
        return self.add(ev.PartDone(unit=unit), when)

    def merge(self, when: datetime) -> int:
        return self.add(ev.Merged(into="2026-000009"), when)

    def unmerge(self, when: datetime) -> int:
        return self.add(ev.Unmerged(), when)

    def absorb(self, when: datetime) -> int:
        return self.add(ev.Absorbed(number=f"2026-{len(self.entries) + 100:06}"), when)

    def void(self, seq: int, when: datetime) -> int:
        return self.add(ev.Voided(seq=seq), when)


def wander(seed: int, steps: int = 40) -> tuple[Told, datetime]:
    """Live a random life; return the case and the moment it is looked at."""
    rng = random.Random(seed)  # noqa: S311 - no secrets
    now = at("01-05 07:30") + timedelta(minutes=rng.randrange(60 * 24 * 20))
    private = Told(now, rng.choice(list(Severity)), anonymous=rng.random() < 0.2)
    for _ in range(steps):
        now += timedelta(minutes=rng.choice((5, 60, 600, 1440, 4000)) * rng.random())
        now = now.replace(second=0, microsecond=0)
        when = now if rng.random() < 0.85 else now - timedelta(hours=rng.randrange(40))
        with suppress(SixpingError, IndexError):
            rng.choice(_moves(private, rng, when))()
    return private, now + timedelta(days=rng.randrange(9))


def _moves(private: Told, rng: random.Random, when: datetime) -> list[Callable[[], int]]:
    unit, other = rng.sample((FIRST, SECOND, THIRD), 2)
    assist = (other,) if rng.random() < 0.4 else ()
    day = when.date() + timedelta(days=rng.randrange(12))
    maybe = rng.choice((None, day))
    moves: list[Callable[[], int]] = [
        lambda: private.accept(when),
        lambda: private.assign(unit, when, *assist),
        lambda: private.assign(unit, when),
        lambda: private.sign(when),
        lambda: private.give_back(when),
        lambda: private.regrade(rng.choice(list(Severity)), when),
        lambda: private.decide(unit, day, when),
        lambda: private.refer(when),
        lambda: private.reply(when, returned=rng.random() < 0.6),
        lambda: private.suspend(when),
        lambda: private.resume(when),
        lambda: private.resolve(when),
        lambda: private.feed_back(when),
        lambda: private.urge(when, maybe),
        lambda: private.answer(when),
        lambda: private.part(unit, when, maybe),
        lambda: private.done(unit, when),
        lambda: private.absorb(when),
        lambda: private.void(rng.randrange(1, len(private.entries) + 1), when),
    ]
    if private.case.status is Status.REPORTED:
        return moves[:2] * 4 + ([lambda: private.decline(when)] if rng.random() < 0.2 else [])
    if not private.case.open:
        return [*moves, lambda: private.reopen(when), lambda: private.unmerge(when)]
    return [*moves, lambda: private.merge(when)] if rng.random() < 0.1 else moves

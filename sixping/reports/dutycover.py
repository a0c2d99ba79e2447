"""Was the command room staffed (一.2, 一.3)? Every gap in cover, to the minute.

Pure. Minutes are minutes of a day, Shanghai time; a gap is a stretch of office hours in
which fewer were present than the rule asks, or too few of them held a valid licence.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.units import DutyMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sixping.reports.onlineduty import OnlineAssignment

Presence = tuple[str, int, int]
"""Person, from minute, to minute (not counted any more)."""


class Rule(NamedTuple):
    """What 一.2 and 一.3 ask, as the policy reads them; hours in minutes of the day.

    ``rest``: from and until which minute the office has its lunch break; ``lunch``: between
    which minutes ``lunch_staff`` are enough, as the others eat by turns. Cover short for no
    longer than ``tolerance`` minutes is remarked on, and no breach.
    """

    opens: int
    closes: int
    staff: int = 2
    licensed: int = 1
    per_agency: bool = True
    absence_is_breach: bool = False
    rest: tuple[int, int] | None = None
    lunch: tuple[int, int] | None = None
    lunch_staff: int = 1
    tolerance: int = 0

    def stretches(self, until: int) -> list[tuple[int, int]]:
        """Return the office hours of a day up to a minute: one stretch, two with a break."""
        ends = [self.opens, *(self.rest or ()), self.closes]
        pairs = zip(ends[::2], ends[1::2], strict=True)
        return [(start, min(end, until)) for start, end in pairs if start < until]

    def demands(self, until: int) -> Iterator[tuple[int, int, int]]:
        """Yield the office hours up to a minute with how many must be there: from, to, staff."""
        for start, end in self.stretches(until):
            turns = [minute for minute in self.lunch or () if start < minute < end]
            for since, to in pairwise([start, *turns, end]):
                eating = self.lunch is not None and self.lunch[0] <= since < self.lunch[1]
                yield since, to, min(self.lunch_staff, self.staff) if eating else self.staff


class Gap(NamedTuple):
    """A stretch in which cover was short: how many there were at its start, what lacked."""

    start: int
    end: int
    present: int
    licensed: int
    short: int
    unlicensed: int


class Duty(NamedTuple):
    """One agency on one working day: how it is on duty, who was there, who is on the roster.

    ``licensed`` held a licence valid that day, ``others`` not; ``until``: the minute up to
    which the day is over. What nobody recorded is not presence.
    """

    day: date
    agency: str
    mode: str
    licensed: Sequence[Presence]
    others: Sequence[Presence]
    roster: int
    until: int

    @property
    def recorded(self) -> bool:
        """Return whether anything is on record of that day: attendance, online a roster too."""
        rostered = self.mode == DutyMode.ONLINE and self.roster > 0
        return bool(self.licensed or self.others) or rostered


class Finding(NamedTuple):
    """A gap: ``breach`` False where it is only remarked on."""

    day: date
    agency: str
    kind: str  # cover (一.2), absent (一.3 派出所)
    start: int
    end: int
    present: int
    licensed: int
    short: int
    unlicensed: int
    clause: str
    breach: bool

    @property
    def minutes(self) -> int:
        """How long it lasted."""
        return self.end - self.start


class AgencyResult(NamedTuple):
    """How an agency stood in the period; only breaches count against it.

    ``workdays`` it was to be there (应到), ``recorded`` on which anything is on record (有记录),
    ``compliant`` without a breach (达标; None online, where assignments are what counts:
    ``assigned`` to it, and of these ``answered`` in time).
    """

    agency: str
    mode: str
    workdays: int
    recorded: int
    compliant: int | None
    breaches: int
    minutes: int
    assigned: int | None = None
    answered: int | None = None


class AgencyDay(NamedTuple):
    """An agency on a working day that was judged; ``compliant`` None: online, not counted so."""

    day: date
    agency: str
    mode: str
    recorded: bool
    compliant: bool | None


class Compliance(NamedTuple):
    """The findings of a period in order of day and agency, and how each agency stood.

    ``judged`` and ``assignments``: what the figures of the agencies count.
    """

    rule: Rule
    days: tuple[date, ...]
    findings: tuple[Finding, ...]
    agencies: tuple[AgencyResult, ...]
    judged: tuple[AgencyDay, ...] = ()
    assignments: tuple[OnlineAssignment, ...] = ()

    @property
    def workdays(self) -> int:
        """The number of working days that were judged."""
        return len(self.days)

    @property
    def breaches(self) -> list[Finding]:
        """The findings that break the rule."""
        return [finding for finding in self.findings if finding.breach]

    @property
    def remarks(self) -> list[Finding]:
        """The findings that are only remarked (原则上)."""
        return [finding for finding in self.findings if not finding.breach]


def gaps(duty: Duty, staff: int, licensed: int, opens: int, closes: int) -> list[Gap]:
    """Return the gaps between two minutes; touching gaps that lack the same are one."""
    holding = _changes(duty.licensed, opens, closes)
    present = _changes(duty.others, opens, closes)
    present.update(holding)
    stretches: list[Gap] = []
    here = holders = 0
    for minute, until in pairwise(sorted(present)):
        here += present[minute]
        holders += holding[minute]
        short, lacking = max(staff - here, 0), max(licensed - holders, 0)
        if not (short or lacking):
            continue
        before = stretches[-1] if stretches else None
        if before and (before.end, before.short, before.unlicensed) == (minute, short, lacking):
            stretches[-1] = before._replace(end=until)
        else:
            stretches.append(Gap(minute, until, here, holders, short, lacking))
    return stretches


def _changes(presences: Sequence[Presence], opens: int, closes: int) -> Counter[int]:
    """Return by how many the number of those present changes, minute by minute."""
    changes = Counter({opens: 0, closes: 0})
    came, went = [presence[1] for presence in presences], [presence[2] for presence in presences]
    for minutes, sign in ((came, 1), (went, -1)):
        # Counted before they are clipped: most come and go at the same few minutes.
        for minute, count in Counter(minutes).items():
            changes[min(max(minute, opens), closes)] += sign * count
    return changes


def compliance(days: Iterable[Sequence[Duty]], rule: Rule) -> Compliance:
    """Judge working days, each given as the duties of its agencies."""
    findings: list[Finding] = []
    begun: list[date] = []
    judged: list[AgencyDay] = []
    for duties in days:
        begun += [duty.day for duty in duties[:1]]
        for duty in _taken_together(duties, rule):
            own = _judge(duty, rule)
            findings += own
            met = duty.recorded and not any(finding.breach for finding in own)
            counts = None if duty.mode == DutyMode.ONLINE else met
            judged.append(AgencyDay(duty.day, duty.agency, duty.mode, duty.recorded, counts))
    agencies = tuple(_results(judged, findings))
    return Compliance(rule, tuple(begun), tuple(findings), agencies, tuple(judged))


def _taken_together(duties: Sequence[Duty], rule: Rule) -> Sequence[Duty]:
    """Return the duties, those of 一.2 as one where the policy reads it so."""
    on_site = [duty for duty in duties if duty.mode == DutyMode.ON_SITE]
    if rule.per_agency or len(on_site) <= 1:
        return duties
    together = on_site[0]._replace(
        agency="、".join(duty.agency for duty in on_site),
        licensed=[presence for duty in on_site for presence in duty.licensed],
        others=[presence for duty in on_site for presence in duty.others],
        roster=sum(duty.roster for duty in on_site),
    )
    return [together, *(duty for duty in duties if duty.mode != DutyMode.ON_SITE)]


def _judge(duty: Duty, rule: Rule) -> list[Finding]:
    """Return the gaps in the room's cover; online nobody has to sit there (一.3)."""
    if duty.mode == DutyMode.ONLINE:
        return []
    if duty.mode == DutyMode.ON_SITE:
        kind, clause, breach = "cover", "一.2", True
        found = [
            gap
            for start, end, staff in rule.demands(duty.until)
            for gap in gaps(duty, staff, rule.licensed, start, end)
        ]
    else:
        kind, clause, breach = "absent", "一.3", rule.absence_is_breach
        stretches = rule.stretches(duty.until)
        found = [gap for part in stretches for gap in gaps(duty, 1, 0, *part)]
    return [
        Finding(duty.day, duty.agency, kind, *gap, clause=clause, breach=breach and grave)
        for gap, grave in _weighed(found, rule.tolerance)
    ]


def _weighed(found: Sequence[Gap], tolerance: int) -> Iterator[tuple[Gap, bool]]:
    """Yield each gap with whether the stretch of touching gaps it is in exceeds the tolerance."""
    stretch: list[Gap] = []
    for gap in [*found, None]:
        if stretch and (gap is None or gap.start > stretch[-1].end):
            grave = stretch[-1].end - stretch[0].start > tolerance
            yield from ((part, grave) for part in stretch)
            stretch = []
        if gap is not None:
            stretch.append(gap)


def _results(judged: Iterable[AgencyDay], findings: Iterable[Finding]) -> Iterable[AgencyResult]:
    breaches: dict[str, list[int]] = {}
    for finding in findings:
        if finding.breach:
            breaches.setdefault(finding.agency, []).append(finding.minutes)
    kept: dict[tuple[str, str], list[AgencyDay]] = {}
    for day in judged:
        kept.setdefault((day.agency, day.mode), []).append(day)
    for (agency, mode), days in kept.items():
        broken = breaches.get(agency, [])
        met = None if mode == DutyMode.ONLINE else sum(bool(day.compliant) for day in days)
        recorded = sum(day.recorded for day in days)
        yield AgencyResult(agency, mode, len(days), recorded, met, len(broken), sum(broken))

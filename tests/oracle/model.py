"""One case as the notice and its readings tell it: its state, its clocks, what each step does.

A step is played on a copy of the case; what contradicts the texts raises ``Refused``. Dates are
asked for, not computed in place: a step keeps the answers it was once given, so that a history
without one of its steps finds the dates that still fit.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.oracle.days import CLOSES, DAY, EVER, Calendar, start_of

ORDER = ("accept", "refer", "finish", "ceiling")
LIMITS = {"accept": 1, "refer": 1, "finish": 5, "ceiling": 15}
ROOM = "综合信息指挥室"
DISTRICT = "区级平台"
GRADES = ("一般", "较大", "重大")
LADDER = ("普通", "黄牌", "红牌")
CLAUSES = {"accept": "五.1a", "refer": "五.1b", "finish": "五.1c", "ceiling": "五.1c"}


# What is no refusal is none: it goes to whom it belongs, or comes back completed.
REFUSALS = {
    "declined": "不予受理",
    "transferred": "已移送",
    "guided": "已引导",
    "sent_back": "退回补充",
}
CATEGORIES = {None: "declined", "内容不明": "declined", "移送": "transferred"} | {
    "外街道事项": "transferred",
    "引导": "guided",
    "信访事项": "guided",
    "退回补充": "sent_back",
    "要素不全": "sent_back",
}
GRID = {"省平安信息系统", "掌上基层APP", "网格员", "基础网格"}
ANSWERS = {"省平安信息系统", "掌上基层APP", "微信公众号"}  # the channel itself tells the reporter
SETTLED = {"已解决"}

Answer = tuple[datetime, int | None, bool]
Limit = tuple[datetime, datetime, bool, int | None]
Limits = dict[str, Limit]
Question = tuple[str, datetime, int | None, datetime | None]


class Refused(Exception):
    """The texts do not allow this step in this state."""


@dataclass
class Offer:
    """A limit of a member (None: the case's own); ``upto``: a date somebody signed for."""

    number: str | None
    limit: Limit
    upto: datetime | None = None

    @property
    def due(self) -> datetime:
        return max(self.limit[1], self.upto or self.limit[1])


@dataclass
class Row:
    """One clock: a limit that runs, ran, or was left."""

    kind: str
    round: int
    started: datetime
    due: datetime
    workdays: int | None
    provisional: bool = False
    stopped: datetime | None = None
    dropped: bool = False
    held: datetime | None = None
    unknown: bool = False  # it ended, nobody knows when
    offers: list[Offer] = field(default_factory=list)  # its own limit and those of members
    taken_late: bool = False  # another's limit that had passed when it was taken
    born: datetime | None = None  # when it began to run
    stood: list[tuple[datetime, datetime]] = field(default_factory=list)  # when it stood still

    def late(self, now: datetime) -> bool:
        """17:00:00 is in time, 17:00:01 is late; a suspended limit has not passed."""
        return not (self.held or self.unknown) and (self.stopped or now) > self.due

    @property
    def limit(self) -> Limit:
        return self.started, self.due, self.provisional, self.workdays

    @limit.setter
    def limit(self, limit: Limit) -> None:
        self.started, self.due, self.provisional, self.workdays = limit

    def freed(self, days: int) -> None:
        """What stood still is freed for every limit."""
        for offer in self.offers:
            start, due, mark, count = offer.limit
            offer.limit = (start, due, mark, (count or 0) + days)
            offer.upto = offer.upto and self.due

    def signed(self) -> None:
        """A date that was signed for holds whichever limit runs."""
        for offer in self.offers:
            offer.upto = max(self.due, offer.upto or self.due)

    @property
    def missed(self) -> bool:
        return self.stopped is not None and self.late(self.stopped)

    @property
    def live(self) -> bool:
        return self.stopped is None and not self.unknown

    @property
    def verdict(self) -> bool:
        """Is it decided for good: met, or missed?"""
        return self.unknown or (
            self.stopped is not None and (not self.dropped or self.stopped > self.due)
        )


@dataclass
class Holder:
    """Who has the case from an instant on: never before what was told of it earlier."""

    at: datetime
    unit: str | None
    who: str | None  # in words where no unit has it: a meeting, the district
    ended: bool = False  # it was done with: who had it last


@dataclass
class Urge:
    level: str
    at: datetime
    due: datetime | None
    unit: str | None
    by: int  # the step
    answered: datetime | None = None


@dataclass
class Signing:
    """One assignment that waits for the unit's signature."""

    unit: str
    since: datetime
    by: int  # the step
    ended: datetime | None = None
    signed: bool = False
    returned: bool = False
    again: bool = False  # by a reopening: nobody assigned it


@dataclass
class Result:
    """One 办结: by whom, and what became of it."""

    at: datetime
    unit: str | None
    reopened: bool = False
    kind: str | None = None
    others: set[str] = field(default_factory=set)  # reports merged in that are to be told
    told: set[str] = field(default_factory=set)
    filed: bool = False  # a file tells it
    unsaid: bool = False  # nobody wrote down whether its own reporter was told
    checks: list[tuple[datetime, bool]] = field(default_factory=list)

    def owing(self, case: Case) -> list[bool]:
        """Who was to be told, and was told or not: of a result withdrawn, only who was before.

        Whether the reporter can be told is a present fact.
        """
        own: set[str] = set() if case.anonymous or self.unsaid else {case.number}
        told = [number in self.told for number in own | self.others]
        return [one for one in told if one or not self.withdrawn]

    @property
    def withdrawn(self) -> bool:
        """Did the last check find that it does not hold, or was the case taken up again?"""
        return self.reopened or (bool(self.checks) and not self.checks[-1][1])


@dataclass
class Part:
    unit: str
    at: datetime
    due: datetime | None
    by: int  # the step
    ended: datetime | None = None  # done, or taken away


@dataclass
class Join:
    """A report merged into this case: when it came in, and its limits not yet missed."""

    number: str
    receipt: datetime
    limits: Limits
    at: datetime
    held: list[Holder] = field(default_factory=list)  # who had it until then


@dataclass
class Step:
    """A step as it was taken: when it happened, when it was written down, what it was answered."""

    id: int
    kind: str
    at: datetime
    recorded: datetime
    args: dict[str, Any]
    known: dict[str, Any] = field(default_factory=dict)  # what an imported row says besides
    answers: dict[Question, Answer] = field(default_factory=dict)
    freed: dict[tuple[datetime, datetime], int] = field(default_factory=dict)
    base: datetime | None = None  # the date an extension was signed for
    voided: datetime | None = None  # when the step was taken back
    changes: list[tuple[datetime, dict[str, Any]]] = field(default_factory=list)  # of args
    told: bool | None = None  # standard words: did they reach the reporter? None: own words
    reached: bool = False  # it told the reporter in truth
    taken: bool = False  # once: what only guards the taking is not asked again

    def known_at(self, instant: datetime) -> dict[str, Any]:
        """Give what the step says by what was known at an instant."""
        known = [args for moment, args in self.changes if moment <= instant]
        return known[-1] if known else self.args


@dataclass
class Case:
    """What a case is after its steps."""

    number: str
    received: datetime
    severity: str
    calendar: Calendar
    community: str | None = None
    anonymous: bool = False
    text: str | None = None
    place: str | None = None
    source_no: str | None = None
    channel: str = "投诉举报电话"
    nature: str | None = None
    confirmed: bool = True  # does it count: found by a person, or 一般?
    found: bool = True  # did a person find the grade?
    refusal: str = "declined"  # what a report that is not taken on was instead
    stage: str = "new"  # new open district resolved closed declined merged unknown withdrawn
    base: datetime = EVER[0]  # where the limits of this round count from
    round: int = 1
    decision: datetime | None = None
    promise: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    lead: str | None = None
    assist: tuple[str, ...] = ()
    assigned: datetime | None = None
    signed: datetime | None = None
    returned: datetime | None = None
    returns: int = 0
    accepted: datetime | None = None
    resolved: datetime | None = None
    told: set[str] = field(default_factory=set)
    verified: bool | None = None
    urges: list[Urge] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    refused: datetime | None = None
    referred: datetime | None = None
    to_platform: bool = False  # is the district's platform among those it was referred to?
    receipt: bool = False  # did the district say that it has it?
    into: str | None = None
    before: tuple[str, list[Row], datetime] | None = None
    set_aside: list[Part] = field(default_factory=list)  # parts of a case merged away
    unreachable: set[str] = field(default_factory=set)  # anonymous reports merged into it
    joins: list[Join] = field(default_factory=list)
    joined: list[Join] = field(default_factory=list)  # ever
    imported: bool = False
    unsaid: bool = False  # nobody wrote down whether its own reporter was told
    holders: list[Holder] = field(default_factory=list)
    signings: list[Signing] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    began: datetime = EVER[0]  # of the present round
    latest: datetime = EVER[0]  # stated so far
    step: Step | None = None
    decided_once: bool = False  # in this round
    consulted: str | None = None  # the leader it was put before in this round
    registered: datetime = EVER[1]  # when it was written down
    answered: datetime | None = None  # by the earliest step of handling
    extended: set[tuple[str, int]] = field(default_factory=set)  # limits somebody signed for
    waits_for_word: bool = False  # something was said by the policy's words alone

    # What runs

    @property
    def status(self) -> str:
        names = {
            "new": "待受理",
            "district": "区级办理中",
            "resolved": "已办结",
            "closed": "已归档",
            "declined": REFUSALS[self.refusal],
            "unknown": "状态不详",
            "withdrawn": "已撤回",
            "merged": "已并入",
        }
        if self.stage != "open":
            return names[self.stage]
        if self.severity == "重大":
            return "待上报"
        if self.severity == "较大" and self.decision is None:
            return "待联席会议研究"
        return "办理中" if self.lead else "待分派"

    @property
    def grade_row(self) -> str:
        """The row of a breakdown by grade: what nobody found stands apart."""
        return self.severity if self.confirmed else "未确认"

    @property
    def holder(self) -> str | None:
        """Who has it: the room, a unit; nobody while a meeting has it."""
        if self.status in {"待受理", "待分派", "待上报"}:
            return ROOM
        if self.stage == "district":
            return DISTRICT if self.to_platform else None
        if self.stage in {"resolved", "closed"}:
            return self.results[-1].unit
        return self.lead if self.status in {"办理中", "状态不详"} else None

    @property
    def who(self) -> str | None:
        """Who has it, in words; of what was done with, who had it last."""
        if self.over and self.holders:
            return self.holders[-1].who
        words = {"待联席会议研究": "会商", "区级办理中": "区级"}
        return self.holder or words.get(self.status)

    @property
    def over(self) -> bool:
        return self.stage in {"resolved", "closed", "declined", "withdrawn"}

    def wanted(self) -> set[str]:
        """Which clocks run is a function of status, severity and decided or not."""
        if self.stage not in {"new", "open"}:
            return set()
        clocks = {"accept"} if self.stage == "new" else set()
        if not self.confirmed:
            return clocks
        if self.severity == "一般":
            return clocks | {"finish", "ceiling"}
        if self.severity == "重大":
            return clocks | {"refer"}
        return clocks | ({"finish"} if self.decision else set())

    def running(self, kind: str) -> Row | None:
        return next((r for r in self.rows if r.kind == kind and r.live), None)

    def answer(self, row: Row, days: int | None, prev: datetime | None, due: datetime) -> Answer:
        """Give the date that was promised for this very question, or the one just counted."""
        assert self.step is not None
        mark = days is not None and self.calendar.provisional(row.started, due)
        key = (row.kind, row.started, days, prev)
        return self.step.answers.setdefault(key, (due, days, mark))

    def ask(self, row: Row, days: int | None, prev: datetime | None, due: datetime) -> None:
        row.due, row.workdays, row.provisional = self.answer(row, days, prev, due)

    def count(self, row: Row, days: int, prev: datetime | None = None) -> None:
        self.ask(row, days, prev, self.calendar.due(row.started, days))

    def settle(self, at: datetime, meets: tuple[str, ...] = ()) -> None:
        for row in list(self.rows):
            if row.live and row.kind not in self.wanted():
                self.leave(row, at, met=row.kind in meets)
        for kind in ORDER:
            if kind in self.wanted() and self.running(kind) is None:
                self.begin(kind, at)

    def leave(self, row: Row, at: datetime, *, met: bool) -> None:
        if row.held is not None and self.stage != "merged":
            self.release(row, at)
        row.stopped, row.dropped = at, not met

    def release(self, row: Row, at: datetime) -> None:
        """A suspended limit moves by the whole working days it stood still; never the ceiling."""
        assert row.held is not None
        assert self.step is not None
        first = start_of(row.started.date() + DAY)  # the day it starts is not counted
        stood, row.stood = row.stood, [*row.stood, (max(row.held, first), at)]
        counted = self.calendar.covered(row.stood) - self.calendar.covered(stood)
        days = self.step.freed.setdefault((row.held, at), counted)
        row.held = None
        if days and row.workdays is not None:
            due = self.calendar.later(row.due, days)
            self.ask(row, row.workdays + days, row.due, due)
            self.promise[row.kind] = row.workdays or 0
            row.freed(days)

    def begin(self, kind: str, at: datetime) -> None:
        """A missed clock runs on, one left in time comes back, else one takes a free number."""
        decided = kind == "finish" and self.severity == "较大"
        row, prev = self.returning(kind, decided=decided), None
        if kind == "finish" and row is not None:
            self.rows = [r for r in self.rows if r is row or not self.replaced(r)]
        if row is None:
            row = self.fresh(kind, at, decided=decided)
        elif row.missed and not decided:
            row.stopped, row.dropped = None, False
            return
        else:
            prev, row.stopped, row.dropped, row.born = row.due, None, False, at
        if decided:
            assert self.decision is not None
            self.ask(row, None, prev, self.decision)
            return
        days = self.promise.get(kind, LIMITS[kind])
        if prev is None or row.workdays is None:
            row.started = self.start(kind, at)
            self.count(row, days, prev)
        elif row.offers and kind != "refer":
            first = min(row.offers, key=lambda offer: offer.due)
            if first.limit[0] == row.started:
                self.again(row, days, at)
            else:
                self.run(row, first, at)
        else:
            row.started = self.start(kind, at)
            self.again(row, days, at)

    def again(self, row: Row, days: int, at: datetime) -> None:
        """The same promise by today's calendar; none is moved into the past."""
        due = self.calendar.due(row.started, days)
        self.ask(row, days, row.due, due if due >= at else row.due)

    def replaced(self, row: Row) -> bool:
        """Is it a decided date of this round that goes before it was missed, with no entry?"""
        left = row.kind == "finish" and row.round >= self.round and row.dropped
        return left and row.workdays is None and not row.missed

    def returning(self, kind: str, *, decided: bool) -> Row | None:
        """The row of this round that the clock goes on in, if there is one."""
        left = [r for r in self.rows if r.kind == kind and r.round >= self.round and r.dropped]
        if decided:
            return next((r for r in left[-1:] if r.workdays is None and not r.missed), None)
        missed = [r for r in left if r.missed]
        if missed or kind == "refer":
            return missed[-1] if missed else None
        counted = [r for r in left if r.workdays is not None]
        return next(reversed(counted or left), None)

    def fresh(self, kind: str, at: datetime, *, decided: bool) -> Row:
        mine = [r for r in self.rows if r.kind == kind and r.round >= self.round]
        number = max((r.round + 1 for r in mine), default=self.round)
        start = self.start(kind, at)
        if decided and any(r.missed for r in mine):
            start = at
        row = Row(kind, number, start, start, None, born=at)
        self.rows.append(row)
        return row

    def start(self, kind: str, at: datetime) -> datetime:
        """五.1b: found at or before the decision on acceptance, from receipt; later, from then."""
        if kind == "refer" and self.stage != "new":
            return at
        return min([self.base, *(join.receipt for join in self.joins)])

    def new_round(self, at: datetime) -> None:
        self.round = max((r.round for r in self.rows), default=0) + 1
        self.base = self.began = at
        self.promise, self.decision, self.joins = {}, None, []
        self.decided_once, self.consulted = False, None
        self.to_platform = self.receipt = False
        self.resolved, self.refused, self.verified = None, None, None
        self.told, self.unsaid = set(), False

    # Steps

    def take(self, step: Step) -> None:
        self.step = step
        self.latest = max(self.latest, step.at)
        getattr(self, "do_" + step.kind.replace("-", "_"))(step.at, **step.args)
        if step.kind not in {"intake", "imported", "note", "amend", "rescheduled", "told"}:
            self.answered = min(self.answered or step.at, step.at)
        self.waits_for_word = not step.reached and (self.waits_for_word or step.told is False)
        if self.status == "办理中" and not self.signings:
            assert self.lead is not None
            self.signings.append(Signing(self.lead, step.at, step.id, again=True))
        elif self.signings and self.status != "办理中":
            self.unsign(step.at)
        elif self.signings and self.signings[-1].ended and not self.signed:
            assert self.lead is not None
            self.signings.append(Signing(self.lead, step.at, step.id, again=True))
        if self.results and self.stage in {"resolved", "closed"}:
            last = self.results[-1]
            last.others = set(self.members) - self.unreachable
            last.told, last.unsaid = set(self.told), self.unsaid
        now = Holder(self.latest, self.holder, self.who, self.over)
        had = self.holders[-1] if self.holders else None
        if self.stage != "merged" and (not had or (had.unit, had.who) != (now.unit, now.who)):
            self.holders.append(now)

    def need(self, *stages: str) -> None:
        if self.stage not in stages:
            raise Refused(self.status)

    def not_before(self, at: datetime, earlier: datetime | None) -> None:
        """A step is not older than what it answers, nor than its round."""
        if at < max(self.began, earlier or self.began):
            raise Refused("before what it answers")

    def do_intake(self, at: datetime) -> None:
        self.base = self.began = at
        self.settle(at)

    def do_imported(self, at: datetime, unit: str | None, resolved: datetime | None) -> None:
        """It is done: 一般 was to be done in time; what else happened when, nobody knows."""
        self.base = self.began = at
        self.imported = True
        self.settle(at)
        self.stage, self.resolved, self.lead = "resolved", resolved, unit
        if resolved is None:
            self.stage = "unknown"
            for row in self.rows:
                row.unknown = True
            return
        for row in self.rows:
            row.unknown = row.kind in {"accept", "refer"}
        self.results.append(Result(resolved, unit, filed=True))
        self.unsaid = True
        self.settle(resolved, ("finish", "ceiling"))

    def tell(self, words: bool, told: bool) -> None:
        """What is said by the policy's words alone has reached nobody, unless the channel does."""
        assert self.step is not None
        if not self.step.taken:
            self.step.reached = words or told or self.channel in ANSWERS
            nobody = self.anonymous and not words and not told
            self.step.told = None if nobody or words else self.step.reached
            self.step.reached &= not nobody

    def do_told(self, at: datetime) -> None:
        self.not_before(at, None)
        assert self.step is not None
        if not self.waits_for_word and not self.step.taken:
            raise Refused("nothing to tell")
        self.step.reached = True

    def do_accept(
        self, at: datetime, severity: str | None = None, words: bool = False, told: bool = False
    ) -> None:
        """A person finds: what was suggested beyond 一般 is confirmed, or found to be another."""
        self.need("new")
        self.not_before(at, None)
        if not self.confirmed and severity is None:
            raise Refused("who finds it so?")
        lower = severity and GRADES.index(severity) < GRADES.index(self.severity)
        if self.found and lower and not self.fixed:
            raise Refused("somebody found it graver: regrade")
        self.tell(words, told)
        self.confirmed = self.found = True
        if severity and severity != self.severity:
            self.grade(at, severity)
        self.settle(at)
        self.stage, self.accepted = "open", at
        self.settle(at, ("accept",))

    def do_decline(
        self,
        at: datetime,
        category: str | None = None,
        to: str | None = None,
        words: bool = False,
        told: bool = False,
    ) -> None:
        """五.1a: what is no refusal goes to an address; only a grid worker completes a report."""
        self.need("new")
        self.not_before(at, None)
        if self.members:
            raise Refused("somebody else waits for an answer")
        self.refusal = CATEGORIES[category]
        if self.refusal in {"transferred", "guided"} and to is None:
            raise Refused("to whom?")
        if self.refusal == "sent_back" and self.channel not in GRID:
            raise Refused("a citizen completes nothing")
        self.tell(words, told)
        self.stage, self.refused = "declined", at
        mine = {"accept"}
        self.rows = [r for r in self.rows if r.round < self.round or r.kind in mine]
        self.settle(at, ("accept",))

    def do_assign(self, at: datetime, lead: str, assist: tuple[str, ...] = ()) -> None:
        if self.status not in {"待分派", "办理中"}:
            raise Refused(self.status)
        self.not_before(at, None)
        if (lead, assist) == (self.lead, self.assist) or lead in assist:
            raise Refused("nothing changes")
        self.give(at, lead, assist)

    def give(self, at: datetime, lead: str, assist: tuple[str, ...]) -> None:
        self.unsign(at)
        self.signed, self.assigned = None, at
        self.signings.append(Signing(lead, at, self.by))
        self.lead, self.assist, self.returned = lead, assist, None
        self.drop_parts(at)

    def drop_parts(self, at: datetime) -> None:
        """A part belongs to a unit of the case; who is off the case owes none from then on."""
        for part in self.parts:
            if part.ended is None and part.unit not in {self.lead, *self.assist}:
                part.ended = at

    def do_sign(self, at: datetime) -> None:
        self.handled()
        self.not_before(at, self.assigned)
        if self.signed:
            raise Refused("signed")
        self.signed = at
        self.unsign(at, signed=True)
        for signing in reversed(self.signings):
            signing.signed = True
            if not signing.again:
                break

    def unsign(self, at: datetime, *, signed: bool = False) -> None:
        """An assignment is signed, or ends unsigned."""
        if self.signings and self.signings[-1].ended is None:
            self.signings[-1].ended, self.signings[-1].signed = at, signed

    def handled(self) -> None:
        if self.status != "办理中":
            raise Refused(self.status)

    def end_parts(self, at: datetime) -> None:
        for part in self.parts:
            part.ended = part.ended or at

    def do_return(self, at: datetime) -> None:
        self.handled()
        self.not_before(at, self.assigned)
        self.unsign(at)
        for signing in reversed(self.signings):
            signing.returned = True
            if not signing.again:
                break
        self.lead, self.assist, self.signed, self.assigned = None, (), None, None
        self.returned, self.returns = at, self.returns + 1
        self.drop_parts(at)

    def do_amend(
        self,
        at: datetime,
        community: str | None = None,
        channel: str | None = None,
        anonymous: bool | None = None,
        received: datetime | None = None,
        **said: str,
    ) -> None:
        """What was said at intake is said anew; another receipt moves what counted from it."""
        self.not_before(at, None)
        if self.stage == "withdrawn":
            raise Refused("it is no report")
        new: dict[str, Any] = {"community": community, "channel": channel, "anonymous": anonymous}
        new = {name: value for name, value in new.items() if value is not None} | said
        new |= {name: None for name, value in new.items() if value == ""}
        changes = {name for name, value in new.items() if value != getattr(self, name)}
        if received in {None, self.received} and not changes and not self.fixed:
            raise Refused("nothing changes")
        if self.into and "anonymous" in changes and not self.fixed:
            raise Refused("another case goes by it")
        for name, value in new.items():
            setattr(self, name, value)
        if received not in {None, self.received}:
            self.receive(at, received)

    @property
    def by(self) -> int:
        """The step that is taken."""
        assert self.step is not None
        return self.step.id

    @property
    def fixed(self) -> bool:
        """Was the step taken before? Then it is only told again."""
        assert self.step is not None
        return self.step.taken

    def receive(self, at: datetime, received: datetime) -> None:
        """Limits count from when it really came in; one late by that alone is the room's."""
        assert self.step is not None
        shared = self.into or self.members
        late = received > min(at, self.registered, self.answered or at)
        if (shared or late) and not self.fixed:
            raise Refused("it cannot have been")
        was, self.received = self.received, received
        if self.base == was:
            self.base = received
        if self.began == was:
            self.began = received
        for row in self.rows:
            if row.started == was:
                row.started = received
                if row.workdays is not None:
                    self.recount(row, at)

    def recount(self, row: Row, at: datetime) -> None:
        """As many days from another receipt; a later date that somebody signed for stands."""
        before, missed = row.due, row.late(row.stopped or at)
        self.count(row, row.workdays or 0, row.due)
        if (row.kind, row.round) in self.extended and row.due < before:
            days = (row.workdays or 0) + self.calendar.between(row.due.date(), before.date())
            self.ask(row, days, row.due, before)
        now = not row.unknown and (row.stopped or at) > row.due
        row.taken_late = now and (row.taken_late or not missed)

    def do_withdraw(self, at: datetime) -> None:
        """The registration was a mistake and nothing followed: it was promised nothing."""
        self.need("new")
        if self.members or self.round > 1 or any(row.late(at) for row in self.rows):
            raise Refused("that is not undone")
        self.stage, self.rows = "withdrawn", []

    def do_note(self, at: datetime) -> None:
        self.not_before(at, None)

    def do_regrade(self, at: datetime, severity: str) -> None:
        self.need("new", "open", "district")
        self.not_before(at, None)
        if severity == self.severity and self.confirmed:
            raise Refused("nothing changes")
        self.confirmed = self.found = True
        self.grade(at, severity)
        if self.stage == "district":
            self.stage = "open"
        if self.status == "办理中" and self.assigned is None:
            self.assigned = at  # it comes back to the unit it had
        self.settle(at)

    def grade(self, at: datetime, severity: str) -> None:
        """Lowered, a decided date goes unless it is missed (reading 1)."""
        self.severity, self.decision = severity, None
        row = self.running("finish")
        if severity == "一般" and row is not None and not row.late(at):
            self.leave(row, at, met=False)

    def do_resolve(self, at: datetime, outcome: str | None = None) -> None:
        if self.stage == "unknown":
            self.not_before(at, None)
            assert self.step is not None
            if at == self.step.recorded:
                raise Refused("when was it settled?")
            self.ended(at, outcome)
            return
        self.handled()
        self.not_before(at, None)
        if any(part.ended is None for part in self.parts):
            raise Refused("a part is not done")
        self.stage, self.resolved = "resolved", at
        self.results.append(Result(at, self.lead, kind=outcome))
        self.came_in_ended(at)
        self.unsign(at)
        self.settle(at, ("finish", "ceiling"))

    def ended(self, at: datetime, outcome: str | None) -> None:
        """Of a record of the past the end is known now."""
        for row in self.rows:
            if row.kind in {"finish", "ceiling"}:
                row.unknown, row.stopped = False, at
        self.stage, self.resolved = "resolved", at
        self.results.append(Result(at, self.lead, kind=outcome))
        self.came_in_ended(at)

    def came_in_ended(self, at: datetime) -> None:
        """Of a record of the past that ended before it came in, nobody knows who was told."""
        if self.imported and at < self.registered:
            self.unsaid = True

    def do_feedback(self, at: datetime, everybody: bool = False) -> None:
        assert self.step is not None
        self.step.reached = True
        self.need("resolved", "closed")
        self.not_before(at, self.resolved)
        self.unsaid &= everybody and self.anonymous
        self.told |= self.owed() if everybody else {self.number}

    def do_verify_result(self, at: datetime, passed: bool) -> None:
        self.need("resolved")
        self.not_before(at, self.resolved)
        self.verified = passed
        self.results[-1].checks.append((at, passed))

    def do_close(self, at: datetime) -> None:
        self.need("resolved")
        self.not_before(at, self.resolved)
        if self.verified is False or self.owing():
            raise Refused("not told, or not passed")
        self.stage = "closed"

    def owed(self) -> set[str]:
        """Who is to be told: the reporter unless anonymous, and everybody merged into it.

        Of whom nobody knows whether he was told, nothing is owed.
        """
        own: set[str] = set() if self.anonymous or self.unsaid else {self.number}
        return own | {member for member in self.members if member not in self.unreachable}

    def owing(self) -> set[str]:
        return self.owed() - self.told

    @property
    def waited_for(self) -> bool:
        """Does somebody wait for the result, also one who said after closing who he is?"""
        return self.stage in {"resolved", "closed"} and bool(self.owing())

    def do_reopen(self, at: datetime) -> None:
        self.need("resolved", "closed", "declined", "unknown")
        self.not_before(at, self.resolved or self.refused)
        if self.stage in {"resolved", "closed"}:
            self.results[-1].reopened = True
        self.stage = "new" if self.stage == "declined" else "open"
        self.new_round(at)
        self.signed = None
        self.assigned = at if self.status == "办理中" and self.lead else None
        if self.assigned and self.lead:
            self.signings.append(Signing(self.lead, at, self.by, again=True))
        self.settle(at)

    def do_consult(self, at: datetime, leader: str | None = None) -> None:
        self.need("open", "district")
        self.not_before(at, None)
        self.consulted = leader

    def do_decide(
        self,
        at: datetime,
        lead: str,
        due: date,
        assist: tuple[str, ...] = (),
        leader: str | None = None,
        meeting: str | None = None,
    ) -> None:
        del leader, meeting  # they were judged when the step was taken
        self.need("open")
        self.not_before(at, None)
        moment = datetime.combine(due, CLOSES)
        if self.severity != "较大" or moment < at:
            raise Refused("not to be decided")
        self.decision, self.decided_once = moment, True
        self.give(at, lead, assist)
        row = self.running("finish")
        if row is not None and row.due < at:
            row.stopped, row.dropped = at, True
        elif row is not None:
            self.ask(row, None, row.due, moment)
        self.settle(at)

    def do_refer(
        self,
        at: datetime,
        to: tuple[str, ...],
        receipt: str | None = None,
        words: bool = False,
        told: bool = False,
    ) -> None:
        """The first report of a round counts for the limit, also after a detour (reading 6)."""
        self.need("open", "district")
        self.not_before(at, None)
        self.tell(words, told)
        if self.stage == "open" and self.severity != "重大":
            self.grade(at, "重大")
            mine = [r for r in self.rows if r.kind == "refer" and r.round >= self.round]
            if not any(r.stopped and not r.dropped for r in mine):
                self.begin("refer", at)
        if self.stage == "open":
            self.referred, self.to_platform = at, False
        self.to_platform |= DISTRICT in to
        self.receipt |= receipt is not None
        self.stage = "district"
        self.settle(at, ("refer",))

    def do_refer_reply(self, at: datetime, returned: bool, outcome: str | None = None) -> None:
        self.need("district")
        self.not_before(at, self.referred)
        if returned:
            self.stage, self.assigned = "open", None
            self.new_round(at)
        else:
            self.results.append(Result(at, self.holder, kind=outcome))
            self.stage, self.resolved, self.receipt = "resolved", at, True
            self.came_in_ended(at)
            self.end_parts(at)
        self.settle(at)

    def in_time(self, at: datetime) -> Row:
        """五.1c: asked for before the limit passes, of a limit that is a number of days."""
        self.need("open")
        row = self.running("finish")
        if self.severity != "一般" or row is None or row.held or row.due < at:
            raise Refused("no limit to move")
        return row

    def do_extend(
        self,
        at: datetime,
        days: int,
        beyond: bool = False,
        words: bool = False,
        told: bool = False,
    ) -> None:
        row = self.in_time(at)
        self.tell(words, told)
        self.not_before(at, None)
        ceiling = self.running("ceiling")
        assert self.step is not None
        assert ceiling is not None
        if self.step.base not in {None, row.due}:
            raise Refused("the date it was signed for is gone")
        self.step.base = row.due
        due = self.calendar.later(row.due, days)
        longer = (row.workdays or 0) + days
        due = self.answer(row, longer, row.due, due)[0]
        if due > ceiling.due and (not beyond or ceiling.due < at):
            raise Refused("beyond the ceiling")
        self.ask(row, longer, row.due, due)
        self.promise["finish"] = row.workdays or 0
        row.signed()
        self.extended.add(("finish", row.round))
        if row.due > ceiling.due:
            self.extended.add(("ceiling", ceiling.round))
            self.ask(ceiling, row.workdays, ceiling.due, row.due)
            self.promise["ceiling"] = row.workdays or 0
            ceiling.signed()

    def do_suspend(self, at: datetime, words: bool = False, told: bool = False) -> None:
        row = self.in_time(at)
        self.tell(words, told)
        self.not_before(at, None)
        row.held = at

    def do_resume(self, at: datetime) -> None:
        self.need("open")
        row = self.running("finish")
        if row is None or row.held is None:
            raise Refused("not suspended")
        self.not_before(at, row.held)
        self.release(row, at)

    def do_urge(self, at: datetime, level: str, answer_by: date | None = None) -> None:
        self.need("new", "open", "district", "resolved")
        self.not_before(at, None)
        step = LADDER.index(self.urges[-1].level) + 1 if self.urges else 0
        if step >= len(LADDER) or LADDER[step] != level:
            raise Refused("the ladder")
        due = datetime.combine(answer_by, CLOSES) if answer_by else None
        self.urges.append(Urge(level, at, due, self.holder, self.by))

    def do_answer_urge(self, at: datetime) -> None:
        open_ = [urge for urge in self.urges if urge.answered is None]
        if not open_:
            raise Refused("nothing to answer")
        self.not_before(at, open_[0].at)
        open_[0].answered = at

    def do_part(self, at: datetime, unit: str, due: date | None = None) -> None:
        self.handled()
        self.not_before(at, None)
        if unit not in {self.lead, *self.assist}:
            raise Refused("not a unit of the case")
        self.within_limit(at, due)
        moment = datetime.combine(due, CLOSES) if due else None
        for part in self.parts:
            if part.unit == unit and part.ended is None:
                part.ended = at
        self.parts.append(Part(unit, at, moment, self.by))

    def within_limit(self, at: datetime, due: date | None) -> None:
        """A part is not due after the limit of its case, unless that passed or stands still."""
        assert self.step is not None
        rows = [self.running(kind) for kind in ("finish", "ceiling")]
        limits = [r.due.date() for r in rows if r and not r.held and not r.late(at)]
        if due and limits and due > limits[0] and not self.step.taken:
            raise Refused("after the limit of the case")

    def do_part_done(self, at: datetime, unit: str) -> None:
        self.handled()
        part = next((p for p in self.parts if p.unit == unit and p.ended is None), None)
        if part is None:
            raise Refused("no such part")
        self.not_before(at, part.at)
        part.ended = at

    # Two cases in one

    def do_merged(self, at: datetime, into: str) -> None:
        self.need("new", "open", "district")
        self.not_before(at, None)
        if self.members:
            raise Refused("others are in it")
        self.before = (self.stage, deepcopy(self.rows), at)
        self.set_aside = deepcopy(self.parts)
        self.end_parts(at)
        self.stage, self.into = "merged", into
        self.settle(at)

    def do_joined(
        self,
        at: datetime,
        number: str,
        receipt: datetime,
        limits: Limits,
        anonymous: bool,
        held: list[Holder],
    ) -> None:
        self.need("new", "open", "district")
        self.not_before(at, None)
        self.members.append(number)
        if anonymous:
            self.unreachable.add(number)
        self.joins.append(Join(number, receipt, limits, self.latest, held))
        self.joined.append(self.joins[-1])
        self.answer_by_earliest(self.joins[-1], at)

    def counted(self) -> list[Row]:
        """The rows of this round that run, or may come back."""
        rows = [r for r in self.rows if r.round >= self.round and r.kind != "accept"]
        return [r for r in rows if r.workdays and not r.unknown and (r.live or r.dropped)]

    def answer_by_earliest(self, join: Join, at: datetime) -> None:
        """The main case answers by the earliest receipt and limit; its accept limit is its own."""
        receipts = {self.base, *(j.receipt for j in self.joins)}
        for row in self.counted():
            if row.missed or (row.live and row.late(at)):
                continue
            limit = join.limits.get(row.kind)
            if (
                limit is None
                and row.live
                and row.started in receipts
                and join.receipt < row.started
            ):
                given = Row(row.kind, row.round, join.receipt, join.receipt, row.workdays)
                self.count(given, row.workdays or 0)
                limit = given.limit
            if limit is None:
                continue
            row.offers = row.offers or [Offer(None, row.limit)]
            row.offers.append(Offer(join.number, limit))
            if row.live and limit[1] < row.due:
                self.run(row, row.offers[-1], at)

    def run(self, row: Row, offer: Offer, at: datetime) -> None:
        """Let a row run to one of the limits that are offered, by today's calendar."""
        row.limit = offer.limit
        if offer.number is None:
            self.count(row, row.workdays or 0, row.due)
        else:
            self.again(row, row.workdays or 0, at)
        row.taken_late = offer.number is not None and row.due < at
        if offer.upto and row.due < offer.upto:
            days = self.calendar.between(row.due.date(), offer.upto.date())
            self.ask(row, (row.workdays or 0) + days, row.due, offer.upto)
        self.promise[row.kind] = row.workdays or 0

    def do_unmerged(self, at: datetime) -> None:
        """Back to what it was, suspension included, by the present calendar."""
        self.need("merged")
        assert self.before is not None
        self.not_before(at, self.before[2])
        self.stage, self.rows = self.before[0], deepcopy(self.before[1])
        self.parts = self.set_aside
        self.into = self.before = None
        self.do_rescheduled(at)

    def do_parted(self, at: datetime, number: str) -> None:
        self.not_before(at, None)
        self.members.remove(number)
        gone = next((join for join in self.joins if join.number == number), None)
        if gone is not None:
            self.joins.remove(gone)
            start = min([self.base, *(join.receipt for join in self.joins)])
            for row in self.counted():
                offer = next((o for o in row.offers if o.number == number), None)
                if offer is not None:
                    row.offers.remove(offer)
                    if offer.limit[0] == row.started:
                        self.run(row, min(row.offers, key=lambda o: o.due), at)
                    row.offers = row.offers if len(row.offers) > 1 else []
                elif row.started == gone.receipt != start:
                    row.started = start
                    self.count(row, row.workdays or 0, row.due)
            for row in self.rows:
                decided = row.live and row.workdays is None and row.kind == "finish"
                if decided and row.started == gone.receipt:
                    row.started = start

    def do_rescheduled(self, at: datetime) -> None:
        """Running and suspended clocks by today's calendar; nothing moves into the past."""
        for row in self.rows:
            if row.live and row.workdays is not None:
                self.again(row, row.workdays, at)

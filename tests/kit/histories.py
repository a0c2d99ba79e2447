"""Random lives of cases in a real ledger, and the same figures counted by hand.

The counting knows the log alone: it folds the events of each case in plain Python and
asks every question of a report of that, with none of the program's SQL.
"""

from __future__ import annotations

import atexit
import random
from contextlib import suppress
from copy import copy
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lifecycle import check_step, replayed
from sixping.cases.model import Case, Clock
from sixping.commands.cases import declining, ending, handling, referral, repeats
from sixping.errors import SixpingError
from sixping.ledger import transaction
from sixping.policy.vocabulary import TAKEN_ON, OwnLimit, Platform, Severity, Status
from sixping.services.importing import dues_at
from sixping.services.rulebooks import rulebooks_of
from sixping.services.taking import Build, Situation, steps_of
from sixping.store.files import create
from sixping.store.sqlite import reading
from sixping.util.clock import SHANGHAI
from tests.kit import events as ev
from tests.kit.ledgerkit import stamp

if TYPE_CHECKING:
    import sqlite3

    from sixping.cases.rules import Rules
    from sixping.store.transaction import Transaction

START = datetime(2026, 1, 5, 8, 0, tzinfo=SHANGHAI)
UNITS = ("城管执法中队", "市场监管所", "平安建设办")
CASES, TURNS = 60, 320
#: what an application is promised in place of the limit of its grade
OWN = OwnLimit(3, None, "附2.4 演示事项")


class Moment(NamedTuple):
    """The ledger as it stood when something had been recorded."""

    at: datetime
    seq: int


class Life:
    """A ledger being lived in, one random step after another."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path, self.rng, self.now = path, random.Random(seed), START  # noqa: S311 - no secrets
        self.numbers: list[str] = []
        self.moments: list[Moment] = []
        create(path, stamp(self.now), {})

    def live(self, turns: int = TURNS) -> None:
        for _ in range(turns):
            self.now += timedelta(minutes=self.rng.randrange(1, 3600))
            with suppress(SixpingError), transaction(self.path, stamp(self.now)) as work:
                for _ in range(self.rng.choice((1, 1, 2, 5))):
                    self._turn(work)
            with reading(self.path) as con:
                (seq,) = con.execute("SELECT max(seq) FROM events").fetchone()
            self.moments.append(Moment(self.now, seq))

    def _turn(self, work: Transaction) -> None:
        if len(self.numbers) < CASES and self.rng.random() < 0.35:
            event, at = self._report()
            number = work.next_number(at.year)
            work.append(number, event, at, before=None, rules=self._rules)
            self.numbers.append(number)
        elif self.numbers:
            case = work.case(self.rng.choice(self.numbers))
            self._step(work, case)

    def _rules(self, day: date) -> Rules:
        return rulebooks_of(None).rules(day)

    def _report(self) -> tuple[ev.Reported, datetime]:
        rng = self.rng
        at = self.now - timedelta(hours=rng.choice((0, 0, 0, 30, 900)))
        severity = rng.choice(list(Severity))
        fields: dict[str, Any] = {
            "channel": rng.choice(("投诉举报电话", "网格员")),
            "community": rng.choice((None, "演示一社区", "演示二社区")),
            "grid": rng.choice((None, "演示一社区1网格")),
            "category": rng.choice((None, "占道经营", "噪声")),
            "platform": rng.choice((None, *Platform)),
            "severity": severity,
            "anonymous": rng.random() < 0.2,
            "nature": (None, "咨询", "举报")[len(self.numbers) % 3],
            "text": "演示",
        }
        if rng.random() < 0.7:
            applies = len(self.numbers) % 7 == 5
            own: dict[str, Any] = {"service": "演示事项", "own": OWN} if applies else {}
            return ev.Reported(**fields, **own), at
        at = self.now - timedelta(days=rng.uniform(0, 60))
        ends = rng.choice((None, None, Status.RESOLVED, Status.CLOSED, Status.DECLINED))
        done = at + timedelta(days=rng.uniform(0, 30)) if ends and rng.random() < 0.7 else None
        done = done.replace(microsecond=0) if done and done < self.now else None
        terms, dues = self._rules(at.date()).terms, dues_at(severity, at, self._rules(at.date()))
        luck = rng.random() if ends is not None else 1.0
        private = True if luck < 0.5 else None if luck < 0.75 else False  # else nobody knows
        return ev.Imported(
            **fields, dues=dues, terms=terms, profile="test",
            unit=rng.choice((None, *UNITS)), status=ends, resolved_at=done, answered=private,
            satisfaction=rng.choice((None, 2, 5)) if private else None,
        ), at.replace(microsecond=0)  # fmt: skip

    def _way(self) -> dict[str, str]:
        """Return how a report is not taken on: mostly refused."""
        ways = ("移送", "引导", "退回补充", "内容不明")
        if self.rng.random() < 0.4:
            return {}
        category = self.rng.choice(ways)
        return {"category": category} | ({"to": "演示"} if category in ways[:2] else {})

    def _amendment(self, case: Case) -> Build:
        rng = self.rng
        said: list[dict[str, Any]] = [
            {"community": rng.choice(("演示一社区", "演示二社区")), "nature": "投诉"},
            {"channel": rng.choice(("投诉举报电话", "网格员"))},
            {"text": "演示更正", "place": "演示路1号"}, {"cleared": ("grid",)},
            {"anonymous": rng.random() < 0.5},
            {"received_at": case.received_at - timedelta(hours=rng.randrange(200))},
            {"received_at": case.received_at + timedelta(hours=rng.randrange(48))},
        ]  # fmt: skip
        event = ev.Amended(**rng.choice(said), reason="演示")
        return lambda _: event

    def _step(self, work: Transaction, case: Case) -> None:
        rng = self.rng
        at = self.now
        if rng.random() < 0.2:
            at = case.received_at + (self.now - case.received_at) * rng.random()
            at = at.replace(microsecond=0)
        situation = Situation(work, case, at, "演示")
        situation.rules = self._rules(case.received_at.date())
        log = situation.log
        lead = rng.choice(UNITS)
        due = (self.now + timedelta(days=rng.randrange(20))).date().isoformat()
        builds = [
            handling.accept.build,
            handling.accept.build,
            lambda: declining.decline.build(**self._way()),
            lambda: handling.assign.build(lead=lead),
            handling.sign.build,
            handling.return_.build,
            lambda: handling.regrade.build(severity=rng.choice(list(Severity))),
            lambda: handling.resolve.build(outcome="演示"),
            lambda: handling.resolve.build(
                outcome="演示", kind=rng.choice((None, "已解决", "解释说明"))
            ),
            lambda: ending.feedback.build("演示", satisfaction=rng.choice((None, 1, 3, 5))),
            lambda: ending.feedback.build("演示", everyone=True),
            lambda: ending.verify_result.build(passed=rng.random() < 0.5),
            ending.close.build,
            ending.close.build,
            ending.reopen.build,
            referral.consult.build,
            lambda: referral.decide.build(lead=lead, due=due, leader="分管领导"),
            lambda: referral.refer.build(to=["区级平台"], content="演示"),
            lambda: referral.refer_reply.build(outcome="演示", returned=rng.random() < 0.5),
            lambda: handling.void.build(seq=rng.choice(log[1:] or log).seq),
            lambda: self._amendment(case),
            lambda: self._amendment(case),
        ]
        if rng.random() < 0.05:
            builds += [lambda: handling.emergency.build("演示", "电话"), declining.told.build]
        if len(log) == 1 and rng.random() < 0.1:
            builds = [lambda: lambda _: ev.Withdrawn(reason="演示")]
        if rng.random() < 0.1:
            builds += [lambda: repeats.merge.build(into=rng.choice(self.numbers))] * 4
        for _ in range(6):
            with suppress(SixpingError):
                steps = steps_of(case, rng.choice(builds)()(situation))
                for one, event in steps:  # both of a pair, or none
                    check_step(one, event, at)
                for one, event in steps:
                    work.append(one.number, event, at, before=one, rules=self._rules)
                return


def lived(seed: int, folder: Path) -> Life:
    """Return a life of all its turns, lived once a process, in a ledger of one's own."""
    life = copy(_lived(seed))
    life.path = Path(copyfile(life.path, folder / "ledger.sqlite3"))
    return life


@cache
def _lived(seed: int) -> Life:
    kept = TemporaryDirectory()
    atexit.register(kept.cleanup)
    life = Life(Path(kept.name) / "ledger.sqlite3", seed)
    life.live()
    return life


# --- counting by hand ------------------------------------------------------------------


class Ending(NamedTuple):
    """One time a case was resolved, and what followed before it was reopened."""

    at: datetime
    again: bool
    owing: int = 0  # reporters of repeats who can be told
    failed: bool = False  # the last check did not pass
    private: int = 0
    own: bool | None = False  # the case's own was told; None: nobody knows
    filed: bool = False  # a file says so
    score: int | None = None


class Told(NamedTuple):
    """A case as its log tells it up to a seq."""

    case: Case
    entries: list[ev.CaseEntry]
    endings: list[Ending]

    @property
    def keys(self) -> tuple[str | None, ...]:
        c = self.case
        place = (c.platform, c.lead, c.community, c.grid)
        return (*place, c.channel, c.category, c.severity, c.nature)

    def late_at(self, end: datetime) -> bool:
        """Open and past a due date at an instant, as it stands."""
        return self.case.open and any(c.due_before(end) for c in self.case.clocks)


def tell(con: sqlite3.Connection, number: str, seq: int) -> Told | None:
    """Fold the log of a case up to a seq, keeping what each round came to."""
    from sixping.store.log import read_entries

    log = [entry for entry in read_entries(con, number) if entry.seq <= seq]
    if not log:
        return None
    entries: list[ev.CaseEntry] = []
    case: Case | None = None
    endings: list[Ending] = []
    for entry, after in replayed(number, log):
        before, case = case, after
        entries.append(entry)
        was_open = before is not None and (before.open or before.status is Status.UNKNOWN)
        if before and not was_open and case.open and endings and not endings[-1].again:
            endings[-1] = endings[-1]._replace(again=True)
        if (case.status is Status.RESOLVED and was_open) or _imported_done(before, case):
            assert case.resolved_at
            endings.append(Ending(case.resolved_at, False, filed=before is None))
        if endings and not endings[-1].again:
            owing = [r for r in case.others if r.reachable]
            private = sum(r.answered is True for r in owing)
            endings[-1] = endings[-1]._replace(
                owing=len(owing),
                private=private,
                own=case.fed_back,
                score=case.satisfaction,
                failed=case.verified is False,
            )
    assert case
    return Told(case, entries, endings)


def _imported_done(before: Case | None, case: Case) -> bool:
    done = case.status in {Status.RESOLVED, Status.CLOSED}
    return before is None and done and case.resolved_at is not None


def due_in(clock: Clock, first: datetime, last: datetime, moment: datetime) -> bool:
    """Whether a clock fell due in the period and has a verdict."""
    if clock.unknown or clock.due is None or not first <= clock.due <= last:
        return False
    if clock.stopped is None:
        return clock.due < moment
    return not (clock.dropped and clock.stopped <= clock.due)


def falling_due(
    private: Told, kind: str, first: datetime, last: datetime, moment: datetime
) -> list[Clock]:
    """Return the clocks of a kind that fell due in a period and have a verdict."""
    return [c for c in private.case.clocks if c.kind == kind and due_in(c, first, last, moment)]


def born_late(private: Told, first: datetime, last: datetime, moment: datetime) -> dict[str, int]:
    """Return the limits that were late from the first: the room's, not the unit's."""
    kinds = ("accept", "refer", "finish", "ceiling")
    due = {kind: falling_due(private, kind, first, last, moment) for kind in kinds}
    born = {f"{kind}_due": sum(c.born_late for c in due[kind]) for kind in kinds}
    return born | missed([c for c in due["finish"] if c.born_late], moment)


def missed(due: list[Clock], moment: datetime) -> dict[str, int]:
    """Return what became of the finish limits that were not met."""
    late = [c for c in due if c.late(moment)]
    ended = [c for c in late if c.stopped is not None]
    return {
        "finish_late_resolved": sum(not c.dropped for c in ended),
        "finish_left_late": sum(c.dropped for c in ended),
        "finish_late_open": len(late) - len(ended),
    }


def measures(
    private: Told,
    first: datetime,
    last: datetime,
    moment: datetime,
    satisfied: int,
    main: Case | None = None,
) -> dict[str, int]:
    """Return what one case adds to every measure of what happened in a period.

    ``main``: the case that answers for a report that was merged.
    """
    case = private.case
    steps = [e for e in private.entries if first <= e.at <= last]
    count = {
        kind: sum(e.event.kind == kind for e in steps)
        for kind in (
            "accepted",
            "declined",
            "transferred",
            "guided",
            "sent_back",
            "closed",
            "referred",
            "reopened",
            "returned",
            "merged",
        )
    }
    withdrawn = case.status is Status.WITHDRAWN
    received = first <= case.received_at <= last and not withdrawn
    count["received"] = received
    count["received_filed"] = received and entries_of_a_file(private)
    answers = main if case.merged_into else case  # a merged report counts as its main case does
    street = answers and answers.status in TAKEN_ON and answers.severity is not Severity.MAJOR
    done = (
        answers
        and answers.status in {Status.RESOLVED, Status.CLOSED}
        and answers.verified is not False
    )
    unsaid = answers and answers.status is Status.UNKNOWN and answers.severity is not Severity.MAJOR
    count["finish_rate_left_out"] = bool(received and unsaid)
    count["received_accepted"] = bool(received and street)
    count["received_resolved"] = bool(received and street and done)
    count["assigned"], count["assigned_returned"] = _assignments(private, first, last)
    ended = [e for e in private.endings if first <= e.at <= last]
    count["resolved"] = len(ended)
    # what a file says is the last result there was: of earlier ones it does not tell
    count["resolved_here"] = sum(not e.filed for e in ended)
    count["resolved_reopened"] = sum(e.again and not e.filed for e in ended)
    count["reopened_rate_left_out"] = sum(e.filed for e in ended)
    named = not case.anonymous
    told = [e.private + (named and e.own is True) for e in ended]
    gone = [e.again or e.failed for e in ended]
    owed = [e.owing + (named and e.own is not None) for e in ended]
    count["resolved_owing"] = sum(t if g else o for o, t, g in zip(owed, told, gone, strict=True))
    count["feedback_rate_left_out"] = sum(named and e.own is None for e in ended)
    count["resolved_fed_back"] = sum(told)
    count["scored"] = sum(e.score is not None for e in ended)
    for score in range(1, 6):
        count[f"score_{score}"] = sum(e.score == score for e in ended)
    count["satisfied"] = sum(e.score is not None and e.score >= satisfied for e in ended)
    for kind in ("accept", "refer", "finish", "ceiling"):
        due = [c for c in falling_due(private, kind, first, last, moment) if not c.born_late]
        count[f"{kind}_due"] = len(due)
        count[f"{kind}_met"] = sum(c.late(moment) is False for c in due)
        if kind == "finish":
            count |= missed(due, moment)
        count[f"{kind}_left_out"] = sum(
            c.kind == kind and c.unknown and c.due is not None and first <= c.due <= last
            for c in case.clocks
        )
    return count


def entries_of_a_file(private: Told) -> bool:
    """Whether a case came from a file of the past."""
    return private.entries[0].event.kind == "imported"


def _assignments(private: Told, first: datetime, last: datetime) -> tuple[int, int]:
    """Return how many assignments there were in a period, and how many came back."""
    sent = back = 0
    open_one = False
    for entry in private.entries:
        if entry.event.kind in {"assigned", "decided"}:
            open_one = first <= entry.at <= last
            sent += open_one
        elif entry.event.kind == "returned" and open_one:
            back, open_one = back + 1, False
    return sent, back


def standing(private: Told, end: datetime) -> dict[str, int]:
    """Return what a case adds to the photograph taken of it, judged at an instant."""
    return {"open": private.case.open, "overdue": private.late_at(end)}

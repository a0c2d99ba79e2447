"""Random lives of a few cases that meet: every step the program offers, by its own builds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, cast

from sixping.cases.lifecycle import check_step
from sixping.cases.model import Case
from sixping.commands.cases import (
    declining,
    ending,
    handling,
    parts,
    referral,
    repeats,
    timing,
    urging,
)
from sixping.policy.vocabulary import OwnLimit, Severity
from sixping.services.taking import Build, Situation, Steps, steps_of
from tests.kit import events as ev
from tests.kit.ledgerkit import stamp
from tests.kit.storykit import at, shipped, taken

if TYPE_CHECKING:
    from sixping.store.transaction import Transaction

START = at("2020-03-16T08:00:00")
NUMBERS = ("2020-000001", "2020-000002", "2020-000003")
UNITS = ("城管执法中队", "市场监管所", "平安建设办")
WHO = "演示领导"
KINDS = (None, "已解决", "解释说明")
ROLE = "分管领导"  # nobody is registered, so the role decides


Logs = Callable[[str], list[ev.CaseEntry]]


class Turn(NamedTuple):
    """One attempt: which case, which step, how much later, and what its options come to."""

    case: int
    step: int
    minutes: int
    option: int


class Nothing:
    """The transaction of no ledger: nothing is recorded, so the units are the shipped ones."""

    stamp, seq = stamp(START), 0

    @property
    def con(self) -> Nothing:
        return self

    def execute(self, *_: object) -> Nothing:
        return self

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[object]:
        return []


class Invented(Situation):
    """A case outside any ledger, under the shipped rules."""

    def __init__(
        self, case: Case, at: datetime, other: Callable[[str], Case], log_of: Logs
    ) -> None:
        super().__init__(cast("Transaction", Nothing()), case, at, "演示")
        self.rules, self.log = shipped(), log_of(case.number)
        self.rules_of = lambda _: shipped()
        self._other, self._log_of = other, log_of

    def other(self, number: str) -> Case:
        return self._other(number)

    def log_of(self, number: str) -> list[ev.CaseEntry]:
        return self._log_of(number)


OWN = OwnLimit(3, None, "附2.4 演示事项")


def report(number: int) -> ev.Reported:
    """Return the report that opens a case; the third is anonymous, and has a limit of its own."""
    severity = Severity.SERIOUS if number == 1 else Severity.ORDINARY
    return ev.Reported(
        channel="投诉举报电话", severity=severity, anonymous=number == 2, text="演示",
        service="演示事项" if number == 2 else None, own=OWN if number == 2 else None,
    )  # fmt: skip


def build(turn: Turn, case: Case, log: list[ev.CaseEntry], moment: datetime) -> Build:
    """Return the build of a turn, one the state allows; ``option`` chooses its options."""
    option = turn.option
    unit, other = UNITS[option % 3], NUMBERS[option % 3]
    grade, level = list(Severity)[option % 3], ("普通", "黄牌", "红牌")[option % 3]
    due = (moment + timedelta(days=option % 9)).date().isoformat()
    receipt = "回执" if option % 2 else None
    seq = log[option % len(log)].seq
    offered: tuple[tuple[str, Callable[[], Build]], ...] = (
        *(("accepted", handling.accept.build),) * 4,
        ("declined", lambda: not_taken_on(option)),
        ("emergency_reported", lambda: handling.emergency.build("演示", "电话")),
        ("told", declining.told.build),
        ("assigned", lambda: handling.assign.build(unit, [UNITS[0]], WHO)),
        *(("assigned", lambda: handling.assign.build(unit, None, WHO)),) * 4,
        ("signed", handling.sign.build),
        ("returned", handling.return_.build),
        ("noted", lambda: handling.note.build("演示", to=unit)),
        ("slip_printed", lambda: printed(option)),
        ("regraded", lambda: handling.regrade.build(severity=grade)),
        ("resolved", lambda: handling.resolve.build(outcome="演示", kind=KINDS[option % 3])),
        ("fed_back", lambda: ending.feedback.build("演示", everyone=option % 2 == 0)),
        ("fed_back", lambda: ending.feedback.build("演示", satisfaction=option % 5 + 1)),
        ("verified", lambda: ending.verify_result.build(passed=option % 4 > 0)),
        ("closed", ending.close.build),
        ("reopened", ending.reopen.build),
        ("consulted", referral.consult.build),
        ("decided", lambda: referral.decide.build(unit, due, leader=ROLE)),
        ("referred", lambda: referral.refer.build(["区级平台"], "演示", receipt)),
        ("refer_replied", lambda: referral.refer_reply.build("演示", returned=option % 2 == 0)),
        *(("extended", lambda: timing.extend.build(option % 12 + 1, option % 3 == 0)),) * 3,
        *(("suspended", timing.suspend.build),) * 4,
        *(("resumed", timing.resume.build),) * 3,
        ("merged", lambda: repeats.merge.build(into=other)),
        ("unmerged", repeats.unmerge.build),
        ("urged", lambda: urging.by_hand(level, due if option % 2 else None)),
        ("urge_answered", lambda: urging.answer_urge.build("演示")),
        ("part_set", lambda: parts.part.build(unit, due, "演示")),
        ("part_done", lambda: parts.part_done.build(unit, "演示")),
        ("amended", lambda: amendment(option, case)),
        ("amended", lambda: amendment(option, case)),
        ("voided", lambda: handling.void.build(seq=seq)),
    )
    fitting = [made for kind, made in offered if case.status in ev.TYPES[kind].after]
    return fitting[turn.step % len(fitting)]()


def printed(option: int) -> Build:
    """Return that a slip was printed, as it is recorded; some again."""
    slip = ev.SlipPrinted(
        slip="交办单", year=2026, no=option + 1, doc_no=f"演示 {option + 1}号", to=UNITS[0],
        again=option % 2 == 0, points="演示", digest="00",
    )  # fmt: skip
    return lambda _: slip


def not_taken_on(option: int) -> Build:
    """Return one of the ways not to take a report on; no grid worker made the reports here."""
    ways: tuple[dict[str, str], ...] = (
        {}, {}, {"category": "内容不明"}, {"category": "移送", "to": "演示"},
        {"category": "引导", "to": "演示"}, {"category": "退回补充"},
    )  # fmt: skip
    build: Build = declining.decline.build(**ways[option % len(ways)])
    return build


def amendment(option: int, case: Case) -> Build:
    """Return what says a report anew: by turns its place, its words, its receipt."""
    place: dict[str, object] = {"community": "演示社区", "cleared": ("grid",)}
    received = case.received_at + timedelta(minutes=(option % 7 - 3) * 1500)
    said: tuple[dict[str, object], ...] = (
        place, {"text": f"演示{option}", "phone": "13800000000"}, {"anonymous": option % 2 == 0},
        {"received_at": received}, {"received_at": received},
    )  # fmt: skip
    event = ev.Amended(**said[option % len(said)], reason="演示")  # type: ignore[arg-type]
    return lambda _: event


def steps(
    turn: Turn, case: Case, moment: datetime, other: Callable[[str], Case], log_of: Logs
) -> Steps:
    """Return the events of a turn, or raise what the program would."""
    situation = Invented(case, moment, other, log_of)
    return steps_of(case, build(turn, case, log_of(case.number), moment)(situation))


Check = Callable[[str, Case | None, Case, list[ev.CaseEntry]], None]


def _unchecked(_: str, __: Case | None, ___: Case, ____: list[ev.CaseEntry]) -> None:
    """Hold nothing."""


class Street:
    """Three cases in memory; a turn is taken whole or not at all.

    ``check`` sees number, the case before and after, and the log, after every step.
    """

    def __init__(self, check: Check = _unchecked) -> None:
        self.now = START
        self.seq = 0
        self.check = check
        self.logs: dict[str, list[ev.CaseEntry]] = {number: [] for number in NUMBERS}
        self.cases: dict[str, Case] = {}
        for i, number in enumerate(NUMBERS):
            self._take(number, None, report(i))

    def turn(self, turn: Turn) -> None:
        self.now += timedelta(minutes=turn.minutes)
        case = self.cases[NUMBERS[turn.case]]
        self.take(steps(turn, case, self.now, self.cases.__getitem__, self.logs.__getitem__))

    def take(self, built: Steps) -> None:
        """Take steps whole or not at all."""
        for case, event in built:
            check_step(case, event, self.now)
        for case, event in built:
            self._take(case.number, case, event)

    def _take(
        self, number: str, case: Case | None, event: ev.Step, at: datetime | None = None
    ) -> None:
        self.seq += 1
        log = self.logs[number]
        entry = ev.CaseEntry(seq=self.seq, at=at or self.now, recorded_at=self.now, event=event)
        after, entry = taken(case, log, entry, number, shipped())
        log.append(entry)
        self.cases[number] = after
        self.check(number, case, after, log)

"""All chains of ways out of a running limit, taken as the program takes them."""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import effective
from sixping.commands.cases import declining, ending, handling, referral, repeats, timing
from sixping.errors import NotAllowed, SixpingError
from sixping.policy.vocabulary import Severity
from sixping.services.taking import steps_of
from tests.kit import events as ev
from tests.kit.lives import NUMBERS, ROLE, WHO, Invented, Street
from tests.kit.storykit import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sixping.cases.model import Case
    from sixping.services.taking import Build

UNIT = "城管执法中队"
EARLIEST = "2020-03-13T09:00:00"


def grade(severity: Severity) -> Callable[[list[ev.CaseEntry]], Build]:
    return lambda _: handling.regrade.build(severity=severity)


def _void(log: list[ev.CaseEntry]) -> Build:
    build: Build = handling.void.build(seq=effective(log)[-1].seq)
    return build


def received(when: str) -> Callable[[list[ev.CaseEntry]], Build]:
    """Return the move that says anew when the report came in."""
    return lambda _: lambda _: ev.Amended(received_at=at(when), reason="演示")


def _withdraw(log: list[ev.CaseEntry]) -> Build:
    if len(effective(log)) > 1:
        raise NotAllowed("演示", "演示")
    return lambda _: ev.Withdrawn(reason="演示")


#: when the report came in as somebody wrote it down, and as it is amended
WRITTEN, SOONER, LATER = (f"2020-03-{when}:00" for when in ("13T10:00", "12T10:00", "16T08:30"))
#: every way to leave a limit, and every way back
MOVES: dict[str, Callable[[list[ev.CaseEntry]], Build]] = {
    "一般": grade(Severity.ORDINARY),
    "较大": grade(Severity.SERIOUS),
    "重大": grade(Severity.MAJOR),
    "decide": lambda _: referral.decide.build(UNIT, "2020-05-20", leader=ROLE),
    "refer": lambda _: referral.refer.build(["区级平台"], "演示"),
    "returned": lambda _: referral.refer_reply.build("演示", returned=True),
    "decline": lambda _: declining.decline.build(),
    "reopen": lambda _: ending.reopen.build(),
    "suspend": lambda _: timing.suspend.build(),
    "resume": lambda _: timing.resume.build(),
    "extend": lambda _: timing.extend.build(2),
    "merge": lambda _: repeats.merge.build(into=NUMBERS[1]),
    "unmerge": lambda _: repeats.unmerge.build(),
    "release": lambda _: repeats.unmerge.build(),
    "void": _void,
    "transfer": lambda _: declining.decline.build(category="移送", to="演示"),
    "guide": lambda _: declining.decline.build(category="引导", to="演示"),
    "send back": lambda _: declining.decline.build(category="退回补充"),
    "sooner": received(SOONER),
    "later": received(LATER),
    "withdraw": _withdraw,
}


class Chained(Street):
    """A case with running limits, and another to merge it into, received when it is said.

    A third came in before and was merged into the first: its limits are the earliest. Or the
    first is ``alone`` and was ``WRITTEN`` down days after it came in.
    """

    def __init__(
        self, start: str, other: str, severity: Severity, *, accepted: bool, alone: bool = False
    ) -> None:
        self.now, self.seq, self.check = at(EARLIEST), 0, lambda *_: None
        self.logs = {number: [] for number in NUMBERS}
        self.cases: dict[str, Case] = {}
        self._take(NUMBERS[2], None, ev.Reported(channel="网格员", text="演示"))
        self.now = at(start)
        report = ev.Reported(channel="网格员", severity=severity, text="演示")
        self._take(NUMBERS[0], None, report, at(WRITTEN) if alone else None)
        if accepted:
            self.move(handling.accept.build())
            with suppress(SixpingError):
                self.move(handling.assign.build(UNIT, None, WHO))
            with suppress(SixpingError):
                self.move(referral.decide.build(UNIT, "2020-03-25", leader=ROLE))
        if not alone:
            self.move(repeats.merge.build(into=NUMBERS[0]), NUMBERS[2])
        self.now = at(other)
        self._take(NUMBERS[1], None, ev.Reported(channel="网格员", text="演示"))
        self.move(handling.accept.build(), NUMBERS[1])

    def move(self, build: Build, number: str = NUMBERS[0]) -> None:
        case = self.cases[number]
        other, log_of = self.cases.__getitem__, self.logs.__getitem__
        self.take(steps_of(case, build(Invented(case, self.now, other, log_of))))

    def after(self, moment: str) -> Chained:
        """Return a street of its own that goes on from here; steps and cases never change."""
        further = copy(self)
        further.now = at(moment)
        further.logs = {number: list(log) for number, log in self.logs.items()}
        further.cases = dict(self.cases)
        return further


class Chain(NamedTuple):
    """A chain that was taken, and the street after it."""

    name: str
    street: Street


def chains(
    start: str, other: str, severity: Severity, moments: tuple[str, str, str], *, accepted: bool,
    alone: bool = False,
) -> Iterator[Chain]:  # fmt: skip
    """Yield every chain of up to three moves that the program lets happen."""
    begun = [("", Chained(start, other, severity, accepted=accepted, alone=alone))]
    for moment in moments:
        grown = []
        for (said, street), (name, move) in product(begun, MOVES.items()):
            further = street.after(moment)
            with suppress(SixpingError, IndexError):
                number = NUMBERS[2 if name == "release" else 0]
                further.move(move(further.logs[number]), number)
                chain = Chain(f"{said} {name}".strip(), further)
                yield chain
                grown.append((chain.name, further))
        begun = grown

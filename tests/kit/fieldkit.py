"""What the tests of meetings, patrols and operations share: a street with invented people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.conftest import begin_with

if TYPE_CHECKING:
    from tests.conftest import Result, Runner

NOW = "2026-11-24T15:00:00+08:00"
GRID = "江一社区第一网格"
#: p1 licensed, p2 of an office, p3 of a grid, p4 with a licence that ran out
PEOPLE = (
    ("演示甲", "城管执法中队", "--stationed", "--licence", "演1", "--licence-until", "2027-12-31"),
    ("演示乙", "平安建设办"),
    ("演示丙", GRID, "--role", "网格员"),
    ("演示丁", "市场监管所", "--licence", "演2", "--licence-until", "2026-11-23"),
)


Desk = Callable[..., Any]


def desk_on(call: Runner, day: str) -> Desk:
    """Return steps that must succeed, each answered as JSON; taken on a day unless ``now`` says."""

    def step(*argv: str, now: str = day) -> Any:
        made = call(*argv, "--json", now=now)
        assert made.code == 0, made.err
        return made.json()

    return step


class Street:
    """The commands of one street; ``do`` succeeds, ``no`` is refused with what to do."""

    def __init__(self, call: Runner) -> None:
        self.call = call
        self.now = NOW

    def do(self, *argv: str, now: str | None = None) -> Result:
        done = self.call(*argv, now=now or self.now)
        assert done.code in {0, 3}, done.err
        return done

    def no(self, *argv: str, now: str | None = None) -> str:
        before = self.log()
        done = self.call(*argv, now=now or self.now)
        assert done.code in {1, 2, 65}, (done.code, done.out)
        assert self.log() == before, "half recorded"
        what, _, hint = done.err.strip().partition("错误: ")[2].partition("\n")
        assert hint, "nobody says what to do"
        return f"{what}\n{hint}"

    def log(self) -> str:
        return self.call("log", "--json", now=self.now).out

    def case(self, text: str = "江南大道占道经营", *options: str, severity: str = "一般") -> str:
        taken = self.do("intake", text, "--severity", severity, "--json", *options).json()
        number: str = taken["number"]
        self.do("accept", number)
        return number

    def plan(self, *options: str, kind: str = "联席会议", day: str = "2026-11-24") -> str:
        words = ("--date", day, "--convener", "领导小组办公室", "--json")
        name: str = self.do("meeting", "plan", kind, *words, *options).json()["id"]
        return name


def empty_street(call: Runner, now: str) -> Street:
    """Return an empty ledger at an instant."""
    made = Street(call)
    made.now = now
    begin_with(call, now, lambda: made.do("init"))
    return made


def a_street(call: Runner) -> Street:
    """Return a ledger with the people above."""
    made = Street(call)

    def begin() -> None:
        made.do("init")
        for name, unit, *options in PEOPLE:
            words = ("units", "person", "add", name, "--unit", unit, "--from", "2026-01-01")
            made.do(*words, *options)

    begin_with(call, "a street", begin)
    return made

"""What is made before a command can be done: a case in a state, a meeting, a team, one a job."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from sixping.policy.registers import REGISTERS
from tests.anomaly import keeping
from tests.anomaly.world import World
from tests.anomaly.writing.jobs import Job, Write
from tests.kit.answers import answers

LEAD, OFFICE, GRID = "城管执法中队", "平安建设办", "江一社区第一网格"
LEADER = "演示乙"
TODAY, PAST = "2026-11-23", "2026-11-19"

_CASE = ("intake 演示占道{made} --json",)
_ACCEPTED = (*_CASE, "accept {number}")
_ASSIGNED = (*_ACCEPTED, f"assign {{number}} --lead {LEAD}")
_RESOLVED = (*_ASSIGNED, "resolve {number} --outcome 演示 --kind 已解决")
_SETTLED = (f"{_CASE[0]} --channel 110联动平台", *_RESOLVED[1:])
_TOLD = (*_RESOLVED, "feedback {number} 演示")
_GRAVE = ("intake 演示占道{made} --severity 较大 --json", "accept {number}")
_PERSON = (f"units person add {{made}}甲 --unit {LEAD} --from 2026-01-01 --json",)
_LICENCE = "--licence 演{made} --licence-until 2027-12-31"
_AGENCY = (
    "units add {made}所 --kind agency --duty on-site",
    f"units person add {{made}}甲 --unit {{made}}所 --stationed {_LICENCE}",
    "units person add {made}乙 --unit {made}所 --stationed",
)
_TEAM = (
    f"units person add {{made}}甲 --unit {LEAD} {_LICENCE}",
    f"units person add {{made}}乙 --unit {OFFICE}",
    f"units person add {{made}}丙 --unit {GRID} --role 网格员",
)
PATROL = (
    f"--grid {GRID} --member {{made}}甲 --member {{made}}乙 --member {{made}}丙"
    " --from 8:00 --to 8:30"
)
INSPECTED = "--month 2026-11 --kind 抽检 --value 不合格=9"
SAMPLED = "--month 2026-11 --kind 快速检测 --value 不合格=9"
MEETING = f"meeting plan 联席会议 --date {TODAY} --convener 领导小组办公室 --extraordinary"
_MEETING = (*_PERSON, f"{MEETING} --reason 演示 --json")
DECISION = f"--unit {LEAD} --due 2026-12-20"
OPERATION = f"--date {TODAY} --unit {LEAD} --person {{made}}甲 --case {{number}}"
_OPERATION = (*_ACCEPTED, _TEAM[0], f"operation plan 演示整治 {OPERATION} --json")

PROPOSAL = "accountability propose --kind 责任查究 --about 演示公司 --to 区委政法委"
LAPSE = "--lapse {number}.accept --unit 综合信息指挥室"
_LATE = f"intake 演示占道{{made}} --received {PAST}T10:00 --severity 一般 --json"
_OPENED = (_LATE, f"accountability open {LAPSE} --text 演示 --json")
_HEARD = (
    *_OPENED,
    "accountability ask {number} --answer-by 2026-12-01",
    "accountability statement {number} --text 演示",
)
DECISION_ON = f"--kind 整改 --decided-by {LEADER} --due 2026-12-20"
_DECIDED = (*_HEARD, f"accountability decide {{number}} {DECISION_ON} --text 演示")

STATES: Mapping[str, tuple[str, ...]] = {
    "new": _CASE,
    "past": (f"intake 演示占道{{made}} --received {PAST}T10:00 --json",),
    "accepted": _ACCEPTED,
    "assigned": _ASSIGNED,
    "noted": (*_ASSIGNED, "note {number} 演示"),
    "lacking": (*_CASE, "service need {number} --material 演示"),
    "parted": (*_ASSIGNED, f"part {{number}} --unit {LEAD} --task 演示"),
    "urged": (*_ASSIGNED, "urge {number} --level 普通 --reason 演示"),
    "instructed": (*_ASSIGNED, f"instruct {{number}} 演示 --leader {LEADER}"),
    "demanded": (*_ASSIGNED, f"demand {{number}} 演示 --to {OFFICE}"),
    "handed": (*_ASSIGNED, "transfer {number} --to 区公安分局 --content 演示"),
    "settled": _SETTLED,
    "suspended": (
        *_ASSIGNED,
        f"suspend {{number}} --reason 演示 --approved-by {LEADER} --told",
    ),
    "resolved": _RESOLVED,
    "told": _TOLD,
    "closed": (*_TOLD, "close {number}"),
    "declined": (*_CASE, "decline {number} --reason 演示"),
    "held": (*_CASE, "retention hold {number} --reason 演示"),
    "merged": (*_CASE, *_CASE, "merge {number} --into {other}"),
    "burning": ("intake 厂房起火{made} --json",),
    "grave": _GRAVE,
    "consulted": (*_GRAVE, f"consult {{number}} --leader {LEADER}"),
    "tabled": (*_GRAVE, "consult {number}", _MEETING[-1]),
    "referred": (*_ACCEPTED, "refer {number} --to 区住建局 --content 演示 --told"),
    "person": _PERSON,
    "present": (*_PERSON, "duty in {number} --at 8:00"),
    "absent": (*_PERSON, f"duty leave {{number}} --from {TODAY} --reason 演示"),
    "agency": _AGENCY,
    "planned": (*_AGENCY, "duty plan 2026-11-24 {made}甲"),
    "team": _TEAM,
    "patrolled": (*_TEAM, f"patrol record {PATROL}"),
    "inspected": (f"inspection enter {INSPECTED} --found {{made}} --reason 演示",),
    "sampled": (f"inspection enter {SAMPLED} --found {{made}} --reason 演示",),
    "meeting": _MEETING,
    "invited": (*_MEETING, "meeting attend {number} --invite 演示"),
    "tasked": (*_MEETING, f"meeting minutes {{number}} --decision 演示 {DECISION}"),
    "crewed": (*_ACCEPTED, _TEAM[0]),
    "operation": _OPERATION,
    "promised": ("shift note 演示 --promised 2026-12-20 --json",),
    "campaign": (
        _TEAM[0],
        (
            f"operation plan 演示整治 --date {TODAY} --until 2026-11-30 --unit {LEAD}"
            " --person {made}甲 --json"
        ),
    ),
    "quarrel": ("intake 演示邻里吵架{made} --category 邻里纠纷 --severity 一般 --json",),
    "counted": (
        "units add {made}社区 --kind community",
        "groups enter 帮教在册 3 --unit {made}社区 --month 2026-11",
    ),
    "community": ("units add {made}社区 --kind community",),
    "asked": (f"assess ask {LEAD} --about 任职同意 --bureau 区局 --cadre {{made}} --json",),
    "opened": _OPENED,
    "requested": _HEARD[:-1],
    "heard": _HEARD,
    "decided": _DECIDED,
    "reviewing": (*_DECIDED, "accountability review {number} --text 演示"),
    "proposed": (f"{PROPOSAL} --text 演示 --json",),
    "marked": (f"assess item add --unit {LEAD} --points 1 --reason 演示",),
}
"""The lines that make it; ``{number}`` is what the last of them named, ``{other}`` the first."""


class Made(NamedTuple):
    """What was made for one job: its last name, its first, the word it was made under."""

    number: str
    other: str
    seq: int
    made: str


class Prepared(NamedTuple):
    """A world in which everything is made that the jobs of a round take."""

    world: World
    pool: Mapping[str, tuple[Made, ...]]


def prepare(folder: Path, each: int, writes: Iterable[Write]) -> Prepared:
    """Make a ledger with what these commands take; ``each``: how often each is done."""
    world = World(folder / "base")
    world.desk.mkdir(parents=True)
    (world.root / "home").mkdir()
    world.ok(["init"])
    world.ok(["units", "person", "add", "演示甲", "--unit", LEAD])
    world.ok(["units", "person", "add", LEADER, "--unit", OFFICE, "--role", "分管领导"])
    world.ok(["register", "on", *(key for key in REGISTERS if key != "persons")])
    keeping.begin(world, folder / "old")
    keeping.assessed(world, folder / "old")
    world.ok(["register", "on", "persons"])
    wanted: Counter[str] = Counter()
    for write in writes:
        wanted[write.state] += each * (1 + write.pair)
    pool = {
        state: tuple(_made(world, f"{state}{n}", steps) for n in range(wanted[state]))
        for state, steps in STATES.items()
    }
    keeping.finish(world, folder / "old")
    return Prepared(world, pool)


def _made(world: World, word: str, steps: tuple[str, ...]) -> Made:
    names = [""]
    for step in steps:
        words = {"number": names[-1], "other": next(filter(None, names), ""), "made": word}
        said = answers(world.ok([part.format(**words) for part in step.split()]).out)
        names += [_name(said[0])] if "--json" in step else []
    return Made(names[-1], next(filter(None, names), ""), _last(world), word)


def _name(answer: object) -> str:
    assert isinstance(answer, dict)
    return next(str(answer[key]) for key in ("number", "id", "person", "note") if answer.get(key))


def _last(world: World) -> int:
    with closing(sqlite3.connect(world.ledger)) as con:
        return int(con.execute("SELECT max(seq) FROM events").fetchone()[0])


class Pool:
    """Hands out what was made in a world, each once."""

    def __init__(self, prepared: Prepared, world: World) -> None:
        self._left = {state: list(made) for state, made in prepared.pool.items()}
        self._world = world

    def job(self, write: Write, token: str) -> Job | None:
        """Return a job for a command, or None where nothing is left for it."""
        job = Job(token, files=self._world.said / token, desk=self._world.desk)
        if not write.state:
            return job
        left = self._left[write.state]
        if len(left) < 1 + write.pair:
            return None
        one = left.pop()
        other = left.pop().number if write.pair else one.other
        return job._replace(number=one.number, other=other, seq=one.seq, made=one.made)

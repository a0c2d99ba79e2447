"""What is no breach but has to be seen (三.2, 五.1): ways out, what was written up, extensions.

Pure, over the entries of one case at a time. A figure is a number of rows, so it opens to them.
A step belongs to the day it happened, as the totals do; a limit to the day it fell due. Instants
are Shanghai time.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.cases.lifecycle import LOOKING_BACK, effective, fold, replayed
from sixping.cases.steps.ending import Reopened, Verified
from sixping.cases.steps.timing import Extended
from sixping.cases.telling import reached_reporter, written_only
from sixping.policy.vocabulary import ClockKind, Severity, Status
from sixping.reports.responsibility import holder_of
from sixping.reports.verdicts import as_taken, gone, verdicts
from sixping.reports.waysout import UNDONE, UNDONE_WORD, ways_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.step import CaseEntry, Step
    from sixping.reports.responsibility import Ground, Role
    from sixping.reports.verdicts import Gone
    from sixping.reports.waysout import Turn, WayOut

LEFT, STATED, EXTENDED, EXCEPTIONS, UNSENT, FAILED = (
    "transferred_out", "stated", "extended", "exceptions", "unsent", "failed",
)  # fmt: skip
#: family → what people read
FAMILIES: Mapping[str, str] = {
    LEFT: "限内转出",
    UNDONE: UNDONE_WORD,
    STATED: "事后补录",
    EXTENDED: "延期",
    EXCEPTIONS: "特批 (超过最长时限)",
    UNSENT: "格式化告知 (未实际送达)",
    FAILED: "核查未通过",
}
#: by what a limit is settled, whoever met it
_DONE: Mapping[ClockKind, Callable[[Case], bool]] = {
    ClockKind.ACCEPT: lambda case: case.status is not Status.REPORTED,
    ClockKind.REFER: lambda case: case.status is Status.DISTRICT or not case.open,
    ClockKind.FINISH: lambda case: not case.open,
    ClockKind.CEILING: lambda case: not case.open,
}
BY_FORMER = ("按原期限超期", "按原期限按时")
#: family → what is said of a row by ``counted``: of one that is not, of one that is
_VERDICTS: Mapping[str, tuple[str, str]] = {
    LEFT: ("已转回", "未转回"),
    STATED: ("未改判", "改判"),
    EXTENDED: BY_FORMER,
}
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Watched(NamedTuple):
    """One thing to be seen: ``kind`` within its ``family``, what it was and who held the limit.

    ``counted``: it improved a verdict (written up), or still counts (a way out not undone).
    ``hours_left``: office hours to the former due date; ``undecided``: working days that a case
    raised to 较大 has waited for its decision since.
    """

    family: str
    kind: str
    number: str
    clock: ClockKind | None
    due: datetime | None
    at: datetime
    recorded_at: datetime
    by: str | None
    seq: int
    unit: str | None
    what: str
    counted: bool = True
    hours_left: float | None = None
    undecided: int | None = None
    community: str | None = None
    round: int | None = None

    @property
    def verdict(self) -> str | None:
        """Return what is said of it beside its being there, for people; None: nothing is."""
        words = _VERDICTS.get(self.family)
        return words[self.counted] if words else None


class Second(NamedTuple):
    """A case and its limit of a kind, judged by a former date of the period, once a round of it.

    ``first``: how the round counts in the first rate, under the clock ``own``; None: not.
    """

    number: str
    kind: ClockKind
    round: int
    due: datetime
    met: bool
    first: bool | None
    row: Watched
    own: int


class Seen(NamedTuple):
    """What a case has to show in a period."""

    rows: list[Watched]
    second: list[Second]


class State(NamedTuple):
    """A case after an entry that counts."""

    entry: CaseEntry
    case: Case


def states(number: str, entries: Sequence[CaseEntry], path: Sequence[Turn]) -> list[State]:
    """Return the case after each entry that counts; without a void it is as it stood then."""
    if any(isinstance(entry.event, LOOKING_BACK) for entry in entries):
        return [State(*pair) for pair in replayed(number, entries)]
    own = [State(turn.entry, turn.after) for turn in path]
    first = path[0].before if path else fold(number, entries)
    return [State(entries[0], first), *own]


class Watch(NamedTuple):
    """A case and its period: how it stood, how it counts now, by what it is judged.

    ``turns``: the case as it stood; ``path``: as its log tells it now. ``mains`` returns the
    path of a case that reports were merged into.
    """

    number: str
    entries: Sequence[CaseEntry]
    turns: Sequence[Turn]
    path: Sequence[State]
    ground: Ground
    first: datetime
    last: datetime
    mains: Callable[[str], Sequence[State]]

    def holds(self, at: datetime | None) -> bool:
        """Tell whether an instant lies in the period."""
        return at is not None and self.first <= at <= self.last

    def holder(self, turn: Turn, clock: Clock | None) -> str | None:
        """Return who held a limit, or the case: the room where it answers for the limit.

        Of a case that has ended it is who had it last, as in the assessment; None: no unit.
        """
        room = self.ground.rules.edition.readings.room_answers_for
        if clock and (clock.born_late or clock.kind in room):
            return self.ground.room
        held = holder_of(turn.before, self.ground.room, None) or self._last_before(turn)
        return held[1] if held else turn.before.lead  # it came in ended

    def _last_before(self, turn: Turn) -> tuple[Role, str | None] | None:
        """Return who had a case last before an entry, by its log as it was then."""
        known = [entry for entry in self.entries if entry.seq < turn.entry.seq]
        held = [holder_of(c, self.ground.room, None) for _, c in replayed(self.number, known)]
        return next(filter(None, reversed(held)), None)

    def row(self, family: str, kind: str, turn: Turn, clock: Clock | None, what: str) -> Watched:
        """Return a row of a step."""
        entry = turn.entry
        return Watched(
            family=family, kind=kind, number=self.number, clock=clock.kind if clock else None,
            due=clock.due if clock else None, at=entry.at, recorded_at=entry.recorded_at,
            by=entry.by, seq=entry.seq, unit=self.holder(turn, clock), what=what,
            community=self.path[-1].case.community, round=clock.round if clock else None,
        )  # fmt: skip


def seen(watch: Watch) -> Seen:
    """Return what a case has to show: the rows of the period, and its limits by former dates."""
    path = watch.turns
    ways = ways_out(path)
    counts = {entry.seq for entry in effective(watch.entries)}
    steps = [turn for turn in path if turn.entry.seq in counts]
    rows = [_left(way, path, watch) for way in ways if watch.holds(way.turn.entry.at)]
    for turn in path:
        if isinstance(turn.entry.event, LOOKING_BACK) and watch.holds(turn.entry.at):
            rows += _taken_back(turn, watch, ways)
    for place, turn in enumerate(steps):
        if watch.holds(turn.entry.at):
            rows += _of_step(turn, watch, [t.entry.event for t in steps[place + 1 :]])
    return Seen([*rows, *_extended(watch, steps)], list(_second(ways, path, watch)))


# --- ways out ----------------------------------------------------------------------------


def _left(way: WayOut, path: Sequence[Turn], watch: Watch) -> Watched:
    clock, turn = way.clock, way.turn
    left = None
    if clock.due and not way.late:
        left = watch.ground.office(turn.at, clock.due)
    undecided = _undecided(way, path, watch)
    words = _words(way, left, undecided)
    family = UNDONE if way.kind == UNDONE else LEFT
    return watch.row(family, way.kind, turn, clock, words)._replace(
        counted=way.back is None,
        hours_left=None if left is None else round(left / _HOUR, 2),
        undecided=undecided,
    )


def _length(time: timedelta) -> str:
    """Return a length of office time, for people."""
    hours, rest = divmod(time, _HOUR)
    minutes = rest // _MINUTE
    return f"{hours} 小时" + (f" {minutes} 分" if minutes else "") if hours else f"{minutes} 分"


def _words(way: WayOut, left: timedelta | None, undecided: int | None) -> str:
    name = way.word
    step = way.turn.entry.event.label
    words = [name if step in (name, "") else f"{name} ({step})"]
    if way.clock.held_at and way.kind != "suspended":
        words.append("中止期间")
    if left is not None:
        words.append(f"距原期限办公时间 {_length(left)}")
    if undecided is not None:
        words.append(f"至今 {undecided} 个工作日没有决定")
    if way.back is not None:
        words.append(f"第 {way.back} 号已转回")
    return ", ".join(words)


def _undecided(way: WayOut, path: Sequence[Turn], watch: Watch) -> int | None:
    """Return how long a case raised to 较大 has waited for a decision; None: it does not."""
    waits = way.kind == "regraded" and way.turn.after.severity is Severity.SERIOUS
    now = path[-1].after
    if not waits or not now.open or now.severity is not Severity.SERIOUS or now.decided_at:
        return None
    return watch.ground.workdays(way.turn.entry.at, watch.ground.now)


# --- steps: written up, extended beyond the ceiling, told by form only ----------------------


def _of_step(turn: Turn, watch: Watch, later: Iterable[Step]) -> Iterator[Watched]:
    entry, event = turn.entry, turn.entry.event
    of_desk = event.by_file is None and (event.command or event.paired)
    if of_desk and entry.recorded_at > entry.at:
        yield from _written_up(turn, watch)
    if isinstance(event, Extended) and event.ceiling_moved:
        clock = turn.before.running(ClockKind.CEILING)
        yield watch.row(EXCEPTIONS, event.kind, turn, clock, "特批延期, 超过最长时限")
    if isinstance(event, Verified) and not event.passed:
        yield _failed(turn, watch, later)
    if written_only(event) and not any(map(reached_reporter, later)):
        words = f"{event.label}, 只有格式化告知, 未实际送达"
        yield watch.row(UNSENT, event.kind, turn, None, words)


def _failed(turn: Turn, watch: Watch, later: Iterable[Step]) -> Watched:
    """Return the row of a check that a result did not pass, with what became of it."""
    after = next((e for e in later if isinstance(e, Verified | Reopened)), None)
    done = "尚未重新办理" if after is None else "再次核查" if isinstance(after, Verified) else ""
    words = f"办结后核查未通过, {done or '已重新办理'}"
    return watch.row(FAILED, turn.entry.event.kind, turn, None, words)


def _written_up(turn: Turn, watch: Watch) -> Iterator[Watched]:
    """Yield the row of a step that was stated after the fact, with a verdict it improved.

    What a step did in another case (a merge) has a row there only where it improved one.
    """
    event = turn.entry.event
    words = f"{event.label}, 事后补录"
    found = next(iter(_improved(turn, watch)), None)
    if found is not None:
        better = "因此未超期" if found.to is None else f"超期改由{found.to or '(不详)'}负责"
        row = watch.row(STATED, event.kind, turn, found.verdict.clock, f"{words}, {better}")
        yield row._replace(unit=found.verdict.unit or row.unit)
    elif event.command:
        clock = next(_left_in_time(turn), None)
        words += ", 因此未超期" if clock else ""
        yield watch.row(STATED, event.kind, turn, clock, words)._replace(counted=clock is not None)


def _left_in_time(turn: Turn) -> Iterator[Clock]:
    """Yield the limits that are late by when a step was recorded, and not as it is stated.

    Taken now it would have ended them too, but as a breach that is taken back.
    """
    at, recorded = turn.entry.at, turn.entry.recorded_at
    for clock in turn.before.clocks:
        saved = clock.counting and clock.late(recorded) and not clock.late(at)
        if saved and clock not in turn.after.clocks:
            yield clock


def _improved(turn: Turn, watch: Watch) -> list[Gone]:
    """Return the verdicts that somebody is rid of by when a step is said to have happened.

    As of when it was recorded. Where no date passed in between it improves nothing.
    """
    ground, entry = watch.ground, turn.entry
    if not any(entry.at <= due < entry.recorded_at for due in _dates(turn, ground)):
        return []
    known = [e for e in watch.entries if e.seq < entry.seq]
    as_now = as_taken(known, turn.before, entry, ground.rules)
    return _rid_of(watch, as_now, [*known, entry], entry.recorded_at)


def _rid_of(
    watch: Watch, before: Sequence[CaseEntry], after: Sequence[CaseEntry], now: datetime
) -> list[Gone]:
    ground = watch.ground._replace(now=now)
    late = verdicts(watch.number, before, ground)
    return gone(late, verdicts(watch.number, after, ground)) if late else []


def _dates(turn: Turn, ground: Ground) -> Iterator[datetime]:
    """Yield the dates of all that may be late of a case before or after a step."""
    rules, readings, case = ground.rules, ground.rules.edition.readings, turn.before
    yield from (c.due for of in (case, turn.after) for c in of.clocks if c.due)
    yield from (rules.close_of(urge.answer_by) for urge in case.urges if urge.answer_by)
    yield from (rules.close_of(part.due) for part in case.parts if part.due)
    if case.assigned_at and not case.signed_at:
        yield rules.due(case.assigned_at, readings.unsigned_after_workdays)
    if case.resolved_at and readings.feedback_workdays:
        yield rules.due(case.resolved_at, readings.feedback_workdays)


# --- verdicts taken back by what looks back -------------------------------------------------


def _taken_back(turn: Turn, watch: Watch, ways: Iterable[WayOut]) -> Iterator[Watched]:
    """Yield the verdicts that somebody is rid of by a void, but for the limits among the ways."""
    entry, event = turn.entry, turn.entry.event
    listed = {
        (w.clock.kind, w.clock.round) for w in ways if w.seq == entry.seq and w.kind == UNDONE
    }
    known = [e for e in watch.entries if e.seq < entry.seq]
    for verdict, to in _rid_of(watch, known, [*known, entry], entry.recorded_at):
        if verdict.key not in listed:
            ends = "不再记为超期" if to is None else f"超期改由{to or '(不详)'}负责"
            words = f"{event.label}, {verdict.name}{ends}"
            row = watch.row(UNDONE, UNDONE, turn, verdict.clock, words)
            yield row._replace(unit=verdict.unit or row.unit, due=verdict.due)


# --- limits by their former dates -----------------------------------------------------------


def _first_rate(clock: Clock, watch: Watch) -> bool | None:
    """Return how a clock counts in the rate of its period: met, missed, or (None) not at all."""
    late = clock.late(watch.ground.now)
    in_time = clock.stopped is not None and not late
    if not watch.holds(clock.due) or late is None or not (late or in_time):
        return None
    return None if clock.dropped and in_time else in_time


def _extended(watch: Watch, steps: Sequence[Turn]) -> Iterator[Watched]:
    """Yield the targets of the period that were extended, with their first limit."""
    by_seq = {turn.entry.seq: turn for turn in steps}
    firsts: dict[int, tuple[Turn, Clock]] = {}
    for before, after in pairwise(watch.path):
        clock = before.case.running(ClockKind.FINISH)
        if clock and isinstance(after.entry.event, Extended):
            firsts.setdefault(clock.round, (by_seq[after.entry.seq], clock))
    for clock in watch.path[-1].case.clocks:
        if clock.kind is ClockKind.FINISH and clock.round in firsts:
            met = _first_rate(clock, watch)
            if met is not None:
                turn, first = firsts[clock.round]
                in_time = bool(met and clock.stopped and first.due and clock.stopped <= first.due)
                words = f"延期后{_verdict(met)}, 按原期限{_verdict(in_time)}"
                row = watch.row(EXTENDED, "met" if met else "missed", turn, first, words)
                yield row._replace(counted=in_time)


def _verdict(met: bool) -> str:  # noqa: FBT001 - a verdict
    return "按期" if met else "超期"


def _second(ways: Sequence[WayOut], path: Sequence[Turn], watch: Watch) -> Iterator[Second]:
    """Yield each case that left its limit of a kind, once a round, by the earliest in the period.

    It stands for the last clock of that kind that the round has in the first rate.
    What ran again under that date has its own verdict; a case that was never to be handled
    (不予受理) had the limit of acceptance only.
    """
    rounds = {case.round for turn in path for case in (turn.before, turn.after)}
    earliest: dict[tuple[ClockKind, int], tuple[datetime, WayOut]] = {}
    for way in ways:
        due = way.clock.due
        if way.back is None and not way.ended and due and watch.holds(due):
            key = way.clock.kind, _begun(way.clock, rounds)
            if key not in earliest or due < earliest[key][0]:
                earliest[key] = due, way
    first = {
        (c.kind, _begun(c, rounds)): (c.round, met)
        for c in sorted(watch.path[-1].case.clocks, key=lambda c: c.round)
        if (met := _first_rate(c, watch)) is not None
    }
    for key, (due, way) in earliest.items():
        met = not way.late and _settled(way, due, watch)
        if met or is_late(due, watch.ground.now):
            kind, round_ = way.clock.kind, way.clock.round
            own, counts = first.get(key, (round_, None))
            row = _left(way, path, watch)._replace(counted=met)
            yield Second(watch.number, kind, round_, due, met, counts, row, own)


def _begun(clock: Clock, rounds: Iterable[int]) -> int:
    """Return the round of the case that a clock belongs to; they begin at free numbers."""
    return max((begun for begun in rounds if begun <= clock.round), default=clock.round)


def _settled(way: WayOut, due: datetime, watch: Watch) -> bool:
    """Return whether the matter was settled by a former due date: by the main case if merged."""
    into = way.turn.after.merged_into
    path = watch.mains(into) if into else watch.path
    done = _DONE[way.clock.kind]
    accept = into is not None and way.clock.kind is ClockKind.ACCEPT
    return any(
        point.entry.at <= due
        and (accept or point.entry.seq > way.seq)
        and point.case.status is not Status.MERGED
        and done(point.case)
        for point in path
    )

"""What is no breach but has to be seen: ways out of a running limit, writing up, extensions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from tests.oracle.approval import as_now
from tests.oracle.days import Calendar
from tests.oracle.figures import OPEN, RATES, before_first_day, cohort
from tests.oracle.late import rid_of
from tests.oracle.model import DISTRICT, ORDER, ROOM, Case, Row, Step
from tests.oracle.street import Street, Turn, fold

NAMES = {
    "regrade": "regraded", "accept": "regraded", "decide": "regraded", "merged": "merged",
    "suspend": "suspended", "decline": "declined", "refer": "referred", "void": "voided",
    "withdraw": "voided", "amend": "amended", "unmerged": "amended", "parted": "amended",
    "relimited": "amended",
}  # fmt: skip
COUNTED = ("overdue_undone", "stated", "exceptions", "extended", "failed")
UNTOLD = {"joined", "parted", "rescheduled", "relimited", "withdraw", "void"}


class Seen(NamedTuple):
    """One thing to be seen: whose it is, and whether it is said of it that it counts."""

    number: str
    family: str
    kind: str | None  # of a way out
    due: datetime | None
    unit: str | None
    good: bool | None = None
    kept: bool = False  # met by its present limit


def beside(street: Street, first: date, last: date, now: datetime) -> dict[str, Any]:
    """Count what left, what was written up, what was extended."""
    if before_first_day(street, last):
        second = dict.fromkeys(RATES, (None, None))
        nothing = dict.fromkeys((*COUNTED, "transferred_out", "changed"))
        return {**nothing, "by_first_limit": (None, None), "with_transferred": second}
    rows = seen(street, first, last, now)
    families = Counter(row.family for row in rows)
    finish = [r for c in street.cases.values() for r in cohort(c, "finish", first, last, now)]
    late = [row for row in rows if row.family == "extended" and not row.good]
    kept = sum(not row.late(now) for row in finish)
    return {
        "transferred_out": dict(Counter(row.kind for row in rows if row.kind)),
        "by_first_limit": (kept - sum(row.kept for row in late), len(finish)),
        "changed": sum(row.good is True for row in rows if row.family == "stated"),
        "with_transferred": second_rates(street, first, last, now),
        **{family: families[family] for family in COUNTED},
    }


def seen(street: Street, first: date, last: date, now: datetime) -> list[Seen]:
    """Give everything that has to be seen of a period, case by case."""
    found = []
    for key, case in street.cases.items():
        turns = street.turns.get(key, [])
        for place, turn in enumerate(turns):
            if first <= turn.at.date() <= last:
                found += [
                    Seen(case.number, way.family, way.kind, way.row.due,
                         whose(turn.before, way.row), way.good(turns[place + 1 :]))
                    for way in ways(turn)
                ]  # fmt: skip
                found += taken_back(case.number, turn, street.calendar)
        taken = [turn for turn in turns if counts(turn, street.logs[key])]
        for place, turn in enumerate(taken):
            if first <= turn.at.date() <= last:
                found += of_step(case.number, turn, taken[place + 1 :], street.calendar)
        found += extended(street, key, taken, cohort(case, "finish", first, last, now), now)
    return found


def counts(turn: Turn, log: list[Step]) -> bool:
    """Is it a step that was not taken back?"""
    here = {step.id for step in log if not step.voided}
    return turn.step is not None and turn.step.id in here


def of_step(number: str, turn: Turn, later: list[Turn], calendar: Calendar) -> Iterator[Seen]:
    step, before = turn.step, turn.before
    assert step is not None
    if turn.at < step.recorded:
        yield from written_up(number, turn, calendar)
    if turn.kind == "extend" and moved(turn):
        ceiling = before.running("ceiling")
        assert ceiling is not None
        yield Seen(number, "exceptions", None, ceiling.due, whose(before, ceiling))
    if turn.kind == "verify-result" and not step.args["passed"]:
        yield Seen(number, "failed", None, None, whose(before, None))
    if step.told is False and not any(after.step and after.step.reached for after in later):
        yield Seen(number, "unsent", None, None, whose(before, None))


def whose(case: Case, row: Row | None) -> str | None:
    """Who held a limit, or the case; the room answers for what it decides."""
    if row is not None:
        born_late = row.taken_late or (row.born is not None and row.born > row.due)
        if born_late or row.kind in {"accept", "refer"}:
            return ROOM
    holder = case.holder
    if case.stage in {"declined", "withdrawn"}:
        holder = ROOM
    elif case.stage == "merged":
        holder = case.holders[-1].unit
    return None if holder == DISTRICT else holder


def extended(
    street: Street, key: int, taken: list[Turn], due: Iterator[Row], now: datetime
) -> Iterator[Seen]:
    """Of targets that were extended: would their first limit have been met?"""
    firsts = first_limits(street, key)
    for row in due:
        if row.round in firsts:
            step, first = firsts[row.round]
            turn = next(t for t in taken if t.id == step)
            kept = row.stopped is not None and not row.late(now)
            good = kept and row.stopped is not None and row.stopped <= first.due
            unit = whose(turn.before, first)
            yield Seen(street.cases[key].number, "extended", None, first.due, unit, good, kept)


@dataclass(frozen=True)
class Way:
    """A promise that was left, by what it was left; None: it was missed, and the breach is gone."""

    kind: str | None
    row: Row
    turn: Turn

    @property
    def undone(self) -> bool:
        """Was it missed before?"""
        return self.kind is None

    @property
    def family(self) -> str:
        return "overdue_undone" if self.undone else "transferred_out"

    def good(self, later: list[Turn]) -> bool | None:
        """Is it still out?"""
        return None if self.undone else not came_back(self, later)


def ways(turn: Turn) -> Iterator[Way]:
    """A promise that ran and is gone, neither met nor missed; or a breach that is gone."""
    after = turn.after
    for row in turn.before.rows:
        if row.unknown:
            continue
        if row.missed or (row.live and row.late(turn.at)):
            if not any(same(row, c) and is_late(c, turn.at) for c in after.rows):
                yield Way(None, row, turn)
        elif row.live and not runs_on(row, after) and not ended(row, turn):
            again = turn.kind == "decide" and after.running(row.kind)
            yield Way("redecided" if again else NAMES.get(turn.kind, "other"), row, turn)


def is_late(row: Row, at: datetime) -> bool:
    return row.missed or (row.live and (row.held is not None or row.late(at)))


def same(row: Row, other: Row) -> bool:
    """One promise: to one date, or of as many days from one start."""
    counted = row.workdays is not None
    alike = (row.started, row.workdays) == (other.started, other.workdays)
    return row.kind == other.kind and (row.due == other.due or (counted and alike))


def runs_on(row: Row, case: Case) -> bool:
    now = case.running(row.kind)
    if now is None or (now.held is not None and row.held is None):
        return False
    resumed = row.held is not None and now.held is None
    return resumed or same(row, now) or now.due <= row.due


def ended(row: Row, turn: Turn) -> bool:
    """Was it met, missed, or moved by an extension?"""
    own = next((r for r in turn.after.rows if (r.kind, r.round) == (row.kind, row.round)), None)
    if own is None:
        return False
    met = own.stopped is not None and not own.dropped
    return own.missed or met or (own.live and turn.kind == "extend")


def moved(turn: Turn) -> bool:
    old, new = turn.before.running("ceiling"), turn.after.running("ceiling")
    return old is not None and new is not None and old.due != new.due


def written_up(number: str, turn: Turn, calendar: Calendar) -> Iterator[Seen]:
    """What was stated after the fact: of which late thing was somebody rid by that?"""
    step, before = turn.step, turn.before
    assert step is not None
    was = as_now(before, step, lambda case, now: would(case, now, calendar))
    rid = rid_of(was, turn.after, calendar, step.recorded)
    for late, _to in rid[:1]:
        due = late.row.due if late.row else None
        yield Seen(number, "stated", None, due, late.unit or whose(before, late.row), True)
    if not rid and turn.kind not in UNTOLD:
        row = improved(turn)
        due = row.due if row else None
        yield Seen(number, "stated", None, due, whose(before, row), row is not None)


def would(case: Case, step: Step, calendar: Calendar) -> Case:
    after = deepcopy(case)
    after.calendar = calendar
    after.take(step)
    return after


def taken_back(number: str, turn: Turn, calendar: Calendar) -> Iterator[Seen]:
    """Of what else that was late was somebody rid when a step was taken back?"""
    if turn.kind not in {"void", "relimited"}:
        return
    listed = {(way.row.kind, way.row.round) for way in ways(turn) if way.undone}
    for late, _to in rid_of(turn.before, turn.after, calendar, turn.at):
        if late.key not in listed:
            unit = late.unit or whose(turn.before, late.row)
            yield Seen(number, "overdue_undone", None, late.due, unit)


def improved(turn: Turn) -> Row | None:
    """What would have been late when it was written down, and left in time as it is stated?"""
    assert turn.step is not None
    now, at = turn.step.recorded, turn.at
    state = [fields(row) for row in turn.after.rows]
    rows = [r for r in turn.before.rows if r.live and r.held is None]
    saved = [r for r in rows if r.late(now) and not r.late(at) and fields(r) not in state]
    return min(saved, key=lambda r: (r.round, ORDER.index(r.kind)), default=None)


def fields(row: Row) -> tuple[Any, ...]:
    return (row.kind, row.round, row.started, row.due, row.stopped, row.dropped, row.held)


def first_limits(street: Street, key: int) -> dict[int, tuple[int, Row]]:
    """By its round, a target as it was before it was first extended, and by which step that was."""
    found: dict[int, tuple[int, Row]] = {}
    log = street.logs[key]
    for place, step in enumerate(log):
        if step.kind == "extend" and not step.voided:
            row = fold(log[:place], street.calendar).running("finish")
            if row is not None:
                found.setdefault(row.round, (step.id, row))
    return found


# A rate as it were, had nobody left a limit


def second_rates(
    street: Street, first: date, last: date, now: datetime
) -> dict[str, tuple[int, int]]:
    """Judge who left a limit by it: a case once a round, by the first it left in the period."""
    found = {}
    for name, kind in RATES.items():
        verdicts = []
        for key, case in street.cases.items():
            rounds = begun(street, key)
            by_round: dict[int, list[bool]] = {}
            for row in sorted(cohort(case, kind, first, last, now), key=lambda r: r.round):
                by_round.setdefault(belongs(row, rounds), []).append(not row.late(now))
            for number, met in former(street, key, kind, first, last, now).items():
                by_round[number] = [*by_round.get(number, [])[:-1], met]
            verdicts += [met for met_each in by_round.values() for met in met_each]
        found[name] = (sum(verdicts), len(verdicts))
    return found


def begun(street: Street, key: int) -> set[int]:
    """The numbers at which rounds of a case began."""
    turns = street.turns.get(key, [])
    return {1} | {case.round for turn in turns for case in (turn.before, turn.after)}


def belongs(row: Row, rounds: set[int]) -> int:
    return max(number for number in rounds if number <= row.round)


def former(
    street: Street, key: int, kind: str, first: date, last: date, now: datetime
) -> dict[int, bool]:
    """Give by round whether the first limit of the period that was left would have been met."""
    rounds, earliest = begun(street, key), dict[int, Way]()
    turns = street.turns.get(key, [])
    for place, turn in enumerate(turns):
        for way in ways(turn):
            ended = turn.after.stage not in {*OPEN, "merged"}
            mine = way.row.kind == kind and first <= way.row.due.date() <= last
            if mine and not ended and not came_back(way, turns[place + 1 :]):
                number = belongs(way.row, rounds)
                if number not in earliest or way.row.due < earliest[number].row.due:
                    earliest[number] = way
    verdicts = {n: not way.undone and settled(street, key, way) for n, way in earliest.items()}
    return {n: met for n, met in verdicts.items() if met or earliest[n].row.due < now}


def came_back(way: Way, later: list[Turn]) -> bool:
    """Has the promise a verdict of its own again, in this case or in that of a report taken out?"""
    if way.turn.kind == "parted":
        assert way.turn.step is not None
        number = way.turn.step.args["number"]
        joins = [join for join in way.turn.before.joins if join.number == number]
        if any(join.receipt == way.row.started for join in joins):
            return True
    for turn in later:
        for row in turn.after.rows:
            if way.undone and same(way.row, row) and is_late(row, turn.at):
                return True
            own = (row.kind, row.round) == (way.row.kind, way.row.round)
            decided = own and row.stopped is not None and (row.missed or not row.dropped)
            strict = same(way.row, row) or (row.kind == way.row.kind and row.due <= way.row.due)
            if strict and ((row.live and row.held is None) or decided):
                return True
    return False


def settled(street: Street, key: int, way: Way) -> bool:
    """Was the matter done with by the former limit, by whatever it became?"""
    into, kind = way.turn.after.into, way.row.kind
    if into is not None:
        key = next(main for main, number in street.numbers.items() if number == into)
    log = street.logs[key]
    for place, step in enumerate(log):
        if step.voided or step.at > way.row.due:
            continue
        before = not place or step.id < way.turn.id + (into is None)  # it is joined by then
        if before and not (into and kind == "accept"):
            continue
        stage = fold(log[: place + 1], street.calendar).stage
        if stage != "merged" and stage not in UNSETTLED[kind]:
            return True
    return False


UNSETTLED = {
    "accept": {"new"},
    "refer": {"new", "open"},
    "finish": OPEN,
    "ceiling": OPEN,
}

"""The model's ledger: every case with its steps, what is known when, and what a move comes to."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tests.oracle.approval import Person, Units, better, check, demands, merging, stated
from tests.oracle.days import EVER, Calendar, Notice
from tests.oracle.model import Case, Refused, Step

#: what the program reads the grade from
SUGGESTED = {
    "一般": "道路积水第{}处",
    "较大": "第{}处几个部门推来推去都不管",
    "重大": "跨区河道污染第{}处",
}


@dataclass(frozen=True)
class Move:
    """One thing done at an instant; cases and steps are named by the move that made them."""

    id: int
    now: datetime
    kind: str
    case: int | None = None
    at: datetime | None = None
    args: dict[str, Any] = field(default_factory=dict)
    approved: str | None = None


@dataclass(frozen=True)
class Turn:
    """One entry, with the case as it stood before and after it was written down."""

    kind: str
    at: datetime
    id: int
    before: Case
    after: Case
    step: Step | None = None


@dataclass
class Street:
    """Cases by the move that registered them, in the order of their numbers."""

    calendar: Calendar = field(default_factory=Calendar)
    logs: dict[int, list[Step]] = field(default_factory=dict)
    cases: dict[int, Case] = field(default_factory=dict)
    numbers: dict[int, str] = field(default_factory=dict)
    opened: datetime = EVER[0]
    people: list[Person] = field(default_factory=list)
    turns: dict[int, list[Turn]] = field(default_factory=dict)
    meetings: list[date] = field(default_factory=list)

    def do(self, move: Move) -> None:
        """Carry out a move, or raise ``Refused`` and leave everything as it was."""
        special = {
            "intake": self.intake,
            "import": self.rows,
            "void": self.void,
            "merge": self.merge,
            "unmerge": self.unmerge,
            "calendar import": self.year,
            "calendar add-local": self.order,
            "calendar apply": self.apply,
            "person": self.person,
            "meeting": self.meeting,
        }
        special.get(move.kind, self.step)(move)

    def intake(self, move: Move) -> None:
        args = dict(move.args)
        received = args.pop("received", move.now)
        suggested = args.pop("suggested", "一般")
        args["found"] = "severity" in args
        args["text"] = SUGGESTED[suggested].format(move.id)
        args["confirmed"] = args["found"] or suggested == "一般"
        args.setdefault("severity", suggested)
        self.numbers[move.id] = number = self.number(received)
        step = Step(move.id, "intake", received, move.now, {"number": number, **args})
        self.logs[move.id] = [step]
        self.refold(move.id)

    def rows(self, move: Move) -> None:
        """Take in what an older ledger knows of cases that are done."""
        for place, row in enumerate(move.args["rows"]):
            args = {"severity": row["severity"], "community": row["community"]}
            key = imported_key(move.id, place)
            args |= {"text": row["text"], "source_no": row["source_no"]}
            args["number"] = self.numbers[key] = self.number(row["received"])
            step = Step(key, "imported", row["received"], move.now, args)
            step.known = {"unit": row["unit"], "resolved": row["resolved"]}
            self.logs[key] = [step]
            self.refold(key)

    def number(self, received: datetime) -> str:
        serial = sum(known.startswith(str(received.year)) for known in self.numbers.values()) + 1
        return f"{received.year}-{serial:06}"

    def step(self, move: Move) -> None:
        assert move.case is not None
        step = Step(move.id, move.kind, move.at or move.now, move.now, move.args)
        case = self.cases[move.case]
        if move.kind == "undo":
            self.undo(move)
            return
        if move.kind in {"decide", "consult"}:
            self.leader(case, step)
        self.approve(move, (case, step))
        self.add(move.case, step)

    def person(self, move: Move) -> None:
        self.people.append(Person(**move.args, since=move.now.date()))

    def meeting(self, move: Move) -> None:
        self.meetings.append(move.args["date"])

    def leader(self, case: Case, step: Step) -> None:
        """三.2: a joint meeting that was held decides, or a leader: named now or consulted."""
        name = step.args.get("leader")
        if step.args.get("meeting"):
            place = int(step.args["meeting"].removeprefix("m"))
            if place > len(self.meetings) or self.meetings[place - 1] > step.at.date():
                raise Refused("no meeting held")
            return
        if step.kind == "decide":
            gains = {step.args["lead"], *step.args.get("assist", ())}
            check(self.people, step.at.date(), name or case.consulted, gains)
        elif name:
            check(self.people, step.at.date(), name, {case.lead, *case.assist})

    def approve(self, move: Move, *steps: tuple[Case, Step]) -> None:
        gains: list[Units] = []
        for case, step in steps:
            gains += demands(case, step, self.calendar)
            gains += stated(case, step, self.calendar, self.would)
            if step.kind == "joined":
                after, child = self.would(case, step), steps[0][0]
                gains += merging(child, case, after, step, self.calendar)
        if gains or move.approved:
            units = {unit for some in gains for unit in some}
            check(self.people, (move.at or move.now).date(), move.approved, units)

    def would(self, case: Case, step: Step) -> Case:
        """What a case would be after a step."""
        after = deepcopy(case)
        after.calendar = self.calendar
        after.take(deepcopy(step))
        return after

    def add(self, key: int, step: Step) -> None:
        case = deepcopy(self.cases[key])
        case.calendar = self.calendar
        case.take(step)
        step.taken = True
        self.logs[key].append(step)
        self.turn(key, Turn(step.kind, step.at, step.id, self.cases[key], case, step))
        self.cases[key] = case

    def turn(self, key: int, turn: Turn) -> None:
        self.turns.setdefault(key, []).append(turn)

    def refold(self, key: int) -> None:
        self.cases[key] = fold(self.logs[key], self.calendar)

    def void(self, move: Move) -> None:
        """The rest is taken anew; what no longer stands refuses the void."""
        assert move.case is not None
        log = deepcopy(self.logs[move.case])
        step = next((s for s in log if s.id == move.args["step"] and not s.voided), None)
        pairs = {"intake", "merged", "joined", "unmerged", "parted", "withdraw"}
        if step is None or step.kind in pairs | {"imported"}:
            raise Refused("nothing to take back")
        if self.cases[move.case].into and "anonymous" in step.args and step.kind == "amend":
            raise Refused("another case goes by it")
        step.voided = move.now
        logs, cases = {move.case: log}, {move.case: fold(log, self.calendar)}
        self.pass_on(move.case, logs, cases, move.now)
        back = Step(move.id, "void", move.now, move.now, {})
        gains: list[Units] = []
        for key, case in cases.items():
            gains += better(self.cases[key], self.cases[key], case, back, self.calendar)
        if gains or move.approved:
            units = {unit for some in gains for unit in some}
            check(self.people, move.now.date(), move.approved, units)
        for key, case in cases.items():
            kind = "void" if key == move.case else "relimited"
            self.turn(key, Turn(kind, move.now, move.id, self.cases[key], case))
        self.logs |= logs
        self.cases |= cases

    def undo(self, move: Move) -> None:
        """Take back the last step, or the registration itself."""
        assert move.case is not None
        last = [step for step in self.logs[move.case] if not step.voided][-1]
        if last is self.logs[move.case][0]:
            if last.kind == "imported":
                raise Refused("not ours")
            self.add(move.case, Step(move.id, "withdraw", move.now, move.now, {}))
        else:
            self.void(replace(move, args={"step": last.id}))

    def pass_on(
        self, key: int, logs: dict[int, list[Step]], cases: dict[int, Case], now: datetime
    ) -> None:
        """A main case took the limits a report had; without a step of it they may be others."""
        for place, step in enumerate(logs[key]):
            if step.kind == "merged":
                given = given_by(fold(logs[key][:place], self.calendar))
                main = next(k for k, number in self.numbers.items() if number == step.args["into"])
                theirs = logs.setdefault(main, deepcopy(self.logs[main]))
                joined = next(s for s in theirs if (s.id, s.kind) == (step.id, "joined"))
                known = joined.known_at(now)
                if known | given != known:
                    joined.changes.append((now, known | given))
                    cases[main] = fold(theirs, self.calendar)
                    self.pass_on(main, logs, cases, now)

    def merge(self, move: Move) -> None:
        assert move.case is not None
        into = move.args["into"]
        child, main = self.cases[move.case], self.cases[into]
        if into == move.case or main.stage not in {"new", "open", "district"}:
            raise Refused("not into this")
        at = move.at or move.now
        joined = {"number": child.number, "anonymous": child.anonymous, **given_by(child)}
        joined["held"] = [holder for holder in child.holders if not holder.ended]
        merged = Step(move.id, "merged", at, move.now, {"into": main.number})
        other = Step(move.id, "joined", at, move.now, joined)
        self.approve(move, (child, merged), (main, other))
        self.add_pair((into, other), (move.case, merged))

    def add_pair(self, *pairs: tuple[int, Step]) -> None:
        """Write a step in each of two cases, or in neither."""
        first = pairs[0][0]
        case, log = self.cases[first], list(self.logs[first])
        turns = list(self.turns.get(first, []))
        try:
            for key, step in pairs:
                self.add(key, step)
        except Refused:
            self.cases[first], self.logs[first], self.turns[first] = case, log, turns
            raise

    def unmerge(self, move: Move) -> None:
        assert move.case is not None
        child = self.cases[move.case]
        if child.into is None:
            raise Refused("not merged")
        main = next(key for key, number in self.numbers.items() if number == child.into)
        at = move.at or move.now
        parted = Step(move.id, "parted", at, move.now, {"number": child.number})
        unmerged = Step(move.id, "unmerged", at, move.now, {})
        self.approve(move, (child, unmerged), (self.cases[main], parted))
        self.add_pair((move.case, unmerged), (main, parted))

    def year(self, move: Move) -> None:
        notice = Notice(move.args["off"], move.args["worked"])
        self.calendar = self.calendar.with_year(move.args["year"], notice)

    def order(self, move: Move) -> None:
        order = Notice(move.args.get("off", frozenset()), move.args.get("worked", frozenset()))
        self.calendar = self.calendar.with_local(order)

    def apply(self, move: Move) -> None:
        """Recount every running clock; a case where nothing changes has no such step."""
        for key, case in list(self.cases.items()):
            before = [(row.due, row.provisional) for row in case.rows]
            self.add(key, Step(move.id, "rescheduled", move.now, move.now, {}))
            if before == [(row.due, row.provisional) for row in self.cases[key].rows]:
                self.logs[key].pop()
                self.turns[key].pop()
                self.cases[key] = case

    def photograph(self, instant: datetime) -> dict[int, Case]:
        """Every case as the steps written down by then had made it, later voids unknown.

        Before this ledger was opened, what an older one knew stands by the times its file gives.
        """
        pictures = {}
        for key, log in self.logs.items():
            first = log[0]
            before = instant < self.opened
            imported = before and first.kind == "imported" and first.at <= instant
            known = [s for s in log if s.recorded <= instant]
            if known:
                pictures[key] = fold(known, self.calendar, instant)
            elif imported:
                pictures[key] = fold([first], self.calendar, instant)
                if first.known["resolved"] and first.known["resolved"] > instant:
                    pictures[key] = self.unfinished(pictures[key])
        return pictures

    def unfinished(self, case: Case) -> Case:
        """An imported case while it was still open."""
        case.stage = "open"
        for row in case.rows:
            row.stopped = None
        return case


def given_by(child: Case) -> dict[str, Any]:
    """From when a report counts, and what it was promised, for the case it is merged into."""
    counted = [row for row in child.rows if row.live and row.workdays is not None]
    return {"receipt": child.base, "limits": {row.kind: row.limit for row in counted}}


def imported_key(move: int, place: int) -> int:
    return 1_000_000 + move * 100 + place


def fold(log: list[Step], calendar: Calendar, instant: datetime = EVER[1]) -> Case:
    first = log[0]
    case = Case(received=first.at, calendar=calendar, **first.args)
    case.registered = first.recorded
    for step in log:
        if step.voided is None or step.voided > instant:
            args = step.known if step is first else step.known_at(instant)
            case.take(replace(step, args=args))
    return case

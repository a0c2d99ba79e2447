"""Random histories: what a street might do in a few weeks, as moves, and as command lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from tests.oracle.days import SHANGHAI, Notice, days_of
from tests.oracle.model import CATEGORIES, LADDER, Case, Refused
from tests.oracle.street import Move, Street

UNITS = ("派出所", "城管执法中队", "市场监管所", "司法所", "江一社区")
COMMUNITIES = ("江一社区", "滨兴社区", None)
GRADES = ("一般", "一般", "一般", "较大", "重大")
STARTS = (
    datetime(2020, 1, 13, 9, tzinfo=SHANGHAI),
    datetime(2020, 4, 20, 9, tzinfo=SHANGHAI),
    datetime(2026, 1, 5, 9, tzinfo=SHANGHAI),
    datetime(2026, 2, 2, 9, tzinfo=SHANGHAI),
    datetime(2026, 9, 14, 9, tzinfo=SHANGHAI),
    datetime(2026, 12, 7, 9, tzinfo=SHANGHAI),
    datetime(2026, 12, 21, 9, tzinfo=SHANGHAI),
)
PEOPLE = (
    ("演示乙", "平安建设办", "分管领导"),
    ("演示丁", "平安建设办", "队员"),
    ("演示丙", "派出所", "街道副主任"),
    ("演示戊", "综合信息指挥室", "街道副主任"),
    ("演示甲", "平安建设办", "街道主任"),
)
ALONE = {"not without somebody else", "may not approve", "no such role"}
CHANNELS = ("掌上基层APP", "微信公众号", "网格员", "110联动平台")
NATURES = ("", "咨询", "举报", "投诉")
OUTCOMES = ("已解决", "部分解决", "解释说明")
SIMPLE = (
    "told",
    "accept",
    "sign",
    "return",
    "note",
    "resolve",
    "close",
    "reopen",
    "consult",
    "resume",
)

HANDLING = ("sign", "sign", "resolve", "resolve", "resolve", "return")

# An invented notice for 2027, which also names days of the December before.
YEAR_2027 = Notice(
    off=frozenset({date(2026, 12, 31)})
    | days_of(2027, "1.1-1.3", "2.5-2.12", "4.3-4.5", "5.1-5.5", "6.9", "9.15", "10.1-10.7"),
    worked=frozenset({date(2026, 12, 26)})
    | days_of(2027, "1.9", "1.31", "2.20", "5.8", "9.26", "10.9"),
)


class Playwright:
    """Writes one history, with the model beside it to know what could come next."""

    def __init__(self, seed: int, *, families: frozenset[str] | None = None) -> None:
        self.random = Random(seed)  # noqa: S311 - histories, not secrets
        self.besides = Random(seed + 10**6)  # noqa: S311 - what changes no history's course
        self.tangled = self.besides.random() < 0.3  # reports are merged again and again
        self.street = Street()
        self.now = self.random.choice(STARTS)
        self.moves: list[Move] = []
        self.families = families
        self.orders = 0

    def write(self, length: int) -> list[Move]:
        late = self.random.randint(0, 6)
        for turn in range(length):
            if turn == late:
                self.people()
            self.pass_time()
            for _attempt in range(8):
                if self.attempt(self.propose()):
                    break
            if self.random.random() < 0.06:
                self.look()
        self.look()
        self.now += timedelta(days=self.random.randint(1, 40))
        self.look(last=True)
        return self.moves

    def look(self, *, last: bool = False) -> None:
        args = {"back": self.random.choice((0, 0, 1)), "last": last}
        self.moves.append(Move(len(self.moves), self.now, "look", args=args))

    def attempt(self, move: Move | None) -> bool:
        """Keep what the model allows, and now and then what it refuses."""
        if move is None or (self.families and move.kind not in self.families):
            return False
        try:
            self.street.do(move)
        except Refused as why:
            if self.random.random() < (0.3 if str(why) in ALONE else 0.85):
                return False
        self.moves.append(move)
        return True

    def pass_time(self) -> None:
        """Minutes, hours, days; and often the very second a limit ends, or the next."""
        pick = self.random.random()
        ends = [r.due for c in self.street.cases.values() for r in c.rows if r.live]
        ends = [end for end in ends if end >= self.now]
        soon = min(ends, default=self.now) - timedelta(hours=self.besides.randint(1, 20))
        if self.tangled and pick < 0.25 and soon > self.now:
            self.now = soon
        elif pick < 0.15 and ends:
            self.now = min(ends) + timedelta(seconds=self.random.randint(0, 1))
        elif pick < 0.5:
            self.now += timedelta(minutes=self.random.randint(1, 90))
        elif pick < 0.8:
            self.now += timedelta(
                hours=self.random.randint(2, 30), seconds=self.random.randint(0, 59)
            )
        elif pick < 0.95:
            self.now += timedelta(days=self.random.randint(1, 6))

    def move(self, kind: str, case: int | None = None, **args: Any) -> Move:
        at = None
        if case is not None and kind != "void" and self.random.random() < 0.2:
            at = self.now - timedelta(minutes=self.random.choice((5, 60, 600, 1440, 4320)))
        approved = self.somebody() if case is not None else None
        return Move(len(self.moves), self.now, kind, case, at, args, approved)

    def somebody(self) -> str | None:
        """Often who may approve; now and then who may not, or nobody."""
        known = [person.name for person in self.street.people] or ["分管领导"]
        if self.random.random() < 0.75:
            return known[0]
        return self.random.choice((None, None, None, "演示甲", "分管领导", "科长", *known))

    def people(self) -> None:
        """Some streets have their leaders registered: one of the office, one of a unit."""
        for _ in range(self.besides.randint(0, 2)):
            day = self.now.date() + timedelta(days=self.besides.randint(0, 9))
            self.attempt(Move(len(self.moves), self.now, "meeting", args={"date": day}))
        if self.random.random() < 0.6:
            for name, unit, role in PEOPLE[: self.random.randint(1, 5)]:
                args = {"name": name, "unit": unit, "role": role}
                self.attempt(Move(len(self.moves), self.now, "person", args=args))

    def propose(self) -> Move | None:
        keys = list(self.street.cases)
        if not keys or self.random.random() < (0.15 if len(keys) < 4 else 0.02):
            return self.intake()
        if self.random.random() < 0.04:
            return self.calendar()
        if self.random.random() < 0.01:
            return self.files()
        key = self.random.choice(keys)
        makers: tuple[Callable[[int, Case], Move | None], ...] = (
            self.onward, self.onward, self.onward, self.onward, self.simple, self.assign,
            self.regrade, self.consult, self.amend, self.undo,
            self.decide, self.refer, self.extend, self.suspend, self.feedback, self.urge, self.part,
            self.void, self.merge,
            *((self.merge, self.merge, self.merge, self.assign, self.void) * self.tangled),
        )  # fmt: skip
        if self.random.random() < (0.25 if self.tangled else 0.45):
            return self.onward(key, self.street.cases[key])
        return self.random.choice(makers)(key, self.street.cases[key])

    def intake(self) -> Move:
        args: dict[str, Any] = {"severity": self.random.choice(GRADES)}
        if self.random.random() < 0.4:
            args = {"suggested": self.random.choice(GRADES[2:])}
        if self.random.random() < 0.6:
            args["channel"] = self.random.choice(CHANNELS)
        if self.random.random() < 0.3:
            args["received"] = self.now - timedelta(
                minutes=self.random.choice((10, 300, 1500, 6000))
            )
        if community := self.random.choice(COMMUNITIES):
            args["community"] = community
        if self.random.random() < 0.15:
            args["anonymous"] = True
        if nature := NATURES[len(self.moves) % len(NATURES)]:
            args["nature"] = nature
        return Move(len(self.moves), self.now, "intake", None, None, args)

    def onward(self, key: int, case: Case) -> Move | None:
        """What would come next in an ordinary life."""
        natural: dict[str, tuple[Callable[[int, Case], Move | None], ...]] = {
            "待受理": (self.simple,),
            "待分派": (self.assign, self.assign, self.extend),
            "待联席会议研究": (self.decide, self.decide, self.consult),
            "待上报": (self.refer,),
            "区级办理中": (self.refer,),
            "办理中": (self.work, self.work, self.extend, self.suspend, self.part),
            "已办结": (self.feedback, self.feedback, self.work),
        }
        makers = natural.get(case.status)
        return self.random.choice(makers)(key, case) if makers else self.simple(key, case)

    def work(self, key: int, case: Case) -> Move:
        kinds = ("close", "close", "reopen") if case.stage == "resolved" else HANDLING
        kind = self.random.choice(kinds)
        if kind == "resolve" and self.random.random() < 0.5:
            return self.move(kind, key, outcome=self.random.choice(OUTCOMES))
        return self.move(kind, key)

    def simple(self, key: int, case: Case) -> Move:
        if case.stage == "new" and self.random.random() < 0.2:
            return self.decline(key)
        if case.stage == "new" and self.random.random() < 0.8:
            args = self.telling()
            if not case.confirmed or self.random.random() < 0.1:
                args |= {"severity": self.random.choice((case.severity, *GRADES[2:]))}
            return self.move("accept", key, **args)
        if case.stage == "unknown":
            move = self.move(self.random.choice(("reopen", "resolve", "resolve", "note")), key)
            if move.kind == "resolve" and self.random.random() < 0.8:
                at = self.now - timedelta(hours=self.random.randint(1, 1500))
                return replace(move, at=at.replace(second=0))
            return move
        return self.move(self.random.choice(SIMPLE), key)

    def telling(self) -> dict[str, Any]:
        pick = self.random.random()
        return {"words": True} if pick < 0.2 else {"told": True} if pick < 0.4 else {}

    def decline(self, key: int) -> Move:
        category = self.random.choice(list(CATEGORIES))
        args = self.telling() | ({"category": category} if category else {})
        if CATEGORIES[category] in {"transferred", "guided"}:
            args["to"] = "区信访局"
        return self.move("decline", key, **args)

    def assign(self, key: int, _case: Case) -> Move:
        lead, assist = self.random.sample(UNITS, 2)
        args: dict[str, Any] = {"lead": lead}
        if self.random.random() < 0.3:
            args["assist"] = (assist,)
        return self.move("assign", key, **args)

    def regrade(self, key: int, _case: Case) -> Move:
        return self.move("regrade", key, severity=self.random.choice(GRADES))

    def decide(self, key: int, _case: Case) -> Move:
        lead = self.random.choice(UNITS)
        due = (self.now + timedelta(days=self.random.randint(0, 14))).date()
        args = {"leader": leader} if (leader := self.somebody()) else {}
        if self.street.meetings and self.besides.random() < 0.5:
            args = {"meeting": f"m{self.besides.randint(1, 2)}"}
        return self.move("decide", key, lead=lead, due=due, **args)

    def consult(self, key: int, _case: Case) -> Move:
        args = {"leader": leader} if (leader := self.somebody()) else {}
        return self.move("consult", key, **args)

    def refer(self, key: int, case: Case) -> Move:
        if case.stage == "district":
            return self.move("refer-reply", key, returned=self.random.random() < 0.5)
        to = self.besides.choice((("区级平台",), ("生态环境分局",), ("区住建局", "区级平台")))
        args = {"receipt": "收文1号"} if self.besides.random() < 0.3 else {}
        return self.move("refer", key, to=to, **args, **self.telling())

    def extend(self, key: int, _case: Case) -> Move:
        args: dict[str, Any] = {"days": self.random.choice((1, 2, 3, 5, 9, 12)), **self.telling()}
        if self.random.random() < 0.3:
            args["beyond"] = True
        return self.move("extend", key, **args)

    def suspend(self, key: int, case: Case) -> Move:
        row = case.running("finish")
        if row and row.held:
            return self.move("resume", key)
        return self.move("suspend", key, **self.telling())

    def feedback(self, key: int, case: Case) -> Move | None:
        if case.into:
            return None  # told to the main case: not modelled
        if self.random.random() < 0.4:
            return self.move("verify-result", key, passed=self.random.random() < 0.6)
        return self.move("feedback", key, everybody=self.random.random() < 0.6)

    def urge(self, key: int, case: Case) -> Move:
        if self.random.random() < 0.4:
            return self.move("answer-urge", key)
        args: dict[str, Any] = {"level": LADDER[min(len(case.urges), 2)]}
        if self.random.random() < 0.5:
            args["answer_by"] = (self.now + timedelta(days=self.random.randint(0, 4))).date()
        return self.move("urge", key, **args)

    def part(self, key: int, case: Case) -> Move:
        units = [unit for unit in (case.lead, *case.assist) if unit]
        unit = self.random.choice(units or UNITS)
        if case.parts and self.random.random() < 0.6:
            return self.move("part-done", key, unit=unit)
        due = (self.now + timedelta(days=self.random.randint(0, 5))).date()
        return self.move("part", key, unit=unit, due=due)

    def void(self, key: int, _case: Case) -> Move:
        steps = [s.id for s in self.street.logs[key] if s.kind != "rescheduled"]
        return self.move("void", key, step=self.random.choice(steps))

    def amend(self, key: int, case: Case) -> Move | None:
        pick = self.random.random()
        args: dict[str, Any] = {}
        if pick < 0.4 and self.street.logs[key][0].kind == "intake":
            hours = self.random.choice((-30, -8, -1, 1, 8, 30, 100))
            received = case.received - timedelta(hours=hours)
            args["received"] = received.replace(second=0)
            if case.answered and case.answered < args["received"] < case.registered:
                return None  # what counts as an answer is not told by the texts
        elif pick < 0.6:
            args["community"] = self.random.choice([c or "" for c in COMMUNITIES])
        elif pick < 0.8:
            args["channel"] = self.random.choice(CHANNELS)
        else:
            args["anonymous"] = not case.anonymous
        if self.besides.random() < 0.3:
            args["text"] = f"道路积水改第{self.besides.randint(1, 3)}处"
        if self.besides.random() < 0.3:
            args["place"] = self.besides.choice(("", "南门", "北门"))
        if self.besides.random() < 0.2:
            args["source_no"] = f"补{len(self.moves)}"
        if len(self.moves) % 3 == 0:
            args["nature"] = NATURES[len(self.moves) // 3 % len(NATURES)]
        return self.move("amend", key, **args)

    def undo(self, key: int, case: Case) -> Move | None:
        last = [step for step in self.street.logs[key] if not step.voided][-1]
        rare = self.random.random() < 0.8
        if rare or last.kind in {"rescheduled", "imported"} or case.members or case.joins:
            return None
        return replace(self.move("undo", key), at=None, approved=None)

    def merge(self, key: int, case: Case) -> Move | None:
        if case.into:
            return self.move("unmerge", key)
        if self.tangled and case.status != "办理中" and self.besides.random() < 0.6:
            return self.onward(key, case)
        mains = list(self.street.cases)
        if self.tangled:  # one that answers later: it takes the limit of this one
            later = [k for k in mains if self.street.cases[k].received > case.received]
            mains = later or mains
        return self.move("merge", key, into=self.random.choice(mains))

    def files(self) -> Move:
        rows = []
        for place in range(self.random.randint(1, 3)):
            received = self.now - timedelta(hours=self.random.randint(30, 1500))
            resolved = received + timedelta(hours=self.random.randint(1, 29 * 20))
            row: dict[str, Any] = {
                "source_no": f"{len(self.moves)}-{place}",
                "text": f"道路积水旧{place}",
            }
            row |= {"received": received.replace(second=0), "outcome": "好"}
            row |= {"resolved": min(resolved, self.now).replace(second=0)}
            row |= {"unit": self.random.choice((*UNITS, None))}
            if self.random.random() < 0.4:
                row |= {"resolved": None, "outcome": None}
            row |= {"severity": self.random.choice(GRADES), "community": None}
            rows.append(row)
        return Move(len(self.moves), self.now, "import", None, None, {"rows": tuple(rows)})

    def calendar(self) -> Move:
        pick = self.random.random()
        if pick < 0.4:
            return self.move("calendar apply")
        if pick < 0.6:
            year = {"year": 2027, "off": YEAR_2027.off, "worked": YEAR_2027.worked}
            return self.move("calendar import", None, **year)
        day = self.now.date() + timedelta(days=self.random.randint(1, 12))
        worked = self.street.calendar.is_worked(day)
        return self.move(
            "calendar add-local", None, **{"off" if worked else "worked": frozenset({day})}
        )

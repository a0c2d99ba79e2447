"""What the lists and reports must say, counted from the model's cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.days import end_of
from tests.oracle.model import CATEGORIES, REFUSALS, SETTLED, Case, Row, Step
from tests.oracle.street import Street

Item = tuple[Any, ...]
OPEN = {"new", "open", "district"}


def overdue(street: Street, now: datetime, within: int = 1) -> list[Item]:
    """(number, kind, clock, due, age, workdays late, workdays left) of each item."""
    return sorted(
        (case.number, *item)
        for case in street.cases.values()
        for item in (*limits(case, street, now, within), *waiting(case, street, now), *lacks(case))
    )


def limits(case: Case, street: Street, now: datetime, within: int) -> Iterator[Item]:
    for row in case.rows:
        if row.live and row.held is None:
            age = street.calendar.between(row.started.date(), now.date())
            if row.late(now):
                late = street.calendar.between(row.due.date(), now.date())
                yield row.kind, row.kind, str(row.due), age, late, "None"
            else:
                left = street.calendar.between(now.date(), row.due.date())
                if row.due.date() <= street.calendar.after(now.date(), within):
                    yield "due_soon", row.kind, str(row.due), age, "None", left


def lacks(case: Case) -> Iterator[Item]:
    """三.3, 五.1b: it goes to the district's platform, and somebody there has it."""
    if case.stage == "district":
        wanted = {"platform": case.to_platform, "receipt": case.receipt}
        yield from (("district lacks", what, *["None"] * 4) for what in wanted if not wanted[what])


def waiting(case: Case, street: Street, now: datetime) -> Iterator[Item]:
    def since(moment: datetime) -> int:
        return street.calendar.between(moment.date(), now.date())

    for kind, moment in (*undecided(case), *undone(case)):
        if kind != "unsigned" or since(moment) >= 1:
            yield kind, "None", "None", since(moment), "None", "None"
    asked = next((urge for urge in case.urges if urge.answered is None), None)
    if asked:
        late: Any = "None"
        left: Any = "None"
        if asked.due and asked.due < now:
            late = since(asked.due)
        elif asked.due:
            left = street.calendar.between(now.date(), asked.due.date())
        yield "urge", "None", str(asked.due), since(asked.at), late, left


Waits = Iterator[tuple[str, datetime]]


def undecided(case: Case) -> Waits:
    """Who has it waits for a word: of who grades, of a meeting, of who assigns."""
    if not case.confirmed and case.stage in OPEN:
        yield "grade", max(case.received, case.began)
    if case.status == "待联席会议研究":
        yield "decision", max(case.accepted or case.began, case.began)
    if case.status == "待分派" and case.returned:
        yield "returned", max(case.returned, case.began)
    elif case.status == "待分派":
        yield "unassigned", max(case.accepted or case.began, case.began)


def undone(case: Case) -> Waits:
    """A unit, the district or a reporter waits."""
    given = handed_over(case)
    if case.status == "办理中" and given and not case.signed:
        yield "unsigned", given
    if case.stage == "district":
        assert case.referred is not None
        yield "district", case.referred
    if case.stage == "resolved" and case.verified is False:
        yield "failed", case.results[-1].checks[-1][0]
    elif case.waited_for:
        assert case.resolved is not None
        yield "feedback", case.resolved


def handed_over(case: Case) -> datetime | None:
    """Since when a unit is to sign: its assignment, or when it came back to it without one."""
    mine = [signing for signing in case.signings if signing.since >= case.began]
    assigned = [signing.since for signing in mine if not signing.again]
    if assigned:
        return assigned[-1]
    return mine[0].since if mine else None


# A month's paper


def month(now: datetime, back: int = 0) -> tuple[date, date]:
    first = now.date().replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first, last


def effective(street: Street) -> Iterator[tuple[Case, Step]]:
    for key, log in street.logs.items():
        for step in log:
            if not step.voided:
                yield street.cases[key], step


def report(street: Street, first: date, last: date, now: datetime) -> dict[str, Any]:
    found = {"totals": totals(street, first, last, now), "rates": rates(street, first, last, now)}
    found |= beside(street, first, last)
    found["left_out"] = left_out(street, first, last)
    for key, name in GROUPS.items():
        known = not before_first_day(street, last)
        found[key] = groups(street, name, first, last) if known else {}
    return found


GROUPS = {"by_unit": "lead", "by_community": "community", "by_channel": "channel"} | {
    "by_severity": "grade_row",
    "by_nature": "nature",
}


def groups(street: Street, name: str, first: date, last: date) -> dict[str, tuple[int, int]]:
    """(received, resolved) in the period by what the cases are at present."""
    found: dict[str, list[int]] = {}
    for case, step in effective(street):
        pair = found.setdefault(str(getattr(case, name)), [0, 0])
        for place, moment in enumerate(counted(case, step)):
            if moment and first <= moment.date() <= last:
                pair[place] += 1
    return {key: (pair[0], pair[1]) for key, pair in found.items() if any(pair)}


def counted(case: Case, step: Step) -> tuple[datetime | None, datetime | None]:
    """When this step received a report, and when it finished a matter."""
    if step.kind in {"intake", "imported"}:
        return case.received if case.stage != "withdrawn" else None, step.known.get("resolved")
    finished = step.kind == "resolve" or (step.kind, step.args.get("returned")) == DONE
    return None, step.at if finished else None


DONE = ("refer-reply", False)


TOTALS = {
    "accept": "accepted",
    "close": "closed",
    "refer": "referred",
    "reopen": "reopened",
    "return": "returned",
    "merged": "merged",
}


def totals(street: Street, first: date, last: date, now: datetime) -> dict[str, int | None]:
    names = ("received", "resolved", *TOTALS.values(), *REFUSALS, "open", "overdue")
    if before_first_day(street, last):
        return dict.fromkeys(names, None)  # before the first day: unknown is not 0
    count: dict[str, Any] = dict.fromkeys(names, 0)
    for case, step in effective(street):
        pair = zip(("received", "resolved"), counted(case, step), strict=True)
        if step.kind == "decline" and first <= step.at.date() <= last:
            count[CATEGORIES[step.args.get("category")]] += 1
        for name, moment in (*pair, (TOTALS.get(step.kind), step.at)):
            if name and moment and first <= moment.date() <= last:
                count[name] += 1
    end = min(now, end_of(last))
    for name in names if filed_only(street, first, last, end) else ():
        if name not in {"received", "resolved"} and not count[name]:
            count[name] = None  # a file tells of no steps
    if end < min(beginnings(street)):
        return {**count, "open": None, "overdue": None}
    count |= {"open": 0, "overdue": 0}
    stock = street.photograph(end).values() if end < now else street.cases.values()
    for case in stock:
        count["open"] += case.stage in OPEN
        count["overdue"] += any(r.live and r.late(end) for r in case.rows)
    return {**count}


def filed_only(street: Street, first: date, last: date, end: datetime) -> bool:
    """Do only files tell of a period: of all its reports, or of a time before this ledger?"""
    cases = [case for case in street.cases.values() if case.stage != "withdrawn"]
    received = [case.imported for case in cases if first <= case.received.date() <= last]
    old = any(case.imported and case.received <= end for case in cases)
    return (bool(received) and all(received)) or (end < street.opened and old)


def before_first_day(street: Street, last: date) -> bool:
    """The first day is that of the earliest receipt known; while there is none, of the ledger."""
    receipts = [c.received for c in street.cases.values() if c.stage != "withdrawn"]
    return last < min(receipts, default=street.opened).date()


def beginnings(street: Street) -> list[datetime]:
    """From when on it is known what was open: this ledger's first hour, an older one's receipts."""
    firsts = [log[0] for log in street.logs.values()]
    return [street.opened, *(step.at for step in firsts if step.kind == "imported")]


RATES = {
    "accept_on_time": "accept",
    "finish_on_time": "finish",
    "refer_on_time": "refer",
    "within_ceiling": "ceiling",
}


def rates(
    street: Street, first: date, last: date, now: datetime
) -> dict[str, tuple[int | None, int | None]]:
    found: dict[str, tuple[int | None, int | None]] = {}
    if before_first_day(street, last):
        return dict.fromkeys((*RATES, *SHARES), (None, None))
    for name, kind in RATES.items():
        due = [
            row for case in street.cases.values() for row in cohort(case, kind, first, last, now)
        ]
        found[name] = (sum(not row.late(now) for row in due), len(due))
    return found | shares(street, first, last)


def beside(street: Street, first: date, last: date) -> dict[str, Any]:
    """What results came to (件次), and what was told by form only."""
    if before_first_day(street, last):
        return {"outcomes": None, "solved": (None, None), "unsent": None}
    results = [r for c in street.cases.values() for r in c.results if not r.withdrawn]
    kinds = Counter(r.kind or "未注明" for r in results if first <= r.at.date() <= last)
    stated = sum(n for kind, n in kinds.items() if kind != "未注明")
    unsent = 0
    for log in street.logs.values():
        steps = [step for step in log if not step.voided]
        for place, step in enumerate(steps):
            later = any(after.reached for after in steps[place + 1 :])
            unsent += step.told is False and not later and first <= step.at.date() <= last
    solved = sum(kinds[kind] for kind in SETTLED)
    return {"outcomes": dict(kinds), "solved": (solved, stated), "unsent": unsent}


def left_out(street: Street, first: date, last: date) -> dict[str, int | None]:
    """What of the period is in no rate, as nobody wrote down how or when it ended."""
    if before_first_day(street, last):
        return dict.fromkeys((*RATES.values(), *SHARES[:3]))
    rows = [row for case in street.cases.values() for row in case.rows]
    unknown = [r.kind for r in rows if r.unknown and first <= r.due.date() <= last]
    found: dict[str, int | None] = {kind: unknown.count(kind) for kind in RATES.values()}
    cases = list(street.cases.values())
    results = [(c, r) for c in cases for r in c.results if first <= r.at.date() <= last]
    ends = [main_of(street, c) for c in cases if first <= c.received.date() <= last]
    found["finish_rate"] = sum(c.stage == "unknown" and c.severity != "重大" for c in ends)
    found["feedback_rate"] = sum(r.unsaid and not case.anonymous for case, r in results)
    found["reopened_rate"] = sum(r.filed for _, r in results)
    return found


SHARES = ("finish_rate", "feedback_rate", "reopened_rate", "returned_rate")


def main_of(street: Street, case: Case) -> Case:
    """The case that a report was merged into, or itself."""
    mains = street.cases.values() if case.into is not None else ()
    return next((main for main in mains if main.number == case.into), case)


def cohort(case: Case, kind: str, first: date, last: date, now: datetime) -> Iterator[Row]:
    """Clocks due in the period: met, missed, or past due; not those that left in time."""
    for row in case.rows:
        if row.kind == kind and first <= row.due.date() <= last and row.held is None:
            decided = row.verdict if row.stopped else row.late(now)
            if decided and not row.unknown:
                yield row


def shares(street: Street, first: date, last: date) -> dict[str, tuple[int | None, int | None]]:
    def within(moment: datetime) -> bool:
        return first <= moment.date() <= last

    finished = [
        done
        for case in street.cases.values()
        for done in finishing(street, case)
        if within(case.received)
    ]
    found: dict[str, tuple[int | None, int | None]] = {}
    found["finish_rate"] = sum(finished), len(finished)
    found["returned_rate"] = returned(street, within)
    results = [(c, r) for c in street.cases.values() for r in c.results if within(r.at)]
    told = [one for case, result in results for one in result.owing(case)]
    found["feedback_rate"] = (sum(told), len(told))
    here = [r for _, r in results if not r.filed]
    found["reopened_rate"] = (sum(r.reopened for r in here), len(here))
    return found


def finishing(street: Street, case: Case) -> Iterator[bool]:
    """Is it finished? Of what was accepted and the street can finish; a repeat as its main case."""
    case = main_of(street, case)
    if case.stage in {"open", "district", "resolved", "closed"} and case.severity != "重大":
        yield case.stage in {"resolved", "closed"} and case.verified is not False


def returned(street: Street, within: Any) -> tuple[int, int]:
    """Assignments of the period, and those that were sent back before the next one (件次)."""
    n = d = 0
    for log in street.logs.values():
        steps = [s for s in log if not s.voided and s.kind in {"assign", "decide", "return"}]
        for step, after in zip(steps, [*steps[1:], None], strict=False):
            if step.kind != "return" and within(step.at):
                d += 1
                n += after is not None and after.kind == "return"
    return n, d

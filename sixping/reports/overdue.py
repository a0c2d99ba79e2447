"""What supervisors must see today (五.1, 五.3): late, nearly late, waiting, unanswered.

Pure: rows, the calendar and ``now`` come in, items go out, gravest first. Lateness and
ages are whole working days; instants are Shanghai time.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lateness import is_late
from sixping.policy.vocabulary import CLOCKS, LATE, Severity, Status
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sixping.calendar.table import Calendar

#: the source of a report wants the result by a day: no limit of ours, no breach, in no rate
AT_SOURCE = "source_due"

#: the source of a report was not told its result (三.1)
SOURCE_FEEDBACK = "source_feedback"

#: kind → what people read; the order is the order of gravity
KINDS: Mapping[str, str] = {
    "grade": "等级待确认",
    "emergency": "应急待报",
    **LATE,
    "failed": "核查未通过",
    "decision": Status.DECISION.value,
    "urge": "督办未答复",
    "instruction": "领导批示",
    "demand": "协办要求",
    AT_SOURCE: "来源期限",
    "task": "会议任务",
    "accountability": "问责待办",
    "consent": "任免同意未复",
    "opinion": "征求意见未复",
    "material": "材料待补",
    "promised": "答应未办",
    "returned": "退回待派",
    "unassigned": Status.ACCEPTED.value,
    "unsigned": "未签收",
    "person_left": "经办人已离开",
    "feedback": "未反馈",
    SOURCE_FEEDBACK: "来源待反馈",
    "due_soon": "临期",
    "district": Status.DISTRICT.value,
    "transfer": "行刑衔接",
}
#: shown until somebody answers, however far off the day is
UNTIL_ANSWERED = frozenset({"urge", "instruction", "demand", "transfer"})
#: of those, what may have a day that is far off
OWED = frozenset({"instruction", "demand"})
#: what a register of the street lists: on a screen behind the cases that missed a limit
REGISTERED = frozenset({
    "instruction", "demand", "accountability", "consent", "opinion", "material", "promised",
    "person_left", SOURCE_FEEDBACK, "transfer",
})  # fmt: skip
#: of those, what the room itself sees to, whatever unit it is about
OF_THE_ROOM = frozenset({"accountability", "consent", "opinion", "promised"})
#: how a case stands, counted once at the worst of its items → what people read
STANDINGS: Mapping[str, str] = {
    "late": "超期",
    "today": "今天到期",
    "tomorrow": "明天到期",
    "ahead": "近日到期",
    "waiting": "等候",
}
#: what has to be found or reported before anything else is done
FIRST = ("grade", "emergency")
_GRAVITY = {kind: i for i, kind in enumerate(KINDS)}


class Waiting(NamedTuple):
    """A case or task somebody waits for: by when (``due``) or a state since ``since``.

    ``confirmed``: somebody found the grade; else the program suggested it.
    """

    kind: str  # a clock kind, or one of ``KINDS``
    number: str | None
    severity: str | None
    platform: str | None
    unit: str | None
    community: str | None
    text: str
    since: datetime
    due: datetime | None = None
    provisional: bool = False
    remarks: tuple[str, ...] = ()  # what it lacks, in words
    confirmed: bool = True


class OverdueItem(NamedTuple):
    """One line of the list; counts are whole working days."""

    number: str | None
    kind: str
    clock: str | None
    due: datetime | None
    age: int
    workdays_late: int | None
    workdays_left: int | None
    severity: str | None
    platform: str | None
    unit: str | None
    community: str | None
    summary: str
    provisional: bool
    remarks: tuple[str, ...] = ()
    confirmed: bool = True


def standing(item: OverdueItem, today: date, within: int) -> str:
    """Return how an item stands, a key of ``STANDINGS``; the date of a source is no limit.

    What only waits for an answer is due when its day is near: ``within`` working days.
    """
    if item.due is None or item.kind == AT_SOURCE:
        return "waiting"
    if item.workdays_late is not None:
        return "late"
    if item.kind in OWED and (item.workdays_left or 0) > within:
        return "waiting"
    if item.workdays_left == 0:
        return "today"
    return "tomorrow" if item.due.date() == today + timedelta(days=1) else "ahead"


class Overdue(NamedTuple):
    """The list as it stands at ``as_of``."""

    as_of: datetime
    items: tuple[OverdueItem, ...]
    promises_to_recount: int = 0
    """Cases with a due date that another calendar gave than the one in force."""
    closes: time = time(17)
    """The end of office of the day (一.2): a due date at it is said as its day."""
    within: int = 1
    """How many working days ahead it looks."""

    @property
    def counts(self) -> dict[str, int]:
        """Return how many items each kind has, gravest kind first, absent kinds left out."""
        counts = {kind: sum(item.kind == kind for item in self.items) for kind in KINDS}
        return {kind: n for kind, n in counts.items() if n}

    @property
    def cases(self) -> list[tuple[OverdueItem, ...]]:
        """Return the items of each case together; the task of a meeting stands alone."""
        found: dict[object, list[OverdueItem]] = {}
        for place, item in enumerate(self.items):
            found.setdefault(item.number or place, []).append(item)
        return [tuple(items) for items in found.values()]

    @property
    def lines(self) -> list[tuple[OverdueItem, ...]]:
        """Return the same for each unit by itself: of a case another unit may owe something."""
        return lines_of(self.items)

    @property
    def standings(self) -> dict[str, list[OverdueItem]]:
        """Return by standing the worst item of each case: a case is counted once."""
        today, ranks = self.as_of.date(), list(STANDINGS)
        found: dict[str, list[OverdueItem]] = {key: [] for key in STANDINGS}
        for items in self.cases:
            worst = min(items, key=lambda item: ranks.index(standing(item, today, self.within)))
            found[standing(worst, today, self.within)].append(worst)
        return found

    def in_order(self) -> Overdue:
        """Return the list as a screen has it: late cases first, by grade and days, then due ones.

        What has to be found or reported comes before all, what only waits after all; what is late
        by a register alone stands behind the limits that were missed. The items of a case stay
        together, the gravest first.
        """
        today, ranks = self.as_of.date(), list(STANDINGS)

        def place(items: Sequence[OverdueItem]) -> tuple[object, ...]:
            first = min((FIRST.index(i.kind) for i in items if i.kind in FIRST), default=9)
            stands = min(ranks.index(standing(item, today, self.within)) for item in items)
            behind = all(i.kind in REGISTERED for i in items if i.workdays_late is not None)
            grade = max(Severity(item.severity).rank if item.severity else 0 for item in items)
            late = max(item.workdays_late or 0 for item in items)
            left = min((i.workdays_left for i in items if i.workdays_left is not None), default=0)
            age = max(item.age for item in items)
            soon = (left, -grade) if ranks[stands] in {"today", "tomorrow", "ahead"} else (0, 0)
            behind = behind and ranks[stands] == "late"
            return (first, stands, behind, soon, -grade, -late, -age, items[0].number or "")

        ordered = sorted(self.cases, key=place)
        return self._replace(items=tuple(item for items in ordered for item in items))

    def by_unit(self) -> tuple[Overdue, list[dict[str, Any]]]:
        """Group by unit: the one with the gravest item first, cases nobody has last.

        Return the list in that order, and each unit's name with its counts.
        """
        groups: dict[str | None, list[OverdueItem]] = {}
        for item in self.items:
            groups.setdefault(item.unit, []).append(item)
        nobody = groups.pop(None, [])
        if nobody:
            groups[None] = nobody
        items = tuple(item for group in groups.values() for item in group)
        return self._replace(items=items), [
            {"name": name, "counts": self._replace(items=tuple(group)).counts}
            for name, group in groups.items()
        ]


def lines_of(items: Iterable[OverdueItem]) -> list[tuple[OverdueItem, ...]]:
    """Return the items of each case and unit together; the task of a meeting stands alone."""
    found: dict[object, list[OverdueItem]] = {}
    for place, item in enumerate(items):
        found.setdefault((item.number, item.unit) if item.number else place, []).append(item)
    return [tuple(each) for each in found.values()]


def overdue(
    rows: Iterable[Waiting],
    now: datetime,
    calendar: Calendar,
    *,
    within: int,
    unsigned_after: int,
) -> Overdue:
    """Judge every waiting case at ``now``; ``within`` is in working days ahead."""
    items = (_judge(row, now, calendar, within, unsigned_after) for row in rows)
    found = sorted((i for i in items if i), key=_gravity)
    return Overdue(now, tuple(found), within=within)


def _judge(
    row: Waiting, now: datetime, calendar: Calendar, within: int, unsigned_after: int
) -> OverdueItem | None:
    age = workdays_between(row.since.date(), now.date(), calendar)
    if row.due is None:
        if row.kind == "unsigned" and age < unsigned_after:
            return None
        return _item(row, row.kind, age)
    if is_late(row.due, now):
        late = workdays_between(row.due.date(), now.date(), calendar)
        return _item(row, row.kind, age, late=late)
    left = workdays_between(now.date(), row.due.date(), calendar)
    if row.kind in UNTIL_ANSWERED:
        return _item(row, row.kind, age, left=left)
    kind = "due_soon" if row.kind in CLOCKS else row.kind
    return _item(row, kind, age, left=left) if left <= within else None


def _item(
    row: Waiting, kind: str, age: int, *, late: int | None = None, left: int | None = None
) -> OverdueItem:
    return OverdueItem(
        number=row.number,
        kind=kind,
        clock=row.kind if row.kind in CLOCKS else None,
        due=row.due,
        age=age,
        workdays_late=late,
        workdays_left=left,
        severity=row.severity,
        platform=row.platform,
        unit=row.unit,
        community=row.community,
        summary=row.text,
        provisional=row.provisional,
        remarks=row.remarks,
        confirmed=row.confirmed,
    )


def _gravity(item: OverdueItem) -> tuple[int, int, str, str]:
    """Order by kind, then severity, then the oldest promise, then the number."""
    since = item.due.isoformat() if item.due else f"{99999 - item.age:05d}"
    rank = Severity(item.severity).rank if item.severity else 0
    return (_GRAVITY[item.kind], -rank, since, item.number or "")

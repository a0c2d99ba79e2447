"""Cases on a terminal: one line a case, what presses first, days in words (五.1, 三.2, 三.3).

Pure: rows, the calendar and ``now`` come in; instants are Shanghai time. A case says one thing
in 工作日: its nearest limit, or how long it waits where no limit runs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lateness import is_late
from sixping.documents import phrases
from sixping.documents.cases import summary_of
from sixping.policy.vocabulary import Severity, Status
from sixping.render.fitting import HELPS, TELLS, staying
from sixping.render.table import Column
from sixping.util.clock import from_text, to_text
from sixping.util.text import spoken_number
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime, time

    from sixping.calendar.table import Calendar
    from sixping.render.table import Row, Tone
    from sixping.store.rows import CaseRow

COLUMNS = (
    Column("number", "编号", "number"),
    Column("days", "工作日"),
    Column("severity", "等级"),
    Column("status", "状态"),
    Column("lead", "单位"),
    Column("person", "经办人"),
    Column("next_due", "到期"),
    Column("community", "社区"),
    Column("category", "类别"),
    Column("summary", "内容", elastic=True, one_line=True),
)
#: what falls away, in this order, and the cells the text has to have for it to stay
_LEAVING = (
    ("category", HELPS), ("next_due", HELPS), ("community", HELPS), ("person", TELLS),
    ("status", TELLS), ("severity", TELLS),
)  # fmt: skip
UNFILLED = "(未填)"
#: follows the days of a case past the longest limit
BEYOND = "!"
HELD = "中止"
#: where no limit runs → since when somebody waits
_SINCE = {
    Status.DECISION: "accepted_at",
    Status.DISTRICT: "referred_at",
    Status.RESOLVED: "resolved_at",
}


class Moment(NamedTuple):
    """What a list is judged by: the time, the calendar in force, when the office closes.

    ``beyond``: the numbers of cases past the longest limit; ``held``: whose limits stand still.
    ``people``: who answers for each by name (附2.1); None: the street keeps no such register.
    """

    now: datetime
    calendar: Calendar
    closes: time
    beyond: Collection[str] = ()
    held: Collection[str] = ()
    people: Mapping[str, str | None] | None = None


def on_screen(
    rows: Sequence[CaseRow], at: Moment, width: int, *, reveal: bool = False
) -> tuple[list[dict[str, str | None]], list[Column]]:
    """Return lines and columns that a terminal of this width holds (research/screens.md)."""
    year = at.now.year
    lines = [_line(row, at, reveal=reveal) for row in rows]
    known = [head for head in COLUMNS if head.key != "person" or at.people is not None]
    heads, _ = staying(lines, known, width, year, _LEAVING)
    if all(head.key != "severity" for head in heads):
        for line in lines:
            line["summary"] = f"{phrases.grade_mark(line['severity'])}{line['summary']}"
    return lines, heads


def _line(row: CaseRow, at: Moment, *, reveal: bool) -> dict[str, str | None]:
    year = at.now.year
    source = phrases.source_mark(row.source_due, row.next_due) if row.open else ""
    return {
        "number": spoken_number(row.number, year),
        "days": days_said(row, at),
        "severity": phrases.grade_word(row.severity, confirmed=bool(row.confirmed)),
        "status": phrases.short_status(row.status),
        "lead": phrases.holder(row.lead, row.status) if row.open else row.lead,
        "person": (at.people or {}).get(row.number),
        "next_due": row.next_due and due_said(from_text(row.next_due), at.closes, year),
        "community": row.community or UNFILLED,
        "category": row.category,
        "summary": source + summary_of(row.private, reveal=reveal),
    }


def days_said(row: CaseRow, at: Moment) -> str:
    """Return ``超48日!``, ``今天``, ``剩4日``, ``等46日``; empty for a case nobody waits for."""
    today = at.now.date()
    if row.next_due:
        due = from_text(row.next_due)
        first, last = sorted((due.date(), today))
        days = workdays_between(first, last, at.calendar)
        late = is_late(row.next_due, to_text(at.now))
        said = phrases.standing(
            days if late else None, None if late else days, tomorrow=is_tomorrow(due, today)
        )
        return f"{said}{BEYOND}" if row.number in at.beyond else said
    if row.number in at.held:
        return HELD
    since = _SINCE.get(Status(row.status))
    if since is None or not (row.open or row.owes_feedback):
        return ""
    begun = from_text(max(getattr(row, since) or "", row.round_at))
    return f"等{workdays_between(begun.date(), today, at.calendar)}日"


def is_tomorrow(due: datetime, today: date) -> bool:
    """Return whether something falls due on the next day, working day or not."""
    return due.date() == today + timedelta(days=1)


def due_said(due: datetime, closes: time, this_year: int) -> str:
    """Return a due date as its day; the time only where it is not the end of office."""
    if due.time() == closes:
        return phrases.day(due.date(), this_year)
    return phrases.moment(due, this_year)


def tones(row: Row) -> Mapping[str, Tone]:
    """Return which cells of a line press how much; their words say it too."""
    found: dict[str, Tone] = {}
    days = row["days"] or ""
    if days.startswith("超"):
        found["days"] = "late"
    elif days in {"今天", "明天"}:
        found["days"] = "soon"
    return {**found, **of_grade(row["severity"])}


def of_grade(severity: str | None) -> Mapping[str, Tone]:
    """Return the tone of a grade: what is not 一般 presses."""
    return {"severity": "grave"} if severity and severity != Severity.ORDINARY else {}

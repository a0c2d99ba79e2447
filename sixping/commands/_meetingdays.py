"""The days of meetings as tables: proposed for a month, and the list of those called."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.commands import _field
from sixping.commands._meeting import proposed, regular
from sixping.meetingrules import Every, load_rules
from sixping.model import Platform
from sixping.pages.table import Column

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sixping.commands._frame import Desk
    from sixping.meetings import Meeting

NEXT = "next"
MONTH_COLUMNS = (
    Column("kind", "会议"),
    Column("platform", "平台"),
    Column("date", "拟定", "day"),
    Column("meeting", "已召集"),
    Column("held", "日期", "day"),
    Column("conveners", "召集人", "list"),
    Column("clause", "条款"),
    Column("note", "说明", elastic=True),
)
#: on a terminal narrower than this the column is left to wider ones and to other formats
MONTH_FROM = {"conveners": 120, "note": 180}
LIST_COLUMNS = (
    Column("id", "编号"),
    Column("date", "日期", "day"),
    Column("kind", "会议"),
    Column("platform", "平台"),
    Column("convener", "召集人"),
    Column("extraordinary", "临时", "bool"),
    Column("present", "到会", "int"),
    Column("minuted", "纪要", "bool"),
    Column("decisions", "决定", "int"),
    Column("tasks", "任务", "int"),
    Column("open_tasks", "未完成", "int"),
)


def proposals(desk: Desk, month: str | None) -> list[dict[str, Any]]:
    """Return the regular meetings of a month, with the day proposed and the one called."""
    from sixping import views
    from sixping.commands._books import books_of

    first, last = _month(desk, month)
    books = books_of(desk.existing_ledger())
    with views.reading(desk.ledger) as con:
        meetings = list(_field.meetings_on(con).values())
    rows = []
    for kind in load_rules().kinds:
        if kind.every is Every.ANY:
            continue
        for day in _starts(kind.every, first, last):
            want = proposed(kind, day, books)
            if want is not None and not first <= want <= last:
                continue
            for platform in tuple(Platform) if kind.per_platform else (None,):
                called = regular(kind, want or day, platform, meetings)
                rows.append(
                    {
                        "kind": kind.name, "platform": platform, "date": want,
                        "meeting": called and called.id, "held": called and called.day,
                        "conveners": list(kind.conveners), "clause": kind.clause,
                        "note": kind.note,
                    }
                )  # fmt: skip
    return rows


def _month(desk: Desk, month: str | None) -> tuple[date, date]:
    from sixping.moments import parse_month

    if month is not None and month != NEXT:
        return parse_month(month, desk.now)
    after = (desk.now.date().replace(day=1) + timedelta(days=31)).replace(day=1)
    return parse_month(f"{after:%Y-%m}", desk.now)


def _starts(every: Every, first: date, last: date) -> list[date]:
    if every is Every.MONTH:
        return [first]
    monday = first - timedelta(days=first.weekday())
    return [monday + timedelta(days=n) for n in range(0, (last - monday).days + 1, 7)]


def listed(meetings: Iterable[Meeting]) -> list[dict[str, Any]]:
    """Return meetings as rows, in order of their days."""
    from sixping.meetings import TaskState

    return [
        {
            "id": meeting.id,
            "date": meeting.day,
            "kind": meeting.sort,
            "platform": meeting.platform,
            "convener": meeting.convener,
            "extraordinary": meeting.extraordinary,
            "present": len(meeting.people),
            "minuted": meeting.ledger is not None,
            "decisions": len(meeting.decided),
            "tasks": len(meeting.tasks),
            "open_tasks": sum(t.state is TaskState.OPEN for t in meeting.tasks.values()),
        }
        for meeting in sorted(meetings, key=lambda one: (one.day, one.id))
    ]

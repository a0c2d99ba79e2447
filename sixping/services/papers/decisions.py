"""What a meeting decided, and how it stands: cases and tasks with their units and days (三.2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import summary_of
from sixping.documents.phrases import GONE
from sixping.office import registers
from sixping.office.meetings import TaskState
from sixping.queries.cases import case
from sixping.queries.office import decisions
from sixping.render.meeting import shown_text
from sixping.render.overdue import rows as by_case
from sixping.render.paper.office.decisions import Decided, Resolved, paper
from sixping.services.filters import Places
from sixping.services.meetings import closes_at
from sixping.services.office.attendance import KEY as MEETINGS
from sixping.services.overdue import found
from sixping.services.papers import origin_of
from sixping.services.personal.atmeetings import Veil
from sixping.services.rulebooks import naming_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.office.meetings import Meeting
    from sixping.render.paper.blocks import Paper
    from sixping.store.sqlite import Connection


def resolved(
    con: Connection, meeting: Meeting, now: datetime, *, reveal: bool = False
) -> list[Resolved]:
    """Return what a meeting decided, on cases first; what was said masked unless revealed."""
    meeting = meeting if reveal else Veil(con).meeting(meeting)
    return [
        *_on_cases(con, meeting, now, reveal=reveal),
        *_tasks(con, meeting, now, reveal=reveal),
    ]


def _on_cases(
    con: Connection, meeting: Meeting, now: datetime, *, reveal: bool
) -> Iterator[Resolved]:
    """Yield decisions on cases, also those recorded on the case alone."""
    said = {number: text for number, _, _, text in meeting.decided}
    decided = decisions(con, meeting.id)
    standing = by_case(found(con, now, 1, Places()).items) if decided else []
    late = {row["number"]: "、".join(row["parts"]) for row in standing if row["number"]}
    for number, (unit, due) in decided.items():
        row = case(con, number)
        state = f"{row.status}（{late[number]}）" if number in late else row.status
        text = shown_text(said[number] or GONE, reveal=reveal) if number in said else None
        assist = tuple(json.loads(row.assist)) if row.lead == unit else ()
        yield Resolved(number, "较大事项", text, unit, assist, due, state, open=bool(row.open))


def _tasks(con: Connection, meeting: Meeting, now: datetime, *, reveal: bool) -> Iterator[Resolved]:
    closes = closes_at(con, now)
    for task in meeting.tasks.values():
        late = task.late(now, closes)
        state = f"{task.state}{'，已超期' if late else ''}"
        outcome = shown_text(task.outcome, reveal=reveal)
        yield Resolved(
            task.id, task.sort or "会议任务", shown_text(task.text or GONE, reveal=reveal),
            task.unit, (), task.due, f"{state}：{outcome}" if outcome else state,
            open=task.state is TaskState.OPEN, late=late,
        )  # fmt: skip


def decided(
    con: Connection, meeting: Meeting, document: Mapping[str, Any], *, reveal: bool
) -> dict[str, Any]:
    """Return ``decisions`` with all cases that a meeting decided on; nothing asleep.

    Also one that is recorded on the case alone (``alone``, its ``text`` is the case's); one that
    the case took back is no decision any more.
    """
    if registers.begun(con, MEETINGS) is None:
        return {}
    standing = decisions(con, meeting.id)
    known = [one | {"alone": False} for one in document["decisions"] if one["number"] in standing]
    written = {one["number"] for one in known}
    alone = [
        {"number": number, "unit": unit, "due": due.isoformat(), "alone": True,
         "text": summary_of(case(con, number).private, reveal=reveal)}
        for number, (unit, due) in standing.items()
        if number not in written
    ]  # fmt: skip
    return {"decisions": [*known, *alone]}


def rows(found: Sequence[Resolved]) -> list[dict[str, Any]]:
    """Return decisions as rows."""
    return [
        {
            "id": one.name,
            "kind": one.kind,
            "unit": one.unit,
            "assist": list(one.assist),
            "due": one.due.isoformat(),
            "state": one.state,
            "text": one.text,
        }
        for one in found
    ]


def made(con: Connection, meeting: Meeting, now: datetime, *, reveal: bool = False) -> Paper:
    """Return what a meeting decided as a paper."""
    told = Decided(
        meeting.id,
        meeting.sort,
        naming_on(con, meeting.day).platform(meeting.platform),
        meeting.day,
        meeting.start,
        meeting.end,
        meeting.convener,
        resolved(con, meeting, now, reveal=reveal),
    )
    return paper(told, origin_of(con, now))

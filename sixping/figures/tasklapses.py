"""Decisions of meetings not carried out by their date (附1.3, 五.3).

Pure, over the entries of the meeting stream; a day ends at the close of business, by the
same comparison as every limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.figures.lapses import Lapse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.deadlines import Rules

_OF_TASKS = frozenset({"task_set", "task_moved", "task_done", "task_dropped"})


def task_lapses(entries: Iterable[Any], rules: Rules, now: datetime) -> Iterator[Lapse]:
    """Yield the tasks done, put off or still open after their day.

    ``entries`` are those of the stream, oldest first. A task that was dropped is none; one
    put off after its day had passed remains one, whatever its new day.
    """
    tasks: dict[str, list[Any]] = {}
    for entry in entries:
        if entry.event.kind in _OF_TASKS:
            tasks.setdefault(entry.event.task, []).append(entry)
    for name, log in tasks.items():
        yield from _of_one(name, log, rules, now)


def _of_one(name: str, log: list[Any], rules: Rules, now: datetime) -> Iterator[Lapse]:
    begun, unit = log[0], log[0].event.unit
    for ended in [*log[1:], None]:
        due = rules.close_of(begun.event.due)
        done = ended.event.kind if ended else ""
        if done != "task_dropped" and (ended.at if ended else now) > due:
            what = {"task_done": "逾期完成", "task_moved": "逾期后改期"}.get(done, "至今未完成")
            yield Lapse(
                number=None,
                kind="task",
                unit=unit,
                coordinator=None,
                due=due,
                happened=ended.at if ended else None,
                workdays_late=rules.calendar.between(
                    due.date(), (ended.at if ended else now).date()
                ),
                evidence=(begun.seq, *([ended.seq] if ended else ())),
                why=f"会议任务 {name}, {what} (附1.3)",
                since=due,
                severity=None,
                community=None,
            )
        if done in {"task_done", "task_dropped"}:
            return
        begun = ended or begun

"""Who is not to be named in what a meeting said: the reporters of the cases that it was about."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

from sixping.documents.cases import NOBODY, summary_of
from sixping.office.meetings import PLANS, meetings_on
from sixping.queries import cases
from sixping.queries.office import decided_by
from sixping.render.meeting import shown_text
from sixping.services.papers.roomwords import without_doors
from sixping.services.personal.named import NUMBER, Named
from sixping.util.masking import hide_names
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sixping.office.meetings import Meeting, Task
    from sixping.queries.meetings import OpenTask
    from sixping.store.sqlite import Connection


class Veil:
    """Hides the reporters of cases in the words of meetings, from one state of the ledger."""

    def __init__(self, con: Connection) -> None:
        """Read nothing yet."""
        self._con, self._named = con, Named(con)
        self._read: dict[str, Meeting] = {}

    @cached_property
    def _waiting(self) -> list[str]:
        return [row.number for row in cases.waiting(self._con, "decision")]

    def numbers(self, meeting: Meeting) -> list[str]:
        """Return the cases a meeting may speak of: decided on, named, waiting for one."""
        said = "\n".join(filter(None, _texts(meeting)))
        decided = [number for number, *_ in meeting.decided]
        found = (*decided, *decided_by(self._con, meeting.id), *NUMBER.findall(said))
        return list(dict.fromkeys((*found, *self._waiting)))

    def meeting(self, meeting: Meeting) -> Meeting:
        """Return a meeting in whose words no reporter is named."""
        numbers = self.numbers(meeting) if any(_texts(meeting)) else ()
        hide = hider(self._named, numbers)
        if hide is None:
            return meeting

        return dataclasses.replace(
            meeting,
            reason=hide(meeting.reason),
            items=[(no, hide(text)) for no, text in meeting.items],
            slots={slot: hide(text) for slot, text in meeting.slots.items()},
            excused={who: hide(text) for who, text in meeting.excused.items()},
            excused_guests={who: hide(text) for who, text in meeting.excused_guests.items()},
            decided=[(no, unit, due, hide(text)) for no, unit, due, text in meeting.decided],
            tasks={
                name: dataclasses.replace(task, text=hide(task.text), outcome=hide(task.outcome))
                for name, task in meeting.tasks.items()
            },
        )

    def meetings(self, meetings: Mapping[str, Meeting]) -> dict[str, Meeting]:
        """Return the same of many, by id."""
        return {name: self.meeting(each) for name, each in meetings.items()}

    def just_set(self, task: Task) -> Task:
        """Return a task that was just recorded as it may be answered."""
        meeting = meetings_on(self._con, task.meeting)[task.meeting]
        return self.meeting(meeting).task(task.id)

    def tasks(self, *, reveal: bool = False) -> list[Task]:
        """Return every task: those of meetings, then plans of none; ``reveal``: as was said."""
        found = [*meetings_on(self._con).values(), *meetings_on(self._con, PLANS).values()]
        shown = found if reveal else map(self.meeting, found)
        return [task for meeting in shown for task in meeting.tasks.values()]

    def task(self, row: OpenTask) -> str:
        """Return what an open task is on one line, masked; a sign after an erasure."""
        if row.private is None:
            return summary_of(None)
        name = row.task.partition(".")[0]
        if name not in self._read:
            self._read[name] = self.meeting(meetings_on(self._con, name)[name])
        return clean(shown_text(self._read[name].tasks[row.task].text, reveal=False) or "")


def hider(named: Named, numbers: Iterable[str]) -> Callable[[str | None], str | None] | None:
    """Return what hides who reported these cases, and their doors; None: nobody is to be hidden."""
    people = NOBODY
    said: list[str] = []
    for number in numbers:
        whom, words = named.told(number)
        people, said = people.joined(whom), [*said, *words]

    def hide(text: str | None) -> str | None:
        return text and without_doors(hide_names(text, people.names, people.places), said)

    return hide if said else None


def _texts(meeting: Meeting) -> Iterator[str | None]:
    yield meeting.reason
    yield from (text for _, text in meeting.items)
    yield from meeting.slots.values()
    yield from (*meeting.excused.values(), *meeting.excused_guests.values())
    yield from (text for *_, text in meeting.decided)
    for task in meeting.tasks.values():
        yield from (task.text, task.outcome)

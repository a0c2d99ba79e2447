"""A newer export of a source moves the cases of a ledger on, by batches of its rows (二.1).

Most rows say what the ledger has: that is told by one look at their states; the log of a case is
read only where its row says something else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import fold
from sixping.cases.step import CaseEntry
from sixping.cases.steps.source import PLACES
from sixping.policy.vocabulary import Status
from sixping.queries import updating
from sixping.services.advancing import ENDED_BY_RESULT, WITHDRAWN, moved
from sixping.store.log import read_entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sixping.cases.step import Step
    from sixping.importing.convert import ImportedRow
    from sixping.queries.updating import State
    from sixping.services.advancing import Difference, Ground, Moved, Remark
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Writer

S = Status
#: how many rows that differ, and remarks, are kept for the screen
MOST = 1000
#: what becomes of a case by a file, in the order people are told → its word
STAGES = {
    "accepted": "受理", "assigned": "分派", "resolved": "办结", "fed_back": "反馈",
    "closed": "归档", "source_withdrawn": "撤回", "source_stated": "只有状态",
}  # fmt: skip


class Summary(NamedTuple):
    """What became of the rows of known cases; ``steps`` by kind, ``fresh``: of new reports."""

    moved: int
    unchanged: int
    differing: int
    fresh: int
    steps: Counter[str]
    differences: Sequence[Difference]
    remarks: Sequence[Remark]


class Updater:
    """Moves the cases of a file on, or (without a writer) tells what it would come to."""

    def __init__(self, con: Connection, ground: Ground, writer: Writer | None) -> None:
        """``con`` reads what the writer wrote, if there is one."""
        self._con, self._ground, self._writer = con, ground, writer
        self._planned: dict[str, list[CaseEntry]] = {}  # without a writer: what it would add
        self._steps: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._differences: list[Difference] = []
        self._remarks: list[Remark] = []

    @property
    def summary(self) -> Summary:
        """Return what became of the rows so far."""
        counts = self._counts
        return Summary(
            counts["moved"], counts["unchanged"], counts["differing"], counts["fresh"],
            self._steps, self._differences, self._remarks,
        )  # fmt: skip

    def known(self, rows: Iterable[tuple[str, ImportedRow, str | None]]) -> None:
        """Take rows of cases that are in the ledger: number, row, its unit as we call it."""
        rows = list(rows)
        numbers = sorted({number for number, _, _ in rows})
        states, steps = updating.states(self._con, numbers), updating.dated(self._con, numbers)
        for number, row, unit in rows:
            state = states.get(number)
            if state is None:
                continue
            if number not in self._planned and _says_the_same(number, row, unit, state, steps):
                self._counts["unchanged"] += 1
                continue
            log = self._planned.get(number) or read_entries(self._con, number)
            found = self._move(number, log, row, unit)
            outcome = "moved" if found.steps else "differing" if found.differences else "unchanged"
            self._counts[outcome] += 1

    def fresh(self, number: str, entry: CaseEntry, row: ImportedRow, unit: str | None) -> None:
        """Take the row of a report that is new: it goes on as far as its row says."""
        if self._move(number, [entry], row, unit).steps:
            self._counts["fresh"] += 1

    def _move(self, number: str, log: list[CaseEntry], row: ImportedRow, unit: str | None) -> Moved:
        found = moved(number, log, row, unit, self._ground)
        self._differences += found.differences[: MOST - len(self._differences)]
        self._remarks += found.remarks[: MOST - len(self._remarks)]
        self._steps.update(event.kind for event, _ in found.steps)
        if found.steps:
            self._record(number, log, found.steps)
        return found

    def _record(
        self, number: str, log: list[CaseEntry], steps: Sequence[tuple[Step, datetime]]
    ) -> None:
        stamp = self._ground.stamp
        if self._writer is None:
            last = max(entry.seq for entry in log)
            self._planned[number] = [
                *log,
                *(
                    CaseEntry(
                        seq=last + place, at=at, recorded_at=stamp.now, event=event, by=stamp.by
                    )
                    for place, (event, at) in enumerate(steps, 1)
                ),
            ]
            return
        case = fold(number, log)
        for event, at in steps:
            case, _ = self._writer.step(number, event, at, case, self._ground.rules)


def _says_the_same(
    number: str, row: ImportedRow, unit: str | None, state: State, steps: set[tuple[str, str, str]]
) -> bool:
    """Return whether a row surely says no more than the ledger has, without reading its log."""
    status = S(state.status)
    if not _no_further(row, status):
        return False
    said = (
        (row.accepted, state.accepted_at), (row.assigned, state.assigned_at),
        (row.resolved, state.resolved_at), (row.satisfaction, state.satisfaction),
    )  # fmt: skip
    if any(file is not None and file != known for file, known in said):
        return False
    if unit not in (None, state.lead) and _handled(row):
        return False
    dated = (("fed_back", row.fed_back), ("closed", row.closed))
    if any(at is not None and (number, kind, at) not in steps for kind, at in dated):
        return False
    return not row.feedback or state.fed_back == 1 or status not in ENDED_BY_RESULT


def _no_further(row: ImportedRow, status: Status) -> bool:
    said = row.status
    if row.withdrawn or said in WITHDRAWN:
        return status in WITHDRAWN
    if said in (None, S.UNKNOWN, status):
        return True
    return said in PLACES and status in PLACES and PLACES[said] <= PLACES[status]


def _handled(row: ImportedRow) -> bool:
    """Return whether a row says that a unit has, or had, the matter."""
    stated = row.status in PLACES and PLACES[row.status] >= PLACES[S.HANDLING]
    return stated or bool(row.assigned or row.resolved or row.closed)

"""A newer export of a source moves the cases of a ledger on, by batches of its rows (二.1).

Most rows say what the ledger has: that is told by one look at their states; the log of a case is
read only where its row says something else.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from sixping.cases.lifecycle import fold
from sixping.cases.step import CaseEntry
from sixping.cases.steps import read_event
from sixping.cases.steps.intake import Reported
from sixping.cases.steps.source import PLACES, SourceStated
from sixping.importing.convert import ImportedRow
from sixping.policy.vocabulary import Status
from sixping.queries import updating
from sixping.services.updating.advancing import ENDED_BY_RESULT, WITHDRAWN, moved, stated
from sixping.store.log import read_entries
from sixping.store.recognition import Known
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sixping.cases.step import Step
    from sixping.queries.updating import State
    from sixping.services.updating.advancing import Difference, Ground, Remark
    from sixping.store.prepared import Prepared
    from sixping.store.recognition import New
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Writer

S = Status
T = TypeVar("T")
#: what a case has been through that only its log tells
_LOOKED_AT = ("voided", "reopened")
#: how many rows that differ, and remarks, are kept for the screen
MOST = 1000
#: how many cases are kept while one only looks ahead
KEPT = 5000


class Summary(NamedTuple):
    """What became of the rows of known cases; ``steps`` by kind, ``fresh``: of new reports.

    ``differences`` and ``remarks`` are the first thousand of ``listed`` and ``remarked``.
    """

    moved: int
    unchanged: int
    differing: int
    fresh: int
    steps: Counter[str]
    differences: Sequence[Difference]
    remarks: Sequence[Remark]
    listed: int
    remarked: int


class Updater:
    """Moves the cases of a file on, or (without a writer) tells what it would come to.

    A new report goes on as far as its row says; a known one with ``update`` only, else it is
    told how many would.
    """

    def __init__(
        self, con: Connection, ground: Ground, writer: Writer | None, *, update: bool
    ) -> None:
        """``con`` reads what the writer wrote, if there is one."""
        self._con, self._ground, self._writer, self._update = con, ground, writer, update
        self._planned: dict[str, list[CaseEntry]] = {}  # what the ledger would have, not has
        self._moved: set[str] = set()  # by rows of this batch
        self._noted: dict[str, New] = {}  # reports that would be new
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
            self._steps, self._differences, self._remarks, counts["listed"], counts["remarked"],
        )  # fmt: skip

    def known(self, rows: Sequence[Known]) -> None:
        """Take rows whose reports were there before, in the ledger or in the file."""
        numbers = sorted({row.number for row in rows if row.newer and row.number})
        states, said = updating.states(self._con, numbers), updating.said(self._con, numbers)
        self._moved.clear()
        for row in rows:
            outcome = "unchanged"
            if row.newer:
                log = self._planned.get(_name(row))
                report, state = _report(row.record), states.get(row.number)
                unit = row.record.unit
                anew = log is not None or row.number in self._moved
                if anew or not says_the_same(row.number, report, unit, state, said):
                    outcome = self._go_on(row, log, write=self._update)
            self._counts[outcome] += 1
        self._flush()

    def fresh(self, rows: Collection[New]) -> None:
        """Take rows whose reports are new."""
        for row in rows:
            live = row.record.template.kind == Reported.kind
            if _goes_on(_report(row.record), live=live):
                if self._go_on(row, self._came_in(row), write=True) == "moved":
                    self._counts["fresh"] += 1
            elif self._writer is None:
                _keep(self._noted, _name(row), row)
        self._flush()

    def _came_in(self, row: New) -> list[CaseEntry]:
        """Return the log of a case that came in by this row."""
        template, record = row.record.template, row.record
        words = template.words(record)
        event = read_event(template.kind, template.facts % template.fill(record.values), words)
        now, at = self._ground.stamp.now, from_text(record.at)
        return [CaseEntry(seq=row.seq, at=at, recorded_at=now, event=event)]

    def _flush(self) -> None:
        if self._writer is not None:
            self._writer.flush()

    def _go_on(self, row: Known | New, log: list[CaseEntry] | None, *, write: bool) -> str:
        """Take what a row says of its case; return what came of it."""
        if log is None:
            noted = self._noted.get(_name(row))
            if row.number in self._moved:
                self._flush()
            log = self._came_in(noted) if noted else read_entries(self._con, row.number)
        if not log:
            return "unchanged"
        number, record = row.number or "新登记", row.record
        report = _report(record)._replace(row=record.row)
        found = moved(number, log, report, record.unit, self._ground)
        of_known = isinstance(row, Known)
        if self._update or not of_known:
            self._differences += found.differences[: MOST - len(self._differences)]
            self._remarks += found.remarks[: MOST - len(self._remarks)]
            self._counts.update(listed=len(found.differences), remarked=len(found.remarks))
            self._steps.update(_kind(event) for event, _ in found.steps)
        if found.steps and self._writer is not None and write:
            case = fold(number, log)
            self._moved.add(number)
            for event, at in found.steps:
                case, _ = self._writer.step(number, event, at, case, self._ground.rules)
        elif found.steps:
            self._plan(_name(row), log, found.steps)
        return "moved" if found.steps else "differing" if found.differences else "unchanged"

    def _plan(
        self, name: str, log: list[CaseEntry], steps: Sequence[tuple[Step, datetime]]
    ) -> None:
        """Keep what the ledger would have of a case: a later row of the file goes on from there."""
        stamp, last = self._ground.stamp, max(entry.seq for entry in log)
        more = (
            CaseEntry(seq=last + place, at=at, recorded_at=stamp.now, event=event, by=stamp.by)
            for place, (event, at) in enumerate(steps, 1)
        )
        _keep(self._planned, name, [*log, *more])


def _kind(event: Step) -> str:
    """Return what people are told of a step: its kind, or that only a limit is new."""
    if not isinstance(event, SourceStated) or event.source_due is None:
        return event.kind
    return (
        "source_due"
        if event == SourceStated(by_file=event.by_file, source_due=event.source_due)
        else event.kind
    )


def _keep(cases: dict[str, T], name: str, what: T) -> None:
    """Keep what later rows of a file may ask for, of the last so many cases."""
    if len(cases) >= KEPT:
        del cases[next(iter(cases))]
    cases[name] = what


def _name(row: Known | New) -> str:
    """Return what a case is called whose number is not taken while one only looks ahead."""
    return row.number or f"第 {row.seq} 号"


def _report(record: Prepared) -> ImportedRow:
    assert isinstance(record.report, ImportedRow)  # noqa: S101 - every row of a file is one
    return record.report


def _goes_on(row: ImportedRow, *, live: bool) -> bool:
    """Return whether a row says more of its matter than the record it comes in as has."""
    if row.accepted or row.assigned or row.fed_back or row.closed or row.withdrawn:
        return True
    moves = row.status not in (None, S.REPORTED, S.UNKNOWN)
    return live and bool(moves or row.resolved)


def says_the_same(
    number: str,
    row: ImportedRow,
    unit: str | None,
    state: State | None,
    said: updating.Said,
) -> bool:
    """Return whether a row surely says no more than the ledger has, without reading its log."""
    if state is None or any((number, kind, "") in said for kind in _LOOKED_AT):
        return False
    status = S(state.status)
    if not _no_further(row, unit, status):
        return False
    pairs = (
        (row.accepted, state.accepted_at), (row.assigned, state.assigned_at),
        (row.resolved, state.resolved_at), (row.satisfaction, state.satisfaction),
        (row.source_due, state.source_due),
    )  # fmt: skip
    if any(file is not None and file != known for file, known in pairs):
        return False
    if unit not in (None, state.lead) and _handled(row):
        return False
    dated = (("fed_back", row.fed_back), ("closed", row.closed))
    if any(at is not None and (number, kind, at) not in said for kind, at in dated):
        return False
    return status not in ENDED_BY_RESULT or _same_words(number, row, state, said)


def _same_words(number: str, row: ImportedRow, state: State, said: updating.Said) -> bool:
    """Return whether a row says of a result, and of its telling, what the ledger has."""
    outcome, feedback = (updating.squeezed(word or "") for word in (row.outcome, row.feedback))
    if outcome and (number, updating.OUTCOME, outcome) not in said:
        return False
    if not feedback or row.fed_back:
        return True
    known = {(number, updating.FEEDBACK, feedback), (number, "fed_back", "")}
    return state.fed_back == 1 and (feedback == outcome or bool(known & said))


def _no_further(row: ImportedRow, unit: str | None, status: Status) -> bool:
    if row.withdrawn or row.status in WITHDRAWN:
        return status in WITHDRAWN
    place = stated(row, unit)
    if place in (None, status):
        return True
    return status in PLACES and place in PLACES and PLACES[place] <= PLACES[status]


def _handled(row: ImportedRow) -> bool:
    """Return whether a row says that a unit has, or had, the matter."""
    stated = row.status in PLACES and PLACES[row.status] >= PLACES[S.HANDLING]
    return stated or bool(row.assigned or row.resolved or row.closed)

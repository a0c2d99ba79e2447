"""Rows of a case for reading: what the tables hold at a seq, as a pure function of it.

What was said of a case stands once (``case_facts``) until a step says otherwise; a row of what
the steps move (``case_moves``, ``clock_moves``) ends and the next begins only when it changes.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import LOOKING_BACK, evolve, fold
from sixping.cases.step import Voided
from sixping.policy.vocabulary import ClockKind, Platform, Severity, Status
from sixping.store.rows import MOVE_COLUMNS, RULE_COLUMNS, STOPPED_COLUMNS, TERM_COLUMNS
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sixping.cases.model import Case, Clock
    from sixping.cases.step import CaseEntry

    Row = tuple[str | int | None, ...]
    ClockRows = dict[tuple[str, int], Row]


_RULES = len(STOPPED_COLUMNS) - len(RULE_COLUMNS)
_STOPPED = TERM_COLUMNS.index("stopped")
_LAST = MOVE_COLUMNS.index("last_seq")


@lru_cache(maxsize=4096)
def _text(value: datetime | None) -> str | None:
    return None if value is None else to_text(value)


def _flag(value: bool | None) -> int | None:  # noqa: FBT001 - a value, not a switch
    return None if value is None else int(value)


_WORDS = {word: word.value for words in (Status, Severity, Platform, ClockKind) for word in words}
"""Plain strings of the enums: ``value`` is a call in Python, and these are rows by the million."""


#: what only a replay asks of a report that was merged in
_OF_REPLAY = ("since", "limits")
#: what few reports have: left out where it is not known
_RARE = ("about_unit", "about_person")


def _listed(records: Iterable[NamedTuple], without: Collection[str] = ()) -> str | None:
    """Return records as a JSON list of objects; most cases have none."""
    if not records:
        return None
    found = [
        {
            name: _plain(value)
            for name, value in r._asdict().items()
            if name not in without and not (value is None and name in _RARE)
        }
        for r in records
    ]
    return json.dumps(found, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return to_text(value)
    return value.isoformat() if isinstance(value, date) else value


def _waiting_urge(case: Case) -> Row:
    """Return level, time and answer date of the oldest demand that nobody answered."""
    if not case.urges or not case.unanswered:
        return (None, None, None)
    urge = case.unanswered[0]
    by = urge.answer_by.isoformat() if urge.answer_by else None
    return (urge.level, to_text(urge.at), by)


def said_of(case: Case) -> Row:
    """Return the values of ``SAID_COLUMNS``."""
    return (
        case.channel,
        to_text(case.received_at),
        None if case.recorded_at == case.received_at else to_text(case.recorded_at),
        _WORDS[case.severity],
        _WORDS[case.platform] if case.platform else None,
        case.category,
        int(case.unsure),
        case.community,
        case.grid,
        int(case.anonymous),
        int(case.confirmed),
        case.words_seq,
        case.about_unit,
        case.about_person,
        _text(case.source_due),
        case.nature,
        case.service,
    )


def state_of(case: Case) -> Row:
    """Return the values of ``STATE_COLUMNS``."""
    return (
        _WORDS[case.status],
        int(case.imported),
        case.lead,
        json.dumps(case.assist, ensure_ascii=False) if case.assist else None,
        case.coordinator,
        case.round,
        None if case.round_at == case.received_at else to_text(case.round_at),
        _text(case.accepted_at),
        _text(case.assigned_at),
        _text(case.signed_at),
        _text(case.returned_at),
        case.returns,
        _text(case.resolved_at),
        None if case.ended_at == case.resolved_at else _text(case.ended_at),
        _flag(case.fed_back),
        case.satisfaction,
        _flag(case.verified),
        _text(case.consulted_at),
        _text(case.decided_at),
        _text(case.referred_at),
        case.outcome_kind,
        int(case.to_platform),
        int(case.received),
        case.merged_into,
        _WORDS[case.merged_from] if case.merged_from else None,
        _listed(case.others, _OF_REPLAY),
        _listed(case.urges),
        _listed(case.parts),
        *_waiting_urge(case),
        int(case.open),
        int(case.owes_feedback),
        int(case.emergency),
        case.person,
        _listed(case.owed),
    )


def stopped_at(terms: Row) -> str | int | None:
    """Return when a clock of these terms stopped."""
    return terms[_STOPPED]


def terms_of(clock: Clock) -> Row:
    """Return the values of ``TERM_COLUMNS``."""
    return (
        _text(clock.started),
        _text(clock.due),
        _text(clock.stopped),
        _text(clock.held_at),
        int(clock.dropped),
        int(clock.unknown),
        clock.workdays,
        int(clock.provisional),
        int(clock.born_late),
        clock.clause,
        clock.profile,
        clock.edition,
        clock.calendar,
    )


def clocks_of(case: Case | None) -> ClockRows:
    """Return the values of ``TERM_COLUMNS`` by kind and round of clock."""
    if case is None:
        return {}
    return {(_WORDS[c.kind], c.round): terms_of(c) for c in case.clocks}


def move_row(case: Case, state: Row, seq: int, intake: int, said: int) -> Row:
    """Return the row of ``MOVE_COLUMNS`` that begins with an event.

    ``intake`` is the first event of the case, ``said`` the one whose facts hold.
    """
    anew = None if said == intake else said
    return (case.number, seq, None, case.version, None, intake, anew, *state)


def clock_row(number: str, clock: tuple[str, int], terms: Row, seq: int) -> Row:
    """Return the row of ``STOPPED_COLUMNS`` that begins with the event ``seq``."""
    return (number, *clock, seq, None, None, *terms)


def clock_move_row(row: Row, terms: Callable[[Row], int | None]) -> Row:
    """Return the row of ``CLOCK_MOVE_COLUMNS`` of one of ``STOPPED_COLUMNS``.

    ``terms`` gives the number under which the values of ``RULE_COLUMNS`` stand.
    """
    return (*row[:_RULES], terms(row[_RULES:]))


class Changed(NamedTuple):
    """The clocks that stopped and did not change otherwise, whose row ends, whose begins."""

    stopped: list[tuple[str, int]]
    ended: list[tuple[str, int]]
    begun: list[tuple[str, int]]


def changed_clocks(before: ClockRows, after: ClockRows) -> Changed:
    """Return what becomes of the rows of clocks."""
    changed = Changed([], [], [])
    for clock in before | after:
        old, new = before.get(clock), after.get(clock)
        if old == new:
            continue
        if old and new and old == (*new[:_STOPPED], None, *new[_STOPPED + 1 :]):
            changed.stopped.append(clock)
            continue
        if old:
            changed.ended.append(clock)
        if new:
            changed.begun.append(clock)
    return changed


class History:
    """The rows of one case from its first event on: what ``rebuild`` writes and ``verify`` expects.

    The writer closes rows by statements where this one does it in memory; both hold the same
    values against each other, and a test holds the tables together.
    """

    def __init__(self, number: str, intake_seq: int) -> None:
        """Begin with no rows: of ``FACT_COLUMNS``, ``MOVE_COLUMNS``, ``STOPPED_COLUMNS``."""
        self.number = number
        self.intake_seq = intake_seq
        self.facts: list[Row] = []
        self.moves: list[Row] = []
        self.clocks: list[Row] = []
        self._state: Row | None = None
        self._clocks: tuple[Clock, ...] = ()
        self._terms: ClockRows = {}
        self._places: dict[tuple[str, int], int] = {}

    def add(self, case: Case, seq: int) -> None:
        """Take the case as it stands after the event ``seq``."""
        said, state = said_of(case), state_of(case)
        if not self.facts or self.facts[-1][2:] != said:
            self.facts.append((seq, self.number, *said))
            self._state = None
        row = move_row(case, state, seq, self.intake_seq, int(self.facts[-1][0] or 0))
        if self._state == state:
            self.moves[-1] = (*self.moves[-1][:2], *row[2:_LAST], seq, *row[_LAST + 1 :])
        else:
            if self.moves:
                self.moves[-1] = (*self.moves[-1][:2], seq, *self.moves[-1][3:])
            self.moves.append(row)
            self._state = state
        if case.clocks is not self._clocks:
            self._clocks = case.clocks
            self._add_clocks(clocks_of(case), seq)

    def _add_clocks(self, terms: ClockRows, seq: int) -> None:
        changed = changed_clocks(self._terms, terms)
        for clock in changed.stopped:
            row = self.clocks[self._places[clock]]
            self.clocks[self._places[clock]] = (*row[:5], seq, *terms[clock])
        for clock in changed.ended:
            row = self.clocks[self._places[clock]]
            self.clocks[self._places[clock]] = (*row[:4], seq, *row[5:])
        for clock in changed.begun:
            self._places[clock] = len(self.clocks)
            self.clocks.append(clock_row(self.number, clock, terms[clock], seq))
        self._terms = terms


def replay(number: str, entries: Iterable[CaseEntry]) -> Iterator[tuple[Case, int, int | None]]:
    """Yield the case after each entry, that entry's seq and the seq it voided, if any.

    Raises what ``lifecycle`` raises when the entries do not make a case.
    """
    case: Case | None = None
    seen: list[CaseEntry] = []
    for entry in entries:
        seen.append(entry)
        gone = entry.event.seq if isinstance(entry.event, Voided) else None
        anew = isinstance(entry.event, LOOKING_BACK)
        case = fold(number, seen) if anew else evolve(case, entry, number)
        yield case, entry.seq, gone

"""Rows of a case for reading: what the tables hold at a seq, as a pure function of it.

The last columns of ``case_states`` and ``clock_states`` are the attributes compared here;
a row is closed and a new one opened only when one of them changes. The statements that write
stand here too: one place, prepared once per connection by SQLite.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import evolve, fold
from sixping.cases.model import Status
from sixping.cases.steps import Voided
from sixping.policy.vocabulary import ClockKind, Platform, Severity
from sixping.store import chain
from sixping.store.rows import CASE_COLUMNS, CLOCK_COLUMNS
from sixping.util.clock import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sixping.cases.model import Case, Clock
    from sixping.cases.steps import CaseEntry

    Row = tuple[str | int | None, ...]


@lru_cache(maxsize=4096)
def _text(value: datetime | None) -> str | None:
    return None if value is None else text_of(value)


def _flag(value: bool | None) -> int | None:  # noqa: FBT001 - a value, not a switch
    return None if value is None else int(value)


_WORDS = {word: word.value for words in (Status, Severity, Platform, ClockKind) for word in words}
"""Plain strings of the enums: ``value`` is a call in Python, and these are rows by the million."""


def _listed(records: tuple[NamedTuple, ...]) -> str:
    """Return records as a JSON list of objects; most cases have none."""
    if not records:
        return "[]"
    found = [{name: _plain(value) for name, value in r._asdict().items()} for r in records]
    return json.dumps(found, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return text_of(value)
    return value.isoformat() if isinstance(value, date) else value


def _waiting_urge(case: Case) -> Row:
    """Return level, time and answer date of the oldest demand that nobody answered."""
    if not case.urges or not case.unanswered:
        return (None, None, None)
    urge = case.unanswered[0]
    by = urge.answer_by.isoformat() if urge.answer_by else None
    return (urge.level, text_of(urge.at), by)


def state_of(case: Case) -> Row:
    """Return the values of ``STATE_COLUMNS``."""
    return (
        _WORDS[case.status],
        case.channel,
        text_of(case.received_at),
        text_of(case.recorded_at),
        _WORDS[case.severity],
        _WORDS[case.platform] if case.platform else None,
        case.category,
        int(case.unsure),
        case.source_no,
        case.community,
        case.grid,
        int(case.anonymous),
        int(case.imported),
        case.lead,
        json.dumps(case.assist, ensure_ascii=False) if case.assist else "[]",
        case.coordinator,
        case.round,
        text_of(case.round_at),
        _text(case.accepted_at),
        _text(case.assigned_at),
        _text(case.signed_at),
        _text(case.returned_at),
        case.returns,
        _text(case.resolved_at),
        _text(case.ended_at),
        int(case.fed_back),
        case.satisfaction,
        _flag(case.verified),
        _text(case.consulted_at),
        _text(case.decided_at),
        _text(case.referred_at),
        int(case.received),
        case.merged_into,
        _WORDS[case.merged_from] if case.merged_from else None,
        _listed(case.others),
        _listed(case.urges),
        _listed(case.parts),
        *_waiting_urge(case),
        int(case.open),
        int(case.owes_feedback),
    )


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
        clock.clause,
        int(clock.provisional),
        clock.profile,
        clock.edition,
        clock.calendar,
    )


def clocks_of(case: Case | None) -> dict[tuple[str, int], Row]:
    """Return the clocks' values by kind and round."""
    if case is None:
        return {}
    return {(_WORDS[c.kind], c.round): terms_of(c) for c in case.clocks}


class History:
    """The rows of one case from its first event on: what ``rebuild`` writes and ``verify`` expects.

    ``append`` in the ledger reaches the same rows by statements; a test holds them together.
    """

    def __init__(self, number: str, intake_seq: int) -> None:
        """Begin with no rows."""
        self.number = number
        self.intake_seq = intake_seq
        self.cases: list[Row] = []
        self.clocks: list[Row] = []
        self._state: Row | None = None
        self._clocks: tuple[Clock, ...] = ()
        self._terms: dict[tuple[str, int], tuple[int, Row]] = {}

    def add(self, case: Case, seq: int) -> None:
        """Take the case as it stands after the event ``seq``."""
        state = state_of(case)
        if self._state == state:
            number, start = self.cases[-1][:2]
            self.cases[-1] = (number, start, None, case.version, seq, self.intake_seq, *state)
        else:
            if self.cases:
                number, start, _, *rest = self.cases[-1]
                self.cases[-1] = (number, start, seq, *rest)
            self.cases.append((self.number, seq, None, case.version, seq, self.intake_seq, *state))
            self._state = state
        if case.clocks is not self._clocks:
            self._clocks = case.clocks
            self._add_clocks(clocks_of(case), seq)

    def _add_clocks(self, terms: dict[tuple[str, int], Row], seq: int) -> None:
        for key in self._terms.keys() - terms.keys():
            self._end(key, seq)
        for key, values in terms.items():
            if key in self._terms and self._terms[key][1] == values:
                continue
            if key in self._terms:
                self._end(key, seq)
            self._terms[key] = (len(self.clocks), values)
            self.clocks.append((self.number, *key, seq, None, *values))

    def _end(self, key: tuple[str, int], seq: int) -> None:
        place, _ = self._terms.pop(key)
        row = self.clocks[place]
        self.clocks[place] = (*row[:4], seq, *row[5:])


def changed_clocks(
    before: Case | None, after: Case
) -> tuple[list[tuple[str, int]], list[tuple[str, int, Row]]]:
    """Return the clocks whose row ends, and those for which a new row begins."""
    old, new = clocks_of(before), clocks_of(after)
    ended = [key for key in old if new.get(key) != old[key]]
    begun = [(*key, values) for key, values in new.items() if old.get(key) != values]
    return ended, begun


def replay(number: str, entries: Iterable[CaseEntry]) -> Iterator[tuple[Case, int, int | None]]:
    """Yield the case after each entry, that entry's seq and the seq it voided, if any.

    Raises what ``lifecycle`` raises when the entries do not make a case.
    """
    case: Case | None = None
    seen: list[CaseEntry] = []
    for entry in entries:
        seen.append(entry)
        gone = entry.event.seq if isinstance(entry.event, Voided) else None
        case = evolve(case, entry, number) if gone is None else fold(number, seen)
        yield case, entry.seq, gone


INSERT_EVENT = (
    f"INSERT INTO events ({', '.join(chain.FIELDS)}, hash)"
    f" VALUES ({', '.join('?' * (len(chain.FIELDS) + 1))})"
)
INSERT_TOLD = "INSERT INTO told (seq, salt, fields) VALUES (?, ?, ?)"
INSERT_TRACE = "INSERT INTO traces (seq, number, received_at, phone, place) VALUES (?, ?, ?, ?, ?)"
INSERT_REQUEST = "INSERT INTO requests (key, seq, digest) VALUES (?, ?, ?)"
INSERT_STATE = (
    f"INSERT INTO case_states ({', '.join(CASE_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(CASE_COLUMNS))})"
)
INSERT_CLOCK = (
    f"INSERT INTO clock_states ({', '.join(CLOCK_COLUMNS)})"
    f" VALUES ({', '.join('?' * len(CLOCK_COLUMNS))})"
)
TOUCH_STATE = "UPDATE case_states SET version = ?, last_seq = ? WHERE number = ? AND to_seq IS NULL"
END_STATE = "UPDATE case_states SET to_seq = ? WHERE number = ? AND to_seq IS NULL"
END_CLOCK = (
    "UPDATE clock_states SET to_seq = ?"
    " WHERE number = ? AND kind = ? AND round = ? AND to_seq IS NULL"
)

"""The one writer of events: the row of an event, its link in the chain, and the rows it changes.

One step, many steps and the events beside the cases all come through ``Writer.add_event``, the
reports of an import through ``add_reports``, and ``Writer.step`` alone takes a step of a case. Rows
wait until ``flush`` writes them, an event before whatever refers to it.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.codec import facts_of, private_fields, private_text
from sixping.cases.contactkeys import contact_keys
from sixping.cases.lifecycle import LOOKING_BACK, advance, check_step, received_at, refold
from sixping.cases.step import CaseEntry, Voided
from sixping.cases.steps.intake import Imported, Reported
from sixping.errors import BadData, LedgerUnusable, NotAllowed
from sixping.policy.vocabulary import TELLING
from sixping.store import amended, chain, log, projection, requests, sqlite
from sixping.store.rows import (
    CLOCK_MOVE_COLUMNS,
    FACT_COLUMNS,
    MOVE_COLUMNS,
    RULE_COLUMNS,
    SOURCE_COLUMNS,
    STATE_COLUMNS,
    of_kind,
)
from sixping.util.clock import from_text, to_text
from sixping.version import __version__

if sys.platform != "win32":
    import pwd

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sixping.cases.model import Case
    from sixping.cases.rules import RulesOf
    from sixping.cases.step import Step
    from sixping.store.projection import History

    Envelope = tuple[str, str, int, str, str]
    Row = tuple[object, ...]

CLOCK_BACK = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When, on whose behalf, by which account, where and with what an event is recorded."""

    now: datetime
    by: str | None
    user: str
    host: str
    program: str
    stated_now: bool = False

    @classmethod
    def take(cls, now: datetime, stated_now: bool, by: str | None) -> Stamp:  # noqa: FBT001
        """Take the stamp of this process; the clock's reading is an argument."""
        return cls(now, by, _account(), socket.gethostname(), f"sixping {__version__}", stated_now)


def _account() -> str:
    if sys.platform == "win32":
        return os.environ.get("USERNAME", "?")
    uid = os.getuid()
    try:
        return f"{pwd.getpwuid(uid).pw_name}({uid})"
    except KeyError:
        return f"({uid})"


def insert(table: str, columns: Sequence[str], terms: Sequence[str] = ()) -> str:
    """Return the statement that inserts a row; ``terms``: its SQL, where not all are parameters."""
    row = ", ".join(terms or "?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({row})"


def literal(value: object) -> str:
    """Return a text, a number or None as SQL."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "NULL" if value is None else str(value)


def insert_from(table: str, columns: Sequence[str], terms: Sequence[str], source: str) -> str:
    """Return the statement that inserts a row for each of a source."""
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(terms)} FROM {source}"


_SOURCE = insert("sources", ("id", *SOURCE_COLUMNS))
_EVENT = insert("events", (
    "seq", "stream", "subject", "version", "kind", "at", "recorded_at", "source", "facts", "sealed",
    "remarks", "hash",
))  # fmt: skip
# What many first events have in common stands in the statement, and their blobs are bytearrays:
# the driver looks for an adapter of each None and each bytes, a twentieth of an import in all.
_FIRST_EVENT = insert("events", (
    "seq", "subject", "at", "facts", "sealed", "hash",
    "stream", "version", "kind", "recorded_at", "source", "remarks",
), (*"???", "CAST(? AS TEXT)", *"??", *["{}"] * 6))  # fmt: skip
# What was sealed is bound as the same bytes: encoding a text again costs as much as its hash.
_PRIVATE = insert("told", ("seq", "salt", "fields"), ("?", "?", "CAST(? AS TEXT)"))
CONTACT_KEY = insert("traces", ("form", "received_at", "seq"))
_REQUEST = insert("requests", ("handle", "seq"))
# of two reports of one request, made while its handle was gone, the first keeps it
_REQUEST_AGAIN = f"{_REQUEST} ON CONFLICT (handle) DO NOTHING"
_UNREQUEST = "DELETE FROM requests WHERE seq = ?"
_GIVE_UP = "DELETE FROM requests WHERE handle = ? AND seq = ?"
_WORDS = insert("case_words", ("seq", "fields"))
_UNWORD = "DELETE FROM case_words WHERE seq = ?"
_VOID = insert("voids", ("seq", "by_seq"))
_ERASURE = insert("erasures", ("seq", "by_seq"))
_TOUCH_CASE = "UPDATE case_moves SET version = ?, last_seq = ? WHERE number = ? AND to_seq IS NULL"
_END_CASE = "UPDATE case_moves SET to_seq = ? WHERE number = ? AND to_seq IS NULL"
_END_CLOCK = (
    "UPDATE clock_moves SET to_seq = ?"
    " WHERE number = ? AND round = ? AND kind = ? AND to_seq IS NULL"
)
_STOP_CLOCK = (
    "UPDATE clock_moves SET stopped = ?, stop_seq = ?"
    " WHERE number = ? AND round = ? AND kind = ? AND to_seq IS NULL"
)
_FACTS = insert("case_facts", FACT_COLUMNS)
_CASE = insert("case_moves", MOVE_COLUMNS)
_SINCE = ("m.intake_seq", "coalesce(?, m.facts_seq)")
_CASE_ON = (
    f"INSERT INTO case_moves ({', '.join(MOVE_COLUMNS)})"
    f" SELECT {', '.join((*'?????', *_SINCE, *'?' * len(STATE_COLUMNS)))}"
    " FROM case_moves m WHERE m.number = ? AND m.to_seq = ?"
)
"""The row that follows one that ended; what was said stands on, if it is not said anew."""
_TERMS = insert("clock_terms", ("id", *RULE_COLUMNS))
_CLOCK = insert("clock_moves", CLOCK_MOVE_COLUMNS)
_IN_ORDER = (
    _SOURCE, _EVENT, _PRIVATE, CONTACT_KEY, _UNREQUEST, _GIVE_UP, _REQUEST, _UNWORD, _WORDS,
    _VOID, _ERASURE, _TOUCH_CASE, _END_CASE, _STOP_CLOCK, _END_CLOCK, _FACTS, _CASE, _CASE_ON,
    _TERMS, _CLOCK,
)  # fmt: skip
"""An event before what refers to it, the end of a row before the row that follows it."""

_ERASE = tuple(
    f"DELETE FROM {table} WHERE seq IN (SELECT value FROM json_each(?))"
    for table in ("told", "traces", "requests", "case_words")
)
_BESIDE = (
    "SELECT e.kind, json_extract(e.facts, '$.channel'), t.fields FROM events e"
    " JOIN told t ON t.seq = e.seq WHERE e.seq = ?"
)
_KEEP = "UPDATE told SET salt = ?, fields = CAST(? AS TEXT) WHERE seq = ?"
_UNCONTACT = "DELETE FROM traces WHERE form = ? AND seq = ?"
_AMENDED = (
    f"SELECT DISTINCT a.subject FROM events a JOIN events e ON e.subject = a.subject"
    f" AND e.stream = a.stream WHERE {of_kind('a', 'amended')}"
    " AND e.seq IN (SELECT value FROM json_each(?))"
)
_CLEAR = (
    "DELETE FROM case_moves",
    "DELETE FROM case_facts",
    "DELETE FROM clock_moves",
    "DELETE FROM clock_terms",
    "DELETE FROM traces",
    "DELETE FROM case_words",
    "DELETE FROM voids",
    "DELETE FROM erasures",
    "DELETE FROM requests",
)
_RESTORE = (
    f"INSERT INTO voids (seq, by_seq) {log.OTHER_VOIDS}",
    (
        "INSERT INTO erasures (seq, by_seq) SELECT j.value, e.seq FROM events e,"
        f" json_each(e.facts, '$.seqs') j WHERE {of_kind('e', 'erased')}"
    ),
)
_OWN = f"{insert('meta', ('key', 'value'))} ON CONFLICT (key) DO UPDATE SET value = excluded.value"


_SOURCES = f"SELECT id, {', '.join(SOURCE_COLUMNS)} FROM sources"
_KNOWN_TERMS = f"SELECT id, {', '.join(RULE_COLUMNS)} FROM clock_terms"

#: stream and kind of a record of the past: that it lies there is no remark
_OF_THE_PAST = ("case", Imported.kind)


class FirstEvent(NamedTuple):
    """A report on its way into the chain: ``private``, in UTF-8, is sealed under ``salt``."""

    kind: str
    number: str
    at: str
    facts: str
    private: bytearray
    salt: bytearray
    handle: bytes


class Sealed(NamedTuple):
    """Private text on its way beside the chain: under a salt of its own, with the seal."""

    salt: bytes
    seal: bytes
    text: bytes


class Writer:
    """The end of the chain within one transaction, and the rows that wait to be written."""

    def __init__(self, con: sqlite.Connection, stamp: Stamp) -> None:
        """Read where the chain stands. Raises ``LedgerUnusable`` for a ledger without its name."""
        name = log.ledger_id(con)
        if name is None:
            raise LedgerUnusable("台账已损坏: 缺少它的标识。", sqlite.DAMAGED)
        self.seq, self.hash, last = log.last_link(con)
        self.stamp = stamp
        self.now = to_text(stamp.now)
        self._con = con
        self._prefix = chain.prefix(name).encode()
        self._provenance = _encoded(self.now, stamp.by, stamp.user, stamp.host, stamp.program)
        clock_back = last is not None and from_text(last) - stamp.now > CLOCK_BACK
        self._remarks = [
            self._remark(stated_past=past, stated_now=stamp.stated_now, clock_back=clock_back)
            for past in (False, True)
        ]
        self._rows: dict[str, list[Row]] = {statement: [] for statement in _IN_ORDER}
        self._unwritten: set[str] = set()

    @staticmethod
    def _remark(**remarks: bool) -> tuple[str | None, bytes]:
        """Return the remarks that hold, as stored and as they stand in the chain text."""
        stored = _listed([name for name, holds in remarks.items() if holds])
        return stored, _encoded(stored)

    def step(
        self,
        number: str,
        event: Step,
        at: datetime,
        before: Case | None,
        rules: RulesOf,
        content: bytes = b"",
    ) -> tuple[Case, Step]:
        """Take a case one step on; return it and the event as recorded, with its dates.

        Their rows wait to be written. Dates are asked of ``rules`` here, so that nobody forgets.

        ``before``: the case as it stands, None for a new one; ``content``: what makes a report
        the same again. Raises ``NotAllowed`` when the step may not happen, ``BadData`` for
        broken encoding.
        """
        anew = isinstance(event, LOOKING_BACK)
        if number in self._unwritten:
            self.flush()
        entry = CaseEntry(
            seq=self.seq + 1, at=at, recorded_at=self.stamp.now, event=event, by=self.stamp.by
        )
        entries = log.read_entries(self._con, number) if anew or event.rewords else []
        if anew:
            check_step(before, event, at, stated=at < self.stamp.now)
            received = received_at([*entries, entry]).date()
            after, event = refold(number, entries, entry, lambda: rules(received))
        else:
            received = event.came_in(before.received_at if before else at).date()
            after, event = advance(before, entry, number, lambda: rules(received))
        sealed, handles = self._sealed(event, content)
        envelope = ("case", number, after.version, event.kind, to_text(at))
        of_file = event.by_file is not None
        seq = self.add_event(envelope, facts_of(event), sealed, handles, of_file=of_file)
        if isinstance(event, Voided):
            self.put(_VOID, (event.seq, seq))
        elif isinstance(event, Reported):
            forms = contact_keys(event.phone, event.place)
            self.put(CONTACT_KEY, *[(form, envelope[-1], seq) for form in forms])
        if event.rewords or (anew and before and before.words_seq):
            entries = [*entries, replace(entry, event=event)]
            self._put_amended(entries)
            self._put_contact(entries, seq)
        elif event.final:
            self._give_up(number, event)
        self._project(before, after, seq)
        return after, event

    def _sealed(self, event: Step, content: bytes) -> tuple[Sealed | None, list[bytes]]:
        """Return an event's private text sealed, and the handles by which it is found again."""
        private, salt = private_fields(event), os.urandom(chain.SALT_BYTES)
        known_by = (
            requests.identities(event.channel, private) if isinstance(event, Reported) else []
        )
        if known_by or (event.rewords and content):
            private["digest"] = chain.digest(salt, content)
        sealed = self.seal(private_text(private), salt) if private else None
        return sealed, [self.handle(identity) for identity in known_by]

    @cached_property
    def handle(self) -> Callable[[str], bytes]:
        """What makes the handle of an identity. Raises ``LedgerUnusable`` without the secret."""
        return requests.handles(self._con)

    def seal(self, private: str, salt: bytes = b"") -> Sealed:
        """Seal private text under a salt of its own. Raises ``BadData`` for broken encoding."""
        salt = salt or os.urandom(chain.SALT_BYTES)
        try:
            text = private.encode()
        except UnicodeEncodeError as error:
            raise _broken() from error
        return Sealed(salt, chain.seal(salt, text), text)

    def add_event(
        self,
        envelope: Envelope,
        facts: str,
        sealed: Sealed | None = None,
        handles: Iterable[bytes] = (),
        *,
        of_file: bool = False,
    ) -> int:
        """Link the next event to the chain and return its seq; its rows wait to be written.

        ``envelope`` is stream, subject, version, kind and time; by ``handles`` the request is
        found again. ``of_file``: a file states it, so nobody wrote the past up. Raises
        ``BadData``.
        """
        seq, at = self.seq + 1, envelope[4]
        past = at < self.now and not of_file and (envelope[0], envelope[3]) != _OF_THE_PAST
        remarks, remarks_text = self._remarks[past]
        body = (facts, sealed.seal if sealed else None)
        made = self._link(envelope, self._provenance, *body, remarks_text)
        recorded = None if at == self.now else self.now
        self._rows[_EVENT].append((seq, *envelope, recorded, self.source, *body, remarks, made))
        if sealed:
            self._rows[_PRIVATE].append((seq, sealed.salt, sealed.text))
        for handle in handles:
            self._rows[_REQUEST].append((handle, seq))
        return seq

    def add_reports(self, reports: Iterable[FirstEvent]) -> None:
        """Link the first events of new cases to the chain, in order, and write them.

        What ``add_event`` does of one at a time, without a call for each part of it: this is what
        an import of many costs. Raises ``BadData``.
        """
        now, source, since, prefix = self.now, self.source, self._provenance, self._prefix
        self.flush()  # what came before, the source with it
        (none, no_words), (remarks, words) = self._remarks
        told: list[Row] = []
        requested: list[Row] = []
        events: dict[tuple[str, str | None, str | None], list[Row]] = defaultdict(list)
        seq, made, past = self.seq, self.hash, Imported.kind
        try:
            for kind, number, at, facts, private, salt, handle in reports:
                seq += 1
                seal = chain.seal(salt, private)
                envelope = (seq, "case", number, 1, kind, at)
                remark, word = (remarks, words) if at < now and kind != past else (none, no_words)
                text = facts.encode()
                said = (len(facts), text)
                made = chain.link_event(prefix, made, envelope, since, said, seal, word)
                alike = events[kind, None if at == now else now, remark]
                blobs = map(bytearray, (text, seal, made))
                alike.append((seq, number, at, *blobs))
                told.append((seq, salt, private))
                requested.append((bytearray(handle), seq))
        except UnicodeEncodeError as error:
            raise _broken() from error
        self.seq, self.hash = seq, made
        for (kind, recorded, remark), rows in events.items():
            terms = map(literal, ("case", 1, kind, recorded, source, remark))
            self._con.executemany(_FIRST_EVENT.format(*terms), rows)
        self._con.executemany(_PRIVATE, told)
        self._con.executemany(_REQUEST, requested)

    def take_over(
        self,
        envelope: Envelope,
        recorded: tuple[str, str | None, str, str, str],
        facts: str,
        sealed: Sealed | bytes | None,
        remarks: Sequence[str],
    ) -> int:
        """Link an event of another ledger as it was recorded there; return its seq here.

        ``recorded``: when, on whose behalf, by which account, host and program; ``sealed``: bytes
        where the words are gone by a lawful erasure. What follows from it is for ``rewrite``.
        """
        seq, at, listed = self.seq + 1, envelope[4], _listed(remarks)
        seal = sealed.seal if isinstance(sealed, Sealed) else sealed
        body = (facts, seal)
        made = self._link(envelope, _encoded(*recorded), *body, _encoded(listed))
        when = None if recorded[0] == at else recorded[0]
        self._rows[_EVENT].append(
            (seq, *envelope, when, self._source_of(recorded[1:]), *body, listed, made)
        )
        if isinstance(sealed, Sealed):
            self._rows[_PRIVATE].append((seq, sealed.salt, sealed.text))
        return seq

    def put_back(
        self, *, sources: Iterable[Row] = (), events: Iterable[Row] = (), words: Iterable[Row] = ()
    ) -> None:
        """Write rows of this ledger's own chain again as they stood; their links were checked."""
        for statement, rows in ((_SOURCE, sources), (_EVENT, events), (_PRIVATE, words)):
            self._con.executemany(statement, rows)
        self.seq, self.hash, _ = log.last_link(self._con)

    def _link(
        self, envelope: Envelope, since: bytes, facts: str, seal: bytes | None, remarks: bytes
    ) -> bytes:
        """Link the next event to the chain; raises ``BadData``."""
        head = (self.seq + 1, *envelope)
        try:
            said = (len(facts), facts.encode())
            self.hash = chain.link_event(self._prefix, self.hash, head, since, said, seal, remarks)
        except UnicodeEncodeError as error:
            raise _broken() from error
        self.seq += 1
        return self.hash

    def void(self, seq: int, by_seq: int) -> None:
        """Leave an event of a stream beside the cases out, as the event ``by_seq`` says."""
        self.put(_VOID, (seq, by_seq))

    def put(self, statement: str, *rows: Row) -> None:
        """Let rows wait that belong to an event."""
        self._rows.setdefault(statement, []).extend(rows)

    @cached_property
    def source(self) -> int:
        """The number of this source among those of events; a new one is put down."""
        stamp = self.stamp
        return self._source_of((stamp.by, stamp.user, stamp.host, stamp.program))

    def _source_of(self, process: Row) -> int:
        known = self._sources
        if process not in known:
            known[process] = max(known.values(), default=0) + 1
            self.put(_SOURCE, (known[process], *process))
        return known[process]

    @cached_property
    def _sources(self) -> dict[Row, int]:
        return {tuple(row): id_ for id_, *row in self._con.execute(_SOURCES)}

    def terms(self, rules: Row) -> int | None:
        """Return the number of what clocks have in common; what is new is put down."""
        if rules not in self._terms:
            self._terms[rules] = max(filter(None, self._terms.values()), default=0) + 1
            self.put(_TERMS, (self._terms[rules], *rules))
        return self._terms[rules]

    @cached_property
    def _terms(self) -> dict[Row, int | None]:
        known: dict[Row, int | None] = {(None,) * len(RULE_COLUMNS): None}
        return known | {tuple(rules): id_ for id_, *rules in self._con.execute(_KNOWN_TERMS)}

    def _put_amended(self, entries: Sequence[CaseEntry]) -> None:
        """Make anew what lies beside the chain for an amended case; ``entries``: its whole log.

        Raises ``NotAllowed`` where a number at its source is another case's.
        """
        gone, first = amended.erased(self._con), entries[0]
        found = [a for a in amended.amendments(entries) if a.seq not in gone]
        self.put(_UNWORD, *[(a.seq,) for a in found])
        self.put(_WORDS, *[a.row for a in found])
        handles = list(amended.handle_rows(entries, gone, self.handle))
        self.put(_UNREQUEST, *[(a.seq,) for a in found])
        own = {a.seq for a in found} | {first.seq}
        self.put(_REQUEST, *[row for row in handles if self._is_free(row[0], own)])

    def _put_contact(self, entries: Sequence[CaseEntry], seq: int) -> None:
        now = [a for a in amended.amendments(entries) if a.seq == seq]
        self.put(CONTACT_KEY, *amended.contact_rows(now))

    def _is_free(self, handle: bytes, own: Collection[int]) -> bool:
        row = self._con.execute(
            "SELECT r.seq, e.subject FROM requests r JOIN events e ON e.seq = r.seq"
            " WHERE r.handle = ?", (handle,),
        ).fetchone()  # fmt: skip
        if row is None or row[0] in own:
            return True
        raise NotAllowed(
            f"这个来源编号已经登记为 {row[1]}。",
            f"请用 sixping show {row[1]} 核对; 同一件反映登记了两次的,"
            f" 用 sixping merge 编号 --into {row[1]} 并件。",
        )

    def _give_up(self, number: str, event: Step) -> None:
        """Let the number at its source of a withdrawn report be given again."""
        entries = log.read_entries(self._con, number)
        last = replace(entries[-1], event=event)
        handles = map(self.handle, amended.given_up([*entries, last]))
        self.put(_GIVE_UP, *[(handle, entries[0].seq) for handle in handles])

    def _project(self, before: Case | None, after: Case, seq: int) -> None:
        number, said, state = after.number, projection.said_of(after), projection.state_of(after)
        anew = before is None or projection.said_of(before) != said
        if anew:
            self.put(_FACTS, (seq, number, *said))
        if before is None:
            self.put(_CASE, projection.move_row(after, state, seq, seq, seq))
        elif anew or projection.state_of(before) != state:
            self.put(_END_CASE, (seq, number))
            of = (seq if anew else None, *state, number, seq)
            self.put(_CASE_ON, (number, seq, None, after.version, None, *of))
        else:
            self.put(_TOUCH_CASE, (after.version, seq, number))
        self._project_clocks(before, after, seq)
        self._unwritten.add(number)

    def _project_clocks(self, before: Case | None, after: Case, seq: int) -> None:
        number = after.number
        if before is None or before.clocks is not after.clocks:
            clocks = projection.clocks_of(after)
            changed = projection.changed_clocks(projection.clocks_of(before), clocks)
            for kind, round_ in changed.stopped:
                stopped = projection.stopped_at(clocks[kind, round_])
                self.put(_STOP_CLOCK, (stopped, seq, number, round_, kind))
            for kind, round_ in changed.ended:
                self.put(_END_CLOCK, (seq, number, round_, kind))
            for clock in changed.begun:
                row = projection.clock_row(number, clock, clocks[clock], seq)
                self.put(_CLOCK, projection.clock_move_row(row, self.terms))

    def flush(self) -> None:
        """Write the rows that wait."""
        for statement, rows in self._rows.items():
            if rows:
                self._con.executemany(statement, rows)
                rows.clear()
        self._unwritten.clear()

    def erase(self, seqs: Sequence[int], by_seq: int) -> None:
        """Erase what lies beside these events, salts included, as the event ``by_seq`` says."""
        self.flush()
        self._con.executemany(_ERASURE, [(seq, by_seq) for seq in seqs])
        for statement in _ERASE:
            self._con.execute(statement, (json.dumps(list(seqs)),))
        self._amend(seqs)

    def keep(self, anew: Mapping[int, Sealed]) -> None:
        """Let only this stay beside these events; what it was found by goes with the rest."""
        for seq, sealed in anew.items():
            kind, channel, was = self._con.execute(_BESIDE, (seq,)).fetchone()
            before, after = json.loads(was), json.loads(sealed.text)
            self._con.execute(_KEEP, (sealed.salt, sealed.text, seq))
            if kind in TELLING:
                gone = _forms(before) - _forms(after)
                self._con.executemany(_UNCONTACT, [(form, seq) for form in gone])
            known = set(requests.identities(channel or "", after))
            lost = [i for i in requests.identities(channel or "", before) if i not in known]
            self._con.executemany(_GIVE_UP, [(self.handle(one), seq) for one in lost])
        self._amend(list(anew))

    def _amend(self, seqs: Sequence[int]) -> None:
        """Make anew what lies beside the cases of these events that were amended."""
        for (number,) in self._con.execute(_AMENDED, (json.dumps(list(seqs)),)).fetchall():
            self._put_amended(log.read_entries(self._con, number))
        self.flush()

    def rewrite(
        self,
        histories: Iterable[tuple[History, dict[int, int]]],
        compared: Iterable[Row],
    ) -> str | None:
        """Make the projections anew; return the commitment to a secret that had to be a new one.

        ``histories``: each case's rows with what was voided (seq → by); ``compared``: the rows
        of the contact keys.
        """
        for statement in _CLEAR:
            self._con.execute(statement)
        self.__dict__.pop("_terms", None)
        for history, voided in histories:
            clocks = [projection.clock_move_row(row, self.terms) for row in history.clocks]
            for statement, rows in (
                (_FACTS, history.facts), (_CASE, history.moves), (_CLOCK, clocks),
                (_VOID, [*voided.items()]),
            ):  # fmt: skip
                self.put(statement, *rows)
            self.flush()
        for statement in _RESTORE:
            self._con.execute(statement)
        self._con.executemany(CONTACT_KEY, compared)
        key, made = requests.secret(self._con), None
        if key is None:  # nothing rests on it but the handles, and they are made anew
            key = os.urandom(chain.SECRET_BYTES)
            made = requests.commitment(key)
            self._con.execute(_OWN, (requests.SECRET, key.hex()))
        self._con.executemany(_REQUEST_AGAIN, requests.sealed_handles(self._con, key))
        self._con.executemany(_REQUEST_AGAIN, amended.request_rows(self._con, key))
        self._con.executemany(_WORDS, amended.word_rows(self._con))
        return made


def _forms(private: Mapping[str, Any]) -> set[str]:
    """Return the comparable forms of what a report or an amendment says."""
    return set(contact_keys(private.get("phone"), private.get("place")))


def _encoded(*values: str | None) -> bytes:
    """Return values as they stand in the chain text. Raises ``BadData`` for broken encoding."""
    try:
        return chain.encode(values).encode()
    except UnicodeEncodeError as error:
        raise _broken() from error


def _listed(words: Sequence[str]) -> str | None:
    """Return words as the JSON list that is stored, or None for none."""
    return f"[{','.join(map(quoted, words))}]" if words else None


def _broken() -> BadData:
    return BadData("文字里有残缺的编码, 无法保存。", "请重新输入这段文字。")

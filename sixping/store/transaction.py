"""What one command may do to the ledger: append to the chain, project, erase."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import timedelta
from json.encoder import encode_basestring as quoted
from typing import TYPE_CHECKING, Any

from sixping.cases.codec import facts_of, private_fields
from sixping.cases.contactkeys import trace_of
from sixping.cases.lifecycle import evolve, fold, refold
from sixping.cases.steps import CaseEntry, Imported, Reported, Voided
from sixping.cases.transitions import check_transition
from sixping.errors import BadData, LedgerUnusable, NotAllowed, NotFound
from sixping.store import chain, projection, sqlite
from sixping.store.log import read_entries
from sixping.store.projection import (
    END_CLOCK,
    END_STATE,
    INSERT_CLOCK,
    INSERT_EVENT,
    INSERT_REQUEST,
    INSERT_STATE,
    INSERT_TOLD,
    INSERT_TRACE,
    TOUCH_STATE,
)
from sixping.store.provenance import Stamp
from sixping.util.clock import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sixping.cases.codec import CaseEvent
    from sixping.cases.model import Case

CLOCK_BACK = timedelta(minutes=2)


class Transaction:
    """What one command may do to the ledger; made by ``transaction`` only."""

    def __init__(self, con: sqlite3.Connection, stamp: Stamp) -> None:
        """Read where the chain stands; a counter that disagrees means damage."""
        self.con = con
        self.stamp = stamp
        self.now = to_text(stamp.now)
        self.ledger_id = _meta(con, "ledger_id")
        self.prefix = chain.prefix(self.ledger_id)
        row = con.execute(
            "SELECT seq, hash, recorded_at FROM events ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        self.seq: int = row[0] if row else 0
        self.hash: bytes = row[1] if row else chain.GENESIS
        last: str | None = row[2] if row else None
        counter = con.execute("SELECT value FROM counters WHERE name = 'seq'").fetchone()
        if counter is None or counter[0] != self.seq:
            raise LedgerUnusable(
                f"台账的流水号对不上: 计数 {counter and counter[0]}, 最后一条是 {self.seq}。",
                sqlite.DAMAGED,
            )
        self._back = last is not None and from_text(last) - stamp.now > CLOCK_BACK

    # --- reading ---------------------------------------------------------------------

    def head(self) -> tuple[int, str]:
        """Return the last seq and its hash in hex."""
        return self.seq, self.hash.hex()

    def entries(self, number: str) -> list[CaseEntry]:
        """Return the log of a case, oldest first; what was erased comes back as None."""
        return read_entries(self.con, number)

    def case(self, number: str) -> Case:
        """Replay a case from its log; an unknown number raises ``NotFound``."""
        return self.case_and_log(number)[0]

    def case_and_log(self, number: str) -> tuple[Case, list[CaseEntry]]:
        """Return a case and the log it was replayed from; raises as ``case`` does."""
        entries = self.entries(number)
        if not entries:
            raise NotFound(f"没有编号为 {number} 的件。", "用 sixping list --all 或 search 查找。")
        return fold(number, entries), entries

    def request(self, key: str) -> str | None:
        """Return the number that an earlier request with this key was given."""
        row = self.con.execute(
            "SELECT e.subject FROM requests r JOIN events e ON e.seq = r.seq WHERE r.key = ?",
            (key,),
        ).fetchone()
        return row[0] if row else None

    def same_content(self, key: str, content: bytes) -> bool | None:
        """Say whether that request had this content; None: unknown, as it was erased."""
        row = self.con.execute(
            "SELECT t.salt, r.digest FROM requests r JOIN told t ON t.seq = r.seq WHERE r.key = ?",
            (key,),
        ).fetchone()
        return chain.digest(row[0], content) == row[1] if row else None

    # --- writing ---------------------------------------------------------------------

    def next_number(self, year: int) -> str:
        """Take the next number of a year; gap-free, as it falls with the transaction."""
        (value,) = self.con.execute(
            "INSERT INTO counters (name, value) VALUES (?, 1)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (f"case/{year}",),
        ).fetchone()
        return f"{year}-{value:06d}"

    def append(
        self,
        number: str,
        event: CaseEvent,
        at: datetime,
        *,
        before: Case | None,
        request_keys: Iterable[str] = (),
        content: bytes = b"",
        remarks: Iterable[str] = (),
    ) -> Case:
        """Record a step of a case and return the case after it.

        ``before`` is the case as replayed in this transaction (None for its first event).
        Raises ``NotAllowed`` when the step may not happen or the case has moved on.
        """
        self._unmoved(number, before)
        entry = CaseEntry(
            seq=self.seq + 1, at=at, recorded_at=self.stamp.now, event=event, by=self.stamp.by
        )
        # A clock that went back is a remark, not a reason to keep a desk from its work.
        check_transition(before, event, at, stated=at < self.stamp.now)
        if isinstance(event, Voided):
            after = refold(number, self.entries(number), event.seq)
        else:
            after = evolve(before, entry, number)
        past = at < self.stamp.now and not isinstance(event, Imported)
        seq = self._record(
            "case",
            number,
            after.version,
            event.kind,
            to_text(at),
            facts_of(event),
            private_fields(event),
            request_keys,
            content,
            (*remarks, *(("stated_past",) if past else ())),
        )
        if isinstance(event, Voided):
            self.con.execute("INSERT INTO voids (seq, by_seq) VALUES (?, ?)", (event.seq, seq))
        elif isinstance(event, Reported) and (trace := trace_of(event.phone, event.place)):
            self.con.execute(INSERT_TRACE, (seq, number, to_text(at), *trace))
        self._project(before, after, seq)
        return after

    def note(
        self,
        stream: str,
        subject: str,
        kind: str,
        facts: Mapping[str, Any] | str,
        private: Mapping[str, str] | None = None,
        at: datetime | None = None,
    ) -> int:
        """Record an event of another stream than ``case`` and return its seq.

        ``facts`` may be the JSON text that ``codec.facts_of`` made.
        """
        (version,) = self.con.execute(
            "SELECT coalesce(max(version), 0) + 1 FROM events WHERE subject = ? AND stream = ?",
            (subject, stream),
        ).fetchone()
        text = facts
        if not isinstance(text, str):
            text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        past = at is not None and at < self.stamp.now
        return self._record(
            stream,
            subject,
            version,
            kind,
            to_text(at) if at else self.now,
            text,
            private or {},
            remarks=("stated_past",) if past else (),
        )

    def erase(self, seqs: Iterable[int], basis: str) -> int:
        """Erase what was told with these events, salts included, and record that (PIPL 47)."""
        gone = [s for s in sorted(set(seqs)) if self._has_private(s)]
        by = self.note("organisation", "erasure", "erased", {"seqs": gone}, {"basis": basis})
        self.con.executemany("INSERT INTO erasures VALUES (?, ?)", [(s, by) for s in gone])
        for table in ("told", "traces"):
            self.con.executemany(f"DELETE FROM {table} WHERE seq = ?", [(s,) for s in gone])
        self.con.executemany(
            "UPDATE requests SET digest = NULL WHERE seq = ?", [(s,) for s in gone]
        )
        return by

    def _has_private(self, seq: int) -> bool:
        row = self.con.execute("SELECT 1 FROM told WHERE seq = ?", (seq,)).fetchone()
        return row is not None

    def finish(self) -> None:
        """Bring the counter up to the chain; the last statement before COMMIT."""
        self.con.execute("UPDATE counters SET value = ? WHERE name = 'seq'", (self.seq,))

    def common_remarks(self) -> tuple[str, ...]:
        """Return the remarks every event of this transaction carries."""
        found = (("stated_now", self.stamp.stated_now), ("clock_back", self._back))
        return tuple(name for name, holds in found if holds)

    def _unmoved(self, number: str, before: Case | None) -> None:
        row = self.con.execute("SELECT version FROM cases WHERE number = ?", (number,)).fetchone()
        known = before.version if before else None
        if (row[0] if row else None) != known:
            raise NotAllowed(
                f"{number} 刚被别人改动过 (现为第 {row[0] if row else 0} 版)。",
                f"请先用 sixping show {number} 查看后再办理。",
            )

    def _record(  # noqa: PLR0913
        self,
        stream: str,
        subject: str,
        version: int,
        kind: str,
        at: str,
        facts: str,
        private: Mapping[str, str],
        request_keys: Iterable[str] = (),
        content: bytes = b"",
        remarks: Iterable[str] = (),
    ) -> int:
        stamp, seq, keys = self.stamp, self.seq + 1, list(request_keys)
        salt = os.urandom(chain.SALT_BYTES) if private or content else None
        words = private_text(private)
        notes = (*remarks, *self.common_remarks())
        try:
            row = (
                seq, stream, subject, version, kind, at, self.now, stamp.by, stamp.user,
                stamp.host, stamp.program, facts, chain.commitment(salt, words) if salt else None,
                listed(keys), listed(notes),
            )  # fmt: skip
            digest = chain.link(self.prefix, self.hash, row)
            self.con.execute(INSERT_EVENT, (*row, digest))
            if salt:
                self.con.execute(INSERT_TOLD, (seq, salt, words))
        except UnicodeEncodeError as error:
            raise BadData("文字里有残缺的编码, 无法保存。", "请重新输入这段文字。") from error
        seal = chain.digest(salt, content) if salt and content else None
        self.con.executemany(INSERT_REQUEST, [(key, seq, seal) for key in keys])
        self.seq, self.hash = seq, digest
        return seq

    def _project(self, before: Case | None, after: Case, seq: int) -> None:
        number, run = after.number, self.con.execute
        state = projection.state_of(after)
        if before is not None and projection.state_of(before) == state:
            run(TOUCH_STATE, (after.version, seq, number))
        else:
            first = seq
            if before is not None:
                (first,) = run(
                    "SELECT intake_seq FROM cases WHERE number = ?", (number,)
                ).fetchone()
                run(END_STATE, (seq, number))
            run(INSERT_STATE, (number, seq, None, after.version, seq, first, *state))
        ended, begun = projection.changed_clocks(before, after)
        self.con.executemany(END_CLOCK, [(seq, number, *key) for key in ended])
        self.con.executemany(INSERT_CLOCK, [(number, k, r, seq, None, *row) for k, r, row in begun])


def listed(words: Sequence[str]) -> str | None:
    """Return words as the JSON list that is stored, or None for none."""
    return f"[{','.join(map(quoted, words))}]" if words else None


def private_text(private: Mapping[str, str]) -> str:
    """Return what was told as the JSON text that is stored."""
    return "{" + ",".join([f"{quoted(n)}:{quoted(v)}" for n, v in private.items()]) + "}"


def _meta(con: sqlite3.Connection, key: str) -> str:
    row = con.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise LedgerUnusable(f"台账缺少标识 {key}。", sqlite.DAMAGED)
    return str(row[0])

"""What one command may do to the ledger: read it, take numbers, record steps and events, erase."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sixping.cases.codec import private_text
from sixping.cases.lifecycle import fold
from sixping.errors import LedgerUnusable, NotAllowed, NotFound
from sixping.store import chain, sqlite
from sixping.store.log import read_entries
from sixping.store.rescue import numbers
from sixping.store.writer import Writer
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.rules import RulesOf
    from sixping.cases.step import CaseEntry, Step
    from sixping.store.writer import Stamp


class Transaction:
    """What one command may do to the ledger; made by ``ledger.transaction`` only."""

    def __init__(self, con: sqlite.Connection, stamp: Stamp) -> None:
        """Begin at the end of the chain; a counter that disagrees with it means damage."""
        self.con = con
        self.stamp = stamp
        self.writer = Writer(con, stamp)
        self._counters: dict[str, int] = dict(con.execute("SELECT name, value FROM counters"))
        self._stored = dict(self._counters)
        counter = self._counters.get("seq")
        if counter != self.seq:
            raise LedgerUnusable(
                f"台账的流水号对不上: 计数 {counter}, 最后一条是 {self.seq}。", sqlite.DAMAGED
            )

    # --- reading ---------------------------------------------------------------------

    @property
    def seq(self) -> int:
        """Return the seq of the last event."""
        return self.writer.seq

    def head(self) -> tuple[int, str]:
        """Return the last seq and its hash in hex."""
        return self.writer.seq, self.writer.hash.hex()

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

    def request(self, identity: str, content: bytes) -> tuple[str, bool] | None:
        """Return the number an earlier request was given, and whether it had this content.

        ``identity`` is one of ``requests.identities``; None: there was none, or it was erased.
        """
        row = self.con.execute(
            "SELECT e.subject, t.salt, json_extract(t.fields, '$.digest') FROM requests r"
            " JOIN events e ON e.seq = r.seq JOIN told t ON t.seq = r.seq WHERE r.handle = ?",
            (self.writer.handle(identity),),
        ).fetchone()
        if row is None:
            return None
        # Where its contact was erased the digest is gone: the request is taken as the same.
        return row[0], row[2] is None or chain.digest(row[1], content) == row[2]

    # --- writing ---------------------------------------------------------------------

    def next_number(self, year: int) -> str:
        """Take the next number of a year; gap-free but for ``numbers_lost``: it falls with this."""
        name = f"case/{year}"
        serial = self._counters[name] = self._counters.get(name, 0) + 1
        return f"{year}-{serial:06d}"

    def last_numbers(self) -> dict[str, int]:
        """Return the last number of each year."""
        start = numbers.COUNTER
        return {n[len(start) :]: v for n, v in self._counters.items() if n.startswith(start)}

    def number_given(self, number: str) -> None:
        """Count a number that another ledger gave."""
        year, _, serial = number.partition("-")
        name = f"case/{year}"
        self._counters[name] = max(self._counters.get(name, 0), int(serial))

    def numbers_lost(self, facts: Any) -> None:  # noqa: ANN401 - as JSON has them
        """Count the numbers that a restore or a salvage says were given: none is given again."""
        for year, last in numbers.recorded(facts).items():
            name = f"{numbers.COUNTER}{year}"
            self._counters[name] = max(self._counters.get(name, 0), last)

    def append(
        self,
        number: str,
        event: Step,
        at: datetime,
        *,
        before: Case | None,
        rules: RulesOf,
        content: bytes = b"",
    ) -> tuple[Case, Step]:
        """Record a step of a case; return the case after it and the event with its dates.

        ``rules`` answers for the dates of a new step; ``before`` is the case as replayed in
        this transaction (None for its first event), ``content`` what makes a report the same
        when it comes again. Raises ``NotAllowed`` when the step may not happen or the case has
        moved on, ``LedgerUnusable`` where the tables know less of the case than its log.
        """
        row = self.con.execute(
            "SELECT version FROM case_moves WHERE number = ? AND to_seq IS NULL", (number,)
        ).fetchone()
        known = row[0] if row else None
        if before and (known or 0) < before.version:
            raise LedgerUnusable(
                f"台账里 {number} 的记录有 {before.version} 条, 汇总表里只到第 {known or 0} 版。",
                sqlite.DAMAGED,
            )
        if known != (before.version if before else None):
            raise NotAllowed(
                f"{number} 刚被别人改动过 (现为第 {known or 0} 版)。",
                f"请先用 sixping show {number} 查看后再办理。",
            )
        taken = self.writer.step(number, event, at, before, rules, content)
        self.writer.flush()
        return taken

    def note(
        self,
        stream: str,
        subject: str,
        kind: str,
        facts: Mapping[str, Any] | str,
        private: Mapping[str, str] | None = None,
        at: datetime | None = None,
        *,
        voided: int | None = None,
    ) -> int:
        """Record an event of another stream than ``case`` and return its seq.

        ``facts`` may be the JSON text that ``codec.facts_of`` made; ``voided`` is the seq of
        the event which this one leaves out.
        """
        (version,) = self.con.execute(
            "SELECT coalesce(max(version), 0) + 1 FROM events WHERE subject = ? AND stream = ?",
            (subject, stream),
        ).fetchone()
        if numbers.are_in(stream, kind):
            self.numbers_lost(facts)
        if not isinstance(facts, str):
            facts = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
        sealed = self.writer.seal(private_text(private)) if private else None
        envelope = (stream, subject, version, kind, to_text(at or self.stamp.now))
        seq = self.writer.add_event(envelope, facts, sealed)
        if voided is not None:
            self.writer.void(voided, seq)
        self.writer.flush()
        return seq

    def erase(
        self,
        seqs: Iterable[int],
        basis: str,
        *,
        stay: Mapping[int, str] = MappingProxyType({}),
        facts: Mapping[str, Any] = MappingProxyType({}),
        private: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """Erase the private text of these events, salts included, and record that (PIPL 47).

        ``stay``: of these events only this text stays, under a new salt; its seal stands in the
        record. ``facts`` and ``private`` are recorded besides.
        """
        rows = self.con.execute(
            "SELECT seq FROM told WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq",
            (json.dumps(list(seqs)),),
        )
        gone = [seq for (seq,) in rows.fetchall()]
        anew = {seq: self.writer.seal(text) for seq, text in stay.items()}
        said: dict[str, Any] = {"seqs": gone, **facts}
        if anew:
            said["kept"] = {str(seq): sealed.seal.hex() for seq, sealed in anew.items()}
        by = self.note("organisation", "erasure", "erased", said, {"basis": basis, **private})
        self.writer.erase(gone, by)
        self.writer.keep(anew)
        return by

    def finish(self) -> None:
        """Bring the counters up to the chain and the numbers; the last step before COMMIT."""
        self.writer.flush()
        self._counters["seq"] = self.writer.seq
        self.con.executemany(
            "INSERT INTO counters (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            sorted(self._counters.items() - self._stored.items()),
        )

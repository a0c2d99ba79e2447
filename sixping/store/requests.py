"""How a request is found again without anything in the chain by which to guess it.

What identifies a report lies sealed with its words: the id of the request, its number at its
source, or what a row of a file without numbers says. Table ``requests`` has keyed handles of it:
HMAC-SHA256 under a secret of the ledger's own, which stands beside the chain in ``meta``. A handle
goes with the words when they are erased; all of them can be made anew from what is sealed, also
under another secret. The chain knows the secret by its SHA-256: a wrong one would find nothing.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from sixping.cases.legible import ILLEGIBLE
from sixping.errors import LedgerUnusable
from sixping.store import chain
from sixping.store.rows import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sixping.store.sqlite import Connection

FIRST = "1"
"""In ``row``: the first of the rows of a file that share a number."""
SECRET = "handle_key"  # noqa: S105 - the name of the row, not the secret
COMMITMENT = "secret"  # in the facts of the event that recorded it
_ID = "id:"  # of a request; nothing else begins so
_WITHDRAWN = (
    "SELECT m.seq FROM events e JOIN events m ON m.subject = e.subject AND m.stream = e.stream"
    f" AND m.version = 1 WHERE {of_kind('e', 'withdrawn')} AND e.stream = 'case'"
)
_SEALED = (
    "SELECT e.seq, CASE WHEN json_valid(e.facts) THEN json_extract(e.facts, '$.channel') END,"
    " t.fields FROM told t JOIN events e ON e.seq = t.seq WHERE e.stream = 'case'"
    " AND e.kind IN ('reported', 'imported') AND CASE WHEN json_valid(t.fields)"
    " THEN json_extract(t.fields, '$.source_no') IS NOT NULL"
    " OR json_extract(t.fields, '$.request_id') IS NOT NULL"
    " OR json_extract(t.fields, '$.row') IS NOT NULL END ORDER BY e.seq"
)


def identities(channel: str, private: Mapping[str, str]) -> list[str]:
    """Return what a report with these private fields is recognised by, its request id first."""
    found = []
    if request := private.get("request_id"):
        found.append(f"{_ID}{request}")
    number, row = private.get("source_no"), private.get("row")
    if number:
        found.append(by_number(channel, number, row))
    elif row:
        found.append(by_row([*map(private.get, ("text", "place", "reporter", "phone")), row]))
    return found


def taken_in(channel: str, private: Mapping[str, str], at: str) -> list[str]:
    """Return by what a report received ``at`` may be known that somebody takes in by hand.

    What a file said of its number's month or year nobody says at the desk: it is that of receipt.
    """
    found, number = identities(channel, private), private.get("source_no")
    if number and not private.get("row"):
        whole = by_number(channel, number)
        found += [of_period(whole, at[: len(period)]) for period in ("2026-10", "2026")]
    return found


def by_number(channel: str, number: str, apart: str | None = None) -> str:
    """Return what a number at its source identifies: it is the channel's own.

    ``apart``: what tells reports of one number apart, the month or year of its numbering or which
    of several rows it is; the first of these is the report that the number alone names.
    """
    whole = f"src:{channel}\x1f{number}"
    return whole if apart in {None, FIRST} else of_period(whole, apart)


def of_period(whole: str, apart: str | None) -> str:
    """Return what a number, as it identifies alone, identifies in a month or a year."""
    # No cell that is let in has a NUL: nothing can be cut elsewhere and mean the same.
    return f"{whole}\0{apart}"


def nth(row: str, count: int) -> str:
    """Return what tells the ``count``-th of several rows alike apart, ``row`` being the first's."""
    return str(count) if row == FIRST else f"{row[:-1]},{count}]"


def by_row(pieces: list[str | None]) -> str:
    """Return what a row without a number is recognised by: its words and the rest of it."""
    # JSON keeps the pieces apart: joined text could be cut elsewhere and mean the same.
    return f"row:{json.dumps(pieces, ensure_ascii=False, separators=(',', ':'))}"


def secret(con: Connection) -> bytes | None:
    """Return the ledger's secret; None where it is missing or not the one the chain knows."""
    found = stored_secret(con)
    return found if found and commitment(found) == _committed(con) else None


def stored_secret(con: Connection) -> bytes | None:
    """Return the secret that stands in the ledger, whatever the chain knows of it."""
    row = con.execute("SELECT value FROM meta WHERE key = ?", (SECRET,)).fetchone()
    try:
        found = bytes.fromhex(row[0]) if row else b""
    except (TypeError, ValueError):
        return None
    if row is None or found.hex() != row[0] or len(found) != chain.SECRET_BYTES:
        return None
    return found


def commitment(key: bytes) -> str:
    """Return by what the chain knows a secret: it is random, so nobody guesses it by this."""
    return sha256(key).hexdigest()


_COMMITTED = (
    "SELECT e.facts FROM events e"
    f" WHERE {of_kind('e', 'initialised', 'rebuilt', 'taken_over', 'salvaged')}"
    " AND e.stream = 'organisation' AND e.subject = 'ledger' ORDER BY e.seq DESC"
)


def _committed(con: Connection) -> str | None:
    """Return the commitment that was recorded last."""
    for (facts,) in con.execute(_COMMITTED):
        try:
            if said := json.loads(facts).get(COMMITMENT):
                return str(said)
        except ILLEGIBLE:  # the chain's layer says so
            continue
    return None


def handles(con: Connection) -> Callable[[str], bytes]:
    """Return what makes a handle of an identity. Raises ``LedgerUnusable`` without a secret."""
    key = secret(con)
    if key is None:
        raise LedgerUnusable(
            "台账缺少识别重复登记的密钥, 或它被换过。",
            "请先另存一份原文件, 再运行 sixping rebuild。",
        )
    return chain.handler(key)


def number_of(con: Connection, identity: str) -> str | None:
    """Return the case that a report of this identity was given, if any is known."""
    row = con.execute(
        "SELECT e.subject FROM requests r JOIN events e ON e.seq = r.seq WHERE r.handle = ?",
        (handles(con)(identity),),
    ).fetchone()
    return str(row[0]) if row else None


def sealed_handles(con: Connection, key: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the rows of ``requests`` as they follow from what is sealed, in the order of seq.

    Those of amendments stand last; what a withdrawn report gave up stands in none.
    """
    pads = chain.pads(key)
    withdrawn = {seq for (seq,) in con.execute(_WITHDRAWN)}
    for seq, channel, fields in con.execute(_SEALED):
        try:
            known_by = [
                chain.handle(pads, identity)
                for identity in identities(channel, json.loads(fields))
                if seq not in withdrawn or identity.startswith(_ID)
            ]
        except ILLEGIBLE:  # the chain's layer says so
            continue
        for handle in known_by:
            yield handle, seq

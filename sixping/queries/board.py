"""The counts of the wall: plain SQL over an open connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Status
from sixping.queries.conditions import has_status, holds, is_open, number_of

if TYPE_CHECKING:
    from sixping.store.sqlite import Connection


class Standing(NamedTuple):
    """How many cases are open, wait for a meeting or to be accepted; what came in since a time."""

    open: int
    deciding: int
    to_accept: int
    received: int


def standing(con: Connection, since: str) -> Standing:
    """Return the counts of this moment; ``since`` is ledger text."""
    of = f"FROM case_moves m WHERE {holds('m')} AND {is_open('m')}"
    row = con.execute(
        f"SELECT count(*), {number_of(has_status('m', Status.DECISION))},"
        f" {number_of(has_status('m', Status.REPORTED))} {of}"
    ).fetchone()
    (received,) = con.execute(
        f"SELECT count(*) FROM cases s WHERE s.received_at >= :since"
        f" AND NOT {has_status('s', Status.WITHDRAWN)}",
        {"since": since},
    ).fetchone()
    waiting, deciding, to_accept = map(int, row)
    return Standing(waiting, deciding, to_accept, int(received))

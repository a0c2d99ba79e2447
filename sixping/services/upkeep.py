"""Making the projections anew from the events."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sixping.ledger import transaction
from sixping.store import sqlite
from sixping.store.replay import Finding, check_projection, rewrite

if TYPE_CHECKING:
    import os

    from sixping.store.provenance import Stamp


def rebuild(path: str | os.PathLike[str], stamp: Stamp, *, check: bool = False) -> list[Finding]:
    """Make the projections anew from the events; return what was wrong with them before.

    ``check`` only looks. A rebuild that changed something is itself recorded. Raises
    ``LedgerUnusable`` when a case cannot be replayed (nothing is changed then).
    """
    if check:
        with closing(sqlite.open_reader(path)) as con, sqlite.explained_sqlite(str(path), ""):
            con.execute("BEGIN")
            return list(check_projection(con))
    with transaction(path, stamp) as work:
        findings = list(check_projection(work.con))
        if findings:
            rewrite(work)
            work.note("organisation", "ledger", "rebuilt", {"findings": len(findings)})
    return findings

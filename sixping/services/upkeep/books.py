"""Care of a ledger: made, its projections made anew."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sixping.ledger import transaction
from sixping.services import adoption
from sixping.store import sqlite
from sixping.store.documents import digest_of, whole_digest
from sixping.store.files import create
from sixping.store.replay import Finding, check_projection, rewrite

if TYPE_CHECKING:
    import os

    from sixping.store.writer import Stamp


def make_ledger(
    path: str | os.PathLike[str], stamp: Stamp, *, demo: bool = False
) -> tuple[int, str, str]:
    """Create a ledger that adopts the rules of the data; the digest of them all is pinned.

    Returns the seq of its last event, the hash and that digest. Raises ``BadData`` for faulty
    rules and what ``store.files.create`` does.
    """
    texts = adoption.offered()
    adoption.require_sound(adoption.check(texts))
    digest = whole_digest({name: digest_of(text) for name, text in texts.items()})
    seed = {"rules": digest} | ({"demo": True} if demo else {})
    return (*create(path, stamp, seed, texts), digest)


def rebuild(path: str | os.PathLike[str], stamp: Stamp, *, check: bool = False) -> list[Finding]:
    """Make the projections anew from the events; return what was wrong with them before.

    ``check`` only looks. A rebuild that changed something is itself recorded. Raises
    ``LedgerUnusable`` when a case cannot be replayed (nothing is changed then).
    """
    if check:
        with sqlite.explained_sqlite(str(path), ""), closing(sqlite.open_reader(path)) as con:
            sqlite.hold_still(con)
            return list(check_projection(con))
    with transaction(path, stamp) as work:
        findings = list(check_projection(work.con))
        if findings:
            rewrite(work)
            work.note("organisation", "ledger", "rebuilt", {"findings": len(findings)})
    return findings

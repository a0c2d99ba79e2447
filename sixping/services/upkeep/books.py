"""Care of a ledger: made, its projections made anew."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable
from sixping.ledger import transaction
from sixping.services import adoption
from sixping.store import layers, sqlite
from sixping.store.documents import digest_of, whole_digest
from sixping.store.files import create
from sixping.store.replay import rewrite
from sixping.store.requests import COMMITMENT

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from sixping.store.layers import Finding
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
    ``LedgerUnusable`` where what is sealed was changed, a case cannot be replayed or something
    stays wrong: nothing is changed then, and nothing tampered with is made to look sound.
    """
    if check:
        with closing(sqlite.open_reader(path)) as con, sqlite.explained_sqlite(str(path), ""):
            sqlite.hold_still(con)
            _require_sealed(con)
            return list(layers.check_projection(con))
    with transaction(path, stamp) as work:
        _require_sealed(work.con)
        findings = list(layers.check_projection(work.con))
        if findings:
            secret = rewrite(work)
            said = {"findings": len(findings)} | ({COMMITMENT: secret} if secret else {})
            work.note("organisation", "ledger", "rebuilt", said)
            _require_none(layers.check_projection(work.con), "重建以后仍不一致")
            _require_none(layers.check_integrity(work.con), "文件有坏处, 没有重建")
    return findings


def _require_sealed(con: sqlite.Connection) -> None:
    """Raise ``LedgerUnusable`` where the chain or what it seals is wrong."""
    _require_none(layers.check_sealed(con), "记录本身被改动或损坏, 不能由它重建")


def _require_none(findings: Iterable[Finding], what: str) -> None:
    for one in findings:
        raise LedgerUnusable(f"{what}: {one['what']}", sqlite.DAMAGED)

"""Care of a ledger: made, its projections made anew."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable
from sixping.ledger import transaction
from sixping.services import adoption
from sixping.store import layers, sqlite
from sixping.store.documents import digest_of, whole_digest
from sixping.store.files import create
from sixping.store.layers.secondlook import misread
from sixping.store.replay import rewrite
from sixping.store.requests import COMMITMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sixping.store.layers import Finding
    from sixping.store.writer import Stamp

    AnyPath = str | os.PathLike[str]
    Check = Callable[[sqlite.Connection], Iterable[Finding]]


def make_ledger(
    path: str | os.PathLike[str], stamp: Stamp, demo: Callable[[str], object] | None = None
) -> tuple[int, str, str]:
    """Create a ledger that adopts the rules of the data; the digest of them all is pinned.

    ``demo``: what is invented in it before it appears; it is marked as a demonstration.

    Returns the seq of its last event, the hash and that digest. Raises ``BadData`` for faulty
    rules and what ``store.files.create`` does.
    """
    texts = adoption.offered()
    adoption.require_sound(adoption.check(texts))
    digest = whole_digest({name: digest_of(text) for name, text in texts.items()})
    seed = {"rules": digest} | ({"demo": True} if demo else {})
    return (*create(path, stamp, seed, texts, demo), digest)


def rebuild(path: str | os.PathLike[str], stamp: Stamp, *, check: bool = False) -> list[Finding]:
    """Make the projections anew from the events; return what was wrong with them before.

    ``check`` only looks. A rebuild that changed something is itself recorded. Raises
    ``LedgerUnusable`` where what is sealed was changed, a case cannot be replayed or something
    stays wrong: nothing is changed then, and nothing tampered with is made to look sound.
    """
    if check:
        with sqlite.explained_sqlite(str(path), ""), closing(sqlite.open_reader(path)) as con:
            sqlite.hold_still(con)
            return _wrong_projection(con, str(path))
    with transaction(path, stamp) as work:
        findings = _wrong_projection(work.con, str(path))
        if findings:
            secret = rewrite(work)
            said = {"findings": len(findings)} | ({COMMITMENT: secret} if secret else {})
            work.note("organisation", "ledger", "rebuilt", said)
            _require_made(work.con, path, layers.check_projection, "重建以后仍不一致")
            _require_made(work.con, path, layers.check_integrity, "文件有坏处, 没有重建")
    return findings


def _wrong_projection(con: sqlite.Connection, path: str) -> list[Finding]:
    """Return what is wrong with the projections.

    Raises ``LedgerUnusable`` where the chain or what it seals is wrong.
    """
    first = next(iter(layers.check_sealed(con)), None)
    _refuse_misread(path, [first] if first else [], layers.check_sealed)
    _require_none(first, "记录本身被改动或损坏, 不能由它重建")
    findings = list(layers.check_projection(con))
    _refuse_misread(path, findings, layers.check_projection)
    return findings


def _refuse_misread(path: str, findings: list[Finding], check: Check) -> None:
    """Look by another connection: one that has begun to write cannot be copied from."""
    if findings:
        with closing(sqlite.connect(os.path.realpath(path), "rw")) as other:
            fault = misread(other, path, findings, check)
        if fault:
            raise fault


def _require_made(con: sqlite.Connection, path: AnyPath, check: Check, what: str) -> None:
    """Refuse to commit what is wrong; what is not found twice is a fault of the disk."""
    first = next(iter(check(con)), None)
    if first and first not in check(con):
        raise sqlite.transient(str(path), "没有重建。")
    _require_none(first, what)


def _require_none(first: Finding | None, what: str) -> None:
    if first:
        raise LedgerUnusable(f"{what}: {first['what']}", sqlite.DAMAGED)

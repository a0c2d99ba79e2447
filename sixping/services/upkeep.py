"""Care of the ledger's files: the projections made anew, and verified copies."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable, NotAllowed
from sixping.ledger import transaction
from sixping.store import sqlite
from sixping.store.files import published
from sixping.store.replay import Finding, check_projection, rewrite
from sixping.store.verify import verify

if TYPE_CHECKING:
    from sixping.store.writer import Stamp


def rebuild(path: str | os.PathLike[str], stamp: Stamp, *, check: bool = False) -> list[Finding]:
    """Make the projections anew from the events; return what was wrong with them before.

    ``check`` only looks. A rebuild that changed something is itself recorded. Raises
    ``LedgerUnusable`` when a case cannot be replayed (nothing is changed then).
    """
    if check:
        with closing(sqlite.open_reader(path)) as con, sqlite.explained_sqlite(str(path), ""):
            sqlite.hold_still(con)
            return list(check_projection(con))
    with transaction(path, stamp) as work:
        findings = list(check_projection(work.con))
        if findings:
            rewrite(work)
            work.note("organisation", "ledger", "rebuilt", {"findings": len(findings)})
    return findings


def backup(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool = False
) -> tuple[int, str]:
    """Copy a ledger in use, verify the copy, publish it; return the copy's head.

    Raises ``NotAllowed`` for an existing target without ``force`` and ``LedgerUnusable``
    when the copy does not verify (then nothing is published).
    """
    aim = os.path.abspath(target)
    name = sqlite.real_path(path)
    if aim == name or (os.path.exists(aim) and os.path.samefile(aim, name)):
        raise NotAllowed(f"备份的去处就是台账本身: {target}", "请换一个文件名。")
    with sqlite.explained(aim, "没有做成备份。"):
        os.makedirs(os.path.dirname(aim), mode=0o700, exist_ok=True)
        with published(aim, force=force) as draft:
            source = sqlite.open_reader(path)
            try:
                sqlite.copy(source, draft)
            finally:
                source.close()
            result = verify(draft)
            if not result["ok"]:
                first = result["findings"][0]["what"]
                raise LedgerUnusable(
                    f"备份没有通过核对, 已丢弃: {first}", "请先运行 sixping verify 查看台账。"
                )
            return result["seq"], result["head"]

"""Is the ledger what it says? Four layers, one pass each, in flat memory.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay. No layer can prove that nothing was changed: whoever
re-hashes everything between two anchors leaves no trace, and the statement says so.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from sixping.store import layers, sqlite
from sixping.store.replay import Finding, finding

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from sixping.errors import LedgerUnusable

MOST_FINDINGS = 1000
TOO_MANY = "问题过多, 后面的不再列出"


def verify(path: str | os.PathLike[str], anchors: Iterable[tuple[int, str]] = ()) -> dict[str, Any]:
    """Check a ledger and say what can be said of it.

    ``anchors``: (seq, hash or its tail in hex) kept outside the ledger. Raises only when
    the file is no ledger of this version or cannot be read at all.
    """
    name = sqlite.real_path(path)
    kept = list(anchors)
    findings: list[Finding] = []
    count, last, remarks = 0, (0, ""), []
    with closing(sqlite.open_reader(path, checked=False)) as con:
        try:
            sqlite.hold_still(con)
            count, last = layers.extent(con)
            for one in layers.findings(con, kept):
                findings.append(one)
                if len(findings) >= MOST_FINDINGS:
                    findings.append(finding("projection", None, None, TOO_MANY))
                    break
            remarks = [*layers.remarks(con), *layers.exposed(name)]
        except sqlite.Error as error:
            findings.append(finding("integrity", None, None, f"文件已损坏, 读不下去: {error}"))
    return {
        "ok": not findings,
        "events": count,
        "seq": last[0],
        "head": last[1],
        "statement": _statement(name, findings, kept),
        "findings": findings,
        "remarks": remarks,
    }


def unreadable(fault: LedgerUnusable) -> dict[str, Any]:
    """Return the answer for a file that cannot be opened as a ledger at all."""
    return {
        "ok": False,
        "events": 0,
        "seq": 0,
        "head": "",
        "statement": "打不开, 无法核验",
        "findings": [finding("integrity", None, None, fault.what)],
        "remarks": [],
    }


def _statement(name: str, findings: list[Finding], anchors: list[tuple[int, str]]) -> str:
    if findings:
        named = "、".join(dict.fromkeys(f["layer"] for f in findings))
        return f"不一致: {len(findings)} 处 ({named}): {name}"
    if anchors:
        seq, digest = max(anchors)
        return f"自锚点 (第 {seq} 号, 尾号 {digest[-8:]}) 以来一致"
    return "自洽 (未提供锚点)"

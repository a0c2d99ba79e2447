"""Verified copies of a ledger in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.errors import LedgerUnusable
from sixping.store.files import copied
from sixping.store.verify import verify

if TYPE_CHECKING:
    import os


def backup(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool = False
) -> tuple[int, str]:
    """Copy a ledger in use, verify the copy, publish it; return the copy's head.

    Raises ``NotAllowed`` for an existing target without ``force`` and ``LedgerUnusable``
    when the copy does not verify (then nothing is published).
    """
    with copied(path, target, force=force) as draft:
        result = verify(draft)
        if not result["ok"]:
            first = result["findings"][0]["what"]
            raise LedgerUnusable(
                f"备份没有通过核对, 已丢弃: {first}", "请先运行 sixping verify 查看台账。"
            )
    return result["seq"], result["head"]

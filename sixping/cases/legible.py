"""Whether what is recorded can be read: what raises where it cannot, and what is said then."""

from __future__ import annotations

import json
from typing import Any

from sixping.errors import LedgerUnusable, SixpingError

ILLEGIBLE = (
    ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip
"""What reading a stored value raises where it is none that was ever stored."""


def why(error: BaseException) -> str:
    """Return why something stored could not be read, as people may be told: Python's is English."""
    return error.what if isinstance(error, SixpingError) else "存有读不懂的内容"


def facts_in(text: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the facts of an event as JSON holds them; None where they are illegible."""
    try:
        return json.loads(text)  # type: ignore[arg-type]
    except ILLEGIBLE:
        return None


def remarks_in(text: str | None) -> list[str] | None:
    """Return the remarks of an event; None where what stands there was never stored."""
    try:
        found = json.loads(text) if text is not None else []
    except ILLEGIBLE:
        return None
    legible = isinstance(found, list) and all(isinstance(word, str) for word in found)
    return found if legible else None


def remarks_of(seq: int, text: str | None) -> list[str]:
    """Return the remarks of an event; raises ``LedgerUnusable`` where they are illegible."""
    found = remarks_in(text)
    if found is None:
        raise beyond_us(seq)
    return found


def beyond_us(seq: int) -> LedgerUnusable:
    """Return the refusal of an event that this version cannot read: none of its words is told."""
    return LedgerUnusable(
        f"第 {seq} 号记录读不懂: 由更新的 sixping 写成, 或已被改动。",
        "请升级 sixping; 版本相同时请运行 sixping verify。",
    )

"""A report that was put on the table, and its number. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.reports.period import Span


class Issue(NamedTuple):
    """What is recorded of a frozen report.

    ``kind`` of period, as in ``spans``; ``number`` and ``total``: 第N期, 总第M期; ``correction``:
    how many times it was corrected, ``reason``: why this time. ``seq`` is the last event it was
    made from, ``ledger_seq`` and ``head`` what the paper says of it; ``figures`` as
    ``documents.frozen`` packs them. ``at``, ``by``: frozen when and on whose behalf, ``own_seq`` by
    which event.
    """

    kind: str
    span: Span
    number: int
    total: int
    correction: int
    as_of: datetime
    seq: int
    ledger_seq: int
    head: str
    digest: str
    figures: dict[str, Any]
    reason: str | None
    at: datetime
    by: str | None
    own_seq: int

    @property
    def words(self) -> str:
        """Return its number as it is printed: ``第10期（总第23期）``."""
        more = {0: "", 1: "（更正）"}.get(self.correction, f"（第{self.correction}次更正）")
        return f"第{self.number}期（总第{self.total}期）{more}"

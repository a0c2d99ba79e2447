"""The failures of a period as a document: whom, what, when, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.period import span_json
from sixping.policy.vocabulary import LAPSES
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.reports.lapses import Lapse
    from sixping.reports.period import Span


def lapses_json(lapses: Sequence[Lapse], span: Span, as_of: datetime) -> dict[str, Any]:
    """Return what ``lapses --json`` answers, items gravest first.

    ``{period: {from, to}, as_of, items: [{number, kind, unit, coordinator, due, happened,
    workdays_late, evidence: [seq…], why, since, severity, community}], counts: {kind: n}}``.
    ``number`` null: a meeting's task; ``unit`` null: nobody is named; ``due`` null: the notice
    sets no date; ``happened`` null: still undone; ``since`` places it in the period.
    """
    counts = {kind: sum(lapse.kind == kind for lapse in lapses) for kind in LAPSES}
    return {
        "period": span_json(span),
        "as_of": to_text(as_of),
        "items": [lapse_json(lapse) for lapse in lapses],
        "counts": {kind: n for kind, n in counts.items() if n},
    }


def lapse_json(lapse: Lapse) -> dict[str, Any]:
    """Return one failure: the promised fields, then where it belongs."""
    return {
        "number": lapse.number,
        "kind": lapse.kind,
        "unit": lapse.unit,
        "coordinator": lapse.coordinator,
        "due": _text(lapse.due),
        "happened": _text(lapse.happened),
        "workdays_late": lapse.workdays_late,
        "evidence": list(lapse.evidence),
        "why": lapse.why,
        "since": _text(lapse.since),
        "severity": lapse.severity,
        "community": lapse.community,
    }


def _text(value: datetime | None) -> str | None:
    return None if value is None else to_text(value)

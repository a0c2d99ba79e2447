"""The failures of a period as a document: whom, what, when, and the evidence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sixping.documents.period import span_json
from sixping.policy.vocabulary import LAPSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.reports.lapses import Lapse
    from sixping.reports.period import Span
    from sixping.reports.watched import Watched


def lapses_json(
    lapses: Sequence[Lapse],
    span: Span,
    as_of: datetime,
    beside: Sequence[Watched] = (),
    *,
    known: bool = True,
) -> dict[str, Any]:
    """Return what ``lapses --json`` answers, items gravest first.

    ``{period: {from, to}, as_of, items: [{number, kind, unit, coordinator, due, happened,
    workdays_late, evidence: [seq…], why, since, severity, community}], counts: {kind: n}}``.
    ``number`` null: a meeting's task; ``unit`` null: nobody is named; ``due`` null: the notice
    sets no date; ``happened`` null: still undone; ``since`` places it in the period.
    ``beside``: what is no failure but has to be seen, ``[{family, kind, number, clock, due, at,
    recorded_at, by, seq, unit, what, counted, hours_left, undecided, community, round, verdict}]``
    (``verdict``: in words, as that a way out was taken back; all are counted), with
    ``beside_counts: {family: n}``. ``known`` false: the period ended before the first
    report came in, so that an empty list is no all-clear.
    """
    counts = Counter(lapse.kind for lapse in lapses)
    return {
        "period": span_json(span),
        "as_of": as_of,
        "known": known,
        "items": [_lapse_json(lapse) for lapse in lapses],
        "counts": {kind: counts[kind] for kind in LAPSES if counts[kind]},
        "beside": [row._asdict() | {"counted": True, "verdict": row.verdict} for row in beside],
        "beside_counts": dict(Counter(row.family for row in beside)),
    }


def _lapse_json(lapse: Lapse) -> dict[str, Any]:
    """Return one failure; the ``person`` of the unit only where one answered by name."""
    return {name: value for name, value in lapse._asdict().items() if value or name != "person"}

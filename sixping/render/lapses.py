"""The list of failures as people and scripts see it: whom, what, when, and the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import against_due
from sixping.policy.vocabulary import LAPSES
from sixping.render.table import Column
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sixping.reports.lapses import Lapse

COLUMNS = (
    Column("number", "编号"),
    Column("label", "情形"),
    Column("unit", "责任单位"),
    Column("coordinator", "协调单位"),
    Column("due", "期限", "time"),
    Column("happened", "实际", "time"),
    Column("standing", "超期"),
    Column("evidence", "依据(流水号)", "list"),
    Column("why", "说明", elastic=True),
)
#: on a terminal narrower than this the column is left to other formats
COLUMNS_FROM = {"coordinator": 130, "happened": 115, "evidence": 100}


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


def document(found: Sequence[Lapse], first: date, last: date, as_of: datetime) -> dict[str, Any]:
    """Return what ``lapses --json`` answers, items gravest first.

    ``{period: {from, to}, as_of, items: [{number, kind, unit, coordinator, due, happened,
    workdays_late, evidence: [seq…], why, since, severity, community}], counts: {kind: n}}``.
    ``number`` null: a meeting's task; ``unit`` null: nobody is named; ``due`` null: the notice
    sets no date; ``happened`` null: still undone; ``since`` places it in the period.
    """
    counts = {kind: sum(each.kind == kind for each in found) for kind in LAPSES}
    return {
        "period": {"from": first.isoformat(), "to": last.isoformat()},
        "as_of": to_text(as_of),
        "items": [lapse_json(each) for each in found],
        "counts": {kind: n for kind, n in counts.items() if n},
    }


def rows(found: Sequence[Lapse]) -> list[dict[str, Any]]:
    """Return one row a failure for tables and sheets."""
    return [
        lapse_json(each)
        | {
            "label": LAPSES[each.kind],
            "standing": "" if each.due is None else against_due(each.workdays_late, None),
        }
        for each in found
    ]


def summary(found: Sequence[Lapse]) -> str:
    """Return how many failures there are, by kind."""
    if not found:
        return "这一时段没有失职失责情形。"
    labels = [LAPSES[each.kind] for each in found]
    return "合计: " + "、".join(f"{w} {labels.count(w)}" for w in dict.fromkeys(labels)) + "。"


def _text(value: datetime | None) -> str | None:
    return None if value is None else to_text(value)

"""A case and lists of cases read from the ledger, as the documents that are answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.context import Context


def read_case(
    context: Context,
    number: str,
    *,
    reveal: bool = False,
    as_of: int | None = None,
    repeats: bool = True,
) -> tuple[dict[str, Any], str]:
    """Return what ``show`` answers, and the anchor: last seq and tail of its hash.

    Without ``repeats`` the case is not held against others (``duplicates`` stays empty).
    """
    from sixping.documents.cases import case_json, event_json, names_in, rounds_json
    from sixping.queries import cases
    from sixping.services.repeats import repeats_of
    from sixping.services.segments import segments_of

    with cases.reading(context.ledger) as con:
        row = cases.case(con, number, as_of)
        clocks = cases.clocks(con, number, as_of)
        events = cases.events(con, number, as_of)
        seq, head = cases.head(con, as_of)
        duplicates = repeats_of(con, number, as_of) if repeats else []
        held = segments_of(con, number, context.now, as_of)
    document = case_json(row, clocks, context.now, reveal=reveal)
    first = json.loads(events[0]["facts"])
    same = first.get("category") == row["category"]
    document["suggested_lead"] = first.get("lead") if same else None
    names = names_in(row["private"])
    document["duplicates"] = duplicates
    document["events"] = [event_json(e, reveal=reveal, names=names) for e in events]
    document["rounds"] = rounds_json(clocks, context.now)
    document["segments"] = held
    return document, f"{seq}:{head[-16:]}"


def list_json(rows: Sequence[Any], context: Context, con: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return cases as ``list`` and ``search`` answer in JSON: the fields of ``intake``."""
    from sixping.documents.cases import case_json
    from sixping.queries import cases

    return [case_json(row, cases.clocks(con, row["number"]), context.now) for row in rows]

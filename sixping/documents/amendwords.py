"""What an amendment found: each field as it was said before, beside what it says now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import masked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sixping.store.rows import EventRow

_FACTS = ("channel", "community", "grid", "anonymous", "received_at")
_WORDS = ("text", "place", "reporter", "phone", "source_no")


def before(
    rows: Sequence[EventRow], *, reveal: bool = False, names: Iterable[str] = ()
) -> dict[int, dict[str, Any]]:
    """Return by the seq of each amendment what the fields it says anew said before it.

    ``rows``: the log of one case, oldest first. Words are masked as those of the entry are.
    """
    hidden, found = set(names), {}
    for place, row in enumerate(rows):
        if row.kind != "amended":
            continue
        earlier = rows[:place]
        gone = {json.loads(r.facts).get("seq") for r in earlier if r.kind == "voided"}
        state: dict[str, Any] = {}
        for one in earlier:
            if one.kind in {"reported", "imported", "amended"} and one.seq not in gone:
                state |= _said(one)
        changed = {name: state.get(name) for name in _said(row)}
        found[row.seq] = {
            name: masked(name, value, reveal=reveal, names=hidden)
            if name in _WORDS or (name == "about" and not state.get("about_unit"))
            else value
            for name, value in changed.items()
            if value is not None and name != "about_unit"
        }
    return found


def _said(row: EventRow) -> dict[str, Any]:
    """Return what an entry says of the report, None for what it clears."""
    facts = json.loads(row.facts)
    private = json.loads(row.private) if row.private else {}
    said: dict[str, Any] = {name: facts[name] for name in _FACTS if name in facts}
    said |= {name: private[name] for name in _WORDS if name in private}
    if row.kind != "amended":
        said["received_at"] = row.at
        said.setdefault("anonymous", False)
    if row.kind != "amended" or facts.get("about_said"):
        said["about_unit"] = facts.get("about_unit")
        said["about"] = facts.get("about_unit") or private.get("about")
    return said | dict.fromkeys(facts.get("cleared", ()))

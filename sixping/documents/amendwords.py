"""What an amendment found: each field as it was said before, beside what it says now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import NOBODY, People, masked
from sixping.documents.phrases import moment
from sixping.policy.vocabulary import SAID_AT_INTAKE, TELLING
from sixping.util.text import cut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.cases.model import Case
    from sixping.cases.steps.amending import Amended
    from sixping.store.rows import EventRow

_FACTS = (
    "channel", "community", "grid", "anonymous", "received_at", "source_due", "nature",
)  # fmt: skip
#: cells of a value in a confirmation; the log has it whole
_SHOWN = 40
_NONE = "(未填)"
_WORDS = ("text", "place", "reporter", "phone", "source_no")


def before(
    rows: Sequence[EventRow], *, reveal: bool = False, people: People = NOBODY
) -> dict[int, dict[str, Any]]:
    """Return by the seq of each amendment what the fields it says anew said before it.

    ``rows``: the log of one case, oldest first. Words are masked as those of the entry are.
    """
    found = {}
    for place, row in enumerate(rows):
        if row.kind != "amended":
            continue
        earlier = rows[:place]
        gone = {json.loads(r.facts).get("seq") for r in earlier if r.kind == "voided"}
        state: dict[str, Any] = {}
        for one in earlier:
            if one.kind in TELLING and one.seq not in gone:
                state |= _said(one)
        changed = {name: state.get(name) for name in _said(row)}
        found[row.seq] = {
            name: masked(name, value, reveal=reveal, people=people)
            if name in _WORDS or (name == "about" and not state.get("about_unit"))
            else value
            for name, value in changed.items()
            if value is not None and name != "about_unit"
        }
    return found


def changed(case: Case, event: Amended, words: Mapping[str, Any]) -> list[str]:
    """Return each field that an amendment says anew: what it said, and what it says now.

    ``words``: the private words before it. Masked as everywhere; receipt in Shanghai time.
    """
    names = frozenset(filter(None, (words.get("reporter"), event.reporter)))
    people = People(names, frozenset(filter(None, (words.get("place"), event.place))))

    def shown(name: str, value: str | None) -> str:
        if value and name in {*_WORDS, "about"}:
            value = masked(name, value, reveal=False, people=people)
        return cut((value or _NONE).replace("\n", " "), _SHOWN)

    named = ("channel", "community", "grid", "nature")
    said = {name: getattr(event, name) for name in (*_WORDS, *named)}
    lines = [
        f"{SAID_AT_INTAKE[name]}: {shown(name, words.get(name) or getattr(case, name, None))}"
        f" → {shown(name, value)}"
        for name, value in said.items()
        if value is not None or name in event.cleared
    ]
    if event.about_said:
        old = case.about_unit or shown("about", words.get("about"))
        lines.append(
            f"{SAID_AT_INTAKE['about']}: {old} → {event.about_unit or shown('about', event.about)}"
        )
    if event.anonymous is not None:
        lines.append("不匿名 → 匿名" if event.anonymous else "匿名 → 不匿名")
    if event.received_at:
        lines.append(f"收到: {moment(case.received_at)} → {moment(event.received_at)}")
    if event.source_due or "source_due" in event.cleared:
        dues = [moment(due) if due else _NONE for due in (case.source_due, event.source_due)]
        lines.append(f"来源期限: {' → '.join(dues)}")
    return lines


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

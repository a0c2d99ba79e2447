"""What was asked for and enclosed beside the limits of a case, from the entries of its log.

Entries come as ``documents.cases.event_json`` has them, so their words are masked already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Sort(NamedTuple):
    """One sort of them: the step that opens one, those that answer it, what is said of each.

    ``said``: keys of the opening entry; ``answers``: key of an answer → key it stands under.
    """

    opens: str
    said: tuple[str, ...]
    closes: str = ""
    answers: Mapping[str, str] = {}


#: register → what it has of a case
SORTS: Final[Mapping[str, Sort]] = {
    "instructions": Sort(
        "instructed", ("day", "due", "leader", "leader_role", "text"), "instruction_answered",
        {"text": "answer"},
    ),
    "demands": Sort("demanded", ("to", "answer_by", "text"), "demand_answered", {"text": "answer"}),
    "transfers": Sort(
        "justice_transferred", ("to", "content", "receipt"), "transfer_replied",
        {"receipt": "receipt", "outcome": "outcome"},
    ),
    "enclosures": Sort("enclosed", ("sort", "file", "size", "sha256", "kept")),
}  # fmt: skip


def besides(events: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return what counts of each register, oldest first: ``{n seq at … answered_at}``.

    Of a transfer ``received_at`` and ``answered_at`` are the days of its receipt and its result.
    """
    counted = [event for event in events if not event["voided_by"]]
    return {register: _of(sort, counted) for register, sort in SORTS.items()}


def _of(sort: Sort, events: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for event in events:
        if event["kind"] == sort.opens:
            found[event["n"]] = _opened(sort, event)
        elif event["kind"] == sort.closes and event["n"] in found:
            found[event["n"]] |= _answered(sort, event)
    return list(found.values())


def _opened(sort: Sort, event: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: event[name] for name in ("n", "seq", "at")}
    entry |= {name: event.get(name) for name in sort.said}
    if "day" in entry:
        entry["day"] = entry["day"] or event["at"][:10]  # unsaid: the day it was recorded
    if sort.closes:
        entry |= {into: entry.get(into) for into in sort.answers.values()} | {"answered_at": None}
    if sort.closes == "transfer_replied":
        entry["received_at"] = event["at"] if event.get("received") else None
    return entry


def _answered(sort: Sort, event: Mapping[str, Any]) -> dict[str, Any]:
    said = {into: event[name] for name, into in sort.answers.items() if event.get(name)}
    if sort.closes != "transfer_replied":
        return said | {"answered_at": event["at"]}
    if event.get("received"):
        said["received_at"] = event["at"]
    return said | ({"answered_at": event["at"]} if event.get("ended") else {})

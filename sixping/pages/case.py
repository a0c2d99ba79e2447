"""A case as people and scripts see it: the promised JSON and a readable sheet.

Rows come from ``views``; citizen text is masked here unless it is to be revealed, and
cleaned by whichever format prints it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sixping.clock import to_text
from sixping.text import mask_name, mask_phone, mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: width of a summary in columns
SUMMARY = 60

#: told fields that name a person or a phone; everything else told is free text
_MASKS = {"reporter": mask_name, "phone": mask_phone, "leader": mask_name}


def masked(name: str, value: str | None, *, reveal: bool) -> str | None:
    """Return a told field as it may be shown."""
    if value is None or reveal:
        return value
    return _MASKS.get(name, mask_text)(value)


def summary_of(told: str | None, *, reveal: bool = False) -> str:
    """Return the first words of a report on one line, masked; empty after an erasure."""
    from sixping.text import shorten

    text = json.loads(told).get("text", "") if told else ""
    return shorten(masked("text", text[:300], reveal=reveal) or "", SUMMARY)


def case_json(
    row: Mapping[str, Any],
    clocks: Iterable[Mapping[str, Any]],
    now: datetime,
    *,
    reveal: bool = False,
) -> dict[str, Any]:
    """Return the promised fields of ``intake`` and ``show`` (interface.md)."""
    told = json.loads(row["told"]) if row["told"] else {}
    reasons = json.loads(told["reasons"]) if told.get("reasons") else []
    return {
        "number": row["number"],
        "version": row["version"],
        "channel": row["channel"],
        "source_no": row["source_no"],
        "text": masked("text", told.get("text"), reveal=reveal),
        "place": masked("place", told.get("place"), reveal=reveal),
        "community": row["community"],
        "grid": row["grid"],
        "received_at": row["received_at"],
        "recorded_at": row["recorded_at"],
        "category": row["category"],
        "platform": row["platform"],
        "severity": row["severity"],
        "status": row["status"],
        "lead": row["lead"],
        "assist": json.loads(row["assist"]),
        "coordinator": row["coordinator"],
        "unsure": bool(row["unsure"]),
        "reasons": [
            r | {"matched": masked("matched", r.get("matched"), reveal=reveal)} for r in reasons
        ],
        "clocks": [clock_json(c, now) for c in clocks],
        "duplicates": [],
        "reporter": masked("reporter", told.get("reporter"), reveal=reveal),
        "phone": masked("phone", told.get("phone"), reveal=reveal),
        "anonymous": bool(row["anonymous"]),
        "imported": bool(row["imported"]),
        "satisfaction": row["satisfaction"],
        "returns": row["returns"],
    }


def clock_json(clock: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return one clock with its verdict as of ``now``; null where an end is not known."""
    return {
        "kind": clock["kind"],
        "round": clock["round"],
        "due": clock["due"],
        "started": clock["started"],
        "stopped": clock["stopped"],
        "late": late(clock, now),
        "provisional": bool(clock["provisional"]),
        "profile": clock["profile"],
        "clause": clock["clause"],
        "workdays": clock["workdays"],
        "dropped": bool(clock["dropped"]),
        "running": running(clock),
    }


def running(clock: Mapping[str, Any]) -> bool:
    """Return whether the clock still runs."""
    return not clock["stopped"] and not clock["unknown"] and clock["due"] is not None


def late(clock: Mapping[str, Any], now: datetime) -> bool | None:
    """Return the verdict at ``now`` by the one comparison (clauses.md)."""
    if clock["unknown"] or clock["due"] is None:
        return None
    return bool((clock["stopped"] or to_text(now)) > clock["due"])


def event_json(row: Mapping[str, Any], *, reveal: bool = False) -> dict[str, Any]:
    """Return one entry of the log: ``{seq, at, recorded_at, by, kind, …}``."""
    told = json.loads(row["told"]) if row["told"] else {}
    out = {
        "seq": row["seq"],
        "at": row["at"],
        "recorded_at": row["recorded_at"],
        "by": row["by_name"],
        "kind": row["kind"],
        "version": row["version"],
        "user": row["os_user"],
        "host": row["host"],
        "program": row["program"],
        "remarks": json.loads(row["remarks"]) if row["remarks"] else [],
        "voided_by": row["voided_by"],
        "erased_by": row["erased_by"],
        "hash": row["hash"].hex(),
    }
    facts = {"target" if k == "seq" else k: v for k, v in json.loads(row["facts"]).items()}
    words = {k: masked(k, v, reveal=reveal) for k, v in told.items() if k not in {"reasons"}}
    return out | {k: v for k, v in (facts | words).items() if k not in out}


def rounds_json(clocks: Iterable[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return what each round promised and how it ended, oldest first."""
    rounds: dict[int, list[dict[str, Any]]] = {}
    for clock in clocks:
        rounds.setdefault(clock["round"], []).append(clock_json(clock, now))
    return [
        {
            "round": number,
            "started": min((c["started"] for c in found if c["started"]), default=None),
            "late": any(c["late"] for c in found),
            "clocks": found,
        }
        for number, found in sorted(rounds.items())
    ]

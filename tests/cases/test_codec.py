"""The texts of events are those of a plain model, for every type and every field."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from datetime import date, datetime
from typing import Any

import pytest

from sixping.cases import codec
from sixping.cases.dates import Due
from sixping.cases.model import Held, PassedOn, Promise
from sixping.policy.vocabulary import (
    ClockKind,
    Confidence,
    OwnLimit,
    Platform,
    Severity,
    Status,
)
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import DAY, NOW, TERMS

DUES = (
    Due(ClockKind.ACCEPT, NOW + DAY),
    Due(ClockKind.FINISH, NOW + DAY, 5, "五.1c", provisional=True, started=NOW, was=NOW, of=7),
    Due(ClockKind.CEILING, NOW + DAY, 0, was=NOW),
)
SAMPLES: dict[str, Any] = {
    "dues": DUES, "limits": (Promise(ClockKind.FINISH, NOW, NOW + DAY, 5),),
    "held": (Held("演示甲队", NOW), Held(None, NOW)),
    "taken": (PassedOn(3, NOW, (Promise(ClockKind.FINISH, NOW, NOW + DAY, 5),)),),
    "since": NOW, "terms": TERMS, "platform": Platform.MARKET, "severity": Severity.MAJOR,
    "confidence": Confidence.LOW, "given": ("channel",),
    "assist": ("甲", '乙"\\'), "resolved_at": NOW, "seq": 7, "status": Status.HANDLING,
    "satisfaction": 5, "workdays": 3, "answer_by": NOW.date(), "due": NOW.date(),
    "day": NOW.date(), "n": 2, "size": 3,
    "received_at": NOW, "source_due": NOW, "cleared": ("phone",),
    "suggestion": {"a": [1, None, "街"]}, "reasons": ["一般", "甲"], "pins": {"policy": "ab"},
    "own": OwnLimit(3, None, "附2.4 演示事项"), "chosen": {"住所": "自有"},
}  # fmt: skip


def sample(cls: type[ev.Step], *, full: bool) -> ev.Step:
    values: dict[str, Any] = {}
    for f in fields(cls):
        if full or f.default is MISSING:
            flag = isinstance(f.default, bool) or str(f.type).startswith("bool")
            values[f.name] = True if flag else SAMPLES.get(f.name, f'{f.name} "引号"\n\x01')
    return cls(**values)


def plain_facts(event: codec.Recorded) -> str:
    """Return the facts as an independent model has them: every field on its own, then JSON."""
    facts = {
        f.name: _plain(value)
        for f in fields(event)
        if "private" not in f.metadata and (value := getattr(event, f.name)) != f.default
    }
    facts |= {name: getattr(event, name) for name in public(event)}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Due):
        said = [place for place, v in enumerate(value) if v is not None and v is not False]
        return [_plain(v) for v in value[: said[-1] + 1]]
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


def plain_private(event: codec.Recorded) -> dict[str, str]:
    values = {f.name: getattr(event, f.name) for f in fields(event) if "private" in f.metadata}
    hidden = values.keys() - public(event)
    return {name: value for name, value in values.items() if value is not None and name in hidden}


def public(event: codec.Recorded) -> set[str]:
    """Return the words that are nobody's own: what the policy has the office say."""
    policys = isinstance(event, ev.Accepted | ev.Extended | ev.Suspended)
    own = policys and event.standard and event.feedback is not None  # type: ignore[attr-defined]
    return {"feedback"} if own else set()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("cls", ev.TYPES.values(), ids=ev.TYPES)
def test_fast_texts_are_those_of_the_plain_model(cls: type[ev.Step], full: bool) -> None:
    event = sample(cls, full=full)
    assert codec.facts_of(event) == plain_facts(event)
    assert codec.private_fields(event) == plain_private(event)
    back = ev.read_event(event.kind, codec.facts_of(event), codec.private_fields(event))
    assert back == event
    assert codec.private_text({"a": '"\n\u2028\x00'}) == '{"a":"\\"\\n\u2028\\u0000"}'

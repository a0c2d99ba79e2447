"""The fast texts are the texts of the event itself, for every type and every field."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest

from sixping.cases import codec
from sixping.cases import steps as ev
from sixping.cases.codec import facts_text, private_fields_fast
from sixping.cases.model import ClockStep, Op, Status
from sixping.policy.vocabulary import ClockKind, Platform, Severity
from sixping.store.transaction import private_text
from tests.kit.ledgerkit import DAY, NOW, TERMS

STEP_LABELS = (
    ClockStep(op=Op.UNKNOWN, kind=ClockKind.ACCEPT),
    ClockStep(
        op=Op.START, kind=ClockKind.FINISH, started=NOW, due=NOW + DAY, stopped=NOW, was=NOW,
        workdays=5, clause="五.1c", provisional=True,
    ),
)  # fmt: skip
SAMPLES: dict[str, Any] = {
    "steps": STEP_LABELS, "terms": TERMS, "platform": Platform.MARKET, "severity": Severity.MAJOR,
    "assist": ("甲", '乙"\\'), "resolved_at": NOW, "seq": 7, "status": Status.HANDLING,
    "satisfaction": 5, "workdays": 3, "answer_by": NOW.date(), "due": NOW.date(),
    "suggestion": {"a": [1, None, "街"]}, "pins": {"policy": "ab"},
}  # fmt: skip


def sample(cls: type[codec.CaseEvent], *, full: bool) -> codec.CaseEvent:
    values: dict[str, Any] = {}
    for f in fields(cls):
        if full or f.default is MISSING:
            flag = isinstance(f.default, bool) or f.type == "bool"
            values[f.name] = True if flag else SAMPLES.get(f.name, f'{f.name} "引号"\n\x01')
    return cls(**values)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("cls", ev.TYPES.values(), ids=ev.TYPES)
def test_fast_texts_are_the_events_own(cls: type[codec.CaseEvent], full: bool) -> None:
    event = sample(cls, full=full)
    assert facts_text(event) == codec.facts_of(event)
    assert private_fields_fast(event) == codec.private_fields(event)
    back = ev.read_event(event.kind, facts_text(event), codec.private_fields(event))
    assert back == event
    assert private_text({"a": '"\n\u2028\x00'}) == '{"a":"\\"\\n\u2028\\u0000"}'

"""What JSON says of a case, against what is recorded."""

from __future__ import annotations

import json
from datetime import timedelta

from sixping.cases.codec import facts_of
from sixping.cases.dates import Due
from sixping.cases.rules import Terms
from sixping.documents.cases import DUE, TERMS, event_json
from sixping.policy.vocabulary import ClockKind
from sixping.store.rows import EventRow
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import DAY, NOW
from tests.kit.ledgerkit import TERMS as UNDER


def test_dates_and_terms_have_names_in_json() -> None:
    assert ("kind", *DUE[1:]) == Due._fields
    assert Terms._fields == TERMS


def test_a_date_of_the_log_is_said_by_name_and_only_what_there_is() -> None:
    dues = (Due(ClockKind.ACCEPT, NOW + DAY, 1, "五.1a"), Due(ClockKind.FINISH, NOW, was=NOW - DAY))
    facts = facts_of(ev.Rescheduled(why="文", dues=dues, terms=UNDER))
    at = to_text(NOW)
    row = EventRow(
        1,
        "case",
        "2026-000001",
        2,
        "rescheduled",
        at,
        at,
        None,
        "u",
        "h",
        "p",
        facts,
        None,
        None,
        b"",
    )
    said = event_json(row)
    assert said["dues"] == [
        {"clock": "accept", "due": to_text(NOW + timedelta(days=1)), "workdays": 1,
         "clause": "五.1a"},
        {"clock": "finish", "due": at, "was": to_text(NOW - DAY)},
    ]  # fmt: skip
    assert said["terms"] == {**UNDER._asdict(), "rules": ""}
    assert json.loads(facts)["terms"] == list(UNDER)

"""What JSON says of a case, against what is recorded."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sixping.cases.codec import facts_of
from sixping.cases.dates import Due
from sixping.cases.rules import Terms
from sixping.documents import cases
from sixping.documents.cases import DUE, TERMS, People, event_json, masked, people_in
from sixping.policy.vocabulary import ClockKind
from sixping.store.rows import EventRow
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import DAY, NOW
from tests.kit.ledgerkit import TERMS as UNDER


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("decided_by", "演示甲", "演*"), ("about", "演示甲", "演*"), ("reporter", "演示甲", "演*"),
        ("phone", "13800000000", "138****0000"), ("text", "回电 13800000000", "回电 138****0000"),
        ("text", "演示甲来电", "演*来电"),
    ],
    ids=["decided_by", "about", "reporter", "phone", "a phone in words", "a name in words"],
)  # fmt: skip
def test_each_field_is_masked_in_its_own_way(name: str, value: str, shown: str) -> None:
    people = People(frozenset(["演示甲"]))
    assert masked(name, value, reveal=False, people=people) == shown
    assert masked(name, value, reveal=True, people=people) == value


def test_whom_a_case_is_of_is_masked_also_as_one_of_the_staff() -> None:
    people = People(frozenset(["演示甲"]))
    assert cases._of_staff("演示甲 13800000000", people) == "演* 138****0000"
    assert cases._of_staff("演示乙", people) == "演示乙"


def test_whom_a_report_names_or_named_is_hidden_in_its_words() -> None:
    said = {"reporter": "演示甲", "former": ["演示乙丙"], "about": "演示丁", "place": "江南路 1 号"}
    people = people_in(json.dumps(said))
    assert people.names == {"演示甲", "演示乙丙", "演示丁"}
    assert people.places == {"江南路 1 号"}


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

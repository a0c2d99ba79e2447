"""Whose words have been kept long enough: each rule of the survey by itself, from made rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from sixping.policy.retention import CONTACT, RECORD, Keeping
from sixping.policy.vocabulary import Status
from sixping.reports.retention import Ended, Survey, archived_on, survey

TODAY = date(2026, 11, 28)
OLD, NEW = "2020-01-15T10:00:00+08:00", "2026-11-20T10:00:00+08:00"


def row(number: str = "1", **said: Any) -> Ended:
    known: dict[str, Any] = {
        "number": number, "status": Status.CLOSED, "ended_at": OLD, "closed_at": OLD,
        "recorded_at": NEW, "owes": False, "merged_into": None, "category": "电梯安全",
        "severity": "一般", "contact": True,
    }  # fmt: skip
    return Ended(**(known | said))


def term(track: str, keep: str | None, *categories: str) -> Keeping:
    return Keeping(track, keep, "依据", "读法: 演示", categories)


TABLE = (term(RECORD, "3年"), term(CONTACT, "6个月"))


@dataclass
class Ledger:
    rows: list[Ended]
    table: tuple[Keeping, ...] = TABLE
    held: tuple[str, ...] = ()
    others: tuple[Ended, ...] = ()

    def survey(self, today: date = TODAY) -> Survey:
        known = {each.number: each for each in (*self.rows, *self.others)}
        return survey(self.rows, self.table, self.held, known.get, today)


def tracks(found: Survey) -> list[tuple[str, str]]:
    return [(each.number, each.track) for each in found.due]


def test_the_record_goes_before_the_contact_and_says_by_what() -> None:
    (due,) = Ledger([row()]).survey().due
    assert due == (
        "1", RECORD, "电梯安全", "一般", date(2020, 1, 15), date(2023, 1, 15), "3年", "依据"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "today", "expected"),
    [
        ({}, date(2020, 7, 15), []),
        ({}, date(2020, 7, 16), [("1", CONTACT)]),
        ({}, date(2023, 1, 15), [("1", CONTACT)]),
        ({}, date(2023, 1, 16), [("1", RECORD)]),
        ({"contact": False}, date(2023, 1, 15), []),
        ({"contact": False}, date(2023, 1, 16), [("1", RECORD)]),
    ],
)
def test_a_term_ends_with_its_last_day(
    said: dict[str, Any], today: date, expected: list[tuple[str, str]]
) -> None:
    found = Ledger([row(**said)]).survey(today)
    assert (tracks(found), found.kept) == (expected, 0 if expected else 1)


@pytest.mark.parametrize(
    ("said", "since"),
    [
        ({}, date(2020, 1, 15)),
        ({"closed_at": None}, date(2026, 11, 20)),
        ({"owes": True}, None),
        ({"status": Status.RESOLVED}, None),
        ({"status": Status.DECLINED, "closed_at": None}, date(2020, 1, 15)),
        ({"status": Status.WITHDRAWN, "closed_at": None}, date(2020, 1, 15)),
        ({"status": Status.DECLINED, "closed_at": None, "ended_at": None}, None),
        ({"status": Status.RESOLVED, "closed_at": None, "ended_at": None}, None),
        ({"merged_into": "9", "owes": True, "status": Status.MERGED}, date(2021, 2, 1)),
        ({"merged_into": "8", "status": Status.MERGED}, None),
        ({"merged_into": "7", "status": Status.MERGED}, None),
    ],
)
def test_only_what_was_archived_has_a_day(said: dict[str, Any], since: date | None) -> None:
    mains = {
        "9": row("9", closed_at="2021-02-01T23:59:00+08:00"),
        "7": row("7", status=Status.RESOLVED, owes=True),
    }
    assert archived_on(row(**said), mains.get) == since


def test_without_a_term_nothing_is_due_and_everything_is_counted_once() -> None:
    table = (term(RECORD, "永久", "电梯安全"), term(RECORD, "3年"), term(CONTACT, None))
    rows = [row("1"), row("2", category=None), row("3", category=None, owes=True)]
    found = Ledger(rows, table).survey()
    assert (tracks(found), found.unset, found.unarchived) == ([("2", RECORD)], 1, 1)
    assert Ledger(rows, ()).survey() == Survey((), (), 3, 0, 0)


def test_the_first_entry_that_fits_governs_each_track() -> None:
    table = (term(RECORD, "永久", "电梯安全"), term(RECORD, "1年"), term(CONTACT, "1年"))
    assert tracks(Ledger([row()], table).survey()) == [("1", CONTACT)]


def test_a_hold_reaches_what_was_merged_over_every_merge_and_nothing_else() -> None:
    merged = [
        row("2", merged_into="1", status=Status.MERGED),
        row("3", merged_into="2", status=Status.MERGED),
        row("4"),
    ]
    found = Ledger([row("1"), *merged], held=("1",)).survey()
    assert (found.held, tracks(found)) == (("1", "2", "3"), [("4", RECORD)])
    main = row("1")
    open_main = Ledger(merged, held=("3",), others=(main,)).survey()
    assert (open_main.held, tracks(open_main)) == (("3",), [("2", RECORD), ("4", RECORD)])


def test_what_is_held_but_not_due_is_no_news() -> None:
    found = Ledger([row(closed_at=NEW)], held=("1",)).survey()
    assert (found.held, found.kept) == ((), 1)

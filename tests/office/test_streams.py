"""Events beside the cases: written and read by one codec, voided, erased, as they were known."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from sixping.cases.codec import Recorded, facts_of, private_fields, read_as
from sixping.documents.eventwords import kind_name
from sixping.errors import LedgerUnusable, NotAllowed, NotFound
from sixping.ledger import transaction
from sixping.office import (
    accountability,
    duty,
    groups,
    inspections,
    issues,
    letters,
    marks,
    meetings,
    operations,
    organisation,
    patrols,
    procedure,
    registers,
    shifts,
    streams,
)
from sixping.office.organisation import PEOPLE, UNITS, History
from sixping.policy.units import DutyMode, UnitKind
from sixping.policy.vocabulary import Platform
from sixping.queries import cases
from sixping.services.upkeep.books import rebuild
from sixping.store.sqlite import reading
from sixping.store.verify import verify
from tests.cases.test_codec import plain_facts
from tests.kit.ledgerkit import NOW, raw, rows, stamp
from tests.kit.officekit import CITY, DAY, SEED, joined, office

SAMPLES: list[Recorded] = [
    organisation.UnitAdded(
        day=DAY, name="江四社区", unit_kind=UnitKind.COMMUNITY, platform=Platform.SERVICE,
        aliases=("江四",), duty=DutyMode.ONLINE,
    ),
    organisation.UnitChanged(day=DAY, name="江四社区", stationed=False, leads=True),
    organisation.UnitEnded(day=DAY, name="江四社区"),
    joined(1, licence_until=DAY, licence="演示0001", phone="13800000000"),
    organisation.PersonChanged(day=DAY, person="p1", online=False, name="演示乙"),
    organisation.PersonLeft(day=DAY, person="p1"),
    duty.Planned(day=DAY, agency=CITY, people=("p1", "p2")),
    duty.Swapped(day=DAY, agency=CITY, out="p1", into="p3"),
    duty.LeaveTaken(person="p1", first=DAY, last=DAY, reason="演示"),
    duty.WasOutside(person="p1", day=DAY, start="10:00", end="11:00", allowed_by="演示乙"),
    duty.DutyBegun(day=DAY),
    duty.SignedIn(person="p1"),
    duty.SignedOut(person="p1"),
    duty.Attended(day=DAY, rows=[["p1", "08:00", "12:00"]]),
    meetings.MeetingPlanned(
        meeting="m1", sort="集体会商", day=DAY, convener="领导小组办公室", start="14:00",
        end="16:00", platform=Platform.MARKET, extraordinary=True, grave=True, reason="演示",
    ),
    meetings.MeetingMoved(meeting="m1", day=DAY, reason="演示"),
    meetings.MeetingAttended(meeting="m1", people=("p1",)),
    meetings.GuestInvited(meeting="m1", guest="演示戊"),
    meetings.AgendaAdded(meeting="m1", heading=8, text="演示"),
    meetings.Minuted(
        meeting="m1", ledger_seq=7, ledger_head="c0ffee", slot="存在的问题", text="演示"
    ),
    meetings.CaseDecided(meeting="m1", number="2026-000001", unit=CITY, due=DAY, text="演示"),
    meetings.TaskSet(meeting="m1", task="m1.1", unit=CITY, due=DAY, text="演示"),
    meetings.TaskMoved(meeting="m1", task="m1.1", due=DAY, reason="演示"),
    meetings.TaskDone(meeting="m1", task="m1.1", text="演示"),
    meetings.TaskDropped(meeting="m1", task="m1.1", reason="演示"),
    meetings.MeetingSlipPrinted(
        meeting="m1", slip="会议纪要", year=2026, no=1, doc_no="演示1号", to=CITY, again=True,
        digest="c0ffee",
    ),
    patrols.Patrolled(
        day=DAY, start="09:00", end="10:00", grids=("江一社区第一网格",), people=("p1",),
        units=(CITY,), cases=("2026-000001",), text="演示",
    ),
    operations.OperationPlanned(
        operation="o1", day=DAY, start="09:00", end="10:00", platforms=("综合执法",),
        units=(CITY,), people=("p1",), cases=("2026-000001",), coordinator=CITY, text="演示",
    ),
    operations.OperationStaged(operation="o1", first=DAY, last=DAY, stage="演示", text="演示"),
    operations.OperationManned(operation="o1", day=DAY, people=("p1",)),
    operations.OperationDay(
        operation="o1", day=DAY, checked=12, people=("p1",), cases=("2026-000001",), text="演示"
    ),
    meetings.GuestCame(meeting="m1", invitation=7),
    meetings.MeetingExcused(meeting="m1", person="p1", invitation=7, reason="演示"),
    shifts.ShiftNoted(
        day=DAY, note=1, person="p1", numbers=("2026-000001",), promised=DAY, text="演示", to="演示"
    ),
    shifts.ShiftDone(note=1, numbers=("2026-000001",), outcome="演示"),
    shifts.ShiftHandedOver(
        day=DAY, taker="p1", giver="p2", counts={"late": 1}, listed={"late": ["2026-000001"]},
        ledger_seq=7, numbers=("2026-000001",), text="演示",
    ),
    inspections.Inspected(
        month="2026-11", platform=Platform.MARKET, sort="抽检", values={"批次": 2},
        cases=("2026-000001",), reason="演示", text="演示",
    ),
    inspections.InspectionLinked(
        month="2026-11", platform=Platform.MARKET, sort="抽检", cases=("2026-000001",)
    ),
    registers.RegisterOpened(register="persons", day=DAY),
    registers.RegisterClosed(register="persons"),
    groups.GroupCounted(month="2026-11", unit=CITY, measure="帮教在册", count=12),
    operations.OperationResulted(operation="o1", cases=("2026-000001",), outcome="演示"),
    marks.ItemAdded(unit=CITY, day=DAY, points="-1.5", reason="演示"),
    marks.OpinionGiven(agency=CITY, year=2026, text="演示"),
    marks.ConsentGiven(agency=CITY, day=DAY, text="演示"),
    issues.ReportFrozen(
        period="month", first=DAY, last=DAY, issue=10, total=23, correction=1, as_of=NOW, seq=9,
        ledger_seq=9, head="c0ffee", digest="c0ffee", figures={"totals": {"received": 1}},
        reason="演示",
    ),
    procedure.AssessmentDrafted(
        period="month", first=DAY, last=DAY, draft=2, as_of=NOW, seq=9, head="c0ffee",
        digest="c0ffee", figures={"subjects": [{"name": CITY}]},
    ),
    procedure.SheetHanded(unit=CITY, draft=2, digest="c0ffee", day=DAY),
    procedure.Objected(objection="y1", unit=CITY, day=DAY, text="演示"),
    procedure.ObjectionAnswered(
        objection="y1", allowed=True, day=DAY, text="演示", changed="演示"
    ),
    procedure.AssessmentApproved(draft=2, day=DAY, meeting="m3", counts_in=2026, body="演示"),
    letters.LetterAsked(
        letter="l1", people=("p1",), named="演示甲", agency=CITY, about=letters.About.YEAR,
        year=2026, day=DAY, answer_by=DAY, count=2, bureau="演示局",
    ),
    letters.LetterAnswered(
        letter="l1", people=("p1",), body=letters.Body.PARTY, day=DAY, agreed=True, text="演示"
    ),
    letters.CadreMoved(letter="l1", people=("p1",), named="演示甲", day=DAY),
    accountability.Opened(entry="q1", matter="演示", unit=CITY, lapses=("2026-000001.finish",),
                          person="p1"),
    accountability.StatementAsked(entry="q1", matter="演示", day=DAY, answer_by=DAY),
    accountability.StatementGiven(entry="q1", matter="演示", day=DAY),
    accountability.Decided(
        entry="q1", matter="演示", day=DAY, sort="整改", decider_role="分管领导", decider="p1",
        due=DAY, unheard=True, sent_to="演示",
    ),
    accountability.Resulted(entry="q1", matter="演示", day=DAY),
    accountability.ReviewAsked(entry="q1", matter="演示", day=DAY),
    accountability.ReviewAnswered(
        entry="q1", matter="演示", day=DAY, outcome=accountability.Outcome.UPHELD
    ),
    accountability.Proposed(
        entry="q2", matter="演示", day=DAY, sort="一票否决", unit=CITY, person="p1",
        cases=("2026-000001",), whose="演示", sent_to="演示",
    ),
    accountability.ProposalAnswered(entry="q2", matter="演示", day=DAY),
]  # fmt: skip


def judge(_: str, rest: list[streams.StreamEntry]) -> None:
    History(SEED, rest).check()


def void(path: Path, seq: int, stream: str = "organisation", check: Any = judge) -> None:
    with transaction(path, stamp()) as work:
        streams.void(work, stream, seq, "记错", check)


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.kind)
def test_every_event_comes_back_as_it_was_written(event: Recorded) -> None:
    assert facts_of(event) == plain_facts(event)
    assert read_as(type(event), facts_of(event), private_fields(event)) == event


def test_the_samples_are_all_kinds_and_each_has_a_chinese_name() -> None:
    kinds = {kind for stream in streams.MODULES for kind in streams.types_of(stream)}
    assert {event.kind for event in SAMPLES} == kinds
    assert not [kind for kind in kinds if kind_name(kind).isascii()]


def test_names_phones_and_licence_numbers_never_lie_in_the_facts() -> None:
    for event in SAMPLES:
        personal = {f.name for f in fields(event)} & {"phone", "licence", "reason"}
        if hasattr(event, "person"):
            personal |= {f.name for f in fields(event)} & {"name"}
        assert not personal & set(json.loads(facts_of(event)))


def test_entries_come_by_subject_or_all_and_as_they_were_known(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1), joined(2)])
    with transaction(path, stamp()) as work:
        ended = organisation.UnitEnded(day=DAY, name="江一社区第三网格")
        streams.record(work, "organisation", UNITS, ended, NOW)
    with reading(path) as con:
        read = streams.entries
        assert [e.seq for e in read(con, "organisation")] == [2, 3, 4]
        assert [e.seq for e in read(con, "organisation", PEOPLE)] == [2, 3]
        assert [e.seq for e in read(con, "organisation", PEOPLE, 2)] == [2]
        assert read(con, "duty") == []
        found = read(con, "organisation", PEOPLE)[0]
        assert (found.event, found.by, found.at) == (joined(1), "演示甲", NOW)


def test_what_was_erased_comes_back_as_nothing(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1, phone="13800000000")])
    with transaction(path, stamp()) as work:
        work.erase([2], "依申请")
    with reading(path) as con:
        event = streams.entries(con, "organisation", PEOPLE)[0].event
    assert (event.person, event.name, event.phone) == ("p1", None, None)
    assert verify(path)["ok"]


def test_a_voided_entry_is_left_out_and_stays_on_record(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1), joined(2)])
    void(path, 3)
    with reading(path) as con:
        assert [e.seq for e in streams.entries(con, "organisation", PEOPLE)] == [2]
        assert [e.seq for e in streams.entries(con, "organisation", PEOPLE, 3)] == [2, 3]
        log = {row.seq: row for row in cases.log(con)[0]}
    assert log[3].voided_by == 4
    assert log[4].kind == "voided"
    assert verify(path)["ok"]


def test_verify_and_rebuild_know_what_was_voided_beside_the_cases(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1)])
    void(path, 2)
    raw(path, "DELETE FROM voids")
    assert [f["what"] for f in verify(path)["findings"]] == ["第 2 号的撤销登记与记录不符"]
    rebuild(path, stamp())
    assert rows(path, "SELECT * FROM voids") == [(2, 3)]
    assert verify(path)["ok"]


def test_nothing_is_voided_that_later_entries_rest_on(tmp_path: Path) -> None:
    path = office(tmp_path, [joined(1)])
    with transaction(path, stamp()) as work:
        left = organisation.PersonLeft(day=DAY, person="p1")
        streams.record(work, "organisation", PEOPLE, left, NOW)
    with pytest.raises(NotAllowed, match="以它为据"):
        void(path, 2)
    void(path, 3)
    void(path, 2)
    for seq in (1, 2, 4, 99):
        with pytest.raises(NotFound):
            void(path, seq)
    with pytest.raises(NotFound):
        void(path, 3, "duty", duty.check)
    assert verify(path)["ok"]


def test_what_a_newer_version_wrote_is_said_and_not_guessed(tmp_path: Path) -> None:
    path = office(tmp_path, [])
    with transaction(path, stamp()) as work:
        work.note("organisation", PEOPLE, "person_cloned", {"person": "p1"})
    with reading(path) as con, pytest.raises(LedgerUnusable, match="第 2 号记录读不懂"):
        streams.entries(con, "organisation", PEOPLE)

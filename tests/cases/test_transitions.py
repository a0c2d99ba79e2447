"""Every (state, step) pair: allowed ones change what they should, others say what is possible."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import pytest

from sixping.cases import codec
from sixping.cases.lifecycle import advance, check_step, possible
from sixping.cases.model import Case, Clock, Owed, Part, Report, Urge
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import ClockKind, Severity, Status
from tests.kit import events as ev
from tests.kit.storykit import MOMENT, NUMBER, shipped, standing_case

LATER = MOMENT + timedelta(days=9)
OTHER = "2020-000002"
TARGET = Clock(
    kind=ClockKind.FINISH, round=1, started=MOMENT - timedelta(days=3), due=LATER, workdays=5
)


#: each step, and what it changes wherever it is allowed
EVENTS: dict[str, tuple[ev.Step, set[str]]] = {
    "accepted": (ev.Accepted(), {"status", "accepted_at"}),
    "declined": (ev.Declined(), {"status", "ended_at"}),
    "transferred": (ev.Transferred(to="110"), {"status", "ended_at"}),
    "guided": (ev.Guided(to="区信访局"), {"status", "ended_at"}),
    "sent_back": (ev.SentBack(category="要素不全"), {"status", "ended_at"}),
    "assigned": (ev.Assigned(lead="乙单位"), {"lead", "assigned_at"}),
    "signed": (ev.Signed(), {"signed_at"}),
    "handed_over": (ev.HandedOver(person="p2"), {"person"}),
    "returned": (ev.Returned(), {"status", "lead", "returns", "returned_at"}),
    "regraded": (ev.Regraded(severity=Severity.SERIOUS, category="新类别"), {"category"}),
    "consulted": (ev.Consulted(), {"consulted_at"}),
    "decided": (ev.Decided(lead="乙单位", due=date(2020, 4, 1)), {"lead", "decided_at"}),
    "referred": (ev.Referred(to="区级平台", received=True), {"received", "severity"}),
    "refer_replied": (ev.ReferReplied(), {"status", "resolved_at", "received"}),
    "resolved": (ev.Resolved(), {"status", "resolved_at", "clocks"}),
    "fed_back": (ev.FedBack(to=OTHER, satisfaction=4), {"others", "satisfaction"}),
    "verified": (ev.Verified(passed=True), {"verified"}),
    "closed": (ev.Closed(), {"status"}),
    "reopened": (ev.Reopened(), {"status", "round", "round_at"}),
    "told": (ev.Told(), set()),
    "noted": (ev.Noted(to="乙单位"), set()),
    "slip_printed": (ev.SlipPrinted(slip="交办单", year=2020, no=1, doc_no="演示1号"), set()),
    "amended": (ev.Amended(community="乙社区", cleared=("grid",)), {"community", "words_seq"}),
    "withdrawn": (ev.Withdrawn(), {"status", "ended_at", "clocks"}),
    "rescheduled": (ev.Rescheduled(why="演示"), {"clocks"}),
    "extended": (ev.Extended(workdays=1), {"clocks"}),
    "suspended": (ev.Suspended(), {"clocks"}),
    "resumed": (ev.Resumed(), {"clocks"}),
    "merged": (ev.Merged(into=OTHER), {"status", "merged_into", "clocks"}),
    "absorbed": (ev.Absorbed(number="2020-000003"), {"others"}),
    "unmerged": (ev.Unmerged(), {"status", "merged_into"}),
    "released": (ev.Released(number=OTHER), {"others"}),
    "urged": (ev.Urged(level="黄牌", follows="普通"), {"urges"}),
    "instructed": (ev.Instructed(n=2, due=date(2020, 4, 1)), {"owed"}),
    "instruction_answered": (ev.InstructionAnswered(n=1), {"owed"}),
    "demanded": (ev.Demanded(n=2, to="乙单位", answer_by=date(2020, 4, 1)), {"owed"}),
    "demand_answered": (ev.DemandAnswered(n=1), {"owed"}),
    "justice_transferred": (ev.JusticeTransferred(n=2, to="区公安分局"), {"owed"}),
    "transfer_replied": (ev.TransferReplied(n=1, received=True), {"owed"}),
    "source_answered": (ev.SourceAnswered(), set()),
    "enclosed": (ev.Enclosed(n=1, sort="处置前", size=3, sha256="0" * 64), set()),
    "urge_answered": (ev.UrgeAnswered(level="普通"), {"urges"}),
    "emergency_reported": (ev.TYPES["emergency_reported"](), {"emergency"}),
    "source_stated": (ev.SourceStated(answered=True, satisfaction=5), {"satisfaction"}),
    "source_withdrawn": (ev.SourceWithdrawn(), {"status", "ended_at"}),
    "part_set": (ev.PartSet(unit="甲单位", due=date(2020, 3, 25)), {"parts"}),
    "part_done": (ev.PartDone(unit="甲单位"), {"parts"}),
    "material_owed": (ev.MaterialOwed(n=2, unit="甲单位"), {"owed"}),
    "material_received": (ev.MaterialReceived(n=1), {"owed"}),
    "mediated": (ev.Mediated(sort="邻里", mediated="yes"), set()),
}
OWED = tuple(
    Owed(kind, 1, MOMENT, "甲单位")
    for kind in ("instruction", "demand", "transfer", "receipt", "material")
)
OPEN_PART = (Part("甲单位", MOMENT),)
#: what a step needs to find besides the state
NEEDS: dict[str, dict[str, Any]] = {
    "fed_back": {"others": (Report(OTHER, reachable=True),)},
    "released": {"others": (Report(OTHER, reachable=True),)},
    "resumed": {"clocks": (replace(TARGET, held_at=MOMENT),)},
    "part_done": {"parts": OPEN_PART},
    "declined": {"urges": ()},
    "emergency_reported": {"emergency": True},
}


def arranged(status: Status, kind: str) -> Case:
    merged = status is Status.MERGED
    found: dict[str, Any] = {
        "clocks": (TARGET,),
        "urges": (Urge("普通", MOMENT),),
        "owed": OWED,
        "merged_into": OTHER if merged else None,
        "merged_from": Status.HANDLING if merged else None,
    }
    return replace(standing_case(status), **(found | NEEDS.get(kind, {})))


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("kind", list(EVENTS))
def test_every_step_is_allowed_or_refused_by_the_table(status: Status, kind: str) -> None:
    case, (event, changed) = arranged(status, kind), EVENTS[kind]
    if status in ev.TYPES[kind].after:
        later = MOMENT + timedelta(minutes=1)  # of a record of the past somebody states when
        recorded = later if status is Status.UNKNOWN else MOMENT
        entry = ev.CaseEntry(seq=2, at=MOMENT, recorded_at=recorded, event=event)
        after, _ = advance(case, entry, NUMBER, shipped)
        differ = {f.name for f in fields(Case) if getattr(case, f.name) != getattr(after, f.name)}
        assert {"version", *changed} <= differ
        assert changed or differ == {"version"}
    else:
        with pytest.raises(NotAllowed) as refusal:
            check_step(case, event, MOMENT)
        assert status in refusal.value.what
        assert all(command and command in refusal.value.hint for command, _ in possible(case))


def test_a_case_is_registered_once_and_before_anything_else() -> None:
    with pytest.raises(NotAllowed, match="2020-000001 已经登记过"):
        check_step(arranged(Status.HANDLING, ""), ev.Reported(channel="网格"), MOMENT)
    with pytest.raises(NotAllowed, match="没有登记的事件不能办理"):
        check_step(None, ev.Noted(), MOMENT)


def test_the_table_knows_every_event_and_every_event_has_a_name() -> None:
    assert {*EVENTS, "voided", "relimited", "reported", "imported"} == set(ev.TYPES)
    assert all(cls.kind == kind and cls.label for kind, cls in ev.TYPES.items())


@pytest.mark.parametrize("event", [e for e, _ in EVENTS.values()], ids=lambda e: e.kind)
def test_every_event_survives_its_stored_form(event: ev.Step) -> None:
    assert ev.read_event(event.kind, codec.facts_of(event), codec.private_fields(event)) == event


GUARDED: list[tuple[str, Status, ev.Step, dict[str, Any], str]] = [
    ("declined with repeats", Status.REPORTED, ev.Declined(),
     {"others": (Report(OTHER, reachable=True),)}, OTHER),
    ("accepted as suggested", Status.REPORTED, ev.Accepted(), {"confirmed": False}, "没有人确认"),
    ("assigned as it is", Status.HANDLING, ev.Assigned(lead="甲单位"), {}, "没有变化"),
    ("assigned twice over", Status.HANDLING, ev.Assigned(lead="乙单位", assist=("乙单位",)), {},
     "既是牵头单位又是协办单位"),
    ("decided twice over", Status.HANDLING,
     ev.Decided(lead="乙单位", assist=("乙单位",), due=date(2020, 4, 2)), {},
     "既是牵头单位又是协办单位"),
    ("decided though ordinary", Status.HANDLING, ev.Decided(lead="乙单位", due=date(2020, 4, 2)),
     {"severity": Severity.ORDINARY}, "只用于较大事件"),
    ("signed twice", Status.HANDLING, ev.Signed(), {"signed_at": MOMENT}, "已经签收"),
    ("regraded as it is", Status.HANDLING, ev.Regraded(severity=Severity.SERIOUS), {}, "没有变化"),
    ("closed though the check failed", Status.RESOLVED, ev.Closed(), {"verified": False}, "核查"),
    ("resolved with a part open", Status.HANDLING, ev.Resolved(), {"parts": OPEN_PART}, "甲单位"),
    ("closed though a repeat waits", Status.RESOLVED, ev.Closed(),
     {"others": (Report(OTHER, reachable=True),)}, OTHER),
    ("closed without a decision", Status.RESOLVED, ev.Closed(), {"decided_at": None}, "会商决定"),
    ("closed without a receipt", Status.RESOLVED, ev.Closed(),
     {"severity": Severity.MAJOR}, "区级的回执"),
    ("answered to a stranger", Status.RESOLVED, ev.FedBack(to=OTHER), {}, "没有并入"),
    ("a part for a stranger", Status.HANDLING, ev.PartSet(unit="丙单位"), {}, "不是这一件的牵头"),
    ("a part not set", Status.HANDLING, ev.PartDone(unit="丙单位"), {}, "没有未完成的分工"),
    ("extended by decision's date", Status.HANDLING, ev.Extended(workdays=1),
     {"clocks": (replace(TARGET, workdays=None),)}, "由会商决定"),
    ("extended while held", Status.HANDLING, ev.Extended(workdays=1),
     {"clocks": (replace(TARGET, held_at=MOMENT),)}, "中止计时"),
    ("extended after the target", Status.HANDLING, ev.Extended(workdays=1),
     {"clocks": (replace(TARGET, due=MOMENT - timedelta(seconds=1)),)}, "已过"),
    ("beyond a ceiling that passed", Status.HANDLING,
     ev.Extended(workdays=1, beyond_ceiling=True),
     {"clocks": (TARGET, replace(TARGET, kind=ClockKind.CEILING, due=MOMENT - timedelta(1)))},
     "最长时限已过"),
    ("suspended after the target", Status.HANDLING, ev.Suspended(),
     {"clocks": (replace(TARGET, due=MOMENT - timedelta(seconds=1)),)}, "已过"),
    ("resumed though it runs", Status.HANDLING, ev.Resumed(), {}, "没有中止"),
    ("resumed before it was held", Status.HANDLING, ev.Resumed(),
     {"clocks": (replace(TARGET, held_at=LATER),)}, "早于中止"),
    ("merged into itself", Status.HANDLING, ev.Merged(into=NUMBER), {}, "自己"),
    ("merged with repeats of its own", Status.HANDLING, ev.Merged(into=OTHER),
     {"others": (Report("2020-000009", reachable=True),)}, "2020-000009"),
    ("taken in twice", Status.HANDLING, ev.Absorbed(number=OTHER),
     {"others": (Report(OTHER, reachable=True),)}, "已在这一件之中"),
    ("separated though imported so", Status.MERGED, ev.Unmerged(), {"merged_from": None}, "记录"),
    ("released though not there", Status.HANDLING, ev.Released(number=OTHER), {}, "没有并入"),
    ("urged with a grade skipped", Status.HANDLING, ev.Urged(level="红牌", follows="黄牌"), {},
     "逐级"),
    ("a demand answered that is not owed", Status.HANDLING, ev.DemandAnswered(n=2), {},
     "没有未答复的第 2 项协办要求"),
    ("a receipt that came already", Status.HANDLING, ev.TransferReplied(n=1, received=True),
     {"owed": OWED[:3]}, "已经取得回执"),
    ("a result of what is not owed", Status.HANDLING, ev.TransferReplied(n=3, ended=True), {},
     "没有未答复的第 3 项"),
    ("a stranger's source", Status.RESOLVED, ev.SourceAnswered(to=OTHER), {}, "没有并入"),
    ("answered though not urged", Status.HANDLING, ev.UrgeAnswered(level="红牌"), {}, "红牌"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "event", "found", "said"),
    [case[1:] for case in GUARDED],
    ids=[case[0] for case in GUARDED],
)
def test_what_the_state_allows_may_still_be_in_the_way(
    status: Status, event: ev.Step, found: dict[str, Any], said: str
) -> None:
    case = arranged(status, "")
    with pytest.raises(NotAllowed) as refusal:
        check_step(replace(case, **found), event, MOMENT)
    assert said in refusal.value.what
    assert refusal.value.hint

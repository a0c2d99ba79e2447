"""Meetings as the fold of their events, and their rules as data."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from sixping.errors import BadData, NotAllowed, NotFound, UsageFault
from sixping.office import meetings
from sixping.office.meetings import TaskState, check, find, find_task, fold
from sixping.office.organisation import History
from sixping.policy.meetings import LEAD_UNIT, MeetingRules, load_rules, parse_rules, seats
from sixping.policy.vocabulary import Platform
from sixping.reports import agenda
from sixping.reports.agenda import AgendaCase, AgendaItem
from sixping.util.clock import SHANGHAI
from tests.kit.officekit import DAY, SEED, entries, joined

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "data" / "meetings.toml").read_text(encoding="utf-8")
PLANNED = meetings.MeetingPlanned(meeting="m1", sort="联席会议", day=DAY, convener="街道领导")
CLOSES = time(17)
YEARS_LATER = datetime(2030, 1, 1, tzinfo=SHANGHAI)
SET = meetings.TaskSet(meeting="m1", task="m1.1", unit="城管执法中队", due=DAY, text="演示")


# --- the fold --------------------------------------------------------------------------


def test_a_meeting_is_what_was_recorded_of_it() -> None:
    meeting = fold(
        entries(
            PLANNED,
            meetings.MeetingMoved(meeting="m1", day=date(2026, 11, 25), start="09:00", end="10:00"),
            meetings.MeetingAttended(meeting="m1", people=("p1", "p2")),
            meetings.MeetingAttended(meeting="m1", people=("p2", "p3")),
            meetings.AgendaAdded(meeting="m1", heading=1, text="演示"),
            meetings.Minuted(meeting="m1", ledger_seq=6, ledger_head="aa", slot="情况", text="旧"),
            meetings.Minuted(meeting="m1", ledger_seq=7, ledger_head="bb", slot="情况", text="新"),
            meetings.Minuted(meeting="m1", ledger_seq=8, ledger_head="cc"),
        )
    )["m1"]
    assert (meeting.day, meeting.start) == (date(2026, 11, 25), "09:00")
    assert meeting.people == ("p1", "p2", "p3")
    assert (meeting.slots, meeting.ledger) == ({"情况": "新"}, (8, "cc"))


@pytest.mark.parametrize("after", ["meeting_attended", "minuted"])
def test_what_was_held_is_not_moved(after: str) -> None:
    held = {
        "meeting_attended": meetings.MeetingAttended(meeting="m1", people=("p1",)),
        "minuted": meetings.Minuted(meeting="m1", ledger_seq=6, ledger_head="aa"),
    }[after]
    with pytest.raises(NotAllowed, match="不能改期"):
        fold(entries(PLANNED, held, meetings.MeetingMoved(meeting="m1", day=DAY)))


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (meetings.TaskDone(meeting="m1", task="m1.1", text="完成"), TaskState.DONE),
        (meetings.TaskDropped(meeting="m1", task="m1.1", reason="取消"), TaskState.DROPPED),
    ],
)
def test_a_task_ends_once(end: meetings.OfTask, state: TaskState) -> None:
    found = find_task(fold(entries(PLANNED, SET, end)), "M1.1")
    assert found.ended
    assert (found.state, found.ended.date()) == (state, DAY)
    for again in (end, meetings.TaskMoved(meeting="m1", task="m1.1", due=date(2026, 12, 1))):
        with pytest.raises(NotAllowed, match=state):
            fold(entries(PLANNED, SET, end, again))


def test_a_task_is_late_after_its_day_and_what_was_dropped_never_is() -> None:
    task = find_task(fold(entries(PLANNED, SET)), "m1.1")
    close = datetime.combine(task.due, CLOSES, SHANGHAI)
    assert not task.late(close, CLOSES), "17:00:00 is in time"
    assert task.late(close + timedelta(seconds=1), CLOSES), "17:00:01 is late"
    dropped = meetings.TaskDropped(meeting="m1", task="m1.1", reason="取消")
    assert not find_task(fold(entries(PLANNED, SET, dropped)), "m1.1").late(YEARS_LATER, CLOSES)


@pytest.mark.parametrize(
    "orphan",
    [
        meetings.MeetingAttended(meeting="m1", people=("p1",)),
        SET,
        meetings.TaskDone(meeting="m1", task="m1.1"),
    ],
)
def test_nothing_stands_without_its_meeting(orphan: meetings.OfMeeting) -> None:
    with pytest.raises(NotFound):
        check("m1", entries(orphan))
    with pytest.raises(NotFound):
        find(fold(entries(PLANNED)), "m2")


# --- the rules -------------------------------------------------------------------------


def changed(before: str, after: str) -> MeetingRules:
    assert before in SHIPPED
    return parse_rules(SHIPPED.replace(before, after, 1), "meetings.toml")


def test_the_shipped_rules_are_those_of_the_notice() -> None:
    rules = parse_rules(SHIPPED, "meetings.toml")
    consultation = rules.kind("会商")
    assert len(consultation.headings) == 8  # 附1, 四
    assert consultation.conveners == ("领导小组办公室",)
    assert consultation.grave_conveners == ("领导小组组长", "常务副组长")
    sources = {n: {s.name for s in h.sources} for n, h in enumerate(consultation.headings, 1)}
    assert "disputes" in sources[3]
    assert {"repeated_places", "rising"} <= sources[4]
    assert {"lapses", "unanswered_urges"} <= sources[6]
    assert {"undone_tasks", "duty_breaches"} <= sources[8]
    assert sources[1] == {"plans"}
    assert "groups" in sources[5]
    assert len(rules.disputes.kinds) == len(set(rules.disputes.kinds)) > 5
    assert {each.topic for each in rules.measures} == {"安置帮教", "禁毒"}
    assert rules == load_rules()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sources = ["mediated", "disputes"]', 'sources = ["dispute"]', "没有这个"),
        ('topic = "禁毒"', 'topik = "禁毒"', "topic"),
        ('what = "totals"', 'what = "total"', "以下之一"),
        ('every = "week"', 'every = "day"', "以下之一"),
        ('of = "office"', 'of = "offices"', "以下之一"),
        ("per_platform = true", "per_plattform = true", "不是可用的键"),
        ('aliases = ["联席"]', 'aliases = ["会商"]', "重复"),
        ('conveners = ["领导小组办公室"]', "conveners = []", "不能为空"),
    ],
)
def test_a_faulty_file_names_the_key(before: str, after: str, said: str) -> None:
    with pytest.raises(BadData, match=said) as fault:
        changed(before, after)
    assert "meetings.toml" in fault.value.what


def test_a_street_may_entitle_another_convener() -> None:
    rules = changed('conveners = ["领导小组办公室"]', 'conveners = ["街道主任"]')
    assert rules.kind("集体会商").convener("街道主任", grave=False, lead=None) == "街道主任"


def test_the_lead_unit_calls_its_own_platforms_meeting() -> None:
    kind = load_rules().kind("例会")
    assert kind.convener("市场监管所", grave=False, lead="市场监管所") == LEAD_UNIT
    with pytest.raises(NotAllowed):
        kind.convener("市场监管所", grave=False, lead="城管执法中队")
    with pytest.raises(NotAllowed, match="不是特别重大"):
        kind.convener("平台牵头单位", grave=True, lead=None)


@pytest.mark.parametrize("role", [None, "", "  "])
def test_no_kind_is_called_by_nobody(role: str | None) -> None:
    for kind in load_rules().kinds:
        with pytest.raises(UsageFault, match="没有写明召集人"):
            kind.convener(role, grave=False, lead=None)


def test_members_are_roles_with_the_units_of_the_day() -> None:
    organisation = History(SEED, entries(joined(1))).at(DAY)
    agencies = [unit.name for unit in organisation.units if unit.kind == "agency"]
    found = seats(load_rules().kind("集体会商"), organisation.units, None)
    assert found == [("领导小组办公室成员", None), *(("主要负责人", name) for name in agencies)]
    units = {
        unit for _, unit in seats(load_rules().kind("例会"), organisation.units, Platform.MARKET)
    }
    assert units == {"市场监管所", "经济发展办"}


# --- the agenda ------------------------------------------------------------------------


def test_headings_keep_their_order_and_free_items_come_last() -> None:
    def read(source: str) -> list[AgendaItem]:
        return [AgendaItem(source, source, f"{source} 1")]

    made = agenda.headings(
        [("甲", "附1.3", ()), ("乙", "附1.3", ("x", "y"))], read, [(2, "补充"), (2, None)]
    )
    assert made[0].items == ()
    assert [i.text for i in made[1].items] == ["x 1", "y 1", "补充", None]


def test_places_count_when_several_reports_name_them() -> None:
    cases = [AgendaCase(f"n{i}", place, place) for i, place in enumerate("aabbbc")]
    cases.append(AgendaCase("n9"))
    assert agenda.repeated(cases, 2) == [("b", ["n2", "n3", "n4"]), ("a", ["n0", "n1"])]


def test_categories_rise_against_the_period_before() -> None:
    now = {"甲": 5, "乙": 3, "丙": 2, "丁": 1, None: 9}
    assert agenda.rising(now, {"甲": 4, "乙": 3}, 2) == [("丙", 2, 0), ("甲", 5, 4)]

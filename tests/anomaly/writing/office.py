"""Units and people, duty, meetings, patrols, joint operations, assessment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.anomaly import keeping
from tests.anomaly.writing.jobs import Job, Write, facts, line, naming, of, told
from tests.anomaly.writing.states import (
    DECISION,
    DECISION_ON,
    INSPECTED,
    LAPSE,
    LEAD,
    LEADER,
    MEETING,
    OPERATION,
    PAST,
    PATROL,
    PROPOSAL,
    TODAY,
)

_VOID = "{seq} --reason {token}"
_VOIDED = "已撤销"
_AGENCY = '"{made}所"'
_OCTOBER = "--month 2026-10"
_SWITCHED = 19  # a seq among those of the registers that a young ledger keeps
_WORKDAYS = 23  # of December 2026, each planned by a draft


def _people(job: Job) -> Mapping[str, str]:
    return {"people.csv": f"姓名,单位\n演示{job.token}甲,{LEAD}\n演示{job.token}乙,{LEAD}\n"}


def _attendance(job: Job) -> Mapping[str, str]:
    rows = [f"{job.made}甲,2026-11-{day},08:00,12:00" for day in (19, 20)]
    return {"days.csv": "\n".join(["姓名,日期,签到,签退", *rows]) + "\n"}


def _months(job: Job) -> Mapping[str, str | Path]:
    """Bring a young ledger, in which the register is kept, and the totals of a month."""
    return {**keeping.young(job), "months.csv": "月份,种类,人次\n2026-11,培训,46\n"}


def _switching(name: str, rest: str, kind: str, says: str) -> Write:
    return line(
        name,
        rest,
        own="{token}.sqlite3",
        brings=keeping.young,
        says=says,
        check=keeping.switched,
        there=keeping.has_switched(kind),
        may_answer=(1,),
    )  # done already: the line is given again after it was cut off


def _assessing(step: str, rest: str, stage: str, kind: str, says: str) -> Write:
    return line(
        f"assess {step}",
        rest,
        own="{token}.sqlite3",
        brings=keeping.after(stage),
        says=says,
        check=keeping.switched,
        there=keeping.has_switched(kind),
        may_answer=(1,),
    )


OFFICE: tuple[Write, ...] = (
    line("units add", "{token}社区 --kind community --json", facts("unit_added")),
    line(
        "units change", "{made}社区 --alias 别{token} --json", facts("unit_changed"), "community"
    ),
    line("units end", "{made}社区", naming("unit_ended", '"{made}社区"'), "community", says="撤销"),
    line("units void", _VOID, told("voided"), "community", says=_VOIDED),
    line(
        "units import", "{files}/people.csv", told("person_joined"), whole=2, brings=_people,
        says="导入", again=True,
    ),
    line("units person add", f"演示{{token}} --unit {LEAD} --json", told("person_joined")),
    line(
        "units person change", "{number} --role {token} --json", facts("person_changed"), "person"
    ),
    line("units person leave", "{number}", naming("person_left"), "person", says="不再在册"),
    line(
        "duty plan", "2026-11-24 {made}甲", naming("planned", _AGENCY), "agency", says="{made}所:"
    ),
    line(
        "duty draft --write", "--month 2026-12 --agency {made}所 --json",
        naming("planned", _AGENCY), "agency", whole=_WORKDAYS,
    ),
    line(
        "duty swap", "2026-11-24 {made}甲 {made}乙", naming("swapped", _AGENCY), "planned",
        says="{made}所:",
    ),
    line("duty leave", f"{{number}} --from {TODAY} --reason {{token}}", told("leave_taken"),
         "person", says="请假"),
    line("duty in", "{number}", naming("signed_in"), "person", says="签到"),
    line("duty out", "{number}", naming("signed_out"), "present", says="签退"),
    line(
        "duty outside",
        f"{{number}} --from 8:00 --to 8:30 --allowed-by {LEADER} --reason {{token}}",
        told("was_outside"), "person", says="外出",
    ),
    line("duty import", "{files}/days.csv", naming("attended"), "person", whole=2,
         brings=_attendance, says="导入", again=True),
    line("duty void", _VOID, told("voided"), "absent", says=_VOIDED),
    _switching("register on", "经办人", "register_opened", "已启用"),
    _switching("register off", "领导批示", "register_closed", "已停用"),
    _switching("register void", f"{_SWITCHED} --reason 演示", "voided", _VOIDED),
    line(
        "duty begin", "2026-12-01", naming("duty_begun", "2026-12-01"), says="起检查值守",
        may_answer=(1,),  # another desk has declared it meanwhile
    ),
    line(
        "report --freeze", f"--day {PAST} --format md", naming("report_frozen", f'"{PAST}"'),
        "past", says="已定稿", may_answer=(1,),  # another desk has frozen it meanwhile
    ),
    line("meeting plan", MEETING.partition("plan ")[2] + " --reason {token} --json",
         told("meeting_planned")),
    line(
        "meeting move", "{number} --date 2026-11-27 --reason {token} --json",
        told("meeting_moved"), "meeting",
    ),
    line(
        "meeting attend", "{number} {made}甲 --invite {token} --json", told("guest_invited"),
        "meeting",
    ),
    line("meeting agenda", "{number} --add 2 {token} --json", told("agenda_added"), "meeting"),
    line(
        "meeting minutes", "{number} --slot 存在的问题 {token} --json", told("minuted"), "meeting"
    ),
    line(
        "meeting minutes --decision", f"{{token}} {{number}} {DECISION} --json", told("task_set"),
        "meeting",
    ),
    line(
        "meeting minutes --case", f"{{other}} {{number}} --decision {{token}} {DECISION} --json",
        told("case_decided"), "tabled",
    ),
    Write(
        "slip of a meeting", ("slip", "{number}", "联席会议议定事项通知单", "--json"),
        naming("meeting_slip_printed"), "tasked",
    ),
    line("meeting task done", "{number}.1 {token} --json", told("task_done"), "tasked"),
    line("meeting task drop", "{number}.1 --reason {token} --json", told("task_dropped"), "tasked"),
    line(
        "meeting task postpone", "{number}.1 --due 2026-12-31 --reason {token} --json",
        told("task_moved"), "tasked",
    ),
    line("meeting void", _VOID, told("voided"), "invited", says=_VOIDED),
    line("patrol record", PATROL + " --found {token} --note {token} --json", told("patrolled"),
         "team"),
    line("patrol void", _VOID, told("voided"), "patrolled", says=_VOIDED),
    line("inspection enter", f"{INSPECTED} --found {{token}} --reason {{token}} --json",
         told("inspected")),
    line("inspection link", f"{INSPECTED.partition(' --value')[0]} --found {{token}} --json",
         told("reported"), "inspected"),
    line(
        "inspection import", "{files}/months.csv", own="{token}.sqlite3", brings=_months,
        says="导入", check=keeping.switched, there=keeping.has_switched("inspected"), again=True,
    ),
    line("inspection void", _VOID, told("voided"), "sampled", says=_VOIDED),
    line("operation plan", f"{{token}} {OPERATION} --json", told("operation_planned"), "crewed"),
    line(
        "operation stage", "{number} {token} --date 2026-11-24 --json", told("operation_staged"),
        "campaign",
    ),
    line(
        "operation people", "{number} --date 2026-11-25 --person {made}甲 --json",
        naming("operation_manned"), "campaign",
    ),
    line(
        "operation day", "{number} --checked 3 --text {token} --found {token} --json",
        told("operation_day"), "campaign",
    ),
    line("meeting leave", "{number} {made}甲 --reason {token} --json", told("meeting_excused"),
         "meeting"),
    line(
        "meeting task add", f"{{token}} --kind 措施 {DECISION} --json", told("task_set"),
    ),
    line(
        "groups enter", "帮教在册 3 --unit {made}社区 --month 2026-11 --json",
        naming("group_counted", '"{made}社区"'), "community",
    ),
    line("groups void", _VOID, told("voided"), "counted", says=_VOIDED),
    line(
        "dispute", "{number} --kind 邻里 --mediated 是 --json", of("mediated"), "quarrel",
    ),
    line("operation result", "{number} {token} --json", told("operation_resulted"), "operation"),
    line("operation void", _VOID, told("voided"), "operation", says=_VOIDED),
    line("shift note", "{token} --promised 2026-12-20 --json", told("shift_noted")),
    line("shift handover", "{token} --to {number} --json", told("shift_handed_over"), "person"),
    line("shift done", "{number} {token} --json", told("shift_done"), "promised"),
    line("shift void", _VOID, told("voided"), "promised", says=_VOIDED),
    line(
        "assess item add", f"--unit {LEAD} --points 2 --reason {{token}}", told("item_added"),
        says="已记",
    ),
    line(
        "assess opinion", "{made}所 --text {token}", told("opinion_given"), "agency",
        says="已记录",
    ),
    line("assess consent", f"{LEAD} --text {{token}}", told("consent_given"), says="已记录"),
    line("assess void", _VOID, told("voided"), "marked", says=_VOIDED),
    line(
        "assess ask", f"{LEAD} --bureau 区局 --cadre {{token}} --json", told("letter_asked")
    ),
    line("assess reply", "{number} --agreed --text {token} --json", told("letter_answered"),
         "asked"),
    line("assess moved", "{number} --json", naming("cadre_moved"), "asked"),
    _assessing("draft", _OCTOBER, "undrafted", "assessment_drafted", "已记录"),
    _assessing("sheet", f"{_OCTOBER} --unit 江一社区 --format md", "drafted", "sheet_handed",
               "已记录"),
    _assessing("object", f"{_OCTOBER} --unit 江一社区 --text 演示", "handed",
               "assessment_objected", "已记录"),
    _assessing("answer", "y1 --refused --text 演示", "objected", "objection_answered", "已答复"),
    _assessing("approve", f"{_OCTOBER} --body 街道党工委会议", "handed", "assessment_approved",
               "已审定"),
    line(
        "accountability open", f"{LAPSE} --text {{token}} --json", told("accountability_opened"),
        "past",
    ),
    line(
        "accountability ask", "{number} --answer-by 2026-12-01 --text {token} --json",
        told("statement_asked"), "opened",
    ),
    line(
        "accountability statement", "{number} --text {token} --json", told("statement_given"),
        "requested",
    ),
    line(
        "accountability decide", f"{{number}} {DECISION_ON} --text {{token}} --json",
        told("accountability_decided"), "heard",
    ),
    line("accountability result", "{number} --text {token} --json",
         told("accountability_resulted"), "decided"),
    line("accountability review", "{number} --text {token} --json", told("review_asked"),
         "decided"),
    Write(
        "accountability review --outcome",
        ("accountability", "review", "{number}", "--outcome", "维持", "--text", "{token}",
         "--json"),
        told("review_answered"), "reviewing",
    ),
    line("accountability propose", f"{PROPOSAL[len('accountability propose '):]} --text {{token}}"
         " --json", told("accountability_proposed")),
    line("accountability reply", "{number} --text {token} --json", told("proposal_answered"),
         "proposed"),
    line("accountability show", "{number} --reason {token} --json", told("revealed"), "opened"),
    line("accountability void", _VOID, told("voided"), "opened", says=_VOIDED),
)  # fmt: skip

"""Meetings and agendas as JSON and as rows; their papers are in ``render.paper.office``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.eventwords import person_words
from sixping.documents.phrases import GONE
from sixping.policy.meetings import seats
from sixping.util.masking import mask_name, mask_text
from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, time

    from sixping.office.meetings import Meeting, Task
    from sixping.office.organisation import Organisation
    from sixping.policy.meetings import MeetingRules
    from sixping.reports.agenda import Agenda

#: what no data support is left for people to write (附1.3)
SLOT = "(由会议补充)"


def agenda_rows(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an agenda's document as rows: heading, label, text, numbers; a slot is a row too."""
    slot: dict[str, Any] = {"source": "slot", "label": "", "text": SLOT, "numbers": []}
    return [
        {"no": heading["no"], "heading": heading["title"], "clause": heading["clause"]}
        | item
        | {"text": item["text"] and clean(item["text"])}
        for heading in document["headings"]
        for item in heading["items"] or (slot,)
    ]


def agenda_json(agenda: Agenda, *, reveal: bool = False) -> dict[str, Any]:
    """Return the agenda as ``meeting agenda --json`` answers it; no items: a slot to fill."""
    return {
        "meeting": agenda.meeting,
        "kind": agenda.sort,
        "platform": agenda.platform,
        "date": agenda.day.isoformat(),
        "period": {"from": agenda.first.isoformat(), "to": agenda.last.isoformat()},
        "ledger": {"seq": agenda.seq, "head": agenda.head},
        "headings": [
            {
                "no": heading.no,
                "title": heading.title,
                "clause": heading.clause,
                "items": [
                    {
                        "source": item.source,
                        "label": item.label,
                        "text": shown_text(item.text or None, reveal=reveal),
                        "numbers": list(item.numbers),
                    }
                    for item in heading.items
                ],
            }
            for heading in agenda.headings
        ],
    }


def meeting_json(
    meeting: Meeting,
    rules: MeetingRules,
    organisation: Organisation,
    now: datetime,
    closes: time,
    *,
    cases: Sequence[str] = (),
    reveal: bool = False,
) -> dict[str, Any]:
    """Return a meeting as ``meeting show --json`` answers it, masked unless revealed.

    ``closes``: the close of business, by which a task is due on its day (一.2); ``cases``:
    whose decision names the meeting.
    """
    kind = rules.kind(meeting.sort)
    written = {slot: text or GONE for slot, text in meeting.slots.items()}
    return {
        "id": meeting.id,
        "kind": meeting.sort,
        "date": meeting.day.isoformat(),
        "from": meeting.start,
        "to": meeting.end,
        "platform": meeting.platform,
        "convener": meeting.convener,
        "extraordinary": meeting.extraordinary,
        "grave": meeting.grave,
        "reason": shown_text(meeting.reason, reveal=reveal),
        "clause": kind.clause,
        "members": [
            {"role": role, "unit": unit}
            for role, unit in seats(kind, organisation.units, meeting.platform)
        ],
        "guests": [
            guest if reveal else shown_guest(guest, organisation) for guest in meeting.guests
        ],
        "present": [
            _person(organisation, who, reveal=reveal) for who in meeting.people
        ],
        "items": [
            {"heading": n, "text": shown_text(text, reveal=reveal)} for n, text in meeting.items
        ],
        "slots": {
            slot: shown_text(written.get(slot), reveal=reveal)
            for slot in dict.fromkeys((*rules.slots, *written))
        },
        "decisions": [
            {"number": number, "unit": unit, "due": due.isoformat(),
             "text": shown_text(text, reveal=reveal)}
            for number, unit, due, text in meeting.decided
        ],
        "cases": list(cases),
        "tasks": [task_json(task, now, closes, reveal=reveal) for task in meeting.tasks.values()],
        "ledger": (
            {"seq": meeting.ledger[0], "head": meeting.ledger[1]} if meeting.ledger else None
        ),
    }  # fmt: skip


def _person(organisation: Organisation, who: str, *, reveal: bool) -> str:
    person = organisation.people.get(who)
    if person is None:
        return who
    return person_words(who, person.name, person.unit, person.phone if reveal else None)


def shown_guest(guest: str | None, organisation: Organisation) -> str | None:
    """Return a guest as may be said: a unit and one of the staff by name, others masked."""
    units = organisation.units
    known = guest is not None and (
        guest in units.district
        or units.get(guest) is not None
        or any(person.name == guest for person in organisation.people.values())
    )
    return guest if guest is None or known else mask_name(guest)


def shown_text(text: str | None, *, reveal: bool) -> str | None:
    """Return what was said as it may be shown; None is what nobody said or was erased."""
    return text if text is None or reveal else mask_text(text)


def task_json(task: Task, now: datetime, closes: time, *, reveal: bool = False) -> dict[str, Any]:
    """Return a task as ``meeting task list --json`` answers it."""
    return {
        "task": task.id,
        "meeting": task.meeting,
        "unit": task.unit,
        "due": task.due.isoformat(),
        "state": task.state,
        "late": task.late(now, closes),
        "text": shown_text(task.text, reveal=reveal),
        "outcome": shown_text(task.outcome, reveal=reveal),
        "ended": task.ended.date().isoformat() if task.ended else None,
    }


def meeting_lines(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a meeting as lines of label and text, for people."""
    rows = [(label, document[key]) for key, label in _LABELS if document[key]]
    rows += [("参加对象", f"{m['unit'] or ''}{m['role']}") for m in document["members"]]
    rows += [("邀请", guest or GONE) for guest in document["guests"]]
    rows += [("到会", who) for who in document["present"]]
    rows += [(f"议题{i['heading']}", i["text"] or GONE) for i in document["items"]]
    rows += [(slot, text or "(由会议填写)") for slot, text in document["slots"].items()]
    rows += [
        ("会商决定", f"{d['number']} {d['unit']} {d['due']} 前 (记在事项上): {d['text']}")
        if d.get("alone")
        else ("决定", f"{d['number']} {d['unit']} {d['due']} 前: {d['text'] or GONE}")
        for d in document["decisions"]
    ]
    written = {d["number"] for d in document["decisions"]}
    rows += [("会商决定", number) for number in document["cases"] if number not in written]
    rows += [
        ("任务", f"{t['task']} {t['unit']} {t['due']} 前 ({t['state']}): {t['text'] or GONE}")
        for t in document["tasks"]
    ]
    if ledger := document["ledger"]:
        rows.append(("台账", f"第 {ledger['seq']} 号 {ledger['head'][-16:]}"))
    return [{"label": label, "text": "是" if text is True else str(text)} for label, text in rows]


_LABELS = (
    ("id", "编号"), ("kind", "会议"), ("platform", "平台"), ("date", "日期"), ("from", "自"),
    ("to", "至"), ("convener", "召集人"), ("extraordinary", "临时"), ("grave", "特别重大"),
    ("reason", "理由"),
)  # fmt: skip

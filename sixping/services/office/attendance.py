"""Who came to meetings and who did not (附1.2), and which regular ones were not held (附3.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sixping.documents.eventwords import person_words
from sixping.documents.phrases import GONE
from sixping.errors import NotFound
from sixping.office import registers
from sixping.office.attendance import Called, Guest, Missed, by_unit, roll
from sixping.office.meetings import GuestCame, MeetingExcused, find, meetings_on
from sixping.office.organisation import history, organisation_at
from sixping.policy.meetings import MEETINGS, Every, load_rules, seats, titles
from sixping.policy.vocabulary import Platform
from sixping.queries.office import decided_by
from sixping.render.meeting import shown_guest, shown_text
from sixping.services.meetings import judged, record, refuse_ahead, span
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.office.attendance import Roll, Seat
    from sixping.office.meetings import Meeting
    from sixping.office.organisation import Organisation
    from sixping.policy.meetings import Kind
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "meetings"


# --- recording -----------------------------------------------------------------------------


def excuse(tx: Transaction, name: str, who: str, reason: str) -> tuple[Meeting, str | None, int]:
    """Record that one of the staff, or a guest, has leave of a meeting.

    Returns the meeting, the id of the one of the staff (None: a guest) and the seq.
    """
    registers.require(tx.con, KEY)
    meeting = find(meetings_on(tx.con), name)
    guest = _invited(meeting, who)
    person = None if guest else organisation_at(tx.con, meeting.day).find(who).id
    event = MeetingExcused(meeting=meeting.id, person=person, invitation=guest, reason=reason)
    seq = record(tx, event)
    return judged(tx, meeting.id), person, seq


def guests_came(tx: Transaction, name: str, guests: Iterable[str]) -> Meeting:
    """Record that guests were there, and invite who was not invited yet; return the meeting."""
    registers.require(tx.con, KEY)
    meeting = find(meetings_on(tx.con), name)
    refuse_ahead(meeting, tx.stamp.now.date(), "到会")
    for guest in guests:
        invitation = _invited(meeting, guest)
        if invitation is None:
            raise NotFound(
                f"{meeting.id} 没有邀请过: {guest}",
                f"请先记邀请: sixping meeting attend {meeting.id} --invite {guest};"
                f" 街道自己的人直接写编号或姓名。",
            )
        if invitation not in meeting.came:
            record(tx, GuestCame(meeting=meeting.id, invitation=invitation))
    return judged(tx, meeting.id)


def _invited(meeting: Meeting, name: str) -> int | None:
    """Return the seq by which a guest was invited; None: nobody of that name was."""
    for guest, invitation in zip(meeting.guests, meeting.invitations, strict=True):
        if guest == name.strip():
            return invitation
    return None


# --- of one meeting ------------------------------------------------------------------------


def roll_of(con: Connection, meeting: Meeting) -> Roll | None:
    """Return the roll of a meeting; None while the register sleeps, and for earlier meetings."""
    begun = registers.begun(con, KEY)
    if begun is None or meeting.day < begun:
        return None
    kind = rule_on(con, MEETINGS, load_rules).kind(meeting.sort)
    organisation = organisation_at(con, meeting.day)
    members = seats(kind, organisation.units, meeting.platform)
    return roll(meeting, members, organisation, titles(kind))


def roll_json(con: Connection, meeting: Meeting, *, reveal: bool = False) -> dict[str, Any]:
    """Return what ``meeting show --json`` adds of a meeting; nothing while the register sleeps.

    Who is absent is null where nobody recorded who came.
    """
    if registers.begun(con, KEY) is None:
        return {}
    found = roll_of(con, meeting)
    if found is None:
        return {"attendance": None}
    organisation = organisation_at(con, meeting.day)
    absent = found.absent if found.known else None

    def named(seat: Seat) -> str:
        return seat_words(organisation, seat, reveal=reveal)

    return {
        "attendance": {
            "due": len(found.due) if found.known else None,
            "present": _present(found),
            "excused": [
                {
                    "who": named(seat),
                    "reason": shown_text(_reason(meeting, seat), reveal=reveal),
                    "afterwards": seat in found.afterwards,
                }
                for seat in found.excused
            ],
            "absent": None if absent is None else [named(seat) for seat in absent],
            "beside": [named(who) for who in found.beside] if found.known else [],
            "unfilled": [{"role": role, "unit": unit} for role, unit in found.unfilled],
        }
    }


def _present(found: Roll) -> int | None:
    """Return how many came of those who had to, of all where nobody knows who had to."""
    if not found.recorded:
        return None
    return len(found.present) if found.known else len(found.beside)


def _reason(meeting: Meeting, seat: Seat) -> str | None:
    if isinstance(seat, Guest):
        return meeting.excused_guests[seat.invitation]
    return meeting.excused[seat]


def seat_words(organisation: Organisation, seat: Seat, *, reveal: bool = False) -> str:
    """Return somebody as people call him; a guest's name masked unless revealed."""
    if isinstance(seat, Guest):
        name = seat.name if reveal else shown_guest(seat.name, organisation)
        return f"{name or GONE} (邀请)"
    person = organisation.people.get(seat)
    return person_words(seat, person.name, person.unit) if person else seat


def roll_lines(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the roll as lines of label and text, for people."""
    said = document.get("attendance")
    if said is None:
        return []
    absent, present = said["absent"], said["present"]
    due = said["due"]
    rows = [("应到", "参加对象都没有登记人员, 不详" if due is None else f"{due} 人")]
    rows.append(("实到", "没有到会记录, 不详" if present is None else f"{present} 人"))
    rows += [
        (
            "请假",
            f"{one['who']}: {one['reason'] or GONE}{' (会后补记)' if one['afterwards'] else ''}",
        )
        for one in said["excused"]
    ]
    rows += [("未请假缺席", who) for who in absent or ()]
    rows += [("列席", who) for who in said["beside"]]
    if unfilled := [f"{one['unit'] or ''}{one['role']}" for one in said["unfilled"]]:
        how = "不计入应到; 登记: sixping units person change 人员 --role 职务"
        rows.append(("没有登记人员", f"{'、'.join(unfilled)} ({how})"))
    return [{"label": label, "text": text} for label, text in rows]


def counted(
    con: Connection, rows: list[dict[str, Any]], meetings: Iterable[Meeting]
) -> list[dict[str, Any]]:
    """Return the rows of meetings with how many had to come, had leave and were absent.

    While the register sleeps they stay as they are; null is what nobody knows.
    """
    if registers.begun(con, KEY) is None:
        return rows
    rolls = {meeting.id: roll_of(con, meeting) for meeting in meetings}
    return [
        row | {
            "decisions": len(decided_by(con, row["id"])),
            "due": found and len(found.due),
            "excused": found and len(found.excused),
            "absent": found and (None if found.absent is None else len(found.absent)),
        }
        for row in rows
        for one in [rolls[row["id"]]]
        for found in [one if one and one.known else None]
    ]  # fmt: skip


def present_words(found: Roll | None) -> str:
    """Return how the minutes count who came; empty where nobody knows. No name is in it."""
    if found is None or found.absent is None or not found.due:
        return ""
    counted = [
        ("应到", len(found.due)), ("实到", len(found.present)), ("请假", len(found.excused)),
        ("未请假缺席", len(found.absent)), ("列席", len(found.beside)),
    ]  # fmt: skip
    always = {"应到", "实到"}
    return "，".join(f"{word}{n}人" for word, n in counted if n or word in always)


# --- over a period -------------------------------------------------------------------------


def called_in(
    con: Connection, first: date, last: date, kind: str | None = None, as_of: int | None = None
) -> list[Called]:
    """Return the meetings of a period since the register began, by day, each with its roll.

    As known at seq ``as_of``; none while it sleeps.
    """
    begun = registers.begun(con, KEY, as_of)
    if begun is None:
        return []
    rules, known = rule_on(con, MEETINGS, load_rules, as_of), history(con, as_of)
    found = []
    for meeting in meetings_on(con, as_of=as_of).values():
        if not max(first, begun) <= meeting.day <= last or kind not in (None, meeting.sort):
            continue
        organisation = known.at(meeting.day)
        sort = rules.kind(meeting.sort)
        members = seats(sort, organisation.units, meeting.platform)
        units = {who: person.unit for who, person in organisation.people.items()}
        made = roll(meeting, members, organisation, titles(sort))
        found.append(Called(meeting.id, meeting.sort, meeting.day, made, units))
    return sorted(found, key=lambda one: (one.day, one.meeting))


def attendance_json(
    con: Connection, called: list[Called], first: date, last: date, as_of: int | None = None
) -> dict[str, Any]:
    """Return attendance over a period as ``meeting attendance --json`` answers it.

    As known at seq ``as_of``. While the register sleeps ``begun`` is null and nothing is counted.
    """
    begun = registers.begun(con, KEY, as_of)
    counted = [one for one in called if one.roll.recorded]
    return {
        "period": {"from": first.isoformat(), "to": last.isoformat()},
        "begun": begun and begun.isoformat(),
        "meetings": len(called),
        "recorded": len(counted),
        "unrecorded": [one.meeting for one in called if not one.roll.recorded],
        "unfilled": sum(len(one.roll.unfilled) for one in counted),
        "excused_afterwards": sum(len(one.roll.afterwards) for one in counted),
        "units": [{"unit": unit, **row} for unit, row in by_unit(called).items()],
    }


def drilled(
    con: Connection, called: Iterable[Called], what: str, unit: str | None, *, reveal: bool,
    as_of: int | None = None,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """Yield who is counted in one of the figures, a row for each person and meeting."""
    known = history(con, as_of)
    for one in called:
        if not one.roll.recorded:
            continue
        organisation = known.at(one.day)
        for seat in one.roll.of(what):
            if unit in (None, one.unit(seat)):
                yield {
                    "meeting": one.meeting, "kind": one.sort, "date": one.day.isoformat(),
                    "unit": one.unit(seat),
                    "who": seat_words(organisation, seat, reveal=reveal),
                }  # fmt: skip


# --- not held ------------------------------------------------------------------------------


def missed(
    con: Connection,
    first: date,
    last: date,
    today: date,
    calendar: Calendar,
    as_of: int | None = None,
) -> list[Missed]:
    """Return the regular meetings that were not held, by period and kind; none while asleep.

    A meeting was held where it is on record who came, or its minutes are. A week or month counts
    when it is over, when it has a working day, and when the register had begun before the first.
    """
    begun = registers.begun(con, KEY, as_of)
    if begun is None:
        return []
    meetings = list(meetings_on(con, as_of=as_of).values())
    found = []
    for kind in rule_on(con, MEETINGS, load_rules, as_of).kinds:
        for start, end in _periods(kind, max(first, begun), min(last, today - timedelta(days=1))):
            days = (start + timedelta(days=n) for n in range((end - start).days + 1))
            working = next(filter(calendar.is_workday, days), None)
            if working is None or working < begun or end >= today:
                continue
            for platform in tuple(Platform) if kind.per_platform else (None,):
                own = [
                    meeting
                    for meeting in meetings
                    if (meeting.sort, meeting.platform) == (kind.name, platform)
                    and start <= meeting.day <= end
                ]
                regular = [meeting for meeting in own if not meeting.extraordinary]
                if not any(meeting.held for meeting in regular):
                    found.append(
                        Missed(
                            kind.name, platform, start, end,
                            regular[0].id if regular else None,
                            tuple(meeting.id for meeting in own if meeting.extraordinary),
                            kind.clause,
                        )
                    )  # fmt: skip
    return sorted(found, key=lambda one: (one.first, one.sort))


def _periods(kind: Kind, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the weeks or months of a kind of meeting that end in a period."""
    if kind.every is Every.ANY:
        return
    start, end = span(kind, first)
    while start <= last:
        if end <= last:
            yield start, end
        start, end = span(kind, end + timedelta(days=1))

"""A case and its log as JSON, by what ``interface`` promises; private text masked.

Citizen text is masked here unless it is to be revealed, and cleaned by whichever format prints
it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.legible import remarks_of
from sixping.documents.phrases import GONE
from sixping.triage.reasons import Grounds
from sixping.util import several
from sixping.util.clock import to_text
from sixping.util.masking import (
    BODIES,
    hide_names,
    mask_addressee,
    mask_file,
    mask_id,
    mask_name,
    mask_person,
    mask_phone,
    mask_text,
)
from sixping.util.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sixping.cases.grade import Emergency, Grade, Suggested
    from sixping.cases.model import Clock
    from sixping.store.rows import CaseRow, EventRow

#: width of a summary in columns
SUMMARY = 60

#: private fields that name a person or a phone; all others are free text
_MASKS = {"reporter": mask_name, "phone": mask_phone, "leader": mask_person, "name": mask_person,
    "approved_by": mask_person, "guest": mask_name, "named": mask_name,
    "licence": mask_id,
}  # fmt: skip

#: the parts of a date and of its terms, as they are recorded (``cases.dates.Due``, ``rules.Terms``)
DUE = ("clock", "due", "workdays", "clause", "provisional", "started", "was", "of")
TERMS = ("profile", "edition", "calendar", "rules")

#: what only the program reads: why it suggested what it did, how it knows a request again; and the
#: words of an accountability, which the log has no line of: reading them is recorded
_INNER = frozenset({"reasons", "request_id", "row", "digest", "matter", "sent_to", "whose"})

#: meetings of 附1.1, 附3.1 and 三.2: naming one as the decider names nobody
_MEETINGS = ("集体会商", "联席会议", "领导小组会议", "平台协调组例会")
#: private fields in which a role may stand for a person
_NAMED_BY_ROLE = ("approved_by", "decided_by", "leader")
#: facts with the number of somebody of the register, and the private fields with the name
_REGISTERED = {
    "approver": ("approved_by", "allowed_by"),
    "leader": ("leader", "decided_by"),
    "leader_person": ("leader", "decided_by"),
    "person": ("name",),
}
_DATED = frozenset("0123456789年月日第次号-. ()m")


class People(NamedTuple):
    """Who is not to be named in the words of a case, and its places, which keep their names."""

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def joined(self, other: People) -> People:
        """Return both."""
        return People(self.names | other.names, self.places | other.places)


NOBODY = People()


def masked(name: str, value: str | None, *, reveal: bool, people: People = NOBODY) -> str | None:
    """Return a private field as it may be shown; ``people`` are hidden wherever they occur."""
    if value is None or reveal:
        return value
    if name == "decided_by":
        return mask_text(value) if _is_meeting(value) else mask_name(value)
    if name == "about":
        return mask_about(value)
    if name in _MASKS:
        return _MASKS[name](value)
    if name == "source_no":  # of the channel: it names a report there, and is asked for by it
        return value
    value = hide_names(value, people.names, people.places)
    if name == "file":
        return mask_file(value)
    return mask_addressee(value) if name == "to" else mask_text(value)


def mask_about(value: str) -> str:
    """Return whom a report is about as it may be shown: a firm as it is, a person's name masked."""
    if any(map(_is_masked, several.names(value))):
        return "、".join(map(_mask_one, several.names(value)))
    return mask_text(value)


def _mask_one(value: str) -> str:
    return mask_text(value) if value.endswith(BODIES) else mask_name(value)


def _is_masked(about: str) -> bool:
    return _mask_one(about) != about


def _is_meeting(value: str) -> bool:
    """Return whether a meeting and a date are named and nothing else."""
    for meeting in _MEETINGS:
        value = value.replace(meeting, "")
    return _DATED.issuperset(value)


def people_in(private: str | None) -> People:
    """Return whom a report names or named, so that they can be hidden in its texts too."""
    said = json.loads(private) if private else {}
    names = [said.get("reporter", ""), *said.get("former", ())]
    names += [each for each in several.names(said.get("about", "")) if _is_masked(each)]
    names += [said["name"]] if said.get("name") and "reason" in said else []  # looked up
    places = frozenset(filter(None, [said.get("place")]))
    return People(frozenset(name for name in names if len(name) > 1), places)


def summary_of(private: str | None, *, reveal: bool = False) -> str:
    """Return the words of a report on one line, masked; a sign after an erasure.

    Whole: a terminal shortens what it has no room for, a file and a pipe nothing.
    """
    if private is None:
        return GONE
    text = json.loads(private).get("text", "")
    return clean(masked("text", text, reveal=reveal, people=people_in(private)) or "")


def first_words_of(private: str | None) -> str:
    """Return the first of these words, for a line that is read to somebody."""
    return cut(summary_of(private), SUMMARY)


def case_json(
    row: CaseRow,
    clocks: Iterable[Clock],
    now: datetime,
    *,
    reveal: bool = False,
) -> dict[str, Any]:
    """Return the promised fields of ``intake`` and ``show`` (interface.md)."""
    private = json.loads(row.private) if row.private else {}
    reasons = _reasons(private["reasons"]) if private.get("reasons") else []
    people = people_in(row.private)

    def shown(name: str, value: str | None) -> str | None:
        return masked(name, value, reveal=reveal, people=people)

    return {
        "number": row.number,
        "version": row.version,
        "channel": row.channel,
        "source_no": shown("source_no", private.get("source_no")),
        "text": shown("text", private.get("text")),
        "place": shown("place", private.get("place")),
        "community": row.community,
        "grid": row.grid,
        "received_at": row.received_at,
        "recorded_at": row.recorded_at,
        "source_due": row.source_due,
        "nature": row.nature,
        "category": row.category,
        "platform": row.platform,
        "severity": row.severity,
        "confirmed": bool(row.confirmed),
        "status": row.status,
        "lead": row.lead,
        "assist": json.loads(row.assist),
        "coordinator": row.coordinator,
        "unsure": bool(row.unsure),
        "reasons": [r | {"matched": shown("matched", r.get("matched"))} for r in reasons],
        "clocks": [clock_json(c, now) for c in clocks],
        "duplicates": [],
        "reporter": shown("reporter", private.get("reporter")),
        "phone": shown("phone", private.get("phone")),
        "about": row.about_unit or shown("about", private.get("about")),
        "anonymous": bool(row.anonymous),
        "unreachable": bool(row.anonymous),
        "imported": bool(row.imported),
        "signed_at": row.signed_at,
        "resolved_at": row.resolved_at,
        "fed_back": None if row.fed_back is None else bool(row.fed_back),
        "verified": None if row.verified is None else bool(row.verified),
        "satisfaction": row.satisfaction,
        "outcome_kind": row.outcome_kind,
        "to_platform": bool(row.to_platform),
        "received": bool(row.received),
        "returns": row.returns,
        "merged_into": row.merged_into,
        "reports": _reports(row),
        "urges": json.loads(row.urges),
        "parts": json.loads(row.parts),
    }


def service_json(intake: EventRow, people: People, *, reveal: bool) -> dict[str, dict[str, Any]]:
    """Return ``{service: {name catalogue workdays ceiling answers replies}}``; else nothing.

    ``replies`` are the answers that are personal: masked, null after an erasure.
    """
    said: dict[str, Any] = json.loads(intake.facts)
    if "service" not in said:
        return {}
    private: dict[str, Any] = json.loads(intake.private) if intake.private else {}
    workdays, ceiling, _ = said.get("own") or (None, None, "")
    return {
        "service": {
            "name": said["service"],
            "catalogue": said.get("catalogue"),
            "workdays": workdays,
            "ceiling": ceiling,
            "answers": said.get("chosen") or {},
            "replies": masked("replies", private.get("replies"), reveal=reveal, people=people),
        }
    }


def materials_json(
    row: CaseRow, events: Iterable[EventRow], people: People = NOBODY, *, reveal: bool = False
) -> list[dict[str, Any]]:
    """Return the materials a case still lacks: ``{n unit since due name}``, unit null: applicant.

    ``name`` is as the catalogue has it, or masked words; a sign after an erasure.
    """
    owed = [each for each in json.loads(row.owed) if each["kind"] == "material"]
    names = {}
    for event in events if owed else ():
        if event.kind == "material_owed" and not event.voided_by:
            facts = json.loads(event.facts)
            words = json.loads(event.private).get("text") if event.private else None
            shown = masked("text", words, reveal=reveal, people=people)
            names[facts["n"]] = facts.get("listed") or shown or GONE
    return [
        {k: each[k] for k in ("n", "unit", "since", "due")} | {"name": names.get(each["n"], GONE)}
        for each in owed
    ]


def grade_json(grade: Grade) -> dict[str, str | None]:
    """Return who suggested and who found the grade: ``{suggested confidence confirmed_…}``."""
    at = grade.confirmed_at
    return {
        "suggested": grade.suggested,
        "confidence": grade.confidence,
        "confirmed_at": to_text(at) if at else None,
        "confirmed_by": masked("by", grade.confirmed_by, reveal=False),
    }


def suggestion_json(suggested: Suggested | None) -> dict[str, Any] | None:
    """Return what the program suggested or took by default, and what of it people chose."""
    return suggested and suggested._asdict()


def emergency_json(
    emergency: Emergency, rows: Iterable[EventRow], people: People, *, reveal: bool
) -> dict[str, Any]:
    """Return what may be a 突发事件, and when, to whom and how it was reported as one."""
    private = next((row.private for row in rows if row.seq == emergency.seq), None)
    said: dict[str, Any] = json.loads(private) if private else {}
    at = emergency.reported_at
    return {
        "suggested": emergency.suggested,
        "reported_at": at and to_text(at),
        "to": masked("to", said.get("to"), reveal=reveal, people=people),
        "how": masked("how", said.get("how"), reveal=reveal, people=people),
        "dismissed": emergency.dismissed,
    }


def _reports(row: CaseRow) -> list[dict[str, Any]]:
    """Return every report the case answers for, its own first (``model.Report``)."""
    own = {
        "number": row.number,
        "reachable": not row.anonymous,
        "answered": None if row.fed_back is None else bool(row.fed_back),
    }
    return [own, *json.loads(row.others)]


def clock_json(clock: Clock, now: datetime) -> dict[str, Any]:
    """Return one clock with its verdict as of ``now``; null where an end is not known."""
    return {
        "kind": clock.kind.value,
        "round": clock.round,
        "due": clock.due and to_text(clock.due),
        "started": clock.started and to_text(clock.started),
        "stopped": clock.stopped and to_text(clock.stopped),
        "held_at": clock.held_at and to_text(clock.held_at),
        "late": clock.late(now),
        "provisional": clock.provisional,
        "profile": clock.profile,
        "clause": clock.clause,
        "workdays": clock.workdays,
        "dropped": clock.dropped,
        "running": clock.counting,
    }


#: stream → who is not told with its log, by id either: `accountability show` records who read it
_READ_FOR_A_REASON: Mapping[str, frozenset[str]] = {
    "accountability": frozenset({"person", "decider"})
}


def event_json(row: EventRow, *, reveal: bool = False, people: People = NOBODY) -> dict[str, Any]:
    """Return one entry of the log: ``{seq, at, recorded_at, by, kind, …}``.

    ``people`` of the case are hidden in its words, with those the entry gives.
    """
    private = json.loads(row.private) if row.private else {}
    out = {
        "seq": row.seq,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "by": masked("by", row.by_name, reveal=reveal),
        "kind": row.kind,
        "version": row.version,
        "user": row.os_user,
        "host": row.host,
        "program": row.program,
        "remarks": remarks_of(row.seq, row.remarks),
        "voided_by": row.voided_by,
        "erased_by": row.erased_by,
        "hash": row.hash.hex(),
    }
    held_back = frozenset() if reveal else _READ_FOR_A_REASON.get(row.stream, frozenset())
    facts = {
        "target" if k == "seq" else k: v
        for k, v in json.loads(row.facts).items()
        if k not in held_back
    }
    if "dues" in facts:
        facts |= _promised(facts["dues"], facts["terms"])
    if facts.get("answered") and "outcome" in private:
        private.setdefault(
            "feedback", private["outcome"]
        )  # one reply was both (``steps.Imported``)
    hidden = people.joined(people_in(row.private))
    words: dict[str, Any] = {
        k: masked(k, v, reveal=reveal, people=hidden) for k, v in private.items() if k not in _INNER
    }
    if not reveal:
        words |= {k: _of_staff(private[k], hidden) for k in _serving(facts) if private.get(k)}
    words |= {k: private[k] for k in _NAMED_BY_ROLE if private.get(k) in _roles(facts)}
    if row.kind == "referred":  # several addressees are one text in the record
        words["addressees"] = words["to"].split("、") if words.get("to") else []
    if facts.get("about_unit"):
        words["about"] = facts["about_unit"]
    return out | {k: v for k, v in (facts | words).items() if k not in out}


def _serving(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield the private fields of an entry that name somebody of the register, at his work."""
    for who, names in _REGISTERED.items():
        if facts.get(who):
            yield from names


def _of_staff(value: str, people: People) -> str:
    """Return the words for one of the staff; whom the case is of is masked here too (回避)."""
    return mask_text(hide_names(value, people.names))


def _roles(facts: Mapping[str, Any]) -> set[str]:
    """Return the roles of an entry that nobody of the register has: they name nobody."""
    pairs = (("approver", "approver_role"), ("leader", "leader_role"))
    ids = {**facts, "leader": facts.get("leader") or facts.get("leader_person")}
    return {facts[role] for who, role in pairs if facts.get(role) and not ids.get(who)}


def _reasons(recorded: list[Any]) -> list[dict[str, str]]:
    """Return the reasons of a suggestion: what, matched, rule of each."""
    return [reason._asdict() for reason in Grounds.read(recorded).reasons()]


def _promised(dues: list[list[Any]], terms: list[str]) -> dict[str, Any]:
    """Return dates and their terms by name: in the record they are lists."""
    return {"dues": [_named(DUE, due) for due in dues], "terms": _named(TERMS, terms)}


def _named(names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
    """Return values by their names, but what is not said."""
    said = zip(names, values, strict=False)
    return {name: value for name, value in said if value is not None and value is not False}


def rounds_json(clocks: Iterable[Clock], now: datetime) -> list[dict[str, Any]]:
    """Return what each round promised and how it ended, oldest first."""
    rounds: dict[int, list[dict[str, Any]]] = {}
    for clock in clocks:
        rounds.setdefault(clock.round, []).append(clock_json(clock, now))
    return [
        {
            "round": number,
            "started": min((c["started"] for c in entries if c["started"]), default=None),
            "late": any(c["late"] for c in entries),
            "clocks": entries,
        }
        for number, entries in sorted(rounds.items())
    ]

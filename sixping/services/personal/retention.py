"""Words kept long enough are erased by the table of terms (保管期限), each run approved and listed.

A case held back (legal hold) is passed over. Without a term nothing is ever erased.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sixping.cases.codec import private_text
from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.policy.editions import POLICY, load_policy
from sixping.policy.retention import CONTACT, DRAFT, RECORD, keeping_of
from sixping.policy.vocabulary import TELLING
from sixping.queries import privacy
from sixping.reports.retention import survey
from sixping.services.approval import approval
from sixping.services.personal.erasing import asked_about, veiled
from sixping.services.personal.marks import Marks
from sixping.services.personal.named import Named
from sixping.services.personal.privacy import reason_of
from sixping.services.taking import find_case
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import date, datetime

    from sixping.policy.retention import Keeping
    from sixping.reports.retention import Due, Survey
    from sixping.services.approval import Approval
    from sixping.services.taking import Situation
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp

BASIS = "保管期限届满"
#: what goes with the contact of a report: what is made of it too
_CONTACT = ("reporter", "phone", "row", "digest")


class _Nobody(NamedTuple):
    """Stands where a case would: no report, so nobody in it stays out."""

    reports: tuple[Any, ...] = ()


class _OfOffice(NamedTuple):
    """Who may approve what is of no single case."""

    work: Transaction
    at: datetime
    case: _Nobody = _Nobody()


class Applied(NamedTuple):
    """What a run erased; ``seq`` None: nothing was due."""

    survey: Survey
    seq: int | None
    events: tuple[int, ...]
    remark: str


def look(con: Connection, today: date) -> Survey:
    """Return what a run would erase."""
    table = rule_on(con, POLICY, load_policy).retention
    held = privacy.held(con)
    rows = privacy.ended(con)
    return survey(rows, table, held, lambda number: privacy.archived(con, number), today)


def of_drafts(con: Connection) -> Keeping | None:
    """Return how long what did not end in the ledger is kept, where the table says so."""
    return keeping_of(rule_on(con, POLICY, load_policy).retention, DRAFT, None, "")


def apply(path: str | os.PathLike[str], stamp: Stamp, approved_by: str) -> Applied:
    """Erase what is due in one transaction, recorded by one event.

    Raises ``NotFound`` and ``NotAllowed`` for who may not approve.
    """
    with transaction(path, stamp) as work:
        situation = cast("Situation", _OfOffice(work, stamp.now))
        given = approval(situation, approved_by)
        found = look(work.con, stamp.now.date())
        if not found.due:
            return Applied(found, None, (), given.remark)
        seqs, stay = _taken(work.con, found.due)
        seq = work.erase(
            seqs, BASIS, stay=stay, facts=_facts(found.due, given),
            private={"approved_by": given.approved_by},
        )  # fmt: skip
    return Applied(found, seq, (*seqs, *stay), given.remark)


def _facts(due: Iterable[Due], given: Approval) -> dict[str, Any]:
    due = list(due)
    return {
        "numbers": [each.number for each in due if each.track == RECORD],
        "contacts": [each.number for each in due if each.track == CONTACT],
        "approver": given.approver,
        "approver_role": given.approver_role,
    }


def _taken(con: Connection, due: Iterable[Due]) -> tuple[list[int], dict[int, str]]:
    """Return the events whose words go whole, and what stays of those that lose the contact."""
    seqs: list[int] = []
    stay: dict[int, str] = {}
    gone: dict[str, set[str]] = {}
    people: dict[str, Marks] = {}
    for each in due:
        texts = privacy.private_texts(con, each.number)
        own = _reporters(con, [each.number])
        people[each.number] = Marks.of(own)
        for name in ("reporter", "phone"):
            gone.setdefault(name, set()).update(own[name])
        if each.track == RECORD:
            seqs += [seq for seq, _, _ in texts]
        else:
            marks = Marks.of(_reporters(con, [each.number, *privacy.merged_with(con, each.number)]))
            left = ((seq, text, _without_contact(text, marks)) for seq, _, text in texts)
            stay |= {seq: after for seq, before, after in left if after != before}
    return [*seqs, *asked_about(con, gone)], stay | veiled(con, people)


_REPORTER = ("reporter", "phone", "place")


def _reporters(con: Connection, numbers: Iterable[str]) -> dict[str, set[str]]:
    """Return by field who reported these cases, as it was said at intake and amended."""
    texts = (text for number in numbers for text in privacy.private_texts(con, number))
    said = [json.loads(text) for _, kind, text in texts if kind in TELLING]
    return {name: {t[name] for t in said if t.get(name)} for name in _REPORTER}


def _without_contact(text: str, marks: Marks) -> str:
    """Return private text without name and phone of the reporter; in what was said, as signs."""
    said = json.loads(text)
    gone = {*_CONTACT, *(n for n in _KNOWN_BY if n in said and marks.stand_in(said[n]))}
    if "source_no" in said and "source_no" not in gone:
        gone.discard("row")  # which of several reports of that number it is, nobody's words
    return private_text({n: marks.hide_in(v) for n, v in said.items() if n not in gone})


#: by these a report is known again: whole, or not at all
_KNOWN_BY = ("request_id", "source_no")


# --- held back ---------------------------------------------------------------------------


def hold(path: str | os.PathLike[str], stamp: Stamp, number: str, why: str) -> str:
    """Hold a case back from every erasure; return its number. Raises ``NotAllowed`` if it is."""
    return _held(path, stamp, number, why, on=True)


def release(path: str | os.PathLike[str], stamp: Stamp, number: str, why: str) -> str:
    """Let a case go that was held back; return its number. Raises ``NotAllowed`` if it is not."""
    return _held(path, stamp, number, why, on=False)


def _held(path: str | os.PathLike[str], stamp: Stamp, number: str, why: str, *, on: bool) -> str:
    with transaction(path, stamp) as work:
        case, _ = find_case(work, number)
        if (case.number in privacy.held(work.con)) == on:
            what = "已经暂缓删除" if on else "没有暂缓删除"
            raise NotAllowed(f"{case.number} {what}。", "现有的见 sixping retention list。")
        kind = "hold_set" if on else "hold_lifted"
        work.note(privacy.HOLDS, case.number, kind, {}, {"reason": why})
    return case.number


class Hold(NamedTuple):
    """A case held back: since when, by whom and why, masked (None: the reason was erased)."""

    number: str
    at: str
    by: str | None
    reason: str | None


def holds(con: Connection) -> list[Hold]:
    """Return the cases held back, by number."""
    held = privacy.held(con)
    last = {deed.subject: deed for deed in privacy.deeds(con, ("hold_set",))}
    named = Named(con)
    return [
        Hold(number, last[number].at, last[number].by, reason_of(last[number], named))
        for number in sorted(held)
    ]

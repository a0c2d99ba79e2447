"""Leaving out what was recorded by mistake: a step of a case, or an event of the office."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sixping.cases.lifecycle import passed_on, received_at, refold
from sixping.cases.step import CaseEntry, Relimited
from sixping.cases.steps.repeats import Absorbed
from sixping.errors import NotAllowed
from sixping.office import meetings, procedure, registers, streams
from sixping.office.organisation import PEOPLE, STREAM, UNITS, History, base
from sixping.policy.registers import REGISTERS
from sixping.queries.office import decided_by, is_named, joined_people, used_since

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.cases.model import Case, PassedOn
    from sixping.cases.step import Step, Voided
    from sixping.office.streams import StreamEntry
    from sixping.services.taking import Situation, Steps
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

# --- steps of cases ----------------------------------------------------------------------


def steps_of_void(situation: Situation, void: Voided) -> Steps:
    """Return the void of a step, and what it changes in cases that this one was merged into.

    They took the limits it had, and those may be others without the step. Raises ``NotAllowed``
    for an amendment by which the main case goes.
    """
    _refuse_shared(situation, void)
    return [
        (situation.case, void),
        *_corrections(situation, situation.case, situation.log, void),
    ]


def _refuse_shared(situation: Situation, void: Voided) -> None:
    """Refuse the void of what a main case took over when the report came in."""
    case = situation.case
    event = next((e.event for e in situation.log if e.seq == void.seq), None)
    said = getattr(event, "about_said", False) or getattr(event, "anonymous", None) is not None
    if case.merged_into and event and event.rewords and said:
        raise NotAllowed(
            f"{case.number} 已并入 {case.merged_into}, 第 {void.seq} 号({event.label})牵连那一件。",
            f"请先用 sixping unmerge {case.number} --reason 理由 拆出。",
        )


def _corrections(
    situation: Situation, case: Case, log: Sequence[CaseEntry], event: Step
) -> Iterator[tuple[Case, Step]]:
    gave = passed_on(case.number, log)
    if not gave:
        return
    at = situation.at
    entry = CaseEntry(seq=log[-1].seq + 1, at=at, recorded_at=at, event=event)
    day = received_at([*log, entry]).date()
    anew = refold(case.number, log, entry, lambda: situation.rules_of(day))
    gives = passed_on(case.number, [*log, replace(entry, event=anew.event)])
    changed: dict[str, list[PassedOn]] = {}
    for seq, (into, given) in gives.items():
        if gave[seq] != (into, given):
            changed.setdefault(into, []).append(given)
    for into, taken in changed.items():
        main, their_log = situation.other(into), situation.log_of(into)
        at_main = [given._replace(seq=_taken_in(their_log, case.number, given)) for given in taken]
        correction = Relimited(number=case.number, taken=tuple(at_main), reason=situation.why)
        yield main, correction
        yield from _corrections(situation, main, their_log, correction)


def _taken_in(log: Sequence[CaseEntry], number: str, given: PassedOn) -> int:
    """Return the entry by which a main case took a report in: the pair of its merge."""
    return next(
        entry.seq
        for entry in log
        if entry.seq > given.seq
        and isinstance(entry.event, Absorbed)
        and entry.event.number == number
    )


# --- events of the office ----------------------------------------------------------------


def void(tx: Transaction, stream: str, seq: int, reason: str) -> StreamEntry:
    """Leave an event out if what remains of its stream still makes sense; return it.

    Raises ``NotFound`` or ``NotAllowed`` as ``streams.void``.
    """
    if stream == registers.STREAM:
        _refuse_used(tx.con, seq)
    on_ledger = {STREAM: _organisation, meetings.STREAM: _meeting}.get(stream)
    check = partial(on_ledger, tx.con) if on_ledger else streams.check_of(stream) or _alone
    return streams.void(tx, stream, seq, reason, check)


def _refuse_used(con: Connection, seq: int) -> None:
    """Refuse to void the opening of a register in which something was recorded since."""
    entries = [e for e in streams.entries(con, registers.STREAM) if e.seq >= seq]
    opened = entries[0].event if entries and entries[0].seq == seq else None
    if not isinstance(opened, registers.RegisterOpened):
        return
    closed = any(e.event.register == opened.register for e in entries[1:])
    used = 0 if closed else used_since(con, opened.register, seq)
    if used:
        title = REGISTERS[opened.register].title
        raise NotAllowed(
            f"第 {seq} 号不能撤销: 启用以后{title}登记里已有 {used} 条记录。",
            f"不再登记请停用: sixping register off {title} (记录保留);"
            f" 要改日期: 停用后再 sixping register on {title} --from 日期",
        )


def _alone(_subject: str, _rest: list[StreamEntry]) -> None:
    """Judge what stands alone."""


def _meeting(con: Connection, subject: str, rest: list[StreamEntry]) -> None:
    """Judge a meeting; one that decided on cases was held."""
    meetings.check(subject, rest)
    decided = [] if rest else decided_by(con, subject)
    if decided:
        raise NotAllowed(f"{'、'.join(decided)} 的会商决定写明由 {subject} 作出。")
    if not rest and procedure.approved_by(con, subject):
        raise NotAllowed(f"有一期考核写明由 {subject} 审定。")


def _organisation(con: Connection, subject: str, rest: list[StreamEntry]) -> None:
    other = PEOPLE if subject == UNITS else UNITS
    seed, anew = base(con)
    History(seed, [*anew, *rest, *streams.entries(con, STREAM, other)]).check()
    if subject == PEOPLE:
        _refuse_orphans(con, rest)


def _refuse_orphans(con: Connection, rest: list[StreamEntry]) -> None:
    """Raise ``NotAllowed`` when duty records name somebody who never joined."""
    joined = {entry.event.person for entry in rest if entry.event.kind == "person_joined"}
    for person in joined_people(con):
        if person not in joined and is_named(con, person):
            raise NotAllowed(
                f"{person} 已有排班、考勤等记录, 离开请用 sixping units person leave {person}。"
            )

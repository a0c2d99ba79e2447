"""Slips about a meeting: a notice for each unit that it gave something to do, and the minutes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sixping.documents.phrases import GONE
from sixping.errors import NotAllowed, NotFound
from sixping.office import registers, streams
from sixping.office.meetings import (
    STREAM,
    Meeting,
    MeetingSlipPrinted,
    TaskState,
    find,
    meetings_on,
)
from sixping.office.organisation import organisation_at
from sixping.policy.slips import MINUTES
from sixping.queries.office import decisions
from sixping.render.paper.slips.facts import Item, Minuted, Notice, Slip
from sixping.render.paper.wording import full_day
from sixping.services.meetings import record
from sixping.services.papers import origin_of
from sixping.services.papers.ground import Ground
from sixping.services.papers.meetings import minutes_of
from sixping.services.papers.slips import Printed, again, digest_of, head_of, unnumbered
from sixping.services.personal.atmeetings import Veil
from sixping.services.rulebooks import naming_on
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sixping.policy.slips import SlipKind
    from sixping.render.paper.slips.facts import Facts
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


#: what a slip says of a decision whose words nobody recorded with the meeting
_ON_CASE = "按会商决定牵头办理（要求见交办单）"
#: how a decision that tells of a reporter is put right
_ANEW = (
    "请撤销这一条: sixping meeting void 序号 --reason 改写 (序号见 sixping log), 再用自己的话重记:"
    " sixping meeting minutes {} --decision 内容 --unit 单位 --due 日期"
)


def draft(
    con: Connection, name: str, kind: SlipKind, unit: str | None, now: datetime
) -> tuple[Meeting, list[tuple[str | None, Facts]]]:
    """Return a meeting and what each of its slips carries, with the unit that it is for.

    Raises ``NotFound``, and ``NotAllowed`` where there is nothing to hand out.
    """
    meeting = find(meetings_on(con), name)
    if meeting.day > now.date():
        raise NotAllowed(
            f"{meeting.id} 定在{full_day(meeting.day)}, 还没有开, 不能出{kind.name}。",
            f"用 sixping meeting show {meeting.id} 查看。",
        )
    if kind.name == MINUTES:
        return meeting, [(None, _minutes(con, meeting, now))]
    return meeting, list(_notices(con, meeting, unit, now))


def _notices(
    con: Connection, meeting: Meeting, unit: str | None, now: datetime
) -> Iterator[tuple[str | None, Facts]]:
    """Yield the notice of each unit, or of one."""
    _judge(con, meeting, now)
    items: dict[str, list[Item]] = {}
    for number, of, due, text in meeting.decided:
        items.setdefault(of, []).append(Item(number, _shown(text), full_day(due)))
    for number, of, due in _on_cases(con, meeting):
        items.setdefault(of, []).append(Item(number, _ON_CASE, full_day(due)))
    for task in meeting.tasks.values():
        if task.state is not TaskState.DROPPED:
            item = Item(task.id, _shown(task.text), full_day(task.due))
            items.setdefault(task.unit, []).append(item)
    if unit is not None:
        named = organisation_at(con, meeting.day).units.find(unit).name
        if named not in items:
            raise NotAllowed(
                f"{meeting.id} 没有交给{named}的议定事项。",
                f"有议定事项的: {'、'.join(items) or '没有'}。",
            )
        items = {named: items[named]}
    if not items:
        raise NotAllowed(
            f"{meeting.id} 还没有议定事项。",
            f"请先记录: sixping meeting minutes {meeting.id} --decision 内容 --unit 单位"
            " --due 日期",
        )
    for of, own in items.items():
        yield (
            of,
            Notice(
                meeting.id, meeting.sort, full_day(meeting.day), meeting.convener, of, tuple(own)
            ),
        )


def _on_cases(con: Connection, meeting: Meeting) -> Iterator[tuple[str, str, date]]:
    """Yield what was decided on the case alone, once the street keeps who came and what followed.

    Asleep a notice says what it said before, and is known again when it is printed anew.
    """
    if registers.begun(con, "meetings") is None:
        return
    told = {number for number, *_ in meeting.decided}
    for number, (of, due) in decisions(con, meeting.id).items():
        if number not in told:
            yield number, of, due


def _judge(con: Connection, meeting: Meeting, now: datetime) -> None:
    """Raise ``BadData`` where what was decided tells of a reporter, with how it is put right."""
    texts = [text for *_, text in meeting.decided]
    texts += [one.text for one in meeting.tasks.values() if one.state is not TaskState.DROPPED]
    said = "\n".join(filter(None, texts))
    for number in Veil(con).numbers(meeting) if said else ():
        with suppress(NotFound, NotAllowed):  # of an erased case nothing is known any more
            ground = Ground.read(con, number, now)
            ground.room_words(said, f"{meeting.id} 议定的事项", _ANEW.format(meeting.id))


def _shown(text: str | None) -> str:
    return mask_text(text) if text else GONE


def _minutes(con: Connection, meeting: Meeting, now: datetime) -> Minuted:
    if meeting.ledger is None:
        raise NotAllowed(
            f"{meeting.id} 还没有记纪要。",
            f"请先记录: sixping meeting minutes {meeting.id} --slot 栏目 文字",
        )
    return Minuted(minutes_of(con, meeting, now, reveal=False), origin_of(con, now))


def _digest(to: str | None, facts: Facts) -> str:
    """Return by what a slip is known again: not by how what was decided stands now."""
    if not isinstance(facts, Minuted):
        return digest_of(to, facts)
    decided = tuple(one._replace(state="") for one in facts.minutes.resolved)
    said = facts.minutes._replace(resolved=decided)
    # What was printed before there were rolls is known again: it has none.
    return digest_of(to, said if said.roll else said[:-1], type(said).__name__)


def preview(
    con: Connection, name: str, kind: SlipKind, unit: str | None, now: datetime
) -> list[Printed]:
    """Return the slips as they would be printed, without numbers; nothing is recorded."""
    _, drafted = draft(con, name, kind, unit, now)
    naming, room = naming_on(con, now.date()), organisation_at(con, now.date()).units.room
    head = unnumbered(kind, naming, room, now)
    return [Printed(kind, Slip(head, facts), to) for to, facts in drafted]


def print_slips(
    tx: Transaction, name: str, kind: SlipKind, unit: str | None
) -> tuple[Meeting, list[Printed]]:
    """Take numbers for the slips of a meeting and record the prints; return them in order."""
    now = tx.stamp.now
    meeting, drafted = draft(tx.con, name, kind, unit, now)
    naming, room = naming_on(tx.con, now.date()), organisation_at(tx.con, now.date()).units.room
    made = []
    for to, facts in drafted:
        digest = _digest(to, facts)
        head, no = head_of(tx.con, kind, naming, room, now)
        year, same = now.year, _same(meeting, kind, to, digest)
        if same:
            first = _first_print(tx.con, same)
            head, no, year = again(head, same.doc_no, first, now), same.no, same.year
        event = MeetingSlipPrinted(
            meeting=meeting.id, slip=kind.name, year=year, no=no, doc_no=head.number, to=to,
            again=same is not None, digest=digest,
        )  # fmt: skip
        seq = record(tx, event)
        made.append(Printed(kind, Slip(head, facts), to, same is not None, seq))
    return meeting, made


def _same(
    meeting: Meeting, kind: SlipKind, to: str | None, digest: str
) -> MeetingSlipPrinted | None:
    """Return the last print of a kind for a unit, if it carried the same."""
    before: Sequence[MeetingSlipPrinted] = [
        each for each in meeting.slips if (each.slip, each.to) == (kind.name, to)
    ]
    return before[-1] if before and before[-1].digest == digest else None


def _first_print(con: Connection, same: MeetingSlipPrinted) -> datetime:
    """Return when a number was first printed."""
    return next(
        entry.at
        for entry in streams.entries(con, STREAM, same.meeting)
        if isinstance(entry.event, MeetingSlipPrinted) and entry.event.doc_no == same.doc_no
    )

"""A slip about a case: what it carries, its number, and that it was printed."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.cases.steps.slips import SlipPrinted
from sixping.errors import BadData, NotAllowed, UsageFault
from sixping.policy.slips import (
    ANSWER,
    ASSIGNMENT,
    CONTACT,
    EXTENSION,
    REFERRAL,
    SlipKind,
    level_of,
    number_words,
)
from sixping.policy.vocabulary import NOT_TAKEN_ON, ClockKind
from sixping.queries.office import last_slip
from sixping.render.paper.slips.facts import (
    Answer,
    Assignment,
    Contact,
    Demand,
    Extension,
    Head,
    Referral,
    Slip,
)
from sixping.render.paper.wording import full_day
from sixping.services.papers.ground import INFORMING, Ground, moment_words
from sixping.services.taking import take_step
from sixping.store.amended import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from sixping.cases.step import CaseEntry, Step
    from sixping.cases.steps.referral import Referred
    from sixping.cases.steps.timing import Extended
    from sixping.cases.steps.urging import Urged
    from sixping.policy.units import Naming
    from sixping.render.paper.slips.facts import Facts
    from sixping.services.taking import Situation
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp

UNNUMBERED: Final = "未编号"
_HIDDEN: Final = "***"


class Asked(NamedTuple):
    """What was asked of a slip.

    ``points``: the room's words; ``reason``: why contact data are shown; ``reveal``: the answer
    names the reporter; ``preview``: it is only looked at.
    """

    kind: SlipKind
    points: str | None = None
    reason: str | None = None
    reveal: bool = False
    preview: bool = False


class Drafted(NamedTuple):
    """A slip before it has a number. ``to``: the unit it is for; ``points``: kept with it.

    ``known``: by what it is known again, where that is not all it carries: no digest is made of
    contact data, which may have to go before the rest.
    """

    facts: Facts
    to: str | None = None
    points: str | None = None
    known: Facts | None = None

    @property
    def digest(self) -> str:
        """Return by what the slip is known again."""
        return digest_of(self.to, self.known or self.facts)


class Printed(NamedTuple):
    """A slip with its number; ``seq`` None: it was only looked at."""

    kind: SlipKind
    slip: Slip[Facts]
    to: str | None
    again: bool = False
    seq: int | None = None


def digest_of(to: str | None, facts: tuple[object, ...], sort: str = "") -> str:
    """Return the SHA-256 of what a slip carries; ``sort``: of what class, else that of it."""
    name = sort or type(facts).__name__
    said = json.dumps([name, to, facts], ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def head_of(
    con: Connection, kind: SlipKind, naming: Naming, room: str, now: datetime
) -> tuple[Head, int]:
    """Return the head of a new slip with the next number of its kind, and that number's place."""
    no = last_slip(con, kind.name, now.year) + 1
    number = number_words(naming.street, kind, now.year, no)
    return Head(kind.name, f"{naming.street}{room}", number, full_day(now.date())), no


def unnumbered(kind: SlipKind, naming: Naming, room: str, now: datetime) -> Head:
    """Return the head of a slip that is only looked at."""
    number = number_words(naming.street, kind, now.year, None)
    office = f"{naming.street}{room}"
    return Head(kind.name, office, number, full_day(now.date()), (UNNUMBERED,))


def again(head: Head, doc_no: str, first: datetime, now: datetime) -> Head:
    """Return the head of a slip that is printed again: number and day of the first print."""
    mark = f"重印 {full_day(now.date())}"
    return head._replace(number=doc_no, day=full_day(first.date()), marks=(mark,))


# --- what each kind carries -----------------------------------------------------------------


def draft(ground: Ground, asked: Asked) -> Drafted:
    """Return what a slip carries. Raises ``NotAllowed`` where the case is not at it."""
    makers: dict[str, Callable[[Ground, Asked], Drafted]] = {
        ASSIGNMENT: _assignment, EXTENSION: _extension, REFERRAL: _referral,
        ANSWER: _answer, CONTACT: _contact,
    }  # fmt: skip
    return makers.get(asked.kind.name, _demand)(ground, asked)


def prints(ground: Ground, kind: str) -> list[tuple[CaseEntry, SlipPrinted]]:
    """Return the prints of a kind of slip, oldest first; without those that were voided."""
    entries = ground.entries
    return [
        (e, e.event) for e in entries if isinstance(e.event, SlipPrinted) and e.event.slip == kind
    ]


def _last(ground: Ground, kind: str, **having: str) -> CaseEntry | None:
    """Return the last entry of a kind of step that has these facts."""
    return next(
        (
            entry
            for entry in reversed(ground.entries)
            if entry.event.kind == kind
            and all(getattr(entry.event, name) == value for name, value in having.items())
        ),
        None,
    )


def _assignment(ground: Ground, asked: Asked) -> Drafted:
    case, before = ground.case, prints(ground, ASSIGNMENT)
    ground.refuse_unassigned(ASSIGNMENT)
    points = asked.points or (before[-1][1].points if before else None)
    if points is None:
        raise UsageFault(
            "交办单须写明 --points (办理要点)。",
            '请用指挥室自己的话写, 不照抄反映人的原话: --points "到现场核查油烟, 责令整改"',
        )
    ground.room_words(points, "办理要点 (--points)")
    return Drafted(Assignment(ground.on_slip(), points), case.lead, points)


def _words(ground: Ground, asked: Asked, recorded: str | None, what: str) -> str | None:
    """Return the words given for the slip, else those recorded with the step, judged."""
    if asked.points:
        return ground.room_words(asked.points, "要点 (--points)")
    return ground.room_words(recorded, what) if recorded else None


def _demand(ground: Ground, asked: Asked) -> Drafted:
    name, case = asked.kind.name, ground.case
    ladder = ground.rulebooks.policy.edition_at(case.received_at.date()).readings.urge_ladder
    level = level_of(asked.kind, ladder)
    entry = _last(ground, "urged", level=level)
    if entry is None:
        way = f"请先督办: sixping urge {case.number} --level {level} --reason 理由"
        if level not in ladder:
            way = f"规则的督办等级是: {'、'.join(ladder)} (policy.toml 的 urge_ladder)。"
        raise NotAllowed(f"{case.number} 没有“{level}”督办的记录, 不能出{name}。", way)
    event: Urged = entry.event  # type: ignore[assignment]  # by its kind
    stood = ground.as_of(entry.seq)
    words = _words(ground, asked, event.reason, "督办理由")
    facts = Demand(
        case=ground.on_slip()._replace(lead=stood.lead, assist=stood.assist, limits=()),
        level=level,
        made=full_day(entry.at.date()),
        reason=words,
        answer_by=full_day(event.answer_by) if event.answer_by else None,
        late=tuple(ground.late(stood, entry.at)),
    )
    return Drafted(facts, stood.lead, asked.points)


def _extension(ground: Ground, asked: Asked) -> Drafted:
    """Return the form of the last extension; a blank one before it, or for what is asked anew."""
    case, entry = ground.case, _last(ground, "extended")
    if entry is None or asked.points:
        ground.refuse_ended(EXTENSION)
        if case.running(ClockKind.FINISH) is None:
            raise NotAllowed(
                f"{case.number} 没有在计的办结期限, 不用延期 (五.1c)。",
                f"用 sixping show {case.number} 查看时限。",
            )
        words = _words(ground, asked, None, "延期理由")
        return Drafted(Extension(ground.on_slip(), words), case.lead, asked.points)
    event: Extended = entry.event  # type: ignore[assignment]  # by its kind
    before, after = ground.as_of(entry.seq - 1), ground.as_of(entry.seq)
    was, until = before.running(ClockKind.FINISH), after.running(ClockKind.FINISH)
    facts = Extension(
        case=ground.on_slip()._replace(lead=after.lead, assist=after.assist, limits=()),
        reason=_approved_words(ground, event.reason),
        workdays=event.workdays,
        was=moment_words(was.due, entry.at.date()) if was and was.due else None,
        until=moment_words(until.due, entry.at.date()) if until and until.due else None,
        approved=_approver(event, entry.at),
        beyond=event.beyond_ceiling,
    )
    return Drafted(facts, after.lead)


def _approved_words(ground: Ground, reason: str | None) -> str | None:
    """Return why an extension was approved; other words (``--points``) would ask for it anew."""
    with suppress(BadData):
        return ground.room_words(reason, "延期理由") if reason else None
    return "（所记理由里有会认出反映人的内容，请另写）"


def _approver(event: Step, at: datetime) -> str:
    """Say who approved; of a role that nobody has the role alone."""
    name, role = event.approved_by or "", event.approver_role or ""
    who = name if name == role or not role else f"{name}（{role}）"
    return f"{who or '（已删除）'}  {full_day(at.date())}"


def _referral(ground: Ground, asked: Asked) -> Drafted:
    case, entry = ground.case, _last(ground, "referred")
    if entry is None:
        raise NotAllowed(
            f"{case.number} 没有上报的记录, 不能出{REFERRAL}。",
            f"请先上报: sixping refer {case.number} --to 部门 --content 内容",
        )
    event: Referred = entry.event  # type: ignore[assignment]  # by its kind
    content = _words(ground, asked, event.content, "上报内容") or ""
    to = ground.told(event.to or "", reveal=False)
    facts = Referral(
        case=ground.on_slip()._replace(lead=None, assist=(), coordinator=None, limits=()),
        to=tuple(filter(None, to.split("、"))),
        made=full_day(entry.at.date()),
        content=content,
        receipt=ground.told(event.receipt, reveal=False) if event.receipt else None,
    )
    return Drafted(facts, None, asked.points)


def _answer(ground: Ground, asked: Asked) -> Drafted:
    case = ground.case
    if case.merged_into:
        raise NotAllowed(
            f"{case.number} 已并入 {case.merged_into}, 由那一件答复。",
            f"请用 sixping slip {case.merged_into} {ANSWER}",
        )
    told = tuple(_told(ground, reveal=asked.reveal))
    if not told:
        way = f"sixping feedback {case.number} 内容"
        if not case.resolved_at:
            way = f"sixping accept {case.number} 或 sixping decline {case.number} --reason 理由"
        raise NotAllowed(f"{case.number} 还没有可答复的内容, 不能出{ANSWER}。", f"请先 {way}")
    name = words_of(ground.log).get("reporter") if asked.reveal else None
    facts = Answer(case.number, full_day(case.received_at.date()), name, told)
    masked = tuple(_told(ground, reveal=False)) if asked.reveal else told
    return Drafted(facts, known=facts._replace(name=None, told=masked))


_ACCEPTING: Final = ("accepted", "declined", "transferred", "guided", "sent_back")


def _told(ground: Ground, *, reveal: bool) -> Iterator[tuple[str, str, str]]:
    """Yield what the reporter was told: of taking the report on, then of the last result."""
    taken = next((e for e in reversed(ground.entries) if e.event.kind in _ACCEPTING), None)
    words = getattr(taken.event, "feedback", None) if taken else None
    if taken and words:
        label = "办理意见" if ground.case.status in NOT_TAKEN_ON else "受理情况"
        yield label, full_day(taken.at.date()), ground.told(words, reveal=reveal)
    since = ground.case.resolved_at
    for entry in reversed(ground.entries):
        event = entry.event
        own = event.kind == "fed_back" and (event.to is None or event.everyone)  # type: ignore[attr-defined]
        if own and since and entry.at >= since and event.text:  # type: ignore[attr-defined]
            text = ground.told(event.text, reveal=reveal)  # type: ignore[attr-defined]
            yield "办理结果", full_day(entry.at.date()), text
            return


def _contact(ground: Ground, asked: Asked) -> Drafted:
    case = ground.case
    ground.refuse_ended(CONTACT)
    said = words_of(ground.log)
    phone = said.get("phone")
    if case.anonymous or not phone:
        raise NotAllowed(
            f"{case.number} {'是匿名的' if case.anonymous else '没有登记电话'}, 不能出{CONTACT}。",
            f"要向反映人核实的, 由指挥室记录: sixping note {case.number} 内容",
        )
    ground.refuse_unassigned(CONTACT)
    _refuse_contact(ground)
    if not (asked.reason or asked.preview):
        raise UsageFault(
            f"{CONTACT}须写明 --reason: 承办单位为什么须联系反映人。",
            "例如: --reason 约定上门查看的时间",
        )
    if asked.reason:
        way = "请用自己的话写为什么须联系, 例如: --reason 约定上门查看的时间"
        ground.room_words(asked.reason, "理由 (--reason)", way, named=True)
    facts = Contact(ground.on_slip(), said.get("reporter"), phone, asked.reason or "")
    if asked.preview:
        facts = facts._replace(name=_HIDDEN, phone=_HIDDEN)
    known = facts._replace(name=None, phone=str(case.words_seq))
    return Drafted(facts, case.lead, known=known)


def _refuse_contact(ground: Ground) -> None:
    number = ground.case.number
    if ground.case.names_somebody:
        raise NotAllowed(
            f"{number} 反映的是街道的单位或人员, 联系方式不给承办单位 (回避)。",
            f"由指挥室联系反映人, 并记录: sixping note {number} 内容",
        )
    if ground.secret:
        nature = ground.nature
        what = f"性质是{INFORMING}" if nature else f"性质未定, 按{INFORMING}对待"
        if nature and nature != INFORMING:
            what = f"并入的反映里有{INFORMING}或性质未定的"
        way = f"由指挥室联系反映人, 并记录: sixping note {number} 内容"
        unset = ground.unset_natures
        if unset:
            amend = f"sixping amend {unset[0]} --nature 投诉 --reason 理由"
            way = f"查明不是{INFORMING}的, 先写明性质: {amend}; 否则{way}"
        raise NotAllowed(f"{number} {what}, 联系方式不给承办单位。", way)


# --- printing --------------------------------------------------------------------------------


def preview(ground: Ground, asked: Asked) -> Printed:
    """Return a slip as it would be printed, without a number; nothing is recorded."""
    drafted = draft(ground, asked._replace(preview=True))
    _refuse_new(ground, asked, drafted)
    head = unnumbered(asked.kind, ground.naming, ground.units.room, ground.now)
    return Printed(asked.kind, Slip(head, drafted.facts), drafted.to)


def _same(ground: Ground, asked: Asked, drafted: Drafted) -> tuple[CaseEntry, SlipPrinted] | None:
    """Return the first print of this slip, if the last one of its kind was of the same facts."""
    before = prints(ground, asked.kind.name)
    if not before or before[-1][1].digest != drafted.digest:
        return None
    return next(each for each in before if each[1].doc_no == before[-1][1].doc_no)


def _refuse_new(ground: Ground, asked: Asked, drafted: Drafted) -> None:
    """Refuse a new 交办单 for a case that has ended; the one it had may be printed again."""
    if asked.kind.name == ASSIGNMENT and _same(ground, asked, drafted) is None:
        ground.refuse_ended(ASSIGNMENT)


def print_slip(
    path: Path, stamp: Stamp, number: str, asked: Asked, warn: Callable[[str], None]
) -> tuple[Printed, list[str]]:
    """Take a number for a slip and record the print, in one transaction; return what to say too.

    Contact data that it shows are recorded as looked at before it. Raises ``BadData``,
    ``NotAllowed``, ``UsageFault``, and what ``take_step`` does.
    """
    made: list[Printed] = []

    def build(situation: Situation) -> Step:
        ground = Ground(situation.work.con, situation.case, situation.log, situation.at)
        drafted = draft(ground, asked)
        _refuse_new(ground, asked, drafted)
        head, no = head_of(ground.con, asked.kind, ground.naming, ground.units.room, ground.now)
        same, year = _same(ground, asked, drafted), ground.now.year
        if same:
            first, event = same
            head = again(head, event.doc_no, first.at, ground.now)
            no, year = event.no, event.year
        if asked.reason:
            seen = {"list": asked.kind.name, "numbers": [ground.case.number], "count": 1}
            situation.work.note("job", "reveal", "revealed", seen, {"reason": asked.reason})
        seq = situation.work.seq + 1
        slip = Slip(head, drafted.facts)
        made.append(Printed(asked.kind, slip, drafted.to, same is not None, seq))
        return SlipPrinted(
            slip=asked.kind.name, year=year, no=no, doc_no=head.number, to=drafted.to,
            again=same is not None, points=drafted.points, digest=drafted.digest,
        )  # fmt: skip

    taken = take_step(path, stamp, number, build, at=stamp.now, warn=warn)
    return made[-1], list(taken.hints)


def has_words(ground: Ground) -> bool:
    """Return whether an earlier 交办单 of the case has points that can be printed again."""
    return any(event.points for _, event in prints(ground, ASSIGNMENT))

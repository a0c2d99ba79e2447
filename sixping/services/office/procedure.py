"""The procedure of an assessment: drafted, checked by the units, approved (五.2, 附3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.assessed import Standing, recorded, restored
from sixping.documents.phrases import NO_RATE
from sixping.errors import NotAllowed, UsageFault
from sixping.office import procedure as procedures
from sixping.office import registers, streams
from sixping.office.issues import subject_of
from sixping.office.meetings import find, meetings_on
from sixping.office.procedure import (
    STREAM,
    AssessmentApproved,
    AssessmentDrafted,
    Objected,
    ObjectionAnswered,
    Procedure,
    SheetHanded,
    unit_digest,
)
from sixping.queries.office import recorded as how_many
from sixping.queries.periods import AsOf
from sixping.services.assessment import gather
from sixping.services.meetings import refuse_ahead
from sixping.services.report import state_of
from sixping.store.documents import figures_digest
from sixping.util.clock import to_text
from sixping.util.daytext import understood_day, understood_span
from sixping.util.masking import mask_addressee

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sixping.cases.codec import Recorded
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow
    from sixping.reports.spans import ReportRequest
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "procedure"
"""The register; asleep, ``assess`` knows nothing of drafts."""


class Assessed(NamedTuple):
    """An assessment to be shown; ``standing`` None: the register sleeps, or began later."""

    request: ReportRequest
    assessment: Assessment
    rows: list[AssessmentRow]
    standing: Standing | None = None
    draft: AssessmentDrafted | None = None


def assessed(con: Connection, request: ReportRequest) -> Assessed:
    """Return the assessment of a period: the approved figures once there are some.

    A period that was over before the register began, and that nobody drafted, has no procedure.
    """
    seq = state_of(con, request).seq
    begun = registers.begun(con, KEY, seq)
    standing = procedures.of_period(con, request.kind, request.span, seq) if begun else None
    if begun is None or (standing is None and request.span.last < begun):
        return Assessed(request, *gather(con, request))
    said = standing_of(standing, meeting=_called(con, standing))
    if standing is None or standing.approval is None:
        draft = standing.draft if standing else None
        return Assessed(request, *gather(con, request), said, draft)
    return as_drafted(con, request, standing.draft)._replace(standing=said, draft=standing.draft)


def differing(
    con: Connection, request: ReportRequest, draft: AssessmentDrafted, now: Assessment | None = None
) -> list[str]:
    """Return the subjects whose figures by the ledger are not those of a draft any more.

    ``now``: the assessment as the ledger has it, where it was gathered before.
    """
    was = {each["name"]: _nameless(each) for each in draft.figures["subjects"]}
    found = recorded(now or gather(con, request)[0])["subjects"]
    return [each["name"] for each in found if each != was.get(each["name"])]


def _nameless(subject: dict[str, Any]) -> dict[str, Any]:
    """Return what a draft says of a subject, with persons by id alone as they are recorded now."""
    if "persons" not in subject:
        return subject
    people = [{k: v for k, v in one.items() if k != "name"} for one in subject["persons"]]
    return subject | {"persons": people}


def as_drafted(con: Connection, request: ReportRequest, draft: AssessmentDrafted) -> Assessed:
    """Return an assessment with the figures a draft recorded, as the ledger then was."""
    then = request._replace(moment=draft.as_of, past=True)
    state = AsOf(draft.seq, draft.head, to_text(draft.as_of), past=True)
    anew, rows = gather(con, then, state)
    return Assessed(then, restored(anew, draft.figures), rows)


def _called(con: Connection, procedure: Procedure | None) -> str:
    """Return what people call the meeting that approved; empty where none did."""
    meeting = procedure and procedure.approval and procedure.approval.meeting
    return find(meetings_on(con), meeting).sort if meeting else ""


# --- recording -------------------------------------------------------------------------------


def made(con: Connection, request: ReportRequest) -> AssessmentDrafted:
    """Return the draft of a period as it may be recorded now; the register must be awake.

    Raises ``NotAllowed`` for a period that runs or that nothing is known of, and for a draft with
    the same figures as the last one.
    """
    registers.require(con, KEY)
    days = understood_span(*request.span)
    if request.span.last >= request.moment.date():
        raise NotAllowed(f"{days} 还没有过完, 不能出草稿。", "请在最后一天过后再出。")
    assessment, _ = gather(con, request)
    if not assessment.known:
        raise NotAllowed(f"台账里没有 {days} 的记录, 不能出草稿。", "请核对时段。")
    before = procedures.of_period(con, request.kind, request.span)
    if before is not None:
        procedures.refuse_approved(before)
    figures = recorded(assessment)
    digest = figures_digest(figures)
    if before and before.draft.digest == digest and not before.not_redrafted:
        raise NotAllowed(
            f"{days} 已有草稿, 数没有变。",
            f"下一步发核对单: sixping assess sheet {request.option} -o 核对单.docx",
        )
    return AssessmentDrafted(
        period=request.kind,
        first=request.span.first,
        last=request.span.last,
        draft=before.draft.draft + 1 if before else 1,
        as_of=request.moment,
        seq=assessment.seq,
        head=assessment.head,
        digest=digest,
        figures=figures,
    )


def record(
    tx: Transaction, request: ReportRequest, events: Iterable[Recorded]
) -> tuple[Procedure, int]:
    """Record what happened to the procedure of a period; return it after that, and the last seq.

    Raises ``NotAllowed`` asleep, for what is out of turn, and for what was made of an earlier draft
    than the last one: somebody else recorded that meanwhile.
    """
    registers.require(tx.con, KEY)
    subject, seq = subject_of(request.kind, request.span), 0
    last = procedures.of_period(tx.con, request.kind, request.span)
    for event in events:
        if last and isinstance(event, AssessmentDrafted | SheetHanded):
            _refuse_overtaken(event, last.draft)
        seq = streams.record(tx, STREAM, subject, event, tx.stamp.now)
    return procedures.fold(streams.entries(tx.con, STREAM, subject))[subject], seq


def _refuse_overtaken(event: AssessmentDrafted | SheetHanded, last: AssessmentDrafted) -> None:
    based_on = event.draft - 1 if isinstance(event, AssessmentDrafted) else event.draft
    if based_on != last.draft:
        raise NotAllowed(
            f"刚刚已由他人记录了第 {last.draft} 稿, 这里的数不是它的。", "请重新运行这个命令。"
        )


def drafted(con: Connection, request: ReportRequest) -> Procedure:
    """Return the procedure of a period. Raises ``NotAllowed`` asleep or without a draft."""
    registers.require(con, KEY)
    found = procedures.of_period(con, request.kind, request.span)
    if found is None:
        raise NotAllowed(
            f"{understood_span(*request.span)} 还没有考核草稿。",
            f"先出草稿: sixping assess draft {request.option}",
        )
    return found


def sheets(
    con: Connection, request: ReportRequest, printed: Procedure, units: Iterable[str], day: date
) -> list[SheetHanded]:
    """Return the sheets of a draft that go out anew: of units that have not its figures by now.

    Raises ``NotAllowed`` for a day before that of the draft.
    """
    draft, now = printed.draft, drafted(con, request)
    _refuse_before(day, "核对单", printed.drafted_at.date(), "草稿")
    return [
        SheetHanded(unit=unit, draft=draft.draft, digest=unit_digest(draft.figures, unit), day=day)
        for unit in units
        if not now.has_sheet(unit)
    ]


def object_to(
    tx: Transaction, request: ReportRequest, unit: str, day: date, text: str
) -> tuple[str, int]:
    """Record an objection of a unit; return its id and the seq."""
    procedure = drafted(tx.con, request)
    if unit not in procedure.sheets:
        raise NotAllowed(
            f"{unit} 还没有拿到这一期的核对单。",
            f"先发核对单: sixping assess sheet {request.option} --unit {unit}",
        )
    _refuse_before(day, "异议", procedure.sheets[unit].day, "核对单")
    for each in procedure.unanswered:
        if (each.unit, each.text) == (unit, text):
            raise NotAllowed(
                f"{unit} 的这条异议已经记为 {each.id}, 还没有答复, 不重复记。",
                f"答复: sixping assess answer {each.id} --refused --text 理由"
                " (采纳的写 --allowed --changed 改了什么)",
            )
    name = f"y{how_many(tx.con, Objected.kind) + 1}"
    event = Objected(objection=name, unit=unit, day=day, text=text)
    return name, record(tx, request, [event])[1]


def answer(tx: Transaction, name: str, event: ObjectionAnswered) -> tuple[Procedure, int]:
    """Record the answer to an objection; return its procedure after it, and the seq."""
    registers.require(tx.con, KEY)
    subject, _ = procedures.with_objection(tx.con, name)
    seq = streams.record(tx, STREAM, subject, event, tx.stamp.now)
    return procedures.fold(streams.entries(tx.con, STREAM, subject))[subject], seq


def approve(
    tx: Transaction,
    request: ReportRequest,
    *,
    meeting: str | None,
    body: str | None,
    day: date | None,
    counts: bool,
) -> tuple[Procedure, int]:
    """Record who approved the draft; return the procedure after it, and the seq.

    Raises ``UsageFault`` without exactly one of both, ``NotFound`` for no such meeting,
    ``NotAllowed`` for one that was not held yet, or before the draft, and while anything stands.
    """
    procedure = drafted(tx.con, request)
    if (meeting is None) == (body is None):
        raise UsageFault(
            "须写明由哪次会议或哪个机构审定, 写一个。",
            "如 --meeting m3 (见 sixping meeting list), 或 --body 街道党工委会议 --date 日期。",
        )
    held = find(meetings_on(tx.con), meeting) if meeting else None
    if held is not None:
        refuse_ahead(held, tx.stamp.now.date(), "审定")
    on = held.day if held else (day or tx.stamp.now.date())
    answers = (each.answer for each in procedure.objections.values())
    before = [(procedure.drafted_at.date(), "草稿")]
    before += [(sheet.day, "核对单") for sheet in procedure.sheets.values()]
    before += [(each.day, "对异议的答复") for each in answers if each]
    _refuse_before(on, "审定", *max(before))
    event = AssessmentApproved(
        draft=procedure.draft.draft,
        day=on,
        meeting=held.id if held else None,
        body=body,
        counts_in=request.span.last.year if counts else None,
    )
    return record(tx, request, [event])


def _refuse_before(day: date, what: str, before: date, of: str) -> None:
    """Raise ``NotAllowed`` for what is said to have come before that which it follows."""
    if day < before:
        raise NotAllowed(
            f"{what} ({understood_day(day)}) 早于{of} ({understood_day(before)})。",
            "请核对日期 (--date) 和会议。",
        )


# --- as it is shown ----------------------------------------------------------------------------


def standing_of(procedure: Procedure | None, *, meeting: str = "") -> Standing:
    """Return how a procedure stands; ``meeting``: what people call the one that approved."""
    if procedure is None:
        return Standing("还没有记录草稿", "", {"state": None, "draft": None, "approved": None})
    approval = procedure.approval
    words = ""
    if approval is not None:
        by = f"{meeting}（{approval.meeting}）" if approval.meeting else approval_body(procedure)
        counts = f"，计入{approval.counts_in}年度目标责任制考核成绩" if approval.counts_in else ""
        day = approval.day
        words = f"{by}于{day.year}年{day.month}月{day.day}日审定{counts}"
    return Standing(procedure.state, words, procedure_json(procedure))


def approval_body(procedure: Procedure) -> str:
    """Return the body that approved, masked where it names a person; — for none."""
    body = procedure.approval and procedure.approval.body
    return mask_addressee(body) if body else NO_RATE


def procedure_json(procedure: Procedure) -> dict[str, Any]:
    """Return a procedure as a row.

    ``{kind, from, to, state, draft, drafted_at, seq, digest, units, sheets, without_sheet,
    objections, open_objections, allowed, approved: day, meeting, body, counts_in}``.
    """
    draft, approval = procedure.draft, procedure.approval
    answers = [each.answer for each in procedure.objections.values() if each.answer]
    without = procedure.without_sheet
    return {
        "kind": draft.period, "from": draft.first, "to": draft.last, "state": procedure.state,
        "draft": draft.draft, "drafted_at": procedure.drafted_at, "seq": draft.seq,
        "digest": draft.digest, "units": len(procedure.units),
        "sheets": len(procedure.units) - len(without), "without_sheet": without,
        "objections": len(procedure.objections), "open_objections": len(procedure.unanswered),
        "allowed": sum(answer.allowed for answer in answers),
        "approved": approval and approval.day, "meeting": approval and approval.meeting,
        "body": approval_body(procedure) if approval and approval.body else None,
        "counts_in": approval and approval.counts_in,
    }  # fmt: skip

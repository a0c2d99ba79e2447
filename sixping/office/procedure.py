"""The assessment of a period as a procedure (五.2, 附3.5): 草稿 → 核对 → 审定.

Pure. The subject of each event is the period (as ``issues.subject_of`` has it), so one procedure is
found by it. What a unit or a meeting said is private: it can be erased.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.calendar.table import sha256_hex
from sixping.cases.codec import Recorded, fact, private
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams
from sixping.office.issues import subject_of
from sixping.reports.period import Span
from sixping.reports.spans import option_of
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "procedure"
_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentDrafted(Recorded):
    """The figures of an assessment as they go out to be checked; fields as of ``ReportFrozen``.

    ``draft`` counts the drafts of a period: another one follows an objection that was allowed.
    """

    kind: ClassVar[str] = "assessment_drafted"

    period: str
    first: date = fact(date.fromisoformat)
    last: date = fact(date.fromisoformat)
    draft: int
    as_of: datetime = fact(from_text)
    seq: int
    head: str
    digest: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetHanded(Recorded):
    """A unit was given its own sheet; ``digest`` is that of its figures, whatever the draft."""

    kind: ClassVar[str] = "sheet_handed"

    unit: str
    draft: int
    digest: str
    day: date = fact(date.fromisoformat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected(Recorded):
    """A unit objects to its figures."""

    kind: ClassVar[str] = "assessment_objected"

    objection: str
    unit: str
    day: date = fact(date.fromisoformat)
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionAnswered(Recorded):
    """An objection was answered: ``allowed``, with what was changed for it, or refused."""

    kind: ClassVar[str] = "objection_answered"

    objection: str
    allowed: bool
    day: date = fact(date.fromisoformat)
    text: str | None = private()
    changed: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentApproved(Recorded):
    """The draft was approved by a recorded meeting or by a named body of the street.

    ``counts_in``: the year of the 年度目标责任制 that the result counts into (附3.5), None: unsaid.
    """

    kind: ClassVar[str] = "assessment_approved"

    draft: int
    day: date = fact(date.fromisoformat)
    meeting: str | None = None
    counts_in: int | None = None
    body: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (AssessmentDrafted, SheetHanded, Objected, ObjectionAnswered, AssessmentApproved)
}


@dataclass(slots=True)
class Objection:
    """One objection as it stands; texts are None after a lawful erasure."""

    id: str
    unit: str
    day: date
    text: str | None
    answer: ObjectionAnswered | None = None
    answered_seq: int = 0


@dataclass(slots=True)
class Procedure:
    """The procedure of one period: its last draft, the sheets, objections and the approval."""

    draft: AssessmentDrafted
    drafted_at: datetime
    seq: int
    sheets: dict[str, SheetHanded] = field(default_factory=dict)
    objections: dict[str, Objection] = field(default_factory=dict)
    approval: AssessmentApproved | None = None

    @property
    def option(self) -> str:
        """Return the option that asks for the period, as every command of a procedure takes it."""
        return option_of(self.draft.period, self.draft.first)

    @property
    def units(self) -> list[str]:
        """Return the units that the draft assesses."""
        return [each["name"] for each in self.draft.figures["subjects"]]

    @property
    def without_sheet(self) -> list[str]:
        """Return the units that never got the sheet with the figures of this draft."""
        return [unit for unit in self.units if not self.has_sheet(unit)]

    def has_sheet(self, unit: str) -> bool:
        """Return whether a unit has the sheet with its figures as they are in this draft."""
        sheet = self.sheets.get(unit)
        return sheet is not None and sheet.digest == unit_digest(self.draft.figures, unit)

    @property
    def unanswered(self) -> list[Objection]:
        """Return the objections that nobody answered."""
        return [each for each in self.objections.values() if each.answer is None]

    @property
    def not_redrafted(self) -> list[Objection]:
        """Return the objections that were allowed after the draft: its figures are not theirs."""
        return [
            each
            for each in self.objections.values()
            if each.answer and each.answer.allowed and each.answered_seq > self.seq
        ]

    @property
    def state(self) -> str:
        """Return where it stands, in words."""
        if self.approval:
            return "审定"
        if self.unanswered:
            return "异议待答复"
        if self.not_redrafted:
            return "待重出草稿"
        return "草稿" if self.without_sheet else "待审定"


def unit_digest(figures: Mapping[str, Any], unit: str) -> str:
    """Return the digest of what a draft says of one unit: SHA-256 of its JSON without blanks."""
    said = next(each for each in figures["subjects"] if each["name"] == unit)
    return sha256_hex(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def refuse_approved(procedure: Procedure) -> None:
    """Raise ``NotAllowed`` where the figures were approved: they are what is printed."""
    if procedure.approval is not None:
        raise NotAllowed(
            "这一期考核已经审定, 不能再改。",
            "审定记错了: sixping assess void 序号 --reason 理由",
        )


def fold(entries: Iterable[StreamEntry]) -> dict[str, Procedure]:
    """Return the procedures by subject, oldest first. Raises ``NotAllowed`` or ``NotFound``."""
    found: dict[str, Procedure] = {}
    for entry in entries:
        event, procedure = entry.event, found.get(entry.subject)
        if procedure is not None:
            refuse_approved(procedure)
        if isinstance(event, AssessmentDrafted):
            if procedure is None:
                found[entry.subject] = Procedure(event, entry.at, entry.seq)
            else:
                procedure.draft, procedure.drafted_at = event, entry.at
                procedure.seq = entry.seq
            continue
        if procedure is None:
            raise NotAllowed("这一期考核还没有草稿。", "先出草稿: sixping assess draft --quarter")
        _follow(procedure, entry)
    return found


def _follow(procedure: Procedure, entry: StreamEntry) -> None:
    """Take up what follows a draft."""
    event = entry.event
    if isinstance(event, SheetHanded):
        procedure.sheets[event.unit] = event
    elif isinstance(event, Objected):
        if event.unit not in procedure.units:
            raise NotAllowed(
                f"{event.unit} 不在这一期的考核对象里。",
                f"考核对象: {'、'.join(procedure.units)}。",
            )
        procedure.objections[event.objection] = Objection(
            event.objection, event.unit, event.day, event.text
        )
    elif isinstance(event, ObjectionAnswered):
        _answered(procedure, event, entry.seq)
    else:
        _refuse_unready(procedure)
        procedure.approval = event


def _answered(procedure: Procedure, event: ObjectionAnswered, seq: int) -> None:
    objection = procedure.objections.get(event.objection)
    if objection is None:
        raise NotFound(f"没有这条异议: {event.objection}", "编号见: sixping assess procedure")
    if objection.answer is not None:
        raise NotAllowed(
            f"{objection.id} 已经答复。", "答复记错了: sixping assess void 序号 --reason 理由"
        )
    if event.day < objection.day:
        raise NotAllowed(f"答复 ({event.day}) 早于异议 ({objection.day})。", "请核对 --date。")
    objection.answer, objection.answered_seq = event, seq


def _refuse_unready(procedure: Procedure) -> None:
    """Raise ``NotAllowed`` for what still stands before an approval."""
    if waiting := procedure.unanswered:
        raise NotAllowed(
            f"还有异议没有答复: {'、'.join(each.id for each in waiting)}, 不能审定 (五.2)。",
            f"答复: sixping assess answer {waiting[0].id} --refused --text 理由"
            " (采纳的写 --allowed --changed 改了什么)",
        )
    if changed := procedure.not_redrafted:
        raise NotAllowed(
            f"异议 {'、'.join(each.id for each in changed)} 采纳以后还没有重出草稿, 不能审定。",
            f"请重新运行 sixping assess draft {procedure.option}, 再发核对单。",
        )
    if lacking := procedure.without_sheet:
        raise NotAllowed(
            f"还有 {len(lacking)} 个单位没有拿到核对单 ({'、'.join(lacking[:_NAMED])}"
            f"{' 等' if len(lacking) > _NAMED else ''}), 不能审定 (五.2)。",
            f"发核对单: sixping assess sheet {procedure.option} -o 核对单.docx",
        )


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a procedure. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def procedures_on(con: Connection, as_of: int | None = None) -> dict[str, Procedure]:
    """Return the procedures of a ledger by subject, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, as_of=as_of))


def of_period(con: Connection, kind: str, span: Span, as_of: int | None = None) -> Procedure | None:
    """Return the procedure of a period, up to seq ``as_of``; None: there is no draft."""
    subject = subject_of(kind, span)
    return streams.stored(fold, streams.entries(con, STREAM, subject, as_of)).get(subject)


def approved_by(con: Connection, meeting: str) -> bool:
    """Return whether an assessment was approved by a meeting."""
    found = procedures_on(con).values()
    return any(each.approval and each.approval.meeting == meeting for each in found)


def with_objection(con: Connection, name: str) -> tuple[str, Objection]:
    """Return the subject and the objection of an id (``y2``). Raises ``NotFound``."""
    wanted = name.strip().lower()
    for subject, procedure in procedures_on(con).items():
        if wanted in procedure.objections:
            return subject, procedure.objections[wanted]
    raise NotFound(f"没有这条异议: {name}", "编号 (如 y2) 见: sixping assess procedure")

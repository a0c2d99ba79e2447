"""``assess``: how offices, communities and agencies did, each figure open to its cases (五.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import answers, dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.days import period_of
from sixping.console.frame import bare_values
from sixping.console.options import revealing
from sixping.console.recording import record_seen
from sixping.documents.assessment import assessment_json, drilled, revealed
from sixping.documents.phrases import first_of
from sixping.errors import UsageFault
from sixping.policy.assessment import KINDS
from sixping.policy.units import kind_named
from sixping.render.assessment import HEADS, ROWS_BEHIND, flat_rows
from sixping.render.formats import FORMATS
from sixping.render.paper.period.annex import EXPLAINED
from sixping.render.table import Column
from sixping.reports.assessdrill import Behind, key_of
from sixping.reports.assessment import NOBODY, OTHERS, left_out, unknown_counts
from sixping.reports.office.persons import TITLES as OF_PERSONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.console.answers import Wish
    from sixping.documents.assessed import Standing
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow
    from sixping.reports.drill import PartKey
    from sixping.reports.spans import ReportRequest
    from sixping.services.office.procedure import Assessed
    from sixping.store.sqlite import Connection


#: subjects named in a remark
_NAMED = 5
_UNIT = f"只看一个单位; 或写 {NOBODY}"


@bare_values(month="last", quarter="last", year="last")
@revealing
def show(
    ctx: typer.Context,
    *,
    month: Annotated[str | None, dated.ASSESS_MONTH.option] = None,
    quarter: Annotated[str | None, dated.ASSESS_QUARTER.option] = None,
    year: Annotated[str | None, dated.ASSESS_YEAR.option] = None,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="对象", help="机关 社区 派驻机构, 或 office …"),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help=_UNIT)] = None,
    drill: Annotated[
        str | None,
        typer.Option(
            "--drill", metavar="指标", help="列出一个数背后的每一件, 如 按时办结率、件数、限内转出"
        ),
    ] = None,
    as_of: Annotated[str | None, dated.ASSESS_AS_OF.option] = None,
    cohorts: Annotated[
        bool, typer.Option("--cohorts", help="在屏幕上也列出每个率计什么 (文件里总有)")
    ] = False,
    wish: Wish,
) -> None:
    """出考核表: 各项指标的件数和率, 每个数都能用 --drill 打开到事项 (五.2)。

    示例:
      sixping assess --month
      sixping assess --year 2026 --kind 派驻机构 -o 考核.docx
      sixping assess --month 2026-10 --drill 按时办结率 --unit 城管执法中队
      sixping assess --month 2026-10 --drill 单位.城管执法中队.按时办结率.n
    """
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    fmt = wish.choose(context, tuple(FORMATS) if drill else answers.PAPER_FORMATS)
    request = period_of(context, as_of, {"month": month, "quarter": quarter, "year": year})
    ledger, whose = context.existing_ledger(), (kind, unit)
    if wish.reveal and not drill:  # recorded before it is read for showing, beside no open reading
        with reading(ledger) as con:
            seen, _ = _gathered(con, request, whose, None)
        record_seen(context, wish, "assess", seen.assessment.subjects)
    with reading(ledger) as con:
        of, key = _gathered(con, request, whose, drill)
        if not (of.standing and of.standing.approved):
            of = of._replace(assessment=of.assessment._replace(made_at=context.now))
        if key:
            _show_rows(context, wish, Behind(of.assessment, of.rows), key)
            return
        if wish.reveal:
            of = of._replace(assessment=revealed(of.assessment))
        other = _differing(con, request, of)
        if fmt in answers.PAPERS:
            _show_paper(context, wish, con, of, (EXPLAINED,) if cohorts else (), other)
            return
    lines, document = list(flat_rows(of.assessment)), assessment_json(of.assessment)
    if of.standing:
        document["procedure"] = of.standing.document
        _say_standing(context, of.standing, other)
    columns = [Column(name, title) for name, title in HEADS.items()]
    publish(context, wish, lines, columns, lines if fmt == "jsonl" else document)


def _gathered(
    con: Connection,
    request: ReportRequest,
    whose: tuple[str | None, str | None],
    drill: str | None,
) -> tuple[Assessed, PartKey | None]:
    """Return the assessment of the subjects asked for, with its rows, and the figure to open."""
    from sixping.services.office.procedure import assessed

    kind, unit = whose
    of = assessed(con, request)
    assessment, rows = of.assessment, of.rows
    key = _key(con, assessment, drill) if drill else None
    if key and key.figure != OTHERS:
        kind, unit = _of_key(key, kind, unit)
    if not key or key.figure != OTHERS:
        only = kind_named(kind, KINDS) if kind else None
        unit = _called(con, request, assessment, unit) if unit else None
        assessment = _chosen(assessment, rows, only, unit)
    return of._replace(assessment=assessment), key


def _key(con: Connection, assessment: Assessment, drill: str) -> PartKey:
    """Return what is to be opened; a person by id. Raises ``UsageFault``."""
    key = key_of(assessment, drill)
    if key.dimension != "person":
        return key
    from sixping.services.office.persons import meant

    if key.figure not in OF_PERSONS:
        known = "、".join(OF_PERSONS.values())
        raise UsageFault(f"没有这个数: {drill}", f"人员的项目可用: {known}。")
    unit, _, who = key.name.rpartition(".")
    return key._replace(name=".".join(filter(None, (unit, meant(con, who)))))


def _called(con: Connection, request: ReportRequest, assessment: Assessment, unit: str) -> str:
    """Return the full name of a unit that is called by another or a short one."""
    from sixping.office.organisation import organisation_at

    known = organisation_at(con, request.span.last, assessment.seq).units.get(unit.strip())
    return known.name if known else unit


def _show_paper(
    context: Context, wish: Wish, con: Connection, of: Assessed, annexed: Sequence[str],
    other: Sequence[str],
) -> None:  # fmt: skip
    from sixping.office.organisation import organisation_at
    from sixping.services.papers.assessment import paper_of

    fmt = wish.choose(context, answers.PAPER_FORMATS)
    seq, last = of.assessment.seq, of.request.span.last
    room = organisation_at(con, last, seq).units.room
    made = paper_of(con, of, room, details=fmt in answers.OPENING)
    answers.publish_paper(context, wish, made, annexed)
    if of.standing:
        _say_standing(context, of.standing, other)
    _say_next(context, fmt, of.request, of.assessment)


def _differing(con: Connection, request: ReportRequest, of: Assessed) -> list[str]:
    """Return the subjects shown whose recorded figures the ledger does not give any more."""
    from sixping.services.office.procedure import differing

    if of.draft is None or of.standing is None:
        return []
    found = differing(con, request, of.draft, None if of.standing.approved else of.assessment)
    return [name for name in found if name in {each.name for each in of.assessment.subjects}]


def _say_standing(context: Context, standing: Standing, other: Sequence[str]) -> None:
    """Say which figures these are: the approved ones, or a draft's; and where they are others."""
    them = first_of(other, _NAMED)
    if standing.approved:
        context.say(f"印的是审定的数: {standing.words}。")
        if other:
            context.say(f"此后的补录和办理没有改变它; 按现在的记录, {them}的数与审定的不同。")
        return
    context.say(f"草稿, 未经审定 ({standing.state}); 审定以后印审定的数。")
    if other:
        context.say(f"印的是现在的数; {them}的数与记录的草稿不同: 请重出草稿 (assess draft)。")


def _of_key(key: PartKey, kind: str | None, unit: str | None) -> tuple[str | None, str | None]:
    """Return whose rows a key opens; what it says itself must not contradict the options."""
    if key.dimension == "person":
        return kind, unit
    said = {"kind": kind, "unit": unit}
    if key.dimension and said[key.dimension] not in {None, key.name}:
        raise UsageFault(
            f"--drill 写的是“{key.name}”, 与 --{key.dimension} 不同。", "只写一处即可。"
        )
    if key.dimension:
        said[key.dimension] = key.name
    return said["kind"], said["unit"]


def _say_next(context: Context, fmt: str, request: ReportRequest, assessment: Assessment) -> None:
    """Say on a terminal how the paper becomes a file, and how a figure opens."""
    if fmt == "table" and context.terminal.isatty:
        command = f"sixping assess show {request.option}"
        context.say(f"出文件: {command} -o 考核.docx")
        counted = next((s for s in assessment.subjects if s.cases), None)
        unit = f" --unit {counted.name}" if counted else ""
        context.say(f"打开一个数: {command} --drill 件数{unit}")


def _chosen(
    assessment: Assessment, rows: list[AssessmentRow], kind: str | None, unit: str | None
) -> Assessment:
    """Leave the subjects asked for; their ranks stay those among all."""
    if not kind and not unit:
        return assessment
    if unit and unit.strip() == NOBODY:
        return assessment._replace(subjects=(), sheets=())
    subjects = [subject for subject in assessment.subjects if not kind or subject.kind == kind]
    if unit:
        subjects = [subject for subject in subjects if subject.name == unit.strip()]
        if not subjects:
            names = "、".join(subject.name for subject in assessment.subjects)
            raise UsageFault(f"考核对象里没有这个单位: {unit}", f"考核对象: {names}。")
    names_left = {subject.name for subject in subjects}
    sheets = tuple(sheet for sheet in assessment.sheets if sheet.agency in names_left)
    left = left_out([row for row in rows if row.unit in names_left])
    return assessment._replace(
        subjects=tuple(subjects),
        nobody=None,
        others=(),
        sheets=sheets,
        left_out=left if assessment.known else unknown_counts(left),
    )


def _show_rows(context: Context, wish: Wish, behind: Behind, key: PartKey) -> None:
    own = key.figure == OTHERS or key.dimension == "person"
    whole = key if own else key._replace(dimension="", name="")
    lines = drilled(behind.of(whole))
    leaving = ("verdict", "by", "clock", "due", "counted")
    publish(context, wish, lines, ROWS_BEHIND, lines, leaving=leaving)
    counted = sum(line["counted"] for line in lines)
    if context.terminal.isatty:
        context.say(f"共 {len(lines)} 件, 计入 {counted} 件。")

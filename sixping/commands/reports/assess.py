"""``assess``: how offices, communities and agencies did, each figure open to its cases (五.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import publish, publish_page
from sixping.console.context import Context
from sixping.console.days import period_of
from sixping.console.frame import bare_values
from sixping.console.options import revealing
from sixping.console.recording import record_seen
from sixping.documents.assessment import assessment_json, drilled, revealed
from sixping.errors import UsageFault
from sixping.policy.assessment import KINDS
from sixping.policy.units import kind_named
from sixping.render.assessment import HEADS, ROWS_BEHIND, flat_rows, page
from sixping.reports.assessment import CASES, NOBODY, OTHERS, PEOPLE, left_out, unknown_counts
from sixping.reports.assessrows import LEFT_OUT
from sixping.reports.drill import SEEN, figure_named

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.policy.assessment import Scheme
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow


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
    wish: Wish,
) -> None:
    """出考核表: 各项指标的件数和率, 每个数都能用 --drill 打开到事项 (五.2)。

    示例:
      sixping assess --month
      sixping assess --quarter 2026Q3 --kind agency -o 考核.md
      sixping assess --month 2026-10 --drill finish_on_time --unit 城管执法中队
    """
    from sixping.services.assessment import gather
    from sixping.services.rulebooks import naming_on
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    wish.choose(context)
    only = kind_named(kind, KINDS) if kind else None
    request = period_of(context, as_of, {"month": month, "quarter": quarter, "year": year})
    with reading(context.existing_ledger()) as con:
        assessment, rows = gather(con, request)
        assessment = assessment._replace(made_at=context.now)
        street = naming_on(con, assessment.seq).street
    key = figure_named(drill, _figures(assessment.scheme)) if drill else None
    if key != OTHERS:
        assessment = _chosen(assessment, rows, only, unit)
    if key:
        _show_rows(context, wish, assessment, rows, key)
    else:
        if wish.reveal:
            record_seen(context, wish, "assess", assessment.subjects)
            assessment = revealed(assessment)
        lines, document = list(flat_rows(assessment)), assessment_json(assessment)
        publish_page(context, wish, page(assessment, street), lines, HEADS, document)


def _figures(scheme: Scheme) -> dict[str, str]:
    """Return every figure that opens, and what people call it."""
    return {
        **SEEN,
        **{indicator.id: indicator.title for indicator in scheme.indicators},
        **{deduction.id: deduction.title for deduction in scheme.deductions},
        CASES: "件数",
        PEOPLE: "经办人",
        OTHERS: "没有归入考核对象的",
        LEFT_OUT: "时间不详, 未纳入统计的",
    }


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


def _show_rows(
    context: Context,
    wish: Wish,
    assessment: Assessment,
    rows: list[AssessmentRow],
    measure: str,
) -> None:
    lines = drilled(assessment, rows, measure)
    leaving = ("verdict", "by", "clock", "due", "counted")
    publish(context, wish, lines, ROWS_BEHIND, lines, leaving=leaving)
    counted = sum(line["counted"] for line in lines)
    if context.terminal.isatty:
        context.say(f"共 {len(lines)} 件, 计入 {counted} 件。")

"""The paper of an assessment with what its figures open to: cases, days of duty, tasks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sixping.documents.assessed import DRAFT
from sixping.documents.phrases import day
from sixping.policy.assessment import NO_CASES
from sixping.queries import handled
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Details,
    Head,
    PageBreak,
    Paper,
    Records,
    count,
    keys_of,
)
from sixping.render.paper.supervision.assessment import paper
from sixping.render.paper.supervision.figures import Draft
from sixping.render.paper.supervision.yearsheet import check_sheet
from sixping.render.paper.wording import Origin, day_words
from sixping.reports.assessdrill import Behind, figures_of, key_of
from sixping.reports.assessment import PEOPLE
from sixping.reports.drill import PartKey
from sixping.services.papers.period import HEADS, cells
from sixping.services.report import state_of
from sixping.services.rulebooks import naming_on
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sixping.policy.units import Naming
    from sixping.reports.assessdrill import Opened
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow
    from sixping.reports.spans import ReportRequest
    from sixping.services.office.procedure import Assessed
    from sixping.store.sqlite import Connection

_HEAD = 265  # points that the head of a paper takes on its first page
_RECORDS = ("项目", "单位", "编号", "日期", "计入", "情况", "时限", "期限", "判定")


def _naming(con: Connection, assessment: Assessment) -> Naming:
    """Return the names in use at the end of a period, or so far."""
    day = min(assessment.counts_until.date(), assessment.period.last)
    return naming_on(con, day, assessment.seq)


def paper_of(con: Connection, of: Assessed, room: str, *, details: bool) -> Paper:
    """Return the paper; with ``details`` what every figure in it opens to."""
    request, assessment, rows, standing = of[:4]
    made = paper(assessment, rows, _naming(con, assessment), room, standing)
    if not details:
        return made
    return made._replace(details=_details(con, request, assessment, Behind(assessment, rows), made))


def sheets_of(con: Connection, of: Assessed, units: Collection[str], room: str) -> Paper:
    """Return the sheets by which units check their figures, each on a page of its own."""
    assessment, naming = of.assessment, _naming(con, of.assessment)
    d = Draft(assessment, of.rows)
    chosen = [subject for subject in assessment.subjects if subject.name in units]
    blocks: list[Block] = []
    for subject in chosen:
        if blocks:
            blocks.append(PageBreak())
        blocks += check_sheet(d, subject, below=0 if blocks else _HEAD)
    first, last = assessment.period
    origin = Origin(naming.street, room, assessment.counts_until, assessment.seq, assessment.head)
    return Paper(
        title=f"{naming.street}“基层治理四平台”{d.words.title}考核核对单",
        office=origin.office,
        period=f"{day_words(first)}至{day_words(last, than=first)}",
        as_of=origin.as_of,
        blocks=tuple(blocks),
        seal=origin.seal,
        draft=DRAFT,
    )


def _details(
    con: Connection, request: ReportRequest, assessment: Assessment, behind: Behind, made: Paper
) -> Details:
    titles = figures_of(assessment)
    named = {key: key_of(assessment, key) for key in keys_of(made)}
    found = {key: behind.of(each) for key, each in named.items()}
    things = {_name(row): row for rows in found.values() for row, _ in rows}
    year = assessment.period.last.year
    numbers = [name for name, row in things.items() if row.cohort not in NO_CASES]
    lines = handled.lines(con, state_of(con, request), numbers)
    cases = {line.number: cells(line, year) for line in lines}
    cases |= {name: _thing(row, year) for name, row in sorted(things.items()) if name not in cases}
    return Details(
        tuple(Head(head) for head in HEADS),
        cases,
        {key: [_name(row) for row, _ in rows] for key, rows in found.items()},
        {key: _title(each, titles) for key, each in named.items()},
        Records(tuple(Head(head) for head in _RECORDS), _records(behind, titles)),
    )


def _name(row: AssessmentRow) -> str:
    """Return what a thing is listed by: a case by its number, a day or a task with its unit."""
    return f"{row.key} {row.unit}" if row.cohort in NO_CASES else row.key


def _title(key: PartKey, titles: dict[str, str]) -> str:
    whose = "" if key.dimension == "kind" else key.name
    return ", ".join(filter(None, (whose, titles[key.figure])))


def _thing(row: AssessmentRow, year: int) -> tuple[Cell, ...]:
    """Return a day of duty or a task of a meeting as a line among the cases."""
    at = row.at.date() if isinstance(row.at, datetime) else row.at
    what = "会议任务" if row.cohort == "task" else "值守"
    return (what, day(at, year), "", row.unit or "", "", row.what, "")


def _records(behind: Behind, titles: dict[str, str]) -> Iterator[tuple[Cell | datetime, ...]]:
    """Yield each thing under each figure; of a rate 0 for what is in its denominator only."""
    for figure, title in titles.items():
        if figure != PEOPLE:
            for each in behind.of(PartKey(figure)):
                yield _record(title, each)


def _record(title: str, each: Opened) -> tuple[Cell | datetime, ...]:
    row = each.row
    at = row.at if isinstance(row.at, datetime) else row.at.isoformat()
    return (
        title, row.unit, "" if row.cohort in NO_CASES else row.key, at, count(int(each.counted)),
        mask_text(row.what), row.clock, row.due, row.verdict,
    )  # fmt: skip

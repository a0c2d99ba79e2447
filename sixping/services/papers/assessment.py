"""The paper of an assessment with what its figures open to: cases, days of duty, tasks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sixping.documents.phrases import day
from sixping.policy.assessment import NO_CASES
from sixping.queries import handled
from sixping.render.paper.blocks import Cell, Details, Head, Paper, Records, count, keys_of
from sixping.render.paper.supervision.assessment import paper
from sixping.reports.assessdrill import Behind, figures_of, key_of
from sixping.reports.assessment import PEOPLE
from sixping.reports.drill import PartKey
from sixping.services.papers.period import HEADS, cells
from sixping.services.report import state_of
from sixping.services.rulebooks import naming_on
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.reports.assessdrill import Opened
    from sixping.reports.assessment import Assessment
    from sixping.reports.assessrows import AssessmentRow
    from sixping.reports.spans import ReportRequest
    from sixping.store.sqlite import Connection

_RECORDS = ("项目", "单位", "编号", "日期", "计入", "情况", "时限", "期限", "判定")


def paper_of(
    con: Connection,
    request: ReportRequest,
    assessment: Assessment,
    rows: Sequence[AssessmentRow],
    room: str,
    *,
    details: bool,
) -> Paper:
    """Return the paper; with ``details`` what every figure in it opens to."""
    made = paper(assessment, rows, naming_on(con, assessment.seq), room)
    if not details:
        return made
    return made._replace(details=_details(con, request, assessment, Behind(assessment, rows), made))


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

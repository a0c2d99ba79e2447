"""The papers of assessment, lapses and overdue: every figure opens to exactly what it counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from sixping.documents.assessment import assessment_json
from sixping.documents.lapses import lapses_json
from sixping.render.paper.blocks import (
    Figure,
    Paper,
    Ratio,
    Sentence,
    Table,
    figures,
    plain,
    text_of,
)
from sixping.render.paper.supervision.lapses import Listed
from sixping.reports.assessment import NOBODY
from sixping.reports.opening import OVERDUE_FIGURES, OVERDUE_LEVELS, named, of_overdue
from sixping.reports.period import Span
from sixping.reports.spans import ReportRequest, requested
from sixping.services import lapses
from sixping.services.assessment import gather
from sixping.services.filters import Places
from sixping.services.office.procedure import Assessed
from sixping.services.overdue import find
from sixping.services.papers import lapses as lapses_paper
from sixping.services.papers import overdue as overdue_paper
from sixping.services.papers.assessment import paper_of
from sixping.store.sqlite import Connection, reading
from sixping.util.text import dump_json
from tests.conftest import Runner
from tests.kit.histories import Life, lived
from tests.services.test_papers import numbers_of

MONTHS = ("2026-02", "2026-05")


@pytest.fixture(scope="module", params=(7, 12))
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


@pytest.fixture
def con(life: Life) -> Iterator[Connection]:
    with reading(life.path) as con:
        yield con


def now(life: Life) -> datetime:
    return life.moments[-1].at


def assessed(con: Connection, life: Life, month: str) -> tuple[ReportRequest, Paper, object]:
    request = requested(now(life), None, {"month" if "-" in month else "year": month})
    assessment, rows = gather(con, request)
    made = paper_of(con, Assessed(request, assessment, rows), "指挥室", details=True)
    return request, made, assessment_json(assessment)


def opened(paper: Paper) -> list[Figure]:
    return [figure for figure in figures(paper) if figure.key]


def listed(con: Connection, life: Life) -> Listed:
    span = Span(date(2026, 2, 1), date(2026, 5, 31))
    failures = lapses.gather(con, span, now(life), None, None)
    return Listed(span, failures, lapses.beside(con, span, now(life), None, None), {})


#: half-width signs within Chinese, as screens and JSON have them
HALF = re.compile(r"[一-鿿] ?[,;:(]")


def said(paper: Paper) -> str:
    """Return all that stands in a paper as text."""
    words = [plain(block.runs) for block in paper.blocks if isinstance(block, Sentence)]
    for block in (*paper.blocks, *paper.annex):
        if isinstance(block, Table):
            words += [text_of(cell) for row in block.rows for cell in row]
            words += [plain(note) for note in block.notes]
    return "\n".join(words)


@pytest.mark.parametrize("month", MONTHS)
def test_a_figure_of_an_assessment_opens_to_as_many_things_as_it_says(
    con: Connection, life: Life, month: str
) -> None:
    _, paper, _ = assessed(con, life, month)
    assert paper.details is not None
    assert len(opened(paper)) > 50
    for figure in opened(paper):
        assert figure.key is not None
        assert len(paper.details.behind[figure.key]) == figure.value, figure
    named = {number for numbers in paper.details.behind.values() for number in numbers}
    assert named <= set(paper.details.cases), "whatever a figure counts has a line in the list"
    heads = len(paper.details.heads)
    assert {len(row) for row in paper.details.cases.values()} == {heads}


def test_what_a_key_of_an_assessment_lists_is_what_stands_behind_it(
    con: Connection, life: Life, call: Runner
) -> None:
    month = MONTHS[0]
    _, paper, _ = assessed(con, life, month)
    assert paper.details is not None
    ledger = ("assess", "show", "--month", month, "--json", "--ledger", str(life.path))
    keys = sorted({figure.key for figure in opened(paper) if figure.key and figure.value})
    chosen = [key for key in keys if NOBODY in key or "others" in key or "by_kind" in key]
    assert [key for key in chosen if NOBODY in key]
    assert [key for key in chosen if key.endswith(".others")]
    for key in dict.fromkeys((*chosen[::3], *keys[::17])):
        rows = call(*ledger, "--drill", key, now=now(life).isoformat()).json()
        counted = [row["number"] for row in rows if row["counted"] or not key.endswith(".n")]
        assert len(counted) == len(rows) == len(paper.details.behind[key]), key
        cases = [number for number in paper.details.behind[key] if " " not in number]
        assert sorted(filter(None, counted)) == sorted(cases), key


def test_a_unit_in_the_key_is_the_option_of_the_unit(life: Life, call: Runner) -> None:
    ledger = ("assess", "--month", MONTHS[0], "--json", "--ledger", str(life.path), "--drill")
    at = now(life).isoformat()
    subjects = call(*ledger[:-1], now=at).json()["subjects"]
    name = next(s["name"] for s in subjects if s["rates"].get("finish_on_time", {}).get("d"))
    by_option = call(*ledger, "按时办结率", "--unit", name, now=at).json()
    by_key = call(*ledger, f"单位.{name}.按时办结率", now=at).json()
    assert by_key == by_option != []
    contradicts = call(*ledger, f"单位.{name}.按时办结率", "--unit", NOBODY, now=at)
    assert contradicts.code == 2
    assert "只写一处" in contradicts.err


def test_the_kinds_and_nobody_add_up_to_the_whole_street(con: Connection, life: Life) -> None:
    _, paper, document = assessed(con, life, MONTHS[0])
    table = next(b for b in paper.annex if isinstance(b, Table) and b.name == "全街道合计")
    assert table.rows
    for _title, *cells in table.rows:
        *parts, whole = cells
        if isinstance(whole, Ratio):
            ratios = [part for part in parts if isinstance(part, Ratio)]
            assert whole.n.value == sum(ratio.n.value or 0 for ratio in ratios)
            assert whole.d.value == sum(ratio.d.value or 0 for ratio in ratios)
        else:
            assert isinstance(whole, Figure)
            counts = [part for part in parts if isinstance(part, Figure)]
            assert whole.value == sum(figure.value or 0 for figure in counts)
    assert document


def test_every_counted_thing_of_an_assessment_stands_in_its_records(
    con: Connection, life: Life
) -> None:
    _, paper, _ = assessed(con, life, MONTHS[0])
    assert paper.details is not None
    assert paper.details.records is not None
    rows = list(paper.details.records.rows)
    assert {len(row) for row in rows} == {len(paper.details.records.heads)}
    table = next(b for b in paper.blocks if isinstance(b, Table) and b.name == "机关")
    titles = [head.title for head in table.heads]
    for row in table.rows:
        for title, cell in zip(titles, row, strict=True):
            if isinstance(cell, Ratio) and cell.d.value:
                own = [r for r in rows if r[0] == title and r[1] == row[0]]
                assert len(own) == cell.d.value
                counted = [r for r in own if isinstance(r[4], Figure) and r[4].value == 1]
                assert len(counted) == cell.n.value


@pytest.mark.parametrize("month", ["2025-01", *MONTHS])
def test_nothing_unknown_of_an_assessment_is_printed_as_a_number(
    con: Connection, life: Life, month: str
) -> None:
    _, paper, _ = assessed(con, life, month)
    for word in ("None", "nan", "锚点", "链尾", "0/0", "--drill", "duty begin"):
        assert word not in said(paper), month
    assert HALF.search(said(paper)) is None
    assert [
        table.name for table in paper.blocks if isinstance(table, Table) and "," in table.name
    ] == []


def test_few_things_have_no_rate_and_many_have_theirs(con: Connection, life: Life) -> None:
    _, paper, document = assessed(con, life, "2026")
    least = json.loads(dump_json(document))["small_sample"]
    ratios = [
        cell
        for block in (*paper.blocks, *paper.annex)
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        if isinstance(cell, Ratio)
    ]
    assert {bool(ratio.rate) for ratio in ratios} == {True, False}
    assert all(bool(ratio.rate) is ((ratio.d.value or 0) >= least) for ratio in ratios)


def test_a_number_of_these_papers_is_one_of_the_document(con: Connection, life: Life) -> None:
    _, paper, document = assessed(con, life, MONTHS[1])
    known = set(numbers_of(json.loads(dump_json(document))))
    own = [f for f in opened(paper) if (f.key or "").startswith("by_unit.")]
    assert [f for f in own if f.value is not None and float(f.value) not in known] == []
    of = listed(con, life)
    made = lapses_paper.paper_of(con, of, now(life), "", details=True)
    counts = lapses_json(of.failures, of.span, now(life), of.beside)
    known = set(numbers_of(json.loads(dump_json(counts["counts"] | counts["beside_counts"]))))
    whole = [f for f in opened(made) if f.key and "." not in f.key and f.key != "all"]
    undone = sum(item["happened"] is None for item in counts["items"])
    assert {f.value for f in whole if f.key == "undone"} == {undone}
    kinds = [f for f in whole if f.key != "undone"]
    assert kinds
    assert [f for f in kinds if float(f.value or 0) not in known] == []


def test_a_figure_of_lapses_opens_to_the_rows_that_drill_lists(
    con: Connection, life: Life, call: Runner
) -> None:
    of = listed(con, life)
    made = lapses_paper.paper_of(con, of, now(life), "", details=True)
    assert made.details is not None
    argv = ("lapses", "--from", "2026-02-01", "--to", "2026-05-31", "--json")
    ledger = ("--ledger", str(life.path))
    keys = dict.fromkeys(figure.key for figure in opened(made))
    assert len(keys) > 10
    for figure in opened(made):
        assert len(made.details.behind[figure.key or ""]) == figure.value, figure
    for key in [key for key in keys if key and made.details.behind[key]][::4]:
        answer = call(*argv, *ledger, "--drill", key, now=now(life).isoformat()).json()
        rows = answer if isinstance(answer, list) else answer["items"]
        assert len(rows) == len(made.details.behind[key]), key


def test_every_failure_stands_once_under_its_unit_without_a_reporters_word(
    con: Connection, life: Life
) -> None:
    of = listed(con, life)
    made = lapses_paper.paper_of(con, of, now(life), "", details=False)
    tables = [b for b in made.blocks if isinstance(b, Table)]
    units = {lapse.unit or "没有写明单位" for lapse in of.failures}
    own = [table for table in tables if table.name in units]
    assert len(own) == len(units)
    assert sum(len(table.rows) for table in own) == len(of.failures)
    assert said(made)
    assert "None" not in said(made)
    why = [text_of(row[-1]) for table in own for row in table.rows]
    assert [words for words in why if HALF.search(words)] == []
    assert [table.name for table in tables if "," in table.name] == []


def test_a_case_stands_once_on_the_sheet_of_its_unit(con: Connection, life: Life) -> None:
    found = find(life.path, now(life), 3, Places(), platform=None, severity=None)
    made = overdue_paper.paper_of(con, found, 3)
    front, *sheets = [block for block in made.blocks if isinstance(block, Table)]
    assert front.total is not None
    numbers = {item.number for item in found.items if item.number}
    tasks = [item for item in found.items if item.number is None]
    on_sheets = [row[0] for table in sheets for row in table.rows]
    assert sorted(map(str, on_sheets)) == sorted([*numbers, *["会议任务"] * len(tasks)])
    assert [row[0] for row in front.rows] == [table.name for table in sheets]
    whole = front.total[-1]
    assert isinstance(whole, Figure)
    assert whole.value == len(on_sheets)
    late = front.total[1]
    assert isinstance(late, Figure)
    past = {i.number for i in found.items if i.workdays_late is not None and i.kind != "source_due"}
    assert late.value == len(past)
    keyed = [figure for figure in figures(made) if figure.key]
    assert len(keyed) > 4 * len(sheets)
    for figure in keyed:
        opened = named(figure.key or "", OVERDUE_FIGURES, OVERDUE_LEVELS)
        assert len(of_overdue(found, opened)[1]) == figure.value, figure
    assert {head.kind for table in sheets for head in table.heads[-1:]} == {"write"}
    spoken = tuple(
        item._replace(summary="反映人自己的话") if item.number else item for item in found.items
    )
    assert "反映人自己的话" not in said(
        overdue_paper.paper_of(con, found._replace(items=spoken), 3)
    )

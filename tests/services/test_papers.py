"""Every figure of a period's paper opens to exactly the things it counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from sixping.documents.period import report_json
from sixping.render.paper.blocks import Figure, Paper, Sentence, Table, figures, plain
from sixping.reports.drill import key_named
from sixping.reports.period import DIMENSIONS, Narrow
from sixping.reports.spans import ReportRequest, requested
from sixping.services.drill import drill
from sixping.services.papers.period import Made
from sixping.services.report import Source, gather
from sixping.store.sqlite import Connection, reading
from sixping.util.text import dump_json
from tests.kit.histories import Life, lived

MONTHS = ("2026-02", "2026-05", "2026-09")


@pytest.fixture(scope="module", params=(7, 12, 15))
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Life:
    return lived(request.param, tmp_path_factory.mktemp("life"))


@pytest.fixture
def con(life: Life) -> Iterator[Connection]:
    with reading(life.path) as con:
        yield con


def asked(now: datetime, month: str, narrow: Narrow = Narrow()) -> ReportRequest:  # noqa: B008
    return requested(now, None, {"month": month})._replace(narrow=narrow)


def opened(paper: Paper) -> list[Figure]:
    return [figure for figure in figures(paper) if figure.key]


@pytest.mark.parametrize("month", MONTHS)
def test_a_figure_has_as_many_things_behind_it_as_it_says(
    con: Connection, life: Life, month: str
) -> None:
    request = asked(life.moments[-1].at, month)
    paper = Made.of(con, request).paper(details=True)
    assert paper.details is not None
    for figure in opened(paper):
        assert figure.key is not None
        assert len(paper.details.behind[figure.key]) == figure.value, figure
    for key in dict.fromkeys(figure.key for figure in opened(paper)):
        assert key is not None
        rows = drill(Source.of(con, request), key_named(key))
        counted = [row.number for row in rows if row.counted or not key.endswith(".n")]
        assert sorted(map(str, counted)) == sorted(paper.details.behind[key]), key


def test_every_thing_counted_stands_in_the_records(con: Connection, life: Life) -> None:
    paper = Made.of(con, asked(life.moments[-1].at, MONTHS[0])).paper(details=True)
    assert paper.details is not None
    assert paper.details.records is not None
    rows = list(paper.details.records.rows)
    heads = [head.title for head in paper.details.records.heads]
    assert {len(row) for row in rows} == {len(heads)}
    for figure in opened(paper):
        key = key_named(figure.key or "")
        title = key._replace(dimension=None, name=None).title
        own = [row for row in rows if row[0] == title]
        if key.dimension:
            place = heads.index(DIMENSIONS[key.dimension])
            own = [row for row in own if row[place] == key.name]
        if key.part == "n":
            own = [row for row in own if isinstance(row[2], Figure) and row[2].value == 1]
        if not key.figure.startswith("repeated."):
            assert len(own) == figure.value, figure


def test_a_report_of_one_unit_is_the_row_of_that_unit(con: Connection, life: Life) -> None:
    now = life.moments[-1].at
    whole, _ = gather(con, asked(now, MONTHS[1]))
    units = [row for row in whole.by["unit"] if row["name"] and row["received"]]
    for row in units[:3]:
        own, _ = gather(con, asked(now, MONTHS[1], Narrow(unit=row["name"])))
        assert own.totals["received"] == row["received"]
        assert own.totals["open"] == row["open"]
        assert own.totals["overdue"] == row["overdue"]
        assert own.finish == row["finish"]
        assert {name: own.rates[name] for name in own.rates} == {
            name: row[name] for name in own.rates
        }
        assert own.trend[-1].received == whole_of(con, now, row["name"])


def whole_of(con: Connection, now: datetime, unit: str) -> int:
    report, _ = gather(con, asked(now, MONTHS[1]))
    return int(next(row["received"] for row in report.by["unit"] if row["name"] == unit))


@pytest.mark.parametrize("dimension", ["unit", "community", "platform"])
def test_the_parts_of_a_breakdown_add_up_to_the_whole(
    con: Connection, life: Life, dimension: str
) -> None:
    report, _ = gather(con, asked(life.moments[-1].at, MONTHS[1]))
    rows = report.by[dimension]
    for part, whole in report.finish.items():
        assert sum(row["finish"][part] for row in rows) == whole
    assert report.finish["due"] == sum(n or 0 for part, n in report.finish.items() if part != "due")
    assert sum(row["received"] for row in rows) == report.totals["received"]
    assert report.finish["due"] == report.rates["finish_on_time"]["d"]
    assert report.finish["met"] == report.rates["finish_on_time"]["n"]
    assert sum(n or 0 for n in report.scores.values()) == report.rates["satisfied"]["d"]


def numbers_of(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for part in value.values():
            yield from numbers_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from numbers_of(part)
    elif isinstance(value, int | float):
        yield float(value)


def test_nothing_unknown_is_printed_as_a_number_or_a_word_of_the_machine(
    con: Connection, life: Life
) -> None:
    now = life.moments[-1].at
    for month in ("2025-01", "2025-12", *MONTHS, "2026-12"):
        if f"{month}-01" > f"{now:%Y-%m-%d}":
            continue
        paper = Made.of(con, asked(now, month)).paper(details=True)
        text = "".join(plain(b.runs) for b in paper.blocks if isinstance(b, Sentence))
        notes = [note for b in paper.blocks if isinstance(b, Table) for note in b.notes]
        half = [said for said in (*map(plain, notes), text) if re.search(r"[一-鿿] ?[,;:(]", said)]
        assert half == []
        for word in ("None", "nan", "锚点", "链尾", "上升0.00%", "增加0", "减少0", "-0",
                     "—件", "—个", "日均0.0件"):  # fmt: skip
            assert word not in text, (month, text)


def test_a_number_of_the_paper_is_one_of_the_document_or_a_stated_difference(
    con: Connection, life: Life
) -> None:
    request = asked(life.moments[-1].at, MONTHS[1])
    paper = Made.of(con, request).paper(details=False)
    report, _ = gather(con, request)
    document = json.loads(dump_json(report_json(report)))
    known = set(numbers_of(document))
    loose = [
        figure
        for figure in figures(paper)
        if figure.key and figure.value is not None and float(figure.value) not in known
    ]
    sums = ("repeated.", "to_check", "transferred_out")  # lists and families: their length
    assert [figure for figure in loose if not (figure.key or "").startswith(sums)] == []

"""A file whose rows are out of order is read to an end, whatever leads back in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from sixping.errors import LedgerUnusable
from sixping.queries import cases
from sixping.queries.cases import Asked
from sixping.services import exporting
from sixping.store import log, replay
from sixping.store.layers.reading import Gap, by_number
from tests.kit.ledgerkit import lived

PAGE, ROWS, LEAF = 512, 40, 0x0D
SQL = "SELECT seq, said FROM told WHERE seq > ? ORDER BY seq"
ENOUGH = 10 * ROWS


@pytest.fixture
def torn(tmp_path: Path) -> Path:
    """A table one row of which bears the number of the first, before a page that is lost."""
    path = tmp_path / "torn.sqlite3"
    with closing(sqlite3.connect(path)) as con:
        con.execute(f"PRAGMA page_size = {PAGE}")
        con.execute("CREATE TABLE told (seq INTEGER PRIMARY KEY, said TEXT)")
        con.executemany("INSERT INTO told VALUES (?, ?)", [(n, "x" * 100) for n in range(1, ROWS)])
        con.commit()
    pages = bytearray(path.read_bytes())
    leaves = [at for at in range(PAGE, len(pages), PAGE) if pages[at] == LEAF]
    first, second = leaves[1:3]
    one = first + 4 + 2 * int.from_bytes(pages[first + 3 : first + 5], "big")  # not the last
    cell = first + int.from_bytes(pages[one : one + 2], "big")
    pages[cell + 1] = 1  # its row number, behind the length of what it holds
    pages[second] = 0xFF
    path.write_bytes(pages)
    return path


def test_rows_are_read_to_an_end_where_a_number_leads_back(torn: Path) -> None:
    with closing(sqlite3.connect(torn)) as con:
        found = list(islice(by_number(con, SQL), ENOUGH))
    assert len(found) < ENOUGH
    assert any(isinstance(row, Gap) for row in found)
    assert found[0] == (1, "x" * 100)


@pytest.mark.parametrize("following", [1, 2, 3])
def test_rows_are_read_to_an_end_where_what_follows_stands_before(following: int) -> None:
    class Disordered:
        """Gives a row and breaks off; behind it stands one that should have come before."""

        text_factory: Any = str

        def execute(self, _: str, values: tuple[int]) -> Any:
            if values[0] < 3:
                return rows()
            return SimpleNamespace(fetchone=lambda: (following, "?"))

    def rows() -> Iterator[tuple[int, str]]:
        yield (3, "x")
        raise sqlite3.DatabaseError("malformed")

    found = list(islice(by_number(Disordered(), SQL), ENOUGH))  # type: ignore[arg-type]
    assert found == [(3, "x"), Gap(4, None)]


def test_cases_are_replayed_to_an_end_where_a_number_leads_back() -> None:
    order = ["2026-000002", "2026-000001"]

    def read_all(*_: object) -> Iterator[tuple[str, Iterator[Any]]]:
        yield from ((number, iter(())) for number in order)
        raise sqlite3.DatabaseError("malformed")

    def next_case(_: object, after: str) -> str | None:
        return next((number for number in sorted(order) if number > after), None)

    with (
        patch.object(log, "read_all", read_all),
        patch.object(log, "next_case", next_case),
        patch.object(replay, "_replayed", lambda number, _: (number, None, {}, "")),
    ):
        found = list(islice(replay.histories(None), ENOUGH))  # type: ignore[arg-type]
    assert [number for number, *_ in found] == order


def test_what_comes_after_a_case_is_never_one_before_it() -> None:
    def read_all(*_: object) -> Iterator[tuple[str, Iterator[Any]]]:
        yield "2026-000002", iter(())
        raise sqlite3.DatabaseError("malformed")

    with (
        patch.object(log, "read_all", read_all),
        patch.object(log, "next_case", lambda *_: "2026-000001"),
        patch.object(replay, "_replayed", lambda number, _: (number, None, {}, "")),
    ):
        found = list(islice(replay.histories(None), ENOUGH))  # type: ignore[arg-type]
    assert [number for number, *_ in found] == ["2026-000002"]


def test_an_export_refuses_pages_that_lead_back(tmp_path: Path) -> None:
    path = lived(tmp_path)[0]
    with closing(sqlite3.connect(path)) as con:
        row = cases.page_of_cases(con, "", 1, 10**6, Asked({}))[0]
        pages = exporting._pages(con, Asked({}), 10**6, lambda _: iter(({"n": 1},)))
        with (
            patch("sixping.queries.cases.page_of_cases", lambda *_: [row]),
            patch.object(exporting, "BATCH", 1),
            pytest.raises(LedgerUnusable, match="次序不对"),
        ):
            list(islice(pages, ENOUGH))

# ruff: noqa: S608 - our own names
"""The declared tables are the frozen ones, and PostgreSQL could have them too."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql
from sqlmodel import SQLModel

from sixping.store import ddl, orm, sqlite
from sixping.store.rows import CASE_COLUMNS, CLOCK_COLUMNS
from tests.kit.ledgerkit import make, rows
from tests.kit.nextformat import NEXT

#: of the statements of each format's step
GOLDEN = {
    1: "d5b63e4026f1fdb5538fbfd483c4e52175a11f35e231ddd745729f4ece9814be",
    2: "977c3a9d78b42cf01615dfade258930b051da86537ab76ecfed5de15a61d3f94",
    3: "55a6045ea8fe956e0dd885de296828a5de4ffe315d3eb57a6cf1b6e5bb3e8029",
}


def test_the_schema_text_is_frozen() -> None:
    """A format stays as it is: a change is a migration (decision 89)."""
    said = {
        format_: sha256("".join(f"{sql};\n" for sql in step).encode()).hexdigest()
        for format_, step in enumerate(ddl.MIGRATIONS, 1)
    }
    assert said == GOLDEN


def test_what_the_steps_make_is_told_without_running_them() -> None:
    con = sqlite3.connect(":memory:")
    for sql in (sql for step in ddl.MIGRATIONS for sql in step):
        con.execute(sql)
    kept = con.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    assert {(kind, name): sql for kind, name, sql in kept} == sqlite.written(ddl.MIGRATIONS)
    con.close()
    assert sqlite.written(NEXT) is None


def test_every_reference_is_declared_as_it_is(tmp_path: Path) -> None:
    path = make(tmp_path)
    for table in SQLModel.metadata.sorted_tables:
        of = f"FROM pragma_foreign_key_list('{table.name}')"
        keys = rows(path, f'SELECT "from", "table", "to" {of}')
        said = {(k.parent.name, k.column.table.name, k.column.name) for k in table.foreign_keys}
        assert set(keys) == said


@pytest.mark.parametrize("view", [orm.Case, orm.Clock, orm.Entry])
def test_every_column_of_a_view_is_declared(view: type[SQLModel], tmp_path: Path) -> None:
    table = view.metadata.tables[str(view.__tablename__)]
    found = rows(make(tmp_path), f"SELECT name FROM pragma_table_info('{table.name}')")
    assert [column.name for column in table.columns] == [name for (name,) in found]


def test_the_views_have_the_columns_that_queries_read(tmp_path: Path) -> None:
    path = make(tmp_path)
    for view, columns in (("case_states", CASE_COLUMNS), ("clock_states", CLOCK_COLUMNS)):
        found = rows(path, f"SELECT name FROM pragma_table_info('{view}')")
        assert tuple(name for (name,) in found) == columns


def test_postgresql_orders_text_by_its_bytes_and_counts_in_64_bits() -> None:
    made = "\n".join(orm.statements(postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert 'facts TEXT COLLATE "C" NOT NULL' in made
    assert "seq BIGINT NOT NULL" in made
    assert "hash BYTEA NOT NULL" in made
    assert not {"INTEGER", "STRICT", "SERIAL", "ROWID"} & set(made.split())
    indexes = [line for line in made.splitlines() if " WHERE " in line or "WHERE " in line.strip()]
    partial = sum("WHERE" in sql for step in ddl.MIGRATIONS for sql in step if "INDEX" in sql)
    assert len(indexes) == partial

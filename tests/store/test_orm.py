"""The declared tables and the frozen SQL say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, select

from sixping.store import orm
from tests.kit.ledgerkit import lived, make, rows


def declared() -> dict[str, list[tuple[str, str, bool, bool]]]:
    return {
        table.name: [
            (c.name, str(c.type), bool(c.primary_key), not c.nullable) for c in table.columns
        ]
        for table in SQLModel.metadata.sorted_tables
    }


def test_every_table_and_column_is_declared_as_it_is(tmp_path: Path) -> None:
    path = make(tmp_path)
    found = {}
    for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'"):
        of = f"FROM pragma_table_info('{name}')"
        columns = rows(path, f'SELECT name, type, pk > 0, "notnull" {of}')
        found[str(name)] = [(n, t, bool(pk), bool(pk or full)) for n, t, pk, full in columns]
    assert declared() == found


def test_every_reference_is_declared_as_it_is(tmp_path: Path) -> None:
    path = make(tmp_path)
    for table in SQLModel.metadata.sorted_tables:
        of = f"FROM pragma_foreign_key_list('{table.name}')"
        keys = rows(path, f'SELECT "from", "table", "to" {of}')
        said = {(k.parent.name, k.column.table.name, k.column.name) for k in table.foreign_keys}
        assert set(keys) == said


def test_a_program_reads_with_a_session_and_cannot_write(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with Session(orm.engine(path)) as session:
        now = select(orm.CaseState).where(orm.CaseState.to_seq == None)  # noqa: E711
        assert {c.number: c.status for c in session.exec(now)}[number] == "已办结"
        private = session.get(orm.Told, 2)
        assert private is not None
        assert "占道" in private.fields_
        session.add(orm.Meta(key="a", value="b"))
        with pytest.raises(OperationalError, match="readonly"):
            session.commit()

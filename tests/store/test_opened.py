"""A program reads a ledger: typed, one state of it, without what people said, and cannot write."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session, col, select, text

import sixping
from sixping import Case, Clock, Entry, open_ledger
from sixping.errors import LedgerUnusable
from sixping.store import orm
from tests.conftest import ROOT
from tests.kit import events as ev
from tests.kit.ledgerkit import DAY, NOW, do, lived, make, take_in

PAGE = ROOT / "docs" / "python.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1:]


def test_the_rows_are_typed_and_hold_what_the_commands_show(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with open_ledger(path) as ledger:
        assert ledger.seq == 7
        assert len(ledger.head) == 64
        case = ledger.case(number)
        assert case is not None
        assert (case.status, case.open, case.owes_feedback) == ("已办结", False, True)
        assert (case.assist, case.urges, case.community) == (["江一社区"], [], "江一社区")
        assert [c.number for c in ledger.cases(col(Case.open).is_(True))] == ["2026-000002"]
        assert [(c.kind, c.workdays) for c in ledger.clocks(col(Clock.number) == number)] == [
            ("accept", 1),
            ("finish", 5),
            ("ceiling", 15),
        ]
        kinds = [entry.kind for entry in ledger.events(number)]
        assert kinds == ["reported", "accepted", "assigned", "noted", "resolved"]
        assert ledger.events(number)[2].facts == {"lead": "城管中队", "assist": ["江一社区"]}
        assert [entry.stream for entry in ledger.log()] == ["organisation", *["case"] * 6]
        assert ledger.case("2026-000009") is None


def test_an_earlier_state_knows_nothing_later(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with open_ledger(path, as_of=3) as ledger:
        case = ledger.case(number)
        assert case is not None
        assert (case.status, case.lead, case.open) == ("待分派", None, True)
        assert [(clock.kind, clock.stopped is None) for clock in ledger.clocks()] == [
            ("accept", False),
            ("finish", True),
            ("ceiling", True),
        ]
        assert [entry.seq for entry in ledger.log()] == [1, 2, 3]


def test_an_instant_means_what_was_recorded_by_then(tmp_path: Path) -> None:
    path = make(tmp_path)
    number = take_in(path)
    do(path, number, ev.Accepted(), at=NOW + DAY)
    for hours, seq in ((-1, 0), (0, 2), (23, 2), (24, 3)):
        with open_ledger(path, as_of=NOW + timedelta(hours=hours)) as ledger:
            assert ledger.seq == seq


def test_a_voided_step_counts_until_the_step_that_voids_it(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    do(path, number, ev.Noted(text="x"))
    do(path, number, ev.Voided(seq=8, reason="演示"))
    for as_of, steps in ((8, 6), (9, 6), (None, 6)):
        with open_ledger(path, as_of=as_of) as ledger:
            assert len(ledger.events(number)) == steps
            assert (8 in [entry.seq for entry in ledger.events(number)]) == (as_of == 8)


def test_one_state_is_read_whatever_others_write(tmp_path: Path) -> None:
    path, number = lived(tmp_path)
    with open_ledger(path) as ledger:
        before = len(ledger.cases())
    with open_ledger(path, as_of=7) as ledger:
        take = len(ledger.cases())
    assert before == take
    take_in(path)
    with open_ledger(path, as_of=7) as ledger:
        assert len(ledger.cases()) == before
        assert ledger.case(number) is not None


def test_what_people_said_and_the_secret_cannot_be_read(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    with open_ledger(path) as ledger:
        for table in (orm.PrivateText, orm.CaseWords, orm.ContactKey, orm.Request, orm.Meta):
            with pytest.raises(DatabaseError, match="prohibited"):
                ledger.session.exec(select(table)).all()
        with pytest.raises(DatabaseError, match="prohibited"):
            ledger.session.exec(text("SELECT fields FROM told"))  # type: ignore[call-overload]


def test_nothing_can_be_written(tmp_path: Path) -> None:
    path, _ = lived(tmp_path)
    before = path.read_bytes()
    with open_ledger(path) as ledger:
        assert isinstance(ledger.session, Session)
        ledger.session.add(orm.Void(seq=7, by_seq=7))
        with pytest.raises(OperationalError, match="readonly"):
            ledger.session.commit()
    assert path.read_bytes() == before


def test_a_missing_ledger_is_explained(tmp_path: Path) -> None:
    with pytest.raises(LedgerUnusable, match="没有台账"), open_ledger(tmp_path / "none.db"):
        pass


def test_to_import_the_package_loads_no_sqlmodel() -> None:
    probe = "import sys, sixping; print('sqlmodel' in sys.modules, 'sqlite3' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=120,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.split() == ["False", "False"]
    with pytest.raises(AttributeError):
        sixping.nothing_of_the_kind  # noqa: B018
    assert {"open_ledger", "Case"} <= set(sixping.__all__)
    assert Entry is orm.Entry


def test_there_are_three_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES, ids=range(1, len(EXAMPLES) + 1))
def test_an_example_of_the_page_runs(
    example: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = lived(tmp_path)
    exec(example, {"LEDGER": path, "NOW": NOW + 3 * DAY})  # noqa: S102 - our own page
    said = capsys.readouterr().out
    assert any(word in said for word in ("未分派 1 件", "新增 1", "assigned → noted"))

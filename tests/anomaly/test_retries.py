"""Whatever is lost of what a rebuild makes anew, an honest retry is still answered as one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sixping.errors import BadData
from sixping.services.upkeep import books
from sixping.store.verify import verify
from tests.anomaly import table
from tests.kit.damage import FULL, imports, rich
from tests.kit.ledgerkit import raw, rows, stamp
from tests.ledgers import make as sample

if TYPE_CHECKING:
    from tests.conftest import Runner

LATER = "2026-11-24T09:00:00+08:00"
NO_KEY = "DELETE FROM meta WHERE key = 'handle_key'"
ANOTHER_KEY = "UPDATE meta SET value = lower(hex(zeroblob(32))) WHERE key = 'handle_key'"
LOST = (
    NO_KEY,
    ANOTHER_KEY,
    "DELETE FROM requests",
    "UPDATE requests SET seq = (SELECT max(seq) FROM events)",
    "UPDATE requests SET handle = CAST(substr(handle, 2) || x'00' AS BLOB)",
    "DELETE FROM erasures",
    "DELETE FROM voids",
    "DELETE FROM case_words",
    "DELETE FROM case_moves",
    "DELETE FROM traces",
    "DELETE FROM parsed",
)
FIRST = next(argv for _, argv in sample.DAYS if "演示-1" in argv)
LAST = ("intake", "占道经营", "--request-id", "演示-9")
ASKED = (
    "SELECT e.subject FROM events e JOIN told t ON t.seq = e.seq"
    " WHERE json_extract(t.fields, '$.request_id') = '{}'"
)
EVENTS = "SELECT count(*) FROM events"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rich(tmp_path_factory.mktemp("rich"))


@pytest.mark.parametrize("lost", LOST if FULL else (ANOTHER_KEY, LOST[3]))
def test_an_honest_retry_is_known_after_any_loss_and_a_rebuild(
    lived: Path, tmp_path: Path, call: Runner, lost: str
) -> None:
    path = Path(shutil.copy(lived, tmp_path / "ledger.db"))
    raw(path, lost)
    assert verify(path)["findings"]
    assert books.rebuild(path, stamp())
    assert verify(path)["findings"] == []
    before = rows(path, EVENTS)
    on = ("--ledger", str(path))
    for argv in (FIRST, LAST):
        request = argv[argv.index("--request-id") + 1]
        again = call(*on, *argv, now=LATER)
        assert again.code == 0, again.err
        ((number,),) = rows(path, ASKED.format(request))
        assert str(number) in again.out
        other = call(*on, "intake", "另一件事", "--request-id", request, now=LATER)
        assert other.code == BadData.exit_code, other.err
    for argv in imports(tmp_path):
        done = call(*on, *argv, now=LATER)
        assert done.code == 0, done.err
    assert rows(path, EVENTS) == before
    table.note("失去汇总内容、重建以后, 再登记认得出", 1, "种", 0)

"""A caller's data over its life: taken in, looked up, revealed, held, and erased in two steps."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from sixping.services.upkeep import books
from sixping.store.verify import verify
from tests.conftest import ROOT
from tests.kit.canary import bytes_found
from tests.kit.ledgerkit import stamp

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Runner

NAME, PHONE = "欧阳丰", "13987650123"
RECEIVED, WINTER = "2024-01-15T10:00:00+08:00", "2024-12-16T10:00:00+08:00"
SPRING, LATE = "2026-04-15T10:00:00+08:00", "2026-04-16T10:00:00+08:00"
TERMS = (("contact", "6个月"), ("record", "2年"))


def adopted(call: Runner, folder: Path) -> Path:
    """Make a ledger whose street keeps contacts half a year and records two."""
    shutil.copytree(ROOT / "data", folder)
    text = (folder / "policy.toml").read_text(encoding="utf-8")
    for track, keep in TERMS:
        text = text.replace(f'track = "{track}"\n', f'track = "{track}"\nkeep = "{keep}"\n')
    (folder / "policy.toml").write_text(text, encoding="utf-8")
    assert call("init", now=RECEIVED, env={"SIXPING_DATA": str(folder)}).code == 0
    return folder.parent / ".local" / "share" / "sixping" / "ledger.sqlite3"


def test_what_a_citizen_said_has_a_life_of_its_own_beside_the_case(
    call: Runner, tmp_path: Path
) -> None:
    ledger = adopted(call, tmp_path / "data")

    def do(*argv: str, now: str = RECEIVED) -> str:
        done = call(*argv, now=now)
        assert done.code == 0, (argv, done.err)
        assert verify(ledger)["findings"] == [], argv
        return done.out

    given = ("--reporter", NAME, "--phone", PHONE, "--severity", "一般")
    do("intake", f"路灯不亮, {NAME}说", *given, "--source-no", "GZ-2024-0001")
    do("intake", "路灯又不亮", *given)
    do("lookup", "--phone", PHONE, "--reason", f"{NAME}来电")
    do("accept", "1")
    do("assign", "1", "--lead", "城市管理办")
    do("resolve", "1", "--outcome", f"已修复, {NAME}认可")
    do("show", "1", "--reveal", "--reason", "回访")
    do("feedback", "1", f"已告知{NAME}")
    do("close", "1")
    figures = [do("report", "--month", "2024-01", "--format", "csv", now=WINTER)]

    # Half a year on, the contact goes; the record stays, and the second report is still open.
    do("retention", "hold", "1", "--reason", "信访复查", now=WINTER)
    sign = ("retention", "--apply", "--approved-by", "分管领导", "--json")
    assert '"items": []' in do(*sign, now=WINTER)
    do("retention", "release", "1", "--reason", "复查完毕", now=WINTER)
    assert '"track": "contact"' in do(*sign, now=WINTER)
    assert "欧阳*" in do("show", "1", "--reveal", "--reason", "核对", now=WINTER)
    assert do("lookup", "--phone", PHONE, "--reason", "核对", now=WINTER).count("2024-00000") == 1
    assert bytes_found(ledger, (NAME, PHONE)), "the second report is a case of its own"

    # Two years on, the words go too; then the second case, on the citizen's own request.
    assert '"track": "record"' in do(*sign, now=SPRING)
    assert "(已删除)" in do("show", "2024-1", now=SPRING)
    assert call("erase", "2024-2", "--basis", "本人申请", "--yes", now=SPRING).code == 1
    do("decline", "2024-2", "--reason", "重复", "--told", "--approved-by", "分管领导", now=SPRING)
    do("erase", "2024-2", "--basis", "本人申请", "--yes", now=LATE)
    assert bytes_found(ledger, (NAME, PHONE, "GZ-2024-0001", "路灯又不亮", "已修复")) == []
    assert books.rebuild(ledger, stamp(), check=True) == []

    # Figures of the past are what they were; what was done with the data can still be told.
    figures.append(do("report", "--month", "2024-01", "--format", "csv", now=LATE))
    assert figures[0].splitlines()[1:9] == figures[1].splitlines()[1:9]
    told = do("audit", "--format", "csv", now=LATE)
    kinds = ["查找来电人", "查看个人信息", "暂缓删除", "解除暂缓", "删除个人信息"]
    assert all(kind in told for kind in kinds)
    assert NAME not in told
    assert PHONE not in told
    sent_again = do("intake", "路灯不亮", *given, "--source-no", "GZ-2024-0001", now=LATE)
    assert "2026-000001" in sent_again

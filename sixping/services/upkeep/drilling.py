"""A backup tried: put into a temporary place, verified, its figures held against the ledger's."""

from __future__ import annotations

from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import LedgerUnusable, NotFound, SixpingError, UsageFault
from sixping.queries.copies import figures
from sixping.services.upkeep.backups import (
    anchors_beside,
    copy_as_it_is,
    dated,
    manifest_of,
    owner_of,
    sha256_of,
)
from sixping.store import custody, log, sqlite
from sixping.store.anchors import Anchor
from sixping.store.rescue.restored import Standing, standing
from sixping.store.upgrade import of_any_format
from sixping.store.verify import verify
from sixping.util.files import PREFIX, require_room

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class Drill(NamedTuple):
    """What came of a drill: ``wrong`` is empty when it passed, ``unsure`` what was not looked at.

    ``figures``: what the backup holds as of its last event; ``seconds``: how long it took.
    """

    file: Path
    seq: int
    head: str
    figures: dict[str, Any]
    seconds: float
    wrong: tuple[str, ...]
    unsure: tuple[str, ...]


def drill(path: Path, place: Path | None, now: datetime) -> Drill:
    """Try the newest backup of a folder (or one file); it leaves nothing behind.

    ``place`` None: where the last backup went. ``path``: the ledger, which may be missing. Raises
    ``NotFound`` where there is no backup and ``UsageFault`` where nobody knows where to look.
    """
    begun, ledger = monotonic(), _ledger_id(path)
    file = _newest(place or _last_folder(ledger), ledger)
    unsure: list[str] = []
    with TemporaryDirectory(prefix=PREFIX) as folder:
        try:
            copy = _restored(file, Path(folder), anchors_beside(file))
            seq, head, found = _state(copy)
            wrong = [
                *_against_manifest(file, unsure),
                *_against(path, seq, head, found, unsure),
            ]
        except LedgerUnusable as fault:
            return Drill(file, 0, "", {}, monotonic() - begun, (fault.what,), ())
    made = Drill(file, seq, head, found, monotonic() - begun, tuple(wrong), tuple(unsure))
    if not wrong:
        custody.record(owner_of(file), "drill", now, seq, head, str(file.absolute()))
    return made


def _ledger_id(path: Path) -> str | None:
    with suppress(SixpingError, sqlite.Error), closing(of_any_format(path)) as con:
        return log.ledger_id(con)
    return custody.known_at(path)


def _last_folder(ledger: str | None) -> Path:
    done = custody.last(ledger, "backup")
    if done is None or done.where is None:
        raise UsageFault(
            "不知道备份放在哪里: 这台机器上没有备份的记录。", "请写明: sixping backup drill 文件夹"
        )
    last = Path(done.where)
    return last.parent if last.name.startswith("sixping-") else last


def _newest(place: Path, ledger: str | None) -> Path:
    """Return the newest backup in a folder of this ledger, or of any where there is none."""
    if place.is_file():
        return place
    if not place.is_dir():
        raise NotFound(f"没有这个文件夹: {place}", "请写明放备份的文件夹。")
    for one in dated(place):
        if ledger is None or owner_of(one.file) == ledger:
            return one.file
    raise NotFound(f"文件夹里没有这个台账的备份: {place}", f"先做一份: sixping backup --to {place}")


def _restored(file: Path, folder: Path, known: list[Anchor]) -> str:
    """Put a backup where a restore would, and verify it. Raises ``LedgerUnusable``."""
    require_room(folder, file.stat().st_size, "没有演练。")
    copy = folder / "ledger.sqlite3"
    copy.touch(0o600)
    copy_as_it_is(file, str(copy))
    result = verify(copy, known)
    if not result["ok"]:
        raise LedgerUnusable(f"恢复出来的台账没有通过核验: {result['findings'][0]['what']}")
    return str(copy)


def _state(copy: str) -> tuple[int, str, dict[str, Any]]:
    with sqlite.explained_sqlite(copy, ""), closing(of_any_format(copy)) as con:
        sqlite.hold_still(con)
        seq, link, _ = log.last_link(con)
        return seq, link.hex(), figures(con, seq)


def _against_manifest(file: Path, unsure: list[str]) -> Iterator[str]:
    said = manifest_of(file)
    if said is None:
        unsure.append("没有清单 (.json), 没有核对文件的摘要")
        return
    if said.get("sha256") != sha256_of(file):
        yield "文件的摘要 (SHA-256) 与清单不符: 做好以后被改动过"


def _against(
    path: Path, seq: int, head: str, found: dict[str, Any], unsure: list[str]
) -> Iterator[str]:
    """Hold the figures against those of the ledger as of the same event."""
    try:
        with closing(of_any_format(path)) as con:
            sqlite.hold_still(con)
            stood, present = standing(con, Anchor(seq, head)), figures(con, seq)
    except (LedgerUnusable, sqlite.Error):
        unsure.append("台账不在或读不出, 没有与它对数")
        return
    if stood is Standing.LOST:
        unsure.append(
            "这个备份是恢复以前做的, 其中有恢复时失去的一段, 没有与台账对数; 请另做一份备份"
        )
    elif stood is Standing.OTHER:
        yield f"台账的第 {seq} 号与备份的不是同一条: 台账或备份被改写, 或被换成了旧的"
    elif present != found:
        wrong = [name for name in found if found[name] != present[name]]
        yield f"备份的数与台账在第 {seq} 号时的不符: {'、'.join(_NAMES[name] for name in wrong)}"


_NAMES = {"events": "记录条数", "cases": "各年各状态的件数", "overdue": "超期件数"}

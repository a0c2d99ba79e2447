"""Verified copies of a ledger in use: one by name, or dated ones in a folder, of which old go."""

from __future__ import annotations

import json
import os
import re
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from hashlib import file_digest
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import LedgerUnusable, NotAllowed, SixpingError
from sixping.services.upkeep.rotation import kept
from sixping.store import anchors, custody, log, sqlite
from sixping.store.files import copied
from sixping.store.upgrade import of_any_format, require_any_format
from sixping.store.verify import verify
from sixping.util.clock import SHANGHAI, to_text
from sixping.util.files import published, sync_folder
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.services.upkeep.rotation import Keep
    from sixping.store.anchors import Anchor

SUFFIX, MANIFEST = ".sqlite3", ".json"
_NAME = re.compile(r"sixping-([0-9a-f]{8})-(\d{8}-\d{6})(?:-(\d{1,4}))?")
_STAMP = "%Y%m%d-%H%M%S"
_SHORT = 8  # digits of a ledger's id in a name
UNSOUND = (
    "台账里有问题时不做备份, 以免好的旧备份被换掉。请先另存一份原文件, 运行 sixping verify 查看; "
    "汇总表不符的用 sixping rebuild, 文件损坏的用 sixping salvage --to 新文件, "
    "或用以前的备份恢复: sixping restore 备份文件。"
)


class Copy(NamedTuple):
    """A backup: the file, the state it holds, the SHA-256 of its bytes, and which ones went."""

    file: Path
    seq: int
    head: str
    sha256: str
    deleted: tuple[Path, ...] = ()


class Dated(NamedTuple):
    """A backup in a folder by its name: when it was made, and which of that second."""

    file: Path
    short: str
    at: datetime
    nth: int

    @property
    def order(self) -> tuple[datetime, int]:
        """Return what the newest has most of."""
        return self.at, self.nth

    @property
    def manifest(self) -> Path:
        """Return where the manifest lies."""
        return self.file.with_suffix(MANIFEST)


def backup(
    path: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    force: bool = False,
    now: datetime | None = None,
) -> Copy:
    """Copy a ledger in use, verify the copy, publish it; return what became of it.

    ``now``: when that is noted outside the ledger. Raises ``NotAllowed`` for an existing target
    without ``force`` and ``LedgerUnusable`` when the copy does not verify (then nothing is
    published).
    """
    with _verified(path, target, force=force) as (draft, anchor):
        sha256 = sha256_of(draft)
    if now is not None:
        _note(anchor, now, Path(target))
    return Copy(Path(target), anchor.seq, anchor.head, sha256)


@contextmanager
def _verified(
    path: str | os.PathLike[str], target: str | os.PathLike[str], *, force: bool
) -> Iterator[tuple[str, Anchor]]:
    """Give a verified copy as a draft, with its anchor; publish it when all went well."""
    with copied(path, target, force=force) as draft:
        result = verify(draft)
        if not result["ok"]:
            first = result["findings"][0]["what"]
            raise LedgerUnusable(f"备份没有通过核对, 已丢弃: {first}", UNSOUND)
        yield draft, anchor_of(draft)


def anchor_of(path: str | os.PathLike[str]) -> Anchor:
    """Return the anchor of a ledger's last event, without a time."""
    with closing(of_any_format(path)) as con, sqlite.still(con):
        return anchors.take(con)


def copy_as_it_is(file: str | os.PathLike[str], target: str) -> None:
    """Copy a backup of any format into an empty file. Raises ``LedgerUnusable``."""
    name = os.fspath(file)
    with (
        sqlite.explained_sqlite(name, ""),
        closing(sqlite.open_reader(file, checked=False)) as source,
    ):
        require_any_format(source, name)
        sqlite.copy(source, target)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of the bytes of a file that is no ledger in use."""
    with Path(path).open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _note(anchor: Anchor, now: datetime, file: Path) -> None:
    custody.record(anchor.ledger, "backup", now, anchor.seq, anchor.head, str(file.absolute()))


# --- dated copies in a folder ------------------------------------------------------------


def backup_to(
    path: str | os.PathLike[str], folder: Path, now: datetime, keep: Keep | None = None
) -> Copy:
    """Make a dated, verified copy in a folder with its manifest; then old ones go by ``keep``.

    A new copy is complete and on disk before an old one is deleted. Raises what ``backup`` does.
    """
    with closing(of_any_format(path)) as con:
        ledger = log.ledger_id(con) or ""
    file = _free(folder, ledger, now)
    with _verified(path, file, force=False) as (draft, taken):
        sha256, size = sha256_of(draft), Path(draft).stat().st_size
    anchor = taken._replace(at=now)
    said = {
        "file": file.name, "sha256": sha256, "bytes": size, "ledger": ledger,
        "made_at": to_text(now), "anchor": json.loads(anchors.line(anchor)),
    }  # fmt: skip
    with published(file.with_suffix(MANIFEST), force=True) as draft:
        Path(draft).write_text(f"{dump_json(said, indent=2)}\n", encoding="utf-8")
    _note(anchor, now, file)
    deleted = _rotate(folder, ledger, keep, (file, Path(path))) if keep else ()
    return Copy(file, anchor.seq, anchor.head, sha256, deleted)


def _free(folder: Path, ledger: str, now: datetime) -> Path:
    """Return the name of a new backup: another one of the same second gets a number."""
    stem = f"sixping-{ledger[:_SHORT]}-{now.astimezone(SHANGHAI):{_STAMP}}"
    for nth in count(1):
        file = folder / f"{stem}{'' if nth == 1 else f'-{nth}'}{SUFFIX}"
        if not any(map(os.path.lexists, (file, file.with_suffix(MANIFEST)))):
            return file
    raise NotAllowed("没有可用的文件名。")


def dated(folder: Path, suffix: str = SUFFIX) -> list[Dated]:
    """Return the backups directly in a folder by their names, the newest first; no links."""
    found = []
    for file in folder.iterdir():
        match = _NAME.fullmatch(file.stem)
        if match and file.suffix == suffix and file.is_file() and not file.is_symlink():
            try:
                at = datetime.strptime(match[2], _STAMP).replace(tzinfo=SHANGHAI)
            except ValueError:
                continue
            found.append(Dated(file, match[1], at, int(match[3] or 1)))
    return sorted(found, key=lambda one: one.order, reverse=True)


def manifest_of(file: Path) -> dict[str, Any] | None:
    """Return what the manifest beside a backup says; None where there is none that can be read."""
    try:
        said = json.loads(file.with_suffix(MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def anchors_beside(file: Path) -> list[Anchor]:
    """Return the anchor that the manifest of a backup has; none where it has none to be read."""
    with suppress(SixpingError):
        return anchors.read_anchors(dump_json(manifest_of(file)), file.name)
    return []


def owner_of(file: Path) -> str | None:
    """Return the id of the ledger a backup is of: by its manifest, else by the file itself."""
    said = manifest_of(file)
    if said is not None and said.get("file") == file.name:
        return str(said.get("ledger"))
    try:
        with closing(of_any_format(file)) as con:
            return log.ledger_id(con)
    except (LedgerUnusable, sqlite.Error):
        return None


def _rotate(folder: Path, ledger: str, keep: Keep, spared: Sequence[Path]) -> tuple[Path, ...]:
    """Delete what ``keep`` does not keep; return the files that went.

    Only backups of this ledger go, by name and by what they say of themselves; the newest, which
    every ``keep`` keeps, and those of ``spared`` stay. A manifest goes after its file: killed in
    between, it is found here the next time.
    """
    mine = [one for one in _own(dated(folder), ledger) if owner_of(one.file) == ledger]
    last_of_second = {one.at: one.file for one in reversed(mine)}
    stay = {last_of_second[at] for at in kept(last_of_second, keep)}
    gone = []
    for one in mine:
        if one.file not in stay and not any(map(one.file.samefile, spared)):
            one.file.unlink()
            sync_folder(folder)
            one.manifest.unlink(missing_ok=True)
            gone.append(one.file)
    for one in _own(dated(folder, MANIFEST), ledger):
        if not os.path.lexists(one.file.with_suffix(SUFFIX)):
            _drop_orphan(one.file, ledger)
    sync_folder(folder)
    return tuple(gone)


def _own(found: Sequence[Dated], ledger: str) -> list[Dated]:
    return [one for one in found if one.short == ledger[:_SHORT]]


def _drop_orphan(manifest: Path, ledger: str) -> None:
    said = manifest_of(manifest)
    if said is not None and said.get("ledger") == ledger:
        manifest.unlink(missing_ok=True)

"""A stand-in until the one writer of files is merged: same names, same signatures."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kept(NamedTuple):
    """What output never touches: ledgers, sources of an import, folders of data."""

    ledgers: tuple[Path, ...] = ()
    sources: tuple[Path, ...] = ()
    folders: tuple[Path, ...] = ()


_NOTHING = Kept()


@contextmanager
def published(
    target: str | os.PathLike[str], *, force: bool = False, kept: Kept = _NOTHING
) -> Iterator[str]:
    """Give a draft beside the target; it takes the target's name when all went well."""
    aim = os.path.abspath(target)
    folder, name = os.path.split(aim)
    draft = os.path.join(folder, f".{name}.{os.urandom(6).hex()}.tmp")
    flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0)
    os.close(os.open(draft, flags, 0o600))
    try:
        yield draft
        handle = os.open(draft, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if force:
            os.replace(draft, aim)
        else:
            try:
                os.link(draft, aim)
            except FileExistsError:
                raise NotAllowed(f"文件已经存在, 不会覆盖: {target}", "请换一个文件名。") from None
            os.unlink(draft)
        sync_folder(folder)
    finally:
        for leftover in (draft, f"{draft}-journal"):
            with suppress(FileNotFoundError):
                os.unlink(leftover)


def append_line(path: str | os.PathLike[str], line: str, kept: Kept = _NOTHING) -> None:
    """Append one line and make it durable."""
    flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(os.path.dirname(os.path.abspath(path)))


def sync_folder(path: str | os.PathLike[str]) -> None:
    """Make the names in a folder durable, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_database(path: str | os.PathLike[str]) -> bool:
    """Return whether a file begins like a SQLite database."""
    with suppress(OSError), open(path, "rb") as stream:
        return stream.read(16) == b"SQLite format 3\x00"
    return False

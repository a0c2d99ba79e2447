"""The one writer of files: whole or not at all, on the disk, and never over what is kept.

A file gets its name only when it is complete: written as a draft beside it (``.NAME.<12 hex>.tmp``,
the owner's alone), synced, then named in one step, and the folder synced. What is never written
over is known by what it is (device and inode), where it would be (folder and name, for what does
not exist yet) and what it holds (a database). A draft is locked as long as it is written: what is
left of something killed is not, and goes when the folder is next written to.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from sixping.errors import InputOutput, NoPermission, NotAllowed, UsageFault, system_reason
from sixping.util.mounts import NETWORK, mounted_as

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    AnyPath = str | os.PathLike[str]

#: begins the name of a folder where a workbook is made; of older versions' exports too
PREFIX: Final = ".sixping-"
#: what SQLite puts beside a database
COMPANIONS: Final = ("-journal", "-wal", "-shm")
_LEFTOVER: Final = r"\..+\.[0-9a-f]{12}\.tmp(?:-journal)?"
_OLD_LEFTOVER: Final = rf"{re.escape(PREFIX)}[a-z0-9_]{{8}}"
_MAGIC: Final = b"SQLite format 3\0"
_LONGEST: Final = 220  # bytes of a name that a draft repeats: with the rest a name may have 255
_ALIVE: Final = 600  # seconds: where nothing can be locked a file is written within them
_NOFOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
#: a file system without hard links, or without a sync of folders
_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_NO_FOLDERS: Final = {errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF}
_ADVICE: Final = "原有文件未改动。请核对路径和磁盘空间后重试。"
_OTHER: Final = "请换一个文件名。"


class Kept(NamedTuple):
    """What output never touches, whatever is asked for.

    ``ledgers`` with what SQLite puts beside them, ``sources`` that are being read, and the files
    there are in ``folders``.
    """

    ledgers: Sequence[Path] = ()
    sources: Sequence[Path] = ()
    folders: Sequence[Path] = ()


NOTHING: Final = Kept()


# --- writing ------------------------------------------------------------------------------


@contextmanager
def published(
    target: AnyPath,
    *,
    force: bool = False,
    kept: Kept = NOTHING,
    replaceable: Callable[[str], None] | None = None,
) -> Iterator[str]:
    """Give a draft beside ``target``, which gets that name when all went well.

    Nothing is left of one that did not. ``replaceable`` judges in place of the rule for databases
    which existing file ``force`` may replace. Raises what ``check_target`` and the system raise.
    """
    check_target(target, force=force, kept=kept, replaceable=replaceable)
    if is_device(target):
        raise InputOutput(f"这不是普通文件: {os.fspath(target)}", _OTHER)
    folder, name = located(target)
    with drafted(target) as draft:
        yield draft
        _sync_file(draft)
        check_target(target, force=force, kept=kept, replaceable=replaceable)
        _place(draft, os.path.join(folder, name), force=force)
    _settle(folder, name)


@contextmanager
def drafted(target: AnyPath) -> Iterator[str]:
    """Lend an empty draft beside ``target`` that nobody sweeps; what is still there then goes."""
    folder, name = located(target)
    draft, handle = _draft(folder, name)
    try:
        sweep(folder)
        yield draft
    finally:
        for leftover in (draft, f"{draft}-journal"):
            with suppress(OSError):
                os.unlink(leftover)
        if handle is not None:
            os.close(handle)


@contextmanager
def writing(
    target: AnyPath,
    *,
    force: bool = False,
    kept: Kept = NOTHING,
) -> Iterator[BinaryIO]:
    """Open a file that becomes ``target`` as ``published`` has it; a device is written directly.

    Raises ``NoPermission`` and ``InputOutput``, and what ``check_target`` raises.
    """
    with explained(target):
        if is_device(target):
            check_target(target, force=force, kept=kept)
            with open(target, "wb") as device:
                yield device
            return
        with (
            published(target, force=force, kept=kept) as draft,
            os.fdopen(os.open(draft, os.O_WRONLY | _NOFOLLOW), "wb") as file,
        ):
            yield file


def append_line(
    path: AnyPath,
    line: str,
    kept: Kept = NOTHING,
) -> None:
    """Add a line to a text file, on the disk when this returns; a torn last line gets its end.

    Raises ``NoPermission`` and ``InputOutput`` (nothing is added then), and what ``check_target``
    raises.
    """
    with explained(path):
        check_target(path, force=True, kept=kept)
        if is_device(path):
            raise InputOutput(f"这不是普通文件: {os.fspath(path)}", _OTHER)
        new = not os.path.exists(path)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NOFOLLOW, 0o600)
        try:
            _append(handle, f"{line}\n".encode())
            os.fsync(handle)
        except BaseException:
            if new and not os.fstat(handle).st_size:
                os.unlink(path)
            raise
        finally:
            os.close(handle)
        if new:
            _settle(*located(path))


def _append(handle: int, content: bytes) -> None:
    size = os.lseek(handle, 0, os.SEEK_END)
    if size:
        os.lseek(handle, size - 1, os.SEEK_SET)
        content = content if os.read(handle, 1) == b"\n" else b"\n" + content
    written = 0
    try:
        while written < len(content):
            written += os.write(handle, content[written:])
    except OSError:
        if os.lseek(handle, 0, os.SEEK_END) == size + written:  # nobody else added since
            os.ftruncate(handle, size)
        raise


@contextmanager
def explained(target: AnyPath) -> Iterator[None]:
    """Turn what the system says of a file that is written into sentences."""
    name = os.fspath(target)
    try:
        yield
    except PermissionError as fault:
        raise NoPermission(f"没有权限写入: {name}", "请换一个文件夹, 或核对权限。") from fault
    except BrokenPipeError:
        raise
    except OSError as fault:
        missing = isinstance(fault, FileNotFoundError)
        why = "没有这个文件夹" if missing else system_reason(fault)
        raise InputOutput(f"写入失败: {name} ({why})", _ADVICE) from fault


def require_room(folder: AnyPath, size: int, saved: str = "") -> None:
    """Refuse to begin what needs so many bytes where there are fewer.

    Raises ``InputOutput``, and what the system raises of a folder that is not there.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise InputOutput(
            f"磁盘空间不够: {os.fspath(folder)} 剩余 {free / 2**20:,.1f} MB, "
            f"需要 {size / 2**20:,.1f} MB。{saved}",
            "请腾出空间, 或换一个磁盘上的文件夹。",
        )


def make_folder(path: AnyPath) -> None:
    """Make a folder, the owner's alone, and those above it; one that is there is well.

    Raises ``OSError``, which says what is in the way instead of a folder.
    """
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
    except FileExistsError as fault:
        os.stat(fault.filename)  # a link in a loop, or to nothing
        raise NotADirectoryError(errno.ENOTDIR, "", fault.filename) from fault


def located(target: AnyPath) -> tuple[str, str]:
    """Return the folder in which a name stands, links and ``..`` followed, and the name."""
    folder, name = os.path.split(os.fspath(target))
    return os.path.realpath(folder or os.curdir), name


def _draft(folder: str, name: str) -> tuple[str, int | None]:
    """Make an empty draft, locked where that can be; return its name and what holds the lock."""
    start = os.fsencode(name)[:_LONGEST].decode("utf-8", "ignore")
    lockable = _can_lock(folder)
    while True:
        draft = os.path.join(folder, f".{start}.{os.urandom(6).hex()}.tmp")
        try:
            handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR | _NOFOLLOW, 0o600)
        except OSError as fault:
            fault.filename = os.path.join(folder, name)
            raise
        if not lockable:
            os.close(handle)
            return draft, None
        if _lock(handle) is not False and os.fstat(handle).st_nlink:
            return draft, handle
        os.close(handle)  # somebody sweeps it: it was seen before it was locked


def _sync_file(path: str) -> None:
    """Make the content of a finished file durable."""
    handle = os.open(path, os.O_RDWR | _NOFOLLOW)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _place(draft: str, target: str, *, force: bool) -> None:
    if force:
        os.replace(draft, target)
        return
    try:
        os.link(draft, target)  # refuses an existing name, which rename would not
    except FileExistsError:
        raise _exists(target) from None
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        if os.path.lexists(target):
            raise _exists(target) from None
        os.rename(draft, target)


def _settle(folder: str, name: str) -> None:
    try:
        sync_folder(folder)
    except OSError as fault:
        raise InputOutput(
            f"文件已写好, 但磁盘没有确认: {os.path.join(folder, name)} ({system_reason(fault)})",
            "请检查磁盘后再写一次。",
        ) from fault


def sync_folder(path: AnyPath) -> None:
    """Make the names in a folder durable, where the system can; raises ``OSError``."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # Windows opens no folders; one may be written to and not read
        return
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in _NO_FOLDERS:
            raise
    finally:
        os.close(handle)


# --- what may be written --------------------------------------------------------------------


def check_target(
    target: AnyPath,
    *,
    force: bool = False,
    kept: Kept = NOTHING,
    replaceable: Callable[[str], None] | None = None,
) -> None:
    """Refuse a name that may not be written to; a device or a pipe may.

    Raises ``UsageFault`` for what is kept; ``NotAllowed`` for a link, a database and, without
    ``force``, for any file there is; ``InputOutput`` for a folder and where there is none for
    the file, ``NoPermission`` where nothing may be written in it; and ``OSError``.
    """
    name = os.fspath(target)
    _refuse_kept(name, kept)
    if is_leftover(os.path.basename(name)):
        raise NotAllowed(f"这样的名字留给没有写完的文件: {name}", _OTHER)
    _refuse_companion(name, kept)
    if not os.path.basename(name):
        raise InputOutput(f"这是一个文件夹: {name}", "请写出文件名。")
    entry, state = _entry(name), _state(name)
    if entry is None:
        _refuse_folder(name)
    if entry is None or (state and _is_device(state)):
        return
    if stat.S_ISLNK(entry.st_mode):
        raise NotAllowed(
            f"这是一个链接, 不会顺着它写: {name}",
            "请写出文件真正的路径; 要写到标准输出, 用 -o -。",
        )
    if stat.S_ISDIR(entry.st_mode):
        raise InputOutput(f"这是一个文件夹: {name}", "请写出文件名。")
    if not stat.S_ISREG(entry.st_mode):
        raise InputOutput(f"这不是普通文件: {name}", _OTHER)
    _refuse_file(name, force=force, replaceable=replaceable)


def _refuse_folder(name: str) -> None:
    """Refuse a new file where its folder is none, or none that may be written to."""
    folder = os.path.dirname(name) or os.curdir
    with explained(name):
        if not stat.S_ISDIR(os.stat(folder).st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError


def _refuse_file(name: str, *, force: bool, replaceable: Callable[[str], None] | None) -> None:
    """Refuse to replace an existing file that is not to be replaced."""
    if replaceable is None and is_database(name):
        raise NotAllowed(f"这是一个数据库文件, 不会覆盖, 加 --force 也不行: {name}", _OTHER)
    if not force:
        raise _exists(name)
    if replaceable is not None:
        replaceable(name)


def _exists(name: str) -> NotAllowed:
    return NotAllowed(f"文件已经存在, 不会覆盖: {name}", "请换一个文件名, 或加 --force 覆盖。")


def _refuse_kept(name: str, kept: Kept) -> None:
    what = _kept_as(name, kept)
    if what:
        raise UsageFault(f"写入的去处是{what}: {name}", _OTHER)


def _kept_as(name: str, kept: Kept) -> str | None:
    """Return as what a name is kept, None where it is not."""
    for ledger in kept.ledgers:
        real = os.path.realpath(ledger)
        if _is_same(name, real):
            return "台账本身"
        if any(_is_same(name, f"{real}{ending}") for ending in COMPANIONS):
            return "台账的日志文件"
    if any(_is_same(name, os.path.realpath(source)) for source in kept.sources):
        return "要读的文件本身"
    if any(_holds(folder, name) for folder in kept.folders):
        return "规则文件夹里的文件"
    return None


def _is_same(name: str, other: str) -> bool:
    """Tell whether two names are one file, or would be: never by opening it."""
    one, two = _state(name), _state(other)
    if one and two:
        return os.path.samestat(one, two)
    return _whereabouts(name) == _whereabouts(other)


def _whereabouts(name: str) -> tuple[object, str]:
    folder, base = located(name)
    state = _state(folder)
    return (state.st_dev, state.st_ino) if state else folder, base.casefold()


def _holds(folder: Path, name: str) -> bool:
    """Tell whether a file there is lies in a folder, or is a second name of one that does."""
    state, root = _state(name), _state(folder)
    if state is None or root is None or not stat.S_ISREG(state.st_mode):
        return False
    above = filter(None, map(_state, Path(os.path.realpath(name)).parents))
    if any(os.path.samestat(root, parent) for parent in above):
        return True
    inside = folder.rglob("*") if state.st_nlink > 1 else ()
    return any(there and os.path.samestat(state, there) for there in map(_state, inside))


def _refuse_companion(name: str, kept: Kept) -> None:
    """Refuse the name of a journal beside any database: SQLite would take it for that one's."""
    for ending in COMPANIONS:
        base = name[: -len(ending)]
        if name.casefold().endswith(ending) and os.path.isfile(base):
            ours = any(_is_same(base, os.path.realpath(ledger)) for ledger in kept.ledgers)
            if ours or is_database(base):
                raise NotAllowed(f"这是数据库 {base} 的日志文件, 不会写入: {name}", _OTHER)


def is_database(path: AnyPath) -> bool:
    """Tell whether a file begins as SQLite's do.

    Never of a ledger that this process has open: closing a second descriptor drops its locks.
    """
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def is_device(target: AnyPath) -> bool:
    """Tell whether a name leads to a character device or a pipe: it is written to directly."""
    state = _state(target)
    return state is not None and _is_device(state)


def _is_device(state: os.stat_result) -> bool:
    return stat.S_ISCHR(state.st_mode) or stat.S_ISFIFO(state.st_mode)


def _state(path: AnyPath) -> os.stat_result | None:
    """Return what a name leads to, None where there is nothing."""
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _entry(path: AnyPath) -> os.stat_result | None:
    """Return what stands under a name, a link as such."""
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


# --- what is left of something killed --------------------------------------------------------


def is_leftover(name: str) -> bool:
    """Tell whether a file of this name is a draft, or the folder where a workbook is made."""
    return re.fullmatch(f"{_LEFTOVER}|{_OLD_LEFTOVER}", name) is not None


def sweep(folder: AnyPath) -> list[Path]:
    """Remove this account's drafts in a folder that nobody writes any more; return them.

    What cannot be removed stays and is not in the list.
    """
    return [path for path in _drafts(folder) if remove_leftover(path)]


def abandoned(folder: AnyPath) -> list[Path]:
    """Return this account's drafts in a folder that nobody writes any more."""
    found = []
    for path in _drafts(folder):
        with _unused(path) as unused:
            if unused:
                found.append(path)
    return found


def remove_leftover(path: Path) -> bool:
    """Remove a draft unless somebody still writes it; return whether it went."""
    with suppress(OSError), _unused(path) as unused:
        if unused:
            path.unlink()
            return True
    return False


def settle_names(path: str) -> tuple[int, list[str]]:
    """Remove the drafts that are a second name of a file; return how many other names it has.

    And those of them that stand in its folder. A kill between naming a file and removing its draft
    leaves both. A draft that this account may not remove does not count: nobody opens it.
    """
    folder, name = os.path.split(path)
    own, drafts, others = os.stat(path), 0, []
    with suppress(OSError):
        for entry in sorted(os.listdir(folder)):
            there = os.path.join(folder, entry)
            state = _entry(there)
            if entry == name or state is None or not os.path.samestat(own, state):
                continue
            if not is_leftover(entry):
                others.append(there)
                continue
            drafts += 1
            with suppress(OSError):
                os.unlink(there)
    return own.st_nlink - 1 - drafts, others


def _drafts(folder: AnyPath) -> Iterator[Path]:
    """Yield the drafts of this account that stand in a folder, as far as it can be read."""
    with suppress(OSError):
        for name in sorted(os.listdir(folder)):
            path = Path(folder, name)
            state = _entry(path) if is_leftover(name) else None
            if state and stat.S_ISREG(state.st_mode) and state.st_uid == account():
                yield path


def account() -> int:
    """Return the number of the account that runs this; 0 where there are none."""
    return os.getuid() if hasattr(os, "getuid") else 0


@contextmanager
def _unused(path: Path) -> Iterator[bool]:
    """Tell whether nobody writes a draft; while this is open nobody begins to."""
    state = _entry(path)
    whole = Path(str(path).removesuffix("-journal"))
    if state is None:
        yield False
    elif state.st_nlink > 1:
        yield True  # a second name: not opened, it may be that of a ledger in use
    elif whole != path and whole.exists():
        with _unused(whole) as unused:
            yield unused
    else:
        with _locked(path) as locked:
            yield _is_old(path, state) if locked is None else locked


def _is_old(path: Path, state: os.stat_result) -> bool:
    """Tell by the time the folder was last changed, which is no later than now."""
    return state.st_mtime < path.parent.stat().st_mtime - _ALIVE


@contextmanager
def _locked(path: Path) -> Iterator[bool | None]:
    """Lock a draft; None where locks tell nothing: a network share, a file of an older version."""
    if not _can_lock(str(path.parent)) or path.name.startswith(PREFIX):
        yield None
        return
    handle = os.open(path, os.O_RDWR | _NOFOLLOW)
    try:
        yield _lock(handle)
    finally:
        os.close(handle)


def _can_lock(folder: str) -> bool:
    """Tell whether a lock does not get in the way of SQLite's, as on a network share."""
    return sys.platform != "win32" and mounted_as(os.path.realpath(folder)) not in NETWORK


def _lock(handle: int) -> bool | None:
    """Lock an open file against other processes; False where one has it, None without locks."""
    if sys.platform == "win32":
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True

"""Everything only SQLite knows: where its file may lie, opening, profile, identity, errors.

Each connection gets the profile of decision 4 and has it read back: a build or a wrapper
that silently ignores a pragma is refused, not trusted. Nothing but SQLite itself ever
opens the file of a ledger (closing a second descriptor would drop its locks).
"""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing, contextmanager
from contextvars import ContextVar
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import (
    InputOutput,
    LedgerBusy,
    LedgerUnusable,
    NoPermission,
    NotAllowed,
    SixpingError,
    system_reason,
)
from sixping.store import ddl
from sixping.store.rescue.aside import other_name
from sixping.util.files import COMPANIONS, settle_names
from sixping.util.mounts import MOUNTS, NETWORK, mounted_as

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Connection = sqlite3.Connection
Error = sqlite3.Error
VERSION = sqlite3.sqlite_version
WAIT_SECONDS = 30.0
PROFILE: tuple[tuple[str, str, int], ...] = (
    ("foreign_keys", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("recursive_triggers", "ON", 1),
    ("secure_delete", "ON", 1),
    ("mmap_size", "0", 0),
    ("temp_store", "MEMORY", 2),
    ("synchronous", "EXTRA", 3),
)
"""Pragma, the value set, the value read back (reliability research §3)."""
UNSAVED = "这一步没有保存。"
"""What became of a step that failed before its COMMIT."""


@contextmanager
def explained_sqlite(path: str, saved: str = UNSAVED) -> Iterator[None]:
    """Turn what SQLite raises into sentences; ``saved`` says what became of the step.

    Stand outside of what closes the connection: the second look needs the file unlocked.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path, saved) or error from error.__cause__


@contextmanager
def explained(path: str, saved: str = UNSAVED) -> Iterator[None]:
    """Turn what SQLite and the system raise into sentences."""
    try:
        with explained_sqlite(path, saved):
            yield
    except UnicodeDecodeError as error:  # of a message that quotes a damaged schema
        raise _seen_again(path, saved) from error
    except PermissionError as error:
        raise NoPermission(f"没有权限读写: {error.filename or path}", ASK) from error
    except OSError as error:
        raise InputOutput(
            f"读写失败: {error.filename or path} ({system_reason(error)}) {saved}", SPACE
        ) from error


ASK = "请用有权限的账号运行, 或请管理员开放该文件和所在目录的权限。"
SPACE = "请核对路径、磁盘空间和磁盘状态后重试。"
DAMAGED = (
    "请先另存一份原文件, 运行 sixping verify 查看, 再换用最近的备份: sixping restore 备份文件;"
    " 没有备份的, 用 sixping salvage --to 新文件 抢救。"
)
_DOUBTFUL = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
"""What one failing read can bring about in a sound file (E13)."""


def translated(error: BaseException, path: str, saved: str = "") -> SixpingError | None:
    """Return what an error of SQLite means: the only place that knows its codes.

    ``error`` may be SQLAlchemy's, which holds SQLite's own; ``saved`` says what became of the
    step. None: no error of SQLite, or one that the file's pages cannot explain but values of the
    ledger or a fault of the program may (``layers.secondlook`` tells). Its text is never shown: it
    is English and may quote what a citizen said.
    """
    origin = getattr(error, "orig", None) or error
    if not isinstance(origin, sqlite3.Error):
        return None
    code = _primary(origin)
    if code in {*_DOUBTFUL, sqlite3.SQLITE_CANTOPEN} and (beside := _strange_companion(path)):
        return InputOutput(
            f"台账旁边的这个名字不是日志文件, SQLite 读不了: {beside} {saved}",
            "请查明是谁放的, 移走后重试; 台账没有改动。",
        )
    if code in _DOUBTFUL:
        return _seen_again(path, saved)
    if getattr(origin, "sqlite_errorcode", None) == sqlite3.SQLITE_READONLY_DBMOVED:
        return LedgerBusy(
            f"台账文件刚被换成另一个, 或被移走 (如恢复备份): {path} {saved}",
            "请再运行一次, 用的就是现在的台账; 仍这样时请核对 --ledger 的路径。",
        )
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}:
        return LedgerBusy(
            f"台账正被另一个程序使用, 等了 {WAIT_SECONDS:.0f} 秒仍未轮到: {path} {saved}",
            "请稍后重试。",
        )
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_NOMEM}:
        what = "内存不足" if code == sqlite3.SQLITE_NOMEM else "磁盘已满"
        return InputOutput(f"{what}: {path} {saved}", "请腾出空间后重试。")
    return _of_access(code, getattr(origin, "sqlite_errorcode", 0), path, saved)


def _strange_companion(path: str) -> str | None:
    """Return what stands in the place of a journal and is no file of its own: a folder, a link."""
    for ending in COMPANIONS:
        beside = f"{os.path.realpath(path)}{ending}"
        if os.path.lexists(beside) and (os.path.islink(beside) or not os.path.isfile(beside)):
            return beside
    return None


def _of_access(code: int, detailed: int, path: str, saved: str) -> SixpingError | None:
    """Tell lacking permission from what looks like it: SQLite names no other reason."""
    if code in {sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return NoPermission(f"没有权限读写台账: {path} {saved}", ASK)
    if code not in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return None
    if detailed != sqlite3.SQLITE_READONLY_ROLLBACK and _may_be_opened(path, code):
        return InputOutput(
            f"打不开台账或它的日志文件, 权限是够的, 多半是打开的文件太多: {path} {saved}",
            "请关闭一些程序后重试; 仍不行请检查磁盘。",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return NoPermission(f"打不开台账: {path} {saved}", ASK)
    return NoPermission(
        f"没有写台账的权限, 或上次写入中断后有待回滚的内容: {path} {saved}",
        "请由能写该文件和所在目录的账号运行一次 sixping verify, 它会自动完成回滚。",
    )


def _may_be_opened(path: str, code: int) -> bool:
    """Tell whether this account has every permission that can have been needed.

    Who may only read a file opens nothing beside it; who may write it needs its folder and journal.
    """
    journal = f"{path}-journal"
    left = os.path.lexists(journal)
    if code == sqlite3.SQLITE_CANTOPEN and not os.access(path, os.W_OK):
        return os.access(path, os.R_OK) and not left
    needed = [path, os.path.dirname(os.path.abspath(path)), *([journal] if left else [])]
    return all(os.access(each, os.W_OK) for each in needed)


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a file turned out to be no database, or a damaged one."""
    return _primary(error) in _VERDICTS


def _seen_again(path: str, saved: str) -> SixpingError:
    """Look a second time: a transient read error also says "malformed" (E13)."""
    look = look_again(path)
    if look is Look.SOUND:
        return transient(path, saved)
    if look is Look.UNREAD:
        return unread(path, saved)
    if look is Look.FOREIGN:
        return _foreign(path)
    return LedgerUnusable(f"台账文件已损坏: {path}", DAMAGED)


def unread(path: str, saved: str = "") -> InputOutput:
    """Return what is said where nobody can tell whether the file is good."""
    return InputOutput(
        f"读写台账出错, 复查时也没有读成, 不能断定文件是好是坏: {path} {saved}",
        "请稍后重试; 仍不行请检查磁盘是否正常。",
    )


def transient(path: str, saved: str = "") -> InputOutput:
    """Return what is said of an error over a file that turned out to be good."""
    return InputOutput(f"读写台账时出了一次错, 复查文件是好的: {path} {saved}", "请重试。")


def _foreign(path: str) -> LedgerUnusable:
    return LedgerUnusable(
        f"这个文件不是 sixping 的台账, 或文件开头已损坏: {path}",
        "请核对路径; 路径没有错的, 换用最近的备份: sixping restore 备份文件。",
    )


class Look(Enum):
    """What a second look at a file found; ``UNREAD``: it could not be looked at."""

    SOUND = "sound"
    DAMAGED = "damaged"
    FOREIGN = "foreign"
    UNREAD = "unread"


def look_again(path: str) -> Look:
    """Read the whole file anew, then check what was read.

    Only the copying of pages tells one that cannot be read from one that says something wrong:
    statements call both of them malformed.
    """
    try:
        with scratch() as copy:
            name = uri(path, "rw" if os.access(path, os.W_OK) else "ro")
            with closing(sqlite3.connect(name, uri=True, timeout=1)) as con:
                try:
                    con.backup(copy, progress=unless_busy)  # no statement before it
                except sqlite3.Error as error:
                    return _VERDICTS.get(_primary(error), Look.UNREAD)
            return _checked_copy(copy)
    except (sqlite3.Error, OSError, MemoryError):
        return Look.UNREAD


_VERDICTS = {sqlite3.SQLITE_NOTADB: Look.FOREIGN, sqlite3.SQLITE_CORRUPT: Look.DAMAGED}


def copied_anew(con: Connection, copy: Connection, path: str) -> bool:
    """Copy all pages that a connection reads, to be checked a second time.

    Returns whether they can be those of a database. Raises ``InputOutput`` where the disk does not
    give them.
    """
    try:
        con.backup(copy, progress=unless_busy)
        apply_profile(copy, writing=False)
    except sqlite3.Error as error:
        if is_damage(error):
            return False
        raise unread(path) from error
    except (OSError, MemoryError) as error:
        raise unread(path) from error
    return True


def _primary(error: sqlite3.Error) -> int:
    if "unsupported file format" in str(error):  # a wrong byte in the header
        return sqlite3.SQLITE_CORRUPT
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF


def unless_busy(status: int, _: int, __: int) -> None:
    """Give up where another holds the file: the copying itself would wait for ever."""
    if status & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        raise TimeoutError


def _checked_copy(con: Connection) -> Look:
    try:
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON"):
            con.execute(f"PRAGMA {pragma}")
        if _application(con) != ddl.APPLICATION_ID:
            return Look.FOREIGN
        (version,) = con.execute("PRAGMA user_version").fetchone()
        if 0 < version <= len(ddl.MIGRATIONS) and differences(con, version):
            return Look.DAMAGED
        (line,) = con.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError:
        return Look.DAMAGED
    except sqlite3.Error as error:
        lacking = {sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}
        return Look.UNREAD if _primary(error) in lacking else Look.DAMAGED
    return Look.SOUND if line == "ok" else Look.DAMAGED


# --- the file ----------------------------------------------------------------------------


def real_path(path: str | os.PathLike[str]) -> str:
    """Follow links to the one name of the ledger; missing or doubly named is refused."""
    written = os.fspath(path)
    name = os.path.realpath(written)
    try:
        state = os.stat(name)
    except (FileNotFoundError, NotADirectoryError):
        raise LedgerUnusable(
            f"没有台账: {written}",
            "新建台账: sixping init; 先看看效果: sixping demo; 已有台账请用 --ledger 指明;"
            " 台账丢了的: sixping restore 备份文件。",
        ) from None
    except PermissionError as error:
        raise NoPermission(f"没有权限访问: {written}", ASK) from error
    except (OSError, ValueError) as error:
        raise LedgerUnusable(f"台账的路径用不了: {written!r}", "请核对 --ledger。") from error
    if not os.path.isfile(name):
        raise LedgerUnusable(f"这不是文件: {written}", "请核对 --ledger 的路径。")
    if state.st_nlink > 1 and (aside := other_name(name)) is not None:
        raise LedgerUnusable(
            f"上次恢复在换入备份之前中断: 台账还是原来的, 但有两个名字: {written} 和 {aside}",
            "请再运行一次 sixping restore 备份文件; 不恢复了的, 删去后一个名字。",
        )
    if state.st_nlink > 1:
        _require_one_name(name, written)
    return name


def _require_one_name(name: str, written: str) -> None:
    """Take away what a kill left beside the name of a ledger; refuse other names of it."""
    with explained(name, ""):
        count, others = settle_names(name)
    if count:
        here = "".join(f"; 另一个名字: {other}" for other in others)
        raise LedgerUnusable(
            f"台账文件有 {count + 1} 个名字 (硬链接), 同时使用会损坏: {written}{here}",
            "请删去多余的硬链接, 复制请用 sixping backup 文件。",
        )


def require_room_for_journal(path: str | os.PathLike[str]) -> None:
    """Refuse a name beside which no journal can stand: such a ledger could never be written to."""
    try:
        os.lstat(f"{os.fspath(path)}{max(COMPANIONS, key=len)}")
    except OSError as fault:
        if fault.errno == errno.ENAMETOOLONG:
            raise NotAllowed(
                f"文件名太长, 台账旁边放不下它的日志文件: {os.fspath(path)}",
                "请换一个短些的文件名。",
            ) from fault


def refuse_network(path: str, mounts: str = MOUNTS) -> None:
    """Refuse to write on a network share, whose locks SQLite cannot trust."""
    kind = mounted_as(path, mounts)
    if kind in NETWORK or path.startswith(("\\\\", "//")):
        raise LedgerUnusable(
            f"台账在网络共享目录上 ({kind or 'UNC'}), 多人写入会损坏: {path}",
            "请把台账移到本机磁盘, 其他人通过本机的 sixping 使用。",
        )


def uri(path: str, mode: str) -> str:
    """Return the SQLite URI of a file."""
    name = os.path.abspath(path)
    for sign, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        name = name.replace(sign, code)
    return f"file:{name}?mode={mode}"


def connect(path: str, mode: str) -> sqlite3.Connection:
    """Open the file as it is: no profile yet, no implicit transactions."""
    return sqlite3.connect(uri(path, mode), uri=True, timeout=WAIT_SECONDS, isolation_level=None)


#: rows of a file that a look ahead would put down, in a database of its own
FIRSTS = (
    "CREATE TABLE firsts (handle BLOB PRIMARY KEY, seq INTEGER NOT NULL, content BLOB NOT NULL,"
    " progress TEXT NOT NULL) WITHOUT ROWID"
)


def staged(places: int) -> str:
    """Return the table beside a ledger in which new cases wait: shape, number, seq and values."""
    values = "".join(f", v{place}" for place in range(2, places))
    return (
        f"CREATE TEMP TABLE staged (shape INTEGER, v0 TEXT, v1 INTEGER{values},"
        " PRIMARY KEY (shape, v1)) WITHOUT ROWID"
    )


@contextmanager
def scratch() -> Iterator[Connection]:
    """Yield an empty database for what need not stay in memory; it goes with the connection."""
    con = nameless()
    try:
        yield con
    finally:
        con.close()


def nameless() -> Connection:
    """Open an empty database in a file without a name: gone with the process, however it ends."""
    con = sqlite3.connect("", isolation_level=None)
    for pragma in ("temp_store=FILE", "journal_mode=OFF", "cache_size=-4000"):
        con.execute(f"PRAGMA {pragma}")
    return con


def open_writer(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open for writing with the profile read back; raises what ``explained`` raises."""
    name = real_path(path)
    if not os.access(name, os.W_OK):
        if not os.access(name, os.R_OK):
            raise NoPermission(f"没有读写台账的权限: {name}", ASK)
        raise NoPermission(f"没有写台账的权限: {name} {UNSAVED}", ASK)
    refuse_network(name)
    with explained(name):
        con = connect(name, "rw")
        try:
            check_identity(con, name)
            con.execute("PRAGMA journal_mode=DELETE")
            apply_profile(con, writing=True)
        except BaseException:
            con.close()
            raise
    return con


def open_reader(path: str | os.PathLike[str], *, checked: bool = True) -> sqlite3.Connection:
    """Open for reading: able to roll back after a kill, unable to change anything.

    One of an older format goes the way of ``Older``, where there is one, else it is refused.
    ``checked=False`` is for ``verify``, which reports a changed schema instead of refusing, and
    for ``backup``, which copies an older format as it is.
    """
    name = real_path(path)
    way = OLDER.get()
    try:
        return _reader(name, checked=checked)
    except OlderFormat:
        if way is None:
            raise
    return way.open(name) or _reader(name, checked=checked)


def _reader(name: str, *, checked: bool) -> sqlite3.Connection:
    if not os.access(name, os.R_OK):
        raise NoPermission(f"没有读台账的权限: {name}", ASK)
    writable = os.access(name, os.W_OK) and os.access(os.path.dirname(name), os.W_OK)
    with explained(name, ""):
        con = connect(name, "rw" if writable else "ro")
        try:
            check_identity(con, name)
            if checked:
                check_schema(con, name)
            apply_profile(con, writing=False)
        except BaseException:
            con.close()
            raise
    return con


class OlderFormat(LedgerUnusable):
    """The ledger was last written by an older program; this one can bring it up to date."""


class Older(NamedTuple):
    """What a command does with a ledger of an older format, by its path.

    ``upgrade`` brings it up to date or raises; ``open`` returns what is read instead of it, None
    once it is up to date.
    """

    upgrade: Callable[[str], object]
    open: Callable[[str], Connection | None]


OLDER: ContextVar[Older | None] = ContextVar("older", default=None)


def apply_profile(con: sqlite3.Connection, *, writing: bool) -> None:
    """Set the pragmas and read them back."""
    for pragma, value, _ in PROFILE:
        con.execute(f"PRAGMA {pragma}={value}")
    if not writing:
        con.execute("PRAGMA query_only=ON")
    for pragma, _, expected in PROFILE:
        row = con.execute(f"PRAGMA {pragma}").fetchone()
        # A build without memory mapping answers nothing: as good as 0.
        if row is not None and row[0] != expected:
            raise _unprotected(pragma, row[0])
    if writing:
        mode = con.execute("PRAGMA journal_mode").fetchone()[0]
        if mode != "delete":
            raise _unprotected("journal_mode", mode)
    elif con.execute("PRAGMA query_only").fetchone()[0] != 1:
        raise _unprotected("query_only", 0)


def _unprotected(pragma: str, value: object) -> LedgerUnusable:
    return LedgerUnusable(
        f"这台机器的 SQLite {sqlite3.sqlite_version} 不接受保护设置 {pragma} (现为 {value})。",
        "请关闭其他正在使用台账的程序后重试; 仍不行时请更换 SQLite 版本。",
    )


def check_identity(con: sqlite3.Connection, path: str) -> int:
    """Return the schema version; refuse what is not a ledger or comes from a newer program."""
    if _application(con) != ddl.APPLICATION_ID:
        with closing(connect(path, "ro")) as again:
            if _application(again) == ddl.APPLICATION_ID:
                raise transient(path)
        raise _foreign(path)
    version: int = con.execute("PRAGMA user_version").fetchone()[0]
    if version > len(ddl.MIGRATIONS):
        raise LedgerUnusable(
            f"台账由更新的 sixping 写成 (格式 {version}, 本程序懂到 {len(ddl.MIGRATIONS)}): {path}",
            "请升级 sixping 后再用; 为免损坏, 旧程序不读也不写。",
        )
    return version


def _application(con: sqlite3.Connection) -> int:
    found: int = con.execute("PRAGMA application_id").fetchone()[0]
    return found


def is_of_another_program(con: sqlite3.Connection) -> bool:
    """Return whether a database reads well and has none of what every ledger has.

    A ledger whose first bytes are damaged still has its tables.
    """
    names = {name for _, name, _ in con.execute(_SCHEMA)}
    ours = {name for _, name in expected_schema(ddl.MIGRATIONS)}
    return bool(names) and _application(con) != ddl.APPLICATION_ID and not len(names & ours) > 1


def check_schema(con: sqlite3.Connection, path: str) -> None:
    """Refuse an older format, and whatever ``check_identity`` and ``check_released`` refuse."""
    version, newest = check_identity(con, path), len(ddl.MIGRATIONS)
    if version < 1:
        raise LedgerUnusable(f"台账的格式号 ({version}) 被改动过: {path}", DAMAGED)
    if version < newest:
        raise OlderFormat(f"台账的格式是旧的 ({version}, 现在是 {newest}): {path}", UPGRADE)
    check_released(con, path, version)


UPGRADE = (
    "请由能写台账和所在文件夹的账号运行 sixping rebuild, 先另存一份再升级; "
    "登记、办理等要写台账的命令也会这样做。"
)


def check_released(con: sqlite3.Connection, path: str, version: int) -> None:
    """Refuse tables, indexes, triggers or views that are not the released ones of a format."""
    differing = differences(con, version)
    if differing:
        raise LedgerUnusable(
            f"台账的结构被改动过: {'、'.join(differing)}: {path}",
            "sixping 不在改动过的结构上工作。请运行 sixping verify 查看, 或从备份恢复。",
        )


def differences(con: sqlite3.Connection, version: int) -> list[str]:
    """Name what the schema has too much, too little or otherwise; empty when as released."""
    present = {(t, n): s for t, n, s in con.execute(_SCHEMA)}
    expected = expected_schema(ddl.MIGRATIONS[:version])
    if present == expected:
        return []
    keys = present.keys() | expected.keys()
    return sorted(n for (t, n) in keys if present.get((t, n)) != expected.get((t, n)))


_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def statistics(con: sqlite3.Connection) -> list[str]:
    """Name the tables of ANALYZE: other programs make them when they only look."""
    found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'sqlite_stat[1-4]'"
    return [name for (name,) in con.execute(found)]


@lru_cache(maxsize=2)
def expected_schema(steps: tuple[tuple[str, ...], ...]) -> dict[tuple[str, str], str]:
    """Return (type, name) → SQL after these steps, as SQLite keeps it."""
    if (kept := written(steps)) is not None:
        return kept
    con = sqlite3.connect(":memory:", isolation_level=None)
    try:
        allow_rebuilt_tables(con)
        for step in steps:
            run(con, step)
        return {(t, n): s for t, n, s in con.execute(_SCHEMA)}
    finally:
        con.close()


_ADDED = " ADD COLUMN "
_KEY = ",\n  PRIMARY KEY"


def written(steps: tuple[tuple[str, ...], ...]) -> dict[tuple[str, str], str] | None:
    """Return (type, name) → SQL after these steps as SQLite keeps it, without running them.

    Every start asks, and running them costs milliseconds. None where a step does more than make,
    drop views, and add columns.
    """
    kept: dict[tuple[str, str], str] = {}
    for sql in (sql for step in steps for sql in step):
        words = sql.split(None, 4)
        if words[0] == "CREATE":
            kind = 2 if words[1] == "UNIQUE" else 1
            kept[words[kind].lower(), words[kind + 1]] = sql
        elif words[:2] == ["DROP", "VIEW"]:  # with a table its indexes go
            del kept["view", words[2]]
        elif words[0] == "ALTER" and _ADDED in sql and _KEY in kept["table", words[2]]:
            column = sql.partition(_ADDED)[2]
            table = kept["table", words[2]]
            kept["table", words[2]] = table.replace(_KEY, f", {column}{_KEY}")
        else:
            return None
    return kept


def allow_rebuilt_tables(con: Connection) -> None:
    """Let a step replace a table that others refer to; before BEGIN, or it changes nothing."""
    con.execute("PRAGMA foreign_keys=OFF")
    con.execute("PRAGMA legacy_alter_table=ON")


def begin(con: Connection) -> None:
    """Begin to write: no other process writes from here to ``commit`` or the rollback."""
    con.execute("BEGIN IMMEDIATE")


def commit(con: Connection) -> None:
    """Make what was written durable; only then may it be acknowledged (decision 3)."""
    con.execute("COMMIT")


def hold_still(con: Connection) -> None:
    """Read one state of the ledger from here on, whatever others write."""
    con.execute("BEGIN")


@contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[Connection]:
    """Read one state of the ledger; close before rendering, writers wait for it.

    Raises ``LedgerUnusable``, ``LedgerBusy``, ``NoPermission`` or ``InputOutput``.
    """
    with opened(path) as con:
        hold_still(con)
        yield con


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[Connection]:
    """Open the ledger to read it page by page, each ``still``; raises as ``reading`` does."""
    with explained_sqlite(os.fspath(path), ""), closing(open_reader(path)) as con:
        yield con


@contextmanager
def still(con: Connection) -> Iterator[None]:
    """Read one state of the ledger for a moment; writers go on in between."""
    hold_still(con)
    try:
        yield
    finally:
        if con.in_transaction:  # a failing read has ended it already
            con.execute("ROLLBACK")  # nothing was written


def run(con: sqlite3.Connection, statements: Sequence[str]) -> None:
    """Execute statements one by one: executescript would commit in between (E9)."""
    for statement in statements:
        con.execute(statement)


def copy(source: Connection, target: str) -> None:
    """Copy through the backup API: right also while others write (E14)."""
    con = connect(target, "rw")
    try:
        source.backup(con)
        con.execute("PRAGMA journal_mode=DELETE")
    finally:
        con.close()


def compact(con: Connection) -> None:
    """Write the file anew, page by page: what was deleted is in none of them."""
    con.execute("VACUUM")


def check_pages(con: Connection, path: str) -> None:
    """Refuse a file whose pages are damaged: what a look can afford, half a second for 50 MB."""
    with explained_sqlite(path, ""):
        _check(con, path, "PRAGMA quick_check(1)")


def check_sound(con: Connection, path: str) -> None:
    """Refuse a file whose pages or rows are damaged."""
    _check(con, path, "PRAGMA integrity_check(1)")


def _check(con: Connection, path: str, check: str) -> None:
    """Refuse what a check finds twice, the second time in a copy of the pages (E13)."""
    if con.execute(check).fetchone()[0] == "ok":
        return
    with scratch() as copy:
        if copied_anew(con, copy, path) and copy.execute(check).fetchone()[0] == "ok":
            raise transient(path)
    raise LedgerUnusable(f"台账文件已损坏: {path}", DAMAGED)

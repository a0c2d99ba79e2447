"""Everything only SQLite knows: where its file may lie, opening, profile, identity, errors.

Each connection gets the profile of decision 4 and has it read back: a build or a wrapper
that silently ignores a pragma is refused, not trusted. Nothing but SQLite itself ever
opens the file of a ledger (closing a second descriptor would drop its locks).
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sixping.errors import (
    InputOutput,
    LedgerBusy,
    LedgerUnusable,
    NoPermission,
    NotAllowed,
    system_reason,
)
from sixping.store import ddl
from sixping.store.rescue.aside import other_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Connection = sqlite3.Connection
Error = sqlite3.Error
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
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs"}
)


@contextmanager
def explained_sqlite(path: str, saved: str = "这一步没有保存。") -> Iterator[None]:
    """Turn what SQLite raises into sentences; ``saved`` says what became of the step."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, path, saved) from error


@contextmanager
def explained(path: str, saved: str = "这一步没有保存。") -> Iterator[None]:
    """Turn what SQLite and the system raise into sentences."""
    try:
        with explained_sqlite(path, saved):
            yield
    except UnicodeDecodeError as error:
        raise LedgerUnusable(f"台账里有无法识别的文字: {path}", DAMAGED) from error
    except PermissionError as error:
        raise NoPermission(f"没有权限读写: {error.filename or path}", ASK) from error
    except OSError as error:
        raise InputOutput(
            f"读写失败: {error.filename or path} ({system_reason(error)}) {saved}", SPACE
        ) from error


ASK = "请用有权限的账号运行, 或请管理员开放该文件和所在目录的权限。"
SPACE = "请检查磁盘空间和磁盘状态后重试。"
DAMAGED = "请先另存一份原文件, 运行 sixping verify 查看, 再换用最近的备份。"


def _translated(error: sqlite3.Error, path: str, saved: str) -> Exception:
    extended = getattr(error, "sqlite_errorcode", None) or 0
    code = extended & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LedgerBusy(
            f"台账正被另一个程序使用, 等了 {WAIT_SECONDS:.0f} 秒仍未轮到: {path} {saved}",
            "请稍后重试。",
        )
    if extended == sqlite3.SQLITE_READONLY_ROLLBACK or code == sqlite3.SQLITE_READONLY:
        return NoPermission(
            f"没有写台账的权限, 或上次写入中断后有待回滚的内容: {path} {saved}",
            "请由能写该文件和所在目录的账号运行一次 sixping verify, 它会自动完成回滚。",
        )
    if code in {sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        return NoPermission(f"没有权限读写台账: {path} {saved}", ASK)
    if code == sqlite3.SQLITE_CANTOPEN:
        return NoPermission(f"打不开台账: {path} {saved}", ASK)
    if code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOLFS}:
        what = "磁盘已满" if code == sqlite3.SQLITE_FULL else "磁盘读写出错"
        return InputOutput(f"{what}: {path} {saved}", SPACE)
    if code == sqlite3.SQLITE_NOTADB:
        return LedgerUnusable(f"这个文件不是 sixping 的台账: {path}", "请核对 --ledger 的路径。")
    if code == sqlite3.SQLITE_CORRUPT:
        return _damage(path)
    if code == sqlite3.SQLITE_CONSTRAINT:
        return NotAllowed(
            f"与台账里已有的记录冲突 ({error}): {saved}", "请用 sixping log 查看是否已经登记。"
        )
    if code == sqlite3.SQLITE_NOMEM:
        return InputOutput(f"内存不足: {path} {saved}", "请关闭其他程序后重试。")
    return LedgerUnusable(f"台账读写出错 ({error}): {path} {saved}", DAMAGED)


def is_damage(error: sqlite3.Error) -> bool:
    """Return whether a file turned out to be no database, or a damaged one."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def _damage(path: str) -> Exception:
    """Look a second time: a transient read error also says "malformed" (E13)."""
    try:
        con = sqlite3.connect(uri(path, "ro"), uri=True, timeout=1)
        try:
            sound = con.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        finally:
            con.close()
    except (sqlite3.Error, UnicodeDecodeError):
        sound = False
    if sound:
        return InputOutput(f"读台账时出了一次错, 复查文件是好的: {path}", "请重试。")
    return LedgerUnusable(f"台账文件已损坏: {path}", DAMAGED)


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
            "新建台账: sixping init; 先看看效果: sixping demo; 已有台账请用 --ledger 指明。",
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
        raise LedgerUnusable(
            f"台账文件有 {state.st_nlink} 个名字 (硬链接), 同时使用会损坏: {written}",
            "请删去多余的硬链接, 复制请用 sixping backup 文件。",
        )
    return name


def refuse_network(path: str, mounts: str = "/proc/self/mountinfo") -> None:
    """Refuse to write on a network share, whose locks SQLite cannot trust."""
    kind = mounted_as(path, mounts)
    if kind in NETWORK or path.startswith(("\\\\", "//")):
        raise LedgerUnusable(
            f"台账在网络共享目录上 ({kind or 'UNC'}), 多人写入会损坏: {path}",
            "请把台账移到本机磁盘, 其他人通过本机的 sixping 使用。",
        )


def mounted_as(path: str, mounts: str) -> str | None:
    """Return the type of the file system a path lies on, where the system tells."""
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as lines:
            table = [line.split(" - ", 1) for line in lines]
    except OSError:
        return None
    best, kind = "", None
    for head, *tail in table:
        point = head.split()[4].replace("\\040", " ")
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if tail and inside and len(point) >= len(best):
            best, kind = point, tail[0].split()[0]
    return kind


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
    con = sqlite3.connect("", isolation_level=None)  # a file without a name, once it is large
    try:
        for pragma in ("temp_store=FILE", "journal_mode=OFF", "cache_size=-4000"):
            con.execute(f"PRAGMA {pragma}")
        yield con
    finally:
        con.close()


def open_writer(path: str | os.PathLike[str]) -> sqlite3.Connection:
    """Open for writing with the profile read back; raises what ``explained`` raises."""
    name = real_path(path)
    if not os.access(name, os.W_OK):
        if not os.access(name, os.R_OK):
            raise NoPermission(f"没有读写台账的权限: {name}", ASK)
        raise NoPermission(f"没有写台账的权限: {name} 这一步没有保存。", ASK)
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

    ``checked=False`` is for ``verify``, which reports a changed schema instead of refusing.
    """
    name = real_path(path)
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
    if con.execute("PRAGMA application_id").fetchone()[0] != ddl.APPLICATION_ID:
        raise LedgerUnusable(f"这个文件不是 sixping 的台账: {path}", "请核对 --ledger 的路径。")
    version: int = con.execute("PRAGMA user_version").fetchone()[0]
    if version > len(ddl.MIGRATIONS):
        raise LedgerUnusable(
            f"台账由更新的 sixping 写成 (格式 {version}, 本程序懂到 {len(ddl.MIGRATIONS)}): {path}",
            "请升级 sixping 后再用; 为免损坏, 旧程序不读也不写。",
        )
    return version


def check_schema(con: sqlite3.Connection, path: str) -> None:
    """Refuse a ledger whose tables, indexes, triggers or views are not the released ones."""
    version = con.execute("PRAGMA user_version").fetchone()[0]
    if version < len(ddl.MIGRATIONS):
        raise LedgerUnusable(
            f"台账的格式是旧的 ({version}, 现在是 {len(ddl.MIGRATIONS)}): {path}",
            "运行任意一个登记或办理的命令, 会先备份再自动升级。",
        )
    differing = differences(con)
    if differing:
        raise LedgerUnusable(
            f"台账的结构被改动过: {'、'.join(differing)}: {path}",
            "sixping 不在改动过的结构上工作。请运行 sixping verify 查看, 或从备份恢复。",
        )


def differences(con: sqlite3.Connection) -> list[str]:
    """Name what the schema has too much, too little or otherwise; empty when as released."""
    present = {(t, n): s for t, n, s in con.execute(_SCHEMA)}
    expected = expected_schema()
    if present == expected:
        return []
    keys = present.keys() | expected.keys()
    return sorted(n for (t, n) in keys if present.get((t, n)) != expected.get((t, n)))


_SCHEMA = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def expected_schema() -> dict[tuple[str, str], str]:
    """Return (type, name) → SQL of the newest version, as SQLite keeps it."""
    if len(ddl.MIGRATIONS) == 1:  # SQLite keeps a CREATE verbatim: no need to run it
        return {_named(sql): sql for sql in ddl.MIGRATIONS[0]}
    con = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in ddl.MIGRATIONS:
            run(con, step)
        return {(t, n): s for t, n, s in con.execute(_SCHEMA)}
    finally:
        con.close()


def _named(sql: str) -> tuple[str, str]:
    words = sql.split(None, 4)
    kind = 2 if words[1] == "UNIQUE" else 1
    return words[kind].lower(), words[kind + 1]


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
    con = open_reader(path)
    try:
        with explained_sqlite(os.fspath(path), ""):
            yield con
    finally:
        con.close()


@contextmanager
def still(con: Connection) -> Iterator[None]:
    """Read one state of the ledger for a moment; writers go on in between."""
    hold_still(con)
    try:
        yield
    finally:
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


def check_sound(con: Connection, path: str) -> None:
    """Refuse a file whose pages or rows are damaged."""
    if con.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
        raise LedgerUnusable(f"台账文件已损坏: {path}", DAMAGED)

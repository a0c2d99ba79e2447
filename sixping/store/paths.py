"""Where a ledger lies: its one name, the kind of disk, and names that last."""

from __future__ import annotations

import os

from sixping.errors import LedgerUnusable, NoPermission

ASK = "请用有权限的账号运行, 或请管理员开放该文件和所在目录的权限。"
NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.davfs"}
)


def real_path(path: str | os.PathLike[str]) -> str:
    """Follow links to the one name of the ledger; missing or doubly named is refused."""
    given = os.fspath(path)
    name = os.path.realpath(given)
    try:
        state = os.stat(name)
    except (FileNotFoundError, NotADirectoryError):
        raise LedgerUnusable(
            f"没有台账: {given}",
            "新建台账: sixping init; 先看看效果: sixping demo; 已有台账请用 --ledger 指明。",
        ) from None
    except PermissionError as error:
        raise NoPermission(f"没有权限访问: {given}", ASK) from error
    except (OSError, ValueError) as error:
        raise LedgerUnusable(f"台账的路径用不了: {given!r}", "请核对 --ledger。") from error
    if not os.path.isfile(name):
        raise LedgerUnusable(f"这不是文件: {given}", "请核对 --ledger 的路径。")
    if state.st_nlink > 1:
        raise LedgerUnusable(
            f"台账文件有 {state.st_nlink} 个名字 (硬链接), 同时使用会损坏: {given}",
            "请删去多余的硬链接, 复制请用 sixping backup。",
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


def sync_directory(path: str) -> None:
    """Make the names in a directory durable, where the system can."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # Windows opens no directories
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: str) -> None:
    """Make a finished file durable."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The files of a ledger: where they lie, who may read them, how much room there is."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sixping.errors import SixpingError
from sixping.services.upkeep.health.look import Told
from sixping.store import ddl, sqlite
from sixping.util.files import abandoned
from sixping.util.mounts import MOUNTS, NETWORK, mounted_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.services.upkeep.health.look import Look

LEAST_FREE = 200 * 2**20
TIMES_THE_LEDGER = 3
"""A backup, an upgrade's copy and the journal of a large step: each as large as the ledger."""
_LOST_AT_RESTART = frozenset({"tmpfs", "ramfs"})
_NAMED = 3


def ledger(look: Look) -> Told:
    """Tell whether the ledger is there and can be read, each page of it."""
    fault = look.fault
    if look.con is not None:
        try:
            sqlite.check_pages(look.con, str(look.path))
        except SixpingError as found:
            fault = found
    if fault is not None:
        return Told(False, fault.what, f"{fault.hint}{_last_backup(look, fault)}")
    return Told(True, f"{look.path} (第 {look.seq} 号)")


def _last_backup(look: Look, fault: SixpingError) -> str:
    """Name the backup to restore, where a restore is what would help."""
    last = look.last("backup") if " restore " in fault.hint else None
    if last is None or not last.where or not Path(last.where).is_file():
        return ""
    return f" 最近的备份 ({last.at:%Y-%m-%d %H:%M}): sixping restore {last.where}"


def own_format(look: Look) -> Told:
    """Tell whether the ledger has the format of this version."""
    if look.format is None:
        return Told(None, "读不出台账的格式")
    if look.format < len(ddl.MIGRATIONS):
        what = f"台账是旧的格式 ({look.format}, 现在是 {len(ddl.MIGRATIONS)})"
        return Told(False, what, sqlite.UPGRADE)
    return Told(True, f"格式 {look.format}")


def names(look: Look) -> Told:
    """Tell whether the ledger has one name: each of two would have a journal of its own."""
    if not _real(look).is_file():
        return Told(None, "没有台账")
    count = _real(look).stat().st_nlink
    if count > 1:
        what = f"台账文件有 {count} 个名字 (硬链接): {look.path}"
        return Told(False, what, "请删去多余的名字; 要复制请用 sixping backup 文件。")
    return Told(True, "只有一个名字")


def mode(look: Look) -> Told:
    """Tell whether the ledger has a rollback journal, as its profile wants."""
    if not look.exists:
        return Told(None, "没有台账")
    if look.wal:
        what = "台账被别的程序改成了 WAL 方式"
        return Told(False, what, "请关闭那个程序; 下一次登记会改回来。")
    return Told(True, "回滚日志")


def permissions(look: Look) -> Told:
    """Tell whether only owner and group read the ledger and its backup, and may replace it."""
    if os.name != "posix":
        return Told(None, "这个系统上不检查权限")
    if open_to_all := [path for path in _private_files(look) if _mode(path) & stat.S_IROTH]:
        what = f"任何账号都能读: {_listed(open_to_all)}, 里面有反映人的电话和住址"
        return Told(False, what, f"请运行: chmod o-rwx {open_to_all[0]}")
    folder = _real(look).parent
    if _mode(folder) & stat.S_IWOTH and not _mode(folder) & stat.S_ISVTX:
        what = f"任何账号都能换掉台账文件: {folder} 人人可写"
        return Told(False, what, f"请运行: chmod o-w {folder}")
    if look.exists and not (os.access(look.path, os.W_OK) and os.access(folder, os.W_OK)):
        return Told(None, "这个账号只能读台账", "登记要由能写台账文件和所在文件夹的账号进行。")
    return Told(True, "别的账号读不到台账和备份")


def _private_files(look: Look) -> Iterator[Path]:
    backup = look.last("backup")
    places = [_real(look), *([Path(backup.where)] if backup and backup.where else [])]
    if backup and backup.where and Path(backup.where).is_dir():
        places += sorted(Path(backup.where).glob("*.sqlite3"))
    yield from (place for place in places if place.is_file())


def mount(look: Look) -> Told:
    """Tell whether the ledger lies on a disk of this machine that stays and can be written."""
    place = _nearest(_real(look))
    kind = mounted_as(str(place), MOUNTS)
    if kind in NETWORK:
        what = f"台账在网络共享目录上 ({kind}), 多人写入会损坏"
        return Told(False, what, "请把台账移到本机磁盘。")
    if kind in _LOST_AT_RESTART:
        return Told(False, f"台账在内存盘上 ({kind}), 重启即失", "请把台账移到磁盘上。")
    if hasattr(os, "statvfs") and os.statvfs(place).f_flag & os.ST_RDONLY:
        return Told(False, f"磁盘只读: {place}", "请检查磁盘; 出错的磁盘会被系统改为只读。")
    if kind == "overlay":
        return Told(None, "台账在容器自己的盘上, 删去容器即失", "请把台账放在挂载的卷上。")
    return Told(True if kind else None, f"磁盘类型 {kind}" if kind else "查不出磁盘类型")


def space(look: Look) -> Told:
    """Tell whether there is room for a backup, an upgrade and a large step."""
    place = _nearest(_real(look))
    free = shutil.disk_usage(place).free
    size = look.path.stat().st_size if look.exists else 0
    wanted = max(LEAST_FREE, TIMES_THE_LEDGER * size)
    what = f"剩余 {_megabytes(free)}, 至少要 {_megabytes(wanted)}: {place}"
    if free < wanted:
        return Told(False, what, "请清理磁盘, 或把旧备份移到别处。")
    return Told(True, what)


def leftovers(look: Look) -> Told:
    """Tell whether nothing is left of commands that were killed."""
    if not look.exists:
        return Told(None, "没有台账")
    folders = dict.fromkeys(place.parent for place in _private_files(look))
    found = [left for folder in folders for left in abandoned(folder)]
    if found:
        what = f"中断的命令留下 {len(found)} 个文件: {_listed(found)}"
        return Told(False, what, "里面可能有反映人的信息: 确认没有正在运行的 sixping 后, 请删去。")
    return Told(True, "没有残留文件")


def _real(look: Look) -> Path:
    return Path(os.path.realpath(look.path))


def _nearest(path: Path) -> Path:
    """Return the folder that a ledger lies in, or would."""
    return next(each for each in (path.parent, *path.parents, Path()) if each.is_dir())


def _mode(path: Path) -> int:
    with suppress(OSError, SixpingError):
        return path.stat().st_mode
    return 0


def _listed(paths: list[Path]) -> str:
    more = f" 等 {len(paths)} 个" if len(paths) > _NAMED else ""
    return "、".join(map(str, paths[:_NAMED])) + more


def _megabytes(size: int) -> str:
    return f"{size / 2**20:,.0f} MB"

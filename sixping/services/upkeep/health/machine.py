"""What the machine is fit for: Python, SQLite, libraries, signs and letters, its clock's zone."""

from __future__ import annotations

import locale
import os
import shutil
import sys
from datetime import date, datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from sixping.services.upkeep.health.look import Told
from sixping.store import sqlite

if TYPE_CHECKING:
    from sixping.services.upkeep.health.look import Look

#: when a version of Python gets no security fixes any more (PEP 664, 693, 719, 745)
PYTHON_UNTIL = {
    (3, 11): date(2027, 10, 31), (3, 12): date(2028, 10, 31), (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}  # fmt: skip
#: what an optional library is for
LIBRARIES = {
    "python_calamine": "读旧版工作簿 (.xls)", "xlsxwriter": "写工作簿 (.xlsx)",
    "orjson": "加快大文件的读写",
}  # fmt: skip
SIGNS = "台账“…”—①"
_FONTS_WITHIN = 20  # seconds
_BEHIND_SECONDS = 120  # as much a clock may go back when it is set right
_AHEAD_SECONDS = 31 * 86400


class Fault(NamedTuple):
    """A known fault of SQLite: first and last version, the fixed ones between, where it bites."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    fixed: tuple[tuple[int, ...], ...]
    only_wal: bool
    what: str


FAULTS = (
    Fault(
        (3, 7, 0), (3, 51, 2), ((3, 44, 6), (3, 50, 7)), only_wal=True,
        what="WAL 重置时可能丢失已提交的内容",
    ),
    Fault((0,), (3, 7, 17), (), only_wal=False, what="旧版本有会损坏文件的错误"),
)  # fmt: skip
"""Sources: research/reliability.md §2 (WAL-reset); sqlite.org/howtocorrupt.html §8."""
TRIED_SINCE = (3, 37)


def python(look: Look) -> Told:
    """Tell whether Python gets security fixes."""
    version = f"Python {sys.version.split()[0]}"
    until = PYTHON_UNTIL.get(sys.version_info[:2])
    if until is None:
        return Told(None, f"{version}: 没有试过的版本", "请用 Python 3.11 到 3.14。")
    if look.now.date() > until:
        return Told(False, f"{version} 自 {until} 起不再有安全更新", "请换用较新的 Python。")
    return Told(True, version)


def database(look: Look) -> Told:
    """Tell whether SQLite has a known fault that touches the ledger."""
    version = tuple(map(int, sqlite.VERSION.split(".")))
    said = f"SQLite {sqlite.VERSION}"
    for fault in FAULTS:
        if _touched(fault, version, wal=look.wal):
            return Told(False, f"{said}: {fault.what}", "请更换为 SQLite 3.51.3 以上的版本。")
    if version < TRIED_SINCE:
        return Told(None, f"{said}: 没有在这样旧的版本上试过", "请更换为较新的版本。")
    return Told(True, f"{said}, 没有影响台账的已知错误")


def _touched(fault: Fault, version: tuple[int, ...], *, wal: bool) -> bool:
    if not fault.first <= version <= fault.last or (fault.only_wal and not wal):
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in fault.fixed)


def profile(_: Look) -> Told:
    """Tell whether SQLite takes every protecting setting; raises ``LedgerUnusable`` if not."""
    with sqlite.scratch() as con:
        sqlite.apply_profile(con, writing=False)
    return Told(True, f"{len(sqlite.PROFILE)} 项保护设置都已生效")


def libraries(_: Look) -> Told:
    """Tell whether the optional libraries are there."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        what = "、".join(f"{name} ({LIBRARIES[name]})" for name in missing)
        return Told(None, f"没有装: {what}", '要用请运行: python -m pip install "sixping[office]"')
    return Told(True, "可选的库都已安装")


def encoding(_: Look) -> Told:
    """Tell whether what is written can be Chinese."""
    names = {
        "终端": getattr(sys.stdout, "encoding", None), "文件": locale.getpreferredencoding(False),
        "文件名": sys.getfilesystemencoding(),
    }  # fmt: skip
    unfit = [f"{place} {name}" for place, name in names.items() if name and not _writes(name)]
    if unfit:
        return Told(
            False, f"写不出中文的编码: {', '.join(unfit)}", "请设 LANG=C.UTF-8 或 PYTHONUTF8=1。"
        )
    return Told(True, f"编码 {names['终端'] or names['文件']}")


def _writes(name: str) -> bool:
    try:
        SIGNS.encode(name)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def fonts(_: Look) -> Told:
    """Tell whether there is a Chinese font, which only paper made on this machine needs."""
    program = shutil.which("fc-list")
    if program is None:
        return Told(None, "查不出装了哪些字体", "只在本机把文书转成 PDF 或打印时才需要中文字体。")
    import subprocess

    found = subprocess.run(  # noqa: S603 - the system's own list of fonts
        [program, ":lang=zh", "family"], capture_output=True, check=False, timeout=_FONTS_WITHIN
    )
    if not found.stdout.strip():
        hint = "只在本机把文书转成 PDF 或打印时才需要, 如 fonts-noto-cjk。"
        return Told(None, "没有装中文字体", hint)
    return Told(True, "有中文字体")


def zone(look: Look) -> Told:
    """Tell whether the machine's zone is that of Beijing, by which the program counts anyhow."""
    if (
        datetime.fromtimestamp(look.now.timestamp()).astimezone().utcoffset()
        == look.now.utcoffset()
    ):
        return Told(True, "北京时间; 程序不依赖时区数据")
    return Told(
        None, "机器的时区不是北京时间; 程序自己按北京时间计, 也不依赖时区数据",
        "请确认时钟是自动校准的, 而不是人工拨成了北京时间 (那样会差几个小时)。",
    )  # fmt: skip


def clock(look: Look) -> Told:
    """Tell whether the clock is behind the last event, or oddly far ahead of it."""
    if look.stated_now or "SIXPING_NOW" in os.environ:
        return Told(False, "SIXPING_NOW 代替了时钟", "正式使用时请取消该变量。")
    if look.recorded is None:
        return Told(None, "没有可以对照的记录")
    ahead = (look.now - look.recorded).total_seconds()
    if ahead < -_BEHIND_SECONDS:
        recorded = f"第 {look.seq} 号, {look.recorded:%Y-%m-%d %H:%M}"
        what = f"时钟比最后一条记录早 {_span(-ahead)} ({recorded})"
        return Told(False, what, "请校准时钟, 再登记; 期限按时钟计算。")
    if ahead > _AHEAD_SECONDS:
        what = f"距最后一条记录已 {_span(ahead)}"
        return Told(None, what, "若不是久未使用, 请核对时钟。")
    return Told(True, "不早于最后一条记录")


def _span(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    return f"{days} 天" if days else f"{hours} 小时" if hours else f"{minutes} 分钟"

"""Every promise this machine cannot keep now, each with what to do (``doctor``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.errors import SixpingError
from sixping.services.upkeep.health import care, files, machine, rules
from sixping.services.upkeep.health.look import UNREADABLE, Look, Told, looking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path


class Check(NamedTuple):
    """One thing looked at: its name for people, and what looks."""

    label: str
    look: Callable[[Look], Told]


CHECKS: Final[dict[str, Check]] = {
    "ledger": Check("台账", files.ledger),
    "format": Check("台账的格式", files.own_format),
    "names": Check("台账的名字", files.names),
    "mode": Check("写入方式", files.mode),
    "permissions": Check("权限", files.permissions),
    "mount": Check("磁盘", files.mount),
    "space": Check("剩余空间", files.space),
    "leftovers": Check("残留文件", files.leftovers),
    "backup": Check("备份", care.backup),
    "anchor": Check("锚点", care.anchor),
    "drill": Check("备份演练", care.drill),
    "verify": Check("核验", care.check),
    "witness": Check("与本机记录对照", care.witness),
    "holidays": Check("放假安排", rules.holidays),
    "recount": Check("期限调整", rules.recount),
    "rules": Check("规则", rules.folder),
    "clock": Check("时钟", machine.clock),
    "zone": Check("时区", machine.zone),
    "sqlite": Check("SQLite", machine.database),
    "profile": Check("保护设置", machine.profile),
    "python": Check("Python", machine.python),
    "libraries": Check("可选的库", machine.libraries),
    "encoding": Check("编码", machine.encoding),
    "fonts": Check("字体", machine.fonts),
}


def examine(path: Path, now: datetime, *, stated_now: bool = False) -> dict[str, Told]:
    """Return what every check came to; a ledger that cannot be read is a finding."""
    with looking(path, now, stated_now=stated_now) as look:
        return dict(_each(look))


def _each(look: Look) -> Iterator[tuple[str, Told]]:
    for name, check in CHECKS.items():
        try:
            yield name, check.look(look)
        except UNREADABLE as fault:
            if name == "profile" and isinstance(fault, SixpingError):
                yield name, Told(False, fault.what, fault.hint)
                continue
            why = f": {fault.what}" if isinstance(fault, SixpingError) else ""
            yield name, Told(None, f"查不出{why}", "台账若在, 请运行 sixping verify 查看。")

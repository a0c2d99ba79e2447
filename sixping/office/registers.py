"""Which registers the street keeps, and from which day on each counts.

Each sleeps until somebody switches it on: asleep, nothing may be recorded in it, and nothing
shows it. What was recorded before it was switched off again stays. The subject of each event is
the register's key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact
from sixping.errors import NotAllowed
from sixping.office import streams
from sixping.policy.registers import REGISTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "register"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterOpened(Recorded):
    """The street keeps a register; it counts from ``day`` on, and says nothing of days before."""

    kind: ClassVar[str] = "register_opened"

    register: str
    day: date = fact(date.fromisoformat)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClosed(Recorded):
    """The street keeps the register no longer."""

    kind: ClassVar[str] = "register_closed"

    register: str


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (RegisterOpened, RegisterClosed)}


def fold(entries: Iterable[StreamEntry]) -> dict[str, StreamEntry]:
    """Return the registers kept → how each was opened. Raises ``NotAllowed``."""
    kept: dict[str, StreamEntry] = {}
    for entry in entries:
        key = entry.event.register
        opens, title = isinstance(entry.event, RegisterOpened), REGISTERS[key].title
        if opens and key in kept:
            raise NotAllowed(
                f"{title}登记已自 {kept[key].event.day} 起启用。",
                f"要改日期请先撤销: sixping register void {kept[key].seq} --reason 理由;"
                f" 已有记录的先停用: sixping register off {title}",
            )
        if not opens and key not in kept:
            raise NotAllowed(f"{title}登记没有启用。", "见 sixping register list。")
        if opens:
            kept[key] = entry
        else:
            del kept[key]
    return kept


def begun(con: Connection, register: str, as_of: int | None = None) -> date | None:
    """Return the day from which a register counts; None: it sleeps."""
    entries = streams.entries(con, STREAM, register, as_of)
    opened = streams.stored(fold, entries).get(register) if entries else None
    return opened.event.day if opened else None


def require(con: Connection, register: str, as_of: int | None = None) -> date:
    """Return the day from which a register counts. Raises ``NotAllowed`` while it sleeps."""
    day = begun(con, register, as_of)
    if day is None:
        title, _, clause = REGISTERS[register]
        if as_of is not None and (since := begun(con, register)):
            raise NotAllowed(
                f"在那一刻{title}登记没有启用 ({clause}), 没有可列的。",
                f"现在的登记自 {since} 起; 请换一个时间, 或不写 --as-of。",
            )
        raise NotAllowed(
            f"{title}登记还没有启用 ({clause}), 没有记录。",
            f"启用后再记: sixping register on {title}",
        )
    return day


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a register. Raises ``NotAllowed``."""
    fold(rest)

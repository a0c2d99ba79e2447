"""Switching the registers of a street on and off, all that were named or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.office import registers, streams
from sixping.office.registers import RegisterClosed, RegisterOpened
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.policy.registers import REGISTERS
from sixping.queries.office import registers_begun
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


def rows(con: Connection, as_of: int | None = None) -> list[dict[str, Any]]:
    """Return all registers as lists and JSON have them; ``since`` null: it sleeps."""
    begun = registers_begun(con, as_of)
    return [
        {
            "key": key,
            "title": register.title,
            "since": begun[key].isoformat() if key in begun else None,
            "clause": register.clause,
            "what": register.what,
        }
        for key, register in REGISTERS.items()
    ]


def open_registers(tx: Transaction, keys: Iterable[str], day: date) -> list[int]:
    """Keep registers from a day on; return the seqs. Raises ``NotAllowed`` for one kept."""
    return _record(tx, [RegisterOpened(register=key, day=day) for key in keys])


def close_registers(tx: Transaction, keys: Iterable[str]) -> list[int]:
    """Keep registers no longer; return the seqs. Raises ``NotAllowed`` for one that sleeps."""
    return _record(tx, [RegisterClosed(register=key) for key in keys])


def lacking(con: Connection, keys: Iterable[str]) -> Iterator[str]:
    """Yield what the rules have to say before a register lists anything: empty is no all-clear."""
    rules = rule_on(con, MEETINGS, load_rules)
    sources = any(edition.sources for edition in rulebooks_on(con).policy.editions)
    needed = {
        "sources": (sources, "哪个渠道怎样回复来源", "policy.toml 的 edition.source"),
        "disputes": (rules.disputes.heads, "哪些类别是矛盾纠纷", "meetings.toml 的 disputes"),
        "groups": (rules.measures, "按月填报哪些数字", "meetings.toml 的 measure"),
    }
    for key in keys:
        said, what, where = needed.get(key, (True, "", ""))
        if not said:
            yield (
                f"注意: 台账采用的规则没有写明{what} ({where}), {REGISTERS[key].title}"
                "一件也不会列出; 先比较 sixping policy diff, 再采用 sixping policy adopt。"
            )


def _record(tx: Transaction, events: list[RegisterOpened] | list[RegisterClosed]) -> list[int]:
    seqs = []
    for event in events:
        seqs.append(streams.record(tx, registers.STREAM, event.register, event, tx.stamp.now))
        registers.fold(streams.entries(tx.con, registers.STREAM, event.register))
    return seqs

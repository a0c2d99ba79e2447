"""The table of steps: each kind of event and the family it lies in, read when it is needed.

A step is added in three places: its class in a family, its command, its line here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from sixping.cases.codec import read_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.step import Step

#: kind → family, in the order people are told what is possible
FAMILIES = {
    "reported": "intake", "imported": "intake", "accepted": "intake", "declined": "intake",
    "transferred": "intake", "guided": "intake", "sent_back": "intake",
    "emergency_reported": "handling",
    "assigned": "handling", "signed": "handling", "returned": "handling",
    "handed_over": "handling",
    "part_set": "parts", "part_done": "parts",
    "regraded": "grading",
    "consulted": "referral", "decided": "referral",
    "referred": "referral", "refer_replied": "referral",
    "extended": "timing", "suspended": "timing", "resumed": "timing",
    "resolved": "ending", "fed_back": "ending", "verified": "ending",
    "closed": "ending", "reopened": "ending",
    "merged": "repeats", "absorbed": "repeats", "unmerged": "repeats", "released": "repeats",
    "urged": "urging", "urge_answered": "urging",
    "instructed": "owing", "instruction_answered": "owing", "demanded": "owing",
    "demand_answered": "owing", "justice_transferred": "owing", "transfer_replied": "owing",
    "source_answered": "owing", "enclosed": "owing",
    "mediated": "disputes",
    "noted": "handling", "told": "telling", "amended": "amending", "withdrawn": "amending",
    "slip_printed": "slips",
    "source_stated": "source", "source_withdrawn": "source",
    "material_owed": "materials", "material_received": "materials",
    "voided": "", "relimited": "", "rescheduled": "timing",
}  # fmt: skip


@cache
def step_class(kind: str) -> type[Step]:
    """Return the class of a kind of step; an unknown kind raises ``KeyError``."""
    family = FAMILIES[kind]
    module = import_module(f"{__name__}.{family}" if family else "sixping.cases.step")
    return next(
        cls
        for cls in vars(module).values()
        if isinstance(cls, type) and vars(cls).get("kind") == kind
    )


def all_steps() -> Iterator[type[Step]]:
    """Yield every class of step, in the order of the table."""
    return map(step_class, FAMILIES)


def read_event(kind: str, facts: str, private: dict[str, Any] | None = None) -> Step:
    """Read an event back; a kind or a field that a newer version wrote raises ValueError."""
    if kind not in FAMILIES:
        raise ValueError(kind)
    return read_as(step_class(kind), facts, private)

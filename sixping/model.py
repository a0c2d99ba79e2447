"""The vocabulary: severities, platforms, clocks, states, and the case itself.

Pure: no clock, file, database or terminal. Values of the Chinese enums are what
people read and what JSON carries; names are what code says.
"""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """Who can settle it (三.1-3), not how frightening it sounds."""

    ORDINARY = "一般"
    SERIOUS = "较大"
    MAJOR = "重大"

    @property
    def rank(self) -> int:
        """Return 0, 1 or 2: a higher rank goes to a higher level."""
        return tuple(Severity).index(self)


class Platform(StrEnum):
    """The four platforms of 附件2."""

    GOVERNANCE = "综合治理"
    MARKET = "市场监管"
    ENFORCEMENT = "综合执法"
    SERVICE = "便民服务"


class ClockKind(StrEnum):
    """The clocks a case runs against, in the order they are shown (五.1)."""

    ACCEPT = "accept"
    REFER = "refer"
    FINISH = "finish"
    CEILING = "ceiling"

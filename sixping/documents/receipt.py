"""What a step answers from: the case as it is now, and where the ledger stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sixping.cases.model import Case, Clock


class Receipt(NamedTuple):
    """What a transaction left behind: the case as it is now, and where the ledger stands.

    ``head``: last seq and its hash; ``suggested``: the unit suggested at receipt, if it still
    may be the one.
    """

    case: Case
    head: tuple[int, str]
    suggested: str | None

    @property
    def anchor(self) -> str:
        """Return the last seq and the tail of its hash."""
        return f"{self.head[0]}:{self.head[1][-16:]}"

    @property
    def counting(self) -> list[Clock]:
        """Return the clocks people have to mind."""
        return [clock for clock in self.case.clocks if clock.counting]

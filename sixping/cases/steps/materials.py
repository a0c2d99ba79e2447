"""What a service case still lacks (四.1, 附2.4): a material is owed until it is handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.model import Owed
from sixping.cases.step import OPEN, Step

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status

KIND = "material"


def owed_of(case: Case) -> tuple[Owed, ...]:
    """Return the materials that a case still lacks, oldest first."""
    return tuple(owed for owed in case.owed if owed.kind == KIND)


@dataclass(frozen=True, kw_only=True)
class MaterialOwed(Step):
    """A material is missing; ``unit`` owes it, None: the applicant. ``n`` counts them by case."""

    kind: ClassVar[str] = "material_owed"
    label: ClassVar[str] = "待补材料"
    after: ClassVar[frozenset[Status]] = OPEN

    n: int
    unit: str | None = None
    due: date | None = fact(date.fromisoformat)
    listed: str | None = None  # the material as the catalogue calls it
    text: str | None = private()  # or in words of one's own

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let it be owed."""
        return {"owed": (*case.owed, Owed(KIND, self.n, at, self.unit, self.due))}


@dataclass(frozen=True, kw_only=True)
class MaterialReceived(Step):
    """A material that was missing has come in."""

    kind: ClassVar[str] = "material_received"
    label: ClassVar[str] = "收到材料"
    after: ClassVar[frozenset[Status]] = OPEN

    n: int

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what is not owed."""
        if any(owed.n == self.n for owed in owed_of(case)):
            return None
        left = "、".join(str(owed.n) for owed in owed_of(case))
        return (
            f"没有第 {self.n} 样待补的材料。",
            f"待补的有第 {left} 样, 见 sixping service owes。" if left else "没有待补的材料。",
        )

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when it was asked for."""
        return next((o.since for o in owed_of(case) if o.n == self.n), None), "待补"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let it be owed no longer."""
        return {"owed": tuple(o for o in case.owed if (o.kind, o.n) != (KIND, self.n))}

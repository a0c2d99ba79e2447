"""Each unit's own part of a case (四.1): set with a date, done with an outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.model import Part
from sixping.cases.step import S, Step

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status

_HANDLED = frozenset({S.HANDLING})


@dataclass(frozen=True, kw_only=True)
class PartSet(Step):
    """A unit's own part of the matter, with a date of its own (四.1)."""

    kind: ClassVar[str] = "part_set"
    command: ClassVar[str] = "part"
    label: ClassVar[str] = "分工"
    after: ClassVar[frozenset[Status]] = _HANDLED

    unit: str
    due: date | None = fact(date.fromisoformat)
    text: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a part of a unit that takes no part."""
        units = [unit for unit in (case.lead, *case.assist) if unit]
        if self.unit in units:
            return None
        add = f"sixping assign {case.number} --lead {case.lead or '单位'} --assist 单位"
        return (
            f"{self.unit}不是这一件的牵头或协办单位。",
            f"现有: {'、'.join(units)}; 增加协办用 {add}。",
        )

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Set the part, in place of the unit's former one."""
        others = (part for part in case.parts if part.unit != self.unit)
        return {"parts": (*others, Part(self.unit, at, self.due))}


@dataclass(frozen=True, kw_only=True)
class PartDone(Step):
    """A unit did its part."""

    kind: ClassVar[str] = "part_done"
    command: ClassVar[str] = "part-done"
    label: ClassVar[str] = "完成分工"
    after: ClassVar[frozenset[Status]] = _HANDLED

    unit: str
    outcome: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse where nothing is left to do."""
        waiting = [part.unit for part in case.parts if part.done_at is None]
        if self.unit in waiting:
            return None
        left = f"未完成的有: {'、'.join(waiting)}。" if waiting else "没有未完成的分工。"
        return f"{self.unit}没有未完成的分工。", left

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether a part is left to do."""
        return any(part.done_at is None for part in case.parts)

    def answer_to(self, case: Case) -> tuple[datetime | None, str]:
        """Return when this unit's part was set."""
        return next((p.set_at for p in case.parts if p.unit == self.unit), None), "分工"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Keep when it was done."""
        done = (p._replace(done_at=at) if p.unit == self.unit else p for p in case.parts)
        return {"parts": tuple(done)}

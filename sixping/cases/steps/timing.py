"""The steps that move the finish limit (五.1c), and the calendar that moves them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import private
from sixping.cases.lateness import is_late
from sixping.cases.step import OPEN, TAKEN, Step
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.util.daytext import understood

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case, Clock
    from sixping.cases.step import Refusal
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Rescheduled(Step):
    """The calendar changed: due dates moved, or were confirmed; ``why`` names the document."""

    kind: ClassVar[str] = "rescheduled"
    label: ClassVar[str] = "期限调整"
    after: ClassVar[frozenset[Status]] = OPEN

    why: str

    def clocks(self, book: Book) -> None:
        """Recount every running promise."""
        book.recount()
        book.settle()


class _Moving(Step):
    """What a step needs that moves a target counted in working days."""

    @property
    def signed(self) -> str:
        """Return that somebody signs for it (五.1c)."""
        return f"{self.label}须经批准 (五.1c)"

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse without a running target, while it stands still, and once it has passed."""
        return movable(case, at)

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether a target counted in working days runs and does not stand still."""
        return not isinstance(_counted(case), str) and case.suspended is None


def _counted(case: Case) -> Clock | str:
    """Return the running target that counts in working days, or why there is none."""
    clock = case.running(ClockKind.FINISH)
    if clock is None:
        return "它没有在计的办结期限。"
    if clock.workdays is None:
        return "它的办结期限由会商决定 (三.2)。"
    return clock


def movable(case: Case, at: datetime) -> Refusal:
    """Refuse to move a target that does not run, stands still or has passed (五.1c)."""
    clock = _counted(case)
    if isinstance(clock, str):
        lead = case.lead or "单位"
        decided = f"请重新会商, 用 sixping decide {case.number} --lead {lead} --due 日期"
        decided += " --meeting 会议编号 (或 --leader 领导) 记录新的期限。"
        serious = case.severity is Severity.SERIOUS
        return clock, decided if serious else f"用 sixping show {case.number} 查看时限。"
    if clock.held_at:
        return (
            f"已自 {understood(clock.held_at)} 起中止计时。",
            f"请先用 sixping resume {case.number} 恢复。",
        )
    if clock.due and is_late(clock.due, at):
        return (
            f"办结期限 {understood(clock.due)} 已过 (五.1c)。",
            "期限过后不能再延期或中止; 已经超期的仍记为超期。",
        )
    return None


@dataclass(frozen=True, kw_only=True)
class Extended(_Moving):
    """The target was moved before it passed; beyond the ceiling only by a leader (五.1c)."""

    kind: ClassVar[str] = "extended"
    command: ClassVar[str] = "extend"
    label: ClassVar[str] = "延期"
    after: ClassVar[frozenset[Status]] = TAKEN
    weighed: ClassVar[bool] = True

    workdays: int
    beyond_ceiling: bool = False  # an exception was given, whether or not it was needed
    standard: bool = False
    told: bool | None = None
    channel: str | None = None
    reason: str | None = private()
    feedback: str | None = private(unless="standard")

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse what cannot be moved, and an exception to a ceiling that has passed."""
        refusal = movable(case, at)
        if refusal or not self.beyond_ceiling:
            return refusal
        ceiling = case.running(ClockKind.CEILING)
        if ceiling is None or ceiling.late(at):
            return "最长时限已过, 不能再由延期改动 (五.1c)。", "已经超过最长时限的仍记为超期。"
        return None

    @property
    def ceiling_moved(self) -> bool:
        """Return whether the ceiling had to be moved."""
        return any(due.kind is ClockKind.CEILING for due in self.dues)

    def clocks(self, book: Book) -> None:
        """Move the target, and the ceiling up to it where an exception allows."""
        book.extend(self.workdays, beyond=self.beyond_ceiling)
        book.settle()


@dataclass(frozen=True, kw_only=True)
class Suspended(_Moving):
    """The target stands still from here on; the ceiling runs on (五.1c)."""

    kind: ClassVar[str] = "suspended"
    command: ClassVar[str] = "suspend"
    label: ClassVar[str] = "中止计时"
    after: ClassVar[frozenset[Status]] = TAKEN
    weighed: ClassVar[bool] = True

    standard: bool = False
    told: bool | None = None
    channel: str | None = None
    reason: str | None = private()
    feedback: str | None = private(unless="standard")

    def clocks(self, book: Book) -> None:
        """Hold the target."""
        book.hold()
        book.settle()


@dataclass(frozen=True, kw_only=True)
class Resumed(Step):
    """The target runs again, later by the working days that stood still."""

    kind: ClassVar[str] = "resumed"
    command: ClassVar[str] = "resume"
    label: ClassVar[str] = "恢复计时"
    after: ClassVar[frozenset[Status]] = TAKEN

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse where nothing stands still, and a time before it stood still."""
        clock = case.suspended
        if clock is None or clock.held_at is None:
            return "它没有中止计时。", f"用 sixping show {case.number} 查看时限。"
        if at < clock.held_at:
            return f"恢复的时间早于中止的时间 {understood(clock.held_at)}。", "请核对 --at。"
        return None

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return whether a target stands still."""
        return case.suspended is not None

    def clocks(self, book: Book) -> None:
        """Release the target."""
        book.release()
        book.settle()

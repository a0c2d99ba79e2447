"""How people read a time, a rate and a number of working days. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sixping.policy.vocabulary import Severity, Status
from sixping.util.clock import from_text, instant
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NO_RATE = "—"
#: what stands for words after a lawful erasure
GONE = "(已删除)"
#: what follows a due date of a year whose notice is not out yet
PROVISIONAL = "暂定 (放假安排未公布)"


def moment(value: datetime, this_year: int | None = None) -> str:
    """Return ``11月24日(周二) 17:00``, with the year unless it is ``this_year``; Shanghai time."""
    local = instant(value)
    return f"{day(local.date(), this_year)} {local.hour:02}:{local.minute:02}"


def day(value: date, this_year: int | None = None) -> str:
    """Return ``11月24日(周二)``, with the year unless it is ``this_year``."""
    said = understood_day(value)
    return said.partition("年")[2] if value.year == this_year else said


def workdays(count: int) -> str:
    """Return a length counted in whole working days."""
    return f"{count}个工作日"


def against_due(late: int | None, left: int | None) -> str:
    """Say how a due date stands, in working days; nothing where no due date is known."""
    if late is not None:
        return f"超{late}日" if late else "已超期"
    if left is None:
        return ""
    return f"剩{left}日" if left else "今日到期"


def standing(late: int | None, left: int | None, *, tomorrow: bool, unit: str = "日") -> str:
    """Say in a column how a due date stands: ``超48日``, ``今天``, ``明天``, ``剩4日``.

    ``tomorrow``: it falls on the next day, working day or not; empty where no date is known.
    """
    if late is not None:
        return f"超{late}{unit}" if late else "超期"
    if left is None:
        return ""
    if tomorrow:
        return "明天"
    return f"剩{left}{unit}" if left else "今天"


#: who has a case in hand that no unit has, in a column
THE_ROOM, THE_DISTRICT = "指挥室", "区级"


def first_of(names: Sequence[str], most: int, counted: str = "个") -> str:
    """Return the first names one after another, and where there are more how many in all."""
    more = f" 等 {len(names)} {counted}" if len(names) > most else ""
    return f"{'、'.join(names[:most])}{more}"


def holder(unit: str | None, status: str | None = None) -> str:
    """Say in a column who has a case in hand: its unit, the district, else the room itself."""
    if status == Status.DISTRICT:
        return THE_DISTRICT
    return unit or THE_ROOM


#: the states whose words are too long for a column
_SHORT = {Status.DECISION: "待联席", Status.DISTRICT: "区级办理"}


def short_status(status: Status | str) -> str:
    """Return a state as a column has it."""
    return _SHORT.get(Status(status), str(Status(status).value))


def rate(percent: float | None) -> str:
    """Return a rate of two decimals; ``—`` where there was nothing to count."""
    return NO_RATE if percent is None else f"{percent:.2f}%"


def left_words(count: int | None, why: str, unit: str, of: str = "") -> str:
    """Say how many a cohort (``of`` another period) leaves out as nobody wrote down their end."""
    return f"; {of}{why}, 未纳入统计 {count} {unit}" if count else ""


NO_PLATFORM, NO_RECEIPT = "未报区级平台", "未取得回执"


def referral_remarks(*, to_platform: bool, received: bool, platform: str) -> list[str]:
    """Return what the referral of a case with the district lacks (五.1b, 三.3).

    ``platform``: the district's, empty where the street has none.
    """
    remarks = [] if to_platform or not platform else [NO_PLATFORM]
    return remarks if received else [*remarks, NO_RECEIPT]


def grade_word(severity: str | None, *, confirmed: bool) -> str | None:
    """Return a grade for a column; one that nobody found has a question mark."""
    return severity if confirmed or severity is None else f"{severity}?"


def grade_mark(grade: str | None) -> str:
    """Return what stands before a text where no column has the grade: nothing for 一般."""
    return f"[{grade}]" if grade and grade != Severity.ORDINARY else ""


def source_mark(due: str | None, next_due: str | None) -> str:
    """Return what stands before a text for a source that wants the result before we have to."""
    if due is None or (next_due is not None and due >= next_due):
        return ""
    at = from_text(due)
    return f"[来源{at.month}月{at.day}日]"


def emergency_first(what: str | None) -> str:
    """Say that the report by the emergency rules comes before everything else."""
    return f"可能是突发事件{f' ({what})' if what else ''}: 先按应急规则电话报告, 再办其他。"


def report_first(number: str, what: str | None = None) -> str:
    """Say the same of a case, and how it is recorded."""
    return (
        f"{number} {emergency_first(what)}报告后记录:"
        f" sixping emergency {number} --to 单位 --how 电话"
    )


def other_ways(otherwise: Mapping[str, int]) -> str:
    """Say how often teams went in ways that cover no grid (附2.3, 附3.2); empty: never."""
    said = "、".join(f"{way} {n} 次" for way, n in otherwise.items())
    return f"次数、覆盖和间隔只计巡查 (附2.3); 另有{said} (附3.2)。" if said else ""

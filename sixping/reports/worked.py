"""How long handling took, how satisfied people were, what comes again, what was only passed on.

Pure. Lengths are whole working days counted like the limits: the day it began is not counted
(``workdays.workdays_between``); days of a suspension are in them. An answer to be checked is no
finding: people look at it, and the check is shown beside it.
"""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import UNCONFIRMED, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

#: whose time it is → from when to when
AVERAGES: Mapping[str, str] = {
    "street": "收件至办结 (重新办理的自重新办理), 以工作日计, 收件当日不计",
    "unit": "最后一次分派至办结, 以工作日计, 分派当日不计",
}
GRADES = (*(grade.value for grade in Severity), UNCONFIRMED)
_CHECKED = {None: "未核查", True: "核查通过", False: "核查未通过"}
#: the scores a reporter may give, best first (五.2)
SCORES = (5, 4, 3, 2, 1)
AVERAGE_TITLES: Mapping[str, str] = {"street": "街道办理时长", "unit": "单位办理时长"}


class Spent(NamedTuple):
    """One case and the working days it took, or takes to this day (``open``), by its grade."""

    whose: str
    grade: str
    number: str
    unit: str | None
    days: int
    open: bool
    seq: int | None = None
    at: str | None = None


class Average(NamedTuple):
    """Mean and median working days of ``n`` results, and the mean age of what is open."""

    mean: float | None = None
    median: float | None = None
    n: int = 0
    open_mean: float | None = None
    open_n: int = 0


class ToCheck(NamedTuple):
    """A result that may be none (以转代办): why, and what its check found; None: none was made."""

    number: str
    unit: str | None
    why: str
    passed: bool | None
    seq: int | None = None
    at: str | None = None

    @property
    def checked(self) -> str:
        """What its check found, for people."""
        return _CHECKED[self.passed]


class Repeated(NamedTuple):
    """A place or a caller that reported several times within ``days``; ``place`` is masked."""

    place: str | None
    numbers: tuple[str, ...]


class Worked(NamedTuple):
    """The figures of how reports were handled in a period.

    ``unit_days``: unit → its average over all grades. ``longest``: unit (None: nobody's yet) →
    working days since the earliest limit that was missed. ``repeated`` is None where the policy
    does not say what is often; ``known``: something is known of the period.
    """

    averages: Mapping[str, Mapping[str, Average]]
    unit_days: Mapping[str | None, Average]
    to_check: Sequence[ToCheck]
    repeated: Sequence[Repeated] | None
    longest: Mapping[str | None, int]
    known: bool = True


def averages(spent: Iterable[Spent]) -> dict[str, dict[str, Average]]:
    """Return by whose time and grade; a grade of which there is nothing is left out."""
    rows = list(spent)
    return {
        whose: {
            grade: average(own)
            for grade in GRADES
            if (own := [row for row in rows if (row.whose, row.grade) == (whose, grade)])
        }
        for whose in AVERAGES
    }


def by_unit(spent: Iterable[Spent]) -> dict[str | None, Average]:
    """Return the average of each unit's own time over all grades."""
    found: dict[str | None, list[Spent]] = {}
    for row in spent:
        if row.whose == "unit":
            found.setdefault(row.unit, []).append(row)
    return {unit: average(rows) for unit, rows in found.items()}


def average(rows: Iterable[Spent]) -> Average:
    """Return mean and median of what is done, and the mean age of what is open, to one decimal."""
    known = list(rows)
    still = [row.days for row in known if row.open]
    done = average_of([row.days for row in known if not row.open])
    return done._replace(open_mean=_mean(still), open_n=len(still))


def average_of(days: Sequence[int]) -> Average:
    """Return mean and median of what is done, to one decimal, and of how many."""
    return Average(_mean(days), float(median(days)) if days else None, len(days))


def _mean(days: Sequence[int]) -> float | None:
    return round(fmean(days), 1) if days else None


def only_passed_on(
    kind: str | None, outcome: str | None, passing: Iterable[str], empty: Callable[[str], bool]
) -> str | None:
    """Return why a result is to be looked at; None: it is not.

    ``passing``: kinds of result by which a case was only passed on; ``empty``: whether words say
    nothing of what was done.
    """
    if kind in set(passing):
        return f"结果类型: {kind}"
    if outcome is not None and empty(outcome):
        return "办理结果没有写明做了什么"
    return None

"""What results came to, and what waits without a limit: for the report and the assessment.

Pure. The notice gives no days for a decision (三.2), an assignment (二.2) or the district's
answer (三.3): only ages are shown, in working days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.policy.vocabulary import Status
from sixping.reports.period import Handling, Waiting, percent
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from sixping.calendar.table import Calendar
    from sixping.policy.editions import Edition

#: what waits → what people read
WAITING: Mapping[str, str] = {
    "decisions_waiting": Status.DECISION.value,
    "unassigned": Status.ACCEPTED.value,
    "district": Status.DISTRICT.value,
}
UNSAID = "未注明"
SOLVED = "解决率"
COHORT = "本期办结且未重新办理、未被核查否定、写明了结果类型的件次中, 计为解决的; 按报告时的记录"


def handling(
    counted: Mapping[str | None, int],
    edition: Edition,
    waiting: Mapping[str, Waiting],
    *,
    known: bool = True,
) -> Handling:
    """Return the figures; ``counted`` are results by what they came to, None where nobody said.

    The policy's kinds come in its order; one that an earlier edition named stands behind them,
    what nobody said last. Before the ledger's first day nothing is ``known``: None.
    """
    stated = {kind: n for kind, n in counted.items() if kind is not None}
    kinds = dict.fromkeys([*(kind.name for kind in edition.outcomes), *stated])
    if not known:
        return Handling(dict.fromkeys([*kinds, UNSAID]), _solved(None, None), waiting)
    n, d = sum(stated.get(kind, 0) for kind in edition.settling), sum(stated.values())
    return Handling(
        {kind: stated.get(kind, 0) for kind in kinds} | {UNSAID: counted.get(None, 0)},
        _solved(n, d),
        waiting,
    )


def _solved(n: int | None, d: int | None) -> dict[str, Any]:
    return {"n": n, "d": d, "rate": percent(n, d), "cohort": COHORT}


def waiting(
    found: Mapping[str, tuple[int, datetime | None]], end: date, calendar: Calendar
) -> dict[str, Waiting]:
    """Return what waits, with the age of the longest up to a day; what nobody knows is None."""
    ages = {}
    for what in WAITING:
        n, since = found.get(what, (None, None))
        longest = None if since is None else workdays_between(since.date(), end, calendar)
        ages[what] = Waiting(n, longest)
    return ages

"""What stands beside the totals and rates of a period: second rates, and what has to be seen.

Pure: every figure is a number of rows (``watched``). Rates are percent, as in ``period``.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.policy.vocabulary import ClockKind
from sixping.reports.period import RATES, percent
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE, WAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.reports.watched import Second, Seen, Watched

#: rate → the limit whose ways out it is counted with
WITH_TRANSFERRED: Mapping[str, ClockKind] = {
    "accept_on_time": ClockKind.ACCEPT,
    "finish_on_time": ClockKind.FINISH,
    "refer_on_time": ClockKind.REFER,
    "within_ceiling": ClockKind.CEILING,
}
_COHORT = (
    "{}; 连同限内转出后没有转回的, 按其原期限 (一件一轮只计一次, 按本期内最早的):"
    " 原期限前已了结的计为按时"
    " (并件的看主件), 否则计为超期; 超期记录取消的计为超期; 不予受理的只有受理期限, 不在其中"
)
_BY_FIRST = "与按时办结率相同的事项, 延期的按延期以前的期限"


class Beside(NamedTuple):
    """The figures: ways out by kind, steps written up, extensions, and rates by former limits.

    ``undone``: limits that were missed and, by a void or a change, are so no longer.
    ``changed``: how many of the steps ``stated`` after the fact made in time what was late when
    they were recorded; ``share``: of what fell due; ``unsent``: told by form only; ``failed``:
    checks that a result did not pass. None: of a time before the first day nothing is known.
    """

    transferred_out: dict[str, int | None]
    undone: int | None
    stated: int | None
    changed: int | None
    extended: int | None
    share: float | None
    by_first_limit: dict[str, Any]
    exceptions: int | None
    unsent: int | None
    failed: int | None
    with_transferred: dict[str, dict[str, Any]]


def beside(seen: Seen, rates: Mapping[str, Mapping[str, Any]]) -> Beside:
    """Count the rows of a period; ``rates`` are the first ones of the same state."""
    own = {family: of_family(seen.rows, family) for family in (STATED, EXTENDED, LEFT)}
    counts = Counter(row.family for row in seen.rows)
    ways = Counter(row.kind for row in own[LEFT])
    finish = rates["finish_on_time"]
    moved = sum(row.kind == "met" and not row.counted for row in own[EXTENDED])
    return Beside(
        transferred_out={kind: ways[kind] for kind in WAYS},
        undone=counts[UNDONE],
        stated=counts[STATED],
        changed=sum(row.counted for row in own[STATED]),
        extended=counts[EXTENDED],
        share=percent(counts[EXTENDED], finish["d"]),
        by_first_limit=_rate(finish["n"] - moved, finish["d"], _BY_FIRST),
        exceptions=counts[EXCEPTIONS],
        unsent=counts[UNSENT],
        failed=counts[FAILED],
        with_transferred={
            name: _second(rates[name], [s for s in seen.second if s.kind is kind], name)
            for name, kind in WITH_TRANSFERRED.items()
        },
    )


def nothing_known() -> Beside:
    """Return the figures of a period before the ledger's first day."""
    return Beside(
        transferred_out=dict.fromkeys(WAYS),
        undone=None,
        stated=None,
        changed=None,
        extended=None,
        share=None,
        by_first_limit=_rate(None, None, _BY_FIRST),
        exceptions=None,
        unsent=None,
        failed=None,
        with_transferred={
            name: _rate(None, None, _COHORT.format(RATES[name].cohort)) for name in WITH_TRANSFERRED
        },
    )


def of_family(rows: Iterable[Watched], family: str) -> list[Watched]:
    """Return the rows of one family."""
    return [row for row in rows if row.family == family]


def _second(first: Mapping[str, Any], left: Iterable[Second], name: str) -> dict[str, Any]:
    """Return a rate with the limits that were left; one that counts already is judged anew."""
    n, d = first["n"], first["d"]
    for limit in left:
        n += limit.met - bool(limit.first)
        d += limit.first is None
    return _rate(n, d, _COHORT.format(RATES[name].cohort))


def _rate(n: int | None, d: int | None, cohort: str) -> dict[str, Any]:
    return {"n": n, "d": d, "rate": percent(n, d), "cohort": cohort}

"""The late verdicts of a case: which limit, signature, demand, part or telling, and who answers.

Pure, over the log of one case. Two logs are held against each other: as it stands, and as a step
leaves it; whoever answers in the one and not in the other gains by the step. Days returned late
are not weighed, only whether something is late and whose it is (五.2, 五.3).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import advance
from sixping.cases.steps.urging import Urged
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import LIMITS, ClockKind
from sixping.reports.lapses import lapses
from sixping.reports.responsibility import breaches, trail

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sixping.cases.model import Case, Clock
    from sixping.cases.rules import Rules
    from sixping.cases.step import CaseEntry
    from sixping.reports.lapses import Lapse
    from sixping.reports.responsibility import Breach, Ground, Snapshot

_LIMITS = frozenset(ClockKind)
_NAMES = {"part": "{}的分工期限", "unsigned": "{}的签收期限", "feedback": "反馈期限"}


class Verdict(NamedTuple):
    """One thing that is late: ``name`` is what people call it, ``who`` answers for it.

    ``unit`` is None where no unit does (a meeting, or nobody is known); ``clock`` where it is no
    limit of the case. ``key`` names it whoever answers.
    """

    kind: str
    key: tuple[object, ...]
    name: str
    due: datetime
    who: str | None
    unit: str | None
    clock: Clock | None = None


class Gone(NamedTuple):
    """A verdict that is no more what it was; ``to``: who answers now; None: it is late no more."""

    verdict: Verdict
    to: str | None


def verdicts(number: str, entries: Sequence[CaseEntry], ground: Ground) -> list[Verdict]:
    """Return what of a case is late by a moment, limits first, in the order of the clocks."""
    path = trail(number, entries, ground.roles)
    found = [_of_limit(breach) for breach in breaches(path, ground)]
    return [*found, *_others(path, ground)]


def _of_limit(breach: Breach) -> Verdict:
    clock = breach.clock
    assert clock.due is not None  # noqa: S101 - nothing else is late
    who = breach.unit or breach.role
    key = clock.kind, clock.round
    return Verdict(clock.kind, key, LIMITS[clock.kind], clock.due, who, breach.unit, clock)


def _others(path: Sequence[Snapshot], ground: Ground) -> Iterator[Verdict]:
    """Yield what has a date besides the limits."""
    for lapse in lapses(path, ground):
        if lapse.due is not None and lapse.kind not in _LIMITS:
            seq = lapse.evidence[0]
            key = lapse.kind, seq, lapse.due
            unit = lapse.unit
            yield Verdict(lapse.kind, key, _named(lapse, path), lapse.due, unit, unit)


def _named(lapse: Lapse, path: Sequence[Snapshot]) -> str:
    if lapse.kind in _NAMES:
        return _NAMES[lapse.kind].format(lapse.unit or "")
    event = next(point.entry.event for point in path if point.entry.seq == lapse.evidence[0])
    return f"{event.level if isinstance(event, Urged) else ''}督办的答复期限"


def gone(before: Sequence[Verdict], after: Sequence[Verdict]) -> list[Gone]:
    """Return the verdicts of the one that somebody is rid of in the other."""
    now = {verdict.key: verdict for verdict in after}
    found = []
    for was in before:
        new = now.get(was.key)
        if new is None or new.who != was.who:
            found.append(Gone(was, new and (new.who or "")))
    return found


def as_taken(
    entries: Sequence[CaseEntry], before: Case, entry: CaseEntry, rules: Rules
) -> list[CaseEntry]:
    """Return a log with a step as if it had happened when it was recorded.

    ``before`` is the case as ``entries`` leave it. A step that was only possible in the past is
    left out.
    """
    now = replace(entry, at=entry.recorded_at, event=replace(entry.event, dues=(), terms=None))
    try:
        _, event = advance(before, now, before.number, lambda: rules)
    except NotAllowed:
        return list(entries)
    return [*entries, replace(now, event=event)]

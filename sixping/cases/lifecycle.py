"""The life of a case: ``evolve`` applies an event, ``fold`` replays, ``refold`` leaves one out.

What may happen is in ``transitions``, what it changes in ``effects``, what it does to the
clocks in ``clocks``. Due dates are never computed here: events carry them as steps
(decision 2), so a replay gives the same promises whatever calendar or policy is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases import steps as ev
from sixping.cases.clocks import apply_ops, check_ended, check_steps
from sixping.cases.effects import CHANGES, opened
from sixping.cases.model import STEP_LABELS, Case
from sixping.cases.transitions import check_transition
from sixping.errors import NotAllowed
from sixping.util.records import revised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: steps that stand in two cases at once: taking one back would leave half a pair
_PAIRED = frozenset({"merged", "absorbed", "unmerged", "released"})


def evolve(case: Case | None, entry: ev.CaseEntry, number: str) -> Case:
    """Return the case after an entry; what was admitted never raises here."""
    event = entry.event
    if isinstance(event, ev.Reported):
        return opened(event, entry, number)
    if case is None:
        raise ValueError(number)
    change = CHANGES.get(event.kind)
    changes = change(case, event, entry.at) if change else {}
    if event.steps:
        round_ = changes.get("round", case.round)
        changes["clocks"] = apply_ops(case.clocks, event.steps, round_, entry.at, event.terms)
    return revised(case, {"version": case.version + 1, **changes})


def fold(number: str, entries: Sequence[ev.CaseEntry]) -> Case:
    """Replay a case from its log, leaving out the entries that were voided."""
    case: Case | None = None
    for entry in effective(entries):
        case = evolve(case, entry, number)
    if case is None:
        raise ValueError(number)
    return case if case.version == len(entries) else revised(case, {"version": len(entries)})


def effective(entries: Iterable[ev.CaseEntry]) -> list[ev.CaseEntry]:
    """Return the entries that count: neither voided nor a voiding."""
    entries = list(entries)
    gone = {e.event.seq for e in entries if isinstance(e.event, ev.Voided)}
    return [e for e in entries if e.seq not in gone and not isinstance(e.event, ev.Voided)]


def refold(number: str, entries: Sequence[ev.CaseEntry], without: int) -> Case:
    """Replay without one entry; ``NotAllowed`` names the first later step this would break."""
    rest = effective(entries)
    target = next((e for e in rest if e.seq == without), None)
    if target is None:
        raise NotAllowed(
            f"{number} 没有可以撤销的第 {without} 号记录。",
            f"用 sixping log {number} 查看这一件的记录和序号。",
        )
    if target is rest[0]:
        raise NotAllowed(
            f"第 {without} 号是 {number} 的登记, 不能撤销。", "登记有误的, 请用 decline 说明原因。"
        )
    if target.event.kind in _PAIRED:
        raise NotAllowed(
            f"第 {without} 号({STEP_LABELS[target.event.kind][1]})在两件事项里成对记录, "
            "不能单独撤销。",
            "并错的用 sixping unmerge 拆出; 拆错的用 sixping merge 再并入。",
        )
    rest.remove(target)
    case: Case | None = None
    for entry in rest:
        try:
            check_transition(case, entry.event, entry.at, stated=entry.at < entry.recorded_at)
            check_steps(case, entry.event.steps)
            case = evolve(case, entry, number)
            check_ended(case)
        except NotAllowed as error:
            name = STEP_LABELS[entry.event.kind][1]
            raise NotAllowed(
                f"撤销第 {without} 号后, 第 {entry.seq} 号({name})就不成立了: {error.what}",
                f"请先撤销第 {entry.seq} 号。",
            ) from None
    if case is None:
        raise ValueError(number)
    return revised(case, {"version": len(entries) + 1})

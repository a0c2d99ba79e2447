"""What every step of a case is built from, and what is said of it once it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.cases.codec import CaseEvent
    from sixping.cases.model import Case
    from sixping.cases.rules import Rules
    from sixping.cases.steps import CaseEntry
    from sixping.policy.units import Units
    from sixping.store.transaction import Transaction

#: longest name of a person, a department, a meeting, in characters
SHORT = 200


def _alone(number: str) -> Case:
    raise NotFound(f"没有编号为 {number} 的件。")


def _shipped() -> Units:
    from sixping.policy.units import load_units

    return load_units()


class Found(NamedTuple):
    """What a step is built from: the case as found, its rules, when and why it happens.

    ``log`` is the case's own, oldest first; ``hint`` says something on stderr once the
    step is recorded; ``units`` are those of the day of the step; ``other`` is another
    case, as found in the same transaction.
    """

    case: Case
    rules: Rules
    at: datetime
    why: str | None
    log: Sequence[CaseEntry] = ()
    hint: Callable[[str], None] = lambda _: None
    units: Callable[[], Units] = _shipped
    other: Callable[[str], Case] = _alone


#: steps of several cases in one transaction; the answer shows the first
Steps = list[tuple["Case", "CaseEvent"]]
Build = Callable[[Found], "CaseEvent | Steps"]


def steps_of(case: Case, made: CaseEvent | Steps) -> Steps:
    """Return what a build made as steps, each with the case it is of."""
    return made if isinstance(made, list) else [(case, made)]


def find_case(tx: Transaction, full: str, given: str) -> tuple[Case, list[CaseEntry]]:
    """Return a case as replayed from its log, and the log; an unknown short number is explained."""
    try:
        return tx.case_and_log(full)
    except NotFound as fault:
        if full == given.strip():
            raise
        hint = "只写序号的是今年的; 往年的请写全, 如 2025-000123。"
        raise NotFound(fault.what, f"{hint}{fault.hint}") from None


def what_was_done(event: CaseEvent, case: Case) -> str:
    """Say what was recorded and where the case stands now."""
    from sixping.cases.model import STEP_LABELS

    did = f"{case.number} 已记录“{STEP_LABELS[event.kind][1]}”, 现为“{case.status}”"
    if case.merged_into:
        return f"{did}, 由 {case.merged_into} 合并办理, 反映人由那一件答复"
    if event.kind not in {"assigned", "decided"}:
        return did
    parts = [did, f"牵头{case.lead}"]
    if case.assist:
        parts.append(f"协办{'、'.join(case.assist)}")
    if case.coordinator:
        parts.append(f"由{case.coordinator}协调 (四.2)")
    return ", ".join(parts)


def keep_reason(event: CaseEvent, why: str | None) -> CaseEvent:
    """Keep the reason of a statement about the past where the step has none of its own."""
    if why is None or any(f.name == "reason" for f in fields(event)):
        return event
    return replace(event, stated_why=why)


def moved_since(case: Case, log: Sequence[CaseEntry], if_version: int, now: datetime) -> NotAllowed:
    """Tell whoever saw an older version what has happened since, and by whom."""
    hint = f"请先用 sixping show {case.number} 查看, 再决定是否办理。"
    if if_version > case.version:
        return NotAllowed(
            f"{case.number} 还没有第 {if_version} 版, 现在是第 {case.version} 版。", hint
        )
    since = "; ".join(_step_in_short(entry, now) for entry in log[if_version:])
    return NotAllowed(
        f"{case.number} 已从第 {if_version} 版变为第 {case.version} 版: {since}。", hint
    )


def _step_in_short(entry: CaseEntry, now: datetime) -> str:
    from sixping.documents.phrases import moment
    from sixping.render.casesheet import kind_name
    from sixping.util.text import mask_text

    by = mask_text(entry.by or "")
    return f"{moment(entry.recorded_at, now.year)} {by} {kind_name(entry.event.kind)}"

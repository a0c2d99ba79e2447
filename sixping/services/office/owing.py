"""What is owed on cases beside their limits, as the overdue list shows it (三.2, 附2.3, 附3.3).

None of it has a limit of the notice: a day is one that somebody set, and without one only the age
is shown.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

from sixping.cases.lifecycle import effective
from sixping.cases.steps import owing
from sixping.cases.steps.materials import KIND as MATERIAL
from sixping.cases.steps.materials import MaterialOwed
from sixping.errors import NotAllowed
from sixping.queries import cases
from sixping.reports.overdue import Waiting
from sixping.services.office.waiting import close_of, waiting_case

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.cases.step import Step
    from sixping.services.office.waiting import Keep
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.taking import Situation
    from sixping.store.rows import CaseRow, OwedRow
    from sixping.store.sqlite import Connection


def instructions(
    con: Connection, _: datetime, keep: Keep, rulebooks: Rulebooks, __: date
) -> Iterator[Waiting]:
    """Yield the words of leaders that nobody answered, each for the unit that has the case."""
    return _waiting(con, owing.INSTRUCTION, keep, rulebooks)


def demands(
    con: Connection, _: datetime, keep: Keep, rulebooks: Rulebooks, __: date
) -> Iterator[Waiting]:
    """Yield what units were asked for and did not answer, each for its own unit."""
    return _waiting(con, owing.DEMAND, keep, rulebooks)


def transfers(
    con: Connection, _: datetime, keep: Keep, rulebooks: Rulebooks, __: date
) -> Iterator[Waiting]:
    """Yield what went to police or procuratorate and has no result yet, or no receipt."""
    return _waiting(con, owing.TRANSFER, keep, rulebooks)


def _waiting(con: Connection, kind: str, keep: Keep, rulebooks: Rulebooks) -> Iterator[Waiting]:
    """Yield what of a kind is owed: it was recorded while its register was kept."""
    for row, owed in cases.owing(con, kind):
        unit = owed.unit if kind == owing.DEMAND else _handling(con, row)
        if not keep(row._replace(lead=unit, assist="[]")):
            continue
        yield waiting_case(row, kind, owed.since)._replace(
            unit=unit,
            due=close_of(row, owed.due, rulebooks) if owed.due else None,
            remarks=tuple(_remarks(row, owed)),
        )


def _handling(con: Connection, row: CaseRow) -> str | None:
    """Return the unit that handles a case, or the one it was merged into."""
    return cases.case(con, row.merged_into).lead if row.merged_into else row.lead


def _remarks(row: CaseRow, owed: OwedRow) -> Iterator[str]:
    """Yield which one it is, where it went, what is missing."""
    if sum(each["kind"] == owed.kind for each in json.loads(row.owed)) > 1:
        yield f"第 {owed.n} 项"
    if owed.kind == owing.TRANSFER:
        waits = {(each["kind"], each["n"]) for each in json.loads(row.owed)}
        yield f"移送{owed.unit}"
        yield "未取得回执" if (owing.RECEIPT, owed.n) in waits else "未反馈结果"
    if row.merged_into:
        yield f"已并入 {row.merged_into}"


# --- asked for once ----------------------------------------------------------------------------


def refuse_twice(situation: Situation, event: Step, *, kind: str, answer: str) -> Step:
    """Return a step that opens something owed. Raises ``NotAllowed`` while the same is owed.

    What was answered may be asked for again. ``kind``: of what is owed; ``answer``: the command
    that answers it.
    """
    case, said = situation.case, _said(event, situation.at)
    waiting = {owed.n for owed in case.owed if owed.kind == kind}
    for entry in effective(situation.log):
        before = entry.event
        again = type(before) is type(event) and _said(before, entry.at) == said
        if again and getattr(before, "n", 0) in waiting:
            n, what = getattr(before, "n", 0), "待补材料" if kind == MATERIAL else owing.OWED[kind]
            raise NotAllowed(
                f"{case.number} 第 {n} 项{what}内容相同, 尚未答复 (第 {entry.seq} 号), 不重复记。",
                f"{answer.format(no=case.number, n=n)}; 记错了或要改日期, 先撤销:"
                f" sixping void {case.number} {entry.seq} --reason 理由",
            )
    return event


def _said(event: Step, at: datetime) -> tuple[object, ...]:
    """Return by what one is known to be the same: to whom, or by whom, and the words."""
    if isinstance(event, MaterialOwed):
        return (event.unit, event.listed or event.text)
    if isinstance(event, owing.Instructed):
        return (event.leader_person or event.leader, event.day or at.date(), event.text)
    if isinstance(event, owing.Demanded):
        return (event.to, event.text)
    return (event.to, event.content) if isinstance(event, owing.JusticeTransferred) else ()

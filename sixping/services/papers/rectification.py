"""The paper of an operation (四.3) from one state of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents import agenda as words
from sixping.office import registers
from sixping.office.organisation import history
from sixping.queries.cases import case
from sixping.render.meeting import shown_text
from sixping.render.paper.office import rectification as drawn
from sixping.services.agenda import is_about
from sixping.services.office.rectification import KEY, by_days, kept, spans, unrecorded
from sixping.services.papers import origin_of
from sixping.services.personal.atoperations import veiled
from sixping.services.rulebooks import naming_on, rulebooks_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.office.operations import Operation
    from sixping.render.paper.blocks import Paper
    from sixping.store.sqlite import Connection


def summary(con: Connection, operation: Operation, now: datetime, *, reveal: bool = False) -> Paper:
    """Return what came of an operation as a paper; what was said in it masked unless revealed."""
    operation = kept(con, operation if reveal else veiled(con, operation))
    plan, begun = operation.plan, registers.begun(con, KEY)
    calendar = rulebooks_on(con).calendar
    missing = unrecorded(operation, begun, now.date(), calendar) if begun else []
    naming = naming_on(con, now.date())
    told = drawn.Told(
        name=shown_text(plan.text, reveal=reveal),
        first=plan.day,
        last=operation.last,
        hours="-".join(filter(None, (plan.start, plan.end))),
        platforms=[naming.platform(each) for each in plan.platforms],
        units=plan.units,
        coordinator=plan.coordinator,
        people=len(plan.people),
        objects=plan.objects,
        checked=operation.checked if operation.days else None,
        stages=[
            drawn.StageTold(
                shown_text(one.stage, reveal=reveal), one.first, one.last,
                shown_text(one.text, reveal=reveal),
            )
            for one in by_days(operation.stages)
        ],
        days=list(_days(con, operation, reveal=reveal)),
        unrecorded=spans(missing),
        cases=[_case(con, number) for number in operation.cases],
        outcome=shown_text(operation.outcome, reveal=reveal),
        since=begun,
        long=operation.long,
    )  # fmt: skip
    return drawn.paper(told, origin_of(con, now))


def _days(con: Connection, operation: Operation, *, reveal: bool) -> Iterator[drawn.DayTold]:
    known = history(con)
    for day, told in sorted(operation.days.items()):
        people = known.at(day).people
        licensed = sum(who in people and people[who].licensed(day) for who in told.people)
        yield drawn.DayTold(
            day, told.checked, len(told.people), licensed, len(told.cases),
            shown_text(told.text, reveal=reveal),
        )  # fmt: skip


def _case(con: Connection, number: str) -> drawn.CaseTold:
    """Return a case without a word of its reporter; of one about somebody the category only."""
    row = case(con, number)
    category = row.category or words.UNSORTED
    if is_about(row):
        return drawn.CaseTold(number, category, words.ABOUT, "", row.status)
    return drawn.CaseTold(number, category, words.held_by(row), row.community or "", row.status)

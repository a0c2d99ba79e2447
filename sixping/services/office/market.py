"""The inspections and services of a period, read from the state a report is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office import registers
from sixping.office.inspections import inspections_on
from sixping.queries import periods
from sixping.queries.cases import services_of
from sixping.reports.office.market import NOTHING, Market, Told, inspected, months_of, served
from sixping.services.office import inspections

if TYPE_CHECKING:
    from sixping.reports.office.market import Inspected, Services
    from sixping.services.report import Source


def market(source: Source) -> Market:
    """Return what a report says of both; nothing where neither is kept."""
    found = Market(_inspections(source), _services(source))
    return found if any(found) else NOTHING


def _inspections(source: Source) -> Inspected | None:
    """Return the totals of the whole months of a period; of a unit or community there are none."""
    con, seq, request = source.con, source.state.seq, source.request
    since = registers.begun(con, inspections.REGISTER, seq)
    if since is None or request.narrow.unit or request.narrow.community:
        return None
    months = months_of(request.span, since, request.moment.date())
    if not months:
        return None
    kinds = inspections.rules_on(con, seq).kinds
    failing = {kind.name: kind.failed for kind in kinds}
    told = [
        Told(
            *key,
            each.values,
            each.partial,
            inspections.without_case(con, each, failing.get(key.sort, ""), seq),
        )
        for key, each in inspections_on(con, as_of=seq).items()
    ]
    found = inspected(since, months, kinds, told, request.narrow.platform)
    return found if found.rows else None


def _services(source: Source) -> Services | None:
    con, state = source.con, source.state
    since = registers.begun(con, "services", state.seq)
    if since is None or source.request.span.last < since:
        return None
    items = services_of(con, state.seq)
    things = periods.things(
        con, state, source.period,
        satisfied=source.edition.readings.satisfied_from, room=source.room,
    ) if items else ()  # fmt: skip
    return served(
        since,
        (
            (items[thing.row.number], thing.counts)
            for thing in things
            if thing.row.number in items and source.narrow.takes(thing.row.keys)
        ),
    )

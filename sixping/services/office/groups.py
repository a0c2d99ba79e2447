"""Numbers of 安置帮教, 禁毒 and the like by month and unit (附1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed
from sixping.office import registers, streams
from sixping.office.groups import STREAM, GroupCounted, fold, groups_on
from sixping.office.organisation import organisation_at
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from datetime import date

    from sixping.policy.meetings import Measure
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "groups"


def enter(
    tx: Transaction, unit: str, first: date, last: date, measure: str, count: int
) -> tuple[GroupCounted, Measure, int]:
    """Record a number of a month; return it, what it counts, and the seq."""
    begun = registers.require(tx.con, KEY)
    if last < begun:
        raise NotAllowed(
            f"帮教禁毒数字登记自{understood_day(begun)}起, {first:%Y-%m} 在这以前。",
            "要从更早的月份记起: 先停用 (sixping register off 帮教禁毒数字), "
            "再 sixping register on 帮教禁毒数字 --from 日期",
        )
    of = rule_on(tx.con, MEETINGS, load_rules).measure(measure)
    who = organisation_at(tx.con, min(last, tx.stamp.now.date())).units.find(unit).name
    event = GroupCounted(month=f"{first:%Y-%m}", unit=who, measure=of.name, count=count)
    seq = streams.record(tx, STREAM, event.month, event, tx.stamp.now)
    fold(streams.entries(tx.con, STREAM, event.month))  # which judges it
    return event, of, seq


class Sum(NamedTuple):
    """What a measure came to in a month, over the units that gave it; the others are unknown."""

    measure: Measure
    total: int
    units: int


def sums(con: Connection, month: str) -> list[Sum]:
    """Return the sums of a month, in the order of the rules; none while the register sleeps."""
    if registers.begun(con, KEY) is None:
        return []
    told = [entry.told for entry in groups_on(con, month)]
    found = []
    for measure in rule_on(con, MEETINGS, load_rules).measures:
        own = [one.count for one in told if one.measure == measure.name]
        if own:
            found.append(Sum(measure, sum(own), len(own)))
    return found

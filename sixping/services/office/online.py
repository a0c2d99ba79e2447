"""Whether somebody of an agency that is on duty online can take what it is assigned (一.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office.duty import DutyRecord
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.store.sqlite import Connection


def unreached(
    con: Connection, calendar: Calendar, agencies: Iterable[str], day: date
) -> Iterator[str]:
    """Yield a sentence for each agency of which nobody is on duty online on a working day.

    No record is not nobody: where no roster is kept and duty is not checked, nothing is said.
    """
    if not calendar.is_workday(day):
        return
    record = DutyRecord(con, day, day)
    checked = record.begun is not None and record.begun <= day
    for agency in agencies:
        planned = record.at(day).rosters.get(agency, ())
        there = {who for who, *_ in record.at(day).present()}
        members = {person.id for person in record.people(day).members(agency)}
        if there & members or any(not record.away(who, day) for who in planned):
            continue
        if planned:
            yield (
                f"注意: {agency}{understood_day(day)}排班的人都请假, 没有人在线值班 (一.3);"
                f" 换班: sixping duty swap {day} {planned[0]} --propose"
            )
        elif checked or any(book.rosters.get(agency) for book in record.days.values()):
            yield (
                f"注意: {agency}{understood_day(day)}没有排班和签到记录, 不知道有没有人在线值班"
                f" (一.3); 排班: sixping duty plan {day} --agency {agency}"
            )

"""Whether somebody of an agency that is on duty online can take what it is assigned (一.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.office.duty import DutyRecord
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sixping.calendar.table import Calendar
    from sixping.store.sqlite import Connection


def unreached(
    con: Connection, calendar: Calendar, agencies: Iterable[str], at: datetime
) -> Iterator[str]:
    """Yield a sentence for each agency of which nobody is on duty online at an instant.

    On working days. No record is not nobody: where no roster is kept and duty is not checked,
    nothing is said, but where all who are on duty online have leave.
    """
    day, minute = at.date(), at.hour * 60 + at.minute
    if not calendar.is_workday(day):
        return
    record = DutyRecord(con, day, day)
    checked = record.begun is not None and record.begun <= day
    lines = record.at(day).present()
    for agency in agencies:
        members = {person.id: person for person in record.people(day).members(agency)}
        there = {who for who, start, end in lines if start <= minute < end} & {*members}
        left = {who for who, _, end in lines if end <= minute} & {*members}
        planned = record.at(day).rosters.get(agency, ())
        if there or any(not record.away(who, day) and who not in left for who in planned):
            continue
        online = planned or [who for who, person in members.items() if person.online]
        named = f"{agency}{understood_day(day)}"
        if left:
            yield f"注意: {named}的人已签退, 现在没有人在线值班 (一.3); 请电话联系"
        elif planned:
            yield (
                f"注意: {named}排班的人都请假, 没有人在线值班 (一.3);"
                f" 换班: sixping duty swap {day} {planned[0]} --propose"
            )
        elif online and all(record.away(who, day) for who in online):
            yield f"注意: {named}在线值班的人都请假, 没有人在线值班 (一.3); 请电话联系"
        elif checked or any(book.rosters.get(agency) for book in record.days.values()):
            yield (
                f"注意: {named}没有排班和签到记录, 不知道有没有人在线值班"
                f" (一.3); 排班: sixping duty plan {day} --agency {agency}"
            )

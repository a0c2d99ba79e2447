"""What a command that shows deadlines says of the calendar behind them: once, on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sixping.commands._books import Books
    from sixping.commands._frame import Desk
    from sixping.storage import Connection


def waits(con: Connection, books: Books, desk: Desk) -> int:
    """Return how many open cases have a promise that ``calendar apply`` would change.

    Cheap while all were counted with the calendar in force: one query finds none.
    """
    from sixping.calendarviews import counted_clocks

    calendar = books.calendar
    rows = counted_clocks(con, calendar.fingerprint[:16], books.known.settled(calendar))
    if not rows:
        return 0
    from sixping.commands._reschedule import moves

    return len({move.number for move in moves(rows, books, desk.now)})


def remark(desk: Desk, *, provisional: bool, waiting: int = 0) -> None:
    """Warn that shown deadlines are provisional, or that cases wait; each once a command."""
    lines = {}
    if provisional:
        lines["provisional"] = (
            "注意: 有的期限为暂定, 所涉年份的放假安排尚未导入; "
            "公布后请运行 sixping calendar import 和 sixping calendar apply。"
        )
    if waiting:
        lines["waiting"] = (
            f"注意: 日历有变化, {waiting} 件的期限还没有相应调整: sixping calendar apply"
        )
    fresh = {name: line for name, line in lines.items() if name not in desk.remarked}
    desk.remarked.update(fresh)
    desk.say(*fresh.values())

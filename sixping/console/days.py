"""Days, hours and minutes as commands take them: the options, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.util.dates import parse_day, understood_day

if TYPE_CHECKING:
    from datetime import date

    from sixping.console.context import Context


def day_of(context: Context, value: str | None, *, past: bool = False, echo: bool = True) -> date:
    """Return the day that was written, today by default, and echo how it was understood."""
    if value is None:
        return context.now.date()
    day = parse_day(value, context.now, past=past)
    if echo:
        context.say(f"日期: {understood_day(day)}")
    return day

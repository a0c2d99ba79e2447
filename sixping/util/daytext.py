"""How a day and an instant are said to people, with the year; Shanghai time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.util.clock import instant

if TYPE_CHECKING:
    from datetime import date, datetime

WEEKDAYS = "一二三四五六日"


def understood(moment: datetime) -> str:
    """Return how an instant was understood, for people: ``2026年10月8日(周四) 15:00``."""
    local = instant(moment)
    seconds = f":{local.second:02}" if local.second else ""
    return f"{understood_day(local.date())} {local.hour:02}:{local.minute:02}{seconds}"


def understood_day(day: date) -> str:
    """Return how a day was understood: ``2026年10月8日(周四)``."""
    return f"{day.year}年{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})"


def understood_span(first: date, last: date) -> str:
    """Return whole days, both ends included, as ``understood_day`` has them."""
    return f"{understood_day(first)} 至 {understood_day(last)}"

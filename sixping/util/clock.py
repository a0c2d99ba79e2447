"""The only clock, and Shanghai time.

Instants are aware ``datetime`` values at the fixed offset +08:00 in whole seconds
(no tz database: mainland China has no daylight saving since 1991, and the ledger
must not depend on the machine's zone files). Their one text form is fixed-width
ISO 8601, ``2026-11-24T17:00:00+08:00``: text order is time order.
"""

from __future__ import annotations

import os
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache

from sixping.errors import UsageFault

SHANGHAI = timezone(timedelta(hours=8))
DAYS_END = time(23, 59, 59)


def now() -> tuple[datetime, bool]:
    """Return the present instant and whether ``SIXPING_NOW`` replaced the clock.

    Raises ``UsageFault`` when ``SIXPING_NOW`` is set and is not an ISO instant.
    """
    stated = os.environ.get("SIXPING_NOW", "")
    if not stated:
        return datetime.now(SHANGHAI).replace(microsecond=0), False
    try:
        return instant(datetime.fromisoformat(stated)), True
    except (ValueError, OverflowError):
        raise UsageFault(
            f"环境变量 SIXPING_NOW 不是有效的时间: {stated}",
            "请写成 2026-11-23T09:00:00+08:00, 或取消该变量。",
        ) from None


def instant(value: datetime) -> datetime:
    """Bring a datetime to Shanghai time in whole seconds (naive means Shanghai)."""
    if value.tzinfo is None:
        value = value.replace(tzinfo=SHANGHAI)
    return value.astimezone(SHANGHAI).replace(microsecond=0)


def end_of(day: date) -> datetime:
    """Return the last second of a day: what somebody else wants by that day may come until then."""
    return datetime.combine(day, DAYS_END, SHANGHAI)


@lru_cache(maxsize=4096)  # the same few instants fill most columns of a case
def to_text(value: datetime) -> str:
    """Return the fixed-width text form of an instant."""
    if value.tzinfo == SHANGHAI and not value.microsecond:
        return value.isoformat()
    return instant(value).isoformat()


@lru_cache(maxsize=4096)  # a case repeats the same few instants: one object, hashed once
def from_text(value: str) -> datetime:
    """Read the fixed-width text form back into an instant."""
    return datetime.fromisoformat(value)

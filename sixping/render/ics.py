"""Deadlines as an iCalendar feed (RFC 5545): what a phone or a mail program subscribes to.

Pure. Lines end in CRLF and are folded at 75 octets of UTF-8, never inside a character.
An event keeps its UID for the life of a clock; a promise that moved has a higher
``SEQUENCE``, so that programs replace the entry. Nothing a citizen said goes in.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sixping.util.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OCTETS = 75
_HEAD = (
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sixping//deadlines//ZH", "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH", "X-WR-CALNAME:街道指挥室期限",
)  # fmt: skip


class Deadline(NamedTuple):
    """One running clock: ``sequence`` grows with every change; instants are aware."""

    uid: str
    sequence: int
    due: datetime
    summary: str
    description: str
    provisional: bool


def feed(deadlines: Iterable[Deadline], now: datetime) -> bytes:
    """Return the whole file."""
    lines = [*_HEAD]
    for deadline in deadlines:
        lines += _event(deadline, now)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def _event(deadline: Deadline, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{deadline.uid}"
    yield f"DTSTAMP:{_utc(now)}"
    yield f"SEQUENCE:{deadline.sequence}"
    yield f"DTSTART:{_utc(deadline.due)}"
    yield f"SUMMARY:{escape(deadline.summary)}"
    if deadline.description:
        yield f"DESCRIPTION:{escape(deadline.description)}"
    yield f"STATUS:{'TENTATIVE' if deadline.provisional else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escape(value: str) -> str:
    """Return a TEXT value; control characters become visible signs."""
    text = clean(value, multiline=True)
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def fold(line: str) -> bytes:
    """Return a content line with its CRLF, broken before it exceeds 75 octets."""
    out, used = [], 0
    for char in line:
        octets = char.encode()
        if used + len(octets) > _OCTETS:
            out.append(b"\r\n ")
            used = 1
        out.append(octets)
        used += len(octets)
    return b"".join([*out, b"\r\n"])


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")

"""An invented ledger to try things on: reports of ``data/demo.toml``, lived through in order.

Pure: gives the steps with their times; nobody real occurs, and every event carries the
remark that its clock was stated.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sixping.util import toml
from sixping.util.clock import SHANGHAI
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    from datetime import date

    from sixping.calendar.table import Calendar
    from sixping.util.toml import Table

#: how far back the invented cases reach, and how many days lie between two of them
DAYS, EVERY = 100, 2
PHONES = 13_800_000_000


class Sketch(NamedTuple):
    """One invented report and the steps of its life: (working days after receipt, step)."""

    text: str
    severity: str | None
    nature: str | None
    life: tuple[tuple[int, str], ...]


class Turn(NamedTuple):
    """One thing that happens: at this moment, to the nth report."""

    at: datetime
    order: int
    report: int
    step: str


class Invented(NamedTuple):
    """What the file invents: the reports, and the leaders by name and role."""

    sketches: list[Sketch]
    leaders: dict[str, str]


def parse_demo(text: str, source: str) -> Invented:
    """Read what is invented; raises ``BadData`` naming file and key."""
    top = toml.parse(text, source)
    leaders: dict[str, str] = {}
    for table in top.tables("person"):
        leaders[table.text("name")] = table.text("role")
        table.finish()
    sketches = [_sketch(table) for table in top.tables("report")]
    top.finish()
    return Invented(sketches, leaders)


def _sketch(table: Table) -> Sketch:
    life = []
    for part in table.text("life").split(","):
        days, _, step = part.strip().partition(" ")
        if not (days.isdigit() and step):
            raise table.fault("life", f"应为“工作日数 步骤”, 现为 {part.strip()}")
        life.append((int(days), step))
    sketch = Sketch(
        text=table.text("text"),
        severity=table.text("severity") if table.has("severity") else None,
        nature=table.text("nature") if table.has("nature") else None,
        life=tuple(life),
    )
    table.finish()
    return sketch


def turns(sketches: list[Sketch], now: datetime, calendar: Calendar) -> list[Turn]:
    """Return everything that happened before ``now``, in order of time."""
    first = now.date() - timedelta(days=DAYS)
    life: list[Turn] = []
    for report in range(DAYS // EVERY):
        day = first + timedelta(days=report * EVERY)
        received = datetime.combine(day, time(8 + report % 9, report * 7 % 60), SHANGHAI)
        life.append(Turn(received, 0, report, "intake"))
        for order, (days, step) in enumerate(sketches[report % len(sketches)].life, 1):
            at = received + timedelta(minutes=20 * order)
            if days:
                at = _office(add_workdays(day, days, calendar), order, report)
            life.append(Turn(at, order, report, step))
    return sorted((t for t in life if t.at < now), key=lambda t: (t.at, t.order))


def _office(day: date, order: int, report: int) -> datetime:
    """Return a moment within office hours, later for later steps of one day."""
    return datetime.combine(day, time(9 + min(order, 7), report * 11 % 60), SHANGHAI)

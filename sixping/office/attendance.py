"""Who had to come to a meeting, who came, who had leave, who was absent without it (附1.2).

Pure. Who has to come are the members by their role on the day and those invited. Nobody is absent
from a meeting of which nobody recorded who came: that is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sixping.office.meetings import Meeting
    from sixping.office.organisation import Organisation

DUE, PRESENT, EXCUSED, ABSENT = "due", "present", "excused", "absent"
WORDS: Mapping[str, str] = {DUE: "应到", PRESENT: "实到", EXCUSED: "请假", ABSENT: "未请假缺席"}
#: in place of the unit of whoever was invited from elsewhere
GUESTS = "(邀请)"


class Guest(NamedTuple):
    """Somebody invited who is not of the staff; ``invitation``: the seq of that."""

    name: str | None
    invitation: int


Seat = str | Guest
"""Who has to come: one of the staff by id, or a guest."""


class Roll(NamedTuple):
    """The roll of a meeting. ``beside``: staff who came without having to.

    ``afterwards``: of the excused those whose leave was written up after the day of the meeting.
    ``unfilled``: members, as role and unit, of whom the register has nobody: they are in no figure.
    """

    due: tuple[Seat, ...]
    present: tuple[Seat, ...]
    excused: tuple[Seat, ...]
    afterwards: tuple[Seat, ...]
    beside: tuple[str, ...]
    unfilled: tuple[tuple[str, str | None], ...]
    recorded: bool

    @property
    def absent(self) -> tuple[Seat, ...] | None:
        """Return who did not come and had no leave; None: nobody knows who came."""
        if not self.recorded:
            return None
        there = {*self.present, *self.excused}
        return tuple(seat for seat in self.due if seat not in there)

    @property
    def known(self) -> bool:
        """Return whether it is known of anybody that he has to come."""
        return bool(self.due) or not self.unfilled

    def of(self, what: str) -> tuple[Seat, ...]:
        """Return who is counted in one of the figures (``WORDS``)."""
        seats: tuple[Seat, ...] | None = getattr(self, what)
        return seats or ()


def roll(
    meeting: Meeting,
    members: Sequence[tuple[str, str | None]],
    organisation: Organisation,
    titles: Mapping[str, tuple[str, ...]],
) -> Roll:
    """Return the roll; ``members``: role and unit of each, as of the day.

    ``titles``: what a role is called besides, where nobody of the unit goes by the role itself.
    """
    due: dict[Seat, None] = {}
    unfilled = []
    for role, unit in members:
        known = [person for person in organisation.people.values() if unit in (None, person.unit)]
        found = [person.id for person in known if role in person.role.split("、")] or [
            person.id for person in known if {*titles[role]} & {*person.role.split("、")}
        ]
        due |= dict.fromkeys(found)
        if not found:
            unfilled.append((role, unit))
    named = {person.name: person.id for person in organisation.people.values() if person.name}
    for name, invitation in zip(meeting.guests, meeting.invitations, strict=True):
        due[named.get(name, Guest(name, invitation)) if name else Guest(None, invitation)] = None

    def there(seat: Seat) -> bool:
        if isinstance(seat, Guest):
            return seat.invitation in meeting.came
        return seat in meeting.people

    def has_leave(seat: Seat) -> bool:
        if isinstance(seat, Guest):
            return seat.invitation in meeting.excused_guests
        return seat in meeting.excused

    excused = tuple(filter(has_leave, due))
    return Roll(
        tuple(due),
        tuple(filter(there, due)),
        excused,
        tuple(seat for seat in excused if meeting.leave_on[_key(seat)] > meeting.day),
        tuple(who for who in meeting.people if who not in due),
        tuple(unfilled),
        meeting.recorded,
    )


def _key(seat: Seat) -> str | int:
    """Return by what a meeting keeps somebody: the id, or the seq of the invitation."""
    return seat.invitation if isinstance(seat, Guest) else seat


class Called(NamedTuple):
    """A meeting with its roll, and the unit of each of the staff on the day."""

    meeting: str
    sort: str
    day: date
    roll: Roll
    units: Mapping[str, str]

    def unit(self, seat: Seat) -> str:
        """Return the unit of somebody."""
        return GUESTS if isinstance(seat, Guest) else self.units.get(seat, "")


def by_unit(called: Iterable[Called]) -> dict[str, dict[str, int]]:
    """Return for each unit how often somebody had to come, came, had leave, was absent.

    Only meetings count of which somebody recorded who came. Units stand in the order of their
    names, guests last.
    """
    found: dict[str, dict[str, int]] = {}
    for one in called:
        if not one.roll.recorded:
            continue
        for what in WORDS:
            for seat in one.roll.of(what):
                row = found.setdefault(one.unit(seat), dict.fromkeys(WORDS, 0))
                row[what] += 1
    return {unit: found[unit] for unit in sorted(found, key=lambda unit: (unit == GUESTS, unit))}


class Missed(NamedTuple):
    """A week or month in which a regular meeting was not held.

    ``called``: one was planned and nothing is on record of it; ``others``: extraordinary ones.
    """

    sort: str
    platform: str | None
    first: date
    last: date
    called: str | None
    others: tuple[str, ...]
    clause: str

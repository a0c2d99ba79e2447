"""Who allows that somebody is out and counts as present (一.2): somebody of the room, or a leader.

Never whoever goes out, nor the operator. While the register holds nobody who may, an approving
role itself may be named and is remarked as 未登记.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.lifecycle import replayed
from sixping.documents.phrases import GONE
from sixping.errors import NotAllowed, NotFound
from sixping.services.approval import Approval, holders_of, home_of, operates, roles_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sixping.cases.step import CaseEntry
    from sixping.office.organisation import Organisation, Person
    from sixping.store.transaction import Transaction

#: people that a refusal names
_LISTED = 5


def allowed(
    tx: Transaction, organisation: Organisation, day: date, person: Person, name: str
) -> Approval:
    """Return who allows an outing of a person on a day; ``name``: id, name, or a role.

    Raises ``NotFound`` for nobody of the register, ``NotAllowed`` for who may not.
    """
    name, roles = name.strip(), roles_on(tx.con, day)
    holders = holders_of(organisation, roles)
    room = organisation.units.roles.room
    fit = {**{p.id: p.role for p in organisation.members(room)}, **holders}
    ways = _ways(tx, organisation, fit, person, roles)
    if name in {person.id, person.name}:
        raise NotAllowed("外出的人不能由自己同意 (--allowed-by)。", ways)
    if not fit and name in roles and not operates(tx.stamp, name):
        return Approval(None, name, name)
    try:
        found = organisation.find(name)
    except NotFound as fault:
        raise NotFound(
            f"{understood_day(day)}的在册人员中没有“{name}” (--allowed-by)。", ways
        ) from fault
    if operates(tx.stamp, found.id, found.name or name):
        raise NotAllowed("经办人自己不能同意外出 (--allowed-by)。", ways)
    if found.id not in fit:
        said = f"{found.id} {found.name or GONE} 是{found.unit}的人"
        raise NotAllowed(f"{said}, 不是{room}的人, 也不是领导, 不能同意外出。", ways)
    return Approval(found.id, fit[found.id] or room, found.name or name)


def _ways(
    tx: Transaction,
    organisation: Organisation,
    fit: dict[str, str],
    person: Person,
    roles: Sequence[str],
) -> str:
    """Say who can, or how to register somebody and what may be named until then."""
    room = organisation.units.roles.room
    add = f"登记: sixping units person add 姓名 --unit {room}"
    if not fit:
        named = f"; 登记之前可写职务, 如 --allowed-by {roles[0]}" if roles else ""
        return f"{add}{named}。"
    people = [organisation.people[who] for who in fit if who != person.id]
    others = [p for p in people if not operates(tx.stamp, p.id, p.name or p.id)]
    listed = "、".join(f"{p.id} {p.name or GONE} ({p.unit})" for p in others[:_LISTED])
    return f"{f'可以写: {listed}' if listed else '在册的没有别人可以'}; 另{add}。"


def handled_by(
    organisation: Organisation, number: str, log: Sequence[CaseEntry], unit: str
) -> bool:
    """Return whether a case is or was with a unit; a community and its grids are one."""
    home = home_of(organisation, unit)
    return any(
        home_of(organisation, name) == home
        for _, case in replayed(number, log)
        for name in filter(None, (case.lead, *case.assist))
    )

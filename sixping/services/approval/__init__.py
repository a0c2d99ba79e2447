"""Who may approve a step or decide on a case (五.1c, 三.2): people of the register, by their role.

Never the operator, never somebody of the unit that gains. While the register holds nobody of an
approving role, the role itself may be named and is remarked as 未登记.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import replayed
from sixping.documents.phrases import GONE
from sixping.errors import NotAllowed, NotFound
from sixping.office.organisation import organisation_at
from sixping.policy.editions import POLICY, load_policy
from sixping.policy.units import UnitKind
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from sixping.cases.model import Case
    from sixping.cases.step import CaseEntry, Step
    from sixping.office.organisation import Organisation, Person
    from sixping.services.taking import Situation
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp

#: how several roles of one person are written apart
_APART = re.compile(r"[、,，;；/\s]+")
#: what may be a name in how the operator is written
_WORDS = re.compile(r"[^\W_]+")
#: people that a refusal names; the others are in the list of people
_LISTED = 5


class Approval(NamedTuple):
    """Who approved: facts of a step but for the name as it was given.

    ``approver`` None: the role was named, as nobody of the register has one (未登记).
    """

    approver: str | None
    approver_role: str
    approved_by: str

    def put_on(self, event: Step) -> Step:
        """Return a step with who approved it."""
        return replace(event, **self._asdict())

    @property
    def remark(self) -> str:
        """Return what has to be said of a role that nobody of the register has; else nothing."""
        if self.approver:
            return ""
        role = self.approver_role
        return (
            f"按职务“{role}”记录, 未登记是哪一位; 登记: sixping units person add 姓名"
            f" --unit 单位 --role {role}"
        )


def approval(
    situation: Situation,
    name: str,
    gains: Collection[str] = (),
    *,
    leader: bool = False,
    option: str = "--approved-by",
    oneself: bool = False,
) -> Approval:
    """Return who approves, checked on the day of the step; ``name``: id, name, or a role.

    ``gains``: the units that gain by the step; a community and its grids count as one.
    ``leader``: only who may grant a second extension or an exception; ``option`` by which it
    was named; ``oneself``: the operator may be it, whose own word it is. Raises ``NotFound`` for
    nobody of the register, ``NotAllowed`` for who may not.
    """
    roles = approving_roles(situation, leader=leader)
    organisation = organisation_at(situation.work.con, situation.at.date())
    holders = holders_of(organisation, roles)
    wanted = _Wanted(situation, organisation, roles, holders, frozenset(gains), option, oneself)
    return wanted.person(name.strip()) if holders else wanted.role(name.strip())


def approving_roles(situation: Situation, *, leader: bool = False) -> tuple[str, ...]:
    """Return the roles that approve on the day of a step, as the policy lists them."""
    return roles_on(situation.work.con, situation.at.date(), leader=leader)


def roles_on(con: Connection, day: date, *, leader: bool = False) -> tuple[str, ...]:
    """Return the roles that approve on a day, as the policy lists them."""
    readings = rule_on(con, POLICY, load_policy).edition_at(day).readings
    leaders = readings.leaders
    if leaders is None:
        return readings.approvers
    return leaders if leader else tuple(dict.fromkeys((*leaders, *readings.approvers)))


def how_to(situation: Situation, gains: Collection[str] = (), *, leader: bool = False) -> str:
    """Say who could approve a step, or how somebody is registered who can."""
    roles = approving_roles(situation, leader=leader)
    organisation = organisation_at(situation.work.con, situation.at.date())
    holders = holders_of(organisation, roles)
    return _Wanted(situation, organisation, roles, holders, frozenset(gains)).ways()


def home_of(organisation: Organisation, name: str) -> str:
    """Return the community of a grid, who leads a platform, else the unit: they count as one."""
    units = organisation.units
    unit = units.get(name)
    if unit is None:
        return name
    led = units.lead(unit.platform) if unit.kind is UnitKind.PLATFORM and unit.platform else None
    return led or unit.parent or unit.name


def holders_of(organisation: Organisation, roles: Collection[str]) -> dict[str, str]:
    """Return who has an approving role: person → role."""
    found = {}
    for person in organisation.people.values():
        role = next((part for part in roles_of(person) if part in roles), None)
        if role:
            found[person.id] = role
    return found


def roles_of(person: Person) -> list[str]:
    """Return the roles of a person, as they are written apart."""
    return _APART.split(person.role)


class _Wanted(NamedTuple):
    """Somebody who may approve a step, among the people of its day."""

    situation: Situation
    organisation: Organisation
    roles: tuple[str, ...]
    holders: Mapping[str, str]
    gains: frozenset[str]
    option: str = "--approved-by"
    oneself: bool = False

    def person(self, name: str) -> Approval:
        """Return the person of this name or id. Raises for nobody, and for who may not."""
        try:
            person = self.organisation.find(name)
        except NotFound:
            day = self.situation.at.date()
            on = understood_day(day)
            what = f"{on}的在册人员中没有“{name}” ({self.option})。"
            if name in self.roles:
                what = f"{on}已有在册的领导, 请写是哪一位, 不写职务“{name}” ({self.option})。"
            raise NotFound(what, self.ways()) from None
        self._refuse_operator(person.id, person.name or name)
        if person.id in self._reported:
            raise NotAllowed(
                f"{_named(person)}是被反映的人, 应当回避, {self._cannot}。", self.ways()
            )
        role = self.holders.get(person.id)
        if role is None:
            said = f"职务是“{person.role}”" if person.role else "没有登记职务"
            raise NotAllowed(f"{_named(person)}{said}, {self._cannot}。", self.ways())
        if self._gains(person):
            raise NotAllowed(
                f"{_named(person)}是{person.unit}的人, 得益的单位的人{self._cannot}。", self.ways()
            )
        return Approval(person.id, role, person.name or name)

    def role(self, name: str) -> Approval:
        """Return a role that nobody of the register has. Raises for what is no such role."""
        self._refuse_operator(name, name)
        if name not in self.roles:
            raise NotAllowed(
                f"“{mask_text(name)}”{self._cannot}: 在册人员中还没有这样的领导,"
                " 它也不是这样的职务。",
                self.ways(),
            )
        return Approval(None, name, name)

    def ways(self) -> str:
        """Say who can, or how to register somebody and what may be named until then."""
        role = self.roles[0] if self.roles else "职务"
        day = self.situation.at.date()
        since = "" if day == self.situation.work.stamp.now.date() else f" --from {day}"
        add = f"sixping units person add 姓名 --unit 单位 --role {role}{since}"
        if not self.holders:
            role_of = f"{self.option} {role}"
            return f"登记: {add}; 登记之前可写职务, 如 {role_of} ({'、'.join(self.roles)})。"
        fit = [self.organisation.people[who] for who in self.holders if self._may(who)]
        listed = "、".join(
            f"{p.id} {p.name or GONE} ({self.holders[p.id]}, {p.unit})" for p in fit[:_LISTED]
        )
        return f"{f'可以写: {listed}' if fit else '在册的没有别人可以'}; 另登记: {add}。"

    def _may(self, who: str) -> bool:
        person = self.organisation.people[who]
        return not (
            who in self._reported or self._gains(person) or self._operates(who, person.name or who)
        )

    def _gains(self, person: Person) -> bool:
        homes = {home_of(self.organisation, unit) for unit in self.gains}
        return home_of(self.organisation, person.unit) in homes

    @property
    def _reported(self) -> set[str | None]:
        """Return whom the case, or a report merged into it, is about."""
        return {report.about_person for report in self.situation.case.reports}

    def _operates(self, *names: str) -> bool:
        """Return whether one of the names is whom the step is taken for, or the account's."""
        return not self.oneself and operates(self.situation.work.stamp, *names)

    @property
    def _cannot(self) -> str:
        return "不能批准" if self.option == "--approved-by" else "不能作决定"

    def _refuse_operator(self, *names: str) -> None:
        if self._operates(*names):
            raise NotAllowed(f"经办人自己{self._cannot} ({self.option})。", self.ways())


def operates(stamp: Stamp, *names: str) -> bool:
    """Return whether one of the names is whom a step is taken for, or the account's.

    He may have written his unit beside his name: whole words are compared.
    """
    return is_one_of((stamp.by, stamp.user.partition("(")[0]), *names)


def is_one_of(written: Iterable[str | None], *names: str) -> bool:
    """Return whether one of the names is among how operators or accounts are written."""
    return not _words_of(written).isdisjoint(map(_plain, names))


def last_in_round(situation: Situation, of: Case, kind: str) -> CaseEntry | None:
    """Return the last step of a kind in the present round."""
    found = None
    for entry, case in replayed(of.number, situation.log_of(of.number)):
        if entry.event.kind == kind and case.round == of.round:
            found = entry
    return found


def stranger(situation: Situation) -> str:
    """Return a remark where the register does not know the operator of what is approved."""
    people = organisation_at(situation.work.con, situation.at.date()).people.values()
    stamp = situation.work.stamp
    if not people or any(operates(stamp, p.id, p.name or p.id) for p in people):
        return ""
    return "经办人未登记, 是否与批准人为同一人无从核对"


def _words_of(written: Iterable[str | None]) -> set[str]:
    said = [name for name in written if name]
    return {_plain(name) for name in (*said, *(w for name in said for w in _WORDS.findall(name)))}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _named(person: Person) -> str:
    return f"{person.id} {person.name or GONE} "

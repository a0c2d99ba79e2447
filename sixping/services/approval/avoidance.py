"""Whom a report is about, and who therefore has no say in it (被反映对象, 回避)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.cases.intake import About
from sixping.errors import NotAllowed, NotFound
from sixping.office.organisation import organisation_at
from sixping.services.approval import approval, operates

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sixping.cases.model import Case
    from sixping.cases.step import Step
    from sixping.office.organisation import Organisation
    from sixping.services.taking import Situation
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection


def about_of(organisation: Organisation, name: str | None) -> About | None:
    """Return whom a report is about: a unit or a person of the day by exact name, else the name.

    Raises ``NotAllowed`` for a name that several people of the register share.
    """
    if name is None:
        return None
    name = name.strip()
    unit = organisation.units.get(name)
    if unit:
        return About(unit.name, unit=unit.name)
    try:
        person = organisation.find(name)
    except NotFound:
        return About(name)
    except NotAllowed as fault:
        raise NotAllowed(f"被反映对象 (--about): {fault.what}", fault.hint) from None
    return About(person.name or name, person=person.id, home=person.unit)


def reported_units(situation: Situation) -> frozenset[str]:
    """Return the units that stay out of a case: the reported one, or that of the person."""
    return _out(situation.work.con, situation.case, situation.at.date())


def _out(con: Connection, case: Case | CaseRow, day: date) -> frozenset[str]:
    if case.about_unit is None and case.about_person is None:
        return frozenset()
    person = organisation_at(con, day).people.get(case.about_person or "")
    return frozenset(filter(None, (case.about_unit, person.unit if person else None)))


def suggestible(con: Connection, lead: str | None, case: Case | CaseRow, day: date) -> str | None:
    """Return a unit that was suggested to lead, None where it has to stay out."""
    return None if lead in _out(con, case, day) else lead


def refuse_reported(situation: Situation, units: Collection[str], *, by_leader: bool) -> str | None:
    """Return the first of these units that is reported; refuse it unless a leader said so."""
    reported = reported_units(situation)
    unit = next((name for name in units if name in reported), None)
    if unit and not by_leader:
        what = "被反映的单位" if unit == situation.case.about_unit else "被反映人所在的单位"
        raise NotAllowed(
            f"{unit}是{what}, 应当回避, 不能交它办理。",
            "请交别的单位; 确须由它办理的, 由领导决定: 加 --leader 姓名。",
        )
    return unit


def with_word(
    situation: Situation, event: Step, units: Collection[str], leader: str | None
) -> Step:
    """Return a step that gives a case to units, with the leader's word where one was given.

    Raises ``NotAllowed`` for a reported unit without it, and for whose word does not hold.
    """
    unit = refuse_reported(situation, units, by_leader=leader is not None)
    if leader is None:
        return event
    word = approval(situation, leader, (unit,) if unit else units)
    if word.remark:
        situation.hint(word.remark)
    return word.put_on(event)


def refuse_reported_person(situation: Situation) -> None:
    """Refuse that the reported person says whether the result holds."""
    who = situation.case.about_person
    if who is None:
        return
    person = organisation_at(situation.work.con, situation.at.date()).people.get(who)
    if operates(situation, who, (person and person.name) or who):
        raise NotAllowed("被反映的人不能核查这一件的结果 (回避)。", "请由别人核查, 写明 --by。")

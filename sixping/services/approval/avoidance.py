"""Whom a report is about, and who therefore has no say in it (被反映对象, 回避)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.intake import About
from sixping.cases.lifecycle import effective
from sixping.cases.model import Case, Report
from sixping.errors import NotAllowed, NotFound
from sixping.office.organisation import organisation_at
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import Status
from sixping.services.approval import approval, home_of, operates
from sixping.store.amended import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sixping.cases.step import CaseEntry, Step
    from sixping.office.organisation import Organisation
    from sixping.policy.units import Unit
    from sixping.services.approval import Approval
    from sixping.services.taking import Situation
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

#: what after a unit's name says where somebody else is
_WHERE = (
    "旁", "边", "门口", "门前", "附近", "对面", "隔壁", "周边", "楼", "以", "里", "外", "东", "南",
    "西", "北",
)  # fmt: skip
#: what after a place's name is of its office, not of whoever lives there
_OF_A_PLACE = (
    "居委会", "居民委员会", "村委会", "党委", "党总支", "党支部", "主任", "书记", "网格员",
    "工作人员",
)  # fmt: skip
#: a name of one sign says too little to ask after
_NAME = 2


def about_of(organisation: Organisation, name: str | None) -> About | None:
    """Return whom a report is about: a unit or a person of the day by exact name, else the name.

    What begins with the name of a unit is about that unit: 城管执法中队的张队长.

    Raises ``NotAllowed`` for a name that several people of the register share.
    """
    if name is None:
        return None
    name = name.strip()
    unit = organisation.units.get(name)
    if unit:
        return About(unit.name, unit=unit.name, home=unit.parent)
    try:
        person = organisation.find(name)
    except NotFound:
        unit = _begun_with(organisation, name)
        return About(name, unit=unit.name, home=unit.parent) if unit else About(name)
    except NotAllowed as fault:
        raise NotAllowed(f"被反映对象 (--about): {fault.what}", fault.hint) from None
    return About(person.name or name, person=person.id, home=person.unit)


def _begun_with(organisation: Organisation, name: str) -> Unit | None:
    """Return the unit whose full name what was said begins with, and does not say where."""
    for unit in sorted(organisation.units, key=lambda unit: -len(unit.name)):
        rest = name.removeprefix(unit.name)
        if rest != name and not rest.startswith(_WHERE):
            place = unit.kind in {UnitKind.COMMUNITY, UnitKind.GRID}
            return unit if not place or rest.startswith(_OF_A_PLACE) else None
    return None


def perhaps_meant(organisation: Organisation, about: About | None) -> str:
    """Say which unit a name was taken for, or may be meant by it; empty: it is near none."""
    if about and about.unit and about.words:
        return f"被反映对象按{about.unit}登记, 它应当回避; 不是反映它的, 用 amend --about 写清"
    if about is None or about.unit or about.person or len(about.name) < _NAME:
        return ""
    units = organisation.units
    held = [unit.name for unit in units if any(alias in about.name for alias in unit.aliases)]
    near = list(dict.fromkeys([*units.near(about.name), *held]))
    if not near:
        return ""
    return f"被反映对象没有按单位登记; 是否指: {'、'.join(near)}? 是的用 amend --about 写全名"


def hint_mentioned(situation: Situation, units: Collection[str]) -> None:
    """Say that the text of a case names a unit it goes to: perhaps it is about that unit.

    Communities and grids are how people say where: naming one says nothing of whom.
    """
    words = words_of(situation.log)
    if situation.case.names_somebody or words.get("about"):
        return
    text = words.get("text") or ""
    known = organisation_at(situation.work.con, situation.at.date()).units
    for name in units:
        unit = known.get(name)
        if name in text and unit and unit.kind not in {UnitKind.COMMUNITY, UnitKind.GRID}:
            situation.hint(
                f"内容提到 {name}; 若是反映它的, 先 sixping amend {situation.case.number}"
                f" --about {name} --reason 理由"
            )
            return


class Kept(NamedTuple):
    """A unit that stays out of a case, and by which report; ``person``: one of its people."""

    unit: str
    number: str
    person: str | None = None

    @property
    def what(self) -> str:
        """Return why, in words."""
        return "被反映人所在的单位" if self.person else "被反映的单位"


def kept_out(con: Connection, case: Case | CaseRow, day: date) -> list[Kept]:
    """Return the units that stay out of a case, by its own report and by those merged in."""
    said = [report for report in _reports(case) if report.about_unit or report.about_person]
    if not said:
        return []
    people = organisation_at(con, day).people
    units = [Kept(r.about_unit, r.number) for r in said if r.about_unit]
    persons = [(r, people.get(r.about_person or "")) for r in said]
    return units + [Kept(p.unit, r.number, p.id) for r, p in persons if p]


def _reports(case: Case | CaseRow) -> list[Report]:
    if isinstance(case, Case):
        return list(case.reports)
    own = Report(case.number, True, about_unit=case.about_unit, about_person=case.about_person)
    return [own, *(Report(**report) for report in json.loads(case.others))]


def out_of(con: Connection, units: Collection[str], kept: list[Kept], day: date) -> dict[str, Kept]:
    """Return which of these units stay out, each with why; a community and its grids are one."""
    if not kept:
        return {}
    organisation = organisation_at(con, day)
    homes = {home_of(organisation, each.unit): each for each in reversed(kept)}
    found = {name: homes.get(home_of(organisation, name)) for name in units}
    return {name: each for name, each in found.items() if each}


def suggestible(con: Connection, lead: str | None, case: Case | CaseRow, day: date) -> str | None:
    """Return a unit that was suggested to lead, None where it has to stay out."""
    return None if lead and out_of(con, [lead], kept_out(con, case, day), day) else lead


def to_reassign(
    con: Connection, case: Case | CaseRow, log: Iterable[CaseEntry], day: date
) -> dict[str, Kept]:
    """Return the units that handle a case and stay out of it since, each with why.

    Whom the report is about was said, or said anew, after the case was given to them; who was
    given it later had a leader's word.
    """
    if not case.lead or not Status(case.status).open:
        return {}
    assist = case.assist if isinstance(case, Case) else json.loads(case.assist)
    found = out_of(con, (case.lead, *assist), kept_out(con, case, day), day)
    for entry in reversed(effective(log) if found else []):
        if entry.event.kind in {"assigned", "decided"}:
            return {}
        if getattr(entry.event, "about_said", False):
            return found
    return {}


def avoided(
    con: Connection, row: CaseRow, log: Iterable[CaseEntry], day: date
) -> list[dict[str, Any]]:
    """Return who stays out of a case, as ``show`` answers it: ``{unit number person handling}``.

    ``handling``: the units that handle it all the same and have to be replaced.
    """
    handling = to_reassign(con, row, log, day)
    return [
        each._asdict() | {"handling": [name for name, why in handling.items() if why == each]}
        for each in kept_out(con, row, day)
    ]


def refuse_reported(situation: Situation, units: Collection[str], *, by_leader: bool) -> str | None:
    """Return the first of these units that is reported; refuse it unless a leader said so."""
    con, day = situation.work.con, situation.at.date()
    found = out_of(con, units, kept_out(con, situation.case, day), day)
    unit = next(iter(found), None)
    if unit and not by_leader:
        why, of = found[unit], ""
        if why.number != situation.case.number:
            of = f" (并入的 {why.number})"
        name = unit if why.unit == unit else f"{unit}和{why.unit}算同一单位, 后者"
        raise NotAllowed(
            f"{name}是{why.what}{of}, 应当回避, 不能交它办理。",
            "请交别的单位; 确须由它办理的, 由领导决定: 用 assign 或 decide, 加 --leader 姓名。",
        )
    return unit


def refuse_merge(situation: Situation, main: Case, leader: str | None) -> Approval | None:
    """Return the word by which a report about a unit goes into a case that this unit handles.

    None: it handles no such thing. Raises ``NotAllowed`` without a word, or for one that does
    not hold.
    """
    con, day = situation.work.con, situation.at.date()
    handling = (main.lead, *main.assist) if main.lead else ()
    found = out_of(con, handling, kept_out(con, situation.case, day), day)
    if not found:
        return None
    unit, why = next(iter(found.items()))
    if leader is None:
        number = situation.case.number
        raise NotAllowed(
            f"{unit}正在办理 {main.number}, 而{why.unit}是 {number} {why.what}, 应当回避,"
            " 不能并入。",
            f"请先改派: sixping assign {main.number} --lead 单位; 确须由它一并办理的, 由领导决定:"
            f" sixping merge {number} --into {main.number} --leader 姓名。",
        )
    return _word(situation, leader, tuple(found))


def with_word(
    situation: Situation, event: Step, units: Collection[str], leader: str | None
) -> Step:
    """Return a step that gives a case to units, with the leader's word where one was given.

    Raises ``NotAllowed`` for a reported unit without it, and for whose word does not hold.
    """
    unit = refuse_reported(situation, units, by_leader=leader is not None)
    if leader is None:
        return event
    return _word(situation, leader, (unit,) if unit else units).put_on(event)


def _word(situation: Situation, leader: str, units: Collection[str]) -> Approval:
    word = approval(situation, leader, units, option="--leader")
    if word.remark:
        situation.hint(word.remark)
    return word


def refuse_reported_person(situation: Situation) -> None:
    """Refuse that the reported person says whether the result holds."""
    reported = {r.about_person for r in situation.case.reports if r.about_person}
    if not reported:
        return
    people = organisation_at(situation.work.con, situation.at.date()).people
    named = [(who, known.name or who) for who in reported if (known := people.get(who))]
    if any(operates(situation.work.stamp, *names) for names in named):
        raise NotAllowed("被反映的人不能核查这一件的结果 (回避)。", "请由别人核查, 写明 --by。")

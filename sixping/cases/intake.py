"""From what was said at the desk to the event that registers it (二.1, 二.2).

Pure: the suggestion is made here, the officer's choice is kept beside it. Names of channels,
communities and grids are checked against the data.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.contactkeys import accept_phone
from sixping.cases.steps.intake import Reported
from sixping.errors import BadData, UnknownName, UsageFault
from sixping.policy.services import Services
from sixping.policy.units import UnitKind, load_units
from sixping.policy.vocabulary import SAID_AT_INTAKE, Severity
from sixping.triage import suggest
from sixping.triage.places import Located, locate
from sixping.triage.signals import Signals, load_signals
from sixping.triage.taxonomy import Taxonomy, load_taxonomy
from sixping.util.masking import mask_text
from sixping.util.names import shortened
from sixping.util.text import SHORT, accept_text

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from sixping.cases.rules import Rules
    from sixping.policy.units import Units


class IntakeData(NamedTuple):
    """What a report is judged by: taxonomy with its severity signals, units, service items."""

    taxonomy: Taxonomy
    signals: Signals
    units: Units
    services: Services = Services()


def load_intake_data() -> IntakeData:
    """Load the data's own taxonomy, signals and units; raises ``BadData``."""
    return IntakeData(load_taxonomy(), load_signals(), load_units())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What somebody said at the desk; None is what nobody said.

    ``unplaced``: the officer says that the community is not known, whatever the text names;
    ``uncategorised``: that it is of no category yet, whatever the text suggests.
    """

    text: str
    channel: str | None = None
    source_no: str | None = None
    place: str | None = None
    community: str | None = None
    grid: str | None = None
    reporter: str | None = None
    phone: str | None = None
    about: str | None = None
    anonymous: bool = False
    category: str | None = None
    severity: str | None = None
    nature: str | None = None
    service: str | None = None
    answers: Mapping[str, str] | None = None
    unplaced: bool = False
    uncategorised: bool = False

    def content(self) -> bytes:
        """Return what makes two requests the same: the text and the options, not the time."""
        values = {f.name: v for f in fields(self) if (v := getattr(self, f.name))}
        return json.dumps(values, ensure_ascii=True, sort_keys=True).encode()


#: what somebody may say in place of a suggestion or a default (``Reported.given``)
CHOSEN = ("channel", "category", "severity")


def read_input(
    values: dict[str, Any], where: str = "", unknown: Container[str] = ()
) -> ReportInput:
    """Check and take over what was given; raises ``BadData`` naming the field.

    ``where`` names the line of a bulk input; ``unknown`` may hold ``unplaced`` and
    ``uncategorised``, as in ``ReportInput``.
    """
    for name, value in values.items():
        _check_type(name, value, where)
    text = values.get("text")
    if not text or not text.strip():
        raise BadData(f"{where}没有写明反映的{_field('text', '')}。", "请写出反映的内容。")
    private = {
        name: accept_text(value.strip(), field=_field(name, where), limit=SHORT)
        for name, value in values.items()
        if isinstance(value, str) and value.strip() and name != "text"
    }
    anonymous = bool(values.get("anonymous"))
    if anonymous and (private.get("reporter") or private.get("phone")):
        mark = "" if where else "--"  # keys of a line, options of a command
        raise UsageFault(
            f"{where}匿名的反映不能同时写明反映人或电话。",
            f"请去掉 {mark}anonymous, 或去掉 {mark}reporter、{mark}phone。",
        )
    if phone := private.get("phone"):
        accept_phone(phone, field=_field("phone", where))
    words = accept_text(text, field=_field("text", where))
    answers = {k.strip(): v.strip() for k, v in (values.get("answers") or {}).items()}
    if answers and not private.get("service"):
        raise UsageFault(
            f"{where}写了服务事项的答复, 没有写是哪个服务事项。",
            "请加 service。" if where else "请加 --service 事项。",
        )
    return ReportInput(
        text=words, anonymous=anonymous, unplaced="unplaced" in unknown,
        uncategorised="uncategorised" in unknown, answers=answers or None, **private,
    )  # fmt: skip


def _field(name: str, where: str) -> str:
    """Return what people call a field; of a line of JSON with its key."""
    return f"{where}{SAID_AT_INTAKE[name]} ({name})" if where else SAID_AT_INTAKE[name]


def _check_type(name: str, value: object, where: str) -> None:
    if name == "anonymous":
        if value is not None and not isinstance(value, bool):
            raise BadData(f"{where}anonymous 应为 true 或 false。", '例如 "anonymous": true')
    elif name == "answers":
        _check_answers(value, where)
    elif name not in SAID_AT_INTAKE:
        beside = ("answer", "anonymous", "received", "request_id", "source_due")
        known = "、".join([*SAID_AT_INTAKE, *beside])
        raise BadData(f"{where}没有这个字段: {mask_text(name[:SHORT])}", f"可用: {known}。")
    elif value is not None and not isinstance(value, str):
        raise BadData(f"{where}{name} 应为文字。", f'例如 "{name}": "……"')


def _check_answers(value: object, where: str) -> None:
    if value is None:
        return
    if not isinstance(value, dict) or any(type(v) is not str for v in value.values()):
        raise BadData(f"{where}answer 应为问题和答复。", '例如 "answer": {"住所": "自有"}')
    for key, words in value.items():
        accept_text(key, field=f"{where}answer", limit=SHORT)
        accept_text(words, field=f"{where}{key}", limit=SHORT)


def named(report: ReportInput, data: IntakeData, rules: Rules) -> ReportInput:
    """Return what was given under the data's own names, whatever alias was written.

    A request repeated under another alias is the same request. Raises ``UnknownName`` for a
    channel, community, grid, category or severity the data do not have: for all of them at once.
    """
    faults: list[UnknownName] = []
    community = _one(faults, report.community, partial(_community, data.units))
    within = community
    if report.grid and not community:
        within = locate(report.text, report.place or "", data.units).community
    grid = report.grid if faults else _one(faults, report.grid, partial(_grid, within, data.units))
    known = replace(
        report,
        channel=_one(faults, report.channel, lambda given: rules.edition.channel(given).name),
        community=community,
        grid=grid,
        category=_one(faults, report.category, lambda given: data.taxonomy.find(given).name),
        severity=_one(faults, report.severity, _severity),
        nature=_one(faults, report.nature, data.taxonomy.nature),
        service=_one(faults, report.service, lambda given: data.services.find(given).name),
    )
    if faults:
        raise UnknownName("; ".join(f.what for f in faults), " ".join(f.hint for f in faults))
    return known


def _one(
    faults: list[UnknownName], given: str | None, find: Callable[[str], str | None]
) -> str | None:
    """Return the data's own name of what was given, if it was; a fault is put with the others."""
    try:
        return find(given) if given else None
    except UnknownName as fault:
        faults.append(fault)
        return None


def _severity(given: str) -> str:
    grade = _grade(given)
    if grade is None:
        raise UnknownName(_NO_SUCH_GRADE.format(mask_text(given)), _GRADES)
    return grade.value


def _grade(given: str) -> Severity | None:
    """Return the grade of this name, or the only one that begins so."""
    begun = shortened(given.strip(), Severity) if given.strip() else []
    return Severity(begun[0]) if len(begun) == 1 else None


_NO_SUCH_GRADE = "没有这个等级: {}"
_GRADES = f"可用的等级: {'、'.join(Severity)}。"


class About(NamedTuple):
    """Whom a report is about (被反映对象): as it was said, and who that is, if known here.

    ``unit`` of the organisation (named so, or at the beginning of what was said); or ``person``
    of the register, who belongs to ``home``.
    """

    name: str
    unit: str | None = None
    person: str | None = None
    home: str | None = None

    @property
    def words(self) -> str | None:
        """Return what was said, None where that is the unit's name."""
        return None if self.name == self.unit else self.name


def register(
    report: ReportInput, data: IntakeData, rules: Rules, about: About | None = None
) -> Reported:
    """Return the event that registers a report; a grade nobody named is only suggested (三).

    The unit a report is about, or whose person it is about, is never suggested (回避).

    Raises ``UnknownName`` for a channel, community, grid or category the data do not have,
    ``BadData`` for an unknown severity.
    """
    channel = rules.edition.channel(report.channel) if report.channel else None
    channel = channel or rules.edition.default_channel
    community, grid, spot = placed(report, data.units)
    item = data.services.find(report.service) if report.service else None
    facts, replies = item.answered(report.answers or {}) if item else ({}, {})
    if item and item.category and not report.category:
        report = replace(report, category=item.category)
    own = chosen = _suggest(report, data)
    if report.category or report.severity:
        name = data.taxonomy.find(report.category).name if report.category else None
        chosen = _suggest(report, data, name, read_severity(report.severity))
    if report.uncategorised:
        chosen = _without_category(chosen)
    lead = item.unit if item and item.unit else chosen.lead
    return Reported(
        channel=channel.name,
        source_no=report.source_no,
        community=community,
        grid=grid,
        located=spot.by,
        category=chosen.category,
        platform=chosen.platform,
        severity=chosen.severity,
        suggested=report.severity is None and chosen.severity is not Severity.ORDINARY,
        confidence=(own if report.severity else chosen).confidence,
        given=tuple(name for name in CHOSEN if getattr(report, name)),
        emergency=chosen.emergency,
        lead=None if about and lead in {about.unit, about.home} else lead,
        unsure=chosen.unsure,
        anonymous=report.anonymous,
        suggestion=suggestion_kept(own, chosen),
        text=report.text,
        place=report.place,
        reporter=report.reporter,
        phone=report.phone,
        about=about.words if about else None,
        about_unit=about.unit if about else None,
        about_person=about.person if about else None,
        nature=report.nature,
        service=item.name if item else None,
        own=item.own(data.services.edition) if item else None,
        catalogue=data.services.edition if item else None,
        chosen=facts or None,
        replies="\n".join(f"{key}: {words}" for key, words in replies.items()) or None,
        reasons=chosen.grounds._replace(places=spot.mentions).recorded(),
    )


def _suggest(
    report: ReportInput,
    data: IntakeData,
    category: str | None = None,
    severity: Severity | None = None,
) -> suggest.Suggestion:
    return suggest.suggest(
        report.text,
        data.taxonomy,
        data.signals,
        data.units,
        category=category,
        severity=severity,
        place=report.place or "",
    )


def _without_category(own: suggest.Suggestion) -> suggest.Suggestion:
    """Return a suggestion without its category and what hangs on that: unit, usual grade."""
    grounds = own.grounds._replace(category=None, platform=None, lead=None, code=None, words=())
    if not (grounds.named or any(not hit.aside for hit in grounds.hits)):
        own = own._replace(severity=Severity.ORDINARY)
    return own._replace(
        category=None, platform=None, lead=None, unsure=True,
        grounds=grounds._replace(severity=own.severity),
    )  # fmt: skip


def read_severity(value: str | None) -> Severity | None:
    """Return the severity of this name; raises ``BadData`` naming the three."""
    if value is None:
        return None
    grade = _grade(value)
    if grade is None:
        raise BadData(_NO_SUCH_GRADE.format(mask_text(value)), _GRADES)
    return grade


def suggestion_kept(own: suggest.Suggestion, choice: object) -> dict[str, Any] | None:
    """Return what is kept of a suggestion beside the choice: what differs, None for nothing.

    The candidates are kept where the program was not sure: there somebody had to choose.
    """
    kept = suggestion_json(own)
    candidates, _ = kept.pop("candidates"), kept.pop("nature")  # that is among the reasons
    differs = {name: value for name, value in kept.items() if value != getattr(choice, name)}
    if own.unsure:
        differs["candidates"] = candidates
    return differs or None


def suggestion_json(own: suggest.Suggestion) -> dict[str, Any]:
    """Return a suggestion as it is answered."""
    return {
        "category": own.category,
        "platform": own.platform,
        "severity": own.severity,
        "lead": own.lead,
        "unsure": own.unsure,
        "candidates": [list(c) for c in own.candidates],
        "nature": own.nature,
    }


def placed(report: ReportInput, units: Units) -> tuple[str | None, str | None, Located]:
    """Return community and grid, and what of them the report itself names.

    What was stated wins. A grid is looked for within the stated community.
    """
    community, grid = located(report.community, report.grid, units)
    if report.unplaced:
        return community, grid, Located()
    spot = locate(report.text, report.place or "", units, community)
    if grid:
        return community, grid, Located(others=spot.others)
    return community or spot.community, spot.grid, spot


def located(
    community: str | None, grid: str | None, units: Units, *, within: str | None = None
) -> tuple[str | None, str | None]:
    """Return community and grid by their names in the data; a grid tells its community.

    Within a community a grid may be called by its short name (第一网格); ``within`` is the
    present one, where none is stated.
    """
    community = _unit(community, UnitKind.COMMUNITY, units)
    grid = _grid(community or within, units, grid)
    if grid:
        parent = units.find(grid).parent
        if community and parent != community:
            raise UsageFault(
                f"{grid}属于{parent}, 不属于{community}。", "请核对 --community 和 --grid。"
            )
        community = parent
    return community, grid


def _community(units: Units, name: str) -> str | None:
    return _unit(name, UnitKind.COMMUNITY, units)


def _grid(community: str | None, units: Units, name: str | None) -> str | None:
    """Return the grid of this name, which may be its short name within a known community."""
    return None if name is None else units.find(name, UnitKind.GRID, within=community).name


def _unit(name: str | None, kind: UnitKind, units: Units) -> str | None:
    return None if name is None else units.find(name, kind).name

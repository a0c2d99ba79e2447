"""What was said at intake said anew, and the last step, or the registration, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.intake import ReportInput, located
from sixping.cases.lifecycle import effective
from sixping.cases.step import Voided
from sixping.cases.steps.amending import Amended, Withdrawn
from sixping.cases.steps.repeats import Absorbed, Merged
from sixping.documents.amendwords import changed
from sixping.documents.eventwords import kind_name
from sixping.documents.phrases import moment
from sixping.errors import NotAllowed, UsageFault
from sixping.office import registers
from sixping.office.organisation import organisation_at
from sixping.policy.services import SERVICES, Services
from sixping.policy.vocabulary import Status
from sixping.queries.cases import events
from sixping.services.approval.avoidance import about_of, perhaps_meant
from sixping.services.correcting.secondlook import looked_at_again
from sixping.services.correcting.voiding import steps_of_void
from sixping.services.intake import instant_wanted
from sixping.store.amended import words_of
from sixping.store.documents import rule_on
from sixping.store.requests import number_of, taken_in
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.clock import to_text
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.cases.model import Case
    from sixping.cases.step import CaseEntry
    from sixping.policy.units import Units
    from sixping.services.taking import Situation, Steps

_WORDS = ("text", "place", "reporter", "phone", "source_no")
_UNDONE = "撤回"


class Correction(NamedTuple):
    """What is said anew; None: unchanged, an empty text: nothing was said."""

    text: str | None = None
    place: str | None = None
    reporter: str | None = None
    phone: str | None = None
    source_no: str | None = None
    about: str | None = None
    channel: str | None = None
    community: str | None = None
    grid: str | None = None
    anonymous: bool | None = None
    received: datetime | None = None
    nature: str | None = None
    source_due: date | None = None  # an instant, or the end of a day
    source_due_gone: bool = False


def amended(situation: Situation, given: Correction) -> Amended:
    """Return the step that amends a case; what is as it was is no part of it.

    Raises ``NotAllowed`` where nothing changes or an approval is needed, ``UsageFault`` for
    what does not go together, ``NotFound`` for a name that the data of the day do not have.
    """
    case, now = situation.case, words_of(situation.log)
    if given.text == "":
        raise UsageFault("内容不能清除。", "请用 --text 写出更正后的内容。")
    said, cleared = _said(given, now)
    cleared += _nameless(case, given, now)
    units = organisation_at(situation.work.con, situation.at.date()).units
    facts, emptied = _placed(case, given, units)
    facts |= _channel(situation, given) | _nature(situation, given)
    if given.anonymous is not None and given.anonymous != case.anonymous:
        facts["anonymous"] = given.anonymous
    facts |= _about(situation, given, now)
    wanted = instant_wanted(given.source_due)
    if wanted and wanted != case.source_due:
        facts["source_due"] = wanted
    emptied += ["source_due"] if given.source_due_gone and case.source_due else []
    emptied += ["nature"] if given.nature == "" and case.nature else []
    if given.received is not None and given.received != case.received_at:
        facts["received_at"] = given.received
    cleared = [*dict.fromkeys([*cleared, *emptied])]
    if not (said or cleared or facts):
        raise NotAllowed(
            f"{case.number} 没有变化: 所写的和现在的相同。", f"用 sixping show {case.number} 查看。"
        )
    event = Amended(**facts, **said, cleared=tuple(cleared), reason=situation.why)
    event = looked_at_again(situation, event, now)
    _tell(situation, event, now)
    if event.source_no or event.channel:
        _refuse_taken(situation, event, now)
        situation.content = _content(case, event, now)
    return event


def refuse_service(situation: Situation, name: str) -> None:
    """Refuse another service item: its limit was promised at intake; say how it is registered anew.

    Raises ``NotAllowed``, also while the register sleeps; ``UnknownName`` for no such item.
    """
    registers.require(situation.work.con, "services")
    case, item = situation.case, rule_on(situation.work.con, SERVICES, Services).find(name).name
    if item == case.service:
        raise NotAllowed(
            f"{case.number} 的服务事项就是{item}。", f"查看: sixping show {case.number}"
        )
    again = f"sixping intake 内容 --service {item}"
    raise NotAllowed(
        f"{case.number} 的服务事项不能更正: 期限按登记时的事项承诺 (附2.4)。",
        f"撤回登记 sixping undo {case.number} --reason 理由, 再 {again}"
        if case.status is Status.REPORTED
        else f"另登记一件 {again}, 再并入: sixping merge {case.number} --into 新的编号",
    )


def _refuse_taken(situation: Situation, event: Amended, now: dict[str, Any]) -> None:
    """Refuse a number that names another case in the month or year of this one."""
    case, number = situation.case, event.source_no or now.get("source_no")
    at = to_text(event.came_in(case.received_at))
    said = {"source_no": number} if number and "source_no" not in event.cleared else {}
    for identity in taken_in(event.channel or case.channel, said, at):
        other = number_of(situation.work.con, identity)
        if other not in (None, case.number):
            raise NotAllowed(
                f"这个来源编号已经登记为 {other}。",
                f"请用 sixping show {other} 核对; 同一件反映登记了两次的,"
                f" 用 sixping merge 编号 --into {other} 并件。",
            )


def _said(given: Correction, now: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the words that are another, and the names of those that are gone."""
    values = {name: getattr(given, name) for name in _WORDS}
    said = {name: v for name, v in values.items() if v and v != now.get(name)}
    return said, [name for name, v in values.items() if v == "" and name in now]


def _nameless(case: Case, given: Correction, now: dict[str, Any]) -> list[str]:
    """Return what goes with the name of who wants to stay anonymous."""
    named = given.reporter or given.phone
    if given.anonymous and named:
        raise UsageFault(
            "匿名的反映不能同时写明反映人或电话。", "请去掉 --anonymous, 或不写姓名和电话。"
        )
    if case.anonymous and named and given.anonymous is None:
        raise UsageFault(
            f"{case.number} 是匿名的反映。", "反映人愿意留名的, 请同时写 --not-anonymous。"
        )
    return [name for name in ("reporter", "phone") if given.anonymous and name in now]


def _placed(case: Case, given: Correction, units: Units) -> tuple[dict[str, Any], list[str]]:
    """Return community and grid as they change, and which of them are gone."""
    if given.community is None and given.grid is None:
        return {}, []
    grid = case.grid if given.grid is None else given.grid or None
    community = None if given.community is None and given.grid else case.community
    community = community if given.community is None else given.community or None
    if given.community == "" and grid:
        raise UsageFault(f"{grid}属于一个社区, 不能只清除社区。", '请同时写 --grid ""。')
    if given.grid is None and grid and units.get(grid) is None:
        grid = None  # it has ended since: only the community is said anew
        community, _ = located(community, None, units)
        return ({"community": community} if community != case.community else {}), ["grid"]
    community, grid = located(community, grid, units, within=case.community)
    pairs = (("community", community, case.community), ("grid", grid, case.grid))
    facts = {name: new for name, new, old in pairs if new and new != old}
    return facts, [name for name, new, old in pairs if old and not new]


def _channel(situation: Situation, given: Correction) -> dict[str, Any]:
    if given.channel == "":
        raise UsageFault("渠道不能清除。", "请写出正确的渠道。")
    if given.channel is None:
        return {}
    name = situation.edition.channel(given.channel).name
    return {"channel": name} if name != situation.case.channel else {}


def _nature(situation: Situation, given: Correction) -> dict[str, Any]:
    if not given.nature:
        return {}
    name = rule_on(situation.work.con, TAXONOMY, load_taxonomy).nature(given.nature)
    return {"nature": name} if name != situation.case.nature else {}


def _about(situation: Situation, given: Correction, now: dict[str, Any]) -> dict[str, Any]:
    case = situation.case
    if given.about is None:
        return {}
    organisation = organisation_at(situation.work.con, situation.at.date())
    about = about_of(organisation, given.about or None)
    name = about.words if about else None
    unit, person = (about.unit, about.person) if about else (None, None)
    if (name, unit, person) == (now.get("about"), case.about_unit, case.about_person):
        return {}
    if meant := perhaps_meant(organisation, about):
        situation.hint(meant)
    return {"about": name, "about_unit": unit, "about_person": person, "about_said": True}


def _tell(situation: Situation, event: Amended, now: dict[str, Any]) -> None:
    """Say what the amendment changes, and what goes with it and may not have been meant."""
    case, received = situation.case, event.received_at
    situation.foresee(event)  # what is not possible at all is said first
    for line in changed(case, event, now):
        situation.hint(line)
    if event.anonymous and event.cleared:
        situation.hint("改为匿名: 反映人和电话一并清除, 原来的仍留在经过里")
    if event.community and event.grid is None and "grid" in event.cleared:
        situation.hint(f"{case.grid} 不再属于这一件")
    if received and f"{received.year}" != case.number[:4]:
        situation.hint(f"编号不变, 仍是 {case.number}")


def _content(case: Case, event: Amended, now: dict[str, Any]) -> bytes:
    """Return what a report with the words of today would come with again."""
    said = {name: getattr(event, name) or now.get(name) for name in _WORDS}
    name, unit = (event.about, event.about_unit) if event.about_said else (now.get("about"), None)
    said["about"] = name or unit or (None if event.about_said else case.about_unit)
    said = {name: value for name, value in said.items() if name not in event.cleared}
    facts = {name: getattr(event, name) or getattr(case, name)
             for name in ("channel", "community", "grid", "nature")}  # fmt: skip
    facts = {name: value for name, value in facts.items() if name not in event.cleared}
    anonymous = case.anonymous if event.anonymous is None else event.anonymous
    values: dict[str, Any] = {"text": ""} | said | facts
    return ReportInput(anonymous=anonymous, **values).content()


# --- taken back at once --------------------------------------------------------------------


def steps_of_undo(situation: Situation) -> Steps:
    """Return what takes the last step of a case back: a void, or the registration withdrawn.

    Only whoever recorded it may, under the same account. Raises ``NotAllowed`` naming it.
    """
    case, log = situation.case, situation.log
    last = effective(log)[-1]
    if isinstance(last.event, Withdrawn):
        raise NotAllowed(f"{case.number} 的登记已经撤回。", "要恢复的请重新登记: sixping intake。")
    _refuse_pair(case, last)
    first = last is effective(log)[0]
    _refuse_others(situation, last, first=first)
    if first:
        return [(case, Withdrawn(reason=situation.why or _UNDONE))]
    situation.hint(f"撤回的是第 {last.seq} 号({last.event.label}), 两条记录都保留在台账里")
    return steps_of_void(
        situation, Voided(seq=last.seq, undone=True, reason=situation.why or _UNDONE)
    )


def _refuse_pair(case: Case, last: CaseEntry) -> None:
    if not last.event.paired:
        return
    number = getattr(last.event, "number", case.number)
    way = f"请用 sixping unmerge {number} --reason 理由 拆出。"
    if not isinstance(last.event, (Merged, Absorbed)):
        way = f"请用 sixping merge {number} --into 编号 再并入。"
    raise NotAllowed(f"最后一步({last.event.label})在两件事项里成对记录, 不能撤回。", way)


def _refuse_others(situation: Situation, last: CaseEntry, *, first: bool) -> None:
    """Refuse what somebody else recorded, or another account."""
    stamp, case = situation.work.stamp, situation.case
    row = next(e for e in events(situation.work.con, case.number) if e.seq == last.seq)
    if (row.by_name, row.os_user, row.host) == (stamp.by, stamp.user, stamp.host):
        return
    when = moment(last.recorded_at, situation.at.year)
    by = mask_text(row.by_name or row.os_user)
    way = f"请用 sixping void {case.number} {last.seq} --reason 理由。"
    if first:
        way = (
            f"请用 sixping amend {case.number} --text 内容 --reason 理由 更正,"
            f" 或 sixping decline {case.number} --reason 理由。"
        )
    raise NotAllowed(
        f"最后一步 ({kind_name(last.event.kind)}, {by} {when}) 不是你记的, 不能撤回。",
        way,
    )

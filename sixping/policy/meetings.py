"""The kinds of meeting as data: who may call them, who comes, what is on the agenda.

Pure but for ``load_rules``; ``data/meetings.toml`` with the clause of each rule.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import NotAllowed, UnknownName, UsageFault
from sixping.policy.units import UnitKind, Units
from sixping.util import datafiles, toml
from sixping.util.masking import mask_text
from sixping.util.names import meant, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sixping.policy.vocabulary import Platform
    from sixping.util.toml import Table

#: role by which the lead unit of a platform is meant (四.2)
LEAD_UNIT = "平台牵头单位"


class Every(StrEnum):
    """How often a kind of meeting is held."""

    MONTH = "month"
    WEEK = "week"
    ANY = "any"


class MembersOf(StrEnum):
    """Whose members come."""

    OFFICE = "office"
    GROUP = "group"
    AGENCIES = "agencies"
    PLATFORM = "platform"
    CONCERNED = "concerned"


class What(StrEnum):
    """What the ledger can say under a heading; one reader of ``services.agenda`` each."""

    TOTALS = "totals"
    OVERDUE = "overdue"
    OPEN_CASES = "open_cases"
    WAITING_DECISION = "waiting_decision"
    REPEATED_PLACES = "repeated_places"
    RISING = "rising"
    OPERATIONS = "operations"
    PATROLS = "patrols"
    UNDONE_TASKS = "undone_tasks"
    DUTY_BREACHES = "duty_breaches"
    LAPSES = "lapses"
    URGES = "unanswered_urges"
    ACCOUNTABILITY = "accountability"
    PLANS = "plans"
    DISPUTES = "disputes"
    GROUPS = "groups"
    MISSED = "missed_meetings"
    INSPECTIONS = "inspections"


class Member(NamedTuple):
    """A role that belongs to a kind of meeting (附1.2); ``titles``: what else it is called."""

    role: str
    of: MembersOf
    clause: str
    titles: tuple[str, ...] = ()


class Source(NamedTuple):
    """Something the ledger says; ``least``: fewer cases are not listed."""

    name: str
    what: What
    label: str
    heads: tuple[str, ...] = ()
    least: int = 1


class Heading(NamedTuple):
    """One heading of an agenda; without sources it is a slot to fill in (附1.3)."""

    title: str
    clause: str
    sources: tuple[Source, ...] = ()


class Kind(NamedTuple):
    """One kind of meeting."""

    name: str
    aliases: tuple[str, ...]
    clause: str
    every: Every
    workday: int | None
    policy_workday: bool
    per_platform: bool
    conveners: tuple[str, ...]
    grave_conveners: tuple[str, ...]
    note: str
    members: tuple[Member, ...]
    headings: tuple[Heading, ...]

    def convener(self, role: str | None, *, grave: bool, lead: str | None) -> str:
        """Return the role that calls the meeting; ``lead``: the platform's lead unit.

        Raises ``UsageFault`` without one, ``NotAllowed`` for one that is not entitled.
        """
        if grave and not self.grave_conveners:
            raise NotAllowed(
                f"{self.name}不是特别重大事项的会议 (附1.1)。",
                "请召开集体会商: sixping meeting plan 集体会商 --date 日期 --grave --reason 理由。",
            )
        entitled = self.grave_conveners if grave else self.conveners
        who = (role or "").strip()
        if not who:
            raise UsageFault(
                "没有写明召集人。",
                f"请加 --convener, {self.name}的召集人: {'、'.join(entitled)} ({self.clause})。",
            )
        if who == lead:
            who = LEAD_UNIT
        if who not in entitled:
            of = "特别重大事项" if grave else self.name
            raise NotAllowed(
                f"{mask_text(who)}不能召集{of} ({'附1.1' if grave else self.clause})。",
                f"应由以下职务召集: {'、'.join(entitled)}。",
            )
        return who

    def check_platform(self, platform: Platform | None) -> None:
        """Raise ``UsageFault`` where a platform is missing or one too many."""
        if self.per_platform and platform is None:
            raise UsageFault(f"{self.name}须写明是哪个平台。", "请加 --platform, 如 综合执法。")
        if platform is not None and not self.per_platform:
            raise UsageFault(f"{self.name}不分平台。", "请去掉 --platform。")

    def heading(self, name: str) -> int:
        """Return the number of a heading, by number or words. Raises ``UnknownName``."""
        text = name.strip()
        fitting = [n for n, h in enumerate(self.headings, 1) if text in (str(n), h.title)]
        fitting = fitting or [n for n, h in enumerate(self.headings, 1) if text and text in h.title]
        if len(fitting) != 1:
            listed = "; ".join(f"{n} {h.title}" for n, h in enumerate(self.headings, 1))
            raise UnknownName(f"{self.name}没有这个议题: {name}", f"议题: {listed}。")
        return fitting[0]


class Measure(NamedTuple):
    """A number that units give each month, of nobody by name (附1.3); ``unit``: 人, 次."""

    name: str
    topic: str
    unit: str
    clause: str


class Disputes(NamedTuple):
    """The kinds of 矛盾纠纷, and the heads of the categories whose cases are some (附1.3)."""

    heads: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


class MeetingRules(NamedTuple):
    """All kinds, and the slots of the minutes.

    ``task_kinds``: the kinds of work plans and measures; with ``disputes`` and ``measures`` empty
    where the rules are older than they.
    """

    kinds: tuple[Kind, ...]
    slots: tuple[str, ...]
    task_kinds: tuple[str, ...] = ()
    disputes: Disputes = Disputes()
    measures: tuple[Measure, ...] = ()

    def kind(self, name: str) -> Kind:
        """Return the kind of this name or alias, or the only one begun so: ``UnknownName``."""
        kinds = {word: kind for kind in self.kinds for word in (kind.name, *kind.aliases)}
        words = {word: kind.name for word, kind in kinds.items()}
        known = "、".join(kind.name for kind in self.kinds)
        return kinds[meant(name, words, "会议", f"可用: {known}。")]

    def task_kind(self, name: str) -> str:
        """Return the kind of plan or measure that is meant. Raises ``UnknownName``."""
        return one_of(_there(self.task_kinds, "计划和措施的种类"), name, "种类 (--kind)")

    def dispute_kind(self, name: str) -> str:
        """Return the kind of 矛盾纠纷 that is meant. Raises ``UnknownName``."""
        return one_of(_there(self.disputes.kinds, "矛盾纠纷的种类"), name, "种类 (--kind)")

    @property
    def dispute_heads(self) -> tuple[str, ...]:
        """Return the heads whose cases are 矛盾纠纷. Raises ``NotAllowed``: none is no answer."""
        return _there(self.disputes.heads, "矛盾纠纷的类别")

    def measure(self, name: str) -> Measure:
        """Return the monthly number that is meant. Raises ``UnknownName``."""
        known = {each.name: each for each in self.measures}
        return known[one_of(_there(tuple(known), "按月填报的数字"), name, "项目")]

    def slot(self, name: str) -> str:
        """Return the slot of the minutes that is meant. Raises ``UnknownName`` naming all."""
        return one_of(self.slots, name, "栏目 (--slot)") if self.slots else name


def _there(names: tuple[str, ...], what: str) -> tuple[str, ...]:
    if not names:
        raise NotAllowed(
            f"台账采用的规则里没有{what}。",
            "请采用新的规则: sixping policy adopt (见 docs/policy.md)。",
        )
    return names


def seats(kind: Kind, units: Units, platform: Platform | None) -> list[tuple[str, str | None]]:
    """Return who belongs to a meeting, as role and unit of that day (附1.2)."""
    members: list[tuple[str, str | None]] = []
    for member in kind.members:
        if member.of is MembersOf.AGENCIES:
            names = [unit.name for unit in units if unit.kind is UnitKind.AGENCY]
        elif member.of is MembersOf.PLATFORM:
            working = (UnitKind.AGENCY, UnitKind.OFFICE)
            own = (unit for unit in units if unit.platform is platform)
            names = [unit.name for unit in own if unit.kind in working]
        else:
            members.append((member.role, None))
            continue
        members += [(member.role, name) for name in names]
    return members


def titles(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Return what each role of a kind of meeting is called besides."""
    return {member.role: member.titles for member in kind.members}


def seat_words(members: Iterable[tuple[str, str | None]]) -> str:
    """Return the same as people read it: the units of each role together."""
    roles: dict[str, list[str]] = {}
    for role, unit in members:
        roles.setdefault(role, []).extend([unit] if unit else [])
    return "，".join(f"{'、'.join(units)}{role}" for role, units in roles.items())


def load_rules() -> MeetingRules:
    """Load the rules of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("meetings.toml")
    return parse_rules(text, str(path))


def parse_rules(text: str, source: str) -> MeetingRules:
    """Parse and validate the file. Raises ``BadData`` naming source, key, fault."""
    return read_rules(toml.parse(text, source))


def read_rules(top: Table) -> MeetingRules:
    """Validate the file. Raises ``BadData`` naming source, key, fault."""
    slots = top.texts("slots", ())
    sources = {s.name: s for s in top.each("source", _source, optional=True)}
    kinds = tuple(top.each("kind", lambda entry: _kind(entry, sources)))
    top.refuse_twice("kind.name", [name for kind in kinds for name in (kind.name, *kind.aliases)])
    made = MeetingRules(
        kinds, slots, top.texts("task_kinds", ()), _disputes(top),
        tuple(top.each("measure", _measure, optional=True)),
    )  # fmt: skip
    top.refuse_twice("measure.name", [each.name for each in made.measures])
    top.finish()
    return made


MEETINGS = toml.RuleFile("meetings", read_rules)


def _disputes(top: Table) -> Disputes:
    if not top.has("disputes"):
        return Disputes()
    entry = top.table("disputes")
    found = Disputes(entry.texts("heads"), entry.texts("kinds"))
    entry.finish()
    return found


def _measure(entry: Table) -> Measure:
    found = Measure(
        entry.text("name"), entry.text("topic"), entry.text("unit"), entry.text("clause")
    )
    entry.finish()
    return found


def _source(entry: Table) -> Source:
    found = Source(
        entry.text("name"),
        entry.choice("what", What),
        entry.text("label"),
        entry.texts("heads", ()),
        entry.whole("least", least=1) if entry.has("least") else 1,
    )
    entry.finish()
    return found


def _kind(entry: Table, sources: dict[str, Source]) -> Kind:
    kind = Kind(
        entry.text("name"),
        entry.texts("aliases", ()),
        entry.text("clause"),
        entry.choice("every", Every),
        entry.whole("workday", least=1, most=20) if entry.has("workday") else None,
        entry.flag("policy_workday", default=False),
        entry.flag("per_platform", default=False),
        entry.texts("conveners"),
        entry.texts("grave_conveners", ()),
        entry.text("note", ""),
        tuple(entry.each("member", _member, optional=True)),
        tuple(entry.each("heading", lambda each: _heading(each, sources))),
    )
    if not kind.conveners:
        entry.refuse("conveners", "不能为空: 会议须有人召集")
    entry.finish()
    return kind


def _member(entry: Table) -> Member:
    found = Member(
        entry.text("role"), entry.choice("of", MembersOf), entry.text("clause"),
        tuple(entry.texts("titles", ())),
    )  # fmt: skip
    entry.finish()
    return found


def _heading(entry: Table, sources: dict[str, Source]) -> Heading:
    named = entry.texts("sources", ())
    for name in named:
        if name not in sources:
            entry.refuse("sources", f"没有这个 [[source]]: {name}")
    known = tuple(sources[n] for n in named if n in sources)
    found = Heading(entry.text("title"), entry.text("clause"), known)
    entry.finish()
    return found

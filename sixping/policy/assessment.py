"""What offices, communities and agencies are assessed by (五.2, 附3.5), as data.

Pure but for ``load_scheme``. An indicator is a pair of named measures: ``n`` counts the
rows of cohort ``d`` that bear a mark. The policy gives no weights: without them figures
are shown, not scored and not ranked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import LAPSES
from sixping.util import datafiles, toml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.util.toml import Table

#: the kinds of subject in the order of the policy, and what people call them
KINDS: Mapping[UnitKind, str] = {
    UnitKind.OFFICE: "机关",
    UnitKind.COMMUNITY: "社区",
    UnitKind.AGENCY: "派驻机构",
}

#: cohort → the marks its rows may bear, with what each says
COHORTS: Mapping[str, Mapping[str, str]] = {
    "accept_due": {"accept_met": "按时受理"},
    "refer_due": {"refer_met": "按时上报"},
    "finish_due": {"finish_met": "按时办结"},
    "ceiling_due": {"ceiling_met": "最长时限内办结"},
    "assigned": {"signed": "已签收", "returned": "退回"},
    "resolved": {"reopened": "重新办理"},
    "past": {},
    "owing": {"fed_back": "已反馈"},
    "scored": {"satisfied": "满意"},
    "checked": {"passed": "核查通过"},
    "urged": {"urge_answered": "已答复", "urge_open": "未答复"},
    "duty": {"duty_met": "达标", "duty_recorded": "有记录"},
    "online": {"online_answered": "按时应答"},
    "place_decided": {"place_accepted": "受理"},
    "place_received": {"place_resolved": "办结"},
    "lapse": {kind: said for kind, said in LAPSES.items() if kind != "task"},
    "task": {"task": LAPSES["task"]},
}
#: cohorts whose rows are days, or tasks of meetings
NO_CASES = frozenset({"duty", "task"})


class Indicator(NamedTuple):
    """A rate: the rows of cohort ``d`` with the mark ``n``; ``high``: more is better."""

    id: str
    title: str
    kinds: tuple[UnitKind, ...]
    n: str
    d: str
    high: bool
    cohort: str
    clause: str
    weight: float | None


class Deduction(NamedTuple):
    """A count that may cost ``points`` each: rows of cohort ``of`` with one of the marks."""

    id: str
    title: str
    kinds: tuple[UnitKind, ...]
    of: str
    where: tuple[str, ...]
    clause: str
    points: float | None


class Measure(NamedTuple):
    """A way to hold to account (五.3), or what a street proposes (附1.3).

    ``due``: its result is wanted by a day; ``addressee``: it is handed to somebody.
    """

    name: str
    clause: str
    note: str
    due: bool = False
    addressee: bool = False


class Scheme(NamedTuple):
    """By what the kinds of subject are assessed, and how they are held to account."""

    indicators: tuple[Indicator, ...]
    deductions: tuple[Deduction, ...]
    measures: tuple[Measure, ...] = ()
    proposals: tuple[Measure, ...] = ()

    @property
    def ids(self) -> list[str]:
        """Return the ids of all figures, in the order of the file."""
        return [i.id for i in self.indicators] + [d.id for d in self.deductions]

    def weighted(self, kind: UnitKind) -> bool:
        """Tell whether any indicator of a kind has a weight: without, nothing is ranked."""
        return any(i.weight is not None and kind in i.kinds for i in self.indicators)


def exact(value: float) -> Decimal:
    """Return a number of the file as it is written there."""
    return Decimal(repr(value))


def load_scheme() -> Scheme:
    """Load the scheme of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("assessment.toml")
    return parse_scheme(text, str(path))


def parse_scheme(text: str, source: str) -> Scheme:
    """Parse and check a scheme. Raises ``BadData`` naming source, key, fault."""
    return read_scheme(toml.parse(text, source))


def read_scheme(top: Table) -> Scheme:
    """Check a scheme. Raises ``BadData`` naming source, key, fault."""
    scheme = Scheme(
        tuple(top.each("indicator", _indicator)),
        tuple(top.each("deduction", _deduction, optional=True)),
        tuple(top.each("accountability", _measure, optional=True)),
        tuple(top.each("proposal", _measure, optional=True)),
    )
    top.refuse_twice("id", scheme.ids)
    names = [measure.name for measure in (*scheme.measures, *scheme.proposals)]
    top.refuse_twice("name", names)
    top.finish()
    return scheme


SCHEME = toml.RuleFile("assessment", read_scheme)


def _indicator(entry: Table) -> Indicator:
    cohort = entry.one_of("d", COHORTS)
    good = entry.one_of("good", ("high", "low"))
    indicator = Indicator(
        id=entry.text("id"),
        title=entry.text("title"),
        kinds=_kinds(entry),
        n=entry.one_of("n", COHORTS[cohort]),
        d=cohort,
        high=good == "high",
        cohort=entry.text("cohort"),
        clause=entry.text("clause"),
        weight=entry.number("weight", most=1000) if entry.has("weight") else None,
    )
    entry.finish()
    return indicator


def _deduction(entry: Table) -> Deduction:
    cohort = entry.one_of("of", COHORTS)
    where = _some_of(entry, "where", COHORTS[cohort])
    deduction = Deduction(
        id=entry.text("id"),
        title=entry.text("title"),
        kinds=_kinds(entry),
        of=cohort,
        where=where,
        clause=entry.text("clause"),
        points=entry.number("points", most=100) if entry.has("points") else None,
    )
    entry.finish()
    return deduction


def _measure(entry: Table) -> Measure:
    measure = Measure(
        name=entry.text("name"),
        clause=entry.text("clause"),
        note=entry.text("note", ""),
        due=entry.flag("due", default=False),
        addressee=entry.flag("addressee", default=False),
    )
    entry.finish()
    return measure


def _kinds(entry: Table) -> tuple[UnitKind, ...]:
    named = _some_of(entry, "kinds", KINDS)
    return tuple(kind for kind in KINDS if kind in named)


def _some_of(entry: Table, key: str, known: Iterable[str]) -> tuple[str, ...]:
    values = entry.texts(key)
    if not values or not set(values) <= set(known):
        entry.refuse(key, f"应为以下各项中的若干: {'、'.join(known)}")
    return values

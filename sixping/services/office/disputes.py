"""矛盾纠纷 by kind, mediated or not (附1.3): which cases are some, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import NotAllowed, UsageFault
from sixping.office import registers
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.policy.vocabulary import MEDIATED, Status
from sixping.queries.cases import list_cases
from sixping.queries.disputes import Mediation, mediations
from sixping.reports.period import Span
from sixping.reports.spans import bounds
from sixping.store.documents import rule_on
from sixping.triage.taxonomy import TAXONOMY, load_taxonomy
from sixping.util.names import one_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

KEY = "disputes"
#: a dispute of which nobody wrote down the kind and whether it was mediated
UNSAID = "未登记"
ALL = "全部"


class Dispute(NamedTuple):
    """A case that is a dispute, and what is on record of it; None: nothing."""

    case: CaseRow
    said: Mediation | None

    def fits(self, what: str) -> bool:
        """Return whether it is counted under a kind, a state, ``UNSAID`` or ``ALL``."""
        if self.said is None:
            return what in {UNSAID, ALL}
        return what in {self.said.sort, MEDIATED[self.said.mediated], ALL}


def kind_for(con: Connection, number: str, category: str | None, name: str) -> str:
    """Return the kind of dispute that is meant.

    Raises ``NotAllowed`` for a case whose category is no 矛盾纠纷, while nobody keeps the register,
    and under rules that have no kinds; ``UnknownName``.
    """
    registers.require(con, KEY)
    kind = rule_on(con, MEETINGS, load_rules).dispute_kind(name)
    if category not in _categories(con):
        raise NotAllowed(
            f"{number} 的类别是{category or '未定'}, 不是矛盾纠纷。",
            f"类别不对的请先改: sixping regrade {number} --category 类别 --reason 理由",
        )
    return kind


def _categories(con: Connection) -> set[str]:
    heads = rule_on(con, MEETINGS, load_rules).dispute_heads
    return {each.name for each in rule_on(con, TAXONOMY, load_taxonomy) if each.head in heads}


def disputes(con: Connection, first: date, last: date, as_of: int | None = None) -> list[Dispute]:
    """Return the disputes received in a period since the register began, by number.

    As they stood after seq ``as_of``. Raises ``NotAllowed`` under rules that do not say which
    cases are some: that is not none.
    """
    begun = registers.begun(con, KEY, as_of)
    if begun is None or last < begun:
        return []
    start, end = bounds(Span(max(first, begun), last))
    rows, _ = list_cases(con, every=True, start=start, as_of=as_of)
    said, ours = mediations(con, as_of), _categories(con)
    return [
        Dispute(row, said.get(row.number))
        for row in sorted(rows, key=lambda row: row.number)
        if row.received_at <= end
        and row.category in ours
        and row.status not in (Status.MERGED, Status.WITHDRAWN)
    ]


class Counted(NamedTuple):
    """How many disputes of a kind there are, by whether they were mediated; None: unknown."""

    sort: str
    n: int
    yes: int | None
    partly: int | None
    no: int | None
    numbers: tuple[str, ...]


def by_kind(found: Iterable[Dispute]) -> list[Counted]:
    """Return the counts, largest kind first; of what nobody wrote down at the end, kind unknown."""
    kinds: dict[str, list[Dispute]] = {}
    for one in found:
        kinds.setdefault(one.said.sort if one.said else UNSAID, []).append(one)
    counts = [counted(sort, own) for sort, own in kinds.items()]
    return sorted(counts, key=lambda one: (one.sort == UNSAID, -one.n, one.sort))


def counted(sort: str, own: Iterable[Dispute]) -> Counted:
    """Return the counts of some disputes under one name."""
    listed = list(own)
    states = [one.said.mediated for one in listed if one.said]
    numbers = tuple(one.case.number for one in listed)
    if sort == UNSAID:
        return Counted(sort, len(listed), None, None, None, numbers)
    yes, partly, no = (states.count(key) for key in MEDIATED)
    return Counted(sort, len(listed), yes, partly, no, numbers)


def figure_named(con: Connection, name: str) -> list[str]:
    """Return the kind, the state, or both (``邻里.未调处``) that a figure counts."""
    kinds = rule_on(con, MEETINGS, load_rules).disputes.kinds
    known = (*kinds, *MEDIATED.values(), UNSAID, ALL)
    parts = [one_of(known, part, "项目 (--drill)") for part in name.split(".") if part.strip()]
    if not parts:
        raise UsageFault("--drill 没有写项目。", f"可用: {'、'.join(known)}。")
    return parts


def disputes_json(
    con: Connection, found: list[Dispute], first: date, last: date, as_of: int | None = None
) -> dict[str, Any]:
    """Return the counts of a period as ``disputes --json`` answers them.

    While the register sleeps ``begun`` is null and nothing is counted.
    """
    begun = registers.begun(con, KEY, as_of)
    total = counted(ALL, found)
    return {
        "period": {"from": first.isoformat(), "to": last.isoformat()},
        "begun": begun and begun.isoformat(),
        "received": total.n,
        "unrecorded": sum(one.said is None for one in found),
        "kinds": [
            {"kind": one.sort, "received": one.n, "mediated": one.yes, "partly": one.partly,
             "not_mediated": one.no, "numbers": list(one.numbers)}
            for one in by_kind(found)
        ],
    }  # fmt: skip


def drilled(found: Iterable[Dispute], parts: Iterable[str]) -> list[dict[str, Any]]:
    """Return the disputes behind a figure as rows, without a word of a reporter."""
    wanted = list(parts)
    return [
        {
            "number": one.case.number,
            "received": one.case.received_at[:10],
            "category": one.case.category,
            "kind": one.said and one.said.sort,
            "mediated": one.said and MEDIATED[one.said.mediated],
            "by": one.said and one.said.unit,
            "community": one.case.community,
            "status": one.case.status,
        }
        for one in found
        if all(map(one.fits, wanted))
    ]

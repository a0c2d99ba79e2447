"""The agenda of a meeting as data: under each heading what the ledger says (附1.3).

Pure: headings with their sources come in as data (``policy.meetings``), what was read from
the ledger as ``AgendaItem`` by source; a heading with nothing under it is a slot to fill in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.reports.lapses import gravity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from sixping.policy.meetings import What
    from sixping.reports.dutycover import Finding
    from sixping.reports.lapses import Lapse
    from sixping.reports.period import Figures

    Fact = str | int | None

#: source of items that people added
FREE = "free"


class AgendaItem(NamedTuple):
    """One line of an agenda; ``text`` is None after a lawful erasure.

    ``what`` and ``facts``: the same apart, as a paper has it in columns (``services.agenda`` says
    which); ``figures``: those of the period.
    """

    source: str
    label: str
    text: str | None
    numbers: tuple[str, ...] = ()
    what: What | None = None
    facts: tuple[Fact, ...] = ()
    figures: Figures | None = None


class Heading(NamedTuple):
    """One heading with its items."""

    no: int
    title: str
    clause: str
    items: tuple[AgendaItem, ...]


class Agenda(NamedTuple):
    """A whole agenda; ``seq`` and ``head`` say from which state of the ledger.

    ``convener`` and ``members`` (附1.2) are roles, ``start`` and ``end`` the hours that are fixed.
    """

    meeting: str
    sort: str
    platform: str | None
    day: date
    first: date
    last: date
    seq: int
    head: str
    headings: tuple[Heading, ...]
    convener: str = ""
    members: str = ""
    start: str | None = None
    end: str | None = None


class AgendaCase(NamedTuple):
    """Where a case happened: ``place`` as ``contactkeys.place_form`` has it, ``where`` as said."""

    number: str
    place: str | None = None
    where: str | None = None


def headings(
    titles: Sequence[tuple[str, str, Sequence[str]]],
    read: Callable[[str], Iterable[AgendaItem]],
    free: Iterable[tuple[int, str | None]],
) -> tuple[Heading, ...]:
    """Return the headings: (title, clause, sources) each, then what people added."""
    added = list(free)
    return tuple(
        Heading(
            no,
            title,
            clause,
            (
                *(item for source in sources for item in read(source)),
                *(AgendaItem(FREE, "补充议题", text) for at, text in added if at == no),
            ),
        )
        for no, (title, clause, sources) in enumerate(titles, 1)
    )


def repeated(cases: Iterable[AgendaCase], least: int) -> list[tuple[str, list[str]]]:
    """Return the places that several reports name, most reports first."""
    places: dict[str, list[AgendaCase]] = {}
    for case in cases:
        if case.place:
            places.setdefault(case.place, []).append(case)
    many = [group for group in places.values() if len(group) >= least]
    many.sort(key=lambda group: (-len(group), group[0].number))
    return [(group[0].where or "", [case.number for case in group]) for group in many]


def rising(
    now: Mapping[str | None, int], before: Mapping[str | None, int], least: int
) -> list[tuple[str, int, int]]:
    """Return the categories with more reports than the period before, strongest rise first."""
    more = [
        (name, n, before.get(name, 0))
        for name, n in now.items()
        if name is not None and n >= least and n > before.get(name, 0)
    ]
    return sorted(more, key=lambda row: (row[2] - row[1], row[0]))


def lapses_by_unit(lapses: Iterable[Lapse]) -> list[tuple[str | None, str, int, list[str]]]:
    """Return failures as unit, kind, count and the cases concerned, the gravest first."""
    groups: dict[tuple[str | None, str], dict[str, str | None]] = {}
    for lapse in sorted(lapses, key=gravity):
        # A task of a meeting has no number: each counts by the event that set it.
        key = lapse.number or str(lapse.evidence[0])
        groups.setdefault((lapse.unit, lapse.kind), {})[key] = lapse.number
    return [
        (unit, kind, len(group), [number for number in group.values() if number])
        for (unit, kind), group in groups.items()
    ]


def by_agency(gaps: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return the gaps in cover by agency, in the order in which they come."""
    agencies: dict[str, list[Finding]] = {}
    for gap in gaps:
        agencies.setdefault(gap.agency, []).append(gap)
    return agencies

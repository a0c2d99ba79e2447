"""A profile drafted from a file, a workbook to fill in: by the names of a ledger or the data."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData, SixpingError
from sixping.importing.convert import ImportedRow
from sixping.importing.drafting.guess import guess
from sixping.importing.drafting.profiletext import TO_FILL, profile_text
from sixping.importing.drafting.template import Lists
from sixping.importing.profiles import OPEN, check_format, list_profiles, parse_profile
from sixping.importing.reader import find_header, read_reports, read_rows
from sixping.importing.rows import kind_of
from sixping.policy.units import UnitKind
from sixping.services.intake import intake_data_of
from sixping.services.resolver import RowResolver
from sixping.services.rulebooks import rulebooks_or_shipped

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sixping.cases.intake import IntakeData
    from sixping.importing.convert import RowError
    from sixping.importing.drafting.guess import Draft
    from sixping.importing.profiles import Profile
    from sixping.policy.editions import Edition

_PREVIEW = 10
_ANY_ROW: dict[str, Any] = ImportedRow(1, None, "", "甲", None)._asdict()
_LOOK = 10


class Drafted(NamedTuple):
    """A draft, its text, how many places are to be filled in, and the first rows read by it.

    ``unread``: why the ledger's names could not be read, where the data's own stand in.
    """

    draft: Draft
    text: str
    to_fill: int
    preview: list[ImportedRow | RowError]
    unread: str


def draft_profile(
    path: Path,
    ledger: Path,
    now: datetime,
    *,
    name: str,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Drafted:
    """Draft a profile from a file. Raises ``BadData`` or ``InputOutput``, as reading one does."""
    draft = guess(path, now, sheet=sheet, encoding=encoding)
    data, edition, unread = _rules(ledger, now)
    text = profile_text(
        draft,
        name=name,
        day=now.date(),
        channels=[channel.name for channel in edition.channels],
        known=_known(data, edition),
        options={k: v for k, v in (("sheet", sheet), ("encoding", encoding)) if v},
    )
    lines = [line for line in text.splitlines()[3:] if TO_FILL in line.partition("#")[2]]
    preview = _preview(path, parse_profile(text, name))
    return Drafted(draft, text, len(lines), preview, unread)


def _preview(path: Path, profile: Profile) -> list[ImportedRow | RowError]:
    """Read the first rows by a draft; none where a column is still to be named."""
    try:
        return list(islice(read_reports(path, profile), _PREVIEW))
    except BadData:
        return []


def _rules(ledger: Path, now: datetime) -> tuple[IntakeData, Edition, str]:
    data, unread = intake_data_of(ledger, now.date())
    rulebooks, _ = rulebooks_or_shipped(ledger)
    return data, rulebooks.policy.edition_at(now.date()), unread


def _known(data: IntakeData, edition: Edition) -> Callable[[str, str], bool]:
    """Return what tells whether an import would understand a word of a field as it is."""
    resolver = RowResolver(data, triage=False)
    channel = edition.channels[0].name

    def resolved(**names: str) -> bool:
        row = ImportedRow._make((_ANY_ROW | {"channel": channel} | names).values())
        try:
            resolver.evaluate(row, edition)
        except SixpingError:
            return False
        return True

    def known(field: str, word: str) -> bool:
        if field not in OPEN:
            return False
        if field == "grid":  # a grid's own name is one within its community
            communities = (u.name for u in data.units if u.kind is UnitKind.COMMUNITY)
            within = any(resolved(grid=word, community=name) for name in communities)
            return within or resolved(grid=word)
        return resolved(**{field: word})

    return known


def lists_of(ledger: Path, now: datetime) -> tuple[Lists, str]:
    """Return the names a workbook offers: the ledger's, without one those of the data.

    Beside them why the ledger could not be read (empty: it was, or there is none).
    """
    data, edition, unread = _rules(ledger, now)
    communities = [unit.name for unit in data.units if unit.kind is UnitKind.COMMUNITY]
    lists = Lists(
        channels=tuple(channel.name for channel in edition.channels),
        communities={
            name: tuple(grid.name for grid in data.units.grids(name)) for name in communities
        },
        categories=tuple(category.name for category in data.taxonomy),
        natures=tuple(nature.name for nature in data.taxonomy.natures),
        units=tuple(unit.name for unit in data.units if unit.kind in _OFFICES),
    )
    return lists, unread


_OFFICES = (UnitKind.AGENCY, UnitKind.OFFICE)


def fitting_profiles(
    path: Path, *, sheet: str | None = None, encoding: str | None = None
) -> list[Profile]:
    """Return the shipped profiles whose columns a file has, those that use most of them first.

    Raises as ``read_rows`` does.
    """
    rows = list(islice(read_rows(path, sheet=sheet, encoding=encoding), _LOOK))
    kind, fitting = kind_of(path), []
    for profile in list_profiles():
        try:
            check_format(profile, kind, path.name)
            header, _ = find_header(iter(rows), profile, path.name)
        except BadData:
            continue
        fitting.append((len(header.places), profile))
    return [profile for _, profile in sorted(fitting, key=lambda pair: -pair[0])]

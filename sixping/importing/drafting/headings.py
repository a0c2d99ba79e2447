"""The names columns usually have, by field: those of the shipped profiles and ``headings.toml``."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from sixping.importing.profiles import FIELDS, list_profiles
from sixping.importing.reader import plain
from sixping.util import datafiles
from sixping.util.toml import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_JOINTS = re.compile(r"[\s_\-/]+")
_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_ORDER = (  # who chooses first where one name is usual for two fields
    "source_no", "text", "received", "phone", "place", "community", "grid",
)  # fmt: skip


class Headings(NamedTuple):
    """Usual names: of each field, preferred first, in the form of ``bare``; and of what else is.

    ``titles`` go before the text; ``answers`` are results told to the reporter; ``clocks`` say
    what o'clock beside a day; ``serials`` count rows anew in every file; ``remarks`` say why a
    column is nobody's, ``unused`` that it is.
    """

    fields: Mapping[str, tuple[str, ...]]
    titles: tuple[str, ...]
    answers: tuple[str, ...]
    clocks: tuple[str, ...]
    serials: tuple[str, ...]
    unused: tuple[str, ...]
    remarks: Mapping[str, str]
    every: frozenset[str]

    def known(self, name: str) -> bool:
        """Tell whether a name is a usual heading at all."""
        return any(key in self.every for key in keys(name))


class Match(NamedTuple):
    """Which column a field is in, 0-based, and whether its whole name says so."""

    column: int
    sure: bool


def load_headings() -> Headings:
    """Load the usual names. Raises ``BadData`` naming file and key."""
    text, path = datafiles.read("headings.toml")
    return parse_headings(text, str(path))


def parse_headings(text: str, source: str) -> Headings:
    """Read the usual names from TOML, and those of the shipped profiles beside them.

    Raises ``BadData`` naming file and key.
    """
    top = parse(text, source)
    table = top.table("fields")
    for name in dict(table.items()):
        if name not in FIELDS:
            raise table.fault(name, f"不是可用的字段 (可用: {'、'.join(FIELDS)})")
    own = {name: table.texts(name) for name in dict(table.items())}
    shipped = _shipped()
    fields = {
        name: tuple(dict.fromkeys(map(bare, (*shipped.get(name, ()), *own.get(name, ())))))
        for name in (*_ORDER, *(name for name in FIELDS if name not in _ORDER))
    }
    titles, answers, clocks, serials, unused = (
        tuple(map(bare, top.table(part).texts("names")))
        for part in ("title", "answer", "clock", "serial", "unused")
    )
    remarks = {bare(name): str(said) for name, said in top.table("remarks").items()}
    top.finish()
    groups = (*fields.values(), titles, answers, clocks, serials, unused, tuple(remarks))
    every = frozenset(chain.from_iterable(groups))
    return Headings(fields, titles, answers, clocks, serials, unused, remarks, every)


def _shipped() -> dict[str, list[str]]:
    """Return the names in the shipped profiles, those that stand first in theirs first."""
    ranked: dict[str, list[tuple[int, str]]] = {}
    for profile in list_profiles():
        for field, columns in profile.columns.items():
            names = columns[-1]  # of joined ones the last: those before it are titles
            ranked.setdefault(field, []).extend(enumerate(names))
    return {field: [name for _, name in sorted(names, key=lambda one: one[0])]
            for field, names in ranked.items()}  # fmt: skip


def bare(name: str) -> str:
    """Return a heading for comparison: case, spaces, underscores, hyphens do not count."""
    return _JOINTS.sub("", plain(name))


def keys(name: str) -> Iterator[str]:
    """Yield how a heading may be usual: whole, without brackets, the end of ``address.street``."""
    whole = plain(name)
    yield bare(whole)
    yield bare(_BRACKETS.sub("", whole))
    yield bare(whole.rpartition(".")[2])


def match(
    names: Sequence[str], headings: Headings, fits: Callable[[str, int], bool]
) -> dict[str, Match]:
    """Return the column of each field by its heading; a column is one field's alone.

    ``fits(field, column)`` says whether what is in a column may be of a field.
    """
    forms = [tuple(dict.fromkeys(keys(name))) for name in names]
    found: dict[str, Match] = {}
    taken: set[int] = set()
    for sure in (True, False):
        for field, usual in headings.fields.items():
            if field in found:
                continue
            ways = _whole(usual, forms) if sure else _ending(usual, names)
            column = next((at for at in ways if at not in taken and fits(field, at)), None)
            if column is not None:
                found[field] = Match(column, sure)
                taken.add(column)
    return found


def _whole(usual: Sequence[str], forms: Sequence[Sequence[str]]) -> Iterator[int]:
    """Yield the columns that have a usual name, the most usual first."""
    for name in usual:
        for nearness in range(3):
            for at, known in enumerate(forms):
                if known[nearness : nearness + 1] == (name,):
                    yield at


def _ending(usual: Sequence[str], names: Sequence[str]) -> Iterator[int]:
    """Yield the columns whose heading ends in a usual name, as ``首次来电时间`` does."""
    for name in sorted(usual, key=len, reverse=True):
        for at, heading in enumerate(names):
            if _ends(plain(heading), name):
                yield at


def _ends(heading: str, name: str) -> bool:
    if not bare(heading).endswith(name):
        return False
    if name.isascii():  # a word of its own: submitter_phone, not megaphone
        last = re.split(r"[\s_\-/.]+", heading)
        return len(name) > 3 and "".join(last[-2:]).endswith(name) and name in (  # noqa: PLR2004
            last[-1], "".join(last[-2:]),
        )  # fmt: skip
    return len(name) > 2  # noqa: PLR2004 - 时间 and 编号 end too much

"""Who is not to be named in what is recorded of cases: in their steps, and of a look at them."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from sixping.documents.cases import NOBODY, People, people_in
from sixping.errors import NotFound
from sixping.queries import cases
from sixping.queries.privacy import HOLDS, merged_with, of_subject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sixping.queries.privacy import Beside
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

_REMEMBERED = 10_000  # cases
#: a case as words name it
NUMBER = re.compile(r"(?<!\d)[12]\d{3}-\d{6,9}(?!\d)")
_OF_A_CASE = frozenset({"case", HOLDS})

#: of these what was said of one speaks of the cases of all that was
WHOLE = frozenset({"meeting", "operation", "accountability"})


def spoken_of(said: Iterable[Beside]) -> tuple[str, ...]:
    """Return the cases that records name, in their facts or in their words."""
    found = (NUMBER.findall(f"{each.facts}\n{each.private or ''}") for each in said)
    return tuple(dict.fromkeys(number for numbers in found for number in numbers))


class Named:
    """The people of the cases that an event is of, or that it names; read once a case."""

    def __init__(self, con: Connection, until: int | None = None) -> None:
        """Read nothing yet; ``until``: cases as they stood at that seq."""
        self._con, self._until = con, until
        self._known: dict[str, People] = {}
        self._told: dict[str, tuple[People, tuple[str, ...]]] = {}
        self._spoken: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(
        self, stream: str, subject: str, facts: Mapping[str, Any], private: str | None
    ) -> People:
        """Return whom the private words of an event may not name."""
        if stream in _OF_A_CASE:
            return self._people(subject)
        if not private:
            return NOBODY
        numbers = tuple(NUMBER.findall(f"{json.dumps(facts, default=list)}\n{private}"))
        if stream in WHOLE:
            numbers += self._of_subject(stream, subject)
        return self._among(dict.fromkeys(numbers), private) if numbers else NOBODY

    def _of_subject(self, stream: str, subject: str) -> tuple[str, ...]:
        """Return the cases that what was recorded of a meeting or an operation speaks of."""
        if (stream, subject) not in self._spoken:
            said = of_subject(self._con, stream, subject)
            self._spoken[stream, subject] = spoken_of(said)
        return self._spoken[stream, subject]

    def _among(self, numbers: Iterable[str], private: str) -> People:
        """Return of the people of many cases those whose signs all stand in the words."""
        signs = set(json.dumps(json.loads(private), ensure_ascii=False))
        found = NOBODY
        for number in numbers:
            people = self._people(number)
            names = {name for name in people.names if signs.issuperset("".join(name.split()))}
            found = found.joined(People(frozenset(names), people.places)) if names else found
        return found

    def _people(self, number: str) -> People:
        if number not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[number] = NOBODY
            with suppress(NotFound):
                self._known[number] = self.of_case(cases.case(self._con, number, self._until))
        return self._known[number]

    def told(self, number: str) -> tuple[People, tuple[str, ...]]:
        """Return whom a case names, and what was said of it and where; nothing of none."""
        if number not in self._told:
            if len(self._told) >= _REMEMBERED:
                self._told.clear()
            self._told[number] = NOBODY, ()
            with suppress(NotFound):
                row = cases.case(self._con, number, self._until)
                words = cases.private_of(row)
                said = tuple(words[name] for name in ("text", "place") if words.get(name))
                self._told[number] = self.of_case(row), said
        return self._told[number]

    def of_case(self, row: CaseRow) -> People:
        """Return whom the steps of a case may not name: also of what it was merged with."""
        people = people_in(row.private)
        if row.version == 1:
            return people
        for number in merged_with(self._con, row.number):
            with suppress(NotFound):
                other = cases.case(self._con, number, self._until)
                people = people.joined(people_in(other.private))
        return people

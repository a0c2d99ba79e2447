"""Search by words: SQL finds what may hold them, the masked text decides what does.

What is hidden cannot be found, or a number would come out digit by digit.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sixping.documents.cases import masked, people_in
from sixping.queries import cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.documents.cases import People
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

#: signs of numbers, accounts and addresses; a word without them meets names only
_NUMBERED = re.compile(
    r"[\dA-Za-z@\uff20-\uff5a零一二三四五六七八九〇幺两壹贰叁肆伍陆柒捌玖\u2460-\u249b]"
)
#: the field whose words are shown as they are: the standard text is the policy's, and no person's
_STANDARD = "source_no"
#: what introduces a name that no field holds
_INTRODUCED = re.compile(r"我叫|联系人|姓\s?名|[映诉报电事请件表业户][人主][:：]")


def search(
    con: Connection, terms: Sequence[str], limit: int | None = None, *, whole: bool = False
) -> tuple[list[CaseRow], int]:
    """Return the cases in whose shown words every term occurs, and how many a limit left out.

    ``whole``: in what is hidden too, for somebody who may see it.
    """
    if whole:
        return cases.search(con, terms, limit)
    rows, _ = cases.search(con, terms)
    worded = not any(map(_NUMBERED.search, terms))
    found = [row for row in rows if (worded and _names_nobody(row)) or _shows(con, row, terms)]
    kept = found if limit is None else found[:limit]
    return kept, len(found) - len(kept)


def kinds_of(terms: Sequence[str]) -> list[str]:
    """Return what kind of words were searched for, without them."""
    return sorted({"号码" if re.search(r"\d{3}", term) else "文字" for term in terms})


def _names_nobody(row: CaseRow) -> bool:
    """Return whether a report names no person, so that no plain word of it is hidden."""
    said = row.private or ""
    return not ('"reporter"' in said or '"about"' in said or '"former"' in said) and (
        _INTRODUCED.search(said) is None
    )


def _shows(con: Connection, row: CaseRow, terms: Sequence[str]) -> bool:
    """Return whether a case that holds the terms shows them."""
    people = people_in(row.private)
    hidden = set("".join(people.names))
    plain = row.private is None or not _INTRODUCED.search(row.private)
    left = [
        term.lower() for term in terms
        if not (plain and hidden.isdisjoint(term) and _NUMBERED.search(term) is None)
    ]  # fmt: skip
    left = [term for term in left if term not in row.number]
    for name, value, named in _words(con, row, people) if left else ():
        left = _not_in(left, name, value, named)
        if not left:
            break
    return not left


def _not_in(terms: list[str], name: str, value: object, people: People) -> list[str]:
    """Return the terms that words do not show; what they do not hold they are not masked for."""
    if not isinstance(value, str):
        return terms
    whole = value.lower()
    if not any(term in whole or "*" in term for term in terms):
        return terms
    text = (masked(name, value, reveal=False, people=people) or "").lower()
    return [term for term in terms if term not in text]


def _words(con: Connection, row: CaseRow, people: People) -> Iterator[tuple[str, object, People]]:
    """Yield what a case has of what is searched: its report first, then its steps."""
    said = json.loads(row.private) if row.private else {}
    for name in cases.SAID:
        yield name, said.get(name), people
    for event in cases.events(con, row.number):
        private = json.loads(event.private) if event.private else {}
        names = people.joined(people_in(event.private))
        for name in cases.SEARCHED:
            if name not in cases.SAID:
                yield name, private.get(name), names
        yield _STANDARD, json.loads(event.facts).get("feedback"), names

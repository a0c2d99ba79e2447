"""Search by words: SQL finds what may hold them, the masked text decides what does.

What is hidden cannot be found, or a number would come out digit by digit.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from sixping.documents.cases import masked, people_in
from sixping.policy.vocabulary import TELLING
from sixping.queries import cases
from sixping.services.personal.named import Named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.documents.cases import People
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection

#: signs of numbers, accounts and addresses; a word without them meets names only
_NUMBERED = re.compile(
    r"[\dA-Za-z@\uff20-\uff5a零一二三四五六七八九〇幺两壹贰叁肆伍陆柒捌玖\u2460-\u249b]"
)
#: what introduces a name that no field holds
_INTRODUCED = re.compile(r"我叫|联系人|姓\s?名|[人主][ \u3000]?[:：]")


def search(
    con: Connection, terms: Sequence[str], limit: int | None = None, *, whole: bool = False
) -> tuple[list[CaseRow], int]:
    """Return the cases in whose shown words every term occurs, and how many a limit left out.

    ``whole``: in what is hidden too, for somebody who may see it.
    """
    if whole:
        return cases.search(con, terms, limit)
    rows, _ = cases.search(con, terms)
    found = [row for row in rows if _shows(con, row, terms)]
    kept = found if limit is None else found[:limit]
    return kept, len(found) - len(kept)


def kinds_of(terms: Sequence[str]) -> list[str]:
    """Return what kind of words were searched for, without them."""
    return sorted({"号码" if re.search(r"\d{3}", term) else "文字" for term in terms})


def _shows(con: Connection, row: CaseRow, terms: Sequence[str]) -> bool:
    """Return whether a case that holds the terms shows them."""
    left = [term.lower() for term in terms if term.lower() not in row.number]
    for name, value, people in _words(con, row) if left else ():
        left = [term for term in left if not _is_shown(term, name, value, people)]
        if not left:
            break
    return not left


def _words(con: Connection, row: CaseRow) -> Iterator[tuple[str, str, People]]:
    """Yield what of a case is searched, and whom it may not name: its report, then its steps."""
    said, people = json.loads(row.private) if row.private else {}, Named(con).of_case(row)
    for name in cases.SAID:
        yield name, _text(said.get(name)), people
    for event in cases.events(con, row.number):
        private = json.loads(event.private) if event.private else {}
        names = people.joined(people_in(event.private))
        for name in cases.SEARCHED:
            if name not in cases.SAID or event.kind not in TELLING:  # that is told as it holds now
                yield name, _text(private.get(name)), names
        yield "feedback", _text(json.loads(event.facts).get("feedback")), names


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _is_shown(term: str, name: str, value: str, people: People) -> bool:
    """Return whether a term stands in what is shown of a text: masked where it could be hidden."""
    if term not in value.lower():
        return False
    hidden = set("".join(people.names).lower())
    if hidden.isdisjoint(term) and not (_NUMBERED.search(term) or _INTRODUCED.search(value)):
        return True
    return term in (masked(name, value, reveal=False, people=people) or "").lower()

"""Faults of the program that a run may still find: each with who mends it. Empty is the goal.

A line goes with the change that mends the fault; a full run lists what was found of each.
"""

from __future__ import annotations

import re

KNOWN: tuple[tuple[str, str], ...] = (
    (r"a good file called damaged", "S5: the second look takes a second read error for damage"),
    (r"called unsaved, and there", "S5: what became of a step that fails after its COMMIT"),
    (r"English: ", "S5: SQLite's own words in a sentence"),
    (r"refused again|the program: |not readable|again: \d+ ", "S4: two names after a crash"),
)


def told_apart(found: list[str]) -> tuple[list[str], dict[str, int]]:
    """Return what nobody knows of yet, and how often each known fault was found."""
    new: list[str] = []
    known: dict[str, int] = {}
    for what in found:
        why = next((why for words, why in KNOWN if re.search(words, what)), None)
        if why is None:
            new.append(what)
        else:
            known[why] = known.get(why, 0) + 1
    return new, known

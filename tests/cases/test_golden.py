"""The facts of every step as text: what a ledger's hashes are made of.

Until format 1 is frozen a change rewrites the page in the same commit
(``python -m tests.cases.test_golden``); from then on it is a migration.
"""

from __future__ import annotations

from pathlib import Path

from sixping.cases import codec
from tests.cases.test_codec import sample
from tests.kit import events as ev

PAGE = Path(__file__).parents[1] / "ledgers" / "facts.txt"


def page() -> str:
    """Return kind, facts with the fewest and with all fields, of every step."""
    lines = []
    for kind, cls in ev.TYPES.items():
        for full in (False, True):
            event = sample(cls, full=full)
            private = ",".join(codec.private_fields(sample(cls, full=True)))
            lines.append(f"{kind}\t{codec.facts_of(event)}\t{private}")
    return "\n".join(lines) + "\n"


def test_the_facts_of_every_step_are_the_frozen_ones() -> None:
    assert page() == PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")

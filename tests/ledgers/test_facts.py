"""What format 1 stores of every kind of event: read for ever, and never written otherwise.

``facts.txt`` was written from the samples when the format was frozen; a kind that came later is
no part of it.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from sixping.cases.codec import Recorded, facts_of, private_fields, read_as
from sixping.office import streams
from tests.kit import events as ev

PAGE = Path(__file__).with_name("facts.txt")
FROZEN = "aad603ea42c2d8c236a1706d49d57ffcbead8ea772f812f2aabfb5723f33ed5e"
LINES = [line.split("\t") for line in PAGE.read_text(encoding="utf-8").splitlines()]
TYPES: dict[str, type[Recorded]] = {
    **{f"case/{kind}": cls for kind, cls in ev.TYPES.items()},
    **{
        f"{stream}/{kind}": cls
        for stream in streams.MODULES
        for kind, cls in streams.types_of(stream).items()
    },
}


def test_the_page_is_the_one_that_was_frozen() -> None:
    assert sha256(PAGE.read_bytes()).hexdigest() == FROZEN


@pytest.mark.parametrize(("kind", "facts", "private"), LINES)
def test_what_was_stored_is_read_and_would_be_stored_the_same(
    kind: str, facts: str, private: str
) -> None:
    words = json.loads(private)
    event = read_as(TYPES[kind], facts, dict(words))
    assert facts_of(event) == facts
    assert private_fields(event) == words


def test_a_kind_that_is_not_on_the_page_came_after_it() -> None:
    assert {kind for kind, *_ in LINES} <= set(TYPES)

"""What is built in one copy is what the dataclass itself would build."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from sixping.cases.model import Case, Clock
from sixping.policy.vocabulary import ClockKind
from sixping.util.records import made, revised
from tests.kit.events import TYPES
from tests.kit.ledgerkit import NOW


@dataclass(frozen=True, kw_only=True)
class Held:
    name: str
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slotted:
    name: str


def test_a_record_made_at_once_equals_one_built_field_by_field() -> None:
    one = made(Held, {"name": "x"})
    assert (one, one.since, repr(one)) == (Held(name="x"), None, repr(Held(name="x")))
    assert hash(one) == hash(Held(name="x"))
    with pytest.raises(FrozenInstanceError):
        one.name = "y"  # type: ignore[misc]
    assert made(Slotted, {"name": "x"}) == Slotted(name="x")


def test_a_revision_leaves_the_record_it_was_made_from() -> None:
    one = Held(name="x")
    assert revised(one, {"since": 3}) == replace(one, since=3)
    assert one == Held(name="x")
    clock = Clock(kind=ClockKind.ACCEPT, round=1, started=NOW, due=NOW)
    assert revised(clock, {"stopped": NOW}) == replace(clock, stopped=NOW)


@pytest.mark.parametrize("values", [{}, {"since": 1}, {"name": "x", "more": 1}])
def test_a_name_too_many_or_too_few_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        made(Held, values)
    with pytest.raises(TypeError):
        revised(Held(name="x"), {"more": 1})


def test_what_is_replayed_by_the_million_has_no_slots() -> None:
    for cls in (Case, Clock, *TYPES.values()):
        assert not any(vars(c).get("__slots__") for c in cls.__mro__), cls

"""Frozen records built and revised in one copy, not in one call a field.

A ledger is replayed by the million: ``Case(**values)`` and ``replace`` cost ten times
what they do here. What makes this possible is that these dataclasses have no slots.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


@cache
def _shape(cls: Any) -> tuple[frozenset[str], frozenset[str], bool]:  # noqa: ANN401
    """Return the names a record may have, those it must have, and whether it has slots."""
    known = fields(cls)
    needed = (f.name for f in known if f.default is MISSING and f.default_factory is MISSING)
    slotted = any(vars(c).get("__slots__") for c in cls.__mro__)
    return frozenset(f.name for f in known), frozenset(needed), slotted


def made(cls: type[T], values: Mapping[str, Any]) -> T:
    """Return a record of these values; a name too many or too few raises ``TypeError``."""
    names, needed, slotted = _shape(cls)  # type: ignore[arg-type]  # a class is hashable
    if slotted:
        return cls(**values)
    if not needed <= values.keys() <= names:
        raise TypeError(f"{cls.__name__}: {sorted(values.keys() ^ names)}")
    record = object.__new__(cls)
    record.__dict__.update(values)
    return record


def revised(record: T, changes: Mapping[str, Any]) -> T:
    """Return a copy with these changes; an unknown name raises ``TypeError``."""
    cls = type(record)
    names, _, slotted = _shape(cls)  # type: ignore[arg-type]
    if slotted or not changes.keys() <= names:
        raise TypeError(f"{cls.__name__}: {sorted(changes)}")
    copy = object.__new__(cls)
    copy.__dict__.update(record.__dict__)
    copy.__dict__.update(changes)
    return copy

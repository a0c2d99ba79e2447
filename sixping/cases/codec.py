"""Events as text: facts as JSON for the chain, private text beside it, and both read back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import EnumType
from functools import cache, lru_cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sixping.cases.dates import Due
from sixping.cases.rules import Terms
from sixping.util.clock import to_text
from sixping.util.records import made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def private(default: str | None = None, *, unless: str = "") -> Any:  # noqa: ANN401 - what dataclasses.field returns
    """Declare a field that lies beside the chain: free text or personal data.

    ``unless``: the flag that says the words are nobody's own; then they are a fact.
    """
    return field(default=default, metadata={"private": True, "unless": unless})


def fact(read: Any, default: Any = None) -> Any:  # noqa: ANN401
    """Declare a fact that needs reading back from JSON by ``read``."""
    return field(default=default, metadata={"read": read})


def words(value: list[str]) -> tuple[str, ...]:
    """Read a tuple of words back."""
    return tuple(value)


def read_terms(value: list[str]) -> Terms:
    """Read the terms of dates back."""
    return _terms(*value)


@lru_cache(maxsize=64)  # a ledger has few, and every case names them
def _terms(*words: str) -> Terms:
    return Terms(*words)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What every event of every stream is: facts and private fields under a kind."""

    kind: ClassVar[str]


Event = TypeVar("Event", bound=Recorded)


def facts_of(event: Recorded) -> str:
    """Return the event's facts as the JSON text that is stored and hashed verbatim."""
    values, names = _fact_fields(type(event))  # type: ignore[arg-type]  # a class is hashable
    parts = []
    for (name, default), value in zip(names, values(event), strict=True):
        if value is not default and value != default:
            parts.append(name + _text(value))
    parts += [f'"{name}":{_text(getattr(event, name))}' for name in _public_words(event)]
    return "{" + ",".join(parts) + "}"


def private_fields(event: Recorded) -> dict[str, Any]:
    """Return what lies beside the chain: free text and personal fields that are present."""
    names = _private_names(type(event))  # type: ignore[arg-type]  # a class is hashable
    found = {name: value for name in names if (value := getattr(event, name)) is not None}
    for name in _public_words(event):
        del found[name]
    return found


def _public_words(event: Recorded) -> list[str]:
    """Return the names of words that this event says as facts."""
    flagged = _flagged(type(event))  # type: ignore[arg-type]  # a class is hashable
    return [
        name for name, flag in flagged if getattr(event, flag) and getattr(event, name) is not None
    ]


def private_text(private: Mapping[str, Any]) -> str:
    """Return private fields as the JSON text that is stored and sealed."""
    return "{" + ",".join([f"{quoted(n)}:{_text(v)}" for n, v in private.items()]) + "}"


@cache
def _fact_fields(
    cls: type[Recorded],
) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[tuple[str, Any], ...]]:
    """Return what takes the facts off an event, and their names in JSON with their defaults."""
    facts = [f for f in fields(cls) if "private" not in f.metadata]
    names = tuple([(f'"{f.name}":', f.default) for f in facts])
    if len(facts) > 1:
        return attrgetter(*[f.name for f in facts]), names
    return lambda event: tuple([getattr(event, f.name) for f in facts]), names


@cache
def _private_names(cls: type[Recorded]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if "private" in f.metadata)


@cache
def _flagged(cls: type[Recorded]) -> tuple[tuple[str, str], ...]:
    """Return the private fields that a flag makes facts, each with that flag."""
    return tuple((f.name, flag) for f in fields(cls) if (flag := f.metadata.get("unless")))


def _text(value: object) -> str:
    """Return a fact as JSON; what most events have is written without a look at its parts."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, datetime):
        return f'"{to_text(value)}"'
    if isinstance(value, Terms):
        return _terms_text(value)
    if isinstance(value, tuple) and value and isinstance(value[0], Due):
        return f"[{','.join([_due_text(due) for due in value])}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value))


@lru_cache(maxsize=64)
def _terms_text(terms: Terms) -> str:
    return f"[{','.join(map(quoted, terms))}]"


def _due_text(due: Due) -> str:
    """Return a date as the list of what is said of it, up to the last thing said."""
    said = len(due)
    while due[said - 1] is None or due[said - 1] is False:
        said -= 1
    return f"[{','.join([_text(value) for value in due[:said]])}]"


@cache
def _readers(cls: type[Recorded]) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a type that JSON does not carry as they are, looked up once."""
    found = {f.name: read for f in fields(cls) if (read := f.metadata.get("read"))}
    return tuple((name, _members(read)) for name, read in found.items())


def _members(read: Any) -> Any:  # noqa: ANN401
    """Return for an enum the look-up of its members: asking the enum costs five times as much."""
    if not isinstance(read, EnumType):
        return read
    members: dict[str, Any] = {word.value: word for word in list[Any](read)}
    return members.__getitem__


def read_as(cls: type[Event], facts: str, private: dict[str, Any] | None = None) -> Event:
    """Read an event of a known type back; a field this version lacks raises ValueError."""
    values: dict[str, Any] = json.loads(facts)
    try:
        for name, read in _readers(cls):  # type: ignore[arg-type]  # a class is hashable
            value = values.get(name)
            if value is not None:
                values[name] = read(value)
        return made(cls, values | private if private else values)
    except (TypeError, KeyError) as error:
        raise ValueError(cls.kind) from error

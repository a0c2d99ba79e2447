"""its facts, its private text, and both as text, fast."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import EnumType
from functools import cache, lru_cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from sixping.cases.model import ClockStep, Op, Terms
from sixping.policy.vocabulary import ClockKind
from sixping.util.clock import from_text, text_of, to_text
from sixping.util.records import made

if TYPE_CHECKING:
    from collections.abc import Callable


def private(default: str | None = None) -> Any:  # noqa: ANN401 - what dataclasses.field returns
    """Declare a field that lies beside the chain: free text or personal data."""
    return field(default=default, metadata={"private": True})


def fact(read: Any, default: Any = None) -> Any:  # noqa: ANN401
    """Declare a fact that needs reading back from JSON by ``read``."""
    return field(default=default, metadata={"read": read})


def words(value: list[str]) -> tuple[str, ...]:
    """Read a tuple of words back."""
    return tuple(value)


_OPS = {str(op): op for op in Op}
_KINDS = {str(kind): kind for kind in ClockKind}
_INSTANTS = ("started", "due", "stopped", "was")


def _steps(value: list[dict[str, Any]]) -> tuple[ClockStep, ...]:
    value = [dict(step) for step in value]
    for step in value:
        step["op"] = _OPS[step["op"]]
        step["kind"] = _KINDS[step["kind"]]
        for name in _INSTANTS:
            if name in step:
                step[name] = from_text(step[name])
    return tuple([made(ClockStep, step) for step in value])


def _terms(value: dict[str, str]) -> Terms:
    return Terms(**value)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """What every event of every stream is: facts and ``told`` fields under a kind."""

    kind: ClassVar[str]


Event = TypeVar("Event", bound=Recorded)


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Recorded):
    """What every event of a case may carry: operations on its clocks, with their terms."""

    steps: tuple[ClockStep, ...] = fact(_steps, ())
    terms: Terms | None = fact(_terms)
    stated_why: str | None = private()  # why the step is stated after the fact (``--at``)


def _plain(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ClockStep | Terms):
        return {
            f.name: _plain(v)
            for f in fields(value)
            if (v := getattr(value, f.name)) is not None and v is not False
        }
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def facts_of(event: Recorded) -> str:
    """Return the event's facts as the JSON text that is stored and hashed verbatim."""
    out = {}
    for f in fields(event):
        if "private" in f.metadata:
            continue
        value = getattr(event, f.name)
        if value != f.default:
            out[f.name] = _plain(value)
    return json.dumps(out, ensure_ascii=False, separators=(",", ":"))


def private_fields(event: Recorded) -> dict[str, str]:
    """Return what lies beside the chain: free text and personal fields that are present."""
    return {
        f.name: v
        for f in fields(event)
        if "private" in f.metadata and (v := getattr(event, f.name)) is not None
    }


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


def read_as(cls: type[Event], facts: str, private: dict[str, str] | None = None) -> Event:
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


@lru_cache
def _plan(cls: type[CaseEvent]) -> tuple[Callable[[Any], Any], tuple[tuple[str, Any], ...]]:
    chosen = [f for f in fields(cls) if "private" not in f.metadata]
    return attrgetter(*(f.name for f in chosen)), tuple((f'"{f.name}":', f.default) for f in chosen)


@lru_cache
def _private_names(cls: type[CaseEvent]) -> tuple[str, ...]:
    return tuple(f.name for f in fields(cls) if "private" in f.metadata)


def facts_text(event: CaseEvent) -> str:
    """Return what ``codec.facts_of`` returns."""
    values, names = _plan(type(event))  # type: ignore[arg-type]  # a class is hashable
    parts = []
    for (name, default), value in zip(names, values(event), strict=True):
        if value is not default and value != default:
            parts.append(name + _text(value))
    return "{" + ",".join(parts) + "}"


def private_fields_fast(event: CaseEvent) -> dict[str, str]:
    """Return what ``codec.private_fields`` returns."""
    names = _private_names(type(event))  # type: ignore[arg-type]  # a class is hashable
    return {name: value for name in names if (value := getattr(event, name)) is not None}


def _text(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, datetime):
        return f'"{text_of(value)}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, Terms):
        return _terms_text(value)
    if isinstance(value, tuple) and value and isinstance(value[0], ClockStep):
        return f"[{','.join([_step(step) for step in value])}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=64)
def _terms_text(terms: Terms) -> str:
    return (
        "{" + ",".join(f'"{f.name}":{quoted(getattr(terms, f.name))}' for f in fields(terms)) + "}"
    )


def _step(step: ClockStep) -> str:
    parts = ['{"op":"', step.op, '","kind":"', step.kind, '"']
    for name, instant in (
        (',"started":"', step.started),
        (',"due":"', step.due),
        (',"stopped":"', step.stopped),
        (',"was":"', step.was),
    ):
        if instant is not None:
            parts += (name, text_of(instant), '"')
    if step.workdays is not None:
        parts.append(f',"workdays":{step.workdays}')
    if step.clause is not None:
        parts += (',"clause":', quoted(step.clause))
    parts.append(',"provisional":true}' if step.provisional else "}")
    return "".join(parts)

"""How an event is declared and stored: facts in the chain, what was told beside it.

Facts (units, grades, due dates) go into the event and so into the hash chain; what
people said or who they are (``told`` fields) goes into the side table beside it
(decision 6) and comes back as None after a lawful erasure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import EnumType
from functools import cache
from typing import Any, ClassVar, TypeVar

from sixping.clock import from_text, to_text
from sixping.model import ClockKind, ClockStep, Op, Terms
from sixping.records import made


def told(default: str | None = None) -> Any:  # noqa: ANN401 - what dataclasses.field returns
    """Declare a field that lies beside the chain: free text or personal data."""
    return field(default=default, metadata={"told": True})


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


Known = TypeVar("Known", bound=Recorded)


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Recorded):
    """What every event of a case may carry: operations on its clocks, with their terms."""

    steps: tuple[ClockStep, ...] = fact(_steps, ())
    terms: Terms | None = fact(_terms)
    stated_why: str | None = told()  # why the step is stated after the fact (``--at``)


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
        if "told" in f.metadata:
            continue
        value = getattr(event, f.name)
        if value != f.default:
            out[f.name] = _plain(value)
    return json.dumps(out, ensure_ascii=False, separators=(",", ":"))


def told_by(event: Recorded) -> dict[str, str]:
    """Return what lies beside the chain: free text and personal fields that are present."""
    return {
        f.name: v
        for f in fields(event)
        if "told" in f.metadata and (v := getattr(event, f.name)) is not None
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


def read_as(cls: type[Known], facts: str, told: dict[str, str] | None = None) -> Known:
    """Read an event of a known type back; a field this version lacks raises ValueError."""
    values: dict[str, Any] = json.loads(facts)
    try:
        for name, read in _readers(cls):  # type: ignore[arg-type]  # a class is hashable
            value = values.get(name)
            if value is not None:
                values[name] = read(value)
        return made(cls, values | told if told else values)
    except (TypeError, KeyError) as error:
        raise ValueError(cls.kind) from error

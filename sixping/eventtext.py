"""What ``events.facts_of`` and ``told_by`` say, ten times faster, for the bulk path.

The fields of each type are looked up once; a test holds every type against the originals.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sixping.events import TYPES
from sixping.model import ClockStep, Terms
from sixping.projection import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.events import CaseEvent


@lru_cache
def _plan(kind: str) -> tuple[Callable[[Any], Any], tuple[tuple[str, Any], ...]]:
    chosen = [f for f in fields(TYPES[kind]) if "told" not in f.metadata]
    return attrgetter(*(f.name for f in chosen)), tuple((f'"{f.name}":', f.default) for f in chosen)


@lru_cache
def _told_names(kind: str) -> tuple[str, ...]:
    return tuple(f.name for f in fields(TYPES[kind]) if "told" in f.metadata)


def facts_text(event: CaseEvent) -> str:
    """Return what ``events.facts_of`` returns."""
    values, names = _plan(event.kind)
    parts = []
    for (name, default), value in zip(names, values(event), strict=True):
        if value is not default and value != default:
            parts.append(name + _text(value))
    return "{" + ",".join(parts) + "}"


def told_fields(event: CaseEvent) -> dict[str, str]:
    """Return what ``events.told_by`` returns."""
    names = _told_names(event.kind)
    return {name: value for name in names if (value := getattr(event, name)) is not None}


def _text(value: object) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, datetime):
        return f'"{text_of(value)}"'
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    if isinstance(value, Terms):
        return _terms(value)
    if isinstance(value, tuple) and value and isinstance(value[0], ClockStep):
        return f"[{','.join([_step(step) for step in value])}]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=64)
def _terms(terms: Terms) -> str:
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

"""What differs between two versions of a document of rules, key by key, in words.

Pure, over the plain data of TOML. Entries of a list of tables are told apart by what names
them (``name``, ``id``, ``from`` …), so that one put in between changes no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_NAMING = ("from", "name", "id", "title", "what", "role", "clock")
_LONGEST = 60
ADDED, REMOVED, CHANGED = "增加", "删去", "改动"


class Difference(NamedTuple):
    """One difference: the document, the key, what happened to it; empty where there is nothing."""

    document: str
    key: str
    what: str
    old: str = ""
    new: str = ""


def differences(document: str, old: Any, new: Any, key: str = "") -> Iterator[Difference]:  # noqa: ANN401
    """Yield what differs between two values, in the order of the old and then the new keys."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _member(document, f"{key}.{name}" if key else name, name, old, new)
    elif _tables(old) and _tables(new):
        ours, theirs = _named(old), _named(new)
        for name in dict.fromkeys([*ours, *theirs]):
            yield from _member(document, f"{key}[{name}]", name, ours, theirs)
    elif old != new:
        before, after = _words(old), _words(new)
        if before is None or after is None:
            yield Difference(document, key, CHANGED, *_apart(old, new))
        else:
            yield from _listed(document, key, before, after)


def _member(
    document: str, key: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[Difference]:
    if name not in old:
        yield Difference(document, key, ADDED, new=_short(new[name]))
        if key == f"edition[{name}]":  # it inherits: what it names is what it changes
            yield from _amended(document, key, [*old.values()][-1], new[name])
    elif name not in new:
        yield Difference(document, key, REMOVED, old=_short(old[name]))
    else:
        yield from differences(document, old[name], new[name], key)


def _amended(document: str, key: str, old: Any, new: Any) -> Iterator[Difference]:  # noqa: ANN401
    """Yield what an edition changes of the one before it: only what it names itself."""
    if isinstance(old, dict) and isinstance(new, dict):
        members, form = (old, new), "{}.{}"
    elif _tables(old) and _tables(new):
        members, form = (_named(old), _named(new)), "{}[{}]"
    else:
        yield from differences(document, old, new, key)
        return
    before, after = members
    if "value" in before and "value" not in after:  # a reading named without one: not set
        yield Difference(document, f"{key}.value", REMOVED, old=_short(before["value"]))
    for name in after:
        own = form.format(key, name)
        if name not in before:
            yield Difference(document, own, ADDED, new=_short(after[name]))
        elif name != "from":
            yield from _amended(document, own, before[name], after[name])


def _listed(
    document: str, key: str, old: Sequence[str], new: Sequence[str]
) -> Iterator[Difference]:
    """Tell of lists of words which came and went; else that their order changed."""
    came = [word for word in new if word not in old]
    went = [word for word in old if word not in new]
    if went:
        yield Difference(document, key, REMOVED, old=_short(went))
    if came:
        yield Difference(document, key, ADDED, new=_short(came))
    if not (came or went):
        yield Difference(document, key, CHANGED, new="只是次序或写法")


def _tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(x, dict) for x in value)


def _named(entries: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    named: dict[str, Mapping[str, Any]] = {}
    for number, entry in enumerate(entries, 1):
        name = next((str(entry[k]) for k in _NAMING if k in entry), str(number))
        if "severities" in entry:
            name = f"{name} {'、'.join(map(str, entry['severities']))}"
        named[name if name not in named else f"{name} {number}"] = entry
    return named


def _words(value: object) -> list[str] | None:
    """Return the words of a list, or of a text of several lines; None for anything else."""
    if isinstance(value, list):
        return [str(each) for each in value]
    if isinstance(value, str) and "\n" in value:
        return value.split()
    return None


def _apart(old: object, new: object) -> tuple[str, str]:
    """Return two values in words; those that read alike as they stand in the file."""
    words = _short(old), _short(new)
    if words[0] != words[1]:
        return words
    return _as_written(old), _as_written(new)


def _as_written(value: object) -> str:
    return f'"{_short(value)}"' if isinstance(value, str) else _short(value)


def _short(value: object) -> str:
    if isinstance(value, list):
        text = "、".join(str(each) for each in value if not isinstance(each, dict))
    elif isinstance(value, dict):
        text = ", ".join(f"{k} = {v}" for k, v in value.items() if not isinstance(v, dict | list))
    elif isinstance(value, bool):
        text = "true" if value else "false"
    else:
        text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"

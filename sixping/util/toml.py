"""Reading TOML strictly: every complaint names the file, the key and what is wrong.

A ``Table`` hands out its keys by type and remembers which were asked for; ``finish``
refuses the rest, so a misspelt key is an error and never a silent default. With ``faults``
it complains into that list instead of raising and goes on: ``policy check`` lists them all.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum

    E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_ADVICE = "请改正该文件后重试; 全部问题见 sixping policy check 文件夹。"
_MISSING: Any = object()
_ABSENT: Any = object()  # what a missing key stands for once it was complained of
_SOME_DAY = date(2000, 1, 1)


class Fault(NamedTuple):
    """One thing wrong with a file: the key, ``wrong``, ``missing`` or ``unused``, and what."""

    source: str
    key: str
    kind: str
    what: str


class KeyFault(BadData):
    """The complaint about one key of a file."""

    def __init__(self, fault: Fault, hint: str) -> None:
        """Say where and what is wrong; ``fault`` is kept for whoever lists them all."""
        super().__init__(f"{fault.source}: {fault.key} {fault.what}", hint)
        self.fault = fault


class RuleFile(NamedTuple, Generic[T]):
    """A document of rules: its name (``policy`` for ``policy.toml``) and what reads it."""

    name: str
    read: Callable[[Table], T]


def parse(text: str, source: str) -> Table:
    """Parse TOML text into its top table.

    ``source`` is the name shown in complaints. Raises ``BadData``.
    """
    return Table(plain(text, source), source, "")


def plain(text: str, source: str) -> dict[str, Any]:
    """Return what a text says as plain data: JSON where it begins with ``{``, else TOML.

    A text is parsed once a process: it is data to read, not to change. Raises ``BadData``.
    """
    if text.startswith("{"):
        return dict(json.loads(text))
    import tomllib

    try:
        return dict(_loaded(text))
    except tomllib.TOMLDecodeError as error:
        where = str(error).rpartition("(at ")[2].rstrip(")")
        where = where.replace("line ", "第 ").replace(", column ", " 行第 ")
        where = "文件末尾" if "end" in where else f"{where} 列"
        raise BadData(f"{source} 不是有效的 TOML: {where}附近写法有误", _ADVICE) from None
    except RecursionError:
        raise BadData(f"{source} 不是有效的 TOML: 嵌套过深", _ADVICE) from None


@lru_cache(maxsize=32)
def _loaded(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


class Table:
    """One TOML table, with its place in the file."""

    __slots__ = ("_asked", "_data", "_looked_for", "_place", "faults", "source")

    def __init__(
        self, data: dict[str, Any], source: str, place: str, faults: list[Fault] | None = None
    ) -> None:
        """Wrap ``data`` found at ``place`` (such as ``edition[1].limit[2]``) of ``source``."""
        self._data = data
        self._place = place
        self._asked: set[str] = set()
        self._looked_for: set[str] = set()  # what there might have been
        self.source = source
        self.faults = faults

    def fault(self, key: str, what: str, kind: str = "wrong") -> KeyFault:
        """Return the complaint about one key, for the caller to raise."""
        return KeyFault(Fault(self.source, self._path(key), kind, what), _ADVICE)

    def refuse(self, key: str, what: str, kind: str = "wrong") -> None:
        """Raise the complaint about one key; where all are wanted, keep it and go on."""
        fault = self.fault(key, what, kind)
        if self.faults is None:
            raise fault
        self.faults.append(fault.fault)

    def each(self, key: str, read: Callable[[Table], T], *, optional: bool = False) -> list[T]:
        """Return what ``read`` makes of each table of an array.

        Where all complaints are wanted, a table that cannot be read is left out.
        """
        made = []
        for entry in self.tables(key, optional=optional):
            try:
                made.append(read(entry))
            except KeyFault as fault:
                if self.faults is None:
                    raise
                self.faults.append(fault.fault)
        return made

    def has(self, key: str) -> bool:
        """Tell whether the key is there at all."""
        self._looked_for.add(key)
        return key in self._data

    def text(self, key: str, default: str = _MISSING) -> str:
        """Return a non-blank string."""
        value = self.raw(key, default)
        if value is default or (type(value) is str and value.strip()):
            return str(value)
        return self._wrong(key, "非空文字", value, "?")

    def whole(self, key: str, *, least: int, most: int = 10_000) -> int:
        """Return an integer from ``least`` to ``most``."""
        value = self.raw(key)
        if type(value) is int and least <= value <= most:
            return value
        return self._wrong(key, f"{least} 至 {most} 的整数", value, least)

    def wholes(self, key: str, *, most: int) -> tuple[int, ...]:
        """Return a list of integers from 1 to ``most``."""
        value = self.raw(key)
        if isinstance(value, list) and all(type(x) is int and 1 <= x <= most for x in value):
            return tuple(value)
        return self._wrong(key, f"由 1 至 {most} 的整数组成的列表", value, ())

    def number(self, key: str, *, most: float = 100.0) -> float:
        """Return a number above 0, up to ``most``."""
        return self.as_number(key, self.raw(key), most=most)

    def as_number(self, key: str, value: object, *, most: float = 100.0) -> float:
        """Return ``value`` when it is a number above 0, up to ``most``."""
        if isinstance(value, int | float) and type(value) is not bool and 0 < value <= most:
            return float(value)
        return self._wrong(key, f"大于 0、不超过 {most:g} 的数", value, most)

    def flag(self, key: str, *, default: bool = _MISSING) -> bool:
        """Return true or false."""
        value = self.raw(key, default)
        if type(value) is bool:
            return value
        return self._wrong(key, "true 或 false", value, False)

    def day(self, key: str) -> date:
        """Return a date without a time."""
        value = self.raw(key)
        if type(value) is date:
            return value
        return self._wrong(key, "日期 (如 2020-03-16)", value, _SOME_DAY)

    def choice(self, key: str, kind: type[E], default: E = _MISSING) -> E:
        """Return a member of ``kind`` by its value."""
        value = self.raw(key, default)
        for member in kind:
            if member == value:
                return member
        return self._wrong(key, f"以下之一: {'、'.join(kind)}", value, next(iter(kind)))

    def one_of(self, key: str, known: Iterable[str]) -> str:
        """Return a non-blank string that is one of ``known``."""
        value = self.raw(key)
        if value in (names := list(known)):
            return str(value)
        if value is not _ABSENT:
            self.refuse(key, f"应为以下之一: {'、'.join(names)}, 现为 {value}")
        return names[0]

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """Return a list of distinct non-blank strings."""
        if default is not _MISSING and not self.has(key):
            self._asked.add(key)
            return default
        value = self.raw(key)
        if not isinstance(value, list) or any(type(x) is not str or not x.strip() for x in value):
            return self._wrong(key, "由非空文字组成的列表", value, ())
        self.refuse_twice(key, value)
        return tuple(value)

    def tables(self, key: str, *, optional: bool = False) -> list[Table]:
        """Return an array of tables."""
        value = self.raw(key, [] if optional else _MISSING)
        if not isinstance(value, list) or any(not isinstance(x, dict) for x in value):
            return self._wrong(key, f"表的列表 ([[{key}]])", value, [])
        path = self._path(key)
        return [Table(x, self.source, f"{path}[{n}]", self.faults) for n, x in enumerate(value, 1)]

    def table(self, key: str) -> Table:
        """Return a sub-table."""
        value = self.raw(key)
        if isinstance(value, dict):
            return Table(value, self.source, self._path(key), self.faults)
        # One complaint says it: what its keys lack is not listed.
        return self._wrong(key, f"表 ([{key}])", value, Table({}, self.source, key, []))

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return all keys and raw values; all count as asked for."""
        self._asked.update(self._data)
        return self._data.items()

    def refuse_twice(self, key: str, values: Iterable[str]) -> None:
        """Raise ``BadData`` when a value occurs twice."""
        seen: set[str] = set()
        for value in values:
            if value in seen:
                self.refuse(key, f"重复: {value}")
            seen.add(value)

    def finish(self) -> None:
        """Raise ``BadData`` when the table has keys nobody asked for."""
        for key in sorted(self._data.keys() - self._asked):
            known = "、".join(sorted(self._asked | self._looked_for - self._data.keys()))
            self.refuse(key, f"不是可用的键 (可用: {known})", "unused")

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def raw(self, key: str, default: Any = _MISSING) -> Any:  # noqa: ANN401
        """Return the value as TOML or JSON has it, for a reader that knows its shape."""
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is not _MISSING:
            return value
        self.refuse(key, "缺失", "missing")
        return _ABSENT

    def _wrong(self, key: str, wanted: str, value: object, instead: T) -> T:
        """Complain of a value; ``instead`` is what it stands for where all are wanted."""
        if value is not _ABSENT:
            self.refuse(key, f"应为{wanted}, 现为 {value!r}")
        return instead

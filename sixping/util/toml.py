"""Reading TOML strictly: every complaint names the file, the key and what is wrong.

A ``Table`` hands out its keys by type and remembers which were asked for; ``finish``
refuses the rest, so a misspelt key is an error and never a silent default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from enum import StrEnum

    E = TypeVar("E", bound=StrEnum)

_ADVICE = "请改正该文件后重试; 自定义文件可先移出 SIXPING_DATA 文件夹, 恢复使用自带的数据。"
_MISSING: Any = object()


def parse(text: str, source: str) -> Table:
    """Parse TOML text into its top table.

    ``source`` is the name shown in complaints. Raises ``BadData``.
    """
    import tomllib  # not every command reads data

    try:
        return Table(tomllib.loads(text), source, "")
    except tomllib.TOMLDecodeError as error:
        where = str(error).rpartition("(at ")[2].rstrip(")")
        where = where.replace("line ", "第 ").replace(", column ", " 行第 ")
        where = "文件末尾" if "end" in where else f"{where} 列"
        raise BadData(f"{source} 不是有效的 TOML: {where}附近写法有误", _ADVICE) from None
    except RecursionError:
        raise BadData(f"{source} 不是有效的 TOML: 嵌套过深", _ADVICE) from None


class Table:
    """One TOML table, with its place in the file."""

    __slots__ = ("_asked", "_data", "_place", "source")

    def __init__(self, data: dict[str, Any], source: str, place: str) -> None:
        """Wrap ``data`` found at ``place`` (such as ``edition[1].limit[2]``) of ``source``."""
        self._data = data
        self._place = place
        self._asked: set[str] = set()
        self.source = source

    def fault(self, key: str, what: str) -> BadData:
        """Return the complaint about one key, for the caller to raise."""
        return BadData(f"{self.source}: {self._path(key)} {what}", _ADVICE)

    def has(self, key: str) -> bool:
        """Tell whether the key is there at all."""
        return key in self._data

    def text(self, key: str, default: str = _MISSING) -> str:
        """Return a non-blank string."""
        value = self._take(key, default)
        if value is not default and (type(value) is not str or not value.strip()):
            raise self._wrong(key, "非空文字", value)
        return str(value)

    def whole(self, key: str, *, least: int, most: int = 10_000) -> int:
        """Return an integer from ``least`` to ``most``."""
        value = self._take(key)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(key, f"{least} 至 {most} 的整数", value)
        return int(value)

    def wholes(self, key: str, *, most: int) -> tuple[int, ...]:
        """Return a list of integers from 1 to ``most``."""
        value = self._take(key)
        if not isinstance(value, list) or any(
            type(x) is not int or not 1 <= x <= most for x in value
        ):
            raise self._wrong(key, f"由 1 至 {most} 的整数组成的列表", value)
        return tuple(value)

    def number(self, key: str, *, most: float = 100.0) -> float:
        """Return a number above 0, up to ``most``."""
        return self.as_number(key, self._take(key), most=most)

    def as_number(self, key: str, value: object, *, most: float = 100.0) -> float:
        """Return ``value`` when it is a number above 0, up to ``most``."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
            raise self._wrong(key, f"大于 0、不超过 {most:g} 的数", value)
        return float(value)

    def flag(self, key: str, *, default: bool = _MISSING) -> bool:
        """Return true or false."""
        value = self._take(key, default)
        if type(value) is not bool:
            raise self._wrong(key, "true 或 false", value)
        return bool(value)

    def day(self, key: str) -> date:
        """Return a date without a time."""
        from datetime import date

        value = self._take(key)
        if type(value) is not date:
            raise self._wrong(key, "日期 (如 2020-03-16)", value)
        return value

    def choice(self, key: str, kind: type[E], default: E = _MISSING) -> E:
        """Return a member of ``kind`` by its value."""
        value = self._take(key, default)
        for member in kind:
            if member == value:
                return member
        raise self._wrong(key, f"以下之一: {'、'.join(kind)}", value)

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """Return a list of distinct non-blank strings."""
        if default is not _MISSING and not self.has(key):
            self._asked.add(key)
            return default
        value = self._take(key)
        if not isinstance(value, list) or any(type(x) is not str or not x.strip() for x in value):
            raise self._wrong(key, "由非空文字组成的列表", value)
        self.refuse_twice(key, value)
        return tuple(value)

    def tables(self, key: str, *, optional: bool = False) -> list[Table]:
        """Return an array of tables."""
        value = self._take(key, [] if optional else _MISSING)
        if not isinstance(value, list) or any(not isinstance(x, dict) for x in value):
            raise self._wrong(key, f"表的列表 ([[{key}]])", value)
        path = self._path(key)
        return [Table(x, self.source, f"{path}[{n}]") for n, x in enumerate(value, 1)]

    def table(self, key: str) -> Table:
        """Return a sub-table."""
        value = self._take(key)
        if not isinstance(value, dict):
            raise self._wrong(key, f"表 ([{key}])", value)
        return Table(value, self.source, self._path(key))

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return all keys and raw values; all count as asked for."""
        self._asked.update(self._data)
        return self._data.items()

    def refuse_twice(self, key: str, values: Iterable[str]) -> None:
        """Raise ``BadData`` when a value occurs twice."""
        seen: set[str] = set()
        for value in values:
            if value in seen:
                raise self.fault(key, f"重复: {value}")
            seen.add(value)

    def finish(self) -> None:
        """Raise ``BadData`` when the table has keys nobody asked for."""
        unknown = sorted(self._data.keys() - self._asked)
        if unknown:
            known = "、".join(sorted(self._asked))
            raise self.fault(unknown[0], f"不是可用的键 (可用: {known})")

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _take(self, key: str, default: Any = _MISSING) -> Any:  # noqa: ANN401
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is _MISSING:
            raise self.fault(key, "缺失")
        return value

    def _wrong(self, key: str, wanted: str, value: object) -> BadData:
        return self.fault(key, f"应为{wanted}, 现为 {value!r}")

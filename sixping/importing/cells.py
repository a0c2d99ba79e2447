"""What a single cell may say: a reader for each field, bound once for a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from sixping.errors import BadData
from sixping.importing.profiles import CLOSED, CODES, OPEN, TITLES
from sixping.util.text import accept_text

_QUOTE = 30
_MEMO = 4096  # words repeat: communities, units, categories
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}")


def cell_reader(name: str, words: Mapping[str, Any] | None) -> Callable[[str], Any]:
    """Return the reader of a field: stripped, non-empty text to value.

    ``words`` turns the file's words into ours. The reader raises ``BadData`` without
    naming the place, which the caller knows.
    """
    admitted: Callable[[str], str] = partial(accept_text, field=TITLES[name])
    if name in CLOSED:
        return lru_cache(_MEMO)(partial(_known_word, name, words or {}))
    if name in OPEN:
        return lru_cache(_MEMO)(partial(_any_word, admitted, words or {}))
    if name in CODES:
        return partial(_code, admitted)
    return admitted


def _known_word(name: str, words: Mapping[str, Any], raw: str) -> Any:  # noqa: ANN401
    if raw in words:
        return words[raw]
    raise BadData(
        f"{TITLES[name]}中有方案没有说明的词: {raw[:_QUOTE]!r}",
        f"请在方案的 [values.{name}] 中写明它的含义。",
    )


def _any_word(admitted: Callable[[str], str], words: Mapping[str, str], raw: str) -> str | None:
    return words[raw] if raw in words else admitted(raw)


def _code(admitted: Callable[[str], str], raw: str) -> str | None:
    """Read digits that are a name: phone, number; undo what spreadsheets do to them."""
    if raw.startswith('="') and raw.endswith('"'):  # the usual way to keep zeros in a CSV
        raw = raw[2:-1].strip()
    elif raw.startswith("'"):
        raw = raw[1:].strip()
    if "+" in raw and _SCIENTIFIC.fullmatch(raw):
        raise BadData(
            "长号码被表格软件改成了科学计数, 原来的数字已丢失",
            "请回到来源系统重新导出, 或在表格中先把该列设为文本格式。",
        )
    return admitted(raw) if raw else None

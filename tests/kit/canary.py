"""Marked personal data, looked for in files as bytes and as what could be guessed of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import product
from typing import TYPE_CHECKING

from sixping.store import chain

if TYPE_CHECKING:
    from pathlib import Path

NAME, PHONE, SOURCE_NO = "欧阳canary", "13987650123", "SRC-CANARY-0042"
PLACE, TEXT = "金丝雀路77号", "金丝雀路77号夜间噪声, 请联系欧阳canary 13987650123"
WORDS = (NAME, PHONE, SOURCE_NO, PLACE, "金丝雀", "canary", "CANARY")
_HASHES = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512, hashlib.blake2b)
_SHORT = 16


def bytes_found(path: Path, words: Iterable[str] = WORDS) -> list[str]:
    """Return the words that stand anywhere in a file, in any usual encoding."""
    raw = path.read_bytes()
    coded = (
        (word, word.encode(code)) for word in words for code in ("utf-8", "gb18030", "utf-16-le")
    )
    escaped = ((word, json.dumps(word)[1:-1].encode()) for word in words)
    return sorted({word for word, sign in (*coded, *escaped) if sign in raw})


def guessed(path: Path, channel: str, *more: bytes) -> list[str]:
    """Return which of the obvious hashes of the marked values stand in a ledger.

    Plain, salted and keyed with everything that the file itself holds; whole or cut to 128 bits.
    """
    kept, keys = _kept(path), [b"", *_keys(path)]
    found = []
    for value, key in product([*_guesses(channel), *more], keys):
        for name, digest in _digests(value, key):
            if digest in kept or digest[:_SHORT] in kept:
                found.append(f"{name} of {value!r}")
    return found


def _guesses(channel: str) -> Iterator[bytes]:
    for word in (NAME, PHONE, SOURCE_NO, PLACE, TEXT, f"+86{PHONE}", f"tel:{PHONE}", NAME + PHONE):
        yield word.encode()
        yield json.dumps(word, ensure_ascii=False).encode()
        yield json.dumps(word).encode()
    yield f"src:{channel}\x1f{SOURCE_NO}".encode()
    yield f"{channel}:{SOURCE_NO}".encode()
    rows = [[TEXT, PLACE, NAME, PHONE], [TEXT, None, NAME, PHONE], [NAME, PHONE]]
    for row in rows:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
        yield f"row:{json.dumps(row, ensure_ascii=False, separators=(',', ':'))}".encode()


def _digests(value: bytes, key: bytes) -> Iterator[tuple[str, bytes]]:
    for make in _HASHES:
        yield make.__name__, make(key + value).digest()
        yield make.__name__, make(value + key).digest()
        if key:
            yield f"hmac-{make.__name__}", hmac.new(key, value, make).digest()
    yield "digest", bytes.fromhex(chain.digest(key, value))


def _keys(path: Path) -> list[bytes]:
    """Return all that could serve as a salt or key: salts, secrets, the name of the ledger."""
    with closing(sqlite3.connect(path)) as con:
        salts = [salt for (salt,) in con.execute("SELECT salt FROM told")]
        names = [value for (value,) in con.execute("SELECT value FROM meta")]
    return [*salts, *map(bytes.fromhex, names), *(name.encode() for name in names)]


def _kept(path: Path) -> set[bytes]:
    """Return every blob of a ledger, and what stands as 32 to 128 hex digits in its bytes."""
    kept: set[bytes] = set()
    with closing(sqlite3.connect(path)) as con:
        tables = [
            name for (name,) in con.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for table in tables:
            for row in con.execute(f"SELECT * FROM {table}"):  # noqa: S608
                kept.update(value for value in row if isinstance(value, bytes))
    for match in re.findall(rb"[0-9a-fA-F]{32,128}", path.read_bytes()):
        kept.add(bytes.fromhex(match[: len(match) // 2 * 2].decode()))
    return {each for value in kept for each in (value, value[:_SHORT])}

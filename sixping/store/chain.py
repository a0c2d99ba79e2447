"""The hash chain over events, and commitments to what lies beside it; pure.

Frozen: ledgers of every year are checked with exactly these bytes (golden vectors in
``tests/store/test_chain.py``). Each value is written as a type letter, its length in code
points, a colon and the value (``n0:``, ``i2:42``, ``s2:街道``, ``b4:beef`` with bytes in
lower-case hex), so no two different rows have the same bytes; the text is hashed as UTF-8.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    Value = str | int | bytes | None

DOMAIN = "sixping/event/1"
GENESIS = bytes(32)
SALT_BYTES = 16
FIELDS = (
    "seq", "stream", "subject", "version", "kind", "at", "recorded_at", "by_name", "os_user",
    "host", "program", "facts", "sealed", "request_keys", "remarks",
)  # fmt: skip
"""The columns of ``events`` that are hashed, in this order."""


def encode(values: Iterable[Value]) -> str:
    """Return the typed, length-prefixed text of a row of values."""
    parts = []
    for value in values:
        if value is None:
            parts.append("n0:")
        elif isinstance(value, str):
            parts.append(f"s{len(value)}:{value}")
        elif isinstance(value, bytes):
            parts.append(f"b{2 * len(value)}:{value.hex()}")
        else:
            text = str(value)
            parts.append(f"i{len(text)}:{text}")
    return "".join(parts)


def prefix(ledger_id: str) -> str:
    """Return what every link of one ledger begins with."""
    return encode((DOMAIN, ledger_id))


def link(prefix_text: str, previous: bytes, values: Iterable[Value]) -> bytes:
    """Return the hash of an event: of the one before it and of all its columns."""
    return link_text(prefix_text, previous, encode(values))


def link_text(prefix_text: str, previous: bytes, encoded: str) -> bytes:
    """Return the same for columns that are encoded already."""
    return sha256(f"{prefix_text}b64:{previous.hex()}{encoded}".encode()).digest()


def commitment(salt: bytes, private: str) -> bytes:
    """Return the seal of the private text: salted, so that it cannot be guessed (decision 6).

    ``private`` is the JSON text as it is stored, like the facts: what is read is what is sealed.
    """
    return seal(salt, private.encode())


def seal(salt: bytes, private: bytes) -> bytes:
    """Return the same for text that is encoded already."""
    return sha256(salt + private).digest()


def digest(salt: bytes, content: bytes) -> bytes:
    """Return the salted digest by which a repeated request is recognised."""
    return sha256(salt + b"content:" + content).digest()

"""The hash chain over events, commitments to what lies beside it, keyed handles; pure.

Frozen: ledgers of every year are checked with exactly these bytes (golden vectors in
``tests/store/test_chain.py``). Each value is written as a type letter, its length in code
points, a colon and the value (``n0:``, ``i2:42``, ``s2:街道``, ``b4:beef`` with bytes in
lower-case hex), so no two different rows have the same bytes; the text is hashed as UTF-8.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Value = str | int | bytes | None

DOMAIN = "sixping/event/1"
GENESIS = bytes(32)
SALT_BYTES = HANDLE_BYTES = 16
SECRET_BYTES = 32
_BLOCK = 64  # bytes that SHA-256 takes at a time
_DIGITS = 32
FIELDS = (
    "seq", "stream", "subject", "version", "kind", "at", "recorded_at", "by_name", "os_user",
    "host", "program", "facts", "sealed", "remarks",
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
    return sha256(f"{prefix_text}b64:{previous.hex()}{encode(values)}".encode()).digest()


def link_event(
    before: bytes, previous: bytes, envelope: tuple[int, str, str, int, str, str],
    provenance: bytes, facts: tuple[int, bytes], sealed: bytes | None, remarks: bytes,
) -> bytes:  # fmt: skip
    """Return what ``link`` does, in one call and without encoding any text twice.

    ``envelope``: the columns up to ``at``; ``facts``: how many code points, and their UTF-8;
    ``before``, ``provenance`` and ``remarks``: the texts of ``prefix`` and ``encode``, in UTF-8.
    """
    seq, stream, subject, version, kind, at = envelope
    own, count, (length, text) = str(seq), str(version), facts
    seal = f"b{2 * len(sealed)}:{sealed.hex()}" if sealed else "n0:"
    head = (
        f"b64:{previous.hex()}i{len(own)}:{own}s{len(stream)}:{stream}s{len(subject)}:{subject}"
        f"i{len(count)}:{count}s{len(kind)}:{kind}s{len(at)}:{at}"
    )
    said = (before, head.encode(), provenance, f"s{length}:".encode(), text, seal.encode(), remarks)
    return sha256(b"".join(said)).digest()


def commitment(salt: bytes, private: str) -> bytes:
    """Return the seal of the private text: salted, so that it cannot be guessed (decision 6).

    ``private`` is the JSON text as it is stored, like the facts: what is read is what is sealed.
    """
    return seal(salt, private.encode())


def seal(salt: bytes | bytearray, private: bytes | bytearray) -> bytes:
    """Return the same for text that is encoded already."""
    return sha256(salt + private).digest()


def digest(salt: bytes | bytearray, content: bytes) -> str:
    """Return the salted digest, in hex, by which a repeated request is found to be the same."""
    return sha256(salt + b"content:" + content).hexdigest()[:_DIGITS]


Pads = tuple[bytes, bytes]


def pads(secret: bytes) -> Pads:
    """Return what HMAC makes of a key (RFC 2104): once, for as many handles as wanted."""
    key = secret.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)


def handler(secret: bytes) -> Callable[[str], bytes]:
    """Return what ``handle`` does under one secret, whose pads are hashed once."""
    begun, last = map(sha256, pads(secret))

    def handle(identity: str) -> bytes:
        inner, outer = begun.copy(), last.copy()
        inner.update(identity.encode())
        outer.update(inner.digest())
        return outer.digest()[:HANDLE_BYTES]

    return handle


def handle(key: Pads, identity: str) -> bytes:
    """Return the first 128 bits of HMAC-SHA256: who has not the secret can try no guess."""
    return sha256(key[1] + sha256(key[0] + identity.encode()).digest()).digest()[:HANDLE_BYTES]

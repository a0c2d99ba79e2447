"""What this command has made durable so far: for the sentence of a fault that comes after it."""

from __future__ import annotations

_seqs: list[int] = []


def forget() -> None:
    """Begin a command, or take it as said: nothing stands that a fault must tell of."""
    _seqs.clear()


def note(seq: int) -> None:
    """Keep the seq of the last event of a COMMIT that went well."""
    _seqs.append(seq)


def last() -> int | None:
    """Return the seq up to which this command was recorded; None: it recorded nothing."""
    return _seqs[-1] if _seqs else None

"""What we write to: whether it is a terminal, how wide, and whether in colour.

Decided once a process, by the conventions users already know: ``NO_COLOR``,
``CLICOLOR``, ``CLICOLOR_FORCE``, ``TERM=dumb`` and ``COLUMNS``.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from typing import NamedTuple, Self, TextIO

_NARROWEST = 40
_WIDEST = 1000


class Terminal(NamedTuple):
    """One output stream: ``width`` in columns is None where nothing bounds a line."""

    isatty: bool
    width: int | None
    color: bool

    @classmethod
    def detect(cls, stream: TextIO | None = None, env: Mapping[str, str] | None = None) -> Self:
        """Look at ``stream`` (default: stdout) and the environment; never fails."""
        target = sys.stdout if stream is None else stream
        settings = os.environ if env is None else env
        isatty = _isatty(target)
        width = _width(target, settings) if isatty else None
        return cls(isatty, width, _color(settings, isatty=isatty))


def width_of(stream: TextIO) -> int | None:
    """Return the columns of a stream that is a terminal, None of any other."""
    return _width(stream, os.environ) if _isatty(stream) else None


def _isatty(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except (AttributeError, ValueError):  # no stream at all (pythonw), or closed
        return False


def _width(stream: TextIO, env: Mapping[str, str]) -> int:
    stated = env.get("COLUMNS", "")
    if stated.isascii() and stated.isdigit() and len(stated) < 6 and int(stated):  # noqa: PLR2004
        return min(max(int(stated), _NARROWEST), _WIDEST)
    try:
        seen = os.get_terminal_size(stream.fileno()).columns
    except (OSError, ValueError):
        seen = 0
    return min(max(seen, _NARROWEST), _WIDEST) if seen else 80


def _color(env: Mapping[str, str], *, isatty: bool) -> bool:
    """NO_COLOR wins over all; CLICOLOR_FORCE over what the stream is."""
    if env.get("NO_COLOR"):
        return False
    if env.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return isatty and env.get("CLICOLOR") != "0" and env.get("TERM") != "dumb"


class _Nowhere(io.TextIOBase):
    """What stands for a stream the caller closed: text and bytes go nowhere."""

    @property
    def buffer(self) -> Self:
        return self

    def write(self, text: str | bytes, /) -> int:
        return len(text)


def prepare_streams() -> None:
    """Let no character crash an output: what the encoding lacks becomes a ``?``.

    Under cp936 or ASCII rare characters and emoji would raise; the program says less
    then, but goes on. The streams keep their encoding. A closed stream swallows what is
    said: a step that has been recorded must not look failed, or it is done twice.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller (``>&-``): nobody wants to read it
            setattr(sys, name, _Nowhere())
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")

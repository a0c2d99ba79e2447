"""How far long work is, in one line of a terminal that is drawn anew in place. ASCII signs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from sixping.util.text import columns

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.render.terminal import Terminal

PATIENCE: Final = 1.0  # seconds of work before anything is drawn
BETWEEN: Final = 0.1  # seconds from one drawing to the next
_MINUTE, _HOUR = 60, 3600
_BAR, _LEAST_BAR = 30, 5


class Bar:
    """The work so far, and its line on the terminal once there is one."""

    def __init__(
        self,
        terminal: Terminal,
        total: int | None,
        words: tuple[str, str],
        seconds: Callable[[], float],
    ) -> None:
        """``words``: the work and what is counted; ``seconds`` gives the time passed."""
        self._drawn_on = terminal if terminal.isatty and os.environ.get("TERM") != "dumb" else None
        self._total, self._words, self._seconds = total, words, seconds
        self._done = 0
        self._began = seconds()
        self._next = self._began + PATIENCE
        self._live: Any = None

    def tick(self, count: int) -> None:
        """Count what was done; draw where it is time to."""
        self._done += count
        if self._drawn_on is not None and (now := self._seconds()) >= self._next:
            self._next = now + BETWEEN
            self._draw(self._drawn_on, now - self._began)

    def end(self) -> None:
        """Take the line away, so that what comes next stands where it stood."""
        if self._live is not None:
            self._live.stop()

    def _draw(self, terminal: Terminal, passed: float) -> None:
        from rich.text import Text

        if self._live is None:
            self._live = _live(terminal)
        width = (terminal.width or 80) - 1
        text = line(self._words, self._done, self._total, passed=passed, width=width)
        self._live.update(Text(text, no_wrap=True, overflow="crop"), refresh=True)


def _live(terminal: Terminal) -> Any:  # noqa: ANN401 - rich is loaded with the first bar
    """Return a line that is drawn anew in place, begun; no thread draws it."""
    from rich.console import Console
    from rich.live import Live

    drawn_by = Console(
        file=sys.stderr,
        width=terminal.width,
        force_terminal=True,
        no_color=not terminal.color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    live = Live(console=drawn_by, auto_refresh=False, transient=True, redirect_stdout=False)
    live.start()
    return live


def line(words: tuple[str, str], done: int, total: int | None, *, passed: float, width: int) -> str:
    """Return the line for so many done in ``passed`` seconds, at most ``width`` columns of bar."""
    what, unit = words
    rate = done / passed if passed > 0 else 0.0
    speed = f"每秒 {rate:,.0f} {unit}" if rate >= 1 else f"每分钟 {rate * _MINUTE:,.0f} {unit}"
    if total is None:
        return f"{what} {done:,} {unit}  {speed}"
    total = max(total, done)
    share = done / total if total else 1.0
    left = f"  还需约 {duration((total - done) / rate)}" if rate else ""
    told = f"{int(share * 100):>3}%  {done:,}/{total:,} {unit}  {speed}{left}"
    room = min(_BAR, width - columns(what) - columns(told) - len(" [] "))
    if room < _LEAST_BAR:
        return f"{what} {told}"
    filled = int(share * room)
    return f"{what} [{'#' * filled}{'.' * (room - filled)}] {told}"


def duration(seconds: float) -> str:
    """Return a span as people say it: ``45 秒``, ``3 分 5 秒``, ``2 小时 10 分``."""
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} 秒"
    if whole < _HOUR:
        return f"{whole // _MINUTE} 分 {whole % _MINUTE} 秒"
    return f"{whole // _HOUR} 小时 {whole % _HOUR // _MINUTE} 分"

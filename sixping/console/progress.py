"""The one progress bar for long work: how far, how fast, how long still.

It is drawn on stderr, on a terminal only, and only once the work has taken a second; what is said
on stderr meanwhile stands above it.
"""

from __future__ import annotations

from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from sixping.render.bar import Bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sixping.console.context import Context


@contextmanager
def progress(
    context: Context,
    total: int | None,
    what: str,
    *,
    unit: str = "行",
    seconds: Callable[[], float] = monotonic,
) -> Iterator[Callable[[int], None]]:
    """Yield what is told how many more are done; ``total`` is None where nobody knows it.

    ``what`` is the work in a word, ``unit`` what is counted; ``seconds`` gives the time passed.
    """
    bar = Bar(context.errors, total, (what, unit), seconds)
    try:
        yield bar.tick
    finally:
        bar.end()

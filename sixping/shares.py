"""A replay shared out among processes: half a ledger each is half the time writers wait.

Each helper opens the ledger itself, replays the cases of one range of numbers and answers
in JSON under the head it saw. A helper that fails, waits or saw another head than the
caller is simply not used: the caller then replays that range itself. Nothing is ever
taken on trust that a single process would not have found.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

WORTH_SHARING = 40_000  # events; below, a helper costs more than it saves
MOST_HELPERS = 8
PATIENCE_MS = 2000  # a helper that a waiting writer keeps out is given up after this


class Share(NamedTuple):
    """The cases with low <= number < high; None: no upper bound."""

    low: str
    high: str | None


ALL = Share("", None)


def shares_of(counters: dict[str, int], parts: int) -> list[Share]:
    """Cut the numbers into ranges of about equal size; together they hold every number."""
    years = sorted((name[5:], top) for name, top in counters.items() if name.startswith("case/"))
    total = sum(top for _, top in years)
    cuts = [_number(years, total * part // parts) for part in range(1, parts)]
    cuts = sorted({cut for cut in cuts if cut})
    return [Share(low, high) for low, high in zip(["", *cuts], [*cuts, None], strict=True)]


def _number(years: list[tuple[str, int]], place: int) -> str:
    for year, top in years:
        if place < top:
            return f"{year}-{place + 1:06d}"
        place -= top
    return ""


def helpers_for(events: int) -> int:
    """Return into how many shares a replay of so many events is worth cutting."""
    able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(able or 1, MOST_HELPERS) if events >= WORTH_SHARING else 1


class Helper:
    """A process at work on one share."""

    def __init__(self, path: str, share: Share) -> None:
        """Start the process."""
        import subprocess

        self.share = share
        order = json.dumps({"path": path, "share": share})
        command = [sys.executable, "-P", str(Path(__file__).resolve()), order]
        self._process: Popen[bytes] | None = None
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603 - our own file, by its path, no shell
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )

    def answer(self, head: str) -> dict[str, Any] | None:
        """Wait for what it found under this head; None when it cannot be used."""
        if self._process is None:
            return None
        words, _ = self._process.communicate()
        try:
            found: dict[str, Any] = json.loads(words)
            used = self._process.returncode == 0 and found["head"] == head
        except (ValueError, KeyError, TypeError):
            return None
        return found if used else None

    def stop(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            with self._process as process:
                process.kill()


@contextmanager
def at_work(path: str, shares: list[Share]) -> Iterator[list[Helper]]:
    """Start a helper for each share; none is left behind. One share alone needs none."""
    helpers = [Helper(path, share) for share in shares] if len(shares) > 1 else []
    try:
        yield helpers
    finally:
        for helper in helpers:
            helper.stop()


def _work(order: str) -> int:
    """Be the helper: replay one share and print what was found."""
    from sixping import replay, storage

    given = json.loads(order)
    with closing(storage.open_reader(given["path"], checked=False)) as con:
        con.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
        con.execute("BEGIN")
        head = replay.head(con)
        voided: dict[int, int] = {}
        findings = list(replay.check_share(con, Share(*given["share"]), voided))
    json.dump({"head": head, "findings": findings, "voided": list(voided.items())}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    sys.exit(_work(sys.argv[1]))

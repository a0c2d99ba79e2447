"""A writing command and a job of it: the words of its line, its files, what it acknowledges."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.anomaly.sight import Sight
from tests.anomaly.world import Ended, nothing
from tests.kit.answers import answers


class Job(NamedTuple):
    """One command to be done once: its token, what was made for it, its files."""

    token: str
    number: str = ""
    other: str = ""
    seq: int = 0
    made: str = ""
    files: Path = Path()
    desk: Path = Path()

    @property
    def old(self) -> Path:
        """Return where lies what was prepared."""
        return self.files.parent.parent / "old"

    def under(self, token: str) -> Job:
        """Return the same job under another token."""
        return self._replace(token=token)

    def filled(self, word: str) -> str:
        """Return a word of the command line with the job's own in it."""
        return word.format(**{k: str(v) for k, v in self._asdict().items()}, old=str(self.old))


Brings = Callable[[Job], Mapping[str, str | Path]]
Seen = Callable[[Sight, Job], int]


def no_files(_: Job) -> Mapping[str, str | Path]:
    """Bring nothing."""
    return {}


def unchecked(_: Job, *, done: bool) -> str:  # noqa: ARG001 - of the form of a check
    """Stand for commands whose files are looked at by ``makes`` alone."""
    return ""


def unseen(_: Sight, __: Job) -> int:
    """Stand for commands that leave nothing of their own in the ledger."""
    return -1


class Write(NamedTuple):
    """A writing command.

    ``state``: what is made for it before (two of them with ``pair``); ``seen``: how often what
    it acknowledges is in the ledger, at most ``whole`` times, -1 for "nothing to look for";
    ``makes``: the file it writes, which is whole or as it was; ``says``: the sentence that
    acknowledges, where JSON does not; ``again``: the same line may be given a second time and
    answers the same; ``by_line``: each line of the answer acknowledges a part;
    ``may_answer``: what it may answer, besides 0, when others write; ``first``: commands
    done before it where it is done alone; ``own``: the ledger of its own on which it works;
    ``check``: what is wrong with the files it keeps, given whether it was acknowledged;
    ``there``: whether what it keeps is done; ``becomes``: what its process does first.
    """

    name: str
    argv: tuple[str, ...]
    seen: Seen = unseen
    state: str = ""
    pair: bool = False
    whole: int = 1
    brings: Brings = no_files
    stdin: Callable[[Job], str] = lambda _: ""
    makes: str = ""
    says: str = ""
    again: bool = False
    by_line: bool = False
    may_answer: tuple[int, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    own: str = ""
    check: Callable[..., str] = unchecked
    there: Callable[[Job], bool] | None = None
    becomes: Callable[[], None] = nothing

    def line(self, job: Job) -> list[str]:
        """Return the command line of a job, after laying down its files, the first time."""
        brought = {job.files / name: content for name, content in self.brings(job).items()}
        if not any(map(Path.exists, brought)):
            for path, content in brought.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, Path):
                    shutil.copyfile(content, path)
                else:
                    path.write_text(content, encoding="utf-8")
        return [job.filled(word) for word in self.argv]

    def acknowledged(self, ended: Ended, job: Job) -> int:
        """Return how much of the whole was acknowledged: of what is answered at once, all."""
        if ended.code == 0:
            return self.whole
        if self.says:  # of one that came to its end the exit code says what its words mean
            heard = ended.code is None and job.filled(self.says) in ended.out + ended.err
            return self.whole * heard
        said = len(answers(ended.out))
        return min(said, self.whole) if self.by_line else self.whole * (said > 0)


def line(name: str, rest: str, seen: Seen = unseen, state: str = "", **more: Any) -> Write:
    """Return a command that is written as it is called: its name, and the rest of its words."""
    ledger = ("--ledger", f"{{desk}}/{more['own']}") if "own" in more else ()
    return Write(name, (*ledger, *name.split(), *rest.split()), seen, state, **more)


def told(kind: str) -> Seen:
    """See the events of a kind beside which the token stands."""
    return lambda sight, job: sight.told(kind, job.token)


def facts(kind: str) -> Seen:
    """See the events of a kind whose facts hold the token."""
    return lambda sight, job: sight.facts(kind, job.token)


def of(kind: str) -> Seen:
    """See the events of a kind of the case that was made for the job."""
    return lambda sight, job: sight.of(kind, job.number)


def naming(kind: str, words: str = '"{number}"') -> Seen:
    """See the events of a kind whose facts name what was made for the job."""
    return lambda sight, job: sight.facts(kind, job.filled(words))


def some(
    writes: tuple[Write, ...], most: int, chance: random.Random, only: Sequence[str] = ()
) -> list[Write]:
    """Return all of a table, those named, or so many lines by chance, in the table's order."""
    named = [write for write in writes if not only or write.name in only]
    return [named[p] for p in sorted(chance.sample(range(len(named)), most or len(named)))]

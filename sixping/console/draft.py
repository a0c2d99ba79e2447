"""What was answered of a call that did not end in the ledger: kept, offered once more, gone.

A file of the user's own (0600, in a folder 0700) for each ledger and person. Only ``intake``
without a text reads it, on a terminal; it holds what a citizen said.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.console.prompts import ask
from sixping.documents.phrases import moment
from sixping.errors import SixpingError, system_reason
from sixping.util.clock import from_text, to_text
from sixping.util.files import make_folder, published
from sixping.util.masking import mask_text
from sixping.util.text import dump_json, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sixping.console.call import Call
    from sixping.console.context import Context

_SHOWN = 40  # cells of the text


class Kept(NamedTuple):
    """A call as it was left: when its report came in, and what ``Call`` holds of it."""

    received: datetime
    values: dict[str, Any]
    unknown: set[str]
    answered: set[str]
    into: str | None


class Draft:
    """The place of the draft of whoever works here at this ledger."""

    def __init__(self, context: Context) -> None:
        """Find the place; nothing is read or made."""
        whose = f"{context.ledger.resolve()}\n{context.account}\n{context.by}"
        name = f"{sha256(whose.encode()).hexdigest()[:16]}.json"
        self.context, self.path = context, _folder() / name
        self.taken_up = False

    def offered(self) -> Kept | None:
        """Return the call that was left, if there is one and somebody wants to go on with it."""
        try:
            if not self.path.exists():
                return None
        except OSError:  # somebody else's home
            return None
        try:
            kept = _read(self.path)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.set_aside("读不出。")
            return None
        at = moment(kept.received, self.context.now.year)
        text = shorten(mask_text(kept.values["text"]), _SHOWN)
        self.context.say(f"上次没有登记完: {at}, 内容 {text}")
        while (answer := ask(self.context, "回车 = 接着登记, 0 = 丢弃: ")) not in {"", "0"}:
            self.context.say("请按回车, 或输入 0。")
        if answer == "0":
            self.path.unlink(missing_ok=True)
            return None
        self.taken_up = True
        return kept

    def set_aside(self, why: str) -> None:
        """Say that a draft cannot be used, and keep it beside."""
        self.taken_up = False
        aside = self.path.with_suffix(".bad")
        self.path.replace(aside)
        self.context.say(f"注意: 上次的草稿用不上: {why}另存在:", f"  {aside}")

    @contextmanager
    def of(self, call: Call) -> Iterator[None]:
        """Keep what was answered if the call ends otherwise than in the ledger."""
        try:
            yield
        except (KeyboardInterrupt, EOFError, SixpingError, OSError):
            if call.values["text"]:
                self._keep(call)
            raise
        if self.taken_up:  # what another terminal left meanwhile stays
            self.path.unlink(missing_ok=True)

    def _keep(self, call: Call) -> None:
        kept = Kept(call.desk.received, call.values, call.unknown, call.answered, call.into)
        state = kept._asdict() | {
            "ledger": str(self.context.ledger.resolve()),
            "received": to_text(kept.received),
            "unknown": sorted(kept.unknown),
            "answered": sorted(kept.answered),
        }
        try:
            make_folder(self.path.parent)
            with published(self.path, force=True) as new:
                Path(new).write_text(dump_json(state), encoding="utf-8")
        except OSError as fault:
            self.context.say(f"草稿没有留下: {system_reason(fault)}")
        except SixpingError as fault:
            self.context.say(f"草稿没有留下: {fault.what}")
        else:
            self.context.say("已留草稿, 下次 sixping intake 可接着登记:", f"  {self.path}")


class Left(NamedTuple):
    """A draft of this user that nobody took up: the day of its call, and of which ledger.

    ``since`` None: it cannot be read.
    """

    path: Path
    since: date | None
    ledger: str


def drafts_left() -> list[Left]:
    """Return the drafts of this user, of every ledger, by file."""
    found = []
    with suppress(OSError):
        for path in sorted(_folder().iterdir()):
            try:
                state = json.loads(path.read_bytes())
                left = Left(path, from_text(state["received"]).date(), str(state["ledger"]))
            except (ValueError, KeyError, TypeError, RecursionError):
                left = Left(path, None, "")
            found.append(left)
    return found


def _folder() -> Path:
    import platformdirs

    try:
        return platformdirs.user_state_path("sixping", appauthor=False) / "drafts"
    except RuntimeError:  # no home: none is there, and none can be kept
        return Path(os.devnull) / "drafts"


def drop_drafts(is_told: Callable[[str], bool]) -> int:
    """Remove the drafts of this user in whose words somebody is told; return how many."""
    dropped = 0
    with suppress(OSError):
        for path in sorted(_folder().iterdir()):
            if any(map(is_told, _words_of(path.read_text(encoding="utf-8", errors="replace")))):
                path.unlink()
                dropped += 1
    return dropped


def _words_of(text: str) -> Iterator[str]:
    """Yield the words of a draft; of one that cannot be read all it has."""
    try:
        values = json.loads(text)["values"].values()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        values = [text]
    yield from (value for value in values if isinstance(value, str))


def _read(path: Path) -> Kept:
    state = json.loads(path.read_bytes())
    values = dict(state["values"])
    if not isinstance(values["text"], str):
        raise TypeError
    return Kept(
        from_text(state["received"]), values, set(state["unknown"]), set(state["answered"]),
        state["into"],
    )  # fmt: skip

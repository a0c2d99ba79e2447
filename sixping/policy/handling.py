"""What the street lists of how a report is handled: why not taken on, what came of it, who hears.

Pure: data of an edition of the policy (``editions``). The notice lists neither, so every entry
is a reading with its clause and its note.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.util.toml import Table


class Declining(NamedTuple):
    """A listed reason why a report is not taken on, and what becomes of it (五.1a)."""

    name: str
    outcome: Outcome
    clause: str
    note: str


class OutcomeKind(NamedTuple):
    """What a result came to; ``settled``: the matter is gone (五.1c).

    ``passed_on``: the street only passed it on, which is looked at (以转代办).
    """

    name: str
    settled: bool
    clause: str
    note: str
    passed_on: bool = False


#: how the source of a report is told its result → what people call it
ANSWERED: Mapping[str, str] = {
    "self": "平台自行读取",
    "export": "导出答复",
    "telephone": "电话",
    "none": "没有来源平台",
}


class SourceAnswer(NamedTuple):
    """How the source behind a channel is told the result (三.1 登记、反馈); ``name``: the channel.

    ``answered``: a key of ``ANSWERED``. Of a channel that is not listed nobody said so.
    """

    name: str
    answered: str
    clause: str
    note: str

    @property
    def owed(self) -> bool:
        """Return whether somebody of the street has to tell it."""
        return self.answered in {"export", "telephone"}


#: the slots of each standard text (五.1a)
TEXTS = {
    "accept": {"number"},
    "decline": {"number", "reason"},
    "transfer": {"number", "reason", "to"},
    "guide": {"number", "reason", "to"},
    "send_back": {"number", "reason"},
    "extend": {"number", "due"},
    "suspend": {"number"},
    "refer": {"number", "to"},
}


def read_declining(entry: Table, was: Declining | None) -> Declining:
    """Read a listed reason; what it does not say is as it ``was``."""
    outcome = entry.choice("outcome", Outcome, was.outcome) if was else None
    return Declining(
        entry.text("name"),
        outcome or entry.choice("outcome", Outcome),
        entry.text("clause", was.clause) if was else entry.text("clause"),
        entry.text("note", was.note) if was else entry.text("note"),
    )


def read_outcome(entry: Table, was: OutcomeKind | None) -> OutcomeKind:
    """Read a kind of result; what it does not say is as it ``was``."""
    return OutcomeKind(
        entry.text("name"),
        entry.flag("settled", default=was.settled) if was else entry.flag("settled"),
        entry.text("clause", was.clause) if was else entry.text("clause"),
        entry.text("note", was.note) if was else entry.text("note"),
        entry.flag("passed_on", default=was.passed_on if was else False),
    )


def read_source(entry: Table, was: SourceAnswer | None) -> SourceAnswer:
    """Read how the source of a channel is answered; what it does not say is as it ``was``."""
    same = was is not None and not entry.has("answered")
    return SourceAnswer(
        entry.text("name"),
        was.answered if was and same else entry.one_of("answered", ANSWERED),
        entry.text("clause", was.clause) if was else entry.text("clause"),
        entry.text("note", was.note) if was else entry.text("note"),
    )

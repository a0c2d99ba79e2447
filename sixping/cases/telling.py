"""Feedback is a telling that happened (五.1a): which standard texts reached nobody yet. Pure.

A step that tells the reporter something has the facts ``standard`` (the policy's words) and
``told``: True, it reached the reporter, by word or through a channel that answers by itself;
False, it was only written down; None, nobody can be told (anonymous), or an older version did
not say. What was told in truth makes up for all that was written down before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.cases.steps.ending import FedBack
from sixping.cases.steps.telling import Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sixping.cases.model import Case
    from sixping.cases.step import CaseEntry, Step
    from sixping.policy.editions import Edition


def telling(
    case: Case, edition: Edition, text: str, own: str | None, *, told: bool, **slots: str
) -> dict[str, Any]:
    """Return the facts of what a step tells the reporter: standard, told, channel, feedback.

    ``text`` is the policy's standard text that stands where nobody has words of his ``own``;
    ``told``: the officer says that it was told, as own words do.
    """
    reached: bool | None = own is not None or told or edition.tells(case.channel)
    if case.anonymous and own is None and not told:
        reached = None  # nobody can be told
    words = own or edition.standard_feedback(text, number=case.number, **slots)
    return {"standard": own is None, "told": reached, "channel": case.channel, "feedback": words}


def telling_besides(
    case: Case, edition: Edition, text: str, own: str | None, *, told: bool, **slots: str
) -> dict[str, Any]:
    """Return the same of what an anonymous reporter is not owed: then nothing is recorded."""
    if case.anonymous and own is None and not told:
        return {}
    return telling(case, edition, text, own, told=told, **slots)


def undelivered(entries: Iterable[CaseEntry]) -> list[CaseEntry]:
    """Return the standard tellings of a case that have not reached its reporter, oldest first.

    ``entries`` are those that count (``lifecycle.effective``), in their order.
    """
    waiting: list[CaseEntry] = []
    for entry in entries:
        if reached_reporter(entry.event):
            waiting = []
        elif written_only(entry.event):
            waiting.append(entry)
    return waiting


def written_only(event: Step) -> bool:
    """Return whether a step said something by standard text that was not told (格式化告知)."""
    return bool(getattr(event, "standard", False)) and getattr(event, "told", None) is False


def reached_reporter(event: Step) -> bool:
    """Return whether a step told the case's own reporter in truth."""
    if isinstance(event, FedBack):
        return event.to is None or event.everyone
    return isinstance(event, Told) or getattr(event, "told", None) is True

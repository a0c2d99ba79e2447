"""Asking for what was not given, on a terminal only; questions go to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from sixping.commands._frame import Desk


def ask_missing(
    desk: Desk, text: str | None, said: dict[str, str | None], *, anonymous: bool
) -> str:
    """Ask for the text if there is none and fill ``said`` in; Enter skips a question."""
    words = text
    while not (words and words.strip()):
        words = ask("反映的内容")
    if said["channel"] is None:
        from sixping.policy import load_policy

        default = load_policy().edition_at(desk.now.date()).default_channel.name
        said["channel"] = ask("渠道", default)
    for name, question in (("place", "地点"), ("reporter", "反映人"), ("phone", "电话")):
        personal = name != "place"
        if said[name] is None and not (anonymous and personal):
            said[name] = ask(f"{question} (可不填)") or None
    return words


def ask(question: str, default: str = "") -> str:
    """Ask one question on stderr; Ctrl-C leaves nothing half recorded."""
    answer: str = typer.prompt(question, default=default, show_default=bool(default), err=True)
    return answer.strip()

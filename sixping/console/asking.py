"""Asking for what was not given, on a terminal only; questions go to stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sixping.errors import NotFound

if TYPE_CHECKING:
    from sixping.console.context import Context


def ask_missing(
    context: Context, text: str | None, said: dict[str, str | None], *, anonymous: bool
) -> str:
    """Ask for the text if there is none and fill ``said`` in; Enter skips a question."""
    words = ask_text(text)
    if said["channel"] is None:
        said["channel"] = _ask_channel(context)
    questions = {"place": "地点"} if anonymous else {
        "place": "地点", "reporter": "反映人", "phone": "电话"
    }  # fmt: skip
    for name, question in questions.items():
        if said[name] is None:
            said[name] = _ask(f"{question} (回车跳过)") or None
    return words


def ask_text(text: str | None) -> str:
    """Return the text, asking until there is one."""
    while not (text and text.strip()):
        text = _ask("反映的内容")
    return text


def _ask_channel(context: Context) -> str | None:
    """Ask until the channel is one of the policy's; Enter takes the default."""
    from sixping.policy.editions import load_policy

    edition = load_policy().edition_at(context.now.date())
    while True:
        name = _ask(f"渠道 (回车为{edition.default_channel.name})")
        if not name:
            return None
        try:
            return edition.channel(name).name
        except NotFound as fault:
            context.say(fault.what, fault.hint)


def _ask(question: str) -> str:
    """Ask one question on stderr; Ctrl-C leaves nothing half recorded."""
    answer: str = typer.prompt(question, default="", show_default=False, err=True)
    return answer.strip()

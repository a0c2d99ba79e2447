"""The form of the table of commands: an entry, a group of entries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class CommandSpec(NamedTuple):
    """Where a command lives: ``sixping.commands.<module>.<function>``."""

    module: str
    function: str
    help: str
    panel: str = ""


class Group(NamedTuple):
    """Commands under one word, as in ``sixping units list``.

    ``default`` is the command that runs when an option, or nothing, follows the word.
    """

    help: str
    panel: str
    entries: Mapping[str, CommandSpec | Group]
    default: str = ""


Table = Mapping[str, CommandSpec | Group]

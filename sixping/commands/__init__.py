"""The table of commands: the one place where a command gets its name, help and panel.

The table is read without importing the commands' modules: ``sixping overdue`` imports
only the module that holds ``overdue``, ``--help`` imports none.

To add a command, write a function in a module of this package and one line here::

    "overdue": Entry("supervision", "overdue", "列出超期和即将到期的事项。", SUPERVISION),
    "units": Group(
        "查看组织机构。",
        READING,
        {"list": Entry("unitscmds", "list_units", "列出单位。")},
    ),

The help must equal the first line of the function's docstring (a test holds it).
"""

from __future__ import annotations

from typing import NamedTuple

DESK = "登记与办理"
ABOVE = "提级与督促"
SUPERVISION = "监督"
OFFICE = "值守与会议"
READING = "查询"
RULES = "日历与规则"
BOOKS = "台账"


class Entry(NamedTuple):
    """Where a command lives: ``sixping.commands.<module>.<function>``."""

    module: str
    function: str
    help: str
    panel: str = ""


class Group(NamedTuple):
    """Commands under one word, as in ``sixping units list``."""

    help: str
    panel: str
    entries: dict[str, Entry]


Table = dict[str, Entry | Group]

TABLE: Table = {}

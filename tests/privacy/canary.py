"""A street in which one marked person stands in every field that takes words.

``SAID`` are the commands that put the person in, ``READ`` those that show something, revealed
for a reason; ``RECORDED`` show something masked or by a reason of their own. A new command goes
into one of them, or into ``TYPED_ONLY`` or ``GIVEN_OUT`` of the tests: else one is red.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.kit.fieldkit import GRID, NOW, Street, a_street

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Result, Runner

NAME = "柯南雀"
MOBILE = "13912348765"
LANDLINE = "0571-86427531"
IDENTITY = "330106199001012379"
MAIL = "canary.bird@example.com"
PLATE = "浙A58K63"
SOURCE = "源7788"
#: what a hurried hand writes: no name, for nobody can tell one without its field
WORDS = f"找他139 1234 8765或{LANDLINE}、１３９１２３４８７６５, 证{IDENTITY}, {MAIL}, 车{PLATE}"
#: in a case the reporter's name too
TOLD = f"{NAME}来电: {WORDS}"

_LEFT = re.compile(
    r"9123487|3912348|6427531|86427|19900101|010123|canary|bird|58K6|柯\W{0,2}南雀|南雀"
)


def exposed(text: str) -> list[str]:
    """Return what a text gives away of the marked person."""
    plain = text.translate(dict(zip(range(0xFF10, 0xFF1A), "0123456789", strict=True)))
    return _LEFT.findall(re.sub(r"(?<=\d)[ \-]+(?=\d)", "", plain))


#: each puts the person into the ledger, in words of every kind
SAID: tuple[tuple[str, ...], ...] = (
    ("intake", TOLD, "--phone", f"{MOBILE}/{LANDLINE}", "--reporter", NAME, "--place", f"{NAME}家",
     "--source-no", SOURCE, "--channel", "微信公众号", "--severity", "一般"),
    ("intake", WORDS, "--about", NAME, "--severity", "一般"),
    ("intake", TOLD, "--reporter", NAME, "--severity", "较大"),
    ("intake", TOLD, "--reporter", NAME, "--severity", "重大"),
    ("intake", f"演示停车, {WORDS}", "--severity", "一般"),
    ("amend", "1", "--place", f"{NAME}家隔壁", "--phone", MOBILE, "--reason", TOLD),
    ("accept", "1", "--feedback", TOLD),
    ("assign", "1", "--lead", "城管执法中队"),
    ("sign", "1"),
    ("note", "1", TOLD),
    ("part", "1", "--unit", "城管执法中队", "--task", TOLD),
    ("part-done", "1", "--unit", "城管执法中队", "--outcome", TOLD),
    ("urge", "1", "--level", "普通", "--reason", TOLD),
    ("answer-urge", "1", TOLD),
    ("extend", "1", "--workdays", "2", "--reason", TOLD, "--approved-by", "分管领导"),
    ("suspend", "1", "--reason", TOLD, "--approved-by", "分管领导"),
    ("resume", "1"),
    ("resolve", "1", "--outcome", TOLD),
    ("feedback", "1", TOLD),
    ("verify-result", "1", "--fail", "--reason", TOLD),
    ("reopen", "1", "--reason", TOLD),
    ("return", "1", "--reason", TOLD),
    ("decline", "2", "--reason", WORDS),
    ("accept", "3"),
    ("consult", "3", "--leader", "分管领导"),
    ("accept", "4"),
    ("refer", "4", "--to", "区住建局", "--content", TOLD, "--receipt", WORDS),
    ("refer-reply", "4", "--outcome", TOLD, "--returned"),
    ("emergency", "5", "--to", "区应急局", "--how", WORDS),
    ("regrade", "5", "--category", "施工噪声扰民", "--reason", WORDS),
    ("meeting", "plan", "联席会议", "--date", "2026-11-24", "--convener", "领导小组办公室"),
    ("meeting", "attend", "m1", "p1", "--invite", NAME),
    ("meeting", "agenda", "m1", "--add", "2", WORDS),
    ("meeting", "minutes", "m1", "--decision", WORDS, "--unit", "城管执法中队", "--due",
     "2026-11-30"),
    ("operation", "plan", WORDS, "--date", "2026-11-24", "--unit", "城管执法中队", "--person", "p1",
     "--case", "5"),
    ("operation", "result", "o1", WORDS),
    ("patrol", "record", "--grid", GRID, "--member", "p1", "--member", "p2", "--member", "p3",
     "--from", "9:00", "--to", "10:00", "--note", WORDS),
    ("assess", "item", "add", "--unit", "城管执法中队", "--points", "-1", "--reason", WORDS),
    ("assess", "opinion", "城管执法中队", "--text", WORDS),
    ("assess", "consent", "城管执法中队", "--text", WORDS),
    ("retention", "hold", "2", "--reason", TOLD),
)  # fmt: skip

#: each shows something; the first word that is no option makes out the command
READ: tuple[tuple[str, ...], ...] = (
    *(("show", str(number)) for number in range(1, 6)),
    ("list", "--all"),
    ("search", "演示"),
    ("log",),
    ("log", "1"),
    ("explain", "1"),
    ("overdue", "--within", "20"),
    ("lapses", "--from", "2026-11-01", "--to", "2026-11-24"),
    ("report", "--month", "2026-11"),
    ("report", "--month", "2026-11", "--drill", "接收"),
    ("assess", "show", "--month", "2026-11"),
    ("assess", "item", "list"),
    ("meeting", "list"),
    ("meeting", "show", "m1"),
    ("meeting", "agenda", "m1"),
    ("meeting", "task", "list", "--all"),
    ("patrol", "list"),
    ("operation", "list"),
    ("operation", "show", "o1"),
    ("duty", "today"),
    ("duty", "roster"),
    ("duty", "attendance"),
    ("duty", "check"),
    ("units", "people"),
    ("units", "show", "城管执法中队"),
    ("units", "grids"),
    ("verify",),
)  # fmt: skip
#: what these show stays masked here, or says its own reason
RECORDED: tuple[tuple[str, ...], ...] = (
    ("lookup", "--name", NAME, "--reason", TOLD),
    ("lookup", "--phone", MOBILE, "--reason", WORDS),
    ("retention", "list"),
    ("retention", "run", "--dry-run"),
    ("audit",),
    ("export",),
    ("export", "--open", "--for-people"),
    ("export", "--answers", "--channel", "微信公众号", "--since", "2026-11-01"),
    ("export", "events"),
    ("export", "--open311"),
)
#: besides what a pipe gets, and JSON
FORMATS = ("table", "csv", "jsonl", "md")


def haunted(call: Runner) -> tuple[Street, list[tuple[tuple[str, ...], Result]]]:
    """Return a street where the person was put into everything, and what the commands said."""
    street = a_street(call)
    answers = [(argv, call(*argv, now=NOW)) for argv in SAID]
    return street, answers


def readings() -> Iterator[tuple[str, ...]]:
    """Yield every reading command in every format."""
    for argv in (*RECORDED, *READ):
        yield argv
        yield (*argv, "--json")
        yield from ((*argv, "--format", form) for form in FORMATS)

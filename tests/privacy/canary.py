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
MAIL = "wren.bird@example.com"
PLATE = "浙A58K63"
SOURCE = "源7788"
#: what a hurried hand writes: no name, for nobody can tell one without its field
WORDS = f"找他139 1234 8765或{LANDLINE}、１３９１２３４８７６５, 证{IDENTITY}, {MAIL}, 车{PLATE}"
#: in a case the reporter's name too
TOLD = f"{NAME}来电: {WORDS}"
#: whose report is merged into one of the first
NEXT = "古月鹂"
BOTH = f"{NAME}与{NEXT}来电: {WORDS}"
EARLIER = ("--at", "2026-11-24 14:30", "--reason", TOLD)

_LEFT = re.compile(
    r"9123487|3912348|6427531|86427|19900101|010123|wren|bird|58K6|柯\W{0,2}南雀|南雀|月鹂"
)


#: a digest, in which any five digits may stand by chance; a number of digits alone is none
_DIGEST = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{16,}(?![0-9a-z])")


def exposed(text: str) -> list[str]:
    """Return what a text gives away of the marked person."""
    text = _DIGEST.sub("", text)
    plain = text.translate(dict(zip(range(0xFF10, 0xFF1A), "0123456789", strict=True)))
    return _LEFT.findall(re.sub(r"(?<=\d)[ \-]+(?=\d)", "", plain))


#: registers that the commands below are of
AWAKE = ("专项整治", "会议到会和例会", "矛盾纠纷", "帮教禁毒数字")
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
    ("register", "on", "经办人"),
    ("handover", "1", "--to", "p1", "--reason", TOLD),
    ("sign", "1"),
    ("note", "1", TOLD),
    ("part", "1", "--unit", "城管执法中队", "--task", TOLD),
    ("part-done", "1", "--unit", "城管执法中队", "--outcome", TOLD),
    ("urge", "1", "--level", "普通", "--reason", TOLD),
    ("answer-urge", "1", TOLD),
    ("register", "on", "领导批示", "协办要求", "行刑衔接", "来源反馈"),
    ("instruct", "1", TOLD, "--leader", "分管领导"),
    ("answer-instruct", "1", TOLD),
    ("demand", "1", TOLD, "--to", "市场监管所"),
    ("answer-demand", "1", TOLD),
    ("demand", "1", WORDS, "--to", "派出所"),
    ("transfer", "1", "--to", "区公安分局", "--content", TOLD),
    ("transfer-reply", "1", "--receipt", WORDS),
    ("transfer-reply", "1", "--outcome", TOLD),
    ("slip", "1", "交办单", "--points", "到现场核查并书面答复"),
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
    ("meeting", "leave", "m1", "p2", "--reason", WORDS),
    ("meeting", "task", "add", WORDS, "--kind", "措施", "--unit", "城管执法中队", "--due",
     "2026-12-10"),
    ("groups", "enter", "帮教在册", "1", "--unit", "江一社区", "--month", "2026-11"),
    ("meeting", "agenda", "m1", "--add", "2", WORDS),
    ("meeting", "minutes", "m1", "--decision", WORDS, "--unit", "城管执法中队", "--due",
     "2026-11-30"),
    ("operation", "plan", WORDS, "--date", "2026-11-24", "--unit", "城管执法中队", "--person", "p1",
     "--case", "5"),
    ("operation", "result", "o1", WORDS),
    ("patrol", "record", "--grid", GRID, "--member", "p1", "--member", "p2", "--member", "p3",
     "--from", "9:00", "--to", "10:00", "--note", WORDS),
    ("register", "on", "shifts"),
    ("shift", "note", WORDS, "--case", "1", "--promised", "2026-11-30", "--to", NAME),
    ("shift", "handover", WORDS, "--to", "p1", "--case", "1"),
    ("shift", "done", "1", WORDS),
    ("assess", "item", "add", "--unit", "城管执法中队", "--points", "-1", "--reason", WORDS),
    ("assess", "opinion", "城管执法中队", "--text", WORDS),
    ("assess", "consent", "城管执法中队", "--text", WORDS),
    ("retention", "hold", "2", "--reason", TOLD),
    ("decide", "3", "--lead", "城管执法中队", "--due", "2026-12-10", "--leader", "分管领导",
     "--decided-by", TOLD),
    ("intake", f"厂房起火, {BOTH}", "--reporter", f"{NAME}先生 (丈夫)",
     "--about", f"{NEXT}、演示店", "--received", "2026-11-24 10:00", "--request-id", TOLD,
     "--severity", "一般"),
    ("intake", f"厂房起火, {NEXT}", "--reporter", f"{NEXT}女士", "--source-no", f"{SOURCE}b",
     "--channel", "微信公众号", "--severity", "一般"),
    ("emergency", "6", "--to", "区应急管理局", "--how", TOLD, "--content", BOTH),
    ("accept", "6", *EARLIER),
    ("assign", "6", "--lead", "城管执法中队", *EARLIER),
    ("sign", "6", *EARLIER),
    ("merge", "7", "--into", "6", "--reason", BOTH),
    ("unmerge", "7", "--reason", BOTH),
    ("note", "6", BOTH),
    ("merge", "7", "--into", "6"),
    ("extend", "6", "--workdays", "1", "--reason", BOTH, "--approved-by", "分管领导",
     "--feedback", BOTH),
    ("undo", "6", "--reason", BOTH),
    ("resolve", "6", "--outcome", BOTH),
    ("feedback", "6", BOTH, "--all"),
    ("close", "6"),
    ("amend", "6", "--reporter", f"{NEXT}和{NAME}", "--phone", f"{MOBILE} / {LANDLINE}",
     "--reason", BOTH),
    ("meeting", "plan", "联席会议", "--date", "2026-11-26", "--convener", "领导小组办公室",
     "--extraordinary", "--reason", WORDS),
    ("meeting", "move", "m2", "--date", "2026-11-27", "--reason", WORDS),
    ("meeting", "minutes", "m1", "--slot", "存在的问题", WORDS),
    ("meeting", "task", "postpone", "m1.1", "--due", "2026-12-01", "--reason", WORDS),
    ("meeting", "task", "done", "m1.1", WORDS),
    ("slip", "6", "答复单"),
    ("slip", "m1", "会议纪要"),
    ("slip", "m1", "联席会议议定事项通知单"),
    ("patrol", "record", "--grid", GRID, "--member", "p1", "--member", "p2", "--member", "p3",
     "--from", "11:00", "--to", "12:00", "--found", WORDS),
    ("duty", "leave", "p1", "--from", "2026-11-26", "--reason", WORDS),
    ("duty", "outside", "p1", "--from", "10:00", "--to", "11:00", "--allowed-by", "分管领导",
     "--reason", WORDS),
    ("register", "on", "问责", "征求意见和任免同意", "考核程序", "--from", "2026-11-01"),
    ("assess", "ask", "市场监管所", "--bureau", f"区局{MOBILE}", "--cadre", NAME, "--about",
     "任职同意"),
    ("assess", "moved", "l1", "--cadre", NAME),
    ("assess", "reply", "l1", "--agreed", "--cadre", NAME, "--text", WORDS),
    ("intake", f"演示路灯, {TOLD}", "--received", "2026-11-10 10:00", "--severity", "一般",
     "--reporter", NAME),
    ("accountability", "open", "--lapse", "9.accept", "--unit", "综合信息指挥室", "--text", TOLD),
    ("accountability", "ask", "q1", "--answer-by", "2026-11-24", "--text", TOLD),
    ("accountability", "statement", "q1", "--text", TOLD),
    ("accountability", "decide", "q1", "--kind", "整改", "--decided-by", "分管领导", "--due",
     "2026-11-30", "--text", TOLD),
    ("accountability", "result", "q1", "--text", TOLD),
    ("accountability", "review", "q1", "--text", TOLD),
    ("accountability", "review", "q1", "--outcome", "维持", "--text", TOLD),
    ("accountability", "propose", "--kind", "责任查究", "--about", NAME, "--to",
     f"区委政法委、{NAME}", "--text", WORDS),
    ("accountability", "reply", "q2", "--text", WORDS),
    ("register", "on", "检查抽检", "服务事项"),
    ("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value", "不合格=9",
     "--note", WORDS, "--found", WORDS),
    ("inspection", "enter", "--month", "2026-11", "--kind", "抽检", "--value", "不合格=8",
     "--reason", WORDS),
    ("inspection", "link", "--month", "2026-11", "--kind", "抽检", "--found", WORDS),
    ("service", "need", "4", "--material", TOLD, "--unit", "城管执法中队"),
    ("operation", "plan", WORDS, "--date", "2026-11-24", "--until", "2026-11-30", "--unit",
     "城管执法中队", "--person", "p1"),
    ("operation", "stage", "o2", WORDS, "--date", "2026-11-24", "--text", WORDS),
    ("operation", "people", "o2", "--date", "2026-11-25", "--person", "p1"),
    ("operation", "day", "o2", "--checked", "3", "--text", WORDS, "--found", WORDS),
)  # fmt: skip

#: each shows something; the first word that is no option makes out the command
READ: tuple[tuple[str, ...], ...] = (
    *(("show", str(number)) for number in range(1, 9)),
    ("list", "--all"),
    ("search", "演示"),
    ("log",),
    ("log", "1"),
    ("explain", "1"),
    ("register", "show", "领导批示", "--all"),
    ("register", "show", "协办要求", "--all"),
    ("register", "show", "行刑衔接", "--all"),
    ("overdue", "--within", "20"),
    ("overdue", "--within", "20", "--by-unit"),
    ("lapses", "--from", "2026-11-01", "--to", "2026-11-24"),
    ("report", "--month", "2026-11"),
    ("report", "--month", "2026-11", "--drill", "接收"),
    ("lapses", "--from", "2026-11-01", "--to", "2026-11-24", "--drill", "事后补录"),
    ("lapses", "--from", "2026-11-01", "--to", "2026-11-24", "--drill", "限内转出"),
    ("assess", "show", "--month", "2026-11"),
    ("assess", "item", "list"),
    ("assess", "procedure"),
    ("assess", "letters"),
    ("assess", "letters", "--letter", "l1"),
    ("accountability", "list"),
    ("meeting", "list"),
    ("meeting", "show", "m1"),
    ("meeting", "show", "m2"),
    ("meeting", "agenda", "m1"),
    ("meeting", "task", "list", "--all"),
    ("meeting", "decisions", "m1"),
    ("meeting", "attendance", "--month", "2026-11"),
    ("meeting", "attendance", "--month", "2026-11", "--drill", "请假"),
    ("disputes", "--month", "2026-11"),
    ("patrol", "list"),
    ("inspection", "list"),
    ("shift", "show"),
    ("shift", "promised", "--all"),
    ("operation", "list"),
    ("operation", "show", "o1"),
    ("operation", "show", "o2"),
    ("duty", "today"),
    ("duty", "roster"),
    ("duty", "attendance"),
    ("duty", "check"),
    ("units", "people"),
    ("units", "show", "城管执法中队"),
    ("units", "grids"),
    ("verify",),
    ("anchor",),
    ("doctor", "--all"),
)  # fmt: skip
#: what these show stays masked here, or says its own reason
RECORDED: tuple[tuple[str, ...], ...] = (
    ("accountability", "show", "q1", "--reason", WORDS),
    ("accountability", "show", "q2", "--reason", WORDS),
    ("lookup", "--name", NAME, "--reason", TOLD),
    ("lookup", "--phone", MOBILE, "--reason", WORDS),
    ("meeting", "minutes", "m1"),
    ("slip", "1", "交办单", "--preview"),
    ("slip", "1", "交办单", "--points", TOLD, "--preview"),
    ("slip", "1", "催办单", "--preview"),
    ("slip", "1", "延期审批表", "--preview"),
    ("slip", "4", "上报函", "--preview"),
    ("slip", "4", "上报函", "--points", "请派员检测处置", "--preview"),
    ("slip", "6", "答复单", "--preview"),
    ("slip", "3", "联系单", "--reason", WORDS, "--preview"),
    ("slip", "m1", "联席会议议定事项通知单", "--preview"),
    ("slip", "m1", "会议纪要", "--preview"),
    ("service", "owes"),
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
    street.do("register", "on", *AWAKE, "--from", "2026-11-01")
    answers = [(argv, call(*argv, now=NOW)) for argv in SAID]
    return street, answers


def readings() -> Iterator[tuple[str, ...]]:
    """Yield every reading command in every format."""
    for argv in (*RECORDED, *READ):
        yield argv
        yield (*argv, "--json")
        yield from ((*argv, "--format", form) for form in FORMATS)

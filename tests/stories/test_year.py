"""A year at the street, all registers kept, and every figure counted again from the events alone.

The recount knows no code of the program but its calendar of working days: it folds what
``export events`` wrote.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sixping.workdays import load_calendar
from tests.conftest import Result, Runner
from tests.kit import yearcount
from tests.kit.yearcount import Count

CITY, MARKET, POLICE, ROOM = "城管执法中队", "市场监管所", "派出所", "综合信息指挥室"
SAFETY, PARTY, PLACE, GRID = "平安建设办", "党政综合办", "江一社区", "江一社区第一网格"
APP, PHONE = "掌上基层APP", "投诉举报电话"
LATER = ("经办人", "检查抽检", "值班日志和交接班")  # from March on
FIRST = (
    "考核程序", "问责", "征求意见和任免同意", "来源反馈", "协办要求", "领导批示", "行刑衔接",
    "附件", "服务事项", "专项整治", "会议到会和例会", "矛盾纠纷", "帮教禁毒数字",
)  # fmt: skip
HEAD = ("--role", "主要负责人")
PEOPLE = (  # p1, p2, …
    (CITY, *HEAD, "--licence", "演1", "--licence-until", "2027-12-31"),
    (CITY, "--licence", "演2", "--licence-until", "2027-12-31"),
    (MARKET, *HEAD, "--licence", "演3", "--licence-until", "2027-12-31"),
    (MARKET,),
    (POLICE, *HEAD),
    (SAFETY, "--role", "领导小组办公室成员"),
    (GRID, "--role", "专职网格员"),
    (ROOM,),
    (ROOM,),
    (PARTY, "--role", "分管领导"),
    (PLACE,),
)
CATALOGUE = """
edition = "2026年版"

[[item]]
name = "演示登记"
clause = "附2.4"
category = "占道经营"
unit = "江一社区"
window = "综合窗口"
workdays = 3
materials = ["申请表"]
"""
KINDS = ("邻里", "物业", "劳动争议")
AFTER = "2027-01-07 09:00"
PROBES = ("2026-02-12 12:00", "2026-03-31 18:00", "2026-05-24 12:00", "2026-06-30 18:00", "2026-08-20 12:00",
          "2026-09-24 12:00", "2026-11-18 18:00", "2026-12-15 12:00", "2026-12-31 18:00")  # fmt: skip
PRESENT = (
    ("overdue",),
    ("meeting", "missing", "--year", "2026"),
    ("groups", "list"),
    ("inspection", "list"),
    ("shift", "list"),
    ("shift", "promised"),
    ("service", "owes"),
    ("assess", "letters"),
    ("assess", "procedure"),
    ("register", "list"),
    ("meeting", "task", "list"),
)
CALENDAR = load_calendar()


class Line(NamedTuple):
    """One step of the story: when, what; ``name`` is what later lines call the result by."""

    when: str  # 03-02 09:00
    words: tuple[str, ...]
    name: str | None = None
    by: str = "演示台"


class Probe(NamedTuple):
    """What commands without ``--as-of`` answered at a moment of the year."""

    when: str
    seq: int
    said: dict[tuple[str, ...], Any]


def full(when: str) -> str:
    """Return a moment with its year: 2026 unless it is written."""
    return when if len(when) > len("03-02 09:00") else f"2026-{when}"


def workdays(month: int) -> list[date]:
    days = (date(2026, month, 1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == month and CALENDAR.is_workday(day)]


class Desk:
    """The room's desk: takes the steps in the order of their time, each must succeed."""

    def __init__(self, call: Runner, ledger: Path) -> None:
        self.call, self.ledger = call, ledger
        self.names: dict[str, str] = {}

    def take(self, line: Line) -> None:
        words = [re.sub(r"\{(.+?)\}", lambda m: self.names[m[1]], word) for word in line.words]
        named = words[0] == "intake" or set(words[:2]) & {"plan", "open", "propose"}
        done = self.do(full(line.when), "--by", line.by, *words, *(("--json",) if named else ()))
        if line.name:
            said = done.json() if named else {}
            self.names[line.name] = str(said.get("number") or said.get("id") or "")
            self.names[f"{line.name}.seq"] = str(self.last())

    def last(self) -> int:
        with sqlite3.connect(self.ledger) as con:
            (seq,) = con.execute("SELECT max(seq) FROM events").fetchone()
        return int(seq)

    def probe(self, when: str) -> Probe:
        """Ask, while the year goes on, what is answered of the present only."""
        return Probe(when, self.last(), {line: self.read(*line, when=when) for line in PRESENT})

    def do(self, when: str, *argv: str) -> Result:
        now = when.replace(" ", "T") + ":00+08:00"
        result = self.call(*argv, now=now)
        assert result.code == 0, (when, argv, result.err)
        return result

    def read(self, *argv: str, when: str = AFTER) -> Any:
        return self.do(when, *argv, "--json").json()


# --- the story -------------------------------------------------------------------------------


def story(folder: Path) -> list[Line]:
    lines = [*beginning(folder)]
    for month in range(1, 13):
        lines += cases(month, folder)
        lines += office(month)
    lines += [*once(), *assessed(folder), *taken_back()]
    return sorted(lines, key=lambda line: full(line.when))


def beginning(folder: Path) -> Iterator[Line]:
    at = "01-04 08:00"
    (folder / "rules").mkdir()
    (folder / "rules" / "services.toml").write_text(CATALOGUE, encoding="utf-8")
    yield Line(at, ("policy", "adopt", str(folder / "rules")))
    for n, (unit, *more) in enumerate(PEOPLE, 1):
        yield Line(at, ("units", "person", "add", f"演示{n}", "--unit", unit, "--from",
                        "2025-12-01", *more))  # fmt: skip
    yield Line(at, ("register", "on", *FIRST, "--from", "2026-01-01"))
    yield Line("03-02 08:00", ("register", "on", *LATER, "--from", "2026-03-01"))


def cases(m: int, folder: Path) -> Iterator[Line]:
    """Yield an ordinary month: six matters of all grades, some of them late."""
    w = [f"{day:%m-%d}" for day in workdays(m)]
    odd, kept = bool(m % 2), m >= 3
    a, b, c, d, e, s, g = (f"{letter}{m}" for letter in "abcdesg")

    def at(n: int, clock: str, *words: str, name: str | None = None, by: str = "演示台") -> Line:
        return Line(f"{w[n]} {clock}", words, name, by)

    # a: in time, handed over, its source answered in odd months only
    yield at(1, "09:00", "intake", f"演示: 甲处占道 {m}", "--severity", "一般", "--channel", APP,
             "--community", PLACE, name=a)  # fmt: skip
    yield at(1, "09:10", "accept", f"{{{a}}}")
    yield at(
        1, "09:20", "assign", f"{{{a}}}", "--lead", CITY, *(("--person", "p2") if kept else ())
    )
    if kept:
        yield at(
            2, "09:00", "handover", f"{{{a}}}", "--to", "p1", "--reason", "轮休", name=f"hand{m}"
        )
    photo = folder / f"photo{m}.jpg"
    photo.write_bytes(b"photo %d" % m)
    yield at(2, "10:00", "enclose", f"{{{a}}}", str(photo), "--kind", "处置前", name=f"photo{m}")
    yield at(4, "09:00", "resolve", f"{{{a}}}", "--outcome", "已清理")
    yield at(4, "09:10", "feedback", f"{{{a}}}", "已告知", "--satisfaction", str(1 + m % 5))
    if odd:
        yield at(5, "09:00", "feedback", f"{{{a}}}", "已回平台", "--to-source")
    # b: late in odd months; asked of another unit, instructed, transferred
    yield at(1, "10:00", "intake", f"演示: 乙处油烟 {m}", "--severity", "一般", "--community", PLACE,
             name=b)  # fmt: skip
    yield at(1, "10:10", "accept", f"{{{b}}}")
    yield at(
        1,
        "10:20",
        "assign",
        f"{{{b}}}",
        "--lead",
        MARKET,
        *(("--person", "p4" if m < 12 else "p3") if kept else ()),
    )
    yield at(1, "11:00", "demand", f"{{{b}}}", "请核查证照", "--to", POLICE, name=f"demand{m}")
    yield at(2, "11:00", "instruct", f"{{{b}}}", "请报结果", "--leader", "演示10", "--due",
             f"2026-{w[7]}", name=f"instruct{m}")  # fmt: skip
    if m % 3 == 0:
        yield at(3, "11:00", "transfer", f"{{{b}}}", "--to", "区公安分局", "--content", "线索",
                 name=f"transfer{m}")  # fmt: skip
    if odd:
        yield at(6, "11:00", "answer-demand", f"{{{b}}}", "证照齐全", name=f"answer{m}")
    if m % 4:
        yield at(8, "11:00", "answer-instruct", f"{{{b}}}", "已报")
    if m != 12:
        yield at(15 if odd else 4, "15:00", "resolve", f"{{{b}}}", "--outcome", "已整改")
    # c: serious, decided by a joint meeting
    yield at(2, "09:30", "intake", f"演示: 丙处外墙脱落 {m}", "--severity", "较大", "--community",
             PLACE, name=c)  # fmt: skip
    yield at(2, "09:40", "accept", f"{{{c}}}")
    yield at(2, "09:50", "consult", f"{{{c}}}")
    joint = f"joint{m}"
    yield at(3, "09:00", "meeting", "plan", "联席会议", "--date", f"2026-{w[3]}", "--convener",
             "街道领导", name=joint)  # fmt: skip
    yield at(3, "16:00", "meeting", "minutes", f"{{{joint}}}", "--decision", "先围护后修缮", "--unit",
             CITY, "--due", f"2026-{w[9]}", "--case", f"{{{c}}}")  # fmt: skip
    if m != 11:
        yield at(12 if m in {4, 9} else 9, "16:00", "resolve", f"{{{c}}}", "--outcome", "已修缮")
    # d: grave, to the district
    yield at(3, "09:30", "intake", f"演示: 丁处死鱼 {m}", "--severity", "重大", name=d)
    yield at(3, "09:40", "accept", f"{{{d}}}")
    yield at(5 if m == 7 else 3, "11:30", "refer", f"{{{d}}}", "--to", "生态环境分局", "--content",
             "请查明")  # fmt: skip
    if m % 2 == 0:
        yield at(10, "11:30", "refer-reply", f"{{{d}}}", "--outcome", "已处置")
    # e: a quarrel
    yield at(4, "09:30", "intake", f"演示: 邻里吵架 {m}", "--severity", "一般", "--category",
             "邻里纠纷", name=e)  # fmt: skip
    yield at(4, "09:40", "accept", f"{{{e}}}")
    if m != 6:
        state = ("是", "否", "部分")[m % 3]
        yield at(5, "09:40", "dispute", f"{{{e}}}", "--kind", KINDS[m % 3], "--mediated", state,
                 name=f"dispute{m}")  # fmt: skip
    # s: a service with a limit of its own
    yield at(5, "10:00", "intake", f"演示: 申请 {m}", "--service", "演示登记", "--severity", "一般",
             name=s)  # fmt: skip
    yield at(5, "10:10", "accept", f"{{{s}}}")
    yield at(5, "10:20", "assign", f"{{{s}}}", "--lead", PLACE)
    yield at(5, "10:30", "service", "need", f"{{{s}}}", "--material", "申请表", "--due",
             f"2026-{w[7]}", name=f"need{m}")  # fmt: skip
    if odd:
        yield at(7, "10:30", "service", "got", f"{{{s}}}")
        yield at(7, "10:40", "resolve", f"{{{s}}}", "--outcome", "已办", name=f"done{m}")
    # g: of a grid worker
    yield at(6, "09:00", "intake", f"演示: 井盖 {m}", "--severity", "一般", "--channel", "网格员",
             "--grid", GRID, name=g, by="演示7")  # fmt: skip
    yield at(6, "09:10", *(("accept", f"{{{g}}}") if m % 5 else (
        "decline", f"{{{g}}}", "--reason", "不属实")), name=f"taken{m}")  # fmt: skip


def office(m: int) -> Iterator[Line]:
    """Yield what the room keeps in a month: meetings, numbers, tasks, its log."""
    w = [f"{day:%m-%d}" for day in workdays(m)]
    odd = bool(m % 2)

    def at(n: int, clock: str, *words: str, name: str | None = None) -> Line:
        return Line(f"{w[n]} {clock}", words, name)

    if m != 5:  # not even called in May, called and not held in August
        month = f"month{m}"
        yield at(0, "09:00", "meeting", "plan", "集体会商", "--date", f"2026-{w[0]}", "--convener",
                 "领导小组办公室", name=month)  # fmt: skip
        if odd:
            yield at(0, "09:10", "meeting", "leave", f"{{{month}}}", "p5", "--reason", "培训")
        if m == 2:
            yield at(0, "09:10", "meeting", "attend", f"{{{month}}}", "--invite", "区住建局")
        if m != 8:
            came = ("p1", "p3", *(() if m in {3, 4} else ("p6",)), "p11")
            more = ("--came", "区住建局") if m == 2 else ()
            yield at(0, "16:00", "meeting", "attend", f"{{{month}}}", *came, *more, name=f"came{m}")
    if m % 3 == 0:
        yield at(8, "09:00", "meeting", "plan", "领导小组会议", "--date", f"2026-{w[8]}",
                 "--convener", "常务副组长", name=f"group{m}")  # fmt: skip
        yield at(8, "16:00", "meeting", "attend", f"{{group{m}}}", "p10")
    for week in (5, 10):
        if (m + week) % 4:
            name = f"week{m}.{week}"
            yield at(week, "08:30", "meeting", "plan", "平台协调组例会", "--date", f"2026-{w[week]}",
                     "--platform", "综合执法", "--convener", "平台牵头单位", name=name)  # fmt: skip
            yield at(week, "17:00", "meeting", "attend", f"{{{name}}}", "p2")
    yield at(9, "09:00", "meeting", "task", "add", f"计划 {m}", "--kind", "工作计划", "--unit",
             SAFETY, "--due", f"2026-{w[14]}", name=f"task{m}")  # fmt: skip
    if odd:
        yield at(12, "09:00", "meeting", "task", "done", f"w.{m}", "已印发")
    if m > 1:
        before = f"2026-{m - 1:02}"
        if m != 12:
            for unit, count in ((PLACE, 10 + m), (POLICE, m)):
                yield at(1, "14:00", "groups", "enter", "帮教在册", str(count), "--unit", unit,
                         "--month", before, name=f"groups{m}{unit}")  # fmt: skip
    if m > 3 and m != 8:  # the numbers of March to November, without July
        yield at(3, "14:00", "inspection", "enter", "--month", f"2026-{m - 1:02}", "--kind", "抽检",
                 "--value", f"批次={100 + m}", "--value", f"合格={99 + m}", "--value", "不合格=1",
                 *(("--found", f"演示: 豆芽不合格 {m}") if odd else ()),
                 name=f"inspection{m}")  # fmt: skip
    if m >= 3:
        yield at(2, "17:30", "shift", "note", "区平台来电要数字", "--person", "p8", name=f"note{m}")
        yield at(3, "17:30", "shift", "note", "答应回电", "--promised", f"2026-{w[5]}", "--to",
                 "区平台", name=f"promise{m}")  # fmt: skip
        yield at(3, "18:00", "shift", "handover", "--from", "p8", "--to", "p9", name=f"over{m}")
        if odd:
            yield at(5, "17:00", "shift", "done", str(2 * (m - 2) + (m > 6) + (m > 7)), "已回电")
    yield at(7, "11:30", "patrol", "record", "--grid", GRID, "--member", "p1", "--member", "p6",
             "--member", "p11", "--from", "9:00", "--to", "11:00",
             *(("--kind", "督查") if m in {3, 6} else ()), name=f"patrol{m}")  # fmt: skip


def once() -> Iterator[Line]:
    """Yield what happens once in the year, and what was recorded wrong and taken back."""
    yield Line("04-10 15:00", ("inspection", "enter", "--month", "2026-03", "--kind", "抽检",
               "--value", "批次=110", "--value", "合格=108", "--value", "不合格=2", "--reason",
               "补报"))  # fmt: skip
    # a second instruction on the case of January, in February, answered in June
    yield Line("02-26 15:00", ("instruct", "{b1}", "请再报", "--leader", "演示10"))
    yield Line("06-10 15:00", ("answer-instruct", "{b1}", "再报"))
    yield Line("04-20 15:00", ("transfer-reply", "{b3}", "--outcome", "已立案"))
    yield Line("08-03 15:00", ("transfer-reply", "{b6}", "--receipt", "收文1号"))
    # a report of April that repeats another
    yield Line("04-24 09:00", ("intake", "演示: 邻里又吵架", "--severity", "一般", "--channel", APP,
               "--category", "邻里纠纷"), "x4")  # fmt: skip
    yield Line("04-24 09:10", ("accept", "{x4}"))
    yield Line("04-24 09:20", ("merge", "{x4}", "--into", "{e4}"))
    yield Line("04-24 09:15", ("demand", "{x4}", "请一并答复", "--to", POLICE))
    yield Line("05-20 09:00", ("assign", "{e4}", "--lead", SAFETY))
    yield Line("05-20 09:10", ("resolve", "{e4}", "--outcome", "已调解"))
    yield Line("06-18 09:00", ("feedback", "{x4}", "已回平台", "--to-source"))
    # in August a case goes from one unit to another, in November who had one leaves
    yield Line("08-06 10:00", ("assign", "{a8}", "--lead", MARKET, "--person", "p3"))
    yield Line("11-16 08:00", ("units", "person", "leave", "p4"))
    yield Line("11-30 18:00", ("units", "person", "leave", "p5", "--from", "2026-12-01"))
    yield Line("07-15 08:00", ("shift", "note", "夜里停电", "--at", "2:10", "--date", "2026-07-14"))
    yield Line("12-28 09:00", ("erase", "{a5}", "--basis", "演示", "--yes"))
    # plans are put off and dropped, a meeting is moved into another week
    yield Line("02-20 09:00", ("meeting", "task", "postpone", "w.2", "--due", "2026-04-10", "--reason",
               "顺延"))  # fmt: skip
    yield Line("05-06 09:00", ("meeting", "task", "drop", "w.4", "--reason", "不再需要"))
    yield Line("06-03 09:00", ("meeting", "plan", "平台协调组例会", "--date", "2026-06-05", "--platform",
               "便民服务", "--convener", "平台牵头单位"), "moved")  # fmt: skip
    yield Line(
        "06-03 09:10", ("meeting", "move", "{moved}", "--date", "2026-06-09", "--reason", "改期")
    )
    yield Line("06-09 17:00", ("meeting", "attend", "{moved}", "p11"))
    # words of leaders are not kept for some weeks
    yield Line("09-21 08:00", ("register", "off", "领导批示"))
    yield Line("10-09 08:00", ("register", "on", "领导批示"))
    yield Line("07-20 09:00", ("reopen", "{a6}", "--reason", "又来"))
    yield Line("07-21 09:00", ("resolve", "{a6}", "--outcome", "再次清理"))
    yield from rectified()
    yield from accounted()
    yield from lettered()
    yield Line("12-01 08:00", ("register", "off", "帮教禁毒数字"))


def rectified() -> Iterator[Line]:
    """Yield three weeks of an operation; four of its working days nobody wrote down."""
    who = ("--unit", CITY, "--unit", MARKET, "--person", "p1", "--person", "p3")
    yield Line("04-15 09:00", ("operation", "plan", "夜市整治", "--date", "2026-04-16", "--from", "19:00",
               "--to", "21:00", "--case", "{g4}", *who), "night")  # fmt: skip
    yield Line("04-17 09:00", ("operation", "result", "{night}", "检查 8 家"))
    yield Line("09-04 09:00", ("operation", "plan", "餐饮油烟专项整治", "--date", "2026-09-07", "--until",
               "2026-09-24", "--objects", "60", *who), "smoke")  # fmt: skip
    yield Line("09-04 09:10", ("operation", "stage", "{smoke}", "集中整治", "--date", "2026-09-10",
               "--until", "2026-09-20"))  # fmt: skip
    yield Line(
        "09-04 09:20", ("operation", "people", "{smoke}", "--date", "2026-09-16", "--nobody")
    )
    days = [day for day in workdays(9) if 7 <= day.day <= 24 and day.day != 16]
    for n, day in enumerate(days):
        if n % 3 != 1:
            more = ("--found", f"{GRID}:后厨油烟直排") if n == 5 else ()
            yield Line(f"{day:%m-%d} 20:00", ("operation", "day", "{smoke}", "--checked", str(3 + n),
                       *more), f"day{n}")  # fmt: skip
    yield Line("09-28 09:00", ("operation", "result", "{smoke}", "检查完毕"))


def accounted() -> Iterator[Line]:
    """Yield who was asked to account for what was late, and what the street proposed."""
    about = ("--unit", MARKET, "--text", "多次催办未办")
    yield Line("02-10 09:00", ("accountability", "open", "--lapse", "{b1}.finish", *about), "q1")
    yield Line("02-10 09:10", ("accountability", "ask", "{q1}", "--answer-by", "2026-02-12"))
    yield Line("02-12 09:00", ("accountability", "statement", "{q1}", "--text", "人手不足"))
    yield Line("02-13 09:00", ("accountability", "decide", "{q1}", "--kind", "整改", "--decided-by",
               "演示10", "--text", "限期整改", "--due", "2026-03-10"))  # fmt: skip
    yield Line("03-16 09:00", ("accountability", "result", "{q1}", "--text", "已整改"))
    yield Line("03-17 09:00", ("accountability", "review", "{q1}", "--text", "认定有误"))
    yield Line(
        "03-24 09:00", ("accountability", "review", "{q1}", "--outcome", "维持", "--text", "清楚")
    )
    yield Line("04-20 09:00", ("accountability", "open", "--lapse", "{b3}.finish", *about), "q2")
    yield Line("04-20 09:10", ("accountability", "ask", "{q2}", "--answer-by", "2026-04-22"))
    yield Line("04-24 10:00", ("accountability", "decide", "{q2}", "--kind", "约谈", "--decided-by",
               "演示10", "--text", "约谈"))  # fmt: skip
    yield Line("08-03 09:00", ("accountability", "open", "--lapse", "{b7}.finish", *about), "q3")
    yield Line("08-03 09:10", ("accountability", "ask", "{q3}", "--answer-by", "2026-08-06"))
    yield Line("06-15 09:00", ("accountability", "propose", "--kind", "责任查究", "--to", "区委政法委",
               "--about", "演示公司", "--text", "事实", "--case", "{d5}"), "q4")  # fmt: skip
    yield Line("07-15 09:00", ("accountability", "reply", "{q4}", "--text", "已收悉"))


def lettered() -> Iterator[Line]:
    """Yield the letters of the year: one answered after the appointment, one by half, one not."""
    yield Line("05-11 09:00", ("assess", "ask", MARKET, "--bureau", "区市场监管局", "--about", "任职",
               "--cadre", "演示戊", "--answer-by", "2026-05-20"))  # fmt: skip
    yield Line("05-25 09:00", ("assess", "moved", "l1", "--date", "2026-05-22"))
    yield Line("05-26 09:00", ("assess", "reply", "l1", "--agreed", "--text", "同意"))
    yield Line("11-02 15:00", ("assess", "ask", POLICE, "--bureau", "区公安分局", "--cadre", "p5",
               "--cadre", "演示己", "--answer-by", "2026-11-20"))  # fmt: skip
    yield Line("11-19 15:00", ("assess", "reply", "l2", "--body", "党工委", "--text", "良好"))
    yield Line("11-24 15:00", ("assess", "reply", "l2", "--body", "办事处", "--cadre", "p5",
               "--text", "良好"))  # fmt: skip
    yield Line("11-03 15:00", ("assess", "ask", CITY, "--bureau", "区综合执法局", "--cadre", "p1"))


def assessed(folder: Path) -> Iterator[Line]:
    """Yield three quarters and the year: refused, allowed, still open, approved."""

    def step(when: str, quarter: str, *words: str) -> Line:
        period = ("--year", "2026") if quarter == "year" else ("--quarter", f"2026Q{quarter}")
        return Line(when, ("assess", words[0], *period, *words[1:]))

    for when, quarter in (("04-08", "1"), ("07-08", "2"), ("10-09", "3"), ("2027-01-05", "year")):
        yield step(f"{when} 09:00", quarter, "draft")
        file = folder / f"sheets{quarter}.md"
        yield step(f"{when} 10:00", quarter, "sheet", "-o", str(file))
    yield step("04-09 09:00", "1", "object", "--unit", CITY, "--text", "不符")
    yield Line("04-10 09:00", ("assess", "answer", "y1", "--refused", "--text", "相符"))
    yield step("04-13 09:00", "1", "approve", "--body", "街道党工委会议", "--counts")
    yield step("07-09 09:00", "2", "object", "--unit", MARKET, "--text", "漏记")
    yield Line("07-09 10:00", ("assess", "answer", "y2", "--allowed", "--text", "属实", "--changed",
               "补记反馈"))  # fmt: skip
    yield Line("07-09 11:00", ("feedback", "{b5}", "已告知", "--satisfaction", "5", "--at",
               "2026-06-29T09:00", "--reason", "补记"))  # fmt: skip
    yield step("07-10 09:00", "2", "draft")
    yield step("07-10 10:00", "2", "sheet", "-o", str(folder / "again.md"))
    yield step("09-14 09:00", "2", "approve", "--meeting", "{group9}")
    yield step("10-12 09:00", "3", "object", "--unit", CITY, "--text", "不符")
    yield step("2027-01-06 09:00", "year", "approve", "--body", "街道党工委会议", "--counts")


def taken_back() -> Iterator[Line]:
    """Yield what was recorded wrong in each stream and voided."""
    wrong = ("--reason", "记错")

    def void(when: str, name: str, *words: str, by: tuple[str, ...]) -> Iterator[Line]:
        yield Line(f"{when} 18:00", words, name)
        yield Line(f"{when} 18:10", (*by, f"{{{name}.seq}}", *wrong))

    yield Line("10-29 18:00", ("void", "{b10}", "{demand10.seq}", *wrong))
    yield Line("10-29 18:01", ("void", "{e10}", "{dispute10.seq}", *wrong))
    yield Line("03-25 18:00", ("void", "{b3}", "{answer3.seq}", *wrong))
    yield Line("10-20 18:00", ("meeting", "void", "{came10.seq}", *wrong))
    yield Line("09-30 18:00", ("void", "{a9}", "{hand9.seq}", *wrong))
    yield Line("12-10 18:00", ("void", "{s9}", "{done9.seq}", *wrong))
    yield Line("12-10 18:10", ("void", "{g10}", "{taken10.seq}", *wrong))
    yield from void("06-16", "quarrel", "dispute", "{e3}", "--kind", "合同", "--mediated", "否",
                    by=("void", "{e3}"))  # fmt: skip
    yield Line("06-17 18:00", ("dispute", "{e2}", "--kind", "合同", "--mediated", "部分"))
    yield from void("05-21", "more", "inspection", "enter", "--month", "2026-04", "--kind", "抽检",
                    "--value", "批次=500", *wrong, by=("inspection", "void"))  # fmt: skip
    yield from void("06-01", "off", "register", "off", "附件", by=("register", "void"))
    yield from void("06-02", "plan", "meeting", "plan", "平台协调组例会", "--date", "2026-06-03",
                    "--platform", "市场监管", "--convener", "平台牵头单位", by=("meeting", "void"))  # fmt: skip
    yield from void("07-06", "count", "groups", "enter", "帮教走访", "7", "--unit", PLACE, "--month",
                    "2026-06", by=("groups", "void"))  # fmt: skip
    yield from void("07-06", "quick", "inspection", "enter", "--month", "2026-06", "--kind", "快速检测",
                    "--value", "批次=9", by=("inspection", "void"))  # fmt: skip
    yield from void("09-08", "told", "operation", "day", "{smoke}", "--checked", "99",
                    by=("operation", "void"))  # fmt: skip
    yield from void("06-08", "said", "shift", "note", "记错的", "--promised", "2026-06-09",
                    by=("shift", "void"))  # fmt: skip
    yield from void("06-09", "walk", "patrol", "record", "--grid", GRID, "--member", "p1", "--member",
                    "p6", "--member", "p11", "--from", "9:00", "--to", "10:00",
                    by=("patrol", "void"))  # fmt: skip
    yield from void("08-10", "asked", "accountability", "open", "--lapse", "{b5}.finish", "--unit",
                    MARKET, "--text", "记错", by=("accountability", "void"))  # fmt: skip
    yield from void("11-09", "letter", "assess", "ask", "司法所", "--bureau", "区司法局", "--cadre",
                    "演示庚", by=("assess", "void"))  # fmt: skip
    yield from void("11-10", "away", "duty", "leave", "p2", "--from", "2026-11-16", "--reason", "病假",
                    by=("duty", "void"))  # fmt: skip


# --- the recount -----------------------------------------------------------------------------

YEAR = ("2026-01-01", "2026-12-31")


def months() -> Iterator[tuple[str, str, str]]:
    for month in range(1, 13):
        last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        yield f"2026-{month:02}", f"2026-{month:02}-01", last.isoformat()


def what_waited(probe: Probe, then: Count) -> None:
    """The list of the moment is what was late and owed, nothing more and nothing less."""
    said = probe.said["overdue",]["items"]
    found = Counter((i["kind"], i["number"], i["due"] and i["due"][:10]) for i in said
                    if i["kind"] not in OTHER and i["workdays_left"] is None
                    or i["kind"] in {"instruction", "demand", "transfer"})  # fmt: skip
    assert found == then.waits(instant(probe.when)), probe.when
    for item in said:
        if item["workdays_late"] is not None:
            due = date.fromisoformat(item["due"][:10])
            late = yearcount.worked(due, date.fromisoformat(probe.when[:10]))
            assert item["workdays_late"] == late, item


#: what waits and is in no register, nor any limit
OTHER = {
    "due_soon",
    "unassigned",
    "unsigned",
    "feedback",
    "district",
    "decision",
    "emergency",
    "grade",
}


def instant(when: str) -> str:
    return when.replace(" ", "T")


def what_was_handed_over(events: list[dict[str, Any]]) -> None:
    """What stood at a handover of the room is what the ledger held the moment before."""
    over = Count(events).of("shift_handed_over")
    assert over
    for event in over:
        then = Count(events, event["seq"] - 1)
        late = {number for (kind, number, _) in then.waits(event["at"]) if kind in LIMITS}
        counts = event["facts"]["counts"]
        assert set(event["facts"]["listed"].get("late", ())) == late, event["at"]
        assert (counts["late"], counts["promised"]) == (len(late), len(then.promised()))
        waiting = [case for case in then.cases.values() if not case.of("accepted", "declined")]
        assert counts["accept"] == len(waiting), event["at"]


LIMITS = {"accept", "refer", "finish", "ceiling"}


def what_was_kept(probe: Probe, then: Count) -> None:
    """What the lists of the registers said of the present at a moment of the year."""
    today = date.fromisoformat(probe.when[:10])
    missing = probe.said["meeting", "missing", "--year", "2026"]
    assert {(r["kind"], r["platform"] or "", r["from"]) for r in missing} == then.missed(
        date(2026, 1, 1), today, today), probe.when  # fmt: skip
    rows = probe.said["groups", "list"]
    assert sorted((r["month"], r["unit"], r["measure"], r["count"]) for r in rows) == then.groups()
    totals = {(r["month"], r["kind"]): (r["values"], r["corrected"])
              for r in probe.said["inspection", "list"]}  # fmt: skip
    assert totals == then.inspections()
    if "shifts" in then.begun:
        listed = {d["date"]: (d["entries"], d["handovers"])
                  for d in probe.said["shift", "list"]["days"]}  # fmt: skip
        assert listed == then.shift_days(probe.when[:7], today)
    kept = sorted(r["promised"] for r in probe.said["shift", "promised"])
    assert kept == sorted(then.promised())
    owes = Counter((r["number"], r["due"]) for r in probe.said["service", "owes"])
    assert owes == Counter(
        (case.number, each["due"]) for case in then.cases.values() if case.open
        for (kind, _), each in case.owed().items()
        if kind == "material" and each["answered"] is None
    )  # fmt: skip
    since = {r["key"]: r["since"] for r in probe.said["register", "list"] if r["since"]}
    assert since == then.begun
    waiting = {r["id"] for r in probe.said["assess", "letters"] if r["state"] == "来函未复"}
    assert waiting == {letter for letter in then.letters() if then.letter_open(letter)}
    tasks = {r["task"] for r in probe.said["meeting", "task", "list"]}
    assert tasks == set(then.tasks())


def what_a_report_says(
    desk: Desk, now: Count, period: tuple[str, ...], first: str, last: str
) -> None:
    said = desk.read("report", *period)
    for name, n in now.totals(first, last).items():
        assert said["totals"][name] == n, (period, name)
    assert (said["totals"]["open"], said["totals"]["overdue"]) == now.stock(last), period
    for rate, clock in (("accept_on_time", "accept"), ("finish_on_time", "finish"),
                        ("refer_on_time", "refer")):  # fmt: skip
        pair = said["rates"][rate]["n"], said["rates"][rate]["d"]
        assert pair == now.met(clock, first, last), (period, rate)
    kept = {key: (each["n"], each["d"], each["since"]) for key, each in said["registers"].items()}
    again = {}
    for key in ("sources", "instructions", "demands", "transfers"):
        if (since := now.begun[key]) <= last:
            start = max(since, first)
            pair = now.results(start, last) if key == "sources" else now.answered(
                key.removesuffix("s"), start, last)  # fmt: skip
            again[key] = (*pair, since)
    assert kept == again, period
    sums: Counter[str] = Counter()
    for (month, _), (values, _) in now.inspections().items():
        if first[:7] <= month <= last[:7]:
            sums.update(values)
    rows = said.get("inspections", {"rows": []})["rows"]
    assert {
        r["measure"]: r["n"] for r in rows if r["kind"] == "抽检" and r["n"] is not None
    } == sums
    services = [case for case in now.cases.values() if case.first.get("service")
                and first <= case.events[0]["at"][:10] <= last]  # fmt: skip
    assert sum(r["received"] for r in said["services"]["rows"]) == len(services)
    done = [c for c in now.cases.values() if c.first.get("service") and not c.open
            and first <= c.at("resolved")[:10] <= last]  # fmt: skip
    assert sum(r["done"] for r in said["services"]["rows"]) == len(done)


def what_was_attended(
    desk: Desk, now: Count, period: tuple[str, ...], first: str, last: str
) -> None:
    said = desk.read("meeting", "attendance", *period, "--kind", "集体会商")
    found = Counter({key: sum(unit[key] for unit in said["units"])
                     for key in ("due", "present", "excused", "absent")})  # fmt: skip
    assert found == now.seats(first, last), period
    quarrels = desk.read("disputes", *period)
    found = Counter()
    for row in quarrels["kinds"]:
        for key, state in (("mediated", "yes"), ("partly", "partly"), ("not_mediated", "no")):
            found[row["kind"], state] += row[key] or 0
    again = now.disputes(first, last)
    assert quarrels["unrecorded"] == again.pop((None, None), 0), period
    assert found == again, period


def what_units_came_to(desk: Desk, now: Count, month: str, first: str, last: str) -> None:
    said = {one["name"]: one for one in desk.read("assess", "show", "--month", month)["subjects"]}
    for unit in (CITY, MARKET, PLACE):
        rate = said[unit]["rates"]["finish_on_time"]
        assert (rate["n"], rate["d"]) == now.met("finish", first, last, unit), (month, unit)
        people = {one["id"]: (one["cases"], one["open"], one["resolved"])
                  for one in said[unit].get("persons") or ()}  # fmt: skip
        assert people == now.persons(unit, first, last), (month, unit)
    rate = said[ROOM]["rates"]["accept_on_time"]
    assert (rate["n"], rate["d"]) == now.met("accept", first, last), month
    grids = desk.read("units", "grids", "--month", month)
    (mine,) = [row for row in grids if row["level"] == "grid" and row["grid"] == GRID]
    reports = [c for c in now.cases.values() if c.first.get("grid") == GRID
               and c.first["channel"] == "网格员" and first <= c.events[0]["at"][:10] <= last]  # fmt: skip
    walks = [e for e in now.facts("patrolled") if first <= e["day"] <= last
             and e.get("sort", "巡查") == "巡查"]  # fmt: skip
    accepted = sum(bool(case.of("accepted")) for case in reports)
    assert (mine["reports"], mine["valid"]["n"], mine["patrols"]) == (
        len(reports), accepted, len(walks)), month  # fmt: skip


def what_registers_show(desk: Desk, events: list[dict[str, Any]], probes: list[Probe]) -> None:
    """The lists with ``--as-of`` say of the middle of the year what it was."""
    for probe in (*probes[::3], Probe(AFTER, desk.last(), {})):
        then = Count(events, probe.seq)
        for register, kind in (("领导批示", "instruction"), ("协办要求", "demand"),
                               ("行刑衔接", "transfer")):  # fmt: skip
            rows = desk.read("register", "show", register, "--all", "--as-of", probe.when)
            assert Counter((r["number"], r["n"], r["answered_at"]) for r in rows) == Counter(
                (case.number, n, each["answered"]) for case in then.cases.values()
                for (what, n), each in case.owed().items() if what == kind
            ), (register, probe.when)  # fmt: skip
        rows = desk.read("register", "show", "附件", "--all", "--as-of", probe.when)
        assert len(rows) == len(then.of("enclosed"))
        rows = desk.read("accountability", "list", "--as-of", probe.when)
        assert {r["id"] for r in rows} == set(then.accounts()), probe.when
        for row in rows:
            steps = then.accounts()[row["id"]]
            assert row["decided"] == steps.get("accountability_decided", {}).get("day")
            assert row["stated"] == steps.get("statement_given", {}).get("day")


def what_was_assessed(desk: Desk, now: Count) -> None:
    """How far each period went, and of which agency no letter came."""
    again = now.procedures()
    said = desk.read("assess", "procedure")
    assert {f"{row['from']} {row['to']}" for row in said} == set(again)
    for row in said:
        own = again[f"{row['from']} {row['to']}"]
        assert (row["draft"], row["objections"], row["allowed"], row["approved"]) == (
            own["draft"], own["objections"], own["allowed"], own["approved"])  # fmt: skip
        assert row["open_objections"] == own["objections"] - own["answered"]
        assert row["sheets"] == row["units"] == len(own["units"])
    letters = desk.read("assess", "letters", "--year", "2026")
    agencies = {unit["name"] for unit in desk.read("units", "list", "--kind", "agency")}
    asked = {each["agency"] for each in now.letters().values() if each["about"] == "年度考核意见"}
    assert {r["agency"] for r in letters if r["state"] == "未来函"} == agencies - asked
    for row in letters:
        if row["state"] == "来函未复":
            since = date.fromisoformat(row["asked"])
            assert row["age"] == yearcount.worked(since, date(2027, 1, 7))
    (late,) = [row for row in letters if row["moved"]]
    assert late["prior"] == ["同意晚于任免"]
    assert late["party"][0] > late["moved"][0]


def what_was_approved(desk: Desk, now: Count) -> None:
    """The approved figures are those of the draft on record, whatever was recorded later."""
    for subject, period in (("2026-01-01 2026-03-31", ("--quarter", "2026Q1")),
                            ("2026-04-01 2026-06-30", ("--quarter", "2026Q2"))):  # fmt: skip
        drafted = [e for e in now.of("assessment_drafted") if e["subject"].endswith(subject)][-1]
        then = Count(now.events, drafted["facts"]["seq"])
        first, last = subject.split()
        said = desk.read("assess", "show", *period)
        assert said["procedure"]["state"] == "审定"
        by_name = {one["name"]: one for one in said["subjects"]}
        for unit in (CITY, MARKET, PLACE):
            rate = by_name[unit]["rates"]["finish_on_time"]
            assert (rate["n"], rate["d"]) == then.met("finish", first, last, unit), (period, unit)


def recounted(desk: Desk, events: list[dict[str, Any]], probes: list[Probe]) -> None:
    now = Count(events)
    for probe in probes:
        then = Count(events, probe.seq)
        what_waited(probe, then)
        what_was_kept(probe, then)
    for month, first, last in months():
        what_a_report_says(desk, now, ("--month", month), first, last)
        what_was_attended(desk, now, ("--month", month), first, last)
        if month in {"2026-01", "2026-03", "2026-06", "2026-08", "2026-11"}:
            what_units_came_to(desk, now, month, first, last)
    for period in (("--quarter", "2026Q1"), ("--quarter", "2026Q4"), ("--year", "2026")):
        first = "2026-10-01" if period[1] == "2026Q4" else YEAR[0]
        last = "2026-03-31" if period[1] == "2026Q1" else YEAR[1]
        what_a_report_says(desk, now, period, first, last)
        what_was_attended(desk, now, period, first, last)
    what_registers_show(desk, events, probes)
    what_was_handed_over(events)
    middle = probes[3]
    as_of = ("--month", "2026-05", "--as-of", middle.when)
    what_a_report_says(desk, Count(events, middle.seq), as_of, "2026-05-01", "2026-05-31")
    what_was_assessed(desk, now)
    what_was_approved(desk, now)
    smoke = desk.read("operation", "show", "o2")
    told = sorted(day["date"] for day in smoke["days"])
    assert (smoke["checked"], told, smoke["unrecorded"]) == now.operation("o2", date(2027, 1, 7))


def test_a_year_at_the_street(call: Runner, ledger: Path, tmp_path: Path) -> None:
    desk = Desk(call, ledger)
    probes: list[Probe] = []
    for line in story(tmp_path):
        while len(probes) < len(PROBES) and PROBES[len(probes)] < full(line.when):
            probes.append(desk.probe(PROBES[len(probes)]))
        desk.take(line)
    desk.do(AFTER, "export", "events", "-o", str(tmp_path / "events.jsonl"))
    recounted(desk, yearcount.exported(tmp_path / "events.jsonl"), probes)
    assert desk.read("verify")["ok"]
    desk.do(AFTER, "rebuild", "--check")

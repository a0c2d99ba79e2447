"""An invented year at a street: every step of it, in all registers, with its moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from sixping.workdays import load_calendar

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
CALENDAR = load_calendar()


class Line(NamedTuple):
    """One step of the story: when, what; ``name`` is what later lines call the result by."""

    when: str  # 03-02 09:00
    words: tuple[str, ...]
    name: str | None = None
    by: str = "演示台"


def full(when: str) -> str:
    """Return a moment with its year: 2026 unless it is written."""
    return when if len(when) > len("03-02 09:00") else f"2026-{when}"


def workdays(month: int) -> list[date]:
    days = (date(2026, month, 1) + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == month and CALENDAR.is_workday(day)]


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


def steps(m: int) -> Callable[..., Line]:
    """Return how a step of a month is written: on its nth working day, at a time."""
    w = [f"{day:%m-%d}" for day in workdays(m)]

    def at(n: int, clock: str, *words: str, name: str | None = None, by: str = "演示台") -> Line:
        return Line(f"{w[n]} {clock}", words, name, by)

    return at


def cases(m: int, folder: Path) -> Iterator[Line]:
    """Yield an ordinary month: matters of all grades, some of them late."""
    yield from settled(m, folder)
    yield from asked(m)
    yield from grave(m)
    yield from quarrels(m)


def settled(m: int, folder: Path) -> Iterator[Line]:
    """Yield one in time, handed over; its source is answered in odd months only."""
    at = steps(m)
    a, odd, kept = f"a{m}", bool(m % 2), m >= 3
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


def asked(m: int) -> Iterator[Line]:
    """Yield one late in odd months; asked of another unit, instructed, transferred."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    b, odd, kept = f"b{m}", bool(m % 2), m >= 3
    yield at(
        1,
        "10:00",
        "intake",
        f"演示: 乙处油烟 {m}",
        "--severity",
        "一般",
        "--community",
        PLACE,
        name=b,
    )
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


def grave(m: int) -> Iterator[Line]:
    """Yield a serious one that a meeting decides, and a grave one for the district."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    c, d = f"c{m}", f"d{m}"
    yield at(2, "09:30", "intake", f"演示: 丙处外墙脱落 {m}", "--severity", "较大", "--community",
             PLACE, name=c)  # fmt: skip
    yield at(2, "09:40", "accept", f"{{{c}}}")
    yield at(2, "09:50", "consult", f"{{{c}}}")
    joint = f"joint{m}"
    yield at(3, "09:00", "meeting", "plan", "联席会议", "--date", f"2026-{w[3]}", "--convener",
             "街道领导", name=joint)  # fmt: skip
    yield at(
        3,
        "16:00",
        "meeting",
        "minutes",
        f"{{{joint}}}",
        "--decision",
        "先围护后修缮",
        "--unit",
        CITY,
        "--due",
        f"2026-{w[9]}",
        "--case",
        f"{{{c}}}",
    )
    if m != 11:
        yield at(12 if m in {4, 9} else 9, "16:00", "resolve", f"{{{c}}}", "--outcome", "已修缮")
    # d: grave, to the district
    yield at(3, "09:30", "intake", f"演示: 丁处死鱼 {m}", "--severity", "重大", name=d)
    yield at(3, "09:40", "accept", f"{{{d}}}")
    yield at(5 if m == 7 else 3, "11:30", "refer", f"{{{d}}}", "--to", "生态环境分局", "--content",
             "请查明")  # fmt: skip
    if m % 2 == 0:
        yield at(10, "11:30", "refer-reply", f"{{{d}}}", "--outcome", "已处置")


def quarrels(m: int) -> Iterator[Line]:
    """Yield a quarrel, a service with a limit of its own, the report of a grid worker."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    e, s, g, odd = f"e{m}", f"s{m}", f"g{m}", bool(m % 2)
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
    yield from meetings(m)
    yield from numbers(m)
    yield from log_of(m)


def meetings(m: int) -> Iterator[Line]:
    """Yield the meetings of a month: none in May, in August one that nobody held."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    odd = bool(m % 2)
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
            yield at(
                week,
                "08:30",
                "meeting",
                "plan",
                "平台协调组例会",
                "--date",
                f"2026-{w[week]}",
                "--platform",
                "综合执法",
                "--convener",
                "平台牵头单位",
                name=name,
            )
            yield at(week, "17:00", "meeting", "attend", f"{{{name}}}", "p2")


def numbers(m: int) -> Iterator[Line]:
    """Yield plans, the numbers of units and of inspections; July has none."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    odd = bool(m % 2)
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


def log_of(m: int) -> Iterator[Line]:
    """Yield the log of the room, and a patrol."""
    w, at = [f"{day:%m-%d}" for day in workdays(m)], steps(m)
    odd = bool(m % 2)
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
    yield Line(
        "02-20 09:00",
        ("meeting", "task", "postpone", "w.2", "--due", "2026-04-10", "--reason", "顺延"),
    )
    yield Line("05-06 09:00", ("meeting", "task", "drop", "w.4", "--reason", "不再需要"))
    yield Line(
        "06-03 09:00",
        (
            "meeting",
            "plan",
            "平台协调组例会",
            "--date",
            "2026-06-05",
            "--platform",
            "便民服务",
            "--convener",
            "平台牵头单位",
        ),
        "moved",
    )
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
    yield Line(
        "04-15 09:00",
        (
            "operation",
            "plan",
            "夜市整治",
            "--date",
            "2026-04-16",
            "--from",
            "19:00",
            "--to",
            "21:00",
            "--case",
            "{g4}",
            *who,
        ),
        "night",
    )
    yield Line("04-17 09:00", ("operation", "result", "{night}", "检查 8 家"))
    yield Line(
        "09-04 09:00",
        (
            "operation",
            "plan",
            "餐饮油烟专项整治",
            "--date",
            "2026-09-07",
            "--until",
            "2026-09-24",
            "--objects",
            "60",
            *who,
        ),
        "smoke",
    )
    yield Line("09-04 09:10", ("operation", "stage", "{smoke}", "集中整治", "--date", "2026-09-10",
               "--until", "2026-09-20"))  # fmt: skip
    yield Line(
        "09-04 09:20", ("operation", "people", "{smoke}", "--date", "2026-09-16", "--nobody")
    )
    days = [day for day in workdays(9) if 7 <= day.day <= 24 and day.day != 16]
    for n, day in enumerate(days):
        if n % 3 != 1:
            more = ("--found", f"{GRID}:后厨油烟直排") if n == 5 else ()
            yield Line(
                f"{day:%m-%d} 20:00",
                ("operation", "day", "{smoke}", "--checked", str(3 + n), *more),
                f"day{n}",
            )
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
    yield Line(
        "06-15 09:00",
        (
            "accountability",
            "propose",
            "--kind",
            "责任查究",
            "--to",
            "区委政法委",
            "--about",
            "演示公司",
            "--text",
            "事实",
            "--case",
            "{d5}",
        ),
        "q4",
    )
    yield Line("07-15 09:00", ("accountability", "reply", "{q4}", "--text", "已收悉"))


def lettered() -> Iterator[Line]:
    """Yield the letters of the year: one answered after the appointment, one by half, one not."""
    yield Line(
        "05-11 09:00",
        (
            "assess",
            "ask",
            MARKET,
            "--bureau",
            "区市场监管局",
            "--about",
            "任职",
            "--cadre",
            "演示戊",
            "--answer-by",
            "2026-05-20",
        ),
    )
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
    yield from void(
        "06-02",
        "plan",
        "meeting",
        "plan",
        "平台协调组例会",
        "--date",
        "2026-06-03",
        "--platform",
        "市场监管",
        "--convener",
        "平台牵头单位",
        by=("meeting", "void"),
    )
    yield from void(
        "07-06",
        "count",
        "groups",
        "enter",
        "帮教走访",
        "7",
        "--unit",
        PLACE,
        "--month",
        "2026-06",
        by=("groups", "void"),
    )
    yield from void(
        "07-06",
        "quick",
        "inspection",
        "enter",
        "--month",
        "2026-06",
        "--kind",
        "快速检测",
        "--value",
        "批次=9",
        by=("inspection", "void"),
    )
    yield from void("09-08", "told", "operation", "day", "{smoke}", "--checked", "99",
                    by=("operation", "void"))  # fmt: skip
    yield from void("06-08", "said", "shift", "note", "记错的", "--promised", "2026-06-09",
                    by=("shift", "void"))  # fmt: skip
    yield from void(
        "06-09",
        "walk",
        "patrol",
        "record",
        "--grid",
        GRID,
        "--member",
        "p1",
        "--member",
        "p6",
        "--member",
        "p11",
        "--from",
        "9:00",
        "--to",
        "10:00",
        by=("patrol", "void"),
    )
    yield from void("08-10", "asked", "accountability", "open", "--lapse", "{b5}.finish", "--unit",
                    MARKET, "--text", "记错", by=("accountability", "void"))  # fmt: skip
    yield from void("11-09", "letter", "assess", "ask", "司法所", "--bureau", "区司法局", "--cadre",
                    "演示庚", by=("assess", "void"))  # fmt: skip
    yield from void(
        "11-10",
        "away",
        "duty",
        "leave",
        "p2",
        "--from",
        "2026-11-16",
        "--reason",
        "病假",
        by=("duty", "void"),
    )

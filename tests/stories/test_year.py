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

from tests.conftest import Result, Runner
from tests.kit import yearcount
from tests.kit.yearcount import Count
from tests.kit.yearstory import CITY, GRID, MARKET, PLACE, ROOM, Line, full, story

AFTER = "2027-01-07 09:00"
PROBES = (
    "2026-02-12 12:00",
    "2026-03-31 18:00",
    "2026-05-24 12:00",
    "2026-06-30 18:00",
    "2026-08-20 12:00",
    "2026-09-24 12:00",
    "2026-11-18 18:00",
    "2026-12-15 12:00",
    "2026-12-31 18:00",
)
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


class Probe(NamedTuple):
    """What commands without ``--as-of`` answered at a moment of the year."""

    when: str
    seq: int
    said: dict[tuple[str, ...], Any]


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


# --- the recount -----------------------------------------------------------------------------


def months() -> Iterator[tuple[str, str, str]]:
    for month in range(1, 13):
        last = date(2026 + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        yield f"2026-{month:02}", f"2026-{month:02}-01", last.isoformat()


def what_waited(probe: Probe, then: Count) -> None:
    """The list of the moment is what was late and owed, nothing more and nothing less."""
    said = probe.said["overdue",]["items"]
    found = Counter((i["kind"], i["number"], i["due"] and i["due"][:10]) for i in said
                    if (i["kind"] not in OTHER and i["workdays_left"] is None)
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
    if rows:
        assert said["inspections"]["without_case"] == now.failures(first, last), period
    services = [case for case in now.cases.values() if case.first.get("service")
                and first <= case.events[0]["at"][:10] <= last]  # fmt: skip
    assert sum(r["received"] for r in said["services"]["rows"]) == len(services)
    done = [c for c in now.cases.values() if c.first.get("service") and not c.open
            and first <= (c.at("resolved") or "")[:10] <= last]  # fmt: skip
    served = said["services"]["rows"]
    assert sum(r["done"] for r in served) == len(done)
    pair = sum(r["on_time"] for r in served), sum(r["due"] for r in served)
    assert pair == now.served(first, last), period


def what_was_attended(
    desk: Desk, now: Count, period: tuple[str, ...], first: str, last: str
) -> None:
    said = desk.read("meeting", "attendance", *period, "--kind", "集体会商")
    found = Counter({key: sum(unit[key] for unit in said["units"])
                     for key in ("due", "present", "excused", "absent")})  # fmt: skip
    assert found == now.seats(first, last), period
    quarrels = desk.read("disputes", *period)
    kinds: Counter[tuple[str | None, str | None]] = Counter()
    for row in quarrels["kinds"]:
        for key, state in (("mediated", "yes"), ("partly", "partly"), ("not_mediated", "no")):
            kinds[row["kind"], state] += row[key] or 0
    again = now.disputes(first, last)
    assert quarrels["unrecorded"] == again.pop((None, None), 0), period
    assert kinds == again, period


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
    reports = [
        c
        for c in now.cases.values()
        if c.first.get("grid") == GRID
        and c.first["channel"] == "网格员"
        and first <= c.events[0]["at"][:10] <= last
    ]
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
    for period, first, last in (
        (("--quarter", "2026Q1"), "2026-01-01", "2026-03-31"),
        (("--quarter", "2026Q4"), "2026-10-01", "2026-12-31"),
        (("--year", "2026"), "2026-01-01", "2026-12-31"),
    ):
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
    for words in (("report", "--year", "2026"), ("assess", "show", "--year", "2026"), ("overdue",)):
        pages = [desk.do(AFTER, *words, "--format", "md").out for _ in range(2)]
        assert pages[0] == pages[1], words
    assert desk.read("verify")["ok"]
    desk.do(AFTER, "rebuild", "--check")

"""Another count of a year's registers, from exported events and no fold of the program.

Only the calendar of working days is shared. ``Count(events, seq)`` is the ledger as it stood after
an entry; moments are texts such as ``2026-06-30T18:00:00+08:00``, which sort as they follow.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sixping.workdays import load_calendar

CALENDAR = load_calendar()
PLATFORMS = ("综合治理", "市场监管", "综合执法", "便民服务")
ROOM = "综合信息指挥室"
SOURCES = {"掌上基层APP"}  # of the story's channels the one that has to be answered
ENDS = {"resolved", "refer_replied", "declined", "merged"}
OWED = {"instructed": "instruction", "demanded": "demand", "justice_transferred": "transfer",
        "material_owed": "material"}  # fmt: skip
KEPT = {"instruction": "instructions", "demand": "demands", "transfer": "transfers",
        "material": "services", "source_feedback": "sources", "promised": "shifts",
        "person_left": "persons", "accountability": "accountability", "opinion": "opinions",
        "consent": "opinions"}  # fmt: skip
PAID = {"instruction_answered": "instruction", "demand_answered": "demand",
        "transfer_replied": "transfer", "material_received": "material"}  # fmt: skip


def exported(path: Path) -> list[dict[str, Any]]:
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if "stream" in line]


def days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def worked(first: date, last: date) -> int:
    """Return how many working days follow the first, to the last."""
    return sum(CALENDAR.is_workday(day) for day in days(first + timedelta(days=1), last))


class Case:
    """What one case had come to."""

    def __init__(self, number: str) -> None:
        self.number, self.events = number, list[dict[str, Any]]()

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] in kinds]

    def at(self, *kinds: str) -> str | None:
        found = self.of(*kinds)
        return found[-1]["at"] if found else None

    @property
    def first(self) -> dict[str, Any]:
        return self.events[0]["facts"]  # type: ignore[no-any-return]

    @property
    def open(self) -> bool:
        ended, again = self.at(*ENDS), self.at("reopened")
        return ended is None or bool(again and again > ended)

    @property
    def lead(self) -> str | None:
        found = self.of("assigned", "decided")
        return found[-1]["facts"]["lead"] if found else None

    def clocks(self) -> Iterator[tuple[str, str, str | None]]:
        """Yield each limit that ran: kind, due, when it was met."""
        for event in self.of("reported", "decided", "reopened"):
            for kind, due, *_ in event["facts"]["dues"]:
                stops = {"accept": ("accepted", "declined"), "refer": ("referred",)}.get(kind, ENDS)
                met = [e["at"] for e in self.of(*stops) if e["at"] >= event["at"]]
                dropped = kind in {"finish", "ceiling"} and self.of("declined", "merged")
                if not dropped:
                    yield kind, due, met[0] if met else None

    def hands(self) -> Iterator[tuple[str, str, str, str, bool]]:
        """Yield in whose hands it was: unit, who, from, until, whether he settled it."""
        lead, who, since = "", None, ""
        for event in self.of("assigned", "decided", "handed_over", "reopened", *ENDS):
            kind = event["kind"]
            if who and since and kind != "reopened":
                yield lead, who, since, event["at"], kind in ENDS
            if kind in {"assigned", "decided", "handed_over"}:
                who = event["facts"].get("person")
                lead = event["facts"].get("lead", lead)
            since = "" if kind in ENDS else event["at"]
        if who and since:
            yield lead, who, since, "9", False

    def owed(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Return what was asked for on it: when, by which day, when it was answered."""
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for event in self.events:
            facts = event["facts"]
            if kind := OWED.get(event["kind"]):
                due = facts.get("due") or facts.get("answer_by")
                found[kind, facts["n"]] = {"at": event["at"], "due": due, "answered": None,
                                           "to": facts.get("to")}  # fmt: skip
            kind = PAID.get(event["kind"], "")
            if kind and (kind != "transfer" or facts.get("ended")):
                found[kind, facts["n"]]["answered"] = event["at"]
        return found


def met_of(cases: Iterable[Case], clock: str, first: str, last: str) -> tuple[int, int]:
    """Return how many limits of cases that ended in a period were met, and how many ended."""
    ended = [
        met is not None and met <= due
        for case in cases
        for kind, due, met in case.clocks() if kind == clock and first <= due[:10] <= last
    ]  # fmt: skip
    return sum(ended), len(ended)


class Count:
    """The registers after an entry of the ledger."""

    def __init__(self, events: list[dict[str, Any]], seq: int | None = None) -> None:
        known = [event for event in events if seq is None or event["seq"] <= seq]
        self.raw = known
        gone = {event["facts"]["seq"] for event in known if event["kind"] == "voided"}
        self.events = [e for e in known if e["seq"] not in gone and e["kind"] != "voided"]
        self.begun: dict[str, str] = {}
        for event in self.of("register_opened", "register_closed"):
            self.begun.pop(event["subject"], None)
            if event["kind"] == "register_opened":
                self.begun[event["subject"]] = event["facts"]["day"]
        self.cases: dict[str, Case] = {}
        for event in self.events:
            if event["stream"] == "case":
                self.cases.setdefault(event["subject"], Case(event["subject"])).events.append(event)

    def of(self, *kinds: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] in kinds]

    def facts(self, *kinds: str) -> list[dict[str, Any]]:
        return [event["facts"] for event in self.of(*kinds)]

    # --- cases in a period ---------------------------------------------------------------

    def totals(self, first: str, last: str) -> dict[str, int]:
        """Count the steps of a period, given by its first and last day."""
        done = Counter(
            event["kind"] for event in self.events
            if event["stream"] == "case" and first <= event["at"][:10] <= last
        )  # fmt: skip
        return {
            "received": done["reported"], "accepted": done["accepted"],
            "declined": done["declined"], "merged": done["merged"], "referred": done["referred"],
            "reopened": done["reopened"], "resolved": done["resolved"] + done["refer_replied"],
        }  # fmt: skip

    def met(self, clock: str, first: str, last: str, unit: str | None = None) -> tuple[int, int]:
        """Return how many limits that ended in a period were met, and how many ended."""
        own = (case for case in self.cases.values() if unit in (None, case.lead))
        return met_of(own, clock, first, last)

    def served(self, first: str, last: str) -> tuple[int, int]:
        """Return the same of finishing the applications for an item of service."""
        own = (case for case in self.cases.values() if case.first.get("service"))
        return met_of(own, "finish", first, last)

    def answered(self, kind: str, first: str, last: str) -> tuple[int, int]:
        """Return how many of what was asked for in a period are answered, and how many were."""
        found = [
            each["answered"] is not None
            for case in self.cases.values() for (what, _), each in case.owed().items()
            if what == kind and first <= each["at"][:10] <= last
        ]  # fmt: skip
        return sum(found), len(found)

    def settled(self, case: Case) -> str | None:
        """Return when a report had its result: of what was merged, that of the main case."""
        merged = case.of("merged")
        main = self.cases[merged[-1]["facts"]["into"]] if merged else case
        return None if main.open else main.at("resolved")

    def told(self, case: Case) -> str:
        """Return when the source of a report was last told: it stands on the main case."""
        return max(
            (
                event["at"]
                for event in self.of("source_answered")
                if (event["facts"].get("to") or event["subject"]) == case.number
            ),
            default="",
        )

    def results(self, first: str, last: str) -> tuple[int, int]:
        """Return how many results that the source must hear of were told it."""
        told = [
            self.told(case) > done
            for case in self.cases.values() if case.first["channel"] in SOURCES
            for done in [self.settled(case)] if done and first <= done[:10] <= last
        ]  # fmt: skip
        return sum(told), len(told)

    def stock(self, last: str) -> tuple[int, int]:
        """Return how many cases were open at the end of a day, and how many of them late."""
        end = f"{last}T23:59:59"
        then = Count([event for event in self.raw if event["recorded_at"] <= end])
        held = [case for case in then.cases.values() if case.open]
        late = [any(met is None and due < end for _, due, met in case.clocks()) for case in held]
        return len(held), sum(late)

    def persons(self, unit: str, first: str, last: str) -> dict[str, tuple[int, int, int]]:
        """Return of each person of a unit: cases he had in a period, has at its end, settled."""
        found: dict[str, list[int]] = {}
        for case in self.cases.values():
            spells = [
                (who, since, until, settled) for lead, who, since, until, settled in case.hands()
                if lead == unit and since[:10] <= last and until[:10] >= first
            ]  # fmt: skip
            for who in {spell[0] for spell in spells}:
                mine = [spell for spell in spells if spell[0] == who]
                row = found.setdefault(who, [0, 0, 0])
                row[0] += 1
                row[1] += any(spell[2][:10] > last for spell in mine)
                row[2] += sum(spell[3] and spell[2][:10] <= last for spell in mine)
        return {who: (row[0], row[1], row[2]) for who, row in found.items()}

    # --- what waits ------------------------------------------------------------------------

    def waits(self, now: str) -> Counter[tuple[str, str | None, str | None]]:
        """Count what is late or owed at a moment: kind, case, day.

        What was recorded counts from whenever it is; what follows from silence (a source that
        was not told) from the day on which its register was switched on last.
        """
        found: list[tuple[str, str | None, str | None]] = []
        for case in self.cases.values():
            if case.open:
                found += [(kind, case.number, due[:10]) for kind, due, met in case.clocks()
                          if met is None and due < now]  # fmt: skip
            for (kind, _), each in case.owed().items():
                if each["answered"] is None and (
                    kind != "material" or (case.open and f"{each['due']}T17:00" < now)
                ):
                    found.append((kind, case.number, each["due"]))
            done = self.settled(case)
            since = self.begun.get("sources", "9")
            if case.first["channel"] in SOURCES and done and self.told(case) < done >= since:
                found.append(("source_feedback", case.number, None))
        left = {each["person"] for each in self.facts("person_left") if each["day"] <= now[:10]}
        found += [
            ("person_left", case.number, None) for case in self.cases.values() if case.open
            for *_, who, _, until, _ in case.hands() if who in left and until == "9"
        ]  # fmt: skip
        found += [("task", None, due) for due in self.tasks_late(now)]
        found += [("promised", None, day) for day in self.promised() if day < now[:10]]
        found += self.accounts_owed(now)
        found += self.letters_owed(now)
        asleep = {kind for kind, register in KEPT.items() if register not in self.begun}
        return Counter(item for item in found if item[0] not in asleep)

    def tasks_late(self, now: str) -> list[str]:
        return [due for due in self.tasks().values() if f"{due}T17:00" < now]

    def tasks(self) -> dict[str, str]:
        """Return the tasks that nobody has done or dropped, and their days."""
        found = {each["task"]: each["due"] for each in self.facts("task_set", "task_moved")}
        for each in self.facts("task_done", "task_dropped"):
            del found[each["task"]]
        return found

    def promised(self) -> list[str]:
        done = {each["note"] for each in self.facts("shift_done")}
        return [each["promised"] for each in self.facts("shift_noted")
                if each.get("promised") and each["note"] not in done]  # fmt: skip

    def accounts_owed(self, now: str) -> Iterator[tuple[str, None, str | None]]:
        for steps in self.accounts().values():
            asked, decided = steps.get("statement_asked"), steps.get("accountability_decided")
            owes = []
            if asked and not decided and "statement_given" not in steps:
                owes.append(asked["answer_by"])
            if decided and decided.get("due") and "accountability_resulted" not in steps:
                owes.append(decided["due"])
            for due in owes:
                if f"{due}T17:00" < now:
                    yield "accountability", None, due
            if "review_asked" in steps and "review_answered" not in steps:
                yield "accountability", None, None

    def letters_owed(self, now: str) -> Iterator[tuple[str, None, str | None]]:
        for letter, asked in self.letters().items():
            due = asked.get("answer_by")
            if self.letter_open(letter) and (due is None or f"{due}T17:00" < now):
                yield "opinion" if asked["about"] == "年度考核意见" else "consent", None, due

    # --- the other registers -----------------------------------------------------------------

    def accounts(self) -> dict[str, dict[str, dict[str, Any]]]:
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for event in self.events:
            if event["stream"] == "accountability":
                found.setdefault(event["subject"], {})[event["kind"]] = event["facts"]
        return found

    def letters(self) -> dict[str, dict[str, Any]]:
        return {each["letter"]: each for each in self.facts("letter_asked")}

    def letter_open(self, letter: str) -> bool:
        """Return whether somebody is owed an answer: by both bodies, of an appointment by one."""
        asked = self.letters()[letter]
        bodies = (
            ("街道党工委", "街道办事处") if asked["about"] == "年度考核意见" else ("街道党工委",)
        )
        given: Counter[str] = Counter()
        for event in self.of("letter_answered"):
            if event["subject"] == letter:
                others = event["words"].get("named", "")
                given[event["facts"]["body"]] += len(event["facts"].get("people", ()))
                given[event["facts"]["body"]] += len(others.split("、")) if others else 0
        return any(given[body] < asked["count"] for body in bodies)

    def held(self) -> list[dict[str, Any]]:
        came = {each["meeting"] for each in self.facts("meeting_attended", "minuted", "guest_came")}
        return [each for each in self.facts("meeting_planned") if each["meeting"] in came]

    def missed(self, first: date, last: date, today: date) -> set[tuple[str, str, str]]:
        """Return the regular meetings not held, by the first day of their week or month."""
        moved = {each["meeting"]: each["day"] for each in self.facts("meeting_moved")}
        held = [(each["sort"], each.get("platform") or "", moved.get(each["meeting"], each["day"]))
                for each in self.held()]  # fmt: skip
        spans: dict[tuple[str, date], list[date]] = {}
        for day in days(first - timedelta(days=7), last + timedelta(days=7)):
            spans.setdefault(("week", day - timedelta(days=day.weekday())), []).append(day)
            spans.setdefault(("month", day.replace(day=1)), []).append(day)
        found = set()
        for (every, start), span in spans.items():
            working = [day for day in span if CALENDAR.is_workday(day)]
            whole = len(span) == 7 if every == "week" else len(span) > 27
            if not whole or not working or working[0] < first or span[-1] >= today:
                continue
            sorts = [("平台协调组例会", p) for p in PLATFORMS] if every == "week" else [
                ("集体会商", ""), ("领导小组会议", "")]  # fmt: skip
            inside = (span[0].isoformat(), span[-1].isoformat())
            found |= {
                (sort, platform, start.isoformat()) for sort, platform in sorts
                if not any((a, b) == (sort, platform) and inside[0] <= c <= inside[1]
                           for a, b, c in held)
            }  # fmt: skip
        return found

    def seats(self, first: str, last: str) -> Counter[str]:
        """Count who had to come to the recorded 集体会商 of a period, came, had leave or neither.

        Of the story's people these are heads of agencies and members of the office, and guests.
        """
        heads = [each["person"] for each in self.facts("person_joined")
                 if each.get("role") in {"主要负责人", "领导小组办公室成员"}]  # fmt: skip
        left = {each["person"]: each["day"] for each in self.facts("person_left")}
        found: Counter[str] = Counter()
        for meeting in self.facts("meeting_planned"):
            name = meeting["meeting"]
            rolls = [e["people"] for e in self.facts("meeting_attended")
                     if e["meeting"] == name and e.get("people")]  # fmt: skip
            if meeting["sort"] != "集体会商" or not first <= meeting["day"] <= last or not rolls:
                continue
            people = [who for who in heads if left.get(who, "9") > meeting["day"]]
            came = {who for roll in rolls for who in roll}
            leave = {e["person"] for e in self.facts("meeting_excused") if e["meeting"] == name}
            invited = [e for e in self.facts("guest_invited") if e["meeting"] == name]
            guests = [e for e in self.facts("guest_came") if e["meeting"] == name]
            found["due"] += len(people) + len(invited)
            found["present"] += len(came & set(people)) + len(guests)
            found["excused"] += len(leave & set(people))
            found["absent"] += len(set(people) - came - leave) + len(invited) - len(guests)
        return found

    def disputes(self, first: str, last: str) -> Counter[tuple[str | None, str | None]]:
        """Count the quarrels received in a period by kind and whether they were settled."""
        found: Counter[tuple[str | None, str | None]] = Counter()
        for case in self.cases.values():
            if (
                case.first.get("category") == "邻里纠纷"
                and not case.of("merged")
                and (first <= case.events[0]["at"][:10] <= last)
            ):
                told = case.of("mediated")
                facts = told[-1]["facts"] if told else {}
                found[facts.get("sort"), facts.get("mediated")] += 1
        return found

    def groups(self) -> list[tuple[str, str, str, int]]:
        rows = self.facts("group_counted") if "groups" in self.begun else []
        return sorted((r["month"], r["unit"], r["measure"], r["count"]) for r in rows)

    def procedures(self) -> dict[str, dict[str, Any]]:
        """Return of each period how far its assessment went."""
        found: dict[str, dict[str, Any]] = {}
        for event in self.events:
            if event["stream"] == "procedure":
                row = found.setdefault(event["subject"].split(" ", 1)[1], {
                    "draft": 0, "objections": 0, "allowed": 0, "answered": 0, "approved": None,
                    "units": set(),
                })  # fmt: skip
                facts, kind = event["facts"], event["kind"]
                row["draft"] += kind == "assessment_drafted"
                row["objections"] += kind == "assessment_objected"
                row["answered"] += kind == "objection_answered"
                row["allowed"] += bool(facts.get("allowed"))
                row["approved"] = facts["day"] if kind == "assessment_approved" else row["approved"]
                row["units"] |= {facts["unit"]} if kind == "sheet_handed" else set()
        return found

    def inspections(self) -> dict[tuple[str, str], tuple[dict[str, int], int]]:
        """Return of each month and kind the last numbers, and how often they were corrected."""
        found: dict[tuple[str, str], tuple[dict[str, int], int]] = {}
        for each in self.facts("inspected"):
            key = each["month"], each["sort"]
            found[key] = (each["values"], found[key][1] + 1 if key in found else 0)
        return found

    def failures(self, first: str, last: str) -> int | None:
        """Return how many that failed in whole months of a period are no case; None: none said."""
        failed, known = {}, Counter[tuple[str, str]]()
        for event in (*self.of("inspected"), *self.of("inspection_linked")):
            each = event["facts"]
            key = each["month"], each["sort"]
            known[key] += len(each.get("cases", ()))
            if "不合格" in each.get("values", {}):
                failed[key] = each["values"]["不合格"]
        left = [n - known[key] for key, n in failed.items() if first[:7] <= key[0] <= last[:7]]
        return sum(left) if left else None

    def shift_days(self, month: str, today: date) -> dict[str, tuple[int, int]]:
        """Return of each day since the register began how much was noted and handed over."""
        first = date.fromisoformat(f"{month}-01")
        notes = Counter(each["day"] for each in self.facts("shift_noted"))
        over = Counter(each["day"] for each in self.facts("shift_handed_over"))
        return {
            str(day): (notes[str(day)], over[str(day)]) for day in days(first, today)
            if day.month == first.month and str(day) >= self.begun["shifts"]
        }  # fmt: skip

    def operation(self, name: str, today: date) -> tuple[int, list[str], list[str]]:
        """Return how much was checked, the days told, and the working days nobody wrote down."""
        (plan,) = [e for e in self.facts("operation_planned") if e["operation"] == name]
        told = {e["day"]: e["checked"] for e in self.facts("operation_day")
                if e["operation"] == name}  # fmt: skip
        off = {e["day"] for e in self.facts("operation_manned") if not e.get("people")}
        first, last = date.fromisoformat(plan["day"]), date.fromisoformat(plan["until"])
        lacks = [str(day) for day in days(first, min(last, today - timedelta(days=1)))
                 if CALENDAR.is_workday(day) and str(day) not in told.keys() | off]  # fmt: skip
        return sum(told.values()), sorted(told), lacks

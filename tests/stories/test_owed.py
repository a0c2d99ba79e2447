"""What is owed on cases beside their limits, told over a fortnight and counted again by hand.

A leader's word (三.2), what one unit asks of another (附3.3), what went to the police (附2.3), and
results that have to go back to where the report came from (三.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.conftest import Runner
from tests.kit.fieldkit import Street

OURS = ("instruction", "demand", "transfer", "source_feedback")
REGISTERS = ("领导批示", "协办要求", "行刑衔接", "来源反馈")
APP, PHONE, POLICE = "掌上基层APP", "投诉举报电话", "110联动平台"


class Line(NamedTuple):
    """One step of the story: when, what."""

    day: str
    words: tuple[str, ...]


def told(day: str, *words: str) -> Line:
    return Line(f"2026-{day}:00+08:00", words)


STORY = (
    told("11-16T09:00", "intake", "甲处占道", "--channel", APP, "--severity", "一般"),
    told("11-16T09:01", "intake", "乙处油烟", "--channel", PHONE, "--severity", "一般"),
    told("11-16T09:02", "intake", "丙处堆料", "--channel", POLICE, "--severity", "一般"),
    told("11-16T09:03", "intake", "甲处又占道", "--channel", POLICE, "--severity", "一般"),
    *(told("11-16T10:00", "accept", n, "--told") for n in "1234"),
    *(told("11-16T10:01", "assign", n, "--lead", "城管执法中队") for n in "123"),
    told("11-17T09:00", "demand", "1", "请核查证照", "--to", "市场监管所"),
    told("11-17T09:01", "demand", "1", "请派员到场", "--to", "派出所", "--answer-by", "2026-11-20"),
    told("11-17T09:02", "note", "1", "请知悉", "--to", "司法所"),
    told("11-17T09:03", "instruct", "2", "请三日内报结果", "--leader", "分管领导",
         "--date", "2026-11-16", "--due", "2026-11-19"),
    told("11-17T09:04", "transfer", "3", "--to", "区公安分局", "--content", "涉嫌犯罪"),
    told("11-17T09:05", "transfer", "2", "--to", "区检察院", "--content", "线索",
         "--receipt", "收文1号"),
    told("11-18T09:00", "merge", "4", "--into", "1"),
    told("11-18T09:01", "answer-demand", "1", "1", "证照齐全"),
    told("11-19T09:00", "transfer-reply", "3", "--receipt", "收文9号"),
    told("11-19T09:01", "resolve", "1", "--outcome", "已清理"),
    told("11-19T09:02", "resolve", "2", "--outcome", "已整改"),
    told("11-19T09:03", "resolve", "3", "--outcome", "已清运"),
    told("11-20T09:00", "feedback", "1", "已回平台", "--to-source"),
    told("11-20T09:01", "feedback", "1", "已告知", "--all"),
    told("11-20T09:02", "close", "1"),
    told("11-23T09:00", "answer-instruct", "2", "已报"),
    told("11-23T09:01", "feedback", "4", "已电话告知 110", "--to-source"),
    told("11-23T09:02", "reopen", "1", "--reason", "又来"),
    told("11-24T09:00", "transfer-reply", "2", "--outcome", "不予立案"),
    told("11-24T09:01", "resolve", "1", "--outcome", "再次清理"),
    told("11-25T09:00", "answer-demand", "1", "已派员"),
    told("11-25T09:01", "transfer-reply", "3", "1", "--outcome", "已立案"),
    told("11-25T09:02", "feedback", "1", "已回", "--to-source", "--all"),
    told("11-25T09:03", "feedback", "3", "已电话告知", "--to-source"),
)  # fmt: skip


@pytest.fixture
def street(call: Runner, ledger: Path) -> Street:
    assert ledger.exists()
    return Street(call)


class Count:
    """Another count of what is owed, from the words of the commands alone."""

    def __init__(self) -> None:
        self.asked: dict[str, int] = {}
        self.open: set[tuple[str, str, int]] = set()
        self.channel: dict[str, str] = {}
        self.into: dict[str, str] = {}
        self.done: set[str] = set()
        self.told: set[str] = set()

    def take(self, words: tuple[str, ...]) -> None:
        command, number = words[0], words[1]
        if command == "intake":
            self.channel[str(len(self.channel) + 1)] = words[3]
        elif command in {"demand", "instruct", "transfer"}:
            kind = "instruction" if command == "instruct" else command
            self.asked[kind + number] = n = self.asked.get(kind + number, 0) + 1
            self.open.add((kind, number, n))
        elif command in {"answer-demand", "answer-instruct"} or "--outcome" in words[2:]:
            self._answered(command, number, words)
        if command == "merge":
            self.into[number] = words[3]
        if command in {"resolve", "reopen"}:
            self._turned(command, number)
        if "--to-source" in words:
            reports = [number, *(r for r, main in self.into.items() if main == number)]
            self.told.update(reports if "--all" in words else [number])

    def _answered(self, command: str, number: str, words: tuple[str, ...]) -> None:
        kind = {"answer-demand": "demand", "answer-instruct": "instruction"}.get(
            command, "transfer"
        )
        if command == "resolve":
            return
        mine = sorted(n for k, of, n in self.open if (k, of) == (kind, number))
        said = int(words[2]) if words[2].isdigit() else mine[0]
        self.open.remove((kind, number, said))

    def _turned(self, command: str, number: str) -> None:
        reports = {number, *(r for r, main in self.into.items() if main == number)}
        self.done = self.done | reports if command == "resolve" else self.done - reports
        self.told -= reports

    def items(self) -> list[tuple[str, str]]:
        sources = {
            ("source_feedback", n)
            for n in self.done - self.told
            if self.channel[n] in {APP, POLICE}
        }
        return sorted([(kind, number) for kind, number, _ in self.open] + [*sources])


def listed(street: Street, now: str) -> Iterator[dict[str, Any]]:
    for item in street.do("overdue", "--within", "0", "--json", now=now).json()["items"]:
        if item["kind"] in OURS:
            yield item


def test_what_is_owed_is_listed_as_an_independent_count_has_it(street: Street) -> None:
    street.do("register", "on", *REGISTERS, now="2026-11-16T08:30:00+08:00")
    count, seen = Count(), set()
    for line in STORY:
        street.do(*line.words, now=line.day)
        count.take(line.words)
        found = sorted((i["kind"], i["number"][-1]) for i in listed(street, line.day))
        assert found == count.items(), line
        seen.update(found)
    assert {kind for kind, _ in seen} == set(OURS)
    assert count.items() == []

    report = street.do("report", "--from", "2026-11-16", "--to", "2026-11-30", "--json",
                       now="2026-12-01T09:00:00+08:00").json()  # fmt: skip
    figures = {key: (each["n"], each["d"]) for key, each in report["registers"].items()}
    assert figures == {
        "sources": (3, 3), "instructions": (1, 1), "demands": (2, 2), "transfers": (2, 2),
    }  # fmt: skip
    assert {each["since"] for each in report["registers"].values()} == {"2026-11-16"}
    shown = {key: len(street.do("register", "show", key, "--all", "--json").json())
             for key in report["registers"]}  # fmt: skip
    assert shown == {"sources": 3, "instructions": 1, "demands": 2, "transfers": 2}

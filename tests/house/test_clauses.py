"""``docs/clauses.md`` cannot lie: every sentence is there, with commands and tests that exist.

And what the program and its data cite, clauses and decisions, is there to be read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from sixping.commands import TABLE
from sixping.console.frame import Group, Table
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "clauses.md"
#: clause → how many sentences of the notice it holds, in the order of the notice
SENTENCES = {
    "一.1": 1, "一.2": 1, "一.3": 2, "二.1": 1, "二.2": 1, "三.0": 1, "三.1": 1, "三.2": 1,
    "三.3": 1, "四.0": 1, "四.1": 1, "四.2": 2, "四.3": 1, "五.0": 1, "五.1a": 1, "五.1b": 1,
    "五.1c": 1, "五.2": 1, "五.3": 2, "附1.0": 1, "附1.1": 4, "附1.2": 3, "附1.3": 8,
    "附2.1": 3, "附2.2": 3, "附2.3": 3, "附2.4": 4, "附3.1": 4, "附3.2": 5, "附3.3": 2,
    "附3.4": 3, "附3.5": 4,
}  # fmt: skip
CLAUSES = tuple(SENTENCES)
IDS = tuple(f"{clause}-{n}" for clause, many in SENTENCES.items() for n in range(1, many + 1))
#: what a sentence is marked with of which a part, or all, is no work of a program
OUTSIDE = "程序之外: "
#: signs of a sentence, less than which says nothing of it
_LEAST = 10
_SECTION = re.compile(r"^## (.+) \((\d+) 句\)$", re.MULTILINE)


class Line(NamedTuple):
    """One row of the tables: a sentence of the notice, and what becomes of it.

    ``outside``: why, and by whom, what no program can do is done; empty where it does all.
    """

    sentence: str
    said: str
    commands: tuple[str, ...]
    tests: tuple[str, ...]
    outside: str = ""

    @property
    def clause(self) -> str:
        return self.sentence.rpartition("-")[0]


def lines(page: str) -> list[Line]:
    found = []
    for row in page.splitlines():
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if row.startswith("| ") and len(cells) == 4 and set(cells[0]) != {"-"} and cells[0] != "句":
            done, _, outside = cells[2].partition(OUTSIDE)
            commands, tests = (tuple(re.findall(r"`([^`]+)`", c)) for c in (done, cells[3]))
            found.append(Line(cells[0], cells[1], commands, tests, outside.strip()))
    return found


def commands(table: Table = TABLE, before: str = "") -> Iterator[str]:
    for name, entry in table.items():
        if isinstance(entry, Group):
            yield from commands(entry.entries, f"{before}{name} ")
        else:
            yield before + name


@cache
def functions(folder: Path) -> dict[str, tuple[frozenset[str], ...]]:
    """Return the test functions of a folder by name, each with the words of its module.

    The words are the texts it writes out, of each module that has a function of the name.
    """
    found: dict[str, tuple[frozenset[str], ...]] = {}
    for path in folder.rglob("test_*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        texts = (node.value for node in nodes if isinstance(node, ast.Constant))
        words = frozenset(text for text in texts if isinstance(text, str))
        for node in nodes:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                found[node.name] = (*found.get(node.name, ()), words)
    return found


def run(command: str, row: Line, tests: dict[str, tuple[frozenset[str], ...]]) -> bool:
    """Return whether a module of the tests of a row writes out the words of a command."""
    modules = [words for name in row.tests for words in tests.get(name, ())]
    return any(words.issuperset(command.split()) for words in modules)


def faults(page: str) -> list[str]:
    """Return what is wrong with a page: a sentence, a command or a test that is missing."""
    rows, known, tests = lines(page), set(commands()), functions(ROOT / "tests")
    ids = [row.sentence for row in rows]
    found = [f"no row: {one}" for one in IDS if one not in ids]
    found += [f"no sentence, or twice: {one}" for one in ids if ids.count(one) > 1]
    found += [f"no sentence: {one}" for one in ids if one not in IDS]
    said = [row.said for row in rows]
    found += [f"{row.sentence}: the text of another" for row in rows if said.count(row.said) > 1]
    for row in rows:
        if len(row.said) < _LEAST:
            found.append(f"{row.sentence}: no text")
        found += [f"{row.sentence}: no {what}" for what in missing(row)]
        found += [f"{row.sentence}: no command {one}" for one in row.commands if one not in known]
        found += [f"{row.sentence}: no test {one}" for one in row.tests if one not in tests]
        lost = [] if any(one not in tests for one in row.tests) else row.commands
        found += [f"{row.sentence}: no test runs {one}" for one in lost if not run(one, row, tests)]
    return found + wrong_counts(page)


def missing(row: Line) -> list[str]:
    """Return what a row lacks: what a program does has commands and tests, the rest a reason."""
    if not row.commands and row.outside:
        return ["tests of what no program does"] if row.tests else []
    return [what for what in ("commands", "tests") if not getattr(row, what)]


def wrong_counts(page: str) -> list[str]:
    """Return the parts of the page that say another number of sentences than they have."""
    heads = list(_SECTION.finditer(page))
    ends = [head.start() for head in heads[1:]] + [len(page)]
    counts = {
        head[1]: (int(head[2]), len(lines(page[head.end() : end])))
        for head, end in zip(heads, ends, strict=True)
    }
    return [f"{title}: {said} 句, not {n}" for title, (said, n) in counts.items() if said != n]


def test_every_sentence_names_commands_and_tests_that_exist_or_stays_outside() -> None:
    assert not faults(PAGE.read_text(encoding="utf-8"))


def test_the_sentences_stand_in_the_order_of_the_notice() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert tuple(row.sentence for row in lines(page)) == IDS
    assert len(_SECTION.findall(page)) == 8  # 一 to 五, 附件1 to 附件3


def test_what_stays_outside_says_who_does_it() -> None:
    outside = [row for row in lines(PAGE.read_text(encoding="utf-8")) if row.outside]
    assert 5 < len(outside) < len(IDS) / 2
    assert all(len(row.outside) >= _LEAST for row in outside)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("| 一.1-1 |", "| 一.1-2 |", "no row: 一.1-1"),
        ("`units people`", "`units persons`", "一.1-1: no command units persons"),
        ("`duty check`", "", None),
        ("`test_10_urged_three_times`", "`test_11_urged`", "五.3-1: no test test_11_urged"),
        ("`duty check`, `duty today`", "", "一.3-1: no commands"),
        ("`meeting missing`", "`meeting missing`, `salvage`", "附1.1-3: no test runs salvage"),
        ("| 组织开展基层平安创建。 |", "| |", "附1.3-7: no text"),
        ("| 组织开展基层平安创建。 |", "| 其他需要会商的工作。 |", "附1.3-7: the text of another"),
        (
            "程序之外: 建中心、窗口进驻由街道和区级部门落实",
            "由街道和区级部门落实",
            "附2.4-2: no commands",
        ),
        ("(4 句)", "(5 句)", "一、人员进驻: 5 句, not 4"),
    ],
)
def test_a_page_that_lies_is_found_out(before: str, after: str, said: str | None) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert before in page
    found = faults(page.replace(before, after, 1))
    assert found == [] if said is None else said in found


def test_every_command_of_the_table_serves_a_clause_or_the_books() -> None:
    """A command nobody can trace to the notice is named here, with what it is for."""
    served = {one for row in lines(PAGE.read_text(encoding="utf-8")) for one in row.commands}
    groups = {one.split()[0] for one in served}
    keeping = {"init", "demo", "void", "rebuild", "restore", "export", "anchor", "erase", "doctor",
               "policy", "register", "amend", "undo", "lookup", "retention", "audit",
               "salvage"}  # fmt: skip
    rest = {one.split()[0] for one in commands()} - groups - keeping
    assert not rest


def test_annex_4_is_stated_as_missing_and_nothing_is_invented_for_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.split("## 附件4", 1)[1].split("\n## ", 1)[0]
    assert "缺失" in section
    assert not [row for row in lines(page) if row.sentence.startswith("附4")]


# --- what is cited ----------------------------------------------------------------------

_DECISION = re.compile(r"\bdecisions? (\d+)", re.IGNORECASE)
_CLAUSE = re.compile(
    r"(?<![第一二三四五六七八九十])(?:[一二三四五六七]\.\d+[a-z]?|附件?\d+(?:\.\d+[a-z]?)?)(?![\d.])"
)


def sources() -> dict[str, str]:
    """Return program and data by path: docstrings, comments and what people read."""
    paths = [*(ROOT / "sixping").rglob("*.py"), *(ROOT / "data").rglob("*.toml")]
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(paths)}


def decisions() -> set[str]:
    page = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    return set(re.findall(r"^(\d+)\. ", page, re.MULTILINE))


def resolves(clause: str) -> bool:
    """Whether a clause, or a whole section of clauses (五.1, 附1), is in the table."""
    clause = clause.replace("附件", "附")
    return any(re.fullmatch(re.escape(clause) + r"(?:[a-z]|\.\d+)?", one) for one in CLAUSES)


def dangling(text: str) -> list[str]:
    """Return what a text cites that nobody can look up."""
    known = decisions()
    return [
        *(f"decision {number}" for number in _DECISION.findall(text) if number not in known),
        *(clause for clause in _CLAUSE.findall(text) if not resolves(clause)),
    ]


def test_what_is_cited_can_be_looked_up() -> None:
    texts = sources()
    cited = {one for text in texts.values() for one in _CLAUSE.findall(text)}
    assert len(cited) > 20
    assert any(_DECISION.search(text) for text in texts.values())
    wrong = {path: found for path, text in texts.items() if (found := dangling(text))}
    assert not wrong


def test_the_numbers_of_the_decisions_have_no_gap() -> None:
    assert decisions() == {str(number) for number in range(1, len(decisions()) + 1)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# the limit of 五.1c (decision 2), 附1 and 附件2", []),
        ('"""Decision 999."""', ["decision 999"]),
        ("# 五.1d and 附3.9, 六.1", ["五.1d", "附3.9", "六.1"]),
        ("# 附4.1: missing from our source", ["附4.1"]),
    ],
)
def test_a_citation_that_leads_nowhere_is_found_out(text: str, found: list[str]) -> None:
    assert dangling(text) == found

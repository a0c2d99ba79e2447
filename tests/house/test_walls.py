"""What only one room may do, read off the act: running SQL, writing events, judging steps."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "sixping"
SOURCES = {
    path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}
SQL_ROOMS = ("store/", "queries/")
WRITER = "store/writer.py"
RUNS = {"execute", "executemany", "executescript"}
STATEMENT = re.compile(
    r"\s*(?:SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH|CREATE|ALTER|DROP|PRAGMA|BEGIN|COMMIT|ROLLBACK"
    r"|SAVEPOINT|RELEASE|VACUUM|ATTACH|DETACH|REINDEX|ANALYZE|EXPLAIN)(?:\s|$)"
)
CHANGE = re.compile(
    r"\b(?:(?:INSERT|REPLACE)(?:\s+OR\s+\w+)?\s+INTO|(?<!DO )UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)"
    r"\s+([\w{]*)"
)
#: tables that are not the writer's: the ledger's own name, and the counters of its numbers
OTHERS = {
    "store/files.py": {"meta", "counters"},
    "store/transaction.py": {"counters"},
    "store/documents.py": {"documents", "parsed"},
    "store/recognition.py": {"firsts"},  # of a look ahead, in a database of its own
    "store/staged.py": {"staged"},  # beside the ledger, it goes with the connection
}
FROZEN = "store/ddl.py"  # the text of the tables and triggers themselves

#: whoever calls these, in which function, how often
CALLERS = {
    "check_step": {
        (WRITER, "step"): 1,  # of a void, before the rest is folded anew
        ("cases/lifecycle.py", "advance"): 1,
        ("cases/lifecycle.py", "refold"): 1,  # tries a log without a voided step; records nothing
    },
    "advance": {
        (WRITER, "step"): 1,
        ("services/taking.py", "_foreseen"): 1,  # records nothing
        ("services/updating/advancing.py", "_take"): 1,  # a look ahead; records nothing
        ("reports/verdicts.py", "as_taken"): 1,  # a step as if it were not stated; records nothing
        ("services/intake.py", "_late_at_once"): 1,  # says what would be late; records nothing
    },
    "_link": {(WRITER, "add_event"): 1, (WRITER, "take_over"): 1},
    "link_event": {(WRITER, "_link"): 1, (WRITER, "add_reports"): 1},
    "add_event": {(WRITER, "step"): 1, ("store/transaction.py", "note"): 1},
    "add_reports": {("store/prepared.py", "write"): 1},
}


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield every string that is a value, whole: what is filled in stays as ``{}``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.JoinedStr):
            parts = (v.value if isinstance(v, ast.Constant) else "{}" for v in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node.lineno, node.value
        else:
            yield from texts(node)


def wrong(file: str, source: str) -> list[str]:
    """Name every act in a file that is not its to do."""
    tree = ast.parse(source)
    found = []
    for line, text in texts(tree):
        if not file.startswith(SQL_ROOMS):
            if STATEMENT.match(text):
                found.append(f"{file}:{line} holds SQL: {text[:40]!r}")
        elif file not in {WRITER, FROZEN}:
            tables = set(CHANGE.findall(text)) - OTHERS.get(file, set())
            found += [f"{file}:{line} changes {table or 'a table'}" for table in tables]
    if not file.startswith(SQL_ROOMS):
        found += [
            f"{file}:{node.lineno} runs SQL"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in RUNS
        ]
    return found


def uses(name: str, file: str, source: str) -> Counter[tuple[str, str]]:
    """Count where a function is named other than in its definition and in imports."""
    found: Counter[tuple[str, str]] = Counter()
    if name not in source:
        return found

    def look(node: ast.AST, inside: str) -> None:
        for child in ast.iter_child_nodes(node):
            named = isinstance(child, ast.Name) and child.id == name
            if named or (isinstance(child, ast.Attribute) and child.attr == name):
                found[file, inside] += 1
            look(child, child.name if isinstance(child, ast.FunctionDef) else inside)

    look(ast.parse(source), "")
    return found


def test_only_store_and_queries_hold_sql_and_only_the_writer_changes_the_ledger() -> None:
    assert not [line for file, source in SOURCES.items() for line in wrong(file, source)]


@pytest.mark.parametrize("name", CALLERS)
def test_an_event_is_judged_linked_and_written_in_one_place(name: str) -> None:
    found = sum((uses(name, file, source) for file, source in SOURCES.items()), Counter())
    assert found == CALLERS[name]


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("services/office.py", "rows = con.execute(sql)"),
        ("office/streams.py", "run = tx.con.executemany"),
        ("commands/cases/intake.py", "SQL = 'SELECT 1 FROM events'"),
        ("ledger.py", "begin(con, 'BEGIN IMMEDIATE')"),
        ("services/office.py", 'sql = f"INSERT INTO {table} VALUES (?)"'),
        ("store/replay.py", "SQL = 'DELETE FROM case_states'"),
        ("store/prepared.py", 'sql = f"INSERT INTO {table} VALUES (?)"'),
        ("store/transaction.py", "con.execute('UPDATE requests SET digest = NULL')"),
        ("store/files.py", "con.execute('INSERT OR REPLACE INTO events VALUES (?)')"),
        ("queries/cases.py", "SQL = 'WITH x AS (SELECT 1) DELETE FROM told'"),
        ("queries/cases.py", "con.execute('INSERT INTO counters VALUES (1)')"),
    ],
)
def test_the_wall_sees_a_planted_breach(file: str, source: str) -> None:
    assert wrong(file, source)
    assert wrong(file, f"def f(con):\n    {source}\n")


@pytest.mark.parametrize("source", ["check_step(a, b, c)", "lifecycle.check_step(a)"])
def test_the_wall_sees_a_second_judge(source: str) -> None:
    planted = uses("check_step", "store/bulk.py", f"def add():\n    {source}\n")
    assert planted == {("store/bulk.py", "add"): 1}


def test_docstrings_and_other_words_are_no_sql() -> None:
    plain = '"""SELECT nothing."""\nline = "BEGIN:VEVENT"\nhint = "Selected UPDATEs"\n'
    assert not wrong("render/ics.py", plain)

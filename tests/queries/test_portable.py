"""The program's SQL is text that PostgreSQL reads as SQLite does: what only one knows is refused.

``INDEXED BY`` stays: a hint that the door to PostgreSQL leaves out. ``json_extract`` and
``instr`` stay: functions of the same names can be had there, which give text and a number.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT
from tests.house.test_walls import texts

PACKAGE = ROOT / "sixping"
ROOMS = ("queries", "store")
#: SQLite's own tables, frozen, and what asks a file of it what it is
OF_SQLITE = {"ddl.py", "sqlite.py"}

#: what is refused → why
REFUSED = {
    r"\btotal\s*\(": "total() is SQLite's: count(*) FILTER (WHERE …) is never NULL",
    r"\b\d+e\d+\b": "1e9 is a float: write the number out",
    r"\?\d": "a numbered parameter: give it a name",
    r"\bIS (?:NOT )?(?:[:?]|\w+\.\w)": "IS compares with NULL only: x IS NULL OR x <> :y",
    r":\w+ IS (?:NOT )?NULL": "a parameter without a type: bind a bound",
    r"\bLIMIT -": "no negative limit: bind one that nothing reaches",
    r"\bLIMIT [^\s()]+,": "LIMIT … OFFSET …",
    r"\bINSERT OR\b|\bREPLACE INTO\b": "ON CONFLICT …",
    r"\b(?:WHERE|AND|OR|ON) \d+(?!\s*[=<>])": "truth is no number: 1 = 1",
    r"\b(?:AND|OR|WHERE|NOT|WHEN|ON)\s+\(*(?:json_extract|instr)\((?:[^()]|\([^()]*\))*\)"
    r"(?=\s*(?:\)|AND\b|OR\b|THEN\b|$))": "truth is no value: IS NOT NULL, = 1, > 0",
    r"\bjson_extract\([^()]*\)\s*(?:[<>=]+|BETWEEN|IN \()\s*-?\d": "JSON gives text: CAST",
    r"(?:\bSELECT|,)\s*(?:NOT )?EXISTS\b": "truth is no value: CASE WHEN … THEN 1 ELSE 0 END",
    r"\bOR EXISTS \(.*\) AS \w+": "truth is no value: CASE WHEN … THEN 1 ELSE 0 END",
    r"\bIN (?!\()[a-z_{]": "a table is no list: IN (SELECT … FROM …)",
    r"(?<!\() NULL AS \w|SELECT NULL\b|, NULL\b(?! *\))": "NULL has no type: CAST(NULL AS …)",
    r"\bORDER BY [^()]*\bIS (?:NOT )?NULL": "NULLS LAST, NULLS FIRST",
    r"(?<!\)) (?:NOT )?LIKE\b|\bLIKE (?!lower\()": "lower(a) LIKE lower(b): letters in either case",
    r"\bLIKE lower\((?:[^()]|\([^()]*\))*\)(?! ESCAPE)": "LIKE … ESCAPE: say which sign",
    r"==|->|\bGLOB\b|\bREGEXP\b|\bMATCH\b|\bROWID\b|`": "SQLite's own",
    r"(?i)\b(?:ifnull|iif|group_concat|strftime|julianday|unixepoch|datetime|printf|typeof|hex|quote"
    r"|unicode|likely|unlikely|changes|json_group_array|json_group_object|randomblob)\(":
        "a function SQLite alone has",
}  # fmt: skip
#: what may follow a subquery in FROM that has no name
_NO_NAME = re.compile(
    r"\s*(?:AS\s+)?(?:$|[),;]|(?:WHERE|GROUP|ORDER|JOIN|LEFT|INNER|CROSS|ON|UNION|INTERSECT|EXCEPT"
    r"|LIMIT|HAVING)\b)"
)
_CONDITION = re.compile(r"[=<>]| IN \(| IS | LIKE | BETWEEN |\b(?:NOT|EXISTS|AND|OR)\b")


def within(opening: str, text: str) -> Iterator[tuple[str, int]]:
    """Yield what stands in the parentheses that an expression opens, and where they close."""
    for start in re.finditer(opening, text):
        depth = 1
        for place in range(start.end(), len(text)):
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            if depth == 0:
                yield text[start.end() : place], place + 1
                break


def misread(text: str) -> Iterator[str]:
    """Yield the subqueries in FROM or JOIN without a name, and the sums of conditions."""
    for inner, end in within(r"\b(?:FROM|JOIN)\s*\(", text):
        if _NO_NAME.match(text, end):
            yield f"a subquery in FROM needs a name: {inner[:60]!r}"
    for inner, _ in within(r"\b(?:sum|avg|max|min)\s*\(", text):
        if _CONDITION.search(re.sub(r"\bCASE\b.*?\bEND\b", "", inner)):
            yield f"truth is no number, count(*) FILTER (WHERE …): {inner[:60]!r}"


def strange(source: str) -> list[str]:
    """Name everything in a source whose SQL one of the two does not take, or takes otherwise."""
    found = []
    for line, text in texts(ast.parse(source)):
        one = " ".join(text.split())
        found += [
            f"{line}: {why}: {one[:60]!r}" for sign, why in REFUSED.items() if re.search(sign, one)
        ]
        found += [f"{line}: {why}" for why in misread(one)]
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_the_sql_of_the_program_is_portable(room: str) -> None:
    for path in sorted((PACKAGE / room).glob("*.py")):
        if path.name not in OF_SQLITE:
            assert not strange(path.read_text(encoding="utf-8")), path.name


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT total(k.due > 1) AS late FROM clock_states k",
        "SELECT coalesce(min(g.version), 1e9) FROM events g",
        "SELECT 1 FROM cases c WHERE c.lead = ?1",
        "SELECT 1 FROM clock_states k WHERE k.calendar IS NOT ?",
        "SELECT 1 FROM clock_states k WHERE k.calendar IS :calendar",
        "SELECT 1 FROM clock_states k WHERE k.calendar IS NOT k.edition",
        "SELECT 1 FROM events e WHERE :seq IS NULL OR e.seq <= :seq",
        "SELECT 1 FROM events LIMIT -1",
        "SELECT 1 FROM events LIMIT 5, 10",
        "INSERT OR IGNORE INTO requests (key) VALUES (:key)",
        "SELECT number FROM traces WHERE 1 LIMIT 5",
        "SELECT 1 FROM cases c WHERE (c.lead = :unit OR instr(c.assist, :quoted))",
        "SELECT 1 FROM events f WHERE (json_extract(f.facts, '$.everyone') OR f.seq = 1)",
        "SELECT 1 FROM events f WHERE json_extract(f.facts, '$.everyone')",
        "SELECT 1 FROM events f WHERE json_extract(f.facts, '$.satisfaction') >= 4",
        "SELECT c.number, EXISTS (SELECT 1 FROM voids) FROM cases c",
        "SELECT NOT EXISTS (SELECT 1 FROM voids)",
        "SELECT x.told OR EXISTS (SELECT 1 FROM events) AS told FROM x",
        "SELECT max(EXISTS (SELECT 1 FROM voids)) AS back FROM cases",
        "SELECT sum(NOT s.anonymous) FROM cases s",
        "SELECT sum(e.kind = 'accepted') AS accepted FROM events e",
        "SELECT sum((s.anonymous = 0) + x.others) AS owing FROM x",
        "SELECT sum(s.status IN ('已办结')) AS resolved FROM cases s",
        "SELECT sum(x.score IS NOT NULL) AS scored FROM x",
        "SELECT c.number, c.number IN stood FROM cases c",
        "SELECT e.subject, 0 AS told, NULL AS score FROM events e",
        "SELECT c.number FROM cases c ORDER BY c.ended_at IS NULL, c.ended_at",
        "SELECT number FROM cases WHERE source_no LIKE :term ESCAPE '!'",
        "SELECT number FROM cases WHERE lower(source_no) LIKE :term ESCAPE '!'",
        "SELECT number FROM cases WHERE lower(source_no) LIKE lower(:term)",
        "SELECT number FROM (SELECT number FROM cases) WHERE number > :n",
        "SELECT count(*) FROM (SELECT number FROM cases)",
        "SELECT a.number FROM told t JOIN (SELECT number FROM (SELECT 1) b) ON 1 = 1",
        "SELECT facts ->> '$.to' FROM events",
        "SELECT 1 FROM events WHERE seq == 1",
        "SELECT ifnull(lead, '') FROM cases",
        "SELECT 1 FROM events WHERE kind GLOB 'a*'",
    ],
)
def test_the_wall_sees_a_planted_breach(sql: str) -> None:
    assert strange(f"SQL = {sql!r}")
    assert strange(f'SQL = f"{sql}"')


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FILTER (WHERE s.status IN ('已办结')) AS resolved FROM cases s",
        "SELECT sum(CASE WHEN x.told = 1 THEN 1 ELSE 0 END) AS told FROM x",
        "SELECT sum((1 - s.anonymous) * x.told + x.others) AS owing FROM x",
        "SELECT CAST(json_extract(f.facts, '$.satisfaction') AS INTEGER) FROM events f",
        "SELECT 1 FROM events f WHERE json_extract(f.facts, '$.to') IS NULL AND f.seq > 0",
        "SELECT 1 FROM cases c WHERE (c.lead = :unit OR instr(c.assist, :quoted) > 0)",
        "SELECT number FROM (SELECT number FROM cases) c WHERE c.number > :n",
        "SELECT number FROM cases WHERE lower(number) LIKE lower(:term) ESCAPE '!'",
        "SELECT number FROM cases c WHERE c.open IS NULL ORDER BY c.ended_at NULLS LAST, c.number",
        "SELECT number FROM traces WHERE 1 = 1 LIMIT :limit",
    ],
)  # fmt: skip
def test_what_both_take_is_let_pass(sql: str) -> None:
    assert not strange(f"SQL = {sql!r}")

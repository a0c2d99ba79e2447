"""Words of states, grades, platforms and demands stand in the vocabulary and nowhere else."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from sixping.policy.editions import load_policy
from sixping.policy.vocabulary import Platform, Severity, Status
from sixping.util.masking import mask_text
from tests.conftest import ROOT

PACKAGE = ROOT / "sixping"

#: the vocabulary itself, and the frozen text of the tables
VOCABULARY = {"cases/model.py", "policy/vocabulary.py", "store/ddl.py"}
WORDS = {
    *(word.value for words in (Status, Severity, Platform) for word in words),
    *(level for edition in load_policy().editions for level in edition.readings.urge_ladder),
}
QUOTED = re.compile(rf"'(?:{'|'.join(sorted(map(re.escape, WORDS)))})'")

#: words of their own that only look alike: (file, word)
OTHERS = {
    ("office/meetings.py", "办理中"),  # the state of a task
    ("reports/period.py", "不予受理"),  # the name of a total
}


def _docstrings(tree: ast.AST) -> set[int]:
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, kinds)]
    return {id(body[0].value) for body in bodies if body and isinstance(body[0], ast.Expr)}


def _said(path: Path) -> Iterator[str]:
    """Yield the words that stand as literals in a file: alone, or quoted within SQL."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed_over = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in WORDS:
                yield node.value
            elif id(node) not in passed_over:
                yield from (word.strip("'") for word in QUOTED.findall(node.value))


def test_words_of_states_and_grades_stand_in_the_vocabulary_alone() -> None:
    found = {
        (name, word)
        for path in PACKAGE.rglob("*.py")
        if (name := path.relative_to(PACKAGE).as_posix()) not in VOCABULARY
        for word in _said(path)
    }
    assert found == OTHERS


def test_no_message_has_an_example_that_is_masked_where_it_is_shown() -> None:
    raised = [
        node.value
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Raise)
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(raised) > 500, "they were looked at"
    assert [words for words in raised if mask_text(words) != words] == []


def test_the_test_sees_a_word(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(
        f'"""{Status.DECISION}"""\nA = f"s = \'{Status.DECISION}\' {{x}}"\nB = "普通"\n'
    )
    assert sorted(_said(file)) == sorted([Status.DECISION, Status.DECISION, "普通"])


def test_the_check_of_a_ledger_is_called_so_everywhere() -> None:
    """校验码, never 链尾, on a screen or a paper (clauses.md, words); the key stays ``anchor``."""
    sources = [path for path in PACKAGE.rglob("*") if path.suffix in {".py", ".toml", ".html"}]
    assert [p.name for p in sources if "链尾" in p.read_text(encoding="utf-8")] == []

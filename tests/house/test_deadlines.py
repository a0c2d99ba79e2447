"""No test waits for ever: whatever it waits for has a deadline."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

_RUN = {"subprocess.run", "subprocess.check_output", "subprocess.check_call", "subprocess.call"}
_WAIT = ("wait", "communicate")


def endless(source: str) -> Iterator[tuple[int, str]]:
    """Yield the calls that may wait for ever, by their lines."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func)
        limited = {"timeout", None} & {keyword.arg for keyword in node.keywords}
        waits = called in _RUN or (
            isinstance(node.func, ast.Attribute) and node.func.attr in _WAIT and not node.args
        )
        if waits and not limited:
            yield node.lineno, called


def test_every_wait_of_the_tests_has_a_deadline() -> None:
    sources = sorted((ROOT / "tests").rglob("*.py"))
    found = [
        (str(path.relative_to(ROOT)), *call)
        for path in sources
        for call in endless(Path(path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_a_wait_without_a_deadline_is_found() -> None:
    assert [line for line, _ in endless("subprocess.run(a)\ndesk.wait()\ndesk.communicate()")] == [
        1, 2, 3,
    ]  # fmt: skip
    assert [
        *endless("subprocess.run(a, timeout=1)\ndesk.wait(5)\ndesk.communicate(timeout=1)")
    ] == []

"""No test waits for ever: whatever it waits for has a deadline."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

_RUN = {"subprocess.run", "subprocess.check_output", "subprocess.check_call", "subprocess.call"}
_WAIT = {"wait", "communicate", "join", "acquire", "result", "get", "accept"}
"""Wait for ever when they are called with nothing; ``str.join`` and ``dict.get`` never are."""
_READS = {"read", "readline", "readlines"}
_LIMITS = {
    "killed_after", "select.select", "os.set_blocking", "os.O_NONBLOCK", "BlockingIOError",
    "fcntl.LOCK_NB", "os.kill", "os.killpg",
}  # fmt: skip
"""What keeps the reads and waits of the same function from waiting for ever."""
_LAST_WORDS = {name.rpartition(".")[2] for name in _LIMITS}


def endless(source: str) -> Iterator[tuple[int, str]]:
    """Yield what may wait for ever, by its line."""
    yield from sorted(_within(ast.parse(source), limited=False))


def _within(node: ast.AST, *, limited: bool) -> Iterator[tuple[int, str]]:
    for child in ast.iter_child_nodes(node):
        inner = limited
        if isinstance(child, ast.FunctionDef):
            inner = any(ast.unparse(part) in _LIMITS for part in ast.walk(child) if _ends(part))
        if isinstance(child, ast.Call) and _waits(child, limited=limited):
            yield child.lineno, ast.unparse(child.func)
        if isinstance(child, (ast.For, ast.comprehension)) and not limited:
            lines = child.iter.values[0] if isinstance(child.iter, ast.BoolOp) else child.iter
            if _is_pipe(lines):
                yield lines.lineno, ast.unparse(lines)
        yield from _within(child, limited=inner)


def _ends(node: ast.AST) -> bool:
    """Return whether a name may be one of ``_LIMITS``, by its last word."""
    if isinstance(node, ast.Name | ast.Attribute):
        return (node.id if isinstance(node, ast.Name) else node.attr) in _LAST_WORDS
    return False


def _waits(call: ast.Call, *, limited: bool) -> bool:
    """Return whether a call may wait for ever in a function that limits its reads or does not."""
    called = ast.unparse(call.func)
    has_timeout = bool({"timeout", None} & {keyword.arg for keyword in call.keywords})
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if called == "os.waitpid":
        return not limited and "os.WNOHANG" not in map(ast.unparse, call.args)
    if called == "select.select":
        return len(call.args) < 4
    if called == "os.read" or called.startswith("fcntl."):
        return not limited and called in {"os.read", "fcntl.flock", "fcntl.lockf"}
    if method in _READS and isinstance(call.func, ast.Attribute) and _is_pipe(call.func.value):
        return not limited
    return not has_timeout and (called in _RUN or (method in _WAIT and not call.args))


def _is_pipe(node: ast.AST) -> bool:
    """Return whether this is what a child says: ``desk.stdout``."""
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"stdout", "stderr"}
        and ast.unparse(node.value) != "sys"
    )


def test_every_wait_of_the_tests_has_a_deadline() -> None:
    sources = sorted((ROOT / "tests").rglob("*.py"))
    found = [
        (str(path.relative_to(ROOT)), *call)
        for path in sources
        for call in endless(Path(path).read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "waits",
    [
        "subprocess.run(a)", "desk.wait()", "desk.communicate()", "os.wait()", "thread.join()",
        "lock.acquire()", "queue.get()", "future.result()", "desk.stdout.read()",
        "desk.stdout.readline()", "os.read(end, 9)", "os.waitpid(pid, 0)", "socket.accept()",
        "select.select([end], [], [])", "fcntl.flock(file, fcntl.LOCK_EX)",
        "for line in desk.stdout: pass", "[line for line in desk.stdout or ()]",
    ],
)  # fmt: skip
def test_a_wait_without_a_deadline_is_found(waits: str) -> None:
    assert [line for line, _ in endless(f"def test():\n  {waits}")] == [2]


@pytest.mark.parametrize(
    "waits",
    [
        "subprocess.run(a, timeout=1)", "desk.wait(5)", "desk.communicate(timeout=1)",
        "'-'.join(a)", "a.get(key)", "sys.stdout.read()", "thread.join(timeout=9)",
        "os.waitpid(pid, os.WNOHANG)", "select.select([end], [], [], 1)",
        "with killed_after(9, desk): desk.stdout.readline()",
        "os.set_blocking(end, False); os.read(end, 9)",
        "fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    ],
)  # fmt: skip
def test_a_wait_with_a_deadline_is_let_alone(waits: str) -> None:
    assert [*endless(f"def test():\n  {waits}")] == []

"""The gates a change must pass: ``nox -s check`` runs them all.

They run in the environment nox itself was installed in (extra ``dev``, pinned by
``constraints.txt``), so nothing is installed twice. CI runs the same ones: ``.ci/run``.
"""

from __future__ import annotations

import sys

import nox

nox.options.sessions = ["check"]
nox.options.default_venv_backend = "none"

GATES = ("lint", "types", "pages", "tests", "coverage")
PURE = ("util", "policy", "calendar", "triage", "cases", "reports")


def _python(session: nox.Session, *argv: str) -> None:
    session.run(sys.executable, *argv)


@nox.session
def check(session: nox.Session) -> None:
    """Run every gate; one that fails keeps none of the others from running."""
    for gate in GATES:
        session.notify(gate)


@nox.session
def lint(session: nox.Session) -> None:
    """Hold every file to the rules of pyproject.toml and to one form (ruff)."""
    _python(session, "-m", "ruff", "check", ".")
    _python(session, "-m", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, strictly (mypy)."""
    _python(session, "-m", "mypy")


@nox.session
def pages(session: nox.Session) -> None:
    """Hold the generated pages of docs/ against the program."""
    _python(session, "docs/generate.py", "--check")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the whole suite; words behind ``--`` go to pytest."""
    _python(session, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadgroup", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Measure the pure floors by their own tests; ``fail_under`` is in pyproject.toml."""
    folders = [f"tests/{floor}" for floor in PURE]
    suite = ("-m", "pytest", "-q", "-m", "not lives", "-n", "auto", "--dist", "loadgroup")
    _python(session, "-m", "coverage", "erase")
    _python(session, "-m", "coverage", "run", *suite, *folders)
    _python(session, "-m", "coverage", "combine", "-q")
    _python(session, "-m", "coverage", "report")

"""Several desks at once, and desks that die: the real command line in real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from sixping.store import verify
from tests.conftest import ROOT, Runner
from tests.kit.answers import answers
from tests.kit.deadline import killed_after
from tests.kit.ledgerkit import rows

DESKS, EACH = 8, 50
KILLS = 20
NOW = "2026-11-23T09:00:00+08:00"

# The command line as a desk uses it, without paying for Python's start fifty times.
DESK = """
import json, sys
from sixping.cli import main
for n in range(int(sys.argv[3])):
    code = main(["--ledger", sys.argv[1], "intake", f"演示路口占道经营 {sys.argv[2]}-{n}",
                 "--request-id", f"{sys.argv[2]}-{n}", "--json"])
    if code:
        sys.exit(code)
"""


def environment(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "SIXPING_NOW": NOW,
    }


def numbers(text: str) -> list[str]:
    """Return the numbers of the answers that arrived whole."""
    return [answer["number"] for answer in answers(text)]


def first_answer(desk: subprocess.Popen[bytes]) -> bytes:
    """Wait until a desk has answered once; what it says after that is still to come."""
    said = b""
    with killed_after(120, desk):
        for line in desk.stdout or ():
            said += line
            if line == b"}\n":
                break
    return said


def numbers_in(path: Path) -> list[object]:
    return [n for (n,) in rows(path, "SELECT number FROM cases ORDER BY number")]


def test_eight_desks_register_at_once_without_an_error_or_a_gap(
    ledger: Path, tmp_path: Path
) -> None:
    desks = [
        subprocess.Popen(
            [sys.executable, "-c", DESK, str(ledger), str(desk), str(EACH)],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for desk in range(DESKS)
    ]
    given: list[str] = []
    for desk in desks:
        out, err = desk.communicate(timeout=120)
        assert desk.returncode == 0, err.decode()
        given += numbers(out.decode())
    expected = [f"2026-{n:06d}" for n in range(1, DESKS * EACH + 1)]
    assert sorted(given) == expected == numbers_in(ledger)
    assert verify.verify(ledger)["ok"]


def test_a_desk_killed_at_any_moment_loses_nothing_it_acknowledged(
    ledger: Path, tmp_path: Path
) -> None:
    """Twenty times: a desk registers one report after another and dies when nobody chose."""
    acknowledged: list[str] = []
    for kill in range(KILLS):
        desk = subprocess.Popen(
            [sys.executable, "-c", DESK, str(ledger), f"desk{kill}", "1000"],
            env=environment(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        said = first_answer(desk)
        for _ in range(37 * kill % KILLS * 200):  # somewhere within the next registration
            desk.poll()
        desk.kill()
        said += desk.communicate(timeout=120)[0]
        acknowledged += numbers(said.decode(errors="replace"))
    assert len(acknowledged) >= KILLS
    assert len(set(acknowledged)) == len(acknowledged)
    assert set(acknowledged) <= set(map(str, numbers_in(ledger)))
    assert verify.verify(ledger)["ok"]


def test_a_retry_after_a_kill_gets_the_number_of_the_first_time(ledger: Path, run: Runner) -> None:
    """The answer was lost on its way, the report was not: asking again finds it."""
    first = run("intake", "演示路口占道经营", "--request-id", "r1", "--json").json()["number"]
    again = run("intake", "演示路口占道经营", "--request-id", "r1", "--json").json()["number"]
    assert first == again
    assert numbers_in(ledger) == [first]

"""``import --update`` of 10,000 known rows, 1 % of them with progress, beside its look ahead.

Run: ``python -m bench.bench_update`` (processor seconds; the budget is 1.5 times).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS, BUDGET = 10_000, 1.5
PROFILE = """\
name = "bench"
title = "比较"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到"
resolved = "办结"
unit = "单位"
status = "状态"
outcome = "结果"
[values.status]
"在办" = "办理中"
"办结" = "已办结"
[defaults]
channel = "投诉举报电话"
"""
NOW = "2026-11-28T10:00:00+08:00"


def rows(*, later: bool) -> str:
    """Return an export; ``later``: one row in a hundred was settled since."""
    lines = ["编号,内容,收到,办结,单位,状态,结果"]
    for n in range(ROWS):
        head = f"S{n},演示路面有坑洼积水{n}需要修补,2026-{n % 10 + 1:02}-{n % 28 + 1:02} 09:00"
        is_open = n % 100 == 7 and not later
        tail = "城管执法中队,在办," if is_open else f"城管执法中队,办结,已修补{n}"
        done = "" if is_open else f"2026-{n % 10 + 1:02}-{n % 28 + 1:02} 16:00"
        lines.append(f"{head},{done},{tail}")
    return "\n".join(lines) + "\n"


def spent(folder: Path, *argv: str) -> float:
    """Return the processor seconds of a command."""
    env = os.environ | {"SIXPING_LEDGER": str(folder / "x.db"), "SIXPING_NOW": NOW}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "sixping", *argv], env=env, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print both and their ratio; 1 past the budget."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        profile, file = folder / "bench.toml", folder / "export.csv"
        profile.write_text(PROFILE, encoding="utf-8")
        command = ("import", str(file), "--profile", str(profile), "--no-triage")
        spent(folder, "init")
        file.write_text(rows(later=False), encoding="utf-8")
        spent(folder, *command)
        file.write_text(rows(later=True), encoding="utf-8")
        ahead, update = spent(folder, *command, "-n"), spent(folder, *command, "--update")
    print(
        f"look ahead {ahead:.2f} s, update {update:.2f} s: {update / ahead:.2f} (at most {BUDGET})"
    )
    return update > BUDGET * ahead


if __name__ == "__main__":
    sys.exit(main())

"""The table of a full run, written into docs/reliability.md between its two marks.

A full test of another part adds its line with ``note``: nothing happens in an ordinary run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- 结果: python -m tests.anomaly --full -->", "<!-- 结果完 -->"
_NOTES = "SIXPING_ANOMALY_NOTES"
_DEADLINE = 4 * 3600
_WORDS: Mapping[str, tuple[str, str, str]] = {
    # what → its name, the count that is its size, the unit of that
    "kills": ("8 个进程同时写入, 随时杀死", "kills", "次"),
    "power": ("断电 (重放系统调用)", "images", "个不同的磁盘状态"),
    "faults": ("读写出错、磁盘已满、描述符用尽", "faults", "次"),
    "guards": ("逐个去掉防护, 测试须变红", "guards", "处"),
    "suite": ("其余各项 (完整部分)", "passed", "项"),
}
_MORE: Mapping[str, str] = {
    "acknowledged": "已答复 {} 次",
    "stage start": "启动时 {}",
    "stage waiting": "等锁时 {}",
    "stage writing": "事务中 {}",
    "stage committing": "提交中 {}",
    "stage committed": "提交后答复前 {}",
    "recorded, not acknowledged": "已记入未答复 {}",
    "retries": "用同一请求标识重做 {} 次",
    "drawn": "共抽取 {} 个",
}


def note(what: str, count: int, unit: str, found: int, seed: int | None = None) -> None:
    """Add a line to the table of a full run; ``what`` and ``unit`` in Chinese."""
    path = os.environ.get(_NOTES)
    if path:
        line = {"what": what, "count": count, "unit": unit, "found": found, "seed": seed}
        with Path(path).open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def of_pytest(seed: int) -> list[dict[str, Any]]:
    """Run the full parts that are tests; return an answer for each line they noted."""
    with tempfile.TemporaryDirectory(prefix="sixping-notes-") as folder:
        notes = Path(folder) / "notes"
        notes.touch()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/anomaly",
             "-k", "not every_guard_that_is_removed"],
            cwd=ROOT,
            env=os.environ | {
                "SIXPING_ANOMALY": "full", "SIXPING_ANOMALY_SEED": str(seed), _NOTES: str(notes),
            },
            capture_output=True,
            check=False,
            timeout=_DEADLINE,
        )  # fmt: skip
        lines = [json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines()]
    said = done.stdout.decode(errors="replace")
    failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
    passed = next((int(w) for w, n in _pairs(said) if n.startswith("passed")), 0)
    suite = {
        "what": "suite",
        "seed": seed,
        "counts": {"passed": passed},
        "found": failed,
    }
    return [*({**line, "counts": {}, "noted": True} for line in lines), suite]


def _pairs(said: str) -> Iterable[tuple[str, str]]:
    words = said.splitlines()[-1].split() if said.strip() else []
    return ((a, b) for a, b in pairwise(words) if a.isdigit())


def write(answers: Iterable[Mapping[str, Any]], page: Path = PAGE) -> None:
    """Put the table of these answers between the marks of the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    rows = "\n".join([*_head(), *map(_row, answers)])
    page.write_text(f"{before}{BEGIN}\n\n{rows}\n\n{END}{after}", encoding="utf-8")


def _head() -> list[str]:
    return ["| 试验 | 做了多少 | 出错 | 种子 | 日期 |", "| --- | --- | --- | --- | --- |"]


def _row(answer: Mapping[str, Any]) -> str:
    day, seed = datetime.now(UTC).date().isoformat(), answer["seed"]
    found = answer["found"]
    if answer.get("noted"):
        size = f"{answer['count']:,} {answer['unit']}"
        return (
            f"| {answer['what']} | {size} | {found} | {seed if seed is not None else '—'} | {day} |"
        )
    name, key, unit = _WORDS[answer["what"]]
    counts = answer["counts"]
    size = (
        f"没有做: {answer['skipped']}"
        if answer.get("skipped")
        else f"{counts.get(key, 0):,} {unit}"
    )
    more = [words.format(f"{counts[k]:,}") for k, words in _MORE.items() if k in counts]
    commands = sum(1 for k, n in counts.items() if k.startswith("command ") and n)
    more += [f"{commands} 个命令"] if commands else []
    size = "; ".join([size, *more])
    return f"| {name} | {size} | {len(found)} | {seed if seed is not None else '—'} | {day} |"

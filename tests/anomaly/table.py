"""The table of a full run, written into docs/reliability.md between its two marks.

A full test of another part adds its line with ``note``: nothing happens in an ordinary run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- 结果: python -m tests.anomaly --full -->", "<!-- 结果完 -->"
NOTES = "SIXPING_ANOMALYNOTES"
_WORDS: Mapping[str, tuple[str, str, str]] = {
    # what → its name, the count that is its size, the unit of that
    "kills": ("8 个进程同时写入, 随时杀死", "kills", "次"),
    "power": ("断电 (重放系统调用)", "images", "个不同的磁盘状态"),
    "faults": ("读写出错、磁盘已满、描述符用尽", "faults", "次"),
    "guards": ("逐个去掉防护, 测试须变红", "guards", "处"),
    "output": ("写入的去处是台账、日志、备份、规则、链接…", "passed", "项试验"),
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
    path = os.environ.get(NOTES)
    if path:
        line = {"what": what, "count": count, "unit": unit, "found": found, "seed": seed}
        with Path(path).open("a", encoding="utf-8") as out:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def write(answers: Iterable[Mapping[str, Any]], page: Path = PAGE) -> None:
    """Put the table of these answers between the marks of the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    rows = "\n".join([*_head(), *(row for answer in answers for row in _rows(answer))])
    page.write_text(f"{before}{BEGIN}\n\n{rows}\n\n{END}{after}", encoding="utf-8")


def _head() -> list[str]:
    return ["| 试验 | 做了多少 | 出错 | 种子 | 日期 |", "| --- | --- | --- | --- | --- |"]


def _rows(answer: Mapping[str, Any]) -> list[str]:
    """Return the rows of a part: one, or a row for each line that its tests noted."""
    lines = answer.get("lines", [])
    rows = [_row(n["what"], f"{n['count']:,} {n['unit']}", n["found"], n["seed"]) for n in lines]
    if rows and not answer["found"]:
        return rows
    name, key, unit = _WORDS.get(answer["what"], (answer["what"], "passed", "项试验"))
    counts = answer["counts"]
    skipped = answer.get("skipped")
    size = f"没有做: {skipped}" if skipped else f"{counts.get(key, 0):,} {unit}"
    more = [words.format(f"{counts[k]:,}") for k, words in _MORE.items() if k in counts]
    commands = sum(1 for k, n in counts.items() if k.startswith("command ") and n)
    more += [f"{commands} 个命令"] if commands else []
    return [*rows, _row(name, "; ".join([size, *more]), len(answer["found"]), answer["seed"])]


def _row(name: str, size: str, found: int, seed: int | None) -> str:
    day = datetime.now(UTC).date().isoformat()
    return f"| {name} | {size} | {found} | {seed if seed is not None else '—'} | {day} |"

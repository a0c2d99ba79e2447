"""Measure triage on labelled messages: is the platform right, and what does it cost?

Run: ``python bench/bench_triage.py FILE.csv`` with the columns title, text, label.
The vocabulary was tuned on the half of the rows whose hash is even; the other half was
only ever measured. The baseline asks ``word in text`` for every keyword, in the same run.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from sixping.policy.units import load_units
from sixping.triage.signals import load_signals
from sixping.triage.suggest import suggest
from sixping.triage.taxonomy import load_taxonomy
from sixping.triage.wordmatch import squash

PLATFORM = {
    "商贸旅游": "市场监管",
    "城乡建设": "综合执法",
    "环境保护": "综合执法",
    "交通运输": "综合执法",
    "劳动和社会保障": "便民服务",
    "教育文体": "便民服务",
    "卫生计生": "便民服务",
}


class Row(NamedTuple):
    """One labelled message and what triage says about it."""

    label: str
    text: str
    said: str
    unsure: bool
    severity: str
    tuned: bool

    @property
    def right(self) -> bool:
        """Tell whether the platform is the label's."""
        return self.said == PLATFORM[self.label]


def judge(path: Path) -> tuple[list[Row], float]:
    """Triage every labelled row; return the rows and the seconds triage took."""
    units = load_units()
    taxonomy, signals = load_taxonomy(), load_signals()
    rows: list[Row] = []
    spent = 0.0
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            if line["label"] not in PLATFORM:
                continue
            text = f"{line['title']}\n{line['text']}"
            start = time.perf_counter()
            answer = suggest(text, taxonomy, signals, units)
            spent += time.perf_counter() - start
            platform = answer.platform or "无"
            tuned = hashlib.sha256((line["title"] + line["text"]).encode()).digest()[0] % 2 == 0
            row = Row(line["label"], text, platform, answer.unsure, answer.severity, tuned)
            rows.append(row)
    return rows, spent


def baseline(rows: list[Row]) -> float:
    """Return the seconds a plain ``in`` over all keywords takes on the same texts."""
    words = list(load_taxonomy().weights)
    start = time.perf_counter()
    for row in rows:
        text = squash(row.text).text
        sum(word in text for word in words)
    return time.perf_counter() - start


def share(name: str, rows: list[Row]) -> None:
    """Print how many of these rows are right, and right among the sure ones."""
    sure = [row for row in rows if not row.unsure]
    right = sum(row.right for row in rows) / max(len(rows), 1)
    certain = sum(row.right for row in sure) / max(len(sure), 1)
    said = len(sure) / max(len(rows), 1)
    print(
        f"{name}\t{len(rows)} texts\tright {right:.3f}\tsure {said:.2f}, then right {certain:.3f}"
    )


def main(path: Path) -> None:
    """Print accuracy by label and half, the confusion table, severities and the time."""
    rows, spent = judge(path)
    for label in PLATFORM:
        share(label, [row for row in rows if row.label == label])
    share("tuned half", [row for row in rows if row.tuned])
    share("held-out half", [row for row in rows if not row.tuned])
    share("all", rows)
    columns = [*dict.fromkeys(PLATFORM.values()), "综合治理", "无"]
    print("\nlabel", *columns, sep="\t")
    for label in PLATFORM:
        said = Counter(row.said for row in rows if row.label == label)
        print(label, *(said[column] for column in columns), sep="\t")
    print("\nseverity", *Counter(row.severity for row in rows).most_common(), sep="\t")
    plain = baseline(rows)
    print(
        f"\ntriage {spent / len(rows) * 1e6:.0f} us a text, "
        f"plain `in` over all keywords {plain / len(rows) * 1e6:.0f} us: {spent / plain:.2f} x"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The assessment as one flat table, and the columns of what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.render.table import Column
from sixping.reports.assessment import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.reports.assessment import Assessment, Nobody

#: the flat table: key → title
HEADS = {"kind": "对象", "name": "单位", "measure": "项目", "value": "数值"}
ROWS_BEHIND = (
    Column("unit", "单位"),
    Column("number", "编号"),
    Column("day", "日期", "day"),
    Column("counted", "计入", "bool"),
    Column("what", "情况", elastic=True),
    Column("by", "人员"),
    Column("clock", "时限"),
    Column("due", "期限", "time"),
    Column("verdict", "判定"),
)
ITEM_COLUMNS = (
    Column("seq", "序号", "int"),
    Column("unit", "单位"),
    Column("day", "日期", "day"),
    Column("points", "分", "int"),
    Column("by", "记录人"),
    Column("reason", "理由", elastic=True),
)


_TIMES = ("mean", "median", "n")


def flat_rows(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Return the assessment as one flat table: ``kind name measure value``, values as text."""
    for subject in assessment.subjects:
        values: dict[str, object] = {
            "cases": subject.cases, "rank": subject.rank, "total": subject.total,
        }  # fmt: skip
        for name, r in subject.rates.items():
            percent = None if r.rate is None else f"{r.rate:.2f}"
            parts = {"n": r.n, "d": r.d, "rate": percent, "score": r.score}
            values |= {f"{name}.{part}": value for part, value in parts.items()}
        for name, count in subject.counts.items():
            values |= {f"{name}.n": count.n, f"{name}.points": count.points}
        values |= subject.beside
        for person in subject.persons:
            own: dict[str, object] = {
                key.removeprefix("person_"): n for key, n in person.figures.items()
            }
            own |= {f"workdays.{part}": getattr(person.workdays, part) for part in _TIMES}
            values |= {f"person.{person.id}.{key}": value for key, value in own.items()}
        for measure, value in values.items():
            yield _flat(subject.kind, subject.name, measure, value)
    for clock, n in assessment.left_out.items():
        yield _flat(None, None, f"left_out.{clock}", n)
    if assessment.nobody:
        yield from _flat_nobody(assessment.nobody)


def _flat_nobody(nobody: Nobody) -> Iterator[dict[str, Any]]:
    for name, r in nobody.rates.items():
        percent = None if r.rate is None else f"{r.rate:.2f}"
        for part, value in {"n": r.n, "d": r.d, "rate": percent}.items():
            yield _flat(None, NOBODY, f"{name}.{part}", value)
    counts = {f"{name}.n": n for name, n in nobody.counts.items()}
    for name, n in {**counts, **nobody.beside}.items():
        yield _flat(None, NOBODY, name, n)


def _flat(kind: str | None, name: str | None, measure: str, value: object) -> dict[str, Any]:
    text = None if value is None else str(value)
    return {"kind": kind, "name": name, "measure": measure, "value": text}

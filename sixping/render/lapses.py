"""The list of failures as people see it, a row each."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import against_due
from sixping.policy.vocabulary import LAPSES
from sixping.render.beside import TITLE
from sixping.render.table import Column
from sixping.reports.watched import FAMILIES, LEFT
from sixping.reports.waysout import WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.reports.lapses import Lapse
    from sixping.reports.watched import Watched

COLUMNS = (
    Column("number", "编号"),
    Column("label", "情形", elastic=True),
    Column("unit", "责任单位"),
    Column("coordinator", "协调单位"),
    Column("due", "期限", "time"),
    Column("happened", "实际", "time"),
    Column("standing", "超期"),
    Column("evidence", "依据(流水号)", "list"),
    Column("why", "说明", elastic=True),
)
#: on a terminal narrower than this the column is left to other formats
COLUMNS_FROM = {"coordinator": 130, "happened": 115, "evidence": 100}
#: what leaves where the rows are still too wide, in this order
LEAVING = ("coordinator", "happened", "evidence", "due")


def rows(lapses: Sequence[Lapse]) -> list[dict[str, Any]]:
    """Return one row a failure for tables and sheets."""
    return [
        lapse._asdict()
        | {
            "label": LAPSES[lapse.kind],
            "standing": "" if lapse.due is None else against_due(lapse.workdays_late, None),
        }
        for lapse in lapses
    ]


def rows_beside(beside: Sequence[Watched]) -> list[dict[str, Any]]:
    """Return one row each of what is no failure but has to be seen, in the same columns."""
    return [
        {
            "number": row.number,
            "label": f"(非超期) {words_of(row)}",
            "unit": row.unit,
            "coordinator": None,
            "due": row.due,
            "happened": row.at,
            "standing": "",
            "evidence": (row.seq,),
            "why": row.what,
        }
        for row in beside
    ]


def words_of(row: Watched) -> str:
    """Return what people call a thing that has to be seen."""
    family = FAMILIES[row.family]
    return f"{family}: {WAYS[row.kind]}" if row.family == LEFT else family


def summary_beside(beside: Sequence[Watched]) -> str:
    """Return how many things have to be seen, by family, and how they open."""
    families = Counter(FAMILIES[row.family] for row in beside)
    words = "、".join(f"{family} {n}" for family, n in families.items())
    return f"{TITLE}: {words or '无'}。" + (" 逐件: --drill 限内转出 等。" if words else "")


def summary(lapses: Sequence[Lapse]) -> str:
    """Return how many failures there are, by kind."""
    if not lapses:
        return "这一时段没有超期及不规范办理情形。"
    labels = [LAPSES[lapse.kind] for lapse in lapses]
    return "合计: " + "、".join(f"{w} {labels.count(w)}" for w in dict.fromkeys(labels)) + "。"

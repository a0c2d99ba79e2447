"""Persons beneath their unit on the paper of an assessment (五.2, 附2.1): no score, no rank.

Pure. The paper of one unit is handed to it and names them, marked as not for circulation; that of
several goes round, so there they stand by their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.phrases import NO_RATE
from sixping.render.paper.blocks import Block, Cell, Head, Table, count
from sixping.render.paper.wording import full_day, punctuated
from sixping.reports.office.persons import COUNTS, FIGURES, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.blocks import Runs
    from sixping.render.paper.supervision.figures import Draft
    from sixping.reports.assessment import Subject
    from sixping.reports.office.persons import Person

NAME = "责任到人"
_NAMED = "本表载有姓名，供本单位核对，不传阅、不张贴。"
_UNNAMED = "本表随材料传阅，人员只写编号；姓名见交各单位核对的分表。"
#: what the columns of counts are called on a terminal
_SHORT = ("经办", "在手", "办结", "手中超期", "超期等")
_PLAIN = "只列数，不计分、不排名；按单位和编号排列，与多少无关。"


def persons(d: Draft) -> Iterator[Block]:
    """Yield who answered for cases beneath each unit; nothing where nobody was named."""
    assessment = d.assessment
    rows = [(s, person) for s in assessment.subjects for person in s.persons]
    if not rows or assessment.persons_since is None:
        return
    named = len(assessment.subjects) == 1
    since = f"经办人登记自{full_day(assessment.persons_since)}起，只计此后由经办人承办的事项。"
    notes: list[Runs] = [(_NAMED if named else _UNNAMED,), (f"{since}{_PLAIN}",)]
    notes.append((f"{punctuated(COUNTS)}。",))
    heads = (
        Head("单位"), Head("人员"),
        *(Head(TITLES[key], "figure", short) for key, short in zip(FIGURES, _SHORT, strict=True)),
        Head("经办时长平均", "figure", "平均"), Head("经办时长中位", "figure", "中位"),
    )  # fmt: skip
    yield Table(
        NAME,
        d.caption("表", NAME),
        heads,
        tuple(_cells(d, subject, person, named=named) for subject, person in rows),
        notes=tuple(notes),
        whole=True,
    )


def _cells(d: Draft, subject: Subject, person: Person, *, named: bool) -> tuple[Cell, ...]:
    """Return the row of somebody; each count opens to his own cases in this unit."""
    who = f"{person.name}（{person.id}）" if named and person.name else person.id
    whose = f"{subject.name}.{person.id}"
    counts = (count(person.figures[key], d.key(key, whose, dimension="person")) for key in FIGURES)
    times = (person.workdays.mean, person.workdays.median)
    days = (NO_RATE if each is None else f"{each:g}" for each in times)
    return (person.unit, who, *counts, *days)

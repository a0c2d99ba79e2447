"""The figures of an assessment as they stand in its paper: each with what it opens by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.render.paper.blocks import Cell, Figure, Head, Ratio, count, percent
from sixping.render.paper.wording import Numbers, words_of
from sixping.reports.assessment import CASES, NOBODY, Rate
from sixping.reports.drill import CHANGED, SEEN, PartKey
from sixping.reports.period import percent as share_of
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from decimal import Decimal

    from sixping.documents.assessed import Standing
    from sixping.policy.assessment import Indicator
    from sixping.policy.units import UnitKind
    from sixping.reports.assessment import Assessment, Subject
    from sixping.reports.assessrows import AssessmentRow

#: the figures of what has to be seen that stand in a table
SHOWN = (LEFT, UNDONE, STATED, CHANGED, EXTENDED, EXCEPTIONS, UNSENT, FAILED)
#: what the columns of a terminal are called
_SHORT = {
    "按时受理率": "受理", "按时上报率": "上报", "按时办结率": "按时",
    "15个工作日内办结率": "上限内", "签收率": "签收",
    "退回率": "退回", "重办率": "重办", "反馈率": "反馈", "满意率": "满意",
    "核查通过率": "核查", "督办答复率": "答复", "驻点在岗达标率": "在岗", "值守有记录率": "有记录",
    "在线值班应答率": "应答", "有效反映率": "有效", "辖区事项办结率": "辖区办结",
    "超期及不规范办理": "超期等", "未答复的督办": "欠答", "未按期落实的会议决定": "欠办",
}  # fmt: skip


def named(title: str) -> Head:
    """Return the head of a column of figures."""
    return Head(title, "figure", _SHORT.get(title, ""))


def points_of(points: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of points; None where there are none."""
    known = [each for each in points if each is not None]
    return sum(known[1:], known[0]) if known else None


class Draft(Numbers):
    """A paper of an assessment in the making. ``noted``: what the cells mean has been said.

    ``standing`` of its procedure, None: none is kept.
    """

    def __init__(self, assessment: Assessment, rows: Iterable[AssessmentRow]) -> None:
        """Take the figures, and the rows behind them."""
        super().__init__()
        self.assessment = assessment
        self.words = words_of(assessment.sort, assessment.period, assessment.as_of)
        self.noted = False
        self.standing: Standing | None = None
        self._lapses: dict[str, dict[str, int]] = {}
        for row in rows:
            if row.cohort == "lapse" and row.unit:
                own = self._lapses.setdefault(row.unit, {})
                for mark in row.marks:
                    own[mark] = own.get(mark, 0) + 1

    def lapses_of(self, name: str) -> dict[str, int]:
        """Return how many failures of each kind a unit answers for."""
        return self._lapses.get(name, {})

    def key(self, figure: str, name: str = "", part: str = "", dimension: str = "unit") -> str:
        """Return what a figure opens by, of one name or of all."""
        return PartKey(figure, dimension if name else "", name, part).text

    def is_empty(self, subject: Subject) -> bool:
        """Return whether there is nothing to count of a subject."""
        counts = (c.n for c in subject.counts.values())
        return not (
            subject.cases
            or any(r.d for r in subject.rates.values())
            or any(counts)
            or subject.items
        )

    def cases(self, subject: Subject) -> Figure:
        """Return how many cases count for a subject."""
        return count(subject.cases, self.key(CASES, subject.name))

    def rate(self, subject: Subject, indicator: Indicator) -> Ratio:
        """Return an indicator of a subject."""
        return self._ratio(subject.rates[indicator.id], indicator.id, subject.name)

    def cost(self, subject: Subject, figure: str) -> Figure:
        """Return a deduction of a subject: how many there are."""
        return count(subject.counts[figure].n, self.key(figure, subject.name))

    def _ratio(self, rate: Rate, figure: str, name: str = "", dimension: str = "unit") -> Ratio:
        """Return how many of what; the share from the least number on (policy)."""
        n, d = (
            count(value, self.key(figure, name, part, dimension))
            for part, value in (("n", rate.n), ("d", rate.d))
        )
        few = rate.d is None or rate.d < self.assessment.small_sample
        return Ratio(n, d, None if few else percent(share_of(rate.n or 0, rate.d or 0)))

    # --- nobody, and the whole ----------------------------------------------------------------

    def nobody_rates(self) -> Iterator[tuple[str, Ratio]]:
        """Yield the rates that nobody has a part of, by title."""
        nobody = self.assessment.nobody
        for i in self.assessment.scheme.indicators:
            if nobody and nobody.rates[i.id].d:
                yield i.title, self._ratio(nobody.rates[i.id], i.id, NOBODY)

    def nobody_counts(self) -> Iterator[tuple[str, Figure]]:
        """Yield the counts that nobody has a part of, by title."""
        nobody = self.assessment.nobody
        if nobody:
            for title, key, n in [
                *((c.title, c.id, nobody.counts[c.id]) for c in self.assessment.scheme.deductions),
                *((SEEN[key], key, nobody.beside.get(key)) for key in SHOWN),
            ]:
                if n:
                    yield title, count(n, self.key(key, NOBODY))

    def whole_rows(self, kinds: Sequence[UnitKind]) -> Iterator[tuple[Cell, ...]]:
        """Yield a row a figure: what each kind of subject has, what nobody has, and all."""
        nobody, subjects = self.assessment.nobody, self.assessment.subjects
        if nobody is None:
            return
        for i in self.assessment.scheme.indicators:
            parts = [_sum(s.rates[i.id] for s in subjects if s.kind is k and i.id in s.rates)
                     for k in kinds]  # fmt: skip
            every = _sum([*parts, nobody.rates[i.id]])
            if every.d:
                own = [self._ratio(part, i.id, kind, "kind")
                       for kind, part in zip(kinds, parts, strict=True)]  # fmt: skip
                rest = self._ratio(nobody.rates[i.id], i.id, NOBODY)
                yield (i.title, *own, rest, self._ratio(every, i.id))
        for c in self.assessment.scheme.deductions:
            yield from self._counted(
                c.title, c.id, kinds, nobody.counts[c.id],
                lambda s, key: s.counts[key].n if key in s.counts else 0,
            )  # fmt: skip
        for key in SHOWN:
            yield from self._counted(
                SEEN[key], key, kinds, nobody.beside.get(key), lambda s, key: s.beside.get(key)
            )

    def _counted(
        self,
        title: str,
        figure: str,
        kinds: Sequence[UnitKind],
        rest: int | None,
        of: Callable[[Subject, str], int | None],
    ) -> Iterator[tuple[Cell, ...]]:
        parts = [
            sum(of(s, figure) or 0 for s in self.assessment.subjects if s.kind is kind)
            for kind in kinds
        ]
        whole = sum(parts) + (rest or 0)
        if whole:
            own = [count(n, self.key(figure, kind, dimension="kind"))
                   for kind, n in zip(kinds, parts, strict=True)]  # fmt: skip
            yield (
                title,
                *own,
                count(rest or 0, self.key(figure, NOBODY)),
                count(whole, self.key(figure)),
            )


def _sum(rates: Iterable[Rate]) -> Rate:
    """Return rates added up: how many, of what."""
    every = list(rates)
    return Rate(sum(r.n or 0 for r in every), sum(r.d or 0 for r in every), None, None)

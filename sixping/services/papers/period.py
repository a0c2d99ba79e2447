"""The paper of a period with what its figures open to: the cases, and every thing counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from sixping.documents.phrases import day
from sixping.queries import handled
from sixping.render.paper.blocks import Cell, Details, Head, Paper, Records, count, keys_of
from sixping.render.paper.period import paper
from sixping.render.paper.period.frozen import said_beside
from sixping.reports.drill import FIGURES, UNNAMED, key_named
from sixping.reports.period import DIMENSIONS, RATES, TOTALS
from sixping.services.drill import Rows
from sixping.services.report import Source, gathered, revealed
from sixping.services.rulebooks import naming_on
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from sixping.documents.frozen import Reprint
    from sixping.policy.units import Naming
    from sixping.queries.handled import CaseLine
    from sixping.reports.drill import Drilled
    from sixping.reports.period import PeriodReport
    from sixping.reports.spans import ReportRequest
    from sixping.services.report import Caveats
    from sixping.store.sqlite import Connection

#: what a list of cases behind figures shows of each
HEADS = ("编号", "收到", "类别", "承办单位", "社区", "状态", "办结")
_RECORDS = ("项目", "编号", "计入", *DIMENSIONS.values(), "时间", "期限", "说明", "流水号")


def naming_in(con: Connection, report: PeriodReport, seq: int) -> Naming:
    """Return the names in use at the end of a report's period, or so far, by the rules of a seq."""
    return naming_on(con, min(report.as_of.date(), report.period.last), seq)


class Made(NamedTuple):
    """A report, and what makes its paper from the same state of the ledger.

    ``reprint``: of a frozen period, its issue and what changed since.
    """

    source: Source
    report: PeriodReport
    caveats: Caveats
    naming: Naming
    reprint: Reprint | None = None

    @classmethod
    def of(cls, con: Connection, request: ReportRequest, reveal: Collection[str] = ()) -> Self:
        """Gather a report; the words of the cases ``reveal`` names are as they were said."""
        source = Source.of(con, request)
        report, caveats = gathered(source)
        if reveal:
            report = revealed(con, report, reveal)
        return cls(source, report, caveats, naming_in(con, report, report.seq))

    def paper(self, *, details: bool) -> Paper:
        """Return the paper; with ``details`` what every figure in it opens to.

        The records of the details are read from the connection as they are written.
        """
        reprint = self.reprint
        issue = reprint.issue_words if reprint else None
        made = paper(self.report, self.naming, issue, self.source.room)
        if details and self.report.stock.known:
            made = made._replace(details=details_of(self.source, made))
        return said_beside(made, reprint) if reprint else made


def details_of(source: Source, made: Paper) -> Details:
    """Return the cases behind the figures of a paper, and the rows they are counted from."""
    rows = Rows(source)
    named = {key: key_named(key) for key in keys_of(made)}
    behind = {key: rows.numbers(each) for key, each in named.items()}
    numbers = sorted({number for found in behind.values() for number in found})
    lines = handled.lines(source.con, source.state, numbers)
    return Details(
        tuple(Head(head) for head in HEADS),
        {line.number: cells(line, source.request.span.last.year) for line in lines},
        behind,
        {key: each.title for key, each in named.items()},
        Records(tuple(Head(head) for head in _RECORDS), _records(rows, lines)),
    )


def cells(line: CaseLine, year: int) -> tuple[Cell, ...]:
    """Return what a list shows of a case under ``HEADS``; nothing that a reporter said."""
    resolved = line.resolved_at
    return (
        line.number,
        day(from_text(line.received_at).date(), year),
        line.category or UNNAMED,
        line.unit or "",
        line.community or UNNAMED,
        line.status,
        day(from_text(resolved).date(), year) if resolved else "",
    )


def _records(rows: Rows, lines: Iterable[CaseLine]) -> Iterator[tuple[Cell | datetime, ...]]:
    """Yield each thing under each figure that counts it, under the facts it counts by.

    ``计入`` is 1 for what a figure counts; of a rate 0 for what is in its denominator only.
    """
    facts = {line.number: line.keys for line in lines}
    for name, title in FIGURES.items():
        if name in TOTALS or name in RATES or name.startswith(("finish.", "scores.")):
            for row in rows.source.kept(rows.rows(name)):
                yield (
                    title, row.number, count(int(row.counted)), *_facts(row.keys),
                    _instant(row.at), _instant(row.due), None, _seq(row.seq),
                )  # fmt: skip
        else:
            for told in rows.of(key_named(name)):
                yield _told(title, told, facts.get(told.number or "", ()))


def _told(title: str, row: Drilled, keys: tuple[str | None, ...]) -> tuple[Cell | datetime, ...]:
    return (
        title, row.number, count(int(row.counted)), *_facts(keys), _instant(row.at),
        _instant(row.due), row.what, _seq(row.seq),
    )  # fmt: skip


def _facts(keys: tuple[str | None, ...]) -> tuple[str | None, ...]:
    return keys or (None,) * len(DIMENSIONS)


def _seq(seq: int | None) -> Cell:
    return count(seq) if seq else None


def _instant(value: datetime | str | None) -> datetime | None:
    return from_text(value) if isinstance(value, str) else value

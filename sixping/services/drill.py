"""The rows behind one figure of a report: exactly as many as it counts."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from sixping.policy.vocabulary import LIMITS, Platform
from sixping.queries import handled, periods, photographs
from sixping.reports.beside import WITH_TRANSFERRED, of_family
from sixping.reports.drill import (
    BY_FIRST,
    DAYS,
    LEFT_OUT,
    OPEN_DAYS,
    OUTCOMES,
    REPEATED,
    SECOND,
    SEEN,
    SETTLED,
    TO_CHECK,
    Drilled,
    Key,
    as_drilled,
    of_results,
    of_seen,
    title_of,
)
from sixping.reports.handling import UNSAID, WAITING, handling
from sixping.reports.period import DIMENSIONS, FINISH, OMITTED, RATES, STOCK, Span
from sixping.reports.spans import same_days
from sixping.reports.watched import BY_FORMER, EXTENDED
from sixping.reports.worked import GRADES
from sixping.services.filters import Places
from sixping.services.report import Source, earlier, repeated, times_spent, to_check
from sixping.util.names import one_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sixping.queries.periods import Behind, Thing
    from sixping.queries.photographs import Photograph
    from sixping.reports.spans import ReportRequest
    from sixping.reports.watched import Seen
    from sixping.reports.worked import Spent

#: a limit of a case: its kind and round
Limit = tuple[str, str | None, int | None]


def drill(source: Source, key: Key) -> list[Drilled]:
    """Return exactly the rows that a figure of a report counts, in the order of their numbers.

    A rate gives its denominator, the numerator marked. A figure that is not known of a period (—)
    has no rows. Raises ``UsageFault`` for a kind of result that the report does not count.
    """
    return Rows(source._replace(request=of_span(source.request, key.span))).named(key)


def of_span(request: ReportRequest, span: str) -> ReportRequest:
    """Return the request of the period a figure is of: its own, one before, or a month."""
    if not span:
        return request
    if span in {"previous", "last_year"}:
        other = earlier(request)[span == "last_year"]
        return request._replace(span=same_days(request.span, other, request.moment.date()))
    first = date.fromisoformat(f"{span}-01")
    return request._replace(span=Span(first, first + relativedelta(months=1, days=-1)))


class Rows:
    """The rows behind the figures of one report; what several figures share is read once."""

    def __init__(self, source: Source) -> None:
        """Take the state that the report is made from."""
        self.source = source
        self._groups: dict[tuple[str, int], dict[str | None, list[Behind]]] = {}
        self._readers: Mapping[str, Callable[[Key], list[Drilled]]] = {
            OUTCOMES: self._results,
            SETTLED: self._results,
            DAYS: self._unit_days,
            "averages": self._averages,
            TO_CHECK: self._to_check,
            REPEATED: self._repeated,
        }

    def of(self, key: Key) -> list[Drilled]:
        """Return the rows of a figure."""
        if not self.photograph.stock.known:
            return []
        if key.part:
            rows = self.of(key._replace(part=""))
            return [row for row in rows if row.counted] if key.part == "n" else rows
        name = key.figure
        reader = self._readers.get(name.partition(".")[0])
        if reader:
            return reader(key)
        if name in WAITING:
            return self._told(key, photographs.waiting(self.source.con, self.photograph, name))
        if name in SEEN:
            return of_seen(self.seen.rows, name)
        if name == BY_FIRST or name.endswith(SECOND):
            return self._anew(key)
        return self._told(key, self.rows(name))

    @cached_property
    def photograph(self) -> Photograph:
        """How everything stood at the end of the period."""
        return self.source.photograph()

    @cached_property
    def seen(self) -> Seen:
        """What has to be seen beside."""
        return self.source.seen()

    @cached_property
    def things(self) -> list[Thing]:
        """What every measure of the period counts, of whom the report is."""
        source = self.source
        found = periods.things(
            source.con, source.state, source.period,
            satisfied=source.edition.readings.satisfied_from, room=source.room,
        )  # fmt: skip
        return [thing for thing in found if source.narrow.takes(thing.row.keys)]

    @cached_property
    def leads(self) -> list[Behind]:
        """Results and whether their first lead held."""
        source = self.source
        return source.kept(handled.first_leads(source.con, source.state, source.period))

    @cached_property
    def spent(self) -> list[Spent]:
        """The working days that each result took, and each open case so far."""
        return list(times_spent(self.source, self.photograph))

    def named(self, key: Key) -> list[Drilled]:
        """Return the rows of a figure whose row is named as people write it.

        Raises ``UnknownName`` where neither the report nor the ledger knows the name.
        """
        found = self.of(key)
        if found or key.dimension is None or key.name is None or not self.photograph.stock.known:
            return found
        place = tuple(DIMENSIONS).index(key.dimension)
        rows = [thing.row for thing in self.things]
        rows += [row for name in STOCK for row in self.source.kept(self.rows(name))]
        if key.name in {row.keys[place] for row in rows}:
            return found
        return self.of(key._replace(name=_in_full(self.source, key.dimension, key.name)))

    def numbers(self, key: Key) -> list[str]:
        """Return the number of each thing that a figure counts, as ``of`` would list them."""
        rows = self._grouped(key)
        if rows is None:
            return [row.number or "" for row in self.of(key)]
        return [row.number for row in rows if row.counted or key.part != "n"]

    def _grouped(self, key: Key) -> Sequence[Behind] | None:
        """Return the rows of a figure in a row of a breakdown; None: it stands in none."""
        apart = key.dimension is None or key.figure.partition(".")[0] == DAYS
        if key.dimension is None or apart or not self.photograph.stock.known:
            return None
        place = tuple(DIMENSIONS).index(key.dimension)
        if (key.figure, place) not in self._groups:
            groups: dict[str | None, list[Behind]] = {}
            for row in self.source.kept(self.rows(key.figure)):
                groups.setdefault(row.keys[place], []).append(row)
            self._groups[key.figure, place] = groups
        return self._groups[key.figure, place].get(key.name, [])

    def rows(self, name: str) -> list[Behind]:
        """Return the rows of a total, a rate or a part of them, under the facts they count by."""
        if name in STOCK:
            return photographs.behind(self.source.con, self.photograph, name)
        return self._behind(name)

    def _behind(self, name: str) -> list[Behind]:
        n, d = _pair(name)
        return self.leads if d == "first_lead_known" else periods.of_pair(self.things, n, d)

    def _told(self, key: Key, rows: Iterable[Behind]) -> list[Drilled]:
        """Return the rows of whom the report is, and of the row of its breakdown, in words."""
        source = self.source
        own = [row for row in source.kept(rows) if key.takes(row.keys)]
        names = periods.names_of(source.con, [row.seq for row in own if row.seq])
        return [
            Drilled(
                number=row.number,
                unit=row.unit,
                clock=LIMITS[row.clock] if row.clock else None,
                due=row.due,
                at=row.at,
                what=_words(key.figure, row),
                by=names.get(row.seq) if row.seq else None,
                counted=row.counted,
                seq=row.seq,
                community=row.community,
            )
            for row in own
        ]

    def _results(self, key: Key) -> list[Drilled]:
        """Return the results behind ``solved``, those that count as solved marked, or kinds."""
        source, edition = self.source, self.source.edition
        found = periods.results(source.con, source.state, source.period)
        found = [(kind, row) for kind, row in found if source.narrow.takes(row.keys)]
        if key.figure == SETTLED:
            found = [
                (kind, row._replace(counted=kind in edition.settling))
                for kind, row in found
                if kind
            ]
        rows = self._told(key, [row for _, row in found])
        said = [
            row._replace(what=kind or UNSAID) for (kind, _), row in zip(found, rows, strict=True)
        ]
        if key.figure == SETTLED:
            return said
        counts: dict[str | None, int] = {}
        for kind, _ in found:
            counts[kind] = counts.get(kind, 0) + 1
        return of_results(said, key.figure, handling(counts, edition, {}).outcomes)

    def _anew(self, key: Key) -> list[Drilled]:
        """Return the rows of a second rate: those of the first, some of them judged otherwise."""
        name, replaced = _second(self.seen, key.figure)
        rows = self._behind(name)
        kept = [row for row in rows if (row.number, row.clock, row.round) not in replaced]
        told = [*self._told(key._replace(figure=name), kept), *replaced.values()]
        return sorted(told, key=lambda row: row.number or "")

    def _averages(self, key: Key) -> list[Drilled]:
        """Return the results and open cases behind an average, each with its working days."""
        _, whose, grade, *still = key.figure.split(".")
        rows = [
            spent
            for spent in self.spent
            if (spent.whose, spent.grade, spent.open) == (whose, grade, bool(still))
        ]
        return _lengths(rows)

    def _unit_days(self, key: Key) -> list[Drilled]:
        """Return the results, or open cases, of a unit with the working days it had them."""
        own = (key.name, "unit", key.figure == OPEN_DAYS)
        return _lengths(row for row in self.spent if (row.unit, row.whose, row.open) == own)

    def _to_check(self, _: Key) -> list[Drilled]:
        return [
            Drilled(
                row.number, row.unit, None, None, row.at, row.why, None, counted=True,
                seq=row.seq, verdict=row.checked,
            )
            for row in to_check(self.source)
        ]  # fmt: skip

    def _repeated(self, key: Key) -> list[Drilled]:
        """Return the reports of the places or callers, or of one of them by its place."""
        _, sort, *one = key.figure.split(".")
        known = repeated(self.source) or []
        chosen = [each for each in known if (each.place is None) == (sort == "callers")]
        if one:
            chosen = chosen[int(one[0]) - 1 : int(one[0])]
        return [
            Drilled(
                number, None, None, None, None, each.place or "同一来电人", None, counted=True,
                seq=None,
            )
            for each in chosen
            for number in each.numbers
        ]  # fmt: skip


def _pair(name: str) -> tuple[str, str]:
    """Return the measures of a figure: what is in it, and of what."""
    if name in RATES:
        return RATES[name].n, RATES[name].d
    sort, _, part = name.partition(".")
    measure = {
        "finish": FINISH.get(part, ("", ""))[1],
        "scores": f"score_{part}",
        LEFT_OUT: f"{part}_{LEFT_OUT}",
    }.get(sort, name)
    return measure, measure


def _lengths(rows: Iterable[Spent]) -> list[Drilled]:
    return [
        Drilled(
            row.number, row.unit, None, None, row.at,
            f"{'已' if row.open else ''}{row.days}个工作日", None, counted=True, seq=row.seq,
        )
        for row in sorted(rows, key=lambda row: (-row.days, row.number))
    ]  # fmt: skip


def _in_full(source: Source, dimension: str, name: str) -> str:
    """Return the name of a row of a breakdown in full. Raises ``UnknownName``."""
    if dimension in Places._fields:
        resolved: str = Places(**{dimension: name}).resolved(source.con)._asdict()[dimension]
        return resolved
    if dimension == "channel":
        return source.edition.channel(name).name
    words = GRADES if dimension == "severity" else list(Platform)
    return one_of(words, name, DIMENSIONS[dimension])


def _second(seen: Seen, key: str) -> tuple[str, dict[Limit, Drilled]]:
    """Return the first rate that a second one rests on, and the limits judged otherwise in it."""
    if key == BY_FIRST:
        rows = of_family(seen.rows, EXTENDED)
        return "finish_on_time", {(r.number, r.clock, r.round): as_drilled(r) for r in rows}
    name = key.removesuffix(SECOND)
    left = [limit for limit in seen.second if limit.kind is WITH_TRANSFERRED[name]]
    return name, {
        (r.number, r.kind, r.own): as_drilled(r.row)._replace(verdict=BY_FORMER[r.met])
        for r in left
    }


def _words(key: str, row: Behind) -> str:
    if key.startswith(LEFT_OUT):
        return f"{OMITTED[key.removeprefix(f'{LEFT_OUT}.')].why}, 未纳入统计"
    if row.clock and key in RATES:
        return f"{LIMITS[row.clock]}: {'按时' if row.counted else '超期'}"
    return title_of(key)

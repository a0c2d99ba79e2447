"""The figures of a week, month, quarter or year (三.1, 五.1, 五.2, 附1, 附3.1).

Pure: counts grouped by every dimension come in as tallies, a ``PeriodReport`` goes
out. Every rate carries its numerator, denominator and cohort; rates are percent,
half-up to two decimals, and None where nothing is in the cohort.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.policy.vocabulary import CLOCKS, Outcome
from sixping.reports.office.market import NOTHING, Market
from sixping.reports.worked import SCORES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sixping.reports.beside import Beside
    from sixping.reports.worked import Worked

#: dimension → heading for people; each is a list ``by_<dimension>`` of the report
DIMENSIONS: Mapping[str, str] = {
    "platform": "平台",
    "unit": "单位",
    "community": "社区",
    "grid": "网格",
    "channel": "渠道",
    "category": "类别",
    "severity": "等级",
    "nature": "性质",
}

TOTALS: Mapping[str, str] = {
    "received": "接收",
    "accepted": "受理",
    "declined": "不予受理",
    "transferred": Outcome.TRANSFERRED.value,
    "guided": Outcome.GUIDED.value,
    "sent_back": Outcome.SENT_BACK.value,
    "resolved": "办结",
    "closed": "归档",
    "referred": "上报区级",
    "reopened": "重新办理",
    "returned": "退回",
    "merged": "并件次数",
    "open": "期末在办",
    "overdue": "期末超期",
}


#: a rate of limits → the clock whose cohort it counts
OF_CLOCK: Mapping[str, str] = {
    "accept_on_time": "accept",
    "finish_on_time": "finish",
    "refer_on_time": "refer",
    "within_ceiling": "ceiling",
}


class Omitted(NamedTuple):
    """Why something is in no cohort: what nobody wrote down, and what is counted of it."""

    why: str
    unit: str = "件"


#: key of ``left_out`` → why: a clock, whose rate is in ``OF_CLOCK``, or the rate itself
OMITTED: Mapping[str, Omitted] = {
    **dict.fromkeys(CLOCKS, Omitted("时间不详")),
    "finish_rate": Omitted("是否办结不详"),
    "reopened_rate": Omitted("历史记录此前是否重办不详", "件次"),
    "feedback_rate": Omitted("是否反馈不详", "人"),
}

#: the totals that are counted at the end of a period
STOCK = frozenset({"open", "overdue"})
#: what a file of the past tells; of the steps in between it knows nothing
FILED = frozenset({"received", "resolved", *STOCK})


class Stock(StrEnum):
    """What ``open`` and ``overdue`` of a period rest on, in words."""

    PHOTOGRAPH = "期末在办、期末超期是期末时的状况 (按当时的单位、等级), 此后的记录不改变"
    RUNNING = "本期尚未结束: 期末在办、期末超期是报告时的状况"
    IMPORTED = "台账在期末之后建立: 期末在办、期末超期按导入的历史记录所写的时间, 状态不详的不计"
    ABSENT = "台账在期末之后建立: 期末在办、期末超期没有记录, 为 —"
    UNKNOWN = "台账里没有本期的记录, 各数为 —"

    @property
    def counted(self) -> bool:
        """Return whether ``open`` and ``overdue`` are known."""
        return self not in {Stock.ABSENT, Stock.UNKNOWN}

    @property
    def known(self) -> bool:
        """Return whether anything is known of the period."""
        return self is not Stock.UNKNOWN


STEPS = "本期只有导入的历史记录: 受理、退回等步骤没有记录的为 —"
"""Why totals of steps are not 0 where only files tell of a period."""
#: of a period that ended before the ledger began
BEFORE = frozenset({Stock.IMPORTED, Stock.ABSENT, Stock.UNKNOWN})

FLOW = (
    "其余各数按报告时的记录 (按现在的单位、等级), 此后的记录会改变; 接收和办结以外的按步骤计"
    " (件次): 同一件做了几次计几次, 并件后又拆出的也计"
)
"""What all other figures rest on."""
EARLIER = "台账建立以前的月份、上期和上年同期只有导入的历史记录, 没有记录的为 —"
"""What is compared with, where it reaches back to before the ledger."""
_AS_RECORDED = "; 按报告时的记录"


#: what became of the finish limits of a period → what people read, and the measure
FINISH: Mapping[str, tuple[str, str]] = {
    "due": ("应办结", "finish_due"),
    "met": ("按时办结", "finish_met"),
    "late_resolved": ("超期办结", "finish_late_resolved"),
    "late_open": ("超期未办结", "finish_late_open"),
    "left_late": ("超期后转出", "finish_left_late"),
}


class RateDefinition(NamedTuple):
    """What a rate counts: numerator and denominator measures, and its cohort in words."""

    title: str
    n: str
    d: str
    cohort: str


#: what the rate of a ceiling of so many days is called
OF_DAYS = "个工作日内办结率"
RATES: Mapping[str, RateDefinition] = {
    "accept_on_time": RateDefinition(
        "按时受理率",
        "accept_met",
        "accept_due",
        "受理期限在本期内届满的, 以件次计 (重新办理的每轮一次); 到期未决定的计为超期"
        + _AS_RECORDED,
    ),
    "finish_on_time": RateDefinition(
        "按时办结率",
        "finish_met",
        "finish_due",
        "办结期限在本期内届满的, 以件次计 (每轮一次); 延期的按新期限; 到期未办结的计为超期"
        + _AS_RECORDED,
    ),
    "finish_rate": RateDefinition(
        "办结率",
        "received_resolved",
        "received_accepted",
        "本期接收、受理 (导入的已办结记录视为受理) 并由街道办理的, 以件计"
        " (并入的随主件; 重大和上报区级的除外) 中, 截至报告时已办结的 (核查未通过的不计)",
    ),
    "refer_on_time": RateDefinition(
        "按时上报率",
        "refer_met",
        "refer_due",
        "上报期限在本期内届满的, 以件次计 (每轮一次); 到期未上报的计为超期" + _AS_RECORDED,
    ),
    "within_ceiling": RateDefinition(
        "最长时限内办结率",
        "ceiling_met",
        "ceiling_due",
        "最长时限在本期内届满的, 以件次计 (每轮一次); 到期未办结的计为超过" + _AS_RECORDED,
    ),
    "returned_rate": RateDefinition(
        "退回率",
        "assigned_returned",
        "assigned",
        "本期的分派, 以件次计, 其中在下次分派前被退回的" + _AS_RECORDED,
    ),
    "reopened_rate": RateDefinition(
        "重办率",
        "resolved_reopened",
        "resolved_here",
        "本期的办结, 以件次计 (导入的历史记录除外), 其中此后重新办理的" + _AS_RECORDED,
    ),
    "satisfied": RateDefinition(
        "满意率",
        "satisfied",
        "scored",
        "本期的办结中记录了满意度的, 以件次计, 其中满意的" + _AS_RECORDED,
    ),
    "surveyed": RateDefinition(
        "参评率",
        "scored",
        "resolved",
        "本期的办结, 以件次计, 其中记录了满意度的" + _AS_RECORDED,
    ),
    "first_lead": RateDefinition(
        "首次分派准确率",
        "first_lead_kept",
        "first_lead_known",
        "本期办结且未重新办理、未被核查否定的, 以件次计 (导入的历史记录除外), 其中办结时的牵头单位"
        "就是第一次分派的; 会商决定或调整等级、类别之后改派的, 自改派起算" + _AS_RECORDED,
    ),
    "feedback_rate": RateDefinition(
        "反馈率",
        "resolved_fed_back",
        "resolved_owing",
        "本期办结的反映人, 以人计 (含并入的, 匿名的除外; 核查不通过或重新办理以前没有告知的不计),"
        " 其中已反馈的" + _AS_RECORDED,
    ),
}


class Narrow(NamedTuple):
    """Of whom a report is: only cases of a unit, community or platform; None: of all."""

    unit: str | None = None
    community: str | None = None
    platform: str | None = None

    def takes(self, keys: Sequence[str | None]) -> bool:
        """Tell whether a case counts that has these facts, in the order of ``DIMENSIONS``."""
        facts = dict(zip(DIMENSIONS, keys, strict=False))
        return all(wanted in {None, facts[name]} for name, wanted in self._asdict().items())

    def keeps(self, **facts: str | None) -> bool:
        """Tell whether something counts that has these facts under their names."""
        return all(getattr(self, name) in {None, fact} for name, fact in facts.items())


class Tally(NamedTuple):
    """``n`` of one ``measure`` for one combination of the dimensions, in their order."""

    measure: str
    keys: tuple[str | None, ...]
    n: int


class Span(NamedTuple):
    """A period of whole days, both ends included, in Shanghai time."""

    first: date
    last: date


class Figures(NamedTuple):
    """Totals and rates of one span; a figure is None where the ledger knows nothing of it.

    ``left_out``: clock or rate → how many are in no cohort, as nobody wrote down how they ended.
    ``finish``: what became of the finish limits; ``scores``: how many gave which score;
    ``received``: dimension → name → how many reports.
    """

    totals: dict[str, int | None]
    rates: dict[str, dict[str, Any]]
    left_out: dict[str, int | None]
    finish: dict[str, int | None]
    scores: dict[str, int | None]
    received: dict[str, dict[str | None, int]]


class Month(NamedTuple):
    """One point of the trend, ``overdue`` as it stood at the end of the month.

    None is what the ledger does not know.
    """

    month: str
    received: int | None
    resolved: int | None
    overdue: int | None


class Waiting(NamedTuple):
    """How many cases wait, and the longest age in working days; None: nobody knows, none."""

    n: int | None = None
    longest: int | None = None


class Handling(NamedTuple):
    """What the results of a period came to, and what waited at its end (``reports.handling``)."""

    outcomes: Mapping[str, int | None]
    solved: Mapping[str, Any]
    waiting: Mapping[str, Waiting]


class PeriodReport(NamedTuple):
    """A whole report; ``head`` anchors it to the state of the ledger it was made from.

    ``kind``: of period, as in ``spans``; ``narrow``: of whom it is; ``days``: how many days of the
    period have come, for daily means. ``least``: fewer things are not ranked (policy).
    ``before_ledger``: the trend or a comparison reaches back to before the ledger began;
    ``ceiling``: the working days of the ceiling at the end of the period (五.1c), None: not set.
    ``registers``: ``{n, d, since, …}`` of those that are kept beside the cases, by key.
    """

    kind: str
    period: Span
    as_of: datetime
    seq: int
    head: str
    stock: Stock
    before_ledger: bool
    totals: dict[str, int | None]
    rates: dict[str, dict[str, Any]]
    left_out: dict[str, int | None]
    by: dict[str, list[dict[str, Any]]]
    trend: list[Month]
    cases: list[dict[str, Any]]
    previous: tuple[Span, Figures] | None
    last_year: tuple[Span, Figures] | None
    handling: Handling
    beside: Beside
    ceiling: int | None
    narrow: Narrow
    days: int
    worked: Worked
    finish: dict[str, int | None]
    scores: dict[str, int | None]
    least: int
    registers: dict[str, dict[str, Any]]
    market: Market = NOTHING

    def title_of(self, rate: str) -> str:
        """Return what a rate is called, the one of the ceiling by its days."""
        days = self.ceiling if rate == "within_ceiling" else None
        return f"{days}{OF_DAYS}" if days else RATES[rate].title


def percent(n: int | None, d: int | None) -> float | None:
    """Return n/d in percent, half-up to two decimals; None where d is 0, or nobody knows."""
    if n is None or not d:
        return None
    exact = Decimal(n) * 100 / Decimal(d)
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def figures(tallies: Iterable[Tally], stock: Stock = Stock.PHOTOGRAPH) -> Figures:
    """Add the tallies up to totals and rates."""
    sums: dict[str, int] = {}
    received: dict[str, dict[str | None, int]] = {name: {} for name in DIMENSIONS}
    for tally in tallies:
        sums[tally.measure] = sums.get(tally.measure, 0) + tally.n
        if tally.measure == "received":
            for counts, key in zip(received.values(), tally.keys, strict=False):
                counts[key] = counts.get(key, 0) + tally.n
    if not stock.known:
        none = (dict.fromkeys(OMITTED), dict.fromkeys(FINISH), dict.fromkeys(map(str, SCORES)))
        return Figures(dict.fromkeys(TOTALS), rates(lambda _: None), *none, {})
    shares = rates(lambda m: sums.get(m, 0))
    left: dict[str, int | None] = {key: sums.get(f"{key}_left_out", 0) for key in OMITTED}
    scores: dict[str, int | None] = {str(n): sums.get(f"score_{n}", 0) for n in SCORES}
    return Figures(_counts(TOTALS, sums, stock), shares, left, finish(sums), scores, received)


def finish(sums: Mapping[str, int]) -> dict[str, int | None]:
    """Return what became of the finish limits: what was due is the sum of all others."""
    return {name: sums.get(measure, 0) for name, (_, measure) in FINISH.items()}


def _counts(
    measures: Collection[str], sums: Mapping[str, int], stock: Stock
) -> dict[str, int | None]:
    """Return the counts; None: nobody knows. Where files alone tell, no step is known to be 0."""
    unknown = set() if stock.counted else set(STOCK)
    filed = sums.get("received_filed", 0)
    if stock is Stock.IMPORTED or (filed and filed == sums.get("received")):
        unknown |= {m for m in measures if m not in FILED and not sums.get(m)}
    return {m: None if m in unknown else sums.get(m, 0) for m in measures}


def rates(count: Callable[[str], int | None]) -> dict[str, dict[str, Any]]:
    """Return every rate as ``{n, d, rate, cohort}`` from a counter of measures."""
    return {name: _rate(r, count(r.n), count(r.d)) for name, r in RATES.items()}


def _rate(definition: RateDefinition, n: int | None, d: int | None) -> dict[str, Any]:
    return {"n": n, "d": d, "rate": percent(n, d), "cohort": definition.cohort}


def breakdown(
    tallies: Iterable[Tally], dimension: str, stock: Stock = Stock.PHOTOGRAPH
) -> list[dict[str, Any]]:
    """Return one row a name, largest first; cases without a value stand under None.

    None at all of a period of which nothing is known.
    """
    if not stock.known:
        return []
    index = tuple(DIMENSIONS).index(dimension)
    table: dict[str | None, dict[str, int]] = {}
    for tally in tallies:
        row = table.setdefault(tally.keys[index], {})
        row[tally.measure] = row.get(tally.measure, 0) + tally.n
    total = sum(sums.get("received", 0) for sums in table.values())
    rows = [_row(name, sums, stock, total) for name, sums in table.items()]
    return sorted(rows, key=lambda r: (-r["received"], -(r["open"] or 0), r["name"] or "\uffff"))


def _row(name: str | None, sums: Mapping[str, int], stock: Stock, total: int) -> dict[str, Any]:
    counts = _counts(("received", "resolved", "open", "overdue"), sums, stock)
    left = {key: sums.get(f"{key}_left_out", 0) for key in OMITTED}
    return {
        "name": name,
        **counts,
        "share": percent(counts["received"], total),
        "finish": finish(sums),
        **rates(lambda m: sums.get(m, 0)),
        "left_out": left,
    }


def per_day(n: int | None, days: int) -> float | None:
    """Return a daily mean, half-up to one decimal; None where nobody knows."""
    if n is None:
        return None
    return float((Decimal(n) / days).quantize(Decimal("0.1"), ROUND_HALF_UP))


def change(now: int, before: int) -> float | None:
    """Return the change in percent against an earlier count; None where that was 0."""
    return percent(now - before, before)

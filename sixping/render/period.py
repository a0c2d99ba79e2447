"""The period report as a page: promised JSON, one flat table, sections for people.

Figures come from ``figures.period``; citizen text in the list of cases is masked by the
caller and cleaned by the format that prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.reports.period import DIMENSIONS, RATES, TOTALS, change
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sixping.reports.period import Figures, Report, Span

NONE = "—"
UNNAMED = "(未填)"
RUNNING = "本期尚未结束: 各数截至报告时, 期末在办和期末超期为报告时的状况。"


class Section(NamedTuple):
    """One table of the page with its heading; ``note`` stands beneath it."""

    title: str
    headers: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


def report_json(report: Report) -> dict[str, Any]:
    """Return the promised document; every rate is ``{n, d, rate, cohort}``."""
    return {
        "period": _span_json(report.period),
        "as_of": to_text(report.as_of),
        "ledger": {"seq": report.seq, "head": report.head},
        "totals": report.totals,
        "rates": report.rates,
        **{f"by_{name}": rows for name, rows in report.by.items()},
        "trend": [month._asdict() for month in report.trend],
        "cases": report.cases,
        "comparison": {
            "previous": _compared_json(report.previous),
            "last_year": _compared_json(report.last_year),
        },
    }


def _span_json(span: Span) -> dict[str, str]:
    return {"from": span.first.isoformat(), "to": span.last.isoformat()}


def _compared_json(pair: tuple[Span, Figures] | None) -> dict[str, Any] | None:
    if pair is None:
        return None
    span, figures = pair
    return {"period": _span_json(span), "totals": figures.totals, "rates": figures.rates}


def report_rows(report: Report) -> Iterator[dict[str, Any]]:
    """Return the report as one flat table: ``table name measure value``, values as text."""
    for measure, count in report.totals.items():
        yield _flat("totals", None, measure, count)
    for name, rate in report.rates.items():
        for part, value in rate.items():
            yield _flat("rates", name, part, value)
    for dimension, entries in report.by.items():
        for entry in entries:
            yield from _entry_rows(f"by_{dimension}", entry)
    for month in report.trend:
        for measure, count in month._asdict().items():
            if measure != "month":
                yield _flat("trend", month.month, measure, count)


def _entry_rows(table: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for measure, value in entry.items():
        if isinstance(value, dict):  # a rate; its cohort stands in the table of rates
            for part in ("n", "d", "rate"):
                yield _flat(table, entry["name"], f"{measure}.{part}", value[part])
        elif measure != "name":
            yield _flat(table, entry["name"], measure, value)


def _flat(table: str, name: str | None, measure: str, value: object) -> dict[str, Any]:
    shown = f"{value:.2f}" if isinstance(value, float) else None if value is None else str(value)
    return {"table": table, "name": name, "measure": measure, "value": shown}


def percent_text(rate: dict[str, Any]) -> str:
    """Return a rate as people read it, half-up to two decimals, or a dash for nothing."""
    return NONE if rate["rate"] is None else f"{rate['rate']:.2f}%"


def title(report: Report) -> str:
    """Return the page's heading."""
    first, last = report.period
    return f"基层治理四平台运行情况 {first:%Y-%m-%d} 至 {last:%Y-%m-%d}"


def sections(report: Report) -> Iterator[Section]:
    """Return the page as people read it, in the order the meeting goes through it."""
    yield _totals(report)
    yield _rates(report)
    for dimension, heading in DIMENSIONS.items():
        if any(entry["name"] is not None for entry in report.by[dimension]):
            yield _breakdown(report, dimension, heading)
    yield Section(
        "近十二个月",
        ("月份", "收到", "办结", "月末超期"),
        [(m.month, str(m.received), str(m.resolved), str(m.overdue)) for m in report.trend],
    )
    late = [c for c in report.cases if c["overdue"]]
    if late:
        yield Section(
            "期末超期的事项",
            ("编号", "收到", "等级", "单位", "事项"),
            [
                (c["number"], c["received_at"][:10], c["severity"], c["unit"] or NONE, c["summary"])
                for c in late
            ],
        )


def anchor(report: Report) -> str:
    """Return the line that anchors the page to the ledger it was made from (decision 5)."""
    return (
        f"台账第 {report.seq} 条, 链尾 {report.head[-16:]}, 截至 {report.as_of:%Y-%m-%d %H:%M:%S}"
    )


def _totals(report: Report) -> Section:
    rows = []
    for measure, heading in TOTALS.items():
        value = report.totals[measure]
        rows.append(
            (
                heading,
                str(value),
                *_compared(value, measure, report.previous),
                *_compared(value, measure, report.last_year),
            )
        )
    headers = ("项目", "本期", "上期", "环比", "上年同期", "同比")
    running = report.as_of.date() <= report.period.last
    return Section("总体情况", headers, rows, RUNNING if running else "")


def _compared(value: int, measure: str, pair: tuple[Span, Figures] | None) -> tuple[str, str]:
    if pair is None:
        return NONE, NONE
    before = pair[1].totals[measure]
    moved = change(value, before)
    return str(before), NONE if moved is None else _moved_text(moved)


def _moved_text(percent: float) -> str:
    arrow = "↑" if percent > 0 else "↓" if percent < 0 else ""
    return f"{arrow}{abs(percent):.2f}%"


def _rates(report: Report) -> Section:
    rows = []
    for name, rate in report.rates.items():
        before = report.previous[1].rates[name] if report.previous else None
        rows.append(
            (
                RATES[name].title,
                percent_text(rate),
                f"{rate['n']}/{rate['d']}",
                percent_text(before) if before else NONE,
                rate["cohort"],
            )
        )
    return Section("办理质量", ("指标", "本期", "件数", "上期", "统计范围"), rows)


def _breakdown(report: Report, dimension: str, heading: str) -> Section:
    rows = [
        (
            entry["name"] or UNNAMED,
            *(str(entry[m]) for m in ("received", "resolved", "open", "overdue")),
            percent_text(entry["finish_on_time"]),
            percent_text(entry["accept_on_time"]),
        )
        for entry in report.by[dimension]
        if _says_something(entry)
    ]
    headers = (heading, "收到", "办结", "在办", "超期", "按时办结率", "按时受理率")
    return Section(f"按{heading}", headers, rows)


def _says_something(entry: dict[str, Any]) -> bool:
    """Return whether a row of a breakdown has any figure that the page shows."""
    counts = any(entry[measure] for measure in ("received", "resolved", "open", "overdue"))
    return counts or any(entry[rate]["d"] for rate in ("finish_on_time", "accept_on_time"))

"""The period report: one flat table for sheets, a page of sections for people.

Citizen text in the list of cases is masked by who gathered it and cleaned by the format
that prints it.
"""

from __future__ import annotations

from datetime import date
from itertools import starmap
from typing import TYPE_CHECKING, Any

from sixping.documents.cases import SUMMARY
from sixping.documents.period import beside_json, cohorts, handling_json, rows_json
from sixping.documents.phrases import NO_RATE, left_words, rate, workdays
from sixping.policy.units import PLAIN, Naming
from sixping.render import beside
from sixping.render.sections import Section, SectionPage, anchor
from sixping.reports.handling import SOLVED, WAITING
from sixping.reports.period import DIMENSIONS, OF_CLOCK, OMITTED, TOTALS, change, percent
from sixping.util.daytext import understood_day
from sixping.util.text import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sixping.reports.period import Figures, Handling, PeriodReport, Span, Waiting

#: the flat table: key → title
HEADS = {"table": "表", "name": "名称", "measure": "项目", "value": "数值"}
UNNAMED = "(未填)"
#: breakdowns beside which it stands how much names no place
_PLACES = frozenset({"community", "grid"})
#: what no data supports is left for people to write (附1.3)
SLOTS = ("存在的问题", "下步工作打算")


def flat_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    """Return the report as one flat table: ``table name measure value``, values as text."""
    for measure, count in report.totals.items():
        yield _flat("totals", None, measure, count)
    for name, words in cohorts(report).items():
        yield _flat("cohorts", name, "cohort", words)
    for name, entry in report.rates.items():
        for part, value in entry.items():
            yield _flat("rates", name, part, value)
    yield from _handling_rows(report.handling)
    yield from (_flat("left_out", clock, "n", n) for clock, n in report.left_out.items())
    yield from starmap(_flat, beside.flat(beside_json(report.beside)))
    yield from _breakdown_rows(report)
    for month in report.trend:
        for measure, count in month._asdict().items():
            if measure != "month":
                yield _flat("trend", month.month, measure, count)


def _handling_rows(handling: Handling) -> Iterator[dict[str, Any]]:
    for table, figures in handling_json(handling).items():
        for measure, value in figures.items():
            yield _flat(table, None, measure, value)


def _breakdown_rows(report: PeriodReport) -> Iterator[dict[str, Any]]:
    for dimension in report.by:
        for entry in rows_json(report, dimension):
            yield from _entry_rows(f"by_{dimension}", entry)


def _entry_rows(table: str, entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for measure, value in entry.items():
        if isinstance(value, dict):  # of a rate the cohort stands in the table of rates
            for part, n in value.items():
                if part != "cohort":
                    yield _flat(table, entry["name"], f"{measure}.{part}", n)
        elif measure != "name":
            yield _flat(table, entry["name"], measure, value)


def _flat(table: str, name: str | None, measure: str, value: object) -> dict[str, Any]:
    shown = f"{value:.2f}" if isinstance(value, float) else None if value is None else str(value)
    return {"table": table, "name": name, "measure": measure, "value": shown}


def page(report: PeriodReport, naming: Naming = PLAIN) -> SectionPage:
    """Return the page as people read it; ``naming``: the street and its platforms' names."""
    first, last = report.period
    title = (
        f"{naming.street}基层治理四平台运行情况 {understood_day(first)} 至 {understood_day(last)}"
    )
    return SectionPage(
        title, _sections(report, naming), anchor(report.seq, report.head, report.as_of), SLOTS
    )


def _sections(report: PeriodReport, naming: Naming) -> Iterator[Section]:
    """Return the tables in the order the meeting goes through them."""
    yield _totals(report)
    yield _rates(report)
    yield beside.section(report.beside, report.rates)
    yield from handling_sections(report.handling)
    for dimension, heading in DIMENSIONS.items():
        if any(entry["name"] is not None for entry in report.by[dimension]):
            yield _breakdown(report, dimension, heading, naming)
    yield Section(
        "近十二个月",
        ("月份", "接收", "办结", "月末超期"),
        [(m.month, *map(_count, (m.received, m.resolved, m.overdue))) for m in report.trend],
    )
    late = [c for c in report.cases if c["overdue"]]
    if late:
        yield Section(
            "期末超期的事项",
            ("编号", "收到", "等级", "单位", "事项"),
            [
                (
                    c["number"],
                    understood_day(date.fromisoformat(c["received_at"][:10])),
                    c["at_end"]["severity"],
                    c["at_end"]["unit"] or NO_RATE,
                    cut(c["summary"], SUMMARY),
                )
                for c in late
            ],
        )


def _totals(report: PeriodReport) -> Section:
    rows = [
        (
            TOTALS[measure],
            _count(value),
            *_compared(value, measure, report.previous),
            *_compared(value, measure, report.last_year),
        )
        for measure, value in report.totals.items()
    ]
    headers = ("项目", "本期", _earlier(report), "环比", "上年同期", "同比")
    said = [*cohorts(report).values(), *_same_days(report)]
    return Section("总体情况", headers, rows, "。\n".join(said) + "。")


def _running(report: PeriodReport) -> bool:
    return report.period.last > report.as_of.date()


def _earlier(report: PeriodReport) -> str:
    """Return the heading of what came before; of a running period its same days only."""
    if not _running(report):
        return "上期"
    days = (report.period.last - report.period.first).days + 1
    names = {7: "上周同期", 31: "上月同期", 92: "上季同期"}
    return next((name for most, name in names.items() if days <= most), "上期同期")


def _same_days(report: PeriodReport) -> Iterator[str]:
    """Say with which days a running period is compared."""
    year = report.period.first.year
    pairs = ((_earlier(report), report.previous), ("上年同期", report.last_year))
    for name, pair in pairs if _running(report) else ():
        if pair is not None:
            first, last = (_date_words(d, year) for d in pair[0])
            yield f"本期尚未结束, 只与相同的日子相比: {name} ({first}至{last})"


def _date_words(day: date, year: int) -> str:
    stated = "" if day.year == year else f"{day.year}年"
    return f"{stated}{day.month}月{day.day}日"


def _count(value: int | None) -> str:
    return NO_RATE if value is None else str(value)


def _compared(
    value: int | None, measure: str, pair: tuple[Span, Figures] | None
) -> tuple[str, str]:
    if pair is None:
        return NO_RATE, NO_RATE
    before = pair[1].totals[measure]
    moved = None if value is None or before is None else change(value, before)
    return _count(before), NO_RATE if moved is None else _moved_text(moved)


def _moved_text(percent: float) -> str:
    way = "升" if percent > 0 else "降" if percent < 0 else ""
    return f"{way}{abs(percent):.2f}%"


def _rates(report: PeriodReport) -> Section:
    rows = []
    for name, now in report.rates.items():
        before = report.previous[1].rates[name]["rate"] if report.previous else None
        share = NO_RATE if now["d"] is None else f"{now['n']}/{now['d']}"
        key = OF_CLOCK.get(name, name)
        cohort = now["cohort"] + left(report.left_out, key)
        if report.previous:
            cohort += left(report.previous[1].left_out, key, _earlier(report))
        rows.append((report.title_of(name), rate(now["rate"]), share, rate(before), cohort))
    heads = ("指标", "本期", "计数", _earlier(report), "统计范围")
    return Section("办理质量", heads, rows)


def left(counts: Mapping[str, int | None], key: str, of: str = "") -> str:
    """Say how many a rate leaves out; ``key`` as in ``left_out``, ``of``: in which other period."""
    return left_words(counts[key], *OMITTED[key], of) if key in OMITTED else ""


def handling_sections(handling: Handling) -> Iterator[Section]:
    """Return what results came to, and what waits without a limit with its longest age."""
    if any(handling.outcomes.values()):
        solved = handling.solved
        rows = [(kind, str(n)) for kind, n in handling.outcomes.items()]
        rows.append((f"{SOLVED} {solved['n']}/{solved['d']}", rate(solved["rate"])))
        yield Section("办理结果", ("结果类型", "件次"), rows, f"{SOLVED}: {solved['cohort']}。")
    if any(wait.n for wait in handling.waiting.values()):
        yield waiting_section(handling.waiting)


def waiting_section(waiting: Mapping[str, Waiting]) -> Section:
    """Return what waited at the end of the period, and how long in working days."""
    rows = [
        (WAITING[what], _count(wait.n), NO_RATE if wait.longest is None else workdays(wait.longest))
        for what, wait in waiting.items()
    ]
    note = "期末时的状况; 办法没有规定天数 (二.2, 三.2, 三.3), 只列已等的时间。"
    return Section("期末等候的事项", ("等候", "件数", "最长已等"), rows, note)


def _breakdown(report: PeriodReport, dimension: str, heading: str, naming: Naming) -> Section:
    said = naming.platform
    rows = [
        (
            (said(entry["name"]) if dimension == "platform" else entry["name"]) or UNNAMED,
            *(_count(entry[m]) for m in ("received", "resolved", "open", "overdue")),
            rate(entry["finish_on_time"]["rate"]),
            rate(entry["accept_on_time"]["rate"]),
        )
        for entry in report.by[dimension]
        if _says_something(entry)
    ]
    headers = (heading, "接收", "办结", "在办", "超期", "按时办结率", "按时受理率")
    notes = [unfilled(heading, report, dimension)] if dimension in _PLACES else []
    notes += _rows_left_out(report, dimension, said)
    return Section(f"按{heading}", headers, rows, "\n".join(notes))


def _rows_left_out(
    report: PeriodReport, dimension: str, said: Callable[[str | None], str | None]
) -> Iterator[str]:
    """Say how many the rates of a row leave out, as nobody wrote down when they ended."""
    told = [
        f"{(said(entry['name']) if dimension == 'platform' else entry['name']) or UNNAMED}"
        f" 办结 {entry['left_out']['finish']} 件、受理 {entry['left_out']['accept']} 件"
        for entry in report.by[dimension]
        if entry["left_out"]["finish"] or entry["left_out"]["accept"]
    ]
    if told:
        yield f"两率未纳入的 (时间不详): {'; '.join(told)}。"


def unfilled(heading: str, report: PeriodReport, dimension: str) -> str:
    """Say how much a breakdown by place left out: what was received without one."""
    entries = report.by[dimension]
    n = sum(entry["received"] or 0 for entry in entries if entry["name"] is None)
    d = sum(entry["received"] or 0 for entry in entries)
    return f"{heading}未填 {n} 件 ({rate(percent(n, d))})。"


def _says_something(entry: dict[str, Any]) -> bool:
    """Return whether a row of a breakdown has any figure that the page shows."""
    counts = any(entry[measure] for measure in ("received", "resolved", "open", "overdue"))
    return counts or any(entry[name]["d"] for name in ("finish_on_time", "accept_on_time"))

"""What people decide and write: typical cases to choose from, facts beside the empty slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.vocabulary import Severity
from sixping.render.paper.blocks import Pick, Picks, Runs, count, percent
from sixping.reports.drill import UNNAMED
from sixping.reports.handling import WAITING
from sixping.reports.period import RATES
from sixping.util.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.period.draft import Draft

_SUMMARY = 60


def picks(d: Draft) -> Picks | None:
    """Offer cases to choose from: the longest late, grave ones, and some of what is frequent."""
    cases = d.report.cases
    late = sorted(
        (case for case in cases if case["overdue"]),
        key=lambda case: (-(case["workdays_late"] or 0), case["number"]),
    )[:2]
    grave = [case for case in cases if case["severity"] != Severity.ORDINARY][:2]
    rows = [row["name"] for row in d.report.by["category"] if row["name"]][:3]
    frequent = [
        next((case for case in cases if case["category"] == name and case["resolved_at"]), None)
        for name in rows
    ]
    chosen = {case["number"]: case for case in (*late, *grave, *filter(None, frequent))}
    if not chosen:
        return None
    return Picks(
        "供选择，由会商确定：",
        tuple(
            Pick(
                case["number"],
                "，".join(filter(None, (case["category"], case["unit"], case["status"]))),
                cut(case["summary"] or "", _SUMMARY),
            )
            for case in chosen.values()
        ),
    )


def problems(d: Draft) -> Iterator[Runs]:
    """Yield the facts that bear on problems: never the problem itd."""
    report = d.report
    if report.totals["overdue"]:
        yield ("超期未办结", d.total("overdue", late=True), "件。")
    late = report.finish["late_resolved"]
    if late:
        yield ("超期办结", count(late, "finish.late_resolved"), "件。")
    for name in ("returned_rate", "reopened_rate"):
        rate = report.rates[name]
        if rate["n"]:
            yield (
                RATES[name].title,
                percent(rate["rate"]),
                "（",
                count(rate["n"], f"{name}.n"),
                "件次）。",
            )
    if report.worked.to_check:
        yield ("以转代办待核对", count(len(report.worked.to_check), "to_check"), "件。")
    nowhere = sum(row["received"] or 0 for row in report.by["community"] if row["name"] is None)
    if nowhere:
        yield ("社区未填", count(nowhere, f"by_community.{UNNAMED}.received"), "件。")


def ahead(d: Draft) -> Iterator[Runs]:
    """Yield the facts that bear on what comes next."""
    for what, wait in d.report.handling.waiting.items():
        if wait.n:
            yield (WAITING[what], count(wait.n, what), "件。")
    if d.report.totals["open"]:
        yield ("期末在办", d.total("open"), "件。")

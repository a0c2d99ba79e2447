"""A due date explained: for a case, or for any date; ``reading`` imports it when asked."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sixping.cases.model import full_number
from sixping.console.answers import publish, write_text
from sixping.console.dated import COUNT_FROM
from sixping.console.days import read_moment
from sixping.console.notes import rulebooks_here
from sixping.documents.cases import clock_json
from sixping.documents.explain import counted, of_clock, promises_of
from sixping.queries import cases, limits
from sixping.queries.limits import promises
from sixping.render.explain import COLUMNS, days_page, differs_from, history_words, outcome_words
from sixping.render.formats import emit
from sixping.render.table import Column, Page
from sixping.store.sqlite import reading
from sixping.util.clock import from_text
from sixping.util.text import clean

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.console.context import Context


def explain_period(context: Context, wish: Wish, start: str, workdays: int) -> None:
    """Explain any date; needs no ledger."""
    received = read_moment(context, start, COUNT_FROM)
    document = counted(received, workdays, rulebooks_here(context).rules(received.date()))
    _show(context, wish, document)


def explain_case(context: Context, wish: Wish, number: str) -> None:
    """Explain every clock of a case: the promise on record, then its days.

    As JSON the nearest running due date stands on top, all of them under ``clocks``.
    """
    from sixping.services.casefile import growths
    from sixping.services.rulebooks import rulebooks_on

    path = context.existing_ledger()
    number = full_number(number, context.now.year)
    with reading(path) as con:
        row = cases.case(con, number)
        grown = {(g["kind"], g["round"]): g for g in growths(con, number, context.now)}
        clocks = [clock_json(c, context.now) for c in limits.clocks(con, number)]
        clocks = [clock | grown.get((clock["kind"], clock["round"]), {}) for clock in clocks]
        rules = rulebooks_on(con).rules(from_text(row.received_at).date())
        recorded = promises(con, number)
    explained = [
        of_clock(clock, rules) | {"promises": promises_of(recorded, clock)}
        for clock in clocks
        if clock["due"]
    ]
    running = [clock for clock in explained if clock["running"]]
    first = min(running, key=lambda clock: clock["due"]) if running else explained[-1]
    _show(context, wish, {"number": number} | first | {"clocks": explained}, explained)


def _show(
    context: Context,
    wish: Wish,
    document: dict[str, Any],
    clocks: list[dict[str, Any]] | None = None,
) -> None:
    """Write the days of one or more due dates; on a terminal each with its outcome."""
    dues, year = clocks or [document], context.now.year
    columns = (Column("clock", "时限"), *COLUMNS) if clocks else COLUMNS
    if wish.choose(context) != "table":
        rows = [row for due in dues for row in days_page(due)]
        publish(context, wish, rows, columns, document)
        if wish.choose(context) not in {"json", "jsonl"}:
            context.say(*(line for due in dues for line in history_words(due, year)))
            context.say(*(line for due in dues for line in differs_from(due)))
        return
    page = Page(width=context.terminal.width, color=context.terminal.color, this_year=year)
    out = io.StringIO()
    for place, due in enumerate(dues):
        out.write("\n" if place else "")
        emit(list(days_page(due)), COLUMNS, fmt="table", out=out, page=page)
        out.writelines(f"{clean(line)}\n" for line in outcome_words(due, year))
    write_text(context, wish, out.getvalue())

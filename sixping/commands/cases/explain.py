"""A due date explained: for a case, or for any date."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from sixping.cases.model import full_number
from sixping.console.answers import publish, write_text
from sixping.render.explain import COLUMNS, days_page, differs_from, history_words, outcome_words
from sixping.render.formats import emit
from sixping.render.table import Column, Page
from sixping.services.explain import counted, of_clock, promises_of
from sixping.util.clock import from_text
from sixping.util.text import clean

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.console.context import Context


def explain_period(context: Context, wish: Wish, start: str, workdays: int) -> None:
    """Explain any date; needs no ledger."""
    from sixping.services.rulebooks import rulebooks_here
    from sixping.util.dates import parse_moment, understood

    received = parse_moment(start, context.now)
    context.say(f"收到: {understood(received)}")
    document = counted(received, workdays, rulebooks_here(context).rules(received.date()))
    _show(context, wish, document)


def explain_case(context: Context, wish: Wish, number: str) -> None:
    """Explain every clock of a case: the promise on record, then its days.

    As JSON the nearest running due date stands on top, all of them under ``clocks``.
    """
    from sixping.documents.cases import clock_json
    from sixping.queries import cases
    from sixping.queries.calendar import promises
    from sixping.services.rulebooks import rulebooks_on

    path = context.existing_ledger()
    number = full_number(number, context.now.year)
    with cases.reading(path) as con:
        row = cases.case(con, number)
        clocks = [clock_json(c, context.now) for c in cases.clocks(con, number)]
        rules = rulebooks_on(con).rules(from_text(row.received_at).date())
        made = promises(con, number)
    found = [
        of_clock(clock, rules) | {"promises": promises_of(made, clock)}
        for clock in clocks
        if clock["due"]
    ]
    running = [each for each in found if each["running"]]
    first = min(running, key=lambda each: each["due"]) if running else found[-1]
    _show(context, wish, {"number": number} | first | {"clocks": found}, found)


def _show(
    context: Context,
    wish: Wish,
    document: dict[str, Any],
    clocks: list[dict[str, Any]] | None = None,
) -> None:
    """Write the days of one or more due dates; on a terminal each with its outcome."""
    each = clocks or [document]
    columns = (Column("clock", "时限"), *COLUMNS) if clocks else COLUMNS
    if wish.choose(context) != "table":
        rows = [row for one in each for row in days_page(one)]
        publish(context, wish, rows, columns, document)
        if wish.choose(context) not in {"json", "jsonl"}:
            context.say(*(line for one in each for line in history_words(one, context.now.year)))
            context.say(*(line for one in each for line in differs_from(one)))
        return
    page = Page(
        width=context.terminal.width, color=context.terminal.color, this_year=context.now.year
    )
    out = io.StringIO()
    for place, one in enumerate(each):
        out.write("\n" if place else "")
        emit(list(days_page(one)), COLUMNS, fmt="table", out=out, page=page)
        out.writelines(f"{clean(line)}\n" for line in outcome_words(one, context.now.year))
    write_text(wish, out.getvalue())

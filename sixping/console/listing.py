"""Cases in a list, and entries of the log: what list, search and log show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sixping.console.answers import publish
from sixping.documents.amendwords import before
from sixping.documents.cases import case_json, event_json, people_in, summary_of
from sixping.documents.eventwords import kind_name
from sixping.documents.phrases import grade_word
from sixping.policy.vocabulary import ClockKind
from sixping.queries import cases, limits
from sixping.queries.office import keeps
from sixping.render import caselist
from sixping.render.caselist import BEYOND, Moment
from sixping.render.formats import SHEETS
from sixping.render.stepwords import step_words
from sixping.render.table import Column
from sixping.services.personal.named import Named
from sixping.store.sqlite import reading
from sixping.util.clock import to_text
from sixping.util.text import spoken_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.services.office.persons import Names
    from sixping.store.rows import CaseRow, EventRow
    from sixping.store.sqlite import Connection

CASES = (
    Column("number", "编号"),
    Column("status", "状态"),
    Column("next_due", "最近到期", "time"),
    Column("severity", "等级"),
    Column("platform", "平台", "platform"),
    Column("category", "类别"),
    Column("lead", "单位"),
    Column("community", "社区"),
    Column("received_at", "收到", "time"),
    Column("summary", "事项", elastic=True, one_line=True),
    Column("source_due", "来源期限", "time"),  # scripts cut by position: what is new stands last
)
ENTRIES = (
    Column("seq", "序号", "int"),
    Column("at", "时间", "time"),
    Column("subject", "编号"),
    Column("step", "事项"),
    Column("by", "经办"),
    Column("words", "内容", elastic=True),
)


def cases_json(
    context: Context, wish: Wish, con: Connection, rows: Sequence[CaseRow]
) -> list[dict[str, Any]] | None:
    """Return the cases as ``intake`` answers them, or None where another format is asked for."""
    if wish.choose(context, SHEETS) not in {"json", "jsonl"}:
        return None
    from sixping.services.casefile import grade_in

    names = _names(con)
    return [
        case_json(row, limits.clocks(con, row.number), context.now, reveal=wish.reveal)
        | {"grade": grade_in(con, row.number)}
        | ({"person": _by_name(names, row), "person_id": row.person} if names else {})
        for row in rows
    ]


def _names(con: Connection) -> Names | None:
    """Return what names who answers for cases (附2.1); None while that register sleeps."""
    if not keeps(con, "persons"):
        return None
    from sixping.services.office.persons import Names

    return Names(con)


def _by_name(names: Names, row: CaseRow) -> str | None:
    """Return who answers for a case by name, but whom the case is about (回避)."""
    return names.of(row.person, people_in(row.private))


def show_cases(
    context: Context,
    wish: Wish,
    listed: tuple[Sequence[CaseRow], int],
    document: list[dict[str, Any]] | None,
    people: Mapping[str, str | None] | None,
) -> None:
    """Write cases as JSON does, or one line each; say how many a limit left out.

    ``people``: what ``names_of`` gives.
    """
    rows, left = listed
    width = context.terminal.width
    if rows and width is not None and wish.choose(context, SHEETS) == "table" and not wish.path:
        with reading(context.ledger) as con:  # a reveal was recorded in between
            at = moment(con, context, rows, people)
        lines, heads = caselist.on_screen(rows, at, width, reveal=wish.reveal)
        publish(context, wish, lines, heads, document, caselist.tones)
        if any(BEYOND in (line["days"] or "") for line in lines):
            context.say(f"{BEYOND} 已过最长时限。")
    else:
        columns = CASES if people is None else (*CASES, Column("person", "经办人"))
        publish(context, wish, _rows(wish, rows, people or {}), columns, document)
    say_left(context, left, "件")


def names_of(con: Connection, rows: Sequence[CaseRow]) -> dict[str, str | None] | None:
    """Return who answers for each case by name (附2.1); None while that register sleeps."""
    names = _names(con)
    if names is None:
        return None
    return {row.number: _by_name(names, row) or row.person for row in rows}


def _rows(
    wish: Wish, rows: Sequence[CaseRow], people: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    own = [column.key for column in CASES if column.key != "summary"]
    return [
        {key: getattr(row, key) for key in own}
        | {"summary": summary_of(row.private, reveal=wish.reveal)}
        | {"severity": grade_word(row.severity, confirmed=bool(row.confirmed))}
        | {"person": people.get(row.number)}
        for row in rows
    ]


def moment(
    con: Connection,
    context: Context,
    rows: Sequence[CaseRow],
    people: Mapping[str, str | None] | None = None,
) -> Moment:
    """Return what the lines of a terminal are judged by; ``people``: what ``names_of`` gives."""
    from sixping.services.rulebooks import rulebooks_on

    rulebooks = rulebooks_on(con)
    closes = rulebooks.policy.edition_at(context.now.date()).counting.closes
    late = cases.running(con, to_text(context.now))
    beyond = {clock.case.number for clock in late if clock.kind == ClockKind.CEILING}
    still = [row.number for row in rows if row.open and not row.next_due and row.lead]
    held = {n for n in still if any(clock.held_at for clock in limits.clocks(con, n))}
    return Moment(context.now, rulebooks.calendar, closes, beyond, held, people)


def say_left(context: Context, left: int, unit: str) -> None:
    """Never a silent limit."""
    if left:
        context.say(f"另有 {left} {unit}没有列出 (--limit)。")


def entries_json(
    con: Connection, rows: Sequence[EventRow], *, reveal: bool
) -> list[dict[str, Any]]:
    """Return entries of the log; a reporter's name is hidden wherever it occurs."""
    from sixping.services.office.persons import Names

    named, names = Named(con), Names(con)
    was: dict[int, dict[str, Any]] = {}
    document = []
    for row in rows:
        hidden = named.of(row.stream, row.subject, json.loads(row.facts), row.private)
        entry = event_json(row, reveal=reveal, people=hidden)
        if row.kind == "amended":
            if row.seq not in was:
                was |= before(cases.events(con, row.subject), reveal=reveal, people=hidden)
            entry["before"] = was[row.seq]
        (entry,) = names.put_on([entry], hidden)
        document.append(entry | {"stream": row.stream, "subject": row.subject})
    return document


def show_entries(
    context: Context, wish: Wish, document: list[dict[str, Any]], *, short: bool = False
) -> None:
    """Write entries of the log, oldest first; ``short``: cases as one says their numbers."""
    year = context.now.year
    rows = [
        {
            "seq": entry["seq"],
            "at": entry["at"],
            "subject": spoken_number(entry["subject"], year)
            if short and entry["stream"] == "case"
            else entry["subject"],
            "step": kind_name(entry["kind"])
            + ("(已撤销)" if entry["voided_by"] else "")
            + ("(文字已删除)" if entry["erased_by"] else ""),
            "by": entry["by"],
            "words": step_words(entry),
        }
        for entry in document
    ]
    publish(context, wish, rows, ENTRIES, document)

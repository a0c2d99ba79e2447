"""The overdue list: read at one moment, judged, shown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sixping import views
from sixping.clock import SHANGHAI, from_text, to_text
from sixping.commands._answers import publish
from sixping.commands._books import books_on
from sixping.commands._calendarnotes import remark, waits
from sixping.figures.overdue import CLOCKS, KINDS, Waiting, overdue
from sixping.meetingviews import open_tasks
from sixping.pages.case import summary_of
from sixping.pages.table import Column
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sixping.commands._answers import Wish
    from sixping.commands._books import Books
    from sixping.commands._filters import Places
    from sixping.commands._frame import Desk
    from sixping.figures.overdue import Overdue
    from sixping.pages.table import Row, Tone
    from sixping.storage import Connection

#: what a case waits for → since when it does
SINCE = {
    "decision": "accepted_at",
    "returned": "returned_at",
    "unsigned": "assigned_at",
    "feedback": "resolved_at",
}
COLUMNS = (
    Column("number", "编号"),
    Column("label", "类型"),
    Column("due", "到期", "time"),
    Column("standing", "超/剩"),
    Column("severity", "等级"),
    Column("unit", "单位"),
    Column("community", "社区"),
    Column("summary", "事项", elastic=True, one_line=True),
)
COLUMNS_FROM = {"unit": 88, "severity": 94, "community": 106}


def find(desk: Desk, within: int, places: Places, **exact: str | None) -> Overdue:
    """Read what waits and judge it; all of it from one state of the ledger."""
    today = desk.now.date()
    with views.reading(desk.existing_ledger()) as con:
        keep = _test(con, places, exact)
        books = books_on(con)
        horizon = add_workdays(today, within, books.calendar)
        before = datetime.combine(horizon + timedelta(days=1), time(), SHANGHAI)
        rows = list(_waiting(con, to_text(before), keep, books))
        closes = books.policy.edition_at(today).counting.closes
        rows += _tasks(con, before.date(), closes, keep)
        waiting = waits(con, books, desk) if rows else 0
    found = overdue(
        rows,
        desk.now,
        books.calendar,
        within=within,
        unsigned_after=books.policy.edition_at(today).readings.unsigned_after_workdays,
    )
    return found._replace(waits=waiting)


def _test(
    con: Connection, places: Places, exact: dict[str, str | None]
) -> Callable[[Any], bool] | None:
    if not any(places) and not any(exact.values()):
        return None
    from sixping.commands._filters import keeps

    return keeps(places.resolved(con), **exact)


def _waiting(
    con: Connection, before: str, keep: Callable[[Any], bool] | None, books: Books
) -> Iterator[Waiting]:
    for row in filter(keep, views.running(con, before)) if keep else views.running(con, before):
        yield _wait(row, row["kind"], row["started"])._replace(
            due=from_text(row["due"]), provisional=bool(row["provisional"])
        )
    for what, column in SINCE.items():
        found = views.waiting(con, what)
        for row in filter(keep, found) if keep else found:
            # Reopening starts anew: nobody waited while the case was settled.
            yield _wait(row, what, max(row[column] or "", row["round_at"]))
    for row in filter(keep, views.waiting(con, "urge")):
        yield _urged(row, books)


def _urged(row: Any, books: Books) -> Waiting:  # noqa: ANN401 - a row of views
    """Return the oldest demand nobody answered, with the close of its day if it has one."""
    waiting = _wait(row, "urge", row["urge_since"])
    day, text = row["urge_answer_by"], f"[{row['urge_level']}] {waiting.text}"
    if day is None:
        return waiting._replace(text=text)
    rules = books.rules(from_text(row["received_at"]).date())
    return waiting._replace(text=text, due=rules.close_of(date.fromisoformat(day)))


def _tasks(
    con: Connection, before: date, closes: time, keep: Callable[[Any], bool] | None
) -> Iterator[Waiting]:
    """Yield what meetings gave units to do, due at the close of business of its day."""
    for row in filter(keep, open_tasks(con, before.isoformat())):
        text = f"{row['task']} {summary_of(row['told'])}".rstrip()
        due = datetime.combine(date.fromisoformat(row["due"]), closes, SHANGHAI)
        yield Waiting(
            "task", None, None, None, row["lead"], None, text, from_text(row["since"]), due
        )


def _wait(row: Any, kind: str, since: str) -> Waiting:  # noqa: ANN401 - a row of views
    return Waiting(
        kind=kind,
        number=row["number"],
        severity=row["severity"],
        platform=row["platform"],
        unit=row["lead"],
        community=row["community"],
        text=summary_of(row["told"]),
        since=from_text(since),
    )


def show(desk: Desk, wish: Wish, found: Overdue, *, by_unit: bool = False) -> None:
    """Write the list, grouped by unit if asked; without items nothing but JSON is written."""
    groups: list[dict[str, Any]] = []
    if by_unit:
        found, groups = found.by_unit()
    items = [item._asdict() for item in found.items]
    document = {"as_of": to_text(found.as_of), "items": items, "counts": found.counts}
    if by_unit:
        document["by_unit"] = groups
    rows = [item | {"label": _label(item), "standing": _standing(item)} for item in items]
    columns: Sequence[Column] = COLUMNS
    if by_unit:
        columns = sorted(COLUMNS, key=lambda column: column.key != "unit")
    if desk.terminal.isatty:
        from sixping.commands._listing import fitting

        columns = fitting(desk, wish, columns, COLUMNS_FROM)
    lines = wish.choose(desk) == "jsonl"
    publish(desk, wish, rows, columns, items if lines else document, _tone)
    if desk.terminal.isatty:
        desk.say(*(f"{g['name'] or '未分派'}: {_counted(g['counts'])}" for g in groups))
        desk.say(_summary(found))
    provisional = any(item["provisional"] for item in items)
    remark(desk, provisional=provisional, waiting=found.waits if items else 0)


def _label(item: dict[str, Any]) -> str:
    label = KINDS[item["kind"]]
    if item["kind"] == "due_soon":
        label = f"{CLOCKS[item['clock']]}{label}"
    return f"{label}(暂定)" if item["provisional"] else label


def _standing(item: dict[str, Any]) -> str:
    """Say how it stands in working days: past due, left, or waiting since."""
    from sixping.pages.people import against_due

    if item["due"] is None:
        return f"已等{item['age']}日"
    return against_due(item["workdays_late"], item["workdays_left"])


def _tone(row: Row) -> Tone | None:
    if row["workdays_late"] is not None:
        return "late"
    return "soon" if row["kind"] == "due_soon" else None


def _summary(found: Overdue) -> str:
    if not found.items:
        return "目前没有超期、临期或等着办的事项。"
    return f"合计: {_counted(found.counts)}"


def _counted(counts: Mapping[str, int]) -> str:
    return "、".join(f"{KINDS[kind]} {n}" for kind, n in counts.items()) + "。"

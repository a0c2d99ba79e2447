"""The list of failures of a period with the evidence for each (五.3)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands._frame import Desk
from sixping.commands._options import answering
from sixping.errors import UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.commands._answers import Wish
    from sixping.commands._books import Books
    from sixping.commands._filters import Places
    from sixping.figures.lapses import Lapse
    from sixping.storage import Connection

FINDINGS = 3
#: cases replayed at a time: memory stays flat over a year
_AT_ONCE = 500


@answering
def lapses(
    ctx: typer.Context,
    *,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="日期", help="自哪一天; 不写即当月 1 日")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="日期", help="至哪一天 (含); 不写即今天")
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看它负责或协调的")
    ] = None,
    community: Annotated[
        str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    wish: Wish,
) -> int:
    """列出一段时间的失职失责情形, 每项附依据、期限和责任单位 (五.2, 五.3)。

    示例:
      sixping lapses --from 2026-10-01 --to 2026-10-31
      sixping lapses --from 10月1日 --unit 城管执法中队
      sixping lapses --json --exit-code
    """
    from sixping.commands._answers import publish
    from sixping.commands._filters import Places
    from sixping.commands._listing import fitting
    from sixping.pages import lapsespage as page

    desk = Desk.of(ctx)
    form = wish.choose(desk)
    first, last = _period(from_, to, desk)
    found = _find(desk, first, last, Places(unit, community))
    document = page.document(found, first, last, desk.now)
    columns = fitting(desk, wish, page.COLUMNS, page.COLUMNS_FROM)
    publish(
        desk, wish, page.rows(found), columns, document["items"] if form == "jsonl" else document
    )
    if desk.terminal.isatty:
        desk.say(page.summary(found))
    return FINDINGS if exit_code and found else 0


def _period(from_: str | None, to: str | None, desk: Desk) -> tuple[date, date]:
    """Return the days asked for; without any, this month up to today."""
    from sixping.moments import parse_day, understood_day

    last = parse_day(to, desk.now) if to else desk.now.date()
    first = parse_day(from_, desk.now) if from_ else last.replace(day=1)
    if first > last:
        raise UsageFault(f"时段自 {first} 至 {last}, 起在止之后。", "请核对 --from 和 --to。")
    if from_ or to:
        desk.say(f"时段: {understood_day(first)} 至 {understood_day(last)}")
    return first, last


def _find(desk: Desk, first: date, last: date, places: Places) -> list[Lapse]:
    from sixping import views
    from sixping.commands._books import books_on
    from sixping.figures.lapses import gravity

    with views.reading(desk.existing_ledger()) as con:
        where = places.resolved(con)
        found = [
            lapse
            for lapse in failures(con, books_on(con), first, last, desk.now)
            if where.unit in {None, lapse.unit, lapse.coordinator}
            and where.community in {None, lapse.community}
        ]
    return sorted(found, key=gravity)


def failures(
    con: Connection, books: Books, first: date, last: date, now: datetime
) -> Iterator[Lapse]:
    """Yield every failure that belongs to a period of whole days, case by case."""
    from sixping.clock import SHANGHAI, to_text
    from sixping.figures.lapses import lapses as judge
    from sixping.figures.responsibility import Ground, trail
    from sixping.figures.tasklapses import task_lapses
    from sixping.lapseviews import candidates
    from sixping.logbook import read_many
    from sixping.organisation import organisation_at
    from sixping.streams import entries

    start = datetime.combine(first, time(), SHANGHAI)
    end = datetime.combine(last, time(23, 59, 59), SHANGHAI)
    readings = [edition.readings for edition in books.policy.editions]
    reach = max(max(r.unsigned_after_workdays, r.feedback_workdays or 0) for r in readings)
    back = start - timedelta(days=2 * reach + 20)  # no run of days off is that long
    told_late = any(r.feedback_workdays for r in readings)
    bounds = {"first": start, "last": end, "back": back, "now": now}
    texts = {name: to_text(value) for name, value in bounds.items()}
    numbers = candidates(con, **texts, told_late=told_late)
    room = organisation_at(con, now.date()).units.room
    for place in range(0, len(numbers), _AT_ONCE):
        for number, log in read_many(con, numbers[place : place + _AT_ONCE]):
            rules = books.rules(log[0].at.date())
            for lapse in judge(trail(number, log, room), Ground(rules, room, now)):
                if start <= lapse.since <= min(end, now):
                    yield lapse
    for lapse in task_lapses(entries(con, "meeting"), books.rules(now.date()), now):
        if start <= lapse.since <= min(end, now):
            yield lapse

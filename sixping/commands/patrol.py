"""``patrol`` (附2.3): teams, grids covered, cases found; grids that wait for one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.commands import _field, _office
from sixping.commands._frame import Desk
from sixping.commands._options import Json
from sixping.errors import NotFound, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sixping.ledger import Transaction
    from sixping.organisation import Organisation, Person
    from sixping.patrols import Patrolled
    from sixping.registration import Desk as DeskData

FINDINGS = 3


class Given(NamedTuple):
    """A patrol as given at the desk, names resolved; ``found``: text and grid of each case."""

    day: date
    start: str
    end: str
    grids: tuple[str, ...]
    people: tuple[Person, ...]
    units: tuple[str, ...]
    found: tuple[tuple[str, str | None], ...]
    note: str | None


def record(
    ctx: typer.Context,
    grid: Annotated[
        list[str], typer.Option("--grid", metavar="网格", help="到过的网格")
    ],
    member: Annotated[
        list[str], typer.Option("--member", metavar="人员", help="编号或姓名")
    ],
    start: Annotated[str, typer.Option("--from", metavar="时刻", help="自几点, 如 9:00")],
    end: Annotated[str, typer.Option("--to", metavar="时刻", help="至几点, 如 11:00")],
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="哪一天, 默认今天")
    ] = None,
    unit: Annotated[
        list[str] | None,
        typer.Option("--unit", metavar="单位", help="参加的成员单位, 须各有人在队中"),
    ] = None,
    found: Annotated[
        list[str] | None,
        typer.Option("--found", metavar="内容", help="发现的问题, 各登记一件; 可写作 网格:内容"),
    ] = None,
    note: Annotated[
        str | None, typer.Option("--note", metavar="文字", help="巡查情况")
    ] = None,
    as_json: Json = False,
) -> None:
    """记录一次巡查: 队伍组成按附2.3核对, 发现的问题同时登记 (渠道: 巡查发现)。

    示例:
      sixping patrol record --grid 江一社区第一网格 --member p1 --member p5 --member p9
        --from 9:00 --to 11:00 --found "人行道堆放建筑垃圾"
      sixping patrol record --grid 江一社区第一网格 --grid 江一社区第二网格
        --member p1 --member p5 --member p9 --from 14:00 --to 16:00
    """
    desk = Desk.of(ctx)
    desk.existing_ledger()
    day = _office.day_of(desk, date, past=True)
    first, last = _field.hours(start, end)
    moment = _moment(desk, day, last or "")
    organisation = _office.organisation_of(desk, day)
    given = Given(
        day,
        first or "",
        last or "",
        tuple(dict.fromkeys(grid_of(organisation, name) for name in grid)),
        tuple(_field.people_of(organisation, member)),
        tuple(organisation.units.find(name).name for name in unit or ()),
        (),
        _told(note, "巡查情况 (--note)"),
    )
    given = given._replace(found=tuple(_found(given, text, organisation) for text in found or ()))
    seq, event = _record(desk, given, moment, organisation)
    _tell(desk, seq, event, as_json=as_json)


def _moment(desk: Desk, day: date, end: str) -> datetime:
    """Return when the patrol ended; what was found is received then."""
    from sixping.clock import SHANGHAI

    moment = datetime.fromisoformat(f"{day}T{end}").replace(tzinfo=SHANGHAI)
    if moment > desk.now:
        raise UsageFault(f"巡查至 {day} {end} 结束, 晚于现在。", "巡查结束后再记录。")
    return moment


def _told(value: str | None, field: str) -> str | None:
    from sixping.commands._steps import told

    return None if value is None else told(value, field)


def grid_of(organisation: Organisation, name: str) -> str:
    """Return the name of a grid of that day. Raises ``NotFound``."""
    unit = organisation.units.find(name)
    if unit.kind != "grid":
        grids = "、".join(each.name for each in organisation.units.grids(unit.name))
        raise NotFound(
            f"{unit.name}不是网格。",
            f"网格有: {grids}。" if grids else "见 sixping units list --kind grid。",
        )
    return unit.name


def _found(given: Given, text: str, organisation: Organisation) -> tuple[str, str | None]:
    """Return what was found, and in which of the grids; ``网格:`` before it names one."""
    head, colon, rest = text.replace("\uff1a", ":").partition(":")
    unit = organisation.units.get(head.strip()) if colon else None
    if unit is not None and unit.kind == "grid":
        if unit.name not in given.grids:
            raise UsageFault(f"{unit.name}不在这次巡查的网格里。", "请核对 --grid 和 --found。")
        return rest.strip(), unit.name
    return text, given.grids[0] if len(given.grids) == 1 else None


def _record(
    desk: Desk, given: Given, moment: datetime, organisation: Organisation
) -> tuple[int, Patrolled]:
    """Record the patrol and what it found; nothing is half recorded."""
    from sixping import streams
    from sixping.commands._books import books_of, desk_data
    from sixping.commands._steps import stamp_of
    from sixping.duty import month_of
    from sixping.fieldrules import load_field_rules
    from sixping.ledger import transaction
    from sixping.patrols import STREAM, Patrolled, check_team, check_units

    units = organisation.units
    check_team(given.people, load_field_rules().patrol, units, given.day)
    check_units(given.people, [units.find(name) for name in given.units])
    rules = books_of(desk.ledger).rules(given.day)
    data = desk_data(desk.ledger, given.day)
    people = tuple(person.id for person in given.people)
    with transaction(desk.ledger, stamp_of(desk)) as tx:
        _field.refuse_elsewhere(tx.con, given.day, people, given.start, given.end)
        cases = tuple(_register(tx, one, data, rules, moment) for one in given.found)
        event = Patrolled(
            day=given.day, start=given.start, end=given.end, grids=given.grids, people=people,
            units=given.units, cases=cases, text=given.note,
        )  # fmt: skip
        seq = streams.record(tx, STREAM, month_of(given.day), event, moment)
    return seq, event


def _register(
    tx: Transaction,
    found: tuple[str, str | None],
    data: DeskData,
    rules: Any,  # noqa: ANN401
    moment: datetime,
) -> str:
    """Register what was found as a case of the patrols' channel, received as it ended."""
    from sixping.fieldrules import load_field_rules
    from sixping.registration import named, read_given, register

    text, grid = found
    said = {"text": text, "channel": load_field_rules().patrol_channel, "grid": grid}
    given = named(read_given({**said, "place": None}), data, rules)
    number = tx.next_number(moment.year)
    tx.append(
        number,
        register(given, data, rules, moment),
        moment,
        before=None,
        content=given.content(),
    )
    return number


def _tell(desk: Desk, seq: int, event: Patrolled, *, as_json: bool) -> None:
    from sixping.commands._answers import Wish

    desk.say(f"已记录巡查: {event.day} {event.start}-{event.end}, {'、'.join(event.grids)}。")
    desk.say(f"记错了: sixping patrol void {seq} --reason 理由; 登记的件另用 decline、merge 处理。")
    for number in event.cases:
        desk.say(f"{number} 已登记; 下一步: sixping accept {number}")
    show(desk, Wish(as_json=as_json), [(seq, event)])


def show(desk: Desk, wish: Any, made: Sequence[tuple[int, Patrolled]]) -> None:  # noqa: ANN401
    """Write patrols as a table."""
    from sixping.commands._answers import publish
    from sixping.pages.table import Column

    columns = (
        Column("seq", "序号", "int"),
        Column("date", "日期", "day"),
        Column("from", "自"),
        Column("to", "至"),
        Column("grids", "网格", "list"),
        Column("members", "队员", "list"),
        Column("units", "成员单位", "list"),
        Column("cases", "发现", "list"),
        Column("note", "情况", elastic=True, mask="text"),
    )
    rows = [
        {
            "seq": seq, "date": event.day, "from": event.start, "to": event.end,
            "grids": event.grids, "members": event.people, "units": event.units,
            "cases": event.cases, "note": event.text,
        }
        for seq, event in made
    ]  # fmt: skip
    publish(desk, wish, rows, columns)

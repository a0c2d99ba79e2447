"""``operation`` (四.3): joint enforcement: who, where, on which cases, and one result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import End, OnDate, Seq, Start
from sixping.console.options import Json, Reason, answering
from sixping.errors import NotAllowed
from sixping.policy.vocabulary import Platform
from sixping.services import conflicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.office.operations import Operation
    from sixping.office.organisation import Organisation, Person
    from sixping.store.transaction import Transaction

#: on a terminal narrower than this the column is left to wider ones and to other formats
WIDE = {"from": 100, "to": 100, "platforms": 130, "people": 120, "coordinator": 140}
Name = Annotated[str, typer.Argument(metavar="编号", help="如 o2, 见 operation list")]


def plan(
    ctx: typer.Context,
    title: Annotated[str, typer.Argument(metavar="名称", help="如 夜市油烟专项整治")],
    date: OnDate,
    unit: Annotated[list[str], typer.Option("--unit", metavar="单位", help="参加的单位")],
    person: Annotated[list[str], typer.Option("--person", metavar="人员", help="编号或姓名")],
    platform: Annotated[
        list[Platform] | None,
        typer.Option("--platform", metavar="平台", help="参加的平台; 单位所属的平台自动计入"),
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", metavar="编号", help="涉及的事项")
    ] = None,
    start: Start = None,
    end: End = None,
    as_json: Json = False,
) -> None:
    """安排联合执法或专项整治: 单位、人员 (核对执法资格)、涉及的事项 (四.3)。

    示例:
      sixping operation plan 夜市油烟专项整治 --date 2026-12-05 --from 19:00 --to 22:00
        --unit 城管执法中队 --unit 市场监管所 --person p1 --person p4 --case 123
    """
    from sixping.console.stepcommand import require_text, stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.office.operations import STREAM, OperationPlanned
    from sixping.services.taking import SHORT

    context = Context.of(ctx)
    day = officeoptions.day_of(context, date)
    hours = officeoptions.hours(start, end)
    name = require_text(title, "名称", SHORT)
    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        organisation = _organisation(tx, day)
        units = tuple(dict.fromkeys(organisation.units.find(each).name for each in unit))
        people = conflicts.people_of(organisation, person)
        _check(people, units, organisation, day)
        conflicts.refuse_elsewhere(tx.con, day, [one.id for one in people], *hours)
        event = OperationPlanned(
            operation=conflicts.next_id(tx, OperationPlanned.kind, "o"), day=day, start=hours[0],
            end=hours[1], platforms=_platforms(organisation, platform or (), units), units=units,
            people=tuple(one.id for one in people), cases=_cases(context, tx, case or ()),
            coordinator=_coordinator(organisation, units), text=name,
        )  # fmt: skip
        seq = streams.record(tx, STREAM, event.operation, event, tx.stamp.now)
        one = conflicts.operations_on(tx.con)[event.operation]
    by = f", 由{event.coordinator}协调 (四.2)" if event.coordinator else ""
    context.say(f"已安排 {one.id}, {day}{by} (第 {seq} 号)。")
    context.say(f"下一步: sixping operation result {one.id} 结果")
    _show(context, as_json, [one])


def _organisation(tx: Transaction, day: date) -> Organisation:
    from sixping.office.organisation import organisation_at

    return organisation_at(tx.con, day)


def _check(
    people: Sequence[Person], units: Sequence[str], organisation: Organisation, day: date
) -> None:
    """Refuse a team without the licence holders 四.3 needs, or of units not named."""
    from sixping.policy.teams import load_field_rules

    for person in people:
        if person.unit not in units:
            raise NotAllowed(
                f"{person.id} 属于{person.unit}, 不在参加的单位里。",
                f"请加 --unit {person.unit}, 或去掉这个人。",
            )
    for need in load_field_rules().operation:
        fit = sum(need.fits(person, organisation.units, day) for person in people)
        if fit < need.least:
            raise NotAllowed(
                f"{need.what}缺 {need.least - fit} 名 ({need.clause})。",
                f"执法证须在 {day} 有效; 见 sixping units people。",
            )


def _platforms(
    organisation: Organisation, given: Iterable[Platform], units: Iterable[str]
) -> tuple[str, ...]:
    of_units = (organisation.units.find(unit).platform for unit in units)
    named = {*given, *(platform for platform in of_units if platform)}
    return tuple(platform.value for platform in Platform if platform in named)


def _coordinator(organisation: Organisation, units: Iterable[str]) -> str | None:
    from sixping.policy.units import coordinator

    return coordinator(units, organisation.units)


def _cases(context: Context, tx: Transaction, given: Iterable[str]) -> tuple[str, ...]:
    from sixping.cases.model import full_number

    numbers = dict.fromkeys(full_number(number, context.now.year) for number in given)
    for number in numbers:
        if not tx.case(number).open:
            raise NotAllowed(f"{number} 已经办结或不再办理。", "请去掉它, 或先 sixping reopen。")
    return tuple(numbers)


def result(
    ctx: typer.Context,
    name: Name,
    outcome: Annotated[str, typer.Argument(metavar="结果", help="记到每一件上")],
    case: Annotated[
        list[str] | None,
        typer.Option("--case", metavar="编号", help="现场另涉及的事项"),
    ] = None,
    as_json: Json = False,
) -> None:
    """记录联合执法的结果, 同时记到涉及的每一件上 (四.3)。

    示例:
      sixping operation result o2 "检查 8 家, 责令整改 3 家"
      sixping operation result o2 "检查 8 家" --case 130
    """
    from sixping.cases import steps
    from sixping.cases.model import full_number
    from sixping.console.stepcommand import require_text, stamp_of
    from sixping.ledger import transaction
    from sixping.office import streams
    from sixping.office.operations import STREAM, OperationResulted, find

    context = Context.of(ctx)
    words = require_text(outcome, "结果")
    more = [full_number(number, context.now.year) for number in case or ()]
    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        one = find(conflicts.operations_on(tx.con), name)
        if one.plan.day > context.now.date():
            raise NotAllowed(f"{one.id} 安排在 {one.plan.day}, 还没有进行。", "进行后再记录结果。")
        numbers = tuple(dict.fromkeys((*one.cases, *more)))
        event = OperationResulted(operation=one.id, cases=numbers, outcome=words)
        said = f"联合执法 {one.id} ({one.plan.day}): {words}"
        seq = streams.record(tx, STREAM, one.id, event, tx.stamp.now)
        one = find(conflicts.operations_on(tx.con), one.id)
        for number in numbers:
            tx.append(number, steps.Noted(text=said), context.now, before=tx.case(number))
    context.say(f"{one.id} 的结果已记到 {len(numbers)} 件上 (第 {seq} 号)。")
    for number in numbers:
        context.say(f"{number}: 已办好的请办结, sixping resolve {number} --outcome 结果")
    _show(context, as_json, [one])


@answering
def list_(
    ctx: typer.Context,
    month: Annotated[
        str | None, typer.Option("--month", metavar="月", help="只看一个月, 如 2026-11")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """列出联合执法: 平台、单位、人员、事项、结果; 供会商用 (四.3)。

    示例:
      sixping operation list
      sixping operation list --month 2026-11 --format md
    """
    from sixping.queries import cases
    from sixping.util.dates import parse_month

    context = Context.of(ctx)
    wish.choose(context)
    span = parse_month(month, context.now) if month else None
    with cases.reading(context.existing_ledger()) as con:
        found = conflicts.operations_on(con).values()
    chosen = [one for one in found if span is None or span[0] <= one.plan.day <= span[1]]
    _publish(context, wish, sorted(chosen, key=lambda one: (one.plan.day, one.id)))


def show(ctx: typer.Context, name: Name, as_json: Json = False) -> None:
    """查看一次联合执法: 安排、人员、涉及的事项和结果。

    示例:
      sixping operation show o2
    """
    from sixping.office.operations import find
    from sixping.queries import cases

    context = Context.of(ctx)
    with cases.reading(context.existing_ledger()) as con:
        one = find(conflicts.operations_on(con), name)
    _show(context, as_json, [one])


def _show(context: Context, as_json: bool, found: list[Operation]) -> None:
    from sixping.console.answers import Wish

    _publish(context, Wish(as_json=as_json), found, one=True)


def _publish(context: Context, wish: Any, found: Iterable[Operation], *, one: bool = False) -> None:  # noqa: ANN401
    from sixping.console.answers import fitting, publish
    from sixping.render.table import Column

    columns = (
        Column("id", "编号"),
        Column("date", "日期", "day"),
        Column("from", "自"),
        Column("to", "至"),
        Column("title", "名称", mask="text"),
        Column("platforms", "平台", "list"),
        Column("units", "单位", "list"),
        Column("people", "人员", "list"),
        Column("coordinator", "协调"),
        Column("cases", "事项", "list"),
        Column("outcome", "结果", elastic=True, mask="text"),
    )
    rows = [_row(each) for each in found]
    shown = fitting(context, wish, columns, WIDE)
    publish(context, wish, rows, shown, (rows[0] if one else rows))


def _row(one: Operation) -> dict[str, Any]:
    from sixping.util.text import mask_text

    plan = one.plan
    return {
        "id": one.id,
        "date": plan.day.isoformat(),
        "from": plan.start,
        "to": plan.end,
        "title": mask_text(plan.text) if plan.text else None,
        "platforms": list(plan.platforms),
        "units": list(plan.units),
        "people": list(plan.people),
        "coordinator": plan.coordinator,
        "cases": list(one.cases),
        "outcome": mask_text(one.outcome) if one.outcome else None,
    }


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的联合执法记录; 两条都保留在台账里, 件上的记事不受影响。

    示例:
      sixping operation void 45 --reason 人员写错
    """
    from sixping.office.operations import check

    officeoptions.void_entry(Context.of(ctx), "operation", seq, reason, lambda _: check)

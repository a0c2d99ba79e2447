"""``units people`` and ``units person``: who works where, since when, with which licence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.nothing import of_list
from sixping.console.options import Json, Reveal, RevealReason, answering
from sixping.console.phones import given_phone
from sixping.console.recording import (
    nothing_said,
    organisation_of,
    reading,
    recording,
    reveal_people,
    short_text,
)
from sixping.office.organisation import PEOPLE, PersonChanged, PersonLeft
from sixping.render.table import Column
from sixping.services.organisation import join, licensed, record_changes
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sixping.office.organisation import Person

Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="所在单位")]
Role = Annotated[str | None, typer.Option("--role", metavar="职务", help="如 队员、网格员")]
Phone = Annotated[str | None, typer.Option("--phone", metavar="电话", help="- 表示不显示地输入")]
Licence = Annotated[str | None, typer.Option("--licence", metavar="证号", help="执法证号")]
LicenceFrom = Annotated[str | None, dated.LICENCE_FROM.option]
LicenceUntil = Annotated[str | None, dated.LICENCE_UNTIL.option]
Who = Annotated[str, typer.Argument(metavar="人员", help="编号 (如 p12) 或姓名")]
_COLUMNS = (
    Column("person", "编号"),
    Column("name", "姓名"),
    Column("unit", "单位"),
    Column("role", "职务"),
    Column("stationed", "驻点", "bool"),
    Column("online", "在线", "bool"),
    Column("licensed", "执法资格", "bool"),
    Column("licence_until", "有效期至", "day"),
)
#: masked they only take room
_PRIVATE = (
    Column("phone", "电话", mask="phone"),
    Column("licence", "执法证号", mask="id"),
    Column("licence_from", "有效期自", "day"),
)

#: what leaves where the rows are too wide, in this order
_LEAVING = ("licence_from", "online", "stationed", "licence_until", "role")


@answering
def list_(
    ctx: typer.Context,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位")] = None,
    as_of: Annotated[str | None, dated.UNITS_AS_OF.option] = None,
    reveal: Reveal = False,
    reason: RevealReason = None,
    *,
    wish: Wish,
) -> None:
    """列出人员: 编号、单位、职务、驻点、执法资格; 电话和证号隐去。

    示例:
      sixping units people --unit 城管执法中队
      sixping units people --reveal --reason 排班联系
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    day = day_of(context, as_of, dated.UNITS_AS_OF)
    organisation = organisation_of(context, day)
    chosen = organisation.units.find(unit).name if unit else None
    reveal_people(context, "people", reason, asked=reveal)
    people = [p for p in organisation.people.values() if chosen in (None, p.unit)]
    _show(context, wish, people, day)
    if not people:
        of_list(
            context, (chosen,), whole=len(organisation.people), what="人员",
            listing="sixping units people",
            begin="sixping units person add 姓名 --unit 单位, 或 sixping units import 文件",
        )  # fmt: skip


def _show(context: Context, wish: Wish, people: Sequence[Person], day: date) -> None:
    """Write people as a table, masked unless the wish reveals."""
    whole = wish.reveal or wish.choose(context) in {"json", "jsonl"}
    rows = [p._asdict() | {"person": p.id, "licensed": p.licensed(day)} for p in people]
    heads = (*_COLUMNS, *_PRIVATE) if whole else _COLUMNS
    publish(context, wish, rows, heads, leaving=_LEAVING)


def add(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Argument(metavar="姓名")],
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="所在单位")],
    role: Role = None,
    stationed: Annotated[bool, typer.Option("--stationed", help="在指挥室驻点")] = False,
    online: Annotated[bool, typer.Option("--online", help="在线值班")] = False,
    phone: Phone = None,
    licence: Licence = None,
    licence_from: LicenceFrom = None,
    licence_until: LicenceUntil = None,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
    as_json: Json = False,
) -> None:
    """登记一个人员, 自某日起; 得到编号 (如 p12)。

    示例:
      sixping units person add 演示甲 --unit 城管执法中队 --stationed
      sixping units person add 演示乙 --unit 市场监管所 --stationed
        --licence 演示0001 --licence-until 2027-12-31
    """
    context = Context.of(ctx)
    day = day_of(context, start, dated.UNITS_FROM)
    stated = _said(context, role, phone, licence, licence_from, licence_until)
    stated |= {"name": short_text(name, "姓名"), "stationed": stationed, "online": online}
    stated["unit"] = organisation_of(context, day).units.find(unit).name
    with recording(context) as tx:
        seq, person = join(tx, stated, day)
    context.say(
        f"已登记 {person.id}: {person.name} ({person.unit}), 自{understood_day(day)}。",
        f"下一步: 排班 sixping duty plan 日期 {person.id}; "
        f"记错了: sixping units void {seq} --reason 理由",
    )
    _show(context, Wish(as_json=as_json), [person], day)


def _said(
    context: Context,
    role: str | None,
    phone: str | None,
    licence: str | None,
    licence_from: str | None,
    licence_until: str | None,
) -> dict[str, Any]:
    start, until = licence_from, licence_until
    return {
        "role": short_text(role, "--role"),
        "phone": short_text(given_phone(context, phone), "--phone"),
        "licence": short_text(licence, "--licence"),
        "licence_from": day_of(context, start, dated.LICENCE_FROM) if start else None,
        "licence_until": day_of(context, until, dated.LICENCE_UNTIL) if until else None,
    }


def change(
    ctx: typer.Context,
    *,
    who: Who,
    name: Annotated[str | None, typer.Option("--name", metavar="姓名", help="改名")] = None,
    unit: Unit = None,
    role: Role = None,
    stationed: Annotated[
        bool | None, typer.Option("--stationed/--not-stationed", help="是否驻点")
    ] = None,
    online: Annotated[
        bool | None, typer.Option("--online/--not-online", help="是否在线值班")
    ] = None,
    phone: Phone = None,
    licence: Licence = None,
    licence_from: LicenceFrom = None,
    licence_until: LicenceUntil = None,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
    as_json: Json = False,
) -> None:
    """更改人员的单位、职务、驻点、在线、电话或执法证, 自某日起。

    示例:
      sixping units person change p12 --unit 市场监管所 --from 2026-12-01
      sixping units person change 演示乙 --licence-until 2028-12-31
    """
    context = Context.of(ctx)
    day = day_of(context, start, dated.UNITS_FROM)
    organisation = organisation_of(context, day)
    stated = _said(context, role, phone, licence, licence_from, licence_until)
    stated |= {"name": short_text(name, "--name"), "stationed": stationed, "online": online}
    stated["unit"] = organisation.units.find(unit).name if unit else None
    if all(value is None for value in stated.values()):
        raise nothing_said()
    person = organisation.find(who)
    event = PersonChanged(person=person.id, day=day, **licensed(stated, day))
    _record(context, event, f"已更改 {person.id}, 自{understood_day(day)}", as_json=as_json)
    if unit:
        _say_held(context, person.id, day)


def leave(
    ctx: typer.Context,
    who: Who,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
) -> None:
    """记录人员离开, 自某日起不再在册; 以前的记录不变。

    示例:
      sixping units person leave p12 --from 2026-12-01
    """
    context = Context.of(ctx)
    day = day_of(context, start, dated.UNITS_FROM)
    person = organisation_of(context, day).find(who)
    _record(
        context,
        PersonLeft(person=person.id, day=day),
        f"{person.id} 自{understood_day(day)}起不再在册",
    )
    _say_held(context, person.id, day)


def _say_held(context: Context, person: str, day: date) -> None:
    """Say how many open cases somebody who leaves their unit on a day still answers for (附2.1)."""
    from sixping.queries.cases import held_by_name
    from sixping.queries.office import keeps
    from sixping.services.office.persons import of_unit

    organisation = organisation_of(context, day)
    now_of = organisation.people.get(person)
    with reading(context) as con:
        held = [
            row
            for row in held_by_name(con)
            if row.person == person and row.lead
            if now_of is None or not of_unit(organisation, now_of.unit, row.lead)
        ]
        held = held if keeps(con, "persons") else []
    if held:
        context.say(
            f"{person} 还经办着 {len(held)} 件在办的, 请换经办人: sixping list --person {person}"
        )


def _record(
    context: Context, event: PersonChanged | PersonLeft, done: str, *, as_json: bool = False
) -> None:
    with recording(context) as tx:
        (seq,), organisation = record_changes(tx, [(PEOPLE, event)])
    context.say(f"{done} (第 {seq} 号)。", f"记错了: sixping units void {seq} --reason 理由")
    person = organisation.people.get(event.person)
    if person is not None:
        _show(context, Wish(as_json=as_json), [person], event.day)

"""``units person``: who works where, since when, with which licence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import AsOf, From
from sixping.console.options import Json, Reveal, answering
from sixping.documents import phrases
from sixping.errors import NotAllowed, UsageFault
from sixping.services import office

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.office.organisation import Person, PersonJoined
    from sixping.store.transaction import Transaction

Unit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="所在单位")]
Role = Annotated[str | None, typer.Option("--role", metavar="职务", help="如 队员、网格员")]
Phone = Annotated[str | None, typer.Option("--phone", metavar="电话")]
Licence = Annotated[str | None, typer.Option("--licence", metavar="证号", help="执法证号")]
LicenceFrom = Annotated[
    str | None, typer.Option("--licence-from", metavar="日期", help="执法证有效期自")
]
LicenceUntil = Annotated[
    str | None, typer.Option("--licence-until", metavar="日期", help="执法证有效期至 (含)")
]
Who = Annotated[str, typer.Argument(metavar="人员", help="编号 (如 p12) 或姓名")]
Said = dict[str, Any]


@answering
def list_(
    ctx: typer.Context,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位")] = None,
    as_of: AsOf = None,
    reveal: Reveal = False,
    reason: officeoptions.Why = None,
    *,
    wish: Wish,
) -> None:
    """列出人员: 编号、单位、职务、驻点、执法资格; 姓名和电话隐去。

    示例:
      sixping units people --unit 城管执法中队
      sixping units people --reveal --reason 排班联系
    """
    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    day = officeoptions.day_of(context, as_of, past=True)
    organisation = office.organisation_of(context, day)
    chosen = organisation.units.find(unit).name if unit else None
    officeoptions.reveal_people(context, "people", reason, asked=reveal)
    found = [p for p in organisation.people.values() if chosen in (None, p.unit)]
    show_people(context, wish, found, day)
    if not found and context.terminal.isatty:
        context.say(
            "还没有人员。登记: sixping units person add 姓名 --unit 单位, 或 units import。"
        )


def show_people(context: Context, wish: Any, found: Sequence[Person], day: date) -> None:  # noqa: ANN401
    """Write people as a table, masked unless the wish reveals."""
    from sixping.console.answers import publish
    from sixping.render.table import Column

    columns = [
        Column("person", "编号"),
        Column("name", "姓名", mask="name"),
        Column("unit", "单位"),
        Column("role", "职务"),
        Column("stationed", "驻点", "bool"),
        Column("online", "在线", "bool"),
        Column("licensed", "执法资格", "bool"),
        Column("licence_until", "有效期至", "day"),
    ]
    if wish.reveal or wish.choose(context) in {"json", "jsonl"}:  # masked they only take room
        columns += [
            Column("phone", "电话", mask="phone"),
            Column("licence", "执法证号", mask="id"),
            Column("licence_from", "有效期自", "day"),
        ]
    rows = [p._asdict() | {"person": p.id, "licensed": p.licensed(day)} for p in found]
    publish(context, wish, rows, columns)


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
    start: From = None,
    as_json: Json = False,
) -> None:
    """登记一个人员, 自某日起; 得到编号 (如 p12)。

    示例:
      sixping units person add 演示甲 --unit 城管执法中队 --stationed
      sixping units person add 演示乙 --unit 市场监管所 --stationed
        --licence 演示0001 --licence-until 2027-12-31
    """
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction

    context = Context.of(ctx)
    day = officeoptions.day_of(context, start)
    said = _said(context, role, phone, licence, licence_from, licence_until)
    said |= {"name": officeoptions.short(name, "姓名"), "stationed": stationed, "online": online}
    said["unit"] = office.organisation_of(context, day).units.find(unit).name
    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        joined = joining(tx, said, day)
        (seq,), organisation = office.record_changes(tx, [("people", joined)])
    person = organisation.people[joined.person]
    context.say(
        f"已登记 {person.id}: {phrases.masked(person.name)} ({person.unit}), 自 {day}。",
        f"下一步: 排班 sixping duty plan 日期 {person.id}; "
        f"记错了: sixping units void {seq} --reason 理由",
    )
    _answer(context, person, day, as_json=as_json)


def joining(
    tx: Transaction,
    said: Mapping[str, Any],
    day: date,
    people: Mapping[str, Person] | None = None,
    ahead: int = 0,
) -> PersonJoined:
    """Return the event of somebody new, with the next id.

    ``people``: who is known on that day; ``ahead``: how many new ones come before. Raises
    ``NotAllowed`` when the same name is in that unit and nothing tells the two apart.
    """
    from sixping.office.organisation import PersonJoined, organisation_at

    known = organisation_at(tx.con, day).people if people is None else people
    for other in known.values():
        if (other.name, other.unit) == (said["name"], said["unit"]) and (
            said.get("phone") in (None, other.phone)
        ):
            raise NotAllowed(
                f"{other.unit} 已有同名的人: {other.id}。",
                "同一人请用 units person change; 同名的另一人请写 --phone 区分。",
            )
    (before,) = tx.con.execute(
        "SELECT count(*) FROM events WHERE stream = 'organisation' AND kind = 'person_joined'"
    ).fetchone()
    return PersonJoined(person=f"p{before + ahead + 1}", day=day, **licensed(said, day))


def licensed(said: Mapping[str, Any], day: date) -> Said:
    """Check the licence and return what is said, the empty left out."""
    found = {name: value for name, value in said.items() if value is not None}
    until, since = found.get("licence_until"), found.get("licence_from")
    if "licence" in found and until is None:
        raise UsageFault("没有写明执法证有效期至哪一天。", "请加 --licence-until 日期。")
    if "licence" in found and since is None:
        found["licence_from"] = since = day if until is None else min(day, until)
    if since and until and since > until:
        raise UsageFault(f"执法证有效期自 {since} 晚于至 {until}。", "请核对两个日期。")
    return found


def _said(
    context: Context,
    role: str | None,
    phone: str | None,
    licence: str | None,
    licence_from: str | None,
    licence_until: str | None,
) -> Said:
    return {
        "role": officeoptions.short(role, "--role"),
        "phone": officeoptions.short(phone, "--phone"),
        "licence": officeoptions.short(licence, "--licence"),
        "licence_from": officeoptions.day_of(context, licence_from, past=True)
        if licence_from
        else None,
        "licence_until": officeoptions.day_of(context, licence_until) if licence_until else None,
    }


def _answer(context: Context, person: Person, day: date, *, as_json: bool) -> None:
    from sixping.console.answers import Wish

    show_people(context, Wish(as_json=as_json), [person], day)


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
    start: From = None,
    as_json: Json = False,
) -> None:
    """更改人员的单位、职务、驻点、在线、电话或执法证, 自某日起。

    示例:
      sixping units person change p12 --unit 市场监管所 --from 2026-12-01
      sixping units person change 演示乙 --licence-until 2028-12-31
    """
    from sixping.office.organisation import PersonChanged

    context = Context.of(ctx)
    day = officeoptions.day_of(context, start)
    organisation = office.organisation_of(context, day)
    said = _said(context, role, phone, licence, licence_from, licence_until)
    said |= {"name": officeoptions.short(name, "--name"), "stationed": stationed, "online": online}
    said["unit"] = organisation.units.find(unit).name if unit else None
    if all(value is None for value in said.values()):
        raise officeoptions.nothing_said()
    person = organisation.find(who)
    event = PersonChanged(person=person.id, day=day, **licensed(said, day))
    _record(context, event, f"已更改 {person.id}, 自 {day}", as_json=as_json)


def leave(ctx: typer.Context, who: Who, start: From = None) -> None:
    """记录人员离开, 自某日起不再在册; 以前的记录不变。

    示例:
      sixping units person leave p12 --from 2026-12-01
    """
    from sixping.office.organisation import PersonLeft

    context = Context.of(ctx)
    day = officeoptions.day_of(context, start)
    person = office.organisation_of(context, day).find(who)
    _record(context, PersonLeft(person=person.id, day=day), f"{person.id} 自 {day} 起不再在册")


def _record(context: Context, event: Any, said: str, *, as_json: bool = False) -> None:  # noqa: ANN401
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        (seq,), organisation = office.record_changes(tx, [("people", event)])
    context.say(f"{said} (第 {seq} 号)。", f"记错了: sixping units void {seq} --reason 理由")
    if event.person in organisation.people:
        _answer(context, organisation.people[event.person], event.day, as_json=as_json)

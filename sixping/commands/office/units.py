"""``units``: the organisation as it is on a day, and its dated changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import AsOf, From, Seq
from sixping.console.options import AsJson, Json, Reason, answering
from sixping.documents import phrases
from sixping.errors import NotAllowed, NotFound
from sixping.policy.units import DutyMode, Unit, UnitKind
from sixping.policy.vocabulary import Platform
from sixping.services import office

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.office.organisation import Organisation

Name = Annotated[str, typer.Argument(metavar="单位", help="单位名称")]
Kind = Annotated[
    UnitKind, typer.Option("--kind", metavar="种类", help="agency office community grid")
]
Parent = Annotated[str | None, typer.Option("--parent", metavar="社区", help="网格所属的社区")]
OnPlatform = Annotated[Platform | None, typer.Option("--platform", metavar="平台")]
Duty = Annotated[
    DutyMode | None,
    typer.Option(
        "--duty", metavar="方式", help="on-site 每日在岗, in-principle 原则上驻点, online 在线"
    ),
]
Alias = Annotated[
    list[str] | None, typer.Option("--alias", metavar="别名", help="别名, 可多次给出")
]
Role = Annotated[str | None, typer.Option("--role", metavar="职责", help="单位的职责")]


@answering
def list_(
    ctx: typer.Context,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="种类", help="platform agency office community grid"),
    ] = None,
    platform: OnPlatform = None,
    as_of: AsOf = None,
    *,
    wish: Wish,
) -> None:
    """列出平台、派驻机构、街道各办、社区和网格。

    示例:
      sixping units list
      sixping units list --kind community --json
      sixping units list --as-of 2026-06-30
    """
    from sixping.console.answers import publish
    from sixping.render.table import Column

    context = Context.of(ctx)
    if kind is not None and kind not in tuple(UnitKind):
        raise NotFound(f"没有这个种类: {kind}", f"可用: {'、'.join(UnitKind)}。")
    day = officeoptions.day_of(context, as_of, past=True)
    rows = [
        {"name": unit.name, "kind": unit.kind, "platform": unit.platform, "parent": unit.parent}
        for unit in office.organisation_of(context, day).units
        if kind in (None, unit.kind) and platform in (None, unit.platform)
    ]
    columns = (
        Column("name", "名称"),
        Column("kind", "种类"),
        Column("platform", "平台"),
        Column("parent", "所属社区"),
    )
    publish(context, wish, rows, columns, rows)


def show(ctx: typer.Context, name: Name, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """查看一个单位: 平台、职责、网格、人员 (姓名隐去)。

    示例:
      sixping units show 城管执法中队
      sixping units show 江一社区 --json
    """
    context = Context.of(ctx)
    organisation = office.organisation_of(context, officeoptions.day_of(context, as_of, past=True))
    _answer(context, organisation.units.find(name), organisation, as_json=as_json)


def _answer(context: Context, unit: Unit, organisation: Organisation, *, as_json: bool) -> None:
    from sixping.console.answers import Wish, publish
    from sixping.render.table import Column

    document = {
        **unit._asdict(),
        "grids": [grid.name for grid in organisation.units.grids(unit.name)],
        "people": [
            {"person": p.id, "name": phrases.masked(p.name), "role": p.role}
            for p in organisation.members(unit.name)
        ],
    }
    who = [f"{p['person']} {p['name']} {p['role']}".rstrip() for p in document["people"]]
    said = {
        "名称": unit.name,
        "种类": unit.kind,
        "平台": unit.platform,
        "牵头": unit.lead_of,
        "所属社区": unit.parent,
        "驻点": "是" if unit.stationed else None,
        "值守": unit.duty,
        "别名": "、".join(unit.aliases),
        "网格": "、".join(document["grids"]),
        "人员": "、".join(who),
        "职责": unit.role,
    }
    rows = [{"item": item, "value": value} for item, value in said.items() if value]
    columns = (Column("item", "项目"), Column("value", "内容", elastic=True))
    publish(context, Wish(as_json=as_json), rows, columns, document)


def add(
    ctx: typer.Context,
    *,
    name: Name,
    kind: Kind,
    platform: OnPlatform = None,
    parent: Parent = None,
    stationed: Annotated[bool, typer.Option("--stationed", help="在指挥室驻点")] = False,
    duty: Duty = None,
    alias: Alias = None,
    role: Role = None,
    start: From = None,
    as_json: Json = False,
) -> None:
    """增加一个单位, 自某日起。

    示例:
      sixping units add 江四社区 --kind community --from 2026-12-01
      sixping units add 江四社区第一网格 --kind grid --parent 江四社区
    """
    from sixping.office.organisation import UnitAdded

    context = Context.of(ctx)
    if kind is UnitKind.PLATFORM:
        raise NotAllowed("平台由办法定为四个, 不能增加。", "可用: agency office community grid。")
    event = UnitAdded(
        day=officeoptions.day_of(context, start),
        name=officeoptions.short(name, "单位") or "",
        unit_kind=kind,
        platform=platform,
        parent=parent,
        stationed=stationed,
        duty=duty,
        aliases=_aliases(alias),
        role=officeoptions.short(role, "--role") or "",
    )
    _record(context, event, f"已增加 {event.name}, 自 {event.day}", as_json=as_json)


def _aliases(given: list[str] | None) -> tuple[str, ...]:
    return tuple(officeoptions.short(alias, "--alias") or "" for alias in given or ())


def change(
    ctx: typer.Context,
    *,
    name: Name,
    platform: OnPlatform = None,
    parent: Parent = None,
    stationed: Annotated[
        bool | None, typer.Option("--stationed/--not-stationed", help="是否在指挥室驻点")
    ] = None,
    duty: Duty = None,
    alias: Alias = None,
    role: Role = None,
    leads: Annotated[bool, typer.Option("--leads", help="此后牵头本平台 (四.2)")] = False,
    start: From = None,
    as_json: Json = False,
) -> None:
    """改变一个单位的平台、隶属、驻点、值守、别名、职责或牵头, 自某日起。

    示例:
      sixping units change 城市管理办 --leads --from 2027-01-01
      sixping units change 司法所 --stationed --duty on-site
    """
    from sixping.office.organisation import UnitChanged

    context = Context.of(ctx)
    said = {
        "platform": platform, "parent": parent, "stationed": stationed, "duty": duty,
        "aliases": _aliases(alias) if alias else None, "role": officeoptions.short(role, "--role"),
    }  # fmt: skip
    if not leads and all(value is None for value in said.values()):
        raise officeoptions.nothing_said()
    day = officeoptions.day_of(context, start)
    found = office.organisation_of(context, day).units.find(name).name
    event = UnitChanged(day=day, name=found, leads=leads, **said)  # type: ignore[arg-type]
    _record(context, event, f"已更改 {found}, 自 {day}", as_json=as_json)


def end(ctx: typer.Context, name: Name, start: From = None) -> None:
    """撤销一个单位, 自某日起; 以前的记录和报表不变。

    示例:
      sixping units end 江一社区第三网格 --from 2026-12-01
    """
    from sixping.office.organisation import UnitEnded

    context = Context.of(ctx)
    day = officeoptions.day_of(context, start)
    event = UnitEnded(day=day, name=office.organisation_of(context, day).units.find(name).name)
    _record(context, event, f"{event.name} 自 {day} 起撤销")


def _record(context: Context, event: Any, said: str, *, as_json: bool = False) -> None:  # noqa: ANN401
    from sixping.console.stepcommand import stamp_of
    from sixping.ledger import transaction
    from sixping.office.organisation import UNITS

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        (seq,), organisation = office.record_changes(tx, [(UNITS, event)])
    context.say(f"{said} (第 {seq} 号)。", f"记错了: sixping units void {seq} --reason 理由")
    unit = organisation.units.get(event.name)
    if unit is not None:
        _answer(context, unit, organisation, as_json=as_json)


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的组织或人员记录; 两条都保留在台账里。

    示例:
      sixping units void 45 --reason 单位名称写错
    """
    officeoptions.void_entry(Context.of(ctx), "organisation", seq, reason, _judge)


def _judge(con: Any) -> Any:  # noqa: ANN401 - a connection; a check for streams.void
    from sixping.office import streams
    from sixping.office.organisation import PEOPLE, STREAM, UNITS, History, base

    def check(subject: str, rest: list[streams.StreamEntry]) -> None:
        other = PEOPLE if subject == UNITS else UNITS
        History(base(con), [*rest, *streams.entries(con, STREAM, other)]).check()
        if subject == PEOPLE:
            office.refuse_orphans(con, rest)

    return check

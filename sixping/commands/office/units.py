"""``units``: the organisation as it is on a day, and its dated changes, singly or from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.nothing import of_list
from sixping.console.options import PLATFORM, AsJson, Json, Reason, Reveal, RevealReason, answering
from sixping.console.recording import (
    Seq,
    nothing_said,
    organisation_of,
    record_seen,
    recording,
    refuse_faults,
    short_text,
    void_event,
)
from sixping.documents.phrases import GONE
from sixping.errors import NotAllowed
from sixping.importing import officefiles
from sixping.office.organisation import STREAM, UNITS, UnitAdded, UnitChanged, UnitEnded
from sixping.policy.units import KIND_WORDS, DutyMode, Unit, UnitKind, kind_named
from sixping.policy.vocabulary import Platform
from sixping.render.table import Column
from sixping.services.organisation import people_changes, record_changes, unit_changes
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from sixping.office.organisation import Organisation

Name = Annotated[str, typer.Argument(metavar="单位", help="单位名称")]
Kind = Annotated[
    str, typer.Option("--kind", metavar="种类", help="派驻机构 机关 社区 网格, 或 agency office …")
]
Parent = Annotated[str | None, typer.Option("--parent", metavar="社区", help="网格所属的社区")]
OnPlatform = Annotated[
    Platform | None, typer.Option("--platform", click_type=PLATFORM, metavar="平台")
]
Duty = Annotated[
    DutyMode | None,
    typer.Option(
        "--duty", metavar="方式", help="on-site 每日在岗, in-principle 原则上驻点, online 在线"
    ),
]
Alias = Annotated[
    list[str] | None, typer.Option("--alias", metavar="别名", help="别名, 可多次给出")
]
Function = Annotated[
    list[str] | None,
    typer.Option("--function", metavar="职能", help="类别按职能归单位, 如 城市管理; 可多次给出"),
]
Role = Annotated[str | None, typer.Option("--role", metavar="职责", help="单位的职责")]
_UNITS = (
    Column("name", "名称"),
    Column("kind", "种类"),
    Column("platform", "平台", "platform"),
    Column("parent", "所属社区"),
)
_LINES = (Column("item", "项目"), Column("value", "内容", elastic=True))


@answering
def list_(
    ctx: typer.Context,
    kind: Annotated[
        str | None,
        typer.Option("--kind", metavar="种类", help="平台 派驻机构 机关 社区 网格, 或 agency …"),
    ] = None,
    platform: OnPlatform = None,
    as_of: Annotated[str | None, dated.UNITS_AS_OF.option] = None,
    *,
    wish: Wish,
) -> None:
    """列出平台、派驻机构、街道各办、社区和网格。

    示例:
      sixping units list
      sixping units list --kind community --json
      sixping units list --as-of 2026-06-30
    """
    context = Context.of(ctx)
    only = kind_named(kind) if kind is not None else None
    day = day_of(context, as_of, dated.UNITS_AS_OF)
    units = organisation_of(context, day).units
    rows = [
        {"name": unit.name, "kind": unit.kind, "platform": unit.platform, "parent": unit.parent}
        for unit in units
        if only in (None, unit.kind) and platform in (None, unit.platform)
    ]
    publish(context, wish, rows, _UNITS, rows)
    if not rows:
        of_list(
            context, (only and KIND_WORDS[only], platform), whole=len(units), what="单位",
            listing="sixping units list",
            begin="sixping units add 名称 --kind 种类",
        )  # fmt: skip


def show(
    ctx: typer.Context,
    name: Name,
    as_of: Annotated[str | None, dated.UNITS_AS_OF.option] = None,
    reveal: Reveal = False,
    reason: RevealReason = None,
    as_json: AsJson = False,
) -> None:
    """查看一个单位: 平台、职责、网格、人员。

    示例:
      sixping units show 城管执法中队
      sixping units show 城管执法中队 --reveal --reason 工作联系
      sixping units show 江一社区 --json
    """
    context = Context.of(ctx)
    organisation = organisation_of(context, day_of(context, as_of, dated.UNITS_AS_OF))
    unit = organisation.units.find(name)
    wish = Wish(as_json=as_json).revealing(reveal, reason)
    record_seen(context, wish, "people", organisation.members(unit.name))
    _answer(context, unit, organisation, wish)


def _answer(context: Context, unit: Unit, organisation: Organisation, wish: Wish) -> None:
    document = {
        **unit._asdict(),
        "grids": [grid.name for grid in organisation.units.grids(unit.name)],
        "people": [
            {
                "person": p.id,
                "name": p.name or GONE,
                "role": p.role,
            }
            for p in organisation.members(unit.name)
        ],
    }
    who = [f"{p['person']} {p['name']} {p['role']}".rstrip() for p in document["people"]]
    lines = {
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
        "职能": "、".join(unit.functions),
        "职责": unit.role,
    }
    rows = [{"item": item, "value": value} for item, value in lines.items() if value]
    publish(context, wish, rows, _LINES, document)


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
    function: Function = None,
    role: Role = None,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
    as_json: Json = False,
) -> None:
    """增加一个单位, 自某日起。

    示例:
      sixping units add 江四社区 --kind community --from 2026-12-01
      sixping units add 江四社区第一网格 --kind grid --parent 江四社区
    """
    context = Context.of(ctx)
    of_kind = kind_named(kind)
    if of_kind is UnitKind.PLATFORM:
        others = "、".join(word for each, word in KIND_WORDS.items() if each is not of_kind)
        raise NotAllowed("平台由办法定为四个, 不能增加。", f"可用: {others}。")
    event = UnitAdded(
        day=day_of(context, start, dated.UNITS_FROM),
        name=short_text(name, "单位") or "",
        unit_kind=of_kind,
        platform=platform,
        parent=parent,
        stationed=stationed,
        duty=duty,
        aliases=_aliases(alias),
        functions=_functions(function),
        role=short_text(role, "--role") or "",
    )
    _record(context, event, f"已增加 {event.name}, 自{understood_day(event.day)}", as_json=as_json)


def _aliases(given: list[str] | None) -> tuple[str, ...]:
    return tuple(short_text(alias, "--alias") or "" for alias in given or ())


def _functions(given: list[str] | None) -> tuple[str, ...]:
    return tuple(short_text(function, "--function") or "" for function in given or ())


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
    function: Function = None,
    role: Role = None,
    leads: Annotated[bool, typer.Option("--leads", help="此后牵头本平台 (四.2)")] = False,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
    as_json: Json = False,
) -> None:
    """改变一个单位的平台、隶属、驻点、值守、别名、职能、职责或牵头, 自某日起。

    示例:
      sixping units change 城市管理办 --leads --from 2027-01-01
      sixping units change 司法所 --stationed --duty on-site
      sixping units change 城市管理办 --function 城市管理 --function 生态环境
    """
    context = Context.of(ctx)
    stated = {
        "platform": platform, "parent": parent, "stationed": stationed, "duty": duty,
        "aliases": _aliases(alias) if alias else None, "role": short_text(role, "--role"),
        "functions": _functions(function) if function else None,
    }  # fmt: skip
    if not leads and all(value is None for value in stated.values()):
        raise nothing_said()
    day = day_of(context, start, dated.UNITS_FROM)
    known = organisation_of(context, day).units.find(name).name
    event = UnitChanged(day=day, name=known, leads=leads, **stated)  # type: ignore[arg-type]
    _record(context, event, f"已更改 {known}, 自{understood_day(day)}", as_json=as_json)


def end(
    ctx: typer.Context,
    name: Name,
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
) -> None:
    """撤销一个单位, 自某日起; 以前的记录和报表不变。

    示例:
      sixping units end 江一社区第三网格 --from 2026-12-01
    """
    context = Context.of(ctx)
    day = day_of(context, start, dated.UNITS_FROM)
    unit = organisation_of(context, day).units.find(name)
    event = UnitEnded(day=day, name=unit.name)
    _record(context, event, f"{event.name} 自{understood_day(day)}起撤销")
    if unit.functions:
        context.say(
            f"它的职能 ({'、'.join(unit.functions)}) 暂由平台牵头单位承担; "
            "交给别的单位: sixping units change 单位 --function 职能"
        )


def _record(
    context: Context,
    event: UnitAdded | UnitChanged | UnitEnded,
    done: str,
    *,
    as_json: bool = False,
) -> None:
    with recording(context) as tx:
        (seq,), organisation = record_changes(tx, [(UNITS, event)])
    context.say(f"{done} (第 {seq} 号)。", f"记错了: sixping units void {seq} --reason 理由")
    unit = organisation.units.get(event.name)
    if unit is not None:
        _answer(context, unit, organisation, Wish(as_json=as_json))


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX: 人员或单位")],
    start: Annotated[str | None, dated.UNITS_FROM.option] = None,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="表名", help="工作表")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
) -> None:
    """从 CSV 或 XLSX 导入人员或单位; 重复导入不会重复登记, 有错则一行也不导入。

    人员的列: 姓名 单位 职务 驻点 在线 电话 执法证号 发证日期 有效期至;
    单位的列: 名称 种类 平台 所属社区 值守方式。

    示例:
      sixping units import 人员.xlsx --from 2026-11-01
      sixping units import 网格.csv
    """
    context = Context.of(ctx)
    context.existing_ledger()
    day = day_of(context, start, dated.UNITS_FROM)
    kind, records, faults = officefiles.read_records(
        file,
        officefiles.PEOPLE,
        officefiles.UNITS,
        now=context.now,
        sheet=sheet,
        encoding=encoding,
    )
    changes_of = people_changes if kind is officefiles.PEOPLE else unit_changes
    with recording(context) as tx:
        changes = changes_of(tx, records, faults, day)
        refuse_faults(context, faults)
        record_changes(tx, changes)
    context.say(
        f"导入 {len(changes)} 行, 以前已有 {len(records) - len(changes)} 行,"
        f" 自{understood_day(day)}。"
    )


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的组织或人员记录; 两条都保留在台账里。

    示例:
      sixping units void 45 --reason 单位名称写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

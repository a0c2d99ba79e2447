"""``units import``: people or units from a file, whole or not at all, never twice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands.office.people import joining, licensed
from sixping.console import officeoptions
from sixping.console.context import Context
from sixping.console.officeoptions import From
from sixping.errors import NotAllowed, SixpingError
from sixping.services import office

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sixping.cases.codec import Recorded
    from sixping.importing.convert import RowError
    from sixping.importing.officefiles import Record
    from sixping.office.organisation import Organisation, Person
    from sixping.store.transaction import Transaction

Changes = list[tuple[str, "Recorded"]]


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX: 人员或单位")],
    start: From = None,
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
    from sixping.console.stepcommand import stamp_of
    from sixping.importing import officefiles as files
    from sixping.ledger import transaction
    from sixping.office.organisation import organisation_at

    context = Context.of(ctx)
    context.existing_ledger()
    day = officeoptions.day_of(context, start)
    kind, records, faults = files.read_records(
        file, files.PEOPLE, files.UNITS, sheet=sheet, encoding=encoding
    )
    build = _people if kind is files.PEOPLE else _units
    with transaction(context.ledger, stamp_of(context)) as tx:
        changes = build(tx, organisation_at(tx.con, day), records, faults, day)
        officeoptions.refuse_faults(context, faults)
        office.record_changes(tx, changes)
    context.say(f"导入 {len(changes)} 行, 以前已有 {len(records) - len(changes)} 行, 自 {day}。")


def _people(
    tx: Transaction,
    organisation: Organisation,
    records: list[Record],
    faults: list[RowError],
    day: date,
) -> Changes:
    """Return what a file of people changes: new ones, and known ones of whom it says more."""
    from sixping.office.organisation import PersonChanged

    known = dict(organisation.people)
    changes: Changes = []
    ahead = 0
    for record in records:
        try:
            said = record.values | {"unit": organisation.units.find(record.values["unit"]).name}
        except SixpingError as fault:
            faults.append(record.fault("unit", fault.what, fault.hint))
            continue
        try:
            same = _same(said, known)
            if same is None:
                event: Any = joining(tx, said, day, known, ahead)
                ahead += 1
                known[event.person] = _person(event)
            else:
                news = {k: v for k, v in said.items() if getattr(same, k) != v}
                if not news:
                    continue
                event = PersonChanged(person=same.id, day=day, **licensed(news, day))
            changes.append(("people", event))
        except SixpingError as fault:
            faults.append(record.fault("name", fault.what, fault.hint))
    return changes


def _same(said: Mapping[str, Any], known: Mapping[str, Person]) -> Person | None:
    """Return who is meant: same name and unit, and the same phone where both are stated."""
    found = [
        p
        for p in known.values()
        if (p.name, p.unit) == (said["name"], said["unit"])
        and (said.get("phone") in (None, p.phone) or p.phone is None)
    ]
    if len(found) > 1:
        raise NotAllowed(
            f"{said['unit']} 有 {len(found)} 个人叫这个姓名。", "请补上电话列加以区分。"
        )
    return found[0] if found else None


def _person(event: Any) -> Person:  # noqa: ANN401 - a PersonJoined
    from sixping.office.organisation import Person

    return Person(event.person, event.unit, name=event.name, phone=event.phone)


def _units(
    tx: Transaction,
    organisation: Organisation,
    records: list[Record],
    faults: list[RowError],
    day: date,
) -> Changes:
    """Return the units of a file that are not there yet; each row is judged by itself."""
    from sixping.office.organisation import UnitAdded
    from sixping.policy.vocabulary import Platform

    changes: Changes = []
    names = {unit.name for unit in organisation.units}
    for record in records:
        said = dict(record.values)
        platform = said.pop("platform", None)
        if platform is not None and platform not in tuple(Platform):
            hint = f"可用: {'、'.join(Platform)}。"
            faults.append(record.fault("platform", f"没有这个平台: {platform}", hint))
            continue
        if said["name"] in names:
            continue
        event = UnitAdded(
            day=day,
            unit_kind=said.pop("kind"),
            platform=Platform(platform) if platform else None,
            **said,
        )
        try:
            office.try_changes(tx, [*changes, ("units", event)])
        except SixpingError as fault:
            faults.append(record.fault("name", fault.what, fault.hint))
        else:
            names.add(event.name)
            changes.append(("units", event))
    return changes

"""``import``: what other systems recorded becomes cases, once, with its own times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands._frame import Desk
from sixping.errors import BadData

if TYPE_CHECKING:
    from sixping.bulk import Tally
    from sixping.commands._imports import Rows
    from sixping.exchange.convert import RowError

#: how many faulty rows are listed on the screen
SHOWN = 20


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX 文件")],
    profile: Annotated[
        str, typer.Option("--profile", metavar="方案", help="方案名, 或自己的 .toml 文件")
    ],
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="表名", help="工作表")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
    triage: Annotated[
        bool, typer.Option("--triage/--no-triage", help="是否建议类别和平台")
    ] = True,
    partial: Annotated[
        bool, typer.Option("--partial", help="跳过有问题的行, 导入其余的 (退出码仍为 65)")
    ] = False,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="只检查, 不导入")] = False,
) -> int:
    """从文件导入, 重复导入不会重复登记。

    示例:
      sixping import 来信.xlsx --profile messages
      sixping import 导出.csv --profile 我的方案.toml --dry-run
    """
    from sixping.commands._books import books_of, desk_data
    from sixping.commands._imports import Rows
    from sixping.exchange.profiles import load_profile
    from sixping.exchange.reports import read_reports

    desk = Desk.of(ctx)
    desk.existing_ledger()
    chosen = load_profile(profile)
    reports = read_reports(file, chosen, sheet=sheet, encoding=encoding)
    for name in reports.unused:
        desk.say(f"没有用到的列: {name}")
    rules = books_of(desk.ledger).rules
    rows = Rows(reports, chosen, rules, desk_data(desk.ledger, desk.now.date()), desk.now, triage=triage)
    if dry_run:
        count = sum(1 for _ in rows)
        _list_errors(desk, rows.errors)
        desk.say(f"检查完毕: 可导入 {count} 行, 有问题 {len(rows.errors)} 处; 没有导入。")
    else:
        tally = _record(desk, rows, partial=partial)
        _list_errors(desk, rows.errors)
        _tell(desk, tally, len(rows.errors))
    return BadData.exit_code if rows.errors else 0


def _record(desk: Desk, rows: Rows, *, partial: bool) -> Tally:
    from sixping.commands._steps import stamp_of
    from sixping.ledger import transaction

    with transaction(desk.ledger, stamp_of(desk)) as tx:
        tally = tx.append_many(rows)
        if rows.errors and not partial:
            _list_errors(desk, rows.errors)
            raise BadData(
                f"有 {len(rows.errors)} 处不能导入, 整个文件都没有导入。",
                "请改正后重试; 或加 --partial 跳过这些行。",
            )
    return tally


def _tell(desk: Desk, tally: Tally, faulty: int) -> None:
    desk.say(f"导入 {tally.added} 件, 以前导入过 {tally.known} 件, 有问题 {faulty} 处。")
    for key, number in tally.conflicts[:SHOWN]:
        source = key.rpartition("\x1f")[2]
        desk.say(f"来源编号 {source} 已登记为 {number}, 文件中的内容与台账不同; 台账未改动。")
    if len(tally.conflicts) > SHOWN:
        desk.say(f"内容不同的共 {len(tally.conflicts)} 件。")


def _list_errors(desk: Desk, errors: list[RowError]) -> None:
    for error in errors[:SHOWN]:
        where = f"第 {error.row} 行" + (f" {error.column}" if error.column else "")
        desk.say(f"{where}: {error.what} {error.hint}")
    if len(errors) > SHOWN:
        desk.say(f"有问题的共 {len(errors)} 处, 以上是前 {SHOWN} 处。")

"""``import``: what other systems recorded becomes cases, once, with its own times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.context import Context
from sixping.console.stepcommand import stamp_of
from sixping.errors import BadData
from sixping.importing.profiles import load_profile
from sixping.importing.reader import read_reports
from sixping.services.resolver import RowResolver
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from sixping.services.importing import Rows
    from sixping.store.prepared import ImportResult

#: how many faulty rows are listed on the screen
SHOWN = 20
#: how many remarks on rows that are taken all the same
REMARKED = 3


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
    triage: Annotated[bool, typer.Option("--triage/--no-triage", help="是否建议类别和平台")] = True,
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
    from sixping.services.importing import Rows, record, survey
    from sixping.services.intake import intake_data
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.sqlite import reading

    context = Context.of(ctx)
    context.existing_ledger()
    chosen = load_profile(profile)
    reports = read_reports(file, chosen, sheet=sheet, encoding=encoding)
    if reports.unused:
        context.say(f"没有用到的列: {'、'.join(reports.unused)}")
    with reading(context.ledger) as con:
        data, rulebooks = intake_data(con, context.now.date()), rulebooks_on(con)
    resolver = RowResolver(data, triage=triage)
    rows = Rows(reports, chosen, resolver, rulebooks.rules, stamp_of(context))
    result: ImportResult | None
    if dry_run:
        result = survey(context.ledger, rows)
    else:
        result = record(context.ledger, rows, partial=partial)
    _list_errors(context, rows)
    if result is None:
        raise BadData(
            f"有 {rows.faulty} 处不能导入, 整个文件都没有导入。",
            "请改正后重试; 或加 --partial 跳过这些行。",
        )
    _tell(context, result, rows.faulty, dry_run=dry_run)
    if rows.unknown:
        context.say(
            f"其中 {rows.unknown} 件没有写明是否办结、何时办结: 状态不详, 不计时限, 不计入各率。"
        )
    if rows.unsaid:
        context.say(
            f"其中 {rows.unsaid} 件没有写明办结后是否告知反映人: 不列为未反馈, 不计入反馈率。"
        )
    return BadData.exit_code if rows.faulty else 0


def _tell(context: Context, result: ImportResult, faulty: int, *, dry_run: bool) -> None:
    counts = f"{result.added} 件, 已有 {result.known} 件, 有问题 {faulty} 处"
    context.say(f"检查完毕: 可导入 {counts}; 没有导入。" if dry_run else f"导入 {counts}。")
    for row, key, number in result.conflicts[:SHOWN]:
        known = f"已登记为 {number}" if number else "在本文件前面已有"
        _, told_apart, source = key.rpartition("\x1f")
        which = f"来源编号 {source} " if told_apart else ""
        context.say(f"第 {row} 行: {which}{known}, 这一行的内容与之不同; 台账未改动。")
    if result.added and not dry_run:
        context.say("下一步: 查看 sixping list; 按月汇总 sixping report --month。")
    if result.differing:
        context.say(
            f"内容不同的共 {result.differing} 行, 需要的请用 sixping note 编号 内容 等命令补记。"
        )


def _list_errors(context: Context, rows: Rows) -> None:
    for error in rows.errors[:SHOWN]:
        where = f"第 {error.row} 行" + (f" {error.column}" if error.column else "")
        context.say(f"{where}: {mask_text(error.what)} {error.hint}")
    if rows.faulty > SHOWN:
        context.say(f"有问题的共 {rows.faulty} 处, 以上是前 {SHOWN} 处。")
    for error in rows.remarks[:REMARKED]:
        context.say(f"注意: 第 {error.row} 行: {error.what}")
    if rows.remarked > REMARKED:
        context.say(f"注意: 这样的行共 {rows.remarked} 行。")

"""The commands that make a ledger and its projections: init, rebuild."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.console.stepcommand import stamp_of
from sixping.errors import LedgerUnusable
from sixping.util.text import dump_json, tsv_cell


def init(ctx: typer.Context, as_json: Json = False) -> None:
    """新建台账, 采用现有的规则 (以后以台账里的为准, 见 policy)。

    示例:
      sixping init
      sixping --ledger 长河.sqlite3 init
    """
    from sixping.services.upkeep import books

    context = Context.of(ctx)
    seq, head, rules = books.make_ledger(context.ledger, stamp_of(context))
    if as_json:
        document = {"ledger": str(context.ledger), "seq": seq, "head": head, "rules": rules}
        sys.stdout.write(f"{dump_json(document, indent=2)}\n")
    context.say(
        f"已新建台账: {context.ledger} (规则 {rules[:16]})",
        '下一步: 登记 sixping intake "内容"; 核对单位 sixping units list; '
        "导入旧数据 sixping import 文件 --profile 方案; "
        "每天备份 sixping backup --to 文件夹 --keep days=7,weeks=5,months=12。",
    )


def rebuild(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="只比对, 不改动")] = False,
) -> int:
    """从流水重建汇总表。

    示例:
      sixping rebuild --check
      sixping rebuild
    """
    from sixping.services.upkeep import books

    context = Context.of(ctx)
    findings = books.rebuild(context.existing_ledger(), stamp_of(context), check=check)
    for finding in findings:
        sys.stdout.write(f"{tsv_cell(finding['number'] or '')}\t{tsv_cell(finding['what'])}\n")
    if not findings:
        context.say("汇总表与流水一致。")
        return 0
    context.say(f"汇总表有 {len(findings)} 处与流水不一致" + ("。" if check else ", 已重建。"))
    return LedgerUnusable.exit_code if check else 0

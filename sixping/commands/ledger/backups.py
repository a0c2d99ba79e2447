"""The commands that keep copies of a ledger: backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sixping.console.context import Context


def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="文件", help="备份写到哪里")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的备份文件")] = False,
) -> None:
    """备份台账, 备份件先核验再落盘。

    示例:
      sixping backup 备份/2026-11-23.sqlite3
    """
    from sixping.services.upkeep.backups import backup as copy

    context = Context.of(ctx)
    seq, head = copy(context.existing_ledger(), target, force=force)
    context.say(f"已备份并核验: {target} (第 {seq} 条, 校验码 {head[-16:]})。")

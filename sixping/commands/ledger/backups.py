"""The commands that keep copies of a ledger: backup, and the drill of getting one back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.errors import LedgerUnusable, UsageFault
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from sixping.services.upkeep.drilling import Drill


def make(
    ctx: typer.Context,
    target: Annotated[
        str | None, typer.Argument(metavar="[文件]", help="备份写到哪里; 或用 --to")
    ] = None,
    folder: Annotated[
        str | None,
        typer.Option("--to", metavar="文件夹", help="写到这个文件夹, 自动按日期取名, 附清单"),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="份数",
            help="轮换: 最近几日、几周、几月各留最新一份, 如 days=7,weeks=5,months=12",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的备份文件")] = False,
    as_json: Json = False,
) -> None:
    """备份台账, 备份件先核验再落盘。

    示例:
      sixping backup 备份/2026-11-23.sqlite3
      sixping backup --to 备份
      sixping backup --to 备份 --keep days=7,weeks=5,months=12
    """
    from sixping.services.upkeep import backups, rotation

    context = Context.of(ctx)
    if (target is None) == (folder is None):
        raise UsageFault(
            "请写明备份到哪里: 文件, 或 --to 文件夹, 只写一个。",
            "例如: sixping backup 备份.sqlite3, 或 sixping backup --to 备份",
        )
    if folder is None and keep is not None:
        raise UsageFault("--keep 只与 --to 同用。", "例如: sixping backup --to 备份 --keep days=7")
    if folder is not None and force:
        raise UsageFault("--force 不与 --to 同用: 名字按日期取, 不会覆盖。", "请去掉 --force。")
    if folder is not None:
        if not folder:  # a variable of cron that is not set
            raise UsageFault("--to 后面是空的。", "例如: sixping backup --to 备份")
        kept = rotation.read_keep(keep) if keep is not None else None
        made = backups.backup_to(context.existing_ledger(), Path(folder), context.now, kept)
    else:
        path = context.existing_ledger()
        made = backups.backup(path, target or "", force=force, now=context.now)
    if as_json:
        _write(made._asdict() | {"file": str(made.file), "deleted": list(map(str, made.deleted))})
    context.say(f"已备份并核验: {made.file} (第 {made.seq} 条, 校验码 {made.head[-16:]})。")
    context.say(*(f"已删除旧备份: {file}" for file in made.deleted))


def drill(
    ctx: typer.Context,
    place: Annotated[
        Path | None, typer.Argument(metavar="[文件夹]", help="放备份的文件夹; 默认是上次备份的")
    ] = None,
    as_json: Json = False,
) -> int:
    """演练: 把最近的备份恢复到临时的地方, 核验, 与台账对数。

    示例:
      sixping backup drill
      sixping backup drill 备份 --json
    """
    from sixping.services.upkeep.drilling import drill as try_newest

    context = Context.of(ctx)
    done = try_newest(context.ledger, place, context.now)
    if as_json:
        _write(done._asdict() | {"file": str(done.file), "ok": not done.wrong})
    context.say(*_said(done))
    return LedgerUnusable.exit_code if done.wrong else 0


def _said(done: Drill) -> list[str]:
    lines = [f"演练的备份: {done.file}"]
    if done.figures:
        cases = sum(n for states in done.figures["cases"].values() for n in states.values())
        lines.append(
            f"恢复到第 {done.seq} 号 (校验码 {done.head[-16:]}): 事项 {cases} 件,"
            f" 当时超期 {done.figures['overdue']} 件。"
        )
    lines += [f"没有核对: {what}。" for what in done.unsure]
    lines += [f"问题: {what}" for what in done.wrong]
    verdict = "不通过, 请尽快另做备份, 并查明原因。" if done.wrong else "通过。"
    return [*lines, f"用时 {done.seconds:.1f} 秒, {verdict}"]


def _write(document: dict[str, Any]) -> None:
    sys.stdout.write(f"{dump_json(document, indent=2)}\n")

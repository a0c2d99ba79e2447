"""Keeping the books: init, backup, verify, rebuild."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.errors import BadData, LedgerUnusable, UsageFault

if TYPE_CHECKING:
    from sixping.store.provenance import Stamp


def init(ctx: typer.Context, as_json: Json = False) -> None:
    """新建台账。

    示例:
      sixping init
      sixping --ledger 长河.sqlite3 init
    """
    from sixping.console.stepcommand import stamp_of
    from sixping.util.text import dump_json

    context = Context.of(ctx)
    seq, head = make_ledger(context.ledger, stamp_of(context))
    if as_json:
        document = {"ledger": str(context.ledger), "seq": seq, "head": head}
        sys.stdout.write(f"{dump_json(document, indent=2)}\n")
    context.say(
        f"已新建台账: {context.ledger}",
        '下一步: 登记 sixping intake "内容"; 核对单位 sixping units list; '
        "导入旧数据 sixping import 文件 --profile 方案; 每天备份 sixping backup 文件。",
    )


def make_ledger(path: Path, stamp: Stamp, **facts: Any) -> tuple[int, str]:  # noqa: ANN401
    """Create a ledger seeded with the units in force; what it was made from is pinned."""
    from sixping.office.organisation import seed_of
    from sixping.policy.editions import load_policy
    from sixping.policy.units import load_units
    from sixping.store.files import create

    seed = {**seed_of(load_units()), "policy": load_policy().fingerprint, **facts}
    return create(path, stamp, seed)


def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="文件", help="备份写到哪里")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的备份文件")] = False,
) -> None:
    """备份台账, 备份件先核验再落盘。

    示例:
      sixping backup 备份/2026-11-23.sqlite3
    """
    from sixping.store.files import backup as copy

    context = Context.of(ctx)
    seq, head = copy(context.existing_ledger(), target, force=force)
    context.say(f"已备份并核验: {target} (第 {seq} 条, 链尾 {head[-16:]})。")


def verify(
    ctx: typer.Context,
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor",
            metavar="序号:链尾|文件",
            help="另外保存的锚点, 或每行一个锚点的文件; 可多次",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """核验台账: 文件、结构、链、汇总表四层。

    示例:
      sixping verify
      sixping verify --anchor 1234:9f2c51ab03de77f0 --json
      sixping verify --anchor 锚点.txt
    """
    from sixping.store.verify import unreadable
    from sixping.store.verify import verify as check
    from sixping.util.text import dump_json

    context = Context.of(ctx)
    kept = [one for given in anchor or () for one in _anchors(given)]
    try:
        found = check(context.existing_ledger(), kept)
    except LedgerUnusable as fault:
        if not as_json or not context.ledger.exists():
            raise
        found = unreadable(fault)
        context.say(fault.what, fault.hint)
    if as_json:
        sys.stdout.write(f"{dump_json(found, indent=2)}\n")
    else:
        for finding in found["findings"]:
            where = " ".join(
                str(v) for v in (finding["layer"], finding["seq"], finding["number"]) if v
            )
            sys.stdout.write(f"{_line(where)}\t{_line(finding['what'])}\n")
        context.say(found["statement"])
        for remark in found["remarks"]:
            context.say(f"备注: {remark['what']}")
    return 0 if found["ok"] else LedgerUnusable.exit_code


def _line(text: str) -> str:
    from sixping.util.text import tsv_cell

    return tsv_cell(text)


def _anchors(given: str) -> list[tuple[int, str]]:
    """Read an anchor, or a file with one a line; blank lines and # comments are passed over."""
    if one := _anchor(given):
        return [one]
    if not Path(given).is_file():
        raise UsageFault(f"这不是锚点, 也不是文件: {given}", FORM)
    try:
        lines = Path(given).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadData(f"锚点文件不是 UTF-8 文字: {given}", FORM) from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        one = _anchor(line.strip())
        if one is None:
            raise BadData(f"{given} 第 {number} 行不是锚点。", FORM)
        found.append(one)
    if not found:
        raise BadData(f"文件里没有锚点: {given}", FORM)
    return found


FORM = "请写成 序号:链尾, 链尾照回执或月报抄写, 至少 8 位, 如 1234:9f2c51ab03de77f0。"
_ANCHOR = re.compile("([0-9]{1,18}):([0-9a-f]{8,64})", re.IGNORECASE)


def _anchor(text: str) -> tuple[int, str] | None:
    match = _ANCHOR.fullmatch(text)
    return (int(match[1]), match[2].casefold()) if match else None


def rebuild(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="只比对, 不改动")] = False,
) -> int:
    """从流水重建汇总表。

    示例:
      sixping rebuild --check
      sixping rebuild
    """
    from sixping.console.stepcommand import stamp_of
    from sixping.services.upkeep import rebuild as make

    context = Context.of(ctx)
    findings = make(context.existing_ledger(), stamp_of(context), check=check)
    for finding in findings:
        sys.stdout.write(f"{_line(finding['number'] or '')}\t{_line(finding['what'])}\n")
    if not findings:
        context.say("汇总表与流水一致。")
        return 0
    context.say(f"汇总表有 {len(findings)} 处与流水不一致" + ("。" if check else ", 已重建。"))
    return LedgerUnusable.exit_code if check else 0

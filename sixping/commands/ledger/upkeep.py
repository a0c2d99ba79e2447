"""The commands that keep a ledger: init, backup, verify, rebuild."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.console.stepcommand import stamp_of
from sixping.errors import BadData, LedgerUnusable, UsageFault
from sixping.util.text import dump_json, tsv_cell


def init(ctx: typer.Context, as_json: Json = False) -> None:
    """新建台账, 采用现有的规则 (以后以台账里的为准, 见 policy)。

    示例:
      sixping init
      sixping --ledger 长河.sqlite3 init
    """
    from sixping.services import upkeep

    context = Context.of(ctx)
    seq, head, rules = upkeep.make_ledger(context.ledger, stamp_of(context))
    if as_json:
        document = {"ledger": str(context.ledger), "seq": seq, "head": head, "rules": rules}
        sys.stdout.write(f"{dump_json(document, indent=2)}\n")
    context.say(
        f"已新建台账: {context.ledger} (规则 {rules[:16]})",
        '下一步: 登记 sixping intake "内容"; 核对单位 sixping units list; '
        "导入旧数据 sixping import 文件 --profile 方案; 每天备份 sixping backup 文件。",
    )


def backup(
    ctx: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="文件", help="备份写到哪里")],
    force: Annotated[bool, typer.Option("--force", help="覆盖已有的备份文件")] = False,
) -> None:
    """备份台账, 备份件先核验再落盘。

    示例:
      sixping backup 备份/2026-11-23.sqlite3
    """
    from sixping.services.upkeep import backup as copy

    context = Context.of(ctx)
    seq, head = copy(context.existing_ledger(), target, force=force)
    context.say(f"已备份并核验: {target} (第 {seq} 条, 校验码 {head[-16:]})。")


def verify(
    ctx: typer.Context,
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor",
            metavar="序号:校验码|文件",
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
    context = Context.of(ctx)
    anchors = [point for value in anchor or () for point in _anchors(value)]
    result = _checked(context, anchors, as_json=as_json)
    if as_json:
        sys.stdout.write(f"{dump_json(result, indent=2)}\n")
    else:
        for finding in result["findings"]:
            place = (finding["layer"], finding["seq"], finding["number"])
            _write(" ".join(str(part) for part in place if part), finding["what"])
        context.say(result["statement"])
        context.say(*(f"备注: {remark['what']}" for remark in result["remarks"]))
    return 0 if result["ok"] else LedgerUnusable.exit_code


def _checked(context: Context, anchors: list[tuple[int, str]], *, as_json: bool) -> dict[str, Any]:
    """Return what ``verify`` finds; as JSON also of a ledger that cannot be opened."""
    from sixping.store import verify as verification

    try:
        return verification.verify(context.existing_ledger(), anchors)
    except LedgerUnusable as fault:
        if not as_json or not context.ledger.exists():
            raise
        context.say(fault.what, fault.hint)
        return verification.unreadable(fault)


def _write(where: str, what: str) -> None:
    sys.stdout.write(f"{tsv_cell(where)}\t{tsv_cell(what)}\n")


def _anchors(value: str) -> list[tuple[int, str]]:
    """Read an anchor, or a file with one a line; blank lines and # comments are passed over."""
    if single := _anchor(value):
        return [single]
    if not Path(value).is_file():
        raise UsageFault(f"这不是锚点, 也不是文件: {value}", FORM)
    try:
        lines = Path(value).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadData(f"锚点文件不是 UTF-8 文字: {value}", FORM) from None
    anchors = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        anchor = _anchor(line.strip())
        if anchor is None:
            raise BadData(f"{value} 第 {number} 行不是锚点。", FORM)
        anchors.append(anchor)
    if not anchors:
        raise BadData(f"文件里没有锚点: {value}", FORM)
    return anchors


FORM = "请写成 序号:校验码, 校验码照回执或月报抄写, 至少 8 位, 如 1234:9f2c51ab03de77f0。"
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
    from sixping.services import upkeep

    context = Context.of(ctx)
    findings = upkeep.rebuild(context.existing_ledger(), stamp_of(context), check=check)
    for finding in findings:
        _write(finding["number"] or "", finding["what"])
    if not findings:
        context.say("汇总表与流水一致。")
        return 0
    context.say(f"汇总表有 {len(findings)} 处与流水不一致" + ("。" if check else ", 已重建。"))
    return LedgerUnusable.exit_code if check else 0

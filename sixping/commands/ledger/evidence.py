"""The commands that prove what a ledger says: verify."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.errors import BadData, LedgerUnusable, UsageFault
from sixping.util.text import dump_json, tsv_cell


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

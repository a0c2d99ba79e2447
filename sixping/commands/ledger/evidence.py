"""The commands that prove what a ledger says: anchor, verify."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.frame import bare_values
from sixping.console.options import Json
from sixping.console.progress import progress
from sixping.errors import BadData, LedgerUnusable, NotAllowed, UsageFault
from sixping.store.anchors import FORM, line, read_anchors
from sixping.util.text import dump_json, tsv_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.store.anchors import Anchor


def anchor(
    ctx: typer.Context,
    append: Annotated[
        Path | None,
        typer.Option("--append", metavar="文件", help="同时追加到这个锚点文件的末尾"),
    ] = None,
) -> None:
    """写出台账此刻的锚点 (一行 JSON), 供保存在别处; 不改动台账。

    示例:
      sixping anchor
      sixping anchor --append 锚点.jsonl
    """
    from sixping.services.upkeep.evidence import give_anchor

    context = Context.of(ctx)
    given = give_anchor(context.existing_ledger(), context.now, append)
    sys.stdout.write(f"{line(given)}\n")
    if append:
        context.say(f"已追加到 {append} (第 {given.seq} 号)。")


@bare_values(files="")
def verify(
    ctx: typer.Context,
    anchor: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor",
            metavar="序号:校验码|文件",
            help="另外保存的锚点, 或有锚点的文件 (锚点、回执、报表、备份的清单); 可多次",
        ),
    ] = None,
    receipt: Annotated[
        list[str] | None,
        typer.Option(
            "--receipt", metavar="文字", help="回执、报表或文书上印的序号和校验码, 照抄; 可多次"
        ),
    ] = None,
    since_last: Annotated[
        bool, typer.Option("--since-last", help="只核验上次核验以后的记录, 快; 汇总表不重算")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="全部核验 (平常即是)")] = False,
    files: Annotated[
        str | None,
        typer.Option(
            "--files",
            metavar="[文件夹]",
            help="并核对登记的附件: 在不在所写的存放处 (或这个文件夹), 有没有改动",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """核验台账: 文件、结构、链、汇总表四层。

    示例:
      sixping verify
      sixping verify --anchor 1234:9f2c51ab03de77f0 --json
      sixping verify --anchor 锚点.jsonl --anchor 备份/清单.json
      sixping verify --receipt "台账第 1234 条, 校验码 9f2c51ab03de77f0"
      sixping verify --since-last
      sixping verify --files
      sixping verify --files 照片备份
    """
    if since_last and full:
        raise UsageFault("--since-last 和 --full 不能同时使用。", "请只写其中一个。")
    context = Context.of(ctx)
    anchors = [point for value in anchor or () for point in _anchors(value)]
    anchors += [point for text in receipt or () for point in _stated(text, "--receipt ")]
    folder = _folder(files)
    result = _checked(context, anchors, since_last=since_last, as_json=as_json)
    if files is not None and result["ok"]:
        result["files"] = _files(context, folder)
    _write(result, as_json=as_json)
    if not as_json:
        context.say(result["statement"])
        context.say(*(f"备注: {remark['what']}" for remark in result["remarks"]))
        if files is not None:
            context.say(_files_said(result.get("files")))
    if not result["ok"]:
        return LedgerUnusable.exit_code
    return NotAllowed.exit_code if files is not None and result["files"]["findings"] else 0


def _folder(files: str | None) -> Path | None:
    """Return the folder in which enclosures are looked for; None: where each is said to be."""
    if not files:
        return None
    if not Path(files).is_dir():
        raise UsageFault(f"没有这个文件夹: {files} (--files)", "不写文件夹即到登记的存放处核对。")
    return Path(files)


def _files(context: Context, folder: Path | None) -> dict[str, Any]:
    """Return what comes of looking at the files that are enclosed in cases."""
    from sixping.services.office.enclosures import check, count

    total = count(context.ledger)
    with progress(context, total, "核对附件", unit="件") as done:
        return check(context.ledger, folder, done)._asdict()


def _files_said(found: dict[str, Any] | None) -> str:
    """Say what came of it in one line."""
    if found is None:
        return "台账有问题, 附件没有核对。"
    wrong, rest = len(found["findings"]), ""
    if found["elsewhere"]:
        rest += f", 存放在别处未核对 {found['elsewhere']}"
    if found["erased"]:
        rest += f", 名称已依法删除 {found['erased']}"
    return f"附件 {found['enclosures']} 件: 相符 {found['same']}, 有问题 {wrong}{rest}。"


def _checked(
    context: Context, anchors: Sequence[Anchor], *, since_last: bool, as_json: bool
) -> dict[str, Any]:
    """Return what ``verify`` finds; as JSON also of a ledger that cannot be opened."""
    from sixping.services.upkeep.evidence import check
    from sixping.store.verify import Unread, unreadable

    try:
        result, partly = check(
            context.existing_ledger(),
            anchors,
            context.now,
            lambda total: progress(context, total, "核验", unit="条"),
            since_last=since_last,
        )
    except Unread as fault:
        _write(unreadable(fault, fault.findings), as_json=as_json)
        raise
    except LedgerUnusable as fault:
        if not as_json or not context.ledger.exists():
            raise
        context.say(fault.what, fault.hint)
        return unreadable(fault)
    if since_last and not partly:
        known = any(remark["remark"] == "went_back" for remark in result["remarks"])
        why = "上次核验的记录对不上" if known else "这个账号没有这本台账上次核验的记录"
        context.say(f"{why}, 这次全部核验。")
    return result


def _write(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(f"{dump_json(result, indent=2)}\n")
        return
    for finding in (*result["findings"], *result.get("files", {}).get("findings", ())):
        place = (finding["layer"], finding["seq"], finding["number"])
        where = " ".join(str(part) for part in place if part)
        sys.stdout.write(f"{tsv_cell(where)}\t{tsv_cell(finding['what'])}\n")


def _anchors(value: str) -> list[Anchor]:
    """Read an anchor, or every one in a file."""
    from sixping.services.upkeep.evidence import read_text

    if Path(value).is_file():
        return read_anchors(read_text(Path(value)), f"{value} ")
    if re.match(r"\d+\s*[:\uff1a]", value):
        return _stated(value, "--anchor ")
    raise UsageFault(f"这不是锚点, 也不是文件: {value}", FORM)


def _stated(text: str, option: str) -> list[Anchor]:
    """Read what somebody wrote on the command line."""
    try:
        return read_anchors(text, option)
    except BadData as fault:
        raise UsageFault(fault.what, fault.hint) from None

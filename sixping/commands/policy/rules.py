"""``policy``: the rules a ledger works by are shown, checked, compared and adopted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.answers import FINDINGS, publish, write_text
from sixping.console.context import Context
from sixping.console.options import answering
from sixping.console.recording import reading, recording
from sixping.errors import BadData, NotFound
from sixping.render.table import Column
from sixping.util import datafiles
from sixping.util.clock import to_text

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.policy.difference import Difference
    from sixping.services.adoption import Adoption, Shown
    from sixping.util.toml import Fault

DOCUMENTS = (
    Column("name", "规则"),
    Column("title", "内容", elastic=True),
    Column("digest", "校验码"),
    Column("seq", "序号", "int"),
    Column("adopted_at", "采用", "time"),
    Column("by", "经办"),
)
FAULTS = (
    Column("label", "问题"),
    Column("file", "文件"),
    Column("key", "键"),
    Column("what", "说明", elastic=True),
)
CHANGES = (
    Column("name", "规则"),
    Column("key", "键"),
    Column("what", "变化"),
    Column("old", "原来", elastic=True),
    Column("new", "现在", elastic=True),
)
TITLES = {
    "policy": "时限、办公时间、渠道、读法",
    "taxonomy": "类别",
    "signals": "等级信号",
    "units": "单位、职能、区级去向",
    "meetings": "会议和议题",
    "patrol": "巡查和联合执法的人员要求",
    "assessment": "考核指标",
    "services": "服务事项: 期限、材料、登记时问什么",
    "inspections": "检查抽检的种类和指标",
    "calendar": "放假安排、地方文件、所在地",
}
LABELS = {"wrong": "有误", "missing": "缺失", "unused": "无用", "note": "提示"}
Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[文件夹]", help="规则文件夹; 不写则为 SIXPING_DATA 或随程序提供的"),
]


@answering
def show(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[规则]", help="policy taxonomy units … 看全文")
    ] = None,
    *,
    wish: Wish,
) -> None:
    """查看台账采用的规则: 每份的校验码和采用时间, 或一份的全文; 没有台账时看自带的。

    示例:
      sixping policy show
      sixping policy show units
      sixping policy show calendar --json
    """
    context = Context.of(ctx)
    fmt = wish.choose(context)
    rules = _shown(context)
    if name is not None:
        _show_text(context, wish, rules, name, fmt)
        return
    lines = [_row(rules, each) for each in rules.texts]
    rows = [line | {"digest": line["digest"][:16]} for line in lines]
    document = {
        "street": rules.street, "places": rules.places, "rules": rules.digest,
        "adopted": bool(rules.adopted), "documents": lines,
    }  # fmt: skip
    publish(context, wish, rows, DOCUMENTS, lines if fmt == "jsonl" else document)
    adopted = "" if rules.adopted else " (没有台账: 随程序提供的或 SIXPING_DATA 的规则)"
    context.say(
        f"{rules.street} ({'、'.join(rules.places)}) 全部规则的校验码 {rules.digest[:16]}{adopted}"
    )


def _shown(context: Context) -> Shown:
    from sixping.services.adoption import shown

    if not context.ledger.exists():
        return shown(None)
    with reading(context) as con:
        return shown(con)


def _row(rules: Shown, name: str) -> dict[str, Any]:
    from sixping.store.documents import digest_of

    one = rules.adopted.get(name)
    return {
        "name": name,
        "title": TITLES.get(name, ""),
        "digest": one.digest if one else digest_of(rules.texts[name]),
        "seq": one and one.seq,
        "adopted_at": one and to_text(one.at),
        "by": one and one.by,
    }


def _show_text(context: Context, wish: Wish, rules: Shown, name: str, fmt: str) -> None:
    """Write a document as it was adopted; as JSON with its digest."""
    known = name.removesuffix(".toml")
    if known not in rules.texts:
        raise NotFound(f"没有这份规则: {name}", f"有: {'、'.join(rules.texts)}。")
    text = rules.texts[known]
    if fmt in {"json", "jsonl"}:
        from sixping.util.text import dump_json

        document = _row(rules, known) | {"content": text}
        text = dump_json(document, indent=2 if fmt == "json" else None)
    write_text(context, wish, text if text.endswith("\n") else f"{text}\n")


@answering
def check(
    ctx: typer.Context,
    folder: Folder = None,
    *,
    wish: Wish,
) -> int:
    """检查一个规则文件夹: 逐键列出有误、缺失和无用之处, 一次列全。

    示例:
      sixping policy check 本街道规则
      sixping policy check 本街道规则 --json
    """
    from sixping.services.adoption import check_folder

    context = Context.of(ctx)
    wish.choose(context)
    checked = check_folder(_folder(folder), _shown(context).texts)
    rows = [_fault(fault) for fault in checked.faults]
    document = {"ok": not checked.failing, "findings": rows}
    publish(context, wish, rows, FAULTS, document)
    if checked.failing:
        context.say(f"有误或缺失 {len(checked.failing)} 处, 改正后才能采用。")
        return BadData.exit_code
    which = f" {folder}" if folder else ""
    context.say(f"可以采用: sixping policy adopt{which}; 先看差别: sixping policy diff{which}")
    return 0


def _folder(folder: Path | None) -> Path:
    return folder or datafiles.stated_folder() or datafiles.shipped()


def _fault(fault: Fault) -> dict[str, str]:
    return {
        "file": fault.source, "key": fault.key, "kind": fault.kind,
        "label": LABELS[fault.kind], "what": fault.what,
    }  # fmt: skip


@answering
def diff(
    ctx: typer.Context,
    folder: Folder = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="有差别时退出码为 3")] = False,
    *,
    wish: Wish,
) -> int:
    """比较文件夹里的规则和台账采用的规则, 逐键说明差别; 只看, 不改动。

    示例:
      sixping policy diff
      sixping policy diff 本街道规则 --exit-code
    """
    from sixping.services.adoption import adopted_texts, check_whole, compare

    context = Context.of(ctx)
    wish.choose(context)
    texts = _offered(folder)
    with reading(context) as con:
        adopted = adopted_texts(con)
    told = compare(adopted, texts)
    rows = _told(context, wish, told)
    which = f" {folder}" if folder else ""
    failing = check_whole(adopted | texts).failing if rows else []
    if failing:
        context.say(f"其中有误或缺失 {len(failing)} 处, 不能采用; 见 sixping policy check{which}")
    else:
        differs = f"有差别, 台账仍按采用的办理; 采用: sixping policy adopt{which}"
        context.say(differs if rows else "没有差别。")
    return FINDINGS if exit_code and rows else 0


def _offered(folder: Path | None) -> dict[str, str]:
    """Return the documents of a folder of its own, or all of those the data have."""
    from sixping.services.adoption import offered, own

    if folder is None:
        return offered()
    texts = own(folder)
    if not texts:
        raise BadData(f"{folder} 里没有规则文件。", "文件名如 policy.toml, 见 docs/policy.md。")
    return texts


def _told(context: Context, wish: Wish, told: list[Difference]) -> list[dict[str, str]]:
    rows = [
        {"name": one.document, "key": one.key, "what": one.what, "old": one.old, "new": one.new}
        for one in told
    ]
    publish(context, wish, rows, CHANGES, rows)
    return rows


@answering
def adopt(
    ctx: typer.Context,
    folder: Folder = None,
    dry_run: Annotated[bool, typer.Option("-n", "--dry-run", help="只检查和比较, 不采用")] = False,
    *,
    wish: Wish,
) -> None:
    """采用规则: 先检查, 列出差别, 再记入台账; 文件夹里没有的各份不变, 没有变化的不记。

    示例:
      sixping policy adopt 本街道规则 --dry-run
      sixping policy adopt 本街道规则
    """
    from sixping.services import adoption

    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    texts = _offered(folder)
    if dry_run:
        with reading(context) as con:
            planned = adoption.plan(con, texts, context.now)
    else:
        with recording(context) as tx:
            planned = adoption.adopt(tx, texts)
    _told(context, wish, planned.told)
    _sum_up(context, planned, dry_run=dry_run)


def _sum_up(context: Context, planned: Adoption, *, dry_run: bool) -> None:
    if not planned.texts:
        context.say(f"规则没有变化, 没有记入台账 (校验码 {planned.digest[:16]})。")
        return
    names = "、".join(planned.texts)
    if dry_run:
        context.say(f"将采用: {names} (校验码 {planned.digest[:16]})。没有改动台账。")
        return
    context.say(f"已采用: {names} (校验码 {planned.digest[:16]})。")
    if planned.recounting:
        context.say(f"有 {planned.recounting} 件的期限要相应调整: sixping calendar apply")

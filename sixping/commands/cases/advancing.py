"""What a file said of the progress of cases, for people: what moved on, what differs (二.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sixping.console.context import Context
    from sixping.services.importing import Rows
    from sixping.services.updating import Summary

#: how many rows that differ are listed on the screen
SHOWN = 20
#: how many remarks on times that were not taken
REMARKED = 3
#: kind of a step → its word, in the order people are told
_WORDS = {
    "accepted": "受理", "assigned": "分派", "resolved": "办结", "fed_back": "反馈",
    "closed": "归档", "source_withdrawn": "撤回", "source_stated": "只有状态、没有时间",
    "source_due": "来源期限",
}  # fmt: skip


def tell_progress(context: Context, rows: Rows, *, update: bool, kept: bool) -> None:
    """Say what became of known cases and of new ones that have progress already."""
    summary, where = rows.progress, rows.reports.where
    if summary is None:
        return
    did = "推进" if kept else "可推进"
    if update:
        counts = [f"{did} {summary.moved + summary.fresh} 件{_steps(summary)}"]
        if summary.fresh:
            counts.append(f"其中新登记 {summary.fresh} 件")
        counts.append(f"没有变化 {summary.unchanged} 件")
        counts.append(
            f"与台账记录不一致 {summary.differing + summary.halfway} 件{_halfway(summary)}"
        )
        context.say(f"更新: {', '.join(counts)}。")
    else:
        if summary.fresh:
            words = f"按文件写明的进展{did} {summary.fresh} 件"
            context.say(f"新登记的事项中, {words}{_steps(summary)}。")
        if newer := summary.moved + summary.differing:
            context.say(f"来源有新进展 {newer} 件, 加 --update 更新。")
    for remark in summary.remarks[:REMARKED]:
        context.say(f"注意: {where(remark.row)}: {remark.what}")
    if summary.remarked > REMARKED:
        context.say(f"注意: 这样的时间共 {summary.remarked} 处。")
    _list_differences(context, summary, where)


def _halfway(summary: Summary) -> str:
    return f" (其中 {summary.halfway} 件的其余进展已推进)" if summary.halfway else ""


def _steps(summary: Summary) -> str:
    said = [f"{word} {summary.steps[kind]}" for kind, word in _WORDS.items() if summary.steps[kind]]
    return f" ({', '.join(said)})" if said else ""


def _list_differences(context: Context, summary: Summary, where: Callable[[int], str]) -> None:
    for found in summary.differences[:SHOWN]:
        both = f"文件: {mask_text(found.file)}; 台账: {mask_text(found.ledger)}"
        left = "; 这一行没有记录" if found.of_desk else ""
        context.say(f"{where(found.row)} {found.number} {found.what}不一致: {both}{left}。")
    if summary.listed > SHOWN:
        context.say(f"不一致的共 {summary.listed} 处, 以上是前 {SHOWN} 处。")
    if summary.differences:
        context.say(
            "台账的记录没有改动; 以文件为准的, 请先撤销: sixping void 编号 序号 --reason 理由,"
            " 再更新; 或记事: sixping note 编号 内容。"
        )

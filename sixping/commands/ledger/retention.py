"""``retention``: words kept long enough are erased by the table of terms; cases are held back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.options import Number, Reason, answering
from sixping.console.recording import reading
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import UsageFault
from sixping.render.table import Column
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.console.draft import Left
    from sixping.policy.retention import Keeping
    from sixping.reports.retention import Survey
    from sixping.store.sqlite import Connection

DUE = (
    Column("number", "编号"),
    Column("track_name", "删除"),
    Column("category", "类别"),
    Column("severity", "等级"),
    Column("since", "归档"),
    Column("keep", "保管期限"),
    Column("until", "保管至"),
    Column("clause", "依据", elastic=True),
)
HOLDS = (
    Column("number", "编号"),
    Column("at", "自", "time"),
    Column("by", "经办"),
    Column("reason", "理由", elastic=True),
)


@answering
def run(
    ctx: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="只列出期满的, 不删除")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="删除期满的, 须写批准人")] = False,
    approved_by: Annotated[
        str | None, typer.Option("--approved-by", metavar="姓名", help="批准人: 在册的领导")
    ] = None,
    backups: Annotated[
        list[Path] | None,
        typer.Option("--backups", metavar="文件夹", help="另外放备份的文件夹, 一并查看; 可多次"),
    ] = None,
    wish: Wish,
) -> None:
    """按保管期限删除期满的文字和联系信息; 没有定期限的不删除。

    期限写在规则 policy.toml 的 [[retention]], 自归档起计。本账号未登记完的
    草稿自来电之日起计。

    示例:
      sixping retention --dry-run
      sixping retention --apply --approved-by 演示甲 -o 销毁清单.csv
    """
    context = Context.of(ctx)
    path = context.existing_ledger()
    wish.choose(context)
    if dry_run == apply:
        raise UsageFault("请写 --dry-run 或 --apply, 二者取一。", "先用 --dry-run 看要删除哪些。")
    if apply and not approved_by:
        raise UsageFault("缺少: --approved-by", "删除须经批准: --apply --approved-by 姓名。")
    if not apply:
        from sixping.services.personal.retention import look

        with reading(context) as con:
            found = look(con, context.now.date())
            drafts = _drafts(context, con)
        _publish(context, wish, found, None, drafts)
        context.say(*_summed(found, "将删除", len(drafts.due)), *drafts.said())
        return
    _apply(context, wish, str(path), approved_by or "", backups or ())


def _apply(
    context: Context,
    wish: Wish,
    path: str,
    approved_by: str,
    backups: Any,  # noqa: ANN401
) -> None:
    from sixping.console.receipt import saved
    from sixping.services.personal import retention
    from sixping.services.personal.erasing import tidy

    stamp = stamp_of(context)
    name = require_text(approved_by, "批准人 (--approved-by)", SHORT)
    applied = retention.apply(path, stamp, name)
    found = applied.survey
    tidied = tidy(path, stamp, applied.events, backups)
    with reading(context) as con:
        drafts = _drafts(context, con)
    drafts.drop()
    with saved("清单", "不要重做; 删除了哪些见 sixping audit --json。"):
        _publish(context, wish, found, applied.seq, drafts)
    context.say(*_summed(found, "已删除", len(drafts.due)), *filter(None, [applied.remark]))
    context.say(*drafts.said())
    if applied.seq is not None:
        context.say(f"记为第 {applied.seq} 号。删除了的, 来源再次报送时将作为新件登记。")
    context.say(*(f"这个备份里还有: {file}" for file in tidied.copies))
    if tidied.swept:
        context.say(f"清理了中断的备份、导出留下的文件 {len(tidied.swept)} 个。")


def _publish(context: Context, wish: Wish, found: Survey, seq: int | None, drafts: _Drafts) -> None:
    rows = [*_rows(found), *drafts.rows]
    publish(context, wish, rows, DUE, _document(found, seq, drafts))


def _rows(found: Survey) -> list[dict[str, Any]]:
    return [_row(due._asdict()) for due in found.due]


def _row(due: dict[str, Any]) -> dict[str, Any]:
    from sixping.policy.retention import TRACKS

    return due | {
        "track_name": TRACKS[due["track"]],
        "since": due["since"].isoformat(),
        "until": due["until"].isoformat(),
    }


def _document(found: Survey, seq: int | None, drafts: _Drafts) -> dict[str, Any]:
    return {
        "drafts": {
            "items": drafts.rows,
            "kept": len(drafts.kept),
            "unset": len(drafts.unset),
            "unreadable": [str(left.path) for left in drafts.unread],
        },
        "seq": seq,
        "items": _rows(found),
        "held": list(found.held),
        "unset": found.unset,
        "unarchived": found.unarchived,
        "kept": found.kept,
    }


class _Drafts(NamedTuple):
    """The drafts of this user at this ledger: those whose term is over, and the others."""

    due: list[tuple[Left, date]]
    kept: list[Left]
    unset: list[Left]
    unread: list[Left]
    keeping: Keeping | None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return those that are due as rows of the list; they never had a number."""
        from sixping.policy.retention import DRAFT

        keep, clause = (self.keeping.keep, self.keeping.clause) if self.keeping else (None, None)
        return [
            _row({
                "number": None, "track": DRAFT, "category": None, "severity": None,
                "since": left.since, "until": until, "keep": keep, "clause": clause,
            })
            for left, until in self.due
        ]  # fmt: skip

    def drop(self) -> None:
        """Remove what is due."""
        for left, _ in self.due:
            left.path.unlink(missing_ok=True)

    def said(self) -> Iterator[str]:
        """Say what of them stays, and why."""
        for drafts, why in ((self.unset, "没有定保管期限"), (self.kept, "未到期")):
            if drafts:
                yield f"本账号未登记完的草稿 {len(drafts)} 份, {why}: 内含来电人的话。"
        for left in self.unread:
            yield f"读不出的草稿, 不知属于哪个台账, 没有动: {left.path}; 不用的请自行删除。"


def _drafts(context: Context, con: Connection) -> _Drafts:
    from sixping.console.draft import drafts_left
    from sixping.reports.retention import kept_until
    from sixping.services.personal.retention import of_drafts

    keeping, ledger = of_drafts(con), str(context.ledger.resolve())
    found = _Drafts([], [], [], [], keeping)
    for left in drafts_left():
        until = kept_until(keeping, left.since) if keeping and left.since else None
        if left.since is None:
            found.unread.append(left)
        elif left.ledger != ledger:
            continue
        elif until is None:
            (found.kept if keeping and keeping.keep else found.unset).append(left)
        elif context.now.date() > until:
            found.due.append((left, until))
        else:
            found.kept.append(left)
    return found


def _summed(found: Survey, did: str, drafts: int) -> Iterator[str]:
    """Say how many of each track, and why the others are not among them."""
    from sixping.policy.retention import DRAFT, TRACKS

    counts = {name: sum(due.track == track for due in found.due) for track, name in TRACKS.items()}
    listed = "、".join(f"{name} {n} 件" for name, n in counts.items() if n)
    if drafts:
        listed = "、".join(filter(None, [listed, f"{TRACKS[DRAFT]} {drafts} 份"]))
    yield f"{did}: {listed}。" if listed else "没有期满的, 什么都没有删除。"
    rest = {
        "没有定保管期限": found.unset, "没有归档或还没有反馈完": found.unarchived,
        "未到期": found.kept, "暂缓删除": len(found.held),
    }  # fmt: skip
    others = "、".join(f"{why} {n} 件" for why, n in rest.items() if n)
    if others:
        yield f"其余: {others}。"


def hold(ctx: typer.Context, number: Number, reason: Reason) -> None:
    """暂缓删除一件: 诉讼、信访等依法须保留的, erase 和到期删除都跳过它。

    示例:
      sixping retention hold 123 --reason 正在行政复议
    """
    from sixping.services.personal import retention

    context = Context.of(ctx)
    why = require_text(reason, "理由 (--reason)")
    done = retention.hold(context.existing_ledger(), stamp_of(context), number, why)
    context.say(f"{done} 已暂缓删除; 解除: sixping retention release {done} --reason 理由。")


def release(ctx: typer.Context, number: Number, reason: Reason) -> None:
    """解除暂缓删除。

    示例:
      sixping retention release 123 --reason 复议已结束
    """
    from sixping.services.personal import retention

    context = Context.of(ctx)
    why = require_text(reason, "理由 (--reason)")
    done = retention.release(context.existing_ledger(), stamp_of(context), number, why)
    context.say(f"{done} 已解除暂缓删除, 今后按保管期限和申请删除。")


@answering
def list_(ctx: typer.Context, *, wish: Wish) -> None:
    """列出暂缓删除的事项和理由。

    示例:
      sixping retention list
    """
    from sixping.documents.cases import masked
    from sixping.documents.phrases import GONE
    from sixping.services.personal.retention import holds

    context = Context.of(ctx)
    context.existing_ledger()
    wish.choose(context)
    with reading(context) as con:
        found = holds(con)
    rows = [
        each._asdict() | {"reason": masked("reason", each.reason, reveal=False) or GONE}
        for each in found
    ]
    publish(context, wish, rows, HOLDS, rows)
    if not rows and context.terminal.isatty:
        context.say("没有暂缓删除的事项。")

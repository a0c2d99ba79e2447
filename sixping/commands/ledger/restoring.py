"""The commands that bring a ledger back: restore a backup, salvage what is damaged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console.context import Context
from sixping.console.options import Json
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import BadData, InputOutput, NotAllowed, UsageFault, system_reason
from sixping.util.text import SHORT, dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sixping.services.upkeep.restoring import Done, Plan
    from sixping.services.upkeep.salvaging import Result
    from sixping.store.anchors import Anchor
    from sixping.store.rescue.restored import Later

_LISTED = 8
_WHENCE = {"anchor": "锚点", "custody": "这台机器上的记录"}
_ERASED = "备份以后如有依法删除的文字, 又会出现: 请照删除的登记再 erase。"
Anchors = Annotated[
    list[Path] | None,
    typer.Option("--anchor", metavar="文件", help="有锚点的文件 (锚点、回执、备份的清单); 可多次"),
]


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="备份文件")],
    anchor: Anchors = None,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="理由", help="为什么恢复, 记入台账; 原台账另有去向的须写"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问; 不在终端上时须写")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="只核验备份、说明会失去什么, 不恢复")
    ] = False,
    as_json: Json = False,
) -> None:
    """用备份恢复台账: 先核验、说明会失去什么; 原台账另存。

    原来的台账 (哪怕已经损坏) 改名留在原处, 从不删除; 恢复本身记入台账。

    示例:
      sixping restore 备份/sixping-9f2c51ab-20261123-090000.sqlite3 --dry-run
      sixping restore 备份/sixping-9f2c51ab-20261123-090000.sqlite3 --anchor 锚点.jsonl
      sixping restore 备份/2026-11-23.sqlite3 --reason 硬盘损坏 --yes
    """
    from sixping.services.upkeep import restoring

    context = Context.of(ctx)
    why = require_text(reason, "理由 (--reason)", SHORT) if reason is not None else ""
    planned = restoring.plan(context.ledger, file, _read_anchors(anchor or ()))
    numbers = planned.given(context.now)
    context.say(*_what_goes(planned, context.ledger), *_numbers(numbers))
    if dry_run:
        if as_json:
            _write(_planned(planned, numbers))
        return
    _agree(context, planned, why, yes=yes)
    done = restoring.restore(context.ledger, planned, stamp_of(context), why)
    if as_json:
        _write(_planned(planned, numbers) | _done(done))
    context.say(*_what_was_done(context, done))


def _agree(context: Context, planned: Plan, why: str, *, yes: bool) -> None:
    """Demand what a restore needs, or ask. Raises ``UsageFault`` or ``NotAllowed``."""
    if planned.apart and not (yes and why):
        raise UsageFault(
            "现在的台账不是这个备份的后续, 换掉它须写 --yes 和 --reason。",
            "请先核对是不是拿错了备份或 --ledger 写错了; 没有错的, 写明理由再运行。",
        )
    if yes:
        return
    if not context.interactive:
        raise UsageFault("恢复会换掉现在的台账, 须写 --yes。", "先看会失去什么: 加 --dry-run。")
    from sixping.console.prompts import confirm

    if not confirm(context, "要恢复吗"):
        raise NotAllowed("没有恢复, 什么也没有动。")


def _what_goes(planned: Plan, ledger: Path) -> Iterator[str]:
    """Say what a restore would lose, as far as that is known."""
    backup = planned.backup
    yield (
        f"备份 {planned.file} 核验通过: 到第 {backup.seq} 号, 校验码 {backup.head[-16:]},"
        f" 台账标识 {backup.ledger[:8]}。"
    )
    if planned.changed:
        yield "注意: 文件的摘要与清单不符, 做好以后被改动过; 内容核验是一致的。"
    if not planned.there:
        yield f"{ledger} 现在没有台账。"
    if planned.old is None:
        yield from _by_witness(planned)
    elif planned.old.ledger != backup.ledger:
        yield (
            f"现在的台账是另一个台账 (标识 {planned.old.ledger[:8]}), 到第 {planned.old.seq} 号;"
            " 换掉它, 其中的记录都不在新的里。"
        )
    elif planned.later is not None and planned.later.events:
        yield from _later(planned, planned.later, planned.old.seq)
    else:
        yield "现在的台账没有比备份更新的记录, 不会失去什么。"
    if planned.old is not None and planned.witness is not None:
        yield (
            f"注意: 据{_WHENCE[planned.witness.whence]}, 曾记到第 {planned.witness.seq} 号,"
            f" 现在的台账只到第 {planned.old.seq} 号或已是另一个样子: 以后的已不在其中, 请查明。"
        )


def _later(planned: Plan, later: Later, last: int) -> Iterator[str]:
    """Say what the ledger in place has and the backup has not."""
    first = (planned.backup.seq if planned.fork is None else planned.fork) + 1
    span = f"第 {first} 号" if first == last else f"第 {first} 到 {last} 号"
    if planned.fork is None:
        yield f"会失去备份以后的 {later.events} 条记录 ({span})。"
    else:
        yield (
            f"现在的台账与备份自第 {first} 号起分了岔: 会失去现在的 {later.events} 条记录"
            f" ({span}); 同一编号在备份里可能是另一件。"
        )
    if later.begun:
        yield f"其中新登记 {len(later.begun)} 件, 须重新登记: {_few(later.begun)}"
    if later.moved:
        yield f"有后续办理的 {len(later.moved)} 件, 须重新办理: {_few(later.moved)}"
    if later.erased:
        yield f"备份以后依法删除了文字的, 又会出现, 恢复后须再 erase: {_few(later.erased)}"


def _by_witness(planned: Plan) -> Iterator[str]:
    damaged = "现在的台账读不出来" if planned.there else "没有原来的台账可比"
    if planned.witness is None:
        yield f"{damaged}, 也没有更新的锚点: 备份以后有没有记录, 不知道。"
        yield "备份以后给出过编号的, 会再给出一次: 有锚点、回执的, 请用 --anchor 写明。"
    else:
        count = planned.witness.seq - planned.backup.seq
        yield (
            f"{damaged}; 据{_WHENCE[planned.witness.whence]}曾记到第 {planned.witness.seq} 号:"
            f" 至少有 {count} 条以后的记录会丢失。"
        )
    yield _ERASED


def _numbers(given: Mapping[str, int]) -> Iterator[str]:
    """Say which numbers a paper may name that the restored ledger does not have."""
    if given:
        ends = "、".join(f"{year}-{last:06d}" for year, last in given.items())
        yield f"失去的一段里可能用过的编号不再给出, 到 {ends} 为止; 重新登记的接着往后编。"


def _few(numbers: Sequence[str]) -> str:
    more = f" 等 {len(numbers)} 件" if len(numbers) > _LISTED else ""
    return f"{'、'.join(numbers[:_LISTED])}{more}。"


def _what_was_done(context: Context, done: Done) -> Iterator[str]:
    yield (
        f"已恢复: {context.ledger} (第 {done.incarnation} 代, 恢复记为第 {done.seq} 号,"
        f" 校验码 {done.head[-16:]})。"
    )
    if done.aside is not None:
        yield f"原来的台账另存为: {done.aside} (里面有姓名和电话, 查明后按规定处理)。"
        yield f"恢复错了, 换回去: sixping restore {done.aside} --yes --reason 理由"
    yield "下一步: 核验 sixping verify; 补登失去的; 另做一份备份 sixping backup --to 文件夹。"


def _planned(planned: Plan, numbers: Mapping[str, int]) -> dict[str, Any]:
    later = planned.later._asdict() if planned.later is not None else None
    lost = dict(zip(("seq", "head", "from"), planned.lost_to or (), strict=False)) or None
    return {
        "file": str(planned.file), "ledger": planned.backup.ledger,
        "backup_seq": planned.backup.seq, "backup_head": planned.backup.head,
        "apart": planned.apart, "known": lost, "lost": later, "numbered": dict(numbers),
    }  # fmt: skip


def _done(done: Done) -> dict[str, Any]:
    aside = str(done.aside) if done.aside is not None else None
    return {
        "seq": done.seq, "head": done.head, "incarnation": done.incarnation, "aside": aside,
    }  # fmt: skip


def _read_anchors(files: Sequence[Path]) -> list[Anchor]:
    from sixping.store.anchors import read_anchors

    found: list[Anchor] = []
    for file in files:
        try:
            found += read_anchors(file.read_text(encoding="utf-8-sig"), f"{file} ")
        except UnicodeDecodeError:
            raise BadData(f"锚点文件不是 UTF-8 文字: {file}", "请另存为 UTF-8 文字。") from None
        except OSError as fault:
            raise InputOutput(
                f"读不出锚点文件: {file} ({system_reason(fault)})", "请核对路径。"
            ) from fault
    return found


# --- salvage -------------------------------------------------------------------------------


def salvage(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[文件]", help="损坏的台账; 默认是现在的台账")
    ] = None,
    *,
    to: Annotated[Path, typer.Option("--to", metavar="新文件", help="抢救出来的台账写到哪里")],
    more: Annotated[
        list[Path] | None,
        typer.Option("--with", metavar="备份", help="同一台账的旧备份, 用来补上读不出的; 可多次"),
    ] = None,
    anchor: Anchors = None,
    as_json: Json = False,
) -> None:
    """抢救损坏的台账: 读出能读的, 另成一个新台账; 原文件不动。

    从第 1 号起链条连得上的, 照原样放进新台账; 断开以后读得出的, 另写一个文件供重新登记。

    示例:
      sixping salvage --to 抢救.sqlite3
      sixping salvage 坏的.sqlite3 --to 抢救.sqlite3 --with 备份/2026-11-23.sqlite3
    """
    from sixping.services.upkeep import salvaging

    context = Context.of(ctx)
    source, stamp = file or context.ledger, stamp_of(context)
    ids = [one.ledger for one in _read_anchors(anchor or ()) if one.ledger]
    result = salvaging.salvage(source, to, stamp, more=more or (), ids=ids)
    if as_json:
        _write(salvaging.document(result, source, to, stamp))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in _summary(result)))
    context.say(*_what_next(result, to))


def _summary(result: Result) -> Iterator[str]:
    made = result.made
    yield f"读出记录 {result.read} 条 (台账曾记到第 {result.last} 号)。"
    yield f"接得上的: 第 1 到 {made.seq} 号, 事项 {made.cases} 件, 校验码 {made.head[-16:]}。"
    if result.gaps:
        spans = "、".join(f"{a}" if a == b else f"{a}-{b}" for a, b in result.gaps[:_LISTED])
        more = f" 等 {len(result.gaps)} 段" if len(result.gaps) > _LISTED else ""
        yield f"读不出的记录: 第 {spans} 号{more}。"
    if made.words:
        numbers = "、".join(map(str, made.words[:_LISTED]))
        more = f" 等 {len(made.words)} 条" if len(made.words) > _LISTED else ""
        yield f"文字读不出的 (编号和步骤仍在): 第 {numbers} 号{more}。"
    if made.documents:
        yield f"原文读不出的规则: {len(made.documents)} 份。"
    if made.adopted:
        yield f"其中正在施行的改用目录里现有的, 已记入台账, 请核对: {'、'.join(made.adopted)}。"
    if result.unread:
        yield f"磁盘读不出的: {result.unread} 字节。"
    if result.beyond:
        yield f"断开以后读得出的: {result.beyond} 条, 写在 {result.rest}。"


def _what_next(result: Result, target: Path) -> Iterator[str]:
    yield f"抢救出的台账: {target}, 核验通过; 原文件没有动。"
    if result.rest is not None:
        yield f"{result.rest} 里有姓名和电话, 只供重新登记, 用完销毁。"
    if result.gaps or result.made.words:
        yield "有旧备份的, 加 --with 备份文件 可能补回更多 (换一个 --to)。"
    yield f"下一步: 看一看 sixping --ledger {target} list; 换入使用 sixping restore {target}"


def _write(document: dict[str, Any]) -> None:
    sys.stdout.write(f"{dump_json(document, indent=2)}\n")

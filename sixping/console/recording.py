"""How a command opens the ledger, records in the office and says what it refuses.

Every command of the office has the same shape: it reads its options, opens one reader or
one transaction, calls a service, and shows what came of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.stepcommand import require_text, stamp_of
from sixping.documents.eventwords import kind_name
from sixping.errors import BadData, UsageFault
from sixping.office.organisation import organisation_at, shipped_at
from sixping.services.correcting.voiding import void
from sixping.util.text import accept_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.importing.convert import RowError
    from sixping.office.organisation import Organisation
    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

#: how many faulty rows are listed on the screen
SHOWN = 20
Seq = Annotated[int, typer.Argument(metavar="序号", min=1, help="要撤销的记录, 见 sixping log")]


@contextmanager
def reading(context: Context) -> Iterator[Connection]:
    """Open one state of the ledger to read; close before showing, writers wait for it."""
    from sixping.store.sqlite import reading

    with reading(context.existing_ledger()) as con:
        yield con


@contextmanager
def recording(context: Context) -> Iterator[Transaction]:
    """Open the transaction of a command: all of it is recorded, or nothing."""
    from sixping.ledger import transaction

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        yield tx


def organisation_of(context: Context, day: date) -> Organisation:
    """Return the organisation of a day: the ledger's where there is one, else the data's."""
    if not context.ledger.exists():
        return shipped_at(day)
    with reading(context) as con:
        return organisation_at(con, day)


def void_event(context: Context, stream: str, seq: int, reason: str) -> StreamEntry:
    """Void an event of a stream, if the rest still makes sense; say so, and return it."""
    why = require_text(reason, "理由 (--reason)")
    with recording(context) as tx:
        entry = void(tx, stream, seq, why)
    context.say(f"已撤销第 {seq} 号 ({kind_name(entry.event.kind)}), 两条记录都保留在台账里。")
    return entry


def reveal_people(context: Context, what: str, reason: str | None, *, asked: bool) -> None:
    """Record who looks at personal data of which list, and why, before it is shown."""
    record_reveal(context, {"list": what}, reason, asked=asked, example="排班联系")


def record_reveal(
    context: Context,
    seen: Mapping[str, str | list[str]],
    reason: str | None,
    *,
    asked: bool,
    example: str = "回访",
) -> None:
    """Record who looks at personal data, and why: of a ``list``, or of ``numbers`` there are."""
    if not asked:
        if reason is not None:
            raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
        return
    if not reason:
        raise UsageFault("查看个人信息须写明 --reason。", f"例如: --reveal --reason {example}")
    why = require_text(reason, "理由 (--reason)")
    with recording(context) as tx:
        for number in seen.get("numbers", ()):
            tx.case(number)
        tx.note("job", "reveal", "revealed", seen, {"reason": why})


#: cases named in the record of one look; of more the count is kept
_NAMED = 2000


def record_seen(
    context: Context, wish: Wish, what: str, shown: Sequence[object], **more: object
) -> None:
    """Record that what is about to be shown is seen unmasked: of which list, which cases, why.

    Nothing is recorded where nothing is shown. ``shown``: rows with a ``number``, or any others.
    """
    if not (wish.reveal and shown):
        return
    why = require_text(wish.reason or "", "理由 (--reason)")
    numbers = dict.fromkeys(filter(None, map(_number, shown)))
    seen = {"list": what, **more} | ({"numbers": list(numbers)[:_NAMED]} if numbers else {})
    with recording(context) as tx:
        tx.note("job", "reveal", "revealed", seen | {"count": len(shown)}, {"reason": why})


def _number(row: object) -> str | None:
    return row.get("number") if isinstance(row, dict) else getattr(row, "number", None)


def refuse_faults(context: Context, faults: Sequence[RowError]) -> None:
    """List what is wrong with a file and refuse it as a whole (``BadData``)."""
    if not faults:
        return
    for fault in sorted(faults)[:SHOWN]:
        where = f"第 {fault.row} 行" + (f" {fault.column}" if fault.column else "")
        context.say(f"{where}: {fault.what} {fault.hint}")
    if len(faults) > SHOWN:
        context.say(f"有问题的共 {len(faults)} 处, 以上是前 {SHOWN} 处。")
    raise BadData(
        f"有 {len(faults)} 处不能导入, 整个文件都没有导入。", "请改正后重试; 已导入的行不会重复。"
    )


def short_text(value: str | None, field: str) -> str | None:
    """Let a short field in; raises ``UsageFault`` when it is empty."""
    if value is None:
        return None
    if not value.strip():
        raise UsageFault(f"{field}是空的。", "请写出内容, 或不用这个选项。")
    return accept_text(value.strip(), field=field, limit=100)


def pairs(given: Sequence[str] | None, option: str, example: str) -> dict[str, str]:
    """Return what was written as ``键=值``, by key; raises ``UsageFault`` for anything else."""
    found: dict[str, str] = {}
    for text in given or ():
        key, equals, value = text.replace("\uff1d", "=").partition("=")
        if not (equals and key.strip() and value.strip()):
            raise UsageFault(
                f"{option} 应写成 键=值, 现为 {text[:20]}", f"例如: {option} {example}"
            )
        if key.strip() in found:
            raise UsageFault(f"{option} {key.strip()} 写了两次。", "请只写一次。")
        found[key.strip()] = value.strip()
    return found


def nothing_said() -> UsageFault:
    """Return the fault of a change that says nothing."""
    return UsageFault("没有写明要改什么。", "请至少写一个要改的选项, 见 --help。")

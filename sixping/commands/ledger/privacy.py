"""Personal data: a caller looked up, a case's words erased, who looked at what."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.options import Json, Number, Reveal, answering
from sixping.console.phones import given_phone
from sixping.console.recording import reading, recording
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import NotAllowed, UsageFault
from sixping.render.table import Column
from sixping.util.text import SHORT, dump_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.console.answers import Wish
    from sixping.services.personal.erasing import Doomed, Tidied
    from sixping.services.personal.privacy import Entry

CALLER = (
    Column("number", "编号"),
    Column("received_at", "收到", "time"),
    Column("status", "状态"),
    Column("community", "社区"),
    Column("summary", "事项", elastic=True, one_line=True),
)
AUDIT = (
    Column("at", "时间", "time"),
    Column("by", "经办"),
    Column("account", "账号"),
    Column("label", "事项"),
    Column("what", "对象", elastic=True),
    Column("n", "件数", "int"),
    Column("reason", "理由", elastic=True),
)
#: what was said of a case → what people call it, in the order of the list of what goes
_FIELDS = {
    "text": "内容", "reporter": "姓名", "phone": "电话", "place": "地点", "about": "被反映对象",
    "source_no": "来源编号",
}  # fmt: skip


@answering
def lookup(
    ctx: typer.Context,
    *,
    phone: Annotated[
        str | None,
        typer.Option("--phone", metavar="电话", help="完整的号码, 写法不限; - 为不显示的输入"),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="姓名", help="完整的姓名, 须全部相同")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="为什么查找, 记入台账")
    ] = None,
    reveal: Reveal = False,
    wish: Wish,
) -> None:
    """查找同一来电人以前的反映: 按完整的电话或姓名; 查找会记入台账。

    两者都写的, 都要相同。不写时在终端上询问电话, 输入不显示。

    示例:
      sixping lookup --phone - --reason 来电人询问进展
      sixping lookup --name 演示甲 --reason 核对是否重复反映
    """
    from sixping.console import listing
    from sixping.documents.cases import summary_of
    from sixping.queries import cases
    from sixping.services.personal.privacy import Caller, look_up

    context = Context.of(ctx)
    context.existing_ledger()
    wish = wish._replace(reveal=reveal)
    wish.choose(context)
    caller, why = _asked(context, Caller(phone, name), reason)
    caller.refuse_parts()
    with recording(context) as tx:
        numbers = look_up(tx, caller, why, reveal=reveal)
    with reading(context) as con:
        rows = [cases.case(con, number) for number in numbers]
        document = listing.cases_json(context, wish, con, rows)
    shown = [column.key for column in CALLER if column.key != "summary"]
    lines = [
        {key: getattr(row, key) for key in shown}
        | {"summary": summary_of(row.private, reveal=reveal)}
        for row in rows
    ]
    publish(context, wish, lines, CALLER, document)
    if context.terminal.isatty:
        context.say(f"同一来电人的反映 {len(rows)} 件。" if rows else "没有这位来电人的反映。")


def _asked(context: Context, caller: Any, reason: str | None) -> tuple[Any, str]:  # noqa: ANN401
    """Return who is looked for and why; what is missing is asked at a terminal, else refused."""
    lacking = caller == type(caller)()
    if not context.interactive:
        missing = [*(["--phone 或 --name"] if lacking else []), *([] if reason else ["--reason"])]
        if missing:
            raise UsageFault(
                f"缺少: {', '.join(missing)}",
                "查找来电人会记入台账, 例如: sixping lookup --phone - --reason 回访",
            )
    if lacking or caller.phone == "-":
        caller = caller._replace(phone=_unseen(context))
    else:
        given_phone(context, caller.phone)  # remarked on
    if not reason:
        from sixping.console.prompts import ask

        reason = ask(context, "为什么查找: ")
    return caller, require_text(reason, "理由 (--reason)")


def _unseen(context: Context) -> str:
    """Return a phone that is typed unseen, or the first line of a pipe."""
    if not context.interactive:
        return given_phone(context, "-") or ""
    from sixping.console.prompts import ask_unseen

    return ask_unseen(context, "电话 (不显示): ")


# --- erase ---------------------------------------------------------------------------------


def erase(
    ctx: typer.Context,
    number: Number,
    basis: Annotated[
        str, typer.Option("--basis", metavar="依据", help="依据, 如 本人申请; 不写姓名、电话")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="不再询问; 不在终端上时须写")] = False,
    backups: Annotated[
        list[Path] | None,
        typer.Option("--backups", metavar="文件夹", help="另外放备份的文件夹, 一并查看; 可多次"),
    ] = None,
    as_json: Json = False,
) -> None:
    """依法删除一件的全部文字: 内容、姓名、电话、地点、来源编号等; 不能恢复。

    编号、时间、办理经过的步骤和统计数字不变。还在办理的、暂缓删除的不能删除。

    示例:
      sixping erase 123 --basis 本人书面申请
      sixping erase 123 --basis 本人书面申请 --yes --backups 备份
    """
    from sixping.services.personal import erasing

    context = Context.of(ctx)
    path = context.existing_ledger()
    full_number(number, context.now.year)
    why = require_text(basis, "依据 (--basis)", SHORT)
    if not (yes or context.interactive):
        raise UsageFault("删除不能恢复, 须写 --yes。", "不在终端上时, 写明 --yes 即不再询问。")
    stamp = stamp_of(context)
    found = erasing.plan(path, stamp, number)
    erasing.refuse_basis(why, found)
    if found.seqs:
        context.say(*_what_goes(found))
    if found.seqs and not yes:
        _confirm(context, found.number)
    dropped = _drop_drafts(found)  # killed behind the erasure, nobody knows the words any more
    erased = erasing.erase(path, stamp, number, why)
    tidied = erasing.tidy(path, stamp, found.events, backups or ())
    if as_json:
        sys.stdout.write(f"{dump_json(_document(erased.seq, found, tidied), indent=2)}\n")
    done = f"{found.number} 已删除, 记为第 {erased.seq} 号。" if erased.seq else (
        f"{found.number} 以前已经删除, 没有剩下的内容。"
    )  # fmt: skip
    context.say(done, *(["未登记完的草稿里有同样的内容, 一并删除。"] if dropped else []))
    context.say(*_what_is_left(found, tidied))


def _confirm(context: Context, number: str) -> None:
    from sixping.console.prompts import ask

    typed = ask(context, f"删除后不能恢复。请输入编号 {number} 确认: ")
    if typed != number:
        raise NotAllowed("没有删除: 输入的不是这个编号。", f"要删除的请重新运行, 并输入 {number}。")


def _what_goes(found: Doomed) -> Iterator[str]:
    """Say what is erased, without a word of it."""
    fields = [label for name, label in _FIELDS.items() if found.words.get(name)]
    steps = len(found.seqs) - found.lookups
    yield f"将删除 {found.number} 的{'、'.join(fields) or '文字'}, 共 {steps} 条记录的文字。"
    if found.lookups:
        yield f"查找、查看过这位反映人的记录 {found.lookups} 条, 其中的号码、姓名和理由一并删除。"


def _what_is_left(found: Doomed, tidied: Tidied) -> Iterator[str]:
    """Say what an erasure does not reach, each with what to do."""
    if found.merged:
        yield f"并入的 {'、'.join(found.merged)} 各是一件, 没有删除; 要删除的请各自运行 erase。"
    if found.veiled:
        yield (
            f"写有本件编号的其他记录 {len(found.veiled)} 条 (值班日志、会议、行动、问责等), 其中"
            "这位反映人的姓名、电话已一并隐去, 其余文字没有删除。"
        )
    if found.elsewhere:
        named = "、".join(f"{e.subject} 第 {e.seq} 号" for e in found.elsewhere[:_LISTED])
        more = f" 等 {len(found.elsewhere)} 条" if len(found.elsewhere) > _LISTED else ""
        yield f"别处也写有同样的姓名、电话或编号, 没有删除: {named}{more}。"
    if tidied.swept:
        yield f"清理了中断的备份、导出留下的文件 {len(tidied.swept)} 个。"
    for file in tidied.unfinished:
        yield f"可能正在写的备份或导出, 没有动: {file}; 不是的, 十分钟后再运行一次。"
    for file in tidied.copies:
        yield f"这个备份里还有: {file}; 请按备份的保存规定销毁或到期更换。"
    yield (
        f"来源渠道“{found.channel}”里的原件不在台账内; 来源再次报送的, 将作为新件登记。"
        "另存的备份、导出的文件、打印件和其他账号未登记完的草稿请一并处理。"
    )


_LISTED = 5


def _drop_drafts(found: Doomed) -> int:
    from sixping.console.draft import drop_drafts
    from sixping.services.personal.marks import Marks

    marks, texts = Marks.of(found.words), found.words.get("text", ())
    return drop_drafts(lambda said: marks.stand_in(said) or any(text in said for text in texts))


def _document(seq: int | None, found: Doomed, tidied: Tidied) -> dict[str, Any]:
    return {
        "number": found.number,
        "seq": seq,
        "erased": len(found.seqs),
        "merged": list(found.merged),
        "hidden": sorted(found.veiled),
        "elsewhere": [each._asdict() for each in found.elsewhere],
        "channel": found.channel,
        "swept": [str(file) for file in tidied.swept],
        "unfinished": [str(file) for file in tidied.unfinished],
        "backups": [str(file) for file in tidied.copies],
    }


# --- audit ---------------------------------------------------------------------------------


@answering
def audit(
    ctx: typer.Context,
    *,
    since: Annotated[str | None, dated.AUDIT_SINCE.option] = None,
    until: Annotated[str | None, dated.AUDIT_UNTIL.option] = None,
    wish: Wish,
) -> None:
    """谁查看、查找、导出、删除过个人信息: 何时、哪些件、什么理由。

    示例:
      sixping audit --since 2026-11-01
      sixping audit --since 11月1日 --until 11月30日 --format csv
    """
    from sixping.services.personal.privacy import AUDITED, entries, sums

    context = Context.of(ctx)
    wish.choose(context)
    context.existing_ledger()
    span = _span(context, since, until)
    with reading(context) as con:
        found = entries(con, *span)
    rows = [_row(entry, AUDITED[entry.kind]) for entry in found]
    people = sums(found)
    publish(context, wish, rows, AUDIT, {"items": rows, "people": people})
    if context.terminal.isatty:
        context.say(*(f"{p['by'] or p['account']}: {_counted(p, AUDITED)}" for p in people))
        context.say(f"共 {len(rows)} 条。" if rows else "这段时间没有查看、导出或删除个人信息。")


def _row(entry: Entry, label: str) -> dict[str, Any]:
    from sixping.documents.cases import masked

    return entry._asdict() | {
        "label": label,
        "by": masked("by", entry.by, reveal=False),
        "numbers": list(entry.numbers),
        "reason": masked("reason", entry.reason, reveal=False),
    }


def _counted(person: dict[str, Any], labels: Any) -> str:  # noqa: ANN401
    return "、".join(f"{labels[kind]} {n} 次" for kind, n in person["counts"].items()) + "。"


def _span(context: Context, since: str | None, until: str | None) -> tuple[str, str]:
    """Return the first instant and the first after the span, as ledger text."""
    from sixping.services.filters import days

    def day(value: str | None, row: dated.Dated) -> date | None:
        from sixping.console.days import day_of

        return None if value is None else day_of(context, value, row)

    start, end = day(since, dated.AUDIT_SINCE), day(until, dated.AUDIT_UNTIL)
    if start and end and start > end:
        raise UsageFault("--since 晚于 --until。", "请核对两个日期。")
    first, after = days(start, end)
    return first or "", after or "9"

"""``inspection`` (附2.2): monthly totals of inspections and sampling, the cases of what failed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import month_of, then_of
from sixping.console.nothing import asleep, of_list
from sixping.console.options import PLATFORM, Json, Reason, revealing
from sixping.console.recording import (
    Seq,
    pairs,
    reading,
    record_seen,
    recording,
    refuse_faults,
    void_event,
)
from sixping.console.stepcommand import require_text
from sixping.office.inspections import STREAM, inspections_on
from sixping.policy.vocabulary import Platform
from sixping.queries.office import keeps
from sixping.render.table import Column
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.office.inspections import Inspection
    from sixping.services.office.inspections import Said

Month = Annotated[str, dated.INSPECTION_MONTH.option]
Kind = Annotated[
    str, typer.Option("--kind", metavar="种类", help="抽检 快速检测 市场巡查 培训, 见规则")
]
OfPlatform = Annotated[
    Platform | None,
    typer.Option(
        "--platform", click_type=PLATFORM, metavar="平台", help="只有一个平台记这一种的, 可以不写"
    ),
]
Found = Annotated[
    list[str] | None,
    typer.Option("--found", metavar="内容", help="不合格的, 各登记一件, 渠道为规则所定"),
]
Case = Annotated[
    list[str] | None, typer.Option("--case", metavar="编号", help="不合格的已经登记为哪一件")
]
_COLUMNS = (
    Column("month", "月份"),
    Column("platform", "平台", "platform"),
    Column("kind", "种类"),
    Column("counted", "数", elastic=True),
    Column("failed", "不合格", "int"),
    Column("cases", "事项", "list"),
    Column("without_case", "未登记", "int"),
    Column("corrected", "更正", "int"),
    Column("partial", "月内所记", "bool"),
    Column("seq", "序号", "int"),
    Column("reason", "更正理由", mask="text"),
    Column("note", "备注", mask="text"),
)
#: what leaves where the rows are too wide, in this order
_LEAVING = ("note", "reason", "partial", "corrected", "cases", "platform")


def enter(
    ctx: typer.Context,
    month: Month,
    kind: Kind,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", metavar="指标=数", help="如 批次=120; 不知道的不写, 不是 0"),
    ] = None,
    platform: OfPlatform = None,
    found: Found = None,
    case: Case = None,
    note: Annotated[str | None, typer.Option("--note", metavar="文字")] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="与已记的不同时, 为什么更正")
    ] = None,
    as_json: Json = False,
) -> None:
    """记一个月的检查抽检数; 已记过而不同的须写更正理由, 不合格的可同时登记 (附2.2)。

    示例:
      sixping inspection enter --month 2026-11 --kind 抽检 --value 批次=120 --value 合格=118
        --value 不合格=2 --found "农贸市场3号摊豆芽抽检不合格" --case 123
      sixping inspection enter --month 2026-11 --kind 培训 --value 人次=46
      sixping inspection enter --month 2026-11 --kind 培训 --value 人次=48 --reason 漏计一场
    """
    from sixping.services.intake import intake_data
    from sixping.services.office.inspections import enter as record
    from sixping.services.office.inspections import rows as rows_of
    from sixping.services.office.inspections import rules_on
    from sixping.services.rulebooks import rules_in

    context = Context.of(ctx)
    context.existing_ledger()
    values = pairs(value, "--value", "批次=120")
    said = _said(context, month, kind, platform, found, case)._replace(
        values=values,
        note=None if note is None else require_text(note, "备注 (--note)"),
        reason=None if reason is None else require_text(reason, "理由 (--reason)"),
    )
    with recording(context) as tx:
        data = intake_data(tx.con, context.now.date())
        total, registered, new = record(tx, said, data, rules_in(tx.con))
        (row,) = rows_of(tx.con, [total], rules_on(tx.con))
    seq = total.seq if new else None
    _tell(context, total, registered, row, seq, as_json=as_json)


def link(
    ctx: typer.Context,
    month: Month,
    kind: Kind,
    platform: OfPlatform = None,
    found: Found = None,
    case: Case = None,
    as_json: Json = False,
) -> None:
    """把不合格的连到事项: 已登记的写编号, 没有登记的写内容, 随即登记 (附2.2)。

    示例:
      sixping inspection link --month 2026-11 --kind 抽检 --case 123
      sixping inspection link --month 2026-11 --kind 抽检 --found "农贸市场3号摊豆芽抽检不合格"
    """
    from sixping.errors import UsageFault
    from sixping.services.intake import intake_data
    from sixping.services.office.inspections import link as record
    from sixping.services.office.inspections import rows as rows_of
    from sixping.services.office.inspections import rules_on
    from sixping.services.rulebooks import rules_in

    context = Context.of(ctx)
    context.existing_ledger()
    if not (found or case):
        raise UsageFault("没有写明是哪一件。", "请写 --case 编号, 或 --found 内容。")
    said = _said(context, month, kind, platform, found, case)
    with recording(context) as tx:
        data = intake_data(tx.con, context.now.date())
        total, registered, seq = record(tx, said, data, rules_in(tx.con))
        (row,) = rows_of(tx.con, [total], rules_on(tx.con))
    _tell(context, total, registered, row, seq, as_json=as_json)


def _said(
    context: Context,
    month: str,
    kind: str,
    platform: Platform | None,
    found: list[str] | None,
    case: list[str] | None,
) -> Said:
    from sixping.services.office.inspections import Said, month_text

    first, _ = month_of(context, month, dated.INSPECTION_MONTH)
    return Said(
        month_text(first),
        kind,
        platform,
        {},
        [require_text(text, "内容 (--found)") for text in found or ()],
        [full_number(number, context.now.year) for number in case or ()],
    )


def _tell(
    context: Context,
    total: Inspection,
    registered: Sequence[str],
    row: dict[str, Any],
    seq: int | None,
    *,
    as_json: bool,
) -> None:
    from sixping.services.office.inspections import values_words, words_of

    did = "已记录" if seq else "以前已经这样记过, 没有重复记录"
    context.say(f"{did}: {words_of(total.key)}: {values_words(total.values)} (第 {total.seq} 号)。")
    if seq:
        context.say(f"记错了: sixping inspection void {seq} --reason 理由")
    if seq and total.partial:
        context.say(f"{total.key.month} 还没有过完, 月末有变请更正。")
    for number in registered:
        context.say(f"{number} 已登记; 下一步: sixping accept {number}")
    if left := row["without_case"]:
        key = total.key
        way = f"sixping inspection link --month {key.month} --kind {key.sort} --case 编号"
        context.say(f"不合格的还有 {left} 个没有登记为事项: {way} (或 --found 内容)")
    if more := row["surplus"]:
        context.say(
            f"注意: 登记的事项比不合格数 {row['failed']} 多 {more} 件, 请核对有没有登记两次。",
            "刚登记的: sixping undo 件号; 以前的: sixping merge 件号 --into 件号",
        )
    if as_json:
        publish(context, Wish(as_json=True), [], (), row)


def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="文件", help="CSV 或 XLSX")],
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="表名", help="工作表")] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="编码", help="CSV 的编码, 默认自动判断")
    ] = None,
) -> None:
    """从 CSV 或 XLSX 导入各月检查抽检数; 重复导入不会重复登记, 有错则一行也不导入。

    须有的列: 月份 种类; 每个指标一列 (批次 合格 不合格 次数 人次,
    或 抽检批次、巡查次数 等), 另可有 平台 备注。

    示例:
      sixping inspection import 2026年抽检.xlsx
    """
    from sixping.importing.officefiles import read_records
    from sixping.services.office.inspections import rules_on, sheet_of, take_in

    context = Context.of(ctx)
    context.existing_ledger()
    with reading(context) as con:
        columns = sheet_of(rules_on(con))
    unused: list[str] = []
    _, rows, faults = read_records(
        file, columns, now=context.now, sheet=sheet, encoding=encoding, unused=unused
    )
    with recording(context) as tx:
        added = take_in(tx, rows, faults, context.now)
        refuse_faults(context, faults)
    context.say(
        f"导入 {added} 条, 以前已有 {len(rows) - added} 条。",
        "核对, 并把不合格的登记为事项: sixping inspection list",
    )
    if unused:
        context.say(f"没有用到的列: {'、'.join(map(mask_text, unused))}")


@revealing
def list_(
    ctx: typer.Context,
    month: Annotated[str | None, dated.INSPECTIONS_MONTH.option] = None,
    platform: Annotated[
        Platform | None, typer.Option("--platform", click_type=PLATFORM, metavar="平台")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", metavar="种类")] = None,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出各月的检查抽检数, 旧的在前: 不合格多少, 其中多少还没有登记为事项 (附2.2)。

    示例:
      sixping inspection list
      sixping inspection list --month 2026-11 --kind 抽检 --json
    """
    from sixping.services.office.inspections import month_text, rules_on, values_words
    from sixping.services.office.inspections import rows as rows_of

    context = Context.of(ctx)
    wish.choose(context)
    span = month_of(context, month, dated.INSPECTIONS_MONTH) if month else None
    with reading(context) as con:
        seq = then_of(context, con, as_of).seq
        known = rules_on(con, seq)
        totals = inspections_on(con, as_of=seq) if keeps(con, "inspections", seq) else {}
        only = known.find(kind).name if kind else None
        which = [
            total
            for key, total in sorted(totals.items())
            if (span is None or key.month == month_text(span[0]))
            and (platform is None or key.platform is platform)
            and (only is None or key.sort == only)
        ]
        chosen = rows_of(con, which, known, reveal=wish.reveal, as_of=seq)
    record_seen(context, wish, "inspection", chosen)
    rows = [row | {"counted": values_words(row["values"])} for row in chosen]
    publish(context, wish, rows, _COLUMNS, chosen, leaving=_LEAVING)
    if not chosen and not asleep(context, "inspections"):
        of_list(
            context, (month, platform, only, as_of), whole=len(totals), what="检查抽检的记录",
            listing="sixping inspection list",
            begin="sixping inspection enter --month 月 --kind 种类 --value 指标=数",
        )  # fmt: skip


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的; 更正以前的数随之恢复, 登记的件不受影响, 两条都保留在台账里。

    示例:
      sixping inspection void 45 --reason 月份写错
    """
    void_event(Context.of(ctx), STREAM, seq, reason)

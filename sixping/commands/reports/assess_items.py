"""What people record for the assessment: manual items, opinions, consents (五.2, 附3.5)."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console import dated
from sixping.console.answers import publish
from sixping.console.context import Context
from sixping.console.days import day_of
from sixping.console.nothing import of_list
from sixping.console.options import Reason, revealing
from sixping.console.recording import (
    Seq,
    organisation_of,
    reading,
    record_seen,
    recording,
    void_event,
)
from sixping.console.stepcommand import require_text
from sixping.documents.assessment import item_json, item_revealed
from sixping.errors import NotAllowed, UsageFault
from sixping.office import streams
from sixping.office.letters import STREAM as LETTERS
from sixping.office.marks import ITEMS, STREAM, TEXTS, ConsentGiven, ItemAdded, OpinionGiven
from sixping.office.procedure import STREAM as PROCEDURE
from sixping.policy.assessment import KINDS
from sixping.policy.units import UnitKind
from sixping.render.assessment import ITEM_COLUMNS
from sixping.util.dates import parse_year

if TYPE_CHECKING:
    from sixping.cases.codec import Recorded
    from sixping.console.answers import Wish

Text = Annotated[str, typer.Option("--text", metavar="文字", help="正文, 记入台账")]
Agency = Annotated[str, typer.Argument(metavar="机构", help="派驻机构")]
Day = Annotated[str | None, dated.MARK_DATE.option]
_MOST = 100
_PLACES = -2


def add(
    ctx: typer.Context,
    *,
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="机关、社区或派驻机构")],
    points: Annotated[
        str, typer.Option("--points", metavar="分", help="加几分; 减分写负数, 如 --points=-2.5")
    ],
    reason: Reason,
    day: Day = None,
) -> None:
    """加分或减分一笔, 写明理由 (五.2)。

    示例:
      sixping assess item add --unit 江一社区 --points 2 --reason 区级通报表扬
      sixping assess item add --unit 市场监管所 --points=-1.5 --reason 材料迟交
    """
    context = Context.of(ctx)
    value, why = _points(points), require_text(reason, "理由 (--reason)")
    when = day_of(context, day, dated.MARK_DATE)
    subject = organisation_of(context, when).units.find(unit)
    if subject.kind not in KINDS:
        raise UsageFault(f"{subject.name} 不是考核对象。", "考核对象是机关各办、社区和派驻机构。")
    event = ItemAdded(unit=subject.name, day=when, points=f"{value:f}", reason=why)
    seq = _record(context, ITEMS, event)
    context.say(
        f"已记 {subject.name} {value:+f} 分 (第 {seq} 号), 记录人 {context.by}。", _undo(seq)
    )


def _points(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal(0)
    exponent = value.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= _PLACES and abs(value) <= _MOST
    if not fits or not value:
        raise UsageFault(
            f"分数 {text} 用不了。", "请写不为 0、至多两位小数、绝对值不超过 100 的数, 如 -2.5。"
        )
    return value


@revealing
def list_(
    ctx: typer.Context,
    *,
    wish: Wish,
) -> None:
    """列出手工加减分: 理由和记录人。

    示例:
      sixping assess item list
    """
    from sixping.services.assessment import manual_items

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        items = manual_items(con)
    rows = [item_json(item_revealed(item) if wish.reveal else item) for item in items]
    record_seen(context, wish, "assess", rows)
    publish(context, wish, rows, ITEM_COLUMNS, rows, leaving=("by", "seq"))
    if not rows:
        of_list(
            context, (), whole=0, what="手工加减分", listing="",
            begin="sixping assess item add --unit 单位 --points 分 --reason 理由",
        )  # fmt: skip


def opinion(
    ctx: typer.Context,
    *,
    agency: Agency,
    text: Text,
    year: Annotated[str | None, dated.OPINION_YEAR.option] = None,
) -> None:
    """记录街道对派驻机构干部的年度书面意见 (附3.5)。

    没有来函、街道主动写的用本命令; 派出部门来函征求的 (登记簿“征求意见和任免同意”) 用
    assess ask 记来函, 用 assess reply 答复。

    示例:
      sixping assess opinion 市场监管所 --year 2026 --text "履职情况良好"
    """
    from sixping.services.assessment import opinion_of

    context = Context.of(ctx)
    words = require_text(text, "书面意见 (--text)")
    of = parse_year(year, context.now)[0].year if year else context.now.year
    if of > context.now.year:
        raise UsageFault(f"{of} 年还没有开始。", "请核对年度。")
    name = _agency(context, agency)
    with reading(context) as con:
        earlier = opinion_of(con, name, of)
    if earlier is not None:
        raise NotAllowed(
            f"{name} {of} 年度已有书面意见 (第 {earlier} 号)。",
            f"要改写的, 先撤销: sixping assess void {earlier} --reason 理由",
        )
    seq = _record(context, TEXTS, OpinionGiven(agency=name, year=of, text=words), year=of)
    context.say(f"已记录对 {name} 干部 {of} 年度的书面意见 (第 {seq} 号)。", _undo(seq))


def consent(ctx: typer.Context, *, agency: Agency, text: Text, day: Day = None) -> None:
    """记录街道对派驻机构负责人任免的事先同意 (附3.5)。

    没有来函的用本命令; 派出部门来函征求的 (登记簿“征求意见和任免同意”) 用 assess ask --about
    任职同意 (免职同意) 记来函, 用 assess reply --agreed 答复, 同意在不在任免以前会一并核对。

    示例:
      sixping assess consent 市场监管所 --text "同意任命拟任所长"
    """
    context = Context.of(ctx)
    words = require_text(text, "事先同意 (--text)")
    when = day_of(context, day, dated.MARK_DATE)
    name = _agency(context, agency)
    seq = _record(context, TEXTS, ConsentGiven(agency=name, day=when, text=words))
    context.say(f"已记录对 {name} 负责人任免的事先同意 (第 {seq} 号)。", _undo(seq))


def void(ctx: typer.Context, seq: Seq, reason: Reason) -> None:
    """撤销一条记错的加减分、意见、同意、来函或考核程序; 两条都保留在台账里。

    示例:
      sixping assess void 210 --reason 单位写错
    """
    from sixping.store.log import origin

    context = Context.of(ctx)
    with reading(context) as con:
        found = origin(con, seq)
    stream = found[0] if found and found[0] in {PROCEDURE, LETTERS} else STREAM
    void_event(context, stream, seq, reason)


def _agency(context: Context, name: str) -> str:
    unit = organisation_of(context, context.now.date()).units.find(name)
    if unit.kind is not UnitKind.AGENCY:
        raise UsageFault(
            f"{unit.name} 不是派驻机构。", "派驻机构见: sixping units list --kind agency"
        )
    return unit.name


def _record(context: Context, subject: str, event: Recorded, *, year: int | None = None) -> int:
    """Record what stands alone; what a letter waits for is its answer, and refused here."""
    with recording(context) as tx:
        if isinstance(event, OpinionGiven | ConsentGiven):
            from sixping.services.office.letters import refuse_apart

            refuse_apart(tx.con, event.agency, year)
        return streams.record(tx, STREAM, subject, event, tx.stamp.now)


def _undo(seq: int) -> str:
    return f"记错了: sixping assess void {seq} --reason 理由"

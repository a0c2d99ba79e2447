"""``assess draft|sheet|object|answer|approve|procedure``: 草稿, 核对, 审定 (五.2, 附3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import answers, dated
from sixping.console.answers import Wish, fitting, publish
from sixping.console.context import Context
from sixping.console.days import day_of, period_of, then_of
from sixping.console.frame import bare_values
from sixping.console.nothing import asleep, of_list
from sixping.console.options import AsJson, answering
from sixping.console.recording import organisation_of, reading, recording
from sixping.console.stepcommand import require_text
from sixping.documents.phrases import first_of
from sixping.errors import NotAllowed, UsageFault
from sixping.office.procedure import ObjectionAnswered, procedures_on
from sixping.queries.office import keeps
from sixping.render.table import Column
from sixping.util.daytext import understood_day, understood_span
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.office.procedure import Procedure
    from sixping.reports.spans import ReportRequest

Month = Annotated[str | None, dated.PROCEDURE_MONTH.option]
Quarter = Annotated[str | None, dated.PROCEDURE_QUARTER.option]
Year = Annotated[str | None, dated.PROCEDURE_YEAR.option]
Day = Annotated[str | None, dated.PROCEDURE_DATE.option]
_COLUMNS = (
    Column("kind", "种类"),
    Column("from", "自", "day"),
    Column("to", "至", "day"),
    Column("state", "现状"),
    Column("draft", "草稿", "int"),
    Column("drafted_at", "出草稿", "time"),
    Column("units", "对象", "int"),
    Column("sheets", "已发核对单", "int"),
    Column("objections", "异议", "int"),
    Column("open_objections", "待答复", "int"),
    Column("allowed", "采纳", "int"),
    Column("approved", "审定", "day"),
    Column("meeting", "会议"),
    Column("body", "机构"),
    Column("counts_in", "计入年度", "int"),
    Column("digest", "数的校验码"),
)
_COLUMNS_FROM = {"digest": 200, "drafted_at": 130, "allowed": 130, "draft": 110, "counts_in": 110}
_LEAVING = ("body", "meeting", "objections", "units", "sheets")
_SHEET = (
    Column("unit", "单位"),
    Column("kind", "种类"),
    Column("cases", "件数", "int"),
    Column("draft", "草稿", "int"),
    Column("handed", "已发", "day"),
)
_DATA = frozenset({"tsv", "csv", "json", "jsonl"})
_NAMED = 8
_KINDS = {"month": "月", "quarter": "季", "year": "年"}


def _request(
    context: Context, month: str | None, quarter: str | None, year: str | None
) -> ReportRequest:
    return period_of(context, None, {"month": month, "quarter": quarter, "year": year})


@bare_values(month="last", quarter="last", year="last")
def draft(
    ctx: typer.Context,
    *,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    as_json: AsJson = False,
) -> None:
    """记录一期考核的草稿: 各项的数、校验码; 采纳异议后可以重出 (五.2)。

    示例:
      sixping assess draft --quarter 2026Q3
    """
    from sixping.services.office.procedure import made, record

    context = Context.of(ctx)
    request = _request(context, month, quarter, year)
    with reading(context) as con:
        event = made(con, request)
    with recording(context) as tx:
        procedure, seq = record(tx, request, [event])
    context.say(
        f"已记录 {understood_span(*request.span)} 的考核草稿 (第 {event.draft} 稿, 第 {seq} 号),"
        f" 考核对象 {len(procedure.units)} 个。",
        f"下一步发核对单: sixping assess sheet {request.option} -o 核对单.docx",
    )
    _answer(context, procedure, as_json=as_json)


@bare_values(month="last", quarter="last", year="last")
@answering
def sheet(
    ctx: typer.Context,
    *,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="单位", help="只发这些单位; 可多次")
    ] = None,
    day: Day = None,
    wish: Wish,
) -> None:
    """发核对单: 每个考核对象一页, 印草稿的数; 发给了谁记入台账 (五.2)。

    写成 docx、html、xlsx、md 即记为已发; 在屏幕上看和 --json 不记。

    示例:
      sixping assess sheet --quarter 2026Q3 -o 核对单.docx
      sixping assess sheet --quarter 2026Q3 --unit 市场监管所 -o 核对单.docx
    """
    from sixping.documents.assessed import recorded
    from sixping.office.organisation import organisation_at
    from sixping.services.office.procedure import as_drafted, drafted, record, sheets
    from sixping.services.papers.assessment import sheets_of

    context = Context.of(ctx)
    fmt = wish.choose(context, answers.PAPER_FORMATS)
    answers.require_file(wish, fmt, "核对单")
    request = _request(context, month, quarter, year)
    when = day_of(context, day, dated.PROCEDURE_DATE)
    with reading(context) as con:
        procedure = drafted(con, request)
        units = _units(context, procedure, unit or (), request)
        of = as_drafted(con, request, procedure.draft)
        room = organisation_at(con, request.span.last, of.assessment.seq).units.room
        paper = sheets_of(con, of, units, room)
        told = [s for s in recorded(of.assessment, names=True)["subjects"] if s["name"] in units]
    if fmt in _DATA:
        from sixping.services.office.procedure import procedure_json

        document = {"period": procedure_json(procedure), "sheets": told}
        rows = [_sheet_row(procedure, each) for each in told]
        publish(context, wish, rows, _SHEET, told if fmt == "jsonl" else document)
        return
    answers.rehearse_paper(context, wish, paper)
    lacking = set(units).intersection(procedure.without_sheet) if fmt != "table" else ()
    if procedure.approval is None and lacking:
        with recording(context) as tx:
            handed = sheets(tx.con, request, procedure, units, when)
            procedure, seq = record(tx, request, handed)
        if handed:  # nobody else handed them out meanwhile
            names = first_of([each.unit for each in handed], _NAMED)
            context.say(f"已记录发给核对单 {len(handed)} 份: {names} (至第 {seq} 号)。")
    answers.publish_paper(context, wish, paper, name="核对单")
    _say_next(context, procedure, request)


def _sheet_row(procedure: Procedure, subject: Mapping[str, Any]) -> dict[str, Any]:
    unit, handed = subject["name"], procedure.sheets.get(subject["name"])
    return {
        "unit": unit,
        "kind": subject["kind"],
        "cases": subject["cases"],
        "draft": procedure.draft.draft,
        "handed": handed.day if handed and procedure.has_sheet(unit) else None,
    }


def _units(
    context: Context, procedure: Procedure, asked: Sequence[str], request: ReportRequest
) -> list[str]:
    """Return the units that get a sheet, names in full. Raises ``UsageFault`` for others."""
    if not asked:
        return procedure.units
    return [_unit(context, procedure, name, request) for name in asked]


def _unit(context: Context, procedure: Procedure, name: str, request: ReportRequest) -> str:
    known = organisation_of(context, request.span.last).units.get(name.strip())
    unit = known.name if known else name.strip()
    if unit not in procedure.units:
        raise UsageFault(
            f"考核对象里没有这个单位: {name}", f"考核对象: {'、'.join(procedure.units)}。"
        )
    return unit


@bare_values(month="last", quarter="last", year="last")
def object_(
    ctx: typer.Context,
    *,
    unit: Annotated[str, typer.Option("--unit", metavar="单位", help="提出异议的单位")],
    text: Annotated[str, typer.Option("--text", metavar="文字", help="对哪个数、为什么")],
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """记录考核对象对草稿的异议 (五.2)。

    示例:
      sixping assess object --quarter 2026Q3 --unit 市场监管所 --text "123 不是本所承办"
    """
    from sixping.services.office.procedure import drafted, object_to

    context = Context.of(ctx)
    words = require_text(text, "异议 (--text)")
    request = _request(context, month, quarter, year)
    when = day_of(context, day, dated.PROCEDURE_DATE)
    with reading(context) as con:
        name = _unit(context, drafted(con, request), unit, request)
    with recording(context) as tx:
        objection, seq = object_to(tx, request, name, when, words)
        procedure = drafted(tx.con, request)
    context.say(
        f"已记录 {name} 的异议 {objection} (第 {seq} 号)。",
        f"答复: sixping assess answer {objection} --refused --text 理由"
        " (采纳的写 --allowed --changed 改了什么)",
    )
    _answer(context, procedure, as_json=as_json, objection=objection)


def answer(
    ctx: typer.Context,
    objection: Annotated[str, typer.Argument(metavar="异议", help="如 y2, 见 assess procedure")],
    *,
    allowed: Annotated[
        bool | None, typer.Option("--allowed/--refused", help="采纳, 或不采纳")
    ] = None,
    text: Annotated[str, typer.Option("--text", metavar="文字", help="答复的内容")],
    changed: Annotated[
        str | None, typer.Option("--changed", metavar="文字", help="采纳的: 改了什么")
    ] = None,
    day: Day = None,
    as_json: AsJson = False,
) -> None:
    """答复一条异议: 采纳 (写明改了什么) 或不采纳; 采纳的须重出草稿 (五.2)。

    示例:
      sixping assess answer y2 --refused --text "分派记录显示由本单位承办"
      sixping assess answer y2 --allowed --text "情况属实" --changed "123 已更正收件时间"
    """
    from sixping.services.office.procedure import answer as record_answer

    context = Context.of(ctx)
    if allowed is None:
        raise UsageFault("没有写明采纳还是不采纳。", "请写 --allowed 或 --refused。")
    if allowed and changed is None:
        raise UsageFault("采纳的异议须写明改了什么。", "请加 --changed, 如 “123 已更正收件时间”。")
    if not allowed and changed is not None:
        raise UsageFault("不采纳的没有改动。", "请去掉 --changed, 或改写 --allowed。")
    when = day_of(context, day, dated.PROCEDURE_DATE)
    event = ObjectionAnswered(
        objection=objection.strip().lower(),
        allowed=allowed,
        day=when,
        text=require_text(text, "答复 (--text)"),
        changed=require_text(changed, "改动 (--changed)") if changed else None,
    )
    with recording(context) as tx:
        procedure, seq = record_answer(tx, objection, event)
    said = (
        f"已采纳, 改好以后请重出草稿: sixping assess draft {procedure.option}"
        if allowed
        else "不采纳"
    )
    context.say(f"已答复异议 {event.objection} (第 {seq} 号): {said}。")
    if not allowed:
        waiting = [each.id for each in procedure.unanswered]
        context.say(
            f"还没有答复的异议: {'、'.join(waiting)}"
            if waiting
            else f"都答复了; 审定: sixping assess approve {procedure.option} --meeting 会议编号"
        )
    _answer(context, procedure, as_json=as_json)


@bare_values(month="last", quarter="last", year="last")
def approve(
    ctx: typer.Context,
    *,
    month: Month = None,
    quarter: Quarter = None,
    year: Year = None,
    meeting: Annotated[
        str | None, typer.Option("--meeting", metavar="会议", help="审定的会议, 如 m3")
    ] = None,
    body: Annotated[
        str | None, typer.Option("--body", metavar="机构", help="没有登记会议的: 由哪个机构审定")
    ] = None,
    day: Annotated[str | None, dated.APPROVED_DATE.option] = None,
    counts: Annotated[
        bool, typer.Option("--counts", help="结果计入年度目标责任制考核成绩 (附3.5)")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """审定一期考核: 单位都已核对、异议都已答复; 以后印的就是审定的数 (五.2, 附3.5)。

    示例:
      sixping assess approve --quarter 2026Q3 --meeting m3 --counts
      sixping assess approve --year 2026 --body 街道党工委会议 --date 2027-01-15 --counts
    """
    from sixping.services.office.procedure import approve as record_approval
    from sixping.services.office.procedure import differing

    context = Context.of(ctx)
    if meeting and day:
        raise UsageFault("会议的日期以登记的为准。", "请去掉 --date; 只有 --body 才写 --date。")
    who = require_text(body, "机构 (--body)", SHORT) if body is not None else None
    request = _request(context, month, quarter, year)
    when = day_of(context, day, dated.APPROVED_DATE) if day else None
    with recording(context) as tx:
        procedure, seq = record_approval(
            tx, request, meeting=meeting, body=who, day=when, counts=counts
        )
    approval = procedure.approval
    if approval is None:  # never: it was just recorded
        raise NotAllowed("没有审定。")
    more = f", 计入 {approval.counts_in} 年度目标责任制考核成绩" if approval.counts_in else ""
    context.say(
        f"已审定 {understood_span(*request.span)} 的考核 ({understood_day(approval.day)},"
        f" 第 {seq} 号){more}。",
        f"打印: sixping assess show {request.option} -o 考核.docx",
    )
    with reading(context) as con:
        other = differing(con, request, procedure.draft)
    if other:
        context.say(
            f"注意: 审定的是第 {procedure.draft.draft} 稿的数; 此后有补录或办理, 按现在的记录,"
            f" {first_of(other, _NAMED)}的数与它不同。要用现在的数: 撤销审定, 重出草稿。"
        )
    _answer(context, procedure, as_json=as_json)


@answering
def list_(
    ctx: typer.Context,
    *,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    wish: Wish,
) -> None:
    """列出各期考核走到哪一步: 草稿、核对单、异议、审定 (五.2)。

    示例:
      sixping assess procedure
    """
    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        seq = then_of(context, con, as_of).seq
        kept = keeps(con, "procedure", seq)
        rows = [_row(each) for each in procedures_on(con, seq).values()] if kept else []
    rows.sort(key=lambda row: (row["to"], row["from"]))
    publish(context, wish, rows, fitting(context, wish, _COLUMNS, _COLUMNS_FROM), rows,
            leaving=_LEAVING)  # fmt: skip
    if not rows and not asleep(context, "procedure"):
        of_list(
            context, (), whole=0, what="考核草稿", listing="",
            begin="sixping assess draft --quarter",
        )  # fmt: skip


def _row(procedure: Procedure) -> dict[str, Any]:
    from sixping.services.office.procedure import procedure_json

    row = procedure_json(procedure)
    return row | {"kind": _KINDS.get(row["kind"], row["kind"])}


def _answer(context: Context, procedure: Procedure, *, as_json: bool, **more: str) -> None:
    if as_json:
        row = _row(procedure) | more
        publish(context, Wish(as_json=True), [row], _COLUMNS, row)


def _say_next(context: Context, procedure: Procedure, request: ReportRequest) -> None:
    """Say what is left before the approval."""
    if procedure.approval is not None:
        return
    lacking = procedure.without_sheet
    if lacking:
        context.say(f"还没有核对单的 {len(lacking)} 个单位: {first_of(lacking, _NAMED)}")
        return
    context.say(
        "各单位都有核对单了。有异议的: sixping assess object"
        f" {request.option} --unit 单位 --text 内容;"
        f" 没有的: sixping assess approve {request.option} --meeting 会议编号"
    )

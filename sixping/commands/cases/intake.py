"""``intake`` and ``triage``: a report is judged, gets its number and its clocks (二.1, 二.2)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.intake import read_input, suggestion_json
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.calendarnote import remark
from sixping.console.context import Context
from sixping.console.days import read_moment
from sixping.console.incoming import answer_lines, ask_missing, ask_text, read_text
from sixping.console.options import Json
from sixping.console.receipt import saved, show, tell_repeats
from sixping.console.stepcommand import stamp_of
from sixping.documents.phrases import report_first
from sixping.errors import BadData, UsageFault
from sixping.policy.vocabulary import Severity
from sixping.render.table import Column
from sixping.triage.suggest import suggest
from sixping.util.dates import parse_moment
from sixping.util.text import dump_json, mask_text

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.intake import IntakeData, ReportInput
    from sixping.services.taking import Receipt

Text = Annotated[
    str | None, typer.Argument(metavar="[内容]", help="反映的内容; - 表示从标准输入读取")
]
Lines = Annotated[bool, typer.Option("--jsonl", help="从标准输入逐行读取 JSON, 逐行回答, 次序不变")]
Channel = Annotated[
    str | None, typer.Option("--channel", metavar="渠道", help="不写则为规则里的默认渠道")
]
SourceNo = Annotated[
    str | None, typer.Option("--source-no", metavar="编号", help="来源渠道自己的编号")
]
Received = Annotated[str | None, dated.RECEIVED.option]
Category = Annotated[
    str | None, typer.Option("--category", metavar="类别", help="自定类别, 与建议一并记录")
]
Grade = Annotated[
    Severity | None, typer.Option("--severity", metavar="等级", help="自定等级: 一般 较大 重大")
]
RequestId = Annotated[
    str | None, typer.Option("--request-id", metavar="标识", help="重复提交时只登记一次")
]


def intake(  # noqa: PLR0917 - the promised options
    ctx: typer.Context,
    text: Text = None,
    channel: Channel = None,
    source_no: SourceNo = None,
    place: Annotated[str | None, typer.Option("--place", metavar="地点")] = None,
    community: Annotated[str | None, typer.Option("--community", metavar="社区")] = None,
    grid: Annotated[str | None, typer.Option("--grid", metavar="网格")] = None,
    reporter: Annotated[str | None, typer.Option("--reporter", metavar="姓名")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="电话")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="反映人不愿留名")] = False,
    received: Received = None,
    category: Category = None,
    severity: Grade = None,
    request_id: RequestId = None,
    jsonl: Lines = False,
    as_json: Json = False,
) -> int:
    """登记一件: 建议类别、平台、等级和单位, 时限开始计算。

    示例:
      sixping intake "江南大道占道经营" --channel 网格员
      sixping intake "3幢电梯困人" --community 江一社区 --phone 13800000000
      sixping intake - < 来信.txt
      sixping intake --jsonl < 批量.jsonl
    """
    context = Context.of(ctx)
    context.existing_ledger()
    fields = {
        "channel": channel, "source_no": source_no, "place": place, "community": community,
        "grid": grid, "reporter": reporter, "phone": phone, "category": category,
        "severity": severity.value if severity else None,
    }  # fmt: skip
    if jsonl:
        if text not in {None, "-"} or any(fields.values()) or anonymous or received or request_id:
            raise UsageFault("--jsonl 不能与内容或其他登记选项同用。", "请把它们写进每一行 JSON。")
        return answer_lines(
            context, lambda values, where: _take(context, values, where), recorded=True
        )
    words = _words(context, text, fields, anonymous=anonymous)
    report = read_input({"text": words, "anonymous": anonymous, **fields})
    moment = _received(context, received, echo=True)
    receipt, known = _register(context, report, moment, request_id)
    _tell(context, receipt, as_json=as_json, known=known)
    return 0


def _words(
    context: Context, text: str | None, fields: dict[str, str | None], *, anonymous: bool
) -> str:
    """Return the report's text; on a terminal ask for what was not given."""
    if text == "-":
        return _from_stdin(context)
    if context.interactive:
        from sixping.policy.editions import POLICY, load_policy
        from sixping.store.documents import rule_on
        from sixping.store.sqlite import reading

        with reading(context.ledger) as con:  # nobody answers questions for a ledger in ruins
            edition = rule_on(con, POLICY, load_policy).edition_at(context.now.date())
        return ask_missing(context, edition, text, fields, anonymous=anonymous)
    if text is None:
        raise UsageFault(
            "没有写明反映的内容。",
            '例如: sixping intake "江南大道占道经营", 或用 - 从标准输入读取。',
        )
    return text


def _from_stdin(context: Context) -> str:
    if context.interactive:
        context.say("请输入内容, 另起一行按 Ctrl-D 结束:")
    return read_text()


def _received(context: Context, value: str | None, *, echo: bool = False) -> datetime:
    if value is None:
        return context.now
    if echo:
        return read_moment(context, value, dated.RECEIVED)
    return parse_moment(value, context.now, dated.RECEIVED.direction)


def _register(
    context: Context, report: ReportInput, received: datetime, request_id: str | None
) -> tuple[Receipt, bool]:
    """Register once; return what is in the ledger and whether it had been there before."""
    from sixping.services.intake import register_once

    return register_once(context.ledger, stamp_of(context), report, received, request_id)


def _tell(context: Context, receipt: Receipt, *, as_json: bool, known: bool) -> None:
    number = receipt.case.number
    did = "以前已经登记, 没有重复登记" if known else "已登记"
    with saved(number):
        document, recounting = _read(context, number)
        _emergency_first(context, document)
        show(context, receipt, f"{number} {did}", document if as_json else None)
    _of_the_calendar(context, document, recounting)
    if as_json:
        return
    context.say(*(f"  {r['what']}: {r['matched']}  [{r['rule']}]" for r in document["reasons"]))
    if document["unsure"]:
        way = f"sixping regrade {number} --category 类别 --reason 理由"
        context.say(f"类别把握不大, 请核对; 确认或改类: {way}")
    tell_repeats(context, document)


def _emergency_first(context: Context, document: dict[str, Any]) -> None:
    """Say before everything else that a 突发事件 is first reported by the emergency rules."""
    known = document["emergency"]
    if known["suggested"] and not (known["reported_at"] or known["dismissed"]):
        context.say(report_first(document["number"], known["suggested"]))


def _take(context: Context, values: dict[str, Any], where: str) -> dict[str, Any]:
    stated, request_id = values.pop("received", None), values.pop("request_id", None)
    if not all(v is None or isinstance(v, str) for v in (stated, request_id)):
        raise BadData(
            f"{where}received、request_id 应为文字。", '例如 "received": "2026-11-23T09:00"'
        )
    received = _received(context, stated)
    receipt, _ = _register(context, read_input(values, where), received, request_id)
    with saved(receipt.case.number):
        document, recounting = _read(context, receipt.case.number)
    _emergency_first(context, document)
    _of_the_calendar(context, document, recounting)
    return document


def _read(context: Context, number: str) -> tuple[dict[str, Any], int]:
    """Return the case as ``show`` has it, and how many promises the calendar would move."""
    from sixping.services.casefile import read_case
    from sixping.services.recount import promises_to_recount
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.sqlite import reading

    with reading(context.ledger) as con:
        document = read_case(con, number, context.now)
        if context.remarked:
            return document, 0
        return document, promises_to_recount(con, rulebooks_on(con), context.now)


def _of_the_calendar(context: Context, document: dict[str, Any], recounting: int) -> None:
    provisional = any(c["provisional"] and c["running"] for c in document["clocks"])
    context.remarked.add("looked")  # a thousand lines of a file ask but once
    remark(context, provisional=provisional, recounting=recounting)


# --- triage ----------------------------------------------------------------------------


def triage(
    ctx: typer.Context,
    text: Text = None,
    place: Annotated[str | None, typer.Option("--place", metavar="地点")] = None,
    jsonl: Lines = False,
    as_json: Json = False,
) -> int:
    """只看建议, 不登记: 类别、平台、等级、单位和理由; 不需要台账。

    示例:
      sixping triage "小区门口烧烤油烟"
      sixping triage --jsonl < 批量.jsonl
    """
    context = Context.of(ctx)
    if jsonl:
        if text not in {None, "-"} or place:
            raise UsageFault("--jsonl 不能与内容或地点同用。", "请把它们写进每一行 JSON。")
        data = _rules_here(context)
        return answer_lines(
            context, lambda values, where: _suggested(data, values, where), recorded=False
        )
    if text is None and not context.interactive:
        raise UsageFault("没有写明内容。", '例如: sixping triage "小区门口烧烤油烟"')
    answer = _suggested(_rules_here(context), {"text": _matter(context, text), "place": place})
    if as_json:
        sys.stdout.write(f"{dump_json(answer, indent=2)}\n")
    else:
        _show_suggestion(context, answer)
    return 0


def _matter(context: Context, text: str | None) -> str:
    if text == "-":
        return _from_stdin(context)
    if text is None:
        return ask_text(None)
    return text


def _rules_here(context: Context) -> IntakeData:
    """Return what reports are judged by: the ledger's where there is one that can be read."""
    from sixping.services.intake import intake_data_of

    data, unread = intake_data_of(context.ledger, context.now.date())
    if unread:
        context.say(f"注意: 台账读不出, 只用自带的规则。{unread}")
    return data


def _suggested(data: IntakeData, values: dict[str, Any], where: str = "") -> dict[str, Any]:
    """Return the suggestion for one report; takes the lines ``intake`` takes."""
    for name in ("received", "request_id"):
        values.pop(name, None)
    report = read_input(values, where)
    place = report.place or ""
    suggestion = suggest(report.text, data.taxonomy, data.signals, data.units, place=place)
    reasons = [r._asdict() | {"matched": mask_text(r.matched)} for r in suggestion.reasons]
    return suggestion_json(suggestion) | {
        "confidence": suggestion.confidence,
        "emergency": suggestion.emergency,
        "reasons": reasons,
    }


def _show_suggestion(context: Context, answer: dict[str, Any]) -> None:
    columns = (
        Column("category", "类别"),
        Column("platform", "平台", "platform"),
        Column("severity", "等级"),
        Column("confidence", "把握"),
        Column("lead", "建议单位"),
        Column("unsure", "把握不大", "bool"),
        Column("why", "理由", elastic=True),
    )
    if answer["emergency"]:
        what = answer["emergency"]
        context.say(f"可能是突发事件 ({what}): 先按应急规则电话报告, 再办其他。")
    why = "; ".join(f"{r['what']}: {r['matched']}" for r in answer["reasons"] if r["matched"])
    publish(context, Wish(), [answer | {"why": why}], columns)
    if answer["unsure"]:
        near = "、".join(name for name, _ in answer["candidates"])
        context.say(
            f"把握不大, 最接近的类别: {near}。" if near else "没有可以依据的词, 请自定类别。"
        )

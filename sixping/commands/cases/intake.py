"""``intake`` and ``triage``: a report is judged, gets its number and its clocks (二.1, 二.2)."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.cases.intake import read_input, suggestion_json
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.incoming import Taken, answer_lines, read_text
from sixping.console.notes import remark
from sixping.console.options import Json
from sixping.console.phones import given_phone
from sixping.console.receipt import saved, show, tell_emergency, tell_repeats
from sixping.console.stepcommand import stamp_of
from sixping.documents.phrases import emergency_first
from sixping.documents.phrases import moment as moment_words
from sixping.errors import BadData, NotFound, SixpingError, UsageFault
from sixping.policy.vocabulary import ClockKind
from sixping.render.table import Column
from sixping.triage.suggest import suggest
from sixping.util.dates import parse_moment
from sixping.util.daytext import understood
from sixping.util.masking import mask_text
from sixping.util.text import dump_json, spoken_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from sixping.cases.intake import IntakeData, ReportInput
    from sixping.services.taking import Receipt

#: keys of a line that are no part of what makes two requests the same
_BESIDE = ("received", "request_id", "source_due")
#: an instant that says of which year it is
_YEAR = re.compile(r"\s*\d{4}\D")

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
Against = Annotated[
    str | None, typer.Option("--about", metavar="对象", help="被反映的人、企业或单位")
]
Phone = Annotated[str | None, typer.Option("--phone", metavar="电话", help="- 表示不显示地输入")]
Received = Annotated[str | None, dated.RECEIVED.option]
SourceDue = Annotated[str | None, dated.SOURCE_DUE.option]
Category = Annotated[
    str | None, typer.Option("--category", metavar="类别", help="自定类别, 与建议一并记录")
]
Grade = Annotated[
    str | None, typer.Option("--severity", metavar="等级", help="自定等级: 一般 较大 重大")
]
Nature = Annotated[
    str | None,
    typer.Option("--nature", metavar="性质", help="咨询 求助 投诉 建议 举报 感谢; 不写为未定"),
]
Service = Annotated[
    str | None,
    typer.Option("--service", metavar="事项", help="申请的服务事项, 见 service list (附2.4)"),
]
Answers = Annotated[
    list[str] | None,
    typer.Option("--answer", metavar="键=值", help="服务事项要问的, 一问一个; 在终端会询问"),
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
    phone: Phone = None,
    about: Against = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="反映人不愿留名")] = False,
    received: Received = None,
    source_due: SourceDue = None,
    category: Category = None,
    severity: Grade = None,
    nature: Nature = None,
    service: Service = None,
    answer: Answers = None,
    request_id: RequestId = None,
    jsonl: Lines = False,
    as_json: Json = False,
) -> int:
    """登记一件: 建议类别、平台、等级和单位, 时限开始计算。

    内容或地点中写明的社区和网格一并取用; 另有所指的, 用 --community 写明。

    示例:
      sixping intake                      接电话时用: 先记内容, 再逐项询问
      sixping intake "江南大道占道经营" --channel 网格员
      sixping intake "3幢电梯困人" --community 江一社区 --phone -
      sixping intake "申请办理" --service 事项 --answer 键=值
      sixping intake - < 来信.txt
      sixping intake --jsonl < 批量.jsonl
    """
    context = Context.of(ctx)
    context.existing_ledger()
    fields = {
        "channel": channel, "source_no": source_no, "place": place, "community": community,
        "grid": grid, "reporter": reporter, "phone": phone, "about": about, "category": category,
        "severity": severity, "nature": nature, "service": service,
    }  # fmt: skip
    if jsonl:
        return _take_lines(
            context, text, (*fields.values(), answer, anonymous, received, request_id, source_due)
        )
    answers = _answers(context, service, answer)
    fields["phone"] = given_phone(context, phone, text=text)
    stated = _received(context, received, echo=True) if received else None
    wanted = _wanted(context, source_due)
    values = {"text": text, "anonymous": anonymous, **fields, **answers}
    with _call(context, values, stated, request_id) as (taken, moment), _names_as_options():
        report = read_input(taken.values, unknown=taken.unknown)
        receipt, known = _register(context, report, moment, request_id, wanted=wanted)
    _finish(context, report, receipt, taken, as_json=as_json, known=known)
    return 0


def _finish(
    context: Context, report: ReportInput, receipt: Receipt, taken: Taken, *, as_json: bool,
    known: bool,
) -> None:  # fmt: skip
    """Merge what is said to be a repeat, and say what became of it; raises what refused that."""
    refused = None
    if taken.into and not known:
        receipt, refused = _merge(context, receipt, taken.into)
    _tell(context, report, receipt, taken.shown, as_json=as_json, known=known)
    if context.interactive and not as_json:
        _tell_caller(context, receipt)
    if refused:
        raise refused


def _answers(
    context: Context, service: str | None, given: list[str] | None
) -> dict[str, dict[str, str]]:
    """Return the answers to the questions of a service item; on a terminal the rest is asked."""
    if service is None and not given:
        return {}
    from sixping.commands.cases.applying import answered
    from sixping.console.recording import pairs

    said = pairs(given, "--answer", "住所=自有")
    if service is None:
        return {"answers": said}
    with _names_as_options():
        return {"answers": answered(context, service, said)}


def _take_lines(context: Context, text: str | None, given: Sequence[object]) -> int:
    """Take reports from stdin, one a line; what is said of one may not be said of all."""
    if text not in {None, "-"} or any(given):
        raise UsageFault("--jsonl 不能与内容或其他登记选项同用。", "请把它们写进每一行 JSON。")
    return answer_lines(context, lambda values, where: _take(context, values, where), recorded=True)


def _call(
    context: Context, values: dict[str, Any], stated: datetime | None, request_id: str | None
) -> AbstractContextManager[tuple[Taken, datetime]]:
    """Return what takes the answers of somebody at a terminal; elsewhere nothing is asked."""
    text = values["text"]
    if text == "-":
        values["text"] = _from_stdin(context)
    if text == "-" or (text is not None and not context.interactive):
        return nullcontext((Taken(values), stated or context.now))
    from sixping.console.calling import short_call, whole_call

    return (whole_call if text is None else short_call)(context, values, stated, request_id)


@contextmanager
def _names_as_options() -> Iterator[None]:
    """Say of a name the data do not have that the option is wrong (exit 2)."""
    try:
        yield
    except NotFound as fault:
        raise UsageFault(fault.what, fault.hint) from None


def _tell_places(
    context: Context, report: ReportInput, community: str | None, others: tuple[str, ...]
) -> None:
    """Say which communities the report names that were not taken: several, or not the stated."""
    if others and (report.community or report.grid):
        stated = f"已按所给的记为{community}"
        context.say(f"注意: 写到的是{'、'.join(others)}, {stated}, 请核对。")
    elif others:
        context.say(f"注意: 写到几个社区: {'、'.join(others)}, 都没有采用, 请核对。")


def _tell_caller(context: Context, receipt: Receipt) -> None:
    """Say what to tell whoever is on the telephone: a short number and a date."""
    number = spoken_number(receipt.case.number, context.now.year)
    if into := receipt.case.merged_into:
        main = spoken_number(into, context.now.year)
        context.say(
            f"请告诉反映人: 编号 {main}, 由那一件答复。",
            f"并错了: sixping unmerge {number} --reason 理由",
        )
        return
    due = next((c.due for c in receipt.counting if c.kind is ClockKind.ACCEPT), None)
    by = f", {moment_words(due, context.now.year)} 前答复是否受理" if due else ""
    context.say(
        f"请告诉反映人: 编号 {number}{by}。",
        f"改错: sixping amend {number} --text 内容 --reason 理由 (别的选项见 --help);"
        f" 撤回: sixping undo {number}",
    )


def _merge(context: Context, receipt: Receipt, into: str) -> tuple[Receipt, SixpingError | None]:
    """Merge what was just registered; refused, it stays registered and is shown, then the fault."""
    from sixping.commands.cases.repeats import merge
    from sixping.services.taking import take_step

    number, build = receipt.case.number, merge.build(into=into)
    try:
        taken = take_step(
            context.ledger, stamp_of(context), number, build, at=context.now, warn=context.say
        )
    except SixpingError as fault:
        return receipt, fault
    context.say(*taken.hints)
    return taken.receipt, None


def _from_stdin(context: Context) -> str:
    if context.interactive:
        context.say("请输入内容, 另起一行按 Ctrl-D 结束:")
    return read_text()


def _received(context: Context, value: str | None, *, echo: bool = False) -> datetime:
    if value is None:
        return context.now
    if echo:
        from sixping.console.days import read_moment

        return read_moment(context, value, dated.RECEIVED)
    return parse_moment(value, context.now, dated.RECEIVED.direction)


def _wanted(context: Context, value: str | None, where: str = "") -> date | None:
    """Return by when the source wants the result, an instant or a day."""
    if value is None:
        return None
    from sixping.console.days import read_end

    return read_end(value, context.now, dated.SOURCE_DUE, lambda words: context.say(where + words))


def _register(
    context: Context, report: ReportInput, received: datetime, request_id: str | None,
    where: str = "", *, wanted: date | None = None,
) -> tuple[Receipt, bool]:  # fmt: skip
    """Register once; return what is in the ledger and whether it had been there before."""
    from sixping.services.intake import register_once

    return register_once(
        context.ledger, stamp_of(context), report, received, request_id,
        lambda words: context.say(f"{where}{words}"), wanted,
    )  # fmt: skip


def _tell(
    context: Context,
    report: ReportInput,
    receipt: Receipt,
    shown: frozenset[str],
    *,
    as_json: bool,
    known: bool,
) -> None:
    number = receipt.case.number
    did = "以前已经登记, 没有重复登记" if known else "已登记"
    into = receipt.case.merged_into
    if into and not known:
        did += f", 并入 {into}"
    with saved(number):
        document, recounting, others, meant = _read(context, report, receipt)
        tell_emergency(context, document)
        show(context, receipt, f"{number} {did}", document if as_json else None)
    _of_the_calendar(context, document, recounting)
    _tell_places(context, report, receipt.case.community, others)
    context.say(*filter(None, [meant]))
    if as_json:
        return
    context.say(*(f"  {r['what']}: {r['matched']}  [{r['rule']}]" for r in document["reasons"]))
    if into:  # the other case goes on
        return
    if (
        document["about"]
        and not document["suggested_lead"]
        and any(reason["what"] == "牵头单位" for reason in document["reasons"])
    ):
        context.say("建议的单位是被反映的单位, 或被反映人所在的单位, 应当回避: 请另定牵头单位")
    if document["unsure"]:
        way = f"sixping regrade {number} --category 类别 --reason 理由"
        context.say(f"类别把握不大, 请核对; 确认或改类: {way}")
    tell_repeats(context, document, shown)


def _take(context: Context, values: dict[str, Any], where: str) -> dict[str, Any]:
    stated, request_id, wanted = (values.pop(name, None) for name in _BESIDE)
    if not all(v is None or isinstance(v, str) for v in (stated, request_id, wanted)):
        raise BadData(
            f"{where}{'、'.join(_BESIDE)} 应为文字。", '例如 "received": "2026-11-23T09:00"'
        )
    if "answer" in values:
        values["answers"] = _answers_of_line(values.pop("answer"), values.get("answers"), where)
    received = _received(context, stated)
    if stated and not _YEAR.match(stated):
        context.say(f"{where}{dated.RECEIVED.label}: {understood(received)}")
    report = read_input(values, where)
    due = _wanted(context, wanted, where)
    receipt, _ = _register(context, report, received, request_id, where, wanted=due)
    with saved(receipt.case.number):
        document, recounting, _, meant = _read(context, report, receipt)
    tell_emergency(context, document)
    context.say(*(f"{document['number']}: {words}" for words in filter(None, [meant])))
    _of_the_calendar(context, document, recounting)
    return document


def _answers_of_line(given: object, beside: object, where: str) -> object:
    """Return the ``answer`` of a line, called as its option is: an object, or ``键=值`` texts."""
    if beside is not None:
        raise BadData(f"{where}answer 和 answers 是同一项, 写了两次。", "请只写一次。")
    if isinstance(given, str):
        given = [given]
    if not (isinstance(given, list) and all(isinstance(words, str) for words in given)):
        return given  # read as answers are
    from sixping.console.recording import pairs

    return pairs(given, f"{where}answer", "住所=自有")


def _read(
    context: Context, report: ReportInput, receipt: Receipt
) -> tuple[dict[str, Any], int, tuple[str, ...], str]:
    """Return the case as ``show`` has it, how many promises the calendar would move.

    And the communities that the report names and that were not taken, and which units may be
    meant by whom it is about.
    """
    from sixping.services.casefile import read_case
    from sixping.services.intake import places_besides, units_near
    from sixping.services.recount import promises_to_recount
    from sixping.services.rulebooks import rulebooks_on
    from sixping.store.sqlite import reading

    with reading(context.ledger) as con:
        document = read_case(con, receipt.case.number, context.now)
        others = places_besides(con, report, receipt.case)
        meant = units_near(con, report, receipt.case)
        if context.remarked:
            return document, 0, others, meant
        moved = promises_to_recount(con, rulebooks_on(con), context.now)
        return document, moved, others, meant


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
        from sixping.console.prompts import ask_block

        return ask_block(context, "内容 (可粘贴多行, 空行结束):")
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
    for name in _BESIDE:
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
    columns = [
        Column("category", "类别"),
        Column("platform", "平台", "platform"),
        Column("severity", "等级"),
        Column("confidence", "把握"),
        Column("lead", "建议单位"),
        Column("unsure", "把握不大", "bool"),
        Column("why", "理由", elastic=True),
        Column("nature", "性质"),  # scripts cut by position: what is new stands last
    ]
    if Wish().choose(context) == "table":
        columns.sort(key=lambda column: column.elastic)
    if answer["emergency"]:
        what = answer["emergency"]
        context.say(emergency_first(what))
    why = "; ".join(f"{r['what']}: {r['matched']}" for r in answer["reasons"] if r["matched"])
    publish(context, Wish(), [answer | {"why": why}], columns)
    if answer["unsure"]:
        near = "、".join(name for name, _ in answer["candidates"])
        context.say(
            f"把握不大, 最接近的类别: {near}。" if near else "没有可以依据的词, 请自定类别。"
        )

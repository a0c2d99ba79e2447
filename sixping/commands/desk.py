"""The desk: a report comes in, is judged, gets its number and its clocks (二.1, 二.2)."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.commands._frame import Desk
from sixping.commands._options import Json
from sixping.errors import BadData, NotAllowed, SixpingError, UsageFault
from sixping.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping import registration
    from sixping.registration import Given

Text = Annotated[
    str | None, typer.Argument(metavar="[内容]", help="反映的内容; - 表示从标准输入读取")
]
Lines = Annotated[
    bool, typer.Option("--jsonl", help="从标准输入逐行读取 JSON, 逐行回答, 次序不变")
]
#: longest line of a bulk input, in characters
LONGEST_LINE = 1_000_000


def intake(  # noqa: PLR0913 - the promised options
    ctx: typer.Context,
    text: Text = None,
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="渠道", help="默认: 投诉举报电话")
    ] = None,
    source_no: Annotated[
        str | None, typer.Option("--source-no", metavar="编号", help="来源渠道自己的编号")
    ] = None,
    place: Annotated[str | None, typer.Option("--place", metavar="地点")] = None,
    community: Annotated[str | None, typer.Option("--community", metavar="社区")] = None,
    grid: Annotated[str | None, typer.Option("--grid", metavar="网格")] = None,
    reporter: Annotated[str | None, typer.Option("--reporter", metavar="姓名")] = None,
    phone: Annotated[str | None, typer.Option("--phone", metavar="电话")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="反映人不愿留名")] = False,
    received: Annotated[
        str | None, typer.Option("--received", metavar="时间", help="收到的时间, 默认现在")
    ] = None,
    category: Annotated[
        str | None, typer.Option("--category", metavar="类别", help="自定类别, 与建议一并记录")
    ] = None,
    severity: Annotated[
        Severity | None, typer.Option("--severity", metavar="等级", help="自定等级: 一般 较大 重大")
    ] = None,
    request_id: Annotated[
        str | None, typer.Option("--request-id", metavar="标识", help="重复提交时只登记一次")
    ] = None,
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
    desk = Desk.of(ctx)
    desk.existing_ledger()
    said = {
        "channel": channel, "source_no": source_no, "place": place, "community": community,
        "grid": grid, "reporter": reporter, "phone": phone, "category": category,
        "severity": severity.value if severity else None,
    }  # fmt: skip
    if jsonl:
        if text not in (None, "-") or any(said.values()) or anonymous or received or request_id:
            raise UsageFault("--jsonl 不能与内容或其他登记选项同用。", "请把它们写进每一行 JSON。")
        return _bulk(desk, _take_line)
    words = _words(desk, text, said, anonymous=anonymous)
    from sixping.registration import read_given

    given = read_given({"text": words, "anonymous": anonymous, **said})
    number, before = _register(desk, given, _received(desk, received, echo=True), request_id)
    _tell(desk, number, as_json=as_json, known=before)
    return 0


def _words(desk: Desk, text: str | None, said: dict[str, str | None], *, anonymous: bool) -> str:
    """Return the report's text; on a terminal ask for what was not given."""
    if text == "-":
        return _stdin_text()
    if desk.interactive:
        from sixping.commands._asking import ask_missing

        return ask_missing(desk, text, said, anonymous=anonymous)
    if text is None:
        raise UsageFault(
            "没有写明反映的内容。", '例如: sixping intake "江南大道占道经营", 或用 - 从标准输入读取。'
        )
    return text


def _stdin_text() -> str:
    from sixping.text import TEXT_LIMIT

    try:
        words = sys.stdin.read(TEXT_LIMIT + 2)
    except UnicodeDecodeError:
        raise BadData("标准输入不是 UTF-8 文字。", "请先转换编码。") from None
    return words.removesuffix("\n")


def _received(desk: Desk, value: str | None, *, echo: bool = False) -> datetime:
    if value is None:
        return desk.now
    from sixping.moments import parse_moment, understood

    moment = parse_moment(value, desk.now)
    if moment > desk.now:
        raise UsageFault(f"收到的时间晚于现在: {understood(moment)}。", "请核对 --received。")
    if echo:
        desk.say(f"收到: {understood(moment)}")
    return moment


def _register(
    desk: Desk, given: Given, received: datetime, request_id: str | None
) -> tuple[str, bool]:
    """Register once; return the number and whether it had been registered before."""
    from sixping.commands._books import books_of, desk_data
    from sixping.commands._steps import stamp_of
    from sixping.ledger import transaction
    from sixping.registration import register
    from sixping.text import admit

    rules = books_of(desk.ledger).rules(received.date())
    event = register(given, desk_data(), rules, received)
    keys = [f"src:{event.channel}\x1f{given.source_no}"] if given.source_no else []
    if request_id is not None:
        keys.insert(0, f"id:{admit(request_id, field='--request-id', limit=200)}")
    with transaction(desk.ledger, stamp_of(desk)) as tx:
        for key in keys:
            known = tx.request(key)
            if known is None:
                continue
            if tx.same_content(key, given.content()):
                return known, True
            what = "--request-id" if key.startswith("id:") else "来源编号"
            raise NotAllowed(
                f"这个{what}已经登记为 {known}, 但内容不同。",
                f"请用 sixping show {known} 核对; 确是另一件的, 请换一个{what}。",
            )
        number = tx.next_number(received.year)
        tx.append(
            number, event, received, before=None, request_keys=keys, content=given.content()
        )
    return number, False


def _tell(desk: Desk, number: str, *, as_json: bool, known: bool) -> None:
    from sixping.commands._answers import answer, read_case

    verb = "以前登记过, 没有重复登记" if known else "已登记"
    answer(desk, number, as_json=as_json, said=f"{number} {verb}")
    if as_json:
        return
    document, _ = read_case(desk, number)
    for reason in document["reasons"]:
        matched = f": {reason['matched']}" if reason["matched"] else ""
        desk.say(f"  {reason['what']}{matched}")
    if document["unsure"]:
        desk.say("类别把握不大, 请核对; 改类: sixping regrade " + number + " --category 类别 …")


# --- bulk ------------------------------------------------------------------------------


def _bulk(desk: Desk, take: Any) -> int:  # noqa: ANN401
    """Answer every line of standard input in order; a bad line is answered, not fatal."""
    from sixping.text import dump_json

    code = 0
    for number, line in _lines():
        try:
            answer = take(desk, _object(number, line), number)
        except (SixpingError, json.JSONDecodeError) as fault:
            known = isinstance(fault, SixpingError)
            what, hint = (fault.what, fault.hint) if known else ("不是 JSON。", "每行一个 JSON 对象。")
            answer = {"line": number, "error": what, "hint": hint}
            code = BadData.exit_code
            desk.say(f"第 {number} 行: {what}")
        sys.stdout.write(f"{dump_json(answer)}\n")
        sys.stdout.flush()
    return code


def _lines() -> Iterator[tuple[int, str]]:
    number = 0
    try:
        while line := sys.stdin.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise BadData(f"第 {number} 行太长。", f"每行最多 {LONGEST_LINE} 个字。")
            if line.strip():
                yield number, line
    except UnicodeDecodeError:
        raise BadData(f"第 {number + 1} 行不是 UTF-8 文字。", "请先转换编码。") from None


def _object(number: int, line: str) -> dict[str, Any]:
    value = json.loads(line)
    if not isinstance(value, dict):
        raise BadData(f"第 {number} 行不是 JSON 对象。", '例如 {"text": "江南大道占道经营"}')
    return value


def _take_line(desk: Desk, values: dict[str, Any], line: int) -> dict[str, Any]:
    from sixping.commands._answers import read_case
    from sixping.registration import read_given

    where = f"第 {line} 行 "
    stated = values.pop("received", None)
    request_id = values.pop("request_id", None)
    if not all(v is None or isinstance(v, str) for v in (stated, request_id)):
        raise BadData(f"{where}received、request_id 应为文字。", '例如 "received": "2026-11-23T09:00"')
    received = _received(desk, stated)
    number, _ = _register(desk, read_given(values, where), received, request_id)
    return read_case(desk, number)[0]


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
    desk = Desk.of(ctx)
    if jsonl:
        if text not in (None, "-") or place:
            raise UsageFault("--jsonl 不能与内容或地点同用。", "请把它们写进每一行 JSON。")
        return _bulk(desk, _triage_line)
    if text is None:
        raise UsageFault("没有写明内容。", '例如: sixping triage "小区门口烧烤油烟"')
    words = _stdin_text() if text == "-" else text
    answer = _suggested({"text": words, "place": place}, "")
    if as_json:
        from sixping.text import dump_json

        sys.stdout.write(f"{dump_json(answer, indent=2)}\n")
    else:
        _show_suggestion(desk, answer)
    return 0


def _triage_line(_: Desk, values: dict[str, Any], line: int) -> dict[str, Any]:
    return _suggested(values, f"第 {line} 行 ")


def _suggested(values: dict[str, Any], where: str) -> dict[str, Any]:
    from sixping.commands._books import desk_data
    from sixping.registration import read_given, suggestion_json
    from sixping.triage import suggest

    given = read_given(values, where)
    data: registration.Desk = desk_data()
    found = suggest(given.text, data.taxonomy, data.signals, data.units, place=given.place or "")
    return suggestion_json(found) | {"reasons": [r._asdict() for r in found.reasons]}


def _show_suggestion(desk: Desk, answer: dict[str, Any]) -> None:
    from sixping.commands._answers import Wish, publish
    from sixping.pages.table import Column

    columns = (
        Column("category", "类别"),
        Column("platform", "平台"),
        Column("severity", "等级"),
        Column("lead", "建议单位"),
        Column("unsure", "把握不大", "bool"),
        Column("why", "理由", elastic=True, mask="text"),
    )
    why = "; ".join(
        f"{r['what']}: {r['matched']}" if r["matched"] else r["what"] for r in answer["reasons"]
    )
    publish(desk, Wish(), [answer | {"why": why}], columns)
    if answer["unsure"]:
        near = "、".join(name for name, _ in answer["candidates"])
        desk.say(f"把握不大, 最接近的类别: {near}。" if near else "没有可以依据的词, 请自定类别。")

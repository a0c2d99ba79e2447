"""What a change of a case answers: the case, what changed, and the next step."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sixping.console.answers import Wish, publish
from sixping.documents import phrases
from sixping.errors import RECORDED, InputOutput, Interrupted, SixpingError
from sixping.policy.vocabulary import CLOCKS, LIMITS, Status
from sixping.render.table import Column
from sixping.util.clock import from_text, to_text
from sixping.util.text import clean, dump_json, pad, spoken_number

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from sixping.cases.model import Case, Clock
    from sixping.console.context import Context
    from sixping.services.taking import Receipt

#: the line that follows every change of a case
COLUMNS = (
    Column("number", "编号"),
    Column("status", "状态"),
    Column("severity", "等级"),
    Column("platform", "平台", "platform"),
    Column("category", "类别"),
    Column("lead", "牵头单位"),
    Column("clock", "时限"),
    Column("due", "到期", "time"),
    Column("provisional", "暂定", "bool"),
    Column("anchor", "校验码"),
)
_LABEL = 10


def answer(context: Context, receipt: Receipt, did: str, *, as_json: bool) -> None:
    """Show a case after a change: ``show``'s JSON, or a receipt from the case in hand.

    ``did`` says what changed. What was recorded stays recorded: whatever goes wrong here
    is raised as a fault that names the number.
    """
    number = receipt.case.number
    with saved(number):
        document = None
        if as_json:
            from sixping.services.casefile import read_case
            from sixping.store.sqlite import reading

            with reading(context.ledger) as con:
                document = read_case(con, number, context.now)
        show(context, receipt, did, document)


def show(context: Context, receipt: Receipt, did: str, document: dict[str, Any] | None) -> None:
    """Write the document as JSON if there is one, else the receipt and the next step."""
    if document is not None:
        sys.stdout.write(f"{dump_json(document, indent=2)}\n")
    elif context.terminal.isatty:
        sys.stdout.write(_sheet(receipt, context))
        _say(context, receipt, did, limits=False)
    else:
        publish(context, Wish(), [_row(receipt)], COLUMNS)
        _say(context, receipt, did, limits=True)
    sys.stdout.flush()


@contextmanager
def saved(number: str, advice: str = "") -> Iterator[None]:
    """Let no fault after the commit pass for a step that was not recorded."""
    advice = advice or f"不要重做; 用 sixping show {number} 查看。"
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, SixpingError, KeyboardInterrupt) as fault:
        RECORDED.clear()  # the sentence says it
        raise _shown_badly(fault, number, advice) from fault


def _shown_badly(
    fault: OSError | SixpingError | KeyboardInterrupt, number: str, advice: str
) -> SixpingError:
    if isinstance(fault, OSError):
        return InputOutput(f"{number} 已经记入台账, 但结果没有写出。", advice)
    if isinstance(fault, SixpingError):
        return type(fault)(f"{number} 已经记入台账, 但没有显示出来: {fault.what}", advice)
    return Interrupted(f"{number} 已经记入台账, 显示时被中断。", advice)


def _row(receipt: Receipt) -> dict[str, Any]:
    case = receipt.case
    row: dict[str, Any] = {
        name: getattr(case, name)
        for name in ("number", "status", "severity", "platform", "category", "lead")
    }
    row["severity"] = phrases.grade_word(case.severity, confirmed=case.confirmed)
    for clock in sorted(receipt.counting, key=_due)[:1]:
        row["clock"] = CLOCKS[clock.kind]
        row |= {"due": _due(clock), "provisional": clock.provisional}
    return row | {"anchor": receipt.anchor}


def _due(clock: Clock) -> str:
    return to_text(clock.due) if clock.due else ""


def _sheet(receipt: Receipt, context: Context) -> str:
    """Return the receipt for a terminal, where a line of ten columns has no room."""
    case = receipt.case
    platform = context.naming.platform(case.platform)
    grade = phrases.grade_word(case.severity, confirmed=case.confirmed)
    about = (case.number, case.status, grade, platform, case.category)
    lines = ["  ".join(clean(word) for word in about if word)]
    labelled = {"牵头单位": case.lead, "协办单位": "、".join(case.assist)}
    labelled |= {LIMITS[clock.kind]: _limit(clock, context) for clock in receipt.counting}
    labelled["校验码"] = receipt.anchor
    lines += [f"{pad(label, _LABEL)}{clean(value)}" for label, value in labelled.items() if value]
    return "".join(f"{line}\n" for line in lines)


def _limit(clock: Clock, context: Context) -> str:
    mark = f" {phrases.PROVISIONAL}" if clock.provisional else ""
    return phrases.moment(from_text(_due(clock)), context.now.year) + mark


def _say(context: Context, receipt: Receipt, did: str, *, limits: bool) -> None:
    clocks = receipt.counting if limits else ()
    dues = [f"{LIMITS[clock.kind]} {_limit(clock, context)}" for clock in clocks]
    context.say("; ".join([did, *dues]) + "。")
    if unit := receipt.stays_out:
        no = receipt.case.number
        context.say(
            f"{unit}应当回避, 须改派: sixping assign {no} --lead 单位",
            f"确须由它办理的, 由领导决定: sixping assign {no} --lead {receipt.case.lead}"
            " --leader 姓名",
        )
    elif following := next_step(receipt.case, receipt.suggested):
        context.say(f"下一步: {following}")


#: where a case stands → the commands that take it on, with its number and a unit
_WAYS = {
    Status.REPORTED: "sixping accept {no}, 或 sixping decline {no} --reason 理由",
    Status.ACCEPTED: "sixping assign {no} --lead {unit}",
    Status.HANDLING: "办完后 sixping resolve {no} --outcome 结果",
    Status.DECISION: (
        "会商后 sixping decide {no} --lead {unit} --due 日期 --meeting 会议编号 (或 --leader 领导)"
    ),
    Status.REFERRAL: "sixping refer {no} --to 部门 --content 内容",
    Status.DISTRICT: "区级答复后 sixping refer-reply {no} --outcome 结果",
    Status.RESOLVED: "sixping feedback {no} 内容, 然后 sixping close {no}",
}


def next_step(case: Case, suggested: str | None) -> str:
    """Return the commands that take a case on from where it stands; empty when it ended."""
    no = case.number
    if case.status is Status.WITHDRAWN:
        return "登记已撤回; 要重新登记: sixping intake"
    way = _WAYS.get(case.status, "").format(no=no, unit=suggested or case.lead or "单位")
    if case.suspended:
        way = f"恢复计时 sixping resume {no}; {way}"
    if case.status is Status.HANDLING:
        undone = [part.unit for part in case.parts if part.done_at is None]
        if undone:
            way = f"分工完成后 sixping part-done {no} --unit {undone[0]} --outcome 结果; {way}"
        return way if case.signed_at else f"牵头单位签收 sixping sign {no}; {way}"
    if case.status is Status.ACCEPTED and case.returned_at is not None:
        way = f"退回的, 改派 sixping assign {no} --lead 单位"  # not to who has just returned it
    if not case.confirmed and case.status.open and case.status is not Status.REPORTED:
        return f"确认等级 sixping regrade {no} --severity 等级 --reason 理由; {way}"
    if not case.confirmed and case.status.open:
        accept, decline = f"sixping accept {no}", f"sixping decline {no} --reason 理由"
        return f"确认等级 {accept} --severity {case.severity} (或另定等级), 或 {decline}"
    if case.status is Status.REFERRAL and case.round > 1:
        return f"{way}, 或由街道办理: sixping regrade {no} --severity 等级 --reason 理由"
    return _after_result(case) or way if case.status is Status.RESOLVED else way


def demanded(case: Case, level: str | None, this_year: int) -> str:
    """Return what comes after a demand nobody answered; empty where there is none.

    ``level``: the next grade of the ladder, None after the last (五.3).
    """
    waiting = case.unanswered
    if not waiting:
        return ""
    no, by = spoken_number(case.number, this_year), waiting[0].answer_by
    until = f" (到{phrases.day(by, this_year)})" if by else ""
    more = f"; 不答复则 sixping urge {no} --level {level} --reason 理由" if level else ""
    return f"等督办答复{until}, 答复了记 sixping answer-urge {no} 内容{more}"


def _after_result(case: Case) -> str:
    """Return what a resolved case needs first, where it is not one answer to its reporter."""
    no, waiting = case.number, [report.number for report in case.reports if report.waits]
    if case.verified is False:
        return f"核查没有通过: sixping reopen {no} --reason 理由"
    if not waiting:
        return f"sixping close {no}"
    if len(case.reports) > 1:
        many = len(waiting) > 1
        told = f"sixping feedback {no if many else waiting[0]} 内容{' --all' if many else ''}"
        return f"{told}, 然后 sixping close {no}"
    return ""


def tell_emergency(context: Context, case: dict[str, Any]) -> None:
    """Say that a 突发事件 that nobody reported or ruled out is first reported by its own rules."""
    known = case["emergency"]
    if known["suggested"] and not (known["reported_at"] or known["dismissed"]):
        context.say(phrases.report_first(case["number"], known["suggested"]))


#: offers listed after an intake; JSON and ``show`` have them all
_LISTED = 5


def tell_repeats(context: Context, case: dict[str, Any], shown: Container[str] = ()) -> None:
    """Name the likely repeats after an intake, and the command that merges into the best.

    ``shown`` were looked at before.
    """
    offers = [offer for offer in case["duplicates"] if offer["number"] not in shown]
    if not offers:
        return
    context.say("可能与下列事项重复:")
    for offer in offers[:_LISTED]:
        received = phrases.moment(from_text(offer["received_at"]), context.now.year)
        why = ", ".join(offer["reasons"])
        context.say(
            f"  {offer['number']}  {offer['score']} 分  {offer['status']}  {received}  {why}"
        )
    number = case["number"]
    if len(offers) > _LISTED:
        context.say(f"  另有 {len(offers) - _LISTED} 件, 见 sixping show {number}")
    best = next((o["number"] for o in offers if Status(o["status"]).open), None)
    if best:
        context.say(f"确是同一件的, 请并入: sixping merge {number} --into {best}")

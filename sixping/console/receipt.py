"""What a change of a case answers: the case, what changed, and the next step."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sixping.cases.model import Status
from sixping.console.answers import Wish, publish
from sixping.documents import phrases
from sixping.errors import InputOutput, Interrupted, SixpingError
from sixping.render.table import Column
from sixping.services.casefile import read_case
from sixping.util.clock import from_text
from sixping.util.text import clean, dump_json
from sixping.util.width import pad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.console.context import Context

#: the line that follows every change of a case
COLUMNS = (
    Column("number", "编号"),
    Column("status", "状态"),
    Column("severity", "等级"),
    Column("platform", "平台"),
    Column("category", "类别"),
    Column("lead", "牵头单位"),
    Column("clock", "时限"),
    Column("due", "到期", "time"),
    Column("provisional", "暂定", "bool"),
    Column("anchor", "链尾"),
)
LIMITS = {"accept": "受理期限", "refer": "上报期限", "finish": "办结期限", "ceiling": "办结上限"}
_LABEL = 10


def answer(
    context: Context, number: str, did: str, *, as_json: bool, repeats: bool = False
) -> dict[str, Any]:
    """Show a case after a change and return it: ``show``'s JSON, or a receipt.

    ``did`` says what changed. What was recorded stays recorded: whatever goes wrong here
    is raised as a fault that names the number. ``repeats``: look for repeats in any case.
    """
    with saved(number):
        document, head = read_case(context, number, repeats=repeats or as_json)
        if as_json:
            sys.stdout.write(f"{dump_json(document, indent=2)}\n")
        elif context.terminal.isatty:
            sys.stdout.write(_sheet(document, head, context))
            _say(context, document, did, limits=False)
        else:
            publish(context, Wish(), [_row(document, head)], COLUMNS)
            _say(context, document, did, limits=True)
        sys.stdout.flush()
    return document


@contextmanager
def saved(number: str) -> Iterator[None]:
    """Let no fault after the commit pass for a step that was not recorded."""
    advice = f"不要重做; 用 sixping show {number} 查看。"
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        raise InputOutput(f"{number} 已经记入台账, 但结果没有写出。", advice) from fault
    except SixpingError as fault:
        raise type(fault)(f"{number} 已经记入台账, 但没有显示出来: {fault.what}", advice) from fault
    except KeyboardInterrupt:
        raise Interrupted(f"{number} 已经记入台账, 显示时被中断。", advice) from None


def _running(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [clock for clock in document["clocks"] if clock["running"]]


def _row(document: dict[str, Any], head: str) -> dict[str, Any]:
    from sixping.policy.vocabulary import CLOCKS

    row = document | {"anchor": head}
    nearest = min(_running(document), key=lambda c: c["due"], default=None)
    if nearest:
        row |= {name: nearest[name] for name in ("due", "provisional")}
        row["clock"] = CLOCKS[nearest["kind"]]
    return row


def _sheet(document: dict[str, Any], head: str, context: Context) -> str:
    """Return the receipt for a terminal, where a line of ten columns has no room."""
    about = ("number", "status", "severity", "platform", "category")
    lines = ["  ".join(clean(document[name]) for name in about if document[name])]
    held = {"牵头单位": document["lead"], "协办单位": "、".join(document["assist"])}
    held |= {LIMITS[c["kind"]]: _due(c, context) for c in _running(document)}
    held["链尾"] = head
    lines += [f"{pad(label, _LABEL)}{clean(value)}" for label, value in held.items() if value]
    return "".join(f"{line}\n" for line in lines)


def _due(clock: dict[str, Any], context: Context) -> str:
    mark = " (暂定)" if clock["provisional"] else ""
    return phrases.moment(from_text(clock["due"]), context.now.year) + mark


def _say(context: Context, document: dict[str, Any], did: str, *, limits: bool) -> None:
    dues = [f"{LIMITS[c['kind']]} {_due(c, context)}" for c in _running(document)] if limits else []
    context.say("; ".join([did, *dues]) + "。")
    if following := next_step(document):
        context.say(f"下一步: {following}")


def next_step(case: dict[str, Any]) -> str:
    """Return the commands that take a case on from where it stands; empty when it ended."""
    no, unit = case["number"], case["suggested_lead"] or "单位"
    ways = {
        "待受理": f"sixping accept {no}, 或 sixping decline {no} --reason 理由",
        "待分派": f"sixping assign {no} --lead {unit}",
        "办理中": f"办完后 sixping resolve {no} --outcome 结果",
        "待会商": f"会商后 sixping decide {no} --lead {unit} --due 日期 --decided-by 会议或领导",
        "待上报": f"sixping refer {no} --to 部门 --content 内容",
        "区级办理中": f"区级答复后 sixping refer-reply {no} --outcome 结果",
        "已办结": f"sixping feedback {no} 内容, 然后 sixping close {no}",
    }
    way = ways.get(case["status"], "")
    if any(clock["held_at"] and not clock["stopped"] for clock in case["clocks"]):
        way = f"恢复计时 sixping resume {no}; {way}"
    undone = [part["unit"] for part in case["parts"] if part["done_at"] is None]
    if case["status"] == "办理中" and undone:
        way = f"分工完成后 sixping part-done {no} --unit {undone[0]} --outcome 结果; {way}"
    if case["status"] == "办理中" and not case["signed_at"]:
        return f"牵头单位签收 sixping sign {no}; {way}"
    if case["status"] == "待上报" and case["rounds"][-1]["round"] > 1:
        return f"{way}, 或由街道办理: sixping regrade {no} --severity 等级 --reason 理由"
    if case["status"] == "已办结" and case["verified"] is False:
        return f"核查没有通过: sixping reopen {no} --reason 理由"
    waiting = [r["number"] for r in case["reports"] if r["reachable"] and not r["answered"]]
    if case["status"] == "已办结" and not waiting:
        return f"sixping close {no}"
    if case["status"] == "已办结" and len(case["reports"]) > 1:
        whom = f"{no} 内容 --all" if len(waiting) > 1 else f"{waiting[0]} 内容"
        return f"sixping feedback {whom}, 然后 sixping close {no}"
    return way


#: offers listed after an intake; JSON and ``show`` have them all
_LISTED = 5


def tell_repeats(context: Context, case: dict[str, Any]) -> None:
    """Name the likely repeats after an intake, and the command that merges into the best."""
    from sixping.documents.phrases import moment

    found = case["duplicates"]
    if not found:
        return
    context.say("可能与下列事项重复:")
    for offer in found[:_LISTED]:
        received = moment(from_text(offer["received_at"]), context.now.year)
        why = ", ".join(offer["reasons"])
        context.say(
            f"  {offer['number']}  {offer['score']} 分  {offer['status']}  {received}  {why}"
        )
    number = case["number"]
    if len(found) > _LISTED:
        context.say(f"  另有 {len(found) - _LISTED} 件, 见 sixping show {number}")
    best = next((o["number"] for o in found if Status(o["status"]).open), None)
    if best:
        context.say(f"确是同一件的, 请并入: sixping merge {number} --into {best}")

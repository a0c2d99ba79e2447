"""What was asked for and enclosed beside the limits of a case, line by line, for its sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents import phrases
from sixping.render.stepwords import on_day, size_said

if TYPE_CHECKING:
    from collections.abc import Mapping


def besides(case: Mapping[str, Any]) -> dict[str, str]:
    """Say what a leader wrote, what was asked of whom, what went where, what is enclosed."""
    said = {
        "批示": ("instructions", _instruction),
        "要求": ("demands", _demand),
        "行刑衔接": ("transfers", _transfer),
        "附件": ("enclosures", _enclosure),
        "回来源": ("sources", _source),
    }
    return {label: "\n".join(map(say, case.get(name, ()))) for label, (name, say) in said.items()}


def _nth(each: Mapping[str, Any], *words: str | None) -> str:
    return f"{each['n']}. " + ", ".join(word for word in words if word)


def _instruction(each: Mapping[str, Any]) -> str:
    who = each["leader"] or each["leader_role"] or phrases.GONE
    return _nth(
        each, f"{who} {on_day(each['day'] or each['at'])}: {each['text'] or phrases.GONE}",
        f"{on_day(each['due'])}前报结果" if each["due"] else "", _answer(each),
    )  # fmt: skip


def _demand(each: Mapping[str, Any]) -> str:
    by = f"{on_day(each['answer_by'])}前答复" if each["answer_by"] else ""
    return _nth(each, f"{each['to']}: {each['text'] or phrases.GONE}", by, _answer(each))


def _answer(each: Mapping[str, Any]) -> str:
    return f"{on_day(each['answered_at'])}已答复" if each["answered_at"] else "未答复"


def _transfer(each: Mapping[str, Any]) -> str:
    received = f"{on_day(each['received_at'])}回执" if each["received_at"] else ""
    if each["answered_at"]:
        ended = f"{on_day(each['answered_at'])}结果: {each['outcome'] or phrases.GONE}"
    else:
        ended = "未反馈结果" if received else "未取得回执"
    return _nth(each, f"{each['to']} {on_day(each['at'])}移送", received, ended)


def _enclosure(each: Mapping[str, Any]) -> str:
    return _nth(
        each, f"[{each['sort']}] {each['file'] or phrases.GONE} ({size_said(each['size'])})",
        f"存 {each['kept'] or phrases.GONE}",
    )  # fmt: skip


def _source(each: Mapping[str, Any]) -> str:
    told = f"{on_day(each['answered_at'])}已回复" if each["answered_at"] else "待回复"
    return f"{each['number']} {each['channel']} ({each['how']}) {told}"

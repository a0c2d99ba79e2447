"""Agenda and minutes for people: Markdown ready to be edited, lines for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.util.text import clean, mask_text, md_cell
from sixping.util.width import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.reports.agenda import Agenda

#: what no data support is left for people to write (附1.3)
SLOT = "(由会议补充)"
GONE = "(已清除)"
_INDENT = 5


def agenda_md(agenda: Agenda) -> str:
    """Return the agenda as Markdown."""
    return "\n".join([f"# {title(agenda)}", "", *_agenda_lines(agenda), f"*{anchor(agenda)}*", ""])


def title(agenda: Agenda) -> str:
    """Return the heading of the page."""
    platform = f"{agenda.platform}平台 " if agenda.platform else ""
    return f"{platform}{agenda.sort}议题 ({agenda.day})"


def anchor(agenda: Agenda) -> str:
    """Say from which state of the ledger it was made."""
    return f"统计时段 {agenda.first} 至 {agenda.last}; 台账第 {agenda.seq} 号 {agenda.head[-16:]}"


def _agenda_lines(agenda: Agenda) -> Iterator[str]:
    for heading in agenda.headings:
        yield f"## {heading.no}. {heading.title}"
        yield ""
        if not heading.items:
            yield SLOT
        label = None
        for item in heading.items:
            if item.label != label:
                yield from (*([""] if label else ()), f"**{md_cell(item.label)}**", "")
                label = item.label
            numbers = f" ({'、'.join(item.numbers)})" if item.numbers else ""
            yield f"- {_shown(item.text)}{numbers}"
        yield ""


def _shown(text: str | None) -> str:
    return md_cell(mask_text(text)) if text else GONE


def agenda_text(agenda: Agenda, width: int | None) -> str:
    """Return the agenda as an outline for a terminal; ``width`` None leaves lines whole."""
    lines = [title(agenda)]
    for heading in agenda.headings:
        lines += ["", *_wrapped(f"{heading.no}. {heading.title}  [{heading.clause}]", 0, width)]
        if not heading.items:
            lines.append(f"   {SLOT}")
        label = None
        for item in heading.items:
            if item.label != label:
                label = item.label
                lines.append(f"   {clean(label)}:")
            numbers = f" ({'、'.join(item.numbers)})" if item.numbers else ""
            said = mask_text(item.text) if item.text else GONE
            lines += _wrapped(f"- {said}{numbers}", _INDENT, width)
    return "\n".join([*lines, "", anchor(agenda), ""])


def _wrapped(text: str, indent: int, width: int | None) -> list[str]:
    line = clean(text)
    parts = wrap(line, max(width - indent - 2, 20)) if width else [line]
    return [" " * (indent + (2 if n else 0)) + part for n, part in enumerate(parts)]


def agenda_rows(agenda: Agenda) -> list[dict[str, Any]]:
    """Return the agenda as rows: heading, label, text, numbers; a slot is an empty row."""
    rows: list[dict[str, Any]] = []
    for heading in agenda.headings:
        base = {"no": heading.no, "heading": heading.title, "clause": heading.clause}
        if not heading.items:
            rows.append(base | {"source": "slot", "label": "", "text": SLOT, "numbers": []})
        rows += [
            base
            | {
                "source": item.source,
                "label": item.label,
                "text": clean(mask_text(item.text)) if item.text else None,
                "numbers": list(item.numbers),
            }
            for item in heading.items
        ]
    return rows


def agenda_json(agenda: Agenda) -> dict[str, Any]:
    """Return the agenda as ``meeting agenda --json`` answers it; no items: a slot to fill."""
    return {
        "meeting": agenda.meeting,
        "kind": agenda.sort,
        "platform": agenda.platform,
        "date": agenda.day.isoformat(),
        "period": {"from": agenda.first.isoformat(), "to": agenda.last.isoformat()},
        "ledger": {"seq": agenda.seq, "head": agenda.head},
        "headings": [
            {
                "no": heading.no,
                "title": heading.title,
                "clause": heading.clause,
                "items": [
                    {
                        "source": item.source,
                        "label": item.label,
                        "text": mask_text(item.text) if item.text else None,
                        "numbers": list(item.numbers),
                    }
                    for item in heading.items
                ],
            }
            for heading in agenda.headings
        ],
    }


def minutes_md(meeting: Mapping[str, Any]) -> str:
    """Return the minutes of a meeting (``meeting show``'s document) as Markdown."""
    platform = f"{meeting['platform']}平台 " if meeting["platform"] else ""
    return "\n".join([f"# {platform}{meeting['kind']}纪要 ({meeting['date']})", "", *_md(meeting)])


def _md(meeting: Mapping[str, Any]) -> Iterator[str]:
    hours = f" {meeting['from']}-{meeting['to']}" if meeting["from"] else ""
    yield f"- 编号: {meeting['id']}"
    yield f"- 时间: {meeting['date']}{hours}"
    yield f"- 召集人: {md_cell(meeting['convener'])}"
    if meeting["reason"]:
        yield f"- 理由: {md_cell(meeting['reason'])}"
    yield f"- 到会: {md_cell('、'.join(meeting['present'])) or '(未记)'}"
    if meeting["guests"]:
        yield f"- 邀请: {md_cell('、'.join(guest or GONE for guest in meeting['guests']))}"
    yield ""
    for slot, text in meeting["slots"].items():
        yield from (f"## {md_cell(slot)}", "", md_cell(text or SLOT), "")
    yield from ("## 决定", "")
    for one in meeting["decisions"]:
        yield _ordered(one["number"], one)
    for one in meeting["tasks"]:
        yield f"{_ordered(one['task'], one)} ({one['state']})"
    if not meeting["decisions"] and not meeting["tasks"]:
        yield SLOT
    yield ""
    ledger = meeting["ledger"]
    if ledger:
        yield f"*台账第 {ledger['seq']} 号 {ledger['head'][-16:]}*"
        yield ""


def _ordered(name: str, one: Mapping[str, Any]) -> str:
    return f"- {name} {md_cell(one['unit'])} {one['due']} 前: {md_cell(one['text'] or GONE)}"

"""The assessment as a page: JSON, one flat table, sections for people, the rows behind a figure.

Texts people recorded are masked here and cleaned by the format that prints them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.policy.assessment import KINDS, NO_CASES
from sixping.render.period import NONE, Section
from sixping.reports.assessment import FEW, NO_COHORT, NO_WEIGHTS, behind
from sixping.util.clock import to_text
from sixping.util.text import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from sixping.reports.assessment import Assessment, ManualItem, Rate, Sheet, Subject
    from sixping.reports.assessrows import Row

ERASED = "(已清除)"
EMPTY = "(未填)"
_WEIGHTLESS = (
    "办法没有写明权重, 街道也未设定: 只列数, 不计分、不排名。权重由街道写进 assessment.toml。"
)
_SCORED = "总分: 各指标得分按权重折算为百分, 没有统计对象的指标不计; 减扣分, 加减手工分。"
_TOO_FEW = "少于 {} 件的只列数、不排名: 件数少时一两件之差就使比率大起大落, 名次说明不了工作好坏。"


def shown(text: str | None) -> str:
    """Return a recorded text as it may be shown; a sign where it was erased."""
    return ERASED if text is None else mask_text(text)


def _points(value: Decimal | None) -> str:
    return NONE if value is None else f"{value:f}"


# --- documents -------------------------------------------------------------------------


def assessment_json(found: Assessment) -> dict[str, Any]:
    """Return the document: figures by subject, what they count, what was recorded by hand.

    ``{period: {from, to}, as_of, ledger: {seq, head}, small_sample, indicators, deductions,
    subjects: [{name, kind, cases, rank, unranked, total, rates: {id: {n, d, rate, score}},
    deductions: {id: {n, points}}, items: [{seq, unit, day, points, reason, by}],
    people: [{by, steps, cases}]}], others: [{name, cases}],
    sheets: [{agency, opinions, consents: [{seq, day, text, by}]}]}``; points, scores and
    totals are decimal text, exact to what is shown.
    """
    return {
        "period": {"from": found.period.first.isoformat(), "to": found.period.last.isoformat()},
        "as_of": to_text(found.as_of),
        "ledger": {"seq": found.seq, "head": found.head},
        "small_sample": found.small_sample,
        "indicators": [one._asdict() for one in found.scheme.indicators],
        "deductions": [one._asdict() for one in found.scheme.deductions],
        "subjects": [_subject_json(one) for one in found.subjects],
        "others": [{"name": name, "cases": n} for name, n in found.others],
        "sheets": [_sheet_json(one) for one in found.sheets],
    }


def _subject_json(one: Subject) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "cases": one.cases,
        "rank": one.rank,
        "unranked": one.unranked,
        "total": _text(one.total),
        "rates": {
            name: {"n": r.n, "d": r.d, "rate": r.rate, "score": _text(r.score)}
            for name, r in one.rates.items()
        },
        "deductions": {
            name: {"n": c.n, "points": _text(c.points)} for name, c in one.counts.items()
        },
        "items": [item_json(item) for item in one.items],
        "people": [acted._asdict() for acted in one.people],
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def item_json(item: ManualItem) -> dict[str, Any]:
    """Return points given by hand, with reason and author."""
    return {
        "seq": item.seq,
        "unit": item.unit,
        "day": item.day.isoformat(),
        "points": f"{item.points:f}",
        "reason": shown(item.reason),
        "by": item.by,
    }


def _sheet_json(sheet: Sheet) -> dict[str, Any]:
    names = ("seq", "day", "text", "by")
    return {
        "agency": sheet.agency,
        "opinions": [dict(zip(names, _said(one), strict=True)) for one in sheet.opinions],
        "consents": [dict(zip(names, _said(one), strict=True)) for one in sheet.consents],
    }


def _said(one: tuple[int, Any, str | None, str | None]) -> tuple[Any, ...]:
    seq, day, text, by = one
    return seq, day.isoformat(), shown(text), by


def flat_rows(found: Assessment) -> Iterator[dict[str, Any]]:
    """Return the assessment as one flat table: ``kind name measure value``, values as text."""
    for one in found.subjects:
        values: dict[str, object] = {"cases": one.cases, "rank": one.rank, "total": one.total}
        for name, r in one.rates.items():
            rate = None if r.rate is None else f"{r.rate:.2f}"
            parts = {"n": r.n, "d": r.d, "rate": rate, "score": r.score}
            values |= {f"{name}.{part}": value for part, value in parts.items()}
        for name, c in one.counts.items():
            values |= {f"{name}.n": c.n, f"{name}.points": c.points}
        for measure, value in values.items():
            text = None if value is None else str(value)
            yield {"kind": one.kind, "name": one.name, "measure": measure, "value": text}


def drilled(found: Assessment, rows: Sequence[Row], measure: str) -> list[dict[str, Any]]:
    """Return the rows behind a figure: all of its cohort, those that count marked.

    ``measure`` is the id of an indicator or a deduction, or ``cases`` or ``people``.
    """
    return [
        {
            "unit": row.unit,
            "number": None if row.cohort in NO_CASES else row.key,
            "day": (row.at.date() if hasattr(row.at, "date") else row.at).isoformat(),
            "counted": counts,
            "what": row.what,
            "by": row.by,
        }
        for row, counts in behind(found, rows, measure)
    ]


# --- sections --------------------------------------------------------------------------


def title(found: Assessment) -> str:
    """Return the page's heading."""
    return f"考核表 {found.period.first} 至 {found.period.last}"


def anchor(found: Assessment) -> str:
    """Return the line that anchors the page to the ledger it was made from."""
    return f"台账第 {found.seq} 条, 链尾 {found.head[-16:]}, 截至 {found.as_of:%Y-%m-%d %H:%M:%S}"


def sections(found: Assessment) -> Iterator[Section]:
    """Return the page as people read it: kind by kind, then what was recorded by hand."""
    for kind, name in KINDS.items():
        subjects = [one for one in found.subjects if one.kind is kind]
        if not subjects:
            continue
        yield _standing(found, name, subjects)
        yield from _indicators(found, name, subjects)
        yield from _deductions(found, name, subjects)
        acted = [(s.name, p) for s in subjects for p in s.people]
        if acted:
            yield Section(
                f"{name}: 办理人员",
                ("单位", "人员", "步数", "事项"),
                [(unit, p.by, str(p.steps), str(p.cases)) for unit, p in acted],
            )
    items = [item for one in found.subjects for item in one.items]
    if items:
        rows = [
            (
                str(i.seq),
                i.unit,
                i.day.isoformat(),
                _points(i.points),
                i.by or NONE,
                shown(i.reason),
            )
            for i in sorted(items)
        ]
        yield Section("手工加减分", ("序号", "单位", "日期", "分", "记录人", "理由"), rows)
    if found.others:
        yield Section(
            "没有归入考核对象的",
            ("名称", "事项"),
            [(name or "(会商、区级承办, 或台账没有写明)", str(n)) for name, n in found.others],
        )
    for sheet in found.sheets:
        one = next(one for one in found.subjects if one.name == sheet.agency)
        yield _sheet(found, one, sheet)


def _standing(found: Assessment, name: str, subjects: Sequence[Subject]) -> Section:
    reasons = {one.unranked for one in subjects}
    rows = [
        (
            str(one.rank) if one.rank else NONE,
            one.name,
            _points(one.total),
            str(one.cases),
            _points(_sum([c.points for c in one.counts.values() if c.points is not None])),
            _points(_sum([i.points for i in one.items])),
            one.unranked or "",
        )
        for one in subjects
    ]
    notes = [_WEIGHTLESS if NO_WEIGHTS in reasons else _SCORED]
    if FEW in reasons:
        notes.append(_TOO_FEW.format(found.small_sample))
    if NO_COHORT in reasons:
        notes.append("有权重的指标都没有统计对象的, 不计分。")
    headers = ("名次", "单位", "总分", "件数", "扣分", "加减分", "说明")
    return Section(f"{name}考核", headers, rows, "\n".join(notes))


def _sum(points: Sequence[Decimal]) -> Decimal | None:
    return sum(points[1:], points[0]) if points else None


def _indicators(found: Assessment, name: str, subjects: Sequence[Subject]) -> Iterator[Section]:
    for one in found.scheme.indicators:
        rows = [
            (
                s.name,
                _percent(s.rates[one.id]),
                _pair(s.rates[one.id]),
                _points(s.rates[one.id].score),
            )
            for s in subjects
            if one.id in s.rates and s.rates[one.id].d
        ]
        if rows:
            weight = "" if one.weight is None else f" 权重 {one.weight:g}。"
            note = f"统计范围: {one.cohort}。{'' if one.high else '越低越好。'}{weight}"
            headers = ("单位", "本期", "件数", "得分")
            yield Section(f"{name}: {one.title} ({one.clause})", headers, rows, note)


def _percent(rate: Rate) -> str:
    return NONE if rate.rate is None else f"{rate.rate:.2f}%"


def _pair(rate: Rate) -> str:
    return f"{rate.n}/{rate.d}"


def _deductions(found: Assessment, name: str, subjects: Sequence[Subject]) -> Iterator[Section]:
    for one in found.scheme.deductions:
        rows = [
            (s.name, str(s.counts[one.id].n), _points(s.counts[one.id].points))
            for s in subjects
            if one.id in s.counts and s.counts[one.id].n
        ]
        if rows:
            note = "" if one.points is not None else "没有设定每件扣几分: 只列数。"
            yield Section(
                f"{name}: {one.title} ({one.clause})", ("单位", "件数", "扣分"), rows, note
            )


def _sheet(found: Assessment, one: Subject, sheet: Sheet) -> Section:
    """Return the sheet of an agency for the street's yearly assessment (附3.5)."""
    rows = [("件数", str(one.cases)), ("总分", _points(one.total))]
    rows.append(("名次", str(one.rank) if one.rank else f"{NONE} ({one.unranked})"))
    for i in found.scheme.indicators:
        if i.id in one.rates:
            rate = one.rates[i.id]
            rows.append((i.title, f"{_percent(rate)} ({_pair(rate)})" if rate.d else NONE))
    rows += [
        (d.title, str(one.counts[d.id].n)) for d in found.scheme.deductions if d.id in one.counts
    ]
    rows += [("手工加减分", f"{_points(i.points)} {shown(i.reason)}") for i in one.items]
    for label, texts in (("对干部的书面意见", sheet.opinions), ("任免事先同意", sheet.consents)):
        said = [f"{day} {shown(text)} (记录人 {by or NONE})" for _, day, text, by in texts]
        rows += [(label, text) for text in said or [EMPTY]]
    return Section(f"年度考核表: {one.name} (附3.5)", ("项目", "内容"), rows)

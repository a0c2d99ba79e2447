"""The assessment: one flat table for sheets, a page of sections for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.assessment import shown
from sixping.documents.phrases import NO_RATE, rate
from sixping.policy.assessment import KINDS
from sixping.render.beside import TITLE, ways_words
from sixping.render.period import left, waiting_section
from sixping.render.sections import Section, SectionPage, anchor
from sixping.render.table import Column
from sixping.reports.assessment import FEW, NO_COHORT, NO_WEIGHTS, NOBODY, OF_COHORT
from sixping.reports.drill import CHANGED, SEEN
from sixping.reports.period import Stock
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE, WAYS
from sixping.util.daytext import understood_day, understood_span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from sixping.reports.assessment import (
        AgencySheet,
        Assessment,
        ManualItem,
        Nobody,
        Rate,
        Subject,
    )

#: the flat table: key → title
HEADS = {"kind": "对象", "name": "单位", "measure": "项目", "value": "数值"}
ROWS_BEHIND = (
    Column("unit", "单位"),
    Column("number", "编号"),
    Column("day", "日期", "day"),
    Column("counted", "计入", "bool"),
    Column("what", "情况", elastic=True),
    Column("by", "人员"),
    Column("clock", "时限"),
    Column("due", "期限", "time"),
    Column("verdict", "判定"),
)
ITEM_COLUMNS = (
    Column("seq", "序号", "int"),
    Column("unit", "单位"),
    Column("day", "日期", "day"),
    Column("points", "分", "int"),
    Column("by", "记录人"),
    Column("reason", "理由", elastic=True),
)
EMPTY = "(未填)"
#: the figures of what has to be seen that stand in a table
SHOWN = (LEFT, UNDONE, STATED, CHANGED, EXTENDED, EXCEPTIONS, UNSENT, FAILED)
_WEIGHTLESS = (
    "办法没有写明权重, 街道也未设定: 只列数, 不计分、不排名。权重由街道写进 assessment.toml。"
)
_SCORED = "总分: 各指标得分按权重折算为百分, 没有统计对象的指标不计; 减扣分, 加减手工分。"
_CASES = "件数 (件): 本期在下列任一指标或扣分里计到这个单位的件, 一件只计一次; 与接收的件数不同。"
_TOO_FEW = "少于 {} 件的只列数、不排名: 件数少时一两件之差就使比率大起大落, 名次说明不了工作好坏。"


def _points(value: Decimal | None) -> str:
    return NO_RATE if value is None else f"{value:f}"


def _count(n: int | None) -> str:
    return NO_RATE if n is None else str(n)


def flat_rows(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Return the assessment as one flat table: ``kind name measure value``, values as text."""
    for subject in assessment.subjects:
        values: dict[str, object] = {
            "cases": subject.cases, "rank": subject.rank, "total": subject.total,
        }  # fmt: skip
        for name, r in subject.rates.items():
            percent = None if r.rate is None else f"{r.rate:.2f}"
            parts = {"n": r.n, "d": r.d, "rate": percent, "score": r.score}
            values |= {f"{name}.{part}": value for part, value in parts.items()}
        for name, count in subject.counts.items():
            values |= {f"{name}.n": count.n, f"{name}.points": count.points}
        values |= subject.beside
        for measure, value in values.items():
            yield _flat(subject.kind, subject.name, measure, value)
    for clock, n in assessment.left_out.items():
        yield _flat(None, None, f"left_out.{clock}", n)
    if assessment.nobody:
        yield from _flat_nobody(assessment.nobody)


def _flat_nobody(nobody: Nobody) -> Iterator[dict[str, Any]]:
    for name, r in nobody.rates.items():
        percent = None if r.rate is None else f"{r.rate:.2f}"
        for part, value in {"n": r.n, "d": r.d, "rate": percent}.items():
            yield _flat(None, NOBODY, f"{name}.{part}", value)
    counts = {f"{name}.n": n for name, n in nobody.counts.items()}
    for name, n in {**counts, **nobody.beside}.items():
        yield _flat(None, NOBODY, name, n)


def _flat(kind: str | None, name: str | None, measure: str, value: object) -> dict[str, Any]:
    text = None if value is None else str(value)
    return {"kind": kind, "name": name, "measure": measure, "value": text}


def page(assessment: Assessment, street: str) -> SectionPage:
    """Return the page as people read it, under the street's name."""
    return SectionPage(
        f"{street}考核表 {understood_span(*assessment.period)}",
        _sections(assessment),
        _made(assessment),
    )


def _made(assessment: Assessment) -> str:
    """Return the line that says from what state of the ledger, and until when it counts."""
    until = anchor(assessment.seq, assessment.head, assessment.counts_until)
    made, judged = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (assessment.made_at, assessment.as_of))
    return f"{until} 的记录都计入 (期末以后记录的办理也计入); 是否超期按 {judged} 判定; {made} 生成"


def _sections(assessment: Assessment) -> Iterator[Section]:
    """Return the tables kind by kind, then what was recorded by hand."""
    if not assessment.known:
        yield Section("没有记录", ("说明",), [(Stock.UNKNOWN.value,)])
    for kind, label in KINDS.items():
        subjects = [subject for subject in assessment.subjects if subject.kind is kind]
        if not subjects:
            continue
        yield _standing(assessment, label, subjects)
        yield from _indicators(assessment, label, subjects)
        yield from _deductions(assessment, label, subjects)
        yield from _beside(label, subjects)
        people = [(s.name, p.by, str(p.steps), str(p.cases)) for s in subjects for p in s.people]
        if people:
            yield Section(f"{label}: 经办人", ("单位", "人员", "步数", "事项"), people)
    if any(wait.n for wait in assessment.waiting.values()):
        yield waiting_section(assessment.waiting)
    items = sorted(item for subject in assessment.subjects for item in subject.items)
    if items:
        yield _items(items)
    if assessment.nobody:
        yield from _nobodys(assessment, assessment.nobody)
    if assessment.others:
        yield Section(
            "没有归入考核对象的",
            ("名称", "事项"),
            [(name or "(会商、区级承办, 或台账没有写明)", str(n)) for name, n in assessment.others],
        )
    subject_of = {subject.name: subject for subject in assessment.subjects}
    for sheet in assessment.sheets:
        yield _sheet(assessment, subject_of[sheet.agency], sheet)


def _nobodys(assessment: Assessment, nobody: Nobody) -> Iterator[Section]:
    """Say what no subject answers for, so that the figures add up to the report's."""
    scheme = assessment.scheme
    rates = ((i.title, nobody.rates[i.id]) for i in scheme.indicators)
    rows = [(title, rate(r.rate), _pair(r)) for title, r in rates if r.d]
    counts = ((d.title, nobody.counts[d.id]) for d in scheme.deductions)
    seen = ((SEEN[key], nobody.beside.get(key, 0)) for key in SHOWN)
    rows += [(title, NO_RATE, str(n)) for title, n in (*counts, *seen) if n]
    if rows:
        note = f"各考核对象与此相加, 即全街道的数; 用 --drill 指标 --unit {NOBODY} 列出每一件。"
        yield Section(NOBODY, ("指标", "本期", "计数"), rows, note)


def _items(items: Sequence[ManualItem]) -> Section:
    rows = [
        (str(i.seq), i.unit, i.day.isoformat(), _points(i.points), i.by or NO_RATE, shown(i.reason))
        for i in items
    ]
    return Section("手工加减分", ("序号", "单位", "日期", "分", "记录人", "理由"), rows)


def _standing(assessment: Assessment, label: str, subjects: Sequence[Subject]) -> Section:
    reasons = {subject.unranked for subject in subjects}
    rows = [
        (
            str(subject.rank) if subject.rank else NO_RATE,
            subject.name,
            _points(subject.total),
            _count(subject.cases),
            _points(_sum([c.points for c in subject.counts.values() if c.points is not None])),
            _points(_sum([item.points for item in subject.items])),
            subject.unranked or "",
        )
        for subject in subjects
    ]
    notes = [_WEIGHTLESS if NO_WEIGHTS in reasons else _SCORED]
    if FEW in reasons:
        notes.append(_TOO_FEW.format(assessment.small_sample))
    if NO_COHORT in reasons:
        notes.append("有权重的指标都没有统计对象的, 不计分。")
    notes.append(_CASES)
    headers = ("名次", "单位", "总分", "件数", "扣分", "加减分", "说明")
    return Section(f"{label}考核", headers, rows, "\n".join(notes))


def _sum(points: Sequence[Decimal]) -> Decimal | None:
    return sum(points[1:], points[0]) if points else None


def _indicators(
    assessment: Assessment, label: str, subjects: Sequence[Subject]
) -> Iterator[Section]:
    for indicator in assessment.scheme.indicators:
        rates = [(s.name, s.rates[indicator.id]) for s in subjects if indicator.id in s.rates]
        rows = [(name, rate(r.rate), _pair(r), _points(r.score)) for name, r in rates if r.d]
        if rows:
            weight = "" if indicator.weight is None else f" 权重 {indicator.weight:g}。"
            lower = "" if indicator.high else "越低越好。"
            title = f"{label}: {indicator.title} ({indicator.clause})"
            omitted = left(assessment.left_out, OF_COHORT.get(indicator.d, ""))
            note = f"统计范围: {indicator.cohort}{omitted}。{lower}{weight}"
            yield Section(title, ("单位", "本期", "计数", "得分"), rows, note)


def _pair(r: Rate) -> str:
    return f"{r.n}/{r.d}"


def _deductions(
    assessment: Assessment, label: str, subjects: Sequence[Subject]
) -> Iterator[Section]:
    for deduction in assessment.scheme.deductions:
        counts = [(s.name, s.counts[deduction.id]) for s in subjects if deduction.id in s.counts]
        rows = [(name, str(count.n), _points(count.points)) for name, count in counts if count.n]
        if rows:
            title = f"{label}: {deduction.title} ({deduction.clause})"
            note = "没有设定每件扣几分: 只列数。" if deduction.points is None else ""
            yield Section(title, ("单位", "件数", "扣分"), rows, note)


def _beside(label: str, subjects: Sequence[Subject]) -> Iterator[Section]:
    """Return what has to be seen of each unit that held a limit: counts, never a score."""
    rows = [
        (
            subject.name,
            *(str(subject.beside.get(key, 0)) for key in SHOWN),
            ways_words({kind: subject.beside.get(f"{LEFT}.{kind}", 0) for kind in WAYS}) or NO_RATE,
        )
        for subject in subjects
        if any(subject.beside.get(key) for key in SHOWN)
    ]
    if rows:
        note = "只列数, 不计分。逐件: sixping assess --drill 限内转出 等。"
        heads = ("单位", *(SEEN[key] for key in SHOWN), "限内转出的去向")
        yield Section(f"{label}: {TITLE}", heads, rows, note)


def _sheet(assessment: Assessment, subject: Subject, sheet: AgencySheet) -> Section:
    """Return the sheet of an agency for the street's yearly assessment (附3.5)."""
    rows = [("件数", _count(subject.cases)), ("总分", _points(subject.total))]
    rank = str(subject.rank) if subject.rank else f"{NO_RATE} ({subject.unranked})"
    rows.append(("名次", rank))
    rates = ((i.title, subject.rates.get(i.id)) for i in assessment.scheme.indicators)
    rows += [(title, f"{rate(r.rate)} ({_pair(r)})" if r.d else NO_RATE) for title, r in rates if r]
    counts = ((d.title, subject.counts.get(d.id)) for d in assessment.scheme.deductions)
    rows += [(title, _count(count.n)) for title, count in counts if count]
    rows += [("手工加减分", f"{_points(i.points)} {shown(i.reason)}") for i in subject.items]
    for label, texts in (("对干部的书面意见", sheet.opinions), ("任免事先同意", sheet.consents)):
        lines = [
            f"{understood_day(t.day)} {shown(t.text)} (记录人 {t.by or NO_RATE})" for t in texts
        ]
        rows += [(label, line) for line in lines or [EMPTY]]
    return Section(f"年度考核表: {subject.name} (附3.5)", ("项目", "内容"), rows)

"""The sheet of an agency for the street's yearly assessment (附3.5): a page to be signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.assessment import shown
from sixping.documents.phrases import NO_RATE, day
from sixping.policy.assessment import NO_CASES
from sixping.policy.vocabulary import LAPSES
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Fields,
    Head,
    Heading,
    PageBreak,
    Runs,
    SignOff,
    Slot,
    Table,
    percent,
    score,
)
from sixping.reports.assessment import NO_WEIGHTS
from sixping.util.text import columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from sixping.policy.assessment import Indicator
    from sixping.render.paper.supervision.figures import Draft
    from sixping.reports.assessment import AgencySheet, RecordedText, Subject

_ROOM, _LINE, _ROW = 490, 29, 18.5  # points of a page below its head; of a line, of a row
_WIDE = 50  # columns of a heading in one line
_HALF = 26  # columns of a field in half a row
_GROUPED = 12  # rows: a longer table needs the room of its headings
_EMPTY = "(未填)"
_OPINION, _CONSENT, _BY_HAND = "对干部的书面意见", "任免事先同意", "手工加减分"
_CHECKED = "单位核对意见（与记录不符的，请写明编号）"
#: the cohorts of duty; all others are of handling
_DUTY = frozenset({"duty", "online"})


def sheet(d: Draft, subject: Subject, recorded: AgencySheet) -> Iterator[Block]:
    """Yield the sheet of an agency: its figures, what was recorded, where it is signed.

    Of opinions and consents the days alone: their text is not for a paper that goes round.
    """
    yield PageBreak()
    title = f"年度考核表：{subject.name}（附3.5）"
    yield Heading(title)
    form, table = _form(d, subject, recorded), _table(d, subject)
    yield form
    yield table
    if not d.standing:
        yield Slot(_CHECKED, lines=_lines(title, form, table))
    yield SignOff(("负责人", "核对", "日期"))


def check_sheet(d: Draft, subject: Subject, *, below: int = 0) -> Iterator[Block]:
    """Yield what a unit gets to check its figures by before they are approved (核对).

    ``below``: the points that the head of a paper takes above it.
    """
    title = f"考核核对单：{subject.name}（五.2）"
    yield Heading(title)
    form, table = _form(d, subject, None), _table(d, subject)
    yield form
    yield table
    yield Slot(_CHECKED, lines=_lines(title, form, table, _ROOM - below))
    yield SignOff(("负责人", "核对", "日期"))


def _lines(title: str, form: Fields, table: Table, whole: int = _ROOM) -> int:
    """Return how many lines to write on a page has room for below its form and its table."""
    rows = len(table.rows) + len(table.groups or {}) + 1
    used = len(form.pairs) / 2 + len(table.notes) / 2 + (columns(title) > _WIDE)
    room = whole - _LINE * used - _ROW * rows
    return max(2, min(5, int(room / _LINE)))


def _form(d: Draft, subject: Subject, recorded: AgencySheet | None) -> Fields:
    year = d.assessment.period.last.year
    pairs: list[tuple[str, str | None]] = [
        ("考核时段", d.words.title),
        ("件数", NO_RATE if subject.cases is None else f"{subject.cases}件"),
    ]
    if subject.unranked != NO_WEIGHTS:
        rank = str(subject.rank) if subject.rank else f"{NO_RATE} ({subject.unranked})"
        pairs += [("总分", score(subject.total).text), ("名次", rank)]
    if recorded:
        pairs += [
            (_OPINION, _days(recorded.opinions, year)),
            (_CONSENT, _days(recorded.consents, year)),
            *recorded.letters,
        ]
    if recorded and d.standing:
        pairs.append(("审定", d.standing.words))
    if subject.items:
        said = [f"{score(i.points).text} {shown(i.reason)}" for i in subject.items]
        pairs.append((_BY_HAND, "\n".join(said)))
    return Fields(tuple(pairs), frozenset({_BY_HAND, "审定", *_names(recorded)}))


def _names(recorded: AgencySheet | None) -> list[str]:
    """Return the fields about letters that are too long for half a row."""
    letters = recorded.letters if recorded else ()
    return [name for name, said in letters if columns(said) > _HALF]


def _days(recorded: Sequence[RecordedText], year: int) -> str:
    return "、".join(day(each.day, year) for each in recorded) or _EMPTY


def _table(d: Draft, subject: Subject) -> Table:
    """Return every figure of the agency that counts something, a row each."""
    scheme = d.assessment.scheme
    own = [i for i in scheme.indicators if i.id in subject.rates]
    known = [i for i in own if subject.rates[i.id].d]
    handling = [_row(d, subject, i) for i in known if i.d not in _DUTY]
    duty = [_row(d, subject, i) for i in known if i.d in _DUTY]
    costs = [
        (c.title, d.cost(subject, c.id), None, None, *_scored(d, subject.counts[c.id].points))
        for c in scheme.deductions
        if c.id in subject.counts and subject.counts[c.id].n
    ]
    parts = {"办理": handling, "值守": duty, "扣分项": costs}
    rows: list[tuple[Cell, ...]] = []
    groups: dict[int, str] = {}
    for name, found in parts.items():
        if found:
            groups[len(rows)] = name
            rows += found
    heads = ("计入", "应计", "率", *(("得分",) if _weighted(d) else ()))
    return Table(
        subject.name,
        d.caption("表", f"{subject.name}各项指标"),
        (Head("项目"), *(Head(head, "figure") for head in heads)),
        tuple(rows),
        notes=tuple(_notes(d, subject, [i.title for i in own if i not in known])),
        groups=groups if len(rows) <= _GROUPED else None,
    )


def _weighted(d: Draft) -> bool:
    scheme = d.assessment.scheme
    return any(i.weight is not None for i in scheme.indicators) or any(
        c.points is not None for c in scheme.deductions
    )


def _scored(d: Draft, value: Decimal | None) -> tuple[Cell, ...]:
    return (score(value),) if _weighted(d) else ()


def _row(d: Draft, subject: Subject, indicator: Indicator) -> tuple[Cell, ...]:
    ratio = d.rate(subject, indicator)
    days = "日" if indicator.d in NO_CASES else ""
    title = f"{indicator.title}（{days}）" if days else indicator.title
    shared = ratio.rate or percent(None)
    return (title, ratio.n, ratio.d, shared, *_scored(d, subject.rates[indicator.id].score))


def _notes(d: Draft, subject: Subject, empty: Sequence[str]) -> Iterator[Runs]:
    kinds = d.lapses_of(subject.name)
    if kinds:
        said = "、".join(f"{word} {kinds[kind]}" for kind, word in LAPSES.items() if kind in kinds)
        yield (f"超期及不规范办理：{said}。",)
    if empty:
        period = "本年" if d.assessment.sort == "year" else "本期"
        yield (f"{period}没有可计的：{'、'.join(empty)}。",)

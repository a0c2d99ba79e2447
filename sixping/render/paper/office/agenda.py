"""The agenda of a meeting (附1.3): under each heading what the ledger says, else a slot.

Of cases it has no word of their reporters, unless all is to be shown: it lies before every unit.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.documents.phrases import GONE, NO_RATE
from sixping.policy.meetings import What
from sixping.policy.units import PLAIN, Naming
from sixping.policy.vocabulary import MEDIATED
from sixping.render.meeting import shown_text
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Fields,
    Head,
    Heading,
    Note,
    Paper,
    Sentence,
    Signature,
    SignOff,
    Slot,
    Table,
    count,
    moved,
    percent,
)
from sixping.render.paper.office import BY_MEETING
from sixping.render.paper.office.minutes import meeting_words, time_words
from sixping.render.paper.wording import day_words, full_day, part, punctuated, section
from sixping.reports.agenda import FREE
from sixping.reports.period import RATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sixping.render.paper.blocks import Runs
    from sixping.render.paper.wording import Origin
    from sixping.reports.agenda import Agenda, AgendaItem
    from sixping.reports.period import Figures

#: rows of a table that are read in the text; all of more stand in the annex
_SHOWN: Final = 20
#: numbers of cases that are named in one cell
_NAMED: Final = 10
#: what only the program's own screens say of a source
_ITS_OWN: Final = re.compile(r"\s*[(（][^()（）]*sixping[^()（）]*[)）]")
_CASES: Final = frozenset({What.OVERDUE, What.OPEN_CASES, What.WAITING_DECISION, What.URGES})
#: each row is a number itself, and a matter may stand in two: how many rows there are says nothing
_SUMS: Final = frozenset({What.ACCOUNTABILITY, What.DISPUTES, What.GROUPS})
#: whose last column are numbers or days, which are never cut
_NUMBERED: Final = frozenset(
    {What.REPEATED_PLACES, What.LAPSES, What.DUTY_BREACHES, What.DISPUTES, What.MISSED}
)


def agenda_paper(
    agenda: Agenda, issued: Origin, naming: Naming = PLAIN, *, reveal: bool = False
) -> Paper:
    """Return an agenda as a paper; ``reveal``: what was said stands in it in full."""
    d = _Draft(agenda, reveal=reveal)
    blocks = tuple(d.blocks(issued, naming))
    called = meeting_words(agenda.sort, naming.platform(agenda.platform))
    return Paper(
        title=f"{issued.street}“基层治理四平台”{called}议题",
        office=issued.office,
        period=d.period,
        as_of=issued.as_of,
        blocks=blocks,
        annex=tuple(d.annex),
        seal=issued.seal,
    )


class _Sort(NamedTuple):
    """How items of one kind stand in a table: their columns, and a row of each."""

    heads: tuple[Head, ...]
    row: Callable[[_Draft, AgendaItem], tuple[Cell, ...]]


class _Draft:
    """An agenda in the making: the numbers of its tables, and those that go into the annex."""

    def __init__(self, agenda: Agenda, *, reveal: bool) -> None:
        self.agenda, self.reveal = agenda, reveal
        first, last = agenda.first, agenda.last
        self.period = f"{full_day(first)}至{day_words(last, than=first)}"
        self.annex: list[Block] = []
        self._tables = 0

    def blocks(self, issued: Origin, naming: Naming) -> Iterator[Block]:
        """Yield the whole text."""
        agenda = self.agenda
        yield Fields(
            (
                ("会议", meeting_words(agenda.sort, naming.platform(agenda.platform))),
                ("时间", time_words(agenda.day, agenda.start, agenda.end)),
                ("召集人", agenda.convener),
                ("地点", None),
                ("参加对象", agenda.members or None),
            ),
            frozenset({"参加对象"}),
        )
        for heading in agenda.headings:
            yield Heading(section(heading.no, heading.title))
            yield from self._under(heading.items)
        yield Signature(issued.office, issued.date)
        yield SignOff(("拟稿", "审核", "签发"))

    def _under(self, items: Sequence[AgendaItem]) -> Iterator[Block]:
        """Yield what stands under a heading, a part for each source where there are several."""
        if not items:
            yield Slot(BY_MEETING)
            return
        parts = [(label, list(own)) for label, own in groupby(items, lambda item: item.label)]
        for number, (label, own) in enumerate(parts, 1):
            words = _ITS_OWN.sub("", label)
            if len(parts) > 1 or own[0].source == FREE:
                yield Heading(part(number, words), 2)
            yield from self._of_source(words, own)

    def _of_source(self, label: str, items: list[AgendaItem]) -> Iterator[Block]:
        what = items[0].what
        if what is What.TOTALS:
            for item in items:
                if item.figures:
                    yield Sentence(_totals(item.figures, self.period))
                yield from (Note((f"{_text(said)}。",)) for said in item.facts)
        elif what is What.PATROLS:
            yield from (Sentence(_patrols(item)) for item in items)
        elif what is What.INSPECTIONS and not items[0].facts:  # nothing was told of the month
            yield Sentence((punctuated(f"{items[0].text}。"),))
        elif what is None:
            for place, item in enumerate(items, 1):
                yield Sentence((f"{place}．{self.said(item.text)}",))
        else:
            yield self._table(label, what, items)

    def _table(self, label: str, what: What, items: list[AgendaItem]) -> Table:
        """Return a table of the items; of many the first ones, all of them in the annex."""
        sort = self._case_sort(what) if what in _CASES else _SORTS[what]
        rows = tuple(sort.row(self, item) for item in items)
        self._tables += 1
        many = len(rows) > _SHOWN
        rest = (f"其余{len(rows) - _SHOWN}项见附表", *[None] * (len(sort.heads) - 1))
        size = "" if what in _SUMS else f"（{len(rows)}{'件' if what in _CASES else '项'}）"
        table = Table(
            label,
            f"表{self._tables} {label}{size}",
            sort.heads,
            rows,
            whole=what in _NUMBERED,
            shown=_SHOWN if many else None,
            rest=rest if many else None,
        )
        if many:
            if not self.annex:
                self.annex.append(Heading("附表"))
            name = f"附表{len(self.annex)} {label}"
            self.annex.append(table._replace(name=name, caption=name, shown=None, rest=None))
        return table

    def _case_sort(self, what: What) -> _Sort:
        """Return how cases stand in a table; with room to write where the meeting decides."""
        said = (Head("内容"),) if self.reveal else ()
        decides = (Head("研究意见", "write"),) if what is What.WAITING_DECISION else ()
        heads = (
            *map(Head, ("编号", "类别", "承办单位", "社区", "情形（工作日）")),
            *said,
            *decides,
        )

        def row(_: _Draft, item: AgendaItem) -> tuple[Cell, ...]:
            category, unit, community, stands, told = map(_text, item.facts)
            shown = (told,) if self.reveal else ()
            return (
                self.numbers(item),
                category,
                unit,
                community,
                stands,
                *shown,
                *[None] * len(decides),
            )

        return _Sort(heads, row)

    def said(self, text: str | int | None) -> str:
        """Return what somebody wrote as it may be shown; None: it was erased."""
        return shown_text(str(text), reveal=self.reveal) or "" if text else GONE

    @staticmethod
    def numbers(item: AgendaItem) -> str:
        """Return the numbers of the cases, of many the first ones."""
        more = f"等{len(item.numbers)}件" if len(item.numbers) > _NAMED else ""
        return "、".join(item.numbers[:_NAMED]) + more

    def operation(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a joint operation as a row."""
        name, day, title, who, cases, outcome = item.facts
        return (
            _text(name), _text(day), self.said(title), _text(who), _count(cases), self.said(outcome)
        )  # fmt: skip

    def task(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a task of an earlier meeting as a row."""
        name, unit, due, state, text = item.facts
        return _text(name), _text(unit), _text(due), _text(state), self.said(text)

    def place(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a place as a row."""
        where, cases = item.facts
        return self.said(where), _count(cases), self.numbers(item)

    def lapse(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return how often a unit failed in one way as a row."""
        unit, kind, cases = item.facts
        return _text(unit) or "未定单位", _text(kind), _count(cases), self.numbers(item) or NO_RATE

    def account(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return how many were held to account in one way, or wait, as a row."""
        basis, what, entries, since = item.facts
        return _text(basis), _text(what), _count(entries), _text(since)

    def gap(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return the gaps in an agency's cover as a row."""
        agency, gaps, minutes, days = item.facts
        return _text(agency), _count(gaps), _count(minutes), _text(days)

    def plan(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a work plan or measure as a row."""
        *said, text = item.facts
        return (*map(_text, said), self.said(text))

    def dispute(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return how disputes of a kind were settled as a row."""
        sort, *counted = item.facts
        figures = (count(each if isinstance(each, int) else None) for each in counted)
        return punctuated(_text(sort)), *figures, self.numbers(item)

    def group(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a monthly number as a row."""
        topic, name, total, unit, units = item.facts
        return _text(topic), _text(name), _count(total), _text(unit), _count(units)

    def missed(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a regular meeting that was not held as a row."""
        sort, platform, times, days = item.facts
        return _text(sort), _text(platform), _count(times), _text(days)

    def inspection(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a measure of the inspections of the month as a row."""
        platform, kind, measure, n, how = item.facts
        said = map(_text, (platform, kind, measure))
        return *said, count(n if isinstance(n, int) else None), punctuated(_text(how))

    def rising(self, item: AgendaItem) -> tuple[Cell, ...]:
        """Return a category with more reports as a row."""
        name, now, then = item.facts
        both = [each if isinstance(each, int) else None for each in (now, then)]
        received = count(both[0], f"by_category.{name}.received")
        return _text(name), received, count(both[1]), moved(*both)


def _text(fact: str | int | None) -> str:
    return "" if fact is None else str(fact)


def _count(fact: str | int | None) -> Cell:
    return count(fact) if isinstance(fact, int) else _text(fact)


def _heads(*titles: str) -> tuple[Head, ...]:
    """Return heads; a number in front of the title: figures stand in the column."""
    return tuple(
        Head(title.removeprefix("#"), "figure" if title.startswith("#") else "text")
        for title in titles
    )


_SORTS: Final = {
    What.REPEATED_PLACES: _Sort(_heads("地点", "#件数", "编号"), _Draft.place),
    What.RISING: _Sort(_heads("类别", "#本期", "#上期", "#增减"), _Draft.rising),
    What.OPERATIONS: _Sort(
        _heads("编号", "日期", "行动", "参加", "#事项", "结果"), _Draft.operation
    ),
    What.UNDONE_TASKS: _Sort(_heads("编号", "责任单位", "完成期限", "进展", "事项"), _Draft.task),
    What.DUTY_BREACHES: _Sort(_heads("单位", "#时段", "#分钟", "日期"), _Draft.gap),
    What.ACCOUNTABILITY: _Sort(_heads("依据", "情形", "#项", "说明"), _Draft.account),
    What.PLANS: _Sort(_heads("编号", "种类", "责任单位", "完成期限", "进展", "内容"), _Draft.plan),
    What.DISPUTES: _Sort(
        _heads("种类", "#件数", *(f"#{word}" for word in MEDIATED.values()), "编号"),
        _Draft.dispute,
    ),
    What.GROUPS: _Sort(_heads("工作", "项目", "#数", "计数单位", "#填报单位"), _Draft.group),
    What.INSPECTIONS: _Sort(_heads("平台", "种类", "指标", "#数", "说明"), _Draft.inspection),
    What.MISSED: _Sort(_heads("会议", "平台", "#次数", "时段"), _Draft.missed),
    What.LAPSES: _Sort(_heads("单位", "情形", "#件数", "编号"), _Draft.lapse),
}


def _totals(figures: Figures, period: str) -> Runs:
    """Say what came in, what was done and how much was in time."""
    totals = figures.totals
    said: list[Runs] = [
        (f"{period}接收", count(totals["received"], "received"), "件，办结",
         count(totals["resolved"], "resolved"), "件次"),
    ]  # fmt: skip
    if totals["open"] is not None:
        said.append(("，期末在办", count(totals["open"], "open"), "件，其中超期",
                     count(totals["overdue"], "overdue", late=True), "件"))  # fmt: skip
    for name in ("accept_on_time", "finish_on_time"):
        rate = figures.rates[name]
        if rate["d"]:
            said.append((
                f"；{RATES[name].title}", percent(rate["rate"]), "（应计",
                count(rate["d"], f"{name}.d"), "件，按时", count(rate["n"], f"{name}.n"), "件）",
            ))  # fmt: skip
    return (*(run for runs in said for run in runs), "。")


def _patrols(item: AgendaItem) -> Runs:
    patrols, seen, grids, cases = (each if isinstance(each, int) else 0 for each in item.facts)
    numbers = _Draft.numbers(item)
    return (
        "巡查", count(patrols), "次，到过", count(seen), "个网格（共", count(grids), "个），发现",
        count(cases), f"件{f'：{numbers}' if numbers else ''}。",
    )  # fmt: skip

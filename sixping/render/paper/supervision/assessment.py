"""The paper of an assessment (五.2, 附3.5): a table a kind of subject, what adds up, year sheets.

Pure. A column without anything to count leaves and is named, so does a subject; what only one
subject is assessed by stands in a sentence. Nothing is ranked without weights of the street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.documents.assessed import DRAFT
from sixping.documents.assessment import shown
from sixping.documents.phrases import NO_RATE, day, left_words
from sixping.policy.assessment import KINDS
from sixping.policy.units import PLAIN, Naming
from sixping.render.beside import TITLE
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Head,
    Heading,
    Note,
    Paper,
    Ratio,
    Runs,
    Sentence,
    Signature,
    SignOff,
    Table,
    count,
    score,
)
from sixping.render.paper.period.annex import EXPLAINED
from sixping.render.paper.period.draft import ROOM
from sixping.render.paper.supervision.figures import SHOWN, Draft, named, points_of
from sixping.render.paper.supervision.persons import NAME as OF_PERSONS
from sixping.render.paper.supervision.persons import persons
from sixping.render.paper.supervision.yearsheet import sheet
from sixping.render.paper.wording import (
    Origin,
    day_words,
    full_day,
    listed,
    punctuated,
    waiting_words,
)
from sixping.reports.assessment import FEW, NO_COHORT, NOBODY, OF_COHORT, OTHERS
from sixping.reports.drill import SEEN, UNNAMED
from sixping.reports.handling import WAITING
from sixping.reports.period import OMITTED, Stock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sixping.documents.assessed import Standing
    from sixping.policy.assessment import Indicator
    from sixping.policy.units import UnitKind
    from sixping.reports.assessment import Assessment, Subject
    from sixping.reports.assessrows import AssessmentRow

_WEIGHTLESS = "办法没有写明权重，街道也未设定：只列数，不计分、不排名。权重由街道自行设定。"
_SCORED = (
    "总分：各指标得分按权重折算为百分，没有统计对象的指标不计；减扣分，加减手工分。"
    "各指标得分见附表。"
)
_TOO_FEW = "少于 {} 件的只列数、不排名（件数少时一两件之差就使比率大起大落，名次说明不了工作好坏）"
_CASES = "件数：本期在任一指标或扣分里计到这个单位的件，一件只计一次；与接收的件数不同。"
_ADDS_UP = f"各考核对象与“{NOBODY}”的相加，即全街道的数。"
_ANNEX = "附表"
_NO_NAME = "（会商、区级承办，或台账没有写明）"
_MOST = 10  # names that a form to read shows


def paper(
    assessment: Assessment,
    rows: Iterable[AssessmentRow],
    naming: Naming = PLAIN,
    room: str = ROOM,
    standing: Standing | None = None,
) -> Paper:
    """Return the paper of an assessment; ``rows`` are those behind it, ``room`` issues it.

    ``standing`` of its procedure: until it is approved every page says so, and no sheet of an
    agency goes out; None: the register of procedures sleeps.
    """
    d = Draft(assessment, rows)
    d.standing = standing
    first, last = assessment.period
    origin = Origin(naming.street, room, assessment.counts_until, assessment.seq, assessment.head)
    return Paper(
        title=f"{naming.street}“基层治理四平台”{d.words.title}考核表",
        office=origin.office,
        period=f"{day_words(first)}至{day_words(last, than=first)}",
        as_of=origin.as_of,
        blocks=tuple(_blocks(d, origin.office)),
        annex=tuple(_annex(d)),
        seal=_made(assessment, origin),
        draft=DRAFT if standing and not standing.approved else "",
    )


def _made(assessment: Assessment, origin: Origin) -> str:
    """Return the line that says from what state of the ledger, and until when it counts."""
    made, judged = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (assessment.made_at, assessment.as_of))
    counted = f"{origin.seal} 的记录都计入 (期末以后记录的办理也计入)"
    return f"{counted}; 是否超期按 {judged} 判定; {made} 生成"


def _blocks(d: Draft, office: str) -> Iterator[Block]:
    assessment = d.assessment
    yield Sentence(_lead(d), lead=True)
    if d.standing and d.standing.approved:
        yield Sentence((f"本表所列各数经{d.standing.words}。",))
    if not assessment.known:
        yield Sentence((punctuated(f"{Stock.UNKNOWN.value}。"),))
    for kind, label in KINDS.items():
        subjects = [subject for subject in assessment.subjects if subject.kind is kind]
        if subjects:
            yield d.section(f"{label}考核")
            yield from _of_kind(d, kind, label, subjects)
    for heading, blocks in ((OF_PERSONS, list(persons(d))), ("其他", list(_beside(d)))):
        if blocks:
            yield d.section(heading)
            yield from blocks
    yield Signature(office, full_day(assessment.made_at.date()))
    yield SignOff(("填报", "审核", "签发"))
    if d.standing and not d.standing.approved:
        if assessment.sheets:
            yield Note(("派驻机构的年度考核表用审定的数，审定后附后（附3.5）。",))
        return
    subject_of = {subject.name: subject for subject in assessment.subjects}
    for each in assessment.sheets:
        yield from sheet(d, subject_of[each.agency], each)


def _lead(d: Draft) -> Runs:
    """Say whom the paper is of, and whether it ranks."""
    subjects = d.assessment.subjects
    if not subjects:
        return (f"{d.words.title}，没有考核对象。",)
    kinds = [
        (label, sum(subject.kind is kind for subject in subjects)) for kind, label in KINDS.items()
    ]
    some = sum(not d.is_empty(subject) for subject in subjects)
    if len(subjects) == 1:
        whole: Runs = (f"{d.words.title}，{subjects[0].name}",)
        return (*whole, "有可计的事项。" if some else "没有可计的事项。")
    parts = listed((label, count(n), "个") for label, n in kinds if n)
    return (
        f"{d.words.title}，考核对象", count(len(subjects)), "个（", *parts,
        "），其中本期有可计事项的", count(some), "个。",
    )  # fmt: skip


# --- one kind of subject --------------------------------------------------------------------------


class _Columns:
    """What of a kind of subject stands in its table, what in a sentence, what nowhere."""

    def __init__(self, d: Draft, kind: UnitKind, subjects: Sequence[Subject]) -> None:
        self.kept = [subject for subject in subjects if not d.is_empty(subject)]
        scheme = d.assessment.scheme
        indicators = [i for i in scheme.indicators if kind in i.kinds]
        costs = [c for c in scheme.deductions if kind in c.kinds]
        self.counted = {i.id: [s for s in self.kept if s.rates[i.id].d] for i in indicators}
        alone = [i for i in indicators if len(self.counted[i.id]) == 1 and len(self.kept) > 1]
        self.alone = alone
        self.rates = [i for i in indicators if self.counted[i.id] and i not in alone]
        self.costs = [c for c in costs if any(s.counts[c.id].n for s in self.kept)]
        self.empty = [i.title for i in indicators if not self.counted[i.id]]
        self.empty += [c.title for c in costs if c not in self.costs]
        self.ranks = scheme.weighted(kind)
        self.pointed = any(c.points is not None for c in self.costs)
        self.by_hand = any(s.items for s in self.kept)

    def heads(self) -> tuple[Head, ...]:
        """Return the heads of the table."""
        return (
            Head("单位"),
            *([Head("名次", "figure"), Head("总分", "figure")] if self.ranks else []),
            Head("件数", "figure", "件"),
            *(
                named(title)
                for title in [i.title for i in self.rates] + [c.title for c in self.costs]
            ),
            *([Head("扣分", "figure")] if self.pointed else []),
            *([Head("加减分", "figure")] if self.by_hand else []),
        )

    def cells(self, d: Draft, s: Subject) -> tuple[Cell, ...]:
        """Return the row of a subject."""
        place: tuple[Cell, ...] = (count(s.rank), score(s.total)) if self.ranks else ()
        lost = points_of(c.points for c in s.counts.values())
        given = points_of(item.points for item in s.items)
        return (
            s.name, *place, d.cases(s), *(d.rate(s, i) for i in self.rates),
            *(d.cost(s, c.id) for c in self.costs),
            *([score(lost)] if self.pointed else []), *([score(given)] if self.by_hand else []),
        )  # fmt: skip


def _of_kind(d: Draft, kind: UnitKind, label: str, subjects: Sequence[Subject]) -> Iterator[Block]:
    """Yield the table of a kind, its figures as columns, and what stands outside of it."""
    columns = _Columns(d, kind, subjects)
    names = [subject.name for subject in subjects if subject not in columns.kept]
    if not columns.kept:
        yield Sentence((f"本期没有可计的事项：{'、'.join(names)}。",))
        return
    notes = [
        (f"{words}：{'、'.join(found)}。",)
        for words, found in (
            ("本期无可计的指标", columns.empty),
            ("本期无可计事项的单位", names),
        )
        if found
    ] + list(_unranked(d, subjects, columns.kept))
    rows = tuple(columns.cells(d, subject) for subject in columns.kept)
    caption = d.caption("表", f"{label}各项指标")
    yield Table(label, caption, columns.heads(), rows, notes=tuple(notes))
    yield from _alone(d, columns)
    if not d.noted:
        d.noted = True
        yield Note((_legend(d),))
        yield Note((_SCORED if columns.ranks else _WEIGHTLESS,))
        yield Note((_CASES,))


def _legend(d: Draft) -> str:
    lower = "、".join(i.title for i in d.assessment.scheme.indicators if not i.high)
    return (
        "格内如 1/3，即应计 3、其中计入 1；"
        f"应计不足{d.assessment.small_sample}的只列数、不列率。"
        + (f"越低越好的：{lower}。" if lower else "")
        + "各项计什么，见指标说明。"
    )


def _unranked(d: Draft, subjects: Sequence[Subject], kept: Sequence[Subject]) -> Iterator[Runs]:
    """Yield why some are not ranked though there are weights, and who of those in the table."""
    few = _TOO_FEW.format(d.assessment.small_sample)
    for words, why in ((few, FEW), ("有权重的指标都没有统计对象的，不计分", NO_COHORT)):
        if any(subject.unranked == why for subject in subjects):
            names = [subject.name for subject in kept if subject.unranked == why]
            yield (f"{words}{'：' if names else ''}{'、'.join(names)}。",)


def _alone(d: Draft, columns: _Columns) -> Iterator[Block]:
    """Say what a single subject of its kind is assessed by, one sentence a subject."""
    said: dict[str, list[Runs]] = {}
    for indicator in columns.alone:
        (subject,) = columns.counted[indicator.id]
        words = (indicator.title, *_ratio(d.rate(subject, indicator)))
        said.setdefault(subject.name, []).append(words)
    for name, parts in said.items():
        yield Sentence((f"{name}：", *listed(parts), "。"))


def _ratio(ratio: Ratio) -> Runs:
    """Return a rate in a sentence: ``93.33%（14/15）``, of few things ``1/1``."""
    pair: Runs = (ratio.n, "/", ratio.d)
    return (ratio.rate, "（", *pair, "）") if ratio.rate else pair


# --- what stands beside ---------------------------------------------------------------------------


def _beside(d: Draft) -> Iterator[Block]:
    """Yield what is no failure but to be seen, points by hand, what waits, what nobody has."""
    seen = [key for key in SHOWN if any(s.beside.get(key) for s in d.assessment.subjects)]
    rows = [s for s in d.assessment.subjects if any(s.beside.get(key) for key in seen)]
    if rows:
        yield Table(
            punctuated(TITLE),
            d.caption("表", punctuated(TITLE)),
            (Head("单位"), *(Head(SEEN[key], "figure") for key in seen)),
            tuple(
                (s.name, *(count(s.beside.get(key), d.key(key, s.name)) for key in seen))
                for s in rows
            ),
            notes=(("只列数，不计分。",),),
        )
    yield from _by_hand(d)
    waiting = [
        waiting_words(WAITING[what], count(wait.n), wait.longest)
        for what, wait in d.assessment.waiting.items()
        if wait.n
    ]
    if waiting:
        yield Sentence(("期末等候的：", *listed(waiting, "；"), "。"))
        yield Note(("期末时的状况；办法没有规定天数（二.2，三.2，三.3），只列已等的时间。",))
    yield from _nobodys(d)


def _by_hand(d: Draft) -> Iterator[Block]:
    year = d.assessment.period.last.year
    items = sorted(item for subject in d.assessment.subjects for item in subject.items)
    if items:
        heads = ("序号", "单位", "日期", "分", "记录人", "理由")
        yield Table(
            "手工加减分",
            d.caption("表", "手工加减分"),
            tuple(Head(head, "figure" if head in {"序号", "分"} else "text") for head in heads),
            tuple(
                (
                    count(i.seq), i.unit, day(i.day, year), score(i.points), i.by or NO_RATE,
                    shown(i.reason),
                )
                for i in items
            ),
        )  # fmt: skip


def _nobodys(d: Draft) -> Iterator[Block]:
    """Say what no subject answers for: with the subjects it is the whole street."""
    said: list[Runs] = [(title, *_ratio(ratio)) for title, ratio in d.nobody_rates()]
    said += [(title, figure) for title, figure in d.nobody_counts()]
    if said:
        yield Sentence((f"{NOBODY}的：", *listed(said), "。"))
        yield Note((_ADDS_UP,))
    others = sorted(d.assessment.others, key=lambda other: (-other[1], other[0] or ""))
    if others:
        yield Table(
            "没有归入考核对象的",
            d.caption("表", "没有归入考核对象的"),
            (Head("名称"), Head("事项", "figure")),
            tuple(
                (name or _NO_NAME, count(n, d.key(OTHERS, name or UNNAMED))) for name, n in others
            ),
            shown=_MOST,
            rest=(f"其他{len(others) - _MOST}个（见 Excel 文件）", None),
        )


# --- the annex ------------------------------------------------------------------------------------


def _annex(d: Draft) -> Iterator[Block]:
    """Yield what each figure counts, scores, how all add up to the street, who acted."""
    yield Heading(_ANNEX)
    yield _explained(d)
    for kind, label in KINDS.items():
        subjects = [s for s in d.assessment.subjects if s.kind is kind and not d.is_empty(s)]
        weighted = [
            i for i in d.assessment.scheme.indicators if i.weight is not None and kind in i.kinds
        ]
        if subjects and weighted:
            name = f"{label}得分"
            yield Table(
                name,
                d.caption(_ANNEX, name),
                (Head("单位"), *(Head(i.title, "figure") for i in weighted)),
                tuple((s.name, *(score(s.rates[i.id].score) for i in weighted)) for s in subjects),
            )
    if d.assessment.nobody:
        yield _whole(d)
    people = [(s.name, p) for s in d.assessment.subjects for p in s.people]
    goes_round = len(d.assessment.subjects) > 1
    if people and goes_round and (d.assessment.persons_since or d.standing):
        yield _who_recorded(d)
    elif people:
        heads = (Head("单位"), Head("人员"), Head("步数", "figure"), Head("事项", "figure"))
        # with persons who answer for cases, those who only recorded steps are called so
        name = "记录步骤的人员" if d.assessment.persons_since else "经办人"
        yield Table(
            name,
            d.caption(_ANNEX, name),
            heads,
            tuple((name, p.by, count(p.steps), count(p.cases)) for name, p in people),
        )


def _who_recorded(d: Draft) -> Table:
    """Return how many recorded steps in each unit: what goes round names nobody who typed.

    As with persons who answer for cases, the paper of one unit is handed to it and has the names.
    """
    name = "记录步骤的人员"
    note = "本表随材料传阅，只列人数；姓名见交各单位核对的分表。"
    return Table(
        name,
        d.caption(_ANNEX, name),
        (Head("单位"), Head("人数", "figure"), Head("步数", "figure")),
        tuple(
            (s.name, count(len(s.people)), count(sum(p.steps for p in s.people)))
            for s in d.assessment.subjects
            if s.people
        ),
        notes=((note,),),
    )


def _explained(d: Draft) -> Table:
    kinds = {subject.kind for subject in d.assessment.subjects}
    scheme = d.assessment.scheme

    def left(cohort: str) -> str:
        key = OF_COHORT.get(cohort, "")
        n = d.assessment.left_out.get(key)
        words = left_words(n, *OMITTED[key]) if key in OMITTED else ""
        return punctuated(words.removeprefix("; "))

    weighted = any(i.weight is not None for i in scheme.indicators)
    heads = [Head("指标"), Head("依据"), Head("计什么"), Head("未纳入统计")]
    heads += [Head("权重", "figure")] if weighted else []

    def cells(i: Indicator) -> tuple[Cell, ...]:
        weight: tuple[Cell, ...] = (NO_RATE if i.weight is None else f"{i.weight:g}",)
        own = (i.title, i.clause, punctuated(i.cohort), left(i.d) or NO_RATE)
        return (*own, *weight) if weighted else own

    rows = [cells(i) for i in scheme.indicators if kinds.intersection(i.kinds)]
    for cost in scheme.deductions:
        said = "没有设定每件扣几分，只列数" if cost.points is None else f"每件扣 {cost.points:g} 分"
        own = (cost.title, cost.clause, said, NO_RATE)
        rows.append((*own, NO_RATE) if weighted else own)
    return Table(EXPLAINED, d.caption(_ANNEX, EXPLAINED), tuple(heads), tuple(rows))


def _whole(d: Draft) -> Table:
    """Return how the kinds and what nobody answers for add up to the whole street."""
    kinds = [kind for kind in KINDS if any(s.kind is kind for s in d.assessment.subjects)]
    return Table(
        "全街道合计",
        d.caption(_ANNEX, "全街道合计"),
        (
            Head("指标"),
            *(Head(KINDS[kind], "figure") for kind in kinds),
            Head(NOBODY, "figure"),
            Head("合计", "figure"),
        ),
        tuple(d.whole_rows(kinds)),
        notes=((_ADDS_UP,),),
    )

"""What a figure opens to: the names of all figures of a report, and the rows behind one.

Pure. A figure is named by its JSON key or by the word people read.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.vocabulary import CLOCKS, LIMITS
from sixping.reports.beside import WITH_TRANSFERRED, of_family
from sixping.reports.handling import SOLVED, WAITING
from sixping.reports.period import DIMENSIONS, FINISH, OF_DAYS, OMITTED, RATES, TOTALS
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, FAMILIES, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE, WAYS
from sixping.reports.worked import AVERAGE_TITLES, GRADES, SCORES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sixping.reports.watched import Watched

CHANGED, BY_FIRST = f"{STATED}.changed", f"{EXTENDED}.by_first_limit"
SECOND = ".with_transferred"
_TRANSFERRED = "with_transferred."
LEFT_OUT = "left_out"
OUTCOMES, SETTLED = "outcomes", "solved"
_RESULTS = "办理结果"

#: what has to be seen beside the breaches: the same names wherever it is counted
SEEN: Mapping[str, str] = {
    LEFT: FAMILIES[LEFT],
    **{f"{LEFT}.{kind}": f"{FAMILIES[LEFT]}({word})" for kind, word in WAYS.items()},
    UNDONE: FAMILIES[UNDONE],
    STATED: FAMILIES[STATED],
    CHANGED: "补录改判",
    EXTENDED: FAMILIES[EXTENDED],
    EXCEPTIONS: "特批",
    UNSENT: "格式化告知",
    FAILED: FAMILIES[FAILED],
}
#: what a row of a breakdown opens by besides totals and rates
_OF_ROWS: Mapping[str, str] = {
    **{f"finish.{name}": word for name, (word, _) in FINISH.items()},
    **{f"scores.{score}": f"满意度{score}分" for score in SCORES},
}
LEFT_OUT_WORDS: Mapping[str, str] = {
    **{f"{LEFT_OUT}.{kind}": f"时间不详({word})" for kind, word in CLOCKS.items()},
    **{
        f"{LEFT_OUT}.{name}": f"{omitted.why}({RATES[name].title})"
        for name, omitted in OMITTED.items()
        if name in RATES
    },
}
#: the working days of a unit, over all grades: of its results, and of what it has open
DAYS, OPEN_DAYS = "days", "days.open_n"
OF_UNITS: Mapping[str, str] = {
    DAYS: AVERAGE_TITLES["unit"],
    OPEN_DAYS: f"{AVERAGE_TITLES['unit']}(在办)",
}
TO_CHECK, REPEATED = "to_check", "repeated"
_AVERAGES: Mapping[str, str] = {
    f"averages.{whose}.{grade}{more}": f"{title}({grade}{words})"
    for whose, title in AVERAGE_TITLES.items()
    for grade in GRADES
    for more, words in (("", ""), (".open_n", ", 在办"))
}
#: every figure of a report that opens, and what people call it
FIGURES: Mapping[str, str] = {
    **TOTALS,
    **_OF_ROWS,
    **_AVERAGES,
    TO_CHECK: "以转代办待核对",
    f"{REPEATED}.places": "重复反映的地点",
    f"{REPEATED}.callers": "重复反映的来电人",
    **{name: rate.title for name, rate in RATES.items()},
    **{f"{name}{SECOND}": f"{RATES[name].title}(含转出)" for name in WITH_TRANSFERRED},
    **SEEN,
    BY_FIRST: "按原期限办结率",
    OUTCOMES: _RESULTS,
    SETTLED: SOLVED,
    **WAITING,
    **LEFT_OUT_WORDS,
}
#: a way out by its word alone, where no other figure is called so
_SHORT = {"收到": "received"} | {
    word: f"{LEFT}.{kind}" for kind, word in WAYS.items() if word not in TOTALS.values()
}


#: of which period a figure is, besides the report's own → what people write
SPANS: Mapping[str, str] = {"previous": "上期", "last_year": "上年同期"}
UNNAMED = "(未填)"
#: how a row without a name is written
NO_NAME = (UNNAMED, "（未填）")


class Key(NamedTuple):
    """What a figure of a report opens by.

    ``dimension`` and ``name``: the row of a breakdown it stands in (``by_unit.城管执法中队.open``;
    ``name`` None: the row of those that have none). ``part``: of a rate ``n``, what is in it, or
    ``d``, of what (``finish_on_time.n``). ``span``: ``previous``, ``last_year`` or a
    month (``trend.2026-10.received``), empty: the period of the report.
    """

    figure: str
    dimension: str | None = None
    name: str | None = None
    span: str = ""
    part: str = ""

    def takes(self, keys: Sequence[str | None]) -> bool:
        """Tell whether a case stands in the row, by its facts in the order of ``DIMENSIONS``."""
        if self.dimension is None:
            return True
        return keys[tuple(DIMENSIONS).index(self.dimension)] == self.name

    @property
    def title(self) -> str:
        """What people call the figure."""
        span = SPANS.get(self.span, self.span)
        row = self.dimension and f"{DIMENSIONS[self.dimension]} {self.name or UNNAMED}"
        return ", ".join(filter(None, (span, row, title_of(self.figure))))


class Drilled(NamedTuple):
    """One row behind a figure; ``counted``: in the figure, of a rate in its numerator.

    ``verdict``: what is said of it besides, as that a way out was taken back; None: nothing.
    """

    number: str | None
    unit: str | None
    clock: str | None
    due: datetime | str | None
    at: datetime | str | None
    what: str
    by: str | None
    counted: bool
    seq: int | None
    community: str | None = None
    verdict: str | None = None


def key_named(text: str) -> Key:
    """Return what a key of a report, or the words of one, opens. Raises ``UsageFault``."""
    rest, span = text.strip(), ""
    if match := _SPAN.match(rest):
        span, rest = match[1], rest[match.end() :]
        span = span.removeprefix("trend.")
        span = {words: key for key, words in SPANS.items()}.get(span, span)
    part = ""
    if rest.endswith((".n", ".d")):
        rest, part = rest[:-2], rest[-1]
    if match := _ROW.match(rest):
        dimension = _DIMENSIONS[match[1]]
        known = {**_IN_ROWS, **(OF_UNITS if dimension == "unit" else {})}
        name, figure = _of_row(match[2], text, known)
        return Key(figure, dimension, None if name in NO_NAME else name, span, part)
    return Key(figure_named(rest), span=span, part=part)


_DIMENSIONS = {f"by_{name}": name for name in DIMENSIONS} | {
    word: name for name, word in DIMENSIONS.items()
}
_ROW = re.compile(rf"({'|'.join(_DIMENSIONS)})\.(.+)", re.DOTALL)
_MONTH = r"[12]\d{3}-(?:0[1-9]|1[0-2])"
_SPAN = re.compile(rf"({'|'.join((*SPANS, *SPANS.values()))}|trend\.{_MONTH})\.")


_IN_ROWS: Mapping[str, str] = {
    **TOTALS, **{name: rate.title for name, rate in RATES.items()}, **_OF_ROWS,
    **LEFT_OUT_WORDS,
}  # fmt: skip


def _of_row(rest: str, text: str, known: Mapping[str, str] = _IN_ROWS) -> tuple[str, str]:
    """Return the name and the figure of a row: a name may have points of its own."""
    words = {word: key for key, word in known.items()} | {key: key for key in known}
    for word in sorted(words, key=len, reverse=True):
        if rest.endswith(f".{word}") and len(rest) > len(word) + 1:
            return rest[: -len(word) - 1], words[word]
    raise UsageFault(
        f"没有这个数: {text}", f"写成 分类.名称.项目, 项目可用: {'、'.join(known.values())}。"
    )


def figure_named(text: str, known: Mapping[str, str] = FIGURES) -> str:
    """Return the key of a figure. Raises ``UsageFault`` naming those that come near."""
    words = {label: key for key, label in known.items()}
    words |= {label.replace("等)", ")"): key for label, key in words.items()}
    short = {word: key for word, key in _SHORT.items() if key in known}
    plain = text.strip().replace("（", "(").replace("）", ")").replace(" ", "")
    if plain.removesuffix(OF_DAYS).isdecimal() and plain.endswith(OF_DAYS):
        plain = "within_ceiling"
    if plain.startswith(_TRANSFERRED):  # as the key stands in JSON
        plain = f"{plain.removeprefix(_TRANSFERRED)}{SECOND}"
    key = plain if plain in known else {**short, **words}.get(plain)
    if key is None and known is FIGURES and re.fullmatch(rf"{REPEATED}\.\w+\.\d+", plain):
        key = plain
    if key is None and OUTCOMES in known:
        key = _of_one_kind(plain)
    if key is None:
        from difflib import get_close_matches

        near = get_close_matches(plain, [*words, *known], 3, 0.6)
        hint = f"相近的有: {'、'.join(near)}。" if near else f"可用: {'、'.join(words)}。"
        raise UsageFault(f"没有这个数: {text}", hint)
    return key


class PartKey(NamedTuple):
    """What a figure of an assessment, or of a list of failures, opens by.

    ``dimension`` and ``name``: of one ``unit`` or one ``kind`` of them, of one ``person`` (by id,
    with or without the unit before it); ``part`` as of ``Key``.
    """

    figure: str
    dimension: str = ""
    name: str = ""
    part: str = ""

    @property
    def text(self) -> str:
        """The key as it is typed: ``by_unit.城管执法中队.finish_on_time.n``."""
        whose = f"by_{self.dimension}.{self.name}." if self.dimension else ""
        return f"{whose}{self.figure}{f'.{self.part}' if self.part else ''}"


#: how the rows of a unit, or of a kind of units, begin → which of the two
_PARTS = {"by_unit.": "unit", "单位.": "unit", "by_kind.": "kind", "对象.": "kind"}


#: the same for a person, where persons answer by name
OF_PERSON = {"by_person.": "person", "人员.": "person"}


def part_named(
    text: str, known: Mapping[str, str], more: Mapping[str, str] = MappingProxyType({})
) -> PartKey:
    """Return what a key, or the words of one, opens; ``more``: other rows it may be of.

    Raises ``UsageFault``.
    """
    rest, part = text.strip(), ""
    if rest.endswith((".n", ".d")):
        rest, part = rest[:-2], rest[-1]
    for start, dimension in (_PARTS | dict(more)).items():
        if rest.startswith(start):
            name, figure = _of_row(rest.removeprefix(start), text, known)
            return PartKey(figure, dimension, name, part)
    return PartKey(figure_named(rest, known), part=part)


def _of_one_kind(plain: str) -> str | None:
    """Return the key of the results of one kind; which there are, the policy says."""
    kind = plain.removeprefix(f"{OUTCOMES}.")
    if kind == plain:
        kind = plain.removeprefix(f"{_RESULTS}(").removesuffix(")")
    return f"{OUTCOMES}.{kind}" if kind and kind != plain else None


def title_of(key: str) -> str:
    """Return what people call a figure."""
    if key.startswith(f"{REPEATED}."):
        return FIGURES[".".join(key.split(".")[:2])]
    known = FIGURES.get(key) or OF_UNITS.get(key)
    return known or f"{_RESULTS}({key.removeprefix(f'{OUTCOMES}.')})"


def of_results(rows: Iterable[Drilled], key: str, kinds: Collection[str]) -> list[Drilled]:
    """Return the results that came to one kind, ``what`` of their rows, or all of them.

    ``kinds`` are those that a report counts. Raises ``UsageFault`` for any other.
    """
    if key == OUTCOMES:
        return list(rows)
    kind = key.removeprefix(f"{OUTCOMES}.")
    if kind not in kinds:
        known = "、".join(title_of(f"{OUTCOMES}.{name}") for name in kinds)
        raise UsageFault(f"没有这个数: {title_of(key)}", f"可用: {known}。")
    return [row for row in rows if row.what == kind]


def of_seen(rows: Iterable[Watched], key: str) -> list[Drilled]:
    """Return what has to be seen under a key of ``SEEN``."""
    family, _, part = key.partition(".")
    chosen = of_family(rows, family)
    if key == CHANGED:
        chosen = [row for row in chosen if row.counted]
    elif part:
        chosen = [row for row in chosen if row.kind == part]
    return [as_drilled(row)._replace(counted=True) for row in chosen]


def as_drilled(row: Watched) -> Drilled:
    """Return a row that has to be seen as one of a rate, ``counted`` if it was in time."""
    clock = LIMITS[row.clock] if row.clock else None
    return Drilled(
        row.number, row.unit, clock, row.due, row.at, row.what, row.by, row.counted, row.seq,
        row.community, row.verdict,
    )  # fmt: skip

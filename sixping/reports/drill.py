"""What a figure opens to: the names of all figures of a report, and the rows behind one.

Pure. A figure is named by its JSON key or by the word people read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.vocabulary import CLOCKS, LIMITS
from sixping.reports.beside import WITH_TRANSFERRED, of_family
from sixping.reports.handling import SOLVED, WAITING
from sixping.reports.period import OF_DAYS, OMITTED, RATES, TOTALS
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, FAMILIES, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE, WAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
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
#: every figure of a report that opens, and what people call it
FIGURES: Mapping[str, str] = {
    **TOTALS,
    **{name: rate.title for name, rate in RATES.items()},
    **{f"{name}{SECOND}": f"{RATES[name].title}(含转出)" for name in WITH_TRANSFERRED},
    **SEEN,
    BY_FIRST: "按原期限办结率",
    OUTCOMES: _RESULTS,
    SETTLED: SOLVED,
    **WAITING,
    **{f"{LEFT_OUT}.{kind}": f"时间不详({word})" for kind, word in CLOCKS.items()},
    **{
        f"{LEFT_OUT}.{name}": f"{omitted.why}({RATES[name].title})"
        for name, omitted in OMITTED.items()
        if name in RATES
    },
}
#: a way out by its word alone, where no other figure is called so
_SHORT = {"收到": "received"} | {
    word: f"{LEFT}.{kind}" for kind, word in WAYS.items() if word not in TOTALS.values()
}


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
    if key is None and OUTCOMES in known:
        key = _of_one_kind(plain)
    if key is None:
        from difflib import get_close_matches

        near = get_close_matches(plain, [*words, *known], 3, 0.6)
        hint = f"相近的有: {'、'.join(near)}。" if near else f"可用: {'、'.join(words)}。"
        raise UsageFault(f"没有这个数: {text}", hint)
    return key


def _of_one_kind(plain: str) -> str | None:
    """Return the key of the results of one kind; which there are, the policy says."""
    kind = plain.removeprefix(f"{OUTCOMES}.")
    if kind == plain:
        kind = plain.removeprefix(f"{_RESULTS}(").removesuffix(")")
    return f"{OUTCOMES}.{kind}" if kind and kind != plain else None


def title_of(key: str) -> str:
    """Return what people call a figure."""
    return FIGURES.get(key) or f"{_RESULTS}({key.removeprefix(f'{OUTCOMES}.')})"


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

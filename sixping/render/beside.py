"""What is no breach but has to be seen, as a section for people and lines of the flat table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import NO_RATE, rate
from sixping.render.sections import Section
from sixping.reports.drill import FIGURES, SECOND
from sixping.reports.watched import EXCEPTIONS, EXTENDED, FAILED, FAMILIES, LEFT, STATED, UNSENT
from sixping.reports.waysout import UNDONE, WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sixping.reports.beside import Beside

TITLE = "不是超期, 但须看到"
_NOTE = (
    "限内转出: 在计的期限未满而离开的, 一个期限计一次, 按离开之日; 事后补录按办理之日;"
    " 延期按新期限届满之日。每个数背后的事项: sixping report --drill 项目, 如 --drill 限内转出。"
)

Line = tuple[str, str, str]


def section(beside: Beside, rates: Mapping[str, Mapping[str, Any]]) -> Section:
    """Return a line for each figure that is not 0; 无 where all are. ``rates``: the first ones."""
    lines = [*_left(beside), *_second(beside, rates), *_others(beside)]
    if beside.stated is None:
        lines = [("没有记录", NO_RATE, "")]
    return Section(TITLE, ("项目", "本期", "说明"), lines or [("无", "0", "")], _NOTE)


def ways_words(counts: Mapping[str, int | None]) -> str:
    """Return the ways out that occurred, by kind."""
    kinds = (f"{WAYS[kind]} {n}" for kind, n in counts.items() if n)
    return "、".join(kinds)


def _left(beside: Beside) -> Iterator[Line]:
    left = sum(n or 0 for n in beside.transferred_out.values())
    if left:
        yield FAMILIES[LEFT], str(left), ways_words(beside.transferred_out)
    if beside.undone:
        yield (
            FAMILIES[UNDONE],
            str(beside.undone),
            "已经记为超期的, 因撤销或改动而不再记为超期, 或改由别的单位负责",
        )


def _second(beside: Beside, rates: Mapping[str, Mapping[str, Any]]) -> Iterator[Line]:
    for name, now in beside.with_transferred.items():
        first = rates[name]
        if (now["n"], now["d"]) != (first["n"], first["d"]):
            words = f"不含转出 {_share(first)}; 统计范围: {now['cohort']}"
            yield FIGURES[f"{name}{SECOND}"], _share(now), words


def _others(beside: Beside) -> Iterator[Line]:
    if beside.stated:
        yield (
            FAMILIES[STATED],
            str(beside.stated),
            f"其中因补录改判的 {beside.changed} (不再超期, 或改由别的单位负责)",
        )
    if beside.extended:
        words = f"占到期的 {rate(beside.share)}; 按延期以前的期限 {_share(beside.by_first_limit)}"
        yield FAMILIES[EXTENDED], str(beside.extended), words
    if beside.exceptions:
        yield FAMILIES[EXCEPTIONS], str(beside.exceptions), "领导特批延期到最长时限以后 (五.1c)"
    if beside.unsent:
        yield FAMILIES[UNSENT], str(beside.unsent), "只记了格式文本, 没有实际告知反映人"
    if beside.failed:
        yield FAMILIES[FAILED], str(beside.failed), "办结后核查不通过的次数, 未重办的不计入办结率"


def _share(figure: Mapping[str, Any]) -> str:
    return f"{rate(figure['rate'])} ({figure['n']}/{figure['d']})"


def flat(document: Mapping[str, Any]) -> Iterator[tuple[str, str | None, str, object]]:
    """Yield ``table name measure value`` of the JSON of what stands beside the figures."""
    for kind, n in document[LEFT].items():
        yield LEFT, kind, "n", n
    for name, figure in document["with_transferred"].items():
        for part, value in figure.items():
            yield "with_transferred", name, part, value
    for part, value in document[STATED].items():
        yield STATED, None, part, value
    for part, value in document[EXTENDED].items():
        if isinstance(value, dict):
            for inner, number in value.items():
                yield EXTENDED, part, inner, number
        else:
            yield EXTENDED, None, part, value
    for family in (UNDONE, EXCEPTIONS, UNSENT, FAILED):
        yield family, None, "n", document[family]

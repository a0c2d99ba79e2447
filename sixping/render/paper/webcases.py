"""What the figures of a page open to: one list of cases, narrowed by the figure that was chosen.

Without a script: a figure links to a heading that is hidden until it is the target; the style
sheet then hides every row that is not behind that figure. So the number in a link is the number
of rows of its class. A case that a figure counts twice has a second row, for that figure alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sixping.render.paper.blocks import Cell, Details, Figure, Head, Paper, text_of
from sixping.render.paper.markup import css_string, esc
from sixping.render.paper.webtables import Links, is_short

MOST = 5000
"""Rows that a page lists: of more it lists what is late, and Excel has them all."""


class Listing(NamedTuple):
    """What a page lists: the cases in their order, and the numbers behind each key."""

    heads: tuple[Head, ...]
    cases: Mapping[str, tuple[Cell, ...]]
    behind: Mapping[str, Sequence[str]]
    titles: Mapping[str, str]
    left_out: int  # cases that are in Excel alone


def listing(paper: Paper) -> Listing:
    """Return what the page of a paper lists: every case, or only what is late where it is many."""
    details = paper.details
    if details is None:
        return Listing((), {}, {}, {}, 0)
    if _rows(details.cases, details.behind) <= MOST:
        return _chosen(details, details.behind, details.cases)
    late = {figure.key for figure in _figures(paper.blocks + paper.annex) if figure.late}
    behind = {key: numbers for key, numbers in details.behind.items() if key in late}
    named = {number for numbers in behind.values() for number in numbers}
    cases = {number: row for number, row in details.cases.items() if number in named}
    if _rows(cases, behind) > MOST:
        return _chosen(details, {}, {})
    return _chosen(details, behind, cases)


def _chosen(
    details: Details,
    behind: Mapping[str, Sequence[str]],
    cases: Mapping[str, tuple[Cell, ...]],
) -> Listing:
    left = len(details.cases) - len(cases)
    return Listing(details.heads, cases, behind, details.titles, left)


def _rows(cases: Mapping[str, object], behind: Mapping[str, Sequence[str]]) -> int:
    """Return how many rows it takes: a case as often as one figure counts it at most."""
    most: dict[str, int] = {}
    for numbers in behind.values():
        if len(set(numbers)) < len(numbers):
            for number, times in Counter(numbers).items():
                most[number] = max(times, most.get(number, 1))
    return len(cases) + sum(times - 1 for times in most.values())


def _figures(part: object) -> Iterator[Figure]:
    """Yield every figure in blocks, which are tuples all the way down."""
    if isinstance(part, Figure):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from _figures(inner)


def style(shown: Listing, links: Links) -> str:
    """Return the rules that narrow the list to the rows of the heading that is the target."""
    hide = [f"#{at}:target~.led tbody tr:not(.{at})" for at in links.used.values()]
    again = [
        f"#{at}:target~.led .again.{at}"
        for key, at in links.used.items()
        if len(set(shown.behind[key])) < len(shown.behind[key])
    ]
    labels = "".join(
        f".led tr>:nth-child({place}):not(:empty)::before{{content:{css_string(head.title + ' ')};"
        "color:var(--ink3);font-size:13px}"
        for place, head in enumerate(shown.heads[1:], 2)
        if head.title
    )
    rules = f"{','.join(hide)}{{display:none}}" if hide else ""
    rules += f"{','.join(again)}{{display:var(--row)}}" if again else ""
    if not shown.cases:
        return ""
    columns = zip(*shown.cases.values(), strict=True)
    short = ",".join(
        f".led tr>:nth-child({place})"
        for place, cells in enumerate(columns, 1)
        if all(is_short(text_of(cell)) for cell in cells)
    )
    wide = f"@media screen and (min-width:641px){{{short}{{white-space:nowrap}}}}" if short else ""
    return f"{rules}{wide}@media screen and (max-width:640px){{{labels}}}"


def section(shown: Listing, links: Links) -> Iterator[str]:
    """Yield the list of the cases: what is listed, then a row each."""
    if not shown.cases and not shown.left_out:
        return
    yield '<section class="cases" id="cases">\n<h2>附：明细</h2>\n'
    yield f'<p class="note">{_what(shown)}</p>\n'
    if shown.cases:
        yield '<p class="go"><a href="#cases">列出全部</a><a href="#top">回到开头</a></p>\n'
        for key, at in links.used.items():
            title, many = shown.titles.get(key, key), len(shown.behind[key])
            yield f'<h3 class="k" id="{at}">{esc(title)}<small>{many} 行</small></h3>\n'
        yield f'<h3 class="all">全部<small>{len(shown.cases)} 行</small></h3>\n'
        heads = "".join(f'<th scope="col">{esc(head.title)}</th>' for head in shown.heads)
        yield '<table class="led"><caption class="vh">明细</caption>'
        yield f"<thead><tr>{heads}</tr></thead><tbody>\n"
        yield from _case_rows(shown, links)
        yield "</tbody></table>\n"
    yield "</section>\n"


def _what(shown: Listing) -> str:
    if not shown.left_out:
        return "点文中任一数字，这里只列它所计的事项；未点时列出全部。不载反映内容和反映人。"
    many = shown.left_out + len(shown.cases)
    if not shown.cases:
        return f"共 {many} 件，本页不逐件列出，请看同期 Excel 文件的明细表。"
    return (
        f"共 {many} 件，这里只列超期数字所计的 {len(shown.cases)} 件，其余 {shown.left_out} 件"
        "请看同期 Excel 文件的明细表。点文中的超期数字，这里只列它所计的事项。"
    )


def _case_rows(shown: Listing, links: Links) -> Iterator[str]:
    """Yield a row a case with the ids of the figures it is behind, again for what counts twice."""
    marks: dict[str, list[list[str]]] = {number: [[]] for number in shown.cases}
    for key, at in links.used.items():
        for number, times in Counter(shown.behind[key]).items():
            rows = marks[number]
            rows += [[] for _ in range(times - len(rows))]
            for ids in rows[:times]:
                ids.append(at)
    for number, cells in shown.cases.items():
        first, *others = marks[number]
        told = _cells(cells)
        yield f'<tr class="{" ".join(first)}">{told}</tr>\n' if first else f"<tr>{told}</tr>\n"
        for ids in others:
            yield f'<tr class="again {" ".join(ids)}">{told}</tr>\n'


def _cells(cells: Sequence[Cell]) -> str:
    texts = [esc(text_of(cell)) for cell in cells]
    first = f'<th scope="row">{texts[0]}</th>' if texts else ""
    return first + "".join(f"<td>{text}</td>" for text in texts[1:])

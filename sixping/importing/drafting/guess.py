"""A file looked over for a profile to be drafted: its header, its columns, what they seem to be.

A draft is a proposal for a person to read. What levels and states mean is never guessed: their
words are listed with their counts, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import BadData
from sixping.importing import leftout
from sixping.importing.drafting.contents import KEPT, Content, content_of
from sixping.importing.drafting.headings import Match, keys, load_headings, match
from sixping.importing.profiles import CLOSED, OPEN, TIMES, Mode
from sixping.importing.reader import Header, plain, read_rows
from sixping.importing.rows import kind_of, letter
from sixping.importing.times import compile_times
from sixping.util import several
from sixping.util.cellmask import LONGEST_WORD, people_hidden, tells_person
from sixping.util.masking import is_body, mask_text, names_person

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sixping.importing.drafting.headings import Headings
    from sixping.importing.rows import Row

#: rows that are looked at closely; words of states are counted in all of them
SAMPLE = 1000
#: columns that are looked at
MOST_COLUMNS = 1000
#: different words of a column that are counted; more are no list of words
MOST_WORDS = 200
#: days after which nothing of a file can be within its limits: its rows are of the past
PAST_DAYS = 90
_LOOK = 10
_HEADING = 30  # characters of what may be a heading nobody knows
_LEAST_TEXT = 4  # characters on average of what may be a report
#: how headings end under which no report stands
_NUMBERS = ("编号", "单号", "流水号", "号码", "代码")
_WORDED = (*OPEN, *CLOSED)


class LeftOut(NamedTuple):
    """Rows that lack both text and time, and the words of one column that tell them apart."""

    column: int
    words: tuple[str, ...]
    rows: int


class Draft(NamedTuple):
    """What a file seems to say. Columns are 0-based, rows those after the header.

    ``places``: fields that seem to be there; ``title`` goes before the text, ``clock`` with the
    day of receipt. ``words``: of a field, with their counts in the whole file, but for those that
    may tell a person, of which ``hidden`` has how many. ``why`` says how
    the mode was chosen, ``repeated`` how many numbers stand in several rows of the sample.
    """

    file: str
    kind: str
    header_row: int
    names: list[str]
    contents: list[Content]
    rows: int
    places: dict[str, Match]
    title: int | None
    clock: int | None
    words: dict[str, Counter[str]]
    hidden: dict[str, int]
    mode: Mode
    why: str
    repeated: int
    left_out: LeftOut | None
    headings: Headings

    @property
    def doubt(self) -> str:
        """Return what is to be said of a header in which no name is usual; it may be a record."""
        if any(map(self.headings.known, filter(str.strip, self.names))):
            return ""
        where = f"第 {self.header_row} 行没有一个常见的列名"
        return f"{where}: 文件没有表头的, 请先在最上面加一行列名, 再起草。"

    def label(self, column: int) -> str:
        """Return how people find a column: ``D 留言时间``; it tells nobody."""
        name = one_line(self.names[column])
        shown = people_hidden(name) if self.doubt else mask_text(name)
        return f"{letter(column)} {shown}".rstrip()

    def names_column(self, column: int) -> bool:
        """Tell whether a heading is one that may be written down: it tells nobody."""
        name = one_line(self.names[column])
        return bool(name) and self.label(column) == f"{letter(column)} {name}"

    def used(self) -> dict[int, str]:
        """Return the field of each column that seems to be one's."""
        used = {found.column: field for field, found in self.places.items()}
        extra = ((self.title, "text"), (self.clock, "received"))
        return used | {column: field for column, field in extra if column is not None}


def one_line(name: str) -> str:
    """Return a heading on one line, as a profile may name it."""
    return " ".join(name.split())


def guess(
    path: Path,
    now: datetime,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Draft:
    """Look a file over. Raises ``BadData`` where it has no header, or as ``read_rows`` does."""
    headings = load_headings()
    rows = read_rows(path, sheet=sheet, encoding=encoding)
    head, sample = _header(list(islice(rows, _LOOK)), headings, path.name)
    names = head.cells[:MOST_COLUMNS]
    seen = _Sample(names)
    rows = _reports(chain(sample, rows), names, head.number)
    for row in islice(rows, SAMPLE):
        seen.add(row)
    contents = seen.contents(headings)
    places, title, clock = _places(names, contents, headings)
    counted, total = _count(seen, rows, places)
    words = _nameless(counted, _people(seen, places))
    hidden = {field: len(counted[field]) - len(kept) for field, kept in words.items()}
    mode, why = _mode(places, contents, len(seen.rows), now)
    return Draft(
        file=path.name, kind=kind_of(path), header_row=head.number, names=names,
        contents=contents, rows=total, places=places, title=title, clock=clock, words=words,
        hidden=hidden, mode=mode, why=why, repeated=_repeated(seen, places),
        left_out=_left_out(seen, places, contents), headings=headings,
    )  # fmt: skip


def _reports(rows: Iterator[Row], names: list[str], head: int) -> Iterator[Row]:
    """Yield the rows an import would not leave out by itself as totals or signatures."""
    lines = leftout.LeftOut(Header(head, names, {}))
    return (row for row in rows if not (lines.begins(row.cells) and lines.label(row.cells)))


# --- the header ---------------------------------------------------------------------------


def _header(rows: Sequence[Row], headings: Headings, file: str) -> tuple[Row, list[Row]]:
    """Return the header and the rows after it; of two that fit alike the lower one governs."""
    scores = [sum(map(headings.known, filter(str.strip, row.cells))) for row in rows]
    best = max(scores, default=0)
    if best > 1 or (best and len([cell for cell in rows[scores.index(1)].cells if cell]) == 1):
        at = len(scores) - 1 - scores[::-1].index(best)
    else:
        at = next((place for place, row in enumerate(rows) if _may_head(row)), -1)
    if at < 0:
        raise BadData(
            f"{file} 前 {_LOOK} 行中看不出哪一行是表头",
            "请在第一行写上列名 (如 编号 来电时间 反映内容) 再试。",
        )
    return rows[at], list(rows[at + 1 :])


def _may_head(row: Row) -> bool:
    """Tell whether a row could be headings nobody knows: short, distinct, no data."""
    cells = [cell.strip() for cell in row.cells if cell.strip()]
    if len(cells) < 2 or len(set(map(plain, cells))) < len(cells):  # noqa: PLR2004
        return False
    return all(
        len(cell) <= _HEADING and not any(map(str.isdecimal, cell)) and cell.isprintable()
        for cell in cells
    )


# --- the columns --------------------------------------------------------------------------


class _Sample:
    """The first rows, each cell cut to what is looked at, with the lengths they had."""

    def __init__(self, names: Sequence[str]) -> None:
        self._width = len(names)
        self._names = names
        self.rows: list[list[str]] = []
        self._lengths: list[list[int]] = [[] for _ in names]

    def add(self, row: Row) -> None:
        cells = [cell.strip() for cell in row.cells[: self._width]]
        for lengths, cell in zip(self._lengths, cells, strict=False):
            if cell:
                lengths.append(len(cell))
        cells += [""] * (self._width - len(cells))
        self.rows.append([cell[:KEPT] for cell in cells])

    def contents(self, headings: Headings) -> list[Content]:
        of_time = {name for field in TIMES for name in headings.fields.get(field, ())}
        return [
            content_of(
                [row[at] for row in self.rows if row[at]],
                self._lengths[at],
                named_time=_speaks_of_time(name, of_time),
            )
            for at, name in enumerate(self._names)
        ]


def _speaks_of_time(name: str, usual: set[str]) -> bool:
    words = ("时间", "日期", "date", "time", "created", "updated")
    return any(word in plain(name) for word in words) or bool(usual.intersection(keys(name)))


def _places(
    names: Sequence[str], contents: Sequence[Content], headings: Headings
) -> tuple[dict[str, Match], int | None, int | None]:
    """Return the column of each field, of a title, and of what o'clock it was."""

    def fits(field: str, column: int) -> bool:
        return bool(names[column].strip()) and _fits(field, contents[column])

    places = match(names, headings, fits)
    forms = [set(keys(name)) for name in names]
    title = next(_of(headings.titles, forms, _taken(places)), None)
    _by_content(places, contents, headings, forms, title)
    if "text" not in places and title is not None:
        places["text"], title = Match(title, sure=True), None
    if "received" not in places:  # named so, in a form that nobody knows
        named = _of(headings.fields["received"], forms, _taken(places))
        places.update(("received", Match(at, sure=True)) for at in islice(named, 1))
    clock = None
    received = places.get("received")
    if received and contents[received.column].times.days:
        free = [at for at, content in enumerate(contents) if content.clocks]
        clock = next((at for at in free if at not in _taken(places)), None)
    return places, title, clock


def _taken(places: dict[str, Match]) -> set[int]:
    return {found.column for found in places.values()}


def _of(usual: Iterable[str], forms: Sequence[set[str]], taken: set[int]) -> Iterator[int]:
    for name in usual:
        yield from (at for at, known in enumerate(forms) if name in known and at not in taken)


def _fits(field: str, content: Content) -> bool:
    """Tell whether what is in a column may be of a field; an empty one may be of any."""
    if not content.filled:
        return True
    if field in TIMES:
        return content.times.sure
    if field == "text":
        return not (content.times.sure or content.phones)
    if field in _WORDED:
        return content.longest < KEPT and not content.times.sure
    return not content.times.sure or field == "source_no"


def _by_content(
    places: dict[str, Match],
    contents: Sequence[Content],
    headings: Headings,
    forms: Sequence[set[str]],
    title: int | None,
) -> None:
    """Find by what is in the columns the text, the time and the telephone no heading names."""
    nobody = {*headings.unused, *headings.serials, *headings.remarks}
    free = [
        at
        for at, known in enumerate(forms)
        if at not in {*_taken(places), title} and not known & nobody and contents[at].filled
    ]
    times = [at for at in free if contents[at].times.sure]
    if "received" not in places and times:
        places["received"] = Match(times[0], sure=False)
    phones = [at for at in free if contents[at].phones]
    if "phone" not in places and phones:
        places["phone"] = Match(phones[0], sure=False)
    texts = [at for at in free if at not in (*times, *phones) and not contents[at].numbers]
    texts = [at for at in texts if not any(name.endswith(_NUMBERS) for name in forms[at])]
    longest = max(texts, key=lambda at: contents[at].average, default=None)
    if "text" not in places and longest is not None:
        content = contents[longest]
        if content.average >= _LEAST_TEXT:
            places["text"] = Match(longest, sure=False)


def _count(
    seen: _Sample, rest: Iterator[Row], places: dict[str, Match]
) -> tuple[dict[str, Counter[str]], int]:
    """Count the words of fields that have words, and the rows, through the whole file."""
    counted = {field: places[field].column for field in _WORDED if field in places}
    words = {
        field: Counter(row[at] for row in seen.rows if row[at]) for field, at in counted.items()
    }
    total = len(seen.rows)
    for row in rest:
        total += 1
        for field, at in counted.items():
            word = row.cells[at].strip()[:KEPT] if at < len(row.cells) else ""
            if word and (word in words[field] or len(words[field]) < MOST_WORDS):
                words[field][word] += 1
    return words, total


def _people(seen: _Sample, places: dict[str, Match]) -> set[str]:
    """Return the names in the column of who reported, as far as it was looked at."""
    if "reporter" not in places:
        return set()
    at = places["reporter"].column
    named = (name for row in seen.rows for name in several.names(row[at]))
    return {name for name in named if len(name) > 1 and names_person(name)}


def _nameless(counted: dict[str, Counter[str]], people: set[str]) -> dict[str, Counter[str]]:
    """Return the words without those that may tell a person: a column may be taken for another."""

    def listed(word: str) -> bool:
        if tells_person(word) or (len(word) > LONGEST_WORD and not is_body(word)):
            return False
        return not any(name in word for name in people)

    return {
        field: Counter({word: count for word, count in words.items() if listed(word)})
        for field, words in counted.items()
    }


# --- what follows from them -----------------------------------------------------------------


def _mode(
    places: dict[str, Match], contents: Sequence[Content], rows: int, now: datetime
) -> tuple[Mode, str]:
    """Choose the mode: of the past where most rows have a result, or all is long ago."""
    done = contents[places["resolved"].column].filled if "resolved" in places else 0
    if done * 2 >= max(rows, 1):
        return Mode.HISTORY, f"{done} 行有办结时间"
    latest = _latest(contents[places["received"].column]) if "received" in places else None
    if latest and (now - latest).days > PAST_DAYS:
        return Mode.HISTORY, f"最近的一件也在 {latest:%Y-%m-%d}, 已过 {PAST_DAYS} 天"
    return Mode.LIVE, "办结时间多半空着" if "resolved" in places else "没有办结时间列"


def _latest(content: Content) -> datetime | None:
    read = compile_times(content.times.formats or ("iso",))
    moments = []
    for word in content.words:
        try:
            moments.append(read(word)[0])
        except (ValueError, OverflowError):
            continue
    return max(moments, default=None)


def _repeated(seen: _Sample, places: dict[str, Match]) -> int:
    """Count the numbers that stand in rows which differ; rows alike are one report anyway."""
    if "source_no" not in places:
        return 0
    at = places["source_no"].column
    rows = {tuple(row) for row in seen.rows if row[at]}
    return sum(count > 1 for count in Counter(row[at] for row in rows).values())


def _left_out(
    seen: _Sample, places: dict[str, Match], contents: Sequence[Content]
) -> LeftOut | None:
    """Find rows of another make: without text and time, told by words no other row has."""
    needed = [places[field].column for field in ("text", "received") if field in places]
    if not needed:
        return None
    lacking = [row for row in seen.rows if not any(row[at] for at in needed)]
    if not lacking or len(lacking) == len(seen.rows):
        return None
    others = [row for row in seen.rows if any(row[at] for at in needed)]
    for at, content in enumerate(contents):
        words = {row[at] for row in lacking}
        if "" in words or len(words) > 3 or not content.short:  # noqa: PLR2004
            continue
        if not any(word in row[at] for row in others for word in words):
            return LeftOut(at, tuple(sorted(words)), len(lacking))
    return None

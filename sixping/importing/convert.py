"""One row of cells to one report, compiled from the profile: the hot path of an import."""

from __future__ import annotations

import json
import re
from datetime import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData
from sixping.importing.profiles import (
    CLOSED,
    CODES,
    FREE,
    OPEN,
    TIMES,
    TITLES,
    USABLE,
    EmptyFeedback,
)
from sixping.importing.rows import letter
from sixping.importing.times import (
    EXCEL_1904,
    FIRST_YEAR,
    LAST_YEAR,
    NO_TIME,
    Gap,
    YearFault,
    compile_split,
    compile_texts,
    would_read,
)
from sixping.policy.vocabulary import Status
from sixping.util.cellmask import in_quotes, time_shown, word_shown
from sixping.util.clock import DAYS_END
from sixping.util.masking import hide_names
from sixping.util.text import TEXT_LIMIT, accept_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import timezone

    from sixping.importing.profiles import Profile
    from sixping.importing.reader import Header
    from sixping.importing.rows import Broken, Row
    from sixping.policy.vocabulary import Platform, Severity

_MEMO = 4096  # words repeat: communities, units, categories
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}")
_DAY, _SECOND = len("2026-10-08"), len("2026-10-08T15:00:00")
_OPEN = {Gap.HOUR: "{} 只有日期, 没有几点", Gap.YEAR: "{} 是两位年份, 按年/月/日读作 {}"}
_NO_COUNT = frozenset({"0", "-1"})  # of seconds, of what has not happened
_MIDNIGHT = time()
_DIGITS = "是数字格式, 第 16 位起的数字已丢失"
MEND = "请回到来源系统重新导出, 或改正该单元格。"
_AS_TEXT = "请回到来源系统重新导出, 或在表格中先把该列设为文本格式。"


class ImportedRow(NamedTuple):
    """One report as the file states it; None is what it does not say.

    ``received`` is None only in live profiles without that column (the moment of import
    counts); all times are texts of ``clock.to_text``. ``unnumbered`` is what beside the
    words tells a row apart that has no ``source_no``: community, grid and time as JSON.
    ``untold``: without words of feedback the file says that nobody told the reporter.
    """

    row: int
    source_no: str | None
    channel: str
    text: str
    received: str | None
    resolved: str | None = None
    place: str | None = None
    community: str | None = None
    grid: str | None = None
    reporter: str | None = None
    phone: str | None = None
    anonymous: bool = False
    outcome: str | None = None
    feedback: str | None = None
    satisfaction: int | None = None
    severity: Severity | None = None
    category: str | None = None
    platform: Platform | None = None
    unit: str | None = None
    status: Status | None = None
    untold: bool = False
    unnumbered: str | None = None
    remarks: tuple[str, ...] = ()
    source_due: str | None = None
    accepted: str | None = None
    assigned: str | None = None
    fed_back: str | None = None
    closed: str | None = None
    withdrawn: str | None = None
    nature: str | None = None
    service: str | None = None
    answers: str | None = None


class RowError(NamedTuple):
    """Why a row cannot be taken: 1-based row, column as ``D 留言时间``, what, what to do.

    ``field``: of the row, empty where it is the row as a whole; ``word``: the one there that
    nobody knows, where that is all (rows repeat their words), and what is ``near`` it. What is
    repeated of a cell is masked (``cellmask``): columns may be mixed up.
    ``partly``: what of the row was read all the same, with the first error of a row.
    ``sheet`` is its worksheet, named where a file has several.
    """

    row: int
    column: str
    what: str
    hint: str
    field: str = ""
    word: str = ""
    near: tuple[str, ...] = ()
    sheet: str = ""
    partly: ImportedRow | None = None

    def without(self, reporter: object) -> RowError:
        """Return the same without the name of who reported it, wherever a cell has it."""
        if not isinstance(reporter, str):
            return self
        what, word = (hide_names(said, [reporter]) for said in (self.what, self.word))
        return self._replace(what=what, word=word)


#: ``ImportedRow`` of a list with all its values, without the count that ``_make`` takes
_IMPORTED = partial(tuple.__new__, ImportedRow)
_SLOTS = {name: place for place, name in enumerate(ImportedRow._fields)}
_SOURCE, _CHANNEL, _TEXT = _SLOTS["source_no"], _SLOTS["channel"], _SLOTS["text"]
_RECEIVED, _RESOLVED = _SLOTS["received"], _SLOTS["resolved"]
_REPORTER = _SLOTS["reporter"]
_UNNUMBERED, _REMARKS = _SLOTS["unnumbered"], _SLOTS["remarks"]
_STATUS = _SLOTS["status"]
_APART = [_SLOTS[name] for name in ("community", "grid", "received")]

_CODES = [_SLOTS[name] for name in CODES]
_PLAIN = [_SLOTS[name] for name in FREE if name not in CODES]
_WORDS = [_SLOTS[name] for name in (*OPEN, *CLOSED)]

#: a time → those it does not precede; what contradicts them is unknown
_AFTER = {
    "accepted": ("received",), "assigned": ("received",), "resolved": ("received",),
    "withdrawn": ("received",), "fed_back": ("received", "resolved"),
    "closed": ("received", "resolved"),
}  # fmt: skip
#: what a time says beside when, also where that cannot be right
_ENDS = {"resolved": Status.RESOLVED, "closed": Status.CLOSED}


class Fault(NamedTuple):
    """The 0-based column (-1: none), what is wrong, what to do; field and word as ``RowError``."""

    at: int
    what: str
    hint: str
    field: str = ""
    word: str = ""


class UnknownWord(BadData):
    """A word of a file that its profile does not explain."""


# --- what a single cell may say ---------------------------------------------------------


def cell_reader(name: str, words: Mapping[str, Any] | None) -> Callable[[str], Any]:
    """Return the reader of a field: stripped, non-empty text to value.

    ``words`` turns the file's words into ours. The reader raises ``BadData`` without
    naming the place, which the caller knows.
    """
    accepted: Callable[[str], str] = partial(accept_text, field=TITLES[name])
    if name in CLOSED:
        return lru_cache(_MEMO)(partial(_known_word, name, words or {}))
    if name in OPEN:
        return lru_cache(_MEMO)(partial(_any_word, accepted, words or {}))
    if name in CODES:
        return partial(_code, accepted)
    return accepted


def _known_word(name: str, words: Mapping[str, Any], raw: str) -> Any:  # noqa: ANN401
    if raw in words:
        return words[raw]
    raise UnknownWord(
        f"{TITLES[name]}中有方案没有说明的词: {in_quotes(word_shown(raw))}",
        f"请在方案的 [values.{name}] 中写明它的含义, 可用: {'、'.join(USABLE[name])}。",
    )


def _any_word(accepted: Callable[[str], str], words: Mapping[str, str], raw: str) -> str | None:
    return words[raw] if raw in words else accepted(raw)


def _code(accepted: Callable[[str], str], raw: str) -> str | None:
    """Read digits that are a name: phone, number; undo what spreadsheets do to them."""
    if raw.startswith('="') and raw.endswith('"'):  # the usual way to keep zeros in a CSV
        raw = raw[2:-1].strip()
    elif raw.startswith("'"):
        raw = raw[1:].strip()
    if "+" in raw and _SCIENTIFIC.fullmatch(raw):
        raise BadData(
            "长号码被表格软件改成了科学计数, 原来的数字已丢失",
            "请回到来源系统重新导出, 或在表格中先把该列设为文本格式。",
        )
    return accepted(raw) if raw else None


# --- a row -------------------------------------------------------------------------------


class Converter:
    """A profile compiled against a header: cells by position, readers bound once.

    ``convert`` is the hot path and knows no errors: a row on which it raises is read
    again by ``reread``, slowly, to say in which cells and why.
    """

    def __init__(self, header: Header, profile: Profile, *, from_1904: bool = False) -> None:
        self._header = header
        self._joiner = profile.joiner
        self._width = len(header.names)
        self._base = [ImportedRow._field_defaults.get(name) for name in ImportedRow._fields]
        for name, value in profile.defaults.items():
            self._base[_SLOTS[name]] = value
        empty = profile.empty_feedback is EmptyFeedback.UNTOLD
        self._base[_SLOTS["untold"]] = empty and "feedback" in header.places
        places = {name: at for name, at in header.places.items() if name not in TIMES}
        self._cells = [
            (_SLOTS[name], at, cell_reader(name, profile.values.get(name)))
            for name, at in places.items()
        ]
        single = {slot: (at[0], read) for slot, at, read in self._cells if len(at) == 1}
        self._joined = [(slot, at) for slot, at, _ in self._cells if len(at) > 1]
        self._plain = [(slot, single[slot][0]) for slot in _PLAIN if slot in single]
        self._codes = [(slot, *single[slot]) for slot in _CODES if slot in single]
        self._words = [(slot, *single[slot]) for slot in _WORDS if slot in single]
        times = [name for name in TIMES if name in header.places]
        terms = partial(_terms, profile=profile, from_1904=from_1904)
        self._times = [
            (_SLOTS[name], header.places[name][0], compile_texts(*terms(name)),
             _blank(name, profile))
            for name in times if len(header.places[name]) == 1
        ]  # fmt: skip
        self._split = [
            (_SLOTS[name], header.places[name], compile_split(*terms(name)))
            for name in times if len(header.places[name]) > 1
        ]  # fmt: skip
        self._pairs = [
            (_SLOTS[name], _SLOTS[first])
            for name, before in _AFTER.items() for first in before
            if {name, first} <= {*times}
        ]  # fmt: skip
        self._hour = profile.hour or _MIDNIGHT
        self._needs_received = "received" in header.places
        self._source_at = header.places.get("source_no", (-1,))[0]

    def convert(self, row: Row) -> ImportedRow:
        """Return the report of a row; raises anything at all when a cell is not right."""
        number, cells, lossy, broken, _ = row
        if broken:
            raise ValueError(number)
        if len(cells) != self._width:
            cells = self._fit(cells)
        # What ``accept_text`` asks of a cell, of all at once; no reader of files gives half
        # characters.
        if "\0" in (whole := "".join(cells)) or len(whole) > TEXT_LIMIT:
            raise ValueError(number)
        values = self._base.copy()
        values[0] = number
        for slot, index in self._plain:
            if raw := cells[index].strip():
                values[slot] = raw
        for slot, places in self._joined:
            if parts := [part for index in places if (part := cells[index].strip())]:
                values[slot] = self._joiner.join(parts)
        self._fill_words(values, cells)
        self._fill_times(values, cells)
        return self._finish(values, lossy)

    def _finish(self, values: list[Any], lossy: tuple[int, ...]) -> ImportedRow:
        if lossy:
            self._weigh(values, lossy)
        blank = values[_TEXT] is None or values[_CHANNEL] is None or values[_RECEIVED] is None
        if blank and self._lacking(values):
            raise ValueError(values[0])
        for slot, before in self._pairs:
            later, first = values[slot], values[before]
            if later is not None and first is not None and later < first:
                self._settle(values, slot, before)
        if values[_SOURCE] is None:
            values[_UNNUMBERED] = _apart(values)
        return _IMPORTED(values)

    def _fill_words(self, values: list[Any], cells: list[str]) -> None:
        for slot, index, read in self._codes:
            if raw := cells[index].strip():
                values[slot] = raw if raw.isalnum() else read(raw)
        for slot, index, read in self._words:
            if (raw := cells[index].strip()) and (value := read(raw)) is not None:
                values[slot] = value

    def _fill_times(self, values: list[Any], cells: list[str]) -> None:
        for slot, index, read, blank in self._times:
            if (raw := cells[index].strip()) and raw not in blank:
                values[slot], gap = read(raw)
                if gap:
                    self._leave_open(values, slot, index, gap)
        for slot, (day, clock), both in self._split:
            raw, written = _time_in(cells[day]), _time_in(cells[clock])
            if raw or written:
                values[slot], gap = both(raw, written)
                if gap:
                    self._leave_open(values, slot, day, gap)

    def _leave_open(self, values: list[Any], slot: int, index: int, gap: int) -> None:
        _remark(values, _OPEN[Gap(gap)].format(self._header.label(index), values[slot][:_DAY]))

    def reread(self, row: Row) -> list[ImportedRow | RowError]:
        """Return what is wrong with a row, cell by cell, or after all its report.

        A row of blanks only gives nothing.
        """
        number, cells, lossy, broken, _ = row
        if broken and broken[0][0] < 0:
            return [RowError(number, "", broken[0][1], MEND)]
        if not any(map(str.strip, cells)):
            return []
        if any(map(str.strip, cells[self._width :])):
            what = f"该行有 {len(cells)} 列, 表头只有 {self._width} 列"
            return [RowError(number, letter(self._width), what, "请检查是否有逗号没有加引号。")]
        values = [number, *self._base[1:]]
        damaged = list(self._damage(broken))
        untrue = {fault.at for fault in damaged}
        tried = [*self._attempts(self._fit(cells), values), *self._lost(lossy)]
        faults = [*damaged, *(fault for fault in tried if fault.at not in untrue)]
        failed = {fault.field for fault in faults}
        faults += [fault for fault in self._lacking(values) if fault.field not in failed]
        if not faults:
            return [self._finish(values, lossy)]
        first, *others = [
            RowError(number, self._header.label(at), what, hint, field, word).without(
                values[_REPORTER]
            )
            for at, what, hint, field, word in faults
        ]
        return [first._replace(partly=ImportedRow._make(values)), *others]

    def _attempts(self, cells: list[str], values: list[Any]) -> Iterator[Fault]:
        """Fill ``values`` cell by cell, yielding where that fails."""
        for slot, places, read in self._cells:
            parts = [part for index in places if (part := cells[index].strip())]
            try:
                value = read(self._joiner.join(parts)) if parts else None
                values[slot] = values[slot] if value is None else value
            except BadData as fault:
                word = word_shown(parts[0]) if isinstance(fault, UnknownWord) else ""
                yield Fault(places[0], fault.what, fault.hint, ImportedRow._fields[slot], word)
        readers: list[tuple[int, tuple[int, ...], Callable[..., tuple[str, int]], frozenset[str]]]
        readers = [(slot, (index,), read, blank) for slot, index, read, blank in self._times]
        readers += [(*split, NO_TIME) for split in self._split]
        for slot, places, moment, blank in readers:
            written = [_time_in(cells[index], blank) for index in places]
            if any(written):
                try:
                    values[slot], gap = moment(*written)
                except (ValueError, OverflowError) as error:
                    yield self._unread(ImportedRow._fields[slot], places, written, error)
                else:
                    if gap:
                        self._leave_open(values, slot, places[0], gap)

    def _unread(
        self, name: str, places: tuple[int, ...], written: list[str], error: Exception
    ) -> Fault:
        """Return what is wrong with a time, in which of its cells, and what would read it."""
        at, raw = places[0], written[0]
        what, hint = f"时间无法识别: {in_quotes(time_shown(raw))}", "请改正该单元格。"
        if not raw:
            what, hint = f"{TITLES[name]}只有几点, 没有日期", "请补上日期。"
        elif isinstance(error, YearFault):
            what = f"{what}, 年份不在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"
        elif len(places) > 1 and self._reads(name, raw):
            at, what = places[1], f"时间无法识别: {in_quotes(time_shown(written[1]))}"
            hint = "请改正该单元格, 写成 15:05 这样。"
        else:
            hint = _advice(name, raw)
        return Fault(at, what, hint, name)

    def _reads(self, name: str, day: str) -> bool:
        (both,) = (read for slot, _, read in self._split if slot == _SLOTS[name])
        try:
            both(day, "")
        except (ValueError, OverflowError):
            return False
        return True

    def _damage(self, broken: Sequence[Broken]) -> Iterator[Fault]:
        """Yield the cells we read that do not say what was once written there."""
        fields = {index: name for name, at in self._header.places.items() for index in at}
        for index, why in broken:
            if index in fields:
                yield Fault(index, why, MEND, fields[index])

    def _lost(self, lossy: tuple[int, ...]) -> Iterator[Fault]:
        if self._source_at in lossy:
            yield Fault(self._source_at, f"来源编号{_DIGITS}", _AS_TEXT, "source_no")

    def _fit(self, cells: list[str]) -> list[str]:
        """Bring a ragged row to the header's width; raise on cells beyond it."""
        if any(map(str.strip, cells[self._width :])):
            raise ValueError(len(cells))
        return (cells + [""] * self._width)[: self._width]

    def _weigh(self, values: list[Any], lossy: tuple[int, ...]) -> None:
        """Remark on numbers whose digits are lost; raise when one tells rows apart."""
        if self._source_at in lossy:
            raise ValueError(lossy)
        used = {index for _, places, _ in self._cells for index in places}
        for index in used.intersection(lossy):
            _remark(values, f"{self._header.label(index)} {_DIGITS}")

    def _settle(self, values: list[Any], slot: int, before: int) -> None:
        """Take a later time that precedes what it follows for unknown, and remark on it.

        A day without a clock, on the day of what it follows, only seems to precede it.
        """
        later, first = values[slot], values[before]
        if later == f"{first[:_DAY]}T{self._hour}+08:00":
            values[slot] = first
            return
        name, earlier = ImportedRow._fields[slot], ImportedRow._fields[before]
        values[slot] = None
        if name in _ENDS and values[_STATUS] is None:
            values[_STATUS] = _ENDS[name]
        said = f"{TITLES[name]} {_shown(later)} 早于{TITLES[earlier]} {_shown(first)}"
        _remark(values, f"{self._header.label(self._place(name))} {said}, 按不详记")

    def _lacking(self, values: list[Any]) -> list[Fault]:
        needed = [("text", _TEXT), ("channel", _CHANNEL)]
        if self._needs_received:
            needed.append(("received", _RECEIVED))
        return [
            Fault(self._place(name), f"{TITLES[name]}为空", "请补上, 或删去该行。", name)
            for name, slot in needed
            if values[slot] is None
        ]

    def _place(self, name: str) -> int:
        return self._header.places.get(name, (-1,))[0]


def _time_in(cell: str, blank: frozenset[str] = NO_TIME) -> str:
    raw = cell.strip()
    return "" if raw in blank else raw


def _blank(name: str, profile: Profile) -> frozenset[str]:
    """Return what a column of times has where there is none yet; counts of seconds have a 0."""
    counts = any(each.startswith("unix") for each in profile.times.get(name, ()))
    return NO_TIME | _NO_COUNT if counts else NO_TIME


def _terms(
    name: str, profile: Profile, *, from_1904: bool
) -> tuple[tuple[str, ...], timezone, time | None]:
    """Return how a column of times is read; by when a source wants the result ends with its day."""
    hour = DAYS_END if name == "source_due" else profile.hour
    formats = profile.times.get(name, ())
    if from_1904:
        formats = tuple(EXCEL_1904 if each == "excel" else each for each in formats)
    return formats, profile.zone, hour


def _advice(name: str, raw: str) -> str:
    """Return what to do about a time that cannot be read."""
    if not any(map(str.isdecimal, raw)):
        return f"请改正该单元格; 整列都这样的, 请核对方案的 [columns] 中 {name} 是哪一列。"
    ways = [f'"{way}"{_order(way)}' for way in would_read(raw)]
    if not ways:
        return "请改正该单元格, 写成 2026-04-01 15:05 这样。"
    which = ": 按来源的写法选一种" if len(ways) > 1 else ""
    return f"请改正该单元格, 或在方案的 [times] 中给 {name} 加上 {' 或 '.join(ways)}{which}。"


def _order(way: str) -> str:
    starts = {"%y": " (年在前)", "%m": " (月在前)", "%d": " (日在前)"}
    return starts.get(way[:2], "")


def _shown(moment: str) -> str:
    return moment[:_SECOND].replace("T", " ")


def _remark(values: list[Any], words: str) -> None:
    values[_REMARKS] = (*values[_REMARKS], words)


def _apart(values: list[Any]) -> str:
    """Return what beside its words tells a row without a number apart."""
    pieces = [values[slot] for slot in _APART]
    return json.dumps(pieces, ensure_ascii=False, separators=(",", ":"))

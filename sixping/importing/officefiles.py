"""Tables of an office: people, units, attendance. Columns by their names, faults by their row."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData, UsageFault
from sixping.importing.convert import RowError
from sixping.importing.reader import contents_of, plain, read_rows
from sixping.importing.rows import Row, letter
from sixping.importing.times import EXCEL_1904, clock, compile_times
from sixping.policy.units import DutyMode, UnitKind
from sixping.util.dates import parse_day
from sixping.util.names import meant
from sixping.util.text import accept_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from sixping.util.dates import Direction

_LOOK = 10
#: signs and number of titles that are named where no header fits
_TITLE, _TITLES = 12, 12
_SHORT = 100
_LAST_MINUTE = 24 * 60
_TIME = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}[ T])?(\d{1,2}):(\d{2})(?::\d{2})?")
_YES = {"是", "有", "√", "y", "yes", "true", "1", "驻点", "在线"}
_NO = {"否", "无", "×", "x", "n", "no", "false", "0", "不驻点", "不在线"}


class Sheet(NamedTuple):
    """A table we read: its columns by field, with the names a file may use for them."""

    name: str
    columns: Mapping[str, Sequence[str]]
    required: Sequence[str]


PEOPLE = Sheet(
    "people",
    {
        "name": ("姓名", "name"),
        "unit": ("单位", "所在单位", "部门", "unit"),
        "role": ("职务", "岗位", "角色", "role"),
        "stationed": ("是否驻点", "驻点", "stationed"),
        "online": ("是否在线", "在线值班", "online"),
        "phone": ("电话", "手机", "联系电话", "phone"),
        "licence": ("执法证号", "执法证", "licence"),
        "licence_from": ("执法证有效期自", "发证日期", "licence_from"),
        "licence_until": ("执法证有效期至", "有效期至", "licence_until"),
    },
    ("name", "unit"),
)
UNITS = Sheet(
    "units",
    {
        "name": ("名称", "单位名称", "name"),
        "kind": ("种类", "类型", "kind"),
        "platform": ("平台", "所属平台", "platform"),
        "parent": ("所属社区", "上级", "parent"),
        "stationed": ("是否驻点", "驻点", "stationed"),
        "duty": ("值守方式", "duty"),
        "role": ("职责", "role"),
    },
    ("name", "kind"),
)
ATTENDANCE = Sheet(
    "attendance",
    {
        "name": ("姓名", "name"),
        "person": ("编号", "人员编号", "person"),
        "unit": ("单位", "部门", "unit"),
        "day": ("日期", "考勤日期", "打卡日期", "date"),
        "start": ("签到", "签到时间", "上班打卡时间", "上班1打卡时间", "上班时间", "in"),
        "end": ("签退", "签退时间", "下班打卡时间", "下班1打卡时间", "下班时间", "out"),
    },
    ("name", "day", "start", "end"),
)
_KINDS = {
    "派驻机构": UnitKind.AGENCY, "机构": UnitKind.AGENCY, "科室": UnitKind.OFFICE,
    "街道科室": UnitKind.OFFICE, "社区": UnitKind.COMMUNITY, "网格": UnitKind.GRID,
}  # fmt: skip
_MODES = {
    "在岗": DutyMode.ON_SITE, "驻点": DutyMode.ON_SITE, "原则上驻点": DutyMode.IN_PRINCIPLE,
    "在线": DutyMode.ONLINE,
}  # fmt: skip


class Record(NamedTuple):
    """One row as the file states it: values by field, and where each field stands."""

    row: int
    values: dict[str, Any]
    labels: Mapping[str, str]

    def fault(self, field: str, what: str, hint: str = "") -> RowError:
        """Return what is wrong with one field of this row."""
        return RowError(self.row, self.labels.get(field, ""), what, hint)


def read_records(
    path: Path,
    *sheets: Sheet,
    now: datetime,
    sheet: str | None = None,
    encoding: str | None = None,
    own: Mapping[str, str] | None = None,
    unused: list[str] | None = None,
) -> tuple[Sheet, list[Record], list[RowError]]:
    """Read a CSV or XLSX file whose header, within ten rows, fits one of ``sheets``.

    Returns which it is, the rows in order, and what is wrong with single cells. ``now``: what
    days without a year are near to; ``own``: field → its title in this file, before all others
    (``own_titles``); ``unused`` gets the titles of columns that nothing reads. Raises ``BadData``
    when no header fits or the file cannot be read, ``InputOutput`` likewise.
    """
    rows = read_rows(path, sheet=sheet, encoding=encoding)
    kinds = [_with_own(kind, own or {}) for kind in sheets]
    header, seen = None, []
    for row in islice(rows, _LOOK):
        header = next((bound for kind in kinds if (bound := _bind(row, kind))), None)
        if header:
            if unused is not None:
                unused += _unread(row, header[1])
            break
        seen.append(row)
    if not header:
        raise _no_header(path.name, kinds, seen)
    kind, places, labels = header
    read = _readers(now, from_1904=contents_of(path).from_1904)
    records, faults = [], []
    for row in rows:
        try:
            records.append(Record(row.number, _values(row, places, kind.required, read), labels))
        except _CellFault as fault:
            label = labels[fault.field]
            faults.append(RowError(row.number, label, fault.what, fault.hint))
    return kind, records, faults


def own_titles(sheet: Sheet, stated: Sequence[str]) -> dict[str, str]:
    """Return field → title of what is stated as ``签到=上班打卡``. Raises ``UsageFault``."""
    words = {title: field for field, titles in sheet.columns.items() for title in titles}
    known = "、".join(titles[0] for titles in sheet.columns.values())
    found: dict[str, str] = {}
    for each in stated:
        name, sign, title = each.replace("\uff1d", "=").partition("=")
        if not sign or not title.strip():
            raise UsageFault(f"看不懂的列: {each}", "请写成 列=表头, 如 签到=上班打卡。")
        field = meant(name.strip(), words, "列 (--column)", f"可用: {known}。")
        if field in found:
            raise UsageFault(f"{sheet.columns[field][0]} 写了两次。", "每一列只写一次。")
        found[field] = title.strip()
    return found


def _with_own(kind: Sheet, own: Mapping[str, str]) -> Sheet:
    """Return a sheet whose columns go by the titles of this file; the same where it has none."""
    if not own:
        return kind
    columns = {
        field: (own[field],) if field in own else titles for field, titles in kind.columns.items()
    }
    return kind._replace(columns=columns, required=(*kind.required, *own))


def _no_header(name: str, kinds: Sequence[Sheet], seen: Sequence[Row]) -> BadData:
    """Return why no row is a header, with the cells of the row that is most like one."""
    wanted = "; 或 ".join(
        "、".join(dict.fromkeys(kind.columns[field][0] for field in kind.required))
        for kind in kinds
    )
    likely = max(seen, key=lambda row: sum(map(bool, row.cells)), default=None)
    cells = [cell.strip()[:_TITLE] for cell in likely.cells if cell.strip()] if likely else []
    has = f" 第 {likely.number} 行是: {'、'.join(cells[:_TITLES])}。" if likely and cells else ""
    return BadData(f"{name} 前 {_LOOK} 行中没有认得的表头。", f"表头须有这些列: {wanted}。{has}")


def _bind(row: Row, kind: Sheet) -> tuple[Sheet, dict[str, int], dict[str, str]] | None:
    names = {plain(cell): place for place, cell in reversed(list(enumerate(row.cells)))}
    places = {}
    for field, titles in kind.columns.items():
        place = next((names[plain(t)] for t in titles if plain(t) in names), None)
        if place is not None:
            places[field] = place
    if any(field not in places for field in kind.required):
        return None
    labels = {field: f"{letter(at)} {row.cells[at].strip()}" for field, at in places.items()}
    return kind, places, labels


def _unread(header: Row, places: Mapping[str, int]) -> list[str]:
    """Return the titles of a header that no field takes."""
    taken = set(places.values())
    titles = (cell.strip()[:_TITLE] for at, cell in enumerate(header.cells) if at not in taken)
    return [title for title in titles if title]


class _CellFault(Exception):
    def __init__(self, field: str, what: str, hint: str) -> None:
        self.field, self.what, self.hint = field, what, hint


def _values(
    row: Row,
    places: Mapping[str, int],
    required: Sequence[str],
    read: Mapping[str, Callable[[str], Any]],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, place in places.items():
        raw = row.cells[place].strip() if place < len(row.cells) else ""
        if not raw:
            if field in required:
                raise _CellFault(field, "是空的", "请补上这一格。")
            continue
        if why := next((why for column, why in row.broken if column in (place, -1)), None):
            raise _CellFault(field, why, "请改正这一格。")
        if place in row.lossy:
            raise _CellFault(field, "是数字格式, 第 16 位起的数字已丢失", "请把该列设为文本格式。")
        try:
            values[field] = read.get(field, _text)(raw)
        except BadData as fault:
            raise _CellFault(field, fault.what, fault.hint) from None
    return values


def _text(raw: str) -> str:
    return accept_text(raw, field="内容", limit=_SHORT)


def _yes_no(raw: str) -> bool:
    word = raw.casefold()
    if word not in _YES | _NO:
        raise BadData(f"应为 是 或 否, 现为 {raw[:20]}", "请改正这一格。")
    return word in _YES


_DAYS = ("%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d")


def _day_reader(now: datetime, direction: Direction, serial: str) -> Callable[[str], date]:
    """Return the reader of a day: as files write it, a spreadsheet's number, or as people do."""
    moment = compile_times((*_DAYS, serial))

    def read(raw: str) -> date:
        with suppress(ValueError):
            return moment(raw)[0].date()
        try:
            return parse_day(raw, now, direction)
        except UsageFault as fault:
            hint = "请写成 2026-11-23、11月23日。"
            raise BadData(f"不是日期: {raw[:20]} ({fault.what.rstrip('。')})", hint) from None

    return read


_moment = compile_times(_DAYS)


def _minute(raw: str) -> int:
    """Return the minute of the day, of a clock with or without its day; seconds do not count."""
    parts = _TIME.fullmatch(raw.replace("\uff1a", ":"))
    minute = int(parts[1]) * 60 + int(parts[2]) if parts and int(parts[2]) < 60 else None  # noqa: PLR2004
    if parts is None:
        with suppress(ValueError):
            at = clock(raw)
            minute = at.hour * 60 + at.minute
    if minute is None:
        with suppress(ValueError):
            moment, gap = _moment(raw)
            minute = None if gap else moment.hour * 60 + moment.minute
    if minute is None or minute > _LAST_MINUTE:
        raise BadData(f"不是时刻: {raw[:20]}", "请写成 08:00。")
    return minute


def _word(words: Mapping[str, Any], kind: Any) -> Callable[[str], Any]:  # noqa: ANN401 - an enum
    def read(raw: str) -> Any:  # noqa: ANN401
        if raw in words:
            return words[raw]
        if raw in tuple(kind):
            return kind(raw)
        raise BadData(f"不认识的词: {raw[:20]}", f"可用: {'、'.join([*words, *kind])}。")

    return read


def _readers(now: datetime, *, from_1904: bool) -> Mapping[str, Callable[[str], Any]]:
    """Return what reads the cells of a field; whatever has none is a text."""
    serial = EXCEL_1904 if from_1904 else "excel"
    past, any_day = (_day_reader(now, where, serial) for where in ("past", "any"))
    return {
        "stationed": _yes_no,
        "online": _yes_no,
        "licence_from": past,
        "licence_until": any_day,
        "day": past,
        "start": _minute,
        "end": _minute,
        "kind": _word(_KINDS, UnitKind),
        "duty": _word(_MODES, DutyMode),
    }

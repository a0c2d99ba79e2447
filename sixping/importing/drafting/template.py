"""A workbook to fill in by hand: the columns of a profile, with lists to choose from.

What is filled in is imported by the same profile as it stands.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from sixping.errors import BadData
from sixping.importing.profiles import CODES, TIMES, TITLES
from sixping.importing.rows import letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.importing.profiles import Profile

CLOCK = "clock"  # what o'clock, beside a day
ALL = "全部"  # what a profile says that reads every sheet
_SHEET_NAME = 31  # characters of one
_ROWS = 2000  # rows that have lists and checks
_COLOURS = ("#D9E2F3", "#FCE4D6")  # of headings, and of those that must be filled in
_SHEET, _HELP, _NAMES = "登记表", "填写说明", "名单"
_WIDTHS = {"text": 50, "outcome": 40, "feedback": 40, "place": 26, "grid": 22, "phone": 16}
_WIDTH = 18
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
_EXCEL_LIST = "请从下拉列表中选择"
_HOW = {
    "source_no": "来源系统或本单位的编号, 有就填; 同一编号只登记一次",
    "text": "反映了什么, 写原话; 不要写反映人的姓名和电话",
    "received": "什么时候收到的, 如 2026-11-28 9:05",
    CLOCK: "几点几分, 如 9:05",
    "place": "事情在哪里, 越具体越好",
    "phone": "反映人的电话; 已设为文本格式, 开头的 0 不会丢",
    "reporter": "反映人的姓名; 匿名的不填",
    "anonymous": "是 或 否; 不填为否",
    "community": "从列表中选; 不清楚的不填",
    "grid": "先选社区, 再从列表中选; 不清楚的不填",
    "category": "从列表中选; 不清楚的不填, 导入时会提出建议",
    "nature": "反映的人要什么, 从列表中选; 不清楚的不填",
    "channel": "从列表中选; 不填为{channel}",
}
_STEPS = (
    "1. 在“登记表”里填写, 一行一件; 不要改列名、不要合并单元格、不要加合计行。",
    "2. 列名后有 * 的必须填写, 其余可以空着。有下拉列表的请从列表中选。",
    "3. 填好后交指挥室, 导入: sixping import 本文件 --profile {profile}",
    "4. 同一文件导入两次不会重复登记; 写错的行会指出行号和列, 改好再导入。",
)


class Lists(NamedTuple):
    """The names to choose from; ``communities`` with the grids of each."""

    channels: tuple[str, ...]
    communities: Mapping[str, tuple[str, ...]]
    categories: tuple[str, ...]
    units: tuple[str, ...]
    natures: tuple[str, ...] = ()


class Heading(NamedTuple):
    """One column: its field (or ``CLOCK``), its name, whether it must be filled in."""

    field: str
    name: str
    needed: bool


def headings_of(profile: Profile) -> list[Heading]:
    """Return the columns of a profile by their first names, in its order."""
    headings: dict[str, Heading] = {}
    for field, columns in profile.columns.items():
        needed = field in ("text", "received")
        for at, names in enumerate(columns):
            kind = CLOCK if at and field in TIMES else field  # the second of a time in two
            headings.setdefault(names[0], Heading(kind, names[0], needed))
    return list(headings.values())


def sheet_of(profile: Profile) -> str:
    """Return the name of the sheet that is filled in: the one the profile names, if it does."""
    name = profile.sheet or ""
    usable = 0 < len(name) <= _SHEET_NAME and not set(name) & set("[]:*?/\\'")
    return name if usable and name not in (ALL, _HELP, _NAMES) else _SHEET


def write_template(
    out: BinaryIO, profile: Profile, lists: Lists, now: datetime, *, called: str
) -> None:
    """Write the workbook of a profile, which ``--profile`` means by ``called``.

    Raises ``BadData`` where the ``office`` extra is missing.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise BadData(
            "写出 .xlsx 需要 XlsxWriter, 尚未安装",
            '请运行: python -m pip install "sixping[office]"',
        ) from None
    headings = headings_of(profile)
    made = BytesIO()  # whole before it goes out: a full disk leaves no half closed archive behind
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.set_properties({"title": profile.title, "created": now.replace(tzinfo=None)})
        sheet, guide, names = (
            book.add_worksheet(name) for name in (sheet_of(profile), _HELP, _NAMES)
        )
        ranges = _write_names(names, profile, lists, {heading.field for heading in headings})
        _write_sheet(book, sheet, headings)
        _write_checks(sheet, headings, ranges)
        _write_guide(book, guide, profile, headings, called)
        names.hide()
        sheet.activate()
    out.write(made.getbuffer())


def _write_sheet(book: Any, sheet: Any, headings: Sequence[Heading]) -> None:  # noqa: ANN401
    """Write the head, frozen and repeated on every page, and the formats of the columns."""
    look = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
    head, must = (book.add_format({**look, "bg_color": colour}) for colour in _COLOURS)
    for at, heading in enumerate(headings):
        cells = {"valign": "top", "text_wrap": True, "num_format": _number_format(heading.field)}
        width = _WIDTHS.get(heading.field, _WIDTH)
        sheet.set_column(at, at, width, book.add_format(cells))
        mark = "*" if heading.needed else ""
        sheet.write_string(0, at, f"{heading.name}{mark}", must if heading.needed else head)
    sheet.set_row(0, 28)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _number_format(field: str) -> str:
    if field in TIMES:
        return "yyyy-mm-dd hh:mm"
    if field == CLOCK:
        return "hh:mm"
    return "@" if field in CODES else "General"


# --- what may be filled in ------------------------------------------------------------------


def _write_names(
    sheet: Any,  # noqa: ANN401
    profile: Profile,
    lists: Lists,
    fields: set[str],
) -> dict[str, str]:
    """Write the lists, a column each; return for each field the formula of its list."""
    grids = [(name, grid) for name, each in lists.communities.items() for grid in each]
    columns = dict(_choices(profile, lists)) | {
        "grid_of": [name for name, _ in grids],
        "grid": [grid for _, grid in grids],
    }
    ranges = {}
    for at, (field, words) in enumerate(columns.items()):
        sheet.write_string(0, at, TITLES.get(field, "网格所属社区"))
        for row, word in enumerate(words, 1):
            sheet.write_string(row, at, word)
        if words:
            column = letter(at)
            ranges[field] = f"{_NAMES}!${column}$2:${column}${len(words) + 1}"
    return {name: where for name, where in ranges.items() if name in {*fields, "grid_of"}}


def _choices(profile: Profile, lists: Lists) -> Iterator[tuple[str, Sequence[str]]]:
    yield "channel", lists.channels
    yield "community", tuple(lists.communities)
    yield "category", lists.categories
    yield "nature", lists.natures
    yield "unit", lists.units
    yield "anonymous", ("是", "否")
    for field, words in profile.values.items():
        if field in ("severity", "status", "platform", "satisfaction"):
            yield field, tuple(words)


def _write_checks(sheet: Any, headings: Sequence[Heading], ranges: dict[str, str]) -> None:  # noqa: ANN401
    columns = {heading.field: letter(at) for at, heading in enumerate(headings)}
    for at, heading in enumerate(headings):
        check = _check(heading, columns, ranges)
        if check:
            sheet.data_validation(1, at, _ROWS, at, check)


def _check(
    heading: Heading, columns: Mapping[str, str], ranges: Mapping[str, str]
) -> dict[str, Any] | None:
    field, name = heading.field, heading.name[:32]  # as much as a title may have
    if field in TIMES:
        return {
            "validate": "date", "criteria": "between", "minimum": _FIRST, "maximum": _LAST,
            "input_title": name, "input_message": "如 2026-11-28 9:05",
            "error_title": name, "error_message": "请写成日期和时间, 如 2026-11-28 9:05。",
        }  # fmt: skip
    if field not in ranges:
        return None
    source = f"={ranges[field]}"
    if field == "grid" and "community" in columns:
        source = _within(f"${columns['community']}2", ranges)
    return {
        "validate": "list", "source": source, "error_title": name, "error_message": _EXCEL_LIST,
    }  # fmt: skip


def _within(community: str, ranges: Mapping[str, str]) -> str:
    """Return the formula of the grids of the community chosen in a row; of all without one."""
    owners, grids = ranges["grid_of"], ranges["grid"]
    first = grids.partition(":")[0]
    some = f"OFFSET({first},MATCH({community},{owners},0)-1,0,COUNTIF({owners},{community}),1)"
    return f'=IF({community}="",{grids},{some})'


def _write_guide(
    book: Any,  # noqa: ANN401
    sheet: Any,  # noqa: ANN401
    profile: Profile,
    headings: Sequence[Heading],
    called: str,
) -> None:
    bold = book.add_format({"bold": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18, bold)
    sheet.set_column(1, 1, 80, wrap)
    sheet.write_string(0, 0, f"{profile.title}: 怎样填写", title)
    lines = [line.format(profile=called) for line in _STEPS]
    for row, line in enumerate(lines, 2):
        sheet.merge_range(row, 0, row, 1, line, wrap)
    channel = profile.defaults.get("channel") or "按方案的默认值"
    for row, heading in enumerate(headings, 3 + len(lines)):
        said = _HOW.get(heading.field, TITLES.get(heading.field, "")).format(channel=channel)
        sheet.write_string(row, 0, f"{heading.name}{'*' if heading.needed else ''}")
        sheet.write_string(row, 1, said)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)

"""What SQLite says of a damaged file, in Chinese: its lines are English, their numbers are kept."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"\*\*\* in database .* \*\*\*")
_PLACE = re.compile(
    r"(?:On )?(?:tree )?page (?P<page>\d+)(?: cell (?P<cell>\d+)| at (?P<child>right child))?: "
    r"|Tree (?P<tree>\d+)(?: page (?P<of_tree>\d+))?"
    r"(?: cell (?P<of_cell>\d+)| (?P<last>right child))?: "
    r"|(?:Main )?(?P<free>freelist): ",
    re.IGNORECASE,
)
UNREAD = "磁盘没有给出"
"""What is said of a page that could not be read, whatever it holds."""
_NOT_GIVEN = "|".join(
    str(code)
    for code in (
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_CORRUPTFS,
    )
)  # fmt: skip
_SAYINGS = (
    (rf"unable to get the page\. error code=(?:{_NOT_GIVEN})", UNREAD),
    (r"unable to get the page\. error code=(\d+)", "取不到 (代码 {})"),
    (r"failed to get page (\d+)", f"第 {{}} 页{UNREAD}"),
    (r"invalid page number (\d+)", "页号 {} 不对"),
    (r"2nd reference to page (\d+)", "第 {} 页被用了两次"),
    (r"Page (\d+)(?: is|:) never used", "第 {} 页没有被用到"),
    (r"(?:Pointer map page|Page) (\d+)(?: is|:)(?: pointer map)? referenced", "第 {} 页不该被用到"),
    (r"Failed to read ptrmap key=(\d+)", "第 {} 页的去向读不出来"),
    (r"Bad ptr map entry key=(\d+) .*", "第 {} 页的去向记错"),
    (r"freelist leaf count too big on page (\d+)", "第 {} 页记的空页数太大"),
    (r"size is (\d+) but should be (\d+)", "空页有 {} 页, 应为 {} 页"),
    (r"overflow list length is (\d+) but should be (\d+)", "续页有 {} 页, 应为 {} 页"),
    (r"[^:]+ is (\d+) but should be (\d+)", "数目是 {}, 应为 {}"),
    (r"btreeInitPage\(\) returns error code (\d+)", "页头读不懂 (代码 {})"),
    (r"free space corruption", "空闲处损坏"),
    (r"Offset (\d+) out of range (\d+)\.\.(\d+)", "位置 {} 超出 {} 到 {}"),
    (r"Extends off end of page", "内容超出页尾"),
    (r"Rowid (-?\d+) out of order", "行号 {} 的次序不对"),
    (r"Child page depth differs", "各枝深浅不一"),
    (r"Multiple uses for byte (\d+) of page (\d+)", "第 {1} 页第 {0} 字节被用了两次"),
    (
        r"Fragmentation of (\d+) bytes reported as (\d+) on page (\d+)",
        "第 {2} 页零碎空闲 {0} 字节, 却记作 {1} 字节",
    ),
    (
        r"Outstanding page count goes from (\d+) to (\d+) during this analysis",
        "检查中在用的页由 {} 变成 {}",
    ),
    (r"max rootpage \((\d+)\) disagrees with header \((\d+)\)", "最大的根页 {} 与文件头的 {} 不符"),
    (r"incremental_vacuum enabled with a max rootpage of zero", "文件头的整理方式与根页不符"),
    (r"row (-?\d+) missing from index (\S+)", "第 {} 行不在索引 {} 里"),
    (r"row (-?\d+) values differ from index (\S+)", "第 {} 行与索引 {} 不符"),
    (r"rowid not at end-of-record for row (-?\d+) of index (\S+)", "索引 {1} 第 {0} 项的行号不对"),
    (
        r"index (\S+) stores an imprecise floating-point value for row (-?\d+)",
        "索引 {} 第 {} 行的小数不准",
    ),
    (r"non-unique entry in index (\S+)", "索引 {} 里有重复的项"),
    (r"wrong # of entries in index (\S+)", "索引 {} 的项数不对"),
    (r"row not in PRIMARY KEY order for (\S+)", "表 {} 的行次序不对"),
    (r"NULL value in (\w+)\.(\w+)", "表 {} 的 {} 有空值"),
    (r"(?:non-\w+|NUMERIC|TEXT) value in (\w+)\.(\w+)", "表 {} 的 {} 有不该有的一类值"),
    (r"CHECK constraint failed in (\S+)", "表 {} 有不合规定的值"),
    (r"database disk image is malformed", "文件结构损坏"),
    (r"invalid rootpage", "根页的页号不对"),
)
_KNOWN = tuple((re.compile(pattern, re.IGNORECASE), said) for pattern, said in _SAYINGS)
_NUMBERED = re.compile(r"\b(page|row|rowid) (-?\d+)", re.IGNORECASE)


def in_chinese(answer: str) -> Iterator[str]:
    """Yield what each line of an answer of ``integrity_check`` says is wrong; nothing of ``ok``.

    What is not known becomes a sentence with the numbers of its page and row. No word of SQLite's
    is in it but names of tables, columns and indexes.
    """
    for line in answer.splitlines():
        if line and line != "ok" and not _HEADING.fullmatch(line):
            yield _sentence(line)


def _sentence(line: str) -> str:
    if (said := _known(line)) is not None:  # "Page 7: never used" is no place and a fault
        return said
    place = _PLACE.match(line)
    rest = line[place.end() :] if place else line
    where = _where(place) if place else ""
    return f"{where}{_known(rest) or _unknown(rest)}"


def _known(line: str) -> str | None:
    for pattern, said in _KNOWN:
        if found := pattern.fullmatch(line):
            return said.format(*found.groups())
    return None


def _where(place: re.Match[str]) -> str:
    if place["free"]:
        return "空页表: "
    page, tree = place["page"] or place["of_tree"], place["tree"]
    cell = place["cell"] or place["of_cell"]
    parts = [f"第 {page} 页" if page else "", f"根页 {tree} 的树" if tree else ""]
    parts += [f"第 {cell} 格" if cell else "", "末枝" if place["child"] or place["last"] else ""]
    return f"{', '.join(filter(None, parts))}: "


def _unknown(line: str) -> str:
    words = {"page": "页", "row": "行", "rowid": "行"}
    places = [f"第 {number} {words[kind.lower()]}" for kind, number in _NUMBERED.findall(line)]
    return f"{'、'.join(places)} 检查没有通过".strip()

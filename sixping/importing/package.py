"""What a package (XLSX, ODS) must pass before a part of it is read: the guard of zip files.

Nothing is unpacked to a disk. Parts are read as streams and only those that are needed;
the others (pictures, links to elsewhere, embedded objects) are never opened, so they can do
nothing. Which part is what is told by the package itself, never by a part's name.
"""

from __future__ import annotations

import errno
import posixpath
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING
from urllib.parse import unquote
from xml.parsers import expat

from sixping.errors import BadData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Start = Callable[[str, dict[str, str]], None]

MAX_FILE = 64 << 20
MAX_MEMBERS = 2_000
MAX_DIRECTORY = 1 << 20
MAX_UNPACKED = 400 << 20  # 100,000 rows of 20 columns with long texts take 300 MB
MAX_RATIO = 200
RATIO_FROM = 1 << 20  # small members compress as they like
MAX_DEPTH = 200

COPY = "请只把数据区域复制到新的工作簿, 另存为 .xlsx 再导入。"
AGAIN = "请重新导出或重新下载该文件。"
UNSAFE = "该文件不安全, 请勿使用。"

_CHUNK = 1 << 16
_PROLOGUE = 1 << 16  # a document type is declared before the first element
_LONGEST = 1 << 20  # bytes of one tag or comment: the parser keeps it whole
_XML = (".xml", ".rels", ".vml")
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, expat.ExpatError,
    LookupError, OverflowError, RuntimeError, struct.error,
)  # fmt: skip


def damaged(file: str) -> BadData:
    """Return the complaint about a file that is not whole."""
    return BadData(f"{file} 不完整或已损坏", AGAIN)


def refuse_size(file: str, size: int) -> None:
    """Raise ``BadData`` for a workbook larger than one reads at a time."""
    if size > MAX_FILE:
        raise BadData(
            f"{file} 有 {size >> 20} MB, 最多 {MAX_FILE >> 20} MB", "请分成几个文件导入。"
        )


@contextmanager
def open_package(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a package that passed the guard; what is broken inside it is ``BadData`` too."""
    refuse_size(path.name, path.stat().st_size)
    try:
        _inspect_directory(path)
        with zipfile.ZipFile(path) as archive:
            _inspect_members(path.name, archive)
            yield archive
    except _DAMAGE:
        raise damaged(path.name) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a part that is said to lie before the file begins
            raise
        raise damaged(path.name) from None


def _inspect_directory(path: Path) -> None:
    """Look at the end of the file before anything is built from its list of parts."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 16) - 22))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise damaged(path.name)
    members, size = struct.unpack_from("<HI", tail, at + 10)
    if members > MAX_MEMBERS or size > MAX_DIRECTORY:
        raise BadData(f"{path.name} 内有 {members} 个部件, 最多 {MAX_MEMBERS}", COPY)


def _inspect_members(file: str, archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise BadData(f"{file} 内有 {len(members)} 个部件, 最多 {MAX_MEMBERS}", COPY)
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise BadData(f"{file} 内有重名的部件", COPY)
    if any(_slips(name) for name in names):
        raise BadData(f"{file} 内有指向文件夹之外的路径", UNSAFE)
    if any(member.flag_bits & 1 for member in members):
        raise BadData(f"{file} 已加密", "请取消密码保护, 另存为 .xlsx 再导入。")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise BadData(f"{file} 解压后超过 {MAX_UNPACKED >> 20} MB (疑似压缩炸弹)", COPY)
    for member in members:
        swollen = member.file_size > MAX_RATIO * max(member.compress_size, 1)
        if member.file_size > RATIO_FROM and swollen:
            raise BadData(f"{file} 的压缩比超过 {MAX_RATIO} (疑似压缩炸弹)", COPY)


def _slips(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name


def refuse_declarations(file: str, archive: zipfile.ZipFile) -> None:
    """Refuse a DTD in any part that is XML, read or not. Raises ``BadData``."""
    for member in archive.infolist():
        if member.filename.lower().endswith(_XML):
            with archive.open(member) as part:
                start = part.read(_PROLOGUE)
            if b"\x00" in start:
                start = start.replace(b"\x00", b"")
            if b"<!doctype" in start.lower() or b"<!entity" in start.lower():
                raise _declares(file)


def _declares(file: str) -> BadData:
    return BadData(f"{file} 内含 DTD 或实体声明", UNSAFE)


# --- XML as a stream ----------------------------------------------------------------------


class Handler:
    """What a reader does at the tags and the text of a part; it keeps what it finds.

    One that is called millions of times ``counts`` by itself how ``deep`` it is.
    """

    counts = False
    deep: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Meet an opening tag."""

    def end(self, name: str) -> None:
        """Meet a closing tag."""

    def text(self, data: str) -> None:
        """Meet text."""


def parse(file: str, part: IO[bytes], handler: Handler) -> Iterator[None]:
    """Feed a part to a handler, pausing after each chunk. Raises ``BadData``.

    Memory is bounded: no document type, no entities, no endless tag, no endless depth.
    """
    parser = _parser(file, handler)
    done = 0
    try:
        while chunk := part.read(_CHUNK):
            parser.Parse(chunk)
            done += len(chunk)
            endless = done - max(parser.CurrentByteIndex, 0) > _LONGEST
            if endless or handler.deep > MAX_DEPTH:
                raise damaged(file)
            yield
        parser.Parse(b"", True)
    except _DAMAGE:
        raise damaged(file) from None
    yield


def _parser(file: str, handler: Handler) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_size = _CHUNK  # before the next: text comes whole
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise _declares(file)

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = _counted(file, handler)
    parser.CharacterDataHandler = handler.text
    return parser


def _counted(file: str, handler: Handler) -> tuple[Start, Callable[[str], None]]:
    """Return the two ends of a tag, counting depth for a handler that does not."""
    if handler.counts:
        return handler.start, handler.end
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise damaged(file)
        handler.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        handler.end(name)

    return start, end


def parse_all(file: str, part: IO[bytes], handler: Handler) -> None:
    """Feed a whole part to a handler. Raises ``BadData``."""
    for _ in parse(file, part, handler):
        pass


def local(name: str) -> str:
    """Return a tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def member_of(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo | None:
    """Return a part by its name; case does not count in packages of an office."""
    if name in archive.NameToInfo:
        return archive.NameToInfo[name]
    wanted = name.casefold()
    return next((m for m in archive.infolist() if m.filename.casefold() == wanted), None)


def resolve(base: str, target: str) -> str:
    """Return the part a relationship of ``base`` points to."""
    target = unquote(target)
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), target))

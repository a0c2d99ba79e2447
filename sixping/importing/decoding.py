"""Which encoding a text file has, and how one bad byte in it is marked instead of ending all.

A ladder and not a guess by statistics: short GB18030 files are taken for Korean by
detectors. Mark, UTF-16 without one (its zero bytes stand on one side), UTF-8, GB18030.

A file with a few bad bytes still is what it is: a byte is lost where an old system cuts
text to a width. What is taken for another encoding fails at nearly every character
instead: GB18030 read as UTF-8 does, and UTF-8 read as GB18030 wherever a run of Chinese
has an odd number of characters. So an encoding holds while it fails at less than one
place for every four bytes it puts into long characters.
"""

from __future__ import annotations

import codecs
import io
from typing import TYPE_CHECKING

from sixping.errors import BadData

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import WriteableBuffer

MARK = "\udcff"
"""What stands for bytes that are no text; no decoder gives it otherwise."""

_CHUNK = 1 << 15  # what is decoded stays in the nearest cache
_LONGEST = 1 << 22  # bytes without a line break: no table, and it would fill the memory
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: bytes of long characters that no other encoding puts together by accident
_PROOF = 4096
_FAULTS = 4
_WIDE = ("utf-16", "utf-16-le", "utf-16-be")
_STRICT = ("utf-8", "utf-8-sig", "gb18030", *_WIDE)
_HANDLER = "sixping-mark"
RESAVE = "请在 Excel 或 WPS 中另存为 “CSV UTF-8” 或 .xlsx; 也可用 encoding 指明编码。"


class Damage:
    """How many bad places this process has decoded: a reader looks for marks after one."""

    count = 0


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    Damage.count += 1
    return MARK, error.end


codecs.register_error(_HANDLER, _mark)


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open a text file, line ends as they are, what is no text as ``MARK``."""
    return path.open(encoding=encoding, errors=_HANDLER, newline="")


class _Lined(io.FileIO):
    """A file with line breaks; one of over 4 MB without is refused before it fills the memory."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._unbroken, self._file = 0, path.name

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        size = super().readinto(buffer) or 0  # None: would block, which a file does not
        chunk = bytes(memoryview(buffer)[:size])
        self._unbroken = 0 if b"\n" in chunk or b"\r" in chunk else self._unbroken + size
        if self._unbroken > _LONGEST:
            raise BadData(f"{self._file} 有超过 4 MB 的一行", "请确认这是表格文件。")
        return size


def open_lines(path: Path, encoding: str) -> io.TextIOWrapper:
    """Open a text file as ``open_text`` does. Reading it raises ``BadData`` for endless lines."""
    raw = io.BufferedReader(_Lined(path), _CHUNK)
    return io.TextIOWrapper(raw, encoding, errors=_HANDLER, newline="")


def why_broken(encoding: str) -> str:
    """Return what is said of a cell with a mark."""
    return f"有字节不是 {encoding} 编码, 文字已损坏"


def marked(start: bytes) -> str | None:
    """Return the encoding named by a byte order mark."""
    return next((name for mark, name in _MARKS if start.startswith(mark)), None)


def wide(start: bytes) -> str | None:
    """Return the UTF-16 that a file without mark is in, by where its zero bytes stand."""
    zeros = start.count(0)
    if zeros * 100 < len(start) or zeros == 1:
        return None
    odd = start[1::2].count(0)
    if odd * 20 >= zeros * 19:
        return "utf-16-le"
    return "utf-16-be" if odd * 20 <= zeros else None


def decide_encoding(
    path: Path, start: bytes, stated: str | None, *, hinted: str | None = None, lines: bool = True
) -> str:
    """Return the encoding that decodes the file but for a few bad bytes.

    ``stated`` is the only candidate; ``hinted`` (what a web page says of itself) the first.
    ``lines``: a line of more than 4 MB is refused. Raises ``BadData`` when none fits.
    """
    sure = stated or marked(start) or wide(start)
    candidates = [sure] if sure else [*([hinted] if hinted else []), "utf-8", "gb18030"]
    for candidate in candidates:
        if _fits(path, candidate, lines=lines):
            # One NUL is one bad cell, told with its row; many are no text at all.
            if start.count(0) * 20 > len(start) and candidate not in (*_WIDE, stated):
                raise BadData(f"{path.name} 含许多 NUL 字节, 不是文本表格", RESAVE)
            return candidate
    raise BadData(f"{path.name} 的编码不是 {'、'.join(candidates)}", RESAVE)


def known(encoding: str) -> bool:
    """Tell whether Python has this text encoding."""
    try:
        "".encode(encoding)  # refuses codecs that are no text encoding (rot13, base64)
        return hasattr(codecs.lookup(encoding), "incrementaldecoder")
    except (LookupError, ValueError, TypeError):
        return False


def _fits(path: Path, encoding: str, *, lines: bool) -> bool:
    if not known(encoding):
        raise BadData(f"不认识的编码: {encoding}", "可用: utf-8、gb18030、utf-16。")
    decoder = codecs.getincrementaldecoder(encoding)(_HANDLER)
    strict = codecs.lookup(encoding).name in _STRICT
    good, before = 0, Damage.count
    try:
        with io.BufferedReader(_Lined(path) if lines else io.FileIO(path), _CHUNK) as file:
            while good < _PROOF and (chunk := file.read(_CHUNK)):
                text = decoder.decode(chunk)
                good += max(0, len(chunk) - len(text))
                if not strict:
                    text.replace(MARK, "").encode()  # half a character is none (utf-7)
                good -= _FAULTS * (Damage.count - before)
                before = Damage.count
            if good < _PROOF:
                decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return good - _FAULTS * (Damage.count - before) >= 0

"""What files made to hurt cost before they are refused: ``python -m bench.bench_hostile [NAME…]``.

Each is read to its end by a process of its own (and whatever that one starts); processor
seconds and peak memory are the operating system's. A hostile file may cost 2 seconds and 200 MB
and has to be refused; one that is only odd and large may be read instead. Exits 1 over a bound.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.kit.oldbook import book, container, sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECONDS, MEGABYTES = 2.0, 200
READ = """\
import sys
from pathlib import Path
from sixping.errors import SixpingError
from sixping.importing.reader import read_rows
try:
    count = sum(1 for _ in read_rows(Path(sys.argv[1])))
except SixpingError as fault:
    print(fault.what)
    sys.exit(65)
print(count)
"""
NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{PKG}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PKG}/relationships"><Relationship Id="r1" '
    f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{NS}" xmlns:r="{REL}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PKG}/relationships">'
    f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/>'
    f'<Relationship Id="r3" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
    TEXTS: f'<sst xmlns="{NS}"><si><t>a</t></si></sst>',
    STYLES: f'<styleSheet xmlns="{NS}"/>',
}
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
ODS_NS = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)


class Spent(NamedTuple):
    """What reading one file cost, and what was said of it."""

    seconds: float
    megabytes: float
    code: int
    said: str


def worksheet(body: str, after: str = "", before: str = "") -> str:
    """Return the part of one sheet."""
    return f'{before}<worksheet xmlns="{NS}"><sheetData>{body}</sheetData>{after}</worksheet>'


def xlsx(path: Path, body: str = ONE, **parts: str) -> None:
    """Write a workbook; ``sheet texts styles``: whole parts in place of plain ones."""
    names = {"sheet": SHEET, "texts": TEXTS, "styles": STYLES}
    whole = {**XLSX, SHEET: worksheet(body)} | {names[key]: part for key, part in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)


def ods(path: Path, rows: str, before: str = "") -> None:
    """Write a text-document spreadsheet of one table."""
    text = (
        f"{before}<office:document-content {ODS_NS}><office:body><office:spreadsheet>"
        f"<table:table table:name='S'>{rows}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest xmlns:manifest='urn:m'/>")
        archive.writestr("content.xml", text)


def bomb() -> str:
    """Return a document type whose ten entities unfold to 10^9 signs."""
    inner = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))
    return f'<!DOCTYPE x [<!ENTITY e0 "0">{inner}]>'


def cyclic(path: Path) -> None:
    """Write an old workbook whose sectors follow themselves."""
    data = bytearray(container(book(("S", 0, sheet([["编号", "内容"]] * 400)))))
    (fat,) = struct.unpack_from("<I", data, 0x4C)
    at = 512 * (fat + 1)
    for sector in range(128):
        (following,) = struct.unpack_from("<I", data, at + 4 * sector)
        if following < 0xFFFFFFFA:
            struct.pack_into("<I", data, at + 4 * sector, sector)
    path.write_bytes(data)


def columns(count: int) -> Iterator[str]:
    """Yield the names of columns."""
    for n in range(count):
        name, left = "", n + 1
        while left:
            left, rest = divmod(left - 1, 26)
            name = chr(65 + rest) + name
        yield name


def merged(count: int, rows: int) -> str:
    """Return merged ranges, one a column, each over so many rows."""
    ranges = "".join(f'<mergeCell ref="{name}1:{name}{rows}"/>' for name in columns(count))
    return f"<mergeCells>{ranges}</mergeCells>"


def in_lines(path: Path, before: str, piece: str, megabytes: int, after: str) -> None:
    """Write a large text piece by piece: nothing of it is kept here."""
    block = piece * (1 << 20)
    with path.open("w", encoding="utf-8") as file:
        file.write(before)
        for _ in range(megabytes // len(piece)):
            file.write(block)
        file.write(after)


CELL = "<table:table-cell office:value-type='string'{}><text:p>1</text:p></table:table-cell>"
MANY = " table:number-columns-repeated='1000000'"
#: name → what writes the file, and whether it may be read in place of being refused
FILES: dict[str, tuple[Callable[[Path], object], bool]] = {
    "16384 merged columns": (
        lambda p: xlsx(
            p,
            sheet=worksheet(
                '<row r="1">' + "<c><v>1</v></c>" * 16_384 + "</row>"
                + "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(2, 2_000)),
                merged(16_384, 1_000_000),
            ),
        ),
        False,
    ),
    "1048576 empty rows": (
        lambda p: xlsx(p, ONE + "".join(f'<row r="{n}"/>' for n in range(2, 1_048_577))), True,
    ),
    "a far cell": (lambda p: xlsx(p, ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        False),
    "bomb in shared texts": (
        lambda p: xlsx(p, texts=f'<sst xmlns="{NS}"><si><t>' + "a" * (300 << 20)
            + "</t></si></sst>"),
        False,
    ),
    "many shared texts": (
        lambda p: xlsx(
            p, '<row r="1"><c t="s"><v>0</v></c></row>',
            texts=f'<sst xmlns="{NS}">'
            + "".join(f"<si><t>{n * 7919:x}</t></si>" for n in range(3_000_000)) + "</sst>",
        ),
        False,
    ),
    "bomb in styles": (
        lambda p: xlsx(p, styles=f'<styleSheet xmlns="{NS}"><cellXfs>' + "<xf/>" * (60 << 20)
            + "</cellXfs></styleSheet>"),
        False,
    ),
    "many styles": (
        lambda p: xlsx(p, styles=f'<styleSheet xmlns="{NS}"><cellXfs>'
            + "".join(f'<xf numFmtId="{n * 7919 % 99991}"/>' for n in range(2_000_000))
            + "</cellXfs></styleSheet>"),
        False,
    ),
    "deep XML": (lambda p: xlsx(p, "<a>" * 1_000_000 + "</a>" * 1_000_000), False),
    "entities": (lambda p: xlsx(p, sheet=worksheet("<x>&e9;</x>", before=bomb())), False),
    "entities in ods": (lambda p: ods(p, "<x>&e9;</x>", bomb()), False),
    "cyclic sectors": (cyclic, False),
    "repeated columns and rows": (
        lambda p: ods(
            p, "<table:table-row table:number-rows-repeated='1000000'>" + CELL.format(MANY)
            + "</table:table-row>",
        ),
        False,
    ),
    "repeated columns in many rows": (
        lambda p: ods(p, ("<table:table-row>" + CELL.format(MANY.replace("1000000", "16000"))
            + "</table:table-row>") * 5_000),
        False,
    ),
    "nested tags": (
        lambda p: p.write_text("<html><table><tr><td>" + "<div>" * 1_000_000), False,
    ),
    "nested tables": (
        lambda p: p.write_text("<html>" + "<table><tr><td>" * 300_000, encoding="utf-8"), False,
    ),
    "deep JSON": (
        lambda p: p.write_text('[{"a":' + "[" * 100_000 + "]" * 100_000 + "}]"), False,
    ),
    "deep JSON, open": (lambda p: p.write_text('{"a":' * 100_000), False),
    "one line of 200 MB": (
        lambda p: in_lines(p, "编号,内容\n1,", "a", 200, "\n"), False,
    ),
    "one line of 200 MB of cells": (
        lambda p: in_lines(p, "编号,内容\n1,", "a,", 200, "\n"), False,
    ),
    "one quoted cell of 200 MB": (
        lambda p: in_lines(p, '编号,内容\n1,"', "a\n", 200, ""), False,
    ),
    "JSON of one line of 200 MB": (
        lambda p: in_lines(p, '[{"a":"', "a", 200, '"}]'), False,
    ),
}  # fmt: skip


def spent(path: Path) -> Spent:
    """Read one file in a process of its own."""
    child = subprocess.Popen(
        [sys.executable, "-c", READ, str(path)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = child.stdout.read().decode(errors="replace") if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    last = said.strip().splitlines()[-1] if said.strip() else ""
    return Spent(used.ru_utime + used.ru_stime, used.ru_maxrss / unit, child.returncode, last)


def main(names: list[str]) -> int:
    """Print what each costs; 1 where one is over a bound, or read though it should not be."""
    over = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, (write, may_be_read) in FILES.items():
            if names and name not in names:
                continue
            path = Path(folder) / "hostile"
            if not os.fork():  # what makes a file may be large: a child begins as its parent is
                write(path)
                os._exit(0)
            os.wait()
            size, found = path.stat().st_size, spent(path)
            path.unlink()
            refused = found.code == 65
            wrong = found.megabytes > MEGABYTES or (refused and found.seconds > SECONDS)
            wrong |= not (refused or (may_be_read and not found.code))
            over += wrong
            print(
                f"{'OVER' if wrong else 'ok':5}{name:32}{size / (1 << 20):8.2f} MB"
                f"{found.seconds:7.2f} s{found.megabytes:6.0f} MB  {found.code:3} "
                f"{found.said[:60]}",
                flush=True,
            )
    return min(over, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

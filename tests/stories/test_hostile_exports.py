"""Ten thousand hostile values leave in every format: no formula, no other digit, no row lost."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import shutil
import subprocess
import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]
from openpyxl.utils.escape import unescape  # type: ignore[import-untyped]

from sixping.ledger import transaction
from sixping.store.bulk import BulkStep, append_many
from tests.kit import events as ev
from tests.kit.ledgerkit import NOW, governing, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Runner

FIELDS = ("source_no", "text", "place", "reporter", "phone")
CASES = 2_000  # of five hostile values each
LATER = "2026-11-24T09:00:00+08:00"
REVEALED = ("--reveal", "--reason", "演示")
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SIGNS = re.compile(r"<U\+[0-9A-F]{4,6}>")

STARTS = (
    "=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−", "\t=", "\n=", "\r=",
    " =", "\u3000=", "\u200b=", "\ufeff=", "'=", '"=', "\u202e=", "\x01=", "\u2800=", "\u3164=",
)  # fmt: skip
FORMULAS = (
    "1+1", 'HYPERLINK("http://evil","点")', "cmd|' /C calc'!A0", 'WEBSERVICE("http://x")',
    "SUM(A1:A9)", 'DDE("soffice";"x")', 'IMPORTXML("http://x")', "2", "A1", "{1}",
)  # fmt: skip
PARTS = (
    "占道经营", "\t", "\r\n", "\n", "\r", "\ufeff", "\u202e", "\u2066", "\u200b", "\x0b", "\x1b[2J",
    "</xml>", "]]>", "&amp;", '<c r="A1">', "_x0041_", "_x005F_", '"', '""', "'", ",", ";", "|",
    "🚨", "👨\u200d👩\u200d👧", "𠮷", "䶮", "e\u0301", "{{7*7}}", "[link=x]", "\\", "\u2028",
    "\x85", "\x7f", "\u0600",
)  # fmt: skip
EXACT = (
    "013812345678", "13812345678", "330106199001011234", "33010619900101123X", "00012", "3/4",
    "1-2", "2026-11-24", "2026/1/2", "12:30", "1e5", "1E10", "9999999999999999", "5%", "￥100",
    "1,000", "1.0", "0.10", "TRUE", "true", "false ", "TRUE\u3000", "5-Jan", "Jan 5",
    "2026年3月4日", "下午3点", "(12)",
    "+86 138", "１３８１２３４５６７８", "\u0663\u0664\u0665", "1 2", "0", "00", "-5", "  007",
    "007  ", "1.", ".5", "12月", "8:05 PM", "100.000.000", "0x10", "1d5", "Mar-05", "2026-3",
    "20260304", "1/2/3 4:5", "∞", "½", "NaN", "#N/A",
)  # fmt: skip


def hostile(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(STARTS) + rng.choice(FORMULAS)
    if kind < 0.55:
        return rng.choice(EXACT)
    if kind < 0.75:
        return "".join(rng.choices("0123456789 -/.:", k=rng.randrange(1, 22)))
    if kind < 0.999:
        pieces = (*PARTS, *STARTS, *EXACT)
        return "".join(rng.choices(pieces, k=rng.randrange(1, 8)))
    return "很长" * 16_000 + "9"


def values() -> list[dict[str, str]]:
    rng = random.Random(11)  # noqa: S311 - no secrets
    rows = [{name: hostile(rng) for name in FIELDS} for _ in range(CASES)]
    for n, row in enumerate(rows):
        row["source_no"] = f"{row['source_no'][:100]}{n:06}"  # a number names one report
    return rows


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return values()


@pytest.fixture
def desk(call: Runner, ledger: Path, rows: list[dict[str, str]]) -> Runner:
    steps = (
        BulkStep(ev.Reported(channel="投诉举报电话", community="江一社区", **row), NOW)  # type: ignore[arg-type]
        for row in rows
    )
    with transaction(ledger, stamp()) as work:
        append_many(work, steps, governing)
    return call


def digits(text: str) -> str:
    """Return the digits of a text, without signs that stand for hidden ones."""
    return "".join(str(unicodedata.digit(sign)) for sign in SIGNS.sub("", text) if sign.isdecimal())


def same(got: list[dict[str, str]], rows: list[dict[str, str]]) -> None:
    assert len(got) == len(rows)
    for cell, row in zip(got, rows, strict=True):
        for name in FIELDS:
            if not row[name].startswith("很长"):
                assert digits(cell[name] or "") == digits(row[name]), (name, row[name], cell[name])


def test_streams_for_programs_lose_no_row_and_change_no_digit(
    desk: Runner, rows: list[dict[str, str]]
) -> None:
    whole = json.loads(desk("export", "--json", *REVEALED, now=LATER).out)
    assert [{name: row[name] for name in FIELDS} for row in whole] == rows
    lines = desk("export", "--format", "jsonl", *REVEALED, now=LATER).out
    assert [json.loads(line) for line in lines.split("\n")[:-1]] == whole
    requests = json.loads(desk("export", "--open311", *REVEALED, now=LATER).out)
    assert [each["description"] for each in requests] == [row["text"] for row in rows]
    table = desk("export", "--format", "csv", *REVEALED, now=LATER).out
    same(list(csv.DictReader(io.StringIO(table, newline=""))), rows)
    lines = desk("export", *REVEALED, now=LATER).out
    head, *rest = (line.split("\t") for line in lines.split("\n")[:-1])
    same([dict(zip(head, line, strict=True)) for line in rest], rows)


def test_events_leave_and_come_in_again_word_for_word(
    desk: Runner, rows: list[dict[str, str]], tmp_path: Path
) -> None:
    file, new = tmp_path / "x.jsonl", str(tmp_path / "new.sqlite3")
    assert desk("export", "events", "-o", str(file), *REVEALED, now=LATER).code == 0
    assert desk("--ledger", new, "init", now=LATER).code == 0
    done = desk("--ledger", new, "import", str(file), now=LATER)
    assert done.code == 0, done.err
    whole = json.loads(desk("--ledger", new, "export", "--json", *REVEALED, now=LATER).out)
    assert [{name: row[name] for name in FIELDS} for row in whole] == rows


@pytest.mark.parametrize("people", [(), ("--for-people",)], ids=["keys", "people"])
def test_a_workbook_holds_texts_alone(
    desk: Runner, rows: list[dict[str, str]], tmp_path: Path, people: tuple[str, ...]
) -> None:
    file = tmp_path / "x.xlsx"
    assert desk("export", "-o", str(file), *people, *REVEALED, now=LATER).code == 0
    page = load_workbook(file)["Sheet1"]
    head = [cell.value for cell in page[1]]
    titles = dict(zip(("来源编号", "内容", "地点", "反映人", "电话"), FIELDS, strict=True))
    places = {titles.get(str(name), str(name)): at for at, name in enumerate(head)}
    got = []
    for cells in page.iter_rows(min_row=2):
        found = {name: cells[places[name]] for name in FIELDS}
        assert all(cell.data_type in {"s", "inlineStr", "n"} for cell in found.values())
        assert not any(isinstance(cell.value, int | float) for cell in found.values())
        assert not any(cell.hyperlink for cell in found.values())
        got.append({name: unescape(str(cell.value)) for name, cell in found.items()})
    same(got, rows)


# --- as LibreOffice opens it -----------------------------------------------------------


@pytest.fixture(scope="module")
def soffice() -> str:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not here")
    return program


def opened(program: str, file: Path) -> Path:
    """Let LibreOffice open a file as it opens what is double-clicked, and say what it saw."""
    profile = f"-env:UserInstallation=file://{file.parent / 'profile'}"
    how = ["--infilter=CSV:44,34,76,1,,0,false,true"] if file.suffix == ".csv" else []
    subprocess.run(
        [program, profile, "--headless", *how, "--convert-to", "fods", "--outdir",
         str(file.parent / "seen"), str(file)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    return file.parent / "seen" / f"{file.stem}.fods"


def cells_of(row: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield kind and text of the cells of a row."""
    for cell in row:
        kind = cell.get(f"{OFFICE}value-type", "")
        text = "\n".join("".join(part.itertext()) for part in cell)
        yield from [(kind, text)] * int(cell.get(f"{TABLE}number-columns-repeated", "1"))


def seen(path: Path) -> tuple[int, list[list[tuple[str, str]]]]:
    """Return how many formulas and links there are, and the rows."""
    live, rows = 0, []
    for _, node in ET.iterparse(path):  # noqa: S314 - LibreOffice wrote it a moment ago
        live += f"{TABLE}formula" in node.attrib or node.tag.endswith("}a")
        if node.tag == f"{TABLE}table-row":
            rows.append(list(cells_of(node)))
            node.clear()
    return live, rows


@pytest.mark.parametrize(
    ("name", "people"), [("x.csv", ()), ("x.csv", ("--for-people",)), ("x.xlsx", ())]
)
def test_libreoffice_sees_no_formula_no_other_digit_and_every_row(
    desk: Runner,
    rows: list[dict[str, str]],
    soffice: str,
    tmp_path: Path,
    name: str,
    people: tuple[str, ...],
) -> None:
    file = tmp_path / name
    assert desk("export", "-o", str(file), *people, *REVEALED, now=LATER).code == 0
    live, lines = seen(opened(soffice, file))
    assert live == 0
    titles = dict(zip(("来源编号", "内容", "地点", "反映人", "电话"), FIELDS, strict=True))
    places = {titles.get(text, text): at for at, (_, text) in enumerate(lines[0])}
    got = []
    for line in lines[1 : CASES + 1]:
        found = {field: line[places[field]] for field in FIELDS}
        for kind, text in found.values():
            assert kind in {"string", ""} or re.fullmatch(r"0|[1-9]\d{0,9}", text), (kind, text)
        got.append({field: text for field, (_, text) in found.items()})
    same(got, rows)


def test_the_test_sees_a_live_formula(soffice: str, tmp_path: Path) -> None:
    file = tmp_path / "live.csv"
    file.write_text('a,b\n"=1+1",x\n013800000000,y\n', encoding="utf-8")
    live, lines = seen(opened(soffice, file))
    assert live == 1
    assert lines[2][0] == ("float", "13800000000")

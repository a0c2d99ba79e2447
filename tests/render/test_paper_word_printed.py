"""Papers as Word files on paper: what LibreOffice makes of them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sixping.render.paper.blocks import Chart, Head, Heading, Sentence, Series, SignOff, Table
from tests.kit.papers import HOSTILE, LONG, paper
from tests.kit.wordkit import of, written

pytest.importorskip("docx", reason="the office extra is not installed")

# --- on paper -----------------------------------------------------------------------------

MM = 72 / 25.4
BODY = of(*[Sentence(("一二三四五六七八九十" * 60,))] * 4)
BARS = Chart(
    "stacked", "图9 各单位", "件", tuple(f"第{n}社区" for n in range(16)),
    (Series("按时", tuple(range(16))), Series("超期", tuple(n % 3 for n in range(16)), late=True)),
    "各单位",
)  # fmt: skip
ROSTER = Table(
    "排班", "表1 排班表", (Head("日期"), *(Head(f"第{n}社区") for n in range(20)), Head(LONG)),
    tuple((f"11月{day}日(周一)", *["演示甲、演示乙"] * 21) for day in range(1, 31)),
)  # fmt: skip
TURNED = of(ROSTER, SignOff(("制表", "审核")), landscape=True, draft="草稿 (未审定)")
COMMAS = Sentence(("一二，三四，五六七。八九十，甲" * 60,))
PAPERS = {
    "body": BODY,
    "none": paper(0)._replace(annex=()),
    "one": paper(1)._replace(annex=()),
    "some": paper(30)._replace(annex=(), addressees="各社区，" * 30),
    "many": paper(3000, units=tuple(f"{LONG}{n}" for n in range(16)))._replace(annex=()),
    "hostile": paper(30, text=f"{HOSTILE}\n" + "W" * 3000 + "长，" * 5000),
    "charts": of(*(Heading("一、图"), COMMAS, BARS) * 4),
    "turned": TURNED,
}
needs_programs = pytest.mark.skipif(
    not all(map(shutil.which, ("soffice", "pdftotext", "pdftoppm", "pdfinfo"))),
    reason="LibreOffice or poppler is not installed",
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Print all papers in one run of LibreOffice; return where they are."""
    folder = tmp_path_factory.mktemp("papers")
    for name, made in PAPERS.items():
        (folder / f"{name}.docx").write_bytes(written(made))
    profile = (folder / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", folder, *(folder / f"{name}.docx" for name in PAPERS)],
        check=True, timeout=300, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return folder


def said_by(*command: str | Path) -> str:
    return subprocess.run(
        command, check=True, timeout=60, capture_output=True, encoding="utf-8"
    ).stdout


@needs_programs
@pytest.mark.xdist_group("soffice")
@pytest.mark.parametrize("name", PAPERS)
def test_every_page_is_a4_and_no_text_leaves_the_type_area(name: str, printed: Path) -> None:
    pdf = printed / f"{name}.pdf"
    size = re.search(r"Page size: +([\d.]+) x ([\d.]+)", said_by("pdfinfo", pdf))
    assert size is not None
    made = PAPERS[name]
    wanted = (297, 210) if made.landscape else (210, 297)
    assert (round(float(size[1]) / MM), round(float(size[2]) / MM)) == wanted
    top, bottom, left, right = (28, 26, 37, 35) if made.landscape else (37, 35, 28, 26)
    pages = said_by("pdftotext", "-bbox", pdf, "-").split("<page ")[1:]
    assert pages
    word_at = re.compile(r'xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">([^<]*)<')
    for page in pages:
        inside = 0
        for found in word_at.finditer(page):
            x0, y0, x1, y1 = (float(found[n]) / MM for n in range(1, 5))
            if y0 > wanted[1] - bottom:
                assert re.fullmatch(r"[—\d]+", found[5]), "only the number stands at the foot"
                continue
            if made.draft and y1 < top:
                assert found[5] in made.draft
                continue
            inside += 1
            assert x0 > left - 0.3
            assert x1 < wanted[0] - right + 0.3
            assert y0 > top - 3  # a font's box is higher than its signs
            assert y1 < wanted[1] - bottom + 3
        assert inside


@needs_programs
@pytest.mark.xdist_group("soffice")
def test_a_full_page_of_text_has_22_lines_of_28_characters(printed: Path) -> None:
    page = said_by("pdftotext", "-f", "2", "-l", "2", "-bbox", printed / "body.pdf", "-")
    rows = re.findall(r'yMin="(\S+)"[^>]*>([^<]*)<', page)
    text_rows = [row for row in rows if "一" in row[1] or "二" in row[1]]
    assert len(text_rows) == len({row[0] for row in text_rows}) == 22
    whole = [row for _, row in text_rows if len(row) == 28]
    assert len(whole) >= 20
    assert max(len(row) for _, row in text_rows) == 28


def pages_of(pdf: Path, folder: Path) -> Iterator[list[bytes]]:
    """Yield the rows of each page as drawn, one a millimetre."""
    said_by("pdftoppm", "-gray", "-r", "25.4", pdf, folder / pdf.stem)
    for image in sorted(folder.glob(f"{pdf.stem}-*.pgm")):
        _, size, _, pixels = image.read_bytes().split(b"\n", 3)
        width = int(size.split()[0])
        yield [pixels[at : at + width] for at in range(0, len(pixels), width)]


@needs_programs
@pytest.mark.xdist_group("soffice")
@pytest.mark.parametrize("name", [name for name in PAPERS if not PAPERS[name].annex])
def test_no_page_but_the_last_has_a_hole(name: str, printed: Path, tmp_path: Path) -> None:
    *pages, _ = pages_of(printed / f"{name}.pdf", tmp_path)
    first, end = (28, 184) if PAPERS[name].landscape else (37, 262)
    assert pages
    for rows in pages:
        last = max(at for at in range(first, end) if min(rows[at]) < 200)
        assert end - last <= (end - first) / 3 + 1

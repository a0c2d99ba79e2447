"""Pages in a real browser, without network: measured, printed, listened to."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="needs chromium")
needs_pdf = pytest.mark.skipif(
    not CHROMIUM or shutil.which("pdftotext") is None, reason="needs chromium and pdftotext"
)
TIMEOUT = 180


class Frame(NamedTuple):
    """A page in a window of this size, and what is asked of it: a script that returns JSON."""

    page: str
    width: int
    height: int
    asked: str


class Word(NamedTuple):
    """A word of a printed page, in points from its top left."""

    text: str
    x: float
    y: float
    end: float


class Sheet(NamedTuple):
    """A printed page."""

    width: float
    height: float
    words: list[Word]


def _run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder / 'profile'}", *args,
        ],
        capture_output=True, text=True, encoding="utf-8", errors="replace", check=True,
        timeout=TIMEOUT,
    )  # fmt: skip


def measured(folder: Path, *frames: Frame) -> list[Any]:
    """Return what each page answers (``d`` its document, ``w`` its window).

    A window of Chromium is 500 pixels wide at least; a frame is as narrow as it is asked to be.
    """
    tags = "".join(
        f'<iframe style="border:0;width:{f.width}px;height:{f.height}px" '
        f'srcdoc="{html.escape(f.page)}"></iframe>'
        for f in frames
    )
    asked = ",".join(f"(w,d)=>{{{f.asked}}}" for f in frames)
    script = (
        f"const asked=[{asked}];onload=()=>{{const said=[...document.querySelectorAll('iframe')]"
        ".map((f,i)=>asked[i](f.contentWindow,f.contentDocument));"
        "document.body.textContent='@@'+JSON.stringify(said)+'@@'}"
    )
    place = folder / "frames.html"
    place.write_text(
        f'<!doctype html><meta charset="utf-8"><body>{tags}<script>{script}</script>',
        encoding="utf-8",
    )
    done = _run(folder, "--window-size=2000,1200", "--dump-dom", place.as_uri())
    found = re.search(r"@@(.*)@@", done.stdout, re.DOTALL)
    assert found, done.stderr[-2000:]
    answers = json.loads(html.unescape(found[1]))
    assert isinstance(answers, list)
    return answers


def heard(folder: Path, page: str) -> list[str]:
    """Open a page; return every line of its console and every address it asks for."""
    place, log = folder / "heard.html", folder / "net.json"
    place.write_text(page, encoding="utf-8")
    done = _run(
        folder, "--enable-logging=stderr", f"--log-net-log={log}", "--dump-dom", place.as_uri()
    )
    lines = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    for event in json.loads(log.read_text(encoding="utf-8"))["events"]:
        told = event.get("params") or {}
        if "file://" in str(told.get("network_isolation_key")):  # others are the browser's own
            lines.append(str(told.get("url")))
    return lines


def printed(folder: Path, page: str) -> list[Sheet]:
    """Print a page to PDF and read it."""
    place, pdf = folder / "printed.html", folder / "printed.pdf"
    place.write_text(page, encoding="utf-8")
    _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={pdf}", place.as_uri())
    told = subprocess.run(
        ["pdftotext", "-bbox", str(pdf), "-"],
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=TIMEOUT,
    ).stdout  # fmt: skip
    return [_sheet(part) for part in told.split("<page ")[1:]]


def _sheet(part: str) -> Sheet:
    size = re.search(r'width="([\d.]+)" height="([\d.]+)"', part)
    assert size
    words = re.findall(
        r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="[\d.-]+" yMax="([\d.-]+)">(.*?)</word>',
        part,
    )
    found = [Word(html.unescape(text), float(x), float(y), float(end)) for x, y, end, text in words]
    return Sheet(float(size[1]), float(size[2]), found)

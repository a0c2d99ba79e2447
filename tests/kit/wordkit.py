"""Word files as a test looks into them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.etree.ElementTree import Element, fromstring

from sixping.render.paper import word
from sixping.render.paper.blocks import Block, Paper

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def parsed(content: bytes | str) -> Element:
    """Return XML of our own."""
    return fromstring(content)  # noqa: S314 - we wrote it


def written(made: Paper) -> bytes:
    out = BytesIO()
    word.write(made, out)
    return out.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def body(content: bytes) -> Element:
    found = parsed(parts(content)["word/document.xml"]).find(f"{W}body")
    assert found is not None
    return found


def of(*blocks: Block, **more: object) -> Paper:
    """Return a small paper of blocks."""
    plain_paper = Paper("演示情况", "演示街道", "10月", "2026年11月2日", blocks, "校验码 0123")
    return plain_paper._replace(**more)  # type: ignore[arg-type]


def text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{W}t"))


def value(element: Element, path: str, name: str = "val") -> str | None:
    found = element.find(path.replace("w:", W))
    return None if found is None else found.get(f"{W}{name}")


def lines(made: Paper) -> list[str]:
    return [text(line) for line in body(written(made)).iter(f"{W}p")]

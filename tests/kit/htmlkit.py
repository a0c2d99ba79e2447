"""A page read as a tree, and what colours come to: no browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "wbr", "col", "img", "hr", "input"}


class Node:
    """An element of a page."""

    def __init__(self, tag: str, attrs: dict[str, str], parent: Node | None) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.parts: list[Node | str] = []

    @property
    def children(self) -> list[Node]:
        return [part for part in self.parts if isinstance(part, Node)]

    @property
    def names(self) -> list[str]:
        return self.attrs.get("class", "").split()

    @property
    def text(self) -> str:
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    def all(self, *tags: str, name: str = "") -> Iterator[Node]:
        """Yield the elements below, of these tags and with this class where they are given."""
        for child in self.children:
            if (not tags or child.tag in tags) and (not name or name in child.names):
                yield child
            yield from child.all(*tags, name=name)

    def one(self, *tags: str, name: str = "") -> Node:
        found = list(self.all(*tags, name=name))
        assert len(found) == 1, (tags, name, len(found))
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Node("", {}, None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), attrs
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.parts.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = self.at
        self.handle_starttag(tag, attrs)
        self.at = at

    def handle_endtag(self, tag: str) -> None:
        assert self.at.tag == tag, f"</{tag}> within <{self.at.tag}>"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.parts.append(data)


def parsed(page: str) -> Node:
    """Read a page; every element that is opened is closed, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.at is reader.root
    return reader.root


def number(text: str) -> float | None:
    """Return the number a text is, None where it is none."""
    return float(text.rstrip("%")) if re.fullmatch(r"[+-]?\d+(\.\d+)?%?", text) else None


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lightness(colour: str) -> float:
    """Return L* of a colour."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 216 / 24389 else y * 24389 / 27

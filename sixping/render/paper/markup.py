"""The one place where words become harmless for a page: escaped once, hidden signs made visible."""

from __future__ import annotations

from html import escape

from sixping.util.text import clean

#: nothing is loaded and nothing runs, whatever stands in the text
HEAD = (
    '<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "style-src 'unsafe-inline'; img-src data:\">\n"
    '<link rel="icon" href="data:,">\n'
)
_ORDINARY = "-.,()（）、，。 "


def esc(text: str) -> str:
    """Return text on one line for a page, also within quotes of an attribute."""
    return escape(clean(text))


def esc_lines(text: str) -> str:
    """Return text for a page, its line breaks kept (``white-space: pre-line``)."""
    return escape(clean(text, multiline=True))


def css_string(text: str) -> str:
    r"""Return text as a string of a style sheet: what is no letter or digit becomes ``\26 ``."""
    signs = (c if c.isalnum() or c in _ORDINARY else f"\\{ord(c):x} " for c in clean(text))
    return f'"{"".join(signs)}"'

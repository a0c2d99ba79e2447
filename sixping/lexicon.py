"""Finding many literal words in a text in one pass, the longest word at each place.

Pure, no regular expressions. The words are indexed by their first two characters, so
the cost grows with the text and hardly with the number of words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Lexicon:
    """A set of words of two or more characters, in lower case."""

    def __init__(self, words: Iterable[str]) -> None:
        """Index the words."""
        index: dict[str, list[str]] = {}
        for word in dict.fromkeys(words):
            index.setdefault(word[:2], []).append(word)
        for bucket in index.values():
            bucket.sort(key=len, reverse=True)
        self._index = index

    def scan(self, text: str) -> list[tuple[int, str]]:
        """Return the words found with their positions, in order and not overlapping."""
        found: list[tuple[int, str]] = []
        get, free = self._index.get, 0
        for at in range(len(text) - 1):
            bucket = get(text[at : at + 2])
            if bucket is not None and at >= free:
                for word in bucket:
                    if text.startswith(word, at):
                        found.append((at, word))
                        free = at + len(word)
                        break
        return found


def squash(text: str) -> str:
    """Return the text in lower case and without white space, as words are matched."""
    return "".join(text.lower().split())

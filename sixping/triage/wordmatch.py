"""Finding many literal words in a text in one pass, the longest word at each place.

Pure, no regular expressions. The words are indexed by their first two characters, so
the cost grows with the text and hardly with the number of words.
"""

from __future__ import annotations

from itertools import islice
from operator import add
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable


class Flat(NamedTuple):
    """A text as it is matched: lower case, no white space, and its pairs of characters.

    The pairs are cut once for all lexicons: their hashes are what matching costs most.
    """

    text: str
    pairs: list[str]


def squash(text: str) -> Flat:
    """Return a text as it is matched."""
    flat = "".join(text.lower().split())
    return Flat(flat, list(map(add, flat, islice(flat, 1, None))))


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

    def scan(self, flat: Flat) -> list[tuple[int, str]]:
        """Return the words found with their positions, in order and not overlapping."""
        index, free = self._index, 0
        hits: list[tuple[int, str]] = []
        for at in [at for at, pair in enumerate(flat.pairs) if pair in index]:
            if at < free:
                continue
            for word in index[flat.pairs[at]]:
                if flat.text.startswith(word, at):
                    hits.append((at, word))
                    free = at + len(word)
                    break
        return hits


class Cover:
    """The phrases found in a text, asked in text order which of them covers a word."""

    def __init__(self, found: list[tuple[int, str]]) -> None:
        """Keep what ``Lexicon.scan`` found."""
        self._found = found
        self._next = 0

    def phrase(self, at: int, word: str) -> str:
        """Return the phrase around a word, or ""; ``at`` never decreases between calls."""
        while self._next < len(self._found):
            start, phrase = self._found[self._next]
            if start + len(phrase) > at:
                inside = start <= at and at + len(word) <= start + len(phrase)
                return phrase if inside else ""
            self._next += 1
        return ""

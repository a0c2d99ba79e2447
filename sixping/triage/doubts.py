"""Words that say a signal tells of nothing present: rhetoric, quotation, old stories, suppositions.

Pure. They are looked for only where a signal was found, and their index is made only then: most
reports have none. Reach is the clause (up to a comma) or the sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sixping.triage.wordmatch import Lexicon

if TYPE_CHECKING:
    from sixping.triage.wordmatch import Flat

#: between clauses, and between sentences
_CLAUSES, _SENTENCES = "，,、：:", "。！？!?；;…"
_LONGEST = 120  # characters: a sentence without a stop is read no farther
LASTING, ALWAYS = "lasting", "always"


class Doubt(NamedTuple):
    """One kind of talk. ``side``: the words stand before, after or on any side of the signal.

    ``within`` characters, 0: anywhere in reach. ``unless``: words in the sentence that bring it
    back to the present. ``spares``: signals it says nothing of. ``low``: the signal still
    counts, with low confidence.
    """

    name: str
    words: tuple[str, ...]
    side: str
    sentence: bool
    within: int
    unless: tuple[str, ...]
    spares: tuple[str, ...]
    low: bool


class Support(NamedTuple):
    """Words that stand for something present: ``now`` in the sentence, ``subjects`` near by."""

    now: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    within: int = 0


class Long(NamedTuple):
    """From how many characters a text is long, and how many of its first ones tell the matter."""

    chars: int = 1 << 30
    head: int = 1 << 30


class Verdict(NamedTuple):
    """What the words around a signal say of it: set aside, doubted, or told as present."""

    aside: str = ""
    doubt: str = ""
    present: bool = False


class Doubts:
    """All kinds of talk, and what speaks for the present; indexed when first looked for."""

    def __init__(
        self,
        doubts: tuple[Doubt, ...] = (),
        support: Support = Support(),  # noqa: B008 - it never changes
        long: Long = Long(),  # noqa: B008
    ) -> None:
        """Keep the words."""
        self.doubts, self.support, self.long = doubts, support, long

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return all their words in one index."""
        words = [word for doubt in self.doubts for word in (*doubt.words, *doubt.unless)]
        return Lexicon([*words, *self.support.now, *self.support.subjects])


class Surroundings:
    """The words around the signals of one text, found once."""

    def __init__(self, doubts: Doubts, flat: Flat) -> None:
        """Scan a text for the words of doubt and support."""
        self._doubts, self._text = doubts, flat.text
        self._found = doubts.lexicon.scan(flat)
        self._places = [at for at, _ in self._found]

    def verdict(self, at: int, end: int, traits: frozenset[str]) -> Verdict:
        """Judge the signal at ``text[at:end]``; ``traits``: lasting, always."""
        near: dict[bool, tuple[int, int]] = {
            False: self._bounds(at, end, _CLAUSES + _SENTENCES),
            True: self._bounds(at, end, _SENTENCES),
        }
        first, last = near[True]
        found = self._found[bisect_left(self._places, first) : bisect_left(self._places, last)]
        words = [(i, word) for i, word in found if not at < i < end - 1]
        low = self._far(at, last)
        for doubt in self._doubts.doubts:
            if traits.intersection(doubt.spares):
                continue
            hit = self._hit(doubt, words, at, end)
            if hit is None or any(word in doubt.unless for _, word in words):
                continue
            start, stop = near[doubt.sentence]
            if doubt.low or not start <= hit < stop:
                low = low or f"像是{doubt.name}"
            else:
                return Verdict(aside=f"像是{doubt.name}")
        return Verdict(doubt=low, present=self._present(words, at, end, near[False]))

    def _hit(self, doubt: Doubt, words: list[tuple[int, str]], at: int, end: int) -> int | None:
        for place, word in words:
            if word not in doubt.words:
                continue
            before = place < at
            if doubt.side != "any" and before != (doubt.side == "before"):
                continue
            gap = at - place - len(word) if before else place - end
            if not doubt.within or gap <= doubt.within:
                return place
        return None

    def _present(
        self, words: list[tuple[int, str]], at: int, end: int, clause: tuple[int, int]
    ) -> bool:
        support = self._doubts.support
        for place, word in words:
            if word in support.now:
                return True
            gap = at - place - len(word) if place < at else place - end
            if word in support.subjects and gap <= support.within:
                return clause[0] <= place < clause[1]
        return False

    def _far(self, at: int, last: int) -> str:
        """Return why a signal in the middle of a long text is doubted; empty: it is not."""
        size, long = len(self._text), self._doubts.long
        if size < long.chars or at < long.head or last >= size - 1:
            return ""
        return "长文中间提到"

    def _bounds(self, at: int, end: int, stops: str) -> tuple[int, int]:
        text = self._text
        least, most = max(at - _LONGEST, 0), min(end + _LONGEST, len(text))
        start = max(text.rfind(stop, least, at) for stop in stops) + 1
        ends = [i for i in (text.find(stop, end, most) for stop in stops) if i >= 0]
        return start or least, min(ends, default=most)

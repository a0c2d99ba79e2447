"""Severity signals: words and crowds that say a case is more than it seems.

Pure but for ``load_signals``. A signal can only raise; that the policy names no such
words makes each of them a reading (三.1-3: severity is who can settle it).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Severity
from sixping.triage.reasons import Hit
from sixping.triage.taxonomy import checked_words
from sixping.triage.wordmatch import Cover, Lexicon
from sixping.util import datafiles, toml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.triage.wordmatch import Flat
    from sixping.util.toml import Table

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_VAGUE = {"几": 3, "数": 3, "上": 1, "近": 1}
_LONGEST = 8
_COUNT = re.compile(
    r"(\d{1,6}|[几数上近零一二两三四五六七八九十百千][零一二两三四五六七八九十百千万]{0,6})[多余来几]?"
)


class Signal(NamedTuple):
    """Words that raise a case to ``severity``; with ``near``, only close to one of those."""

    name: str
    severity: Severity
    clause: str
    words: tuple[str, ...]
    near: tuple[str, ...]
    within: int
    excludes: tuple[str, ...]
    always: bool


class Calm(NamedTuple):
    """Words right before or right after a signal that say it has not happened."""

    before: tuple[str, ...]
    after: tuple[str, ...]

    def at(self, text: str, start: int, end: int) -> bool:
        """Tell whether such a word stands next to ``text[start:end]``."""
        return text.endswith(self.before, 0, start) or text.startswith(self.after, end)


class Crowd(NamedTuple):
    """How many people near such words make a case 较大 or 重大."""

    words: tuple[str, ...]
    units: tuple[str, ...]
    within: int
    clause: str
    serious: int
    major: int


class Signals:
    """All signals with their words indexed for one pass."""

    def __init__(self, signals: tuple[Signal, ...], crowd: Crowd, calm: Calm) -> None:
        """Index the words of all signals."""
        self._crowd = crowd
        self._calm = calm
        self._owners: dict[str, list[Signal]] = {}
        for signal in signals:
            for word in signal.words:
                self._owners.setdefault(word, []).append(signal)
        near = [word for signal in signals for word in signal.near]
        self._lexicon = Lexicon([*self._owners, *near, *crowd.words])
        self._excludes = Lexicon(phrase for signal in signals for phrase in signal.excludes)

    def find(self, flat: Flat) -> list[Hit]:
        """Return the signals in a squashed text, each once, in the order they appear."""
        words = self._lexicon.scan(flat)
        if not words:
            return []
        calm = [self._calm.at(flat.text, at, at + len(word)) for at, word in words]
        cover = Cover(self._excludes.scan(flat))
        hits: dict[str, Hit] = {}
        for index, (at, word) in enumerate(words):
            phrase = cover.phrase(at, word)
            for signal in self._owners.get(word, ()):
                if signal.name in hits or phrase in signal.excludes:
                    continue
                if signal.always or not calm[index]:
                    matched = _matched(signal, words, index, calm)
                    if matched:
                        hits[signal.name] = Hit(
                            signal.name, matched, signal.severity, signal.clause
                        )
        crowd = self._crowd_in(flat.text, words)
        return [*hits.values(), *([crowd] if crowd else [])]

    def _crowd_in(self, text: str, words: list[tuple[int, str]]) -> Hit | None:
        rule = self._crowd
        best, read = (0, ""), 0
        for at, word in words:
            if word in rule.words:
                # No stretch is read twice, but for the length of a number.
                start, end = max(at - rule.within, read - _LONGEST, 0), at + rule.within
                best = max(best, *_counts(text[start:end], rule.units))
                read = end
        people, matched = best
        if people < rule.serious:
            return None
        severity = Severity.MAJOR if people >= rule.major else Severity.SERIOUS
        least = rule.major if people >= rule.major else rule.serious
        return Hit(f"人群规模 {least} 人以上", matched, severity, rule.clause)


def _matched(signal: Signal, words: list[tuple[int, str]], index: int, calm: list[bool]) -> str:
    """Return what shows the signal at this word; "" when ``near`` words are not near."""
    at, word = words[index]
    if not signal.near:
        return word
    for step in (1, -1):
        place = index + step
        while 0 <= place < len(words) and abs(words[place][0] - at) <= signal.within:
            if words[place][1] in signal.near and not calm[place]:
                return f"{word} … {words[place][1]}"
            place += step
    return ""


def _counts(text: str, units: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield head counts such as ``30多人`` in a stretch of text, and (0, "") first."""
    yield 0, ""
    for match in _COUNT.finditer(text):
        if text.startswith(units, match.end()):
            unit = next(unit for unit in units if text.startswith(unit, match.end()))
            yield _number(match[1]), match[0] + unit


def _number(text: str) -> int:
    """Read digits or Chinese numerals; vague ones at their least: 几十 30, 上百 100."""
    if text.isdigit():
        return int(text)
    total, current = 0, 0
    for char in text:
        if char in _SCALES:
            total += (current or 1) * _SCALES[char]
            current = 0
        else:
            current = _DIGITS.get(char) or _VAGUE.get(char, 0)
    return total + current


def load_signals() -> Signals:
    """Load the signals of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("signals.toml")
    return parse_signals(text, str(path))


def parse_signals(text: str, source: str) -> Signals:
    """Parse and validate the signals. Raises ``BadData`` naming source, key, fault."""
    return read_signals(toml.parse(text, source))


def read_signals(top: Table) -> Signals:
    """Validate the signals. Raises ``BadData`` naming source, key, fault."""
    signals = tuple(top.each("signal", _signal))
    top.refuse_twice("signal", [signal.name for signal in signals])
    crowd, calm = _crowd(top.table("crowd")), _calm(top.table("calm"))
    top.finish()
    return Signals(signals, crowd, calm)


SIGNALS = toml.RuleFile("signals", read_signals)


def _signal(entry: Table) -> Signal:
    words, near = _words(entry, "words"), _words(entry, "near", optional=True)
    signal = Signal(
        entry.text("name"),
        entry.choice("severity", Severity),
        entry.text("clause"),
        words,
        near,
        entry.whole("within", least=1) if near else 0,
        _words(entry, "excludes", optional=True),
        entry.flag("always", default=False),
    )
    for phrase in signal.excludes:
        if not any(word in phrase for word in words):
            raise entry.fault("excludes", f"不含本信号的任何词, 没有作用: {phrase}")
    entry.finish()
    return signal


def _calm(table: Table) -> Calm:
    """Read the calm words; one character will do, for they count only next to a signal."""
    calm = Calm(tuple(table.text("before").split()), tuple(table.text("after").split()))
    table.finish()
    return calm


def _crowd(table: Table) -> Crowd:
    crowd = Crowd(
        _words(table, "words"),
        _counted(table),
        table.whole("within", least=1),
        table.text("clause"),
        table.whole("serious", least=2),
        table.whole("major", least=2, most=100_000),
    )
    if crowd.major <= crowd.serious:
        table.refuse("major", "须大于 serious")
    table.finish()
    return crowd


def _counted(table: Table) -> tuple[str, ...]:
    """Return what may follow a number of people: a unit, people, or 个 and people."""
    people = _words(table, "people")
    return (*table.text("units").split(), *people, *(f"个{name}" for name in people))


def _words(table: Table, key: str, *, optional: bool = False) -> tuple[str, ...]:
    if optional and not table.has(key):
        return ()
    return checked_words(table, key, table.text(key).lower().split())

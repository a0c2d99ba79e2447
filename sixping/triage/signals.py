"""Severity signals: words and crowds that say a case is more than it seems.

Pure but for ``load_signals``. A signal can only raise; that the policy names no such
words makes each of them a reading (三.1-3: severity is who can settle it).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from sixping.policy.vocabulary import Confidence, Severity
from sixping.triage.doubts import ALWAYS, LASTING, Doubt, Doubts, Long, Support, Surroundings
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
_EACH = ("每", "第", "平均")
_MOST = 20  # places of one signal that are looked at: the rest of a long text says no more
_SHORT = 2  # characters of a word that says nothing alone
_COUNT = re.compile(
    r"(\d{1,6}|[几数上近零一二两三四五六七八九十百千][零一二两三四五六七八九十百千万]{0,6})[多余来几]?"
)


class Signal(NamedTuple):
    """Words that raise a case to ``severity``; with ``near``, only close to one of those.

    ``always``: also next to words of calm, and in a supposition. ``lasting``: it goes on, so
    that it began long ago is no doubt. ``competence``: what is asked for is beyond the street,
    whatever happened. ``emergency``: a 突发事件, first reported by the emergency rules.
    """

    name: str
    severity: Severity
    clause: str
    words: tuple[str, ...]
    near: tuple[str, ...]
    within: int
    excludes: tuple[str, ...]
    always: bool
    lasting: bool = False
    competence: bool = False
    emergency: bool = False

    @property
    def traits(self) -> frozenset[str]:
        """Return what kinds of talk may be spared for (``Doubt.spares``)."""
        traits = {ALWAYS: self.always, LASTING: self.lasting or self.competence}
        traits["competence"] = self.competence
        return frozenset(name for name, has in traits.items() if has)


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

    def __init__(
        self, signals: tuple[Signal, ...], crowd: Crowd, calm: Calm, doubts: Doubts
    ) -> None:
        """Index the words of all signals."""
        self._doubts = doubts
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
        around: Surroundings | None = None
        hits: dict[str, Hit] = {}
        seen: Counter[str] = Counter()
        for index, (at, word) in enumerate(words):
            phrase = cover.phrase(at, word)
            for signal in self._owners.get(word, ()):
                if phrase in signal.excludes or (calm[index] and not signal.always):
                    continue
                if (
                    _rank(hits.get(signal.name)) == Confidence.HIGH.rank
                    or seen[signal.name] > _MOST
                ):
                    continue
                seen[signal.name] += 1
                if span := _span(signal, words, index, calm):
                    around = around or Surroundings(self._doubts, flat)
                    hit = _hit(signal, span, around)
                    if _rank(hit) > _rank(hits.get(signal.name)):
                        hits[signal.name] = hit
        if crowd := self._crowd_in(flat, words, around):
            hits[crowd.name] = crowd
        return list(hits.values())

    def _crowd_in(
        self, flat: Flat, words: list[tuple[int, str]], around: Surroundings | None
    ) -> Hit | None:
        rule, text = self._crowd, flat.text
        best, read = (0, "", 0), 0
        for at, word in words:
            if word in rule.words:
                # No stretch is read twice, but for the length of a number.
                start, end = max(at - rule.within, read - _LONGEST, 0), at + rule.within
                found = _counts(text[start:end], rule.units)
                best = max(best, *((people, matched, at) for people, matched in found))
                read = end
        people, matched, at = best
        if people < rule.serious:
            return None
        severity = Severity.MAJOR if people >= rule.major else Severity.SERIOUS
        least = rule.major if people >= rule.major else rule.serious
        around = around or Surroundings(self._doubts, flat)
        verdict = around.verdict(at, at + 2, frozenset({LASTING}))
        return Hit(
            f"人群规模 {least} 人以上", matched, severity, rule.clause,
            Confidence.LOW if verdict.doubt else Confidence.HIGH, verdict.aside or verdict.doubt,
            bool(verdict.aside),
        )  # fmt: skip


class _Span(NamedTuple):
    """Where a signal stands in a text, and the words that show it."""

    start: int
    end: int
    matched: str
    together: bool = False


def _span(
    signal: Signal, words: list[tuple[int, str]], index: int, calm: list[bool]
) -> _Span | None:
    """Return what shows the signal at this word; None when ``near`` words are not near."""
    at, word = words[index]
    if not signal.near:
        return _Span(at, at + len(word), word)
    for step in (1, -1):
        place = index + step
        while 0 <= place < len(words) and abs(words[place][0] - at) <= signal.within:
            other, beside = words[place]
            if beside in signal.near and not calm[place]:
                end = max(at + len(word), other + len(beside))
                return _Span(min(at, other), end, f"{word} … {beside}", together=True)
            place += step
    return None


def _hit(signal: Signal, span: _Span, around: Surroundings) -> Hit:
    """Return a signal with how far it is meant, and why (``Confidence``)."""
    verdict = around.verdict(span.start, span.end, signal.traits)
    sure, why = Confidence.MEDIUM, ""
    if verdict.doubt:
        sure, why = Confidence.LOW, verdict.doubt
    elif signal.competence:
        sure, why = Confidence.HIGH, "列明的权限事项"
    elif span.together or verdict.present:
        sure, why = Confidence.HIGH, "说到眼前的人或事"
    elif len(span.matched) <= _SHORT:
        sure, why = Confidence.LOW, "只有一个词"
    return Hit(
        signal.name, span.matched, signal.severity, signal.clause, sure, verdict.aside or why,
        bool(verdict.aside), signal.emergency,
    )  # fmt: skip


def _rank(hit: Hit | None) -> int:
    """Return what of one signal's places is kept: one that counts, then the surest."""
    if hit is None:
        return -2
    return -1 if hit.aside else hit.confidence.rank


def _counts(text: str, units: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield head counts such as ``30多人`` in a stretch of text, and (0, "") first."""
    yield 0, ""
    for match in _COUNT.finditer(text):
        if text.startswith(units, match.end()) and not text.endswith(_EACH, 0, match.start()):
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
    doubts = _doubts(top)
    top.finish()
    return Signals(signals, crowd, calm, doubts)


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
        entry.flag("lasting", default=False),
        entry.flag("competence", default=False),
        entry.flag("emergency", default=False),
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


def _doubts(top: Table) -> Doubts:
    """Read the kinds of talk; rules of before have none."""
    doubts = tuple(top.each("doubt", _doubt, optional=True))
    support, long = Support(), Long()
    if top.has("support"):
        table = top.table("support")
        support = Support(
            _words(table, "now"), _words(table, "subjects"), table.whole("within", least=1)
        )
        table.finish()
    if top.has("long"):
        table = top.table("long")
        long = Long(table.whole("chars", least=1), table.whole("head", least=1))
        table.finish()
    return Doubts(doubts, support, long)


def _doubt(entry: Table) -> Doubt:
    doubt = Doubt(
        entry.text("name"),
        _words(entry, "words"),
        entry.text("side", "any"),
        entry.flag("sentence", default=False),
        entry.whole("within", least=1) if entry.has("within") else 0,
        _words(entry, "unless", optional=True),
        tuple(entry.text("spares", "").split()),
        entry.flag("low", default=False),
    )
    for key, value, known in (
        ("side", {doubt.side}, {"any", "before", "after"}),
        ("spares", set(doubt.spares), {ALWAYS, LASTING, "competence"}),
    ):
        if value - known:
            raise entry.fault(key, f"应为 {'、'.join(sorted(known))}")
    entry.finish()
    return doubt


def _counted(table: Table) -> tuple[str, ...]:
    """Return what may follow a number of people: a unit, people, or 个 and people."""
    people = _words(table, "people")
    return (*table.text("units").split(), *people, *(f"个{name}" for name in people))


def _words(table: Table, key: str, *, optional: bool = False) -> tuple[str, ...]:
    if optional and not table.has(key):
        return ()
    return checked_words(table, key, table.text(key).lower().split())

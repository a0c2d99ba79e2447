"""The categories of reports: platform, lead unit, usual severity, keywords; and their natures.

Pure but for ``load_taxonomy``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.errors import UnknownName
from sixping.policy.vocabulary import Platform, Severity
from sixping.triage.wordmatch import Flat, Lexicon, squash
from sixping.util import datafiles, toml
from sixping.util.names import meant, one_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sixping.util.toml import Table


class Pair(NamedTuple):
    """Words that say something only together: one of each side, close to each other."""

    weight: float
    sides: tuple[tuple[str, ...], tuple[str, ...]]


class Category(NamedTuple):
    """One category; ``lead`` is the function (职能) of the unit that usually handles it.

    ``emergency``: what belongs to it is a 突发事件, first reported by the emergency rules.
    """

    name: str
    code: str
    head: str
    platform: Platform
    lead: str
    severity: Severity
    keywords: tuple[tuple[str, float], ...]
    excludes: tuple[str, ...] = ()
    pairs: tuple[Pair, ...] = ()
    emergency: bool = False


class Nature(NamedTuple):
    """What a report wants of the office (性质), and the words at its beginning that suggest it."""

    name: str
    words: tuple[str, ...]
    excludes: tuple[str, ...] = ()


class Scoring(NamedTuple):
    """How matches become a score and a score becomes sure.

    Words among the first ``head_chars`` characters count ``head_factor`` times. A
    platform scores its best category, ``share`` of its second, ``share``² of its third …
    Sure: the best score reaches ``sure_score`` and ``sure_ratio`` times the best of
    the other platforms. The words of a pair are at most ``pair_chars`` apart.
    """

    sure_score: float
    sure_ratio: float
    head_chars: int
    head_factor: float
    share: float
    pair_chars: int


class Meaning(NamedTuple):
    """Keywords with their offset, and sides of pairs, in one word found in a text.

    The sides of pair n are numbered 2n and 2n + 1.
    """

    keywords: list[tuple[int, str]]
    sides: list[int]


class Taxonomy:
    """All categories and natures in file order, with their words indexed for one pass."""

    def __init__(
        self, categories: Iterable[Category], scoring: Scoring, natures: Iterable[Nature] = ()
    ) -> None:
        """Index the categories, the natures and their words."""
        self.scoring = scoring
        self.natures = tuple(natures)
        self._wants = {word: nature.name for nature in self.natures for word in nature.words}
        phrases = [phrase for nature in self.natures for phrase in nature.excludes]
        self._wanting = Lexicon([*phrases, *self._wants])
        self._categories = {category.name: category for category in categories}
        self.weights: dict[str, list[tuple[str, float]]] = {}
        self.excluded: dict[str, list[str]] = {}
        self.pairs: list[tuple[str, float]] = []
        self.sides: dict[str, list[int]] = {}
        for category in self:
            for word, weight in category.keywords:
                self.weights.setdefault(word, []).append((category.name, weight))
            for phrase in category.excludes:
                self.excluded.setdefault(phrase, []).append(category.name)
            for pair in category.pairs:
                self._index(category.name, pair)
        self.words = Lexicon([*self.weights, *self.sides])
        self._keywords, self._sides = Lexicon(self.weights), Lexicon(self.sides)
        self._read: dict[str, Meaning] = {}
        self.excludes = Lexicon(self.excluded)

    def _index(self, name: str, pair: Pair) -> None:
        for side, words in enumerate(pair.sides):
            for word in words:
                self.sides.setdefault(word, []).append(2 * len(self.pairs) + side)
        self.pairs.append((name, pair.weight))

    def read(self, word: str) -> Meaning:
        """Return what a word found says: itself, or the keywords a word of a pair hides."""
        if word not in self._read:
            flat = squash(word)
            inside = [side for _, part in self._sides.scan(flat) for side in self.sides[part]]
            words = [(0, word)] if word in self.weights else self._keywords.scan(flat)
            self._read[word] = Meaning(words, list(dict.fromkeys(inside)))
        return self._read[word]

    def __iter__(self) -> Iterator[Category]:
        """Iterate in file order."""
        return iter(self._categories.values())

    def __len__(self) -> int:
        """Count the categories."""
        return len(self._categories)

    def get(self, name: str) -> Category | None:
        """Return the category of this name, or ``None``."""
        return self._categories.get(name)

    def nature(self, name: str) -> str:
        """Return the nature of this name or start. Raises ``UnknownName``."""
        if not self.natures:
            raise UnknownName(
                f"采用的规则 (taxonomy.toml) 没有列出性质: {name}",
                "请先采用有这份列表的规则: sixping policy diff 查看, sixping policy adopt 采用。",
            )
        return one_of([nature.name for nature in self.natures], name, "性质")

    def nature_in(self, flat: Flat) -> tuple[str, ...]:
        """Return the nature that a text suggests, and the word that does; empty: it says none.

        The first such word decides, and only among the first ``head_chars`` characters: what a
        report opens with is what it wants, further down such words mostly tell what was before.
        """
        head = Flat(flat.text, flat.pairs[: self.scoring.head_chars])
        found = (word for _, word in self._wanting.scan(head) if word in self._wants)
        word = next(found, None)
        return (self._wants[word], word) if word else ()

    def find(self, name: str) -> Category:
        """Return the category of this name, code or start. Raises ``UnknownName``."""
        name = name.strip()
        if name in self._categories:
            return self._categories[name]
        for category in self:
            if name == category.code:
                return category
        spoken = [owner for owner, _ in self.weights.get(name, [])]
        words = {known: known for known in self._categories}
        hint = "全部类别见 sixping policy show taxonomy。"
        return self._categories[meant(name, words, "类别", hint, spoken)]


def load_taxonomy() -> Taxonomy:
    """Load the categories of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("taxonomy.toml")
    return parse_taxonomy(text, str(path))


def parse_taxonomy(text: str, source: str) -> Taxonomy:
    """Parse and validate the categories. Raises ``BadData`` naming source, key, fault."""
    return read_taxonomy(toml.parse(text, source))


def read_taxonomy(top: Table) -> Taxonomy:
    """Validate the categories. Raises ``BadData`` naming source, key, fault."""
    scoring = _scoring(top.table("scoring"))
    categories = top.each("category", _category)
    if not categories:
        top.refuse("category", "至少要有一个类别")
    top.refuse_twice("name", [category.name for category in categories])
    top.refuse_twice("code", [category.code for category in categories])
    natures = top.each("nature", _nature, optional=True)  # rules of before have none
    top.refuse_twice("nature", [nature.name for nature in natures])
    top.refuse_twice("nature", [word for nature in natures for word in nature.words])
    top.finish()
    return Taxonomy(categories, scoring, natures)


TAXONOMY = toml.RuleFile("taxonomy", read_taxonomy)


def _scoring(table: Table) -> Scoring:
    scoring = Scoring(
        table.number("sure_score"),
        table.number("sure_ratio"),
        table.whole("head_chars", least=0),
        table.number("head_factor"),
        table.number("share", most=1.0),
        table.whole("pair_chars", least=1),
    )
    table.finish()
    return scoring


def _category(entry: Table) -> Category:
    keywords = _keywords(entry)
    category = Category(
        entry.text("name"),
        entry.text("code"),
        entry.text("head"),
        entry.choice("platform", Platform),
        entry.text("lead"),
        entry.choice("severity", Severity),
        keywords,
        _excludes(entry, [word for word, _ in keywords]),
        _pairs(entry),
        entry.flag("emergency", default=False),
    )
    entry.finish()
    return category


def _nature(entry: Table) -> Nature:
    words = checked_words(entry, "words", entry.text("words").lower().split())
    nature = Nature(entry.text("name"), words, _excludes(entry, [*words]))
    entry.finish()
    return nature


def _keywords(entry: Table) -> tuple[tuple[str, float], ...]:
    lines = _weighted_lines(entry, "keywords", entry.text("keywords"))
    keywords = [(word, weight) for _, weight, words in lines for word in words]
    if not keywords:
        raise entry.fault("keywords", "一个词也没有")
    checked_words(entry, "keywords", [word for word, _ in keywords])
    return tuple(keywords)


def _pairs(entry: Table) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    for line, weight, words in _weighted_lines(entry, "pairs", entry.text("pairs", "")):
        if words.count("/") != 1 or words[0] == "/" or words[-1] == "/":
            raise entry.fault("pairs", f"每行须为: 权重 词 … / 词 …, 现为 {line}")
        middle = words.index("/")
        sides = tuple(words[:middle]), tuple(words[middle + 1 :])
        checked_words(entry, "pairs", [*sides[0], *sides[1]])
        pairs.append(Pair(weight, sides))
    return tuple(pairs)


def _weighted_lines(entry: Table, key: str, text: str) -> Iterator[tuple[str, float, list[str]]]:
    """Yield the lines that are not blank with their weight, the first word, and the others."""
    for line in filter(str.strip, text.lower().splitlines()):
        first, *words = line.split()
        try:
            weight = entry.as_number(key, float(first))
        except ValueError:
            raise entry.fault(key, f"每行须以权重 (数) 开头, 现为 {first}") from None
        yield line, weight, words


def _excludes(entry: Table, keywords: list[str]) -> tuple[str, ...]:
    phrases = checked_words(entry, "excludes", entry.text("excludes", "").lower().split())
    for phrase in phrases:
        if not any(word in phrase for word in keywords):
            raise entry.fault("excludes", f"不含本条的任何词, 没有作用: {phrase}")
    return phrases


def checked_words(entry: Table, key: str, words: list[str]) -> tuple[str, ...]:
    """Return words to be looked for in texts.

    Raises ``BadData`` for a word given twice, and for one of a single character: it would
    match nearly everything.
    """
    for word in words:
        if len(word) < 2:  # noqa: PLR2004
            raise entry.fault(key, f"至少两个字, 现为 {word}")
    entry.refuse_twice(key, words)
    return tuple(words)

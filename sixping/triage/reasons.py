"""Why something was suggested: what it rests on, as it is recorded, and the sentences people read.

Pure. The record has the words and names of its day; only what is said around them is here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from sixping.policy.vocabulary import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMED = "值班员指定"
#: where a place stood → how that is said
_WHERE = {"place": "地点中写明", "text": "内容中写明"}


class Reason(NamedTuple):
    """Why: what was decided, what in the text (or who) spoke for it, by which rule."""

    what: str
    matched: str
    rule: str


class Hit(NamedTuple):
    """One signal found: its name, the words that show it, what it raises to and why.

    ``confidence`` and ``why``: how far it is meant, and by what. ``aside``: the text speaks
    otherwise, so it raises nothing.
    """

    name: str
    matched: str
    severity: Severity
    clause: str
    confidence: Confidence = Confidence.MEDIUM
    why: str = ""
    aside: bool = False
    emergency: bool = False

    @classmethod
    def read(cls, recorded: Sequence[Any]) -> Self:
        """Read a signal back from JSON."""
        hit = cls(*recorded)
        grade, sure = Severity(hit.severity), Confidence(hit.confidence)
        return hit._replace(severity=grade, confidence=sure)

    def recorded(self) -> list[Any]:
        """Return it as it is recorded: up to the last thing said."""
        said = max(place for place, value in enumerate(self) if value)
        return list(self[: said + 1])


class Grounds(NamedTuple):
    """What a suggestion rests on.

    ``words`` speak for the category of this ``code``, strongest first: each as seen, with what it
    scored, and True where it stands at the beginning; without a code an officer named it.
    ``platform`` is called as the street calls it. ``named`` says that an officer named the grade,
    ``hits`` are the signals that raise it; ``places`` are the community and grid taken from the
    report (``places.Mention``); ``nature`` is the one suggested and the word that does. What is
    seldom said stands last: the record is a list that ends with the last thing said.
    """

    severity: Severity
    category: str | None = None
    platform: str | None = None
    lead: str | None = None
    code: str | None = None
    words: Sequence[Sequence[Any]] = ()
    named: bool = False
    hits: Sequence[Hit] = ()
    places: Sequence[Sequence[str]] = ()
    nature: Sequence[str] = ()

    @classmethod
    def read(cls, recorded: Sequence[Any]) -> Self:
        """Read grounds back from JSON."""
        grounds = cls(*recorded)
        hits = [Hit.read(hit) for hit in grounds.hits]
        return grounds._replace(severity=Severity(grounds.severity), hits=hits)

    def recorded(self) -> list[Any]:
        """Return them as they are recorded."""
        said = max(place for place, value in enumerate(self) if value)
        whole = self._asdict() | {"hits": [hit.recorded() for hit in self.hits]}
        return list(whole.values())[: said + 1]

    def reasons(self) -> Iterator[Reason]:
        """Say what they are: for the category, the platform, the lead, the grade."""
        if self.category:
            yield from self._of_category(self.category)
        if self.named:
            yield Reason("等级", self.severity, _NAMED)
        for hit in self.hits:
            yield Reason("等级", hit.matched, _of_signal(hit))
        if not (self.named or any(not hit.aside for hit in self.hits)):
            origin = f"类别“{self.category}”的通常等级" if self.category else "无信号时的等级"
            yield Reason("等级", self.severity, f"{origin} (三.{self.severity.rank + 1})")
        for what, matched, name, by in self.places:
            yield Reason(what, matched, place_rule(matched, name, by))
        if self.nature:
            name, word = self.nature
            yield Reason("性质", word, f"开头的词, 提示{name}; 写明了才算")

    def _of_category(self, category: str) -> Iterator[Reason]:
        if self.code is None:
            yield Reason("类别", category, _NAMED)
        for seen, score, *first in self.words:
            word = f"{seen} (开头)" if first else seen
            yield Reason("类别", word, f"{category} ({self.code}) 关键词, 计 {score:.1f} 分")
        if self.platform:
            rule = f"类别“{category}”归{self.platform} (二.2)"
            yield Reason("平台", self.platform, rule)
        if self.lead:
            yield Reason("牵头单位", self.lead, f"类别“{category}”的牵头单位 (二.2)")


def _of_signal(hit: Hit) -> str:
    if hit.aside:
        return f"信号“{hit.name}”没有计入: {hit.why}"
    why = f", {hit.why}" if hit.why else ""
    return f"信号“{hit.name}”: 提示{hit.severity} ({hit.clause}), 把握{hit.confidence}{why}"


def place_rule(matched: str, name: str, by: str) -> str:
    """Say where a place stood, and which one is meant where it is not written in full."""
    return _WHERE[by] if matched == name else f"{_WHERE[by]}, 即{name}"

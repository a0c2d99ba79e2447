"""Suggesting what a report is about, where it goes and how grave it is, with reasons.

Pure. Literal keywords with weights (data), never a verdict: what matches little is
``unsure``, with the nearest candidates and the best of them as a proposal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.policy.vocabulary import Confidence, Platform, Severity
from sixping.triage.reasons import Grounds
from sixping.triage.wordmatch import Cover, squash

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.policy.units import Units
    from sixping.triage.reasons import Hit, Reason
    from sixping.triage.signals import Signals
    from sixping.triage.taxonomy import Category, Taxonomy
    from sixping.triage.wordmatch import Flat

_SHOWN = 5


class Suggestion(NamedTuple):
    """The proposal for one report.

    ``platform`` and ``category`` are the best candidates also when ``unsure``, and
    ``None`` only when nothing at all speaks for any. ``candidates`` are what the text
    alone says, best first, also beside an officer's own choice. ``confidence``
    is that of the grade; ``emergency`` names what may be a 突发事件; ``nature``: what the
    report wants (性质), which stays a suggestion until somebody states it.
    """

    category: str | None
    platform: Platform | None
    severity: Severity
    lead: str | None
    unsure: bool
    candidates: tuple[tuple[str, float], ...]
    grounds: Grounds
    confidence: Confidence = Confidence.LOW
    emergency: str | None = None
    nature: str | None = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return why, in words."""
        return tuple(self.grounds.reasons())


class _Match(NamedTuple):
    """One keyword of one category found in the text, and what it scored."""

    word: str
    times: int
    score: float
    in_head: bool


class _Ranking(NamedTuple):
    """Scores of categories and platforms, both best first."""

    categories: list[tuple[str, float]]
    platforms: list[tuple[Platform, float]]
    matches: dict[str, list[_Match]]

    def best(self, taxonomy: Taxonomy) -> Category | None:
        """Return the best category of the best platform."""
        for name, _ in self.categories:
            category = taxonomy.get(name)
            if category and category.platform is self.platforms[0][0]:
                return category
        return None


def suggest(
    text: str,
    taxonomy: Taxonomy,
    signals: Signals,
    units: Units,
    *,
    category: str | None = None,
    severity: Severity | None = None,
    place: str = "",
) -> Suggestion:
    """Propose category, platform, severity and lead unit for a report.

    ``category`` and ``severity`` are the officer's own and win (二.2); ``place`` is read
    only where the text matches nothing. Raises ``NotFound`` for an unknown category.
    """
    flat = squash(text)
    ranking = _rank(flat, taxonomy)
    if place and not ranking.categories:
        ranking = _rank(squash(place), taxonomy)
    chosen = taxonomy.find(category) if category else ranking.best(taxonomy)
    usual = chosen.severity if chosen else Severity.ORDINARY
    found = signals.find(flat)
    hits = [hit for hit in found if hit.severity.rank > usual.rank]
    raised = [usual, *(hit.severity for hit in hits if not hit.aside)]
    level = severity or max(raised, key=lambda grade: grade.rank)
    lead = _lead(chosen, units)
    spoken = chosen if chosen and not category else None
    nature = taxonomy.nature_in(flat)
    grounds = Grounds(
        level,
        chosen.name if chosen else None,
        units.naming.platform(chosen.platform) if chosen else None,
        lead,
        code=spoken.code if spoken else None,
        words=_words(ranking.matches[spoken.name]) if spoken else (),
        named=severity is not None,
        hits=hits,
        nature=nature,
    )
    unsure = not category and not _sure(ranking, taxonomy)
    return Suggestion(
        category=chosen.name if chosen else None,
        platform=chosen.platform if chosen else None,
        severity=level,
        lead=lead,
        unsure=unsure,
        candidates=tuple((name, round(score, 1)) for name, score in ranking.categories[:_SHOWN]),
        grounds=grounds,
        confidence=_confidence(level, hits, unsure=unsure),
        emergency=_emergency(chosen, found),
        nature=nature[0] if nature else None,
    )


def _confidence(level: Severity, hits: Sequence[Hit], *, unsure: bool) -> Confidence:
    """Return how far the rules stand behind a grade: by the best signal that raises to it.

    Two signals for it are 高. The usual grade of a category is at most 中: that no word spoke
    for more is no finding.
    """
    raising = [hit for hit in hits if hit.severity is level and not hit.aside]
    if not raising:
        doubtful = unsure or any(hit.aside for hit in hits)
        return Confidence.LOW if doubtful else Confidence.MEDIUM
    best = max((hit.confidence for hit in raising), key=lambda sure: sure.rank)
    several = sum(hit.confidence is not Confidence.LOW for hit in raising) > 1
    return Confidence.HIGH if several else best


def _emergency(chosen: Category | None, hits: Sequence[Hit]) -> str | None:
    """Name what may be a 突发事件: the signals that count, else the category itself."""
    names = [hit.name for hit in hits if hit.emergency and not hit.aside]
    if not names and chosen and chosen.emergency:
        names = [chosen.name]
    return "、".join(names) or None


def _rank(flat: Flat, taxonomy: Taxonomy) -> _Ranking:
    """Score every category spoken of: weight × √times, more for words at the start."""
    scoring = taxonomy.scoring
    matches: dict[str, list[_Match]] = {}
    for (name, word, weight), (times, first) in _occurrences(flat, taxonomy).items():
        in_head = first < scoring.head_chars
        score = weight * times**0.5 * (scoring.head_factor if in_head else 1.0)
        matches.setdefault(name, []).append(_Match(word, times, score, in_head))
    totals = {name: sum(match.score for match in found) for name, found in matches.items()}
    categories = sorted(totals.items(), key=lambda item: -item[1])
    platforms: dict[Platform, float] = {}
    shares: dict[Platform, float] = {}
    for name, score in categories:
        owner = taxonomy.find(name).platform
        share = shares.get(owner, 1.0)
        platforms[owner] = platforms.get(owner, 0.0) + score * share
        shares[owner] = share * scoring.share
    return _Ranking(categories, sorted(platforms.items(), key=lambda item: -item[1]), matches)


def _occurrences(flat: Flat, taxonomy: Taxonomy) -> dict[tuple[str, str, float], tuple[int, int]]:
    """Count each keyword and pair per category: (times, first position), less exclusions."""
    cover = Cover(taxonomy.excludes.scan(flat))
    counts: dict[tuple[str, str, float], tuple[int, int]] = {}
    reach = taxonomy.scoring.pair_chars
    waiting: dict[int, tuple[int, str]] = {}
    for at, word in taxonomy.words.scan(flat):
        barred = taxonomy.excluded.get(cover.phrase(at, word), ())
        meaning = taxonomy.read(word)
        for offset, keyword in meaning.keywords:
            for name, weight in taxonomy.weights[keyword]:
                if name not in barred:
                    times, first = counts.get((name, keyword, weight), (0, at + offset))
                    counts[name, keyword, weight] = (times + 1, first)
        for side in meaning.sides:
            start, other = waiting.pop(side ^ 1, (0, ""))
            name, weight = taxonomy.pairs[side // 2]
            if not other or at - start - len(other) > reach:
                waiting[side] = at, word
            elif name not in barred:
                key = name, f"{other} … {word}", weight
                times, first = counts.get(key, (0, start))
                counts[key] = (times + 1, first)
    return counts


def _sure(ranking: _Ranking, taxonomy: Taxonomy) -> bool:
    scoring = taxonomy.scoring
    if not ranking.platforms or ranking.categories[0][1] < scoring.sure_score:
        return False
    rivals = [score for _, score in ranking.platforms[1:2]]
    return not rivals or ranking.platforms[0][1] >= rivals[0] * scoring.sure_ratio


def _words(matches: list[_Match]) -> list[tuple[Any, ...]]:
    """Return the words that speak for a category (``Grounds.words``), strongest first."""
    found = sorted(matches, key=lambda match: -match.score)
    return [(_seen(m), _short(m.score), *(True,) * m.in_head) for m in found[:_SHOWN]]


def _short(score: float) -> float:
    """Return a score as it is kept: a whole one without the point, in every record of a case."""
    rounded = round(score, 1)
    return int(rounded) if rounded.is_integer() else rounded


def _seen(match: _Match) -> str:
    return f"{match.word} ×{match.times}" if match.times > 1 else match.word


def _lead(category: Category | None, units: Units) -> str | None:
    """Return the unit of the function; where the office has none, its platform's lead (四.2)."""
    if category is None:
        return None
    unit = units.holder(category.lead)
    return unit.name if unit else units.lead(category.platform)

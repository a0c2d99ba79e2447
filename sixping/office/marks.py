"""What people record for the assessment: manual items, opinions, consents (五.2, 附3.5).

The author of each stands in the envelope of the event. Reasons and texts are private: they
may speak of persons, and can be erased.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private

if TYPE_CHECKING:
    from collections.abc import Mapping

STREAM = "assessment"
ITEMS, TEXTS = "items", "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAdded(Recorded):
    """Points given or taken by hand; ``points`` is a decimal as text, such as ``-2.5``."""

    kind: ClassVar[str] = "item_added"

    unit: str
    day: date = fact(date.fromisoformat)
    points: str
    reason: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionGiven(Recorded):
    """The street's written opinion of a year on an agency's cadres (附3.5)."""

    kind: ClassVar[str] = "opinion_given"

    agency: str
    year: int
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven(Recorded):
    """The street's consent before a head of an agency is appointed or removed (附3.5)."""

    kind: ClassVar[str] = "consent_given"

    agency: str
    day: date = fact(date.fromisoformat)
    text: str | None = private()


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (ItemAdded, OpinionGiven, ConsentGiven)}

"""What became of a 矛盾纠纷 (附1.3): of which kind it is, and whether it was mediated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.step import ANY, Step

if TYPE_CHECKING:
    from sixping.cases.model import Case
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Mediated(Step):
    """Somebody wrote down the kind of a dispute, whether it was mediated, and by which unit.

    ``mediated`` is a key of ``vocabulary.MEDIATED``; the last one holds.
    """

    kind: ClassVar[str] = "mediated"
    command: ClassVar[str] = "dispute"
    label: ClassVar[str] = "矛盾纠纷调处"
    after: ClassVar[frozenset[Status]] = ANY

    sort: str
    mediated: str
    unit: str | None = None

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: only who keeps the register takes it."""
        return False

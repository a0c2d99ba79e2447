"""What the reporter was told beside the result: said by the policy's words, later in truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import private
from sixping.cases.step import ANY, Step

if TYPE_CHECKING:
    from sixping.cases.model import Case
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class Told(Step):
    """The reporter was told what the steps before had only said by standard text (五.1a)."""

    kind: ClassVar[str] = "told"
    command: ClassVar[str] = "told"
    label: ClassVar[str] = "已告知"
    after: ClassVar[frozenset[Status]] = ANY

    how: str | None = private()

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: whether a telling is owed is seen from the log (``cases.telling``)."""
        return False

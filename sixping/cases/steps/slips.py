"""That a slip about a case was printed: which, under what number, for whom. It moves nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import private
from sixping.cases.step import ANY, Step

if TYPE_CHECKING:
    from sixping.cases.model import Case
    from sixping.policy.vocabulary import Status


@dataclass(frozen=True, kw_only=True)
class SlipPrinted(Step):
    """A slip was printed for a unit, or again (``again``) under the number it had.

    ``no``: its place in the ``year`` among those of its kind, ``doc_no`` the number as printed;
    ``points``: what the room wrote for it; ``digest``: of all it carries, by which it is known.
    """

    kind: ClassVar[str] = "slip_printed"
    command: ClassVar[str] = "slip"
    label: ClassVar[str] = "出单"
    after: ClassVar[frozenset[Status]] = ANY

    slip: str
    year: int
    no: int
    doc_no: str
    to: str | None = None  # the unit it is for; None: the reporter, the district
    again: bool = False
    points: str | None = private()
    digest: str | None = private()

    @classmethod
    def offered(cls, case: Case) -> bool:
        """Return False: paper is no step that a case waits for."""
        return False

"""Suggestion and finding apart: what the program proposed for a case, and what people chose (三).

Pure: both are read off the log of a case, so a void gives back what stood before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import effective
from sixping.cases.steps.grading import Regraded
from sixping.cases.steps.handling import Assigned, EmergencyReported
from sixping.cases.steps.intake import Accepted, Imported, Reported
from sixping.cases.steps.referral import Decided, Referred
from sixping.policy.vocabulary import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sixping.cases.step import CaseEntry

#: who confirmed a grade that a file stated
BY_FILE = "文件所写"
#: kinds of steps that tell how a case came by its grade
GRADING = ("reported", "imported", "accepted", "regraded", "referred")


class Grade(NamedTuple):
    """What the program suggested, with what confidence; when and by whom the grade was found.

    All None for a record of the past without a grade. ``confirmed_at`` None with a
    ``confirmed_by``: a file states the grade and not when it was found. Shanghai time.
    """

    suggested: Severity | None = None
    confidence: Confidence | None = None
    confirmed_at: datetime | None = None
    confirmed_by: str | None = None
    found: bool = False


def grade_of(log: Iterable[CaseEntry]) -> Grade:
    """Return how a case came by its present grade; ``log`` may be of ``GRADING`` steps alone."""
    grade, present = Grade(), None
    for entry in effective(log):
        event = entry.event
        if isinstance(event, Reported):
            grade, present = _at_receipt(event, entry), event.severity
        elif isinstance(event, Accepted):
            if event.severity or not grade.found:
                grade = _found(grade, entry)
        elif isinstance(event, Regraded):
            if event.severity:
                grade = _found(grade, entry)
        elif isinstance(event, Referred) and present is not Severity.MAJOR:
            grade, present = _found(grade, entry), Severity.MAJOR
        if isinstance(event, Accepted | Regraded):
            present = event.severity or present
    return grade


def _found(grade: Grade, entry: CaseEntry) -> Grade:
    return grade._replace(confirmed_at=entry.at, confirmed_by=entry.by, found=True)


def _at_receipt(event: Reported, entry: CaseEntry) -> Grade:
    """Return the grade as it came in: suggested, named at the desk, or stated by a file."""
    named = "severity" in (event.given or ()) or not (
        event.suggested or event.severity is Severity.ORDINARY
    )
    if isinstance(event, Imported):  # the file's facts only: nothing was suggested
        return Grade(confirmed_by=BY_FILE, found=True) if named else Grade()
    own = (event.suggestion or {}).get("severity") if named else None
    grade = Grade(Severity(own) if own else event.severity, event.confidence)
    if not named:
        return grade
    by = BY_FILE if event.from_file else entry.by
    return grade._replace(confirmed_at=entry.recorded_at, confirmed_by=by, found=True)


class Emergency(NamedTuple):
    """What of a case may be a 突发事件, and when it was reported by the emergency rules.

    ``dismissed``: somebody found that it is none. ``seq`` is the entry that says so.
    """

    suggested: str | None = None
    reported_at: datetime | None = None
    dismissed: bool = False
    seq: int | None = None


def emergency_of(log: Iterable[CaseEntry]) -> Emergency:
    """Return what is known of the report by the emergency rules; the first one counts."""
    known = Emergency()
    for entry in effective(log):
        event = entry.event
        if isinstance(event, Reported):
            known = known._replace(suggested=event.emergency)
        elif event.kind == "amended" and getattr(event, "emergency", None):
            known = Emergency(event.emergency, known.reported_at)  # type: ignore[attr-defined]
        elif isinstance(event, EmergencyReported) and known.reported_at is None:
            known = known._replace(
                reported_at=None if event.dismissed else entry.at,
                dismissed=event.dismissed,
                seq=entry.seq,
            )
    return known


class Suggested(NamedTuple):
    """What the program suggested or took by default, and whether people chose it themselves.

    ``nature``: None also where the words that suggested one were erased. ``chosen``: category,
    platform, lead, channel → somebody said it; None: nobody wrote down who did.
    """

    category: str | None
    platform: str | None
    lead: str | None
    channel: str | None
    nature: str | None
    chosen: dict[str, bool | None]


def suggested_of(
    log: Sequence[CaseEntry], default_channel: str, nature: str | None = None
) -> Suggested | None:
    """Return what was suggested at receipt; None for a record of the past.

    ``nature``: the one that the words suggested, which are not in the log.
    """
    first, *rest = effective(log)
    event = first.event
    if not isinstance(event, Reported) or isinstance(event, Imported):
        return None
    differs = event.suggestion or {}
    given = event.given
    said = {name: None if given is None else name in given for name in _SAID}
    chosen = said | {"platform": said["category"] or said["platform"]}
    for later in rest:
        if isinstance(later.event, Regraded) and later.event.category:
            chosen |= {"category": True, "platform": True}
        chosen["lead"] = chosen["lead"] or isinstance(later.event, Assigned | Decided)
    return Suggested(
        category=differs.get("category", event.category),
        platform=differs.get("platform", event.platform),
        lead=differs.get("lead", event.lead),
        channel=default_channel,
        nature=nature,
        chosen=chosen,
    )


_SAID = ("category", "platform", "lead", "channel")

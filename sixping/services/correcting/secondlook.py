"""What the rules make of words that are said anew: told, and never taken by themselves (三)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sixping.cases.grade import emergency_of
from sixping.documents.phrases import report_first
from sixping.services.intake import intake_data
from sixping.triage.places import locate
from sixping.triage.suggest import suggest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sixping.cases.steps.amending import Amended
    from sixping.services.taking import Situation
    from sixping.triage.suggest import Suggestion


def looked_at_again(situation: Situation, event: Amended, now: Mapping[str, Any]) -> Amended:
    """Return the amendment with the emergency its words speak of, if it is another than known.

    That is said first; another grade and another community are hinted. ``now``: the words as
    they were.
    """
    place = "" if "place" in event.cleared else event.place or now.get("place") or ""
    text = event.text or now.get("text") or ""
    if not (event.text or event.place or "place" in event.cleared) or not text:
        return event
    data = intake_data(situation.work.con, situation.case.received_at.date())
    was, new = (
        suggest(words, data.taxonomy, data.signals, data.units, place=where)
        for words, where in ((now.get("text") or "", now.get("place") or ""), (text, place))
    )
    grade = situation.case.severity
    if new.severity not in {was.severity, grade}:
        situation.hint(f"按新的内容建议 {new.severity}, 未改; 改级用 regrade")
    community = event.community or situation.case.community
    if "community" in event.cleared:
        community = None
    known, spot = (
        locate(words, where, data.units, community)
        for words, where in ((now.get("text") or "", now.get("place") or ""), (text, place))
    )
    before = {known.community, *known.others}
    named = [name for name in (spot.community, *spot.others) if name and name not in before]
    if named and not event.community:
        present = f"现为{community}" if community else "没有登记社区"
        what = "内容" if event.text else "地点"
        situation.hint(
            f"新的{what}写到{'、'.join(named)}, {present}, 未改; 更正用 --community 社区"
        )
    return _emergency(situation, event, new)


def _emergency(situation: Situation, event: Amended, new: Suggestion) -> Amended:
    """Record a 突发事件 that the new words speak of, unless it was reported as one or is known."""
    known = emergency_of(situation.log)
    if new.emergency is None or known.reported_at or new.emergency == known.suggested:
        return event
    situation.warn(report_first(situation.case.number, new.emergency))
    return replace(event, emergency=new.emergency)

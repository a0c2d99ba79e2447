"""An assessment as it is recorded when it is drafted, and read back; how its procedure stands.

Recorded are figures alone: no reason of a point given by hand, nobody who acted; those are read
from the ledger as it then was, so that what is erased lives on in no record.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.assessment import assessment_json
from sixping.reports.assessment import Count, Nobody, Rate
from sixping.reports.period import Waiting
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sixping.reports.assessment import Assessment, ManualItem, Subject

DRAFT = "草稿，未经审定"
"""What every page of an assessment says that is not approved."""


class Standing(NamedTuple):
    """How the procedure of an assessment stands; ``words``: who approved it, else empty."""

    state: str
    words: str
    document: dict[str, Any]

    @property
    def approved(self) -> bool:
        """Return whether the figures were approved."""
        return bool(self.words)


def recorded(assessment: Assessment, *, names: bool = False) -> dict[str, Any]:
    """Return the figures of an assessment as they are recorded: persons by id alone.

    A record is for good, a name can be erased; ``names`` keeps them for who is shown the figures.
    """
    document = json.loads(dump_json(assessment_json(assessment)))
    for subject in document["subjects"]:
        del subject["people"]
        for person in () if names else subject.get("persons", ()):
            del person["name"]
        subject["items"] = [
            {name: item[name] for name in ("seq", "day", "points")} for item in subject["items"]
        ]
    kept = ("small_sample", "subjects", "nobody", "left_out", *assessment.waiting)
    return {name: document[name] for name in kept}


def restored(assessment: Assessment, figures: Mapping[str, Any]) -> Assessment:
    """Return an assessment of the same state of the ledger with the recorded figures in it."""
    anew = {subject.name: subject for subject in assessment.subjects}
    told = [each for each in figures["subjects"] if each["name"] in anew]
    nobody = figures["nobody"]
    return assessment._replace(
        small_sample=figures["small_sample"],
        subjects=tuple(_subject(anew[each["name"]], each) for each in told),
        nobody=None
        if nobody is None
        else Nobody(
            {name: Rate(rate["n"], rate["d"], rate["rate"], None)
             for name, rate in nobody["rates"].items()},
            {name: count["n"] for name, count in nobody["deductions"].items()},
            nobody["beside"],
        ),
        left_out=figures["left_out"],
        waiting={what: Waiting(**figures[what]) for what in assessment.waiting},
    )  # fmt: skip


def _subject(anew: Subject, was: Mapping[str, Any]) -> Subject:
    items: dict[int, ManualItem] = {item.seq: item for item in anew.items}
    return anew._replace(
        cases=was["cases"],
        rank=was["rank"],
        unranked=was["unranked"],
        total=_exact(was["total"]),
        rates={
            name: Rate(rate["n"], rate["d"], rate["rate"], _exact(rate["score"]))
            for name, rate in was["rates"].items()
        },
        counts={
            name: Count(count["n"], _exact(count["points"]))
            for name, count in was["deductions"].items()
        },
        items=tuple(items[item["seq"]] for item in was["items"] if item["seq"] in items),
        beside=was["beside"],
    )


def _exact(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)

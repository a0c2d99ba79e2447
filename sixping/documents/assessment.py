"""An assessment as a document: figures by subject, the rows behind one, what was recorded by hand.

Texts people recorded are masked here and cleaned by the format that prints them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sixping.documents.period import span_json, waiting_json
from sixping.documents.phrases import GONE
from sixping.policy.assessment import NO_CASES
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from sixping.reports.assessdrill import Opened
    from sixping.reports.assessment import (
        AgencySheet,
        Assessment,
        ManualItem,
        Nobody,
        RecordedText,
        Subject,
    )


class _Revealed(str):
    """A text that is shown as it is."""

    __slots__ = ()


def shown(text: str | None) -> str:
    """Return a recorded text as it may be shown; a sign where it was erased."""
    if text is None:
        return GONE
    return str(text) if isinstance(text, _Revealed) else mask_text(text)


def revealed(assessment: Assessment) -> Assessment:
    """Return an assessment whose recorded texts are shown as they are."""
    subjects = [
        subject._replace(items=tuple(map(item_revealed, subject.items)))
        for subject in assessment.subjects
    ]
    sheets = [
        sheet._replace(
            opinions=tuple(map(_text_revealed, sheet.opinions)),
            consents=tuple(map(_text_revealed, sheet.consents)),
        )
        for sheet in assessment.sheets
    ]
    return assessment._replace(subjects=tuple(subjects), sheets=tuple(sheets))


def item_revealed(item: ManualItem) -> ManualItem:
    """Return points given by hand, with their reason as it is."""
    return item if item.reason is None else item._replace(reason=_Revealed(item.reason))


def _text_revealed(recorded: RecordedText) -> RecordedText:
    return recorded if recorded.text is None else recorded._replace(text=_Revealed(recorded.text))


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """Return the document: figures by subject, what they count, what was recorded by hand.

    ``{period: {from, to}, as_of, made_at, counts_until, ledger: {seq, head}, small_sample,
    indicators, deductions, subjects: [{name, kind, cases, rank, unranked, total,
    rates: {id: {n, d, rate, score}}, deductions: {id: {n, points}},
    items: [{seq, unit, day, points, reason, by}], people: [{by, steps, cases}],
    beside: {figure: n}}], nobody: {rates, deductions: {id: {n}},
    beside}, left_out: {clock: n}, others: [{name, cases}],
    sheets: [{agency, opinions, consents: [{seq, day, text, by}]}]}``; points, scores and
    totals are decimal text, exact to what is shown. Before the ledger's first day counts are
    None; ``nobody`` is None where subjects were chosen. While persons answer by name (附2.1),
    ``persons_since`` says from when, and a subject has ``persons: [{id, name, unit, cases, open,
    resolved, late, lapses, workdays: {mean, median, n}}]``: by unit and id, without score or rank.
    """
    return {
        "period": span_json(assessment.period),
        "as_of": assessment.as_of,
        "made_at": assessment.made_at,
        "counts_until": assessment.counts_until,
        "ledger": {"seq": assessment.seq, "head": assessment.head},
        "small_sample": assessment.small_sample,
        "indicators": [indicator._asdict() for indicator in assessment.scheme.indicators],
        "deductions": [deduction._asdict() for deduction in assessment.scheme.deductions],
        "subjects": [
            _subject_json(subject) | (_persons_json(subject) if assessment.persons_since else {})
            for subject in assessment.subjects
        ],
        "nobody": assessment.nobody and _nobody_json(assessment.nobody),
        "left_out": dict(assessment.left_out),
        "others": [{"name": name, "cases": n} for name, n in assessment.others],
        "sheets": [_sheet_json(sheet) for sheet in assessment.sheets],
        **waiting_json(assessment.waiting),
        **({"persons_since": since} if (since := assessment.persons_since) else {}),
    }


def _persons_json(subject: Subject) -> dict[str, Any]:
    """Return who answered for cases in a unit: counts and times, no score and no rank."""
    return {
        "persons": [
            {
                "id": person.id,
                "name": person.name,
                "unit": person.unit,
                **{key.removeprefix("person_"): n for key, n in person.figures.items()},
                "workdays": {
                    name: getattr(person.workdays, name) for name in ("mean", "median", "n")
                },
            }
            for person in subject.persons
        ]
    }


def _subject_json(subject: Subject) -> dict[str, Any]:
    return {
        "name": subject.name,
        "kind": subject.kind,
        "cases": subject.cases,
        "rank": subject.rank,
        "unranked": subject.unranked,
        "total": _text(subject.total),
        "rates": {
            name: rate._asdict() | {"score": _text(rate.score)}
            for name, rate in subject.rates.items()
        },
        "deductions": {
            name: count._asdict() | {"points": _text(count.points)}
            for name, count in subject.counts.items()
        },
        "items": [item_json(item) for item in subject.items],
        "people": [person._asdict() for person in subject.people],
        "beside": dict(subject.beside),
    }


def _nobody_json(nobody: Nobody) -> dict[str, Any]:
    return {
        "rates": {name: {"n": r.n, "d": r.d, "rate": r.rate} for name, r in nobody.rates.items()},
        "deductions": {name: {"n": n} for name, n in nobody.counts.items()},
        "beside": dict(nobody.beside),
    }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def item_json(item: ManualItem) -> dict[str, Any]:
    """Return points given by hand, with reason and author."""
    return item._asdict() | {"points": f"{item.points:f}", "reason": shown(item.reason)}


def _sheet_json(sheet: AgencySheet) -> dict[str, Any]:
    return {
        "agency": sheet.agency,
        "opinions": [_text_json(opinion) for opinion in sheet.opinions],
        "consents": [_text_json(consent) for consent in sheet.consents],
        **({"letters": dict(sheet.letters)} if sheet.letters else {}),
    }


def _text_json(recorded: RecordedText) -> dict[str, Any]:
    return recorded._asdict() | {"text": shown(recorded.text)}


def drilled(found: Iterable[Opened]) -> list[dict[str, Any]]:
    """Return the rows behind a figure: all of its cohort, those that count marked."""
    return [
        {
            "unit": row.unit,
            "number": None if row.cohort in NO_CASES else row.key,
            "day": row.at.date() if isinstance(row.at, datetime) else row.at,
            "counted": counts,
            "what": row.what,
            "by": row.by,
            "clock": row.clock,
            "due": row.due,
            "verdict": row.verdict,
        }
        for row, counts in found
    ]

"""What is passed over at a glance: a row that surely says no more than the ledger has."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import pytest

from sixping.cases.book import unlike_state
from sixping.cases.lifecycle import fold, replayed
from sixping.errors import SixpingError
from sixping.importing.convert import ImportedRow
from sixping.policy.units import load_units
from sixping.policy.vocabulary import Severity, Status
from sixping.queries.updating import FEEDBACK, OUTCOME, Said, State, squeezed
from sixping.services.updating import says_the_same
from sixping.services.updating.advancing import Ground, moved
from sixping.store import projection
from sixping.store.rows import STATE_COLUMNS
from sixping.util.clock import to_text
from tests.kit import events as ev
from tests.kit.ledgerkit import stamp
from tests.kit.storykit import NUMBER, Story, at, shipped

S = Status
TEAM, OTHER = "城管执法中队", "市场监管所"
DAYS = [f"2020-03-{day}T10:00:00" for day in range(17, 28)]
TIMES = ("accepted", "assigned", "resolved", "fed_back", "closed", "withdrawn", "source_due")
STATES = [*Status]
WORDS = ("已清理", "未清理")
GROUND = Ground("pingtai", stamp(), lambda _: shipped(), load_units())


def of_desk(rng: Random) -> ev.Step:
    """Return a step that the desk may take; whether it can be is judged later."""
    words = rng.choice(WORDS)
    some: list[ev.Step] = [
        ev.Accepted(), ev.Assigned(lead=rng.choice((TEAM, OTHER))), ev.Returned(), ev.Noted(),
        ev.Resolved(outcome=words), ev.FedBack(text=words, satisfaction=rng.choice((None, 1, 4))),
        ev.Closed(), ev.Reopened(), ev.Declined(reason="演示"), ev.Amended(place="江南大道"),
        ev.Amended(source_due=at(rng.choice(DAYS))), ev.Suspended(), ev.Resumed(),
        ev.Regraded(severity=rng.choice([*Severity])), ev.Merged(into="2020-000002"),
        ev.Unmerged(), ev.Voided(seq=rng.randrange(2, 8)),
    ]  # fmt: skip
    return rng.choice(some)


def export(rng: Random) -> ImportedRow:
    """Return what a file may say."""
    said: dict[str, Any] = {
        name: to_text(at(rng.choice(DAYS))) for name in TIMES if rng.random() < 0.2
    }
    more = {
        "status": STATES, "unit": (TEAM, TEAM, OTHER), "satisfaction": (1, 4), "outcome": WORDS,
        "feedback": ("已告知", *WORDS),
    }  # fmt: skip
    said |= {name: rng.choice(some) for name, some in more.items() if rng.random() < 0.4}
    return ImportedRow(2, "1", "投诉举报电话", "占道", to_text(at("2020-03-16T15:00:00")), **said)


def take(story: Story, row: ImportedRow) -> None:
    """Take what a row says of a case, as an update does."""
    for event, when in moved(NUMBER, story.entries, row, row.unit, GROUND).steps:
        story.step(event, when)


def life(rng: Random) -> Story:
    """Return a case as files and the desk left it."""
    story = Story(shipped(), "2020-03-16T15:00:00")
    if rng.random() < 0.5:
        dues = story.entries.pop().event.dues
        story.private = None
        event = ev.Imported(
            channel="投诉举报电话", severity=Severity.ORDINARY, profile="pingtai", kept=True,
            dues=dues,
            status=rng.choice((None, S.REPORTED, S.HANDLING, S.RESOLVED, S.CLOSED)),
            unit=rng.choice((None, TEAM)), outcome=rng.choice((None, *WORDS)),
            feedback=rng.choice((None, *WORDS)), resolved_at=rng.choice((None, None, at(DAYS[0]))),
        )  # fmt: skip
        story.step(event, at("2020-03-16T15:00:00"))
    for day in rng.sample(DAYS, rng.randrange(6)):
        if rng.random() < 0.6:
            take(story, export(rng))
            continue
        with suppress(SixpingError):
            story.step(of_desk(rng), max(at(day), story.entries[-1].at))
    return story


def state_of(story: Story) -> State:
    """Return how a case stands as the ledger has it: from the version that brought it there."""
    rows = [projection.state_of(case) for _, case in replayed(NUMBER, story.entries)]
    rows[-1] = projection.state_of(story.case)
    since = max(n for n, row in enumerate(rows, 1) if n == 1 or row != rows[n - 2])
    row: dict[str, Any] = dict(zip(STATE_COLUMNS, rows[-1], strict=True))
    row |= {"version": since, "source_due": None}
    due = story.case.source_due
    row["source_due"] = to_text(due) if due else None
    return State(**{name: row[name] for name in State._fields})


def said_of(story: Story) -> Said:
    """Return what the log of a case has, as it is asked for by batches."""
    found: Said = set()
    words: dict[str, str] = {}
    for entry in story.entries:
        event = entry.event
        if event.kind in ("fed_back", "closed", "voided", "reopened"):
            found |= {(NUMBER, event.kind, to_text(entry.at)), (NUMBER, event.kind, "")}
        if event.kind in ("imported", "resolved", "source_stated"):
            each = {name: getattr(event, name, None) for name in (OUTCOME, FEEDBACK)}
            words |= {name: word for name, word in each.items() if word}
    return found | {(NUMBER, name, squeezed(word)) for name, word in words.items()}


def row_of(rng: Random, story: Story) -> ImportedRow:
    """Return a row that says about what the case has."""
    case = story.case
    last = {e.event.kind: e for e in story.entries}
    said: dict[str, Any] = {
        "status": case.status, "unit": case.lead, "satisfaction": case.satisfaction,
        "accepted": case.accepted_at, "assigned": case.assigned_at, "resolved": case.resolved_at,
        "source_due": case.source_due,
        "fed_back": last["fed_back"].at if "fed_back" in last else None,
        "closed": last["closed"].at if "closed" in last else None,
        "outcome": next(
            (w for e in story.entries[::-1] if (w := getattr(e.event, "outcome", None))), None
        ),
    }  # fmt: skip
    if rng.random() < 0.3:
        said["feedback"] = rng.choice(("已告知", *WORDS))
    for name in rng.sample(sorted(said), rng.randrange(5)):
        said[name] = None
    for name in rng.sample([*said, "withdrawn"], rng.choice((0, 0, 1, 1, 2))):
        said[name] = {
            "status": rng.choice(STATES), "unit": rng.choice((TEAM, OTHER)),
            "satisfaction": rng.choice((1, 4)), "outcome": rng.choice(WORDS),
            "feedback": rng.choice(("已告知", *WORDS)),
        }.get(name, at(rng.choice(DAYS)))  # fmt: skip
    said |= {name: to_text(said[name]) for name in TIMES if said.get(name)}
    return ImportedRow(2, "1", "投诉举报电话", "占道", to_text(at("2020-03-16T15:00:00")), **said)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_passed_over_at_a_glance_comes_to_nothing_when_it_is_looked_at(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - examples, not secrets
    passed = 0
    for _ in range(15):
        story = life(rng)
        state, known = state_of(story), said_of(story)
        for _ in range(8):
            row = row_of(rng, story)
            if says_the_same(NUMBER, row, row.unit, state, known):
                passed += 1
                found = moved(NUMBER, story.entries, row, row.unit, GROUND)
                said = (found.steps, found.differences, found.remarks)
                assert said == ([], [], []), ([e.event for e in story.entries], row)
    assert passed > 5


@pytest.mark.parametrize("seed", range(20))
def test_what_was_taken_is_not_taken_again_and_the_clocks_agree_with_the_state(seed: int) -> None:
    rng = Random(seed)  # noqa: S311 - examples, not secrets
    for _ in range(40):
        story, row = life(rng), export(rng)
        take(story, row)
        again = moved(NUMBER, story.entries, row, row.unit, GROUND)
        events = [e.event for e in story.entries]
        assert not again.steps, (events, row)
        assert unlike_state(story.case) == "", (events, row)
        assert fold(NUMBER, story.entries) == story.case, (events, row)

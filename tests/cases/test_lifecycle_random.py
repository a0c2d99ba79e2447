"""Whatever happens to a few cases: replays agree, breaches stay, pairs hold, nothing raises."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sixping.cases import codec
from sixping.cases.book import unlike_state
from sixping.cases.lifecycle import check_step, fold
from sixping.cases.model import Case
from sixping.cases.steps.intake import NOT_TAKEN_ON
from sixping.errors import SixpingError
from sixping.ledger import transaction
from sixping.policy.vocabulary import Status
from sixping.store.files import create
from sixping.store.layers import check_projection
from sixping.store.sqlite import reading
from tests.cases.test_codec import plain_facts
from tests.kit import events as ev
from tests.kit.ledgerkit import governing, stamp
from tests.kit.lives import NUMBERS, START, Street, Turn, report, steps
from tests.kit.voids import voids

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.lives

TURNS = st.lists(
    st.builds(
        Turn,
        case=st.integers(0, 2),
        step=st.integers(0, 200),
        minutes=st.sampled_from((0, 1, 60, 400, 1440, 1440, 4000, 9000)),
        option=st.integers(0, 40),
    ),
    min_size=8,
    max_size=60,
)
FAR = START + timedelta(days=4000)


def _checked(number: str, before: Case | None, after: Case, log: Sequence[ev.CaseEntry]) -> None:
    """Hold what must be true after every step of a life."""
    event = log[-1].event
    assert codec.facts_of(event) == plain_facts(event)
    assert ev.read_event(event.kind, codec.facts_of(event), codec.private_fields(event)) == event
    of_receipt = isinstance(event, ev.Amended) and event.received_at
    anew = {"voided", "relimited", "released", *(step.kind for step in NOT_TAKEN_ON.values())}
    free = of_receipt or event.kind in anew
    if before and not free:
        _missed_dates_stand(before, after, log[-1].at)
    assert fold(number, log) == after
    assert not unlike_state(after)


def _missed_dates_stand(before: Case, after: Case, now: datetime) -> None:
    """No step but a void, or another receipt, moves a missed date or takes the verdict back.

    What is not taken on was never to be finished: its target is taken back whole; a main case has
    its own limit back when the repeat it was taken from leaves.
    """
    dues = {(c.kind, c.round): c.due for c in after.clocks}
    for clock in before.clocks:
        if clock.late(now):
            assert dues[clock.kind, clock.round] == clock.due
    later = {(c.kind, c.round): c.late(FAR) for c in after.clocks}
    for clock in before.clocks:
        if clock.stopped and clock.late(FAR):
            assert later[clock.kind, clock.round]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TURNS)
def test_any_admitted_life_replays_and_no_missed_date_ever_moves(turns: list[Turn]) -> None:
    street = Street(_checked)
    for turn in turns:
        with suppress(SixpingError):
            street.turn(turn)
        for case in street.cases.values():
            into = street.cases.get(case.merged_into or "")
            assert (case.status is Status.MERGED) == (into is not None)
            if into:
                assert case.number in {r.number for r in into.others}
            assert case.open or not any(c.running for c in case.clocks)
            assert all(street.cases[r.number].merged_into == case.number for r in case.others)
            verdicts = [[c.late(t) for c in case.clocks] for t in (street.now, FAR)]
            assert case.open or verdicts[0] == verdicts[1]


def test_a_void_is_what_taking_the_rest_anew_would_be() -> None:
    """Twenty lives and four that were wrong once; longer: ``python -m tests.kit.voids 2000``."""
    seeds = (*range(20), 9008, 20013, 30011, 30017)
    outcomes = Counter(tried.outcome for seed in seeds for tried in voids(seed))
    assert outcomes["same"] > 100
    assert outcomes["refused"] > 30


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TURNS)
def test_the_tables_hold_what_a_replay_gives(turns: list[Turn]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "street.db"
        create(path, stamp(START), {})
        now = START
        with transaction(path, stamp(now)) as work:
            for i in range(3):
                work.append(work.next_number(2020), report(i), now, before=None, rules=governing)
        with transaction(path, stamp(FAR)) as work:
            for turn in turns:
                now += timedelta(minutes=turn.minutes)
                number = NUMBERS[turn.case]
                case = work.case(number)
                with suppress(SixpingError):
                    taken = steps(turn, case, now, work.case, work.entries)
                    for of, event in taken:
                        check_step(of, event, now)
                    for of, event in taken:
                        work.append(of.number, event, now, before=of, rules=governing)
        with reading(path) as con:
            assert list(check_projection(con)) == []

"""Many steps in one durable transaction, fast and in flat memory (rescheduling)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import fold
from sixping.store.log import read_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.rules import RulesOf
    from sixping.cases.step import Step
    from sixping.store.transaction import Transaction

BATCH = 500


class BulkStep(NamedTuple):
    """One step: of the case ``number``, or of a new case that gets the next number of ``at``."""

    event: Step
    at: datetime
    number: str | None = None
    content: bytes = b""


def append_many(work: Transaction, steps: Iterable[BulkStep], rules: RulesOf) -> int:
    """Record the steps in order and return how many; ``rules`` answers for their dates.

    Raises what ``Transaction.append`` raises; then nothing of the transaction stays.
    """
    count, stream = 0, iter(steps)
    while batch := list(islice(stream, BATCH)):
        going_on = sorted({step.number for step in batch if step.number is not None})
        cases: dict[str, Case] = {
            number: fold(number, entries) for number, entries in read_many(work.con, going_on)
        }
        for event, at, known, content in batch:
            number = known or work.next_number(at.year)
            if known and known not in cases:
                work.case(known)  # raises NotFound
            before = cases.get(number)
            cases[number], _ = work.writer.step(number, event, at, before, rules, content)
        work.writer.flush()
        count += len(batch)
    return count

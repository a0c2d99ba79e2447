"""How a command opens the ledger, records in the office and says what it refuses.

Every command of the office has the same shape: it reads its options, opens one reader or
one transaction, calls a service, and shows what came of it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from sixping.console.stepcommand import require_text, stamp_of
from sixping.office import streams
from sixping.office.organisation import History, organisation_at, seed_of
from sixping.policy.units import load_units
from sixping.render.casesheet import kind_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.console.context import Context
    from sixping.office.organisation import Organisation
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

Seq = Annotated[int, typer.Argument(metavar="序号", min=1, help="要撤销的记录, 见 sixping log")]


@contextmanager
def reading(context: Context) -> Iterator[Connection]:
    """Open one state of the ledger to read; close before showing, writers wait for it."""
    from sixping.queries import cases

    with cases.reading(context.existing_ledger()) as con:
        yield con


@contextmanager
def recording(context: Context) -> Iterator[Transaction]:
    """Open the transaction of a command: all of it is recorded, or nothing."""
    from sixping.ledger import transaction

    with transaction(context.existing_ledger(), stamp_of(context)) as tx:
        yield tx


def organisation_of(context: Context, day: date) -> Organisation:
    """Return the organisation of a day: the ledger's where there is one, else the data's."""
    if not context.ledger.exists():
        return History(seed_of(load_units()), ()).at(day)
    with reading(context) as con:
        return organisation_at(con, day)


def void_event(context: Context, stream: str, seq: int, reason: str) -> None:
    """Void an event of a stream, if the rest still makes sense, and say so."""
    why = require_text(reason, "理由 (--reason)")
    with recording(context) as tx:
        entry = streams.void(tx, stream, seq, why, lambda _subject, _rest: None)
    context.say(f"已撤销第 {seq} 号 ({kind_name(entry.event.kind)}), 两条记录都保留在台账里。")

"""Who is not to be named in what is said of operations: the reporters of the cases they had."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sixping.services.personal.atmeetings import hider
from sixping.services.personal.named import NUMBER, Named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.office.operations import Operation
    from sixping.store.sqlite import Connection


def veiled(con: Connection, operation: Operation, named: Named | None = None) -> Operation:
    """Return an operation in whose words no reporter of its cases is named, and no door.

    ``named``: who reads each case once, for a list of operations.
    """
    said = "\n".join(filter(None, _texts(operation)))
    if not said:
        return operation
    hide = hider(named or Named(con), dict.fromkeys((*operation.cases, *NUMBER.findall(said))))
    if hide is None:
        return operation
    return dataclasses.replace(
        operation,
        plan=dataclasses.replace(operation.plan, text=hide(operation.plan.text)),
        outcome=hide(operation.outcome),
        stages=[
            dataclasses.replace(one, stage=hide(one.stage), text=hide(one.text))
            for one in operation.stages
        ],
        days={
            day: dataclasses.replace(told, text=hide(told.text))
            for day, told in operation.days.items()
        },
    )


def _texts(operation: Operation) -> Iterator[str | None]:
    yield from (operation.plan.text, operation.outcome)
    for one in operation.stages:
        yield from (one.stage, one.text)
    yield from (told.text for told in operation.days.values())

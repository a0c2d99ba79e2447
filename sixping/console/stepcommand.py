"""How a command becomes a step of a case: one transaction, judged on the state it finds.

A command is written as a function of its own options that returns a ``Build``;
``@step`` gives it the number and the options every step promises.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from sixping.cases.model import full_number
from sixping.cases.steps import suggested_lead
from sixping.console import options
from sixping.console.context import Context
from sixping.console.receipt import Receipt, answer
from sixping.errors import UsageFault
from sixping.services.taking import (
    Build,
    Found,
    find_case,
    keep_reason,
    moved_since,
    steps_of,
    what_was_done,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.policy.units import Units
    from sixping.store.provenance import Stamp


def stamp_of(context: Context) -> Stamp:
    """Return who records, when and where."""
    from sixping.store.provenance import Stamp

    return Stamp.take(context.now, context.clock_replaced, context.by)


def require_text(value: str, field: str, limit: int | None = None) -> str:
    """Let free text in, or refuse it with ``BadData`` or ``UsageFault`` naming the field."""
    from sixping.util.text import TEXT_LIMIT, accept_text

    value = accept_text(value.strip(), field=field, limit=limit or TEXT_LIMIT)
    if not value:
        raise UsageFault(f"{field}是空的。", "请写出内容。")
    return value


def step(
    *,
    reason: bool = False,
    why: Any = options.Why,  # noqa: ANN401 - an option as Typer reads it
) -> Callable[[Callable[..., Build]], Any]:
    """Make a command of a function that returns a ``Build``.

    ``reason``: the step itself demands one; ``why``: how a reason that may stay away is
    explained.
    """
    needed = inspect.Parameter.empty
    shared: dict[str, Any] = {
        "reason": (options.Reason, needed) if reason else (why, None),
        "at": (options.At, None),
        "if_version": (options.IfVersion, None),
        "as_json": (options.Json, False),
    }

    def make(function: Callable[..., Build]) -> Callable[..., None]:
        def command(ctx: typer.Context, number: str, **given: Any) -> None:  # noqa: ANN401
            common = {name: given.pop(name) for name in shared}
            take(Context.of(ctx), number, function(**given), **common)

        _sign(command, function, shared)
        return command

    return make


def _sign(
    command: Callable[..., None], function: Callable[..., Build], shared: dict[str, Any]
) -> None:
    """Give the command the parameters Typer reads: number, its own, then the shared ones."""
    own = inspect.signature(function, eval_str=True).parameters
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("ctx", kind, annotation=typer.Context),
        inspect.Parameter("number", kind, annotation=options.Number),
        *(p.replace(kind=kind) for p in own.values()),
        *(
            inspect.Parameter(name, kind, annotation=annotation, default=default)
            for name, (annotation, default) in shared.items()
        ),
    ]
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    command.__doc__ = function.__doc__
    command.build = function  # type: ignore[attr-defined]  # the demo takes the same steps
    command.__name__ = function.__name__


def take(
    context: Context,
    number: str,
    build: Build,
    *,
    at: str | None = None,
    reason: str | None = None,
    if_version: int | None = None,
    as_json: bool = False,
) -> None:
    """Take one step and show the case after it; nothing is half recorded."""
    from sixping.ledger import transaction
    from sixping.services.rulebooks import rulebooks_on

    path = context.existing_ledger()
    full = full_number(number, context.now.year)
    moment = _moment(context, at, reason)
    why = require_text(reason, "理由 (--reason)") if reason is not None else None
    hints: list[str] = []
    with transaction(path, stamp_of(context)) as tx:
        rulebooks = rulebooks_on(tx.con)
        case, log = find_case(tx, full, number)
        if if_version is not None and if_version != case.version:
            raise moved_since(case, log, if_version, context.now)
        governing = rulebooks.rules(case.received_at.date())

        def units() -> Units:
            from sixping.office.organisation import organisation_at

            return organisation_at(tx.con, moment.date()).units

        def other(given: str) -> Case:
            return find_case(tx, full_number(given, context.now.year), given)[0]

        found = Found(case, governing, moment, why, log, hints.append, units, other)
        steps = steps_of(case, build(found))
        after = [
            tx.append(of.number, keep_reason(event, why), moment, before=of) for of, event in steps
        ]
        receipt = Receipt(after[0], tx.head(), suggested_lead(log, after[0].category))
    for hint in hints:
        context.say(hint)
    answer(context, receipt, what_was_done(steps[0][1], after[0]), as_json=as_json)


def _moment(context: Context, at: str | None, reason: str | None) -> datetime:
    if at is None:
        return context.now
    from sixping.util.dates import parse_moment, understood

    if not reason:
        raise UsageFault("用 --at 补记须写明 --reason。", "例如: --reason 当时电话登记, 现补记")
    moment = parse_moment(at, context.now)
    if moment > context.now:
        raise UsageFault(f"--at 的时间晚于现在: {understood(moment)}。", "只能补记已经发生的事。")
    context.say(f"时间: {understood(moment)}")
    return moment

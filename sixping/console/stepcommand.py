"""How a command becomes a step of a case: options in, one transaction, the case shown.

A command is written as a function of its own options that returns a ``Build``;
``@step`` gives it the number and the options every step promises.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

from sixping.cases.model import full_number
from sixping.console import dated, options
from sixping.console.context import Context
from sixping.console.receipt import answer
from sixping.errors import UsageFault
from sixping.util.text import SHORT, TEXT_LIMIT, accept_text

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.policy.units import Units
    from sixping.services.taking import Build, Situation, Taken
    from sixping.store.writer import Stamp


def stamp_of(context: Context) -> Stamp:
    """Return who records, when and where; a folder of other rules is remarked on."""
    from sixping.store.writer import Stamp

    context.remark_folder()

    return Stamp.take(context.now, context.clock_replaced, context.by)


def require_text(value: str, field: str, limit: int = TEXT_LIMIT) -> str:
    """Let free text in, or refuse it with ``BadData`` or ``UsageFault`` naming the field."""
    value = accept_text(value.strip(), field=field, limit=limit)
    if not value:
        raise UsageFault(f"{field}是空的。", "请写出内容。")
    return value


def step(
    *,
    reason: bool = False,
    approval: bool = False,
    why: Any = options.Why,  # noqa: ANN401 - an option as Typer reads it
    approver: Any = options.ApprovedBy,  # noqa: ANN401
    before: Callable[[Context, str, dict[str, Any]], dict[str, Any]] | None = None,
) -> Callable[[Callable[..., Build]], Any]:
    """Make a command of a function that returns a ``Build``.

    ``reason``, ``approval``: the step itself demands one; ``why``, ``approver``: how one that
    may stay away is explained. ``before``: what is asked on a terminal before the transaction:
    it takes the number and what was given, and returns what replaces it.
    """
    needed = inspect.Parameter.empty
    shared: dict[str, Any] = {
        "reason": (options.Reason, needed) if reason else (why, None),
        "approved_by": (options.Approver, needed) if approval else (approver, None),
        "at": (options.At, None),
        "if_version": (options.IfVersion, None),
        "as_json": (options.Json, False),
    }

    def make(function: Callable[..., Build]) -> Callable[..., None]:
        def command(ctx: typer.Context, number: str, **given: Any) -> None:  # noqa: ANN401
            context = Context.of(ctx)
            if before:
                given |= before(context, number, given)
            common = {name: given.pop(name) for name in shared}
            take(context, number, function(**given), **common)

        _sign(command, function, shared)
        return command

    return make


def _sign(
    command: Callable[..., None], function: Callable[..., Build], shared: dict[str, Any]
) -> None:
    """Give the command the parameters Typer reads: number, its own, then the shared ones."""
    function.__annotations__.pop("return")  # a Build, which only readers need: it loads the ledger
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
    approved_by: str | None = None,
    as_json: bool = False,
) -> None:
    """Take one step and show the case after it; nothing is half recorded."""
    from sixping.services.taking import take_step

    path = context.existing_ledger()
    full_number(number, context.now.year)  # refused before a word of anything else
    moment = _moment(context, at, reason)
    why = require_text(reason, "理由 (--reason)") if reason is not None else None
    who = approved_by
    if who is not None:
        who = require_text(who, "批准人 (--approved-by)", SHORT)
    taken = take_step(
        path, stamp_of(context), number, build,
        at=moment, why=why, if_version=if_version, approved_by=who, warn=context.say,
    )  # fmt: skip
    context.say(*taken.hints)
    answer(context, taken.receipt, what_was_done(taken), as_json=as_json)


def _moment(context: Context, at: str | None, reason: str | None) -> datetime:
    if at is None:
        return context.now
    from sixping.console.days import read_moment

    if not reason:
        raise UsageFault("用 --at 补记须写明 --reason。", "例如: --reason 当时电话登记, 现补记")
    return read_moment(context, at, dated.AT)


def what_was_done(taken: Taken) -> str:
    """Say what was recorded and where the case stands now."""
    case, kind = taken.receipt.case, taken.event.kind
    did = f"{case.number} 已记录“{taken.event.label}”, 现为“{case.status}”"
    if case.merged_into:
        return f"{did}, 由 {case.merged_into} 合并办理, 反映人由那一件答复"
    if kind not in {"assigned", "decided"}:
        return did
    parts = [did, f"牵头{case.lead}"]
    if case.assist:
        parts.append(f"协办{'、'.join(case.assist)}")
    if case.coordinator:
        parts.append(f"由{case.coordinator}协调 (四.2)")
    return ", ".join(parts)


def units_of(situation: Situation) -> Units:
    """Return the units of the day of a step."""
    from sixping.office.organisation import organisation_at

    return organisation_at(situation.work.con, situation.at.date()).units

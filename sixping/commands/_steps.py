"""How every step of a case is taken: one transaction, judged on the state it finds.

A command is written as a function of its own options that returns a ``Build``;
``@step`` gives it the number and the options every step promises.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from sixping.commands import _options
from sixping.commands._frame import Desk
from sixping.errors import NotAllowed, NotFound, UsageFault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.deadlines import Rules
    from sixping.events import CaseEvent, Entry
    from sixping.ledger import Transaction
    from sixping.model import Case
    from sixping.stamp import Stamp
    from sixping.units import Units

#: longest name of a person, a department, a meeting, in characters
SHORT = 200


def _alone(number: str) -> Case:
    raise NotFound(f"没有编号为 {number} 的件。")


def _shipped() -> Units:
    from sixping.units import load_units

    return load_units()


class Found(NamedTuple):
    """What a step is built from: the case as found, its rules, when and why it happens.

    ``log`` is the case's own, oldest first; ``hint`` says something on stderr once the
    step is recorded; ``units`` are those of the day of the step; ``other`` is another
    case, as found in the same transaction.
    """

    case: Case
    rules: Rules
    at: datetime
    why: str | None
    log: Sequence[Entry] = ()
    hint: Callable[[str], None] = lambda _: None
    units: Callable[[], Units] = _shipped
    other: Callable[[str], Case] = _alone


#: steps of several cases in one transaction; the answer shows the first
Steps = list[tuple["Case", "CaseEvent"]]
Build = Callable[[Found], "CaseEvent | Steps"]


def steps_of(case: Case, made: CaseEvent | Steps) -> Steps:
    """Return what a build made as steps, each with the case it is of."""
    return made if isinstance(made, list) else [(case, made)]


def stamp_of(desk: Desk) -> Stamp:
    """Return who records, when and where."""
    from sixping.stamp import Stamp

    return Stamp.take(desk.now, desk.clock_replaced, desk.by)


def told(value: str, field: str, limit: int | None = None) -> str:
    """Let free text in, or refuse it with ``BadData`` or ``UsageFault`` naming the field."""
    from sixping.text import TEXT_LIMIT, admit

    value = admit(value.strip(), field=field, limit=limit or TEXT_LIMIT)
    if not value:
        raise UsageFault(f"{field}是空的。", "请写出内容。")
    return value


def step(
    *, reason: bool = False, why: Any = _options.Why  # noqa: ANN401 - an option as Typer reads it
) -> Callable[[Callable[..., Build]], Any]:
    """Make a command of a function that returns a ``Build``.

    ``reason``: the step itself demands one; ``why``: how a reason that may stay away is
    explained.
    """
    needed = inspect.Parameter.empty
    shared: dict[str, Any] = {
        "reason": (_options.Reason, needed) if reason else (why, None),
        "at": (_options.At, None),
        "if_version": (_options.IfVersion, None),
        "as_json": (_options.Json, False),
    }

    def make(function: Callable[..., Build]) -> Callable[..., None]:
        def command(ctx: typer.Context, number: str, **given: Any) -> None:  # noqa: ANN401
            common = {name: given.pop(name) for name in shared}
            take(Desk.of(ctx), number, function(**given), **common)

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
        inspect.Parameter("number", kind, annotation=_options.Number),
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
    desk: Desk,
    number: str,
    build: Build,
    *,
    at: str | None = None,
    reason: str | None = None,
    if_version: int | None = None,
    as_json: bool = False,
) -> None:
    """Take one step and show the case after it; nothing is half recorded."""
    from sixping.commands._books import rules_of
    from sixping.commands._receipt import answer
    from sixping.ledger import transaction
    from sixping.views import full_number

    path = desk.existing_ledger()
    full = full_number(number, desk.now.year)
    moment = _moment(desk, at, reason)
    why = told(reason, "理由 (--reason)") if reason is not None else None
    rules = rules_of(path)
    hints: list[str] = []
    with transaction(path, stamp_of(desk)) as tx:
        case = _case(tx, full, number)
        if if_version is not None and if_version != case.version:
            raise _moved(tx, case, if_version)
        governing = rules(case.received_at.date())
        log = tx.entries(full)

        def units() -> Units:
            from sixping.organisation import organisation_at

            return organisation_at(tx.con, moment.date()).units

        def other(given: str) -> Case:
            return _case(tx, full_number(given, desk.now.year), given)

        found = Found(case, governing, moment, why, log, hints.append, units, other)
        steps = steps_of(case, build(found))
        after = [
            tx.append(of.number, _explained(event, why), moment, before=of) for of, event in steps
        ]
    for hint in hints:
        desk.say(hint)
    answer(desk, after[0].number, _did(steps[0][1], after[0]), as_json=as_json)


def _case(tx: Transaction, full: str, given: str) -> Case:
    try:
        return tx.case(full)
    except NotFound as fault:
        if full == given.strip():
            raise
        hint = "只写序号的是今年的; 往年的请写全, 如 2025-000123。"
        raise NotFound(fault.what, f"{hint}{fault.hint}") from None


def _did(event: CaseEvent, case: Case) -> str:
    """Say what was recorded and where the case stands now."""
    from sixping.model import STEPS

    did = f"{case.number} 已记录“{STEPS[event.kind][1]}”, 现为“{case.status}”"
    if case.merged_into:
        return f"{did}, 由 {case.merged_into} 合并办理, 反映人由那一件答复"
    if event.kind not in {"assigned", "decided"}:
        return did
    parts = [did, f"牵头{case.lead}"]
    if case.assist:
        parts.append(f"协办{'、'.join(case.assist)}")
    if case.coordinator:
        parts.append(f"由{case.coordinator}协调 (四.2)")
    return ", ".join(parts)


def _explained(event: CaseEvent, why: str | None) -> CaseEvent:
    """Keep the reason of a statement about the past where the step has none of its own."""
    if why is None or any(f.name == "reason" for f in fields(event)):
        return event
    return replace(event, stated_why=why)


def _moment(desk: Desk, at: str | None, reason: str | None) -> datetime:
    if at is None:
        return desk.now
    from sixping.moments import parse_moment, understood

    if not reason:
        raise UsageFault("用 --at 补记须写明 --reason。", "例如: --reason 当时电话登记, 现补记")
    moment = parse_moment(at, desk.now)
    if moment > desk.now:
        raise UsageFault(f"--at 的时间晚于现在: {understood(moment)}。", "只能补记已经发生的事。")
    desk.say(f"时间: {understood(moment)}")
    return moment


def _moved(tx: Transaction, case: Case, if_version: int) -> NotAllowed:
    """Tell whoever saw an older version what has happened since, and by whom."""
    hint = f"请先用 sixping show {case.number} 查看, 再决定是否办理。"
    if if_version > case.version:
        return NotAllowed(
            f"{case.number} 还没有第 {if_version} 版, 现在是第 {case.version} 版。", hint
        )
    since = "; ".join(_told_in_short(e, tx.stamp.now) for e in tx.entries(case.number)[if_version:])
    return NotAllowed(
        f"{case.number} 已从第 {if_version} 版变为第 {case.version} 版: {since}。", hint
    )


def _told_in_short(entry: Entry, now: datetime) -> str:
    from sixping.pages.casepage import kind_name
    from sixping.pages.people import moment
    from sixping.text import mask_text

    by = mask_text(entry.by or "")
    return f"{moment(entry.recorded_at, now.year)} {by} {kind_name(entry.event.kind)}"

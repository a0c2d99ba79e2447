"""How a call at the desk begins and ends: what was given is checked, what was said is not lost."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sixping.console import dated
from sixping.console.call import Call
from sixping.console.draft import Draft
from sixping.console.incoming import Taken
from sixping.documents.phrases import moment
from sixping.errors import BadData, Interrupted, NotAllowed, UsageFault
from sixping.services.intake import CallDesk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sixping.cases.steps.intake import Reported
    from sixping.console.context import Context

_INTERRUPTED = "已中断, 没有登记。"


@contextmanager
def short_call(
    context: Context, values: dict[str, Any], stated: datetime | None, request_id: str | None
) -> Iterator[tuple[Taken, datetime]]:
    """Ask what matters beside a text that was given; yield that and when it came in."""
    received = stated or context.now
    desk, event = _desk(context, values, received)
    taken = Taken(values)
    try:
        desk.refuse_known(replace(event, request_id=request_id))
        taken = Call(context, desk, values).take_short()
    except BadData:  # the same report once more, or not: registering tells
        pass
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(_INTERRUPTED) from None
    yield taken, received


@contextmanager
def whole_call(
    context: Context, values: dict[str, Any], stated: datetime | None, request_id: str | None
) -> Iterator[tuple[Taken, datetime]]:
    """Ask a call in full, or go on with the one that was left.

    Yields what was answered and when the report came in; kept until that has been registered.
    """
    if not context.interactive:
        raise UsageFault(
            "没有写明反映的内容。",
            '例如: sixping intake "江南大道占道经营", 或用 - 从标准输入读取。',
        )
    draft, received = Draft(context), stated or context.now
    desk, event = _desk(context, values, received)
    desk.refuse_known(replace(event, request_id=request_id))
    try:
        call = _resumed(context, draft, values, stated) or Call(context, desk, values)
    except (KeyboardInterrupt, EOFError):
        raise Interrupted(_INTERRUPTED) from None
    with draft.of(call):
        try:
            taken = call.take()
        except (KeyboardInterrupt, EOFError):
            raise Interrupted(_INTERRUPTED) from None
        yield taken, call.desk.received


def _resumed(
    context: Context, draft: Draft, values: dict[str, Any], stated: datetime | None
) -> Call | None:
    """Return the call that was left, with what is stated now, if somebody goes on with it."""
    kept = draft.offered()
    if kept is None:
        return None
    received = stated or kept.received
    whole = values | kept.values | {name: value for name, value in values.items() if value}
    try:
        call = Call(context, _desk(context, whole, received)[0], whole)
    except (BadData, NotAllowed, UsageFault) as fault:
        draft.set_aside(fault.what)
        return None
    context.say(f"{dated.RECEIVED.label}: {moment(received, context.now.year)}")
    call.unknown, call.into = kept.unknown, kept.into
    call.answered |= kept.answered
    return call


def _desk(
    context: Context, values: dict[str, Any], received: datetime
) -> tuple[CallDesk, Reported]:
    """Return the rules of the day of a report, and what is known of it so far, which may stand."""
    desk = CallDesk(context.ledger, received)
    return desk, desk.foresee(values | {"text": values["text"] or "…"})

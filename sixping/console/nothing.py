"""Nothing to show, said so that it is no false all-clear: what was asked for, and how many in all.

Said on a terminal only: a list read by another program stays empty and silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.registers import REGISTERS
from sixping.util.clock import from_text
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sixping.console.context import Context
    from sixping.reports.period import Span


def by_filter(context: Context, filters: Iterable[object], whole: str, following: str) -> None:
    """Say that nothing fits the filters, name them, and tell the whole and the next command."""
    named = "、".join(str(value) for value in filters if value)
    context.say(f"没有符合条件的 ({named})。{whole}", f"下一步: {following}")


def of_list(
    context: Context,
    filters: Iterable[object],
    *,
    whole: int,
    what: str,
    listing: str,
    begin: str,
) -> None:
    """Say on a terminal why a list is empty: the filter fits nothing, or there is nothing yet.

    ``whole``: how many there are without the filters; ``listing`` shows them all, ``begin``
    makes the first one.
    """
    if not context.terminal.isatty:
        return
    wanted = [value for value in filters if value]
    if wanted and whole:
        by_filter(context, wanted, f"全部 {whole} 条。", listing)
    else:
        context.say(f"还没有{what}。", f"下一步: {begin}")


def of_sleeping(context: Context, register: str) -> None:
    """Say on a terminal that a register is not kept, so that nothing is known of it."""
    if not context.terminal.isatty:
        return
    title, _, clause = REGISTERS[register]
    context.say(
        f"{title}登记还没有启用 ({clause}), 没有记录。", f"启用: sixping register on {title}"
    )


def asleep(context: Context, register: str) -> bool:
    """Return whether a list is empty because its register is not kept, and say so."""
    from sixping.console.recording import reading
    from sixping.office.registers import begun

    if not context.terminal.isatty:
        return False
    with reading(context) as con:
        kept = begun(con, register) is not None
    if not kept:
        of_sleeping(context, register)
    return not kept


def before_first_day(context: Context, began: str, span: Span) -> None:
    """Say of a period before the first report (``began``) that nothing is known of it."""
    first, last = map(understood_day, span)
    since = understood_day(from_text(began).date())
    context.say(f"台账自{since}起, {first} 至 {last} 没有记录, 不是 0 件。")

"""What a command that shows deadlines says of the calendar behind them: once, on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sixping.console.context import Context
    from sixping.services.rulebooks import Rulebooks


def rulebooks_here(context: Context) -> Rulebooks:
    """Load the rulebooks for a command that needs no ledger; say so where one is unreadable."""
    from sixping.services.rulebooks import rulebooks_or_shipped

    rulebooks, unread = rulebooks_or_shipped(context.ledger)
    if unread:
        context.say(f"注意: 台账读不出, 只用自带的日历。{unread}")
    return rulebooks


def remark(context: Context, *, provisional: bool, recounting: int = 0) -> None:
    """Warn that shown deadlines are provisional, or that cases wait; each once a command."""
    lines = {}
    if provisional:
        lines["provisional"] = (
            "注意: 有的期限为暂定, 所涉年份的放假安排尚未导入; "
            "公布后请运行 sixping calendar import 和 sixping calendar apply。"
        )
    if recounting:
        lines["recounting"] = (
            f"注意: 日历有变化, {recounting} 件的期限还没有相应调整: sixping calendar apply"
        )
    fresh = {name: line for name, line in lines.items() if name not in context.remarked}
    context.remarked.update(fresh)
    context.say(*fresh.values())

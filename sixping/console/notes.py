"""What commands say beside their answer, once, on stderr: of the calendar, of a folder of rules."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission, SixpingError
from sixping.util import datafiles

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


def remark_folder(context: Context) -> None:
    """Say that ``SIXPING_DATA`` holds other rules than the ledger works by; once a command."""
    folder = datafiles.stated_folder()
    if folder is None or "rules" in context.remarked or not context.ledger.exists():
        return
    context.remarked.add("rules")
    from sixping.services.adoption import differing, own
    from sixping.store.sqlite import reading

    try:
        texts = own(folder)
    except SixpingError as fault:
        context.say(f"注意: SIXPING_DATA 的规则读不出, 按台账采用的办理。{fault.what} {fault.hint}")
        return
    with suppress(LedgerUnusable, LedgerBusy, NoPermission), reading(context.ledger) as con:
        names = differing(con, texts)
        if names:
            context.say(
                f"注意: SIXPING_DATA 里的 {'、'.join(names)} 与台账采用的不同, 按台账采用的办理; "
                "差别见 sixping policy diff, 采用: sixping policy adopt"
            )

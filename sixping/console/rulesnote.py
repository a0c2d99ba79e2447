"""What a command says of a folder of rules that is not what the ledger adopted: once, on stderr."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sixping.errors import LedgerBusy, LedgerUnusable, NoPermission, SixpingError
from sixping.util import datafiles

if TYPE_CHECKING:
    from sixping.console.context import Context


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

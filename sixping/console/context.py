"""The context a command runs in: who, where, when; and the global options that state it."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperOption

from sixping.errors import InputOutput, LedgerUnusable, UsageFault
from sixping.render.terminal import Terminal, width_of
from sixping.util import clock, datafiles
from sixping.util.files import Kept
from sixping.util.masking import mask_name, mask_text
from sixping.util.text import accept_text, clean, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sixping.policy.units import Naming
    from sixping.store.sqlite import Connection


def tell(text: str) -> None:
    """Write to stderr, on a terminal without breaking a word or a command at its edge.

    Where nobody listens there is nothing to do about it.
    """
    if sys.stderr is not None:  # print() would take stdout instead
        if width := width_of(sys.stderr):
            text = "\n".join(part for line in text.split("\n") for part in wrap(line, width))
        with suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that speaks


class Context:
    """Who works where and when: the global options, resolved only when asked for."""

    def __init__(self) -> None:
        self.stated_ledger: str | None = None
        self.stated_by: str | None = None
        self.no_input = False

    @staticmethod
    def of(ctx: typer.Context) -> Context:
        """Return the context of a running command."""
        context = ctx.find_object(Context)
        if context is None:
            raise LookupError("no context: the command was not started by sixping.cli")
        return context

    @cached_property
    def ledger(self) -> Path:
        """The ledger's path: ``--ledger``, ``SIXPING_LEDGER``, the user's data folder.

        Raises ``LedgerUnusable`` where none is stated and the account has no home.
        """
        stated = self.stated_ledger or os.environ.get("SIXPING_LEDGER", "")
        if stated:
            return Path(stated)
        import platformdirs

        try:
            folder = platformdirs.user_data_path("sixping", appauthor=False)
        except RuntimeError as fault:
            raise LedgerUnusable(
                "不知道台账在哪里: 这个账号没有主目录。",
                "请加 --ledger 路径, 或设环境变量 SIXPING_LEDGER。",
            ) from fault
        return folder / "ledger.sqlite3"

    def existing_ledger(self) -> Path:
        """Return the ledger's path; raises ``LedgerUnusable`` when there is no such file."""
        if self.ledger.exists():
            if self.terminal.isatty:
                self.remark_folder()
            return self.ledger
        raise LedgerUnusable(
            f"没有找到台账: {self.ledger}",
            "新建台账: sixping init; 用虚构数据试用: sixping demo; "
            "台账在别处: 加 --ledger 路径, 或设环境变量 SIXPING_LEDGER; "
            "台账丢了: 用备份恢复 sixping restore 备份文件。",
        )

    @property
    def kept(self) -> Kept:
        """What no command writes over: the ledger, and the files of the rules."""
        return Kept((self.ledger,), folders=datafiles.in_force())

    @contextmanager
    def upgrading(self, *, readable: bool) -> Iterator[None]:
        """Bring a ledger of an older format up to date when it is first opened, and say so.

        ``readable``: one that cannot be brought up to date is read as it is.
        """
        from sixping.store import sqlite

        before = sqlite.OLDER.set(sqlite.Older(self._upgrade, partial(self._older, readable)))
        try:
            yield
        finally:
            sqlite.OLDER.reset(before)

    def _upgrade(self, path: str) -> None:
        from sixping.store.upgrade import upgrade
        from sixping.store.writer import Stamp

        done = upgrade(path, Stamp.take(self.now, self.clock_replaced, self.by))
        if done:
            self.say(f"台账的格式已从 {done.old} 升级到 {done.new}; 升级前的台账: {done.copy}")

    def _older(self, readable: bool, path: str) -> Connection | None:
        from sixping.store.upgrade import read_as_it_is

        try:
            self._upgrade(path)
        except (LedgerUnusable, InputOutput):
            if readable:
                return read_as_it_is(path)
            raise
        return None

    def remark_folder(self) -> None:
        """Say once that ``SIXPING_DATA`` holds other rules than the ledger works by."""
        if "SIXPING_DATA" in os.environ:
            from sixping.console.notes import remark_folder

            remark_folder(self)

    @cached_property
    def by(self) -> str:
        """On whose behalf: ``--by``, ``SIXPING_BY``, else the account's own name."""
        return self.stated_by or admitted_name(os.environ.get("SIXPING_BY", "")) or self.account

    @cached_property
    def account(self) -> str:
        """The operating-system user, recorded with every event."""
        import getpass

        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):  # an account without a name, as in a container
            return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"

    @property
    def now(self) -> datetime:
        """The instant of this command, the same however often it is asked."""
        return self._moment[0]

    @property
    def clock_replaced(self) -> bool:
        """Whether ``SIXPING_NOW`` replaced the clock."""
        return self._moment[1]

    @cached_property
    def _moment(self) -> tuple[datetime, bool]:
        return clock.now()

    @cached_property
    def naming(self) -> Naming:
        """What the street calls itself and its platforms, as its ledger has it."""
        from sixping.services.rulebooks import naming_of

        return naming_of(self.ledger, self.now.date())

    @cached_property
    def terminal(self) -> Terminal:
        """Width, colour and whether stdout is a terminal at all."""
        return Terminal.detect()

    @cached_property
    def errors(self) -> Terminal:
        """What stderr is: whether long work may show there how far it is."""
        return Terminal.detect(sys.stderr)

    @cached_property
    def interactive(self) -> bool:
        """Whether someone can be asked: stdin and stderr are terminals, and nobody forbade it."""
        if self.no_input:
            return False
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    @cached_property
    def remarked(self) -> set[str]:
        """What was remarked on already: each thing is said once a command."""
        return set()

    def say(self, *lines: str) -> None:
        """Write confirmations, hints and warnings: to stderr, cleaned."""
        for line in lines:
            tell(clean(line))


def admitted_name(name: str) -> str:
    """Let in the name of whoever works here, or refuse it."""
    return accept_text(name, field="姓名 (--by, SIXPING_BY)", limit=100)


# --- the global options, which state it ---------------------------------------------------

GLOBAL_PANEL: Final = "全局选项"


def _keep_ledger(ctx: typer.Context, _param: object, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        if not value:
            raise UsageFault("选项 --ledger 的路径是空的。", "请写出台账文件的路径。")
        context = Context.of(ctx)
        _refuse_twice("--ledger", context.stated_ledger, value)
        context.stated_ledger = value


def _keep_by(ctx: typer.Context, _param: object, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        context = Context.of(ctx)
        _refuse_twice("--by", context.stated_by, value)
        context.stated_by = admitted_name(value)


def given_twice(name: str, values: Sequence[Any]) -> UsageFault:
    """Return the fault for a single-valued option given more than once; values are masked."""
    mask = mask_name if name == "--reporter" else mask_text
    texts = [" ".join(value) if isinstance(value, tuple) else str(value) for value in values]
    said = "、".join(clean(mask(text)) for text in texts)
    return UsageFault(f"选项 {name} 只能写一次, 给出了 {len(texts)} 次: {said}。", "请只留一个。")


def _refuse_twice(name: str, before: str | None, value: str) -> None:
    """Refuse a global option that stands before the command and among its own."""
    if before is not None:
        raise given_twice(name, [before, value])


def _keep_silent(ctx: typer.Context, _param: object, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        Context.of(ctx).no_input = True


def global_options() -> list[Any]:
    """Return the options that stand before the command or among its own, as one likes."""
    return [
        TyperOption(
            param_decls=["ledger", "--ledger"],
            metavar="路径",
            help="台账文件 (环境变量 SIXPING_LEDGER)",
            callback=_keep_ledger,
            expose_value=False,
            rich_help_panel=GLOBAL_PANEL,
        ),
        TyperOption(
            param_decls=["by", "--by"],
            metavar="姓名",
            help="代表谁操作 (环境变量 SIXPING_BY)",
            callback=_keep_by,
            expose_value=False,
            rich_help_panel=GLOBAL_PANEL,
        ),
        TyperOption(
            param_decls=["no_input", "--no-input"],
            is_flag=True,
            help="什么也不问; 缺少的一次说明 (退出码 2)",
            callback=_keep_silent,
            expose_value=False,
            rich_help_panel=GLOBAL_PANEL,
        ),
    ]

"""What every command shares: the desk it works at, its options, its command class.

A command is a function with a Chinese docstring (first line, then ``示例:`` with one
example a line) whose first parameter is ``ctx: typer.Context``; it takes its desk with
``Desk.of(ctx)`` and returns ``None`` or an exit code.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import typer
from typer.core import TyperCommand, TyperOption

from sixping import clock
from sixping.errors import LedgerUnusable, UsageFault

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.pages.terminal import Terminal


def tell(text: str) -> None:
    """Write to stderr; where nobody listens there is nothing to do about it."""
    if sys.stderr is not None:  # print() would take stdout instead
        with suppress(OSError, ValueError):
            print(text, file=sys.stderr, flush=True)  # noqa: T201 - the one place that speaks


Function = TypeVar("Function", bound=Callable[..., Any])


class Desk:
    """Who works where and when: the global options, resolved only when asked for."""

    def __init__(self) -> None:
        self.stated_ledger: str | None = None
        self.stated_by: str | None = None

    @staticmethod
    def of(ctx: typer.Context) -> Desk:
        """Return the desk of a running command."""
        desk = ctx.find_object(Desk)
        if desk is None:
            raise LookupError("no desk: the command was not started by sixping.cli")
        return desk

    @cached_property
    def ledger(self) -> Path:
        """The ledger's path: ``--ledger``, ``SIXPING_LEDGER``, the user's data folder."""
        stated = self.stated_ledger or os.environ.get("SIXPING_LEDGER", "")
        if stated:
            return Path(stated)
        import platformdirs

        return platformdirs.user_data_path("sixping", appauthor=False) / "ledger.sqlite3"

    def existing_ledger(self) -> Path:
        """Return the ledger's path; raises ``LedgerUnusable`` when there is no such file."""
        if self.ledger.exists():
            return self.ledger
        raise LedgerUnusable(
            f"没有找到台账: {self.ledger}",
            "新建台账: sixping init; 用虚构数据试用: sixping demo; "
            "台账在别处: 加 --ledger 路径, 或设环境变量 SIXPING_LEDGER。",
        )

    @cached_property
    def by(self) -> str:
        """On whose behalf: ``--by``, ``SIXPING_BY``, else the account's own name."""
        return self.stated_by or _admitted(os.environ.get("SIXPING_BY", "")) or self.account

    @cached_property
    def account(self) -> str:
        """The operating-system user, recorded with every event."""
        import getpass

        try:
            return getpass.getuser()
        except (KeyError, OSError, ImportError):  # an account without a name, as in a container
            return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"

    @cached_property
    def host(self) -> str:
        """The machine's name, recorded with every event."""
        import platform

        return platform.node()

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
    def terminal(self) -> Terminal:
        """Width, colour and whether stdout is a terminal at all."""
        from sixping.pages.terminal import Terminal

        return Terminal.detect()

    @cached_property
    def interactive(self) -> bool:
        """Whether someone can be asked: stdin and stderr are both terminals."""
        return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))

    @cached_property
    def remarked(self) -> set[str]:
        """What was remarked on already: each thing is said once a command."""
        return set()

    def say(self, *lines: str) -> None:
        """Write confirmations, hints and warnings: to stderr, cleaned."""
        from sixping.text import clean

        for line in lines:
            tell(clean(line))


def _keep_ledger(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        if not value:
            raise UsageFault("选项 --ledger 的路径是空的。", "请写出台账文件的路径。")
        Desk.of(ctx).stated_ledger = value


def _keep_by(ctx: typer.Context, value: str | None) -> None:
    if value is not None and not ctx.resilient_parsing:
        Desk.of(ctx).stated_by = _admitted(value)


def _admitted(name: str) -> str:
    from sixping.text import admit

    return admit(name, field="姓名 (--by, SIXPING_BY)", limit=100)


GLOBAL_PANEL: Final = "全局选项"


def global_options() -> list[Any]:
    """Return the options that stand before the command or among its own, as one likes."""
    return [
        TyperOption(
            param_decls=["ledger", "--ledger"],
            metavar="路径",
            help="台账文件 (环境变量 SIXPING_LEDGER)",
            callback=lambda ctx, _param, value: _keep_ledger(ctx, value),
            expose_value=False,
            rich_help_panel=GLOBAL_PANEL,
        ),
        TyperOption(
            param_decls=["by", "--by"],
            metavar="姓名",
            help="代表谁操作 (环境变量 SIXPING_BY)",
            callback=lambda ctx, _param, value: _keep_by(ctx, value),
            expose_value=False,
            rich_help_panel=GLOBAL_PANEL,
        ),
    ]


class SixpingCommand(TyperCommand):
    """A command that names everything missing at once and has its help in Chinese."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - vendored Click
        """Parse; a missing parameter is reported together with all the others."""
        args = self._completed(args)
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as fault:
            if type(fault).__name__ == "MissingParameter":
                raise self._missing(ctx, given) from None
            raise

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401
        """Return the help page: summary, examples, usage, parameters."""
        from sixping.commands._help import command_page

        return command_page(self, ctx)

    def _missing(self, ctx: Any, args: list[str]) -> UsageFault:  # noqa: ANN401
        from sixping.commands._help import named

        options, _, _ = self.make_parser(ctx).parse_args(args=args)
        missing = [
            named(param)
            for param in self.params
            if param.required and param.value_is_missing(param.consume_value(ctx, options)[0])
        ]
        return UsageFault(f"缺少: {', '.join(missing)}", f"用法见: {ctx.command_path} --help")

    def _completed(self, args: list[str]) -> list[str]:
        """Give each option of ``bare_values`` that stands without a value its value."""
        bare = getattr(self.callback, "__bare_values__", None)
        return complete_bare(args, bare, self._valued()) if bare else args

    def _valued(self) -> set[str]:
        return {
            name
            for param in self.params
            if isinstance(param, TyperOption) and not param.is_flag
            for name in param.opts
        }


def complete_bare(args: Sequence[str], bare: dict[str, str], valued: set[str]) -> list[str]:
    """Return the arguments with ``--month`` written out as ``--month=<its bare value>``.

    An option is bare when nothing or another option follows it. What follows an option
    of ``valued`` is that option's value, whatever it looks like; nothing is touched
    behind ``--``.
    """
    done: list[str] = []
    rest = list(args)
    while rest:
        token = rest.pop(0)
        if token == "--":  # noqa: S105
            return [*done, token, *rest]
        if token in bare and (not rest or rest[0].startswith("-")):
            token = f"{token}={bare[token]}"
            done.append(token)
            continue
        done.append(token)
        if token in valued and rest:
            done.append(rest.pop(0))
    return done


def bare_values(**values: str) -> Callable[[Function], Function]:
    """Let options stand without a value: ``@bare_values(month="last")`` for ``--month``.

    Typer ignores Click's ``flag_value`` (0.28 and 0.29), so the arguments are completed
    before they are parsed.
    """

    def mark(function: Function) -> Function:
        named = {f"--{name.replace('_', '-')}": value for name, value in values.items()}
        function.__bare_values__ = named  # type: ignore[attr-defined]
        return function

    return mark

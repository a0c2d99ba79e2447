"""The command line: the root group, the global options, the one error boundary."""

from __future__ import annotations

import gc

# Imports make objects, not garbage: without the collector Typer loads 3 of 40 ms faster,
# and what is frozen below is never walked again.
gc.disable()

import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from sixping.commands import READING_OLDER, TABLE, WRITING
from sixping.console import completion
from sixping.console.context import Context, global_options
from sixping.console.frame import CommandSpec, Group, SixpingCommand, Table, once_only
from sixping.errors import RECORDED, UsageFault
from sixping.render.terminal import prepare_streams
from sixping.version import __version__

gc.freeze()
gc.enable()

SUMMARY = "街道综合信息指挥室台账: 流转、时限、超期、会商材料。"
EXAMPLES = """\
  sixping demo                         用虚构数据试用
  sixping intake "江南大道占道经营"    登记一件
  sixping overdue --exit-code          有超期则退出码为 3
  sixping report --month               上月会商材料"""


class LazyGroup(TyperGroup):
    """A group that knows its commands by the table and imports only the one it runs."""

    def __init__(
        self, name: str, table: Table, default: str = "", *, takes_words: bool = False,
        **settings: Any,  # noqa: ANN401
    ) -> None:  # fmt: skip
        super().__init__(name=name, rich_markup_mode=None, **settings)
        self.table = table
        self.default = default
        self.takes_words = takes_words

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - vendored Click
        """Return the names in the table's order; nothing is imported."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002
        """Import and build the command of this name, or return ``None``."""
        entry = self.table.get(cmd_name)
        if isinstance(entry, Group):
            return LazyGroup(
                cmd_name, dict(entry.entries), entry.default, takes_words=entry.takes_words,
                help=entry.help,
            )  # fmt: skip
        return None if entry is None else build(cmd_name, entry)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401
        """Find the command; raises ``UsageFault`` with the nearest names."""
        command = self.get_command(ctx, args[0])
        if command is None:
            from sixping.console.help import unknown_command

            raise unknown_command(args[0], ctx.command_path, self.table)
        return args[0], command, args[1:]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401
        """Parse; without a command the default is run, or the help shown as a usage fault."""
        if self.default and self._bare(ctx, args):
            args = [self.default, *args]
        rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not ctx.resilient_parsing:  # noqa: SLF001
            raise UsageFault(f"没有写明命令。\n\n{self.get_help(ctx)}")
        return rest

    def _bare(self, ctx: Any, args: list[str]) -> bool:  # noqa: ANN401
        """Return whether no command is named; raises ``UsageFault`` for one nearly named."""
        if not args or args[0].startswith("-"):
            return not args or args[0] not in self.get_help_option_names(ctx)
        if not self.takes_words or args[0] in self.table or ctx.resilient_parsing:
            return False
        from sixping.console.help import refuse_nearly

        refuse_nearly(args[0], ctx.command_path, self.table)
        return True

    def make_parser(self, ctx: Any) -> Any:  # noqa: ANN401
        """Return the parser, which takes a single value only once."""
        return once_only(super().make_parser(ctx), ctx)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401
        """Return the names and options that may follow; nothing is imported."""
        return [
            *completion.names(self.table, incomplete),
            *SixpingCommand.shell_complete(self, ctx, incomplete),
        ]

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401
        """Return the help page: examples, usage, commands by panel, options."""
        from sixping.console.help import examples_of, group_page

        if ctx.parent is None:
            return group_page(self, ctx, SUMMARY, EXAMPLES)
        return group_page(self, ctx, self.help or "", examples_of(ctx.command_path))


@cache
def build(name: str, entry: CommandSpec) -> Any:  # noqa: ANN401 - vendored Click
    """Import one command's module and turn its function into a command, once a process."""
    module = import_module(f"sixping.commands.{entry.module}")
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name, cls=SixpingCommand)(getattr(module, entry.function))
    command: Any = typer.main.get_command(app)
    place = f"{entry.module}.{entry.function}"
    command.writing = WRITING.get(place, WRITING.get(entry.module))
    command.reads_older = place in READING_OLDER
    command.params.extend(global_options())
    return command


def root_group() -> LazyGroup:
    """Return the command tree's root; no command is imported."""
    return LazyGroup(
        "sixping",
        TABLE,
        context_settings={"help_option_names": ["-h", "--help"]},
        params=[
            TyperOption(
                param_decls=["version", "--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                help="显示版本",
                callback=_show_version,
            ),
            TyperOption(
                param_decls=["install_completion", "--install-completion"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                help="为当前 shell 安装命令补全",
                callback=_install_completion,
            ),
            *global_options(),
        ],
    )


def _show_version(ctx: Any, _param: object, value: bool) -> None:  # noqa: ANN401, FBT001
    if value and not ctx.resilient_parsing:
        print(f"sixping {__version__}")  # noqa: T201
        raise typer.Exit


def _install_completion(ctx: Any, _param: object, value: bool) -> None:  # noqa: ANN401, FBT001
    if value and not ctx.resilient_parsing:
        completion.install()
        raise typer.Exit


def run(args: Sequence[str], context: Context | None = None) -> int:
    """Run one command line and return its exit code; faults are raised."""
    root = root_group()
    if "_SIXPING_COMPLETE" in os.environ:
        completion.complete(root)
    try:
        with root.make_context("sixping", list(args), obj=context or Context()) as ctx:
            answer = root.invoke(ctx)
    except typer.Exit as leaving:
        return leaving.exit_code
    return answer if isinstance(answer, int) else 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run sixping and return the exit code; every fault ends here as a Chinese sentence."""
    os.umask(0o077)  # whatever is written holds what citizens told: the owner's alone
    RECORDED.clear()
    context = Context()
    try:
        prepare_streams()
        code = run(sys.argv[1:] if argv is None else argv, context)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException as fault:  # noqa: BLE001 - the one boundary: nobody sees a traceback
        from sixping.console.faults import answer

        return answer(fault, context)
    return code

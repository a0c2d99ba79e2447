"""The form of commands: the table they stand in, and the class each becomes.

A command is a function with a Chinese docstring (first line, then ``示例:`` with one
example a line) whose first parameter is ``ctx: typer.Context``; it takes its context with
``Context.of(ctx)`` and returns ``None`` or an exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperOption

from sixping.errors import UsageFault

Function = TypeVar("Function", bound=Callable[..., Any])


# Plain classes: every start makes them, and two named tuples cost it half a millisecond.
class CommandSpec:
    """Where a command lives: ``sixping.commands.<module>.<function>``."""

    __slots__ = ("function", "help", "module", "panel")

    def __init__(self, module: str, function: str, summary: str, panel: str = "") -> None:
        self.module = module
        self.function = function
        self.help = summary
        self.panel = panel


class Group:
    """Commands under one word, as in ``sixping units list``.

    ``default`` is the command that runs when an option, or nothing, follows the word;
    ``takes_words``: also when a word follows that is no command.
    """

    __slots__ = ("default", "entries", "help", "panel", "takes_words")

    def __init__(
        self, summary: str, panel: str, entries: Table, default: str = "",
        *, takes_words: bool = False,
    ) -> None:  # fmt: skip
        self.help = summary
        self.panel = panel
        self.entries = entries
        self.default = default
        self.takes_words = takes_words


Table = Mapping[str, CommandSpec | Group]


#: options with which a command that writes only looks
_LOOKING = ("dry_run", "preview", "check")


class SixpingCommand(TyperCommand):
    """A command that names everything missing at once and has its help in Chinese.

    ``writing``: it records in the ledger, always or with one of these options; None: it does not.
    ``reads_older``: it reads older formats too.
    """

    writing: Sequence[str] | None = None
    reads_older = False

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - vendored Click
        """Run; what records in a ledger of an older format first brings it up to date."""
        if not self._records(ctx.params):
            return super().invoke(ctx)
        from sixping.console.context import Context

        with Context.of(ctx).upgrading(readable=self.reads_older):
            return super().invoke(ctx)

    def _records(self, given: Mapping[str, Any]) -> bool:
        if any(map(given.get, _LOOKING)):
            return False
        if self.writing is not None and (not self.writing or any(map(given.get, self.writing))):
            return True
        return bool(given.get("reveal"))

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

    def make_parser(self, ctx: Any) -> Any:  # noqa: ANN401
        """Return the parser, which takes a single value only once."""
        return once_only(super().make_parser(ctx), ctx)

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401
        """Return the help page: summary, examples, usage, parameters."""
        from sixping.console.help import command_page

        return command_page(self, ctx)

    def _missing(self, ctx: Any, args: list[str]) -> UsageFault:  # noqa: ANN401
        from sixping.console.help import named

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


def once_only(parser: Any, ctx: Any) -> Any:  # noqa: ANN401 - vendored Click
    """Make a parser refuse what it would overwrite: a single value given twice, ``--pass --fail``.

    A flag given twice is harmless; what takes several values keeps them all. Completion is let
    alone: nothing is done there.
    """
    if not ctx.resilient_parsing:
        known = [*parser._short_opt.values(), *parser._long_opt.values()]  # noqa: SLF001
        for option in dict.fromkeys(known):
            option.process = partial(_process_once, option, option.process)
    return parser


def _process_once(option: Any, process: Callable[..., None], value: Any, state: Any) -> None:  # noqa: ANN401
    known = option.dest in state.opts
    if known and option.action == "store":
        from sixping.console.context import given_twice

        raise given_twice(option.obj.opts[0], [state.opts[option.dest], value])
    if known and option.action == "store_const" and state.opts[option.dest] != option.const:
        both = " 与 ".join([*option.obj.opts, *option.obj.secondary_opts])
        raise UsageFault(f"{both} 互相矛盾。", "请二者取一。")
    process(value, state)


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

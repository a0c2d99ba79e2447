"""The command class: everything missing named at once, help in Chinese, bare options.

A command is a function with a Chinese docstring (first line, then ``示例:`` with one
example a line) whose first parameter is ``ctx: typer.Context``; it takes its context with
``Context.of(ctx)`` and returns ``None`` or an exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperOption

from sixping.errors import UsageFault

Function = TypeVar("Function", bound=Callable[..., Any])


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

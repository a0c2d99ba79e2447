"""Typer's usage errors in Chinese: what was wrong with the command line, what to write."""

from __future__ import annotations

from typing import Any

from typer._click import exceptions, types
from typer._types import TyperChoice

from sixping.console.help import named
from sixping.errors import SixpingError, UsageFault

_WANTED = {
    types.IntParamType: "应为整数",
    types.FloatParamType: "应为数字",
    types.BoolParamType: "应为 true 或 false",
    types.DateTime: "应为日期",
}


def in_chinese(fault: Any) -> SixpingError:  # noqa: ANN401 - Typer's own tree of exceptions
    """Return the usage fault that says the same as Typer's, with a hint."""
    context = getattr(fault, "ctx", None)
    path = context.command_path if context else "sixping"
    page = f"用法见: {path} --help"
    if isinstance(fault, exceptions.NoSuchOption):
        return UsageFault(f"没有这个选项: {fault.option_name}", _other_options(fault, page))
    if isinstance(fault, exceptions.BadOptionUsage):
        return UsageFault(_misused(fault), page)
    if isinstance(fault, exceptions.MissingParameter):
        return UsageFault(f"缺少: {named(fault.param)}", page)
    if isinstance(fault, exceptions.BadParameter):
        return UsageFault(_bad_value(fault), page)
    if "extra argument" in fault.message:
        extra = fault.message.partition("(s) (")[2].removesuffix(")")
        return UsageFault(f"多出的参数: {extra}", f"有空格的文字请加引号。{page}")
    return UsageFault("命令行写法有误。", page)


def _other_options(fault: exceptions.NoSuchOption, page: str) -> str:
    if fault.possibilities:
        return f"是否要用: {', '.join(sorted(fault.possibilities))}? {page}"
    return f"若这是以 - 开头的正文, 请在前面加 -- 。{page}"


def _misused(fault: exceptions.BadOptionUsage) -> str:
    if "requires" in fault.message:
        return f"选项 {fault.option_name} 后面缺少值。"
    return f"选项 {fault.option_name} 不带值。"


def _bad_value(fault: exceptions.BadParameter) -> str:
    kind = getattr(fault.param, "type", None)
    name = named(fault.param) if fault.param is not None else "参数"
    given, _, _ = fault.message.rpartition(" is not ")
    said = f": {given}" if given else ""
    return f"{name} 的值不对{said}, {_wanted(kind)}。"


def _wanted(kind: object) -> str:
    if isinstance(kind, TyperChoice):
        return f"可选: {'、'.join(map(str, kind.choices))}"
    if isinstance(kind, types.IntRange | types.FloatRange):
        return f"应在 {_bounds(kind.min, kind.max)}"
    for known, wanted in _WANTED.items():
        if isinstance(kind, known):
            return wanted
    return "请检查写法"


def _bounds(low: float | None, high: float | None) -> str:
    if low is None:
        return f"{high} 以内"
    return f"{low} 以上" if high is None else f"{low} 到 {high} 之间"

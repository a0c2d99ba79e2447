"""How commands are written, in Chinese: the help pages, and what was wrong with a line.

A page leads with summary and examples, then usage and parameters; its columns are counted as
a terminal shows them (a Chinese character takes two).
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from typer._click import exceptions, types
from typer._types import TyperChoice
from typer.core import TyperOption

from sixping.console.context import GLOBAL_PANEL
from sixping.errors import SixpingError, UsageFault
from sixping.util.text import columns, pad, wrap

_TYPE_NAMES = {
    "text": "文字",
    "integer": "整数",
    "integer range": "整数",
    "float": "数字",
    "float range": "数字",
    "path": "路径",
    "file": "路径",
    "filename": "路径",
    "directory": "文件夹",
}
_WIDEST_TERM = 30

Row = tuple[str, str]


def command_page(command: Any, ctx: Any) -> str:  # noqa: ANN401 - vendored Click
    """Return the help of one command; its docstring leads, printed as it stands."""
    params = command.get_params(ctx)
    arguments = [p for p in params if p.param_type_name == "argument" and not p.hidden]
    usage = " ".join([ctx.command_path, "[选项]", *(_usage_piece(p) for p in arguments)])
    return _page(
        inspect.cleandoc(command.help or ""),
        f"用法: {usage}",
        _section("参数", [(_term(p), _said(p)) for p in arguments]),
        *_option_sections(params),
    )


#: what people first want of a group, by the words after the program's name
GROUP_EXAMPLES = {
    "assess": ("assess --month", "assess item list"),
    "assess item": ("assess item list",),
    "duty": ("duty today", "duty in p1", "duty check --month"),
    "meeting": ("meeting propose", "meeting list", "meeting show m3"),
    "meeting task": (
        "meeting task list",
        "meeting task add 冬季平安建设计划 --kind 工作计划 --unit 平安建设办 --due 2026-12-20",
    ),
    "patrol": ("patrol list", "patrol gaps"),
    "operation": ("operation list", "operation show o2", "operation day o2 --checked 12"),
    "groups": ("groups enter 帮教在册 12 --unit 江一社区", "groups list --month 2026-11"),
    "shift": ("shift note 记事", "shift handover --to p2", "shift show", "shift promised"),
    "units": ("units list", "units show 城管执法中队", "units people"),
    "units person": ("units person change p12 --unit 市场监管所 --from 2026-12-01",),
    "policy": ("policy show", "policy diff", "policy adopt --dry-run"),
    "accountability": ("accountability list", "accountability show q1 --reason 复核"),
    "inspection": (
        "inspection enter --month 2026-11 --kind 抽检 --value 批次=120 --value 不合格=2",
        "inspection list --month 2026-11",
    ),
    "service": ("service list", "service owes --unit 市场监管所"),
    "register": ("register list", "register on 经办人 --from 2026-12-01"),
    "backup": (
        "backup 备份/2026-11-23.sqlite3",
        "backup --to 备份 --keep days=7,weeks=5,months=12",
        "backup drill",
    ),
    "calendar": ("calendar show 2026-10", "calendar check", "calendar import 2027.json"),
    "retention": (
        "retention --dry-run",
        "retention --apply --approved-by 演示甲",
        "retention hold 123 --reason 正在行政复议",
    ),
}


def examples_of(path: str) -> str:
    """Return the examples of a group by its path, one a line."""
    words = path.partition(" ")[2]
    return "\n".join(f"  sixping {each}" for each in GROUP_EXAMPLES.get(words, ()))


def group_page(group: Any, ctx: Any, summary: str, examples: str) -> str:  # noqa: ANN401
    """Return the help of a group from the table; no command is imported."""
    panels: dict[str, list[Row]] = {}
    for name, entry in group.table.items():
        panels.setdefault(getattr(entry, "panel", "") or "命令", []).append((name, entry.help))
    return _page(
        summary,
        f"示例:\n{examples}" if examples else "",
        f"用法: {ctx.command_path} [选项] 命令 ...",
        *(_section(panel, rows) for panel, rows in panels.items()),
        *_option_sections(group.get_params(ctx)),
        f"命令的用法: {ctx.command_path} 命令 --help",
        _without(group, ctx.command_path),
    )


def _without(group: Any, path: str) -> str:  # noqa: ANN401
    """Say what runs where no command is named, and how a file is written that is named like one."""
    if not group.default:
        return ""
    said = f"不写命令时即 {path} {group.default}。"
    if not group.takes_words:
        return said
    other = next(name for name in group.table if name != group.default)
    return f"{said}文件恰好叫 {other} 的, 写 ./{other}。"


def named(param: Any) -> str:  # noqa: ANN401
    """Return how people call a parameter: ``选项 --reason`` or ``参数 编号``."""
    if param.param_type_name == "option":
        return f"选项 {' / '.join(param.opts)}"
    return f"参数 {param.metavar or param.name}"


def unknown_command(word: str, path: str, known: Iterable[str]) -> UsageFault:
    """Return the fault for a command nobody knows, with the nearest names."""
    near = get_close_matches(word, list(known), n=3, cutoff=0.6)
    guess = f"是否要用: {', '.join(near)}? " if near else ""
    return UsageFault(f"没有这个命令: {word}", f"{guess}全部命令见: {path} --help")


def refuse_nearly(word: str, path: str, known: Iterable[str]) -> None:
    """Refuse a word that may be a file or a command written wrongly; with a folder it is a file.

    Raises ``UsageFault``.
    """
    near = get_close_matches(word, list(known), n=1, cutoff=0.7)
    if near and word.isascii() and word.isalpha():
        raise UsageFault(
            f"是命令还是文件: {word}", f"命令请写 {path} {near[0]}; 文件请写 {path} ./{word}"
        )


def _page(*blocks: str) -> str:
    return "\n\n".join(block for block in blocks if block)


def _option_sections(params: Iterable[Any]) -> list[str]:
    panels: dict[str, list[Row]] = {"选项": [], GLOBAL_PANEL: []}
    for param in params:
        if isinstance(param, TyperOption) and not param.hidden:
            panel = param.rich_help_panel or ("选项" if param.name != "help" else GLOBAL_PANEL)
            panels.setdefault(panel, []).append((_term(param), _said(param)))
    shared = panels.pop(GLOBAL_PANEL)
    return [_section(panel, rows) for panel, rows in [*panels.items(), (GLOBAL_PANEL, shared)]]


def _section(title: str, rows: list[Row]) -> str:
    if not rows:
        return ""
    screen = min(shutil.get_terminal_size().columns, 100) - 2
    left = min(max(columns(term) for term, _ in rows), _WIDEST_TERM) + 2
    lines = [f"{title}:"]
    for term, said in rows:
        wrapped = [line.lstrip() for line in wrap(said, max(screen - left - 2, 20))]
        if columns(term) > left - 2:
            lines.append(f"  {term}")
            term = ""  # noqa: PLW2901 - the term has its own line, the text starts below
        lines.append(f"  {pad(term, left)}{wrapped[0]}".rstrip())
        lines.extend(f"  {' ' * left}{line}" for line in wrapped[1:])
    return "\n".join(lines)


def _term(param: Any) -> str:  # noqa: ANN401
    if not isinstance(param, TyperOption):
        return str(param.metavar or param.name)
    if param.name == "help":
        return "-h, --help"
    names = ", ".join(sorted([*param.opts, *param.secondary_opts], key=len))
    return names if param.is_flag else f"{names} {_value_name(param)}"


def _value_name(param: Any) -> str:  # noqa: ANN401
    if param.metavar:
        return str(param.metavar)
    choices = getattr(param.type, "choices", None)
    if choices:
        return "|".join(str(choice) for choice in choices)
    return _TYPE_NAMES.get(param.type.name, "值")


def _said(param: Any) -> str:  # noqa: ANN401
    if param.name == "help" and isinstance(param, TyperOption):
        return "显示本说明"
    notes = []
    if param.required:
        notes.append("必填")
    several = getattr(param, "multiple", False) or param.nargs == -1
    if several and "可多次" not in (param.help or ""):
        notes.append("可多次")
    if param.default not in (None, False, True, "", ()) and param.show_default:
        notes.append(f"默认 {_default(param)}")
    tail = f" [{', '.join(notes)}]" if notes else ""
    return f"{param.help or ''}{tail}"


def _default(param: Any) -> str:  # noqa: ANN401
    if isinstance(param.show_default, str):
        return param.show_default
    return str(getattr(param.default, "value", param.default))


def _usage_piece(param: Any) -> str:  # noqa: ANN401
    name = param.metavar or param.name
    name = f"{name}..." if param.nargs == -1 else name
    return name if param.required or name.startswith("[") else f"[{name}]"


# --- what was wrong with a command line ---------------------------------------------------

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
    value, _, _ = fault.message.rpartition(" is not ")
    quoted = f": {value}" if value else ""
    return f"{name} 的值不对{quoted}, {_wanted(kind)}。"


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

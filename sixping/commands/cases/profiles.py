"""``import --list --guess --template``: the profiles there are, a draft, a form to fill in."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.options import answering
from sixping.errors import SixpingError, UsageFault
from sixping.importing.convert import RowError
from sixping.importing.profiles import TITLES, Profile, check_format, list_profiles, load_profile
from sixping.render.formats import emit
from sixping.render.screen import least_width
from sixping.render.table import Column, Page
from sixping.render.terminal import width_of
from sixping.util.cellmask import number_shown, people_hidden, word_shown
from sixping.util.masking import hide_names, mask_text
from sixping.util.text import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.importing.convert import ImportedRow
    from sixping.importing.drafting.guess import Draft
    from sixping.render.table import Row
    from sixping.services.drafting import Drafted

#: what the people at the desk do with a file by hand
FORM = "moban"
_LISTED = 3  # profiles that a hint names
_SHOWN = 80  # terminal columns of a text, also where no terminal bounds it
_UNUSED = 12  # columns nobody uses that are shown
_OF_IMPORTING = ("update", "partial", "dry_run")
_SHEETS = (".xlsx",)
_PROFILES = (
    Column("name", "方案"),
    Column("title", "来源"),
    Column("mode", "方式"),
    Column("channel", "渠道"),
    Column("columns", "须有的列", "list", elastic=True),
    Column("path", "文件"),
)
_COLUMNS = (
    Column("column", "列"),
    Column("name", "列名", elastic=True),
    Column("field", "作为"),
    Column("content", "内容", elastic=True),
)
_PREVIEW = (
    Column("row", "行", "int"),
    Column("received", "收到", "time"),
    Column("source_no", "来源编号"),
    Column("community", "社区", elastic=True, one_line=True),
    Column("reporter", "反映人", mask="name"),
    Column("phone", "电话", mask="phone"),
    Column("text", "内容", elastic=True, one_line=True),
)
_DISPENSABLE = ("phone", "source_no", "reporter")  # what a narrow terminal goes without, in order


class Wanted(NamedTuple):
    """What was given to ``import`` in place of importing; at most one of the first three."""

    listing: bool
    guess: bool
    template: bool
    file: Path | None
    profile: str | None
    sheet: str | None
    encoding: str | None


Listing = Annotated[bool, typer.Option("--list", help="列出可用的方案, 不导入")]
Guess = Annotated[bool, typer.Option("--guess", help="按文件草拟一份方案 (-o), 不导入")]
Form = Annotated[bool, typer.Option("--template", help="写一份手工登记用的工作簿 (-o), 不导入")]
_EXAMPLES = """
      sixping import --list
      sixping import 导出.csv --guess -o 我的方案.toml
      sixping import --template -o 模板.xlsx
    方案的写法见 docs/import.md。
    """
_OPTIONS = {"listing": Listing, "guess": Guess, "template": Form}


def or_profiles(function: Callable[..., int]) -> Callable[..., int]:
    """Give ``import`` the options ``--list --guess --template``, which need no profile or ledger.

    File and profile may then be left out; the function itself still gets both. A profile that
    the function can do without it may get as None.
    """
    own = inspect.signature(function, eval_str=True)
    needed = own.parameters["profile"].default is inspect.Parameter.empty

    @wraps(function)
    def command(*args: Any, wish: Wish, **given: Any) -> int:  # noqa: ANN401 - as it has them
        bound = own.bind_partial(*args, **{k: v for k, v in given.items() if k not in _OPTIONS})
        bound.apply_defaults()
        asked = [given[name] for name in _OPTIONS]
        named = [bound.arguments.get(k) for k in ("file", "profile", "sheet", "encoding")]
        wanted = Wanted(*asked, *named)
        _refuse_stream(wanted.file)
        context = Context.of(bound.arguments["ctx"])
        _refuse_beside(wanted, [n for n in _OF_IMPORTING if bound.arguments.get(n)])
        if _instead(context, wanted, wish):
            return 0
        _require(wanted, wish, profile=needed)
        return function(*bound.args, **bound.kwargs)

    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        *map(_optional, own.parameters.values()),
        *(inspect.Parameter(k, kind, annotation=a, default=False) for k, a in _OPTIONS.items()),
        inspect.Parameter("wish", kind, annotation=Wish),
    ]
    command.__doc__ = f"{(function.__doc__ or '').rstrip()}{_EXAMPLES}"
    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    del command.__wrapped__  # Typer would read the inner function
    return answering(command, guarded=False)


def _optional(parameter: inspect.Parameter) -> inspect.Parameter:
    if parameter.name not in ("file", "profile") or parameter.default is None:
        return parameter
    hint = parameter.annotation
    return parameter.replace(
        default=None, annotation=Annotated[hint.__origin__ | None, *hint.__metadata__]
    )


def _refuse_stream(file: Path | None) -> None:
    """Refuse standard input: what was spooled of it would stay behind where one is killed."""
    if file is not None and str(file) == "-" and not file.exists():
        raise UsageFault(
            "import 不能从标准输入读: 一个文件要读两遍。",
            "请先存成文件, 例如: 命令 > 导出.csv, 再 sixping import 导出.csv --profile 方案",
        )


def _refuse_beside(wanted: Wanted, given: Sequence[str]) -> None:
    """Refuse what only an import knows beside what is asked for in place of one."""
    if given and (wanted.listing or wanted.guess or wanted.template):
        named = "、".join(f"--{name.replace('_', '-')}" for name in given)
        raise UsageFault(f"{named} 只用于导入。", f"请去掉 {named}。")


def _instead(context: Context, wanted: Wanted, wish: Wish) -> bool:
    """Do what is asked for in place of an import; False where a file is to be imported."""
    names = ("--list", "--guess", "--template")
    chosen = [name for name, given in zip(names, wanted, strict=False) if given]
    if len(chosen) > 1:
        raise UsageFault(f"{' 与 '.join(chosen)} 不能同时使用。", "请只用其中一个。")
    if chosen and wanted.profile and not wanted.template:
        raise UsageFault(f"{chosen[0]} 不用 --profile。", "请去掉 --profile。")
    if chosen and wish.fmt and not wanted.listing:
        raise UsageFault(f"{chosen[0]} 不用 --format。", "草案可以加 --json。")
    if wanted.listing and wanted.file:
        raise UsageFault(
            f"--list 不读文件: {wanted.file}", "与文件相符的方案: 不写 --profile 试试。"
        )
    named = (wanted.file, wanted.profile and Path(wanted.profile))
    wish = wish._replace(sources=tuple(path for path in named if path))
    if wanted.listing:
        wish.refuse_taken(context)
        _list(context, wish)
    elif wanted.guess:
        _guess(context, wanted, wish)
    elif wanted.template:
        _template(context, wanted, wish)
    return bool(chosen)


def _require(wanted: Wanted, wish: Wish, *, profile: bool) -> None:
    """Raise ``UsageFault`` where an import lacks something, or has what only the others take."""
    if wish.output or wish.fmt or wish.as_json or wish.force:
        raise UsageFault(
            "-o、--format、--json、--force 只与 --list、--guess、--template 同用。",
            "导入文件: sixping import 文件 --profile 方案",
        )
    if wanted.file is None:
        both = "文件" if wanted.profile or not profile else "文件, --profile 方案"
        advice = "用法见: sixping import --help; 有哪些方案: sixping import --list"
        raise UsageFault(f"缺少: {both}", advice)
    if profile and wanted.profile is None:
        raise missing_profile(wanted.file, wanted.sheet, wanted.encoding)


def missing_profile(file: Path, sheet: str | None, encoding: str | None) -> UsageFault:
    """Return the complaint that no profile was given, naming those whose columns the file has."""
    from sixping.services.drafting import fitting_profiles

    fitting: list[Profile] = []
    with suppress(SixpingError):  # what is wrong with the file is told when it is imported
        fitting = fitting_profiles(file, sheet=sheet, encoding=encoding)
    if fitting:
        named = "、".join(f"{profile.name} ({profile.title})" for profile in fitting[:_LISTED])
        more = f" 等 {len(fitting)} 个" if len(fitting) > _LISTED else ""
        advice = f"表头与 {named}{more} 相符: 加 --profile {fitting[0].name}"
    else:
        draft = f"sixping import {_typed(str(file))} --guess -o 方案.toml"
        advice = f"没有表头相符的方案。起草一份: {draft} ; 有哪些方案: sixping import --list"
    return UsageFault("缺少: --profile 方案", advice)


# --- --list ---------------------------------------------------------------------------------


def _list(context: Context, wish: Wish) -> None:
    known = list_profiles()
    rows = [
        {
            "name": profile.name,
            "title": profile.title,
            "mode": profile.mode,
            "channel": profile.defaults.get("channel"),
            "columns": _needed(profile),
            "path": profile.source,
        }
        for profile in known
    ]
    publish(context, wish, rows, _PROFILES, rows, leaving=("path",))
    if context.terminal.isatty and not wish.path:
        folders = sorted({str(Path(profile.source).parent) for profile in known})
        context.say(
            f"方案文件在: {'、'.join(folders)}",
            "live 为新报送的事项, 登记后计时; history 为以前的记录。",
            "下一步: sixping import 文件 --profile 方案 --dry-run; "
            "没有合适的方案: sixping import 文件 --guess -o 方案.toml",
        )


def _needed(profile: Profile) -> list[str]:
    """Return the columns a file must have, each by its first name."""
    return ["+".join(names[0] for names in profile.columns[field]) for field in profile.required]


# --- --guess --------------------------------------------------------------------------------


def _guess(context: Context, wanted: Wanted, wish: Wish) -> None:
    from sixping.services.drafting import draft_profile

    if wanted.file is None:
        raise UsageFault("缺少: 文件", "例如: sixping import 文件 --guess -o 方案.toml")
    wish.refuse_taken(context)
    target = wish.path
    name = _name((target or wanted.file).stem)
    drafted = draft_profile(
        wanted.file, context.ledger, context.now,
        name=name, sheet=wanted.sheet, encoding=wanted.encoding,
    )  # fmt: skip
    _say_unread(context, drafted.unread)
    if wish.as_json:
        publish(context, wish._replace(output=None), [], (), _document(drafted))
    if target or not wish.as_json:
        with wish.drafting(context) as out:
            out.write(drafted.text.encode())
    _tell(context, drafted)
    file = _typed(str(wanted.file))
    if target is None:
        context.say(f"下一步: 存成文件再改: sixping import {file} --guess -o 方案.toml")
        return
    draft = _typed(str(target))
    context.say(
        f"方案写入 {target}, 待填 {drafted.to_fill} 处。",
        f"下一步: 核对并填写 {target}, 再检查: sixping import {file} --profile {draft} --dry-run",
    )


def _say_unread(context: Context, unread: str) -> None:
    if unread:
        context.say(f"注意: 台账读不出, 只用自带的名称。{unread}")


def _name(stem: str) -> str:
    """Return the name of a draft: that of its file, as far as TOML can hold it."""
    kept = "".join(char for char in stem if char.isprintable()).strip()
    return kept or "草拟"


def _document(drafted: Drafted) -> dict[str, object]:
    draft = drafted.draft
    return {
        "file": draft.file,
        "kind": draft.kind,
        "header_row": draft.header_row,
        "rows": draft.rows,
        "mode": draft.mode,
        "columns": _columns(draft),
        "words": {field: dict(words) for field, words in draft.words.items()},
        "hidden_words": {field: count for field, count in draft.hidden.items() if count},
        "to_fill": drafted.to_fill,
        "profile": drafted.text,
    }


def _columns(draft: Draft) -> list[dict[str, str | None]]:
    from sixping.importing.drafting.profiletext import describe

    used = draft.used()
    return [
        {
            "column": draft.label(at).partition(" ")[0],
            "name": draft.label(at).partition(" ")[2],
            "field": used.get(at),
            "content": describe(content),
        }
        for at, content in enumerate(draft.contents)
        if draft.names[at].strip()
    ]


def _tell(context: Context, drafted: Drafted) -> None:
    """Show on stderr what was understood of each column, and the first rows read by the draft."""
    columns = _columns(drafted.draft)
    used = [column for column in columns if column["field"]]
    free = [column for column in columns if not column["field"]]
    shown = [
        column | {"field": TITLES[field] if (field := column["field"]) else None}
        for column in columns
        if column in used or column in free[:_UNUSED]
    ]
    if drafted.draft.doubt:
        context.say(f"注意: {drafted.draft.doubt}")
    _show(context, shown, _COLUMNS)
    if len(free) > _UNUSED:
        context.say(f"另有 {len(free) - _UNUSED} 列没有用到, 见方案中的注释。")
    rows = [row for row in drafted.preview if not isinstance(row, RowError)]
    wrong = [row for row in drafted.preview if isinstance(row, RowError)]
    read = len(drafted.preview)
    context.say("", f"按草拟的方案读前 {read} 行:" if read else _NO_PREVIEW)
    _show(context, [_preview(row) for row in rows], _PREVIEW)
    for fault in wrong:
        context.say(f"第 {fault.row} 行 {fault.column}: {mask_text(fault.what)}")
    context.say("")


_NO_PREVIEW = "填好标有“待填”的列名之后才能预览。"


def _preview(row: ImportedRow) -> dict[str, object]:
    text = people_hidden(hide_names(row.text, [row.reporter or ""]))
    return {
        "row": row.row, "received": row.received,
        "source_no": row.source_no and number_shown(row.source_no),
        "community": row.community and word_shown(row.community),
        "reporter": row.reporter, "phone": row.phone, "text": shorten(text, _SHOWN),
    }  # fmt: skip


def _show(context: Context, rows: Sequence[Row], columns: Sequence[Column]) -> None:
    if sys.stderr is None:
        return
    there = [column for column in columns if any(row.get(column.key) for row in rows)]
    page = Page(width=width_of(sys.stderr), this_year=context.now.year)
    for key in _DISPENSABLE:
        if page.width and least_width(rows, there, context.now.year) > page.width:
            there = [column for column in there if column.key != key]
    with suppress(OSError, ValueError):
        emit(rows, there, fmt="table", out=sys.stderr, page=page)


# --- --template -----------------------------------------------------------------------------


def _template(context: Context, wanted: Wanted, wish: Wish) -> None:
    from sixping.importing.drafting.template import write_template
    from sixping.services.drafting import lists_of

    if wanted.file:
        raise UsageFault(f"--template 不读文件: {wanted.file}", "写到哪里用 -o 模板.xlsx。")
    wish.refuse_taken(context)
    target = wish.path
    if target is None:
        raise UsageFault("缺少: -o 文件", "例如: sixping import --template -o 模板.xlsx")
    if target.suffix.casefold() not in _SHEETS:
        raise UsageFault(f"模板是 .xlsx 工作簿, 不能写成 {target.name}", "请写 -o 模板.xlsx。")
    called = wanted.profile or FORM
    profile = load_profile(called)
    check_format(profile, "xlsx", target.name)
    lists, unread = lists_of(context.ledger, context.now)
    _say_unread(context, unread)
    with wish.drafting(context) as out:
        write_template(out, profile, lists, context.now, called=called)
    own = _typed(called)
    context.say(
        f"模板写入 {target}, 按方案 {profile.name} ({profile.title})。",
        f"下一步: 填好后导入 sixping import {_typed(str(target))} --profile {own}",
    )


def _typed(path: str) -> str:
    """Return a path as it is typed: quoted where a shell would take it apart."""
    return f'"{path}"' if re.search(r"[\s&|<>();$`'*?]", path) else path

"""Options that several commands share, each with its words in one place."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from typing import Annotated, Any

import typer
from typer._types import TyperChoice

from sixping.console import dated
from sixping.console.context import Context
from sixping.policy.vocabulary import UNCONFIRMED, Platform, Severity, Status, read_status
from sixping.util.names import shortened

Number = Annotated[str, typer.Argument(metavar="编号", help="2026-000123, 或今年的 123")]
At = Annotated[str | None, dated.AT.option]
Why = Annotated[str | None, typer.Option("--reason", metavar="理由", help="补记 (--at) 的理由")]
ApprovedBy = Annotated[
    str | None,
    typer.Option(
        "--approved-by", metavar="姓名", help="批准人: 在册的领导, 不是经办人和得益的单位 (五.1c)"
    ),
]
ApproverOrLeader = Annotated[
    str | None,
    typer.Option(
        "--approved-by", "--leader", metavar="姓名",
        help="批准的领导: 临近期限升级、会商决定之后降级、补记须有 (三)",
    ),
]  # fmt: skip
Approver = Annotated[
    str, typer.Option("--approved-by", metavar="姓名", help="批准人, 编号或姓名, 见 units people")
]
Reason = Annotated[str, typer.Option("--reason", metavar="理由", help="理由, 记入台账")]
IfVersion = Annotated[
    int | None,
    typer.Option("--if-version", metavar="版本", help="只在这一件仍是这个版本时办理"),
]
Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出 (同 show)")]
Lead = Annotated[str, typer.Option("--lead", metavar="单位", help="牵头单位")]
Assist = Annotated[
    list[str] | None, typer.Option("--assist", metavar="单位", help="协办单位, 可多次给出")
]
Person = Annotated[
    str | None,
    typer.Option("--person", metavar="人员", help="经办人: 牵头单位的人, 编号或姓名 (附2.1)"),
]
Feedback = Annotated[
    str | None,
    typer.Option("--feedback", metavar="内容", help="告知反映人的话; 不写则用标准文字"),
]
WasTold = Annotated[bool, typer.Option("--told", help="标准文字的内容已经当面或用电话告知反映人")]
ResultKind = Annotated[
    str | None,
    typer.Option("--kind", metavar="类型", help="结果类型: 已解决 部分解决 解释说明 …"),
]
Word = Annotated[
    str | None,
    typer.Option("--leader", metavar="姓名", help="交被反映单位办理的, 由哪位领导决定 (回避)"),
]
Outcome = Annotated[str, typer.Option("--outcome", metavar="结果", help="办理结果")]
Reveal = Annotated[
    bool, typer.Option("--reveal", help="显示姓名、电话等, 须写 --reason; 查看会记入台账")
]
Format = Annotated[
    str | None,
    typer.Option("--format", metavar="格式", help="table tsv csv json jsonl md"),
]
Output = Annotated[
    str | None, typer.Option("-o", "--output", metavar="文件", help="写入文件, 按扩展名定格式")
]
Force = Annotated[bool, typer.Option("--force", help="覆盖 -o 所指的已有文件")]
NoHeaders = Annotated[bool, typer.Option("--no-headers", help="不写表头")]
AsJson = Annotated[bool, typer.Option("--json", help="同 --format json")]


RevealReason = Annotated[
    str | None, typer.Option("--reason", metavar="理由", help="查看个人信息 (--reveal) 的理由")
]
_KEYWORD = inspect.Parameter.KEYWORD_ONLY
REVEALING = (
    inspect.Parameter("reveal", _KEYWORD, annotation=Reveal, default=False),
    inspect.Parameter("reason", _KEYWORD, annotation=RevealReason, default=None),
)


def answering(
    function: Callable[..., Any], *, reveals: bool = False, guarded: bool = True
) -> Callable[..., Any]:
    """Give a command the five options of output; it takes them as one keyword, ``wish``.

    ``reveals``: and the two that show what is masked; the command records what was seen.
    ``guarded``: before it does anything ``Wish.refuse_taken`` has its say.
    """
    known = {name: hint for name, hint in function.__annotations__.items() if name != "wish"}
    function.__annotations__ = known
    own = inspect.signature(function, eval_str=True)
    parameters = [
        *(p for name, p in own.parameters.items() if name != "wish"),
        *(REVEALING if reveals else ()),
        inspect.Parameter("fmt", _KEYWORD, annotation=Format, default=None),
        inspect.Parameter("output", _KEYWORD, annotation=Output, default=None),
        inspect.Parameter("as_json", _KEYWORD, annotation=AsJson, default=False),
        inspect.Parameter("no_headers", _KEYWORD, annotation=NoHeaders, default=False),
        inspect.Parameter("force", _KEYWORD, annotation=Force, default=False),
    ]

    @wraps(function)
    def command(*args: Any, **given: Any) -> Any:  # noqa: ANN401 - as the command has them
        from sixping.console.answers import Wish

        fmt, output, as_json, no_headers, force = (given.pop(p.name) for p in parameters[-5:])
        wish = Wish(fmt, as_json, output, not no_headers, force=force)
        if guarded and wish.output is not None:
            wish.refuse_taken(Context.of(given["ctx"]))
        if reveals:
            wish = wish.revealing(given.pop("reveal"), given.pop("reason"))
        return function(*args, wish=wish, **given)

    command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    del command.__wrapped__  # Typer would read the inner function
    return command


def revealing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same for a command that masks: ``--reveal --reason`` stand in the wish too."""
    return answering(function, reveals=True)


def _only_one(choices: Iterable[object], value: object) -> object:
    """Return the one word of a list that has ``value`` in it; else ``value`` as it is."""
    words = [str(choice) for choice in choices]
    if not isinstance(value, str) or not value.strip() or value in words:
        return value
    found = shortened(value.strip(), words, inside=True)
    return found[0] if len(found) == 1 else value


class _ShortChoice(TyperChoice[Any]):
    """One of a few words, or what only one of them has in it."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - vendored Click
        """Return the word."""
        return super().convert(_only_one(self.choices, value), param, ctx)


class _PlatformChoice(TyperChoice[Any]):
    """One of the four platforms, by its word or by the street's own name."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - vendored Click
        """Return the platform; another name is looked up in the ledger's rules."""
        if isinstance(value, str) and value not in tuple(Platform):
            name = value.strip().removesuffix("平台")
            naming = Context.of(ctx).naming
            own, now = naming.platforms, naming.present
            known = ((word, {word, own.get(word), now.get(word)}) for word in Platform)
            named = next((word for word, names in known if name in names), None)
            value = named or naming.earlier.get(name, value)
            value = _only_one(self.choices, value)
        return super().convert(value, param, ctx)


#: how a grade is asked for: as somebody found it, or the ones nobody has found yet (三)
GRADE = _ShortChoice([*Severity, UNCONFIRMED])
OfGrade = Annotated[
    str | None,
    typer.Option("--severity", click_type=GRADE, metavar="等级", help="已确认的等级, 或: 未确认"),
]
#: how a platform is given on the command line
PLATFORM = _PlatformChoice(Platform)


class _StatusChoice(TyperChoice[Any]):
    """One of the states, also by a word that was used before."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ANN401 - vendored Click
        """Return the state."""
        with suppress(KeyError):
            value = read_status(value)
        return super().convert(_only_one(self.choices, value), param, ctx)


#: how a state is given on the command line
STATUS = _StatusChoice(Status)

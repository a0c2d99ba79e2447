"""``amend`` and ``undo``: what was said or done wrong, put right; the log keeps both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import dated
from sixping.console.context import Context
from sixping.console.days import read_instant
from sixping.console.options import IfVersion, Json, Number
from sixping.console.phones import given_phone
from sixping.console.stepcommand import require_text, step, take
from sixping.errors import UsageFault
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from datetime import date

    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation, Steps

_CLEARED = '写 "" 即清除'


def _word(option: str, metavar: str, what: str) -> Any:  # noqa: ANN401 - as Typer has it
    return typer.Option(option, metavar=metavar, help=what)


Words = Annotated[str | None, _word("--text", "内容", "反映的内容")]
Place = Annotated[str | None, _word("--place", "地点", f"地点; {_CLEARED}")]
Community = Annotated[str | None, _word("--community", "社区", f"社区; {_CLEARED}")]
Grid = Annotated[str | None, _word("--grid", "网格", f"网格, 社区随之; {_CLEARED}")]
Reporter = Annotated[str | None, _word("--reporter", "姓名", f"反映人; {_CLEARED}")]
Phone = Annotated[str | None, _word("--phone", "电话", f"电话; - 表示不显示地输入; {_CLEARED}")]
Channel = Annotated[str | None, _word("--channel", "渠道", "反映的渠道")]
SourceNo = Annotated[str | None, _word("--source-no", "编号", f"来源编号; {_CLEARED}")]
Nature = Annotated[
    str | None, _word("--nature", "性质", f"咨询 求助 投诉 建议 举报 感谢; {_CLEARED}")
]
Against = Annotated[str | None, _word("--about", "对象", f"被反映的人、企业或单位; {_CLEARED}")]
Received = Annotated[str | None, dated.AMENDED_RECEIVED.option]
SourceDue = Annotated[str | None, dated.SOURCE_DUE.option]
Service = Annotated[
    str | None, _word("--service", "事项", "服务事项定了期限, 不能更正; 写了就说明怎样重新登记")
]
Named = Annotated[bool | None, typer.Option("--anonymous/--not-anonymous", help="匿名, 或愿意留名")]
Because = Annotated[str | None, _word("--reason", "理由", "为什么撤回")]
SignedFor = Annotated[
    str | None, _word("--approved-by", "姓名", "批准人: 撤回后不再超期的须经批准 (五.1c)")
]


def _unseen(context: Context, _number: str, given: dict[str, Any]) -> dict[str, Any]:
    """Ask for the telephone that is not to stand on the command line."""
    return {"phone": given_phone(context, given["phone"], text=given["text"])}


@step(reason=True, before=_unseen)
def amend(  # noqa: PLR0917 - the promised options
    text: Words = None,
    place: Place = None,
    community: Community = None,
    grid: Grid = None,
    reporter: Reporter = None,
    phone: Phone = None,
    anonymous: Named = None,
    channel: Channel = None,
    source_no: SourceNo = None,
    about: Against = None,
    nature: Nature = None,
    received: Received = None,
    source_due: SourceDue = None,
    service: Service = None,
) -> Build:
    """更正登记时所写的内容; 原来的仍留在经过里 (类别、等级用 regrade)。

    示例:
      sixping amend 123 --community 江一社区 --reason "登记时选错社区"
      sixping amend 123 --phone "" --reason "号码不是反映人的"
      sixping amend 123 --received 11月24日9:00 --approved-by 演示甲 --reason "来电时间记错"
    """
    words = {
        "text": text, "place": place, "reporter": reporter, "phone": phone, "source_no": source_no,
        "about": about, "community": community, "grid": grid, "channel": channel,
        "nature": nature,
    }  # fmt: skip
    checked = {name: _checked(name, value) for name, value in words.items()}
    said = (received, anonymous, source_due, service, *checked.values())
    if all(value is None for value in said):
        raise UsageFault("没有写明更正什么。", "请至少写一个要更正的选项, 见 --help。")

    def build(situation: Situation) -> Step:
        from sixping.services.correcting.amending import Correction, amended, refuse_service

        if service is not None:
            refuse_service(situation, service)
        row = dated.AMENDED_RECEIVED
        moment = (
            None if received is None else read_instant(received, situation.at, row, situation.warn)
        )
        wanted = _wanted(source_due, situation)
        given = Correction(
            **checked, anonymous=anonymous, received=moment, source_due=wanted,
            source_due_gone=source_due is not None and wanted is None,
        )  # fmt: skip
        return amended(situation, given)

    return build


def _wanted(value: str | None, situation: Situation) -> date | None:
    """Return by when the source wants the result; None: nothing was said, or that it does not."""
    if value is None or not value.strip():
        return None
    from sixping.console.days import read_end

    return read_end(value, situation.at, dated.SOURCE_DUE, situation.warn)


def _checked(name: str, value: str | None) -> str | None:
    """Let a word in; an empty one says that there is none."""
    from sixping.cases.contactkeys import accept_phone
    from sixping.policy.vocabulary import SAID_AT_INTAKE

    if value is None or not value.strip():
        return value if value is None else ""
    field = f"{SAID_AT_INTAKE[name]} (--{name.replace('_', '-')})"
    if name == "phone":
        return accept_phone(value.strip(), field=field)
    return require_text(value, field) if name == "text" else require_text(value, field, SHORT)


def undo(
    ctx: typer.Context,
    number: Number,
    reason: Because = None,
    approved_by: SignedFor = None,
    if_version: IfVersion = None,
    as_json: Json = False,
) -> None:
    """撤回自己刚记的一步, 不用写序号; 只有登记一步的, 撤回登记。

    示例:
      sixping undo 123
      sixping undo 123 --approved-by 演示甲 --reason "误记延期"
    """

    def build(situation: Situation) -> Steps:
        from sixping.services.correcting.amending import steps_of_undo

        return steps_of_undo(situation)

    take(
        Context.of(ctx), number, build,
        reason=reason, approved_by=approved_by, if_version=if_version, as_json=as_json,
    )  # fmt: skip

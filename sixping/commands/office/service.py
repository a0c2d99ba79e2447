"""``service`` (四.1, 附2.4): the public list of services, and who still owes what on a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import answers, dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import then_of
from sixping.console.nothing import asleep, of_list
from sixping.console.options import AsJson, answering
from sixping.console.recording import reading
from sixping.errors import NotFound
from sixping.policy.services import SERVICES, Services
from sixping.render.table import Column
from sixping.store.documents import rule_on

if TYPE_CHECKING:
    from sixping.policy.services import ServiceItem

_BEGIN = "在街道的规则文件夹里写 services.toml, 再 sixping policy adopt 文件夹"
_COLUMNS = (
    Column("name", "事项"),
    Column("where", "办理单位、窗口"),
    Column("online", "网上办", "bool"),
    Column("workdays", "承诺(工作日)", "int"),
    Column("materials", "材料", "list", elastic=True),
    Column("category", "类别"),
    Column("link", "网址"),
    Column("clause", "依据"),
)
_LEAVING = ("link", "clause", "category", "online")
_QUESTIONS = (
    Column("key", "键"),
    Column("text", "问题", elastic=True),
    Column("required", "必答", "bool"),
    Column("choices", "选项", "list"),
    Column("kept", "答复"),
)
_OWED = (
    Column("number", "编号", "number"),
    Column("by_whom", "谁欠"),
    Column("what_word", "欠什么", elastic=True),
    Column("due", "期限", "day"),
    Column("late", "已过", "bool"),
    Column("age", "已等工作日", "int"),
    Column("service", "服务事项"),
    Column("summary", "内容", elastic=True, one_line=True),
)


@answering
def list_(
    ctx: typer.Context,
    *,
    wish: Wish,
) -> None:
    """列出服务事项: 谁办、窗口或网上、承诺期限、材料 (公开服务事项, 附2.4)。

    示例:
      sixping service list
      sixping service list -o 公开服务事项.html
      sixping service list -o 公开服务事项.docx
    """
    context = Context.of(ctx)
    fmt = wish.choose(context, answers.PAPER_FORMATS)
    services = _catalogue(context)
    items = [_document(item) for item in services.items]
    if fmt in {"html", "docx"} and not items:
        raise NotFound("还没有服务事项, 没有可印的。", _BEGIN)
    if items and fmt in {"html", "docx", "md"}:
        answers.publish_paper(context, wish, _paper(context, services))
        return
    rows = [item | {"where": _where(item)} for item in items]
    publish(context, wish, rows, _COLUMNS, items, leaving=_LEAVING)
    if not items:
        of_list(
            context, (), whole=0, what="服务事项", listing="sixping service list",
            begin=_BEGIN,
        )  # fmt: skip


def _paper(context: Context, services: Services) -> Any:  # noqa: ANN401 - a Paper
    from sixping.render.paper.office.services import paper
    from sixping.services.papers import origin_of

    with reading(context) as con:
        return paper(services, origin_of(con, context.now))


def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="事项", help="名称, 或它的开头")],
    as_json: AsJson = False,
) -> None:
    """查看一个服务事项: 期限、材料、登记时问什么。

    示例:
      sixping service show 事项
    """
    context, wish = Context.of(ctx), Wish(as_json=as_json)
    fmt = wish.choose(context)
    item = _catalogue(context).find(name)
    document = _document(item)
    questions = [
        question | {"kept": "记录的事实" if question["choices"] else "按个人信息保管"}
        for question in document["questions"]
    ]
    if fmt != "json":
        context.say(*_words(item))
    publish(context, wish, questions, _QUESTIONS, document)
    if not item.questions and context.terminal.isatty:
        context.say("登记时不另外问什么。")
    if fmt != "json":
        context.say(f'登记: sixping intake "内容" --service {item.name}')


@answering
def owes(
    ctx: typer.Context,
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看一个单位欠的")
    ] = None,
    as_of: Annotated[str | None, dated.LISTED_AS_OF.option] = None,
    *,
    wish: Wish,
) -> None:
    """列出谁还欠什么: 各单位未完成的分工, 没有交来的材料 (四.1)。

    示例:
      sixping service owes
      sixping service owes --unit 市场监管所
    """
    from sixping.office.organisation import organisation_at
    from sixping.services.office.materials import APPLICANT, WHAT
    from sixping.services.office.materials import owes as owed_on
    from sixping.services.rulebooks import rulebooks_on

    context = Context.of(ctx)
    wish.choose(context)
    with reading(context) as con:
        seq, now = then_of(context, con, as_of)
        units = organisation_at(con, now.date(), seq).units
        only = units.find(unit).name if unit else None
        every = owed_on(con, now, rulebooks_on(con, seq), seq)
    chosen = [row for row in every if only in {None, row["by"]}]
    rows = [
        row
        | {
            "by_whom": row["by"] or APPLICANT,
            "what_word": WHAT[row["what"]] + (f" {row['n']}: {row['name']}" if row["n"] else ""),
        }
        for row in chosen
    ]
    publish(context, wish, rows, _OWED, chosen, leaving=("service", "age", "late"))
    if not chosen and not asleep(context, "services"):
        of_list(
            context, (only,), whole=len(every), what="欠着的分工和材料",
            listing="sixping service owes", begin="sixping service need 编号 --material 材料",
        )  # fmt: skip


def _catalogue(context: Context) -> Services:
    with reading(context) as con:
        return rule_on(con, SERVICES, Services)


def _document(item: ServiceItem) -> dict[str, Any]:
    """Return an item as JSON has it."""
    questions = [{**question._asdict()} for question in item.questions]
    return item._asdict() | {"questions": questions}


def _where(item: dict[str, Any]) -> str:
    return "、".join(filter(None, (item["unit"], item["window"])))


def _words(item: ServiceItem) -> list[str]:
    """Return what a page says of an item."""
    limit = f"{item.workdays} 个工作日" if item.workdays else "按办法的期限 (五.1c)"
    ceiling = f", 最长 {item.ceiling} 个工作日" if item.ceiling else ""
    return [
        f"{item.name} ({item.clause})",
        f"办理: {'、'.join(filter(None, (item.unit, item.window)))}"
        + (f"; 网上: {item.link or '可以'}" if item.online else ""),
        f"承诺期限: {limit}{ceiling}",
        f"材料: {'、'.join(item.materials) or '不需要'}",
    ]

"""``meeting agenda`` (附1.3): what the ledger says under each heading, and what people add."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands.office.meeting import Id
from sixping.console.answers import publish, write_text
from sixping.console.context import Context
from sixping.console.options import revealing
from sixping.console.recording import reading, record_seen, recording
from sixping.console.stepcommand import require_text
from sixping.render.meeting import agenda_json, agenda_md, agenda_rows, agenda_text
from sixping.render.table import Column
from sixping.services.meetings import add_item

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.reports.agenda import Agenda

_COLUMNS = (
    Column("no", "序", "int"),
    Column("heading", "议题"),
    Column("label", "内容"),
    Column("text", "情况", elastic=True),
    Column("numbers", "事项", "list"),
)


@revealing
def agenda(
    ctx: typer.Context,
    name: Id,
    add: Annotated[
        tuple[str, str] | None,
        typer.Option("--add", metavar="议题 内容", help="在某一议题 (序号或文字) 下补充一项"),
    ] = None,
    *,
    wish: Wish,
) -> None:
    """拟会议议题: 由台账按附1的八项内容生成, 可补充; 没有数据的留空待填 (附1.3)。

    示例:
      sixping meeting agenda m3
      sixping meeting agenda m3 --add 8 "春节值班安排"
      sixping meeting agenda m3 -o 议题.md
      sixping meeting agenda m3 --reveal --reason 会前准备
    """
    from sixping.services import agenda as gathered

    context = Context.of(ctx)
    wish.choose(context)
    if add is not None:
        heading, text = add
        words = require_text(text, "议题内容 (--add)")
        with recording(context) as tx:
            number, seq = add_item(tx, name, heading, words)
        context.say(f"已在议题 {number} 下补充 (第 {seq} 号)。")
    with reading(context) as con:
        page = gathered.agenda(con, name, context.now, reveal=wish.reveal)
    said = [item for heading in page.headings for item in heading.items]
    record_seen(context, wish, page.meeting, said)
    _show(context, wish, page)


def _show(context: Context, wish: Wish, page: Agenda) -> None:
    fmt = wish.choose(context)
    if fmt in {"md", "table"}:
        names, width = context.naming, None if wish.path else context.terminal.width
        text = (
            agenda_md(page, names, reveal=wish.reveal)
            if fmt == "md"
            else agenda_text(page, width, names, reveal=wish.reveal)
        )
        write_text(context, wish, text)
        return
    document = agenda_json(page, reveal=wish.reveal)
    publish(context, wish, agenda_rows(document), _COLUMNS, document)

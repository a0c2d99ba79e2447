"""``meeting agenda decisions`` (附1.3, 三.2): what is on the table, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands.office.meeting import Id
from sixping.console.answers import OPENING, PAPER_FORMATS, PAPERS, publish, publish_paper
from sixping.console.context import Context
from sixping.console.options import revealing
from sixping.console.recording import reading, record_seen, recording
from sixping.console.stepcommand import require_text
from sixping.office.meetings import find, meetings_on
from sixping.render.meeting import agenda_json, agenda_rows
from sixping.render.table import Column
from sixping.services.meetings import add_item

if TYPE_CHECKING:
    from sixping.console.answers import Wish
    from sixping.services.papers.meetings import Made

_COLUMNS = (
    Column("no", "序", "int"),
    Column("heading", "议题"),
    Column("label", "内容"),
    Column("text", "情况", elastic=True),
    Column("numbers", "事项", "list"),
)
_DECIDED = (
    Column("id", "编号"),
    Column("kind", "种类"),
    Column("unit", "责任单位"),
    Column("assist", "协办", "list"),
    Column("due", "期限", "day"),
    Column("state", "进展", elastic=True),
    Column("text", "内容", elastic=True),
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
      sixping meeting agenda m3 -o 议程.docx
      sixping meeting agenda m3 --reveal --reason 会前准备
    """
    from sixping.services.papers.meetings import Made

    context = Context.of(ctx)
    fmt = wish.choose(context, PAPER_FORMATS)
    if add is not None:
        heading, text = add
        words = require_text(text, "议题内容 (--add)")
        with recording(context) as tx:
            number, seq = add_item(tx, name, heading, words)
        context.say(f"已在议题 {number} 下补充 (第 {seq} 号)。")
    _record_revealed(context, wish, name)
    with reading(context) as con:
        made = Made.of(con, name, context.now, reveal=wish.reveal)
        if fmt in PAPERS:
            paper = made.paper(details=fmt in OPENING, reveal=wish.reveal)
            publish_paper(context, wish, paper, name="议程")
            _say_next(context, fmt, made)
            return
    document = agenda_json(made.agenda, reveal=wish.reveal)
    publish(context, wish, agenda_rows(document), _COLUMNS, document)


def _record_revealed(context: Context, wish: Wish, name: str) -> None:
    """Record what is about to be shown in full, before anything is."""
    if not wish.reveal:
        return
    from sixping.services.agenda import agenda as built

    with reading(context) as con:
        page = built(con, name, context.now)
    said = [item for heading in page.headings for item in heading.items]
    record_seen(context, wish, page.meeting, said)


def _say_next(context: Context, fmt: str, made: Made) -> None:
    """Say on a terminal how a figure opens, and how the paper becomes a file."""
    if fmt != "table" or not context.terminal.isatty:
        return
    request = made.source.request
    if any(item.figures for heading in made.agenda.headings for item in heading.items):
        of = f" --platform {request.narrow.platform}" if request.narrow.platform else ""
        context.say(f"打开一个数: sixping report {request.option}{of} --drill 期末超期")
    context.say(f"出文件: sixping meeting agenda {made.agenda.meeting} -o 议程.docx")


@revealing
def decisions(ctx: typer.Context, name: Id, *, wish: Wish) -> None:
    """列出一次会议的决定事项: 单位、期限、进展; 写文件则是决定事项表 (三.2, 附1.3)。

    示例:
      sixping meeting decisions m3
      sixping meeting decisions m3 -o 决定事项.docx
    """
    from sixping.services.papers import decisions as decided

    context = Context.of(ctx)
    fmt = wish.choose(context, PAPER_FORMATS)
    with reading(context) as con:
        meeting = find(meetings_on(con), name)
        rows = decided.rows(decided.resolved(con, meeting, context.now, reveal=wish.reveal))
    record_seen(context, wish, meeting.id, rows)
    if fmt in PAPERS and fmt != "table":
        with reading(context) as con:
            paper = decided.made(con, meeting, context.now, reveal=wish.reveal)
        publish_paper(context, wish, paper, name="决定事项")
        return
    publish(context, wish, rows, _DECIDED, rows, leaving=("kind", "assist"))
    if not rows and context.terminal.isatty:
        context.say(
            f"{meeting.id} 还没有决定事项。",
            f"下一步: sixping meeting minutes {meeting.id} --decision 内容 --unit 单位 --due 日期",
        )

"""``meeting agenda`` (附1.3): what the ledger says under the headings, and free items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.commands._field import Id
from sixping.commands._frame import Desk
from sixping.commands._options import answering

if TYPE_CHECKING:
    from sixping.commands._answers import Wish
    from sixping.figures.agenda import Agenda


@answering
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
    """
    from sixping.commands._agenda import agenda as build

    desk = Desk.of(ctx)
    wish.choose(desk)
    if add is not None:
        _add(desk, name, *add)
    _show(desk, wish, build(desk, name))


def _add(desk: Desk, name: str, heading: str, text: str) -> None:
    from sixping.commands._steps import told
    from sixping.commands.minutes import note, on_meeting
    from sixping.meetingevents import AgendaAdded
    from sixping.meetingrules import load_rules

    words = told(text, "议题内容 (--add)")
    with on_meeting(desk, name) as (tx, meeting):
        no = load_rules().kind(meeting.sort).heading(heading)
        seq = note(tx, AgendaAdded(meeting=meeting.id, heading=no, text=words))
    desk.say(f"已在议题 {no} 下补充 (第 {seq} 号)。")


def _show(desk: Desk, wish: Wish, made: Agenda) -> None:
    from sixping.commands._answers import publish, write_text
    from sixping.pages.meetingpage import agenda_json, agenda_md, agenda_rows, agenda_text
    from sixping.pages.table import Column

    fmt = wish.choose(desk)
    if fmt in {"md", "table"}:
        width = None if wish.path else desk.terminal.width
        write_text(wish, agenda_md(made) if fmt == "md" else agenda_text(made, width))
        return
    columns = (
        Column("no", "序", "int"),
        Column("heading", "议题"),
        Column("label", "内容"),
        Column("text", "情况", elastic=True),
        Column("numbers", "事项", "list"),
    )
    publish(desk, wish, agenda_rows(made), columns, agenda_json(made))

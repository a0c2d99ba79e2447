"""How a command hands out a paper: Word, Excel, a page, Markdown, or the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.console.answers import say_written, write_text
from sixping.errors import UsageFault
from sixping.render import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import BinaryIO

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.render.paper.blocks import Paper
    from sixping.render.paper.board import Board

#: the forms of a paper for people
PAPERS = ("table", "md", "html", "docx", "xlsx")
#: every form of what is a paper for people and a document for programs
FORMATS = (*formats.FORMATS, "html", "docx", "xlsx")
#: the forms in which figures open to what they count
OPENING = frozenset({"html", "xlsx"})
#: the forms that are files
FILES = frozenset({"docx", "xlsx"})


def publish_paper(
    context: Context, wish: Wish, paper: Paper, annexed: Collection[str] = ()
) -> None:
    """Write a paper in the form asked for. Raises ``UsageFault`` for a file without a name.

    ``annexed``: the tables of the annex that a terminal shows, too.
    """
    fmt = wish.choose(context, FORMATS)
    if fmt in FILES and wish.path is None:
        raise UsageFault(f"{fmt} 是文件, 不能写到标准输出。", f"请写文件名: -o 会商材料.{fmt}")
    if fmt == "md":
        from sixping.render.paper import markdown

        write_text(context, wish, markdown.text(paper))
    elif fmt == "table":
        from sixping.render.paper import screen

        write_text(context, wish, screen.text(paper, context.terminal, annexed))
    else:
        _draft(context, wish, _writer(fmt, paper))


def _writer(fmt: str, paper: Paper) -> Callable[[BinaryIO], None]:
    """Return what writes a paper to an open file; only its own libraries are loaded."""
    if fmt == "docx":
        from sixping.render.paper import word

        return lambda out: word.write(paper, out)
    if fmt == "xlsx":
        from sixping.render.paper import book

        return lambda out: book.write(paper, out)
    from sixping.render.paper import web

    def page(out: BinaryIO) -> None:
        with formats.text_on(out) as text:
            web.write(paper, text)

    return page


def publish_board(context: Context, wish: Wish, board: Board) -> None:
    """Write the wall; the browser reads the file anew by itself."""
    from sixping.render.paper.board import write

    def page(out: BinaryIO) -> None:
        with formats.text_on(out) as text:
            write(board, text)

    _draft(context, wish, page)


def _draft(context: Context, wish: Wish, write: Callable[[BinaryIO], None]) -> None:
    with wish.drafting(context) as out:
        write(out)
        size = out.tell()
    if wish.path:
        say_written(context, wish.path, f"{size} 字节")

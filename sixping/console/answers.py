"""How a command answers: the format asked for, to the stream or the file asked for."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import UsageFault
from sixping.policy.units import PLAIN
from sixping.render.formats import (
    FORMATS,
    SHEETS,
    choose_format,
    emit,
    save,
    spooled,
    text_on,
)
from sixping.render.table import Column, Page, Row
from sixping.util import files
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from typing import BinaryIO

    from sixping.console.context import Context
    from sixping.render.paper.blocks import Paper
    from sixping.render.paper.board import Board
    from sixping.render.table import Tone
    from sixping.reports.drill import Drilled

_FOR_PEOPLE = ("table", "md", "xlsx")
#: the forms of a paper for people
PAPERS = ("table", "md", "html", "docx", "xlsx")
#: every form of what is a paper for people and a document for programs
PAPER_FORMATS = (*FORMATS, "html", "docx", "xlsx")
#: the forms in which figures open to what they count
OPENING = frozenset({"html", "xlsx"})
#: the forms that are files
_FILES = frozenset({"docx", "xlsx"})
#: the exit code of ``--exit-code`` when there is something to see to
FINDINGS = 3


class Wish(NamedTuple):
    """What the user asked of the output: the common options of a reading command."""

    fmt: str | None = None
    as_json: bool = False
    output: str | None = None
    headers: bool = True
    reveal: bool = False
    reason: str | None = None
    force: bool = False
    #: what the command reads, which is never written over
    sources: tuple[Path, ...] = ()

    def refuse_taken(self, context: Context) -> None:
        """Refuse what ``-o`` may not name before anything is done; see ``files.check_target``."""
        if self.output is not None and not self.output.strip():
            raise UsageFault("-o 没有写文件名。", "请写出文件名; 要写到标准输出, 用 -o -。")
        if self.output is not None and self.path is not None:
            with files.explained(self.path):
                files.check_target(self.output, force=self.force, kept=self._kept(context))

    @contextmanager
    def drafting(self, context: Context) -> Iterator[BinaryIO]:
        """Open what becomes the file asked for, or goes to stdout, once all of it is written."""
        if self.path is None:
            with spooled() as out:
                yield out
            return
        with files.writing(self.path, force=self.force, kept=self._kept(context)) as out:
            yield out
        self._say_left(context, self.path)

    def _kept(self, context: Context) -> files.Kept:
        return context.kept._replace(sources=self.sources)

    def _say_left(self, context: Context, path: Path) -> None:
        """Say what of killed commands could not be removed beside what was written."""
        left = files.abandoned(path.parent)
        if left and not files.is_device(path):
            context.say(f"注意: {len(left)} 个没有写完的文件删不掉, 如 {left[0]}")

    def revealing(self, reveal: bool, reason: str | None) -> Wish:
        """Return the wish with what is to be shown unmasked and why; raises ``UsageFault``."""
        if not reveal and reason is not None:
            raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
        if reveal and not (reason and reason.strip()):
            raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 回访")
        return self._replace(reveal=reveal, reason=reason)

    def choose(self, context: Context, possible: Sequence[str] = tuple(FORMATS)) -> str:
        """Return the format; raises ``UsageFault`` naming the possible ones."""
        if possible is SHEETS and not self.path:
            possible = tuple(FORMATS)  # a workbook is a file
        return choose_format(
            self.fmt,
            json=self.as_json,
            path=self.output,
            isatty=context.terminal.isatty,
            possible=possible,
        )

    @property
    def path(self) -> Path | None:
        """The file to write, or None for standard output."""
        return Path(self.output) if self.output and self.output != "-" else None


def fitting(
    context: Context, wish: Wish, columns: Sequence[Column], shown_from: Mapping[str, int]
) -> list[Column]:
    """Return the columns for which a terminal is wide enough; elsewhere all of them."""
    width = context.terminal.width
    if width is None or wish.choose(context, SHEETS) != "table" or wish.path:
        return list(columns)
    return [column for column in columns if shown_from.get(column.key, 0) <= width]


def kept_columns(
    context: Context,
    wish: Wish,
    columns: Sequence[Column],
    rows: Sequence[Row],
    added: frozenset[str],
) -> list[Column]:
    """Return the columns that rows have; scripts cut by position, so for them ``added`` stand last.

    ``added``: what a register brings, which nothing shows while it sleeps.
    """
    kept = [c for c in columns if (c.key in rows[0] if rows else c.key not in added)]
    if wish.choose(context, SHEETS) in {"tsv", "csv"}:
        kept.sort(key=lambda column: column.key in added)
    return kept


def fitted(
    context: Context,
    wish: Wish,
    columns: Sequence[Column],
    rows: Sequence[Row],
    leaving: Sequence[str],
) -> list[Column]:
    """Return the columns that these rows leave room for; elsewhere than on a terminal all.

    As long as a row would be wider than the screen the columns of ``leaving`` go, in order.
    """
    from sixping.render.screen import least_width

    width, kept, rest = context.terminal.width, list(columns), list(leaving)
    if width is None or wish.choose(context, SHEETS) != "table" or wish.path:
        return kept
    while rest and least_width(rows, kept, context.now.year) > width:
        gone = rest.pop(0)
        kept = [column for column in kept if column.key != gone]
    return kept


def publish(
    context: Context,
    wish: Wish,
    rows: Sequence[Row],
    columns: Sequence[Column],
    document: Any = None,  # noqa: ANN401 - whatever JSON holds
    tone: Callable[[Row], Mapping[str, Tone]] | None = None,
    leaving: Sequence[str] = (),
) -> None:
    """Write a result: ``document`` as JSON (its items as JSON lines), else the rows.

    A workbook is for people (titles, dates, numbers); what scripts read keeps its keys.
    ``leaving``: the columns that go, in order, where a terminal is too narrow for these rows.
    """
    fmt = wish.choose(context, SHEETS)
    if fmt in {"json", "jsonl"} and document is not None:
        write_text(context, wish, _json(document, fmt))
        return
    if leaving:
        columns = fitted(context, wish, columns, rows, leaving)
    terminal = context.terminal
    page = Page(
        headers=wish.headers,
        width=terminal.width if fmt == "table" else None,
        color=terminal.color,
        reveal=wish.reveal,
        this_year=context.now.year,
        tone=tone,
        naming=context.naming if fmt in _FOR_PEOPLE and _of_platforms(columns) else PLAIN,
        people=fmt == "xlsx",
    )
    if wish.path:
        with wish.drafting(context) as out:
            save(rows, columns, fmt=fmt, out=out, page=page)
        say_written(context, wish.path, f"{len(rows)} 行")
    else:
        emit(rows, columns, fmt=fmt, out=sys.stdout, page=page)


def publish_drilled(context: Context, wish: Wish, found: Sequence[Drilled], label: str) -> None:
    """Write the rows behind a figure called ``label``; on a terminal their number, too."""
    from sixping.render.drill import COLUMNS, COLUMNS_FROM, LEAVING, on_screen, summary

    rows, heads = [row._asdict() for row in found], fitting(context, wish, COLUMNS, COLUMNS_FROM)
    if context.terminal.width and wish.choose(context, SHEETS) == "table" and not wish.path:
        rows, heads = on_screen(rows, heads, context.now.year)
        heads = fitted(context, wish, heads, rows, LEAVING)
    publish(context, wish, rows, heads, rows)
    if context.terminal.isatty:
        context.say(summary(found, label))


def _of_platforms(columns: Sequence[Column]) -> bool:
    return any(column.kind == "platform" for column in columns)


def _json(document: Any, fmt: str) -> str:  # noqa: ANN401
    if fmt == "jsonl":
        lines = document if isinstance(document, list) else [document]
        return "".join(f"{dump_json(line)}\n" for line in lines)
    return f"{dump_json(document, indent=2)}\n"


def write_text(context: Context, wish: Wish, text: str) -> None:
    """Write finished text to the file or the stream asked for."""
    if wish.path:
        write_bytes(context, wish, text.encode())
    else:
        sys.stdout.write(text)


def write_bytes(context: Context, wish: Wish, content: bytes) -> None:
    """Write what is finished to the file asked for, or to the stream as it is."""
    if wish.path:
        with wish.drafting(context) as out:
            out.write(content)
        say_written(context, wish.path, f"{len(content)} 字节")
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def say_written(context: Context, path: Path, amount: str) -> None:
    """Say which file was written: nothing else of it is seen."""
    context.say(f"已写入: {path} ({amount})")


def publish_paper(
    context: Context,
    wish: Wish,
    paper: Paper,
    annexed: Collection[str] = (),
    name: str = "会商材料",
) -> None:
    """Write a paper in the form asked for. Raises ``UsageFault`` for a file without a name.

    ``annexed``: the tables of the annex that a terminal shows, too. ``name``: of such a file.
    """
    fmt = _paper_format(context, wish, name)
    if fmt == "md":
        from sixping.render.paper import markdown

        write_text(context, wish, markdown.text(paper))
    elif fmt == "table":
        from sixping.render.paper import screen

        write_text(context, wish, screen.text(paper, context.terminal, annexed))
    else:
        _draft(context, wish, _writer(fmt, paper))


def _paper_format(context: Context, wish: Wish, name: str = "会商材料") -> str:
    fmt = wish.choose(context, PAPER_FORMATS)
    require_file(wish, fmt, name)
    return fmt


def require_file(wish: Wish, fmt: str, name: str) -> None:
    """Raise ``UsageFault`` for a form that is a file where none is named, as ``name``."""
    if fmt in _FILES and wish.path is None:
        raise UsageFault(f"{fmt} 是文件, 不能写到标准输出。", f"请写文件名: -o {name}.{fmt}")


def rehearse_paper(context: Context, wish: Wish, paper: Paper) -> None:
    """Refuse what ``publish_paper`` would, and what cannot be made, before anything is recorded."""
    fmt = _paper_format(context, wish)
    if fmt in _FILES:
        _writer(fmt, paper)(BytesIO())


def refuse_unready(fmt: str) -> None:
    """Raise ``SixpingError`` where the library of a form is missing, before anything is done."""
    if fmt == "docx":
        from sixping.render.paper import word

        word.require()


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
        with text_on(out) as text:
            web.write(paper, text)

    return page


def publish_board(context: Context, wish: Wish, board: Board) -> None:
    """Write the wall; the browser reads the file anew by itself."""
    from sixping.render.paper.board import write

    def page(out: BinaryIO) -> None:
        with text_on(out) as text:
            write(board, text)

    _draft(context, wish, page)


def _draft(context: Context, wish: Wish, write: Callable[[BinaryIO], None]) -> None:
    with wish.drafting(context) as out:
        write(out)
        size = out.tell()
    if wish.path:
        say_written(context, wish.path, f"{size} 字节")

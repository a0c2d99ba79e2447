"""How something is given out: whole or not at all, with its progress, and on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.console.progress import progress
from sixping.console.stepcommand import require_text, stamp_of
from sixping.errors import SixpingError, UsageFault
from sixping.render import sheet
from sixping.render.formats import STREAMED, text_on, write_array
from sixping.render.table import Page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from sixping.console.answers import Wish
    from sixping.console.context import Context
    from sixping.render.table import Column
    from sixping.services.exporting import Photograph
    from sixping.store.sqlite import Connection

OPEN311 = "open311"
_FOR_PEOPLE = ("tsv", "csv", "xlsx")


class Order(NamedTuple):
    """How an export is wanted; ``reason``: why personal data are shown, None where masked."""

    context: Context
    wish: Wish
    for_people: bool = False
    reason: str | None = None

    @property
    def target(self) -> str:
        """Return in words which file was written; nothing for a stream."""
        return f": {self.wish.path}" if self.wish.path else ""

    def choose(self, possible: Sequence[str]) -> str:
        """Return the format; raises ``UsageFault``, or ``NotAllowed`` for an existing file."""
        wish = self.wish
        wish.refuse_taken(self.context)
        if wish.fmt is None and not wish.as_json and not wish.path:
            wish = wish._replace(fmt="tsv" if "tsv" in possible else possible[0])
        fmt = wish.choose(self.context, possible)
        if self.for_people and fmt not in _FOR_PEOPLE:
            raise UsageFault("--for-people 只用于表格。", "请改用 -o 文件.csv 或 .xlsx。")
        if fmt == "xlsx" and not self.wish.path:
            raise UsageFault("Excel 工作簿不能写到屏幕或管道。", "请写 -o 文件.xlsx。")
        return fmt


def why_revealed(reason: str | None, *, asked: bool) -> str | None:
    """Return why personal data are shown. Raises ``UsageFault``."""
    if asked and not reason:
        raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 移交区级")
    if reason and not asked:
        raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
    return require_text(reason, "理由 (--reason)") if reason else None


def give_out(
    order: Order,
    what: str,
    fmt: str,
    columns: Sequence[Column],
    read: Callable[[Connection], Photograph],
    words: Callable[[], str],
    written: Callable[[], object] = int,
) -> int:
    """Write what is read to the file or stream, whole or not at all, and record it before.

    ``words``: the filters, said once they are known; ``written``: what else is recorded once all
    is written, before the file has its name. Returns how many rows there are.
    """
    from sixping.store.sqlite import opened

    context = order.context
    with order.wish.drafting(context) as out:
        with opened(context.ledger) as con:
            count, rows, _ = read(con)
            with progress(context, count, "导出", unit="件") as done:
                _write(order, fmt, columns, _counted(rows, done), out)
        written()
        record_export(order, what, fmt, count, words())
    return count


def _counted(
    rows: Iterator[dict[str, Any]], done: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        done(1)


def _write(
    order: Order, fmt: str, columns: Sequence[Column], rows: Iterable[Any], out: BinaryIO
) -> None:
    wish, people = order.wish, order.for_people
    naming = order.context.naming if people else Page().naming
    page = Page(
        headers=wish.headers, reveal=True, people=people, kept=wish.path is not None, naming=naming
    )
    if fmt == "xlsx":
        sheet.write(rows, columns, out, page)
        return
    with text_on(out, sheet=fmt == "csv" and wish.path is not None) as text:
        if fmt == OPEN311:
            write_array(rows, text)
        else:
            STREAMED[fmt](rows, columns, text, page)


def record_export(order: Order, what: str, fmt: str, count: int, words: str) -> None:
    """Record who took out what; what is masked goes on where that cannot be recorded."""
    from sixping.services.exporting import record

    facts: dict[str, Any] = {"what": what, "format": fmt, "count": count}
    facts |= {"filters": words} if words else {}
    facts |= {"revealed": True} if order.reason else {}
    try:
        record(order.context.ledger, stamp_of(order.context), facts, order.reason)
    except SixpingError as fault:
        if order.reason:
            raise
        order.context.say(f"注意: 这次导出没有记入台账: {fault.what}")

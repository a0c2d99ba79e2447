"""Evidence of what a ledger says: anchors given out and kept, and the check against them."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.errors import BadData, InputOutput, LedgerUnusable, system_reason
from sixping.queries.cases import counts
from sixping.store import custody, log, sqlite
from sixping.store.anchors import FORM, Anchor, line, read_anchors, take
from sixping.store.layers.reading import UNREADABLE
from sixping.store.rescue import restored
from sixping.store.rescue.restored import Standing
from sixping.store.upgrade import of_any_format
from sixping.store.verify import extent_of, verify
from sixping.util.files import Kept, append_line, is_database, is_device

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from sixping.store.sqlite import Connection

_HEAD_DIGITS = 64


# --- anchors given out ---------------------------------------------------------------------


def give_anchor(path: Path, now: datetime, file: Path | None = None) -> Anchor:
    """Return the anchor of a ledger; append it to a file of anchors where one is named.

    Nothing changes in the ledger. Raises ``BadData`` for a file that is none of anchors, and
    ``LedgerUnusable`` where the ledger contradicts an anchor in it: then nothing is appended.
    """
    earlier = _kept_in(file, path) if file else []  # before the ledger is open, see store.sqlite
    with sqlite.explained_sqlite(str(path), ""), closing(of_any_format(path)) as con:
        sqlite.hold_still(con)
        anchor = take(con, now)
        anchor = anchor._replace(counts=(anchor.counts or {}) | {"open": counts(con)[0]})
        _refuse_contradiction(con, anchor, earlier, file)
    if file:
        append_line(file, line(anchor), Kept(ledgers=(path,)))
    where = str(file.absolute()) if file else None
    custody.record(anchor.ledger, "anchor", now, anchor.seq, anchor.head, where)
    return anchor


def _kept_in(file: Path, ledger: Path) -> list[Anchor]:
    """Return the anchors of a file of which each line is one; of a new file none."""
    if not file.exists():
        return []
    if is_device(file):  # whoever reads a pipe waits for what may never come
        raise InputOutput(f"这不是普通文件: {file}", "锚点总会写到标准输出; 要追加, 请写出文件名。")
    if file.samefile(ledger) or is_database(file):
        raise BadData(f"这是数据库, 不是锚点文件: {file}", _OTHER)
    kept = []
    for number, row in enumerate(read_text(file).splitlines(), 1):
        if row.strip() and not row.lstrip().startswith("#"):
            try:
                kept += read_anchors(row, "")
            except BadData:
                what = f"{file} 第 {number} 行不是锚点, 没有追加。"
                raise BadData(what, f"{_OTHER}若是没有写完的一行, 请先删去它。") from None
    return kept


_OTHER = "请另写一个文件名; 锚点文件的每一行都是 sixping anchor 写出的。"


def _refuse_contradiction(
    con: Connection, anchor: Anchor, earlier: Sequence[Anchor], file: Path | None
) -> None:
    lost = [each for each, _ in restored.accounted(con, earlier)]
    for each in earlier:
        if each in lost:
            continue
        if not each.of(anchor.ledger or ""):
            ids = f"文件 {(each.ledger or '')[:8]}, 台账 {(anchor.ledger or '')[:8]}"
            raise BadData(f"{file} 里是另一台账的锚点 ({ids}), 没有追加。", _OTHER)
        link = log.link_at(con, each.seq)
        if link is None or not link.hex().endswith(each.head):
            became = "已经没有" if link is None else "已是另一个样子"
            raise LedgerUnusable(
                f"台账与锚点矛盾: {file} 里的第 {each.seq} 号 (校验码 {each.head[-16:]}) 在台账里"
                f"{became}, 没有追加。",
                "台账被换成了旧的, 或被改写: 请先不要登记, 保留这个文件, 运行 sixping verify"
                " --anchor 文件; 是从备份恢复的, 请写明缘由, 以后用新的锚点文件。",
            )


def read_text(file: Path) -> str:
    """Return the text of a file of anchors or a paper, in UTF-8 or GB 18030.

    Raises ``BadData`` for what is no text, ``InputOutput`` for what cannot be read.
    """
    try:
        data = file.read_bytes()
    except OSError as fault:
        what = f"读不出锚点文件: {file} ({system_reason(fault)})"
        raise InputOutput(what, "请检查该文件是否存在、有无读取权限。") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise BadData(
        f"锚点文件不是文字: {file}",
        f"表格和文书请把印有校验码的一行照抄到 --receipt。{FORM}",
    )


# --- the check -----------------------------------------------------------------------------


def check(
    path: Path,
    anchors: Sequence[Anchor],
    now: datetime,
    shown: Callable[[int], AbstractContextManager[Callable[[int], object]]],
    *,
    since_last: bool = False,
) -> tuple[dict[str, Any], bool]:
    """Check a ledger as ``verify`` says; return the answer, and whether since the last check only.

    ``shown`` is given how many events and cases there are to go through, and yields what is told
    of each. A full check that finds nothing is kept outside the ledger, for ``since_last``.
    """
    ledger_id, seq, cases = extent_of(path)
    before = _last_check(ledger_id, path)
    stood = _standing(path, before) if before else Standing.HOLDS
    since = before if since_last and stood is Standing.HOLDS else None
    kept = [*anchors, before] if before and stood is Standing.OTHER else anchors
    with shown(seq - since.seq if since else seq + cases) as done:
        result = verify(path, kept, since=since, done=done)
    if before and stood is not Standing.HOLDS:
        result["remarks"].append(_went_back(before, stood))
    if result["ok"] and not since and _keeps(ledger_id, path):
        where = os.path.realpath(path)
        custody.record(ledger_id, "verify", now, result["seq"], result["head"], where)
    return result, since is not None


def _last_check(ledger_id: str | None, path: Path) -> Anchor | None:
    last = custody.last(ledger_id, "verify")
    if last is None or last.where != os.path.realpath(path) or len(last.head) != _HEAD_DIGITS:
        return None
    return Anchor(last.seq, last.head, ledger_id, last.at)


def _standing(path: Path, before: Anchor) -> Standing:
    """Return how a ledger stands to what was its head then; of a damaged one the layers tell."""
    with closing(sqlite.open_reader(path, checked=False)) as con, suppress(*UNREADABLE):
        return restored.standing(con, before)
    return Standing.HOLDS


def _went_back(before: Anchor, stood: Standing) -> dict[str, Any]:
    """Remark that a ledger is not what was checked before, and whether a restore tells why."""
    why = (
        "那是恢复以前的, 恢复时失去; 今后以这次核验的为准"
        if stood is Standing.LOST
        else "台账被换成了旧的, 或被改写; 确要改用以前的, 请用 sixping restore 备份文件, 会留下记录"
    )
    what = (
        f"本机上次核验 ({before.at:%Y-%m-%d %H:%M}) 时的第 {before.seq} 号 (校验码"
        f" {before.head[-16:]}) 台账里已经没有, 或已是另一个样子: {why}"
    )
    return {"remark": "went_back", "what": what, "count": 1, "seqs": [before.seq]}


def _keeps(ledger_id: str | None, path: Path) -> bool:
    """Return whether this check is of the ledger itself: that of a copy replaces no record."""
    last = custody.last(ledger_id, "verify")
    own = last is None or last.where in {None, os.path.realpath(path)}
    return own or not Path(str(last and last.where)).exists()

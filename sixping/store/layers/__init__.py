"""What ``verify`` looks at, layer by layer, in flat memory; each fault is a finding.

``integrity`` the file, ``schema`` its tables and triggers, ``chain`` the events and what
lies beside them (``anchor``: against heads kept elsewhere), ``projection`` the tables
that reports read against a replay. Nothing that stands in a file ends a check.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections import Counter
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sixping.cases.legible import remarks_in
from sixping.store import ddl, documents, log, requests, sqlite
from sixping.store.layers.chained import check_anchors, check_chain
from sixping.store.layers.projected import check_projection
from sixping.store.layers.reading import UNREADABLE, Finding, finding, guarded, rows
from sixping.store.layers.sqlitewords import UNREAD, in_chinese
from sixping.store.rows import of_kind
from sixping.store.upgrade import in_todays_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sixping.store.anchors import Anchor

__all__ = [
    "Finding", "check_projection", "exposed", "extent", "finding", "findings", "remarks",
    "unread_pages",
]  # fmt: skip

MOST_OF_LAYER = 200
MOST_SEQS = 20
_LINES = 20  # of SQLite's own check
OLD = "格式是旧的"
TOO_MANY = "这一层问题过多, 后面的不再列出"
REMARKS = {
    "stated_now": "记录时用 SIXPING_NOW 代替了时钟",
    "clock_back": "记录时机器的时钟早于前一条记录",
    "stated_past": "说的是过去的事 (发生时间早于记录时间)",
    "world_readable": "这台机器上的任何账号都能读台账, 里面有反映人的电话和住址: 请 chmod o-r",
}


def extent(con: sqlite.Connection) -> tuple[int, tuple[int, str]]:
    """Return how many events there are, and the last one's seq and hash; 0 and "" if unknown."""
    count = seq = 0
    link: object = b""
    with suppress(*UNREADABLE):
        ((count,),) = rows(con, "SELECT count(*) FROM events")
    with suppress(*UNREADABLE):
        seq, link, _ = log.last_link(con)
    return count, (seq, link.hex() if count and isinstance(link, bytes) else "")


def findings(
    con: sqlite.Connection,
    anchors: Sequence[Anchor] = (),
    since: Anchor | None = None,
    done: Callable[[int], object] = int,
) -> Iterator[Finding]:
    """Yield what is wrong, layer by layer; ``anchors``, ``since``, ``done`` as ``verify`` says.

    Of each layer at most ``MOST_OF_LAYER``, and each once.
    """
    seen: set[tuple[object, ...]] = set()
    of_layer: Counter[str] = Counter()
    for one in _unbounded(con, anchors, since, done):
        said, layer = tuple(one.values()), one["layer"]
        if said in seen or of_layer[layer] > MOST_OF_LAYER:
            continue
        seen.add(said)
        of_layer[layer] += 1
        yield one if of_layer[layer] <= MOST_OF_LAYER else finding(layer, None, None, TOO_MANY)


def _unbounded(
    con: sqlite.Connection,
    anchors: Sequence[Anchor],
    since: Anchor | None,
    done: Callable[[int], object],
) -> Iterator[Finding]:
    yield from check_integrity(con, quick=since is not None)
    yield from _check_schema(con)
    with suppress(*UNREADABLE):  # what is wrong with it has been said
        version = _version(con)
        if 0 < version < len(ddl.MIGRATIONS):
            yield from guarded(con, "chain", OLD, partial(_of_older, version=version, held=anchors))
            return
    yield from _content(con, anchors, since, done)


def _of_older(con: sqlite.Connection, version: int, held: Sequence[Anchor]) -> Iterator[Finding]:
    """Check what a ledger of an older format holds as today's format has it."""
    if sqlite.differences(con, version):
        yield finding("schema", None, None, f"{OLD} ({version}), 结构又被改动: 内容没有核对")
        return
    with closing(in_todays_format(con, "", version)) as new:
        yield from _content(new, held, None, int)


def _content(
    con: sqlite.Connection,
    anchors: Sequence[Anchor],
    since: Anchor | None,
    done: Callable[[int], object],
) -> Iterator[Finding]:
    yield from _check_chain(con, since, done)
    held = [*anchors, since] if since else anchors
    yield from guarded(con, "anchor", "锚点", partial(check_anchors, anchors=held))
    if since is None:
        yield from check_projection(con, done)


def check_integrity(con: sqlite.Connection, *, quick: bool = False) -> Iterator[Finding]:
    """Ask SQLite whether the pages and rows of the file are sound; ``quick``: not its indexes."""
    yield from guarded(con, "integrity", "文件", partial(_integrity, quick=quick))


def check_sealed(con: sqlite.Connection) -> Iterator[Finding]:
    """Check what nothing can make anew: the layers ``schema`` and ``chain``."""
    yield from _check_schema(con)
    yield from _check_chain(con, None, int)


def _check_schema(con: sqlite.Connection) -> Iterator[Finding]:
    yield from guarded(con, "schema", "结构", _schema)
    yield from guarded(con, "schema", "台账关于自己的内容", _own)


def _check_chain(
    con: sqlite.Connection, since: Anchor | None, done: Callable[[int], object]
) -> Iterator[Finding]:
    yield from guarded(con, "chain", "链", partial(check_chain, since=since, done=done))
    yield from guarded(con, "chain", "规则", _documents)
    yield from guarded(con, "chain", "定稿", _frozen)


def _integrity(con: sqlite.Connection, *, quick: bool) -> Iterator[Finding]:
    name = "quick" if quick else "integrity"
    try:
        for (line,) in con.execute(f"PRAGMA {name}_check({_LINES})"):
            yield from _damaged(line)
    except sqlite.Error:
        yield from _damaged(_of_pages(con))
        raise


def _damaged(line: str) -> Iterator[Finding]:
    for what in in_chinese(line):
        yield finding("integrity", None, None, f"文件内部损坏: {what}")


def _of_pages(con: sqlite.Connection) -> str:
    """Return what SQLite says of the pages, which comes first: Python loses a row before an error.

    Raises ``sqlite.Error``.
    """
    ((line,),) = con.execute(f"SELECT * FROM pragma_quick_check({_LINES}) LIMIT 1").fetchall()
    return str(line)


def unread_pages(con: sqlite.Connection) -> list[Finding]:
    """Return which pages the disk does not give, as far as SQLite comes; never raises."""
    with suppress(*UNREADABLE):
        unread = [what for what in in_chinese(_of_pages(con)) if UNREAD in what]
        return [finding("integrity", None, None, f"文件读不全: {what}") for what in unread]
    return []


def _documents(con: sqlite.Connection) -> Iterator[Finding]:
    for seq, what in documents.wrong_documents(con):
        yield finding("chain", seq, None, what)


def _frozen(con: sqlite.Connection) -> Iterator[Finding]:
    for seq, what in documents.wrong_figures(con):
        yield finding("chain", seq, None, what)


# --- the schema and what the file says of itself --------------------------------------------


def _schema(con: sqlite.Connection) -> Iterator[Finding]:
    for name in sqlite.differences(con, _version(con)):
        yield finding("schema", None, None, f"结构被改动: {name}")
    dropped = sqlite.statistics(con)  # by a rebuild
    for kind, name, table, sql in rows(con, "SELECT type, name, tbl_name, sql FROM sqlite_master"):
        if str(name).startswith("sqlite_"):  # of AUTOINCREMENT, of which there is none
            if name not in dropped:
                yield finding("schema", None, None, f"结构被改动: 多出 {name}")
        elif table != _table_of(kind, name, sql):
            yield finding("schema", None, None, f"结构被改动: {name} 不属于 {table}")
    ((encoding,),) = rows(con, "PRAGMA encoding")
    if encoding != "UTF-8":
        yield finding("schema", None, None, f"文字的编码被改成 {encoding}")


def _version(con: sqlite.Connection) -> int:
    """Return the format that the chain says the file has, else what the file itself says."""
    said = _format(con)[1]
    ((version,),) = rows(con, "PRAGMA user_version")
    known = isinstance(said, int) and 0 < said <= len(ddl.MIGRATIONS)
    return said if known else version  # type: ignore[return-value]


_ON = re.compile(r"\sON\s+(\w+)")


def _table_of(kind: object, name: object, sql: object) -> object:
    """Return the table to which something of the schema belongs, as its text says."""
    if kind in {"table", "view"}:
        return name
    found = _ON.search(str(sql))
    return found[1] if found else None


_SAYING = of_kind("e", "initialised", "migrated", "taken_over")
_FORMAT = (
    f"SELECT e.seq, e.facts FROM events e WHERE {_SAYING}"
    " AND e.stream = 'organisation' AND e.subject = 'ledger' ORDER BY e.seq DESC"
)
"""The events that say which format the file has."""
_HEX = re.compile("[0-9a-f]{32}")


def _own(con: sqlite.Connection) -> Iterator[Finding]:
    """Hold what the file says of itself against what the chain says of it."""
    ((version,),) = rows(con, "PRAGMA user_version")
    seq, said = _format(con)
    if said != version:
        yield finding("schema", seq, None, f"格式号 {version} 与记录不符")
    for key, value in rows(con, "SELECT key, value FROM meta ORDER BY key"):
        if key == "ledger_id":
            if not isinstance(value, str) or not _HEX.fullmatch(value):
                yield finding("schema", None, None, "台账的标识 (meta 的 ledger_id) 被改动过")
        elif key != requests.SECRET:
            yield finding("schema", None, None, f"meta 多出 {key}")


def _format(con: sqlite.Connection) -> tuple[int | None, object]:
    """Return the format that the chain says the file has, and the event that says so."""
    for seq, facts in rows(con, _FORMAT):
        with suppress(*UNREADABLE):
            said = json.loads(facts)
            return seq, said["to"] if "to" in said else said["format"]
    return None, None


# --- what is worth a remark and no fault ----------------------------------------------------


def remarks(con: sqlite.Connection) -> list[dict[str, Any]]:
    """Return what the events say of how they were recorded, and what was taken over.

    What cannot be read is left out: a layer has named it.
    """
    found: list[dict[str, Any]] = []
    for read in (_older_format, _remarked, _taken_over):
        with suppress(*UNREADABLE):
            found += read(con)
    return found


def _older_format(con: sqlite.Connection) -> Iterator[dict[str, Any]]:
    """Remark on a format that a command which writes brings up to date."""
    ((version,),) = rows(con, "PRAGMA user_version")
    if version < len(ddl.MIGRATIONS):
        what = f"{OLD} ({version}, 现在是 {len(ddl.MIGRATIONS)}), 没有损坏。{sqlite.UPGRADE}"
        yield {"remark": "old_format", "what": what, "count": 1, "seqs": []}


def _remarked(con: sqlite.Connection) -> Iterable[dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = {}
    for seq, text in con.execute(
        "SELECT seq, remarks FROM events WHERE remarks IS NOT NULL ORDER BY seq"
    ):
        for word in remarks_in(text) or ():
            entry = entries.setdefault(
                word, {"remark": word, "what": REMARKS.get(word, word), "count": 0, "seqs": []}
            )
            entry["count"] += 1
            if entry["count"] <= MOST_SEQS:
                entry["seqs"].append(seq)
    return entries.values()


def _taken_over(con: sqlite.Connection) -> Iterator[dict[str, Any]]:
    """Remark which events were recorded in another ledger, and in which."""
    for seq, facts in rows(
        con,
        f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', 'taken_over')} ORDER BY e.seq",
    ):
        with suppress(*UNREADABLE):
            said = json.loads(facts)
            what = (
                f"第 {said['first']} 到 {said['last']} 号接收自另一台账 (标识 {said['ledger'][:8]},"
                f" 到第 {said['seq']} 号, 校验码 {said['head'][-16:]}), 时间和经办人照原来的记录"
            )
            yield {"remark": "taken_over", "what": what, "count": said["events"], "seqs": [seq]}


def exposed(path: str) -> list[dict[str, Any]]:
    """Remark that every account of the machine may read what citizens said."""
    if os.name != "posix" or not Path(path).stat().st_mode & stat.S_IROTH:
        return []
    return [{"remark": "world_readable", "what": REMARKS["world_readable"], "count": 1, "seqs": []}]

"""The rules a ledger carries: documents by digest, the events that adopted them, read back.

An event of stream ``policy`` names a document and the SHA-256 of its text, so the chain
vouches for the text in ``documents``. ``parsed`` keeps each as plain data for the next start:
a row nobody trusts without its key (digest and version of the parser), made anew by
``rebuild``. The digest of all rules is one over the names and digests in force.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from sixping.calendar.table import sha256_hex
from sixping.cases.legible import ILLEGIBLE
from sixping.errors import BadData, LedgerUnusable, SixpingError
from sixping.store.rows import EVENT_RECORDED_AT, NO_END, of_kind
from sixping.util.clock import from_text
from sixping.util.toml import RuleFile, Table, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

T = TypeVar("T")
STREAM, SUBJECT, ADOPTED = "policy", "rules", "adopted"
#: of what ``util.toml.plain`` makes of a text, as kept in ``parsed``
PARSER = "1"
_EARLIER = {str(number) for number in range(1, int(PARSER))}
_DAY = "$day"
_MOST_READ = 64

_EVENTS = (
    f"SELECT e.seq, e.facts, {EVENT_RECORDED_AT}, coalesce(o.by_name, o.os_user) FROM events e"
    " JOIN sources o ON o.id = e.source"
    " WHERE e.subject = :subject AND e.stream = :stream AND e.seq <= :seq ORDER BY e.version"
)
_CONTENT = "SELECT content FROM documents WHERE digest = ?"
_PARSED = "SELECT data FROM parsed WHERE digest = ? AND parser = ?"
_KEEP = "INSERT INTO documents (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING"
_KEEP_PARSED = "INSERT INTO parsed (digest, parser, data) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

_read: dict[tuple[str, str], Any] = {}
"""What was made of a document in this process, by digest and name."""


class Adopted(NamedTuple):
    """A document in force: its text's digest, and the event that adopted it.

    ``recount``: with it periods are counted otherwise than before.
    """

    name: str
    digest: str
    seq: int
    at: datetime
    by: str
    recount: bool = False


def adoptions(con: Connection, as_of: int | None = None) -> list[Adopted]:
    """Return every adoption up to seq ``as_of``, oldest first.

    Before the first ones, the first of each document: a ledger works by no others.
    """
    values = {"subject": SUBJECT, "stream": STREAM, "seq": NO_END if as_of is None else as_of}
    rows = con.execute(_EVENTS, values).fetchall()
    if not rows and as_of is not None:
        rows = con.execute(_EVENTS, values | {"seq": NO_END}).fetchall()
        first = {one.name: one for one in reversed([_adopted(*row) for row in rows])}
        return list(first.values())
    return [_adopted(*row) for row in rows]


def _adopted(seq: int, facts: str, at: str, by: str) -> Adopted:
    said = json.loads(facts)
    return Adopted(said["name"], said["digest"], seq, from_text(at), by, "recount" in said)


def latest(every: Iterable[Adopted]) -> dict[str, Adopted]:
    """Return the documents in force by name: of each the one adopted last."""
    return {one.name: one for one in every}


def digest_of(content: str) -> str:
    """Return the digest of a document's text."""
    return sha256_hex(content.encode())


def whole_digest(digests: Mapping[str, str]) -> str:
    """Return the digest of all rules, of name → digest; empty for none."""
    lines = [f"{name} {digest}\n" for name, digest in sorted(digests.items())]
    return digest_of("".join(lines)) if lines else ""


def rule_on(
    con: Connection, file: RuleFile[T], shipped: Callable[[], T], as_of: int | None = None
) -> T:
    """Return what a ledger's document says; where it has adopted none, what the data say."""
    adopted = latest(adoptions(con, as_of)).get(file.name)
    return read(con, file, adopted.digest) if adopted else shipped()


def read(con: Connection, file: RuleFile[T], digest: str) -> T:
    """Return what a document says, read once a process.

    Raises ``LedgerUnusable`` where the text is missing or cannot be read, or what was kept of it
    was changed; ``BadData`` for a text that this program refuses.
    """
    key = (digest, file.name)
    if key not in _read:
        if len(_read) >= _MOST_READ:
            _read.clear()
        try:
            _read[key] = file.read(Table(_data(con, file.name, digest), f"{file.name} (台账)", ""))
        except (ValueError, KeyError, TypeError) as error:
            raise _unreadable(file.name) from error
        except BadData as error:
            if wrong := next(wrong_parsed(con), None):
                raise LedgerUnusable(
                    f"台账所采用的规则 {file.name} 不能用: {wrong}",
                    "请运行 sixping verify 查看, 再用 sixping rebuild 由原文重建。",
                ) from error
            raise
    made: T = _read[key]
    return made


def content(con: Connection, name: str, digest: str) -> str:
    """Return the text of a document. Raises ``LedgerUnusable`` where it is missing."""
    row = con.execute(_CONTENT, (digest,)).fetchone()
    if row is None:
        raise _unreadable(name)
    return str(row[0])


def _data(con: Connection, name: str, digest: str) -> dict[str, Any]:
    row = con.execute(_PARSED, (digest, PARSER)).fetchone()
    if row:
        return dict(json.loads(row[0], object_hook=_restored))
    return plain(content(con, name, digest), name)


def _unreadable(name: str) -> LedgerUnusable:
    return LedgerUnusable(
        f"台账所采用的规则 {name} 读不出来。", "请运行 sixping verify 查看, 再换用最近的备份。"
    )


# --- the parsed form ---------------------------------------------------------------------


def parsed(text: str) -> str | None:
    """Return a text's plain data as kept in ``parsed``; None: the text is as quick to read."""
    if text.startswith("{"):
        return None
    data = plain(text, "")
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> dict[str, str]:
    if type(value) is date:
        return {_DAY: value.isoformat()}
    raise TypeError(type(value))


def _restored(table: dict[str, Any]) -> Any:  # noqa: ANN401
    return date.fromisoformat(table[_DAY]) if _DAY in table else table


# --- written, held against the chain, made anew --------------------------------------------


def adopt(tx: Transaction, name: str, text: str, *, recount: bool = False) -> int:
    """Take a document in and record it; return the seq. What it says was checked before."""
    digest = digest_of(text)
    seq = tx.note(
        STREAM,
        SUBJECT,
        ADOPTED,
        {"name": name, "digest": digest} | ({"recount": True} if recount else {}),
    )
    tx.con.execute(_KEEP, (digest, text))
    _keep_parsed(tx.con, digest, text)
    return seq


def keep(con: Connection, digest: str, text: str) -> None:
    """Keep the text of a document that an event adopts; its digest was checked before."""
    con.execute(_KEEP, (digest, text))


def texts(con: Connection) -> Iterator[tuple[str, str]]:
    """Yield digest and text of every document that the ledger keeps."""
    yield from con.execute("SELECT digest, content FROM documents ORDER BY digest")


def _keep_parsed(con: Connection, digest: str, text: str) -> None:
    data = parsed(text)
    if data is not None:
        con.execute(_KEEP_PARSED, (digest, PARSER, data))


def rewrite_parsed(con: Connection) -> None:
    """Make the parsed rows anew from the documents."""
    con.execute("DELETE FROM parsed")
    for digest, text in con.execute("SELECT digest, content FROM documents").fetchall():
        _keep_parsed(con, digest, text)


def wrong_documents(con: Connection) -> Iterator[tuple[int | None, str]]:
    """Yield the seq (None: of no event) and what is wrong with each document."""
    texts = dict(con.execute("SELECT digest, content FROM documents").fetchall())
    wanted, lost = set(), _lost(con)
    for seq, name, digest in _recorded(con):
        wanted.add(digest)
        text = texts.get(digest)
        if digest not in texts and digest in lost:
            continue
        if digest not in texts:
            yield seq, f"第 {seq} 号采用的规则 {name} 不见了"
        elif not _is_of(text, digest):
            yield seq, f"第 {seq} 号采用的规则 {name} 被改动过"
    for digest in sorted(texts.keys() - wanted, key=str):
        yield None, f"多出没有记录采用的规则 {str(digest)[:16]}"


#: the events that keep figures as they were put on the table, and sent out to be checked
FROZEN = ("report_frozen", "assessment_drafted")


def figures_digest(figures: object) -> str:
    """Return the digest of recorded figures: SHA-256 of their JSON without blanks, in UTF-8."""
    return digest_of(json.dumps(figures, ensure_ascii=False, separators=(",", ":")))


def wrong_figures(con: Connection) -> Iterator[tuple[int, str]]:
    """Yield the seq and what is wrong with the figures of each frozen report and draft."""
    rows = con.execute(
        f"SELECT e.seq, e.facts FROM events e WHERE {of_kind('e', *FROZEN)} ORDER BY e.seq"
    )
    for seq, facts in rows:
        try:
            said = json.loads(facts)
            sound = figures_digest(said["figures"]) == said["digest"]
        except (UnicodeEncodeError, *ILLEGIBLE):
            sound = False
        if not sound:
            yield seq, f"第 {seq} 号定稿的数与它的校验码不符"


def _is_of(text: object, digest: str) -> bool:
    try:
        return isinstance(text, str) and digest_of(text) == digest
    except UnicodeEncodeError:  # broken text, read leniently
        return False


def _lost(con: Connection) -> set[str]:
    """Return the digests of documents that a salvage says it could not read."""
    rows = con.execute(f"SELECT e.facts FROM events e WHERE {of_kind('e', 'salvaged')}").fetchall()
    found: set[str] = set()
    for (facts,) in rows:
        with suppress(ValueError, TypeError, KeyError):
            found.update(json.loads(facts)["documents"])
    return found


def _recorded(con: Connection) -> Iterable[tuple[int, str, str]]:
    """Return seq, name and digest of each adoption whose facts can be read: else the chain says."""
    rows = con.execute(
        f"SELECT e.seq, e.facts FROM events e WHERE e.stream = ? AND {of_kind('e', ADOPTED)}"
        " ORDER BY e.seq",
        (STREAM,),
    )
    for seq, facts in rows.fetchall():
        try:
            said = json.loads(facts)
            yield seq, str(said["name"]), str(said["digest"])
        except ILLEGIBLE:
            continue


def wrong_parsed(con: Connection) -> Iterator[str]:
    """Yield what is wrong with the parsed rows: each is of this parser and of its text.

    One of an earlier parser is read by none: a newer program finds it in every ledger of before.
    """
    rows = con.execute("SELECT digest, parser, data FROM parsed").fetchall()
    kept = {digest: row for digest, *row in rows}
    for digest, text in con.execute("SELECT digest, content FROM documents").fetchall():
        try:
            made = parsed(text)
        except (SixpingError, *ILLEGIBLE):
            kept.pop(digest, None)  # the chain's layer says so
            continue
        row = kept.pop(digest, None)
        if row and made is not None and row[0] in _EARLIER:
            continue
        if row != (None if made is None else [PARSER, made]):
            yield f"规则 {str(digest)[:16]} 的读出内容与原文不符"
    for digest in sorted(kept, key=str):
        yield f"多出没有原文的规则 {str(digest)[:16]}"

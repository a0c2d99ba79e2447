"""A whole ledger given out as lines of events, and taken over into a new one."""

from __future__ import annotations

import json
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from sixping.documents.cases import NOBODY
from sixping.documents.eventlines import FORMAT, MARK, Checks, as_stored, event_line, header_json
from sixping.errors import BadData, InputOutput, system_reason
from sixping.ledger import transaction
from sixping.queries import cases
from sixping.services.exporting import BATCH, whole
from sixping.services.personal.named import Named
from sixping.store import chain, documents, log, sqlite
from sixping.store.takeover import ERASED, ForeignEvent, Origin, Takeover, link, refuse_used
from sixping.util.clock import from_text, to_text
from sixping.util.text import accept_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sixping.documents.cases import People
    from sixping.store.rows import EventRow
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp


class Lines(NamedTuple):
    """How many events there are, and the lines of the file, one an event and a few beside."""

    total: int
    lines: Iterator[str]


def event_lines(con: Connection, stamp: Stamp, *, reveal: bool) -> Lines:
    """Return every event of a ledger as lines: those it has now, whatever is recorded meanwhile.

    Raises ``LedgerBusy`` if words were erased while they were read.
    """
    with sqlite.still(con):
        seq, head = cases.head(con)
        first = header_json(
            log.ledger_id(con) or "", seq, head, masked=not reveal, by=stamp.by or stamp.user,
            at=to_text(stamp.now), program=stamp.program,
        )  # fmt: skip
        rules = documents.texts(con)
    return Lines(seq, _lines(con, first, list(rules), reveal=reveal))


def _lines(
    con: Connection, first: dict[str, Any], rules: Sequence[tuple[str, str]], *, reveal: bool
) -> Iterator[str]:
    checks, until = Checks(), int(first["seq"])
    yield checks.sealed(first)
    for digest, text in rules:
        yield checks.sealed({"rule": digest, "text": text})
    for line in whole(con, until, _events(con, until, reveal=reveal)):
        yield checks.sealed(line)
    yield checks.sealed({"end": True, "events": until})


def _events(con: Connection, until: int, *, reveal: bool) -> Iterator[dict[str, Any]]:
    named = Named(con, until)

    def people(row: EventRow) -> People:
        if reveal:
            return NOBODY
        return named.of(row.stream, row.subject, json.loads(row.facts), row.private)

    for after in range(0, until, BATCH):
        with sqlite.still(con):
            page = [
                (row, salt, people(row))
                for row, salt in cases.page_of_events(con, after, min(after + BATCH, until), until)
            ]
        for row, salt, hidden in page:
            yield event_line(row, salt, reveal=reveal, people=hidden)


# --- taken over ----------------------------------------------------------------------------


class Told(NamedTuple):
    """What was taken over: from where, how many events, which are now which."""

    origin: Origin
    events: int
    first: int
    last: int


def take_over(
    path: str | os.PathLike[str],
    file: Path,
    stamp: Stamp,
    done: Callable[[int], None] = lambda _: None,
    *,
    dry_run: bool = False,
) -> Told:
    """Take the events of another ledger into a new one, all of them or none.

    Raises ``NotAllowed`` for a ledger that has a life of its own and ``BadData`` for a file that
    is cut, damaged or edited, naming the line. ``dry_run``: everything but the last word.
    """
    try:
        with transaction(path, stamp) as work:
            takeover = Takeover(work)
            first = work.seq + 1
            with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
                reader = _Reader(lines)
                for digest, text in reader.rules():
                    takeover.rule(digest, text)
                for event in reader.events():
                    _take(takeover, event, reader)
                    done(1)
            last = work.seq
            takeover.finish(reader.origin)
            told = Told(reader.origin, last - first + 1, first, last)
            if dry_run:
                _give_up(told)
    except _OnlyTried as tried:
        return tried.told
    except OverflowError as fault:
        raise _damaged(reader.line, "有超出范围的数") from fault
    except UnicodeEncodeError as fault:
        raise _damaged(reader.line, "有无效的字符") from fault
    except OSError as fault:
        raise InputOutput(f"读取失败: {file} ({system_reason(fault)})", "请核对文件。") from fault
    return told


def _take(takeover: Takeover, event: ForeignEvent, reader: _Reader) -> None:
    try:
        takeover.take(event)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise _damaged(reader.line, "读不懂") from fault


class _OnlyTried(Exception):
    """Nothing of the transaction is to stay."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told


def _give_up(told: Told) -> NoReturn:
    raise _OnlyTried(told)


def origin_of(con: Connection, file: Path) -> Origin:
    """Return which ledger a file is of. Raises as ``take_over``."""
    refuse_used(con)
    with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
        return _Reader(lines).origin


class _Reader:
    """Reads the lines in their order; what is wrong with one is said with its number."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._checks = lines, Checks()
        self.line = 0
        #: of each event: ``_GONE``, ``_OTHER``, or how the seal of its words begins
        self._words = array("Q", [_GONE])
        #: words that are not those of their seal, with their line: an erasure has to have kept them
        self._other: dict[int, tuple[str, int]] = {}
        self._stay: dict[int, str] = {}
        said = self._next()
        self.origin = self._origin(said)
        self._ahead = self._next()

    def _origin(self, said: dict[str, Any]) -> Origin:
        if said.get("what") != MARK or said.get("format") != FORMAT:
            raise BadData(
                "这个流水文件的格式本程序不懂: 由更新的 sixping 写成。", "请升级 sixping 后再导入。"
            )
        try:
            return Origin(str(said["ledger"]), int(said["seq"]), said["head"], bool(said["masked"]))
        except (KeyError, TypeError, ValueError, OverflowError) as fault:
            raise _damaged(1, "读不懂") from fault

    def _next(self) -> dict[str, Any]:
        text = next(self._lines, None)
        self.line += 1
        if text is None:
            raise _damaged(self.line, "不见了, 文件不完整")
        try:
            said = self._checks.opened(text.rstrip("\n"))
        except UnicodeEncodeError as fault:
            raise _damaged(self.line, "不是 UTF-8 文字") from fault
        if said is None:
            raise _damaged(self.line, "被改动过, 或前面缺了行")
        return said

    def rules(self) -> Iterator[tuple[str, str]]:
        """Yield digest and text of the rules that the ledger adopted."""
        while "rule" in self._ahead:
            digest, text = self._ahead["rule"], self._ahead.get("text")
            if not isinstance(text, str) or documents.digest_of(text) != digest:
                raise _damaged(self.line, "规则的文字与校验码不符")
            yield digest, text
            self._ahead = self._next()

    def events(self) -> Iterator[ForeignEvent]:
        """Yield the events, each held against the old chain."""
        prefix, previous = chain.prefix(self.origin.ledger), chain.GENESIS
        count = 0
        while "end" not in self._ahead:
            event, facts, digest = self._event(self._ahead)
            count += 1
            if event.seq != count or link(prefix, previous, event, facts) != digest:
                raise _damaged(self.line, f"第 {event.seq} 号记录与原台账的链不符")
            self._words.append(self._check_words(event))
            self._check_erased(event)
            yield event
            previous = digest
            self._ahead = self._next()
        if self._ahead.get("events") != count or next(self._lines, None) is not None:
            raise _damaged(self.line, "行数与末行所写不符")
        for seq, (seal, line) in self._other.items():
            if self._stay.get(seq) != seal:
                raise _damaged(line, f"第 {seq} 号记录的内容与封存的不符")
        if (count, previous.hex() if count else "") != (self.origin.seq, self.origin.head):
            raise _damaged(self.line, "末尾与第一行所写的序号、校验码不符")

    def _check_words(self, event: ForeignEvent) -> int:
        """Hold revealed words against their seal, or note that they need another one."""
        if event.words is None or event.salt is None:
            return _GONE if event.words is None else _OTHER
        text = json.dumps(event.words, ensure_ascii=False, separators=(",", ":"))
        seal = chain.commitment(event.salt, text)
        if seal == event.seal:
            return _begun(seal)
        self._other[event.seq] = seal.hex(), self.line
        return _OTHER

    def _check_erased(self, event: ForeignEvent) -> None:
        """Refuse what was erased and is there again; keep the seals of what was let stay."""
        if event.kind != ERASED or event.stream == "case":
            return
        try:
            kept = {int(seq): str(seal) for seq, seal in event.facts.get("kept", {}).items()}
            back = [seq for seq in event.facts["seqs"] if self._words[seq] != _GONE]
            back += [
                seq for seq, seal in kept.items()
                if self._words[seq] not in (_GONE, _OTHER, _begun(bytes.fromhex(seal)))
            ]  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            raise _damaged(self.line, "读不懂") from fault
        if back:
            raise _damaged(self.line, f"删除的内容 (第 {back[0]} 号记录) 又出现在文件里")
        self._stay |= kept

    def _event(self, said: dict[str, Any]) -> tuple[ForeignEvent, str, bytes]:
        try:
            facts = said.get("facts_text") or as_stored(said["facts"])
            body = {
                "facts": said["facts"], "words": _words(said.get("words")),
                "salt": _bytes(said.get("salt")), "seal": _bytes(said.get("sealed")),
                "remarks": tuple(said.get("remarks", ())),
            }  # fmt: skip
            event = ForeignEvent(**{name: said[name] for name in _ENVELOPE}, **body)
            from_text(event.at), from_text(event.recorded_at)
            return event, facts, bytes.fromhex(said["hash"])
        except BadData as fault:
            raise _damaged(self.line, f"不能用: {fault.what}") from fault
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise _damaged(self.line, "读不懂") from fault


#: what a file has of the words of an event: nothing, others than were sealed
_GONE, _OTHER = range(2)


def _begun(seal: bytes) -> int:
    """Return how a seal begins, as a number."""
    return int.from_bytes(seal[:8], "big")


_ENVELOPE = (
    "seq", "stream", "subject", "version", "kind", "at", "recorded_at", "by", "user", "host",
    "program",
)  # fmt: skip


def _words(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return None
    for text in value.values():
        if isinstance(text, str):
            accept_text(text, field="内容")
    return dict(value)


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else bytes.fromhex(value)


def _damaged(line: int, what: str) -> BadData:
    return BadData(
        f"流水文件第 {line} 行{what}。",
        "没有导入。请重新导出 (sixping export events), 不要改动文件。",
    )

"""A damaged ledger read for all that is left of it, and made anew as far as its chain holds."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import BadData, InputOutput, LedgerUnusable, NotAllowed, SixpingError
from sixping.services import adoption
from sixping.services.upkeep.backups import anchor_of
from sixping.store import anchors, custody, sqlite
from sixping.store.rescue.anew import salvage as put_in_new
from sixping.store.rescue.pages import pages_of
from sixping.store.rescue.rawcopy import raw_copy
from sixping.store.rescue.remains import Remains
from sixping.store.verify import verify
from sixping.util.clock import to_text
from sixping.util.files import PREFIX, make_folder, published, require_room
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sixping.store.rescue.anew import Salvaged
    from sixping.store.rescue.remains import Event
    from sixping.store.writer import Stamp

#: what a value of the wrong kind raises where nobody expected one
_WRONG = (SixpingError, sqlite.Error, ValueError, TypeError, LookupError, AttributeError)


class Result(NamedTuple):
    """What came of a salvage: the chain in the new ledger, and what is beside or missing.

    ``read``: how many events could be read in all; ``beyond``: those written to ``rest``;
    ``last``: the highest event the file knows of; ``gaps``: first and last of those that could
    not be read; ``unread``: bytes that the disk did not give.
    """

    made: Salvaged
    read: int
    beyond: int
    last: int
    gaps: tuple[tuple[int, int], ...]
    rest: Path | None
    unread: int


def salvage(
    file: Path, target: Path, stamp: Stamp, *, more: Sequence[Path] = (), ids: Sequence[str] = ()
) -> Result:
    """Read what is left of a damaged ledger and make ``target`` of it; ``file`` is never written.

    ``more``: backups of the same ledger that may fill gaps; ``ids``: what its id may be. Raises
    ``NotAllowed`` for a sound ledger, an existing target or lines beside it that would be lost
    (those of a run that was killed are written anew), ``BadData`` for an empty file,
    ``LedgerUnusable`` where no chain came back (the rest is written nevertheless), ``InputOutput``
    where there is no room and ``LedgerBusy`` while another process writes the file.
    """
    _refuse_folder(target)
    rest = target.with_name(f"{target.stem}.rest.jsonl")
    _refuse_taken(target)
    _refuse_empty(file)
    with sqlite.explained(str(target), "没有抢救。"), ExitStack() as lent:
        make_folder(target.absolute().parent)
        require_room(target.absolute().parent, _need(file, more), "没有抢救。")
        folder = lent.enter_context(TemporaryDirectory(prefix=PREFIX, dir=target.absolute().parent))
        copy, unread = raw_copy(file, Path(folder))
        _refuse_sound(copy, file)
        remains = _remains([copy, *map(str, more)], stamp, lent)
        if not remains.behind(0):
            raise LedgerUnusable(
                f"读不出任何一条记录: {file}",
                "它不是 sixping 的台账, 或已全部损坏、被加密。"
                "请改用最近的备份: sixping restore 备份文件。",
            )
        _refuse_untold(rest, remains)
        owner = remains.whose([*ids, *_beside(file, target)])
        if owner is None:
            raise _headless(remains, rest)
        with published(target) as draft:
            made = put_in_new(draft, remains, owner, stamp, adoption.offered())
            if made is None:
                raise _headless(remains, rest)
            _require_sound(draft)
            beyond = _write_rest(rest, remains, made.seq)
            lent.callback(_without, target, rest, beyond)
    _note_again(made.ledger, target, stamp)
    seqs = remains.seqs
    last = max(remains.last, *remains.behind(0))
    return Result(
        made, len(seqs), beyond, last, tuple(_gaps(seqs, last)), rest if beyond else None, unread
    )


def _refuse_folder(target: Path) -> None:
    if not target.name:
        raise InputOutput(f"这是一个文件夹: {target}", "请写出新的文件名。")


def _refuse_taken(target: Path) -> None:
    if os.path.lexists(target):
        raise NotAllowed(f"文件已经存在, 不会覆盖: {target}", "请给 --to 换一个新的文件名。")


def _need(file: Path, more: Sequence[Path]) -> int:
    """Return how many bytes it takes: the copy that is read, and what comes of it and of others."""
    sizes = [one.stat().st_size for one in (file, *more)]
    return sizes[0] + max(sizes)


def _refuse_empty(file: Path) -> None:
    if not file.is_file():
        raise LedgerUnusable(f"没有这个文件: {file}", "请写明要抢救的台账文件。")
    if not file.stat().st_size:
        raise BadData(
            f"文件是空的, 没有可以抢救的: {file}", "请改用最近的备份: sixping restore 备份文件。"
        )


def _refuse_sound(copy: str, file: Path) -> None:
    sound = False
    with suppress(*_WRONG):
        sound = verify(copy)["ok"]
    if sound:
        raise NotAllowed(
            f"台账是好的, 没有要抢救的: {file}", "要另存一份请用 sixping backup 文件。"
        )


def _remains(files: Sequence[str], stamp: Stamp, lent: ExitStack) -> Remains:
    """Read the pages of files; what this process would record as is tried where no one is left."""
    whoever = [(by, stamp.user, stamp.host, stamp.program) for by in (stamp.by, None)]
    remains = Remains(whoever, adoption.offered().values())
    for file in files:
        remains.add(lent.enter_context(pages_of(file)))
    return remains


def _beside(file: Path, target: Path) -> Iterator[str]:
    """Yield the ids of ledgers that manifests of backups beside the file name."""
    for folder in dict.fromkeys((file.absolute().parent, target.absolute().parent)):
        for manifest in sorted(folder.glob("sixping-*.json")):
            with suppress(OSError, UnicodeDecodeError, BadData):
                for anchor in anchors.read_anchors(manifest.read_text("utf-8"), manifest.name):
                    if anchor.ledger:
                        yield anchor.ledger


def _headless(remains: Remains, rest: Path) -> LedgerUnusable:
    """Write down what can be read without a chain; return why no ledger came of it."""
    count = _write_rest(rest, remains, 0)
    lost = "台账的标识" if 1 in remains.seqs and not remains.ids else "开头的记录"
    return LedgerUnusable(
        f"{lost}读不出, 接不成台账; 读得出的 {count} 条记录写在: {rest}",
        "有旧备份的, 加 --with 备份文件 再试; 有锚点的, 加 --anchor 文件。都没有的, 请照该文件"
        "重新登记; 文件里有姓名和电话, 用完销毁。",
    )


def _note_again(ledger: str, target: Path, stamp: Stamp) -> None:
    """Forget what an earlier file of this name was when it was verified: this one was just now."""
    done = custody.last(ledger, "verify")
    if done is not None and done.where == os.path.realpath(target):
        now = anchor_of(target)
        custody.record(ledger, "verify", stamp.now, now.seq, now.head, done.where)


def _require_sound(draft: str) -> None:
    result = verify(draft)
    if not result["ok"]:
        raise LedgerUnusable(
            f"抢救出来的台账没有通过核对, 没有保存: {result['findings'][0]['what']}",
            "请保留原文件, 并把这句话告诉维护人员。",
        )


def _gaps(seqs: Sequence[int], last: int) -> Iterator[tuple[int, int]]:
    before = 0
    for seq in [*seqs, last + 1]:
        if seq > before + 1:
            yield before + 1, seq - 1
        before = seq


# --- what can be read behind the break -----------------------------------------------------


def _write_rest(rest: Path, remains: Remains, after: int) -> int:
    """Write the events behind the chain as lines, for people to enter again; return how many.

    Where only the words of an event can be read the line has them alone.
    """
    seqs, gone = remains.behind(after), remains.erased_behind(after)
    if seqs:
        with published(rest, force=True) as draft, Path(draft).open("w", encoding="utf-8") as lines:
            lines.writelines(
                f"{dump_json(line)}\n" for seq in seqs for line in _lines(remains, seq, gone)
            )
    return len(seqs)


def _refuse_untold(rest: Path, remains: Remains) -> None:
    """Refuse to write over lines of an earlier run that this one cannot tell: they are the last."""
    if not os.path.lexists(rest):
        return
    if not _is_plain(rest) or not _lines_in(rest) <= _told(remains):
        raise NotAllowed(
            f"文件已经存在, 里面有这次读不出的内容, 不会覆盖: {rest}",
            "请给 --to 换一个新的文件名, 或核对以后移走它。",
        )


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _lines_in(rest: Path) -> set[bytes]:
    lines = rest.read_text("utf-8", errors="replace").split("\n")
    return {_digest(_parsed(line)) for line in lines if line}


def _told(remains: Remains) -> set[bytes]:
    """Return the digest of every line that can be written of what was read, whole or in part."""
    told = set()
    for seq in remains.behind(0):
        whole = list(_lines(remains, seq, ()))
        parts = [{"seq": seq, "words": line["words"]} for line in whole]
        told |= {_digest(line) for line in (*whole, *parts, *_lines(remains, seq, (seq,)))}
    return told


def _digest(line: object) -> bytes:
    """Return what tells a line from others, whether or not it is known who recorded it."""
    said = line | {"by": None} if isinstance(line, dict) else line
    return sha256(dump_json(said).encode()).digest()


def _without(target: Path, rest: Path, beyond: int) -> None:
    """Take away lines beside a ledger that did not come about, or that has them all."""
    if not target.exists() or not beyond:
        with suppress(OSError):
            rest.unlink()


def _lines(remains: Remains, seq: int, gone: Collection[int]) -> Iterator[dict[str, Any]]:
    said = () if seq in gone else remains.words_found(seq)
    words = next((_parsed(found.fields) for found in said), None)
    events = list(remains.candidates(seq))
    if words is not None and not events:
        yield {"seq": seq, "words": words}
    for event in events:
        yield _line(remains, event, words)


def _line(remains: Remains, event: Event, words: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "seq": event.seq, "stream": event.stream, "subject": event.subject,
        "version": event.version, "kind": event.kind, "at": event.at,
        "recorded_at": event.recorded_at or event.at, "by": remains.said_by(event.source),
        "facts": _parsed(event.facts), "words": words,
    }  # fmt: skip


def _parsed(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def document(result: Result, file: Path, target: Path, stamp: Stamp) -> dict[str, Any]:
    """Return what came of a salvage as JSON."""
    made = result.made
    return {
        "file": str(file), "to": str(target), "made_at": to_text(stamp.now), "ledger": made.ledger,
        "seq": made.seq, "head": made.head, "cases": made.cases, "read": result.read,
        "last": result.last, "gaps": [list(gap) for gap in result.gaps],
        "lost_words": list(made.words), "lost_rules": list(made.documents),
        "adopted": list(made.adopted),
        "beyond": result.beyond, "rest": str(result.rest) if result.rest else None,
        "unread_bytes": result.unread,
    }  # fmt: skip

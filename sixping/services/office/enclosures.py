"""Files that belong to cases: their digest taken, and checked again where they are kept.

Nothing is read into the ledger, no file is opened but those that are named, and of each only a
piece at a time.
"""

from __future__ import annotations

import hashlib
import json
import stat
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lifecycle import effective
from sixping.cases.steps.owing import Enclosed
from sixping.documents.cases import masked
from sixping.errors import BadData, InputOutput, NotAllowed, system_reason
from sixping.queries.kinds import count_of_kind, page_of_kind
from sixping.services.personal.named import Named
from sixping.store.upgrade import of_any_format

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sixping.documents.cases import People
    from sixping.services.taking import Situation
    from sixping.store.rows import EventRow

#: enclosures read from the ledger at once: writers go on while their files are read
_PAGE = 200


def digest_of(file: Path) -> tuple[int, str]:
    """Return the size of a file in bytes and its SHA-256.

    Raises ``InputOutput`` for what cannot be read, ``BadData`` for an empty file.
    """
    try:
        _refuse_special(file)
        size, digest = _read(file)
    except OSError as fault:
        raise InputOutput(
            f"读不了这个文件: {file} ({system_reason(fault)})", "请核对文件名和权限。"
        ) from None
    if not size:
        raise BadData(f"这个文件是空的: {file}", "请核对是不是这个文件。")
    return size, digest


def _refuse_special(file: Path) -> None:
    """Refuse a folder or device: whoever reads a pipe waits for what may never come."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise InputOutput(f"这不是普通文件: {file}", "请写一个文件名, 不写文件夹。")


def _read(file: Path) -> tuple[int, str]:
    with file.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        return handle.tell(), digest


def located(file: Path, where: str | None) -> str:
    """Return where a file is kept: the folder it is in, another one in full, or what was said."""
    if where is None:
        return str(file.absolute().parent)
    folder = Path(where)
    return str(folder.absolute()) if folder.is_dir() else where


def refuse_twice(situation: Situation, digest: str) -> None:
    """Refuse a file that the case has already."""
    for entry in effective(situation.log):
        if isinstance(entry.event, Enclosed) and entry.event.sha256 == digest:
            raise NotAllowed(
                f"{situation.case.number} 已有内容相同的附件 {entry.event.n} (第 {entry.seq} 号)。",
                f"登记错的请先撤销: sixping void {situation.case.number} {entry.seq} --reason 理由",
            )


# --- checked again ---------------------------------------------------------------------------


class Checked(NamedTuple):
    """What came of looking at the files: how many there are, and what is wrong with which.

    ``elsewhere``: kept where this machine does not reach; ``erased``: nobody knows their names.
    """

    enclosures: int
    same: int
    elsewhere: int
    erased: int
    findings: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Return what JSON says of it."""
        return self._asdict()


def check(path: Path, folder: Path | None, done: Callable[[int], object] = int) -> Checked:
    """Look whether each file is where it is said to be, or in ``folder``, and unchanged."""
    counts = {"same": 0, "elsewhere": 0, "erased": 0}
    wrong: list[tuple[EventRow, str, str]] = []
    total = 0
    for row in _enclosures(path):
        total += 1
        state, place = _look(row, folder)
        done(1)
        if state in counts:
            counts[state] += 1
        else:
            wrong.append((row, state, place))
    return Checked(total, findings=_findings(path, wrong), **counts)


def _findings(path: Path, wrong: list[tuple[EventRow, str, str]]) -> list[dict[str, Any]]:
    """Say what is wrong with files; whoever reported their cases is not named, nor in a path."""
    with closing(of_any_format(path)) as con:
        named = Named(con)
        return [
            _finding(row, state, place, named.of("case", row.subject, {}, row.private))
            for row, state, place in wrong
        ]


def count(path: Path) -> int:
    """Return how many enclosures count."""
    with closing(of_any_format(path)) as con:
        return count_of_kind(con, Enclosed.kind)


def _enclosures(path: Path) -> Iterator[EventRow]:
    after = 0
    while True:
        with closing(of_any_format(path)) as con:
            page = page_of_kind(con, Enclosed.kind, after, _PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq


def _look(row: EventRow, folder: Path | None) -> tuple[str, str]:
    """Return what is of a file, and where it was looked for or why it cannot be read."""
    if row.private is None:
        return "erased", ""
    said, facts = json.loads(row.private), json.loads(row.facts)
    place = folder or Path(said["kept"])
    if folder is None and not (place.is_absolute() or place.is_dir()):
        return "elsewhere", ""
    file = place / said["file"]
    try:
        _refuse_special(file)
        if file.stat().st_size != facts["size"]:
            return "changed", str(place)
        return ("same" if _read(file)[1] == facts["sha256"] else "changed"), str(place)
    except (FileNotFoundError, NotADirectoryError):
        return "missing", str(place)
    except OSError as fault:
        return "unreadable", system_reason(fault)
    except InputOutput:
        return "unreadable", "不是普通文件"


_WORDS = {"missing": "不在 {}", "changed": "内容已改动, 在 {}", "unreadable": "读不了: {}"}


def _finding(row: EventRow, state: str, place: str, people: People) -> dict[str, Any]:
    facts, said = json.loads(row.facts), json.loads(row.private or "{}")
    name = masked("file", said.get("file"), reveal=False, people=people) or ""
    where = masked("kept", place, reveal=False, people=people) or ""
    what = f"附件 {facts['n']} ({facts['sort']}) {name} {_WORDS[state].format(where)}"
    return {"layer": "file", "seq": row.seq, "number": row.subject, "state": state, "what": what}

"""Every command that writes a file the user names: how it is called, read off the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sixping import cli
from sixping.commands import TABLE
from sixping.console.frame import Group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sixping.console.frame import Table
    from tests.conftest import Result, Runner

NOW: Final = "2026-11-23T09:00:00+08:00"
_CSV: Final = "--format csv"
#: each command with ``-o`` as it succeeds in the world of ``lived``; a test holds them complete
LINES: Final = {
    "accountability list": _CSV,
    "assess item list": _CSV,
    "assess letters": _CSV,
    "assess procedure": _CSV,
    "assess sheet": f"--month 2026-10 {_CSV}",
    "assess show": _CSV,
    "audit": _CSV,
    "calendar apply": _CSV,
    "calendar check": _CSV,
    "calendar ics": "",
    "calendar show": f"2026 {_CSV}",
    "disputes": f"--month 2026-11 {_CSV}",
    "doctor": _CSV,
    "duty attendance": _CSV,
    "duty check": _CSV,
    "duty draft": f"--month 2026-12 {_CSV}",
    "duty roster": _CSV,
    "duty today": _CSV,
    "explain": f"1 {_CSV}",
    "export": _CSV,
    "groups list": _CSV,
    "import": f"--list {_CSV}",
    "inspection list": _CSV,
    "lapses": _CSV,
    "list": f"--all {_CSV}",
    "log": _CSV,
    "lookup": f"--name 演示甲 --reason 回访 {_CSV}",
    "meeting agenda": f"m1 {_CSV}",
    "meeting attendance": f"--month 2026-11 {_CSV}",
    "meeting decisions": f"m1 {_CSV}",
    "meeting list": _CSV,
    "meeting minutes": f"m1 {_CSV}",
    "meeting missing": f"--month 2026-10 {_CSV}",
    "meeting propose": _CSV,
    "meeting show": f"m1 {_CSV}",
    "meeting task list": _CSV,
    "operation list": _CSV,
    "operation show": f"o1 {_CSV}",
    "overdue": _CSV,
    "patrol gaps": _CSV,
    "patrol list": _CSV,
    "policy adopt": _CSV,
    "policy check": _CSV,
    "policy diff": _CSV,
    "policy show": _CSV,
    "register list": _CSV,
    "register show": f"协办要求 {_CSV}",
    "report": f"--month {_CSV}",
    "retention list": _CSV,
    "retention run": f"--dry-run {_CSV}",
    "search": f"占道 {_CSV}",
    "service list": _CSV,
    "service owes": _CSV,
    "shift list": _CSV,
    "shift promised": f"--all {_CSV}",
    "shift show": _CSV,
    "show": "1 --json",
    "slip": "1 延期审批表 --format md",
    "units grids": _CSV,
    "units list": _CSV,
    "units people": _CSV,
}
#: other ways in which these commands write
MORE: Final = (
    "export events --format jsonl",
    "export --format xlsx",
    "list --all --format xlsx",
    "list --all --format json",
    "policy show policy --format json",
    "report --month --format md",
    "assess --month --format html",
    "assess sheet --month 2026-10 --format html",
    "lapses --format html",
    "overdue --within 9 --format html",
    "meeting agenda m1 --format html",
    "meeting minutes m1 --format docx",
    "meeting decisions m1 --format docx",
    "meeting attendance --month 2026-11 --format html",
    "operation show o1 --format html",
    "duty roster --month 2026-12 --format xlsx",
    "report --frozen --format csv",
    "explain 1 --format table",
)


def writers(table: Table = TABLE, before: str = "") -> Iterator[str]:
    """Yield the words of every command that has ``-o``; each has ``--force`` too."""
    for name, entry in table.items():
        words = f"{before} {name}".strip()
        if isinstance(entry, Group):
            yield from writers(entry.entries, words)
            continue
        options = {param.name for param in cli.build(name, entry).params}
        if "output" in options:
            assert "force" in options, words
            yield words


def lines() -> Iterator[list[str]]:
    """Yield the command lines of all of them, without ``-o``."""
    for words, rest in LINES.items():
        yield [*words.split(), *rest.split()]
    yield from (line.split() for line in MORE)


def lived(call: Runner) -> None:
    """Take in a case and call a meeting, so that each of the lines has something to say."""
    for line in (
        "intake 演示:占道经营 --severity 一般 --reporter 演示甲",
        "register on 协办要求",
        "meeting plan 集体会商 --date 2026-12-01 --convener 领导小组办公室",
        "intake 演示:路灯 --severity 一般 --received 2026-10-20",
        "register on procedure --from 2026-10-01",
        "assess draft --month 2026-10",
        "register on 会议到会和例会 专项整治 矛盾纠纷 帮教禁毒数字 --from 2026-09-01",
        (
            "units person add 演示乙 --unit 城管执法中队 --licence 演1 --licence-until 2027-12-31"
            " --from 2026-01-01"
        ),
        (
            "operation plan 演示整治 --date 2026-11-20 --until 2026-11-30 --unit 城管执法中队"
            " --person p1"
        ),
        "groups enter 帮教在册 3 --unit 江一社区",
    ):
        _succeeds(call(*line.split(), now=NOW))


def _succeeds(done: Result) -> None:
    assert done.code == 0, done.err


def state_of(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder, links as where they lead."""
    return {
        str(path.relative_to(folder)): (
            str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        )
        for path in sorted(folder.rglob("*"))
        if path.is_symlink() or path.is_file()
    }

"""The table of writing commands: a line each, what it acknowledges, and how one sees it.

To add a command, add a line to ``WRITES``. In the words of a line stand ``{token}`` (a word that
is nowhere else), ``{number}`` and ``{other}`` (cases of the state the line asks for), ``{seq}``
(the last event of that case), ``{files}`` (a folder in which ``brings`` may lay files of this job),
``{desk}`` (the folder of the ledger) and ``{old}`` (what was prepared: backups, a damaged ledger).
Commands that keep files have checks of their own (``keeping``).
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.anomaly import keeping
from tests.anomaly.sight import Sight
from tests.anomaly.world import Ended, World, nothing
from tests.conftest import ROOT

LEAD = "城管执法中队"
HISTORY = """\
name = "old"
title = "旧系统"
mode = "history"
[columns]
source_no = "编号"
text = "内容"
received = "收到"
resolved = "办结"
[defaults]
channel = "投诉举报电话"
"""
ROWS, LINES = 4, 3


class Job(NamedTuple):
    """One command to be done once: its token, its cases, its files."""

    token: str
    number: str = ""
    other: str = ""
    seq: int = 0
    files: Path = Path()
    desk: Path = Path()

    @property
    def old(self) -> Path:
        """Return where lies what was prepared."""
        return self.files.parent.parent / "old"

    def under(self, token: str) -> Job:
        """Return the same job under another token."""
        return self._replace(token=token)

    def filled(self, word: str) -> str:
        """Return a word of the command line with the job's own in it."""
        return word.format(**{k: str(v) for k, v in self._asdict().items()}, old=str(self.old))


Brings = Callable[[Job], Mapping[str, str | Path]]
Seen = Callable[[Sight, Job], int]


def no_files(_: Job) -> Mapping[str, str | Path]:
    """Bring nothing."""
    return {}


def unchecked(_: Job, *, done: bool) -> str:  # noqa: ARG001 - of the form of a check
    """Stand for commands whose files are looked at by ``makes`` alone."""
    return ""


def unseen(_: Sight, __: Job) -> int:
    """Stand for commands that leave nothing of their own in the ledger."""
    return -1


class Write(NamedTuple):
    """A writing command.

    ``state``: of the prepared case it takes (two of them with ``pair``); ``seen``: how often what
    it acknowledges is in the ledger, at most ``whole`` times, -1 for "nothing to look for";
    ``makes``: the file it writes, which is whole or as it was; ``says``: the sentence that
    acknowledges, where JSON does not; ``again``: the same line may be given a second time and
    answers the same; ``by_line``: each line of the answer acknowledges a part;
    ``may_answer``: what it may answer, besides 0, when others write; ``first``: commands
    done before it where it is done alone; ``own``: the ledger of its own on which it works;
    ``check``: what is wrong with the files it keeps, given whether it was acknowledged;
    ``there``: whether what it keeps is done; ``becomes``: what its process does first.
    """

    name: str
    argv: tuple[str, ...]
    seen: Seen = unseen
    state: str = ""
    pair: bool = False
    whole: int = 1
    brings: Brings = no_files
    stdin: Callable[[Job], str] = lambda _: ""
    makes: str = ""
    says: str = ""
    again: bool = False
    by_line: bool = False
    may_answer: tuple[int, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()
    own: str = ""
    check: Callable[..., str] = unchecked
    there: Callable[[Job], bool] | None = None
    becomes: Callable[[], None] = nothing

    def line(self, job: Job) -> list[str]:
        """Return the command line of a job, after laying down its files, the first time."""
        brought = {job.files / name: content for name, content in self.brings(job).items()}
        if not any(map(Path.exists, brought)):
            for path, content in brought.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                if isinstance(content, Path):
                    shutil.copyfile(content, path)
                else:
                    path.write_text(content, encoding="utf-8")
        return [job.filled(word) for word in self.argv]

    def acknowledged(self, ended: Ended, job: Job) -> int:
        """Return how much of the whole was acknowledged: of what is answered at once, all."""
        if ended.code == 0:
            return self.whole
        if self.says:  # of one that came to its end the exit code says what its words mean
            heard = ended.code is None and job.filled(self.says) in ended.out + ended.err
            return self.whole * heard
        said = len(answers(ended.out))
        return min(said, self.whole) if self.by_line else self.whole * (said > 0)


def answers(text: str) -> list[object]:
    """Return the JSON values that arrived whole."""
    decoder, place, found = json.JSONDecoder(), 0, []
    while (place := text.find("{", place)) >= 0:
        try:
            value, place = decoder.raw_decode(text, place)
        except ValueError:
            break
        found.append(value)
    return found


def _told(kind: str) -> Seen:
    return lambda sight, job: sight.told(kind, job.token)


def _facts(kind: str) -> Seen:
    return lambda sight, job: sight.facts(kind, job.token)


def _of(kind: str) -> Seen:
    return lambda sight, job: sight.of(kind, job.number)


def _document(sight: Sight, job: Job) -> int:
    return min(1, sum(job.token in text for text in sight.documents))


def _erased(sight: Sight, job: Job) -> int:
    gone = not any(e.subject == job.number and e.private for e in sight.events)
    return int(gone)


def _reports(job: Job) -> str:
    return "".join(
        json.dumps(
            {"text": f"演示占道 {job.token}", "request_id": f"{job.token}-{n}"}, ensure_ascii=False
        )
        + "\n"
        for n in range(LINES)
    )


def _table(job: Job) -> Mapping[str, str]:
    rows = [
        f"{job.token}-{n},演示路灯 {job.token},2026-03-02 09:00,2026-03-05 09:00"
        for n in range(ROWS)
    ]
    return {"old.toml": HISTORY, "old.csv": "\n".join(["编号,内容,收到,办结", *rows]) + "\n"}


def _rules(job: Job) -> Mapping[str, str]:
    shipped = (ROOT / "data" / "signals.toml").read_text(encoding="utf-8")
    return {"signals.toml": f"{shipped}\n# {job.token}\n"}


def _dated(job: Job) -> Mapping[str, str | Path]:
    return keeping.dated(job.old, job.desk / job.token)


def _later(job: Job) -> Mapping[str, str | Path]:
    return {
        str(job.desk / f"{job.token}.sqlite3"): job.old / "later.sqlite3",
        str(job.desk / f"{job.token}.early"): job.old / "early.sqlite3",
    }


def _damaged(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.bad"): job.old / "damaged"}


def _anchors(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.jsonl"): job.old / "anchors.jsonl"}


def _format1(job: Job) -> Mapping[str, str | Path]:
    return {str(job.desk / f"{job.token}.sqlite3"): keeping.FORMAT1}


_LOCAL = (
    "calendar", "add-local", "--off", "2026-11-27", "--document", "{token}", "--scope", "滨江区",
    "--yes",
)  # fmt: skip
WRITES: tuple[Write, ...] = (
    Write(
        "init",
        ("--ledger", "{desk}/{token}.sqlite3", "init"),
        makes="{token}.sqlite3",
        says="已新建",
    ),
    Write(
        "intake",
        ("intake", "演示占道 {token}", "--request-id", "{token}", "--json"),
        _told("reported"),
        again=True,
    ),
    Write(
        "intake --jsonl",
        ("intake", "--jsonl", "-"),
        _told("reported"),
        whole=LINES,
        stdin=_reports,
        again=True,
        by_line=True,
    ),
    Write(
        "accept",
        ("accept", "{number}", "--feedback", "{token}", "--json"),
        _told("accepted"),
        "new",
    ),
    Write("assign", ("assign", "{number}", "--lead", LEAD, "--json"), _of("assigned"), "accepted"),
    Write("sign", ("sign", "{number}", "--json"), _of("signed"), "assigned"),
    Write("note", ("note", "{number}", "{token}", "--json"), _told("noted"), "assigned"),
    Write(
        "regrade",
        ("regrade", "{number}", "--category", "环境卫生", "--reason", "{token}", "--json"),
        _told("regraded"),
        "accepted",
    ),
    Write(
        "resolve",
        ("resolve", "{number}", "--outcome", "{token}", "--kind", "已解决", "--json"),
        _told("resolved"),
        "assigned",
    ),
    Write("feedback", ("feedback", "{number}", "{token}", "--json"), _told("fed_back"), "resolved"),
    Write("close", ("close", "{number}", "--json"), _of("closed"), "told"),
    Write(
        "reopen",
        ("reopen", "{number}", "--reason", "{token}", "--json"),
        _told("reopened"),
        "closed",
    ),
    Write(
        "merge",
        ("merge", "{number}", "--into", "{other}", "--json"),
        _of("merged"),
        "new",
        pair=True,
    ),
    Write(
        "void",
        ("void", "{number}", "{seq}", "--reason", "{token}", "--json"),
        _told("voided"),
        "noted",
    ),
    Write(
        "import",
        ("import", "{files}/old.csv", "--profile", "{files}/old.toml", "--no-triage"),
        _told("imported"),
        whole=ROWS,
        brings=_table,
        says="台账中已有",
        again=True,
    ),
    Write(
        "erase",
        ("erase", "{number}", "--basis", "演示申请", "--yes", "--json"),
        _erased,
        "declined",
    ),
    Write(
        "policy adopt",
        ("policy", "adopt", "{files}"),
        _document,
        brings=_rules,
        says="已采用",
        again=True,
    ),
    Write("calendar add-local", _LOCAL, _facts("order_added"), says="已记入台账"),
    Write("calendar apply", ("calendar", "apply"), again=True, says="已调整", first=(_LOCAL,)),
    Write(
        "units add",
        ("units", "add", "{token}社区", "--kind", "community", "--json"),
        _facts("unit_added"),
    ),
    Write(
        "units person add",
        ("units", "person", "add", "演示{token}", "--unit", LEAD, "--json"),
        _told("person_joined"),
    ),
    Write(
        "meeting plan",
        (
            "meeting",
            "plan",
            "集体会商",
            "--date",
            "2026-12-01",
            "--convener",
            "领导小组办公室",
            "--extraordinary",
            "--reason",
            "{token}",
            "--json",
        ),
        _told("meeting_planned"),
    ),
    Write("duty plan", ("duty", "plan", "2026-11-24", "p1"), says="p1"),
    Write("rebuild", ("rebuild",), again=True, says="一致"),
    Write("backup", ("backup", "{desk}/{token}.sqlite3"), makes="{token}.sqlite3", says="已备份"),
    Write(
        "list -o",
        ("list", "--all", "--format", "csv", "-o", "{desk}/{token}.csv"),
        makes="{token}.csv",
        says="已写入",
    ),
    Write(
        "export",
        ("export", "--format", "jsonl", "-o", "{desk}/{token}.jsonl"),
        makes="{token}.jsonl",
        says="已导出",
        may_answer=(75,),  # words were erased meanwhile: it asks to be run again
    ),
    Write(
        "report -o",
        ("report", "--month", "2026-11", "-o", "{desk}/{token}.md"),
        makes="{token}.md",
        says="已写入",
    ),
    Write(
        "backup --to --keep",
        ("backup", "--to", "{desk}/{token}", "--keep", "days=2"),
        brings=_dated,
        says="已备份并核验",
        check=keeping.rotated,
        there=keeping.is_rotated,
    ),
    Write(
        "restore",
        ("--ledger", "{desk}/{token}.sqlite3", "restore", "{desk}/{token}.early", "--yes"),
        brings=_later,
        says="已恢复",
        own="{token}.sqlite3",
        check=keeping.restored,
        there=keeping.is_restored,
    ),
    Write(
        "salvage",
        ("salvage", "{desk}/{token}.bad", "--to", "{desk}/{token}.sqlite3"),
        brings=_damaged,
        makes="{token}.sqlite3",
        says="核验通过",
        check=keeping.salvaged,
    ),
    Write(
        "anchor --append",
        ("anchor", "--append", "{desk}/{token}.jsonl"),
        brings=_anchors,
        says="已追加",
        check=keeping.appended,
        there=keeping.is_appended,
    ),
    Write("verify", ("verify",), says="自洽", again=True, check=keeping.remembered),
    Write(
        "upgrade",
        (
            "--ledger",
            "{desk}/{token}.sqlite3",
            "intake",
            "演示占道 {token}",
            "--severity",
            "一般",
            "--request-id",
            "{token}",
            "--json",
        ),
        brings=_format1,
        own="{token}.sqlite3",
        again=True,
        check=keeping.upgraded,
        there=keeping.is_upgraded,
        becomes=keeping.of_the_next_format,
    ),
)

STATES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "new": (),
    "accepted": (("accept", "{n}"),),
    "assigned": (("accept", "{n}"), ("assign", "{n}", "--lead", LEAD)),
    "noted": (("accept", "{n}"), ("assign", "{n}", "--lead", LEAD), ("note", "{n}", "演示")),
    "resolved": (
        ("accept", "{n}"),
        ("assign", "{n}", "--lead", LEAD),
        ("resolve", "{n}", "--outcome", "演示", "--kind", "已解决"),
    ),
    "told": (
        ("accept", "{n}"),
        ("assign", "{n}", "--lead", LEAD),
        ("resolve", "{n}", "--outcome", "演示", "--kind", "已解决"),
        ("feedback", "{n}", "演示"),
    ),
    "closed": (
        ("accept", "{n}"),
        ("assign", "{n}", "--lead", LEAD),
        ("resolve", "{n}", "--outcome", "演示", "--kind", "已解决"),
        ("feedback", "{n}", "演示"),
        ("close", "{n}"),
    ),
    "declined": (("decline", "{n}", "--reason", "演示"),),
}
"""The steps that bring a new case to a state."""


class Prepared(NamedTuple):
    """A world with cases in every state, each the case of one job."""

    world: World
    pool: Mapping[str, tuple[tuple[str, int], ...]]


def prepare(folder: Path, each: int) -> Prepared:
    """Make a ledger with cases in every state; ``each``: how many a command that takes one."""
    world = World(folder / "base")
    world.desk.mkdir(parents=True)
    (world.root / "home").mkdir()
    world.ok(["init"])
    world.ok(["units", "person", "add", "演示甲", "--unit", LEAD])
    keeping.begin(world, folder / "old")
    pool: dict[str, tuple[tuple[str, int], ...]] = {}
    for state, steps in STATES.items():
        wanted = each * sum(1 + w.pair for w in WRITES if w.state == state)
        pool[state] = tuple(_brought(world, state, n, steps) for n in range(wanted))
    keeping.finish(world, folder / "old")
    return Prepared(world, pool)


def _brought(
    world: World, state: str, n: int, steps: tuple[tuple[str, ...], ...]
) -> tuple[str, int]:
    made = answers(world.ok(["intake", f"演示占道 {state}{n}", "--json"]).out)[0]
    assert isinstance(made, dict)
    for step in steps:
        (made,) = answers(world.ok([*(w.format(n=made["number"]) for w in step), "--json"]).out)
        assert isinstance(made, dict)
    return made["number"], made["events"][-1]["seq"]


class Pool:
    """Hands out the cases of a world, each once."""

    def __init__(self, prepared: Prepared, world: World) -> None:
        self._left = {state: list(cases) for state, cases in prepared.pool.items()}
        self._world = world

    def job(self, write: Write, token: str) -> Job | None:
        """Return a job for a command, or None where no case is left for it."""
        files, desk = self._world.said / token, self._world.desk
        if not write.state:
            return Job(token, files=files, desk=desk)
        cases = self._left[write.state]
        if len(cases) < 1 + write.pair:
            return None
        number, seq = cases.pop()
        other = cases.pop()[0] if write.pair else ""
        return Job(token, number, other, seq, files, desk)


def some(
    writes: tuple[Write, ...], most: int, chance: random.Random, only: Sequence[str] = ()
) -> list[Write]:
    """Return all of a table, those named, or so many lines by chance, in the table's order."""
    named = [write for write in writes if not only or write.name in only]
    return [named[p] for p in sorted(chance.sample(range(len(named)), most or len(named)))]

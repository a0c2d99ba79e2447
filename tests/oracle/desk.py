"""The program behind its public entry: command lines in, JSON and an exit code out."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from sixping import cli
from tests.oracle.street import SUGGESTED, Move

COLUMNS = (
    "source_no", "text", "received", "resolved", "unit", "severity", "outcome", "community"
)  # fmt: skip
Row = dict[str, Any]


class Said(NamedTuple):
    """What a command line came to."""

    code: int
    out: str
    err: str


def call(folder: Path, now: str, *argv: str) -> Said:
    """Run a command line in this process, with a home, a ledger and a clock of its own."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    env = {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8", "COLUMNS": "80"}
    env |= {"SIXPING_LEDGER": str(folder / "ledger"), "SIXPING_BY": "演示甲", "SIXPING_NOW": now}
    stdin = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with (
        patch.dict(os.environ, env, clear=True),
        patch.object(sys, "stdin", stdin),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = cli.main(argv)
    for stream in (out, err):
        stream.seek(0)
    return Said(code, out.read(), err.read())


class Desk:
    """Plays moves through ``cli.main`` and remembers the numbers and sequence numbers given out."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.numbers: dict[int, str] = {}
        self.seqs: dict[tuple[int | None, int], int] = {}
        self.lines: list[str] = []

    def begin(self, now: datetime) -> None:
        assert self.run(now, "init").code == 0

    def run(self, now: datetime, *argv: str) -> Said:
        stated = now.isoformat()
        self.lines.append(f"{stated} sixping " + " ".join(quoted(word) for word in argv))
        return call(self.folder, stated, *argv)

    def do(self, move: Move) -> tuple[int, Any, str]:
        """Run a move; give its exit code, the case as ``show`` has it, and what was said."""
        said = self.run(move.now, *self.argv(move))
        case = None
        if (
            said.code == 0
            and said.out
            and move.kind.split()[0] not in {"calendar", "import", "person", "meeting"}
        ):
            case = json.loads(said.out)
            self.remember(move, case)
        return said.code, case, said.err

    def remember(self, move: Move, case: dict[str, Any]) -> None:
        key = move.id if move.kind == "intake" else move.case
        self.seqs[key, move.id] = max(event["seq"] for event in case["events"])

    def see(self, now: datetime, *argv: str) -> Any:
        said = self.run(now, *argv, "--json")
        assert said.code == 0, said.err
        return json.loads(said.out)

    def argv(self, move: Move) -> list[str]:
        words = move.kind.split()
        if move.kind == "intake":
            args = {**move.args}
            text = SUGGESTED[args.pop("suggested", "一般")].format(move.id)
            return [*words, text, *options(args), "--json"]
        if move.kind == "import":
            return [*words, *self.files(move.args["rows"])]
        if move.kind == "person":
            a = move.args
            return [
                *["units", "person", "add"],
                a["name"],
                "--unit",
                a["unit"],
                "--role",
                a["role"],
            ]
        if move.kind == "meeting":
            day = str(move.args["date"])
            return ["meeting", "plan", "联席会议", "--date", day, "--convener", "街道领导"]
        if words[0] == "calendar":
            return [*words, *self.calendar_args(move)]
        assert move.case is not None
        number = self.numbers.get(move.case, "2026-999999")
        extra = self.step_args(move)
        if move.approved:
            extra += ["--approved-by", move.approved]
        if move.at:
            extra += ["--at", move.at.isoformat()]
            if "--reason" not in extra:
                extra += ["--reason", "补记"]
        return [*words, number, *extra, "--json"]

    def calendar_args(self, move: Move) -> list[str]:
        args = move.args
        if move.kind == "calendar apply":
            return []
        if move.kind == "calendar import":
            path = self.folder / "year.json"
            days = [(day, True) for day in args["off"]] + [(day, False) for day in args["worked"]]
            listed = [
                {"name": "元旦", "date": str(day), "isOffDay": off} for day, off in sorted(days)
            ]
            year = {"year": args["year"], "papers": ["https://example.org"], "days": listed}
            path.write_text(json.dumps(year), encoding="utf-8")
            return [str(path), "--yes"]
        days_ = [("--off", d) for d in sorted(args.get("off", ()))]
        days_ += [("--work", d) for d in sorted(args.get("worked", ()))]
        named = [word for option, day in days_ for word in (option, str(day))]
        return [*named, "--document", f"演字{move.id}号", "--scope", "滨江区", "--yes"]

    def files(self, rows: tuple[Row, ...]) -> list[str]:
        """A file of an older ledger, and the profile that says what its columns mean."""
        table, profile = self.folder / "rows.csv", self.folder / "rows.toml"
        lines = [",".join(str(row.get(name) or "") for name in COLUMNS) for row in rows]
        table.write_text("\n".join([",".join(COLUMNS), *lines, ""]), encoding="utf-8")
        columns = "".join(f'{name} = "{name}"\n' for name in COLUMNS)
        grades = "".join(f'"{grade}" = "{grade}"\n' for grade in ("一般", "较大", "重大"))
        head = 'name = "old"\ntitle = "旧台账"\nmode = "history"\n'
        default = '[defaults]\nchannel = "投诉举报电话"\n'
        toml = f"{head}{default}[columns]\n{columns}[values.severity]\n{grades}"
        profile.write_text(toml, encoding="utf-8")
        return [str(table), "--profile", str(profile)]

    def step_args(self, move: Move) -> list[str]:
        a = move.args
        if move.kind == "void":
            return [str(self.seqs.get((move.case, a["step"]), 99999)), "--reason", "误记"]
        if move.kind == "merge":
            return ["--into", self.numbers.get(a["into"], "2026-999999")]
        table: dict[str, list[str]] = {
            "accept": [], "sign": [], "resume": [], "close": [], "consult": [],
            "undo": [],
            "amend": ["--reason", "记错"],
            "told": ["--how", "电话"],
            "decline": ["--reason", "无"], "return": ["--reason", "无"], "note": ["记"],
            "unmerge": ["--reason", "无"], "reopen": ["--reason", "无"],
            "resolve": ["--outcome", "好"], "refer": ["--content", "请处理"],
            "suspend": ["--reason", "无"],
            "answer-urge": ["已答复"], "part-done": ["--outcome", "好"], "feedback": ["已告知"],
            "refer-reply": ["--outcome", "好"], "regrade": ["--reason", "无"],
            "extend": ["--reason", "无"],
            "urge": ["--reason", "无"],
        }  # fmt: skip
        return [*table.get(move.kind, []), *options(renamed(move.kind, a))]


def renamed(kind: str, args: dict[str, Any]) -> dict[str, Any]:
    """Name what the model calls otherwise as the options do."""
    names = {"days": "workdays", "beyond": "beyond-ceiling", "everybody": "all"}
    args = {**args}
    if args.pop("words", False):
        args["feedback"] = "已当面说明"
    if kind == "amend" and args.get("anonymous") is False:
        del args["anonymous"]
        args["not-anonymous"] = True
    if kind in {"resolve", "refer-reply"}:
        names["outcome"] = "kind"
    out = {names.get(key, key).replace("_", "-"): value for key, value in args.items()}
    if kind == "verify-result":
        out = {"pass" if out.pop("passed") else "fail": True, "reason": "现场"}
    return out


def options(args: dict[str, Any]) -> list[str]:
    words: list[str] = []
    for key, value in args.items():
        if value is True:
            words.append(f"--{key}")
        elif isinstance(value, tuple):
            words += [word for one in value for word in (f"--{key}", one)]
        elif value is not False and value is not None:
            stated = value.isoformat() if isinstance(value, date | datetime) else str(value)
            words += [f"--{key}", stated]
    return words


def quoted(word: str) -> str:
    return f"'{word}'" if " " in word or not word else word

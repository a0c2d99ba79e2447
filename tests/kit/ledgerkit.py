"""What the tests of the ledger share: a stamp, a small ledger with a life in it, raw access."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sixping.cases.rules import Rules, Terms
from sixping.ledger import transaction
from sixping.store import sqlite as store
from sixping.store.files import create
from sixping.store.writer import Stamp
from sixping.util.clock import SHANGHAI
from tests.kit import events as ev
from tests.kit.storykit import shipped

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
TERMS = Terms(profile="civil-code", edition="2020-03-16", calendar="c0ffee")
PHONE, REPORTER = "13800000000", "演示甲"


def stamp(now: datetime = NOW, *, stated: bool = False) -> Stamp:
    return Stamp(now, "演示甲", "demo(1000)", "desk", "sixping test", stated)


def report(text: str = "江南大道占道经营", **more: object) -> ev.Reported:
    values: dict[str, object] = {
        "channel": "投诉举报电话",
        "community": "江一社区",
        "text": text,
        "reporter": REPORTER,
        "phone": PHONE,
    }
    return ev.Reported(**(values | more))  # type: ignore[arg-type]


def governing(_: date) -> Rules:
    """Return the shipped rules, whatever the day."""
    return shipped()


def make(folder: Path) -> Path:
    path = folder / "ledger" / "street.db"
    create(path, stamp(), {"units": ["城管中队"]})
    return path


def take_in(path: Path, text: str = "江南大道占道经营", key: str | None = None) -> str:
    with transaction(path, stamp()) as work:
        number = work.next_number(2026)
        event = report(text, request_id=key)
        work.append(number, event, NOW, before=None, rules=governing, content=b"c")
    return number


def do(path: Path, number: str, *steps: ev.Step, at: datetime = NOW) -> None:
    for step in steps:
        with transaction(path, stamp(at)) as work:
            before = work.case(number)
            work.append(number, step, at, before=before, rules=governing)


def lived(folder: Path) -> tuple[Path, str]:
    """Return a ledger with one resolved case (seq 2-6) and one fresh one (seq 7)."""
    path = make(folder)
    number = take_in(path, key="first")
    do(path, number, ev.Accepted(standard=True))
    do(path, number, ev.Assigned(lead="城管中队", assist=("江一社区",)), at=NOW + DAY)
    do(path, number, ev.Noted(text="已到现场"), at=NOW + DAY)
    do(
        path,
        number,
        ev.Resolved(outcome="已清理"),
        at=NOW + 2 * DAY,
    )
    take_in(path, "窨井盖缺失")
    return path, number


def raw(path: Path, *statements: str) -> None:
    """Change the file as somebody with the sqlite3 shell would."""
    with closing(sqlite3.connect(path, isolation_level=None)) as con:
        for statement in statements:
            con.execute(statement)


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as con:
        return con.execute(sql).fetchall()


STATES = "SELECT * FROM case_states ORDER BY number, from_seq"
CLOCKS = "SELECT * FROM clock_states ORDER BY number, round, kind, from_seq"


def fail_commit(monkeypatch: pytest.MonkeyPatch, nth: int, *, done: bool) -> None:
    """Let the nth COMMIT fail; ``done``: what it was to keep is on the disk in spite of it."""
    commits, commit = iter(range(1, 10_000)), store.commit

    def failing(con: sqlite3.Connection) -> None:
        last = next(commits) == nth
        if done or not last:
            commit(con)
        if last:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = sqlite3.SQLITE_IOERR
            raise error

    monkeypatch.setattr(store, "commit", failing)

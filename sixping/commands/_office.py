"""What the office's commands share: days as written, the organisation of a day, one change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.errors import BadData, NotAllowed, UsageFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.commands._frame import Desk
    from sixping.events import Recorded
    from sixping.exchange.convert import RowError
    from sixping.ledger import Transaction
    from sixping.organisation import History, Organisation
    from sixping.streams import Entry

#: how many faulty rows are listed on the screen
SHOWN = 20
FINDINGS = 3

From = Annotated[
    str | None, typer.Option("--from", metavar="日期", help="自哪一天起 (含), 默认今天")
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="日期", help="哪一天的情况, 默认今天")]
Why = Annotated[
    str | None, typer.Option("--reason", metavar="理由", help="查看个人信息 (--reveal) 的理由")
]
Seq = Annotated[int, typer.Argument(metavar="序号", min=1, help="要撤销的记录, 见 sixping log")]


def day_of(desk: Desk, value: str | None, *, past: bool = False, echo: bool = True) -> date:
    """Return the day that was written, today by default, and echo how it was understood."""
    if value is None:
        return desk.now.date()
    from sixping.moments import parse_day, understood_day

    day = parse_day(value, desk.now, past=past)
    if echo:
        desk.say(f"日期: {understood_day(day)}")
    return day


def short(value: str | None, field: str) -> str | None:
    """Let a short field in; raises ``UsageFault`` when it is empty."""
    if value is None:
        return None
    from sixping.text import admit

    if not value.strip():
        raise UsageFault(f"{field}是空的。", "请写出内容, 或不用这个选项。")
    return admit(value.strip(), field=field, limit=100)


def organisation_of(desk: Desk, day: date) -> Organisation:
    """Return the organisation of a day: the ledger's where there is one, else the data's."""
    from sixping import views
    from sixping.organisation import History, organisation_at, seed_of
    from sixping.units import load_units

    if not desk.ledger.exists():
        return History(seed_of(load_units()), ()).at(day)
    with views.reading(desk.ledger) as con:
        return organisation_at(con, day)


def record_changes(
    tx: Transaction, changes: Iterable[tuple[str, Recorded]]
) -> tuple[list[int], Organisation]:
    """Record (subject, event) changes of the organisation, all of them or none.

    Returns their seqs and the organisation after the last of them, on its day. Raises
    ``NotAllowed`` or ``NotFound`` when the history would make no sense.
    """
    from sixping import streams
    from sixping.organisation import STREAM

    made = list(changes)
    history = try_changes(tx, made)
    seqs = [streams.record(tx, STREAM, subject, event, tx.stamp.now) for subject, event in made]
    today = tx.stamp.now.date()
    return seqs, history.at(max((getattr(event, "day", today) for _, event in made), default=today))


def try_changes(tx: Transaction, changes: Iterable[tuple[str, Recorded]]) -> History:
    """Return the history with these changes; raises as ``record_changes``, recording nothing."""
    from sixping import streams
    from sixping.organisation import PEOPLE, STREAM, UNITS, History, base

    entries = [e for name in (UNITS, PEOPLE) for e in streams.entries(tx.con, STREAM, name)]
    now = tx.stamp.now
    for ahead, (subject, event) in enumerate(changes, 1):
        entries.append(streams.Entry(tx.seq + ahead, subject, now, now, event))
    history = History(base(tx.con), entries)
    history.check()
    return history


def refuse_orphans(con: Any, rest: Sequence[Entry]) -> None:  # noqa: ANN401 - a connection
    """Raise ``NotAllowed`` when duty records name somebody who never joined."""
    joined = {entry.event.person for entry in rest if entry.event.kind == "person_joined"}
    rows = con.execute(
        "SELECT facts FROM events WHERE stream = 'organisation' AND kind = 'person_joined'"
    )
    for (facts,) in rows.fetchall():
        person = json.loads(facts)["person"]
        used = (
            person not in joined
            and con.execute(
                "SELECT 1 FROM events e WHERE e.stream <> 'organisation' AND instr(e.facts, ?)"
                " AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.seq = e.seq) LIMIT 1",
                (f'"{person}"',),
            ).fetchone()
        )
        if used:
            raise NotAllowed(
                f"{person} 已有排班、考勤等记录, 离开请用 sixping units person leave。"
            )


def nothing_said() -> UsageFault:
    """Return the fault of a change that says nothing."""
    return UsageFault("没有写明要改什么。", "请至少写一个要改的选项, 见 --help。")


def refuse_faults(desk: Desk, faults: Sequence[RowError]) -> None:
    """List what is wrong with a file and refuse it as a whole (``BadData``)."""
    if not faults:
        return
    for fault in sorted(faults)[:SHOWN]:
        where = f"第 {fault.row} 行" + (f" {fault.column}" if fault.column else "")
        desk.say(f"{where}: {fault.what} {fault.hint}")
    if len(faults) > SHOWN:
        desk.say(f"有问题的共 {len(faults)} 处, 以上是前 {SHOWN} 处。")
    raise BadData(
        f"有 {len(faults)} 处不能导入, 整个文件都没有导入。", "请改正后重试; 已导入的行不会重复。"
    )


def reveal_people(desk: Desk, what: str, reason: str | None, *, asked: bool) -> None:
    """Record who looks at personal data of which list, and why, before it is shown."""
    if not asked:
        if reason is not None:
            raise UsageFault("--reason 只与 --reveal 同用。", "请加 --reveal, 或去掉 --reason。")
        return
    if not reason:
        raise UsageFault("查看个人信息须写明 --reason。", "例如: --reveal --reason 排班联系")
    from sixping.commands._steps import stamp_of, told
    from sixping.ledger import transaction

    why = told(reason, "理由 (--reason)")
    with transaction(desk.existing_ledger(), stamp_of(desk)) as tx:
        tx.note("job", "reveal", "revealed", {"list": what}, {"reason": why})


def masked(name: str | None) -> str:
    """Return a name as it may be said; a sign where it was erased."""
    from sixping.text import mask_name

    return "(已清除)" if name is None else mask_name(name)


def void_entry(desk: Desk, stream: str, seq: int, reason: str, check: Any) -> None:  # noqa: ANN401
    """Void an entry of a stream and say so; ``check(con)`` makes the judge of what remains."""
    from sixping import streams
    from sixping.commands._steps import stamp_of, told
    from sixping.ledger import transaction
    from sixping.pages.casepage import kind_name

    why = told(reason, "理由 (--reason)")
    with transaction(desk.existing_ledger(), stamp_of(desk)) as tx:
        gone = streams.void(tx, stream, seq, why, check(tx.con))
    desk.say(f"已撤销第 {seq} 号 ({kind_name(gone.event.kind)}), 两条记录都保留在台账里。")

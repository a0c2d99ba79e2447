"""A rectification (专项整治, 四.3): stages, who takes part on a day, and what each day came to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.phrases import GONE, first_of
from sixping.errors import NotAllowed, UsageFault
from sixping.office import operations, registers, streams
from sixping.office.conflicts import Elsewhere, refuse_elsewhere
from sixping.office.duty import DutyRecord
from sixping.office.operations import (
    Operation,
    OperationDay,
    OperationManned,
    OperationStaged,
    find,
    operations_on,
)
from sixping.office.organisation import history
from sixping.policy.teams import FIELD_RULES, load_field_rules
from sixping.queries.office import keeps
from sixping.render.meeting import shown_text
from sixping.services.fieldwork import check_licences, plan_operation, register_found
from sixping.services.personal.atoperations import veiled
from sixping.services.personal.named import Named
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.util.clock import SHANGHAI
from sixping.util.daytext import understood_day
from sixping.util.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import time

    from sixping.calendar.table import Calendar
    from sixping.cases.codec import Recorded
    from sixping.cases.intake import IntakeData
    from sixping.cases.rules import Rules
    from sixping.services.fieldwork import Plan
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "rectification"
#: the longest one that is planned; a longer one is another each year
_LONGEST = 366
#: days named on one line; more are counted
_NAMED = 8


def refuse_targets(con: Connection, text: str, what: str) -> None:
    """Raise ``NotAllowed`` for words that set a number of penalties (四.3)."""
    found = rule_on(con, FIELD_RULES, load_field_rules).target_in(text)
    if found is not None:
        raise NotAllowed(
            f"{what}写有罚款或处罚的数量: {found}。",
            "专项整治定检查对象的数量 (--objects), 不定罚款、处罚的数量 (四.3); 请改写。",
        )


def plan(tx: Transaction, asked: Plan, last: date) -> tuple[Operation, int]:
    """Record the plan of a rectification; return it and the seq. Raises what 四.3 refuses."""
    first = asked.day
    registers.require(tx.con, KEY)
    if last < first:
        raise UsageFault(
            f"结束 {understood_day(last)} 早于开始 {understood_day(first)}。",
            "请核对 --date 和 --until。",
        )
    if (last - first).days > _LONGEST:
        raise UsageFault("专项整治最长安排一年。", "更长的请按年度分别安排。")
    refuse_targets(tx.con, asked.name, "名称")
    return plan_operation(tx, asked)


def _recorded(tx: Transaction, event: Recorded, name: str) -> tuple[Operation, int]:
    """Record an event of an operation; return it after that, which judges it, and the seq."""
    seq = streams.record(tx, operations.STREAM, name, event, tx.stamp.now)
    return find(operations.fold(streams.entries(tx.con, operations.STREAM)), name), seq


def _long(tx: Transaction, name: str) -> Operation:
    registers.require(tx.con, KEY)
    operation = find(operations_on(tx.con), name)
    if not operation.long:
        raise NotAllowed(
            f"{operation.id} 是一天的联合执法, 没有阶段和每日情况。",
            f"记录结果: sixping operation result {operation.id} 结果;"
            " 安排多日的: operation plan 名称 --date 日期 --until 日期。",
        )
    return operation


def _of_its_days(operation: Operation, *days: date) -> None:
    for day in days:
        if not operation.on(day):
            first, last = understood_day(operation.plan.day), understood_day(operation.last)
            raise NotAllowed(
                f"{understood_day(day)}不在 {operation.id} 的日期里。",
                f"{operation.id} 自{first}至{last}。",
            )


def add_stage(
    tx: Transaction, name: str, stage: str, first: date, last: date, what: str | None
) -> tuple[Operation, int]:
    """Record a stage of a rectification; return it and the seq."""
    operation = _long(tx, name)
    if last < first:
        raise UsageFault(
            f"结束 {understood_day(last)} 早于开始 {understood_day(first)}。",
            "请核对 --date 和 --until。",
        )
    _of_its_days(operation, first, last)
    if any(one.stage == stage for one in operation.stages):
        raise NotAllowed(
            f"{operation.id} 已有这个阶段: {stage}。",
            "请换一个名称; 记错了: sixping operation void 序号 --reason 理由",
        )
    for text in filter(None, (stage, what)):
        refuse_targets(tx.con, text, "阶段")
    event = OperationStaged(operation=operation.id, first=first, last=last, stage=stage, text=what)
    return _recorded(tx, event, operation.id)


def man(tx: Transaction, name: str, day: date, people: Sequence[str]) -> tuple[Operation, int]:
    """Record who takes part on a day instead of those planned; nobody: it rests that day."""
    operation = _long(tx, name)
    _of_its_days(operation, day)
    if day in operation.days:
        raise NotAllowed(
            f"{understood_day(day)}的情况已经记录, 不能再改人员。",
            "先撤销那一天的情况: sixping operation void 序号 --reason 理由",
        )
    organisation = history(tx.con).at(day)
    ids = tuple(person.id for person in organisation.find_all(people))
    if ids:
        _check_team(tx, operation, day, ids)
    event = OperationManned(operation=operation.id, day=day, people=ids)
    return _recorded(tx, event, operation.id)


def _check_team(tx: Transaction, operation: Operation, day: date, ids: Sequence[str]) -> None:
    """Refuse people who are elsewhere on a day, or none of whom holds a licence then (四.3)."""
    organisation = history(tx.con).at(day)
    check_licences(organisation.find_all(ids), organisation, day)
    hours = (operation.plan.start, operation.plan.end)
    refuse_elsewhere(tx.con, day, ids, hours, but=operation.id)


class DayTold(NamedTuple):
    """What is told of a day: how many were checked, cases that are known, and new problems."""

    day: date
    checked: int
    cases: Iterable[str]
    problems: Sequence[tuple[str, str | None]]
    text: str | None


def record_day(
    tx: Transaction, name: str, told: DayTold, data: IntakeData, rules: Rules
) -> tuple[Operation, OperationDay, int]:
    """Record what a day came to and register what was come upon; all of it or nothing."""
    operation = _long(tx, name)
    _of_its_days(operation, told.day)
    now = tx.stamp.now
    people = operation.people(told.day)
    if not people:
        raise NotAllowed(
            f"{operation.id} 在{understood_day(told.day)}没有人员。",
            f"请先写明: sixping operation people {operation.id} --date 日期 --person 人员",
        )
    _check_team(tx, operation, told.day, people)
    moment = _received(operation, told.day, now, rules.edition.counting.closes)
    known = [tx.case(number).number for number in told.cases]
    found = [register_found(tx, problem, moment, data, rules) for problem in told.problems]
    event = OperationDay(
        operation=operation.id, day=told.day, checked=told.checked, people=people,
        cases=tuple(dict.fromkeys((*known, *found))), text=told.text,
    )  # fmt: skip
    after, seq = _recorded(tx, event, operation.id)
    return after, event, seq


def _received(operation: Operation, day: date, now: datetime, closes: time) -> datetime:
    """Return when what was come upon on a day counts as received: at its end, or by now."""
    end = operation.plan.end
    until = datetime.fromisoformat(f"{day}T{end or closes}").replace(tzinfo=SHANGHAI)
    return min(until, now)


# --- how one stands ------------------------------------------------------------------------


def clashes(con: Connection, operation: Operation) -> Iterator[tuple[date, str]]:
    """Yield on which days somebody is elsewhere, or nobody holds a licence, and what it is.

    Where one of two operations has no hours, nobody knows whether they are at the same time.
    """
    known, elsewhere = history(con), Elsewhere(con, operation.plan.day, operation.last)
    hours = (operation.plan.start, operation.plan.end)
    beside = [other for other in operations_on(con).values() if other.id != operation.id]
    for day in operation.each_day():
        people = operation.people(day)
        if not people or day in operation.days:
            continue
        organisation = known.at(day)
        there = [organisation.people[who] for who in people if who in organisation.people]
        try:
            check_licences(there, organisation, day)
            elsewhere.refuse(day, people, hours, but=operation.id)
        except NotAllowed as fault:
            yield day, fault.what
            continue
        for other in beside:
            both = [who for who in people if who in other.people(day)]
            if both and not (hours[0] and other.plan.start):
                yield day, f"{'、'.join(both)} 也在联合执法 {other.id} (没有写时段, 请核对)"


def on_roster(
    con: Connection, operation: Operation, first: date, last: date
) -> Iterator[tuple[date, str]]:
    """Yield who of an operation is on the roster of the room during it, day by day.

    One whose hours are outside those of the room takes nobody from it.
    """
    record, policy = DutyRecord(con, first, last), rulebooks_on(con).policy
    start, end = operation.plan.start, operation.plan.end
    for day in operation.each_day():
        if not first <= day <= last:
            continue
        counting = policy.edition_at(day).counting
        opens, closes = f"{counting.opens:%H:%M}", f"{counting.closes:%H:%M}"
        if start and end and (end <= opens or closes <= start):
            continue
        rosters = record.at(day).rosters.values()
        for who in operation.people(day):
            if any(who in roster for roster in rosters):
                yield day, who


def roster_words(con: Connection, operation: Operation) -> list[str]:
    """Say who of an operation is on the roster of the room on the same days; empty: nobody."""
    found: dict[str, list[date]] = {}
    for day, who in on_roster(con, operation, operation.plan.day, operation.last):
        found.setdefault(who, []).append(day)
    return [
        f"注意: {who} 在{_named_days(days)}排了值守, 行动期间不在指挥室;"
        f" 换班: sixping duty swap {days[0]} {who} --propose"
        for who, days in found.items()
    ]


def operation_words(con: Connection, day: date, people: Iterable[str]) -> list[str]:
    """Say who of the roster of a day is in an operation then; empty: nobody, or asleep."""
    if registers.begun(con, KEY) is None:
        return []
    wanted = set(people)
    return [
        f"注意: {who} 在{understood_day(day)}安排了联合执法 {operation.id}, 行动期间不在指挥室。"
        for operation in operations_on(con).values()
        if operation.on(day)
        for _, who in on_roster(con, operation, day, day)
        if who in wanted
    ]


def _named_days(days: Sequence[date]) -> str:
    return first_of([f"{day.month}月{day.day}日" for day in days], _NAMED, "天")


def surplus(operation: Operation) -> int:
    """Return by how many more were checked than were planned: some may be counted twice."""
    planned = operation.plan.objects
    return 0 if planned is None else max(operation.checked - planned, 0)


def unrecorded(operation: Operation, begun: date, today: date, calendar: Calendar) -> list[date]:
    """Return the past days without a record: nobody knows what was done, it is not nothing.

    A working day wants one, and a day of rest on which people were put; none does before the
    register began or after the result.
    """
    return [
        day
        for day in operation.each_day()
        if begun <= day < today
        and (operation.ended is None or day <= operation.ended)
        and day not in operation.days
        and (bool(operation.manned[day]) if day in operation.manned else calendar.is_workday(day))
    ]


def spans(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return days one after another as stretches."""
    return [(first, last) for first, last, _ in stretches((day, "") for day in days)]


def stretches(said: Iterable[tuple[date, str]]) -> list[tuple[date, date, str]]:
    """Return what is said of days, once for those one after another of which the same is."""
    found: list[tuple[date, date, str]] = []
    for day, what in said:
        if found and found[-1][2] == what and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day, what)
        else:
            found.append((day, day, what))
    return found


def clash_words(clashing: Iterable[tuple[date, str]]) -> list[str]:
    """Return clashes in words, a line for days one after another."""
    return [
        f"{understood_day(first)}{'' if first == last else f' 至 {understood_day(last)}'}: {what}"
        for first, last, what in stretches(clashing)
    ]


def rows(
    con: Connection,
    now: datetime,
    calendar: Calendar,
    *,
    reveal: bool,
    as_of: int | None = None,
) -> Callable[[Operation], dict[str, Any]]:
    """Return what makes a row of an operation; of days it tells only once the register began."""
    begun = registers.begun(con, KEY, as_of)
    shown, named = str if reveal else mask_text, Named(con)

    def row(operation: Operation) -> dict[str, Any]:
        operation = operation if reveal else veiled(con, operation, named)
        plan = operation.plan
        made = {
            "id": operation.id,
            "date": plan.day.isoformat(),
            "from": plan.start,
            "to": plan.end,
            "title": shown(plan.text) if plan.text else None,
            "platforms": list(plan.platforms),
            "units": list(plan.units),
            "people": list(plan.people),
            "coordinator": plan.coordinator,
            "cases": list(operation.cases),
            "outcome": shown(operation.outcome) if operation.outcome else None,
        }
        if begun is None:
            return made
        missing = unrecorded(operation, begun, now.date(), calendar) if operation.long else None
        return made | {
            "until": plan.until and plan.until.isoformat(),
            "objects": plan.objects,
            "checked": operation.checked if operation.days else None,
            "unrecorded": None if missing is None else [day.isoformat() for day in missing],
        }

    return row


def kept(con: Connection, operation: Operation) -> Operation:
    """Return an operation as it may be told: without its days while the register sleeps."""
    if not operation.long or keeps(con, KEY):
        return operation
    plan = replace(operation.plan, until=None, objects=None)
    return replace(operation, plan=plan, stages=[], manned={}, days={})


def whole(con: Connection, operation: Operation, *, reveal: bool) -> dict[str, Any]:
    """Return what ``operation show`` tells of a rectification besides its row."""
    operation = operation if reveal else veiled(con, operation)
    return {
        "stages": [
            {
                "name": shown_text(one.stage, reveal=reveal),
                "from": one.first.isoformat(),
                "to": one.last.isoformat(),
                "text": shown_text(one.text, reveal=reveal),
            }
            for one in by_days(operation.stages)
        ],
        "days": [
            {
                "date": day.isoformat(),
                "checked": told.checked,
                "people": list(told.people),
                "cases": list(told.cases),
                "text": shown_text(told.text, reveal=reveal),
            }
            for day, told in sorted(operation.days.items())
        ],
        "manned": [
            {"date": day.isoformat(), "people": list(people)}
            for day, people in sorted(operation.manned.items())
        ],
        "clashes": [
            {"date": day.isoformat(), "what": what} for day, what in clashes(con, operation)
        ],
    }


def by_days(stages: Iterable[OperationStaged]) -> list[OperationStaged]:
    """Return stages in the order of their days."""
    return sorted(stages, key=lambda one: (one.first, one.last))


def lines(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a rectification as lines of label and text, for people."""
    days = f"{_day(document['date'])} 至 {_day(document['until'] or document['date'])}"
    hours = "-".join(filter(None, (document["from"], document["to"])))
    planned = document["objects"]
    checked = document["checked"]
    said = "还没有每日记录" if checked is None else f"已查 {checked}"
    if checked is not None and planned is not None and checked > planned:
        said += f", 多于计划 {checked - planned} (同一家查了几次的请核对)"
    found: list[tuple[str, str | None]] = [
        ("编号", document["id"]),
        ("名称", document["title"] or GONE),
        ("日期", f"{days} {hours}".rstrip()),
        ("平台", "、".join(document["platforms"])),
        ("单位", "、".join(document["units"])),
        ("人员", "、".join(document["people"])),
        ("协调", document["coordinator"]),
        ("检查", f"计划 {planned}, {said}" if planned is not None else said),
    ]
    found += [
        ("阶段", f"{_day(one['from'])} 至 {_day(one['to'])} {one['name'] or GONE}: "
                 f"{one['text'] or ''}".rstrip(": "))
        for one in document["stages"]
    ]  # fmt: skip
    found += [
        (_day(one["date"]), f"{'、'.join(one['people']) or '不开展'}")
        for one in document["manned"]
        if one["date"] not in {day["date"] for day in document["days"]}
    ]
    for one in document["days"]:
        cases = f", 发现 {'、'.join(one['cases'])}" if one["cases"] else ""
        text = f"; {one['text']}" if one["text"] else ""
        who = "、".join(one["people"])
        found.append((_day(one["date"]), f"查 {one['checked']} ({who}){cases}{text}"))
    clashing = ((date.fromisoformat(one["date"]), one["what"]) for one in document["clashes"])
    found += [("注意", words) for words in clash_words(clashing)]
    if missing := document["unrecorded"]:
        named = first_of([_day(each) for each in missing], _NAMED, "天")
        found.append(("未记录", f"{named} (情况不详, 不是 0)"))
    found += [("事项", "、".join(document["cases"])), ("结果", document["outcome"])]
    return [{"label": label, "text": text} for label, text in found if text]


def _day(text: str) -> str:
    return understood_day(date.fromisoformat(text))

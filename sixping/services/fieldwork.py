"""Patrols (附2.3) and joint operations (四.3) as they are recorded, with the cases they concern."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.intake import named, read_input, register
from sixping.cases.steps.handling import Noted
from sixping.errors import NotAllowed, NotFound, UsageFault
from sixping.office import operations, patrols, registers, streams
from sixping.office.conflicts import Hours, refuse_elsewhere
from sixping.office.duty import month_of
from sixping.office.operations import OperationPlanned, OperationResulted, find, operations_on
from sixping.office.organisation import missing, organisation_at
from sixping.office.patrols import Patrolled, by_way, check_team, check_units
from sixping.policy.teams import FIELD_RULES, PATROL, Way, load_field_rules
from sixping.policy.units import UnitKind, coordinator
from sixping.policy.vocabulary import Platform
from sixping.queries.office import recorded
from sixping.store.documents import rule_on
from sixping.util.clock import SHANGHAI
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sixping.cases.intake import IntakeData
    from sixping.cases.rules import Rules, RulesOf
    from sixping.office.operations import Operation
    from sixping.office.organisation import Organisation, Person
    from sixping.policy.units import Units
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


class Patrol(NamedTuple):
    """A patrol as it is told, names resolved; ``problems``: text and grid of each case."""

    day: date
    start: str
    end: str
    grids: tuple[str, ...]
    people: tuple[Person, ...]
    units: tuple[str, ...]
    problems: tuple[tuple[str, str | None], ...]
    note: str | None
    way: Way = PATROL

    @property
    def ended(self) -> datetime:
        """When it ended; what it came upon is received then."""
        return datetime.fromisoformat(f"{self.day}T{self.end}").replace(tzinfo=SHANGHAI)


def grid_of(units: Units, name: str) -> str:
    """Return the name of a grid. Raises ``NotFound``."""
    unit = units.find(name)
    if unit.kind is not UnitKind.GRID:
        grids = "、".join(grid.name for grid in units.grids(unit.name))
        raise NotFound(
            f"{unit.name}不是网格。",
            f"网格有: {grids}。" if grids else "见 sixping units list --kind grid。",
        )
    return unit.name


def problem_in(units: Units, grids: Sequence[str] | None, text: str) -> tuple[str, str | None]:
    """Return what was come upon, and in which of the grids; ``网格:`` before it names one.

    ``grids`` None: it may be any.
    """
    head, colon, rest = text.replace("\uff1a", ":").partition(":")
    unit = units.get(head.strip()) if colon else None
    if unit is not None and unit.kind is UnitKind.GRID:
        if grids is not None and unit.name not in grids:
            raise UsageFault(f"{unit.name}不在这次巡查的网格里。", "请核对 --grid 和 --found。")
        return rest.strip(), unit.name
    return text, grids[0] if grids and len(grids) == 1 else None


def way_of(con: Connection, name: str | None) -> Way:
    """Return the way a team went; None: on patrol. Raises ``UnknownName``.

    ``NotAllowed`` for any other while the street keeps no register of persons.
    """
    if name is None:
        return PATROL
    registers.require(con, "persons")
    return rule_on(con, FIELD_RULES, load_field_rules).way(name)


def covering(con: Connection, gone: Iterable[Patrolled]) -> tuple[list[Patrolled], dict[str, int]]:
    """Return those of the patrols that cover grids (附2.3), and how often teams went otherwise."""
    ways = rule_on(con, FIELD_RULES, load_field_rules).covering
    every = list(gone)
    counting = [patrol for patrol in every if patrol.sort in ways]
    return counting, by_way(patrol for patrol in every if patrol.sort not in ways)


def check_patrol(con: Connection, patrol: Patrol, units: Units) -> None:
    """Hold the team of a patrol against 附2.3. Raises ``NotAllowed``."""
    if not patrol.way.coverage:
        return
    needs = rule_on(con, FIELD_RULES, load_field_rules).patrol
    check_team(patrol.people, needs, units, patrol.day)
    check_units(patrol.people, [units.find(name) for name in patrol.units])


def record_patrol(
    tx: Transaction, patrol: Patrol, data: IntakeData, rules: Rules
) -> tuple[int, Patrolled]:
    """Record a patrol and register what it came upon; return the seq and the event."""
    people = tuple(person.id for person in patrol.people)
    refuse_elsewhere(tx.con, patrol.day, people, (patrol.start, patrol.end))
    cases = tuple(_register(tx, patrol, problem, data, rules) for problem in patrol.problems)
    event = Patrolled(
        day=patrol.day, start=patrol.start, end=patrol.end, grids=patrol.grids, people=people,
        units=patrol.units, cases=cases, sort=patrol.way.name, text=patrol.note,
    )  # fmt: skip
    return streams.record(tx, patrols.STREAM, month_of(patrol.day), event, patrol.ended), event


def _register(
    tx: Transaction,
    patrol: Patrol,
    problem: tuple[str, str | None],
    data: IntakeData,
    rules: Rules,
) -> str:
    """Register a problem as a case of the patrols' channel, received as the patrol ended."""
    return register_found(tx, problem, patrol.ended, data, rules)


def register_found(
    tx: Transaction,
    problem: tuple[str, str | None],
    moment: datetime,
    data: IntakeData,
    rules: Rules,
) -> str:
    """Register what was come upon in the field, and in which grid; return its number."""
    text, grid = problem
    said = {"text": text, "channel": rules.edition.patrol_channel.name, "grid": grid}
    report = named(read_input({**said, "place": None}), data, rules)
    number = tx.next_number(moment.year)
    event = register(report, data, rules)
    tx.append(number, event, moment, before=None, rules=lambda _: rules, content=report.content())
    return number


# --- joint operations ----------------------------------------------------------------------


class Plan(NamedTuple):
    """An operation as it is asked for: names as written, the numbers of cases complete.

    ``until``: the last day of a rectification; ``objects``: how many are to be checked in it.
    """

    name: str
    day: date
    hours: Hours
    units: Sequence[str]
    people: Sequence[str]
    platforms: Sequence[Platform]
    cases: Iterable[str]
    until: date | None = None
    objects: int | None = None


def plan_operation(tx: Transaction, plan: Plan) -> tuple[Operation, int]:
    """Record the plan of an operation; return it and the seq. Raises what 四.3 refuses."""
    organisation = organisation_at(tx.con, plan.day)
    units = tuple(dict.fromkeys(organisation.units.find(name).name for name in plan.units))
    people = organisation.find_all(plan.people)
    _check_operation(people, units, organisation, plan.day)
    ids = tuple(person.id for person in people)
    refuse_elsewhere(tx.con, plan.day, ids, plan.hours)
    number = recorded(tx.con, OperationPlanned.kind) + 1
    event = OperationPlanned(
        operation=f"o{number}", day=plan.day, start=plan.hours[0], end=plan.hours[1],
        platforms=_platforms(organisation.units, plan.platforms, units), units=units, people=ids,
        cases=_open_cases(tx, plan.cases), coordinator=coordinator(units, organisation.units),
        until=plan.until, objects=plan.objects, text=plan.name,
    )  # fmt: skip
    seq = streams.record(tx, operations.STREAM, event.operation, event, tx.stamp.now)
    return operations_on(tx.con)[event.operation], seq


def _check_operation(
    people: Sequence[Person], units: Sequence[str], organisation: Organisation, day: date
) -> None:
    """Refuse a team without the licence holders 四.3 needs, or of units not named."""
    for person in people:
        if person.unit not in units:
            raise NotAllowed(
                f"{person.id} 属于{person.unit}, 不在参加的单位里。",
                f"请加 --unit {person.unit}, 或去掉这个人。",
            )
    check_licences(people, organisation, day)


def check_licences(people: Iterable[Person], organisation: Organisation, day: date) -> None:
    """Refuse people without the licence holders that 四.3 needs on a day."""
    team = tuple(people)
    for need in load_field_rules().operation:
        if short := missing(need, team, organisation.units, day):
            raise NotAllowed(
                f"{need.what}缺 {short} 名 ({need.clause})。",
                f"执法证须在{understood_day(day)}有效; 见 sixping units people。",
            )


def _platforms(known: Units, asked: Iterable[Platform], units: Iterable[str]) -> tuple[str, ...]:
    """Return the platforms asked for and those of the units, in the order of the notice."""
    of_units = (known.find(unit).platform for unit in units)
    taking_part = {*asked, *(platform for platform in of_units if platform)}
    return tuple(platform.value for platform in Platform if platform in taking_part)


def _open_cases(tx: Transaction, numbers: Iterable[str]) -> tuple[str, ...]:
    cases = tuple(dict.fromkeys(numbers))
    for number in cases:
        if not tx.case(number).open:
            raise NotAllowed(
                f"{number} 已经办结或不再办理。",
                f"请去掉它, 或先 sixping reopen {number} --reason 理由。",
            )
    return cases


def record_result(
    tx: Transaction, name: str, cases: Iterable[str], outcome: str, rules: RulesOf
) -> tuple[Operation, int]:
    """Record what came of an operation, on itself and on each case; return it and the seq."""
    operation = find(operations_on(tx.con), name)
    day, now = operation.plan.day, tx.stamp.now
    if day > now.date():
        raise NotAllowed(
            f"{operation.id} 安排在{understood_day(day)}, 还没有进行。", "进行后再记录结果。"
        )
    numbers = tuple(dict.fromkeys((*operation.cases, *cases)))
    event = OperationResulted(operation=operation.id, cases=numbers, outcome=outcome)
    seq = streams.record(tx, operations.STREAM, operation.id, event, now)
    after = operations.fold(streams.entries(tx.con, operations.STREAM))  # which judges it
    operation = find(after, operation.id)
    what = f"专项整治 {operation.id} ({day} 至 {operation.last})" if operation.long else ""
    words = f"{what or f'联合执法 {operation.id} ({day})'}: {outcome}"
    for number in numbers:
        before = tx.case(number)
        tx.append(number, Noted(text=words), now, before=before, rules=rules)
    return operation, seq

"""``sixping demo``: an invented ledger, and the main job shown on it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import typer

from sixping.cases.intake import ReportInput, register
from sixping.commands.cases import declining, ending, handling, referral
from sixping.console.context import Context
from sixping.console.stepcommand import stamp_of, units_of
from sixping.errors import NotAllowed
from sixping.policy.units import UnitKind
from sixping.services.demonstration import PHONES, parse_demo, turns
from sixping.util import datafiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sixping.cases.model import Case
    from sixping.services.demonstration import Sketch, Turn
    from sixping.services.taking import Build, Situation
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp

FILE = "demo.sqlite3"
WHO = "演示甲"


def demo(ctx: typer.Context) -> None:
    """用虚构的数据试用: 登记、超期清单、月报。

    示例:
      sixping demo
      sixping --ledger 试用.sqlite3 demo
    """
    context = Context.of(ctx)
    path = _place(context)
    channel = _live_through(context, path)
    context.say(f"已建成演示台账 (全部虚构): {path}", "")
    # The demo is for people: tables also where the output is kept in a file.
    table = [] if context.terminal.isatty else ["--format", "table"]
    _run(ctx, path, ["intake", "江南大道占道经营", "--channel", channel])
    _run(ctx, path, ["overdue", *table])
    _run(ctx, path, ["report", "--month", *table])
    context.say(
        "",
        f"接着试用: export SIXPING_LEDGER='{path}'",
        "然后: sixping list; sixping show 1; sixping overdue --within 3; sixping verify",
    )


def _place(context: Context) -> Path:
    """Return where the demo goes: as stated, or a file of its own that it may replace."""
    if context.stated_ledger or os.environ.get("SIXPING_LEDGER"):
        return context.ledger
    path = context.ledger.with_name(FILE)
    if path.exists():
        _refuse_other(path)
        path.unlink()
    return path


def _refuse_other(path: Path) -> None:
    from sixping.queries import cases
    from sixping.store.sqlite import reading

    with reading(path) as con:
        first = cases.log(con, limit=None, stream="organisation", subject="ledger")[0][0]
    if not json.loads(first.facts).get("demo"):
        raise NotAllowed(f"{path} 不是演示台账, 不会覆盖。", "请用 --ledger 另写一个文件名。")


def _live_through(context: Context, path: Path) -> str:
    """Make the ledger, whole or not at all, with all that happened in the invented lives.

    Returns the channel of the report that is shown being registered.
    """
    from sixping.ledger import drafting
    from sixping.services.rulebooks import rulebooks_of
    from sixping.services.upkeep.books import make_ledger

    text, source = datafiles.read("demo.toml")
    sketches, leaders = parse_demo(text, str(source))
    rulebooks = rulebooks_of(None)  # the data's, which the ledger adopts at its first moment
    life = turns(sketches, context.now, rulebooks.calendar)
    stamp = replace(stamp_of(context), by=WHO, stated_now=True)

    def live(draft: str) -> None:
        with drafting(draft, f"没有建成演示台账: {path}"):
            _live(draft, stamp, life, sketches, leaders)

    make_ledger(path, replace(stamp, now=life[0].at), live)
    edition = rulebooks.policy.edition_at(context.now.date())
    grid = edition.grid_channels
    return grid[len(grid) // 2] if grid else edition.default_channel.name


def _live(
    path: str,
    stamp: Stamp,
    life: Sequence[Turn],
    sketches: Sequence[Sketch],
    leaders: Mapping[str, str],
) -> None:
    """Take every step of the invented lives, each at its time."""
    from sixping.ledger import transaction
    from sixping.services.rulebooks import rules_in
    from sixping.services.taking import Situation, steps_of

    with transaction(path, replace(stamp, now=life[0].at)) as work:
        _register(work, leaders)
    leader = next(iter(leaders))
    numbers: dict[int, str] = {}
    for turn in life:
        with transaction(path, replace(stamp, now=turn.at)) as work:
            if turn.step == "intake":
                sketch = sketches[turn.report % len(sketches)]
                numbers[turn.report] = _intake(work, turn, sketch)
                continue
            case = work.case(numbers[turn.report])
            situation = Situation(work, case, turn.at, "演示")
            for of, event in steps_of(case, _step(turn.step, case, situation, leader)(situation)):
                work.append(of.number, event, turn.at, before=of, rules=rules_in(work.con))


def _register(work: Transaction, leaders: Mapping[str, str]) -> None:
    """Enter the invented leaders in the register: in an office that leads no platform."""
    from sixping.office.organisation import organisation_at
    from sixping.services.organisation import join

    day = work.stamp.now.date()
    units = organisation_at(work.con, day).units
    offices = [unit.name for unit in units if unit.kind is UnitKind.OFFICE and not unit.platform]
    roles = units.roles
    unit = next((name for name in offices if name != roles.room), roles.room)
    for name, role in leaders.items():
        join(work, {"name": name, "role": role, "unit": unit}, day)


def _intake(work: Transaction, turn: Turn, sketch: Sketch) -> str:
    from sixping.services.intake import intake_data
    from sixping.services.rulebooks import rulebooks_on, rules_in

    data, rules = (
        intake_data(work.con, turn.at.date()),
        rulebooks_on(work.con).rules(turn.at.date()),
    )
    places = [unit.name for unit in data.units if unit.kind is UnitKind.GRID]
    channels = rules.edition.channels
    known = any(nature.name == sketch.nature for nature in data.taxonomy.natures)
    report = ReportInput(
        text=sketch.text,
        channel=channels[turn.report * 5 % len(channels)].name,
        grid=places[turn.report * 7 % len(places)] if places else None,
        reporter=f"演示{'甲乙丙丁戊'[turn.report % 5]}",
        phone=str(PHONES + turn.report),
        severity=sketch.severity,
        nature=sketch.nature if known else None,
    )
    number = work.next_number(turn.at.year)
    event = register(report, data, rules)
    work.append(
        number, event, turn.at, before=None, rules=rules_in(work.con), content=report.content()
    )
    return number


def _step(step: str, case: Case, situation: Situation, leader: str) -> Build:
    """Return the step as the command of that name would take it."""
    units = units_of(situation)
    unit = case.lead or units.coordinator
    due = case.received_at.date() + timedelta(days=40)
    builds: dict[str, Any] = {
        "accept": handling.accept.build,
        "decline": declining.decline.build,
        "assign": lambda: handling.assign.build(lead=_lead(situation)),
        "sign": handling.sign.build,
        "return": handling.return_.build,
        "resolve": lambda: handling.resolve.build(
            outcome="已派人到现场处置, 问题解决", kind=next(iter(situation.edition.settling), None)
        ),
        "feedback": lambda: ending.feedback.build(text="已告知办理结果", satisfaction=4),
        "close": ending.close.build,
        "consult": lambda: referral.consult.build(leader=leader),
        "decide": lambda: referral.decide.build(lead=unit, due=due.isoformat()),
        "refer": lambda: referral.refer.build(
            to=[units.roles.district_platform or units.district[0]],
            content="涉及相邻街道管网, 请区里牵头",
            receipt="演示收文1号",
        ),
        "refer-reply": lambda: referral.refer_reply.build(outcome="区里已组织修复"),
    }
    build: Build = builds[step]()
    return build


def _lead(situation: Situation) -> str:
    """Return the unit that usually leads, as the ledger suggested it at intake."""
    from sixping.cases.steps.intake import suggested_lead

    suggested = suggested_lead(situation.log[:1], situation.case.category)
    return suggested or units_of(situation).coordinator


def _run(ctx: typer.Context, path: Path, args: list[str]) -> None:
    """Show a command as it is typed, and run it on the demo ledger."""
    sys.stdout.write(f"\n$ sixping {shlex.join(args)}\n")
    sys.stdout.flush()
    root: Any = ctx.find_root().command
    with root.make_context("sixping", ["--ledger", str(path), *args], obj=Context()) as child:
        root.invoke(child)
    sys.stdout.flush()

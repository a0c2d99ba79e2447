"""Every option that takes a date is in one table, and no date is ever guessed a year away."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sixping.commands import TABLE as COMMANDS
from sixping.console import dated
from sixping.console.frame import CommandSpec, Table
from sixping.errors import UsageFault
from sixping.util import dates, daytext
from sixping.util.clock import SHANGHAI

if TYPE_CHECKING:
    from tests.conftest import Runner

DAY = timedelta(days=1)
DATED_WORDS = ("日期", "时间", "时刻", "月", "季度", "年", "周")
NOT_DATED = {"栏目 文字"}


def leaves(table: Table, path: tuple[str, ...] = ()) -> Iterator[tuple[str, CommandSpec]]:
    for name, entry in table.items():
        if isinstance(entry, CommandSpec):
            yield " ".join((*path, name)), entry
        else:
            yield from leaves(entry.entries, (*path, name))


def options(entry: CommandSpec) -> Iterator[Any]:
    """Yield what Typer is told of each parameter of a command."""
    function = getattr(import_module(f"sixping.commands.{entry.module}"), entry.function)
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        yield from getattr(parameter.annotation, "__metadata__", ())


def test_every_option_that_takes_a_date_is_in_the_table_with_its_commands() -> None:
    used, steps = set(), 0
    for path, entry in leaves(COMMANDS):
        for info in options(entry):
            row = getattr(info, "dated", None)
            words = info.metavar or ""
            takes = words not in NOT_DATED and any(word in words for word in DATED_WORDS)
            assert (row is not None) == takes, f"{path}: {words} belongs into console/dated.py"
            if row is dated.AT:
                assert entry.module.startswith("cases."), path
                steps += 1
            elif row is not None:
                used.add((path, row.name, row))
    listed = {
        (where, row.name, row) for row in dated.TABLE for where in row.where if row is not dated.AT
    }
    assert used == listed
    assert steps > 20


# --- the property, over all days of three years ---------------------------------------------

YEARS = [date(2026, 1, 1) + n * DAY for n in range(3 * 365 + 1)]
FIXED = [(12, 31), (1, 1), (2, 28), (2, 29), (3, 1)]
FAR = [*(-184, -183, -182, -100, -31, -1, 0), *(1, 30, 100, 182, 183, 184)]
HALF = 183


def nearest(month: int, day: int, today: date) -> list[date]:
    """Return the nearest such day, or both where they are equally near; slowly, by trying."""
    known = []
    for year in range(today.year - 8, today.year + 9):
        try:
            known.append(date(year, month, day))
        except ValueError:
            continue
    least = min(abs(each - today) for each in known)
    return [each for each in known if abs(each - today) == least]


def meant(near: list[date], today: date, direction: str) -> date | None:
    """Return what is understood, None where it is refused."""
    if abs(near[0] - today).days > HALF:
        return None
    sides = [
        each
        for each in near
        if direction == "any" or each == today or (each > today) == (direction == "future")
    ]
    return max(sides, default=None)


def understood(
    written: str, now: datetime, kind: str, direction: dates.Direction
) -> date | UsageFault:
    try:
        if kind == "day":
            return dates.parse_day(written, now, direction)
        return dates.parse_moment(written, now, direction).date()
    except UsageFault as fault:
        return fault


@pytest.mark.parametrize(
    ("kind", "direction"),
    sorted({(row.kind, row.direction) for row in dated.TABLE if row.kind in {"day", "moment"}}),
)
def test_a_date_without_a_year_is_the_nearest_or_refused_on_every_day(
    kind: str, direction: dates.Direction
) -> None:
    for today in YEARS:
        now = datetime(today.year, today.month, today.day, 9, 30, tzinfo=SHANGHAI)
        tried = {((today + n * DAY).month, (today + n * DAY).day) for n in FAR}
        for month, day in sorted(tried | set(FIXED)):
            near, written = nearest(month, day, today), f"{month}月{day}日"
            expected = meant(near, today, direction)
            found = understood(written, now, kind, direction)
            if expected is not None:
                assert found == expected, (today, written)
                continue
            assert isinstance(found, UsageFault), (today, written)
            assert all(f"{each.year}年" in found.what for each in near)
            assert f"{near[0]}" in found.hint


def test_a_month_without_a_year_is_never_half_a_year_away_where_both_sides_make_sense() -> None:
    for today in YEARS:
        now = datetime(today.year, today.month, today.day, 9, 30, tzinfo=SHANGHAI)
        for month in range(1, 13):
            first, last = dates.parse_month(f"{month}月", now, "any")
            assert first.month == month
            assert first - today <= HALF * DAY
            assert today - last <= HALF * DAY
            begun = dates.parse_month(f"{month}月", now, "past")[0]
            assert begun <= today < begun.replace(year=begun.year + 1)


# --- the commands themselves, on days where the year turns ------------------------------------

TODAYS = [date(2026, 12, 31), date(2028, 2, 29), date(2027, 8, 31)]
LINES: dict[tuple[str, str], str] = {
    ("audit", "--since"): "audit --since D",
    ("audit", "--until"): "audit --until D",
    ("intake", "--source-due"): "intake 演示:占道经营 --source-due D",
    ("amend", "--source-due"): "amend 2026-1 --source-due D --reason 漏记",
    ("intake", "--received"): "intake 演示:占道经营 --received D",
    ("amend", "--received"):
        "amend 2026-1 --received D --reason 记错 --approved-by 分管领导",
    (dated.STEPS, "--at"): "note 2026-1 记事 --at D --reason 补记",
    ("decide", "--due"): "decide 2026-1 --lead 平安建设办 --due D --leader 分管领导",
    ("part", "--due"): "part 2026-1 --unit 平安建设办 --due D",
    ("instruct", "--date"): "instruct 2026-1 请办 --leader 分管领导 --date D",
    ("instruct", "--due"): "instruct 2026-1 请办 --leader 分管领导 --due D",
    ("demand", "--answer-by"): "demand 2026-1 请核查 --to 市场监管所 --answer-by D",
    ("register show", "--from"): "register show 协办要求 --from D",
    ("register show", "--to"): "register show 协办要求 --to D",
    ("register show", "--as-of"): "register show 协办要求 --as-of D",
    ("urge", "--answer-by"): "urge 2026-1 --level 普通 --reason 请抓紧 --answer-by D",
    ("list", "--from"): "list --from D",
    ("list", "--to"): "list --to D",
    ("export", "--from"): "export --from D",
    ("export", "--to"): "export --to D",
    ("export", "--since"): "export --answers --channel 投诉举报电话 --since D",
    ("explain", "--from"): "explain --from D --workdays 1",
    ("calendar due", "--from"): "calendar due --from D --workdays 1",
    ("lapses", "--from"): "lapses --from D",
    ("lapses", "--to"): "lapses --to D",
    ("report", "--as-of"): "report --as-of D",
    ("report", "--day"): "report --day D",
    ("report", "--from"): "report --from D",
    ("report", "--to"): "report --from 2020-01-01 --to D",
    ("assess show", "--as-of"): "assess --as-of D",
    ("assess item add", "--date"):
        "assess item add --unit 市场监管所 --points 1 --reason 甲 --date D",
    ("assess consent", "--date"): "assess consent 市场监管所 --text 同意 --date D",
    ("duty plan", ""): "duty plan D p1",
    ("duty swap", ""): "duty swap D p1 p2",
    ("duty begin", ""): "duty begin D",
    ("register on", "--from"): "register on 经办人 --from D",
    ("assess sheet", "--date"): "assess sheet --month 2026-10 --date D",
    ("assess object", "--date"):
        "assess object --month 2026-10 --unit 市场监管所 --text 甲 --date D",
    ("assess answer", "--date"): "assess answer y1 --refused --text 甲 --date D",
    ("assess approve", "--date"): "assess approve --month 2026-10 --body 党工委 --date D",
    ("assess ask", "--date"): "assess ask 市场监管所 --bureau 区局 --cadre 甲 --date D",
    ("assess ask", "--answer-by"):
        "assess ask 市场监管所 --bureau 区局 --cadre 甲 --date 2026-01-05 --answer-by D",
    ("assess reply", "--date"): "assess reply l1 --text 甲 --date D",
    ("assess moved", "--date"): "assess moved l1 --date D",
    ("accountability ask", "--date"): "accountability ask q1 --answer-by 2030-01-05 --date D",
    ("accountability ask", "--answer-by"):
        "accountability ask q1 --date 2026-01-05 --answer-by D",
    ("accountability statement", "--date"): "accountability statement q1 --text 甲 --date D",
    ("accountability decide", "--date"):
        "accountability decide q1 --kind 提醒 --decided-by p1 --text 甲 --date D",
    ("accountability decide", "--due"):
        "accountability decide q1 --kind 整改 --decided-by p1 --text 甲 --due D",
    ("accountability result", "--date"): "accountability result q1 --text 甲 --date D",
    ("accountability review", "--date"): "accountability review q1 --text 甲 --date D",
    ("accountability reply", "--date"): "accountability reply q1 --text 甲 --date D",
    ("accountability propose", "--date"):
        "accountability propose --kind 一票否决 --about 甲 --to 区局 --text 甲 --date D",
    ("accountability list", "--as-of"): "accountability list --as-of D",
    ("assess letters", "--as-of"): "assess letters --as-of D",
    ("assess procedure", "--as-of"): "assess procedure --as-of D",
    ("disputes", "--as-of"): "disputes --month --as-of D",
    ("groups list", "--as-of"): "groups list --as-of D",
    ("inspection list", "--as-of"): "inspection list --as-of D",
    ("meeting attendance", "--as-of"): "meeting attendance --month --as-of D",
    ("shift show", "--as-of"): "shift show --as-of D",
    ("meeting missing", "--as-of"): "meeting missing --as-of D",
    ("operation list", "--as-of"): "operation list --as-of D",
    ("register list", "--as-of"): "register list --as-of D",
    ("service owes", "--as-of"): "service owes --as-of D",
    ("shift list", "--as-of"): "shift list --as-of D",
    ("shift promised", "--as-of"): "shift promised --as-of D",
    ("duty leave", "--from"): "duty leave p1 --from D --reason 年假",
    ("duty leave", "--to"): "duty leave p1 --from D --to D --reason 年假",
    ("duty roster", "--date"): "duty roster --date D",
    ("duty attendance", "--date"): "duty attendance --date D",
    ("duty check", "--date"): "duty check --date D",
    ("duty outside", "--date"): "duty outside p1 --from 9:00 --to 9:10 --case 2026-1 --date D",
    ("duty in", "--at"): "duty in p1 --at D",
    ("duty out", "--at"): "duty out p1 --at D",
    ("duty in", "--until"): "duty in p1 --until D",
    ("meeting plan", "--date"): "meeting plan 联席会议 --date D --convener 街道领导",
    ("meeting move", "--date"): "meeting move m1 --date D --reason 甲",
    ("operation plan", "--date"): "operation plan 整治 --date D --unit 市场监管所 --person p1",
    ("operation plan", "--until"):
        "operation plan 整治 --date 2026-01-01 --until D --unit 市场监管所 --person p1",
    ("operation stage", "--date"): "operation stage o1 甲 --date D",
    ("operation stage", "--until"): "operation stage o1 甲 --date 2026-01-01 --until D",
    ("operation people", "--date"): "operation people o1 --nobody --date D",
    ("operation day", "--date"): "operation day o1 --checked 1 --date D",
    ("meeting task add", "--due"):
        "meeting task add 甲 --kind 措施 --unit 市场监管所 --due D",
    ("meeting minutes", "--due"): "meeting minutes m1 --decision 甲 --unit 市场监管所 --due D",
    ("meeting task postpone", "--due"): "meeting task postpone m1.1 --due D --reason 甲",
    ("shift note", "--date"): "shift note 记事 --date D",
    ("shift note", "--at"): "shift note 记事 --at D",
    ("shift note", "--promised"): "shift note 记事 --promised D",
    ("shift handover", "--date"): "shift handover --to p1 --date D",
    ("shift handover", "--at"): "shift handover --to p1 --at D",
    ("shift show", "--date"): "shift show --date D",
    ("shift done", "--at"): "shift done 1 --at D",
    ("patrol record", "--date"):
        "patrol record --grid 甲 --member p1 --from 9:00 --to 9:10 --date D",
    ("patrol gaps", "--date"): "patrol gaps --date D",
    ("service need", "--due"): "service need 1 --material 甲 --due D",
    ("units add", "--from"): "units add 演示办 --kind office --from D",
    ("units change", "--from"): "units change 演示办 --alias 甲 --from D",
    ("units end", "--from"): "units end 演示办 --from D",
    ("units import", "--from"): "units import 没有.csv --from D",
    ("units person add", "--from"): "units person add 演示乙 --unit 市场监管所 --from D",
    ("units person change", "--from"): "units person change p1 --role 队员 --from D",
    ("units person leave", "--from"): "units person leave p9 --from D",
    ("units list", "--as-of"): "units list --as-of D",
    ("units show", "--as-of"): "units show 市场监管所 --as-of D",
    ("units people", "--as-of"): "units people --as-of D",
    ("units person add", "--licence-from"):
        "units person add 演示丙 --unit 市场监管所 --licence 演示1 --licence-from D",
    ("units person change", "--licence-from"): "units person change p1 --licence-from D",
    ("units person add", "--licence-until"):
        "units person add 演示丁 --unit 市场监管所 --licence 演示1 --licence-until D",
    ("units person change", "--licence-until"): "units person change p1 --licence-until D",
    ("calendar add-local", "--off"):
        "calendar add-local --off D --document 演字1号 --scope 滨江区 --dry-run",
    ("calendar add-local", "--work"):
        "calendar add-local --work D --document 演字1号 --scope 滨江区 --dry-run",
}  # fmt: skip
ROWS = {
    (where, row.name): row
    for row in dated.TABLE
    for where in row.where
    if row.kind in {"day", "moment"}
}


def at(day: date) -> str:
    return f"{day}T09:30:00+08:00"


@pytest.fixture
def desk(call: Runner, ledger: Path) -> Runner:  # noqa: ARG001
    for argv in ("intake 演示:欠薪 --severity 较大", "accept 1"):
        assert call(*argv.split(), now=at(TODAYS[0] - 9 * DAY)).code == 0
    return call


@pytest.mark.parametrize("today", TODAYS, ids=str)
def test_every_command_takes_the_nearest_day_and_says_so_or_is_refused(
    desk: Runner, today: date
) -> None:
    assert set(LINES) == set(ROWS)
    for key, line in LINES.items():
        row = ROWS[key]
        for day in (today + 1 * DAY, today - 1 * DAY):
            argv = line.replace(" D", f" {day.month}月{day.day}日").split()
            done = desk(*argv, now=at(today))
            near = nearest(day.month, day.day, today)
            expected = meant(near, today, row.direction)
            if expected is None:
                assert (done.code, done.out) == (2, ""), (line, done.err)
                assert all(f"{each.year}年{day.month}月{day.day}日" in done.err for each in near)
                assert "请写明年份" in done.err
            else:
                echo = f"{daytext.understood_day(expected)}"
                assert echo in done.err, (line, today, done.err)
                assert "写明年份" not in done.err
                assert done.err.index(echo) < (done.err + "(第 ").index("(第 "), line


@pytest.mark.usefixtures("ledger")
@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("duty check --month 2026-12", "2026年12月还没有开始"),
        ("inspection list --month 2026-12", "2026年12月还没有开始"),
        ("patrol list --month 2026-12", "2026年12月还没有开始"),
        ("duty draft --month 2026-10", "2026年10月已经过去"),
    ],
)
def test_a_month_on_the_side_that_makes_no_sense_is_refused_also_with_its_year(
    call: Runner, line: str, said: str
) -> None:
    done = call(*line.split(), now="2026-11-24T09:00:00+08:00")
    assert (done.code, done.out, said in done.err) == (2, "", True), done.err

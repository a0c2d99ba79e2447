"""Supervision of one case (五.3): demands of rising grade, each to be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping import events
from sixping.commands._frame import Desk
from sixping.commands._options import At, IfVersion, Json
from sixping.commands._steps import Build, Found, step, take, told
from sixping.errors import NotAllowed, UsageFault
from sixping.figures.urging import next_level

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.deadlines import Rules
    from sixping.events import CaseEvent
    from sixping.model import Case


def urge(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="编号", help="2026-000123, 或今年的 123")
    ] = None,
    *,
    level: Annotated[
        str | None, typer.Option("--level", metavar="等级", help="普通 黄牌 红牌, 逐级进行")
    ] = None,
    answer_by: Annotated[
        str | None, typer.Option("--answer-by", metavar="日期", help="要求哪一天前答复")
    ] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="按 policy.toml 的级距, 督办全部到时的超期事项")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="与 --auto 同用: 只列出, 不记录")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="理由, 记入台账")
    ] = None,
    at: At = None,
    if_version: IfVersion = None,
    as_json: Json = False,
) -> None:
    """督办: 普通、黄牌、红牌, 逐级进行, 不跳级不重复 (五.3)。

    示例:
      sixping urge 123 --level 普通 --reason "办结已超期 2 个工作日"
      sixping urge 123 --level 黄牌 --reason "仍未办结" --answer-by 11月27日
      sixping urge --auto --dry-run
    """
    desk = Desk.of(ctx)
    given = {"编号": number, "--level": level, "--reason": reason}
    if auto:
        from sixping.commands._urging import run

        others = {**given, "--answer-by": answer_by, "--at": at, "--if-version": if_version}
        _refuse([name for name, value in others.items() if value is not None], "不能与 --auto 同用")
        run(desk, dry_run=dry_run, as_json=as_json)
        return
    _refuse(["--dry-run"] if dry_run else [], "只能与 --auto 同用")
    if number is None or level is None or reason is None:
        missing = [name for name, value in given.items() if value is None]
        raise UsageFault(f"缺少: {', '.join(missing)}", f"用法见: {ctx.command_path} --help")
    build = by_hand(level, answer_by)
    take(desk, number, build, at=at, reason=reason, if_version=if_version, as_json=as_json)


def _refuse(options: list[str], why: str) -> None:
    if options:
        raise UsageFault(f"{'、'.join(options)} {why}。", "请去掉其一。")


def by_hand(level: str, answer_by: str | None = None) -> Build:
    """Return how a demand is built from what was said at the desk."""
    return lambda found: urging(
        found.case, level, found.at, found.rules, why=found.why, by=_day(answer_by, found)
    )


def urging(
    case: Case, level: str, at: datetime, rules: Rules, *, why: str | None, by: date | None
) -> CaseEvent:
    """Return the demand of a grade; ``by`` None: the policy's day, or none where it has none.

    Raises ``NotAllowed`` for a grade that is not the next of the ladder.
    """
    due = next_level(case, rules)
    if level != due:
        ladder = " → ".join(rules.edition.readings.urge_ladder)
        hint = f"下一级是“{due}”。" if due else "最高一级已经督办过, 请按五.3追责。"
        last = f"最近一次是“{case.urges[-1].level}”" if case.urges else "还没有督办过"
        raise NotAllowed(f"{case.number} 不能作“{level}”督办: {last} ({ladder}, 五.3)。", hint)
    return events.Urged(
        level=level,
        after=case.urges[-1].level if case.urges else None,
        answer_by=by or answer_day(at, rules),
        reason=why,
    )


def answer_day(at: datetime, rules: Rules) -> date | None:
    """Return the day by which the policy wants an answer; None: it sets none (五.3)."""
    from sixping.workdays import add_workdays

    days = rules.edition.readings.urge_answer_workdays
    return None if days is None else add_workdays(at.date(), days, rules.calendar)


def _day(value: str | None, found: Found) -> date | None:
    from sixping.moments import parse_day, understood_day

    if value is None:
        return None
    day = parse_day(value, found.at, past=False)
    if day < found.at.date():
        raise UsageFault(f"答复的期限 {day} 已经过去。", "请核对 --answer-by。")
    found.hint(f"答复期限: {understood_day(day)}")
    return day


@step()
def answer_urge(
    text: Annotated[str, typer.Argument(metavar="内容", help="对督办的答复")],
    level: Annotated[
        str | None, typer.Option("--level", metavar="等级", help="答复哪一级; 不写即最早未答复的")
    ] = None,
) -> Build:
    """答复督办; 不写等级即答复最早的一次。

    示例:
      sixping answer-urge 123 "已增派人员, 明日完成"
    """
    words = told(text, "内容")

    def build(found: Found) -> CaseEvent:
        waiting = found.case.unanswered
        grade = level or (waiting[0].level if waiting else "")
        if not grade:
            raise NotAllowed(
                f"{found.case.number} 没有未答复的督办。",
                f"用 sixping show {found.case.number} 查看。",
            )
        return events.UrgeAnswered(level=grade, text=words)

    return build

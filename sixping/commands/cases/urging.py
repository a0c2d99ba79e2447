"""Supervision of one case (五.3): demands of rising grade, each to be answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.urging import UrgeAnswered
from sixping.console import dated
from sixping.console.answers import Wish, publish
from sixping.console.context import Context
from sixping.console.days import read_day
from sixping.console.options import ApprovedBy, At, IfVersion, Json
from sixping.console.stepcommand import require_text, stamp_of, step, take
from sixping.errors import NotAllowed, UsageFault
from sixping.render.table import Column
from sixping.reports.urging import in_office, urging
from sixping.util.clock import to_text
from sixping.util.names import one_of

if TYPE_CHECKING:
    from datetime import date

    from sixping.cases.step import Step
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.taking import Build, Situation


def urge(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="编号", help="2026-000123, 或今年的 123")
    ] = None,
    *,
    level: Annotated[
        str | None, typer.Option("--level", metavar="等级", help="普通 黄牌 红牌, 逐级进行")
    ] = None,
    answer_by: Annotated[str | None, dated.ANSWER_BY.option] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="按 policy.toml 的级距, 督办全部到时的超期事项")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="与 --auto 同用: 只列出, 不记录")
    ] = False,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="理由", help="理由, 记入台账")
    ] = None,
    approved_by: ApprovedBy = None,
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
    context = Context.of(ctx)
    needed = {"编号": number, "--level": level, "--reason": reason}
    if auto:
        others = {**needed, "--answer-by": answer_by, "--at": at, "--if-version": if_version}
        others |= {"--approved-by": approved_by}
        _refuse([name for name, value in others.items() if value is not None], "不能与 --auto 同用")
        run(context, dry_run=dry_run, as_json=as_json)
        return
    _refuse(["--dry-run"] if dry_run else [], "只能与 --auto 同用")
    if number is None or level is None or reason is None:
        missing = [name for name, value in needed.items() if value is None]
        raise UsageFault(f"缺少: {', '.join(missing)}", f"用法见: {ctx.command_path} --help")
    build = by_hand(level, answer_by)
    take(
        context, number, build, at=at, reason=reason, if_version=if_version,
        approved_by=approved_by, as_json=as_json,
    )  # fmt: skip


def _refuse(options: list[str], why: str) -> None:
    if options:
        raise UsageFault(f"{'、'.join(options)} {why}。", "请去掉其一。")


def by_hand(level: str, answer_by: str | None = None) -> Build:
    """Return how a demand is built from what was said at the desk."""
    return lambda situation: urging(
        situation.case,
        _grade(level, situation),
        situation.at,
        situation.rules,
        why=situation.why,
        by=_day(answer_by, situation),
    )


def _grade(name: str, situation: Situation) -> str:
    return one_of(situation.edition.readings.urge_ladder, name, "督办等级 (--level)")


def _day(value: str | None, situation: Situation) -> date | None:
    if value is None:
        return None
    return read_day(value, situation.at, dated.ANSWER_BY, situation.warn)


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
    words = require_text(text, "内容")

    def build(situation: Situation) -> Step:
        waiting = situation.case.unanswered
        grade = _grade(level, situation) if level else waiting[0].level if waiting else None
        if grade is None:
            raise NotAllowed(
                f"{situation.case.number} 没有未答复的督办。",
                f"用 sixping show {situation.case.number} 查看。",
            )
        return UrgeAnswered(level=grade, text=words)

    return build


COLUMNS = (
    Column("number", "编号"),
    Column("level", "等级"),
    Column("clock", "时限"),
    Column("due", "到期", "time"),
    Column("workdays_late", "超期工作日", "int"),
    Column("answer_by", "答复期限", "day"),
    Column("unit", "单位"),
)


def run(context: Context, *, dry_run: bool, as_json: bool) -> None:
    """Record what is due by policy, or only show it; outside office hours nothing is due."""
    from sixping.services.rulebooks import rulebooks_on
    from sixping.services.urging import due_now, record_due
    from sixping.store.sqlite import reading

    path = context.existing_ledger()
    with reading(path) as con:
        rulebooks = rulebooks_on(con)
        demands = list(due_now(con, rulebooks, context.now)) if _may(context, rulebooks) else []
    if demands and not dry_run:
        demands = record_due(path, stamp_of(context), rulebooks)
    items = [due.row(context.now) for due in demands]
    recorded = bool(demands) and not dry_run
    document = {"as_of": to_text(context.now), "recorded": recorded, "items": items}
    publish(context, Wish(None, as_json), items, COLUMNS, document)
    if demands:
        context.say(f"{'已记录' if recorded else '应作'}督办 {len(demands)} 件。")


def _may(context: Context, rulebooks: Rulebooks) -> bool:
    """Say why nothing is done where the policy or the hour allows nothing."""
    rules = rulebooks.rules(context.now.date())
    if all(e.readings.urge_auto_workdays is None for e in rulebooks.policy.editions):
        context.say(
            "规则没有写自动督办的级距 (policy.toml 的 urge_auto_workdays), 不自动督办。",
            "要用的: 在规则文件夹的 policy.toml 里写 [edition.readings.urge_auto_workdays]"
            " value = [1, 3, 5], 再 sixping policy adopt 文件夹;"
            " 单件督办: sixping urge 编号 --level 普通 --reason 理由",
        )
        return False
    if not in_office(rules, context.now):
        if context.terminal.isatty:  # cron runs at night too: silence is the answer
            context.say("现在不是工作日的办公时间 (一.2), 不督办。")
        return False
    return True

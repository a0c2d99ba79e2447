"""What is said of the ledger under the headings of an agenda: one sentence a source (附1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents.phrases import GONE, first_of, rate
from sixping.policy.vocabulary import LAPSES, MEDIATED
from sixping.reports.period import RATES
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.reports.dutycover import Finding
    from sixping.reports.period import Figures
    from sixping.store.rows import CaseRow

#: days named in one line; more are counted
_NAMED = 5
#: a case without a category, and in place of who has one that is about somebody
UNSORTED, ABOUT = "未定类", "有被反映对象, 内容不列"


def totals_words(total: Figures) -> str | None:
    """Return the figures of a period in one line; None where nothing happened."""
    t = total.totals
    if not (t["received"] or t["resolved"] or t["open"]):
        return None
    received, resolved = f"接收 {t['received']} 件", f"办结 {t['resolved']} 件"
    parts = [f"{received}, {resolved}"]
    if t["open"] is not None:
        parts[0] += f", 期末在办 {t['open']} 件, 期末超期 {t['overdue']} 件"
    for name in ("accept_on_time", "finish_on_time"):
        share = total.rates[name]
        if share["d"]:
            parts.append(f"{RATES[name].title} {rate(share['rate'])} ({share['n']}/{share['d']})")
    return "; ".join(parts)


def frozen_words(issue: str) -> str:
    """Say that the figures of a period were put on the table, and that these are today's."""
    return f"会商材料已定稿({issue}), 此处的数是此刻的记录"


def case_words(row: CaseRow, summary: str, *, about: bool) -> str:
    """Return a case as category, who has it and what it is about.

    ``about``: it is about somebody, who may sit in the meeting: category only (回避).
    """
    if about:
        return f"{row.category or UNSORTED} ({ABOUT})"
    return f"{row.category or UNSORTED}, {held_by(row)}: {summary}"


def held_by(row: CaseRow) -> str:
    """Return who has a case."""
    return row.lead or ("已提交会商" if row.consulted_at else "未分派")


def lapse_words(unit: str | None, kind: str, count: int) -> str:
    """Return how often a unit failed in one way; ``sixping lapses`` has the evidence."""
    return f"{unit or '未定单位'}: {LAPSES[kind]} {count} 件"


def gap_words(agency: str, gaps: Sequence[Finding]) -> str:
    """Return how often, how long and on which days an agency's cover was short."""
    _, count, minutes, days = gap_facts(agency, gaps)
    return f"{agency}: {count} 个时段共 {minutes} 分钟 ({days})"


def gap_facts(agency: str, gaps: Sequence[Finding]) -> tuple[str, int, int, str]:
    """Return the same apart."""
    days = list(dict.fromkeys(f"{gap.day:%m-%d}" for gap in gaps))
    return agency, len(gaps), sum(gap.minutes for gap in gaps), first_of(days, _NAMED, "天")


def operation_words(operation: Any) -> str:  # noqa: ANN401 - an Operation, of the floor above
    """Return a joint operation in one line: who, on how many cases, what came of it."""
    name, day, title, who, count, outcome = operation_facts(operation)
    return f"{name} {day} {title} ({who}, 事项 {count} 件): {outcome}"


def operation_facts(operation: Any) -> tuple[str, str, str, str, int, str]:  # noqa: ANN401
    """Return the same apart."""
    plan = operation.plan
    going = "尚无结果"
    day = understood_day(plan.day)
    if operation.long:
        of = "" if plan.objects is None else f"/{plan.objects}"
        going = f"已查 {operation.checked}{of}" if operation.days else "没有每日记录"
        day += f" 至 {understood_day(operation.last)}"
    outcome = operation.outcome or (GONE if operation.ended else going)
    who = "、".join((*plan.platforms, *plan.units))
    return operation.id, day, plan.text or GONE, who, len(operation.cases), outcome


def task_words(task: Any, *, late: bool) -> str:  # noqa: ANN401 - a Task, of the floor above
    """Return a task of a meeting in one line."""
    state = " (已超期)" if late else ""
    return f"{task.id} {task.unit} {understood_day(task.due)}前{state}: {task.text or ''}"


def task_facts(task: Any, *, late: bool) -> tuple[str, str, str, str, str]:  # noqa: ANN401
    """Return the same apart."""
    state = f"{task.state}, 已超期" if late else str(task.state)
    return task.id, task.unit, understood_day(task.due), state, task.text or GONE


def plan_words(task: Any, *, late: bool) -> str:  # noqa: ANN401 - a Task, of the floor above
    """Return a work plan or measure in one line."""
    name, sort, unit, due, state, text = plan_facts(task, late=late)
    return f"{name} {sort} {unit} {due}前 ({state}): {text}"


def plan_facts(task: Any, *, late: bool) -> tuple[str, str, str, str, str, str]:  # noqa: ANN401
    """Return the same apart."""
    name, unit, due, state, text = task_facts(task, late=late)
    return name, task.sort, unit, due, state, text


def dispute_words(counted: Any) -> str:  # noqa: ANN401 - a Counted, of the floor above
    """Return in one line how many disputes of a kind there are, and how many were mediated."""
    sort, n, yes, partly, no, _ = counted
    if yes is None:
        return f"{sort}: {n} 件 (调处情况不详)"
    said = [f"{word} {k}" for word, k in zip(MEDIATED.values(), (yes, partly, no), strict=True)]
    unsaid = n - yes - partly - no
    return f"{sort}: {n} 件; {', '.join(said)}{f', 没有登记 {unsaid} (不详)' if unsaid else ''}"


def group_words(topic: str, name: str, total: int, unit: str, units: int) -> str:
    """Return a monthly number in one line, with how many units gave it."""
    return f"{topic} {name}: {total} {unit} ({units} 个单位填报)"


def missed_words(sort: str, platform: str | None, days: Sequence[str]) -> str:
    """Return in one line how often a regular meeting was not held, and when."""
    of = f" ({platform})" if platform else ""
    return f"{sort}{of}: {len(days)} 次没有到会或纪要记录 ({'、'.join(days)})"

"""The columns of what is handed out: cases, and answers to a source. Keys are a promise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sixping.errors import UsageFault
from sixping.policy.vocabulary import LATE, LIMITS, ClockKind
from sixping.render.table import Column
from sixping.util.names import near

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

_LIMITS = tuple(
    column
    for kind in ClockKind
    for column in (
        Column(f"{kind.value}_due", LIMITS[kind], "time"),
        Column(f"{kind.value}_late", LATE[kind.value], "bool"),
    )
)
CASES: Final = (
    Column("number", "编号"),
    Column("channel", "渠道"),
    Column("source_no", "来源编号"),
    Column("received_at", "收到时间", "time"),
    Column("recorded_at", "登记时间", "time"),
    Column("text", "内容"),
    Column("place", "地点"),
    Column("reporter", "反映人"),
    Column("phone", "电话"),
    Column("community", "社区"),
    Column("grid", "网格"),
    Column("category", "类别"),
    Column("platform", "平台", "platform"),
    Column("severity", "等级"),
    Column("status", "状态"),
    Column("lead", "牵头单位"),
    Column("assist", "协办单位", "list"),
    Column("accepted_at", "受理时间", "time"),
    Column("resolved_at", "办结时间", "time"),
    Column("fed_back_at", "反馈时间", "time"),
    Column("closed_at", "归档时间", "time"),
    Column("outcome_kind", "结果类型"),
    Column("outcome", "办理结果"),
    Column("feedback", "反馈内容"),
    Column("satisfaction", "满意度", "int"),
    *_LIMITS,
    Column("late", "曾超期", "bool"),
    Column("extensions", "延期次数", "int"),
    Column("extended_workdays", "延期工作日", "int"),
    Column("suspended", "中止中", "bool"),
    Column("source_due", "来源期限", "time"),
    Column("merged_into", "并入"),
    Column("version", "版本", "int"),
    Column("nature", "性质"),  # scripts cut by position: what is new stands last
)
#: the columns that registers of the street bring, last of all
OF_REGISTERS: Final = {
    "persons": Column("person", "经办人"),
    "services": Column("service", "服务事项"),
}
ANSWERS: Final = (
    Column("source_no", "来源编号"),
    Column("number", "编号"),
    Column("status", "状态"),
    Column("merged_into", "并入"),
    Column("outcome_kind", "结果类型"),
    Column("outcome", "办理结果"),
    Column("feedback", "反馈内容"),
    Column("satisfaction", "满意度", "int"),
    Column("accepted_at", "受理时间", "time"),
    Column("resolved_at", "办结时间", "time"),
    Column("fed_back_at", "反馈时间", "time"),
    Column("closed_at", "归档时间", "time"),
    Column("source_due", "来源期限", "time"),
)

#: what a unit needs of a case, in the order of a sheet for people
_NEEDED: Final = (
    "number", "channel", "source_no", "received_at", "text", "place", "reporter", "phone",
    "community", "grid", "category", "service", "severity", "lead", "assist", "person", "status",
    "finish_due", "source_due", "resolved_at", "outcome", "feedback",
)  # fmt: skip
#: of it what is there only where it is shown in full: who reported is no unit's business
_PERSONAL: Final = frozenset({"reporter", "phone"})
EVERY: Final = "全部"
"""In place of the names of columns: every one of them."""


def of_cases(registers: Container[str]) -> tuple[Column, ...]:
    """Return the columns of cases while these registers are kept."""
    return (*CASES, *(column for key, column in OF_REGISTERS.items() if key in registers))


def needed(columns: Sequence[Column], *, reveal: bool) -> tuple[Column, ...]:
    """Return those of a sheet of cases for people; ``reveal``: personal data are shown."""
    by_key = {column.key: column for column in columns}
    kept = (key for key in _NEEDED if reveal or key not in _PERSONAL)
    return tuple(by_key[key] for key in kept if key in by_key)


def chosen(columns: Sequence[Column], wanted: str) -> tuple[Column, ...]:
    """Return the columns somebody names, by heading or key, in that order; ``EVERY`` is all.

    Raises ``UsageFault`` for a name that is none, with those there are.
    """
    if wanted.strip() == EVERY:
        return tuple(columns)
    named = {column.title: column for column in columns}
    known = {column.key: column for column in columns} | named
    names = [name for name in re.split(r"[\s,;，；、]+", wanted) if name]
    usable = f"可用: {'、'.join(named)}; {EVERY}为每一列。"
    if not names:
        raise UsageFault("--columns 后面没有列名。", usable)
    for name in names:
        if name not in known:
            close = near(name, {word: word for word in known})
            guess = f"是否指: {'、'.join(close)}? " if close else ""
            raise UsageFault(f"没有这一列: {name}", f"{guess}{usable}")
    return tuple(dict.fromkeys(known[name] for name in names))

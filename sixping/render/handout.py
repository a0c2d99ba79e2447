"""The columns of what is handed out: cases, and answers to a source. Keys are a promise."""

from __future__ import annotations

from typing import Final

from sixping.policy.vocabulary import LATE, LIMITS, ClockKind
from sixping.render.table import Column

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
)
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

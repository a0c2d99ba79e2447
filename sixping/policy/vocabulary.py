"""The words of the policy that every room shares: states, grades, platforms, kinds of limit."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    """Who can settle it (三.1-3), not how frightening it sounds."""

    ORDINARY = "一般"
    SERIOUS = "较大"
    MAJOR = "重大"

    @property
    def rank(self) -> int:
        """Return 0, 1 or 2: a higher rank goes to a higher level."""
        return tuple(Severity).index(self)


class OwnLimit(NamedTuple):
    """A limit to settle of a service item or a category, in place of the grade's (附2.4, 五.1c).

    Working days; None: as the notice has it. ``clause`` says whose limit it is, and by what.
    """

    workdays: int | None
    ceiling: int | None
    clause: str


class Confidence(StrEnum):
    """How far the rules stand behind a grade they suggest (三): words, for nothing was measured.

    高: what happens is told with who or what it happens to near by, or as of now, or by two
    signals; or it is a listed competence. 中: one signal's words and nothing against them; for
    the usual grade of a category: the category is sure. 低: a word alone, or the text speaks
    otherwise (rhetoric, quotation, an old story, a supposition); or the category is unsure.
    """

    HIGH = "高"
    MEDIUM = "中"
    LOW = "低"

    @property
    def rank(self) -> int:
        """Return 0 for 低 to 2 for 高."""
        return 2 - tuple(Confidence).index(self)


UNCONFIRMED = "未确认"
"""In place of a grade: the program suggested 较大 or 重大, and nobody has found it yet (三)."""


def found_grade(severity: str, *, confirmed: bool) -> str:
    """Return the grade a figure may rest on: the word for none where nobody found it."""
    return severity if confirmed else UNCONFIRMED


def grade_rank(grade: str | None) -> int:
    """Return the rank of a grade, 0 where nobody found one."""
    return Severity(grade).rank if grade in tuple(Severity) else 0


class Platform(StrEnum):
    """The four platforms of 附件2."""

    GOVERNANCE = "综合治理"
    MARKET = "市场监管"
    ENFORCEMENT = "综合执法"
    SERVICE = "便民服务"


class ClockKind(StrEnum):
    """The clocks a case runs against, in the order they are shown (五.1)."""

    ACCEPT = "accept"
    REFER = "refer"
    FINISH = "finish"
    CEILING = "ceiling"


#: clock kind → its one label
CLOCKS: Mapping[str, str] = {
    ClockKind.ACCEPT: "受理",
    ClockKind.REFER: "上报",
    ClockKind.FINISH: "办结",
    ClockKind.CEILING: "最长时限",
}

#: the same beside a date, where the label alone does not say that it is a limit
LIMITS: Mapping[str, str] = {
    kind: label if label.endswith("限") else f"{label}期限" for kind, label in CLOCKS.items()
}

#: the same once it is missed; the order is the order of gravity
LATE: Mapping[str, str] = {
    kind.value: f"{CLOCKS[kind]}超期"
    for kind in (ClockKind.CEILING, ClockKind.REFER, ClockKind.ACCEPT, ClockKind.FINISH)
}

#: kind of a failure → what people read; the order is the order of gravity
LAPSES: Mapping[str, str] = {
    **LATE,
    "urge": "督办逾期未复",
    "part": "分工逾期",
    "task": "会议任务逾期",
    "returned": "多次退回",
    "feedback": "未反馈",
    "unsigned": "逾期未签收",
}


class Outcome(StrEnum):
    """What becomes of a report that is not taken on (五.1a); only the first is a refusal."""

    DECLINED = "不予受理"
    TRANSFERRED = "移送"
    GUIDED = "引导"
    SENT_BACK = "退回补充"


class Status(StrEnum):
    """Where a case stands; the word is what lists show and ``--status`` takes.

    ``UNKNOWN``: a record of the past of which nobody wrote down whether and when it was settled.
    ``WITHDRAWN``: the registration was a mistake; ``RECALLED``: a report that came in was
    withdrawn at its source, before anybody settled it.
    """

    REPORTED = "待受理"
    DECLINED = "不予受理"
    TRANSFERRED = "已移送"
    GUIDED = "已引导"
    SENT_BACK = "退回补充"
    ACCEPTED = "待分派"
    HANDLING = "办理中"
    DECISION = "待联席会议研究"
    REFERRAL = "待上报"
    DISTRICT = "区级办理中"
    RESOLVED = "已办结"
    CLOSED = "已归档"
    MERGED = "已并入"
    UNKNOWN = "状态不详"
    WITHDRAWN = "已撤回"
    RECALLED = "来源撤回"

    @property
    def open(self) -> bool:
        """Return whether somebody still has to handle the case."""
        return self not in ENDED


#: what was not taken on, each way with its own word; only the first is a refusal
NOT_TAKEN_ON = frozenset({Status.DECLINED, Status.TRANSFERRED, Status.GUIDED, Status.SENT_BACK})
ENDED = NOT_TAKEN_ON | {
    Status.RESOLVED,
    Status.CLOSED,
    Status.MERGED,
    Status.UNKNOWN,
    Status.WITHDRAWN,
    Status.RECALLED,
}

#: the office accepted the matter, or a file says that it was settled (五.1a)
TAKEN_ON = (
    Status.ACCEPTED,
    Status.HANDLING,
    Status.DECISION,
    Status.REFERRAL,
    Status.DISTRICT,
    Status.RESOLVED,
    Status.CLOSED,
)

#: what only a grade goes through (三.2, 三.3): a file that states it states that grade
STATE_OF_GRADE: Mapping[Status, Severity] = {
    Status.DECISION: Severity.SERIOUS,
    Status.REFERRAL: Severity.MAJOR,
    Status.DISTRICT: Severity.MAJOR,
}

_STATUSES = {status.value: status for status in Status} | {"待会商": Status.DECISION}


def read_status(word: str) -> Status:
    """Return the state of a word, also of one that was used before; raises ``KeyError``."""
    return _STATUSES[word]


TELLING = ("reported", "imported", "amended")
"""Kinds of events whose words are the report itself: how it came in, and what it says since."""

#: what is said of a report when it is registered: field → what people call it
SAID_AT_INTAKE: Mapping[str, str] = {
    "text": "内容", "channel": "渠道", "source_no": "来源编号", "place": "地点",
    "community": "社区", "grid": "网格", "reporter": "反映人", "phone": "电话",
    "about": "被反映对象",
    "category": "类别", "severity": "等级", "nature": "性质", "service": "服务事项",
}  # fmt: skip

#: whether a 矛盾纠纷 was mediated → the word people read (附1.3)
MEDIATED: Mapping[str, str] = {"yes": "已调处", "partly": "部分调处", "no": "未调处"}

"""Who decides on a 较大 case (三.2): a joint meeting that was held, or a leader of the street."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed, UsageFault
from sixping.office.meetings import find, meetings_on
from sixping.policy.meetings import MEETINGS, load_rules
from sixping.services.approval import approval, last_in_round
from sixping.store.documents import rule_on
from sixping.util.daytext import understood_day

if TYPE_CHECKING:
    from collections.abc import Collection

    from sixping.cases.steps.referral import Consulted
    from sixping.office.meetings import Meeting
    from sixping.services.taking import Situation

#: the clause by which a kind of meeting decides on cases
_DECIDES = "三.2"


def joint_meeting(situation: Situation, name: str) -> Meeting:
    """Return a joint meeting held by the time of the step.

    Raises ``NotFound`` for none of this id, ``NotAllowed`` for another kind or a later one.
    """
    meeting = find(meetings_on(situation.work.con), name)
    rules = rule_on(situation.work.con, MEETINGS, load_rules)
    deciding = [kind.name for kind in rules.kinds if kind.clause == _DECIDES]
    if meeting.sort not in deciding:
        raise NotAllowed(
            f"{meeting.id} 是{meeting.sort}, 不是{'、'.join(deciding)}, 不能决定事项 (三.2)。",
            f"联席会议见 sixping meeting list; 登记: sixping meeting plan {deciding[0]}"
            " --date 日期 --convener 召集人。",
        )
    at = situation.at
    if (meeting.day, meeting.start or "") > (at.date(), f"{at:%H:%M}"):
        raise NotAllowed(
            f"{meeting.id} 定在{understood_day(meeting.day)} {meeting.start or ''}".rstrip()
            + ", 那时还没有开。",
            "会后再记; 提前开了的先改期: "
            f"sixping meeting move {meeting.id} --date 日期 --reason 理由。",
        )
    return meeting


def decider(
    situation: Situation, meeting: str | None, leader: str | None, gains: Collection[str]
) -> dict[str, Any]:
    """Return the fields of a decision that say who took it; the leader consulted, if none is named.

    ``gains``: the units it names. Raises ``UsageFault`` where nobody is named, else as
    ``joint_meeting`` and ``approval`` do.
    """
    said: dict[str, Any] = {}
    if meeting is not None:
        held = joint_meeting(situation, meeting)
        said = {"meeting": held.id, "decided_by": f"{held.sort} {held.id} ({held.day})"}
    name = leader or (None if said else _consulted(situation))
    if name is not None:
        given = approval(situation, name, gains, option="--leader")
        if given.remark:
            situation.hint(given.remark)
        said |= {"leader": given.approver, "leader_role": given.approver_role}
        said.setdefault("decided_by", given.approved_by)
    if not said:
        raise UsageFault(
            f"{situation.case.number} 没有写明由谁决定: 缺少 --meeting 或 --leader (三.2)。",
            "联席会议的写 --meeting 会议编号 (见 sixping meeting list); "
            "街道领导决定的写 --leader 姓名。",
        )
    return said


def _consulted(situation: Situation) -> str | None:
    """Return the leader the case was put before in this round, by id or role; None: nobody."""
    entry = last_in_round(situation, situation.case, "consulted")
    if entry is None:
        return None
    event: Consulted = entry.event  # type: ignore[assignment]  # by its kind
    return event.leader_person or event.leader_role

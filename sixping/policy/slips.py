"""The slips an office hands out: what each is called, its 代字, and what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class SlipKind(NamedTuple):
    """A kind of slip. ``word``: the 代字 of its numbers; ``clause``: what of the notice it serves.

    ``of_meeting``: it is about a meeting, all others about a case.
    """

    name: str
    word: str
    clause: str
    of_meeting: bool = False


ASSIGNMENT, CONTACT, EXTENSION = "交办单", "联系单", "延期审批表"
REFERRAL, ANSWER = "上报函", "答复单"
MINUTES, NOTICE = "会议纪要", "联席会议议定事项通知单"
_ALL = (
    SlipKind(ASSIGNMENT, "交办", "二.2"),
    SlipKind("催办单", "催办", "五.3"),
    SlipKind("黄牌督办单", "黄牌督办", "五.3"),
    SlipKind("红牌督办单", "红牌督办", "五.3"),
    SlipKind(EXTENSION, "延期", "五.1c"),
    SlipKind(REFERRAL, "上报", "三.3"),
    SlipKind(ANSWER, "答复", "三.1"),
    SlipKind(CONTACT, "联系", "二.2"),
    SlipKind(MINUTES, "纪要", "附1.3", of_meeting=True),
    SlipKind(NOTICE, "通知", "三.2", of_meeting=True),
)
#: name → kind, in the order in which people are told
KINDS: Final[Mapping[str, SlipKind]] = {kind.name: kind for kind in _ALL}

_DEMANDING = "督办单"


def level_of(kind: SlipKind, ladder: Sequence[str]) -> str:
    """Return the grade of demand that a slip hands out: which it is named after, or the first."""
    return kind.name.removesuffix(_DEMANDING) if kind.name.endswith(_DEMANDING) else ladder[0]


def number_words(street: str, kind: SlipKind, year: int, no: int | None) -> str:
    """Return a number as it stands on the slip; without ``no`` with room to write one."""
    return f"{street} {kind.word}〔{year}〕{'   ' if no is None else no}号".strip()

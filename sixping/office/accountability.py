"""Accountability on its two bases: 五.3 (handling), and 附1.3 (a proposal of the street).

Pure. The subject of each event is the entry (``q3``). The unit, the person of the register and the
approver are facts by name of unit and by id; every text is a private ``matter`` that the log does
not print.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "accountability"
_OWES = "待报结果"


class Basis(StrEnum):
    """By which clause; the word is what people read."""

    HANDLING = "五.3"
    ORDER = "附1.3"


class Outcome(StrEnum):
    """What a review came to."""

    UPHELD = "维持"
    CHANGED = "变更"
    WITHDRAWN = "撤销"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfEntry(Recorded):
    """What every event of an entry has: its id, and what was said, which the log does not print."""

    entry: str
    matter: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(OfEntry):
    """An entry by 五.3: on which recorded lapses (``2026-000123.finish``), whom it concerns."""

    kind: ClassVar[str] = "accountability_opened"

    unit: str
    lapses: tuple[str, ...] = fact(words, ())
    person: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(OfEntry):
    """What happened on a day."""

    day: date = fact(date.fromisoformat)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAsked(Dated):
    """The unit was asked to state its case until a day (单位说明)."""

    kind: ClassVar[str] = "statement_asked"

    answer_by: date = fact(date.fromisoformat)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementGiven(Dated):
    """The unit stated its case."""

    kind: ClassVar[str] = "statement_given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Dated):
    """What was decided (``sort``, a kind of the rules), by whom of an approving role.

    ``unheard``: the unit had not answered by its day. ``due``: by when the result is wanted.
    """

    kind: ClassVar[str] = "accountability_decided"

    sort: str
    decider_role: str
    decider: str | None = None
    due: date | None = fact(date.fromisoformat)
    unheard: bool = False
    sent_to: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resulted(Dated):
    """What came of it, as the 整改."""

    kind: ClassVar[str] = "accountability_resulted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked(Dated):
    """The unit or the person asked for a review (复核)."""

    kind: ClassVar[str] = "review_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAnswered(Dated):
    """The review was answered."""

    kind: ClassVar[str] = "review_answered"

    outcome: Outcome = fact(Outcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed(Dated):
    """The street proposes 责任查究 or 一票否决 to whom it belongs (附1.3); it decides nothing.

    ``day``: when it was sent. ``whose``: whom it concerns, who is not of the register.
    """

    kind: ClassVar[str] = "accountability_proposed"

    sort: str
    unit: str | None = None
    person: str | None = None
    cases: tuple[str, ...] = fact(words, ())
    whose: str | None = private()
    sent_to: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalAnswered(Dated):
    """To whom it was sent answered."""

    kind: ClassVar[str] = "proposal_answered"


TYPES: Mapping[str, type[Recorded]] = {
    t.kind: t
    for t in (
        Opened, StatementAsked, StatementGiven, Decided, Resulted, ReviewAsked, ReviewAnswered,
        Proposed, ProposalAnswered,
    )
}  # fmt: skip


@dataclass(slots=True)
class Entry:
    """One entry as it stands: the events that made it, None for what has not happened."""

    id: str
    seq: int
    day: date
    at: datetime
    opened: Opened | None = None
    proposed: Proposed | None = None
    asked: StatementAsked | None = None
    stated: StatementGiven | None = None
    decided: Decided | None = None
    resulted: Resulted | None = None
    review: ReviewAsked | None = None
    reviewed: ReviewAnswered | None = None
    answered: ProposalAnswered | None = None
    days: list[date] = field(default_factory=list)

    @property
    def basis(self) -> Basis:
        """Return by which clause it is."""
        return Basis.HANDLING if self.opened else Basis.ORDER

    @property
    def unit(self) -> str | None:
        """Return the unit concerned."""
        told = self.opened or self.proposed
        return told.unit if told else None

    @property
    def person(self) -> str | None:
        """Return the person of the register concerned, by id."""
        told = self.opened or self.proposed
        return told.person if told else None

    @property
    def sort(self) -> str | None:
        """Return what was decided or proposed; None: nothing yet."""
        told = self.decided or self.proposed
        return told.sort if told else None

    @property
    def state(self) -> str:
        """Return where it stands, in words."""
        if self.proposed:
            return "已答复" if self.answered else "已建议, 待答复"
        if self.reviewed:
            return f"复核{self.reviewed.outcome}"
        if self.review:
            return "复核中"
        if self.decided:
            return _OWES if self.result_due else "已决定"
        if self.stated:
            return "已说明, 待决定"
        return "待单位说明" if self.asked else "未请单位说明"

    @property
    def stands(self) -> str:
        """Return the state, and that a result is still wanted where a review hides it."""
        return f"{self.state}, {_OWES}" if self.review and self.result_due else self.state

    @property
    def result_due(self) -> date | None:
        """Return by when a result is still wanted; None: none is, or the review took it back."""
        if self.decided is None or self.resulted is not None:
            return None
        gone = self.reviewed is not None and self.reviewed.outcome is Outcome.WITHDRAWN
        return None if gone else self.decided.due


def fold(entries: Iterable[StreamEntry]) -> dict[str, Entry]:
    """Return the entries by id, oldest first. Raises ``NotAllowed`` or ``NotFound``."""
    found: dict[str, Entry] = {}
    for each in entries:
        event = each.event
        if isinstance(event, Opened):
            found[event.entry] = Entry(event.entry, each.seq, each.at.date(), each.at, opened=event)
            continue
        if isinstance(event, Proposed):
            found[event.entry] = Entry(event.entry, each.seq, event.day, each.at, proposed=event)
            continue
        _follow(find(found, event.entry), event)
    return found


def _follow(entry: Entry, event: Dated) -> None:
    """Take up what follows; raises ``NotAllowed`` for what is out of turn."""
    refuse_turn(entry, type(event))
    name, needs, _ = _TURNS[type(event)]
    _refuse_before(entry, event, needs)
    setattr(entry, name, event)


def refuse_turn(entry: Entry, kind: type[Dated]) -> None:
    """Raise ``NotAllowed`` for an event of a kind that has no place now."""
    name, needs, words_of = _TURNS[kind]
    if entry.proposed and name != "answered":
        raise NotAllowed(
            f"{entry.id} 是建议 (附1.3), 街道只提出, 不作决定。",
            f"对方答复了的: sixping accountability reply {entry.id} --text 内容",
        )
    if entry.opened and name == "answered":
        raise NotAllowed(f"{entry.id} 不是建议, 没有对方的答复。", f"现在: {entry.state}。")
    if getattr(entry, name) is not None:
        raise NotAllowed(
            f"{entry.id} {words_of}已经记录。",
            "记错了: sixping accountability void 序号 --reason 理由",
        )
    if any(getattr(entry, need) is None for need in needs):
        raise NotAllowed(f"{entry.id} {entry.state}, 还不能记录{words_of}。", _NEXT[needs[-1]])
    if name == "stated" and entry.decided:
        raise NotAllowed(f"{entry.id} 已经决定, 单位说明须在决定之前。", f"现在: {entry.state}。")


def _refuse_before(entry: Entry, event: Dated, needs: tuple[str, ...]) -> None:
    """Raise ``NotAllowed`` for a day before that of what it follows."""
    for need in needs:
        before: date = getattr(entry, need).day
        if event.day < before:
            raise NotAllowed(
                f"{entry.id}: {event.day} 早于 {before} 的{_WORDS[need]}。", "请核对 --date。"
            )
    if isinstance(event, Decided) and entry.stated is None:
        _refuse_unheard(entry, event)
    if isinstance(event, Decided) and entry.stated and event.day < entry.stated.day:
        raise NotAllowed(
            f"{entry.id}: {event.day} 早于 {entry.stated.day} 的单位说明。", "请核对 --date。"
        )


def _refuse_unheard(entry: Entry, event: Decided) -> None:
    """Raise ``NotAllowed`` for a decision before the unit was heard, or its day had passed."""
    assert entry.asked is not None  # noqa: S101 - needed by ``_TURNS``
    if not event.unheard:
        raise NotAllowed(
            f"{entry.id} 的决定以单位说明为据。",
            "请先撤销决定: sixping accountability void 序号 --reason 理由",
        )
    if event.day <= entry.asked.answer_by:
        raise NotAllowed(
            f"{entry.id} 请单位在 {entry.asked.answer_by} 前说明, 没有说明也没有到期, 不能决定。",
            f"说明了的: sixping accountability statement {entry.id} --text 内容",
        )


#: event → the field it fills, what must be there before, what it is called
_TURNS: Mapping[type[Recorded], tuple[str, tuple[str, ...], str]] = {
    StatementAsked: ("asked", (), "请单位说明"),
    StatementGiven: ("stated", ("asked",), "单位说明"),
    Decided: ("decided", ("asked",), "决定"),
    Resulted: ("resulted", ("decided",), "结果"),
    ReviewAsked: ("review", ("decided",), "申请复核"),
    ReviewAnswered: ("reviewed", ("decided", "review"), "复核答复"),
    ProposalAnswered: ("answered", ("proposed",), "对方的答复"),
}
_WORDS = {name: words_of for name, _, words_of in _TURNS.values()} | {"proposed": "建议"}
_NEXT = {
    "asked": "请先请单位说明 (五.3): sixping accountability ask 编号 --answer-by 日期",
    "decided": "请先记录决定: sixping accountability decide 编号 --kind 方式"
    " --decided-by 姓名 --text 内容",
    "review": "请先记录申请: sixping accountability review 编号 --text 内容",
    "proposed": "建议: sixping accountability propose --kind 建议 --to 机关 --text 事实",
}


def refuse_twice(entries: Iterable[Entry], event: Opened | Proposed) -> None:
    """Raise ``NotAllowed`` for what is open already: it would be counted twice.

    The same lapses of the same unit or person while nothing is decided, and the same proposal
    word for word while nobody answered.
    """
    for entry in entries:
        if _repeats(entry, event):
            raise NotAllowed(
                f"已有同样的一项 {entry.id} (第 {entry.seq} 号, {entry.state}), 不重复记。",
                f"查看: sixping accountability show {entry.id} --reason 理由;"
                f" 记错了: sixping accountability void {entry.seq} --reason 理由",
            )


def _repeats(entry: Entry, event: Opened | Proposed) -> bool:
    if (entry.unit, entry.person) != (event.unit, event.person):
        return False
    if isinstance(event, Opened):
        before = entry.opened
        return bool(before and not entry.decided and set(before.lapses) == set(event.lapses))
    sent = entry.proposed
    return bool(sent and not entry.answered and replace(event, entry=sent.entry) == sent)


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the events of an entry. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def entries_on(con: Connection, as_of: int | None = None) -> dict[str, Entry]:
    """Return the entries of a ledger by id, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, as_of=as_of))


def find(found: Mapping[str, Entry], name: str) -> Entry:
    """Return an entry by its id. Raises ``NotFound``."""
    entry = found.get(name.strip().lower())
    if entry is None:
        raise NotFound(f"没有这条问责记录: {name}", "编号 (如 q3) 见: sixping accountability list")
    return entry

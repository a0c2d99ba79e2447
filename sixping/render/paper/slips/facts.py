"""What each slip carries: plain data, all of it as words. Nothing of who reported, but where said.

A slip is known again by these facts, so nothing that only passes with the days is among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from sixping.render.paper.office.minutes import Minutes
    from sixping.render.paper.wording import Origin


class OfCase(NamedTuple):
    """What every slip may say of a case: no place, channel, source number or hour (二.2).

    ``nature``: None where nobody stated it; ``reports``: how many reported, None for one or two;
    ``limits``: name, date, clause of each; ``confidential``: 举报, or nobody said that it is none.
    """

    number: str
    received: str
    category: str | None
    nature: str | None
    platform: str
    grade: str
    community: str | None
    grid: str | None
    lead: str | None
    assist: tuple[str, ...]
    coordinator: str | None
    limits: tuple[tuple[str, str, str], ...]
    reports: int | None
    confidential: bool


class Assignment(NamedTuple):
    """交办单: the points the room wrote."""

    case: OfCase
    points: str


class Demand(NamedTuple):
    """催办单, 黄牌督办单, 红牌督办单: as things were when it was made.

    ``late``: each limit that was late, with its date and by how many working days.
    """

    case: OfCase
    level: str
    made: str
    reason: str | None
    answer_by: str | None
    late: tuple[tuple[str, str, int], ...]


class Extension(NamedTuple):
    """延期审批表; ``approved`` None: nobody has, all but the case is to be filled in."""

    case: OfCase
    reason: str | None
    workdays: int | None = None
    was: str | None = None
    until: str | None = None
    approved: str | None = None
    beyond: bool = False


class Referral(NamedTuple):
    """上报函: to whom, what the room wrote, the receipt if there is one."""

    case: OfCase
    to: tuple[str, ...]
    made: str
    content: str
    receipt: str | None


class Answer(NamedTuple):
    """答复单: what the reporter was told, each with its day; ``name`` None: to be filled in."""

    number: str
    received: str
    name: str | None
    told: tuple[tuple[str, str, str], ...]


class Contact(NamedTuple):
    """联系单: whom the lead unit has to call, and why."""

    case: OfCase
    name: str | None
    phone: str
    why: str


class Item(NamedTuple):
    """What a meeting gave a unit to do; ``number``: of the task or the case."""

    number: str
    text: str
    due: str


class Notice(NamedTuple):
    """议定事项通知单 for one unit."""

    meeting: str
    sort: str
    day: str
    convener: str
    unit: str
    items: tuple[Item, ...]


class Minuted(NamedTuple):
    """会议纪要: the minutes, and from which state of the ledger they are."""

    minutes: Minutes
    issued: Origin


Facts = Assignment | Demand | Extension | Referral | Answer | Contact | Notice | Minuted


class Head(NamedTuple):
    """What stands over a slip. ``title``: its kind; ``number``: as printed; ``day``: of the number.

    ``marks``: what every page says (重印, 未编号).
    """

    title: str
    office: str
    number: str
    day: str
    marks: tuple[str, ...] = ()


F = TypeVar("F")


class Slip(NamedTuple, Generic[F]):
    """A slip with its number."""

    head: Head
    facts: F

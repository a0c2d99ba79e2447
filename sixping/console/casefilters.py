"""The filters of lists of cases: their options, their words, and what a query is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from sixping.console import dated
from sixping.console.options import PLATFORM, STATUS
from sixping.documents.phrases import day
from sixping.policy.vocabulary import Platform, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sixping.console.context import Context
    from sixping.store.sqlite import Connection

OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="牵头或协办单位")]
InCommunity = Annotated[str | None, typer.Option("--community", metavar="社区")]
InGrid = Annotated[str | None, typer.Option("--grid", metavar="网格")]
OnPlatform = Annotated[
    Platform | None, typer.Option("--platform", click_type=PLATFORM, metavar="平台")
]
OfCategory = Annotated[str | None, typer.Option("--category", metavar="类别")]
InStatus = Annotated[Status | None, typer.Option("--status", click_type=STATUS, metavar="状态")]
ByChannel = Annotated[str | None, typer.Option("--channel", metavar="渠道")]
OfNature = Annotated[str | None, typer.Option("--nature", metavar="性质")]
AnsweredBy = Annotated[
    str | None,
    typer.Option("--person", metavar="人员", help="经办人: 编号或姓名, 也可以是已离开的"),
]
ReceivedFrom = Annotated[str | None, dated.LIST_FROM.option]
ReceivedTo = Annotated[str | None, dated.LIST_TO.option]

#: filter → what people call it, in the order in which it is said
_WORDS = {
    "unit": "单位", "community": "社区", "grid": "网格", "platform": "平台", "category": "类别",
    "severity": "等级", "status": "状态", "channel": "渠道", "nature": "性质",
    "person": "经办人",
}  # fmt: skip


class Days(NamedTuple):
    """The first and the last day of receipt asked for."""

    first: date | None = None
    last: date | None = None


class CaseFilters(NamedTuple):
    """What a list of cases was asked for, as it was written; None is no filter."""

    unit: str | None = None
    community: str | None = None
    grid: str | None = None
    platform: str | None = None
    category: str | None = None
    severity: str | None = None
    status: str | None = None
    channel: str | None = None
    nature: str | None = None
    start: str | None = None
    end: str | None = None
    person: str | None = None

    def days(self, context: Context) -> Days:
        """Return the days of receipt, each echoed. Raises ``UsageFault``."""
        return Days(*_received(context, self.start, self.end))

    def asked(self, con: Connection, context: Context, days: Days) -> dict[str, str | None]:
        """Return what ``queries.cases`` is asked, names in full; raises ``UnknownName``."""
        from sixping.services import filters

        first, after = filters.days(*days)
        places = filters.Places(self.unit, self.community, self.grid, self.category, self.nature)
        return {
            **places.resolved(con)._asdict(),
            "platform": self.platform,
            "severity": self.severity,
            "status": self.status,
            "channel": channel_named(con, context, self.channel),
            "person": filters.person_id(con, self.person),
            "start": first,
            "end": after,
        }


def filter_words(asked: dict[str, str | None], days: Days) -> str:
    """Return the filters in words, empty for none; they name nobody."""
    parts = [f"{word} {asked[name]}" for name, word in _WORDS.items() if asked.get(name)]
    parts += [f"自 {day(days.first)}"] if days.first else []
    parts += [f"至 {day(days.last)}"] if days.last else []
    return "; ".join(parts)


def _received(context: Context, start: str | None, end: str | None) -> Iterator[date | None]:
    """Yield the first and the last day of receipt asked for, each echoed."""
    for value, row in ((start, dated.LIST_FROM), (end, dated.LIST_TO)):
        if value is None:
            yield None
        else:
            from sixping.console.days import day_of

            yield day_of(context, value, row)


def channel_named(con: Connection, context: Context, name: str | None) -> str | None:
    """Return a channel by its name or alias; raises ``NotFound`` naming all."""
    if name is None:
        return None
    from sixping.policy.editions import POLICY, load_policy
    from sixping.store.documents import rule_on

    return rule_on(con, POLICY, load_policy).edition_at(context.now.date()).channel(name).name

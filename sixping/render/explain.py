"""A counted period in words: its days and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.documents import phrases
from sixping.documents.eventwords import kind_name
from sixping.policy.vocabulary import CLOCKS
from sixping.render.table import Column
from sixping.reports.growth import Growth
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KINDS = {
    "workday": "工作日",
    "weekend": "休息日",
    "holiday": "节假日",
    "make_up": "补班",
    "local": "本地安排",
    "provisional": "暂定",
}
DECIDED = "会商决定的期限"
PROFILES = {
    "civil-code": "收到当日不计, 自下一个工作日起算, 止于最后一日下班时 (民法典第201、203条)",
    "next-opening": "下班后收到的视为下一次上班时收到, 该日不计, 止于最后一日下班时",
}
COLUMNS = (
    Column("date", "日期", "day"),
    Column("label", "日子"),
    Column("name", "名称"),
    Column("count", "第几个工作日", "int"),
    Column("source", "依据", elastic=True),
)


def days_page(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for every day that was looked at; for a decided date, that day alone."""
    if document["workdays"] is None:
        yield _decided(document)
    count = 0
    for day in document["days"]:
        count += day["counted"]
        yield day | {
            "clock": _name(document),
            "label": KINDS[day["kind"]],
            "count": count if day["counted"] else None,
        }


def _decided(document: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a day that a meeting or a leader named (三.2)."""
    return {
        "clock": _name(document), "date": document["due"][:10], "label": "议定日期",
        "name": DECIDED, "count": None, "source": document["clause"],
    }  # fmt: skip


def _name(document: dict[str, Any]) -> str:
    """Return which limit it is, with the round where there was more than one."""
    if "kind" not in document:
        return ""
    again = f"(第{document['round']}轮)" if document["round"] > 1 else ""
    return f"{CLOCKS[document['kind']]}{again}"


def history_words(document: dict[str, Any], year: int) -> Iterator[str]:
    """Say every promise of a clock whose promise changed, and why it did."""
    promises = document.get("promises", ())
    if len(promises) < 2:  # noqa: PLR2004 - one promise has no history
        return
    for place, promise in enumerate(promises, 1):
        was = "现定" if place == len(promises) else "曾定"
        due = (
            phrases.moment(from_text(promise["due"]), year)
            + f" {phrases.PROVISIONAL}" * promise["provisional"]
        )
        when = phrases.moment(from_text(promise["at"]), year)
        why = f": {promise['why']}" if promise["why"] else ""
        yield f"{_name(document)}{was} {due}, {when} {kind_name(promise['step'])}{why}"


def grown_words(clock: Mapping[str, Any]) -> str:
    """Return how many working days a limit counts, and what was added to them."""
    first = clock.get("first_workdays", clock["workdays"])
    return Growth(first, clock.get("extended", 0), clock.get("stood", 0)).words


def outcome_words(document: dict[str, Any], year: int) -> Iterator[str]:
    """Say when the limit ends, and on what that rests."""
    due = phrases.moment(from_text(document["due"]), year)
    mark = f" {phrases.PROVISIONAL}" if document["provisional"] else ""
    name = f"{_name(document)}: " if "kind" in document else ""
    basis = f" ({document['clause']})" if document.get("clause") else ""
    if document["workdays"] is None:
        yield f"{name}{DECIDED} {due}{mark}{basis}, 不按工作日计算。"
        return
    yield f"{name}{grown_words(document)}{basis}, 到期 {due}{mark}"
    yield PROFILES[document["profile"]]
    yield from history_words(document, year)
    yield from differs_from(document)


def differs_from(document: dict[str, Any]) -> Iterator[str]:
    """Say that the days no longer lead to the promise: a stopped clock keeps its own."""
    if document.get("recount") not in (None, document.get("due")):
        yield f"{_name(document)}: 台账记录的期限与现行日历的算法不同; 以台账记录为准。"

"""Results that go back to the source of a report (三.1 登记、反馈): listed, counted, marked."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sixping.cases.lifecycle import effective
from sixping.cases.steps.owing import SourceAnswered
from sixping.errors import NotAllowed
from sixping.ledger import transaction
from sixping.office.registers import require
from sixping.policy.handling import ANSWERED
from sixping.queries import cases, sources
from sixping.reports.overdue import SOURCE_FEEDBACK, Waiting
from sixping.reports.period import percent
from sixping.services.office.waiting import waiting_case
from sixping.services.rulebooks import rulebooks_on, rules_in
from sixping.util.clock import SHANGHAI, from_text, to_text

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from sixping.policy.editions import Edition
    from sixping.queries.sources import Result
    from sixping.reports.period import Narrow, Span
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.taking import Situation
    from sixping.store.rows import CaseRow
    from sixping.store.sqlite import Connection
    from sixping.store.writer import Stamp

REGISTER: Final = "sources"
_EVER: Final = "9999"
COHORT = (
    "自登记启用起办结、按渠道规则须回复来源的反映 (来源自己写明结果的除外) 中, 已回复来源的;"
    " 按报告时的记录"
)


def waiting(
    con: Connection,
    _: datetime,
    keep: Callable[[CaseRow], bool],
    rulebooks: Rulebooks,
    begun: date,
) -> Iterator[Waiting]:
    """Yield the reports whose source was not told their result, from the register's day on.

    It is for the room to tell it, so no unit has it in hand.
    """
    for result in _to_answer(con, rulebooks, _start(begun), _EVER):
        if result.answered_at:
            continue
        row = cases.case(con, result.number)
        if keep(row._replace(lead=None, assist="[]")):
            waits = waiting_case(row, SOURCE_FEEDBACK, result.resolved_at)
            yield waits._replace(unit=None, remarks=tuple(_remarks(result, rulebooks)))


def _start(day: date) -> str:
    return to_text(datetime.combine(day, time(), SHANGHAI))


def _to_answer(
    con: Connection, rulebooks: Rulebooks, start: str, end: str, as_of: int | None = None
) -> Iterator[Result]:
    """Yield the results of which somebody of the street has to tell the source."""
    editions = rulebooks.policy.editions
    channels = {source.name for each in editions for source in each.sources if source.owed}
    if not channels:
        return
    for result in sources.results(con, channels, start, end, as_of):
        rule = _edition(rulebooks, result).source(result.channel)
        if rule and rule.owed and not result.stated:
            yield result


def _edition(rulebooks: Rulebooks, result: Result) -> Edition:
    return rulebooks.policy.edition_at(from_text(result.received_at).date())


def _remarks(result: Result, rulebooks: Rulebooks) -> Iterator[str]:
    rule = _edition(rulebooks, result).source(result.channel)
    yield f"{result.channel}: {ANSWERED[rule.answered] if rule else ''}"
    if result.main != result.number:
        yield f"已并入 {result.main}"


def counted(
    con: Connection, rulebooks: Rulebooks, span: Span, narrow: Narrow, since: date, as_of: int
) -> dict[str, Any]:
    """Return ``{n, d, rate, since, cohort}`` of a period, from the day the register began."""
    start, end = _start(max(since, span.first)), _start(span.last + timedelta(days=1))
    found = [
        result
        for result in _to_answer(con, rulebooks, start, end, as_of)
        if narrow.keeps(unit=result.unit, community=result.community, platform=result.platform)
    ]
    n, d = sum(result.answered_at is not None for result in found), len(found)
    return {"n": n, "d": d, "rate": percent(n, d), "since": since.isoformat(), "cohort": COHORT}


def listed(
    con: Connection, rulebooks: Rulebooks, start: str, end: str | None, as_of: int | None
) -> Iterator[dict[str, Any]]:
    """Yield the results of which somebody has to tell the source, answered or not."""
    for result in _to_answer(con, rulebooks, start, end or _EVER, as_of):
        yield _row(result, rulebooks) | {"unit": result.unit, "resolved_at": result.resolved_at}


def of_case(con: Connection, row: CaseRow, begun: date, as_of: int | None) -> list[dict[str, Any]]:
    """Return which reports of a case have a result that somebody has to tell their source.

    ``{number, channel, how, answered_at, main}``; ``how`` as the rules call it.
    """
    numbers = [row.number, *(report["number"] for report in json.loads(row.others))]
    rulebooks, found = rulebooks_on(con, as_of), []
    for result in sources.of_reports(con, numbers, as_of):
        rule = _edition(rulebooks, result).source(result.channel)
        since = result.resolved_at >= _start(begun)
        if since and rule and rule.owed and not result.stated:
            found.append(_row(result, rulebooks))
    return found


def _row(result: Result, rulebooks: Rulebooks) -> dict[str, Any]:
    rule = _edition(rulebooks, result).source(result.channel)
    return {
        "number": result.number, "channel": result.channel,
        "how": ANSWERED[rule.answered] if rule else None, "answered_at": result.answered_at,
        "main": None if result.main == result.number else result.main,
    }  # fmt: skip


# --- marked ------------------------------------------------------------------------------------


def answered_by(situation: Situation, text: str, *, everyone: bool) -> SourceAnswered:
    """Return the step that says that the source of a report was told, judged by its channel.

    Raises ``NotAllowed`` while the register sleeps, and where there is no source to tell.
    """
    require(situation.work.con, REGISTER)
    case = situation.case
    rule = situation.edition.source(case.channel)
    if rule is None:
        situation.hint(f"规则没有写明“{case.channel}”怎样回复来源, 不列为来源待反馈。")
    elif not (rule.owed or everyone):
        raise NotAllowed(
            f"{case.number} 的渠道“{case.channel}”按规则不由本街道回复来源"
            f" ({ANSWERED[rule.answered]}, {rule.clause})。",
            f"反馈反映人用 sixping feedback {case.number} 内容。",
        )
    to = case.number if case.merged_into and not everyone else None
    event = SourceAnswered(to=to, everyone=everyone, text=text)
    _refuse_twice(situation, event)
    return event


def _refuse_twice(situation: Situation, event: SourceAnswered) -> None:
    """Refuse the same answer to the same source again; point out another one (三.1).

    A reopened case that came to another result is answered anew.
    """
    number = situation.case.merged_into or situation.case.number
    main = situation.other(number) if situation.case.merged_into else situation.case
    log = list(effective(situation.log_of(number)))
    ended = max((each.seq for each in log if each.event.kind in sources.ENDINGS), default=0)
    for entry in log:
        before = entry.event
        if not isinstance(before, SourceAnswered) or before.to != event.to:
            continue
        if main.ended_at is None or (entry.at, entry.seq) < (main.ended_at, ended):
            continue
        if (before.text, before.everyone) == (event.text, event.everyone):
            raise NotAllowed(
                f"{number} 的这次结果已经用同样的话回复过来源 (第 {entry.seq} 号), 不重复记。",
                f"记错了: sixping void {number} {entry.seq} --reason 理由",
            )
        situation.hint(f"注意: 这次结果第 {entry.seq} 号已经回复过来源, 这是补充, 不另计。")


def refuse_unowed(con: Connection, channel: str, now: datetime) -> None:
    """Refuse to mark what went to a channel whose source the street does not tell."""
    require(con, REGISTER)
    rule = rulebooks_on(con).policy.edition_at(now.date()).source(channel)
    if rule is None or not rule.owed:
        how = "没有写明" if rule is None else f"是“{ANSWERED[rule.answered]}”"
        raise NotAllowed(
            f"渠道“{channel}”怎样回复来源, 规则{how}, 不能标记为已回复。", "请去掉 --mark。"
        )


def mark(path: str | os.PathLike[str], stamp: Stamp, given: Mapping[str, str | None]) -> int:
    """Record that the results of reports went to their source; return how many are new.

    ``given``: number → when the result came that was given out. A report that has another one
    by now, or none, is left as it is, and so is one whose source was told already.
    """
    with transaction(path, stamp) as work:
        rules, done = rules_in(work.con), 0
        for result in sources.of_reports(work.con, given):
            if result.answered_at is not None or result.resolved_at != given[result.number]:
                continue
            to = None if result.main == result.number else result.number
            event, main = SourceAnswered(to=to, exported=True), work.case(result.main)
            work.append(result.main, event, stamp.now, before=main, rules=rules)
            done += 1
    return done

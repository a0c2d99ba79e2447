"""Reports that are put on the table: frozen, printed again, and held against what is known now.

A frozen report is made anew from the ledger as it stood, so that its figures open to the cases of
then; what is printed are the recorded figures. Where both differ (a contact was erased, another
version counts otherwise) that is said, and the recorded ones stand.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.eventwords import kind_name
from sixping.documents.frozen import (
    Change,
    Later,
    Reprint,
    changes,
    figures_of,
    plain_json,
    recorded,
    restored,
)
from sixping.errors import NotAllowed, UsageFault
from sixping.office import issues
from sixping.office.issues import ReportFrozen
from sixping.queries.later import later_steps
from sixping.queries.periods import AsOf
from sixping.reports.drill import key_named
from sixping.reports.period import RATES, Narrow
from sixping.reports.spans import DAYS, PERIODS, calendar_kind
from sixping.services.drill import Rows, of_span
from sixping.services.papers.period import Made, naming_in
from sixping.services.report import Source, gathered, revealed
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import figures_digest
from sixping.util.clock import from_text, to_text
from sixping.util.daytext import understood, understood_span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sixping.reports.drill import Key
    from sixping.reports.issue import Issue
    from sixping.reports.period import PeriodReport
    from sixping.reports.spans import ReportRequest
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction


# --- frozen ----------------------------------------------------------------------------------


class Drafted(NamedTuple):
    """A report that may be frozen; ``again``: as a correction of the one that was."""

    made: Made
    again: bool

    @property
    def request(self) -> ReportRequest:
        """Of which period it is."""
        return self.made.source.request

    @property
    def report(self) -> PeriodReport:
        """Its figures."""
        return self.made.report


def drafted(con: Connection, request: ReportRequest, *, again: bool) -> Drafted:
    """Make the report that is to be frozen; ``again``: a correction of the one that was.

    Raises ``UsageFault`` for a part of the street or days that are a period with a name of its own,
    ``NotAllowed`` for a period that runs, is unknown or frozen already, and for a correction of
    nothing.
    """
    refuse_unfit(request)
    _refuse(request, issues.standing(con, request.kind, request.span), again=again)
    present = AsOf.present(con, to_text(request.moment))
    source = Source(con, request, present._replace(past=True), rulebooks_on(con, present.seq))
    report, caveats = gathered(source)
    if not report.stock.known:
        raise NotAllowed(
            f"台账里没有 {understood_span(*request.span)} 的记录, 不能定稿。", "请核对时段。"
        )
    made = Drafted(Made(source, report, caveats, naming_in(con, report, report.seq)), again)
    if again and not _changed_since(con, made):
        raise NotAllowed("现在的数与定稿的一样, 没有可更正的。", f"查看: {_command(request)}")
    return made


def refuse_unfit(request: ReportRequest) -> None:
    """Refuse to freeze what is no paper of a whole period; raises as ``drafted`` does."""
    if any(request.narrow):
        raise UsageFault(
            "定稿的是全街道的材料, 不能只定一个单位、社区或平台的。",
            "请去掉 --unit、--community、--platform; 定稿以后再按单位打印, 用的是定稿时的记录。",
        )
    named = calendar_kind(request.span) if request.kind == DAYS else None
    if named is not None:
        option = request._replace(kind=named).option
        raise UsageFault(f"这些日子正好是 {option}, 按它定稿。", f"请写: {option} --freeze")
    if request.span.last >= request.moment.date():
        raise NotAllowed(
            f"{understood_span(*request.span)} 还没有过完, 不能定稿。",
            "请在最后一天过后再定稿; 现在可以先不加 --freeze 打印。",
        )


def _refuse(request: ReportRequest, before: Issue | None, *, again: bool) -> None:
    days = understood_span(*request.span)
    if before is None and again:
        raise NotAllowed(
            f"{days} 还没有定稿, 没有可更正的。", f"先定稿: {_command(request)} --freeze"
        )
    if before is not None and not again:
        raise NotAllowed(
            f"{days} 已于 {understood(before.at)} 定稿: {before.words}。",
            f"打印定稿: {_command(request)} ; 要更正: {_command(request)} --freeze --restate"
            " --reason 缘由",
        )


def _command(request: ReportRequest) -> str:
    return f"sixping report {request.option}"


def _changed_since(con: Connection, made: Drafted) -> list[Change]:
    before = issues.standing(con, made.request.kind, made.request.span)
    if before is None:
        return []
    return changes(figures_of(before.figures), figures_of(recorded(made.report)))


def freeze(tx: Transaction, made: Drafted, reason: str | None = None) -> Issue:
    """Record a report under the next number, a correction under that of its issue.

    Raises ``NotAllowed`` where somebody else froze it meanwhile.
    """
    request, report = made.request, made.report
    before = issues.standing(tx.con, request.kind, request.span)
    _refuse(request, before, again=made.again)
    if before:
        issue, total = before.number, before.total
    else:
        issue, total = issues.next_numbers(issues.every(tx.con), request.kind, request.span)
    figures = recorded(report)
    event = ReportFrozen(
        period=request.kind,
        first=request.span.first,
        last=request.span.last,
        issue=issue,
        total=total,
        correction=before.correction + 1 if before else 0,
        as_of=report.as_of,
        seq=report.seq,
        ledger_seq=report.seq,
        head=report.head,
        digest=figures_digest(figures),
        figures=figures,
        reason=reason,
    )
    return issues.freeze(tx, event)


# --- printed again ---------------------------------------------------------------------------


def issue_of(con: Connection, request: ReportRequest) -> Issue | None:
    """Return the frozen report of a request; None: there is none, or a past state is asked for.

    Days that are a calendar period are looked up as that period, too.
    """
    if request.past:
        return None
    kinds = (DAYS, *PERIODS) if request.kind == DAYS else (request.kind,)
    found = (issues.standing(con, kind, request.span) for kind in kinds)
    return next(filter(None, found), None)


def frozen_source(con: Connection, request: ReportRequest, issue: Issue) -> Source:
    """Return the state that a frozen report was made from, of whom the request is."""
    state = AsOf(issue.seq, issue.head, to_text(issue.as_of), past=True)
    then = request._replace(moment=issue.as_of, past=True)
    return Source(con, then, state, rulebooks_on(con, issue.seq))


def reported(
    con: Connection,
    request: ReportRequest,
    *,
    restate: bool = False,
    reveal: Collection[str] = (),
) -> Made:
    """Make the report of a request: the frozen one where there is one, and what changed since.

    ``restate``: as it is known now, the frozen figures beside. ``reveal`` as ``Made.of`` has it.
    """
    issue = issue_of(con, request)
    now = Made.of(con, request, reveal)
    if issue is None:
        return now
    was, differs = _again(frozen_source(con, request, issue), issue, reveal)
    reprint = _reprint(was, now, issue, differs)
    return (now if restate else was)._replace(reprint=reprint._replace(restated=restate))


def source_of(
    con: Connection, request: ReportRequest, *, restate: bool
) -> tuple[Source, Issue | None]:
    """Return the state that figures of a request open in, and the issue they were frozen in."""
    issue = issue_of(con, request)
    if issue is None or restate:
        return Source.of(con, request), issue
    return frozen_source(con, request, issue), issue


def _again(source: Source, issue: Issue, reveal: Collection[str]) -> tuple[Made, list[Change]]:
    """Make a frozen report anew; return it with the recorded figures, and where both differ."""
    anew, caveats = gathered(source)
    report = anew._replace(seq=issue.ledger_seq, head=issue.head)
    differs: list[Change] = []
    if _is_own(source.request, issue):
        kept = figures_of(issue.figures)
        found = figures_of(recorded(anew))
        differs = changes(kept, {key: found.get(key) for key in kept})
        report = restored(report, issue.figures)
    if reveal:
        report = revealed(source.con, report, reveal)
    return Made(source, report, caveats, naming_in(source.con, report, issue.seq)), differs


def _is_own(request: ReportRequest, issue: Issue) -> bool:
    """Return whether a request is the frozen report itself, not a part of it or other words."""
    return request.narrow == Narrow() and request.kind == issue.kind


def _reprint(was: Made, now: Made, issue: Issue, differs: list[Change]) -> Reprint:
    """Return what is said beside a frozen report, or beside what is known now of its period."""
    found = changes(figures_of(plain_json(was.report)), figures_of(plain_json(now.report)))
    behind = _Behind(was.source, now.source)
    changed = [each._replace(numbers=behind.of(each.figure)) for each in found]
    numbers = {number for each in changed for number in each.numbers}
    last = now.source.period[1]
    later = [
        Later(
            step.number, step.seq, kind_name(step.kind), from_text(step.at),
            from_text(step.recorded_at), within=step.at <= last,
        )
        for step in later_steps(now.source.con, numbers, issue.seq)
    ]  # fmt: skip
    own = _is_own(now.source.request, issue)
    return Reprint(issue, own, changed, later, [each.figure for each in differs], now.report.as_of)


class _Behind:
    """The cases behind a figure that stand there in one state and not, or otherwise, in another."""

    def __init__(self, was: Source, now: Source) -> None:
        self._states = (was, now)
        self._rows: dict[str, tuple[Rows, Rows]] = {}

    def of(self, figure: str) -> tuple[str, ...]:
        """Return their numbers; none where no case is behind it (another rule, another name)."""
        for opening in _openings(figure):
            with suppress(UsageFault):
                key = key_named(opening)
                if found := self._moved(key) or self._told_otherwise(key):
                    return tuple(sorted(found))
        return ()

    def _of_span(self, span: str) -> tuple[Rows, Rows]:
        if span not in self._rows:
            was, now = (
                Rows(state._replace(request=of_span(state.request, span))) for state in self._states
            )
            self._rows[span] = was, now
        return self._rows[span]

    def _moved(self, key: Key) -> set[str]:
        parts = ("n", "d") if key.figure in RATES and not key.part else (key.part,)
        found: set[str] = set()
        for part in parts:
            own = key._replace(part=part)
            was, now = (Counter(rows.numbers(own)) for rows in self._of_span(key.span))
            found |= {number for number in was | now if was[number] != now[number]}
        return found - {""}

    def _told_otherwise(self, key: Key) -> set[str]:
        was, now = ({_told(row) for row in rows.of(key)} for rows in self._of_span(key.span))
        return {number for number, *_ in was ^ now if number}


def _told(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - one of ``reports.drill.Drilled``
    return row.number, row.counted, row.what, row.due, row.at


#: end of the key of a figure that opens to nothing → what opens in its place, until one differs
_BASES = {
    ".share": (".received",),
    ".days": (".resolved", ".reopened_rate", ".first_lead"),
    ".overdue_longest": (".overdue",),
}


def _openings(figure: str) -> Iterator[str]:
    """Yield the keys by which the cases behind a figure are found, until one has some."""
    for end, bases in _BASES.items():
        if figure.endswith(end):
            yield from (figure.removesuffix(end) + base for base in bases)
    if figure.startswith("by_"):
        if figure.endswith(".share"):
            yield "received"
        if ".left_out." in figure:
            yield f"left_out.{figure.rpartition('.')[2]}"
    yield figure.removeprefix("daily.")
    if figure == "extended":  # a share of what fell due
        yield "finish_on_time"

"""The life of a case: ``evolve`` replays, ``advance`` takes a new step, ``refold`` leaves one out.

Recording and replaying are the same code; what differs is who answers when the fold asks for a
date: the rules, or the record of the event. So a replay gives the same promises whatever
calendar or policy is installed (decision 2). What a step is called, when it may happen and what
it changes is its class in ``cases.steps``; which clocks run is in ``book``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.book import Book, promises, wanted
from sixping.cases.dates import Answer, Ask, matching, recorded
from sixping.cases.deadlines import Counted
from sixping.cases.model import Case, PassedOn
from sixping.cases.step import Relimited, Step, Voided
from sixping.cases.steps import all_steps
from sixping.cases.steps.intake import Reported
from sixping.errors import NotAllowed
from sixping.util.daytext import understood
from sixping.util.records import revised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sixping.cases.dates import Answers, Question
    from sixping.cases.rules import Rules
    from sixping.cases.step import CaseEntry

    #: dates that voids gave to later steps, by the seq of the step
    Redated = Mapping[int, Sequence[Answer]]


#: what changes nothing by itself, but how the entries before it are read
LOOKING_BACK = (Voided, Relimited)


def evolve(
    case: Case | None,
    entry: CaseEntry,
    number: str,
    *,
    answers: Answers | None = None,
    redated: Redated | None = None,
) -> Case:
    """Return the case after an entry; what passed ``check_step`` never raises here.

    Dates are those the entry records, or the voids that follow it (``redated``), unless
    ``answers`` gives them.
    """
    event = entry.event
    if isinstance(event, Reported):
        after = event.opened(entry, number)
    elif case is None:
        raise ValueError(number)
    else:
        changes = event.change(case, entry.at)
        if changes.get("lead", case.lead) != case.lead:
            changes.setdefault("person", None)  # who answered for it was of the former lead
        if event.rewords:
            changes["words_seq"] = entry.seq
        after = revised(case, {"version": case.version + 1, **changes})
        if _leaves_clocks(event, case, after):
            return after
    record = answers or recorded(recorded_in(entry, redated or {}))
    book = Book(case, after, entry.at, record)
    event.clocks(book)
    return revised(after, {"clocks": book.clocks})


def _leaves_clocks(event: Step, case: Case, after: Case) -> bool:
    """Return whether a step neither moves a clock nor changes which ones are wanted.

    What meets a limit, or begins a round, ends or begins the want of one.
    """
    return type(event).clocks is Step.clocks and wanted(after) == wanted(case)


def recorded_in(entry: CaseEntry, redated: Redated) -> list[Answer]:
    """Return the dates recorded for a step: its own, then those that voids gave it."""
    event = entry.event
    return [*(Answer(due, event.terms) for due in event.dues), *redated.get(entry.seq, ())]


def advance(
    case: Case | None, entry: CaseEntry, number: str, rules: Callable[[], Rules]
) -> tuple[Case, Step]:
    """Take a new step: judge the state, then the dates, then what else stands in the way.

    Returns the case after it, and the event with the dates the rules gave. Raises
    ``NotAllowed`` when the step may not happen.
    """
    # A clock that went back is a remark, not a reason to keep a desk from its work.
    check_step(case, entry.event, entry.at, stated=entry.at < entry.recorded_at)
    counted = Counted(rules)
    after = evolve(case, entry, number, answers=counted)
    if not counted.dues:
        return after, entry.event
    event = replace(entry.event, dues=tuple(counted.dues), terms=counted.terms)
    return after, event


def fold(number: str, entries: Sequence[CaseEntry]) -> Case:
    """Replay a case from its log, leaving out the entries that were voided."""
    case: Case | None = None
    for _, after in replayed(number, entries):
        case = after
    if case is None:
        raise ValueError(number)
    if case.words_seq is not None:
        case = revised(case, {"words_seq": _words_seq(entries)})
    return case if case.version == len(entries) else revised(case, {"version": len(entries)})


def _words_seq(entries: Sequence[CaseEntry]) -> int:
    """Return the last entry that says otherwise what was said: an amendment, or its void."""
    amended = {e.seq for e in entries if e.event.rewords}
    voids = [e.seq for e in entries if isinstance(e.event, Voided) and e.event.seq in amended]
    return max([*amended, *voids])


def replayed(number: str, entries: Sequence[CaseEntry]) -> Iterator[tuple[CaseEntry, Case]]:
    """Yield each entry of a log that counts, with the case after it."""
    case: Case | None = None
    redated = redated_by(entries)
    for entry in effective(entries):
        case = evolve(case, entry, number, redated=redated)
        yield entry, case


def effective(entries: Iterable[CaseEntry]) -> list[CaseEntry]:
    """Return the entries that count: neither voided nor a voiding, corrected as they are."""
    entries = list(entries)
    gone = {e.event.seq for e in entries if isinstance(e.event, Voided)}
    taken = {t.seq: t for e in entries if isinstance(e.event, Relimited) for t in e.event.taken}
    rest = [e for e in entries if e.seq not in gone and not isinstance(e.event, LOOKING_BACK)]
    return [_corrected(e, taken[e.seq]) if e.seq in taken else e for e in rest]


def received_at(entries: Sequence[CaseEntry]) -> datetime:
    """Return when a report was received, by its log as far as it counts."""
    at = entries[0].at
    for entry in effective(entries):
        at = entry.event.came_in(at)
    return at


def _corrected(entry: CaseEntry, taken: PassedOn) -> CaseEntry:
    """Return the entry by which a report came in, with what it gave."""
    event = replace(entry.event, since=taken.since, limits=taken.limits)  # type: ignore[call-arg]
    return replace(entry, event=event)


def passed_on(number: str, entries: Sequence[CaseEntry]) -> dict[int, tuple[str, PassedOn]]:
    """Return what a case gave whom at each merge that counts, by the seq of the merge."""
    given: dict[int, tuple[str, PassedOn]] = {}
    before: Case | None = None
    for entry, case in replayed(number, entries):
        if case.merged_into and before and not before.merged_into:
            gave = PassedOn(entry.seq, before.counts_from, promises(before))
            given[entry.seq] = case.merged_into, gave
        before = case
    return given


def redated_by(entries: Iterable[CaseEntry]) -> dict[int, list[Answer]]:
    """Return the dates that voids gave to the steps after what they left out."""
    redated: dict[int, list[Answer]] = {}
    for entry in entries:
        if isinstance(entry.event, LOOKING_BACK):
            for due in entry.event.dues:
                redated.setdefault(due.of or 0, []).append(Answer(due, entry.event.terms))
    return redated


# --- leaving one step out ----------------------------------------------------------------


class Refolded(NamedTuple):
    """A case with its log read otherwise, and the event that says so, with the dates it gives."""

    case: Case
    event: Step


def refold(
    number: str, entries: Sequence[CaseEntry], entry: CaseEntry, rules: Callable[[], Rules]
) -> Refolded:
    """Fold the rest of a log anew, as if a voided entry had never been or one read otherwise.

    ``entry`` is that of the void or correction. A recorded date that answers what is asked
    stands; a date nobody promised is made by the rules and recorded in the event.
    ``NotAllowed`` names the first later step this would break.
    """
    event = entry.event
    assert isinstance(event, LOOKING_BACK)  # noqa: S101 - by the caller
    if isinstance(event, Voided):
        _refuse_void(number, entries, event.seq)
    anew = _Anew(entries, number, rules)
    case: Case | None = None
    for rest in effective([*entries, entry]):
        try:
            check_step(case, rest.event, rest.at, stated=rest.at < rest.recorded_at)
            case = evolve(case, rest, number, answers=anew.of(rest))
        except NotAllowed as error:
            raise NotAllowed(
                f"{event.ground}, {number} 的第 {rest.seq} 号({rest.event.label})就不成立了: "
                f"{error.what}",
                f"请先撤销第 {rest.seq} 号: sixping void {number} {rest.seq} --reason 理由。",
            ) from None
    if case is None:
        raise ValueError(number)
    dues = tuple(anew.counted.dues)
    terms = anew.counted.terms if dues else None
    said = None if case.words_seq is None else _words_seq([*entries, entry])
    case = revised(case, {"version": len(entries) + 1, "words_seq": said})
    return Refolded(case, replace(event, dues=dues, terms=terms))


def _refuse_void(number: str, entries: Sequence[CaseEntry], seq: int) -> None:
    rest = effective(entries)
    target = next((e for e in rest if e.seq == seq), None)
    if target is None:
        voids = {e.event.seq: e.seq for e in entries if isinstance(e.event, Voided)}
        what = f"{number} 没有可以撤销的第 {seq} 号记录"
        if seq in voids:
            what = f"{number} 的第 {seq} 号已由第 {voids[seq]} 号撤销"
        elif any(e.seq == seq for e in entries):
            what = f"{number} 的第 {seq} 号本身是撤销或更正, 不能再撤销"
        hint = f"用 sixping log {number} 查看这一件的记录和序号; 撤销错了的请重新办理那一步。"
        raise NotAllowed(f"{what}。", hint)
    if target is rest[0]:
        raise NotAllowed(
            f"第 {seq} 号是 {number} 的登记, 不能撤销。",
            f"写错的用 sixping amend {number} --text 内容 --reason 理由 更正 (别的选项见 --help);"
            f" 刚登记错的用 sixping undo {number} 撤回; 不该受理的用"
            f" sixping decline {number} --reason 理由。",
        )
    if target.event.final:
        raise NotAllowed(
            f"第 {seq} 号({target.event.label})不能撤销。", "要恢复的请重新登记: sixping intake。"
        )
    if target.event.paired:
        raise NotAllowed(
            f"第 {seq} 号({target.event.label})在两件事项里成对记录, 不能单独撤销。",
            "并错的用 sixping unmerge 编号 --reason 理由 拆出;"
            " 拆错的用 sixping merge 编号 --into 编号 再并入。",
        )


class _Anew:
    """Answers from the record while it fits; else by the rules, noting for which step."""

    def __init__(
        self, entries: Sequence[CaseEntry], number: str, rules: Callable[[], Rules]
    ) -> None:
        self.counted = Counted(rules)
        self._number, self._entries = number, entries
        self._redated = redated_by(entries)

    @cached_property
    def _before(self) -> dict[int, Case]:
        """The case as each entry that counts found it, by the seq of the entry."""
        path = list(replayed(self._number, self._entries))
        return {entry.seq: case for (_, case), (entry, _) in pairwise(path)}

    def of(self, entry: CaseEntry) -> Answers:
        """Return who answers for the step of an entry."""
        known = recorded_in(entry, self._redated)

        def answer(question: Question) -> Answer | None:
            found = matching(known, question)
            if found or self._was_asked(entry, question):
                return found
            if question.ask in (Ask.LATER, Ask.LEVEL):
                raise NotAllowed("它是从被撤销的期限起算的。")
            made = self.counted(question)
            if made is None:
                return None
            due = made.due._replace(of=entry.seq)
            self.counted.dues[-1] = due
            return Answer(due, made.terms)

        return answer

    def _was_asked(self, entry: CaseEntry, question: Question) -> bool:
        """Return whether a recount, or another category, found this promise and left it."""
        before = self._before.get(entry.seq)
        return question.ask in _LEAVING and before is not None and question.clock in before.clocks


#: what need not be answered: a promise it finds may stand
_LEAVING = frozenset({Ask.RECOUNT, Ask.CATEGORY})

# --- what may happen now -------------------------------------------------------------------


def check_step(case: Case | None, event: Step, at: datetime, *, stated: bool = True) -> None:
    """Refuse with ``NotAllowed`` what may not happen to this case now.

    ``stated``: somebody said when it happened; what the clock says is only remarked on.
    """
    if not event.after:  # it registers a case
        if case is not None:
            raise NotAllowed(f"{case.number} 已经登记过。", "请另取编号登记。")
        return
    if case is None:
        raise NotAllowed("没有登记的事件不能办理。", "请先用 sixping intake 登记。")
    label = event.doing or event.label
    if not event.may_follow(case.status):
        raise NotAllowed(
            f"{case.number} 现在是“{case.status}”, 不能{label}。", _what_is_possible(case)
        )
    if stated:
        _check_stated(case, event, at)
    refusal = (None if stated else event.unstated(case)) or event.refuse(case, at)
    if refusal:
        raise NotAllowed(f"{case.number} 不能{label}: {refusal[0]}", refusal[1])


def _check_stated(case: Case, event: Step, at: datetime) -> None:
    """Refuse a stated time before receipt, before the round, or before what the step answers."""
    since, words = event.answer_to(case)
    for instant, what in (
        (case.received_at, f" {case.number} 收到的时间"),
        (case.round_at, "这一轮开始的时间"),
        (since, f"{words}的时间"),
    ):
        if instant is not None and at < instant:
            raise NotAllowed(
                f"{event.label}的时间早于{what} {understood(instant)}。",
                "请核对 --at 给出的时间。",
            )


def possible(case: Case) -> list[tuple[str, str]]:
    """Return the steps people may take with this case as it stands: (command, name)."""
    return [
        (cls.command, cls.label)
        for cls in all_steps()
        if case.status in cls.after and cls.command and cls.offered(case)
    ]


def _what_is_possible(case: Case) -> str:
    steps = "、".join(f"{name}({command})" for command, name in possible(case))
    into = f"它已并入 {case.merged_into}。" if case.merged_into else ""
    return f"{into}现在可以: {steps}。\n下一步: sixping show {case.number}"

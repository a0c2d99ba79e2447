"""One step of a case taken in one transaction, judged on the case as it finds it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.lifecycle import LOOKING_BACK, advance, refold
from sixping.cases.model import Case, full_number
from sixping.cases.step import CaseEntry, Step
from sixping.cases.steps.intake import suggested_lead
from sixping.cases.telling import written_only
from sixping.documents.clockwords import BEGINS_LATE, LEAVES, born_late, leaving, moved
from sixping.documents.eventwords import kind_name
from sixping.documents.phrases import moment
from sixping.errors import NotAllowed, NotFound
from sixping.ledger import transaction
from sixping.policy.editions import POLICY, load_policy
from sixping.services.rulebooks import rules_in
from sixping.store.documents import rule_on
from sixping.util.masking import mask_text
from sixping.util.text import year_and_serial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sixping.cases.model import Clock
    from sixping.cases.rules import Rules, RulesOf
    from sixping.policy.editions import Edition
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp


def _silent(_: str) -> None:
    """Say nothing: nobody is there to hear it."""


class Situation:
    """What a step is built from: the case as the transaction has it, when and why it happens.

    What only some steps need (the calendar, the log, another case) is
    read when a step asks for it. ``hint`` keeps what is said once the step is recorded, ``warn``
    says what people must know before.
    """

    def __init__(
        self,
        work: Transaction,
        case: Case,
        at: datetime,
        why: str | None = None,
        warn: Callable[[str], None] = _silent,
    ) -> None:
        self.work = work
        self.warn = warn
        self.case = case
        self.at = at
        self.why = why
        self.hints: list[str] = []
        self.content = b""  # what makes the report the same again, where a step says it anew

    @cached_property
    def log(self) -> Sequence[CaseEntry]:
        """The case's own log, oldest first."""
        return self.work.entries(self.case.number)

    @cached_property
    def edition(self) -> Edition:
        """The edition of the policy that governs the case: that of its day of receipt."""
        policy = rule_on(self.work.con, POLICY, load_policy)
        return policy.edition_at(self.case.received_at.date())

    @cached_property
    def rules_of(self) -> RulesOf:
        """What answers for the dates of every step of the transaction."""
        return rules_in(self.work.con)

    @cached_property
    def rules(self) -> Rules:
        """What due dates are computed with: edition and calendar, as the ledger has them."""
        return self.rules_of(self.case.received_at.date())

    def other(self, number: str) -> Case:
        """Return another case, as the same transaction has it. Raises ``NotFound``."""
        return find_case(self.work, number)[0]

    def log_of(self, number: str) -> Sequence[CaseEntry]:
        """Return the log of a case, oldest first."""
        return self.log if number == self.case.number else self.work.entries(number)

    def foresee(self, event: Step, of: Case | None = None, at: datetime | None = None) -> Case:
        """Return a case as a step would leave it. Raises ``NotAllowed`` as taking it does.

        ``of``: another case than this one; ``at``: another time than is said.
        """
        return self._foreseen(event, of or self.case, at or self.at)[0]

    def told(self, event: Step, of: Case, at: datetime | None = None) -> list[CaseEntry]:
        """Return the log of a case as a step would leave it; raises as ``foresee``."""
        _, entry = self._foreseen(event, of, at or self.at)
        return [*self.log_of(of.number), entry]

    def _foreseen(self, event: Step, case: Case, at: datetime) -> tuple[Case, CaseEntry]:
        now = self.work.stamp.now
        entry = CaseEntry(seq=self.work.seq + 1, at=at, recorded_at=now, event=event)
        day = event.came_in(case.received_at).date()
        if isinstance(event, LOOKING_BACK):
            log = self.log_of(case.number)
            after, event = refold(case.number, log, entry, lambda: self.rules_of(day))
        else:
            after, event = advance(case, entry, case.number, lambda: self.rules_of(day))
        return after, replace(entry, event=event)

    def hint(self, words: str) -> None:
        """Keep what is said on stderr once the step is recorded."""
        self.hints.append(words)


class Receipt(NamedTuple):
    """What a transaction left behind: the case as it is now, and where the ledger stands.

    ``head``: last seq and its hash; ``suggested``: the unit suggested at receipt, if it still
    may be the one; ``stays_out``: a unit that handles the case and is reported in it (回避).
    """

    case: Case
    head: tuple[int, str]
    suggested: str | None
    stays_out: str = ""

    @property
    def anchor(self) -> str:
        """Return the last seq and the tail of its hash."""
        return f"{self.head[0]}:{self.head[1][-16:]}"

    @property
    def counting(self) -> list[Clock]:
        """Return the clocks people have to mind."""
        return [clock for clock in self.case.clocks if clock.counting]


#: steps of several cases in one transaction; the answer shows the first
Steps = list[tuple[Case, Step]]
Build = Callable[[Situation], Step | Steps]


class Taken(NamedTuple):
    """What a step came to: what is answered, the event recorded, what is said besides."""

    receipt: Receipt
    event: Step
    hints: Sequence[str]


def take_step(
    path: Path,
    stamp: Stamp,
    number: str,
    build: Build,
    *,
    at: datetime,
    why: str | None = None,
    if_version: int | None = None,
    approved_by: str | None = None,
    warn: Callable[[str], None] = _silent,
) -> Taken:
    """Take one step of a case; nothing is half recorded.

    ``number`` is as people write it, ``at`` when it happened, ``approved_by`` who approved it,
    by id, name or role; ``warn`` says what has to be known before it is recorded. Raises
    ``NotFound``, ``NotAllowed`` (also when the case is not at ``if_version``), and what
    ``transaction`` does.
    """
    with transaction(path, stamp) as work:
        case, log = find_case(work, number)
        if if_version is not None and if_version != case.version:
            raise _moved_since(case, log, if_version, stamp.now.year)
        former = _namesake(work, number, case)
        if former is not None:
            words = f"去年的 {former.number} 也还在办理"
            short = year_and_serial(former.number)
            warn(f"办理的是今年的 {case.number}; {words}, 要办那一件请写 {short}。")
        situation = Situation(work, case, at, why, warn)
        situation.log = log  # read once
        steps = steps_of(case, build(situation))
        _warn_of_limits(situation, steps)
        steps = _approved(situation, steps, approved_by)
        rules = situation.rules_of
        taken = [
            work.append(
                of.number, _with_reason(event, why), at, before=of, rules=rules,
                content=situation.content if of is case else b"",
            )
            for of, event in steps
        ]  # fmt: skip
        after, event = taken[0]
        hints = [
            *situation.hints,
            *_turned(case, after),
            *moved(steps[0][0], after, event, at, log),
        ]
        hints += _still_to_tell(event, after)
        for (before, _), (other, of_other) in zip(steps[1:], taken[1:], strict=True):
            said = moved(before, other, of_other, at, ())
            hints += [f"{other.number}: {words}" for words in said]
        lead, stays_out = suggested_lead(log, after.category), ""
        if after.names_somebody:
            lead, stays_out = _avoiding(work, after, at, lead)
    receipt = Receipt(after, work.head(), lead, stays_out)
    return Taken(receipt, event, hints)


def _turned(before: Case, after: Case) -> Iterator[str]:
    """Say what was found or assigned before and is another now."""
    for name, label in (("severity", "等级"), ("category", "类别"), ("lead", "牵头")):
        old, new = getattr(before, name), getattr(after, name)
        if old and new and old != new:
            yield f"{label}: {old} → {new}"


def _avoiding(
    work: Transaction, case: Case, at: datetime, lead: str | None
) -> tuple[str | None, str]:
    """Return a suggestion that need not stay out, and a unit that handles it and has to (回避)."""
    from sixping.services.approval.avoidance import suggestible, to_reassign

    con, day = work.con, at.date()
    handling = to_reassign(con, case, work.entries(case.number), day)
    return suggestible(con, lead, case, day), next(iter(handling), "")


def _still_to_tell(event: Step, case: Case) -> list[str]:
    """Say that the reporter has yet to be told, and how that is recorded (五.1a)."""
    if not written_only(event):
        return []
    return [f"标准文字还没有告知反映人; 告知后记录: sixping told {case.number}"]


def _warn_of_limits(situation: Situation, steps: Steps) -> None:
    """Say before the deed which limits would be left, or be past due as they begin."""
    year = situation.at.year
    for of, event in steps:
        if event.kind not in BEGINS_LATE and event.kind not in LEAVES:
            continue
        main = _main_of(situation, event, steps)  # what is refused there is said first
        after = situation.foresee(event, of)
        said = list(born_late(of, after, event, year))
        if event.kind in LEAVES:
            said += leaving(of, after, main or after, year)
        whose = "" if of is situation.case else f"{of.number} 的"
        for words in said:
            situation.warn(f"{whose}{words}")


def _main_of(situation: Situation, event: Step, steps: Steps) -> Case | None:
    """Return the case that a step merges this one into, as it would be left."""
    into = getattr(event, "into", None)
    main = next((step for step in steps if step[0].number == into), None)
    return situation.foresee(main[1], main[0]) if main else None


def _approved(situation: Situation, steps: Steps, name: str | None) -> Steps:
    """Return the steps with who approved them; what nobody ever has to approve is not weighed."""
    stated = situation.at < situation.work.stamp.now
    if name is None and not stated and not any(event.to_weigh for _, event in steps):
        return steps
    from sixping.services.approval.demands import approved

    return approved(situation, steps, name)


def steps_of(case: Case, built: Step | Steps) -> Steps:
    """Return what a build came to as steps, each with the case it is of."""
    return built if isinstance(built, list) else [(case, built)]


def find_case(work: Transaction, number: str) -> tuple[Case, list[CaseEntry]]:
    """Replay a case by its number as people write it, from its log; return both.

    An unknown short number is explained.
    """
    full = full_number(number, work.stamp.now.year)
    try:
        return work.case_and_log(full)
    except NotFound as fault:
        if full == number.strip():
            raise
        former = _open_last_year(work, full)
        if former is not None:
            raise NotFound(
                f"{full} 还没有; 去年的 {former.number} 还在办理 ({former.status})。",
                f"要办去年的那一件, 请写 {year_and_serial(former.number)}。",
            ) from None
        hint = "只写序号的是今年的; 往年的请写全, 如 2025-123。"
        raise NotFound(fault.what, f"{hint}{fault.hint}") from None


def _open_last_year(work: Transaction, number: str) -> Case | None:
    """Return the case of the same serial of the year before, if somebody still handles it."""
    year, _, serial = number.partition("-")
    with suppress(NotFound):
        former = work.case(f"{int(year) - 1:04}-{serial}")
        return former if former.open else None
    return None


def _namesake(work: Transaction, number: str, case: Case) -> Case | None:
    """Return last year's open case of the same serial where a bare number could mean it.

    In January only: later a bare number is this year's without a question.
    """
    if work.stamp.now.month != 1 or number.strip() == case.number or "-" in number:
        return None
    return _open_last_year(work, case.number)


def _with_reason(event: Step, why: str | None) -> Step:
    """Keep the reason of a statement about the past where the step has none of its own."""
    if why is None or any(f.name == "reason" for f in fields(event)):
        return event
    return replace(event, stated_why=why)


def _moved_since(case: Case, log: Sequence[CaseEntry], if_version: int, year: int) -> NotAllowed:
    """Tell whoever saw an older version what has happened since, and by whom."""
    hint = f"请先用 sixping show {case.number} 查看, 再决定是否办理。"
    if if_version > case.version:
        return NotAllowed(
            f"{case.number} 还没有第 {if_version} 版, 现在是第 {case.version} 版。", hint
        )
    since = "; ".join(_in_short(entry, year) for entry in log[if_version:])
    return NotAllowed(
        f"{case.number} 已从第 {if_version} 版变为第 {case.version} 版: {since}。", hint
    )


def _in_short(entry: CaseEntry, year: int) -> str:
    by = mask_text(entry.by or "")
    return f"{moment(entry.recorded_at, year)} {by} {kind_name(entry.event.kind)}"

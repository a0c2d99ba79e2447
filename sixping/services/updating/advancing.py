"""What a row of a newer export comes to for its case: steps with its times, never back (二.1).

What the desk recorded stands: where a file says otherwise the row is listed with both, and
nothing of it is recorded. The same file again changes nothing, and so does an older one. What a
file leaves out is not made up: what it does not date counts on no day (``cases.steps.source``).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases.lifecycle import advance, effective, replayed
from sixping.cases.step import CaseEntry, Voided
from sixping.cases.steps.ending import Closed, FedBack, Resolved
from sixping.cases.steps.handling import Assigned
from sixping.cases.steps.intake import Accepted
from sixping.cases.steps.source import PLACES, SourceStated, SourceWithdrawn
from sixping.errors import NotAllowed
from sixping.policy.units import coordinator
from sixping.policy.vocabulary import NOT_TAKEN_ON, STATE_OF_GRADE, Status
from sixping.util.clock import from_text
from sixping.util.masking import hide_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.cases.model import Case
    from sixping.cases.rules import RulesOf
    from sixping.cases.step import Step
    from sixping.importing.convert import ImportedRow
    from sixping.policy.units import Units
    from sixping.store.writer import Stamp

S = Status
WITHDRAWN = frozenset({S.RECALLED, S.WITHDRAWN})
ENDED_BY_RESULT = frozenset({S.RESOLVED, S.CLOSED})
_HANDED = frozenset({"assigned", "decided"})
_TOLD = ("imported", "source_stated")
_RESULTS = frozenset({"resolved", "refer_replied", "imported"})
#: what people call that which a row states without a time
_STATED = {
    "status": "状态", "unit": "办理单位", "source_due": "来源期限", "satisfaction": "满意度",
    "outcome": "办理结果", "feedback": "答复",
}  # fmt: skip


class Difference(NamedTuple):
    """What a file says against the ledger; both without names, to be masked as any text.

    ``of_desk``: somebody of the office recorded it, so nothing of the row is.
    """

    row: int
    number: str
    what: str
    file: str
    ledger: str
    of_desk: bool


class Remark(NamedTuple):
    """A time of a row that cannot be: it is left unknown."""

    row: int
    what: str


class Moved(NamedTuple):
    """What a row comes to: steps with when they happened, and what stands against it."""

    steps: Sequence[tuple[Step, datetime]]
    differences: Sequence[Difference]
    remarks: Sequence[Remark]


class Ground(NamedTuple):
    """What every row is judged by: the name of its profile, who records it when, the rules."""

    profile: str
    stamp: Stamp
    rules: RulesOf
    units: Units


# --- one case -------------------------------------------------------------------------------


def moved(
    number: str, log: Sequence[CaseEntry], row: ImportedRow, unit: str | None, ground: Ground
) -> Moved:
    """Return what a row of a file comes to for a case; ``unit`` as the organisation has it."""
    return _Mover(number, log, row, unit, ground).moved()


class _Mover:
    """One case and what a file says of it."""

    def __init__(
        self,
        number: str,
        log: Sequence[CaseEntry],
        row: ImportedRow,
        unit: str | None,
        ground: Ground,
    ) -> None:
        self.number, self.row, self.unit, self.ground = number, row, unit, ground
        self.entries = effective(log)
        self.case, self.desk = _standing(number, log)
        gone = {e.event.seq for e in log if isinstance(e.event, Voided)}
        self.voided = [e for e in log if e.seq in gone and e.event.by_file is not None]
        self.steps: list[tuple[Step, datetime]] = []
        self.differences: list[Difference] = []
        self.remarks: list[Remark] = []
        self.undated: dict[str, Any] = {}

    def moved(self) -> Moved:
        """Go through the stages in their order."""
        self._accept()
        self._assign()
        if not self._withdraw():
            self._resolve()
            self._feed_back()
            self._close()
            self._state()
        self._limit()
        before = self.case.status
        self._state_undated()
        if before not in ENDED_BY_RESULT:
            self._feed_back()  # dated, though the result is not
            self._close()
        kept = not any(d.of_desk for d in self.differences)
        return Moved(self.steps if kept else (), self.differences, self.remarks)

    def _state_undated(self) -> None:
        """Record at once what the row gives no time."""
        if self.undated:
            event = SourceStated(by_file=self.ground.profile, **self.undated)
            stated = ((title, self.undated.get(name)) for name, title in _STATED.items())
            what, said = next((s for s in stated if s[1]), ("答复", self.row.feedback))
            said = str(said) if isinstance(said, int) else said
            self._take(event, self.ground.stamp.now, what, said)
        self.undated = {}

    # --- stages -----------------------------------------------------------------------------

    def _accept(self) -> None:
        at = self._time("accepted", "受理时间")
        if at is None or self._stands(at, "accepted"):
            return
        if self.case.accepted_at is None:
            self._take(Accepted(by_file=self.ground.profile), at, "受理时间")
        else:
            self._differ("受理时间", at, self.case.accepted_at, self._last("accepted"))

    def _assign(self) -> None:
        at, unit = self._time("assigned", "分派时间"), self.unit or self.case.lead
        if at is None or unit is None:
            return
        entries = [e for e in self.entries if e.event.kind in _HANDED]
        if any(e.at == at and getattr(e.event, "lead", None) == unit for e in entries):
            return
        case, last = self.case, entries[-1] if entries else None
        returned = case.returned_at is not None and at <= case.returned_at
        if case.assigned_at is None and not returned:
            if case.open or case.lead in (None, unit):
                self._hand(unit, at)
            return  # another unit of what ended is listed by its state
        by_desk = last is not None and last.event.by_file is None
        if by_desk or case.assigned_at is None or unit == case.lead:
            known = getattr(last.event, "lead", None) if last else case.lead
            same = unit == known
            self._differ(
                "分派时间" if same else "办理单位", at if same else unit,
                (last.at if last else case.assigned_at) if same else known, last,
            )  # fmt: skip
        elif at > case.assigned_at and case.status is S.HANDLING:
            self._hand(unit, at)

    def _hand(self, unit: str, at: datetime) -> None:
        together = coordinator((unit,), self.ground.units)
        event = Assigned(lead=unit, coordinator=together, by_file=self.ground.profile)
        self._take(event, at, "分派时间")

    def _withdraw(self) -> bool:
        """Withdraw what the source withdrew; return whether it says so."""
        status, at = self.row.status, self._time("withdrawn", "撤回时间")
        if self.row.withdrawn is None and status not in WITHDRAWN:
            return False
        if self.case.status in WITHDRAWN:
            return True
        if not (self.case.open or self.case.status is S.UNKNOWN):
            self._differ("状态", S.RECALLED, self.case.status, None, of_desk=self.desk)
        elif at is None:
            self.undated["status"] = S.RECALLED
        else:
            self._take(SourceWithdrawn(by_file=self.ground.profile), at, "撤回时间")
        return True

    def _resolve(self) -> None:
        at = self._time("resolved", "办结时间")
        if at is None or self._stands(at, *_RESULTS):
            self._same_words("outcome", "办理结果", "resolved", "refer_replied")
            return
        case, row = self.case, self.row
        if case.resolved_at is not None:
            self._differ("办结时间", at, case.resolved_at, self._last(*_RESULTS))
            return
        if self._of_desk("办结时间", at):
            return
        dated = row.fed_back is not None
        event = Resolved(
            by_file=self.ground.profile,
            unit=self.unit if case.lead is None else None,
            answered=None if dated else _answered(row),
            satisfaction=None if dated else row.satisfaction,
            outcome=row.outcome,
            feedback=None if dated or row.feedback == row.outcome else row.feedback,
        )
        self._take(event, at, "办结时间")

    def _same_words(self, name: str, what: str, *kinds: str) -> None:
        """Take over words of a result that nobody had; other words than are known are listed."""
        said: str | None = getattr(self.row, name)
        if not said or self.case.status not in ENDED_BY_RESULT or self.case.round > 1:
            return
        known = self._known(name, *kinds)
        if not known:
            self.undated[name] = said
        elif known[-1][1].split() != said.split():
            self._differ(what, said, known[-1][1], known[-1][0])

    def _known(self, name: str, *kinds: str) -> list[tuple[CaseEntry, str]]:
        """Return the words of a result in the log, with the steps that have them."""
        entries = [e for e in self.entries if e.event.kind in (*kinds, *_TOLD)]
        return [(e, word) for e in entries if (word := getattr(e.event, name, None))]

    def _feed_back(self) -> None:
        case, row = self.case, self.row
        if case.status not in ENDED_BY_RESULT:
            return
        at = self._time("fed_back", "反馈时间", since=case.resolved_at)
        score = row.satisfaction if row.satisfaction != case.satisfaction else None
        if at is None:
            if row.feedback and case.fed_back is not True and case.round == 1:
                words = None if row.feedback == row.outcome else row.feedback
                self.undated |= {"answered": True, "feedback": words}
            elif row.feedback not in (None, row.outcome) and not self._last("fed_back"):
                self._same_words("feedback", "答复", "resolved")
        elif not self._stands(at, "fed_back"):
            last = self._last("fed_back")
            if last is not None and last.at >= case.round_at:
                self._differ("反馈时间", at, last.at, last)
                return
            event = FedBack(
                text=self._new_answer(), satisfaction=score, by_file=self.ground.profile
            )
            if self._take(event, at, "反馈时间"):
                return
        if score is None or case.round > 1:
            return
        if case.satisfaction is None:
            self.undated["satisfaction"] = score
        else:
            self._differ("满意度", str(score), str(case.satisfaction), self._last("fed_back"))

    def _new_answer(self) -> str | None:
        """Return what the reporter was told, unless it is kept with the result already."""
        said = self.row.feedback
        kept = [*self._known("outcome", "resolved"), *self._known("feedback", "resolved")]
        return None if self.case.fed_back and said in [word for _, word in kept] else said

    def _close(self) -> None:
        case = self.case
        if case.status not in ENDED_BY_RESULT:
            return
        at = self._time("closed", "归档时间", since=case.resolved_at)
        if at is None or self._stands(at, "closed"):
            return
        last = self._last("closed")
        if last is not None and last.at >= case.round_at:
            self._differ("归档时间", at, last.at, last)
        else:
            self._take(Closed(by_file=self.ground.profile), at, "归档时间")

    def _state(self) -> None:
        """Take over the state where its file gives no time: on it counts on no day."""
        case, status = self.case, stated(self.row, self.unit)
        if status is None:
            return
        if status in NOT_TAKEN_ON or status is S.MERGED:
            self._not_taken_on(status)
            return
        place = PLACES[status]
        if case.status not in PLACES:
            if self.row.status is status and place > 0:  # not where only its times say so
                self._differ("状态", status, case.status, None, of_desk=self.desk)
            return
        if place >= PLACES[S.HANDLING]:
            self._unit_of(case)
        if place <= PLACES[case.status] or case.round > 1 or self._of_desk("状态", status):
            return
        if status is S.HANDLING and case.returned_at is not None:
            self._differ("状态", status, case.status, self._last("returned"))
            return
        grade = STATE_OF_GRADE.get(status)
        if grade and (case.severity is not grade or not case.confirmed):
            words = f"{status} (只用于{grade}事件)"
            self._differ("状态", words, f"等级{case.severity}", None, of_desk=False)
            return
        self.undated["status"] = status
        if status in ENDED_BY_RESULT and case.status not in ENDED_BY_RESULT:
            self.undated |= {
                "answered": _answered(self.row), "satisfaction": self.row.satisfaction,
                "outcome": self.row.outcome, "feedback": self.row.feedback,
            }  # fmt: skip

    def _limit(self) -> None:
        """Take over by when the source wants the result: what was unknown, and what is put off.

        Of two exports nobody knows the newer one: a date that a row stated before is an older
        export's, and one that is earlier than what the ledger has is listed.
        """
        case, text = self.case, self.row.source_due
        if text is None or not (case.open or case.status in (*ENDED_BY_RESULT, S.UNKNOWN)):
            return
        at, known = from_text(text), case.source_due
        stated = [e for e in self.entries if getattr(e.event, "source_due", None)]
        if any(getattr(e.event, "source_due", None) == at for e in stated):
            return
        of_desk = bool(stated) and stated[-1].event.kind == "amended"
        if known is None or (at > known and not of_desk):
            self.undated["source_due"] = at
        else:
            self._differ("来源期限", at, known, stated[-1], of_desk=False)

    def _unit_of(self, case: Case) -> None:
        """Take over a unit that nobody knew; another than is known is listed."""
        if self.unit is None or self.unit == case.lead:
            return
        if case.lead is None:
            if case.round == 1 and case.returned_at is None:
                self.undated["unit"] = self.unit
        elif not any(d.what == "办理单位" for d in self.differences):
            self._differ("办理单位", self.unit, case.lead, self._last(*_HANDED))

    def _not_taken_on(self, status: Status) -> None:
        case = self.case
        if case.status is status:
            return
        waits = case.status in (S.REPORTED, S.UNKNOWN) and case.round == 1
        if waits and status is not S.MERGED and not self.desk:
            self.undated["status"] = status
        else:
            self._differ("状态", status, case.status, None, of_desk=self.desk)

    # --- what all stages ask -----------------------------------------------------------------

    def _time(self, name: str, what: str, since: datetime | None = None) -> datetime | None:
        """Return a time of the row that can be; one that cannot is remarked on and left out."""
        text: str | None = getattr(self.row, name)
        if text is None:
            return None
        at = from_text(text)
        if at < self.case.received_at:
            self._remark(what, at, "收到时间", self.case.received_at)
            return None
        if since is not None and at < since and not self._stands(at, name):
            self._remark(what, at, "办结时间", since)
            return None
        return None if at < self.case.round_at else at

    def _remark(self, what: str, at: datetime, of: str, than: datetime) -> None:
        words = f"{what} {shown(at)} 早于{of} {shown(than)}, 按不详处理"
        self.remarks.append(Remark(self.row.row, words))

    def _stands(self, at: datetime, *kinds: str) -> bool:
        """Return whether the log has such a step at a time, or the record came in with it."""
        if "imported" in kinds and at == getattr(self.entries[0].event, "resolved_at", None):
            return True
        return any(e.event.kind in kinds and e.at == at for e in self.entries)

    def _last(self, *kinds: str) -> CaseEntry | None:
        return next((e for e in reversed(self.entries) if e.event.kind in kinds), None)

    def _of_desk(self, what: str, said: datetime | str) -> bool:
        """List what only the desk moves on, as the desk left it; return whether it did."""
        case = self.case
        if case.suspended is not None:
            self._differ(what, said, "中止中", None, of_desk=True)
        elif not case.open and case.status not in (*ENDED_BY_RESULT, S.UNKNOWN):
            self._differ(what, said, case.status, None, of_desk=self.desk)
        elif self.desk and case.status in STATE_OF_GRADE:
            self._differ(what, said, case.status, None, of_desk=True)
        else:
            return False
        return True

    def _differ(
        self,
        what: str,
        file: datetime | str | None,
        ledger: datetime | str | None,
        entry: CaseEntry | None,
        *,
        of_desk: bool | None = None,
    ) -> None:
        if of_desk is None:
            came_in = entry is None or entry.seq == self.entries[0].seq
            of_desk = not came_in and entry is not None and entry.event.by_file is None
        both = (self._nameless(_words(file)), self._nameless(_words(ledger)))
        self.differences.append(Difference(self.row.row, self.number, what, *both, of_desk))

    def _nameless(self, words: str) -> str:
        """Return words without the names of who reported the case, by the file and the ledger."""
        events = [entry.event for entry in self.entries]
        said = {getattr(event, name, None) for event in events for name in ("reporter", "about")}
        places = [place for event in events if (place := getattr(event, "place", None))]
        return hide_names(words, filter(None, {*said, self.row.reporter}), places)

    def _take(
        self, event: Step, at: datetime, what: str, said: datetime | str | None = None
    ) -> bool:
        """Take a step if it may be; what stands in the way is listed."""
        if any(_alike(event, at, entry) for entry in self.voided):
            self._differ(what, said or at, "台账已撤销", None, of_desk=True)
            return False
        stamp, case = self.ground.stamp, self.case
        entry = CaseEntry(seq=0, at=at, recorded_at=stamp.now, event=event, by=stamp.by)
        try:
            self.case, event = advance(
                case, entry, self.number, lambda: self.ground.rules(case.received_at.date())
            )
        except NotAllowed as fault:
            said_no = fault.what.removeprefix(f"{self.number} ").rstrip("。")
            self._differ(what, said or at, said_no, None, of_desk=True)
            return False
        self.steps.append((event, at))
        self.entries = [*self.entries, replace(entry, event=event)]
        return True


def stated(row: ImportedRow, unit: str | None) -> Status | None:
    """Return where a file says the case stands, by its word or its latest time."""
    if row.status in NOT_TAKEN_ON or row.status is S.MERGED:
        return row.status
    said = [row.status] if row.status in PLACES else []
    said += [S.RESOLVED] if row.resolved else []
    said += [S.CLOSED] if row.closed else []
    said += [S.HANDLING] if row.assigned and unit else []
    said += [S.ACCEPTED] if row.accepted else []
    return max(said, key=lambda s: PLACES[s], default=None)


def _standing(number: str, log: Sequence[CaseEntry]) -> tuple[Case, bool]:
    """Return a case as it stands, and whether somebody of the office brought it there."""
    path = list(replayed(number, log))
    desk = False
    for (_, before), (entry, case) in pairwise(path):
        if case.status is not before.status:
            desk = entry.event.by_file is None
    return path[-1][1], desk


def _alike(event: Step, at: datetime, entry: CaseEntry) -> bool:
    """Return whether a step that was voided said the same; what has no time says it again."""
    other = entry.event
    if isinstance(event, SourceStated) and isinstance(other, SourceStated):
        where = event.status, event.unit, event.source_due
        same = where == (other.status, other.unit, other.source_due)
        return same and (where != (None, None, None) or _said(event) == _said(other))
    return event.kind == other.kind and at == entry.at


def _said(event: SourceStated) -> tuple[object, ...]:
    return event.answered, event.satisfaction, event.outcome, event.feedback


def _answered(row: ImportedRow) -> bool | None:
    return True if row.feedback is not None else False if row.untold else None


def shown(at: datetime) -> str:
    """Return an instant as it stands beside another in a list."""
    return f"{at:%Y-%m-%d %H:%M}"


def _words(value: datetime | str | None) -> str:
    if value is None:
        return "没有"
    return value if isinstance(value, str) else shown(value)

"""What a slip about a case is made from: the case, its log, the rules and names of the day."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from sixping.cases.lifecycle import effective, fold
from sixping.documents.cases import People, masked
from sixping.errors import NotAllowed, NotFound
from sixping.office.organisation import organisation_at
from sixping.policy.slips import ANSWER, REFERRAL
from sixping.policy.vocabulary import CLOCKS, LIMITS, ClockKind, Status
from sixping.queries.privacy import erasures_of
from sixping.render.paper.slips.facts import OfCase
from sixping.render.paper.wording import day_words, full_day
from sixping.services.papers import roomwords
from sixping.services.personal.erasing import words_said
from sixping.services.rulebooks import naming_on, rulebooks_on
from sixping.store.log import read_entries
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sixping.cases.model import Case
    from sixping.cases.step import CaseEntry
    from sixping.policy.units import Naming, Units
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection

#: 性质 of a report whose reporter has to be kept from everybody
INFORMING = "举报"
#: from how many reports on their number tells nobody
_MANY = 3
_ON_SLIPS = (ClockKind.FINISH, ClockKind.CEILING)


class Ground:
    """A case as a slip needs it, read from one state of the ledger; instants are Shanghai time."""

    def __init__(
        self, con: Connection, case: Case, log: Sequence[CaseEntry], now: datetime
    ) -> None:
        """Take the case with its whole log. Raises ``NotAllowed`` for one that was erased."""
        self.con, self.case, self.log, self.now = con, case, log, now
        if any(erased["track"] == "record" for erased in erasures_of(con, case.number)):
            raise NotAllowed(
                f"{case.number} 的文字已依法删除, 不能再出单。",
                f"现有的记录: sixping show {case.number}",
            )

    @classmethod
    def read(cls, con: Connection, number: str, now: datetime) -> Self:
        """Read a case to look at. Raises ``NotFound``, ``NotAllowed``."""
        log = read_entries(con, number)
        if not log:
            raise NotFound(f"没有编号为 {number} 的件。", "用 sixping list --all 或 search 查找。")
        return cls(con, fold(number, log), log, now)

    @cached_property
    def entries(self) -> list[CaseEntry]:
        """The entries of the log that count."""
        return effective(self.log)

    @cached_property
    def naming(self) -> Naming:
        """What the street calls itself and its platforms."""
        return naming_on(self.con, self.now.date())

    @cached_property
    def units(self) -> Units:
        """The units of the day."""
        return organisation_at(self.con, self.now.date()).units

    @cached_property
    def rulebooks(self) -> Rulebooks:
        """Policy and calendar of the ledger."""
        return rulebooks_on(self.con)

    @cached_property
    def _merged(self) -> list[tuple[Case, Sequence[CaseEntry]]]:
        logs = [(one.number, read_entries(self.con, one.number)) for one in self.case.others]
        return [(fold(number, log), log) for number, log in logs]

    @cached_property
    def _cases(self) -> tuple[Case, ...]:
        """The case and those merged into it."""
        return (self.case, *(case for case, _ in self._merged))

    @cached_property
    def said(self) -> Mapping[str, tuple[str, ...]]:
        """What the reporters said by field, in every form that it ever had."""
        said: dict[str, tuple[str, ...]] = {}
        for log in (self.log, *(log for _, log in self._merged)):
            for name, values in words_said(log).items():
                said[name] = (*said.get(name, ()), *values)
        return said

    @cached_property
    def people(self) -> People:
        """Whom the words of the case may not name."""
        return People(
            frozenset(self.said.get("reporter", ())), frozenset(self.said.get("place", ()))
        )

    @property
    def nature(self) -> str | None:
        """性质 as somebody stated it; None: nobody did."""
        return self.case.nature

    @property
    def unset_natures(self) -> list[str]:
        """The numbers of the case and those merged into it whose 性质 is all that is to be said."""
        if any(case.nature == INFORMING for case in self._cases):
            return []
        return [case.number for case in self._cases if case.nature is None]

    @cached_property
    def secret(self) -> bool:
        """Whether the reporter is to be kept from everybody: 举报, or nobody said otherwise."""
        return any(case.nature in (None, INFORMING) for case in self._cases)

    def room_words(
        self, words: str, what: str, way: str = roomwords.REWORD, *, named: bool = False
    ) -> str:
        """Return what the room wrote; raises ``BadData`` where it tells of the reporter.

        ``named``: who reported stands on the slip itself, so the name and telephone may be said.
        """
        received = [case.received_at for case in self._cases]
        names = [name for unit in self.units for name in (unit.name, *unit.aliases)]
        names += [self.naming.street, self.case.category or ""]
        said = self.said
        if named:
            said = {k: v for k, v in said.items() if k not in {"reporter", "phone"}}
        roomwords.check(words, said, received, names, what, way)
        return words

    def told(self, words: str, *, reveal: bool) -> str:
        """Return what a reporter was told, as it may be shown."""
        return masked("text", words, reveal=reveal, people=self.people) or ""

    def as_of(self, seq: int) -> Case:
        """Return the case as it stood after an entry of its log."""
        return fold(self.case.number, [entry for entry in self.log if entry.seq <= seq])

    def on_slip(self) -> OfCase:
        """Return what every slip may say of the case."""
        case, reports = self.case, len(self.case.reports)
        return OfCase(
            number=case.number,
            received=full_day(case.received_at.date()),
            category=case.category,
            nature=self.nature,
            platform=self.naming.platform(case.platform),
            grade=case.severity.value if case.confirmed else f"{case.severity}（待确认）",
            community=case.community,
            grid=case.grid,
            lead=case.lead,
            assist=case.assist,
            coordinator=case.coordinator,
            limits=tuple(_limits(case)),
            reports=reports if reports >= _MANY else None,
            confidential=self.secret,
        )

    def late(self, case: Case, at: datetime) -> Iterator[tuple[str, str, int]]:
        """Yield the limits of a case that were late at an instant, each with its working days."""
        for clock in case.clocks:
            if clock.running and clock.due and clock.late(at):
                days = workdays_between(clock.due.date(), at.date(), self.rulebooks.calendar)
                yield f"{CLOCKS[clock.kind]}", moment_words(clock.due, at.date()), days

    def refuse_unassigned(self, what: str) -> None:
        """Raise ``NotAllowed`` where no unit leads, with how one comes to."""
        case, number = self.case, self.case.number
        if case.lead is not None:
            return
        self.refuse_ended(what)
        ways = {
            Status.REPORTED: f"请先受理再分派: sixping accept {number}",
            Status.DECISION: f"请先记录会商决定: sixping decide {number} --lead 单位 --due 日期",
            Status.REFERRAL: f"重大事项上报区级: sixping refer {number} --to 部门 --content 内容",
            Status.DISTRICT: f"上报的出上报函: sixping slip {number} {REFERRAL}",
        }
        way = ways.get(case.status, f"请先分派: sixping assign {number} --lead 单位")
        raise NotAllowed(f"{number} 还没有牵头单位 (现为“{case.status}”), 不能出{what}。", way)

    def refuse_ended(self, what: str) -> None:
        """Raise ``NotAllowed`` for a case that nobody handles, with what to do instead."""
        case = self.case
        if case.status is Status.MERGED:
            raise NotAllowed(
                f"{case.number} 已并入 {case.merged_into}, 不单独出{what}。",
                f"请用 sixping slip {case.merged_into} {what}",
            )
        if not case.open:
            raise NotAllowed(
                f"{case.number} 现为“{case.status}”, 不再出{what}。",
                f"答复反映人: sixping slip {case.number} {ANSWER};"
                f" 须重新办理的: sixping reopen {case.number} --reason 理由",
            )


def _limits(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield name, date and clause of the limits of the last round, met or not."""
    last = {clock.kind: clock for clock in case.clocks if clock.due and not clock.dropped}
    for clock in filter(None, map(last.get, _ON_SLIPS)):
        if clock.due:
            until = f"{moment_words(clock.due, case.received_at.date())}前"
            until += "（暂定）" if clock.provisional else ""
            until = "中止计时" if clock.held_at else until
            yield LIMITS[clock.kind], until, clock.clause or ""


def moment_words(moment: datetime, than: date) -> str:
    """Return ``11月24日17:00``; the year stands before it where it is another than of ``than``."""
    return f"{day_words(moment.date(), than=than)}{moment:%H:%M}"

"""Repeat reports: a merge is a step in two cases; the main case answers by the earliest limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from sixping.cases.codec import fact, private
from sixping.cases.dates import read_held, read_promises
from sixping.cases.model import Held, Promise, Report
from sixping.cases.step import OPEN, S, Step
from sixping.policy.vocabulary import Status
from sixping.util.clock import from_text

if TYPE_CHECKING:
    from datetime import datetime

    from sixping.cases.book import Book
    from sixping.cases.model import Case
    from sixping.cases.step import Refusal


@dataclass(frozen=True, kw_only=True)
class Merged(Step):
    """A repeat report: handled with the case ``into``, whose log has ``Absorbed``."""

    kind: ClassVar[str] = "merged"
    command: ClassVar[str] = "merge"
    label: ClassVar[str] = "并入"
    after: ClassVar[frozenset[Status]] = OPEN
    paired: ClassVar[bool] = True

    into: str

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a merge into itself, and chains of merges."""
        if self.into == case.number:
            return "不能并入自己。", "请用 --into 写明另一件的编号。"
        if not case.others:
            return None
        merged = "、".join(report.number for report in case.others)
        if self.into in {report.number for report in case.others}:
            apart = f"sixping unmerge {self.into} --reason 理由"
            return f"{self.into} 已并入这一件。", f"要反过来并, 请先拆出: {apart}。"
        other = f"sixping merge {self.into} --into {case.number}"
        apart = f"sixping unmerge {case.others[0].number} --reason 理由"
        return f"{merged} 已并入这一件。", f"可以反过来: {other}; 或先拆出: {apart}。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """End the case in another."""
        return {
            "status": S.MERGED, "merged_into": self.into, "merged_from": case.status,
            "ended_at": at,
        }  # fmt: skip

    def clocks(self, book: Book) -> None:
        """Set every limit aside as it is; a breach stays."""
        book.set_aside()


@dataclass(frozen=True, kw_only=True)
class Unmerged(Step):
    """Not a repeat after all: state and promises are given back."""

    kind: ClassVar[str] = "unmerged"
    command: ClassVar[str] = "unmerge"
    label: ClassVar[str] = "拆出"
    after: ClassVar[frozenset[Status]] = frozenset({S.MERGED})
    paired: ClassVar[bool] = True
    answers: ClassVar = ("ended_at", "并入")

    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse where the ledger does not know the merge."""
        if case.merged_from is not None:
            return None
        return "台账里没有它并入哪一件的记录。", "导入的记录保持文件所写的状态。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Give the state back."""
        return {
            "status": case.merged_from, "merged_into": None, "merged_from": None, "ended_at": None,
        }  # fmt: skip

    def clocks(self, book: Book) -> None:
        """Take up what the merge set aside, a suspension included."""
        if book.before and book.before.ended_at:
            book.take_up(book.before.ended_at)
        book.settle()


@dataclass(frozen=True, kw_only=True)
class Absorbed(Step):
    """A repeat report came in: its reporter is owed the answer here from now on.

    ``since`` and ``limits``: from when it counted, and what it was promised; the main case
    takes the earliest. ``about_unit`` or ``about_person``: whom it is about; they stay out.
    ``held``: who had it until then, and answers for what came too late.
    """

    kind: ClassVar[str] = "absorbed"
    label: ClassVar[str] = "接收并入"
    after: ClassVar[frozenset[Status]] = OPEN
    weighed: ClassVar[bool] = True
    paired: ClassVar[bool] = True

    number: str
    reachable: bool = True  # false: anonymous, nobody can be told
    since: datetime | None = fact(from_text)
    limits: tuple[Promise, ...] = fact(read_promises, ())
    about_unit: str | None = None
    about_person: str | None = None
    held: tuple[Held, ...] = fact(read_held, ())

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a report that is in already."""
        if self.number not in {report.number for report in case.reports}:
            return None
        return f"{self.number} 已在这一件之中。", f"用 sixping show {case.number} 查看。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Take the report in."""
        report = Report(
            self.number, self.reachable, since=self.since, limits=self.limits,
            about_unit=self.about_unit, about_person=self.about_person,
        )  # fmt: skip
        return {"others": (*case.others, report)}

    def clocks(self, book: Book) -> None:
        """Take the earliest receipt and limits of all."""
        book.settle()
        book.join(book.case.others[-1])


@dataclass(frozen=True, kw_only=True)
class Released(Step):
    """A report taken in by mistake left again; its own log has ``Unmerged``."""

    kind: ClassVar[str] = "released"
    label: ClassVar[str] = "移出并入"
    after: ClassVar[frozenset[Status]] = frozenset(Status) - {S.MERGED}
    paired: ClassVar[bool] = True

    number: str
    reason: str | None = private()

    def refuse(self, case: Case, at: datetime) -> Refusal:
        """Refuse a report that is not in."""
        if self.number in {report.number for report in case.others}:
            return None
        return f"{self.number} 没有并入这一件。", f"用 sixping show {case.number} 查看。"

    def change(self, case: Case, at: datetime) -> dict[str, Any]:
        """Let the report go."""
        return {"others": tuple(r for r in case.others if r.number != self.number)}

    def clocks(self, book: Book) -> None:
        """Go by the limits of who is left."""
        others = book.before.others if book.before else ()
        for report in others:
            if report.number == self.number:
                book.part(report)
        book.settle()

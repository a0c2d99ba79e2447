"""A row of a file as the step that records it: live rows enter the flow, records stay records."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sixping import deadlines, registration
from sixping.bulk import Item
from sixping.errors import BadData, SixpingError
from sixping.events import Imported, Reported
from sixping.exchange.profiles import Mode, Profile
from sixping.model import ENDED, Severity
from sixping.triage import Suggestion, suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from sixping.deadlines import Rules
    from sixping.exchange.convert import ImportedRow, RowError
    from sixping.exchange.reports import Reports

#: fields whose difference makes two rows with one source number two different reports
_CONTENT = (
    "text", "place", "community", "grid", "reporter", "phone", "anonymous", "outcome", "feedback",
)  # fmt: skip


class Rows:
    """The rows of a file as steps; what is wrong with a row is collected, not raised."""

    def __init__(
        self,
        reports: Reports,
        profile: Profile,
        rules: Callable[[date], Rules],
        data: registration.Desk,
        now: datetime,
        *,
        triage: bool,
    ) -> None:
        """Bind a file to the rules and the data it is judged by."""
        self.reports, self.profile, self.data, self.now = reports, profile, data, now
        self.triage = triage
        self.errors: list[RowError] = []
        self._rules_of = rules
        self._rules: dict[date, Rules] = {}
        self._names: dict[tuple[str, str], str] = {}

    def __iter__(self) -> Iterator[Item]:
        """Yield what can be recorded, in the order of the file."""
        from sixping.exchange.convert import RowError

        build = self._live if self.profile.mode is Mode.LIVE else self._history
        for row in self.reports:
            if isinstance(row, RowError):
                self.errors.append(row)
                continue
            try:
                yield build(row)
            except SixpingError as fault:
                self.errors.append(RowError(row.row, "", fault.what, fault.hint))

    def _item(self, event: Reported, at: datetime, row: ImportedRow) -> Item:
        content = json.dumps([getattr(row, name) for name in _CONTENT])
        key = f"row:{row.source_no}" if row.derived else f"src:{event.channel}\x1f{row.source_no}"
        return Item(event, at, request_keys=(key,), content=content.encode())

    def _live(self, row: ImportedRow) -> Item:
        at = row.received or self.now
        given = registration.Given(
            text=row.text,
            channel=row.channel,
            source_no=None if row.derived else row.source_no,
            place=row.place,
            community=row.community,
            grid=row.grid,
            reporter=row.reporter,
            phone=row.phone,
            anonymous=row.anonymous,
            category=row.category,
            severity=row.severity,
        )
        self._past(at)
        return self._item(registration.register(given, self.data, self._at(at), at), at, row)

    def _history(self, row: ImportedRow) -> Item:
        at, ended = row.received or self.now, row.resolved
        self._past(at if ended is None else max(at, ended))
        rules = self._at(at)
        severity = row.severity or Severity.ORDINARY
        own = self._suggested(row)
        community, grid = self._place(row)
        event = Imported(
            profile=self.profile.name,
            steps=deadlines.imported(severity, at, ended, rules, ended=row.status in ENDED),
            terms=rules.terms,
            channel=self._name("channel", row.channel, lambda n: rules.edition.channel(n).name),
            source_no=None if row.derived else row.source_no,
            community=community,
            grid=grid,
            category=own.category if own else None,
            platform=row.platform or (own.platform if own else None),
            severity=severity,
            unsure=own.unsure if own else True,
            anonymous=row.anonymous,
            unit=row.unit and self._name("unit", row.unit, lambda n: self.data.units.find(n).name),
            status=row.status,
            resolved_at=ended,
            answered=row.feedback is not None,
            satisfaction=row.satisfaction,
            suggestion=registration.suggestion_json(own) if own else None,
            text=row.text,
            place=row.place,
            reporter=row.reporter,
            phone=row.phone,
            outcome=row.outcome,
            feedback=row.feedback,
            reasons=_reasons(own),
        )
        return self._item(event, at, row)

    def _suggested(self, row: ImportedRow) -> Suggestion | None:
        category = row.category and self._name(
            "category", row.category, lambda n: self.data.taxonomy.find(n).name
        )
        if not (self.triage or category):
            return None
        data = self.data
        return suggest(
            row.text, data.taxonomy, data.signals, data.units,
            category=category, place=row.place or "",
        )  # fmt: skip

    def _place(self, row: ImportedRow) -> tuple[str | None, str | None]:
        if row.community is None and row.grid is None:
            return None, None
        return registration.located(row.community, row.grid, self.data.units)

    def _name(self, what: str, name: str, find: Callable[[str], str]) -> str:
        key = (what, name)
        found = self._names.get(key)
        if found is None:
            found = self._names[key] = find(name)
        return found

    def _at(self, moment: datetime) -> Rules:
        day = moment.date()
        rules = self._rules.get(day)
        if rules is None:
            rules = self._rules[day] = self._rules_of(day)
        return rules

    def _past(self, moment: datetime) -> None:
        if moment > self.now:
            raise BadData(f"时间 {moment:%Y-%m-%d %H:%M:%S} 晚于现在。", "请核对文件中的时间。")


def _reasons(own: Suggestion | None) -> str | None:
    if own is None:
        return None
    return json.dumps([r._asdict() for r in own.reasons], ensure_ascii=False)

"""A row of a file resolved: its names checked, its category and way suggested."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.cases import intake
from sixping.errors import SixpingError, UsageFault
from sixping.importing.profiles import TITLES
from sixping.policy.units import UnitKind
from sixping.policy.vocabulary import Confidence, Severity
from sixping.triage.places import Located, locate
from sixping.triage.suggest import suggest
from sixping.util.cellmask import word_shown
from sixping.util.names import near

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sixping.importing.convert import ImportedRow
    from sixping.policy.editions import Edition
    from sixping.policy.services import ServiceItem
    from sixping.policy.units import Units
    from sixping.policy.vocabulary import OwnLimit, Platform
    from sixping.triage.suggest import Suggestion

_dumped = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LISTED = 40  # names that one hint gives at most
_MOST = 4096  # wrong names that are remembered: a file repeats its own
_SEARCHED = 300  # wrong names for which near ones are looked for: it costs, and 200 are told


class FieldFault(SixpingError):
    """What is wrong with one field of a row."""

    def __init__(
        self, field: str, what: str, hint: str, word: str = "", near: tuple[str, ...] = ()
    ) -> None:
        """Say in which field, what, and what to do; ``word`` as in ``RowError``."""
        super().__init__(what, hint)
        self.field, self.word, self.near = field, word, near


class Evaluation(NamedTuple):
    """Names of a row as the data have them, and what is suggested; the last two are JSON."""

    channel: str
    community: str | None
    grid: str | None
    unit: str | None
    category: str | None
    platform: Platform | None
    lead: str | None
    severity: Severity
    unsure: bool
    suggestion: str | None = None
    reasons: list[Any] | None = None
    confidence: Confidence | None = None
    given: tuple[str, ...] | None = ()
    emergency: str | None = None
    located: str | None = None
    nature: str | None = None
    applied: Applied | None = None


class Applied(NamedTuple):
    """What a row applies for (附2.4): the item, its limit, answers; ``chosen`` those with choices.

    ``replies``: to other questions, a line each.
    """

    service: str
    own: OwnLimit | None
    catalogue: str | None
    chosen: tuple[tuple[str, str], ...]
    replies: str | None

    @property
    def shape(self) -> tuple[object, ...]:
        """Return what of it records have in common."""
        return (*self[:-1], self.replies is None)


class RowResolver:
    """Looks up the names of rows, each once, and suggests what a file does not say."""

    def __init__(
        self, data: intake.IntakeData, *, triage: bool, services_from: date | None = None
    ) -> None:
        """Resolve by these data; without ``triage`` nothing is read into the text.

        ``services_from``: since when applications for service items count; None: asleep.
        """
        self._data = data
        self.triage, self.services_from = triage, services_from
        self._names: dict[tuple[object, ...], str] = {}
        self._wrong: dict[tuple[object, ...], FieldFault] = {}
        #: names of communities and grids that are not ours, met so far, and those that are meant
        self.otherwise: dict[tuple[object, ...], str] = {}
        self.called: Counter[tuple[str, str, str]] = Counter()

    def count(self, row: ImportedRow) -> None:
        """Count a row whose community or grid has another name in the data of the office.

        ``called``: field, what the file says, the name here → rows.
        """
        for key in (("community", row.community), ("grid", row.community, row.grid)):
            if key in self.otherwise:
                self.called[str(key[0]), str(key[-1]), self.otherwise[key]] += 1

    @property
    def units(self) -> Units:
        """Return the organisation that names are looked up in."""
        return self._data.units

    def evaluate(self, row: ImportedRow, edition: Edition) -> Evaluation:
        """Return what the data say of a row. Raises ``FieldFault``."""
        channel = self._channel(row.channel, edition)
        item = self._item(row)
        if item and item.category and row.category is None:
            row = row._replace(category=item.category)
        community = grid = unit = category = None
        if row.community is not None or row.grid is not None:
            community, grid = self._place(row)
        if row.unit is not None:
            unit = self._unit("unit", row.unit, *UnitKind)
        if row.category is not None:
            category = self._category(row.category)
        names = (channel, community, grid, unit)
        evaluation = (self._read if self.triage else self._take)(row, names, category)
        if item:
            lead = item.unit or evaluation.lead
            evaluation = evaluation._replace(applied=self._applied(item, row), lead=lead)
        if row.nature is not None:
            return evaluation._replace(nature=self._nature(row.nature))
        return evaluation

    def _item(self, row: ImportedRow) -> ServiceItem | None:
        """Return the item of the catalogue that a row applies for. Raises ``FieldFault``."""
        name = row.service
        if name is None:
            if row.answers is not None:
                raise FieldFault("answers", "有事项答复, 没有写服务事项", "请在服务事项列写明。")
            return None
        services = self._data.services
        return services.get(self._find(("service", name), lambda: services.find(name).name, name))

    def _applied(self, item: ServiceItem, row: ImportedRow) -> Applied:
        """Return what a row answers to the questions of its item. Raises ``FieldFault``."""
        given: dict[str, str] = {}
        for text in re.split(r"[;；\n]", row.answers or ""):
            key, equals, words = text.replace("\uff1d", "=").partition("=")
            if text.strip() and not (equals and key.strip() and words.strip()):
                raise FieldFault(
                    "answers", "事项答复应写成 键=值, 几项用分号隔开",
                    "键见: sixping service list --format json",
                )  # fmt: skip
            if text.strip():
                given[key.strip()] = words.strip()
        try:
            chosen, replies = item.answered(given)
        except UsageFault as fault:
            hint = "在事项答复列写 键=值, 几项用分号隔开。"
            raise FieldFault("answers", fault.what, hint) from None
        edition = self._data.services.edition
        said = "\n".join(f"{key}: {words}" for key, words in replies.items()) or None
        return Applied(item.name, item.own(edition), edition, tuple(chosen.items()), said)

    def faults(self, row: ImportedRow, edition: Edition) -> list[FieldFault]:
        """Return all that is wrong with the names of a row, which may be read in part only."""
        found = []
        for name, look in (
            (row.channel, lambda: self._channel(row.channel, edition)),
            (row.community or row.grid, lambda: self._place(row)),
            (row.unit, lambda: self._unit("unit", row.unit or "", *UnitKind)),
            (row.category, lambda: self._category(row.category or "")),
            (row.nature, lambda: self._nature(row.nature or "")),
            (row.service, lambda: self._item(row)),
        ):
            try:
                if name is not None:
                    look()
            except FieldFault as fault:
                found.append(fault)
        return found

    def _channel(self, name: str, edition: Edition) -> str:
        key = ("channel", name, edition.start)
        return self._names.get(key) or self._find(key, lambda: edition.channel(name).name, name)

    def _take(
        self, row: ImportedRow, names: tuple[str, str | None, str | None, str | None],
        category: str | None,
    ) -> Evaluation:  # fmt: skip
        """Take what the file says, and what its category, if it has one, brings along."""
        if category is None:
            severity = row.severity or Severity.ORDINARY
            return Evaluation(
                *names, None, row.platform, None, severity, unsure=True,
                confidence=Confidence.LOW, given=_given(row),
            )  # fmt: skip
        usual = self._data.taxonomy.find(category)
        platform, severity = row.platform or usual.platform, row.severity or usual.severity
        return Evaluation(
            *names, category, platform, usual.lead, severity, unsure=False,
            confidence=Confidence.MEDIUM, given=_given(row),
        )  # fmt: skip

    def _read(
        self, row: ImportedRow, names: tuple[str, str | None, str | None, str | None],
        category: str | None,
    ) -> Evaluation:  # fmt: skip
        """Suggest from the text; what the file says wins, and the suggestion stays beside it."""
        names, spot = self._located(row, names)
        own = chosen = self._suggest(row)
        if category or row.severity:
            chosen = self._suggest(row, category, row.severity)
        evaluation = Evaluation(
            *names,
            category=chosen.category,
            platform=row.platform or chosen.platform,
            lead=names[3] or chosen.lead,
            severity=chosen.severity,
            unsure=chosen.unsure,
            reasons=chosen.grounds._replace(places=spot.mentions).recorded(),
            confidence=(own if row.severity else chosen).confidence,
            given=_given(row),
            emergency=own.emergency,
            located=spot.by,
        )
        kept = intake.suggestion_kept(own, evaluation)
        return evaluation._replace(suggestion=_dumped(kept)) if kept else evaluation

    def _located(
        self, row: ImportedRow, names: tuple[str, str | None, str | None, str | None]
    ) -> tuple[tuple[str, str | None, str | None, str | None], Located]:
        """Take from text and place what the file's own columns do not say."""
        channel, community, grid, unit = names
        if grid:
            return names, Located()
        spot = locate(row.text, row.place or "", self._data.units, community)
        return (channel, community or spot.community, spot.grid, unit), spot

    def _suggest(
        self, row: ImportedRow, category: str | None = None, severity: Severity | None = None
    ) -> Suggestion:
        data = self._data
        return suggest(
            row.text, data.taxonomy, data.signals, data.units,
            category=category, severity=severity, place=row.place or "",
        )  # fmt: skip

    def _place(self, row: ImportedRow) -> tuple[str | None, str | None]:
        """Return community and grid; a grid tells its community, or is its own name within it."""
        community = None
        if row.community is not None:
            community = self._unit("community", row.community, UnitKind.COMMUNITY)
        if row.grid is None:
            return community, None
        key = ("grid", row.community, row.grid)
        grid = self._names.get(key) or self._find(
            key, lambda: self._grid_of(key, row.grid or "", community), row.grid
        )
        parent = self._data.units.find(grid).parent
        if community and parent != community:
            what = f"{grid}属于{parent}, 不属于{community}"
            raise FieldFault("grid", what, "请核对社区和网格两列。")
        return parent, grid

    def _category(self, name: str) -> str:
        key = ("category", name)
        return self._names.get(key) or self._find(
            key, lambda: self._data.taxonomy.find(name).name, name
        )

    def _nature(self, name: str) -> str:
        key = ("nature", name)
        return self._names.get(key) or self._find(
            key, lambda: self._data.taxonomy.nature(name), name
        )

    def _unit(self, field: str, name: str, *kinds: UnitKind) -> str:
        key = (field, name)
        return self._names.get(key) or self._find(
            key, lambda: self._unit_of(key, name, kinds), name
        )

    def _unit_of(self, key: tuple[str, str], name: str, kinds: tuple[UnitKind, ...]) -> str:
        units = self._data.units
        known = units.get(name)
        if known is not None and known.kind in kinds:
            return known.name
        if kinds == (UnitKind.COMMUNITY,):
            if called := units.place(name, UnitKind.COMMUNITY):
                self.otherwise[key] = called.name
                return called.name
            close = units.places.near(name) if self._searching else []
        else:
            names = {unit.name: unit.name for unit in units if unit.kind in kinds}
            close = near(name, names, most=3, cutoff=0.5) if self._searching else []
        raise self._nowhere(key[0], name, kinds, close)

    def _grid_of(self, key: tuple[str, str | None, str], name: str, community: str | None) -> str:
        """Return a grid by its name, which may be short within a community."""
        units = self._data.units
        known = units.get(f"{community or ''}{name}") or units.get(name)
        if known is not None and known.kind is UnitKind.GRID:
            return known.name
        if called := units.place(name, UnitKind.GRID, within=community):
            self.otherwise[key] = called.name
            return called.name
        grids = units.grids(community) if community else [
            unit for unit in units if unit.kind is UnitKind.GRID
        ]  # fmt: skip
        words = {grid.name.removeprefix(community or ""): grid.name for grid in grids}
        close = near(name, words, most=3, cutoff=0.5) if self._searching else []
        raise self._nowhere("grid", name, (UnitKind.GRID,), close)

    @property
    def _searching(self) -> bool:
        return len(self._wrong) < _SEARCHED

    def _nowhere(
        self, field: str, name: str, kinds: tuple[UnitKind, ...], close: list[str]
    ) -> FieldFault:
        names = [unit.name for unit in self._data.units if unit.kind in kinds]
        more = " 等" if len(names) > _LISTED else ""
        hint = f"是否指: {'、'.join(close)}? " if close else ""
        hint += f"可用: {'、'.join(names[:_LISTED])}{more}。"
        shown = word_shown(name)
        what = f"没有这个{TITLES[field]}: {shown}"
        advice = f"{hint}叫法不同的, 可写入方案的 [values.{field}]。"
        return FieldFault(field, what, advice, shown, tuple(close))

    def _find(self, key: tuple[object, ...], find: Callable[[], str], word: str) -> str:
        """Look a name up, once; to find the near ones of a wrong one costs a search."""
        if key in self._wrong:
            raise self._wrong[key]
        try:
            found = self._names[key] = find()
        except SixpingError as fault:
            shown = word_shown(word)
            wrong = FieldFault(str(key[0]), fault.what.replace(word, shown), fault.hint, shown)
            wrong = fault if isinstance(fault, FieldFault) else wrong
            if len(self._wrong) < _MOST:
                self._wrong[key] = wrong
            raise wrong from None
        return found


def _given(row: ImportedRow) -> tuple[str, ...]:
    """Return what a row says in place of a suggestion; its channel is always the file's."""
    said = {"category": row.category, "severity": row.severity, "platform": row.platform}
    return (
        "channel",
        *(name for name, value in said.items() if value),
        *("lead",) * bool(row.unit),
    )

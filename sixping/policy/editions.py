"""The street's policy (实施办法 of 2020) as data: limits, hours, channels, texts, readings.

Pure but for ``load_policy``. A policy is a list of dated editions; the edition in
force on the day of receipt governs a case, before the first edition the first does. An
edition names only what differs from the one before: limits by clock and grade, channels by
name, readings, texts and hours by key. Numbers the policy does not give are ``None``.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from datetime import date, time
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.policy.handling import (
    TEXTS,
    Declining,
    OutcomeKind,
    SourceAnswer,
    read_declining,
    read_outcome,
    read_source,
)
from sixping.policy.retention import Keeping, read_keeping
from sixping.policy.vocabulary import ClockKind, OwnLimit, Severity
from sixping.util import datafiles, toml
from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sixping.util.toml import Table

PROFILES = ("civil-code", "next-opening")
_STARTS = ("receipt", "beyond", "decision")


class Limit(NamedTuple):
    """One time limit: ``workdays`` after ``start``, by ``clause``.

    ``start``: ``receipt``, ``beyond`` (found to be beyond the street, 五.1b) or
    ``decision`` (三.2: the decision names the date, and ``workdays`` is ``None``).
    """

    clock: ClockKind
    severity: Severity
    workdays: int | None
    start: str
    clause: str


class Counting(NamedTuple):
    """How periods are counted: profile and office hours (一.2), Shanghai time.

    ``rest_from`` to ``rest_until`` is the lunch break, where there is one.
    """

    profile: str
    profile_clause: str
    opens: time
    closes: time
    hours_clause: str
    rest_from: time | None = None
    rest_until: time | None = None


class Channel(NamedTuple):
    """A way reports come in (二.1, 附3.4), under the policy's own name.

    ``patrol``: what a patrol comes upon is registered here (附2.3); ``grid``: through it grid
    workers report (附3.2); ``answers``: it tells the reporter by itself (五.1a).
    """

    name: str
    aliases: tuple[str, ...]
    clause: str
    default: bool
    patrol: bool = False
    grid: bool = False
    answers: bool = False


class Reading(NamedTuple):
    """A value chosen where the policy is silent, with its clause and the reason."""

    value: Any
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class Readings:
    """The values of all readings by name; ``None``: deliberately not set."""

    restart_on_reopen: bool
    approvers: tuple[str, ...]
    leaders: tuple[str, ...] | None
    raising_approved_workdays: int | None
    writing_up_hours: int
    due_soon_workdays: int
    unsigned_after_workdays: int
    returns_before_coordinator: int
    urge_ladder: tuple[str, ...]
    urge_answer_workdays: int | None
    urge_auto_workdays: tuple[int, ...] | None
    feedback_workdays: int | None
    repeat_days: int
    repeat_candidates: int
    repeat_score: int
    satisfied_from: int
    small_sample: int
    room_answers_for: tuple[str, ...]
    fair_part_workdays: int | None
    meeting_workday: int
    duty_staff: int
    duty_licensed: int
    duty_per_agency: bool
    duty_tolerance_minutes: int | None
    duty_lunch: tuple[str, ...] | None
    duty_lunch_staff: int | None
    police_absence_is_breach: bool
    patrol_workdays: int | None
    repeated_days: int | None = None
    repeated_reports: int | None = None
    hollow_answers: tuple[str, ...] | None = None


class Edition(NamedTuple):
    """The rules in force from a day on."""

    start: date
    name: str
    counting: Counting
    limits: tuple[Limit, ...]
    channels: tuple[Channel, ...]
    feedback: Mapping[str, str]
    feedback_clause: str
    readings: Readings
    reading_notes: Mapping[str, Reading]
    declining: tuple[Declining, ...] = ()
    outcomes: tuple[OutcomeKind, ...] = ()
    sources: tuple[SourceAnswer, ...] = ()
    by_category: Mapping[str, OwnLimit] = MappingProxyType({})

    def source(self, channel: str) -> SourceAnswer | None:
        """Return how the source behind a channel is told a result; None: nobody said."""
        return next((source for source in self.sources if source.name == channel), None)

    @property
    def default_channel(self) -> Channel:
        """Return the channel of a report that names none."""
        return next(channel for channel in self.channels if channel.default)

    @property
    def patrol_channel(self) -> Channel:
        """Return the channel of what a patrol comes upon (附2.3)."""
        return next(channel for channel in self.channels if channel.patrol)

    @property
    def grid_channels(self) -> tuple[str, ...]:
        """Return the channels of grid workers (附3.2)."""
        return tuple(channel.name for channel in self.channels if channel.grid)

    def tells(self, channel: str) -> bool:
        """Return whether a channel tells the reporter by itself (五.1a)."""
        return any(c.name == channel and c.answers for c in self.channels)

    @property
    def settling(self) -> tuple[str, ...]:
        """Return the kinds of results by which a matter is settled (五.1c)."""
        return tuple(kind.name for kind in self.outcomes if kind.settled)

    @property
    def longest_limit(self) -> int:
        """Return the longest limit of any case, in working days (五.1c)."""
        own = [days for each in self.by_category.values() for days in each[:2]]
        return max(filter(None, [*own, *(limit.workdays for limit in self.limits)]), default=1)

    def limit(self, clock: ClockKind, severity: Severity) -> Limit | None:
        """Return the limit of this clock for this severity; ``None``: it does not run."""
        for limit in self.limits:
            if limit.clock is clock and limit.severity is severity:
                return limit
        return None

    def channel(self, name: str) -> Channel:
        """Return the channel of this name, alias or start. Raises ``UnknownName``."""
        for channel in self.channels:
            if name == channel.name or name in channel.aliases:
                return channel
        own = {channel.name: channel for channel in self.channels}
        words = {word: c.name for c in self.channels for word in (c.name, *c.aliases)}
        return own[meant(name, words, "渠道", f"可用的渠道: {'、'.join(own)}。")]

    def standard_feedback(self, step: str, **slots: str) -> str:
        """Return the standard text of a step (``handling.TEXTS``) with its slots filled (五.1a)."""
        parts = self.feedback[step].split("{")
        for index, part in enumerate(parts[1:], 1):
            slot, _, rest = part.partition("}")
            parts[index] = slots[slot] + rest
        return "".join(parts)


class Policy(NamedTuple):
    """All editions, oldest first, and how long words are kept, whatever the edition."""

    editions: tuple[Edition, ...]
    retention: tuple[Keeping, ...] = ()

    @property
    def counting(self) -> tuple[tuple[date, Counting], ...]:
        """Return how each edition counts: promises are recounted where this changes."""
        return tuple((edition.start, edition.counting) for edition in self.editions)

    def edition_at(self, day: date) -> Edition:
        """Return the edition in force on a day; before the first edition, the first."""
        current = self.editions[0]
        for edition in self.editions:
            if edition.start <= day:
                current = edition
        return current


def load_policy() -> Policy:
    """Load the policy of the data. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("policy.toml")
    return parse_policy(text, str(path))


@lru_cache(maxsize=4)  # read once a process, as a ledger's documents are
def parse_policy(text: str, source: str) -> Policy:
    """Parse and validate policy text. Raises ``BadData`` naming source, key, fault."""
    return read_policy(toml.parse(text, source))


def read_policy(top: Table) -> Policy:
    """Validate the policy file. Raises ``BadData`` naming source, key, fault."""
    editions: list[Edition] = []

    def read(table: Table) -> None:
        last = editions[-1] if editions else None
        edition = _edition(table, last)
        if last and edition.start <= last.start:
            table.refuse("from", f"须晚于上一版的 {last.start}")
        editions.append(edition)

    top.each("edition", read)
    if not editions:
        top.refuse("edition", "至少要有一版")
    retention = top.each("retention", read_keeping, optional=True)
    top.finish()
    return Policy(tuple(editions), tuple(retention))


POLICY = toml.RuleFile("policy", read_policy)


def _edition(table: Table, last: Edition | None) -> Edition:
    """Read an edition; what it does not name is as in the ``last`` one."""
    notes, channels = _readings(table, last), _channels(table, last)
    edition = Edition(
        start=table.day("from"),
        name=table.text("name", last.name) if last else table.text("name"),
        counting=_counting(table, last),
        limits=_limits(table, last),
        channels=channels,
        readings=Readings(**{name: note.value for name, note in notes.items()}),
        reading_notes=notes,
        declining=_named(table, "declining", read_declining, last and last.declining),
        outcomes=_named(table, "outcome", read_outcome, last and last.outcomes),
        sources=_sources(table, last, {channel.name for channel in channels}),
        by_category=_by_category(table, last),
        **_feedback(table, last),
    )
    table.finish()
    _refuse_unfit(edition.readings, table)
    _refuse_beyond(edition, table)
    return edition


def _sources(table: Table, last: Edition | None, channels: set[str]) -> tuple[SourceAnswer, ...]:
    """Return how sources are answered; that of a channel there is no longer goes with it."""
    known = tuple(source for source in (last.sources if last else ()) if source.name in channels)
    sources: tuple[SourceAnswer, ...] = _named(table, "source", read_source, known)
    if unknown := [source.name for source in sources if source.name not in channels]:
        table.refuse("source", f"没有这些渠道: {'、'.join(unknown)}")
    return sources


def _feedback(table: Table, last: Edition | None) -> dict[str, Any]:
    if last and not table.has("feedback"):
        return {"feedback": last.feedback, "feedback_clause": last.feedback_clause}
    entry = table.table("feedback")
    texts = {
        step: last.feedback[step] if last and not entry.has(step) else _template(entry, step, slots)
        for step, slots in TEXTS.items()
    }
    clause = entry.text("clause", last.feedback_clause) if last else entry.text("clause")
    entry.finish()
    return {"feedback": texts, "feedback_clause": clause}


def _named(
    table: Table, key: str, read: Callable[[Table, Any], Any], last: tuple[Any, ...] | None
) -> tuple[Any, ...]:
    """Return what is listed by name; what is named here stands in the place of what was."""
    known = {entry.name: entry for entry in last or ()}
    own: list[str] = []
    for entry in table.tables(key, optional=True):
        name = entry.text("name")
        if name in known and entry.flag("dropped", default=False):
            del known[name]
        else:
            own.append(name)
            known[name] = read(entry, known.get(name))
        entry.finish()
    table.refuse_twice(key, own)
    return tuple(known.values())


def _refuse_unfit(readings: Readings, table: Table) -> None:
    """Refuse readings that only make sense beside what they speak of."""
    unknown = sorted(set(readings.room_answers_for) - set(ClockKind))
    if unknown:
        table.refuse("readings.room_answers_for", f"不是时限: {'、'.join(unknown)}")
    grades, days = readings.urge_ladder, readings.urge_auto_workdays
    if days is not None and (len(days) != len(grades) or list(days) != sorted(set(days))):
        table.refuse(
            "readings.urge_auto_workdays", f"应为逐级增大的 {len(grades)} 个数 (对应 urge_ladder)"
        )
    _refuse_unfit_lunch(readings, table)


def _refuse_unfit_lunch(readings: Readings, table: Table) -> None:
    lunch = readings.duty_lunch
    if (lunch is None) != (readings.duty_lunch_staff is None):
        table.refuse("readings.duty_lunch", "与 duty_lunch_staff 须同时写明")
    if lunch is None:
        return
    try:
        start, end = map(clock_time, lunch)
    except ValueError:
        start = end = time()
    if start >= end:
        table.refuse("readings.duty_lunch", '应为起止两个时刻, 如 ["11:30", "13:00"]')


def clock_time(value: str) -> time:
    """Return ``17:00`` as a time of the day. Raises ``ValueError``."""
    hour, minute = value.split(":")
    return time(int(hour), int(minute))


def _counting(table: Table, last: Edition | None) -> Counting:
    if last and not table.has("counting"):
        return last.counting
    entry, was = table.table("counting"), last.counting if last else None
    counting = Counting(
        entry.one_of("profile", PROFILES) if not was or entry.has("profile") else was.profile,
        entry.text("profile_clause", was.profile_clause) if was else entry.text("profile_clause"),
        _time(entry, "opens", was and was.opens) or time(),
        _time(entry, "closes", was and was.closes) or time.max,
        entry.text("hours_clause", was.hours_clause) if was else entry.text("hours_clause"),
        *_rest(entry, was),
    )
    if counting.closes <= counting.opens:
        entry.refuse("closes", "须晚于 opens")
    start, end = counting.rest_from, counting.rest_until
    if start and end and not counting.opens < start < end < counting.closes:
        entry.refuse("rest_from", "午休须在 opens 与 closes 之间, rest_until 晚于 rest_from")
    entry.finish()
    return counting


def _rest(entry: Table, was: Counting | None) -> tuple[time | None, time | None]:
    """Return the lunch break; both ends are named or none, ``rest = false`` ends it."""
    if entry.has("rest") and not entry.flag("rest"):
        return None, None
    start = _time(entry, "rest_from", was and was.rest_from, optional=True)
    end = _time(entry, "rest_until", was and was.rest_until, optional=True)
    if (start is None) != (end is None):
        entry.refuse("rest_from", "与 rest_until 须同时写明")
    return start, end


def _time(table: Table, key: str, instead: time | None, *, optional: bool = False) -> time | None:
    if not table.has(key) and (instead is not None or optional):
        table.raw(key, None)
        return instead
    value = table.text(key)
    try:
        return clock_time(value)
    except ValueError:
        if value != "?":
            table.refuse(key, f'应为时刻 (如 "17:00"), 现为 {value}')
        return instead


def _limits(table: Table, last: Edition | None) -> tuple[Limit, ...]:
    """Return the limits; those named here stand in the place of those of the same key."""
    dropped: set[tuple[ClockKind, Severity]] = set()
    own: dict[tuple[ClockKind, Severity], Limit] = {}
    for entry in table.tables("limit", optional=last is not None):
        for limit in _limit(entry, dropped):
            if (limit.clock, limit.severity) in own:
                table.refuse("limit", f"重复: {limit.clock} 与 {limit.severity}")
            own[limit.clock, limit.severity] = limit
    kept = {(limit.clock, limit.severity): limit for limit in last.limits} if last else {}
    limits = {key: limit for key, limit in (kept | own).items() if key not in dropped}
    for severity in Severity:
        if (ClockKind.ACCEPT, severity) not in limits:
            table.refuse("limit", f"缺少 {severity} 的 accept")
        target, ceiling = (
            limits[kind, severity].workdays or 0 if (kind, severity) in limits else 0
            for kind in (ClockKind.FINISH, ClockKind.CEILING)
        )
        if 0 < ceiling < target:
            what = f"{severity} 的 finish 为 {target} 个工作日, 不应长于 ceiling 的 {ceiling} 个"
            table.refuse("limit", what)
    return tuple(limits.values())


def _limit(entry: Table, dropped: set[tuple[ClockKind, Severity]]) -> list[Limit]:
    clock = entry.choice("clock", ClockKind)
    severities = entry.texts("severities")
    unknown = [name for name in severities if name not in tuple(Severity)]
    if unknown or not severities:
        entry.refuse("severities", f"应为 {'、'.join(Severity)} 中的若干级")
    grades = [grade for grade in Severity if grade in severities]
    if entry.flag("dropped", default=False):
        dropped.update((clock, grade) for grade in grades)
        entry.finish()
        return []
    start = entry.one_of("start", _STARTS)
    decided = start == "decision"
    if decided and entry.has("workdays"):
        entry.refuse("workdays", "与 start = decision 不能并存 (日期由决定给出)")
        entry.raw("workdays")
    workdays = None if decided else entry.whole("workdays", least=1, most=1000)
    clause = entry.text("clause")
    entry.finish()
    return [Limit(clock, grade, workdays, start, clause) for grade in grades]


def _by_category(table: Table, last: Edition | None) -> Mapping[str, OwnLimit]:
    """Return the limits to settle by category; those named here stand in the place of before."""
    own: list[str] = []
    known = dict(last.by_category) if last else {}
    edition = table.text("name", last.name) if last else table.text("name")
    for entry in table.tables("category_limit", optional=True):
        names = entry.texts("categories")
        own += names
        if entry.raw("categories") == []:
            entry.refuse("categories", "没有写明哪个类别")
        if entry.flag("dropped", default=False):
            for name in names:
                if known.pop(name, None) is None:
                    entry.refuse("categories", f"{name} 在前一版没有期限, 无从取消")
        else:
            workdays, clause = entry.whole("workdays", least=1, most=1000), entry.text("clause")
            ceiling = None
            if entry.has("ceiling"):
                ceiling = entry.whole("ceiling", least=workdays, most=1000)
            for name in names:
                known[name] = OwnLimit(workdays, ceiling, f"{clause} {name}, {edition}")
        entry.finish()
    table.refuse_twice("category_limit", own)
    return MappingProxyType(known)


def _refuse_beyond(edition: Edition, table: Table) -> None:
    """Refuse a category's limit beyond the ceiling of the notice that does not say so itself."""
    notice = edition.limit(ClockKind.CEILING, Severity.ORDINARY)
    for name, own in edition.by_category.items():
        most = notice.workdays if notice and own.ceiling is None else None
        if most and (own.workdays or 0) > most:
            what = f"{name} 的 {own.workdays} 个工作日长于 ceiling 的 {most} 个"
            table.refuse("category_limit", f"{what}; 确有依据的另写 ceiling")


def _channels(table: Table, last: Edition | None) -> tuple[Channel, ...]:
    """Return the channels; those named here stand in the place of those of the same name."""
    own: list[Channel] = []
    known = {channel.name: channel for channel in last.channels} if last else {}
    for entry in table.tables("channel", optional=last is not None):
        was = known.get(entry.text("name"))
        if was and entry.flag("dropped", default=False):
            known.pop(was.name)
            entry.finish()
        else:
            own.append(_channel(entry, was))
    # One channel has each of these: a new one takes it over.
    if any(channel.default for channel in own):
        known = {name: channel._replace(default=False) for name, channel in known.items()}
    if any(channel.patrol for channel in own):
        known = {name: channel._replace(patrol=False) for name, channel in known.items()}
    table.refuse_twice("channel", [channel.name for channel in own])
    channels = tuple((known | {channel.name: channel for channel in own}).values())
    table.refuse_twice("channel", [n for c in channels for n in (c.name, *c.aliases)])
    for flag in ("default", "patrol"):
        if sum(getattr(channel, flag) for channel in channels) != 1:
            table.refuse("channel", f"须有且只有一个渠道写明 {flag} = true")
    return channels


def _channel(entry: Table, was: Channel | None) -> Channel:
    channel = Channel(
        entry.text("name"),
        entry.texts("aliases", was.aliases if was else ()),
        entry.text("clause", was.clause) if was else entry.text("clause"),
        entry.flag("default", default=bool(was and was.default)),
        entry.flag("patrol", default=bool(was and was.patrol)),
        entry.flag("grid", default=bool(was and was.grid)),
        entry.flag("answers", default=bool(was and was.answers)),
    )
    entry.finish()
    return channel


def _template(table: Table, key: str, slots: set[str]) -> str:
    value = table.text(key)
    used = [part.partition("}")[0] for part in value.split("{")[1:]]
    if value.count("{") != value.count("}") or not set(used) <= slots:
        allowed = "、".join(f"{{{slot}}}" for slot in sorted(slots))
        table.refuse(key, f"只可使用空位 {allowed}")
    return value


def _readings(table: Table, last: Edition | None) -> dict[str, Reading]:
    """Return the readings; one that is named without ``value`` is deliberately not set."""
    if last and not table.has("readings"):
        return dict(last.reading_notes)
    readings: dict[str, Reading] = {}
    entries = table.table("readings")
    for field in fields(Readings):
        was = last.reading_notes[field.name] if last else None
        if not entries.has(field.name) and (was or field.default is not MISSING):
            readings[field.name] = was or Reading(None, "", "")  # older than this reading
            continue
        entry = entries.table(field.name)
        readings[field.name] = Reading(
            _value(entry, str(field.type)),
            entry.text("clause", was.clause) if was else entry.text("clause"),
            entry.text("note", was.note) if was else entry.text("note"),
        )
        entry.finish()
    entries.finish()
    return readings


def _value(entry: Table, kind: str) -> object:
    """Read a reading's value by the type its field in ``Readings`` is declared with."""
    if kind.endswith("| None") and not entry.has("value"):
        return None
    if kind.startswith("bool"):
        return entry.flag("value")
    if kind.startswith("tuple[int"):
        return entry.wholes("value", most=1000)
    if kind.startswith("tuple"):
        return entry.texts("value")
    return entry.whole("value", least=1, most=1000)

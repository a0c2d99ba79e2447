"""The street's policy (实施办法 of 2020) as data: limits, hours, channels, texts, readings.

Pure but for ``load_policy``. A policy is a list of dated editions; the edition in
force on the day of receipt governs a case, before the first edition the first does.
Numbers the policy does not give are ``None``, never invented.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, time
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.errors import NotFound
from sixping.policy.vocabulary import ClockKind, Severity
from sixping.util import datafiles, toml

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    """How periods are counted: profile and office hours (一.2), Shanghai time."""

    profile: str
    profile_clause: str
    opens: time
    closes: time
    hours_clause: str


class Channel(NamedTuple):
    """A way reports come in (二.1, 附3.4), under the policy's own name."""

    name: str
    aliases: tuple[str, ...]
    clause: str
    default: bool


class Reading(NamedTuple):
    """A value chosen where the policy is silent, with its clause and the reason."""

    value: Any
    clause: str
    note: str


@dataclass(frozen=True, slots=True)
class Readings:
    """The values of all readings by name; ``None``: deliberately not set."""

    restart_on_reopen: bool
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
    police_absence_is_breach: bool
    patrol_workdays: int | None


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

    @property
    def default_channel(self) -> Channel:
        """Return the channel of a report that names none."""
        return next(channel for channel in self.channels if channel.default)

    @property
    def longest_limit(self) -> int:
        """Return the longest limit of any case, in working days (五.1c)."""
        return max((limit.workdays for limit in self.limits if limit.workdays), default=1)

    def limit(self, clock: ClockKind, severity: Severity) -> Limit | None:
        """Return the limit of this clock for this severity; ``None``: it does not run."""
        for limit in self.limits:
            if limit.clock is clock and limit.severity is severity:
                return limit
        return None

    def channel(self, name: str) -> Channel:
        """Return the channel of this name or alias. Raises ``NotFound`` naming near ones."""
        for channel in self.channels:
            if name == channel.name or name in channel.aliases:
                return channel
        names = [channel.name for channel in self.channels]
        raise NotFound(f"没有这个渠道: {name}", f"可用的渠道: {'、'.join(names)}。")

    def standard_feedback(self, step: str, **slots: str) -> str:
        """Return the standard text of ``accept`` or ``decline`` with its slots filled (五.1a)."""
        parts = self.feedback[step].split("{")
        for index, part in enumerate(parts[1:], 1):
            slot, _, rest = part.partition("}")
            parts[index] = slots[slot] + rest
        return "".join(parts)


class Policy(NamedTuple):
    """All editions, oldest first."""

    editions: tuple[Edition, ...]
    text: str
    source: str

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of the file's content, whatever its line ends."""
        from hashlib import sha256

        return sha256("\n".join(self.text.splitlines()).encode()).hexdigest()

    def edition_at(self, day: date) -> Edition:
        """Return the edition in force on a day; before the first edition, the first."""
        current = self.editions[0]
        for edition in self.editions:
            if edition.start <= day:
                current = edition
        return current


def load_policy() -> Policy:
    """Load the policy in force. Raises ``BadData`` naming file, key and what is wrong."""
    text, path = datafiles.read("policy.toml")
    return parse_policy(text, str(path))


def parse_policy(text: str, source: str) -> Policy:
    """Parse and validate policy text. Raises ``BadData`` naming source, key, fault."""
    top = toml.parse(text, source)
    editions: list[Edition] = []
    for table in top.tables("edition"):
        edition = _edition(table)
        if editions and edition.start <= editions[-1].start:
            raise table.fault("from", f"须晚于上一版的 {editions[-1].start}")
        editions.append(edition)
    if not editions:
        raise top.fault("edition", "至少要有一版")
    top.finish()
    return Policy(tuple(editions), text, source)


def _edition(table: Table) -> Edition:
    notes = _readings(table.table("readings"))
    feedback = table.table("feedback")
    edition = Edition(
        start=table.day("from"),
        name=table.text("name"),
        counting=_counting(table.table("counting")),
        limits=_limits(table),
        channels=_channels(table),
        feedback={
            "accept": _template(feedback, "accept", {"number"}),
            "decline": _template(feedback, "decline", {"number", "reason"}),
        },
        feedback_clause=feedback.text("clause"),
        readings=Readings(**{name: note.value for name, note in notes.items()}),
        reading_notes=notes,
    )
    feedback.finish()
    table.finish()
    _refuse_unfit(edition.readings, table)
    return edition


def _refuse_unfit(readings: Readings, table: Table) -> None:
    """Refuse readings that only make sense beside what they speak of."""
    unknown = sorted(set(readings.room_answers_for) - set(ClockKind))
    if unknown:
        raise table.fault("readings.room_answers_for", f"不是时限: {'、'.join(unknown)}")
    grades, days = readings.urge_ladder, readings.urge_auto_workdays
    if days is not None and (len(days) != len(grades) or list(days) != sorted(set(days))):
        raise table.fault(
            "readings.urge_auto_workdays", f"应为逐级增大的 {len(grades)} 个数 (对应 urge_ladder)"
        )


def _counting(table: Table) -> Counting:
    counting = Counting(
        table.one_of("profile", PROFILES),
        table.text("profile_clause"),
        _time(table, "opens"),
        _time(table, "closes"),
        table.text("hours_clause"),
    )
    if counting.closes <= counting.opens:
        raise table.fault("closes", "须晚于 opens")
    table.finish()
    return counting


def _time(table: Table, key: str) -> time:
    value = table.text(key)
    try:
        hour, minute = value.split(":")
        return time(int(hour), int(minute))
    except ValueError:
        raise table.fault(key, f'应为时刻 (如 "17:00"), 现为 {value}') from None


def _limits(table: Table) -> tuple[Limit, ...]:
    limits: list[Limit] = []
    for entry in table.tables("limit"):
        limits.extend(_limit(entry))
    seen: set[tuple[str, str]] = set()
    for limit in limits:
        key = (limit.clock, limit.severity)
        if key in seen:
            raise table.fault("limit", f"重复: {limit.clock} 与 {limit.severity}")
        seen.add(key)
    for severity in Severity:
        if (ClockKind.ACCEPT, severity) not in seen:
            raise table.fault("limit", f"缺少 {severity} 的 accept")
    return tuple(limits)


def _limit(entry: Table) -> list[Limit]:
    clock = entry.choice("clock", ClockKind)
    start = entry.one_of("start", _STARTS)
    decided = start == "decision"
    if decided and entry.has("workdays"):
        raise entry.fault("workdays", "与 start = decision 不能并存 (日期由决定给出)")
    workdays = None if decided else entry.whole("workdays", least=1, most=1000)
    clause = entry.text("clause")
    severities = entry.texts("severities")
    unknown = [name for name in severities if name not in tuple(Severity)]
    if unknown or not severities:
        raise entry.fault("severities", f"应为 {'、'.join(Severity)} 中的若干级")
    entry.finish()
    return [Limit(clock, Severity(name), workdays, start, clause) for name in severities]


def _channels(table: Table) -> tuple[Channel, ...]:
    channels: list[Channel] = []
    taken: list[str] = []
    for entry in table.tables("channel"):
        channel = Channel(
            entry.text("name"),
            entry.texts("aliases", ()),
            entry.text("clause"),
            entry.flag("default", default=False),
        )
        channels.append(channel)
        taken += [channel.name, *channel.aliases]
        entry.finish()
    table.refuse_twice("channel", taken)
    if sum(channel.default for channel in channels) != 1:
        raise table.fault("channel", "须有且只有一个渠道写明 default = true")
    return tuple(channels)


def _template(table: Table, key: str, slots: set[str]) -> str:
    value = table.text(key)
    used = [part.partition("}")[0] for part in value.split("{")[1:]]
    if value.count("{") != value.count("}") or not set(used) <= slots:
        allowed = "、".join(f"{{{slot}}}" for slot in sorted(slots))
        raise table.fault(key, f"只可使用空位 {allowed}")
    return value


def _readings(table: Table) -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    for field in fields(Readings):
        entry = table.table(field.name)
        value = _value(entry, str(field.type))
        readings[field.name] = Reading(value, entry.text("clause"), entry.text("note"))
        entry.finish()
    table.finish()
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

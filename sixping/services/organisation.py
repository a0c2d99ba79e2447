"""Changes of the organisation: tried on what is known, recorded, or refused; whole files too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sixping.errors import NotAllowed, SixpingError, UsageFault
from sixping.office import streams
from sixping.office.organisation import (
    PEOPLE,
    STREAM,
    UNITS,
    History,
    Person,
    PersonChanged,
    PersonJoined,
    UnitAdded,
    base,
    organisation_at,
)
from sixping.policy.vocabulary import Platform
from sixping.queries.office import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sixping.importing.convert import RowError
    from sixping.importing.officefiles import Record
    from sixping.office.organisation import Dated, Organisation
    from sixping.store.transaction import Transaction

Change = tuple[str, "Dated"]
"""Subject (``UNITS`` or ``PEOPLE``) and event of one change."""


def record_changes(tx: Transaction, changes: Iterable[Change]) -> tuple[list[int], Organisation]:
    """Record changes of the organisation, all of them or none.

    Returns their seqs and the organisation after the last of them, on its day. Raises
    ``NotAllowed`` or ``NotFound`` when the history would make no sense.
    """
    events = list(changes)
    history = try_changes(tx, events)
    seqs = [streams.record(tx, STREAM, subject, event, tx.stamp.now) for subject, event in events]
    last = max((event.day for _, event in events), default=tx.stamp.now.date())
    return seqs, history.at(last)


def try_changes(tx: Transaction, changes: Iterable[Change]) -> History:
    """Return the history with these changes; raises as ``record_changes``, recording nothing."""
    seed, entries = base(tx.con)
    since = max((entry.event.day for entry in entries), default=None)
    events = list(changes)
    for subject, event in events:
        if since and subject == UNITS and event.day < since:
            raise NotAllowed(
                f"{since} 采用了新的单位规则 (policy adopt), 那一天起以它为准。",
                f"请写 {since} 或以后的日期 (--from), 或在 units.toml 里改好再采用。",
            )
    entries += [e for name in (UNITS, PEOPLE) for e in streams.entries(tx.con, STREAM, name)]
    now = tx.stamp.now
    for ahead, (subject, event) in enumerate(events, 1):
        entries.append(streams.StreamEntry(tx.seq + ahead, subject, now, now, event))
    history = History(seed, entries)
    history.check()
    return history


def join(tx: Transaction, stated: Mapping[str, Any], day: date) -> tuple[int, Person]:
    """Record somebody new from a day on; return the seq and the person as registered."""
    event = joining(tx, stated, day, organisation_at(tx.con, day).people)
    (seq,), organisation = record_changes(tx, [(PEOPLE, event)])
    return seq, organisation.people[event.person]


def joining(
    tx: Transaction,
    stated: Mapping[str, Any],
    day: date,
    people: Mapping[str, Person],
    ahead: int = 0,
) -> PersonJoined:
    """Return the event of somebody new, with the next id.

    ``people``: who is known on that day; ``ahead``: how many new ones come before. Raises
    ``NotAllowed`` when the same name is in that unit and nothing tells the two apart.
    """
    for other in people.values():
        if (other.name, other.unit) == (stated["name"], stated["unit"]) and (
            stated.get("phone") in (None, other.phone)
        ):
            raise NotAllowed(
                f"{other.unit} 已有同名的人: {other.id}。",
                "同一人请用 units person change; 同名的另一人请写 --phone 区分。",
            )
    number = recorded(tx.con, PersonJoined.kind) + ahead + 1
    return PersonJoined(person=f"p{number}", day=day, **licensed(stated, day))


def licensed(stated: Mapping[str, Any], day: date) -> dict[str, Any]:
    """Check the licence and return what is said, the empty left out. Raises ``UsageFault``."""
    values = {name: value for name, value in stated.items() if value is not None}
    until, since = values.get("licence_until"), values.get("licence_from")
    if "licence" in values and until is None:
        raise UsageFault("没有写明执法证有效期至哪一天。", "请加 --licence-until 日期。")
    if "licence" in values and since is None:
        values["licence_from"] = since = day if until is None else min(day, until)
    if since and until and since > until:
        raise UsageFault(f"执法证有效期自 {since} 晚于至 {until}。", "请核对两个日期。")
    return values


# --- whole files ---------------------------------------------------------------------------


def people_changes(
    tx: Transaction, records: list[Record], faults: list[RowError], day: date
) -> list[Change]:
    """Return what a file of people changes: new ones, and known ones of whom it says more.

    What cannot be is added to the faults of its row.
    """
    organisation = organisation_at(tx.con, day)
    known = dict(organisation.people)
    changes: list[Change] = []
    ahead = 0
    for record in records:
        try:
            unit = organisation.units.find(record.values["unit"]).name
        except SixpingError as fault:
            faults.append(record.fault("unit", fault.what, fault.hint))
            continue
        try:
            event = _person_change(tx, record.values | {"unit": unit}, day, known, ahead)
        except SixpingError as fault:
            faults.append(record.fault("name", fault.what, fault.hint))
            continue
        if isinstance(event, PersonJoined):
            ahead += 1
            known[event.person] = Person(
                event.person, event.unit, name=event.name, phone=event.phone
            )
        if event:
            changes.append((PEOPLE, event))
    return changes


def _person_change(
    tx: Transaction,
    stated: Mapping[str, Any],
    day: date,
    known: Mapping[str, Person],
    ahead: int,
) -> PersonJoined | PersonChanged | None:
    """Return the event of one row; None where the row says nothing new."""
    same = _same(stated, known)
    if same is None:
        return joining(tx, stated, day, known, ahead)
    news = {name: value for name, value in stated.items() if getattr(same, name) != value}
    return PersonChanged(person=same.id, day=day, **licensed(news, day)) if news else None


def _same(stated: Mapping[str, Any], known: Mapping[str, Person]) -> Person | None:
    """Return who is meant: same name and unit, and the same phone where both are stated."""
    fitting = [
        person
        for person in known.values()
        if (person.name, person.unit) == (stated["name"], stated["unit"])
        and (stated.get("phone") in (None, person.phone) or person.phone is None)
    ]
    if len(fitting) > 1:
        raise NotAllowed(
            f"{stated['unit']} 有 {len(fitting)} 个人叫这个姓名。", "请补上电话列加以区分。"
        )
    return fitting[0] if fitting else None


def unit_changes(
    tx: Transaction, records: list[Record], faults: list[RowError], day: date
) -> list[Change]:
    """Return the units of a file that are not there yet; each row is judged by itself."""
    changes: list[Change] = []
    names = {unit.name for unit in organisation_at(tx.con, day).units}
    for record in records:
        stated = dict(record.values)
        platform = stated.pop("platform", None)
        if platform is not None and platform not in tuple(Platform):
            hint = f"可用: {'、'.join(Platform)}。"
            faults.append(record.fault("platform", f"没有这个平台: {platform}", hint))
            continue
        if stated["name"] in names:
            continue
        event = UnitAdded(
            day=day,
            unit_kind=stated.pop("kind"),
            platform=Platform(platform) if platform else None,
            **stated,
        )
        try:
            try_changes(tx, [*changes, (UNITS, event)])
        except SixpingError as fault:
            faults.append(record.fault("name", fault.what, fault.hint))
        else:
            names.add(event.name)
            changes.append((UNITS, event))
    return changes

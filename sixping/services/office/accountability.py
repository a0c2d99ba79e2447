"""Accountability as it is recorded and counted: by 五.3, and proposals by 附1.3."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from sixping.cases.model import full_number
from sixping.documents.cases import NOBODY, People, masked
from sixping.errors import NotAllowed, NotFound, UnknownName, UsageFault
from sixping.office import registers, streams
from sixping.office.accountability import (
    STREAM,
    Basis,
    Decided,
    Entry,
    OfEntry,
    Opened,
    Outcome,
    Proposed,
    entries_on,
    find,
    fold,
    refuse_turn,
    refuse_twice,
)
from sixping.office.organisation import organisation_at
from sixping.policy.assessment import SCHEME, Measure, load_scheme
from sixping.policy.vocabulary import LAPSES
from sixping.queries import cases
from sixping.queries.meetings import OpenTask
from sixping.queries.office import recorded
from sixping.reports.lapses import task_lapses
from sixping.reports.overdue import Waiting
from sixping.services.approval import approval
from sixping.services.lapses import of_cases
from sixping.services.personal.named import Named
from sixping.services.rulebooks import rulebooks_on
from sixping.store.documents import rule_on
from sixping.util.clock import SHANGHAI
from sixping.util.masking import mask_addressee, mask_name
from sixping.util.names import meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sixping.reports.lapses import Lapse
    from sixping.reports.period import Span
    from sixping.services.office.waiting import Keep
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.taking import Situation
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "accountability"
TASK = "task"


# --- what the rules say ------------------------------------------------------------------------


def measures(con: Connection) -> tuple[Measure, ...]:
    """Return the ways to hold to account (五.3); of an older rule file those of the data."""
    scheme = rule_on(con, SCHEME, load_scheme)
    return scheme.measures or load_scheme().measures


def proposals(con: Connection) -> tuple[Measure, ...]:
    """Return what a street may propose (附1.3)."""
    scheme = rule_on(con, SCHEME, load_scheme)
    return scheme.proposals or load_scheme().proposals


def _measure(known: Sequence[Measure], name: str, what: str) -> Measure:
    words = {measure.name: measure.name for measure in known}
    chosen = meant(name, words, what, f"可用: {'、'.join(words)}。")
    return next(measure for measure in known if measure.name == chosen)


def _refuse_proposed(con: Connection, *said: str | None) -> None:
    """Raise ``NotAllowed`` where what a street only proposes is worded as its decision."""
    for measure in proposals(con):
        if any(text and measure.name in text for text in said):
            raise NotAllowed(
                f"“{measure.name}”不由街道决定, 街道只提出建议 (附1.3)。",
                f"请用: sixping accountability propose --kind {measure.name} --to 机关 --text 事实",
            )


# --- lapses by their key -----------------------------------------------------------------------


def lapse_of(con: Connection, key: str, now: datetime) -> tuple[str, Lapse]:
    """Return the full key of a recorded lapse, and the lapse.

    A key is a number and a kind: ``123.finish``, ``2026-000123.办结超期``, ``m3.1.task``. Raises
    ``UnknownName`` for no kind, ``NotFound`` where ``lapses`` has none such.
    """
    number, _, said = key.strip().rpartition(".")
    kinds = {kind: kind for kind in LAPSES} | {word: kind for kind, word in LAPSES.items()}
    if not number or said not in kinds:
        raise UnknownName(
            f"看不懂的情形: {key}",
            f"写成 编号.情形, 如 123.finish; 情形: {'、'.join(LAPSES.values())}。",
        )
    kind = kinds[said]
    rulebooks = rulebooks_on(con)
    if kind == TASK:
        number = number.lower()
        tasks = [
            each
            for each in streams.entries(con, "meeting")
            if getattr(each.event, "task", None) == number
        ]
        found = list(task_lapses(tasks, rulebooks.rules(now.date()), now))
    else:
        number = full_number(number, now.year)
        found = [each for each in of_cases(con, rulebooks, [number], now) if each.kind == kind]
    if not found:
        raise NotFound(
            f"{number} 没有“{LAPSES[kind]}”的记录, 不能据以问责。",
            "有哪些见: sixping lapses --from 日期 --unit 单位",
        )
    return f"{number}.{kind}", found[-1]


# --- recording ---------------------------------------------------------------------------------


class Concerned(NamedTuple):
    """Whom an entry is about: the unit, and the person of the register, by id."""

    unit: str
    person: str | None


def concerned(con: Connection, day: date, unit: str | None, person: str | None) -> Concerned:
    """Return the unit and the person meant, names in full. Raises ``UsageFault`` for neither."""
    organisation = organisation_at(con, day)
    who = organisation.find(person) if person else None
    if unit is None and who is None:
        raise UsageFault("没有写明对谁。", "请写 --unit 单位, 或 --person 编号或姓名。")
    name = organisation.units.find(unit).name if unit else (who.unit if who else "")
    if who is not None and who.unit != name:
        raise UsageFault(f"{who.id} 不是{name}的人。", f"{who.id} 属于{who.unit}。")
    return Concerned(name, who.id if who else None)


def open_entry(
    tx: Transaction, keys: Sequence[str], unit: str | None, person: str | None, matter: str
) -> tuple[Entry, int]:
    """Open an entry by 五.3 on recorded lapses; return it and the seq.

    Raises ``NotFound`` for a lapse nobody recorded, ``NotAllowed`` for one that another unit
    answers for.
    """
    registers.require(tx.con, KEY)
    now = tx.stamp.now
    who = concerned(tx.con, now.date(), unit, person)
    found = [lapse_of(tx.con, key, now) for key in keys]
    for key, lapse in found:
        if who.unit not in {lapse.unit, lapse.coordinator}:
            number, _, kind = key.rpartition(".")
            answers = lapse.unit or "没有写明的单位"
            raise NotAllowed(
                f"{number} 的“{LAPSES[kind]}”由{answers}负责, 不是{who.unit}。",
                "请核对 --unit 和 --lapse。",
            )
    event = Opened(
        entry=_next(tx.con),
        unit=who.unit,
        person=who.person,
        lapses=tuple(dict.fromkeys(key for key, _ in found)),
        matter=matter,
    )
    return record(tx, event)


def propose(
    tx: Transaction,
    *,
    sort: str,
    unit: str | None,
    person: str | None,
    about: str | None,
    numbers: Iterable[str],
    to: str,
    day: date,
    matter: str,
) -> tuple[Entry, int]:
    """Record a proposal of the street to whom it belongs; return it and the seq."""
    registers.require(tx.con, KEY)
    measure = _measure(proposals(tx.con), sort, "建议 (--kind)")
    if sum(value is not None for value in (unit or person, about)) != 1:
        raise UsageFault(
            "须写明建议对谁, 写一种。",
            "登记的单位或人员写 --unit、--person; 其他单位和个人写 --about。",
        )
    who = concerned(tx.con, day, unit, person) if about is None else None
    known = tuple(dict.fromkeys(full_number(each, tx.stamp.now.year) for each in numbers))
    for number in known:
        tx.case(number)
    _refuse_decided(measure.name, matter)
    event = Proposed(
        entry=_next(tx.con),
        sort=measure.name,
        unit=who.unit if who else None,
        person=who.person if who else None,
        cases=known,
        whose=about,
        sent_to=to,
        day=day,
        matter=matter,
    )
    return record(tx, event)


def _refuse_decided(sort: str, matter: str) -> None:
    """Raise ``NotAllowed`` where a proposal says that the street has decided."""
    for before in ("决定", "予以", "实行", "作出", "给予"):
        for words in (f"{before}{sort}", f"{before}“{sort}”", f"{sort}决定", f"“{sort}”决定"):
            if words in matter and f"建议{words}" not in matter:
                raise NotAllowed(
                    f"“{words}”是决定的写法; 街道只提出建议 (附1.3)。",
                    f"请改写, 如“建议{words}”, 或只写事实。",
                )


def decide(
    tx: Transaction,
    name: str,
    *,
    sort: str,
    by: str,
    day: date,
    due: date | None,
    to: str | None,
    matter: str,
) -> tuple[Entry, int, str]:
    """Record a decision by somebody of an approving role; return the entry, seq and a remark."""
    registers.require(tx.con, KEY)
    entry = find(entries_on(tx.con), name)
    refuse_turn(entry, Decided)
    _refuse_proposed(tx.con, sort, matter)
    measure = _measure(measures(tx.con), sort, "方式 (--kind)")
    if measure.due and due is None:
        raise UsageFault(f"{measure.name}须写明什么时候报结果。", "请加 --due 日期。")
    if due is not None and due < day:
        raise UsageFault(f"--due {due} 早于决定的 {day}。", "请核对日期。")
    if measure.addressee and to is None:
        raise UsageFault(f"{measure.name}须写明移交给谁。", "请加 --to 机关, 如 区纪委监委。")
    at = datetime.combine(day, tx.stamp.now.timetz())
    given = approval(_setting(tx, at), by, [entry.unit or ""], option="--decided-by")
    event = Decided(
        entry=entry.id,
        day=day,
        sort=measure.name,
        decider=given.approver,
        decider_role=given.approver_role,
        due=due,
        unheard=entry.stated is None,
        sent_to=to,
        matter=matter,
    )
    after, seq = record(tx, event)
    return after, seq, given.remark


def _setting(tx: Transaction, at: datetime) -> Situation:
    """Return what an approval is asked in: this transaction, a moment, and no case."""
    return cast("Situation", SimpleNamespace(work=tx, at=at, case=SimpleNamespace(reports=())))


def record(tx: Transaction, event: OfEntry) -> tuple[Entry, int]:
    """Record what happened to an entry; return it after that, and the seq.

    Raises ``NotAllowed`` asleep and for what is out of turn, ``NotFound`` for no such entry.
    """
    registers.require(tx.con, KEY)
    known = entries_on(tx.con)
    if isinstance(event, Opened | Proposed):
        refuse_twice(known.values(), event)
    else:
        find(known, event.entry)
    seq = streams.record(tx, STREAM, event.entry, event, tx.stamp.now)
    return fold(streams.entries(tx.con, STREAM, event.entry))[event.entry], seq


def _next(con: Connection) -> str:
    opened = recorded(con, Opened.kind) + recorded(con, Proposed.kind)
    return f"q{opened + 1}"


# --- lists -------------------------------------------------------------------------------------


def kept_on(con: Connection, as_of: int | None = None) -> dict[str, Entry]:
    """Return the entries by id, up to seq ``as_of``; none while the register sleeps."""
    return {} if registers.begun(con, KEY, as_of) is None else entries_on(con, as_of)


def row(entry: Entry) -> dict[str, Any]:
    """Return an entry as the list has it: nobody's name, no unit, no word."""
    decided, asked, proposed = entry.decided, entry.asked, entry.proposed
    return {
        "id": entry.id,
        "basis": entry.basis.value,
        "state": entry.state,
        "kind": entry.sort,
        "opened": entry.day,
        "lapses": len(entry.opened.lapses) if entry.opened else None,
        "cases": len(proposed.cases) if proposed else None,
        "asked": asked and asked.day,
        "answer_by": asked and asked.answer_by,
        "stated": entry.stated and entry.stated.day,
        "unheard": decided.unheard if decided else None,
        "decided": decided and decided.day,
        "role": decided and decided.decider_role,
        "due": decided and decided.due,
        "resulted": entry.resulted and entry.resulted.day,
        "review": entry.review and entry.review.day,
        "reviewed": entry.reviewed and entry.reviewed.day,
        "outcome": entry.reviewed and entry.reviewed.outcome.value,
        "answered": entry.answered and entry.answered.day,
    }


def details(con: Connection, entry: Entry, *, reveal: bool) -> dict[str, Any]:
    """Return an entry with whom it is about and what was said; reading it is recorded before.

    Staff are shown by name; texts and who is not of the register are masked unless revealed.
    """
    organisation = organisation_at(con, entry.day)
    told = entry.opened or entry.proposed
    decided, proposed = entry.decided, entry.proposed

    people = _reporters(con, entry)

    def said(event: OfEntry | None) -> str | None:
        text = event.matter if event else None
        return masked("matter", text, reveal=reveal, people=people)

    def to(text: str | None) -> str | None:
        return text if text is None or reveal else mask_addressee(text)

    about = proposed.whose if proposed else None
    return row(entry) | {
        "unit": entry.unit,
        "person": entry.person,
        "name": organisation.called(entry.person) if entry.person else None,
        "about": about if about is None or reveal else mask_name(about),
        "keys": list(entry.opened.lapses) if entry.opened else [],
        "numbers": list(proposed.cases) if proposed else [],
        "facts": said(told),
        "request": said(entry.asked),
        "statement": said(entry.stated),
        "decision": said(decided),
        "decided_by": organisation.called(decided.decider) if decided and decided.decider else None,
        "to": to((decided and decided.sent_to) or (proposed and proposed.sent_to) or None),
        "result": said(entry.resulted),
        "review_text": said(entry.review),
        "review_answer": said(entry.reviewed),
        "answer": said(entry.answered),
    }


def _reporters(con: Connection, entry: Entry) -> People:
    """Return whom the cases of an entry name: they are hidden in what was said of it."""
    named, people = Named(con), NOBODY
    keys = entry.opened.lapses if entry.opened else ()
    numbers = [key.rpartition(".")[0] for key in keys if not key.endswith(f".{TASK}")]
    for number in (*numbers, *(entry.proposed.cases if entry.proposed else ())):
        people = people.joined(named.of_case(cases.case(con, number)))
    return people


class Counted(NamedTuple):
    """How many of what: the lines of heading 6 of an agenda; nobody and no unit is named."""

    basis: str
    what: str
    n: int


def counted(con: Connection, span: Span) -> tuple[date | None, list[Counted]]:
    """Return since when the register counts (None: it sleeps), and what it counts in a period.

    Decisions and proposals by the day they were taken or sent, never before the register began;
    what waits as it stands now.
    """
    begun = registers.begun(con, KEY)
    if begun is None:
        return None, []
    entries = list(entries_on(con).values())
    first = max(span.first, begun)
    found: dict[tuple[str, str], int] = {}
    for entry in entries:
        told = entry.decided or entry.proposed
        if told and first <= told.day <= span.last:
            key = (entry.basis.value, _of_sort(entry))
            found[key] = found.get(key, 0) + 1
    lines = [Counted(*key, n) for key, n in sorted(found.items())]
    for what, waits in _WAITING.items():
        n = sum(any(state in waits for state in entry.stands.split(", ")) for entry in entries)
        if n:
            lines.append(Counted(Basis.HANDLING.value, what, n))
    n = sum(entry.proposed is not None and entry.answered is None for entry in entries)
    return begun, lines + ([Counted(Basis.ORDER.value, "建议待答复", n)] if n else [])


def _of_sort(entry: Entry) -> str:
    """Return what was decided or proposed; a review that did not uphold it is said with it."""
    review = entry.reviewed
    after = f" (复核{review.outcome})" if review and review.outcome is not Outcome.UPHELD else ""
    return f"建议{entry.sort}" if entry.proposed else f"决定{entry.sort}{after}"


_WAITING: Mapping[str, tuple[str, ...]] = {
    "待单位说明": ("未请单位说明", "待单位说明"),
    "待决定": ("待决定",),
    "待报结果": ("待报结果",),
    "复核中": ("复核中",),
}


def waiting(
    con: Connection, now: datetime, keep: Keep, rulebooks: Rulebooks, _: date
) -> Iterator[Waiting]:
    """Yield what is owed: a statement and a result by their day, a review without one.

    Of the room that follows it up: whom it is about tells only its reading, which is recorded.
    """
    room = organisation_at(con, now.date()).units.room
    closes = rulebooks.policy.edition_at(now.date()).counting.closes

    def close(day: date) -> datetime:
        return datetime.combine(day, closes, SHANGHAI)

    for entry in entries_on(con).values():
        if not keep(OpenTask(entry.id, room, "", None, "")):
            continue
        said = f"{entry.id} {entry.state}"
        made = Waiting(KEY, None, None, None, None, None, said, close(entry.day))
        if entry.asked and not entry.stated and not entry.decided:
            yield made._replace(since=close(entry.asked.day), due=close(entry.asked.answer_by))
        if entry.decided and entry.result_due:
            text = f"{entry.id} {entry.sort}: 待报结果"
            since = close(entry.decided.day)
            yield made._replace(text=text, since=since, due=close(entry.result_due))
        if entry.review and not entry.reviewed:
            yield made._replace(text=f"{entry.id} 复核中", since=close(entry.review.day))

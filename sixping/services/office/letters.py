"""Letters about an agency's cadres: asked, answered, moved, and who has not asked yet (附3.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sixping.documents.phrases import GONE, NO_RATE, day
from sixping.errors import NotAllowed, UsageFault
from sixping.office import letters, registers, streams
from sixping.office.letters import (
    ANSWERING,
    APART,
    STREAM,
    About,
    Body,
    CadreMoved,
    Letter,
    LetterAnswered,
    LetterAsked,
    letters_on,
    prior,
    reply_line,
)
from sixping.office.marks import STREAM as MARKS
from sixping.office.marks import TEXTS, OpinionGiven
from sixping.office.organisation import PEOPLE, organisation_at
from sixping.office.organisation import STREAM as UNITS_STREAM
from sixping.policy.units import UnitKind
from sixping.queries.meetings import OpenTask
from sixping.queries.office import recorded
from sixping.reports.overdue import Waiting
from sixping.util.clock import SHANGHAI
from sixping.util.masking import mask_addressee, mask_name, mask_text
from sixping.workdays import workdays_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sixping.office.organisation import Organisation
    from sixping.services.office.waiting import Keep
    from sixping.services.rulebooks import Rulebooks
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction

KEY = "opinions"
NOT_ASKED, OWED, ANSWERED = "未来函", "来函未复", "已复"
STATES = (NOT_ASKED, OWED, ANSWERED)


class Cadres(NamedTuple):
    """Who is meant: ids of the register, and others by name, joined; None: nobody."""

    people: tuple[str, ...]
    named: str | None

    @property
    def size(self) -> int:
        """Return how many there are."""
        return len(self.people) + (len(self.named.split(APART)) if self.named else 0)


def cadres_of(organisation: Organisation, names: Iterable[str]) -> Cadres:
    """Return the cadres of these ids or names, each once; a name of nobody is kept as it is.

    Raises ``UsageFault`` for an empty name and for several in one, ``NotAllowed`` for a name that
    several of the register share, and for what looks like an id and is none.
    """
    people: dict[str, None] = {}
    others: dict[str, None] = {}
    named = {person.name for person in organisation.people.values()}
    for name in (each.strip() for each in names):
        if not name or APART in name:
            raise UsageFault("--cadre 一次写一个人。", "多个人请多次写 --cadre。")
        is_id = name[:1] in "pP" and name[1:].isdigit()
        if is_id or name in named:
            people[organisation.find(name.lower() if is_id else name).id] = None
        else:
            others[name] = None
    return Cadres(tuple(people), APART.join(others) or None)


# --- recording ---------------------------------------------------------------------------------


def ask(tx: Transaction, event: LetterAsked, cadres: Sequence[str]) -> tuple[Letter, int]:
    """Record a letter of a bureau under the next number; return it and the seq."""
    registers.require(tx.con, KEY)
    who = cadres_of(organisation_at(tx.con, event.day), cadres)
    if event.about is not About.APPOINTMENT:
        _require_served(tx.con, event.agency, who.people)
    name = f"l{recorded(tx.con, LetterAsked.kind) + 1}"
    event = replace(event, letter=name, people=who.people, named=who.named, count=who.size)
    for before in like(tx.con, event):
        _refuse_twice(before, event)
    return _record(tx, event)


def like(con: Connection, event: LetterAsked) -> list[Letter]:
    """Return the other letters of the same matter about an agency, oldest first.

    Opinions are asked of a year; a consent of any.
    """
    return [
        letter
        for letter in letters_on(con).values()
        if letter.id != event.letter
        and (letter.asked.agency, letter.asked.about) == (event.agency, event.about)
        and (event.about is not About.YEAR or letter.asked.year == event.year)
    ]


def refuse_apart(con: Connection, agency: str, year: int | None) -> None:
    """Raise ``NotAllowed`` where a letter waits for what is to be recorded without one (附3.5).

    ``year``: that of an opinion; None: a consent. Nothing while the register sleeps.
    """
    if registers.begun(con, KEY) is None:
        return
    for letter in letters_on(con).values():
        asked = letter.asked
        same = asked.about is About.YEAR and asked.year == year
        if year is None:
            same = asked.about is not About.YEAR
        if letter.open and same and asked.agency == agency:
            raise NotAllowed(
                f"{agency}的{asked.about}已有来函 {letter.id} 在等答复, 不另记一份。",
                f"请答复来函: {reply_line(letter)}",
            )


def _refuse_twice(before: Letter, event: LetterAsked) -> None:
    """Raise ``NotAllowed`` for the same letter again, and for a cadre still waiting in another."""
    asked = before.asked
    same = (asked.day, set(asked.cadres)) == (event.day, set(event.cadres))
    if same:
        raise NotAllowed(
            f"这份来函已经记为 {before.id} (第 {before.seq} 号), 不重复记。",
            f"查看: sixping assess letters --letter {before.id};"
            f" 记错了: sixping assess void {before.seq} --reason 理由",
        )
    waiting = {cadre for body in ANSWERING[asked.about] for cadre in before.owing(body)}
    if both := waiting & set(event.cadres):
        raise NotAllowed(
            f"其中 {len(both)} 人已在 {before.id} ({asked.day} 来函) 里, 还没有答复完,"
            " 再记一函会重复计数。",
            f"答复: {reply_line(before)}; 新来函只写其余的人 (--cadre);"
            f" 前一函记错了: sixping assess void {before.seq} --reason 理由",
        )


def _require_served(con: Connection, agency: str, people: Iterable[str]) -> None:
    """Raise ``NotAllowed`` for somebody of the register who never served in the agency."""
    events = [entry.event for entry in streams.entries(con, UNITS_STREAM, PEOPLE)]
    served = {e.person for e in events if getattr(e, "unit", None) == agency}
    for person in people:
        if person not in served:
            raise NotAllowed(
                f"{person} 没有在{agency}任过职, {agency}的来函不会问到他。",
                "请核对机构和 --cadre; 人员见 sixping units people。",
            )


def reply(
    tx: Transaction,
    name: str,
    cadres: Sequence[str],
    *,
    body: Body | None,
    day: date,
    agreed: bool | None,
    text: str | None,
) -> tuple[Letter, int]:
    """Record the answer of a body, for some cadres or for all it has not answered about."""
    registers.require(tx.con, KEY)
    letter = letters.find(letters_on(tx.con), name)
    bodies = ANSWERING[letter.asked.about]
    if body is None:
        if len(bodies) > 1:
            raise UsageFault("没有写明由谁答复。", f"请写 --body {' 或 '.join(bodies)}。")
        body = bodies[0]
    if (letter.asked.about is About.YEAR) != (agreed is None):
        raise UsageFault(
            f"{letter.id} 是{letter.asked.about}。",
            "任免的请写 --agreed (同意) 或 --refused (不同意); 年度考核意见两个都不写。",
        )
    who = _meant(tx.con, letter, cadres, letter.owing(body))
    event = LetterAnswered(
        letter=letter.id, people=who.people, named=who.named, body=body, day=day, agreed=agreed,
        text=text,
    )  # fmt: skip
    if not who.size:
        raise NotAllowed(f"{letter.id} {body}已经答复过。", "查看: sixping assess letters")
    return _record(tx, event)


def moved(tx: Transaction, name: str, cadres: Sequence[str], day: date) -> tuple[Letter, int]:
    """Record the day of an appointment or removal; that the consent lacks refuses nothing."""
    registers.require(tx.con, KEY)
    letter = letters.find(letters_on(tx.con), name)
    done = {cadre for move in letter.moves for cadre in move.cadres}
    who = _meant(tx.con, letter, cadres, [each for each in letter.cadres if each not in done])
    if not who.size:
        raise NotAllowed(f"{letter.id} 的任免日期已经记录。", "查看: sixping assess letters")
    return _record(tx, CadreMoved(letter=letter.id, people=who.people, named=who.named, day=day))


def _meant(con: Connection, letter: Letter, cadres: Sequence[str], rest: Sequence[str]) -> Cadres:
    """Return the cadres that were named, or the rest of those the letter asks about."""
    if cadres:
        return cadres_of(organisation_at(con, letter.asked.day), cadres)
    people = tuple(each for each in rest if each in letter.asked.people)
    others = APART.join(each for each in rest if each not in letter.asked.people)
    return Cadres(people, others or None)


def _record(
    tx: Transaction, event: LetterAsked | LetterAnswered | CadreMoved
) -> tuple[Letter, int]:
    seq = streams.record(tx, STREAM, event.letter, event, tx.stamp.now)
    return letters.fold(streams.entries(tx.con, STREAM, event.letter))[event.letter], seq


# --- lists -------------------------------------------------------------------------------------


def rows(
    con: Connection,
    year: int,
    now: datetime,
    rulebooks: Rulebooks,
    *,
    reveal: bool = False,
    as_of: int | None = None,
) -> list[dict[str, Any]]:
    """Return the letters of a year, and the agencies whose bureau has not asked in it.

    Those are listed, not judged: the notice has no day by which a bureau asks. A year that was
    over before the register began has none of them. Nothing while it sleeps.
    """
    begun = registers.begun(con, KEY, as_of)
    if begun is None:
        return []
    organisation = organisation_at(con, now.date(), as_of)
    own = [each for each in letters_on(con, as_of).values() if each.asked.year == year]
    found = [_row(each, organisation, now, rulebooks, reveal=reveal) for each in own]
    asked = {each.asked.agency for each in own if each.asked.about is About.YEAR}
    if begun.year > year or begun > now.date():
        return found
    written = _opinions(con, year, as_of)
    missing = [
        _missing(unit.name, year, written.get(unit.name))
        for unit in organisation.units
        if unit.kind is UnitKind.AGENCY and unit.name not in asked
    ]
    return found + missing


def _opinions(con: Connection, year: int, as_of: int | None) -> dict[str, date]:
    """Return the agencies that the street wrote an opinion on without a letter, with the day."""
    return {
        entry.event.agency: entry.at.date()
        for entry in streams.entries(con, MARKS, TEXTS, as_of)
        if isinstance(entry.event, OpinionGiven) and entry.event.year == year
    }


def _missing(agency: str, year: int, written: date | None) -> dict[str, Any]:
    remark = f"已有书面意见 ({written})" if written else None
    return {
        "id": None, "agency": agency, "about": About.YEAR.value, "year": year,
        "state": NOT_ASKED, "bureau": None, "asked": None, "answer_by": None, "age": None,
        "late": None, "count": None, "cadres": [], "party": [], "office": [], "moved": [],
        "prior": [], "remark": remark,
    }  # fmt: skip


def _row(
    letter: Letter,
    organisation: Organisation,
    now: datetime,
    rulebooks: Rulebooks,
    *,
    reveal: bool,
) -> dict[str, Any]:
    """Return a letter as a row; ages are whole working days; the text of no answer is in it."""
    asked, today = letter.asked, now.date()
    age = workdays_between(asked.day, today, rulebooks.calendar) if letter.open else None
    late = (
        workdays_between(asked.answer_by, today, rulebooks.calendar)
        if letter.open and asked.answer_by and asked.answer_by < today
        else None
    )
    days = letter.days
    moves = [(cadre, move.day) for move in letter.moves for cadre in move.cadres]
    return {
        "id": letter.id, "agency": asked.agency, "about": asked.about.value,
        "year": asked.year, "state": OWED if letter.open else ANSWERED,
        "bureau": _bureau(asked.bureau, reveal=reveal), "asked": asked.day,
        "answer_by": asked.answer_by, "age": age, "late": late, "count": asked.count,
        "cadres": [_called(each, organisation, reveal=reveal) for each in letter.cadres],
        "party": [each.isoformat() for each in days.get(Body.PARTY, ())],
        "office": [each.isoformat() for each in days.get(Body.OFFICE, ())],
        "moved": [each.isoformat() for each in sorted({on for _, on in moves})],
        "prior": sorted({prior(letter, cadre, on).value for cadre, on in moves}),
        "remark": _owing_words(letter),
    }  # fmt: skip


def _owing_words(letter: Letter) -> str | None:
    """Say who still owes an answer, and about how many."""
    parts = [
        f"{body}欠 {n} 人"
        for body in ANSWERING[letter.asked.about]
        if (n := len(letter.owing(body)))
    ]
    return ", ".join(parts) or None


def _bureau(said: str | None, *, reveal: bool) -> str:
    if said is None:
        return GONE
    return said if reveal else mask_addressee(said)


def _called(cadre: str, organisation: Organisation, *, reveal: bool) -> str:
    """Return what people call a cadre: one of the register by id, another one masked.

    A list of whom an appointment or removal is asked about goes round: names are for who reads it
    for a reason.
    """
    if cadre in organisation.people:
        return organisation.called(cadre) if reveal else cadre
    return cadre if reveal or cadre[1:].isdigit() else mask_name(cadre)


def texts(letter: Letter, *, reveal: bool) -> list[dict[str, Any]]:
    """Return the answers to a letter: who, when, about how many, and what was written."""
    shown = str if reveal else mask_text
    return [
        {
            "body": each.body.value, "day": each.day, "count": len(each.cadres),
            "agreed": each.agreed, "text": shown(each.text) if each.text else None,
        }
        for each in letter.answers
    ]  # fmt: skip


def of_agency(
    con: Connection, agency: str, year: int, as_of: int | None = None
) -> tuple[tuple[str, str], ...]:
    """Return what the year sheet of an agency says of letters: labels and days, never a text.

    Empty while the register sleeps.
    """
    if registers.begun(con, KEY, as_of) is None:
        return ()
    own = [each for each in letters_on(con, as_of).values() if each.asked.agency == agency]
    yearly = [each for each in own if each.asked.about is About.YEAR and each.asked.year == year]
    moves = [each for each in own if each.asked.about is not About.YEAR and each.asked.year == year]
    said = [("征求意见来函", _days((each.asked.day for each in yearly), year))]
    for body in Body:
        answered = (on for each in yearly for on in each.days[body])
        said.append((f"{body}意见", _days(answered, year)))
    lines = "\n".join(_move_words(each, year) for each in moves)
    return (*said, ("任免来函", lines or NO_RATE))


def _move_words(letter: Letter, year: int) -> str:
    """Return the days of a letter about an appointment or removal, and how they stand."""
    answered = _days((on for on in letter.days[Body.PARTY]), year)
    said = [f"{letter.asked.about} {day(letter.asked.day, year)} 来函", f"答复 {answered}"]
    moves = [(cadre, move.day) for move in letter.moves for cadre in move.cadres]
    for on in sorted({on for _, on in moves}):
        how = {prior(letter, cadre, each).value for cadre, each in moves if each == on}
        said.append(f"任免 {day(on, year)} ({'、'.join(sorted(how))})")
    return ", ".join(said)


def _days(days: Iterable[date], year: int) -> str:
    return "、".join(day(each, year) for each in sorted(set(days))) or NO_RATE


def waiting(
    con: Connection, now: datetime, keep: Keep, rulebooks: Rulebooks, _: date
) -> Iterator[Waiting]:
    """Yield the letters that nobody answered: by their day, or age.

    Party committee and office owe the answer, never the agency: they are of the room.
    """
    room = organisation_at(con, now.date()).units.room
    closes = rulebooks.policy.edition_at(now.date()).counting.closes
    for letter in letters_on(con).values():
        asked = letter.asked
        if not letter.open or not keep(OpenTask(letter.id, room, "", None, "")):
            continue
        kind = "opinion" if asked.about is About.YEAR else "consent"
        since = datetime.combine(asked.day, closes, SHANGHAI)
        due = datetime.combine(asked.answer_by, closes, SHANGHAI) if asked.answer_by else None
        text = f"{letter.id} {asked.agency}{asked.about}: {_owing_words(letter)}"
        yield Waiting(kind, None, None, None, None, None, text, since, due)

"""Letters of the bureau that sends an agency's cadres, and what the street answered (附3.5).

A letter asks for the written opinion of a year, or for the consent before a head is appointed or
removed. Pure. The subject of each event is the letter (``l3``). People of the register are facts by
id; who is not of it, and every text, is private.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from sixping.cases.codec import Recorded, fact, private, words
from sixping.errors import NotAllowed, NotFound
from sixping.office import streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sixping.office.streams import StreamEntry
    from sixping.store.sqlite import Connection

STREAM = "letter"
APART = "、"


class About(StrEnum):
    """What a letter asks for; the word is what people read."""

    YEAR = "年度考核意见"
    APPOINTMENT = "任职同意"
    REMOVAL = "免职同意"


class Body(StrEnum):
    """Who answers for the street."""

    PARTY = "街道党工委"
    OFFICE = "街道办事处"


#: who has to answer what (附3.5: 意见 of both, 同意 of the 党工委 alone)
ANSWERING: Mapping[About, tuple[Body, ...]] = {
    About.YEAR: (Body.PARTY, Body.OFFICE),
    About.APPOINTMENT: (Body.PARTY,),
    About.REMOVAL: (Body.PARTY,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLetter(Recorded):
    """What every event of a letter has: its id, and which cadres it concerns.

    ``people``: ids of the register; ``named``: others by name, joined by ``、``.
    """

    letter: str
    people: tuple[str, ...] = fact(words, ())
    named: str | None = private()

    @property
    def cadres(self) -> tuple[str, ...]:
        """Return the cadres: ids, then the others by name."""
        return (*self.people, *(self.named.split(APART) if self.named else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAsked(OfLetter):
    """A bureau asked the street about cadres of an agency."""

    kind: ClassVar[str] = "letter_asked"

    agency: str
    about: About = fact(About)
    year: int
    day: date = fact(date.fromisoformat)
    answer_by: date | None = fact(date.fromisoformat)
    count: int
    bureau: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAnswered(OfLetter):
    """One body of the street answered, for all or some cadres; ``agreed``: of a consent."""

    kind: ClassVar[str] = "letter_answered"

    body: Body = fact(Body)
    day: date = fact(date.fromisoformat)
    agreed: bool | None = None
    text: str | None = private()


@dataclass(frozen=True, slots=True, kw_only=True)
class CadreMoved(OfLetter):
    """A head was appointed or removed on a day, with or without the consent before it."""

    kind: ClassVar[str] = "cadre_moved"

    day: date = fact(date.fromisoformat)


TYPES: Mapping[str, type[Recorded]] = {t.kind: t for t in (LetterAsked, LetterAnswered, CadreMoved)}


@dataclass(slots=True)
class Letter:
    """One letter as it stands."""

    id: str
    asked: LetterAsked
    seq: int
    at: datetime
    answers: list[LetterAnswered] = field(default_factory=list)
    moves: list[CadreMoved] = field(default_factory=list)

    @property
    def cadres(self) -> tuple[str, ...]:
        """Return the cadres it asks about; a name that was erased is left out."""
        return self.asked.cadres

    def answered(self, body: Body) -> dict[str, LetterAnswered]:
        """Return what a body answered, by cadre."""
        return {
            cadre: answer
            for answer in self.answers
            if answer.body is body
            for cadre in answer.cadres
        }

    def owing(self, body: Body) -> list[str]:
        """Return the cadres a body has not answered about."""
        done = self.answered(body)
        return [cadre for cadre in self.cadres if cadre not in done]

    @property
    def open(self) -> bool:
        """Return whether an answer is still owed."""
        return any(self.owing(body) for body in ANSWERING[self.asked.about])

    @property
    def days(self) -> dict[Body, tuple[date, ...]]:
        """Return the days on which each body answered."""
        return {
            body: tuple(sorted({answer.day for answer in self.answers if answer.body is body}))
            for body in ANSWERING[self.asked.about]
        }


def reply_line(letter: Letter, body: Body | None = None) -> str:
    """Return the command that records an answer to a letter, a consent's with its decision."""
    opinion = letter.asked.about is About.YEAR
    how = f"--body {body or ANSWERING[About.YEAR][0]}" if opinion else "--agreed"
    refused = "" if opinion else " (不同意的写 --refused)"
    return f"sixping assess reply {letter.id} {how} --text 意见{refused}"


class Prior(StrEnum):
    """How a consent stands to the day of the appointment or removal (附3.5: 事先)."""

    BEFORE = "事先同意"
    AFTER = "同意晚于任免"
    REFUSED = "未同意"
    NONE = "任免前没有同意"


def prior(letter: Letter, cadre: str, moved: date) -> Prior:
    """Return whether the consent about a cadre came before the day of the move.

    A consent of the very day counts as before it: the notice knows no hours.
    """
    answer = letter.answered(Body.PARTY).get(cadre)
    if answer is None:
        return Prior.NONE
    if not answer.agreed:
        return Prior.REFUSED
    return Prior.BEFORE if answer.day <= moved else Prior.AFTER


def fold(entries: Iterable[StreamEntry]) -> dict[str, Letter]:
    """Return the letters by id, oldest first. Raises ``NotAllowed`` or ``NotFound``."""
    letters: dict[str, Letter] = {}
    for entry in entries:
        event = entry.event
        if isinstance(event, LetterAsked):
            letters[event.letter] = Letter(event.letter, event, entry.seq, entry.at)
            continue
        letter = find(letters, event.letter)
        _known(letter, event.cadres)
        if isinstance(event, LetterAnswered):
            _answer(letter, event)
        else:
            _move(letter, event)
    return letters


def _known(letter: Letter, cadres: Sequence[str]) -> None:
    erased = letter.asked.count > len(letter.cadres)
    for cadre in cadres:
        if cadre not in letter.cadres and not erased:
            raise NotFound(
                f"{letter.id} 没有问到这个人。",
                f"查看: sixping assess letters --letter {letter.id}",
            )


def _answer(letter: Letter, event: LetterAnswered) -> None:
    """Take up an answer; a move may have come before the letter, an answer cannot."""
    if event.day < letter.asked.day:
        raise NotAllowed(
            f"{event.day} 早于来函 {letter.id} 的 {letter.asked.day}。", "请核对 --date。"
        )
    if event.body not in ANSWERING[letter.asked.about]:
        raise NotAllowed(
            f"{letter.asked.about}由{ANSWERING[letter.asked.about][0]}答复 (附3.5)。",
            f"请写 --body {ANSWERING[letter.asked.about][0]}",
        )
    done = letter.answered(event.body)
    twice = [cadre for cadre in event.cadres if cadre in done]
    if twice:
        raise NotAllowed(
            f"{letter.id} 的这 {len(twice)} 人, {event.body}已经答复过。",
            "答复记错了: sixping assess void 序号 --reason 理由",
        )
    letter.answers.append(event)


def _move(letter: Letter, event: CadreMoved) -> None:
    if letter.asked.about is About.YEAR:
        raise NotAllowed(
            f"{letter.id} 是{About.YEAR}, 不是任免。",
            "任免的来函另记: sixping assess ask 机构 --about 任职同意 --bureau 单位 --cadre 人员",
        )
    moved = {cadre for move in letter.moves for cadre in move.cadres}
    if moved.intersection(event.cadres):
        raise NotAllowed(
            f"{letter.id} 的任免日期已经记录。",
            "记错了: sixping assess void 序号 --reason 理由",
        )
    letter.moves.append(event)


def check(_: str, rest: list[StreamEntry]) -> None:
    """Judge the entries of a letter. Raises ``NotAllowed`` or ``NotFound``."""
    fold(rest)


def letters_on(con: Connection, as_of: int | None = None) -> dict[str, Letter]:
    """Return the letters of a ledger by id, up to seq ``as_of``."""
    return streams.stored(fold, streams.entries(con, STREAM, as_of=as_of))


def find(letters: Mapping[str, Letter], name: str) -> Letter:
    """Return a letter by its id. Raises ``NotFound``."""
    letter = letters.get(name.strip().lower())
    if letter is None:
        raise NotFound(f"没有这份来函: {name}", "编号 (如 l3) 见: sixping assess letters")
    return letter

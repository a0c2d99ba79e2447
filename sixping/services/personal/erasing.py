"""What citizens said of a case is erased (PIPL 47): what goes, who may not, what is left.

The words of every step of the case go, with their salts, comparable forms and handles, and with
them each look-up of this caller. The chain, numbers and dates stay. After the commit the file is
written anew (VACUUM), which is recorded too: killed in between, the next erasure finishes it.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from sixping.cases.codec import private_fields, private_text
from sixping.cases.contactkeys import contact_keys
from sixping.errors import NotAllowed, SixpingError, UsageFault
from sixping.ledger import SAVED, transaction
from sixping.policy.vocabulary import TELLING
from sixping.queries.privacy import (
    beside,
    elsewhere,
    held,
    job_texts,
    looked_up,
    private_seqs,
    unfinished,
)
from sixping.services.personal.marks import Marks
from sixping.services.personal.named import WHOLE, spoken_of
from sixping.services.taking import find_case
from sixping.store import sqlite
from sixping.store.amended import words_of
from sixping.store.copies import Copies, copies_of
from sixping.util.masking import names_person, own_names

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sixping.cases.model import Case
    from sixping.cases.step import CaseEntry
    from sixping.queries.privacy import Beside, Elsewhere
    from sixping.store.sqlite import Connection
    from sixping.store.transaction import Transaction
    from sixping.store.writer import Stamp

JOBS = "job"
#: characters of what is looked for in other records: shorter ones mean others too
_LEAST_NAME, _LEAST_NUMBER = 2, 7


class Doomed(NamedTuple):
    """What an erasure takes of a case, and what it does not reach.

    ``words``: what was said at intake by field, with what it was before an amendment; ``seqs``:
    the events whose words go, ``lookups`` of them records of who looked for this caller;
    ``veiled``: records beside the cases that name this one, as they stay, its people hidden;
    ``elsewhere``: other records that say the same name, phone or number; ``events``: the log.
    """

    number: str
    channel: str
    words: Mapping[str, tuple[str, ...]]
    merged: tuple[str, ...]
    seqs: tuple[int, ...]
    lookups: int
    elsewhere: tuple[Elsewhere, ...]
    events: tuple[int, ...]
    veiled: Mapping[int, str] = {}


class Tidied(NamedTuple):
    """What was left after an erasure: leftovers swept, copies that still hold the words."""

    swept: tuple[Path, ...]
    copies: tuple[Path, ...]
    unfinished: tuple[Path, ...]


class Erased(NamedTuple):
    """What became of an erasure; ``seq`` None: there was nothing left to erase."""

    doomed: Doomed
    seq: int | None


# --- what goes ---------------------------------------------------------------------------


def doomed(con: Connection, case: Case, log: Sequence[CaseEntry]) -> Doomed:
    """Return what erasing a case takes: everything private of it, and look-ups of its caller."""
    words, own = words_said(log), private_seqs(con, case.number)
    stay = veiled(con, {case.number: Marks.of(words)})
    same = elsewhere(con, [*own, *stay], needles(words))
    asked = asked_about(con, words)
    return Doomed(
        case.number,
        case.channel,
        words,
        tuple(report.number for report in case.others),
        (*own, *asked),
        len(asked),
        tuple(each for each in same if each.stream != JOBS),
        tuple(entry.seq for entry in log),
        stay,
    )


def veiled(con: Connection, people: Mapping[str, Marks]) -> dict[int, str]:
    """Return what stays of words that name these cases, as of the room's log or of a meeting.

    ``people``: by case who it was of. While the case stands they are hidden where such words are
    shown; once it is erased nobody knows whom to hide any more.
    """
    found, every = {}, beside(con)
    whole: dict[tuple[str, str], list[Beside]] = {}
    for each in every:
        if each.stream in WHOLE:
            whole.setdefault((each.stream, each.subject), []).append(each)
    spoken = {key: spoken_of(said) for key, said in whole.items()}
    for each in every:
        if each.private is None:
            continue
        after = said = json.loads(each.private)
        numbers = spoken.get((each.stream, each.subject)) or spoken_of([each])
        for number in filter(people.__contains__, numbers):
            after = people[number].hide_in(after)
        if after != said:
            found[each.seq] = private_text(after)
    return found


def needles(words: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return names, phones and numbers at the source that are long enough to look for."""
    phones = words.get("phone", ())
    forms = [form.partition(":")[2] for phone in phones for form in contact_keys(phone, None)]
    said = (*words.get("reporter", ()), *words.get("about", ()))
    names = [name for field in said for name in (field, *own_names(field))]
    numbers = (*phones, *words.get("source_no", ()), *forms)
    found = [name for name in names if len(name) >= _LEAST_NAME and names_person(name)]
    found += [number for number in numbers if len(number) >= _LEAST_NUMBER]
    return list(dict.fromkeys(found))


def asked_about(con: Connection, words: Mapping[str, Iterable[str]]) -> list[int]:
    """Return who looked for these people, or looked at something and said why, naming them."""
    marks = Marks.of(words)
    found = {
        seq
        for seq, text in job_texts(con)
        if any(marks.stand_in(said) for said in json.loads(text).values() if isinstance(said, str))
    }
    return sorted(found.union(looked_up(con, words.get("phone", ()), words.get("reporter", ()))))


def words_said(log: Sequence[CaseEntry]) -> dict[str, tuple[str, ...]]:
    """Return what was said of a case at intake and in amendments, by field."""
    said: dict[str, dict[str, None]] = {}
    sources = [private_fields(entry.event) for entry in log if entry.event.kind in TELLING]
    for private in [*sources, words_of(log)]:
        for name in _FIELDS:
            if isinstance(private.get(name), str):
                said.setdefault(name, {})[private[name]] = None
    return {name: tuple(values) for name, values in said.items()}


_FIELDS = ("text", "place", "reporter", "phone", "about", "source_no")


# --- who may not -------------------------------------------------------------------------


def refuse(work: Transaction, case: Case) -> None:
    """Raise ``NotAllowed`` for what is still handled, owes an answer, or is held."""
    main = work.case(case.merged_into) if case.merged_into else case
    of = "" if main is case else f"由 {main.number} 合并办理, 那一件"
    for number in held(work.con).intersection({case.number, main.number}):
        raise NotAllowed(
            f"{case.number} {'' if number == case.number else of}已暂缓删除 (依法须保留)。",
            f"解除后再删除: sixping retention release {number} --reason 理由。",
        )
    if main.open:
        raise NotAllowed(
            f"{case.number} {of}还在办理 ({main.status}), 办理须用其中的内容。",
            "请先办结、反馈并归档 (不办的: decline; 误登记的: undo), 再删除。",
        )
    if main.owes_feedback:
        raise NotAllowed(
            f"{case.number} {of}还没有反馈完毕。",
            f"请先 sixping feedback {main.number} 内容, 再 sixping close {main.number}, 然后删除。",
        )


def refuse_basis(basis: str, found: Doomed) -> None:
    """Raise ``UsageFault`` for a basis that says what is to be erased: it stays."""
    if Marks.of(found.words).stand_in(basis):
        raise UsageFault(
            "依据 (--basis) 里写有要删除的姓名、电话或编号, 依据会留在台账里。",
            "请不写姓名、电话和来源编号, 例如: --basis 11月28日本人书面申请。",
        )


# --- the erasure -------------------------------------------------------------------------


def plan(path: str | os.PathLike[str], stamp: Stamp, number: str) -> Doomed:
    """Return what would go, judged as the erasure is, without changing anything."""
    with transaction(path, stamp) as work:
        case, log = find_case(work, number)
        refuse(work, case)
        return doomed(work.con, case, log)


def erase(path: str | os.PathLike[str], stamp: Stamp, number: str, basis: str) -> Erased:
    """Erase what is private of a case. Raises ``NotFound``, ``NotAllowed``, ``UsageFault``."""
    with transaction(path, stamp) as work:
        case, log = find_case(work, number)
        refuse(work, case)
        found = doomed(work.con, case, log)
        refuse_basis(basis, found)
        if not found.seqs:
            return Erased(found, None)
        facts = {"numbers": [case.number]}
        return Erased(found, work.erase(found.seqs, basis, stay=found.veiled, facts=facts))


# --- afterwards --------------------------------------------------------------------------


def tidy(
    path: str | os.PathLike[str], stamp: Stamp, seqs: Sequence[int], folders: Sequence[Path] = ()
) -> Tidied:
    """Write the file anew so that no page keeps what was erased, and look at its copies.

    Leftovers of what was killed are removed; copies are named that still hold words of ``seqs``, or
    of an erasure before that was not finished.
    What was erased stays erased whatever goes wrong here: the fault says so.
    """
    try:
        with sqlite.explained_sqlite(str(path), ""), closing(sqlite.open_writer(path)) as con:
            due = unfinished(con)
            if due:
                sqlite.compact(con)
        if due:
            with transaction(path, stamp) as work:
                work.note("organisation", "erasure", "swept", {"seq": work.seq})
        found: Copies = copies_of(path, sorted({*seqs, *due}), folders)
    except SixpingError as fault:
        what = fault.what.replace(sqlite.UNSAVED, "").replace(SAVED, "").strip()
        raise type(fault)(
            f"已经删除并记入台账, 但收尾没有完成: {what}",
            f"请再运行一次同样的命令, 会接着收尾。{fault.hint}",
        ) from fault
    return Tidied(found.swept, found.holding, found.unfinished)

"""A backup put in the place of a ledger: what would be lost is said first, the old file is kept."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from sixping.errors import RECORDED, LedgerUnusable, NotAllowed, NotFound, SixpingError
from sixping.ledger import drafting, transaction
from sixping.services.upkeep.backups import anchors_beside, copy_as_it_is, manifest_of, sha256_of
from sixping.store import anchors as anchors_of
from sixping.store import custody, sqlite
from sixping.store.anchors import Anchor
from sixping.store.layers.reading import UNREADABLE
from sixping.store.rescue import restored, swap
from sixping.store.rescue.aside import name_aside, other_name
from sixping.store.rescue.numbers import FACT, Known, counted, may_have_been_given, of_anchor
from sixping.store.upgrade import of_any_format, upgrade_copy
from sixping.store.verify import verify
from sixping.util.files import drafted, make_folder, require_room

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sixping.store.rescue.restored import Later, State
    from sixping.store.writer import Stamp


_UNDONE = "没有恢复, 原来的台账没有动"
_EVENT = 2**20  # bytes: the event that records a restore, and its journal
_MOST = 1000  # anchors that a restore names: three years of daily ones


class Witness(NamedTuple):
    """An event that something outside the ledger knows of: ``whence`` says what.

    ``numbers``: the last of each year then, where it says so.
    """

    seq: int
    head: str
    whence: str
    numbers: dict[str, int] | None = None


class Plan(NamedTuple):
    """What a restore would do.

    ``there``: something lies where the ledger is; ``old``: where that stands, None where it cannot
    be read; ``later``: what it has behind the backup, None where that cannot be said;
    ``fork``: the last event it shares with the backup where it went another way, 0 for another
    ledger; ``witness``: the highest event that something else knows of, where the old ledger does
    not have it; ``changed``: the file is not as its manifest says; ``known``: every event behind
    the backup that something else knows of; ``numbers``: which were given, as far as is known;
    ``last``: the last event of the ledger in place, 0 for another one.
    """

    file: Path
    backup: State
    there: bool
    old: State | None
    later: Later | None
    fork: int | None
    witness: Witness | None
    changed: bool
    known: tuple[Witness, ...] = ()
    numbers: tuple[Known, ...] = ()
    last: int = 0

    @property
    def apart(self) -> bool:
        """Whether what is in place is another ledger, or went another way than the backup."""
        return self.fork is not None

    @property
    def lost_to(self) -> tuple[int, str, str] | None:
        """Return seq, head and source of the end that goes, None where nothing is known of it."""
        if self.old is not None and self.witness is None:
            return self.old.seq, self.old.head, "ledger"
        return self.witness and self.witness[:3]

    def given(self, now: datetime) -> dict[str, int]:
        """Return the last number of each year that may have been given in what goes."""
        kept, *others = self.numbers
        last = max(self.last, self.witness.seq if self.witness else 0)
        since = min((int(year) for year in kept.numbers or ()), default=now.year)
        return may_have_been_given(kept, others, last, range(since, now.year + 1))


class Done(NamedTuple):
    """What a restore came to: the state now, and where the old ledger lies."""

    seq: int
    head: str
    incarnation: int
    aside: Path | None


def plan(path: Path, file: Path, anchors: Sequence[Anchor] = ()) -> Plan:
    """Verify a backup and hold it against what is in place; nothing is changed.

    ``anchors``: what was kept elsewhere; those the backup must have are held against it, later
    ones tell what it lacks. Raises ``LedgerUnusable`` for a backup that does not verify and
    ``NotAllowed`` for the ledger itself, ``NotFound`` where there is no such file.
    """
    if not file.exists():
        raise NotFound(f"没有这个备份文件: {file}", "备份放在哪里, 见 sixping doctor --all。")
    there = os.path.lexists(path)
    swap.require_replaceable(Path(os.path.realpath(path)))
    if there and path.exists() and file.exists() and path.samefile(file):
        raise NotAllowed(f"要恢复的就是台账本身: {file}", "请写明备份文件。")
    backup, changed = _verified(file, anchors)
    state = old = _state(path) if there else None
    later, fork = None, None
    if old is not None:
        try:
            later, fork = _held_against(path, file, backup, old)
        except UNREADABLE:  # so damaged that nobody can say what it has
            old = None
    known = _known(path, file, backup, anchors)
    beyond = _not_in(path, known) if old is not None and old.ledger == backup.ledger else known
    witness = max(beyond, key=_seq, default=None)
    last = state.seq if state is not None and state.ledger == backup.ledger else 0
    numbers = _numbers(file, backup.seq, path if last else None, last, known)
    return Plan(file, backup, there, old, later, fork, witness, changed, known, numbers, last)


def _verified(file: Path, anchors: Sequence[Anchor]) -> tuple[State, bool]:
    """Return the state of a sound backup, and whether its bytes are not those of its manifest."""
    with sqlite.explained_sqlite(str(file), ""), closing(of_any_format(file)) as con:
        state = restored.state_of(con)
    said = manifest_of(file)
    every = (*anchors_beside(file), *anchors)
    known = [a for a in every if a.of(state.ledger) and a.seq <= state.seq]
    result = verify(file, [(a.seq, a.head) for a in known])
    if not result["ok"]:
        raise LedgerUnusable(
            f"备份没有通过核验, 没有恢复: {result['findings'][0]['what']}",
            f"请换一个备份; 没有别的, 用 sixping salvage {file} --to 新文件 抢救。",
        )
    return state, bool(said) and said.get("sha256") != sha256_of(file)  # type: ignore[union-attr]


def _state(path: Path) -> State | None:
    """Return where the ledger in place stands; None where it cannot be read."""
    with (
        suppress(sqlite.Error, ValueError, TypeError, AttributeError),
        closing(sqlite.connect(os.path.realpath(path), "rw")) as con,
    ):
        sqlite.hold_still(con)
        state = restored.state_of(con)
        return state if state.ledger and state.seq else None
    return None


def _held_against(
    path: Path, file: Path, backup: State, old: State
) -> tuple[Later | None, int | None]:
    """Return what the old ledger has behind the backup, and the fork where it is not its sequel."""
    if old.ledger != backup.ledger:
        return None, 0
    with (
        closing(of_any_format(file)) as own,
        closing(sqlite.connect(os.path.realpath(path), "rw")) as con,
    ):
        fork = restored.fork_of(con, own)
        ahead = fork < old.seq and fork < backup.seq
        return restored.later_than(con, fork), fork if ahead else None


def _numbers(
    file: Path, kept: int, place: Path | None, last: int, known: Sequence[Witness]
) -> tuple[Known, ...]:
    """Return which numbers were given: as a backup has it first, then as others know it.

    ``kept`` and ``last``: the last events of the backup and of its ledger in ``place``.
    """
    with closing(of_any_format(file)) as con:
        found = [Known(kept, counted(con))]
    if place is not None:
        with (
            suppress(*UNREADABLE),  # damaged there: each of its events may have given one
            closing(sqlite.connect(os.path.realpath(place), "rw")) as con,
        ):
            found.append(Known(last, counted(con)))
    return (*found, *(Known(one.seq, one.numbers) for one in known))


def _known(path: Path, file: Path, backup: State, anchors: Sequence[Anchor]) -> tuple[Witness, ...]:
    """Return the events behind a backup that anchors know of, here, beside it and on this machine.

    Each once, by its last digits.
    """
    own = [
        done
        for what in get_args(custody.What)
        if (done := custody.last(backup.ledger, what))
        and (what != "verify" or done.where in {None, os.path.realpath(path)})  # not of a copy
    ]
    noted = custody.last(backup.ledger, "anchor")
    found = _witnesses(anchors, backup)
    found += [Witness(done.seq, done.head, "custody") for done in own]
    files = [*file.parent.glob(f"sixping-{backup.ledger[:8]}-*.json")]
    files += [Path(noted.where)] if noted and noted.where else []
    for each in files:
        with suppress(SixpingError, OSError, UnicodeDecodeError):
            kept = anchors_of.read_anchors(each.read_text("utf-8-sig"), each.name)
            found += _witnesses(kept, backup)
    found.sort(key=_says_numbers)  # of two that know of one event the last stays
    later = {(w.seq, _digits(w.head)): w for w in found if w.seq > backup.seq}
    return tuple(sorted(later.values(), key=_seq)[-_MOST:])


def _witnesses(anchors: Sequence[Anchor], backup: State) -> list[Witness]:
    own = [a for a in anchors if a.of(backup.ledger)]
    return [Witness(a.seq, a.head, "anchor", of_anchor(a.counts)) for a in own]


def _says_numbers(one: Witness) -> tuple[bool, bool]:
    return one.numbers is not None, one.whence == "anchor"


def _not_in(path: Path, known: Sequence[Witness]) -> list[Witness]:
    """Return what a ledger neither has nor lost in an earlier restore."""
    with closing(sqlite.connect(os.path.realpath(path), "rw")) as con:
        return [
            one
            for one in known
            if restored.standing(con, Anchor(one.seq, one.head)) is restored.Standing.OTHER
        ]


def _seq(one: Witness) -> int:
    return one.seq


def _digits(head: str) -> str:
    return head[-anchors_of.LEAST_DIGITS :].lower()


# --- done ----------------------------------------------------------------------------------


def restore(path: Path, agreed: Plan, stamp: Stamp, reason: str = "") -> Done:
    """Put the backup of a plan in place, record that in it, set the old ledger aside.

    Raises ``NotAllowed`` when the ledger in place is not as the plan says any more, and
    ``LedgerBusy`` while another process writes it.
    """
    name = Path(os.path.realpath(path))
    sqlite.refuse_network(str(name))
    with sqlite.explained(str(name), f"{_UNDONE}。"):
        make_folder(name.parent)
        need = agreed.file.stat().st_size + _EVENT
        require_room(name.parent, need, f"{_UNDONE}。")
        with drafted(name) as draft:
            _copy(agreed, draft)
            if not agreed.there:
                done = _recorded(draft, name, agreed, stamp, reason)
                swap.replace(draft, name, None)
                return _noted(done._replace(aside=None), agreed, name, stamp)
            with swap.locked(name) as con:
                if con is not None and agreed.old is not None:
                    _require_as_agreed(restored.state_of(con), agreed.old)
                done = _recorded(draft, name, agreed, stamp, reason)
                aside = other_name(str(name)) or name_aside(name, stamp.now)
                swap.replace(draft, name, aside)
                return _noted(done._replace(aside=aside), agreed, name, stamp)


def _recorded(draft: str, name: Path, agreed: Plan, stamp: Stamp, reason: str) -> Done:
    with drafting(draft, f"{_UNDONE}: {name}"):
        return _record(draft, agreed, stamp, reason)


def _noted(done: Done, agreed: Plan, name: Path, stamp: Stamp) -> Done:
    """Keep on this machine that the state now in place was verified: it begins anew from there."""
    RECORDED.append(done.seq)
    custody.record(agreed.backup.ledger, "verify", stamp.now, done.seq, done.head, str(name))
    return done


def _copy(agreed: Plan, draft: str) -> None:
    copy_as_it_is(agreed.file, draft)
    result = verify(draft)
    if not result["ok"] or (result["seq"], result["head"]) != agreed.backup[1:3]:
        raise LedgerUnusable(f"备份刚被改动过, 没有恢复: {agreed.file}", "请核对后再运行一次。")


def _require_as_agreed(now: State, then: State) -> None:
    if now != then:
        raise NotAllowed(
            f"台账刚有新的记录 (现在到第 {now.seq} 号), 没有恢复。",
            "请让其他人先停用, 再运行一次 sixping restore 备份文件, 重新核对会失去什么。",
        )


def _record(draft: str, agreed: Plan, stamp: Stamp, reason: str) -> Done:
    """Record the restore in the copy, whose chain goes on with it.

    A copy of an older format is brought up to date before; the backup stays as it is.
    """
    backup, old, lost = agreed.backup, agreed.old, agreed.lost_to
    upgrade_copy(draft, stamp)
    own = old is not None and old.ledger == backup.ledger
    known = [backup.incarnation, *([old.incarnation] if old is not None and own else [])]
    said: dict[str, Any] = {
        "seq": backup.seq, "head": backup.head, "incarnation": max(known) + 1,
    }  # fmt: skip
    if lost is not None and (own or old is None):
        said["lost"] = dict(zip(("seq", "head", "from"), lost, strict=True))
        ends = {(one.seq, _digits(one.head)) for one in agreed.known}
        if also := sorted(ends - {(lost[0], _digits(lost[1]))}):
            said["lost"]["known"] = also
    if given := agreed.given(stamp.now):
        said[FACT] = given
    if own and agreed.fork:
        said["fork"] = agreed.fork
    if old is not None and not own:
        said["replaced"] = old.ledger
    with transaction(draft, stamp) as work:
        work.note(
            "organisation", "ledger", restored.KIND, said, {"reason": reason} if reason else None
        )
    return Done(*work.head(), said["incarnation"], None)

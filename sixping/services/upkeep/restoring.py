"""A backup put in the place of a ledger: what would be lost is said first, the old file is kept."""

from __future__ import annotations

import os
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from sixping.errors import LedgerUnusable, NotAllowed, SixpingError
from sixping.ledger import transaction
from sixping.services.upkeep.backups import manifest_of, sha256_of
from sixping.store import anchors as anchors_of
from sixping.store import custody, log, sqlite
from sixping.store.rescue import restored, swap
from sixping.store.rescue.aside import name_aside, other_name
from sixping.store.upgrade import of_any_format, upgrade
from sixping.store.verify import verify
from sixping.util.text import dump_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sixping.store.anchors import Anchor
    from sixping.store.rescue.restored import Later, State
    from sixping.store.writer import Stamp


class Witness(NamedTuple):
    """The highest event that something outside the ledger knows of: ``whence`` says what."""

    seq: int
    head: str
    whence: str


class Plan(NamedTuple):
    """What a restore would do.

    ``there``: something lies where the ledger is; ``old``: where that stands, None where it cannot
    be read; ``later``: what it has behind the backup, None where that cannot be said;
    ``apart``: it is another ledger, or went another way than the backup; ``witness``: what else
    is known, where the old ledger does not say; ``changed``: the file is not as its manifest says.
    """

    file: Path
    backup: State
    there: bool
    old: State | None
    later: Later | None
    apart: bool
    witness: Witness | None
    changed: bool

    @property
    def lost_to(self) -> tuple[int, str, str] | None:
        """Return seq, head and source of the end that goes, None where nothing is known of it."""
        if self.old is not None:
            return self.old.seq, self.old.head, "ledger"
        return self.witness


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
    ``NotAllowed`` for the ledger itself.
    """
    there = os.path.lexists(path)
    swap.require_replaceable(Path(os.path.realpath(path)))
    if there and path.exists() and file.exists() and path.samefile(file):
        raise NotAllowed(f"要恢复的就是台账本身: {file}", "请写明备份文件。")
    backup, changed = _verified(file, anchors)
    old = _state(path) if there else None
    later, apart = _held_against(path, file, backup, old) if old else (None, False)
    witness = None if old else _witness(backup, anchors)
    return Plan(file, backup, there, old, later, apart, witness, changed)


def _verified(file: Path, anchors: Sequence[Anchor]) -> tuple[State, bool]:
    """Return the state of a sound backup, and whether its bytes are not those of its manifest."""
    with closing(of_any_format(file)) as con:
        sqlite.hold_still(con)
        state = restored.state_of(con)
    said = manifest_of(file)
    own: list[Anchor] = []
    with suppress(SixpingError):
        own = anchors_of.read_anchors(dump_json(said), file.name) if said else []
    known = [a for a in (*own, *anchors) if a.of(state.ledger) and a.seq <= state.seq]
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


def _held_against(path: Path, file: Path, backup: State, old: State) -> tuple[Later | None, bool]:
    """Return what the old ledger has behind the backup, and whether it is not its continuation."""
    if old.ledger != backup.ledger:
        return None, True
    if old.seq < backup.seq:
        with closing(of_any_format(file)) as con:
            link = log.link_at(con, old.seq)
        return restored.Later(0), link is None or link.hex() != old.head
    with closing(sqlite.connect(os.path.realpath(path), "rw")) as con:
        link = log.link_at(con, backup.seq)
        if link is None or link.hex() != backup.head:
            return None, True
        return restored.later_than(con, backup.seq), False


def _witness(backup: State, anchors: Sequence[Anchor]) -> Witness | None:
    found = [Witness(a.seq, a.head, "anchor") for a in anchors if a.of(backup.ledger)]
    known = (custody.last(backup.ledger, what) for what in get_args(custody.What))
    found += [Witness(done.seq, done.head, "custody") for done in known if done is not None]
    later = [one for one in found if one.seq > backup.seq]
    return max(later, key=lambda one: one.seq, default=None)


# --- done ----------------------------------------------------------------------------------


def restore(path: Path, agreed: Plan, stamp: Stamp, reason: str = "") -> Done:
    """Put the backup of a plan in place, record that in it, set the old ledger aside.

    Raises ``NotAllowed`` when the ledger in place is not as the plan says any more, and
    ``LedgerBusy`` while another process writes it.
    """
    name = Path(os.path.realpath(path))
    sqlite.refuse_network(str(name))
    with sqlite.explained(str(name), "没有恢复, 原来的台账没有动。"):
        name.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with swap.draft_beside(name) as draft:
            _copy(agreed, draft)
            if not agreed.there:
                done = _record(draft, agreed, stamp, reason)
                swap.replace(draft, name, None)
                return done._replace(aside=None)
            with swap.locked(name) as con:
                if con is not None and agreed.old is not None:
                    _require_as_agreed(restored.state_of(con), agreed.old)
                done = _record(draft, agreed, stamp, reason)
                aside = other_name(str(name)) or name_aside(name, stamp.now)
                swap.replace(draft, name, aside)
                return done._replace(aside=aside)


def _copy(agreed: Plan, draft: str) -> None:
    name = str(agreed.file)
    with closing(sqlite.open_reader(agreed.file, checked=False)) as source:  # of any format
        sqlite.check_released(source, name, sqlite.check_identity(source, name))
        sqlite.copy(source, draft)
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
    own = old is not None and old.ledger == backup.ledger
    known = [backup.incarnation, *([old.incarnation] if old is not None and own else [])]
    said: dict[str, Any] = {
        "seq": backup.seq, "head": backup.head, "incarnation": max(known) + 1,
    }  # fmt: skip
    if lost is not None and (own or old is None):
        said["lost"] = dict(zip(("seq", "head", "from"), lost, strict=True))
    if old is not None and not own:
        said["replaced"] = old.ledger
    upgrade(draft, stamp, saved=True)
    with transaction(draft, stamp) as work:
        work.note(
            "organisation", "ledger", restored.KIND, said, {"reason": reason} if reason else None
        )
    return Done(*work.head(), said["incarnation"], None)

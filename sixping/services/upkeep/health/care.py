"""What has to be done again and again: backup, anchor, drill, verify; and what bears witness."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from sixping.services.rulebooks import rulebooks_of, rulebooks_on
from sixping.services.upkeep.health.look import Told
from sixping.store import custody, log
from sixping.store.anchors import Anchor
from sixping.store.rescue.restored import Standing, standing
from sixping.workdays import add_workdays

if TYPE_CHECKING:
    from datetime import date, datetime

    from sixping.services.upkeep.health.look import Look
    from sixping.store.custody import Done, What
    from sixping.store.sqlite import Connection


class Rhythm(NamedTuple):
    """How often something is done, and how: in working days, or in hours."""

    word: str
    workdays: int
    hours: int
    how: str


RHYTHMS: Final[dict[What, Rhythm]] = {
    # What is recorded on a day must not be lost with the machine: one working day at most.
    "backup": Rhythm("备份", 1, 0, "sixping backup --to 文件夹 --keep days=7,weeks=5,months=12"),
    # Between two anchors an edit leaves no trace: a day, and two hours for when cron is late.
    "anchor": Rhythm("锚点", 0, 26, "sixping anchor --append 文件"),
    # A backup nobody restored is a hope: once a quarter.
    "drill": Rhythm("备份演练", 0, 90 * 24, "sixping backup drill"),
    # A fault found within a week is within the daily backups that are kept.
    "verify": Rhythm("核验", 0, 8 * 24, "sixping verify --full"),
}


def backup(look: Look) -> Told:
    """Tell whether there is a backup of the last working day."""
    last = look.last("backup")
    if last and last.where and not Path(last.where).exists():
        what = f"最近的备份 ({last.at:%Y-%m-%d %H:%M}) 已不在: {last.where}"
        return Told(False, what, f"请另做备份: {RHYTHMS['backup'].how}")
    return _done(look, "backup")


def anchor(look: Look) -> Told:
    """Tell whether there is an anchor of the last day."""
    return _done(look, "anchor")


def drill(look: Look) -> Told:
    """Tell whether a backup was restored on trial within the quarter."""
    return _done(look, "drill")


def check(look: Look) -> Told:
    """Tell whether the ledger was verified within the week."""
    return _done(look, "verify")


_A_HOME = "请给这个账号一个能写的主目录 (Linux 上也可设环境变量 XDG_STATE_HOME)。"


def _done(look: Look, what: What) -> Told:
    word, workdays, hours, how = RHYTHMS[what]
    if look.ledger_id is None:
        return Told(None, f"没有可读的台账, 不知道有无{word}")
    last = look.last(what)
    if last is None and (unkept := custody.unkept()):
        return Told(False, f"做过{word}也记不下来, 这个账号写不了: {unkept}", _A_HOME)
    if last is None:
        return Told(False, f"这个账号没有做过{word}的记录", f"请运行: {how}")
    said = f"上次{word} {last.at:%Y-%m-%d %H:%M} (第 {last.seq} 号)"
    if what != "drill" and _stood(look, last) is not Standing.HOLDS:
        return Told(False, f"{said}, 不在现在的台账里: 台账恢复过或被换过", f"请运行: {how}")
    late = _past(look, last.at.date(), workdays) if workdays else look.now - last.at > _hours(hours)
    if late:
        within = f"{workdays} 个工作日" if workdays else f"{hours // 24} 天"
        return Told(False, f"{said}, 已超过 {within}", f"请运行: {how}")
    return Told(True, said)


def _stood(look: Look, done: Done) -> Standing:
    if look.con is None:
        return Standing.HOLDS
    return standing(look.con, Anchor(done.seq, done.head, at=done.at))


def _hours(count: int) -> timedelta:
    return timedelta(hours=count)


def _past(look: Look, day: date, workdays: int) -> bool:
    rulebooks = rulebooks_on(look.con) if look.con else rulebooks_of(None)
    return look.now.date() > add_workdays(day, workdays, rulebooks.calendar)


def witness(look: Look) -> Told:
    """Tell whether the ledger still holds what was recorded of it here, and is no older one."""
    every = [done for what in RHYTHMS if (done := look.last(what))]
    if look.con is None or not every:
        return Told(None, "没有可以对照的记录")
    for newest in sorted(every, key=_when, reverse=True):
        stood = _stood(look, newest)
        if stood is Standing.HOLDS:
            return Told(True, f"与 {newest.at:%Y-%m-%d %H:%M} 的记录 (第 {newest.seq} 号) 一致")
        if stood is Standing.OTHER:
            return _contradicted(look.con, newest)
    return Told(None, "本机的记录都是恢复以前的, 没有可以对照的")


def _contradicted(con: Connection, newest: Done) -> Told:
    link = log.link_at(con, newest.seq)
    became = "台账里已经没有" if link is None else "已是另一个样子"
    return Told(
        False, f"{newest.at:%Y-%m-%d %H:%M} 记下的第 {newest.seq} 号{became}",
        "台账被换成了旧的, 或被改写: 请先不要登记, 运行 sixping verify --anchor 锚点文件;"
        " 要从备份恢复, 请用 sixping restore 备份文件, 它会留下记录。",
    )  # fmt: skip


def _when(done: Done) -> datetime:
    return done.at

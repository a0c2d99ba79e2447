"""The rules and the calendar: what a ledger works by, and whether it is what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.services.adoption import differing, offered, own
from sixping.services.recount import promises_to_recount
from sixping.services.rulebooks import rulebooks_of, rulebooks_on
from sixping.services.upkeep.health.look import Told
from sixping.util import datafiles

if TYPE_CHECKING:
    from sixping.services.rulebooks import Rulebooks
    from sixping.services.upkeep.health.look import Look

#: next year's days off are announced in November; from this month on they are wanted
_WANTED_FROM = 12


def holidays(look: Look) -> Told:
    """Tell whether the days off of this year are known, from December on of the next too."""
    today, published = look.now.date(), _rulebooks(look).calendar.published
    wanted = [today.year, *([today.year + 1] if today.month >= _WANTED_FROM else [])]
    missing = [str(year) for year in wanted if year not in published]
    if missing:
        what = f"{'、'.join(missing)} 年的放假安排没有导入, 所涉的期限为暂定"
        hint = "公布后请运行 sixping calendar import, 再运行 sixping calendar apply。"
        return Told(False, what, hint)
    return Told(True, f"放假安排到 {max(published)} 年")


def recount(look: Look) -> Told:
    """Tell whether promises wait to be moved to the calendar in force."""
    if look.con is None:
        return Told(None, "没有可读的台账")
    count = promises_to_recount(look.con, _rulebooks(look), look.now)
    if count:
        what = f"日历有变化, {count} 件的期限还没有相应调整"
        return Told(False, what, "请运行 sixping calendar apply。")
    return Told(True, "期限与现行日历一致")


def folder(look: Look) -> Told:
    """Tell whether the folder of rules says what the ledger works by."""
    if look.con is None:
        return Told(None, "没有可读的台账")
    stated = datafiles.stated_folder()
    names = differing(look.con, own(stated) if stated else offered())
    if not names:
        return Told(True, "规则文件夹与台账采用的一致" if stated else "与自带的规则一致")
    said = "、".join(names)
    hint = "台账按采用的办理; 差别见 sixping policy diff, 采用: sixping policy adopt。"
    if stated:
        return Told(False, f"{stated} 里的 {said} 与台账采用的不同", hint)
    return Told(None, f"自带的 {said} 与台账采用的不同", hint)


def _rulebooks(look: Look) -> Rulebooks:
    return rulebooks_on(look.con) if look.con else rulebooks_of(None)

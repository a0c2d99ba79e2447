"""``service need`` and ``service got`` (四.1): what a case still lacks, and who brings it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sixping.cases.steps.materials import KIND, MaterialOwed, MaterialReceived, owed_of
from sixping.console import dated
from sixping.console.days import read_day
from sixping.console.stepcommand import require_text, step, units_of
from sixping.errors import NotAllowed, UsageFault
from sixping.policy.services import SERVICES, Services
from sixping.store.documents import rule_on
from sixping.util.text import SHORT

if TYPE_CHECKING:
    from sixping.cases.step import Step
    from sixping.services.taking import Build, Situation


@step()
def need(
    material: Annotated[str, typer.Option("--material", metavar="材料", help="缺什么")],
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="由哪个单位提供; 不写即申请人")
    ] = None,
    due: Annotated[str | None, dated.MATERIAL_DUE.option] = None,
) -> Build:
    """记下一件还缺什么材料, 由谁提供, 可定日期 (四.1)。

    示例:
      sixping service need 123 --material 身份证明 --due 12月1日
      sixping service need 123 --material 核查意见 --unit 市场监管所
    """
    words = require_text(material, "材料 (--material)", SHORT)

    def build(situation: Situation) -> Step:
        from sixping.office import registers
        from sixping.services.office.owing import refuse_twice

        con = situation.work.con
        day = read_day(due, situation.at, dated.MATERIAL_DUE, situation.warn) if due else None
        registers.require(con, "services")
        owing = units_of(situation).find(unit).name if unit else None
        n = 1 + sum(entry.event.kind == MaterialOwed.kind for entry in situation.log)
        item = rule_on(con, SERVICES, Services).get(situation.case.service or "")
        known = item is not None and words in item.materials
        situation.hint(f"收到后: sixping service got {situation.case.number} --material {n}")
        event = MaterialOwed(
            n=n, unit=owing, due=day, listed=words if known else None,
            text=None if known else words,
        )  # fmt: skip
        answer = "收到后: sixping service got {no} --material {n}"
        return refuse_twice(situation, event, kind=KIND, answer=answer)

    return build


@step()
def got(
    material: Annotated[
        str | None,
        typer.Option("--material", metavar="第几样", help="或它的名称; 只缺一样的可以不写"),
    ] = None,
) -> Build:
    """记下缺的材料已经收到。

    示例:
      sixping service got 123
      sixping service got 123 --material 2
      sixping service got 123 --material 身份证明
    """

    def build(situation: Situation) -> Step:
        from sixping.office import registers

        registers.require(situation.work.con, "services")
        owed = owed_of(situation.case)
        if material is None and len(owed) > 1:
            left = "、".join(str(each.n) for each in owed)
            raise UsageFault(f"还缺 {len(owed)} 样材料。", f"请写 --material, 可用: {left}。")
        if material is None and not owed:
            raise NotAllowed(
                f"{situation.case.number} 没有待补的材料。", "见 sixping service owes。"
            )
        return MaterialReceived(n=_meant(situation, material) if material else owed[0].n)

    return build


def _meant(situation: Situation, said: str) -> int:
    """Return which material is meant, by its number or its name. Raises ``UsageFault``."""
    if said.isdecimal():
        return int(said)
    left = [each.n for each in owed_of(situation.case)]
    events = [entry.event for entry in situation.log]
    asked = [each for each in events if isinstance(each, MaterialOwed) and each.n in left]
    found = [each.n for each in asked if said.strip() in {each.listed, each.text}]
    if len(found) != 1:
        what = f"有几样“{said}”" if found else f"没有待补的“{said}”"
        usable = f"请写 --material, 可用: {'、'.join(map(str, left))}。"
        hint = usable if left else "见 sixping service owes。"
        raise UsageFault(f"{situation.case.number} {what}。", hint)
    return found[0]

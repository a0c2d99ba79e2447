"""The paper of a period for the consultation meeting (附1, 附3.1): from figures to blocks.

Pure. What is late comes first, then who handled what, what came in, how well it was handled; what
no data can say (problems, next steps) is a slot with the facts that bear on it (附1.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sixping.policy.units import PLAIN, Naming
from sixping.render.paper.blocks import Block, Paper, Sentence, Signature, SignOff, Slot
from sixping.render.paper.period.annex import annex
from sixping.render.paper.period.draft import ROOM, Draft
from sixping.render.paper.period.late import late, late_words, rate_words
from sixping.render.paper.period.left_to_people import ahead, picks, problems
from sixping.render.paper.period.market import market
from sixping.render.paper.period.overall import cards, overall
from sixping.render.paper.period.quality import quality
from sixping.render.paper.period.received import received
from sixping.render.paper.period.units import units
from sixping.render.paper.wording import Origin, day_words, full_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.reports.period import PeriodReport


def paper(
    report: PeriodReport, naming: Naming = PLAIN, issue: str | None = None, room: str = ROOM
) -> Paper:
    """Return the paper of a report; ``issue``: its number (第10期), None: a slot to fill in.

    ``room``: what the street calls its command room, which issues the paper.
    """
    d = Draft(report, naming, room)
    first, last = report.period
    of = next((f"（{naming.platform(name)}）" for name in report.narrow if name), "")
    origin = Origin(naming.street, room, report.as_of, report.seq, report.head)
    return Paper(
        title=f"{naming.street}“基层治理四平台”{d.words.title}运行情况{of}",
        office=origin.office,
        period=f"{day_words(first)}至{day_words(last, than=first)}",
        as_of=origin.as_of,
        blocks=tuple(_blocks(d)),
        annex=tuple(annex(d)) if report.stock.known else (),
        seal=origin.seal,
        issue=issue,
        addressees="领导小组成员，各平台、各社区、各派驻机构",
    )


def _blocks(d: Draft) -> Iterator[Block]:
    if not d.report.stock.known:
        yield Sentence((f"台账里没有{d.words.title}的记录。",), lead=True)
        yield from market(d)
        yield from _end(d)
        return
    yield Sentence((*late_words(d), *rate_words(d)), lead=True)
    yield cards(d)
    yield d.section("总体情况")
    yield from overall(d)
    yield d.section("超期未办结")
    yield from late(d)
    yield d.section("各单位办理情况")
    yield from units(d)
    yield d.section("收到情况")
    yield from received(d)
    yield d.section("办理质量")
    yield from quality(d)
    yield from market(d)
    if offered := picks(d):
        yield d.section("典型案例")
        yield offered
    yield d.section("存在问题")
    yield Slot("由会商填写。", tuple(problems(d)))
    yield d.section("下一步工作")
    yield Slot("由会商填写。", tuple(ahead(d)))
    yield from _end(d)


def _end(d: Draft) -> Iterator[Block]:
    at = d.report.as_of
    yield Signature(d.office, full_day(at.date()))
    yield SignOff(("填报", "审核", "签发"))

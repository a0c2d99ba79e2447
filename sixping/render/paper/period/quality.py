"""How well it was handled: rates, lengths, satisfaction, results, what waits or is to be seen."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sixping.render.beside import TITLE
from sixping.render.paper.blocks import (
    Block,
    Cell,
    Head,
    Runs,
    Sentence,
    Table,
    count,
    days,
    percent,
    points,
)
from sixping.render.paper.period.draft import NOBODY, SHOWN
from sixping.render.paper.wording import listed, punctuated, waiting_words
from sixping.reports.drill import SECOND
from sixping.reports.handling import UNSAID, WAITING
from sixping.reports.watched import FAMILIES
from sixping.reports.worked import AVERAGES, Average

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sixping.render.paper.period.draft import Draft

_TO_BE_SEEN = tuple(FAMILIES[key] for key in ("stated", "unsent", "failed", "exceptions"))


def quality(d: Draft) -> Iterator[Block]:
    """Yield the rates, and what the meeting has to see beside them."""
    yield _rates(d)
    yield from _averages(d)
    yield from _satisfaction(d)
    yield from _results(d)
    yield from _waiting(d)
    yield from _registers(d)
    yield from _to_be_seen(d)


#: register → what is counted, its unit, and what became of it
_COUNTED = {
    "sources": ("须回复来源的反映", "件", "已回复来源"),
    "instructions": ("领导批示", "项", "已答复"),
    "demands": ("单位协办要求", "项", "已答复"),
    "transfers": ("行刑衔接移送", "项", "有结果"),
}


def _registers(d: Draft) -> Iterator[Block]:
    """Say what the registers count that are kept beside the cases, and from which day on."""
    for name, figures in d.report.registers.items():
        if not figures["d"]:
            continue
        what, unit, done = _COUNTED[name]
        day = date.fromisoformat(figures["since"])
        since = f"{day.year}年{day.month}月{day.day}日"
        rate = ("，占", percent(figures["rate"])) if figures.get("rate") is not None else ()
        yield Sentence((
            f"{what}", count(figures["d"]), f"{unit}，{done}", count(figures["n"]), unit, *rate,
            f"（自{since}起登记）。",
        ))  # fmt: skip


def _rates(d: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, now in d.report.rates.items():
        if now["d"] or (d.before and d.before.rates[name]["d"]):
            before = d.before.rates[name]["rate"] if d.before else None
            rows.append((
                d.report.title_of(name), count(now["n"], f"{name}.n"),
                count(now["d"], f"{name}.d"), percent(now["rate"]), percent(before),
                points(now["rate"], before),
            ))  # fmt: skip
        rows += _with_transferred(d, name)
    heads = ("件数", "计数范围", d.words.this, d.words.before, "百分点")
    return Table(
        "办理质量",
        d.caption("表", "办理质量"),
        (Head("指标"), *(Head(head, "figure") for head in heads)),
        tuple(rows),
        notes=(("各项指标计什么，见附表“指标说明”。",),),
    )


def _with_transferred(d: Draft, name: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the second rate of one: with what left its limit, where that makes a difference."""
    first, second = d.report.rates[name], d.report.beside.with_transferred.get(name)
    if second and (first["n"], first["d"]) != (second["n"], second["d"]):
        key = f"{name}{SECOND}"
        yield (
            f"{d.report.title_of(name)}（含转出）", count(second["n"], f"{key}.n"),
            count(second["d"], f"{key}.d"), percent(second["rate"]), None, None,
        )  # fmt: skip


def _averages(d: Draft) -> Iterator[Block]:
    worked = d.report.worked
    street = worked.averages.get("street", {})
    own = worked.averages.get("unit", {})
    rows: list[tuple[Cell, ...]] = []
    for grade in {**street, **own}:
        first, second = street.get(grade, Average()), own.get(grade, Average())
        rows.append((
            grade,
            count(first.n, f"averages.street.{grade}"),
            days(first.mean, mean=True), days(first.median, mean=True),
            days(second.mean, mean=True), days(second.median, mean=True),
            count(first.open_n, f"averages.street.{grade}.open_n"),
            days(first.open_mean, mean=True),
        ))  # fmt: skip
    if not rows:
        return
    heads = ("办结件数", "平均", "中位数", "单位平均", "单位中位数", "在办件数", "在办平均")
    yield Table(
        "办理时长",
        d.caption("表", "办理时长（工作日）"),
        (Head("等级"), *(Head(head, "figure") for head in heads)),
        tuple(rows),
        notes=(
            (
                punctuated(
                    f"平均：{AVERAGES['street']}；单位：{AVERAGES['unit']}；中止的日子计在内。"
                ),
            ),
            *_slow_units(d),
        ),
    )


def _slow_units(d: Draft) -> Iterator[Runs]:
    """Name the units whose own time is above the mean of all."""
    units = d.report.worked.unit_days
    known = {name: each for name, each in units.items() if name and each.n and each.mean}
    n = sum(each.n for each in known.values())
    if n < d.report.least or len(known) <= 1:
        return
    mean = round(sum((each.mean or 0) * each.n for each in known.values()) / n, 1)
    above = sorted(
        ((name, each.mean or 0.0) for name, each in known.items()
         if (each.mean or 0) > mean and each.n >= d.report.least),
        key=lambda each: (-each[1], each[0]),
    )  # fmt: skip
    if above:
        named = listed((name, days(length, mean=True)) for name, length in above[:5])
        yield ("高于全街道单位平均", days(mean, mean=True), "个工作日的：", *named, "。")


def _satisfaction(d: Draft) -> Iterator[Block]:
    scores = d.report.scores
    if not any(scores.values()):
        return
    surveyed, satisfied = d.report.rates["surveyed"], d.report.rates["satisfied"]
    parts = listed(
        (f"{score}分", count(n, f"scores.{score}"), "件次") for score, n in scores.items()
    )
    yield Sentence((
        "满意度：办结", count(surveyed["d"], "surveyed.d"), "件次，参评",
        count(surveyed["n"], "surveyed.n"),
        "件次，参评率", percent(surveyed["rate"]), "；", *parts,
        "；满意", count(satisfied["n"], "satisfied.n"), "件次，满意率",
        percent(satisfied["rate"]), "。",
    ))  # fmt: skip


def _results(d: Draft) -> Iterator[Block]:
    outcomes = {kind: n for kind, n in d.report.handling.outcomes.items() if n}
    if not outcomes or set(outcomes) == {UNSAID}:
        return
    solved = d.report.handling.solved
    parts = listed((kind, count(n, f"outcomes.{kind}"), "件次") for kind, n in outcomes.items())
    yield Sentence((
        "办理结果：", *parts, "；写明结果的", count(solved["d"], "solved"), "件次中，解决率",
        percent(solved["rate"]), "。",
    ))  # fmt: skip


def _waiting(d: Draft) -> Iterator[Block]:
    said = [
        waiting_words(WAITING[what], count(wait.n, what), wait.longest)
        for what, wait in d.report.handling.waiting.items()
        if wait.n
    ]
    if said:
        yield Sentence(("期末等候的：", *listed(said, "；"), "。"))


def _to_be_seen(d: Draft) -> Iterator[Block]:
    """Yield what is no breach but has to be seen: written up, told by form, to be checked."""
    beside = d.report.beside
    parts: list[Runs] = []
    if beside.stated:
        changed: Runs = (
            ("（其中改变判定的", count(beside.changed, "stated.changed"), "次）")
            if beside.changed
            else ()
        )
        parts.append(
            (punctuated(FAMILIES["stated"]), count(beside.stated, "stated"), "次", *changed)
        )
    if beside.unsent:
        parts.append((punctuated(FAMILIES["unsent"]), count(beside.unsent, "unsent"), "件"))
    if beside.failed:
        parts.append((punctuated(FAMILIES["failed"]), count(beside.failed, "failed"), "件次"))
    if beside.exceptions:
        parts.append(
            (punctuated(FAMILIES["exceptions"]), count(beside.exceptions, "exceptions"), "件")
        )
    if beside.undone:
        parts.append(
            (punctuated(FAMILIES["overdue_undone"]), count(beside.undone, "overdue_undone"), "项")
        )
    if parts:
        yield Sentence((f"{punctuated(TITLE)}：", *listed(parts, "；"), "。"))
    else:
        none = f"{TITLE}：没有（{'、'.join(_TO_BE_SEEN)}）。"
        yield Sentence((punctuated(none),))
    yield from _to_check(d)


def _to_check(d: Draft) -> Iterator[Block]:
    found = d.report.worked.to_check
    if not found:
        return
    yield Table(
        "以转代办待核对",
        d.caption("表", f"以转代办待核对（{len(found)}件）"),
        (Head("编号"), Head("承办单位"), Head("为什么列入"), Head("核查")),
        tuple((each.number, each.unit or NOBODY, each.why, each.checked) for each in found),
        shown=SHOWN,
        rest=(f"其他{len(found) - SHOWN}件", None, None, None) if len(found) > SHOWN else None,
        notes=(("列入的只是待核对的，不是结论。",),),
    )

"""What supervisors run most: the overdue list."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sixping.console import answers
from sixping.console.answers import FINDINGS, publish, publish_drilled
from sixping.console.context import Context
from sixping.console.notes import remark
from sixping.console.options import PLATFORM, OfGrade, revealing
from sixping.documents.phrases import NO_PLATFORM, NO_RECEIPT, THE_ROOM, report_first
from sixping.errors import UsageFault
from sixping.policy.vocabulary import LATE, Platform
from sixping.render.formats import SHEETS
from sixping.render.overdue import COLUMNS, holder, is_late, on_screen, tones
from sixping.render.overdue import rows as overdue_rows
from sixping.reports.overdue import FIRST, KINDS, OF_THE_ROOM, STANDINGS
from sixping.util.clock import to_text
from sixping.util.names import meant
from sixping.util.text import spoken_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sixping.console.answers import Wish
    from sixping.render.table import Column
    from sixping.reports.opening import Opened
    from sixping.reports.overdue import Overdue, OverdueItem
    from sixping.store.sqlite import Connection


Drill = Annotated[
    str | None,
    typer.Option(
        "--drill", metavar="项目", help="列出一个数背后的每一条, 如 未签收、单位.指挥室.超期"
    ),
]
OfPerson = Annotated[
    str | None,
    typer.Option("--person", metavar="人员", help="只看一个经办人的: 编号或姓名, 也可以是已离开的"),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="类型", help="只看这几类, 如 等级待确认、办结超期、临期"),
]
OfUnit = Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看它牵头或协办的")]
OfCommunity = Annotated[
    str | None, typer.Option("--community", metavar="社区", help="只看一个社区")
]
#: the forms in which each unit has a page of its own to be handed out
_ON_PAPER = frozenset({"docx", "html", "md"})


@revealing
def overdue(
    ctx: typer.Context,
    *,
    within: Annotated[
        int, typer.Option("--within", min=0, max=250, metavar="N", help="临期: 今后几个工作日内")
    ] = 1,
    unit: OfUnit = None,
    community: OfCommunity = None,
    platform: Annotated[
        Platform | None,
        typer.Option("--platform", click_type=PLATFORM, metavar="平台", help="只看一个平台"),
    ] = None,
    kind: Kinds = None,
    severity: OfGrade = None,
    person: OfPerson = None,
    by_unit: Annotated[
        bool, typer.Option("--by-unit", help="按单位归拢, 有最要紧事项的单位在前")
    ] = False,
    drill: Drill = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="有结果时退出码为 3, 供定时任务使用")
    ] = False,
    wish: Wish,
) -> int:
    """列出超期、临期和等着办的事项, 最要紧的在前 (五.1, 五.3)。

    示例:
      sixping overdue
      sixping overdue --within 3 --unit 城管执法中队
      sixping overdue --by-unit
      sixping overdue --person 演示甲
      sixping overdue --kind 等级待确认
      sixping overdue --drill 单位.城管执法中队.超期
      sixping overdue --within 3 -o 督办清单.docx
      sixping overdue --exit-code || echo 有超期
    """
    from sixping.services.filters import Places, person_id
    from sixping.services.overdue import found
    from sixping.store.sqlite import reading

    context, opened = Context.of(ctx), _opened(drill)
    on_paper = _is_paper(context, wish, opened)
    kinds, wanted = _kinds(kind), (unit, community, platform, severity, person)
    path, where = context.existing_ledger(), Places(unit, community)
    with reading(path) as con:
        exact = {"platform": platform, "severity": severity, "person": person_id(con, person)}
        listed = found(con, context.now, within, where, **exact)
        _say_emergencies(context, listed)
        items = tuple(item for item in listed.items if not kinds or _is_of(item, kinds))
        listed = listed._replace(items=items)
        if on_paper:
            _hand_out(context, wish, con, listed, within)
    if opened:
        _show_rows(context, wish, _as_said(context, wish, listed), opened)
    elif not on_paper:
        listed, again = _as_said(context, wish, listed), _again(within, wanted, kind)
        show(context, wish, listed, by_unit=by_unit, again=again)
    if not items and not opened and context.terminal.isatty:
        _say_none(context, within, (*wanted, *_words(kinds)))
    return FINDINGS if exit_code and items else 0


def _is_paper(context: Context, wish: Wish, opened: Opened | None) -> bool:
    """Return whether it is to be handed out. Raises ``UsageFault``: no words of anybody are in it.

    The rows behind a figure are a list in every form.
    """
    fmt = wish.choose(context, SHEETS if opened else answers.PAPER_FORMATS)
    if opened or fmt not in _ON_PAPER:
        return False
    if wish.reveal:
        raise UsageFault("督办清单不载反映内容, 用不着 --reveal。", "请去掉 --reveal 和 --reason。")
    return True


def _opened(drill: str | None) -> Opened | None:
    """Return the figure to open, if one is asked for. Raises ``UsageFault``."""
    if drill is None:
        return None
    from sixping.reports.opening import OVERDUE_FIGURES, OVERDUE_LEVELS, named

    return named(drill, OVERDUE_FIGURES, OVERDUE_LEVELS)


def _show_rows(context: Context, wish: Wish, listed: Overdue, opened: Opened) -> None:
    """Write the rows behind one figure of the list."""
    from sixping.reports.opening import of_overdue

    opened, behind = of_overdue(listed, opened)
    publish_drilled(context, wish, behind, opened.title)


def _hand_out(context: Context, wish: Wish, con: Connection, listed: Overdue, within: int) -> None:
    """Write a page for each unit; to a stream nothing where there is nothing."""
    from sixping.services.papers.overdue import paper_of

    if listed.items or wish.path:
        answers.publish_paper(context, wish, paper_of(con, listed, within))


def _as_said(context: Context, wish: Wish, listed: Overdue) -> Overdue:
    """Return the list, unmasked where that is wished: recorded before it is shown."""
    if not wish.reveal:
        return listed
    from sixping.console.recording import record_seen
    from sixping.services.overdue import revealed

    record_seen(context, wish, "overdue", listed.items)
    return revealed(context.ledger, listed)


def _say_emergencies(context: Context, listed: Overdue) -> None:
    """Say before everything else which reports of emergencies nobody has recorded."""
    for item in listed.items:
        if item.kind == "emergency" and item.number:
            context.say(report_first(item.number))


#: what cases with the district lack; the program prints the words, so it takes them
REMARKS = (NO_PLATFORM, NO_RECEIPT)


def _kinds(kinds: list[str] | None) -> set[str]:
    if not kinds:
        return set()
    words = {**KINDS, **{word: word for word in KINDS.values()}}
    words |= {remark: remark for remark in REMARKS}
    codes = {word: kind for kind, word in KINDS.items()}
    known = "、".join([*(f"{word} ({kind})" for kind, word in KINDS.items()), *REMARKS])
    meanings = (meant(kind, words, "类型", f"可用: {known}。") for kind in kinds)
    return {codes.get(word, word) for word in meanings}


def _is_of(item: OverdueItem, kinds: set[str]) -> bool:
    return item.kind in kinds or not kinds.isdisjoint(item.remarks)


def _words(kinds: set[str]) -> list[str]:
    return [KINDS[kind] for kind in KINDS if kind in kinds] + [r for r in REMARKS if r in kinds]


def _again(within: int, wanted: Sequence[str | None], kinds: Sequence[str] | None) -> str:
    """Return the command with the filters it was given, to be typed again with more."""
    names = ("unit", "community", "platform", "severity", "person")
    given = [(name, value) for name, value in zip(names, wanted, strict=True) if value]
    given += [("within", str(within))] if within != 1 else []
    given += [("kind", kind) for kind in kinds or ()]
    return " ".join(["sixping overdue", *(f"--{name} {value}" for name, value in given)])


def show(
    context: Context,
    wish: Wish,
    listed: Overdue,
    *,
    by_unit: bool = False,
    again: str = "sixping overdue",
) -> None:
    """Write the list, grouped by unit if asked; without items nothing but JSON is written.

    ``again``: the command as it was typed.
    """
    fmt, width = wish.choose(context, SHEETS), context.terminal.width
    screen = width is not None and fmt == "table" and not wish.path
    listed = listed.in_order() if screen else listed
    groups: list[dict[str, Any]] = []
    if by_unit:
        listed, groups = listed.by_unit()
    items = [item._asdict() for item in listed.items]
    document: dict[str, Any] = {
        "as_of": to_text(listed.as_of), "items": items, "counts": listed.counts,
    }  # fmt: skip
    if by_unit:
        document["by_unit"] = groups
    rows = overdue_rows(listed.items)
    columns: Sequence[Column] = COLUMNS
    if by_unit:
        columns = sorted(COLUMNS, key=lambda column: column.key != "unit")
    if screen and width is not None and rows:
        rows, columns = on_screen(listed, width, listed.closes, unit_first=by_unit)
        first = "按单位归拢, 有最要紧事项的在前" if by_unit else ORDER
        on_top = {item.kind for item in listed.items}.intersection(FIRST)
        top = "、".join(KINDS[kind] for kind in FIRST if kind in on_top)
        context.say(f"{len(listed.cases)} 件, {top and f'{top}最前, '}{first}")
    publish(context, wish, rows, columns, items if fmt == "jsonl" else document, tones)
    if context.terminal.isatty and listed.items:
        for group in groups:
            name = group["name"] or (
                "未分派" if OF_THE_ROOM.isdisjoint(group["counts"]) else THE_ROOM
            )
            context.say(f"{name}: {_counted(group['counts'])}")
        _say_sums(context, listed, again)
    provisional = any(item["provisional"] for item in items)
    remark(context, provisional=provisional, recounting=listed.promises_to_recount if items else 0)
    if screen and listed.items:
        context.say(f"下一步: {_next(context, listed)}")


#: how a screen is ordered, said before it
ORDER = "超期的在前 (按等级、天数), 再是到期的、等候的"


def _say_sums(context: Context, listed: Overdue, again: str) -> None:
    """Say how many cases stand how, the late ones by unit, and how many items each kind has."""
    standings = listed.standings
    late = Counter(map(holder, standings["late"]))
    if late:
        units = "、".join(f"{name} {n}" for name, n in late.most_common())
        context.say(f"超期 {late.total()} 件: {units}。")
    rest = [(STANDINGS[key], len(found)) for key, found in standings.items() if key != "late"]
    if said := ", ".join(f"{word} {n} 件" for word, n in rest if n):
        context.say(f"{said}。")
    numbers = {item.number for item in listed.items if item.number}
    context.say(f"合计: {len(numbers)} 件, {len(listed.items)} 项: {_counted(listed.counts)}")
    if any(item.kind == "ceiling" or item.clock == "ceiling" for item in listed.items):
        context.say("上限 = 最长时限。")
    figure = STANDINGS["late"] if late else KINDS[next(iter(listed.counts))]
    context.say(f"打开一个数: {again} --drill {figure}")


def _next(context: Context, listed: Overdue) -> str:
    """Return what comes next: what was missed is urged, else the first case is looked at."""
    if any(item.kind in LATE for item in listed.items):
        return "sixping urge --auto --dry-run   (列出该督办的, 不记录)"
    number = next((item.number for item in listed.items if item.number), None)
    if number is None:
        return "sixping meeting task list"
    return f"sixping show {spoken_number(number, context.now.year)}"


def _say_none(context: Context, within: int, wanted: Sequence[object]) -> None:
    """Say that nothing fits, over how many; or that nothing waits at all, and what comes next."""
    from sixping.console.nothing import by_filter
    from sixping.documents.phrases import moment
    from sixping.queries import cases
    from sixping.services.filters import Places
    from sixping.services.overdue import find
    from sixping.store.sqlite import reading
    from sixping.util.clock import from_text

    path = context.existing_ledger()
    with reading(path) as con:
        running, due = cases.counts(con)[0], cases.next_due(con)
    if any(wanted):
        every = find(path, context.now, within, Places(), platform=None, severity=None)
        late = {item.number for item in every.items if is_late(item)}
        whole = f"全部在办 {running} 件, 其中超期 {len(late)} 件。"
        by_filter(context, wanted, whole, "sixping overdue")
        return
    first = f"; 最近的期限: {moment(from_text(due), context.now.year)}" if due else ""
    context.say(f"没有超期、到期或等候的事项。在办 {running} 件{first}。")


def _counted(counts: Mapping[str, int]) -> str:
    return "、".join(f"{KINDS[kind]} {n}" for kind, n in counts.items()) + "。"
